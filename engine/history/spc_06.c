/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPC-06: a service in an ambulatory surgical centre that only one side billed.
 */
#include "history/services.h"

#include "history/edges.h"

enum { LAG_DAYS = 30 };

/* Who billed: the centre, or a practitioner there. */
enum asc_side { SIDE_NONE, SIDE_CENTRE, SIDE_PRACTITIONER };

static bool is_place_24(const struct event *event)
{
	return event_is(event, CLAIM_PROFESSIONAL) && event->line->place == TWO_CHARS('2', '4');
}

/* A centre bills as specialty 49 on the practitioners' form, or as bill type 83x. */
static enum asc_side side_of(const struct event *event)
{
	if (event_is(event, CLAIM_INSTITUTIONAL))
		return run_class(event->run) == TWO_CHARS('8', '3') ? SIDE_CENTRE : SIDE_NONE;
	if (!event_is(event, CLAIM_PROFESSIONAL))
		return SIDE_NONE;
	if (event->run->specialty == TWO_CHARS('4', '9'))
		return SIDE_CENTRE;
	return is_place_24(event) && event->run->setting == SETTING_PRACTITIONER ? SIDE_PRACTITIONER
	                                                                         : SIDE_NONE;
}

/* Drugs and implants of a centre need nobody beside it; its operations do. */
static bool is_judged(const struct event *event, enum asc_side side)
{
	return side == SIDE_PRACTITIONER || (side == SIDE_CENTRE && has_global(event));
}

static void keep(struct window *window, uint32_t at, enum asc_side side)
{
	const struct event *event = &window->events[at];
	bool centre = side == SIDE_CENTRE;
	char code[CODE_TEXT_SIZE];
	struct find find;

	find_begin(&find, at, centre ? "no_professional" : "no_facility", SEVERITY_LOW);
	find.hit.share = 0;
	detail_add(&find.hit, "code=%s", code_text(event->line->code, code));
	detail_add(&find.hit, "%s=0; limit=1", centre ? "practitioners" : "centres");
	find_keep(window, &find);
}

/* Has a side billed on a day?  The sides' days are keys. */
static bool has_day(const struct window *window, const struct keyed_events *keyed,
        enum asc_side side, int32_t day)
{
	uint32_t at = keyed_first_from(keyed, side, day);

	return at != NO_EVENT && window->events[at].line->from == day;
}

static void judge_line(
        struct window *window, const struct keyed_events *keyed, uint32_t at, enum asc_side side)
{
	const struct event *event = &window->events[at];
	enum asc_side other = side == SIDE_CENTRE ? SIDE_PRACTITIONER : SIDE_CENTRE;
	bool found = has_day(window, keyed, other, event->line->from);

	window_scope(window, at, 1);
	if (!event_has_day(event) || (!found && !edge_has_waited(window, event->line->from,
	                                                LAG_DAYS, CLAIM_PROFESSIONAL)))
		return;
	window_evaluated(window, at, 1);
	if (!found && !(event->flags & EVENT_DUPLICATE))
		keep(window, at, side);
}

static void judge(struct window *window)
{
	struct keyed_events keyed = {0};
	uint32_t wanted = 0;

	for (uint32_t i = 0; i < window->count; i++)
		wanted += side_of(&window->events[i]) != SIDE_NONE;
	if (wanted == 0)
		return;
	keyed.items = window_room(window, wanted, sizeof(*keyed.items));
	if (!keyed.items)
		return;
	for (uint32_t i = 0; i < window->count; i++) {
		enum asc_side side = side_of(&window->events[i]);

		if (side != SIDE_NONE && window->events[i].line->from != DATE_ABSENT)
			keyed.items[keyed.count++] = (struct keyed_event){
			        side, window->events[i].line->from, i};
	}
	keyed_sort(&keyed);
	for (uint32_t i = 0; i < window->count; i++) {
		enum asc_side side = side_of(&window->events[i]);

		if (is_judged(&window->events[i], side))
			judge_line(window, &keyed, i, side);
	}
}

static const enum field needs[] = {
        FIELD_PERSON_ID, FIELD_HCPCS, FIELD_CLAIM_START, FIELD_PLACE, FIELD_COUNT};
static const struct rule_check checks[] = {{"no_facility", CHECK_HISTORY, .needs = needs},
        {"no_professional", CHECK_HISTORY, .needs = needs}};

static const struct rule rule = {
        .id = "SPC-06",
        .name = "ASC/facility-professional mismatch",
        .tier = "P2",
        .scope = "bene-day",
        .hit_unit = "line",
        .definition = "A payable practitioner's line of POS 24 on a day without a line of an "
                      "ambulatory surgical centre, specialty 49 or bill type 83x (no_facility); a "
                      "centre's operation on a day without a practitioner's line of POS 24 "
                      "(no_professional).",
        .traps = "The other claim may be late, or another payer's: claims of the last 30 days are "
                 "not judged. Whether the code is on the list of ASC procedures (Addenda AA and "
                 "BB), and whether both sides tell of one operation, is not judged: no such table "
                 "is loaded.",
        .tables = "none; ASC Addenda AA and BB are not loaded",
        .parameters = "lag=30 days",
        .dollars = "none: the difference of fees is not known without relative values",
        .evaluated = "lines of POS 24, and centres' operations, older than the lag or with their "
                     "counterpart found",
        .authority = "42 CFR 416; OIG POS reviews",
        .idle = "no line of POS 24 or of a centre older than the lag",
        .checks = checks,
        .check_count = 2,
};

const struct history_rule history_rule_spc_06 = {
        .rule = &rule, .judge = judge, .needs = HISTORY_PROFESSIONAL | HISTORY_INSTITUTIONAL};
