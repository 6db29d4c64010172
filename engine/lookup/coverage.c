/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of the tables become lists: what one policy says of one code, in one group,
 * on the days of the list.
 *
 *     rows    80061 E78  L1 group 1 from 2023      lists   80061 L1 group 1 2023..
 *             80061 I10  L1 group 1 from 2024               E78 2023.., I10 2024..
 *
 * The days of a list are those on which any of its rows is in force; where there is
 * a gap, there are two lists.
 */
#include "lookup/coverage.h"

#include "lookup/codes_join.h"
#include "lookup/rows_procedures.h"

#include <stdlib.h>
#include <string.h>

enum { DX_SIZE = 7 };

struct coverage_list {
	uint64_t code;
	const char *policy; /* NULL: published */
	uint64_t document;  /* of what is published */
	int32_t from, to;
	uint32_t first, count; /* in coverage->dx */
	uint32_t group;        /* of what is published the version */
	uint16_t state;        /* 0: all */
	bool supports;
};

struct coverage_dx {
	uint64_t code; /* or a category: whatever begins so */
	int32_t from, to;
};

/* A row of the payer's, from either source. */
struct policy_row {
	uint64_t code;
	const char *policy;
	struct coverage_dx dx;
	uint32_t group;
	uint16_t state;
	bool supports;
};

/* A diagnosis of a version of a document. */
struct named_dx {
	uint64_t document, code;
	uint32_t version;
	bool supports;
};

struct making {
	struct coverage *made;
	struct policy_row *rows;
	size_t row_count, row_room;
	size_t list_room, dx_room;

	/* What is published. */
	const struct set *documents;
	struct named_dx *named;
	size_t named_count, named_room;
	struct diag *diag;
};

/* ---- Room ---- */

static int no_memory(struct diag *diag)
{
	return diag_set(diag, FAIL_MEMORY, "no memory for coverage policies");
}

/* Room for one more item of an array; false: no memory. */
static bool grow(void **items, size_t count, size_t *room, size_t size)
{
	size_t wanted = *room + *room / 2 + 256;
	void *grown;

	if (count < *room)
		return true;
	grown = reallocarray(*items, wanted, size);
	if (!grown)
		return false;
	*items = grown;
	*room = wanted;
	return true;
}

static struct coverage_list *add_list(struct making *making, const struct coverage_list *list)
{
	struct coverage *made = making->made;
	void *lists = made->lists;
	uint32_t slot = coverage_slot(list->code);

	if (!grow(&lists, made->list_count, &making->list_room, sizeof(*list)))
		return NULL;
	made->lists = lists;
	made->lists[made->list_count] = *list;
	made->filter[slot / 64] |= (uint64_t)1 << (slot % 64);
	return &made->lists[made->list_count++];
}

static bool add_dx(struct making *making, struct coverage_dx dx)
{
	struct coverage *made = making->made;
	void *all = made->dx;

	if (!grow(&all, made->dx_count, &making->dx_room, sizeof(dx)))
		return false;
	made->dx = all;
	made->dx[made->dx_count++] = dx;
	return true;
}

static bool add_row(struct making *making, const struct policy_row *row)
{
	void *rows = making->rows;

	if (!grow(&rows, making->row_count, &making->row_room, sizeof(*row)))
		return false;
	making->rows = rows;
	making->rows[making->row_count++] = *row;
	return true;
}

/* ---- The payer's ---- */

static int take_table(struct making *making, const struct payer *payer)
{
	for (size_t i = 0; i < payer_count(payer, PAYER_COVERAGE); i++) {
		const struct payer_cell *cells = payer_row(payer, PAYER_COVERAGE, i);
		int64_t group = cells[COVERAGE_GROUP].number;
		const struct policy_row row = {
		        .code = (uint64_t)cells[COVERAGE_CODE].number,
		        .policy = cells[COVERAGE_POLICY].text,
		        .dx = {(uint64_t)cells[COVERAGE_DIAGNOSIS].number,
		                (int32_t)cells[COVERAGE_FROM].number,
		                (int32_t)cells[COVERAGE_TO].number},
		        .group = group < 0 ? 0 : (uint32_t)group,
		        .state = (uint16_t)cells[COVERAGE_STATE].number,
		        .supports = cells[COVERAGE_COVERED].number == 1,
		};

		if (!add_row(making, &row))
			return no_memory(making->diag);
	}
	return 0;
}

/* Called with each row of a set and its key, without tag. */
typedef int take_row(struct making *making, const struct set *set, uint64_t word, const void *row);

static int each_row(struct making *making, const struct set *set, take_row *take)
{
	struct key_list keys;
	int err = key_list_make(&keys, set, making->diag);

	for (size_t k = 0; k < keys.count && !err; k++) {
		const void *row = set->rows + (keys.rows[k] - 1) * set->schema->row_size;
		unsigned more = ((const struct set_row *)row)->more;

		for (unsigned i = 0; i <= more && !err; i++) {
			err = take(making, set, keys.keys[k] << 8 >> 8, row);
			row = set_next_row(set, row);
		}
	}
	key_list_end(&keys);
	return err;
}

static int take_own(struct making *making, const struct set *set, uint64_t word, const void *at)
{
	const struct payer_coverage_row *own = at;
	const struct policy_row row = {
	        .code = word,
	        .policy = set_text(set, own->policy),
	        .dx = {own->diagnosis, own->row.from, own->row.to},
	        .group = own->group,
	        .supports = own->covered,
	};

	return add_row(making, &row) ? 0 : no_memory(making->diag);
}

/* Rows of one list. */
static int compare_lists(const struct policy_row *a, const struct policy_row *b)
{
	int order = (a->code > b->code) - (a->code < b->code);

	if (!order)
		order = strcmp(a->policy, b->policy);
	if (!order)
		order = (a->state > b->state) - (a->state < b->state);
	if (!order)
		order = (a->group > b->group) - (a->group < b->group);
	return order ? order : a->supports - b->supports;
}

static int compare_dx(const void *a, const void *b)
{
	const struct coverage_dx *of_a = a, *of_b = b;

	if (of_a->code != of_b->code)
		return of_a->code < of_b->code ? -1 : 1;
	if (of_a->from != of_b->from)
		return of_a->from < of_b->from ? -1 : 1;
	return (of_a->to > of_b->to) - (of_a->to < of_b->to);
}

static int compare_rows(const void *a, const void *b)
{
	const struct policy_row *of_a = a, *of_b = b;
	int order = compare_lists(of_a, of_b);

	if (!order)
		order = (of_a->dx.from > of_b->dx.from) - (of_a->dx.from < of_b->dx.from);
	return order ? order : compare_dx(&of_a->dx, &of_b->dx);
}

/* Does a window begin before the days so far have ended, or on the day after? */
static bool joins(int32_t end, int32_t from)
{
	return end == INT32_MAX || from <= end + 1;
}

/* Rows from at on that are of one list; returns how many. */
static size_t make_list(struct making *making, const struct policy_row *at, size_t left)
{
	struct coverage *made = making->made;
	struct coverage_list list = {.code = at->code,
	        .policy = at->policy,
	        .from = at->dx.from,
	        .to = at->dx.to,
	        .first = (uint32_t)made->dx_count,
	        .group = at->group,
	        .state = at->state,
	        .supports = at->supports};
	size_t count = 0;

	for (; count < left && compare_lists(at, &at[count]) == 0; count++) {
		const struct coverage_dx *dx = &at[count].dx;

		if (!joins(list.to, dx->from))
			break;
		list.to = dx->to > list.to ? dx->to : list.to;
		if (!add_dx(making, *dx))
			return 0;
	}
	list.count = (uint32_t)count;
	qsort(made->dx + list.first, count, sizeof(*made->dx), compare_dx);
	return add_list(making, &list) ? count : 0;
}

static int make_own(struct making *making)
{
	if (making->row_count > 0)
		qsort(making->rows, making->row_count, sizeof(*making->rows), compare_rows);
	for (size_t at = 0, taken; at < making->row_count; at += taken) {
		taken = make_list(making, &making->rows[at], making->row_count - at);
		if (taken == 0)
			return no_memory(making->diag);
	}
	return 0;
}

/* ---- What is published ---- */

static int take_named(struct making *making, const struct set *set, uint64_t word, const void *at)
{
	const struct ncd_lcd_dx_row *row = at;
	void *named = making->named;

	(void)set;
	if (!grow(&named, making->named_count, &making->named_room, sizeof(*making->named)))
		return no_memory(making->diag);
	making->named = named;
	making->named[making->named_count++] = (struct named_dx){
	        row->document, word, row->version, row->covered != 0};
	return 0;
}

/* By document, version, and whether it supports; then by code. */
static int compare_slices(const struct named_dx *a, const struct named_dx *b)
{
	if (a->document != b->document)
		return a->document < b->document ? -1 : 1;
	if (a->version != b->version)
		return a->version < b->version ? -1 : 1;
	return a->supports - b->supports;
}

static int compare_named(const void *a, const void *b)
{
	const struct named_dx *of_a = a, *of_b = b;
	int order = compare_slices(of_a, of_b);

	return order ? order : (of_a->code > of_b->code) - (of_a->code < of_b->code);
}

/* All procedures of a document share its diagnoses: they are laid down once, in this order. */
static int lay_named(struct making *making)
{
	if (making->named_count > 0)
		qsort(making->named, making->named_count, sizeof(*making->named), compare_named);
	for (size_t i = 0; i < making->named_count; i++)
		if (!add_dx(making,
		            (struct coverage_dx){making->named[i].code, INT32_MIN, INT32_MAX}))
			return no_memory(making->diag);
	return 0;
}

/* The first that is not before a slice. */
static size_t named_from(const struct making *making, const struct named_dx *slice)
{
	size_t low = 0, high = making->named_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_slices(&making->named[middle], slice) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A list of a document for a code on the days of one of its rows, if it has diagnoses. */
static bool add_published(
        struct making *making, struct coverage_list *list, const struct set_row *days)
{
	struct named_dx slice = {
	        .document = list->document, .version = list->group, .supports = list->supports};
	size_t from = named_from(making, &slice), to = from;

	while (to < making->named_count && compare_slices(&making->named[to], &slice) == 0)
		to++;
	if (from == to)
		return true;
	list->from = days->from;
	list->to = days->to;
	list->first = (uint32_t)from;
	list->count = (uint32_t)(to - from);
	return add_list(making, list) != NULL;
}

static int take_procedure(
        struct making *making, const struct set *set, uint64_t word, const void *at)
{
	const struct ncd_lcd_row *row = at;
	uint64_t key = (uint64_t)making->documents->schema->tag << 56 | row->document;
	struct key_rows documents = key_rows_find(making->documents, key);
	struct coverage_list list = {
	        .code = word, .document = row->document, .group = row->version};

	(void)set;
	for (unsigned i = 0; i < documents.count; i++) {
		const struct set_row *days = key_rows_at(&documents, i);

		if (((const struct ncd_lcd_document_row *)days)->version != row->version)
			continue;
		for (int supports = 0; supports < 2; supports++) {
			list.supports = supports;
			if (!add_published(making, &list, days))
				return no_memory(making->diag);
		}
	}
	return 0;
}

/* The diagnoses of what is published stand first, where named_from() finds them. */
static int make_published(struct making *making, const struct coverage_sources *sources)
{
	int err;

	if (!sources->procedures || !sources->diagnoses || !sources->documents)
		return 0;
	making->documents = sources->documents;
	err = each_row(making, sources->diagnoses, take_named);
	if (!err)
		err = lay_named(making);
	return err ? err : each_row(making, sources->procedures, take_procedure);
}

/* ---- All of it ---- */

/* By code, the payer's first; lists of one document together. */
static int compare_places(const void *a, const void *b)
{
	const struct coverage_list *of_a = a, *of_b = b;

	if (of_a->code != of_b->code)
		return of_a->code < of_b->code ? -1 : 1;
	if (!of_a->policy != !of_b->policy)
		return of_a->policy ? -1 : 1;
	if (of_a->document != of_b->document)
		return of_a->document < of_b->document ? -1 : 1;
	if (of_a->group != of_b->group && !of_a->policy)
		return of_a->group < of_b->group ? -1 : 1;
	return (of_a->first > of_b->first) - (of_a->first < of_b->first);
}

static int make_all(struct making *making, const struct coverage_sources *sources)
{
	int err = make_published(making, sources);

	if (!err)
		err = take_table(making, sources->payer);
	if (!err && sources->own)
		err = each_row(making, sources->own, take_own);
	if (!err)
		err = make_own(making);
	if (!err && making->made->dx_count >= UINT32_MAX)
		err = diag_set(making->diag, FAIL_MEMORY, "too many rows of coverage policies");
	if (!err && making->made->list_count > 1)
		qsort(making->made->lists, making->made->list_count, sizeof(*making->made->lists),
		        compare_places);
	return err;
}

int coverage_create(
        struct coverage **coverage, const struct coverage_sources *sources, struct diag *diag)
{
	struct making making = {.made = calloc(1, sizeof(*making.made)), .diag = diag};
	int err = making.made ? make_all(&making, sources) : no_memory(diag);

	free(making.rows);
	free(making.named);
	*coverage = making.made;
	if (err || making.made->list_count == 0) {
		coverage_destroy(making.made);
		*coverage = NULL;
	}
	return err;
}

void coverage_destroy(struct coverage *coverage)
{
	if (!coverage)
		return;
	free(coverage->lists);
	free(coverage->dx);
	free(coverage);
}

/* ---- Judging ---- */

static const struct coverage_list *lists_of(const struct coverage *coverage, uint64_t code)
{
	size_t low = 0, high = coverage->list_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (coverage->lists[middle].code < code)
			low = middle + 1;
		else
			high = middle;
	}
	return coverage->lists + low;
}

/* Does a list name this code, or category, on the day? */
static bool names(const struct coverage *coverage, const struct coverage_list *list, uint64_t code,
        int32_t day)
{
	const struct coverage_dx *dx = coverage->dx + list->first;
	size_t low = 0, high = list->count;
	bool found = false;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (dx[middle].code < code)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < list->count && dx[low].code == code && !found; low++)
		found = dx[low].from <= day && day <= dx[low].to;
	return found;
}

/* The first of the line's diagnoses that the list names, or 0. */
static uint64_t named_of(const struct coverage *coverage, const struct coverage_list *list,
        const struct coverage_line *line)
{
	for (unsigned i = 0; i < line->count; i++) {
		uint64_t code = line->diagnoses[i];

		for (unsigned size = 1; size <= DX_SIZE; size++) {
			uint64_t begin = code & (((uint64_t)1 << (8 * size)) - 1);

			if (names(coverage, list, begin, line->day))
				return code;
			if (begin == code)
				break;
		}
	}
	return 0;
}

static bool fails(const struct coverage *coverage, const struct coverage_list *list,
        const struct coverage_line *line, struct coverage_answer *answer)
{
	uint64_t named = named_of(coverage, list, line);

	if (list->supports == (named != 0))
		return false;
	*answer = (struct coverage_answer){
	        .verdict = list->supports ? COVERAGE_UNSUPPORTED : COVERAGE_EXCLUDED,
	        .policy = list->policy,
	        .document = list->document,
	        .group = list->group,
	        .from = list->from,
	        .to = list->to,
	        .diagnosis = named,
	};
	return true;
}

static bool in_force(const struct coverage_list *list, int32_t day)
{
	return list->from <= day && day <= list->to;
}

/* A policy of the payer's for a state that the line does not say may be in force or not. */
static void judge_own(const struct coverage *coverage, const struct coverage_line *line,
        const struct coverage_list **at, struct coverage_answer *answer)
{
	const struct coverage_list *list = *at, *end = coverage->lists + coverage->list_count;
	bool any = false, unknown = false, failed = false;

	for (; list < end && list->code == line->procedure && list->policy; list++) {
		if (failed || !in_force(list, line->day))
			continue;
		unknown |= list->state && !line->state;
		if (list->state && list->state != line->state)
			continue;
		any = true;
		failed = fails(coverage, list, line, answer);
	}
	*at = list;
	if (!failed)
		answer->verdict = unknown ? COVERAGE_UNKNOWN : any ? COVERAGE_MET : COVERAGE_NONE;
}

/* One document that does not fail is enough; told is the first of those that do. */
static void judge_published(const struct coverage *coverage, const struct coverage_line *line,
        const struct coverage_list *list, struct coverage_answer *answer)
{
	const struct coverage_list *end = coverage->lists + coverage->list_count;
	struct coverage_answer first = {COVERAGE_NONE};

	while (list < end && list->code == line->procedure) {
		uint64_t document = list->document;
		bool any = false, failed = false;

		for (; list < end && list->code == line->procedure && list->document == document;
		        list++) {
			struct coverage_answer one;

			if (!in_force(list, line->day))
				continue;
			any = true;
			if (failed || !fails(coverage, list, line, &one))
				continue;
			failed = true;
			if (first.verdict == COVERAGE_NONE)
				first = one;
		}
		if (any && !failed) {
			answer->verdict = COVERAGE_MET;
			return;
		}
	}
	*answer = first;
}

void coverage_judge(const struct coverage *coverage, const struct coverage_line *line,
        struct coverage_answer *answer)
{
	const struct coverage_list *end = coverage->lists + coverage->list_count;
	const struct coverage_list *list = lists_of(coverage, line->procedure);

	*answer = (struct coverage_answer){COVERAGE_NONE};
	if (list == end || list->code != line->procedure)
		return;
	if (line->day == DATE_ABSENT) {
		answer->verdict = COVERAGE_UNKNOWN;
		return;
	}
	judge_own(coverage, line, &list, answer);
	if (answer->verdict == COVERAGE_NONE)
		judge_published(coverage, line, list, answer);
	if (answer->verdict != COVERAGE_NONE && line->count == 0)
		answer->verdict = COVERAGE_UNKNOWN;
}
