/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small tables for people: the same cells as text in columns and as a page.
 */
#ifndef DIFF_SHEET_H
#define DIFF_SHEET_H

#include "base/diag.h"
#include "report/run.h"

#include <stddef.h>
#include <stdio.h>

enum { SHEET_WIDTH_MAX = 8 };

struct sheet {
	const char *title, *note;   /* note: NULL, or a sentence below the title */
	const char *const *columns; /* NULL-ended, at most SHEET_WIDTH_MAX */
	unsigned texts;             /* the first so many columns stand left, the others right */
	char **cells;               /* owned, row by row */
	size_t cell_count, room;
};

/* Add a cell: a copy of text.  Rows are full when they have a cell for each column. */
int sheet_add(struct sheet *sheet, const char *text, struct diag *diag);
void sheet_clear(struct sheet *sheet); /* frees the cells */

/* Sheets without rows are passed over.  Control characters are printed as "?". */
void sheets_print(FILE *file, const struct sheet *sheets, size_t count);

/* One HTML page that needs no other file and runs no script. */
void sheets_page(struct out *out, const char *title, const struct sheet *sheets, size_t count);

#endif
