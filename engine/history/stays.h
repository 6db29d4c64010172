/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inpatient stays of a window: claims of bill types 11x (acute) and 21x (SNF),
 * interim bills of one admission put together.
 */
#ifndef HISTORY_STAYS_H
#define HISTORY_STAYS_H

#include "history/window.h"

struct stay {
	int32_t from, to;  /* admission and discharge; still in: the last day billed */
	uint64_t facility; /* the same provider; 0: unknown */
	uint32_t claim;    /* number in window->claims: of its first bill */
	uint32_t lowest;   /* its lowest line: its place in the order of lines */
	uint32_t bills;    /* claims put together */
	int64_t amount;    /* of all its bills; AMOUNT_ABSENT: none */
	int32_t reach;     /* of it and all before it the latest day out: stay_out() */
	bool skilled;      /* SNF */
	bool still_in;     /* patient status 30 */
	bool whole;        /* one of its bills is of a whole stay */
};

/* The day after the last night billed. */
static inline int32_t stay_out(const struct stay *stay)
{
	return stay->to + stay->still_in;
}

/*
 * Put the stays into room, which has room for claim_count of them, ordered by
 * admission, discharge and first bill; returns how many.
 */
uint32_t stays_find(const struct window *window, struct stay *room);

/*
 * The first stay that begins on a day or later.  Those that are still going on then
 * are before it: go back as long as stays[i].reach is later than the day.
 */
uint32_t stays_from(const struct stay *stays, uint32_t count, int32_t day);

#endif
