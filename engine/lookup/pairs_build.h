/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table of pairs under construction: rows of any number of releases come in,
 * in any order; finishing it settles the windows of each pair and adds the
 * sections and rows of the set (pairs.h) to the set's build.
 */
#ifndef LOOKUP_PAIRS_BUILD_H
#define LOOKUP_PAIRS_BUILD_H

#include "lookup/pairs.h"

enum { PAIR_RATIONALES_MAX = 4096, PAIR_RATIONALE_SIZE = 240, PAIR_WINDOWS_MAX = 64 };

struct pair_row {                  /* 24 bytes */
	uint16_t column1, column2; /* of pairs_build_code() */
	uint16_t rationale;        /* of pairs_build_rationale() */
	uint8_t indicator;
	uint8_t before_1996; /* 0 or 1 */
	int32_t from, to;    /* as in struct pair_window */
	uint32_t line;       /* of its file, for messages */
	uint16_t source;     /* of pairs_build_source() */
	uint16_t age;        /* private */
};

struct pairs_build;

int pairs_build_create(struct pairs_build **build, struct diag *diag);
void pairs_build_destroy(struct pairs_build *build); /* takes NULL */

/* FAIL_MEMORY; FAIL_TABLE over PAIRS_CODES_MAX codes, PAIR_RATIONALES_MAX rationales. */
int pairs_build_code(struct pairs_build *build, uint64_t word, uint16_t *code, struct diag *diag);
int pairs_build_rationale(struct pairs_build *build, const char *text, size_t size,
        uint16_t *rationale, struct diag *diag);
int pairs_build_add(struct pairs_build *build, const struct pair_row *row, struct diag *diag);

/*
 * Where rows come from: path (copied) for messages; later the number of the
 * source in the set's build, and the age and the first day of its release (age
 * 0 is the newest).  FAIL_MEMORY.
 */
int pairs_build_source(
        struct pairs_build *build, const char *path, uint16_t *source, struct diag *diag);
void pairs_build_source_set(struct pairs_build *build, uint16_t source, uint16_t set_source);
void pairs_build_source_age(
        struct pairs_build *build, uint16_t source, uint16_t age, int32_t release_from);

/* Forget the rows of a source. */
void pairs_build_drop(struct pairs_build *build, uint16_t source);

/* Of a number that pairs_build_code() or pairs_build_rationale() gave. */
uint64_t pairs_build_word(const struct pairs_build *build, uint16_t code);
const char *pairs_build_text(const struct pairs_build *build, uint16_t rationale);

/* How many so far: their numbers are below it. */
size_t pairs_build_code_count(const struct pairs_build *build);
size_t pairs_build_rationale_count(const struct pairs_build *build);

/* The rows so far, in the order that they were added. */
const struct pair_row *pairs_build_rows(const struct pairs_build *build, size_t *count);

/*
 * Settle and lay out.  Where two releases have a pair the newest has the word;
 * what only an older one has ends with it.  Equal rows are one.  Warns of the
 * number of both.
 *
 * FAIL_TABLE: rows of one release that say two things of one day, with both lines.
 */
int pairs_build_finish(struct pairs_build *build, struct set_build *set, struct diag *diag);

#endif
