/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A licensee's list of CPT codes: CSV with a column cpt_code, and from and to where
 * it has them.  No other column is looked at, so no text of the AMA's is kept.
 */
#include "lookup/import_cpt.h"
#include "lookup/import_table.h"
#include "lookup/rows_procedures.h"

#include <ctype.h>
#include <string.h>

static uint64_t word_of(const char *text)
{
	return import_word((struct cell){text, strlen(text)});
}

uint64_t cpt_category(struct cell code)
{
	static const struct {
		char letter;
		const char *category;
	} letters[] = {{'F', "II"}, {'T', "III"}, {'U', "PLA"}, {'M', "MAAA"}, {'A', "ADMIN"}};
	int last;

	if (!import_is_procedure(code))
		return 0;
	if (isalpha((unsigned char)code.text[0]))
		return toupper((unsigned char)code.text[0]) == 'D' ? word_of("CDT") : 0;
	last = toupper((unsigned char)code.text[4]);
	if (isdigit(last))
		return word_of("I");
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (letters[i].letter == last)
			return word_of(letters[i].category);
	return 0;
}

int cpt_add(struct set_build *build, struct cell code, uint16_t source, struct diag *diag)
{
	struct cpt_row row = {.row = {.source = source}, .category = cpt_category(code)};

	if (!row.category)
		return 0;
	return set_build_add(
	        build, set_key_of(set_build_schema(build), code.text, code.size), &row, diag);
}

/* ---- The list ---- */

enum { COLUMN_CODE, COLUMN_FROM, COLUMN_TO, COLUMNS };

static const char *const names[COLUMNS] = {"cpt_code", "from", "to"};
static const struct table_layout layout = {names, COLUMNS, 1, ','};

static bool recognise(const struct release_head *head)
{
	return table_recognise(head, &layout);
}

static int add_row(struct table *table, struct set_build *build, uint16_t source)
{
	struct cell code = table_cell(table, COLUMN_CODE);
	struct cpt_row row = {.row = {.source = source}, .category = cpt_category(code)};
	int err = table_window(table, COLUMN_FROM, COLUMN_TO, &row.row);

	if (err)
		return err;
	if (!row.category)
		return release_refuse(
		        table->release, table->diag, "cpt_code is no code of CPT or CDT");
	return set_build_add(build, set_key_of(set_build_schema(build), code.text, code.size), &row,
	        table->diag);
}

static int read_all(struct release *release, struct set_builds *builds, struct diag *diag)
{
	const struct set_source source = {.from = INT32_MIN, .to = INT32_MAX};
	struct set_build *build;
	struct table table;
	int got, number, err = import_build(builds, "cpt", &build, diag);

	if (!err)
		err = table_open(&table, release, &layout, diag);
	if (err)
		return err;
	number = import_source(release, build, &source, diag);
	if (number < 0)
		return number;
	while ((got = table_next(&table)) > 0) {
		err = add_row(&table, build, (uint16_t)number);
		if (err)
			return err;
	}
	return table_end(&table, got);
}

const struct importer importer_cpt = {
        .name = "cpt list",
        .layout = "a licensee's CPT codes (CSV: cpt_code, from, to)",
        .recognise = recognise,
        .read = read_all,
};
