/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NCCI add-on code edits: a row an add-on code and a primary, Julian dates, the
 * header behind a notice or not.  Edits that ended stay in, so the newest release
 * is all there is to know.
 */
#include "lookup/import_held.h"
#include "lookup/import_table.h"
#include "lookup/rows_procedures.h"

#include <ctype.h>
#include <string.h>

enum {
	COLUMN_TYPE,
	COLUMN_ADD_ON,
	COLUMN_PRIMARY,
	COLUMN_EFFECTIVE,
	COLUMN_DELETED,
	COLUMN_ADD_ON_DELETED,
	COLUMN_PRIMARY_DELETED,
	COLUMN_NOTE,
	COLUMNS
};

static const char *const names[COLUMNS] = {
        [COLUMN_TYPE] = "AOC_Edit_Type",
        [COLUMN_ADD_ON] = "Add-On_Code",
        [COLUMN_PRIMARY] = "Primary_Code",
        [COLUMN_EFFECTIVE] = "AOC_Edit_EffDT",
        [COLUMN_DELETED] = "AOC_Edit_DelDT",
        [COLUMN_ADD_ON_DELETED] = "AOC_DelDT",
        [COLUMN_PRIMARY_DELETED] = "Primary_Code_DelDT",
        [COLUMN_NOTE] = "Special_Instruction_Notes",
};

static const struct table_layout comma = {names, COLUMNS, COLUMN_NOTE, ','};
static const struct table_layout tab = {names, COLUMNS, COLUMN_NOTE, '\t'};

struct aoc_reading {
	struct table table;
	struct set_build *build;
	int32_t first, newest; /* effective dates */
};

static bool recognise_comma(const struct release_head *head)
{
	return table_recognise(head, &comma);
}

static bool recognise_tab(const struct release_head *head)
{
	return table_recognise(head, &tab);
}

static int read_day(struct aoc_reading *reading, size_t column, int32_t *day)
{
	if (cell_julian(table_cell(&reading->table, column), day) == 0)
		return 0;
	return release_refuse(reading->table.release, reading->table.diag,
	        "%s is no date: yyyyddd is wanted, as in 2013091", names[column]);
}

/* The edit ends with itself, its add-on code or its primary, whichever is first. */
static int read_days(struct aoc_reading *reading, struct aoc_row *row)
{
	int32_t effective, deleted;
	int err = read_day(reading, COLUMN_EFFECTIVE, &effective);

	if (!err)
		err = read_day(reading, COLUMN_DELETED, &deleted);
	if (!err)
		err = read_day(reading, COLUMN_ADD_ON_DELETED, &row->add_on_deleted);
	if (!err)
		err = read_day(reading, COLUMN_PRIMARY_DELETED, &row->primary_deleted);
	if (err)
		return err;
	if (effective == DATE_ABSENT)
		return release_refuse(
		        reading->table.release, reading->table.diag, "AOC_Edit_EffDT is blank");
	if (deleted != DATE_ABSENT && deleted < effective)
		return release_refuse(reading->table.release, reading->table.diag,
		        "AOC_Edit_DelDT is before AOC_Edit_EffDT");
	row->row.from = effective;
	row->row.to = deleted == DATE_ABSENT ? INT32_MAX : deleted;
	if (row->add_on_deleted != DATE_ABSENT && row->add_on_deleted < row->row.to)
		row->row.to = row->add_on_deleted;
	if (row->primary_deleted != DATE_ABSENT && row->primary_deleted < row->row.to)
		row->row.to = row->primary_deleted;
	if (effective < reading->first)
		reading->first = effective;
	if (effective > reading->newest)
		reading->newest = effective;
	return 0;
}

static int read_codes(struct aoc_reading *reading, struct aoc_row *row)
{
	struct cell type = table_cell(&reading->table, COLUMN_TYPE);
	struct cell primary = table_cell(&reading->table, COLUMN_PRIMARY);

	if (type.size != 1 || !import_begins_with_one_of(type, "123"))
		return release_refuse(reading->table.release, reading->table.diag,
		        "AOC_Edit_Type is none of 1, 2, 3");
	row->type = (uint8_t)(*type.text - '0');
	if (!import_is_procedure(table_cell(&reading->table, COLUMN_ADD_ON)))
		return release_refuse(reading->table.release, reading->table.diag,
		        "Add-On_Code is no procedure code");
	if (primary.size == 0 || cell_is(primary, "CCCCC"))
		return 0; /* the contractor's to define */
	if (!import_is_procedure(primary))
		return release_refuse(reading->table.release, reading->table.diag,
		        "Primary_Code is neither a procedure code nor CCCCC");
	row->primary = import_word(primary);
	return 0;
}

static int add_row(struct aoc_reading *reading)
{
	struct cell code = table_cell(&reading->table, COLUMN_ADD_ON);
	struct aoc_row row = {0};
	int err = read_codes(reading, &row);

	if (!err)
		err = read_days(reading, &row);
	if (!err)
		err = table_text(&reading->table, COLUMN_NOTE, reading->build, &row.note);
	if (err)
		return err;
	if (row.row.from > row.row.to) { /* its code was gone before the edit began */
		release_skip(reading->table.release);
		return 0;
	}
	return held_add(reading->build,
	        set_key_of(set_build_schema(reading->build), code.text, code.size), HELD_UNDATED,
	        &row, reading->table.diag);
}

/* "AOC_V2026Q2-MCR": the version's quarter, or 0. */
static bool quarter_of_name(const char *name, int *year, int *quarter)
{
	for (const char *at = name; strlen(at) >= 6; at++) {
		bool digits = true;

		for (int i = 0; i < 4; i++)
			digits &= isdigit((unsigned char)at[i]) != 0;
		if (!digits || toupper((unsigned char)at[4]) != 'Q' || at[5] < '1' || at[5] > '4')
			continue;
		*year = (at[0] - '0') * 1000 + (at[1] - '0') * 100 + (at[2] - '0') * 10 +
		        (at[3] - '0');
		*quarter = at[5] - '0';
		return true;
	}
	return false;
}

/* It covers from its first edit to the end of its version's quarter, else its newest edit's. */
static int name_release(struct aoc_reading *reading, size_t mark)
{
	struct set_source source = {.from = reading->first};
	struct date_parts day = date_to_parts(reading->newest);
	int year = day.year, quarter = (day.month + 2) / 3, number;
	int32_t first;

	quarter_of_name(release_name(reading->table.release), &year, &quarter);
	days_of_quarter(year, quarter, &first, &source.to);
	if (source.to < reading->newest)
		source.to = reading->newest; /* published ahead of its quarter */
	number = import_source(
	        reading->table.release, reading->build, &source, reading->table.diag);
	if (number < 0)
		return number;
	held_release(reading->build, mark, source.to, (uint16_t)number);
	return 0;
}

static int read_table(struct release *release, struct set_builds *builds,
        const struct table_layout *layout, struct diag *diag)
{
	struct aoc_reading reading = {.first = INT32_MAX, .newest = INT32_MIN};
	int got, err = import_build(builds, "aoc", &reading.build, diag);
	size_t mark;

	if (err)
		return err;
	mark = held_mark(reading.build);
	err = table_open(&reading.table, release, layout, diag);
	if (err)
		return err;
	while ((got = table_next(&reading.table)) > 0) {
		err = add_row(&reading);
		if (err)
			return err;
	}
	err = table_end(&reading.table, got);
	return err ? err : name_release(&reading, mark);
}

static int read_comma(struct release *release, struct set_builds *builds, struct diag *diag)
{
	return read_table(release, builds, &comma, diag);
}

static int read_tab(struct release *release, struct set_builds *builds, struct diag *diag)
{
	return read_table(release, builds, &tab, diag);
}

const struct importer importer_aoc_csv = {
        .name = "ncci aoc csv",
        .layout = "NCCI add-on code edits (CSV)",
        .recognise = recognise_comma,
        .read = read_comma,
};

const struct importer importer_aoc_text = {
        .name = "ncci aoc text",
        .layout = "NCCI add-on code edits (tab text)",
        .recognise = recognise_tab,
        .read = read_tab,
};
