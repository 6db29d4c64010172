/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of MS-DRGs:
 *
 *     "drg","mdc","drg_abb","drg_description"     csv, the version in the file's name
 *     020 01  P  INTRACRANIAL VASCULAR ...        Appendix A of the Definitions Manual, text
 *     |   |   |  |                                with its version in a line of its head
 *     1   5   9  12
 */
#include "lookup/import_icd.h"
#include "lookup/rows_icd.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
	DRG_SIZE = 3,
	MDC_AT = 4,
	TYPE_AT = 8,
	TITLE_AT = 11,
	COLUMNS = 4,
	HEAD_TEXT = 4096, /* where an appendix says what it is */
};

static const char version_words[] = "MS-DRGs Version ";

/* The version that a line of Appendix A names; false: none. */
static bool line_version(struct cell line, int *major, int *minor)
{
	char text[16] = "";

	for (size_t i = 0; i + sizeof(version_words) <= line.size; i++) {
		struct cell rest = {line.text + i, line.size - i};

		if (!cell_begins(rest, version_words))
			continue;
		rest = (struct cell){rest.text + sizeof(version_words) - 1,
		        rest.size - (sizeof(version_words) - 1)};
		memcpy(text, rest.text, rest.size < sizeof(text) ? rest.size : sizeof(text) - 1);
		return version_read(text, major, minor);
	}
	return false;
}

static bool recognise_appendix(const struct release_head *head)
{
	struct head_lines lines = {.head = head};
	struct cell line;
	int major, minor;

	while (lines.at < HEAD_TEXT && head_next(&lines, &line))
		if (line_version(line, &major, &minor))
			return true;
	return false;
}

static bool recognise_list(const struct release_head *head)
{
	static const char *const names[] = {"drg", "mdc", "drg_abb", "drg_description", NULL};

	return head_begins(head, ',', names);
}

struct drg_read {
	struct release *release;
	struct set_build *build;
	int source;
	size_t count;
};

struct drg_cells {
	struct cell drg, mdc, type, title;
};

static bool all_digits(struct cell cell, size_t size)
{
	for (size_t i = 0; i < cell.size; i++)
		if (cell.text[i] < '0' || cell.text[i] > '9')
			return false;
	return cell.size == size;
}

static int add(struct drg_read *read, const struct drg_cells *cells, struct diag *diag)
{
	struct msdrg_row row = {.row.source = (uint16_t)read->source};
	int err;

	if (!all_digits(cells->drg, DRG_SIZE))
		return release_refuse(read->release, diag, "'%.*s' is no DRG of three digits",
		        (int)cells->drg.size, cells->drg.text);
	if (cells->mdc.size && !all_digits(cells->mdc, 2))
		return release_refuse(read->release, diag, "'%.*s' is no MDC of two digits",
		        (int)cells->mdc.size, cells->mdc.text);
	if (cells->type.size && !cell_is(cells->type, "P") && !cell_is(cells->type, "M"))
		return release_refuse(read->release, diag, "the type is '%.*s', not P or M",
		        (int)cells->type.size, cells->type.text);
	if (cells->mdc.size)
		row.mdc = TWO_CHARS(cells->mdc.text[0], cells->mdc.text[1]);
	if (cells->type.size)
		row.type = cell_is(cells->type, "P") ? DRG_SURGICAL : DRG_MEDICAL;
	err = set_build_text(read->build, cells->title.text, cells->title.size, &row.title, diag);
	if (err < 0)
		return err;
	read->count++;
	return set_build_add(read->build,
	        set_key_of(set_build_schema(read->build), cells->drg.text, cells->drg.size), &row,
	        diag);
}

static int source_of(struct drg_read *read, const struct release_days *days, struct diag *diag)
{
	read->source = source_note(read->build, read->release, days, true, diag);
	return read->source < 0 ? read->source : 0;
}

static int read_list(struct release *release, struct set_builds *builds, struct diag *diag)
{
	struct drg_read read = {.release = release, .build = set_builds_at(builds, "msdrg")};
	struct cell cells[RELEASE_CELLS_MAX];
	struct release_days days;
	size_t count;
	int got, err;

	if (!release_version(release, &days))
		return release_refuse_name(release, diag, "version", "msdrg_v41_1_list.csv");
	err = source_of(&read, &days, diag);
	if (err < 0)
		return err;
	got = release_record(release, ',', cells, &count, diag);
	release_skip(release);
	while (got > 0 && err == 0 &&
	        (got = release_record(release, ',', cells, &count, diag)) > 0) {
		struct drg_cells drg = {cells[0], cells[1], cells[2], cells[3]};

		if (count == 1 && cells[0].size == 0)
			release_skip(release);
		else if (count != COLUMNS)
			err = release_refuse(release, diag,
			        "%zu cells, but %d columns: the line is cut short", count,
			        (int)COLUMNS);
		else
			err = add(&read, &drg, diag);
	}
	return err < 0 ? err : got;
}

/* A line of three digits and a blank is data; one of digits alone was cut. */
static int read_line(struct drg_read *read, struct cell line, struct diag *diag)
{
	struct drg_cells drg = {.drg = cell_cut(line, 0, DRG_SIZE)};

	if (line.size == 0 || line.text[0] < '0' || line.text[0] > '9') {
		release_skip(read->release);
		return 0;
	}
	if (line.size <= TITLE_AT)
		return release_refuse(read->release, diag, "the line is cut short");
	drg.mdc = cell_cut(line, MDC_AT, 2);
	drg.type = cell_cut(line, TYPE_AT, 1);
	drg.title = cell_cut(line, TITLE_AT, line.size - TITLE_AT);
	return add(read, &drg, diag);
}

static int read_appendix(struct release *release, struct set_builds *builds, struct diag *diag)
{
	struct drg_read read = {
	        .release = release, .build = set_builds_at(builds, "msdrg"), .source = -1};
	struct cell line;
	int got, err = 0;

	while (err == 0 && (got = release_line(release, &line, diag)) > 0) {
		struct release_days days;
		int major, minor;

		if (read.source < 0 && !line_version(line, &major, &minor)) {
			release_skip(release);
		} else if (read.source < 0) {
			release_skip(release);
			version_days(major, minor, &days);
			err = source_of(&read, &days, diag);
		} else {
			err = read_line(&read, line, diag);
		}
	}
	if (err == 0 && got == 0 && read.count == 0)
		return release_refuse(release, diag, "there is no DRG in it");
	return err < 0 ? err : got;
}

const struct importer importer_msdrg_list = {
        .name = "msdrg list",
        .layout = "MS-DRG list (csv: drg, mdc, drg_abb, drg_description)",
        .recognise = recognise_list,
        .read = read_list,
};

const struct importer importer_msdrg_appendix = {
        .name = "msdrg appendix",
        .layout = "MS-DRG Definitions Manual, Appendix A (text)",
        .recognise = recognise_appendix,
        .read = read_appendix,
};
