/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tallies: what the walks over beneficiaries and over providers counted of each
 * provider, net, for the rules that stats/ judges beside peers.
 *
 * Integers only, added up: workers have tallies of their own, which are joined
 * when all have walked, and no order can show.  tallies.def has a line for each
 * measure: the rule it belongs to and what it is called.  A measure with parts
 * (levels of a family, months, codes) has an entry for each part, told apart by
 * `of`.  Each measure's entries stand by themselves: who judges one reads no other.
 */
#ifndef HISTORY_TALLIES_H
#define HISTORY_TALLIES_H

#include "base/diag.h"
#include "history/sketches.h"

#include <stddef.h>
#include <stdint.h>

enum tally_measure {
#define TALLY(symbol, rule, name) TALLY_##symbol,
#include "history/tallies.def"
#undef TALLY
	TALLY_MEASURES
};

/* The rule of a measure, "" for counters that several rules read, and its
 * printed name or "". */
const char *tally_rule(enum tally_measure measure);
const char *tally_name(enum tally_measure measure);

/* What n, k, dollars, sum and squares are is said beside the measure's line in
 * tallies.def. */
struct tally {
	uint32_t provider;    /* dense number in profile */
	uint32_t measure;     /* enum tally_measure */
	uint64_t of;          /* part of the measure; 0: it has none */
	uint64_t n, k;        /* evaluated, hits */
	int64_t dollars, sum; /* wrap */
	unsigned __int128 squares;
};

/* The part of EM_LEVEL: side 1 since the family's levels are by time or decision, else 0. */
#define TALLY_EM_OF(side, family, level) \
	((uint64_t)(side) << 16 | (uint64_t)(family) << 8 | (uint64_t)(level))

/* The part of INP_01_DRG is the fiscal year times this, and the DRG. */
enum { DRG_COUNT = 1000 };

struct tallies; /* of one worker, or all of them joined */

int tallies_create(struct tallies **tallies, struct diag *diag);
void tallies_destroy(struct tallies *tallies); /* takes NULL */

/* Add to the entry of (provider, measure, of), made if new.  Returns 0 or
 * FAIL_MEMORY. */
int tallies_add(struct tallies *tallies, const struct tally *tally);

/* Sketches of providers' patients, which are joined and sorted as tallies are. */
struct sketches *tallies_patients(struct tallies *tallies);
const struct sketches *tallies_sketches(const struct tallies *tallies); /* NULL of NULL */

/* ... many at once, which cost little more than the first: their entries lie anywhere. */
enum { TALLIES_AT_ONCE = 64 };
int tallies_add_all(struct tallies *tallies, const struct tally all[], size_t count);

/* ... of an entry that is not there: what is put is not found by adding, until all is joined. */
int tallies_put(struct tallies *tallies, const struct tally *tally);

/*
 * What the parts counted, in one and in order, entries of one key in one: what
 * follows needs it, and any thread may then read.  into is empty, or one of the
 * parts; of these, which may be NULL, nothing is left.  Returns 0 or FAIL_MEMORY.
 */
int tallies_join(
        struct tallies *into, struct tallies *const parts[], size_t count, unsigned threads);

/* ... of one measure alone. */
int tallies_join_measure(struct tallies *into, struct tallies *const parts[], size_t count,
        enum tally_measure measure);

/* The entries of a measure, by (provider, of) once joined.  NULL tallies have none. */
const struct tally *tallies_of(
        const struct tallies *tallies, enum tally_measure measure, size_t *count);

/* ... of a provider alone, by of; joined. */
const struct tally *tallies_find(const struct tallies *tallies, uint32_t provider,
        enum tally_measure measure, size_t *count);

#endif
