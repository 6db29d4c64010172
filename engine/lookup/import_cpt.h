/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Codes of CPT and CDT, from the fee schedule or a licensee's list.
 */
#ifndef LOOKUP_IMPORT_CPT_H
#define LOOKUP_IMPORT_CPT_H

#include "lookup/release.h"

/* The category's word by the code's shape (I, II, III, PLA, MAAA, ADMIN, CDT); 0: HCPCS, or none.
 */
uint64_t cpt_category(struct cell code);

/* Add a code of a snapshot; what is no code of CPT or CDT is passed over. */
int cpt_add(struct set_build *build, struct cell code, uint16_t source, struct diag *diag);

#endif
