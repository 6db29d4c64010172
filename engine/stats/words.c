/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/words.h"

#include <stdbool.h>
#include <string.h>

enum {
	FEW = 24,    /* sorted by insertion */
	MANY = 4096, /* from here on wider digits pay for their counters */
	BITS_OF_SOME = 8,
	BITS_OF_MANY = 11,
	DIGITS_MAX = 8,
	VALUES_MAX = 1 << BITS_OF_MANY,
};

static void sort_few(uint64_t items[], size_t count, unsigned from_bit)
{
	for (size_t i = 1; i < count; i++) {
		uint64_t item = items[i];
		size_t at = i;

		for (; at && items[at - 1] >> from_bit > item >> from_bit; at--)
			items[at] = items[at - 1];
		items[at] = item;
	}
}

/* Bits in which any two differ; those between stand as they must. */
static uint64_t differing(const uint64_t items[], size_t count)
{
	uint64_t any = 0;

	for (size_t i = 1; i < count; i++)
		any |= items[i] ^ items[0];
	return any;
}

static void sort_digit(
        const uint64_t items[], uint64_t into[], size_t count, unsigned shift, unsigned bits)
{
	uint32_t places[VALUES_MAX];
	unsigned mask = (1u << bits) - 1;
	uint32_t place = 0;

	memset(places, 0, sizeof(*places) << bits);
	for (size_t i = 0; i < count; i++)
		places[items[i] >> shift & mask]++;
	for (unsigned value = 0; value <= mask; value++) {
		uint32_t own = places[value];

		places[value] = place;
		place += own;
	}
	for (size_t i = 0; i < count; i++)
		into[places[items[i] >> shift & mask]++] = items[i];
}

unsigned words_digit_bits(size_t count)
{
	return count < MANY ? BITS_OF_SOME : BITS_OF_MANY;
}

uint64_t *words_sort(uint64_t items[], uint64_t spare[], size_t count, unsigned from_bit)
{
	unsigned bits = words_digit_bits(count);

	if (count <= FEW) {
		sort_few(items, count, from_bit);
		return items;
	}
	uint64_t any = differing(items, count) >> from_bit << from_bit;

	for (unsigned shift = from_bit; shift < 64; shift += bits) {
		if ((any >> shift & ((1u << bits) - 1)) == 0)
			continue;
		sort_digit(items, spare, count, shift, bits);
		uint64_t *sorted = spare;

		spare = items;
		items = sorted;
	}
	return items;
}
