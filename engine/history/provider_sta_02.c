/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STA-02's counts: amounts of whole fives and fifties of dollars.  They are the
 * run's, paid or allowed where it has these: charges are often round.
 */
#include "history/provider.h"

enum { CENTS_FIVE = 500, CENTS_FIFTY = 5000 };

static void judge(struct provider_window *window)
{
	struct tally fives = {0}, fifties = {0};

	for (size_t i = 0; i < window->line_count; i++) {
		int64_t amount = window->lines[i].amount;

		if (amount <= 0)
			continue;
		fives.n++;
		fives.k += amount % CENTS_FIVE == 0;
		fifties.k += amount % CENTS_FIFTY == 0;
	}
	fifties.n = fives.n;
	provider_tally_as(window, fives, TALLY_STA_02_FIVES);
	provider_tally_as(window, fifties, TALLY_STA_02_FIFTIES);
}

static const char *const ids[] = {"STA-02", NULL};

const struct provider_rule provider_rule_sta_02 = {.counted_for = ids, .judge = judge};
