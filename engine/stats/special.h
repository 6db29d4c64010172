/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The distributions that tests and intervals are read from.
 *
 * Each is good to about 1e-13 relative, tails included (tests/test_stats.c
 * compares with values reckoned to fifty digits).  Sources: NIST DLMF 7, 8.9,
 * 8.17 (continued fractions), evaluated by Lentz's method.
 */
#ifndef STATS_SPECIAL_H
#define STATS_SPECIAL_H

/* P(Z > z) of a standard normal. */
double normal_upper(double z);

/* The z with P(Z > z) = p, 0 < p < 1. */
double normal_upper_inverse(double p);

/* P(X > x) of a chi-square of df degrees of freedom; x below 0 is 0. */
double chi_square_upper(double x, double df);

/* P(T > t) of Student's t of df degrees of freedom, df > 0. */
double student_upper(double t, double df);

/* The regularised incomplete beta function I_x(a, b); a, b > 0, 0 <= x <= 1. */
double beta_regularised(double x, double a, double b);

/* The regularised upper incomplete gamma function Q(a, x); a > 0, x >= 0. */
double gamma_upper(double a, double x);

#endif
