/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/phash.h"

/*
 * Branch-free, so that the CPU has many look-ups under way at once: that hides
 * the misses of a table in L2 better than prefetching passes, which cost more
 * than they save below a quarter of a million keys.  A free slot holds key 0
 * and value 0, so key 0 needs no test of its own.
 */
void phash_find_batch(const struct phash *table, uint64_t tag, const uint64_t words[], size_t count,
        uint32_t values[])
{
	const uint8_t *pilots = table->pilots;
	const uint64_t *keys = table->keys;
	const uint32_t *stored = table->values;
	uint64_t seed = table->seed;
	uint32_t slots = table->slots, shift = table->shift;

	for (size_t i = 0; i < count; i++) {
		uint64_t key = tag | words[i], hash = phash_hash(key, seed);
		uint32_t slot = phash_slot(hash, pilots[hash >> shift], slots);

		values[i] = stored[slot] & -(uint32_t)(keys[slot] == key);
	}
}
