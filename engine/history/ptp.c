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
#include "history/services.h"

struct day_code {
	uint32_t from, to;     /* slots */
	uint32_t first, plain; /* first line, first that has no modifier that counts; NO_EVENT */
	uint32_t lines, plains;
	uint16_t id;
	unsigned roles;
};

/* NCCI PTP-associated modifiers that count on any line; the anatomic ones first. */
static const uint16_t anywhere[] = {TWO_CHARS('E', '1'), TWO_CHARS('E', '2'), TWO_CHARS('E', '3'),
        TWO_CHARS('E', '4'), TWO_CHARS('F', 'A'), TWO_CHARS('F', '1'), TWO_CHARS('F', '2'),
        TWO_CHARS('F', '3'), TWO_CHARS('F', '4'), TWO_CHARS('F', '5'), TWO_CHARS('F', '6'),
        TWO_CHARS('F', '7'), TWO_CHARS('F', '8'), TWO_CHARS('F', '9'), TWO_CHARS('T', 'A'),
        TWO_CHARS('T', '1'), TWO_CHARS('T', '2'), TWO_CHARS('T', '3'), TWO_CHARS('T', '4'),
        TWO_CHARS('T', '5'), TWO_CHARS('T', '6'), TWO_CHARS('T', '7'), TWO_CHARS('T', '8'),
        TWO_CHARS('T', '9'), TWO_CHARS('L', 'T'), TWO_CHARS('R', 'T'), TWO_CHARS('L', 'C'),
        TWO_CHARS('L', 'D'), TWO_CHARS('L', 'M'), TWO_CHARS('R', 'C'), TWO_CHARS('R', 'I'),
        TWO_CHARS('5', '8'), TWO_CHARS('7', '8'), TWO_CHARS('7', '9'), TWO_CHARS('5', '9'),
        TWO_CHARS('X', 'E'), TWO_CHARS('X', 'P'), TWO_CHARS('X', 'S'), TWO_CHARS('X', 'U')};
enum { ANYWHERE = sizeof(anywhere) / sizeof(anywhere[0]), ANATOMIC = 31 };

/* Those of an E/M: 24, 25, 57, and 27 in a hospital. */
static bool has_visit_modifier(const struct event *event)
{
	return event_has(event, '2', '4') || event_has(event, '2', '5') ||
	       event_has(event, '5', '7') ||
	       (event_is(event, CLAIM_INSTITUTIONAL) && event_has(event, '2', '7'));
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
	return event_has_any(event, anywhere, ANYWHERE) ||
	       (is_em(event) && has_visit_modifier(event)) ||
	       (is_laboratory(event) && event_has(event, '9', '1'));
}

static bool takes_part(const struct event *event)
{
	return !(event->flags & EVENT_DUPLICATE) && event_has_days(event);
}

static struct day_code code_of(
        const struct window *window, const struct edits *edits, uint32_t from, uint32_t to)
{
	struct day_code code = {.from = from, .to = to, .first = NO_EVENT, .plain = NO_EVENT};

	code.id = edits_id(edits, window->slots[from].code);
	code.roles = edits_roles(edits, code.id);
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

/* Who stands against the lines of a code of column 2. */
struct partners {
	uint32_t first, count; /* lines */
	const struct day_code *code;
	struct edit edit;
};

/*
 * An E/M in column 2 is only excused by its own modifiers; of any other line
 * those of the partner count too, where the edit lets them.
 */
static struct partners partners_of(const struct window *window, const struct edits *edits,
        const struct day_code codes[], uint32_t count, uint32_t column2, uint8_t indicator)
{
	const struct day_code *code = &codes[column2];
	struct partners partners = {.first = NO_EVENT};
	int32_t day = window->slots[code->from].from;
	bool all = indicator == PAIR_NEVER || is_em(&window->events[code->first]);

	for (uint32_t i = 0; i < count; i++) {
		uint32_t first = all ? codes[i].first : codes[i].plain;
		struct edit edit;

		if (i == column2 || !(codes[i].roles & PAIR_COLUMN_1) || first == NO_EVENT ||
		        !edits_find(edits, codes[i].id, code->id, day, &edit) ||
		        edit.indicator != indicator)
			continue;
		partners.count += all ? codes[i].lines : codes[i].plains;
		if (first < partners.first) {
			partners.first = first;
			partners.code = &codes[i];
			partners.edit = edit;
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

static void judge_code(struct window *window, const struct edits *edits,
        const struct day_code codes[], uint32_t count, uint32_t column2, uint8_t indicator)
{
	const struct day_code *code = &codes[column2];
	struct partners partners = partners_of(window, edits, codes, count, column2, indicator);

	for (uint32_t i = code->from; i < code->to; i++) {
		uint32_t at = window->slots[i].event;
		const struct event *event = &window->events[at];

		if (!takes_part(event))
			continue;
		window_scope(window, at, 1);
		window_evaluated(window, at, 1);
		if (partners.count == 0 || (indicator == PAIR_ALLOWED && excuses_itself(event)))
			continue;
		keep(window, at, &partners);
	}
}

/* Lines of a day that the table does not judge: two rules look, one tells. */
static void pass_over(struct window *window, const struct day_code *code, uint8_t indicator)
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

static const struct edits *edits_of(const struct window *window, uint8_t setting)
{
	if (setting == SETTING_PRACTITIONER)
		return window->practitioner;
	return setting == SETTING_OUTPATIENT ? window->hospital : NULL;
}

/* ---- Counting what passed ---- */

static const uint16_t distinct[] = {TWO_CHARS('5', '9')};
static const uint16_t subsets[] = {
        TWO_CHARS('X', 'E'), TWO_CHARS('X', 'P'), TWO_CHARS('X', 'S'), TWO_CHARS('X', 'U')};

static bool has_distinct(const struct event *event)
{
	return event_has_any(event, distinct, 1);
}

static bool has_subset(const struct event *event)
{
	return event_has_any(event, subsets, sizeof(subsets) / sizeof(subsets[0]));
}

/* By which group of modifiers a line passes; the first of several. */
static enum tally_measure group_of(const struct event *event)
{
	if (is_em(event))
		return TALLY_NCC_03_EM;
	if (has_distinct(event))
		return TALLY_NCC_03_59;
	if (has_subset(event))
		return TALLY_NCC_03_X;
	return event_has_any(event, anywhere, ANATOMIC) ? TALLY_NCC_03_ANATOMIC
	                                                : TALLY_NCC_03_OTHER;
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

	for (unsigned i = 0; i < ANATOMIC && !shares; i++)
		shares = event_has_any(a, &anywhere[i], 1) && event_has_any(b, &anywhere[i], 1);
	return shares;
}

static void oppose(const struct window *window, const struct day_code *code,
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
	bool twice = has_distinct(event) && has_subset(event);
	enum tally_measure group = group_of(
	        itself || !passed ? event : &window->events[opponents->bypassed]);

	put(window, event, TALLY_NCC_03_ALL, passed);
	for (unsigned measure = TALLY_NCC_03_59; measure <= TALLY_NCC_03_OTHER; measure++)
		put(window, event, (enum tally_measure)measure, passed && group == measure);
	put(window, event, TALLY_NCC_03_SAME_ANATOMIC, passed && opponents->same_anatomic);
	put(window, event, TALLY_NCC_03_59_AND_X, passed && twice);
	put(window, event, TALLY_NCC_03_59_ON_EM, passed && has_distinct(event) && is_em(event));
}

static void count_code(struct window *window, const struct edits *edits,
        const struct day_code codes[], uint32_t count, uint32_t column2)
{
	const struct day_code *code = &codes[column2];
	int32_t day = window->slots[code->from].from;

	for (uint32_t i = code->from; i < code->to; i++) {
		const struct event *event = &window->events[window->slots[i].event];
		struct opponents opponents = {NO_EVENT, NO_EVENT, false};

		for (uint32_t c = 0; takes_part(event) && c < count; c++) {
			struct edit edit;

			if (c != column2 && (codes[c].roles & PAIR_COLUMN_1) &&
			        edits_find(edits, codes[c].id, code->id, day, &edit) &&
			        edit.indicator == PAIR_ALLOWED)
				oppose(window, &codes[c], event, &opponents);
		}
		if (opponents.plain != NO_EVENT || opponents.bypassed != NO_EVENT)
			count_line(window, event, &opponents);
	}
}

/* ---- Days ---- */

enum { COUNT_ONLY = UINT8_MAX }; /* instead of an indicator */

/* A day of one provider: slots from to to, which have more than one code. */
static void judge_day(
        struct window *window, uint32_t from, uint32_t to, struct day_code *room, uint8_t indicator)
{
	const struct slot *first = &window->slots[from];
	const struct edits *edits = edits_of(window, first->setting);
	uint32_t count = 0, lines = 0;

	if (!edits)
		return;
	for (uint32_t at = from, end; at < to; at = end) {
		end = slots_code_end(window, at, to);
		room[count] = code_of(window, edits, at, end);
		if (room[count].lines > 0)
			count++;
		lines++;
	}
	bool covered = edits_cover(edits, first->from);

	for (uint32_t i = 0; lines > 1 && i < count; i++) {
		if (!(room[i].roles & PAIR_COLUMN_2))
			continue;
		if (indicator == COUNT_ONLY && covered)
			count_code(window, edits, room, count, i);
		else if (indicator != COUNT_ONLY && !covered)
			pass_over(window, &room[i], indicator);
		else if (covered)
			judge_code(window, edits, room, count, i, indicator);
	}
}

void ptp_judge(struct window *window, uint8_t indicator)
{
	struct day_code *room = NULL;

	for (uint32_t from = 0, to; from < window->slot_count; from = to) {
		to = slots_day_end(window, from);
		if (window->slots[from].code == window->slots[to - 1].code)
			continue;
		if (!room)
			room = window_room(window, window->slot_count, sizeof(*room));
		if (!room)
			return;
		judge_day(window, from, to, room, indicator);
	}
}

void ptp_count(struct window *window)
{
	ptp_judge(window, COUNT_ONLY);
}
