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

/*
 * hash64_seed() for ids, most of which have 16 bytes at most: those are hashed in line, a call
 * saved.
 */
static inline uint64_t hash64_short_seed(const void *data, size_t size, uint64_t seed)
{
	if (__builtin_expect(size <= 16, 1))
		return XXH3_len_0to16_64b(data, size, XXH3_kSecret, seed);
	return XXH3_64bits_withSeed(data, size, seed);
}

static inline uint64_t hash64_short(const void *data, size_t size)
{
	return hash64_short_seed(data, size, 0);
}

/* hash64() of a and b, one behind the other. */
static inline uint64_t hash64_joined(const void *a, size_t a_size, const void *b, size_t b_size)
{
	XXH3_state_t state;

	XXH3_64bits_reset(&state);
	XXH3_64bits_update(&state, a, a_size);
	XXH3_64bits_update(&state, b, b_size);
	return XXH3_64bits_digest(&state);
}

static inline struct hash128 hash128(const void *data, size_t size)
{
	XXH128_hash_t hash = XXH3_128bits(data, size);

	return (struct hash128){hash.low64, hash.high64};
}

/* Keys of persons and claims: never 0, which means blank. */
static inline uint64_t person_key_of(const void *text, size_t size)
{
	uint64_t key = hash64_short(text, size);

	return key ? key : 1;
}

/* source_key: hash of the data_source, 0 if blank. */
static inline uint64_t claim_key_of(uint64_t source_key, const void *text, size_t size)
{
	uint64_t key = hash64_short_seed(text, size, source_key);

	return key ? key : 1;
}

/* A hash fed in pieces.  Plain: may be copied, needs no end; aligned to 64 bytes. */
struct hash128_stream {
	XXH3_state_t state;
};

/* hash128_feed() at a level of base/level.h. */
struct hash_hot {
	void (*feed)(struct hash128_stream *stream, const void *data, size_t size);
	uint64_t (*whole)(const void *data, size_t size); /* hash64() of much */
};
extern const struct hash_hot hash_hot_scalar, hash_hot_avx2, hash_hot_avx512;

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
