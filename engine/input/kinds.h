/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the readers share with each other and with reader_choose(), and with
 * nobody else.
 */
#ifndef INPUT_KINDS_H
#define INPUT_KINDS_H

#include "base/diag.h"
#include "input/reader.h"

#include <stddef.h>

#define READER(suffix, word) extern const struct reader_kind reader_##suffix;
#include "input/readers.def"
#undef READER

/* FAIL_INTERNAL: a caller kept more than READER_KEEP_MAX. */
int reader_keeps_too_much(size_t keep, struct diag *diag);

/* Whether a ring can be made here: 0, or a negative errno. */
int ring_probe(void);

/* Tests: from now on, making a ring fails with this negative errno; 0 ends it. */
void ring_forbid(int err);

/* Warn that reading goes on without a ring: once a process. */
void ring_warn_refused(int err, struct diag *diag);

/*
 * Advice about memory, given by a ring in the background: the kernel's own
 * thread brings pages in while we work on those before them.  For one thread.
 */
struct advisor;

/* NULL if there is none to be had. */
struct advisor *advisor_create(void);
void advisor_destroy(struct advisor *advisor); /* takes NULL */

/* Returns 0 when the advice is under way, else a negative errno: not given. */
int advisor_give(struct advisor *advisor, void *address, size_t size, int advice);

/* Wait until no advice is under way. */
void advisor_settle(struct advisor *advisor);

#endif
