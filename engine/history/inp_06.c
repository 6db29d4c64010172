/* SPDX-License-Identifier: Apache-2.0 */
/*
 * INP-06's counts: how many categories that risk adjustment pays for a beneficiary
 * has by the claims of the provider it is attributed to.
 *
 *	visits of a year, by provider and day      the provider with most days has the
 *	                                           beneficiary (ties: the later last
 *	                                           day, then the smaller id)
 *	its own claims with a visit                -> categories, after hierarchies
 *	anybody's claims with a visit, this year   -> what is new, what is met again
 *	and the one before
 *
 * A claim's diagnoses are those of all its lines of one provider and year.
 */
#include "history/private.h"
#include "history/few.h"
#include "history/services.h"

struct visit {
	uint64_t same;
	uint32_t event;
	int32_t day;
	uint16_t year;
	struct hcc_bits bits;
};

/* The visits of one year, or of one provider in it. */
struct visits {
	const struct visit *items;
	uint32_t count;
};

/* ---- Diagnoses of claims ---- */

static int compare_runs(const void *a, const void *b)
{
	const struct history_run *of_a = *(const struct history_run *const *)a;
	const struct history_run *of_b = *(const struct history_run *const *)b;

	if (of_a->claim != of_b->claim)
		return of_a->claim < of_b->claim ? -1 : 1;
	if (of_a->provider != of_b->provider)
		return of_a->provider < of_b->provider ? -1 : 1;
	return (int)of_a->year - (int)of_b->year;
}

/* The runs with categories, in that order; returns how many. */
static uint32_t coded_runs(const struct window_private *own, const struct history_run **coded)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < own->run_count; i++)
		if (history_hcc(own->runs[i]))
			coded[count++] = own->runs[i];
	few_sort(coded, count, sizeof(*coded), compare_runs);
	return count;
}

static struct hcc_bits bits_of(
        const struct history_run *run, const struct history_run *const *coded, uint32_t count)
{
	struct hcc_bits bits = {{0, 0}};
	uint32_t low = 0, high = count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (compare_runs(&coded[middle], &run) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < count && compare_runs(&coded[low], &run) == 0; low++)
		hcc_bits_add(&bits, history_hcc(coded[low]));
	return bits;
}

/* ---- Visits ---- */

static int compare_visits(const void *a, const void *b)
{
	const struct visit *of_a = a, *of_b = b;

	if (of_a->year != of_b->year)
		return of_a->year < of_b->year ? -1 : 1;
	if (of_a->same != of_b->same)
		return of_a->same < of_b->same ? -1 : 1;
	return (of_a->day > of_b->day) - (of_a->day < of_b->day);
}

static bool is_encounter(const struct window *window, const struct event *event)
{
	return event->run->year && event->run->same && is_visit(event) &&
	       event_is(event, CLAIM_PROFESSIONAL) &&
	       hcc_payable_model(window->options->hcc, event->run->year);
}

static uint32_t gather(struct window *window, struct visit *visits,
        const struct history_run *const *coded, uint32_t coded_count)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < window->count; i++) {
		const struct event *event = &window->events[i];

		if (is_encounter(window, event))
			visits[count++] = (struct visit){
			        .same = event->run->same,
			        .event = i,
			        .day = event->line->from,
			        .year = event->run->year,
			        .bits = bits_of(event->run, coded, coded_count),
			};
	}
	few_sort(visits, count, sizeof(*visits), compare_visits);
	return count;
}

static struct hcc_bits all_bits(struct visits of)
{
	struct hcc_bits bits = {{0, 0}};

	for (uint32_t i = 0; i < of.count; i++)
		hcc_bits_add(&bits, &of.items[i].bits);
	return bits;
}

/* The next visits from one on that are of its year, and of its provider too. */
static struct visits next_of(struct visits of, uint32_t from, bool of_provider)
{
	uint32_t to = from + 1;

	while (to < of.count && of.items[to].year == of.items[from].year &&
	        (!of_provider || of.items[to].same == of.items[from].same))
		to++;
	return (struct visits){of.items + from, to - from};
}

static uint32_t days_of(struct visits of)
{
	uint32_t days = 0;

	for (uint32_t i = 0; i < of.count; i++)
		days += i == 0 || of.items[i].day != of.items[i - 1].day;
	return days;
}

/* Of a year's visits those of the provider who has the beneficiary. */
static struct visits attributed(struct visits year)
{
	struct visits most = {0};

	for (uint32_t from = 0; from < year.count;) {
		struct visits own = next_of(year, from, true);
		uint32_t days = days_of(own), before = days_of(most);
		int32_t last = own.items[own.count - 1].day;

		if (days > before || (days == before && last > most.items[most.count - 1].day))
			most = own;
		from += own.count;
	}
	return most;
}

/* ---- Counting ---- */

/* The line that they are counted with: the tail of earlier months counts for nobody. */
static const struct event *event_of(const struct window *window, struct visits own)
{
	uint32_t at = 0;

	while (at + 1 < own.count && event_is_old(&window->events[own.items[at].event]))
		at++;
	return &window->events[own.items[at].event];
}

/* Days with a visit, and the categories that were told on each. */
static void count_days(struct window *window, struct visits own)
{
	struct tally tally = {.measure = TALLY_INP_06_ENCOUNTERS};

	for (uint32_t from = 0, to; from < own.count; from = to) {
		for (to = from + 1; to < own.count && own.items[to].day == own.items[from].day;)
			to++;
		struct hcc_bits bits = all_bits((struct visits){own.items + from, to - from});

		tally.n++;
		tally.k += hcc_bits_count(
		        hcc_payable_rank(window->options->hcc, own.items[0].year, &bits));
	}
	window_tally(window, event_of(window, own), tally);
}

/* January of the year before must be in the data, and the model be the same. */
static bool is_comparable(const struct window *window, struct visits before, unsigned year)
{
	const struct hcc_payable *hcc = window->options->hcc;
	int32_t january = date_from_parts((int32_t)year - 1, 1, 31);

	return before.count > 0 && before.items[0].year + 1u == year &&
	       window->options->first_service <= january &&
	       hcc_payable_model(hcc, year) == hcc_payable_model(hcc, year - 1);
}

static void count_again(
        struct window *window, struct visits own, struct hcc_bits bits, struct visits before)
{
	const struct event *event = event_of(window, own);
	unsigned year = own.items[0].year;
	struct hcc_bits all = all_bits(before);
	struct hcc_bits past = hcc_payable_rank(window->options->hcc, year, &all);
	const struct hcc_bits both = {
	        {bits.words[0] & past.words[0], bits.words[1] & past.words[1]}};
	struct tally tally = {.measure = TALLY_INP_06_NEW, .n = hcc_bits_count(bits)};

	tally.k = tally.n - hcc_bits_count(both);
	window_tally(window, event, tally);
	window_tally(window, event,
	        (struct tally){.measure = TALLY_INP_06_RECAPTURED,
	                .n = hcc_bits_count(past),
	                .k = hcc_bits_count(both)});
}

static void judge_year(struct window *window, struct visits year, struct visits before)
{
	struct visits own = attributed(year);
	struct hcc_bits all = all_bits(own);
	struct hcc_bits bits = hcc_payable_rank(window->options->hcc, own.items[0].year, &all);

	window_tally(window, event_of(window, own),
	        (struct tally){.measure = TALLY_INP_06,
	                .n = 1,
	                .k = hcc_bits_count(bits) > 0,
	                .sum = hcc_bits_count(bits)});
	count_days(window, own);
	if (is_comparable(window, before, own.items[0].year))
		count_again(window, own, bits, before);
}

static void judge(struct window *window)
{
	const struct window_private *own = window->own;
	size_t visit_bytes = (window->count + 1) * sizeof(struct visit);
	uint8_t *room;

	if (!window->options->hcc || !(window->seen & 1 << CLAIM_PROFESSIONAL))
		return;
	room = window_room(window, visit_bytes + own->run_count * sizeof(void *), 1);
	if (!room)
		return;
	const struct history_run **coded = (void *)(room + visit_bytes);
	uint32_t coded_count = coded_runs(own, coded);
	struct visits all = {(struct visit *)(void *)room, 0}, before = {0};

	all.count = gather(window, (struct visit *)(void *)room, coded, coded_count);
	for (uint32_t from = 0; from < all.count;) {
		struct visits year = next_of(all, from, false);

		judge_year(window, year, before);
		before = year;
		from += year.count;
	}
}

static bool is_concerned(const struct coded *coded)
{
	return coded->options->hcc && px_is_visit(coded->px);
}

/* What it is is said, and judged, in stats/risk_adjustment.c. */
static const struct rule part = {.id = "INP-06"};

const struct history_rule history_rule_inp_06 = {
        .rule = &part,
        .judge = judge,
        .needs = HISTORY_PROFESSIONAL | HISTORY_NEEDS_HCC,
        .concern = {.types = 1 << CLAIM_PROFESSIONAL, .code = is_concerned},
};
