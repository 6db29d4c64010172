/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STA-01's counts: lines of a provider whose unit costs far more than that of
 * other lines of the code (history/prices.h).
 */
#include "history/prices.h"
#include "history/provider.h"

#include <math.h>

static void add_line(
        const struct provider_window *window, struct tally *tally, const struct provider_line *line)
{
	struct price_line own = price_of(line->code, line->modifiers, provider_line_setting(line),
	        line->amount, line->units);
	const struct price *price = prices_find(window->options->prices, own.key);

	if (!price)
		return;
	tally->n++;
	tally->sum += (int64_t)llround(1e6 * price_z(price, &own));
	if (!price_is_hit(price, &own))
		return;
	tally->k++;
	if (own.cents > price->p95)
		tally->dollars += (int64_t)llround(
		        (own.cents - price->p95) * (double)line->units / UNITS_ONE);
}

static bool counts(const struct provider_window *window, const struct provider_line *line,
        enum tally_measure measure, uint64_t part)
{
	struct price_line own = price_of(line->code, line->modifiers, provider_line_setting(line),
	        line->amount, line->units);
	const struct price *price = prices_find(window->options->prices, own.key);

	(void)measure;
	(void)part;
	return price && price_is_hit(price, &own);
}

static void judge(struct provider_window *window)
{
	struct tally tally = {0};

	for (size_t i = 0; i < window->line_count; i++)
		add_line(window, &tally, &window->lines[i]);
	provider_tally_as(window, tally, TALLY_STA_01);
}

static const char *const ids[] = {"STA-01", NULL};

const struct provider_rule provider_rule_sta_01 = {.counted_for = ids,
        .judge = judge,
        .measures = (uint64_t)1 << TALLY_STA_01,
        .counts = counts};
