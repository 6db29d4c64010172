/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/blocks.h"

#include "base/pages.h"

enum { SLAB_BLOCKS = 32, ALIGNMENT = 64 };

#define SLAB_BYTES (ALIGNMENT + (size_t)SLAB_BLOCKS * BLOCK_BYTES)

/* A slab's blocks stand behind it. */
struct block_slab {
	struct block_slab *next;
	size_t taken;
};

void blocks_init(struct blocks *blocks)
{
	*blocks = (struct blocks){0};
	pthread_mutex_init(&blocks->lock, NULL);
}

void blocks_free(struct blocks *blocks)
{
	while (blocks->slabs) {
		struct block_slab *next = blocks->slabs->next;

		pages_destroy(blocks->slabs, SLAB_BYTES);
		blocks->slabs = next;
	}
	blocks->free = NULL;
	pthread_mutex_destroy(&blocks->lock);
}

static struct block_slab *add_slab(struct blocks *blocks)
{
	struct block_slab *slab = pages_create(SLAB_BYTES);

	if (slab) {
		*slab = (struct block_slab){.next = blocks->slabs};
		blocks->slabs = slab;
	}
	return slab;
}

/* From the last slab, whose blocks nobody has had. */
static void *take_fresh(struct blocks *blocks)
{
	struct block_slab *slab = blocks->slabs;

	if (!slab || slab->taken == SLAB_BLOCKS)
		slab = add_slab(blocks);
	return slab ? (char *)slab + ALIGNMENT + slab->taken++ * BLOCK_BYTES : NULL;
}

void *blocks_take(struct blocks *blocks)
{
	pthread_mutex_lock(&blocks->lock);
	void **block = blocks->free;

	if (block)
		blocks->free = *block;
	else
		block = take_fresh(blocks);
	pthread_mutex_unlock(&blocks->lock);
	return block;
}

void blocks_give(struct blocks *blocks, void *block)
{
	pthread_mutex_lock(&blocks->lock);
	*(void **)block = blocks->free;
	blocks->free = block;
	pthread_mutex_unlock(&blocks->lock);
}
