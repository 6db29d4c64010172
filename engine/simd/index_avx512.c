/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 64 bytes a step.  Three compares give masks of 64 bits; the numbers 0 to 63,
 * compressed by a mask, are the offsets of its bits:
 *
 *     text        4 1 , 9 9 2 1 3 , 1 \n
 *     separators  0 0 1 0 0 0 0 0 1 0 1     compressed: 2 8 10
 *     line feeds  0 0 0 0 0 0 0 0 0 0 1     pext by separators: 0 0 1, so ordinal 2
 *
 * No branch depends on whether 64 bytes hold a line feed, which cannot be
 * foretold: mispredicted, it costs as much as all the rest.  Compressing the
 * line feeds' ordinals too lost (20 GB/s against 31, from L2, one core of an
 * EPYC 9005), as did two ordinals a step without a branch (27): gcc joins
 * them in a vector.
 */
#ifdef __x86_64__

#include "simd/variants.h"

#include <immintrin.h>

enum { STEP = 64, LANES = 16 };

static inline __m512i numbers(void)
{
	return _mm512_set_epi8(63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47,
	        46, 45, 44, 43, 42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26,
	        25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3,
	        2, 1, 0);
}

static inline __mmask64 low_bits(size_t count)
{
	return _bzhi_u64(~(uint64_t)0, (unsigned)count);
}

static inline void store_lanes(uint32_t *at, __m128i offsets, uint32_t base)
{
	__m512i wide = _mm512_cvtepu8_epi32(offsets);

	_mm512_storeu_si512(at, _mm512_add_epi32(wide, _mm512_set1_epi32((int)base)));
}

/* Over 16 bits set: dense text, that claims do not have. */
static __attribute__((noinline)) void store_rest(uint32_t *at, __m512i offsets, uint32_t base)
{
	store_lanes(at + LANES, _mm512_extracti32x4_epi32(offsets, 1), base);
	store_lanes(at + 2 * LANES, _mm512_extracti32x4_epi32(offsets, 2), base);
	store_lanes(at + 3 * LANES, _mm512_extracti32x4_epi32(offsets, 3), base);
}

/*
 * Write base + the offset of each bit; returns the place behind the last.
 * Writes whole vectors: up to TEXT_INDEX_ROOM(0) entries more than that.
 */
static inline uint32_t *append(uint32_t *at, uint64_t bits, uint32_t base)
{
	unsigned count = (unsigned)_mm_popcnt_u64(bits);
	__m512i offsets = _mm512_maskz_compress_epi8(bits, numbers());

	store_lanes(at, _mm512_castsi512_si128(offsets), base);
	if (__builtin_expect(count > LANES, 0))
		store_rest(at, offsets, base);
	return at + count;
}

/*
 * The ordinal, among the separators, of each line feed: its rank is where its
 * bit stands when the bits of the separators alone are left.  The first is
 * written whether there is one or not; lines of claims are longer than a step,
 * so that the branch for a second is hardly ever taken.
 */
static inline uint32_t *append_rows(
        uint32_t *at, uint64_t feeds, uint64_t separators, uint32_t ordinal)
{
	uint64_t ranks = _pext_u64(feeds, separators);
	uint32_t *end = at + _mm_popcnt_u64(feeds);

	*at = ordinal + (uint32_t)_tzcnt_u64(ranks);
	for (ranks = _blsr_u64(ranks); __builtin_expect(ranks != 0, 0); ranks = _blsr_u64(ranks))
		*++at = ordinal + (uint32_t)_tzcnt_u64(ranks);
	return end;
}

struct places {
	uint32_t *separator;
	uint32_t *row;
	uint32_t *quote;
};

static inline void append_step(struct places *next, __m512i bytes, __mmask64 valid,
        uint32_t position, const uint32_t *separators, __m512i delimiter)
{
	uint64_t feeds = _mm512_mask_cmpeq_epi8_mask(valid, bytes, _mm512_set1_epi8('\n'));
	uint64_t quotes = _mm512_mask_cmpeq_epi8_mask(valid, bytes, _mm512_set1_epi8('"'));
	uint64_t both = feeds | _mm512_mask_cmpeq_epi8_mask(valid, bytes, delimiter);
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
	__m512i delimiters = _mm512_set1_epi8((char)delimiter);
	const uint32_t *separators = index->separators;
	size_t at = 0;

	for (; at + STEP <= size; at += STEP)
		append_step(&next, _mm512_loadu_si512(text + at), ~(uint64_t)0, base + (uint32_t)at,
		        separators, delimiters);
	if (at < size) {
		__mmask64 valid = low_bits(size - at);

		append_step(&next, _mm512_maskz_loadu_epi8(valid, text + at), valid,
		        base + (uint32_t)at, separators, delimiters);
	}
	index->separator_count = (size_t)(next.separator - index->separators);
	index->row_count = (size_t)(next.row - index->rows);
	index->quote_count = (size_t)(next.quote - index->quotes);
}

static size_t find_line_end(const uint8_t *text, size_t size)
{
	__m512i feed = _mm512_set1_epi8('\n');

	for (size_t at = 0; at < size; at += STEP) {
		__mmask64 valid = low_bits(size - at < STEP ? size - at : STEP);
		__m512i bytes = _mm512_maskz_loadu_epi8(valid, text + at);
		uint64_t feeds = _mm512_mask_cmpeq_epi8_mask(valid, bytes, feed);

		if (feeds != 0)
			return at + (size_t)_tzcnt_u64(feeds);
	}
	return size;
}

/* Bytes before the first that is NUL or not ASCII: as signed bytes, those not above 0. */
static inline size_t ascii_run(const uint8_t *text, size_t size)
{
	for (size_t at = 0; at < size; at += STEP) {
		__mmask64 valid = low_bits(size - at < STEP ? size - at : STEP);
		__m512i bytes = _mm512_maskz_loadu_epi8(valid, text + at);
		uint64_t others = _mm512_mask_cmple_epi8_mask(valid, bytes, _mm512_setzero_si512());

		if (others != 0)
			return at + (size_t)_tzcnt_u64(others);
	}
	return size;
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

const struct text_scan text_scan_avx512 = {
        .name = "avx512",
        .level = LEVEL_AVX512,
        .index = index_text,
        .find_line_end = find_line_end,
        .valid_text = valid_text,
};

#endif
