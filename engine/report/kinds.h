/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kinds of report: a const struct each, listed in kinds.def.
 *
 * csv and json are written by the scan itself; the others are made from these,
 * in the scan before the run has its name, or again from a finished run.
 */
#ifndef REPORT_KINDS_H
#define REPORT_KINDS_H

#include "base/diag.h"
#include "report/run_folder.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct report_context {
	const struct run_folder *folder; /* its tables and JSON are whole */
	size_t memory_bytes;             /* that a kind may use, about; 0: a default of its own */
	const char *tmp;                 /* for what it spills; NULL: where the system has it */
	int (*stopped)(void);            /* not 0: end with FAIL_STOPPED; NULL: nobody asks */
};

struct report_kind {
	const char *name;   /* the word of --report */
	const char *file;   /* what it makes in the run; NULL: the scan writes it */
	const char *absent; /* why this build has it not; NULL: it has */
	bool is_default;

	/* Write the file to fd: new, empty, and the caller's to close. */
	int (*write)(const struct report_context *context, int fd, struct diag *diag);
};

#define KIND(suffix) extern const struct report_kind report_kind_##suffix;
#include "report/kinds.def"
#undef KIND

extern const struct report_kind *const report_kinds[]; /* NULL-ended */

enum { REPORT_KINDS_MAX = 8 };

/* Kinds as bits, by their place in report_kinds. */
bool report_kinds_has(unsigned bits, const struct report_kind *kind);
bool report_kinds_tables(unsigned bits); /* csv, or one that is made from the tables? */
unsigned report_kinds_default(void);

/*
 * LIST of words between commas, or "none".  FAIL_USAGE for another word,
 * FAIL_ABSENT for a kind that this build has not.
 */
int report_kinds_parse(const char *list, unsigned *bits, struct diag *diag);

/* The list of kinds for --help and messages, with ", " between. */
enum { REPORT_KINDS_TEXT_MAX = 128 };
const char *report_kinds_text(unsigned bits, char text[REPORT_KINDS_TEXT_MAX]);

#endif
