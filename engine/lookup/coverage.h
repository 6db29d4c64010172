/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Coverage policies: which diagnoses a procedure is covered for, where and when.
 *
 * A policy has lists of diagnoses.  Each list that supports must have one of the
 * line's (lists are held together by AND, the diagnoses in one by OR); of a list
 * that excludes there must be none.
 *
 *     the payer's    --table coverage=FILE, and the set payer_coverage: every policy
 *                    in force for the provider's state must be satisfied
 *     published      the sets ncd_lcd, ncd_lcd_dx, ncd_lcd_documents: they do not
 *                    say whose jurisdiction a document is of, so that a line fails
 *                    only where all documents in force for its code do
 *
 * Where the payer has a policy in force for a code, what is published is not asked.
 */
#ifndef LOOKUP_COVERAGE_H
#define LOOKUP_COVERAGE_H

#include "base/diag.h"
#include "lookup/payer.h"
#include "lookup/set.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct coverage_sources {
	const struct payer *payer;
	const struct set *own; /* payer_coverage; all sets may be NULL, and are verified */
	const struct set *procedures, *diagnoses, *documents; /* ncd_lcd, ..._dx, ..._documents */
};

enum { COVERAGE_FILTER_BITS = 16 };

/* Plain, so that the filter can be inlined.  Const after creation; any thread reads it. */
struct coverage {
	uint64_t filter[(1 << COVERAGE_FILTER_BITS) / 64];
	struct coverage_list *lists; /* by code */
	struct coverage_dx *dx;      /* by list, in order of the code */
	size_t list_count, dx_count;
};

/*
 * *coverage is NULL where no source has a policy.  The sources must outlive it.
 * Returns 0, FAIL_MEMORY or FAIL_TABLE.  coverage_destroy() takes NULL.
 */
int coverage_create(
        struct coverage **coverage, const struct coverage_sources *sources, struct diag *diag);
void coverage_destroy(struct coverage *coverage);

static inline uint32_t coverage_slot(uint64_t code)
{
	return (uint32_t)(code * PHASH_MULTIPLIER >> (64 - COVERAGE_FILTER_BITS));
}

/* May a policy name this procedure?  False is certain. */
static inline bool coverage_may_have(const struct coverage *coverage, uint64_t code)
{
	uint32_t slot = coverage_slot(code);

	return coverage->filter[slot / 64] >> (slot % 64) & 1;
}

/* What is asked: a procedure on a day, by a provider of a state, for diagnoses. */
struct coverage_line {
	uint64_t procedure;
	int32_t day;    /* DATE_ABSENT: unknown */
	uint16_t state; /* 0: unknown */
	const uint64_t *diagnoses;
	unsigned count; /* 0: unknown */
};

enum coverage_verdict {
	COVERAGE_NONE,    /* no policy is in force */
	COVERAGE_UNKNOWN, /* it hangs on what the line does not say */
	COVERAGE_MET,
	COVERAGE_UNSUPPORTED, /* a list has none of the diagnoses */
	COVERAGE_EXCLUDED,    /* a list has the diagnosis that it excludes */
};

/* The list that decided: of COVERAGE_UNSUPPORTED and COVERAGE_EXCLUDED. */
struct coverage_answer {
	enum coverage_verdict verdict;
	const char *policy; /* lives as long as the sources; NULL: published */
	uint64_t document;  /* of what is published: a word like L33822 */
	uint32_t group;
	int32_t from, to;
	uint64_t diagnosis; /* the one excluded */
};

void coverage_judge(const struct coverage *coverage, const struct coverage_line *line,
        struct coverage_answer *answer);

#endif
