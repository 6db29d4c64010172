/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MOD-02: a visit on the day of the same provider's procedure, and no modifier
 * that says why it is paid beside it.
 */
#include "history/services.h"

static bool is_excused(const struct event *event)
{
	return event_has(event, '2', '4') || event_has(event, '2', '5') ||
	       event_has(event, '5', '7');
}

static void keep(struct window *window, uint32_t at, uint32_t procedure)
{
	bool major = window->events[procedure].px->global == PX_GLOBAL_090;
	char code[CODE_TEXT_SIZE];
	struct find find;

	find_begin(&find, at, major ? "needs_57" : "needs_25", SEVERITY_MEDIUM);
	if (window->events[at].line->flags & PAST_DENIED) {
		find_begin(&find, at, "missed_modifier", SEVERITY_INFO);
		find.hit.share = 0;
	}
	find.other = procedure;
	detail_add(
	        &find.hit, "procedure=%s", code_text(window->events[procedure].line->code, code));
	detail_add(&find.hit, "modifiers=0; limit=1");
	find_keep(window, &find);
}

/* The first procedure of a day and provider, a major one before others; NO_EVENT. */
static uint32_t procedure_of(const struct window *window, uint32_t from, uint32_t to)
{
	uint32_t major = NO_EVENT, minor = NO_EVENT;

	for (uint32_t i = from; i < to; i++) {
		uint32_t at = window->slots[i].event;
		const struct event *event = &window->events[at];

		if (!is_surgery(event) || (event->flags & EVENT_DUPLICATE))
			continue;
		if (event->px->global == PX_GLOBAL_090)
			major = at < major ? at : major;
		else
			minor = at < minor ? at : minor;
	}
	return major != NO_EVENT ? major : minor;
}

static bool is_judged(const struct event *event)
{
	return event_is(event, CLAIM_PROFESSIONAL) && is_visit(event) && event_has_day(event);
}

static void judge_visit(struct window *window, uint32_t at, uint32_t procedure)
{
	const struct event *event = &window->events[at];

	window_scope(window, at, 1);
	window_evaluated(window, at, 1);
	if (!is_excused(event) && !(event->flags & EVENT_DUPLICATE))
		keep(window, at, procedure);
}

static void judge_day(struct window *window, uint32_t from, uint32_t to)
{
	uint32_t procedure = procedure_of(window, from, to);

	for (uint32_t i = from; procedure != NO_EVENT && i < to; i++)
		if (is_judged(&window->events[window->slots[i].event]))
			judge_visit(window, window->slots[i].event, procedure);
}

/* Visits that were denied, which may have wanted no more than a modifier. */
static void judge_denied(struct window *window)
{
	for (uint32_t at = window->count; at < window->count + window->denied_count; at++) {
		const struct event *event = &window->events[at];
		uint32_t from, procedure;

		if (!is_judged(event) || !event->run->same)
			continue;
		from = slots_day_of(window, event);
		if (from == NO_EVENT)
			continue;
		procedure = procedure_of(window, from, slots_day_end(window, from));
		if (procedure != NO_EVENT)
			judge_visit(window, at, procedure);
	}
}

static void judge(struct window *window)
{
	for (uint32_t from = 0, to; from < window->slot_count; from = to) {
		to = slots_day_end(window, from);
		if (to - from > 1 && window->slots[from].span == 0)
			judge_day(window, from, to);
	}
	judge_denied(window);
}

static bool is_concerned(const struct coded *coded)
{
	return px_has_global(coded->px);
}

static const enum field needs[] = {
        FIELD_PERSON_ID, FIELD_HCPCS, FIELD_MODIFIER_1, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {{"needs_25", CHECK_HISTORY, .needs = needs},
        {"needs_57", CHECK_HISTORY, .needs = needs},
        {"missed_modifier", CHECK_HISTORY, .needs = needs}};

static const struct rule rule = {
        .id = "MOD-02",
        .name = "E/M same day as minor procedure without 25 (missed modifier)",
        .tier = "P1",
        .scope = "bene-day-provider",
        .hit_unit = "line",
        .definition = "A payable professional visit without 24, 25 or 57 on the day of a payable "
                      "procedure of the same provider with a global period of 0 or 10 days "
                      "(needs_25) or 90 (needs_57). A visit that was denied: missed_modifier, for "
                      "the modifier may be all that it wanted.",
        .traps = "One event with NCC-02 and GLO-01, which stand over it. Care before or after "
                 "another's operation (55, 56) and assistants are no procedure of this provider's "
                 "package.",
        .tables = "the fee schedule's global days",
        .parameters = "report_as=overpayment",
        .dollars = "the visit's amount; missed_modifier: none",
        .evaluated =
                "visits, payable or denied, on a day of the same provider with such a procedure",
        .authority = "NCCI Policy Manual ch. I; I-OCE 21",
        .idle = "no visit on the day of a procedure",
        .checks = checks,
        .check_count = 3,
};

const struct history_rule history_rule_mod_02 = {
        .rule = &rule,
        .judge = judge,
        .needs = HISTORY_VISITS | HISTORY_OPERATIONS | HISTORY_DENIED_VISITS,
        .concern = {.types = 1 << CLAIM_PROFESSIONAL, .code = is_concerned},
};
