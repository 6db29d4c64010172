/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WHO's tables of ICD-11, parted by tabs, UTF-8 with a byte-order mark:
 *
 *     Foundation URI | Linearization URI | Code | BlockId | Title | ClassKind | DepthInKind |
 *     IsResidual | ChapterNo | BrowserLink | isLeaf | Primary tabulation | ... |
 *     Version:2024 Jan 21 - 22:30 UTC                                  simple tabulation
 *
 *     10ClassKind | 10DepthInKind | icd10Code | ... | icd11Code | icd11Chapter | icd11Title |
 *     2024-Jan-21                                                      10 to 11, one category
 *
 * Chapters and blocks have no code of their own and are no data.  Titles begin with a
 * dash and a blank for each step down.
 */
#include "lookup/import_icd.h"
#include "lookup/rows_icd.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { NAMES_MAX = 8 };

static bool recognise_tabulation(const struct release_head *head)
{
	static const char *const names[] = {"Foundation URI", "Linearization URI", "Code",
	        "BlockId", "Title", "ClassKind", NULL};

	return head_begins(head, '\t', names);
}

static bool recognise_map(const struct release_head *head)
{
	static const char *const names[] = {
	        "10ClassKind", "10DepthInKind", "icd10Code", "icd10Chapter", "icd10Title", NULL};

	return head_begins(head, '\t', names);
}

struct table_read {
	struct release *release;
	struct set_build *build;
	int source;
	size_t count, width;
	int places[NAMES_MAX];
	int (*row)(struct table_read *read, const struct cell cells[], struct diag *diag);
};

/* The day in "Version:2024 Jan 21 - 22:30 UTC" or "2024-Jan-21"; DATE_ABSENT: none. */
static int32_t stamp_day(struct cell cell)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char text[32], month[4] = "";
	int year, day;

	if (cell_begins(cell, "Version:"))
		cell = cell_cut(cell, strlen("Version:"), cell.size);
	snprintf(text, sizeof(text), "%.*s", (int)cell.size, cell.text);
	if (sscanf(text, "%4d%*1[- ]%3[A-Za-z]%*1[- ]%2d", &year, month, &day) != 3)
		return DATE_ABSENT;
	for (int i = 0; i < 12; i++)
		if (strncasecmp(month, months + 3 * (size_t)i, 3) == 0 &&
		        date_exists(year, i + 1, day))
			return date_from_parts(year, i + 1, day);
	return DATE_ABSENT;
}

/* The header's last cell says what day it is of. */
static int begin(struct table_read *read, const struct cell cells[], size_t count,
        const char *const names[], size_t name_count, struct diag *diag)
{
	struct release_days days = {.from = DATE_ABSENT, .to = INT32_MAX};

	if (cells_place(cells, count, names, read->places, name_count) != name_count)
		return release_refuse(read->release, diag, "a column of the table is missing");
	for (size_t i = count; i-- > 0 && days.from == DATE_ABSENT;)
		days.from = stamp_day(cells[i]);
	if (days.from == DATE_ABSENT)
		return release_refuse(
		        read->release, diag, "the header does not say what day the table is of");
	date_format(days.from, days.label);
	read->width = (size_t)read->places[0];
	for (size_t i = 1; i < name_count; i++)
		if (read->places[i] > (int)read->width)
			read->width = (size_t)read->places[i];
	read->source = source_note(read->build, read->release, &days, true, diag);
	return read->source < 0 ? read->source : 0;
}

static int read_rows(struct table_read *read, struct diag *diag)
{
	struct cell cells[RELEASE_CELLS_MAX];
	size_t count;
	int got, err = 0;

	while (err == 0 && (got = release_record(read->release, '\t', cells, &count, diag)) != 0) {
		if (got < 0)
			return got;
		if (count == 1 && cells[0].size == 0)
			release_skip(read->release);
		else if (count <= read->width)
			err = release_refuse(read->release, diag, "the line is cut short");
		else
			err = read->row(read, cells, diag);
	}
	if (err == 0 && read->count == 0)
		return release_refuse(read->release, diag, "there is no code in it");
	return err;
}

static int read_table(
        struct table_read *read, const char *const names[], size_t name_count, struct diag *diag)
{
	struct cell cells[RELEASE_CELLS_MAX];
	size_t count;
	int got = release_record(read->release, '\t', cells, &count, diag), err;

	if (got <= 0)
		return got;
	release_skip(read->release);
	err = begin(read, cells, count, names, name_count, diag);
	return err < 0 ? err : read_rows(read, diag);
}

static uint64_t key_of(const struct table_read *read, struct cell code)
{
	uint64_t word = icd_word(code);

	return word ? (uint64_t)set_build_schema(read->build)->tag << 56 | word : 0;
}

enum { CODE, TITLE, CHAPTER, RESIDUAL, LEAF, PRIMARY, TABULATION_NAMES };

static int tabulation_row(struct table_read *read, const struct cell cells[], struct diag *diag)
{
	struct icd11_row row = {.row.source = (uint16_t)read->source};
	struct cell code = cells[read->places[CODE]], title = cells[read->places[TITLE]];
	struct cell chapter = cells[read->places[CHAPTER]];
	uint64_t key = key_of(read, code);
	int err;

	if (code.size == 0) {
		release_skip(read->release);
		return 0;
	}
	if (key == 0)
		return release_refuse(
		        read->release, diag, "'%.*s' is no ICD-11 code", (int)code.size, code.text);
	while (title.size >= 2 && title.text[0] == '-' && title.text[1] == ' ')
		title = (struct cell){title.text + 2, title.size - 2};
	if (chapter.size == 1 || chapter.size == 2)
		row.chapter = TWO_CHARS(chapter.text[0], chapter.size == 2 ? chapter.text[1] : 0);
	row.flags = (cell_is(cells[read->places[LEAF]], "True") ? ICD11_LEAF : 0) |
	            (cell_is(cells[read->places[RESIDUAL]], "True") ? ICD11_RESIDUAL : 0) |
	            (cell_is(cells[read->places[PRIMARY]], "True") ? ICD11_PRIMARY : 0);
	err = set_build_text(read->build, title.text, title.size, &row.title, diag);
	if (err < 0)
		return err;
	read->count++;
	return set_build_add(read->build, key, &row, diag);
}

static int read_tabulation(struct release *release, struct set_builds *builds, struct diag *diag)
{
	static const char *const names[TABULATION_NAMES] = {
	        "Code", "Title", "ChapterNo", "IsResidual", "isLeaf", "Primary tabulation"};
	struct table_read read = {
	        .release = release, .build = set_builds_at(builds, "icd11"), .row = tabulation_row};

	return read_table(&read, names, TABULATION_NAMES, diag);
}

enum { MAP_KIND, MAP_FROM, MAP_TO, MAP_TITLE, MAP_NAMES };

static int map_row(struct table_read *read, const struct cell cells[], struct diag *diag)
{
	struct icd10to11_row row = {.row.source = (uint16_t)read->source};
	struct cell from = cells[read->places[MAP_FROM]], to = cells[read->places[MAP_TO]];
	struct cell title = cells[read->places[MAP_TITLE]];
	uint64_t key = key_of(read, from);
	int err;

	if (!cell_is(cells[read->places[MAP_KIND]], "category") || to.size == 0) {
		release_skip(read->release);
		return 0;
	}
	if (key == 0)
		return release_refuse(
		        read->release, diag, "'%.*s' is no ICD-10 code", (int)from.size, from.text);
	err = set_build_text(read->build, to.text, to.size, &row.target, diag);
	if (err == 0)
		err = set_build_text(read->build, title.text, title.size, &row.title, diag);
	if (err < 0)
		return err;
	read->count++;
	return set_build_add(read->build, key, &row, diag);
}

static int read_map(struct release *release, struct set_builds *builds, struct diag *diag)
{
	static const char *const names[MAP_NAMES] = {
	        "10ClassKind", "icd10Code", "icd11Code", "icd11Title"};
	struct table_read read = {
	        .release = release, .build = set_builds_at(builds, "icd10to11"), .row = map_row};

	return read_table(&read, names, MAP_NAMES, diag);
}

const struct importer importer_icd11 = {
        .name = "icd11",
        .layout = "ICD-11 simple tabulation (tab-separated)",
        .recognise = recognise_tabulation,
        .read = read_tabulation,
};

const struct importer importer_icd10to11 = {
        .name = "icd10 to 11",
        .layout = "WHO's map of ICD-10 to ICD-11, one category (tab-separated)",
        .recognise = recognise_map,
        .read = read_map,
};
