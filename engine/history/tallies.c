/* SPDX-License-Identifier: Apache-2.0 */
#include "history/tallies.h"

#include "base/budget.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS_MIN = 1024, ROOM_MIN = 1024, SLOT_EMPTY = 0 };

/* Entries as they came; and, once one was added, where to find each: slot -> number + 1. */
struct tallies {
	struct tally *entries;
	size_t count, room;
	uint32_t *slots;
	size_t slot_count; /* a power of two, at least twice count */
	struct sketches patients;
	size_t last; /* entry added to last: many follow one another */
};

static const struct {
	const char *rule, *name;
} measures[] = {
#define TALLY(symbol, rule, name) {rule, name},
#include "history/tallies.def"
#undef TALLY
};

const char *tally_rule(enum tally_measure measure)
{
	return measures[measure].rule;
}

const char *tally_name(enum tally_measure measure)
{
	return measures[measure].name;
}

int tallies_create(struct tallies **tallies, struct diag *diag)
{
	*tallies = calloc(1, sizeof(**tallies));
	return *tallies ? 0 : diag_set(diag, FAIL_MEMORY, "no memory for tallies");
}

void tallies_destroy(struct tallies *tallies)
{
	if (!tallies)
		return;
	sketches_free(&tallies->patients);
	budget_free(tallies->entries);
	budget_free(tallies->slots);
	free(tallies);
}

struct sketches *tallies_patients(struct tallies *tallies)
{
	return &tallies->patients;
}

const struct sketches *tallies_sketches(const struct tallies *tallies)
{
	return tallies ? &tallies->patients : NULL;
}

/* ---- Finding an entry ---- */

static bool is_of(const struct tally *entry, const struct tally *key)
{
	return entry->provider == key->provider && entry->measure == key->measure &&
	       entry->of == key->of;
}

static size_t slot_of(const struct tallies *tallies, const struct tally *key)
{
	uint64_t mixed = ((uint64_t)key->provider << 32 | key->measure) * 0x9e3779b97f4a7c15u;

	mixed = (mixed ^ mixed >> 32 ^ key->of) * 0xd6e8feb86659fd93u;
	return (size_t)(mixed ^ mixed >> 32) & (tallies->slot_count - 1);
}

/* The slot that an entry has or may take. */
static uint32_t *find_slot(const struct tallies *tallies, const struct tally *key)
{
	size_t at = slot_of(tallies, key);

	while (tallies->slots[at] != SLOT_EMPTY &&
	        !is_of(&tallies->entries[tallies->slots[at] - 1], key))
		at = (at + 1) & (tallies->slot_count - 1);
	return &tallies->slots[at];
}

/* Room for count more entries. */
static int make_room(struct tallies *tallies, size_t count)
{
	size_t wanted = tallies->count + count;
	size_t room = tallies->room ? tallies->room : ROOM_MIN;

	if (wanted <= tallies->room)
		return 0;
	while (room < wanted)
		room *= 2;
	struct tally *entries = budget_resize(tallies->entries, room * sizeof(*entries));
	if (!entries)
		return FAIL_MEMORY;
	tallies->entries = entries;
	tallies->room = room;
	return 0;
}

/* Slots for twice the entries, those that may be found filled in. */
static int make_slots(struct tallies *tallies)
{
	size_t slot_count = tallies->slot_count ? 2 * tallies->slot_count : SLOTS_MIN;

	while (slot_count < 2 * (tallies->count + 1))
		slot_count *= 2;
	if (slot_count > UINT32_MAX)
		return FAIL_MEMORY;
	uint32_t *slots = budget_calloc(slot_count, sizeof(*slots));
	if (!slots)
		return FAIL_MEMORY;
	budget_free(tallies->slots);
	tallies->slots = slots;
	tallies->slot_count = slot_count;
	for (size_t i = 0; i < tallies->count; i++)
		*find_slot(tallies, &tallies->entries[i]) = (uint32_t)i + 1;
	return 0;
}

/* ---- Adding ---- */

static void add_to(struct tally *entry, const struct tally *tally)
{
	entry->n += tally->n;
	entry->k += tally->k;
	entry->dollars = (int64_t)((uint64_t)entry->dollars + (uint64_t)tally->dollars);
	entry->sum = (int64_t)((uint64_t)entry->sum + (uint64_t)tally->sum);
	entry->squares += tally->squares;
}

/* Room for count entries that may be new, and slots to find them. */
static int make_ready(struct tallies *tallies, size_t count)
{
	if (make_room(tallies, count))
		return FAIL_MEMORY;
	while (2 * (tallies->count + count) > tallies->slot_count) {
		if (make_slots(tallies))
			return FAIL_MEMORY;
	}
	return 0;
}

static void add_ready(struct tallies *tallies, const struct tally *tally)
{
	uint32_t *slot = find_slot(tallies, tally);

	if (*slot == SLOT_EMPTY) {
		tallies->entries[tallies->count++] = *tally;
		*slot = (uint32_t)tallies->count;
	} else {
		add_to(&tallies->entries[*slot - 1], tally);
	}
	tallies->last = *slot - 1;
}

int tallies_add(struct tallies *tallies, const struct tally *tally)
{
	assert(tally->measure < TALLY_MEASURES);
	if (tallies->last < tallies->count && is_of(&tallies->entries[tallies->last], tally)) {
		add_to(&tallies->entries[tallies->last], tally);
		return 0;
	}
	if (make_ready(tallies, 1))
		return FAIL_MEMORY;
	add_ready(tallies, tally);
	return 0;
}

/* All slots are asked for, then all entries, before the first is added to. */
int tallies_add_all(struct tallies *tallies, const struct tally all[], size_t count)
{
	size_t slots[TALLIES_AT_ONCE];

	assert(count <= TALLIES_AT_ONCE);
	if (make_ready(tallies, count))
		return FAIL_MEMORY;
	for (size_t i = 0; i < count; i++) {
		slots[i] = slot_of(tallies, &all[i]);
		__builtin_prefetch(&tallies->slots[slots[i]], 1);
	}
	for (size_t i = 0; i < count; i++) {
		uint32_t slot = tallies->slots[slots[i]];

		if (slot != SLOT_EMPTY)
			__builtin_prefetch(&tallies->entries[slot - 1], 1);
	}
	for (size_t i = 0; i < count; i++)
		add_ready(tallies, &all[i]);
	return 0;
}

int tallies_put(struct tallies *tallies, const struct tally *tally)
{
	if (make_room(tallies, 1))
		return FAIL_MEMORY;
	tallies->entries[tallies->count++] = *tally;
	return 0;
}

/* Room for exactly so many: what is merged does not grow on. */
static int fit(struct tallies *tallies, size_t count)
{
	struct tally *entries;

	if (count <= tallies->room)
		return 0;
	entries = budget_resize(tallies->entries, count * sizeof(*entries));
	if (!entries)
		return FAIL_MEMORY;
	tallies->entries = entries;
	tallies->room = count;
	return 0;
}

int tallies_merge(struct tallies *into, const struct tallies *from)
{
	if (sketches_merge(&into->patients, &from->patients))
		return FAIL_MEMORY;
	if (from->count == 0)
		return 0;
	if (fit(into, into->count + from->count))
		return FAIL_MEMORY;
	memcpy(into->entries + into->count, from->entries, from->count * sizeof(*from->entries));
	into->count += from->count;
	return 0;
}

/* ---- Reading ---- */

static int compare_entries(const void *a, const void *b)
{
	const struct tally *of_a = a, *of_b = b;

	if (of_a->provider != of_b->provider)
		return of_a->provider < of_b->provider ? -1 : 1;
	if (of_a->measure != of_b->measure)
		return of_a->measure < of_b->measure ? -1 : 1;
	if (of_a->of != of_b->of)
		return of_a->of < of_b->of ? -1 : 1;
	return 0;
}

/*
 * By provider, whose numbers are dense: each entry to where its provider's begin,
 * in place, for there are many: what stands there goes on to its own.
 */
static int place_by_provider(struct tallies *tallies)
{
	struct tally *entries = tallies->entries;
	uint32_t most = 0;

	for (size_t i = 0; i < tallies->count; i++)
		most = entries[i].provider > most ? entries[i].provider : most;
	size_t providers = (size_t)most + 1;
	size_t *next = budget_calloc(2 * providers + 1, sizeof(*next)), *ends = next + providers;

	if (!next)
		return FAIL_MEMORY;
	for (size_t i = 0; i < tallies->count; i++)
		ends[entries[i].provider]++;
	for (size_t i = 0, sum = 0; i < providers; i++) {
		next[i] = sum;
		sum += ends[i];
		ends[i] = sum;
	}
	for (size_t provider = 0; provider < providers; provider++) {
		while (next[provider] < ends[provider]) {
			struct tally *here = &entries[next[provider]];
			struct tally *there = &entries[next[here->provider]++];
			struct tally moved = *there;

			*there = *here;
			if (there != here)
				*here = moved;
		}
	}
	budget_free(next);
	return 0;
}

/* Entries of equal keys, which stand together, become one. */
static void join_equal(struct tallies *tallies)
{
	size_t kept = 0;

	for (size_t i = 0; i < tallies->count; i++) {
		if (kept > 0 && is_of(&tallies->entries[kept - 1], &tallies->entries[i]))
			add_to(&tallies->entries[kept - 1], &tallies->entries[i]);
		else
			tallies->entries[kept++] = tallies->entries[i];
	}
	tallies->count = kept;
}

int tallies_sort(struct tallies *tallies)
{
	struct tally *entries;

	sketches_sort(&tallies->patients);
	budget_free(tallies->slots);
	tallies->slots = NULL;
	tallies->slot_count = tallies->last = 0;
	if (tallies->count == 0)
		return 0;
	if (place_by_provider(tallies))
		return FAIL_MEMORY;
	entries = tallies->entries;
	for (size_t from = 0, to; from < tallies->count; from = to) {
		for (to = from + 1; to < tallies->count; to++)
			if (entries[to].provider != entries[from].provider)
				break;
		if (to - from > 1)
			qsort(entries + from, to - from, sizeof(*entries), compare_entries);
	}
	join_equal(tallies);
	return 0;
}

/* The first entry that is not before (provider, measure). */
static size_t first_from(const struct tallies *tallies, uint32_t provider, uint32_t measure)
{
	size_t low = 0, high = tallies->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct tally *entry = &tallies->entries[middle];

		if (entry->provider < provider ||
		        (entry->provider == provider && entry->measure < measure))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct tally *between(const struct tallies *tallies, const struct tally *from,
        const struct tally *to, size_t *count)
{
	size_t first = tallies ? first_from(tallies, from->provider, from->measure) : 0;

	*count = tallies ? first_from(tallies, to->provider, to->measure) - first : 0;
	return *count ? &tallies->entries[first] : NULL;
}

const struct tally *tallies_of(const struct tallies *tallies, uint32_t provider, size_t *count)
{
	const struct tally from = {.provider = provider};
	const struct tally to = {.provider = provider, .measure = TALLY_MEASURES};

	return between(tallies, &from, &to, count);
}

const struct tally *tallies_find(
        const struct tallies *tallies, uint32_t provider, enum tally_measure measure, size_t *count)
{
	const struct tally from = {.provider = provider, .measure = measure};
	const struct tally to = {.provider = provider, .measure = (uint32_t)measure + 1};

	return between(tallies, &from, &to, count);
}

const struct tally *tallies_all(const struct tallies *tallies, size_t *count)
{
	*count = tallies ? tallies->count : 0;
	return *count ? tallies->entries : NULL;
}
