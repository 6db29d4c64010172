/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows as they are kept: a column for each measure of a rule, in it a packed row
 * for each of the members that it judged.
 *
 * A run of a million providers has fifty million rows, of which a struct
 * stats_row each would be 9 GB.  Figures are printed to six places, so most are
 * kept as millionths in a word; a group's figures are kept once; a row that does
 * not fit is kept as it is.  What comes out is what went in, to the bit.
 */
#ifndef STATS_COLUMNS_H
#define STATS_COLUMNS_H

#include "stats/blocks.h"
#include "stats/discoveries.h"
#include "stats/stats.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of a group's others, as printed. */
struct column_figures {
	double median, mad, p80, p90;
	uint64_t peers;
};

/* A figure is in millionths.  A row is a line of the cache: rows are read far apart. */
struct packed_row {
	double p, q;
	int64_t dollars;
	uint32_t member, evaluated, hits;
	uint32_t figures; /* of the column; or of the row that is kept as it is */
	int32_t value, shrunk_rate, wilson_low, z, percentile;
	uint8_t direction, bits;
};
_Static_assert(sizeof(struct packed_row) == 64, "a line of the cache");

enum { FIGURES_RECENT = 64 };

struct column {
	const char *measure;
	double q_limit; /* of the rows that have one */
	uint64_t evaluated;
	size_t count, tested; /* rows; rows with p */

	struct packed_row **blocks;
	size_t block_count, block_room;
	struct column_figures *figures;
	size_t figure_count, figure_room;
	struct stats_row *wide; /* as they are */
	size_t wide_count, wide_room;
	uint32_t *gated; /* rows that may be flagged */
	size_t gated_count, gated_room;
	uint8_t rule;
	bool provider_rule;
	uint32_t recent[FIGURES_RECENT]; /* places in figures, by hash; for adding alone */
};

void column_init(struct column *column, unsigned rule, const char *measure);
void column_free(struct column *column); /* but for its blocks, which their pool frees */

/* Keep a row: at most one of a member.  0 or FAIL_MEMORY. */
int column_add(struct column *column, struct blocks *blocks, const struct stats_row *row);

enum { COLUMN_BLOCK_ROWS = BLOCK_BYTES / sizeof(struct packed_row) };

static inline struct packed_row *column_row(const struct column *column, uint32_t row)
{
	return &column->blocks[row / COLUMN_BLOCK_ROWS][row % COLUMN_BLOCK_ROWS];
}

/* A row was tested, and its false discoveries are few enough. */
void column_flag(struct column *column, uint32_t row);

/* The limit of q of a row, 0 for none. */
double column_limit(const struct column *column, uint32_t row);

/* q of all rows that have p; of these are the family's discoveries made. */
void column_set_q(struct column *column, const struct discoveries *discoveries);

/* The row is asked for, and then what column_read() reads beside it. */
void column_expect_row(const struct column *column, uint32_t row);
void column_expect_figures(const struct column *column, uint32_t row);

/* All that was added, and q, but for number and column. */
void column_read(const struct column *column, uint32_t row, struct stats_row *read);

#endif
