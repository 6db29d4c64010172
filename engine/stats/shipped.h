/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables that comparing ships with, in codesets/: specialty_packs.csv,
 * drg_targets.csv, drg_families.csv and carc_groups.csv.  A payer's own stand beside
 * the packs, and instead of the others.
 */
#ifndef STATS_SHIPPED_H
#define STATS_SHIPPED_H

#include "lookup/payer.h"

/* The caller destroys *table by payer_destroy(), also after a failure. */
int shipped_packs(struct payer **table, struct diag *diag);
int shipped_targets(struct payer **table, struct diag *diag);
int shipped_families(struct payer **table, struct diag *diag);
int shipped_carc_groups(struct payer **table, struct diag *diag);

/* The codes of a cell that is a list, as words, in order; the caller frees *codes. */
int codes_of_cell(const struct payer_cell *cell, uint64_t **codes, size_t *count); /* FAIL_MEMORY */

/* Is a code among them? */
int codes_have(const uint64_t codes[], size_t count, uint64_t code);

#endif
