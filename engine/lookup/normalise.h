/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lines are, once read: keys, dates of service, denied or payable, the
 * provider, the setting, what is counted on the line.  Contract, section 1.
 */
#ifndef LOOKUP_NORMALISE_H
#define LOOKUP_NORMALISE_H

#include "base/hash.h"
#include "base/level.h"
#include "claim.h"
#include "lookup/codes.h"
#include "lookup/payer.h"
#include "lookup/side.h"

#include <stdbool.h>
#include <stdint.h>

enum provider_by { BY_LINE, BY_RENDERING, BY_BILLING, BY_FACILITY, BY_TIN };

struct normalise {
	enum provider_by by;
	bool zero_paid_payable;
	bool judged;         /* rules will read the batch: settings and persons are wanted */
	bool claim_level[3]; /* charge, allowed, paid of institutional lines, of the batch's layout
	                      */
	int32_t from, to;    /* --dates; INT32_MIN + 1 and INT32_MAX: all */
	const struct codes *codes;
	const struct side *members, *providers; /* NULL: none */
	const struct payer *payer;              /* more placeholders; NULL: none */
};

/* What is counted while normalising. */
struct normalise_counts {
	struct side_counts disagreements;
	uint64_t denied_by_flag, denied_by_zero, totals, outside;
	uint64_t lines[CLAIM_TYPES];
	int32_t first_service[CLAIM_TYPES], last_service[CLAIM_TYPES];
	int32_t last_received[CLAIM_TYPES]; /* received or paid date */
};

void normalise_counts_init(struct normalise_counts *counts);
void normalise_counts_merge(struct normalise_counts *into, const struct normalise_counts *from);

struct normalise_hot {
	void (*batch)(const struct normalise *normalise, struct batch *batch,
	        struct normalise_counts *counts);
};
extern const struct normalise_hot normalise_hot_scalar, normalise_hot_avx2, normalise_hot_avx512;
const struct normalise_hot *normalise_hot_at(enum level level);

#endif
