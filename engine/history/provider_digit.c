/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First digits of a provider's charges.
 */
#include "history/provider.h"

enum { DIGIT_COUNT = 10 };

struct state {
	uint64_t lines[DIGIT_COUNT]; /* by digit, from 1 */
};

static unsigned first_digit(int64_t cents)
{
	uint64_t left = cents < 0 ? -(uint64_t)cents : (uint64_t)cents;

	while (left >= DIGIT_COUNT)
		left /= DIGIT_COUNT;
	return (unsigned)left;
}

static void day(struct provider_window *window, const struct provider_day *day, void *own)
{
	struct state *state = own;

	(void)window;
	for (size_t i = 0; i < day->count; i++) {
		int64_t charge = day_line(day, i)->charge;

		if (charge != AMOUNT_ABSENT)
			state->lines[first_digit(charge)]++;
	}
}

static void end(struct provider_window *window, void *own)
{
	const struct state *state = own;

	for (unsigned digit = 1; digit < DIGIT_COUNT; digit++) {
		struct tally tally = {
		        .measure = TALLY_DIGIT, .of = digit, .n = state->lines[digit]};

		if (tally.n > 0)
			provider_tally(window, tally);
	}
}

static const char *const ids[] = {"STA-03", NULL};

const struct provider_rule provider_rule_digit = {
        .counted_for = ids, .state_bytes = sizeof(struct state), .day = day, .end = end};
