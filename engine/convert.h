/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conversion: the lines that a scan would read, into canonical CSV (F.csv) or a
 * claim pack (F.clm).  It is the reading half of a scan, proofs and all, with
 * another end; scan.c leads it through these.
 *
 *	canonical CSV   cells by column, span after span in the order of the input
 *	claim pack      lines to partitions by person; sorted and coded when all is read
 *
 * The file is written beside its name and renamed at the end, mode 0600.
 */
#ifndef CONVERT_H
#define CONVERT_H

#include "base/diag.h"
#include "claim.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scan;
struct worker;
struct convert;
struct convert_part; /* one a worker */

/*
 * path says by its end what is written.  FAIL_USAGE for another end,
 * FAIL_OUTPUT if it exists and is not to be replaced, or cannot be made.
 */
int convert_create(struct convert **convert, const char *path, bool force, struct diag *diag);
void convert_destroy(struct convert *convert); /* what was not committed goes; takes NULL */

/*
 * Only lines that keeps() is for go into the pack.  It gets batches as read, with
 * their digests, in any thread, and says it line by line.  Set before the first attempt.
 */
void convert_keep(struct convert *convert,
        void (*keeps)(void *context, const struct batch *batch, bool keep[BATCH_LINES]),
        void *context);

/* An attempt begins: nothing of an earlier one is kept. */
int convert_begin(struct convert *convert, struct scan *scan, struct diag *diag);

int convert_part_create(struct convert_part **part, struct convert *convert, struct worker *worker,
        struct diag *diag);
void convert_part_destroy(struct convert_part *part); /* takes NULL */

/* A batch, not normalised; and the end of a span, by its number in the plan. */
int convert_batch(struct convert_part *part, struct batch *batch, struct diag *diag);
int convert_span(struct convert_part *part, size_t number, struct diag *diag);

/* The worker has read its last span, or failed (err): no one waits for it any more. */
int convert_read(struct convert_part *part, int err, struct diag *diag);

/* When all is read and proved: one thread, then all, then one. */
int convert_settle(struct convert *convert, struct diag *diag);
int convert_finish(struct convert_part *part, struct diag *diag);
int convert_commit(struct convert *convert, struct diag *diag);

/* What was converted, and what could not be: on stderr. */
void convert_tell(const struct convert *convert);

#endif
