/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Providers in the order of the output: by text as bytes, then by the name of
 * the id's kind.
 *
 * The first twelve bytes of the text, which is all of an NPI, a CCN or a TIN,
 * go into a key that is sorted by radix, two bytes a pass; passes in which all
 * keys are equal are left out.  What is equal by then is compared in full.
 */
#include "profile/profile.h"
#include "base/budget.h"
#include "profile/worker.h"

#include <stdlib.h>
#include <string.h>

struct item {
	uint64_t high; /* the first eight bytes of the text, as a number */
	uint32_t low;  /* the next four */
	uint32_t number;
};

enum { ITEM_BYTES = 12, DIGIT_BITS = 16, PASSES = ITEM_BYTES * 8 / DIGIT_BITS };

static struct item item_of(const struct entry *entry, uint32_t number)
{
	char text[ITEM_BYTES] = {0};
	uint64_t high;
	uint32_t low;

	memcpy(text, entry_text(entry), strnlen(entry_text(entry), ITEM_BYTES));
	memcpy(&high, text, sizeof(high));
	memcpy(&low, text + sizeof(high), sizeof(low));
	return (struct item){__builtin_bswap64(high), __builtin_bswap32(low), number};
}

/* Digits from the last two bytes of the key on. */
static unsigned digit_at(const struct item *item, unsigned pass)
{
	uint64_t word = pass < 2 ? (uint64_t)item->low >> (pass * DIGIT_BITS)
	                         : item->high >> ((pass - 2) * DIGIT_BITS);

	return word & ((1 << DIGIT_BITS) - 1);
}

/* One pass; returns false, and moves nothing, if all items have the same digit. */
static bool sort_by_digit(
        const struct item *items, struct item *into, size_t count, unsigned pass, uint32_t *next)
{
	memset(next, 0, sizeof(*next) << DIGIT_BITS);
	for (size_t i = 0; i < count; i++)
		next[digit_at(&items[i], pass)]++;
	if (next[digit_at(&items[0], pass)] == count)
		return false;
	uint32_t sum = 0;

	for (size_t digit = 0; digit < (size_t)1 << DIGIT_BITS; digit++) {
		uint32_t here = next[digit];

		next[digit] = sum;
		sum += here;
	}
	for (size_t i = 0; i < count; i++)
		into[next[digit_at(&items[i], pass)]++] = items[i];
	return true;
}

static const char *kind_name(uint64_t id)
{
	static const char *const names[] = {
	        "", "npi", "npi_bad_check", "placeholder", "ccn", "tin", "other", "none"};
	unsigned kind = id_kind(id);

	return names[kind < sizeof(names) / sizeof(*names) ? kind : 0];
}

static int compare_entries(const void *left, const void *right, void *context)
{
	const struct table *table = context;
	const struct entry *a = table_entry(table, ((const struct item *)left)->number);
	const struct entry *b = table_entry(table, ((const struct item *)right)->number);
	int order = strcmp(entry_text(a), entry_text(b));

	return order ? order : strcmp(kind_name(a->id), kind_name(b->id));
}

/* Items whose first twelve bytes are equal stand together: few, or the work of a hostile file. */
static void sort_equals(const struct profile *profile, struct item *items, size_t count)
{
	size_t from = 0;

	for (size_t i = 1; i <= count; i++) {
		if (i < count && items[i].high == items[from].high &&
		        items[i].low == items[from].low)
			continue;
		if (i - from > 1)
			qsort_r(items + from, i - from, sizeof(*items), compare_entries,
			        (void *)&profile->table);
		from = i;
	}
}

static bool is_used(const struct profile *profile, uint32_t number)
{
	const struct part *part = atomic_load_explicit(&profile->parts, memory_order_acquire);
	const struct shared_chunk *shared = shared_chunk(&profile->shared, number);
	uint64_t used = 0;

	for (; part; part = part->next) {
		const struct part_chunk *chunk = part_chunk(part, number);

		if (chunk)
			used |= chunk->hot[part_at(number)].lines |
			        chunk->net[part_at(number)].claims;
	}
	if (shared) {
		const _Atomic uint64_t *words = shared->words[number & (SHARED_CHUNK - 1)];

		used |= atomic_load_explicit(
		        &words[offsetof(struct totals, lines) / 8], memory_order_relaxed);
		used |= atomic_load_explicit(
		        &words[offsetof(struct totals, claims) / 8], memory_order_relaxed);
	}
	return used;
}

static size_t gather_items(const struct profile *profile, struct item *items)
{
	size_t limit = profile_count(profile), count = 0;

	for (size_t number = 0; number < limit; number++) {
		if (is_used(profile, (uint32_t)number))
			items[count++] = item_of(
			        table_entry(&profile->table, (uint32_t)number), (uint32_t)number);
	}
	return count;
}

static void sort_items(struct item **items, struct item **spare, size_t count, uint32_t *next)
{
	for (unsigned pass = 0; count && pass < PASSES; pass++) {
		if (!sort_by_digit(*items, *spare, count, pass, next))
			continue;
		struct item *sorted = *spare;

		*spare = *items;
		*items = sorted;
	}
}

int profile_order(const struct profile *profile, uint32_t **numbers, size_t *count)
{
	size_t room = profile_count(profile) + 1;
	struct item *items = budget_alloc(room * sizeof(*items));
	struct item *spare = budget_alloc(room * sizeof(*spare));
	uint32_t *next = malloc(sizeof(*next) << DIGIT_BITS);
	uint32_t *sorted = malloc(room * sizeof(*sorted));
	bool done = items && spare && next && sorted;

	*count = 0;
	if (done) {
		*count = gather_items(profile, items);
		sort_items(&items, &spare, *count, next);
		sort_equals(profile, items, *count);
		for (size_t i = 0; i < *count; i++)
			sorted[i] = items[i].number;
	} else {
		free(sorted);
		sorted = NULL;
	}
	budget_free(items);
	budget_free(spare);
	free(next);
	*numbers = sorted;
	return done ? 0 : FAIL_MEMORY;
}
