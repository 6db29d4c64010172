/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the bits of a pair stand, and how the sections of a table lie.
 *
 * Row j has a cell of two bits for each id below j, 0 included, so that a cell's
 * place is a shift.  Rows begin at blocks of 64 bytes: 256 cells.
 */
#ifndef LOOKUP_PAIRS_PRIVATE_H
#define LOOKUP_PAIRS_PRIVATE_H

#include "lookup/pairs.h"

#include <string.h>

enum {
	PAIRS_VERSION = 1,
	PAIR_BLOCK_CELLS = 256,
	PAIR_BLOCK_WORDS = 8,
	PAIR_WORD_CELLS = 32,
};

struct pairs_header { /* the section "pairs"; 64 bytes */
	uint32_t version, code_count, rationale_count, history_count;
	uint64_t pair_count, window_count, blocks;
	uint64_t reserved[3]; /* 0 */
};

/* In the order of struct pairs. */
#define PAIRS_HEADER "pairs"
#define PAIRS_WORDS "pairs.words"
#define PAIRS_BITS "pairs.bits"
#define PAIRS_STARTS "pairs.starts"
#define PAIRS_RANKS "pairs.ranks"
#define PAIRS_VALUES "pairs.values"
#define PAIRS_WINDOWS "pairs.windows"
#define PAIRS_RATIONALES "pairs.reasons"

/* Blocks before row id, from 1: row t has (t + 255) / 256 of them. */
static inline uint32_t pairs_row_block(uint32_t id)
{
	uint32_t rows = id - 1, whole = rows / PAIR_BLOCK_CELLS;

	return (whole + 1) * (whole * (PAIR_BLOCK_CELLS / 2) + rows % PAIR_BLOCK_CELLS);
}

/* The word of the cell of two ids, and how far its bits are to be shifted. */
static inline uint32_t pairs_cell_word(uint32_t high, uint32_t low)
{
	return pairs_row_block(high) * PAIR_BLOCK_WORDS + low / PAIR_WORD_CELLS;
}

static inline unsigned pairs_cell_shift(uint32_t low)
{
	return low % PAIR_WORD_CELLS * 2;
}

/* Bits set before a cell in its row. */
static inline uint32_t pairs_row_rank(
        const uint64_t *bits, const uint16_t *ranks, uint32_t high, uint32_t low)
{
	uint32_t block = pairs_row_block(high) + low / PAIR_BLOCK_CELLS, rank = ranks[block];
	uint32_t word = block * PAIR_BLOCK_WORDS, last = pairs_cell_word(high, low);

	for (; word < last; word++)
		rank += (uint32_t)__builtin_popcountll(bits[word]);
	return rank + (uint32_t)__builtin_popcountll(
	                      bits[last] & (((uint64_t)1 << pairs_cell_shift(low)) - 1));
}

/* What tests whole pieces of a day; a level's loops. */
struct pairs_hot {
	/*
	 * Which of the cells of ids a[] with ids b[] are not empty: found gets
	 * x << 16 | y << 2 | bits for each, and the number of them is returned.
	 * triangle: b is a, and only y < x are tested.  All ids are from 1; equal ids have no bits.
	 */
	size_t (*filter)(const uint64_t *bits, const uint16_t a[], size_t a_count,
	        const uint16_t b[], size_t b_count, uint32_t found[]);
	size_t (*filter_triangle)(
	        const uint64_t *bits, const uint16_t a[], size_t count, uint32_t found[]);
};
extern const struct pairs_hot pairs_hot_scalar, pairs_hot_avx2, pairs_hot_avx512;

#endif
