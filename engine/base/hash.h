/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All hashing but the keyed pseudonym and the code tables: XXH3.
 * The only file that includes xxHash.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <stddef.h>
#include <stdint.h>

struct hash128 {
	uint64_t low, high;
};

static inline uint64_t hash64(const void *data, size_t size)
{
	return XXH3_64bits(data, size);
}

static inline uint64_t hash64_seed(const void *data, size_t size, uint64_t seed)
{
	return XXH3_64bits_withSeed(data, size, seed);
}

static inline struct hash128 hash128(const void *data, size_t size)
{
	XXH128_hash_t hash = XXH3_128bits(data, size);

	return (struct hash128){hash.low64, hash.high64};
}

/* A hash fed in pieces.  Plain: may be copied, needs no end. */
struct hash128_stream {
	XXH3_state_t state;
};

static inline void hash128_begin(struct hash128_stream *stream)
{
	XXH3_128bits_reset(&stream->state);
}

static inline void hash128_feed(struct hash128_stream *stream, const void *data, size_t size)
{
	XXH3_128bits_update(&stream->state, data, size);
}

static inline struct hash128 hash128_end(const struct hash128_stream *stream)
{
	XXH128_hash_t hash = XXH3_128bits_digest(&stream->state);

	return (struct hash128){hash.low64, hash.high64};
}

#endif
