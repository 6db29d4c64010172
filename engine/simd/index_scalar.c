/* SPDX-License-Identifier: Apache-2.0 */
/* The answer, in plain C: what the other variants must equal. */
#include "simd/variants.h"

static void index_text(struct text_index *index, const uint8_t *text, size_t size, uint32_t base,
        uint8_t delimiter)
{
	for (size_t i = 0; i < size; i++) {
		uint32_t position = base + (uint32_t)i;

		if (text[i] == '\n')
			index->rows[index->row_count++] = (uint32_t)index->separator_count;
		if (text[i] == '\n' || text[i] == delimiter)
			index->separators[index->separator_count++] = position;
		if (text[i] == '"')
			index->quotes[index->quote_count++] = position;
	}
}

static size_t find_line_end(const uint8_t *text, size_t size)
{
	size_t at = 0;

	while (at < size && text[at] != '\n')
		at++;
	return at;
}

static int valid_text(const uint8_t *text, size_t size)
{
	size_t at = 0;

	while (at < size) {
		size_t length = text[at] - 1u < 0x7f ? 1 : utf8_run(text + at, size - at);

		if (length == 0)
			return 0;
		at += length;
	}
	return 1;
}

const struct text_scan text_scan_scalar = {
        .name = "scalar",
        .level = LEVEL_SCALAR,
        .index = index_text,
        .find_line_end = find_line_end,
        .valid_text = valid_text,
};
