/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines into a chunk.  Lines are added column by column, as words; when the
 * chunk ends, each column that is not blank throughout is coded in whichever
 * way takes the least room.
 */
#include "base/hash.h"
#include "format/pack_line.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
	SLOTS = PACK_CHUNK_LINES * 2, /* of the hash table that finds entries again */
	CHUNK_ROOM = PACK_CHUNK_BYTES + RECORD_TEXT_MAX + (256 << 10),
	CODES_SLACK = 8, /* readable behind codes: they are loaded eight bytes at a time */
};

/* How far a chunk has come. */
struct stand {
	uint32_t lines;
	size_t bytes;  /* what the chunk takes at most */
	size_t a_line; /* ... what a line with values in all columns used takes */
	struct pack_bits used;
	uint32_t used_count;
	size_t text_bytes;
};

struct pack_builder {
	struct stand now, marked;
	bool whole;
	uint8_t list[PACK_COLUMNS];          /* columns used, as they came */
	int64_t (*values)[PACK_CHUNK_LINES]; /* a column; of texts where in texts << 32 and size */
	uint8_t *texts;

	/* Where each claim's lines begin, with their number as the last; runs is 0 if claims are
	   not told by a bit a line. */
	uint32_t begins[PACK_CHUNK_LINES + 1];
	uint32_t runs;

	/* The column being coded. */
	uint32_t count; /* of its values: of lines, or of claims */
	uint32_t codes[PACK_CHUNK_LINES];
	int64_t entries[PACK_CHUNK_LINES]; /* each line may have its own */
	uint32_t entry_count;
	uint16_t slots[SLOTS]; /* number of an entry, from 1 */

	uint8_t *chunk;
	size_t size;
};

int pack_builder_create(struct pack_builder **builder, struct diag *diag)
{
	struct pack_builder *made = calloc(1, sizeof(*made));

	*builder = made;
	if (made) {
		made->values = malloc(PACK_COLUMNS * sizeof(made->values[0]));
		made->texts = malloc(CHUNK_ROOM);
		made->chunk = malloc(CHUNK_ROOM);
	}
	if (made && made->values && made->texts && made->chunk)
		return 0;
	pack_builder_destroy(made);
	*builder = NULL;
	return diag_set(diag, FAIL_MEMORY, "no memory for a pack");
}

void pack_builder_destroy(struct pack_builder *builder)
{
	if (!builder)
		return;
	free(builder->values);
	free(builder->texts);
	free(builder->chunk);
	free(builder);
}

uint32_t pack_builder_lines(const struct pack_builder *builder)
{
	return builder->now.lines;
}

void pack_builder_mark(struct pack_builder *builder)
{
	builder->marked = builder->now;
}

void pack_builder_undo(struct pack_builder *builder)
{
	builder->now = builder->marked;
}

void pack_builder_whole(struct pack_builder *builder)
{
	builder->whole = true;
}

/* ---- Adding ---- */

static bool has_bit(const struct pack_bits *bits, unsigned column)
{
	return bits->words[column / 64] >> (column % 64) & 1;
}

/* The next column from one on that is in a and not in b; PACK_COLUMNS: none. */
static unsigned next_column(const struct pack_bits *a, const struct pack_bits *b, unsigned column)
{
	for (unsigned word = column / 64; word < sizeof(a->words) / sizeof(a->words[0]); word++) {
		uint64_t bits = a->words[word] & ~(b ? b->words[word] : 0);

		bits = word == column / 64 ? bits >> column % 64 << column % 64 : bits;
		if (bits)
			return word * 64 + (unsigned)__builtin_ctzll(bits);
	}
	return PACK_COLUMNS;
}

static size_t natural_size(unsigned column)
{
	return pack_is_text(column) ? sizeof(uint32_t) : pack_columns[column].size;
}

/* The room that the chunk takes at most with this line too. */
static size_t bytes_with(const struct pack_builder *builder, const struct pack_line *line)
{
	const struct pack_bits *bits = pack_line_bits(line);
	size_t more = builder->now.a_line + line->size;

	for (unsigned column = next_column(bits, &builder->now.used, 0); column < PACK_COLUMNS;
	        column = next_column(bits, &builder->now.used, column + 1))
		more += (builder->now.lines + 1) * natural_size(column) +
		        sizeof(struct pack_column_head) + 2 * CODES_SLACK;
	return builder->now.bytes + more;
}

static void use_column(struct pack_builder *builder, unsigned column)
{
	builder->now.used.words[column / 64] |= (uint64_t)1 << (column % 64);
	builder->list[builder->now.used_count++] = (uint8_t)column;
	builder->now.a_line += natural_size(column);
	for (uint32_t line = 0; line < builder->now.lines; line++)
		builder->values[column][line] = pack_columns[column].blank;
}

static int64_t take_text(struct pack_builder *builder, const uint8_t **data)
{
	uint64_t at = builder->now.text_bytes;
	uint32_t size;

	memcpy(&size, *data, sizeof(size));
	memcpy(builder->texts + at, *data + sizeof(size), size);
	*data += sizeof(size) + size;
	builder->now.text_bytes += size;
	return (int64_t)(at << 32 | size);
}

static int64_t take_value(struct pack_builder *builder, unsigned column, const uint8_t **data)
{
	int64_t value;

	if (pack_is_text(column))
		return take_text(builder, data);
	value = pack_load(column, *data);
	*data += pack_columns[column].size;
	return value;
}

bool pack_builder_add(struct pack_builder *builder, const struct pack_line *line)
{
	const struct pack_bits *bits = pack_line_bits(line);
	const uint8_t *data = pack_line_data(line);
	size_t bytes = bytes_with(builder, line);

	if (builder->now.lines == PACK_CHUNK_LINES ||
	        (builder->now.lines > 0 && bytes > PACK_CHUNK_BYTES))
		return false;
	builder->now.bytes = bytes;
	for (uint32_t i = 0; i < builder->now.used_count; i++)
		builder->values[builder->list[i]][builder->now.lines] =
		        pack_columns[builder->list[i]].blank;
	for (unsigned column = next_column(bits, NULL, 0); column < PACK_COLUMNS;
	        column = next_column(bits, NULL, column + 1)) {
		if (!has_bit(&builder->now.used, column))
			use_column(builder, column);
		builder->values[column][builder->now.lines] = take_value(builder, column, &data);
	}
	builder->now.lines++;
	return true;
}

/* ---- Entries ---- */

static const uint8_t *text_of(const struct pack_builder *builder, int64_t value, uint32_t *size)
{
	*size = (uint32_t)value;
	return builder->texts + ((uint64_t)value >> 32);
}

static bool same_entry(const struct pack_builder *builder, bool text, int64_t a, int64_t b)
{
	uint32_t a_size, b_size;
	const uint8_t *left, *right;

	if (!text || a == b)
		return a == b;
	left = text_of(builder, a, &a_size);
	right = text_of(builder, b, &b_size);
	return a_size == b_size && memcmp(left, right, a_size) == 0;
}

static uint64_t entry_hash(const struct pack_builder *builder, bool text, int64_t value)
{
	uint32_t size;
	const uint8_t *at;

	if (!text)
		return hash64(&value, sizeof(value));
	at = text_of(builder, value, &size);
	return hash64(at, size);
}

/* The number of a value among the entries, which it may be added to. */
static uint32_t entry_of(struct pack_builder *builder, bool text, int64_t value)
{
	uint64_t slot = entry_hash(builder, text, value) % SLOTS;

	for (; builder->slots[slot]; slot = (slot + 1) % SLOTS) {
		uint32_t number = builder->slots[slot] - 1u;

		if (same_entry(builder, text, builder->entries[number], value))
			return number;
	}
	builder->entries[builder->entry_count] = value;
	builder->slots[slot] = (uint16_t)++builder->entry_count;
	return builder->entry_count - 1;
}

/* Entries in the order in which lines come to them. */
static void find_entries(struct pack_builder *builder, unsigned column)
{
	const int64_t *values = builder->values[column];

	memset(builder->slots, 0, sizeof(builder->slots));
	builder->entry_count = 0;
	for (uint32_t line = 0; line < builder->count; line++) {
		if (line > 0 &&
		        same_entry(builder, pack_is_text(column), values[line], values[line - 1]))
			builder->codes[line] = builder->codes[line - 1];
		else
			builder->codes[line] = entry_of(
			        builder, pack_is_text(column), values[line]);
	}
}

/* ---- Coding ---- */

static unsigned bits_of(uint64_t most)
{
	return most ? 64 - (unsigned)__builtin_clzll(most) : 0;
}

/* Room in the chunk, on a multiple of eight. */
static uint32_t take_room(struct pack_builder *builder, size_t size)
{
	size_t at = (builder->size + 7) & ~(size_t)7;

	assert(at + size <= CHUNK_ROOM);
	memset(builder->chunk + builder->size, 0, at + size - builder->size);
	builder->size = at + size;
	return (uint32_t)at;
}

static void put_code(uint8_t *codes, unsigned width, uint32_t line, uint64_t code)
{
	uint64_t bit = (uint64_t)line * width;
	uint8_t *at = codes + bit / 8;
	unsigned shift = bit % 8;
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	word |= code << shift;
	memcpy(at, &word, sizeof(word));
	if (shift && shift + width > 64)
		at[8] |= (uint8_t)(code >> (64 - shift));
}

/* What distances from the least value take. */
struct distance {
	int64_t base;
	unsigned width;
	bool blank;
};

static struct distance find_distance(const struct pack_builder *builder, unsigned column)
{
	const int64_t *values = builder->values[column];
	int64_t blank = pack_columns[column].blank, least = INT64_MAX, most = INT64_MIN;
	struct distance distance = {.blank = false};
	uint64_t range;

	for (uint32_t line = 0; line < builder->count; line++) {
		if (values[line] == blank) {
			distance.blank = true;
			continue;
		}
		least = values[line] < least ? values[line] : least;
		most = values[line] > most ? values[line] : most;
	}
	range = (uint64_t)most - (uint64_t)least;
	if (range >> (PACK_WIDTH_MAX - 1)) /* words as they stand, blank like any other */
		return (struct distance){0, 64, false};
	distance.base = least;
	distance.width = bits_of(range + distance.blank);
	return distance;
}

static void code_distances(
        struct pack_builder *builder, struct pack_column_head *head, struct distance distance)
{
	const int64_t *values = builder->values[head->column];
	int64_t blank = pack_columns[head->column].blank;
	uint8_t *codes;

	head->coding = PACK_DISTANCE;
	head->width = (uint8_t)distance.width;
	head->blank = distance.blank;
	head->base = distance.base;
	head->codes = take_room(
	        builder, pack_code_bytes(builder->count, distance.width) + CODES_SLACK);
	codes = builder->chunk + head->codes;
	for (uint32_t line = 0; line < builder->count; line++) {
		uint64_t code = (uint64_t)values[line] - (uint64_t)distance.base + distance.blank;

		if (distance.blank && values[line] == blank)
			code = 0;
		put_code(codes, distance.width, line, code);
	}
}

static void put_codes(struct pack_builder *builder, struct pack_column_head *head)
{
	head->codes = take_room(
	        builder, pack_code_bytes(builder->count, head->width) + CODES_SLACK);
	for (uint32_t line = 0; line < builder->count; line++)
		put_code(builder->chunk + head->codes, head->width, line, builder->codes[line]);
}

static void code_entries(struct pack_builder *builder, struct pack_column_head *head)
{
	unsigned size = pack_columns[head->column].size;

	head->coding = PACK_ENTRY;
	head->width = (uint8_t)bits_of(builder->entry_count - 1);
	head->entries = builder->entry_count;
	head->values = take_room(builder, (size_t)builder->entry_count * size);
	for (uint32_t i = 0; i < builder->entry_count; i++)
		memcpy(builder->chunk + head->values + (size_t)i * size, &builder->entries[i],
		        size);
	put_codes(builder, head);
}

static void code_values(struct pack_builder *builder, struct pack_column_head *head)
{
	struct distance distance = find_distance(builder, head->column);
	size_t apart, by_entry;

	find_entries(builder, head->column);
	if (builder->entry_count == 1) {
		head->coding = PACK_SAME;
		head->base = builder->entries[0];
		return;
	}
	apart = pack_code_bytes(builder->count, distance.width);
	by_entry = (size_t)builder->entry_count * pack_columns[head->column].size +
	           pack_code_bytes(builder->count, bits_of(builder->entry_count - 1));
	if (apart <= by_entry)
		code_distances(builder, head, distance);
	else
		code_entries(builder, head);
}

/* ---- Texts ---- */

static void put_lengths(struct pack_builder *builder, struct pack_column_head *head)
{
	uint32_t most = 0, least = UINT32_MAX;

	for (uint32_t i = 0; i < builder->entry_count; i++) {
		uint32_t size = (uint32_t)builder->entries[i];

		most = size > most ? size : most;
		least = size < least ? size : least;
		head->text_bytes += size;
	}
	head->base = most;
	head->length_size = most == least ? 0 : most < 256 ? 1 : sizeof(uint32_t);
	head->values = take_room(builder, (size_t)builder->entry_count * head->length_size);
	for (uint32_t i = 0; i < builder->entry_count; i++) {
		uint32_t size = (uint32_t)builder->entries[i];

		memcpy(builder->chunk + head->values + (size_t)i * head->length_size, &size,
		        head->length_size);
	}
}

static void put_texts(struct pack_builder *builder, struct pack_column_head *head)
{
	uint8_t *at;

	put_lengths(builder, head);
	head->texts = take_room(builder, head->text_bytes);
	at = builder->chunk + head->texts;
	for (uint32_t i = 0; i < builder->entry_count; i++) {
		uint32_t size;
		const uint8_t *text = text_of(builder, builder->entries[i], &size);

		memcpy(at, text, size);
		at += size;
	}
}

/* Is each line's entry that of the line before, or the next? */
static bool goes_on(const struct pack_builder *builder)
{
	for (uint32_t line = 1; line < builder->count; line++) {
		if (builder->codes[line] - builder->codes[line - 1] > 1)
			return false;
	}
	return true;
}

/* Where codes that go on say that the next claim begins. */
static void find_runs(struct pack_builder *builder)
{
	builder->runs = 0;
	for (uint32_t line = 0; line < builder->count; line++) {
		if (line == 0 || builder->codes[line])
			builder->begins[builder->runs++] = line;
	}
	builder->begins[builder->runs] = builder->count;
}

static void code_texts(struct pack_builder *builder, struct pack_column_head *head)
{
	find_entries(builder, head->column);
	head->entries = builder->entry_count;
	head->coding = PACK_ENTRY;
	head->width = (uint8_t)bits_of(builder->entry_count - 1);
	if (builder->entry_count > 1 && !head->by_claim && goes_on(builder)) {
		head->coding = PACK_NEXT;
		head->width = 1;
		for (uint32_t line = builder->count - 1; line > 0; line--)
			builder->codes[line] -= builder->codes[line - 1];
		if (head->column == PACK_claim_id)
			find_runs(builder);
	}
	put_codes(builder, head);
	put_texts(builder, head);
}

/* ---- The chunk ---- */

static void forget(struct pack_builder *builder)
{
	builder->now = (struct stand){0};
	builder->whole = false;
	builder->runs = 0;
}

/* Is a column alike on all lines of each claim? */
static bool is_by_claim(const struct pack_builder *builder, unsigned column)
{
	const int64_t *values = builder->values[column];

	for (uint32_t run = 0; run < builder->runs; run++) {
		for (uint32_t line = builder->begins[run] + 1; line < builder->begins[run + 1];
		        line++) {
			if (!same_entry(
			            builder, pack_is_text(column), values[line - 1], values[line]))
				return false;
		}
	}
	return builder->runs > 0 && builder->runs < builder->now.lines;
}

/* A value a claim.  Persons are told by a bit a line, which takes less than a claim's number of
 * one. */
static void take_by_claim(struct pack_builder *builder, struct pack_column_head *head)
{
	int64_t *values = builder->values[head->column];

	builder->count = builder->now.lines;
	if (head->column == PACK_person_id || !is_by_claim(builder, head->column))
		return;
	head->by_claim = 1;
	builder->count = builder->runs;
	for (uint32_t run = 0; run < builder->runs; run++)
		values[run] = values[builder->begins[run]];
}

const uint8_t *pack_builder_end(struct pack_builder *builder, uint32_t layout, size_t *size)
{
	struct pack_head head = {
	        .lines = builder->now.lines,
	        .layout = layout,
	        .columns = builder->now.used_count,
	        .whole = builder->whole,
	};
	uint32_t at = sizeof(head);

	builder->size = 0;
	take_room(builder, sizeof(head) + head.columns * sizeof(struct pack_column_head));
	for (unsigned column = 0; column < PACK_COLUMNS; column++) {
		struct pack_column_head of = {.column = (uint16_t)column};

		if (!has_bit(&builder->now.used, column))
			continue;
		take_by_claim(builder, &of);
		if (pack_is_text(column))
			code_texts(builder, &of);
		else
			code_values(builder, &of);
		of.by_claim &= of.width > 0;
		memcpy(builder->chunk + at, &of, sizeof(of));
		at += sizeof(of);
	}
	take_room(builder, CODES_SLACK); /* chunks are multiples of eight */
	head.size = (uint32_t)builder->size;
	memcpy(builder->chunk, &head, sizeof(head));
	forget(builder);
	*size = builder->size;
	return builder->chunk;
}

size_t pack_chunk_size(const uint8_t *chunk)
{
	struct pack_head head;

	memcpy(&head, chunk, sizeof(head));
	return head.size;
}
