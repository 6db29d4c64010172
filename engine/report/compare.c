/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Samples are the rows of stats/ that have a value, of one rule at a time.
 * Providers are put in order by area once, so that the samples of an area are
 * a run, those of the nation one of runs.  Of each rule only the rows that are
 * told are kept.
 */
#include "report/compare.h"

#include "base/budget.h"
#include "report/row.h"
#include "rules/rules.h"
#include "stats/peers.h"
#include "stats/rates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FEWEST = 11, HIGHEST_FIFTH = 80 };

enum area { NATION, STATE, AREAS };

/* What an area says of a sample. */
struct area_figures {
	uint32_t n; /* providers with a percentile */
	double percentile, p20, p80, statistic;
	enum verdict verdict;
};

/* What is told of a row, and what it is told by. */
struct told_row {
	const char *measure;
	uint64_t evaluated, hits;
	double value, percentile, p80;
	uint32_t number, peers;
	uint8_t rule;
	bool is_rate, provider_rule;
};

struct sample {
	struct told_row row;
	uint64_t area; /* entity type, specialty, state: the nation's is what is above the state */
	struct moments moments; /* of a mean; of a rate n and sum */
	struct area_figures areas[AREAS];
};

struct provider {
	uint64_t area;
	uint32_t number;
};

struct compare {
	const struct compare_source *source;
	struct provider *providers; /* by area, then by number */
	size_t provider_count;
	struct stats_row *rows; /* of the provider at hand */
	struct sample *samples; /* those told, and behind them those of the rule at hand */
	size_t count, room, told;
	struct profile_cell *cells;
	size_t cell_room;
	double *values; /* of the area at hand */
};

static const char header[] =
        "npi,id_kind,rule,measure,value,numerator,denominator,"
        "nation_n,nation_percentile,nation_p20,nation_p80,nation_statistic,nation_verdict,"
        "state_n,state_percentile,state_p20,state_p80,state_statistic,state_verdict,"
        "peer_n,peer_percentile,peer_p80\n";

/* ---- Samples ---- */

/* As the tables print it: the providers file's word stands. */
static uint64_t area_of(const struct compare_source *source, uint32_t number)
{
	struct profile_provider read;

	profile_read(source->profile, number, &read);
	struct side_provider said = side_provider_find(source->providers, read.id);
	uint64_t entity = said.entity_type ? said.entity_type : read.entity_type;
	uint64_t specialty = said.specialty ? said.specialty : read.specialty;
	uint64_t state = said.state ? said.state : read.state;

	return entity << 32 | specialty << 16 | state;
}

static uint64_t area_key(const struct sample *sample, enum area area)
{
	return area == NATION ? sample->area >> 16 : sample->area;
}

/* Levels of visits are whole numbers: their squares come from the cells of the family. */
static int read_levels(struct compare *compare, struct sample *sample)
{
	const struct told_row *row = &sample->row;
	size_t count = 0, size = strlen(row->measure);
	int err = profile_cells(compare->source->profile, row->number, &compare->cells,
	        &compare->cell_room, &count);

	for (size_t i = 0; i < count && err == 0; i++) {
		const struct profile_cell *cell = &compare->cells[i];
		char text[PROFILE_KEY_TEXT_SIZE];
		double level = (double)(cell->key & 0xff), n = (double)cell->lines;

		if (cell->kind != PROFILE_KIND_EM)
			continue;
		profile_key_text(cell, text);
		if (strncmp(text, row->measure, size) != 0 || text[size] != '_')
			continue;
		sample->moments.n += cell->lines;
		sample->moments.sum += level * n;
		sample->moments.sum_squares += level * level * n;
	}
	return err;
}

static bool is_mean(const struct told_row *row)
{
	return strcmp(rule_at(row->rule)->id, "EM-01") == 0;
}

static struct told_row told(const struct stats_row *row)
{
	return (struct told_row){
	        .measure = row->measure,
	        .evaluated = row->evaluated,
	        .hits = row->hits,
	        .value = row->value,
	        .percentile = row->percentile,
	        .p80 = row->p80,
	        .number = row->number,
	        .peers = row->peers,
	        .rule = row->rule,
	        .is_rate = row->is_rate,
	        .provider_rule = row->provider_rule,
	};
}

static int add_sample(struct compare *compare, const struct stats_row *row, uint64_t area)
{
	if (compare->count == compare->room) {
		size_t room = compare->room ? 2 * compare->room : 1024;
		struct sample *samples = budget_resize(compare->samples, room * sizeof(*samples));

		if (!samples)
			return FAIL_MEMORY;
		compare->samples = samples;
		compare->room = room;
	}
	struct sample *sample = &compare->samples[compare->count++];

	*sample = (struct sample){.row = told(row), .area = area};
	if (row->is_rate)
		sample->moments = (struct moments){.n = row->evaluated, .sum = (double)row->hits};
	return is_mean(&sample->row) ? read_levels(compare, sample) : 0;
}

static int compare_providers(const void *a, const void *b)
{
	const struct provider *left = a, *right = b;

	if (left->area != right->area)
		return left->area < right->area ? -1 : 1;
	return (left->number > right->number) - (left->number < right->number);
}

/* Those that statistics know. */
static int find_providers(struct compare *compare)
{
	const struct compare_source *source = compare->source;
	uint32_t numbers = (uint32_t)profile_count(source->profile);

	compare->rows = budget_alloc((stats_rows_max(source->stats) + 1) * sizeof(*compare->rows));
	compare->providers = budget_calloc((size_t)numbers + 1, sizeof(*compare->providers));
	if (!compare->rows || !compare->providers)
		return FAIL_MEMORY;
	for (uint32_t number = 0; number < numbers; number++) {
		if (stats_provider(source->stats, number))
			compare->providers[compare->provider_count++] = (struct provider){
			        area_of(source, number), number};
	}
	if (compare->provider_count > 0)
		qsort(compare->providers, compare->provider_count, sizeof(*compare->providers),
		        compare_providers);
	return 0;
}

/* The rows of a rule; *mixed: they are of several measures. */
static int find_samples(struct compare *compare, unsigned rule, bool *mixed)
{
	const char *measure = NULL;
	int err = 0;

	for (size_t i = 0; i < compare->provider_count && err == 0; i++) {
		const struct provider *provider = &compare->providers[i];
		size_t count = stats_rule_rows(
		        compare->source->stats, provider->number, rule, compare->rows);

		for (size_t k = 0; k < count && err == 0; k++) {
			const struct stats_row *row = &compare->rows[k];

			*mixed |= measure && strcmp(measure, row->measure) != 0;
			measure = row->measure;
			if (!isnan(row->value))
				err = add_sample(compare, row, provider->area);
		}
	}
	return err;
}

/* ---- Areas ---- */

/* PEPPER's: 11 in the numerator and in the denominator; of what is no rate in the latter. */
static bool has_percentile(const struct sample *sample)
{
	return sample->row.evaluated >= FEWEST &&
	       (!sample->row.is_rate || sample->row.hits >= FEWEST);
}

static int compare_measures(const struct sample *a, const struct sample *b)
{
	if (a->row.rule != b->row.rule)
		return a->row.rule < b->row.rule ? -1 : 1;
	return strcmp(a->row.measure, b->row.measure);
}

/* By measure, area, provider. */
static int compare_samples(const void *a, const void *b)
{
	const struct sample *left = a, *right = b;
	int order = compare_measures(left, right);

	if (order == 0 && left->area != right->area)
		order = left->area < right->area ? -1 : 1;
	if (order != 0)
		return order;
	return (left->row.number > right->row.number) - (left->row.number < right->row.number);
}

/* How many of the sorted values are strictly lower. */
static size_t count_lower(const double sorted[], size_t count, double value)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (sorted[middle] < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct moments add_up(const struct sample samples[], size_t count)
{
	struct moments sum = {0};

	for (size_t i = 0; i < count; i++) {
		sum.n += samples[i].moments.n;
		sum.sum += samples[i].moments.sum;
		sum.sum_squares += samples[i].moments.sum_squares;
	}
	return sum;
}

static void judge_sample(
        const struct sample *sample, const struct moments *all, struct area_figures *figures)
{
	const struct moments *own = &sample->moments;
	struct moments others = {
	        all->n - own->n, all->sum - own->sum, all->sum_squares - own->sum_squares};

	if (sample->row.is_rate) {
		struct count count = {(uint64_t)own->sum, own->n};
		struct count peers = {(uint64_t)others.sum, others.n};

		figures->statistic = chi_square_2x2(
		        count.k, count.n - count.k, peers.k, peers.n - peers.k);
		figures->verdict = verdict_of_rates(count, peers);
	} else if (own->n > 0) {
		figures->statistic = welch_t(*own, others).t;
		figures->verdict = verdict_of_means(*own, others);
	}
	if (figures->verdict == VERDICT_NOT_APPLICABLE)
		figures->statistic = NAN;
}

/* The samples of one measure and area. */
static void take_area(
        struct compare *compare, struct sample samples[], size_t count, enum area area)
{
	struct moments all = add_up(samples, count);
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (has_percentile(&samples[i]))
			compare->values[n++] = samples[i].row.value;
	}
	values_sort(compare->values, n);
	for (size_t i = 0; i < count; i++) {
		struct area_figures *figures = &samples[i].areas[area];

		*figures = (struct area_figures){.n = (uint32_t)n,
		        .percentile = NAN,
		        .p20 = n > 0 ? quantile(compare->values, n, 0.2) : NAN,
		        .p80 = n > 0 ? quantile(compare->values, n, 0.8) : NAN,
		        .statistic = NAN};
		if (has_percentile(&samples[i]))
			figures->percentile = 100 *
			                      (double)count_lower(
			                              compare->values, n, samples[i].row.value) /
			                      (double)n;
		judge_sample(&samples[i], &all, figures);
	}
}

static void take_areas(struct compare *compare, enum area area)
{
	for (size_t from = compare->told, to; from < compare->count; from = to) {
		struct sample *first = &compare->samples[from];

		for (to = from + 1; to < compare->count; to++) {
			const struct sample *sample = &compare->samples[to];

			if (compare_measures(first, sample) != 0 ||
			        area_key(first, area) != area_key(sample, area))
				break;
		}
		take_area(compare, first, to - from, area);
	}
}

/* ---- Rows ---- */

static bool is_told(const struct compare_source *source, const struct sample *sample)
{
	const struct told_row *row = &sample->row;
	const struct stats_provider *provider = stats_provider(source->stats, row->number);
	bool high = sample->areas[NATION].percentile >= HIGHEST_FIFTH ||
	            sample->areas[STATE].percentile >= HIGHEST_FIFTH ||
	            (has_percentile(sample) && row->percentile >= HIGHEST_FIFTH);

	return provider && (provider->is_lead || high) &&
	       !public_hides_provider(source->public, row->number) &&
	       !public_hides_rule(source->public, row->number, row->rule);
}

/* Providers as they are printed, then by rule and measure. */
static int compare_printed(const void *a, const void *b, void *context)
{
	const struct profile *profile = context;
	const struct sample *left = a, *right = b;
	const char *left_text, *right_text;
	uint64_t left_id = profile_id(profile, left->row.number, &left_text);
	uint64_t right_id = profile_id(profile, right->row.number, &right_text);
	int order = strcmp(left_text, right_text);

	if (order == 0)
		order = strcmp(id_kind_name(left_id), id_kind_name(right_id));
	return order != 0 ? order : compare_measures(left, right);
}

/* Numerator and denominator: of a rate, or the sum of levels and the visits. */
static void out_own(struct out *out, const struct sample *sample)
{
	const struct told_row *row = &sample->row;

	out_fixed(out, row->value);
	if (row->is_rate)
		out_unsigned(out, row->hits);
	else if (sample->moments.n > 0)
		out_unsigned(out, (uint64_t)sample->moments.sum);
	else
		out_blank(out);
	out_unsigned(out, row->evaluated);
}

static void out_blanks_public(struct public_view *view, struct out *out, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		out_blank(out);
	public_count(view, 0, count);
}

static void out_providers(struct public_view *view, struct out *out, uint32_t count)
{
	if (view && count_is_small(count))
		out_blanks_public(view, out, 1);
	else
		out_unsigned(out, count);
}

/* Marks and statistics of few may be those of one: not public. */
static void out_area(struct public_view *view, struct out *out, const struct area_figures *figures)
{
	out_providers(view, out, figures->n);
	out_fixed(out, figures->percentile);
	if (view) {
		out_blanks_public(view, out, 3);
	} else {
		out_fixed(out, figures->p20);
		out_fixed(out, figures->p80);
		out_fixed(out, figures->statistic);
	}
	out_word(out, figures->verdict == VERDICT_NOT_APPLICABLE ? "N/A"
	                                                         : verdict_name(figures->verdict));
}

static void out_sample(
        const struct compare_source *source, struct out *out, const struct sample *sample)
{
	const struct told_row *row = &sample->row;
	struct public_view *view = source->public;
	const char *text;
	uint64_t id = profile_id(source->profile, row->number, &text);

	out_word(out, text);
	out_word(out, id_kind_name(id));
	out_word(out, rule_at(row->rule)->id);
	out_word(out, row->measure);
	if (view && row->provider_rule)
		out_blanks_public(view, out, 3);
	else
		out_own(out, sample);
	for (unsigned area = 0; area < AREAS; area++)
		out_area(view, out, &sample->areas[area]);
	out_providers(view, out, row->peers);
	out_fixed(out, row->percentile);
	if (view)
		out_blanks_public(view, out, 1);
	else
		out_fixed(out, row->p80);
	out_end_row(out);
}

/* Of the rule at hand let go of the samples that are not told. */
static void choose_rows(struct compare *compare)
{
	for (size_t i = compare->told; i < compare->count; i++) {
		if (is_told(compare->source, &compare->samples[i]))
			compare->samples[compare->told++] = compare->samples[i];
	}
	compare->count = compare->told;
}

static int take_rule(struct compare *compare, unsigned rule)
{
	bool mixed = false;
	int err = find_samples(compare, rule, &mixed);
	size_t count = compare->count - compare->told;

	budget_free(compare->values);
	compare->values = budget_calloc(count + 1, sizeof(*compare->values));
	if (err < 0 || !compare->values)
		return FAIL_MEMORY;
	if (mixed)
		qsort(compare->samples + compare->told, count, sizeof(*compare->samples),
		        compare_samples);
	for (unsigned area = 0; area < AREAS; area++)
		take_areas(compare, (enum area)area);
	choose_rows(compare);
	return 0;
}

static int make_rows(struct compare *compare)
{
	int err = find_providers(compare);

	for (unsigned rule = 0; rule < RULES_ALL && err == 0; rule++)
		err = take_rule(compare, rule);
	if (err == 0 && compare->count > 0)
		qsort_r(compare->samples, compare->count, sizeof(*compare->samples),
		        compare_printed, (void *)(uintptr_t)compare->source->profile);
	return err;
}

int compare_write(
        struct run *run, const struct compare_source *source, uint64_t *rows, struct diag *diag)
{
	struct compare compare = {.source = source};
	struct out *out = NULL;
	int err = make_rows(&compare);

	if (err < 0)
		diag_set(diag, err, "no memory to compare providers");
	if (err == 0)
		err = out_create(&out, run, "compare.csv", diag);
	if (err == 0) {
		out_raw(out, header, sizeof(header) - 1);
		for (size_t i = 0; i < compare.count; i++)
			out_sample(source, out, &compare.samples[i]);
		*rows = out_row_count(out);
		err = out_close(out, diag);
	}
	budget_free(compare.providers);
	budget_free(compare.rows);
	budget_free(compare.samples);
	free(compare.cells);
	budget_free(compare.values);
	return err;
}
