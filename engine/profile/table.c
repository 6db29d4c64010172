/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/table.h"

#include "base/pages.h"

#include <stdio.h>
#include <string.h>

/* Long texts, one after another; claimed by adding to used. */
struct text_chunk {
	struct text_chunk *previous;
	size_t size;
	atomic_size_t used;
	char bytes[];
};

enum { TEXT_CHUNK_BYTES = 256 << 10 };

struct probe {
	const struct table *table;
	uint64_t id;
	const char *text;
	size_t size;
};

bool table_init(struct table *table, size_t slots)
{
	memset(table, 0, sizeof(*table));
	table->chunks = pages_create_apart(ENTRY_CHUNKS * sizeof(*table->chunks));
	return table->chunks && index_init(&table->index, slots);
}

void table_free(struct table *table)
{
	struct text_chunk *text = atomic_load_explicit(&table->texts, memory_order_relaxed);

	while (text) {
		struct text_chunk *previous = text->previous;

		pages_destroy(text, text->size);
		text = previous;
	}
	for (size_t i = 0; table->chunks && i <= table_limit(table) >> ENTRY_CHUNK_SHIFT; i++)
		pages_destroy(atomic_load_explicit(&table->chunks[i], memory_order_relaxed),
		        ENTRY_CHUNK * sizeof(struct entry));
	pages_destroy_apart(table->chunks, ENTRY_CHUNKS * sizeof(*table->chunks));
	index_free(&table->index);
}

size_t table_bytes(const struct table *table)
{
	size_t bytes = index_bytes(&table->index) + table_limit(table) * sizeof(struct entry);
	const struct text_chunk *text = atomic_load_explicit(&table->texts, memory_order_acquire);

	for (; text; text = text->previous)
		bytes += text->size;
	return bytes;
}

/* Room for size bytes in the arena; a chunk is replaced when it cannot hold them. */
static char *arena_take(struct table *table, size_t size)
{
	for (;;) {
		struct text_chunk *chunk = atomic_load_explicit(
		        &table->texts, memory_order_acquire);

		if (chunk) {
			size_t room = chunk->size - sizeof(*chunk);
			size_t at = atomic_fetch_add_explicit(
			        &chunk->used, size, memory_order_relaxed);

			if (at <= room && size <= room - at)
				return chunk->bytes + at;
		}
		size_t bytes = sizeof(*chunk) + (size > TEXT_CHUNK_BYTES ? size : TEXT_CHUNK_BYTES);
		struct text_chunk *fresh = pages_create(bytes);

		if (!fresh)
			return NULL;
		fresh->previous = chunk;
		fresh->size = bytes;
		if (!atomic_compare_exchange_strong_explicit(&table->texts, &chunk, fresh,
		            memory_order_acq_rel, memory_order_acquire))
			pages_destroy(fresh, bytes);
	}
}

/* The entry of a number just taken; its chunk is made if need be. */
static struct entry *entry_make(struct table *table, uint32_t number)
{
	struct entry *_Atomic *at = &table->chunks[number >> ENTRY_CHUNK_SHIFT];
	struct entry *chunk = atomic_load_explicit(at, memory_order_acquire);

	if (!chunk) {
		struct entry *fresh = pages_create(ENTRY_CHUNK * sizeof(struct entry));

		if (!fresh)
			return NULL;
		if (atomic_compare_exchange_strong_explicit(
		            at, &chunk, fresh, memory_order_acq_rel, memory_order_acquire))
			chunk = fresh;
		else
			pages_destroy(fresh, ENTRY_CHUNK * sizeof(struct entry));
	}
	return chunk + (number & (ENTRY_CHUNK - 1));
}

static size_t text_size(const struct entry *entry)
{
	return entry->far.is_long ? entry->far.size : strlen(entry->text);
}

static bool same_text(const void *context, uint32_t number)
{
	const struct probe *probe = context;
	const struct entry *entry = table_entry(probe->table, number);

	return entry->id == probe->id && text_size(entry) == probe->size &&
	       memcmp(entry_text(entry), probe->text, probe->size) == 0;
}

static bool entry_fill(struct table *table, struct entry *entry, const struct probe *probe)
{
	memset(entry, 0, sizeof(*entry));
	entry->id = probe->id;
	if (probe->size < ENTRY_TEXT_BYTES) {
		memcpy(entry->text, probe->text, probe->size);
		return true;
	}
	char *at = arena_take(table, probe->size + 1);

	if (!at)
		return false;
	memcpy(at, probe->text, probe->size);
	at[probe->size] = 0;
	entry->far.at = at;
	entry->far.size = (uint32_t)probe->size;
	entry->far.is_long = 1;
	return true;
}

static uint32_t number_make(
        struct table *table, const struct index_key *key, const struct probe *probe)
{
	uint32_t number = numbers_take(&table->numbers);

	if (number == INDEX_NONE)
		return INDEX_NONE;
	struct entry *entry = entry_make(table, number);

	if (!entry) {
		numbers_return(&table->numbers, number);
		return INDEX_NONE;
	}
	uint32_t stands = entry_fill(table, entry, probe) ? index_insert(&table->index, key, number)
	                                                  : INDEX_NONE;

	if (stands != number) {
		entry->id = 0;
		entry->far.is_long = 0;
		entry->text[0] = 0;
		numbers_return(&table->numbers, number);
	}
	return stands;
}

uint32_t table_number(struct table *table, uint64_t id, const char *text, size_t size)
{
	char digits[16];
	struct probe probe = {table, id, text, size};
	struct index_key key = {id_check(id), NULL, &probe};

	/* Not as it stands in the file, where the same number may be written in two ways. */
	if (id_is_number(id)) {
		probe.size = (size_t)snprintf(digits, sizeof(digits), "%010llu",
		        (unsigned long long)(id & ID_VALUE_MASK));
		probe.text = digits;
	} else {
		key.same = same_text;
	}
	if (id_kind(id) == ID_NONE)
		probe.size = 0;
	if (probe.size == 0)
		probe.text = "";
	uint32_t number = index_find(&table->index, &key);

	return number != INDEX_NONE ? number : number_make(table, &key, &probe);
}
