/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows packed and read again; words in order; q by steps against q one by one.
 */
#include "stats/blocks.h"
#include "stats/columns.h"
#include "stats/discoveries.h"
#include "stats/private.h"
#include "stats/rates.h"
#include "stats/words.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint64_t draw(uint64_t *state)
{
	*state += 0x9e3779b97f4a7c15u;
	uint64_t mixed = (*state ^ *state >> 30) * 0xbf58476d1ce4e5b9u;

	mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
	return mixed ^ mixed >> 31;
}

/* ---- Columns ---- */

static struct stats_row row_at(uint32_t member)
{
	return (struct stats_row){
	        .member = member,
	        .peers = 30,
	        .rule = 7,
	        .is_rate = true,
	        .direction = DIRECTION_HIGH,
	        .measure = "share",
	        .evaluated = 100 + member,
	        .hits = member,
	        .dollars = -5 * (int64_t)member,
	        .value = rounded(member / 977.0),
	        .shrunk_rate = NAN,
	        .wilson_low = rounded(-1.0 / 3),
	        .median = rounded(0.1),
	        .mad = NAN,
	        .p80 = rounded(1e9 + 1.0 / 3),
	        .p90 = member % 3,
	        .z = -3.5,
	        .p = 1.0 / 7,
	        .q = NAN,
	        .percentile = 100,
	        .gate = member % 2,
	        .q_limit = member % 2 ? 0.05 : 0,
	};
}

static void same_figure(double read, double added, const char *name)
{
	cr_assert(isnan(added) ? isnan(read) : read == added, "%s: %.17g, not %.17g", name, read,
	        added);
}

static void same_row(const struct stats_row *read, const struct stats_row *added)
{
	cr_assert_eq(read->member, added->member);
	cr_assert_eq(read->peers, added->peers);
	cr_assert_eq(read->rule, added->rule);
	cr_assert_eq(read->is_rate, added->is_rate);
	cr_assert_eq(read->overlaps, added->overlaps);
	cr_assert_eq(read->provider_rule, added->provider_rule);
	cr_assert_eq(read->direction, added->direction);
	cr_assert_str_eq(read->measure, added->measure);
	cr_assert_eq(read->evaluated, added->evaluated);
	cr_assert_eq(read->hits, added->hits);
	cr_assert_eq(read->dollars, added->dollars);
	cr_assert_eq(read->gate, added->gate);
	same_figure(read->q_limit, added->q_limit, "limit");
	same_figure(read->value, added->value, "value");
	same_figure(read->shrunk_rate, added->shrunk_rate, "shrunk");
	same_figure(read->wilson_low, added->wilson_low, "wilson");
	same_figure(read->median, added->median, "median");
	same_figure(read->mad, added->mad, "mad");
	same_figure(read->p80, added->p80, "p80");
	same_figure(read->p90, added->p90, "p90");
	same_figure(read->z, added->z, "z");
	same_figure(read->p, added->p, "p");
	same_figure(read->percentile, added->percentile, "percentile");
}

/* Rows of the members first, first + step, ..., read by member. */
static void check_column(uint32_t first, uint32_t step, uint32_t count, uint32_t members)
{
	struct blocks blocks;
	struct row_places places;
	struct column column;
	struct stats_row read;

	blocks_init(&blocks);
	column_init(&column, 7, "share");
	for (uint32_t i = count; i-- > 0;) {
		struct stats_row row = row_at(first + i * step);

		cr_assert_eq(column_add(&column, &blocks, &row), 0);
	}
	cr_assert_eq(row_places_make(&places, &column, 1, members), 0);
	cr_assert_eq(column.count, count);
	cr_assert_eq(column.tested, count);
	for (uint32_t member = 0; member < members; member++) {
		size_t at = places.first[member];
		bool has = member >= first && (member - first) % step == 0 &&
		           (member - first) / step < count;

		cr_assert_eq(places.first[member + 1] - at, has, "member %u", member);
		if (!has)
			continue;
		struct stats_row added = row_at(member);

		cr_assert_eq(places.all[at].column, 0);
		column_read(&column, places.all[at].row, &read);
		same_row(&read, &added);
		cr_assert_eq(column_limit(&column, places.all[at].row), added.q_limit);
	}
	row_places_free(&places);
	column_free(&column);
	blocks_free(&blocks);
}

Test(columns, rows_of_all_members_come_back)
{
	check_column(0, 1, 5000, 5000);
}

Test(columns, rows_of_few_members_come_back)
{
	check_column(17, 100, 30, 5000);
}

/* A member's rows are listed by column; one without any has none, the last too. */
Test(columns, rows_of_several_columns_are_listed_by_member)
{
	static const uint32_t members[3][3] = {{4, 0, 2}, {2}, {2, 4, 1}};
	static const size_t counts[3] = {3, 1, 3}, first[] = {0, 1, 2, 5, 5, 7, 7};
	static const struct row_place all[] = {
	        {0, 1}, {2, 2}, {0, 2}, {1, 0}, {2, 0}, {0, 0}, {2, 1}};
	struct column columns[3];
	struct row_places places;
	struct blocks blocks;

	blocks_init(&blocks);
	for (unsigned at = 0; at < 3; at++) {
		column_init(&columns[at], at, "");
		for (size_t i = 0; i < counts[at]; i++) {
			struct stats_row row = row_at(members[at][i]);

			cr_assert_eq(column_add(&columns[at], &blocks, &row), 0);
		}
	}
	cr_assert_eq(row_places_make(&places, columns, 3, 6), 0);
	for (size_t member = 0; member <= 6; member++)
		cr_assert_eq(places.first[member], first[member], "member %zu", member);
	for (size_t i = 0; i < 7; i++) {
		cr_assert_eq(places.all[i].column, all[i].column, "%zu", i);
		cr_assert_eq(places.all[i].row, all[i].row, "%zu", i);
	}
	row_places_free(&places);
	for (unsigned at = 0; at < 3; at++)
		column_free(&columns[at]);
	blocks_free(&blocks);
}

Test(columns, without_members_nothing_is_listed)
{
	struct row_places places;

	cr_assert_eq(row_places_make(&places, NULL, 0, 0), 0);
	cr_assert_eq(places.first[0], 0);
	row_places_free(&places);
}

/* Rows of which the group's figures are one have one number for them. */
Test(columns, figures_that_are_equal_are_one)
{
	struct stats_row rows[] = {row_at(0), row_at(1), row_at(3)};
	struct stats_row wide = row_at(4), read[4];
	struct blocks blocks;
	struct column column;

	wide.value = 1e12;
	blocks_init(&blocks);
	column_init(&column, 7, "share");
	for (size_t i = 0; i < 3; i++)
		cr_assert_eq(column_add(&column, &blocks, &rows[i]), 0);
	cr_assert_eq(column_add(&column, &blocks, &wide), 0);
	for (uint32_t i = 0; i < 4; i++)
		column_read(&column, i, &read[i]);
	cr_assert_eq(read[0].figures, read[2].figures); /* p90 0 */
	cr_assert_neq(read[0].figures, read[1].figures);
	cr_assert_eq(read[3].figures, FIGURES_OWN);
	column_free(&column);
	blocks_free(&blocks);
}

/* What does not fit a packed row is kept as it is. */
Test(columns, rows_that_do_not_fit_come_back)
{
	struct stats_row rows[] = {row_at(0), row_at(1), row_at(2), row_at(3), row_at(4)};
	struct blocks blocks;
	struct column column;
	struct stats_row read;

	rows[0].value = 1.0 / 3; /* no millionths */
	rows[1].z = 2147.5;
	rows[2].evaluated = (uint64_t)1 << 32;
	rows[3].hits = UINT64_MAX;
	rows[4].percentile = HUGE_VAL;
	blocks_init(&blocks);
	column_init(&column, 7, "share");
	for (size_t i = 0; i < 5; i++)
		cr_assert_eq(column_add(&column, &blocks, &rows[i]), 0);
	cr_assert_eq(column.wide_count, 5);
	cr_assert_eq(column.gated_count, 2);
	column_flag(&column, 3);
	for (uint32_t i = 0; i < 5; i++) {
		column_read(&column, i, &read);
		same_row(&read, &rows[i]);
		cr_assert_eq(read.flag, i == 3);
		cr_assert_eq(column_limit(&column, i), rows[i].q_limit);
	}
	column_free(&column);
	blocks_free(&blocks);
}

/* Packed or as they are, rows with p have the q of it. */
Test(columns, rows_that_were_tested_have_q)
{
	struct stats_row rows[] = {row_at(0), row_at(1), row_at(2)};
	uint64_t words[4] = {discoveries_word(0.01), discoveries_word(0.5)};
	struct discoveries discoveries = {0};
	struct blocks blocks;
	struct column column;
	struct stats_row read;

	rows[0].p = 0.01;
	rows[1].p = NAN;
	rows[2].p = 0.5;
	rows[2].value = 1.0 / 3; /* no millionths */
	cr_assert_eq(discoveries_make(&discoveries, words, words + 2, 2), 0);
	blocks_init(&blocks);
	column_init(&column, 7, "share");
	for (size_t i = 0; i < 3; i++)
		cr_assert_eq(column_add(&column, &blocks, &rows[i]), 0);
	column_set_q(&column, &discoveries);
	column_read(&column, 0, &read);
	cr_expect_eq(read.q, 0.02);
	column_read(&column, 1, &read);
	cr_expect(isnan(read.q));
	column_read(&column, 2, &read);
	cr_expect_eq(read.q, 0.5);
	column_free(&column);
	blocks_free(&blocks);
	discoveries_free(&discoveries);
}

Test(columns, blocks_given_back_are_taken_again)
{
	struct blocks blocks;

	blocks_init(&blocks);
	char *first = blocks_take(&blocks), *second = blocks_take(&blocks);

	cr_assert_neq(first, second);
	memset(first, 1, BLOCK_BYTES);
	memset(second, 2, BLOCK_BYTES);
	cr_assert_eq(first[BLOCK_BYTES - 1], 1);
	blocks_give(&blocks, first);
	cr_assert_eq(blocks_take(&blocks), first);
	for (unsigned i = 0; i < 100; i++)
		memset(blocks_take(&blocks), 3, BLOCK_BYTES);
	cr_assert_eq(second[0], 2);
	blocks_free(&blocks);
}

/* ---- Words ---- */

static int compare_words(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

Test(words, are_sorted_as_qsort_does)
{
	static const size_t counts[] = {0, 1, 2, 24, 25, 300, 4095, 4096, 20000};
	uint64_t *words = malloc(3 * 20000 * sizeof(*words)), state = 5;

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		size_t count = counts[i];
		uint64_t *sorted = words + 40000;

		for (size_t k = 0; k < count; k++)
			words[k] = sorted[k] = k % 5 ? draw(&state) : draw(&state) & 0xff00;
		qsort(sorted, count, sizeof(*sorted), compare_words);
		const uint64_t *found = words_sort(words, words + 20000, count, 0);

		cr_assert_arr_eq(found, sorted, count * sizeof(*sorted), "%zu words", count);
	}
	free(words);
}

/* The low bits are carried, as they stood. */
Test(words, equal_high_bits_stay_as_they_stood)
{
	uint64_t words[1000], spare[1000];

	for (uint64_t i = 0; i < 1000; i++)
		words[i] = (999 - i) % 7 << 16 | i;
	const uint64_t *sorted = words_sort(words, spare, 1000, 16);

	for (size_t i = 1; i < 1000; i++) {
		cr_assert_leq(sorted[i - 1] >> 16, sorted[i] >> 16);
		if (sorted[i - 1] >> 16 == sorted[i] >> 16)
			cr_assert_lt(sorted[i - 1], sorted[i]);
	}
}

/* ---- False discoveries ---- */

/* of: what share of the tests stands out. */
static void check_discoveries(size_t count, double of)
{
	double *p = malloc((count + 1) * sizeof(*p)), *q = malloc((count + 1) * sizeof(*q));
	size_t *order = malloc((count + 1) * sizeof(*order));
	uint64_t *words = malloc(2 * (count + 1) * sizeof(*words)), state = count;
	struct discoveries discoveries = {0};

	for (size_t i = 0; i < count; i++) {
		p[i] = rounded_p((double)(draw(&state) >> 11) / 0x1p53);
		p[i] = (double)i < of * (double)count ? rounded_p(p[i] * p[i] * 1e-3) : p[i];
		p[i] = i % 10 == 9 ? p[i - 1] : p[i];
		words[i] = discoveries_word(p[i]);
	}
	false_discovery(p, count, 0, q, order);
	cr_assert_eq(discoveries_make(&discoveries, words, words + count, count), 0);
	for (size_t i = 0; i < count; i++)
		cr_assert_eq(discoveries_q(&discoveries, p[i]), rounded_p(q[i]), "p %.17g", p[i]);
	discoveries_free(&discoveries);
	free(p);
	free(q);
	free(order);
	free(words);
}

Test(discoveries, q_by_steps_is_q_one_by_one)
{
	static const size_t counts[] = {0, 1, 2, 17, 1000, 30000};
	static const double shares[] = {0, 0.01, 0.3, 1};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		for (size_t k = 0; k < sizeof(shares) / sizeof(shares[0]); k++)
			check_discoveries(counts[i], shares[k]);
	}
}
