/* SPDX-License-Identifier: Apache-2.0 */
/*
 * INP-06: how many categories that risk adjustment pays for the beneficiaries of
 * a provider have by its own claims.
 */
#include "stats/tally_tests.h"

enum { PERSONS_MIN = 50, NEVER = 1 << 30 };

static bool take_mean(const struct tally *of, size_t count, struct value_sample *sample)
{
	int64_t categories = 0;

	for (size_t i = 0; i < count; i++) {
		sample->n += of[i].n;
		categories += of[i].sum;
	}
	if (sample->n < DENOMINATOR_MIN)
		return false;
	sample->value = (double)categories / (double)sample->n;
	return true;
}

static bool take_encounters(const struct tally *of, size_t count, struct value_sample *sample)
{
	uint64_t categories = 0;

	for (size_t i = 0; i < count; i++) {
		sample->n += of[i].n;
		categories += of[i].k;
	}
	if (sample->n < DENOMINATOR_MIN)
		return false;
	sample->value = (double)categories / (double)sample->n;
	return true;
}

static const struct tally_test tests[] = {
        {
                .tally = TALLY_INP_06,
                .path = PATH_VALUE,
                .value = {.n_min = PERSONS_MIN, .z_min = 3.5, .q_limit = 0.05},
                .take_value = take_mean,
        },
        {
                .tally = TALLY_INP_06_ENCOUNTERS,
                .path = PATH_VALUE,
                .value = {.n_min = PERSONS_MIN, .z_min = 3.5, .q_limit = 0.05},
                .take_value = take_encounters,
        },
        {
                .tally = TALLY_INP_06_NEW,
                .path = PATH_RATE,
                .rate = {.n_min = PERSONS_MIN, .k_min = 11, .z_min = 3.5, .q_limit = 0.05},
        },
        {
                .tally = TALLY_INP_06_RECAPTURED, /* good records are no offence */
                .path = PATH_RATE,
                .rate = {.n_min = NEVER},
        },
};

static int judge_categories(struct judging *judging)
{
	return tally_tests_judge(judging, "INP-06", tests, sizeof(tests) / sizeof(tests[0]));
}

static const enum field needs[] = {FIELD_PERSON_ID, FIELD_HCPCS, FIELD_DIAGNOSIS_1,
        FIELD_CLAIM_START, FIELD_RENDERING_NPI, FIELD_COUNT};
static const struct rule_check checks[] = {{"", CHECK_HISTORY, .needs = needs}};

static const struct rule rule_inp_06 = {
        .id = "INP-06",
        .name = "HCC coding intensity",
        .tier = "P2",
        .scope = "provider-period",
        .hit_unit = "provider",
        .definition =
                "A beneficiary is, for a year, the provider's who saw it on most days. categories: "
                "those that risk adjustment pays for, of the diagnoses of the provider's own "
                "claims with a visit, after hierarchies, by beneficiary; per_encounter: by day "
                "with a visit; first_seen: of these the share that no claim with a visit had the "
                "year before; each beside peers by a robust z above 3.5, q below 0.05, with 50 "
                "beneficiaries (days, categories). recaptured: of the year before's the share "
                "met again, which is shown and never flagged.",
        .traps = "Sick panels: peers are of the specialty. The model is V24 for services until "
                 "2023 and V28 from 2024 on, by the newest year of each that is loaded; years of "
                 "two models are not compared, nor one whose year before the data do not reach. "
                 "Nothing of voided and replaced claims counts.",
        .tables = "hcc, hcc_hierarchy (ICD-10 to HCC, with hierarchies)",
        .parameters = "n>=50; z>3.5; q<0.05",
        .dollars = "none: weights and a rate are in no table",
        .evaluated = "beneficiaries and years that are the provider's (per_encounter: days; "
                     "first_seen, recaptured: categories)",
        .authority = "OIG OEI-03-17-00474",
        .idle = "no set hcc for the years of service (--codes), or no provider with 11 "
                "beneficiaries of its own",
        .checks = checks,
        .check_count = 1,
};
const struct stats_rule stats_rule_inp_06 = {&rule_inp_06, judge_categories};
