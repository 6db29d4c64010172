/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verifying by blocks: a bit for each block of rows and table that was found
 * sound.  Two threads that come to a block at once both hash it, and say the same.
 */
#include "lookup/set_private.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct set_touched {
	const uint64_t *hashes; /* of the blocks, in the image */
	size_t count;
	const uint8_t *begin; /* of the first block */
	size_t size;          /* bytes in all blocks */
	atomic_bool damaged;
	atomic_uint_fast64_t sound[]; /* bits */
};

void set_touched_destroy(struct set_touched *touched)
{
	free(touched);
}

/* Rows and table stand before the blocks, one behind the other. */
static struct set_touched *touched_create(const struct set *set)
{
	const uint8_t *begin = (const uint8_t *)set->image + sizeof(struct set_header);
	struct set_touched *touched;
	const uint64_t *hashes;
	uint64_t size, covered;

	hashes = set_section_bytes(set, "blocks", &size);
	if (!hashes)
		return NULL;
	covered = (uint64_t)((const uint8_t *)hashes - begin);
	if (size % sizeof(*hashes) != 0 ||
	        (covered + SET_BLOCK - 1) / SET_BLOCK != size / sizeof(*hashes) ||
	        set->rows != begin || (const uint8_t *)set->table.image < begin ||
	        (const uint8_t *)set->table.image > (const uint8_t *)hashes)
		return NULL;
	touched = calloc(1, sizeof(*touched) + (size / 8 / 64 + 1) * sizeof(*touched->sound));
	if (!touched)
		return NULL;
	touched->hashes = hashes;
	touched->count = size / sizeof(*hashes);
	touched->begin = begin;
	touched->size = covered;
	return touched;
}

static bool is_lazy(const struct set_section_entry *entry)
{
	return strcmp(entry->name, "rows") == 0 || strcmp(entry->name, "table") == 0;
}

int set_verify_lazily(struct set *set, struct diag *diag)
{
	const struct set_header *header = set_header_of(set);
	int err = 0;

	if (set->verified || set->touched)
		return 0;
	for (uint32_t i = 0; i < header->section_count && !err; i++)
		if (!is_lazy(&header->sections[i]))
			err = set_section_check(set, &header->sections[i], diag);
	if (err)
		return err;
	set->touched = touched_create(set);
	if (!set->touched || set->texts[set->text_size - 1] != '\0')
		return diag_set(diag, FAIL_TABLE,
		        "code set %s has blocks that cannot be, or there "
		        "is no memory for them; build it again",
		        set->schema->name);
	return 0;
}

static bool block_is_sound(struct set_touched *touched, size_t block)
{
	uint_fast64_t bit = (uint_fast64_t)1 << block % 64;
	size_t at = block * SET_BLOCK, left = touched->size - at;

	if (atomic_load_explicit(&touched->sound[block / 64], memory_order_relaxed) & bit)
		return true;
	if (hash64(touched->begin + at, left < SET_BLOCK ? left : SET_BLOCK) !=
	        touched->hashes[block]) {
		atomic_store_explicit(&touched->damaged, true, memory_order_relaxed);
		return false;
	}
	atomic_fetch_or_explicit(&touched->sound[block / 64], bit, memory_order_relaxed);
	return true;
}

/* The blocks that these bytes lie in; outside of all, no table says so but a false one. */
static bool touch(struct set_touched *touched, const void *bytes, size_t size)
{
	size_t at = (size_t)((const uint8_t *)bytes - touched->begin);

	if (at >= touched->size || size > touched->size - at) {
		atomic_store_explicit(&touched->damaged, true, memory_order_relaxed);
		return false;
	}
	for (size_t block = at / SET_BLOCK; block <= (at + size - 1) / SET_BLOCK; block++)
		if (!block_is_sound(touched, block))
			return false;
	return true;
}

/* Where the rows of the key begin, checked with all that follow it. */
static const struct set_row *touch_rows(const struct set *set, uint32_t value)
{
	size_t row_size = set->schema->row_size, index = value - (size_t)1;
	const struct set_row *row = (const struct set_row *)(const void *)(set->rows +
	                                                                   index * row_size);

	if (index >= set->row_count || !touch(set->touched, row, row_size) ||
	        row->more >= set->row_count - index ||
	        !touch(set->touched, row, (row->more + (size_t)1) * row_size)) {
		atomic_store_explicit(&set->touched->damaged, true, memory_order_relaxed);
		return NULL;
	}
	return row;
}

const struct set_row *set_find_checked(const struct set *set, uint64_t key)
{
	const struct phash *table = &set->table;
	uint64_t hash = phash_hash(key, table->seed);
	const uint8_t *pilot = &table->pilots[hash >> table->shift];
	uint32_t slot;

	if (!set->touched)
		return set_find(set, key);
	if (!touch(set->touched, pilot, 1))
		return NULL;
	slot = phash_slot(hash, *pilot, table->slots);
	if (!touch(set->touched, &table->keys[slot], sizeof(*table->keys)) ||
	        table->keys[slot] != key ||
	        !touch(set->touched, &table->values[slot], sizeof(*table->values)) ||
	        table->values[slot] == 0)
		return NULL;
	return touch_rows(set, table->values[slot]);
}

int set_damage(const struct set *set, struct diag *diag)
{
	if (!set->touched || !atomic_load_explicit(&set->touched->damaged, memory_order_relaxed))
		return 0;
	return diag_set(
	        diag, FAIL_TABLE, "code set %s is damaged; build it again", set->schema->name);
}
