/* SPDX-License-Identifier: Apache-2.0 */
/*
 * INP-01 by hand: 31 hospitals of one state.  The last thirty have 40 stays in
 * 291 to 293, half of them with 16 and half with 24 that have a CC or an MCC
 * (0.5); 40 in 193 to 195 with 6 and 10 (0.2); 100 in 469, 470 with 10 and 20
 * (0.15). A stay with one comes to $10,000, one without to $4,000.
 */
#include "history/history.h"
#include "history/providers.h"
#include "stats/stats.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOSPITALS = 31, YEAR = 2024, PARTS = 2 };

struct part {
	unsigned with, without, year; /* DRGs, fiscal year */
	uint64_t n, k;
};

static const struct part others[][2] = {
        {{291, 293, YEAR, 40, 16}, {291, 293, YEAR, 40, 24}},
        {{193, 195, YEAR, 40, 6}, {193, 195, YEAR, 40, 10}},
        {{469, 470, YEAR, 100, 10}, {469, 470, YEAR, 100, 20}},
};

static struct profile *profile;
static struct tallies *tallies;
static struct stats *stats;
static uint32_t numbers[HOSPITALS];

static void add_hospital(struct profile_worker *worker, unsigned i)
{
	static struct batch batch;
	char text[16];

	snprintf(text, sizeof(text), "10030%05u", i);
	memset(&batch, 0, sizeof(batch));
	batch.count = 1;
	batch.line_flags[0] = LINE_DUE;
	batch.provider[0] = numbers[i] = profile_number(
	        profile, (uint64_t)ID_NPI << ID_KIND_SHIFT | (1003000000 + i), text, strlen(text));
	batch.service_from[0] = 19782;
	batch.specialty[0] = TWO_CHARS('A', '0');
	batch.state[0] = TWO_CHARS('N', 'Y');
	batch.entity_type[0] = 2;
	batch.place[0] = TWO_CHARS('2', '1');
	cr_assert_eq(profile_add(worker, &batch, NULL, NULL), 0);
}

static void add_stays(unsigned i, unsigned year, unsigned drg, uint64_t n, int64_t cents)
{
	const struct tally tally = {.provider = numbers[i],
	        .measure = TALLY_INP_01_DRG,
	        .of = (uint64_t)year * DRG_COUNT + drg,
	        .n = n,
	        .dollars = (int64_t)n * cents};

	if (n > 0)
		cr_assert_eq(tallies_add(tallies, &tally), 0);
}

static void add_part(unsigned i, const struct part *part)
{
	add_stays(i, part->year, part->with, part->k, 1000000);
	add_stays(i, part->year, part->without, part->n - part->k, 400000);
}

static void make(const struct part parts[PARTS])
{
	struct profile_options options = {
	        .keep = PROFILE_CODES | PROFILE_COUNTS | PROFILE_RULES, .workers = 1};
	static struct rule_selection selection;
	struct profile_worker *worker = NULL;
	struct diag diag;

	diag_init(&diag);
	cr_assert_eq(rules_select(&selection, "INP-01", &diag), 0);
	cr_assert_eq(profile_create(&profile, &options, &diag), 0);
	cr_assert_eq(profile_worker_create(&worker, profile, &diag), 0);
	cr_assert_eq(tallies_create(&tallies, &diag), 0);
	for (unsigned i = 0; i < HOSPITALS; i++) {
		add_hospital(worker, i);
		for (size_t p = 0; p < sizeof(others) / sizeof(others[0]) && i > 0; p++)
			add_part(i, &others[p][i % 2]);
	}
	for (size_t p = 0; p < PARTS && parts[p].n > 0; p++)
		add_part(0, &parts[p]);
	cr_assert_eq(tallies_join(tallies, &tallies, 1, 1), 0);
	cr_assert_eq(profile_merge(worker), 0);
	profile_worker_destroy(worker);
	struct stats_options asked = {.profile = profile,
	        .tallies = tallies,
	        .selection = &selection,
	        .threads = 1,
	        .has_beneficiaries = true,
	        .has_paid = true};

	asked.is_on[rule_find("INP-01")] = true;
	cr_assert_eq(stats_create(&stats, &asked, &diag), 0, "%s", diag.text);
}

static void end(void)
{
	stats_destroy(stats);
	tallies_destroy(tallies);
	profile_destroy(profile);
}

static void init(void)
{
	rules_init();
	history_init();
	providers_init();
	stats_init();
}

/* NULL: it has none.  Valid until the next call. */
enum { ROWS_MAX = 64 };
static const struct stats_row *row_of(unsigned i, const char *measure)
{
	static struct stats_row rows[ROWS_MAX];

	cr_assert_leq(stats_rows_max(stats), ROWS_MAX);
	size_t count = stats_rows(stats, numbers[i], rows);

	for (size_t k = 0; k < count; k++) {
		if (strcmp(rule_at(rows[k].rule)->id, "INP-01") == 0 &&
		        strcmp(rows[k].measure, measure) == 0)
			return &rows[k];
	}
	return NULL;
}

TestSuite(case_mix, .init = init);

/* Nobody is flagged whose mix explains it, or of whose mix nobody else can
 * tell. */
static const struct {
	const char *what, *measure;
	struct part parts[PARTS];
	bool flagged;
	uint64_t n, k; /* of the row; 0: there is none */
} cases[] = {
        {"nearly all with MCC", "medical", {{291, 293, YEAR, 40, 38}}, true, 40, 38},
        {"with CC as well", "medical", {{292, 293, YEAR, 40, 38}}, true, 40, 38},
        {"thirty are enough", "medical", {{291, 293, YEAR, 30, 30}}, true, 30, 30},
        {"many", "medical", {{291, 293, YEAR, 400, 300}}, true, 400, 300},
        {"pneumonia at the rate of hearts", "medical", {{193, 195, YEAR, 80, 48}}, true, 80, 48},
        {"two bases", "medical", {{291, 293, YEAR, 20, 20}, {193, 195, YEAR, 20, 16}}, true, 40,
                36},
        {"surgical", "surgical", {{469, 470, YEAR, 100, 60}}, true, 100, 60},
        {"surgical, thirty", "surgical", {{469, 470, YEAR, 30, 20}}, true, 30, 20},
        {"each kind for itself", "surgical", {{469, 470, YEAR, 100, 60}, {291, 293, YEAR, 40, 20}},
                true, 100, 60},
        {"strange bases beside", "medical", {{291, 293, YEAR, 40, 38}, {871, 872, YEAR, 90, 9}},
                true, 40, 38},
        {"as the others", "medical", {{291, 293, YEAR, 40, 20}}, false, 40, 20},
        {"as the highest of them", "medical", {{291, 293, YEAR, 40, 24}}, false, 40, 24},
        {"too few", "medical", {{291, 293, YEAR, 29, 29}}, false, 29, 29},
        {"fewer than are shown", "medical", {{291, 293, YEAR, 10, 10}}, false, 0, 0},
        {"a base of its own", "medical", {{871, 872, YEAR, 100, 100}}, false, 0, 0},
        {"another version", "medical", {{291, 293, YEAR + 1, 100, 100}}, false, 0, 0},
        {"no base", "medical", {{313, 313, YEAR, 100, 50}}, false, 0, 0},
        {"lower", "medical", {{291, 293, YEAR, 40, 2}}, false, 40, 2},
        {"z below 3", "medical", {{291, 293, YEAR, 60, 40}}, false, 60, 40},
        {"a sicker mix", "medical", {{291, 293, YEAR, 90, 48}, {193, 195, YEAR, 10, 2}}, false, 100,
                50},
        {"surgical as the others", "surgical", {{469, 470, YEAR, 100, 20}}, false, 100, 20},
};

Test(case_mix, who_is_flagged)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		make(cases[i].parts);
		const struct stats_row *row = row_of(0, cases[i].measure);

		cr_expect_eq(row != NULL, cases[i].n > 0, "%s", cases[i].what);
		cr_expect_eq(row && row->flag, cases[i].flagged, "%s: z %f", cases[i].what,
		        row ? row->z : 0);
		cr_expect_eq(row ? row->evaluated : 0, cases[i].n, "%s", cases[i].what);
		cr_expect_eq(row ? row->hits : 0, cases[i].k, "%s", cases[i].what);
		for (unsigned other = 1; other < HOSPITALS; other++)
			cr_expect_not(row_of(other, "medical")->flag, "%s", cases[i].what);
		end();
	}
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

/* z of a hospital of n stays in 291 to 293 alone, the rest of all have so many.
 */
static double z_of(double n, double k, double rest_n, double rest_k)
{
	double rate = (rest_k + 0.5) / (rest_n + 1);

	return (k - n * rate) / sqrt(n * rate * (1 - rate));
}

/* Three strata of the others, none of whose rates is changed but that of the
 * hearts. */
static double z_of_other(double hearts, double pneumonias)
{
	double rate = (638 - hearts + 0.5) / (1240 - 40 + 1);
	double second = (240 - pneumonias + 0.5) / (1200 - 40 + 1);

	return (hearts + pneumonias - 40 * rate - 40 * second) /
	       sqrt(40 * rate * (1 - rate) + 40 * second * (1 - second));
}

static double phi_by_hand(double z)
{
	double all[HOSPITALS] = {z}, sum = 0;

	for (unsigned i = 1; i < HOSPITALS; i++)
		all[i] = i % 2 ? z_of_other(24, 10) : z_of_other(16, 6);
	qsort(all, HOSPITALS, sizeof(*all), compare);
	for (unsigned i = 0; i < HOSPITALS; i++) {
		double kept = all[i < 3 ? 3 : i > 27 ? 27 : i];

		sum += kept * kept;
	}
	return sum / HOSPITALS;
}

/* O = 38, E = 40 x 600.5/1201 = 20, z = 18 / sqrt(10): $6,000 for each of
 * the 18. */
Test(case_mix, figures, .fini = end)
{
	const struct part parts[PARTS] = {{291, 293, YEAR, 40, 38}};

	make(parts);
	const struct stats_row *row = row_of(0, "medical");
	double z = z_of(40, 38, 1200, 600), phi = phi_by_hand(z);

	cr_assert_float_eq(z, 18 / sqrt(10), 1e-12);
	cr_assert_float_eq(row->value, 1.9, 1e-12);
	cr_assert_float_eq(row->z, z / sqrt(phi > 1 ? phi : 1), 1e-6);
	cr_assert_float_eq(row->percentile, 100 * 30.0 / 31, 1e-6);
	cr_assert_eq(row->peers, 30);
	cr_assert_lt(row->q, 0.05);
	cr_assert_eq(row->dollars, 18 * 600000);
}

/* PEPPER's percentile is of the share; highest of all, it flags nobody. */
Test(case_mix, a_percentile_flags_nobody, .fini = end)
{
	const struct part parts[PARTS] = {{291, 293, YEAR, 40, 20}};

	make(parts);
	const struct stats_row *row = row_of(0, "medical");

	cr_assert_float_eq(row->percentile, 100 * 30.0 / 31, 1e-6);
	cr_assert_float_eq(row->value, 1, 1e-12);
	cr_assert_not(row->flag);
	cr_assert_eq(row->dollars, 0);
}

/* The next run's: all hospitals' rates by base DRG and year, and what one
 * makes. */
Test(case_mix, norms_have_each_base, .fini = end)
{
	const struct part parts[PARTS] = {{291, 293, YEAR, 40, 38}};
	size_t count, found = 0;

	make(parts);
	const struct norm *norms = stats_norms(stats, &count);

	for (size_t i = 0; i < count; i++) {
		if (norms[i].kind != NORM_SHARE || strcmp(norms[i].key, "2024/291") != 0)
			continue;
		found++;
		cr_assert_str_eq(norms[i].measure, "medical");
		cr_assert_eq(norms[i].n, 1240);
		cr_assert_float_eq(norms[i].figures[NORM_MEAN], 638.5 / 1241, 1e-12);
		cr_assert_float_eq(norms[i].figures[NORM_FEE], 6000, 1e-9);
	}
	cr_assert_eq(found, 1);
}
