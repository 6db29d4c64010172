/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much a rule's finding is worth: how often it proves right, and how much
 * of its dollars comes back.  By severity until `claimscan calibrate` has learnt
 * it from what reviewers decided; its table comes back by --table
 * precision_weights=FILE.
 *
 * dollars_expected are dollars * precision * recoverable.  The w of formula 19
 * is precision over the default of the rule's severity, at most 1: what is
 * learnt to be worse than was thought takes the score down, and a table that
 * says what the default says changes nothing.
 */
#ifndef STATS_WEIGHTS_H
#define STATS_WEIGHTS_H

#include "base/diag.h"
#include "lookup/payer.h"
#include "rules/rules.h"

#include <stdint.h>

enum { MILLION = 1000000 };

/* Of rules with several severities, the one that most hits have. */
enum severity weights_severity(unsigned rule);

/* Of a severity, in millionths: until something is learnt. */
uint32_t weights_precision(enum severity severity);

struct weights {
	uint32_t precision[RULES_ALL], recoverable[RULES_ALL]; /* millionths */
};

/*
 * payer NULL, or without such a table: the default.  FAIL_TABLE with the line
 * for an unknown rule, a share above 1, and a rule (or severity) that is twice there.
 */
int weights_read(struct weights *weights, const struct payer *payer, struct diag *diag);

/* Dollars that are expected to come back, in cents; and w. */
double weights_expected(const struct weights *weights, unsigned rule, int64_t cents);
double weights_factor(const struct weights *weights, unsigned rule);

/*
 * What reviewers decided on one rule.  Flagged and recovered: cents of those
 * confirmed and partial that name both.
 */
struct decisions {
	uint64_t confirmed, partial, cleared;
	uint64_t priced;
	int64_t flagged, recovered;
};

/*
 * The posterior mean of a beta distribution: `prior` made-up decisions at the
 * default precision stand beside the true ones, confirmed and partial count as
 * right.  recoverable: recovered over flagged, with as many made-up ones at 1;
 * at most 1.  Millionths, rounded half up.
 */
uint32_t weights_learn_precision(
        const struct decisions *decisions, enum severity severity, uint64_t prior);
uint32_t weights_learn_recoverable(const struct decisions *decisions, uint64_t prior);

#endif
