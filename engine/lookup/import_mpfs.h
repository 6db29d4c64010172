/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fee schedule, as text or CSV: which release a file is, and its rows.
 */
#ifndef LOOKUP_IMPORT_MPFS_H
#define LOOKUP_IMPORT_MPFS_H

#include "lookup/release.h"

/* In the order of the CSV's cells. */
enum mpfs_field {
	MPFS_CODE,
	MPFS_MODIFIER,
	MPFS_DESCRIPTION,
	MPFS_STATUS,
	MPFS_NOT_USED,
	MPFS_WORK,
	MPFS_PE_NONFACILITY,
	MPFS_NA_NONFAC,
	MPFS_PE_FACILITY,
	MPFS_NA_FAC,
	MPFS_MP,
	MPFS_TOTAL_NONFACILITY,
	MPFS_TOTAL_FACILITY,
	MPFS_PCTC,
	MPFS_GLOBAL,
	MPFS_PRE,
	MPFS_INTRA,
	MPFS_POST,
	MPFS_MULTIPLE,
	MPFS_BILATERAL,
	MPFS_ASSISTANT,
	MPFS_COSURGEON,
	MPFS_TEAM,
	MPFS_ENDO_BASE,
	MPFS_FACTOR,
	MPFS_SUPERVISION,
	MPFS_CALCULATION,
	MPFS_IMAGING,
	MPFS_OPPS_NONFACILITY,
	MPFS_OPPS_FACILITY,
	MPFS_OPPS_MP,
	MPFS_FIELDS
};

struct mpfs_reading {
	struct release *release;
	struct diag *diag;
	struct set_build *mpfs, *cpt;
	int year, month; /* as the title says it; 0 no title */
	uint16_t mpfs_source, cpt_source;
	bool begun; /* the sources are there */
};

int mpfs_begin(struct mpfs_reading *reading, struct release *release, struct set_builds *builds,
        struct diag *diag);

/* A line of text in front of the data: "2025 National Physician Fee Schedule ... October Release".
 */
void mpfs_title(struct mpfs_reading *reading, struct cell text);

/* A row of data: into mpfs, and its code into cpt. */
int mpfs_row_add(struct mpfs_reading *reading, const struct cell fields[MPFS_FIELDS]);

/* FAIL_TABLE if there was no row. */
int mpfs_end(struct mpfs_reading *reading);

bool mpfs_is_code(struct cell cell); /* five letters and digits, not the header's HCPCS */

#endif
