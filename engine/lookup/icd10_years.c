/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/icd10_years.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	HEADER_MIN = 3,  /* characters of the shortest header */
	FILLED_SIZE = 7, /* of a code whose empty places are filled */
	WORD_BYTES = 8,
	CODE_TEXT_SIZE = 9,
};

struct icd10_years {
	struct icd10_file **files;
	size_t count;
};

static int no_memory(struct diag *diag)
{
	return diag_set(diag, FAIL_MEMORY, "no memory for the years of a code set");
}

/* ---- What is kept ---- */

static void file_destroy(struct icd10_file *file)
{
	if (!file)
		return;
	free(file->codes.codes);
	free(file->former.codes);
	free(file);
}

static void years_destroy(void *state)
{
	struct icd10_years *years = state;

	for (size_t i = 0; i < years->count; i++)
		file_destroy(years->files[i]);
	free(years->files);
	free(years);
}

static struct icd10_years *years_of(struct set_build *build)
{
	struct icd10_years *years = set_build_state(build);

	if (years)
		return years;
	years = calloc(1, sizeof(*years));
	if (years)
		set_build_state_set(build, years, years_destroy);
	return years;
}

static struct icd10_file *file_new(struct icd10_years *years)
{
	struct icd10_file **files = realloc(years->files, (years->count + 1) * sizeof(*files));
	struct icd10_file *file;

	if (!files)
		return NULL;
	years->files = files;
	file = calloc(1, sizeof(*file));
	if (file)
		files[years->count++] = file;
	return file;
}

struct icd10_file *icd10_file_add(struct set_build *build, enum icd10_kind kind,
        const struct release *release, struct diag *diag)
{
	struct icd10_years *years = years_of(build);
	struct icd10_file *file = years ? file_new(years) : NULL;

	if (!file) {
		no_memory(diag);
		return NULL;
	}
	file->kind = kind;
	snprintf(file->path, sizeof(file->path), "%s", release_path(release));
	return file;
}

static int list_push(struct icd10_list *list, const struct icd10_code *code, struct diag *diag)
{
	if (list->count == list->capacity) {
		size_t capacity = list->capacity ? 2 * list->capacity : 1024;
		struct icd10_code *codes = realloc(list->codes, capacity * sizeof(*codes));

		if (!codes)
			return no_memory(diag);
		list->codes = codes;
		list->capacity = capacity;
	}
	list->codes[list->count++] = *code;
	return 0;
}

/* ---- Sides ---- */

/* Where a word stands by itself in a title, or NULL. */
static const char *find_word(struct cell title, const char *word)
{
	size_t size = strlen(word);

	for (size_t i = 0; i + size <= title.size; i++) {
		if (i && title.text[i - 1] != ' ')
			continue;
		if (!cell_begins((struct cell){title.text + i, title.size - i}, word))
			continue;
		if (i + size == title.size || title.text[i + size] == ' ' ||
		        title.text[i + size] == ',')
			return title.text + i;
	}
	return NULL;
}

/*
 * Chapters whose "left" and "right" are no side of a pair that a claim line could name:
 * brain, heart and their vessels (I00-I69, P, Q20-Q28), bowel (K), belly (R10-R19).
 */
static bool has_no_sides(struct cell code)
{
	char first = code.text[0], second = code.text[1];

	return first == 'K' || first == 'P' || (first == 'I' && second < '7') ||
	       (first == 'Q' && second == '2') || (first == 'R' && second == '1');
}

/* The side of a paired part, told by the title's "left" or "right"; what was "left in" is none. */
static uint32_t side_of(struct cell code, struct cell title)
{
	const char *left, *right;

	if (has_no_sides(code))
		return 0;
	left = find_word(title, "left");
	right = find_word(title, "right");
	if (!left == !right || (left && find_word(title, "left in")))
		return 0;
	return left ? ICD10_LEFT : ICD10_RIGHT;
}

int icd10_list_add(struct icd10_list *list, struct set_build *build, const struct icd10_line *line,
        struct diag *diag)
{
	struct icd10_code code = {.text = __builtin_bswap64(icd_word(line->code)),
	        .flags = line->billable ? ICD10_BILLABLE : ICD10_HEADER};
	int err = set_build_text(build, line->title.text, line->title.size, &code.title, diag);

	if (err < 0)
		return err;
	if (set_build_schema(build)->tag == SYSTEM_ICD10CM)
		code.flags |= side_of(line->code, line->title);
	return list_push(list, &code, diag);
}

int icd10_row_add(
        struct set_build *build, const struct icd10_code *code, int source, struct diag *diag)
{
	struct icd10_row row = {
	        .row.source = (uint16_t)source, .flags = code->flags, .title = code->title};
	enum code_system system = (enum code_system)set_build_schema(build)->tag;

	return set_build_add(build, code_key(system, __builtin_bswap64(code->text)), &row, diag);
}

/* ---- Lists in order ---- */

static const uint32_t kinds = ICD10_BILLABLE | ICD10_HEADER;

static int by_text(const void *a, const void *b)
{
	const struct icd10_code *one = a, *two = b;

	return (one->text > two->text) - (one->text < two->text);
}

static void code_text(uint64_t text, char out[CODE_TEXT_SIZE])
{
	uint64_t word = __builtin_bswap64(text);

	memcpy(out, &word, WORD_BYTES);
	out[WORD_BYTES] = '\0';
}

/* In order and each code once; a code that the file has twice with different words is refused. */
static int list_sort(struct icd10_list *list, const struct icd10_file *file, struct diag *diag)
{
	char text[CODE_TEXT_SIZE];
	size_t count = 0;

	if (list->count == 0)
		return 0;
	qsort(list->codes, list->count, sizeof(*list->codes), by_text);
	for (size_t i = 1; i < list->count; i++) {
		const struct icd10_code *code = &list->codes[i], *last = &list->codes[count];

		if (code->text != last->text) {
			list->codes[++count] = *code;
			continue;
		}
		code_text(code->text, text);
		if (code->flags != last->flags || code->title != last->title)
			return diag_set(diag, FAIL_TABLE,
			        "%s: code %s stands there twice, and not alike", file->path, text);
	}
	list->count = count + 1;
	return 0;
}

static const struct icd10_code *list_find(const struct icd10_list *list, uint64_t text)
{
	struct icd10_code key = {.text = text};

	return list->count ? bsearch(&key, list->codes, list->count, sizeof(key), by_text) : NULL;
}

static int list_billable(const struct icd10_list *from, struct icd10_list *into, struct diag *diag)
{
	int err = 0;

	for (size_t i = 0; i < from->count && err == 0; i++)
		if (from->codes[i].flags & ICD10_BILLABLE)
			err = list_push(into, &from->codes[i], diag);
	return err;
}

static size_t list_billable_count(const struct icd10_list *list)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++)
		count += list->codes[i].flags & ICD10_BILLABLE ? 1 : 0;
	return count;
}

/* ---- Two files of one year ---- */

enum compare { COMPARE_ALL, COMPARE_BILLABLE };

/* The next code at or after i that takes part. */
static size_t skip_to(const struct icd10_list *list, size_t i, enum compare compare)
{
	while (compare == COMPARE_BILLABLE && i < list->count &&
	        !(list->codes[i].flags & ICD10_BILLABLE))
		i++;
	return i;
}

static int contradict(const struct icd10_file *one, const struct icd10_file *two, uint64_t text,
        const char *how, struct diag *diag)
{
	char code[CODE_TEXT_SIZE];

	code_text(text, code);
	return diag_set(diag, FAIL_TABLE,
	        "%s and %s are both of %s and contradict one another: code %s %s; keep one of them",
	        one->path, two->path, one->days.label, code, how);
}

static int files_compare(const struct icd10_file *one, const struct icd10_file *two,
        enum compare compare, struct diag *diag)
{
	const struct icd10_list *a = &one->codes, *b = &two->codes;
	size_t i = skip_to(a, 0, compare), k = skip_to(b, 0, compare);

	while (i < a->count || k < b->count) {
		if (k == b->count || (i < a->count && a->codes[i].text < b->codes[k].text))
			return contradict(one, two, a->codes[i].text, "is in the first only", diag);
		if (i == a->count || a->codes[i].text > b->codes[k].text)
			return contradict(
			        one, two, b->codes[k].text, "is in the second only", diag);
		if ((a->codes[i].flags & kinds) != (b->codes[k].flags & kinds))
			return contradict(one, two, a->codes[i].text,
			        "is billable in one and a header in the other", diag);
		if (compare == COMPARE_ALL && a->codes[i].title != b->codes[k].title)
			return contradict(one, two, a->codes[i].text, "has two titles", diag);
		i = skip_to(a, i + 1, compare);
		k = skip_to(b, k + 1, compare);
	}
	return 0;
}

static bool is_year(const struct icd10_file *file)
{
	return file->kind == ICD10_KIND_ORDER || file->kind == ICD10_KIND_LIST;
}

/* The file of the days that begin on a day, an order file if there is one; or NULL. */
static const struct icd10_file *year_find(const struct icd10_years *years, int32_t from)
{
	const struct icd10_file *found = NULL;

	for (size_t i = 0; i < years->count; i++) {
		const struct icd10_file *file = years->files[i];

		if (!is_year(file) || file->days.from != from)
			continue;
		if (!found || (found->kind == ICD10_KIND_LIST && file->kind == ICD10_KIND_ORDER))
			found = file;
	}
	return found;
}

/* Files of the same days are alike, or refused. */
static int years_compare(const struct icd10_years *years, struct diag *diag)
{
	for (size_t i = 0; i < years->count; i++) {
		const struct icd10_file *file = years->files[i], *first;
		bool orders;
		int err;

		if (!is_year(file))
			continue;
		first = year_find(years, file->days.from);
		orders = file->kind == ICD10_KIND_ORDER && first->kind == ICD10_KIND_ORDER;
		err = files_compare(first, file, orders ? COMPARE_ALL : COMPARE_BILLABLE, diag);
		if (err < 0)
			return err;
	}
	return 0;
}

/* ---- Headers of a list ---- */

static uint64_t prefix_of(uint64_t text, unsigned size)
{
	return text & ~(UINT64_MAX >> (8 * size));
}

static unsigned size_of(uint64_t text)
{
	return WORD_BYTES - (unsigned)__builtin_ctzll(text) / 8;
}

/*
 * Does the beginning of a code end in an X that only fills places before the seventh
 * (W001X of W001XXA)?  Such a one is no header; T591X of T591X1A is.
 */
static bool is_filled(uint64_t text, unsigned size)
{
	if (size == HEADER_MIN || size_of(text) < FILLED_SIZE)
		return false;
	for (unsigned at = size - 1; at < FILLED_SIZE - 1; at++)
		if ((char)(text >> (8 * (WORD_BYTES - 1 - at))) != 'X')
			return false;
	return true;
}

/*
 * Add to billable codes in order the headers above them: in ICD-10-CM each beginning of
 * three characters and more but fillers, in ICD-10-PCS that of three.  Titles: of known, if there.
 */
static int list_headers(
        struct icd10_list *list, const struct icd10_list *known, bool pcs, struct diag *diag)
{
	struct icd10_list made = {0};
	uint64_t last = 0;
	int err = 0;

	for (size_t i = 0; i < list->count && err == 0; i++) {
		uint64_t text = list->codes[i].text;
		unsigned end = pcs ? HEADER_MIN + 1 : size_of(text);

		for (unsigned size = HEADER_MIN; size < end && err == 0; size++) {
			struct icd10_code header = {
			        .text = prefix_of(text, size), .flags = ICD10_HEADER};
			const struct icd10_code *titled = list_find(known, header.text);

			if (prefix_of(last, size) == header.text || is_filled(text, size))
				continue;
			if (titled && titled->flags & ICD10_HEADER)
				header = *titled;
			err = list_push(&made, &header, diag);
		}
		last = text;
		if (err == 0)
			err = list_push(&made, &list->codes[i], diag);
	}
	free(list->codes);
	*list = made;
	return err;
}

static int rows_add(
        struct set_build *build, const struct icd10_list *list, int source, struct diag *diag)
{
	int err = 0;

	for (size_t i = 0; i < list->count && err == 0; i++)
		err = icd10_row_add(build, &list->codes[i], source, diag);
	return err;
}

/* A list gives rows where there is no order file of its year. */
static int lists_use(struct icd10_years *years, struct set_build *build, struct diag *diag)
{
	bool pcs = set_build_schema(build)->tag == SYSTEM_ICD10PCS;
	const struct icd10_list none = {0};

	for (size_t i = 0; i < years->count; i++) {
		struct icd10_file *file = years->files[i];
		int err;

		if (file->kind != ICD10_KIND_LIST || year_find(years, file->days.from) != file)
			continue;
		err = list_headers(&file->codes, &none, pcs, diag);
		if (err == 0)
			err = rows_add(build, &file->codes, file->source, diag);
		if (err < 0)
			return err;
	}
	return 0;
}

/* ---- Changes ---- */

/* base without drop and with put; the drops must be there, the puts must not. */
struct change {
	const struct icd10_file *base, *changes;
	struct icd10_list from, drop, put; /* lists that this owns, each in order */
};

static int change_refuse(
        const struct change *change, uint64_t text, const char *how, struct diag *diag)
{
	char code[CODE_TEXT_SIZE];

	code_text(text, code);
	return diag_set(diag, FAIL_TABLE,
	        "%s does not fit %s: code %s %s; they are of different releases, or one is cut",
	        change->changes->path, change->base->path, code, how);
}

static int change_apply(const struct change *change, struct icd10_list *made, struct diag *diag)
{
	size_t drop = 0, put = 0;
	int err = 0;

	for (size_t i = 0; i <= change->from.count && err == 0; i++) {
		const struct icd10_code *code = i < change->from.count ? &change->from.codes[i]
		                                                       : NULL;
		uint64_t text = code ? code->text : UINT64_MAX;
		bool dropped = drop < change->drop.count && change->drop.codes[drop].text == text;

		if (drop < change->drop.count && change->drop.codes[drop].text < text)
			return change_refuse(
			        change, change->drop.codes[drop].text, "is not there", diag);
		if (dropped && (change->drop.codes[drop++].flags ^ code->flags) & kinds)
			return change_refuse(
			        change, text, "is billable in one and a header in the other", diag);
		while (put < change->put.count && change->put.codes[put].text < text && err == 0)
			err = list_push(made, &change->put.codes[put++], diag);
		if (put < change->put.count && change->put.codes[put].text == text && !dropped)
			return change_refuse(change, text, "is there already", diag);
		if (code && !dropped && err == 0)
			err = list_push(made, code, diag);
	}
	return err;
}

/* Copy a list as change works on it: all of it, or the billable codes. */
static int change_copy(
        const struct icd10_list *from, bool billable, struct icd10_list *into, struct diag *diag)
{
	int err = 0;

	if (billable)
		return list_billable(from, into, diag);
	for (size_t i = 0; i < from->count && err == 0; i++)
		err = list_push(into, &from->codes[i], diag);
	return err;
}

/* The year that base and changes give, back or forth. */
static int change_derive(
        struct change *change, bool back, bool pcs, struct icd10_list *made, struct diag *diag)
{
	const struct icd10_file *changes = change->changes;
	bool billable = change->base->kind == ICD10_KIND_LIST ||
	                changes->kind == ICD10_KIND_LIST_CHANGES;
	int err = change_copy(&change->base->codes, billable, &change->from, diag);

	if (err == 0)
		err = change_copy(
		        back ? &changes->codes : &changes->former, billable, &change->drop, diag);
	if (err == 0)
		err = change_copy(
		        back ? &changes->former : &changes->codes, billable, &change->put, diag);
	if (err == 0)
		err = change_apply(change, made, diag);
	if (err == 0 && billable)
		err = list_headers(made, &change->base->codes, pcs, diag);
	free(change->from.codes);
	free(change->drop.codes);
	free(change->put.codes);
	return err;
}

static void former_days(const struct release_days *days, struct release_days *former)
{
	struct release_days whole;

	fiscal_days(days->year, 0, &whole);
	if (days->from == whole.from)
		fiscal_days(days->year - 1, 0, former);
	else
		*former = whole;
}

/* Does the year have as many billable codes as the changes tell? */
static int told_check(
        const struct icd10_file *changes, const struct icd10_file *year, struct diag *diag)
{
	size_t count = list_billable_count(&year->codes);

	if (changes->told == 0 || changes->told == count)
		return 0;
	return diag_set(diag, FAIL_TABLE,
	        "%s says that %s has %zu billable codes, but %s has %zu: it is cut, or of another "
	        "release",
	        changes->path, changes->days.label, changes->told, year->path, count);
}

/* The source of a year that changes give: their own, or a second one of the year before. */
static int change_source(struct set_build *build, const struct icd10_file *changes,
        const struct release_days *days, struct diag *diag)
{
	struct set_source source = *set_build_source_at(build, (size_t)changes->source);

	if (source.from == days->from)
		return changes->source;
	source.from = days->from;
	source.to = days->to;
	snprintf(source.release, sizeof(source.release), "%s", days->label);
	return set_build_source(build, &source, diag);
}

/* Give the year that is missing; what both years say must fit. */
static int change_use(struct icd10_years *years, struct icd10_file *changes,
        struct set_build *build, struct diag *diag)
{
	bool pcs = set_build_schema(build)->tag == SYSTEM_ICD10PCS;
	struct release_days former;
	const struct icd10_file *after = year_find(years, changes->days.from), *before;
	struct change change = {.changes = changes};
	struct icd10_file *made;
	int err;

	former_days(&changes->days, &former);
	before = year_find(years, former.from);
	if (after && (err = told_check(changes, after, diag)) < 0)
		return err;
	if (!after && !before)
		return 0;
	changes->done = true;
	change.base = after ? after : before;
	made = file_new(years);
	if (!made)
		return no_memory(diag);
	made->kind = ICD10_KIND_ORDER;
	made->days = after ? former : changes->days;
	snprintf(made->path, sizeof(made->path), "%s", changes->path);
	err = change_derive(&change, after != NULL, pcs, &made->codes, diag);
	if (err == 0 && after && before)
		return files_compare(before, made, COMPARE_BILLABLE, diag);
	if (err == 0)
		err = made->source = change_source(build, changes, &made->days, diag);
	return err < 0 ? err : rows_add(build, &made->codes, made->source, diag);
}

/* Each round gives a year that the next may start from. */
static int changes_use(struct icd10_years *years, struct set_build *build, struct diag *diag)
{
	size_t before;

	do {
		before = years->count;
		for (size_t i = 0; i < before; i++) {
			struct icd10_file *file = years->files[i];
			int err = is_year(file) || file->done
			                  ? 0
			                  : change_use(years, file, build, diag);

			if (err < 0)
				return err;
		}
	} while (years->count > before);
	for (size_t i = 0; i < years->count; i++)
		if (!is_year(years->files[i]) && !years->files[i]->done)
			return diag_set(diag, FAIL_TABLE,
			        "%s: addenda alone make no code set; put the order file of %s, or "
			        "of "
			        "the year before, beside it",
			        years->files[i]->path, years->files[i]->days.label);
	return 0;
}

int icd10_years_finish(struct set_build *build, struct diag *diag)
{
	struct icd10_years *years = set_build_state(build);
	int err = 0;

	if (!years)
		return 0;
	for (size_t i = 0; i < years->count && err == 0; i++) {
		err = list_sort(&years->files[i]->codes, years->files[i], diag);
		if (err == 0)
			err = list_sort(&years->files[i]->former, years->files[i], diag);
	}
	if (err == 0)
		err = years_compare(years, diag);
	if (err == 0)
		err = lists_use(years, build, diag);
	return err < 0 ? err : changes_use(years, build, diag);
}
