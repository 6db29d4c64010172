/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NCC-03's counts: lines of column 2 of edits that a modifier may pass, and how
 * many did so by which.  How often a provider does is judged beside its peers.
 */
#include "history/ptp.h"

static void judge(struct window *window)
{
	ptp_count(window);
}

/* Its words are those of the rule that judges the counts (stats/). */
static const struct rule part = {.id = "NCC-03"};

const struct history_rule history_rule_ncc_03 = {
        .rule = &part,
        .judge = judge,
        .concern = {.code = ptp_concerns, .days = DAYS_CODES},
};
