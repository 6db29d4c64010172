/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables that come by provider, read beside providers.csv; parts of those in
 * full; and JSON without a blank.
 */
#include "report/html_private.h"

#include "report/json.h"
#include "report/number.h"

#include <stdlib.h>
#include <string.h>

enum { STOP_ROWS = 1 << 16 }; /* between two looks: some milliseconds */

int page_next(const struct page *page, struct table_read *table, struct diag *diag)
{
	int (*stopped)(void) = page->context->stopped;

	if (table_read_rows(table) % STOP_ROWS == 0 && stopped && stopped())
		return FAIL_STOPPED;
	return table_read_next(table, diag);
}

/* ---- Reading along. ---- */

static int open_keyed(struct table_read **table, const struct page *page, const char *name,
        unsigned columns[2], struct diag *diag)
{
	static const char *const key[] = {"npi", "id_kind", NULL};
	int err = table_read_create(table, page->context->folder, name, diag);

	return err == 0 ? table_read_columns(*table, key, columns, diag) : err;
}

int walk_create(struct walk *walk, const struct page *page, const char *name, struct diag *diag)
{
	unsigned of_providers[2], of_table[2];
	int err;

	*walk = (struct walk){.index = UINT32_MAX, .page = page};
	err = open_keyed(&walk->providers, page, "providers.csv", of_providers, diag);
	if (err == 0)
		err = open_keyed(&walk->table, page, name, of_table, diag);
	if (err < 0) {
		walk_destroy(walk);
		return err;
	}
	for (unsigned i = 0; i < 2; i++)
		walk->columns[0][i] = of_providers[i], walk->columns[1][i] = of_table[i];
	return 0;
}

void walk_destroy(struct walk *walk)
{
	table_read_destroy(walk->providers);
	table_read_destroy(walk->table);
	*walk = (struct walk){0};
}

static bool is_same(const struct walk *walk, unsigned i)
{
	struct text of_provider = table_read_cell(walk->providers, walk->columns[0][i]);
	struct text of_table = table_read_cell(walk->table, walk->columns[1][i]);

	return of_provider.size == of_table.size &&
	       memcmp(of_provider.at, of_table.at, of_table.size) == 0;
}

int walk_next(struct walk *walk, struct diag *diag)
{
	int got = page_next(walk->page, walk->table, diag);

	if (got <= 0)
		return got;
	while (walk->index == UINT32_MAX || !is_same(walk, 0) || !is_same(walk, 1)) {
		got = table_read_next(walk->providers, diag);
		if (got < 0)
			return got;
		if (got == 0)
			return table_read_fail(walk->table, walk->columns[1][0],
			        "not in providers.csv, or not in its order", diag);
		walk->index++;
	}
	return 1;
}

/* ---- Parts of those in full. ---- */

int full_parts_create(struct full_parts *parts, const struct page *page, struct diag *diag)
{
	*parts = (struct full_parts){.parts = calloc(page->full_count + 1, sizeof(*parts->parts))};
	if (!parts->parts)
		return diag_set(diag, FAIL_MEMORY, "no memory for the page");
	return out_create_memory(&parts->text, diag);
}

static size_t size_of(const struct out *text)
{
	size_t size;

	out_memory_text(text, &size);
	return size;
}

void full_part_begin(struct full_parts *parts, uint32_t full)
{
	struct full_part *part = &parts->parts[full];

	if (part->size > 0)
		put_words(parts->text, ",");
	else
		part->at = size_of(parts->text);
}

void full_part_end(struct full_parts *parts, uint32_t full)
{
	parts->parts[full].size = size_of(parts->text) - parts->parts[full].at;
}

/* ---- Those in full, by id. ---- */

enum { KEY_MAX = 512 }; /* longer ids are told apart by what they begin with */

static size_t make_key(char key[KEY_MAX], struct text id, struct text kind)
{
	size_t id_size = id.size < KEY_MAX / 2 ? id.size : KEY_MAX / 2;
	size_t kind_size = kind.size < KEY_MAX / 4 ? kind.size : KEY_MAX / 4;

	memcpy(key, id.at, id_size);
	key[id_size] = '\0';
	memcpy(key + id_size + 1, kind.at, kind_size);
	return id_size + 1 + kind_size;
}

static int add_fulls(struct full_index *index, const struct page *page)
{
	size_t size;
	const char *ids = out_memory_text(page->ids, &size);

	for (uint32_t full = 0; full < page->full_count; full++) {
		const struct list_row *row = &page->rows[page->full[full]];
		struct text id = {ids + row->npi, row->npi_size};
		char key[KEY_MAX];
		int32_t number = names_add(index->keys, key,
		        make_key(key, id, names_at(page->kinds, (uint32_t)row->kind)));

		if (number < 0)
			return FAIL_MEMORY;
		index->fulls[number] = full;
	}
	return 0;
}

int full_index_create(struct full_index *index, const struct page *page, struct diag *diag)
{
	*index = (struct full_index){.fulls = calloc(page->full_count + 1, sizeof(uint32_t))};
	int err = index->fulls ? names_create(&index->keys, diag) : FAIL_MEMORY;

	if (err == 0)
		err = add_fulls(index, page);
	return err == FAIL_MEMORY ? diag_set(diag, err, "no memory for the page's providers") : err;
}

void full_index_destroy(struct full_index *index)
{
	names_destroy(index->keys);
	free(index->fulls);
}

int32_t full_index_find(const struct full_index *index, struct text id, struct text kind)
{
	char key[KEY_MAX];
	int32_t number = names_find(index->keys, key, make_key(key, id, kind));

	return number < 0 ? -1 : (int32_t)index->fulls[number];
}

/* ---- JSON. ---- */

void put_words(struct out *out, const char *text)
{
	out_raw(out, text, strlen(text));
}

void put_text(struct out *out, struct text text)
{
	json_put_string(out, text.at, text.size);
}

static size_t digits(const char *text, size_t size, size_t at)
{
	while (at < size && text[at] >= '0' && text[at] <= '9')
		at++;
	return at;
}

/* As JSON has numbers: -?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)? */
static bool is_number(const char *text, size_t size)
{
	size_t from = size > 0 && text[0] == '-', at = digits(text, size, from);

	if (at == from || (text[from] == '0' && at > from + 1))
		return false;
	if (at < size && text[at] == '.') {
		from = at + 1;
		at = digits(text, size, from);
		if (at == from)
			return false;
	}
	if (at < size && (text[at] == 'e' || text[at] == 'E')) {
		from = at + 1;
		from += from < size && (text[from] == '-' || text[from] == '+');
		at = digits(text, size, from);
		if (at == from)
			return false;
	}
	return at == size;
}

void put_number(struct out *out, struct text cell)
{
	if (cell.size == 0)
		put_words(out, "null");
	else if (is_number(cell.at, cell.size))
		out_raw(out, cell.at, cell.size);
	else
		put_text(out, cell);
}

void put_integer(struct out *out, int64_t value)
{
	char text[NUMBER_TEXT_MAX];

	if (value == TABLE_BLANK)
		put_words(out, "null");
	else
		out_raw(out, text, (size_t)(number_signed(text, value) - text));
}
