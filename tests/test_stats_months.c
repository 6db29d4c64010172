/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STA-08 by hand: 40 persons of one specialty and state, of whom the first does what
 * a case says, month by month, and the others what is usual.
 */
#include "stats_cases.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PERSONS = 40, MONTHS = 14, JANUARY = (2024 - 1970) * 12 };

struct months_case {
	const char *name;
	int thousands[MONTHS]; /* dollars of the first person, from 2024-01 on; 0: no lines */
	bool spike, cusum, burst;
	bool peers_grow; /* their months from 2024-07 on cost twice as much */
	bool all_rise;   /* every third of them rises too */
};

static struct profile *profile;
static struct tallies *tallies;
static struct stats *stats;
static uint32_t numbers[PERSONS];

static void add_month(unsigned i, unsigned month, int64_t dollars)
{
	struct tally tally = {.provider = numbers[i],
	        .measure = TALLY_MONTH,
	        .of = JANUARY + month,
	        .n = 10,
	        .dollars = 100 * dollars};

	cr_assert_eq(tallies_add(tallies, &tally), 0);
}

/* About $100,000 a month, a little up and down, each in its own way. */
static int64_t usual(const struct months_case *of, unsigned i, unsigned month)
{
	int64_t dollars = 100000 + (int64_t)((i * 7919 + month * 104729) % 9) * 1000 - 4000;

	if (of->peers_grow && month >= 6)
		dollars *= 2;
	if (of->all_rise && i % 2 && month >= 6)
		dollars += 400000;
	return dollars;
}

static void make(const struct months_case *of)
{
	struct profile_options options = {
	        .keep = PROFILE_CODES | PROFILE_COUNTS | PROFILE_RULES, .workers = 1};
	struct rule_selection selection;
	struct profile_worker *worker = NULL;
	struct diag diag;

	diag_init(&diag);
	cr_assert_eq(rules_select(&selection, "STA-08", &diag), 0);
	cr_assert_eq(profile_create(&profile, &options, &diag), 0);
	cr_assert_eq(profile_worker_create(&worker, profile, &diag), 0);
	cr_assert_eq(tallies_create(&tallies, &diag), 0);
	for (unsigned i = 0; i < PERSONS; i++) {
		numbers[i] = stats_cases_person(profile, worker, i);
		for (unsigned month = 0; month < MONTHS; month++) {
			int64_t dollars = i > 0 ? usual(of, i, month)
			                        : 1000 * (int64_t)of->thousands[month];

			if (dollars > 0)
				add_month(i, month, dollars);
		}
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

	asked.is_on[rule_find("STA-08")] = true;
	cr_assert_eq(stats_create(&stats, &asked, &diag), 0, "%s", diag.text);
}

static void end(void)
{
	stats_destroy(stats);
	tallies_destroy(tallies);
	profile_destroy(profile);
}

#define LEVEL 100, 101, 99, 102, 98, 100
#define NONE .spike = false
static const struct months_case cases[] = {
        {"a level that rises and stays", {LEVEL, 150, 155, 152, 150, 100, 101, 99, 100},
                .cusum = true},
        {"... to the end", {LEVEL, 101, 99, 100, 150, 155, 152, 150, 160}, .cusum = true},
        {"... slowly", {LEVEL, 110, 130, 150, 170, 190, 100, 99, 101}, .cusum = true},
        {"... early", {150, 155, 152, 150, 100, 101, 99, 102, 98, 100, 101, 99, 100, 102},
                .cusum = true},
        {"... a little, for long", {LEVEL, 101, 99, 130, 131, 132, 133, 134, 135}, .cusum = true},
        {"... with months of nothing", {LEVEL, 180, 190, 185, 0, 0, 101, 99, 98}, .cusum = true},
        {"... and comes again", {100, 160, 165, 162, 101, 100, 98, 99, 160, 165, 163, 98, 100, 101},
                .cusum = true},
        {"... by much", {LEVEL, 300, 310, 305, 300, 100, 101, 99, 100}, .spike = true,
                .cusum = true},
        {"one month stands out", {LEVEL, 100, 500, 99, 101, 100, 102, 98, 100}, .spike = true},
        {"some here and there", {LEVEL, 106, 250, 230, 101, 99, 102, 98, 240}, .spike = true},
        {"two months running", {LEVEL, 100, 500, 400, 101, 100, 102, 98, 100}, .spike = true},
        {"two do", {LEVEL, 400, 99, 101, 98, 450, 100, 101, 99}, .spike = true},
        {"the last", {LEVEL, 99, 101, 100, 98, 102, 100, 99, 900}, .spike = true},
        {"the first", {900, 99, 101, 100, 98, 102, 100, 99, LEVEL}, .spike = true},
        {"new, and bursting", {0, 0, 0, 0, 0, 0, 60, 62, 61, 250, 300, 350, 340, 330},
                .burst = true},
        {"new, and bursting late", {0, 0, 0, 0, 0, 0, 90, 91, 89, 92, 90, 300, 310, 305},
                .spike = true, .cusum = true, .burst = true},
        {"new, and bursting after a month of nothing",
                {0, 0, 0, 0, 0, 0, 60, 62, 0, 250, 300, 350, 340, 330}, .burst = true},
        {"new, and bursting once", {0, 0, 0, 0, 0, 0, 60, 62, 61, 60, 62, 600, 60, 61},
                .spike = true, .burst = true},
        {"the same all the time", {LEVEL, LEVEL, 101, 99}, NONE},
        {"a rise of $60,000 in all", {LEVEL, 120, 121, 119, 100, 101, 99, 100, 101}, NONE},
        {"a fall", {LEVEL, LEVEL, 20, 21}, NONE},
        {"all the peers rise too", {LEVEL, 200, 205, 198, 202, 201, 199, 200, 203},
                .peers_grow = true},
        {"others rise alike", {LEVEL, 500, 505, 498, 502, 501, 499, 500, 503}, .all_rise = true},
        {"up and down", {60, 140, 70, 130, 65, 135, 75, 125, 60, 140, 70, 130, 65, 135}, NONE},
        {"five months", {100, 101, 99, 102, 98}, NONE},
        {"new, and even", {0, 0, 0, 0, 0, 0, 90, 92, 91, 95, 90, 92, 91, 93}, NONE},
        {"new, and doubling", {0, 0, 0, 0, 0, 0, 50, 55, 52, 100, 105, 103, 110, 108}, NONE},
        {"new, bursting, and small", {0, 0, 0, 0, 0, 0, 5, 6, 5, 20, 30, 25, 20, 24}, NONE},
        {"new, bursting, and still below the peers",
                {0, 0, 0, 0, 0, 0, 10, 11, 10, 60, 80, 70, 75, 78}, NONE},
        {"begins when the data do",
                {60, 62, 61, 250, 300, 350, 340, 330, 335, 340, 338, 341, 339, 340}, NONE},
        {"begins three months later", {0, 0, 0, 60, 62, 61, 250, 300, 350, 340, 330, 335, 340, 338},
                NONE},
        {"new, then a month of nothing", {0, 0, 0, 0, 0, 0, 90, 92, 0, 95, 90, 92, 91, 93}, NONE},
};

static void expect_flag(const struct months_case *of, const char *measure, bool wanted)
{
	const struct stats_row *row = stats_cases_row(stats, numbers[0], measure);
	bool flag = row && row->flag;

	cr_expect_eq(flag, wanted, "%s: %s is %d (%f, z %f, $%f)", of->name,
	        measure[0] ? measure : "spike", flag, row ? row->value : NAN, row ? row->z : NAN,
	        row ? (double)row->dollars / 100 : NAN);
}

Test(months, cases)
{
	stats_cases_begin();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		make(&cases[i]);
		expect_flag(&cases[i], "", cases[i].spike);
		expect_flag(&cases[i], "cusum", cases[i].cusum);
		expect_flag(&cases[i], "new", cases[i].burst);
		end();
	}
}
