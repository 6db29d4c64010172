/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CC and MCC lists of MS-DRGs, csv: icd_code,icd_description,dx_type (CC or MCC), with
 * the version in the file's name (msdrg_v41_1_cc.csv).
 */
#include "lookup/drg_lists.h"
#include "lookup/import_icd.h"
#include "lookup/rows_icd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 3, CODE = 0, LEVEL = 2 };

/* What one file has, kept until all have been read. */
struct list_seen {
	struct list_seen *next;
	char path[256];
	int32_t from;
	uint32_t levels; /* bits DRG_CC, DRG_MCC */
};

static void seen_destroy(void *state)
{
	struct list_seen *seen = state;

	while (seen) {
		struct list_seen *next = seen->next;

		free(seen);
		seen = next;
	}
}

int drg_lists_finish(struct set_build *build, struct diag *diag)
{
	for (struct list_seen *one = set_build_state(build); one; one = one->next) {
		uint32_t levels = 0;

		for (struct list_seen *two = set_build_state(build); two; two = two->next)
			if (two->from == one->from)
				levels |= two->levels;
		if (levels != (DRG_CC | DRG_MCC))
			return diag_set(diag, FAIL_TABLE,
			        "%s: the %s list of the same version is missing", one->path,
			        levels & DRG_CC ? "MCC" : "CC");
	}
	return 0;
}

static bool recognise(const struct release_head *head)
{
	static const char *const names[] = {"icd_code", "icd_description", "dx_type", NULL};

	return head_begins(head, ',', names);
}

static int read_row(struct release *release, struct set_build *build, const struct cell cells[],
        struct drg_cc_row *row, struct diag *diag)
{
	char text[8] = "";
	uint64_t word = icd_word(cells[CODE]);

	memcpy(text, &word, sizeof(word));
	if (!icd10cm_shape((struct cell){text, strlen(text)}))
		return release_refuse(release, diag, "'%.*s' is no ICD-10-CM code",
		        (int)cells[CODE].size, cells[CODE].text);
	row->level = cell_is(cells[LEVEL], "CC") ? DRG_CC : 0;
	if (cell_is(cells[LEVEL], "MCC"))
		row->level = DRG_MCC;
	if (row->level == 0)
		return release_refuse(release, diag, "'%.*s' is neither CC nor MCC",
		        (int)cells[LEVEL].size, cells[LEVEL].text);
	return set_build_add(build, code_key(SYSTEM_ICD10CM, word), row, diag);
}

/* Notes the release in front of those of the set. */
static struct list_seen *note(struct set_build *build, const struct release *release, int32_t from)
{
	struct list_seen *seen = calloc(1, sizeof(*seen));

	if (!seen)
		return NULL;
	seen->next = set_build_state(build);
	seen->from = from;
	snprintf(seen->path, sizeof(seen->path), "%s", release_path(release));
	set_build_state_set(build, seen, seen_destroy);
	return seen;
}

static int read_rows(struct release *release, struct set_build *build, struct list_seen *seen,
        int source, struct diag *diag)
{
	struct cell cells[RELEASE_CELLS_MAX];
	struct drg_cc_row row = {.row.source = (uint16_t)source};
	size_t count;
	int got = release_record(release, ',', cells, &count, diag);

	release_skip(release);
	while (got > 0 && (got = release_record(release, ',', cells, &count, diag)) > 0) {
		int err;

		if (count == 1 && cells[0].size == 0) {
			release_skip(release);
			continue;
		}
		if (count != COLUMNS)
			return release_refuse(release, diag,
			        "%zu cells, but %d columns: the line is cut short", count,
			        (int)COLUMNS);
		err = read_row(release, build, cells, &row, diag);
		if (err < 0)
			return err;
		seen->levels |= row.level;
	}
	return got;
}

static int read_list(struct release *release, struct set_builds *builds, struct diag *diag)
{
	struct set_build *build = set_builds_at(builds, "drg_cc");
	struct list_seen *seen;
	struct release_days days;
	int source;

	if (!release_version(release, &days))
		return release_refuse_name(release, diag, "version", "msdrg_v41_1_cc.csv");
	source = source_note(build, release, &days, true, diag);
	if (source < 0)
		return source;
	seen = note(build, release, days.from);
	if (!seen)
		return diag_set(diag, FAIL_MEMORY, "no memory for a list of diagnoses");
	return read_rows(release, build, seen, source, diag);
}

const struct importer importer_drg_cc = {
        .name = "drg cc",
        .layout = "CC or MCC list (csv: icd_code, icd_description, dx_type)",
        .recognise = recognise,
        .read = read_list,
};
