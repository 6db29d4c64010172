/* SPDX-License-Identifier: Apache-2.0 */
/*
 * INP-02, INP-03: hospitals' stays beside other hospitals'.
 *
 * A target is two lists of DRGs (codesets/drg_targets.csv, or the payer's own
 * table): of the stays in the denominator, the share in the numerator.
 */
#include "stats/private.h"

#include "stats/shipped.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct target {
	const char *name;
	uint64_t *numerator, *denominator;
	size_t numerator_count, denominator_count;
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

static struct stays stays_of(const struct target *target, const struct tally *of, size_t count)
{
	struct stays stays = {0};

	for (size_t i = 0; i < count; i++) {
		uint64_t word = drg_word(of[i].of);
		bool is_in = codes_have(target->numerator, target->numerator_count, word);

		if (of[i].measure != TALLY_INP_02_DRG ||
		        !(is_in ||
		                codes_have(target->denominator, target->denominator_count, word)))
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
	const struct stats *stats = judging->stats;
	const struct measures *measures = &stats->measures;
	struct rate_sample *samples = malloc((measures->member_count + 1) * sizeof(*samples));
	struct cohort cohort;
	size_t count = 0;
	int err = cohort_create(&cohort, judging, rule, target->name);

	if (!samples)
		err = FAIL_MEMORY;
	for (uint32_t i = 0; i < measures->member_count && err == 0; i++) {
		size_t entries;
		const struct tally *of = member_tallies(
		        measures, stats->options.tallies, i, &entries);
		struct stays stays = stays_of(target, of, entries);

		judging->in_scope[rule] += stays.n;
		samples[count] = (struct rate_sample){i, stays.n, stays.k, excess_of(&stays)};
		count += stays.n >= DENOMINATOR_MIN;
	}
	if (err == 0)
		err = rates_judge(&cohort, samples, count, &test);
	cohort_free(&cohort);
	free(samples);
	return err;
}

/* Targets of direction low are for comparing; nobody is flagged for few stays of a kind. */
static int judge_row(struct judging *judging, unsigned rule, const struct payer_cell *row)
{
	struct target target = {.name = row[TARGETS_TARGET].text};
	int err = codes_of_cell(
	        &row[TARGETS_NUMERATOR], &target.numerator, &target.numerator_count);

	if (err == 0)
		err = codes_of_cell(
		        &row[TARGETS_DENOMINATOR], &target.denominator, &target.denominator_count);
	if (err == 0 && row[TARGETS_DIRECTION].number == 0)
		err = judge_target(judging, rule, &target);
	free(target.numerator);
	free(target.denominator);
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
