/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the bits of a pair stand, and how the sections of a table lie.
 */
#ifndef LOOKUP_PAIRS_PRIVATE_H
#define LOOKUP_PAIRS_PRIVATE_H

#include "lookup/pairs.h"

#include <string.h>

enum {
	PAIRS_VERSION = 1,
	PAIR_WORD_CELLS = 32,                  /* of one word of cells */
	PAIR_ROW_CELLS = 64 * PAIR_WORD_CELLS, /* of one word of the map */
	PAIRS_FOUND_MAX = PAIRS_PIECE * PAIRS_PIECE,
};

struct pairs_header { /* the section "pairs"; 64 bytes */
	uint32_t version, code_count, rationale_count, history_count;
	uint64_t pair_count, window_count, cells_count;
	uint64_t reserved[3]; /* 0 */
};

/* In the order of struct pairs. */
#define PAIRS_HEADER "pairs"
#define PAIRS_WORDS "pairs.words"
#define PAIRS_MAP "pairs.map"
#define PAIRS_RANKS "pairs.ranks"
#define PAIRS_CELLS "pairs.cells"
#define PAIRS_VALUES "pairs.values"
#define PAIRS_WINDOWS "pairs.windows"
#define PAIRS_RATIONALES "pairs.reasons"

/* Words of the map before row id, from 1: row t has t / 2,048 + 1 of them. */
static inline uint32_t pairs_map_row(uint32_t id)
{
	uint32_t whole = id / PAIR_ROW_CELLS, rest = id % PAIR_ROW_CELLS;

	return (whole + 1) * (whole * (PAIR_ROW_CELLS / 2) + rest);
}

/* Is the word with the cell of low in a row not empty? */
static inline uint32_t pairs_mapped(const uint64_t *map, uint32_t row, uint32_t low)
{
	return (uint32_t)(map[row + low / PAIR_ROW_CELLS] >> low / PAIR_WORD_CELLS % 64) & 1;
}

/* Which word of cells that is, if so. */
static inline uint32_t pairs_cells_at(
        const uint64_t *map, const uint32_t *ranks, uint32_t row, uint32_t low)
{
	uint32_t at = row + low / PAIR_ROW_CELLS;
	uint64_t before = ((uint64_t)1 << low / PAIR_WORD_CELLS % 64) - 1;

	return ranks[at] + (uint32_t)__builtin_popcountll(map[at] & before);
}

static inline unsigned pairs_shift(uint32_t low)
{
	return low % PAIR_WORD_CELLS * 2;
}

/* Where the value of a bit of a cell stands: 0 where the lower id is column 1. */
static inline uint32_t pairs_value_at(const struct pair_cells *cells, uint32_t low, unsigned bit)
{
	uint64_t before = ((uint64_t)1 << (pairs_shift(low) + bit)) - 1;

	return cells->rank + (uint32_t)__builtin_popcountll(cells->bits & before);
}

/* Two codes of a day that may be a pair, as places in its codes; high is the higher id. */
struct pair_found {
	uint32_t high, low;
	uint32_t at; /* of its cells, then of its value */
	uint32_t bit;
};

/* The codes of a day, and the rows of the map that are theirs. */
struct pair_codes {
	const uint16_t *ids;
	const uint32_t *rows;
};

/* What tests whole pieces of a day; a level's loops. */
struct pairs_hot {
	/*
	 * Note the codes first1 <= x < end1, first2 <= y < end2 whose cells may not be
	 * empty; of a piece with itself only y < x.  Returns how many, at most one a
	 * test.  No id is 0 and none occurs twice.
	 */
	size_t (*filter)(const struct pairs *pairs, const struct pair_codes *codes,
	        const uint32_t piece[2][2], struct pair_found found[]);

	/*
	 * Keep what has a bit set, an entry each, at being that of its value.
	 * settled has room for twice as many as found.
	 */
	size_t (*settle)(const struct pairs *pairs, const struct pair_codes *codes,
	        struct pair_found found[], size_t count, struct pair_found settled[]);
};
extern const struct pairs_hot pairs_hot_scalar, pairs_hot_avx2, pairs_hot_avx512;

#endif
