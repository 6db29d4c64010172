/* SPDX-License-Identifier: Apache-2.0 */
#include "base/order.h"

enum {
	FEW = 12,    /* sorted by insertion */
	MANY = 2048, /* from here on the radix sort pays for its counters */
	DIGIT_BITS = 11,
	DIGIT_VALUES = 1 << DIGIT_BITS,
	PASSES = (64 + DIGIT_BITS - 1) / DIGIT_BITS,
};

static void sort_few(struct ordered items[], size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct ordered item = items[i];
		size_t at = i;

		for (; at && items[at - 1].key > item.key; at--)
			items[at] = items[at - 1];
		items[at] = item;
	}
}

static void merge_runs(
        struct ordered *into, const struct ordered *left, size_t left_count, size_t right_count)
{
	const struct ordered *left_end = left + left_count, *right = left_end;
	const struct ordered *right_end = right + right_count;

	while (left < left_end && right < right_end)
		*into++ = right->key < left->key ? *right++ : *left++;
	while (left < left_end)
		*into++ = *left++;
	while (right < right_end)
		*into++ = *right++;
}

static struct ordered *merge_sort(struct ordered items[], struct ordered spare[], size_t count)
{
	for (size_t from = 0; from < count; from += FEW)
		sort_few(items + from, count - from < FEW ? count - from : FEW);
	for (size_t run = FEW; run < count; run *= 2) {
		for (size_t from = 0; from < count; from += 2 * run) {
			size_t left = count - from < run ? count - from : run;
			size_t rest = count - from - left;

			merge_runs(spare + from, items + from, left, rest < run ? rest : run);
		}
		struct ordered *sorted = spare;

		spare = items;
		items = sorted;
	}
	return items;
}

static unsigned digit_of(uint64_t key, unsigned pass)
{
	return (unsigned)(key >> (pass * DIGIT_BITS)) & (DIGIT_VALUES - 1);
}

/* Where each digit's items begin.  False: all have one digit, and stand as they
 * must. */
static int find_places(size_t counts[DIGIT_VALUES], size_t count)
{
	size_t place = 0;

	for (unsigned i = 0; i < DIGIT_VALUES; i++) {
		size_t own = counts[i];

		if (own == count)
			return 0;
		counts[i] = place;
		place += own;
	}
	return 1;
}

static struct ordered *radix_sort(struct ordered items[], struct ordered spare[], size_t count)
{
	size_t counts[PASSES][DIGIT_VALUES];

	memset(counts, 0, sizeof(counts));
	for (size_t i = 0; i < count; i++) {
		for (unsigned pass = 0; pass < PASSES; pass++)
			counts[pass][digit_of(items[i].key, pass)]++;
	}
	for (unsigned pass = 0; pass < PASSES; pass++) {
		if (!find_places(counts[pass], count))
			continue;
		for (size_t i = 0; i < count; i++)
			spare[counts[pass][digit_of(items[i].key, pass)]++] = items[i];
		struct ordered *sorted = spare;

		spare = items;
		items = sorted;
	}
	return items;
}

struct ordered *order_sort(struct ordered items[], struct ordered spare[], size_t count)
{
	return count < MANY ? merge_sort(items, spare, count) : radix_sort(items, spare, count);
}
