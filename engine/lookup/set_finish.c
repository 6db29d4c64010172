/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what was added to an image: rows are written as they are merged, then what
 * they came from is given back before the perfect hash takes its memory.
 */
#include "lookup/set_private.h"

#include <stdlib.h>
#include <string.h>

enum { KEYS_FIRST = 1024 };

struct finisher {
	struct set_build *build;
	struct set_writer *writer;
	uint64_t *keys;
	uint32_t *values; /* index of the first row, from 1 */
	size_t key_count, key_capacity;
	size_t row_count;
};

static int grow_keys(struct finisher *finisher, struct diag *diag)
{
	size_t capacity = finisher->key_capacity ? finisher->key_capacity * 2 : KEYS_FIRST;
	uint64_t *keys = realloc(finisher->keys, capacity * sizeof(*keys));
	uint32_t *values;

	if (keys)
		finisher->keys = keys;
	values = keys ? realloc(finisher->values, capacity * sizeof(*values)) : NULL;
	if (!values)
		return diag_set(diag, FAIL_MEMORY, "no memory for the codes of a set");
	finisher->values = values;
	finisher->key_capacity = capacity;
	return 0;
}

static int take_row(void *context, uint64_t key, const struct set_row *row, struct diag *diag)
{
	struct finisher *finisher = context;
	size_t count = finisher->key_count;

	if (count == 0 || finisher->keys[count - 1] != key) {
		if (count == finisher->key_capacity && grow_keys(finisher, diag))
			return FAIL_MEMORY;
		finisher->keys[count] = key;
		finisher->values[count] = (uint32_t)finisher->row_count + 1;
		finisher->key_count++;
	}
	finisher->row_count++;
	return set_writer_put(finisher->writer, row, finisher->build->schema->row_size, diag);
}

static int put_section(struct finisher *finisher, const char *name, const void *bytes, size_t size,
        struct diag *diag)
{
	int err = set_writer_begin(finisher->writer, name, diag);

	if (!err)
		err = set_writer_put(finisher->writer, bytes, size, diag);
	return err ? err : set_writer_end(finisher->writer, diag);
}

static int put_rows(struct finisher *finisher, struct diag *diag)
{
	struct set_sink sink = {.take = take_row, .context = finisher};
	int err = set_writer_begin(finisher->writer, "rows", diag);

	if (!err)
		err = set_merge(finisher->build, &sink, diag);
	free(finisher->build->entries);
	finisher->build->entries = NULL;
	finisher->build->count = finisher->build->capacity = 0;
	return err ? err : set_writer_end(finisher->writer, diag);
}

static int put_table(struct finisher *finisher, struct diag *diag)
{
	struct phash table;
	int err = phash_build(&table, finisher->keys, finisher->values, finisher->key_count, diag);

	free(finisher->keys);
	free(finisher->values);
	finisher->keys = NULL;
	finisher->values = NULL;
	if (!err)
		err = put_section(finisher, "table", table.image, table.image_size, diag);
	phash_destroy(&table);
	return err;
}

static int put_texts(struct finisher *finisher, struct diag *diag)
{
	const struct set_texts *texts = &finisher->build->texts;

	if (texts->size == 0)
		return put_section(finisher, "texts", "", 1, diag);
	return put_section(finisher, "texts", texts->bytes, texts->size, diag);
}

/* ---- Sources, and the days they cover ---- */

static int put_sources(struct finisher *finisher, struct diag *diag)
{
	const struct set_build *build = finisher->build;
	int err = set_writer_begin(finisher->writer, "sources", diag);

	for (size_t i = 0; i < build->source_count && !err; i++) {
		const struct set_source *source = &build->sources[i];
		struct set_source_row row = {
		        .from = source->from,
		        .to = source->to,
		        .snapshot = source->snapshot,
		        .partial = source->partial,
		        .hash = {source->hash[0], source->hash[1]},
		};

		/* What stands behind the NUL does not go into an image. */
		memcpy(row.path, source->path, strnlen(source->path, sizeof(row.path) - 1));
		memcpy(row.release, source->release,
		        strnlen(source->release, sizeof(row.release) - 1));
		err = set_writer_put(finisher->writer, &row, sizeof(row), diag);
	}
	return err ? err : set_writer_end(finisher->writer, diag);
}

static int compare_days(const void *one, const void *two)
{
	const struct set_days *a = one, *b = two;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return a->to < b->to ? -1 : a->to > b->to;
}

/* Sorted, and joined where they touch; how many are left. */
static size_t join_days(struct set_days days[], size_t count)
{
	size_t kept = 0;

	if (count == 0)
		return 0;
	qsort(days, count, sizeof(*days), compare_days);
	for (size_t i = 1; i < count; i++) {
		if (days[kept].to == INT32_MAX || days[i].from <= days[kept].to + 1)
			days[kept].to = days[i].to > days[kept].to ? days[i].to : days[kept].to;
		else
			days[++kept] = days[i];
	}
	return kept + 1;
}

static int put_days(struct finisher *finisher, const char *name, bool complete, struct diag *diag)
{
	const struct set_build *build = finisher->build;
	struct set_days *days = malloc((build->source_count + 1) * sizeof(*days));
	size_t count = 0;
	int err;

	if (!days)
		return diag_set(diag, FAIL_MEMORY, "no memory for the days of a set");
	for (size_t i = 0; i < build->source_count; i++)
		if (!complete || !build->sources[i].partial)
			days[count++] = (struct set_days){
			        build->sources[i].from, build->sources[i].to};
	count = join_days(days, count);
	err = put_section(finisher, name, days, count * sizeof(*days), diag);
	free(days);
	return err;
}

static int put_extras(struct finisher *finisher, struct diag *diag)
{
	const struct set_build *build = finisher->build;
	int err = 0;

	for (size_t i = 0; i < build->extra_count && !err; i++)
		err = put_section(finisher, build->extras[i].name, build->extras[i].bytes,
		        build->extras[i].size, diag);
	return err;
}

/* ---- The header ---- */

static void describe(const struct finisher *finisher, struct set_header *header)
{
	const struct set_build *build = finisher->build;

	*header = (struct set_header){
	        .magic = SET_MAGIC,
	        .version = SET_IMAGE_VERSION,
	        .byte_order = SET_BYTE_ORDER,
	        .schema_hash = set_schema_hash(build->schema),
	        .row_count = finisher->row_count,
	        .key_count = finisher->key_count,
	        .row_size = (uint32_t)build->schema->row_size,
	        .from = INT32_MAX,
	        .to = INT32_MIN,
	        .partial = 1,
	};
	strncpy(header->schema, build->schema->name, sizeof(header->schema) - 1);
	for (size_t i = 0; i < build->source_count; i++) {
		const struct set_source *source = &build->sources[i];

		header->from = source->from < header->from ? source->from : header->from;
		header->to = source->to > header->to ? source->to : header->to;
		header->partial &= source->partial;
	}
}

static int put_all(struct finisher *finisher, struct diag *diag)
{
	struct set_header header;
	int err = put_rows(finisher, diag);

	if (!err)
		err = put_table(finisher, diag);
	if (!err)
		err = set_writer_blocks(finisher->writer, diag);
	if (!err)
		err = put_texts(finisher, diag);
	if (!err)
		err = put_sources(finisher, diag);
	if (!err)
		err = put_days(finisher, "covered", false, diag);
	if (!err)
		err = put_days(finisher, "complete", true, diag);
	if (!err)
		err = put_extras(finisher, diag);
	if (err)
		return err;
	describe(finisher, &header);
	return set_writer_finish(finisher->writer, &header, diag);
}

int set_build_finish(struct set_build *build, const char *path, struct diag *diag)
{
	struct finisher finisher = {.build = build};
	int err = build->schema->finish ? build->schema->finish(build, diag) : 0;

	if (!err)
		err = set_writer_create(&finisher.writer, path, diag);
	if (!err)
		err = put_all(&finisher, diag);
	set_writer_destroy(finisher.writer);
	free(finisher.keys);
	free(finisher.values);
	return err;
}
