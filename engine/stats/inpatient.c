/* SPDX-License-Identifier: Apache-2.0 */
/*
 * INP-02, INP-03: hospitals' stays beside other hospitals'.
 *
 * A target is two lists of DRGs (codesets/drg_targets.csv, or the payer's own
 * table): of the stays in the denominator, the share in the numerator.
 */
#include "stats/drg_places.h"
#include "base/budget.h"
#include "stats/shipped.h"
#include "stats/tally_tests.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct target {
	const char *name;
	bool numerator[DRG_COUNT], denominator[DRG_COUNT];
};

/* What a provider's stays of a target come to. */
struct stays {
	uint64_t n, k;
	int64_t dollars, k_dollars;
};

static uint64_t drg_word(uint64_t drg)
{
	return (uint64_t)('0' + drg / 100 % 10) | (uint64_t)('0' + drg / 10 % 10) << 8 |
	       (uint64_t)('0' + drg % 10) << 16;
}

static struct stays stays_of(const struct target *target, const struct tally_run *run)
{
	const struct tally *of = run->of;
	struct stays stays = {0};

	for (size_t i = 0; i < run->count; i++) {
		bool is_in = target->numerator[of[i].of % DRG_COUNT];

		if (!is_in && !target->denominator[of[i].of % DRG_COUNT])
			continue;
		stays.n += of[i].n;
		stays.dollars += of[i].dollars;
		stays.k += is_in ? of[i].n : 0;
		stays.k_dollars += is_in ? of[i].dollars : 0;
	}
	return stays;
}

/* What the stays of the numerator came to beyond those of the rest, by their means. */
static int64_t excess_of(const struct stays *stays)
{
	uint64_t rest = stays->n - stays->k;

	if (stays->k == 0 || rest == 0)
		return 0;
	double difference = (double)stays->k_dollars / (double)stays->k -
	                    (double)(stays->dollars - stays->k_dollars) / (double)rest;

	return difference > 0 ? (int64_t)llround(difference * (double)stays->k) : 0;
}

static int judge_target(struct judging *judging, unsigned rule, const struct target *target)
{
	static const struct rate_test test = {.n_min = DENOMINATOR_MIN,
	        .k_min = DENOMINATOR_MIN,
	        .above = ABOVE_P80,
	        .dollars = DOLLARS_EXCESS,
	        .q_limit = 0.05};
	struct cohort cohort;
	struct tally_runs runs = {0};
	size_t count = 0;
	int err = cohort_create(&cohort, judging, rule, target->name);
	struct rate_sample *samples = cohort.samples;

	if (err == 0)
		runs = cohort_runs(&cohort, TALLY_INP_02_DRG);
	for (size_t i = 0; i < runs.count; i++) {
		struct tally_run run = tally_run_at(&runs, i);
		struct stays stays = stays_of(target, &run);

		judging->in_scope[rule] += stays.n;
		samples[count] = (struct rate_sample){
		        run.member, stays.n, stays.k, excess_of(&stays)};
		count += stays.n >= DENOMINATOR_MIN;
	}
	if (err == 0)
		err = rates_judge(&cohort, samples, count, &test);
	cohort_free(&cohort);
	return err;
}

/* Which DRGs a cell lists. */
static int list_drgs(const struct payer_cell *cell, bool drgs[DRG_COUNT])
{
	uint64_t *codes;
	size_t count;
	int err = codes_of_cell(cell, &codes, &count);

	for (uint64_t drg = 0; drg < DRG_COUNT && err == 0; drg++)
		drgs[drg] = codes_have(codes, count, drg_word(drg));
	budget_free(codes);
	return err;
}

/* Targets of direction low are for comparing; nobody is flagged for few stays of a kind. */
static int judge_row(struct judging *judging, unsigned rule, const struct payer_cell *row)
{
	struct target target = {.name = row[TARGETS_TARGET].text};
	int err = list_drgs(&row[TARGETS_NUMERATOR], target.numerator);

	if (err == 0)
		err = list_drgs(&row[TARGETS_DENOMINATOR], target.denominator);
	if (err == 0 && row[TARGETS_DIRECTION].number == 0)
		err = judge_target(judging, rule, &target);
	return err;
}

static int judge_targets(struct judging *judging)
{
	const struct stats *stats = judging->stats;
	int rule = rule_wanted(stats, "INP-02"), err = 0;
	bool is_own = payer_count(stats->options.payer, PAYER_DRG_TARGETS) > 0;
	const struct payer *table = is_own ? stats->options.payer : stats->targets;

	for (size_t i = 0; i < payer_count(table, PAYER_DRG_TARGETS) && rule >= 0 && err == 0; i++)
		err = judge_row(judging, (unsigned)rule, payer_row(table, PAYER_DRG_TARGETS, i));
	return err;
}

/* ---- INP-03: one CC or MCC, short stays, and stays that come back ---- */

/* DRGs with a CC or an MCC, by fiscal year as stays come to be. */
struct severe {
	struct drg_places *places;
	uint64_t first_year;
	size_t year_count;
};

static int severe_read(struct severe *severe, const struct stats *stats)
{
	size_t count;
	const struct tally *all = tallies_of(stats->options.tallies, TALLY_INP_03_SINGLE, &count);
	uint64_t last = 0;
	int err = 0;

	*severe = (struct severe){.first_year = UINT64_MAX};
	for (size_t i = 0; i < count; i++) {
		uint64_t year = all[i].of / DRG_COUNT;

		severe->first_year = year < severe->first_year ? year : severe->first_year;
		last = year > last ? year : last;
	}
	severe->year_count = last ? (size_t)(last - severe->first_year + 1) : 0;
	severe->places = budget_calloc(severe->year_count + 1, sizeof(*severe->places));
	for (size_t i = 0; severe->places && i < severe->year_count && err == 0; i++)
		err = drg_places_read(
		        &severe->places[i], stats, (unsigned)(severe->first_year + i));
	return severe->places ? err : FAIL_MEMORY;
}

static struct rate_sample severe_stays(const struct severe *severe, const struct tally_run *run)
{
	const struct tally *of = run->of;
	struct rate_sample sample = {.member = run->member};

	for (size_t i = 0; i < run->count; i++) {
		if (!severe->places[of[i].of / DRG_COUNT - severe->first_year]
		                .of[of[i].of % DRG_COUNT]
		                .is_high)
			continue;
		sample.n += of[i].n;
		sample.k += of[i].k;
		sample.dollars += of[i].dollars;
	}
	return sample;
}

static int judge_single(struct judging *judging, unsigned rule, const struct severe *severe)
{
	static const struct rate_test test = {.n_min = DENOMINATOR_MIN,
	        .k_min = DENOMINATOR_MIN,
	        .above = ABOVE_P80,
	        .q_limit = 0.05};
	struct cohort cohort;
	struct tally_runs runs = {0};
	size_t count = 0;
	int err = cohort_create(&cohort, judging, rule, tally_name(TALLY_INP_03_SINGLE));
	struct rate_sample *samples = cohort.samples;

	cohort.overlaps = true;
	if (err == 0)
		runs = cohort_runs(&cohort, TALLY_INP_03_SINGLE);
	for (size_t i = 0; i < runs.count; i++) {
		struct tally_run run = tally_run_at(&runs, i);

		samples[count] = severe_stays(severe, &run);
		judging->in_scope[rule] += samples[count].n;
		count += samples[count].n >= DENOMINATOR_MIN;
	}
	if (err == 0)
		err = rates_judge(&cohort, samples, count, &test);
	cohort_free(&cohort);
	return err;
}

#define STAYS(of) \
	{ \
		.tally = (of), .path = PATH_RATE, .rate = { \
			.n_min = DENOMINATOR_MIN, \
			.k_min = DENOMINATOR_MIN, \
			.above = ABOVE_P80, \
			.q_limit = 0.05 \
		} \
	}
static const struct tally_test tests_inp_03[] = {
        STAYS(TALLY_INP_03_ONE_DAY),
        STAYS(TALLY_INP_03_READMITTED),
};

static int judge_inp_03(struct judging *judging)
{
	int rule = rule_wanted(judging->stats, "INP-03"), err = 0;
	struct severe severe = {0};

	if (rule < 0)
		return 0;
	if (judging->stats->measures.tallied[TALLY_INP_03_SINGLE]) {
		err = severe_read(&severe, judging->stats);
		if (err == 0)
			err = judge_single(judging, (unsigned)rule, &severe);
		budget_free(severe.places);
	}
	return err ? err
	           : tally_tests_judge(judging, "INP-03", tests_inp_03,
	                     sizeof(tests_inp_03) / sizeof(tests_inp_03[0]));
}

/* ---- Words ---- */

static const enum field needs[] = {
        FIELD_PERSON_ID, FIELD_BILL_TYPE, FIELD_CLAIM_START, FIELD_DRG, FIELD_COUNT};
static const struct rule_check checks[] = {{"", CHECK_HISTORY, .needs = needs}};

static const struct rule rule_inp_02 = {
        .id = "INP-02",
        .name = "DRG-pair upcoding",
        .tier = "P1",
        .scope = "provider-period",
        .hit_unit = "provider and measure (target)",
        .definition = "Of a hospital's acute stays in two groups of DRGs, the share in the dearer "
                      "one (septicemia against urinary infection and pneumonia, and the like), "
                      "beside other hospitals. Flagged: Wilson's lower bound above the peers' "
                      "80th percentile, q of the funnel below 0.05, with 11 stays in each.",
        .traps = "Definitions of sepsis differ; stays that are transferred in. The percentile by "
                 "itself marks one in five.",
        .tables = "DRG targets (rules template drg_targets)",
        .parameters = "n>=11; k>=11; P80; q<0.05",
        .dollars = "(share - peers' median) x stays x difference of the two groups' mean amounts",
        .evaluated = "acute stays in the DRGs of the target",
        .authority = "PEPPER user guide",
        .idle = "no hospital with 11 stays in the DRGs of a target",
        .checks = checks,
        .check_count = 1,
};
const struct stats_rule stats_rule_inp_02 = {&rule_inp_02, judge_targets};

static const enum field stay_needs[] = {
        FIELD_PERSON_ID, FIELD_BILL_TYPE, FIELD_CLAIM_START, FIELD_DISCHARGE_STATUS, FIELD_COUNT};
static const struct rule_check watched_stays[] = {
        {"", CHECK_HISTORY, .watch = true, .needs = stay_needs}};

static const struct rule rule_inp_03 = {
        .id = "INP-03",
        .name = "Single CC/MCC; short stays; readmissions",
        .tier = "P2",
        .scope = "provider-period",
        .hit_unit = "provider and measure",
        .definition =
                "Of a hospital's acute stays in DRGs with a CC or an MCC, the share with exactly "
                "one among the secondary diagnoses; of those that end at home, the shares of one "
                "day at most, and of those that the same hospital has back within thirty days, "
                "beside other hospitals. Flagged: Wilson's lower bound above the peers' 80th "
                "percentile, q "
                "below 0.05, with 11 stays of each.",
        .traps = "Counts are net of voided, replaced and denied lines. Observation policy; deaths, "
                 "transfers and departures against advice are left out. Which CCs the principal "
                 "diagnosis excludes is in no set, and not known. Readmissions wait 60 days for "
                 "the last claims.",
        .tables = "drg_cc, msdrg (single_cc_mcc: on the days that they cover); families of DRGs",
        .parameters = "n>=11; k>=11; P80; 1 day; 30 days; watch by default",
        .dollars = "none",
        .evaluated = "acute stays in DRGs with a CC or MCC; acute stays that end at home",
        .authority = "PEPPER user guide; two-midnight rule",
        .idle = "no hospital with 11 acute stays that end at home",
        .checks = watched_stays,
        .check_count = 1,
};
const struct stats_rule stats_rule_inp_03 = {&rule_inp_03, judge_inp_03};
