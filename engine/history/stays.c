/* SPDX-License-Identifier: Apache-2.0 */
#include "history/stays.h"

#include "history/few.h"
#include "history/services.h"

static bool is_stay(const struct past_claim *claim)
{
	uint16_t class = run_class(claim->run);

	return claim->run->claim_type == CLAIM_INSTITUTIONAL &&
	       (class == TWO_CHARS('1', '1') || class == TWO_CHARS('2', '1'));
}

/* A bill of part of a stay: interim 2 to 4, late charges 5. */
static bool is_part(const struct past_claim *claim)
{
	unsigned frequency = claim->run->bill_type >> 16 & 0xff;

	return frequency >= '2' && frequency <= '5';
}

static bool make_stay(const struct window *window, uint32_t c, struct stay *stay)
{
	const struct past_claim *claim = &window->claims[c];
	const struct history_run *run = claim->run;

	*stay = (struct stay){
	        .from = run->admission != DATE_ABSENT ? run->admission : run->claim_start,
	        .to = run->discharge != DATE_ABSENT ? run->discharge : run->claim_end,
	        .facility = run->same,
	        .claim = c,
	        .lowest = claim->lowest,
	        .bills = 1,
	        .amount = claim->amount,
	        .skilled = run_class(run) == TWO_CHARS('2', '1'),
	        .still_in = run->status == TWO_CHARS('3', '0'),
	        .whole = !is_part(claim),
	};
	return stay->from != DATE_ABSENT && stay->to != DATE_ABSENT && stay->from <= stay->to;
}

static int compare_stays(const void *a, const void *b)
{
	const struct stay *of_a = a, *of_b = b;

	if (of_a->from != of_b->from)
		return of_a->from < of_b->from ? -1 : 1;
	if (of_a->facility != of_b->facility)
		return of_a->facility < of_b->facility ? -1 : 1;
	if (of_a->skilled != of_b->skilled)
		return of_a->skilled ? 1 : -1;
	if (of_a->whole != of_b->whole)
		return of_a->whole ? 1 : -1;
	if (of_a->to != of_b->to)
		return of_a->to < of_b->to ? -1 : 1;
	return of_a->lowest < of_b->lowest ? -1 : of_a->lowest > of_b->lowest;
}

/* Parts of one admission, which come first, and one bill of the whole beside them. */
static bool is_chained(const struct stay *a, const struct stay *b)
{
	return a->facility && a->facility == b->facility && a->from == b->from &&
	       a->skilled == b->skilled && !a->whole;
}

static void chain(struct stay *into, const struct stay *next)
{
	into->still_in = next->to > into->to
	                         ? next->still_in
	                         : into->still_in && (next->still_in || next->to < into->to);
	into->to = next->to > into->to ? next->to : into->to;
	into->whole = next->whole;
	into->bills++;
	if (next->lowest < into->lowest) {
		into->lowest = next->lowest;
		into->claim = next->claim;
	}
	if (next->amount != AMOUNT_ABSENT)
		into->amount = into->amount == AMOUNT_ABSENT
		                       ? next->amount
		                       : (int64_t)((uint64_t)into->amount + (uint64_t)next->amount);
}

uint32_t stays_find(const struct window *window, struct stay *room)
{
	uint32_t count = 0, chained = 0;

	for (uint32_t c = 0; c < window->claim_count; c++) {
		const struct past_claim *claim = &window->claims[c];

		if (is_stay(claim) && !(window->events[claim->lowest].flags & EVENT_DUPLICATE) &&
		        make_stay(window, c, &room[count]))
			count++;
	}
	few_sort(room, count, sizeof(*room), compare_stays);
	for (uint32_t i = 0; i < count; i++) {
		if (chained > 0 && is_chained(&room[chained - 1], &room[i]))
			chain(&room[chained - 1], &room[i]);
		else
			room[chained++] = room[i];
	}
	for (uint32_t i = 0; i < chained; i++) {
		int32_t out = stay_out(&room[i]);

		room[i].reach = i > 0 && room[i - 1].reach > out ? room[i - 1].reach : out;
	}
	return chained;
}

uint32_t stays_from(const struct stay *stays, uint32_t count, int32_t day)
{
	uint32_t low = 0, high = count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (stays[middle].from < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
