/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Medicare Code Editor's tables with days, as CSV, by their headers:
 *
 *     code,start_date,end_date,flags                     mce_v43_1_i10dx.csv, _i10pcs.csv
 *     age_group,start_age,end_age,start_date,end_date    mce_v43_1_age_ranges.csv
 *     code,start_date,end_date                           mce_v43_1_discharge_status.csv
 *
 * Days are yyyymmdd, both inclusive, 99991231 open; flags are parted by semicolons.
 */
#include "lookup/import_icd.h"
#include "lookup/mce_flags.h"
#include "lookup/rows_icd.h"

#include <stdio.h>
#include <string.h>

enum { AGE_MAX = 255 };

/* The second line of a head, where the first is a header of these names; empty if not. */
static struct cell first_row(const struct release_head *head, const char *const names[])
{
	struct head_lines lines = {.head = head};
	struct cell header, line;

	if (!head_begins(head, ',', names) || !head_next(&lines, &header) ||
	        !head_next(&lines, &line))
		return (struct cell){"", 0};
	return line;
}

static const char *const flag_names[] = {"code", "start_date", "end_date", "flags", NULL};
static const char *const age_names[] = {
        "age_group", "start_age", "end_age", "start_date", "end_date", NULL};
static const char *const discharge_names[] = {"code", "start_date", "end_date", NULL};

static bool recognise_dx(const struct release_head *head)
{
	return icd10cm_shape(line_cell(first_row(head, flag_names), ',', 0));
}

static bool recognise_pcs(const struct release_head *head)
{
	struct cell code = line_cell(first_row(head, flag_names), ',', 0);

	return icd10pcs_shape(code) && !icd10cm_shape(code);
}

static bool recognise_age(const struct release_head *head)
{
	return first_row(head, age_names).size > 0;
}

static bool recognise_discharge(const struct release_head *head)
{
	struct cell line = first_row(head, discharge_names), code = line_cell(line, ',', 0);

	return code.size == 2 && code.text[0] >= '0' && code.text[0] <= '9' &&
	       line_cell(line, ',', 3).size == 0;
}

struct csv_read {
	struct release *release;
	struct set_build *build;
	struct kept_rows kept;
	int32_t first, last; /* the first and the last day on which a row begins */
};

/* A row is kept; its days tell what the release covers, so that its source comes last. */
static int keep(struct csv_read *read, struct cell key, struct set_row *row, struct diag *diag)
{
	uint64_t word = set_key_of(set_build_schema(read->build), key.text, key.size);

	if (word == 0)
		return release_refuse(
		        read->release, diag, "'%.*s' is no code", (int)key.size, key.text);
	if (row->from < read->first)
		read->first = row->from;
	if (row->from > read->last)
		read->last = row->from;
	return kept_add(&read->kept, word, row, diag);
}

static int bad_days(struct csv_read *read, struct cell from, struct cell to, struct diag *diag)
{
	return release_refuse(read->release, diag,
	        "the days '%.*s' to '%.*s' are no dates, or inverted", (int)from.size, from.text,
	        (int)to.size, to.text);
}

static int read_flags(struct csv_read *read, const struct cell cells[], struct diag *diag)
{
	struct mce_row row = {.flags = 0};
	bool pcs = set_build_schema(read->build)->tag == SYSTEM_ICD10PCS;
	struct cell rest = cells[3];

	if (!(pcs ? icd10pcs_shape : icd10cm_shape)(cells[0]))
		return release_refuse(read->release, diag, "'%.*s' is no %s code",
		        (int)cells[0].size, cells[0].text, pcs ? "ICD-10-PCS" : "ICD-10-CM");
	if (!row_days(cells[1], cells[2], &row.row))
		return bad_days(read, cells[1], cells[2], diag);
	while (rest.size) {
		const char *end = memchr(rest.text, ';', rest.size);
		size_t size = end ? (size_t)(end - rest.text) : rest.size;
		uint32_t flag = mce_flag_of_word((struct cell){rest.text, size});

		if (flag == 0 && size)
			return release_refuse(read->release, diag,
			        "the flag '%.*s' is not known here", (int)size, rest.text);
		row.flags |= flag;
		size += end ? 1 : 0;
		rest = (struct cell){rest.text + size, rest.size - size};
	}
	return keep(read, cells[0], &row.row, diag);
}

static int read_age(struct csv_read *read, const struct cell cells[], struct diag *diag)
{
	struct mce_age_row row = {.age_from = 0};
	uint32_t from, to;

	if (!cell_number(cells[1], &from) || !cell_number(cells[2], &to) || from > to ||
	        to > AGE_MAX)
		return release_refuse(read->release, diag, "the ages '%.*s' to '%.*s' are none",
		        (int)cells[1].size, cells[1].text, (int)cells[2].size, cells[2].text);
	row.age_from = (uint8_t)from;
	row.age_to = (uint8_t)to;
	if (!row_days(cells[3], cells[4], &row.row))
		return bad_days(read, cells[3], cells[4], diag);
	return keep(read, cells[0], &row.row, diag);
}

static int read_discharge(struct csv_read *read, const struct cell cells[], struct diag *diag)
{
	struct mce_discharge_row row = {.pad = 0};

	if (cells[0].size != 2)
		return release_refuse(read->release, diag, "'%.*s' is no discharge status",
		        (int)cells[0].size, cells[0].text);
	if (!row_days(cells[1], cells[2], &row.row))
		return bad_days(read, cells[1], cells[2], diag);
	return keep(read, cells[0], &row.row, diag);
}

/* From the first day to the end of the fiscal year in which the last row begins. */
static int add_kept(struct csv_read *read, struct diag *diag)
{
	struct date_parts last = date_to_parts(read->last);
	struct release_days days, version;
	int source;

	fiscal_days(last.year + (last.month >= 10 ? 1 : 0), 0, &days);
	days.from = read->first;
	if (release_version(read->release, &version)) {
		memcpy(days.label, version.label, sizeof(days.label));
		if (version.to > days.to)
			days.to = version.to;
	}
	source = source_note(read->build, read->release, &days, false, diag);
	for (size_t i = 0; i < read->kept.count && source >= 0; i++) {
		struct set_row *row = (void *)(read->kept.rows + i * read->kept.row_size);
		int err;

		row->source = (uint16_t)source;
		err = set_build_add(read->build, read->kept.keys[i], row, diag);
		if (err < 0)
			return err;
	}
	return source < 0 ? source : 0;
}

static int read_csv(struct csv_read *read, size_t columns,
        int (*row)(struct csv_read *read, const struct cell cells[], struct diag *diag),
        struct diag *diag)
{
	struct cell cells[RELEASE_CELLS_MAX];
	size_t count;
	int got = release_record(read->release, ',', cells, &count, diag);
	int err = 0;

	if (got <= 0)
		return got;
	release_skip(read->release);
	read->kept.row_size = set_build_schema(read->build)->row_size;
	read->first = INT32_MAX;
	read->last = INT32_MIN;
	while (err == 0 && (got = release_record(read->release, ',', cells, &count, diag)) > 0) {
		if (count == 1 && cells[0].size == 0)
			release_skip(read->release);
		else if (count != columns)
			err = release_refuse(read->release, diag,
			        "%zu cells, but %zu columns: the line is cut short or mixed up",
			        count, columns);
		else
			err = row(read, cells, diag);
	}
	if (err == 0)
		err = got;
	if (err == 0 && read->kept.count == 0)
		err = release_refuse(read->release, diag, "there is no row in it");
	if (err == 0)
		err = add_kept(read, diag);
	kept_reset(&read->kept);
	return err;
}

static int read_dx(struct release *release, struct set_builds *builds, struct diag *diag)
{
	struct csv_read read = {.release = release, .build = set_builds_at(builds, "mce")};

	return read_csv(&read, 4, read_flags, diag);
}

static int read_pcs(struct release *release, struct set_builds *builds, struct diag *diag)
{
	struct csv_read read = {.release = release, .build = set_builds_at(builds, "mce_pcs")};

	return read_csv(&read, 4, read_flags, diag);
}

static int read_ages(struct release *release, struct set_builds *builds, struct diag *diag)
{
	struct csv_read read = {.release = release, .build = set_builds_at(builds, "mce_age")};

	return read_csv(&read, 5, read_age, diag);
}

static int read_discharges(struct release *release, struct set_builds *builds, struct diag *diag)
{
	struct csv_read read = {
	        .release = release, .build = set_builds_at(builds, "mce_discharge")};

	return read_csv(&read, 3, read_discharge, diag);
}

const struct importer importer_mce_dx = {
        .name = "mce diagnoses",
        .layout = "MCE flags of diagnoses (csv: code, start_date, end_date, flags)",
        .recognise = recognise_dx,
        .read = read_dx,
};

const struct importer importer_mce_pcs = {
        .name = "mce procedures",
        .layout = "MCE flags of ICD-10-PCS procedures (csv: code, start_date, end_date, flags)",
        .recognise = recognise_pcs,
        .read = read_pcs,
};

const struct importer importer_mce_age = {
        .name = "mce ages",
        .layout = "MCE age classes (csv: age_group, start_age, end_age, start_date, end_date)",
        .recognise = recognise_age,
        .read = read_ages,
};

const struct importer importer_mce_discharge = {
        .name = "mce discharge status",
        .layout = "MCE discharge status (csv: code, start_date, end_date)",
        .recognise = recognise_discharge,
        .read = read_discharges,
};
