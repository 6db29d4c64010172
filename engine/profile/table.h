/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shared table of providers: id and text to a dense number.
 *
 * Entries stand in chunks and never move.  The index's check holds an NPI
 * whole, so that the scan needs one cache line to resolve it; the id of any
 * other kind is a hash of its text, and the text is compared.
 */
#ifndef PROFILE_TABLE_H
#define PROFILE_TABLE_H

#include "claim.h"
#include "profile/index.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ENTRY_CHUNK_SHIFT = 12,
	ENTRY_CHUNK = 1 << ENTRY_CHUNK_SHIFT,
	ENTRY_CHUNKS = 1 << (INDEX_NUMBER_BITS - ENTRY_CHUNK_SHIFT),
	ENTRY_TEXT_BYTES = 24,
	CHECK_VALUE_BITS = 34, /* 10^10 fits */
	CHECK_TEXT = 3,        /* above them: ID_NPI, ID_BAD_CHECK, or this */
};

struct entry {
	uint64_t id;
	union {
		char text[ENTRY_TEXT_BYTES]; /* ended by NUL, so last byte 0 */
		struct {
			const char *at; /* in the arena, ended by NUL */
			uint32_t size;
			char pad[11];
			char is_long; /* not 0 */
		} far;
	};
};

struct text_chunk;

struct table {
	struct index index;
	struct numbers numbers;
	struct text_chunk *_Atomic texts;
	struct entry *_Atomic *chunks;
};

/* Is the id's value its text, and the check enough? */
static inline bool id_is_number(uint64_t id)
{
	uint64_t kind = id >> ID_KIND_SHIFT;
	uint64_t value = id & ID_VALUE_MASK;

	return (kind == ID_NPI || kind == ID_BAD_CHECK) && value >> CHECK_VALUE_BITS == 0;
}

/* What the index knows an id by. */
static inline uint64_t id_check(uint64_t id)
{
	uint64_t mixed = (id * 0x9fb21c651e98df25) >> (64 - CHECK_VALUE_BITS);
	uint64_t text = (uint64_t)CHECK_TEXT << CHECK_VALUE_BITS | mixed;
	uint64_t number = id >> ID_KIND_SHIFT << CHECK_VALUE_BITS | (id & ID_VALUE_MASK);

	return id_is_number(id) ? number : text;
}

/* slots: of the index to begin with.  False: no memory; then table_free() is due all the same. */
bool table_init(struct table *table, size_t slots);
void table_free(struct table *table);

/* The number of an id, made if new.  Any thread.  INDEX_NONE: no memory. */
uint32_t table_number(struct table *table, uint64_t id, const char *text, size_t size);

/* All numbers given out are below. */
static inline size_t table_limit(const struct table *table)
{
	return atomic_load_explicit(&table->numbers.next, memory_order_relaxed);
}

/* Of a number that was given out. */
static inline struct entry *table_entry(const struct table *table, uint32_t number)
{
	struct entry *chunk = atomic_load_explicit(
	        &table->chunks[number >> ENTRY_CHUNK_SHIFT], memory_order_acquire);

	return chunk + (number & (ENTRY_CHUNK - 1));
}

static inline const char *entry_text(const struct entry *entry)
{
	return entry->far.is_long ? entry->far.at : entry->text;
}

size_t table_bytes(const struct table *table);

#endif
