/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/discoveries.h"

#include "base/budget.h"
#include "stats/private.h"
#include "stats/words.h"

#include <math.h>
#include <string.h>

/* Powers of two: p times one is exact. */
enum { PARTS_MIN = 1 << 8, PARTS_EACH = 4, PARTS_MAX = 1 << 20 };

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

static int grow(struct discoveries *discoveries)
{
	size_t room = discoveries->room ? 2 * discoveries->room : 64;
	double *p = budget_resize(discoveries->p, room * sizeof(*p));

	if (!p)
		return FAIL_MEMORY;
	discoveries->p = p;
	double *q = budget_resize(discoveries->q, room * sizeof(*q));

	if (!q)
		return FAIL_MEMORY;
	discoveries->q = q;
	discoveries->room = room;
	return 0;
}

static int add_step(struct discoveries *discoveries, double p, double q)
{
	int err = discoveries->count == discoveries->room ? grow(discoveries) : 0;

	if (err < 0)
		return err;
	discoveries->p[discoveries->count] = p;
	discoveries->q[discoveries->count++] = rounded_p(q);
	return 0;
}

/* Each list has a step of every so many of the one below. */
static int build_levels(struct discoveries *discoveries)
{
	double *upper = budget_alloc(
	        (discoveries->count / (STEPS_EACH - 1) + STEP_LEVELS) * sizeof(*upper));
	size_t at = 0;

	if (!upper)
		return FAIL_MEMORY;
	discoveries->upper = upper;
	discoveries->levels[0] = discoveries->p;
	discoveries->level_counts[0] = discoveries->count;
	for (at = 0; discoveries->level_counts[at] > STEPS_EACH && at + 1 < STEP_LEVELS; at++) {
		size_t count = (discoveries->level_counts[at] + STEPS_EACH - 1) / STEPS_EACH;

		for (size_t i = 0; i < count; i++)
			upper[i] = discoveries->levels[at][STEPS_EACH * i];
		discoveries->levels[at + 1] = upper;
		discoveries->level_counts[at + 1] = count;
		upper += count;
	}
	discoveries->level_count = at + 1;
	return 0;
}

static int count_above(struct discoveries *discoveries)
{
	size_t parts = PARTS_MIN, at = 0;

	while (parts < PARTS_EACH * discoveries->count && parts < PARTS_MAX)
		parts *= 2;
	uint32_t *above = budget_alloc((parts + 1) * sizeof(*above));

	if (!above)
		return FAIL_MEMORY;
	for (size_t part = parts + 1; part-- > 0;) {
		double end = (double)(part + 1) / (double)parts;

		while (at < discoveries->count && discoveries->p[at] >= end)
			at++;
		above[part] = (uint32_t)at;
	}
	discoveries->above = above;
	discoveries->part_count = parts;
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
	if (err == 0)
		err = build_levels(discoveries);
	return err == 0 ? count_above(discoveries) : err;
}

void discoveries_free(struct discoveries *discoveries)
{
	budget_free(discoveries->p);
	budget_free(discoveries->q);
	budget_free(discoveries->upper);
	budget_free(discoveries->above);
	*discoveries = (struct discoveries){0};
}

/* Of each list the last step at p or above, then those behind it. */
static double find_q(const struct discoveries *discoveries, double p)
{
	size_t at = 0;

	for (size_t level = discoveries->level_count; level-- > 0;) {
		const double *steps = discoveries->levels[level] + at;
		size_t left = discoveries->level_counts[level] - at, above = 0;

		left = left < STEPS_EACH ? left : STEPS_EACH;
		for (size_t i = 0; i < left; i++)
			above += steps[i] >= p;
		at = (at + above - 1) * (level > 0 ? STEPS_EACH : 1);
	}
	return discoveries->q[at];
}

/* That of the last step at p or above, which is in p's part, or the last above it. */
double discoveries_q(const struct discoveries *discoveries, double p)
{
	size_t part = (size_t)(p * (double)discoveries->part_count);

	if (part == 0 || part > discoveries->part_count ||
	        discoveries->above[part - 1] - discoveries->above[part] > STEPS_EACH)
		return find_q(discoveries, p);
	size_t at = discoveries->above[part] - 1, last = discoveries->above[part - 1] - 1;

	while (at < last && discoveries->p[at + 1] >= p)
		at++;
	return discoveries->q[at];
}
