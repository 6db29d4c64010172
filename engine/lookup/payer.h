/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small tables that a payer brings: --table NAME=FILE.
 *
 * CSV with the header that `claimscan rules template NAME` shows; blank lines
 * and lines that begin with # are passed over.  A table is read whole, checked
 * cell by cell, and sorted, so that the order of its rows cannot show.
 */
#ifndef LOOKUP_PAYER_H
#define LOOKUP_PAYER_H

#include "base/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum payer_table {
#define PAYER_TABLE(symbol, name, key, ...) PAYER_##symbol,
#include "lookup/payer.def"
#undef PAYER_TABLE
	PAYER_TABLES
};

/* The columns of the tables that rules read. */
enum { CARC_GROUPS_GROUP, CARC_GROUPS_CARCS };
enum { CODES_CODE, CODES_FROM, CODES_TO };
enum {
	COVERAGE_CODE,
	COVERAGE_DIAGNOSIS,
	COVERAGE_COVERED,
	COVERAGE_POLICY,
	COVERAGE_GROUP,
	COVERAGE_STATE,
	COVERAGE_FROM,
	COVERAGE_TO
};
enum {
	OWNERSHIP_NPI,
	OWNERSHIP_OWNER,
	OWNERSHIP_NAME,
	OWNERSHIP_SHARE,
	OWNERSHIP_FROM,
	OWNERSHIP_TO
};
enum { TELEHEALTH_CODE, TELEHEALTH_AUDIO_ONLY, TELEHEALTH_FROM, TELEHEALTH_TO };
enum { MODIFIERS_MODIFIER, MODIFIERS_FROM, MODIFIERS_TO };
enum { PEER_GROUPS_NPI, PEER_GROUPS_GROUP };
enum { PACKS_PACK, PACKS_MEASURE, PACKS_SPECIALTIES, PACKS_NUMERATOR, PACKS_DENOMINATOR };
enum { FAMILIES_FAMILY, FAMILIES_TYPE, FAMILIES_WITH, FAMILIES_WITHOUT };
enum { TARGETS_TARGET, TARGETS_NUMERATOR, TARGETS_DENOMINATOR, TARGETS_DIRECTION };
enum {
	CLASSES_SYSTEM,
	CLASSES_CODE,
	CLASSES_AGE_FROM,
	CLASSES_AGE_TO,
	CLASSES_SEX,
	CLASSES_FROM,
	CLASSES_TO
};

enum {
	DISPOSITIONS_NPI,
	DISPOSITIONS_ID_KIND,
	DISPOSITIONS_RULE,
	DISPOSITIONS_MEASURE,
	DISPOSITIONS_CLAIM_ID,
	DISPOSITIONS_LINE,
	DISPOSITIONS_DECISION,
	DISPOSITIONS_FLAGGED,
	DISPOSITIONS_RECOVERED,
	DISPOSITIONS_DATE
};
enum {
	WEIGHTS_RULE,
	WEIGHTS_SEVERITY,
	WEIGHTS_PRECISION,
	WEIGHTS_RECOVERABLE,
	WEIGHTS_REVIEWED,
	WEIGHTS_CONFIRMED
};

/*
 * One cell.  text is as in the file, without quotes, "" for blank.  number by
 * the type of its column: a code word or an id as a word; a date, open ends
 * INT32_MIN and INT32_MAX; a whole number, -1 for blank; millionths of a
 * decimal, -1 for blank; enum sex; the position of a word among those allowed,
 * -1 for blank; 0 for a plain text.
 */
struct payer_cell {
	const char *text;
	int64_t number;
};

struct payer; /* const after reading; any thread.  NULL: no table was given */

/*
 * Read the tables given, NULL-ended, each NAME=FILE; each table once.  *payer
 * is NULL if there are none.  Returns 0, FAIL_USAGE for a wrong name,
 * FAIL_INPUT if a file cannot be read, FAIL_TABLE with file and line if it does
 * not parse.  payer_destroy() takes NULL.
 */
int payer_create(struct payer **payer, const char *const given[], struct diag *diag);
void payer_destroy(struct payer *payer);

/* One table, from text that the program ships. */
int payer_create_text(struct payer **payer, enum payer_table table, const char *text, size_t size,
        struct diag *diag);

const char *payer_name(enum payer_table table);
size_t payer_columns(enum payer_table table);

/* Rows of a table, 0 where it was not given; row i is payer_columns() cells. */
size_t payer_count(const struct payer *payer, enum payer_table table);
const struct payer_cell *payer_row(const struct payer *payer, enum payer_table table, size_t i);

/* Where row i stands in its file, from 1. */
unsigned long payer_line(const struct payer *payer, enum payer_table table, size_t i);

/* The rows whose key column has this number: the first, and how many; NULL: none. */
const struct payer_cell *payer_find(
        const struct payer *payer, enum payer_table table, int64_t key, size_t *count);

/* What was given, for the manifest: XXH3-64 of a table's cells, 0 if it was not given. */
uint64_t payer_hash(const struct payer *payer, enum payer_table table);

#endif
