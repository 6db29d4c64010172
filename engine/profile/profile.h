/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Per-provider counters: integers only, lock-free.
 *
 * One shared table gives each provider a dense number (compare-and-swap on
 * insert, never moved, only the index grows).  Each worker adds to blocks of
 * its own, indexed by the dense number and prefetched a batch ahead; readers
 * add up those of all workers.  Blocks that outgrow their share of memory are
 * added into shared ones before.  Adding integers commutes, so the order cannot
 * show; sums beyond 64 bits (squares: 128) wrap, so that it cannot there either.
 */
#ifndef PROFILE_PROFILE_H
#define PROFILE_PROFILE_H

#include "base/diag.h"
#include "base/level.h"
#include "claim.h"
#include "rules/rules.h"

#include <stddef.h>
#include <stdint.h>

struct profile;        /* shared */
struct profile_worker; /* one a thread */

/* Which counters are kept. */
enum {
	PROFILE_CODES = 1 << 0, /* provider_codes.csv */
	PROFILE_RULES = 1 << 1, /* evaluated per rule */

	/* The kinds of provider_counts.csv. */
	PROFILE_MONTHS = 1 << 2,
	PROFILE_EM = 1 << 3,
	PROFILE_MODIFIERS = 1 << 4,
	PROFILE_PLACES = 1 << 5,
	PROFILE_DIGITS = 1 << 6,
	PROFILE_SQUARES = 1 << 7, /* always added up; printed if asked for */
	PROFILE_COUNTS = PROFILE_MONTHS | PROFILE_EM | PROFILE_MODIFIERS | PROFILE_PLACES |
	                 PROFILE_DIGITS | PROFILE_SQUARES,
};

struct profile_options {
	unsigned keep; /* PROFILE_* */
	unsigned workers;
	size_t memory_bytes;     /* private blocks of all workers together stay below; 0 no limit */
	const enum level *level; /* of the loops; NULL: the best that this CPU runs */
	size_t index_slots;      /* to begin with, a power of two; 0: chosen (tests begin small) */
};

/* rules_init() must have been called.  The options are copied. */
int profile_create(
        struct profile **profile, const struct profile_options *options, struct diag *diag);
void profile_destroy(struct profile *profile);
unsigned profile_keeps(const struct profile *profile); /* options.keep */
int profile_worker_create(
        struct profile_worker **worker, struct profile *profile, struct diag *diag);
void profile_worker_destroy(struct profile_worker *worker);

/*
 * The dense number of an id (claim.h), made if new; text is the id's text (kept
 * by value; for ID_NONE empty).  Any thread, no locks.  UINT32_MAX: no memory.
 */
uint32_t profile_number(struct profile *profile, uint64_t id, const char *text, size_t size);

/* The id of a number and its text, ended by NUL.  Any thread, at any time: both never change. */
uint64_t profile_id(const struct profile *profile, uint32_t number, const char **text);

/* Fill batch->provider from provider_id and provider_text, resolved in passes with prefetch. */
int profile_resolve(struct profile_worker *worker, struct batch *batch);

/*
 * Add up a batch: lines that are LINE_DUE.  verdicts may be NULL.  Amounts are
 * those of counted_charge, counted_allowed, counted_paid (0 where absent or of
 * claim level).
 */
int profile_add(struct profile_worker *worker, const struct batch *batch, const struct codes *codes,
        const struct verdicts *verdicts);

/*
 * Claim-level amounts, added when a claim is put together: they go to the
 * provider, month, code, modifiers, place, E/M and digit of the claim's lowest
 * line, adding no line and no units.
 */
struct profile_amounts {
	uint32_t provider;
	int32_t service_from;
	uint64_t hcpcs;
	uint16_t modifiers[MODIFIERS_MAX];
	uint16_t place;
	uint8_t em_family, em_level;
	bool has_charge, has_allowed, has_paid; /* which are of claim level */
	int64_t charge, allowed, paid;          /* AMOUNT_ABSENT: absent */
};
int profile_add_amounts(struct profile_worker *worker, const struct profile_amounts *amounts);

/* One more distinct claim of each of these providers; at most PROFILE_CLAIMS_MAX of them. */
enum { PROFILE_CLAIMS_MAX = 256 };
int profile_add_claims(struct profile_worker *worker, const uint32_t providers[], uint32_t count);

/*
 * What is counted of claims comes soon for this provider: its blocks are asked for
 * while others are at hand.
 */
void profile_expect_claim(const struct profile_worker *worker, uint32_t provider);

/* Claim-scope evaluated counts of a rule (gross of line rules is in profile_add). */
int profile_add_evaluated(struct profile_worker *worker, uint32_t provider, uint64_t checks);

/* Net hits: after regroup.  dollars in cents. */
int profile_add_hit(
        struct profile_worker *worker, uint32_t provider, unsigned rule, int64_t dollars);

/* As profile_add_evaluated(), of a rule that has no checks of its own: judged over histories. */
int profile_add_judged(
        struct profile_worker *worker, uint32_t provider, unsigned rule, uint32_t count);

/* One more distinct beneficiary of a provider. */
int profile_add_beneficiary(struct profile_worker *worker, uint32_t provider);

/* Many of these two at once, of providers that lie anywhere: which is what they cost. */
struct profile_count {
	uint32_t provider, rule; /* PROFILE_BENEFICIARIES instead of a rule */
	uint32_t count;
};
enum { PROFILE_BENEFICIARIES = RULES_ALL, PROFILE_COUNTS_MAX = 256 };
int profile_add_counts(
        struct profile_worker *worker, const struct profile_count counts[], uint32_t count);

/* One line flagged by at least one rule: the union of its dollars. */
int profile_add_flagged(struct profile_worker *worker, uint32_t provider, uint32_t lines,
        uint32_t findings, int64_t dollars);

/*
 * Make what a worker has added readable.  Each worker in a thread of its own,
 * all at once; again whenever something was added since.  A worker may be
 * destroyed after this: what it counted stays.  (Its blocks are put in order
 * where they are, and readers add up those of all workers; only blocks that
 * outgrew their memory are added into the shared table.)
 */
int profile_merge(struct profile_worker *worker);

/* ---- Reading, after all workers are merged. ---- */

struct profile_provider {
	uint64_t id;
	const char *text; /* ended by NUL */
	uint64_t claims, lines;
	int64_t units, charge, allowed, paid;
	unsigned __int128 sumsq_charge, sumsq_allowed, sumsq_paid; /* cents squared */
	uint64_t n_charge, n_allowed, n_paid;                      /* lines with the amount */
	int32_t first_date, last_date;                             /* DATE_ABSENT if none */
	uint16_t specialty, state; /* of most lines, ties to the smallest; 0 none */
	uint8_t entity_type;
	uint64_t findings, lines_flagged;
	int64_t dollars_flagged;
	uint64_t beneficiaries; /* 0 where histories were not regrouped */
};

/* All numbers are below this.  One that two threads raced for may stay unused: it has no text. */
size_t profile_count(const struct profile *profile);

/* Bytes that all counters of a run hold now. */
size_t profile_memory(const struct profile *profile);

/* Numbers of providers with lines or claims, ordered by (text as bytes, id_kind name). Caller
 * frees. */
int profile_order(const struct profile *profile, uint32_t **numbers, size_t *count);
void profile_read(
        const struct profile *profile, uint32_t number, struct profile_provider *provider);

struct profile_rule {
	uint64_t evaluated, hits;
	int64_t dollars;
};
void profile_read_rule(
        const struct profile *profile, uint32_t number, unsigned rule, struct profile_rule *out);

/* ... of all RULES_ALL at once: the notes of a provider are looked through once. */
void profile_read_rules(const struct profile *profile, uint32_t number, struct profile_rule out[]);

/*
 * What is read of several providers soon is fetched side by side: a provider's cells
 * that workers have handed over stand in a chain, each to be waited for by itself.
 */
enum { PROFILE_AHEAD = 16 };
void profile_expect(const struct profile *profile, const uint32_t numbers[], size_t count);

/* A row of provider_codes.csv or provider_counts.csv. */
enum profile_kind {
	PROFILE_KIND_CODE,
	PROFILE_KIND_DIGIT,
	PROFILE_KIND_EM,
	PROFILE_KIND_MODIFIER,
	PROFILE_KIND_MONTH,
	PROFILE_KIND_POS,
	PROFILE_KIND_SPECIALTY,
	PROFILE_KIND_STATE,
	PROFILE_KIND_ENTITY
};
struct profile_cell {
	enum profile_kind kind;
	uint64_t key; /* code word; digit; em_family << 8 | level; modifier; month since 1970-01;
	                 place */
	uint64_t lines;
	int64_t units, charge, allowed, paid;
};
/*
 * The cells of one provider, ordered by kind name and printed key as bytes:
 * codes (unreadable ones under the key of "?"), digits, E/M, modifiers, months,
 * places.  Those of specialty, state and entity type are not among them;
 * profile_read() has their result.  The array is the caller's scratch, grown
 * as needed (*cells, *capacity) and freed by free().  Returns 0 or FAIL_MEMORY.
 * Any thread.
 */
int profile_cells(const struct profile *profile, uint32_t number, struct profile_cell **cells,
        size_t *capacity, size_t *count);

/* ... of some kinds alone: bits 1 << enum profile_kind. */
struct profile_cells {
	struct profile_cell *items;
	size_t count, room;
};
int profile_cells_of(const struct profile *profile, uint32_t number, unsigned kinds,
        struct profile_cells *cells);

/* Names as printed in the column kind: "code", "digit", "em", ... */
const char *profile_kind_name(enum profile_kind kind);

/*
 * The printed key of a cell, ended by NUL: the code, "7", "office_est_4", "25",
 * "2024-03", "11".  Returns its length.
 */
enum { PROFILE_KEY_TEXT_SIZE = 32 };
size_t profile_key_text(const struct profile_cell *cell, char text[PROFILE_KEY_TEXT_SIZE]);

#endif
