/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/codes_join.h"

#include "lookup/rows_icd.h"

#include <stdlib.h>
#include <string.h>

/* ---- Cuts ---- */

void cuts_begin(struct cuts *cuts)
{
	cuts->days[0] = INT32_MIN;
	cuts->count = 1;
	cuts->full = false;
}

static void cut_at(struct cuts *cuts, int32_t day)
{
	unsigned at = cuts->count;

	while (at > 0 && cuts->days[at - 1] > day)
		at--;
	if (cuts->days[at - 1] == day)
		return;
	if (cuts->count == CUTS_MAX) {
		cuts->full = true;
		return;
	}
	memmove(&cuts->days[at + 1], &cuts->days[at], (cuts->count - at) * sizeof(cuts->days[0]));
	cuts->days[at] = day;
	cuts->count++;
}

void cuts_add(struct cuts *cuts, struct code_window window)
{
	if (window.from > window.to)
		return;
	cut_at(cuts, window.from);
	if (window.to != INT32_MAX)
		cut_at(cuts, window.to + 1);
}

int32_t cuts_end(const struct cuts *cuts, unsigned index)
{
	return index + 1 < cuts->count ? cuts->days[index + 1] - 1 : INT32_MAX;
}

/* ---- Rows of images ---- */

static int32_t middle(int32_t a, int32_t b)
{
	return (int32_t)(((int64_t)a + b) >> 1);
}

struct code_window join_window(
        const struct codes *codes, enum codes_part part, const struct set_row *row)
{
	const struct set_days *covered = codes->covered[part];
	size_t count = codes->covered_count[part];
	struct code_window window = {row->from, row->to};

	for (size_t i = 0; i < count; i++) {
		if (row->from == covered[i].from)
			window.from = i ? middle(covered[i - 1].to, covered[i].from) + 1
			                : INT32_MIN;
		if (row->to == covered[i].to)
			window.to = i + 1 < count ? middle(covered[i].to, covered[i + 1].from)
			                          : INT32_MAX;
	}
	return window;
}

const struct set_row *key_rows_on(
        const struct codes *codes, enum codes_part part, const struct key_rows *rows, int32_t day)
{
	for (unsigned i = 0; i < rows->count; i++) {
		const struct set_row *row = key_rows_at(rows, i);

		if (window_holds(join_window(codes, part, row), day))
			return row;
	}
	return NULL;
}

void cuts_add_rows(struct cuts *cuts, const struct codes *codes, enum codes_part part,
        const struct key_rows *rows)
{
	for (unsigned i = 0; i < rows->count; i++)
		cuts_add(cuts, join_window(codes, part, key_rows_at(rows, i)));
}

/* ---- Keys in order ---- */

static int list_keys(struct key_list *list, const struct set *set, struct diag *diag)
{
	size_t rows = set->row_count;

	for (uint32_t slot = 0; slot < set->table.slots; slot++)
		list->keys[set->table.values[slot]] = set->table.keys[slot];
	for (uint32_t row = 1; row <= rows; row++) {
		if (!list->keys[row])
			continue;
		if (list->count && list->keys[list->count - 1] >= list->keys[row])
			return diag_set(diag, FAIL_TABLE, "%s: is out of order; build it again",
			        set->schema->name);
		list->rows[list->count] = row;
		list->keys[list->count++] = list->keys[row];
	}
	return 0;
}

int key_list_make(struct key_list *list, const struct set *set, struct diag *diag)
{
	*list = (struct key_list){0};
	if (!set)
		return 0;
	list->keys = calloc(set->row_count + 1, sizeof(*list->keys));
	list->rows = malloc((set->row_count + 1) * sizeof(*list->rows));
	if (!list->keys || !list->rows)
		return diag_set(diag, FAIL_MEMORY, "no memory for the code sets");
	return list_keys(list, set, diag);
}

void key_list_end(struct key_list *list)
{
	free(list->keys);
	free(list->rows);
	*list = (struct key_list){0};
}

/* ---- Rows that grow ---- */

int join_rows_begin(struct join_rows *join, size_t size, size_t codes, struct diag *diag)
{
	*join = (struct join_rows){
	        .size = size, .count = codes, .room = codes + codes / 2 + CUTS_MAX};
	join->rows = calloc(join->room, size);
	join->others = calloc(codes, sizeof(*join->others));
	if (!join->rows || !join->others)
		return diag_set(diag, FAIL_MEMORY, "no memory for the code sets");
	return 0;
}

void join_rows_end(struct join_rows *join)
{
	free(join->rows);
	free(join->others);
	*join = (struct join_rows){0};
}

static int grow(struct join_rows *join, unsigned more, struct diag *diag)
{
	size_t room = join->room * 2 + more;
	uint8_t *rows;

	if (join->count + more <= join->room)
		return 0;
	rows = realloc(join->rows, room * join->size);
	if (!rows)
		return diag_set(diag, FAIL_MEMORY, "no memory for the code sets");
	join->rows = rows;
	join->room = room;
	return 0;
}

int join_rows_store(
        struct join_rows *join, uint32_t ref, const struct made_rows *made, struct diag *diag)
{
	const uint8_t *from = made->rows;
	int err = made->only ? 0 : grow(join, made->count - 1, diag);

	if (err)
		return err;
	memcpy(join->rows + ref * join->size, from + made->primary * join->size, join->size);
	if (made->only || made->count == 1)
		return 0;
	join->others[ref] = (struct other_rows){(uint32_t)join->count, made->count - 1};
	join->any = true;
	for (unsigned i = 0; i < made->count; i++) {
		if (i == made->primary)
			continue;
		memcpy(join->rows + join->count++ * join->size, from + i * join->size, join->size);
	}
	return 0;
}

/* ---- ICD-10-PCS: days only ---- */

static void pcs_windows(const struct codes *codes, const struct key_rows *rows,
        struct code_window windows[], unsigned *count)
{
	for (unsigned i = 0; i < rows->count; i++) {
		const struct set_row *row = key_rows_at(rows, i);
		struct code_window window = join_window(codes, PART_ICD10PCS, row);

		if (((const struct icd10_row *)(const void *)row)->flags & ICD10_HEADER)
			continue;
		if (*count && windows[*count - 1].to != INT32_MAX &&
		        windows[*count - 1].to + 1 == window.from)
			windows[*count - 1].to = window.to;
		else if (*count < CUTS_MAX)
			windows[(*count)++] = window;
	}
}

int codes_join_icd10pcs(struct codes *codes, struct diag *diag)
{
	const struct set *set = codes->parts[PART_ICD10PCS];
	struct code_window windows[CUTS_MAX];
	struct join_rows join;
	int err;

	if (!set)
		return 0;
	err = join_rows_begin(&join, sizeof(windows[0]), set->row_count + 1, diag);
	for (size_t row = 0; row < set->row_count && !err;) {
		struct key_rows rows = {.set = set};
		unsigned count = 0;

		rows.at = (const struct set_row *)(const void *)(set->rows +
		                                                 row * set->schema->row_size);
		rows.count = rows.at->more + 1u;
		pcs_windows(codes, &rows, windows, &count);
		if (!count) /* a header: known, and never in force */
			windows[count++] = (struct code_window){INT32_MAX, INT32_MIN};
		err = join_rows_store(&join, (uint32_t)row + 1,
		        &(struct made_rows){windows, count, count - 1, false}, diag);
		row += rows.count;
	}
	if (err) {
		join_rows_end(&join);
		return err;
	}
	phash_destroy(&codes->tables[SYSTEM_ICD10PCS]);
	codes->tables[SYSTEM_ICD10PCS] = set->table;
	codes->borrowed[SYSTEM_ICD10PCS] = true;
	free(codes->words[SYSTEM_ICD10PCS]);
	free(codes->icd10pcs);
	codes->words[SYSTEM_ICD10PCS] = NULL;
	codes->counts[SYSTEM_ICD10PCS] = set->row_count + 1;
	codes->icd10pcs = (struct code_window *)(void *)join.rows;
	codes->icd10pcs[0] = (struct code_window){INT32_MAX, INT32_MIN};
	codes->others[SYSTEM_ICD10PCS] = join.any ? join.others : NULL;
	if (!join.any)
		free(join.others);
	return 0;
}
