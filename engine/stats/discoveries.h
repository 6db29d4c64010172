/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rate of false discoveries of tests of one family, by Benjamini and
 * Hochberg (1995): q of each p is the least of p' m / rank' over all p' >= p.
 *
 * So q is a function of p that goes up in steps, and is kept as these; as long
 * as nothing stands out, they are few.
 */
#ifndef STATS_DISCOVERIES_H
#define STATS_DISCOVERIES_H

#include <stddef.h>
#include <stdint.h>

struct q_step {
	double p, q; /* q of all p from the step below up to this one */
};

struct discoveries {
	struct q_step *steps; /* p descending */
	size_t count, room;
};

/* Of p, as words of its bits; both arrays are used up, spare has as much room.  0 or FAIL_MEMORY.
 */
int discoveries_make(struct discoveries *discoveries, uint64_t p[], uint64_t spare[], size_t count);
void discoveries_free(struct discoveries *discoveries);

/* q of a p that was among them, to seven figures. */
double discoveries_q(const struct discoveries *discoveries, double p);

/* A p as a word: 0 <= p. */
uint64_t discoveries_word(double p);

#endif
