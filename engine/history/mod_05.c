/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MOD-05, the part that needs the day: both sides on two lines.
 *
 *   inherent   the fee is for both sides already, and is billed twice
 *   over_150   the second side at more than half of the dearer one
 *
 * The line part counts lines with 50, RT or LT; each line found here is a unit
 * more, for it needs neither those nor a diagnosis.
 */
#include "history/services.h"

#include "base/hash.h"
#include "rules/detail.h"

enum { BILATERAL_HALF = 1, BILATERAL_INHERENT = 2 };
enum { RIGHT = 1, LEFT = 2 };

static bool is_apart(const struct event *event)
{
	static const uint16_t apart[] = {TWO_CHARS('7', '6'), TWO_CHARS('7', '7'),
	        TWO_CHARS('5', '9'), TWO_CHARS('X', 'E'), TWO_CHARS('X', 'P'), TWO_CHARS('X', 'S'),
	        TWO_CHARS('X', 'U'), TWO_CHARS('5', '0')};

	return event_has_any(event, apart, sizeof(apart) / sizeof(apart[0]));
}

/* Surgical centers bill each side on a line of its own. */
static bool takes_part(const struct window *window, const struct event *event)
{
	uint8_t bilateral = event->px->bilateral;

	return event->px->flags & PX_MPFS &&
	       (bilateral == BILATERAL_HALF || bilateral == BILATERAL_INHERENT) &&
	       event_is(event, CLAIM_PROFESSIONAL) && event->run->setting != SETTING_NONE &&
	       event_has_day(event) && !(event->flags & EVENT_DUPLICATE) && !is_apart(event) &&
	       !is_assistant(event) && !is_surgical_center(event) &&
	       codes_covers(window->options->codes, PART_MPFS, event->line->from);
}

static unsigned side_of(const struct event *event)
{
	return (event_has(event, 'R', 'T') ? RIGHT : 0) | (event_has(event, 'L', 'T') ? LEFT : 0);
}

/* Reading and taking of one study are two halves. */
static bool is_like(const struct event *a, const struct event *b)
{
	return event_has(a, '2', '6') == event_has(b, '2', '6') &&
	       event_has(a, 'T', 'C') == event_has(b, 'T', 'C');
}

static void begin(
        struct window *window, uint32_t at, uint32_t other, const char *kind, struct find *find)
{
	const struct event *event = &window->events[at];
	char code[CODE_TEXT_SIZE];

	find_begin(find, at, kind, SEVERITY_LOW);
	find->other = other;
	detail_add(&find->hit, "code=%s", code_text(event->line->code, code));
	detail_add(&find->hit, "bilat=%u", event->px->bilateral);
}

static void keep(struct window *window, const struct find *find)
{
	window_scope(window, find->event, 1);
	window_evaluated(window, find->event, 1);
	find_keep(window, find);
}

static void judge_inherent(struct window *window, uint32_t at, uint32_t before)
{
	struct find find;

	begin(window, at, before, "inherent", &find);
	detail_add(&find.hit, "lines=2; limit=1");
	keep(window, &find);
}

/*
 * Of both sides the dearer is due whole and the other by half: what is above
 * that is the excess, on the later line.
 */
static void judge_half(struct window *window, uint32_t at, uint32_t before)
{
	const struct event *event = &window->events[at], *other = &window->events[before];
	int64_t dearer = event->amount > other->amount ? event->amount : other->amount;
	int64_t cheaper = event->amount > other->amount ? other->amount : event->amount;
	struct find find;

	if (cheaper <= 0 || cheaper > INT64_MAX / 4 || 2 * cheaper <= dearer)
		return;
	begin(window, at, before, "over_150", &find);
	detail_add_money(&find.hit, "amount", event->amount);
	detail_add_money(&find.hit, "other_amount", other->amount);
	detail_add(&find.hit, "percent=%d; limit=150", (int)(100 + cheaper * 100 / dearer));
	hit_share(&find.hit, 2 * cheaper - dearer, 2 * event->amount);
	keep(window, &find);
}

/* The lines of a code, provider and day; each is held against the first. */
static void judge_lines(struct window *window, const struct keyed_event *items, uint32_t count)
{
	uint32_t first = items[0].event;
	const struct event *before = &window->events[first];

	for (uint32_t i = 1; i < count; i++) {
		uint32_t at = items[i].event;
		const struct event *event = &window->events[at];
		unsigned sides = side_of(event) | side_of(before);
		bool both = side_of(event) != side_of(before) && sides == (RIGHT | LEFT);

		if (!is_like(event, before) || window_line_hit(window, at))
			continue;
		if (event->px->bilateral == BILATERAL_INHERENT)
			judge_inherent(window, at, first);
		else if (both)
			judge_half(window, at, first);
	}
}

/* A code of a provider. */
static uint64_t key_of(const struct window *window, const struct event *event)
{
	const uint64_t key[] = {event->run->same, event->line->code};

	return event->run->same && takes_part(window, event) ? hash64(key, sizeof(key)) | 1 : 0;
}

static void judge(struct window *window)
{
	keyed_each_group(window, key_of, judge_lines);
}

static bool is_concerned(const struct coded *coded)
{
	return coded->px->bilateral == BILATERAL_HALF || coded->px->bilateral == BILATERAL_INHERENT;
}

static const struct rule part = {.id = "MOD-05"};

const struct history_rule history_rule_mod_05 = {
        .rule = &part,
        .judge = judge,
        .needs = HISTORY_PROFESSIONAL,
        .concern = {.types = 1 << CLAIM_PROFESSIONAL, .code = is_concerned, .days = DAYS_CODE_MET},
};
