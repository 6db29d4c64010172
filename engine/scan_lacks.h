/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run is without, so that a rule can judge nothing whatever the lines are:
 * tables, counters, and columns of which any one would do.  --explain and the run
 * say it alike.
 */
#ifndef SCAN_LACKS_H
#define SCAN_LACKS_H

#include "scan_private.h"

/*
 * Why a rule can judge nothing, or, with *partly set, only a part of what it is
 * about; NULL: nothing is lacking.  bound: the fields of all files.
 */
const char *scan_lacks(
        const struct scan *scan, size_t rule, const struct field_set *bound, bool *partly);

/* A warning for what this run is without that changes results beyond single rules. */
void scan_warn_lacks(const struct scan *scan, struct diag *diag);

#endif
