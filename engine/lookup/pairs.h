/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pairs of procedures that are not to be billed together (NCCI PTP, a payer's own).
 *
 * Each code of the table has a dense number, its id, the ones with the most
 * partners first.  Two bits a pair of ids (is it an edit in this order, in the
 * other) lie in a triangle of rows:
 *
 *     row j:  | 0 with j | 1 with j | ... | j-1 with j |        id 0: no code of the table
 *               bit 0: (i, j) is (column 1, column 2); bit 1: (j, i) is
 *
 * 98 of 100 tests end there, in one load for both orders.  The number of bits set
 * before a pair's own says where its value stands: the first of its windows.
 * Windows are few, for thousands of pairs share a history, so they are kept once.
 *
 * The triangle and what hangs on it are sections of a set's image (set.h).
 */
#ifndef LOOKUP_PAIRS_H
#define LOOKUP_PAIRS_H

#include "base/diag.h"
#include "base/level.h"
#include "lookup/set.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PAIRS_CODES_MAX = 32767, /* of a table: its bits take 128 MB then */
	PAIRS_PIECE = 64,        /* codes of a day that are tested against as many at a time */
	PAIR_HITS_MAX = 2 * PAIRS_PIECE * PAIRS_PIECE, /* of two pieces */
};

enum { PAIRS_RELEASE_SIZE = 64 };
enum { PAIR_NEVER = 0, PAIR_ALLOWED = 1, PAIR_NOT_APPLICABLE = 9 }; /* the modifier indicator */

struct pair_window {
	int32_t from, to;   /* effective and deletion date as published; to INT32_MAX: none */
	uint16_t rationale; /* for pairs_rationale() */
	uint8_t indicator;  /* 0 no modifier helps, 1 one may, 9 never in force */
	uint8_t before_1996 : 1, more : 1; /* more: another window of the pair follows */
};

/* What a code is in the table: bits of pairs_roles(). */
enum { PAIR_COLUMN_1 = 1, PAIR_COLUMN_2 = 2 };

/* A row of the sets ptp_practitioner and ptp_hospital: a code of the table, as a procedure. */
struct pair_code_row {
	struct set_row row;
	uint32_t rank;        /* its id: the codes with the most partners first */
	uint32_t partners[2]; /* edits with it as column 1, as column 2 */
};

/* An open table: plain, so that a test can be inlined.  Const once open; any thread reads it. */
struct pairs {
	const struct set *set;
	const uint64_t *words; /* by id: the code word, its roles in the top byte */
	const uint64_t *bits;
	const uint32_t *starts; /* by id: bits set before its row */
	const uint16_t *ranks;  /* by 64 bytes of bits: bits set before them in the row */
	const uint32_t *values;
	const struct pair_window *windows;
	const uint32_t *rationales; /* where in the set's texts */
	uint32_t code_count;        /* ids are 1 to code_count */
	uint32_t rationale_count;
	size_t pair_count;   /* (column 1, column 2) */
	size_t window_count; /* of all pairs, as published */
	size_t bytes;        /* of all that a test may touch */

	/* The deletion date is the first day out of force, not the last day in it. Set after
	 * opening. */
	bool deletion_exclusive;
};

/*
 * Open the pairs of a verified set, which must outlive them; nothing is to be
 * closed.  FAIL_TABLE: the set has none, or they do not fit together.
 */
int pairs_open(struct pairs *pairs, const struct set *set, struct diag *diag);

/* Do the sections fit together, byte for byte?  What set_verify() asks (struct set_schema). */
int pairs_check(const struct set *set, struct diag *diag);

/* Days that the releases of the table judge, and their label for findings ("v30.2"). */
bool pairs_covers(const struct pairs *pairs, int32_t day);
const char *pairs_release(const struct pairs *pairs, char text[PAIRS_RELEASE_SIZE]);

/* The id of a code word (no tag), 0 if no pair has it; batched. */
uint16_t pairs_id(const struct pairs *pairs, uint64_t word);
void pairs_ids(const struct pairs *pairs, const uint64_t words[], size_t count, uint16_t ids[]);

/* And back. */
static inline uint64_t pairs_word(const struct pairs *pairs, uint16_t id)
{
	return pairs->words[id] & ~((uint64_t)0xff << 56);
}

static inline unsigned pairs_roles(const struct pairs *pairs, uint16_t id)
{
	return (unsigned)(pairs->words[id] >> 56);
}

/* All windows of (column 1, column 2), the oldest first, until more is 0; NULL: no edit, ever. */
const struct pair_window *pairs_windows(
        const struct pairs *pairs, uint16_t column1, uint16_t column2);

/* Is a window in force on a day?  Never with indicator 9, nor where it ends on its first day. */
static inline bool pair_window_holds(
        const struct pairs *pairs, const struct pair_window *window, int32_t day)
{
	return window->from <= day && day <= window->to - (int32_t)pairs->deletion_exclusive &&
	       window->from < window->to && window->indicator != PAIR_NOT_APPLICABLE;
}

/* The window in force on the day, or NULL. */
const struct pair_window *pairs_find(
        const struct pairs *pairs, uint16_t column1, uint16_t column2, int32_t day);

/* The publisher's words for an edit, "" for none. */
const char *pairs_rationale(const struct pairs *pairs, const struct pair_window *window);

/*
 * The codes that have an edit with this one in the other column, as ids in the
 * order of their texts: column says which this one is.  Room for code_count of them.
 */
size_t pairs_partners(const struct pairs *pairs, uint16_t id, unsigned column, uint16_t partners[]);

/* ---- A day's lines ---- */

struct pair_hit {
	uint32_t line1, line2;            /* column 1, column 2: places in the ids of the day */
	const struct pair_window *window; /* in force on the day */
};

/*
 * Tests every line of a day against every other.  Of lines with one code only
 * the first is tested and told: the others have its hits too.  One a thread
 * and table.
 *
 *     pairs_day_begin(day, ids, count, date);
 *     while ((hit_count = pairs_day_next(day, hits)) > 0)
 *             ...                             hits of two pieces of the day, at most PAIR_HITS_MAX
 *
 * The hits come in an order that depends on the lines and the table only, and
 * means nothing.  FAIL_MEMORY.
 */
struct pairs_day;

int pairs_day_create(
        struct pairs_day **day, const struct pairs *pairs, enum level level, struct diag *diag);
void pairs_day_destroy(struct pairs_day *day);

/* ids[i]: of line i, 0 for none; they need not live on.  Its work grows with the
 * square of the different codes, not of the lines. */
void pairs_day_begin(struct pairs_day *day, const uint16_t ids[], size_t count, int32_t date);
size_t pairs_day_next(struct pairs_day *day, struct pair_hit hits[PAIR_HITS_MAX]);

#endif
