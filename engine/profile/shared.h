/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shared counters: what workers add their parts to when these outgrow
 * their share of memory, by relaxed atomic adds.
 *
 * A run that stays within its memory never comes here: readers then add up the
 * parts themselves, which costs a few cache lines a provider instead of an
 * atomic add per word.
 */
#ifndef PROFILE_SHARED_H
#define PROFILE_SHARED_H

#include "profile/index.h"
#include "profile/part.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All that is kept of a provider besides cells, in words that add up. */
struct totals {
	uint64_t lines, present[AMOUNT_COUNT];
	uint64_t sum[SUMS]; /* two's complement */
	uint64_t square_low[AMOUNT_COUNT], square_high[AMOUNT_COUNT];
	uint64_t claims, findings, lines_flagged, dollars_flagged;
	uint64_t first, last;              /* date_word_first(), date_word_last(): the greatest */
	uint64_t digits[DIGITS][SUMS + 1]; /* sums, then lines */
	uint64_t evaluated[CHECKS_MAX];
};

enum { TOTAL_WORDS = sizeof(struct totals) / sizeof(uint64_t) };

struct shared_cell {
	uint32_t owner;
	uint32_t next; /* of the provider's list: number + 1; 0: the last */
	uint64_t key;
	_Atomic uint64_t lines;
	_Atomic uint64_t sum[SUMS];
	uint64_t pad;
};

enum { LIST_WIDE, LIST_NOTES, LISTS }; /* as part.wide, part.notes */

enum {
	SHARED_CHUNK_SHIFT = 10,
	SHARED_CHUNK = 1 << SHARED_CHUNK_SHIFT,
	SHARED_CHUNKS = 1 << (INDEX_NUMBER_BITS - SHARED_CHUNK_SHIFT),
	SHARED_CELLS_SHIFT = 14,
	SHARED_CELLS = 1 << SHARED_CELLS_SHIFT,
	SHARED_CELL_CHUNKS = 1 << (INDEX_NUMBER_BITS - SHARED_CELLS_SHIFT),
};

struct shared_chunk {
	_Atomic uint64_t words[SHARED_CHUNK][TOTAL_WORDS];
	_Atomic uint32_t lists[SHARED_CHUNK][LISTS];
};

struct shared {
	struct index index; /* of cells */
	struct numbers numbers;
	void *_Atomic *chunks; /* of struct shared_chunk */
	void *_Atomic *cells;  /* of SHARED_CELLS struct shared_cell */
	atomic_size_t bytes;
};

/* False: no memory; then shared_free() is due all the same. */
bool shared_init(struct shared *shared);
void shared_free(struct shared *shared);

/* Add all that a part holds.  Any thread.  False: no memory, and a part of it may be added. */
bool shared_add(struct shared *shared, const struct part *part);

/* What a part holds of a provider, added to totals; by groups, as readers need them. */
void collect_main(const struct part *part, uint32_t number, struct totals *totals);
void collect_digits(const struct part *part, uint32_t number, struct totals *totals);
void collect_checks(const struct part *part, uint32_t number, struct totals *totals);

/* The shared words of a provider; NULL: none. */
const struct shared_chunk *shared_chunk(const struct shared *shared, uint32_t number);

static inline const struct shared_cell *shared_cell(const struct shared *shared, uint32_t number)
{
	const struct shared_cell *chunk = atomic_load_explicit(
	        &shared->cells[number >> SHARED_CELLS_SHIFT], memory_order_acquire);

	return chunk + (number & (SHARED_CELLS - 1));
}

size_t shared_bytes(const struct shared *shared);

#endif
