/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NPPES: the monthly file of all NPIs, 330 columns, 9 million rows, 11 GB.  It is
 * read a record at a time; what is kept stands in its first 110 columns.
 */
#include "lookup/import_table.h"
#include "lookup/rows_lists.h"

#include <ctype.h>
#include <string.h>

enum {
	COLUMN_NPI,
	COLUMN_ENTITY,
	COLUMN_STATE,
	COLUMN_ENUMERATED,
	COLUMN_DEACTIVATED,
	COLUMN_REACTIVATED,
	COLUMN_TAXONOMY, /* fifteen, then their fifteen switches */
	TAXONOMIES = 15,
	COLUMN_PRIMARY = COLUMN_TAXONOMY + TAXONOMIES,
	COLUMNS = COLUMN_PRIMARY + TAXONOMIES,
	REQUIRED = COLUMN_TAXONOMY + 1
};

#define CODE(n) "Healthcare Provider Taxonomy Code_" #n
#define SWITCH(n) "Healthcare Provider Primary Taxonomy Switch_" #n

static const char *const names[COLUMNS] = {"NPI", "Entity Type Code",
        "Provider Business Practice Location Address State Name", "Provider Enumeration Date",
        "NPI Deactivation Date", "NPI Reactivation Date", CODE(1), CODE(2), CODE(3), CODE(4),
        CODE(5), CODE(6), CODE(7), CODE(8), CODE(9), CODE(10), CODE(11), CODE(12), CODE(13),
        CODE(14), CODE(15), SWITCH(1), SWITCH(2), SWITCH(3), SWITCH(4), SWITCH(5), SWITCH(6),
        SWITCH(7), SWITCH(8), SWITCH(9), SWITCH(10), SWITCH(11), SWITCH(12), SWITCH(13), SWITCH(14),
        SWITCH(15)};
static const struct table_layout layout = {names, COLUMNS, REQUIRED, ','};

struct nppes_reading {
	struct table table;
	struct set_build *build;
	uint16_t source;
};

static bool recognise(const struct release_head *head)
{
	return table_recognise(head, &layout);
}

static bool date_of_name(const char *at, int32_t *day)
{
	for (int i = 0; i < 8; i++)
		if (!isdigit((unsigned char)at[i]))
			return false;
	return date_parse(at, 8, day) == 0 && *day != DATE_ABSENT;
}

/*
 * "npidata_pfile_20050523-20240707.csv": its rows say when each last changed, but
 * none says up to when the file knows.
 */
static int begin_source(struct nppes_reading *reading)
{
	struct release *release = reading->table.release;
	struct set_source source = {.from = INT32_MIN, .to = INT32_MIN};
	int32_t first;
	int number;

	for (const char *at = release_name(release); strlen(at) >= 17; at++)
		if (date_of_name(at, &first) && at[8] == '-' && date_of_name(at + 9, &source.to))
			break;
	if (source.to == INT32_MIN)
		return release_refuse(release, reading->table.diag,
		        "the name does not say up to when it knows: keep the publisher's name, "
		        "npidata_pfile_YYYYMMDD-YYYYMMDD.csv");
	if (set_build_source_count(reading->build))
		return release_refuse(release, reading->table.diag,
		        "a second file of NPIs beside %s: keep the newest monthly file only",
		        set_build_source_at(reading->build, 0)->release);
	number = import_source(release, reading->build, &source, reading->table.diag);
	reading->source = (uint16_t)number;
	return number < 0 ? number : 0;
}

/* The primary one, else the first. */
static struct cell taxonomy_of(const struct table *table)
{
	for (size_t i = 0; i < TAXONOMIES; i++)
		if (cell_is(table_cell(table, COLUMN_PRIMARY + i), "Y") &&
		        table_cell(table, COLUMN_TAXONOMY + i).size)
			return table_cell(table, COLUMN_TAXONOMY + i);
	return table_cell(table, COLUMN_TAXONOMY);
}

static int read_facts(struct nppes_reading *reading, struct nppes_row *row)
{
	const struct table *table = &reading->table;
	struct cell entity = table_cell(table, COLUMN_ENTITY), taxonomy = taxonomy_of(table);

	if (entity.size > 1 || (entity.size == 1 && *entity.text != '1' && *entity.text != '2'))
		return release_refuse(
		        table->release, table->diag, "Entity Type Code is neither 1 nor 2");
	row->entity = entity.size ? (uint8_t)(*entity.text - '0') : 0;
	/* Abroad it is a word or blank; only two letters are a state. */
	if (table_cell(table, COLUMN_STATE).size == 2)
		row->state = import_chars(table_cell(table, COLUMN_STATE));
	if (taxonomy.size != 0 && taxonomy.size != 10)
		return release_refuse(table->release, table->diag,
		        "a Healthcare Provider Taxonomy Code that is not ten characters");
	return set_build_text(
	        reading->build, taxonomy.text, taxonomy.size, &row->taxonomy, table->diag);
}

/* From enumeration to deactivation, and again from reactivation on. */
static int add_windows(struct nppes_reading *reading, uint64_t key, struct nppes_row *row)
{
	struct table *table = &reading->table;
	int32_t enumerated, reactivated;
	int err = table_day(table, COLUMN_ENUMERATED, &enumerated);

	if (!err)
		err = table_day(table, COLUMN_DEACTIVATED, &row->deactivation);
	if (!err)
		err = table_day(table, COLUMN_REACTIVATED, &reactivated);
	if (err)
		return err;
	row->row.source = reading->source;
	row->row.from = enumerated; /* DATE_ABSENT, of a deactivated one, is open */
	row->row.to = INT32_MAX;
	if (row->deactivation == DATE_ABSENT)
		return set_build_add(reading->build, key, row, table->diag);
	row->row.to = row->deactivation - 1;
	if (row->row.from <= row->row.to)
		err = set_build_add(reading->build, key, row, table->diag);
	if (err || reactivated == DATE_ABSENT)
		return err;
	if (reactivated < row->deactivation)
		return release_refuse(table->release, table->diag,
		        "NPI Reactivation Date is before NPI Deactivation Date");
	row->row.from = reactivated;
	row->row.to = INT32_MAX;
	return set_build_add(reading->build, key, row, table->diag);
}

static int add_row(struct nppes_reading *reading)
{
	struct cell npi = table_cell(&reading->table, COLUMN_NPI);
	uint64_t key = set_key_of(set_build_schema(reading->build), npi.text, npi.size);
	struct nppes_row row = {0};
	int err;

	if (!key || npi.size != 10)
		return release_refuse(
		        reading->table.release, reading->table.diag, "NPI is not ten digits");
	err = read_facts(reading, &row);
	return err ? err : add_windows(reading, key, &row);
}

static int read_all(struct release *release, struct set_builds *builds, struct diag *diag)
{
	struct nppes_reading reading = {0};
	int got, err = import_build(builds, "nppes", &reading.build, diag);

	if (!err)
		err = table_open(&reading.table, release, &layout, diag);
	if (!err)
		err = begin_source(&reading);
	if (err)
		return err;
	while ((got = table_next(&reading.table)) > 0) {
		err = add_row(&reading);
		if (err)
			return err;
	}
	return table_end(&reading.table, got);
}

const struct importer importer_nppes = {
        .name = "nppes",
        .layout = "NPPES monthly file (npidata_pfile CSV)",
        .recognise = recognise,
        .read = read_all,
};
