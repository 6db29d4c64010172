/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OIG's list of excluded individuals and entities: UPDATED.csv, and the monthly
 * supplements of exclusions and reinstatements, which have the same header.
 *
 * Nine rows in ten have no NPI and are counted as no data: only an NPI names a
 * provider for certain.  Names, addresses and days of birth are not looked at.
 */
#include "lookup/import_held.h"
#include "lookup/import_table.h"
#include "lookup/rows_lists.h"

#include <string.h>

enum {
	COLUMN_NPI,
	COLUMN_EXCLUDED,
	COLUMN_REINSTATED,
	COLUMN_TYPE,
	COLUMN_STATE,
	COLUMN_WAIVER,
	COLUMN_WAIVER_STATE,
	COLUMN_KIND,
	COLUMN_SPECIALTY,
	COLUMNS
};

static const char *const names[COLUMNS] = {
        [COLUMN_NPI] = "NPI",
        [COLUMN_EXCLUDED] = "EXCLDATE",
        [COLUMN_REINSTATED] = "REINDATE",
        [COLUMN_TYPE] = "EXCLTYPE",
        [COLUMN_STATE] = "STATE",
        [COLUMN_WAIVER] = "WAIVERDATE",
        [COLUMN_WAIVER_STATE] = "WVRSTATE",
        [COLUMN_KIND] = "GENERAL",
        [COLUMN_SPECIALTY] = "SPECIALTY",
};
static const struct table_layout layout = {names, COLUMNS, COLUMNS, ','};

struct leie_reading {
	struct table table;
	struct set_build *build;
	int32_t newest; /* exclusion or reinstatement */
};

static bool recognise(const struct release_head *head)
{
	return table_recognise(head, &layout);
}

static int read_days(struct leie_reading *reading, struct leie_row *row)
{
	struct table *table = &reading->table;
	int32_t excluded, reinstated;

	if (cell_date(table_cell(table, COLUMN_EXCLUDED), &excluded) ||
	        cell_date(table_cell(table, COLUMN_REINSTATED), &reinstated) ||
	        cell_date(table_cell(table, COLUMN_WAIVER), &row->waiver_day))
		return release_refuse(table->release, table->diag,
		        "EXCLDATE, REINDATE or WAIVERDATE is no date: yyyymmdd is wanted");
	if (excluded == DATE_ABSENT)
		return release_refuse(table->release, table->diag, "EXCLDATE is blank");
	if (reinstated != DATE_ABSENT && reinstated < excluded)
		return release_refuse(table->release, table->diag, "REINDATE is before EXCLDATE");
	row->row.from = excluded;
	row->row.to = reinstated == DATE_ABSENT ? INT32_MAX : reinstated - 1;
	if (excluded > reading->newest)
		reading->newest = excluded;
	if (reinstated > reading->newest)
		reading->newest = reinstated;
	return 0;
}

static int read_texts(struct leie_reading *reading, struct leie_row *row)
{
	struct table *table = &reading->table;
	int err = table_text(table, COLUMN_TYPE, reading->build, &row->type);

	row->state = import_chars(table_cell(table, COLUMN_STATE));
	row->waiver_state = import_chars(table_cell(table, COLUMN_WAIVER_STATE));
	if (!err)
		err = table_text(table, COLUMN_KIND, reading->build, &row->kind);
	return err ? err : table_text(table, COLUMN_SPECIALTY, reading->build, &row->specialty);
}

static int add_row(struct leie_reading *reading)
{
	struct cell npi = table_cell(&reading->table, COLUMN_NPI);
	uint64_t key = set_key_of(set_build_schema(reading->build), npi.text, npi.size);
	struct leie_row row = {0};
	int err = read_days(reading, &row);

	if (err)
		return err;
	if (npi.size == 0 || cell_is(npi, "0000000000") || row.row.from > row.row.to) {
		release_skip(reading->table.release);
		return 0;
	}
	if (!key || npi.size != 10)
		return release_refuse(
		        reading->table.release, reading->table.diag, "NPI is not ten digits");
	err = read_texts(reading, &row);
	return err ? err : held_add(reading->build, key, HELD_UNDATED, &row, reading->table.diag);
}

/* It covers all days up to the end of the month of its newest exclusion. */
static int name_release(struct leie_reading *reading, size_t mark)
{
	struct set_source source = {.from = INT32_MIN};
	struct date_parts day = date_to_parts(reading->newest);
	int number;

	source.to = day.month == 12 ? date_from_parts(day.year, 12, 31)
	                            : date_from_parts(day.year, day.month + 1, 1) - 1;
	number = import_source(
	        reading->table.release, reading->build, &source, reading->table.diag);
	if (number < 0)
		return number;
	held_release(reading->build, mark, HELD_UNDATED, (uint16_t)number);
	return 0;
}

static int read_all(struct release *release, struct set_builds *builds, struct diag *diag)
{
	struct leie_reading reading = {.newest = INT32_MIN};
	int got, err = import_build(builds, "leie", &reading.build, diag);
	size_t mark;

	if (err)
		return err;
	mark = held_mark(reading.build);
	err = table_open(&reading.table, release, &layout, diag);
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

const struct importer importer_leie = {
        .name = "oig leie",
        .layout = "OIG list of excluded individuals and entities (UPDATED.csv)",
        .recognise = recognise,
        .read = read_all,
};
