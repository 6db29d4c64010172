/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The categories that risk adjustment pays for, of the diagnoses of a year of
 * service: the CMS-HCC model V24 until 2023, V28 from 2024 on, whose weight was the
 * larger in 2025's payments.  Of each model the newest year that is loaded; years
 * of one model differ by few codes.
 */
#ifndef LOOKUP_HCC_PAYABLE_H
#define LOOKUP_HCC_PAYABLE_H

#include "base/diag.h"
#include "lookup/set.h"

#include <stdbool.h>
#include <stdint.h>

/* Categories of one model, numbered as they come; V28 has 115. */
enum { HCC_BITS = 128 };
struct hcc_bits {
	uint64_t words[2];
};

struct hcc_payable; /* const once made; any thread may read */

/*
 * hcc, hierarchies: the sets hcc and hcc_hierarchy, verified; NULL: none.  *made is
 * NULL where they have neither model.  Returns 0, FAIL_MEMORY, or FAIL_TABLE for
 * a model of more than HCC_BITS categories.  The sets are kept by reference.
 */
int hcc_payable_create(struct hcc_payable **made, const struct set *hcc,
        const struct set *hierarchies, struct diag *diag);
void hcc_payable_destroy(struct hcc_payable *payable); /* takes NULL */

/* The model of a year of service, 24 or 28; 0: it is not loaded. */
unsigned hcc_payable_model(const struct hcc_payable *payable, unsigned year);

/* Add the categories of a diagnosis (a code word), if the year has a model. */
void hcc_payable_add(
        const struct hcc_payable *payable, unsigned year, uint64_t word, struct hcc_bits *bits);

/* What is left when the graver have dropped the lesser of their hierarchy. */
struct hcc_bits hcc_payable_rank(
        const struct hcc_payable *payable, unsigned year, const struct hcc_bits *bits);

static inline unsigned hcc_bits_count(struct hcc_bits bits)
{
	return (unsigned)(__builtin_popcountll(bits.words[0]) +
	                  __builtin_popcountll(bits.words[1]));
}

static inline void hcc_bits_add(struct hcc_bits *into, const struct hcc_bits *from)
{
	into->words[0] |= from->words[0];
	into->words[1] |= from->words[1];
}

#endif
