/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPC-04: an ambulance ride to and from nothing, and rides that come again and
 * again.
 *
 * Whatever else was billed is a span of days; in order of their first days, with
 * the latest last day so far, one look tells whether any touches a ride's days.
 */
#include "history/few.h"
#include "history/services.h"

#include "history/edges.h"

enum { AROUND_DAYS = 1, LAG_DAYS = 60 };
enum { REPEAT_RIDES = 6, REPEAT_DAYS = 10 }; /* three round trips */

struct care {
	int32_t from, to; /* to: the latest of this and of all before */
};

static bool is_ambulance(const struct event *event)
{
	return event->px->flags &
	       (PX_AMBULANCE_BASE | PX_AMBULANCE_AIR | PX_GROUND_MILES | PX_AIR_MILES);
}

static bool px_is_ride(const struct procedure_attributes *px)
{
	return px->flags & (PX_AMBULANCE_BASE | PX_AMBULANCE_AIR);
}

static bool is_ride(const struct event *event)
{
	return px_is_ride(event->px);
}

/* Not an emergency: A0426, A0428. */
static bool is_planned(const struct event *event)
{
	return event->line->code == CODE5("A0426") || event->line->code == CODE5("A0428");
}

static int compare_care(const void *a, const void *b)
{
	const struct care *of_a = a, *of_b = b;

	return (of_a->from > of_b->from) - (of_a->from < of_b->from);
}

static void widen(struct care *span, int32_t from, int32_t to)
{
	if (from != DATE_ABSENT && from < span->from)
		span->from = from;
	if (to != DATE_ABSENT && to > span->to)
		span->to = to;
}

static uint32_t gather(const struct window *window, struct care *spans)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < window->count; i++) {
		const struct event *event = &window->events[i];
		struct care *span = &spans[count];

		if (is_ambulance(event) || event->line->from == DATE_ABSENT)
			continue;
		*span = (struct care){event->line->from, event->line->from + event->line->span};
		if (event_is(event, CLAIM_INSTITUTIONAL)) {
			widen(span, event->run->claim_start, event->run->claim_end);
			widen(span, event->run->admission, event->run->discharge);
		}
		count++;
	}
	few_sort(spans, count, sizeof(*spans), compare_care);
	for (uint32_t i = 1; i < count; i++)
		spans[i].to = spans[i].to > spans[i - 1].to ? spans[i].to : spans[i - 1].to;
	return count;
}

/* Does any span touch the days around a day? */
static bool has_care(const struct care *spans, uint32_t count, int32_t day)
{
	uint32_t low = 0, high = count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (spans[middle].from <= day + AROUND_DAYS)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && spans[low - 1].to >= day - AROUND_DAYS;
}

/* Is either kind of claim complete so far?  A kind that the input lacks is not waited for. */
static bool has_waited(const struct window *window, int32_t day)
{
	const int32_t *last_came = window->options->last_came;
	bool any = false;

	for (unsigned type = CLAIM_PROFESSIONAL; type <= CLAIM_INSTITUTIONAL; type++) {
		if (last_came[type] == DATE_ABSENT)
			continue;
		any = true;
		if (!edge_has_waited(window, day, LAG_DAYS, (enum claim_type)type))
			return false;
	}
	return any;
}

static void keep(struct window *window, uint32_t at, uint32_t rides)
{
	bool repeated = rides > 0;
	struct find find;
	char code[CODE_TEXT_SIZE];

	find_begin(&find, at, repeated ? "repetitive" : "no_care",
	        repeated ? SEVERITY_INFO : SEVERITY_MEDIUM);
	detail_add(&find.hit, "code=%s", code_text(window->events[at].line->code, code));
	if (repeated)
		detail_add(&find.hit, "rides=%u; limit=%d in %d days", rides, REPEAT_RIDES - 1,
		        REPEAT_DAYS);
	else
		detail_add(&find.hit, "services=0; limit=1 within %d day", AROUND_DAYS);
	find_keep(window, &find);
}

/* Planned rides in the days up to this one: those before it in order, which come first. */
static uint32_t rides_until(const struct window *window, uint32_t at)
{
	int32_t since = window->events[at].line->from - REPEAT_DAYS;
	uint32_t rides = 1;

	for (uint32_t i = at; i-- > 0 && rides < 2 * REPEAT_RIDES;) {
		const struct event *event = &window->events[i];

		if (event->line->from == DATE_ABSENT || event->line->from <= since)
			break;
		rides += is_planned(event) && !(event->flags & EVENT_DUPLICATE);
	}
	return rides;
}

static void judge_ride(struct window *window, uint32_t at, const struct care *spans, uint32_t count)
{
	const struct event *event = &window->events[at];
	bool care = has_care(spans, count, event->line->from);
	uint32_t rides;

	if (!event_has_day(event) || (!care && !has_waited(window, event->line->from)))
		return;
	window_evaluated(window, at, 1);
	if (event->flags & EVENT_DUPLICATE)
		return;
	rides = is_planned(event) ? rides_until(window, at) : 0;
	if (!care && !event_has(event, 'Q', 'L'))
		keep(window, at, 0);
	else if (rides >= REPEAT_RIDES)
		keep(window, at, rides);
}

static void judge(struct window *window)
{
	struct care *spans;
	uint32_t count, rides = 0;

	for (uint32_t i = 0; i < window->count; i++)
		rides += is_ride(&window->events[i]);
	if (rides == 0)
		return;
	spans = window_room(window, window->count, sizeof(*spans));
	if (!spans)
		return;
	count = gather(window, spans);
	for (uint32_t i = 0; count > 0 && i < window->count; i++) {
		if (!is_ride(&window->events[i]))
			continue;
		window_scope(window, i, 1);
		judge_ride(window, i, spans, count);
	}
}

static bool is_concerned(const struct coded *coded)
{
	return px_is_ride(coded->px);
}

static const enum field needs[] = {FIELD_PERSON_ID, FIELD_HCPCS, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {
        {"no_care", CHECK_HISTORY, .needs = needs}, {"repetitive", CHECK_HISTORY, .needs = needs}};

static const struct rule rule = {
        .id = "SPC-04",
        .name = "Ambulance with no care at either end / repetitive",
        .tier = "P2",
        .scope = "bene history",
        .hit_unit = "line",
        .definition = "A payable ambulance ride (A0426 to A0434) of a beneficiary who has other "
                      "services in the input, none of them on its day, the day before or the day "
                      "after (no_care); a ride of A0426 or A0428 that is at least the sixth in ten "
                      "days, three round trips (repetitive, info).",
        .traps = "A stay counts on all its days. QL, pronounced dead, needs no care at the end. "
                 "Care of another payer is not seen; claims of the last 60 days are not judged "
                 "where no care is found. Rides to dialysis repeat lawfully, so repetitive has no "
                 "dollars.",
        .tables = "ambulance codes",
        .parameters = "around=1 day; lag=60 days; rides=6 in 10 days",
        .dollars = "no_care: the amount of the ride; repetitive none",
        .evaluated = "rides with a day of their own of beneficiaries with other services, care "
                     "found or older than the lag",
        .authority = "OIG OEI-09-12-00351; 42 CFR 410.40",
        .idle = "no ambulance ride of a beneficiary with other services, older than the lag",
        .checks = checks,
        .check_count = 2,
};

const struct history_rule history_rule_spc_04 = {
        .rule = &rule,
        .judge = judge,
        .needs = HISTORY_LINES,
        .concern = {.code = is_concerned},
};
