/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A perfect-hash table: 64-bit key to 32-bit value, built once, then const.
 *
 * A key is a packed word (for codes: seven bytes and the tag of the system), so
 * the table holds it whole and a look-up verifies it: an unknown key is always
 * told apart.  One multiply hashes a key.  The high bits of the hash name a
 * bucket, the bucket's pilot (8 bits) scatters its keys over the slots, and no
 * two keys share a slot:
 *
 *     hash = fold(key * M)      bucket = hash >> shift
 *     slot = low32(hash) * (2 pilot + 1) * slots >> 32
 *
 * Keys and values stand in separate arrays: 12 bytes a slot, none lost to padding.
 * A table lies in one block of memory that is position independent,
 * checksummed and in little-endian order: what is built is what is stored,
 * mapped and used as it lies.
 */
#ifndef LOOKUP_PHASH_H
#define LOOKUP_PHASH_H

#include "base/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PHASH_IMAGE_VERSION = 1,
	PHASH_ALIGNMENT = 64, /* of an image and of its sections */
};

/* Plain, so that a look-up can be inlined.  Any thread reads it. */
struct phash {
	const uint8_t *pilots;
	const uint64_t *keys;   /* 0: a free slot */
	const uint32_t *values; /* 0 in a free slot only */
	uint64_t seed;
	uint32_t slots;
	uint32_t shift;
	size_t count;      /* keys */
	const void *image; /* the block that all of it lies in */
	size_t image_size; /* bytes */
	int owned;         /* how the block is given back; private */
};

/*
 * Build a table.  Keys and values may be in any order; no key is 0 and none
 * occurs twice, no value is 0 (a look-up says 0 for "not here").
 *
 * Returns 0, FAIL_TABLE naming the key that is refused, or FAIL_MEMORY.  The
 * caller ends it with phash_destroy(), which takes a zeroed table too.
 */
int phash_build(struct phash *table, const uint64_t keys[], const uint32_t values[], size_t count,
        struct diag *diag);
void phash_destroy(struct phash *table);

/*
 * Use an image as it lies, after every byte of it was checked.  _open takes a
 * block aligned to PHASH_ALIGNMENT that must outlive the table; _map a file.
 *
 * FAIL_TABLE: truncated, changed, of another version, or no image at all.
 * FAIL_INPUT: no such file.
 */
int phash_image_open(struct phash *table, const void *image, size_t size, struct diag *diag);
int phash_image_map(struct phash *table, const char *path, struct diag *diag);

/*
 * ... as _open, but only the header is checked: for an image inside another, which
 * checks its bytes before the first look-up.
 */
int phash_image_attach(struct phash *table, const void *image, size_t size, struct diag *diag);

/* Write the image to a new file or over an old one: FAIL_OUTPUT, FAIL_IO. */
int phash_image_write(const struct phash *table, const char *path, struct diag *diag);

/* The odd part of the golden ratio, 64 bits. */
#define PHASH_MULTIPLIER ((uint64_t)0x9e3779b97f4a7c15)

static inline uint64_t phash_hash(uint64_t key, uint64_t seed)
{
	unsigned __int128 product = (unsigned __int128)(key ^ seed) * PHASH_MULTIPLIER;
	uint64_t low = (key ^ seed) * PHASH_MULTIPLIER; /* gcc 12 spills the 128 bits otherwise */

	return low ^ (uint64_t)(product >> 64);
}

static inline uint32_t phash_slot(uint64_t hash, uint8_t pilot, uint32_t slots)
{
	uint32_t scattered = (uint32_t)hash * (2u * pilot + 1);

	return (uint32_t)((uint64_t)scattered * slots >> 32);
}

/* The value of a key, 0 if it is not here. */
static inline uint32_t phash_find(const struct phash *table, uint64_t key)
{
	uint64_t hash = phash_hash(key, table->seed);
	uint32_t slot = phash_slot(hash, table->pilots[hash >> table->shift], table->slots);

	return table->keys[slot] == key ? table->values[slot] : 0;
}

/* The values of the keys tag | words[i]; 0 for what is not here. */
void phash_find_batch(const struct phash *table, uint64_t tag, const uint64_t words[], size_t count,
        uint32_t values[]);

#endif
