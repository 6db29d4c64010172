/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sorting what a beneficiary has few of: insertion, which a caller's own order is
 * compiled into; qsort for those who have many.  Equal ones stay as they stood.
 */
#ifndef HISTORY_FEW_H
#define HISTORY_FEW_H

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { FEW_ITEMS = 16, FEW_BYTES = 64 /* of an item */ };

static inline void few_sort(
        void *items, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	_Alignas(16) char moved[FEW_BYTES];
	char *at = items;

	assert(size <= FEW_BYTES);
	if (count > FEW_ITEMS) {
		qsort(items, count, size, compare);
		return;
	}
	for (size_t i = 1; i < count; i++) {
		size_t to = i;

		memcpy(moved, at + i * size, size);
		for (; to > 0 && compare(at + (to - 1) * size, moved) > 0; to--)
			memcpy(at + to * size, at + (to - 1) * size, size);
		if (to < i)
			memcpy(at + to * size, moved, size);
	}
}

#endif
