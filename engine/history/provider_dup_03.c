/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DUP-03's counts: how many of a provider's claims are alike in their lines'
 * codes, modifiers and units, their diagnoses and their charge; and how many
 * beneficiaries had one such claim of several lines on one day.
 */
#include "base/order.h"
#include "history/provider.h"

#include <stdlib.h>

enum { LINES_MIN = 3 };

/* Claims by their fingerprint, and the room to sort them in. */
struct alike {
	struct ordered *order;
	const struct provider_claim **claims; /* of one fingerprint */
};

static int compare_days(const void *a, const void *b)
{
	const struct provider_claim *of_a = *(const struct provider_claim *const *)a;
	const struct provider_claim *of_b = *(const struct provider_claim *const *)b;

	int32_t day_a = provider_claim_extent(of_a).day, day_b = provider_claim_extent(of_b).day;

	if (day_a != day_b)
		return day_a < day_b ? -1 : 1;
	return (of_a->person > of_b->person) - (of_a->person < of_b->person);
}

/* Most beneficiaries of one day among claims that are alike. */
static uint64_t most_a_day(const struct provider_claim **claims, size_t count)
{
	uint64_t most = 0, persons = 0;

	if (count > 1)
		qsort(claims, count, sizeof(*claims), compare_days);
	for (size_t i = 0; i < count; i++) {
		int32_t day = provider_claim_extent(claims[i]).day;
		bool same_day = i > 0 && day == provider_claim_extent(claims[i - 1]).day;

		if (!same_day)
			persons = 0;
		persons += !same_day || claims[i]->person != claims[i - 1]->person;
		if (day != DATE_ABSENT && persons > most)
			most = persons;
	}
	return most;
}

static bool sort_claims(struct provider_window *window, struct alike *alike)
{
	size_t count = window->claim_count;
	struct ordered *items = provider_room(
	        window, count, 2 * sizeof(*items) + sizeof(*alike->claims));

	if (!items)
		return false;
	struct ordered *spare = items + count;

	alike->claims = (const struct provider_claim **)(void *)(spare + count);
	for (size_t i = 0; i < count; i++)
		items[i] = (struct ordered){
		        provider_claim(window->claims[i])->fingerprint, (uint32_t)i};
	alike->order = order_sort(items, spare, count);
	return true;
}

static void judge(struct provider_window *window)
{
	size_t count = window->claim_count;
	struct tally share = {.measure = TALLY_DUP_03_SHARE, .n = count};
	struct tally same_day = {.measure = TALLY_DUP_03_SAME_DAY, .n = count};
	struct alike alike;

	if (count == 0 || !sort_claims(window, &alike))
		return;
	for (size_t from = 0, to; from < count; from = to) {
		for (to = from; to < count && alike.order[to].key == alike.order[from].key; to++)
			alike.claims[to - from] = provider_claim(
			        window->claims[alike.order[to].index]);
		share.k = to - from > share.k ? to - from : share.k;
		if (provider_claim_extent(alike.claims[0]).lines < LINES_MIN)
			continue;
		int64_t most = (int64_t)most_a_day(alike.claims, to - from);

		same_day.sum = most > same_day.sum ? most : same_day.sum;
	}
	provider_tally(window, share);
	provider_tally(window, same_day);
}

static const char *const ids[] = {"DUP-03", NULL};

const struct provider_rule provider_rule_dup_03 = {
        .counted_for = ids, .needs = HISTORY_NEEDS_CLONES, .judge = judge};
