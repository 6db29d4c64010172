/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IPPS Table 5: MS-DRGs with weights and mean lengths of stay, parted by tabs.  One or
 * two quoted lines of title; the header, whose cells name the fiscal year:
 *
 *     MS-DRG | FY 20XX Final Post-Acute DRG | FY 20XX Final Special Pay DRG | MDC | TYPE |
 *     MS-DRG Title | Weights [- Before Cap | - 10% Cap Applied] | Geometric mean LOS |
 *     Arithmetic mean LOS
 *
 * and footnotes at the end, which are no data.
 */
#include "lookup/import_icd.h"
#include "lookup/rows_icd.h"

#include <stdio.h>
#include <string.h>

enum column {
	POST_ACUTE,
	SPECIAL_PAY,
	MDC,
	TYPE,
	TITLE,
	WEIGHT,
	WEIGHT_CAPPED,
	LOS_GEOMETRIC,
	LOS_ARITHMETIC,
	COLUMNS
};

static bool has_word(struct cell cell, const char *word)
{
	for (size_t i = 0; i + strlen(word) <= cell.size; i++)
		if (cell_begins((struct cell){cell.text + i, cell.size - i}, word))
			return true;
	return false;
}

/* Is it the header, once it is in cells? */
static bool is_header(const struct cell cells[], size_t count)
{
	return count >= 8 && cell_is(cells[0], "MS-DRG") && has_word(cells[1], "Post-Acute");
}

static bool recognise(const struct release_head *head)
{
	struct head_lines lines = {.head = head};
	struct cell line;

	while (head_next(&lines, &line))
		if (cell_is(line_cell(line, '\t', 0), "MS-DRG") &&
		        has_word(line_cell(line, '\t', 1), "Post-Acute"))
			return true;
	return false;
}

struct table_read {
	struct release *release;
	struct set_build *build;
	int source; /* -1: the header has not come yet */
	size_t count, width;
	int places[COLUMNS]; /* -1: no such column */
};

static void place_columns(struct table_read *read, const struct cell cells[], size_t count)
{
	static const char *const words[COLUMNS] = {"Post-Acute", "Special Pay", "MDC", "TYPE",
	        "Title", "Weight", "Cap Applied", "Geometric", "Arithmetic"};

	for (int k = 0; k < COLUMNS; k++) {
		read->places[k] = -1;
		for (size_t i = count; i-- > 1;)
			if (has_word(cells[i], words[k]))
				read->places[k] = (int)i;
	}
	read->width = count;
}

static int read_header(
        struct table_read *read, const struct cell cells[], size_t count, struct diag *diag)
{
	struct release_days days;
	char text[64];
	int year;

	snprintf(text, sizeof(text), "%.*s", (int)cells[1].size, cells[1].text);
	year = text_year(text);
	place_columns(read, cells, count);
	for (int k = 0; k < COLUMNS; k++)
		if (read->places[k] < 0 && k != WEIGHT_CAPPED)
			return release_refuse(
			        read->release, diag, "a column of Table 5 is missing");
	if (year)
		fiscal_days(year, 0, &days);
	else if (!release_fiscal(read->release, &days))
		return release_refuse_name(
		        read->release, diag, "fiscal year", "CMS-FY2025-Table-5.txt");
	read->source = source_note(read->build, read->release, &days, true, diag);
	return read->source < 0 ? read->source : 0;
}

static struct cell cell_of(const struct table_read *read, const struct cell cells[], int column)
{
	return read->places[column] < 0 ? (struct cell){"", 0} : cells[read->places[column]];
}

/* A figure that may be blank, or a mark for "none". */
static bool figure(
        struct cell cell, bool (*read)(struct cell cell, int32_t *number), int32_t *number)
{
	*number = 0;
	return cell.size == 0 || cell_is(cell, "**") || cell_is(cell, "*") || cell_is(cell, ".") ||
	       cell_is(cell, "N/A") || read(cell, number);
}

static int read_row(struct table_read *read, const struct cell cells[], struct diag *diag)
{
	struct msdrg_weights_row row = {.row.source = (uint16_t)read->source};
	struct cell mdc = cell_of(read, cells, MDC), title = cell_of(read, cells, TITLE);
	int err;

	if (cell_is(cell_of(read, cells, POST_ACUTE), "Yes"))
		row.flags |= DRG_POST_ACUTE;
	if (cell_is(cell_of(read, cells, SPECIAL_PAY), "Yes"))
		row.flags |= DRG_SPECIAL_PAY;
	if (cell_begins(cell_of(read, cells, TYPE), "SURG"))
		row.flags |= DRG_SURGICAL;
	if (cell_begins(cell_of(read, cells, TYPE), "MED"))
		row.flags |= DRG_MEDICAL;
	if (mdc.size == 2 && mdc.text[0] >= '0' && mdc.text[0] <= '9')
		row.mdc = TWO_CHARS(mdc.text[0], mdc.text[1]);
	if (!figure(cell_of(read, cells, WEIGHT), cell_ten_thousandths, &row.weight) ||
	        !figure(cell_of(read, cells, WEIGHT_CAPPED), cell_ten_thousandths,
	                &row.weight_capped) ||
	        !figure(cell_of(read, cells, LOS_GEOMETRIC), cell_hundredths, &row.los_geometric) ||
	        !figure(cell_of(read, cells, LOS_ARITHMETIC), cell_hundredths, &row.los_arithmetic))
		return release_refuse(
		        read->release, diag, "a weight or length of stay is no number");
	err = set_build_text(read->build, title.text, title.size, &row.title, diag);
	if (err < 0)
		return err;
	read->count++;
	return set_build_add(read->build,
	        set_key_of(set_build_schema(read->build), cells[0].text, cells[0].size), &row,
	        diag);
}

static bool is_drg(struct cell cell)
{
	uint32_t number;

	return cell.size == 3 && cell_number(cell, &number);
}

static int read_table(struct release *release, struct set_builds *builds, struct diag *diag)
{
	struct table_read read = {
	        .release = release, .build = set_builds_at(builds, "msdrg_weights"), .source = -1};
	struct cell cells[RELEASE_CELLS_MAX];
	size_t count;
	int got = 0, err = 0;

	while (err == 0 && (got = release_record(release, '\t', cells, &count, diag)) > 0) {
		if (read.source < 0 && is_header(cells, count)) {
			release_skip(release);
			err = read_header(&read, cells, count, diag);
		} else if (read.source < 0 || !is_drg(cells[0])) {
			release_skip(release);
		} else if (count < read.width) {
			err = release_refuse(release, diag,
			        "%zu cells, but %zu columns: the line is cut short", count,
			        read.width);
		} else {
			err = read_row(&read, cells, diag);
		}
	}
	if (err == 0 && got == 0 && read.count == 0)
		return release_refuse(release, diag, "there is no DRG in it");
	return err < 0 ? err : got;
}

const struct importer importer_msdrg_table5 = {
        .name = "msdrg table 5",
        .layout = "IPPS Table 5: MS-DRG weights (tab-separated)",
        .recognise = recognise,
        .read = read_table,
};
