/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/pairs_private.h"

/*
 * Free of branches: what is found is noted over what was not, and the higher code
 * is chosen by a mask, for which of two codes that is no CPU foretells.
 */
static size_t filter_row(const uint64_t *map, const struct pair_codes *codes, uint32_t x,
        const uint32_t piece[2], struct pair_found found[])
{
	uint32_t id = codes->ids[x], row = codes->rows[x];
	size_t count = 0;

	for (uint32_t y = piece[0]; y < piece[1]; y++) {
		uint32_t other = codes->ids[y];
		uint32_t turned = -(uint32_t)(id < other);

		found[count].high = x ^ ((x ^ y) & turned);
		found[count].low = y ^ ((x ^ y) & turned);
		count += pairs_mapped(map, row ^ ((row ^ codes->rows[y]) & turned),
		        other ^ ((id ^ other) & turned));
	}
	return count;
}

static size_t filter(const struct pairs *pairs, const struct pair_codes *codes,
        const uint32_t piece[2][2], struct pair_found found[])
{
	bool same = piece[0][0] == piece[1][0];
	size_t count = 0;

	for (uint32_t x = piece[0][0]; x < piece[0][1]; x++) {
		const uint32_t others[2] = {piece[1][0], same ? x : piece[1][1]};

		count += filter_row(pairs->map, codes, x, others, found + count);
	}
	return count;
}

/* In passes, each with its memory fetched ahead by the one before it. */
static size_t settle(const struct pairs *pairs, const struct pair_codes *codes,
        struct pair_found found[], size_t count, struct pair_found settled[])
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		found[i].at = pairs_cells_at(pairs->map, pairs->ranks, codes->rows[found[i].high],
		        codes->ids[found[i].low]);
		__builtin_prefetch(&pairs->cells[found[i].at]);
	}
	for (size_t i = 0; i < count; i++) {
		const struct pair_cells *cells = &pairs->cells[found[i].at];
		uint32_t low = codes->ids[found[i].low];

		for (unsigned bit = 0; bit < 2; bit++) {
			settled[kept] = found[i];
			settled[kept].bit = bit;
			settled[kept].at = pairs_value_at(cells, low, bit);
			__builtin_prefetch(&pairs->values[settled[kept].at]);
			kept += cells->bits >> (pairs_shift(low) + bit) & 1;
		}
	}
	return kept;
}

const struct pairs_hot HOT(pairs_hot) = {
        .filter = filter,
        .settle = settle,
};
