/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `codes lookup` found of a code, an entry a set, and how it is told.
 */
#ifndef CODES_LOOKUP_H
#define CODES_LOOKUP_H

#include "codes_private.h"
#include "codes_view.h"
#include "lookup/pairs.h"

enum { NEAR_MAX = 8, STARTER_VALUES_MAX = 24, STARTER_WINDOWS_MAX = 8 };

/* Another code of a PTP table, and the window that is in force. */
struct partner {
	char column1[SET_KEY_TEXT_MAX], column2[SET_KEY_TEXT_MAX];
	int32_t from, to;
	unsigned indicator;
	const char *rationale;
};

struct window {
	int32_t from, to;
};

struct found {
	const char *name, *title;
	char release[VIEW_RELEASE_MAX];
	bool partial;
	char code[SET_KEY_TEXT_MAX];
	int32_t from, to; /* what the set covers */
	int32_t day;      /* that it is told for */
	bool covered;

	/* Of an image; NULL for the starter set. */
	const struct set *set;
	const struct set_row *rows; /* NULL: not in the set */
	size_t row_count;

	/* Of the starter set: a window, and what it says. */
	struct view_value *values;
	size_t value_count;
	int32_t in_from, in_to;
	struct window in[STARTER_WINDOWS_MAX]; /* all of them, by day, if there are several */
	size_t in_count;
	bool header;

	/* Of a table of pairs. */
	struct partner *partners; /* in column 2 of the code first */
	size_t partner_count, as_column1;
	size_t in_force[2]; /* edits with the code in column 1, in column 2 */
	bool is_pair;       /* two codes: partners are all windows, not those in force */

	/* Codes like it, of a wrong one; longer ones, of a header. */
	char near[NEAR_MAX][SET_KEY_TEXT_MAX];
	size_t near_count, near_more;
	size_t near_distance; /* SIZE_MAX: of a header */
};

struct lookup {
	const struct lookup_options *options;
	struct found *found;
	size_t count, room;
};

/* A zeroed entry at the end, or NULL. */
struct found *lookup_add(struct lookup *lookup);

/* What the starter set knows of the code.  FAIL_MEMORY. */
struct codes;
int lookup_starter(struct lookup *lookup, const struct codes *codes, struct diag *diag);
void lookup_near_starter(struct lookup *lookup, const struct codes *codes);

/* Consider a code for the list of near ones of an entry. */
void found_near(struct found *found, const char *wanted, const char *code);

/* The row that is told: in force on the day, else the newest; NULL: none. */
const struct set_row *found_row(const struct found *found);

enum verdict { VERDICT_VALID, VERDICT_INVALID, VERDICT_NOT_JUDGED };
enum verdict found_verdict(const struct found *found);

/* Windows of all rows, those that touch as one; returns how many there are. */
size_t found_windows(const struct found *found, struct window windows[], size_t room);

void lookup_print_text(const struct lookup *lookup);
int lookup_print_json(const struct lookup *lookup, struct diag *diag);

#endif
