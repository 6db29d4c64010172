/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NCC-07: an add-on code on a day on which its provider billed nothing that it
 * could be an addition to.
 *
 * With the NCCI add-on code file the primaries of a code are known; without it
 * any procedure of the day will do.
 */
#include "history/services.h"

#include "lookup/rows_procedures.h"
#include "lookup/set.h"

enum { TYPE_LISTED = 1, TYPE_CONTRACTOR = 2, TYPE_PARTLY = 3 };

/* An add-on code on a day. */
struct add_on {
	const struct aoc_row *rows; /* NULL: no table */
	uint32_t count;
	uint8_t type;
	bool visits;  /* a visit may be its primary */
	bool partner; /* 99292: a partner may have it, or the night before */
};

static struct add_on add_on_of(const struct window *window, const struct event *event)
{
	const struct set *set = window->options->add_ons;
	struct add_on add_on = {.type = TYPE_CONTRACTOR,
	        .visits = !set || is_em(event),
	        .partner = event->line->code == CODE5("99292")};
	const struct set_row *row =
	        set ? set_find(set, code_key(SYSTEM_PROCEDURE, event->line->code)) : NULL;
	bool found = false;

	if (!row)
		return add_on;
	add_on.rows = (const struct aoc_row *)(const void *)row;
	add_on.count = 1u + row->more;
	for (uint32_t i = 0; i < add_on.count && !found; i++) {
		found = add_on.rows[i].row.from <= event->line->from &&
		        event->line->from <= add_on.rows[i].row.to;
		if (found)
			add_on.type = add_on.rows[i].type;
	}
	return add_on;
}

static bool is_listed(const struct add_on *add_on, uint64_t code, int32_t day)
{
	bool listed = false;

	for (uint32_t i = 0; i < add_on->count && !listed; i++)
		listed = add_on->rows[i].primary == code && add_on->rows[i].row.from <= day &&
		         day <= add_on->rows[i].row.to;
	return listed;
}

/* Could it be the primary of an add-on code on that day? */
static bool is_primary(const struct add_on *add_on, const struct event *event, int32_t day)
{
	enum { NO_PRIMARY = PX_ADD_ON | PX_DRUG | PX_DMEPOS };

	if (event->line->code == CODE_BLANK)
		return false;
	if (add_on->rows && is_listed(add_on, event->line->code, day))
		return true;
	if (add_on->type == TYPE_LISTED || event->px->flags & NO_PRIMARY)
		return false;
	return add_on->type == TYPE_PARTLY || add_on->visits || !is_em(event);
}

/* Does a line say that it was on a day?  A span may have been on any of its
 * days. */
static bool is_on(const struct event *event, int32_t day)
{
	return event->line->from <= day && day <= event->line->from + event->line->span;
}

static bool is_primary_line(
        const struct add_on *add_on, const struct event *event, const struct event *added)
{
	int32_t day = added->line->from;

	if (!is_primary(add_on, event, day))
		return false;
	if (event->run->same == added->run->same && is_on(event, day))
		return true;
	return add_on->partner && same_or_group(event, added) &&
	       (is_on(event, day) || is_on(event, day - 1));
}

/* The days that the longest line of the beneficiary takes. */
static int32_t longest_span(const struct window *window)
{
	int32_t longest = 0;

	for (uint32_t i = 0; i < window->count; i++)
		longest = window->events[i].line->span > longest ? window->events[i].line->span
		                                                 : longest;
	return longest;
}

/* The first event not before a day. */
static uint32_t first_from(const struct window *window, int64_t day)
{
	uint32_t low = 0, high = window->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int32_t from = window->events[middle].line->from;

		if (from != DATE_ABSENT && from < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool has_primary(
        const struct window *window, const struct add_on *add_on, uint32_t at, int32_t longest)
{
	const struct event *added = &window->events[at];
	int32_t day = added->line->from;
	uint32_t i = first_from(window, (int64_t)day - longest - add_on->partner);
	bool found = false;

	for (; i < window->count && !found; i++) {
		const struct event *event = &window->events[i];

		if (event->line->from == DATE_ABSENT || event->line->from > day)
			break;
		found = i != at && is_primary_line(add_on, event, added);
	}
	return found;
}

static void keep(struct window *window, uint32_t at, const struct add_on *add_on)
{
	static const char *const kinds[] = {
	        [TYPE_LISTED] = "type1", [TYPE_CONTRACTOR] = "type2", [TYPE_PARTLY] = "type3"};
	const struct event *event = &window->events[at];
	char code[CODE_TEXT_SIZE];
	struct find find;

	find_begin(&find, at, kinds[add_on->type],
	        add_on->type == TYPE_LISTED ? SEVERITY_HIGH : SEVERITY_LOW);
	detail_add(&find.hit, "code=%s", code_text(event->line->code, code));
	detail_add(&find.hit, "primaries=0; limit=1; table=%s",
	        add_on->type == TYPE_LISTED ? "listed" : "any procedure");
	find_keep(window, &find);
}

/* Of a code that has come to its end another rule tells. */
static bool is_in_force(const struct event *event)
{
	return event->line->from == DATE_ABSENT ||
	       (event->px->from <= event->line->from && event->line->from <= event->px->to);
}

static bool is_in_scope(const struct event *event)
{
	return (event->px->flags & PX_ADD_ON) && is_in_force(event) &&
	       event->run->setting != SETTING_NONE && event->run->setting != SETTING_DME;
}

/* What was found for a line holds for the next one of its code, day and
 * provider. */
struct answer {
	const struct event *event;
	struct add_on add_on;
	bool found;
};

static bool is_answered(const struct answer *answer, const struct event *event)
{
	const struct event *before = answer->event;

	return before && before->line->code == event->line->code &&
	       before->line->from == event->line->from && before->run->same == event->run->same &&
	       before->group == event->group;
}

static void judge(struct window *window)
{
	struct answer answer = {0};
	int32_t longest = -1;

	for (uint32_t i = 0; i < window->count; i++) {
		const struct event *event = &window->events[i];

		if (!is_in_scope(event))
			continue;
		window_scope(window, i, 1);
		if (!event_has_day(event) || !event->run->same ||
		        event->run->setting == SETTING_UNDETERMINED)
			continue;
		if (!codes_covers(window->options->codes, PART_AOC, event->line->from)) {
			window_outside(window, i, PART_AOC);
			continue;
		}
		window_evaluated(window, i, 1);
		if (!is_answered(&answer, event)) {
			longest = longest < 0 ? longest_span(window) : longest;
			answer = (struct answer){
			        .event = event, .add_on = add_on_of(window, event)};
			answer.found = has_primary(window, &answer.add_on, i, longest);
		}
		if (!answer.found)
			keep(window, i, &answer.add_on);
	}
}

static bool is_concerned(const struct coded *coded)
{
	return coded->px->flags & PX_ADD_ON;
}

static const enum field needs[] = {FIELD_PERSON_ID, FIELD_HCPCS, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {
        {"type1", CHECK_HISTORY, .needs = needs, .parts = PART_BIT(PART_AOC)},
        {"type2", CHECK_HISTORY, .needs = needs, .parts = PART_BIT(PART_AOC)},
        {"type3", CHECK_HISTORY, .needs = needs, .parts = PART_BIT(PART_AOC)}};

static const struct rule rule = {
        .id = "NCC-07",
        .name = "Add-on code without primary",
        .tier = "P1",
        .scope = "bene-day-provider",
        .hit_unit = "line",
        .definition = "A payable line with an add-on code where the same provider "
                      "(professional: "
                      "rendering NPI, else billing; institutional: CCN, else facility) has "
                      "no "
                      "payable primary of the beneficiary on that day, on any claim: type 1 "
                      "one "
                      "of the listed primaries; type 3 a listed one or any other procedure; "
                      "type "
                      "2 any procedure that is neither an add-on nor, for one that is no "
                      "visit "
                      "itself, a visit. Without the add-on code file (type2): any procedure.",
        .traps = "99292 may follow a primary of a partner of the same TIN and "
                 "specialty, or of "
                 "the day before. A denied primary does not count. A line of several "
                 "days may "
                 "have been on any of them. Drugs and equipment are no primary. A ZZZ "
                 "code that "
                 "the file lacks is no hit. Contractors' own lists are not looked at.",
        .tables = "NCCI add-on codes; without them the starter set's add-on flags",
        .parameters = "99292: same group, one day before",
        .dollars = "the line's amount",
        .evaluated = "payable lines of add-on codes that the file has in force, "
                     "with a day of "
                     "their own and a provider",
        .authority = "NCCI Policy Manual ch. I (add-on codes); I-OCE 106-108",
        .idle = "no payable line of an add-on code with a day and a provider",
        .checks = checks,
        .check_count = 3,
};

const struct history_rule history_rule_ncc_07 = {
        .rule = &rule,
        .judge = judge,
        .needs = HISTORY_PROFESSIONAL | HISTORY_INSTITUTIONAL,
        .concern = {.code = is_concerned},
};
