/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GLO-01: an E/M that belongs to an operation's global period.
 *
 *	 day -1      day 0        days 1 to 10, 1 to 90
 *	 preop       same_day     postop
 *	 090: 57     090: 57      24
 *	             else 25      (not after an operation with 54: others see the patient then)
 */
#include "history/services.h"

#include "base/hash.h"

enum { DAYS_SHORT = 10, DAYS_LONG = 90 };
enum { KIND_PREOP, KIND_SAME_DAY, KIND_POSTOP, KINDS };

static const char *const kinds[2][KINDS] = {{"preop", "same_day", "postop"},
        {"preop_wrong_mod", "same_day_wrong_mod", "postop_wrong_mod"}};

/* Operations are looked for by whose they are and by what follows them. */
enum series { SERIES_MAJOR, SERIES_MINOR, SERIES_MAJOR_AFTER, SERIES_MINOR_AFTER, SERIES_COUNT };

static uint64_t series_key(uint64_t who, enum series series)
{
	return who + (uint64_t)series * 0x9e3779b97f4a7c15;
}

static bool is_judged(const struct event *event)
{
	if (!event_is(event, CLAIM_PROFESSIONAL) || !is_visit(event) ||
	        event->line->from == DATE_ABSENT || event->line->code == CODE5("99024"))
		return false;
	return !(event->px->em_family == EM_CRITICAL && event_has(event, 'F', 'T'));
}

static void put(
        struct keyed_events *keyed, const struct event *event, uint32_t at, enum series series)
{
	if (event->run->same)
		keyed->items[keyed->count++] = (struct keyed_event){
		        series_key(event->run->same, series), event->line->from, at};
	if (event->group)
		keyed->items[keyed->count++] = (struct keyed_event){
		        series_key(~event->group, series), event->line->from, at};
}

static void gather(const struct window *window, struct keyed_events *keyed)
{
	for (uint32_t i = 0; i < window->count; i++) {
		const struct event *event = &window->events[i];
		bool major = event->px->global == PX_GLOBAL_090;

		if (!is_surgery(event) || event->line->from == DATE_ABSENT)
			continue;
		put(keyed, event, i, major ? SERIES_MAJOR : SERIES_MINOR);
		if (event->px->global != PX_GLOBAL_000 && !event_has(event, '5', '4'))
			put(keyed, event, i, major ? SERIES_MAJOR_AFTER : SERIES_MINOR_AFTER);
	}
	keyed_sort(keyed);
}

/* The first operation of a series on a day; the first in so many days before one. */
static uint32_t on_day(
        const struct window *window, const struct keyed_events *keyed, uint64_t key, int32_t day)
{
	uint32_t at = keyed_first_from(keyed, key, day);

	return at != NO_EVENT && window->events[at].line->from == day ? at : NO_EVENT;
}

static uint32_t within(const struct window *window, const struct keyed_events *keyed, uint64_t key,
        int32_t day, int32_t days)
{
	uint32_t at = keyed_first_from(keyed, key, day - days);

	return at != NO_EVENT && window->events[at].line->from < day ? at : NO_EVENT;
}

static void take(uint32_t *into, uint32_t event)
{
	if (event < *into)
		*into = event;
}

/* What a visit's modifiers are good for. */
struct claimed {
	bool m24, m25, m57;
};

/* An operation that the visit is bundled with, by kind, and whether it is excused. */
struct index {
	uint32_t major, minor; /* NO_EVENT: none */
};

static void look(const struct window *window, const struct keyed_events *keyed, uint64_t who,
        int32_t day, struct index found[KINDS])
{
	take(&found[KIND_PREOP].major,
	        on_day(window, keyed, series_key(who, SERIES_MAJOR), day + 1));
	take(&found[KIND_SAME_DAY].major,
	        on_day(window, keyed, series_key(who, SERIES_MAJOR), day));
	take(&found[KIND_SAME_DAY].minor,
	        on_day(window, keyed, series_key(who, SERIES_MINOR), day));
	take(&found[KIND_POSTOP].major,
	        within(window, keyed, series_key(who, SERIES_MAJOR_AFTER), day, DAYS_LONG));
	take(&found[KIND_POSTOP].minor,
	        within(window, keyed, series_key(who, SERIES_MINOR_AFTER), day, DAYS_SHORT));
}

/* Does the visit say what would take it out of that operation's package? */
static bool excused(unsigned kind, bool major, struct claimed claimed)
{
	if (kind == KIND_POSTOP)
		return claimed.m24;
	return claimed.m57 || (!major && claimed.m25);
}

static void keep(struct window *window, uint32_t at, uint32_t other, unsigned kind, bool wrong)
{
	static const char *const globals[] = {
	        [PX_GLOBAL_000] = "000", [PX_GLOBAL_010] = "010", [PX_GLOBAL_090] = "090"};
	const struct event *event = &window->events[at], *surgery = &window->events[other];
	bool major = surgery->px->global == PX_GLOBAL_090;
	char code[CODE_TEXT_SIZE];
	struct find find;

	find_begin(&find, at, kinds[wrong][kind], wrong ? SEVERITY_LOW : SEVERITY_HIGH);
	find.other = other;
	detail_add(&find.hit, "procedure=%s", code_text(surgery->line->code, code));
	detail_add(&find.hit, "global=%s", globals[surgery->px->global]);
	detail_add(&find.hit, "day=%d; limit=%s", event->line->from - surgery->line->from,
	        kind == KIND_POSTOP ? (major ? "1..90" : "1..10")
	                            : (kind == KIND_PREOP ? "-1" : "0"));
	detail_add(&find.hit, "needs=%s", kind == KIND_POSTOP ? "24" : (major ? "57" : "25"));
	find_keep(window, &find);
}

/* The first kind that is not excused; of one without the modifiers all are hits. */
static void judge_visit(struct window *window, uint32_t at, const struct keyed_events *keyed)
{
	const struct event *event = &window->events[at];
	struct claimed claimed = {
	        event_has(event, '2', '4'), event_has(event, '2', '5'), event_has(event, '5', '7')};
	struct index found[KINDS];
	bool any = false;

	for (unsigned k = 0; k < KINDS; k++)
		found[k] = (struct index){NO_EVENT, NO_EVENT};
	if (event->run->same)
		look(window, keyed, event->run->same, event->line->from, found);
	if (event->group)
		look(window, keyed, ~event->group, event->line->from, found);
	for (unsigned k = 0; k < KINDS; k++)
		any |= found[k].major != NO_EVENT || found[k].minor != NO_EVENT;
	if (!any)
		return;
	window_scope(window, at, 1);
	window_evaluated(window, at, 1);
	for (unsigned k = 0; k < KINDS; k++) {
		bool major = found[k].major != NO_EVENT && !excused(k, true, claimed);
		bool minor = found[k].minor != NO_EVENT && !excused(k, false, claimed);

		if (!major && !minor)
			continue;
		keep(window, at, major ? found[k].major : found[k].minor, k,
		        claimed.m24 || claimed.m25 || claimed.m57);
		return;
	}
}

static void judge(struct window *window)
{
	struct keyed_events keyed = {0};
	bool any = false;

	for (uint32_t i = 0; i < window->count && !any; i++)
		any = is_surgery(&window->events[i]);
	if (!any)
		return;
	keyed.items = window_room(window, 4 * (size_t)window->count, sizeof(*keyed.items));
	if (!keyed.items)
		return;
	gather(window, &keyed);
	for (uint32_t i = 0; i < window->count; i++) {
		if (is_judged(&window->events[i]))
			judge_visit(window, i, &keyed);
	}
}

static bool is_concerned(const struct coded *coded)
{
	return px_has_global(coded->px);
}

static const enum field needs[] = {FIELD_PERSON_ID, FIELD_HCPCS, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {{"preop", CHECK_HISTORY, .needs = needs},
        {"same_day", CHECK_HISTORY, .needs = needs}, {"postop", CHECK_HISTORY, .needs = needs},
        {"preop_wrong_mod", CHECK_HISTORY, .needs = needs},
        {"same_day_wrong_mod", CHECK_HISTORY, .needs = needs},
        {"postop_wrong_mod", CHECK_HISTORY, .needs = needs}};

static const struct rule rule = {
        .id = "GLO-01",
        .name = "E/M inside global surgery period",
        .tier = "P1",
        .scope = "bene history",
        .hit_unit = "line",
        .definition = "A payable professional visit by the same rendering NPI, or one of the same "
                      "TIN and specialty, as a payable operation: the day before one of 090 days "
                      "(preop), the day of one of 000, 010 or 090 (same_day), days 1 to 10 or 1 "
                      "to 90 after (postop). Preop and a 090's day need 57, a 000's or 010's day "
                      "25 (57 will do), postop 24. None of them: a hit; another than is needed: "
                      "kind and _wrong_mod.",
        .traps = "After an operation with 54 the surgeon has no visits to bundle; 55, 56 and "
                 "assistants are no operation of theirs. 99024, and critical care with FT, are "
                 "left out. Where NCC-02 hits the visit on the day, it is reported there.",
        .tables = "the fee schedule's global days",
        .parameters = "pre=1 day for 090; post=10, 90 days from the day after",
        .dollars = "the visit's amount",
        .evaluated = "payable visits within the window of a payable operation",
        .authority = "MCPM ch. 12, s. 40",
        .idle = "no visit within the window of an operation",
        .checks = checks,
        .check_count = 6,
};

const struct history_rule history_rule_glo_01 = {
        .rule = &rule,
        .judge = judge,
        .needs = HISTORY_VISITS | HISTORY_OPERATIONS,
        .concern = {.types = 1 << CLAIM_PROFESSIONAL, .code = is_concerned},
};
