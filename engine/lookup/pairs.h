/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pairs of procedures that are not to be billed together (NCCI PTP, a payer's own).
 *
 * Each code of the table has a dense number, its id, in the order of the texts, so
 * that families of codes, which edits are written for, stand together.  A pair of
 * ids has a cell of two bits, one for each order:
 *
 *     row j:  | 0 with j | 1 with j | ... | j-1 with j |        id 0: no code of the table
 *               bit 0: (i, j) is (column 1, column 2); bit 1: (j, i) is
 *
 * Nine of ten words of 32 cells are empty.  A map of a bit a word says which are
 * not: 0.4 MB for the practitioner table, where almost all tests end, for both
 * orders at once.  The others are kept, each with the number of bits set before it:
 * that counts where the value of a pair stands, which names its first window.
 * Windows are few, for thousands of pairs share a history, so they are kept once.
 *
 * All of it is sections of a set's image (set.h).
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
	PAIRS_CODES_MAX = 65535, /* of a table */
	PAIRS_PIECE = 64,        /* codes of a day that are tested against as many at a time */
	PAIR_HITS_MAX = 2 * PAIRS_PIECE * PAIRS_PIECE,
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
	uint32_t number;      /* its id */
	uint32_t partners[2]; /* edits with it as column 1, as column 2 */
};

/* 32 cells of a row, with a bit set at least. */
struct pair_cells {
	uint64_t bits;
	uint32_t rank; /* bits set in all before it */
	uint32_t pad;
};

/* An open table: plain, so that a test can be inlined.  Const once open; any thread reads it. */
struct pairs {
	const struct set *set;
	const uint64_t *words; /* by id: the code word, its roles in the top byte */
	const uint64_t *map;
	const uint32_t *ranks; /* by word of the map: bits set before it */
	const struct pair_cells *cells;
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

/* May there be an edit of two codes, in either order?  Most that have none are told so here. */
bool pairs_may_be(const struct pairs *pairs, uint16_t a, uint16_t b);

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
	uint32_t day;                     /* of those that were begun together, from 0 */
	uint32_t line1, line2;            /* column 1, column 2: places in the ids of the day */
	const struct pair_window *window; /* in force on the day */
};

struct pair_day {
	const uint16_t *ids; /* of line i, 0 for none; to live until the last hit */
	size_t count;
	int32_t date;
};

/*
 * Tests every line of a day against every other.  Of lines with one code only
 * the first is tested and told: the others have its hits too.  One a thread
 * and table.
 *
 *     pairs_days_begin(test, days, count);
 *     while ((hit_count = pairs_days_next(test, hits)) > 0)
 *             ...                             at most PAIR_HITS_MAX of them
 *
 * Days that are begun together are faster than one by one.  The hits come day by
 * day, in an order that depends on the lines and the table only, and means nothing.
 * The work grows with the square of the different codes of a day, not of its lines.
 */
struct pairs_test;

/* FAIL_MEMORY.  Neither the table nor days that are begun are changed. */
int pairs_test_create(
        struct pairs_test **test, const struct pairs *pairs, enum level level, struct diag *diag);
void pairs_test_destroy(struct pairs_test *test);
void pairs_days_begin(struct pairs_test *test, const struct pair_day days[], size_t count);
size_t pairs_days_next(struct pairs_test *test, struct pair_hit hits[PAIR_HITS_MAX]);

#endif
