/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The images of a folder: opened by their headers, verified when first used.
 */
#ifndef LOOKUP_SETS_H
#define LOOKUP_SETS_H

#include "base/diag.h"
#include "lookup/set.h"

#include <stddef.h>

#define SETS_ENDING ".set" /* OUT/<schema>.set */

struct sets;

/*
 * Map every image of a folder and check the headers; under 10 ms.  The caller
 * frees *sets with sets_close(), which takes NULL.
 *
 * FAIL_INPUT: no such folder; FAIL_TABLE: no image in it, or one that is cut,
 * changed or of another version.
 */
int sets_open(struct sets **sets, const char *folder, struct diag *diag);
void sets_close(struct sets *sets);

/* In the order of schemas.def. */
size_t sets_count(const struct sets *sets);
const struct set *sets_at(const struct sets *sets, size_t index);
const struct set *sets_find(const struct sets *sets, const char *name); /* or NULL */

/*
 * A set for look-ups: verified in full the first time.  *set is NULL where the
 * folder has none of that name.  FAIL_TABLE.  One set by one thread at a time.
 */
int sets_use(struct sets *sets, const char *name, const struct set **set, struct diag *diag);
int sets_verify(struct sets *sets, struct diag *diag); /* all */

/* ... by set_verify_lazily(): for set_find_checked(), and set_damage() at the end. */
int sets_use_lazily(struct sets *sets, const char *name, const struct set **set, struct diag *diag);

#endif
