/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NCC-02: two codes that are paid together only with a modifier, and have none.
 */
#include "history/ptp.h"

static void judge(struct window *window)
{
	ptp_judge(window, PAIR_ALLOWED);
}

static const enum field needs[] = {
        FIELD_PERSON_ID, FIELD_HCPCS, FIELD_CLAIM_START, FIELD_MODIFIER_1, FIELD_COUNT};
static const struct rule_check checks[] = {{"practitioner", CHECK_HISTORY, .needs = needs},
        {"hospital", CHECK_HISTORY, .needs = needs}};

static const struct rule rule = {
        .id = "NCC-02",
        .name = "PTP edit, modifier allowed but absent (CCMI 1)",
        .tier = "P1",
        .scope = "bene-day-provider",
        .hit_unit = "line (column 2)",
        .definition = "As NCC-01 with indicator 1, and no NCCI-associated modifier that counts: "
                      "24, 25, 57 on an E/M line (27 in a hospital), 91 on laboratory lines, the "
                      "anatomic ones, 58, 78, 79, 59, XE, XP, XS and XU on either line. An E/M in "
                      "column 2 is only excused by 24, 25 or 57 (27) of its own.",
        .traps = "76, 77, 50, 51, 22, 80 to 82, 26 and TC are no such modifiers. An E/M in column "
                 "2 is one event with GLO-01 and MOD-02: it is reported here.",
        .tables = "NCCI PTP, practitioner and hospital; the starter has some dozens of pairs",
        .parameters = "accept_on=either",
        .dollars = "the amount of the column 2 line",
        .evaluated = "payable lines with days of their own whose code is column 2 in the table, "
                     "with another code of the beneficiary, day and provider",
        .authority = "NCCI Policy Manual ch. I; MM11168; I-OCE 40",
        .idle = "no day with two codes, one of them column 2 in the table",
        .checks = checks,
        .check_count = 2,
};

const struct history_rule history_rule_ncc_02 = {
        .rule = &rule,
        .judge = judge,
        .needs = HISTORY_PROFESSIONAL | HISTORY_INSTITUTIONAL,
        .concern = {.code = ptp_concerns, .days = DAYS_CODES},
};
