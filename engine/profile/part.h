/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A part: the private counters of one worker.
 *
 * Blocks per provider stand in chunks, indexed by the dense number.  A chunk
 * is mapped whole and zeroed by the kernel page by page, so that providers
 * this worker never sees cost nothing.  What a line always touches is one
 * 64-byte block; the rest lies apart, kind by kind.
 */
#ifndef PROFILE_PART_H
#define PROFILE_PART_H

#include "claim.h"
#include "profile/cells.h"
#include "profile/drawers.h"
#include "profile/index.h"
#include "rules/rules.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PART_CHUNK_SHIFT = 15, /* 32,768 hot blocks fill a huge page */
	PART_CHUNK = 1 << PART_CHUNK_SHIFT,
	PART_CHUNKS = 1 << (INDEX_NUMBER_BITS - PART_CHUNK_SHIFT),
	PART_GROUP_SHIFT = 6, /* 64 hot blocks are a page */
	PART_GROUP = 1 << PART_GROUP_SHIFT,
	PART_GROUPS = 1 << (INDEX_NUMBER_BITS - PART_GROUP_SHIFT),
};

enum { SUM_UNITS, SUM_CHARGE, SUM_ALLOWED, SUM_PAID, SUMS, AMOUNT_COUNT = 3, DIGITS = 9 };

/*
 * Sums wrap at 2^63 (of cents, nine times what the world earns in a century):
 * wrapping commutes, saturating would let the order show.
 *
 * Squares are the low words of 128 bits; carries go to the rare block.
 * Dates are kept so that both grow and 0 is "none": first as 65535 - date,
 * last as date + 1; others than 1970 to 2149 go to the rare block.
 */
struct hot_block {
	int64_t sum[SUMS];
	uint64_t square[AMOUNT_COUNT];
	uint32_t lines;
	uint16_t first, last;
};

/*
 * How many lines have an amount is told by those that do not do as most do:
 * with bit k of part.usual, the lines that lack amount k; else those that have it.
 */
struct rare_block {
	uint64_t square_high[AMOUNT_COUNT];
	uint32_t unusual[AMOUNT_COUNT];
	uint32_t first, last; /* both biased so that they grow and 0 is "none" */
	uint32_t pad;
};

/* After the scan: what regroup settles; and whether the provider is in part.touched. */
struct net_block {
	uint32_t claims, is_touched;
	uint64_t findings, lines_flagged;
	int64_t dollars_flagged;
};

/*
 * Lines that are all of one specialty, state and entity type, as nearly all
 * of a provider's are (lines that differ go to the wide cells); and where the
 * provider's drawer is.
 */
struct side_block {
	uint32_t lines;
	uint16_t specialty, state;
	uint8_t entity;
	uint8_t pad[3];
	struct drawer drawer;
	uint8_t rest[12]; /* two fill a cache line: none lies in two of them */
};
_Static_assert(sizeof(struct side_block) == 32, "two in a cache line");

struct digit_block {
	struct narrow digit[DIGITS]; /* of 1 to 9 */
};

struct check_block {
	uint32_t evaluated[32];
};

/* After the scan: what histories have judged, by rule, and the beneficiaries there were. */
struct judged_block {
	uint32_t judged[RULES_ALL];
	uint32_t beneficiaries;
	uint32_t pad[2];
};
_Static_assert(sizeof(struct judged_block) % 64 == 0, "whole cache lines");

struct part_chunk {
	struct hot_block hot[PART_CHUNK];
	struct side_block sides[PART_CHUNK];
	struct digit_block digits[PART_CHUNK];
	struct check_block line_checks[PART_CHUNK];
	struct check_block claim_checks[PART_CHUNK];
	struct net_block net[PART_CHUNK];
	struct rare_block rare[PART_CHUNK];
	struct judged_block judged[PART_CHUNK];
};

struct part {
	struct part *next; /* of the profile's list */
	struct part_chunk **chunks;
	uint8_t *ready;       /* of each group of providers: its pages are there */
	uint32_t chunk_count; /* the first ones are there */
	uint32_t net_count;   /* groups that are ready for PART_NET */
	uint32_t line_count;  /* ... and for PART_LINES */
	unsigned keep;        /* PROFILE_* */
	unsigned usual;       /* bits of amounts that lines usually have */
	bool usual_known;
	bool sealed;         /* merged: cells are in order, readers may come */
	bool claims_checked; /* claim_checks are in use */
	bool has_judged;     /* judged is */
	uint32_t *touched;   /* providers with anything here, each once */
	uint32_t touched_count, touched_room;
	uint64_t added;         /* lines and hits since the last flush: bounds all 32-bit counts */
	struct drawers drawers; /* code, month, em, modifier, pos */
	struct cells wide;      /* of these, and of digits: what is too large for there */
	struct cells notes;     /* specialty, state, entity, rule: few */
};

static inline struct part_chunk *part_chunk(const struct part *part, uint32_t number)
{
	return part->chunks[number >> PART_CHUNK_SHIFT];
}

static inline uint32_t part_at(uint32_t number)
{
	return number & (PART_CHUNK - 1);
}

/* Dates of any size as words that grow: 0 is "none" in both. */
static inline uint32_t date_word_last(int32_t date)
{
	return (uint32_t)date ^ 0x80000000;
}

static inline uint32_t date_word_first(int32_t date)
{
	return ~date_word_last(date);
}

/*
 * A key with its kind, in a word that is never 0: kind << 56 | 56 bits of the
 * key.  A code that has an E/M level carries it there, so that its cell stands
 * for both: PACK_EM + em_byte.
 */
enum { PACK_EM = 16 };
#define PACK_MASK (((uint64_t)1 << 56) - 1)

static inline uint64_t pack_key(unsigned kind, uint64_t key)
{
	return (uint64_t)kind << 56 | (key & PACK_MASK);
}

/* E/M family and level in a byte; 0: none. */
static inline unsigned em_byte(unsigned family, unsigned level)
{
	_Static_assert(PACK_EM + (EM_FAMILIES << 3) <= 256, "families and eight levels fit a byte");
	return level ? family << 3 | (level & 7) : 0;
}

static inline uint64_t pack_code(uint64_t word, unsigned em)
{
	return word | (uint64_t)(em ? PACK_EM + em : 0) << 56;
}

/* As a wide cell: there a code's key has the E/M byte on top. */
struct cell unpack_cell(uint32_t number, uint64_t packed, const struct narrow *sums);

struct part *part_create(unsigned keep); /* NULL: no memory */
void part_destroy(struct part *part);

/* What blocks are for: what regroup and histories settle, or also what lines add up. */
enum part_use { PART_NET = 1, PART_LINES = 2 };

static inline bool part_is_ready(const struct part *part, uint32_t number, enum part_use use)
{
	return part->ready[number >> PART_GROUP_SHIFT] & use;
}

/*
 * Make a provider's blocks ready, and those of its group.  Nothing may have been added to
 * blocks that are not ready for it.  False: no memory.
 */
bool part_make(struct part *part, uint32_t number, enum part_use use);

/* Room for count more providers to be touched.  False: no memory. */
bool part_reserve(struct part *part, uint32_t count);

/* To be called before anything is added to a provider's blocks. */
void part_touch(struct part *part, uint32_t number);

/* Empty it, giving its memory back. */
void part_reset(struct part *part);

size_t part_bytes(const struct part *part);

/* Order the wide cells for reading.  False: no memory. */
bool part_seal(struct part *part, size_t providers);

/* Slow paths of adding.  sums: NULL if there is no cell to add to. */
void part_add_large(struct part *part, struct narrow *sums, uint32_t number, uint64_t packed,
        uint32_t lines, const uint64_t delta[SUMS]);
void part_add_square(struct part *part, uint32_t number, unsigned amount, int64_t cents);
void part_add_date(struct part *part, uint32_t number, int32_t date);

/* Add to sums, or to the wide cells what these cannot hold. */
static inline void part_add_sums(struct part *part, struct narrow *sums, uint32_t number,
        uint64_t packed, uint32_t lines, const uint64_t delta[SUMS])
{
	if (__builtin_expect(!sums || !narrow_add(sums, lines, delta), 0))
		part_add_large(part, sums, number, packed, lines, delta);
}

static inline void part_add_cell(struct part *part, uint32_t number, uint64_t packed,
        uint32_t lines, const uint64_t delta[SUMS])
{
	struct drawer *drawer = &part_chunk(part, number)->sides[part_at(number)].drawer;
	struct drawer_cell *cell = drawer_take(&part->drawers, drawer, packed);

	part_add_sums(part, cell ? &cell->sums : NULL, number, packed, lines, delta);
}

#endif
