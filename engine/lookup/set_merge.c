/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Merging: what many releases say becomes windows, key by key.
 *
 *     snapshot A  |-------- 1 --------|- - -        - - -: until B begins
 *     snapshot B                      |------ 1 ------|
 *     dated                |---- 1 ---------|
 *     the window  |------------- 1 -------------------|
 *
 * Rows say the same when all their columns do.  What says the same and touches
 * is one window; what says something else on the same day is a contradiction,
 * unless the set is of the kind that has many rows a day.
 */
#include "lookup/set_private.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TOLD_MAX = 3,    /* contradictions that are named; the others are counted */
	TOLD_SIZE = 640, /* bytes, of a diag's 1,024 */
	MORE_MAX = UINT16_MAX,
	RADIX_BITS = 11,
	RADIX = 1 << RADIX_BITS,
	RADIX_PASSES = 6, /* of 64 bits */
};

struct window {
	int32_t from, to;
	uint32_t entry; /* whose columns and source it has */
};

struct order {
	uint64_t key;
	uint32_t entry;
};

struct merger {
	struct set_build *build;
	const struct set_sink *sink;
	struct order *order; /* NULL: the entries are in order as they lie */
	struct window *windows;
	size_t window_capacity;
	uint64_t *row; /* the one that is passed on */
	size_t contradictions;
	char told[TOLD_SIZE];
};

/* ---- What is in force when ---- */

/* The day before the next snapshot of the set begins; INT32_MAX: there is none. */
static int32_t snapshot_end(const struct set_build *build, const struct set_source *snapshot)
{
	int32_t end = INT32_MAX;

	for (size_t i = 0; i < build->source_count; i++) {
		const struct set_source *next = &build->sources[i];

		if (next->snapshot && next->from > snapshot->from && next->from - 1 < end)
			end = next->from - 1;
	}
	return end;
}

static int date_snapshots(struct set_build *build, struct diag *diag)
{
	int32_t *ends = malloc((build->source_count + 1) * sizeof(*ends));

	if (!ends)
		return diag_set(diag, FAIL_MEMORY, "no memory to merge releases");
	for (size_t i = 0; i < build->source_count; i++) {
		const struct set_source *source = &build->sources[i];
		int32_t end = source->snapshot ? snapshot_end(build, source) : 0;

		ends[i] = end < source->to ? end : source->to;
	}
	for (size_t i = 0; i < build->count; i++) {
		struct set_row *row = set_entry_row(build, i);

		if (!build->sources[row->source].snapshot)
			continue;
		row->from = build->sources[row->source].from;
		row->to = ends[row->source];
	}
	free(ends);
	return 0;
}

/* ---- Order ---- */

static bool in_order(const struct set_build *build)
{
	for (size_t i = 1; i < build->count; i++)
		if (set_entry_key(build, i - 1) > set_entry_key(build, i))
			return false;
	return true;
}

/* One pass, from the lowest digit up; what is equal keeps its order. */
static void radix_pass(
        const struct order *from, struct order *to, size_t count, unsigned shift, size_t *starts)
{
	for (size_t i = 0; i < count; i++)
		to[starts[from[i].key >> shift & (RADIX - 1)]++] = from[i];
}

/* Counts to starts; false: all have the same digit, so that nothing is to be done. */
static bool radix_starts(const struct order *order, size_t count, unsigned shift, size_t *starts)
{
	size_t at = 0;

	memset(starts, 0, RADIX * sizeof(*starts));
	for (size_t i = 0; i < count; i++)
		starts[order[i].key >> shift & (RADIX - 1)]++;
	if (starts[order[0].key >> shift & (RADIX - 1)] == count)
		return false;
	for (size_t i = 0; i < RADIX; i++) {
		size_t here = starts[i];

		starts[i] = at;
		at += here;
	}
	return true;
}

static int sort_entries(struct merger *merger, struct diag *diag)
{
	const struct set_build *build = merger->build;
	size_t starts[RADIX], count = build->count;
	struct order *order, *other;

	if (in_order(build))
		return 0;
	order = malloc(count * sizeof(*order));
	other = malloc(count * sizeof(*other));
	if (!order || !other) {
		free(order);
		free(other);
		return diag_set(diag, FAIL_MEMORY, "no memory to sort %zu rows", count);
	}
	for (size_t i = 0; i < count; i++)
		order[i] = (struct order){set_entry_key(build, i), (uint32_t)i};
	for (unsigned pass = 0; pass < RADIX_PASSES; pass++) {
		struct order *sorted = other;

		if (!radix_starts(order, count, pass * RADIX_BITS, starts))
			continue;
		radix_pass(order, other, count, pass * RADIX_BITS, starts);
		other = order;
		order = sorted;
	}
	free(other);
	merger->order = order;
	return 0;
}

static uint32_t entry_at(const struct merger *merger, size_t index)
{
	return merger->order ? merger->order[index].entry : (uint32_t)index;
}

/* ---- The windows of one key ---- */

/* Do two rows say the same?  The columns stand behind struct set_row. */
static int compare_columns(const struct set_build *build, uint32_t a, uint32_t b)
{
	size_t head = sizeof(uint64_t) + sizeof(struct set_row);

	return memcmp(set_entry(build, a) + head, set_entry(build, b) + head, build->stride - head);
}

static int compare_days(const struct window *a, const struct window *b)
{
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return a->to < b->to ? -1 : a->to > b->to;
}

/* Of two that are alike the one of the earlier source stands. */
static int compare_sources(const struct set_build *build, uint32_t a, uint32_t b)
{
	uint16_t source_a = set_entry_row(build, a)->source;
	uint16_t source_b = set_entry_row(build, b)->source;

	if (source_a != source_b)
		return source_a < source_b ? -1 : 1;
	return a < b ? -1 : a > b;
}

static int by_days(const void *one, const void *two, void *context)
{
	const struct window *a = one, *b = two;
	int order = compare_days(a, b);

	if (order == 0)
		order = compare_columns(context, a->entry, b->entry);
	return order ? order : compare_sources(context, a->entry, b->entry);
}

static int by_columns(const void *one, const void *two, void *context)
{
	const struct window *a = one, *b = two;
	int order = compare_columns(context, a->entry, b->entry);

	return order ? order : by_days(a, b, context);
}

static const char *differing_column(const struct set_build *build, uint32_t a, uint32_t b)
{
	const uint8_t *row_a = set_entry(build, a) + sizeof(uint64_t);
	const uint8_t *row_b = set_entry(build, b) + sizeof(uint64_t);

	for (size_t i = 0; i < build->schema->column_count; i++) {
		const struct set_column *column = &build->schema->columns[i];

		if (memcmp(row_a + column->at, row_b + column->at, set_type_size(column->type)) !=
		        0)
			return column->name;
	}
	return "what is said";
}

/* Note a contradiction; all of them are told together. */
static void contradict(struct merger *merger, const struct window *a, const struct window *b)
{
	const struct set_build *build = merger->build;
	const struct set_source *source_a = &build->sources[set_entry_row(build, a->entry)->source];
	const struct set_source *source_b = &build->sources[set_entry_row(build, b->entry)->source];
	const char *column = differing_column(build, a->entry, b->entry);
	char key[SET_KEY_TEXT_MAX], from[DATE_TEXT_SIZE], to[DATE_TEXT_SIZE], what[288];
	int32_t end = a->to < b->to ? a->to : b->to;
	size_t used = strlen(merger->told);

	if (merger->contradictions++ >= TOLD_MAX)
		return;
	set_key_text(build->schema, set_entry_key(build, a->entry), key);
	date_format(b->from, from);
	date_format(end == INT32_MAX ? DATE_ABSENT : end, to);
	if (source_a == source_b)
		snprintf(what, sizeof(what), "%.100s has two rows that differ in %s",
		        source_a->path, column);
	else
		snprintf(what, sizeof(what), "%s in %.100s is not that in %.100s", column,
		        source_a->path, source_b->path);
	snprintf(merger->told + used, sizeof(merger->told) - used, "%s%s: %s, from %s to %s",
	        used ? "; " : "", key, what, *from ? from : "the beginning", *to ? to : "the end");
}

/* Windows that say the same and touch become one; how many are left. */
static size_t join(struct merger *merger, struct window windows[], size_t count)
{
	bool many = merger->build->schema->many;
	size_t kept = 0;

	for (size_t i = 1; i < count; i++) {
		struct window *last = &windows[kept], *next = &windows[i];
		bool same = compare_columns(merger->build, last->entry, next->entry) == 0;
		bool overlap = next->from <= last->to;

		if (same && (overlap || next->from - 1 == last->to)) {
			last->to = next->to > last->to ? next->to : last->to;
			continue;
		}
		if (overlap && !many)
			contradict(merger, last, next);
		windows[++kept] = *next;
	}
	return kept + 1;
}

static int pass_on(struct merger *merger, uint64_t key, const struct window windows[], size_t count,
        struct diag *diag)
{
	struct set_row *row = (struct set_row *)(void *)merger->row;
	char text[SET_KEY_TEXT_MAX];
	int err = 0;

	if (count - 1 > MORE_MAX) {
		set_key_text(merger->build->schema, key, text);
		return diag_set(diag, FAIL_TABLE, "set %s: %s has %zu rows; a code has at most %d",
		        merger->build->schema->name, text, count, MORE_MAX + 1);
	}
	for (size_t i = 0; i < count && !err; i++) {
		memcpy(row, set_entry_row(merger->build, windows[i].entry),
		        merger->build->schema->row_size);
		row->from = windows[i].from;
		row->to = windows[i].to;
		row->more = (uint16_t)(count - 1 - i);
		err = merger->sink->take(merger->sink->context, key, row, diag);
	}
	return err;
}

static int grow_windows(struct merger *merger, size_t count, struct diag *diag)
{
	struct window *windows;

	if (count <= merger->window_capacity)
		return 0;
	windows = realloc(merger->windows, 2 * count * sizeof(*windows));
	if (!windows)
		return diag_set(diag, FAIL_MEMORY, "no memory to merge %zu rows", count);
	merger->windows = windows;
	merger->window_capacity = 2 * count;
	return 0;
}

/* The entries of one key, count of them from first on in key order. */
static int merge_key(struct merger *merger, size_t first, size_t count, struct diag *diag)
{
	struct set_build *build = merger->build;
	struct window *windows;
	int err = grow_windows(merger, count, diag);

	if (err)
		return err;
	windows = merger->windows;
	for (size_t i = 0; i < count; i++) {
		uint32_t entry = entry_at(merger, first + i);
		const struct set_row *row = set_entry_row(build, entry);

		windows[i] = (struct window){row->from, row->to, entry};
	}
	if (count > 1) {
		qsort_r(windows, count, sizeof(*windows),
		        build->schema->many ? by_columns : by_days, build);
		count = join(merger, windows, count);
		if (build->schema->many)
			qsort_r(windows, count, sizeof(*windows), by_days, build);
	}
	if (merger->contradictions > 0)
		return 0;
	return pass_on(merger, set_entry_key(build, windows[0].entry), windows, count, diag);
}

static int merge_all(struct merger *merger, struct diag *diag)
{
	const struct set_build *build = merger->build;
	size_t first = 0;
	int err = 0;

	while (first < build->count && !err) {
		uint64_t key = set_entry_key(build, entry_at(merger, first));
		size_t next = first + 1;

		while (next < build->count && set_entry_key(build, entry_at(merger, next)) == key)
			next++;
		err = merge_key(merger, first, next - first, diag);
		first = next;
	}
	return err;
}

static int tell_contradictions(const struct merger *merger, struct diag *diag)
{
	char rest[64] = "";

	if (merger->contradictions == 0)
		return 0;
	if (merger->contradictions > TOLD_MAX)
		snprintf(rest, sizeof(rest), "; and %zu more", merger->contradictions - TOLD_MAX);
	return diag_set(diag, FAIL_TABLE,
	        "set %s: releases contradict one another: %s%s; keep the one that is right",
	        merger->build->schema->name, merger->told, rest);
}

int set_merge(struct set_build *build, const struct set_sink *sink, struct diag *diag)
{
	struct merger merger = {.build = build, .sink = sink};
	int err;

	merger.row = malloc(build->schema->row_size);
	if (!merger.row)
		return diag_set(diag, FAIL_MEMORY, "no memory to merge releases");
	err = date_snapshots(build, diag);
	if (!err)
		err = sort_entries(&merger, diag);
	if (!err)
		err = merge_all(&merger, diag);
	if (!err)
		err = tell_contradictions(&merger, diag);
	free(merger.order);
	free(merger.windows);
	free(merger.row);
	return err;
}
