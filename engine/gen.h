/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Synthetic claims: a year of claims of realistic shape, with planted schemes
 * and, for each, its lawful look-alike.
 *
 * The same options give the same bytes, whatever the number of threads: the
 * file is made in chunks of lines, each from the seed and its own number
 * alone.  A chunk owns a stretch of days and a class of members on each, so
 * that no two chunks put the same member on the same day: what one chunk
 * makes clean no other makes a duplicate.
 *
 * Written into options.directory: claims.csv, members.csv, providers.csv
 * (the providers asked for, then the groups that bill for them), labels.csv.
 */
#ifndef GEN_H
#define GEN_H

#include "base/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum gen_columns {
	GEN_NARROW, /* 18 columns */
	GEN_FULL,   /* every column that a line or claim rule reads */
};

/* The codes are those of 2022 to 2024; slots are numbered in 32 bits. */
enum { GEN_MONTHS_MAX = 36, GEN_PROVIDERS_MAX = 40000000, GEN_MEMBERS_MAX = 1000000000 };

/* Above this, ranks would not suffice: each planted scheme brings decoys too. */
enum { GEN_PREVALENCE_MAX_PPM = 200000 };

/* What real feeds have, as bits of gen_options.dirt. */
enum gen_dirt {
	GEN_DIRT_AMOUNTS = 1 << 0,      /* claim-level amounts on every institutional line */
	GEN_DIRT_TOTALS = 1 << 1,       /* revenue 0001 lines; full columns only */
	GEN_DIRT_BLANKS = 1 << 2,       /* blank dates, codes, units, places */
	GEN_DIRT_DENIED = 1 << 3,       /* denied lines, with the flag and without */
	GEN_DIRT_PLACEHOLDERS = 1 << 4, /* 9999999999 and its like for an NPI */
	GEN_DIRT_SCATTERED = 1 << 5,    /* the lines of a claim apart */
	GEN_DIRT_QUOTES = 1 << 6,       /* quoted cells: commas, quotes, newlines inside */
	GEN_DIRT_CRLF = 1 << 7,
	GEN_DIRT_BOM = 1 << 8,
	GEN_DIRT_DATES = 1 << 9,     /* all forms of dates */
	GEN_DIRT_TRAILING = 1 << 10, /* a delimiter too many at the end of rows */
	GEN_DIRT_BLANK_LINES = 1 << 11,
	GEN_DIRT_UNNAMED = 1 << 12, /* adjustments that do not name the claim they replace */
};

/* A set of schemes and decoys: bit i is gen_scheme_name(i). */
#define GEN_SCHEMES_ALL UINT64_MAX

struct gen_options {
	uint64_t lines; /* records of claims.csv, exactly */
	uint64_t providers;
	uint64_t members;
	unsigned months; /* ending with December 2024 */
	uint64_t schemes;
	uint32_t prevalence_ppm; /* of a million providers, those with a planted scheme; and as
	                            many a scheme for each decoy */
	unsigned dirt;
	enum gen_columns columns;
	uint64_t seed;
	unsigned threads; /* 0: as many as the process may use */
	bool force;       /* write over an earlier result */
	const char *directory;
};

/* The defaults; directory is left NULL. */
void gen_options_init(struct gen_options *options);

/*
 * Read a comma-separated list of names, "none" or "all".  A scheme brings its
 * decoys; a decoy's own name brings it alone.
 * Returns 0, or FAIL_USAGE with diag set and, where one is near, a guess.
 */
int gen_schemes_parse(const char *text, uint64_t *schemes, struct diag *diag);
int gen_dirt_parse(const char *text, unsigned *dirt, struct diag *diag);

/* For --help: the names in order; NULL behind the last. */
const char *gen_scheme_name(size_t index);
const char *gen_scheme_rule(size_t index);
bool gen_scheme_is_decoy(size_t index);
const char *gen_dirt_name(size_t index);

/*
 * Make the files.  Schemes that the options leave no room for (narrow
 * columns, too few months or providers) are left out, unless they were named
 * and can never be: then FAIL_USAGE.
 *
 * Returns 0, or FAIL_USAGE (64), FAIL_OUTPUT (73: there is a result already,
 * or the directory cannot be made), FAIL_MEMORY, or the errno of writing.
 * After a failure no claims.csv of this run is left.
 */
int gen_run(const struct gen_options *options, struct diag *diag);

#endif
