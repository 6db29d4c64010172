/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Samples are the rows of stats/ that have a value, of one measure at a time.
 * Providers are put in order by area once, and have their places in it: so the
 * samples of a state are a run, those of the nation one of runs.  Of each measure
 * only the rows that are told are kept.
 */
#include "report/compare.h"

#include "base/budget.h"
#include "base/order.h"
#include "report/ordered.h"
#include "report/row.h"
#include "rules/rules.h"
#include "stats/columns.h"
#include "stats/peers.h"
#include "stats/rates.h"
#include "stats/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	FEWEST = 11,
	HIGHEST_FIFTH = 80,
};

enum area { NATION, STATE, AREAS };

/* What an area says of a sample. */
struct area_figures {
	uint32_t n; /* providers with a percentile */
	double percentile, p20, p80, statistic;
	enum verdict verdict;
};

struct sample {
	double value;
	struct moments moments; /* of a mean; of a rate n and sum */
	double percentiles[AREAS];
	uint64_t area; /* entity type, specialty, state: the nation's is what is above the state */
	uint32_t place;
	uint32_t index; /* of its row in the measure */
	bool is_rate, has_percentile;
	bool is_high; /* among its peers */
};

/* What all samples of an area share. */
struct area_sum {
	struct moments moments;
	uint32_t n;
	double p20, p80;
};

/* A row of compare.csv. */
struct told {
	struct area_figures areas[AREAS];
	struct moments moments;
	const char *measure;
	double value, percentile, p80;
	uint64_t evaluated, hits;
	uint32_t member, peers;
	uint8_t rule;
	bool is_rate, provider_rule;
};

struct told_list {
	struct told *rows;
	size_t count, room;
};

struct provider {
	uint64_t area;
	uint32_t member;
	bool is_lead;
};

/* Columns of one rule and measure. */
struct measure {
	const struct column *columns;
	size_t column_count, row_count;
};

struct compare {
	const struct compare_source *source;
	struct measure *measures; /* by rule and name */
	size_t measure_count;
	struct provider *providers; /* by area: a place is an index here */
	uint32_t *places;           /* of members */
	const struct member *members;
	size_t member_count;
	struct told_list told;
	uint64_t *words;
	const uint64_t *printed; /* in words: told rows as they are printed, by their low halves */
};

/* A thread's. */
struct comparer {
	struct compare *compare;
	const struct measure *measure; /* at hand */
	struct sample *samples;        /* of it, by place */
	size_t count, room;
	uint64_t *words; /* twice room */
	double *values;  /* of the area at hand */
	struct told_list told;
	struct profile_cell *cells;
	size_t cell_room;
};

static const char header[] =
        "npi,id_kind,rule,measure,value,numerator,denominator,"
        "nation_n,nation_percentile,nation_p20,nation_p80,nation_statistic,nation_verdict,"
        "state_n,state_percentile,state_p20,state_p80,state_statistic,state_verdict,"
        "peer_n,peer_percentile,peer_p80\n";

/* ---- Places ---- */

static uint64_t area_of(const struct member *member)
{
	return (uint64_t)member->entity_type << 32 | (uint64_t)member->specialty << 16 |
	       member->state;
}

static uint64_t nation_of(uint64_t area)
{
	return area >> 16;
}

/* By area; in it by member.  areas: room for twice as many. */
static void order_places(struct compare *compare, struct ordered areas[])
{
	const struct stats *stats = compare->source->stats;
	size_t count = compare->member_count;

	for (uint32_t i = 0; i < count; i++)
		areas[i] = (struct ordered){area_of(&compare->members[i]), i};
	const struct ordered *sorted = order_sort(areas, areas + count, count);

	for (uint32_t place = 0; place < count; place++) {
		uint32_t member = sorted[place].index;
		uint32_t number = compare->members[member].number;

		compare->places[member] = place;
		compare->providers[place] = (struct provider){
		        .area = sorted[place].key,
		        .member = member,
		        .is_lead = stats_provider(stats, number)->is_lead,
		};
	}
}

static int find_places(struct compare *compare)
{
	compare->members = stats_members(compare->source->stats, &compare->member_count);
	size_t room = compare->member_count + 1;
	struct ordered *areas = budget_alloc(2 * room * sizeof(*areas));

	compare->providers = budget_alloc(room * sizeof(*compare->providers));
	compare->places = budget_alloc(room * sizeof(*compare->places));
	bool has_room = areas && compare->providers && compare->places;

	if (has_room)
		order_places(compare, areas);
	budget_free(areas);
	return has_room ? 0 : FAIL_MEMORY;
}

static bool is_next(const struct column *column, const struct measure *measure)
{
	return measure && measure->columns->rule == column->rule &&
	       strcmp(measure->columns->measure, column->measure) == 0;
}

static int find_measures(struct compare *compare)
{
	size_t count;
	const struct column *columns = stats_columns(compare->source->stats, &count);
	struct measure *last = NULL;

	compare->measures = budget_alloc((count + 1) * sizeof(*compare->measures));
	if (!compare->measures)
		return FAIL_MEMORY;
	for (size_t i = 0; i < count; i++) {
		if (!is_next(&columns[i], last)) {
			last = &compare->measures[compare->measure_count++];
			*last = (struct measure){.columns = &columns[i]};
		}
		last->column_count++;
		last->row_count += columns[i].count;
	}
	return 0;
}

/* ---- Samples ---- */

static void read_row(const struct measure *measure, size_t index, struct stats_row *row)
{
	const struct column *column = measure->columns;

	for (; index >= column->count; column++)
		index -= column->count;
	column_read(column, (uint32_t)index, row);
}

/* Levels of visits are whole numbers: their squares come from the cells of the family. */
static int read_levels(struct comparer *own, uint32_t member, struct moments *moments)
{
	uint32_t number = own->compare->members[member].number;
	const char *measure = own->measure->columns->measure;
	size_t count = 0, size = strlen(measure);
	int err = profile_cells(
	        own->compare->source->profile, number, &own->cells, &own->cell_room, &count);

	for (size_t i = 0; i < count && err == 0; i++) {
		const struct profile_cell *cell = &own->cells[i];
		char text[PROFILE_KEY_TEXT_SIZE];
		double level = (double)(cell->key & 0xff), n = (double)cell->lines;

		if (cell->kind != PROFILE_KIND_EM)
			continue;
		profile_key_text(cell, text);
		if (strncmp(text, measure, size) != 0 || text[size] != '_')
			continue;
		moments->n += cell->lines;
		moments->sum += level * n;
		moments->sum_squares += level * level * n;
	}
	return err;
}

static bool is_mean(const struct measure *measure)
{
	return strcmp(rule_at(measure->columns->rule)->id, "EM-01") == 0;
}

/* PEPPER's: 11 in the numerator and in the denominator; of what is no rate in the latter. */
static bool has_percentile(const struct stats_row *row)
{
	return row->evaluated >= FEWEST && (!row->is_rate || row->hits >= FEWEST);
}

static int add_sample(struct comparer *own, uint32_t place, uint32_t index)
{
	const struct provider *provider = &own->compare->providers[place];
	struct sample *sample = &own->samples[own->count];
	struct stats_row row;

	read_row(own->measure, index, &row);
	if (isnan(row.value))
		return 0;
	*sample = (struct sample){
	        .value = row.value,
	        .percentiles = {NAN, NAN},
	        .area = provider->area,
	        .place = place,
	        .index = index,
	        .is_rate = row.is_rate,
	        .has_percentile = has_percentile(&row),
	        .is_high = has_percentile(&row) && row.percentile >= HIGHEST_FIFTH,
	};
	if (row.is_rate)
		sample->moments = (struct moments){.n = row.evaluated, .sum = (double)row.hits};
	own->count++;
	return is_mean(own->measure) ? read_levels(own, provider->member, &sample->moments) : 0;
}

static int make_room(struct comparer *own, size_t room)
{
	if (room <= own->room)
		return 0;
	budget_free(own->samples);
	budget_free(own->words);
	budget_free(own->values);
	own->samples = budget_alloc(room * sizeof(*own->samples));
	own->words = budget_alloc(2 * room * sizeof(*own->words));
	own->values = budget_alloc(room * sizeof(*own->values));
	own->room = own->samples && own->words && own->values ? room : 0;
	return own->room ? 0 : FAIL_MEMORY;
}

/* By place; rows of one provider as they stand. */
static int find_samples(struct comparer *own)
{
	const struct measure *measure = own->measure;
	size_t count = 0;
	int err = make_room(own, measure->row_count);

	own->count = 0;
	for (size_t i = 0; i < measure->column_count && err == 0; i++) {
		const struct column *column = &measure->columns[i];

		for (uint32_t row = 0; row < column->count; row++) {
			uint64_t place = own->compare->places[column_row(column, row)->member];

			own->words[count] = place << 32 | count;
			count++;
		}
	}
	const uint64_t *sorted = err == 0
	                                 ? words_sort(own->words, own->words + own->room, count, 32)
	                                 : NULL;

	for (size_t i = 0; i < count && err == 0; i++)
		err = add_sample(own, (uint32_t)(sorted[i] >> 32), (uint32_t)sorted[i]);
	return err;
}

/* ---- Areas ---- */

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

/* As words, which are not in use any more. */
static void sort_values(struct comparer *own, size_t count)
{
	for (size_t i = 0; i < count; i++)
		own->words[i] = order_key(own->values[i]);
	const uint64_t *sorted = words_sort(own->words, own->words + own->room, count, 0);

	for (size_t i = 0; i < count; i++)
		own->values[i] = order_value(sorted[i]);
}

/* What samples [from, to) come to, and where each of them is among them. */
static struct area_sum take_area(struct comparer *own, size_t from, size_t to, enum area area)
{
	struct area_sum sum = {.p20 = NAN, .p80 = NAN};

	for (size_t i = from; i < to; i++) {
		const struct sample *sample = &own->samples[i];

		sum.moments.n += sample->moments.n;
		sum.moments.sum += sample->moments.sum;
		sum.moments.sum_squares += sample->moments.sum_squares;
		if (sample->has_percentile)
			own->values[sum.n++] = sample->value;
	}
	if (sum.n == 0)
		return sum;
	sort_values(own, sum.n);
	sum.p20 = quantile(own->values, sum.n, 0.2);
	sum.p80 = quantile(own->values, sum.n, 0.8);
	for (size_t i = from; i < to; i++) {
		struct sample *sample = &own->samples[i];

		if (sample->has_percentile)
			sample->percentiles[area] =
			        100 * (double)count_lower(own->values, sum.n, sample->value) /
			        (double)sum.n;
	}
	return sum;
}

static struct area_figures judge(
        const struct sample *sample, const struct area_sum *sum, enum area area)
{
	const struct moments *own = &sample->moments, *all = &sum->moments;
	struct moments others = {
	        all->n - own->n, all->sum - own->sum, all->sum_squares - own->sum_squares};
	struct area_figures figures = {.n = sum->n,
	        .percentile = sample->percentiles[area],
	        .p20 = sum->p20,
	        .p80 = sum->p80,
	        .statistic = NAN};

	if (sample->is_rate) {
		struct count count = {(uint64_t)own->sum, own->n};
		struct count peers = {(uint64_t)others.sum, others.n};

		figures.statistic = chi_square_2x2(
		        count.k, count.n - count.k, peers.k, peers.n - peers.k);
		figures.verdict = verdict_of_rates(count, peers);
	} else if (own->n > 0) {
		figures.statistic = welch_t(*own, others).t;
		figures.verdict = verdict_of_means(*own, others);
	}
	if (figures.verdict == VERDICT_NOT_APPLICABLE)
		figures.statistic = NAN;
	return figures;
}

/* ---- What is told ---- */

static int reserve(struct told_list *list, size_t more)
{
	size_t room = list->room ? list->room : 1024;

	while (room < list->count + more)
		room *= 2;
	if (room == list->room)
		return 0;
	struct told *rows = budget_resize(list->rows, room * sizeof(*rows));

	if (!rows)
		return FAIL_MEMORY;
	list->rows = rows;
	list->room = room;
	return 0;
}

static bool is_told(const struct comparer *own, const struct sample *sample)
{
	const struct provider *provider = &own->compare->providers[sample->place];
	const struct public_view *view = own->compare->source->public;
	bool high = sample->percentiles[NATION] >= HIGHEST_FIFTH ||
	            sample->percentiles[STATE] >= HIGHEST_FIFTH || sample->is_high;

	uint32_t number = own->compare->members[provider->member].number;

	return (provider->is_lead || high) && !public_hides_provider(view, number) &&
	       !public_hides_rule(view, number, own->measure->columns->rule);
}

static int tell(struct comparer *own, const struct sample *sample, const struct area_sum sums[])
{
	struct stats_row row;

	if (reserve(&own->told, 1) < 0)
		return FAIL_MEMORY;
	struct told *told = &own->told.rows[own->told.count++];

	read_row(own->measure, sample->index, &row);
	*told = (struct told){
	        .moments = sample->moments,
	        .measure = row.measure,
	        .value = row.value,
	        .percentile = row.percentile,
	        .p80 = row.p80,
	        .evaluated = row.evaluated,
	        .hits = row.hits,
	        .member = own->compare->providers[sample->place].member,
	        .peers = row.peers,
	        .rule = row.rule,
	        .is_rate = row.is_rate,
	        .provider_rule = row.provider_rule,
	};
	for (unsigned area = 0; area < AREAS; area++)
		told->areas[area] = judge(sample, &sums[area], (enum area)area);
	return 0;
}

/* Samples [from, to) of one state; sums[NATION] is there. */
static int take_state(struct comparer *own, size_t from, size_t to, struct area_sum sums[])
{
	int err = 0;

	sums[STATE] = take_area(own, from, to, STATE);
	for (size_t i = from; i < to && err == 0; i++) {
		if (is_told(own, &own->samples[i]))
			err = tell(own, &own->samples[i], sums);
	}
	return err;
}

static int take_nation(struct comparer *own, size_t from, size_t to)
{
	struct area_sum sums[AREAS];
	int err = 0;

	sums[NATION] = take_area(own, from, to, NATION);
	for (size_t end; from < to && err == 0; from = end) {
		for (end = from + 1; end < to; end++) {
			if (own->samples[end].area != own->samples[from].area)
				break;
		}
		err = take_state(own, from, end, sums);
	}
	return err;
}

static int take_measure(void *comparer, size_t at)
{
	struct comparer *own = comparer;
	int err;

	own->measure = &own->compare->measures[at];
	err = find_samples(own);
	for (size_t from = 0, to; from < own->count && err == 0; from = to) {
		for (to = from + 1; to < own->count; to++) {
			if (nation_of(own->samples[to].area) != nation_of(own->samples[from].area))
				break;
		}
		err = take_nation(own, from, to);
	}
	return err;
}

/* ---- All measures ---- */

static int begin_comparer(void **own, void *compare)
{
	struct comparer *comparer = calloc(1, sizeof(*comparer));

	*own = comparer;
	if (!comparer)
		return FAIL_MEMORY;
	comparer->compare = compare;
	return 0;
}

static void end_comparer(void *own)
{
	struct comparer *comparer = own;

	if (!comparer)
		return;
	budget_free(comparer->samples);
	budget_free(comparer->words);
	budget_free(comparer->values);
	budget_free(comparer->told.rows);
	free(comparer->cells);
	free(comparer);
}

static int put_measure(void *comparer, size_t at)
{
	struct comparer *own = comparer;
	struct told_list *all = &own->compare->told;

	(void)at;
	if (reserve(all, own->told.count) < 0)
		return FAIL_MEMORY;
	if (own->told.count > 0)
		memcpy(all->rows + all->count, own->told.rows,
		        own->told.count * sizeof(*all->rows));
	all->count += own->told.count;
	own->told.count = 0;
	return 0;
}

/* By provider; those of one are by rule and measure already. */
static int order_told(struct compare *compare)
{
	size_t count = compare->told.count;

	compare->words = budget_alloc(2 * (count + 1) * sizeof(*compare->words));
	if (!compare->words)
		return FAIL_MEMORY;
	for (size_t i = 0; i < count; i++) {
		uint64_t place = compare->members[compare->told.rows[i].member].place;

		compare->words[i] = place << 32 | i;
	}
	compare->printed = words_sort(compare->words, compare->words + count, count, 32);
	return 0;
}

static int find_told(struct compare *compare)
{
	const struct ordered_work work = {
	        .context = compare,
	        .begin = begin_comparer,
	        .end = end_comparer,
	        .make = take_measure,
	        .put = put_measure,
	};
	int err = find_places(compare);

	if (err == 0)
		err = find_measures(compare);
	if (err == 0)
		err = ordered_run(&work, compare->measure_count, compare->source->threads);
	return err == 0 ? order_told(compare) : err;
}

int compare_create(struct compare **compare, const struct compare_source *source, struct diag *diag)
{
	struct compare *made = calloc(1, sizeof(*made));

	if (made) {
		made->source = source;
		*compare = made;
		if (find_told(made) == 0)
			return 0;
	}
	compare_destroy(made);
	*compare = NULL;
	return diag_set(diag, FAIL_MEMORY, "no memory to compare providers");
}

void compare_destroy(struct compare *compare)
{
	if (!compare)
		return;
	budget_free(compare->measures);
	budget_free(compare->providers);
	budget_free(compare->places);
	budget_free(compare->told.rows);
	budget_free(compare->words);
	free(compare);
}

/* ---- Rows ---- */

/* Numerator and denominator: of a rate, or the sum of levels and the visits. */
static void out_own(struct out *out, const struct told *told)
{
	out_fixed(out, told->value);
	if (told->is_rate)
		out_unsigned(out, told->hits);
	else if (told->moments.n > 0)
		out_unsigned(out, (uint64_t)told->moments.sum);
	else
		out_blank(out);
	out_unsigned(out, told->evaluated);
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

static void out_told(const struct compare *compare, struct out *out, const struct told *told)
{
	struct public_view *view = compare->source->public;
	uint32_t number = compare->members[told->member].number;
	const char *text;
	uint64_t id = profile_id(compare->source->profile, number, &text);

	out_word(out, text);
	out_word(out, id_kind_name(id));
	out_word(out, rule_at(told->rule)->id);
	out_word(out, told->measure);
	if (view && told->provider_rule)
		out_blanks_public(view, out, 3);
	else
		out_own(out, told);
	for (unsigned area = 0; area < AREAS; area++)
		out_area(view, out, &told->areas[area]);
	out_providers(view, out, told->peers);
	out_fixed(out, told->percentile);
	if (view)
		out_blanks_public(view, out, 1);
	else
		out_fixed(out, told->p80);
	out_end_row(out);
}

void compare_write(const struct compare *compare, struct out *out, uint64_t *rows)
{
	out_raw(out, header, sizeof(header) - 1);
	for (size_t i = 0; i < compare->told.count; i++)
		out_told(compare, out, &compare->told.rows[(uint32_t)compare->printed[i]]);
	*rows = out_row_count(out);
}
