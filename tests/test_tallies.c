/* SPDX-License-Identifier: Apache-2.0 */
#include "history/tallies.h"
#include "rules/rules.h"

#include <criterion/criterion.h>
#include <string.h>

enum { PROVIDERS = 701, PARTS = 5, ADDED = 40000 };

static struct tallies *made(void)
{
	struct tallies *tallies = NULL;
	struct diag diag;

	diag_init(&diag);
	cr_assert_eq(tallies_create(&tallies, &diag), 0);
	return tallies;
}

/* The i-th of a series, which falls on few keys. */
static struct tally nth(unsigned i)
{
	return (struct tally){
	        .provider = i * 7 % PROVIDERS,
	        .measure = i % 3 == 0 ? TALLY_EM_LEVEL : TALLY_NCC_06,
	        .of = i % 3 == 0 ? i % PARTS : 0,
	        .n = 2,
	        .k = 1,
	        .dollars = -(int64_t)i,
	        .sum = i,
	        .squares = (unsigned __int128)i * i << 40,
	};
}

static bool equal(const struct tally *a, const struct tally *b)
{
	return a->provider == b->provider && a->measure == b->measure && a->of == b->of &&
	       a->n == b->n && a->k == b->k && a->dollars == b->dollars && a->sum == b->sum &&
	       a->squares == b->squares;
}

static void put_in_order(struct tallies *tallies)
{
	cr_assert_eq(tallies_join(tallies, &tallies, 1, 1), 0);
}

/* Both have the same entries of a measure, in order; returns how many. */
static size_t expect_same(
        const struct tallies *a, const struct tallies *b, enum tally_measure measure)
{
	size_t count, again;
	const struct tally *of_a = tallies_of(a, measure, &count);
	const struct tally *of_b = tallies_of(b, measure, &again);

	cr_assert_eq(count, again);
	for (size_t i = 0; i < count; i++) {
		cr_assert(equal(&of_a[i], &of_b[i]));
		cr_assert(
		        i == 0 || of_a[i - 1].provider < of_a[i].provider ||
		        (of_a[i - 1].provider == of_a[i].provider && of_a[i - 1].of < of_a[i].of));
	}
	return count;
}

Test(tallies, every_measure_is_of_a_rule_or_of_none)
{
	rules_init();
	for (unsigned i = 0; i < TALLY_MEASURES; i++) {
		const char *rule = tally_rule((enum tally_measure)i);

		cr_expect(rule[0] == '\0' || rule_find(rule) >= 0, "%s is no rule", rule);
		cr_expect(strlen(tally_name((enum tally_measure)i)) < 24);
	}
}

Test(tallies, add_up_by_provider_measure_and_part)
{
	struct tallies *tallies = made();
	size_t count;

	for (unsigned i = 0; i < 6; i++)
		cr_assert_eq(tallies_add(tallies, &(struct tally){.provider = 9 - i / 3,
		                                          .measure = TALLY_MOD_03,
		                                          .of = i % 3 ? 5 : 4,
		                                          .n = 10,
		                                          .k = i,
		                                          .dollars = 100,
		                                          .sum = -1,
		                                          .squares = 1}),
		        0);
	put_in_order(tallies);
	const struct tally *all = tallies_of(tallies, TALLY_MOD_03, &count);

	cr_assert_eq(count, 4);
	cr_expect_eq(all[0].provider, 8);
	cr_expect_eq(all[0].of, 4);
	cr_expect_eq(all[0].k, 3);
	cr_expect_eq(all[3].provider, 9);
	cr_expect_eq(all[3].of, 5);
	cr_expect_eq(all[3].n, 20);
	cr_expect_eq(all[3].k, 3);
	cr_expect_eq(all[3].dollars, 200);
	cr_expect_eq(all[3].sum, -2);
	cr_expect_eq((int)all[3].squares, 2);
	tallies_destroy(tallies);
}

/* At once or one by one, new keys and known ones, while the slots grow. */
Test(tallies, added_at_once_or_one_by_one)
{
	struct tallies *one = made(), *at_once = made();
	struct tally all[TALLIES_AT_ONCE];
	size_t held = 0;

	for (unsigned i = 0; i < ADDED; i++) {
		struct tally tally = nth(i);

		tally.provider += i / 4000 * PROVIDERS;
		cr_assert_eq(tallies_add(one, &tally), 0);
		all[held++] = tally;
		if (held < TALLIES_AT_ONCE - i % 2 && i + 1 < ADDED)
			continue;
		cr_assert_eq(tallies_add_all(at_once, all, held), 0);
		held = 0;
	}
	cr_assert_eq(tallies_add_all(at_once, all, 0), 0);
	put_in_order(one);
	put_in_order(at_once);
	cr_expect_gt(expect_same(one, at_once, TALLY_EM_LEVEL), 5 * PROVIDERS);
	cr_expect_gt(expect_same(one, at_once, TALLY_NCC_06), 5 * PROVIDERS);
	tallies_destroy(one);
	tallies_destroy(at_once);
}

Test(tallies, workers_threads_and_order_cannot_be_told)
{
	enum { LAST = 3 };
	struct tallies *one = made(), *parts[LAST + 1] = {made(), made(), made()}, *joined = made();

	for (unsigned i = 0; i < ADDED; i++) {
		struct tally forward = nth(i), backward = nth(ADDED - 1 - i);

		cr_assert_eq(tallies_add(one, &forward), 0);
		cr_assert_eq(tallies_add(parts[i % LAST], &backward), 0);
	}
	put_in_order(one);
	cr_assert_eq(tallies_join(joined, parts, LAST + 1, 2), 0, "the last is of no worker");
	cr_expect_eq(expect_same(one, joined, TALLY_EM_LEVEL), PROVIDERS * PARTS);
	cr_expect_eq(expect_same(one, joined, TALLY_NCC_06), PROVIDERS);
	cr_expect_eq(expect_same(one, joined, TALLY_DIGIT), 0);
	for (unsigned i = 0; i < LAST; i++) {
		size_t left;

		cr_expect_null(tallies_of(parts[i], TALLY_EM_LEVEL, &left));
		cr_expect_eq(left, 0);
		tallies_destroy(parts[i]);
	}
	tallies_destroy(one);
	tallies_destroy(joined);
}

Test(tallies, a_measure_can_be_joined_before_the_others)
{
	struct tallies *parts[2] = {made(), made()}, *levels = made(), *rest = made();
	size_t count;

	for (unsigned i = 0; i < ADDED; i++) {
		struct tally tally = nth(i);

		cr_assert_eq(tallies_add(parts[i % 2], &tally), 0);
	}
	cr_assert_eq(tallies_join_measure(levels, parts, 2, TALLY_EM_LEVEL), 0);
	cr_assert_eq(tallies_join(rest, parts, 2, 1), 0);
	tallies_of(levels, TALLY_EM_LEVEL, &count);
	cr_expect_eq(count, PROVIDERS * PARTS);
	tallies_of(levels, TALLY_NCC_06, &count);
	cr_expect_eq(count, 0);
	tallies_of(rest, TALLY_EM_LEVEL, &count);
	cr_expect_eq(count, 0);
	tallies_of(rest, TALLY_NCC_06, &count);
	cr_expect_eq(count, PROVIDERS);
	tallies_destroy(parts[0]);
	tallies_destroy(parts[1]);
	tallies_destroy(levels);
	tallies_destroy(rest);
}

/* Sketches of all parts, each once. */
Test(tallies, patients_come_along)
{
	struct tallies *parts[2] = {made(), made()}, *joined = made();

	for (uint32_t provider = 0; provider < 4; provider++) {
		uint32_t hashes[2] = {9, provider};

		cr_assert_eq(sketches_add(tallies_patients(parts[provider % 2]), 3 - provider,
		                     hashes, 2),
		        0);
	}
	cr_assert_eq(tallies_join(joined, parts, 2, 1), 0);
	const struct sketches *patients = tallies_sketches(joined);

	cr_assert_eq(patients->count, 4);
	for (uint32_t i = 0; i < 4; i++) {
		cr_expect_eq(patients->items[i].provider, i);
		cr_expect_eq(patients->hashes[patients->items[i].at], 3 - i);
	}
	cr_expect_eq(tallies_sketches(parts[0])->count, 0);
	tallies_destroy(parts[0]);
	tallies_destroy(parts[1]);
	tallies_destroy(joined);
}

Test(tallies, are_found_by_provider_and_measure)
{
	struct tallies *tallies = made();
	size_t levels, splits, own, all_levels = 0, all_splits = 0;

	for (unsigned i = 0; i < ADDED; i++) {
		struct tally tally = nth(i);

		cr_assert_eq(tallies_add(tallies, &tally), 0);
	}
	put_in_order(tallies);
	for (uint32_t provider = 0; provider <= PROVIDERS; provider++) {
		const struct tally *of = tallies_find(tallies, provider, TALLY_EM_LEVEL, &own);

		for (size_t i = 0; i < own; i++)
			cr_assert_eq(of[i].provider, provider);
		all_levels += own;
		of = tallies_find(tallies, provider, TALLY_NCC_06, &own);
		cr_assert_eq(own, provider < PROVIDERS);
		all_splits += own;
	}
	tallies_of(tallies, TALLY_EM_LEVEL, &levels);
	tallies_of(tallies, TALLY_NCC_06, &splits);
	cr_expect_eq(all_levels, levels);
	cr_expect_eq(all_splits, splits);
	cr_expect_null(tallies_find(tallies, PROVIDERS + 1, TALLY_NCC_06, &own));
	cr_expect_eq(own, 0);
	cr_expect_null(tallies_find(NULL, 1, TALLY_NCC_06, &own));
	cr_expect_eq(own, 0);
	cr_expect_null(tallies_of(NULL, TALLY_NCC_06, &own));
	cr_expect_eq(own, 0);
	tallies_destroy(tallies);
	tallies_destroy(NULL);
}

Test(tallies, what_was_put_joins_what_was_added)
{
	struct tallies *tallies = made();
	const struct tally key = {.provider = 3, .measure = TALLY_MONTH, .of = 650, .n = 2};
	size_t count;

	cr_assert_eq(tallies_add(tallies, &key), 0);
	cr_assert_eq(tallies_put(tallies, &key), 0);
	cr_assert_eq(tallies_put(tallies, &key), 0);
	put_in_order(tallies);
	const struct tally *all = tallies_of(tallies, TALLY_MONTH, &count);

	cr_assert_eq(count, 1);
	cr_expect_eq(all[0].n, 6);
	cr_assert_eq(tallies_add(tallies, &key), 0);
	put_in_order(tallies);
	cr_expect_eq(tallies_of(tallies, TALLY_MONTH, &count)[0].n, 8);
	cr_expect_eq(count, 1);
	tallies_destroy(tallies);
}
