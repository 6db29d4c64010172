/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MOD-04, the part that needs the day: a component of a study paid twice (double).
 *
 * A study billed whole has its reading (26) and its taking (TC) in it; without it
 * the first of each stands.
 */
#include "history/services.h"

enum { PCTC_DIAGNOSTIC = 1 };
enum { PART_WHOLE, PART_READING, PART_TAKING, PARTS, PART_NONE = PARTS };

/* Another study, or another half of the body: it says so. */
static bool is_apart(const struct event *event)
{
	static const uint16_t apart[] = {TWO_CHARS('7', '6'), TWO_CHARS('7', '7'),
	        TWO_CHARS('5', '9'), TWO_CHARS('X', 'E'), TWO_CHARS('X', 'P'), TWO_CHARS('X', 'S'),
	        TWO_CHARS('X', 'U')};

	return event_has_any(event, apart, sizeof(apart) / sizeof(apart[0]));
}

static unsigned part_of(const struct event *event)
{
	bool reading = event_has(event, '2', '6'), taking = event_has(event, 'T', 'C');

	if (reading && taking)
		return PART_NONE;
	return reading ? PART_READING : taking ? PART_TAKING : PART_WHOLE;
}

static bool takes_part(const struct window *window, const struct event *event)
{
	return event->px->pctc == PCTC_DIAGNOSTIC && event->px->flags & PX_MPFS &&
	       event_is(event, CLAIM_PROFESSIONAL) && event->run->setting != SETTING_NONE &&
	       event_has_day(event) && !(event->flags & EVENT_DUPLICATE) && !is_apart(event) &&
	       part_of(event) != PART_NONE &&
	       codes_covers(window->options->codes, PART_MPFS, event->line->from);
}

/* A code of one side: RT, LT, or neither. */
static uint64_t key_of(const struct window *window, const struct event *event)
{
	if (!takes_part(window, event))
		return 0;
	return event->line->code | (uint64_t)event_has(event, 'R', 'T') << 62 |
	       (uint64_t)event_has(event, 'L', 'T') << 63;
}

static void keep(struct window *window, uint32_t at, uint32_t other)
{
	static const char *const names[PARTS] = {"whole", "26", "TC"};
	const struct event *event = &window->events[at];
	char code[CODE_TEXT_SIZE];
	struct find find;

	find_begin(&find, at, "double", SEVERITY_MEDIUM);
	find.other = other;
	detail_add(&find.hit, "code=%s", code_text(event->line->code, code));
	detail_add(&find.hit, "pctc=1; component=%s; other=%s", names[part_of(event)],
	        names[part_of(&window->events[other])]);
	detail_add(&find.hit, "paid=2; limit=1");
	find_keep(window, &find);
}

/* What the line part of the rule cannot evaluate is not told here either: a taking's place. */
static bool may_be_told(struct window *window, uint32_t at)
{
	const struct event *event = &window->events[at];

	return (part_of(event) == PART_READING || event->line->place != 0) &&
	       !window_line_hit(window, at);
}

/* The lines of a code, side and day. */
static void judge_lines(struct window *window, const struct keyed_event *items, uint32_t count)
{
	uint32_t first[PARTS] = {NO_EVENT, NO_EVENT, NO_EVENT};

	for (uint32_t i = 0; i < count; i++) {
		unsigned part = part_of(&window->events[items[i].event]);

		if (first[part] == NO_EVENT)
			first[part] = items[i].event;
	}
	for (uint32_t i = 0; i < count; i++) {
		uint32_t at = items[i].event;
		unsigned part = part_of(&window->events[at]);
		uint32_t other = first[PART_WHOLE] != NO_EVENT ? first[PART_WHOLE] : first[part];

		if (part != PART_WHOLE && other != at && may_be_told(window, at))
			keep(window, at, other);
	}
}

static void judge(struct window *window)
{
	keyed_each_group(window, key_of, judge_lines);
}

static bool is_concerned(const struct coded *coded)
{
	return coded->px->pctc == PCTC_DIAGNOSTIC;
}

static const struct rule part = {.id = "MOD-04"};

const struct history_rule history_rule_mod_04 = {
        .rule = &part,
        .judge = judge,
        .needs = HISTORY_PROFESSIONAL,
        .concern = {.types = 1 << CLAIM_PROFESSIONAL, .code = is_concerned, .days = DAYS_CODE_MET},
};
