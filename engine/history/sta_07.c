/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STA-07's counts of a beneficiary: whom its providers bill by, and the months in
 * which several providers of one specialty billed for it.
 */
#include "history/few.h"
#include "history/window.h"

enum { CROWD = 4 }; /* providers of one specialty in a month */

/* A provider who billed in a month, by month and specialty. */
struct billed {
	uint64_t key;
	uint32_t provider;
	uint32_t event;
};

static int compare_billed(const void *a, const void *b)
{
	const struct billed *of_a = a, *of_b = b;

	if (of_a->key != of_b->key)
		return of_a->key < of_b->key ? -1 : 1;
	return (of_a->provider > of_b->provider) - (of_a->provider < of_b->provider);
}

static uint64_t key_of(int32_t month, const struct event *event)
{
	return (uint64_t)(uint32_t)month << 16 | event->run->specialty;
}

/* Each provider and month once, by a new line where there is one; returns how many. */
static uint32_t gather(struct window *window, struct billed *billed)
{
	uint32_t count = 0, kept = 0;
	int32_t day = DATE_ABSENT, month = 0;

	for (uint32_t i = 0; i < window->count; i++) {
		const struct event *event = &window->events[i];

		if (!event_is(event, CLAIM_PROFESSIONAL) || event->line->from == DATE_ABSENT ||
		        event->run->specialty == 0)
			continue;
		month = event->line->from == day ? month : date_month(event->line->from);
		day = event->line->from;
		billed[count++] = (struct billed){key_of(month, event), event->run->provider, i};
	}
	few_sort(billed, count, sizeof(*billed), compare_billed);
	for (uint32_t i = 0; i < count; i++)
		if (kept == 0 || compare_billed(&billed[kept - 1], &billed[i]) != 0)
			billed[kept++] = billed[i];
		else if (event_is_old(&window->events[billed[kept - 1].event]))
			billed[kept - 1].event = billed[i].event;
	return kept;
}

static void count_months(struct window *window)
{
	struct billed *billed = window_room(window, window->count, sizeof(*billed));
	uint32_t count = billed ? gather(window, billed) : 0;

	for (uint32_t from = 0, to; from < count; from = to) {
		for (to = from + 1; to < count && billed[to].key == billed[from].key; to++)
			;
		for (uint32_t i = from; i < to; i++)
			window_tally(window, &window->events[billed[i].event],
			        (struct tally){.measure = TALLY_STA_07_MONTHS,
			                .n = 1,
			                .k = to - from >= CROWD});
	}
}

static void judge(struct window *window)
{
	for (uint32_t from = 0, to; from < window->count; from = to) {
		const struct event *event = &window->events[from];

		/* Lines of one claim mostly stand together. */
		for (to = from + 1; to < window->count; to++)
			if (window->events[to].run != event->run)
				break;
		if (event->run->tin)
			window_tally(window, event,
			        (struct tally){.measure = TALLY_STA_07_TIN,
			                .of = event->run->tin,
			                .n = to - from});
	}
	count_months(window);
}

/* What it is is said, and judged, in stats/shared_patients.c. */
static const struct rule part = {.id = "STA-07"};

const struct history_rule history_rule_sta_07 = {.rule = &part, .judge = judge};
