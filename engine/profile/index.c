/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/index.h"

#include "base/pages.h"

#include <string.h>

enum { CARRY_STRIPE = 16 }; /* slots that an insertion carries over in passing */

static uint64_t word_of(uint64_t check, uint32_t number)
{
	return check << INDEX_NUMBER_BITS | number;
}

static uint64_t word_check(uint64_t word)
{
	return word >> INDEX_NUMBER_BITS;
}

static uint32_t word_number(uint64_t word)
{
	return (uint32_t)word & (((uint32_t)1 << INDEX_NUMBER_BITS) - 1);
}

static bool word_is(uint64_t word, const struct index_key *key)
{
	return word_check(word) == key->check &&
	       (!key->same || key->same(key->context, word_number(word)));
}

static size_t level_bytes(size_t size)
{
	return sizeof(struct index_level) + size * sizeof(uint64_t);
}

static struct index_level *level_create(size_t size, struct index_level *previous)
{
	struct index_level *level = pages_create(level_bytes(size));

	if (!level)
		return NULL;
	if (level_bytes(size) >= PAGE_HUGE_BYTES)
		pages_ask_huge(level, level_bytes(size));
	/* Written before anyone reads, or each page would fault twice: part.c has more. */
	memset(level, 0, level_bytes(size));
	level->size = size;
	level->shift = 64 - (unsigned)__builtin_ctzll(size);
	level->previous = previous;
	atomic_init(&level->older, previous);
	return level;
}

bool index_init(struct index *index, size_t size)
{
	struct index_level *level = level_create(size, NULL);

	atomic_init(&index->newest, level);
	atomic_init(&index->count, 0);
	return level;
}

void index_free(struct index *index)
{
	struct index_level *level = atomic_load_explicit(&index->newest, memory_order_relaxed);

	while (level) {
		struct index_level *previous = level->previous;

		pages_destroy(level, level_bytes(level->size));
		level = previous;
	}
	atomic_store_explicit(&index->newest, NULL, memory_order_relaxed);
}

size_t index_bytes(const struct index *index)
{
	const struct index_level *level = atomic_load_explicit(
	        &index->newest, memory_order_acquire);
	size_t bytes = 0;

	for (; level; level = level->previous)
		bytes += level_bytes(level->size);
	return bytes;
}

/*
 * The slot at which a key's chain ends in a level: that of the key, or the
 * first that is empty or closed.  NULL if the level is full of others.
 */
static _Atomic uint64_t *chain_end(
        struct index_level *level, const struct index_key *key, uint64_t *word)
{
	size_t place = index_place(level, key->check);

	for (size_t step = 0; step < level->size; step++) {
		_Atomic uint64_t *slot = &level->slots[(place + step) & (level->size - 1)];

		*word = atomic_load_explicit(slot, memory_order_acquire);
		if (*word == 0 || *word == INDEX_CLOSED || word_is(*word, key))
			return slot;
	}
	return NULL;
}

/* The number of a key in this level or an older one; none is inserted there from now on. */
static uint32_t settle(struct index_level *level, const struct index_key *key)
{
	while (level) {
		struct index_level *older = atomic_load_explicit(
		        &level->older, memory_order_acquire);
		uint64_t word = 0;
		_Atomic uint64_t *slot = chain_end(level, key, &word);

		if (slot && word == 0 &&
		        !atomic_compare_exchange_strong_explicit(slot, &word, INDEX_CLOSED,
		                memory_order_acq_rel, memory_order_acquire))
			continue; /* someone was faster: look again */
		if (slot && word != 0 && word != INDEX_CLOSED)
			return word_number(word);
		level = older;
	}
	return INDEX_NONE;
}

/* older is read first: a key carried over between the two reads is then found in one. */
uint32_t index_find(const struct index *index, const struct index_key *key)
{
	struct index_level *level = atomic_load_explicit(&index->newest, memory_order_acquire);

	while (level) {
		struct index_level *older = atomic_load_explicit(
		        &level->older, memory_order_acquire);
		uint64_t word = 0;
		const _Atomic uint64_t *slot = chain_end(level, key, &word);

		if (slot && word != 0 && word != INDEX_CLOSED)
			return word_number(word);
		level = older;
	}
	return INDEX_NONE;
}

/* Publish a level of twice the size, unless another thread did. */
static bool grow(struct index *index, struct index_level *level)
{
	struct index_level *larger = level_create(level->size * 2, level);

	if (!larger)
		return false;
	if (!atomic_compare_exchange_strong_explicit(
	            &index->newest, &level, larger, memory_order_acq_rel, memory_order_acquire))
		pages_destroy(larger, level_bytes(larger->size));
	return true;
}

/* The level that replaced this one; NULL: none yet. */
static struct index_level *newer_than(const struct index *index, const struct index_level *level)
{
	struct index_level *newer = atomic_load_explicit(&index->newest, memory_order_acquire);

	while (newer != level && newer->previous != level)
		newer = newer->previous;
	return newer == level ? NULL : newer;
}

/* Put a word into a level, where it may be already.  False: its chain there is closed, or full. */
static bool put(struct index_level *level, uint64_t word)
{
	size_t place = index_place(level, word_check(word));
	size_t step = 0;

	while (step < level->size) {
		_Atomic uint64_t *slot = &level->slots[(place + step) & (level->size - 1)];
		uint64_t found = atomic_load_explicit(slot, memory_order_acquire);

		if (found == 0 && atomic_compare_exchange_strong_explicit(slot, &found, word,
		                          memory_order_acq_rel, memory_order_acquire))
			return true;
		if (found == word)
			return true;
		if (found == INDEX_CLOSED)
			return false;
		step += found != 0;
	}
	return false;
}

/*
 * Carry a word of a level into the first newer one whose chain is open.  None
 * may be left out: a thread that still takes a level in between for the newest
 * must find the key there, or the chain closed.
 */
static bool carry(struct index *index, struct index_level *level, uint64_t word)
{
	for (;;) {
		struct index_level *newer = newer_than(index, level);

		if (!newer && !grow(index, level))
			return false;
		if (newer && put(newer, word))
			return true;
		if (newer)
			level = newer;
	}
}

/* Close a slot of an older level if it is empty, else carry it over. */
static bool carry_slot(struct index *index, struct index_level *level, size_t at)
{
	_Atomic uint64_t *slot = &level->slots[at];
	uint64_t word = atomic_load_explicit(slot, memory_order_acquire);

	if (word == 0 && atomic_compare_exchange_strong_explicit(slot, &word, INDEX_CLOSED,
	                         memory_order_acq_rel, memory_order_acquire))
		return true;
	return word == INDEX_CLOSED || carry(index, level, word);
}

/* Carry a stripe of the level before this one; unlink it when nothing is left. */
static void carry_stripe(struct index *index, struct index_level *level)
{
	struct index_level *older = atomic_load_explicit(&level->older, memory_order_acquire);

	if (!older || atomic_load_explicit(&older->carry_next, memory_order_relaxed) >= older->size)
		return;
	size_t from = atomic_fetch_add_explicit(
	        &older->carry_next, CARRY_STRIPE, memory_order_relaxed);
	size_t to = from + CARRY_STRIPE < older->size ? from + CARRY_STRIPE : older->size;

	if (from >= to)
		return;
	for (size_t at = from; at < to; at++) {
		if (!carry_slot(index, older, at))
			return; /* no memory: the level stays linked, nothing is lost */
	}
	size_t done = atomic_fetch_add_explicit(
	        &older->carry_done, to - from, memory_order_acq_rel);

	if (done + to - from == older->size) {
		struct index_level *oldest = atomic_load_explicit(
		        &older->older, memory_order_acquire);

		atomic_compare_exchange_strong_explicit(
		        &level->older, &older, oldest, memory_order_acq_rel, memory_order_acquire);
	}
}

/* One attempt in one level: INDEX_NONE if it is full or superseded. */
static uint32_t insert_in(struct index *index, struct index_level *level,
        const struct index_key *key, uint32_t number)
{
	uint64_t word = 0;
	_Atomic uint64_t *slot = chain_end(level, key, &word);

	while (slot && word == 0) {
		uint32_t old = settle(
		        atomic_load_explicit(&level->older, memory_order_acquire), key);
		uint32_t stands = old == INDEX_NONE ? number : old;

		if (atomic_compare_exchange_strong_explicit(slot, &word,
		            word_of(key->check, stands), memory_order_acq_rel,
		            memory_order_acquire)) {
			if (old == INDEX_NONE)
				atomic_fetch_add_explicit(&index->count, 1, memory_order_relaxed);
			return stands;
		}
		slot = chain_end(level, key, &word);
	}
	return slot && word != INDEX_CLOSED ? word_number(word) : INDEX_NONE;
}

uint32_t index_insert(struct index *index, const struct index_key *key, uint32_t number)
{
	for (;;) {
		struct index_level *level = atomic_load_explicit(
		        &index->newest, memory_order_acquire);
		size_t count = atomic_load_explicit(&index->count, memory_order_relaxed);

		if (count >= level->size / 2 && !grow(index, level) &&
		        count >= level->size - level->size / 8)
			return INDEX_NONE;
		level = atomic_load_explicit(&index->newest, memory_order_acquire);
		uint32_t stands = insert_in(index, level, key, number);

		if (stands != INDEX_NONE) {
			carry_stripe(index, level);
			return stands;
		}
		if (level == atomic_load_explicit(&index->newest, memory_order_acquire) &&
		        !grow(index, level))
			return INDEX_NONE;
	}
}

static uint32_t take_spare(struct numbers *numbers)
{
	for (size_t i = 0; i < 64; i++) {
		uint32_t spare = atomic_exchange_explicit(
		        &numbers->spares[i], 0, memory_order_acq_rel);

		if (spare) {
			atomic_fetch_sub_explicit(&numbers->spare_count, 1, memory_order_relaxed);
			return spare - 1;
		}
	}
	return INDEX_NONE;
}

uint32_t numbers_take(struct numbers *numbers)
{
	if (atomic_load_explicit(&numbers->spare_count, memory_order_relaxed)) {
		uint32_t spare = take_spare(numbers);

		if (spare != INDEX_NONE)
			return spare;
	}
	uint32_t number = atomic_fetch_add_explicit(&numbers->next, 1, memory_order_relaxed);

	if (number <= INDEX_NUMBER_MAX)
		return number;
	atomic_fetch_sub_explicit(&numbers->next, 1, memory_order_relaxed);
	return INDEX_NONE;
}

/* With no room left the number stays unused: it has no lines and is passed over. */
void numbers_return(struct numbers *numbers, uint32_t number)
{
	for (size_t i = 0; i < 64; i++) {
		uint32_t none = 0;

		if (atomic_compare_exchange_strong_explicit(&numbers->spares[i], &none, number + 1,
		            memory_order_acq_rel, memory_order_relaxed)) {
			atomic_fetch_add_explicit(&numbers->spare_count, 1, memory_order_relaxed);
			return;
		}
	}
}
