/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GLO-02: a procedure within an operation's global period that does not say why
 * it is paid, and one that says so where there was no operation.
 *
 *	index day 0      days 1 to 10, 1 to 90
 *	                 58, 79, or 78: staged, unrelated, a return
 */
#include "history/services.h"

#include "history/edges.h"

enum { DAYS_SHORT = 10, DAYS_LONG = 90 };

/* Operations of a provider, of a group (under its complement), and of anybody. */
enum series { SERIES_MAJOR, SERIES_MINOR };
enum { ANYBODY = 1 };

static uint64_t series_key(uint64_t who, enum series series)
{
	return who + (uint64_t)series * 0x9e3779b97f4a7c15;
}

static bool has_reason(const struct event *event)
{
	return event->marks & MARK_REASON;
}

/* After which there is a global period, whoever has it. */
static bool px_has_period(const struct procedure_attributes *px)
{
	return px->global == PX_GLOBAL_010 || px->global == PX_GLOBAL_090;
}

static bool has_period(const struct event *event)
{
	return px_has_period(event->px);
}

static void put(struct keyed_events *keyed, const struct event *event, uint32_t at, uint64_t who)
{
	enum series series = event->px->global == PX_GLOBAL_090 ? SERIES_MAJOR : SERIES_MINOR;

	if (who)
		keyed->items[keyed->count++] = (struct keyed_event){
		        series_key(who, series), event->line->from, at};
}

static void gather(const struct window *window, struct keyed_events *keyed)
{
	for (uint32_t i = 0; i < window->count; i++) {
		const struct event *event = &window->events[i];

		if (!has_period(event) || event->line->from == DATE_ABSENT)
			continue;
		put(keyed, event, i, ANYBODY);
		if (!is_surgery(event) || event_has(event, '5', '4'))
			continue;
		put(keyed, event, i, event->run->same);
		put(keyed, event, i, event->group ? ~event->group : 0);
	}
	keyed_sort(keyed);
}

static uint32_t within(const struct window *window, const struct keyed_events *keyed, uint64_t who,
        enum series series, int32_t day)
{
	uint32_t at = who ? keyed_last_before(keyed, series_key(who, series), day) : NO_EVENT;
	int32_t days = series == SERIES_MAJOR ? DAYS_LONG : DAYS_SHORT;

	return at != NO_EVENT && window->events[at].line->from >= day - days ? at : NO_EVENT;
}

/* The last operation whose period the day is in; a major one before a minor one. */
static uint32_t index_of(
        const struct window *window, const struct keyed_events *keyed, uint64_t who, int32_t day)
{
	uint32_t major = within(window, keyed, who, SERIES_MAJOR, day);

	return major != NO_EVENT ? major : within(window, keyed, who, SERIES_MINOR, day);
}

static uint32_t own_index(
        const struct window *window, const struct keyed_events *keyed, const struct event *event)
{
	uint32_t at = index_of(window, keyed, event->run->same, event->line->from);

	if (at == NO_EVENT && event->group)
		at = index_of(window, keyed, ~event->group, event->line->from);
	return at;
}

/* Another line of the day with a period: a return on the day of the operation itself. */
static bool same_day(const struct window *window, const struct keyed_events *keyed, uint32_t at)
{
	int32_t day = window->events[at].line->from;

	for (unsigned s = SERIES_MAJOR; s <= SERIES_MINOR; s++) {
		uint64_t key = series_key(ANYBODY, s);
		uint32_t first = keyed_first_from(keyed, key, day);
		uint32_t last = keyed_last_before(keyed, key, day + 1);

		if ((first != at && first != NO_EVENT && window->events[first].line->from == day) ||
		        (last != at && last != NO_EVENT && window->events[last].line->from == day))
			return true;
	}
	return false;
}

static void keep_within(struct window *window, uint32_t at, uint32_t index)
{
	const struct event *event = &window->events[at], *surgery = &window->events[index];
	bool major = surgery->px->global == PX_GLOBAL_090;
	char code[CODE_TEXT_SIZE];
	struct find find;

	find_begin(&find, at, "no_modifier", SEVERITY_MEDIUM);
	find.other = index;
	detail_add(&find.hit, "procedure=%s", code_text(surgery->line->code, code));
	detail_add(&find.hit, "global=%s", major ? "090" : "010");
	detail_add(&find.hit, "day=%d; limit=%s", event->line->from - surgery->line->from,
	        major ? "1..90" : "1..10");
	detail_add(&find.hit, "needs=58 78 79");
	find_keep(window, &find);
}

static void keep_alone(struct window *window, uint32_t at)
{
	const struct event *event = &window->events[at];
	struct find find;

	find_begin(&find, at, "no_index", SEVERITY_INFO);
	detail_add(&find.hit, "modifier=%s",
	        event_has(event, '5', '8') ? "58" : (event_has(event, '7', '8') ? "78" : "79"));
	detail_add(&find.hit, "operations=0; limit=1 in %d days", DAYS_LONG);
	find_keep(window, &find);
}

static void judge_reason(struct window *window, const struct keyed_events *keyed, uint32_t at)
{
	int32_t day = window->events[at].line->from;
	bool found = index_of(window, keyed, ANYBODY, day) != NO_EVENT ||
	             same_day(window, keyed, at);

	window_scope(window, at, 1);
	if (!found && !edge_reaches_back(window, day, DAYS_LONG))
		return;
	window_evaluated(window, at, 1);
	if (!found)
		keep_alone(window, at);
}

static void judge_procedure(struct window *window, const struct keyed_events *keyed, uint32_t at)
{
	const struct event *event = &window->events[at];
	uint32_t index = is_surgery(event) ? own_index(window, keyed, event) : NO_EVENT;

	if (index == NO_EVENT)
		return;
	window_scope(window, at, 1);
	window_evaluated(window, at, 1);
	keep_within(window, at, index);
}

static void judge(struct window *window)
{
	struct keyed_events keyed = {0};
	bool any = false;

	for (uint32_t i = 0; i < window->count && !any; i++)
		any = has_period(&window->events[i]) || has_reason(&window->events[i]);
	if (!any)
		return;
	keyed.items = window_room(window, 3 * (size_t)window->count, sizeof(*keyed.items));
	if (!keyed.items)
		return;
	gather(window, &keyed);
	for (uint32_t i = 0; i < window->count; i++) {
		const struct event *event = &window->events[i];

		if (!event_is(event, CLAIM_PROFESSIONAL) || event->line->from == DATE_ABSENT ||
		        (event->flags & EVENT_DUPLICATE))
			continue;
		if (has_reason(event))
			judge_reason(window, &keyed, i);
		else
			judge_procedure(window, &keyed, i);
	}
}

static bool is_concerned(const struct coded *coded)
{
	return px_has_period(coded->px);
}

static const enum field needs[] = {
        FIELD_PERSON_ID, FIELD_HCPCS, FIELD_CLAIM_START, FIELD_MODIFIER_1, FIELD_COUNT};
static const struct rule_check checks[] = {{"no_modifier", CHECK_HISTORY, .needs = needs},
        {"no_index", CHECK_HISTORY, .needs = needs}};

static const struct rule rule = {
        .id = "GLO-02",
        .name = "Procedure inside global without 58/78/79, or those without an index surgery",
        .tier = "P1",
        .scope = "bene history",
        .hit_unit = "line",
        .definition = "A payable procedure (global 000, 010, 090) without 58, 78 or 79 by the same "
                      "rendering NPI, or one of the same TIN and specialty, on days 1 to 10 after "
                      "a payable operation of 010 days, 1 to 90 after one of 090 (no_modifier). A "
                      "professional line with 58, 78 or 79 and no line of a code with 010 or 090 "
                      "days by anybody in the 10 or 90 days before, or on the day (no_index, "
                      "info).",
        .traps = "Never on the day itself. Care before or after another's operation (55, 56), "
                 "assistants, and for its period an operation with 54, are no operation of the "
                 "provider's. An operation of another payer is not seen. 78 at the full fee is not "
                 "judged: the run keeps no intraoperative share.",
        .tables = "the fee schedule's global days",
        .parameters = "post=10, 90 days from the day after; lookback=90 days",
        .dollars = "no_modifier: the amount of the line; no_index none",
        .evaluated = "payable procedures in a window; lines with 58, 78 or 79 whose data begin 90 "
                     "days before, or with an operation found",
        .authority = "MCPM ch. 12, s. 40.2 to 40.4",
        .idle = "no procedure in a global period, and no 58, 78 or 79 with 90 days of data before "
                "it",
        .checks = checks,
        .check_count = 2,
};

const struct history_rule history_rule_glo_02 = {
        .rule = &rule,
        .judge = judge,
        .needs = HISTORY_PROFESSIONAL,
        .concern = {.types = 1 << CLAIM_PROFESSIONAL, .code = is_concerned, .marks = MARK_REASON},
};
