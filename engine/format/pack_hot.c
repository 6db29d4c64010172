/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Codes to values.  Compiled once per CPU level: loops over whole batches,
 * without a branch in them.
 */
#include "format/pack_private.h"

#include <string.h>

#define ALWAYS static inline __attribute__((always_inline))

ALWAYS uint64_t load8(const uint8_t *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

/* ---- Codes ---- */

/* Eight codes are as many bytes as one has bits, so that all shifts are known. */
ALWAYS void take_eights(
        const uint8_t *restrict codes, unsigned width, uint32_t count, uint64_t *restrict out)
{
	uint64_t mask = ((uint64_t)1 << width) - 1;

	for (uint32_t i = 0; i < count; i += 8, codes += width, out += 8) {
#pragma GCC unroll 8
		for (unsigned k = 0; k < 8; k++)
			out[k] = load8(codes + k * width / 8) >> (k * width % 8) & mask;
	}
}

static void take_few(
        const uint8_t *codes, unsigned width, uint32_t from, uint32_t count, uint64_t *restrict out)
{
	uint64_t mask = ((uint64_t)1 << width) - 1;

	for (uint32_t i = from; i < count; i++)
		out[i] = load8(codes + i * width / 8) >> (i * width % 8) & mask;
}

#define EIGHTS(width) \
	case width: \
		take_eights(first, width, eights, out); \
		break;

static void take_codes(
        const uint8_t *codes, unsigned width, uint32_t from, uint32_t count, uint64_t *restrict out)
{
	const uint8_t *first = codes + (size_t)from / 8 * width;
	uint32_t eights = count & ~7u;

	switch (width) {
		EIGHTS(1)
		EIGHTS(2)
		EIGHTS(3)
		EIGHTS(4)
		EIGHTS(5)
		EIGHTS(6)
		EIGHTS(7)
		EIGHTS(8)
		EIGHTS(9)
		EIGHTS(10)
		EIGHTS(11)
		EIGHTS(12)
		EIGHTS(13)
		EIGHTS(14)
		EIGHTS(15)
		EIGHTS(16)
		EIGHTS(17)
		EIGHTS(18)
		EIGHTS(19)
		EIGHTS(20)
		EIGHTS(21)
		EIGHTS(22)
		EIGHTS(23)
		EIGHTS(24)
		EIGHTS(25)
		EIGHTS(26)
		EIGHTS(27)
		EIGHTS(28)
		EIGHTS(29)
		EIGHTS(30)
		EIGHTS(31)
		EIGHTS(32)
	case 64:
		memcpy(out, first, count * sizeof(*out));
		return;
	default: /* few columns are so wide */
		eights = 0;
	}
	take_few(first, width, eights, count, out);
}

static void spread_codes(const uint64_t *restrict codes, const uint32_t *restrict of,
        uint32_t count, uint64_t *restrict out)
{
	for (uint32_t i = 0; i < count; i++)
		out[i] = codes[of[i]];
}

/* ---- Values, by the size of their column ---- */

#define DISTANCES(type, stride) \
	do { \
		type *restrict to = (type *)(void *)out; \
\
		for (uint32_t i = 0; i < count; i++) { \
			uint64_t value = base + codes[i]; \
\
			to[(size_t)i * (stride)] = (type)(codes[i] < least ? blank : value); \
		} \
	} while (0)

static void put_distances(const struct pack_column_head *head, const uint64_t *restrict codes,
        uint32_t count, uint8_t *restrict out)
{
	const struct pack_column *column = &pack_columns[head->column];
	uint64_t blank = (uint64_t)column->blank;
	uint64_t least = head->blank; /* codes below are blank */
	uint64_t base = (uint64_t)head->base - least;

	if (column->stride != column->size)
		DISTANCES(uint64_t, 2);
	else if (column->size == 1)
		DISTANCES(uint8_t, 1);
	else if (column->size == 2)
		DISTANCES(uint16_t, 1);
	else if (column->size == 4)
		DISTANCES(uint32_t, 1);
	else
		DISTANCES(uint64_t, 1);
}

#define ENTRIES(type, stride) \
	do { \
		const type *restrict from = (const type *)(const void *)table; \
		type *restrict to = (type *)(void *)out; \
\
		for (uint32_t i = 0; i < count; i++) \
			to[(size_t)i * (stride)] = from[codes[i]]; \
	} while (0)

static void put_entries(const struct pack_column_head *head, const uint8_t *restrict table,
        const uint64_t *restrict codes, uint32_t count, uint8_t *restrict out)
{
	const struct pack_column *column = &pack_columns[head->column];

	if (column->stride != column->size)
		ENTRIES(uint64_t, 2);
	else if (column->size == 1)
		ENTRIES(uint8_t, 1);
	else if (column->size == 2)
		ENTRIES(uint16_t, 1);
	else if (column->size == 4)
		ENTRIES(uint32_t, 1);
	else
		ENTRIES(uint64_t, 1);
}

#define SAME(type, stride) \
	do { \
		type *restrict to = (type *)(void *)out; \
\
		for (uint32_t i = 0; i < count; i++) \
			to[(size_t)i * (stride)] = (type)value; \
	} while (0)

static void put_same(unsigned number, int64_t value, uint32_t count, uint8_t *restrict out)
{
	const struct pack_column *column = &pack_columns[number];

	if (column->stride != column->size)
		SAME(uint64_t, 2);
	else if (column->size == 1)
		SAME(uint8_t, 1);
	else if (column->size == 2)
		SAME(uint16_t, 1);
	else if (column->size == 4)
		SAME(uint32_t, 1);
	else
		SAME(uint64_t, 1);
}

const struct pack_hot HOT(pack_hot) = {
        .codes = take_codes,
        .spread = spread_codes,
        .distances = put_distances,
        .entries = put_entries,
        .same = put_same,
};
