/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TIM-01: a practitioner's day of more hours than a day has, or than one works.
 *
 * What a line takes is the least that its code asks for (history/times.h), so
 * that a day's sum is a lower bound.
 */
#include "history/provider.h"

enum {
	MINUTES_24H = 24 * 60,
	MINUTES_16H = 16 * 60,
	MINUTES_12H = 12 * 60,
	MINUTES_26 = 5, /* of a reading */
};

struct state {
	int32_t year;
	uint64_t days, long_days; /* evaluated ones of the year, and those over 12 hours */
};

/* Is it work of the person who bills it, that takes a time? */
static bool takes_time(const struct provider_window *window, const struct provider_line *line)
{
	enum { WANTED = PROVIDER_TOLD | PROVIDER_IN_PERSON };

	if ((line->kind & WANTED) != WANTED || (line->kind & PROVIDER_DUPLICATE))
		return false;
	if (provider_px(window, line)->flags & PX_ANESTHESIA)
		return false;
	return !provider_line_has(line, 'T', 'C') && !provider_line_has(line, 'G', 'C') &&
	       !provider_line_has(line, 'G', 'E') && !provider_line_has(line, 'F', 'S');
}

static int64_t minutes_of(
        const struct provider_window *window, const struct provider_line *line, int32_t day)
{
	int64_t minutes = times_minutes(
	        window->options->times, provider_line_ref(line), day, line->units);

	return provider_line_has(line, '2', '6') && minutes > MINUTES_26 ? MINUTES_26 : minutes;
}

/* A person, as far as is known; organisations have many hands. */
static bool is_person(const struct provider_window *window)
{
	return (window->id_kind == ID_NPI || window->id_kind == ID_BAD_CHECK) &&
	       window->entity != 2;
}

static void put_year(struct provider_window *window, struct state *state)
{
	struct tally tally = {
	        .measure = TALLY_TIM_01_DAYS_12H,
	        .of = (uint64_t)state->year,
	        .n = state->days,
	        .k = state->long_days,
	};

	if (state->days > 0)
		provider_tally(window, tally);
	state->days = state->long_days = 0;
}

static void count_day(
        struct provider_window *window, struct state *state, int32_t year, int64_t minutes)
{
	if (year != state->year)
		put_year(window, state);
	state->year = year;
	state->days++;
	state->long_days += minutes > MINUTES_12H;
}

static void keep(struct provider_window *window, const struct provider_line **lines, size_t count,
        int64_t minutes)
{
	struct provider_find find;

	if (minutes > MINUTES_24H)
		provider_find_begin(&find, lines, count, "day_24h", SEVERITY_HIGH);
	else if (minutes > MINUTES_16H)
		provider_find_begin(&find, lines, count, "day_16h", SEVERITY_MEDIUM);
	else
		provider_find_begin(&find, lines, count, "day_12h", SEVERITY_INFO);
	find.hit.watch = minutes <= MINUTES_16H;
	if (!find.hit.watch)
		hit_share(&find.hit, minutes - MINUTES_16H, minutes);
	detail_add(&find.hit, "minutes=%lld", (long long)minutes);
	detail_add(&find.hit, "limit=%d",
	        minutes > MINUTES_24H   ? MINUTES_24H
	        : minutes > MINUTES_16H ? MINUTES_16H
	                                : MINUTES_12H);
	detail_add(&find.hit, "lines=%zu", count);
	if (!window->options->times->whole)
		detail_add(&find.hit, "times=starter, a lower bound");
	provider_find_keep(window, &find);
}

static void judge_day(
        struct provider_window *window, const struct provider_day *day, struct state *state)
{
	const struct provider_line **lines = NULL;
	size_t count = 0;
	int64_t minutes = 0;
	bool any = false;

	for (size_t i = 0; i < day->all; i++) {
		const struct provider_line *line = &day->lines[i];

		if (!takes_time(window, line))
			continue;
		any |= i < day->count;
		if (!(line->kind & PROVIDER_SAME_DAY))
			continue;
		if (!lines)
			lines = provider_room(window, day->all, sizeof(*lines));
		if (!lines)
			return;
		lines[count++] = line;
		minutes += minutes_of(window, line, day->day);
	}
	provider_scope(window, any);
	if (window->entity != 1 || !provider_any_new(lines, count))
		return;
	provider_evaluated(window, 1);
	count_day(window, state, day->year, minutes);
	if (minutes > MINUTES_12H)
		keep(window, lines, count, minutes);
}

static void judge(struct provider_window *window)
{
	struct state state = {0};

	if (!is_person(window))
		return;
	for (size_t i = 0; i < window->day_count; i++) {
		if (window->days[i].day != DATE_ABSENT)
			judge_day(window, &window->days[i], &state);
	}
	put_year(window, &state);
}

static const enum field needs[] = {FIELD_PERSON_ID, FIELD_HCPCS, FIELD_CLAIM_START,
        FIELD_RENDERING_NPI, FIELD_ENTITY_TYPE, FIELD_COUNT};
static const struct rule_check checks[] = {{"day_24h", CHECK_HISTORY, .needs = needs},
        {"day_16h", CHECK_HISTORY, .needs = needs},
        {"day_12h", CHECK_HISTORY, .watch = true, .needs = needs}};

static const struct rule rule = {
        .id = "TIM-01",
        .name = "Impossible day (provider)",
        .tier = "P1",
        .scope = "provider-day",
        .hit_unit = "day (provider)",
        .definition = "The least minutes that the payable professional lines of one rendering NPI "
                      "of type 1 on one day ask for come to more than 24 hours (day_24h), 16 "
                      "hours (day_16h) or, on watch, 12 hours (day_12h): the lower bound of the "
                      "CPT time for codes of time (8 minutes for the first unit of a quarter "
                      "hour, 15 for each further one), else the fee schedule's intra-service "
                      "minutes, else none. It stands on the first line of the day.",
        .traps = "Technical parts, anaesthesia, residents' work (GC, GE) and shared visits (FS) "
                 "do not count, a reading (26) counts five minutes at most, lines that DUP-01 "
                 "finds are left out. Lines on a span of days, and providers of unknown entity "
                 "type, are not evaluable; organisations are out of scope. Work billed incident "
                 "to a physician counts as the physician's. E/M counts from the day its levels "
                 "are by time or decision: 2021, others 2023. Without a release of the work "
                 "times the sum is a lower bound of what the starter knows.",
        .tables = "codesets/minutes.csv; PFS physician time (phystime)",
        .parameters = "limits=1440,960,720 minutes; 26=5 minutes; group=4 patients",
        .dollars = "amount of the day x (minutes - 960) / minutes; day_12h none",
        .evaluated = "days of an NPI of type 1 with a timed line on a day of its own",
        .authority = "MCPM ch. 12; HFPP; CPT time thresholds",
        .idle = "no professional line of a code with a known time by a person's NPI",
        .checks = checks,
        .check_count = sizeof(checks) / sizeof(checks[0]),
};

const struct provider_rule provider_rule_tim_01 = {.rule = &rule, .judge = judge};
