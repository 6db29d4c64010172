/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Physician work time.  The publisher's headings differ from year to year in their
 * blanks, capitals and last words, so columns are told by their first letters.
 */
#include "lookup/import_table.h"
#include "lookup/rows_procedures.h"

#include <ctype.h>
#include <string.h>

enum {
	COLUMN_CODE,
	COLUMN_TOTAL,
	COLUMN_INTRA,
	COLUMN_MODIFIER,
	COLUMN_EVALUATION,
	COLUMN_POSITIONING,
	COLUMN_SCRUB,
	COLUMN_POST,
	COLUMNS,
	REQUIRED = COLUMN_MODIFIER
};

/* Letters that a heading begins with; two spellings where there are two. */
static const char *const headings[COLUMNS][2] = {
        [COLUMN_CODE] = {"hcpcs", "cpt"},
        [COLUMN_TOTAL] = {"totaltime", "totaltime"},
        [COLUMN_INTRA] = {"medianintraservice", "intraservice"},
        [COLUMN_MODIFIER] = {"mod", "mod"},
        [COLUMN_EVALUATION] = {"preevaluation", "preserviceevaluation"},
        [COLUMN_POSITIONING] = {"prepositioning", "preservicepositioning"},
        [COLUMN_SCRUB] = {"preservicescrub", "prescrub"},
        [COLUMN_POST] = {"immediatepost", "postservice"},
};

struct phystime_reading {
	struct release *release;
	struct set_build *build;
	struct diag *diag;
	uint16_t source;
	size_t rows;
	int places[COLUMNS];
	char delimiter;
};

static bool letters_begin(struct cell cell, const char *letters)
{
	for (size_t i = 0; i < cell.size && *letters; i++) {
		if (!isalnum((unsigned char)cell.text[i]))
			continue;
		if (tolower((unsigned char)cell.text[i]) != *letters)
			return false;
		letters++;
	}
	return *letters == '\0';
}

static bool place_columns(const struct cell cells[], size_t count, int places[COLUMNS])
{
	for (int column = 0; column < COLUMNS; column++) {
		places[column] = -1;
		for (size_t i = count; i-- > 0;)
			if (letters_begin(cells[i], headings[column][0]) ||
			        letters_begin(cells[i], headings[column][1]))
				places[column] = (int)i;
	}
	for (int column = 0; column < REQUIRED; column++)
		if (places[column] < 0)
			return false;
	return true;
}

/* A quick look, without quotes: does the text hold all headings that are wanted? */
static bool recognise_with(const struct release_head *head, char delimiter)
{
	const char *at = head->text, *end = head->text + head->size;

	for (int line = 0; line < 30 && at < end; line++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		struct cell cells[RELEASE_CELLS_MAX];
		size_t count = 0;
		int places[COLUMNS];

		stop = stop ? stop : end;
		while (at <= stop && count < RELEASE_CELLS_MAX) {
			const char *part = memchr(at, delimiter, (size_t)(stop - at));

			part = part ? part : stop;
			cells[count++] = (struct cell){at, (size_t)(part - at)};
			at = part + 1;
		}
		at = stop + 1;
		if (place_columns(cells, count, places))
			return true;
	}
	return false;
}

static bool recognise_comma(const struct release_head *head)
{
	return recognise_with(head, ',');
}

static bool recognise_tab(const struct release_head *head)
{
	return recognise_with(head, '\t');
}

static int find_header(struct phystime_reading *reading)
{
	struct cell cells[RELEASE_CELLS_MAX];
	size_t count;
	int got;

	while ((got = release_record(
	                reading->release, reading->delimiter, cells, &count, reading->diag)) > 0) {
		release_skip(reading->release);
		if (place_columns(cells, count, reading->places))
			return 0;
	}
	return got < 0 ? got
	               : release_refuse(reading->release, reading->diag,
	                         "no header with HCPCS, Median Intra-Service Time, Total Time");
}

/* The calendar year in its name; without one it stands for every day. */
static int begin_source(struct phystime_reading *reading)
{
	const char *name = release_name(reading->release);
	struct set_source source = {.from = INT32_MIN, .to = INT32_MAX};
	int year, month, number;

	import_year_month((struct cell){name, strlen(name)}, &year, &month);
	if (year) {
		source.snapshot = true;
		source.from = date_from_parts(year, 1, 1);
		source.to = date_from_parts(year, 12, 31);
	}
	number = import_source(reading->release, reading->build, &source, reading->diag);
	reading->source = (uint16_t)number;
	return number < 0 ? number : 0;
}

static int read_minutes(struct phystime_reading *reading, const struct cell cells[], size_t count,
        int column, int32_t *minutes)
{
	int place = reading->places[column];

	*minutes = -1;
	if (place < 0 || (size_t)place >= count || cells[place].size == 0)
		return 0;
	if (cell_hundredths(cells[place], minutes) && *minutes >= 0)
		return 0;
	return release_refuse(
	        reading->release, reading->diag, "cell %d: these are no minutes", place + 1);
}

static int add_row(struct phystime_reading *reading, const struct cell cells[], size_t count)
{
	struct phystime_row row = {.row = {.from = INT32_MIN, .to = INT32_MAX}};
	struct cell code = cells[reading->places[COLUMN_CODE]], modifier = {"", 0};
	int32_t *const minutes[COLUMNS] = {
	        [COLUMN_TOTAL] = &row.total,
	        [COLUMN_INTRA] = &row.intra_service,
	        [COLUMN_EVALUATION] = &row.pre_evaluation,
	        [COLUMN_POSITIONING] = &row.pre_positioning,
	        [COLUMN_SCRUB] = &row.pre_scrub,
	        [COLUMN_POST] = &row.post_service,
	};
	char text[7];

	if (reading->places[COLUMN_MODIFIER] >= 0 && reading->places[COLUMN_MODIFIER] < (int)count)
		modifier = cells[reading->places[COLUMN_MODIFIER]];
	if (modifier.size != 0 && modifier.size != 2)
		return release_refuse(
		        reading->release, reading->diag, "the modifier is not two characters");
	for (int column = 0; column < COLUMNS; column++) {
		int err = minutes[column]
		                  ? read_minutes(reading, cells, count, column, minutes[column])
		                  : 0;

		if (err)
			return err;
	}
	row.row.source = reading->source;
	memcpy(text, code.text, 5);
	memcpy(text + 5, modifier.text, modifier.size);
	return set_build_add(reading->build,
	        set_key_of(set_build_schema(reading->build), text, 5 + modifier.size), &row,
	        reading->diag);
}

static int read_row(struct phystime_reading *reading, const struct cell cells[], size_t count)
{
	int last = reading->places[COLUMN_TOTAL] > reading->places[COLUMN_INTRA]
	                   ? reading->places[COLUMN_TOTAL]
	                   : reading->places[COLUMN_INTRA];

	if ((size_t)reading->places[COLUMN_CODE] >= count ||
	        !import_is_procedure(cells[reading->places[COLUMN_CODE]])) {
		release_skip(reading->release); /* a footnote, or a blank line */
		return 0;
	}
	if ((size_t)last >= count)
		return release_refuse(reading->release, reading->diag,
		        "%zu cells only: the file is cut short or damaged", count);
	reading->rows++;
	return add_row(reading, cells, count);
}

static int read_with(
        struct release *release, struct set_builds *builds, char delimiter, struct diag *diag)
{
	struct phystime_reading reading = {
	        .release = release, .diag = diag, .delimiter = delimiter};
	struct cell cells[RELEASE_CELLS_MAX];
	size_t count;
	int got, err = import_build(builds, "phystime", &reading.build, diag);

	if (!err)
		err = find_header(&reading);
	if (!err)
		err = begin_source(&reading);
	if (err)
		return err;
	while ((got = release_record(release, delimiter, cells, &count, diag)) > 0) {
		err = read_row(&reading, cells, count);
		if (err)
			return err;
	}
	if (got < 0 || reading.rows)
		return got;
	return release_refuse(release, diag, "a header without a single row");
}

static int read_comma(struct release *release, struct set_builds *builds, struct diag *diag)
{
	return read_with(release, builds, ',', diag);
}

static int read_tab(struct release *release, struct set_builds *builds, struct diag *diag)
{
	return read_with(release, builds, '\t', diag);
}

const struct importer importer_phystime_csv = {
        .name = "phystime csv",
        .layout = "CMS physician work time (CSV)",
        .recognise = recognise_comma,
        .read = read_comma,
};

const struct importer importer_phystime_text = {
        .name = "phystime text",
        .layout = "CMS physician work time (tab text)",
        .recognise = recognise_tab,
        .read = read_tab,
};
