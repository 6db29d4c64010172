/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which lines the tail of earlier months keeps.
 *
 *	the window    all lines that end on its first day or later: themselves, or
 *	              their claim.  A line without a date is as old as its payment.
 *	meetings      longer: professional services at which a patient is met (EM-05)
 *	open stays    for ever: inpatient lines of patient status 30, still a patient
 *
 * By what the columns say as read: neither code sets nor settings have a part in
 * it, so that the next run may have others.
 */
#ifndef TAIL_KEEP_H
#define TAIL_KEEP_H

#include "claim.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * A new line may be a year late, and a new patient is one whom nobody of the
 * practice has met in the three years before it.
 */
enum { TAIL_LATE_DAYS = 365, TAIL_MET_YEARS = 3 };

struct tail_days {
	int32_t from;     /* the first day of the window; DATE_ABSENT: all is in it */
	int32_t met_from; /* the first day of meetings; no later */
};

/*
 * The days of a tail that ends on edge; at DATE_ABSENT, which no line has given,
 * all is kept.
 */
struct tail_days tail_days_of(int32_t edge, uint32_t window_days);

/* The service date of a line as read: its own, else the claim's, else the admission. */
int32_t tail_service_date(const struct batch *batch, uint32_t line);

/* The lines of a batch, as read, that stay. */
void tail_keep(const struct tail_days *days, const struct batch *batch, bool keep[BATCH_LINES]);

#endif
