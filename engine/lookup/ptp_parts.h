/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of NCCI's procedure-to-procedure edits: four files a setting and
 * release, in the order of their codes, of no use one by one.
 *
 * The importer notes what it saw of each part; when all files are read, the
 * parts are put together, and a missing, foreign or cut one is refused by name.
 */
#ifndef LOOKUP_PTP_PARTS_H
#define LOOKUP_PTP_PARTS_H

#include "lookup/pairs_build.h"

enum { PTP_PARTS = 4, PTP_FILES_MAX = 256, PTP_PATH_SIZE = 256 };

/* A release as the publisher writes it: v302r0 is version 30.2 (2024, third quarter). */
struct ptp_release {
	int32_t version; /* 302; 0: the name does not say */
	int32_t revision;
};

struct ptp_part {
	char path[PTP_PATH_SIZE];
	char stem[64]; /* the name before the part's number, for the names of the others */
	struct ptp_release release;
	int32_t number;             /* 1 to 4; 0: the name does not say */
	uint16_t source;            /* of pairs_build_source() */
	size_t rows;                /* edits in it */
	uint64_t digest;            /* of its rows, in order */
	uint64_t first[2], last[2]; /* pairs: the codes' bytes as numbers, first byte highest */
	int32_t from, latest;       /* first and last effective date */
	uint32_t last_line;
	uint16_t last_rationale;
	uint16_t age; /* of its release; 0 the newest */
	bool dropped; /* the same as another */
};

/* What is kept of a set while its parts are read. */
struct ptp_state {
	struct pairs_build *pairs;
	struct ptp_part parts[PTP_FILES_MAX];
	size_t count;
};

/* The state of a set's build, made the first time.  FAIL_MEMORY. */
int ptp_state_of(struct set_build *build, struct ptp_state **state, struct diag *diag);

/* First and last day of the quarter of a release with a version. */
void ptp_release_days(struct ptp_release release, int32_t *from, int32_t *to);
enum { PTP_LABEL_SIZE = 32 };
const char *ptp_label(struct ptp_release release, char text[PTP_LABEL_SIZE]); /* "v30.2" */

/* The finish of the sets' schemas: check the parts and build the table.  FAIL_TABLE, FAIL_MEMORY.
 */
int ptp_finish(struct set_build *build, struct diag *diag);

#endif
