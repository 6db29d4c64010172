/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A beneficiary's window: what rules judge by, and how they say what they
 * found.  For the files of this folder.
 *
 *   events   the payable lines, in the contract's order; no date: last
 *   denied   behind them those that were denied, of the kinds that rules ask for
 *   slots    those with a day and a provider, a day and provider together, in it
 *            a code, in it equal lines
 *   claims   the events of a claim; of institutional ones, what the stay was
 *
 * Lines of the tail of earlier months (--history) stand among them and are judged
 * by like any others.  A unit that is one of theirs is counted in nothing and a
 * finding that stands on one is not told: an earlier run has done so.  A claim is
 * new if any of its lines is, whatever rules read of them.
 */
#ifndef HISTORY_WINDOW_H
#define HISTORY_WINDOW_H

#include "history/concern.h"
#include "history/history.h"
#include "history/tallies.h"
#include "regroup/claims_private.h"
#include "regroup/history.h"
#include "rules/detail.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NO_EVENT = UINT32_MAX };

enum { EVENT_DUPLICATE = 1 << 0 }; /* DUP-01 finds it: in no sum, in no pair */

struct event {
	const struct history_line *line;
	const struct history_run *run;
	const struct procedure_attributes *px; /* all 0 for a code that is not in the set */
	uint64_t group;                        /* of the same TIN and specialty; 0: none */
	int64_t amount; /* of the line: an amount of the claim's stands on its lowest line */
	int64_t charge;
	uint32_t claim; /* number in claims */
	uint16_t marks; /* MARK_* of its modifiers */
	uint8_t flags;
};

struct slot {
	int32_t from;
	uint16_t span;
	uint8_t setting;
	uint64_t same;
	uint64_t code;
	uint64_t equal; /* hash of what makes a line a duplicate of another */
	uint32_t event;
	uint32_t day_end; /* where the slots of its day and provider end */
};

struct past_claim {
	uint64_t key;
	uint32_t from, to; /* in window->by_claim: its events by line number and digest */
	uint32_t lowest;   /* event */
	const struct history_run *run;         /* of the lowest line */
	int64_t amount, charge;                /* AMOUNT_ABSENT: none */
	const struct history_verdict *verdict; /* that marks it, or NULL */
	uint8_t standing;                      /* rule of claim findings, while settling */
	bool fresh;                            /* not all of it is of the tail */
};

/* What a worker keeps over beneficiaries, and the rules may use as they like. */
struct window {
	const struct history_options *options;
	struct event *events;
	uint32_t count, denied_count;
	struct slot *slots;
	uint32_t slot_count;
	struct past_claim *claims;
	uint32_t *by_claim;
	uint32_t *by_denied; /* what was denied, in the order of by_claim */
	uint32_t claim_count;
	uint16_t seen;      /* bits of enum claim_type: events there are */
	uint8_t days;       /* DAYS_* (history/concern.h) */
	uint64_t concerned; /* rules that its lines concern, denied ones too */
	bool failed;        /* no memory: what was found is not whole */

	unsigned line_parts; /* sets that rules of lines tell the uncovered days of */
	unsigned rule;       /* number of the one that is judging */
	uint64_t asked;      /* ... as a bit (history/concern.h) */
	const struct concerns *concerns;
	const struct edits *practitioner, *hospital; /* PTP */
	struct window_private *own;
};

/* ---- Counting and finding ---- */

/*
 * Units of the judging rule, on the provider of an event: the line that a finding
 * about them would stand on.
 */
void window_scope(struct window *window, uint32_t event, uint32_t count);
void window_evaluated(struct window *window, uint32_t event, uint32_t count);

/* ... a unit that is a whole claim, on the provider of its lowest line. */
void window_claim_scope(struct window *window, const struct past_claim *claim);
void window_claim_evaluated(struct window *window, const struct past_claim *claim);

/*
 * Units that are a line each, of many lines: added up while they are of one provider,
 * and counted with counting_end().
 */
struct counting {
	uint32_t event, scope, evaluated; /* event: one of them */
};

static inline void counting_end(struct window *window, const struct counting *counting)
{
	if (counting->scope > 0)
		window_scope(window, counting->event, counting->scope);
	if (counting->evaluated > 0)
		window_evaluated(window, counting->event, counting->evaluated);
}

static inline void counting_add(
        struct window *window, struct counting *counting, uint32_t event, bool evaluated)
{
	if (counting->scope > 0 &&
	        window->events[event].run != window->events[counting->event].run) {
		counting_end(window, counting);
		*counting = (struct counting){0};
	}
	counting->event = event;
	counting->scope++;
	counting->evaluated += evaluated;
}

/* Add to a tally of an event's provider, which is filled in. */
void window_tally(struct window *window, const struct event *event, struct tally tally);

/*
 * A line of the judging rule on a day that a set does not cover: not evaluated,
 * and told by set and year.  Each rule tells of a line once; of a set that rules
 * of lines ask too (window->line_parts), they tell.
 */
void window_outside(struct window *window, uint32_t event, enum codes_part part);
/*
 * Does a set judge the line's day, itself or by the nearest that it has?  A day that
 * it does not cover is told as above, and find_release() says so in the finding.
 */
bool window_covers(struct window *window, uint32_t event, enum codes_part part);
void window_outside_pairs(struct window *window, uint32_t event);

/*
 * A finding: begin, change what is not the usual, keep.  Usual: the whole
 * amount of the event's line, no other line, no detail.
 */
struct find {
	uint32_t event; /* that it stands on; of a claim's finding any of its lines */
	uint32_t other; /* the line it is because of, or NO_EVENT */
	bool whole_claim;
	const uint32_t *members; /* events whose dollars it has; NULL: its own */
	uint32_t member_count;
	const char *kind; /* static */
	struct hit hit;   /* severity, watch, share, whole, detail; kind is not read */
};
void find_begin(struct find *find, uint32_t event, const char *kind, enum severity severity);
void find_keep(struct window *window, const struct find *find);

/* Judged by the nearest release: the finding says so, and is of low severity at most. */
void find_release(const struct window *window, struct find *find, enum codes_part part);

/* Room for the judging rule, until it asks again; NULL and failed set: no memory. */
void *window_room(struct window *window, size_t count, size_t size);

/* ---- What rules ask ---- */

static inline bool event_has_day(const struct event *event)
{
	return event->line->flags & PAST_SAME_DAY;
}

/* Does a line concern the judging rule by its code? */
static inline bool event_concerns(const struct window *window, const struct event *event)
{
	return concerns_of_code(window->concerns, event->line->code, history_ref(event->line)) &
	       window->asked;
}

/* Is it on one day, or on a span of its own that another may share? */
static inline bool event_has_days(const struct event *event)
{
	return event->line->flags & (event->line->span > 0 ? PAST_OWN : PAST_SAME_DAY);
}

static inline bool event_has(const struct event *event, char a, char b)
{
	uint16_t modifier = TWO_CHARS(a, b);
	bool has = false;

	for (unsigned m = 0; m < MODIFIERS_MAX; m++)
		has |= event->line->modifiers[m] == modifier;
	return has;
}

/* Any of count modifiers? */
static inline bool event_has_any(const struct event *event, const uint16_t *modifiers, size_t count)
{
	bool has = false;

	for (size_t i = 0; i < count; i++)
		for (unsigned m = 0; m < MODIFIERS_MAX; m++)
			has |= event->line->modifiers[m] == modifiers[i];
	return has;
}

static inline bool event_is(const struct event *event, enum claim_type type)
{
	return event->run->claim_type == type;
}

/* The first slot of that day, provider, span and setting; NO_EVENT: there is none. */
uint32_t slots_find(const struct window *window, const struct slot *day);

/* The first slot of an event's day, provider and setting; NO_EVENT: there is none. */
uint32_t slots_day_of(const struct window *window, const struct event *event);

/* The first event on a day or after it; those without a day are the last. */
uint32_t events_from(const struct window *window, int32_t day);

/* Where the slots of one day and provider, and of one code in them, end. */
static inline uint32_t slots_day_end(const struct window *window, uint32_t from)
{
	return window->slots[from].day_end;
}

static inline uint32_t slots_code_end(const struct window *window, uint32_t from, uint32_t day_end)
{
	uint32_t to = from + 1;

	while (to < day_end && window->slots[to].code == window->slots[from].code)
		to++;
	return to;
}

struct text event_claim_id(const struct event *event);

/* "other_rule lines" in detail: how many more partners there were. */
void find_tell_others(struct find *find, uint32_t others);

/* Hash of what, beside code, day and provider, makes a line a duplicate of another. */
uint64_t event_equal(const struct event *event);

/* A line of the tail. */
static inline bool event_is_old(const struct event *event)
{
	return history_is_old(event->run);
}

/* A code of five characters as a word. */
#define CODE5(text) \
	((uint64_t)(uint8_t)(text)[0] | (uint64_t)(uint8_t)(text)[1] << 8 | \
	        (uint64_t)(uint8_t)(text)[2] << 16 | (uint64_t)(uint8_t)(text)[3] << 24 | \
	        (uint64_t)(uint8_t)(text)[4] << 32)

/* ---- Rules: one file and a line in history.def each ---- */

struct history_rule {
	/* One that has an id and no checks: a part of a rule that lines are judged by. */
	const struct rule *rule;
	void (*judge)(struct window *window);
	void (*settled)(struct window *window); /* or NULL: when what stands on lines is known */
	unsigned needs; /* what it reads: bits as in regroup/history.h; no lines: all payable */
	struct concern concern; /* whom judge is asked about; settled: all */
};

/*
 * For a part: has the rule that is judging hit this line already, by what the
 * line says itself?  Its kinds exclude one another, and those come first.
 */
bool window_line_hit(struct window *window, uint32_t event);

/* ---- An order of events by some key, to be asked by day ---- */

struct keyed_event {
	uint64_t key;
	int32_t day;
	uint32_t event;
};

struct keyed_events {
	struct keyed_event *items;
	uint32_t count;
};
/* Sort what was put in; equal keys and days in the contract's order. */
void keyed_sort(struct keyed_events *keyed);

/*
 * The events that take part, by a key of theirs; 0: it takes none.  In the judging
 * rule's room, sorted.  Few days have any: room is only asked for where there are.
 */
typedef uint64_t keyed_key(const struct window *window, const struct event *event);
void keyed_gather(struct window *window, keyed_key *key_of, struct keyed_events *keyed);

/*
 * Hand over the groups of equal key and day that have several events, in the
 * contract's order of lines.
 */
typedef void keyed_judge(struct window *window, const struct keyed_event *items, uint32_t count);
void keyed_each_group(struct window *window, keyed_key *key_of, keyed_judge *judge);

/* Where the items of the key and day at from end. */
uint32_t keyed_end(const struct keyed_events *keyed, uint32_t from);

/* The last of key before day, NO_EVENT for none; the first of key from day on. */
uint32_t keyed_last_before(const struct keyed_events *keyed, uint64_t key, int32_t day);
uint32_t keyed_first_from(const struct keyed_events *keyed, uint64_t key, int32_t day);

#endif
