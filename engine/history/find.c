/* SPDX-License-Identifier: Apache-2.0 */
#include "history/private.h"

#include "base/budget.h"

#include <string.h>

void *growing_add(struct growing *growing, size_t count, size_t size)
{
	size_t wanted = growing->count + count;

	if (wanted > growing->capacity) {
		size_t capacity = wanted + wanted / 2 + 64;
		void *grown = budget_resize(growing->data, capacity * size);

		if (!grown)
			return NULL;
		growing->data = grown;
		growing->capacity = capacity;
	}
	growing->count = wanted;
	return (uint8_t *)growing->data + (wanted - count) * size;
}

void *window_room(struct window *window, size_t count, size_t size)
{
	void *room = scratch_room(&window->own->rule_room, count + 1, size);

	window->failed |= !room;
	return room;
}

/* ---- Counting ---- */

void window_scope(struct window *window, uint32_t event, uint32_t count)
{
	if (!event_is_old(&window->events[event]))
		window->own->totals.scope[window->rule] += count;
}

void window_claim_scope(struct window *window, const struct past_claim *claim)
{
	window->own->totals.scope[window->rule] += claim->fresh;
}

/* Tallies of providers, who lie anywhere, are added many at once. */
static void flush_tallies(struct window_private *own)
{
	own->window.failed |= tallies_add_all(own->tallies, own->tallied, own->tallied_count) != 0;
	own->tallied_count = 0;
}

static void add_tally(struct window_private *own, const struct tally *tally)
{
	if (own->tallied_count == TALLIES_AT_ONCE)
		flush_tallies(own);
	own->tallied[own->tallied_count++] = *tally;
}

void window_tally(struct window *window, const struct event *event, struct tally tally)
{
	if (event_is_old(event))
		return;
	tally.provider = event->run->provider;
	add_tally(window->own, &tally);
}

void window_outside(struct window *window, uint32_t event, enum codes_part part)
{
	const struct event *at = &window->events[event];

	if (!(window->line_parts & PART_BIT(part)) && !event_is_old(at))
		codes_outside_add(&window->own->totals.outside, part, at->line->from);
}

bool window_covers(struct window *window, uint32_t event, enum codes_part part)
{
	bool covers = codes_covers(window->options->codes, part, window->events[event].line->from);

	if (!covers)
		window_outside(window, event, part);
	return covers || codes_nearest(window->options->codes);
}

void window_outside_pairs(struct window *window, uint32_t event)
{
	const struct event *at = &window->events[event];

	if (event_is_old(at))
		return;
	codes_outside_add_pairs(&window->own->totals.outside,
	        at->run->setting == SETTING_OUTPATIENT ? OUTSIDE_HOSPITAL : OUTSIDE_PRACTITIONER,
	        at->line->from);
}

static void flush_counts(struct window_private *own)
{
	int err = profile_add_counts(own->profile, own->counts, own->count_count);

	own->count_count = 0;
	own->err = own->err ? own->err : err;
}

int window_flush(struct window_private *own)
{
	flush_counts(own);
	flush_tallies(own);
	if (own->err)
		return own->err;
	return own->window.failed ? FAIL_MEMORY : 0;
}

void window_count(struct window_private *own, const struct profile_count *count)
{
	if (own->count_count == PROFILE_COUNTS_MAX)
		flush_counts(own);
	own->counts[own->count_count++] = *count;
}

/* Lines of one provider follow one another, so most are added up here. */
static void evaluate(struct window *window, uint32_t provider, uint32_t count)
{
	struct window_private *own = window->own;
	struct profile_count *last = &own->counts[own->count_count > 0 ? own->count_count - 1 : 0];

	own->totals.evaluated[window->rule] += count;
	if (own->count_count > 0 && last->provider == provider && last->rule == window->rule)
		last->count += count;
	else
		window_count(own, &(struct profile_count){provider, window->rule, count});
}

void window_evaluated(struct window *window, uint32_t event, uint32_t count)
{
	const struct history_run *run = window->events[event].run;

	if (!history_is_old(run))
		evaluate(window, run->provider, count);
}

void window_claim_evaluated(struct window *window, const struct past_claim *claim)
{
	if (claim->fresh)
		evaluate(window, claim->run->provider, 1);
}

/* ---- Finding ---- */

void find_begin(struct find *find, uint32_t event, const char *kind, enum severity severity)
{
	find->event = event;
	find->other = NO_EVENT;
	find->whole_claim = false;
	find->members = NULL;
	find->member_count = 0;
	find->kind = kind;
	find->hit.severity = (uint8_t)severity;
	find->hit.watch = false;
	find->hit.share = find->hit.whole = 1;
	find->hit.detail[0] = '\0';
}

void find_release(const struct window *window, struct find *find, enum codes_part part)
{
	if (codes_covers(window->options->codes, part, window->events[find->event].line->from))
		return;
	detail_add(&find->hit, "release=nearest");
	if (find->hit.severity > SEVERITY_LOW)
		find->hit.severity = SEVERITY_LOW;
}

void find_tell_others(struct find *find, uint32_t others)
{
	if (others > 0)
		detail_add(&find->hit, "others=%u", others);
}

static bool keep_members(struct window_private *own, const struct find *find, struct found *found)
{
	found->members = (uint32_t)own->members.count;
	found->member_count = find->member_count;
	if (find->member_count == 0)
		return true;
	uint32_t *members = growing_add(&own->members, find->member_count, sizeof(*members));

	if (members)
		memcpy(members, find->members, find->member_count * sizeof(*members));
	return members != NULL;
}

static bool keep_detail(struct window_private *own, const struct find *find, struct found *found)
{
	size_t size = strlen(find->hit.detail);

	found->detail = (uint32_t)own->texts.count;
	found->detail_size = (uint32_t)size;
	char *text = growing_add(&own->texts, size, 1);

	if (text)
		memcpy(text, find->hit.detail, size);
	return text != NULL;
}

/* Does it stand on what is new? */
static bool is_told(const struct window *window, const struct find *find)
{
	const struct event *event = &window->events[find->event];

	return find->whole_claim ? window->claims[event->claim].fresh : !event_is_old(event);
}

void find_keep(struct window *window, const struct find *find)
{
	struct window_private *own = window->own;
	struct found *found;

	if (!is_told(window, find))
		return;
	found = growing_add(&own->found, 1, sizeof(*found));

	if (!found) {
		window->failed = true;
		return;
	}
	*found = (struct found){
	        .event = find->event,
	        .other = find->other,
	        .share = find->hit.share,
	        .whole = find->hit.whole,
	        .kind = find->kind,
	        .rule = (uint8_t)window->rule,
	        .severity = find->hit.severity,
	        .watch = find->hit.watch,
	        .whole_claim = find->whole_claim,
	};
	if (!keep_members(own, find, found) || !keep_detail(own, find, found))
		window->failed = true;
}
