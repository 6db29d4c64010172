/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MCE_Simple_Code_Edits_vNN.txt: the code lists of one version, parted by tabs:
 *
 *     MCE_Version ICD_Version MCE_Section MCE_Subsection MCE_Edit_Type ICD_Code_Type
 *     ICD_Code ICD_Desc
 *
 * A code stands there once for each of its edits, so rows are made when all is read.
 */
#include "lookup/import_icd.h"
#include "lookup/mce_flags.h"
#include "lookup/rows_icd.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 8, VERSION = 0, EDIT = 4, TYPE = 5, CODE = 6, VERSION_TEXT_MAX = 8 };

static bool recognise(const struct release_head *head)
{
	static const char *const names[] = {"MCE_Version", "ICD_Version", "MCE_Section",
	        "MCE_Subsection", "MCE_Edit_Type", "ICD_Code_Type", "ICD_Code", NULL};

	return head_begins(head, '\t', names);
}

struct code_flag {
	uint64_t key;
	uint32_t flag;
};

struct lists_read {
	struct release *release;
	struct set_build *builds[2]; /* diagnoses, procedures */
	struct code_flag *flags;
	size_t count, capacity;
	char version[VERSION_TEXT_MAX];
};

static int push(struct lists_read *read, struct code_flag flag, struct diag *diag)
{
	if (read->count == read->capacity) {
		size_t capacity = read->capacity ? 2 * read->capacity : 4096;
		struct code_flag *flags = realloc(read->flags, capacity * sizeof(*flags));

		if (!flags)
			return diag_set(diag, FAIL_MEMORY, "no memory for the edits of a version");
		read->flags = flags;
		read->capacity = capacity;
	}
	read->flags[read->count++] = flag;
	return 0;
}

static int read_row(struct lists_read *read, const struct cell cells[], struct diag *diag)
{
	bool pcs = cell_is(cells[TYPE], "P");
	uint32_t flag = mce_flag_of_edit(cells[EDIT]);
	uint64_t word = icd_word(cells[CODE]);

	if (cells[VERSION].size >= VERSION_TEXT_MAX)
		return release_refuse(read->release, diag, "the version is none");
	if (read->version[0] == '\0')
		memcpy(read->version, cells[VERSION].text, cells[VERSION].size);
	if (!cell_is(cells[VERSION], read->version))
		return release_refuse(read->release, diag,
		        "version %.*s behind version %s: two releases are mixed up",
		        (int)cells[VERSION].size, cells[VERSION].text, read->version);
	if (flag == 0)
		return release_refuse(read->release, diag, "the edit '%.*s' is not known here",
		        (int)cells[EDIT].size, cells[EDIT].text);
	if (!(pcs ? icd10pcs_shape : icd10cm_shape)(cells[CODE]))
		return release_refuse(read->release, diag, "'%.*s' is no %s code",
		        (int)cells[CODE].size, cells[CODE].text, pcs ? "ICD-10-PCS" : "ICD-10-CM");
	return push(read,
	        (struct code_flag){code_key(pcs ? SYSTEM_ICD10PCS : SYSTEM_ICD10CM, word), flag},
	        diag);
}

static int by_key(const void *a, const void *b)
{
	const struct code_flag *one = a, *two = b;

	return (one->key > two->key) - (one->key < two->key);
}

/* One row a code, with all its flags. */
static int add_rows(struct lists_read *read, struct diag *diag)
{
	struct release_days days;
	int major, minor, sources[2], err = 0;

	if (!version_read(read->version, &major, &minor))
		return release_refuse(
		        read->release, diag, "'%s' is no version of the editor", read->version);
	version_days(major, minor, &days);
	for (int i = 0; i < 2; i++) {
		sources[i] = source_note(read->builds[i], read->release, &days, true, diag);
		if (sources[i] < 0)
			return sources[i];
	}
	qsort(read->flags, read->count, sizeof(*read->flags), by_key);
	for (size_t i = 0, end; i < read->count && err == 0; i = end) {
		uint64_t key = read->flags[i].key;
		int which = key >> 56 == SYSTEM_ICD10PCS;
		struct mce_row row = {.row.source = (uint16_t)sources[which]};

		for (end = i; end < read->count && read->flags[end].key == key; end++)
			row.flags |= read->flags[end].flag;
		err = set_build_add(read->builds[which], key, &row, diag);
	}
	return err;
}

static int read_lists(struct release *release, struct set_builds *builds, struct diag *diag)
{
	struct lists_read read = {.release = release,
	        .builds = {set_builds_at(builds, "mce_lists"),
	                set_builds_at(builds, "mce_lists_pcs")}};
	struct cell cells[RELEASE_CELLS_MAX];
	size_t count;
	int got = release_record(release, '\t', cells, &count, diag), err = 0;

	release_skip(release);
	while (err == 0 && got > 0 &&
	        (got = release_record(release, '\t', cells, &count, diag)) > 0) {
		if (count == 1 && cells[0].size == 0)
			release_skip(release);
		else if (count < COLUMNS - 1)
			err = release_refuse(release, diag,
			        "%zu cells, but %d columns: the line is cut short", count,
			        (int)COLUMNS);
		else
			err = read_row(&read, cells, diag);
	}
	if (err == 0)
		err = got;
	if (err == 0)
		err = read.count ? add_rows(&read, diag)
		                 : release_refuse(release, diag, "there is no code in it");
	free(read.flags);
	return err;
}

const struct importer importer_mce_lists = {
        .name = "mce lists",
        .layout = "MCE simple code edits (tab-separated)",
        .recognise = recognise,
        .read = read_lists,
};
