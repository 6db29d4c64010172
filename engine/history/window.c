/* SPDX-License-Identifier: Apache-2.0 */
#include "history/private.h"

#include "base/hash.h"
#include "history/few.h"

#include <stdlib.h>
#include <string.h>

/* ---- What became of claims ---- */

static int compare_verdicts(const void *a, const void *b)
{
	const struct history_verdict *of_a = *(const struct history_verdict *const *)a;
	const struct history_verdict *of_b = *(const struct history_verdict *const *)b;

	if (of_a->claim != of_b->claim)
		return of_a->claim < of_b->claim ? -1 : 1;
	return (int)of_b->flags - (int)of_a->flags;
}

const struct history_verdict *verdict_of(const struct window_private *own, uint64_t claim)
{
	uint32_t low = 0, high = own->verdict_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (own->verdicts[middle]->claim < claim)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < own->verdict_count && own->verdicts[low]->claim == claim)
		return own->verdicts[low];
	return NULL;
}

/* ---- Events ---- */

/* Assistants and the like bill as individuals of a specialty that is nobody's own. */
static bool is_group_specialty(uint16_t specialty)
{
	return specialty && specialty != TWO_CHARS('5', '0') && specialty != TWO_CHARS('8', '9') &&
	       specialty != TWO_CHARS('9', '7') && specialty != TWO_CHARS('7', '0');
}

static uint64_t group_of(const struct history_run *run)
{
	const uint64_t key[] = {run->tin, run->specialty};

	if (!run->tin || !is_group_specialty(run->specialty))
		return 0;
	return hash64(key, sizeof(key)) | 1;
}

/* What rules a run's lines may concern, whatever is on them. */
static uint64_t concerns_of_run(const struct concerns *concerns, const struct history_run *run)
{
	return concerns->kinds[run->claim_type][run->setting] &
	       (run->diagnoses ? UINT64_MAX : concerns->undiagnosed);
}

/* The run's lines that were denied, or those that were not, from an event on; returns the next. */
static uint32_t add_run(struct window_private *own, const struct history_run *run, uint8_t verdict,
        uint8_t denied, uint32_t at)
{
	const struct procedure_attributes *attributes = codes_procedures(
	        own->history->options.codes);
	const struct concerns *concerns = &own->history->concerns;
	const struct history_line *lines = history_lines(run);
	uint64_t group = group_of(run), concerned = 0;

	for (unsigned i = 0; i < run->lines; i++) {
		if ((lines[i].flags & PAST_DENIED) != denied ||
		        ((verdict & VERDICT_NEGATIVE) && (lines[i].flags & PAST_NEGATIVE)))
			continue;
		uint16_t marks = marks_of(lines[i].modifiers);
		uint32_t ref = history_ref(&lines[i]);

		concerned |= concerns_of_code(concerns, lines[i].code, ref) |
		             concerns_of_marks(concerns, marks);
		own->window.events[at++] = (struct event){
		        .line = &lines[i],
		        .run = run,
		        .px = &attributes[ref],
		        .group = group,
		        .amount = lines[i].amount,
		        .charge = lines[i].charge,
		        .claim = NO_EVENT,
		        .marks = marks,
		};
	}
	own->window.concerned |= concerned & concerns_of_run(concerns, run);
	return at;
}

struct text event_claim_id(const struct event *event)
{
	return (struct text){history_texts(event->run), event->run->claim_id_size};
}

static int compare_claims(const struct event *a, const struct event *b)
{
	struct text of_a = event_claim_id(a), of_b = event_claim_id(b);
	uint32_t size = of_a.size < of_b.size ? of_a.size : of_b.size;
	int order = a->run == b->run ? 0 : memcmp(of_a.at, of_b.at, size);

	if (order)
		return order;
	if (of_a.size != of_b.size)
		return of_a.size < of_b.size ? -1 : 1;
	if (a->line->line != b->line->line)
		return a->line->line < b->line->line ? -1 : 1;
	if (a->line->digest != b->line->digest)
		return a->line->digest < b->line->digest ? -1 : 1;
	return 0;
}

/* An absent day is the last. */
static inline uint32_t day_rank(int32_t day)
{
	return ((uint32_t)day ^ 0x80000000u) - 1;
}

static int compare_events(const void *a, const void *b)
{
	const struct event *of_a = a, *of_b = b;
	uint32_t day_a = day_rank(of_a->line->from), day_b = day_rank(of_b->line->from);

	if (day_a != day_b)
		return day_a < day_b ? -1 : 1;
	if (of_a->run->order_date != of_b->run->order_date)
		return of_a->run->order_date < of_b->run->order_date ? -1 : 1;
	return compare_claims(of_a, of_b);
}

/* Lines of claims that stand, all denied or none; returns the event behind them. */
static uint32_t add_runs(struct window_private *own, uint8_t denied, uint32_t from)
{
	uint32_t at = from;

	for (uint32_t i = 0; i < own->run_count; i++) {
		const struct history_run *run = own->runs[i];
		const struct history_verdict *verdict = own->verdict_count
		                                                ? verdict_of(own, run->claim)
		                                                : NULL;
		uint32_t before = at;

		if (!verdict || !(verdict->flags & VERDICT_OUT))
			at = add_run(own, run, verdict ? verdict->flags : 0, denied, at);
		if (at > before && !denied)
			own->window.seen |= (uint16_t)(1u << run->claim_type);
	}
	few_sort(own->window.events + from, at - from, sizeof(struct event), compare_events);
	return at;
}

static int build_events(struct window_private *own)
{
	struct window *window = &own->window;
	size_t most = 0;

	for (uint32_t i = 0; i < own->run_count; i++)
		most += own->runs[i]->lines;
	if (most >= NO_EVENT)
		return FAIL_MEMORY;
	window->events = scratch_room(&own->event_room, most + 1, sizeof(*window->events));
	if (!window->events)
		return FAIL_MEMORY;
	window->seen = 0;
	window->concerned = 0;
	window->count = add_runs(own, 0, 0);
	window->denied_count = 0;
	if (own->denied)
		window->denied_count = add_runs(own, PAST_DENIED, window->count) - window->count;
	return 0;
}

/* ---- Claims ---- */

static int compare_by_claim(const void *a, const void *b, void *context)
{
	const struct window *window = context;
	const struct event *of_a = &window->events[*(const uint32_t *)a];
	const struct event *of_b = &window->events[*(const uint32_t *)b];

	if (of_a->run->claim != of_b->run->claim)
		return of_a->run->claim < of_b->run->claim ? -1 : 1;
	if (of_a->line->line != of_b->line->line)
		return of_a->line->line < of_b->line->line ? -1 : 1;
	if (of_a->line->digest != of_b->line->digest)
		return of_a->line->digest < of_b->line->digest ? -1 : 1;
	return 0;
}

static void sort_by_claim(struct window *window, uint32_t *events, uint32_t count)
{
	if (count > FEW_ITEMS) {
		qsort_r(events, count, sizeof(*events), compare_by_claim, window);
		return;
	}
	for (uint32_t i = 1; i < count; i++) {
		uint32_t moved = events[i], at = i;

		for (; at > 0 && compare_by_claim(&events[at - 1], &moved, window) > 0; at--)
			events[at] = events[at - 1];
		events[at] = moved;
	}
}

static int build_denied(struct window_private *own)
{
	struct window *window = &own->window;
	uint32_t count = window->denied_count;

	if (count == 0)
		return 0;
	window->by_denied = scratch_room(&own->denied_room, count, sizeof(*window->by_denied));
	if (!window->by_denied)
		return FAIL_MEMORY;
	for (uint32_t i = 0; i < count; i++)
		window->by_denied[i] = window->count + i;
	sort_by_claim(window, window->by_denied, count);
	return 0;
}

/* The sum of what is there; an amount of the claim's is that of its lowest line alone. */
static void settle_amount(struct window *window, struct past_claim *claim)
{
	uint64_t amount = 0, charge = 0;
	bool any_amount = false, any_charge = false;

	for (uint32_t i = claim->from; i < claim->to; i++) {
		struct event *event = &window->events[window->by_claim[i]];

		if (i > claim->from && (event->run->apart & HISTORY_APART_AMOUNT))
			event->amount = 0;
		if (i > claim->from && (event->run->apart & HISTORY_APART_CHARGE))
			event->charge = 0;
		any_amount |= event->amount != AMOUNT_ABSENT;
		any_charge |= event->charge != AMOUNT_ABSENT;
		amount += event->amount != AMOUNT_ABSENT ? (uint64_t)event->amount : 0;
		charge += event->charge != AMOUNT_ABSENT ? (uint64_t)event->charge : 0;
	}
	claim->amount = any_amount ? (int64_t)amount : AMOUNT_ABSENT;
	claim->charge = any_charge ? (int64_t)charge : AMOUNT_ABSENT;
}

static void add_claim(struct window_private *own, uint32_t from, uint32_t to)
{
	struct window *window = &own->window;
	uint32_t lowest = window->by_claim[from];
	struct past_claim *claim = &window->claims[window->claim_count];
	const struct history_verdict *verdict = verdict_of(own, window->events[lowest].run->claim);

	*claim = (struct past_claim){
	        .key = window->events[lowest].run->claim,
	        .from = from,
	        .to = to,
	        .lowest = lowest,
	        .run = window->events[lowest].run,
	        .verdict = verdict && verdict->flags & VERDICT_MARKED ? verdict : NULL,
	        .standing = RULE_NONE,
	        .fresh = own->old_count == 0,
	};
	for (uint32_t i = from; i < to; i++)
		window->events[window->by_claim[i]].claim = window->claim_count;
	window->claim_count++;
	settle_amount(window, claim);
}

/* A run is left of any line, also of one that no rule reads: it makes its claim new. */
static void find_fresh(struct window_private *own)
{
	for (uint32_t i = 0; own->old_count > 0 && i < own->run_count; i++) {
		const struct history_run *run = own->runs[i];
		const struct past_claim *claim = history_is_old(run)
		                                         ? NULL
		                                         : claim_find(&own->window, run->claim);

		if (claim)
			own->window.claims[claim - own->window.claims].fresh = true;
	}
}

/* Only where something of a claim matters to its lines. */
static int build_claims(struct window_private *own)
{
	struct window *window = &own->window;
	uint32_t count = window->count;
	bool wanted = window->seen >> CLAIM_INSTITUTIONAL & 1 || own->verdict_count > 0 ||
	              own->prior_count > 0;

	window->claim_count = 0;
	if (!wanted || count == 0)
		return 0;
	window->by_claim = scratch_room(&own->by_claim_room, count, sizeof(*window->by_claim));
	window->claims = scratch_room(&own->claim_room, count, sizeof(*window->claims));
	if (!window->by_claim || !window->claims)
		return FAIL_MEMORY;
	for (uint32_t i = 0; i < count; i++)
		window->by_claim[i] = i;
	sort_by_claim(window, window->by_claim, count);
	for (uint32_t from = 0, to; from < count; from = to) {
		uint64_t key = window->events[window->by_claim[from]].run->claim;

		for (to = from + 1; to < count; to++) {
			if (window->events[window->by_claim[to]].run->claim != key)
				break;
		}
		add_claim(own, from, to);
	}
	find_fresh(own);
	return 0;
}

/* ---- Slots ---- */

/* A day and provider against another. */
static int compare_days(const struct slot *a, const struct slot *b)
{
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->same != b->same)
		return a->same < b->same ? -1 : 1;
	if (a->span != b->span)
		return a->span < b->span ? -1 : 1;
	return (int)a->setting - (int)b->setting;
}

static int compare_slots(const void *a, const void *b)
{
	const struct slot *of_a = a, *of_b = b;
	int order = compare_days(of_a, of_b);

	if (order)
		return order;
	if (of_a->code != of_b->code)
		return of_a->code < of_b->code ? -1 : 1;
	if (of_a->equal != of_b->equal)
		return of_a->equal < of_b->equal ? -1 : 1;
	return of_a->event < of_b->event ? -1 : of_a->event > of_b->event;
}

/* Modifiers in an order of their own. */
static void sort_modifiers(uint16_t sorted[MODIFIERS_MAX], const uint16_t modifiers[MODIFIERS_MAX])
{
	for (unsigned i = 0; i < MODIFIERS_MAX; i++) {
		unsigned at = i;

		for (; at > 0 && sorted[at - 1] > modifiers[i]; at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = modifiers[i];
	}
}

uint64_t event_equal(const struct event *event)
{
	struct {
		int64_t units, charge;
		uint16_t modifiers[MODIFIERS_MAX];
		uint16_t place;
		uint32_t pad;
	} key = {.units = event->line->units, .charge = event->charge};

	sort_modifiers(key.modifiers, event->line->modifiers);
	key.place = event->line->place;
	return hash64(&key, sizeof(key));
}

/* Where the day and provider of the slots from one on end; they are told. */
static uint32_t end_day(struct window *window, uint32_t from)
{
	struct slot *slots = window->slots;
	uint32_t to = from + 1;

	while (to < window->slot_count && compare_days(&slots[from], &slots[to]) == 0)
		to++;
	for (uint32_t i = from; i < to; i++)
		slots[i].day_end = to;
	window->days |= slots[from].code != slots[to - 1].code ? DAYS_CODES : 0;
	window->days |= slots[from].from != slots[0].from ? DAYS_SEVERAL : 0;
	return to;
}

/* What makes lines equal only matters where a day has several of a code. */
static void sort_equal(struct window *window)
{
	for (uint32_t from = 0, to, day = 0; from < window->slot_count; from = to) {
		if (from == day)
			day = end_day(window, from);
		to = slots_code_end(window, from, day);
		if (to - from < 2)
			continue;
		window->days |= DAYS_REPEATED;
		for (uint32_t i = from; i < to; i++)
			window->slots[i].equal = event_equal(
			        &window->events[window->slots[i].event]);
		few_sort(window->slots + from, to - from, sizeof(*window->slots), compare_slots);
	}
}

/* Has a day several lines of one code?  By a bit a code: others may share it. */
static bool meets_code(const struct window *window)
{
	uint64_t codes = 0;
	bool met = false;

	for (uint32_t i = 0; i < window->count && !met; i++) {
		const struct history_line *line = window->events[i].line;
		uint64_t bit = (uint64_t)1 << (line->code * 0x9e3779b97f4a7c15u >> 58);

		if (i > 0 && line->from != window->events[i - 1].line->from)
			codes = 0;
		met = codes & bit;
		codes |= bit;
	}
	return met;
}

/* Lines without a day, a provider, or with an end before their beginning have no place. */
static int build_slots(struct window_private *own)
{
	struct window *window = &own->window;

	window->slots = scratch_room(&own->slot_room, window->count + 1, sizeof(*window->slots));
	window->slot_count = 0;
	window->days = meets_code(window) ? DAYS_CODE_MET : 0;
	if (!window->slots)
		return FAIL_MEMORY;
	for (uint32_t i = 0; i < window->count; i++) {
		const struct event *event = &window->events[i];
		const struct history_line *line = event->line;

		if (!event->run->same || line->from == DATE_ABSENT || (line->flags & PAST_BACKWARD))
			continue;
		window->slots[window->slot_count++] = (struct slot){
		        .from = line->from,
		        .span = line->span,
		        .setting = event->run->setting,
		        .same = event->run->same,
		        .code = line->code,
		        .event = i,
		};
	}
	few_sort(window->slots, window->slot_count, sizeof(*window->slots), compare_slots);
	sort_equal(window);
	return 0;
}

uint32_t events_from(const struct window *window, int32_t day)
{
	uint32_t low = 0, high = window->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (day_rank(window->events[middle].line->from) < day_rank(day))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t slots_find(const struct window *window, const struct slot *day)
{
	uint32_t low = 0, high = window->slot_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (compare_days(&window->slots[middle], day) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < window->slot_count && compare_days(&window->slots[low], day) == 0 ? low
	                                                                               : NO_EVENT;
}

uint32_t slots_day_of(const struct window *window, const struct event *event)
{
	const struct slot day = {.from = event->line->from,
	        .span = event->line->span,
	        .setting = event->run->setting,
	        .same = event->run->same};

	return slots_find(window, &day);
}

int window_build(struct window_private *own)
{
	int err;

	own->ptp_read = false;
	few_sort(own->verdicts, own->verdict_count, sizeof(*own->verdicts), compare_verdicts);
	err = build_events(own);
	if (!err)
		err = build_claims(own);
	if (!err)
		err = build_denied(own);
	return err ? err : build_slots(own);
}

/* ---- By key and day ---- */

static int compare_keyed(const void *a, const void *b)
{
	const struct keyed_event *of_a = a, *of_b = b;

	if (of_a->key != of_b->key)
		return of_a->key < of_b->key ? -1 : 1;
	if (of_a->day != of_b->day)
		return of_a->day < of_b->day ? -1 : 1;
	return of_a->event < of_b->event ? -1 : of_a->event > of_b->event;
}

void keyed_sort(struct keyed_events *keyed)
{
	few_sort(keyed->items, keyed->count, sizeof(*keyed->items), compare_keyed);
}

void keyed_gather(struct window *window, keyed_key *key_of, struct keyed_events *keyed)
{
	*keyed = (struct keyed_events){0};
	for (uint32_t i = 0; i < window->count; i++) {
		const struct event *event = &window->events[i];
		uint64_t key = key_of(window, event);

		if (!key)
			continue;
		if (!keyed->items)
			keyed->items = window_room(window, window->count, sizeof(*keyed->items));
		if (!keyed->items)
			return;
		keyed->items[keyed->count++] = (struct keyed_event){key, event->line->from, i};
	}
	keyed_sort(keyed);
}

void keyed_each_group(struct window *window, keyed_key *key_of, keyed_judge *judge)
{
	struct keyed_events keyed;

	keyed_gather(window, key_of, &keyed);
	for (uint32_t from = 0, to; from < keyed.count; from = to) {
		to = keyed_end(&keyed, from);
		if (to - from > 1)
			judge(window, &keyed.items[from], to - from);
	}
}

uint32_t keyed_end(const struct keyed_events *keyed, uint32_t from)
{
	const struct keyed_event *first = &keyed->items[from];
	uint32_t to = from + 1;

	while (to < keyed->count && keyed->items[to].key == first->key &&
	        keyed->items[to].day == first->day)
		to++;
	return to;
}

/* The first item not before (key, day). */
static uint32_t keyed_at(const struct keyed_events *keyed, uint64_t key, int32_t day)
{
	uint32_t low = 0, high = keyed->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct keyed_event *item = &keyed->items[middle];

		if (item->key < key || (item->key == key && item->day < day))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t keyed_last_before(const struct keyed_events *keyed, uint64_t key, int32_t day)
{
	uint32_t at = keyed_at(keyed, key, day);

	return at > 0 && keyed->items[at - 1].key == key ? keyed->items[at - 1].event : NO_EVENT;
}

uint32_t keyed_first_from(const struct keyed_events *keyed, uint64_t key, int32_t day)
{
	uint32_t at = keyed_at(keyed, key, day);

	return at < keyed->count && keyed->items[at].key == key ? keyed->items[at].event : NO_EVENT;
}
