/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STA-03, -05, -08: first digits, concentration on one code, months that stand out.
 */
#include "stats/private.h"

#include "stats/special.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double mean_deviation_limit = 0.015, chi_square_limit = 20.09;
static const double top_code_limit = 0.9, month_z = 5, peers_growth = 1.5, peers_z = 3.5;

enum {
	AMOUNTS_MIN = 300, /* first digits */
	LINES_MIN = 100,
	MONTHS_MIN = 6,
	TOP_CODE_CENTS = 100000000,
	MONTH_CENTS = 10000000,
};

static const struct member_measures *measures_of(const struct cohort *cohort, uint32_t sample)
{
	return &cohort->judging->stats->measures.of[cohort->of[sample]];
}

/* Judge a rule over the members that is_sample takes, group by group. */
static int judge_samples(struct judging *judging, const char *id,
        bool (*is_sample)(struct judging *judging, unsigned rule, const struct member_measures *of),
        int (*take)(void *context, const struct peer_span *span))
{
	const struct measures *measures = &judging->stats->measures;
	int rule = rule_wanted(judging->stats, id);
	struct cohort cohort;

	if (rule < 0)
		return 0;
	int err = cohort_create(&cohort, judging, (unsigned)rule, "");

	for (uint32_t i = 0; i < measures->member_count && err >= 0; i++) {
		if (is_sample(judging, cohort.rule, &measures->of[i]))
			cohort.of[cohort.count++] = i;
	}
	if (err >= 0)
		err = cohort_each(&cohort, take, &cohort);
	cohort_free(&cohort);
	return err;
}

/* Figures of the group's values, and a row for each sample whose group this is. */
static int add_rows(struct cohort *cohort, const struct peer_span *span,
        void (*fill)(struct cohort *cohort, const struct peer_span *span, uint32_t sample,
                struct stats_row *row))
{
	struct norm norm;

	cohort_figures(cohort, span);
	if (!cohort->norm) {
		cohort_norm(cohort, span, &norm);
		if (norm_keep(cohort->judging, &norm) < 0)
			return FAIL_MEMORY;
	}
	for (uint32_t i = span->from; i < span->to; i++) {
		if (!sample_is_of(cohort, span, i))
			continue;
		struct stats_row *row = row_add(cohort->judging, cohort->of[i], cohort->rule, "");

		if (!row)
			return FAIL_MEMORY;
		row->hits = 1;
		row->direction = DIRECTION_HIGH;
		row->value = rounded(cohort->room.values[i - span->from]);
		row_figures(row, &cohort->room.figures[i - span->from]);
		fill(cohort, span, i, row);
	}
	return 0;
}

/* ---- STA-03 ---- */

static bool has_digits(struct judging *judging, unsigned rule, const struct member_measures *of)
{
	judging->in_scope[rule] += of->digit_count;
	return of->digit_count >= AMOUNTS_MIN;
}

static void fill_digits(
        struct cohort *cohort, const struct peer_span *span, uint32_t sample, struct stats_row *row)
{
	double chi_square = cohort->room.others[sample - span->from];

	row->evaluated = measures_of(cohort, sample)->digit_count;
	row->p = rounded_p(chi_square_upper(chi_square, DIGITS - 1));
	row->gate = row->value > mean_deviation_limit && rounded(chi_square) > chi_square_limit &&
	            row->z > peers_z;
}

static int take_digits(void *context, const struct peer_span *span)
{
	struct cohort *cohort = context;
	uint64_t sums[DIGITS] = {0}, n = 0;

	if (!cohort->can_flag)
		return 0;
	for (uint32_t i = span->from; i < span->to; i++) {
		for (unsigned digit = 0; digit < DIGITS; digit++)
			sums[digit] += measures_of(cohort, i)->digits[digit];
		n += measures_of(cohort, i)->digit_count;
	}
	for (uint32_t i = span->from; i < span->to; i++) {
		const struct member_measures *of = measures_of(cohort, i);
		double shares[DIGITS];

		for (unsigned digit = 0; digit < DIGITS; digit++)
			shares[digit] = (double)(sums[digit] - of->digits[digit]) /
			                (double)(n - of->digit_count);
		struct benford test = digits_test(of->digits, shares);

		cohort->room.values[i - span->from] = test.mean_deviation;
		cohort->room.others[i - span->from] = test.chi_square;
	}
	return add_rows(cohort, span, fill_digits);
}

static int judge_digits(struct judging *judging)
{
	return judge_samples(judging, "STA-03", has_digits, take_digits);
}

/* ---- STA-05 ---- */

static bool has_codes(struct judging *judging, unsigned rule, const struct member_measures *of)
{
	judging->in_scope[rule] += of->code_lines;
	return of->code_lines >= LINES_MIN && of->code_paid > 0;
}

static void fill_codes(
        struct cohort *cohort, const struct peer_span *span, uint32_t sample, struct stats_row *row)
{
	const struct member_measures *of = measures_of(cohort, sample);

	(void)span;
	row->evaluated = of->code_lines;
	row->gate = row->value > top_code_limit && of->code_paid > TOP_CODE_CENTS;
}

static int take_codes(void *context, const struct peer_span *span)
{
	struct cohort *cohort = context;

	if (!cohort->can_flag)
		return 0;
	for (uint32_t i = span->from; i < span->to; i++) {
		const struct member_measures *of = measures_of(cohort, i);

		cohort->room.values[i - span->from] = (double)of->top_paid / (double)of->code_paid;
	}
	return add_rows(cohort, span, fill_codes);
}

static int judge_codes(struct judging *judging)
{
	return judge_samples(judging, "STA-05", has_codes, take_codes);
}

/* ---- STA-08 ---- */

static bool has_months(struct judging *judging, unsigned rule, const struct member_measures *of)
{
	uint32_t months = of->months_to - of->months_from;

	judging->in_scope[rule] += months;
	return months >= MONTHS_MIN;
}

/* What a group was paid by month. */
struct month_totals {
	int32_t first;
	size_t count;
	int64_t *sums;
};

static int month_totals_create(
        struct month_totals *totals, const struct cohort *cohort, const struct peer_span *span)
{
	const struct month_sum *months = cohort->judging->stats->measures.months;
	int32_t first = INT32_MAX, last = INT32_MIN;

	for (uint32_t i = span->from; i < span->to; i++) {
		const struct member_measures *of = measures_of(cohort, i);

		first = months[of->months_from].month < first ? months[of->months_from].month
		                                              : first;
		last = months[of->months_to - 1].month > last ? months[of->months_to - 1].month
		                                              : last;
	}
	*totals = (struct month_totals){.first = first, .count = (size_t)(last - first) + 1};
	totals->sums = calloc(totals->count, sizeof(*totals->sums));
	if (!totals->sums)
		return FAIL_MEMORY;
	for (uint32_t i = span->from; i < span->to; i++) {
		const struct member_measures *of = measures_of(cohort, i);

		for (uint32_t m = of->months_from; m < of->months_to; m++)
			totals->sums[months[m].month - first] += months[m].amount;
	}
	return 0;
}

/* A provider's months, and its peers' of the same. */
struct own_months {
	double *own, *peers; /* cents */
	struct peer_figures *own_figures, *peer_figures;
	void *scratch;
};

static int own_months_create(struct own_months *own, size_t count)
{
	*own = (struct own_months){
	        .own = calloc(count, sizeof(double)),
	        .peers = calloc(count, sizeof(double)),
	        .own_figures = calloc(count, sizeof(struct peer_figures)),
	        .peer_figures = calloc(count, sizeof(struct peer_figures)),
	        .scratch = malloc(peers_scratch_bytes(count)),
	};
	bool has_values = own->own && own->peers && own->scratch;

	return has_values && own->own_figures && own->peer_figures ? 0 : FAIL_MEMORY;
}

static void own_months_free(struct own_months *own)
{
	free(own->own);
	free(own->peers);
	free(own->own_figures);
	free(own->peer_figures);
	free(own->scratch);
}

static bool is_spike(const struct own_months *own, size_t m)
{
	const struct peer_figures *figures = &own->own_figures[m];

	return rounded(figures->z) > month_z &&
	       rounded(own->own[m] - figures->median) > MONTH_CENTS &&
	       rounded(own->peers[m]) < rounded(peers_growth * own->peer_figures[m].median);
}

/* What the months of a provider say: those that stand out, and the highest of all. */
struct spikes {
	uint64_t count;
	double excess; /* cents */
	double most;   /* dollars of the highest month above the median of the others */
};

static struct spikes find_spikes(struct own_months *own, size_t count)
{
	struct spikes spikes = {0};

	peers_figures(own->own, count, own->own_figures, own->scratch);
	peers_figures(own->peers, count, own->peer_figures, own->scratch);
	for (size_t m = 0; m < count; m++) {
		double median = own->own_figures[m].median;
		double above = (own->own[m] - median) / 100;
		bool spike = is_spike(own, m);

		spikes.excess += spike ? own->own[m] - median : 0;
		spikes.count += spike;
		spikes.most = above > spikes.most ? above : spikes.most;
	}
	return spikes;
}

static struct spikes spikes_of(struct cohort *cohort, const struct month_totals *totals,
        struct own_months *own, uint32_t sample)
{
	const struct month_sum *months = cohort->judging->stats->measures.months;
	const struct member_measures *of = measures_of(cohort, sample);

	for (uint32_t m = of->months_from; m < of->months_to; m++) {
		size_t at = m - of->months_from;
		int64_t all = totals->sums[months[m].month - totals->first];

		own->own[at] = (double)months[m].amount;
		own->peers[at] = (double)(all - months[m].amount);
	}
	return find_spikes(own, of->months_to - of->months_from);
}

static void fill_months(
        struct cohort *cohort, const struct peer_span *span, uint32_t sample, struct stats_row *row)
{
	const struct member_measures *of = measures_of(cohort, sample);

	row->evaluated = of->months_to - of->months_from;
	row->z = cohort->room.others[sample - span->from];
}

/*
 * The highest month beside the peers' highest months: where all have months
 * that stand out, as hospitals do by a few dear stays, nobody does.
 */
static int add_spikes(
        struct cohort *cohort, const struct peer_span *span, const struct spikes spikes[])
{
	size_t size = span->to - span->from, first = cohort->judging->row_count;
	struct group_room *room = &cohort->room;

	for (size_t i = 0; i < size; i++)
		room->values[i] = log(spikes[i].most > 1 ? spikes[i].most : 1);
	peers_figures(room->values, size, room->figures, room->peers_scratch);
	for (size_t i = 0; i < size; i++) {
		room->others[i] = room->figures[i].scale > 0 ? rounded(room->figures[i].z) : NAN;
		room->values[i] = spikes[i].most;
	}
	int err = add_rows(cohort, span, fill_months);

	for (uint32_t i = span->from; i < span->to && err >= 0; i++) {
		if (!sample_is_of(cohort, span, i))
			continue;
		struct stats_row *row = &cohort->judging->rows[first++];
		const struct spikes *of = &spikes[i - span->from];

		row->hits = of->count;
		row->dollars = (int64_t)llround(of->excess);
		row->gate = of->count > 0 && row->z > peers_z;
	}
	return err;
}

static int take_months(void *context, const struct peer_span *span)
{
	struct cohort *cohort = context;
	size_t size = span->to - span->from;
	struct month_totals totals = {0};
	struct own_months own = {0};

	if (!cohort->can_flag)
		return 0;
	struct spikes *spikes = calloc(size, sizeof(*spikes));
	int err = spikes ? month_totals_create(&totals, cohort, span) : FAIL_MEMORY;

	if (err >= 0)
		err = own_months_create(&own, totals.count);
	for (uint32_t i = span->from; i < span->to && err >= 0; i++)
		spikes[i - span->from] = spikes_of(cohort, &totals, &own, i);
	if (err >= 0)
		err = add_spikes(cohort, span, spikes);
	own_months_free(&own);
	free(totals.sums);
	free(spikes);
	return err;
}

static int judge_months(struct judging *judging)
{
	return judge_samples(judging, "STA-08", has_months, take_months);
}

/* ---- Words ---- */

static const enum field charge_needs[] = {FIELD_CHARGE, FIELD_COUNT};
static const enum field code_needs[] = {FIELD_HCPCS, FIELD_COUNT};
static const enum field month_needs[] = {FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check charge_checks[] = {
        {"", CHECK_HISTORY, .watch = true, .needs = charge_needs}};
static const struct rule_check code_checks[] = {
        {"", CHECK_HISTORY, .watch = true, .needs = code_needs}};
static const struct rule_check month_checks[] = {{"spike", CHECK_HISTORY, .needs = month_needs}};

static const struct rule digit_rule = {
        .id = "STA-03",
        .name = "Benford first digit",
        .tier = "P3",
        .scope = "provider-period",
        .hit_unit = "provider",
        .definition = "The first digits of a provider's charges differ from those of its peers: "
                      "mean deviation of shares above 0.015, chi-square above 20.09, and the "
                      "deviation above that of the peers by a robust z of 3.5.",
        .traps = "Fee schedules do not follow Benford's law, so the peers' own digits are the "
                 "measure; where all have prices of their own, as hospitals do, all deviate, and "
                 "nobody stands out.",
        .tables = "none",
        .parameters = "n>=300; MAD>0.015; chi2>20.09; z>3.5; watch by default",
        .dollars = "none",
        .evaluated = "charges with a first digit",
        .authority = "Nigrini 2012",
        .idle = "no provider with 300 charges and 29 peers",
        .checks = charge_checks,
        .check_count = 1,
};
const struct stats_rule stats_rule_sta_03 = {&digit_rule, judge_digits};

static const struct rule code_rule = {
        .id = "STA-05",
        .name = "Code concentration",
        .tier = "P2",
        .scope = "provider-period",
        .hit_unit = "provider",
        .definition = "One code has more than 90% of a provider's paid amount, which is above "
                      "$1,000,000.",
        .traps = "Suppliers of one service: ambulances, dialysis. Counts are gross.",
        .tables = "none",
        .parameters = "top>0.9; paid>$1M; watch by default",
        .dollars = "none",
        .evaluated = "lines with a code, of providers with 100",
        .authority = "MedicaidWatch",
        .idle = "no provider with 100 lines and 29 peers",
        .checks = code_checks,
        .check_count = 1,
};
const struct stats_rule stats_rule_sta_05 = {&code_rule, judge_codes};

static const struct rule month_rule = {
        .id = "STA-08",
        .name = "Spike / new-provider burst",
        .tier = "P1",
        .scope = "provider-period",
        .hit_unit = "provider and month",
        .definition = "A month's paid amount stands out from the provider's other months (robust "
                      "z above 5, $100,000 above their median), while the peers' "
                      "month grew by "
                      "less than half; and what the highest month has above that median stands "
                      "out from what the peers' highest months have (robust z of the logarithm "
                      "above 3.5).",
        .traps = "Late submissions show by the day of service, not by the day paid. Bursts of "
                 "new providers need enumeration dates and are not judged. Months are net "
                 "where histories are walked.",
        .tables = "none",
        .parameters = "months>=6; z>5; $100,000; growth<50%",
        .dollars = "the month's excess over the median of the other months",
        .evaluated = "months with lines, of providers with six",
        .authority = "CMS Fraud Prevention System",
        .idle = "no provider with six months and 29 peers",
        .checks = month_checks,
        .check_count = 1,
};
const struct stats_rule stats_rule_sta_08 = {&month_rule, judge_months};
