/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare.csv: providers beside all of their specialty, as PEPPER and the
 * Comparative Billing Reports do it.
 *
 * A row is a measure of a provider that leads, or is among the highest fifth of
 * its peers, its state or the nation in it.  State and nation are the providers
 * of one specialty and entity type, the provider among them; a percentile is the
 * share of those strictly lower, among those with 11 in numerator and
 * denominator; the verdict holds the provider against the others (chi-square of
 * a rate, Welch's t of a mean, both at 5 %).
 */
#ifndef REPORT_COMPARE_H
#define REPORT_COMPARE_H

#include "base/diag.h"
#include "profile/profile.h"
#include "report/public.h"
#include "report/run.h"
#include "stats/stats.h"

#include <stdint.h>

struct compare_source {
	const struct profile *profile; /* merged */
	const struct stats *stats;
	struct public_view *public; /* NULL: all is told */
	unsigned threads;           /* 0: one */
};

struct compare;

/* Find what is told.  source must outlive it.  Returns 0 or FAIL_MEMORY. */
int compare_create(
        struct compare **compare, const struct compare_source *source, struct diag *diag);
void compare_destroy(struct compare *compare); /* takes NULL */

/* Write it; *rows: without the header.  What fails is told when out is closed. */
void compare_write(const struct compare *compare, struct out *out, uint64_t *rows);

#endif
