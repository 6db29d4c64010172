/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STA-11 and INP-06 beside peers, by hand: 40 persons of one specialty and state, of
 * whom the first does what a case says.
 */
#include "stats_cases.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { PERSONS = 40, JANUARY = (2024 - 1970) * 12, MONTHS = 12 };

static struct profile *profile;
static struct tallies *tallies;
static struct stats *stats;
static uint32_t numbers[PERSONS];

static void add(unsigned i, struct tally tally)
{
	tally.provider = numbers[i];
	cr_assert_eq(tallies_add(tallies, &tally), 0);
}

static void make(void (*add_all)(const void *of, unsigned i), const void *of)
{
	struct profile_options options = {
	        .keep = PROFILE_CODES | PROFILE_COUNTS | PROFILE_RULES, .workers = 1};
	struct rule_selection selection;
	struct profile_worker *worker = NULL;
	struct diag diag;

	diag_init(&diag);
	cr_assert_eq(rules_select(&selection, "STA-11,INP-06", &diag), 0);
	cr_assert_eq(profile_create(&profile, &options, &diag), 0);
	cr_assert_eq(profile_worker_create(&worker, profile, &diag), 0);
	cr_assert_eq(tallies_create(&tallies, &diag), 0);
	for (unsigned i = 0; i < PERSONS; i++) {
		numbers[i] = stats_cases_person(profile, worker, i);
		add_all(of, i);
	}
	cr_assert_eq(tallies_join(tallies, &tallies, 1, 1), 0);
	cr_assert_eq(profile_merge(worker), 0);
	profile_worker_destroy(worker);
	struct stats_options asked = {.profile = profile,
	        .tallies = tallies,
	        .selection = &selection,
	        .threads = 1,
	        .has_beneficiaries = true,
	        .has_paid = true};

	asked.is_on[rule_find("STA-11")] = asked.is_on[rule_find("INP-06")] = true;
	cr_assert_eq(stats_create(&stats, &asked, &diag), 0, "%s", diag.text);
}

static void end(void)
{
	stats_destroy(stats);
	tallies_destroy(tallies);
	profile_destroy(profile);
}

static bool is_flagged(const char *measure)
{
	const struct stats_row *row = stats_cases_row(stats, numbers[0], measure);

	return row && row->flag;
}

/* ---- STA-11 ---- */

/* So many of a month's lines are denied, at first and later; all for one reason. */
struct denials {
	const char *name;
	unsigned lines, denied, later; /* a month; later: from July on */
	unsigned months;               /* 0: twelve */
	unsigned reason;
	const char *flagged, *not_flagged;
};

static void add_denials(const void *context, unsigned i)
{
	const struct denials *of = context;
	unsigned months = i == 0 && of->months ? of->months : MONTHS;
	unsigned lines = i == 0 ? of->lines : 40 + i % 20;
	unsigned reason = i == 0 && of->reason ? of->reason : 16;

	for (unsigned month = 0; month < months; month++) {
		unsigned usual = 1 + (i + (month + i) % 2) % 4;
		unsigned denied = i > 0 ? usual : month < 6 ? of->denied : of->later;
		int64_t since = JANUARY + month;

		add(i, (struct tally){.measure = TALLY_STA_11,
		               .n = lines,
		               .k = denied,
		               .sum = denied / 2,
		               .dollars = lines - denied > 0});
		add(i, (struct tally){.measure = TALLY_STA_11_MONTHS,
		               .n = lines,
		               .k = denied,
		               .dollars = since * lines,
		               .sum = since * denied,
		               .squares = (unsigned __int128)(since * since) * lines});
		if (denied > 0)
			add(i, (struct tally){
			               .measure = TALLY_STA_11_REASON, .of = reason, .n = denied});
	}
}

enum { B7 = CARC_LETTERS + 107 };
static const struct denials denials[] = {
        {"a third denied", 50, 17, 17, 0, 0, "denied", "trend"},
        {"... for the usual reason", 50, 17, 17, 0, 0, "denied_information", "denied_bundling"},
        {"... for another", 50, 17, 17, 0, 97, "denied_bundling", "denied_information"},
        {"as many as usual, for another", 50, 3, 3, 0, 18, "denied_duplicate", "denied"},
        {"for a reason with a letter", 50, 4, 4, 0, B7, "denied_provider", "denied"},
        {"more and more", 50, 2, 12, 0, 0, "trend", "hits_on_denied"},
        {"all of them", 50, 50, 50, 0, 0, "denied", "trend"},
        {"for want of authority", 50, 4, 4, 0, 197, "denied_authorization", "denied"},
        {"for want of need", 50, 4, 4, 0, 50, "denied_necessity", "denied"},
        {"two thirds of few lines", 9, 6, 6, 0, 0, "denied", "hits_on_paid"},
        {"as usual", 50, 3, 3, 0, 0, "", "denied"},
        {"none", 50, 0, 0, 0, 0, "", "denied"},
        {"fewer and fewer", 50, 12, 2, 0, 0, "denied", "trend"},
        {"too few lines", 8, 6, 6, 0, 0, "", "denied"},
        {"too few denied", 10, 1, 2, 0, 0, "", "denied"},
        {"a reason in no group", 50, 3, 3, 0, 253, "", "denied_information"},
        {"more and more, within four months", 150, 2, 2, 4, 0, "", "trend"},
        {"hits of lines denied are shown alone", 50, 3, 3, 0, 0, "", "hits_on_denied"},
        {"a little more", 50, 4, 4, 0, 0, "", "denied"},
        {"no line at all", 0, 0, 0, 0, 0, "", "denied"},
};

Test(denials, cases)
{
	stats_cases_begin();
	for (size_t i = 0; i < sizeof(denials) / sizeof(denials[0]); i++) {
		make(add_denials, &denials[i]);
		if (denials[i].flagged[0])
			cr_expect(is_flagged(denials[i].flagged), "%s: %s", denials[i].name,
			        denials[i].flagged);
		cr_expect_not(is_flagged(denials[i].not_flagged), "%s: %s", denials[i].name,
		        denials[i].not_flagged);
		end();
	}
}

Test(denials, what_is_told_of_reasons)
{
	static const struct {
		unsigned reason;
		const char *measure;
	} names[] = {{1, "carc_1"}, {16, "carc_16"}, {97, "carc_97"}, {100, "carc_100"},
	        {399, "carc_399"}, {400, "carc_other"}, {B7, "carc_B7"},
	        {CARC_LETTERS + 23, "carc_A23"}, {CARC_LETTERS + 2439, "carc_Y39"},
	        {CARC_LETTERS + 200, "carc_other"}, {CARC_OTHER, "carc_other"}};

	stats_cases_begin();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct denials of = {
		        .lines = 50, .denied = 5, .later = 5, .reason = names[i].reason};

		make(add_denials, &of);
		const struct stats_row *row = stats_cases_row(stats, numbers[0], names[i].measure);

		cr_assert_not_null(row, "%s", names[i].measure);
		cr_expect_eq(row->evaluated, 600);
		cr_expect_eq(row->hits, 60);
		cr_expect_float_eq(row->value, 0.1, 1e-12);
		cr_expect_not(row->flag);
		end();
	}
}

/* Of lines 0.04 are denied in the first half of the year and 0.24 in the second. */
Test(denials, the_trend_is_a_slope_by_least_squares)
{
	struct denials of = {.lines = 50, .denied = 2, .later = 12};
	double sum = 0, squares = 0;

	stats_cases_begin();
	make(add_denials, &of);
	for (int month = 0; month < MONTHS; month++) {
		sum += (month - 5.5) * (month < 6 ? 0.04 : 0.24);
		squares += (month - 5.5) * (month - 5.5);
	}
	cr_assert_float_eq(
	        stats_cases_row(stats, numbers[0], "trend")->value, 12 * sum / squares, 1e-6);
	end();
}

/* ---- INP-06 ---- */

struct categories {
	const char *name;
	unsigned persons, tenths; /* beneficiaries, and categories of ten of them */
	bool flagged;
};

static void add_categories(const void *context, unsigned i)
{
	const struct categories *of = context;
	unsigned persons = i == 0 ? of->persons : 100, tenths = i == 0 ? of->tenths : 8 + i % 5;

	if (persons == 0)
		return;
	add(i, (struct tally){.measure = TALLY_INP_06,
	               .n = persons,
	               .k = persons / 2,
	               .sum = persons * tenths / 10});
	add(i, (struct tally){.measure = TALLY_INP_06_ENCOUNTERS,
	               .n = 2 * persons,
	               .k = persons * tenths / 10});
}

Test(categories, cases)
{
	static const struct categories cases[] = {{"three of each", 100, 30, true},
	        {"of fifty", 50, 30, true}, {"of a thousand", 1000, 30, true},
	        {"four times", 100, 40, true}, {"as usual", 100, 10, false},
	        {"a little more", 100, 13, false}, {"of forty-nine", 49, 30, false},
	        {"none", 100, 0, false}, {"nobody", 0, 0, false}, {"of ten", 10, 30, false}};

	stats_cases_begin();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		make(add_categories, &cases[i]);
		cr_expect_eq(is_flagged("categories"), cases[i].flagged, "%s", cases[i].name);
		end();
	}
}

Test(categories, figures_of_a_mean)
{
	struct categories of = {"", 100, 30, true};

	stats_cases_begin();
	make(add_categories, &of);
	const struct stats_row *row = stats_cases_row(stats, numbers[0], "categories");

	cr_assert_float_eq(row->value, 3, 1e-12);
	cr_assert_float_eq(row->median, 1, 1e-12);
	cr_assert_eq(row->evaluated, 100);
	cr_assert_eq(row->dollars, 0);
	cr_assert_float_eq(stats_cases_row(stats, numbers[0], "per_encounter")->value, 1.5, 1e-12);
	end();
}
