/* SPDX-License-Identifier: Apache-2.0 */
#include "report/sort.h"

#include <stdbool.h>
#include <string.h>

enum { SMALL = 16, HEAD = 8 };

int sort_compare(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size)
{
	int order = memcmp(a, b, a_size < b_size ? a_size : b_size);

	if (order != 0)
		return order;
	return (a_size > b_size) - (a_size < b_size);
}

/* The eight bytes at depth as a number, zeros behind the end. */
static uint64_t head_at(const struct sort_item *item, size_t depth)
{
	uint64_t head = 0;

	if (item->size >= depth + HEAD)
		memcpy(&head, item->at + depth, HEAD);
	else if (item->size > depth)
		memcpy(&head, item->at + depth, item->size - depth);
	return __builtin_bswap64(head);
}

/* All agree up to depth. */
static bool is_after(const struct sort_item *a, const struct sort_item *b, size_t depth)
{
	size_t skip = depth;

	if (skip > a->size)
		skip = a->size;
	if (skip > b->size)
		skip = b->size;
	return sort_compare(a->at + skip, a->size - skip, b->at + skip, b->size - skip) > 0;
}

static void sort_small(struct sort_item *items, size_t count, size_t depth)
{
	for (size_t i = 1; i < count; i++) {
		struct sort_item item = items[i];
		size_t k = i;

		for (; k > 0 && is_after(&items[k - 1], &item, depth); k--)
			items[k] = items[k - 1];
		items[k] = item;
	}
}

static void swap(struct sort_item *a, struct sort_item *b)
{
	struct sort_item kept = *a;

	*a = *b;
	*b = kept;
}

static uint64_t middle(uint64_t a, uint64_t b, uint64_t c)
{
	if (a > b) {
		uint64_t kept = a;

		a = b;
		b = kept;
	}
	if (c <= a)
		return a;
	return c < b ? c : b;
}

static uint64_t pick_pivot(const struct sort_item *items, size_t count)
{
	size_t step = count / 9;
	uint64_t thirds[3];

	for (size_t i = 0; i < 3; i++)
		thirds[i] = middle(items[3 * i * step].head, items[(3 * i + 1) * step].head,
		        items[(3 * i + 2) * step].head);
	return middle(thirds[0], thirds[1], thirds[2]);
}

/* What is left of a sort: items that agree up to depth. */
struct part {
	struct sort_item *items;
	size_t count, depth;
	bool loaded; /* the heads are those at depth */
};

/* Into less, equal and greater by the head at depth. */
static void cut(const struct part *whole, struct part parts[3])
{
	struct sort_item *items = whole->items;
	uint64_t pivot = pick_pivot(items, whole->count);
	size_t less = 0, at = 0, greater = whole->count;

	while (at < greater) {
		if (items[at].head < pivot)
			swap(&items[less++], &items[at++]);
		else if (items[at].head > pivot)
			swap(&items[at], &items[--greater]);
		else
			at++;
	}
	parts[0] = (struct part){items, less, whole->depth, true};
	parts[1] = (struct part){items + less, greater - less, whole->depth + HEAD, false};
	parts[2] = (struct part){items + greater, whole->count - greater, whole->depth, true};
}

static void load_heads(const struct part *part)
{
	for (size_t i = 0; i < part->count; i++)
		part->items[i].head = head_at(&part->items[i], part->depth);
}

static bool is_at_end(const struct part *part)
{
	for (size_t i = 0; i < part->count; i++) {
		if (part->items[i].size > part->depth)
			return false;
	}
	return true;
}

/* The largest part is the loop's, so the recursion is at most log2(count) deep. */
static void sort_part(struct part part)
{
	while (part.count > SMALL) {
		struct part parts[3];
		unsigned largest = 0;

		if (!part.loaded) {
			if (is_at_end(&part))
				break;
			load_heads(&part);
		}
		cut(&part, parts);
		for (unsigned i = 1; i < 3; i++)
			largest = parts[i].count > parts[largest].count ? i : largest;
		for (unsigned i = 0; i < 3; i++) {
			if (i != largest)
				sort_part(parts[i]);
		}
		part = parts[largest];
	}
	sort_small(part.items, part.count, part.depth);
}

void sort_items(struct sort_item *items, size_t count)
{
	sort_part((struct part){items, count, 0, false});
}
