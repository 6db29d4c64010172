/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sketches: of each provider's beneficiaries the SKETCH_HASHES with the smallest
 * hashes.  Of two providers the smallest of both together are a random sample of
 * all their beneficiaries, and the share of it that both have estimates what they
 * share (Jaccard, by k minimum values); it is exact where both have no more.
 *
 * Hashes have 32 bits: two beneficiaries of a pair of providers who are taken for
 * one are one in a hundred thousand such pairs of ten thousand patients each.
 */
#ifndef HISTORY_SKETCHES_H
#define HISTORY_SKETCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SKETCH_HASHES = 256 };

struct sketch {
	uint32_t provider; /* dense number in profile */
	uint32_t persons;  /* all of them */
	size_t at;         /* in the hashes, ascending: the smaller of persons and SKETCH_HASHES */
};

struct sketches {
	struct sketch *items;
	uint32_t *hashes;
	size_t count, room, hash_count, hash_room;
};

static inline uint32_t sketch_size(const struct sketch *sketch)
{
	return sketch->persons < SKETCH_HASHES ? sketch->persons : SKETCH_HASHES;
}

/* What a beneficiary is told apart by: person is the hash of its id. */
static inline uint32_t sketch_hash(uint64_t person)
{
	return (uint32_t)((person * 0x9e3779b97f4a7c15u) >> 32);
}

/* hashes: of the provider's persons, all different persons; they are put in order.  0 or
 * FAIL_MEMORY. */
int sketches_add(struct sketches *sketches, uint32_t provider, uint32_t *hashes, uint32_t persons);
int sketches_merge(struct sketches *into, const struct sketches *from); /* 0 or FAIL_MEMORY */
void sketches_sort(struct sketches *sketches);                          /* by provider */
void sketches_free(struct sketches *sketches);                          /* takes a zeroed one */

/*
 * What two providers share: of the smallest hashes of both together, `matches` of
 * `sampled` are of both.
 */
struct overlap {
	uint32_t matches, sampled;
};
struct overlap sketches_overlap(
        const struct sketches *sketches, const struct sketch *a, const struct sketch *b);

#endif
