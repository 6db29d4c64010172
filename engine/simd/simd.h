/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Structural indexing of delimited text: where the separators stand.
 *
 * The scalar variant defines the answer; the others equal it at every length
 * and alignment, and none reads a byte outside [text, text + size).
 */
#ifndef SIMD_SIMD_H
#define SIMD_SIMD_H

#include "base/level.h"

#include <stddef.h>
#include <stdint.h>

/* What an index call appends to.  Arrays are the caller's. */
struct text_index {
	uint32_t *separators; /* positions of delimiters and line feeds, ascending */
	uint32_t *rows;       /* for each line feed, its ordinal in separators */
	uint32_t *quotes;     /* positions of quotes */
	size_t separator_count;
	size_t row_count;
	size_t quote_count;
};

/*
 * Room that an index call over size bytes needs in each array beyond the
 * counts: one entry a byte, and slack for whole vectors to be stored.
 */
#define TEXT_INDEX_ROOM(size) ((size) + 64)

struct text_scan {
	const char *name;
	enum level level;

	/*
	 * Append the positions (base + offset) of all bytes equal to delimiter or
	 * '\n' (rows too) and of '"' in text[0..size).
	 */
	void (*index)(struct text_index *index, const uint8_t *text, size_t size, uint32_t base,
	        uint8_t delimiter);

	/* First offset of '\n' in text[0..size), or size. */
	size_t (*find_line_end)(const uint8_t *text, size_t size);

	/* 1 if text[0..size) is valid UTF-8 and holds no NUL, else 0. */
	int (*valid_text)(const uint8_t *text, size_t size);
};

/* The variant of a level; NULL if it is not built or this CPU lacks it. */
const struct text_scan *text_scan_at(enum level level);

/* The best variant that this CPU runs. */
const struct text_scan *text_scan_best(void);

#endif
