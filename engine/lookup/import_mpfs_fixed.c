/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PPRRVU as text: 200 characters a record, of which 171 say something; lines that
 * begin with HDR are notices.  Only its name says which release it is.
 */
#include "lookup/import_mpfs.h"

#include <ctype.h>
#include <string.h>

enum { RECORD_MIN = 171, LINES_SEEN = 60 };

static const struct {
	uint16_t at, size; /* from 0 */
} places[MPFS_FIELDS] = {
        [MPFS_CODE] = {0, 5},
        [MPFS_MODIFIER] = {5, 2},
        [MPFS_STATUS] = {57, 1},
        [MPFS_WORK] = {59, 6},
        [MPFS_PE_NONFACILITY] = {66, 6},
        [MPFS_NA_NONFAC] = {72, 2},
        [MPFS_PE_FACILITY] = {75, 6},
        [MPFS_NA_FAC] = {81, 2},
        [MPFS_MP] = {84, 5},
        [MPFS_TOTAL_NONFACILITY] = {90, 6},
        [MPFS_TOTAL_FACILITY] = {96, 6},
        [MPFS_PCTC] = {102, 1},
        [MPFS_GLOBAL] = {103, 3},
        [MPFS_PRE] = {106, 3},
        [MPFS_INTRA] = {109, 3},
        [MPFS_POST] = {112, 3},
        [MPFS_MULTIPLE] = {115, 1},
        [MPFS_BILATERAL] = {116, 1},
        [MPFS_ASSISTANT] = {117, 1},
        [MPFS_COSURGEON] = {118, 1},
        [MPFS_TEAM] = {119, 1},
        [MPFS_ENDO_BASE] = {127, 5},
        [MPFS_SUPERVISION] = {141, 2},
        [MPFS_CALCULATION] = {143, 1},
        [MPFS_IMAGING] = {145, 2},
};

/* A code in front, a letter for the status, points where numbers have theirs. */
static bool is_record(struct cell line)
{
	return line.size >= RECORD_MIN && mpfs_is_code(cell_cut(line, 0, 5)) &&
	       isdigit((unsigned char)line.text[2]) && line.text[62] == '.' &&
	       line.text[69] == '.' && isalpha((unsigned char)line.text[57]);
}

static bool recognise(const struct release_head *head)
{
	const char *at = head->text, *end = head->text + head->size;

	for (int i = 0; i < LINES_SEEN && at < end; i++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		struct cell line = {at, (size_t)((stop ? stop : end) - at)};

		if (is_record(line))
			return true;
		at = stop ? stop + 1 : end;
	}
	return false;
}

static int read_line(struct mpfs_reading *reading, struct cell line)
{
	struct cell fields[MPFS_FIELDS];

	if (cell_begins(line, "HDR") || !mpfs_is_code(cell_cut(line, 0, 5))) {
		mpfs_title(reading, line);
		release_skip(reading->release);
		return 0;
	}
	if (!is_record(line))
		return release_refuse(reading->release, reading->diag,
		        "%zu characters, or no numbers where they belong: the file is cut short "
		        "or damaged",
		        line.size);
	for (int i = 0; i < MPFS_FIELDS; i++)
		fields[i] = cell_cut(line, places[i].at, places[i].size);
	return mpfs_row_add(reading, fields);
}

static int read_all(struct release *release, struct set_builds *builds, struct diag *diag)
{
	struct mpfs_reading reading;
	struct cell line;
	int got, err = mpfs_begin(&reading, release, builds, diag);

	if (err)
		return err;
	while ((got = release_line(release, &line, diag)) > 0) {
		err = read_line(&reading, line);
		if (err)
			return err;
	}
	return got < 0 ? got : mpfs_end(&reading);
}

const struct importer importer_mpfs_fixed = {
        .name = "mpfs text",
        .layout = "Medicare physician fee schedule (PPRRVU, fixed width)",
        .recognise = recognise,
        .read = read_all,
};
