/* SPDX-License-Identifier: Apache-2.0 */
/*
 * INP-04: two acute stays that share a night.
 *
 *	A  |----------------|        shared: one hit, on the shorter stay
 *	B             |--------|
 *	C                      |---|     B ends on the day that C begins: no overlap
 *
 * A stay that overlaps several is found once, with the first of them.
 */
#include "history/stays.h"

static int32_t nights(const struct stay *stay)
{
	return stay_out(stay) - stay->from;
}

/* The shorter of two; of equal ones the later in the order of lines. */
static bool is_shorter(const struct stay *a, const struct stay *b)
{
	if (nights(a) != nights(b))
		return nights(a) < nights(b);
	return a->lowest > b->lowest;
}

static void keep(struct window *window, const struct stay *shorter, const struct stay *other)
{
	bool same = shorter->facility == other->facility;
	int32_t from = shorter->from > other->from ? shorter->from : other->from;
	int32_t to = stay_out(shorter) < stay_out(other) ? stay_out(shorter) : stay_out(other);
	struct find find;

	find_begin(&find, shorter->lowest, same ? "same_facility" : "two_facilities",
	        same ? SEVERITY_INFO : SEVERITY_HIGH);
	find.whole_claim = true;
	find.other = other->lowest;
	detail_add_days(&find.hit, "stay", shorter->from, shorter->to);
	detail_add_days(&find.hit, "other_stay", other->from, other->to);
	detail_add(&find.hit, "nights=%d; limit=0", to - from);
	find_keep(window, &find);
}

/* Is it to be told rather than another?  Another hospital's is, and the first of them. */
static bool is_better(const struct stay *own, const struct stay *stay, const struct stay *than)
{
	bool same = stay->facility == own->facility;

	if (!than || same != (than->facility == own->facility))
		return !than || !same;
	return stay->lowest < than->lowest;
}

/* Of the longer stays that overlap a stay the one to be told, or NULL. */
static const struct stay *partner_of(const struct stay *stays, uint32_t count, uint32_t at)
{
	const struct stay *own = &stays[at], *first = NULL;

	uint32_t i = stays_from(stays, count, stay_out(own));

	while (i > 0 && stays[i - 1].reach > own->from) {
		const struct stay *other = &stays[--i];
		bool overlap = i != at && own->from < stay_out(other);

		if (overlap && is_shorter(own, other) && is_better(own, other, first))
			first = other;
	}
	return first;
}

static void judge(struct window *window)
{
	struct stay *stays;
	uint32_t count, acute = 0;

	if (!(window->seen >> CLAIM_INSTITUTIONAL & 1))
		return;
	stays = window_room(window, window->claim_count, sizeof(*stays));
	if (!stays)
		return;
	count = stays_find(window, stays);
	for (uint32_t i = 0; i < count; i++) {
		if (!stays[i].skilled && stays[i].facility)
			stays[acute++] = stays[i];
	}
	for (uint32_t i = 0; i < acute; i++) {
		const struct past_claim *claim = &window->claims[stays[i].claim];
		const struct stay *partner = partner_of(stays, acute, i);

		window_claim_scope(window, claim);
		window_claim_evaluated(window, claim);
		if (partner)
			keep(window, &stays[i], partner);
	}
}

static const enum field needs[] = {
        FIELD_PERSON_ID, FIELD_BILL_TYPE, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {{"two_facilities", CHECK_HISTORY, .needs = needs},
        {"same_facility", CHECK_HISTORY, .needs = needs}};

static const struct rule rule = {
        .id = "INP-04",
        .name = "Overlapping inpatient stays",
        .tier = "P1",
        .scope = "bene history",
        .hit_unit = "claim (the shorter stay)",
        .definition = "Two payable acute stays (bill type 11x) of a beneficiary that share a "
                      "night, at two facilities (two_facilities) or one (same_facility, info). "
                      "One finding a stay, on the shorter, which names the other.",
        .traps = "Discharge on the day of the other's admission is no overlap. Interim bills "
                 "(112 to 114) and late charges (115) of one facility and admission are one stay, "
                 "with a bill of the whole of it. Who is still in (status 30) has the last night. "
                 "A leave of absence is not read. Duplicates (DUP-01) are left out.",
        .tables = "none",
        .parameters = "none",
        .dollars = "the amount of the shorter stay's claim; same_facility none",
        .evaluated = "acute stays with both dates and a facility",
        .authority = "CWF overlap edits; MCPM ch. 3",
        .idle = "no acute stay with both dates",
        .checks = checks,
        .check_count = 2,
};

const struct history_rule history_rule_inp_04 = {
        .rule = &rule,
        .judge = judge,
        .needs = HISTORY_INSTITUTIONAL,
        .concern = {.types = 1 << CLAIM_INSTITUTIONAL},
};
