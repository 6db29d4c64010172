/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules and measures of providers, and how the peers' values lie.
 *
 * provider_rules.csv is read twice.  First come the rows of those in full, and
 * from them the scale of each shape: one of a group, a rule and a measure.
 * Then the values of all who are in such a group are counted into its bins.
 *
 *     lo            median        P90                      hi
 *     |__.:|||||||||||||||::....__|___.________._______.___|   and beyond: the last bin
 */
#include "report/html_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum column {
	RULE,
	MEASURE,
	FLAG,
	DIRECTION,
	EVALUATED,
	HITS,
	VALUE = 7,
	PEERS = 10,
	MEDIAN,
	MAD,
	P80,
	P90,
	SAMPLES = 20,
	COLUMNS
};

static const char *const columns_of[] = {"rule", "measure", "flag", "direction", "evaluated",
        "hits", "rate", "value", "shrunk_rate", "wilson_low", "peer_n", "peer_median", "peer_mad",
        "peer_p80", "peer_p90", "z", "p", "q", "percentile", "dollars", "sample_claims", NULL};

/* The scale reaches so many times the way from the median to P90 to both sides. */
enum { SCALE_SPANS = 5 };

struct shape {
	double lo, hi;
	uint32_t count, bins[HTML_BINS];
};

struct shape_key {
	int32_t group, rule, measure;
};

struct maker {
	struct page *page;
	struct walk walk;
	unsigned columns[COLUMNS];
	struct names *measures, *keys; /* keys: struct shape_key of each shape */
	struct shape *shapes;
	uint32_t shape_capacity;
	uint64_t found[HTML_RULES_MAX / 64]; /* rules with hits, of the provider at hand */
};

static struct text cell(const struct maker *maker, unsigned column)
{
	return table_read_cell(maker->walk.table, maker->columns[column]);
}

static int find_rule(const struct maker *maker, struct diag *diag)
{
	struct text id = cell(maker, RULE);
	int32_t rule = names_find(maker->page->rules, id.at, id.size);

	if (rule < 0)
		return table_read_fail(
		        maker->walk.table, maker->columns[RULE], "no rule of rules.csv", diag);
	return rule;
}

/* ---- Shapes. ---- */

/* The shape of a group, which is taken up if it is new; -1: there is none and may be none. */
static int32_t shape_of(struct maker *maker, int32_t group, int rule, int32_t measure, bool add)
{
	struct shape_key key = {group, rule, measure};
	int32_t number = add ? names_add(maker->keys, &key, sizeof(key))
	                     : names_find(maker->keys, &key, sizeof(key));

	if (!add || number < 0 || (uint32_t)number < maker->shape_capacity)
		return number;
	uint32_t capacity = maker->shape_capacity ? maker->shape_capacity * 2 : 256;
	struct shape *grown = realloc(maker->shapes, capacity * sizeof(*grown));

	if (!grown)
		return FAIL_MEMORY;
	memset(grown + maker->shape_capacity, 0,
	        (capacity - maker->shape_capacity) * sizeof(*grown));
	maker->shapes = grown;
	maker->shape_capacity = capacity;
	return number;
}

/* Widen the scale to what a row of one in full asks for. */
static int take_scale(struct maker *maker, struct shape *shape, struct diag *diag)
{
	double figures[5]; /* value, median, MAD, P80, P90 */
	static const unsigned of[] = {VALUE, MEDIAN, MAD, P80, P90};
	int err = 0;

	for (unsigned i = 0; i < 5 && err == 0; i++)
		err = table_read_double(
		        maker->walk.table, maker->columns[of[i]], &figures[i], diag);
	if (err < 0 || isnan(figures[0]) || isnan(figures[1]))
		return err;
	double span = fmax(figures[4] - figures[1], 1.5 * figures[2]);
	double lo = figures[1], hi = figures[0]; /* peers all alike: up to who is not */

	if (span > 0) {
		lo = figures[1] - SCALE_SPANS * span;
		hi = figures[1] + SCALE_SPANS * span;
	}
	if (figures[0] >= 0 && figures[1] >= 0)
		lo = fmax(lo, 0);
	bool is_new = shape->lo == 0 && shape->hi == 0;

	shape->lo = is_new ? lo : fmin(lo, shape->lo);
	shape->hi = is_new ? hi : fmax(hi, shape->hi);
	return 0;
}

static int add_scales(struct maker *maker, const struct page_provider *provider, int rule,
        int32_t shapes[GROUP_LEVELS], struct diag *diag)
{
	struct text measure = cell(maker, MEASURE);
	int32_t number = names_add(maker->measures, measure.at, measure.size);
	int err = number < 0 ? number : 0;

	for (unsigned g = 0; g < GROUP_LEVELS; g++)
		shapes[g] = -1;
	if (cell(maker, VALUE).size == 0 || cell(maker, MEDIAN).size == 0)
		return err;
	for (unsigned g = 0; g < GROUP_LEVELS && err == 0; g++) {
		if (provider->groups[g] < 0)
			continue;
		shapes[g] = shape_of(maker, provider->groups[g], rule, number, true);
		err = shapes[g] < 0 ? shapes[g]
		                    : take_scale(maker, &maker->shapes[shapes[g]], diag);
	}
	return err;
}

static void add_value(struct shape *shape, double value)
{
	double at = shape->hi > shape->lo
	                    ? (value - shape->lo) / (shape->hi - shape->lo) * HTML_BINS
	                    : 0;
	unsigned bin = at < 0 ? 0 : at >= HTML_BINS ? HTML_BINS - 1 : (unsigned)at;

	shape->bins[bin]++;
	shape->count++;
}

/* ---- First: hits, flags, those in full. ---- */

static void set_bit(uint64_t *bits, int32_t row)
{
	bits[row / 64] |= (uint64_t)1 << (row % 64);
}

/* Rules with hits of one provider, each with each. */
static void count_overlap(struct maker *maker)
{
	unsigned rules[HTML_RULES_MAX], count = 0;

	for (unsigned rule = 0; rule < names_count(maker->page->rules); rule++) {
		if (maker->found[rule / 64] >> (rule % 64) & 1)
			rules[count++] = rule;
	}
	for (unsigned i = 0; i < count; i++) {
		for (unsigned k = i; k < count; k++)
			maker->page->overlap[rules[i]][rules[k]]++;
	}
	memset(maker->found, 0, sizeof(maker->found));
}

static int mark_row(struct maker *maker, int rule, struct diag *diag)
{
	struct page *page = maker->page;
	int32_t row = page->providers[maker->walk.index].row;
	int64_t hits, flag;
	int err = table_read_integer(maker->walk.table, maker->columns[HITS], &hits, diag);

	if (err == 0)
		err = table_read_integer(maker->walk.table, maker->columns[FLAG], &flag, diag);
	if (err < 0)
		return err;
	if (hits > 0) /* a blank is not */
		maker->found[rule / 64] |= (uint64_t)1 << (rule % 64);
	if (hits > 0 && row >= 0)
		set_bit(page->hits[rule], row);
	if (flag == 1 && row >= 0)
		set_bit(page->flags[rule], row);
	return 0;
}

static void put_row(
        const struct maker *maker, int rule, const int32_t shapes[GROUP_LEVELS], struct out *out)
{
	put_words(out, "[");
	put_integer(out, rule);
	for (unsigned column = MEASURE; column < COLUMNS; column++) {
		put_words(out, ",");
		if (column == MEASURE || column == DIRECTION || column == SAMPLES)
			put_text(out, table_read_text(maker->walk.table, maker->columns[column]));
		else
			put_number(out, cell(maker, column));
	}
	for (unsigned g = 0; g < GROUP_LEVELS; g++) {
		put_words(out, ",");
		put_integer(out, shapes[g]);
	}
	put_words(out, "]");
}

static int read_row(struct maker *maker, struct full_parts *rules, struct diag *diag)
{
	const struct page_provider *provider = &maker->page->providers[maker->walk.index];
	int32_t shapes[GROUP_LEVELS];
	int rule = find_rule(maker, diag);
	int err = rule < 0 ? rule : mark_row(maker, rule, diag);

	if (err < 0 || provider->full < 0)
		return err;
	err = add_scales(maker, provider, rule, shapes, diag);
	if (err < 0)
		return err;
	full_part_begin(rules, (uint32_t)provider->full);
	put_row(maker, rule, shapes, rules->text);
	full_part_end(rules, (uint32_t)provider->full);
	return 0;
}

static int read_first(struct maker *maker, struct full_parts *rules, struct diag *diag)
{
	uint32_t before = UINT32_MAX;
	int got = 1;

	while (got > 0 && (got = walk_next(&maker->walk, diag)) > 0) {
		if (maker->walk.index != before)
			count_overlap(maker);
		before = maker->walk.index;
		int err = read_row(maker, rules, diag);

		got = err < 0 ? err : 1;
	}
	count_overlap(maker);
	return got;
}

/* ---- Then: the bins. ---- */

static bool is_wanted(const struct page *page, const struct page_provider *provider)
{
	bool wanted = false;

	for (unsigned g = 0; g < GROUP_LEVELS; g++)
		wanted |= provider->groups[g] >= 0 && page->of_groups[provider->groups[g]].wanted;
	return wanted;
}

static int count_row(struct maker *maker, struct diag *diag)
{
	const struct page *page = maker->page;
	const struct page_provider *provider = &page->providers[maker->walk.index];
	struct text measure = cell(maker, MEASURE);
	double value;

	if (cell(maker, VALUE).size == 0 || !is_wanted(page, provider))
		return 0;
	int32_t number = names_find(maker->measures, measure.at, measure.size);
	int rule = find_rule(maker, diag);

	if (number < 0 || rule < 0)
		return rule < 0 ? rule : 0;
	int err = table_read_double(maker->walk.table, maker->columns[VALUE], &value, diag);

	for (unsigned g = 0; g < GROUP_LEVELS && err == 0; g++) {
		int32_t shape = shape_of(maker, provider->groups[g], rule, number, false);

		if (shape >= 0)
			add_value(&maker->shapes[shape], value);
	}
	return err;
}

static int read_again(struct maker *maker, struct diag *diag)
{
	int got = 1;

	while (got > 0 && (got = walk_next(&maker->walk, diag)) > 0) {
		int err = count_row(maker, diag);

		got = err < 0 ? err : 1;
	}
	return got;
}

/* [[peers and itself, lo, hi, [bins]], ...] */
static void put_shapes(const struct maker *maker, struct out *out)
{
	char text[64];

	put_words(out, "[");
	for (uint32_t i = 0; i < names_count(maker->keys); i++) {
		const struct shape *shape = &maker->shapes[i];

		snprintf(text, sizeof(text), "%s[%u,%.9g,%.9g,[", i ? "," : "", shape->count,
		        shape->lo, shape->hi);
		put_words(out, text);
		for (unsigned bin = 0; bin < HTML_BINS; bin++) {
			put_words(out, bin ? "," : "");
			put_integer(out, shape->bins[bin]);
		}
		put_words(out, "]]");
	}
	put_words(out, "]");
}

/* ---- Both. ---- */

static int make_marks(struct page *page, struct diag *diag)
{
	size_t words = page->row_count / 64 + 1;

	page->overlap = calloc(HTML_RULES_MAX, sizeof(*page->overlap));
	bool is_made = page->overlap;

	for (unsigned rule = 0; rule < names_count(page->rules) && is_made; rule++) {
		page->hits[rule] = calloc(words, sizeof(uint64_t));
		page->flags[rule] = calloc(words, sizeof(uint64_t));
		is_made = page->hits[rule] && page->flags[rule];
	}
	return is_made ? 0 : diag_set(diag, FAIL_MEMORY, "no memory for the page's rules");
}

static int open_rules(struct maker *maker, struct diag *diag)
{
	int err = walk_create(&maker->walk, maker->page, "provider_rules.csv", diag);

	if (err == 0)
		err = table_read_columns(maker->walk.table, columns_of, maker->columns, diag);
	return err;
}

int html_make_rules(
        struct page *page, struct full_parts *rules, struct out *shapes, struct diag *diag)
{
	struct maker maker = {.page = page};
	int err = make_marks(page, diag);

	if (err == 0)
		err = names_create(&maker.measures, diag);
	if (err == 0)
		err = names_create(&maker.keys, diag);
	if (err == 0)
		err = open_rules(&maker, diag);
	if (err == 0)
		err = read_first(&maker, rules, diag);
	walk_destroy(&maker.walk);
	if (err == 0)
		err = open_rules(&maker, diag);
	if (err == 0)
		err = read_again(&maker, diag);
	walk_destroy(&maker.walk);
	if (err == 0)
		put_shapes(&maker, shapes);
	names_destroy(maker.measures);
	names_destroy(maker.keys);
	free(maker.shapes);
	return err == FAIL_MEMORY ? diag_set(diag, err, "no memory for the page's measures") : err;
}
