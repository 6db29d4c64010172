/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TIM-06: a place of service that the beneficiary's hospital claims contradict.
 *
 *	place 11, 49   a hospital or surgical centre bills the same service that
 *day place 21       no inpatient stay on the day, the one before, the one after
 *	place 23       no emergency room, likewise
 *
 * All that is asked of other claims stands in one list by key and day.
 */
#include "history/edges.h"
#include "history/services.h"

enum { NEAR_DAYS = 90, LAG_DAYS = 60, AROUND_DAYS = 1 };

/* Keys that are no code of five characters. */
enum { KEY_CLAIM = 1, KEY_STAY, KEY_EMERGENCY };

enum mismatch { MISMATCH_NONE, OFFICE_IN_HOSPITAL, NO_STAY, NO_EMERGENCY };

static enum mismatch kind_of(const struct event *event)
{
	if (!event_is(event, CLAIM_PROFESSIONAL) || (event->flags & EVENT_DUPLICATE))
		return MISMATCH_NONE;
	switch (event->line->place) {
	case TWO_CHARS('1', '1'):
	case TWO_CHARS('4', '9'):
		return OFFICE_IN_HOSPITAL;
	case TWO_CHARS('2', '1'):
		return NO_STAY;
	case TWO_CHARS('2', '3'):
		return NO_EMERGENCY;
	default:
		return MISMATCH_NONE;
	}
}

/* ---- What the hospitals billed ---- */

/* Acute care, part B of an inpatient, swing bed, religious. */
static bool is_inpatient(const struct history_run *run)
{
	uint16_t class = run_class(run);

	return class == TWO_CHARS('1', '1') || class == TWO_CHARS('1', '2') ||
	       class == TWO_CHARS('1', '8') || class == TWO_CHARS('4', '1');
}

/* A hospital's outpatient line, or an ambulatory surgical center's. */
static bool is_facility(const struct event *event)
{
	uint16_t class = run_class(event->run);

	if (event_is(event, CLAIM_PROFESSIONAL))
		return is_surgical_center(event) && event->line->place == TWO_CHARS('2', '4');
	return event_is(event, CLAIM_INSTITUTIONAL) &&
	       (class == TWO_CHARS('1', '3') || class == TWO_CHARS('8', '5'));
}

static int32_t first_day(const struct past_claim *claim)
{
	const struct history_run *run = claim->run;

	return run->admission != DATE_ABSENT ? run->admission : run->claim_start;
}

static int32_t last_day(const struct past_claim *claim)
{
	const struct history_run *run = claim->run;

	return run->discharge != DATE_ABSENT ? run->discharge : run->claim_end;
}

static void add(struct keyed_events *care, uint64_t key, int32_t day, uint32_t event)
{
	if (day != DATE_ABSENT)
		care->items[care->count++] = (struct keyed_event){key, day, event};
}

static void add_claim(struct keyed_events *care, const struct past_claim *claim)
{
	if (claim->run->claim_type != CLAIM_INSTITUTIONAL)
		return;
	add(care, KEY_CLAIM, first_day(claim), claim->lowest);
	add(care, KEY_CLAIM, last_day(claim), claim->lowest);
	if (is_inpatient(claim->run) && last_day(claim) != DATE_ABSENT)
		add(care, KEY_STAY, first_day(claim), claim->lowest);
}

static void add_line(struct keyed_events *care, const struct event *event, uint32_t at)
{
	if (event_is(event, CLAIM_INSTITUTIONAL) && event->line->place >= 450 &&
	        event->line->place <= 459)
		add(care, KEY_EMERGENCY, event->line->from, at);
	if (is_facility(event) && event->line->code != CODE_BLANK)
		add(care, event->line->code, event->line->from, at);
}

/* Of stays in the order of their first days, each names the one that has lasted
 * longest. */
static void reach_stays(const struct window *window, struct keyed_events *care)
{
	int32_t most = INT32_MIN;
	uint32_t longest = NO_EVENT;

	for (uint32_t i = 0; i < care->count; i++) {
		const struct past_claim *claim;

		if (care->items[i].key != KEY_STAY)
			continue;
		claim = &window->claims[window->events[care->items[i].event].claim];
		if (last_day(claim) > most) {
			most = last_day(claim);
			longest = care->items[i].event;
		}
		care->items[i].event = longest;
	}
}

static bool gather(struct window *window, struct keyed_events *care)
{
	size_t most = (size_t)window->claim_count * 3 + (size_t)window->count * 2;

	care->count = 0;
	care->items = window_room(window, most, sizeof(*care->items));
	if (!care->items)
		return false;
	for (uint32_t i = 0; i < window->claim_count; i++)
		add_claim(care, &window->claims[i]);
	for (uint32_t i = 0; i < window->count; i++)
		add_line(care, &window->events[i], i);
	keyed_sort(care);
	reach_stays(window, care);
	return true;
}

/* ---- Judging ---- */

/* Where the first item of a key from a day on stands, if it is not beyond the
 * last. */
static const struct keyed_event *find_between(
        const struct keyed_events *care, uint64_t key, int32_t from, int32_t to)
{
	uint32_t low = 0, high = care->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct keyed_event *item = &care->items[middle];

		if (item->key < key || (item->key == key && item->day < from))
			low = middle + 1;
		else
			high = middle;
	}
	if (low == care->count || care->items[low].key != key || care->items[low].day > to)
		return NULL;
	return &care->items[low];
}

static bool has_stay(const struct window *window, const struct keyed_events *care, int32_t day)
{
	uint32_t stay = keyed_last_before(care, KEY_STAY, day + AROUND_DAYS + 1);

	return stay != NO_EVENT &&
	       last_day(&window->claims[window->events[stay].claim]) >= day - AROUND_DAYS;
}

/* The hospital's line of the same service: of an office visit G0463 too. */
static const struct keyed_event *same_service(
        const struct keyed_events *care, const struct event *event)
{
	int32_t day = event->line->from;
	const struct keyed_event *same = event->line->code == CODE_BLANK
	                                         ? NULL
	                                         : find_between(care, event->line->code, day, day);
	bool office = event->px->em_family == EM_OFFICE_NEW ||
	              event->px->em_family == EM_OFFICE_EST;

	if (!same && office)
		same = find_between(care, CODE5("G0463"), day, day);
	return same;
}

static void keep(struct window *window, uint32_t at, enum mismatch kind, uint32_t other)
{
	static const char *const kinds[] = {NULL, "office_in_hospital", "no_stay", "no_ed"};
	const struct event *event = &window->events[at];
	char code[CODE_TEXT_SIZE];
	struct find find;

	find_begin(&find, at, kinds[kind],
	        kind == OFFICE_IN_HOSPITAL ? SEVERITY_MEDIUM : SEVERITY_LOW);
	find.other = other;
	find.hit.share = 0; /* office and facility amounts of a code are not loaded */
	detail_add(&find.hit, "place=%c%c", event->line->place & 0xff, event->line->place >> 8);
	detail_add(&find.hit, "code=%s", code_text(event->line->code, code));
	if (kind == OFFICE_IN_HOSPITAL)
		detail_add(&find.hit, "facility_lines=1; limit=0");
	else
		detail_add(&find.hit, "%s=0; limit=1; within_days=%d",
		        kind == NO_STAY ? "stays" : "emergency_lines", AROUND_DAYS);
	find_keep(window, &find);
}

static void judge_line(
        struct window *window, const struct keyed_events *care, uint32_t at, enum mismatch kind)
{
	const struct event *event = &window->events[at];
	const struct keyed_event *same;
	int32_t day = event->line->from;

	window_scope(window, at, 1);
	if (!event_has_day(event) || !edge_has_waited(window, day, LAG_DAYS, CLAIM_INSTITUTIONAL) ||
	        !find_between(care, KEY_CLAIM, day - NEAR_DAYS, day + NEAR_DAYS))
		return;
	window_evaluated(window, at, 1);
	switch (kind) {
	case OFFICE_IN_HOSPITAL:
		same = same_service(care, event);
		if (same)
			keep(window, at, kind, same->event);
		break;
	case NO_STAY:
		if (!has_stay(window, care, day))
			keep(window, at, kind, NO_EVENT);
		break;
	case NO_EMERGENCY:
		if (!find_between(care, KEY_EMERGENCY, day - AROUND_DAYS, day + AROUND_DAYS))
			keep(window, at, kind, NO_EVENT);
		break;
	default:
		break;
	}
}

static void judge(struct window *window)
{
	struct keyed_events care = {0};
	struct counting counting = {0};
	bool institutional = window->seen >> CLAIM_INSTITUTIONAL & 1;

	for (uint32_t i = 0; i < window->count; i++) {
		enum mismatch kind = kind_of(&window->events[i]);

		if (kind == MISMATCH_NONE)
			continue;
		if (!institutional)
			counting_add(window, &counting, i, false);
		else if (care.items || gather(window, &care))
			judge_line(window, &care, i, kind);
		else
			return;
	}
	counting_end(window, &counting);
}

static const enum field needs[] = {
        FIELD_PERSON_ID, FIELD_BILL_TYPE, FIELD_PLACE, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {{"office_in_hospital", CHECK_HISTORY, .needs = needs},
        {"no_stay", CHECK_HISTORY, .needs = needs}, {"no_ed", CHECK_HISTORY, .needs = needs}};

static const struct rule rule = {
        .id = "TIM-06",
        .name = "Place-of-service mismatch",
        .tier = "P1",
        .scope = "bene-day",
        .hit_unit = "line and kind",
        .definition = "A payable professional line whose place the hospitals' claims of the "
                      "beneficiary contradict: place 11 or 49 where a hospital outpatient "
                      "department (13x, 85x) or a surgical centre bills the same code that "
                      "day, or "
                      "G0463 for an office visit (office_in_hospital); place 21 with no "
                      "inpatient "
                      "claim (11x, 12x, 18x, 41x) covering the day, the one before or the "
                      "one "
                      "after (no_stay); place 23 with no line of revenue 045x within a day "
                      "(no_ed).",
        .traps = "The hospital's claim may come late, or from another payer: only "
                 "beneficiaries "
                 "with a hospital claim that begins or ends within 90 days are judged, "
                 "and only "
                 "days 60 before the last receipt. Place 19 for 22 is no error. Codes "
                 "that do not "
                 "go with a place (code_pos) are not judged: no such table is loaded.",
        .tables = "none; the code and place table is not loaded",
        .parameters = "near=90 days; lag=60 days; around=1 day",
        .dollars = "none: what office and facility pay apart is not loaded",
        .evaluated = "payable professional lines of places 11, 49, 21, 23 with a "
                     "day of their own, "
                     "whose beneficiary has an institutional claim within 90 days, "
                     "60 days before "
                     "the last one came",
        .authority = "OIG reports on place of service; MPFS facility and office amounts",
        .idle = "no line of those places whose beneficiary has an institutional "
                "claim near, and "
                "long enough ago",
        .checks = checks,
        .check_count = 3,
};

const struct history_rule history_rule_tim_06 = {
        .rule = &rule, .judge = judge, .needs = HISTORY_PROFESSIONAL | HISTORY_INSTITUTIONAL};
