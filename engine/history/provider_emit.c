/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines of a beneficiary to their providers, when it is known what stands
 * on each.
 */
#include "history/prices.h"
#include "history/private.h"
#include "history/times.h"
#include "base/hash.h"
#include "regroup/providers.h"

#include <string.h>

enum { SPAN_MAX = UINT8_MAX };

static int32_t units_of(const struct history_line *line)
{
	if (line->units == AMOUNT_ABSENT)
		return PROVIDER_UNITS_ABSENT;
	if (line->units > INT32_MAX)
		return INT32_MAX;
	return line->units <= INT32_MIN ? INT32_MIN + 1 : (int32_t)line->units;
}

uint32_t event_line_kind(const struct event *event)
{
	const struct history_line *line = event->line;
	const struct history_run *run = event->run;
	uint32_t kind = 0;

	kind |= line->flags & PAST_SAME_DAY ? PROVIDER_SAME_DAY : 0;
	kind |= event->flags & EVENT_DUPLICATE ? PROVIDER_DUPLICATE : 0;
	kind |= run->facts & HISTORY_IN_PERSON ? PROVIDER_IN_PERSON : 0;
	kind |= history_is_old(run) ? PROVIDER_OLD : 0;
	kind |= (uint32_t)run->claim_type << PROVIDER_TYPE_SHIFT;
	kind |= (uint32_t)run->setting << PROVIDER_SETTING_SHIFT;
	kind |= (run->facts >> HISTORY_ENTITY_SHIFT & 3) << PROVIDER_ENTITY_SHIFT;
	return kind | history_ref(line) << PROVIDER_REF_SHIFT;
}

void event_line(const struct event *event, struct provider_line *line)
{
	const struct history_line *past = event->line;

	line->person = event->run->person;
	line->code = past->code;
	line->span = past->span > SPAN_MAX ? SPAN_MAX : (uint8_t)past->span;
	line->amount = event->amount;
	line->charge = event->charge;
	line->units = units_of(past);
	line->place = past->place;
	memcpy(line->modifiers, past->modifiers, sizeof(line->modifiers));
}

/* What findings mean to the line so far: as settled, by its own and by those of its claim. */
static void fill_outcome(
        const struct window_private *own, const struct event *event, struct provider_texts *texts)
{
	const struct window *window = &own->window;
	const struct outcome *outcome = own->outcomes ? &own->outcomes[event - window->events]
	                                              : NULL;
	const struct history_verdict *verdict = event->claim != NO_EVENT
	                                                ? window->claims[event->claim].verdict
	                                                : NULL;
	int64_t amount = event->amount > 0 ? event->amount : 0;
	int64_t portion = verdict ? claims_dollars(amount, verdict->share, verdict->whole) : 0;
	int64_t most = outcome && outcome->hit ? outcome->most : 0;

	most = most > amount ? amount : most;
	texts->flagged = most > portion ? most : portion;
	texts->marked = verdict || (outcome && outcome->hit);
	if (outcome && outcome->hit) {
		bool alone = !outcome->several && (!verdict || verdict->rule == outcome->rule);

		texts->hit = alone ? PROVIDER_HIT_ONE : PROVIDER_HIT_SEVERAL;
		texts->rule = outcome->rule;
		texts->unique = most > portion ? most - portion : 0;
	} else if (verdict) {
		texts->hit = verdict->flags & VERDICT_ALONE ? PROVIDER_HIT_ONE
		                                            : PROVIDER_HIT_SEVERAL;
		texts->rule = verdict->rule;
		texts->unique = portion;
	}
}

static struct provider_texts texts_of(const struct window_private *own, const struct event *event)
{
	const struct history_run *run = event->run;
	struct provider_texts texts = {
	        .digest = event->line->digest,
	        .line = event->line->line,
	        .order_date = run->order_date,
	        .claim_id_size = run->claim_id_size,
	        .data_source_size = run->data_source_size,
	        .person_id_size = run->person_id_size,
	        .bytes = history_texts(run),
	};

	fill_outcome(own, event, &texts);
	return texts;
}

/* Can a rule of providers tell of it?  All of them are about time. */
static bool is_told(const struct window_private *own, const struct event *event)
{
	const struct times *times = own->history->options.times;

	return times && event_is(event, CLAIM_PROFESSIONAL) &&
	       times_has(times, history_ref(event->line), event->line->from);
}

/* What a unit of its code costs, for all providers' lines together. */
static int count_price(struct window_private *own, const struct provider_line *line)
{
	struct price_line price = price_of(line->code, line->modifiers, provider_line_setting(line),
	        line->amount, line->units);

	return price.key ? price_counts_add(own->prices, &price) : 0;
}

/* Of what is old only hours are asked. */
static int put(struct window_private *own, const struct event *event)
{
	bool told = is_told(own, event), old = event_is_old(event);

	if (old && !told)
		return 0;
	struct provider_line line = {
	        .key = provider_key(event->run->provider, event->line->from),
	        .kind = event_line_kind(event) | (told ? PROVIDER_TOLD : 0),
	};

	event_line(event, &line);
	if (own->prices && !old && count_price(own, &line) < 0)
		return FAIL_MEMORY;
	if (!told)
		return provider_put_line(own->providers, &line, NULL);
	const struct provider_texts texts = texts_of(own, event);
	return provider_put_line(own->providers, &line, &texts);
}

/* ---- Claims, by what they have alike with others ---- */

struct clone {
	uint64_t claim;
	uint64_t lines_sum, diagnosis_sum; /* sums of hashes: no order shows */
	uint64_t charge, digest;           /* digest: of the lowest line */
	uint32_t lines, provider;
	int32_t line, day;
	bool used;
	bool fresh; /* not all of it is of the tail */
};

/* The beneficiary's claims, found by their key. */
struct clones {
	struct clone *table;
	size_t mask;
};

static struct clone *find_clone(const struct clones *clones, uint64_t claim)
{
	size_t at = (size_t)(claim >> 17) & clones->mask;

	while (clones->table[at].used && clones->table[at].claim != claim)
		at = (at + 1) & clones->mask;
	return &clones->table[at];
}

static uint64_t line_hash(const struct history_line *line)
{
	struct {
		uint64_t code;
		int64_t units;
		uint16_t modifiers[8];
	} key = {.code = line->code, .units = line->units};

	for (unsigned m = 0; m < MODIFIERS_MAX; m++) {
		unsigned at = m;

		for (; at > 0 && key.modifiers[at - 1] > line->modifiers[m]; at--)
			key.modifiers[at] = key.modifiers[at - 1];
		key.modifiers[at] = line->modifiers[m];
	}
	return hash64(&key, sizeof(key));
}

static void add_event(struct clones *clones, const struct event *event)
{
	const struct history_line *line = event->line;
	struct clone *clone = find_clone(clones, event->run->claim);

	if (!clone->used || line->line < clone->line ||
	        (line->line == clone->line && line->digest < clone->digest)) {
		clone->line = line->line;
		clone->digest = line->digest;
		clone->provider = event->run->provider;
	}
	if (!clone->used || line->from < clone->day)
		clone->day = line->from;
	clone->used = true;
	clone->claim = event->run->claim;
	clone->lines++;
	clone->lines_sum += line_hash(line);
	clone->charge += event->charge != AMOUNT_ABSENT ? (uint64_t)event->charge : 0;
}

static int put_clone(struct window_private *own, const struct clone *clone)
{
	const uint64_t parts[] = {clone->lines_sum, clone->diagnosis_sum, clone->charge};
	const struct provider_claim claim = {
	        .head = {.key = provider_key(clone->provider, INT32_MAX)},
	        .person = own->runs[0]->person,
	        .fingerprint = hash64(parts, sizeof(parts)),
	};

	return provider_put_claim(own->providers, &claim,
	        &(struct provider_claim_long){.day = clone->day, .lines = clone->lines});
}

static int put_clones(struct window_private *own)
{
	const struct window *window = &own->window;
	struct clones clones = {.mask = 7};
	int err = 0;

	while (clones.mask < 2 * (size_t)window->count)
		clones.mask = 2 * clones.mask + 1;
	size_t bytes = (clones.mask + 1) * sizeof(*clones.table);

	clones.table = scratch_room(&own->clone_room, bytes, 1);
	if (!clones.table)
		return FAIL_MEMORY;
	memset(clones.table, 0, bytes);
	for (uint32_t i = 0; i < window->count; i++)
		add_event(&clones, &window->events[i]);
	for (uint32_t i = 0; i < own->run_count; i++) {
		struct clone *clone = find_clone(&clones, own->runs[i]->claim);

		clone->diagnosis_sum += own->runs[i]->diagnosis_sum;
		clone->fresh |= !history_is_old(own->runs[i]);
	}
	for (size_t at = 0; at <= clones.mask && !err; at++)
		if (clones.table[at].used && clones.table[at].fresh)
			err = put_clone(own, &clones.table[at]);
	return err;
}

int window_emit(struct window_private *own)
{
	int err = 0;

	for (uint32_t i = 0; i < own->window.count && !err; i++)
		err = put(own, &own->window.events[i]);
	return err || !own->clones || own->window.count == 0 ? err : put_clones(own);
}
