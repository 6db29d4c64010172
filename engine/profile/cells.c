/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/cells.h"

#include "base/budget.h"
#include "base/pages.h"

#include <string.h>

enum { SLOT_BITS_FIRST = 12 };

static size_t slot_count(const struct cells *cells)
{
	return cells->slots ? (size_t)(UINT64_MAX >> cells->shift) + 1 : 0;
}

static size_t chunk_bytes(void)
{
	return CELL_CHUNK * sizeof(struct cell);
}

void cells_init(struct cells *cells)
{
	memset(cells, 0, sizeof(*cells));
}

static void drop_order(struct cells *cells)
{
	budget_free(cells->order);
	budget_free(cells->first);
	cells->order = cells->first = NULL;
}

void cells_free(struct cells *cells)
{
	pages_destroy(cells->slots, slot_count(cells) * sizeof(*cells->slots));
	for (size_t i = 0; i < CELL_CHUNKS && cells->chunks[i]; i++)
		pages_destroy(cells->chunks[i], chunk_bytes());
	drop_order(cells);
	cells_init(cells);
}

size_t cells_bytes(const struct cells *cells)
{
	size_t bytes = slot_count(cells) * sizeof(*cells->slots);

	bytes += cells->count * sizeof(struct cell);
	if (cells->order)
		bytes += (cells->count + cells->providers + 1) * sizeof(uint32_t);
	return bytes;
}

/* Put a cell that is not there yet; used when the slots grow. */
static void place_cell(struct cells *cells, uint32_t number)
{
	const struct cell *cell = cell_at(cells, number);
	uint64_t hash = cell_hash(cell->owner, cell->key);
	uint32_t place = cell_place(cells, hash);
	uint32_t mask = (uint32_t)(UINT64_MAX >> cells->shift);

	while (cells->slots[place])
		place = (place + 1) & mask;
	cells->slots[place] = cell_tag(cells, hash) | (number + 1);
}

/* Slots that are five eighths full at most. */
static bool grow_slots(struct cells *cells, uint32_t wanted)
{
	unsigned bits = SLOT_BITS_FIRST;

	while (((uint64_t)1 << bits) * 5 / 8 < wanted)
		bits++;
	size_t bytes = ((size_t)1 << bits) * sizeof(*cells->slots);
	uint32_t *slots = pages_create(bytes);

	if (!slots)
		return false;
	if (bytes >= PAGE_HUGE_BYTES)
		pages_ask_huge(slots, bytes);
	/* Written before it is read, or each page would fault twice: part.c has more. */
	memset(slots, 0, bytes);
	pages_destroy(cells->slots, slot_count(cells) * sizeof(*cells->slots));
	cells->slots = slots;
	cells->shift = 64 - bits;
	cells->limit = (uint32_t)(((uint64_t)1 << bits) * 5 / 8);
	for (uint32_t number = 0; number < cells->count; number++)
		place_cell(cells, number);
	return true;
}

static bool grow_chunks(struct cells *cells)
{
	struct cell *chunk = pages_create(chunk_bytes());

	if (!chunk)
		return false;
	cells->chunks[cells->room >> CELL_CHUNK_SHIFT] = chunk;
	cells->room += CELL_CHUNK;
	return true;
}

bool cells_reserve(struct cells *cells, uint32_t count)
{
	if (count > CELLS_MAX - cells->count)
		return false;
	uint32_t wanted = cells->count + count;

	if (wanted > cells->limit && !grow_slots(cells, wanted))
		return false;
	while (wanted > cells->room) {
		if (!grow_chunks(cells))
			return false;
	}
	return true;
}

/* A counting sort: one pass to count, one to place. */
bool cells_sort(struct cells *cells, size_t providers)
{
	drop_order(cells);
	if (cells->count == 0)
		return true;
	cells->first = budget_calloc(providers + 2, sizeof(*cells->first));
	cells->order = budget_alloc((cells->count + 1) * sizeof(*cells->order));
	if (!cells->first || !cells->order) {
		drop_order(cells);
		return false;
	}
	uint32_t *next = cells->first + 1; /* ends up one provider behind, so that first is right */

	cells->providers = providers;
	for (uint32_t number = 0; number < cells->count; number++)
		next[(cell_at(cells, number)->owner >> CELL_KIND_BITS) + 1]++;
	for (size_t provider = 0; provider < providers; provider++)
		next[provider + 1] += next[provider];
	for (uint32_t number = 0; number < cells->count; number++)
		cells->order[next[cell_at(cells, number)->owner >> CELL_KIND_BITS]++] = number;
	return true;
}
