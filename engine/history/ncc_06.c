/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NCC-06's counts: days on which a code that is held to its MUE a line (MAI 1)
 * stands on several lines, each within it and all together beyond, by the help
 * of a modifier.  What share of its days a provider splits so is judged beside
 * its peers.
 */
#include "history/mue.h"

static const uint16_t helping[] = {TWO_CHARS('5', '9'), TWO_CHARS('X', 'E'), TWO_CHARS('X', 'P'),
        TWO_CHARS('X', 'S'), TWO_CHARS('X', 'U'), TWO_CHARS('7', '6'), TWO_CHARS('7', '7'),
        TWO_CHARS('9', '1'), TWO_CHARS('R', 'T'), TWO_CHARS('L', 'T')};

/* The lines of one code, day and provider. */
struct split {
	uint32_t lines;
	int64_t units, most; /* of all, of one line */
	int64_t amount;
	bool helped;
};

static void add_line(struct split *split, const struct event *event)
{
	int64_t units = event_units_a_day(event);

	split->lines++;
	split->units += units;
	split->most = units > split->most ? units : split->most;
	split->amount += event->amount > 0 ? event->amount : 0;
	split->helped |= event_has_any(event, helping, sizeof(helping) / sizeof(helping[0]));
}

static enum codes_part part_of(const struct event *event)
{
	return event->run->setting == SETTING_PRACTITIONER ? PART_MUE_PRACTITIONER
	       : event->run->setting == SETTING_DME        ? PART_MUE_DME
	                                                   : PART_MUE_HOSPITAL;
}

static void put(struct window *window, const struct event *event, const struct split *split)
{
	int64_t limit = (int64_t)event_mue(event).value * UNITS_ONE;
	bool hit = split->most <= limit && split->units > limit && split->helped;
	struct tally tally = {.measure = TALLY_NCC_06, .n = 1, .k = hit};

	if (hit)
		tally.dollars = (int64_t)((__int128)split->amount * (split->units - limit) /
		                          split->units);
	window_tally(window, event, tally);
}

static void judge_code(struct window *window, uint32_t from, uint32_t to)
{
	const struct event *first = &window->events[window->slots[from].event];
	struct mue mue = event_mue(first);
	struct split split = {0};

	if (!mue.there || mue.mai != 1 || (first->px->flags & PX_ANESTHESIA) ||
	        !codes_covers(window->options->codes, part_of(first), first->line->from))
		return;
	for (uint32_t i = from; i < to; i++) {
		const struct event *event = &window->events[window->slots[i].event];

		if (event_is_summed(event))
			add_line(&split, event);
	}
	if (split.lines >= 2)
		put(window, first, &split);
}

static void judge(struct window *window)
{
	for (uint32_t from = 0, to, day = 0; from < window->slot_count; from = to) {
		if (from == day)
			day = slots_day_end(window, from);
		to = slots_code_end(window, from, day);
		if (to - from >= 2)
			judge_code(window, from, to);
	}
}

/* Its words are those of the rule that judges the counts (stats/). */
static const struct rule part = {.id = "NCC-06"};

const struct history_rule history_rule_ncc_06 = {
        .rule = &part,
        .judge = judge,
        .concern = {.days = DAYS_REPEATED},
};
