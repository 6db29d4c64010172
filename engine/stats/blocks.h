/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks of memory of one size, for arrays that grow and shrink all along: what
 * one task gives back another takes, so that memory is touched for the first
 * time, which costs more than to write it again, as seldom as may be.
 */
#ifndef STATS_BLOCKS_H
#define STATS_BLOCKS_H

#include <pthread.h>
#include <stddef.h>

enum { BLOCK_BYTES = 1 << 16 };

struct block_slab;

struct blocks {
	pthread_mutex_t lock;
	void *free;               /* each begins with the next */
	struct block_slab *slabs; /* what they are cut from */
};

void blocks_init(struct blocks *blocks);
void blocks_free(struct blocks *blocks); /* and every block that was taken */

/* Any thread.  NULL: no memory.  What is in a block is not defined. */
void *blocks_take(struct blocks *blocks);
void blocks_give(struct blocks *blocks, void *block);

#endif
