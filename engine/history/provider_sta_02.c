/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STA-02's counts: amounts of whole fives and fifties of dollars.  They are the
 * run's, paid or allowed where it has these: charges are often round.
 */
#include "history/provider.h"

enum { CENTS_FIVE = 500, CENTS_FIFTY = 5000 };

struct state {
	uint64_t amounts, fives, fifties;
};

static void day(struct provider_window *window, const struct provider_day *day, void *own)
{
	struct state *state = own;

	(void)window;
	for (size_t i = 0; i < day->count; i++) {
		int64_t amount = day_line(day, i)->amount;

		if (amount <= 0)
			continue;
		state->amounts++;
		state->fives += amount % CENTS_FIVE == 0;
		state->fifties += amount % CENTS_FIFTY == 0;
	}
}

static void end(struct provider_window *window, void *own)
{
	const struct state *state = own;

	if (state->amounts == 0)
		return;
	provider_tally(window,
	        (struct tally){
	                .measure = TALLY_STA_02_FIVES, .n = state->amounts, .k = state->fives});
	provider_tally(window,
	        (struct tally){
	                .measure = TALLY_STA_02_FIFTIES, .n = state->amounts, .k = state->fifties});
}

static const char *const ids[] = {"STA-02", NULL};

const struct provider_rule provider_rule_sta_02 = {
        .counted_for = ids, .state_bytes = sizeof(struct state), .day = day, .end = end};
