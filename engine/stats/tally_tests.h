/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measures of what the walks tallied (history/tallies.h): each is a struct here,
 * and takes one of three paths.
 *
 *	rate    k of n
 *	ratio   k (or sum) by n
 *	value   a figure of an entry or of all its parts
 */
#ifndef STATS_TALLY_TESTS_H
#define STATS_TALLY_TESTS_H

#include "stats/private.h"

enum tally_path { PATH_RATE, PATH_RATIO, PATH_VALUE };

struct tally_test {
	const char *measure; /* as printed; NULL: as tallies.def has it */
	uint16_t tally;      /* enum tally_measure */
	uint8_t path;        /* enum tally_path */
	bool like_too;       /* as of a cohort */
	bool is_part;        /* only the entry of the part: of */
	uint8_t of;
	struct rate_test rate;
	struct ratio_test ratio;
	struct value_test value;

	/* Of a member's entries of the measure, count > 0; false: it is no sample.  take_rate
	 * may be NULL: the sums of n, k and dollars. */
	bool (*take_rate)(const struct tally *of, size_t count, struct rate_sample *sample);
	bool (*take_ratio)(const struct tally *of, size_t count, struct ratio_sample *sample);
	bool (*take_value)(const struct tally *of, size_t count, struct value_sample *sample);
};

/* All tests of a rule that is wanted.  0 or FAIL_MEMORY. */
int tally_tests_judge(
        struct judging *judging, const char *id, const struct tally_test tests[], size_t count);

/* judge_SYMBOL() for a rule whose tests are tests_SYMBOL[]. */
#define JUDGE(symbol, id) \
	static int judge_##symbol(struct judging *judging) \
	{ \
		return tally_tests_judge(judging, id, tests_##symbol, \
		        sizeof(tests_##symbol) / sizeof(tests_##symbol[0])); \
	}

#endif
