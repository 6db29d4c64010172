/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rate of false discoveries of tests of one family, by Benjamini and
 * Hochberg (1995): q of each p is the least of p' m / rank' over all p' >= p.
 *
 * So q is a function of p that goes up in steps, and is kept as these; as long
 * as nothing stands out, they are few.  To be found fast where they are many,
 * the p of every so many of them stand in a list, of which every so many ...
 */
#ifndef STATS_DISCOVERIES_H
#define STATS_DISCOVERIES_H

#include <stddef.h>
#include <stdint.h>

enum { STEP_LEVELS = 8, STEPS_EACH = 32 };

struct discoveries {
	double *p, *q; /* q of all p from the step below up to this one; p descending */
	size_t count, room;

	/* levels[k][i] is levels[k - 1][STEPS_EACH * i]; levels[0] is p, the last has at most so
	 * many. */
	const double *levels[STEP_LEVELS];
	size_t level_counts[STEP_LEVELS], level_count;
	double *upper; /* what all but the first stand in */

	/*
	 * Most p are no small ones: how many steps are above each of equal parts of 0 to
	 * 1, a few times as many as there are steps.
	 */
	uint32_t *above;
	size_t part_count;
};

/*
 * Of p, as words of their bits; both arrays are used up, spare has as much room.
 * Returns 0 or FAIL_MEMORY; discoveries_free() also after a failure.
 */
int discoveries_make(struct discoveries *discoveries, uint64_t p[], uint64_t spare[], size_t count);
void discoveries_free(struct discoveries *discoveries);

/* q of a p that was among them, to seven figures. */
double discoveries_q(const struct discoveries *discoveries, double p);

/* A p as a word: 0 <= p. */
uint64_t discoveries_word(double p);

#endif
