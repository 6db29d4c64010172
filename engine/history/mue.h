/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Medically unlikely edits as the rules of days ask for them.
 */
#ifndef HISTORY_MUE_H
#define HISTORY_MUE_H

#include "history/window.h"

struct mue {
	bool there;
	uint16_t value;
	uint8_t mai;
};

/* Of the line's code in its setting. */
struct mue event_mue(const struct event *event);

/* Units a day: those of one day as billed, those of a span to the nearest whole number. */
int64_t event_units_a_day(const struct event *event);

/* Do its units count?  Care after another's operation, assistance and waste are no service of their
 * own. */
bool event_is_summed(const struct event *event);

#endif
