/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPC-01: equipment ordered by somebody who has not seen the patient.
 */
#include "history/services.h"

#include "history/edges.h"

enum { LOOKBACK_DAYS = 180, REFILL_DAYS = 100 };

/* Visits by who made them; orders (under another key) by who ordered what. */
static uint64_t order_key(const struct event *event)
{
	return ~event->run->ordering ^ event->line->code * 0x9e3779b97f4a7c15;
}

static bool is_ordered(const struct event *event)
{
	return event_is(event, CLAIM_PROFESSIONAL) && event->run->setting == SETTING_DME &&
	       event->run->ordering != 0 && event->line->from != DATE_ABSENT;
}

/* Any evaluation, calls and telehealth too: what may stand for a meeting. */
static bool is_meeting(const struct event *event)
{
	return event_is(event, CLAIM_PROFESSIONAL) && is_em(event) && event->run->same != 0 &&
	       event->line->from != DATE_ABSENT;
}

static uint32_t gather(const struct window *window, struct keyed_events *keyed)
{
	uint32_t orders = 0;

	for (uint32_t i = 0; i < window->count; i++) {
		const struct event *event = &window->events[i];

		if (is_meeting(event) && keyed->items)
			keyed->items[keyed->count++] = (struct keyed_event){
			        event->run->same, event->line->from, i};
		if (!is_ordered(event))
			continue;
		orders++;
		if (keyed->items)
			keyed->items[keyed->count++] = (struct keyed_event){
			        order_key(event), event->line->from, i};
	}
	return orders;
}

/* The last of a key on the day, or up to so many days before it. */
static bool has_within(const struct window *window, const struct keyed_events *keyed, uint64_t key,
        int32_t day, int32_t days)
{
	uint32_t at = keyed_last_before(keyed, key, day);

	return at != NO_EVENT && window->events[at].line->from >= day - days;
}

static void keep(struct window *window, uint32_t at)
{
	char code[CODE_TEXT_SIZE];
	struct find find;

	find_begin(&find, at, "no_visit", SEVERITY_MEDIUM);
	detail_add(&find.hit, "code=%s", code_text(window->events[at].line->code, code));
	detail_add(&find.hit, "visits=0; limit=1 in %d days", LOOKBACK_DAYS);
	find_keep(window, &find);
}

static void judge_line(struct window *window, const struct keyed_events *keyed, uint32_t at)
{
	const struct event *event = &window->events[at];
	int32_t day = event->line->from;
	bool met = has_within(window, keyed, event->run->ordering, day + 1, LOOKBACK_DAYS + 1);

	window_scope(window, at, 1);
	if (!met && !edge_reaches_back(window, day, LOOKBACK_DAYS))
		return;
	window_evaluated(window, at, 1);
	if (!met && !(event->flags & EVENT_DUPLICATE) &&
	        !has_within(window, keyed, order_key(event), day, REFILL_DAYS))
		keep(window, at);
}

static void judge(struct window *window)
{
	struct keyed_events keyed = {0};

	if (gather(window, &keyed) == 0)
		return;
	keyed.items = window_room(window, window->count, sizeof(*keyed.items));
	if (!keyed.items)
		return;
	gather(window, &keyed);
	keyed_sort(&keyed);
	for (uint32_t i = 0; i < window->count; i++) {
		if (is_ordered(&window->events[i]))
			judge_line(window, &keyed, i);
	}
}

static const enum field needs[] = {
        FIELD_PERSON_ID, FIELD_HCPCS, FIELD_CLAIM_START, FIELD_ORDERING_NPI, FIELD_COUNT};
static const struct rule_check checks[] = {{"no_visit", CHECK_HISTORY, .needs = needs}};

static const struct rule rule = {
        .id = "SPC-01",
        .name = "DMEPOS without ordering relationship",
        .tier = "P2",
        .scope = "bene history",
        .hit_unit = "line",
        .definition = "A payable DMEPOS line whose ordering NPI has no payable E/M of the "
                      "beneficiary as rendering NPI on its day or in the 180 days before.",
        .traps = "Calls and telehealth count as a visit. A line that follows one of the same code "
                 "and orderer within 100 days is a refill, evaluated and not hit: the first of "
                 "them tells. Visits billed to another payer, or under the group's NPI, are not "
                 "seen. How many of a supplier's orders one NPI has, and diagnoses that do not "
                 "qualify, are not judged: the lists of LCDs are not loaded.",
        .tables = "E/M families; who is DMEPOS by the contract's setting",
        .parameters = "lookback=180 days; refill=100 days",
        .dollars = "the amount of the line",
        .evaluated = "DMEPOS lines with an ordering NPI whose data begin 180 days before, or with "
                     "a visit found",
        .authority = "42 CFR 410.38; OIG alerts on braces and genetic tests",
        .idle = "no DMEPOS line with an ordering NPI and 180 days of data before it",
        .checks = checks,
        .check_count = 1,
};

const struct history_rule history_rule_spc_01 = {
        .rule = &rule,
        .judge = judge,
        .needs = HISTORY_LINES,
        .concern = {.types = 1 << CLAIM_PROFESSIONAL, .settings = 1 << SETTING_DME},
};
