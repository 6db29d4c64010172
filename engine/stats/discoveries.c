/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/discoveries.h"

#include "stats/private.h"
#include "stats/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

uint64_t discoveries_word(double p)
{
	uint64_t word;

	p += 0.0; /* -0 is put as 0 */
	memcpy(&word, &p, sizeof(word));
	return word;
}

static double p_of(uint64_t word)
{
	double p;

	memcpy(&p, &word, sizeof(p));
	return p;
}

static int add_step(struct discoveries *discoveries, double p, double q)
{
	if (discoveries->count == discoveries->room) {
		size_t room = discoveries->room ? 2 * discoveries->room : 64;
		struct q_step *steps = realloc(discoveries->steps, room * sizeof(*steps));

		if (!steps)
			return FAIL_MEMORY;
		discoveries->steps = steps;
		discoveries->room = room;
	}
	discoveries->steps[discoveries->count++] = (struct q_step){p, rounded_p(q)};
	return 0;
}

/* From the greatest p down, each with its rank; of equal ones the first that comes has the least.
 */
int discoveries_make(struct discoveries *discoveries, uint64_t p[], uint64_t spare[], size_t count)
{
	const uint64_t *sorted = words_sort(p, spare, count, 0);
	double least = 1;
	int err = add_step(discoveries, HUGE_VAL, 1);

	for (size_t rank = count; rank > 0 && err == 0; rank--) {
		double own = p_of(sorted[rank - 1]);
		double adjusted = own * (double)count / (double)rank;

		if (adjusted < least) {
			least = adjusted;
			err = add_step(discoveries, own, least);
		}
	}
	return err;
}

void discoveries_free(struct discoveries *discoveries)
{
	free(discoveries->steps);
	*discoveries = (struct discoveries){0};
}

double discoveries_q(const struct discoveries *discoveries, double p)
{
	size_t low = 0, high = discoveries->count; /* the last step at p or above */

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (discoveries->steps[middle].p >= p)
			low = middle;
		else
			high = middle;
	}
	return discoveries->steps[low].q;
}
