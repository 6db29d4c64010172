/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run's code sets hold in memory, and how their text is read.
 *
 * A set's text is lines of cells parted by commas, without quotes; blank lines
 * and lines that begin with # are for the reader.  The first line left names the
 * columns, exactly as its kind wants them.
 */
#ifndef LOOKUP_CODES_KINDS_H
#define LOOKUP_CODES_KINDS_H

#include "lookup/codes.h"
#include "lookup/phash.h"
#include "lookup/sets.h"

enum codes_kind {
	KIND_DIAGNOSES,
	KIND_PROCEDURES,
	KIND_ICD10PCS,
	KIND_MODIFIERS,
	KIND_PLACES,
	KIND_REVENUE,
	KIND_BILL_TYPES,
	KIND_TAXONOMY,
	KIND_EXCLUSIONS,
	KIND_MINUTES,
	KIND_COUNT
};

/* One set as text. */
struct codes_source {
	const char *name, *file; /* file: for messages */
	enum codes_kind kind;
	const char *release;
	bool partial;
	const char *text, *end;
};

/* What sets.def names, compiled in. */
const struct codes_source *starter_sources(size_t *count);

/* Open sets from texts, at most one a kind; a kind that is not there is empty. */
int codes_open_sources(
        struct codes **codes, const struct codes_source sources[], size_t count, struct diag *diag);

enum {
	BASE36 = 36, /* letters and digits */
	PLACES = 100,
	REVENUE_CODES = 10000,
	BILL_TYPES = BASE36 * BASE36 * BASE36,
	TAXONOMY_LETTERS = 10,
};

enum { CODES_SETS_MAX = 96, CODES_RELEASE_SIZE = 192 };

/* The rows of a code besides the one that its ref names: in order of their days. */
struct other_rows {
	uint32_t first, count;
};

struct taxonomy_specialty {
	uint64_t words[2];
	uint16_t specialty;
};

struct exclusion {
	uint64_t npi;
	int32_t from, to; /* both inclusive */
};

struct codes {
	/* By enum code_system; refs count from 1, and words[system][0] is 0. */
	struct phash tables[SYSTEM_COUNT];
	uint64_t *words[SYSTEM_COUNT];
	size_t counts[SYSTEM_COUNT]; /* refs in use, the empty one included */
	bool partial[SYSTEM_COUNT];

	struct diagnosis_attributes *diagnoses;
	struct procedure_attributes *procedures;
	struct code_window *icd10pcs;

	uint8_t modifiers[BASE36 * BASE36];
	uint8_t places[PLACES];
	uint64_t revenue[REVENUE_CODES / 64 + 1];
	uint64_t bill_types[BILL_TYPES / 64];

	struct phash taxonomy; /* to an index from 1, by codes_taxonomy_key() */
	struct taxonomy_specialty *taxonomies;
	size_t taxonomy_count;
	struct exclusion *exclusions; /* by NPI, then date */
	size_t exclusion_count;
	struct code_minutes *minutes; /* by word */
	size_t minutes_count;

	struct codes_set_info sets[CODES_SETS_MAX];
	size_t set_count;

	/* ---- What images bring (codes_sets.c); zero without them. ---- */
	struct sets *images;
	bool borrowed[SYSTEM_COUNT];             /* the table is an image's */
	struct other_rows *others[SYSTEM_COUNT]; /* by the ref of a code; NULL: none has any */
	const struct set *parts[PART_COUNT];     /* NULL: the starter's */
	struct set_days *covered[PART_COUNT];    /* owned; NULL: every day */
	size_t covered_count[PART_COUNT];
	unsigned limited, absent; /* bits of parts */
	bool nearest;
	struct code_window *modifier_windows; /* as modifiers; NULL: every day */
	char (*releases)[CODES_RELEASE_SIZE]; /* texts of sets[].release */
};

/* 0 to 35 for a digit or capital letter, else -1. */
static inline int base36(unsigned character)
{
	if (character - '0' < 10)
		return (int)(character - '0');
	return character - 'A' < 26 ? (int)(character - 'A' + 10) : -1;
}

static inline uint64_t codes_taxonomy_key(const uint64_t taxonomy[2])
{
	return taxonomy[0] ^ taxonomy[1] * PHASH_MULTIPLIER;
}

/* Read a text into codes; the number of its rows.  FAIL_TABLE names file and line. */
int codes_read(
        struct codes *codes, const struct codes_source *source, size_t *rows, struct diag *diag);

/* The system that the refs of a kind are of, SYSTEM_NONE for a small list. */
enum code_system codes_kind_system(enum codes_kind kind);

#endif
