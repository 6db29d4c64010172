/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder of --codes: images, or releases that are compiled once and kept.
 *
 * Compiled releases lie in the user's cache, $XDG_CACHE_HOME/claimscan or
 * ~/.cache/claimscan, in a folder named by a hash of all that they were made of;
 * so a source that changes makes another.  A build is made beside its place and
 * renamed there: of two processes at once the second uses the first's, and one
 * that is stopped leaves nothing that is taken for a build.
 *
 * A run marks the build that it uses by the folder's time of change, and takes away
 * those used longest ago: of CODES_CACHE_BUILDS, or of CODES_CACHE_BYTES together,
 * only as many stay.  One used within the hour stays whatever it takes, as another
 * run may be about to open it; so does what a build left behind that was stopped
 * within a day.
 */
#ifndef LOOKUP_CODES_CACHE_H
#define LOOKUP_CODES_CACHE_H

#include "base/diag.h"
#include "lookup/codes.h"

#include <stdbool.h>
#include <stdint.h>

enum { CODES_CACHE_BUILDS = 8 }; /* a few folders of releases, each as it was some times */
#define CODES_CACHE_BYTES ((uint64_t)8 << 30) /* NPPES alone takes one */

struct codes_folder_options {
	const char *folder; /* images or releases */
	const char *tmp;    /* where a build goes that the cache cannot take */
	unsigned parts;     /* as struct codes_sets_options */
	bool nearest;
	unsigned threads;                                    /* for compiling */
	void (*compiling)(void *context, const char *where); /* before it begins; or NULL */
	void *context;
	int (*stopped)(void); /* other than 0: leave off; or NULL */
};

/*
 * Open the sets of a folder.  A cache that cannot be written is a warning; a build in
 * it that is damaged is made anew.
 *
 * FAIL_INPUT: no such folder.  FAIL_TABLE: nothing known in it, or what codes_build()
 * refuses.  FAIL_DATA: it changed while it was compiled.
 */
int codes_open_folder(
        struct codes **codes, const struct codes_folder_options *options, struct diag *diag);

#endif
