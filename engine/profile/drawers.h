/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drawers: the cells of each provider, side by side.
 *
 * What a worker adds up per (provider, kind, key) stands in a small
 * open-addressing table of the provider's own, from 8 cells of 32 bytes to
 * 65,536, doubled when three quarters are full.  The lines of a claim touch
 * several cells of one provider: here they lie in a few neighbouring cache
 * lines.  (One table for all providers, with an index of four bytes a cell,
 * missed the cache two and a half times a touch and took twice the time.)
 *
 * Amounts are 32 bits wide; the rare cell that outgrows them hands them over
 * to the wide cells of cells.h, as do keys beyond the largest drawer.
 */
#ifndef PROFILE_DRAWERS_H
#define PROFILE_DRAWERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	DRAWER_BITS_MIN = 3,
	DRAWER_BITS_MAX = 16,
	DRAWER_CHUNKS = 1 << 16, /* of 2^DRAWER_BITS_MAX cells, a huge page each */
};

/* Sums over lines, with amounts that can overflow: see narrow_add(). */
struct narrow {
	int64_t units;
	uint32_t lines;
	int32_t amount[3]; /* charge, allowed, paid */
};

struct drawer_cell {
	uint64_t key; /* 0: empty */
	struct narrow sums;
};

/* Where a provider's drawer is; part of a block that is touched anyway. */
struct drawer {
	uint32_t at;   /* chunk << DRAWER_BITS_MAX | first cell */
	uint16_t used; /* cells; at most three quarters */
	uint8_t bits;  /* of the number of cells; 0: no drawer yet */
	uint8_t pad;
};

struct drawers {
	struct drawer_cell **chunks;
	uint32_t chunk_count;
	uint32_t used;                      /* cells of the last chunk that are given out */
	uint32_t free[DRAWER_BITS_MAX + 1]; /* drawers given back, by size: at + 1 of the first */
	bool failed;                        /* there was no memory: what was added is lost */
	struct drawer_cell lost;
};

bool drawers_init(struct drawers *drawers); /* false: no memory */
void drawers_free(struct drawers *drawers);
void drawers_reset(struct drawers *drawers); /* give the memory back */
size_t drawers_bytes(const struct drawers *drawers);

/* Put drawer into one of twice the size.  False: no memory. */
bool drawer_grow(struct drawers *drawers, struct drawer *drawer);

static inline struct drawer_cell *drawer_cells(
        const struct drawers *drawers, const struct drawer *drawer)
{
	return drawers->chunks[drawer->at >> DRAWER_BITS_MAX] +
	       (drawer->at & ((1u << DRAWER_BITS_MAX) - 1));
}

static inline uint32_t drawer_place(const struct drawer *drawer, uint64_t key)
{
	return (uint32_t)((key * 0x9e3779b97f4a7c15) >> 32 >> (32 - drawer->bits));
}

/*
 * The cell of a key or, if there is none, the empty one where it would be.
 * Both cells of a cache line are looked at before the next line is.
 */
static inline struct drawer_cell *drawer_look(
        const struct drawers *drawers, const struct drawer *drawer, uint64_t key)
{
	struct drawer_cell *cells = drawer_cells(drawers, drawer);
	uint32_t place = drawer_place(drawer, key);
	uint32_t mask = (1u << drawer->bits) - 1;

	for (;;) {
		struct drawer_cell *cell = &cells[place], *other = &cells[place ^ 1];

		if (cell->key == key || !cell->key)
			return cell;
		if (other->key == key || !other->key)
			return other;
		place = (place + 2) & mask;
	}
}

/*
 * The cell of a key, made if new.  NULL: the drawer is as large as they get,
 * and full.  With no memory left, a cell that is nobody's, and failed is set.
 */
static inline struct drawer_cell *drawer_take(
        struct drawers *drawers, struct drawer *drawer, uint64_t key)
{
	for (;;) {
		struct drawer_cell *cell = drawer->bits ? drawer_look(drawers, drawer, key) : NULL;

		if (cell && cell->key)
			return cell;
		if (cell && drawer->used < (1u << drawer->bits) / 4 * 3) {
			drawer->used++;
			cell->key = key;
			return cell;
		}
		if (drawer->bits == DRAWER_BITS_MAX)
			return NULL;
		if (!drawer_grow(drawers, drawer)) {
			drawers->failed = true;
			return &drawers->lost;
		}
	}
}

/*
 * Add lines, units and three amounts.  False, and nothing added, if an amount
 * does not fit.  A sum that wraps cannot seem to fit: the delta would be small.
 */
static inline bool narrow_add(struct narrow *sums, uint32_t lines, const uint64_t delta[4])
{
	uint64_t amount[3], over = 0;

	for (unsigned k = 0; k < 3; k++) {
		amount[k] = (uint64_t)(int64_t)sums->amount[k] + delta[k + 1];
		over |= (amount[k] + 0x80000000) >> 32;
	}
	if (__builtin_expect(over != 0, 0))
		return false;
	sums->units = (int64_t)((uint64_t)sums->units + delta[0]);
	sums->lines += lines;
	for (unsigned k = 0; k < 3; k++)
		sums->amount[k] = (int32_t)amount[k];
	return true;
}

#endif
