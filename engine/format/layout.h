/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A layout: how the records of files with one and the same header are read.
 */
#ifndef FORMAT_LAYOUT_H
#define FORMAT_LAYOUT_H

#include "claim.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct layout {
	uint32_t number; /* of the run's layouts, from 0 */
	uint8_t delimiter;
	uint32_t columns;           /* of the header */
	struct field_set bound;     /* fields that a column gives */
	const char *family;         /* "tuva", "rif", "canonical", "map" */
	bool amount_claim_level[3]; /* charge, allowed, paid bound at claim level (enum amount) */
	uint16_t column_of[FIELD_COUNT]; /* 0-based; valid if bound */
};

#endif
