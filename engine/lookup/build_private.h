/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of a build: what lies in the folder, the sets that grow, and the
 * folder that is written beside OUT.
 */
#ifndef LOOKUP_BUILD_PRIVATE_H
#define LOOKUP_BUILD_PRIVATE_H

#include "lookup/build.h"
#include "lookup/release_private.h"

/* ---- build_folder.c: the files under a folder, by path as bytes ---- */

struct folder_file {
	char *path; /* below the folder */
	char *file; /* to open it by */
	uint64_t size;
};

struct folder {
	struct folder_file *files;
	size_t count, capacity;
	uint64_t size; /* of all */
};

/*
 * All regular files, links followed; what begins with a dot is passed over.
 * FAIL_INPUT: no folder, or a part of it cannot be read.
 */
int folder_list(struct folder *folder, const char *path, struct diag *diag);
void folder_reset(struct folder *folder);
bool path_is_hidden(const char *path); /* a part of it begins with a dot */

/* ---- build_sets.c: the sets under construction ---- */

struct set_builds {
	struct set_build **builds; /* by schema */
	size_t count;
};

int set_builds_create(struct set_builds *builds, struct diag *diag);
void set_builds_destroy(struct set_builds *builds);

/* How many sources each set has; sources from there on are those of the release. */
void set_builds_mark(const struct set_builds *builds, size_t marks[]);
void set_builds_name(const struct set_builds *builds, const size_t marks[], const char *path,
        struct hash128 hash);

/* Write every set that has a source to folder/NAME.set, as many at a time as there are threads. */
int set_builds_finish(struct set_builds *builds, const char *folder, unsigned threads,
        int (*stopped)(void), struct diag *diag);

/* ---- build_out.c: the folder of images ---- */

/* What may stand at OUT: nothing, an empty folder, images where they may be replaced. */
int out_check(const char *out, bool replace, struct diag *diag);

/* A new folder beside OUT; the caller frees *beside, at best by out_discard(). */
int out_begin(char **beside, const char *out, struct diag *diag);
int out_commit(const char *beside, const char *out, bool replace, struct diag *diag);
void out_discard(char *beside); /* takes the folder and what is in it away; NULL too */

#endif
