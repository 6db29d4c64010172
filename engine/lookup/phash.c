/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/phash.h"

enum { PIECE = 256 }; /* slots of one piece: 1 KB of stack */

/*
 * Two passes: where each key must be, with its lines fetched ahead, then what
 * stands there.  In one pass the CPU has too few misses under way once a table
 * outgrows L2: a third slower at 170,000 keys.  Five keys and their values in one
 * cache line, unrolling, and the wider levels gained nothing.  Free of branches, so that what
 * is found or not costs the same; a free slot has key 0 and value 0.
 */
static void find_piece(const struct phash *table, uint64_t tag, const uint64_t words[],
        size_t count, uint32_t values[])
{
	const uint8_t *pilots = table->pilots;
	const uint64_t *keys = table->keys;
	const uint32_t *stored = table->values;
	uint64_t seed = table->seed;
	uint32_t all = table->slots, shift = table->shift, slots[PIECE];

	for (size_t i = 0; i < count; i++) {
		uint64_t hash = phash_hash(tag | words[i], seed);

		slots[i] = phash_slot(hash, pilots[hash >> shift], all);
		__builtin_prefetch(&keys[slots[i]]);
		__builtin_prefetch(&stored[slots[i]]);
	}
	for (size_t i = 0; i < count; i++)
		values[i] = stored[slots[i]] & -(uint32_t)(keys[slots[i]] == (tag | words[i]));
}

void phash_find_batch(const struct phash *table, uint64_t tag, const uint64_t words[], size_t count,
        uint32_t values[])
{
	for (size_t at = 0; at < count; at += PIECE)
		find_piece(table, tag, words + at, count - at < PIECE ? count - at : PIECE,
		        values + at);
}
