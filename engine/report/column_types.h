/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a column of a run's tables holds: names mean the same in all of them.
 */
#ifndef REPORT_COLUMN_TYPES_H
#define REPORT_COLUMN_TYPES_H

#include "base/diag.h"
#include "report/table_read.h"

enum { COLUMN_TYPES_MAX = 64 }; /* as many as a table can have */

/* COLUMN_JOIN: a text by which tables are joined, never without a value. */
enum column_type { COLUMN_TEXT, COLUMN_JOIN, COLUMN_INTEGER, COLUMN_REAL };

struct column_types {
	enum column_type of[COLUMN_TYPES_MAX]; /* by the table's columns */
};

void column_types_of(struct column_types *types, const struct table_read *table);

/* FAIL_DATA, with file and line, if a cell of the row that is to be a number is none. */
int column_types_check(
        const struct column_types *types, const struct table_read *table, struct diag *diag);

#endif
