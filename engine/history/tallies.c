/* SPDX-License-Identifier: Apache-2.0 */
#include "history/tallies.h"

#include "base/budget.h"
#include "base/tasks.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS_MIN = 256, ROOM_MIN = 128, SLOT_EMPTY = 0 };

/*
 * A measure's entries as they came; and, once one was added, where to find each:
 * slot -> number + 1.
 */
struct section {
	struct tally *entries;
	size_t count, room;
	uint32_t *slots;
	size_t slot_count; /* a power of two, at least four times count */
	size_t last;       /* entry added to last: many follow one another */
};

struct tallies {
	struct section of[TALLY_MEASURES];
	struct sketches patients;
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

static void empty(struct section *section)
{
	budget_free(section->entries);
	budget_free(section->slots);
	*section = (struct section){0};
}

void tallies_destroy(struct tallies *tallies)
{
	if (!tallies)
		return;
	sketches_free(&tallies->patients);
	for (unsigned i = 0; i < TALLY_MEASURES; i++)
		empty(&tallies->of[i]);
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
	return entry->provider == key->provider && entry->of == key->of;
}

static size_t slot_of(const struct section *section, const struct tally *key)
{
	uint64_t mixed = key->provider * 0x9e3779b97f4a7c15u;

	mixed = (mixed ^ mixed >> 32 ^ key->of) * 0xd6e8feb86659fd93u;
	return (size_t)(mixed ^ mixed >> 32) & (section->slot_count - 1);
}

/* The slot that an entry has or may take. */
static uint32_t *find_slot(const struct section *section, const struct tally *key)
{
	size_t at = slot_of(section, key);

	while (section->slots[at] != SLOT_EMPTY &&
	        !is_of(&section->entries[section->slots[at] - 1], key))
		at = (at + 1) & (section->slot_count - 1);
	return &section->slots[at];
}

/* Room for count more entries. */
static int make_room(struct section *section, size_t count)
{
	size_t wanted = section->count + count;
	size_t room = section->room ? section->room : ROOM_MIN;

	if (wanted <= section->room)
		return 0;
	while (room < wanted)
		room *= 2;
	struct tally *entries = budget_resize(section->entries, room * sizeof(*entries));
	if (!entries)
		return FAIL_MEMORY;
	section->entries = entries;
	section->room = room;
	return 0;
}

/*
 * Slots for four times the entries, those that may be found filled in: an entry of
 * another key that stands in the way is one that nobody has asked for ahead.
 */
static int make_slots(struct section *section)
{
	size_t slot_count = section->slot_count ? 2 * section->slot_count : SLOTS_MIN;

	while (slot_count < 4 * (section->count + 1))
		slot_count *= 2;
	if (slot_count > UINT32_MAX)
		return FAIL_MEMORY;
	uint32_t *slots = budget_calloc(slot_count, sizeof(*slots));
	if (!slots)
		return FAIL_MEMORY;
	budget_free(section->slots);
	section->slots = slots;
	section->slot_count = slot_count;
	for (size_t i = 0; i < section->count; i++)
		*find_slot(section, &section->entries[i]) = (uint32_t)i + 1;
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
static int make_ready(struct section *section, size_t count)
{
	if (make_room(section, count))
		return FAIL_MEMORY;
	while (4 * (section->count + count) > section->slot_count) {
		if (make_slots(section))
			return FAIL_MEMORY;
	}
	return 0;
}

static void add_ready(struct section *section, const struct tally *tally)
{
	uint32_t *slot = find_slot(section, tally);

	if (*slot == SLOT_EMPTY) {
		section->entries[section->count++] = *tally;
		*slot = (uint32_t)section->count;
	} else {
		add_to(&section->entries[*slot - 1], tally);
	}
	section->last = *slot - 1;
}

int tallies_add(struct tallies *tallies, const struct tally *tally)
{
	struct section *section = &tallies->of[tally->measure];

	assert(tally->measure < TALLY_MEASURES);
	if (section->last < section->count && is_of(&section->entries[section->last], tally)) {
		add_to(&section->entries[section->last], tally);
		return 0;
	}
	if (make_ready(section, 1))
		return FAIL_MEMORY;
	add_ready(section, tally);
	return 0;
}

/* All slots are asked for, then all entries, before the first is added to. */
int tallies_add_all(struct tallies *tallies, const struct tally all[], size_t count)
{
	const uint32_t *slots[TALLIES_AT_ONCE];

	assert(count <= TALLIES_AT_ONCE);
	for (size_t i = 0; i < count; i++) {
		if (make_ready(&tallies->of[all[i].measure], count))
			return FAIL_MEMORY;
	}
	for (size_t i = 0; i < count; i++) {
		const struct section *section = &tallies->of[all[i].measure];

		slots[i] = &section->slots[slot_of(section, &all[i])];
		__builtin_prefetch(slots[i], 1);
	}
	for (size_t i = 0; i < count; i++) {
		if (*slots[i] != SLOT_EMPTY)
			__builtin_prefetch(&tallies->of[all[i].measure].entries[*slots[i] - 1], 1);
	}
	for (size_t i = 0; i < count; i++)
		add_ready(&tallies->of[all[i].measure], &all[i]);
	return 0;
}

int tallies_put(struct tallies *tallies, const struct tally *tally)
{
	struct section *section = &tallies->of[tally->measure];

	assert(tally->measure < TALLY_MEASURES);
	if (make_room(section, 1))
		return FAIL_MEMORY;
	section->entries[section->count++] = *tally;
	return 0;
}

/* ---- Joining ---- */

/* The parts' entries of a measure, on their way to one section. */
struct joining {
	struct tallies *into, *const *parts;
	size_t part_count;
};

static const struct section *section_of(const struct joining *joining, size_t part, size_t measure)
{
	static const struct section none;

	return joining->parts[part] ? &joining->parts[part]->of[measure] : &none;
}

/* How many entries come, and of providers below which number. */
static size_t count_entries(const struct joining *joining, size_t measure, size_t *providers)
{
	size_t count = 0;

	*providers = 0;
	for (size_t part = 0; part < joining->part_count; part++) {
		const struct section *section = section_of(joining, part, measure);

		count += section->count;
		for (size_t i = 0; i < section->count; i++) {
			uint32_t provider = section->entries[i].provider;

			*providers = provider >= *providers ? (size_t)provider + 1 : *providers;
		}
	}
	return count;
}

/* By provider, whose numbers are dense; next: room for one more than there are. */
static void order_by_provider(
        const struct joining *joining, size_t measure, const struct tally *order[], uint32_t *next)
{
	for (size_t part = 0; part < joining->part_count; part++) {
		const struct section *section = section_of(joining, part, measure);

		for (size_t i = 0; i < section->count; i++)
			order[next[section->entries[i].provider]++] = &section->entries[i];
	}
}

/* Where each provider's entries begin. */
static uint32_t *find_places(const struct joining *joining, size_t measure, size_t providers)
{
	uint32_t *next = budget_calloc(providers + 1, sizeof(*next)), place = 0;

	for (size_t part = 0; next && part < joining->part_count; part++) {
		const struct section *section = section_of(joining, part, measure);

		for (size_t i = 0; i < section->count; i++)
			next[section->entries[i].provider]++;
	}
	for (size_t provider = 0; next && provider < providers; provider++) {
		uint32_t own = next[provider];

		next[provider] = place;
		place += own;
	}
	return next;
}

static int compare_parts(const void *a, const void *b)
{
	const struct tally *of_a = *(const struct tally *const *)a;
	const struct tally *of_b = *(const struct tally *const *)b;

	return (of_a->of > of_b->of) - (of_a->of < of_b->of);
}

/* A provider's entries, which are few, by of. */
static void order_by_part(const struct tally *order[], size_t count)
{
	enum { FEW = 16 };

	if (count > FEW) {
		qsort(order, count, sizeof(*order), compare_parts);
		return;
	}
	for (size_t i = 1; i < count; i++) {
		const struct tally *entry = order[i];
		size_t at = i;

		for (; at > 0 && order[at - 1]->of > entry->of; at--)
			order[at] = order[at - 1];
		order[at] = entry;
	}
}

/* Each behind the last, those of equal keys in one. */
static size_t copy_joined(const struct tally *order[], size_t count, struct tally *entries)
{
	enum { AHEAD = 16 };
	size_t kept = 0;

	for (size_t from = 0, to; from < count; from = to) {
		for (to = from + 1; to < count && order[to]->provider == order[from]->provider;)
			to++;
		order_by_part(order + from, to - from);
		for (size_t i = from; i < to; i++) {
			if (i + AHEAD < count)
				__builtin_prefetch(order[i + AHEAD]);
			if (kept > 0 && is_of(&entries[kept - 1], order[i]))
				add_to(&entries[kept - 1], order[i]);
			else
				entries[kept++] = *order[i];
		}
	}
	return kept;
}

static int join_section(const struct joining *joining, size_t measure, struct section *joined)
{
	size_t providers, count = count_entries(joining, measure, &providers);
	int err = 0;

	*joined = (struct section){.room = count};
	if (count == 0)
		return 0;
	joined->entries = budget_alloc(count * sizeof(*joined->entries));
	const struct tally **order = budget_alloc(count * sizeof(*order));
	uint32_t *next = find_places(joining, measure, providers);

	if (joined->entries && order && next) {
		order_by_provider(joining, measure, order, next);
		joined->count = copy_joined(order, count, joined->entries);
	} else {
		err = FAIL_MEMORY;
	}
	budget_free(order);
	budget_free(next);
	return err;
}

static int join_measure(void *context, size_t measure)
{
	const struct joining *joining = context;
	struct section joined;
	int err = join_section(joining, measure, &joined);

	for (size_t part = 0; part < joining->part_count; part++) {
		if (joining->parts[part])
			empty(&joining->parts[part]->of[measure]);
	}
	joining->into->of[measure] = joined;
	return err;
}

int tallies_join_measure(struct tallies *into, struct tallies *const parts[], size_t count,
        enum tally_measure measure)
{
	struct joining joining = {into, parts, count};

	return join_measure(&joining, measure);
}

static int join_patients(struct tallies *into, struct tallies *const parts[], size_t count)
{
	int err = 0;

	for (size_t part = 0; part < count && err == 0; part++) {
		if (!parts[part] || parts[part] == into)
			continue;
		err = sketches_merge(&into->patients, &parts[part]->patients);
		sketches_free(&parts[part]->patients);
	}
	sketches_sort(&into->patients);
	return err;
}

int tallies_join(
        struct tallies *into, struct tallies *const parts[], size_t count, unsigned threads)
{
	struct joining joining = {into, parts, count};
	int err = tasks_run(threads, TALLY_MEASURES, join_measure, &joining);

	return err == 0 ? join_patients(into, parts, count) : err;
}

/* ---- Reading ---- */

const struct tally *tallies_of(
        const struct tallies *tallies, enum tally_measure measure, size_t *count)
{
	*count = tallies ? tallies->of[measure].count : 0;
	return *count ? tallies->of[measure].entries : NULL;
}

const struct tally *tallies_find(
        const struct tallies *tallies, uint32_t provider, enum tally_measure measure, size_t *count)
{
	size_t all, low = 0, to;
	const struct tally *of = tallies_of(tallies, measure, &all);

	for (size_t high = all; low < high;) {
		size_t middle = low + (high - low) / 2;

		if (of[middle].provider < provider)
			low = middle + 1;
		else
			high = middle;
	}
	for (to = low; to < all && of[to].provider == provider;)
		to++;
	*count = to - low;
	return *count ? of + low : NULL;
}
