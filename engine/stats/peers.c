/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/peers.h"

#include "base/order.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The normal's third quartile; its distance between quartiles; sqrt(pi / 2). */
static const double mad_of_sd = 0.6744897501960817;
static const double iqr_of_sd = 1.34898;
static const double sd_of_mean_deviation = 1.2533;

/* A spread in standard deviations of a normal: the first of three that is not 0. */
static double scale_of(double mad, double q1, double q3, double mean_deviation)
{
	if (mad > 0)
		return mad / mad_of_sd;
	return q3 > q1 ? (q3 - q1) / iqr_of_sd : sd_of_mean_deviation * mean_deviation;
}

static int compare_values(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

void values_sort(double values[], size_t count)
{
	qsort(values, count, sizeof(*values), compare_values);
}

static void swap(double *a, double *b)
{
	double kept = *a;

	*a = *b;
	*b = kept;
}

/* Hoare's: the part that holds the place is cut at the median of three of it. */
double values_select(double values[], size_t count, size_t place)
{
	size_t low = 0, high = count - 1;

	while (low < high) {
		double *middle = &values[low + (high - low) / 2];
		size_t left = low, right = high;

		if (*middle < values[low])
			swap(middle, &values[low]);
		if (values[high] < *middle)
			swap(&values[high], middle);
		if (*middle < values[low])
			swap(middle, &values[low]);
		double cut = *middle;

		while (left <= right) {
			while (values[left] < cut)
				left++;
			while (cut < values[right])
				right--;
			if (left > right)
				break;
			swap(&values[left++], &values[right]);
			if (right == 0)
				break;
			right--;
		}
		if (place <= right)
			high = right;
		else if (place >= left)
			low = left;
		else
			return values[place];
	}
	return values[place];
}

/* A sorted array without the value at left_out, or whole. */
struct others {
	const double *sorted;
	size_t count, left_out; /* count: without that one; left_out beyond it: whole */
};

static double at(const struct others *others, size_t index)
{
	return others->sorted[index + (index >= others->left_out)];
}

static double quantile_of(const struct others *others, double p)
{
	double place = (double)(others->count - 1) * p;
	size_t below = (size_t)place;
	double low = at(others, below);

	if (below + 1 >= others->count)
		return low;
	return low + (place - (double)below) * (at(others, below + 1) - low);
}

double quantile(const double sorted[], size_t count, double p)
{
	assert(count > 0);
	return quantile_of(&(struct others){sorted, count, SIZE_MAX}, p);
}

/* The first index of a value that is in the array. */
static size_t find(const double sorted[], size_t count, double value)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (sorted[middle] < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* |value - centre| of all values, ascending: from the centre outward.  Returns
 * their sum. */
static double order_deviations(
        const double sorted[], size_t count, double centre, double deviations[])
{
	size_t right = find(sorted, count, centre), left = right;
	double sum = 0;

	for (size_t i = 0; i < count; i++) {
		bool take_left = right == count ||
		                 (left > 0 && centre - sorted[left - 1] <= sorted[right] - centre);

		deviations[i] = take_left ? centre - sorted[--left] : sorted[right++] - centre;
		sum += deviations[i];
	}
	return sum;
}

struct group {
	const double *sorted;
	double *deviations; /* from centre, ascending */
	double centre, deviation_sum;
	bool ordered;
	size_t count;
};

static void set_centre(struct group *group, double centre)
{
	if (group->ordered && group->centre == centre)
		return;
	group->ordered = true;
	group->centre = centre;
	group->deviation_sum = order_deviations(
	        group->sorted, group->count, centre, group->deviations);
}

/* The scale that a deviation is measured by, for the value at rank. */
static void set_scale(struct group *group, double value, struct peer_figures *figures)
{
	double own = fabs(value - figures->median);
	struct others deviations = {
	        group->deviations, group->count - 1, find(group->deviations, group->count, own)};
	double mean = (group->deviation_sum - own) / (double)(group->count - 1);

	/* What is left of a sum, less one of its terms, is 0 only where all deviations are. */
	mean = at(&deviations, group->count - 2) > 0 ? mean : 0;
	figures->mad = quantile_of(&deviations, 0.5);
	figures->scale = scale_of(figures->mad, figures->q1, figures->q3, mean);
	if (figures->scale > 0)
		figures->z = (value - figures->median) / figures->scale;
}

static struct peer_figures figures_of(struct group *group, size_t rank)
{
	struct others others = {group->sorted, group->count - 1, rank};
	double value = group->sorted[rank];
	struct peer_figures figures = {.peers = (uint32_t)(group->count - 1)};

	if (group->count < 2)
		return figures;
	figures.percentile = 100.0 * (double)find(group->sorted, group->count, value) /
	                     (double)group->count;
	figures.median = quantile_of(&others, 0.5);
	figures.q1 = quantile_of(&others, 0.25);
	figures.q3 = quantile_of(&others, 0.75);
	figures.p20 = quantile_of(&others, 0.2);
	figures.p80 = quantile_of(&others, 0.8);
	figures.p90 = quantile_of(&others, 0.9);
	figures.p95 = quantile_of(&others, 0.95);
	set_centre(group, figures.median);
	set_scale(group, value, &figures);
	return figures;
}

size_t peers_scratch_bytes(size_t count)
{
	return count * (2 * sizeof(double) + 2 * sizeof(struct ordered));
}

/* The scratch of a group: what its values are, in order, and room to order them. */
static double *sorted_of(void *scratch, size_t count)
{
	return (double *)((struct ordered *)scratch + 2 * count);
}

void peers_figures(
        const double values[], size_t count, struct peer_figures figures[], void *scratch)
{
	struct ordered *items = scratch;
	double *sorted = sorted_of(scratch, count);
	struct group group = {.sorted = sorted, .deviations = sorted + count, .count = count};

	for (size_t i = 0; i < count; i++)
		items[i] = (struct ordered){order_key(values[i]), (uint32_t)i};
	items = order_sort(items, items + count, count);
	for (size_t i = 0; i < count; i++)
		sorted[i] = order_value(items[i].key);
	for (size_t i = 0; i < count; i++) {
		/* Equal values have equal figures. */
		if (i > 0 && items[i].key == items[i - 1].key)
			figures[items[i].index] = figures[items[i - 1].index];
		else
			figures[items[i].index] = figures_of(&group, i);
	}
}

void peers_spread(size_t count, void *scratch, struct peer_spread *spread)
{
	double *sorted = sorted_of(scratch, count);
	struct group group = {.sorted = sorted, .deviations = sorted + count, .count = count};

	*spread = (struct peer_spread){.count = (uint32_t)count};
	if (count == 0)
		return;
	spread->median = quantile(sorted, count, 0.5);
	spread->q1 = quantile(sorted, count, 0.25);
	spread->q3 = quantile(sorted, count, 0.75);
	spread->p20 = quantile(sorted, count, 0.2);
	spread->p80 = quantile(sorted, count, 0.8);
	spread->p90 = quantile(sorted, count, 0.9);
	spread->p95 = quantile(sorted, count, 0.95);
	spread->p99 = quantile(sorted, count, 0.99);
	set_centre(&group, spread->median);
	spread->mad = quantile(group.deviations, count, 0.5);
	spread->scale = scale_of(
	        spread->mad, spread->q1, spread->q3, group.deviation_sum / (double)count);
}

double tukey_fence(const struct peer_figures *figures, double times)
{
	return figures->q3 + times * (figures->q3 - figures->q1);
}
