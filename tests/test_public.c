/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which rows go with those of small counts, by hand and on many random sets.
 */
#include "report/public.h"

#include <criterion/criterion.h>
#include <string.h>

enum { ROWS_MAX = 12 };

static struct cover_row row_of(uint64_t count, uint64_t order)
{
	return (struct cover_row){
	        .counts = {count}, .order = order, .hidden = count_is_small(count)};
}

Test(public, what_is_small)
{
	cr_assert(!count_is_small(0));
	cr_assert(count_is_small(1));
	cr_assert(count_is_small(10));
	cr_assert(!count_is_small(11));
	cr_assert(units_are_small(1));
	cr_assert(units_are_small(100000));
	cr_assert(!units_are_small(100001));
	cr_assert(!units_are_small(0));
	cr_assert(!units_are_small(-5));
}

Test(public, the_first_by_hash_is_the_cover)
{
	struct cover_row rows[] = {row_of(3, 1), row_of(19, 2), row_of(90, 9), row_of(400, 5)};

	cr_assert_eq(cover_rows(rows, 4, 1), 0);
	cr_assert(rows[0].hidden);
	cr_assert(!rows[1].hidden, "19 is no cover");
	cr_assert(!rows[2].hidden);
	cr_assert(rows[3].hidden, "though 90 is the smaller");
}

Test(public, without_a_cover_the_sum_goes)
{
	struct cover_row rows[] = {row_of(3, 1), row_of(19, 2)};

	cr_assert_eq(cover_rows(rows, 2, 1), 1);
}

/* 1 of 21 with a cover of 20 or more can only be 1. */
Test(public, a_small_sum_goes_as_well)
{
	struct cover_row tight[] = {row_of(1, 1), row_of(20, 2), row_of(70, 3)};
	struct cover_row wide[] = {row_of(10, 1), row_of(20, 2), row_of(70, 3)};

	cr_assert_eq(cover_rows(tight, 3, 1), 1);
	cr_assert_eq(cover_rows(wide, 3, 1), 0);
}

Test(public, what_is_hidden_already_may_be_the_cover)
{
	struct cover_row rows[] = {row_of(4, 1), row_of(60, 2), row_of(70, 3)};

	rows[1].hidden = true;
	cr_assert_eq(cover_rows(rows, 3, 1), 0);
	cr_assert(!rows[2].hidden);
}

Test(public, each_count_has_a_cover_of_its_own)
{
	struct cover_row rows[] = {
	        {.counts = {2, 50}, .order = 1, .hidden = true},
	        {.counts = {40, 5}, .order = 2, .hidden = true},
	        {.counts = {30, 30}, .order = 3},
	};

	cr_assert_eq(cover_rows(rows, 3, 2), 0);
	cr_assert(!rows[2].hidden, "the two cover one another");
}

static uint64_t random_state = 7;

static unsigned below(unsigned limit)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(random_state >> 33) % limit;
}

/*
 * Can a hidden count be `wanted`, as far as the sum of the hidden tells?  With
 * the others at their least and the cover at what is left, which must be 20.
 */
static bool can_be(uint64_t sum, uint64_t hidden, uint64_t wanted)
{
	return sum >= wanted + (hidden - 2) + COVER_MIN;
}

static void check_sums(const struct cover_row rows[], unsigned count, unsigned kind)
{
	uint64_t sum = 0, hidden = 0;
	bool small = false;

	for (unsigned i = 0; i < count; i++) {
		uint64_t n = rows[i].hidden ? rows[i].counts[kind] : 0;

		cr_assert(rows[i].hidden || !count_is_small(rows[i].counts[kind]));
		sum += n;
		hidden += n > 0;
		small |= count_is_small(n);
	}
	if (!small)
		return;
	cr_assert_geq(hidden, 2);
	for (uint64_t wanted = 1; wanted <= SMALL_MAX; wanted++)
		cr_assert(can_be(sum, hidden, wanted), "sum %llu of %llu", (unsigned long long)sum,
		        (unsigned long long)hidden);
}

Test(public, by_subtraction_a_hidden_count_may_be_anything)
{
	unsigned told = 0;

	for (unsigned set = 0; set < 20000; set++) {
		struct cover_row rows[ROWS_MAX] = {0};
		unsigned count = 1 + below(ROWS_MAX);

		for (unsigned i = 0; i < count; i++) {
			rows[i].counts[0] = below(4) == 0 ? below(200) : below(30);
			rows[i].counts[1] = rows[i].counts[0] + below(3) * below(40);
			rows[i].order = below(1000);
			rows[i].hidden = count_is_small(rows[i].counts[0]) ||
			                 count_is_small(rows[i].counts[1]) || below(20) == 0;
		}
		unsigned bare = cover_rows(rows, count, 2);

		for (unsigned kind = 0; kind < 2; kind++) {
			if (!(bare & 1u << kind))
				check_sums(rows, count, kind);
		}
		told += bare == 0;
	}
	cr_assert_gt(told, 5000);
}

/* A provider's cells: months of 30, 40 and 5 lines; E/M levels; one code. */
Test(public, cells_go_by_kind)
{
	struct profile_cell cells[] = {
	        {.kind = PROFILE_KIND_CODE, .key = 1, .lines = 75, .units = 750000},
	        {.kind = PROFILE_KIND_EM, .key = 0x104, .lines = 75},
	        {.kind = PROFILE_KIND_MONTH, .key = 600, .lines = 30, .units = 300000},
	        {.kind = PROFILE_KIND_MONTH, .key = 601, .lines = 40, .units = 400000},
	        {.kind = PROFILE_KIND_MONTH, .key = 602, .lines = 5, .units = 50000},
	        {.kind = PROFILE_KIND_POS, .key = 11, .lines = 70, .units = 700000},
	        {.kind = PROFILE_KIND_POS, .key = 21, .lines = 5, .units = 5},
	};
	bool kept[7];

	cr_assert_eq(public_keep_cells(cells, 7, kept), 0);
	cr_assert(kept[0], "a code alone says no more than the sum");
	cr_assert(!kept[1], "levels are never told");
	cr_assert_neq(kept[2], kept[3], "one month is the cover");
	cr_assert(!kept[4]);
	cr_assert(!kept[5] && !kept[6], "70 covers 5, and nothing is left");
}
