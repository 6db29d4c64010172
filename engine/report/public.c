/* SPDX-License-Identifier: Apache-2.0 */
#include "report/public.h"

#include "base/hash.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { RULE_WORDS = (RULES_ALL + 63) / 64 };
enum { RULE_HITS, RULE_EVALUATED, RULE_MISSES, RULE_COUNTS };
enum { PROVIDER_LINES, PROVIDER_CLAIMS, PROVIDER_PERSONS, PROVIDER_COUNTS };
enum { CELL_LINES, CELL_UNITS, CELL_COUNTS };

struct hidden_rules {
	uint64_t words[RULE_WORDS];
	bool with_hits;
};

struct public_view {
	size_t provider_count;
	bool *providers;            /* by number: hidden */
	struct hidden_rules *rules; /* by number */
	bool hits[RULES_ALL], evaluated[RULES_ALL];
	_Atomic uint64_t rows, cells;
};

/* ---- Covers ---- */

static bool has_small(const struct cover_row *row, unsigned count_kinds)
{
	bool small = false;

	for (unsigned kind = 0; kind < count_kinds; kind++)
		small |= count_is_small(row->counts[kind]);
	return small;
}

/* What is hidden of one count. */
struct hidden_sum {
	uint64_t sum, rows;
	bool small, covered;
};

static struct hidden_sum sum_hidden(const struct cover_row rows[], size_t count, unsigned kind)
{
	struct hidden_sum sum = {0};

	for (size_t i = 0; i < count; i++) {
		uint64_t n = rows[i].hidden ? rows[i].counts[kind] : 0;

		sum.sum += n;
		sum.rows += n > 0;
		sum.small |= count_is_small(n);
		sum.covered |= n >= COVER_MIN;
	}
	return sum;
}

/* The first in their order of the rows that are told and could be the cover. */
static struct cover_row *find_cover(struct cover_row rows[], size_t count, unsigned kind)
{
	struct cover_row *first = NULL;

	for (size_t i = 0; i < count; i++) {
		if (!rows[i].hidden && rows[i].counts[kind] >= COVER_MIN &&
		        (!first || rows[i].order < first->order))
			first = &rows[i];
	}
	return first;
}

unsigned cover_rows(struct cover_row rows[], size_t count, unsigned count_kinds)
{
	unsigned bare = 0;

	for (unsigned kind = 0; kind < count_kinds; kind++) {
		struct hidden_sum sum = sum_hidden(rows, count, kind);
		struct cover_row *cover = sum.small && !sum.covered ? find_cover(rows, count, kind)
		                                                    : NULL;

		if (cover)
			cover->hidden = true;
	}
	for (unsigned kind = 0; kind < count_kinds; kind++) {
		struct hidden_sum sum = sum_hidden(rows, count, kind);

		if (sum.small && (!sum.covered || sum.sum < COVER_SUM_MIN + sum.rows))
			bare |= 1u << kind;
	}
	return bare;
}

/* ---- Providers ---- */

static void read_provider(
        const struct public_options *options, uint32_t number, struct cover_row *row)
{
	struct profile_provider read;

	profile_read(options->profile, number, &read);
	row->counts[PROVIDER_LINES] = read.lines;
	row->counts[PROVIDER_CLAIMS] = read.claims;
	row->counts[PROVIDER_PERSONS] = options->has_beneficiaries ? read.beneficiaries : 0;
	row->order = hash64(read.text, strlen(read.text));
	row->hidden = has_small(row, PROVIDER_COUNTS);
}

/* Where a sum stays bare all providers go: there are few. */
static void hide_providers(struct public_view *view, const struct public_options *options,
        const uint32_t order[], size_t count, struct cover_row rows[])
{
	for (size_t i = 0; i < count; i++)
		read_provider(options, order[i], &rows[i]);
	bool bare = cover_rows(rows, count, PROVIDER_COUNTS) != 0;

	for (size_t i = 0; i < count; i++)
		view->providers[order[i]] = rows[i].hidden || bare;
}

/* ---- Rules ---- */

static void hide_rule(
        struct public_view *view, uint32_t number, unsigned rule, const struct cover_row *row)
{
	view->rules[number].words[rule / 64] |= (uint64_t)1 << rule % 64;
	view->rules[number].with_hits |= row->counts[RULE_HITS] > 0;
}

static void read_rule(
        const struct profile *profile, uint32_t number, unsigned rule, struct cover_row *row)
{
	struct profile_rule read;

	profile_read_rule(profile, number, rule, &read);
	row->counts[RULE_HITS] = read.hits;
	row->counts[RULE_EVALUATED] = read.evaluated;
	row->counts[RULE_MISSES] = read.evaluated > read.hits ? read.evaluated - read.hits : 0;
}

static void hide_rules(struct public_view *view, const struct public_options *options,
        const uint32_t order[], size_t count, struct cover_row rows[])
{
	for (unsigned rule = 0; rule < RULES_ALL; rule++) {
		uint64_t hits = 0, evaluated = 0;

		if (!options->selection->active[rule] ||
		        options->judged_by_peers(options->context, rule))
			continue;
		for (size_t i = 0; i < count; i++) {
			read_rule(options->profile, order[i], rule, &rows[i]);
			rows[i].hidden = view->providers[order[i]] ||
			                 has_small(&rows[i], RULE_COUNTS);
			hits += rows[i].counts[RULE_HITS];
			evaluated += rows[i].counts[RULE_EVALUATED];
		}
		unsigned bare = cover_rows(rows, count, RULE_COUNTS);

		for (size_t i = 0; i < count; i++) {
			if (rows[i].hidden)
				hide_rule(view, order[i], rule, &rows[i]);
		}
		view->hits[rule] = bare & (1u << RULE_HITS | 1u << RULE_MISSES) ||
		                   count_is_small(hits) || count_is_small(evaluated - hits);
		view->evaluated[rule] = bare & 1u << RULE_EVALUATED || count_is_small(evaluated);
	}
}

/* ---- All ---- */

static int view_init(struct public_view *view, const struct public_options *options)
{
	uint32_t *order = NULL;
	size_t count = 0;

	view->provider_count = profile_count(options->profile);
	view->providers = calloc(view->provider_count + 1, sizeof(*view->providers));
	view->rules = calloc(view->provider_count + 1, sizeof(*view->rules));
	if (!view->providers || !view->rules)
		return FAIL_MEMORY;
	if (profile_order(options->profile, &order, &count) < 0)
		return FAIL_MEMORY;
	struct cover_row *rows = calloc(count + 1, sizeof(*rows));

	if (rows) {
		hide_providers(view, options, order, count, rows);
		hide_rules(view, options, order, count, rows);
	}
	free(order);
	free(rows);
	return rows ? 0 : FAIL_MEMORY;
}

int public_create(
        struct public_view **view, const struct public_options *options, struct diag *diag)
{
	struct public_view *made = calloc(1, sizeof(*made));
	int err = made ? view_init(made, options) : FAIL_MEMORY;

	if (err < 0) {
		public_destroy(made);
		return diag_set(diag, FAIL_MEMORY, "no memory for what is not public");
	}
	*view = made;
	return 0;
}

void public_destroy(struct public_view *view)
{
	if (!view)
		return;
	free(view->providers);
	free(view->rules);
	free(view);
}

bool public_hides_provider(const struct public_view *view, uint32_t number)
{
	return view && view->providers[number];
}

bool public_hides_rule(const struct public_view *view, uint32_t number, unsigned rule)
{
	return view && view->rules[number].words[rule / 64] >> rule % 64 & 1;
}

bool public_hides_findings(const struct public_view *view, uint32_t number)
{
	return view && view->rules[number].with_hits;
}

bool public_hides_hits(const struct public_view *view, unsigned rule)
{
	return view && view->hits[rule];
}

bool public_hides_evaluated(const struct public_view *view, unsigned rule)
{
	return view && view->evaluated[rule];
}

/* ---- Cells ---- */

/* Whole units, a part of one being one more. */
static uint64_t whole_units(int64_t units)
{
	return units <= 0 ? 0 : ((uint64_t)units + 9999) / 10000;
}

/* The cells of one kind, which add up to the provider's. */
static void keep_kind(
        const struct profile_cell cells[], size_t count, struct cover_row rows[], bool kept[])
{
	for (size_t i = 0; i < count; i++) {
		rows[i] = (struct cover_row){.counts = {[CELL_LINES] = cells[i].lines,
		                                     [CELL_UNITS] = whole_units(cells[i].units)}};
		rows[i].order = hash64(&cells[i].key, sizeof(cells[i].key));
		rows[i].hidden = has_small(&rows[i], CELL_COUNTS);
	}
	bool bare = cells[0].kind == PROFILE_KIND_EM || cover_rows(rows, count, CELL_COUNTS) != 0;

	for (size_t i = 0; i < count; i++)
		kept[i] = !rows[i].hidden && !bare;
}

int public_keep_cells(const struct profile_cell cells[], size_t count, bool kept[])
{
	struct cover_row *rows = calloc(count + 1, sizeof(*rows));

	if (!rows)
		return FAIL_MEMORY;
	for (size_t from = 0, to; from < count; from = to) {
		for (to = from + 1; to < count && cells[to].kind == cells[from].kind;)
			to++;
		keep_kind(cells + from, to - from, rows + from, kept + from);
	}
	free(rows);
	return 0;
}

/* ---- Counting ---- */

void public_count(struct public_view *view, uint64_t rows, uint64_t cells)
{
	atomic_fetch_add_explicit(&view->rows, rows, memory_order_relaxed);
	atomic_fetch_add_explicit(&view->cells, cells, memory_order_relaxed);
}

uint64_t public_rows(const struct public_view *view)
{
	return view ? atomic_load_explicit(&view->rows, memory_order_relaxed) : 0;
}

uint64_t public_cells(const struct public_view *view)
{
	return view ? atomic_load_explicit(&view->cells, memory_order_relaxed) : 0;
}
