/* SPDX-License-Identifier: Apache-2.0 */
#include "input/block_hash.h"

void block_hash_init(struct block_hash *hash, enum level level)
{
	static const struct hash_hot *const hots[LEVEL_COUNT] = {
	        &hash_hot_scalar, &hash_hot_avx2, &hash_hot_avx512};

	hash->hot = hots[level];
}

static void end_block(struct block_hash *hash, struct plan *plan, uint64_t block)
{
	struct hash128 of = hash128_end(&hash->stream);
	uint64_t *out = plan->block_hashes[block];

	out[0] = of.low;
	out[1] = of.high;
}

void block_hash_view(struct block_hash *hash, struct plan *plan, const struct span *span,
        const struct view *view)
{
	const struct plan_file *file = &plan->files[span->file];
	uint64_t at = view->offset + view->size - view->fresh;
	const uint8_t *data = view->data + view->size - view->fresh;
	uint64_t end = view->offset + view->size < span->to ? view->offset + view->size : span->to;

	while (at < end) {
		uint64_t block = at / HASH_BLOCK_BYTES;
		uint64_t block_end = (block + 1) * HASH_BLOCK_BYTES;
		uint64_t stop = block_end < end ? block_end : end;

		if (at % HASH_BLOCK_BYTES == 0)
			hash128_begin(&hash->stream);
		hash->hot->feed(&hash->stream, data, stop - at);
		if (stop == block_end || stop == file->size_bytes)
			end_block(hash, plan, file->first_block + block);
		data += stop - at;
		at = stop;
	}
}
