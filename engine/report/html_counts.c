/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Months, E/M levels, modifiers, places, digits and codes: of those in full,
 * and of the groups that they are held against.
 *
 * A run for the public tells no levels, as they are codes said again; the codes
 * that it does tell say them here, by the families of the starter set.
 */
#include "report/html_private.h"

#include "lookup/codes.h"
#include "profile/profile.h"

#include <stdlib.h>
#include <string.h>

/* ---- Sums by a key of texts. ---- */

enum amount_column { LINES, UNITS, CHARGE, ALLOWED, PAID, SUMS };

struct tally {
	struct names *keys;
	struct tally_sums {
		int64_t lines, amounts[3]; /* charge, allowed, paid in cents */
	} * sums;
	uint32_t capacity;
};

static int tally_create(struct tally *tally, struct diag *diag)
{
	*tally = (struct tally){0};
	return names_create(&tally->keys, diag);
}

static void tally_destroy(struct tally *tally)
{
	names_destroy(tally->keys);
	free(tally->sums);
}

/* Room for the sums of a key; NULL: no memory. */
static struct tally_sums *tally_at(struct tally *tally, const void *key, size_t size)
{
	int32_t number = names_add(tally->keys, key, size);

	if (number < 0)
		return NULL;
	if ((uint32_t)number >= tally->capacity) {
		uint32_t capacity = tally->capacity ? tally->capacity * 2 : 64;
		struct tally_sums *grown = realloc(tally->sums, capacity * sizeof(*grown));

		if (!grown)
			return NULL;
		memset(grown + tally->capacity, 0, (capacity - tally->capacity) * sizeof(*grown));
		tally->sums = grown;
		tally->capacity = capacity;
	}
	return &tally->sums[number];
}

/* A group's number, and the texts behind it, each ended by a NUL. */
enum { KEY_MAX = 96 };
static size_t make_key(char key[KEY_MAX], int32_t group, const struct text texts[2])
{
	size_t size = sizeof(group);

	memcpy(key, &group, size);
	for (unsigned i = 0; i < 2; i++) {
		uint32_t part = texts[i].size < 40 ? texts[i].size : 40;

		memcpy(key + size, texts[i].at, part);
		size += part;
		key[size++] = '\0';
	}
	return size;
}

/* ---- A table of sums, read along. ---- */

struct reader {
	const struct page *page;
	struct walk walk;
	unsigned texts[2]; /* kind and key; or the code alone */
	unsigned columns[SUMS];
	int description;        /* column of a licensee's words for codes; -1: none */
	struct tally_sums sums; /* of the row at hand; blank is 0 */
	bool has_levels;
};

static const char *const code_texts[] = {"code", NULL};

static int find_column(const struct table_read *table, const char *name)
{
	for (unsigned column = 0; column < table_read_width(table); column++) {
		struct text found = table_read_name(table, column);

		if (found.size == strlen(name) && memcmp(found.at, name, found.size) == 0)
			return (int)column;
	}
	return -1;
}

static int reader_open(
        struct reader *reader, const char *name, const char *const texts[], struct diag *diag)
{
	static const char *const sums[] = {"lines", "units", "charge", "allowed", "paid", NULL};
	int err = walk_create(&reader->walk, reader->page, name, diag);

	if (err == 0)
		err = table_read_columns(reader->walk.table, texts, reader->texts, diag);
	if (err == 0)
		err = table_read_columns(reader->walk.table, sums, reader->columns, diag);
	if (err == 0)
		reader->description = find_column(reader->walk.table, "description");
	return err;
}

static int read_sums(struct reader *reader, struct diag *diag)
{
	const struct table_read *table = reader->walk.table;
	int err = table_read_integer(table, reader->columns[LINES], &reader->sums.lines, diag);

	if (reader->sums.lines == TABLE_BLANK)
		reader->sums.lines = 0;
	for (unsigned i = 0; i < 3 && err == 0; i++) {
		int64_t *amount = &reader->sums.amounts[i];

		err = table_read_cents(table, reader->columns[CHARGE + i], amount, diag);
		if (*amount == TABLE_BLANK)
			*amount = 0;
	}
	return err;
}

static struct text text_of(const struct reader *reader, unsigned i)
{
	return table_read_text(reader->walk.table, reader->texts[i]);
}

/* The row's sums, cells as they stand; the texts before them. */
static void put_row(
        const struct reader *reader, const struct text texts[], unsigned count, struct out *out)
{
	put_words(out, "[");
	for (unsigned i = 0; i < count; i++) {
		put_words(out, i ? "," : "");
		put_text(out, texts[i]);
	}
	for (unsigned i = 0; i < SUMS; i++) {
		put_words(out, ",");
		put_number(out, table_read_cell(reader->walk.table, reader->columns[i]));
	}
	if (reader->description >= 0) {
		put_words(out, ",");
		put_text(out, table_read_text(reader->walk.table, (unsigned)reader->description));
	}
	put_words(out, "]");
}

static int add_sums(struct tally *tally, const char *key, size_t size, const struct reader *reader)
{
	struct tally_sums *sums = tally_at(tally, key, size);

	if (!sums)
		return FAIL_MEMORY;
	sums->lines += reader->sums.lines;
	for (unsigned i = 0; i < 3; i++)
		sums->amounts[i] += reader->sums.amounts[i];
	return 0;
}

/* [[group, "text", ..., lines, amount], ...]: of each group, all its members together. */
static void put_groups(
        const struct page *page, const struct tally *tally, unsigned texts, struct out *out)
{
	put_words(out, "[");
	for (uint32_t i = 0; i < names_count(tally->keys); i++) {
		struct text key = names_at(tally->keys, i);
		int32_t group;
		const char *at = key.at + sizeof(group);

		memcpy(&group, key.at, sizeof(group));
		put_words(out, i ? ",[" : "[");
		put_integer(out, group);
		for (unsigned t = 0; t < texts; t++, at += strlen(at) + 1) {
			put_words(out, ",");
			put_text(out, (struct text){at, (uint32_t)strlen(at)});
		}
		put_words(out, ",");
		put_integer(out, tally->sums[i].lines);
		put_words(out, ",");
		put_integer(out, tally->sums[i].amounts[page->amount - LIST_CHARGE]);
		put_words(out, "]");
	}
	put_words(out, "]");
}

/* Add the row to the groups of its provider that somebody in full is held against. */
static int add_to_groups(
        struct tally *tally, const struct reader *reader, const struct text texts[2])
{
	const struct page_provider *provider = &reader->page->providers[reader->walk.index];
	int err = 0;

	for (unsigned g = 0; g < GROUP_LEVELS && err == 0; g++) {
		int32_t group = provider->groups[g];
		char key[KEY_MAX];

		if (group >= 0 && reader->page->of_groups[group].own)
			err = add_sums(tally, key, make_key(key, group, texts), reader);
	}
	return err;
}

/* ---- provider_counts.csv ---- */

static bool is_kind(struct text kind, const char *name)
{
	return kind.size == strlen(name) && memcmp(kind.at, name, kind.size) == 0;
}

static int take_count(struct reader *reader, struct full_parts *counts, struct tally *groups,
        struct tally *months, struct diag *diag)
{
	int32_t full = reader->page->providers[reader->walk.index].full;
	struct text texts[2] = {text_of(reader, 0), text_of(reader, 1)};
	struct text kind = texts[0], key = texts[1];

	if (is_kind(kind, "sumsq"))
		return 0;
	int err = read_sums(reader, diag);

	reader->has_levels |= is_kind(kind, "em");
	if (err == 0 && is_kind(kind, "month"))
		err = add_sums(months, key.at, key.size, reader);
	if (err == 0)
		err = add_to_groups(groups, reader, texts);
	if (err < 0 || full < 0)
		return err;
	full_part_begin(counts, (uint32_t)full);
	put_row(reader, texts, 2, counts->text);
	full_part_end(counts, (uint32_t)full);
	return 0;
}

/* [["2024-01", lines, charge, allowed, paid], ...] in no order */
static void put_months(const struct tally *months, struct out *out)
{
	put_words(out, "[");
	for (uint32_t i = 0; i < names_count(months->keys); i++) {
		put_words(out, i ? ",[" : "[");
		put_text(out, names_at(months->keys, i));
		put_words(out, ",");
		put_integer(out, months->sums[i].lines);
		for (unsigned a = 0; a < 3; a++) {
			put_words(out, ",");
			put_integer(out, months->sums[i].amounts[a]);
		}
		put_words(out, "]");
	}
	put_words(out, "]");
}

/* The level that a code bills, as provider_counts.csv has it; size 0: none. */
static struct text level_of(
        const struct codes *codes, struct text code, char text[PROFILE_KEY_TEXT_SIZE])
{
	struct profile_cell cell = {.kind = PROFILE_KIND_EM};
	uint64_t word = 0;
	uint32_t ref = 0;

	for (unsigned i = 0; i < code.size && i < sizeof(word) - 1; i++)
		word |= (uint64_t)(uint8_t)code.at[i] << 8 * i;
	codes_find(codes, SYSTEM_PROCEDURE, &word, 1, &ref);
	const struct procedure_attributes *px = &codes_procedures(codes)[ref];

	if (px->em_family == EM_NONE || px->em_level == 0)
		return (struct text){"", 0};
	cell.key = (uint64_t)px->em_family << 8 | px->em_level;
	return (struct text){text, (uint32_t)profile_key_text(&cell, text)};
}

/* A code's row as one of a level. */
static int take_level(struct reader *reader, const struct codes *codes, struct full_parts *levels,
        struct tally *groups, struct diag *diag)
{
	int32_t full = reader->page->providers[reader->walk.index].full;
	char key[PROFILE_KEY_TEXT_SIZE];
	struct text texts[2] = {{"em", 2}, level_of(codes, text_of(reader, 0), key)};

	if (texts[1].size == 0)
		return 0;
	int err = read_sums(reader, diag);

	if (err == 0)
		err = add_to_groups(groups, reader, texts);
	if (err < 0 || full < 0)
		return err;
	full_part_begin(levels, (uint32_t)full);
	put_row(reader, texts, 2, levels->text);
	full_part_end(levels, (uint32_t)full);
	return 0;
}

/* No levels were told: those of the codes that are. */
static int read_levels(
        const struct page *page, struct full_parts *levels, struct tally *groups, struct diag *diag)
{
	struct reader reader = {.page = page};
	struct codes *codes = NULL;
	int err = codes_open_starter(&codes, diag), got = 1;

	if (err == 0)
		err = reader_open(&reader, "provider_codes.csv", code_texts, diag);
	while (err == 0 && (got = walk_next(&reader.walk, diag)) > 0)
		err = take_level(&reader, codes, levels, groups, diag);
	walk_destroy(&reader.walk);
	codes_destroy(codes);
	return got < 0 ? got : err;
}

static int read_counts(struct reader *reader, struct made_counts *made, struct tally *groups,
        struct tally *months, struct diag *diag)
{
	static const char *const texts[] = {"kind", "key", NULL};
	int err = reader_open(reader, "provider_counts.csv", texts, diag), got = 1;

	while (err == 0 && (got = walk_next(&reader->walk, diag)) > 0)
		err = take_count(reader, &made->counts, groups, months, diag);
	walk_destroy(&reader->walk);
	return got < 0 ? got : err;
}

int html_make_counts(const struct page *page, struct made_counts *made, struct diag *diag)
{
	struct reader reader = {.page = page};
	struct tally groups = {0}, by_month = {0};
	int err = tally_create(&groups, diag);

	if (err == 0)
		err = tally_create(&by_month, diag);
	if (err == 0)
		err = read_counts(&reader, made, &groups, &by_month, diag);
	if (err == 0 && !reader.has_levels)
		err = read_levels(page, &made->levels, &groups, diag);
	if (err == 0) {
		put_groups(page, &groups, 2, made->peers);
		put_months(&by_month, made->months);
	}
	tally_destroy(&groups);
	tally_destroy(&by_month);
	return err == FAIL_MEMORY ? diag_set(diag, err, "no memory for the page's counts") : err;
}

/* ---- provider_codes.csv ---- */

/* Codes of the one in full at hand, those of most dollars first. */
struct dearest {
	struct dear_code {
		int64_t amount, lines;
		char code[8];
		size_t at, size; /* in text */
	} codes[HTML_CODES_MAX];
	unsigned count;
	struct out *text;
};

static bool is_dearer(const struct dear_code *a, const struct dear_code *b)
{
	return a->amount != b->amount ? a->amount > b->amount : a->lines > b->lines;
}

static void offer_code(struct dearest *dearest, const struct reader *reader)
{
	enum amount_column amount = (enum amount_column)(reader->page->amount - LIST_CHARGE);
	struct dear_code offered = {
	        .amount = reader->sums.amounts[amount], .lines = reader->sums.lines};
	struct text code = text_of(reader, 0);
	unsigned at = dearest->count;

	while (at > 0 && is_dearer(&offered, &dearest->codes[at - 1]))
		at--;
	if (at == HTML_CODES_MAX)
		return;
	dearest->count += dearest->count < HTML_CODES_MAX;
	memmove(&dearest->codes[at + 1], &dearest->codes[at],
	        (dearest->count - 1 - at) * sizeof(offered));
	memcpy(offered.code, code.at, code.size < 7 ? code.size : 7);
	out_memory_text(dearest->text, &offered.at);
	put_row(reader, &code, 1, dearest->text);
	out_memory_text(dearest->text, &offered.size);
	offered.size -= offered.at;
	dearest->codes[at] = offered;
}

/* The provider at hand has no more codes: its dearest are asked for of its group. */
static int settle_codes(struct dearest *dearest, const struct page *page, uint32_t index,
        struct full_parts *codes, struct tally *groups)
{
	const struct page_provider *provider = &page->providers[index];
	int err = 0;

	for (unsigned i = 0; i < dearest->count && err == 0; i++) {
		const struct dear_code *code = &dearest->codes[i];
		struct text texts[2] = {{code->code, (uint32_t)strlen(code->code)}, {"", 0}};
		size_t size;
		const char *text = out_memory_text(dearest->text, &size);
		char key[KEY_MAX];

		full_part_begin(codes, (uint32_t)provider->full);
		out_raw(codes->text, text + code->at, code->size);
		full_part_end(codes, (uint32_t)provider->full);
		if (provider->own >= 0 &&
		        !tally_at(groups, key, make_key(key, provider->own, texts)))
			err = FAIL_MEMORY;
	}
	dearest->count = 0;
	out_memory_reset(dearest->text);
	return err;
}

static int read_codes(
        struct reader *reader, struct full_parts *codes, struct tally *groups, struct diag *diag)
{
	struct dearest dearest = {0};
	uint32_t before = 0;
	int err = out_create_memory(&dearest.text, diag), got = 1;

	while (err == 0 && (got = walk_next(&reader->walk, diag)) > 0) {
		if (reader->walk.index != before)
			err = settle_codes(&dearest, reader->page, before, codes, groups);
		before = reader->walk.index;
		if (err < 0 || reader->page->providers[before].full < 0)
			continue;
		err = read_sums(reader, diag);
		offer_code(&dearest, reader);
	}
	err = got < 0 ? got : err;
	if (err == 0)
		err = settle_codes(&dearest, reader->page, before, codes, groups);
	out_destroy(dearest.text);
	return err;
}

/* What the members of the groups have of the codes that were asked for. */
static int count_codes(struct reader *reader, struct tally *groups, struct diag *diag)
{
	int err = 0, got = 1;

	while (err == 0 && (got = walk_next(&reader->walk, diag)) > 0) {
		const struct page_provider *provider = &reader->page->providers[reader->walk.index];
		struct text texts[2] = {text_of(reader, 0), {"", 0}};

		for (unsigned g = 0; g < GROUP_LEVELS && err == 0; g++) {
			char key[KEY_MAX];
			int32_t group = provider->groups[g];

			if (group < 0 || !reader->page->of_groups[group].own)
				continue;
			size_t size = make_key(key, group, texts);

			if (names_find(groups->keys, key, size) < 0)
				continue;
			err = read_sums(reader, diag);
			if (err == 0)
				err = add_sums(groups, key, size, reader);
		}
	}
	return got < 0 ? got : err;
}

int html_make_codes(
        const struct page *page, struct full_parts *codes, struct out *peers, struct diag *diag)
{
	struct reader reader = {.page = page};
	struct tally groups = {0};
	int err = tally_create(&groups, diag);

	if (err == 0)
		err = reader_open(&reader, "provider_codes.csv", code_texts, diag);
	if (err == 0)
		err = read_codes(&reader, codes, &groups, diag);
	walk_destroy(&reader.walk);
	if (err == 0)
		err = reader_open(&reader, "provider_codes.csv", code_texts, diag);
	if (err == 0)
		err = count_codes(&reader, &groups, diag);
	walk_destroy(&reader.walk);
	if (err == 0)
		put_groups(page, &groups, 1, peers);
	tally_destroy(&groups);
	return err == FAIL_MEMORY ? diag_set(diag, err, "no memory for the page's codes") : err;
}
