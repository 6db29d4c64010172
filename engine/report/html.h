/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.html: the page of a run, one file that asks nobody for anything.
 *
 * It is made from the run's own tables, so that a scan and a report of a
 * finished run write the same bytes.  Its looks and doings are in page/; here
 * the data are laid into it: three blocks of JSON, deflated and in base64.
 *
 *     run    manifest, data quality, rules, months, rules in common
 *     list   columns of the first LIST_MAX providers by rank
 *     full   of the first FULL_MAX, leads first: all that the run has of them
 */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "base/diag.h"
#include "report/run.h"
#include "report/run_folder.h"

#include <stdbool.h>

enum {
	HTML_LIST_MAX = 100000, /* rows: under 5 MB for them all */
	HTML_FULL_MAX = 400,    /* providers: some 5 KB each in the page */
};

/* Was the page bundled into this build?  That takes node and npm. */
bool html_is_built(void);

/* What to say if it was not, and html is asked for by name (FAIL_ABSENT). */
extern const char html_absent_words[];

/*
 * Write the page of the run that lies in the folder, whose other files are
 * whole.  FAIL_ABSENT if html_is_built() is not; FAIL_INPUT or FAIL_DATA for
 * what is missing from the run or damaged.
 */
int html_write(const struct run_folder *folder, struct out *out, struct diag *diag);

/* The three blocks as they are before they are packed: for tests. */
struct html_blocks {
	struct out *run, *list, *full; /* in memory */
};
int html_make_blocks(
        const struct run_folder *folder, struct html_blocks *blocks, struct diag *diag);

/* Frees them; returns err, or FAIL_MEMORY if some text was lost. */
int html_blocks_close(struct html_blocks *blocks, int err, struct diag *diag);

#endif
