/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/import_table.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { HEADER_LINES_MAX = 60 }; /* titles and notices in front of a header, with room */

/* ---- Recognising ---- */

/* The next cell of a line of head; false at its end. */
static bool line_cell(const char **at, const char *end, char delimiter, struct cell *cell)
{
	const char *start = *at, *stop;

	if (start > end)
		return false;
	if (start < end && *start == '"') {
		stop = memchr(start + 1, '"', (size_t)(end - start - 1));
		stop = stop ? stop : end;
		*cell = cell_trim((struct cell){start + 1, (size_t)(stop - start - 1)});
		stop = memchr(stop, delimiter, (size_t)(end - stop));
	} else {
		stop = memchr(start, delimiter, (size_t)(end - start));
		*cell = cell_trim((struct cell){start, (size_t)((stop ? stop : end) - start)});
	}
	*at = stop ? stop + 1 : end + 1;
	return true;
}

static bool line_is_header(const char *line, const char *end, const struct table_layout *layout)
{
	uint64_t found = 0;
	struct cell cell;

	while (line_cell(&line, end, layout->delimiter, &cell))
		for (size_t i = 0; i < layout->required; i++)
			if (cell_is(cell, layout->names[i]))
				found |= (uint64_t)1 << i;
	return found == ((uint64_t)1 << layout->required) - 1;
}

bool table_recognise(const struct release_head *head, const struct table_layout *layout)
{
	const char *line = head->text, *end = head->text + head->size;

	if (head->size >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0)
		line += 3;
	for (int i = 0; i < HEADER_LINES_MAX && line < end; i++) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));

		if (line_is_header(line, stop ? stop : end, layout))
			return true;
		line = stop ? stop + 1 : end;
	}
	return false;
}

/* ---- Reading ---- */

static bool places_header(struct table *table)
{
	const struct table_layout *layout = table->layout;

	cells_place(table->cells, table->count, layout->names, table->places, layout->count);
	for (size_t i = 0; i < layout->required; i++)
		if (table->places[i] < 0)
			return false;
	return true;
}

int table_open(struct table *table, struct release *release, const struct table_layout *layout,
        struct diag *diag)
{
	table->release = release;
	table->diag = diag;
	table->layout = layout;
	table->rows = 0;
	for (;;) {
		int got = release_record(
		        release, layout->delimiter, table->cells, &table->count, diag);

		if (got < 0)
			return got;
		if (!got)
			return release_refuse(release, diag,
			        "no header with the columns %s, %s, ...", layout->names[0],
			        layout->names[1]);
		release_skip(release);
		if (places_header(table))
			break;
	}
	table->width = table->count;
	return 0;
}

static bool record_blank(const struct table *table)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->cells[i].size)
			return false;
	return true;
}

int table_next(struct table *table)
{
	for (;;) {
		int got = release_record(table->release, table->layout->delimiter, table->cells,
		        &table->count, table->diag);

		if (got <= 0)
			return got;
		if (!record_blank(table))
			break;
		release_skip(table->release);
	}
	for (size_t i = 0; i < table->layout->required; i++)
		if ((size_t)table->places[i] >= table->count)
			return release_refuse(table->release, table->diag,
			        "%zu cells where the header has %zu: the file is cut short or "
			        "damaged",
			        table->count, table->width);
	table->rows++;
	return 1;
}

int table_end(const struct table *table, int got)
{
	if (got < 0 || table->rows)
		return got;
	return release_refuse(table->release, table->diag, "a header without a single row");
}

struct cell table_cell(const struct table *table, size_t column)
{
	int place = table->places[column];

	return place >= 0 && (size_t)place < table->count ? table->cells[place]
	                                                  : (struct cell){"", 0};
}

bool table_has(const struct table *table, size_t column)
{
	return table->places[column] >= 0;
}

int table_day(const struct table *table, size_t column, int32_t *day)
{
	struct cell cell = table_cell(table, column);

	if (date_parse(cell.text, cell.size, day) == 0)
		return 0;
	return release_refuse(
	        table->release, table->diag, "%s is no date", table->layout->names[column]);
}

int import_table_number(const struct table *table, size_t column, uint32_t *number)
{
	if (cell_number(table_cell(table, column), number))
		return 0;
	return release_refuse(
	        table->release, table->diag, "%s is no number", table->layout->names[column]);
}

int table_text(const struct table *table, size_t column, struct set_build *build, uint32_t *at)
{
	struct cell cell = table_cell(table, column);

	return set_build_text(build, cell.text, cell.size, at, table->diag);
}

int table_window(
        const struct table *table, size_t from_column, size_t to_column, struct set_row *row)
{
	int32_t from, to;
	int err = table_day(table, from_column, &from);

	if (!err)
		err = table_day(table, to_column, &to);
	if (err)
		return err;
	row->from = from == DATE_ABSENT ? INT32_MIN : from;
	row->to = to == DATE_ABSENT ? INT32_MAX : to;
	if (row->from <= row->to)
		return 0;
	return release_refuse(table->release, table->diag, "%s is before %s",
	        table->layout->names[to_column], table->layout->names[from_column]);
}

/* ---- Shared ---- */

int import_source(struct release *release, struct set_build *build, const struct set_source *source,
        struct diag *diag)
{
	struct set_source all = *source;

	if (!all.release[0]) {
		const char *name = release_name(release);

		/* Without the folders and the ending; one that is too long is cut. */
		size_t size = strcspn(name, ".");

		if (size >= sizeof(all.release))
			size = sizeof(all.release) - 1;
		memcpy(all.release, name, size);
		all.release[size] = '\0';
	}
	return set_build_source(build, &all, diag);
}

int import_build(
        struct set_builds *builds, const char *set, struct set_build **build, struct diag *diag)
{
	*build = set_builds_at(builds, set);
	return *build ? 0 : diag_set(diag, FAIL_INTERNAL, "no schema %s, or no memory for it", set);
}

uint64_t import_word(struct cell cell)
{
	uint64_t word = 0;

	if (cell.size > 7)
		return 0;
	for (size_t i = cell.size; i-- > 0;) {
		unsigned char character = (unsigned char)cell.text[i];

		if (!isalnum(character))
			return 0;
		word = word << 8 | (unsigned char)toupper(character);
	}
	return word;
}

uint16_t import_chars(struct cell cell)
{
	if (!cell.size)
		return 0;
	return TWO_CHARS(toupper((unsigned char)cell.text[0]),
	        cell.size > 1 ? toupper((unsigned char)cell.text[1]) : 0);
}

bool import_begins_with_one_of(struct cell cell, const char *characters)
{
	return cell.size > 0 && *cell.text && strchr(characters, *cell.text);
}

bool import_is_procedure(struct cell cell)
{
	int digits = 0;

	if (cell.size != 5)
		return false;
	for (size_t i = 0; i < 5; i++)
		digits += isdigit((unsigned char)cell.text[i]) != 0;
	return digits == 5 || (digits == 4 && (isalpha((unsigned char)cell.text[0]) ||
	                                              isalpha((unsigned char)cell.text[4])));
}

static const char *const months[] = {
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};

static int month_of(const char *text)
{
	for (int i = 0; i < 12; i++)
		if (strncasecmp(text, months[i], 3) == 0)
			return i + 1;
	return 0;
}

static bool word_begins(struct cell text, size_t at)
{
	return at == 0 || !isalpha((unsigned char)text.text[at - 1]);
}

bool import_year_month(struct cell text, int *year, int *month)
{
	*year = *month = 0;
	for (size_t i = 0; i + 3 <= text.size; i++) {
		const char *at = text.text + i;

		if (!*year && i + 4 <= text.size && at[0] == '2' && at[1] == '0' &&
		        isdigit((unsigned char)at[2]) && isdigit((unsigned char)at[3]))
			*year = 2000 + (at[2] - '0') * 10 + (at[3] - '0');
		if (!*month && word_begins(text, i))
			*month = month_of(at);
	}
	return *year && *month;
}
