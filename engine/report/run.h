/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The run directory: written beside its final name and renamed at the end.
 */
#ifndef REPORT_RUN_H
#define REPORT_RUN_H

#include "base/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct run;

/*
 * Begin a run directory that will be called path.  FAIL_OUTPUT if path exists
 * and force is false (force replaces a directory only if it is a run directory
 * or empty), or if it cannot be made.
 */
int run_create(struct run **run, const char *path, bool force, struct diag *diag);
int run_commit(struct run *run, struct diag *diag); /* fsync, rename */
void run_destroy(struct run *run);                  /* removes what was not committed; takes NULL */
void run_abandon_on_signal(struct run *run); /* async-signal-safe: nothing; destroy does it */

/* A buffered file of the run, mode 0600. */
struct out;
int out_create(struct out **out, struct run *run, const char *name, struct diag *diag);
int out_close(
        struct out *out, struct diag *diag); /* also frees; the first write error is told here */
void out_destroy(struct out *out);

/* Cells of CSV (RFC 4180): a cell writes its own comma, out_end_row the line feed. */
void out_text(
        struct out *out, const char *text, size_t size); /* quoted where needed; formula guard */
void out_blank(struct out *out);
void out_unsigned(struct out *out, uint64_t value);
void out_signed(struct out *out, int64_t value);
void out_money(struct out *out, int64_t cents);           /* two places */
void out_units(struct out *out, int64_t ten_thousandths); /* trailing zeros cut */
void out_date(struct out *out, int32_t date);
void out_ratio(struct out *out, uint64_t part,
        uint64_t whole); /* six decimals, half away; blank if whole is 0 */
void out_wide_money_squared(
        struct out *out, unsigned __int128 cents_squared); /* exact, four decimals */
void out_end_row(struct out *out);
void out_raw(struct out *out, const char *text, size_t size);

#endif
