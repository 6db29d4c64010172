/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of `claimscan codes`, each a file: what it prints goes to stdout.
 * All return 0 or a negative errno with diag set.
 */
#ifndef CODES_PRIVATE_H
#define CODES_PRIVATE_H

#include "base/diag.h"
#include "lookup/sets.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHOWN = 20 }; /* rows of a kind that a reader wants to see; --limit */

/*
 * The sets of a folder of images, or of releases (compiled once and kept).  They
 * live as long as *owner, which codes_destroy() ends.
 */
struct codes;
int codes_folder_sets(
        struct codes **owner, struct sets **sets, const char *folder, struct diag *diag);

/* folder NULL: the starter set. */
int codes_info(const char *folder, bool json, bool verify, struct diag *diag);

struct lookup_options {
	const char *code, *folder, *set; /* folder NULL: the starter set; set NULL: all */
	int32_t day;                     /* DATE_ABSENT: the last one that a set covers */
	size_t limit;                    /* rows shown of a kind; 0: all */
	bool json;
};
int codes_lookup(const struct lookup_options *options, struct diag *diag);

struct diff_options {
	const char *old, *new, *set;
	size_t limit;
	bool json;
};
int codes_diff(const struct diff_options *options, struct diag *diag);

#endif
