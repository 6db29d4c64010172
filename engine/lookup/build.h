/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder of releases, as their publishers lay them out, to a folder of images.
 *
 * Every file under the folder, and every member of a .zip, is shown to all
 * importers.  One takes it, or none: then it is named and counted.  The images
 * are written beside OUT and moved there at the end, so that a failure leaves
 * nothing behind.  The same releases give the same bytes.
 */
#ifndef LOOKUP_BUILD_H
#define LOOKUP_BUILD_H

#include "base/diag.h"
#include "base/hash.h"
#include "lookup/release.h"
#include "lookup/set.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What became of a file, or of a member of a .zip. */
struct build_file {
	char *path;                      /* without the folder: "ncci/a.zip:b.txt" */
	const struct importer *importer; /* NULL: none knows it */
	const char *reason;              /* why not, in words; NULL where there is an importer */
	uint64_t size;                   /* bytes of its text */
	size_t rows, skipped;            /* lines or records of data, and others */
	struct hash128 hash;             /* of its text */
};

struct build_set {
	const struct set_schema *schema;
	size_t sources, keys, rows;
	uint64_t size; /* bytes of the image */
	int32_t from, to;
};

struct build_result {
	struct build_file *files; /* by path as bytes */
	size_t file_count, unknown_count;
	struct build_set *sets; /* in the order of schemas.def */
	size_t set_count;
	double seconds;
};

struct build_progress {
	const char *path;               /* what is read; NULL: the sets are being written */
	uint64_t bytes_done, bytes_all; /* as the files lie on the disk */
};

struct build_options {
	bool replace;     /* an earlier OUT; else FAIL_OUTPUT where OUT is not empty */
	unsigned threads; /* 0: as many as there are CPUs */
	void (*progress)(void *context, const struct build_progress *progress); /* or NULL */
	void *context;
	int (*stopped)(void); /* other than 0: leave off, and leave nothing behind; or NULL */
};

/*
 * Build all that is in folder into out, which is made.  One that is there and
 * holds anything but images is never replaced.
 *
 * *result is filled in on success, and as far as known on failure; the caller
 * frees it with build_result_reset(), which takes a zeroed one.
 *
 * FAIL_INPUT: no folder, or one that cannot be read.  FAIL_TABLE: an empty one,
 * nothing known in it, a release that is refused, sources that contradict one
 * another.  FAIL_STOPPED, FAIL_OUTPUT, FAIL_IO, FAIL_MEMORY.
 */
int codes_build(const char *folder, const char *out, const struct build_options *options,
        struct build_result *result, struct diag *diag);
void build_result_reset(struct build_result *result);

/*
 * What a cache of images goes by: a hash of the program's schemas, and of the
 * paths and bytes of all files under the folder.  Read in full.  stopped: as of
 * struct build_options.
 */
int codes_build_key(
        const char *folder, int (*stopped)(void), struct hash128 *key, struct diag *diag);

#endif
