/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/rates.h"

#include "stats/peers.h"
#include "stats/special.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double z_of_95_percent = 1.959963984540054;
static const double chi_square_of_5_percent = 3.841458820694124; /* one degree of freedom */
enum { FEWEST = 11 }; /* CMS shows, and compares, no cell below it */

/* ---- Intervals ---- */

struct interval wilson_at(uint64_t k, uint64_t n, double z)
{
	double size = (double)n, share = (double)k / size, square = z * z;
	double middle = share + square / (2 * size);
	double reach = z * sqrt(share * (1 - share) / size + square / (4 * size * size));
	double whole = 1 + square / size;
	struct interval interval = {(middle - reach) / whole, (middle + reach) / whole};

	/* At the ends the two parts are equal but for rounding. */
	if (k == 0 || interval.low < 0)
		interval.low = 0;
	if (k == n || interval.high > 1)
		interval.high = 1;
	return interval;
}

struct interval wilson(uint64_t k, uint64_t n)
{
	return wilson_at(k, n, z_of_95_percent);
}

/* Half-width at one half: z / (2 sqrt(n + z^2)). */
uint64_t wilson_size(double half, double z)
{
	double size = ceil(z * z / (4 * half * half) - z * z);

	return size < 1 ? 1 : (uint64_t)size;
}

/* ---- Shrinkage ---- */

struct beta_binomial beta_binomial_fit(const struct count counts[], size_t count)
{
	struct beta_binomial fit = {0};
	double events = 0, all = 0, spread = 0, room = 0, weights = 0;

	for (size_t i = 0; i < count; i++) {
		events += (double)counts[i].k;
		all += (double)counts[i].n;
	}
	if (all == 0)
		return fit;
	fit.mean = events / all;
	double variance = fit.mean * (1 - fit.mean);

	for (size_t i = 0; i < count; i++) {
		double n = (double)counts[i].n;
		double apart = n > 0 ? (double)counts[i].k / n - fit.mean : 0;
		double rest = 1 - n / all;

		spread += n * apart * apart;
		room += n > 0 ? rest : 0;
		weights += n * rest;
	}
	if (variance * (weights - room) > 0)
		fit.rho = (spread - variance * room) / (variance * (weights - room));
	if (fit.rho <= 0 || fit.rho >= 1) {
		fit.rho = fit.rho < 0 ? 0 : fit.rho;
		return fit;
	}
	double prior = (1 - fit.rho) / fit.rho;

	fit.alpha = fit.mean * prior;
	fit.beta = (1 - fit.mean) * prior;
	return fit;
}

double beta_binomial_shrunk(const struct beta_binomial *fit, struct count count)
{
	double n = (double)count.n;

	if (fit->rho >= 1 && n > 0)
		return (double)count.k / n;
	if (fit->alpha + fit->beta == 0)
		return fit->mean;
	return ((double)count.k + fit->alpha) / (n + fit->alpha + fit->beta);
}

double beta_binomial_above(const struct beta_binomial *fit, struct count count, double threshold)
{
	double hits = (double)count.k + fit->alpha;
	double rest = (double)(count.n - count.k) + fit->beta;

	if (fit->alpha + fit->beta == 0)
		return fit->mean > threshold;
	/* The other tail, so that what is nearly 1 keeps its figures. */
	return beta_regularised(1 - threshold, rest, hits);
}

struct gamma_poisson gamma_poisson_fit(const struct exposure exposures[], size_t count)
{
	struct gamma_poisson fit = {0};
	double observed = 0, expected = 0, spread = 0;

	for (size_t i = 0; i < count; i++) {
		observed += (double)exposures[i].observed;
		expected += exposures[i].expected;
	}
	if (expected <= 0)
		return fit;
	fit.mean = observed / expected;
	for (size_t i = 0; i < count; i++) {
		double apart = (double)exposures[i].observed / exposures[i].expected - fit.mean;

		spread += exposures[i].expected * apart * apart;
	}
	fit.variance = spread / expected - fit.mean * (double)count / expected;
	if (fit.variance <= 0) {
		fit.variance = 0;
		return fit;
	}
	fit.shape = fit.mean * fit.mean / fit.variance;
	fit.rate = fit.mean / fit.variance;
	return fit;
}

double gamma_poisson_shrunk(const struct gamma_poisson *fit, struct exposure exposure)
{
	if (fit->variance == 0)
		return fit->mean;
	return ((double)exposure.observed + fit->shape) / (exposure.expected + fit->rate);
}

double gamma_poisson_above(
        const struct gamma_poisson *fit, struct exposure exposure, double threshold)
{
	if (fit->variance == 0)
		return fit->mean > threshold;
	return gamma_upper((double)exposure.observed + fit->shape,
	        threshold * (exposure.expected + fit->rate));
}

/* ---- Funnel ---- */

double funnel_z(struct count count, double target)
{
	double n = (double)count.n;

	return ((double)count.k / n - target) / sqrt(target * (1 - target) / n);
}

double funnel_phi(const double z[], size_t count, double trim, double scratch[])
{
	size_t side = (size_t)(trim * (double)count);
	double sum = 0;

	if (count == 0)
		return 1;
	memcpy(scratch, z, count * sizeof(*z));
	double low = values_select(scratch, count, side);
	double high = values_select(scratch, count, count - side - 1);

	for (size_t i = 0; i < count; i++) {
		double kept = z[i] < low ? low : z[i] > high ? high : z[i];

		sum += kept * kept;
	}
	return sum / (double)count;
}

double funnel_adjusted(double z, double phi)
{
	return z / sqrt(phi > 1 ? phi : 1);
}

double funnel_tau_squared(const double weights[], size_t count, double phi)
{
	double sum = 0, squares = 0, tau;

	for (size_t i = 0; i < count; i++) {
		sum += weights[i];
		squares += weights[i] * weights[i];
	}
	if (sum <= 0 || sum - squares / sum <= 0)
		return 0;
	tau = ((double)count * phi - (double)(count - 1)) / (sum - squares / sum);
	return tau > 0 ? tau : 0;
}

/* ---- Tests ---- */

double chi_square_2x2(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	double rows = ((double)a + (double)b) * ((double)c + (double)d);
	double columns = ((double)a + (double)c) * ((double)b + (double)d);
	double cross = (double)a * (double)d - (double)b * (double)c;
	double all = (double)a + (double)b + (double)c + (double)d;

	return rows * columns > 0 ? all * cross * cross / rows / columns : 0;
}

/* The sample's variance, divided by n. */
static double squared_error(struct moments moments)
{
	double n = (double)moments.n;

	return (moments.sum_squares - moments.sum * moments.sum / n) / (n - 1) / n;
}

struct welch welch_t(struct moments provider, struct moments peers)
{
	struct welch welch = {0};
	double own, others, both;

	if (provider.n < 2 || peers.n < 2)
		return welch;
	own = squared_error(provider);
	others = squared_error(peers);
	both = own + others;
	if (both <= 0)
		return welch;
	welch.t = (provider.sum / (double)provider.n - peers.sum / (double)peers.n) / sqrt(both);
	welch.df = both * both /
	           (own * own / (double)(provider.n - 1) + others * others / (double)(peers.n - 1));
	return welch;
}

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[VERDICTS] = {
	        "not applicable", "does not exceed", "higher", "significantly higher"};

	return names[verdict];
}

static enum verdict verdict_of(int higher, int significant)
{
	if (!higher)
		return VERDICT_DOES_NOT_EXCEED;
	return significant ? VERDICT_SIGNIFICANTLY_HIGHER : VERDICT_HIGHER;
}

enum verdict verdict_of_rates(struct count provider, struct count peers)
{
	if (provider.n < FEWEST || peers.n < FEWEST)
		return VERDICT_NOT_APPLICABLE;
	return verdict_of(
	        (double)provider.k / (double)provider.n > (double)peers.k / (double)peers.n,
	        chi_square_2x2(provider.k, provider.n - provider.k, peers.k, peers.n - peers.k) >
	                chi_square_of_5_percent);
}

enum verdict verdict_of_means(struct moments provider, struct moments peers)
{
	struct welch welch = welch_t(provider, peers);

	if (provider.n < FEWEST || peers.n < FEWEST)
		return VERDICT_NOT_APPLICABLE;
	return verdict_of(provider.sum / (double)provider.n > peers.sum / (double)peers.n,
	        welch.df > 0 && 2 * student_upper(fabs(welch.t), welch.df) < 0.05);
}

/* ---- False discoveries ---- */

/* A heap of indexes, the greatest p on top, ties by index: no compare function
 * needs the array. */
static int before(const double p[], size_t a, size_t b)
{
	return p[a] != p[b] ? p[a] < p[b] : a < b;
}

static void sift(const double p[], size_t order[], size_t at, size_t count)
{
	size_t moved = order[at];

	for (size_t child; (child = 2 * at + 1) < count; at = child) {
		if (child + 1 < count && before(p, order[child], order[child + 1]))
			child++;
		if (!before(p, moved, order[child]))
			break;
		order[at] = order[child];
	}
	order[at] = moved;
}

void false_discovery(const double p[], size_t count, int dependent, double q[], size_t order[])
{
	double factor = (double)count, least = 1;

	for (size_t i = 0; i < count; i++)
		order[i] = i;
	if (dependent) {
		double harmonic = 0;

		for (size_t i = 1; i <= count; i++)
			harmonic += 1 / (double)i;
		factor *= harmonic;
	}
	for (size_t i = count / 2; i-- > 0;)
		sift(p, order, i, count);
	/* From the greatest down, each with its rank. */
	for (size_t rank = count; rank > 0; rank--) {
		size_t greatest = order[0];
		double adjusted = p[greatest] * factor / (double)rank;

		least = adjusted < least ? adjusted : least;
		q[greatest] = least;
		order[0] = order[rank - 1];
		sift(p, order, 0, rank - 1);
	}
}

/* ---- Case mix ---- */

struct observed_expected case_mix(const struct stratum strata[], size_t count)
{
	struct observed_expected result = {0};
	double variance = 0;

	for (size_t i = 0; i < count; i++) {
		double n = (double)strata[i].n, rate = strata[i].peer_rate;

		result.observed += (double)strata[i].observed;
		result.expected += n * rate;
		variance += n * rate * (1 - rate);
	}
	if (result.expected > 0)
		result.ratio = result.observed / result.expected;
	if (variance > 0)
		result.z = (result.observed - result.expected) / sqrt(variance);
	return result;
}
