/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chunks into batches.
 *
 * A chunk is proved by its hash as it lies in the view, and taken apart there.
 * Its column heads and dictionaries are copied, held to its size, and the
 * tables they become have an entry for every code that can be; values that no
 * format fills a column with (pack_limits.c) are damage: should the file
 * change under a mapping, wrong values may come of it until the change is
 * noticed, but nothing beyond the chunk and the tables is touched.
 */
#include "base/hash.h"
#include "format/pack_open.h"
#include "input/block_hash.h"

#include <stdlib.h>
#include <string.h>

struct column {
	struct pack_column_head head;
	const uint8_t *codes;
	uint8_t *table;   /* values, or slices of texts */
	uint64_t *keys;   /* of claims or persons, an entry; else NULL */
	uint32_t next;    /* PACK_NEXT: the entry of the last line */
	bool doubtful;    /* its codes can say what no format does */
	uint32_t longest; /* bytes of a text */
};

/* Which claim of the chunk each line of a batch is of, where some column is coded by claim. */
struct runs {
	bool used;
	const uint8_t *codes; /* those of claim_id: a bit a line */
	uint32_t claims;      /* its entries */
	uint32_t last;        /* the claim of the last line */
	uint32_t from,
	        count; /* claims whose codes the batch asks for; from is a multiple of eight */
	uint32_t of[BATCH_LINES]; /* from these on */
};

struct pack_reader {
	struct pack_reader_options options;
	const struct pack_hot *hot;
	struct reader *reader;
	struct csv_counts counts;
	struct batch *batch;
	struct block_hash hash;

	/* The chunk. */
	const struct pack *pack;
	const struct plan_file *file;
	const struct pack_chunk *chunk;
	const uint8_t *data;
	struct pack_head head;
	struct column columns[PACK_COLUMNS];
	uint32_t column_count;
	bool in_chunk[PACK_COLUMNS];
	bool filled[PACK_COLUMNS];       /* in the batch is more than blanks */
	uint8_t rewritten[PACK_COLUMNS]; /* columns that are blank, and written into by others */
	uint32_t rewritten_count;
	uint8_t *tables;
	size_t tables_room;
	bool by_line;    /* claims' keys are worked out line by line */
	bool numbered;   /* ... or are numbers */
	bool long_texts; /* those of a line may be longer than a record */
	struct runs runs;
	uint64_t codes[BATCH_LINES];
	uint64_t claim_codes[BATCH_LINES + 7];
};

int pack_reader_create(
        struct pack_reader **reader, const struct pack_reader_options *options, struct diag *diag)
{
	static const struct pack_hot *const hots[LEVEL_COUNT] = {
	        &pack_hot_scalar, &pack_hot_avx2, &pack_hot_avx512};
	struct pack_reader *made = aligned_alloc(64, (sizeof(*made) + 63) / 64 * 64);
	int err = 0;

	if (!made)
		return diag_set(diag, FAIL_MEMORY, "no memory for a worker");
	memset(made, 0, sizeof(*made));
	made->options = *options;
	made->hot = hots[options->level];
	block_hash_init(&made->hash, options->level);
	made->batch = aligned_alloc(64, (sizeof(*made->batch) + 63) / 64 * 64);
	if (!made->batch)
		err = diag_set(diag, FAIL_MEMORY, "no memory for a worker");
	else
		batch_clear(made->batch);
	if (err == 0)
		err = options->reader->create(&made->reader, &options->reader_options, diag);
	if (err < 0) {
		pack_reader_destroy(made);
		return err;
	}
	*reader = made;
	return 0;
}

void pack_reader_destroy(struct pack_reader *reader)
{
	if (!reader)
		return;
	if (reader->reader)
		reader->options.reader->destroy(reader->reader);
	free(reader->batch);
	free(reader->tables);
	free(reader);
}

struct csv_counts *pack_reader_counts(struct pack_reader *reader)
{
	return &reader->counts;
}

static int damaged(const struct pack_reader *reader, const char *what, struct diag *diag)
{
	const char *remedy = reader->options.remedy;

	return diag_set(diag, FAIL_DATA, "%s:%llu: %s: %s", reader->file->path,
	        (unsigned long long)reader->chunk->at, what,
	        remedy ? remedy : "convert the claims again");
}

/* ---- A chunk's columns ---- */

static bool within(const struct pack_reader *reader, uint64_t at, uint64_t bytes)
{
	return at <= reader->head.size && bytes <= reader->head.size - at;
}

/* Entries of the table that a column's codes can point at. */
static size_t table_entries(const struct pack_reader *reader, const struct pack_column_head *head)
{
	if (head->coding == PACK_NEXT)
		return (size_t)reader->head.lines + 1;
	return head->coding == PACK_ENTRY ? (size_t)1 << head->width : 0;
}

static bool texts_fit(const struct pack_reader *reader, const struct pack_column_head *head)
{
	if (head->coding != PACK_ENTRY && head->coding != PACK_NEXT)
		return false;
	return (head->length_size == 0 || head->length_size == 1 ||
	               head->length_size == sizeof(uint32_t)) &&
	       within(reader, head->values, (uint64_t)head->entries * head->length_size) &&
	       within(reader, head->texts, head->text_bytes) &&
	       (head->coding == PACK_ENTRY || head->width == 1);
}

static bool values_fit(const struct pack_reader *reader, const struct pack_column_head *head)
{
	if (head->coding == PACK_ENTRY)
		return within(reader, head->values,
		        (uint64_t)head->entries * pack_columns[head->column].size);
	return head->coding == PACK_DISTANCE ||
	       (head->coding == PACK_SAME && pack_may_be(head->column, head->base));
}

static bool codes_are_doubtful(const struct pack_column_head *head)
{
	uint64_t most = head->width == 64 ? UINT64_MAX : ((uint64_t)1 << head->width) - 1;

	return head->coding == PACK_DISTANCE && !pack_may_span(head->column, head->base, most);
}

/* Codes of a column: one a line, or one a claim. */
static uint32_t code_count(const struct pack_reader *reader, const struct pack_column_head *head)
{
	return head->by_claim ? reader->runs.claims : reader->head.lines;
}

/* Does a head say what can be? */
static bool column_fits(const struct pack_reader *reader, const struct pack_column_head *head)
{
	unsigned most = head->coding == PACK_DISTANCE ? PACK_WIDTH_MAX : 16;

	if (head->column >= PACK_COLUMNS || (head->width > most && head->width != 64) ||
	        (head->width == 64 && head->coding != PACK_DISTANCE) || head->blank > 1)
		return false;
	if (head->coding != PACK_SAME &&
	        !within(reader, head->codes,
	                pack_code_bytes(code_count(reader, head), head->width) + sizeof(uint64_t)))
		return false;
	if (head->by_claim > 1 ||
	        (head->by_claim && (!reader->runs.codes || head->coding == PACK_NEXT)))
		return false;
	if (head->entries > table_entries(reader, head))
		return false;
	return pack_is_text(head->column) ? texts_fit(reader, head) : values_fit(reader, head);
}

static bool is_wanted(const struct pack_reader *reader, unsigned column)
{
	if (reader->numbered && (column == PACK_person_id || column == PACK_data_source ||
	                                column == PACK_digest || column == PACK_line_number))
		return false;
	return !reader->options.wanted ||
	       field_set_has(reader->options.wanted, pack_columns[column].field);
}

static size_t table_bytes(const struct pack_reader *reader, const struct pack_column_head *head)
{
	return (table_entries(reader, head) * pack_columns[head->column].size + 63) & ~(size_t)63;
}

/* Claims and persons are hashed an entry, not a line. */
static size_t key_bytes(const struct pack_reader *reader, const struct pack_column_head *head)
{
	if (head->column != PACK_claim_id && head->column != PACK_person_id)
		return 0;
	return (table_entries(reader, head) * sizeof(uint64_t) + 63) & ~(size_t)63;
}

/* Of claims whose numbers will do only the codes are read. */
static bool is_number(const struct pack_reader *reader, const struct column *column)
{
	return reader->numbered && column->head.column == PACK_claim_id;
}

static struct pack_column_head head_at(const struct pack_reader *reader, uint32_t place)
{
	struct pack_column_head head;

	memcpy(&head, reader->data + sizeof(reader->head) + place * sizeof(head), sizeof(head));
	return head;
}

/* Claims of one source are told apart by the entries of claim_id. */
static bool may_be_numbered(const struct pack_reader *reader)
{
	if (!reader->options.numbered || !reader->head.whole)
		return false;
	for (uint32_t i = 0; i < reader->head.columns; i++) {
		struct pack_column_head head = head_at(reader, i);

		if (head.column == PACK_data_source && head.entries > 1)
			return false;
	}
	return true;
}

/* Where claims are told by a bit a line, others may be told by claim. */
static void find_runs(struct pack_reader *reader)
{
	struct pack_column_head head = {.column = PACK_COLUMNS};

	reader->runs = (struct runs){.used = false};
	if (reader->head.columns > 0)
		head = head_at(reader, 0);
	if (head.column != PACK_claim_id || head.coding != PACK_NEXT || !column_fits(reader, &head))
		return;
	reader->runs.codes = reader->data + head.codes;
	reader->runs.claims = head.entries;
}

/* Take over the heads of the columns that are wanted.  Returns 0 or FAIL_DATA. */
static int take_heads(struct pack_reader *reader, size_t *bytes, struct diag *diag)
{
	*bytes = 0;
	reader->column_count = 0;
	reader->numbered = may_be_numbered(reader);
	find_runs(reader);
	memset(reader->in_chunk, 0, sizeof(reader->in_chunk));
	for (uint32_t i = 0; i < reader->head.columns; i++) {
		struct column *column = &reader->columns[reader->column_count];

		column->head = head_at(reader, i);
		if (!column_fits(reader, &column->head) || reader->in_chunk[column->head.column])
			return damaged(reader, "no chunk of a claim pack", diag);
		if (!is_wanted(reader, column->head.column))
			continue;
		reader->in_chunk[column->head.column] = true;
		reader->runs.used |= column->head.by_claim;
		column->codes = reader->data + column->head.codes;
		column->next = 0;
		column->longest = 0;
		column->doubtful = codes_are_doubtful(&column->head);
		if (!is_number(reader, column))
			*bytes += table_bytes(reader, &column->head) +
			          key_bytes(reader, &column->head);
		reader->column_count++;
	}
	return 0;
}

static uint32_t length_at(
        const struct pack_reader *reader, const struct pack_column_head *head, uint32_t entry)
{
	uint32_t size = (uint32_t)head->base;

	if (head->length_size == 0)
		return size;
	size = 0;
	memcpy(&size, reader->data + head->values + (size_t)entry * head->length_size,
	        head->length_size);
	return size;
}

/* Slices of texts, of the chunk; false if one would reach beyond it. */
static bool fill_slices(const struct pack_reader *reader, struct column *column)
{
	const struct pack_column_head *head = &column->head;
	struct slice *slices = (struct slice *)(void *)column->table;
	uint32_t at = head->texts, end = head->texts + head->text_bytes;

	for (uint32_t i = 0; i < head->entries; i++) {
		uint32_t size = length_at(reader, head, i);

		if (size > end - at)
			return false;
		slices[i] = (struct slice){at, size};
		at += size;
		column->longest = size > column->longest ? size : column->longest;
	}
	return true;
}

static bool fill_table(const struct pack_reader *reader, struct column *column)
{
	const struct pack_column_head *head = &column->head;
	size_t size = pack_columns[head->column].size, used = head->entries * size;

	if (head->coding != PACK_ENTRY && head->coding != PACK_NEXT)
		return true;
	memset(column->table + used, 0, table_bytes(reader, head) - used);
	if (pack_is_text(head->column))
		return fill_slices(reader, column);
	memcpy(column->table, reader->data + head->values, used);
	return pack_may_all(head->column, column->table, head->entries);
}

static int fill_tables(struct pack_reader *reader, size_t bytes, struct diag *diag)
{
	uint64_t longest = 0;
	uint8_t *at;

	if (bytes > reader->tables_room) {
		free(reader->tables);
		reader->tables_room = 0;
		reader->tables = aligned_alloc(64, bytes);
		if (!reader->tables)
			return diag_set(diag, FAIL_MEMORY, "no memory for a claim pack");
		reader->tables_room = bytes;
	}
	at = reader->tables;
	for (uint32_t i = 0; i < reader->column_count; i++) {
		struct column *column = &reader->columns[i];
		size_t keys = key_bytes(reader, &column->head);

		column->keys = NULL;
		if (is_number(reader, column))
			continue;
		column->table = at;
		at += table_bytes(reader, &column->head);
		column->keys = keys ? (uint64_t *)(void *)at : NULL;
		at += keys;
		if (!fill_table(reader, column))
			return damaged(reader, "no chunk of a claim pack", diag);
		longest += column->longest;
	}
	reader->long_texts = longest > RECORD_TEXT_MAX;
	return 0;
}

/* ---- Keys ---- */

static struct column *find_column(struct pack_reader *reader, unsigned number)
{
	for (uint32_t i = 0; i < reader->column_count; i++) {
		if (reader->columns[i].head.column == number)
			return &reader->columns[i];
	}
	return NULL;
}

static uint64_t text_hash(const struct pack_reader *reader, struct slice text)
{
	return text.size ? hash64(reader->data + text.at, text.size) : 0;
}

static void fill_person_keys(const struct pack_reader *reader, const struct column *column)
{
	const struct slice *texts = (const struct slice *)(const void *)column->table;
	size_t count = table_entries(reader, &column->head);

	for (size_t i = 0; i < count; i++)
		column->keys[i] = texts[i].size
		                          ? person_key_of(reader->data + texts[i].at, texts[i].size)
		                          : 0;
}

/* False: the chunk has claims of several sources, and keys are the lines'. */
static bool fill_claim_keys(struct pack_reader *reader, const struct column *column)
{
	const struct column *sources = find_column(reader, PACK_data_source);
	const struct slice *texts = (const struct slice *)(const void *)column->table;
	size_t count = table_entries(reader, &column->head);
	uint64_t source = 0;

	if (sources && sources->head.entries > 1)
		return false;
	if (sources)
		source = text_hash(reader, *(const struct slice *)(const void *)sources->table);
	for (size_t i = 0; i < count; i++)
		column->keys[i] = claim_key_of(source, reader->data + texts[i].at, texts[i].size);
	return true;
}

static void fill_keys(struct pack_reader *reader)
{
	struct column *claims = find_column(reader, PACK_claim_id);
	struct column *persons = find_column(reader, PACK_person_id);

	if (persons)
		fill_person_keys(reader, persons);
	if (claims && !reader->numbered && !fill_claim_keys(reader, claims))
		claims->keys = NULL;
	reader->by_line = !reader->numbered && (!claims || !claims->keys);
	if (!persons)
		memset(reader->batch->person_key, 0, sizeof(reader->batch->person_key));
}

/* ---- A chunk begins ---- */

static uint8_t *column_of(struct batch *batch, unsigned column)
{
	return (uint8_t *)batch + pack_columns[column].at;
}

static void blank_column(struct pack_reader *reader, unsigned column, uint32_t count)
{
	if (pack_is_text(column))
		memset(pack_slices(reader->batch, column), 0, count * sizeof(struct slice));
	else
		reader->hot->same(column, pack_columns[column].blank, count,
		        column_of(reader->batch, column));
}

/* Columns of the layout without a value in the chunk, that later stages write into. */
static void list_rewritten(struct pack_reader *reader, const struct layout *layout)
{
	reader->rewritten_count = 0;
	for (unsigned column = PACK_TEXTS; column < PACK_COLUMNS; column++) {
		if (pack_columns[column].rewritten && !reader->in_chunk[column] &&
		        field_set_has(&layout->bound, pack_columns[column].field))
			reader->rewritten[reader->rewritten_count++] = (uint8_t)column;
	}
}

/* What the last chunk filled and this one has not is blank again. */
static void begin_batches(struct pack_reader *reader, const struct layout *layout)
{
	struct batch *batch = reader->batch;

	if (batch->layout != layout) {
		batch_clear(batch);
		memset(reader->filled, 0, sizeof(reader->filled));
	}
	for (unsigned column = 0; column < PACK_COLUMNS; column++) {
		bool fills = reader->in_chunk[column] &&
		             !(reader->numbered && column == PACK_claim_id);

		if (reader->filled[column] && !fills)
			blank_column(reader, column, BATCH_LINES);
		reader->filled[column] = fills;
	}
	list_rewritten(reader, layout);
	batch->kept = true;
	batch->whole = reader->head.whole;
	batch->layout = layout;
	batch->layout_number = layout->number;
	batch->text = reader->data;
	batch->separators = NULL;
}

static int begin_chunk(struct pack_reader *reader, struct diag *diag)
{
	const struct pack_chunk *chunk = reader->chunk;
	size_t bytes;
	int err;

	if (reader->hash.hot->whole(reader->data, chunk->size) != chunk->hash)
		return damaged(reader, "a chunk of this claim pack is damaged", diag);
	memcpy(&reader->head, reader->data, sizeof(reader->head));
	if (reader->head.size != chunk->size || reader->head.lines != chunk->lines ||
	        reader->head.layout >= reader->pack->directory.layouts ||
	        reader->head.columns > PACK_COLUMNS || reader->head.whole > 1 ||
	        !within(reader, sizeof(reader->head),
	                reader->head.columns * sizeof(struct pack_column_head)))
		return damaged(reader, "no chunk of a claim pack", diag);
	err = take_heads(reader, &bytes, diag);
	if (err == 0)
		err = fill_tables(reader, bytes, diag);
	if (err == 0) {
		begin_batches(reader, reader->pack->layouts[reader->head.layout]);
		fill_keys(reader);
	}
	return err;
}

/* ---- Batches ---- */

static void fill_texts(struct pack_reader *reader, struct column *column, uint32_t count)
{
	const struct slice *table = (const struct slice *)(const void *)column->table;
	struct slice *out = pack_slices(reader->batch, column->head.column);
	uint64_t *keys = column->head.column == PACK_claim_id ? reader->batch->claim_key
	                                                      : reader->batch->person_key;

	if (column->head.coding == PACK_NEXT) {
		for (uint32_t i = 0; i < count; i++)
			reader->codes[i] = column->next += (uint32_t)reader->codes[i];
	}
	if (is_number(reader, column)) {
		memcpy(keys, reader->codes, count * sizeof(*keys));
		return;
	}
	for (uint32_t i = 0; i < count; i++)
		out[i] = table[reader->codes[i]];
	for (uint32_t i = 0; column->keys && i < count; i++)
		keys[i] = column->keys[reader->codes[i]];
}

/* The claims of a batch's lines; false if there are more than the chunk has. */
static bool fill_runs(struct pack_reader *reader, uint32_t from, uint32_t count)
{
	struct runs *runs = &reader->runs;
	uint32_t claim = runs->last;

	reader->hot->codes(runs->codes, 1, from, count, reader->codes);
	for (uint32_t i = 0; i < count; i++)
		runs->of[i] = claim += (uint32_t)reader->codes[i];
	if (claim >= runs->claims)
		return false;
	runs->from = runs->of[0] & ~7u;
	runs->count = claim + 1 - runs->from;
	runs->last = claim;
	for (uint32_t i = 0; i < count; i++)
		runs->of[i] -= runs->from;
	return true;
}

static void fill_claim_codes(
        struct pack_reader *reader, const struct column *column, uint32_t count)
{
	const struct runs *runs = &reader->runs;

	reader->hot->codes(
	        column->codes, column->head.width, runs->from, runs->count, reader->claim_codes);
	reader->hot->spread(reader->claim_codes, runs->of, count, reader->codes);
}

static void fill_column(
        struct pack_reader *reader, struct column *column, uint32_t from, uint32_t count)
{
	const struct pack_column_head *head = &column->head;
	const struct pack_hot *hot = reader->hot;
	uint8_t *out = column_of(reader->batch, head->column);

	if (head->coding == PACK_SAME) {
		hot->same(head->column, head->base, count, out);
		return;
	}
	if (head->by_claim)
		fill_claim_codes(reader, column, count);
	else
		hot->codes(column->codes, head->width, from, count, reader->codes);
	if (pack_is_text(head->column))
		fill_texts(reader, column, count);
	else if (head->coding == PACK_DISTANCE)
		hot->distances(head, reader->codes, count, out);
	else
		hot->entries(head, column->table, reader->codes, count, out);
}

static bool values_may_be(const struct batch *batch, unsigned column)
{
	for (uint32_t i = 0; i < batch->count; i++) {
		if (!pack_may_be(column, pack_value(batch, column, i)))
			return false;
	}
	return true;
}

/* Texts of a line were of one record. */
static bool texts_may_be(struct batch *batch)
{
	for (uint32_t i = 0; i < batch->count; i++) {
		uint64_t bytes = 0;

		for (unsigned column = 0; column < PACK_TEXTS; column++)
			bytes += pack_slices(batch, column)[i].size;
		if (bytes > RECORD_TEXT_MAX)
			return false;
	}
	return true;
}

static int fill_columns(struct pack_reader *reader, uint32_t from, struct diag *diag)
{
	struct batch *batch = reader->batch;

	if (reader->runs.used && !fill_runs(reader, from, batch->count))
		return damaged(reader, "no chunk of a claim pack", diag);
	for (uint32_t i = 0; i < reader->column_count; i++) {
		struct column *column = &reader->columns[i];

		fill_column(reader, column, from, batch->count);
		if (column->doubtful && !values_may_be(batch, column->head.column))
			return damaged(reader, "no chunk of a claim pack", diag);
	}
	if (reader->long_texts && !texts_may_be(batch))
		return damaged(reader, "no chunk of a claim pack", diag);
	return 0;
}

static void blank_rewritten(struct pack_reader *reader)
{
	for (uint32_t i = 0; i < reader->rewritten_count; i++)
		blank_column(reader, reader->rewritten[i], reader->batch->count);
}

static bool same_slice(struct slice a, struct slice b)
{
	return a.at == b.at && a.size == b.size;
}

/* Claims of several sources: lines of one stand together, and it is hashed once. */
static void fill_line_keys(const struct pack_reader *reader)
{
	struct batch *batch = reader->batch;

	for (uint32_t i = 0; i < batch->count; i++) {
		struct slice id = batch->claim_id[i], from = batch->data_source[i];

		if (i > 0 && same_slice(id, batch->claim_id[i - 1]) &&
		        same_slice(from, batch->data_source[i - 1]))
			batch->claim_key[i] = batch->claim_key[i - 1];
		else
			batch->claim_key[i] = claim_key_of(
			        text_hash(reader, from), batch->text + id.at, id.size);
	}
}

/* The keys of the claims that lines replace, of the same data_source. */
static void fill_original_keys(const struct pack_reader *reader)
{
	struct batch *batch = reader->batch;

	for (uint32_t i = 0; i < batch->count; i++) {
		struct slice id = batch->original_claim_id[i];
		uint64_t source = id.size ? text_hash(reader, batch->data_source[i]) : 0;

		batch->original_key[i] =
		        id.size ? claim_key_of(source, batch->text + id.at, id.size) : 0;
	}
}

static int put_batch(struct pack_reader *reader, uint32_t from, struct diag *diag)
{
	struct batch *batch = reader->batch;
	uint32_t left = reader->head.lines - from;
	int err;

	batch->count = left < BATCH_LINES ? left : BATCH_LINES;
	blank_rewritten(reader);
	err = fill_columns(reader, from, diag);
	if (err < 0)
		return err;
	if (reader->by_line)
		fill_line_keys(reader);
	if (reader->in_chunk[PACK_original_claim_id])
		fill_original_keys(reader);
	else
		memset(batch->original_key, 0, batch->count * sizeof(batch->original_key[0]));
	reader->counts.used += batch->count;
	reader->counts.layout_lines[batch->layout_number] += batch->count;
	return reader->options.batch(reader->options.context, batch, diag);
}

static int put_chunk(struct pack_reader *reader, struct diag *diag)
{
	int err = begin_chunk(reader, diag);

	for (uint32_t from = 0; err == 0 && from < reader->head.lines; from += BATCH_LINES)
		err = put_batch(reader, from, diag);
	if (err == 0 && reader->head.whole && reader->options.whole)
		err = reader->options.whole(reader->options.context, diag);
	return err;
}

/* ---- The span ---- */

/* The first chunk that begins at an offset or behind it. */
static uint32_t first_chunk(const struct pack *pack, uint64_t offset)
{
	uint32_t low = 0, high = pack->directory.chunks;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (pack->chunks[middle].at < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Chunks of a span, number by number, and the view that they are taken from. */
struct progress {
	const struct span *span;
	struct view view;
	uint32_t next, end; /* of the pack's chunks */
	size_t keep;
};

/* The chunks that are whole in the view.  Returns 0 or an error. */
static int put_chunks(struct pack_reader *reader, struct progress *progress, struct diag *diag)
{
	const struct view *view = &progress->view;
	uint64_t end = view->offset + view->size;
	int err = 0;

	progress->keep = 0;
	for (; err == 0 && progress->next < progress->end; progress->next++) {
		reader->chunk = &reader->pack->chunks[progress->next];
		if (reader->chunk->at >= end)
			break;
		if (reader->chunk->at + reader->chunk->size > end) {
			progress->keep = (size_t)(end - reader->chunk->at);
			break;
		}
		reader->data = view->data + (reader->chunk->at - view->offset);
		err = put_chunk(reader, diag);
	}
	if (err == 0 && view->last && progress->next < progress->end)
		err = damaged(reader, "a claim pack that is cut short", diag);
	return err;
}

int pack_reader_span(struct pack_reader *reader, const struct span *span, struct diag *diag)
{
	const struct reader_kind *kind = reader->options.reader;
	struct progress progress = {.span = span};
	int err = packs_open(reader->options.packs, span->file, &reader->pack, diag);

	reader->file = &reader->options.plan->files[span->file];
	if (err == 0)
		err = kind->open(reader->reader, reader->file, span->from, span->to, diag);
	if (err < 0)
		return err;
	progress.next = span->from ? first_chunk(reader->pack, span->from) : 0;
	progress.end = first_chunk(reader->pack, span->to);
	do {
		err = kind->next(reader->reader, progress.keep, &progress.view, diag);
		if (err <= 0)
			return err;
		block_hash_view(&reader->hash, reader->options.plan, span, &progress.view);
		err = put_chunks(reader, &progress, diag);
	} while (err == 0 && !progress.view.last &&
	         (progress.next < progress.end ||
	                 progress.view.offset + progress.view.size < span->to));
	return err;
}
