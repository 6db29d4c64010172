/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PPRRVU as CSV: titles, a header stacked over five rows, then 31 cells a row.
 */
#include "lookup/import_mpfs.h"
#include "lookup/import_table.h"

static const char *const names[] = {"HCPCS", "MOD", "DESCRIPTION", "CODE", "FACTOR"};
static const struct table_layout layout = {names, 5, 5, ','};

static bool recognise(const struct release_head *head)
{
	return table_recognise(head, &layout);
}

static int read_record(struct mpfs_reading *reading, const struct cell cells[], size_t count)
{
	if (mpfs_is_code(cells[0]) && count == MPFS_FIELDS)
		return mpfs_row_add(reading, cells);
	if (mpfs_is_code(cells[0]))
		return release_refuse(reading->release, reading->diag,
		        "%zu cells where %d are wanted: the file is cut short or damaged", count,
		        MPFS_FIELDS);
	if (!reading->begun)
		for (size_t i = 0; i < count; i++)
			mpfs_title(reading, cells[i]);
	release_skip(reading->release);
	return 0;
}

static int read_all(struct release *release, struct set_builds *builds, struct diag *diag)
{
	struct cell cells[RELEASE_CELLS_MAX];
	struct mpfs_reading reading;
	size_t count;
	int got, err = mpfs_begin(&reading, release, builds, diag);

	if (err)
		return err;
	while ((got = release_record(release, ',', cells, &count, diag)) > 0) {
		err = read_record(&reading, cells, count);
		if (err)
			return err;
	}
	return got < 0 ? got : mpfs_end(&reading);
}

const struct importer importer_mpfs_csv = {
        .name = "mpfs csv",
        .layout = "Medicare physician fee schedule (PPRRVU, CSV)",
        .recognise = recognise,
        .read = read_all,
};
