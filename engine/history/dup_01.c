/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DUP-01: the same line, or the same institutional claim, billed again.
 *
 * The first in the contract's order is the original.  Whether the rule is
 * active or not, the later ones are in no sum of units and in no pair.
 */
#include "base/hash.h"
#include "history/few.h"
#include "history/private.h"

/* Modifiers that say that a line is meant to be there again. */
static const uint16_t repeats[] = {TWO_CHARS('7', '6'), TWO_CHARS('7', '7'), TWO_CHARS('9', '1'),
        TWO_CHARS('5', '9'), TWO_CHARS('X', 'E'), TWO_CHARS('X', 'P'), TWO_CHARS('X', 'S'),
        TWO_CHARS('X', 'U'), TWO_CHARS('5', '0')};
enum { REPEATS = sizeof(repeats) / sizeof(repeats[0]) };

/* ---- Professional: lines ---- */

static bool has_key(const struct event *event)
{
	return event_is(event, CLAIM_PROFESSIONAL) && event->charge != AMOUNT_ABSENT &&
	       event->line->code != CODE_BLANK;
}

static void keep_line(struct window *window, uint32_t original, uint32_t later, uint32_t copies)
{
	const struct event *event = &window->events[later];
	char code[CODE_TEXT_SIZE];
	struct find find;

	find_begin(&find, later, "line", SEVERITY_HIGH);
	find.other = original;
	detail_add(&find.hit, "code=%s", code_text(event->line->code, code));
	detail_add_days(
	        &find.hit, "date", event->line->from, event->line->from + event->line->span);
	detail_add_money(&find.hit, "charge", event->charge);
	detail_add(&find.hit, "copies=%u; limit=1", copies);
	find_keep(window, &find);
}

/* Equal lines of one code, day and provider: from, to in slots. */
static void mark_lines(struct window *window, uint32_t from, uint32_t to, bool active)
{
	uint32_t original = window->slots[from].event;

	if (event_has_any(&window->events[original], repeats, REPEATS))
		return;
	for (uint32_t i = from + 1; i < to; i++) {
		uint32_t later = window->slots[i].event;

		window->events[later].flags |= EVENT_DUPLICATE;
		if (active)
			keep_line(window, original, later, to - from);
	}
}

/* Where the slots of one day, provider, code and content end. */
static uint32_t equal_end(const struct window *window, uint32_t from, uint32_t day_end)
{
	const struct slot *slots = window->slots;
	uint32_t to = from + 1;

	while (to < day_end && slots[to].code == slots[from].code &&
	        slots[to].equal == slots[from].equal)
		to++;
	return to;
}

static void judge_lines(struct window *window, bool active)
{
	for (uint32_t from = 0, day_end = 0, to; from < window->slot_count; from = to) {
		if (from == day_end)
			day_end = slots_day_end(window, from);
		to = equal_end(window, from, day_end);
		if (to - from > 1 && has_key(&window->events[window->slots[from].event]))
			mark_lines(window, from, to, active);
	}
}

static void count_lines(struct window *window)
{
	struct counting counting = {0};

	for (uint32_t i = 0; i < window->count; i++) {
		const struct event *event = &window->events[i];

		if (event_is(event, CLAIM_PROFESSIONAL))
			counting_add(window, &counting, i,
			        event->run->same && event->line->from != DATE_ABSENT &&
			                has_key(event) && !(event->line->flags & PAST_BACKWARD));
	}
	counting_end(window, &counting);
}

/* ---- Institutional: claims ---- */

/* What a claim says of its lines, in whatever order they stand. */
static uint64_t content_of(const struct window *window, const struct past_claim *claim)
{
	uint64_t sum = 0;

	for (uint32_t i = claim->from; i < claim->to; i++) {
		const struct event *event = &window->events[window->by_claim[i]];
		struct event bare = *event;
		uint64_t key[2];

		bare.charge = 0; /* of the claim as a whole */
		key[0] = event->line->code;
		key[1] = event_equal(&bare);
		sum += hash64(key, sizeof(key));
	}
	return sum;
}

struct billed {
	uint64_t key;
	uint32_t claim, lowest;
};

static bool can_repeat(const struct past_claim *claim)
{
	return claim->run->claim_type == CLAIM_INSTITUTIONAL && claim->run->same &&
	       claim->run->claim_start != DATE_ABSENT && claim->run->claim_end != DATE_ABSENT &&
	       claim->charge != AMOUNT_ABSENT;
}

static uint64_t key_of(const struct window *window, const struct past_claim *claim)
{
	const struct {
		uint64_t same, content;
		int64_t charge;
		int32_t from, thru;
		uint64_t bill_type;
	} key = {claim->run->same, content_of(window, claim), claim->charge,
	        claim->run->claim_start, claim->run->claim_end, claim->run->bill_type};

	return hash64(&key, sizeof(key));
}

/* By key, then in the order of their lowest lines. */
static int compare_billed(const void *a, const void *b)
{
	const struct billed *of_a = a, *of_b = b;

	if (of_a->key != of_b->key)
		return of_a->key < of_b->key ? -1 : 1;
	return of_a->lowest < of_b->lowest ? -1 : of_a->lowest > of_b->lowest;
}

static void keep_claim(
        struct window *window, const struct billed *original, const struct billed *later)
{
	const struct past_claim *claim = &window->claims[later->claim];
	struct find find;

	find_begin(&find, claim->lowest, "claim", SEVERITY_HIGH);
	find.whole_claim = true;
	find.other = original->lowest;
	detail_add_days(&find.hit, "dates", claim->run->claim_start, claim->run->claim_end);
	detail_add_money(&find.hit, "charge", claim->charge);
	detail_add(&find.hit, "lines=%u", claim->to - claim->from);
	find_keep(window, &find);
}

static void mark_claim(struct window *window, const struct past_claim *claim)
{
	for (uint32_t i = claim->from; i < claim->to; i++)
		window->events[window->by_claim[i]].flags |= EVENT_DUPLICATE;
}

static void mark_claims(
        struct window *window, const struct billed *billed, uint32_t count, bool active)
{
	for (uint32_t i = 1, first = 0; i < count; i++) {
		if (billed[i].key != billed[first].key) {
			first = i;
			continue;
		}
		mark_claim(window, &window->claims[billed[i].claim]);
		if (active)
			keep_claim(window, &billed[first], &billed[i]);
	}
}

static void judge_claims(struct window *window, bool active)
{
	struct billed *billed = window_room(window, window->claim_count, sizeof(*billed));
	uint32_t count = 0;

	for (uint32_t c = 0; billed && c < window->claim_count; c++) {
		const struct past_claim *claim = &window->claims[c];

		if (active && claim->run->claim_type == CLAIM_INSTITUTIONAL)
			window_claim_scope(window, claim);
		if (!can_repeat(claim))
			continue;
		if (active)
			window_claim_evaluated(window, claim);
		billed[count++] = (struct billed){key_of(window, claim), c, claim->lowest};
	}
	if (count < 2)
		return;
	few_sort(billed, count, sizeof(*billed), compare_billed);
	mark_claims(window, billed, count, active);
}

void window_mark_duplicates(struct window *window, bool active)
{
	if (active)
		count_lines(window);
	if (window->slot_count > 1)
		judge_lines(window, active);
	if (window->seen >> CLAIM_INSTITUTIONAL & 1)
		judge_claims(window, active);
}

static const enum field needs[] = {FIELD_PERSON_ID, FIELD_CHARGE, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {
        {"line", CHECK_HISTORY, .needs = needs}, {"claim", CHECK_HISTORY, .needs = needs}};

static const struct rule rule = {
        .id = "DUP-01",
        .name = "Exact duplicate",
        .tier = "P1",
        .scope = "bene-day-provider",
        .hit_unit = "line (institutional: claim, all its lines)",
        .definition = "A payable professional line equal to an earlier one in beneficiary, "
                      "provider (rendering, else billing), from, thru, code, modifiers, place, "
                      "units and charge, without 76, 77, 91, 59, X{EPSU} or 50; an institutional "
                      "claim equal to another in beneficiary, bill type, facility, from, thru, "
                      "total charge and its lines' revenue codes, codes, modifiers and units.",
        .traps = "Replaced, voided and denied claims are netted first. The original is the one "
                 "received, else paid, first, then the lowest claim id and line. Its copies are "
                 "left out of units a day and of pairs.",
        .tables = "none",
        .parameters = "include_mods=true; ignore_denied=true",
        .dollars = "the amount of each later line",
        .evaluated = "payable lines (institutional: claims) with beneficiary, provider, dates "
                     "and charge",
        .authority = "MCPM ch. 1, s. 120; CR 8121",
        .idle = "no payable line with beneficiary, provider, dates and charge",
        .checks = checks,
        .check_count = 2,
};

const struct history_rule history_rule_dup_01 = {
        .rule = &rule, .judge = NULL, .needs = HISTORY_LINES};
