/* SPDX-License-Identifier: Apache-2.0 */
#include "rules_cases.h"

#define DAYS(date, death, after) "date=" date "; death=" death "; days_after=" after "; grace=0"

static const struct rule_case tim_04_cases[] = {
        {"visit", {.hcpcs = "99213", .from = "2024-01-06", .death = "2024-01-05"}, HIT,
                "after_death", 3, 1, 1, DAYS("2024-01-06", "2024-01-05", "1")},
        {"a year later", {.hcpcs = "99213", .from = "2025-01-05", .death = "2024-01-05"}, HIT,
                "after_death", 3, 1, 1, DAYS("2025-01-05", "2024-01-05", "366")},
        {"inpatient", {.type = 'I', .tob = "111", .from = "2024-01-06", .death = "2024-01-05"}, HIT,
                "after_death", 3, 1, 1, DAYS("2024-01-06", "2024-01-05", "1")},
        {"laboratory", {.hcpcs = "80053", .from = "2024-01-06", .death = "2024-01-05"}, HIT,
                "reviewable", 1, 1, 1, DAYS("2024-01-06", "2024-01-05", "1")},
        {"pathology", {.hcpcs = "88305", .from = "2024-01-07", .death = "2024-01-05"}, HIT,
                "reviewable", 1, 1, 1, DAYS("2024-01-07", "2024-01-05", "2")},
        {"laboratory not in the set",
                {.hcpcs = "89999", .from = "2024-01-06", .death = "2024-01-05"}, HIT, "reviewable",
                1, 1, 1, DAYS("2024-01-06", "2024-01-05", "1")},
        {"rental", {.hcpcs = "E0601", .from = "2024-01-20", .death = "2024-01-05"}, HIT,
                "reviewable", 1, 1, 1, DAYS("2024-01-20", "2024-01-05", "15")},
        {"supplies", {.hcpcs = "A4253", .from = "2024-01-20", .death = "2024-01-05"}, HIT,
                "reviewable", 1, 1, 1, DAYS("2024-01-20", "2024-01-05", "15")},
        {"supplier",
                {.hcpcs = "J0171",
                        .from = "2024-01-06",
                        .death = "2024-01-05",
                        .setting = SETTING_DME},
                HIT, "reviewable", 1, 1, 1, DAYS("2024-01-06", "2024-01-05", "1")},
        {"home health, last bill",
                {.type = 'I', .tob = "329", .from = "2024-01-06", .death = "2024-01-05"}, HIT,
                "reviewable", 1, 1, 1, DAYS("2024-01-06", "2024-01-05", "1")},
        {"hospice, last bill",
                {.type = 'I', .tob = "814", .from = "2024-01-06", .death = "2024-01-05"}, HIT,
                "reviewable", 1, 1, 1, DAYS("2024-01-06", "2024-01-05", "1")},
        {"hospice, bill between",
                {.type = 'I', .tob = "813", .from = "2024-01-06", .death = "2024-01-05"}, HIT,
                "after_death", 3, 1, 1, DAYS("2024-01-06", "2024-01-05", "1")},
        {"ambulance", {.hcpcs = "A0428", .from = "2024-01-06", .death = "2024-01-05"}, HIT,
                "after_death", 3, 1, 1, DAYS("2024-01-06", "2024-01-05", "1")},
        {"day of death", {.hcpcs = "99213", .from = "2024-01-05", .death = "2024-01-05"}, CLEAR},
        {"span that begins before",
                {.hcpcs = "E0601",
                        .from = "2024-01-01",
                        .thru = "2024-01-31",
                        .death = "2024-01-05"},
                CLEAR},
        {"alive", {.from = "2024-01-05", .birth = "1950-01-01"}, CLEAR},
        {"alive, sex alone known", {.from = "2024-01-05", .sex = 'F'}, CLEAR},
        {"alive, sex given as unknown", {.from = "2024-01-05", .sex = 'U'}, CLEAR},
        {"before", {.from = "2023-12-31", .death = "2024-01-05"}, CLEAR},
        {"inpatient before",
                {.type = 'I',
                        .tob = "111",
                        .from = "2024-01-01",
                        .thru = "2024-01-05",
                        .death = "2024-01-05"},
                CLEAR},
        {"long before", {.from = "1999-12-31", .death = "2024-01-05"}, CLEAR},
        {"laboratory on the day", {.hcpcs = "80053", .from = "2024-01-05", .death = "2024-01-05"},
                CLEAR},
        {"dental", {.type = 'D', .from = "2024-01-05", .death = "2024-01-05"}, CLEAR},
        {"not in the members file", {.from = "2024-01-05"}, BLIND},
        {"no date", {.death = "2024-01-05"}, BLIND},
        {"denied", {.from = "2024-01-06", .death = "2024-01-05", .without = LINE_PAYABLE}, OUT},
};

static const struct rule_case tim_04_monthly_cases[] = {
        {"after the month", {.hcpcs = "99213", .from = "2024-02-01", .death = "2024-01-31"}, HIT,
                "after_death", 2, 1, 1,
                DAYS("2024-02-01", "2024-01-31", "1") "; death_dates=month-level"},
        {"laboratory", {.hcpcs = "80053", .from = "2024-02-01", .death = "2024-01-31"}, HIT,
                "reviewable", 1, 1, 1,
                DAYS("2024-02-01", "2024-01-31", "1") "; death_dates=month-level"},
        {"within the month", {.from = "2024-01-31", .death = "2024-01-31"}, CLEAR},
};

static const struct rule_case tim_04_alone_cases[] = {
        {"no members file: blank is alive", {.from = "2024-01-05"}, CLEAR},
        {"dead", {.hcpcs = "99213", .from = "2024-01-06", .death = "2024-01-05"}, HIT,
                "after_death", 3, 1, 1, DAYS("2024-01-06", "2024-01-05", "1")},
};

Test(rules_tim, tim_04)
{
	struct case_run *run = case_run_create();

	EXPECT_CASES(run, "TIM-04", 0, tim_04_cases);
	run->context.death_month_level = 1;
	EXPECT_CASES(run, "TIM-04", 0, tim_04_monthly_cases);
	run->context.death_month_level = 0;
	case_unbind(run, FIELD_BIRTH);
	case_unbind(run, FIELD_SEX);
	EXPECT_CASES(run, "TIM-04", 0, tim_04_alone_cases);
	case_run_destroy(run);
}

#define LATE(key, last, received, days) \
	"date=" key "; last_day=" last "; received=" received "; days_late=" days

static const struct rule_case tim_08_line_cases[] = {
        {"a day late", {.from = "2023-01-10", .received = "2024-01-11"}, HIT, "untimely", 2, 1, 1,
                LATE("2023-01-10", "2024-01-10", "2024-01-11", "1")},
        {"years late", {.from = "2020-01-10", .received = "2024-01-11"}, HIT, "untimely", 2, 1, 1,
                LATE("2020-01-10", "2021-01-11", "2024-01-11", "1095")},
        {"from 29 February", {.from = "2024-02-29", .received = "2025-03-01"}, HIT, "untimely", 2,
                1, 1, LATE("2024-02-29", "2025-02-28", "2025-03-01", "1")},
        {"after a Saturday", {.from = "2023-06-15", .received = "2024-06-18"}, HIT, "untimely", 2,
                1, 1, LATE("2023-06-15", "2024-06-17", "2024-06-18", "1")},
        {"after Christmas", {.from = "2022-12-25", .received = "2023-12-27"}, HIT, "untimely", 2, 1,
                1, LATE("2022-12-25", "2023-12-26", "2023-12-27", "1")},
        {"after Juneteenth", {.from = "2023-06-19", .received = "2024-06-21"}, HIT, "untimely", 2,
                1, 1, LATE("2023-06-19", "2024-06-20", "2024-06-21", "1")},
        {"no Juneteenth in 2020", {.from = "2019-06-19", .received = "2020-06-20"}, HIT, "untimely",
                2, 1, 1, LATE("2019-06-19", "2020-06-19", "2020-06-20", "1")},
        {"Saturday, Sunday, holiday", {.from = "2021-06-18", .received = "2022-06-22"}, HIT,
                "untimely", 2, 1, 1, LATE("2021-06-18", "2022-06-21", "2022-06-22", "1")},
        {"span by its from", {.from = "2023-01-10", .thru = "2023-02-10", .received = "2024-01-11"},
                HIT, "untimely", 2, 1, 1, LATE("2023-01-10", "2024-01-10", "2024-01-11", "1")},
        {"supplier",
                {.hcpcs = "E0601",
                        .setting = SETTING_DME,
                        .from = "2023-01-10",
                        .thru = "2023-02-09",
                        .received = "2024-01-20"},
                HIT, "untimely", 2, 1, 1, LATE("2023-01-10", "2024-01-10", "2024-01-20", "10")},
        {"last day", {.from = "2023-01-10", .received = "2024-01-10"}, CLEAR},
        {"over a leap day", {.from = "2023-05-10", .received = "2024-05-10"}, CLEAR},
        {"the Monday after", {.from = "2023-06-15", .received = "2024-06-17"}, CLEAR},
        {"the day after Christmas", {.from = "2022-12-25", .received = "2023-12-26"}, CLEAR},
        {"the day after Juneteenth", {.from = "2023-06-19", .received = "2024-06-20"}, CLEAR},
        {"the Tuesday after", {.from = "2021-06-18", .received = "2022-06-21"}, CLEAR},
        {"29 February, last day", {.from = "2024-02-29", .received = "2025-02-28"}, CLEAR},
        {"same day", {.from = "2023-01-10", .received = "2023-01-10"}, CLEAR},
        {"received before", {.from = "2023-01-10", .received = "2022-01-10"}, CLEAR},
        {"denied lines too",
                {.from = "2023-01-10", .received = "2023-03-10", .without = LINE_PAYABLE}, CLEAR},
        {"New Year on a Saturday", {.from = "2020-12-31", .received = "2022-01-03"}, CLEAR},
        {"a replacement",
                {.from = "2023-01-10", .received = "2024-06-11", .flags = LINE_ADJUSTMENT}, BLIND},
        {"no receipt", {.from = "2023-01-10"}, BLIND},
        {"no date", {.received = "2023-01-10"}, BLIND},
        {"institutional",
                {.type = 'I', .tob = "131", .from = "2020-01-10", .received = "2024-01-11"}, OUT},
};

Test(rules_tim, tim_08_line)
{
	struct case_run *run = case_run_create();

	EXPECT_CASES(run, "TIM-08", 0, tim_08_line_cases);
	case_run_destroy(run);
}

static const struct rule_case tim_08_claim_cases[] = {
        {"a day late",
                {.type = 'I',
                        .from = "2022-12-01",
                        .claim_end = "2023-01-10",
                        .received = "2024-01-11"},
                HIT, "untimely", 2, 1, 1,
                "thru=2023-01-10; last_day=2024-01-10; received=2024-01-11; days_late=1"},
        {"no thru of the claim: the line's",
                {.type = 'I', .from = "2022-12-01", .thru = "2023-01-10", .received = "2024-01-12"},
                HIT, "untimely", 2, 1, 1,
                "thru=2023-01-10; last_day=2024-01-10; received=2024-01-12; days_late=2"},
        {"by thru, not from",
                {.type = 'I',
                        .from = "2022-12-01",
                        .claim_end = "2023-01-10",
                        .received = "2024-01-10"},
                CLEAR},
        {"a line of totals",
                {.type = 'I',
                        .claim_end = "2023-01-10",
                        .received = "2023-01-10",
                        .without = LINE_DUE},
                CLEAR},
        {"replacement",
                {.type = 'I',
                        .claim_end = "2023-01-10",
                        .received = "2025-01-10",
                        .flags = LINE_ADJUSTMENT},
                BLIND},
        {"professional", {.claim_end = "2023-01-10", .received = "2025-01-10"}, OUT},
};

Test(rules_tim, tim_08_claim)
{
	struct case_run *run = case_run_create();

	EXPECT_CASES(run, "TIM-08", 1, tim_08_claim_cases);
	case_run_destroy(run);
}

/* On the starter's list: from 2008-01-19 to the day before 2011-01-15. */
#define REINSTATED NPI(1000011373)
/* From 2013-08-20, never reinstated. */
#define EXCLUDED NPI(1000084586)
/* A valid NPI that the list covers and does not hold; one that it does not cover. */
#define CLEAN NPI(1000000004)
#define ELSEWHERE NPI(1234567893)

static const struct rule_case prv_01_cases[] = {
        {"rendering", {.rendering = EXCLUDED, .from = "2024-01-05"}, HIT, "excluded", 3, 1, 1,
                "role=rendering; excluded_on=2024-01-05; match=npi"},
        {"billing", {.billing = EXCLUDED, .rendering = CLEAN, .from = "2024-01-05"}, HIT,
                "excluded", 3, 1, 1, "role=billing; excluded_on=2024-01-05; match=npi"},
        {"ordering", {.ordering = EXCLUDED, .rendering = ELSEWHERE, .from = "2024-01-05"}, HIT,
                "excluded", 3, 1, 1, "role=ordering; excluded_on=2024-01-05; match=npi"},
        {"facility", {.type = 'I', .facility = EXCLUDED, .from = "2024-01-05"}, HIT, "excluded", 3,
                1, 1, "role=facility; excluded_on=2024-01-05; match=npi"},
        {"two roles", {.rendering = EXCLUDED, .billing = EXCLUDED, .from = "2024-01-05"}, HIT,
                "excluded", 3, 1, 1, "role=rendering,billing; excluded_on=2024-01-05; match=npi"},
        {"all roles",
                {.rendering = EXCLUDED,
                        .billing = EXCLUDED,
                        .ordering = EXCLUDED,
                        .facility = EXCLUDED,
                        .from = "2024-01-05"},
                HIT, "excluded", 3, 1, 1,
                "role=rendering,billing,ordering,facility; excluded_on=2024-01-05; "
                "match=npi"},
        {"first day", {.rendering = EXCLUDED, .from = "2013-08-20"}, HIT, "excluded", 3, 1, 1,
                "role=rendering; excluded_on=2013-08-20; match=npi"},
        {"before reinstatement", {.rendering = REINSTATED, .from = "2011-01-14"}, HIT, "excluded",
                3, 1, 1, "role=rendering; excluded_on=2011-01-14; match=npi"},
        {"first day, reinstated later", {.billing = REINSTATED, .from = "2008-01-19"}, HIT,
                "excluded", 3, 1, 1, "role=billing; excluded_on=2008-01-19; match=npi"},
        {"denied lines too", {.rendering = EXCLUDED, .from = "2024-01-05", .without = LINE_PAYABLE},
                HIT, "excluded", 3, 1, 1, "role=rendering; excluded_on=2024-01-05; match=npi"},
        {"day before", {.rendering = EXCLUDED, .from = "2013-08-19"}, CLEAR},
        {"span into it", {.rendering = EXCLUDED, .from = "2013-08-19", .thru = "2013-08-30"},
                CLEAR},
        {"day of reinstatement", {.rendering = REINSTATED, .from = "2011-01-15"}, CLEAR},
        {"reinstated", {.rendering = REINSTATED, .from = "2024-01-05"}, CLEAR},
        {"before all", {.rendering = REINSTATED, .from = "2008-01-18"}, CLEAR},
        {"not on the list", {.rendering = CLEAN, .from = "2024-01-05"}, CLEAR},
        {"one role covered", {.rendering = ELSEWHERE, .billing = CLEAN, .from = "2024-01-05"},
                CLEAR},
        {"placeholder beside",
                {.rendering = CLEAN, .billing = ID_OF(ID_PLACEHOLDER, 0), .from = "2024-01-05"},
                CLEAR},
        {"as a number that is no NPI",
                {.rendering = CLEAN,
                        .billing = ID_OF(ID_BAD_CHECK, 1000084586),
                        .from = "2024-01-05"},
                CLEAR},
        {"as a tax number",
                {.facility = CLEAN, .billing = ID_OF(ID_TIN, 1000084586), .from = "2024-01-05"},
                CLEAR},
        {"not covered", {.rendering = ELSEWHERE, .from = "2024-01-05"}, BLIND},
        {"no date", {.rendering = EXCLUDED}, BLIND},
        {"no id", {.from = "2024-01-05"}, OUT},
        {"placeholder", {.rendering = ID_OF(ID_PLACEHOLDER, 0), .from = "2024-01-05"}, OUT},
        {"fails the check", {.rendering = ID_OF(ID_BAD_CHECK, 1000084586), .from = "2024-01-05"},
                OUT},
        {"totals", {.rendering = EXCLUDED, .from = "2024-01-05", .without = LINE_DUE}, OUT},
};

Test(rules_tim, prv_01)
{
	struct case_run *run = case_run_create();

	EXPECT_CASES(run, "PRV-01", 0, prv_01_cases);
	case_run_destroy(run);
}
