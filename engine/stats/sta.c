/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STA-03, -05: first digits, concentration on one code.
 */
#include "stats/members.h"

#include "stats/special.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double mean_deviation_limit = 0.015, chi_square_limit = 20.09;
static const double top_code_limit = 0.9, peers_z = 3.5;

enum {
	AMOUNTS_MIN = 300, /* first digits */
	LINES_MIN = 100,
	TOP_CODE_CENTS = 100000000,
};

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

	row->evaluated = member_measures_of(cohort, sample)->digit_count;
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
			sums[digit] += member_measures_of(cohort, i)->digits[digit];
		n += member_measures_of(cohort, i)->digit_count;
	}
	for (uint32_t i = span->from; i < span->to; i++) {
		const struct member_measures *of = member_measures_of(cohort, i);
		double shares[DIGITS];

		for (unsigned digit = 0; digit < DIGITS; digit++)
			shares[digit] = (double)(sums[digit] - of->digits[digit]) /
			                (double)(n - of->digit_count);
		struct benford test = digits_test(of->digits, shares);

		cohort->room.values[i - span->from] = test.mean_deviation;
		cohort->room.others[i - span->from] = test.chi_square;
	}
	return members_add_rows(cohort, span, fill_digits);
}

static int judge_digits(struct judging *judging)
{
	return members_judge(judging, "STA-03", has_digits, take_digits);
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
	const struct member_measures *of = member_measures_of(cohort, sample);

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
		const struct member_measures *of = member_measures_of(cohort, i);

		cohort->room.values[i - span->from] = (double)of->top_paid / (double)of->code_paid;
	}
	return members_add_rows(cohort, span, fill_codes);
}

static int judge_codes(struct judging *judging)
{
	return members_judge(judging, "STA-05", has_codes, take_codes);
}

/* ---- Words ---- */

static const enum field charge_needs[] = {FIELD_CHARGE, FIELD_COUNT};
static const enum field code_needs[] = {FIELD_HCPCS, FIELD_COUNT};
static const struct rule_check charge_checks[] = {
        {"", CHECK_HISTORY, .watch = true, .needs = charge_needs}};
static const struct rule_check code_checks[] = {
        {"", CHECK_HISTORY, .watch = true, .needs = code_needs}};

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
