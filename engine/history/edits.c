/* SPDX-License-Identifier: Apache-2.0 */
#include "history/edits.h"

#include "base/date.h"
#include "claim.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* codesets.cmake says where; from the root of the sources otherwise. */
#ifndef CODESETS_FOLDER
#define CODESETS_FOLDER "codesets"
#endif

/* The assembler copies the file in. */
__asm__(".pushsection .rodata\n"
        ".balign 64\n"
        "history_ptp:\n"
        ".incbin \"" CODESETS_FOLDER "/ptp.csv\"\n"
        "history_ptp_end:\n"
        ".popsection\n");
extern const char history_ptp[] __attribute__((visibility("hidden")));
extern const char history_ptp_end[] __attribute__((visibility("hidden")));

struct starter_edit {
	uint16_t column1, column2; /* ids */
	struct edit edit;
};

struct edits {
	const struct pairs *pairs;

	/* The starter's: code words in order, ids from 1; edits by both columns. */
	uint64_t *words;
	uint8_t *roles;
	size_t code_count;
	uint16_t *slots; /* by hash of the word: its id; 0: empty */
	struct starter_edit *edits;
	size_t edit_count;

	/* By ref, as asked: EDITS_KNOWN, the roles, the id. */
	_Atomic uint32_t *refs;
	size_t ref_count;

	/* By id, as asked: the span of days of edits that a modifier may pass; 0: not yet asked. */
	_Atomic uint64_t *passable;
};

/* ---- The starter's file: column_1,column_2,from,to,indicator ---- */

enum { CELLS = 5, SLOT_BITS = 13 };

struct row {
	const char *cells[CELLS];
	size_t sizes[CELLS];
};

/* Cut a row; false: a comment, the header, or nothing. */
static bool cut_row(const char *at, const char *end, struct row *row)
{
	unsigned cell = 0;

	if (at == end || *at == '#' || *at == 'c')
		return false;
	for (const char *from = at; cell < CELLS; cell++) {
		const char *to = memchr(from, ',', (size_t)(end - from));

		to = to ? to : end;
		row->cells[cell] = from;
		row->sizes[cell] = (size_t)(to - from);
		if (to == end)
			break;
		from = to + 1;
	}
	return cell == CELLS - 1;
}

static uint64_t word_of(const struct row *row, unsigned cell)
{
	uint64_t word = 0;

	for (size_t i = 0; i < row->sizes[cell] && i < 7; i++)
		word |= (uint64_t)(uint8_t)row->cells[cell][i] << (8 * i);
	return word;
}

static int32_t day_of(const struct row *row, unsigned cell, int32_t open)
{
	int32_t day = DATE_ABSENT;

	if (row->sizes[cell] == 0 || date_parse(row->cells[cell], row->sizes[cell], &day))
		return open;
	return day;
}

/* The next row of the file; false at its end. */
static bool next_row(const char **at, struct row *row)
{
	while (*at < history_ptp_end) {
		const char *end = memchr(*at, '\n', (size_t)(history_ptp_end - *at));
		const char *from = *at;

		end = end ? end : history_ptp_end;
		*at = end + 1;
		if (cut_row(from, end, row))
			return true;
	}
	return false;
}

static int compare_words(const void *a, const void *b)
{
	uint64_t of_a = *(const uint64_t *)a, of_b = *(const uint64_t *)b;

	return (of_a > of_b) - (of_a < of_b);
}

static int compare_edits(const void *a, const void *b)
{
	const struct starter_edit *of_a = a, *of_b = b;

	if (of_a->column1 != of_b->column1)
		return of_a->column1 < of_b->column1 ? -1 : 1;
	if (of_a->column2 != of_b->column2)
		return of_a->column2 < of_b->column2 ? -1 : 1;
	return (of_a->edit.from > of_b->edit.from) - (of_a->edit.from < of_b->edit.from);
}

static void gather_words(struct edits *edits)
{
	const char *at = history_ptp;
	size_t distinct = 0;
	struct row row;

	while (next_row(&at, &row)) {
		edits->words[edits->code_count++] = word_of(&row, 0);
		edits->words[edits->code_count++] = word_of(&row, 1);
	}
	qsort(edits->words, edits->code_count, sizeof(*edits->words), compare_words);
	for (size_t i = 0; i < edits->code_count; i++) {
		if (i == 0 || edits->words[i] != edits->words[i - 1])
			edits->words[distinct++] = edits->words[i];
	}
	edits->code_count = distinct;
}

static void gather_edits(struct edits *edits)
{
	const char *at = history_ptp;
	struct row row;

	while (next_row(&at, &row)) {
		struct starter_edit *edit = &edits->edits[edits->edit_count++];

		*edit = (struct starter_edit){
		        .column1 = edits_id(edits, word_of(&row, 0)),
		        .column2 = edits_id(edits, word_of(&row, 1)),
		        .edit = {day_of(&row, 2, INT32_MIN), day_of(&row, 3, INT32_MAX),
		                (uint8_t)(row.cells[4][0] - '0')},
		};
		edits->roles[edit->column1] |= PAIR_COLUMN_1;
		edits->roles[edit->column2] |= PAIR_COLUMN_2;
	}
	qsort(edits->edits, edits->edit_count, sizeof(*edits->edits), compare_edits);
}

/* The slot that a word has or may take. */
static inline uint16_t *find_slot(const struct edits *edits, uint64_t word)
{
	size_t at = (size_t)(word * 0x9e3779b97f4a7c15u >> (64 - SLOT_BITS));

	while (edits->slots[at] > 0 && edits->words[edits->slots[at] - 1] != word)
		at = (at + 1) & (((size_t)1 << SLOT_BITS) - 1);
	return &edits->slots[at];
}

static int make_slots(struct edits *edits)
{
	assert(2 * edits->code_count <= (size_t)1 << SLOT_BITS);
	edits->slots = calloc((size_t)1 << SLOT_BITS, sizeof(*edits->slots));
	if (!edits->slots)
		return FAIL_MEMORY;
	for (size_t i = 0; i < edits->code_count; i++)
		*find_slot(edits, edits->words[i]) = (uint16_t)(i + 1);
	return 0;
}

static int read_starter(struct edits *edits)
{
	const char *at = history_ptp;
	size_t rows = 0;
	struct row row;

	while (next_row(&at, &row))
		rows++;
	edits->words = calloc(2 * rows + 1, sizeof(*edits->words));
	edits->roles = calloc(2 * rows + 1, sizeof(*edits->roles));
	edits->edits = calloc(rows + 1, sizeof(*edits->edits));
	if (!edits->words || !edits->roles || !edits->edits)
		return FAIL_MEMORY;
	gather_words(edits);
	if (make_slots(edits))
		return FAIL_MEMORY;
	gather_edits(edits);
	return 0;
}

int edits_create(struct edits **edits, const struct pairs *pairs, struct diag *diag)
{
	struct edits *made = calloc(1, sizeof(*made));

	if (!made)
		return diag_set(diag, FAIL_MEMORY, "no memory for PTP edits");
	made->pairs = pairs;
	made->passable = calloc(UINT16_MAX + 1, sizeof(*made->passable));
	if (!made->passable || (!pairs && read_starter(made))) {
		edits_destroy(made);
		return diag_set(diag, FAIL_MEMORY, "no memory for PTP edits");
	}
	*edits = made;
	return 0;
}

void edits_destroy(struct edits *edits)
{
	if (!edits)
		return;
	free(edits->words);
	free(edits->slots);
	free(edits->roles);
	free(edits->edits);
	free((void *)edits->passable);
	free((void *)edits->refs);
	free(edits);
}

bool edits_starter_at(const struct edits *edits, size_t at, struct edit_row *row)
{
	if (at >= edits->edit_count)
		return false;
	*row = (struct edit_row){
	        .column1 = edits->words[edits->edits[at].column1 - 1],
	        .column2 = edits->words[edits->edits[at].column2 - 1],
	        .edit = edits->edits[at].edit,
	};
	return true;
}

const char *edits_starter_text(size_t *size)
{
	*size = (size_t)(history_ptp_end - history_ptp);
	return history_ptp;
}

/* ---- Asking ---- */

uint16_t edits_id(const struct edits *edits, uint64_t word)
{
	if (edits->pairs)
		return word ? pairs_id(edits->pairs, word) : 0;
	return *find_slot(edits, word);
}

unsigned edits_roles(const struct edits *edits, uint16_t id)
{
	if (id == 0)
		return 0;
	return edits->pairs ? pairs_roles(edits->pairs, id) : edits->roles[id];
}

enum { EDITS_ROLES_SHIFT = 16, EDITS_KNOWN = 1 << 24 };

int edits_bind(struct edits *edits, size_t rows)
{
	edits->refs = calloc(rows + 1, sizeof(*edits->refs));
	edits->ref_count = edits->refs ? rows : 0;
	return edits->refs ? 0 : FAIL_MEMORY;
}

struct edits_code edits_code(const struct edits *edits, uint64_t word, uint32_t ref)
{
	bool bound = ref > 0 && ref < edits->ref_count;
	uint32_t known = bound ? atomic_load_explicit(&edits->refs[ref], memory_order_relaxed) : 0;

	if (!(known & EDITS_KNOWN)) {
		uint16_t id = edits_id(edits, word);

		known = (uint32_t)EDITS_KNOWN | edits_roles(edits, id) << EDITS_ROLES_SHIFT | id;
		if (bound)
			atomic_store_explicit(&edits->refs[ref], known, memory_order_relaxed);
	}
	return (struct edits_code){(uint16_t)known, (uint8_t)(known >> EDITS_ROLES_SHIFT)};
}

bool edits_may_pair(const struct edits *edits, uint16_t a, uint16_t b)
{
	return !edits->pairs || pairs_may_be(edits->pairs, a, b);
}

bool edits_cover(const struct edits *edits, int32_t day)
{
	return !edits->pairs || pairs_covers(edits->pairs, day);
}

static bool find_starter(const struct edits *edits, uint16_t column1, uint16_t column2, int32_t day,
        struct edit *edit)
{
	size_t low = 0, high = edits->edit_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct starter_edit *at = &edits->edits[middle];

		if (at->column1 < column1 || (at->column1 == column1 && at->column2 < column2))
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < edits->edit_count && edits->edits[low].column1 == column1 &&
	        edits->edits[low].column2 == column2;
	        low++) {
		*edit = edits->edits[low].edit;
		if (edit->from <= day && day <= edit->to)
			return true;
	}
	return false;
}

bool edits_find(const struct edits *edits, uint16_t column1, uint16_t column2, int32_t day,
        struct edit *edit)
{
	if (!edits->pairs)
		return find_starter(edits, column1, column2, day, edit);
	const struct pair_window *window = pairs_find(edits->pairs, column1, column2, day);

	if (window)
		*edit = (struct edit){window->from, window->to, window->indicator};
	return window != NULL;
}

/* ---- Column 2 of edits that a modifier may pass ---- */

/* From the first to the last day of any such edit; none: from behind to. */
struct span {
	int32_t from, to;
};

static void widen(struct span *span, int32_t from, int32_t to)
{
	span->from = from < span->from ? from : span->from;
	span->to = to > span->to ? to : span->to;
}

static void widen_by_pair(const struct pair_window *window, struct span *span)
{
	for (bool more = window != NULL; more; window++) {
		if (window->indicator == PAIR_ALLOWED && window->from < window->to)
			widen(span, window->from, window->to);
		more = window->more;
	}
}

static struct span find_span(const struct edits *edits, uint16_t id)
{
	struct span span = {INT32_MAX, INT32_MIN};

	if (edits->pairs) {
		for (uint32_t other = 1; other <= edits->pairs->code_count; other++)
			widen_by_pair(pairs_windows(edits->pairs, (uint16_t)other, id), &span);
		return span;
	}
	for (size_t i = 0; i < edits->edit_count; i++) {
		const struct starter_edit *edit = &edits->edits[i];

		if (edit->column2 == id && edit->edit.indicator == PAIR_ALLOWED)
			widen(&span, edit->edit.from, edit->edit.to);
	}
	return span;
}

/* Finding it goes through all codes: once a code, whoever comes first; all find the same. */
bool edits_may_pass(const struct edits *edits, uint16_t id, int32_t day)
{
	if (!(edits_roles(edits, id) & PAIR_COLUMN_2))
		return false;
	uint64_t known = atomic_load_explicit(&edits->passable[id], memory_order_relaxed);

	if (known == 0) {
		struct span span = find_span(edits, id);

		known = (uint64_t)(uint32_t)span.from << 32 | (uint32_t)span.to;
		atomic_store_explicit(&edits->passable[id], known, memory_order_relaxed);
	}
	return day >= (int32_t)(known >> 32) && day <= (int32_t)known;
}
