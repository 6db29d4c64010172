/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tests of statistics over tallies share: providers alike in all that
 * peers are chosen by, and a provider's row of a measure.
 */
#ifndef STATS_CASES_H
#define STATS_CASES_H

#include "history/history.h"
#include "history/providers.h"
#include "stats/stats.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static inline void stats_cases_begin(void)
{
	rules_init();
	history_init();
	providers_init();
	stats_init();
}

/* The number of an internist of New York's, who has one line in an office. */
static inline uint32_t stats_cases_person(
        struct profile *profile, struct profile_worker *worker, unsigned i)
{
	static struct batch batch;
	char text[16];
	uint64_t value = 1003000000 + i;

	snprintf(text, sizeof(text), "10030%05u", i);
	memset(&batch, 0, sizeof(batch));
	batch.count = 1;
	batch.line_flags[0] = LINE_DUE;
	batch.provider[0] = profile_number(
	        profile, (uint64_t)ID_NPI << ID_KIND_SHIFT | value, text, strlen(text));
	batch.service_from[0] = 19782;
	batch.specialty[0] = TWO_CHARS('1', '1');
	batch.state[0] = TWO_CHARS('N', 'Y');
	batch.entity_type[0] = 1;
	batch.place[0] = TWO_CHARS('1', '1');
	cr_assert_eq(profile_add(worker, &batch, NULL, NULL), 0);
	return batch.provider[0];
}

/* NULL: there is none.  It stands until the next call. */
static inline const struct stats_row *stats_cases_row(
        const struct stats *stats, uint32_t number, const char *measure)
{
	static struct stats_row rows[64];

	cr_assert_leq(stats_rows_max(stats), 64);
	size_t count = stats_rows(stats, number, rows);

	for (size_t k = 0; k < count; k++)
		if (strcmp(rows[k].measure, measure) == 0)
			return &rows[k];
	return NULL;
}

#endif
