/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MOD-09, the part that needs the day: both who shared a visit bill it (both_bill).
 */
#include "history/services.h"

/* Specialties that are no physician's: 50, 89, 97, 42. */
static bool is_practitioner(uint16_t specialty)
{
	return specialty == TWO_CHARS('5', '0') || specialty == TWO_CHARS('8', '9') ||
	       specialty == TWO_CHARS('9', '7') || specialty == TWO_CHARS('4', '2');
}

/* As the line part evaluates it: a known code, a place and a date. */
static bool takes_part(const struct event *event)
{
	return event_has(event, 'F', 'S') && event_is(event, CLAIM_PROFESSIONAL) &&
	       event->run->setting != SETTING_NONE && event_has_day(event) && event->run->tin &&
	       history_ref(event->line) && event->line->place && !(event->flags & EVENT_DUPLICATE);
}

static bool is_shared(const struct event *event, const struct event *before)
{
	return event->run->tin == before->run->tin && event->run->same != before->run->same &&
	       (is_practitioner(event->run->specialty) || is_practitioner(before->run->specialty));
}

static void keep(struct window *window, uint32_t at, uint32_t before)
{
	const struct event *event = &window->events[at], *other = &window->events[before];
	char code[CODE_TEXT_SIZE];
	struct find find;

	find_begin(&find, at, "both_bill", SEVERITY_MEDIUM);
	find.other = before;
	detail_add(&find.hit, "code=%s", code_text(event->line->code, code));
	detail_add(&find.hit, "other_code=%s", code_text(other->line->code, code));
	detail_add(&find.hit, "specialty=%s", code_text(event->run->specialty, code));
	detail_add(&find.hit, "other_specialty=%s", code_text(other->run->specialty, code));
	detail_add(&find.hit, "visits=2; limit=1");
	find_keep(window, &find);
}

/* The first of the day's FS lines that is the other half of the visit. */
static void judge_line(struct window *window, const uint32_t *shared, uint32_t from, uint32_t i)
{
	const struct event *event = &window->events[shared[i]];

	for (uint32_t j = from; j < i; j++) {
		if (!is_shared(event, &window->events[shared[j]]))
			continue;
		if (!window_line_hit(window, shared[i]))
			keep(window, shared[i], shared[j]);
		return;
	}
}

static void judge(struct window *window)
{
	uint32_t *shared = NULL, count = 0;

	for (uint32_t i = 0; i < window->count; i++) {
		if (!takes_part(&window->events[i]))
			continue;
		if (!shared)
			shared = window_room(window, window->count, sizeof(*shared));
		if (!shared)
			return;
		shared[count++] = i;
	}
	for (uint32_t i = 0, from = 0; i < count; i++) {
		if (window->events[shared[i]].line->from != window->events[shared[from]].line->from)
			from = i;
		judge_line(window, shared, from, i);
	}
}

static const struct rule part = {.id = "MOD-09"};

const struct history_rule history_rule_mod_09 = {
        .rule = &part,
        .judge = judge,
        .needs = HISTORY_VISITS,
        .concern = {.types = 1 << CLAIM_PROFESSIONAL, .marks = MARK_FS},
};
