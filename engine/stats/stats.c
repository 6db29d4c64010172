/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run's statistics, from the first cell to the last rank:
 *
 *	measures  of each provider            measures.c
 *	cohorts   and their groups            cohort.c, groups.c
 *	rows      of each rule beside peers   rate_rows.c, value_rows.c, ratio_rows.c,
 *	                                      by the rules of stats.def
 *	q, flags  by family of rules          here
 *	score     and rank                    score.c
 */
#include "base/order.h"
#include "stats/private.h"
#include "stats/shipped.h"
#include "stats/tasks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATS_RULE(symbol) extern const struct stats_rule stats_rule_##symbol;
#include "stats/stats.def"
#undef STATS_RULE

#define STATS_RULE(symbol) &stats_rule_##symbol,
static const struct stats_rule *const stats_rules[] = {
#include "stats/stats.def"
};
#undef STATS_RULE

enum { RULE_COUNT = sizeof(stats_rules) / sizeof(stats_rules[0]) };

#define MEASURE_OF(symbol) extern const struct stats_measure stats_measure_##symbol;
#include "stats/measures.def"
#undef MEASURE_OF

#define MEASURE_OF(symbol) &stats_measure_##symbol,
static const struct stats_measure *const stats_measures[] = {
#include "stats/measures.def"
};
#undef MEASURE_OF

enum { MEASURE_COUNT = sizeof(stats_measures) / sizeof(stats_measures[0]) };

void stats_init(void)
{
	for (size_t i = 0; i < RULE_COUNT; i++)
		rules_describe(stats_rules[i]->rule);
}

int rule_wanted(const struct stats *stats, const char *id)
{
	int rule = rule_find(id);

	return rule >= 0 && stats->options.selection->active[rule] ? rule : -1;
}

/* ---- What judging makes ---- */

int rows_reserve(struct judging *judging, size_t count)
{
	size_t room = judging->row_count + count;

	if (room <= judging->row_room)
		return 0;
	struct stats_row *rows = realloc(judging->rows, room * sizeof(*rows));

	if (!rows)
		return FAIL_MEMORY;
	judging->rows = rows;
	judging->row_room = room;
	return 0;
}

struct stats_row *row_add(
        struct judging *judging, uint32_t member, unsigned rule, const char *measure)
{
	const struct stats *stats = judging->stats;

	if (judging->row_count == judging->row_room) {
		size_t room = judging->row_room ? 2 * judging->row_room : 1024;
		struct stats_row *rows = realloc(judging->rows, room * sizeof(*rows));

		if (!rows)
			return NULL;
		judging->rows = rows;
		judging->row_room = room;
	}
	struct stats_row *row = &judging->rows[judging->row_count++];

	*row = (struct stats_row){
	        .number = stats->measures.members[member].number,
	        .rule = (uint8_t)rule,
	        .provider_rule = stats->built[rule] || judging->is_beside,
	        .measure = measure,
	        .value = NAN,
	        .shrunk_rate = NAN,
	        .wilson_low = NAN,
	        .median = NAN,
	        .mad = NAN,
	        .p80 = NAN,
	        .p90 = NAN,
	        .z = NAN,
	        .p = NAN,
	        .q = NAN,
	        .percentile = NAN,
	};
	return row;
}

int norm_keep(struct judging *judging, const struct norm *norm)
{
	if (norm->n < DENOMINATOR_MIN)
		return 0;
	if (judging->norm_count == judging->norm_room) {
		size_t room = judging->norm_room ? 2 * judging->norm_room : 64;
		struct norm *norms = realloc(judging->norms, room * sizeof(*norms));

		if (!norms)
			return FAIL_MEMORY;
		judging->norms = norms;
		judging->norm_room = room;
	}
	judging->norms[judging->norm_count++] = *norm;
	return 0;
}

/* ---- Names of measures that are not known before ---- */

struct measure_name {
	struct measure_name *next;
	char text[];
};

const char *judging_name(struct judging *judging, const char *text)
{
	size_t size = strlen(text) + 1;
	struct measure_name *name = malloc(sizeof(*name) + size);

	if (!name)
		return NULL;
	memcpy(name->text, text, size);
	name->next = judging->names;
	judging->names = name;
	return name->text;
}

/* What the rows of a pass point to, with the rows. */
static void keep_names(struct measure_name **into, struct measure_name **from)
{
	while (*from) {
		struct measure_name *name = *from;

		*from = name->next;
		name->next = *into;
		*into = name;
	}
}

static void free_names(struct measure_name *names)
{
	while (names) {
		struct measure_name *next = names->next;

		free(names);
		names = next;
	}
}

/* ---- Flags ---- */

/* The rows of one family of rules that were tested, by p. */
struct family {
	struct stats *stats;
	struct ordered *items;
	size_t count, room;
};

/*
 * q of the rows of a family, Benjamini and Hochberg over all that were tested:
 * from the greatest p down, each with its rank.
 */
static int find_family(void *context, size_t at)
{
	const struct family *family = (const struct family *)context + at;
	struct ordered *spare = malloc((family->count + 1) * sizeof(*spare));
	double least = 1;

	if (!spare)
		return FAIL_MEMORY;
	const struct ordered *sorted = order_sort(family->items, spare, family->count);

	for (size_t rank = family->count; rank > 0; rank--) {
		struct stats_row *row = &family->stats->rows[sorted[rank - 1].index];
		double adjusted = row->p * (double)family->count / (double)rank;

		least = adjusted < least ? adjusted : least;
		row->q = rounded_p(least);
	}
	free(spare);
	return 0;
}

/* Families by rule; returns how many. */
static size_t name_families(uint8_t family_of[RULES_ALL])
{
	size_t count = 0;

	for (unsigned rule = 0; rule < RULES_ALL; rule++) {
		count += rule == 0 || strcmp(rule_at(rule)->family, rule_at(rule - 1)->family) != 0;
		family_of[rule] = (uint8_t)(count - 1);
	}
	return count;
}

static int find_q(struct stats *stats)
{
	struct family families[RULES_ALL] = {0};
	uint8_t family_of[RULES_ALL];
	size_t count = name_families(family_of);
	int err = 0;

	for (size_t i = 0; i < stats->row_count; i++)
		families[family_of[stats->rows[i].rule]].room += !isnan(stats->rows[i].p);
	for (size_t i = 0; i < count && err == 0; i++) {
		families[i].stats = stats;
		families[i].items = malloc((families[i].room + 1) * sizeof(*families[i].items));
		err = families[i].items ? 0 : FAIL_MEMORY;
	}
	for (size_t i = 0; i < stats->row_count && err == 0; i++) {
		struct family *family = &families[family_of[stats->rows[i].rule]];

		if (!isnan(stats->rows[i].p))
			family->items[family->count++] = (struct ordered){
			        order_key(stats->rows[i].p), (uint32_t)i};
	}
	if (err == 0)
		err = tasks_run(stats->options.threads, count, find_family, families);
	for (size_t i = 0; i < count; i++)
		free(families[i].items);
	return err;
}

static void settle_row(struct stats *stats, struct stats_row *row)
{
	row->flag = row->gate && (row->q_limit == 0 || row->q < row->q_limit);
	if (!row->flag)
		row->direction = DIRECTION_NONE;
	if (!row->provider_rule)
		return;
	if (!row->flag && !row->is_rate)
		row->hits = 0;
	if (!row->flag || !stats->options.is_on[row->rule])
		row->dollars = 0;
	struct stats_totals *totals = &stats->totals[row->rule];

	totals->evaluated += row->evaluated;
	totals->hits += row->is_rate ? row->flag : row->hits;
}

int64_t rule_dollars(const struct stats_row *from, const struct stats_row *to)
{
	int64_t sum = 0, most = 0;

	for (const struct stats_row *row = from; row < to; row++) {
		if (!row->flag || !row->provider_rule)
			continue;
		if (row->overlaps)
			most = row->dollars > most ? row->dollars : most;
		else
			sum += row->dollars;
	}
	return sum + most;
}

/* Providers that a rule flags, and their dollars, over its measures. */
static void count_providers(struct stats *stats)
{
	for (size_t from = 0, to; from < stats->row_count; from = to) {
		const struct stats_row *first = &stats->rows[from];
		bool is_flagged = false;

		for (to = from; to < stats->row_count && stats->rows[to].number == first->number &&
		                stats->rows[to].rule == first->rule;
		        to++)
			is_flagged |= stats->rows[to].flag;
		if (!first->provider_rule || !is_flagged)
			continue;
		stats->totals[first->rule].providers++;
		stats->totals[first->rule].dollars += rule_dollars(first, stats->rows + to);
	}
}

/* ---- Passes: each rule that compares, and each that counts hits ---- */

struct pass {
	int (*judge)(struct judging *judging); /* NULL: hits of the rule of this number */
	unsigned number;
	struct judging judging;
};

struct passes {
	struct pass all[RULE_COUNT + MEASURE_COUNT + RULES_ALL];
	size_t count;
};

static const struct stats_rule *judged_by(unsigned rule)
{
	for (size_t i = 0; i < RULE_COUNT; i++) {
		if (stats_rules[i]->judge && stats_rules[i]->rule == rule_at(rule)->rule)
			return stats_rules[i];
	}
	return NULL;
}

/* By rule, so that a provider's rows come nearly in order. */
static void list_passes(struct stats *stats, struct passes *passes)
{
	passes->count = 0;
	for (unsigned rule = 0; rule < RULES_ALL; rule++) {
		const struct stats_rule *by = judged_by(rule);
		struct pass pass = {.judge = by ? by->judge : NULL,
		        .number = rule,
		        .judging = {.stats = stats}};
		bool counts = stats->options.selection->active[rule] && !stats->built[rule] &&
		              rule_at(rule)->rule;

		if (pass.judge || counts)
			passes->all[passes->count++] = pass;
	}
	for (size_t i = 0; i < MEASURE_COUNT; i++)
		passes->all[passes->count++] = (struct pass){.judge = stats_measures[i]->judge,
		        .judging = {.stats = stats, .is_beside = true}};
}

static int run_pass(void *context, size_t at)
{
	struct pass *pass = &((struct passes *)context)->all[at];

	return pass->judge ? pass->judge(&pass->judging) : hits_judge(&pass->judging, pass->number);
}

static void free_passes(struct passes *passes)
{
	for (size_t i = 0; i < passes->count; i++) {
		free(passes->all[i].judging.rows);
		free(passes->all[i].judging.norms);
		free_names(passes->all[i].judging.names);
	}
	free(passes);
}

/* ---- What the passes made, put together ---- */

static bool is_after(const struct stats_row *left, const struct stats_row *right)
{
	if (left->rule != right->rule)
		return left->rule > right->rule;
	return left->measure != right->measure && strcmp(left->measure, right->measure) > 0;
}

/* A provider's, by rule and measure: they are nearly so. */
static void sort_rows(struct stats_row rows[], size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct stats_row row = rows[i];
		size_t at = i;

		if (!is_after(&rows[i - 1], &row))
			continue;
		for (; at > 0 && is_after(&rows[at - 1], &row); at--)
			rows[at] = rows[at - 1];
		rows[at] = row;
	}
}

/* Where each provider's rows begin, from how many each has. */
static int find_first(struct stats *stats, const struct passes *passes)
{
	uint32_t place = 0;

	stats->number_count = profile_count(stats->options.profile);
	stats->first = calloc(stats->number_count + 2, sizeof(*stats->first));
	stats->place = calloc(stats->number_count + 1, sizeof(*stats->place));
	if (!stats->first || !stats->place)
		return FAIL_MEMORY;
	for (size_t i = 0; i < passes->count; i++) {
		const struct judging *judging = &passes->all[i].judging;

		stats->row_count += judging->row_count;
		for (size_t k = 0; k < judging->row_count; k++)
			stats->first[judging->rows[k].number + 1]++;
	}
	for (size_t number = 0; number <= stats->number_count; number++) {
		place += stats->first[number];
		stats->first[number] = place;
	}
	return 0;
}

/* Rows of all passes by provider; first[] moves on as they are put, and back. */
static int gather_rows(struct stats *stats, struct passes *passes)
{
	int err = find_first(stats, passes);

	stats->rows = malloc((stats->row_count + 1) * sizeof(*stats->rows));
	if (err < 0 || !stats->rows)
		return FAIL_MEMORY;
	for (size_t i = 0; i < passes->count; i++) {
		struct judging *judging = &passes->all[i].judging;

		for (size_t k = 0; k < judging->row_count; k++)
			stats->rows[stats->first[judging->rows[k].number]++] = judging->rows[k];
		free(judging->rows);
		judging->rows = NULL;
		keep_names(&stats->names, &judging->names);
	}
	memmove(stats->first + 1, stats->first, stats->number_count * sizeof(*stats->first));
	stats->first[0] = 0;
	for (size_t number = 0; number < stats->number_count; number++) {
		uint32_t from = stats->first[number], to = stats->first[number + 1];

		sort_rows(stats->rows + from, to - from);
	}
	return 0;
}

static int gather_norms(struct stats *stats, const struct passes *passes)
{
	for (size_t i = 0; i < passes->count; i++)
		stats->norm_count += passes->all[i].judging.norm_count;
	stats->norms = malloc((stats->norm_count + 1) * sizeof(*stats->norms));
	if (!stats->norms)
		return FAIL_MEMORY;
	size_t at = 0;

	for (size_t i = 0; i < passes->count; i++) {
		const struct judging *judging = &passes->all[i].judging;

		if (judging->norm_count > 0)
			memcpy(stats->norms + at, judging->norms,
			        judging->norm_count * sizeof(*judging->norms));
		at += judging->norm_count;
		for (unsigned rule = 0; rule < RULES_ALL; rule++)
			stats->in_scope[rule] += judging->in_scope[rule];
	}
	qsort(stats->norms, stats->norm_count, sizeof(*stats->norms), norm_compare);
	return 0;
}

/* ---- All ---- */

static int judge_all(struct stats *stats)
{
	struct passes *passes = calloc(1, sizeof(*passes));

	if (!passes)
		return FAIL_MEMORY;
	list_passes(stats, passes);
	int err = tasks_run(stats->options.threads, passes->count, run_pass, passes);

	if (err == 0)
		err = gather_rows(stats, passes);
	if (err == 0)
		err = gather_norms(stats, passes);
	free_passes(passes);
	if (err == 0)
		err = find_q(stats);
	for (size_t i = 0; i < stats->row_count && err == 0; i++)
		settle_row(stats, &stats->rows[i]);
	if (err < 0)
		return err;
	count_providers(stats);
	return score_all(stats);
}

static bool any_active(const struct rule_selection *selection)
{
	bool any = false;

	for (unsigned rule = 0; rule < RULES_ALL; rule++)
		any |= selection->active[rule];
	return any;
}

int stats_create(struct stats **made, const struct stats_options *options, struct diag *diag)
{
	struct stats *stats = calloc(1, sizeof(*stats));
	const struct measures_options measures = {
	        .profile = options->profile,
	        .providers = options->providers,
	        .payer = options->payer,
	        .tallies = options->tallies,
	        .selection = options->selection,
	        .has_allowed = options->has_allowed,
	        .has_paid = options->has_paid,
	        .threads = options->threads,
	};

	*made = stats;
	if (!stats)
		return diag_set(diag, FAIL_MEMORY, "no memory for statistics");
	stats->options = *options;
	if (options->weights)
		stats->weights = *options->weights;
	else
		weights_read(&stats->weights, NULL, diag); /* the default cannot fail */
	for (size_t i = 0; i < RULE_COUNT; i++)
		stats->built[rule_find(stats_rules[i]->rule->id)] = true;
	if (!any_active(options->selection))
		return 0;
	int err = shipped_packs(&stats->packs, diag);

	if (err >= 0)
		err = shipped_targets(&stats->targets, diag);
	if (err >= 0)
		err = shipped_families(&stats->families, diag);
	if (err >= 0)
		err = shipped_carc_groups(&stats->carc_groups, diag);
	if (err >= 0)
		err = measures_read(&stats->measures, &measures);
	if (err >= 0)
		err = judge_all(stats);
	if (err >= 0)
		return 0;
	stats_destroy(stats);
	*made = NULL;
	return diag_set(diag, FAIL_MEMORY, "no memory for statistics");
}

void stats_destroy(struct stats *stats)
{
	if (!stats)
		return;
	payer_destroy(stats->packs);
	payer_destroy(stats->targets);
	payer_destroy(stats->families);
	payer_destroy(stats->carc_groups);
	measures_free(&stats->measures);
	free(stats->rows);
	free(stats->norms);
	free_names(stats->names);
	free(stats->first);
	free(stats->place);
	free(stats->providers);
	free(stats->ranked);
	free(stats);
}

const struct stats_row *stats_rows(const struct stats *stats, uint32_t number, size_t *count)
{
	*count = 0;
	if (number >= stats->number_count)
		return NULL;
	*count = stats->first[number + 1] - stats->first[number];
	return stats->rows + stats->first[number];
}

bool stats_totals(const struct stats *stats, unsigned rule, struct stats_totals *totals)
{
	if (!stats->built[rule] || !stats->options.selection->active[rule])
		return false;
	*totals = stats->totals[rule];
	totals->in_scope = stats->in_scope[rule];
	return true;
}

const struct norm *stats_norms(const struct stats *stats, size_t *count)
{
	*count = stats->norm_count;
	return stats->norms;
}
