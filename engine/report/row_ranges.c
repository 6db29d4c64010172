/* SPDX-License-Identifier: Apache-2.0 */
#include "report/row_ranges.h"

#include "report/ordered.h"
#include "report/row.h"

#include <stdlib.h>
#include <string.h>

enum {
	RANGES_MAX = 1024,
	RANGE_ROWS = 2048, /* wanted: some hundred KB of text */
	SAMPLE_ROWS = 16,  /* of a range: its size is off by a quarter or so */
	SLICE_ROWS = 8192, /* whose ranges a thread finds at once */
};

struct ranges {
	const struct sort_item *items;
	size_t item_count;
	struct sort_item *bounds; /* range r begins with bounds[r - 1] */
	size_t count;             /* of ranges */
	uint16_t *range_of;       /* of each item */
	struct sort_item *rows;   /* the items by range */
	size_t *first;            /* of a range's rows; one more at the end */
	struct out *out;
};

/* A thread's. */
struct ranger {
	struct ranges *ranges;
	struct out *block;
};

static int begin_ranger(void **own, void *context)
{
	struct ranger *ranger = calloc(1, sizeof(*ranger));
	struct diag unused;

	diag_init(&unused);
	*own = ranger;
	if (!ranger)
		return FAIL_MEMORY;
	ranger->ranges = context;
	return out_create_memory(&ranger->block, &unused);
}

static void end_ranger(void *own)
{
	struct ranger *ranger = own;

	if (!ranger)
		return;
	out_destroy(ranger->block);
	free(ranger);
}

static int choose_bounds(struct ranges *ranges)
{
	size_t sampled = ranges->count * SAMPLE_ROWS;
	struct sort_item *sample = malloc(sampled * sizeof(*sample));

	ranges->bounds = malloc(ranges->count * sizeof(*ranges->bounds));
	if (!sample || !ranges->bounds) {
		free(sample);
		return FAIL_MEMORY;
	}
	for (size_t i = 0; i < sampled; i++)
		sample[i] = ranges->items[i * ranges->item_count / sampled];
	sort_items(sample, sampled);
	for (size_t range = 1; range < ranges->count; range++)
		ranges->bounds[range - 1] = sample[range * SAMPLE_ROWS];
	free(sample);
	return 0;
}

/* How many bounds a row is not before; equal rows are in one range. */
static uint16_t find_range(const struct ranges *ranges, const struct sort_item *item)
{
	size_t low = 0, high = ranges->count - 1;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct sort_item *bound = &ranges->bounds[middle];

		if (sort_compare(item->at, item->size, bound->at, bound->size) < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return (uint16_t)low;
}

static int find_ranges(void *own, size_t slice)
{
	struct ranges *ranges = ((struct ranger *)own)->ranges;
	size_t from = slice * SLICE_ROWS;
	size_t to = ranges->item_count - from < SLICE_ROWS ? ranges->item_count : from + SLICE_ROWS;

	for (size_t i = from; i < to; i++)
		ranges->range_of[i] = find_range(ranges, &ranges->items[i]);
	return 0;
}

/* Put the items together by range. */
static void scatter(struct ranges *ranges)
{
	for (size_t i = 0; i < ranges->item_count; i++)
		ranges->first[ranges->range_of[i] + 1]++;
	for (size_t range = 0; range < ranges->count; range++)
		ranges->first[range + 1] += ranges->first[range];
	for (size_t i = 0; i < ranges->item_count; i++)
		ranges->rows[ranges->first[ranges->range_of[i]]++] = ranges->items[i];
	/* Each first is now where the next range begins. */
	memmove(ranges->first + 1, ranges->first, ranges->count * sizeof(*ranges->first));
	ranges->first[0] = 0;
}

static int print_range(void *own, size_t range)
{
	struct ranger *ranger = own;
	const struct ranges *ranges = ranger->ranges;
	struct sort_item *rows = ranges->rows + ranges->first[range];
	size_t count = ranges->first[range + 1] - ranges->first[range];

	sort_items(rows, count);
	for (size_t i = 0; i < count; i++)
		row_write(ranger->block, rows[i].at);
	return 0;
}

static int put_range(void *own, size_t range)
{
	struct ranger *ranger = own;

	(void)range;
	out_append(ranger->ranges->out, ranger->block);
	return 0;
}

static int write_ranges(struct ranges *ranges, unsigned threads)
{
	const struct ordered_work finding = {
	        .context = ranges, .begin = begin_ranger, .end = end_ranger, .make = find_ranges};
	const struct ordered_work printing = {
	        .context = ranges,
	        .begin = begin_ranger,
	        .end = end_ranger,
	        .make = print_range,
	        .put = put_range,
	};
	size_t slices = (ranges->item_count + SLICE_ROWS - 1) / SLICE_ROWS;
	int err = choose_bounds(ranges);

	if (err == 0)
		err = ordered_run(&finding, slices, threads);
	if (err < 0)
		return err;
	scatter(ranges);
	return ordered_run(&printing, ranges->count, threads);
}

int rows_write_sorted(
        struct out *out, const struct sort_item *items, size_t count, unsigned threads)
{
	size_t wanted = count / RANGE_ROWS + 1;
	struct ranges ranges = {.items = items,
	        .item_count = count,
	        .count = wanted < RANGES_MAX ? wanted : RANGES_MAX,
	        .out = out};
	int err = FAIL_MEMORY;

	if (count == 0)
		return 0;
	ranges.range_of = malloc(count * sizeof(*ranges.range_of));
	ranges.rows = malloc(count * sizeof(*ranges.rows));
	ranges.first = calloc(ranges.count + 2, sizeof(*ranges.first));
	if (ranges.range_of && ranges.rows && ranges.first)
		err = write_ranges(&ranges, threads);
	free(ranges.bounds);
	free(ranges.range_of);
	free(ranges.rows);
	free(ranges.first);
	return err;
}
