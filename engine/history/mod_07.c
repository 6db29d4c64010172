/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MOD-07: an assistant at surgery whom the fee schedule does not pay, or whose
 * surgeon nobody is.
 */
#include "history/services.h"

static const char *const kinds[] = {
        "never", "not_applicable", "not_teaching", "no_surgeon", "documentation"};
enum { NEVER = 1, NOT_APPLICABLE = 2, NOT_TEACHING = 4, NO_SURGEON = 8, DOCUMENTATION = 16 };

/* The fee schedule's indicator of assistants at surgery. */
enum { ASSISTANT_DOCUMENTED = 0, ASSISTANT_NEVER = 1, ASSISTANT_NO_CONCEPT = 9 };

/* The operation itself: not assistance, nor care before or after it. */
static bool is_operation(const struct event *event)
{
	return event_is(event, CLAIM_PROFESSIONAL) && !is_assistant(event) &&
	       !event_has(event, '5', '5') && !event_has(event, '5', '6');
}

static bool is_judged(const struct event *event)
{
	return event_is(event, CLAIM_PROFESSIONAL) && is_assistant(event) &&
	       event->run->setting != SETTING_NONE;
}

static bool has_surgeon(const struct window *window, const struct keyed_events *operations,
        const struct event *event)
{
	uint32_t at = keyed_first_from(operations, event->line->code, event->line->from);

	return at != NO_EVENT && window->events[at].line->from == event->line->from;
}

static unsigned kinds_of(const struct event *event, bool surgeon)
{
	unsigned mask = surgeon ? 0 : NO_SURGEON;

	if (event_has(event, '8', '2') && (event->run->facts & HISTORY_NOT_TEACHING))
		mask |= NOT_TEACHING;
	switch (event->px->assistant) {
	case ASSISTANT_NEVER:
		return mask | NEVER;
	case ASSISTANT_NO_CONCEPT:
		return mask | NOT_APPLICABLE;
	case ASSISTANT_DOCUMENTED:
		return mask | DOCUMENTATION;
	default:
		return mask;
	}
}

static const char *modifier_of(const struct event *event)
{
	return event_has(event, '8', '0')   ? "80"
	       : event_has(event, '8', '1') ? "81"
	       : event_has(event, '8', '2') ? "82"
	                                    : "AS";
}

static void keep(struct window *window, uint32_t at, unsigned mask)
{
	const struct event *event = &window->events[at];
	char code[CODE_TEXT_SIZE];
	unsigned first;
	struct find find;

	find_begin(&find, at, "", SEVERITY_LOW);
	first = hit_name_kinds(&find.hit, kinds, mask);
	find.kind = kinds[first];
	if (1u << first == NEVER)
		find.hit.severity = SEVERITY_HIGH;
	if (1u << first == DOCUMENTATION) {
		find.hit.severity = SEVERITY_INFO;
		find.hit.share = 0;
	}
	detail_add(&find.hit, "code=%s", code_text(event->line->code, code));
	detail_add(
	        &find.hit, "modifier=%s; assistant=%u", modifier_of(event), event->px->assistant);
	find_release(window, &find, PART_MPFS);
	if (mask & NO_SURGEON)
		detail_add(&find.hit, "surgeons=0; limit=1");
	hit_tell_also(&find.hit, kinds, mask);
	find_keep(window, &find);
}

static void judge_line(struct window *window, uint32_t at, const struct keyed_events *operations)
{
	const struct event *event = &window->events[at];
	unsigned mask;

	window_scope(window, at, 1);
	if (!event_has_day(event) || !window_covers(window, at, PART_MPFS) ||
	        !(event->px->flags & PX_MPFS))
		return;
	window_evaluated(window, at, 1);
	mask = kinds_of(event, has_surgeon(window, operations, event));
	if (mask)
		keep(window, at, mask);
}

static uint64_t key_of(const struct window *window, const struct event *event)
{
	(void)window;
	return is_operation(event) && event->line->from != DATE_ABSENT ? event->line->code : 0;
}

static void judge(struct window *window)
{
	struct keyed_events operations;
	bool any = false;

	for (uint32_t i = 0; i < window->count && !any; i++)
		any = is_judged(&window->events[i]);
	if (!any)
		return;
	keyed_gather(window, key_of, &operations);
	for (uint32_t i = 0; i < window->count; i++)
		if (is_judged(&window->events[i]))
			judge_line(window, i, &operations);
}

static const enum field needs[] = {
        FIELD_PERSON_ID, FIELD_HCPCS, FIELD_MODIFIER_1, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {
        {"never", CHECK_HISTORY, .needs = needs, .parts = PART_BIT(PART_MPFS)},
        {"not_applicable", CHECK_HISTORY, .needs = needs, .parts = PART_BIT(PART_MPFS)},
        {"not_teaching", CHECK_HISTORY, .needs = needs, .parts = PART_BIT(PART_MPFS)},
        {"no_surgeon", CHECK_HISTORY, .needs = needs, .parts = PART_BIT(PART_MPFS)},
        {"documentation", CHECK_HISTORY, .needs = needs, .parts = PART_BIT(PART_MPFS)}};

static const struct rule rule = {
        .id = "MOD-07",
        .name = "Assistant surgeon misuse",
        .tier = "P1",
        .scope = "bene-day",
        .hit_unit = "line and kind",
        .definition =
                "A payable professional line with 80, 81, 82 or AS on a code whose "
                "assistant indicator is 1 (never) or 9 (not_applicable); with 82 at a "
                "facility that the providers file says does not teach (not_teaching); where "
                "nobody billed the code itself for the beneficiary that day, without 80, 81, 82, "
                "AS, 55 or 56 (no_surgeon); of indicator 0, which wants documentation "
                "(documentation).",
        .traps = "The surgeon's claim may come late, or go to another payer. Data of assistants "
                 "alone have no surgeons: leave the rule out. A facility that the providers "
                 "file does not have may teach.",
        .tables = "the fee schedule's indicator of assistants at surgery; teaching in --providers",
        .parameters = "none",
        .dollars = "the line's amount; documentation: none",
        .evaluated = "payable professional lines with 80, 81, 82 or AS, a day of their own, and a "
                     "code that the schedule has",
        .authority = "MPFS relative value file; MCPM ch. 12 s. 20.4.3",
        .idle = "no payable line with 80, 81, 82 or AS on a code that the schedule has",
        .checks = checks,
        .check_count = 5,
};

const struct history_rule history_rule_mod_07 = {
        .rule = &rule,
        .judge = judge,
        .needs = HISTORY_NEEDS_TEACHING | HISTORY_PROFESSIONAL,
        .concern = {.types = 1 << CLAIM_PROFESSIONAL, .marks = MARK_ASSISTANT},
};
