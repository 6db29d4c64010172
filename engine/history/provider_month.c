/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines and amounts of a provider by month of service.
 */
#include "history/provider.h"

enum { YEAR_0 = 1970, MONTHS = 12 };

struct state {
	int32_t month;
	uint64_t lines;
	uint64_t amount; /* cents; wraps */
};

static void put(struct provider_window *window, struct state *state)
{
	struct tally tally = {
	        .measure = TALLY_MONTH,
	        .of = (uint64_t)(int64_t)state->month,
	        .n = state->lines,
	        .dollars = (int64_t)state->amount,
	};

	if (state->lines > 0)
		provider_tally(window, tally);
	state->lines = 0;
	state->amount = 0;
}

static int32_t month_of(int32_t year, int32_t month)
{
	return (year - YEAR_0) * MONTHS + month - 1;
}

static bool counts(const struct provider_window *window, const struct provider_line *line,
        enum tally_measure measure, uint64_t month)
{
	int32_t day = provider_day_of_key(line->key);
	struct date_parts parts = date_to_parts(day);

	(void)window;
	(void)measure;
	return day != DATE_ABSENT && (uint64_t)(int64_t)month_of(parts.year, parts.month) == month;
}

static void add_day(
        struct provider_window *window, struct state *state, const struct provider_day *day)
{
	int32_t month = month_of(day->year, day->month);

	if (month != state->month)
		put(window, state);
	state->month = month;
	state->lines += day->count;
	for (size_t i = 0; i < day->count; i++) {
		int64_t amount = day->lines[i].amount;

		state->amount += amount != AMOUNT_ABSENT ? (uint64_t)amount : 0;
	}
}

static void judge(struct provider_window *window)
{
	struct state state = {0};

	for (size_t i = 0; i < window->day_count; i++) {
		if (window->days[i].day != DATE_ABSENT)
			add_day(window, &state, &window->days[i]);
	}
	put(window, &state);
}

static const char *const ids[] = {"STA-08", NULL};

const struct provider_rule provider_rule_month = {.counted_for = ids,
        .judge = judge,
        .measures = (uint64_t)1 << TALLY_MONTH,
        .counts = counts};
