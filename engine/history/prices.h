/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a unit of each code costs, over all lines: the norms of STA-01.
 *
 * Lines are counted in bins of 2 % (DDSketch with alpha 0.01, Masson and others
 * 2019): integers, which add up in any order.  The bins of all lines are tallied
 * for nobody (PRICE_NOBODY) while beneficiaries are walked; before providers' days
 * are, they become prices.  Bounds are products, no logarithms, so that a price is
 * in one bin wherever it is reckoned.
 */
#ifndef HISTORY_PRICES_H
#define HISTORY_PRICES_H

#include "claim.h"
#include "history/tallies.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* They are nobody's own, and stand among the first provider's. */
enum { PRICE_NOBODY = 0 };

enum { PRICE_BIN_BITS = 11, PRICE_LINES_MIN = 100, PRICE_TEXT_SIZE = 16 };

/* A line's price; key 0: it has none. */
struct price_line {
	uint64_t key; /* code, modifier class, setting */
	unsigned bin;
	double cents; /* a unit */
};

/* units in ten-thousandths. */
struct price_line price_of(uint64_t code, const uint16_t modifiers[MODIFIERS_MAX], unsigned setting,
        int64_t amount, int64_t units);

static inline uint64_t price_part(const struct price_line *line)
{
	return line->key << PRICE_BIN_BITS | line->bin;
}

struct price {
	uint64_t key, n;
	double median, scale; /* of bins; scale 0: they do not vary */
	double p95, p99;      /* cents a unit */
};

struct prices; /* const once made; any thread */

/*
 * Of sorted tallies, those of PRICE_NOBODY: keys of PRICE_LINES_MIN lines.
 * Returns 0 or FAIL_MEMORY; prices_destroy() takes NULL.
 */
int prices_create(struct prices **prices, const struct tallies *tallies, struct diag *diag);
void prices_destroy(struct prices *prices);

/*
 * ... or of an earlier run: one by one, made with the first (*prices NULL), then
 * sorted (0 or FAIL_MEMORY), after which they may be found.
 */
int prices_add(struct prices **prices, const struct price *price, struct diag *diag);
int prices_sort(struct prices *prices);

/* "99213/none/1": code, modifier class, enum setting; and back, 0 if it is none. */
void price_text(uint64_t key, char text[PRICE_TEXT_SIZE]);
uint64_t price_key_of(const char *text);

const struct price *prices_find(const struct prices *prices, uint64_t key);
const struct price *prices_all(const struct prices *prices, size_t *count); /* by key */

/* z of a line, and whether it is a hit: z above 5 and twice the median, or twice P99. */
double price_z(const struct price *price, const struct price_line *line);
bool price_is_hit(const struct price *price, const struct price_line *line);

#endif
