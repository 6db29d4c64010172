/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Code sets as images: rows under keys, each row in force for a window of days.
 *
 * A set has a schema (a line in schemas.def): what its keys are, and the columns
 * of its rows.  A perfect hash (phash.h) finds the first row of a key; the rows of
 * one key stand one behind the other, the oldest first.  Most keys have one.
 *
 * A set under construction (struct set_build) takes rows from any number of
 * releases; finishing it merges them into windows and lays out the image: a
 * header, a table of sections with an XXH3 each, and the sections, little-endian,
 * aligned, position independent.  The image is mapped and used as it lies.
 */
#ifndef LOOKUP_SET_H
#define LOOKUP_SET_H

#include "base/diag.h"
#include "lookup/codes.h"
#include "lookup/phash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- Schemas ---- */

/* What a key's text is, and how it is packed into 56 bits below the tag. */
enum set_key {
	SET_KEY_CODE,          /* at most 7 characters: a code word */
	SET_KEY_CODE_MODIFIER, /* 5 characters, and a modifier in the two bytes above: mpfs */
	SET_KEY_LONG,          /* at most 10 letters and digits: taxonomy, ICD-11 */
	SET_KEY_NUMBER,        /* a number below 2^56: NPI, DRG */
	SET_KEY_PAIR,          /* two codes of at most 5 letters and digits, 26 bits each */
};

enum set_type {
	SET_U8,
	SET_U16,
	SET_U32,
	SET_I32,
	SET_HUNDREDTHS,      /* int32_t, printed with two decimals */
	SET_TEN_THOUSANDTHS, /* int32_t, printed with four */
	SET_CHARS2,          /* uint16_t: TWO_CHARS() */
	SET_CODE_WORD,       /* uint64_t: a code word */
	SET_DAY,             /* int32_t, DATE_ABSENT blank */
	SET_FLAGS,           /* uint32_t of bits that have names */
	SET_TEXT,            /* uint32_t: where in the set's texts, 0 none */
};

struct set_column {
	const char *name; /* as codes lookup prints it */
	enum set_type type;
	uint16_t at;              /* bytes from the row's start, aligned for its type */
	const char *const *words; /* SET_FLAGS: the names of bits 0, 1, ...; NULL-ended */
};

/* How every row begins. */
struct set_row {
	int32_t from, to; /* in force, both inclusive; INT32_MIN, INT32_MAX: open */
	uint16_t more;    /* rows of the same key that follow */
	uint16_t source;  /* which of the set's sources it came from first */
};

struct set;
struct set_build;

struct set_schema {
	const char *name, *title;
	uint8_t tag; /* top byte of its keys, not 0; an enum code_system for what a scan looks up */
	enum set_key key;

	/* Rows of one key may be in force together (HCC by model; add-on primaries). */
	bool many;
	const struct set_column *columns;
	size_t column_count;
	size_t row_size; /* with struct set_row in front; a multiple of 8 */

	/*
	 * NULL, or called by set_build_finish() before rows are merged: says what is
	 * missing (FAIL_TABLE), adds rows and sections.
	 */
	int (*finish)(struct set_build *build, struct diag *diag);

	/* NULL, or called at the end of set_verify(): are the set's own sections sound? */
	int (*check)(const struct set *set, struct diag *diag);
};

size_t schemas_count(void);
const struct set_schema *schema_at(size_t index);
const struct set_schema *schema_find(const char *name); /* or NULL */

/* A code's text to its key, tag included; 0: the text is no such key. */
uint64_t set_key_of(const struct set_schema *schema, const char *text, size_t size);
uint64_t set_pair_key(const struct set_schema *schema, uint64_t word1, uint64_t word2);

/*
 * The text of a key: "E119", "99213-26", "11042/97597", "1000000004".  In texts
 * dots and blanks are passed over and letters may be small.
 */
enum { SET_KEY_TEXT_MAX = 24 };
void set_key_text(const struct set_schema *schema, uint64_t key, char text[SET_KEY_TEXT_MAX]);

/* ---- Building ---- */

/*
 * A release that a set is made of.  A dated one names the days of each row; a
 * snapshot says what is in force as a whole, from a day until the next snapshot
 * of the set, and no longer than to.
 */
struct set_source {
	char path[256]; /* without the folder of the build */
	char release[64];
	int32_t from, to; /* the days it covers; INT32_MIN, INT32_MAX: open */
	bool snapshot;
	bool partial; /* cannot call a code unknown */
	uint64_t hash[2];
};

int set_build_create(struct set_build **build, const struct set_schema *schema, struct diag *diag);
void set_build_destroy(struct set_build *build);

/*
 * The number that rows name their source by, from 0; FAIL_MEMORY, FAIL_TABLE (over 65,535,
 * or from > to).  Where path is empty or hash is 0, codes_build() fills in the release's.
 */
int set_build_source(struct set_build *build, const struct set_source *source, struct diag *diag);

/*
 * Add a row of schema->row_size bytes.  Its more is ignored; its source is a
 * number of set_build_source(); from and to of a snapshot's row are ignored.
 * Bytes of the row that no column names are stored as 0.
 * FAIL_MEMORY; FAIL_TABLE for a dated row whose from > to, or an empty key.
 * Equal rows are one; rows that contradict one another are told by
 * set_build_finish(), with both sources.
 */
int set_build_add(struct set_build *build, uint64_t key, const void *row, struct diag *diag);

/* Keep a text, once however often it is added; 0 for an empty one.  UTF-8 or latin-1 comes in. */
int set_build_text(
        struct set_build *build, const char *text, size_t size, uint32_t *at, struct diag *diag);

/* Any further section, by name: what a set has besides rows (a prefilter of pairs). */
int set_build_section(struct set_build *build, const char *name, const void *bytes, size_t size,
        struct diag *diag);

/* What was added so far; for finish(). */
const struct set_schema *set_build_schema(const struct set_build *build);
size_t set_build_source_count(const struct set_build *build);
const struct set_source *set_build_source_at(const struct set_build *build, size_t index);
size_t set_build_row_count(const struct set_build *build);

/*
 * What an importer keeps from one release of a set to the next: NULL until it
 * is set; destroy (or NULL) is called when the build is destroyed.
 */
void *set_build_state(const struct set_build *build);
void set_build_state_set(struct set_build *build, void *state, void (*destroy)(void *state));

/* ---- Images ---- */

struct set_section {
	const void *bytes;
	size_t size;
};

struct set_touched; /* set_lazy.c */

struct set_days {
	int32_t from, to; /* both inclusive */
};

/* An open set: plain, so that look-ups can be inlined.  Const, any thread reads it. */
struct set {
	const struct set_schema *schema;
	struct phash table; /* key to the index of its first row, from 1 */
	const uint8_t *rows;
	size_t row_count, key_count;
	const char *texts; /* NUL-ended each, the empty one first */
	size_t text_size;
	int32_t from, to; /* what its releases cover, gaps aside */
	bool partial;     /* all of its releases are */
	const void *image;
	size_t image_size;
	bool verified;
	int owned;                                 /* private */
	const struct set_days *covered, *complete; /* in order, apart from one another */
	size_t covered_count, complete_count;
	struct set_touched *touched; /* of set_verify_lazily(), else NULL */
};

/* Merge what was added, and write the image beside path, then rename it.  FAIL_TABLE, FAIL_OUTPUT,
 * FAIL_IO. */
int set_build_finish(struct set_build *build, const char *path, struct diag *diag);

/*
 * Map an image and check its header; set_verify() checks every byte, and must
 * have been called before the first look-up of a run.  FAIL_TABLE: cut, changed,
 * another version, no image; FAIL_INPUT: no such file.
 */
int set_map(struct set *set, const char *path, struct diag *diag);
int set_verify(struct set *set, struct diag *diag);
void set_close(struct set *set); /* takes a zeroed one */

/*
 * For a set so large that a run comes to little of it (NPPES): its rows and table
 * are verified in blocks of SET_BLOCK bytes when set_find_checked() first comes to
 * them, all else at once.  FAIL_TABLE, FAIL_MEMORY.
 */
enum { SET_BLOCK = 65536 };
int set_verify_lazily(struct set *set, struct diag *diag);

/* set_find() in a set that was verified lazily, or in full.  NULL in a damaged block too. */
const struct set_row *set_find_checked(const struct set *set, uint64_t key);

/* FAIL_TABLE if a block was found damaged: then no answer of the run counts. */
int set_damage(const struct set *set, struct diag *diag);

size_t set_source_count(const struct set *set);
void set_source_at(const struct set *set, size_t index, struct set_source *source);

/* A section of set_build_section(), aligned to 64 bytes; FAIL_ABSENT if there is none. */
int set_section(const struct set *set, const char *name, struct set_section *section);

/* Does the set judge this day?  Inside the days of one of its sources. */
bool set_covers(const struct set *set, int32_t day);

/* ... of one that is not partial: what is not in the set is unknown on that day. */
bool set_complete(const struct set *set, int32_t day);

/* The first row of a key, or NULL; its rows are row, row + row_size, ..., 1 + row->more of them. */
static inline const struct set_row *set_find(const struct set *set, uint64_t key)
{
	uint32_t index = phash_find(&set->table, key);

	return index ? (const struct set_row *)(const void *)(set->rows +
	                                                      (size_t)(index - 1) *
	                                                              set->schema->row_size)
	             : NULL;
}

static inline const struct set_row *set_next_row(const struct set *set, const struct set_row *row)
{
	return (const struct set_row *)(const void *)((const uint8_t *)row + set->schema->row_size);
}

/* The row in force on a day, or NULL: unknown, or not then. */
const struct set_row *set_find_day(const struct set *set, uint64_t key, int32_t day);

/* row: of set.  A text column's text, "" for none. */
const char *set_text(const struct set *set, uint32_t at);

#endif
