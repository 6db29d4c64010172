/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Minutes of services: the least that a line's code asks for.
 *
 * Codes that are defined by a time have its lower bound (codesets/minutes.csv, a
 * starter by hand); all others, and these before their definition held, the
 * fee schedule's intra-service minutes where a release of them is loaded
 * (phystime; the least of its releases).  A code that has neither takes no time,
 * so that a sum is a lower bound.
 */
#ifndef HISTORY_TIMES_H
#define HISTORY_TIMES_H

#include "base/diag.h"
#include "lookup/codes.h"
#include "lookup/set.h"

#include <stdbool.h>
#include <stdint.h>

struct time_floor {
	int32_t from;     /* the code is defined by a time from this day on; INT32_MAX: never */
	uint16_t first;   /* ... of the first unit */
	uint16_t further; /* ... of each further one; 0: units do not count */
	uint16_t intra;   /* intra-service minutes; 0: not known */
	uint16_t unit;    /* of therapy and behaviour services: minutes of a unit; 0: none */
};

struct times {
	struct time_floor *floors; /* by ref of the procedure on its day */
	bool whole;                /* intra-service minutes are loaded */
};

/* phystime: verified, or NULL.  FAIL_MEMORY. */
int times_create(struct times **times, const struct codes *codes, const struct set *phystime,
        struct diag *diag);
void times_destroy(struct times *times); /* takes NULL */

/* Has the code a time on that day at all? */
static inline bool times_has(const struct times *times, uint32_t ref, int32_t day)
{
	const struct time_floor *floor = &times->floors[ref];

	return floor->intra > 0 || day >= floor->from;
}

/* Minutes of a line; units in ten-thousandths, those begun do not count, but the first does. */
int64_t times_minutes(const struct times *times, uint32_t ref, int32_t day, int64_t units);

#endif
