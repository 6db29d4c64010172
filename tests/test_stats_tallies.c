/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tallies beside peers, by hand: 31 persons of one specialty and state, the first
 * of whom does what the others do not.
 */
#include "history/code_groups.h"
#include "stats_cases.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PERSONS = 31, HIGH = 0 };

static struct profile *profile;
static struct tallies *tallies;
static struct stats *stats;
static struct norms *norms;
static uint32_t numbers[PERSONS];
static const struct weights *weights;
static bool is_crowded; /* the third person bills 300 times as much, half of it with 59 */

static void add_person(struct profile_worker *worker, unsigned i)
{
	numbers[i] = stats_cases_person(profile, worker, i);
	for (unsigned person = 0; person < 11; person++)
		cr_assert_eq(profile_add_beneficiary(worker, numbers[i]), 0);
}

static void add(unsigned i, struct tally tally)
{
	tally.provider = numbers[i];
	cr_assert_eq(tallies_add(tallies, &tally), 0);
}

/* Of 100 lines 1 or 3 with 59, of the first 50; 30 or 60 visits of 30, of the first 300. */
static void add_tallies(unsigned i)
{
	uint64_t k = i == HIGH ? 50 : i % 2 ? 1 : 3;
	uint64_t visits = i == HIGH ? 300 : i % 2 ? 30 : 60, n = 100;

	if (is_crowded && i == 2)
		n = 30000, k = 15000;
	add(i, (struct tally){.measure = TALLY_MOD_03, .n = n, .k = k, .dollars = 100000});
	add(i, (struct tally){.measure = TALLY_STA_04,
	               .of = GROUP_VISITS,
	               .n = 30,
	               .k = visits,
	               .sum = (int64_t)visits * UNITS_ONE,
	               .dollars = 10000 * (int64_t)visits});
}

static void make(void)
{
	struct profile_options options = {
	        .keep = PROFILE_CODES | PROFILE_COUNTS | PROFILE_RULES, .workers = 1};
	static struct rule_selection selection;
	struct profile_worker *worker = NULL;
	struct diag diag;

	diag_init(&diag);
	rules_init();
	history_init();
	providers_init();
	stats_init();
	cr_assert_eq(rules_select(&selection, "MOD-03,STA-04", &diag), 0);
	cr_assert_eq(profile_create(&profile, &options, &diag), 0);
	cr_assert_eq(profile_worker_create(&worker, profile, &diag), 0);
	cr_assert_eq(tallies_create(&tallies, &diag), 0);
	for (unsigned i = 0; i < PERSONS; i++) {
		add_person(worker, i);
		add_tallies(i);
	}
	cr_assert_eq(tallies_join(tallies, &tallies, 1, 1), 0);
	cr_assert_eq(profile_merge(worker), 0);
	profile_worker_destroy(worker);
	struct stats_options asked = {.profile = profile,
	        .tallies = tallies,
	        .selection = &selection,
	        .threads = 2,
	        .norms = norms,
	        .weights = weights,
	        .has_beneficiaries = true,
	        .has_paid = true};

	asked.is_on[rule_find("MOD-03")] = asked.is_on[rule_find("STA-04")] = true;
	cr_assert_eq(stats_create(&stats, &asked, &diag), 0, "%s", diag.text);
}

static void end(void)
{
	stats_destroy(stats);
	tallies_destroy(tallies);
	profile_destroy(profile);
}

enum { ROWS_MAX = 64, KEPT = 4 };

/* Valid until four more calls. */
static const struct stats_row *row_of(unsigned i, const char *rule, const char *measure)
{
	static struct stats_row rows[KEPT][ROWS_MAX];
	static unsigned calls;
	struct stats_row *read = rows[calls++ % KEPT];

	cr_assert_leq(stats_rows_max(stats), ROWS_MAX);
	size_t count = stats_rows(stats, numbers[i], read);

	for (size_t k = 0; k < count; k++) {
		if (strcmp(rule_at(read[k].rule)->id, rule) == 0 &&
		        strcmp(read[k].measure, measure) == 0)
			return &read[k];
	}
	cr_assert_fail("provider %u has no row of %s %s", i, rule, measure);
	return NULL;
}

TestSuite(tallies, .init = make, .fini = end);

Test(tallies, a_rate)
{
	const struct stats_row *high = row_of(HIGH, "MOD-03", ""), *low = row_of(1, "MOD-03", "");
	double few = log(1.5 / 99.5), most = log(3.5 / 97.5);

	cr_assert(high->flag);
	cr_assert_eq(high->evaluated, 100);
	cr_assert_eq(high->hits, 50);
	cr_assert_eq(high->peers, 30);
	cr_assert_float_eq(high->median, 0.02, 1e-12);
	cr_assert_float_eq(high->p90, 0.03, 1e-12);
	cr_assert_float_eq(high->wilson_low, 0.403832, 1e-9);
	cr_assert_float_eq(
	        high->z, 0.6744897501960817 * (0 - (few + most) / 2) / ((most - few) / 2), 1e-6);
	cr_assert_eq(high->dollars, 96000); /* (0.5 - 0.02) / 0.5 of $1,000 */
	cr_assert_lt(high->q, 0.05);
	cr_assert_not(low->flag);
	cr_assert_eq(low->dollars, 0);
	cr_assert_eq(low->hits, 1);
}

/* The peers' 30 have 1,350 visits of 900: with the first 1,650 of 930. */
Test(tallies, a_ratio)
{
	const struct stats_row *high = row_of(HIGH, "STA-04", "visits_lines");
	double mean = 1650.0 / 930;

	cr_assert(high->flag);
	cr_assert_eq(high->evaluated, 30);
	cr_assert_float_eq(high->value, 10, 1e-12);
	cr_assert_float_eq(high->median, 1.5, 1e-12);
	cr_assert_float_eq(high->p90, 2, 1e-12);
	cr_assert_gt(high->shrunk_rate, 2 * mean);
	cr_assert_lt(high->shrunk_rate, 10);
	cr_assert_eq(high->dollars, (int64_t)llround(3000000 * (1 - mean / high->shrunk_rate)));
	cr_assert_not(row_of(2, "STA-04", "visits_lines")->flag);
}

Test(tallies, a_value)
{
	const struct stats_row *high = row_of(HIGH, "STA-04", "visits_paid");
	double z = 0.6744897501960817 * (log(1000) - (log(100) + log(200)) / 2) / (log(2) / 2);

	cr_assert_float_eq(high->value, 1000, 1e-9); /* dollars a beneficiary */
	cr_assert_float_eq(high->median, 150, 1e-9);
	cr_assert_float_eq(high->z, z, 1e-6);
	cr_assert_not(high->flag, "one dear case moves the mean of 30");
}

/* Lines, units and dollars of one group are one event: the most of their dollars. */
Test(tallies, one_event_counts_once)
{
	struct stats_totals totals;

	cr_assert(stats_totals(stats, (unsigned)rule_find("STA-04"), &totals));
	cr_assert_eq(totals.providers, 1);
	cr_assert_eq(totals.dollars, row_of(HIGH, "STA-04", "visits_lines")->dollars);
}

static void make_crowded(void)
{
	is_crowded = true;
	make();
}

TestSuite(crowded, .init = make_crowded, .fini = end);

/* Of all the others' lines 15,059 of 32,900 have 59, by one of them: half is no less for that. */
Test(crowded, one_who_breaks_a_rule_does_not_set_its_target)
{
	cr_assert(row_of(HIGH, "MOD-03", "")->flag);
	cr_assert(row_of(2, "MOD-03", "")->flag);
	cr_assert_not(row_of(4, "MOD-03", "")->flag);
}

Test(tallies, a_comparison_of_medium_precision_leads)
{
	const struct stats_provider *high = stats_provider(stats, numbers[HIGH]);

	cr_assert_gt(row_of(HIGH, "STA-04", "visits_lines")->dollars, 500000);
	cr_assert_eq(high->rank, 1);
	cr_assert(high->is_lead);
}

static void make_imprecise(void)
{
	static struct weights low;
	struct diag diag;

	diag_init(&diag);
	rules_init();
	stats_init();
	cr_assert_eq(weights_read(&low, NULL, &diag), 0);
	low.precision[rule_find("STA-04")] = low.precision[rule_find("MOD-03")] = 299999;
	weights = &low;
	make();
}

TestSuite(imprecise, .init = make_imprecise, .fini = end);

/* It is ranked as any other. */
Test(imprecise, leads_nobody_alone)
{
	const struct stats_provider *high = stats_provider(stats, numbers[HIGH]);

	cr_assert(row_of(HIGH, "STA-04", "visits_lines")->flag);
	cr_assert_gt(high->expected, 0);
	cr_assert_gt(high->score, 0);
	cr_assert_eq(high->rank, 1);
	cr_assert_not(high->is_lead);
}

/* The mean is of rates pulled in to those between which four in five lie. */
Test(tallies, norms_are_of_the_whole_group)
{
	size_t count, found = 0;
	const struct norm *all = stats_norms(stats, &count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(all[i].rule, "MOD-03") != 0)
			continue;
		found++;
		cr_assert_str_eq(all[i].group, "11/person/office/NY");
		cr_assert_eq(all[i].n, PERSONS);
		cr_assert_float_eq(
		        all[i].figures[NORM_MEAN], (3 + 15 * 1 + 15 * 3) / 3100.0, 1e-12);
		cr_assert_float_eq(all[i].figures[NORM_MEDIAN], 0.03, 1e-12);
	}
	cr_assert_eq(found, 1);
}
