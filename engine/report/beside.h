/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that is written beside its name and renamed at the end, so that what
 * carries the name is whole or is what was there before.  Mode 0600.
 */
#ifndef REPORT_BESIDE_H
#define REPORT_BESIDE_H

#include "base/diag.h"

#include <limits.h>

struct beside {
	int directory, fd; /* the directory is the caller's; fd to write to */
	const char *name;
	char temporary[NAME_MAX + 1];
};

/*
 * Begin the file called name of a directory; name is kept by the caller.
 * FAIL_OUTPUT if nothing can be made there.  Ends with one of the other two.
 */
int beside_begin(struct beside *file, int directory, const char *name, struct diag *diag);

/* Sync it and give it its name, over what stands there.  On failure it is gone. */
int beside_commit(struct beside *file, struct diag *diag);
void beside_abandon(struct beside *file);

#endif
