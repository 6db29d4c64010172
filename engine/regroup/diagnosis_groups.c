/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Most diagnoses are in no group: their first two characters tell.  The ranges are
 * parsed once, before any thread asks.
 */
#include "regroup/diagnosis_groups.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

static const struct group {
	const char *name, *ranges;
} groups[DIAGNOSIS_GROUPS] = {
#define DIAGNOSIS_GROUP(symbol, name, ranges) {name, ranges},
#include "regroup/diagnosis_groups.def"
#undef DIAGNOSIS_GROUP
};

/* Texts as numbers that compare alike: the first character on top. */
struct range {
	uint64_t from, to;
	unsigned group;
};

enum { RANGES_MAX = 64, CODE_SIZE = 7, LETTERS = 26, BEGINNINGS = LETTERS * 10 };

static struct range ranges[RANGES_MAX];
static unsigned range_count;
static uint64_t begins[BEGINNINGS]; /* by letter and digit: the ranges that may hold the code */
static pthread_once_t parsed = PTHREAD_ONCE_INIT;

const char *diagnosis_group_name(enum diagnosis_group group)
{
	return groups[group].name;
}

/* A code word, first byte lowest, turned about. */
static uint64_t turned(uint64_t code)
{
	return __builtin_bswap64(code) >> 8;
}

/* The place of a code's first two characters, a letter and a digit; BEGINNINGS or more: others. */
static unsigned beginning_of(uint64_t two)
{
	unsigned letter = (unsigned)(two >> 8) - 'A', digit = (unsigned)(two & 0xff) - '0';

	return letter < LETTERS && digit < 10 ? letter * 10 + digit : BEGINNINGS;
}

/* Whatever begins with a text lies from it to it with the rest filled up. */
static uint64_t begin_of(const char *text, size_t size, uint8_t fill)
{
	uint64_t turn = 0;

	for (size_t i = 0; i < CODE_SIZE; i++)
		turn = turn << 8 | (i < size ? (uint8_t)text[i] : fill);
	return turn;
}

static void add_range(const char *text, size_t size, unsigned group)
{
	const char *dash = memchr(text, '-', size);
	size_t first = dash ? (size_t)(dash - text) : size;
	const char *last = dash ? dash + 1 : text;
	struct range *range = &ranges[range_count++];

	assert(range_count <= RANGES_MAX);
	*range = (struct range){begin_of(text, first, 0),
	        begin_of(last, size - (size_t)(last - text), 0xff), group};
	for (uint64_t two = range->from >> 40; two <= range->to >> 40; two++)
		if (beginning_of(two) < BEGINNINGS)
			begins[beginning_of(two)] |= (uint64_t)1 << (range - ranges);
}

static void parse(void)
{
	for (unsigned g = 0; g < DIAGNOSIS_GROUPS; g++) {
		for (const char *at = groups[g].ranges; *at;) {
			size_t size = strcspn(at, " ");

			add_range(at, size, g);
			at += size + (at[size] == ' ');
		}
	}
}

uint32_t diagnosis_groups_of(uint64_t code)
{
	uint64_t turn = turned(code), may;
	unsigned beginning = beginning_of(turn >> 40);
	uint32_t in = 0;

	pthread_once(&parsed, parse);
	may = beginning < BEGINNINGS ? begins[beginning] : 0;
	for (; may; may &= may - 1) {
		const struct range *range = &ranges[__builtin_ctzll(may)];

		if (range->from <= turn && turn <= range->to)
			in |= GROUP_BIT(range->group);
	}
	return in;
}
