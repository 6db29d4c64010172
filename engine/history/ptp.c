/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A day of one provider, by codes: each code that is column 2 against each that
 * is column 1.
 *
 *	codes of the day    A            B            C
 *	lines               a1 a2        b1           c1 c2 c3
 *	                    |            |
 *	                    +-- (A, B) in force: a1 or a2 is b1's partner
 *
 * Lines of one code have the same edits, so the work grows with the square of
 * the codes, not of the lines.  A modifier on a line of column 1 takes that line
 * out as a partner; one on the line of column 2 settles it for all partners.
 */
#include "history/ptp.h"

#include "history/edits.h"
#include "history/private.h"
#include "history/services.h"

/* A code of a day, with lines that take part. */
struct ptp_code {
	uint32_t from, to;     /* slots */
	uint32_t first, plain; /* first line, first that has no modifier that counts; NO_EVENT */
	uint32_t lines, plains;
	uint32_t pairs, pair_count; /* of those with it as column 2 */
	uint16_t id;
	unsigned roles;
};

/* An edit in force on a day. */
struct ptp_pair {
	uint32_t column1; /* code */
	struct edit edit;
};

/* A day of one provider that has several codes, of which one at least is column 2. */
struct ptp_day {
	uint32_t codes, code_count;
	bool covered; /* the table judges it: its codes have their pairs */
};

/* Those of an E/M: 24, 25, 57, and 27 in a hospital. */
static bool has_visit_modifier(const struct event *event)
{
	return event->marks & MARK_VISIT ||
	       (event->marks & MARK_27 && event_is(event, CLAIM_INSTITUTIONAL));
}

static bool is_laboratory(const struct event *event)
{
	return (event->px->flags & PX_LAB) || (event->line->code & 0xff) == '8';
}

/* Has the line a modifier that takes it out of a pair? */
static bool is_bypassed(const struct event *event)
{
	if (!event->line->modifiers[0] && !event->line->modifiers[1])
		return false;
	return event->marks & MARK_ANYWHERE || (is_em(event) && has_visit_modifier(event)) ||
	       (event->marks & MARK_91 && is_laboratory(event));
}

static bool takes_part(const struct event *event)
{
	return !(event->flags & EVENT_DUPLICATE) && event_has_days(event);
}

static const struct edits *edits_of(const struct window *window, uint8_t setting)
{
	if (setting == SETTING_PRACTITIONER)
		return window->practitioner;
	return setting == SETTING_OUTPATIENT ? window->hospital : NULL;
}

bool ptp_concerns(const struct coded *coded)
{
	const struct edits *const all[] = {coded->practitioner, coded->hospital};
	unsigned roles = 0;

	for (unsigned i = 0; i < 2; i++)
		roles |= edits_roles(all[i], edits_id(all[i], coded->code));
	return roles & PAIR_COLUMN_2;
}

/* ---- Reading the days: once, for all that ask ---- */

static struct ptp_code code_of(
        const struct window *window, const struct edits *edits, uint32_t from, uint32_t to)
{
	struct ptp_code code = {.from = from, .to = to, .first = NO_EVENT, .plain = NO_EVENT};

	uint32_t ref = history_ref(window->events[window->slots[from].event].line);
	struct edits_code found = edits_code(edits, window->slots[from].code, ref);

	code.id = found.id;
	code.roles = found.roles;
	for (uint32_t i = from; code.id && i < to; i++) {
		uint32_t at = window->slots[i].event;
		bool plain = !is_bypassed(&window->events[at]);

		if (!takes_part(&window->events[at]))
			continue;
		code.lines++;
		code.first = at < code.first ? at : code.first;
		code.plains += plain;
		code.plain = plain && at < code.plain ? at : code.plain;
	}
	return code;
}

/* The codes of the slots from to to behind those that were read; false: no memory. */
static bool read_codes(struct window *window, const struct edits *edits, uint32_t from, uint32_t to)
{
	struct growing *codes = &window->own->ptp_codes;

	for (uint32_t at = from, end; at < to; at = end) {
		end = slots_code_end(window, at, to);
		struct ptp_code code = code_of(window, edits, at, end);
		struct ptp_code *room = code.lines ? growing_add(codes, 1, sizeof(code)) : NULL;

		if (room)
			*room = code;
		else if (code.lines)
			return false;
	}
	return true;
}

/* The edits with a code as column 2; false: no memory. */
static bool read_pairs(struct window *window, const struct edits *edits, const struct ptp_day *day,
        struct ptp_code *code)
{
	struct growing *pairs = &window->own->ptp_pairs;
	const struct ptp_code *codes = window->own->ptp_codes.data;
	int32_t date = window->slots[code->from].from;

	code->pairs = (uint32_t)pairs->count;
	for (uint32_t i = day->codes; i < day->codes + day->code_count; i++) {
		struct ptp_pair pair = {.column1 = i}, *room;

		if (&codes[i] == code || !(codes[i].roles & PAIR_COLUMN_1) ||
		        !edits_may_pair(edits, codes[i].id, code->id) ||
		        !edits_find(edits, codes[i].id, code->id, date, &pair.edit))
			continue;
		room = growing_add(pairs, 1, sizeof(pair));
		if (!room)
			return false;
		*room = pair;
		code->pair_count++;
	}
	return true;
}

/* A day of one provider: slots from to to, which have more than one code; false: no memory. */
static bool read_day(struct window *window, uint32_t from, uint32_t to)
{
	struct window_private *own = window->own;
	const struct edits *edits = edits_of(window, window->slots[from].setting);
	struct ptp_day day = {.codes = (uint32_t)own->ptp_codes.count}, *room;
	unsigned roles = 0;

	if (!edits)
		return true;
	if (!read_codes(window, edits, from, to))
		return false;
	struct ptp_code *codes = own->ptp_codes.data;
	day.code_count = (uint32_t)own->ptp_codes.count - day.codes;
	for (uint32_t i = 0; i < day.code_count; i++)
		roles |= codes[day.codes + i].roles;
	if (!(roles & PAIR_COLUMN_2)) {
		own->ptp_codes.count = day.codes;
		return true;
	}
	day.covered = edits_cover(edits, window->slots[from].from);
	for (uint32_t i = day.codes; day.covered && i < day.codes + day.code_count; i++) {
		if (codes[i].roles & PAIR_COLUMN_2 && !read_pairs(window, edits, &day, &codes[i]))
			return false;
	}
	room = growing_add(&own->ptp_days, 1, sizeof(day));
	if (room)
		*room = day;
	return room != NULL;
}

static void read_days(struct window *window)
{
	struct window_private *own = window->own;

	own->ptp_read = true;
	own->ptp_days.count = own->ptp_codes.count = own->ptp_pairs.count = 0;
	for (uint32_t from = 0, to; from < window->slot_count; from = to) {
		to = slots_day_end(window, from);
		if (window->slots[from].code != window->slots[to - 1].code &&
		        !read_day(window, from, to)) {
			window->failed = true;
			return;
		}
	}
}

/* ---- Judging ---- */

/* Who stands against the lines of a code of column 2. */
struct partners {
	uint32_t first, count; /* lines */
	struct edit edit;
};

/*
 * An E/M in column 2 is only excused by its own modifiers; of any other line
 * those of the partner count too, where the edit lets them.
 */
static struct partners partners_of(
        const struct window *window, const struct ptp_code *code, uint8_t indicator)
{
	const struct ptp_code *codes = window->own->ptp_codes.data;
	const struct ptp_pair *pairs = window->own->ptp_pairs.data;
	struct partners partners = {.first = NO_EVENT};
	bool all = indicator == PAIR_NEVER || is_em(&window->events[code->first]);

	for (uint32_t i = code->pairs; i < code->pairs + code->pair_count; i++) {
		const struct ptp_code *other = &codes[pairs[i].column1];
		uint32_t first = all ? other->first : other->plain;

		if (first == NO_EVENT || pairs[i].edit.indicator != indicator)
			continue;
		partners.count += all ? other->lines : other->plains;
		if (first < partners.first) {
			partners.first = first;
			partners.edit = pairs[i].edit;
		}
	}
	return partners;
}

static void keep(struct window *window, uint32_t at, const struct partners *partners)
{
	const struct event *event = &window->events[at];
	bool never = partners->edit.indicator == PAIR_NEVER;
	char one[CODE_TEXT_SIZE], two[CODE_TEXT_SIZE];
	struct find find;

	find_begin(&find, at,
	        event->run->setting == SETTING_PRACTITIONER ? "practitioner" : "hospital",
	        never ? SEVERITY_HIGH : SEVERITY_MEDIUM);
	find.other = partners->first;
	detail_add(&find.hit, "column_1=%s",
	        code_text(window->events[partners->first].line->code, one));
	detail_add(&find.hit, "column_2=%s", code_text(event->line->code, two));
	detail_add(&find.hit, "indicator=%u", partners->edit.indicator);
	detail_add_window(&find.hit, partners->edit.from, partners->edit.to);
	find_tell_others(&find, partners->count - 1);
	find_keep(window, &find);
}

static bool excuses_itself(const struct event *event)
{
	return is_em(event) ? has_visit_modifier(event) : is_bypassed(event);
}

static void judge_code(struct window *window, const struct ptp_code *code, uint8_t indicator,
        struct counting *counting)
{
	struct partners partners = partners_of(window, code, indicator);

	for (uint32_t i = code->from; i < code->to; i++) {
		uint32_t at = window->slots[i].event;
		const struct event *event = &window->events[at];

		if (!takes_part(event))
			continue;
		counting_add(window, counting, at, true);
		if (partners.count == 0 || (indicator == PAIR_ALLOWED && excuses_itself(event)))
			continue;
		keep(window, at, &partners);
	}
}

/* Lines of a day that the table does not judge: two rules look, one tells. */
static void pass_over(struct window *window, const struct ptp_code *code, uint8_t indicator)
{
	const bool *active = window->options->selection->active;
	bool tells = indicator == PAIR_NEVER || !active[rule_find("NCC-01")];

	for (uint32_t i = code->from; i < code->to; i++) {
		uint32_t at = window->slots[i].event;

		if (!takes_part(&window->events[at]))
			continue;
		window_scope(window, at, 1);
		if (tells)
			window_outside_pairs(window, at);
	}
}

/* ---- Counting what passed ---- */

/* By which group of modifiers a line passes; the first of several. */
static enum tally_measure group_of(const struct event *event)
{
	if (is_em(event))
		return TALLY_NCC_03_EM;
	if (event->marks & MARK_59)
		return TALLY_NCC_03_59;
	if (event->marks & MARK_SUBSET)
		return TALLY_NCC_03_X;
	return event->marks & MARK_ANATOMIC ? TALLY_NCC_03_ANATOMIC : TALLY_NCC_03_OTHER;
}

/* Those that stand against a line of column 2 by edits of indicator 1. */
struct opponents {
	uint32_t bypassed; /* the first that a modifier takes out; NO_EVENT: none */
	uint32_t plain;    /* the first that none does */
	bool same_anatomic;
};

static bool shares_anatomic(const struct event *a, const struct event *b)
{
	bool shares = false;

	if (!(a->marks & b->marks & MARK_ANATOMIC))
		return false;
	for (unsigned i = 0; i < MODIFIERS_MAX && !shares; i++) {
		const uint16_t *modifier = &a->line->modifiers[i];
		const uint16_t alone[MODIFIERS_MAX] = {*modifier};

		shares = marks_of(alone) & MARK_ANATOMIC && event_has_any(b, modifier, 1);
	}
	return shares;
}

static void oppose(const struct window *window, const struct ptp_code *code,
        const struct event *event, struct opponents *opponents)
{
	for (uint32_t i = code->from; i < code->to; i++) {
		uint32_t at = window->slots[i].event;
		const struct event *other = &window->events[at];
		uint32_t *first = is_bypassed(other) ? &opponents->bypassed : &opponents->plain;

		if (!takes_part(other))
			continue;
		*first = at < *first ? at : *first;
		opponents->same_anatomic |= shares_anatomic(event, other);
	}
}

/* Every measure has all lines; its own are those that passed so. */
static void put(
        struct window *window, const struct event *event, enum tally_measure measure, bool passed)
{
	struct tally tally = {.measure = measure, .n = 1, .k = passed};

	if (passed && event->amount > 0)
		tally.dollars = event->amount;
	window_tally(window, event, tally);
}

/* Whether it passed by its own modifier, or by the partners' where that helps it. */
static void count_line(
        struct window *window, const struct event *event, const struct opponents *opponents)
{
	bool itself = excuses_itself(event);
	bool passed = itself || (!is_em(event) && opponents->plain == NO_EVENT);
	bool apart = event->marks & MARK_59, twice = apart && event->marks & MARK_SUBSET;
	enum tally_measure group = group_of(
	        itself || !passed ? event : &window->events[opponents->bypassed]);

	put(window, event, TALLY_NCC_03_ALL, passed);
	for (unsigned measure = TALLY_NCC_03_59; measure <= TALLY_NCC_03_OTHER; measure++)
		put(window, event, (enum tally_measure)measure, passed && group == measure);
	put(window, event, TALLY_NCC_03_SAME_ANATOMIC, passed && opponents->same_anatomic);
	put(window, event, TALLY_NCC_03_59_AND_X, passed && twice);
	put(window, event, TALLY_NCC_03_59_ON_EM, passed && apart && is_em(event));
}

static void count_code(struct window *window, const struct ptp_code *code)
{
	const struct ptp_code *codes = window->own->ptp_codes.data;
	const struct ptp_pair *pairs = window->own->ptp_pairs.data;

	for (uint32_t i = code->from; code->pair_count > 0 && i < code->to; i++) {
		const struct event *event = &window->events[window->slots[i].event];
		struct opponents opponents = {NO_EVENT, NO_EVENT, false};

		for (uint32_t p = code->pairs;
		        takes_part(event) && p < code->pairs + code->pair_count; p++)
			if (pairs[p].edit.indicator == PAIR_ALLOWED)
				oppose(window, &codes[pairs[p].column1], event, &opponents);
		if (opponents.plain != NO_EVENT || opponents.bypassed != NO_EVENT)
			count_line(window, event, &opponents);
	}
}

/* ---- Days ---- */

enum { COUNT_ONLY = UINT8_MAX }; /* instead of an indicator */

static void judge_day(struct window *window, const struct ptp_day *day, uint8_t indicator,
        struct counting *counting)
{
	const struct ptp_code *codes = window->own->ptp_codes.data;

	for (uint32_t i = day->codes; i < day->codes + day->code_count; i++) {
		if (!(codes[i].roles & PAIR_COLUMN_2))
			continue;
		if (indicator == COUNT_ONLY && day->covered)
			count_code(window, &codes[i]);
		else if (indicator != COUNT_ONLY && !day->covered)
			pass_over(window, &codes[i], indicator);
		else if (day->covered)
			judge_code(window, &codes[i], indicator, counting);
	}
}

void ptp_judge(struct window *window, uint8_t indicator)
{
	struct window_private *own = window->own;
	struct counting counting = {0};

	if (!own->ptp_read)
		read_days(window);
	const struct ptp_day *days = own->ptp_days.data;
	for (size_t i = 0; i < own->ptp_days.count; i++)
		judge_day(window, &days[i], indicator, &counting);
	counting_end(window, &counting);
}

void ptp_count(struct window *window)
{
	ptp_judge(window, COUNT_ONLY);
}
