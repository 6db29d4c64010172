/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence: of each provider and rule the SAMPLE_UNITS units with the smallest
 * hash of (claim_id, line), and the SAMPLE_UNITS of most dollars.
 *
 * A unit is a line, or a claim where the line is blank; it has one row a kind,
 * and all of them are kept.  Which rows are kept depends on the rows that were
 * added and not on their order, nor on who added them: units are ordered by
 * (hash, or dollars downwards; claim_id; line, blank first; digest), and equal
 * units count as often as they occur.
 *
 * One store serves all workers: a store each would multiply the memory by the
 * threads.  It is cut into stripes with a lock each, and a worker's filter
 * remembers how full a pair was when last seen, so that most findings of a
 * full pair are refused without a lock.  What is refused once would be refused
 * ever after, so an old memory is a safe one.
 */
#ifndef REPORT_SAMPLE_H
#define REPORT_SAMPLE_H

#include "base/diag.h"
#include "regroup/finding.h"
#include "report/sort.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SAMPLE_UNITS = 5 };

struct samples;       /* shared */
struct sample_filter; /* one a thread */

int samples_create(struct samples **samples, struct diag *diag);
void samples_destroy(struct samples *samples); /* takes NULL */
int sample_filter_create(struct sample_filter **filter, struct diag *diag);
void sample_filter_destroy(struct sample_filter *filter); /* takes NULL */

/* What a row is chosen by. */
struct sample_unit {
	uint32_t provider;
	uint8_t rule;
	bool has_line;
	int32_t line;
	uint64_t hash;
	int64_t dollars;
	uint64_t digest;
	struct text claim;
};

/* The unit of a finding: XXH3-64 of claim_id, NUL, line in decimal. */
struct sample_unit sample_unit_of(const struct finding *finding);

/* Would a row of this unit be kept?  Asked before the row is made.  Any thread. */
bool samples_want(
        struct samples *samples, struct sample_filter *filter, const struct sample_unit *unit);

/* Add a packed row (report/row.h).  Any thread.  Returns 0 or FAIL_MEMORY. */
int samples_add(struct samples *samples, struct sample_filter *filter,
        const struct sample_unit *unit, const uint8_t *row, size_t size);

/* ---- Reading, when nobody adds any more: any thread. ---- */

/* Distinct claim ids of the units of smallest hash, in that order. */
size_t samples_claims(const struct samples *samples, uint32_t provider, uint8_t rule,
        struct text claims[SAMPLE_UNITS]);

/* All rows, each as often as it is kept, unsorted; they live with samples.  Caller frees. */
int samples_rows(const struct samples *samples, struct sort_item **items, size_t *count);

#endif
