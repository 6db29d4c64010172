/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readers: bytes of a file, in order, through io_uring, pread or mmap.
 *
 * One reader a worker.  A worker opens a file at an offset and steps through
 * views.  It says how many bytes at the end of the last view it has not
 * finished with (an incomplete record); the next view begins with them.
 */
#ifndef INPUT_READER_H
#define INPUT_READER_H

#include "base/diag.h"
#include "input/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	READER_KEEP_MAX = (2 << 20) + (64 << 10), /* longest tail that a caller may keep */
	READER_SLACK = 64, /* readable bytes behind every view, of any value */
};

struct view {
	const uint8_t *data;
	size_t size;
	size_t fresh;    /* of these, the last ones that no earlier view held */
	uint64_t offset; /* of data[0] in the file */
	bool last;       /* the file ends with this view */
};

struct reader;

struct reader_options {
	size_t view_bytes; /* 0 for the kind's default */
	unsigned depth;    /* reads in flight; 0 for the kind's default */
	bool drop_cache;   /* give pages back behind the reader */
	bool direct;       /* O_DIRECT where the file system allows it */
};

struct reader_kind {
	const char *name; /* "io_uring", "pread", "mmap" */

	/*
	 * Returns 0, or a negative errno: -ENOTSUP, -EPERM, -ENOSYS, -ENOMEM if
	 * this kind cannot work here; diag says why.
	 */
	int (*create)(
	        struct reader **reader, const struct reader_options *options, struct diag *diag);
	void (*destroy)(struct reader *reader); /* takes NULL */

	/*
	 * Begin at from (a multiple of HASH_BLOCK_BYTES) in a file of the plan.
	 * Bytes up to hint_to will be wanted; reading further is allowed.
	 * Ends whatever was begun before.
	 */
	int (*open)(struct reader *reader, const struct plan_file *file, uint64_t from,
	        uint64_t hint_to, struct diag *diag);

	/*
	 * The next view.  keep: bytes at the end of the last view that the new
	 * one begins with, at most READER_KEEP_MAX.  The last view is dead after
	 * this.  Returns 1 with a view that has fresh > 0, 0 at the end of the
	 * file, or a negative errno with diag set (-ESTALE: the file shrank).
	 */
	int (*next)(struct reader *reader, size_t keep, struct view *view, struct diag *diag);
};

/* All kinds that are built, by READER lines in readers.def; NULL-ended. */
extern const struct reader_kind *const reader_kinds[];

/*
 * Choose by --io: "auto", "uring", "pread", "mmap".  auto takes io_uring where
 * a ring can be made, else pread with one warning.  A kind asked for by name
 * that is not built is FAIL_ABSENT; io_uring that the kernel refuses falls
 * back to pread with one warning, also when asked for by name.
 */
int reader_choose(const struct reader_kind **kind, const char *io, struct diag *diag);

#endif
