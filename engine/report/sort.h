/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sorting byte strings that share long beginnings: multikey quicksort over
 * eight bytes at a time, so that a shared beginning is looked at once and not
 * in each comparison.
 */
#ifndef REPORT_SORT_H
#define REPORT_SORT_H

#include <stddef.h>
#include <stdint.h>

struct sort_item {
	uint64_t head; /* the sorter's */
	const uint8_t *at;
	size_t size;
};

/* As memcmp over the shorter; the shorter first if that is equal. */
int sort_compare(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size);

/* Any number of threads, each its own items. */
void sort_items(struct sort_item *items, size_t count);

#endif
