/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/pairs_private.h"

static inline uint32_t cell(const uint64_t *bits, uint32_t a, uint32_t b)
{
	uint32_t high = a > b ? a : b, low = a > b ? b : a;

	return (uint32_t)(bits[pairs_cell_word(high, low)] >> pairs_cell_shift(low)) & 3;
}

/* Free of branches: a hit is noted over what the last miss noted. */
static size_t filter_row(const uint64_t *bits, uint32_t a, uint32_t x, const uint16_t b[],
        size_t count, uint32_t found[])
{
	size_t hits = 0;

	for (uint32_t y = 0; y < count; y++) {
		uint32_t both = cell(bits, a, b[y]);

		found[hits] = x << 16 | y << 2 | both;
		hits += both != 0;
	}
	return hits;
}

static size_t filter(const uint64_t *bits, const uint16_t a[], size_t a_count, const uint16_t b[],
        size_t b_count, uint32_t found[])
{
	size_t hits = 0;

	for (uint32_t x = 0; x < a_count; x++)
		hits += filter_row(bits, a[x], x, b, b_count, found + hits);
	return hits;
}

static size_t filter_triangle(
        const uint64_t *bits, const uint16_t a[], size_t count, uint32_t found[])
{
	size_t hits = 0;

	for (uint32_t x = 1; x < count; x++)
		hits += filter_row(bits, a[x], x, a, x, found + hits);
	return hits;
}

const struct pairs_hot HOT(pairs_hot) = {
        .filter = filter,
        .filter_triangle = filter_triangle,
};
