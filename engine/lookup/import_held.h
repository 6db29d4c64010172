/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows held back until every release of a set is read, where a later release
 * corrects an earlier one.  Importers add them, the schema's finish settles them.
 */
#ifndef LOOKUP_IMPORT_HELD_H
#define LOOKUP_IMPORT_HELD_H

#include "lookup/set.h"

/* A row that no release dates: a plain list. */
#define HELD_UNDATED INT32_MIN

/*
 * Hold a row of the release that holds from the day `issued` on.  The row's from
 * and to are its own days, open where the release names none.  FAIL_MEMORY.
 */
int held_add(
        struct set_build *build, uint64_t key, int32_t issued, const void *row, struct diag *diag);

/*
 * Where the day and the source of a release are known only at its end: rows are added
 * with any, and from the mark on they get those that came out.
 */
size_t held_mark(const struct set_build *build);
void held_release(struct set_build *build, size_t mark, int32_t issued, uint16_t source);

/*
 * Each release's word holds from its day to the next release's; what it says of
 * the time before stands only for keys that no earlier one names.  A key that the
 * next release does not name has ended by then.  Undated rows stand for keys that
 * no release names.
 */
int held_finish_releases(struct set_build *build, struct diag *diag);

/*
 * The newest release stands alone: it carries what the older ones said.  FAIL_TABLE:
 * two texts are of it, and differ.
 */
int held_finish_newest(struct set_build *build, struct diag *diag);

/* Of rows of one key that begin on one day, those that end stand over those that do not. */
int held_finish_ended(struct set_build *build, struct diag *diag);

#endif
