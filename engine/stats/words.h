/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words in order: half of what base/order.h moves, for what needs no index, or
 * carries one in its low bits.
 */
#ifndef STATS_WORDS_H
#define STATS_WORDS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Sort by the bits from one on, ties as they stood; spare: room for as many.
 * Returns which of the two arrays the sorted stand in.
 */
uint64_t *words_sort(uint64_t items[], uint64_t spare[], size_t count, unsigned from_bit);

/* Bits that so many words are sorted by at a time. */
unsigned words_digit_bits(size_t count);

#endif
