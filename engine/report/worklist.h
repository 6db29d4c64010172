/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worklist.csv: the claims to pull of each lead, by frame.
 *
 * A frame is a rule that is flagged for a provider (and its measure), or one
 * that leads by its first hit.  Its units are the rule's hits, so that its size
 * is the column hits of provider_rules.csv: a line, or a claim where the rule
 * judges claims.  Where lines are counted only (levels of visits, months, modifiers)
 * they are the lines that were, read once more.  Two lists are drawn from it:
 *
 *	random     the units of the smallest keyed hash, as many as the half-width
 *	           of a Wilson interval asks for: what holds of them holds of the frame
 *	judgement  the units of most dollars: what holds of them holds of nobody else
 *
 * Leads are known only when all findings have gone by.  So each worker keeps
 * what might be drawn: of the n-th hit that it sees of a provider and rule only
 * a hash below a limit that falls as 1/n, and the few of most dollars.  What is
 * kept holds every unit below the limit of the whole frame, be it ever so cut;
 * that there are fewer of them than the sample wants is less likely than that
 * two claims share their hash.  Beyond its memory what is kept spills.
 */
#ifndef REPORT_WORKLIST_H
#define REPORT_WORKLIST_H

#include "base/diag.h"
#include "history/providers.h"
#include "history/tallies.h"
#include "profile/profile.h"
#include "regroup/finding.h"
#include "report/run.h"
#include "stats/stats.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WORKLIST_DEAREST = 5 }; /* of the judgement list, as in the evidence */

/* How large a sample is wanted, and which one. */
struct worklist_plan {
	uint32_t width, level; /* half-width and confidence, in millionths */
	uint64_t seed;
};

extern const struct worklist_plan worklist_default; /* 0.10 at 90 %, seed 1 */

/* Units to draw of a frame of any size; of one of size units, each drawn once. */
uint64_t worklist_size(const struct worklist_plan *plan);
uint64_t worklist_size_of(const struct worklist_plan *plan, uint64_t size);

struct worklist;

struct worklist_options {
	struct worklist_plan plan;
	unsigned workers;
	size_t memory_bytes; /* of all workers together, and as much again for the writing */
	const char *tmp;
};

/* Returns 0 or FAIL_MEMORY.  tmp must outlive it. */
int worklist_create(
        struct worklist **worklist, const struct worklist_options *options, struct diag *diag);
void worklist_destroy(struct worklist *worklist); /* takes NULL */

/* Can a hit of the rule be drawn?  NULL: none can. */
bool worklist_wants(const struct worklist *worklist, unsigned rule);

/*
 * A hit that stands, and the hash of its unit (report/sample.h).  One thread a
 * worker at a time.  Returns 0 or a negative errno.
 */
int worklist_add(
        struct worklist *worklist, unsigned worker, const struct finding *finding, uint64_t hash);

struct worklist_source {
	const struct profile *profile; /* merged */
	const struct stats *stats;
	const struct tallies *tallies; /* of the walks, sorted; NULL: none walked */
	const struct providers *days;  /* walked; NULL: frames of counters have no lines */
	unsigned threads;              /* 0: one */
};

/*
 * Write worklist.csv, when no worker adds any more; worklist NULL: its header.
 * *rows: without the header.
 */
int worklist_write(struct worklist *worklist, struct out *out, const struct worklist_source *source,
        uint64_t *rows, struct diag *diag);

#endif
