/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MOD-01: modifier 25 on the only service of the day.
 */
#include "history/services.h"

/* A second visit of another family: preventive, critical care, or the like. */
static bool is_other_service(const struct event *event, const struct event *visit)
{
	if (event->flags & EVENT_DUPLICATE || event->line->code == CODE_BLANK ||
	        event->line->code == visit->line->code)
		return false;
	return !is_em(event) || event->px->em_family != visit->px->em_family ||
	       event->px->em_family == EM_OTHER;
}

static bool is_known(const struct event *event)
{
	return event->run->same || event->run->tin;
}

static bool is_same_practice(const struct event *a, const struct event *b)
{
	return (a->run->same && a->run->same == b->run->same) ||
	       (a->run->tin && a->run->tin == b->run->tin);
}

static bool has_other(const struct window *window, uint32_t from, uint32_t to, uint32_t at)
{
	const struct event *visit = &window->events[at];
	bool found = false;

	for (uint32_t i = from; i < to && !found; i++) {
		const struct event *event = &window->events[i];

		found = i != at && event_has_day(event) && is_same_practice(event, visit) &&
		        is_other_service(event, visit);
	}
	return found;
}

static void keep(struct window *window, uint32_t at)
{
	const struct event *event = &window->events[at];
	char code[CODE_TEXT_SIZE];
	struct find find;

	find_begin(&find, at, "alone", SEVERITY_INFO);
	find.hit.watch = true;
	find.hit.share = 0;
	detail_add(&find.hit, "code=%s", code_text(event->line->code, code));
	detail_add(&find.hit, "other_services=0; limit=1");
	find_keep(window, &find);
}

/* The events of one day. */
static void judge_day(struct window *window, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++) {
		const struct event *event = &window->events[i];

		if (!event_is(event, CLAIM_PROFESSIONAL) || !is_visit(event) ||
		        !event_has(event, '2', '5'))
			continue;
		window_scope(window, i, 1);
		if (!event_has_day(event) || !is_known(event))
			continue;
		window_evaluated(window, i, 1);
		if (!has_other(window, from, to, i))
			keep(window, i);
	}
}

static void judge(struct window *window)
{
	for (uint32_t from = 0, to; from < window->count; from = to) {
		int32_t day = window->events[from].line->from;

		for (to = from + 1; to < window->count; to++) {
			if (window->events[to].line->from != day)
				break;
		}
		if (day != DATE_ABSENT)
			judge_day(window, from, to);
	}
}

static const enum field needs[] = {
        FIELD_PERSON_ID, FIELD_HCPCS, FIELD_MODIFIER_1, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {{"alone", CHECK_HISTORY, .watch = true, .needs = needs}};

static const struct rule rule = {
        .id = "MOD-01",
        .name = "Modifier 25 with no other service that day",
        .tier = "P1",
        .scope = "bene-day-provider",
        .hit_unit = "line",
        .definition = "A payable visit with 25 where, on the same day, the same rendering NPI or "
                      "TIN has no other payable service: no procedure, test, drug or vaccine, "
                      "and no E/M of another family.",
        .traps = "Vaccines and drugs on another claim count, as do tests of the same TIN by "
                 "another NPI. Information only.",
        .tables = "E/M families",
        .parameters = "watch by default",
        .dollars = "none",
        .evaluated = "payable visits with 25, a day of their own and a provider",
        .authority = "OIG OEI-07-03-00470",
        .idle = "no payable visit with 25",
        .checks = checks,
        .check_count = 1,
};

const struct history_rule history_rule_mod_01 = {
        .rule = &rule,
        .judge = judge,
        .needs = HISTORY_PROFESSIONAL,
        .concern = {.types = 1 << CLAIM_PROFESSIONAL, .marks = MARK_25},
};
