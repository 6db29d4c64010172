/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Releases: the files of the publishers of code sets, and who reads them.
 *
 * An importer reads one layout.  It is a const struct in a file of its own and
 * a line in importers.def.  A file is recognised by its content alone: each
 * importer is shown its beginning, and says whether it is its own.  One that no
 * importer takes is named and counted; one that two take is refused.
 *
 * A release is a text that is read once from its beginning, whether it lies in
 * a file, a .gz or a .zip.  Publishers write latin-1 or UTF-8, CRLF or LF; the
 * reader drops the CR and a byte-order mark, and leaves all else as it is.
 */
#ifndef LOOKUP_RELEASE_H
#define LOOKUP_RELEASE_H

#include "base/date.h"
#include "base/diag.h"
#include "lookup/set.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	RELEASE_HEAD = 65536,    /* bytes that a recogniser sees, or the whole file */
	RELEASE_CELLS_MAX = 128, /* cells of a record that are told apart; the rest are dropped */
};

/* A piece of text, not ended by NUL; it dies with the next line or record. */
struct cell {
	const char *text;
	size_t size;
};

/* The beginning of a release, for recognisers. */
struct release_head {
	const char *path; /* below the folder of the build: "ncci/file.zip:member.txt" */
	const char *name; /* the file's own name without folders */
	const char *text; /* as it lies, CRs included */
	size_t size;
	bool whole; /* nothing follows */
};

struct release; /* an open one; release_read.c */

/*
 * The next line without its end, or the next record of quoted, delimited text:
 * quotes as RFC 4180, line ends inside quotes kept, cells trimmed of blanks.  A
 * blank line is a record of one empty cell.
 *
 * 1: there is one; 0: the end; else FAIL_INPUT, FAIL_IO, FAIL_TABLE (a NUL,
 * UTF-16, a line over 1 MiB) with diag set.
 */
int release_line(struct release *release, struct cell *line, struct diag *diag);
int release_record(struct release *release, char delimiter, struct cell cells[RELEASE_CELLS_MAX],
        size_t *count, struct diag *diag);

/* Where the last line or record began, from 1; for messages. */
size_t release_line_number(const struct release *release);
const char *release_path(const struct release *release);
const char *release_name(const struct release *release);

/* Count a line that is not data (titles, notices, headers), or refuse the release at its last line.
 */
void release_skip(struct release *release);
int release_refuse(struct release *release, struct diag *diag, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* The sets under construction, by name; NULL where no schema has the name. */
struct set_builds;
struct set_build *set_builds_at(struct set_builds *builds, const char *set);

struct importer {
	const char *name;   /* "icd10cm order" */
	const char *layout; /* words for the user: "ICD-10-CM order file (fixed width)" */
	bool (*recognise)(const struct release_head *head);

	/*
	 * Read to the end.  The importer adds its sources and rows to the sets it
	 * gives.  0, or FAIL_* with diag set, at best by release_refuse().
	 */
	int (*read)(struct release *release, struct set_builds *builds, struct diag *diag);
};

size_t importers_count(void);
const struct importer *importer_at(size_t index);

/* ---- What importers ask of text ---- */

/*
 * A date of eight digits, or of any form of date_parse(); 0 with *date =
 * DATE_ABSENT: blank, '*', zeros or 9999-12-31; -1: none.
 */
int cell_date(struct cell cell, int32_t *date);
int cell_julian(struct cell cell, int32_t *date); /* yyyyddd, as add-on edits have it */

/* A number without sign; false if it is none or does not fit. */
bool cell_number(struct cell cell, uint32_t *number);

/* A decimal as hundredths or as ten-thousandths ("1.25", ".10", "-3", "1,234.5"). */
bool cell_hundredths(struct cell cell, int32_t *number);
bool cell_ten_thousandths(struct cell cell, int32_t *number);

bool cell_is(struct cell cell, const char *text);     /* equal but for case */
bool cell_begins(struct cell cell, const char *text); /* ... for its first part */

/* Of a fixed line, trimmed; at counts from 0, so a publisher's column 7 is at 6. */
struct cell cell_cut(struct cell line, size_t at, size_t size);
struct cell cell_trim(struct cell cell);

/* The columns of a header by name: places[i] of names[i], -1 where it is not there. */
size_t cells_place(const struct cell cells[], size_t count, const char *const names[], int places[],
        size_t name_count);

/* First and last day of a fiscal year (1 October to 30 September), of a quarter (from 1). */
void days_of_fiscal_year(int year, int32_t *from, int32_t *to);
void days_of_quarter(int year, int quarter, int32_t *from, int32_t *to);

#endif
