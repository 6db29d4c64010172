/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base DRGs that are split by severity: which DRGs are with a CC or an MCC, and
 * which without, in one fiscal year.
 *
 * The payer's own table says it for all years; else the list of DRGs that is
 * loaded (set msdrg or msdrg_weights), where it covers the year, by its titles;
 * else the table that ships (codesets/drg_families.csv).
 */
#ifndef STATS_DRG_PLACES_H
#define STATS_DRG_PLACES_H

#include "stats/private.h"

struct drg_place {
	uint16_t family; /* from 1; 0: none */
	bool is_high;    /* with a CC or an MCC */
	bool is_surgical;
};

struct drg_places {
	unsigned family_count;
	struct drg_place of[DRG_COUNT];
};

/* year: ends in September.  Returns 0 or FAIL_MEMORY. */
int drg_places_read(struct drg_places *places, const struct stats *stats, unsigned year);

#endif
