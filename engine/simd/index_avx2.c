/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 64 bytes a step, as two vectors of 32 whose masks are joined.  There is no
 * compress: each byte of a mask looks up the offsets of its bits, packed, in a
 * table of 256 (2 KB, in L1), and eight are stored whether they are used or
 * not.  pext would be shorter for the rows, but takes up to 300 cycles on the
 * CPUs of AMD before Zen 3, which run this variant.  A loop over the bits,
 * unrolled 8, 12 or 16 times, was no faster.
 */
#ifdef __x86_64__

#include "simd/variants.h"

#include <immintrin.h>
#include <string.h>

enum { STEP = 64, HALF = 32, BYTE_BITS = 8 };

/* The offsets of the bits of a byte, lowest first: of 0b00100101, 0 2 5. */
#define PUT(rest, byte, bit) \
	((rest) << (8 * ((byte) >> (bit)&1)) | (uint64_t)(bit) * ((byte) >> (bit)&1))
#define PACK(byte) \
	PUT(PUT(PUT(PUT(PUT(PUT(PUT(PUT((uint64_t)0, byte, 7), byte, 6), byte, 5), byte, 4), byte, \
	                    3), \
	                byte, 2), \
	            byte, 1), \
	        byte, 0)
#define PACK_4(byte) PACK(byte), PACK((byte) + 1), PACK((byte) + 2), PACK((byte) + 3)
#define PACK_16(byte) PACK_4(byte), PACK_4((byte) + 4), PACK_4((byte) + 8), PACK_4((byte) + 12)
#define PACK_64(byte) \
	PACK_16(byte), PACK_16((byte) + 16), PACK_16((byte) + 32), PACK_16((byte) + 48)

static const uint64_t bit_offsets[256] = {PACK_64(0), PACK_64(64), PACK_64(128), PACK_64(192)};

static inline uint64_t low_bits(size_t count)
{
	return _bzhi_u64(~(uint64_t)0, (unsigned)count);
}

struct block {
	__m256i low, high;
};

static inline struct block load(const uint8_t *text)
{
	return (struct block){_mm256_loadu_si256((const __m256i *)text),
	        _mm256_loadu_si256((const __m256i *)(text + HALF))};
}

/* The last bytes, fewer than STEP, with zeros behind them. */
static inline struct block load_tail(const uint8_t *text, size_t size)
{
	uint8_t copy[STEP] = {0};

	memcpy(copy, text, size);
	return load(copy);
}

static inline uint64_t join(__m256i low, __m256i high)
{
	return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high)
	                                                     << HALF;
}

static inline uint64_t equal(struct block block, uint8_t byte)
{
	__m256i wanted = _mm256_set1_epi8((char)byte);

	return join(_mm256_cmpeq_epi8(block.low, wanted), _mm256_cmpeq_epi8(block.high, wanted));
}

/* As in the AVX-512 variant: writes up to TEXT_INDEX_ROOM(0) entries too many. */
static inline uint32_t *append(uint32_t *at, uint64_t bits, uint32_t base)
{
	__m256i position = _mm256_set1_epi32((int)base);

	for (unsigned shift = 0; shift < STEP; shift += BYTE_BITS) {
		uint8_t byte = (uint8_t)(bits >> shift);
		__m256i offsets = _mm256_cvtepu8_epi32(
		        _mm_loadl_epi64((const __m128i *)&bit_offsets[byte]));

		_mm256_storeu_si256((__m256i *)at, _mm256_add_epi32(offsets, position));
		position = _mm256_add_epi32(position, _mm256_set1_epi32(BYTE_BITS));
		at += _mm_popcnt_u32(byte);
	}
	return at;
}

static inline uint32_t below_lowest(uint64_t bits, uint64_t of)
{
	return (uint32_t)_mm_popcnt_u64(of & (_blsmsk_u64(bits) >> 1));
}

/* The first is written whether there is one or not: see the AVX-512 variant. */
static inline uint32_t *append_rows(
        uint32_t *at, uint64_t feeds, uint64_t separators, uint32_t ordinal)
{
	uint32_t *end = at + _mm_popcnt_u64(feeds);

	*at = ordinal + below_lowest(feeds, separators);
	for (feeds = _blsr_u64(feeds); __builtin_expect(feeds != 0, 0); feeds = _blsr_u64(feeds))
		*++at = ordinal + below_lowest(feeds, separators);
	return end;
}

struct places {
	uint32_t *separator;
	uint32_t *row;
	uint32_t *quote;
};

/* valid: the bits of the bytes that are text. */
static inline void append_step(struct places *next, struct block block, uint64_t valid,
        uint32_t position, const uint32_t *separators, uint8_t delimiter)
{
	uint64_t feeds = equal(block, '\n') & valid;
	uint64_t quotes = equal(block, '"') & valid;
	uint64_t both = feeds | (equal(block, delimiter) & valid);
	uint32_t ordinal = (uint32_t)(next->separator - separators);

	next->row = append_rows(next->row, feeds, both, ordinal);
	next->separator = append(next->separator, both, position);
	if (__builtin_expect(quotes != 0, 0))
		next->quote = append(next->quote, quotes, position);
}

static void index_text(struct text_index *index, const uint8_t *text, size_t size, uint32_t base,
        uint8_t delimiter)
{
	struct places next = {index->separators + index->separator_count,
	        index->rows + index->row_count, index->quotes + index->quote_count};
	const uint32_t *separators = index->separators;
	size_t at = 0;

	for (; at + STEP <= size; at += STEP)
		append_step(&next, load(text + at), ~(uint64_t)0, base + (uint32_t)at, separators,
		        delimiter);
	if (at < size)
		append_step(&next, load_tail(text + at, size - at), low_bits(size - at),
		        base + (uint32_t)at, separators, delimiter);
	index->separator_count = (size_t)(next.separator - index->separators);
	index->row_count = (size_t)(next.row - index->rows);
	index->quote_count = (size_t)(next.quote - index->quotes);
}

static size_t find_line_end(const uint8_t *text, size_t size)
{
	size_t at = 0;

	for (; at + STEP <= size; at += STEP) {
		uint64_t feeds = equal(load(text + at), '\n');

		if (feeds != 0)
			return at + (size_t)_tzcnt_u64(feeds);
	}
	while (at < size && text[at] != '\n')
		at++;
	return at;
}

/* Bytes that are NUL or not ASCII: as signed bytes, those not above 0. */
static inline uint64_t not_plain(struct block block)
{
	__m256i zero = _mm256_setzero_si256();

	return ~join(_mm256_cmpgt_epi8(block.low, zero), _mm256_cmpgt_epi8(block.high, zero));
}

static inline size_t ascii_run(const uint8_t *text, size_t size)
{
	size_t at = 0;

	for (; at + STEP <= size; at += STEP) {
		uint64_t others = not_plain(load(text + at));

		if (others != 0)
			return at + (size_t)_tzcnt_u64(others);
	}
	while (at < size && text[at] - 1u < 0x7f)
		at++;
	return at;
}

static int valid_text(const uint8_t *text, size_t size)
{
	size_t at = ascii_run(text, size);

	while (at < size) {
		size_t length = utf8_run(text + at, size - at);

		if (length == 0)
			return 0;
		at += length;
		at += ascii_run(text + at, size - at);
	}
	return 1;
}

const struct text_scan text_scan_avx2 = {
        .name = "avx2",
        .level = LEVEL_AVX2,
        .index = index_text,
        .find_line_end = find_line_end,
        .valid_text = valid_text,
};

#endif
