/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the importers of ICD releases share: the shapes of codes, what a file's
 * name tells of its release, and the lines of a release's beginning.
 */
#ifndef LOOKUP_IMPORT_ICD_H
#define LOOKUP_IMPORT_ICD_H

#include "lookup/release.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Shapes, without dots, in capitals. */
bool icd10cm_shape(struct cell code);  /* a letter, 2 to 6 of both, a digit among them (QA00101) */
bool icd10pcs_shape(struct cell code); /* 3 to 7 digits and letters, but I and O */

/* The word of a code of at most 7 letters and digits, dots passed over; 0: it is none. */
uint64_t icd_word(struct cell code);

/* The next line of a head without its end; false behind the last whole one. */
struct head_lines {
	const struct release_head *head;
	size_t at;
};
bool head_next(struct head_lines *lines, struct cell *line);

/* The cell of a line at an index, without its quotes; empty where there is none. */
struct cell line_cell(struct cell line, char delimiter, size_t index);

/* The first line of a head is a header with these cells first; quotes aside. */
bool head_begins(const struct release_head *head, char delimiter, const char *const names[]);

/* The days of a release, and the words for it. */
struct release_days {
	int32_t from, to;
	int year; /* of the fiscal year, or of the name */
	char label[64];
};

/*
 * By its name, with the .zip's: a fiscal year (20YY), begun on 1 October unless a
 * month is named ("april"); to: the end of the year.  False: there is no year.
 */
bool release_fiscal(const struct release *release, struct release_days *days);

/* The last year 2000 to 2099 that stands by itself in a text, 0 for none. */
int text_year(const char *text);

/* The days of a year from a month on: 0 for October. */
void fiscal_days(int year, int month, struct release_days *days);

/*
 * The days of a version of the grouper and the Medicare Code Editor: version 43 is
 * of fiscal year 2026, 43.1 of its April.
 */
void version_days(int major, int minor, struct release_days *days);

/* The version in a file's name ("msdrg_v41_1_list.csv"); false: there is none. */
bool release_version(const struct release *release, struct release_days *days);

/* The part of a release's path that tells: the file, with the .zip it lies in. */
const char *release_own_name(const struct release *release);

/* A version "41", "41.1", "41_1" at the beginning of text; false: no number. */
bool version_read(const char *text, int *major, int *minor);

/* Days of a row as cells: open where the end is blank or 99991231.  False: bad, or inverted. */
bool row_days(struct cell from, struct cell to, struct set_row *row);

/* Refuse what has no year or version to go by. */
int release_refuse_name(
        struct release *release, struct diag *diag, const char *missing, const char *example);

/* A source of a release, noted in the set of that name; its number, or FAIL_*. */
int source_note(struct set_build *build, const struct release *release,
        const struct release_days *days, bool snapshot, struct diag *diag);

/* Any number of rows of one size, kept until the release has been read. */
struct kept_rows {
	uint64_t *keys;
	uint8_t *rows;
	size_t row_size, count, capacity;
};
int kept_add(struct kept_rows *kept, uint64_t key, const void *row, struct diag *diag);
void kept_reset(struct kept_rows *kept);

#endif
