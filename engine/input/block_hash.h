/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hashes of a file's MiBs, taken as views of it pass: for the manifest.
 */
#ifndef INPUT_BLOCK_HASH_H
#define INPUT_BLOCK_HASH_H

#include "base/hash.h"
#include "base/level.h"
#include "input/plan.h"
#include "input/reader.h"

struct block_hash {
	const struct hash_hot *hot;
	struct hash128_stream stream;
};

void block_hash_init(struct block_hash *hash, enum level level);

/*
 * Take in the fresh bytes of a view, up to the span's end.  Views come in order
 * from the span's beginning on.
 */
void block_hash_view(struct block_hash *hash, struct plan *plan, const struct span *span,
        const struct view *view);

#endif
