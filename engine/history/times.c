/* SPDX-License-Identifier: Apache-2.0 */
#include "history/times.h"

#include "lookup/rows_procedures.h"

#include <stdlib.h>

enum { HUNDREDTHS = 100 };

static const struct code_minutes *find_minutes(const struct codes *codes, uint64_t word)
{
	size_t count, low = 0;
	const struct code_minutes *minutes = codes_minutes(codes, &count);
	size_t high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (minutes[middle].word < word)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && minutes[low].word == word ? &minutes[low] : NULL;
}

/* The least intra-service minutes of any release; 0: in none. */
static uint16_t intra_of(const struct set *phystime, uint64_t word)
{
	const struct set_row *row = set_find(phystime, code_key(SYSTEM_PROCEDURE, word));
	int32_t least = row ? INT32_MAX : 0;

	for (unsigned more = row ? row->more + 1u : 0; more > 0; more--) {
		int32_t minutes = ((const struct phystime_row *)(const void *)row)->intra_service;

		least = minutes < least ? minutes : least;
		row = set_next_row(phystime, row);
	}
	least /= HUNDREDTHS;
	return least < 0 ? 0 : least > UINT16_MAX ? UINT16_MAX : (uint16_t)least;
}

/* A code takes the same time in all of its rows. */
static void fill_others(struct times *times, const struct codes *codes, uint32_t ref)
{
	uint32_t first, count = codes_other_rows(codes, SYSTEM_PROCEDURE, ref, &first);

	for (uint32_t i = 0; i < count; i++)
		times->floors[first + i] = times->floors[ref];
}

int times_create(struct times **times, const struct codes *codes, const struct set *phystime,
        struct diag *diag)
{
	size_t refs = codes_ref_count(codes, SYSTEM_PROCEDURE);
	struct times *made = calloc(1, sizeof(*made));

	if (made)
		made->floors = calloc(
		        codes_row_count(codes, SYSTEM_PROCEDURE) + 1, sizeof(*made->floors));
	if (!made || !made->floors) {
		times_destroy(made);
		return diag_set(diag, FAIL_MEMORY, "no memory for times of services");
	}
	made->whole = phystime != NULL;
	made->floors[0].from = INT32_MAX;
	for (uint32_t ref = 1; ref < refs; ref++) {
		uint64_t word = codes_word(codes, SYSTEM_PROCEDURE, ref);
		const struct code_minutes *minutes = find_minutes(codes, word);

		made->floors[ref] = (struct time_floor){
		        .from = minutes ? minutes->from : INT32_MAX,
		        .first = minutes ? minutes->first : 0,
		        .further = minutes ? minutes->further : 0,
		        .unit = minutes ? minutes->unit : 0,
		        .intra = phystime ? intra_of(phystime, word) : 0,
		};
		fill_others(made, codes, ref);
	}
	*times = made;
	return 0;
}

void times_destroy(struct times *times)
{
	if (!times)
		return;
	free(times->floors);
	free(times);
}

int64_t times_minutes(const struct times *times, uint32_t ref, int32_t day, int64_t units)
{
	const struct time_floor *floor = &times->floors[ref];
	int64_t whole = units / UNITS_ONE;

	if (day < floor->from)
		return floor->intra;
	if (floor->further == 0 || whole <= 1)
		return floor->first;
	return floor->first + (whole - 1) * floor->further;
}
