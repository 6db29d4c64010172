/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines that stand, read again: what samples are drawn of when statistics, which
 * come last, have flagged what was counted.
 *
 * The beneficiaries' records are still there, and are read as they were walked:
 * net of what was voided and superseded, without what was denied.  Whether a line
 * is one of those that a tally counted is said by the rule that counted it.
 */
#ifndef HISTORY_STANDING_H
#define HISTORY_STANDING_H

#include "history/providers.h"
#include "history/tallies.h"
#include "regroup/finding.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct standing {
	struct finding finding; /* as a finding would tell it; rule, kind and dollars are 0 */
	const struct provider_line *line;     /* regroup/providers.h */
	const struct provider_window *window; /* history/provider.h */
};

/* Can a line be asked for the measure? */
bool standing_knows(enum tally_measure measure);

/*
 * Is it among the k of the measure, or of E/M levels and months among the n?
 * part: of E/M levels the family (EM_NONE: any), of months the month since
 * 1970-01; else 0.
 */
bool standing_is(const struct standing *standing, enum tally_measure measure, uint64_t part);

/* Who is asked for, and what takes a line; a line lives for the call. */
struct standing_reader {
	bool (*wants)(const void *context, uint32_t provider);
	int (*take)(void *context, const struct standing *standing); /* 0 or a negative errno */
	void *context;
};

/*
 * Read part by part, in any order, after all have been walked.  Any number of
 * threads, each its own part: the reader's functions must bear that.
 */
size_t standing_parts(const struct providers *providers);
int standing_read(const struct providers *providers, size_t part,
        const struct standing_reader *reader, struct diag *diag);

#endif
