/* SPDX-License-Identifier: Apache-2.0 */
#include "history/price_counts.h"

#include "base/budget.h"

#include <stdlib.h>
#include <string.h>

enum {
	PIECE_BITS = 6, /* bins of a piece: four cache lines */
	PIECE_BINS = 1 << PIECE_BITS,
	PIECES = (1 << PRICE_BIN_BITS) / PIECE_BINS,
	SLOTS_MIN = 1024,
};

/* A key, and where its pieces are: number + 1; 0: not yet counted in. */
struct slot {
	uint64_t key; /* 0: empty */
	uint32_t pieces[PIECES];
};

struct piece {
	uint32_t lines[PIECE_BINS];
};

struct price_counts {
	struct slot *slots;
	size_t slot_count, used; /* a power of two, at least twice used */
	struct piece *pieces;
	size_t piece_count, piece_room;
};

struct price_counts *price_counts_create(void)
{
	struct price_counts *counts = calloc(1, sizeof(*counts));

	if (!counts)
		return NULL;
	counts->slot_count = SLOTS_MIN;
	counts->slots = budget_calloc(counts->slot_count, sizeof(*counts->slots));
	if (!counts->slots) {
		free(counts);
		return NULL;
	}
	return counts;
}

void price_counts_destroy(struct price_counts *counts)
{
	if (!counts)
		return;
	budget_free(counts->slots);
	budget_free(counts->pieces);
	free(counts);
}

/* The slot that a key has or may take. */
static inline struct slot *find_slot(struct slot *slots, size_t slot_count, uint64_t key)
{
	uint64_t mixed = key * 0x9e3779b97f4a7c15u;
	size_t at = (size_t)(mixed >> 32) & (slot_count - 1);

	while (slots[at].key != 0 && slots[at].key != key)
		at = (at + 1) & (slot_count - 1);
	return &slots[at];
}

static int make_slots(struct price_counts *counts)
{
	size_t slot_count = 2 * counts->slot_count;
	struct slot *slots = budget_calloc(slot_count, sizeof(*slots));

	if (!slots)
		return FAIL_MEMORY;
	for (size_t i = 0; i < counts->slot_count; i++) {
		if (counts->slots[i].key)
			*find_slot(slots, slot_count, counts->slots[i].key) = counts->slots[i];
	}
	budget_free(counts->slots);
	counts->slots = slots;
	counts->slot_count = slot_count;
	return 0;
}

static int make_piece(struct price_counts *counts, uint32_t *number)
{
	if (counts->piece_count == counts->piece_room) {
		size_t room = 2 * counts->piece_room + SLOTS_MIN;
		struct piece *pieces = budget_resize(counts->pieces, room * sizeof(*pieces));

		if (!pieces)
			return FAIL_MEMORY;
		counts->pieces = pieces;
		counts->piece_room = room;
	}
	memset(&counts->pieces[counts->piece_count++], 0, sizeof(*counts->pieces));
	*number = (uint32_t)counts->piece_count;
	return 0;
}

/* A slot of its own for a key that has none. */
static int add_key(struct price_counts *counts, uint64_t key, struct slot **slot)
{
	if (2 * ++counts->used > counts->slot_count) {
		if (make_slots(counts))
			return FAIL_MEMORY;
		*slot = find_slot(counts->slots, counts->slot_count, key);
	}
	(*slot)->key = key;
	return 0;
}

int price_counts_add(struct price_counts *counts, const struct price_line *line)
{
	struct slot *slot = find_slot(counts->slots, counts->slot_count, line->key);

	if (slot->key == 0 && add_key(counts, line->key, &slot))
		return FAIL_MEMORY;
	uint32_t *number = &slot->pieces[line->bin >> PIECE_BITS];
	if (*number == 0 && make_piece(counts, number))
		return FAIL_MEMORY;
	counts->pieces[*number - 1].lines[line->bin & (PIECE_BINS - 1)]++;
	return 0;
}

static int tally_piece(
        const struct piece *piece, uint64_t key, unsigned first_bin, struct tallies *tallies)
{
	int err = 0;

	for (unsigned i = 0; i < PIECE_BINS && !err; i++) {
		struct price_line line = {.key = key, .bin = first_bin + i};
		struct tally tally = {.provider = PRICE_NOBODY,
		        .measure = TALLY_STA_01_PRICES,
		        .of = price_part(&line),
		        .n = piece->lines[i]};

		if (tally.n > 0)
			err = tallies_add(tallies, &tally);
	}
	return err;
}

int price_counts_tally(struct price_counts *counts, struct tallies *tallies)
{
	int err = 0;

	for (size_t at = 0; at < counts->slot_count && !err; at++) {
		const struct slot *slot = &counts->slots[at];

		for (unsigned p = 0; p < PIECES && !err; p++) {
			if (slot->pieces[p] > 0)
				err = tally_piece(&counts->pieces[slot->pieces[p] - 1], slot->key,
				        p * PIECE_BINS, tallies);
		}
	}
	memset(counts->slots, 0, counts->slot_count * sizeof(*counts->slots));
	counts->used = counts->piece_count = 0;
	return err;
}
