/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tail of earlier months, as it lies in the directory of --history:
 *
 *	tail.json                     the manifest (tail_manifest.h), which names
 *	tail-0123456789abcdef.clm     the claim packs of the lines kept, one a run
 *	next.clm...                   this run's, while it is written
 *
 * A run writes its own lines; an older pack stays as it is until it is before the
 * window: then its lines that are to stay longer are joined to the run's.  The
 * pack is written beside, gets its name, and then the manifest is replaced by one
 * rename: before it the old tail stands, behind it the new one.
 * What a killed run left is in neither, and is removed by the next; but packs that
 * stand there without a manifest may be a tail that lost it, and are left.  A run
 * that will write holds the directory locked.
 */
#ifndef TAIL_H
#define TAIL_H

#include "base/diag.h"
#include "tail_manifest.h"

#include <stdbool.h>
#include <sys/stat.h>

struct tail;

/*
 * Open it; a directory that is not there is made (0700), an empty one is the
 * beginning of a tail.  look: change nothing, and lock nothing.
 *
 * FAIL_DATA for a tail that is damaged or of another version, FAIL_INPUT for what
 * cannot be read, FAIL_OUTPUT for a directory that cannot be made or locked, or
 * that is of something else.
 */
int tail_open(struct tail **tail, const char *path, bool look, struct diag *diag);
void tail_destroy(struct tail *tail); /* what was not committed goes; takes NULL */

/* The packs to be read, NULL-ended, in the order of the manifest; none: there is no tail yet. */
const char *const *tail_pack_paths(const struct tail *tail);
bool tail_is_there(const struct tail *tail);

/* What it is of; all absent, if there is none yet. */
const struct tail_manifest *tail_manifest(const struct tail *tail);

/* Where the next pack is to be written, as a new file. */
const char *tail_next_path(const struct tail *tail);

/* Is a file of these numbers the directory itself, or one of the tail's own? */
bool tail_owns(const struct tail *tail, dev_t device, ino_t inode);

/* The pack that has been written. */
int tail_look_next(const struct tail *tail, struct pack_facts *facts, struct diag *diag);

/*
 * After this the new tail stands; on failure the old one does.  added: the last of
 * next's packs is the one that was written; else it is not needed.
 */
int tail_commit(struct tail *tail, const struct tail_manifest *next, bool added, struct diag *diag);

#endif
