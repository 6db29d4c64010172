/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TIM-05: what is bundled with a stay, billed by somebody else while the
 * beneficiary was in.
 */
#include "history/services.h"
#include "history/stays.h"

/* Equipment brought to be used at home may come two days before discharge. */
enum { DELIVERY_DAYS = 2 };

enum bundled { BUNDLED_NOT, OUTPATIENT, EQUIPMENT, HOME_HEALTH, LABORATORY, TECHNICAL, AMBULANCE };

static const char *const kinds[] = {
        NULL, "outpatient", "dmepos", "home_health", "laboratory", "technical", "ambulance"};

/* Ambulance rides between facilities: H, I, N or E at both ends. */
static bool is_between(const struct event *event)
{
	for (unsigned m = 0; m < MODIFIERS_MAX; m++) {
		unsigned origin = event->line->modifiers[m] & 0xff;
		unsigned end = event->line->modifiers[m] >> 8;

		if ((origin == 'H' || origin == 'I' || origin == 'N' || origin == 'E') &&
		        (end == 'H' || end == 'I' || end == 'N' || end == 'E'))
			return true;
	}
	return false;
}

static enum bundled institutional(const struct event *event)
{
	uint32_t type = event->run->bill_type;

	if ((type & 0xff) == '3' && (type >> 8 & 0xff) != '4')
		return HOME_HEALTH;
	switch (type & 0xffff) {
	case TWO_CHARS('1', '3'):
	case TWO_CHARS('1', '4'):
	case TWO_CHARS('8', '5'):
		return OUTPATIENT;
	default:
		return BUNDLED_NOT;
	}
}

static enum bundled kind_of(const struct event *event)
{
	uint64_t letter = event->line->code & 0xff;
	uint32_t flags = event->px->flags;

	if (event_is(event, CLAIM_INSTITUTIONAL))
		return institutional(event);
	if (!event_is(event, CLAIM_PROFESSIONAL))
		return BUNDLED_NOT;
	if (flags & (PX_AMBULANCE_BASE | PX_AMBULANCE_AIR | PX_GROUND_MILES | PX_AIR_MILES))
		return is_between(event) ? BUNDLED_NOT : AMBULANCE;
	if (event->run->setting == SETTING_DME)
		return EQUIPMENT;
	if (event->run->specialty == TWO_CHARS('6', '9') && ((flags & PX_LAB) || letter == '8') &&
	        !event_has(event, '2', '6'))
		return LABORATORY;
	return event_has(event, 'T', 'C') ? TECHNICAL : BUNDLED_NOT;
}

static bool is_bundled(const struct event *event, enum bundled kind, const struct stay *stay)
{
	int32_t day = event->line->from;

	if (day <= stay->from || day >= stay_out(stay))
		return false;
	if (kind == OUTPATIENT && event->run->same == stay->facility)
		return false;
	return kind != EQUIPMENT || stay_out(stay) - day > DELIVERY_DAYS;
}

static void keep(struct window *window, uint32_t at, enum bundled kind, const struct stay *stay)
{
	struct find find;

	find_begin(&find, at, kinds[kind], SEVERITY_HIGH);
	find.other = stay->lowest;
	detail_add(&find.hit, "stay=%s", stay->skilled ? "snf" : "acute");
	detail_add_days(&find.hit, "admitted", stay->from, stay->from);
	detail_add_days(&find.hit, "discharged", stay->to, stay->to);
	detail_add(&find.hit, "day=%d; limit=1..%d", window->events[at].line->from - stay->from,
	        stay_out(stay) - stay->from - 1);
	find_keep(window, &find);
}

/* Of the stays that the line falls into, which are in order of admission, the first in the order of
 * lines. */
static const struct stay *stay_around(
        const struct event *event, enum bundled kind, const struct stay *stays, uint32_t count)
{
	const struct stay *first = NULL;

	uint32_t i = stays_from(stays, count, event->line->from);

	while (i > 0 && stays[i - 1].reach > event->line->from) {
		const struct stay *stay = &stays[--i];

		if (is_bundled(event, kind, stay) && (!first || stay->lowest < first->lowest))
			first = stay;
	}
	return first;
}

static void judge_line(struct window *window, uint32_t at, enum bundled kind,
        const struct stay *stays, uint32_t count)
{
	const struct event *event = &window->events[at];
	const struct stay *stay;

	window_scope(window, at, 1);
	if (!event_has_day(event) || (event_is(event, CLAIM_INSTITUTIONAL) && !event->run->same))
		return;
	window_evaluated(window, at, 1);
	stay = stay_around(event, kind, stays, count);
	if (stay)
		keep(window, at, kind, stay);
}

static void judge(struct window *window)
{
	struct stay *stays;
	uint32_t count;

	if (!(window->seen >> CLAIM_INSTITUTIONAL & 1))
		return;
	stays = window_room(window, window->claim_count, sizeof(*stays));
	count = stays ? stays_find(window, stays) : 0;
	for (uint32_t i = 0; count > 0 && i < window->count; i++) {
		enum bundled kind = kind_of(&window->events[i]);

		if (kind != BUNDLED_NOT)
			judge_line(window, i, kind, stays, count);
	}
}

static const enum field needs[] = {
        FIELD_PERSON_ID, FIELD_BILL_TYPE, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {{"outpatient", CHECK_HISTORY, .needs = needs},
        {"dmepos", CHECK_HISTORY, .needs = needs}, {"home_health", CHECK_HISTORY, .needs = needs},
        {"laboratory", CHECK_HISTORY, .needs = needs}, {"technical", CHECK_HISTORY, .needs = needs},
        {"ambulance", CHECK_HISTORY, .needs = needs}};

static const struct rule rule = {
        .id = "TIM-05",
        .name = "Outpatient/DME/home service during inpatient or SNF Part A stay",
        .tier = "P1",
        .scope = "bene history",
        .hit_unit = "line",
        .definition = "A payable line on a day strictly between admission and discharge of a "
                      "payable acute (11x) or covered SNF (21x) stay: outpatient hospital of "
                      "another facility, DMEPOS, home health, an independent laboratory's test, a "
                      "technical component, an ambulance ride not between facilities.",
        .traps = "The days of admission and discharge are out; equipment delivered up to two days "
                 "before discharge is lawful. Physicians' own services are not bundled. Leave of "
                 "absence, and services under arrangement by another hospital, are not read; nor "
                 "is the year's list of exclusions from SNF consolidated billing.",
        .tables = "none; the SNF exclusion list is not loaded",
        .parameters = "delivery=2 days",
        .dollars = "the amount of the line",
        .evaluated = "payable lines of those kinds with a day of their own, whose beneficiary has "
                     "a stay in the input",
        .authority = "42 CFR 411.15(m), (p); SSA 1862(a)(14), (18); OIG A-09-17-03035",
        .idle = "no line of those kinds whose beneficiary has a stay",
        .checks = checks,
        .check_count = 6,
};

const struct history_rule history_rule_tim_05 = {
        .rule = &rule,
        .judge = judge,
        .needs = HISTORY_PROFESSIONAL | HISTORY_INSTITUTIONAL,
        .concern = {.types = 1 << CLAIM_INSTITUTIONAL},
};
