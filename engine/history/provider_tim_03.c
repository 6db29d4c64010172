/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TIM-03's counts: lines on weekends, on federal holidays and on the first of
 * months, and the days of each year that have lines at all.
 */
#include "history/provider.h"
#include "rules/holidays.h"

struct state {
	uint64_t lines, weekend, holiday, first;
	int32_t year;
	uint64_t year_lines, year_days;
};

static void put(struct provider_window *window, enum tally_measure measure, uint64_t n, uint64_t k)
{
	if (n > 0)
		provider_tally(window, (struct tally){.measure = measure, .n = n, .k = k});
}

static void put_year(struct provider_window *window, struct state *state)
{
	struct tally tally = {
	        .measure = TALLY_TIM_03_DAYS,
	        .of = (uint64_t)state->year,
	        .n = state->year_lines,
	        .k = state->year_days,
	};

	if (tally.n > 0)
		provider_tally(window, tally);
	state->year_lines = state->year_days = 0;
}

static bool is_weekend(int32_t day)
{
	int32_t weekday = date_weekday(day);

	return weekday == 0 || weekday == 6;
}

static bool counts(const struct provider_window *window, const struct provider_line *line,
        enum tally_measure measure, uint64_t part)
{
	int32_t day = provider_day_of_key(line->key);

	(void)window;
	(void)part;
	if (!(line->kind & PROVIDER_SAME_DAY) || day == DATE_ABSENT)
		return false;
	if (measure == TALLY_TIM_03_WEEKEND)
		return is_weekend(day);
	return measure == TALLY_TIM_03_HOLIDAY ? holiday_on(day) : date_to_parts(day).day == 1;
}

static void add_day(
        struct provider_window *window, struct state *state, const struct provider_day *day)
{
	uint64_t lines = day->own_day;

	if (day->year != state->year)
		put_year(window, state);
	state->year = day->year;
	state->year_lines += lines;
	state->year_days++;
	state->lines += lines;
	state->weekend += day->weekend ? lines : 0;
	state->holiday += day->holiday ? lines : 0;
	state->first += day->day_of_month == 1 ? lines : 0;
}

static void judge(struct provider_window *window)
{
	struct state state = {0};

	for (size_t i = 0; i < window->day_count; i++) {
		const struct provider_day *day = &window->days[i];

		if (day->own_day > 0 && day->day != DATE_ABSENT)
			add_day(window, &state, day);
	}
	put(window, TALLY_TIM_03_WEEKEND, state.lines, state.weekend);
	put(window, TALLY_TIM_03_HOLIDAY, state.lines, state.holiday);
	put(window, TALLY_TIM_03_FIRST_DAY, state.lines, state.first);
	put_year(window, &state);
}

static const char *const ids[] = {"TIM-03", NULL};

const struct provider_rule provider_rule_tim_03 = {.counted_for = ids,
        .judge = judge,
        .measures = (uint64_t)1 << TALLY_TIM_03_WEEKEND | (uint64_t)1 << TALLY_TIM_03_HOLIDAY |
                    (uint64_t)1 << TALLY_TIM_03_FIRST_DAY,
        .counts = counts};
