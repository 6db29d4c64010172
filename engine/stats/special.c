/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/special.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

/* A continued fraction of these converges within some tens of terms, or with
 * their square root. */
enum { TERMS_MAX = 100000 };

static const double tiny = 1e-300;

double normal_upper(double z)
{
	return 0.5 * erfc(z * M_SQRT1_2);
}

/* Bisect, then two steps of Newton; called a few times a run. */
double normal_upper_inverse(double p)
{
	double low = -40, high = 40;

	for (int i = 0; i < 64; i++) {
		double middle = 0.5 * (low + high);

		if (normal_upper(middle) > p)
			low = middle;
		else
			high = middle;
	}
	return 0.5 * (low + high);
}

/* lgamma() also writes a variable that all threads share. */
static double log_gamma(double a)
{
	int sign;

	return lgamma_r(a, &sign);
}

/* ln of x^a e^-x / Gamma(a), without the cancellation that large a and x would
 * bring. */
static double log_gamma_term(double a, double x)
{
	if (a < 30)
		return a * log(x) - x - log_gamma(a);
	double ratio = (x - a) / a;
	/* ln Gamma(a) by Stirling's series, whose large parts cancel against a ln x -
	 * x. */
	double series = (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - 1.0 / 1680 / (a * a)) / (a * a)) /
	                                    (a * a)) /
	                a;

	return a * (log1p(ratio) - ratio) + 0.5 * log(a / (2 * M_PI)) - series;
}

/* P(a, x) by its series: x < a + 1. */
static double gamma_series(double a, double x)
{
	double term = 1 / a, sum = term;

	for (int n = 1; n < TERMS_MAX && fabs(term) > fabs(sum) * DBL_EPSILON / 4; n++) {
		term *= x / (a + n);
		sum += term;
	}
	return sum * exp(log_gamma_term(a, x));
}

/* Q(a, x) by its continued fraction (DLMF 8.9.2): x >= a + 1. */
static double gamma_fraction(double a, double x)
{
	double b = x + 1 - a, c = 1 / tiny, d = 1 / b, value = d;

	for (int i = 1; i < TERMS_MAX; i++) {
		double factor = -i * (i - a);

		b += 2;
		d = factor * d + b;
		d = fabs(d) < tiny ? tiny : d;
		c = b + factor / c;
		c = fabs(c) < tiny ? tiny : c;
		d = 1 / d;
		value *= d * c;
		if (fabs(d * c - 1) < DBL_EPSILON)
			break;
	}
	return exp(log_gamma_term(a, x)) * value;
}

double gamma_upper(double a, double x)
{
	if (x <= 0)
		return 1;
	return x < a + 1 ? 1 - gamma_series(a, x) : gamma_fraction(a, x);
}

double chi_square_upper(double x, double df)
{
	return gamma_upper(df / 2, x / 2);
}

/* What is left of Stirling's formula for ln Gamma(a): a > 10. */
static double stirling_rest(double a)
{
	double square = a * a;

	return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - (1.0 / 1188 - 691.0 / 360360 /
	                                                                                  square) /
	                                                                    square) /
	                                                      square) /
	                                        square) /
	                           square) /
	       a;
}

/* x ln(y) about y = 1, where y is known as a difference from it: u ln(1 + d/u).
 */
static double scaled_log(double whole, double part)
{
	return whole * log1p(part / whole);
}

/*
 * ln of x^a y^b / B(a, b), y = 1 - x.  For large a and b the powers and B
 * cancel nearly: with p = a/(a+b) it is a ln(x/p) + b ln(y/(1-p)) and small
 * terms.
 */
static double log_beta_term(double x, double y, double a, double b)
{
	double sum = a + b;

	if (a < 15 || b < 15)
		return a * log(x) + b * log(y) + log_gamma(sum) - log_gamma(a) - log_gamma(b);
	double shift = x < y ? x * sum - a : b - y * sum; /* of a, and less of b */

	return scaled_log(a, shift) + scaled_log(b, -shift) +
	       0.5 * log(a / (2 * M_PI) * (b / sum)) + stirling_rest(sum) - stirling_rest(a) -
	       stirling_rest(b);
}

/* DLMF 8.17.22, for x below (a + 1)/(a + b + 2). */
static double beta_fraction(double x, double a, double b)
{
	double c = 1, d = 1 - (a + b) * x / (a + 1), value;

	d = 1 / (fabs(d) < tiny ? tiny : d);
	value = d;
	for (int m = 1; m < TERMS_MAX; m++) {
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));

		d = 1 + even * d;
		d = 1 / (fabs(d) < tiny ? tiny : d);
		c = 1 + even / c;
		c = fabs(c) < tiny ? tiny : c;
		value *= d * c;
		d = 1 + odd * d;
		d = 1 / (fabs(d) < tiny ? tiny : d);
		c = 1 + odd / c;
		c = fabs(c) < tiny ? tiny : c;
		value *= d * c;
		if (fabs(d * c - 1) < DBL_EPSILON)
			break;
	}
	return value;
}

/* Both x and y = 1 - x are given, as the smaller has figures that the larger's
 * lacks. */
static double beta_of(double x, double y, double a, double b)
{
	if (x <= 0 || y <= 0)
		return x <= 0 ? 0 : 1;
	double term = exp(log_beta_term(x, y, a, b));

	if (x < (a + 1) / (a + b + 2))
		return term * beta_fraction(x, a, b) / a;
	return 1 - term * beta_fraction(y, b, a) / b;
}

double beta_regularised(double x, double a, double b)
{
	return beta_of(x, 1 - x, a, b);
}

double student_upper(double t, double df)
{
	double whole = df + t * t;
	double tail = beta_of(df / whole, t * t / whole, df / 2, 0.5);

	return t > 0 ? 0.5 * tail : 1 - 0.5 * tail;
}
