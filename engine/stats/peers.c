/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/peers.h"

#include "base/order.h"
#include "stats/words.h"

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

/* ---- Quantiles without one of the values ---- */

/*
 * A quantile lies between two neighbours.  Without the value of a rank these are
 * the values at below and below + 1 if the rank is above both, one further up
 * for each that it is not: so there are three quantiles, reckoned once.
 */
struct left_out {
	size_t below;
	double by[3]; /* for a rank above both, that of the upper, the lower's or less */
};

static unsigned which_of(const struct left_out *quantile, size_t rank)
{
	return (unsigned)(rank <= quantile->below + 1) + (rank <= quantile->below);
}

static double without(const struct left_out *quantile, size_t rank)
{
	return quantile->by[which_of(quantile, rank)];
}

/* count: of all; at least two. */
static void leave_out(struct left_out *quantile, const double sorted[], size_t count, double p)
{
	size_t ranks[3];

	quantile->below = (size_t)((double)(count - 2) * p);
	ranks[0] = quantile->below + 2;
	ranks[1] = quantile->below + 1;
	ranks[2] = quantile->below;
	for (unsigned i = 0; i < 3; i++)
		quantile->by[i] = quantile_of(&(struct others){sorted, count - 1, ranks[i]}, p);
}

/* ---- Deviations ---- */

/* How many of the smallest deviations, place in all, are of values below the centre. */
static size_t count_left(
        const double sorted[], size_t count, size_t right, double centre, size_t place)
{
	size_t low = place > count - right ? place - (count - right) : 0;
	size_t high = place < right ? place : right;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		double left_next = centre - sorted[right - 1 - middle];
		double right_last = sorted[right + place - middle - 1] - centre;

		if (left_next < right_last)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Of the deviations in order, those from place on; none is beyond the last. */
static void some_deviations(
        const double sorted[], size_t count, double centre, size_t place, double some[3])
{
	size_t right = find(sorted, count, centre);
	size_t left = right - count_left(sorted, count, right, centre, place);

	right += place - (right - left);
	for (size_t i = 0; i < 3 && place + i < count; i++) {
		bool take_left = right == count ||
		                 (left > 0 && centre - sorted[left - 1] <= sorted[right] - centre);

		some[i] = take_left ? centre - sorted[--left] : sorted[right++] - centre;
	}
}

/* The median deviation from a centre, without one of them: as any quantile. */
struct centre {
	bool known;
	double lower, upper; /* deviations at below and below + 1 */
	double by[3];
};

static void centre_find(struct centre *centre, const double sorted[], size_t count, double median)
{
	double place = (double)(count - 2) * 0.5, some[3] = {0};
	size_t below = (size_t)place;

	some_deviations(sorted, count, median, below, some);
	*centre = (struct centre){.known = true, .lower = some[0], .upper = some[1]};
	for (size_t i = 0; i < 3; i++)
		centre->by[i] = quantile_of(
		        &(struct others){some, 2, 2 - i}, place - (double)below);
	if (below + 2 >= count) {
		centre->by[0] = centre->by[1] = some[0];
		centre->by[2] = some[1];
	}
}

/* own: one of the deviations. */
static double centre_mad(const struct centre *centre, double own)
{
	return centre->by[(unsigned)(own <= centre->upper) + (own <= centre->lower)];
}

/* ---- A group ---- */

enum { MEDIAN, Q1, Q3, P20, P80, P90, P95, QUANTILES };

static const double quantiles[QUANTILES] = {[MEDIAN] = 0.5,
        [Q1] = 0.25,
        [Q3] = 0.75,
        [P20] = 0.2,
        [P80] = 0.8,
        [P90] = 0.9,
        [P95] = 0.95};

struct group {
	const double *sorted;
	size_t count;
	struct left_out quantiles[QUANTILES];
	struct centre centres[3]; /* by which the median is */

	/* Where half have no deviation: all of them, from the median. */
	double *deviations;
	double median, deviation_sum;
	bool ordered;
};

static void order_group(struct group *group, double median)
{
	if (group->ordered && group->median == median)
		return;
	group->ordered = true;
	group->median = median;
	group->deviation_sum = order_deviations(
	        group->sorted, group->count, median, group->deviations);
}

/* The mean deviation of the others. */
static double mean_deviation(struct group *group, double median, double own)
{
	order_group(group, median);
	struct others others = {
	        group->deviations, group->count - 1, find(group->deviations, group->count, own)};

	/* What is left of a sum, less one of its terms, is 0 only where all deviations are. */
	if (!(at(&others, group->count - 2) > 0))
		return 0;
	return (group->deviation_sum - own) / (double)(group->count - 1);
}

/* The scale that a deviation is measured by, for a value. */
static void set_scale(struct group *group, size_t rank, struct peer_figures *figures)
{
	double value = group->sorted[rank], own = fabs(value - figures->median), mean = 0;
	struct centre *centre = &group->centres[which_of(&group->quantiles[MEDIAN], rank)];

	if (!centre->known)
		centre_find(centre, group->sorted, group->count, figures->median);
	figures->mad = centre_mad(centre, own);
	if (!(figures->mad > 0) && !(figures->q3 > figures->q1))
		mean = mean_deviation(group, figures->median, own);
	figures->scale = scale_of(figures->mad, figures->q1, figures->q3, mean);
	if (figures->scale > 0)
		figures->z = (value - figures->median) / figures->scale;
}

/* rank: of the first of its equals. */
static void figures_of(struct group *group, size_t rank, struct peer_figures *figures)
{
	const struct left_out *of = group->quantiles;

	*figures = (struct peer_figures){.peers = (uint32_t)(group->count - 1)};
	if (group->count < 2)
		return;
	figures->percentile = 100.0 * (double)rank / (double)group->count;
	figures->median = without(&of[MEDIAN], rank);
	figures->q1 = without(&of[Q1], rank);
	figures->q3 = without(&of[Q3], rank);
	figures->p20 = without(&of[P20], rank);
	figures->p80 = without(&of[P80], rank);
	figures->p90 = without(&of[P90], rank);
	figures->p95 = without(&of[P95], rank);
	set_scale(group, rank, figures);
}

/* ---- Order ---- */

/*
 * A group's scratch: its values in order, room for their deviations, and which
 * they are; and room to order them.
 */
struct scratch {
	double *sorted, *deviations;
	uint32_t *which;
	void *room; /* for two struct ordered of each */
};

static struct scratch scratch_of(void *memory, size_t count)
{
	double *sorted = (double *)((struct ordered *)memory + 2 * count);
	double *deviations = sorted + count;

	return (struct scratch){sorted, deviations, (uint32_t *)(deviations + count), memory};
}

size_t peers_scratch_bytes(size_t count)
{
	return count * (2 * sizeof(double) + sizeof(uint32_t) + 2 * sizeof(struct ordered));
}

enum { INDEX_BITS = 24, MOVES_EACH = 8 };

/*
 * What words of keys, with the index below, have put nearly in order: what is not
 * is moved by insertion; false: too much of it.
 */
static bool place_words(
        const uint64_t words[], const double values[], size_t count, const struct scratch *scratch)
{
	size_t moves = MOVES_EACH * count;

	for (size_t i = 0; i < count; i++) {
		uint32_t which = (uint32_t)(words[i] & ((1u << INDEX_BITS) - 1));
		double value = values[which] + 0.0; /* -0 is put as 0 */
		size_t place = i;

		for (; place > 0 && scratch->sorted[place - 1] > value; place--) {
			if (moves-- == 0)
				return false;
			scratch->sorted[place] = scratch->sorted[place - 1];
			scratch->which[place] = scratch->which[place - 1];
		}
		scratch->sorted[place] = value;
		scratch->which[place] = which;
	}
	return true;
}

/*
 * By where they lie between the least and the greatest, in two digits of a radix
 * sort; false: few lie far from all others, so that many come to one place.
 */
static bool order_by_place(const double values[], size_t count, const struct scratch *scratch)
{
	uint64_t *words = scratch->room;
	double low = values[0], high = values[0];

	for (size_t i = 1; i < count; i++) {
		low = values[i] < low ? values[i] : low;
		high = values[i] > high ? values[i] : high;
	}
	double scale = ((1u << 2 * words_digit_bits(count)) - 1) / (high - low);

	if (high > low && !isfinite(scale))
		return false;
	scale = high > low ? scale : 0;
	for (size_t i = 0; i < count; i++)
		words[i] = (uint64_t)(int32_t)((values[i] - low) * scale) << INDEX_BITS | i;
	words = words_sort(words, words + count, count, INDEX_BITS);
	return place_words(words, values, count, scratch);
}

/* By the upper bits of their keys: half of each is to move, and it is nearly the order. */
static bool order_by_key(const double values[], size_t count, const struct scratch *scratch)
{
	uint64_t *words = scratch->room;

	for (size_t i = 0; i < count; i++)
		words[i] = order_key(values[i]) >> INDEX_BITS << INDEX_BITS | i;
	words = words_sort(words, words + count, count, INDEX_BITS);
	return place_words(words, values, count, scratch);
}

static void order_values(const double values[], size_t count, const struct scratch *scratch)
{
	struct ordered *items = scratch->room;

	if (count == 0)
		return;
	if (count >> INDEX_BITS == 0 &&
	        (order_by_place(values, count, scratch) || order_by_key(values, count, scratch)))
		return;
	for (size_t i = 0; i < count; i++)
		items[i] = (struct ordered){order_key(values[i]), (uint32_t)i};
	items = order_sort(items, items + count, count);
	for (size_t i = 0; i < count; i++) {
		scratch->sorted[i] = order_value(items[i].key);
		scratch->which[i] = items[i].index;
	}
}

/* ---- All of a group ---- */

void peers_figures(
        const double values[], size_t count, struct peer_figures figures[], void *scratch)
{
	struct scratch of = scratch_of(scratch, count);
	struct group group = {.sorted = of.sorted, .deviations = of.deviations, .count = count};

	order_values(values, count, &of);
	for (unsigned i = 0; i < QUANTILES && count > 1; i++)
		leave_out(&group.quantiles[i], of.sorted, count, quantiles[i]);
	for (size_t i = 0; i < count; i++) {
		/* Equal values have equal figures. */
		if (i > 0 && of.sorted[i] == of.sorted[i - 1])
			figures[of.which[i]] = figures[of.which[i - 1]];
		else
			figures_of(&group, i, &figures[of.which[i]]);
	}
}

const double *peers_sorted(void *scratch, size_t count)
{
	return scratch_of(scratch, count).sorted;
}

/* The median deviation from the median, nobody left out. */
static double whole_mad(const double sorted[], size_t count, double median)
{
	double place = (double)(count - 1) * 0.5, some[3] = {0};
	size_t below = (size_t)place;

	some_deviations(sorted, count, median, below, some);
	return below + 1 >= count ? some[0] : quantile(some, 2, place - (double)below);
}

void peers_spread(size_t count, void *scratch, struct peer_spread *spread)
{
	struct scratch of = scratch_of(scratch, count);
	const double *sorted = of.sorted;
	double mean = 0;

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
	spread->mad = whole_mad(sorted, count, spread->median);
	if (!(spread->mad > 0) && !(spread->q3 > spread->q1))
		mean = order_deviations(sorted, count, spread->median, of.deviations) /
		       (double)count;
	spread->scale = scale_of(spread->mad, spread->q1, spread->q3, mean);
}

double tukey_fence(const struct peer_figures *figures, double times)
{
	return figures->q3 + times * (figures->q3 - figures->q1);
}
