/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CC and MCC lists: a version's are in two files, and one without the other is refused,
 * for a code in neither list is no CC.
 */
#ifndef LOOKUP_DRG_LISTS_H
#define LOOKUP_DRG_LISTS_H

#include "lookup/set.h"

/* For struct set_schema. */
int drg_lists_finish(struct set_build *build, struct diag *diag);

#endif
