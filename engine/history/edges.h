/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far the data reach, for rules that look back and for rules that wait.
 */
#ifndef HISTORY_EDGES_H
#define HISTORY_EDGES_H

#include "history/window.h"

/* Do the data begin so many days before a day, or earlier? */
static inline bool edge_reaches_back(const struct window *window, int32_t day, int32_t days)
{
	return window->options->first_service <= day - days;
}

/* Have claims of a type had so many days to come?  Not if none has come at all. */
static inline bool edge_has_waited(
        const struct window *window, int32_t day, int32_t days, enum claim_type type)
{
	const struct history_options *options = window->options;
	int32_t last = options->as_of != DATE_ABSENT ? options->as_of : options->last_came[type];

	return options->last_came[type] != DATE_ABSENT && last >= day + days;
}

#endif
