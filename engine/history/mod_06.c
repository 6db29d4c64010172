/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MOD-06: a line that says that it repeats another (76, 77, 91), and no other
 * is there; or whose code is not repeated that way.
 */
#include "history/services.h"

static const char *const kinds[] = {"not_laboratory", "visit", "no_original"};
enum { NOT_LABORATORY = 1, VISIT = 2, NO_ORIGINAL = 4 };

enum { SAME = 1, OTHER = 2, TEST = 4 }; /* 76, 77, 91 */

static unsigned repeat_of(const struct event *event)
{
	return (event_has(event, '7', '6') ? SAME : 0) | (event_has(event, '7', '7') ? OTHER : 0) |
	       (event_has(event, '9', '1') ? TEST : 0);
}

/* By the set, by CPT's section, or by its proprietary and algorithmic analyses (0001U, 0002M). */
static bool is_laboratory(const struct event *event)
{
	uint64_t code = event->line->code;
	unsigned first = code & 0xff, last = code >> 32 & 0xff;

	return (event->px->flags & PX_LAB) || first == '8' ||
	       (first == '0' && (last == 'U' || last == 'M'));
}

/* The payable lines of one code and day. */
struct group {
	const struct keyed_event *items;
	uint32_t count;
	bool several; /* providers */
};

/* Has its provider another line there? */
static bool has_same(const struct window *window, const struct group *group, uint32_t at)
{
	uint64_t same = window->events[at].run->same;
	bool found = false;

	for (uint32_t i = 0; i < group->count && !found; i++)
		found = group->items[i].event != at &&
		        window->events[group->items[i].event].run->same == same;
	return found;
}

static unsigned kinds_of(const struct window *window, const struct group *group, uint32_t at)
{
	const struct event *event = &window->events[at];
	unsigned repeat = repeat_of(event), mask = 0;

	if (repeat & TEST && history_ref(event->line) && !is_laboratory(event))
		mask |= NOT_LABORATORY;
	if (repeat & (SAME | OTHER) && is_em(event))
		mask |= VISIT;
	if ((repeat & OTHER && !group->several) ||
	        (repeat & (SAME | TEST) && !has_same(window, group, at)))
		mask |= NO_ORIGINAL;
	return mask;
}

static void keep(struct window *window, uint32_t at, unsigned mask)
{
	const struct event *event = &window->events[at];
	unsigned repeat = repeat_of(event), first;
	char code[CODE_TEXT_SIZE];
	struct find find;

	find_begin(&find, at, "", SEVERITY_LOW);
	first = hit_name_kinds(&find.hit, kinds, mask);
	find.kind = kinds[first];
	if (1u << first == VISIT) {
		find.hit.severity = SEVERITY_INFO;
		find.hit.share = 0;
	}
	detail_add(&find.hit, "code=%s", code_text(event->line->code, code));
	detail_add(&find.hit, "modifiers=%s%s%s", repeat & SAME ? "76" : "",
	        repeat & OTHER ? repeat & SAME ? ",77" : "77" : "",
	        repeat & TEST ? repeat & (SAME | OTHER) ? ",91" : "91" : "");
	if (mask & NO_ORIGINAL)
		detail_add(&find.hit, "others=0; limit=1");
	hit_tell_also(&find.hit, kinds, mask);
	find_keep(window, &find);
}

static bool is_in_scope(const struct event *event)
{
	return event->marks & (MARK_REPEAT | MARK_91) && event->run->setting != SETTING_NONE &&
	       event->line->code != CODE_BLANK;
}

static bool can_judge(const struct event *event)
{
	return event_has_day(event) && event->run->same;
}

static void judge_group(struct window *window, struct group *group)
{
	uint64_t same = window->events[group->items[0].event].run->same;

	for (uint32_t i = 1; i < group->count && !group->several; i++)
		group->several = window->events[group->items[i].event].run->same != same;
	for (uint32_t i = 0; i < group->count; i++) {
		uint32_t at = group->items[i].event;
		unsigned mask;

		if (!is_in_scope(&window->events[at]) || !can_judge(&window->events[at]))
			continue;
		window_evaluated(window, at, 1);
		mask = kinds_of(window, group, at);
		if (mask)
			keep(window, at, mask);
	}
}

static uint64_t key_of(const struct window *window, const struct event *event)
{
	(void)window;
	return event->line->from != DATE_ABSENT && event->run->same ? event->line->code : 0;
}

static void judge(struct window *window)
{
	struct keyed_events keyed;
	uint32_t repeats = 0;

	for (uint32_t i = 0; i < window->count; i++) {
		bool repeat = is_in_scope(&window->events[i]);

		window_scope(window, i, repeat);
		repeats += repeat;
	}
	if (repeats == 0)
		return;
	keyed_gather(window, key_of, &keyed);
	for (uint32_t from = 0, to; from < keyed.count; from = to) {
		struct group group = {.items = &keyed.items[from]};

		to = keyed_end(&keyed, from);
		group.count = to - from;
		judge_group(window, &group);
	}
}

static const enum field needs[] = {
        FIELD_PERSON_ID, FIELD_HCPCS, FIELD_MODIFIER_1, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {{"not_laboratory", CHECK_HISTORY, .needs = needs},
        {"visit", CHECK_HISTORY, .needs = needs}, {"no_original", CHECK_HISTORY, .needs = needs}};

static const struct rule rule = {
        .id = "MOD-06",
        .name = "Repeat modifiers 76/77/91 without original",
        .tier = "P2",
        .scope = "bene-day-provider",
        .hit_unit = "line",
        .definition = "A payable line with 76 or 91 where the same provider has no other payable "
                      "line of the code for the beneficiary that day, or with 77 where no other "
                      "provider has (no_original); 91 on a code that is no laboratory test "
                      "(not_laboratory); 76 or 77 on a visit (visit).",
        .traps = "The original may be on another claim, and may come later. Codes that no set "
                 "knows are not called other than laboratory.",
        .tables = "laboratory codes; E/M families",
        .parameters = "none",
        .dollars = "the line's amount; visit: none",
        .evaluated = "payable lines with 76, 77 or 91, a day of their own and a provider",
        .authority = "CPT appendix A; NCCI Policy Manual ch. I",
        .idle = "no payable line with 76, 77 or 91",
        .checks = checks,
        .check_count = 3,
};

const struct history_rule history_rule_mod_06 = {
        .rule = &rule,
        .judge = judge,
        .needs = HISTORY_LINES,
        .concern = {.marks = MARK_REPEAT | MARK_91},
};
