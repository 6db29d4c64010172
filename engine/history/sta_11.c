/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STA-11's counts: of the lines whose file says which were denied, those that
 * were, why, and when; and which of either kind the other rules hit.
 *
 * Months are summed so that the line of least squares through the months' shares
 * comes of five integers, whatever the number of months.
 */
#include "history/private.h"

struct sums {
	struct tally lines, months;
	int32_t day; /* of the last line, and its month */
	int64_t month;
};

static void flush(struct window *window, const struct event *event, struct sums *sums)
{
	if (sums->lines.n > 0)
		window_tally(window, event, sums->lines);
	if (sums->months.n > 0)
		window_tally(window, event, sums->months);
	*sums = (struct sums){
	        {.measure = TALLY_STA_11}, {.measure = TALLY_STA_11_MONTHS}, DATE_ABSENT, 0};
}

static bool is_hit(const struct window_private *own, const struct event *event)
{
	const struct outcome *outcome = own->outcomes ? &own->outcomes[event - own->window.events]
	                                              : NULL;
	const struct past_claim *claim = event->claim != NO_EVENT
	                                         ? &own->window.claims[event->claim]
	                                         : NULL;

	return (outcome && outcome->hit) || (claim && claim->verdict);
}

static void add_line(struct sums *sums, const struct event *event, bool is_denied, bool is_hit_too)
{
	sums->lines.n++;
	sums->lines.k += is_denied;
	sums->lines.sum += is_denied && is_hit_too;
	sums->lines.dollars += !is_denied && is_hit_too;
	if (event->line->from == DATE_ABSENT)
		return;
	if (event->line->from != sums->day)
		sums->month = date_month(event->line->from);
	int64_t month = sums->month;

	sums->day = event->line->from;
	sums->months.n++;
	sums->months.k += is_denied;
	sums->months.dollars += month;
	sums->months.sum += is_denied ? month : 0;
	sums->months.squares += (unsigned __int128)(month * month);
}

/* What is denied stands behind what is not; of either kind a provider's lines follow one another.
 */
static void settled(struct window *window)
{
	const struct event *before = NULL;
	struct sums sums = {0};

	flush(window, NULL, &sums);
	for (uint32_t i = 0; i < window->count + window->denied_count; i++) {
		const struct event *event = &window->events[i];
		bool is_denied = i >= window->count;

		if (!(event->run->facts & HISTORY_DENIAL_TOLD) || event_is_old(event))
			continue;
		if (before && before->run->provider != event->run->provider)
			flush(window, before, &sums);
		before = event;
		add_line(&sums, event, is_denied, is_hit(window->own, event));
		if (is_denied && event->run->carc)
			window_tally(window, event,
			        (struct tally){.measure = TALLY_STA_11_REASON,
			                .of = event->run->carc,
			                .n = 1});
	}
	flush(window, before, &sums);
}

/* What it is is said, and judged, in stats/denials.c. */
static const struct rule part = {.id = "STA-11"};

const struct history_rule history_rule_sta_11 = {
        .rule = &part, .settled = settled, .needs = HISTORY_LINES | HISTORY_DENIED_LINES};
