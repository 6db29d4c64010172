/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/set_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRIES_FIRST = 1024, SOURCES_FIRST = 16 };

static int no_memory(const struct set_build *build, struct diag *diag)
{
	return diag_set(diag, FAIL_MEMORY, "no memory for the set %s", build->schema->name);
}

/* The bytes of from, to, source and the columns. */
static void set_mask(struct set_build *build)
{
	const struct set_schema *schema = build->schema;
	uint8_t *mask = (uint8_t *)build->mask;

	memset(mask, 0xff, 8);
	memset(mask + offsetof(struct set_row, source), 0xff, sizeof(uint16_t));
	for (size_t i = 0; i < schema->column_count; i++) {
		const struct set_column *column = &schema->columns[i];
		size_t size = set_type_size(column->type);

		assert(column->at >= sizeof(struct set_row) && column->at % size == 0);
		assert(column->at + size <= schema->row_size);
		memset(mask + column->at, 0xff, size);
	}
}

int set_build_create(struct set_build **build, const struct set_schema *schema, struct diag *diag)
{
	struct set_build *created = calloc(1, sizeof(*created));

	assert(schema->row_size % 8 == 0 && schema->row_size >= sizeof(struct set_row));
	assert(schema->tag != 0);
	*build = NULL;
	if (created)
		created->mask = calloc(1, schema->row_size);
	if (!created || !created->mask) {
		free(created);
		return diag_set(diag, FAIL_MEMORY, "no memory for the set %s", schema->name);
	}
	created->schema = schema;
	created->stride = sizeof(uint64_t) + schema->row_size;
	set_mask(created);
	*build = created;
	return 0;
}

void set_build_destroy(struct set_build *build)
{
	if (!build)
		return;
	if (build->destroy_state)
		build->destroy_state(build->state);
	for (size_t i = 0; i < build->extra_count; i++)
		free(build->extras[i].bytes);
	set_texts_reset(&build->texts);
	free(build->mask);
	free(build->entries);
	free(build->sources);
	free(build);
}

int set_build_source(struct set_build *build, const struct set_source *source, struct diag *diag)
{
	struct set_source *sources = build->sources;
	size_t capacity = build->source_capacity ? build->source_capacity * 2 : SOURCES_FIRST;

	if (build->source_count == SET_SOURCES_MAX)
		return diag_set(diag, FAIL_TABLE, "%s: a set has at most %d releases", source->path,
		        SET_SOURCES_MAX);
	if (source->from > source->to)
		return diag_set(
		        diag, FAIL_TABLE, "%s: the release ends before it begins", source->path);
	if (build->source_count == build->source_capacity) {
		sources = realloc(sources, capacity * sizeof(*sources));
		if (!sources)
			return no_memory(build, diag);
		build->sources = sources;
		build->source_capacity = capacity;
	}
	sources[build->source_count] = *source;
	return (int)build->source_count++;
}

static int grow_entries(struct set_build *build, struct diag *diag)
{
	size_t capacity = build->capacity ? build->capacity * 2 : ENTRIES_FIRST;
	uint8_t *entries;

	if (build->count == UINT32_MAX / 2)
		return diag_set(
		        diag, FAIL_TABLE, "the set %s has too many rows", build->schema->name);
	entries = realloc(build->entries, capacity * build->stride);
	if (!entries)
		return no_memory(build, diag);
	build->entries = entries;
	build->capacity = capacity;
	return 0;
}

static int refuse_row(
        const struct set_build *build, uint64_t key, const struct set_row *row, struct diag *diag)
{
	char text[SET_KEY_TEXT_MAX], from[DATE_TEXT_SIZE], to[DATE_TEXT_SIZE];

	if (key == 0)
		return diag_set(diag, FAIL_TABLE, "an empty or overlong code for the set %s",
		        build->schema->name);
	set_key_text(build->schema, key, text);
	date_format(row->from, from);
	date_format(row->to, to);
	return diag_set(diag, FAIL_TABLE, "%s %s: dates inverted, from %s to %s",
	        build->schema->name, text, from, to);
}

int set_build_add(struct set_build *build, uint64_t key, const void *row, struct diag *diag)
{
	struct set_row head;
	uint64_t *entry;
	const char *bytes = row;
	int err = 0;

	memcpy(&head, row, sizeof(head));
	assert(head.source < build->source_count);
	if (key == 0 || (head.from > head.to && !build->sources[head.source].snapshot))
		return refuse_row(build, key, &head, diag);
	if (build->count == build->capacity)
		err = grow_entries(build, diag);
	if (err)
		return err;
	entry = (uint64_t *)(void *)set_entry(build, build->count++);
	*entry++ = key;
	for (size_t i = 0; i < build->schema->row_size / 8; i++) {
		memcpy(&entry[i], bytes + 8 * i, 8);
		entry[i] &= build->mask[i];
	}
	return 0;
}

int set_build_text(
        struct set_build *build, const char *text, size_t size, uint32_t *at, struct diag *diag)
{
	return set_texts_add(&build->texts, text, size, at, diag);
}

int set_build_section(struct set_build *build, const char *name, const void *bytes, size_t size,
        struct diag *diag)
{
	struct set_extra *extra = &build->extras[build->extra_count];

	assert(strlen(name) < SET_SECTION_NAME_MAX);
	assert(build->extra_count < SET_SECTIONS_MAX / 2);
	*extra = (struct set_extra){.size = size, .bytes = malloc(size + 1)};
	if (!extra->bytes)
		return no_memory(build, diag);
	strcpy(extra->name, name);
	if (size > 0)
		memcpy(extra->bytes, bytes, size);
	build->extra_count++;
	return 0;
}

const struct set_schema *set_build_schema(const struct set_build *build)
{
	return build->schema;
}

size_t set_build_source_count(const struct set_build *build)
{
	return build->source_count;
}

const struct set_source *set_build_source_at(const struct set_build *build, size_t index)
{
	return &build->sources[index];
}

size_t set_build_row_count(const struct set_build *build)
{
	return build->count;
}

void *set_build_state(const struct set_build *build)
{
	return build->state;
}

void set_build_state_set(struct set_build *build, void *state, void (*destroy)(void *state))
{
	build->state = state;
	build->destroy_state = destroy;
}
