/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counting how often each of 64 bits is set in a column of masks: carry-save
 * adders take eight masks into four planes at a time (Harley and Seal).
 */
#include "scan_private.h"

struct sum {
	uint64_t low, high;
};

static inline struct sum add3(uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t odd = a ^ b;

	return (struct sum){odd ^ c, (a & b) | (odd & c)};
}

/* Add a carry into plane p and above. */
static inline void ripple(uint64_t *planes, unsigned p, uint64_t carry)
{
	for (; carry && p < COUNTER_PLANES; p++) {
		uint64_t sum = planes[p] ^ carry;

		carry &= planes[p];
		planes[p] = sum;
	}
}

static void count_bits(struct bit_counts *counts, const uint64_t masks[], uint32_t count)
{
	uint64_t *planes = counts->planes;
	uint64_t ones = planes[0], twos = planes[1], fours = planes[2];
	uint32_t i = 0;

	for (; i + 8 <= count; i += 8) {
		const uint64_t *m = masks + i;
		struct sum a = add3(ones, m[0], m[1]), b = add3(a.low, m[2], m[3]);
		struct sum c = add3(b.low, m[4], m[5]), d = add3(c.low, m[6], m[7]);
		struct sum e = add3(twos, a.high, b.high), f = add3(e.low, c.high, d.high);
		struct sum g = add3(fours, e.high, f.high);

		ones = d.low;
		twos = f.low;
		fours = g.low;
		ripple(planes, 3, g.high);
	}
	planes[0] = ones;
	planes[1] = twos;
	planes[2] = fours;
	for (; i < count; i++)
		ripple(planes, 0, masks[i]);
	counts->pending += count;
	if (counts->pending >> (COUNTER_PLANES - 2))
		bit_counts_spill(counts);
}

const struct scan_hot HOT(scan_hot) = {.count_bits = count_bits};
