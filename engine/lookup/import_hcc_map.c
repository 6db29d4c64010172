/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which HCC a diagnosis is of:
 *
 *     A0104<TAB>92<TAB>                    a format of CMS's software, no header; the model
 *                                          and year stand in the name, F2824T1N: V28, 2024
 *     diagnosis_code,cc,model_name         csv; the year stands in the file's name
 */
#include "lookup/hcc_models.h"
#include "lookup/import_icd.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { HCC_MAX = 999, LINES_LOOKED_AT = 50 };

struct map_read {
	struct release *release;
	struct set_build *build;
	struct hcc_model model;
	struct hcc_row row;
};

static bool recognise_format(const struct release_head *head)
{
	struct head_lines lines = {.head = head};
	struct cell line;
	int seen = 0;

	while (seen < LINES_LOOKED_AT && head_next(&lines, &line)) {
		struct cell hcc = line_cell(line, '\t', 1);
		uint32_t number;

		if (line.size == 0)
			continue;
		if (!icd10cm_shape(line_cell(line, '\t', 0)) || !cell_number(hcc, &number) ||
		        number > HCC_MAX || line_cell(line, '\t', 3).size)
			return false;
		seen++;
	}
	return seen > 0;
}

static bool recognise_csv(const struct release_head *head)
{
	static const char *const names[] = {"diagnosis_code", "cc", "model_name", NULL};

	return head_begins(head, ',', names);
}

/* The model is that of the last row; a new one is noted. */
static int use_model(struct map_read *read, const struct hcc_model *model, struct diag *diag)
{
	if (read->row.model && strcmp(model->name, read->model.name) == 0)
		return 0;
	read->model = *model;
	read->row.family = (uint8_t)model->family;
	read->row.version = model->version;
	return set_build_text(
	        read->build, model->name, strlen(model->name), &read->row.model, diag);
}

static int add(struct map_read *read, struct cell code, struct cell hcc, struct diag *diag)
{
	uint32_t number;

	if (!icd10cm_shape(code))
		return release_refuse(read->release, diag, "'%.*s' is no ICD-10-CM code",
		        (int)code.size, code.text);
	if (!cell_number(hcc, &number) || number == 0 || number > HCC_MAX)
		return release_refuse(
		        read->release, diag, "'%.*s' is no HCC", (int)hcc.size, hcc.text);
	read->row.hcc = (uint16_t)number;
	return set_build_add(
	        read->build, code_key(SYSTEM_ICD10CM, icd_word(code)), &read->row, diag);
}

static int begin(struct map_read *read, int year, struct diag *diag)
{
	struct release_days days = {.from = INT32_MIN, .to = INT32_MAX, .year = year};
	int source;

	snprintf(days.label, sizeof(days.label), "%d", year);
	source = source_note(read->build, read->release, &days, false, diag);
	read->row.row = (struct set_row){
	        .from = INT32_MIN, .to = INT32_MAX, .source = (uint16_t)source};
	read->row.year = (uint16_t)year;
	return source < 0 ? source : 0;
}

static int read_format(struct release *release, struct set_builds *builds, struct diag *diag)
{
	struct map_read read = {.release = release, .build = set_builds_at(builds, "hcc")};
	const char *name = release_name(release);
	struct hcc_model model;
	struct cell line;
	int got, err;

	if (!hcc_model_of_name(name, &model) || !isdigit((unsigned char)name[3]) ||
	        !isdigit((unsigned char)name[4]))
		return release_refuse_name(release, diag, "model and year", "F2824T1N.TXT");
	err = begin(&read, 2000 + (name[3] - '0') * 10 + name[4] - '0', diag);
	if (err == 0)
		err = use_model(&read, &model, diag);
	while (err == 0 && (got = release_line(release, &line, diag)) != 0) {
		if (got < 0)
			return got;
		if (cell_trim(line).size == 0)
			release_skip(release);
		else
			err = add(&read, line_cell(line, '\t', 0), line_cell(line, '\t', 1), diag);
	}
	return err;
}

/* The last blank of "CMS-HCC ESRD Model V24" parts model and version. */
static int read_row(struct map_read *read, const struct cell cells[], struct diag *diag)
{
	struct cell name = cells[2], version = name;
	struct hcc_model model;
	int err;

	while (version.size && memchr(version.text, ' ', version.size)) {
		version.text++;
		version.size--;
	}
	if (!hcc_model_of_words(name, version, &model))
		return release_refuse(read->release, diag, "'%.*s' is no model known here",
		        (int)name.size, name.text);
	err = use_model(read, &model, diag);
	return err < 0 ? err : add(read, cells[0], cells[1], diag);
}

static int read_csv(struct release *release, struct set_builds *builds, struct diag *diag)
{
	struct map_read read = {.release = release, .build = set_builds_at(builds, "hcc")};
	struct cell cells[RELEASE_CELLS_MAX];
	int year = text_year(release_own_name(release)), got = 1, err;
	size_t count;

	if (year == 0)
		return release_refuse_name(release, diag, "year", "hcc_dx_to_cc_2026.csv");
	err = begin(&read, year, diag);
	if (err == 0)
		got = release_record(release, ',', cells, &count, diag);
	release_skip(release);
	while (err == 0 && got > 0 &&
	        (got = release_record(release, ',', cells, &count, diag)) > 0) {
		if (count == 1 && cells[0].size == 0)
			release_skip(release);
		else if (count != 3)
			err = release_refuse(release, diag,
			        "%zu cells, but 3 columns: the line is cut short", count);
		else
			err = read_row(&read, cells, diag);
	}
	return err < 0 ? err : got;
}

const struct importer importer_hcc_format = {
        .name = "hcc format",
        .layout = "ICD-10 to HCC format (F2824T1N.TXT, tab-separated)",
        .recognise = recognise_format,
        .read = read_format,
};

const struct importer importer_hcc_csv = {
        .name = "hcc csv",
        .layout = "ICD-10 to HCC map (csv: diagnosis_code, cc, model_name)",
        .recognise = recognise_csv,
        .read = read_csv,
};
