/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/part.h"

#include "base/pages.h"
#include "profile/profile.h"

#include <stdlib.h>
#include <string.h>

struct part *part_create(unsigned keep)
{
	struct part *part = calloc(1, sizeof(*part));

	if (!part)
		return NULL;
	part->chunks = pages_create_apart(PART_CHUNKS * sizeof(*part->chunks));
	part->ready = pages_create_apart(PART_GROUPS);
	part->keep = keep;
	if (!part->chunks || !part->ready || !drawers_init(&part->drawers)) {
		part_destroy(part);
		return NULL;
	}
	return part;
}

void part_reset(struct part *part)
{
	if (part->ready)
		memset(part->ready, 0, part->chunk_count * (size_t)(PART_CHUNK / PART_GROUP));
	part->net_count = part->line_count = 0;
	while (part->chunk_count) {
		part->chunk_count--;
		pages_destroy(part->chunks[part->chunk_count], sizeof(struct part_chunk));
		part->chunks[part->chunk_count] = NULL;
	}
	drawers_reset(&part->drawers);
	cells_free(&part->wide);
	cells_free(&part->notes);
	free(part->touched);
	part->touched = NULL;
	part->touched_count = part->touched_room = 0;
	part->usual_known = part->claims_checked = part->has_judged = false;
	part->added = 0;
}

void part_destroy(struct part *part)
{
	if (!part)
		return;
	part_reset(part);
	drawers_free(&part->drawers);
	pages_destroy_apart(part->chunks, PART_CHUNKS * sizeof(*part->chunks));
	pages_destroy_apart(part->ready, PART_GROUPS);
	free(part);
}

/*
 * Huge pages for what each line reads at random; not in the first chunk, whose
 * providers are the busiest and few runs have more.
 */
static bool make_chunks(struct part *part, uint32_t number)
{
	while (part->chunk_count <= number >> PART_CHUNK_SHIFT) {
		struct part_chunk *chunk = pages_create(sizeof(*chunk));

		if (!chunk)
			return false;
		if (part->chunk_count)
			pages_ask_huge(chunk, offsetof(struct part_chunk, claim_checks));
		part->chunks[part->chunk_count++] = chunk;
	}
	return true;
}

/*
 * Write to each page before anyone reads: the first read of a page maps the
 * kernel's page of zeros, and the write behind it then faults again and stops
 * every other thread to flush its TLB.
 */
static void write_pages(void *at, size_t bytes)
{
	for (size_t offset = 0; offset < bytes; offset += 4096)
		*(volatile uint8_t *)((uint8_t *)at + offset) = 0;
}

static void make_lines(const struct part *part, struct part_chunk *chunk, uint32_t first)
{
	write_pages(&chunk->hot[first], PART_GROUP * sizeof(*chunk->hot));
	write_pages(&chunk->sides[first], PART_GROUP * sizeof(*chunk->sides));
	if (part->keep & PROFILE_DIGITS)
		write_pages(&chunk->digits[first], PART_GROUP * sizeof(*chunk->digits));
	if (part->keep & PROFILE_RULES)
		write_pages(&chunk->line_checks[first], PART_GROUP * sizeof(*chunk->line_checks));
}

bool part_make(struct part *part, uint32_t number, enum part_use use)
{
	if (!make_chunks(part, number))
		return false;
	struct part_chunk *chunk = part_chunk(part, number);
	uint32_t first = part_at(number) & ~(uint32_t)(PART_GROUP - 1);
	uint8_t *ready = &part->ready[number >> PART_GROUP_SHIFT];

	if (!(*ready & PART_NET)) {
		write_pages(&chunk->net[first], PART_GROUP * sizeof(*chunk->net));
		part->net_count++;
	}
	if (use == PART_LINES) {
		make_lines(part, chunk, first);
		part->line_count++;
	}
	*ready |= PART_NET | use;
	return true;
}

bool part_reserve(struct part *part, uint32_t count)
{
	if (part->touched_count + count <= part->touched_room)
		return true;
	uint32_t room = part->touched_room ? part->touched_room * 2 : 1024;

	while (room < part->touched_count + count)
		room *= 2;
	uint32_t *touched = realloc(part->touched, room * sizeof(*touched));

	if (!touched)
		return false;
	part->touched = touched;
	part->touched_room = room;
	return true;
}

void part_touch(struct part *part, uint32_t number)
{
	struct net_block *net = &part_chunk(part, number)->net[part_at(number)];

	if (net->is_touched)
		return;
	net->is_touched = 1;
	part->touched[part->touched_count++] = number;
}

/* Of a provider, in a group that is ready for its net; rare blocks are. */
static size_t net_bytes(const struct part *part)
{
	size_t bytes = sizeof(struct net_block);

	if (part->claims_checked)
		bytes += sizeof(struct check_block);
	if (part->has_judged)
		bytes += sizeof(struct judged_block);
	return bytes;
}

/* ... and for its lines, beside that. */
static size_t line_bytes(const struct part *part)
{
	size_t bytes = sizeof(struct hot_block) + sizeof(struct side_block);

	if (part->keep & PROFILE_DIGITS)
		bytes += sizeof(struct digit_block);
	if (part->keep & PROFILE_RULES)
		bytes += sizeof(struct check_block);
	return bytes;
}

size_t part_bytes(const struct part *part)
{
	return (size_t)part->net_count * PART_GROUP * net_bytes(part) +
	       (size_t)part->line_count * PART_GROUP * line_bytes(part) +
	       part->touched_room * sizeof(*part->touched) + drawers_bytes(&part->drawers) +
	       cells_bytes(&part->wide) + cells_bytes(&part->notes);
}

bool part_seal(struct part *part, size_t providers)
{
	if (!cells_sort(&part->wide, providers) || !cells_sort(&part->notes, providers))
		return false;
	part->sealed = true;
	return true;
}

struct cell unpack_cell(uint32_t number, uint64_t packed, const struct narrow *sums)
{
	unsigned top = (unsigned)(packed >> 56);
	unsigned kind = top < PACK_EM ? top : PROFILE_KIND_CODE;
	uint64_t em = top < PACK_EM ? 0 : top - PACK_EM;
	uint64_t key = (packed & PACK_MASK) | em << 56;

	/* Months before 1970 are negative. */
	if (kind == PROFILE_KIND_MONTH)
		key = (uint64_t)((int64_t)(packed << 8) >> 8);
	return (struct cell){.owner = cell_owner(number, kind),
	        .lines = sums->lines,
	        .key = key,
	        .sum = {sums->units, sums->amount[0], sums->amount[1], sums->amount[2]}};
}

/* Hand over to the wide cells; there is room, for a batch spills once a touch at most. */
static void add_cell(struct part *part, const struct cell *cell)
{
	struct cell *wide = cells_take(
	        &part->wide, cell->owner, cell->key, cell_hash(cell->owner, cell->key));

	wide->lines += cell->lines;
	for (unsigned k = 0; k < SUMS; k++)
		wide->sum[k] = (int64_t)((uint64_t)wide->sum[k] + (uint64_t)cell->sum[k]);
}

void part_add_large(struct part *part, struct narrow *sums, uint32_t number, uint64_t packed,
        uint32_t lines, const uint64_t delta[SUMS])
{
	static const struct narrow none;
	struct cell cell = unpack_cell(number, packed, sums ? sums : &none);

	cell.lines += lines;
	for (unsigned k = 0; k < SUMS; k++)
		cell.sum[k] = (int64_t)((uint64_t)cell.sum[k] + delta[k]);
	add_cell(part, &cell);
	if (sums)
		*sums = none;
}

void part_add_square(struct part *part, uint32_t number, unsigned amount, int64_t cents)
{
	struct part_chunk *chunk = part_chunk(part, number);
	struct hot_block *hot = &chunk->hot[part_at(number)];
	uint64_t size = cents < 0 ? -(uint64_t)cents : (uint64_t)cents;
	unsigned __int128 square = (unsigned __int128)size * size + hot->square[amount];

	hot->square[amount] = (uint64_t)square;
	chunk->rare[part_at(number)].square_high[amount] += (uint64_t)(square >> 64);
}

void part_add_date(struct part *part, uint32_t number, int32_t date)
{
	struct rare_block *rare = &part_chunk(part, number)->rare[part_at(number)];
	uint32_t first = date_word_first(date), last = date_word_last(date);

	if (first > rare->first)
		rare->first = first;
	if (last > rare->last)
		rare->last = last;
}
