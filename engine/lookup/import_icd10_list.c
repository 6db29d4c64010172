/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ICD-10-CM and ICD-10-PCS code files: the billable codes of a fiscal year.
 *
 *     A000    Cholera due to Vibrio cholerae 01, biovar cholerae
 *     |       |
 *     1       9 long title, to the end of the line
 */
#include "lookup/icd10_years.h"

#include <string.h>

enum {
	CODE_SIZE = 7,
	TITLE_AT = 8,
	LINES_LOOKED_AT = 50,
};

/* Does a title look like the target and flags of a crosswalk (GEMs)? */
static bool is_crosswalk(struct cell title)
{
	size_t digits = 0;

	while (digits < title.size && title.text[title.size - 1 - digits] >= '0' &&
	        title.text[title.size - 1 - digits] <= '9')
		digits++;
	return digits == 5 && title.size <= 14;
}

static bool list_shape(struct cell line)
{
	return line.size > TITLE_AT && line.text[CODE_SIZE] == ' ' && line.text[TITLE_AT] != ' ' &&
	       icd10pcs_shape(cell_cut(line, 0, 3)) &&
	       !is_crosswalk(cell_trim((struct cell){line.text + TITLE_AT, line.size - TITLE_AT}));
}

static enum code_system list_system(const struct release_head *head)
{
	struct head_lines lines = {.head = head};
	enum code_system system = SYSTEM_NONE;
	struct cell line;

	for (int i = 0; i < LINES_LOOKED_AT && head_next(&lines, &line); i++) {
		struct cell code;

		if (cell_trim(line).size == 0)
			continue;
		if (!list_shape(line))
			return SYSTEM_NONE;
		code = cell_cut(line, 0, CODE_SIZE);
		if (icd10cm_shape(code) && system != SYSTEM_ICD10PCS)
			system = SYSTEM_ICD10CM;
		else if (icd10pcs_shape(code) && code.size == CODE_SIZE)
			system = SYSTEM_ICD10PCS;
		else
			return SYSTEM_NONE;
	}
	return system;
}

static bool recognise_cm(const struct release_head *head)
{
	return list_system(head) == SYSTEM_ICD10CM;
}

static bool recognise_pcs(const struct release_head *head)
{
	return list_system(head) == SYSTEM_ICD10PCS;
}

static int read_line(struct release *release, struct set_build *build, struct icd10_list *codes,
        struct cell text, struct diag *diag)
{
	bool pcs = set_build_schema(build)->tag == SYSTEM_ICD10PCS;
	struct icd10_line line = {.billable = true};

	if (text.size <= TITLE_AT || text.text[CODE_SIZE] != ' ')
		return release_refuse(
		        release, diag, "the line is cut short, or not laid out as a code file's");
	line.code = cell_cut(text, 0, CODE_SIZE);
	line.title = cell_cut(text, TITLE_AT, text.size - TITLE_AT);
	if (!(pcs ? icd10pcs_shape : icd10cm_shape)(line.code))
		return release_refuse(release, diag, "'%.*s' is no %s code", (int)line.code.size,
		        line.code.text, pcs ? "ICD-10-PCS" : "ICD-10-CM");
	return icd10_list_add(codes, build, &line, diag);
}

/* Rows are added when all is read: an order file of the year says the same and more. */
static int read_list(struct release *release, struct set_build *build, struct diag *diag)
{
	bool pcs = set_build_schema(build)->tag == SYSTEM_ICD10PCS;
	struct icd10_file *file = icd10_file_add(build, ICD10_KIND_LIST, release, diag);
	struct cell line;
	int got;

	if (!file)
		return FAIL_MEMORY;
	if (!release_fiscal(release, &file->days))
		return release_refuse_name(release, diag, "fiscal year",
		        pcs ? "icd10pcs_codes_2026.txt" : "icd10cm_codes_2026.txt");
	file->source = source_note(build, release, &file->days, true, diag);
	if (file->source < 0)
		return file->source;
	while ((got = release_line(release, &line, diag)) > 0) {
		int err = 0;

		if (cell_trim(line).size == 0)
			release_skip(release);
		else
			err = read_line(release, build, &file->codes, line, diag);
		if (err < 0)
			return err;
	}
	return got;
}

static int read_cm(struct release *release, struct set_builds *builds, struct diag *diag)
{
	return read_list(release, set_builds_at(builds, "icd10cm"), diag);
}

static int read_pcs(struct release *release, struct set_builds *builds, struct diag *diag)
{
	return read_list(release, set_builds_at(builds, "icd10pcs"), diag);
}

const struct importer importer_icd10cm_list = {
        .name = "icd10cm codes",
        .layout = "ICD-10-CM code file (fixed width)",
        .recognise = recognise_cm,
        .read = read_cm,
};

const struct importer importer_icd10pcs_list = {
        .name = "icd10pcs codes",
        .layout = "ICD-10-PCS code file (fixed width)",
        .recognise = recognise_pcs,
        .read = read_pcs,
};
