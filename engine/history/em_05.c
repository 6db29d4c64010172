/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EM-05: a new-patient code for a patient whom the provider, or one of the same
 * group and specialty, has met in the three years before.
 */
#include "history/services.h"

enum { YEARS = 3 };

/* 99202-99205 99341 99342 99344 99345 99381-99387 92002 92004; 99201 99343 99324-99328 once. */
static bool is_new_patient(uint64_t code, const struct procedure_attributes *px)
{
	return px->em_family == EM_OFFICE_NEW || px->em_family == EM_HOME_NEW ||
	       px->em_family == EM_PREVENTIVE_NEW || code == CODE5("92002") ||
	       code == CODE5("92004");
}

/* Psychiatry and psychotherapy: 9079x, 908xx. */
static bool is_psychiatric(uint64_t code)
{
	uint64_t three = code & 0xffffff, four = code & 0xffffffff;

	return three == (CODE5("908\0\0") & 0xffffff) || four == (CODE5("9079\0") & 0xffffffff);
}

/* Was the patient there?  Not for a reading, a part, assistance, or a laboratory's work. */
static bool is_face_to_face(const struct event *event)
{
	if (!event_is(event, CLAIM_PROFESSIONAL) || event_has(event, '2', '6') ||
	        event_has(event, 'T', 'C') || is_assistant(event) ||
	        event->line->place == TWO_CHARS('8', '1'))
		return false;
	return is_visit(event) || has_global(event) || (event->px->flags & PX_EYE_EXAM) ||
	       is_psychiatric(event->line->code);
}

static void keep(struct window *window, uint32_t at, uint32_t prior)
{
	const struct event *event = &window->events[at], *before = &window->events[prior];
	char code[CODE_TEXT_SIZE], earlier[CODE_TEXT_SIZE];
	bool same = event->run->same && event->run->same == before->run->same;
	struct find find;

	find_begin(&find, at, same ? "same_provider" : "same_group", SEVERITY_MEDIUM);
	find.other = prior;
	find.hit.share = 1;
	find.hit.whole = 4;
	detail_add(&find.hit, "code=%s", code_text(event->line->code, code));
	detail_add_days(&find.hit, "seen", before->line->from, before->line->from);
	detail_add(&find.hit, "seen_code=%s", code_text(before->line->code, earlier));
	detail_add(&find.hit, "days=%d; limit=%d years", event->line->from - before->line->from,
	        YEARS);
	find_keep(window, &find);
}

/* The later of two events, by their order; NO_EVENT is before all. */
static uint32_t later(uint32_t a, uint32_t b)
{
	if (a == NO_EVENT || b == NO_EVENT)
		return a == NO_EVENT ? b : a;
	return a > b ? a : b;
}

static void judge_visit(struct window *window, uint32_t at, const struct keyed_events *seen)
{
	const struct event *event = &window->events[at];
	int32_t day = event->line->from, since = date_add_years(day, -YEARS);
	uint32_t prior = NO_EVENT;

	window_scope(window, at, 1);
	if (event->run->same)
		prior = keyed_last_before(seen, event->run->same, day);
	if (event->group)
		prior = later(prior, keyed_last_before(seen, ~event->group, day));
	bool found = prior != NO_EVENT && window->events[prior].line->from > since;

	if (!event->run->same && !event->group)
		return;
	if (found || window->options->first_met <= since)
		window_evaluated(window, at, 1);
	if (found)
		keep(window, at, prior);
}

/* Who has seen the patient, by provider and by group (under its complement). */
static void gather(const struct window *window, struct keyed_events *seen)
{
	for (uint32_t i = 0; i < window->count; i++) {
		const struct event *event = &window->events[i];

		if (event->line->from == DATE_ABSENT || !is_face_to_face(event))
			continue;
		if (event->run->same)
			seen->items[seen->count++] = (struct keyed_event){
			        event->run->same, event->line->from, i};
		if (event->group)
			seen->items[seen->count++] = (struct keyed_event){
			        ~event->group, event->line->from, i};
	}
	keyed_sort(seen);
}

static void judge(struct window *window)
{
	struct keyed_events seen = {0};

	for (uint32_t i = 0; i < window->count; i++) {
		const struct event *event = &window->events[i];

		if (!event_is(event, CLAIM_PROFESSIONAL) ||
		        !is_new_patient(event->line->code, event->px) ||
		        event->line->from == DATE_ABSENT)
			continue;
		if (!seen.items) {
			seen.items = window_room(
			        window, 2 * (size_t)window->count, sizeof(*seen.items));
			if (!seen.items)
				return;
			gather(window, &seen);
		}
		judge_visit(window, i, &seen);
	}
}

static bool is_concerned(const struct coded *coded)
{
	return is_new_patient(coded->code, coded->px);
}

static const enum field needs[] = {FIELD_PERSON_ID, FIELD_HCPCS, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {{"same_provider", CHECK_HISTORY, .needs = needs},
        {"same_group", CHECK_HISTORY, .needs = needs}};

static const struct rule rule = {
        .id = "EM-05",
        .name = "New-patient code on established patient",
        .tier = "P1",
        .scope = "bene history",
        .hit_unit = "line",
        .definition = "A payable new-patient code (office, home, preventive, 92002, 92004) where "
                      "on an earlier day, less than three years before, the same rendering NPI, "
                      "or one of the same TIN and specialty, met the beneficiary face to face; "
                      "the latest such line is named.",
        .traps = "Readings (26), technical parts, assistants, laboratory and POS 81 are no "
                 "meeting; nor are calls, portals and management of care. Telehealth is. "
                 "Specialties 50, 89, 97, 70 and unknown make no group. Data that begin less than "
                 "three years before miss earlier meetings.",
        .tables = "E/M families; the fee schedule's global days",
        .parameters = "years=3",
        .dollars = "a quarter of the amount, until peers' allowed amounts of the established "
                   "level are known",
        .evaluated = "payable new-patient lines whose data begin three years before, or with an "
                     "earlier meeting found",
        .authority = "MCPM ch. 12, s. 30.6.7; CPT",
        .idle = "no new-patient line with three years of data before it",
        .checks = checks,
        .check_count = 2,
};

const struct history_rule history_rule_em_05 = {
        .rule = &rule,
        .judge = judge,
        .needs = HISTORY_PROFESSIONAL,
        .concern = {.types = 1 << CLAIM_PROFESSIONAL, .code = is_concerned},
};
