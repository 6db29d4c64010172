/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DUP-02: a service that another claim has too, near enough to be the same one.
 *
 * Watch: what it finds is a lead, not an error.
 */
#include "history/services.h"

static const char *const kinds[] = {
        "same_tin", "same_specialty", "same_charge", "professional_facility"};
enum { SAME_TIN = 1, SAME_SPECIALTY = 2, SAME_CHARGE = 4, BOTH_GLOBAL = 8 };

enum {
	PCTC_DIAGNOSTIC = 1,
	CHARGE_PARTS = 100,  /* charges within a hundredth are alike */
	LINES_BACK_MAX = 64, /* of the code: a day of thousands must not go quadratic */
};

/* Two persons have a part each in one service: surgeons, their teams and assistants, split care. */
static bool is_shared(const struct event *event)
{
	static const uint16_t shared[] = {TWO_CHARS('6', '2'), TWO_CHARS('6', '6'),
	        TWO_CHARS('5', '4'), TWO_CHARS('5', '5'), TWO_CHARS('5', '6')};

	return is_assistant(event) ||
	       event_has_any(event, shared, sizeof(shared) / sizeof(*shared));
}

/* Reading and taking are two halves: which is it? */
static unsigned component_of(const struct event *event)
{
	return (event_has(event, '2', '6') ? 1 : 0) | (event_has(event, 'T', 'C') ? 2 : 0);
}

static bool has_near_charge(const struct event *a, const struct event *b)
{
	uint64_t of_a = (uint64_t)a->charge, of_b = (uint64_t)b->charge;
	uint64_t more = of_a > of_b ? of_a : of_b, less = of_a > of_b ? of_b : of_a;

	if (a->charge <= 0 || b->charge <= 0)
		return false;
	return more - less <= more / CHARGE_PARTS;
}

static unsigned kinds_of(const struct event *event, const struct event *before)
{
	bool same = event->run->same && event->run->same == before->run->same;
	bool like = event->run->claim_type == before->run->claim_type;
	unsigned mask = 0;

	if (!like) {
		bool global = event->px->flags & PX_MPFS && event->px->pctc == PCTC_DIAGNOSTIC &&
		              component_of(event) == 0;

		return global ? BOTH_GLOBAL : 0;
	}
	if (!same && event->run->tin && event->run->tin == before->run->tin)
		mask |= SAME_TIN;
	if (!same && event->run->specialty && event->run->specialty == before->run->specialty)
		mask |= SAME_SPECIALTY;
	if (has_near_charge(event, before))
		mask |= SAME_CHARGE;
	return mask;
}

static bool overlaps(const struct event *event, const struct event *before)
{
	return before->line->from + before->line->span >= event->line->from;
}

/* Could a later line be the same service as one before it? */
static bool is_pair(const struct event *event, const struct event *before)
{
	return before->run->claim != event->run->claim && overlaps(event, before) &&
	       component_of(event) == component_of(before) && !is_shared(before);
}

static bool is_in_scope(const struct event *event)
{
	return event->line->code != CODE_BLANK && !(event->flags & EVENT_DUPLICATE) &&
	       (event_is(event, CLAIM_PROFESSIONAL) || event_is(event, CLAIM_INSTITUTIONAL));
}

static bool can_judge(const struct event *event)
{
	return event->line->from != DATE_ABSENT && !(event->line->flags & PAST_BACKWARD);
}

static void keep(struct window *window, uint32_t at, uint32_t before, unsigned mask)
{
	const struct event *event = &window->events[at], *other = &window->events[before];
	char code[CODE_TEXT_SIZE];
	struct find find;

	find_begin(&find, at, "", SEVERITY_INFO);
	find.kind = kinds[hit_name_kinds(&find.hit, kinds, mask)];
	find.other = before;
	find.hit.watch = true;
	find.hit.share = 0;
	detail_add(&find.hit, "code=%s", code_text(event->line->code, code));
	detail_add_days(
	        &find.hit, "date", event->line->from, event->line->from + event->line->span);
	if (event->charge != AMOUNT_ABSENT)
		detail_add_money(&find.hit, "charge", event->charge);
	if (other->charge != AMOUNT_ABSENT)
		detail_add_money(&find.hit, "other_charge", other->charge);
	detail_add(&find.hit, "charge_limit=1%%");
	hit_tell_also(&find.hit, kinds, mask);
	find_keep(window, &find);
}

/*
 * Do lines of two claims share a day?  Of most beneficiaries none do, and then
 * nothing need be sorted.
 */
static bool has_neighbours(const struct window *window)
{
	int32_t end = DATE_ABSENT;
	uint64_t claim = 0;
	bool found = false;

	for (uint32_t i = 0; i < window->count && !found; i++) {
		const struct event *event = &window->events[i];
		int32_t last = event->line->from + event->line->span;

		if (event->line->from == DATE_ABSENT)
			break;
		found = end != DATE_ABSENT && event->line->from <= end &&
		        event->run->claim != claim;
		if (end == DATE_ABSENT || event->line->from > end)
			claim = event->run->claim;
		end = end == DATE_ABSENT || last > end ? last : end;
	}
	return found;
}

/* The nearest line before it that may be the same service. */
static void judge_line(
        struct window *window, const struct keyed_events *keyed, uint32_t first, uint32_t i)
{
	uint32_t at = keyed->items[i].event, tried = 0;
	const struct event *event = &window->events[at];

	if (is_shared(event))
		return;
	for (uint32_t j = i; j-- > first && tried < LINES_BACK_MAX; tried++) {
		const struct event *before = &window->events[keyed->items[j].event];
		unsigned mask = is_pair(event, before) ? kinds_of(event, before) : 0;

		if (mask) {
			keep(window, at, keyed->items[j].event, mask);
			return;
		}
	}
}

static void count(struct window *window)
{
	struct counting counting = {0};

	for (uint32_t i = 0; i < window->count; i++) {
		if (is_in_scope(&window->events[i]))
			counting_add(window, &counting, i, can_judge(&window->events[i]));
	}
	counting_end(window, &counting);
}

static uint64_t key_of(const struct window *window, const struct event *event)
{
	(void)window;
	return is_in_scope(event) && can_judge(event) ? event->line->code : 0;
}

static void judge(struct window *window)
{
	struct keyed_events keyed;

	count(window);
	if (!has_neighbours(window))
		return;
	keyed_gather(window, key_of, &keyed);
	for (uint32_t i = 0, first = 0; i < keyed.count; i++) {
		if (keyed.items[i].key != keyed.items[first].key)
			first = i;
		judge_line(window, &keyed, first, i);
	}
}

static const enum field needs[] = {FIELD_PERSON_ID, FIELD_HCPCS, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {
        {"same_tin", CHECK_HISTORY, .watch = true, .needs = needs},
        {"same_specialty", CHECK_HISTORY, .watch = true, .needs = needs},
        {"same_charge", CHECK_HISTORY, .watch = true, .needs = needs},
        {"professional_facility", CHECK_HISTORY, .watch = true, .needs = needs}};

static const struct rule rule = {
        .id = "DUP-02",
        .name = "Suspected duplicate",
        .tier = "P2",
        .scope = "bene-day",
        .hit_unit = "line",
        .definition = "A payable line whose code and days another claim of the beneficiary has "
                      "too, and no exact duplicate: by another provider of the same TIN "
                      "(same_tin) or the same specialty (same_specialty), at a charge within a "
                      "hundredth (same_charge), or a diagnostic study billed whole by a "
                      "professional and by a facility (professional_facility). The later line is "
                      "found, with the nearest before it.",
        .traps = "26 against TC, co-surgeons (62), teams (66), assistants and split care (54, 55, "
                 "56) are no duplicates. Shifts of one group see a patient twice a day. At most "
                 "64 lines of the code before it are compared. Watch.",
        .tables = "the fee schedule's PC/TC indicator",
        .parameters = "charge_tol=1%; another claim; watch by default",
        .dollars = "none",
        .evaluated = "payable professional and institutional lines with a code and a date that "
                     "are no exact duplicate",
        .authority = "MCPM ch. 1 s. 120.3; TRICARE Operations Manual ch. 8 s. 9",
        .idle = "no payable line with a code and a date",
        .checks = checks,
        .check_count = 4,
};

const struct history_rule history_rule_dup_02 = {
        .rule = &rule, .judge = judge, .needs = HISTORY_LINES};
