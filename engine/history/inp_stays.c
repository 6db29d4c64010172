/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Acute stays, tallied for the rules of stats/ that compare hospitals.
 *
 *	INP-01  stays by DRG and fiscal year, whose version of the DRGs is one
 *	INP-02  stays by DRG, and what they came to
 *	INP-03  stays by DRG and fiscal year, and those with one CC or MCC;
 *	        of the stays that go home: those of one day at most; and those that
 *	        the same hospital has back within thirty days
 *
 * Deaths and transfers are no stays that go home (PEPPER), nor are those still in.
 */
#include "base/date.h"
#include "history/edges.h"
#include "history/private.h"
#include "history/stays.h"
#include "history/tallies.h"

enum { READMITTED_DAYS = 30, LAG_DAYS = 30 };

static void tally(struct window *window, const struct past_claim *claim, struct tally tally)
{
	if (!claim->fresh)
		return;
	tally.provider = claim->run->provider;
	window->failed |= tallies_add(window->own->tallies, &tally) != 0;
}

/* The acute stays of the window; NULL: none, or no memory. */
static const struct stay *find_stays(struct window *window, uint32_t *count)
{
	struct stay *stays = NULL;
	uint32_t all, kept = 0;

	*count = 0;
	if (!(window->seen & 1 << CLAIM_INSTITUTIONAL))
		return NULL;
	stays = window_room(window, window->claim_count, sizeof(*stays));
	if (!stays)
		return NULL;
	all = stays_find(window, stays);
	for (uint32_t i = 0; i < all; i++) {
		if (!stays[i].skilled && !stays[i].still_in)
			stays[kept++] = stays[i];
	}
	*count = kept;
	return stays;
}

/* The fiscal year that a stay ends in: versions of the DRGs begin in October. */
static uint64_t fiscal_year(const struct stay *stay)
{
	struct date_parts parts = date_to_parts(stay->to);

	return (uint64_t)(parts.year + (parts.month >= 10));
}

static void tally_drgs(struct window *window, enum tally_measure measure)
{
	uint32_t count;
	const struct stay *stays = find_stays(window, &count);

	for (uint32_t i = 0; i < count; i++) {
		const struct past_claim *claim = &window->claims[stays[i].claim];
		const struct history_run *run = claim->run;

		if (run->drg >= NUMBER_INVALID ||
		        (measure == TALLY_INP_01_DRG && run->drg >= DRG_COUNT))
			continue;
		uint64_t year = measure == TALLY_INP_01_DRG ? fiscal_year(&stays[i]) : 0;

		tally(window, claim,
		        (struct tally){.measure = measure,
		                .of = year * DRG_COUNT + run->drg,
		                .n = 1,
		                .dollars = stays[i].amount != AMOUNT_ABSENT ? stays[i].amount : 0});
	}
}

static void judge_mix(struct window *window)
{
	tally_drgs(window, TALLY_INP_01_DRG);
}

static void judge_drgs(struct window *window)
{
	tally_drgs(window, TALLY_INP_02_DRG);
}

/* Died, went to another hospital or against advice to one: PEPPER leaves these out. */
static bool goes_home(const struct history_run *run)
{
	static const char others[][3] = {"02", "05", "07", "20", "40", "41", "42", "43", "62", "63",
	        "65", "66", "82", "85", "90", "91", "92", "93", "94"};
	bool goes = run->status != 0;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		goes &= run->status != TWO_CHARS(others[i][0], others[i][1]);
	return goes;
}

/* Is the next stay at the same hospital, and soon? */
static bool is_back(const struct stay *stay, const struct stay *next)
{
	return next->facility && next->facility == stay->facility &&
	       next->from - stay->to <= READMITTED_DAYS;
}

/* By the first bill's lowest line, whose day of discharge the set covers. */
static void tally_severity(struct window *window, const struct stay *stay)
{
	const struct past_claim *claim = &window->claims[stay->claim];
	const struct history_run *run = claim->run;
	bool is_single = history_severity(run) == SEVERITY_SINGLE;
	bool has_amount = stay->amount != AMOUNT_ABSENT;

	if (history_severity(run) == SEVERITY_UNTOLD || run->drg >= DRG_COUNT)
		return;
	tally(window, claim,
	        (struct tally){.measure = TALLY_INP_03_SINGLE,
	                .of = fiscal_year(stay) * DRG_COUNT + run->drg,
	                .n = 1,
	                .k = is_single,
	                .dollars = is_single && has_amount ? stay->amount : 0});
}

static void judge_homes(struct window *window)
{
	uint32_t count;
	const struct stay *stays = find_stays(window, &count);

	for (uint32_t i = 0; i < count; i++)
		tally_severity(window, &stays[i]);

	for (uint32_t i = 0; i < count; i++) {
		const struct stay *stay = &stays[i];
		const struct past_claim *claim = &window->claims[stay->claim];

		if (!goes_home(claim->run))
			continue;
		tally(window, claim,
		        (struct tally){.measure = TALLY_INP_03_ONE_DAY,
		                .n = 1,
		                .k = stay->to - stay->from <= 1,
		                .dollars = stay->to - stay->from <= 1 &&
		                                           stay->amount != AMOUNT_ABSENT
		                                   ? stay->amount
		                                   : 0});
		if (!edge_has_waited(
		            window, stay->to, READMITTED_DAYS + LAG_DAYS, CLAIM_INSTITUTIONAL))
			continue;
		tally(window, claim,
		        (struct tally){.measure = TALLY_INP_03_READMITTED,
		                .n = 1,
		                .k = i + 1 < count && is_back(stay, &stays[i + 1])});
	}
}

/* What they are is said, and judged, in stats/case_mix.c and stats/inpatient.c. */
static const struct rule part_inp_01 = {.id = "INP-01"};
static const struct rule part_inp_02 = {.id = "INP-02"};
static const struct rule part_inp_03 = {.id = "INP-03"};

const struct history_rule history_rule_inp_01 = {
        .rule = &part_inp_01,
        .judge = judge_mix,
        .needs = HISTORY_INSTITUTIONAL,
        .concern = {.types = 1 << CLAIM_INSTITUTIONAL},
};
const struct history_rule history_rule_inp_02 = {
        .rule = &part_inp_02,
        .judge = judge_drgs,
        .needs = HISTORY_INSTITUTIONAL,
        .concern = {.types = 1 << CLAIM_INSTITUTIONAL},
};
const struct history_rule history_rule_inp_03 = {
        .rule = &part_inp_03,
        .judge = judge_homes,
        .needs = HISTORY_INSTITUTIONAL | HISTORY_NEEDS_SEVERITY,
        .concern = {.types = 1 << CLAIM_INSTITUTIONAL},
};
