/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Days that a code set does not cover.
 *
 * A check names the sets that it judges by (struct rule_check).  A line whose key
 * day one of them does not cover is not evaluable, or judged by the nearest day
 * with --codes-outside nearest; either way it is counted, by set and year.
 */
#ifndef RULES_OUTSIDE_H
#define RULES_OUTSIDE_H

#include "claim.h"
#include "lookup/codes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OUTSIDE_YEAR_FIRST = 1900, OUTSIDE_YEARS = 256 }; /* years beyond go to the ends */

enum outside_pairs { OUTSIDE_PRACTITIONER, OUTSIDE_HOSPITAL, OUTSIDE_PAIRS };

/* Lines in scope of a check that depends on the set, each once a set. */
struct codes_outside {
	uint64_t lines[PART_COUNT][OUTSIDE_YEARS];
	uint64_t pairs[OUTSIDE_PAIRS]
	              [OUTSIDE_YEARS]; /* of PTP tables, which are no part of codes */
};

void codes_outside_merge(struct codes_outside *into, const struct codes_outside *from);
void codes_outside_add(struct codes_outside *outside, enum codes_part part, int32_t day);
void codes_outside_add_days(
        struct codes_outside *outside, enum codes_part part, const int32_t days[], uint32_t count);
uint64_t codes_outside_sum(const struct codes_outside *outside, enum codes_part part);
void codes_outside_add_pairs(struct codes_outside *outside, enum outside_pairs pairs, int32_t day);

/*
 * The key days of a line for a set: for diagnoses and ICD procedures those of
 * judging_days(), for procedures all days of the line, for all others the first.
 */
void part_days(const struct batch *batch, uint32_t line, enum codes_part part, int32_t *low,
        int32_t *high);

/* Is it this set that a line's code would be looked up in? */
bool part_applies(const struct batch *batch, uint32_t line, enum codes_part part);

/* Does one of the sets (PART_BIT) not cover a line?  A line without a date is not outside. */
bool line_outside(
        const struct codes *codes, const struct batch *batch, uint32_t line, unsigned parts);

#endif
