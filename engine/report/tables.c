/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The provider tables: a chunk is some providers' rows of all four tables.
 */
#include "report/tables.h"

#include "report/json.h"
#include "report/number.h"
#include "report/ordered.h"
#include "report/row.h"
#include "stats/columns.h"

#include <assert.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	CHUNK_PROVIDERS = 128,
	CELL_MAX = NUMBER_TEXT_MAX + 1, /* of a number, with its comma */
	RULE_CELLS = 17,                /* evaluated to dollars */
	SUM_CELLS = 5,
	SHARED_BITS = 14, /* 1 MB a thread: most groups that a run's rules compare in */
	SHARED_BYTES = 55,
};

enum table { TABLE_PROVIDERS, TABLE_RULES, TABLE_CODES, TABLE_COUNTS, TABLES };

static const struct {
	const char *name, *header;
} tables[TABLES] = {
        [TABLE_PROVIDERS] = {"providers.csv",
                "npi,id_kind,entity_type,specialty,state,peer_group,peer_n,claims,lines,"
                "beneficiaries,units,charge,allowed,paid,findings,lines_flagged,dollars_flagged,"
                "dollars_expected,score,rank,rank_in_class,families_flagged,rules_evaluable,"
                "top_reasons,first_date,last_date,lead\n"},
        [TABLE_RULES] = {"provider_rules.csv",
                "npi,id_kind,rule,measure,flag,direction,evaluated,hits,rate,value,shrunk_rate,"
                "wilson_low,peer_n,peer_median,peer_mad,peer_p80,peer_p90,z,p,q,percentile,"
                "dollars,sample_claims\n"},
        [TABLE_CODES] = {"provider_codes.csv",
                "npi,id_kind,code,lines,units,charge,allowed,paid\n"},
        [TABLE_COUNTS] = {"provider_counts.csv",
                "npi,id_kind,kind,key,lines,units,charge,allowed,paid\n"},
};

/* Cells that all rows of a column begin with, among those of the others. */
struct head {
	size_t from, size;
};

/* Cells peer_n to peer_p90 of a group, as they were printed last. */
struct shared_cells {
	uint32_t column, figures; /* as struct stats_row has them */
	uint8_t size;             /* 0: none */
	char text[SHARED_BYTES];
};

/* What all threads share. */
struct job {
	const struct tables_options *options;
	struct out *heads; /* a column's "RULE,MEASURE,", one behind the other */
	struct head *column_heads;
	const uint32_t *order; /* numbers of providers */
	size_t count;
	bool has_rules; /* any is active */
	struct out *outs[TABLES];
	uint64_t rule_providers[RULES_ALL];
	atomic_int beside_error;
};

/* What a thread has for itself. */
struct formatter {
	struct job *job;
	struct out *blocks[TABLES];
	struct out *prefix;  /* "NPI,ID_KIND," of the provider at hand */
	struct out *samples; /* the JSON of sample_claims */
	struct profile_cell *cells;
	size_t cell_capacity;
	struct shared_cells *shared;
	struct stats_row *rows;              /* of the provider at hand */
	struct profile_rule hits[RULES_ALL]; /* ... */
	uint32_t number;                     /* ... */
	uint32_t rule_providers[RULES_ALL];  /* of the chunk at hand */
	struct diag diag;
};

static void out_blanks(struct out *out, unsigned count)
{
	static const char commas[] = ",,,,,,,,,,,,,,,,";

	assert(count < sizeof(commas));
	out_cells(out, commas, count);
}

static void out_two_chars(struct out *out, uint16_t value)
{
	char text[2] = {(char)(value & 0xff), (char)(value >> 8)};

	out_text(out, text, (size_t)(text[0] != '\0') + (text[0] != '\0' && text[1] != '\0'));
}

static void out_prefix(struct out *out, const struct out *prefix)
{
	size_t size;
	const char *cells = out_memory_cells(prefix, &size);

	out_cells(out, cells, size);
}

/* ---- What is not public. ---- */

static struct public_view *view_of(const struct formatter *formatter)
{
	return formatter->job->options->public;
}

/* A count; --public leaves it out where it is small, or asked to. */
static void out_count(struct formatter *formatter, struct out *out, uint64_t count, bool hidden)
{
	struct public_view *view = view_of(formatter);

	if (!view || !(hidden || count_is_small(count))) {
		out_unsigned(out, count);
		return;
	}
	out_blank(out);
	public_count(view, 0, 1);
}

static void out_left_out(struct formatter *formatter, struct out *out, unsigned cells)
{
	out_blanks(out, cells);
	public_count(view_of(formatter), 0, cells);
}

/* Is the reason's rule one whose row is left out? */
static bool is_reason_hidden(const struct formatter *formatter, uint32_t number, const char *reason)
{
	char id[16];

	snprintf(id, sizeof(id), "%.*s", (int)strcspn(reason, " :"), reason);
	int rule = rule_find(id);

	return rule >= 0 && public_hides_rule(view_of(formatter), number, (unsigned)rule);
}

/* ---- Rows. ---- */

static void write_peers(
        struct formatter *formatter, struct out *out, const struct stats_provider *of)
{
	if (!of) {
		out_blanks(out, 2);
		return;
	}
	out_word(out, of->peer_group);
	out_count(formatter, out, of->peers, false);
}

/* dollars_expected, score, rank, rank_in_class, families_flagged */
static void write_score(struct out *out, const struct stats_provider *of)
{
	if (!of) {
		out_blanks(out, 5);
		return;
	}
	out_money(out, of->expected);
	out_unsigned(out, of->score);
	out_unsigned(out, of->rank);
	out_unsigned(out, of->rank_in_class);
	out_unsigned(out, of->families_flagged);
}

static void write_reasons(struct formatter *formatter, struct out *out, uint32_t number)
{
	char reasons[REASONS_MAX][REASON_SIZE], text[REASONS_MAX * (REASON_SIZE + 3)];
	size_t count = stats_reasons_of(
	        formatter->job->options->stats, number, formatter->hits, reasons);
	char *end = text;

	for (size_t i = 0; i < count; i++) {
		if (view_of(formatter) && is_reason_hidden(formatter, number, reasons[i]))
			continue;
		if (end > text)
			end = stpcpy(end, " | ");
		end = stpcpy(end, reasons[i]);
	}
	out_text(out, text, (size_t)(end - text));
}

static void write_provider(struct formatter *formatter, const struct profile_provider *provider,
        const struct stats_provider *of, unsigned rules_evaluable)
{
	struct out *out = formatter->blocks[TABLE_PROVIDERS];

	out_prefix(out, formatter->prefix);
	if (provider->entity_type == 0)
		out_blank(out);
	else
		out_unsigned(out, provider->entity_type);
	out_two_chars(out, provider->specialty);
	out_two_chars(out, provider->state);
	write_peers(formatter, out, of);
	out_unsigned(out, provider->claims);
	out_unsigned(out, provider->lines);
	if (formatter->job->options->beneficiaries)
		out_unsigned(out, provider->beneficiaries);
	else
		out_blank(out);
	if (view_of(formatter) && units_are_small(provider->units))
		out_left_out(formatter, out, 1);
	else
		out_units(out, provider->units);
	out_money(out, provider->charge);
	out_money(out, provider->allowed);
	out_money(out, provider->paid);
	bool hidden = public_hides_findings(view_of(formatter), formatter->number) ||
	              count_is_small(provider->findings) ||
	              count_is_small(provider->lines_flagged) ||
	              count_is_small(provider->lines - provider->lines_flagged);

	out_count(formatter, out, provider->findings, hidden);
	out_count(formatter, out, provider->lines_flagged, hidden);
	out_money(out, provider->dollars_flagged);
	write_score(out, of);
	out_unsigned(out, rules_evaluable);
	if (of)
		write_reasons(formatter, out, of->number);
	else
		out_blank(out);
	out_date(out, provider->first_date);
	out_date(out, provider->last_date);
	if (of)
		out_unsigned(out, of->is_lead);
	else
		out_blank(out);
	out_end_row(out);
}

static void write_samples(
        struct formatter *formatter, struct out *out, uint32_t number, unsigned rule)
{
	const struct findings *findings = formatter->job->options->findings;
	struct out *json = formatter->samples;
	struct text claims[SAMPLE_UNITS];
	size_t count = findings ? findings_claims(findings, number, rule, claims) : 0;
	size_t size;

	out_memory_reset(json);
	for (size_t i = 0; i < count; i++) {
		out_raw(json, i == 0 ? "[" : ",", 1);
		json_put_string(json, claims[i].at, claims[i].size);
	}
	if (count > 0)
		out_raw(json, "]", 1);
	const char *text = out_memory_text(json, &size);

	out_text(out, text, size);
}

static const char *direction_name(unsigned direction)
{
	static const char *const names[] = {
	        [DIRECTION_NONE] = "none", [DIRECTION_HIGH] = "high", [DIRECTION_LOW] = "low"};

	return names[direction];
}

/* ---- Cells that are written in place ---- */

static char *put_unsigned(char *to, uint64_t value)
{
	to = number_unsigned(to, value);
	*to++ = ',';
	return to;
}

static char *put_money(char *to, int64_t cents)
{
	if (cents != AMOUNT_ABSENT)
		to = number_money(to, cents);
	*to++ = ',';
	return to;
}

static char *put_units(char *to, int64_t ten_thousandths)
{
	if (ten_thousandths != AMOUNT_ABSENT)
		to = number_units(to, ten_thousandths);
	*to++ = ',';
	return to;
}

static char *put_fixed(char *to, double value)
{
	if (!isnan(value))
		to = number_fixed(to, value);
	*to++ = ',';
	return to;
}

static char *put_scientific(char *to, double value)
{
	if (!isnan(value))
		to = number_scientific(to, value);
	*to++ = ',';
	return to;
}

/* peer_n to peer_p90: of most rows those of another before. */
static char *put_peers(struct formatter *formatter, char *to, const struct stats_row *row)
{
	uint64_t key = (uint64_t)row->column << 32 | row->figures;
	struct shared_cells *shared =
	        &formatter->shared[key * 0x9e3779b97f4a7c15 >> (64 - SHARED_BITS)];
	char *from = to;

	if (shared->size > 0 && shared->column == row->column && shared->figures == row->figures) {
		memcpy(to, shared->text, sizeof(shared->text));
		return to + shared->size;
	}
	to = put_unsigned(to, row->peers);
	to = put_fixed(to, row->median);
	to = put_fixed(to, row->mad);
	to = put_fixed(to, row->p80);
	to = put_fixed(to, row->p90);
	size_t size = (size_t)(to - from);

	if (row->figures == FIGURES_OWN || size > sizeof(shared->text))
		return to;
	shared->column = row->column;
	shared->figures = row->figures;
	shared->size = (uint8_t)size;
	memcpy(shared->text, from, size);
	return to;
}

/* value to percentile */
static char *put_figures(struct formatter *formatter, char *to, const struct stats_row *row)
{
	to = put_fixed(to, row->value);
	to = put_fixed(to, row->shrunk_rate);
	to = put_fixed(to, row->wilson_low);
	to = put_peers(formatter, to, row);
	to = put_fixed(to, row->z);
	to = put_scientific(to, row->p);
	to = put_scientific(to, row->q);
	return put_fixed(to, row->percentile);
}

/* evaluated to dollars; row: NULL where no peers are known. */
static void write_told(struct formatter *formatter, struct out *out,
        const struct profile_rule *counts, const struct stats_row *row)
{
	static const char blanks[] = ",,,,,,,,,,,,";
	char *to = out_room(out, RULE_CELLS * CELL_MAX);

	if (!to)
		return;
	to = put_unsigned(to, counts->evaluated);
	to = put_unsigned(to, counts->hits);
	to = number_ratio(to, counts->hits, counts->evaluated);
	*to++ = ',';
	to = row ? put_figures(formatter, to, row) : stpcpy(to, blanks);
	out_take(out, put_money(to, counts->dollars));
}

/* ---- Rows of rules ---- */

/*
 * What is public of them: own figures of a rate that is told, and where it is
 * among the peers; any other may be the figure of one of these.
 */
static void write_public_figures(
        struct formatter *formatter, struct out *out, const struct stats_row *row)
{
	if (row->provider_rule) {
		out_left_out(formatter, out, 3);
	} else {
		out_fixed(out, row->value);
		out_left_out(formatter, out, 1);
		out_fixed(out, row->wilson_low);
	}
	out_count(formatter, out, row->peers, false);
	out_left_out(formatter, out, 7);
	out_fixed(out, row->percentile);
}

/* evaluated, hits, rate */
static void write_public_judged(struct formatter *formatter, struct out *out,
        const struct profile_rule *counts, const struct stats_row *row)
{
	if (row && row->provider_rule) {
		out_left_out(formatter, out, 3);
		return;
	}
	out_unsigned(out, counts->evaluated);
	out_unsigned(out, counts->hits);
	out_ratio(out, counts->hits, counts->evaluated);
}

/* evaluated to dollars */
static void write_public(struct formatter *formatter, struct out *out,
        const struct profile_rule *counts, const struct stats_row *row)
{
	write_public_judged(formatter, out, counts, row);
	if (row)
		write_public_figures(formatter, out, row);
	else
		out_blanks(out, 12);
	out_money(out, counts->dollars);
}

/* rule to direction */
static void write_head(
        const struct job *job, struct out *out, unsigned rule, const struct stats_row *row)
{
	if (!row) {
		out_word(out, rule_at(rule)->id);
		out_cells(out, ",,none,", 7);
		return;
	}
	const struct head *head = &job->column_heads[row->column];
	size_t size;

	out_cells(out, out_memory_cells(job->heads, &size) + head->from, head->size);
	if (row->flag) {
		out_cells(out, "1,", 2);
		out_word(out, direction_name(row->direction));
	} else {
		out_cells(out, "0,none,", 7);
	}
}

/* row: what is known beside its peers; NULL: nothing. */
static void write_rule(struct formatter *formatter, uint32_t number, unsigned rule,
        const struct profile_rule *counts, const struct stats_row *row)
{
	struct out *out = formatter->blocks[TABLE_RULES];

	out_prefix(out, formatter->prefix);
	write_head(formatter->job, out, rule, row);
	if (view_of(formatter))
		write_public(formatter, out, counts, row);
	else
		write_told(formatter, out, counts, row);
	write_samples(formatter, out, number, rule);
	out_end_row(out);
}

/* The rows of one rule that is judged beside peers, by measure.  Returns how many. */
static size_t write_measures(struct formatter *formatter, uint32_t number, unsigned rule,
        const struct stats_row *rows, size_t count)
{
	size_t i;

	for (i = 0; i < count && rows[i].rule == rule; i++) {
		struct profile_rule counts = {rows[i].evaluated, rows[i].hits, rows[i].dollars};

		write_rule(formatter, number, rule, &counts, &rows[i]);
	}
	return i;
}

/* The row of a rule's hits, beside what its peers have; row: NULL where nothing is known. */
static void write_hits(struct formatter *formatter, uint32_t number, unsigned rule,
        const struct profile_rule *counts, const struct stats_row *row)
{
	formatter->rule_providers[rule] += counts->hits > 0;
	if (public_hides_rule(view_of(formatter), number, rule))
		public_count(view_of(formatter), 1, 0);
	else if (counts->evaluated > 0 || counts->hits > 0)
		write_rule(formatter, number, rule, counts, row);
}

/* Returns the number of rules that judged anything. */
static unsigned write_rules(struct formatter *formatter, uint32_t number)
{
	const struct tables_options *options = formatter->job->options;
	const struct profile_rule *all = formatter->hits;
	unsigned evaluable = 0;
	const struct stats_row *rows = formatter->rows;
	size_t left = options->stats ? stats_rows(options->stats, number, formatter->rows) : 0;

	profile_read_rules(options->profile, number, formatter->hits);
	for (unsigned rule = 0; rule < RULES_ALL; rule++) {
		bool has_row = left > 0 && rows->rule == rule;
		bool of_hits = has_row && !rows->provider_rule;
		size_t measures;

		if (!options->selection->active[rule])
			continue;
		if (all[rule].evaluated > 0 || all[rule].hits > 0)
			write_hits(formatter, number, rule, &all[rule], of_hits ? rows : NULL);
		rows += of_hits;
		left -= of_hits;
		measures = write_measures(formatter, number, rule, rows, left);
		rows += measures;
		left -= measures;
		evaluable += measures > 0 || all[rule].evaluated > 0;
	}
	return evaluable;
}

static void write_sums(struct out *out, const struct profile_cell *cell)
{
	char *to = out_room(out, SUM_CELLS * CELL_MAX);

	if (!to)
		return;
	to = put_unsigned(to, cell->lines);
	to = put_units(to, cell->units);
	to = put_money(to, cell->charge);
	to = put_money(to, cell->allowed);
	out_take(out, put_money(to, cell->paid));
}

static bool has_descriptions(const struct tables_options *options)
{
	return payer_count(options->payer, PAYER_DESCRIPTIONS) > 0;
}

/* Of several texts of a code the first by their bytes. */
static void write_description(struct out *out, const struct tables_options *options, uint64_t code)
{
	size_t count;
	const struct payer_cell *row = payer_find(
	        options->payer, PAYER_DESCRIPTIONS, (int64_t)code, &count);

	out_word(out, row ? row[1].text : "");
}

static void write_code(struct formatter *formatter, const struct profile_cell *cell)
{
	struct out *out = formatter->blocks[TABLE_CODES];
	char text[WORD_TEXT_SIZE];

	out_prefix(out, formatter->prefix);
	out_text(out, text, word_text(cell->key, text));
	write_sums(out, cell);
	if (has_descriptions(formatter->job->options))
		write_description(out, formatter->job->options, cell->key);
	out_end_row(out);
}

static void write_count(struct formatter *formatter, const struct profile_cell *cell)
{
	struct out *out = formatter->blocks[TABLE_COUNTS];
	char month[NUMBER_TEXT_MAX], key[PROFILE_KEY_TEXT_SIZE];

	out_prefix(out, formatter->prefix);
	switch (cell->kind) {
	case PROFILE_KIND_DIGIT:
		out_cells(out, "digit,", 6);
		out_unsigned(out, cell->key);
		break;
	case PROFILE_KIND_EM:
		out_cells(out, "em,", 3);
		out_text(out, key, profile_key_text(cell, key));
		break;
	case PROFILE_KIND_MODIFIER:
		out_cells(out, "modifier,", 9);
		out_two_chars(out, (uint16_t)cell->key);
		break;
	case PROFILE_KIND_MONTH:
		out_cells(out, "month,", 6);
		out_text(out, month, (size_t)(number_month(month, (int32_t)cell->key) - month));
		break;
	default:
		out_cells(out, "pos,", 4);
		out_two_chars(out, (uint16_t)cell->key);
		break;
	}
	write_sums(out, cell);
	out_end_row(out);
}

/* The sum of squares stands in the column of its own name. */
static void write_square(
        struct formatter *formatter, enum amount amount, uint64_t lines, unsigned __int128 square)
{
	static const unsigned column[AMOUNTS] = {
	        [AMOUNT_CHARGE] = 0, [AMOUNT_ALLOWED] = 1, [AMOUNT_PAID] = 2};
	struct out *out = formatter->blocks[TABLE_COUNTS];

	out_prefix(out, formatter->prefix);
	out_cells(out, "sumsq,", 6);
	out_word(out, amount_name(amount));
	out_unsigned(out, lines);
	out_blanks(out, 1 + column[amount]); /* units, and the amounts before */
	out_wide_money_squared(out, square);
	out_blanks(out, 2 - column[amount]);
	out_end_row(out);
}

static void write_squares(struct formatter *formatter, const struct profile_provider *provider)
{
	if (provider->lines == 0)
		return;
	write_square(formatter, AMOUNT_ALLOWED, provider->n_allowed, provider->sumsq_allowed);
	write_square(formatter, AMOUNT_CHARGE, provider->n_charge, provider->sumsq_charge);
	write_square(formatter, AMOUNT_PAID, provider->n_paid, provider->sumsq_paid);
}

static void write_cell(struct formatter *formatter, const struct profile_cell *cell)
{
	switch (cell->kind) {
	case PROFILE_KIND_CODE:
		write_code(formatter, cell);
		break;
	case PROFILE_KIND_DIGIT:
	case PROFILE_KIND_EM:
	case PROFILE_KIND_MODIFIER:
	case PROFILE_KIND_MONTH:
	case PROFILE_KIND_POS:
		write_count(formatter, cell);
		break;
	case PROFILE_KIND_SPECIALTY:
	case PROFILE_KIND_STATE:
	case PROFILE_KIND_ENTITY:
		break; /* what providers.csv's columns are found from */
	}
}

/* What the providers file says of a provider stands over what most lines say. */
static void take_side(const struct side *side, struct profile_provider *provider)
{
	struct side_provider said = side_provider_find(side, provider->id);

	if (said.specialty)
		provider->specialty = said.specialty;
	if (said.state)
		provider->state = said.state;
	if (said.entity_type)
		provider->entity_type = said.entity_type;
}

/* Codes and counts; of those that are not public, none. */
static int write_cells(struct formatter *formatter, uint32_t number)
{
	struct public_view *view = view_of(formatter);
	size_t count = 0, left_out = 0;
	int err = profile_cells(formatter->job->options->profile, number, &formatter->cells,
	        &formatter->cell_capacity, &count);
	bool *kept = view && err == 0 ? calloc(count + 1, sizeof(*kept)) : NULL;

	if (view && err == 0)
		err = kept ? public_keep_cells(formatter->cells, count, kept) : FAIL_MEMORY;
	for (size_t i = 0; i < count && err == 0; i++) {
		if (!kept || kept[i])
			write_cell(formatter, &formatter->cells[i]);
		else
			left_out++;
	}
	if (view)
		public_count(view, left_out, 0);
	free(kept);
	return err;
}

static int format_provider(struct formatter *formatter, uint32_t number)
{
	const struct profile *profile = formatter->job->options->profile;
	struct public_view *view = view_of(formatter);
	struct profile_provider provider;

	if (public_hides_provider(view, number)) {
		public_count(view, 1, 0);
		return 0;
	}
	formatter->number = number;
	profile_read(profile, number, &provider);
	take_side(formatter->job->options->providers, &provider);
	out_memory_reset(formatter->prefix);
	out_word(formatter->prefix, provider.text);
	out_word(formatter->prefix, id_kind_name(provider.id));
	const struct stats *stats = formatter->job->options->stats;

	write_provider(formatter, &provider, stats ? stats_provider(stats, number) : NULL,
	        write_rules(formatter, number));
	int err = write_cells(formatter, number);

	if (err == 0 && profile_keeps(profile) & PROFILE_SQUARES && !view)
		write_squares(formatter, &provider);
	return err;
}

/* ---- Threads. ---- */

static void end_formatter(void *own)
{
	struct formatter *formatter = own;

	if (!formatter)
		return;
	for (unsigned i = 0; i < TABLES; i++)
		out_destroy(formatter->blocks[i]);
	out_destroy(formatter->prefix);
	out_destroy(formatter->samples);
	free(formatter->cells);
	free(formatter->shared);
	free(formatter->rows);
	free(formatter);
}

static int begin_formatter(void **own, void *context)
{
	struct formatter *formatter = calloc(1, sizeof(*formatter));
	int err = formatter ? 0 : FAIL_MEMORY;

	*own = formatter;
	if (!formatter)
		return err;
	formatter->job = context;
	const struct stats *stats = formatter->job->options->stats;

	for (unsigned i = 0; i < TABLES && err == 0; i++)
		err = out_create_memory(&formatter->blocks[i], &formatter->diag);
	if (err == 0)
		err = out_create_memory(&formatter->prefix, &formatter->diag);
	if (err == 0)
		err = out_create_memory(&formatter->samples, &formatter->diag);
	if (err == 0 && stats) {
		formatter->rows = malloc((stats_rows_max(stats) + 1) * sizeof(*formatter->rows));
		formatter->shared = calloc((size_t)1 << SHARED_BITS, sizeof(*formatter->shared));
		err = formatter->rows && formatter->shared ? 0 : FAIL_MEMORY;
	}
	return err;
}

static int make_chunk(void *own, size_t chunk)
{
	struct formatter *formatter = own;
	const struct job *job = formatter->job;
	size_t from = chunk * CHUNK_PROVIDERS;
	size_t to = job->count - from < CHUNK_PROVIDERS ? job->count : from + CHUNK_PROVIDERS;
	int err = 0;

	for (size_t i = from; i < to && err == 0; i++) {
		if (job->options->stats && i + 1 < to)
			stats_expect(job->options->stats, job->order[i + 1]);
		err = format_provider(formatter, job->order[i]);
	}
	return err;
}

static int put_chunk(void *own, size_t chunk)
{
	struct formatter *formatter = own;

	(void)chunk;
	for (unsigned i = 0; i < TABLES; i++)
		out_append(formatter->job->outs[i], formatter->blocks[i]);
	for (unsigned rule = 0; rule < RULES_ALL; rule++)
		formatter->job->rule_providers[rule] += formatter->rule_providers[rule];
	memset(formatter->rule_providers, 0, sizeof(formatter->rule_providers));
	return 0;
}

static int run_beside(void *context, size_t at)
{
	struct job *job = context;
	int err = job->options->beside.run(job->options->beside.context, at);

	if (err < 0)
		atomic_store_explicit(&job->beside_error, err, memory_order_relaxed);
	return err;
}

static int run_job(struct job *job, struct diag *diag)
{
	const struct ordered_work work = {
	        .context = job,
	        .beside_count = job->options->beside.count,
	        .beside = run_beside,
	        .begin = begin_formatter,
	        .end = end_formatter,
	        .make = make_chunk,
	        .put = put_chunk,
	};
	size_t chunks = (job->count + CHUNK_PROVIDERS - 1) / CHUNK_PROVIDERS;
	int err = ordered_run(&work, chunks, job->options->threads);
	int beside = atomic_load_explicit(&job->beside_error, memory_order_relaxed);

	if (beside < 0)
		return beside;
	return err < 0 ? diag_set(diag, err, "no memory for the rows of providers") : 0;
}

static void write_header(const struct job *job, unsigned table)
{
	const char *header = tables[table].header;
	bool more = table == TABLE_CODES && has_descriptions(job->options);

	out_raw(job->outs[table], header, strlen(header) - more);
	if (more)
		out_raw(job->outs[table], ",description\n", 13);
}

static int make_heads(struct job *job, struct diag *diag)
{
	size_t count = 0, from = 0, to;
	const struct column *columns = job->options->stats
	                                       ? stats_columns(job->options->stats, &count)
	                                       : NULL;
	int err = out_create_memory(&job->heads, diag);

	job->column_heads = malloc((count + 1) * sizeof(*job->column_heads));
	if (err == 0 && !job->column_heads)
		err = diag_set(diag, FAIL_MEMORY, "no memory for the rows of providers");
	for (size_t i = 0; i < count && err == 0; i++) {
		out_word(job->heads, rule_at(columns[i].rule)->id);
		out_word(job->heads, columns[i].measure);
		out_memory_cells(job->heads, &to);
		if (to <= from) /* they are lost */
			err = diag_set(diag, FAIL_MEMORY, "no memory for the rows of providers");
		job->column_heads[i] = (struct head){from, to - from};
		from = to;
	}
	return err;
}

static int open_tables(struct job *job, struct run *run, struct diag *diag)
{
	int err = 0;

	for (unsigned i = 0; i < TABLES && err == 0; i++) {
		err = out_create(&job->outs[i], run, tables[i].name, diag);
		if (err == 0)
			write_header(job, i);
	}
	if (err == 0 && job->options->beside.count > 0)
		err = job->options->beside.open(job->options->beside.context, diag);
	return err;
}

/* Close all, also after a failure; the first failure stands. */
static int close_tables(struct job *job, int err, struct diag *diag)
{
	for (unsigned i = 0; i < TABLES; i++) {
		if (err == 0)
			err = out_close(job->outs[i], diag);
		else
			out_destroy(job->outs[i]);
		job->outs[i] = NULL;
	}
	return err;
}

int tables_write(struct run *run, const struct tables_options *options, struct tables_rows *rows,
        struct diag *diag)
{
	struct job job = {.options = options};
	uint32_t *order = NULL;

	if (profile_order(options->profile, &order, &job.count) < 0)
		return diag_set(diag, FAIL_MEMORY, "no memory to order providers");
	job.order = order;
	for (unsigned rule = 0; rule < RULES_ALL; rule++)
		job.has_rules |= options->selection->active[rule];
	int err = open_tables(&job, run, diag);

	if (err == 0)
		err = make_heads(&job, diag);
	if (err == 0)
		err = run_job(&job, diag);
	if (err == 0) {
		*rows = (struct tables_rows){
		        .providers = out_row_count(job.outs[TABLE_PROVIDERS]),
		        .rules = out_row_count(job.outs[TABLE_RULES]),
		        .codes = out_row_count(job.outs[TABLE_CODES]),
		        .counts = out_row_count(job.outs[TABLE_COUNTS]),
		};
		memcpy(rows->rule_providers, job.rule_providers, sizeof(job.rule_providers));
	}
	err = close_tables(&job, err, diag);
	out_destroy(job.heads);
	free(job.column_heads);
	free(order);
	return err;
}
