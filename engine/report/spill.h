/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows without end: kept in memory up to a limit, then sorted and written to
 * an unlinked file piece by piece, and at last merged.
 *
 * A spill is one thread's.  A merge reads the pieces of several spills.
 */
#ifndef REPORT_SPILL_H
#define REPORT_SPILL_H

#include "base/diag.h"

#include <stddef.h>
#include <stdint.h>

enum {
	MERGE_PIECES_MAX = 128,         /* merged at once; more are first merged among themselves */
	MERGE_BUFFER_BYTES = 128 << 10, /* read ahead of each piece; 16 MiB in all */
};

struct spill;

/* memory_bytes: rows and what sorts them stay below, a row that is longer apart. */
int spill_create(struct spill **spill, size_t memory_bytes, const char *tmp, struct diag *diag);
void spill_destroy(struct spill *spill); /* takes NULL */

/*
 * Room for a row of at most size bytes, valid until spill_keep(), which keeps
 * the first size bytes of it.  NULL: spill_error() tells.
 */
uint8_t *spill_reserve(struct spill *spill, size_t size);
void spill_keep(struct spill *spill, size_t size);

/* The first failure, told; 0 for none. */
int spill_error(const struct spill *spill, struct diag *diag);

/*
 * Call take for each row of all spills, in order; a row lives for the call.
 * No row may be added afterwards.  Stops at the first negative result.
 */
int spill_merge(struct spill *const spills[], size_t count,
        int (*take)(void *context, const uint8_t *row, size_t size), void *context,
        struct diag *diag);

/* The same in no order, each piece read once: for those who look for a few rows. */
int spill_each(struct spill *spill, int (*take)(void *context, const uint8_t *row, size_t size),
        void *context, struct diag *diag);

#endif
