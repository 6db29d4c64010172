/* SPDX-License-Identifier: Apache-2.0 */
#include "history/few.h"

#include <criterion/criterion.h>
#include <stdint.h>

enum { ITEMS_MAX = 2 * FEW_ITEMS };

/* Of one cache line, that all of it is seen to move. */
struct item {
	uint32_t key, place;
	uint8_t rest[FEW_BYTES - 8];
};

static int compare_items(const void *a, const void *b)
{
	const struct item *of_a = a, *of_b = b;

	return (of_a->key > of_b->key) - (of_a->key < of_b->key);
}

static void fill(struct item *items, size_t count, uint32_t keys, uint32_t *chance)
{
	for (size_t i = 0; i < count; i++) {
		*chance = *chance * 1664525u + 1013904223u;
		items[i] = (struct item){.key = (*chance >> 16) % keys, .place = (uint32_t)i};
		memset(items[i].rest, (int)i, sizeof(items[i].rest));
	}
}

/* In order, equal ones as they stood, each whole. */
static void expect_sorted(const struct item *items, size_t count)
{
	uint64_t places = 0;

	for (size_t i = 0; i < count; i++) {
		places |= (uint64_t)1 << items[i].place;
		for (size_t b = 0; b < sizeof(items[i].rest); b++)
			cr_assert_eq(items[i].rest[b], items[i].place);
		if (i > 0)
			cr_assert(items[i - 1].key < items[i].key ||
			          (items[i - 1].key == items[i].key &&
			                  items[i - 1].place < items[i].place));
	}
	cr_assert_eq(places, count ? UINT64_MAX >> (64 - count) : 0);
}

Test(few, sorted_whatever_their_number)
{
	struct item items[ITEMS_MAX];
	uint32_t chance = 1;

	for (size_t count = 0; count <= ITEMS_MAX; count++) {
		for (uint32_t keys = 1; keys <= 64; keys *= 4) {
			fill(items, count, keys, &chance);
			few_sort(items, count, sizeof(*items), compare_items);
			expect_sorted(items, count);
		}
	}
}

static int compare_bytes(const void *a, const void *b)
{
	return (int)*(const uint8_t *)a - (int)*(const uint8_t *)b;
}

Test(few, of_any_size)
{
	uint8_t bytes[] = {5, 3, 9, 1, 1, 0};

	few_sort(bytes, sizeof(bytes), 1, compare_bytes);
	cr_expect_eq(memcmp(bytes, "\0\1\1\3\5\11", sizeof(bytes)), 0);
	few_sort(NULL, 0, 8, compare_bytes);
}
