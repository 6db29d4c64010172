/* SPDX-License-Identifier: Apache-2.0 */
/*
 * INP-05: a stay that says "home" and was a transfer.
 *
 *	discharged home        same day                          day 0 to 3
 *	DRG of the transfer    another hospital (acute), one     home health (home_health)
 *	policy                 excluded from IPPS (excluded),
 *	                       skilled nursing (snf)
 *
 * The payment of a transfer is by the day: with the mean stay G of the DRG and L
 * days, (L + 1) / G of it, never more than all; of a DRG with special payment half
 * of what is above that is kept.
 */
#include "history/edges.h"
#include "history/services.h"

#include "lookup/rows_icd.h"

#include <stdio.h>

enum { HOME_HEALTH_DAYS = 3, LAG_DAYS = 30, HUNDREDTHS = 100 };

/* A stay's lines may have days of their own: so long after its first one is met at the latest. */
enum { LOOK_DAYS = 31 };

/*
 * DRGs of the post-acute transfer policy that have been on its list for years (IPPS
 * final rules, Table 5), where no release of it is loaded: from, to.
 */
static const uint16_t starter[][2] = {{28, 30}, {40, 42}, {56, 57}, {64, 66}, {163, 165},
        {177, 179}, {193, 195}, {207, 207}, {216, 221}, {280, 282}, {291, 292}, {299, 301},
        {326, 331}, {453, 460}, {463, 473}, {480, 482}, {492, 494}, {535, 536}, {542, 544},
        {559, 561}, {592, 594}, {602, 603}, {682, 684}, {689, 690}, {853, 858}, {862, 863},
        {870, 872}};

/* The day of discharge, or of a file without it the last that is billed. */
static int32_t end_of(const struct history_run *run)
{
	return run->discharge != DATE_ABSENT ? run->discharge : run->claim_end;
}

struct transfer_drg {
	bool known, listed, special;
	int32_t mean; /* geometric mean length of stay in hundredths of a day; 0: unknown */
};

static bool in_starter(unsigned drg)
{
	bool in = false;

	for (size_t i = 0; i < sizeof(starter) / sizeof(starter[0]); i++)
		in |= drg >= starter[i][0] && drg <= starter[i][1];
	return in;
}

static struct transfer_drg drg_of(const struct window *window, const struct history_run *run)
{
	const struct set *set = window->options->drgs;
	const struct msdrg_weights_row *row;
	char text[8];

	if (!set)
		return (struct transfer_drg){.known = true, .listed = in_starter(run->drg)};
	snprintf(text, sizeof(text), "%03u", run->drg);
	row = (const void *)set_find_day(set, set_key_of(set->schema, text, 3), end_of(run));
	return (struct transfer_drg){
	        .known = set_covers(set, end_of(run)),
	        .listed = row && row->flags & DRG_POST_ACUTE,
	        .special = row && row->flags & DRG_SPECIAL_PAY,
	        .mean = row ? row->los_geometric : 0,
	};
}

/* A claim that ends an acute stay at home, in a DRG that the policy is about. */
static bool is_judged(const struct window *window, const struct past_claim *claim)
{
	const struct history_run *run = claim->run;

	return run->claim_type == CLAIM_INSTITUTIONAL && run_class(run) == TWO_CHARS('1', '1') &&
	       run->status == TWO_CHARS('0', '1') && run->drg < NUMBER_INVALID &&
	       end_of(run) != DATE_ABSENT &&
	       !(window->events[claim->lowest].flags & EVENT_DUPLICATE) &&
	       history_hospital(run) != HOSPITAL_EXCLUDED &&
	       history_hospital(run) != HOSPITAL_CRITICAL;
}

static bool is_elsewhere(const struct history_run *a, const struct history_run *b)
{
	return a->same && b->same && a->same != b->same;
}

/* What an institutional line is to a stay that ended before it, or NULL. */
static const char *kind_of(const struct history_run *stay, const struct event *event)
{
	const struct history_run *run = event->run;
	int32_t start = run->admission != DATE_ABSENT ? run->admission : run->claim_start;
	int32_t after = event->line->from - end_of(stay);

	switch (run_class(run)) {
	case TWO_CHARS('1', '1'):
		if (start != end_of(stay) || !is_elsewhere(stay, run))
			return NULL;
		return history_hospital(run) == HOSPITAL_EXCLUDED ? "excluded" : "acute";
	case TWO_CHARS('1', '8'):
	case TWO_CHARS('2', '1'):
		return start == end_of(stay) ? "snf" : NULL;
	case TWO_CHARS('3', '2'):
	case TWO_CHARS('3', '3'):
	case TWO_CHARS('3', '4'):
		if (stay->facts & (HISTORY_CONDITION_42 | HISTORY_CONDITION_43))
			return NULL;
		return after >= 0 && after <= HOME_HEALTH_DAYS ? "home_health" : NULL;
	default:
		return NULL;
	}
}

static int32_t days_of(const struct history_run *run)
{
	int32_t from = run->admission != DATE_ABSENT ? run->admission : run->claim_start;

	return from == DATE_ABSENT || from >= end_of(run) ? 1 : end_of(run) - from;
}

/* Dollars above the payment of a transfer; a stay of nearly its mean has none, and is no hit. */
static bool set_dollars(struct hit *hit, struct transfer_drg drg, int32_t days)
{
	int64_t above = drg.mean - (int64_t)HUNDREDTHS * (days + 1);

	if (!drg.mean) {
		hit->share = 0;
		detail_add(hit, "mean_days=unknown");
		return true;
	}
	detail_add(hit, "mean_days=%d.%02d", drg.mean / HUNDREDTHS, drg.mean % HUNDREDTHS);
	if (above > 0)
		hit_share(hit, above, drg.special ? 2 * (int64_t)drg.mean : drg.mean);
	return above > 0;
}

static void keep(struct window *window, const struct past_claim *claim, uint32_t other,
        struct transfer_drg drg)
{
	const struct history_run *run = claim->run;
	const struct event *after = &window->events[other];
	const char *kind = kind_of(run, after);
	struct find find;

	find_begin(&find, claim->lowest, kind, SEVERITY_MEDIUM);
	find.whole_claim = true;
	find.other = other;
	detail_add(&find.hit, "drg=%03u; status=01", run->drg);
	detail_add_days(&find.hit, "discharged", end_of(run), end_of(run));
	if (run_class(after->run) >> 8 == '1' || kind[0] == 's')
		detail_add(&find.hit, "day=0; limit=0");
	else
		detail_add(&find.hit, "day=%d; limit=0..%d", after->line->from - end_of(run),
		        HOME_HEALTH_DAYS);
	detail_add(&find.hit, "days=%d", days_of(run));
	if (set_dollars(&find.hit, drg, days_of(run)))
		find_keep(window, &find);
}

/* The first line that shows where the patient went; NO_EVENT. */
static uint32_t next_of(const struct window *window, const struct past_claim *claim)
{
	int32_t end = end_of(claim->run);

	for (uint32_t i = events_from(window, end); i < window->count; i++) {
		const struct event *event = &window->events[i];

		if (event->line->from == DATE_ABSENT || event->line->from - end > LOOK_DAYS)
			break;
		if (event_is(event, CLAIM_INSTITUTIONAL) && event->run->claim != claim->key &&
		        kind_of(claim->run, event))
			return i;
	}
	return NO_EVENT;
}

static void judge_claim(struct window *window, const struct past_claim *claim)
{
	struct transfer_drg drg = drg_of(window, claim->run);
	int32_t end = end_of(claim->run);
	uint32_t next;

	/* On days that the table lacks any DRG may be one of the policy's. */
	if (!drg.known)
		window_claim_scope(window, claim);
	if (!drg.listed)
		return;
	window_claim_scope(window, claim);
	next = next_of(window, claim);
	if (next == NO_EVENT && !edge_has_waited(window, end, LAG_DAYS, CLAIM_INSTITUTIONAL))
		return;
	window_claim_evaluated(window, claim);
	if (next != NO_EVENT)
		keep(window, claim, next, drg);
}

static void judge(struct window *window)
{
	if (!(window->seen >> CLAIM_INSTITUTIONAL & 1))
		return;
	for (uint32_t c = 0; c < window->claim_count; c++)
		if (is_judged(window, &window->claims[c]))
			judge_claim(window, &window->claims[c]);
}

static const enum field needs[] = {FIELD_PERSON_ID, FIELD_BILL_TYPE, FIELD_CLAIM_START,
        FIELD_DISCHARGE_STATUS, FIELD_DRG, FIELD_COUNT};
static const struct rule_check checks[] = {{"acute", CHECK_HISTORY, .needs = needs},
        {"excluded", CHECK_HISTORY, .needs = needs}, {"snf", CHECK_HISTORY, .needs = needs},
        {"home_health", CHECK_HISTORY, .needs = needs}};

static const struct rule rule = {
        .id = "INP-05",
        .name = "Transfer coded as home discharge",
        .tier = "P2",
        .scope = "bene history",
        .hit_unit = "claim",
        .definition = "A payable acute stay (bill type 11x) in a DRG of the post-acute transfer "
                      "policy with discharge status 01, and on the day of discharge the "
                      "beneficiary is admitted to another hospital (acute; excluded: one that IPPS "
                      "does not pay) or to skilled nursing (snf: bill types 18x, 21x), or has "
                      "home health (32x to 34x) on that day or in the three after (home_health).",
        .traps = "Condition code 42 or 43 on the stay says that home health is not for the same "
                 "illness, or begins later. A stay of at least the DRG's mean less one day is paid "
                 "in full, and is no hit. Without a Table 5 the DRGs are those of a built-in list, "
                 "means are unknown, and there are no dollars. Hospice is not looked at.",
        .tables = "msdrg_weights (IPPS Table 5); series of CCN",
        .parameters = "home_health_days=3; lag=30",
        .dollars = "the amount above (days + 1) / mean of the stay's, half of it for DRGs with "
                   "special payment; none where the mean is unknown",
        .evaluated = "such stays, where a later claim is there or had 30 days to come",
        .authority = "42 CFR 412.4; OIG A-09-13-02036",
        .idle = "no acute stay in a transfer DRG with status 01",
        .checks = checks,
        .check_count = 4,
};

const struct history_rule history_rule_inp_05 = {
        .rule = &rule,
        .judge = judge,
        .needs = HISTORY_INSTITUTIONAL,
        .concern = {.types = 1 << CLAIM_INSTITUTIONAL},
};
