/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run's own tables, read back: the CSV that report/out.c writes, row by row,
 * cells found by the names of their columns.
 *
 * Strict, as the files are ours: what out.c would not have written (a row of
 * other width, a quote astray, an end in the middle of a row) is damage, told
 * as FAIL_DATA with file and line.  Messages never hold a cell's text.
 *
 * A table is one thread's.  Slices live until the next row is asked for.
 */
#ifndef REPORT_TABLE_READ_H
#define REPORT_TABLE_READ_H

#include "base/diag.h"
#include "regroup/finding.h" /* struct text */
#include "report/run_folder.h"

#include <stddef.h>
#include <stdint.h>

/* Of a blank cell, where a number is asked for; the same as AMOUNT_ABSENT. */
#define TABLE_BLANK INT64_MIN

struct table_read;

/*
 * Open a table by its file name ("findings.csv") and read its header.
 * FAIL_INPUT if it is not there.  The caller frees by table_read_destroy().
 */
int table_read_create(struct table_read **table, const struct run_folder *folder, const char *name,
        struct diag *diag);
void table_read_destroy(struct table_read *table); /* takes NULL */

/* Columns from 0. */
unsigned table_read_width(const struct table_read *table);
struct text table_read_name(const struct table_read *table, unsigned column);

/* The number of a column; FAIL_DATA with diag set if the table has none of the name. */
int table_read_column(const struct table_read *table, const char *name, struct diag *diag);

/* Several at once; names is NULL-ended, columns has room for as many.  Returns 0 or FAIL_DATA. */
int table_read_columns(const struct table_read *table, const char *const names[],
        unsigned columns[], struct diag *diag);

/* Step to the next row: 1, 0 at the end, or a negative errno. */
int table_read_next(struct table_read *table, struct diag *diag);

uint64_t table_read_rows(const struct table_read *table); /* stepped to so far */

/* The cell without its quotes, as a spreadsheet has it; and as the run knew it: no guard. */
struct text table_read_cell(const struct table_read *table, unsigned column);
struct text table_read_text(const struct table_read *table, unsigned column);

/* The cell as a number; blank is TABLE_BLANK, or NaN.  What is no such number is FAIL_DATA. */
int table_read_integer(
        const struct table_read *table, unsigned column, int64_t *value, struct diag *diag);
int table_read_cents(
        const struct table_read *table, unsigned column, int64_t *cents, struct diag *diag);
int table_read_units(const struct table_read *table, unsigned column, int64_t *ten_thousandths,
        struct diag *diag);
int table_read_double(
        const struct table_read *table, unsigned column, double *value, struct diag *diag);

/* Tell what is wrong with a cell, or with the row if column is TABLE_ROW: FAIL_DATA. */
#define TABLE_ROW UINT32_MAX
int table_read_fail(
        const struct table_read *table, unsigned column, const char *what, struct diag *diag);

#endif
