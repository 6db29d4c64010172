/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HCPCS level II, whatever the form it comes in: a code's first record, then the
 * continuations of its long description, modifiers among the codes.
 */
#ifndef LOOKUP_IMPORT_HCPCS_H
#define LOOKUP_IMPORT_HCPCS_H

#include "lookup/release.h"

/* The fields of a record that are kept, as the publisher names them. */
enum hcpcs_field {
	HCPCS_CODE,
	HCPCS_SEQUENCE,
	HCPCS_RECORD, /* 3, 7 first of a code or modifier; 4, 8 continuation */
	HCPCS_LONG,
	HCPCS_SHORT,
	HCPCS_PRICING,
	HCPCS_XREF,
	HCPCS_COVERAGE,
	HCPCS_BETOS,
	HCPCS_TOS1,
	HCPCS_TOS2,
	HCPCS_TOS3,
	HCPCS_TOS4,
	HCPCS_TOS5,
	HCPCS_ANESTHESIA,
	HCPCS_ADDED,
	HCPCS_ACTION_DAY,
	HCPCS_TERMINATED,
	HCPCS_ACTION,
	HCPCS_FIELDS
};

/* A release that is read record by record. */
struct hcpcs_reading;

int hcpcs_begin(struct hcpcs_reading **reading, struct release *release, struct set_builds *builds,
        struct diag *diag);
int hcpcs_record(struct hcpcs_reading *reading, const struct cell fields[HCPCS_FIELDS]);

/* The last code, and the release's days; takes err of the reading and frees it. */
int hcpcs_end(struct hcpcs_reading *reading, int err);

#endif
