/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PTP edits as the rules ask for them: those of a release's table, or where the
 * run has none the few of the starter set (codesets/ptp.csv).
 */
#ifndef HISTORY_EDITS_H
#define HISTORY_EDITS_H

#include "base/diag.h"
#include "lookup/pairs.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct edit {
	int32_t from, to;  /* INT32_MIN, INT32_MAX: open */
	uint8_t indicator; /* PAIR_NEVER, PAIR_ALLOWED */
};

struct edits;

/* pairs: must outlive the edits; NULL: the starter's.  FAIL_MEMORY, FAIL_TABLE. */
int edits_create(struct edits **edits, const struct pairs *pairs, struct diag *diag);
void edits_destroy(struct edits *edits); /* takes NULL */

/* The starter's edits, by column 1, column 2 and day, at from 0 on; false: there are no more. */
struct edit_row {
	uint64_t column1, column2; /* code words */
	struct edit edit;
};
bool edits_starter_at(const struct edits *edits, size_t at, struct edit_row *row);

/* The file they come from, for its hash. */
const char *edits_starter_text(size_t *size);

/* A code's number in the table, 0 for none, and what it is there: PAIR_COLUMN_1, _2. */
uint16_t edits_id(const struct edits *edits, uint64_t word);
unsigned edits_roles(const struct edits *edits, uint16_t id);

/* ... both, of a code whose row in the code sets is known; ref 0: it is not. */
struct edits_code {
	uint16_t id;
	uint8_t roles;
};
struct edits_code edits_code(const struct edits *edits, uint64_t word, uint32_t ref);

/* Refs that are asked for are below rows: each is looked up once.  FAIL_MEMORY. */
int edits_bind(struct edits *edits, size_t rows);

/* May two codes be a pair, in either order?  Most are not. */
bool edits_may_pair(const struct edits *edits, uint16_t a, uint16_t b);

/* Does the table judge that day? */
bool edits_cover(const struct edits *edits, int32_t day);

/* The edit of (column 1, column 2) that is in force on a day; false: none. */
bool edits_find(const struct edits *edits, uint16_t column1, uint16_t column2, int32_t day,
        struct edit *edit);

/*
 * Is a code column 2 of an edit that a modifier may pass and that is in force
 * on that day, between the first and the last day of any?  Any thread.
 */
bool edits_may_pass(const struct edits *edits, uint16_t id, int32_t day);

#endif
