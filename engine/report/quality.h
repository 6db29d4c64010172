/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quality.json: what came in, and how good it was.
 */
#ifndef REPORT_QUALITY_H
#define REPORT_QUALITY_H

#include "base/diag.h"
#include "claim.h"
#include "format/csv.h"
#include "format/layout.h"
#include "input/plan.h"
#include "lookup/normalise.h"
#include "regroup/claims.h"
#include "report/public.h"
#include "report/run.h"

#include <stdint.h>

/* What took part in rules across claims, and what could not. */
struct quality_history {
	uint64_t lines, beneficiaries; /* payable lines, and whose they are */
	uint64_t nobody;               /* lines of service without a beneficiary: not judged */
};

/* A tail of earlier months (--history), read or written.  Days are DATE_ABSENT for none. */
struct quality_tail_of {
	uint64_t lines, bytes, packs;        /* of its claim packs */
	size_t files;                        /* whose lines are in it */
	int32_t first_service, last_service; /* of all that was ever given */
	int32_t edge;                        /* the day that its window ends on */
	int32_t whole_from, met_from; /* nothing is missing from these days on; none: of all */
};

struct quality_tail {
	const struct plan *plan; /* of the tail that was read; NULL: it has no line */
	bool is_used;            /* there was one */
	uint64_t lines;          /* read of it */
	uint64_t older;          /* new lines from before its first whole day */
	uint64_t again;          /* new claims that it has lines of */
	uint32_t days;
	bool is_written;
	struct quality_tail_of used, written;
};

/* All of one finished scan; nothing is owned. */
struct quality {
	const struct plan *plan;
	const struct csv_counts *counts;
	const struct normalise_counts *normalise;
	const struct claims_totals *totals;
	struct field_set bound;             /* fields that were read, of any file */
	const struct layouts *layouts;      /* which lines have which columns; NULL: all have all */
	const char *amount_levels[AMOUNTS]; /* "line", "claim", "repeated"; NULL: no such column */
	struct public_view *public;         /* counts of 1 to 10 are left out; NULL: all is told */
	const struct quality_history *history; /* NULL: no rule looked across claims */
	const struct quality_tail *tail;       /* NULL: no --history */
};

uint64_t quality_quarantined(const struct quality *quality);
uint64_t quality_records(const struct quality *quality);

/* Used records that are lines of service: without the totals of revenue code 0001. */
uint64_t quality_lines(const struct quality *quality);

/* Is one of the reasons for quarantine a small count?  Then none is told, nor what they add up to.
 */
bool quality_hides_quarantined(const struct quality *quality);

int quality_write(struct run *run, const struct quality *quality, struct diag *diag);

#endif
