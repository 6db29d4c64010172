/* SPDX-License-Identifier: Apache-2.0 */
/*
 * History: each beneficiary's lines together, in the contract's order, judged
 * by the rules that look across claims.
 *
 * Partitions (regroup/history.h) are walked in parallel, the largest first.  A
 * beneficiary is the lines of one person id; its claims are netted by what
 * joining told of them.  All rules see the same window; what they and the line
 * rules found is settled here, where a line is seen last: which finding stands,
 * the union of dollars, and those that one rule alone has found.
 */
#ifndef HISTORY_HISTORY_H
#define HISTORY_HISTORY_H

#include "base/diag.h"
#include "lookup/codes.h"
#include "lookup/hcc_payable.h"
#include "lookup/pairs.h"
#include "lookup/payer.h"
#include "profile/profile.h"
#include "regroup/finding.h"
#include "regroup/partition.h"
#include "rules/outside.h"
#include "rules/rules.h"

#include <stdbool.h>
#include <stdint.h>

/* Make the rules of history.def known to rules/; after rules_init(). */
void history_init(void);

/* Is any of them active? */
bool history_wanted(const struct rule_selection *selection);

/* What those that are active read: bits as in regroup/history.h. */
unsigned history_needs(const struct rule_selection *selection);

struct history; /* shared by the workers of one run */
struct history_worker;
struct tallies; /* history/tallies.h */
struct times;   /* history/times.h */

struct history_options {
	struct partitions *partitions;
	const struct rule_selection *selection;
	const struct codes *codes;
	const struct pairs *practitioner, *hospital; /* PTP tables; NULL: those of the starter */
	const struct set *drgs;        /* the set msdrg_weights, verified; NULL: none */
	const struct set *add_ons;     /* the set aoc, verified; NULL: the starter's flags */
	const struct hcc_payable *hcc; /* NULL: none */
	const struct payer *payer;     /* the payer's own tables; NULL: none */

	/* The edges of the data; DATE_ABSENT: unknown. */
	int32_t first_service;
	int32_t first_met; /* of meetings with patients, which a tail keeps longer; no later */
	int32_t last_came[CLAIM_TYPES]; /* last received or paid date */
	int32_t as_of;
	bool timing;  /* add up what each rule costs */
	bool ask_all; /* every rule of every beneficiary (history/concern.h): for tests */

	/* Where lines that stand are left for their providers (regroup/providers.h); NULL: nowhere.
	 */
	struct partitions *providers;
	const struct times *times; /* NULL: no rule asks for them */
};

int history_create(
        struct history **history, const struct history_options *options, struct diag *diag);
void history_destroy(struct history *history); /* takes NULL */
/* profile and tallies: the worker's own. */
int history_worker_create(struct history_worker **worker, struct history *history,
        struct profile_worker *profile, struct tallies *tallies, struct diag *diag);
void history_worker_destroy(struct history_worker *worker); /* takes NULL */

/* Walk: called once by each worker, which share the partitions. */
int history_walk(struct history_worker *worker, const struct finding_sink *sink, struct diag *diag);

/* After all workers have walked. */
struct history_totals {
	uint64_t beneficiaries, lines; /* with history; lines that took part */
	uint64_t scope[RULES_ALL], evaluated[RULES_ALL], hits[RULES_ALL];
	int64_t dollars[RULES_ALL], unique_dollars[RULES_ALL];
	uint64_t ns[RULES_ALL]; /* with options.timing */
	struct codes_outside outside;
};
void history_totals(const struct history *history, struct history_totals *totals);
void history_totals_add(struct history_totals *into, const struct history_totals *from);

#endif
