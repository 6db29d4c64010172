/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First digits of a provider's charges.
 */
#include "history/provider.h"

enum { DIGIT_COUNT = 10 };

static const uint64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000,
        1000000000, 10000000000, 100000000000, 1000000000000, 10000000000000, 100000000000000,
        1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000,
        10000000000000000000u};

/* The power of ten is told by the bits of the number: log10(2) is 1233 / 4096.  0 is as 1. */
static unsigned first_digit(int64_t cents)
{
	uint64_t left = cents < 0 ? -(uint64_t)cents : (uint64_t)cents;
	unsigned bits = 64 - (unsigned)__builtin_clzll(left | 1);
	unsigned power = bits * 1233 >> 12;

	return (unsigned)(left / powers[power - ((left | 1) < powers[power])]);
}

static void judge(struct provider_window *window)
{
	uint64_t lines[DIGIT_COUNT] = {0}; /* by digit, from 1 */

	for (size_t i = 0; i < window->line_count; i++) {
		int64_t charge = window->lines[i].charge;

		if (charge != AMOUNT_ABSENT)
			lines[first_digit(charge)]++;
	}
	for (unsigned digit = 1; digit < DIGIT_COUNT; digit++) {
		struct tally tally = {.measure = TALLY_DIGIT, .of = digit, .n = lines[digit]};

		if (tally.n > 0)
			provider_tally(window, tally);
	}
}

static const char *const ids[] = {"STA-03", NULL};

const struct provider_rule provider_rule_digit = {.counted_for = ids, .judge = judge};
