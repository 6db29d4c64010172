/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Providers: each provider's lines together, day by day, for rules that judge a
 * provider's day, and for the counts that statistics compare.
 *
 * While beneficiaries are walked each line that stands leaves a record
 * (regroup/providers.h) in partitions by its provider; when all have been, these
 * are walked in parallel, the largest first.  Findings go where those of
 * histories go; what is only counted goes into tallies.
 */
#ifndef HISTORY_PROVIDERS_H
#define HISTORY_PROVIDERS_H

#include "history/history.h"
#include "history/prices.h"
#include "history/tallies.h"
#include "history/times.h"

/* Make the rules of provider.def that find something known to rules/; after history_init(). */
void providers_init(void);

/* Does any active rule ask for this walk? */
bool providers_wanted(const struct rule_selection *selection);

/* ... and does it need texts of lines that have a time? */
bool providers_tell(const struct rule_selection *selection);

/* HISTORY_NEEDS_* (regroup/history.h) of those that are active. */
unsigned providers_needs(const struct rule_selection *selection);

struct providers; /* shared by the workers of one run */
struct providers_worker;

struct providers_options {
	struct partitions *partitions;
	const struct rule_selection *selection;
	const struct codes *codes;
	const struct times *times;
	const struct profile *profile; /* ids of the numbers */
	const struct history *history; /* walked; its PTP edits are asked */
	const struct prices *prices;   /* of units, for STA-01; NULL: none */
	bool timing;                   /* add up what each rule costs */
};

int providers_create(
        struct providers **providers, const struct providers_options *options, struct diag *diag);
void providers_destroy(struct providers *providers); /* takes NULL */

/* profile and tallies: the worker's own. */
int providers_worker_create(struct providers_worker **worker, struct providers *providers,
        struct profile_worker *profile, struct tallies *tallies, struct diag *diag);
void providers_worker_destroy(struct providers_worker *worker); /* takes NULL */

/* Walk: called once by each worker, which share the partitions. */
int providers_walk(
        struct providers_worker *worker, const struct finding_sink *sink, struct diag *diag);

/* After all workers have walked: added to what histories counted. */
void providers_totals(const struct providers *providers, struct history_totals *totals);

#endif
