/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EM-06: visits of one day that are not paid beside one another, and what is
 * added to a visit that is not there.
 *
 * Each question is one about the day of a provider or group: which of its lines
 * stands in some set.  Lines are put under (whose, set, day), and asked for.
 */
#include "history/services.h"

#include "base/hash.h"

/* Sets of lines of a day. */
enum em_set {
	SET_ALL,
	SET_VISITS, /* ... of a place, without 25 and 27 */
	SET_DISCHARGE,
	SET_SUBSEQUENT,
	SET_BASES, /* + the prolonged code's row: what it may be added to */
};

enum kind { KIND_NONE, KIND_PROLONGED, KIND_DISCHARGE, KIND_SECOND, KIND_CRITICAL };

static const char *const kinds[] = {NULL, "prolonged", "discharge", "second_em", "critical"};

/* What a prolonged service is added to: the code's own rule. */
static const struct {
	const char *code;
	const char *bases[10]; /* NULL-ended */
} prolonged[] = {
        {"99417", {"99205", "99215", "99245", "99345", "99350", "99483"}},
        {"G2212", {"99205", "99215", "99483"}},
        {"99418", {"99223", "99233", "99236", "99255", "99306", "99310"}},
        {"G0316", {"99223", "99233", "99236"}},
        {"G0317", {"99306", "99310"}},
        {"G0318", {"99345", "99350"}},
};
enum { PROLONGED = sizeof(prolonged) / sizeof(prolonged[0]) };

static bool is_prolonged(uint64_t code, unsigned row)
{
	return code == CODE5(prolonged[row].code);
}

static bool is_base(uint64_t code, unsigned row)
{
	for (const char *const *base = prolonged[row].bases; *base; base++)
		if (code == CODE5(*base))
			return true;
	return false;
}

/* 99238 and 99239; 99231 to 99233. */
static bool is_discharge(uint64_t code)
{
	return code == CODE5("99238") || code == CODE5("99239");
}

static bool is_subsequent(uint64_t code)
{
	return code == CODE5("99231") || code == CODE5("99232") || code == CODE5("99233");
}

/* A visit of which a provider has one a day and place: not critical care, not discharge. */
static bool is_single(const struct event *event)
{
	return is_visit(event) && event->px->em_family != EM_CRITICAL &&
	       event->px->em_family != EM_DISCHARGE && !(event->px->flags & PX_ADD_ON);
}

static bool is_excused(const struct event *event)
{
	return event_has(event, '2', '5') || event_has(event, '2', '7');
}

static bool takes_part(const struct event *event)
{
	return event_is(event, CLAIM_PROFESSIONAL) && event_has_day(event) && is_em(event) &&
	       !(event->flags & EVENT_DUPLICATE);
}

/* ---- Who has what on a day ---- */

static uint64_t key_of(uint64_t who, unsigned set, uint16_t place)
{
	const uint64_t key[] = {who, (uint64_t)set << 16 | place};

	return hash64(key, sizeof(key));
}

static void put(struct keyed_events *keyed, const struct window *window, uint32_t at, unsigned set,
        uint16_t place)
{
	const struct event *event = &window->events[at];
	const uint64_t who[] = {event->run->same, event->group ? ~event->group : 0};

	for (unsigned w = 0; w < 2; w++) {
		if (who[w])
			keyed->items[keyed->count++] = (struct keyed_event){
			        key_of(who[w], set, place), event->line->from, at};
	}
}

/* The first line of a set on an event's day, of its provider or group; NO_EVENT. */
static uint32_t first_of(const struct keyed_events *keyed, const struct window *window, uint32_t at,
        unsigned set, uint16_t place)
{
	const struct event *event = &window->events[at];
	const uint64_t who[] = {event->run->same, event->group ? ~event->group : 0};
	uint32_t first = NO_EVENT;

	for (unsigned w = 0; w < 2; w++) {
		uint32_t found = who[w] ? keyed_first_from(keyed, key_of(who[w], set, place),
		                                  event->line->from)
		                        : NO_EVENT;

		if (found != NO_EVENT && window->events[found].line->from == event->line->from &&
		        found < first)
			first = found;
	}
	return first;
}

static void gather_line(struct keyed_events *keyed, const struct window *window, uint32_t at)
{
	const struct event *event = &window->events[at];
	uint64_t code = event->line->code;

	put(keyed, window, at, SET_ALL, 0);
	if (is_single(event) && !is_excused(event))
		put(keyed, window, at, SET_VISITS, event->line->place);
	if (is_discharge(code))
		put(keyed, window, at, SET_DISCHARGE, 0);
	if (is_subsequent(code))
		put(keyed, window, at, SET_SUBSEQUENT, 0);
	for (unsigned row = 0; row < PROLONGED; row++) {
		if (is_base(code, row))
			put(keyed, window, at, SET_BASES + row, 0);
	}
}

/* ---- Judging ---- */

static void keep(struct window *window, uint32_t at, enum kind kind, uint32_t other)
{
	const struct event *event = &window->events[at];
	char code[CODE_TEXT_SIZE];
	struct find find;

	find_begin(&find, at, kinds[kind], SEVERITY_LOW);
	find.other = other;
	detail_add(&find.hit, "code=%s", code_text(event->line->code, code));
	if (other != NO_EVENT)
		detail_add(&find.hit, "other_code=%s",
		        code_text(window->events[other].line->code, code));
	if (kind == KIND_SECOND)
		detail_add(&find.hit, "visits=2; limit=1");
	if (kind == KIND_DISCHARGE)
		detail_add(&find.hit, "codes=2; limit=1");
	if (kind == KIND_PROLONGED)
		detail_add(&find.hit, "base=none");
	if (kind == KIND_CRITICAL) {
		detail_add(
		        &find.hit, "pos=%s; limit=not 11 12", code_text(event->line->place, code));
		find.hit.watch = true;
	}
	find_keep(window, &find);
}

/* The row of a prolonged code, or PROLONGED. */
static unsigned prolonged_row(uint64_t code)
{
	unsigned row = 0;

	while (row < PROLONGED && !is_prolonged(code, row))
		row++;
	return row;
}

/* Whether the later of the two is this one: the finding stands on it. */
static bool is_later(uint32_t at, uint32_t other)
{
	return other != NO_EVENT && other < at;
}

static enum kind kind_of(
        const struct window *window, const struct keyed_events *keyed, uint32_t at, uint32_t *other)
{
	const struct event *event = &window->events[at];
	uint64_t code = event->line->code;
	unsigned row = prolonged_row(code);

	*other = NO_EVENT;
	if (row < PROLONGED)
		return first_of(keyed, window, at, SET_BASES + row, 0) == NO_EVENT ? KIND_PROLONGED
		                                                                   : KIND_NONE;
	if (is_discharge(code) || is_subsequent(code)) {
		*other = first_of(
		        keyed, window, at, is_discharge(code) ? SET_SUBSEQUENT : SET_DISCHARGE, 0);
		if (is_later(at, *other))
			return KIND_DISCHARGE;
	}
	if (is_single(event) && !is_excused(event)) {
		*other = first_of(keyed, window, at, SET_VISITS, event->line->place);
		if (is_later(at, *other))
			return KIND_SECOND;
	}
	*other = NO_EVENT;
	return code == CODE5("99291") && (event->line->place == TWO_CHARS('1', '1') ||
	                                         event->line->place == TWO_CHARS('1', '2'))
	               ? KIND_CRITICAL
	               : KIND_NONE;
}

/* Has the provider or group another E/M on the line's day? */
static bool has_company(const struct keyed_events *keyed, const struct window *window, uint32_t at)
{
	const struct event *event = &window->events[at];
	const uint64_t who[] = {event->run->same, event->group ? ~event->group : 0};

	if (is_later(at, first_of(keyed, window, at, SET_ALL, 0)))
		return true;
	for (unsigned w = 0; w < 2; w++) {
		uint32_t last = who[w] ? keyed_last_before(keyed, key_of(who[w], SET_ALL, 0),
		                                 event->line->from + 1)
		                       : at;

		if (last != at && last != NO_EVENT)
			return true;
	}
	return false;
}

/* Is there something to judge with no other visit that day? */
static bool stands_by_itself(uint64_t code)
{
	return prolonged_row(code) < PROLONGED || is_discharge(code) || code == CODE5("99291");
}

static bool is_judged(const struct keyed_events *keyed, const struct window *window, uint32_t at)
{
	return stands_by_itself(window->events[at].line->code) || has_company(keyed, window, at);
}

static void judge(struct window *window)
{
	struct keyed_events keyed = {0};
	uint32_t wanted = 0, last = 0;

	for (uint32_t i = 0; i < window->count; i++) {
		bool takes = takes_part(&window->events[i]);

		wanted += takes;
		last = takes ? i : last;
	}
	/* Of most beneficiaries one visit is all there is. */
	if (wanted == 0 || (wanted == 1 && !stands_by_itself(window->events[last].line->code)))
		return;
	keyed.items = window_room(
	        window, (size_t)wanted * 2 * (SET_BASES + PROLONGED), sizeof(*keyed.items));
	if (!keyed.items)
		return;
	for (uint32_t i = 0; i < window->count; i++) {
		if (takes_part(&window->events[i]))
			gather_line(&keyed, window, i);
	}
	keyed_sort(&keyed);
	for (uint32_t i = 0; i < window->count; i++) {
		enum kind kind;
		uint32_t other;

		if (!takes_part(&window->events[i]) || !is_judged(&keyed, window, i))
			continue;
		window_scope(window, i, 1);
		window_evaluated(window, i, 1);
		kind = kind_of(window, &keyed, i, &other);
		if (kind != KIND_NONE)
			keep(window, i, kind, other);
	}
}

static bool is_concerned(const struct coded *coded)
{
	return coded->px->em_family != EM_NONE;
}

static const enum field needs[] = {FIELD_PERSON_ID, FIELD_HCPCS, FIELD_CLAIM_START, FIELD_COUNT};
static const enum field needs_modifiers[] = {
        FIELD_PERSON_ID, FIELD_HCPCS, FIELD_CLAIM_START, FIELD_MODIFIER_1, FIELD_COUNT};
static const struct rule_check checks[] = {{"prolonged", CHECK_HISTORY, .needs = needs},
        {"discharge", CHECK_HISTORY, .needs = needs},
        {"second_em", CHECK_HISTORY, .needs = needs_modifiers},
        {"critical", CHECK_HISTORY, .watch = true, .needs = needs}};

static const struct rule rule = {
        .id = "EM-06",
        .name = "Multiple or unsupported E/M same day",
        .tier = "P2",
        .scope = "bene-day-provider",
        .hit_unit = "line and kind",
        .definition = "Payable professional E/M lines of one day by the same rendering NPI, or one "
                      "of the same TIN and specialty: a second visit at the same place of service "
                      "without 25 or 27 (second_em); 99417, G2212, 99418, G0316, G0317 or G0318 "
                      "without a code that it may be added to (prolonged); 99238 or 99239 with "
                      "99231 to 99233 (discharge); 99291 in POS 11 or 12 (critical, watch). The "
                      "finding stands on the later line.",
        .traps = "Specialties 50, 89, 97, 70 and unknown make no group. Critical care, discharge, "
                 "calls, management of care and add-ons are no second visit. A line is one kind: "
                 "the first of the order above. Facility claims, where condition code G0 tells two "
                 "visits, are not judged.",
        .tables = "E/M families; the bases of prolonged services",
        .parameters = "excused_by=25, 27",
        .dollars = "the amount of the line; critical none",
        .evaluated = "payable E/M lines with another E/M of the provider's or group's day, and "
                     "prolonged, critical and discharge codes",
        .authority = "MCPM ch. 12, s. 30.6; I-OCE 42",
        .idle = "no day with two visits of a provider, or a prolonged, critical or discharge code",
        .checks = checks,
        .check_count = 4,
};

const struct history_rule history_rule_em_06 = {
        .rule = &rule,
        .judge = judge,
        .needs = HISTORY_VISITS,
        .concern = {.types = 1 << CLAIM_PROFESSIONAL, .code = is_concerned},
};
