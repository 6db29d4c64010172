/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Types of bill by their parts: facility digits, the classes that each facility has,
 * and frequencies.  Every facility and class goes with every frequency.
 */
#include "lookup/import_table.h"
#include "lookup/rows_lists.h"

#include <ctype.h>
#include <string.h>

enum { COLUMN_PART, COLUMN_FACILITY, COLUMN_VALUE, COLUMNS, CHARACTERS = 128 };

static const char *const names[COLUMNS] = {"part", "facility_digit", "value"};
static const struct table_layout layout = {names, COLUMNS, COLUMNS, ','};

struct tob_parts {
	bool facility[CHARACTERS], frequency[CHARACTERS];
	bool class[CHARACTERS][CHARACTERS]; /* of a facility */
};

static bool recognise(const struct release_head *head)
{
	return table_recognise(head, &layout);
}

static bool one_character(struct cell cell, unsigned char *character)
{
	*character = cell.size == 1 ? (unsigned char)toupper((unsigned char)*cell.text) : 0;
	return isalnum(*character) && *character < CHARACTERS;
}

static int read_part(struct table *table, struct tob_parts *parts)
{
	struct cell part = table_cell(table, COLUMN_PART);
	unsigned char value, facility;

	if (!one_character(table_cell(table, COLUMN_VALUE), &value))
		return release_refuse(
		        table->release, table->diag, "value is not one letter or digit");
	if (cell_is(part, "facility"))
		parts->facility[value] = true;
	else if (cell_is(part, "frequency"))
		parts->frequency[value] = true;
	else if (!cell_is(part, "classification"))
		return release_refuse(table->release, table->diag,
		        "part is none of facility, classification, frequency");
	else if (!one_character(table_cell(table, COLUMN_FACILITY), &facility))
		return release_refuse(
		        table->release, table->diag, "a classification without its facility_digit");
	else
		parts->class[facility][value] = true;
	return 0;
}

/* Every frequency of a facility and class. */
static int add_bill(struct set_build *build, const struct tob_parts *parts,
        const unsigned char digits[2], uint16_t source, struct diag *diag)
{
	struct tob_row row = {
	        .row = {.from = INT32_MIN, .to = INT32_MAX, .source = source},
	        .facility = digits[0],
	        .class = digits[1],
	};

	for (unsigned char frequency = 0; frequency < CHARACTERS; frequency++) {
		const char text[3] = {(char)digits[0], (char)digits[1], (char)frequency};
		int err = parts->frequency[frequency]
		                  ? set_build_add(build,
		                            set_key_of(set_build_schema(build), text, 3), &row,
		                            diag)
		                  : 0;

		if (err)
			return err;
	}
	return 0;
}

static int add_bills(
        struct set_build *build, const struct tob_parts *parts, uint16_t source, struct diag *diag)
{
	for (unsigned char facility = 0; facility < CHARACTERS; facility++)
		for (unsigned char class = 0; class < CHARACTERS; class ++) {
			const unsigned char digits[2] = {facility, class};
			int err = parts->facility[facility] && parts->class[facility][class]
			                  ? add_bill(build, parts, digits, source, diag)
			                  : 0;

			if (err)
				return err;
		}
	return 0;
}

static int read_all(struct release *release, struct set_builds *builds, struct diag *diag)
{
	const struct set_source source = {.from = INT32_MIN, .to = INT32_MAX};
	struct tob_parts parts = {0};
	struct set_build *build;
	struct table table;
	int got, number, err = import_build(builds, "tob", &build, diag);

	if (!err)
		err = table_open(&table, release, &layout, diag);
	if (err)
		return err;
	while ((got = table_next(&table)) > 0) {
		err = read_part(&table, &parts);
		if (err)
			return err;
	}
	err = table_end(&table, got);
	if (err)
		return err;
	number = import_source(release, build, &source, diag);
	return number < 0 ? number : add_bills(build, &parts, (uint16_t)number, diag);
}

const struct importer importer_tob = {
        .name = "tob parts",
        .layout = "parts of types of bill (CSV: part, facility_digit, value)",
        .recognise = recognise,
        .read = read_all,
};
