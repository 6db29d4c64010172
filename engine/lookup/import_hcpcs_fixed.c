/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HCPCS as ANWEB: 320 characters a record, or 293 without the filler.
 *
 *     |code |sequence|kind|long description, 80      |short description, 28| ...
 *     1     6        11   12                         92                    120
 *
 * Free text may stand on top; it has no kind, or is shorter.
 */
#include "lookup/import_hcpcs.h"
#include "lookup/import_table.h"

#include <ctype.h>
#include <string.h>

enum { RECORD_MIN = 293, LINES_SEEN = 60 };

/* Where the fields lie, from 0. */
static const struct {
	uint16_t at, size;
} places[HCPCS_FIELDS] = {
        [HCPCS_CODE] = {0, 5},
        [HCPCS_SEQUENCE] = {5, 5},
        [HCPCS_RECORD] = {10, 1},
        [HCPCS_LONG] = {11, 80},
        [HCPCS_SHORT] = {91, 28},
        [HCPCS_PRICING] = {119, 2},
        [HCPCS_XREF] = {204, 5},
        [HCPCS_COVERAGE] = {229, 1},
        [HCPCS_BETOS] = {256, 3},
        [HCPCS_TOS1] = {260, 1},
        [HCPCS_TOS2] = {261, 1},
        [HCPCS_TOS3] = {262, 1},
        [HCPCS_TOS4] = {263, 1},
        [HCPCS_TOS5] = {264, 1},
        [HCPCS_ANESTHESIA] = {265, 3},
        [HCPCS_ADDED] = {268, 8},
        [HCPCS_ACTION_DAY] = {276, 8},
        [HCPCS_TERMINATED] = {284, 8},
        [HCPCS_ACTION] = {292, 1},
};

/* Does a line begin as a record does? */
static bool begins_record(struct cell line)
{
	if (line.size <= 11 || !import_begins_with_one_of(cell_cut(line, 10, 1), "3478"))
		return false;
	for (int i = 5; i < 10; i++)
		if (!isdigit((unsigned char)line.text[i]))
			return false;
	for (int i = 3; i < 5; i++)
		if (!isalnum((unsigned char)line.text[i]))
			return false;
	return true;
}

/* ... and is it one, with a day where the day added belongs? */
static bool is_first_record(struct cell line)
{
	int32_t day;

	return line.size >= RECORD_MIN && begins_record(line) &&
	       cell_cut(line, places[HCPCS_ADDED].at, 8).size == 8 &&
	       cell_date(cell_cut(line, places[HCPCS_ADDED].at, 8), &day) == 0;
}

static bool recognise(const struct release_head *head)
{
	const char *at = head->text, *end = head->text + head->size;

	for (int i = 0; i < LINES_SEEN && at < end; i++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		struct cell line = {at, (size_t)((stop ? stop : end) - at)};

		if (is_first_record(line))
			return true;
		at = stop ? stop + 1 : end;
	}
	return false;
}

static int read_line(
        struct hcpcs_reading *reading, struct release *release, struct cell line, struct diag *diag)
{
	struct cell fields[HCPCS_FIELDS];

	if (!begins_record(line)) {
		release_skip(release);
		return 0;
	}
	/* Continuations end behind their text. */
	if (line.size < RECORD_MIN && (line.text[10] == '3' || line.text[10] == '7'))
		return release_refuse(release, diag,
		        "a record of %zu characters where %d are wanted: the file is cut short or "
		        "damaged",
		        line.size, RECORD_MIN);
	for (int i = 0; i < HCPCS_FIELDS; i++)
		fields[i] = cell_cut(line, places[i].at, places[i].size);
	return hcpcs_record(reading, fields);
}

static int read_all(struct release *release, struct set_builds *builds, struct diag *diag)
{
	struct hcpcs_reading *reading;
	struct cell line;
	int err = hcpcs_begin(&reading, release, builds, diag);
	int got;

	if (err)
		return err;
	while ((got = release_line(release, &line, diag)) > 0 && !err)
		err = read_line(reading, release, line, diag);
	return hcpcs_end(reading, got < 0 ? got : err);
}

const struct importer importer_hcpcs_fixed = {
        .name = "hcpcs anweb",
        .layout = "HCPCS alphanumeric file (ANWEB, fixed width)",
        .recognise = recognise,
        .read = read_all,
};
