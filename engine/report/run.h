/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The run directory: written beside its final name and renamed at the end, so
 * that what carries the name is whole or is not there.
 *
 * A run is one thread's; an out is one thread's at a time.
 */
#ifndef REPORT_RUN_H
#define REPORT_RUN_H

#include "base/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct run;

/*
 * Begin a run directory that will be called path; its parent must be there.
 * FAIL_OUTPUT if path exists and force is false, or if it cannot be made.
 * force replaces a directory only if it is empty or a run directory: one that
 * holds a manifest.json of ours and no directories.
 */
int run_create(struct run **run, const char *path, bool force, struct diag *diag);

/*
 * Sync what was written, and give the directory its name; what stood there is
 * removed after the exchange, and is gone when the run is destroyed: so long
 * diag must stand.  On failure nothing has changed.
 */
int run_commit(struct run *run, struct diag *diag);
void run_destroy(struct run *run); /* removes what was not committed; takes NULL */

/* A new file of the run, mode 0600, open for writing: for writers of their own. */
int run_open_file(struct run *run, const char *name, int *fd, struct diag *diag);

/* Remove the files of the run whose names end so; none of them is open. */
void run_drop_files(struct run *run, const char *ending);

/* The names of its files so far, NULL-ended; valid until the next is opened. */
const char *const *run_files(const struct run *run);

/* The descriptor of the directory as it is written, and the path that it will have. */
int run_directory(const struct run *run);
const char *run_path(const struct run *run);

/* Is it the directory of a run?  It holds a manifest.json of ours. */
bool run_is_ours(int directory);

/* A buffered file of the run, mode 0600; or, without a run, text in memory. */
struct out;
int out_create(struct out **out, struct run *run, const char *name, struct diag *diag);
int out_create_memory(struct out **out, struct diag *diag);

/* A buffered file that is open already, which the out has a descriptor of its own for. */
int out_create_open(struct out **out, const char *name, int fd, struct diag *diag);
int out_close(
        struct out *out, struct diag *diag); /* also frees; the first write error is told here */
void out_destroy(struct out *out);

/*
 * What a memory out holds: whole rows, or the cells of the row at hand, each
 * with its comma.  Valid until the next call with it.
 */
const char *out_memory_text(const struct out *out, size_t *size);
const char *out_memory_cells(const struct out *out, size_t *size);
void out_memory_reset(struct out *out);

/*
 * Move the rows of a memory out to the end of a file: how several threads
 * format and one order is kept.  block is empty afterwards; its failure, if
 * any, is now the file's.
 */
void out_append(struct out *out, struct out *block);

/* Rows ended so far, headers and appended rows included. */
uint64_t out_row_count(const struct out *out);

/*
 * Cells of CSV (RFC 4180): a cell writes its own comma, out_end_row the line
 * feed.  Failures are remembered and told by out_close().
 */
void out_text(
        struct out *out, const char *text, size_t size); /* quoted where needed; formula guard */
void out_word(struct out *out, const char *text);        /* as out_text, ended by NUL */
void out_plain(struct out *out, const char *text, size_t size); /* needs neither, for certain */
void out_blank(struct out *out);
void out_unsigned(struct out *out, uint64_t value);
void out_signed(struct out *out, int64_t value);
void out_money(struct out *out, int64_t cents);           /* two places; AMOUNT_ABSENT blank */
void out_units(struct out *out, int64_t ten_thousandths); /* trailing zeros cut; the same */
void out_date(struct out *out, int32_t date);             /* DATE_ABSENT blank */
void out_fixed(struct out *out, double value);            /* six places; NAN: blank */
void out_scientific(struct out *out, double value);       /* seven figures; NAN: blank */
void out_ratio(struct out *out, uint64_t part,
        uint64_t whole); /* six decimals, half away; blank if whole is 0 */
void out_wide_money_squared(
        struct out *out, unsigned __int128 cents_squared); /* exact, four decimals */
void out_end_row(struct out *out);

/* Text as it is: outside of rows (JSON, a header line). */
void out_raw(struct out *out, const char *text, size_t size);

/* Cells that are ready, each with its comma behind it: what many rows begin with. */
void out_cells(struct out *out, const char *cells, size_t size);

/*
 * Cells that the caller writes by itself, each with its comma: where they begin,
 * with room for size bytes, and then where they end.  NULL: they are lost, as is
 * told by out_close().
 */
char *out_room(struct out *out, size_t size);
void out_take(struct out *out, const char *end);

#endif
