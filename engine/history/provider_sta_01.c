/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STA-01's counts: lines of a provider whose unit costs far more than that of
 * other lines of the code (history/prices.h).
 */
#include "history/prices.h"
#include "history/provider.h"

#include <math.h>

struct state {
	struct tally tally;
};

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

static void day(struct provider_window *window, const struct provider_day *day, void *own)
{
	for (size_t i = 0; i < day->count; i++)
		add_line(window, &((struct state *)own)->tally, day_line(day, i));
}

static void end(struct provider_window *window, void *own)
{
	struct tally *tally = &((struct state *)own)->tally;

	tally->measure = TALLY_STA_01;
	if (tally->n > 0)
		provider_tally(window, *tally);
}

static const char *const ids[] = {"STA-01", NULL};

const struct provider_rule provider_rule_sta_01 = {.counted_for = ids,
        .state_bytes = sizeof(struct state),
        .day = day,
        .end = end,
        .measures = (uint64_t)1 << TALLY_STA_01,
        .counts = counts};
