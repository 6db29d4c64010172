/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NCC-01: two codes that are never paid together.
 */
#include "history/ptp.h"

static void judge(struct window *window)
{
	ptp_judge(window, PAIR_NEVER);
}

static const enum field needs[] = {FIELD_PERSON_ID, FIELD_HCPCS, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {{"practitioner", CHECK_HISTORY, .needs = needs},
        {"hospital", CHECK_HISTORY, .needs = needs}};

static const struct rule rule = {
        .id = "NCC-01",
        .name = "PTP edit, modifier not allowed (CCMI 0)",
        .tier = "P1",
        .scope = "bene-day-provider",
        .hit_unit = "line (column 2)",
        .definition = "Two payable lines of different codes, same beneficiary, day (or equal "
                      "spans) and provider, whose pair stands in the PTP table of the setting as "
                      "column 1 and column 2 with indicator 0, in force on the day: a hit on the "
                      "column 2 line, which names the first column 1 line.",
        .traps = "Practitioner tables for professional and ASC claims, hospital tables for "
                 "outpatient bills; inpatient, DMEPOS and others are out of scope. A pair may "
                 "have several windows; its deletion date is the last day in force. Duplicates "
                 "(DUP-01) are left out.",
        .tables = "NCCI PTP, practitioner and hospital; the starter has some dozens of pairs",
        .parameters = "provider=npi; deletion_inclusive=on",
        .dollars = "the amount of the column 2 line",
        .evaluated = "payable lines with days of their own whose code is column 2 in the table, "
                     "with another code of the beneficiary, day and provider",
        .authority = "NCCI Policy Manual ch. I; I-OCE 20",
        .idle = "no day with two codes, one of them column 2 in the table",
        .checks = checks,
        .check_count = 2,
};

const struct history_rule history_rule_ncc_01 = {
        .rule = &rule,
        .judge = judge,
        .needs = HISTORY_PROFESSIONAL | HISTORY_INSTITUTIONAL,
        .concern = {.code = ptp_concerns, .days = DAYS_CODES},
};
