/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hash of the input, fed with the widest vectors of each level: xxHash
 * chooses them when it is compiled, and the state is the same for all.
 */
#include "base/hash.h"
#include "base/level.h"

static void feed(struct hash128_stream *stream, const void *data, size_t size)
{
	hash128_feed(stream, data, size);
}

static uint64_t whole(const void *data, size_t size)
{
	return hash64(data, size);
}

const struct hash_hot HOT(hash_hot) = {.feed = feed, .whole = whole};
