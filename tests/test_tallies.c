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
	cr_assert_eq(tallies_sort(tallies), 0);
	const struct tally *all = tallies_all(tallies, &count);

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
	size_t count, count_at_once, held = 0;

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
	cr_assert_eq(tallies_sort(one), 0);
	cr_assert_eq(tallies_sort(at_once), 0);
	const struct tally *of_one = tallies_all(one, &count);
	const struct tally *of_at_once = tallies_all(at_once, &count_at_once);

	cr_assert_eq(count, count_at_once);
	cr_assert_gt(count, 10 * PROVIDERS);
	for (size_t i = 0; i < count; i++)
		cr_assert(equal(&of_one[i], &of_at_once[i]));
	tallies_destroy(one);
	tallies_destroy(at_once);
}

Test(tallies, workers_and_order_cannot_be_told)
{
	struct tallies *one = made(), *parts[3] = {made(), made(), made()}, *merged = made();
	size_t count, again;

	for (unsigned i = 0; i < ADDED; i++) {
		struct tally forward = nth(i), backward = nth(ADDED - 1 - i);

		cr_assert_eq(tallies_add(one, &forward), 0);
		cr_assert_eq(tallies_add(parts[i % 3], &backward), 0);
	}
	for (unsigned i = 0; i < 3; i++)
		cr_assert_eq(tallies_merge(merged, parts[i]), 0);
	cr_assert_eq(tallies_sort(one), 0);
	cr_assert_eq(tallies_sort(merged), 0);
	const struct tally *a = tallies_all(one, &count), *b = tallies_all(merged, &again);

	cr_assert_eq(count, again);
	cr_assert_geq(count, PROVIDERS);
	for (size_t i = 0; i < count; i++)
		cr_assert(equal(&a[i], &b[i]));
	tallies_destroy(one);
	tallies_destroy(merged);
	for (unsigned i = 0; i < 3; i++)
		tallies_destroy(parts[i]);
}

Test(tallies, are_found_by_provider_and_measure)
{
	struct tallies *tallies = made();
	size_t all, own, sum = 0;

	for (unsigned i = 0; i < ADDED; i++) {
		struct tally tally = nth(i);

		cr_assert_eq(tallies_add(tallies, &tally), 0);
	}
	cr_assert_eq(tallies_sort(tallies), 0);
	tallies_all(tallies, &all);
	for (uint32_t provider = 0; provider <= PROVIDERS; provider++) {
		size_t levels, splits;
		const struct tally *of = tallies_of(tallies, provider, &own);

		for (size_t i = 0; i < own; i++)
			cr_assert_eq(of[i].provider, provider);
		tallies_find(tallies, provider, TALLY_EM_LEVEL, &levels);
		tallies_find(tallies, provider, TALLY_NCC_06, &splits);
		cr_assert_eq(levels + splits, own);
		sum += own;
	}
	cr_expect_eq(sum, all);
	cr_expect_null(tallies_of(tallies, PROVIDERS + 1, &own));
	cr_expect_eq(own, 0);
	cr_expect_null(tallies_of(NULL, 1, &own));
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
	cr_assert_eq(tallies_sort(tallies), 0);
	const struct tally *all = tallies_all(tallies, &count);

	cr_assert_eq(count, 1);
	cr_expect_eq(all[0].n, 6);
	cr_assert_eq(tallies_add(tallies, &key), 0);
	cr_assert_eq(tallies_sort(tallies), 0);
	cr_expect_eq(tallies_all(tallies, &count)[0].n, 8);
	cr_expect_eq(count, 1);
	tallies_destroy(tallies);
}
