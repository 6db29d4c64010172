/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/mix.h"

#include <math.h>

static const double z_of_a_flag = 3.5; /* Iglewicz and Hoaglin 1993 */

static uint64_t total(const uint64_t counts[], size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += counts[i];
	return sum;
}

/* ---- First digits ---- */

double benford_share(unsigned digit)
{
	return log10(1 + 1 / (double)digit);
}

struct benford digits_test(const uint64_t counts[DIGITS], const double shares[DIGITS])
{
	struct benford test = {.n = total(counts, DIGITS)};
	double n = (double)test.n;

	for (unsigned i = 0; i < DIGITS && test.n > 0; i++) {
		double expected = n * shares[i], apart = (double)counts[i] - expected;

		test.chi_square += expected > 0 ? apart * apart / expected : 0;
		test.mean_deviation += fabs((double)counts[i] / n - shares[i]) / DIGITS;
	}
	return test;
}

struct benford benford_test(const uint64_t counts[DIGITS])
{
	double shares[DIGITS];

	for (unsigned i = 0; i < DIGITS; i++)
		shares[i] = benford_share(i + 1);
	return digits_test(counts, shares);
}

/* ---- Shares ---- */

void shares_smooth(
        const uint64_t counts[], const double peers[], size_t count, double alpha, double shares[])
{
	double all = (double)total(counts, count) + alpha;

	for (size_t i = 0; i < count; i++)
		shares[i] = all > 0 ? ((double)counts[i] + alpha * peers[i]) / all : 0;
}

double divergence(const double p[], const double q[], size_t count)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++) {
		if (p[i] > 0 && q[i] > 0)
			sum += p[i] * log(p[i] / q[i]);
	}
	return sum;
}

double jensen_shannon(const double p[], const double q[], size_t count)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++) {
		double middle = (p[i] + q[i]) / 2;

		sum += p[i] > 0 ? p[i] * log2(p[i] / middle) / 2 : 0;
		sum += q[i] > 0 ? q[i] * log2(q[i] / middle) / 2 : 0;
	}
	return sum;
}

double g_statistic(uint64_t n, double of)
{
	return 2 * (double)n * of;
}

double entropy_bits(const uint64_t counts[], size_t count)
{
	double all = (double)total(counts, count), sum = 0;

	for (size_t i = 0; i < count; i++) {
		double share = counts[i] ? (double)counts[i] / all : 0;

		sum -= share > 0 ? share * log2(share) : 0;
	}
	return sum;
}

double herfindahl(const uint64_t counts[], size_t count)
{
	double all = (double)total(counts, count), sum = 0;

	for (size_t i = 0; i < count; i++) {
		double share = counts[i] ? (double)counts[i] / all : 0;

		sum += share * share;
	}
	return sum;
}

/* ---- E/M levels ---- */

double level_mean(const uint64_t counts[], size_t levels)
{
	uint64_t all = total(counts, levels), sum = 0;

	for (size_t i = 0; i < levels; i++)
		sum += (i + 1) * counts[i];
	return all ? (double)sum / (double)all : 0;
}

double level_excess(
        const uint64_t counts[], const double peers[], const double fees[], size_t levels)
{
	double all = (double)total(counts, levels), sum = 0;

	for (size_t i = 0; i < levels; i++)
		sum += ((double)counts[i] - all * peers[i]) * fees[i];
	return sum > 0 ? sum : 0;
}

/* ---- Months ---- */

size_t cusum_alarm(const struct cusum *cusum, const double values[], size_t count, double sums[])
{
	size_t first = count;
	double sum = 0;

	for (size_t i = 0; i < count; i++) {
		sum += (values[i] - cusum->mean) / cusum->sigma - cusum->slack;
		sum = sum > 0 ? sum : 0;
		sums[i] = sum;
		if (first == count && sum > cusum->limit)
			first = i;
	}
	return first;
}

/* ---- Shared patients ---- */

struct jaccard jaccard_of(
        const uint64_t a[], size_t a_count, const uint64_t b[], size_t b_count, size_t k)
{
	size_t i = 0, j = 0, seen = 0, both = 0;
	struct jaccard jaccard = {0};

	for (; seen < k && (i < a_count || j < b_count); seen++) {
		int in_a = i < a_count && (j == b_count || a[i] <= b[j]);
		int in_b = j < b_count && (i == a_count || b[j] <= a[i]);

		both += (size_t)(in_a & in_b);
		i += (size_t)in_a;
		j += (size_t)in_b;
	}
	if (seen == 0)
		return jaccard;
	jaccard.share = (double)both / (double)seen;
	jaccard.error = sqrt(jaccard.share * (1 - jaccard.share) / (double)seen);
	return jaccard;
}

/* ---- The score ---- */

double severity_of_z(double z)
{
	double severity = 2 / (1 + exp(z_of_a_flag - z)) - 1;

	return severity > 0 ? severity : 0;
}

double score_of(const double severities[], size_t families)
{
	double rest = 1;

	for (size_t i = 0; i < families; i++)
		rest *= 1 - severities[i];
	return 1000 * (1 - rest);
}
