/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What codes info, lookup and diff have in common: the rows of any set as named
 * values, by the columns of its schema.  A set that is added prints by itself.
 */
#ifndef CODES_VIEW_H
#define CODES_VIEW_H

#include "base/diag.h"
#include "lookup/set.h"
#include "report/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum view_kind {
	VIEW_TEXT,
	VIEW_NUMBER, /* a JSON number as it stands */
	VIEW_WORDS,  /* parted by single blanks */
};

enum {
	VIEW_VALUES_MAX = 64, /* columns of a set */
	VIEW_OWN = 320,       /* 32 flags of nine letters */
	VIEW_WINDOW_MAX = 40,
	VIEW_RELEASE_MAX = 200,
};

struct view_value {
	const char *name, *text; /* text: own, or of the set */
	enum view_kind kind;
	char own[VIEW_OWN];
};

/* The columns of a row that are not blank; returns how many. */
size_t view_row(const struct set *set, const struct set_row *row,
        struct view_value values[VIEW_VALUES_MAX]);

/* One column; false where it is blank. */
bool view_column(const struct set *set, const struct set_row *row, const struct set_column *column,
        struct view_value *value);

/* Do rows of two sets of one schema say the same, days aside? */
bool view_rows_equal(const struct set *a, const struct set_row *a_row, const struct set *b,
        const struct set_row *b_row);

/* The set is a table of pairs (lookup/pairs.h): its rows say only which codes it has. */
bool view_has_pairs(const struct set *set);

/* The schema has flags, and the row the one of that name. */
bool view_row_has(const struct set *set, const struct set_row *row, const char *flag);

/* "2024-10-01 to 2026-09-30", "from 2024-10-01", "to 2020-12-31", "all days".
 */
const char *view_window(int32_t from, int32_t to, char text[VIEW_WINDOW_MAX]);

/* The releases of a set: "FY2025, FY2026", or the first, the last and how many.
 */
const char *view_releases(const struct set *set, char text[VIEW_RELEASE_MAX]);

/* A day, null where the window is open. */
void view_json_day(struct json *json, const char *key, int32_t day);
void view_json_value(struct json *json, const struct view_value *value);

/* Print what a memory out holds on stdout; also frees it. */
int view_print(struct out *out, struct diag *diag);

#endif
