/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GLO-04's counts: services of one edit that a provider bills on two days running.
 *
 *	day d      A          day d + 1   B
 *	           +---- (A, B) or (B, A) in force on the later day ----+
 *
 * A pair on one day is NCC-01's and NCC-02's.  Real staged care is like this too,
 * so that only a provider's rate beside peers says something.
 */
#include "history/edits.h"
#include "history/services.h"
#include "history/tallies.h"

/* 58, 78, 79 say why a service comes later. */
static bool takes_part(const struct event *event)
{
	return !(event->flags & EVENT_DUPLICATE) && event_has_day(event) && !is_em(event) &&
	       !event_has(event, '5', '8') && !event_has(event, '7', '8') &&
	       !event_has(event, '7', '9');
}

/* A code of a day, with the amount of its lines. */
struct day_code {
	int64_t amount;
	uint16_t id;
	uint8_t roles;
};

static uint32_t gather(
        const struct window *window, uint32_t from, uint32_t to, struct day_code *codes)
{
	const struct edits *edits = window->practitioner;
	uint32_t count = 0;

	for (uint32_t at = from, end; at < to; at = end) {
		uint32_t ref = history_ref(window->events[window->slots[at].event].line);
		struct edits_code found = edits_code(edits, window->slots[at].code, ref);
		struct day_code code = {.id = found.id, .roles = found.roles};
		bool any = false;

		end = slots_code_end(window, at, to);
		for (uint32_t i = at; code.id && i < end; i++) {
			const struct event *event = &window->events[window->slots[i].event];

			if (!takes_part(event))
				continue;
			any = true;
			code.amount += event->amount > 0 ? event->amount : 0;
		}
		if (any)
			codes[count++] = code;
	}
	return count;
}

/* The amounts of column 2, or -1: no code of one day has an edit with one of the other. */
static int64_t split_amount(const struct window *window, const struct day_code *one,
        uint32_t count_one, const struct day_code *two, uint32_t count_two, int32_t day)
{
	int64_t amount = 0;
	bool split = false;

	for (uint32_t b = 0; b < count_two; b++) {
		bool hit = false;

		for (uint32_t a = 0; a < count_one && !hit && two[b].roles & PAIR_COLUMN_2; a++) {
			struct edit edit;

			hit = one[a].id != two[b].id && one[a].roles & PAIR_COLUMN_1 &&
			      edits_may_pair(window->practitioner, one[a].id, two[b].id) &&
			      edits_find(window->practitioner, one[a].id, two[b].id, day, &edit);
		}
		amount += hit ? two[b].amount : 0;
		split |= hit;
	}
	return split ? amount : -1;
}

/* Slots from to to, a day, and the next one, which begins at next. */
static void judge_days(struct window *window, uint32_t from, uint32_t to, uint32_t next)
{
	uint32_t end = slots_day_end(window, next), first, second;
	int32_t day = window->slots[next].from;
	struct day_code *codes = window_room(window, to - from + end - next, sizeof(*codes));
	int64_t forth, back;
	struct tally tally = {.measure = TALLY_GLO_04, .n = 1};

	if (!codes)
		return;
	first = gather(window, from, to, codes);
	second = gather(window, next, end, codes + first);
	forth = split_amount(window, codes, first, codes + first, second, day);
	back = split_amount(window, codes + first, second, codes, first, day);
	tally.k = forth >= 0 || back >= 0;
	tally.dollars = (forth > 0 ? forth : 0) + (back > 0 ? back : 0);
	window_tally(window, &window->events[window->slots[next].event], tally);
}

static void judge(struct window *window)
{
	for (uint32_t from = 0, to, next; from < window->slot_count; from = to) {
		struct slot slot = window->slots[from];

		to = slots_day_end(window, from);
		if (slot.setting != SETTING_PRACTITIONER || slot.span > 0 ||
		        !edits_cover(window->practitioner, slot.from + 1))
			continue;
		slot.from++;
		next = slots_find(window, &slot);
		if (next != NO_EVENT)
			judge_days(window, from, to, next);
	}
}

/* Its words are those of the other part (glo_04.c). */
static const struct rule part = {.id = "GLO-04"};

const struct history_rule history_rule_glo_04_split = {
        .rule = &part,
        .judge = judge,
        .needs = HISTORY_PROFESSIONAL,
        .concern = {.settings = 1 << SETTING_PRACTITIONER, .days = DAYS_SEVERAL},
};
