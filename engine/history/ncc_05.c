/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NCC-05: more units of a code on one day than its MUE bears, over all lines
 * and claims of one provider.
 *
 * A day is the same first and last day of service: spans stand with equal
 * spans, by their units a day.
 */
#include "history/few.h"
#include "history/mue.h"
#include "history/services.h"

static enum codes_part part_of(const struct event *event)
{
	static const enum codes_part parts[] = {
	        [SETTING_PRACTITIONER] = PART_MUE_PRACTITIONER,
	        [SETTING_OUTPATIENT] = PART_MUE_HOSPITAL,
	        [SETTING_DME] = PART_MUE_DME,
	};

	return parts[event->run->setting];
}

struct day {
	uint32_t *events;     /* that are summed */
	uint32_t count, last; /* last: what a finding of it stands on */
	int64_t units;
	bool nearest; /* no release covers it: judged by the nearest */
};

/* Is the day one to judge?  Lines on days that no release covers are told. */
static bool is_judged(struct window *window, struct day *day)
{
	const struct codes *codes = window->options->codes;
	const struct event *first = &window->events[day->events[0]];
	enum codes_part part;

	if (first->run->setting == SETTING_UNDETERMINED)
		return false;
	part = part_of(first);
	if (codes_covers(codes, part, first->line->from))
		return true;
	for (uint32_t i = 0; i < day->count; i++)
		window_outside(window, day->events[i], part);
	day->nearest = codes_nearest(codes);
	return day->nearest;
}

/* A reading and a taking of one study are no two studies: each with what is whole. */
static void sum_day(const struct window *window, struct day *day)
{
	int64_t whole = 0, reading = 0, taking = 0;

	for (uint32_t i = 0; i < day->count; i++) {
		const struct event *event = &window->events[day->events[i]];
		int64_t units = event_units_a_day(event);

		if (event_has(event, '2', '6'))
			reading += units;
		else if (event_has(event, 'T', 'C'))
			taking += units;
		else
			whole += units;
	}
	day->units = whole + (reading > taking ? reading : taking);
}

static int compare_places(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

/* Slots stand by what makes lines duplicates; events, and so a finding, in the contract's order. */
static void keep_day(struct window *window, const struct day *day, struct mue mue)
{
	const struct event *event = &window->events[day->last];
	char code[CODE_TEXT_SIZE];
	struct find find;

	find_begin(&find, day->last, mue.mai == 2 ? "mai2" : "mai3",
	        day->nearest   ? SEVERITY_LOW
	        : mue.mai == 2 ? SEVERITY_HIGH
	                       : SEVERITY_MEDIUM);
	few_sort(day->events, day->count, sizeof(*day->events), compare_places);
	for (uint32_t i = 0; i < day->count && find.other == NO_EVENT; i++)
		find.other = day->events[i] != day->last ? day->events[i] : NO_EVENT;
	find.members = day->events;
	find.member_count = day->count;
	if (day->nearest)
		detail_add(&find.hit, "release=nearest");
	detail_add(&find.hit, "code=%s", code_text(event->line->code, code));
	detail_add_units(&find.hit, "units", day->units);
	detail_add(&find.hit, "limit=%u; lines=%u", mue.value, day->count);
	for (uint32_t i = 0; i < day->count; i++) {
		const struct event *member = &window->events[day->events[i]];
		struct text claim = event_claim_id(member);

		if (day->events[i] != day->last)
			detail_add(&find.hit, "line=%.*s/%d",
			        (int)(claim.size < 32 ? claim.size : 32), claim.at,
			        member->line->line);
	}
	find_keep(window, &find);
}

/* The slots of one code, day and provider. */
static void judge_code(struct window *window, uint32_t from, uint32_t to, uint32_t *room)
{
	const struct event *first = &window->events[window->slots[from].event];
	struct mue mue = event_mue(first);
	struct day day = {.events = room};

	if (first->run->setting == SETTING_NONE || first->line->code == CODE_BLANK)
		return;
	for (uint32_t i = from; i < to; i++) {
		uint32_t event = window->slots[i].event;

		if (!event_is_summed(&window->events[event]))
			continue;
		day.events[day.count++] = event;
		day.last = event > day.last ? event : day.last;
	}
	if (day.count < 2)
		return;
	window_scope(window, day.last, 1);
	if (!is_judged(window, &day) || !mue.there || mue.mai < 2 ||
	        (first->px->flags & PX_ANESTHESIA))
		return;
	window_evaluated(window, day.last, 1);
	sum_day(window, &day);
	if (day.units > (int64_t)mue.value * UNITS_ONE)
		keep_day(window, &day, mue);
}

static void judge(struct window *window)
{
	uint32_t *room = NULL;

	for (uint32_t from = 0, to, day = 0; from < window->slot_count; from = to) {
		if (from == day)
			day = slots_day_end(window, from);
		to = slots_code_end(window, from, day);
		if (to - from < 2)
			continue;
		if (!room)
			room = window_room(window, window->slot_count, sizeof(*room));
		if (!room)
			return;
		judge_code(window, from, to, room);
	}
}

static const enum field needs[] = {
        FIELD_PERSON_ID, FIELD_HCPCS, FIELD_UNITS, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {
        {"mai2", CHECK_HISTORY, .needs = needs, .parts = PARTS_MUE},
        {"mai3", CHECK_HISTORY, .needs = needs, .parts = PARTS_MUE}};

static const struct rule rule = {
        .id = "NCC-05",
        .name = "MUE exceeded on date of service (MAI 2 or 3)",
        .tier = "P1",
        .scope = "bene-day-provider",
        .hit_unit = "day",
        .definition = "Units of one code over two or more payable lines of all claims, same "
                      "beneficiary, day and provider (professional: rendering NPI, else billing; "
                      "institutional: CCN, else facility), above an MUE of adjudication "
                      "indicator 2 (policy: mai2) or 3 (clinical: mai3). One finding a day, on "
                      "its last line by claim id and line.",
        .traps = "Voided, denied and duplicate lines are out of the sum; so are care after "
                 "another's operation (55), assistants, JW and JZ. Readings (26) and takings (TC) "
                 "of one study are not added to one another. A span stands with equal spans, by "
                 "units a day. Some MUEs are confidential.",
        .tables = "NCCI MUE: practitioner, outpatient hospital, DME",
        .parameters = "dollars=day",
        .dollars = "the amounts of all lines of the day, each once: all units are denied",
        .evaluated = "beneficiary, code, provider and day with two or more payable lines and an "
                     "MUE of indicator 2 or 3",
        .authority = "NCCI Policy Manual ch. I (MUE)",
        .idle = "no day with two lines of a code that has such an MUE",
        .checks = checks,
        .check_count = 2,
};

const struct history_rule history_rule_ncc_05 = {
        .rule = &rule,
        .judge = judge,
        .needs = HISTORY_LINES,
        .concern = {.days = DAYS_REPEATED},
};
