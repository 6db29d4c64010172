/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STA-09's counts: how many lines the days of a provider have, of all days with
 * lines, and of those on which one works.
 */
#include "history/provider.h"
#include "rules/holidays.h"

struct state {
	struct tally all, working;
};

static void add_day(struct tally *tally, uint64_t lines)
{
	tally->n++;
	tally->sum += (int64_t)lines;
	tally->squares += (unsigned __int128)lines * lines;
}

static void day(struct provider_window *window, const struct provider_day *day, void *own)
{
	struct state *state = own;
	uint64_t lines = 0;

	(void)window;
	for (size_t i = 0; i < day->count; i++)
		lines += (day->records[i]->kind & PROVIDER_SAME_DAY) != 0;
	if (lines == 0 || day->day == DATE_ABSENT)
		return;
	add_day(&state->all, lines);
	if (working_day_from(day->day) == day->day)
		add_day(&state->working, lines);
}

static void end(struct provider_window *window, void *own)
{
	const struct state *state = own;

	provider_tally_as(window, state->all, TALLY_STA_09_DAYS);
	provider_tally_as(window, state->working, TALLY_STA_09_WORKING_DAYS);
}

static const char *const ids[] = {"STA-09", NULL};

const struct provider_rule provider_rule_sta_09 = {
        .counted_for = ids, .state_bytes = sizeof(struct state), .day = day, .end = end};
