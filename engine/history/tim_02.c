/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TIM-02: a beneficiary's day of more hours than a day has, or of more meetings
 * than one goes to.  Whether places of a day are too far apart needs a table of
 * ZIP codes and their places, which the code sets do not have.
 */
#include "history/services.h"
#include "history/times.h"

enum { MINUTES_24H = 24 * 60, PROVIDERS = 10 };

enum { KIND_MINUTES = 1 << 0, KIND_PROVIDERS = 1 << 1 };
static const char *const kinds[] = {"minutes", "providers", NULL};

struct day {
	uint32_t from, to; /* events */
	uint32_t last;     /* that counts */
	int64_t minutes;
	uint32_t providers, lines;
};

/* Hours that the beneficiary was there, or on the telephone: not a part, not a reading. */
static bool takes_time(const struct window *window, const struct event *event)
{
	const struct history_line *line = event->line;

	return event_is(event, CLAIM_PROFESSIONAL) && event_has_day(event) &&
	       !(event->flags & EVENT_DUPLICATE) && !(event->px->flags & PX_ANESTHESIA) &&
	       times_has(window->options->times, history_ref(line), line->from) &&
	       !event_has(event, 'T', 'C') && !event_has(event, '2', '6') && !is_assistant(event);
}

/* Not from afar: telehealth and telephone have their places of service. */
static bool is_face_to_face(const struct event *event)
{
	return (is_visit(event) || has_global(event)) && event->run->same &&
	       event->line->place != TWO_CHARS('0', '2') &&
	       event->line->place != TWO_CHARS('1', '0');
}

/* Is the provider of an event among those of the day before it? */
static bool is_met_before(const struct window *window, const struct day *day, uint32_t at)
{
	bool met = false;

	for (uint32_t i = day->from; i < at && !met; i++) {
		const struct event *event = &window->events[i];

		met = event->run->same == window->events[at].run->same &&
		      takes_time(window, event) && is_face_to_face(event);
	}
	return met;
}

static void gather(const struct window *window, struct day *day)
{
	for (uint32_t i = day->from; i < day->to; i++) {
		const struct event *event = &window->events[i];

		if (!takes_time(window, event))
			continue;
		day->minutes += times_minutes(window->options->times, history_ref(event->line),
		        event->line->from, event->line->units);
		day->lines++;
		day->last = i;
		/* A day of so many providers is found: more need not be told apart. */
		if (is_face_to_face(event) && day->providers < PROVIDERS)
			day->providers += !is_met_before(window, day, i);
	}
}

static void keep(struct window *window, const struct day *day, unsigned mask)
{
	struct find find;

	find_begin(&find, day->last, kinds[mask & KIND_MINUTES ? 0 : 1], SEVERITY_LOW);
	detail_add(&find.hit, "minutes=%lld; limit=%d", (long long)day->minutes, MINUTES_24H);
	detail_add(&find.hit, "providers=%u; providers_limit=%d", day->providers, PROVIDERS);
	detail_add(&find.hit, "lines=%u", day->lines);
	hit_tell_also(&find.hit, kinds, mask);
	find_keep(window, &find);
}

static void judge(struct window *window)
{
	for (uint32_t from = 0, to; from < window->count; from = to) {
		struct day day = {.from = from, .last = NO_EVENT};
		int32_t date = window->events[from].line->from;

		for (to = from + 1; to < window->count && window->events[to].line->from == date;
		        to++)
			;
		if (date == DATE_ABSENT)
			continue;
		day.to = to;
		gather(window, &day);
		if (day.lines == 0)
			continue;
		unsigned mask = (day.minutes > MINUTES_24H ? KIND_MINUTES : 0u) |
		                (day.providers >= PROVIDERS ? KIND_PROVIDERS : 0u);

		window_scope(window, day.last, 1);
		window_evaluated(window, day.last, 1);
		if (mask)
			keep(window, &day, mask);
	}
}

static const enum field needs[] = {FIELD_PERSON_ID, FIELD_HCPCS, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {
        {"minutes", CHECK_HISTORY, .needs = needs}, {"providers", CHECK_HISTORY, .needs = needs}};

static const struct rule rule = {
        .id = "TIM-02",
        .name = "Impossible patient day / place",
        .tier = "P2",
        .scope = "bene-day + provider-day",
        .hit_unit = "day",
        .definition = "Payable professional lines of one beneficiary on one day whose least "
                      "minutes, as TIM-01 reckons them, come to more than 24 hours (minutes), or "
                      "of ten different providers whom the beneficiary met (providers). It "
                      "stands on the last line of the day that counts.",
        .traps = "Parts, readings, assistants and anaesthesia do not count; lines that DUP-01 "
                 "finds are left out. POS 02 and 10 are no meetings. Places of one day too far "
                 "apart, and beneficiaries far from their provider, are not judged: no table of "
                 "ZIP codes says where they are.",
        .tables = "codesets/minutes.csv; PFS physician time (phystime)",
        .parameters = "minutes=1440, providers=10",
        .dollars = "amount of the line it stands on",
        .evaluated = "days of a beneficiary with timed lines",
        .authority = "FPS and UPIC practice",
        .idle = "no professional line of a code with a known time",
        .checks = checks,
        .check_count = sizeof(checks) / sizeof(checks[0]),
};

const struct history_rule history_rule_tim_02 = {.rule = &rule, .judge = judge};
