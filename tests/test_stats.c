/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statistics against worked numbers: distributions reckoned to thirty digits
 * and more by another program, formulas from published examples, and the
 * figures of the rules' definitions.
 */
#include "stats/mix.h"
#include "stats/peers.h"
#include "stats/rates.h"
#include "stats/special.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void expect(double got, double wanted, double relative, const char *what, size_t index)
{
	double room = relative * fmax(fabs(wanted), 1e-300);

	cr_expect(fabs(got - wanted) <= room, "%s %zu: %.17g, not %.17g", what, index, got, wanted);
}

/* ---- Distributions ---- */

Test(special, normal)
{
	static const double table[][2] = {
	        {-3, 0.9986501019683699},
	        {-0.5, 0.6914624612740131},
	        {0, 0.5},
	        {1.959963984540054, 0.025000000000000012},
	        {3.5, 0.00023262907903552504},
	        {6, 9.86587645037698e-10},
	        {9, 1.1285884059538405e-19},
	        {20, 2.7536241186062337e-89},
	};

	for (size_t i = 0; i < COUNT(table); i++)
		expect(normal_upper(table[i][0]), table[i][1], 1e-12, "normal", i);
	expect(normal_upper_inverse(0.05), 1.6448536269514722, 1e-12, "inverse", 0);
	expect(normal_upper_inverse(0.025), 1.959963984540054, 1e-12, "inverse", 1);
	cr_expect_lt(fabs(normal_upper_inverse(0.5)), 1e-12);
}

Test(special, chi_square)
{
	static const double table[][3] = {
	        {3.841458820694124, 1, 0.05000000000000006},
	        {15.507, 8, 0.05000521928328079},
	        {20.09, 8, 0.01000086155952463},
	        {401.29659461926803, 8, 9.890454491226888e-82},
	        {0.01, 3, 0.9997348349413444},
	        {1000, 1000, 0.49405285382923964},
	        {1200, 1000, 1.2255942330622905e-05},
	        {9000, 10000, 0.999999999999873},
	        {2, 40, 1.0},
	        {50.5, 2, 1.0815941557285693e-11},
	};

	for (size_t i = 0; i < COUNT(table); i++)
		expect(chi_square_upper(table[i][0], table[i][1]), table[i][2], 1e-12, "chi", i);
	cr_expect_eq(chi_square_upper(-1, 3), 1);
}

Test(special, student)
{
	static const double table[][3] = {
	        {2.4003768548347004, 12.388780003903818, 0.01645451513069683},
	        {0.1, 3, 0.4633261744004029},
	        {1.5, 1, 0.18716704181099883},
	        {-2, 10, 0.9633059826146299},
	        {10, 5, 8.54737878714818e-05},
	        {3.3, 250.5, 0.0005537116520035539},
	        {30, 1000, 7.687343722021741e-142},
	        {0.01, 100000, 0.4960106536594116},
	};

	for (size_t i = 0; i < COUNT(table); i++)
		expect(student_upper(table[i][0], table[i][1]), table[i][2], 1e-12, "student", i);
}

Test(special, beta)
{
	static const double table[][4] = {
	        {0.3, 2, 5, 0.5798249999999999},
	        {0.5, 0.5, 0.5, 0.5},
	        {0.21, 30.2, 109.7, 0.44808705308527935},
	        {0.9, 1000, 100, 0.14747917625807305},
	        {0.92, 1000, 100, 0.8994312000361656},
	        {0.05, 60.5, 400.2, 1.1549143996558496e-11},
	        {0.001, 0.2, 30, 0.5361071898134498},
	        {0.999, 30, 0.2, 0.46389281018655004},
	        {0.3, 20, 50, 0.6174907516187663},
	        {0.4999, 50000, 50000, 0.4747855482759507},
	        {0.12, 120000.5, 900000.25, 0.9999999999998875},
	        {0.1185, 120000.5, 900000.25, 0.9961803822390078},
	};

	for (size_t i = 0; i < COUNT(table); i++)
		expect(beta_regularised(table[i][0], table[i][1], table[i][2]), table[i][3], 1e-12,
		        "beta", i);
	cr_expect_eq(beta_regularised(0, 2, 3), 0);
	cr_expect_eq(beta_regularised(1, 2, 3), 1);
}

Test(special, gamma)
{
	static const double table[][3] = {
	        {0.5, 0.1, 0.654720846018577},
	        {3, 10, 0.002769395715511576},
	        {10, 3, 0.9988975118698845},
	        {100, 80, 0.9828916869648668},
	        {100, 130, 0.002750408367306526},
	        {5000.5, 5100.25, 0.07985588675504855},
	        {25, 24.9, 0.4813661780505464},
	        {31, 30, 0.5483515125779114},
	        {31, 90, 1.9487847983560388e-13},
	};

	for (size_t i = 0; i < COUNT(table); i++)
		expect(gamma_upper(table[i][0], table[i][1]), table[i][2], 1e-12, "gamma", i);
	cr_expect_eq(gamma_upper(2, 0), 1);
}

/* ---- Peers ---- */

Test(peers, type_7_quantiles)
{
	const double values[] = {10, 11, 12, 12, 13, 13, 14, 15, 16, 60};
	const double rates[] = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95};

	expect(quantile(values, 10, 0.25), 12, 1e-15, "q1", 0);
	expect(quantile(values, 10, 0.5), 13, 1e-15, "median", 0);
	expect(quantile(values, 10, 0.75), 14.75, 1e-15, "q3", 0);
	expect(quantile(rates, 10, 0.8), 0.82, 1e-14, "p80", 0);
	expect(quantile(rates, 10, 0.2), 0.28, 1e-14, "p20", 0);
	expect(quantile(values, 1, 0.9), 10, 1e-15, "one", 0);
	expect(quantile(values, 10, 1), 60, 1e-15, "last", 0);
}

/* The same by sorting the others anew for each, and counting. */
static void reckon(const double values[], size_t count, size_t self, struct peer_figures *figures)
{
	double others[64], deviations[64], own = values[self], mean = 0;
	size_t n = 0, lower = 0;

	for (size_t i = 0; i < count; i++) {
		lower += values[i] < own;
		if (i != self)
			others[n++] = values[i];
	}
	values_sort(others, n);
	*figures = (struct peer_figures){.peers = (uint32_t)n};
	figures->percentile = 100.0 * (double)lower / (double)count;
	figures->median = quantile(others, n, 0.5);
	figures->q1 = quantile(others, n, 0.25);
	figures->q3 = quantile(others, n, 0.75);
	figures->p90 = quantile(others, n, 0.9);
	for (size_t i = 0; i < n; i++) {
		deviations[i] = fabs(others[i] - figures->median);
		mean += deviations[i] / (double)n;
	}
	values_sort(deviations, n);
	figures->mad = quantile(deviations, n, 0.5);
	figures->scale = figures->mad > 0            ? figures->mad / 0.6744897501960817
	                 : figures->q3 > figures->q1 ? (figures->q3 - figures->q1) / 1.34898
	                                             : 1.2533 * mean;
	figures->z = figures->scale > 0 ? (own - figures->median) / figures->scale : 0;
}

/* Few different values, so that ties and empty deviations come often. */
Test(peers, each_without_itself)
{
	uint64_t state = 12345;

	for (size_t round = 0; round < 400; round++) {
		double values[64], scratch[64 * 7];
		struct peer_figures got[64], wanted;
		size_t count = 2 + round % 62;

		cr_assert_leq(peers_scratch_bytes(count), sizeof(scratch));
		for (size_t i = 0; i < count; i++) {
			state = state * 6364136223846793005u + 1442695040888963407u;
			values[i] = (double)((state >> 33) % (1 + round % 17)) / 4;
		}
		peers_figures(values, count, got, scratch);
		for (size_t i = 0; i < count; i++) {
			reckon(values, count, i, &wanted);
			cr_assert_eq(got[i].peers, wanted.peers);
			expect(got[i].percentile, wanted.percentile, 1e-13, "percentile", round);
			expect(got[i].median, wanted.median, 1e-13, "median", round);
			expect(got[i].mad, wanted.mad, 1e-13, "mad", round);
			expect(got[i].q1, wanted.q1, 1e-13, "q1", round);
			expect(got[i].q3, wanted.q3, 1e-13, "q3", round);
			expect(got[i].p90, wanted.p90, 1e-13, "p90", round);
			expect(got[i].scale, wanted.scale, 1e-12, "scale", round);
			expect(got[i].z, wanted.z, 1e-12, "z", round);
		}
	}
}

/* One more of the median makes the worked example's group the others of 60. */
Test(peers, worked_example)
{
	const double values[] = {10, 11, 12, 12, 13, 13, 14, 15, 16, 60, 60};
	struct peer_figures figures[11];
	double scratch[11 * 7];

	peers_figures(values, 11, figures, scratch);
	expect(figures[10].median, 13, 1e-15, "median", 0);
	expect(figures[10].mad, 1.5, 1e-15, "mad", 0);
	expect(figures[10].z, 21.13401217281056, 1e-12, "z", 0);
	expect(tukey_fence(&figures[10], 1.5), 18.875, 1e-14, "fence", 0);
	expect(tukey_fence(&figures[10], 3), 23, 1e-14, "fence", 1);
}

Test(peers, alone)
{
	const double values[] = {7};
	struct peer_figures figures;
	double scratch[7];

	peers_figures(values, 1, &figures, scratch);
	cr_expect_eq(figures.peers, 0);
	cr_expect_eq(figures.z, 0);
	cr_expect_eq(figures.scale, 0);
}

/* ---- Rates ---- */

Test(rates, wilson)
{
	static const struct {
		uint64_t k, n;
		double low, high;
	} table[] = {
	        {8, 10, 0.4901624715366418, 0.9433178485456247},
	        {80, 100, 0.7111708344068411, 0.8666330666689674},
	        {800, 1000, 0.7740810353518655, 0.8236229095568016},
	        {0, 12, 0, 0.24249400665524087},
	        {12, 12, 0.7575059933447591, 1},
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct interval got = wilson(table[i].k, table[i].n);

		expect(got.low, table[i].low, 1e-12, "low", i);
		expect(got.high, table[i].high, 1e-12, "high", i);
	}
	/* Half-width at most 0.10 at 90 %. */
	uint64_t size = wilson_size(0.10, 1.6448536269514722);
	struct interval fewer = wilson_at(32, 64, 1.6448536269514722);
	struct interval more = wilson_at(33, 66, 1.6448536269514722);

	cr_expect_eq(size, 65);
	cr_expect_gt((fewer.high - fewer.low) / 2, 0.10);
	cr_expect_lt((more.high - more.low) / 2, 0.10);
}

Test(rates, beta_binomial)
{
	const struct count counts[] = {{2, 10}, {5, 40}, {30, 100}, {8, 50}, {45, 90}, {60, 400}};
	static const double shrunk[] = {0.20695258523855967, 0.13818809062680895,
	        0.29484152010275855, 0.1667463009468281, 0.48052685373397325, 0.1511037509968986};
	struct beta_binomial fit = beta_binomial_fit(counts, 6);

	expect(fit.mean, 0.21739130434782608, 1e-13, "mean", 0);
	expect(fit.rho, 0.13054180012628439, 1e-12, "rho", 0);
	expect(fit.alpha, 1.4479090372862302, 1e-12, "alpha", 0);
	expect(fit.beta, 5.212472534230429, 1e-12, "beta", 0);
	for (size_t i = 0; i < 6; i++)
		expect(beta_binomial_shrunk(&fit, counts[i]), shrunk[i], 1e-12, "shrunk", i);
	expect(beta_binomial_above(&fit, counts[4], 0.3),
	        1 - beta_regularised(0.3, 45 + fit.alpha, 45 + fit.beta), 1e-10, "above", 0);
}

/* Rates that vary less than chance shrink to the mean. */
Test(rates, no_overdispersion)
{
	const struct count counts[] = {{10, 100}, {10, 100}, {11, 100}};
	struct beta_binomial fit = beta_binomial_fit(counts, 3);

	cr_expect_eq(fit.rho, 0);
	expect(beta_binomial_shrunk(&fit, counts[2]), 31.0 / 300, 1e-13, "shrunk", 0);
	fit = beta_binomial_fit(NULL, 0);
	cr_expect_eq(fit.mean, 0);
}

Test(rates, gamma_poisson)
{
	const struct exposure exposures[] = {{2, 4}, {5, 6}, {30, 20}, {8, 10}, {45, 18}, {60, 70}};
	static const double shrunk[] = {0.8351209750845163, 0.9683552217168218, 1.4455336793708091,
	        0.9058814557040686, 2.259481676950341, 0.8740773440319077};
	struct gamma_poisson fit = gamma_poisson_fit(exposures, 6);

	expect(fit.mean, 1.171875, 1e-13, "mean", 0);
	expect(fit.variance, 0.2943963913690476, 1e-12, "variance", 0);
	expect(fit.shape, 4.664768509011642, 1e-12, "shape", 0);
	expect(fit.rate, 3.9806024610232678, 1e-12, "rate", 0);
	for (size_t i = 0; i < 6; i++)
		expect(gamma_poisson_shrunk(&fit, exposures[i]), shrunk[i], 1e-12, "shrunk", i);
	cr_expect_gt(gamma_poisson_above(&fit, exposures[4], 1.5), 0.95);
	cr_expect_lt(gamma_poisson_above(&fit, exposures[5], 1.5), 0.01);
}

Test(rates, funnel)
{
	const struct count counts[] = {{2, 10}, {5, 40}, {30, 100}, {8, 50}, {45, 90}, {60, 400}};
	static const double adjusted[] = {-0.04218775210308501, -0.44824486609527864,
	        0.6336945835394603, -0.31130444901734605, 2.0566529150253965, -1.0339227415643826};
	const double winsorised[] = {-0.2, 1.1, 2.5, -0.7, 6.5, -3.3, 0.4, 0.9, -1.2, 1.6};
	static const double trimmed[] = {-0.1391778001278442, 0.7654779007031431,
	        1.7397225015980524, -0.48712230044745464, 4.523278504154937, -2.296433702109429,
	        0.2783556002556884, 0.626300100575299, -0.8350668007670652, 1.1134224010227536};
	double z[6], scratch[10], phi;

	for (size_t i = 0; i < 6; i++)
		z[i] = funnel_z(counts[i], 0.21739130434782608);
	phi = funnel_phi(z, 6, 0, scratch);
	expect(z[4], 6.5, 1e-12, "z", 4);
	expect(phi, 9.988601851851852, 1e-12, "phi", 0);
	for (size_t i = 0; i < 6; i++)
		expect(funnel_adjusted(z[i], phi), adjusted[i], 1e-12, "adjusted", i);
	phi = funnel_phi(winsorised, 10, 0.1, scratch);
	expect(phi, 2.065, 1e-12, "phi", 1);
	for (size_t i = 0; i < 10; i++)
		expect(funnel_adjusted(winsorised[i], phi), trimmed[i], 1e-12, "trimmed", i);
	cr_expect_eq(funnel_adjusted(2, 0.5), 2);
	cr_expect_eq(funnel_tau_squared((double[]){1, 1, 1}, 3, 0.5), 0);
	expect(funnel_tau_squared((double[]){4, 4, 4, 4}, 4, 3), (4 * 3.0 - 3) / (16 - 4), 1e-13,
	        "tau", 0);
}

Test(rates, tests_and_verdicts)
{
	struct moments provider = {10, 320, 10890}, peers = {40, 1000, 27000};
	struct welch welch = welch_t(provider, peers);

	expect(chi_square_2x2(60, 40, 4000, 6000), 16.474733305059864, 1e-12, "chi", 0);
	cr_expect_eq(chi_square_2x2(0, 0, 4, 6), 0);
	expect(welch.t, 2.4003768548347004, 1e-12, "t", 0);
	expect(welch.df, 12.388780003903818, 1e-12, "df", 0);
	cr_expect_eq(welch_t((struct moments){1, 4, 16}, peers).df, 0);
	cr_expect_eq(verdict_of_rates((struct count){60, 100}, (struct count){4000, 10000}),
	        VERDICT_SIGNIFICANTLY_HIGHER);
	cr_expect_eq(verdict_of_rates((struct count){41, 100}, (struct count){4000, 10000}),
	        VERDICT_HIGHER);
	cr_expect_eq(verdict_of_rates((struct count){40, 100}, (struct count){4000, 10000}),
	        VERDICT_DOES_NOT_EXCEED);
	cr_expect_eq(verdict_of_rates((struct count){10, 10}, (struct count){4000, 10000}),
	        VERDICT_NOT_APPLICABLE);
	cr_expect_eq(verdict_of_means(provider, peers), VERDICT_NOT_APPLICABLE);
	cr_expect_eq(verdict_of_means((struct moments){20, 640, 21780}, peers),
	        VERDICT_SIGNIFICANTLY_HIGHER);
}

Test(rates, false_discoveries)
{
	const double p[] = {0.205, 0.001, 0.042, 0.008, 0.039, 0.216, 0.041, 0.06, 0.212, 0.074};
	static const double by_hochberg[] = {
	        0.216, 0.01, 0.084, 0.04, 0.084, 0.216, 0.084, 0.1, 0.216, 0.10571428571428572};
	static const double by_yekutieli[] = {0.6326571428571428, 0.02928968253968254,
	        0.24603333333333333, 0.11715873015873016, 0.24603333333333333, 0.6326571428571428,
	        0.24603333333333333, 0.2928968253968254, 0.6326571428571428, 0.3096337868480726};
	double q[10];
	size_t order[10];

	false_discovery(p, 10, 0, q, order);
	for (size_t i = 0; i < 10; i++)
		expect(q[i], by_hochberg[i], 1e-12, "BH", i);
	false_discovery(p, 10, 1, q, order);
	for (size_t i = 0; i < 10; i++)
		expect(q[i], by_yekutieli[i], 1e-12, "BY", i);
	false_discovery(p, 0, 0, q, order);
	false_discovery((double[]){1}, 1, 1, q, order);
	cr_expect_eq(q[0], 1);
}

Test(rates, case_mix)
{
	const struct stratum strata[] = {{40, 28, 0.5}, {25, 12, 0.3}, {60, 45, 0.6}};
	struct observed_expected got = case_mix(strata, 3);

	expect(got.observed, 85, 0, "observed", 0);
	expect(got.expected, 63.5, 1e-14, "expected", 0);
	expect(got.ratio, 1.3385826771653544, 1e-13, "ratio", 0);
	expect(got.z, 3.948445165414268, 1e-12, "z", 0);
	cr_expect_eq(case_mix((struct stratum[]){{5, 0, 0}}, 1).z, 0);
}

/* ---- Mix ---- */

Test(mix, benford)
{
	const uint64_t close[] = {301, 176, 125, 97, 79, 67, 58, 51, 46};
	const uint64_t flat[] = {111, 111, 111, 111, 111, 111, 111, 111, 111};

	expect(benford_share(1), 0.3010299956639812, 1e-15, "share", 1);
	expect(benford_share(9), 0.04575749056067514, 1e-14, "share", 9);
	expect(benford_test(close).chi_square, 0.0023622171891271543, 1e-9, "chi", 0);
	expect(benford_test(close).mean_deviation, 0.00010111626992634888, 1e-9, "mad", 0);
	expect(benford_test(flat).chi_square, 401.29659461926803, 1e-12, "chi", 1);
	expect(benford_test(flat).mean_deviation, 0.05971703510991756, 1e-12, "mad", 1);
	cr_expect_eq(benford_test((uint64_t[DIGITS]){0}).chi_square, 0);
}

Test(mix, levels)
{
	const uint64_t counts[] = {1, 2, 20, 60, 117};
	const double peers[] = {0.03, 0.08, 0.4, 0.4, 0.09}, fees[] = {25, 57, 92, 130, 183};
	static const double smoothed[] = {0.007272727272727273, 0.016363636363636365,
	        0.12727272727272726, 0.3090909090909091, 0.54};
	double shares[5], kl;

	shares_smooth(counts, peers, 5, 20, shares);
	for (size_t i = 0; i < 5; i++)
		expect(shares[i], smoothed[i], 1e-14, "share", i);
	kl = divergence(shares, peers, 5);
	expect(kl, 0.7058389143450552, 1e-13, "KL", 0);
	expect(g_statistic(200, kl), 282.33556573802207, 1e-13, "G", 0);
	expect(jensen_shannon(shares, peers, 5), 0.2081497155007888, 1e-13, "JS", 0);
	expect(entropy_bits(counts, 5), 1.4104328406471414, 1e-13, "entropy", 0);
	expect(level_mean(counts, 5), 4.45, 1e-14, "level", 0);
	expect(level_excess(counts, peers, fees, 5), 9074, 1e-12, "dollars", 0);
	cr_expect_eq(level_excess((uint64_t[]){200, 0, 0, 0, 0}, peers, fees, 5), 0);
	expect(herfindahl((uint64_t[]){1, 1, 2}, 3), 0.375, 1e-15, "HHI", 0);
	cr_expect_eq(level_mean((uint64_t[]){0, 0}, 2), 0);
}

Test(mix, cusum)
{
	const double values[] = {10, 11, 9, 10, 12, 10, 18, 20, 22, 21};
	static const double sums[] = {0, 0.5, 0, 0, 1.5, 1, 8.5, 18, 29.5, 40};
	const struct cusum cusum = {.mean = 10, .sigma = 1, .slack = 0.5, .limit = 5};
	double got[10];

	cr_expect_eq(cusum_alarm(&cusum, values, 10, got), 6);
	for (size_t i = 0; i < 10; i++)
		cr_expect_eq(got[i], sums[i], "%zu: %g", i, got[i]);
	cr_expect_eq(cusum_alarm(&cusum, values, 6, got), 6, "no alarm");
}

Test(mix, jaccard)
{
	const uint64_t a[] = {1, 3, 5, 7, 9}, b[] = {3, 4, 5, 8, 9};
	struct jaccard got = jaccard_of(a, 5, b, 5, 4); /* 1 3 4 5: two of four */

	expect(got.share, 0.5, 0, "share", 0);
	expect(got.error, 0.25, 1e-15, "error", 0);
	expect(jaccard_of(a, 5, b, 5, 100).share, 3.0 / 7, 1e-15, "share", 1);
	expect(jaccard_of(a, 5, a, 5, 256).share, 1, 0, "share", 2);
	cr_expect_eq(jaccard_of(a, 0, b, 0, 4).share, 0);
}

Test(mix, score)
{
	double severities[] = {severity_of_z(6), severity_of_z(4.5), severity_of_z(3)};

	expect(severities[0], 0.8482836399575131, 1e-13, "severity", 0);
	expect(severities[1], 0.4621171572600098, 1e-13, "severity", 1);
	cr_expect_eq(severities[2], 0);
	expect(score_of(severities, 3), 918.3943729701833, 1e-13, "score", 0);
	cr_expect_eq(score_of(NULL, 0), 0);
}
