/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/drawers.h"

#include "base/pages.h"

#include <string.h>

enum { CHUNK_CELLS = 1 << DRAWER_BITS_MAX };

static size_t chunk_bytes(void)
{
	return CHUNK_CELLS * sizeof(struct drawer_cell);
}

bool drawers_init(struct drawers *drawers)
{
	memset(drawers, 0, sizeof(*drawers));
	drawers->chunks = pages_create_apart(DRAWER_CHUNKS * sizeof(*drawers->chunks));
	return drawers->chunks;
}

void drawers_reset(struct drawers *drawers)
{
	struct drawer_cell **chunks = drawers->chunks;

	for (uint32_t i = 0; i < drawers->chunk_count; i++) {
		pages_destroy(chunks[i], chunk_bytes());
		chunks[i] = NULL;
	}
	memset(drawers, 0, sizeof(*drawers));
	drawers->chunks = chunks;
}

void drawers_free(struct drawers *drawers)
{
	drawers_reset(drawers);
	pages_destroy_apart(drawers->chunks, DRAWER_CHUNKS * sizeof(*drawers->chunks));
	drawers->chunks = NULL;
}

size_t drawers_bytes(const struct drawers *drawers)
{
	if (drawers->chunk_count == 0)
		return 0;
	return (drawers->chunk_count - 1) * chunk_bytes() +
	       drawers->used * sizeof(struct drawer_cell);
}

/* The first chunk gets no huge page: small runs use little of it. */
static bool add_chunk(struct drawers *drawers)
{
	if (drawers->chunk_count == DRAWER_CHUNKS)
		return false;
	struct drawer_cell *chunk = pages_create(chunk_bytes());

	if (!chunk)
		return false;
	if (drawers->chunk_count)
		pages_ask_huge(chunk, chunk_bytes());
	drawers->chunks[drawers->chunk_count++] = chunk;
	drawers->used = 0;
	return true;
}

/* A drawer of zeroed cells: one given back, or the next of the chunk. */
static bool take_drawer(struct drawers *drawers, struct drawer *drawer)
{
	uint32_t size = 1u << drawer->bits;
	uint32_t given = drawers->free[drawer->bits];

	if (given) {
		drawer->at = given - 1;
		struct drawer_cell *cells = drawer_cells(drawers, drawer);

		drawers->free[drawer->bits] = (uint32_t)cells->key;
		memset(cells, 0, size * sizeof(*cells));
		return true;
	}
	/* Every size is a power of two, so what is left of a chunk is lost only to larger ones. */
	if (!drawers->chunk_count || CHUNK_CELLS - drawers->used < size) {
		if (!add_chunk(drawers))
			return false;
	}
	drawer->at = (drawers->chunk_count - 1) << DRAWER_BITS_MAX | drawers->used;
	drawers->used += size;
	return true;
}

static void give_back(struct drawers *drawers, const struct drawer *drawer)
{
	drawer_cells(drawers, drawer)->key = drawers->free[drawer->bits];
	drawers->free[drawer->bits] = drawer->at + 1;
}

bool drawer_grow(struct drawers *drawers, struct drawer *drawer)
{
	struct drawer old = *drawer;
	uint32_t size = old.bits ? 1u << old.bits : 0;

	drawer->bits = old.bits ? (uint8_t)(old.bits + 1) : DRAWER_BITS_MIN;
	if (!take_drawer(drawers, drawer)) {
		*drawer = old;
		return false;
	}
	const struct drawer_cell *from = size ? drawer_cells(drawers, &old) : NULL;

	for (uint32_t i = 0; i < size; i++) {
		if (from[i].key)
			*drawer_look(drawers, drawer, from[i].key) = from[i];
	}
	if (size)
		give_back(drawers, &old);
	return true;
}
