/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file of a pack, as it stands on disk, and the columns that it keeps:
 * what writing and reading share.
 */
#ifndef FORMAT_PACK_PRIVATE_H
#define FORMAT_PACK_PRIVATE_H

#include "format/pack.h"

#include <string.h>

enum pack_column_number {
#define TEXT(field, member) PACK_##member,
#define VALUE(field, member, blank, rewritten) PACK_##member,
#define PLACE(field, member, slot) PACK_##member##_##slot,
#define HALF(field, member, half) PACK_##member##_##half,
#include "format/pack_columns.def"
#undef TEXT
#undef VALUE
#undef PLACE
#undef HALF
	PACK_COLUMNS
};

enum { PACK_TEXTS = PACK_ccn_text + 1 }; /* texts come first */

/* Where a column is in a batch. */
struct pack_column {
	enum field field;
	uint8_t size;   /* bytes of a value; of a text's slice */
	uint8_t stride; /* from line to line */
	bool rewritten; /* by later stages: blank again in each batch */
	uint32_t at;
	int64_t blank;
};
extern const struct pack_column pack_columns[PACK_COLUMNS];

static inline bool pack_is_text(unsigned column)
{
	return column < PACK_TEXTS;
}

/*
 * A value of a column; dates and amounts with their sign.  Four bytes are days, line
 * numbers and bill types, of which the last never have the high bit.
 */
static inline int64_t pack_load(unsigned column, const uint8_t *at)
{
	uint16_t two;
	int32_t four;
	int64_t eight;

	switch (pack_columns[column].size) {
	case 1:
		return *at;
	case 2:
		memcpy(&two, at, sizeof(two));
		return two;
	case 4:
		memcpy(&four, at, sizeof(four));
		return four;
	default:
		memcpy(&eight, at, sizeof(eight));
		return eight;
	}
}

static inline int64_t pack_value(const struct batch *batch, unsigned column, uint32_t line)
{
	return pack_load(column, (const uint8_t *)batch + pack_columns[column].at +
	                                 (size_t)line * pack_columns[column].stride);
}

/* The slot of a text column. */
static inline struct slice *pack_slices(struct batch *batch, unsigned column)
{
	return (struct slice *)(void *)((uint8_t *)batch + pack_columns[column].at);
}

/* ---- What values may be: pack_limits.c ---- */

bool pack_may_be(unsigned column, int64_t value);

/* ... all of them, which stand as a table of the column's values; on a multiple of 8. */
bool pack_may_all(unsigned column, const uint8_t *values, size_t count);

/* May all values from least on be, up to one that is so far from it? */
bool pack_may_span(unsigned column, int64_t least, uint64_t distance);

/* ---- On disk ---- */

struct pack_header {
	char magic[PACK_MAGIC_BYTES];
	uint32_t version, columns; /* PACK_COLUMNS when it was written */
	uint64_t file_bytes;
	uint64_t directory_at, directory_bytes, directory_hash;
	uint8_t pad[200];
	uint64_t hash; /* of all before */
};
_Static_assert(sizeof(struct pack_header) == 256, "a header is 256 bytes");

/* The directory: this, the layouts with their headers' bytes, the chunks. */
struct pack_directory {
	struct pack_sources sources;
	uint64_t lines;
	uint32_t layouts, chunks;
};

struct pack_layout {
	struct field_set bound;
	uint32_t columns, header_bytes; /* of the source's header, which follow, padded to 8 */
	uint8_t claim_level[3], delimiter;
	char family[12];
};

struct pack_chunk {
	uint64_t at, hash;
	uint32_t size, lines;
};

/* A chunk begins with this and its column heads, in the order of columns. */
struct pack_head {
	uint32_t size, lines, layout, columns;
	uint32_t whole; /* 1: its lines stand whole; else 0 */
	uint32_t pad;
};

enum pack_coding {
	PACK_SAME,     /* base is the value of all lines */
	PACK_DISTANCE, /* base + code; or, if blank, code 0 is blank and the rest one more */
	PACK_ENTRY,    /* the code is an entry's number */
	PACK_NEXT,     /* of texts: a bit says that this line's entry is the next */
	PACK_CODINGS
};

struct pack_column_head {
	uint16_t column;
	uint8_t coding, width; /* bits of a code */
	uint8_t blank;         /* code 0 is blank */
	uint8_t length_size;   /* of texts: bytes of a length; 0: all have base bytes */
	uint8_t by_claim;      /* 1: a code is for all lines of an entry of claim_id, a PACK_NEXT */
	uint8_t pad;
	uint32_t entries;
	uint32_t codes, values; /* where in the chunk; of texts values are lengths */
	uint32_t texts, text_bytes;
	uint32_t pad2;
	int64_t base;
};
_Static_assert(sizeof(struct pack_column_head) == 40, "no holes");

/* A code is loaded with the seven bits before it; or it is a word as it stands, of 64 bits. */
enum { PACK_WIDTH_MAX = 56 };

/* Bytes of count codes; eight more are readable behind them. */
static inline size_t pack_code_bytes(uint64_t count, unsigned width)
{
	return (size_t)((count * width + 7) / 8);
}

/* ---- Taking codes apart: pack_hot.c ---- */

struct pack_hot {
	/* Codes of lines or claims from on, at most a batch and seven; from is a multiple of 8. */
	void (*codes)(const uint8_t *codes, unsigned width, uint32_t from, uint32_t count,
	        uint64_t *restrict out);

	/* Codes of claims to those of lines: of[i] is where line i has its own. */
	void (*spread)(const uint64_t *restrict codes, const uint32_t *restrict of, uint32_t count,
	        uint64_t *restrict out);

	/* Codes to the values of a column in a batch. */
	void (*distances)(const struct pack_column_head *head, const uint64_t *restrict codes,
	        uint32_t count, uint8_t *restrict out);

	/* ... by a table of 1 << width of them. */
	void (*entries)(const struct pack_column_head *head, const uint8_t *restrict table,
	        const uint64_t *restrict codes, uint32_t count, uint8_t *restrict out);

	/* One value for all. */
	void (*same)(unsigned column, int64_t value, uint32_t count, uint8_t *restrict out);
};
extern const struct pack_hot pack_hot_scalar, pack_hot_avx2, pack_hot_avx512;

#endif
