/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the two halves of partitions share: partition.c writes (blocks, lists,
 * spill), partition_load.c reads back and sorts.
 *
 *   writer 0   [ open block of each partition ]--full--> head of the partition
 *   writer 1   [ open block of each partition ]--full--> head of the partition
 *                                                          |
 *                  over the limit: a writer takes the longest list whole,
 *                  appends it to the spill file, and has its blocks to itself
 *
 * A list is only pushed to or taken whole, so that a plain compare-and-swap on
 * its head has no ABA; nobody waits for anybody.
 */
#ifndef REGROUP_PARTITION_PRIVATE_H
#define REGROUP_PARTITION_PRIVATE_H

#include "base/hash.h"
#include "regroup/partition.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum { PARTITIONS_MAX = 256 };

/* Records, one behind the other.  The head takes a cache line, so that small records share none. */
struct block {
	struct block *next;
	size_t used, capacity; /* bytes of data */
	_Alignas(64) uint8_t data[];
};

/* A piece of the spill file: records of one partition, and what they must hash to. */
struct extent {
	struct extent *next;
	uint64_t offset, size;
	struct hash128 hash;
};

/* Memory of one allocation, cut into blocks. */
struct slab {
	struct slab *next;
	void *memory;
	size_t bytes;
};

struct partition {
	_Alignas(64) _Atomic(struct block *) blocks; /* full ones */
	atomic_size_t queued;                        /* bytes of them */
	_Atomic(struct extent *) extents;
};

struct partitions {
	struct partition_options options;
	char *tmp;
	unsigned shift; /* partition of a key: key >> shift */
	size_t block_bytes, slab_bytes;
	size_t reserved; /* of the budget */
	atomic_size_t allocated;
	_Atomic(struct slab *) slabs;
	struct slab **spares; /* of slabs: those that others gave, to be cut anew */
	size_t spare_count;
	atomic_size_t spares_taken;
	atomic_int spill; /* descriptor, -1 until the first spill */
	_Atomic uint64_t spill_end;
	_Atomic uint64_t records, bytes, spilled;
	struct partition parts[PARTITIONS_MAX];
};

#endif
