/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules that compare what the walks tallied: each measure is a line of a table
 * here (stats/tally_tests.h).
 */
#include "history/code_groups.h"
#include "stats/tally_tests.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Samples ---- */

/* Of the test's path; they stand in the same room. */
struct taken {
	struct rate_sample *rates;
	struct ratio_sample *ratios;
	struct value_sample *values;
	size_t count;
};

static bool take_sums(const struct tally *of, size_t count, struct rate_sample *sample)
{
	for (size_t i = 0; i < count; i++) {
		sample->n += of[i].n;
		sample->k += of[i].k;
		sample->dollars += of[i].dollars;
	}
	return sample->n >= DENOMINATOR_MIN && sample->k <= sample->n;
}

static bool take(const struct tally_test *test, struct taken *taken, const struct tally_run *run)
{
	size_t at = taken->count;

	switch ((enum tally_path)test->path) {
	case PATH_RATE:
		taken->rates[at] = (struct rate_sample){.member = run->member};
		return (test->take_rate ? test->take_rate : take_sums)(
		        run->of, run->count, &taken->rates[at]);
	case PATH_RATIO:
		taken->ratios[at] = (struct ratio_sample){.member = run->member};
		return test->take_ratio(run->of, run->count, &taken->ratios[at]);
	default:
		taken->values[at] = (struct value_sample){.member = run->member};
		return test->take_value(run->of, run->count, &taken->values[at]);
	}
}

/* Of a member's entries, which are in that order, those of the test's part. */
static struct tally_run part_of(struct tally_run run, uint64_t part)
{
	while (run.count > 0 && run.of[0].of < part) {
		run.of++;
		run.count--;
	}
	run.count = run.count > 0 && run.of[0].of == part;
	return run;
}

static void take_all(struct cohort *cohort, const struct tally_test *test, struct taken *taken)
{
	struct tally_runs runs = cohort_runs(cohort, (enum tally_measure)test->tally);
	uint64_t *in_scope = &cohort->judging->in_scope[cohort->rule];

	for (size_t i = 0; i < runs.count; i++) {
		struct tally_run run = tally_run_at(&runs, i);

		if (test->is_part)
			run = part_of(run, test->of);
		for (size_t k = 0; k < run.count; k++)
			*in_scope += run.of[k].n;
		if (run.count > 0 && take(test, taken, &run))
			taken->count++;
	}
}

static int judge_test(
        struct judging *judging, unsigned rule, const struct tally_test *test, bool overlaps)
{
	const char *measure = test->measure ? test->measure
	                                    : tally_name((enum tally_measure)test->tally);
	struct cohort cohort;
	int err = cohort_create(&cohort, judging, rule, measure);
	struct taken taken = {
	        .rates = cohort.samples, .ratios = cohort.samples, .values = cohort.samples};

	cohort.overlaps = overlaps;
	cohort.like_too |= test->like_too;
	if (err == 0)
		take_all(&cohort, test, &taken);
	if (err == 0 && test->path == PATH_RATE)
		err = rates_judge(&cohort, taken.rates, taken.count, &test->rate);
	if (err == 0 && test->path == PATH_RATIO)
		err = ratios_judge(&cohort, taken.ratios, taken.count, &test->ratio);
	if (err == 0 && test->path == PATH_VALUE)
		err = values_judge(&cohort, taken.values, taken.count, &test->value);
	cohort_free(&cohort);
	return err;
}

int tally_tests_judge(
        struct judging *judging, const char *id, const struct tally_test tests[], size_t count)
{
	int rule = rule_wanted(judging->stats, id), err = 0;

	for (size_t i = 0; i < count && rule >= 0 && err == 0; i++)
		err = judge_test(judging, (unsigned)rule, &tests[i], count > 1);
	return err;
}

/* ---- NCC-03: edits that a modifier bypassed ---- */

#define BYPASS(of) \
	{ \
		.tally = (of), .path = PATH_RATE, .rate = { \
			.n_min = 20, \
			.k_min = 5, \
			.dollars = DOLLARS_EXCESS, \
			.q_limit = 0.05 \
		} \
	}
static const struct tally_test tests_ncc_03[] = {
        BYPASS(TALLY_NCC_03_ALL),
        BYPASS(TALLY_NCC_03_59),
        BYPASS(TALLY_NCC_03_X),
        BYPASS(TALLY_NCC_03_ANATOMIC),
        BYPASS(TALLY_NCC_03_EM),
        BYPASS(TALLY_NCC_03_OTHER),
        BYPASS(TALLY_NCC_03_SAME_ANATOMIC),
        BYPASS(TALLY_NCC_03_59_AND_X),
        BYPASS(TALLY_NCC_03_59_ON_EM),
};
JUDGE(ncc_03, "NCC-03")

/* ---- NCC-06, MOD-03 ---- */

static const struct tally_test tests_ncc_06[] = {{
        .tally = TALLY_NCC_06,
        .like_too = true,
        .path = PATH_RATE,
        .rate = {.n_min = 10,
                .k_min = 3,
                .above = ABOVE_P95,
                .dollars = DOLLARS_WHOLE,
                .q_limit = 0.05},
}};
JUDGE(ncc_06, "NCC-06")

static const struct tally_test tests_mod_03[] = {{
        .tally = TALLY_MOD_03,
        .like_too = true,
        .path = PATH_RATE,
        .rate = {.n_min = 30, .k_min = 5, .z_min = 3.5, .dollars = DOLLARS_EXCESS, .q_limit = 0.05},
}};
JUDGE(mod_03, "MOD-03")

/* ---- DUP-03: clones ---- */

static bool take_same_day(const struct tally *of, size_t count, struct value_sample *sample)
{
	for (size_t i = 0; i < count; i++) {
		sample->n += of[i].n;
		sample->value = (double)of[i].sum > sample->value ? (double)of[i].sum
		                                                  : sample->value;
	}
	return true;
}

static const struct tally_test tests_dup_03[] = {
        {
                .tally = TALLY_DUP_03_SHARE,
                .path = PATH_RATE,
                .rate = {.n_min = 50, .k_min = 30, .z_min = 3.5, .least = 0.6, .q_limit = 0.05},
        },
        {
                .tally = TALLY_DUP_03_SAME_DAY,
                .path = PATH_VALUE,
                .value = {.z_min = 3.5, .least = 10, .scale_min = 1, .q_limit = 0.05},
                .take_value = take_same_day,
        },
};
JUDGE(dup_03, "DUP-03")

/* ---- TIM-03: days of the week, of the month, of the year ---- */

/* Days of the year that has most. */
static bool take_days(const struct tally *of, size_t count, struct value_sample *sample)
{
	for (size_t i = 0; i < count; i++) {
		if ((double)of[i].k <= sample->value)
			continue;
		sample->value = (double)of[i].k;
		sample->n = of[i].n;
	}
	return sample->n >= DENOMINATOR_MIN;
}

#define SHARE_OF_DAYS(of) \
	{ \
		.tally = (of), .path = PATH_RATE, .rate = { \
			.n_min = 100, \
			.k_min = 10, \
			.z_min = 3.5, \
			.q_limit = 0.05 \
		} \
	}
static const struct tally_test tests_tim_03[] = {
        SHARE_OF_DAYS(TALLY_TIM_03_WEEKEND),
        SHARE_OF_DAYS(TALLY_TIM_03_HOLIDAY),
        SHARE_OF_DAYS(TALLY_TIM_03_FIRST_DAY),
        {
                .tally = TALLY_TIM_03_DAYS,
                .path = PATH_VALUE,
                .value = {.n_min = 100, .z_min = 3.5, .least = 340, .is_ln = true, .q_limit = 0.05},
                .take_value = take_days,
        },
};
JUDGE(tim_03, "TIM-03")

/* ---- STA-01: units far dearer than other lines' ---- */

static bool take_mean_z(const struct tally *of, size_t count, struct value_sample *sample)
{
	int64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		sample->n += of[i].n;
		sum += of[i].sum;
	}
	if (sample->n < DENOMINATOR_MIN)
		return false;
	sample->value = (double)sum / 1e6 / (double)sample->n;
	return true;
}

static const struct tally_test tests_sta_01[] = {
        {
                .measure = "",
                .tally = TALLY_STA_01,
                .path = PATH_RATE,
                .rate = {.n_min = 30, .k_min = 5, .dollars = DOLLARS_WHOLE, .q_limit = 0.05},
        },
        {
                .measure = "mean_z",
                .tally = TALLY_STA_01,
                .path = PATH_VALUE,
                .value = {.n_min = 100, .z_min = 5, .least = 2, .q_limit = 0.05},
                .take_value = take_mean_z,
        },
};

static int judge_sta_01(struct judging *judging)
{
	int err = tally_tests_judge(
	        judging, "STA-01", tests_sta_01, sizeof(tests_sta_01) / sizeof(tests_sta_01[0]));

	return err < 0 ? err : prices_keep(judging);
}

/* ---- STA-02, STA-10: amounts and units that are too round ---- */

#define ROUND(of, least_n) \
	{ \
		.tally = (of), .path = PATH_RATE, .rate = { \
			.n_min = (least_n), \
			.k_min = 20, \
			.z_min = 3.5, \
			.q_limit = 0.05 \
		} \
	}
static const struct tally_test tests_sta_02[] = {
        ROUND(TALLY_STA_02_FIVES, 200),
        ROUND(TALLY_STA_02_FIFTIES, 200),
};
JUDGE(sta_02, "STA-02")

static const struct tally_test tests_sta_10[] = {
        ROUND(TALLY_STA_10_MAX, 100),
        ROUND(TALLY_STA_10_FOURS, 100),
};
JUDGE(sta_10, "STA-10")

/* ---- STA-04: services and dollars of a beneficiary ---- */

static bool take_lines(const struct tally *of, size_t count, struct ratio_sample *sample)
{
	for (size_t i = 0; i < count; i++) {
		sample->exposure += of[i].n;
		sample->observed += of[i].k;
		sample->dollars += of[i].dollars;
	}
	return sample->exposure >= DENOMINATOR_MIN;
}

/* Whole units, half up. */
static bool take_units(const struct tally *of, size_t count, struct ratio_sample *sample)
{
	int64_t units = 0;

	for (size_t i = 0; i < count; i++) {
		sample->exposure += of[i].n;
		units += of[i].sum;
		sample->dollars += of[i].dollars;
	}
	sample->observed = units > 0 ? ((uint64_t)units + UNITS_ONE / 2) / UNITS_ONE : 0;
	return sample->exposure >= DENOMINATOR_MIN;
}

static bool take_paid(const struct tally *of, size_t count, struct value_sample *sample)
{
	for (size_t i = 0; i < count; i++) {
		sample->n += of[i].n;
		sample->dollars += of[i].dollars;
	}
	if (sample->n < DENOMINATOR_MIN || sample->dollars <= 0)
		return false;
	sample->value = (double)sample->dollars / 100 / (double)sample->n;
	return true;
}

static bool take_visits(const struct tally *of, size_t count, struct value_sample *sample)
{
	uint64_t visits = 0;
	int64_t months = 0; /* of all beneficiaries */

	for (size_t i = 0; i < count; i++) {
		sample->n += of[i].n;
		visits += of[i].k;
		months += of[i].sum;
	}
	if (sample->n < DENOMINATOR_MIN || months <= 0)
		return false;
	sample->value = 12 * (double)visits / (double)months;
	return true;
}

#define A_BENEFICIARY \
	{ \
		.exposure_min = DENOMINATOR_MIN, .observed_min = 30, .times = 2, \
		.certainty = 0.95, .z_min = 3.5, .dollars = DOLLARS_EXCESS, .q_limit = 0.05 \
	}
/* One dear case moves the mean of a few: more beneficiaries, and further out. */
#define A_VALUE \
	{ \
		.n_min = 100, .z_min = 5, .times = 2, .is_ln = true, .dollars = DOLLARS_EXCESS, \
		.q_limit = 0.05 \
	}

/* Lines and dollars by group of codes (history/code_groups.h). */
#define GROUP(name, group) \
	{.measure = name "_lines", \
	        .tally = TALLY_STA_04, \
	        .is_part = true, \
	        .of = (group), \
	        .path = PATH_RATIO, \
	        .ratio = A_BENEFICIARY, \
	        .take_ratio = take_lines}, \
	{ \
		.measure = name "_paid", .tally = TALLY_STA_04, .is_part = true, .of = (group), \
		.path = PATH_VALUE, .value = A_VALUE, .take_value = take_paid \
	}

/* ... and units, where a unit is much the same thing: not doses, miles and pieces. */
#define UNITS(name, group) \
	{ \
		.measure = name "_units", .tally = TALLY_STA_04, .is_part = true, .of = (group), \
		.path = PATH_RATIO, .ratio = A_BENEFICIARY, .take_ratio = take_units \
	}
static const struct tally_test tests_sta_04[] = {
        GROUP("ambulance", GROUP_AMBULANCE),
        GROUP("drugs", GROUP_DRUGS),
        GROUP("imaging", GROUP_IMAGING),
        UNITS("imaging", GROUP_IMAGING),
        GROUP("laboratory", GROUP_LABORATORY),
        UNITS("laboratory", GROUP_LABORATORY),
        GROUP("medicine", GROUP_MEDICINE),
        UNITS("medicine", GROUP_MEDICINE),
        GROUP("other", GROUP_OTHER),
        GROUP("supplies", GROUP_SUPPLIES),
        GROUP("surgery", GROUP_SURGERY),
        UNITS("surgery", GROUP_SURGERY),
        GROUP("therapy", GROUP_THERAPY),
        UNITS("therapy", GROUP_THERAPY),
        GROUP("visits", GROUP_VISITS),
        UNITS("visits", GROUP_VISITS),
        {
                .measure = "visits_a_year",
                .tally = TALLY_STA_04_VISITS,
                .path = PATH_VALUE,
                .value = A_VALUE,
                .take_value = take_visits,
        },
};
JUDGE(sta_04, "STA-04")

/* ---- STA-09: days too much alike ---- */

/* The coefficient of variation of the lines of a day. */
static bool take_days_alike(const struct tally *of, size_t count, struct value_sample *sample)
{
	double sum = 0, squares = 0;

	for (size_t i = 0; i < count; i++) {
		sample->n += of[i].n;
		sum += (double)of[i].sum;
		squares += (double)of[i].squares;
	}
	double n = (double)sample->n, mean = n > 0 ? sum / n : 0;

	if (sample->n < 60 || mean < 5)
		return false;
	double variance = squares / n - mean * mean;

	sample->value = variance > 0 ? sqrt(variance) / mean : 0;
	return true;
}

#define ALIKE(of) \
	{ \
		.tally = (of), .path = PATH_VALUE, \
		.value = {.n_min = 60, .z_min = 2, .least = 0.05, .is_low = true}, \
		.take_value = take_days_alike \
	}
static const struct tally_test tests_sta_09[] = {
        ALIKE(TALLY_STA_09_DAYS),
        ALIKE(TALLY_STA_09_WORKING_DAYS),
};
JUDGE(sta_09, "STA-09")

/* ---- Beside the findings of rules of lines: measures.def ---- */

/* Pairs of adjacent days with an edit across them (history/glo_04_split.c). */
static const struct tally_test tests_glo_04[] = {{
        .tally = TALLY_GLO_04,
        .path = PATH_RATE,
        .rate = {.n_min = 20,
                .k_min = 5,
                .above = ABOVE_P95,
                .dollars = DOLLARS_EXCESS,
                .q_limit = 0.05},
}};
JUDGE(glo_04, "GLO-04")
const struct stats_measure stats_measure_glo_04 = {judge_glo_04};

/* Bits of entropy of the units of a line. */
static bool take_entropy(const struct tally *of, size_t count, struct value_sample *sample)
{
	for (size_t i = 0; i < count; i++)
		sample->n += of[i].n;
	for (size_t i = 0; i < count; i++) {
		double share = (double)of[i].n / (double)sample->n;

		sample->value -= share * log2(share);
	}
	return sample->n >= DENOMINATOR_MIN;
}

static const struct tally_test tests_spc_05[] = {{
        .tally = TALLY_SPC_05_UNITS,
        .path = PATH_VALUE,
        .value = {.n_min = 100, .z_min = 2, .least = 0.2, .is_low = true, .q_limit = 0.05},
        .take_value = take_entropy,
}};
JUDGE(spc_05, "SPC-05")
const struct stats_measure stats_measure_spc_05 = {judge_spc_05};

/* ---- Words ---- */

static const enum field code_needs[] = {
        FIELD_HCPCS, FIELD_PERSON_ID, FIELD_CLAIM_START, FIELD_COUNT};
static const enum field day_needs[] = {FIELD_PERSON_ID, FIELD_CLAIM_START, FIELD_COUNT};
static const enum field unit_needs[] = {
        FIELD_HCPCS, FIELD_UNITS, FIELD_PERSON_ID, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check code_checks[] = {{"", CHECK_HISTORY, .needs = code_needs}};
static const struct rule_check day_checks[] = {{"", CHECK_HISTORY, .needs = day_needs}};
static const struct rule_check unit_checks[] = {{"", CHECK_HISTORY, .needs = unit_needs}};
static const struct rule_check watched_days[] = {
        {"", CHECK_HISTORY, .watch = true, .needs = day_needs}};
static const struct rule_check watched_units[] = {
        {"", CHECK_HISTORY, .watch = true, .needs = unit_needs}};

#define NET "Counts are net of voided, replaced and denied lines. "
#define FLAGGED_RATE \
	"Flagged: Wilson's lower bound above the peers' 90th percentile, q of the funnel below " \
	"0.05"

static const struct rule rule_ncc_03 = {
        .id = "NCC-03",
        .name = "PTP edit bypassed by modifier (watch)",
        .tier = "P1",
        .scope = "bene-day-provider",
        .hit_unit = "provider and measure",
        .definition =
                "Of the column 2 lines of pairs that a modifier may bypass, the share that one "
                "did, in all and by group of modifiers (59, X{EPSU}, anatomic, E/M), beside "
                "peers. " FLAGGED_RATE ", with 20 lines and 5 bypassed.",
        .traps = NET "Separate sites are lawful: a high share is a reason to look, not to deny.",
        .tables = "NCCI PTP edits",
        .parameters = "n>=20; k>=5; q<0.05",
        .dollars = "amounts of the bypassed lines x (rate - peers' median) / rate",
        .evaluated = "column 2 lines of pairs of indicator 1 present that day",
        .authority = "OIG OEI-03-02-00771; MLN1783722",
        .idle = "no provider with 11 column 2 lines of pairs of indicator 1",
        .checks = code_checks,
        .check_count = 1,
};
const struct stats_rule stats_rule_ncc_03 = {&rule_ncc_03, judge_ncc_03};

static const struct rule rule_ncc_06 = {
        .id = "NCC-06",
        .name = "MUE split-line evasion",
        .tier = "P2",
        .scope = "bene-day-provider",
        .hit_unit = "provider",
        .definition =
                "Of the days on which a beneficiary has two lines or more of a code whose limit "
                "is a line's, the share on which each line keeps it, the sum does not, and a "
                "modifier makes them several; beside peers. Flagged: Wilson's lower bound above "
                "the peers' 95th percentile, q below 0.05, with 10 days and 3 of them.",
        .traps = NET "Repeat laboratory tests (91) and two sides (RT, LT) are lawful. Few codes "
                     "have a limit by line (MAI 1).",
        .tables = "NCCI MUE",
        .parameters = "n>=10; k>=3; P95; q<0.05",
        .dollars = "amount above the limit on such days, where flagged",
        .evaluated = "bene-code-provider-days of MAI 1 codes with two lines or more",
        .authority = "Palmetto/NGS MUE guidance",
        .idle = "no provider with 11 days of two lines of a code with MAI 1",
        .checks = unit_checks,
        .check_count = 1,
};
const struct stats_rule stats_rule_ncc_06 = {&rule_ncc_06, judge_ncc_06};

static const struct rule rule_mod_03 = {
        .id = "MOD-03",
        .name = "Modifier 59 / X{EPSU} over-use",
        .tier = "P1",
        .scope = "provider-period",
        .hit_unit = "provider",
        .definition = "Of the lines of codes that are column 2 of a pair that a modifier may "
                      "bypass, the share with 59, XE, XS, XP or XU, beside peers. " FLAGGED_RATE
                      ", robust z of the log odds above 3.5, with 30 lines and 5 of them.",
        .traps = NET "Wound care, dermatology and physical therapy use 59 much by nature: peers "
                     "are of the specialty.",
        .tables = "NCCI PTP edits",
        .parameters = "n>=30; k>=5; z>3.5; q<0.05",
        .dollars = "amounts of the lines with such a modifier x (rate - peers' median) / rate",
        .evaluated = "payable lines of codes that are column 2 (indicator 1)",
        .authority = "CMS CR8863 (R1422OTN)",
        .idle = "no provider with 11 lines of codes that are column 2",
        .checks = code_checks,
        .check_count = 1,
};
const struct stats_rule stats_rule_mod_03 = {&rule_mod_03, judge_mod_03};

static const struct rule rule_dup_03 = {
        .id = "DUP-03",
        .name = "Cloned claims across beneficiaries",
        .tier = "P2",
        .scope = "provider-period",
        .hit_unit = "provider and measure",
        .definition =
                "share: of a provider's claims those of one fingerprint (diagnoses, codes, "
                "modifiers, units, charge): above 0.6 with 50 claims, and beside peers robust z "
                "above 3.5, Wilson's lower bound above their 90th percentile, q below 0.05. "
                "same_day: most beneficiaries with one fingerprint of three lines or more on one "
                "day: 10 at least, and robust z above 3.5, whose scale is one beneficiary at "
                "least.",
        .traps = NET "Dialysis, vaccine clinics, laboratories and capitated visits clone by "
                     "nature: peers are of the specialty.",
        .tables = "none",
        .parameters = "share>0.6; n>=50; z>3.5; 10 beneficiaries",
        .dollars = "none",
        .evaluated = "claims of the provider",
        .authority = "OIG cloned-documentation alerts",
        .idle = "no provider with 11 claims",
        .checks = code_checks,
        .check_count = 1,
};
const struct stats_rule stats_rule_dup_03 = {&rule_dup_03, judge_dup_03};

static const struct rule rule_tim_03 = {
        .id = "TIM-03",
        .name = "Weekend / holiday / day-of-month anomaly",
        .tier = "P3",
        .scope = "provider-period",
        .hit_unit = "provider and measure",
        .definition =
                "Shares of lines on Saturdays and Sundays, on federal holidays, and on the "
                "first of a month, and the days of a year with lines, each beside peers. "
                "Shares: " FLAGGED_RATE
                ", robust z above 3.5, with 100 lines; days: 340 at least, and robust z of the "
                "logarithm above 3.5.",
        .traps = NET "Emergency departments, hospitalists, dialysis, home care; feeds whose day "
                     "of service is the day of billing.",
        .tables = "federal holidays",
        .parameters = "n>=100; z>3.5; q<0.05",
        .dollars = "none",
        .evaluated = "lines with a day of their own",
        .authority = "detectors of the trade",
        .idle = "no provider with 11 lines that have a day of their own",
        .checks = day_checks,
        .check_count = 1,
};
const struct stats_rule stats_rule_tim_03 = {&rule_tim_03, judge_tim_03};

static const struct rule rule_sta_01 = {
        .id = "STA-01",
        .name = "Charge or allowed outlier vs peers",
        .tier = "P1",
        .scope = "line (norms) / pass 2",
        .hit_unit = "line; provider",
        .definition =
                "What a unit costs on a line, beside all lines of the code, modifier class (26, "
                "TC, none) and setting, of which there are 100: a hit is a robust z of the "
                "logarithm above 5 and twice the median, or twice the 99th percentile. By the "
                "provider: the share of hits (Wilson's lower bound above the peers' 90th "
                "percentile, q below 0.05, with 30 lines and 5 hits), and the mean z (2 at least, "
                "and above the peers' by a robust z of 5).",
        .traps = NET "Prices are in bins of 2%. Units that were counted wrongly look dear; rural "
                     "hospitals, drugs priced by NDC. By the run's amount: paid, else allowed, "
                     "else charge; charges are list prices.",
        .tables = "the run's own lines, or --norms of an earlier run",
        .parameters = "n_code>=100; z>5 and 2 x median, or 2 x P99",
        .dollars = "amount above the 95th percentile of the hits, where the provider is flagged",
        .evaluated = "lines with an amount and units whose code has 100",
        .authority = "CMS Program Integrity Manual, chapter 2",
        .idle = "no provider with 11 lines of codes that have 100 lines with amount and units",
        .checks = unit_checks,
        .check_count = 1,
};
const struct stats_rule stats_rule_sta_01 = {&rule_sta_01, judge_sta_01};

static const struct rule rule_sta_02 = {
        .id = "STA-02",
        .name = "Round-dollar concentration",
        .tier = "P3",
        .scope = "provider-period",
        .hit_unit = "provider",
        .definition = "Shares of charges that are whole fives and whole fifties of dollars, beside "
                      "peers. " FLAGGED_RATE ", robust z above 3.5, with 200 charges.",
        .traps = NET "Fee schedules are set at round prices.",
        .tables = "none",
        .parameters = "z>3.5; n>=200; watch by default",
        .dollars = "none",
        .evaluated = "charges",
        .authority = "Nigrini",
        .idle = "no provider with 11 charges",
        .checks = watched_days,
        .check_count = 1,
};
const struct stats_rule stats_rule_sta_02 = {&rule_sta_02, judge_sta_02};

static const struct rule rule_sta_04 = {
        .id = "STA-04",
        .name = "Services and dollars per beneficiary",
        .tier = "P1",
        .scope = "provider-period",
        .hit_unit = "provider and measure",
        .definition =
                "By group of codes: lines, and units where one is much the same thing, of a "
                "beneficiary (gamma and Poisson, shrunk): flagged above twice the peers' mean, "
                "with 95% certainty above their 90th percentile, robust z above 3.5 and q below "
                "0.05. Dollars of a beneficiary, and visits of a beneficiary and year: flagged "
                "above twice the peers' median, robust z of the logarithm above 5, q below 0.05, "
                "with 100 beneficiaries.",
        .traps = NET "The sick are sent to some; codes by the day. At least 11 beneficiaries.",
        .tables = "none",
        .parameters = "ratio>2; P(theta>P90)>0.95; benes>=11; q<0.05",
        .dollars = "(ratio - 1) / ratio of the amount, where flagged",
        .evaluated = "beneficiaries of the provider",
        .authority = "OIG questionable billing measures; CBR",
        .idle = "no provider with 11 beneficiaries",
        .checks = day_checks,
        .check_count = 1,
};
const struct stats_rule stats_rule_sta_04 = {&rule_sta_04, judge_sta_04};

static const struct rule rule_sta_09 = {
        .id = "STA-09",
        .name = "Too-regular pattern",
        .tier = "P3",
        .scope = "provider-period",
        .hit_unit = "provider",
        .definition = "The lines of a day hardly vary from day to day: coefficient of variation "
                      "at most 0.05, with 60 days and a mean of 5 lines, and below the peers' by "
                      "a robust z of 2.",
        .traps = NET "Programmes on a schedule, dialysis chairs.",
        .tables = "none",
        .parameters = "CV<=0.05; mean>=5; days>=60; watch by default",
        .dollars = "none",
        .evaluated = "days with lines, of providers with 60",
        .authority = "detectors of the trade",
        .idle = "no provider with 60 days of five lines on the mean",
        .checks = watched_days,
        .check_count = 1,
};
const struct stats_rule stats_rule_sta_09 = {&rule_sta_09, judge_sta_09};

static const struct rule rule_sta_10 = {
        .id = "STA-10",
        .name = "Units rounding / constant units",
        .tier = "P2",
        .scope = "provider-period",
        .hit_unit = "provider",
        .definition = "Shares of lines whose units are the code's limit, and whole multiples of "
                      "four, beside peers. " FLAGGED_RATE ", robust z above 3.5, with 100 lines.",
        .traps = NET "Single-dose vials (JW, JZ); protocols.",
        .tables = "NCCI MUE",
        .parameters = "z>3.5; n>=100; watch by default",
        .dollars = "none",
        .evaluated = "lines of codes with units",
        .authority = "OIG drug-units audits",
        .idle = "no provider with 11 lines of codes with units",
        .checks = watched_units,
        .check_count = 1,
};
const struct stats_rule stats_rule_sta_10 = {&rule_sta_10, judge_sta_10};
