/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Delimited releases with a header row: found by the names of its columns, wherever
 * it stands, and read a record at a time.
 */
#ifndef LOOKUP_IMPORT_TABLE_H
#define LOOKUP_IMPORT_TABLE_H

#include "lookup/release.h"

enum { TABLE_COLUMNS_MAX = 40 };

/* What a layout asks of a table: the first `required` names must be there. */
struct table_layout {
	const char *const *names;
	size_t count, required;
	char delimiter;
};

struct table {
	struct release *release;
	struct diag *diag;
	const struct table_layout *layout;
	int places[TABLE_COLUMNS_MAX];
	size_t width; /* cells of the header */
	struct cell cells[RELEASE_CELLS_MAX];
	size_t count; /* cells of the record */
	size_t rows;  /* records given */
};

/* Is there such a header in the beginning of the release?  All required names in one line. */
bool table_recognise(const struct release_head *head, const struct table_layout *layout);

/* Read up to the header; FAIL_TABLE if there is none. */
int table_open(struct table *table, struct release *release, const struct table_layout *layout,
        struct diag *diag);

/* The next record: 1, 0 at the end, FAIL_*.  One that is cut short is refused, a blank one counted.
 */
int table_next(struct table *table);

/*
 * Close a table that was read to its end with got, of table_next().  A header alone
 * is refused: such a set would call every code unknown.
 */
int table_end(const struct table *table, int got);

/* A cell of the record by the column's index in the layout; empty where there is no such column. */
struct cell table_cell(const struct table *table, size_t column);
bool table_has(const struct table *table, size_t column);

/*
 * Readings of a cell that refuse the release, naming the column: a day in any form
 * of the contract (blank: DATE_ABSENT), a number, a text kept in the set.
 */
int table_day(const struct table *table, size_t column, int32_t *day);
int import_table_number(const struct table *table, size_t column, uint32_t *number);
int table_text(const struct table *table, size_t column, struct set_build *build, uint32_t *at);

/* The days a row names: from and to, open where blank; inverted ones are refused. */
int table_window(
        const struct table *table, size_t from_column, size_t to_column, struct set_row *row);

/* ---- Small readings that the importers share ---- */

/* A set's source and the number rows name it by; what is not set is open, dated, whole. */
int import_source(struct release *release, struct set_build *build, const struct set_source *source,
        struct diag *diag);

/* The set under construction, or FAIL_INTERNAL. */
int import_build(
        struct set_builds *builds, const char *set, struct set_build **build, struct diag *diag);

/* A code word of at most 7 letters and digits, upper case; 0: none. */
uint64_t import_word(struct cell cell);
uint16_t import_chars(struct cell cell); /* the first two characters; 0 blank */

bool import_begins_with_one_of(struct cell cell, const char *characters);

bool import_is_procedure(struct cell cell); /* five characters, four of them digits */

/* The four digits of a year and a month's name in a text: both found, or false. */
bool import_year_month(struct cell text, int *year, int *month);

#endif
