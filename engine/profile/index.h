/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A lock-free index: from a check of 36 bits to a number of 28 bits.
 *
 * A slot is one word, check and number together, claimed by one
 * compare-and-swap; no slot is ever emptied.  The place of a slot follows from
 * the check alone, so that slots can be carried into a larger level without
 * looking at what they stand for.
 *
 *     newest level  [....k1..k7........k3..]   probed first
 *         older     [..k1xxk2k3x]              x: closed, nobody inserts here now
 *
 * Only the index grows: a level of twice the size is published and the old one
 * stays readable to the end.  Who does not find a key in the newest level
 * closes the empty slot at which its chain ends in the older one (so that a
 * thread that has not seen the new level cannot insert it there) and carries
 * over what it found.  Each insertion also carries a few slots over in passing;
 * once all are, the older level is not looked at any more.  No one waits.
 */
#ifndef PROFILE_INDEX_H
#define PROFILE_INDEX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { INDEX_NUMBER_BITS = 28, INDEX_CHECK_BITS = 36 };
#define INDEX_NUMBER_MAX (((uint32_t)1 << INDEX_NUMBER_BITS) - 2)
#define INDEX_NONE UINT32_MAX
#define INDEX_CLOSED ((uint64_t)1) /* a word whose check is 0: no key has it */

struct index_level {
	struct index_level *_Atomic older;    /* may hold keys that this one lacks; NULL: none */
	struct index_level *previous;         /* what it replaced; for freeing */
	size_t size;                          /* slots, a power of two */
	unsigned shift;                       /* of the hashed check */
	atomic_size_t carry_next, carry_done; /* slots taken, and carried into a newer level */
	_Alignas(64) _Atomic uint64_t slots[];
};

struct index {
	struct index_level *_Atomic newest;
	atomic_size_t count; /* keys */
};

/* A key: check is not 0.  Where equal checks can mean different keys, same() tells. */
struct index_key {
	uint64_t check;
	bool (*same)(const void *context, uint32_t number); /* NULL: the check is the key */
	const void *context;
};

static inline size_t index_place(const struct index_level *level, uint64_t check)
{
	return (check * 0x9e3779b97f4a7c15) >> level->shift;
}

/* size: slots to begin with, a power of two from 2.  False: no memory. */
bool index_init(struct index *index, size_t size);
void index_free(struct index *index);

/* The number of a key, or INDEX_NONE.  Any thread. */
uint32_t index_find(const struct index *index, const struct index_key *key);

/*
 * Give key this number unless it has one.  Returns the number that stands, or
 * INDEX_NONE: no memory.  Any thread.  What the number stands for must be
 * written before; a thread that finds the number sees it.
 */
uint32_t index_insert(struct index *index, const struct index_key *key, uint32_t number);

size_t index_bytes(const struct index *index);

/* Dense numbers to give out.  A number that lost a race is given to the next who asks. */
struct numbers {
	_Atomic uint32_t next;
	_Atomic uint32_t spare_count;
	_Atomic uint32_t spares[64]; /* number + 1; 0: none.  One a thread in flight will do */
};

uint32_t numbers_take(struct numbers *numbers); /* INDEX_NONE: all are given out */
void numbers_return(struct numbers *numbers, uint32_t number);

#endif
