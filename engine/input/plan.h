/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan: which files, cut into which spans.
 *
 * Inputs are files, directories (all regular files below them, names that
 * begin with a dot left out), globs, @manifest (one input a line) and "-"
 * (standard input).  A pipe or "-" cannot be read twice or cut, so it is first
 * spooled to an unlinked file under the --tmp directory.  A file reached by
 * two paths is scanned once, with a warning.  Files stand in the order of
 * their paths as bytes.  Nothing here opens a regular file: a plan of 100,000
 * small files costs a directory walk and a stat each.
 */
#ifndef INPUT_PLAN_H
#define INPUT_PLAN_H

#include "base/diag.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum { HASH_BLOCK_BYTES = 1 << 20 }; /* the manifest's tree hash is over such blocks */

struct plan_file {
	const char *path; /* as given or found; "-" for standard input */
	int spool;        /* descriptor of a spooled stream, or -1 */
	uint64_t size_bytes;
	uint64_t device, inode;
	int64_t modified_ns;
	atomic_bool *settled; /* NULL, or set by a reader that read the whole file at once and then
	                         found it unchanged: its check is done */
	uint32_t first_span, span_count;
	uint64_t first_block; /* into plan.block_hashes */
};

struct span {
	uint32_t file;
	uint32_t index;    /* within the file, from 0 */
	uint64_t from, to; /* bytes; from is a multiple of HASH_BLOCK_BYTES */
};

struct plan {
	struct plan_file *files;
	size_t file_count;
	struct span *spans; /* in order of file and offset */
	size_t span_count;
	uint64_t total_bytes;
	uint64_t (*block_hashes)[2]; /* {low, high} of each MiB of each file; written by the
	                                reader's owner */
	size_t block_count;
	atomic_bool *settled; /* of each file; see plan_file */
	atomic_size_t next;   /* the next span to be taken */
};

struct plan_options {
	const char *const *inputs; /* NULL-ended */
	const char *tmp;           /* directory for spooled streams */
	size_t span_bytes;         /* wanted; rounded up to whole MiB; 0 for the default */
	unsigned threads;          /* spans are cut small enough to keep these busy */
	int (*stopped)(void);      /* not 0: stop reading a stream; NULL: only a signal's EINTR */
};

/*
 * Returns 0, or a negative errno with diag set: FAIL_INPUT for what is not
 * there or cannot be read, -ENOSPC where a stream does not fit into tmp,
 * FAIL_STOPPED if a signal interrupts the reading of a stream (its handler
 * must be set without SA_RESTART).  Freed by plan_destroy().
 */
int plan_create(struct plan **plan, const struct plan_options *options, struct diag *diag);
void plan_destroy(struct plan *plan);

/* Start from the first span again. */
void plan_rewind(struct plan *plan);

/* Take the next span: any thread.  NULL when none is left. */
const struct span *plan_take(struct plan *plan);

/*
 * Fail with -ESTALE, naming the file, if a file is not what it was when the
 * plan was made: size, modification time, inode.  Small files, which are read
 * at once, were looked at then, and are not again: that is a third of what many
 * of them cost.
 */
int plan_check_unchanged(const struct plan *plan, struct diag *diag);

/*
 * Warn of files of equal content (equal sizes and block hashes).  The hashes
 * of all blocks must be there.
 */
void plan_warn_equal_files(const struct plan *plan, struct diag *diag);

/*
 * {low, high} of XXH3-128 over the XXH3-128s (16 bytes each, canonical
 * big-endian) of a file's MiBs.
 */
void plan_tree_hash(const struct plan *plan, size_t file, uint64_t hash[2]);

#endif
