/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Claims put together after the scan.
 *
 * While a batch is at hand, each run of adjacent lines of one claim and one
 * provider leaves one small record, and each line with hits leaves a record
 * with its hits, in the partition of the claim's hash.  An adjustment leaves a
 * message in the partition of the claim that it names.  When all is read, the
 * partitions are loaded one by one, runs joined, claims counted, adjustments
 * netted, claim checks taken from the lowest-numbered line, precedence and
 * dollars settled, and each finding handed to the sink.
 */
#ifndef REGROUP_CLAIMS_H
#define REGROUP_CLAIMS_H

#include "base/diag.h"
#include "base/level.h"
#include "claim.h"
#include "profile/profile.h"
#include "regroup/finding.h"
#include "regroup/partition.h"
#include "rules/rules.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Amount levels, per layout number and amount. */
enum amount { AMOUNT_CHARGE, AMOUNT_ALLOWED, AMOUNT_PAID, AMOUNTS };
enum amount_level {
	LEVEL_LINE,
	LEVEL_CLAIM,
	LEVEL_REPEATED
}; /* repeated: claim level, found by the 95 % test */

struct claims; /* shared by the workers of one run */
struct claims_worker;

struct claims_options {
	struct partitions *partitions;
	struct profile *profile;
	const struct rule_selection *selection;
	const struct codes *codes;
	unsigned workers;

	/*
	 * Where the beneficiaries' records are (regroup/history.h), or NULL.  If
	 * there are any, what becomes of a claim is told to its beneficiary, and a
	 * line that stands there too is settled there.
	 */
	struct partitions *history;

	/*
	 * Some layout of the run can carry adjustments (frequency, bill type,
	 * original claim): then every claim may be the one that an adjustment
	 * without a name means.  Unset, only claims of layouts that can carry
	 * adjustments themselves are, and the others leave less behind.
	 */
	bool adjustments;
};

int claims_create(struct claims **claims, const struct claims_options *options, struct diag *diag);
void claims_destroy(struct claims *claims);
int claims_worker_create(struct claims_worker **worker, struct claims *claims,
        struct profile_worker *profile, struct diag *diag);
void claims_worker_destroy(struct claims_worker *worker);

/*
 * Leave the records of a batch.  levels: for each amount, what this layout's
 * level is taken to be for institutional lines; verdicts may be NULL.
 *
 * Returns 0, or a negative errno whose words claims_emit_finish() tells.
 */
int claims_emit(struct claims_worker *worker, const struct rule_context *context,
        const struct batch *batch, const enum amount_level levels[AMOUNTS],
        const struct verdicts *verdicts);
int claims_emit_finish(struct claims_worker *worker, struct diag *diag);

/* What is settled between scanning and joining. */
struct claims_settled {
	enum amount basis[CLAIM_TYPES];   /* the run's amount by claim type */
	bool bound[CLAIM_TYPES][AMOUNTS]; /* has the run that column for that claim type */
};
void claims_settle(struct claims *claims, const struct claims_settled *settled);

/*
 * Join: called by each worker after claims_settle(); workers share the
 * partitions by an atomic counter.  It comes in rounds (adjustments that name
 * no claim, and ambulance miles, need more than one): between rounds all
 * workers must have returned, and claims_next_round() is called once.
 */
int claims_join(struct claims_worker *worker, const struct finding_sink *sink, struct diag *diag);
bool claims_next_round(struct claims *claims); /* true: run claims_join again */

/*
 * Claims all of whose records hang on no others', and on no guess of what is
 * settled later: claims_settle() has been called.  They are put together at once,
 * from memory that is used again.
 *
 * claims_whole_begin() is called once a worker; claims_whole() says of what comes
 * whether it stands so, from a batch on; claims_join_whole() ends what does.
 */
int claims_whole_begin(struct claims_worker *worker, enum level level,
        const struct finding_sink *sink, struct diag *diag);
void claims_whole(struct claims_worker *worker, bool whole);
int claims_join_whole(struct claims_worker *worker, struct diag *diag);

/* Totals, after the last round. */
struct claims_totals {
	uint64_t claims;
	uint64_t again; /* of these, with lines of the tail too (--history) */
	uint64_t adjustments_matched, adjustments_unmatched, adjustments_negative;
	uint64_t multi_line_claims[AMOUNTS]; /* institutional, with the amount on every line; all
	                                        layouts */
	uint64_t scope[CHECKS_MAX], evaluated[CHECKS_MAX]; /* of claim and join checks */
	uint64_t hits[RULES_ALL];
	int64_t dollars[RULES_ALL], unique_dollars[RULES_ALL];
};
void claims_totals(const struct claims *claims, struct claims_totals *totals);

/* Institutional multi-line claims of a layout, and those with one value on all lines. */
struct level_count {
	uint64_t multi_line, repeated;
};
void claims_levels(
        const struct claims *claims, uint32_t layout_number, struct level_count counts[AMOUNTS]);

#endif
