/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/import_held.h"

#include <stdlib.h>
#include <string.h>

enum { HELD_FIRST = 1024 };

struct held_entry {
	uint64_t key;
	int32_t issued;
	uint32_t order; /* of adding; the row's place too */
	struct set_row *row;
};

struct held {
	size_t row_size, count, capacity;
	uint8_t *rows;
	struct held_entry *entries;
};

static void held_destroy(void *state)
{
	struct held *held = state;

	free(held->rows);
	free(held->entries);
	free(held);
}

static struct held *held_of(struct set_build *build)
{
	struct held *held = set_build_state(build);

	if (held)
		return held;
	held = calloc(1, sizeof(*held));
	if (!held)
		return NULL;
	held->row_size = set_build_schema(build)->row_size;
	set_build_state_set(build, held, held_destroy);
	return held;
}

static bool held_grow(struct held *held)
{
	size_t capacity = held->capacity ? held->capacity * 2 : HELD_FIRST;
	struct held_entry *entries = realloc(held->entries, capacity * sizeof(*entries));
	uint8_t *rows;

	if (!entries)
		return false;
	held->entries = entries;
	rows = realloc(held->rows, capacity * held->row_size);
	if (!rows)
		return false;
	held->rows = rows;
	held->capacity = capacity;
	return true;
}

int held_add(
        struct set_build *build, uint64_t key, int32_t issued, const void *row, struct diag *diag)
{
	struct held *held = held_of(build);

	if (!held || (held->count == held->capacity && !held_grow(held)))
		return diag_set(diag, FAIL_MEMORY, "no memory for the rows of a code set");
	memcpy(held->rows + held->count * held->row_size, row, held->row_size);
	held->entries[held->count] = (struct held_entry){
	        .key = key, .issued = issued, .order = (uint32_t)held->count};
	held->count++;
	return 0;
}

size_t held_mark(const struct set_build *build)
{
	const struct held *held = set_build_state(build);

	return held ? held->count : 0;
}

void held_release(struct set_build *build, size_t mark, int32_t issued, uint16_t source)
{
	struct held *held = set_build_state(build);

	for (size_t i = mark; held && i < held->count; i++) {
		struct set_row *row = (struct set_row *)(void *)(held->rows + i * held->row_size);

		held->entries[i].issued = issued;
		row->source = source;
	}
}

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

static int entry_compare(const void *a, const void *b)
{
	const struct held_entry *x = a, *y = b;
	int by = COMPARE(x->key, y->key);

	if (!by)
		by = COMPARE(x->issued, y->issued);
	if (!by)
		by = COMPARE(x->row->from, y->row->from);
	return by ? by : COMPARE(x->order, y->order);
}

/* Point entries at their rows (which move no more) and sort them by key, release, day. */
static void held_sort(struct held *held)
{
	for (size_t i = 0; i < held->count; i++)
		held->entries[i].row = (struct set_row *)(void *)(held->rows +
		                                                  held->entries[i].order *
		                                                          held->row_size);
	qsort(held->entries, held->count, sizeof(*held->entries), entry_compare);
}

static size_t group_end(const struct held *held, size_t start)
{
	size_t end = start + 1;

	while (end < held->count && held->entries[end].key == held->entries[start].key)
		end++;
	return end;
}

/* ---- The newest release alone ---- */

/* Two texts of one release: their rows together would be those of neither. */
static int refuse_two(const struct set_build *build, uint16_t one, uint16_t two, struct diag *diag)
{
	const struct set_source *a = set_build_source_at(build, one);
	const struct set_source *b = set_build_source_at(build, two);

	if (a->hash[0] == b->hash[0] && a->hash[1] == b->hash[1])
		return 0;
	return diag_set(diag, FAIL_TABLE,
	        "%s and %s are of one quarter, and differ: keep the one that is right", a->path,
	        b->path);
}

int held_finish_newest(struct set_build *build, struct diag *diag)
{
	struct held *held = set_build_state(build);
	const struct set_row *first = NULL;
	int32_t newest = HELD_UNDATED;
	int err = 0;

	if (!held)
		return 0;
	held_sort(held);
	for (size_t i = 0; i < held->count; i++)
		if (held->entries[i].issued > newest)
			newest = held->entries[i].issued;
	for (size_t i = 0; i < held->count && !err; i++) {
		const struct held_entry *entry = &held->entries[i];

		if (entry->issued != newest)
			continue;
		first = first ? first : entry->row;
		if (entry->row->source != first->source)
			err = refuse_two(build, first->source, entry->row->source, diag);
		if (!err)
			err = set_build_add(build, entry->key, entry->row, diag);
	}
	return err;
}

/* ---- What has ended ---- */

static bool superseded(const struct held *held, size_t start, size_t end, const struct set_row *row)
{
	if (row->to != INT32_MAX)
		return false;
	for (size_t i = start; i < end; i++)
		if (held->entries[i].row->from == row->from &&
		        held->entries[i].row->to != INT32_MAX)
			return true;
	return false;
}

int held_finish_ended(struct set_build *build, struct diag *diag)
{
	struct held *held = set_build_state(build);
	int err = 0;

	if (!held)
		return 0;
	held_sort(held);
	for (size_t start = 0, end; start < held->count && !err; start = end) {
		end = group_end(held, start);
		for (size_t i = start; i < end && !err; i++)
			if (!superseded(held, start, end, held->entries[i].row))
				err = set_build_add(
				        build, held->entries[i].key, held->entries[i].row, diag);
	}
	return err;
}

/* ---- One release after another ---- */

static int day_compare(const void *a, const void *b)
{
	return COMPARE(*(const int32_t *)a, *(const int32_t *)b);
}

/* The releases' days in order, each once; the caller frees them. */
static int32_t *release_days(const struct held *held, size_t *count)
{
	int32_t *days = malloc((held->count + 1) * sizeof(*days));

	*count = 0;
	if (!days)
		return NULL;
	for (size_t i = 0; i < held->count; i++) {
		int32_t day = held->entries[i].issued;

		/* Rows of one release come together; what is left is sorted out below. */
		if (day != HELD_UNDATED && (!*count || days[*count - 1] != day))
			days[(*count)++] = day;
	}
	qsort(days, *count, sizeof(*days), day_compare);
	size_t kept = 0;
	for (size_t i = 0; i < *count; i++)
		if (!kept || days[kept - 1] != days[i])
			days[kept++] = days[i];
	*count = kept;
	return days;
}

/* The last day of a release's word: the day before the next one. */
static int32_t release_end(const int32_t days[], size_t count, int32_t issued)
{
	for (size_t i = 0; i < count; i++)
		if (days[i] > issued)
			return days[i] - 1;
	return INT32_MAX;
}

static bool same_facts(const struct held *held, const struct set_row *a, const struct set_row *b)
{
	return memcmp(a + 1, b + 1, held->row_size - sizeof(*a)) == 0;
}

/*
 * Settle the rows of one key in place: each is cut to its release's days, one that
 * says the same as the one before lengthens it.  Returns how many are left.
 */
static size_t settle(
        struct held *held, size_t start, size_t end, const int32_t days[], size_t day_count)
{
	struct held_entry *entries = held->entries;
	int32_t first = entries[start].issued;
	size_t left = start;

	for (size_t i = start; i < end; i++) {
		struct set_row *row = entries[i].row;
		struct set_row *before = left > start ? entries[left - 1].row : NULL;
		int32_t last = release_end(days, day_count, entries[i].issued);

		if (entries[i].issued != first) {
			if (before && row->to < before->to)
				before->to = row->to;
			if (row->from < entries[i].issued)
				row->from = entries[i].issued;
		}
		if (row->to > last)
			row->to = last;
		if (row->from > row->to)
			continue;
		if (before && before->to != INT32_MAX && row->from == before->to + 1 &&
		        same_facts(held, before, row))
			before->to = row->to;
		else
			entries[left++] = entries[i];
	}
	return left - start;
}

static int finish_key(struct set_build *build, struct held *held, const size_t bounds[2],
        const int32_t days[], size_t day_count, struct diag *diag)
{
	size_t start = bounds[0], count;

	/* Undated rows come first; they stand where no release names the key. */
	if (held->entries[bounds[1] - 1].issued != HELD_UNDATED)
		while (held->entries[start].issued == HELD_UNDATED)
			start++;
	count = held->entries[start].issued == HELD_UNDATED
	                ? bounds[1] - start
	                : settle(held, start, bounds[1], days, day_count);
	for (size_t i = start; i < start + count; i++) {
		const struct held_entry *entry = &held->entries[i];
		int err = entry->row->from > entry->row->to
		                  ? 0
		                  : set_build_add(build, entry->key, entry->row, diag);

		if (err)
			return err;
	}
	return 0;
}

int held_finish_releases(struct set_build *build, struct diag *diag)
{
	struct held *held = set_build_state(build);
	size_t day_count;
	int32_t *days;
	int err = 0;

	if (!held)
		return 0;
	held_sort(held);
	days = release_days(held, &day_count);
	if (!days)
		return diag_set(diag, FAIL_MEMORY, "no memory for the releases of a code set");
	for (size_t start = 0, end; start < held->count && !err; start = end) {
		end = group_end(held, start);
		err = finish_key(build, held, (const size_t[2]){start, end}, days, day_count, diag);
	}
	free(days);
	return err;
}
