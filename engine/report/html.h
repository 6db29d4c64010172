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
#include "report/kinds.h"
#include "report/run.h"

enum {
	HTML_LIST_MAX = 100000, /* rows: under 5 MB for them all */
	HTML_FULL_MAX = 600,    /* providers: some 2 KB each in the page, packed */
};

/*
 * Write the page of the run in the folder, whose other files are whole.
 * FAIL_INPUT or FAIL_DATA for what is missing from the run or damaged.
 */
int html_write(const struct report_context *context, int fd, struct diag *diag);

/* The three blocks as they are before they are packed: for tests. */
struct html_blocks {
	struct out *run, *list, *full; /* in memory */
};
int html_make_blocks(
        const struct report_context *context, struct html_blocks *blocks, struct diag *diag);

/* Frees them; returns err, or FAIL_MEMORY if some text was lost. */
int html_blocks_close(struct html_blocks *blocks, int err, struct diag *diag);

#endif
