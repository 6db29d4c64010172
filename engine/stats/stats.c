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
#include "stats/order.h"
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
	        .provider_rule = stats->built[rule],
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

/* ---- Flags ---- */

/* Rows of one family of rules that were tested. */
struct tests {
	struct stats *stats;
	unsigned from, to; /* rules */
	size_t room;
};

/*
 * q of the rows of a family, Benjamini and Hochberg over all that were tested:
 * from the greatest p down, each with its rank.
 */
static int find_family(void *context, size_t at)
{
	const struct tests *tests = (const struct tests *)context + at;
	struct stats *stats = tests->stats;
	struct ordered *items = malloc(2 * (tests->room + 1) * sizeof(*items));
	size_t count = 0;
	double least = 1;

	if (!items)
		return FAIL_MEMORY;
	for (size_t i = 0; i < stats->row_count; i++) {
		const struct stats_row *row = &stats->rows[i];

		if (row->rule >= tests->from && row->rule < tests->to && !isnan(row->p))
			items[count++] = (struct ordered){order_key(row->p), (uint32_t)i};
	}
	const struct ordered *sorted = order_sort(items, items + tests->room + 1, count);

	for (size_t rank = count; rank > 0; rank--) {
		struct stats_row *row = &stats->rows[sorted[rank - 1].index];
		double adjusted = row->p * (double)count / (double)rank;

		least = adjusted < least ? adjusted : least;
		row->q = rounded_p(least);
	}
	free(items);
	return 0;
}

static int find_q(struct stats *stats)
{
	struct tests tests[RULES_ALL];
	size_t count = 0, tested[RULES_ALL] = {0};

	for (size_t i = 0; i < stats->row_count; i++)
		tested[stats->rows[i].rule] += !isnan(stats->rows[i].p);
	for (unsigned from = 0, to; from < RULES_ALL; from = to) {
		struct tests *family = &tests[count++];

		*family = (struct tests){.stats = stats, .from = from, .room = tested[from]};
		for (to = from + 1; to < RULES_ALL; to++) {
			if (strcmp(rule_at(from)->family, rule_at(to)->family) != 0)
				break;
			family->room += tested[to];
		}
		family->to = to;
	}
	return tasks_run(stats->options.threads, count, find_family, tests);
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
		if (!row->flag)
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
	const struct stats_rule *rule; /* NULL: hits of the rule of this number */
	unsigned number;
	struct judging judging;
};

struct passes {
	struct pass all[RULE_COUNT + RULES_ALL];
	size_t count;
};

/* The rules of stats.def come first: some of them take longest. */
static void list_passes(struct stats *stats, struct passes *passes)
{
	passes->count = 0;
	for (size_t i = 0; i < RULE_COUNT; i++) {
		if (stats_rules[i]->judge)
			passes->all[passes->count++] = (struct pass){
			        .rule = stats_rules[i], .judging = {.stats = stats}};
	}
	for (unsigned rule = 0; rule < RULES_ALL; rule++) {
		if (stats->options.selection->active[rule] && !stats->built[rule] &&
		        rule_at(rule)->rule)
			passes->all[passes->count++] = (struct pass){
			        .number = rule, .judging = {.stats = stats}};
	}
}

static int run_pass(void *context, size_t at)
{
	struct pass *pass = &((struct passes *)context)->all[at];

	return pass->rule ? pass->rule->judge(&pass->judging)
	                  : hits_judge(&pass->judging, pass->number);
}

static void free_passes(struct passes *passes)
{
	for (size_t i = 0; i < passes->count; i++) {
		free(passes->all[i].judging.rows);
		free(passes->all[i].judging.norms);
	}
	free(passes);
}

/* ---- What the passes made, put together ---- */

static int compare_rows(const void *a, const void *b)
{
	const struct stats_row *left = a, *right = b;

	if (left->rule != right->rule)
		return left->rule < right->rule ? -1 : 1;
	return strcmp(left->measure, right->measure);
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
	}
	memmove(stats->first + 1, stats->first, stats->number_count * sizeof(*stats->first));
	stats->first[0] = 0;
	for (size_t number = 0; number < stats->number_count; number++) {
		uint32_t from = stats->first[number], to = stats->first[number + 1];

		if (to - from > 1)
			qsort(stats->rows + from, to - from, sizeof(*stats->rows), compare_rows);
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
	measures_free(&stats->measures);
	free(stats->rows);
	free(stats->norms);
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
