/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prices of units as norms: kept of this run, and read of an earlier one.
 */
#include "stats/private.h"

#include <math.h>
#include <stdio.h>

static void to_norm(const struct price *price, struct norm *norm)
{
	norm_init(norm, NORM_PRICE, "STA-01", "");
	price_text(price->key, norm->key);
	norm->n = price->n;
	norm->figures[NORM_P95] = price->p95;
	norm->figures[NORM_P99] = price->p99;
	norm->figures[NORM_CENTRE] = price->median;
	norm->figures[NORM_SCALE] = price->scale;
}

int prices_keep(struct judging *judging)
{
	size_t count;
	const struct price *prices = prices_all(judging->stats->options.prices, &count);
	int err = 0;

	for (size_t i = 0; i < count && err == 0; i++) {
		struct norm norm;

		to_norm(&prices[i], &norm);
		err = norm_keep(judging, &norm);
	}
	return err;
}

int norms_prices(const struct norms *norms, struct prices **prices, struct diag *diag)
{
	size_t count;
	const struct norm *all = norms_all(norms, &count);
	int err = 0;

	for (size_t i = 0; i < count && err == 0; i++) {
		struct price price = {.key = price_key_of(all[i].key),
		        .n = all[i].n,
		        .median = all[i].figures[NORM_CENTRE],
		        .scale = all[i].figures[NORM_SCALE],
		        .p95 = all[i].figures[NORM_P95],
		        .p99 = all[i].figures[NORM_P99]};
		bool is_whole = price.key && !isnan(price.median) && !isnan(price.scale) &&
		                !isnan(price.p95) && !isnan(price.p99);

		if (all[i].kind == NORM_PRICE && is_whole)
			err = prices_add(prices, &price, diag);
	}
	if (err == 0 && prices_sort(*prices))
		err = diag_set(diag, FAIL_MEMORY, "no memory for prices");
	return err;
}
