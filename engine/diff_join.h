/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same table of two runs, side by side: both are in the order of their
 * keys, so that one walk over both finds what is in one of them only.
 *
 * Keys are some columns in the order of the table.  Equal keys are paired one by
 * one, as they come.  Memory is two rows, whatever the tables hold.
 */
#ifndef DIFF_JOIN_H
#define DIFF_JOIN_H

#include "report/json_read.h"
#include "report/table_read.h"

#include <stdbool.h>

enum { DIFF_SIDES = 2, JOIN_KEYS_MAX = 10, JOIN_CELLS_MAX = 8 };

/* A column of the key is compared as bytes, or as a number with blank first. */
struct join_key {
	const char *column;
	bool is_number;
};

struct join_table {
	const char *name;               /* of the file, without .csv */
	const struct join_key *keys;    /* the last has a NULL column */
	const char *const *cells;       /* columns that the walker reads; NULL-ended */
	bool (*skip)(struct text cell); /* pass over rows by one of the cells; NULL: none */
	unsigned skip_cell;
};

struct join;

/* FAIL_INPUT or FAIL_DATA, as table_read_create(); manifests tell how many rows there are. */
int join_create(struct join **join, const struct join_table *table,
        const struct run_folder folders[DIFF_SIDES], struct json_tree *const manifests[DIFF_SIDES],
        struct diag *diag);
void join_destroy(struct join *join); /* takes NULL */

/*
 * Step: 1 with has[] saying which runs have the key, 0 at the end of both, or a
 * negative errno; rows that are out of order are FAIL_DATA.
 */
int join_next(struct join *join, bool has[DIFF_SIDES], struct diag *diag);

/* The row at hand of a run that has one, and the number of one of its cells. */
const struct table_read *join_row(const struct join *join, int side);
unsigned join_column(const struct join *join, int side, unsigned cell);

#endif
