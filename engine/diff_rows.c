/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules, findings and providers of two runs, from their tables.
 */
#include "diff.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STOP_ROWS = 4096, PROVIDERS_MIN = 64 };

static void copy_word(char word[DIFF_WORD_SIZE], struct text text)
{
	snprintf(word, DIFF_WORD_SIZE, "%.*s", (int)text.size, text.at);
}

/* ---- Walking ---- */

/* One step of a join, for each key of either run. */
typedef int walk_step(
        struct diff *diff, const struct join *join, const bool has[DIFF_SIDES], struct diag *diag);

static int walk(struct diff *diff, const struct diff_runs *runs, const struct join_table *table,
        walk_step *step, struct diag *diag)
{
	struct join *join = NULL;
	bool has[DIFF_SIDES];
	int got = 0, err = join_create(&join, table, runs->folders, runs->manifests, diag);

	for (uint64_t rows = 0; err == 0 && (got = join_next(join, has, diag)) == 1; rows++) {
		err = step(diff, join, has, diag);
		if (err == 0 && rows % STOP_ROWS == 0 && runs->stopped && runs->stopped())
			err = FAIL_STOPPED;
	}
	join_destroy(join);
	return err < 0 ? err : got;
}

static struct text text_of(const struct join *join, int side, unsigned cell)
{
	return table_read_text(join_row(join, side), join_column(join, side, cell));
}

/* table_read_integer() or table_read_cents(). */
typedef int read_number(
        const struct table_read *table, unsigned column, int64_t *value, struct diag *diag);

/* A cell of both runs; blank where a run has no row. */
static int read_both(const struct join *join, unsigned cell, const bool has[DIFF_SIDES],
        read_number *read, int64_t values[DIFF_SIDES], struct diag *diag)
{
	int err = 0;

	for (int side = 0; side < DIFF_SIDES && err == 0; side++) {
		values[side] = TABLE_BLANK;
		if (has[side])
			err = read(join_row(join, side), join_column(join, side, cell),
			        &values[side], diag);
	}
	return err;
}

static int64_t or_zero(int64_t value)
{
	return value == TABLE_BLANK ? 0 : value;
}

/* No run of ours comes near the end of int64; a table from elsewhere may. */
static void add_to(int64_t *sum, int64_t value)
{
	if (__builtin_add_overflow(*sum, value, sum))
		*sum = value < 0 ? -INT64_MAX : INT64_MAX;
}

/* ---- Rules ---- */

static int take_rule(
        struct diff *diff, const struct join *join, const bool has[DIFF_SIDES], struct diag *diag)
{
	enum { RULE, STATE, HITS, DOLLARS };
	struct diff_rule *rules = realloc(
	        diff->rules, (diff->rule_count + 1) * sizeof(*diff->rules));

	if (!rules)
		return diff_no_memory(diag);
	diff->rules = rules;
	struct diff_rule *rule = &rules[diff->rule_count++];

	*rule = (struct diff_rule){0};
	copy_word(rule->id, text_of(join, !has[0], RULE));
	for (int side = 0; side < DIFF_SIDES; side++) {
		if (has[side])
			copy_word(rule->state[side], text_of(join, side, STATE));
	}
	int err = read_both(join, HITS, has, table_read_integer, rule->hits, diag);

	return err == 0 ? read_both(join, DOLLARS, has, table_read_cents, rule->cents, diag) : err;
}

int diff_read_rules(struct diff *diff, const struct diff_runs *runs, struct diag *diag)
{
	static const struct join_key keys[] = {{"rule", false}, {NULL, false}};
	static const char *const cells[] = {"rule", "state", "hits", "dollars", NULL};
	static const struct join_table table = {"rules", keys, cells, NULL, 0};

	return walk(diff, runs, &table, take_rule, diag);
}

static int compare_rule(const void *id, const void *rule)
{
	return strcmp(id, ((const struct diff_rule *)rule)->id);
}

/* The rule of a row; rules.csv of a run has all that its other tables name. */
static int find_rule(struct diff *diff, const struct join *join, int side, struct diff_rule **rule,
        struct diag *diag)
{
	char id[DIFF_WORD_SIZE];

	copy_word(id, text_of(join, side, 0));
	*rule = bsearch(id, diff->rules, diff->rule_count, sizeof(*diff->rules), compare_rule);
	if (*rule)
		return 0;
	return table_read_fail(join_row(join, side), join_column(join, side, 0),
	        "a rule that rules.csv does not have", diag);
}

/* ---- Findings ---- */

static int take_finding(
        struct diff *diff, const struct join *join, const bool has[DIFF_SIDES], struct diag *diag)
{
	enum { RULE, DOLLARS = 2 };
	struct diff_rule *rule;
	int64_t cents[DIFF_SIDES];
	int err = find_rule(diff, join, !has[0], &rule, diag);

	if (err == 0)
		err = read_both(join, DOLLARS, has, table_read_cents, cents, diag);
	if (err < 0)
		return err;
	if (!has[0]) {
		rule->gained++;
		add_to(&rule->gained_cents, or_zero(cents[1]));
	} else if (!has[1]) {
		rule->lost++;
		add_to(&rule->lost_cents, or_zero(cents[0]));
	} else if (cents[0] != cents[1]) {
		rule->changed++;
		add_to(&rule->changed_cents, diff_more(cents));
	}
	return 0;
}

/* "...; superseded_by=RULE", as report/row.c ends a detail. */
static bool is_superseded(struct text detail)
{
	static const char word[] = "superseded_by=";
	const char *last = detail.size > 0 ? memrchr(detail.at, ';', detail.size) : NULL;
	const char *at = last ? last + 1 : detail.at;
	const char *end = detail.at + detail.size;

	while (at < end && *at == ' ')
		at++;
	return (size_t)(end - at) >= sizeof(word) - 1 && memcmp(at, word, sizeof(word) - 1) == 0;
}

/* ---- Hits per provider, where findings were not all kept ---- */

static void add_hits(struct diff_rule *rule, int64_t hits, int64_t cents)
{
	if (hits > 0)
		rule->gained += (uint64_t)hits;
	else
		rule->lost += (uint64_t)-hits;
	add_to(cents > 0 ? &rule->gained_cents : &rule->lost_cents, cents > 0 ? cents : -cents);
	rule->changed += hits == 0 && cents != 0;
}

static int take_hits(
        struct diff *diff, const struct join *join, const bool has[DIFF_SIDES], struct diag *diag)
{
	enum { RULE, HITS, DOLLARS };
	struct diff_rule *rule;
	int64_t hits[DIFF_SIDES], cents[DIFF_SIDES];
	int err = find_rule(diff, join, !has[0], &rule, diag);

	if (err == 0)
		err = read_both(join, HITS, has, table_read_integer, hits, diag);
	if (err == 0)
		err = read_both(join, DOLLARS, has, table_read_cents, cents, diag);
	if (err == 0)
		add_hits(rule, diff_more(hits), diff_more(cents));
	return err;
}

static void add_up(struct diff *diff)
{
	struct diff_rule *all = &diff->all;

	strcpy(all->id, "all");
	for (size_t i = 0; i < diff->rule_count; i++) {
		const struct diff_rule *rule = &diff->rules[i];

		all->gained += rule->gained;
		all->lost += rule->lost;
		all->changed += rule->changed;
		add_to(&all->gained_cents, rule->gained_cents);
		add_to(&all->lost_cents, rule->lost_cents);
		add_to(&all->changed_cents, rule->changed_cents);
		for (int side = 0; side < DIFF_SIDES; side++) {
			add_to(&all->hits[side], or_zero(rule->hits[side]));
			add_to(&all->cents[side], or_zero(rule->cents[side]));
		}
	}
}

int diff_read_findings(struct diff *diff, const struct diff_runs *runs, struct diag *diag)
{
	/* The order of findings.csv, as far as it tells one finding from another. */
	static const struct join_key keys[] = {{"rule", false}, {"kind", false},
	        {"claim_id", false}, {"line", true}, {"other_claim_id", false},
	        {"other_line", true}, {"severity", false}, {"data_source", false}, {"npi", false},
	        {"id_kind", false}, {NULL, false}};
	static const struct join_key rule_keys[] = {{"npi", false}, {"id_kind", false},
	        {"rule", false}, {"measure", false}, {NULL, false}};
	static const char *const cells[] = {"rule", "detail", "dollars", NULL};
	static const char *const rule_cells[] = {"rule", "hits", "dollars", NULL};
	static const struct join_table findings = {"findings", keys, cells, is_superseded, 1};
	static const struct join_table hits = {"provider_rules", rule_keys, rule_cells, NULL, 0};
	int err = diff->is_exact ? walk(diff, runs, &findings, take_finding, diag)
	                         : walk(diff, runs, &hits, take_hits, diag);

	add_up(diff);
	return err;
}

/* ---- Providers ---- */

static bool is_lead(const struct diff_provider *provider, int side)
{
	return provider->lead[side] == 1;
}

static uint64_t distance(const int64_t values[DIFF_SIDES])
{
	return (uint64_t)llabs(diff_more(values));
}

static int order_of(uint64_t a, uint64_t b)
{
	return (a < b) - (a > b);
}

/* Leads of either run first; then who moved most. */
static int compare_providers(const void *left, const void *right)
{
	const struct diff_provider *a = left, *b = right;
	int order = order_of(is_lead(a, 0) || is_lead(a, 1), is_lead(b, 0) || is_lead(b, 1));

	if (order == 0)
		order = order_of(distance(a->expected_cents), distance(b->expected_cents));
	if (order == 0)
		order = order_of(distance(a->flagged_cents), distance(b->flagged_cents));
	if (order == 0)
		order = order_of(distance(a->rank), distance(b->rank));
	if (order == 0)
		order = strcmp(a->npi, b->npi);
	return order ? order : strcmp(a->id_kind, b->id_kind);
}

static void cut_providers(struct diff *diff)
{
	if (diff->provider_count > 1)
		qsort(diff->providers, diff->provider_count, sizeof(*diff->providers),
		        compare_providers);
	while (diff->limit > 0 && diff->provider_count > diff->limit)
		free(diff->providers[--diff->provider_count].npi);
}

static bool has_moved(const struct diff_provider *provider)
{
	return provider->has[0] != provider->has[1] || provider->score[0] != provider->score[1] ||
	       provider->lead[0] != provider->lead[1] ||
	       provider->expected_cents[0] != provider->expected_cents[1] ||
	       provider->flagged_cents[0] != provider->flagged_cents[1];
}

/* Room for twice as many as are kept: then the last half goes. */
static int make_room(struct diff *diff, struct diag *diag)
{
	size_t limit = diff->limit;
	size_t count = diff->provider_count;

	if (limit > 0 && count >= 2 * limit && count >= PROVIDERS_MIN)
		cut_providers(diff);
	if (diff->provider_count < count || (count & (count - 1)) != 0)
		return 0;
	struct diff_provider *providers = realloc(
	        diff->providers, (count > 0 ? 2 * count : 1) * sizeof(*providers));

	if (!providers)
		return diff_no_memory(diag);
	diff->providers = providers;
	return 0;
}

static int keep_provider(
        struct diff *diff, const struct diff_provider *provider, struct text npi, struct diag *diag)
{
	int err = make_room(diff, diag);

	if (err < 0)
		return err;
	struct diff_provider *kept = &diff->providers[diff->provider_count];

	*kept = *provider;
	kept->npi = strndup(npi.at, npi.size);
	if (!kept->npi)
		return diff_no_memory(diag);
	diff->provider_count++;
	return 0;
}

static int read_provider(struct diff_provider *provider, const struct join *join,
        const bool has[DIFF_SIDES], struct diag *diag)
{
	enum { NPI, ID_KIND, RANK, SCORE, EXPECTED, FLAGGED, LEAD };

	*provider = (struct diff_provider){.has = {has[0], has[1]}};
	copy_word(provider->id_kind, text_of(join, !has[0], ID_KIND));
	int err = read_both(join, RANK, has, table_read_integer, provider->rank, diag);

	if (err == 0)
		err = read_both(join, SCORE, has, table_read_integer, provider->score, diag);
	if (err == 0)
		err = read_both(join, LEAD, has, table_read_integer, provider->lead, diag);
	if (err == 0)
		err = read_both(
		        join, EXPECTED, has, table_read_cents, provider->expected_cents, diag);
	return err == 0 ? read_both(join, FLAGGED, has, table_read_cents, provider->flagged_cents,
	                          diag)
	                : err;
}

static int take_provider(
        struct diff *diff, const struct join *join, const bool has[DIFF_SIDES], struct diag *diag)
{
	struct diff_provider provider;
	int err = read_provider(&provider, join, has, diag);
	bool moved = has_moved(&provider);

	if (err < 0 || (!moved && provider.rank[0] == provider.rank[1]))
		return err;
	diff->moved += moved;
	diff->ranked_anew += !moved;
	diff->leads_gained += is_lead(&provider, 1) && !is_lead(&provider, 0);
	diff->leads_lost += is_lead(&provider, 0) && !is_lead(&provider, 1);
	return moved ? keep_provider(diff, &provider, text_of(join, !has[0], 0), diag) : 0;
}

int diff_read_providers(struct diff *diff, const struct diff_runs *runs, struct diag *diag)
{
	static const struct join_key keys[] = {{"npi", false}, {"id_kind", false}, {NULL, false}};
	static const char *const cells[] = {"npi", "id_kind", "rank", "score", "dollars_expected",
	        "dollars_flagged", "lead", NULL};
	static const struct join_table table = {"providers", keys, cells, NULL, 0};
	int err = walk(diff, runs, &table, take_provider, diag);

	cut_providers(diff);
	return err;
}
