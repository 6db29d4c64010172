/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STA-09's counts: how many lines the days of a provider have, of all days with
 * lines, and of those on which one works.
 */
#include "history/provider.h"

static void add_day(struct tally *tally, uint64_t lines)
{
	tally->n++;
	tally->sum += (int64_t)lines;
	tally->squares += (unsigned __int128)lines * lines;
}

static void judge(struct provider_window *window)
{
	struct tally all = {0}, working = {0};

	for (size_t i = 0; i < window->day_count; i++) {
		const struct provider_day *day = &window->days[i];

		if (day->own_day == 0 || day->day == DATE_ABSENT)
			continue;
		add_day(&all, day->own_day);
		if (!day->weekend && !day->holiday)
			add_day(&working, day->own_day);
	}
	provider_tally_as(window, all, TALLY_STA_09_DAYS);
	provider_tally_as(window, working, TALLY_STA_09_WORKING_DAYS);
}

static const char *const ids[] = {"STA-09", NULL};

const struct provider_rule provider_rule_sta_09 = {.counted_for = ids, .judge = judge};
