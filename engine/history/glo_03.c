/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GLO-03: outpatient services of a hospital shortly before it admits the
 * patient, which its inpatient payment has in it.
 *
 *	 day -3 to -1, excluded hospitals -1          day 0, of admission
 *	 diagnostic: all; others: without 51          all
 */
#include "history/edges.h"
#include "history/services.h"
#include "history/stays.h"

#include <string.h>

enum { DAYS_SHORT_TERM = 3, DAYS_EXCLUDED = 1 };

static bool is_outpatient(const struct event *event)
{
	uint16_t class = run_class(event->run);

	return event_is(event, CLAIM_INSTITUTIONAL) &&
	       (class == TWO_CHARS('1', '3') || class == TWO_CHARS('1', '4'));
}

/* Diagnostic services by revenue code (MCPM ch. 3, s. 40.3 B); the place of such lines. */
static bool is_diagnostic(const struct event *event)
{
	unsigned revenue = event->line->place;

	switch (revenue / 10) {
	case 30:
	case 31:
	case 32:
	case 35:
	case 40:
	case 46:
	case 53:
	case 61:
	case 62:
	case 73:
	case 74:
	case 92:
		return true;
	default:
		break;
	}
	return revenue == 254 || revenue == 255 || revenue == 341 || revenue == 343 ||
	       revenue == 371 || revenue == 372 || revenue == 471 || revenue == 482 ||
	       revenue == 483 || revenue == 918;
}

/* Ambulance rides and maintenance dialysis are paid beside the stay. */
static bool is_excluded(const struct event *event)
{
	unsigned revenue = event->line->place;

	return revenue / 10 == 54 || (revenue >= 820 && revenue <= 889);
}

static int32_t days_of(enum history_hospital hospital)
{
	return hospital == HOSPITAL_EXCLUDED ? DAYS_EXCLUDED : DAYS_SHORT_TERM;
}

/* The payer's table has NPIs as ids and any other id as the hash of its text. */
static int64_t owned_key(uint64_t id)
{
	return (int64_t)(id_kind(id) == ID_NPI
	                         ? id
	                         : (uint64_t)ID_OTHER << ID_KIND_SHIFT | (id & ID_VALUE_MASK));
}

/* Who owns a provider wholly on a day: the next such row, counting down; NULL. */
static const char *next_owner(const struct payer_cell **row, size_t *count, int32_t day)
{
	enum { WHOLE = 100 * 1000000 }; /* millionths */

	for (; *count > 0; --*count, *row += payer_columns(PAYER_OWNERSHIP)) {
		const struct payer_cell *cells = *row;
		bool whole = cells[OWNERSHIP_SHARE].number < 0 ||
		             cells[OWNERSHIP_SHARE].number >= WHOLE;

		if (whole && day >= cells[OWNERSHIP_FROM].number &&
		        day <= cells[OWNERSHIP_TO].number)
			return cells[OWNERSHIP_OWNER].text;
	}
	return NULL;
}

/* Has the payer's table one owner of both, wholly? */
static bool is_owned_alike(const struct window *window, uint64_t a, uint64_t b, int32_t day)
{
	const struct payer *payer = window->options->payer;
	size_t count_a, count_b;
	const struct payer_cell *row_a = payer_find(payer, PAYER_OWNERSHIP, owned_key(a), &count_a);
	const char *owner_a, *owner_b;

	while ((owner_a = next_owner(&row_a, &count_a, day))) {
		const struct payer_cell *row_b = payer_find(
		        payer, PAYER_OWNERSHIP, owned_key(b), &count_b);

		while ((owner_b = next_owner(&row_b, &count_b, day))) {
			if (strcmp(owner_a, owner_b) == 0)
				return true;
			count_b--;
			row_b += payer_columns(PAYER_OWNERSHIP);
		}
		count_a--;
		row_a += payer_columns(PAYER_OWNERSHIP);
	}
	return false;
}

static bool is_hospitals(
        const struct window *window, const struct event *event, const struct stay *stay)
{
	uint64_t same = event->run->same;

	return stay->facility == same ||
	       (payer_count(window->options->payer, PAYER_OWNERSHIP) > 0 && stay->facility &&
	               is_owned_alike(window, same, stay->facility, event->line->from));
}

/*
 * The first admission by the same hospital, or one that is owned alike, on the day
 * or in the days after; NULL.
 */
static const struct stay *stay_of(const struct window *window, const struct event *event,
        const struct stay *stays, uint32_t count)
{
	int32_t day = event->line->from;
	uint32_t i = stays_from(stays, count, day);

	for (; i < count && stays[i].from <= day + DAYS_SHORT_TERM; i++) {
		const struct history_run *run = window->claims[stays[i].claim].run;

		if (!stays[i].skilled && stays[i].from - day <= days_of(history_hospital(run)) &&
		        is_hospitals(window, event, &stays[i]))
			return &stays[i];
	}
	return NULL;
}

static void keep(struct window *window, uint32_t at, const struct stay *stay, const char *kind)
{
	enum history_hospital hospital = history_hospital(window->claims[stay->claim].run);
	const struct event *event = &window->events[at];
	struct find find;

	find_begin(&find, at, kind, SEVERITY_MEDIUM);
	find.other = stay->lowest;
	detail_add_days(&find.hit, "admitted", stay->from, stay->from);
	detail_add(&find.hit, "day=%d; limit=-%d..0", event->line->from - stay->from,
	        days_of(hospital));
	detail_add(&find.hit, "revenue=%04u", event->line->place);
	if (stay->facility != event->run->same)
		detail_add(&find.hit, "owner=the hospital's");
	find_keep(window, &find);
}

static void judge_line(
        struct window *window, uint32_t at, const struct stay *stay, enum history_hospital hospital)
{
	const struct event *event = &window->events[at];
	bool diagnostic = is_diagnostic(event), admitted = event->line->from == stay->from;

	window_scope(window, at, 1);
	if (!event_has_day(event) || hospital == HOSPITAL_UNKNOWN ||
	        event->line->place >= NUMBER_INVALID)
		return;
	if (!diagnostic && !admitted && !(event->run->facts & HISTORY_CONDITIONS))
		return;
	window_evaluated(window, at, 1);
	if ((event->flags & EVENT_DUPLICATE) ||
	        (!diagnostic && !admitted && (event->run->facts & HISTORY_CONDITION_51)))
		return;
	keep(window, at, stay,
	        diagnostic ? "diagnostic" : (admitted ? "day_of_admission" : "related"));
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
		const struct event *event = &window->events[i];
		const struct stay *stay;
		enum history_hospital hospital;

		if (!is_outpatient(event) || is_excluded(event) || !event->run->same ||
		        event->line->from == DATE_ABSENT)
			continue;
		stay = stay_of(window, event, stays, count);
		hospital = stay ? history_hospital(window->claims[stay->claim].run)
		                : HOSPITAL_UNKNOWN;
		if (stay && hospital != HOSPITAL_CRITICAL)
			judge_line(window, i, stay, hospital);
	}
}

static const enum field needs[] = {FIELD_PERSON_ID, FIELD_BILL_TYPE, FIELD_REVENUE,
        FIELD_CLAIM_START, FIELD_BILLING_CCN, FIELD_COUNT};
static const enum field needs_conditions[] = {FIELD_PERSON_ID, FIELD_BILL_TYPE, FIELD_REVENUE,
        FIELD_CLAIM_START, FIELD_BILLING_CCN, FIELD_CONDITION_1, FIELD_COUNT};
static const struct rule_check checks[] = {{"diagnostic", CHECK_HISTORY, .needs = needs},
        {"day_of_admission", CHECK_HISTORY, .needs = needs},
        {"related", CHECK_HISTORY, .needs = needs_conditions}};

static const struct rule rule = {
        .id = "GLO-03",
        .name = "Three-day payment window",
        .tier = "P2",
        .scope = "bene history",
        .hit_unit = "line",
        .definition = "A payable outpatient line (bill types 13x, 14x) of a hospital, or of a "
                      "facility that has the same owner wholly by the payer's table, on the day it "
                      "admits the beneficiary, or up to three days before (one day: psychiatric, "
                      "rehabilitation, long-term and children's hospitals and units): diagnostic "
                      "by its revenue code (diagnostic), any other on the day (day_of_admission), "
                      "or before it without condition code 51 (related).",
        .traps = "The CCN tells the kind of hospital; without one, or of another series, lines are "
                 "not evaluable. Critical access hospitals are not subject; cancer hospitals are "
                 "not told from others. Ambulance (054x) and dialysis (082x to 088x) are left out. "
                 "Professional claims of practices that the hospital owns have PD and are paid "
                 "at the facility rate: they are not judged.",
        .tables = "series of CCN; diagnostic revenue codes (built in); ownership (--table)",
        .parameters = "days=3; excluded hospitals 1",
        .dollars = "the amount of the line",
        .evaluated = "outpatient lines of a day of their own within 3 (1) days of an admission by "
                     "the same hospital; others than diagnostic before the day only where the "
                     "file has condition codes",
        .authority = "42 CFR 412.2(c)(5); MCPM ch. 3, s. 40.3; OIG A-01-10-00508",
        .idle = "no outpatient line within three days of an admission by the same hospital",
        .checks = checks,
        .check_count = 3,
};

const struct history_rule history_rule_glo_03 = {
        .rule = &rule,
        .judge = judge,
        .needs = HISTORY_INSTITUTIONAL,
        .concern = {.types = 1 << CLAIM_INSTITUTIONAL},
};
