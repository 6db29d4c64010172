/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A finding, as regroup hands it on when everything about its claim is known.
 */
#ifndef REGROUP_FINDING_H
#define REGROUP_FINDING_H

#include "claim.h"
#include "rules/rules.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	const char *at;
	uint32_t size;
};

struct finding {
	uint8_t rule, severity;
	bool watch;          /* takes no part in hits' dollars, sample and score */
	bool superseded;     /* by superseding; counted in nothing */
	bool claim_level;    /* line is printed blank */
	uint8_t superseding; /* rule number */
	uint32_t provider;   /* dense number in profile */
	int32_t line;        /* LINE_ABSENT: none */
	int32_t other_line;
	int32_t date;
	uint64_t code; /* word */
	uint16_t modifiers[MODIFIERS_MAX];
	int64_t units;  /* AMOUNT_ABSENT if blank */
	int64_t amount; /* of the line by the run's basis; AMOUNT_ABSENT if none */
	int64_t dollars;
	uint64_t digest; /* of the whole line: breaks ties */
	struct text kind, claim_id, data_source, person_id, other_claim_id, detail;
};

/* Where findings go.  One a worker; the finding and its texts live for the call. */
struct finding_sink {
	int (*add)(void *context, const struct finding *finding);
	void *context;
};

#endif
