/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DUP-03's counts: how many of a provider's claims are alike in their lines'
 * codes, modifiers and units, their diagnoses and their charge; and how many
 * beneficiaries had one such claim of several lines on one day.
 */
#include "history/provider.h"

#include <stdlib.h>

enum { LINES_MIN = 3 };

static int compare_claims(const void *a, const void *b)
{
	const struct provider_claim *of_a = *(const struct provider_claim *const *)a;
	const struct provider_claim *of_b = *(const struct provider_claim *const *)b;

	if (of_a->fingerprint != of_b->fingerprint)
		return of_a->fingerprint < of_b->fingerprint ? -1 : 1;
	int32_t day_a = provider_claim_extent(of_a).day, day_b = provider_claim_extent(of_b).day;

	if (day_a != day_b)
		return day_a < day_b ? -1 : 1;
	return (of_a->person > of_b->person) - (of_a->person < of_b->person);
}

/* Most beneficiaries of one day among claims that are alike. */
static uint64_t most_a_day(const struct provider_claim *const *claims, size_t count)
{
	uint64_t most = 0, persons = 0;

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

static void claims(struct provider_window *window, const struct record_head *const *records,
        size_t count, void *own)
{
	const struct provider_claim **sorted = provider_room(window, count, sizeof(*sorted));
	struct tally share = {.measure = TALLY_DUP_03_SHARE, .n = count};
	struct tally same_day = {.measure = TALLY_DUP_03_SAME_DAY, .n = count};

	(void)own;
	if (!sorted)
		return;
	for (size_t i = 0; i < count; i++)
		sorted[i] = provider_claim(records[i]);
	qsort(sorted, count, sizeof(*sorted), compare_claims);
	for (size_t from = 0, to; from < count; from = to) {
		for (to = from + 1; to < count; to++)
			if (sorted[to]->fingerprint != sorted[from]->fingerprint)
				break;
		share.k = to - from > share.k ? to - from : share.k;
		if (provider_claim_extent(sorted[from]).lines < LINES_MIN)
			continue;
		int64_t most = (int64_t)most_a_day(sorted + from, to - from);

		same_day.sum = most > same_day.sum ? most : same_day.sum;
	}
	provider_tally(window, share);
	provider_tally(window, same_day);
}

static const char *const ids[] = {"DUP-03", NULL};

const struct provider_rule provider_rule_dup_03 = {
        .counted_for = ids, .needs = HISTORY_NEEDS_CLONES, .claims = claims};
