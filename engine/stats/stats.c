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
#include "base/budget.h"
#include "base/tasks.h"
#include "stats/private.h"
#include "stats/shipped.h"

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

static bool is_of(const struct column *column, const struct stats_row *row)
{
	return column->rule == row->rule &&
	       (column->measure == row->measure || strcmp(column->measure, row->measure) == 0);
}

static struct column *column_create(struct judging *judging, const struct stats_row *row)
{
	if (judging->column_count == judging->column_room) {
		size_t room = judging->column_room ? 2 * judging->column_room : 8;
		struct column *columns = budget_resize(judging->columns, room * sizeof(*columns));

		if (!columns)
			return NULL;
		judging->columns = columns;
		judging->column_room = room;
	}
	judging->column_last = judging->column_count++;
	column_init(&judging->columns[judging->column_last], row->rule, row->measure);
	return &judging->columns[judging->column_last];
}

/* The column of a row: of the cohort at hand, most often that of the row before. */
static struct column *column_of(struct judging *judging, const struct stats_row *row)
{
	if (judging->column_last >= judging->column_own &&
	        judging->column_last < judging->column_count &&
	        is_of(&judging->columns[judging->column_last], row))
		return &judging->columns[judging->column_last];
	for (size_t at = judging->column_own; at < judging->column_count; at++) {
		judging->column_last = at;
		if (is_of(&judging->columns[at], row))
			return &judging->columns[at];
	}
	return column_create(judging, row);
}

int rows_keep(struct judging *judging)
{
	for (size_t i = 0; i < judging->row_count; i++) {
		struct column *column = column_of(judging, &judging->rows[i]);

		if (!column || column_add(column, judging->blocks, &judging->rows[i]) < 0)
			return FAIL_MEMORY;
	}
	judging->row_count = 0;
	return 0;
}

struct stats_row *row_add(
        struct judging *judging, uint32_t member, unsigned rule, const char *measure)
{
	const struct stats *stats = judging->stats;

	if (judging->row_count == judging->row_room) {
		size_t room = judging->row_room ? 2 * judging->row_room : 1024;
		struct stats_row *rows = budget_resize(judging->rows, room * sizeof(*rows));

		if (!rows)
			return NULL;
		judging->rows = rows;
		judging->row_room = room;
	}
	struct stats_row *row = &judging->rows[judging->row_count++];

	*row = (struct stats_row){
	        .member = member,
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
		struct norm *norms = budget_resize(judging->norms, room * sizeof(*norms));

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
	struct measure_name *name = budget_alloc(sizeof(*name) + size);

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

		budget_free(names);
		names = next;
	}
}

/* ---- False discoveries ---- */

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

/* p of a column's rows that were tested; returns how many. */
static size_t gather_p(const struct column *column, uint64_t words[])
{
	size_t count = 0;

	for (uint32_t i = 0; i < column->count; i++) {
		double p = column_row(column, i)->p;

		if (!isnan(p))
			words[count++] = discoveries_word(p);
	}
	return count;
}

/* q of a family, over all of its rows that were tested. */
static int find_family(struct stats *stats, size_t at)
{
	size_t room = 1, count = 0;

	for (size_t i = 0; i < stats->column_count; i++) {
		if (stats->family_of[stats->columns[i].rule] == at)
			room += stats->columns[i].tested;
	}
	uint64_t *words = budget_alloc(2 * room * sizeof(*words));

	if (!words)
		return FAIL_MEMORY;
	for (size_t i = 0; i < stats->column_count; i++) {
		if (stats->family_of[stats->columns[i].rule] == at)
			count += gather_p(&stats->columns[i], words + count);
	}
	int err = discoveries_make(&stats->discoveries[at], words, words + room, count);

	budget_free(words);
	return err;
}

static int find_q(void *context, size_t at)
{
	struct stats *stats = context;
	struct column *column = &stats->columns[at];

	column_set_q(column, &stats->discoveries[stats->family_of[column->rule]]);
	return 0;
}

/* ---- Flags ---- */

/* Where each member's flagged rows begin, from how many each has. */
static int find_flagged_first(struct stats *stats)
{
	size_t members = stats->measures.member_count;
	uint32_t place = 0;

	stats->flagged_first = budget_calloc(members + 2, sizeof(*stats->flagged_first));
	if (!stats->flagged_first)
		return FAIL_MEMORY;
	for (size_t i = 0; i < stats->column_count; i++) {
		const struct column *column = &stats->columns[i];

		for (size_t k = 0; k < column->gated_count; k++)
			stats->flagged_first[column_row(column, column->gated[k])->member + 1]++;
	}
	for (size_t member = 0; member <= members; member++) {
		size_t own = stats->flagged_first[member + 1];

		stats->flagged_most = own > stats->flagged_most ? own : stats->flagged_most;
		place += stats->flagged_first[member];
		stats->flagged_first[member] = place;
	}
	stats->flagged = budget_alloc((place + (size_t)1) * sizeof(*stats->flagged));
	return stats->flagged ? 0 : FAIL_MEMORY;
}

/* Of the rows that may be flagged those remain that are. */
static void flag_column(struct column *column)
{
	size_t kept = 0;

	for (size_t k = 0; k < column->gated_count; k++) {
		uint32_t row = column->gated[k];
		double limit = column_limit(column, row);

		if (limit > 0 && !(column_row(column, row)->q < limit))
			continue;
		column_flag(column, row);
		column->gated[kept++] = row;
	}
	column->gated_count = kept;
}

/* first[] moves on as they are put, and back. */
static int list_flagged(struct stats *stats)
{
	int err = find_flagged_first(stats);

	for (size_t i = 0; i < stats->column_count && err == 0; i++) {
		const struct column *column = &stats->columns[i];

		for (size_t k = 0; k < column->gated_count; k++) {
			uint32_t row = column->gated[k], member = column_row(column, row)->member;

			stats->flagged[stats->flagged_first[member]++] = (struct row_place){
			        (uint32_t)i, row};
		}
	}
	if (err < 0)
		return err;
	memmove(stats->flagged_first + 1, stats->flagged_first,
	        stats->measures.member_count * sizeof(*stats->flagged_first));
	stats->flagged_first[0] = 0;
	return 0;
}

/* A row as it is now that flags are set. */
static void read_row(const struct stats *stats, uint32_t at, uint32_t row, struct stats_row *read)
{
	const struct column *column = &stats->columns[at];

	column_read(column, row, read);
	read->column = at;
	read->number = stats->measures.members[read->member].number;
	if (!read->flag)
		read->direction = DIRECTION_NONE;
	if (!read->provider_rule)
		return;
	if (!read->flag && !read->is_rate)
		read->hits = 0;
	if (!read->flag || !stats->options.is_on[read->rule])
		read->dollars = 0;
}

void flagged_row(const struct stats *stats, uint32_t at, struct stats_row *row)
{
	read_row(stats, stats->flagged[at].column, stats->flagged[at].row, row);
}

size_t flagged_rows(const struct stats *stats, uint32_t member, struct stats_row rows[])
{
	size_t count = 0;

	for (uint32_t i = stats->flagged_first[member]; i < stats->flagged_first[member + 1]; i++)
		flagged_row(stats, i, &rows[count++]);
	return count;
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

/* Of a member's flagged rows: each rule that flags it once, with its dollars. */
static void count_rules(struct stats *stats, const struct stats_row rows[], size_t count)
{
	for (size_t from = 0, to; from < count; from = to) {
		struct stats_totals *totals = &stats->totals[rows[from].rule];

		for (to = from; to < count && rows[to].rule == rows[from].rule; to++)
			totals->hits += rows[to].is_rate ? 1 : rows[to].hits;
		totals->providers++;
		totals->dollars += rule_dollars(rows + from, rows + to);
	}
}

static int count_totals(struct stats *stats)
{
	struct stats_row *rows = budget_alloc((stats->flagged_most + 1) * sizeof(*rows));

	if (!rows)
		return FAIL_MEMORY;
	for (size_t i = 0; i < stats->column_count; i++)
		stats->totals[stats->columns[i].rule].evaluated += stats->columns[i].evaluated;
	for (uint32_t member = 0; member < stats->measures.member_count; member++)
		count_rules(stats, rows, flagged_rows(stats, member, rows));
	budget_free(rows);
	return 0;
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

static void add_pass(struct stats *stats, struct passes *passes, const struct pass *pass)
{
	struct pass *added = &passes->all[passes->count++];

	*added = *pass;
	added->judging.stats = stats;
	added->judging.blocks = &stats->blocks;
	added->judging.pool = &stats->pool;
}

static void list_passes(struct stats *stats, struct passes *passes)
{
	passes->count = 0;
	for (unsigned rule = 0; rule < RULES_ALL; rule++) {
		const struct stats_rule *by = judged_by(rule);
		const struct pass pass = {.judge = by ? by->judge : NULL, .number = rule};
		bool counts = stats->options.selection->active[rule] && !stats->built[rule] &&
		              rule_at(rule)->rule;

		if (pass.judge || counts)
			add_pass(stats, passes, &pass);
	}
	for (size_t i = 0; i < MEASURE_COUNT; i++) {
		const struct pass pass = {
		        .judge = stats_measures[i]->judge, .judging = {.is_beside = true}};

		add_pass(stats, passes, &pass);
	}
}

static int run_pass(void *context, size_t at)
{
	struct pass *pass = &((struct passes *)context)->all[at];
	struct judging *judging = &pass->judging;
	int err = pass->judge ? pass->judge(judging) : hits_judge(judging, pass->number);

	if (err >= 0)
		err = rows_keep(judging);
	budget_free(judging->rows);
	judging->rows = NULL;
	return err;
}

static void free_passes(struct passes *passes)
{
	for (size_t i = 0; i < passes->count; i++) {
		struct judging *judging = &passes->all[i].judging;

		for (size_t k = 0; k < judging->column_count; k++)
			column_free(&judging->columns[k]);
		budget_free(judging->columns);
		budget_free(judging->norms);
		free_names(judging->names);
	}
	budget_free(passes);
}

/* ---- What the passes made, put together ---- */

/* By rule and measure; equal ones as they were judged, which is their order in memory. */
static int compare_columns(const void *a, const void *b)
{
	const struct column *left = *(struct column *const *)a;
	const struct column *right = *(struct column *const *)b;
	int order = left->rule - right->rule;

	if (order == 0)
		order = strcmp(left->measure, right->measure);
	return order ? order : (left > right) - (left < right);
}

/* The columns of all passes, in order; they are the statistics' own now. */
static int gather_columns(struct stats *stats, struct passes *passes)
{
	struct column **order;
	size_t at = 0;

	for (size_t i = 0; i < passes->count; i++)
		stats->column_count += passes->all[i].judging.column_count;
	order = budget_alloc((stats->column_count + 1) * sizeof(struct column *));
	stats->columns = budget_calloc(stats->column_count + 1, sizeof(*stats->columns));
	if (!order || !stats->columns) {
		budget_free(order);
		stats->column_count = 0;
		return FAIL_MEMORY;
	}
	for (size_t i = 0; i < passes->count; i++) {
		struct judging *judging = &passes->all[i].judging;

		for (size_t k = 0; k < judging->column_count; k++)
			order[at++] = &judging->columns[k];
		keep_names(&stats->names, &judging->names);
	}
	if (at > 0)
		qsort(order, at, sizeof(*order), compare_columns);
	for (size_t i = 0; i < at; i++)
		stats->columns[i] = *order[i];
	for (size_t i = 0; i < passes->count; i++)
		passes->all[i].judging.column_count = 0;
	budget_free(order);
	return 0;
}

static int gather_norms(struct stats *stats, const struct passes *passes)
{
	for (size_t i = 0; i < passes->count; i++)
		stats->norm_count += passes->all[i].judging.norm_count;
	stats->norms = budget_alloc((stats->norm_count + 1) * sizeof(*stats->norms));
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

static int judge_passes(struct stats *stats)
{
	struct passes *passes = budget_calloc(1, sizeof(*passes));

	if (!passes)
		return FAIL_MEMORY;
	list_passes(stats, passes);
	int err = tasks_run(stats->options.threads, passes->count, run_pass, passes);

	if (err == 0)
		err = gather_columns(stats, passes);
	if (err == 0)
		err = gather_norms(stats, passes);
	free_passes(passes);
	return err;
}

/* What takes all rows: to find them by member, and each family of rules. */
static int put_in_order(void *context, size_t at)
{
	struct stats *stats = context;

	if (at > 0)
		return find_family(stats, at - 1);
	return row_places_make(&stats->row_places, stats->columns, stats->column_count,
	        stats->measures.member_count);
}

static int judge_all(struct stats *stats)
{
	int err = judge_passes(stats);

	if (err == 0)
		err = tasks_run(stats->options.threads, 1 + name_families(stats->family_of),
		        put_in_order, stats);
	if (err == 0)
		err = tasks_run(stats->options.threads, stats->column_count, find_q, stats);
	for (size_t i = 0; i < stats->column_count && err == 0; i++)
		flag_column(&stats->columns[i]);
	if (err == 0)
		err = list_flagged(stats);
	if (err == 0)
		err = count_totals(stats);
	return err == 0 ? score_all(stats) : err;
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
	struct stats *stats = budget_calloc(1, sizeof(*stats));
	const struct measures_options measures = {
	        .profile = options->profile,
	        .providers = options->providers,
	        .payer = options->payer,
	        .tallies = options->tallies,
	        .selection = options->selection,
	        .has_allowed = options->has_allowed,
	        .has_paid = options->has_paid,
	        .threads = options->threads,
	        .blocks = stats ? &stats->blocks : NULL,
	};

	*made = stats;
	if (!stats)
		return diag_set(diag, FAIL_MEMORY, "no memory for statistics");
	stats->options = *options;
	blocks_init(&stats->blocks);
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
		err = score_lines(stats, &measures);
	work_pool_init(&stats->pool, stats->measures.member_count);
	if (err >= 0)
		err = judge_all(stats);
	work_pool_free(&stats->pool);
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
	for (size_t i = 0; i < stats->column_count; i++)
		column_free(&stats->columns[i]);
	for (unsigned i = 0; i < RULES_ALL; i++)
		discoveries_free(&stats->discoveries[i]);
	row_places_free(&stats->row_places);
	blocks_free(&stats->blocks);
	budget_free(stats->columns);
	budget_free(stats->norms);
	budget_free(stats->flagged);
	budget_free(stats->flagged_first);
	free_names(stats->names);
	budget_free(stats->lines);
	budget_free(stats->providers);
	budget_free(stats->ranked);
	budget_free(stats);
}

size_t stats_rows_max(const struct stats *stats)
{
	return stats->column_count;
}

/* The rows of a provider, in their columns; *count: how many. */
static const struct row_place *places_of(const struct stats *stats, uint32_t number, size_t *count)
{
	uint32_t member = measures_member(&stats->measures, number);

	*count = 0;
	if (member == MEMBER_NONE)
		return NULL;
	const size_t *first = &stats->row_places.first[member];

	*count = first[1] - first[0];
	return stats->row_places.all + first[0];
}

void stats_expect(const struct stats *stats, uint32_t number)
{
	size_t count;
	const struct row_place *places = places_of(stats, number, &count);

	for (size_t i = 0; i < count; i++)
		column_expect_row(&stats->columns[places[i].column], places[i].row);
}

size_t stats_rows(const struct stats *stats, uint32_t number, struct stats_row rows[])
{
	size_t count;
	const struct row_place *places = places_of(stats, number, &count);

	for (size_t i = 0; i < count; i++)
		column_expect_figures(&stats->columns[places[i].column], places[i].row);
	for (size_t i = 0; i < count; i++)
		read_row(stats, places[i].column, places[i].row, &rows[i]);
	return count;
}

const struct column *stats_columns(const struct stats *stats, size_t *count)
{
	*count = stats->column_count;
	return stats->columns;
}

const struct member *stats_members(const struct stats *stats, size_t *count)
{
	*count = stats->measures.member_count;
	return stats->measures.members;
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
