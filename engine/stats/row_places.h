/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the rows of each member stand, of all columns in their order.
 *
 * Most columns have rows of few members: a member that is looked for in each of
 * them is not found in most, so what it has is listed.
 */
#ifndef STATS_ROW_PLACES_H
#define STATS_ROW_PLACES_H

#include "stats/columns.h"

#include <stddef.h>
#include <stdint.h>

struct row_place {
	uint32_t column, row;
};

struct row_places {
	struct row_place *all; /* those of member m are all[first[m]] to all[first[m + 1]] */
	size_t *first;
};

/* Returns 0 or FAIL_MEMORY; row_places_free() also after a failure. */
int row_places_make(struct row_places *places, const struct column columns[], size_t column_count,
        size_t member_count);
void row_places_free(struct row_places *places);

#endif
