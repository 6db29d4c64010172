/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addenda of ICD-10-CM and ICD-10-PCS: what a fiscal year adds, deletes and revises.
 *
 *     Delete:      1 B880    Other acariasis ...     of order files: flag at 14, code at 16,
 *     Add:         0 B880    Other acariasis ...     short title at 24, long title at 85
 *     Add:         B8801   Infestation by ...        of code files: code at 14, title at 22
 *
 * A summary follows: how many were added and deleted, and of which order files, by name.
 */
#include "lookup/icd10_years.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum {
	ACTION_SIZE = 13,
	ORDER_CODE_AT = 15,
	ORDER_TITLE_AT = 84,
	CODE_SIZE = 7,
	SUMMARY_MAX = 128, /* bytes of a line of the summary that are looked at */
};

enum action { ACTION_NONE, ACTION_ADD, ACTION_DELETE, ACTION_FROM, ACTION_TO };

static enum action action_of(struct cell line)
{
	static const char *const words[] = {"", "Add:", "Delete:", "Revise from:", "Revise to:"};

	for (int i = ACTION_ADD; i <= ACTION_TO; i++)
		if (cell_is(cell_cut(line, 0, ACTION_SIZE), words[i]))
			return (enum action)i;
	return ACTION_NONE;
}

/* A flag stands before the code: the line is of an order file. */
static bool has_flag(struct cell line)
{
	return line.size > ORDER_CODE_AT && line.text[ACTION_SIZE + 1] == ' ' &&
	       (line.text[ACTION_SIZE] == '0' || line.text[ACTION_SIZE] == '1');
}

static struct cell code_of(struct cell line)
{
	return cell_cut(line, has_flag(line) ? ORDER_CODE_AT : ACTION_SIZE, CODE_SIZE);
}

static enum code_system addenda_system(const struct release_head *head)
{
	struct head_lines lines = {.head = head};
	enum code_system system = SYSTEM_NONE;
	struct cell line;

	while (head_next(&lines, &line)) {
		struct cell code = code_of(line);

		if (action_of(line) == ACTION_NONE)
			continue;
		if (icd10pcs_shape(code) && code.text[0] <= '9')
			return SYSTEM_ICD10PCS;
		if (icd10cm_shape(code))
			system = SYSTEM_ICD10CM;
	}
	return system;
}

static bool recognise_cm(const struct release_head *head)
{
	return addenda_system(head) == SYSTEM_ICD10CM;
}

static bool recognise_pcs(const struct release_head *head)
{
	return addenda_system(head) == SYSTEM_ICD10PCS;
}

struct addenda_read {
	struct release *release;
	struct set_build *build;
	struct icd10_file *file;
	size_t counts[ACTION_TO + 1];
	uint32_t additions, deletions; /* as the summary says */
	int year;                      /* the later one of the summary, 0 none */
	bool pcs, flags, summary;
};

static int read_change(
        struct addenda_read *read, enum action action, struct cell text, struct diag *diag)
{
	struct icd10_line line = {.code = code_of(text), .billable = true};
	bool now = action == ACTION_ADD || action == ACTION_TO;
	size_t title_at = ORDER_TITLE_AT;

	if (read->counts[ACTION_ADD] + read->counts[ACTION_DELETE] + read->counts[ACTION_FROM] == 0)
		read->flags = has_flag(text);
	if (!read->flags)
		title_at = ACTION_SIZE + CODE_SIZE + 1;
	if (text.size <= title_at || has_flag(text) != read->flags)
		return release_refuse(
		        read->release, diag, "the line is cut short, or not laid out as addenda");
	if (!(read->pcs ? icd10pcs_shape : icd10cm_shape)(line.code))
		return release_refuse(read->release, diag, "'%.*s' is no %s code",
		        (int)line.code.size, line.code.text,
		        read->pcs ? "ICD-10-PCS" : "ICD-10-CM");
	line.title = cell_cut(text, title_at, text.size - title_at);
	if (read->flags)
		line.billable = text.text[ACTION_SIZE] == '1';
	read->counts[action]++;
	return icd10_list_add(
	        now ? &read->file->codes : &read->file->former, read->build, &line, diag);
}

/* "    487 additions", "  74719 codes in icd10cm_order_2026.txt". */
static void read_summary(struct addenda_read *read, struct cell line)
{
	char text[SUMMARY_MAX], word[16] = "";
	unsigned count;
	int year;

	release_skip(read->release);
	snprintf(text, sizeof(text), "%.*s", (int)line.size, line.text);
	if (sscanf(text, "%u %15s", &count, word) != 2)
		return;
	read->summary = true;
	if (strcmp(word, "additions") == 0)
		read->additions += count;
	if (strcmp(word, "deletions") == 0)
		read->deletions += count;
	year = text_year(text);
	if (year < read->year)
		return;
	if (year)
		read->year = year;
	if (year && strcmp(word, "codes") == 0)
		read->file->told = count;
}

static int read_end(struct addenda_read *read, struct diag *diag)
{
	struct icd10_file *file = read->file;

	if (read->counts[ACTION_FROM] != read->counts[ACTION_TO])
		return release_refuse(read->release, diag,
		        "%zu lines 'Revise from' but %zu 'Revise to': the file is cut",
		        read->counts[ACTION_FROM], read->counts[ACTION_TO]);
	if (read->summary && (read->additions != read->counts[ACTION_ADD] ||
	                             read->deletions != read->counts[ACTION_DELETE]))
		return release_refuse(read->release, diag,
		        "the summary says %u additions and %u deletions, but there are %zu and %zu",
		        read->additions, read->deletions, read->counts[ACTION_ADD],
		        read->counts[ACTION_DELETE]);
	if (!read->flags)
		file->kind = ICD10_KIND_LIST_CHANGES;
	if (!release_fiscal(read->release, &file->days)) {
		if (read->year == 0)
			return release_refuse_name(read->release, diag, "fiscal year",
			        "icd10cm_order_addenda_2026.txt");
		fiscal_days(read->year, 0, &file->days);
	}
	if (read->year && read->year != file->days.year)
		fiscal_days(read->year, 0, &file->days);
	file->source = source_note(read->build, read->release, &file->days, true, diag);
	return file->source < 0 ? file->source : 0;
}

static int read_addenda(struct addenda_read *read, struct diag *diag)
{
	struct cell line;
	int got;

	while ((got = release_line(read->release, &line, diag)) > 0) {
		enum action action = action_of(line);
		int err = 0;

		if (action == ACTION_NONE)
			read_summary(read, line);
		else
			err = read_change(read, action, line, diag);
		if (err < 0)
			return err;
	}
	return got < 0 ? got : read_end(read, diag);
}

static int read_cm(struct release *release, struct set_builds *builds, struct diag *diag)
{
	struct addenda_read read = {.release = release, .build = set_builds_at(builds, "icd10cm")};

	read.file = icd10_file_add(read.build, ICD10_KIND_ORDER_CHANGES, release, diag);
	return read.file ? read_addenda(&read, diag) : FAIL_MEMORY;
}

static int read_pcs(struct release *release, struct set_builds *builds, struct diag *diag)
{
	struct addenda_read read = {
	        .release = release, .build = set_builds_at(builds, "icd10pcs"), .pcs = true};

	read.file = icd10_file_add(read.build, ICD10_KIND_ORDER_CHANGES, release, diag);
	return read.file ? read_addenda(&read, diag) : FAIL_MEMORY;
}

const struct importer importer_icd10cm_addenda = {
        .name = "icd10cm addenda",
        .layout = "ICD-10-CM addenda of order or code files",
        .recognise = recognise_cm,
        .read = read_cm,
};

const struct importer importer_icd10pcs_addenda = {
        .name = "icd10pcs addenda",
        .layout = "ICD-10-PCS addenda of order or code files",
        .recognise = recognise_pcs,
        .read = read_pcs,
};
