/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A provider's window: what rules of a provider's days judge by, and how they
 * say what they found or counted.  For the files of this folder.
 *
 * A rule judges a provider at a time: its lines stand in the order of days, by
 * themselves and day by day; within a day their order is none, and no rule may
 * depend on it.  A provider has hardly more than a line a day, so a rule that was
 * asked day by day was called more often than it judged.
 */
#ifndef HISTORY_PROVIDER_H
#define HISTORY_PROVIDER_H

#include "history/providers.h"
#include "regroup/claims_private.h"
#include "regroup/history.h"
#include "regroup/providers.h"
#include "rules/detail.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct provider_private;

/*
 * Lines of one day; DATE_ABSENT: those without one.  Behind those that are counted
 * are lines of the tail of earlier months (--history) that take time: they are
 * hours of the day, and were counted by an earlier run.  A day has new lines.
 */
struct provider_day {
	int32_t day;
	int32_t year; /* its parts; 0 without a day */
	uint8_t month, day_of_month;
	bool weekend, holiday; /* federal */
	uint32_t own_day;      /* counted lines that have a day of their own */
	const struct provider_line *lines;
	size_t count;
	size_t all; /* with those of the tail */
};

struct provider_window {
	const struct providers_options *options;
	const struct edits *practitioner, *hospital; /* PTP */
	const struct procedure_attributes *procedures;
	uint32_t provider; /* dense number in profile */
	enum id_kind id_kind;
	unsigned entity; /* of most of its lines, ties to the smaller; 0: unknown */

	const struct provider_line *lines; /* that are counted, in the order of days */
	size_t line_count;
	const struct provider_day *days; /* the one without a day first */
	size_t day_count;
	const struct record_head *const *claims; /* in no order */
	size_t claim_count;

	unsigned rule; /* number of the one that is judging */
	bool failed;   /* no memory: what was found is not whole */
	struct provider_private *own;
};

static inline const struct provider_claim *provider_claim(const struct record_head *record)
{
	return (const struct provider_claim *)(const void *)record;
}

/* Is a line among them that is not of the tail? */
static inline bool provider_any_new(const struct provider_line *const *lines, size_t count)
{
	bool any = false;

	for (size_t i = 0; i < count && !any; i++)
		any = !(lines[i]->kind & PROVIDER_OLD);
	return any;
}

/* What the code sets say of a line's code; all 0 for one that they do not have. */
static inline const struct procedure_attributes *provider_px(
        const struct provider_window *window, const struct provider_line *line)
{
	return &window->procedures[provider_line_ref(line)];
}

static inline bool provider_line_has(const struct provider_line *line, char a, char b)
{
	uint16_t modifier = TWO_CHARS(a, b);
	bool has = false;

	for (unsigned m = 0; m < MODIFIERS_MAX; m++)
		has |= line->modifiers[m] == modifier;
	return has;
}

/* ---- Counting ---- */

/* Units of the judging rule. */
void provider_scope(struct provider_window *window, uint32_t count);
void provider_evaluated(struct provider_window *window, uint32_t count);

/* Add to a tally of the provider at hand; provider is filled in. */
void provider_tally(struct provider_window *window, struct tally tally);

/* ... as this measure, if anything was counted. */
void provider_tally_as(
        struct provider_window *window, struct tally tally, enum tally_measure measure);

/* The sketch of the provider at hand; the hashes are moved about (history/sketches.h). */
void provider_patients(struct provider_window *window, uint32_t *hashes, uint32_t persons);

/* ---- Finding ---- */

/*
 * Begin, which puts the lines in the contract's order, change what is not the
 * usual, keep.  It stands on the first.  Usual: the whole amounts of the lines,
 * no detail.
 */
struct provider_find {
	const struct provider_line *const *members; /* of one day, all told */
	size_t member_count;
	const char *kind; /* static */
	struct hit hit;   /* severity, watch, share, whole, detail; kind is not read */
};
void provider_find_begin(struct provider_find *find, const struct provider_line **members,
        size_t count, const char *kind, enum severity severity);
void provider_find_keep(struct provider_window *window, const struct provider_find *find);

/* Room for the judging rule, until it asks again; NULL and failed set: no memory. */
void *provider_room(struct provider_window *window, size_t count, size_t size);

/* ... zeroed, and apart from it: both may be in use. */
void *provider_zeroed_room(struct provider_window *window, size_t bytes);

/* ---- Rules: one file and a line in provider.def each ---- */

struct provider_rule {
	const struct rule *rule;        /* that finds something itself; NULL: it only counts ... */
	const char *const *counted_for; /* ... for the rules of these ids, NULL-ended */
	unsigned needs;                 /* HISTORY_NEEDS_* (regroup/history.h) */

	void (*judge)(struct provider_window *window);

	/*
	 * Of the tallies of these measures, a bit each: is a line among their k, or their n
	 * where they have no k?  part: of the tally, as history/standing.h says.
	 */
	uint64_t measures;
	bool (*counts)(const struct provider_window *window, const struct provider_line *line,
	        enum tally_measure measure, uint64_t part);
};

#endif
