/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What several sets say of one code, made into rows of attributes by day.
 *
 *     icd10cm   |----- billable -----|----- header ---
 *     mce      -------- female --------|--------------
 *     rows        1  |      2        |3|      4
 *
 * The days are cut wherever one of the sets changes, and what is alike on both
 * sides of a cut is one row.  The rows of a code part all days among them.  One
 * in force carries its own days; one that is not names the day when the code
 * comes into force as its from, INT32_MAX where it never does, so that a span
 * reaching that far is still found in force by from and to alone.
 *
 * The row that a code's ref names is the last in force; the others lie behind all
 * codes, in order (struct other_rows), and are looked at for other days only.  A
 * code whose attributes never change needs no others: that it is not in force shows
 * from the one row.
 *
 * Days that a set does not cover get what it says of the nearest day that it does.
 * Checks are held to the days that sets cover (struct rule_check), so this is read
 * by --codes-outside nearest only.
 */
#ifndef LOOKUP_CODES_JOIN_H
#define LOOKUP_CODES_JOIN_H

#include "lookup/codes_kinds.h"

enum { CUTS_MAX = 1024 }; /* of one code: forty releases a year for a decade are fewer */

struct cuts {
	int32_t days[CUTS_MAX]; /* in order: where a row begins; the first is INT32_MIN */
	unsigned count;
	bool full; /* one did not fit */
};

void cuts_begin(struct cuts *cuts);
void cuts_add(struct cuts *cuts, struct code_window window);

/* The last day before the next cut. */
int32_t cuts_end(const struct cuts *cuts, unsigned index);

/* A row's days, drawn out over those around it that its set does not cover. */
struct code_window join_window(
        const struct codes *codes, enum codes_part part, const struct set_row *row);

static inline bool window_holds(struct code_window window, int32_t day)
{
	return window.from <= day && day <= window.to;
}

/* All rows of a key; at NULL: none. */
struct key_rows {
	const struct set *set;
	const struct set_row *at;
	unsigned count;
};

static inline struct key_rows key_rows_find(const struct set *set, uint64_t key)
{
	struct key_rows rows = {.set = set};

	if (set)
		rows.at = set_find(set, key);
	rows.count = rows.at ? rows.at->more + 1u : 0;
	return rows;
}

static inline const struct set_row *key_rows_at(const struct key_rows *rows, unsigned index)
{
	return (const struct set_row *)(const void *)((const uint8_t *)rows->at +
	                                              index * rows->set->schema->row_size);
}

/* The row of a day, drawn out; NULL: none. */
const struct set_row *key_rows_on(
        const struct codes *codes, enum codes_part part, const struct key_rows *rows, int32_t day);
void cuts_add_rows(struct cuts *cuts, const struct codes *codes, enum codes_part part,
        const struct key_rows *rows);

/* The keys of a set in order, and their first rows; sets lie in that order already. */
struct key_list {
	uint64_t *keys;
	uint32_t *rows; /* from 1 */
	size_t count, at;
};

/* Of no set (NULL): an empty one.  FAIL_MEMORY; FAIL_TABLE for an image out of order. */
int key_list_make(struct key_list *list, const struct set *set, struct diag *diag);
void key_list_end(struct key_list *list); /* takes a zeroed one */

/* All rows of the key at list->at. */
static inline struct key_rows key_list_rows(const struct key_list *list, const struct set *set)
{
	struct key_rows rows = {.set = set};

	rows.at = (const struct set_row *)(const void *)(set->rows +
	                                                 (size_t)(list->rows[list->at] - 1) *
	                                                         set->schema->row_size);
	rows.count = rows.at->more + 1u;
	return rows;
}

/* Go on to a key; is it there?  Keys are asked for in order. */
static inline bool key_list_find(struct key_list *list, uint64_t key)
{
	while (list->at < list->count && list->keys[list->at] < key)
		list->at++;
	return list->at < list->count && list->keys[list->at] == key;
}

/* Rows that grow: refs of codes first, the others behind them. */
struct join_rows {
	uint8_t *rows;
	size_t size, count, room;
	struct other_rows *others; /* by ref of a code */
	bool any;                  /* of others */
};

int join_rows_begin(struct join_rows *join, size_t size, size_t codes, struct diag *diag);
void join_rows_end(struct join_rows *join); /* of one that was not handed over */

/* The rows of one code, in order. */
struct made_rows {
	const void *rows;
	unsigned count, primary;
	bool only; /* the primary alone says all */
};
int join_rows_store(
        struct join_rows *join, uint32_t ref, const struct made_rows *made, struct diag *diag);

/* In place of the starter's: tables, attributes, others.  codes->parts are set before. */
int codes_join_diagnoses(struct codes *codes, struct diag *diag);
int codes_join_procedures(struct codes *codes, struct diag *diag);
int codes_join_icd10pcs(struct codes *codes, struct diag *diag);

#endif
