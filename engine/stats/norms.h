/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Norms: what the peers of a run were like, for the next run to be judged by.
 *
 * Every run writes norms.csv; --norms FILE reads one.  A norm is some figures
 * under (kind, peer group, rule, measure, key):
 *
 *	peers    a measure's values over a group: how many, their quantiles, and
 *	         what rates are shrunk and tested by
 *	share    a level of an E/M family, or a code: its share of the group's
 *	         services, and the mean amount
 *	price    a code, its modifier class and setting: dollars a unit over all
 *lines
 */
#ifndef STATS_NORMS_H
#define STATS_NORMS_H

#include "base/diag.h"
#include "history/prices.h"
#include "stats/groups.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum norm_kind { NORM_PEERS, NORM_SHARE, NORM_PRICE, NORM_KINDS };

/* Figures, by the names of their columns.  Those that a kind has not are NAN.
 */
enum norm_figure {
	NORM_MEAN, /* of a rate: what it is tested against; of a share: the share */
	NORM_MEDIAN,
	NORM_MAD,
	NORM_P20,
	NORM_P80,
	NORM_P90,
	NORM_P95,
	NORM_P99,
	NORM_CENTRE, /* z is (transformed value - centre) / scale; 0 scale: none */
	NORM_SCALE,
	NORM_PHI,   /* overdispersion of the funnel */
	NORM_ALPHA, /* of what rates are shrunk by */
	NORM_BETA,
	NORM_FEE, /* of a share: the mean amount, in dollars */
	NORM_FIGURES
};

enum { NORM_MEASURE_SIZE = 32, NORM_KEY_SIZE = 24, NORM_RULE_SIZE = 8 };

struct norm {
	uint8_t kind; /* enum norm_kind */
	char group[PEER_GROUP_SIZE], rule[NORM_RULE_SIZE];
	char measure[NORM_MEASURE_SIZE], key[NORM_KEY_SIZE];
	uint64_t n; /* providers; of a share or a price: lines */
	double figures[NORM_FIGURES];
};

const char *norm_kind_name(unsigned kind);
const char *norm_figure_name(unsigned figure);

/* Blank but for the key; the texts are cut to their room. */
void norm_init(struct norm *norm, enum norm_kind kind, const char *rule, const char *measure);

struct norms; /* const once read; any thread may look in */

/*
 * Read a norms.csv.  Returns 0, FAIL_INPUT if it cannot be read, FAIL_TABLE
 * with file and line if it does not parse.
 */
int norms_read(struct norms **norms, const char *path, struct diag *diag);
void norms_destroy(struct norms *norms); /* takes NULL */

/* XXH3-64 of its rows, whatever their order. */
uint64_t norms_hash(const struct norms *norms);

/* The norm of a key, whose figures and n are not looked at; NULL: none, or no
 * norms. */
const struct norm *norms_find(const struct norms *norms, const struct norm *key);

const struct norm *norms_all(const struct norms *norms, size_t *count);

/* Those that are prices of units; *prices NULL: there are none.  0 or FAIL_MEMORY. */
int norms_prices(const struct norms *norms, struct prices **prices, struct diag *diag);

/* In the order of the file that a run writes: kind, group, rule, measure, key.
 */
int norm_compare(const void *a, const void *b);

#endif
