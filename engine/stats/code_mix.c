/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STA-06: a provider's codes beside its specialty's.
 *
 *	mix           the Jensen-Shannon divergence of its lines over the
 *	              specialty's commonest codes, and one share for all others
 *	out_of_scope  what it is paid by codes that the specialty hardly has
 *	packs         lines of some codes by lines of others, or by beneficiaries
 *
 * The specialty is the nation's: what its members do is no matter of the state.
 */
#include "stats/private.h"

#include "base/budget.h"
#include "base/order.h"
#include "stats/rates.h"
#include "stats/shipped.h"
#include "stats/special.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	TOP_CODES = 64,
	SHARES = TOP_CODES + 1, /* and the others */
	LINES_MIN = 100,
	TABLE_BITS_MIN = 10,
};

static const double smoothing = 20, z_limit = 3.5, effect = 0.05, mix_q = 0.01;
static const double rare_share = 0.001, paid_share = 0.05;

/* ---- A specialty's codes ---- */

struct code_total {
	uint64_t code, lines;
	uint32_t rank; /* among the commonest; TOP_CODES: not one of them */
};

/* Open addressing, at most half full. */
struct code_table {
	struct code_total *slots;
	size_t count;
	unsigned bits;
	uint64_t lines;
};

static struct code_total *code_slot(const struct code_table *table, uint64_t code)
{
	size_t mask = ((size_t)1 << table->bits) - 1;
	size_t at = (size_t)(code * 0x9e3779b97f4a7c15u >> (64 - table->bits));

	while (table->slots[at].code && table->slots[at].code != code)
		at = (at + 1) & mask;
	return &table->slots[at];
}

static int grow_table(struct code_table *table)
{
	struct code_table larger = {
	        .bits = table->bits ? table->bits + 1 : TABLE_BITS_MIN, .count = table->count};

	larger.slots = budget_calloc((size_t)1 << larger.bits, sizeof(*larger.slots));
	if (!larger.slots)
		return FAIL_MEMORY;
	for (size_t i = 0; table->bits && i < (size_t)1 << table->bits; i++) {
		if (table->slots[i].code)
			*code_slot(&larger, table->slots[i].code) = table->slots[i];
	}
	budget_free(table->slots);
	table->slots = larger.slots;
	table->bits = larger.bits;
	return 0;
}

static int add_code(struct code_table *table, const struct code_sum *own)
{
	if (table->bits == 0 || 2 * (table->count + 1) > (size_t)1 << table->bits) {
		int err = grow_table(table);

		if (err < 0)
			return err;
	}
	struct code_total *slot = code_slot(table, own->code);

	table->count += slot->code == 0;
	slot->code = own->code;
	slot->lines += own->lines;
	table->lines += own->lines;
	return 0;
}

/* Most lines first, then by code. */
static int compare_totals(const void *a, const void *b)
{
	const struct code_total *left = *(struct code_total *const *)a;
	const struct code_total *right = *(struct code_total *const *)b;

	if (left->lines != right->lines)
		return left->lines > right->lines ? -1 : 1;
	return (left->code > right->code) - (left->code < right->code);
}

static int rank_codes(struct code_table *table)
{
	struct code_total **order = budget_alloc((table->count + 1) * sizeof(*order));
	size_t count = 0;

	if (!order)
		return FAIL_MEMORY;
	for (size_t i = 0; table->bits && i < (size_t)1 << table->bits; i++) {
		if (table->slots[i].code)
			order[count++] = &table->slots[i];
	}
	qsort(order, count, sizeof(*order), compare_totals);
	for (size_t i = 0; i < count; i++)
		order[i]->rank = i < TOP_CODES ? (uint32_t)i : TOP_CODES;
	budget_free(order);
	return 0;
}

/* ---- Mix ---- */

struct mix_sample {
	double divergence, g, scope_share;
	unsigned df;
	int64_t scope_paid; /* by codes out of scope */
};

struct mixes {
	struct cohort cohort;
	struct code_table table; /* of the group at hand */
	uint64_t top[SHARES];    /* its lines */
	struct mix_sample *samples;
};

static const struct code_sum *codes_of(const struct mixes *mixes, uint32_t sample, size_t *count)
{
	const struct measures *measures = &mixes->cohort.judging->stats->measures;
	const struct member_measures *of = &measures->of[mixes->cohort.of[sample]];

	*count = of->codes_to - of->codes_from;
	return measures->codes + of->codes_from;
}

static int sum_codes(struct mixes *mixes, const struct peer_span *span)
{
	struct code_table *table = &mixes->table;
	int err = 0;

	if (table->bits)
		memset(table->slots, 0, sizeof(*table->slots) << table->bits);
	table->count = 0;
	table->lines = 0;
	for (uint32_t i = span->from; i < span->to && err == 0; i++) {
		size_t count;
		const struct code_sum *own = codes_of(mixes, i, &count);

		for (size_t k = 0; k < count && err == 0; k++)
			err = add_code(table, &own[k]);
	}
	if (err == 0)
		err = rank_codes(table);
	memset(mixes->top, 0, sizeof(mixes->top));
	for (size_t i = 0; err == 0 && table->bits && i < (size_t)1 << table->bits; i++) {
		if (table->slots[i].code)
			mixes->top[table->slots[i].rank] += table->slots[i].lines;
	}
	return err;
}

/* What a provider is paid by codes that its peers hardly bill, each a large part of its own. */
static void find_scope(const struct mixes *mixes, const struct member_measures *of,
        const struct code_sum *own, size_t count, struct mix_sample *sample)
{
	double others = (double)(mixes->table.lines - of->code_lines);

	for (size_t i = 0; i < count && of->code_paid > 0 && others > 0; i++) {
		const struct code_total *total = code_slot(&mixes->table, own[i].code);
		double share = (double)(total->lines - own[i].lines) / others;

		if (share < rare_share && (double)own[i].paid > paid_share * (double)of->code_paid)
			sample->scope_paid += own[i].paid;
	}
	if (of->code_paid > 0)
		sample->scope_share = (double)sample->scope_paid / (double)of->code_paid;
}

static void find_mix(const struct mixes *mixes, uint32_t at, struct mix_sample *sample)
{
	const struct measures *measures = &mixes->cohort.judging->stats->measures;
	const struct member_measures *of = &measures->of[mixes->cohort.of[at]];
	uint64_t all[SHARES] = {0}, kept[SHARES], n = 0;
	double shares[SHARES], smooth[SHARES];
	double others = (double)(mixes->table.lines - of->code_lines);
	unsigned count = 0;
	size_t codes;
	const struct code_sum *own = codes_of(mixes, at, &codes);

	*sample = (struct mix_sample){0};
	for (size_t i = 0; i < codes; i++)
		all[code_slot(&mixes->table, own[i].code)->rank] += own[i].lines;
	for (unsigned i = 0; i < SHARES && others > 0; i++) {
		if (mixes->top[i] == all[i])
			continue;
		shares[count] = (double)(mixes->top[i] - all[i]) / others;
		kept[count] = all[i];
		n += all[i];
		count++;
	}
	if (count > 1 && n > 0) {
		shares_smooth(kept, shares, count, smoothing, smooth);
		sample->divergence = jensen_shannon(smooth, shares, count);
		sample->g = g_statistic(n, divergence(smooth, shares, count));
		sample->df = count - 1;
	}
	find_scope(mixes, of, own, codes, sample);
}

static int add_mix(struct mixes *mixes, uint32_t sample, size_t at)
{
	struct cohort *cohort = &mixes->cohort;
	const struct mix_sample *own = &mixes->samples[sample];
	struct stats_row *row = row_add(cohort->judging, cohort->of[sample], cohort->rule, "mix");

	if (!row)
		return FAIL_MEMORY;
	row->evaluated = cohort->judging->stats->measures.of[cohort->of[sample]].code_lines;
	row->hits = 1;
	row->direction = DIRECTION_HIGH;
	row->value = rounded(own->divergence);
	row_figures(row, &cohort->room.figures[at]);
	if (own->df > 0)
		row->p = rounded_p(chi_square_upper(own->g, own->df));
	row->q_limit = mix_q;
	row->gate = row->evaluated >= LINES_MIN && row->z > z_limit && row->value >= effect &&
	            row->value > rounded(tukey_fence(&cohort->room.figures[at], 3));
	return 0;
}

static int add_scope(struct mixes *mixes, uint32_t sample, bool is_apart)
{
	struct cohort *cohort = &mixes->cohort;
	const struct mix_sample *own = &mixes->samples[sample];
	struct stats_row *row = row_add(
	        cohort->judging, cohort->of[sample], cohort->rule, "out_of_scope");

	if (!row)
		return FAIL_MEMORY;
	row->evaluated = cohort->judging->stats->measures.of[cohort->of[sample]].code_lines;
	row->hits = 1;
	row->direction = DIRECTION_HIGH;
	row->value = rounded(own->scope_share);
	row->gate = is_apart && row->value > paid_share;
	row->dollars = own->scope_paid;
	return 0;
}

/* Codes out of scope count where the mix as a whole is apart: a few odd ones are usual. */
static int add_rows(struct mixes *mixes, const struct peer_span *span)
{
	struct cohort *cohort = &mixes->cohort;
	int err = 0;

	for (uint32_t i = span->from; i < span->to && err == 0; i++) {
		if (!sample_is_of(cohort, span, i))
			continue;
		err = add_mix(mixes, i, i - span->from);
		bool is_apart = err == 0 &&
		                cohort->judging->rows[cohort->judging->row_count - 1].gate;

		if (err == 0 && mixes->samples[i].scope_paid > 0)
			err = add_scope(mixes, i, is_apart);
	}
	return err;
}

static int take_group(void *context, const struct peer_span *span)
{
	struct mixes *mixes = context;
	struct cohort *cohort = &mixes->cohort;
	struct norm norm;

	if (!cohort->can_flag)
		return 0;
	int err = sum_codes(mixes, span);

	if (err < 0)
		return err;
	for (uint32_t i = span->from; i < span->to; i++) {
		find_mix(mixes, i, &mixes->samples[i]);
		cohort->room.values[i - span->from] = mixes->samples[i].divergence;
	}
	cohort_figures(cohort, span);
	if (!cohort->norm) {
		cohort_norm(cohort, span, &norm);
		err = norm_keep(cohort->judging, &norm);
	}
	return err < 0 ? err : add_rows(mixes, span);
}

static int judge_mix(struct judging *judging, unsigned rule)
{
	const struct measures *measures = &judging->stats->measures;
	struct mixes mixes = {
	        .samples = budget_calloc(measures->member_count + 1, sizeof(*mixes.samples))};
	int err = cohort_create(&mixes.cohort, judging, rule, "mix");

	mixes.cohort.narrowest = LEVEL_NATION;
	if (!mixes.samples)
		err = FAIL_MEMORY;
	for (uint32_t i = 0; i < measures->member_count && err == 0; i++) {
		judging->in_scope[rule] += measures->of[i].code_lines;
		if (measures->of[i].code_lines >= DENOMINATOR_MIN)
			mixes.cohort.of[mixes.cohort.count++] = i;
	}
	if (err == 0)
		err = cohort_each(&mixes.cohort, take_group, &mixes);
	cohort_free(&mixes.cohort);
	budget_free(mixes.table.slots);
	budget_free(mixes.samples);
	return err;
}

/* ---- Packs ---- */

struct pack {
	const char *measure;
	uint64_t *numerator, *denominator, *specialties;
	size_t numerator_count, denominator_count, specialty_count;
};

static int pack_read(struct pack *pack, const struct payer_cell *row)
{
	*pack = (struct pack){.measure = row[PACKS_MEASURE].text};
	int err = codes_of_cell(&row[PACKS_NUMERATOR], &pack->numerator, &pack->numerator_count);

	if (err == 0)
		err = codes_of_cell(
		        &row[PACKS_DENOMINATOR], &pack->denominator, &pack->denominator_count);
	if (err == 0)
		err = codes_of_cell(
		        &row[PACKS_SPECIALTIES], &pack->specialties, &pack->specialty_count);
	return err;
}

static void pack_free(struct pack *pack)
{
	budget_free(pack->numerator);
	budget_free(pack->denominator);
	budget_free(pack->specialties);
}

/* Lines and dollars of the numerator; lines of the denominator, or beneficiaries. */
static struct ratio_sample measure(
        const struct measures *measures, const struct pack *pack, uint32_t member)
{
	const struct member_measures *of = &measures->of[member];
	struct ratio_sample sample = {.member = member};

	if (pack->denominator_count == 0)
		sample.exposure = of->beneficiaries;
	for (uint32_t i = of->codes_from; i < of->codes_to; i++) {
		const struct code_sum *code = &measures->codes[i];

		if (codes_have(pack->numerator, pack->numerator_count, code->code)) {
			sample.observed += code->lines;
			sample.dollars += code->paid;
		}
		if (codes_have(pack->denominator, pack->denominator_count, code->code))
			sample.exposure += code->lines;
	}
	return sample;
}

static int judge_pack(struct judging *judging, unsigned rule, const struct pack *pack)
{
	static const struct ratio_test test = {.exposure_min = DENOMINATOR_MIN,
	        .observed_min = 30,
	        .times = 2,
	        .certainty = 0.95,
	        .z_min = 3.5,
	        .dollars = DOLLARS_EXCESS,
	        .q_limit = 0.05};
	const struct measures *measures = &judging->stats->measures;
	struct ratio_sample *samples = budget_alloc(
	        (measures->member_count + 1) * sizeof(*samples));
	struct cohort cohort;
	size_t count = 0;
	int err = cohort_create(&cohort, judging, rule, pack->measure);

	if (!samples)
		err = FAIL_MEMORY;
	for (uint32_t i = 0; i < measures->member_count && err == 0; i++) {
		uint16_t specialty = measures->members[i].specialty;

		if (pack->specialty_count > 0 &&
		        !codes_have(pack->specialties, pack->specialty_count, specialty))
			continue;
		samples[count] = measure(measures, pack, i);
		judging->in_scope[rule] += samples[count].exposure;
		count += samples[count].exposure >= DENOMINATOR_MIN;
	}
	if (err == 0)
		err = ratios_judge(&cohort, samples, count, &test);
	cohort_free(&cohort);
	budget_free(samples);
	return err;
}

static int judge_packs(struct judging *judging, unsigned rule, const struct payer *table)
{
	int err = 0;

	for (size_t i = 0; i < payer_count(table, PAYER_SPECIALTY_PACKS) && err == 0; i++) {
		struct pack pack;

		err = pack_read(&pack, payer_row(table, PAYER_SPECIALTY_PACKS, i));
		if (err == 0)
			err = judge_pack(judging, rule, &pack);
		pack_free(&pack);
	}
	return err;
}

static int judge(struct judging *judging)
{
	int rule = rule_wanted(judging->stats, "STA-06");

	if (rule < 0 || judging->stats->options.no_codes)
		return 0;
	int err = judge_mix(judging, (unsigned)rule);

	if (err == 0)
		err = judge_packs(judging, (unsigned)rule, judging->stats->packs);
	if (err == 0)
		err = judge_packs(judging, (unsigned)rule, judging->stats->options.payer);
	return err;
}

/* ---- Words ---- */

static const enum field needs[] = {FIELD_HCPCS, FIELD_COUNT};
static const struct rule_check checks[] = {{"", CHECK_HISTORY, .needs = needs}};

static const struct rule rule = {
        .id = "STA-06",
        .name = "Code-mix divergence / out-of-scope codes",
        .tier = "P1",
        .scope = "provider-period",
        .hit_unit = "provider",
        .definition =
                "mix: lines over the specialty's 64 commonest codes and one share of all others, "
                "smoothed by 20 lines of the peers: Jensen-Shannon at least 0.05 bit, robust z "
                "above 3.5 and above the peers' extreme fence, q of G below 0.01, with 100 lines. "
                "out_of_scope: where the mix is so "
                "apart, codes that are less than 0.1% of the specialty's lines and each more than "
                "5% of what the provider is paid. Measures of specialty packs: lines of some codes "
                "by lines of others, or by beneficiaries (gamma and Poisson, shrunk): above twice "
                "the peers' mean, with 95% certainty above their 90th percentile, robust z above "
                "3.5, q below 0.05.",
        .traps = "A wrong specialty in the providers' file, or the order of taxonomies, looks the "
                 "same; so do the few of a subspecialty. Counts are gross.",
        .tables = "specialty packs (rules template specialty_packs)",
        .parameters = "K=64; alpha=20; JS>=0.05; z>3.5; q<0.01; prevalence<0.1%; paid>5%",
        .dollars = "paid on codes out of scope; of packs (ratio - 1) / ratio of the numerator",
        .evaluated = "lines with a code; of packs the denominator",
        .authority = "comparative billing reports; OIG questionable billing measures",
        .idle = "no provider with 11 lines of codes and 29 peers",
        .checks = checks,
        .check_count = 1,
};
const struct stats_rule stats_rule_sta_06 = {&rule, judge};
