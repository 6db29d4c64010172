/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Splitting one record byte by byte: the meaning of quotes (contract, section
 * 1), which the indexed way must equal.
 *
 * Quotes open only at the start of a field and close only before a delimiter,
 * a line end or the end of the file; doubled quotes inside are one.  A quote
 * elsewhere makes the record bad and opens nothing.  A quoted field of over
 * 1 MiB, or one that the file's end leaves open, is not quoted: its record is
 * bad and ends at the first line end behind the opening quote.
 */
#ifndef FORMAT_SPLIT_H
#define FORMAT_SPLIT_H

#include "input/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct splitter {
	uint8_t *out; /* the fields, quotes off, a byte between them */
	size_t out_size, used;
	uint32_t *separators; /* where they end in out */
	uint32_t count;
	bool bad;
	bool inside;      /* resumes in the middle of an unquoted field */
	bool to_line_end; /* what is left of the record has no fields */
};

/* out[used] is where the fields begin; separators are positions in out. */
void splitter_begin(struct splitter *splitter, uint8_t *out, size_t out_size, size_t used,
        uint32_t *separators);

/*
 * Go on with the record from data[at] of the view.  Returns true at its end,
 * *end behind its line end; false if the view ends first, *end where the open
 * field begins (from there it can be gone on with, in skipping mode).  Output
 * beyond out_size is left out.
 */
bool splitter_step(struct splitter *splitter, const struct view *view, uint8_t delimiter, size_t at,
        size_t *end);

#endif
