/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the variants share with each other, and with nobody else: their names,
 * and the UTF-8 of characters beyond ASCII, which claims hardly have.
 */
#ifndef SIMD_VARIANTS_H
#define SIMD_VARIANTS_H

#include "simd/simd.h"

#include <stdbool.h>

#define TEXT_SCAN(suffix) extern const struct text_scan text_scan_##suffix;
#include "simd/variants.def"
#undef TEXT_SCAN

static inline bool utf8_is_tail(uint8_t byte)
{
	return (byte & 0xc0) == 0x80;
}

/*
 * Bytes of the character beyond ASCII that text[0..size) begins with, 2 to 4,
 * or 0 if there is none: Unicode 15, table 3-7.  The second byte's bounds
 * refuse overlong forms (E0, F0), surrogates (ED), and what is beyond
 * U+10FFFF (F4).  size > 0.
 */
static inline size_t utf8_sequence(const uint8_t *text, size_t size)
{
	uint8_t first = text[0];
	uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
	uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
	size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

	if (first < 0xc2 || first > 0xf4 || size < length || text[1] < low || text[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++) {
		if (!utf8_is_tail(text[i]))
			return 0;
	}
	return length;
}

/*
 * Step over the characters beyond ASCII at text[0].  Returns the bytes passed;
 * 0 if text begins with a NUL or with no character.  size > 0.
 */
static inline size_t utf8_run(const uint8_t *text, size_t size)
{
	size_t at = 0;

	while (at < size && text[at] >= 0x80) {
		size_t length = utf8_sequence(text + at, size - at);

		if (length == 0)
			return 0;
		at += length;
	}
	return at;
}

#endif
