/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sketches of patients: exact where they are few, near it where they are many.
 */
#include "history/sketches.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

/* Persons [from, to) of a provider, backwards: their order must not show. */
static void add(struct sketches *sketches, uint32_t provider, uint64_t from, uint64_t to)
{
	uint32_t *hashes = malloc((size_t)(to - from) * sizeof(*hashes)), count = 0;

	for (uint64_t person = to; person-- > from;)
		hashes[count++] = sketch_hash(person * 0xd6e8feb86659fd93u + 1);
	cr_assert_eq(sketches_add(sketches, provider, hashes, count), 0);
	free(hashes);
}

static struct overlap overlap_of(uint64_t a_from, uint64_t a_to, uint64_t b_from, uint64_t b_to)
{
	struct sketches sketches = {0};
	struct overlap overlap;

	add(&sketches, 1, a_from, a_to);
	add(&sketches, 2, b_from, b_to);
	overlap = sketches_overlap(&sketches, &sketches.items[0], &sketches.items[1]);
	sketches_free(&sketches);
	return overlap;
}

Test(sketches, few_are_exact)
{
	static const struct {
		uint64_t a_from, a_to, b_from, b_to;
		uint32_t matches, sampled;
	} cases[] = {
	        {0, 40, 0, 40, 40, 40},
	        {0, 60, 20, 80, 40, 80},
	        {0, 30, 100, 130, 0, 60},
	        {0, 256, 0, 256, 256, 256},
	        {0, 200, 100, 300, 100, 300},
	        {0, 1, 0, 256, 1, 256},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct overlap got = overlap_of(
		        cases[i].a_from, cases[i].a_to, cases[i].b_from, cases[i].b_to);

		cr_expect_eq(got.matches, cases[i].matches, "%zu: %u", i, got.matches);
		cr_expect_eq(got.sampled, cases[i].sampled, "%zu: %u", i, got.sampled);
	}
}

/* Within four standard errors, sqrt(J (1 - J) / k): 0.125 at a half. */
Test(sketches, many_are_near)
{
	static const struct {
		uint64_t size, shift;
	} cases[] = {{300, 100}, {1000, 333}, {5000, 500}, {20000, 10000}, {100000, 99000}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		double size = (double)cases[i].size, shift = (double)cases[i].shift;
		double truth = (size - shift) / (size + shift);
		struct overlap got = overlap_of(
		        0, cases[i].size, cases[i].shift, cases[i].shift + cases[i].size);
		double error = 4 * sqrt(truth * (1 - truth) / SKETCH_HASHES);

		cr_expect_eq(got.sampled, SKETCH_HASHES);
		cr_expect_float_eq((double)got.matches / got.sampled, truth, error, "%zu: %u of %u",
		        i, got.matches, got.sampled);
	}
}

Test(sketches, merging_is_adding)
{
	struct sketches one = {0}, other = {0}, all = {0};

	add(&one, 7, 0, 300);
	add(&other, 3, 100, 140);
	add(&other, 9, 50, 1050);
	cr_assert_eq(sketches_merge(&all, &one), 0);
	cr_assert_eq(sketches_merge(&all, &other), 0);
	sketches_sort(&all);
	cr_assert_eq(all.count, 3);
	cr_assert_eq(all.items[0].provider, 3);
	cr_assert_eq(all.items[0].persons, 40);
	cr_assert_eq(sketch_size(&all.items[0]), 40);
	cr_assert_eq(all.items[1].provider, 7);
	cr_assert_eq(all.items[2].persons, 1000);
	cr_assert_eq(sketch_size(&all.items[2]), SKETCH_HASHES);
	for (size_t i = 0; i < all.count; i++) {
		const uint32_t *hashes = all.hashes + all.items[i].at;

		for (uint32_t k = 1; k < sketch_size(&all.items[i]); k++)
			cr_assert_leq(hashes[k - 1], hashes[k]);
	}
	cr_assert_eq(sketches_overlap(&all, &all.items[0], &all.items[2]).sampled, SKETCH_HASHES);
	cr_assert_leq(sketches_overlap(&all, &all.items[0], &all.items[1]).matches, 40);
	cr_assert_geq(sketches_overlap(&all, &all.items[0], &all.items[1]).matches, 20);
	sketches_free(&one);
	sketches_free(&other);
	sketches_free(&all);
}
