/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A measure's values over a peer group, and what each provider looks like
 * beside the others.
 *
 * Every figure but the percentile rank leaves the provider itself out.  All of
 * a group's figures come from one sort: without one value an order statistic is
 * its own neighbour, and the median without one value is one of three, so that
 * the deviations from it are put in order three times at most.
 */
#ifndef STATS_PEERS_H
#define STATS_PEERS_H

#include <stddef.h>
#include <stdint.h>

/* Type 7 of Hyndman and Fan: linear between order statistics; count > 0, 0 <= p <= 1. */
double quantile(const double sorted[], size_t count, double p);

/* Sort ascending; no NaN. */
void values_sort(double values[], size_t count);

/* What would stand at place if they were sorted; they are moved about.  count > place. */
double values_select(double values[], size_t count, size_t place);

struct peer_figures {
	uint32_t peers;     /* the others; without any, all below is 0 */
	double median, mad; /* median absolute deviation, not scaled */
	double q1, q3, p20, p80, p90, p95;
	double scale; /* MAD / 0.67449, else IQR / 1.34898, else 1.2533 mean deviations; 0: none */
	double z;     /* (value - median) / scale; 0 where there is no scale */
	double percentile; /* 100 * those strictly lower / all, the provider among them (PEPPER) */
};

/*
 * Fill figures[i] for values[i].  scratch: peers_scratch_bytes(),
 * aligned as malloc does.
 */
size_t peers_scratch_bytes(size_t count);
void peers_figures(
        const double values[], size_t count, struct peer_figures figures[], void *scratch);

/* All values of a group, nobody left out: what the next run may compare with. */
struct peer_spread {
	uint32_t count;
	double median, mad, scale, q1, q3, p20, p80, p90, p95, p99;
};

/* After peers_figures() of as many, with its scratch: the values in order. */
const double *peers_sorted(void *scratch, size_t count);

/* ... */
void peers_spread(size_t count, void *scratch, struct peer_spread *spread);

/* Above it: unusually high (times 1.5) or extreme (times 3); by the others' quartiles. */
double tukey_fence(const struct peer_figures *figures, double times);

#endif
