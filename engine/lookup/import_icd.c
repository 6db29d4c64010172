/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/import_icd.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	CODE_MAX = 7,
	CODE_MIN = 3,
	OCTOBER = 10,
	VERSION_YEAR = 1983, /* version 43 of grouper and editor is of fiscal year 2026 */
};

static bool is_digit(char character)
{
	return character >= '0' && character <= '9';
}

static bool is_capital(char character)
{
	return character >= 'A' && character <= 'Z';
}

bool icd10cm_shape(struct cell code)
{
	bool digit = false;

	if (code.size < CODE_MIN || code.size > CODE_MAX || !is_capital(code.text[0]))
		return false;
	for (size_t i = 1; i < code.size; i++) {
		if (!is_digit(code.text[i]) && !is_capital(code.text[i]))
			return false;
		digit = digit || is_digit(code.text[i]);
	}
	return digit;
}

bool icd10pcs_shape(struct cell code)
{
	if (code.size < CODE_MIN || code.size > CODE_MAX)
		return false;
	for (size_t i = 0; i < code.size; i++) {
		char character = code.text[i];

		if (!is_digit(character) &&
		        (!is_capital(character) || character == 'I' || character == 'O'))
			return false;
	}
	return true;
}

uint64_t icd_word(struct cell code)
{
	uint64_t word = 0;
	size_t size = 0;

	for (size_t i = 0; i < code.size; i++) {
		char character = (char)toupper((unsigned char)code.text[i]);

		if (character == '.')
			continue;
		if (size == CODE_MAX || (!is_digit(character) && !is_capital(character)))
			return 0;
		word |= (uint64_t)(uint8_t)character << (8 * size++);
	}
	return word;
}

/* ---- The beginning of a release ---- */

bool head_next(struct head_lines *lines, struct cell *line)
{
	const struct release_head *head = lines->head;
	const char *text = head->text + lines->at, *end;
	size_t left = head->size - lines->at;

	if (left == 0)
		return false;
	if (lines->at == 0 && left >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		left -= 3;
	}
	end = memchr(text, '\n', left);
	if (!end && !head->whole)
		return false;
	if (!end)
		end = text + left;
	lines->at = (size_t)(end - head->text) + (end < head->text + head->size);
	*line = (struct cell){text, (size_t)(end - text)};
	if (line->size && line->text[line->size - 1] == '\r')
		line->size--;
	return true;
}

/* The next cell of a line, without its quotes; false at the end. */
static bool next_cell(struct cell *line, char delimiter, struct cell *cell)
{
	const char *end;

	if (!line->text)
		return false;
	end = memchr(line->text, delimiter, line->size);
	*cell = (struct cell){line->text, end ? (size_t)(end - line->text) : line->size};
	*line = end ? (struct cell){end + 1, line->size - cell->size - 1} : (struct cell){NULL, 0};
	*cell = cell_trim(*cell);
	if (cell->size >= 2 && cell->text[0] == '"' && cell->text[cell->size - 1] == '"')
		*cell = (struct cell){cell->text + 1, cell->size - 2};
	return true;
}

struct cell line_cell(struct cell line, char delimiter, size_t index)
{
	struct cell cell = {"", 0};

	for (size_t i = 0; i <= index; i++)
		if (!next_cell(&line, delimiter, &cell))
			return (struct cell){"", 0};
	return cell;
}

bool head_begins(const struct release_head *head, char delimiter, const char *const names[])
{
	struct head_lines lines = {.head = head};
	struct cell line, cell;

	if (!head_next(&lines, &line))
		return false;
	for (size_t i = 0; names[i]; i++)
		if (!next_cell(&line, delimiter, &cell) || !cell_is(cell, names[i]))
			return false;
	return true;
}

/* ---- What names tell ---- */

const char *release_own_name(const struct release *release)
{
	const char *path = release_path(release), *member = strchr(path, ':');
	const char *own = path;

	for (const char *at = path; *at && at != member; at++)
		if (*at == '/')
			own = at + 1;
	return own;
}

int text_year(const char *text)
{
	int year = 0;

	for (size_t i = 0; text[i]; i++) {
		int found;

		if ((i && is_digit(text[i - 1])) || strspn(text + i, "0123456789") != 4)
			continue;
		found = atoi(text + i);
		if (found >= 2000 && found < 2100)
			year = found;
	}
	return year;
}

/* The month that a name tells, 0 for none. */
static int name_month(const char *name)
{
	static const struct {
		const char *word;
		int month;
	} months[] = {{"january", 1}, {"april", 4}, {"july", 7}, {"august", 8}, {"jan", 1},
	        {"apr", 4}, {"jul", 7}, {"aug", 8}};

	for (size_t i = 0; name[i]; i++) {
		if (i && isalpha((unsigned char)name[i - 1]))
			continue;
		for (size_t k = 0; k < sizeof(months) / sizeof(months[0]); k++) {
			size_t size = strlen(months[k].word);

			if (strncasecmp(name + i, months[k].word, size) == 0 &&
			        !isalpha((unsigned char)name[i + size]))
				return months[k].month;
		}
	}
	return 0;
}

void fiscal_days(int year, int month, struct release_days *days)
{
	days->year = year;
	days_of_fiscal_year(year, &days->from, &days->to);
	snprintf(days->label, sizeof(days->label), "FY%d", year);
	if (month == 0 || month >= OCTOBER)
		return;
	days->from = date_from_parts(year, month, 1);
	snprintf(days->label, sizeof(days->label), "FY%d from %d-%02d-01", year, year, month);
}

bool release_fiscal(const struct release *release, struct release_days *days)
{
	const char *name = release_own_name(release);
	int year = text_year(name);

	if (year == 0)
		return false;
	fiscal_days(year, name_month(name), days);
	return true;
}

void version_days(int major, int minor, struct release_days *days)
{
	fiscal_days(major + VERSION_YEAR, minor ? 4 : 0, days);
	snprintf(days->label, sizeof(days->label), minor ? "v%d.%d" : "v%d", major, minor);
}

bool version_read(const char *text, int *major, int *minor)
{
	size_t size = strspn(text, "0123456789");

	if (size == 0 || size > 3)
		return false;
	*major = atoi(text);
	*minor = 0;
	if ((text[size] == '.' || text[size] == '_') && is_digit(text[size + 1]) &&
	        !is_digit(text[size + 2]))
		*minor = text[size + 1] - '0';
	return true;
}

bool release_version(const struct release *release, struct release_days *days)
{
	const char *name = release_own_name(release);
	int major, minor;

	for (size_t i = 0; name[i]; i++) {
		if ((name[i] != 'v' && name[i] != 'V') ||
		        (i && isalnum((unsigned char)name[i - 1])))
			continue;
		if (!version_read(name + i + 1, &major, &minor) || major < 33)
			continue; /* 33 was the first of ICD-10 */
		version_days(major, minor, days);
		return true;
	}
	return false;
}

bool row_days(struct cell from, struct cell to, struct set_row *row)
{
	if (cell_date(from, &row->from) != 0 || row->from == DATE_ABSENT ||
	        cell_date(to, &row->to) != 0)
		return false;
	if (row->to == DATE_ABSENT)
		row->to = INT32_MAX;
	return row->from <= row->to;
}

int release_refuse_name(
        struct release *release, struct diag *diag, const char *missing, const char *example)
{
	return release_refuse(release, diag,
	        "neither the text nor the file's name says which %s it is of; name it like %s",
	        missing, example);
}

int source_note(struct set_build *build, const struct release *release,
        const struct release_days *days, bool snapshot, struct diag *diag)
{
	struct set_source source = {.from = days->from, .to = days->to, .snapshot = snapshot};

	snprintf(source.path, sizeof(source.path), "%s", release_path(release));
	snprintf(source.release, sizeof(source.release), "%s", days->label);
	return set_build_source(build, &source, diag);
}

/* ---- Kept rows ---- */

int kept_add(struct kept_rows *kept, uint64_t key, const void *row, struct diag *diag)
{
	if (kept->count == kept->capacity) {
		size_t capacity = kept->capacity ? 2 * kept->capacity : 4096;
		uint64_t *keys = realloc(kept->keys, capacity * sizeof(*keys));
		uint8_t *rows;

		if (keys)
			kept->keys = keys;
		rows = realloc(kept->rows, capacity * kept->row_size);
		if (rows)
			kept->rows = rows;
		if (!keys || !rows)
			return diag_set(diag, FAIL_MEMORY, "no memory for the rows of a code set");
		kept->capacity = capacity;
	}
	kept->keys[kept->count] = key;
	memcpy(kept->rows + kept->count * kept->row_size, row, kept->row_size);
	kept->count++;
	return 0;
}

void kept_reset(struct kept_rows *kept)
{
	free(kept->keys);
	free(kept->rows);
	kept->keys = NULL;
	kept->rows = NULL;
	kept->count = kept->capacity = 0;
}
