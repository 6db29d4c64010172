/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of procedures by what is done, as services a beneficiary are counted:
 * by the code sets' flags, else by the sections of CPT and HCPCS level II.
 */
#ifndef HISTORY_CODE_GROUPS_H
#define HISTORY_CODE_GROUPS_H

#include "lookup/codes.h"

#include <stdint.h>

enum code_group {
	GROUP_OTHER, /* no code, or one of none of the others */
	GROUP_VISITS,
	GROUP_SURGERY, /* and anaesthesia */
	GROUP_IMAGING,
	GROUP_LABORATORY,
	GROUP_THERAPY,
	GROUP_MEDICINE,
	GROUP_DRUGS,
	GROUP_SUPPLIES,
	GROUP_AMBULANCE,
	CODE_GROUPS
};

enum code_group code_group_of(uint64_t word, const struct procedure_attributes *px);

/* "visits", "surgery", ...: part of a measure's printed name. */
const char *code_group_name(enum code_group group);

#endif
