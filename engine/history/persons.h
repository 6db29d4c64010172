/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The beneficiaries of the provider at hand, told apart by a table of their hashes:
 * a slot each, of what a rule keeps of one, whose first member is the key.
 */
#ifndef HISTORY_PERSONS_H
#define HISTORY_PERSONS_H

#include "history/provider.h"

struct persons {
	uint8_t *slots; /* NULL: not open; a key of 0 is a free slot */
	size_t mask, bytes;
};

/* bytes: of a slot, a multiple of 8.  At most half full, for no one has fewer than one line.
 * false: no memory, and failed is set. */
static inline bool persons_open(
        struct provider_window *window, struct persons *persons, size_t bytes)
{
	size_t count = 16;

	while (count < 2 * window->line_count)
		count *= 2;
	persons->slots = provider_zeroed_room(window, count * bytes);
	persons->mask = count - 1;
	persons->bytes = bytes;
	return persons->slots != NULL;
}

static inline uint64_t *persons_at(const struct persons *persons, size_t at)
{
	return (uint64_t *)(void *)(persons->slots + at * persons->bytes);
}

/* The slot of a key, or the free one that it may take. */
static inline void *persons_find(const struct persons *persons, uint64_t key)
{
	size_t at = (size_t)(key >> 7) & persons->mask;

	while (*persons_at(persons, at) != 0 && *persons_at(persons, at) != key)
		at = (at + 1) & persons->mask;
	return persons_at(persons, at);
}

#endif
