/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run's statistics, from the first cell to the last rank:
 *
 *	measures  of each provider            measures.c
 *	rows      of each rule beside peers   em.c, sta.c, rate_rows.c
 *	q, flags  by family of rules          here
 *	score     and rank                    score.c
 */
#include "stats/private.h"

#include "stats/rates.h"
#include "stats/special.h"

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

/* ---- Numbers ---- */

double rounded(double value)
{
	double result = rint(value * 1e6) / 1e6;

	return result == 0 ? 0 : result; /* never -0 */
}

double rounded_p(double p)
{
	char text[32];

	snprintf(text, sizeof(text), "%.6e", p);
	return strtod(text, NULL);
}

double funnel_p(const double z[], size_t count, size_t at, double phi)
{
	return count > 1 ? rounded_p(normal_upper(funnel_adjusted(z[at], phi))) : NAN;
}

/* ---- Rows ---- */

struct stats_row *row_add(struct stats *stats, uint32_t member, unsigned rule, const char *measure)
{
	if (stats->row_count == stats->row_room) {
		size_t room = stats->row_room ? 2 * stats->row_room : 1024;
		struct stats_row *rows = realloc(stats->rows, room * sizeof(*rows));

		if (!rows)
			return NULL;
		stats->rows = rows;
		stats->row_room = room;
	}
	struct stats_row *row = &stats->rows[stats->row_count++];

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

void row_figures(struct stats_row *row, const struct peer_figures *figures)
{
	row->peers = figures->peers;
	if (figures->peers == 0)
		return;
	row->median = rounded(figures->median);
	row->mad = rounded(figures->mad);
	row->p80 = rounded(figures->p80);
	row->p90 = rounded(figures->p90);
	row->percentile = rounded(figures->percentile);
	if (figures->scale > 0)
		row->z = rounded(figures->z);
}

int group_room_create(struct group_room *room, size_t count)
{
	*room = (struct group_room){
	        .values = calloc(count + 1, sizeof(double)),
	        .others = calloc(count + 1, sizeof(double)),
	        .scratch = calloc(count + 1, sizeof(double)),
	        .figures = calloc(count + 1, sizeof(struct peer_figures)),
	        .peers_scratch = malloc(peers_scratch_bytes(count + 1)),
	};
	return room->values && room->others && room->scratch && room->figures && room->peers_scratch
	               ? 0
	               : FAIL_MEMORY;
}

void group_room_destroy(struct group_room *room)
{
	free(room->values);
	free(room->others);
	free(room->scratch);
	free(room->figures);
	free(room->peers_scratch);
}

/* ---- Flags ---- */

struct tests {
	double *p, *q;
	size_t *order, *rows;
	size_t count;
};

/* The rows of rules [from, to), which are of one family, that were tested. */
static void find_family(struct stats *stats, struct tests *tests, unsigned from, unsigned to)
{
	tests->count = 0;
	for (size_t i = 0; i < stats->row_count; i++) {
		const struct stats_row *row = &stats->rows[i];

		if (row->rule < from || row->rule >= to || isnan(row->p))
			continue;
		tests->rows[tests->count] = i;
		tests->p[tests->count++] = row->p;
	}
	false_discovery(tests->p, tests->count, 0, tests->q, tests->order);
	for (size_t i = 0; i < tests->count; i++)
		stats->rows[tests->rows[i]].q = rounded_p(tests->q[i]);
}

static int find_q(struct stats *stats)
{
	size_t room = stats->row_count + 1;
	struct tests tests = {
	        .p = calloc(room, sizeof(double)),
	        .q = calloc(room, sizeof(double)),
	        .order = calloc(room, sizeof(size_t)),
	        .rows = calloc(room, sizeof(size_t)),
	};
	int err = tests.p && tests.q && tests.order && tests.rows ? 0 : FAIL_MEMORY;

	for (unsigned from = 0, to; from < RULES_ALL && err == 0; from = to) {
		for (to = from + 1; to < RULES_ALL; to++) {
			if (strcmp(rule_at(from)->family, rule_at(to)->family) != 0)
				break;
		}
		find_family(stats, &tests, from, to);
	}
	free(tests.p);
	free(tests.q);
	free(tests.order);
	free(tests.rows);
	return err;
}

static void settle_row(struct stats *stats, struct stats_row *row)
{
	row->flag = row->gate && (row->q_limit == 0 || row->q < row->q_limit);
	if (!row->flag)
		row->direction = DIRECTION_NONE;
	if (!row->provider_rule)
		return;
	if (!row->flag)
		row->hits = 0;
	if (!row->flag || !stats->options.is_on[row->rule])
		row->dollars = 0;
	struct stats_totals *totals = &stats->totals[row->rule];

	totals->evaluated += row->evaluated;
	totals->hits += row->hits;
	totals->dollars += row->dollars;
}

/* ---- Order ---- */

static int compare_rows(const void *a, const void *b)
{
	const struct stats_row *left = a, *right = b;

	if (left->number != right->number)
		return left->number < right->number ? -1 : 1;
	if (left->rule != right->rule)
		return left->rule < right->rule ? -1 : 1;
	return strcmp(left->measure, right->measure);
}

static int order_rows(struct stats *stats)
{
	stats->number_count = profile_count(stats->options.profile);
	stats->first = calloc(stats->number_count + 1, sizeof(*stats->first));
	stats->place = calloc(stats->number_count + 1, sizeof(*stats->place));
	if (!stats->first || !stats->place)
		return FAIL_MEMORY;
	if (stats->row_count > 0)
		qsort(stats->rows, stats->row_count, sizeof(*stats->rows), compare_rows);
	for (size_t i = 0, number = 0; number <= stats->number_count; number++) {
		while (i < stats->row_count && stats->rows[i].number < number)
			i++;
		stats->first[number] = (uint32_t)i;
	}
	return 0;
}

/* Providers with hits, rules of several measures counted once. */
static void count_providers(struct stats *stats)
{
	uint32_t number = UINT32_MAX;
	unsigned rule = RULES_ALL;

	for (size_t i = 0; i < stats->row_count; i++) {
		const struct stats_row *row = &stats->rows[i];

		if (!row->provider_rule || row->hits == 0 ||
		        (row->number == number && row->rule == rule))
			continue;
		number = row->number;
		rule = row->rule;
		stats->totals[rule].providers++;
	}
}

/* ---- All ---- */

static int judge_all(struct stats *stats)
{
	int err = rates_judge(stats);

	for (size_t i = 0; i < RULE_COUNT && err >= 0; i++) {
		if (stats_rules[i]->judge)
			err = stats_rules[i]->judge(stats);
	}
	if (err >= 0)
		err = find_q(stats);
	for (size_t i = 0; i < stats->row_count && err >= 0; i++)
		settle_row(stats, &stats->rows[i]);
	if (err >= 0)
		err = order_rows(stats);
	if (err >= 0)
		count_providers(stats);
	return err < 0 ? err : score_all(stats);
}

int stats_create(struct stats **made, const struct stats_options *options, struct diag *diag)
{
	struct stats *stats = calloc(1, sizeof(*stats));
	const struct measures_options measures = {
	        .profile = options->profile,
	        .providers = options->providers,
	        .has_allowed = options->has_allowed,
	        .has_paid = options->has_paid,
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
	int err = measures_read(&stats->measures, &measures);

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
	measures_free(&stats->measures);
	free(stats->rows);
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
