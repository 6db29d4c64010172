/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands behind a struct pack_line: which columns, then of each column in
 * order, of texts 32 bits of size and the bytes, of values as many as it has.
 */
#ifndef FORMAT_PACK_LINE_H
#define FORMAT_PACK_LINE_H

#include "format/pack_private.h"

struct pack_bits {
	uint64_t words[(PACK_COLUMNS + 63) / 64];
};

static inline const struct pack_bits *pack_line_bits(const struct pack_line *line)
{
	return (const struct pack_bits *)(const void *)(line + 1);
}

static inline const uint8_t *pack_line_data(const struct pack_line *line)
{
	return (const uint8_t *)(pack_line_bits(line) + 1);
}

#endif
