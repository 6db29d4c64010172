/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines by what a unit of theirs costs, while one worker walks: one count a
 * price key and bin (history/prices.h).
 *
 * Every line is counted, so that a tally each, found by hash, took a fifth of the
 * time of leaving the lines to their providers.  A key's bins stand together
 * here, in pieces that are made when first counted in; the counts become tallies
 * when the worker has walked.
 */
#ifndef HISTORY_PRICE_COUNTS_H
#define HISTORY_PRICE_COUNTS_H

#include "history/prices.h"
#include "history/tallies.h"

struct price_counts; /* of one worker */

struct price_counts *price_counts_create(void);         /* NULL: no memory */
void price_counts_destroy(struct price_counts *counts); /* takes NULL */

/* A line that has a price, its key not 0.  Returns 0 or FAIL_MEMORY. */
int price_counts_add(struct price_counts *counts, const struct price_line *line);

/* To the tallies of PRICE_NOBODY; nothing is counted then.  Returns 0 or FAIL_MEMORY. */
int price_counts_tally(struct price_counts *counts, struct tallies *tallies);

#endif
