/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Side files: what --members and --providers say of a person and a provider.
 *
 * Each entry is two words, a key and its packed facts.  A file is read by all
 * workers at once; a person or provider on several rows gets the facts of all
 * of them, the smaller where they differ, so that their order cannot show.
 */
#ifndef LOOKUP_SIDE_H
#define LOOKUP_SIDE_H

#include "base/diag.h"
#include "base/level.h"
#include "claim.h"
#include "format/layout.h"
#include "input/reader.h"
#include "lookup/codes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct side; /* const after reading; any thread */

struct side_options {
	enum layout_use use; /* USE_MEMBERS or USE_PROVIDERS */
	const char *path;
	const struct codes *codes; /* taxonomy to specialty */
	const struct reader_kind *reader;
	enum level level;
	unsigned threads;
	const char *tmp;
};

/*
 * Returns 0, FAIL_INPUT if the file cannot be read, FAIL_TABLE with file and
 * line if it does not parse.  side_destroy() takes NULL.
 */
int side_read(struct side **side, const struct side_options *options, struct diag *diag);
void side_destroy(struct side *side);

bool side_conflicts(const struct side *side); /* rows differed from another of their key */

/* The fields that the file gives, as the fields of a line. */
struct field_set side_fields(const struct side *side);

/* Is more than a fifth of the death dates the last day of a month? */
int side_death_month_level(const struct side *side);

/* Lines on which the file and the line disagree. */
struct side_counts {
	uint64_t birth, sex, death, specialty, state, entity_type;
};

/* Fill birth, sex, death of lines that have none, by person_key. */
void side_members(const struct side *side, struct batch *batch, struct side_counts *counts);

/* Fill specialty, state, entity_type of lines that have none, by the provider of the line. */
void side_providers(const struct side *side, struct batch *batch, struct side_counts *counts);

/* What the providers file says of an id; 0 for what it does not. */
enum side_teaching { TEACHING_UNKNOWN, TEACHING_NO, TEACHING_YES };
struct side_provider {
	uint16_t specialty, state;
	uint8_t entity_type;
	uint8_t teaching; /* enum side_teaching */
};
struct side_provider side_provider_find(const struct side *side, uint64_t id);

#endif
