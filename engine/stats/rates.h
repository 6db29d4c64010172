/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rates and counts of providers: intervals, shrinkage towards the peers,
 * funnel limits, tests.
 */
#ifndef STATS_RATES_H
#define STATS_RATES_H

#include <stddef.h>
#include <stdint.h>

struct interval {
	double low, high;
};

/* k of n, both ends of 95 %, within [0, 1].  Wilson 1927.  n > 0. */
struct interval wilson(uint64_t k, uint64_t n);
struct interval wilson_at(uint64_t k, uint64_t n, double z);

/* The least n whose interval's half-width is at most half, for a share of one half. */
uint64_t wilson_size(double half, double z);

struct count {
	uint64_t k, n;
};

/*
 * Beta-binomial by Kleinman's moments (JASA 1973).  Where the rates vary no
 * more than chance, alpha and beta are 0 and every rate shrinks to the mean.
 */
struct beta_binomial {
	double mean, rho, alpha, beta;
};
struct beta_binomial beta_binomial_fit(const struct count counts[], size_t count);
double beta_binomial_shrunk(const struct beta_binomial *fit, struct count count);

/* Pr(rate > threshold), given the count. */
double beta_binomial_above(const struct beta_binomial *fit, struct count count, double threshold);

struct exposure {
	uint64_t observed;
	double expected; /* > 0 */
};

/* Gamma-Poisson by Marshall's moments (1991).  variance 0: every ratio shrinks to the mean. */
struct gamma_poisson {
	double mean, variance, shape, rate;
};
struct gamma_poisson gamma_poisson_fit(const struct exposure exposures[], size_t count);
double gamma_poisson_shrunk(const struct gamma_poisson *fit, struct exposure exposure);

/* Pr(ratio > threshold), given the count. */
double gamma_poisson_above(
        const struct gamma_poisson *fit, struct exposure exposure, double threshold);

/* The z of a rate about a target, 0 < target < 1; Spiegelhalter 2005. */
double funnel_z(struct count count, double target);

/* Overdispersion: the mean square, the outer trim of each side set to the nearest kept. */
double funnel_phi(const double z[], size_t count, double trim, double scratch[]);
double funnel_adjusted(double z, double phi);

/* Additive variance between providers, 0 if there is none; weights: 1/s^2 of each. */
double funnel_tau_squared(const double weights[], size_t count, double phi);

/* Chi-square of a 2 x 2 table without correction; 0 where a margin is empty. */
double chi_square_2x2(uint64_t a, uint64_t b, uint64_t c, uint64_t d);

struct moments {
	uint64_t n;
	double sum, sum_squares;
};

/* Welch's t, and the degrees of freedom of Welch and Satterthwaite; 0, 0 where it has none. */
struct welch {
	double t, df;
};
struct welch welch_t(struct moments provider, struct moments peers);

/* CBR's words for a provider beside its peers. */
enum verdict {
	VERDICT_NOT_APPLICABLE,
	VERDICT_DOES_NOT_EXCEED,
	VERDICT_HIGHER,
	VERDICT_SIGNIFICANTLY_HIGHER,
	VERDICTS
};
const char *verdict_name(enum verdict verdict);
enum verdict verdict_of_rates(struct count provider, struct count peers);
enum verdict verdict_of_means(struct moments provider, struct moments peers);

/*
 * q of each p: the least rate of false discoveries at which it is one.
 * Benjamini and Hochberg 1995; dependent: Benjamini and Yekutieli 2001.
 * order: scratch of count.
 */
void false_discovery(const double p[], size_t count, int dependent, double q[], size_t order[]);

/* Observed over expected by strata, and its z. */
struct stratum {
	uint64_t n, observed;
	double peer_rate;
};
struct observed_expected {
	double observed, expected, ratio, z; /* ratio and z 0 where nothing can vary */
};
struct observed_expected case_mix(const struct stratum strata[], size_t count);

#endif
