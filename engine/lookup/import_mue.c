/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NCCI medically unlikely edits: a notice in one quoted cell, a header whose first
 * cell has a line end in it, then code, units, "N text", rationale.
 *
 * Nothing inside says from when on the edits hold; the name does
 * (..._Eff_07-01-2024.csv), and they hold to the end of that quarter.
 */
#include "lookup/import_table.h"
#include "lookup/rows_procedures.h"

#include <ctype.h>
#include <string.h>

enum { CELL_CODE, CELL_VALUE, CELL_MAI, CELL_RATIONALE, CELLS };

struct mue_reading {
	struct release *release;
	struct set_build *build;
	struct diag *diag;
	uint16_t source;
	size_t rows;
};

static bool text_has(const char *text, size_t size, const char *words)
{
	size_t length = strlen(words);

	for (size_t i = 0; i + length <= size; i++)
		if (cell_begins((struct cell){text + i, size - i}, words))
			return true;
	return false;
}

/* The header's last line begins inside a quote; these cells stand behind it. */
static const char *const names[] = {"MUE Adjudication Indicator", "MUE Rationale"};
static const struct table_layout layout = {names, 2, 2, ','};

static bool recognise(const struct release_head *head)
{
	return table_recognise(head, &layout);
}

static bool is_header(const struct cell cells[], size_t count)
{
	return count >= CELLS &&
	       text_has(cells[CELL_VALUE].text, cells[CELL_VALUE].size, "MUE Values") &&
	       text_has(cells[CELL_MAI].text, cells[CELL_MAI].size, "Adjudication Indicator");
}

static const char *set_of(struct cell title)
{
	static const char *const sets[][2] = {
	        {"Practitioner", "mue_practitioner"},
	        {"Outpatient", "mue_hospital"},
	        {"Facility Outpatient", "mue_hospital"},
	        {"DME", "mue_dme"},
	        {"Durable", "mue_dme"},
	};

	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		if (cell_begins(title, sets[i][0]))
			return sets[i][1];
	return NULL;
}

/* "...Eff_MM-DD-YYYY..." */
static bool day_of_name(const char *name, int32_t *day)
{
	for (const char *at = name; *at; at++) {
		struct cell text = {at, strlen(at)};

		if (!cell_begins(text, "Eff") || text.size < 13)
			continue;
		text = (struct cell){at + 3, text.size - 3};
		while (text.size && !isdigit((unsigned char)*text.text)) {
			text.text++;
			text.size--;
		}
		if (text.size < 10 || text.text[2] != '-' || text.text[5] != '-')
			continue;
		const char form[10] = {text.text[6], text.text[7], text.text[8], text.text[9], '-',
		        text.text[0], text.text[1], '-', text.text[3], text.text[4]};

		if (date_parse(form, sizeof(form), day) == 0 && *day != DATE_ABSENT)
			return true;
	}
	return false;
}

static int begin(struct mue_reading *reading, struct set_builds *builds, struct cell title)
{
	struct set_source source = {.snapshot = true};
	const char *set = set_of(title);
	struct date_parts day;
	int32_t first;
	int number, err;

	if (!set)
		return release_refuse(reading->release, reading->diag,
		        "the header names none of the settings practitioner, outpatient hospital, "
		        "DME supplier");
	if (!day_of_name(release_name(reading->release), &source.from))
		return release_refuse(reading->release, reading->diag,
		        "the name does not say from when on these edits hold: keep the publisher's "
		        "name, which ends in Eff_MM-DD-YYYY.csv");
	day = date_to_parts(source.from);
	days_of_quarter(day.year, (day.month + 2) / 3, &first, &source.to);
	err = import_build(builds, set, &reading->build, reading->diag);
	if (err)
		return err;
	number = import_source(reading->release, reading->build, &source, reading->diag);
	reading->source = (uint16_t)number;
	return number < 0 ? number : 0;
}

static int find_header(struct mue_reading *reading, struct set_builds *builds)
{
	struct cell cells[RELEASE_CELLS_MAX];
	size_t count;
	int got;

	while ((got = release_record(reading->release, ',', cells, &count, reading->diag)) > 0) {
		release_skip(reading->release);
		if (is_header(cells, count))
			return begin(reading, builds, cells[CELL_VALUE]);
	}
	return got < 0 ? got
	               : release_refuse(reading->release, reading->diag,
	                         "no header with MUE Values and MUE Adjudication Indicator");
}

static int add_row(struct mue_reading *reading, const struct cell cells[], size_t count)
{
	struct mue_row row = {.row = {.source = reading->source}};
	int err;

	if (count < CELLS - 1)
		return release_refuse(reading->release, reading->diag,
		        "%zu cells where %d are wanted: the file is cut short or damaged", count,
		        CELLS);
	if (!import_is_procedure(cells[CELL_CODE]))
		return release_refuse(
		        reading->release, reading->diag, "the first cell is no procedure code");
	if (!cell_number(cells[CELL_VALUE], &row.value))
		return release_refuse(
		        reading->release, reading->diag, "the MUE value is no whole number");
	if (!import_begins_with_one_of(cells[CELL_MAI], "123"))
		return release_refuse(reading->release, reading->diag,
		        "the adjudication indicator is none of 1, 2, 3");
	row.mai = (uint8_t)(*cells[CELL_MAI].text - '0');
	err = count < CELLS ? 0
	                    : set_build_text(reading->build, cells[CELL_RATIONALE].text,
	                              cells[CELL_RATIONALE].size, &row.rationale, reading->diag);
	if (err)
		return err;
	return set_build_add(reading->build,
	        set_key_of(set_build_schema(reading->build), cells[CELL_CODE].text,
	                cells[CELL_CODE].size),
	        &row, reading->diag);
}

static int read_all(struct release *release, struct set_builds *builds, struct diag *diag)
{
	struct mue_reading reading = {.release = release, .diag = diag};
	struct cell cells[RELEASE_CELLS_MAX];
	size_t count;
	int got, err = find_header(&reading, builds);

	if (err)
		return err;
	while ((got = release_record(release, ',', cells, &count, diag)) > 0) {
		if (count == 1 && cells[0].size == 0) {
			release_skip(release);
			continue;
		}
		err = add_row(&reading, cells, count);
		if (err)
			return err;
		reading.rows++;
	}
	if (got < 0 || reading.rows)
		return got;
	return release_refuse(release, diag, "a header without a single row");
}

const struct importer importer_mue = {
        .name = "ncci mue",
        .layout = "NCCI medically unlikely edits (CSV)",
        .recognise = recognise,
        .read = read_all,
};
