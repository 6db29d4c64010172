/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of ICD-10-CM diagnoses that a beneficiary's history is asked for: acute
 * events and cancers that claims must bear out, and conditions that risk adjustment
 * pays for year after year (the families of the CMS-HCC models, coarsely).
 */
#ifndef REGROUP_DIAGNOSIS_GROUPS_H
#define REGROUP_DIAGNOSIS_GROUPS_H

#include <stdint.h>

/* A line a group in regroup/diagnosis_groups.def; bits of a mask. */
enum diagnosis_group {
#define DIAGNOSIS_GROUP(symbol, ...) GROUP_##symbol,
#include "regroup/diagnosis_groups.def"
#undef DIAGNOSIS_GROUP
	DIAGNOSIS_GROUPS
};
_Static_assert(DIAGNOSIS_GROUPS <= 32, "groups are bits of 32");

#define GROUP_BIT(group) ((uint32_t)1 << (group))

/* The name of a group: small letters and underscores. */
const char *diagnosis_group_name(enum diagnosis_group group);

/* The groups that a code is in, as bits.  Any thread. */
uint32_t diagnosis_groups_of(uint64_t code);

#endif
