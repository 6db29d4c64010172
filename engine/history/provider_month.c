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

static int32_t month_of(struct date_parts parts)
{
	return (parts.year - YEAR_0) * MONTHS + parts.month - 1;
}

static bool counts(const struct provider_window *window, const struct provider_line *line,
        enum tally_measure measure, uint64_t month)
{
	int32_t day = provider_day_of_key(line->key);

	(void)window;
	(void)measure;
	return day != DATE_ABSENT && (uint64_t)(int64_t)month_of(date_to_parts(day)) == month;
}

static void day(struct provider_window *window, const struct provider_day *day, void *own)
{
	struct state *state = own;
	int32_t month;

	if (day->day == DATE_ABSENT)
		return;
	month = month_of(day->parts);
	if (month != state->month)
		put(window, state);
	state->month = month;
	state->lines += day->count;
	for (size_t i = 0; i < day->count; i++) {
		int64_t amount = day_line(day, i)->amount;

		state->amount += amount != AMOUNT_ABSENT ? (uint64_t)amount : 0;
	}
}

static void end(struct provider_window *window, void *own)
{
	put(window, own);
}

static const char *const ids[] = {"STA-08", NULL};

const struct provider_rule provider_rule_month = {.counted_for = ids,
        .state_bytes = sizeof(struct state),
        .day = day,
        .end = end,
        .measures = (uint64_t)1 << TALLY_MONTH,
        .counts = counts};
