/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tail.json: what the tail of earlier months is, of which dates, and which files
 * it was made from.
 *
 * Every byte of it is under a hash, which is its last member; the packs that it
 * names are known by the hashes of their headers.  It is written beside and
 * renamed, so that one rename takes the tail from one month to the next.
 */
#ifndef TAIL_MANIFEST_H
#define TAIL_MANIFEST_H

#include "base/diag.h"
#include "claim.h"
#include "format/pack.h"

#include <stddef.h>
#include <stdint.h>

#define TAIL_MANIFEST_NAME "tail.json"
#define TAIL_MANIFEST_NEXT "tail.json.next"

/* What to do where a tail is of no use any more. */
#define TAIL_ANEW \
	"begin a tail anew (--history with another directory), by scanning the months again"

enum {
	TAIL_VERSION = 1,
	TAIL_PACKS_MAX = 32, /* at so many they are joined: each costs an opening a run */
};

/* A claim pack: the lines that a run left, with those of older packs that it joined. */
struct tail_pack {
	struct pack_facts facts;
	int32_t edge; /* of that run */
};

/* A file whose lines came into the tail. */
struct tail_file {
	char *path; /* as it was given then */
	uint64_t bytes, hash[2];
	int32_t edge; /* of the run that read it */

	/*
	 * All lines that this run was given, in whatever order and files: the sum of
	 * their digests, and how many.  Both 0: not known, of a tail from before.
	 */
	uint64_t run[2];
};

/* Days are service dates; DATE_ABSENT: none. */
struct tail_manifest {
	struct tail_pack packs[TAIL_PACKS_MAX];
	size_t pack_count;
	uint32_t days; /* of the window, as asked for */
	int32_t edge;  /* the day that it ends on */

	/*
	 * The first days from which on nothing is missing of what was ever given: of
	 * all lines, and of meetings with patients.  DATE_ABSENT: nothing is at all.
	 */
	int32_t whole_from, met_from;

	/* Of all that was ever given. */
	int32_t first_service, last_service; /* DATE_ABSENT: no line with a date */
	int32_t last_came[CLAIM_TYPES];      /* last received or paid date */

	/* All that ever came, whether lines of theirs are left or not.  Owned; by hash, if read. */
	struct tail_file *files;
	size_t file_count, file_room;
};

void tail_manifest_reset(struct tail_manifest *manifest); /* frees what it owns */

/* Of all packs. */
uint64_t tail_manifest_lines(const struct tail_manifest *manifest);
uint64_t tail_manifest_bytes(const struct tail_manifest *manifest);

/* Takes a copy of path. */
int tail_manifest_add(
        struct tail_manifest *manifest, const struct tail_file *file, struct diag *diag);

/* A file of the same bytes, of a manifest that was read; NULL: none. */
const struct tail_file *tail_manifest_find(
        const struct tail_manifest *manifest, const struct tail_file *file);

/* A file of a run that was given the same lines; NULL: none, or no lines. */
const struct tail_file *tail_manifest_find_run(
        const struct tail_manifest *manifest, const uint64_t run[2]);

/*
 * Returns 1, 0 if there is none, FAIL_DATA if it is damaged, of something else or
 * of another version, FAIL_INPUT if it cannot be read.  folder: of the directory,
 * for messages.
 */
int tail_manifest_read(
        struct tail_manifest *manifest, int directory, const char *folder, struct diag *diag);

/* Write it and give it its name, synced. */
int tail_manifest_write(
        const struct tail_manifest *manifest, int directory, const char *folder, struct diag *diag);

#endif
