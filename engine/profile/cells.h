/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wide cells: sums per (provider, kind, key) that are few, or large.
 *
 * What is usual stands in drawers.h; here are hits of rules, the specialties
 * and states of providers that have several, and what outgrew its drawer.
 *
 * An open-addressing table of four-byte slots leads to cells of 48 bytes that
 * stand one behind the other in the order in which they were first seen, so
 * that only slots move when the table grows.  A slot has 8 bits of the hash on
 * top, so that a foreign cell is hardly ever looked at.
 */
#ifndef PROFILE_CELLS_H
#define PROFILE_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CELL_NUMBER_BITS = 24,
	CELL_CHUNK_SHIFT = 13,
	CELL_CHUNK = 1 << CELL_CHUNK_SHIFT,
	CELL_CHUNKS = 1 << (CELL_NUMBER_BITS - CELL_CHUNK_SHIFT),
	CELLS_MAX = (1 << CELL_NUMBER_BITS) - 2,
	CELL_KIND_BITS = 4, /* of an owner; above them the provider's number */
};

/* Kinds beyond those of enum profile_kind. */
enum { KIND_RULE = 9, KIND_JUDGED = 10, KIND_BENEFICIARY = 11 };

struct cell {
	uint32_t owner; /* provider << CELL_KIND_BITS | kind */
	uint32_t lines; /* the worker flushes before it could overflow */
	uint64_t key;
	int64_t sum[4]; /* units, charge, allowed, paid; of a rule: 0 and dollars */
};

struct cells {
	uint32_t *slots; /* tag << CELL_NUMBER_BITS | number + 1; 0: empty */
	unsigned shift;  /* of a hash, to its slot */
	uint32_t count;
	uint32_t limit; /* more than these: the slots must grow */
	uint32_t room;  /* cells that the chunks hold */
	struct cell *chunks[CELL_CHUNKS];

	/* In the order of providers, after cells_sort(): order[first[p]..first[p + 1]). */
	uint32_t *order, *first;
	size_t providers;
};

static inline uint32_t cell_owner(uint32_t provider, unsigned kind)
{
	return provider << CELL_KIND_BITS | kind;
}

static inline uint64_t cell_hash(uint32_t owner, uint64_t key)
{
	uint64_t mixed = (key ^ (owner * 0x9fb21c651e98df25)) * 0x9e3779b97f4a7c15;

	return mixed ^ mixed >> 32;
}

static inline struct cell *cell_at(const struct cells *cells, uint32_t number)
{
	return cells->chunks[number >> CELL_CHUNK_SHIFT] + (number & (CELL_CHUNK - 1));
}

static inline uint32_t cell_place(const struct cells *cells, uint64_t hash)
{
	return (uint32_t)(hash >> cells->shift);
}

/* The bits just below those of the place. */
static inline uint32_t cell_tag(const struct cells *cells, uint64_t hash)
{
	return (uint32_t)(hash >> (cells->shift - 8)) << CELL_NUMBER_BITS;
}

void cells_init(struct cells *cells);
void cells_free(struct cells *cells);

/* Make room for count more cells, so that cells_take() cannot fail. */
bool cells_reserve(struct cells *cells, uint32_t count);

/*
 * The cell of (owner, key), made if new.  There must be room.  Inline: a call
 * of its own costs as much as the probe.
 */
static inline struct cell *cells_take(
        struct cells *cells, uint32_t owner, uint64_t key, uint64_t hash)
{
	uint32_t place = cell_place(cells, hash);
	uint32_t tag = cell_tag(cells, hash);
	uint32_t mask = (uint32_t)(UINT64_MAX >> cells->shift);

	for (;; place = (place + 1) & mask) {
		uint32_t slot = cells->slots[place];

		if (slot == 0)
			break;
		if ((slot ^ tag) >> CELL_NUMBER_BITS)
			continue;
		struct cell *cell = cell_at(cells, (slot & ((1u << CELL_NUMBER_BITS) - 1)) - 1);

		if (cell->owner == owner && cell->key == key)
			return cell;
	}
	struct cell *cell = cell_at(cells, cells->count++);

	cells->slots[place] = tag | cells->count;
	cell->owner = owner;
	cell->key = key;
	return cell;
}

/* Order by provider: numbers below providers.  False: no memory. */
bool cells_sort(struct cells *cells, size_t providers);

size_t cells_bytes(const struct cells *cells);

#endif
