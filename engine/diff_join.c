/* SPDX-License-Identifier: Apache-2.0 */
#include "diff_join.h"

#include "report/column_types.h"
#include "report/run_rows.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct part {
	struct text text;
	int64_t number;
};

struct side {
	const struct run_folder *folder;
	const struct json_tree *manifest;
	struct table_read *table;
	struct column_types types;
	unsigned keys[JOIN_KEYS_MAX], cells[JOIN_CELLS_MAX];
	bool at_end, is_used; /* no row is at hand; the one at hand was told */
	struct part key[JOIN_KEYS_MAX], before[JOIN_KEYS_MAX];
	char *kept; /* the texts of before */
	size_t kept_size;
};

struct join {
	const struct join_table *table;
	unsigned key_count;
	struct side sides[DIFF_SIDES];
};

/* ---- Keys. ---- */

static int compare_texts(struct text a, struct text b)
{
	int order = memcmp(a.at, b.at, a.size < b.size ? a.size : b.size);

	return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static int compare_keys(
        const struct join *join, const struct part a[JOIN_KEYS_MAX], const struct part *b)
{
	for (unsigned i = 0; i < join->key_count; i++) {
		int order = join->table->keys[i].is_number
		                    ? (a[i].number > b[i].number) - (a[i].number < b[i].number)
		                    : compare_texts(a[i].text, b[i].text);

		if (order != 0)
			return order;
	}
	return 0;
}

static int read_key(const struct join *join, struct side *side, struct diag *diag)
{
	int err = 0;

	for (unsigned i = 0; i < join->key_count && err == 0; i++) {
		side->key[i].text = table_read_text(side->table, side->keys[i]);
		if (join->table->keys[i].is_number)
			err = table_read_integer(
			        side->table, side->keys[i], &side->key[i].number, diag);
	}
	return err;
}

/* The row's texts are gone when the next is read; its key is kept to see the order. */
static int keep_key(const struct join *join, struct side *side, struct diag *diag)
{
	size_t size = 0;

	for (unsigned i = 0; i < join->key_count; i++)
		size += side->key[i].text.size;
	if (size > side->kept_size || !side->kept) {
		char *kept = realloc(side->kept, 2 * size + 64);

		if (!kept)
			return diag_set(diag, FAIL_MEMORY, "no memory for a row");
		side->kept = kept;
		side->kept_size = 2 * size + 64;
	}
	char *to = side->kept;

	for (unsigned i = 0; i < join->key_count; i++) {
		struct text text = side->key[i].text;

		memcpy(to, text.at, text.size);
		side->before[i] = (struct part){{to, text.size}, side->key[i].number};
		to += text.size;
	}
	return 0;
}

/* ---- Steps. ---- */

static int end_side(const struct join *join, struct side *side, struct diag *diag)
{
	side->at_end = true;
	return run_rows_check(side->folder, side->manifest, join->table->name,
	        table_read_rows(side->table), diag);
}

static bool is_skipped(const struct join *join, const struct side *side)
{
	return join->table->skip &&
	       join->table->skip(table_read_text(side->table, side->cells[join->table->skip_cell]));
}

/* The next row that is not passed over; damage is told in the others too. */
static int next_row(const struct join *join, struct side *side, struct diag *diag)
{
	int got;

	while ((got = table_read_next(side->table, diag)) == 1) {
		int err = column_types_check(&side->types, side->table, diag);

		if (err < 0 || !is_skipped(join, side))
			return err < 0 ? err : 1;
	}
	return got;
}

static int advance(const struct join *join, struct side *side, struct diag *diag)
{
	bool is_first = table_read_rows(side->table) == 0;
	int err = is_first ? 0 : keep_key(join, side, diag), got;

	if (err < 0)
		return err;
	got = next_row(join, side, diag);
	if (got <= 0)
		return got < 0 ? got : end_side(join, side, diag);
	side->is_used = false;
	err = read_key(join, side, diag);
	if (err == 0 && !is_first && compare_keys(join, side->before, side->key) > 0)
		return table_read_fail(
		        side->table, TABLE_ROW, "out of the order of the table's key", diag);
	return err;
}

int join_next(struct join *join, bool has[DIFF_SIDES], struct diag *diag)
{
	struct side *sides = join->sides;

	for (int i = 0; i < DIFF_SIDES; i++) {
		int err = sides[i].is_used && !sides[i].at_end ? advance(join, &sides[i], diag) : 0;

		if (err < 0)
			return err;
	}
	if (sides[0].at_end && sides[1].at_end)
		return 0;
	int order = sides[0].at_end   ? 1
	            : sides[1].at_end ? -1
	                              : compare_keys(join, sides[0].key, sides[1].key);

	has[0] = sides[0].is_used = order <= 0;
	has[1] = sides[1].is_used = order >= 0;
	return 1;
}

const struct table_read *join_row(const struct join *join, int side)
{
	return join->sides[side].table;
}

unsigned join_column(const struct join *join, int side, unsigned cell)
{
	return join->sides[side].cells[cell];
}

/* ---- Beginning and end. ---- */

static int open_side(const struct join *join, struct side *side, struct diag *diag)
{
	const char *names[JOIN_KEYS_MAX + 1] = {NULL};
	char file[64];

	for (unsigned i = 0; i < join->key_count; i++)
		names[i] = join->table->keys[i].column;
	snprintf(file, sizeof(file), "%s.csv", join->table->name);
	side->is_used = true;
	int err = table_read_create(&side->table, side->folder, file, diag);

	if (err < 0)
		return err;
	column_types_of(&side->types, side->table);
	err = table_read_columns(side->table, names, side->keys, diag);
	return err == 0 ? table_read_columns(side->table, join->table->cells, side->cells, diag)
	                : err;
}

int join_create(struct join **join, const struct join_table *table,
        const struct run_folder folders[DIFF_SIDES], struct json_tree *const manifests[DIFF_SIDES],
        struct diag *diag)
{
	struct join *made = calloc(1, sizeof(*made));
	int err = 0;

	if (!made)
		return diag_set(diag, FAIL_MEMORY, "no memory for a table");
	made->table = table;
	while (table->keys[made->key_count].column)
		made->key_count++;
	assert(made->key_count <= JOIN_KEYS_MAX);
	for (int i = 0; i < DIFF_SIDES && err == 0; i++) {
		made->sides[i].folder = &folders[i];
		made->sides[i].manifest = manifests[i];
		err = open_side(made, &made->sides[i], diag);
	}
	if (err < 0) {
		join_destroy(made);
		return err;
	}
	*join = made;
	return 0;
}

void join_destroy(struct join *join)
{
	if (!join)
		return;
	for (int i = 0; i < DIFF_SIDES; i++) {
		table_read_destroy(join->sides[i].table);
		free(join->sides[i].kept);
	}
	free(join);
}
