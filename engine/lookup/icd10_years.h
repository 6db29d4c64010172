/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ICD-10-CM and ICD-10-PCS by year: what order files, code lists and addenda say,
 * kept until all of them have been read.
 *
 * An order file is a whole year, headers too.  A code list has the billable codes
 * only; their headers are reckoned from them.  An addenda file tells two years
 * apart, so one of them gives the other:
 *
 *     the year before = (the year - what it has) + what it had
 */
#ifndef LOOKUP_ICD10_YEARS_H
#define LOOKUP_ICD10_YEARS_H

#include "lookup/import_icd.h"
#include "lookup/rows_icd.h"

enum icd10_kind {
	ICD10_KIND_ORDER,
	ICD10_KIND_LIST,
	ICD10_KIND_ORDER_CHANGES,
	ICD10_KIND_LIST_CHANGES, /* billable codes only */
};

struct icd10_code {
	uint64_t text;  /* the code, first byte highest: in this order codes are sorted */
	uint32_t flags; /* ICD10_* */
	uint32_t title;
};

struct icd10_list {
	struct icd10_code *codes;
	size_t count, capacity;
};

struct icd10_file {
	enum icd10_kind kind;
	char path[256];
	struct release_days days;
	int source;               /* in the set, noted when the days are known */
	struct icd10_list codes;  /* of the year; of changes: as they are in it */
	struct icd10_list former; /* of changes: as they were before */
	size_t told;              /* billable codes of the year, as changes tell; 0 unknown */
	bool done;                /* a change that has given its other year */
};

/* A new file of a set, kept there; it dies with the build.  NULL: no memory. */
struct icd10_file *icd10_file_add(struct set_build *build, enum icd10_kind kind,
        const struct release *release, struct diag *diag);

/* A code and title as they stand in a line. */
struct icd10_line {
	struct cell code, title;
	bool billable;
};
int icd10_list_add(struct icd10_list *list, struct set_build *build, const struct icd10_line *line,
        struct diag *diag);

/* The row of a code, added under its key. */
int icd10_row_add(
        struct set_build *build, const struct icd10_code *code, int source, struct diag *diag);

/* For struct set_schema: what the files say together. */
int icd10_years_finish(struct set_build *build, struct diag *diag);

#endif
