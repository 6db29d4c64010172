/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Medicare Coverage Database's exports: tables of documents (article.csv,
 * lcd.csv), of the procedures that they name and of the diagnoses that support
 * them or do not.  A table of each is read as it comes; the sets keep them apart,
 * and who looks up joins them by document, version and group.
 */
#include "lookup/import_table.h"
#include "lookup/rows_procedures.h"

#include <stdio.h>
#include <string.h>

/* A table of the export: its header, and what a row of it says. */
struct mcd_table {
	const char *set;
	char letter; /* of the document: A52353, L33822 */
	bool covered;
	struct table_layout layout;
	int (*add)(struct table *table, struct set_build *build, const struct mcd_table *mcd,
	        uint16_t source);
};

enum { COLUMN_ID, COLUMN_VERSION, COLUMN_CODE, COLUMN_GROUP };

/* A letter and at most six digits; 0: none. */
static uint64_t document_word(const struct table *table, char letter)
{
	struct cell id = table_cell(table, COLUMN_ID);
	char text[8];
	uint32_t number;

	if (!cell_number(id, &number) || number > 999999)
		return 0;
	return import_word((struct cell){
	        text, (size_t)snprintf(text, sizeof(text), "%c%u", letter, (unsigned)number)});
}

static int read_document(
        const struct table *table, char letter, uint64_t *document, uint32_t *version)
{
	*document = document_word(table, letter);
	if (!*document)
		return release_refuse(table->release, table->diag, "%s is no number of a document",
		        table->layout->names[COLUMN_ID]);
	return import_table_number(table, COLUMN_VERSION, version);
}

/* Blank where a document has one group, or none. */
static int read_group(const struct table *table, uint32_t *group)
{
	*group = 0;
	if (table_cell(table, COLUMN_GROUP).size == 0)
		return 0;
	return import_table_number(table, COLUMN_GROUP, group);
}

static int add_procedure(
        struct table *table, struct set_build *build, const struct mcd_table *mcd, uint16_t source)
{
	struct ncd_lcd_row row = {.row = {.from = INT32_MIN, .to = INT32_MAX, .source = source}};
	struct cell code = table_cell(table, COLUMN_CODE);
	int err = read_document(table, mcd->letter, &row.document, &row.version);

	if (!err)
		err = read_group(table, &row.group);
	if (err)
		return err;
	if (!import_is_procedure(code)) { /* "XX000", "NA": the document names none */
		release_skip(table->release);
		return 0;
	}
	return set_build_add(build, set_key_of(set_build_schema(build), code.text, code.size), &row,
	        table->diag);
}

static int add_diagnosis(
        struct table *table, struct set_build *build, const struct mcd_table *mcd, uint16_t source)
{
	struct ncd_lcd_dx_row row = {.row = {.from = INT32_MIN, .to = INT32_MAX, .source = source},
	        .covered = mcd->covered};
	struct cell code = table_cell(table, COLUMN_CODE);
	uint64_t key = set_key_of(set_build_schema(build), code.text, code.size);
	int err = read_document(table, mcd->letter, &row.document, &row.version);

	if (!err)
		err = read_group(table, &row.group);
	if (err)
		return err;
	if (!key || code.size < 3) { /* "XX000": the document names none */
		release_skip(table->release);
		return 0;
	}
	return set_build_add(build, key, &row, table->diag);
}

enum {
	COLUMN_TITLE = COLUMN_CODE,
	COLUMN_FROM,
	COLUMN_TO,
	COLUMN_REVISED,
	COLUMN_REVISION_END,
	COLUMN_RETIRED,
	COLUMN_STATUS
};

/* The version's own days, else the document's; it ends when it is retired, if not before. */
static int document_days(const struct table *table, struct set_row *row)
{
	int32_t from, to, revised, revision_end, retired;
	int err = table_day(table, COLUMN_FROM, &from);

	if (!err)
		err = table_day(table, COLUMN_TO, &to);
	if (!err)
		err = table_day(table, COLUMN_REVISED, &revised);
	if (!err)
		err = table_day(table, COLUMN_REVISION_END, &revision_end);
	if (!err)
		err = table_day(table, COLUMN_RETIRED, &retired);
	if (err)
		return err;
	row->from = revised != DATE_ABSENT ? revised : from; /* DATE_ABSENT is INT32_MIN: open */
	row->to = INT32_MAX;
	for (int i = 0; i < 3; i++) {
		int32_t end = i == 0 ? to : i == 1 ? revision_end : retired;

		if (end != DATE_ABSENT && end < row->to)
			row->to = end;
	}
	return 0;
}

static int add_document(
        struct table *table, struct set_build *build, const struct mcd_table *mcd, uint16_t source)
{
	struct ncd_lcd_document_row row = {.row = {.source = source}};
	char text[SET_KEY_TEXT_MAX];
	uint64_t document;
	int err = read_document(table, mcd->letter, &document, &row.version);

	if (!err)
		err = document_days(table, &row.row);
	if (err)
		return err;
	/* Proposed ones bind nobody; retired before they began: withdrawn. */
	if (cell_is(table_cell(table, COLUMN_STATUS), "P") || row.row.from > row.row.to) {
		release_skip(table->release);
		return 0;
	}
	err = table_text(table, COLUMN_TITLE, build, &row.title);
	if (err)
		return err;
	memcpy(text, &document, sizeof(document));
	return set_build_add(
	        build, set_key_of(set_build_schema(build), text, strlen(text)), &row, table->diag);
}

static const char *const article_names[] = {"article_id", "article_version", "title",
        "article_eff_date", "article_end_date", "article_rev_eff_date", "article_rev_end_date",
        "date_retired", "status"};
static const char *const lcd_names[] = {"lcd_id", "lcd_version", "title", "orig_det_eff_date",
        "ent_det_end_date", "rev_eff_date", "rev_end_date", "date_retired", "status"};
static const char *const article_procedures[] = {
        "article_id", "article_version", "hcpc_code_id", "hcpc_code_group"};
static const char *const lcd_procedures[] = {
        "lcd_id", "lcd_version", "hcpc_code_id", "hcpc_code_group"};
static const char *const article_covered[] = {
        "article_id", "article_version", "icd10_code_id", "icd10_covered_group"};
static const char *const article_noncovered[] = {
        "article_id", "article_version", "icd10_code_id", "icd10_noncovered_group"};
static const char *const lcd_covered[] = {
        "lcd_id", "lcd_version", "icd10_code_id", "icd10_support_group"};
static const char *const lcd_noncovered[] = {
        "lcd_id", "lcd_version", "icd10_code_id", "icd10_dont_support_group"};

static const struct mcd_table tables[] = {
        {"ncd_lcd_documents", 'A', false, {article_names, 9, 4, ','}, add_document},
        {"ncd_lcd_documents", 'L', false, {lcd_names, 9, 4, ','}, add_document},
        {"ncd_lcd", 'A', false, {article_procedures, 4, 4, ','}, add_procedure},
        {"ncd_lcd", 'L', false, {lcd_procedures, 4, 4, ','}, add_procedure},
        {"ncd_lcd_dx", 'A', true, {article_covered, 4, 4, ','}, add_diagnosis},
        {"ncd_lcd_dx", 'A', false, {article_noncovered, 4, 4, ','}, add_diagnosis},
        {"ncd_lcd_dx", 'L', true, {lcd_covered, 4, 4, ','}, add_diagnosis},
        {"ncd_lcd_dx", 'L', false, {lcd_noncovered, 4, 4, ','}, add_diagnosis},
};

enum { TABLES = sizeof(tables) / sizeof(tables[0]) };

static bool recognise(const struct release_head *head)
{
	for (size_t i = 0; i < TABLES; i++)
		if (table_recognise(head, &tables[i].layout))
			return true;
	return false;
}

/* The header is the first line of these files, so the first record tells which table it is. */
static const struct mcd_table *table_of(struct table *table)
{
	for (size_t i = 0; i < TABLES; i++) {
		const struct table_layout *layout = &tables[i].layout;

		cells_place(
		        table->cells, table->count, layout->names, table->places, layout->count);
		table->layout = layout;
		if (table->places[0] >= 0 && table->places[1] >= 0 && table->places[2] >= 0 &&
		        table->places[3] >= 0)
			return &tables[i];
	}
	return NULL;
}

static int read_rows(struct table *table, struct set_builds *builds, const struct mcd_table *mcd)
{
	const struct set_source source = {.from = INT32_MIN, .to = INT32_MAX};
	struct set_build *build;
	int got, number, err = import_build(builds, mcd->set, &build, table->diag);

	if (err)
		return err;
	number = import_source(table->release, build, &source, table->diag);
	if (number < 0)
		return number;
	while ((got = table_next(table)) > 0) {
		err = mcd->add(table, build, mcd, (uint16_t)number);
		if (err)
			return err;
	}
	return got;
}

static int read_all(struct release *release, struct set_builds *builds, struct diag *diag)
{
	struct table table = {.release = release, .diag = diag};
	const struct mcd_table *mcd;
	int got = release_record(release, ',', table.cells, &table.count, diag);

	if (got < 0)
		return got;
	release_skip(release);
	table.width = table.count;
	mcd = got ? table_of(&table) : NULL;
	if (!mcd)
		return release_refuse(release, diag,
		        "the first line is no header of the coverage database's tables");
	return read_rows(&table, builds, mcd);
}

const struct importer importer_ncd_lcd = {
        .name = "mcd export",
        .layout = "Medicare Coverage Database export (CSV)",
        .recognise = recognise,
        .read = read_all,
};
