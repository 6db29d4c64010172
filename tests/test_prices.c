/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prices of units: bins, keys, and what is far above them.
 */
#include "history/price_counts.h"
#include "history/prices.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static const uint16_t none[MODIFIERS_MAX];

/* "99213" as a word. */
#define CODE ((uint64_t)0x3331323939)

static struct price_line line_of(int64_t cents)
{
	return price_of(CODE, none, 1, cents, UNITS_ONE);
}

/* Each bin is 2 % wide, and its bounds are powers of 1.01 / 0.99. */
Test(prices, bins_are_of_two_percent)
{
	cr_assert_eq(line_of(1).bin, 0);
	cr_assert_eq(line_of(2).bin, 35); /* 34.66 bins double */
	cr_assert_eq(line_of(10000).bin, (unsigned)ceil(log(10000) / log(1.01 / 0.99)));
	cr_assert_eq(line_of(10000000000).bin, 1037);
	for (int64_t cents = 2; cents < 100000; cents = cents * 21 / 20 + 1)
		cr_assert_leq(line_of(cents).bin, line_of(cents + 1).bin);
}

Test(prices, a_unit_is_what_is_priced)
{
	struct price_line three = price_of(CODE, none, 1, 30000, 3 * UNITS_ONE);

	cr_assert_float_eq(three.cents, 10000, 1e-9);
	cr_assert_eq(three.bin, line_of(10000).bin);
	cr_assert_eq(price_of(CODE, none, 1, 0, UNITS_ONE).key, 0);
	cr_assert_eq(price_of(CODE, none, 1, 100, 0).key, 0);
	cr_assert_eq(price_of(0, none, 1, 100, UNITS_ONE).key, 0);
}

Test(prices, keys_have_a_text)
{
	uint16_t technical[MODIFIERS_MAX] = {TWO_CHARS('5', '9'), TWO_CHARS('T', 'C')};
	struct price_line plain = line_of(100), part = price_of(CODE, technical, 2, 100, UNITS_ONE);
	char text[PRICE_TEXT_SIZE];

	price_text(plain.key, text);
	cr_assert_str_eq(text, "99213/none/1");
	cr_assert_eq(price_key_of(text), plain.key);
	price_text(part.key, text);
	cr_assert_str_eq(text, "99213/TC/2");
	cr_assert_eq(price_key_of(text), part.key);
	cr_assert_eq(price_key_of("99213"), 0);
	cr_assert_eq(price_key_of(""), 0);
}

static void add(struct tallies *tallies, int64_t cents, uint64_t lines)
{
	struct price_line line = line_of(cents);

	cr_assert_eq(tallies_add(tallies, &(struct tally){.provider = PRICE_NOBODY,
	                                          .measure = TALLY_STA_01_PRICES,
	                                          .of = price_part(&line),
	                                          .n = lines}),
	        0);
}

/* 80 lines at $100, 10 each at $90 and $120: what is twice as dear is far. */
Test(prices, far_above_the_others)
{
	struct tallies *tallies = NULL;
	struct prices *prices = NULL;
	struct price_line usual = line_of(10000), dear = line_of(30000), odd = line_of(14000);
	struct diag diag;

	diag_init(&diag);
	cr_assert_eq(tallies_create(&tallies, &diag), 0);
	add(tallies, 10000, 80);
	add(tallies, 9000, 10);
	add(tallies, 12000, 10);
	cr_assert_eq(tallies_join(tallies, &tallies, 1, 1), 0);
	cr_assert_eq(prices_create(&prices, tallies, &diag), 0);
	const struct price *price = prices_find(prices, usual.key);

	cr_assert_not_null(price);
	cr_assert_eq(price->n, 100);
	cr_assert_float_eq(price->median, usual.bin, 1e-12);
	cr_assert_float_eq(price->p95, 12000, 120); /* within 1 % */
	/* No deviation at the middle, no distance between quartiles: the mean deviation. */
	double mean = (10.0 * (usual.bin - line_of(9000).bin) +
	                      10.0 * (line_of(12000).bin - usual.bin)) /
	              100;

	cr_assert_float_eq(price->scale, 1.2533 * mean, 1e-12);
	cr_assert_eq(price_z(price, &usual), 0);
	cr_assert_not(price_is_hit(price, &usual));
	cr_assert_not(price_is_hit(price, &odd), "far by z, but not twice the median");
	cr_assert(price_is_hit(price, &dear));
	cr_assert_null(prices_find(prices, usual.key + 1));
	prices_destroy(prices);
	tallies_destroy(tallies);
}

Test(prices, a_code_of_few_lines_has_none)
{
	struct tallies *tallies = NULL;
	struct prices *prices = NULL;
	struct price_line usual = line_of(10000);
	struct diag diag;
	size_t count;

	diag_init(&diag);
	cr_assert_eq(tallies_create(&tallies, &diag), 0);
	add(tallies, 10000, 99);
	cr_assert_eq(tallies_join(tallies, &tallies, 1, 1), 0);
	cr_assert_eq(prices_create(&prices, tallies, &diag), 0);
	cr_assert_null(prices_find(prices, usual.key));
	cr_assert_null(prices_all(prices, &count));
	cr_assert_eq(count, 0);
	prices_destroy(prices);
	tallies_destroy(tallies);
}

/* What a bound is by the products themselves, a step at a time. */
static unsigned bin_by_products(double cents)
{
	double bound = 1;
	unsigned bin = 0;

	for (; bound < cents; bin++)
		bound *= 1.01 / 0.99;
	return bin;
}

/* In the middle of each bin, where no rounding of a bound can show. */
Test(prices, every_bin_is_found_from_its_middle)
{
	double cents = 1e3;

	while (cents < 1e8) {
		cents = (double)(int64_t)cents;
		if (bin_by_products(cents * 1.001) == bin_by_products(cents * 0.999))
			cr_assert_eq(
			        line_of((int64_t)cents).bin, bin_by_products(cents), "%f", cents);
		cents *= 1.017;
	}
	cr_assert_eq(line_of(INT64_MAX / UNITS_ONE).bin, line_of(INT64_MAX / UNITS_ONE / 2).bin,
	        "all above the last bin are in it");
}

/* More keys than there are slots at first, each with lines in bins far apart. */
Test(prices, counts_become_tallies)
{
	enum { KEYS = 3000 };
	struct price_counts *counts = price_counts_create();
	struct tallies *tallies = NULL;
	size_t count;
	struct diag diag;

	diag_init(&diag);
	cr_assert_not_null(counts);
	cr_assert_eq(tallies_create(&tallies, &diag), 0);
	for (unsigned key = 1; key <= KEYS; key++) {
		for (unsigned line = 0; line <= key % 5; line++) {
			struct price_line cheap = {.key = key, .bin = 7}, dear = {key, 1037, 0};

			cr_assert_eq(price_counts_add(counts, &cheap), 0);
			cr_assert_eq(price_counts_add(counts, &dear), 0);
		}
	}
	cr_assert_eq(price_counts_tally(counts, tallies), 0);
	cr_assert_eq(price_counts_tally(counts, tallies), 0, "nothing is left to count twice");
	cr_assert_eq(tallies_join(tallies, &tallies, 1, 1), 0);
	const struct tally *all = tallies_of(tallies, TALLY_STA_01_PRICES, &count);

	cr_assert_eq(count, 2 * KEYS);
	for (size_t i = 0; i < count; i++) {
		unsigned key = (unsigned)(i / 2 + 1);
		struct price_line line = {.key = key, .bin = i % 2 ? 1037 : 7};

		cr_assert_eq(all[i].provider, PRICE_NOBODY);
		cr_assert_eq(all[i].of, price_part(&line));
		cr_assert_eq(all[i].n, key % 5 + 1);
	}
	price_counts_destroy(counts);
	tallies_destroy(tallies);
}
