/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a provider's services are made of: shares against the peers' shares,
 * E/M levels, first digits, months, shared patients, and the score.
 */
#ifndef STATS_MIX_H
#define STATS_MIX_H

#include <stddef.h>
#include <stdint.h>

enum { DIGITS = 9 };

/* Of a first digit from 1; Newcomb 1881, Benford 1938. */
double benford_share(unsigned digit);

struct benford {
	uint64_t n;
	double chi_square;     /* 8 degrees of freedom; 15.507 at 5 %, 20.090 at 1 % */
	double mean_deviation; /* of shares; Nigrini: over 0.015 does not conform */
};
struct benford benford_test(const uint64_t counts[DIGITS]);
struct benford digits_test(const uint64_t counts[DIGITS], const double shares[DIGITS]);

/* Smoothed towards the peers by alpha observations: (n_c + alpha q_c) / (n + alpha). */
void shares_smooth(
        const uint64_t counts[], const double peers[], size_t count, double alpha, double shares[]);

double divergence(const double p[], const double q[], size_t count); /* Kullback-Leibler, nats */
double jensen_shannon(const double p[], const double q[], size_t count); /* bits */
double g_statistic(uint64_t n, double divergence);                       /* 2 n KL, count - 1 df */
double entropy_bits(const uint64_t counts[], size_t count);
double herfindahl(const uint64_t counts[], size_t count); /* 0 to 1 */

/* The mean level, levels counted from 1; 0 without services. */
double level_mean(const uint64_t counts[], size_t levels);

/* Dollars above the peers' mix: sum n (p - q) fee, floored at 0 as a whole. */
double level_excess(
        const uint64_t counts[], const double peers[], const double fees[], size_t levels);

/* Upper cumulative sum about a mean; returns the first index over the limit, or count. */
struct cusum {
	double mean, sigma, slack, limit; /* slack and limit in sigmas: 0.5 and 5 */
};
size_t cusum_alarm(const struct cusum *cusum, const double values[], size_t count, double sums[]);

/* Share of two sets' union that is in both, from their k smallest hashes, ascending. */
struct jaccard {
	double share, error; /* sqrt(J (1 - J) / k) */
};
struct jaccard jaccard_of(
        const uint64_t a[], size_t a_count, const uint64_t b[], size_t b_count, size_t k);

/* ---- The score: rules/README 4.2, formula 19 ---- */

/* 0 up to z 3.5, then towards 1. */
double severity_of_z(double z);

/* 1000 (1 - product of (1 - s)), over the families' largest severities. */
double score_of(const double severities[], size_t families);

#endif
