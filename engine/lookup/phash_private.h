/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The image of a perfect-hash table: a header, then pilots, keys and values,
 * each padded to PHASH_ALIGNMENT.
 */
#ifndef LOOKUP_PHASH_PRIVATE_H
#define LOOKUP_PHASH_PRIVATE_H

#include "base/hash.h"
#include "lookup/phash.h"

enum phash_section { SECTION_PILOTS, SECTION_KEYS, SECTION_VALUES, SECTIONS };

enum { PHASH_BORROWED, PHASH_ALLOCATED, PHASH_MAPPED };

struct phash_header { /* 192 bytes */
	char magic[8];
	uint32_t version;
	uint32_t byte_order; /* PHASH_BYTE_ORDER as the writer stores it */
	uint64_t size;       /* of the image */
	uint64_t count;
	uint64_t seed;
	uint32_t slots;
	uint32_t shift;
	uint64_t offset[SECTIONS];
	uint64_t padded[SECTIONS];     /* bytes, padding included */
	struct hash128 hash[SECTIONS]; /* of the padded section */
	uint64_t reserved[4];          /* 0 */
	struct hash128 header_hash;    /* of all before it */
};

#define PHASH_MAGIC "CSPHASH"
#define PHASH_BYTE_ORDER 0x01020304u

/* Offsets, padded sizes and size from slots and shift. */
void phash_layout(struct phash_header *header);

/* A zeroed block with an unfinished header; the table's arrays lie in it. */
int phash_allocate(struct phash *table, const struct phash_header *header, struct diag *diag);

/* Fill in the hashes of a block that is complete. */
void phash_seal(struct phash *table);

#endif
