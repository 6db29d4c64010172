/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The claims that others bill beside a claim: a ride goes to a hospital, which
 * bills for it; a physician in the emergency room means an emergency room;
 * what a surgical centre bills somebody operated; equipment was ordered by
 * somebody who saw the patient; and physicians visit those who stay.
 *
 * All are of one member and one day, so that they stay within a chunk.
 */
#ifndef GEN_COMPANY_H
#define GEN_COMPANY_H

#include "gen_claim.h"

/* Note who may operate, visit and read; the world's schemes are placed before. */
void gen_company_init(struct gen_world *world);

/* Records that the company of this claim may come to: to have room for before it is written. */
uint32_t gen_company_lines(const struct gen_claim *claim);

/*
 * Can its company be had, at all?  A claim that cannot have it is not to be
 * made.  Notes in the claim what its company says, so it comes before writing.
 */
bool gen_company_find(struct gen_chunk *chunk, struct gen_claim *claim);

/* Write the company of a claim that was written. */
void gen_company_write(struct gen_chunk *chunk, const struct gen_claim *claim);

#endif
