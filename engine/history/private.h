/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What walking, settling and the window share, and rules do not see.
 *
 *   walk.c    partitions -> beneficiaries      window.c  events, slots, claims
 *   find.c    what rules found                 settle.c  what stands, and dollars
 */
#ifndef HISTORY_PRIVATE_H
#define HISTORY_PRIVATE_H

#include "history/edits.h"
#include "history/price_counts.h"
#include "history/window.h"

#include <pthread.h>
#include <stdatomic.h>

/* A finding of a rule of history, packed. */
struct found {
	uint32_t event, other;
	uint32_t members, member_count; /* in own->members */
	uint32_t share, whole;
	uint32_t detail, detail_size; /* in own->texts */
	const char *kind;
	int64_t dollars;
	uint8_t rule, severity;
	bool watch, whole_claim, superseded;
};

/* A line that line rules hit. */
struct prior {
	const struct line_record *line;
	uint32_t event; /* NO_EVENT: it takes no part */
};

/* What is known of an event while settling. */
struct outcome {
	int64_t most;      /* dollars */
	uint32_t findings; /* that stand on it */
	uint8_t standing;  /* RULE_NONE */
	uint8_t rule;      /* one that hit it and stands */
	bool several;      /* ... and another did */
	bool hit;
};

struct growing {
	void *data;
	size_t count, capacity; /* items */
};

/* Room for count more items; NULL: no memory. */
void *growing_add(struct growing *growing, size_t count, size_t size);

struct window_private {
	struct window window;
	struct history *history;
	const struct standing_reading
	        *reading; /* lines are read again; NULL: judged (standing.c) */
	struct profile_worker *profile;
	const struct finding_sink *sink;
	struct partition_writer *providers; /* NULL: no rule asks for providers' days */
	bool clones;                        /* ... and one for what claims have alike */
	struct tallies *tallies;
	struct price_counts *prices; /* NULL: no rule asks what units cost */
	struct history_totals totals;
	uint64_t line_checks;
	bool denied; /* some rule reads lines that were denied */
	int check_miles;

	/* Of the beneficiary at hand. */
	const struct history_run **runs; /* in run_room, their lines in line_room */
	uint32_t run_count;
	uint32_t old_count;                      /* ... of the tail (--history) */
	const struct history_verdict **verdicts; /* by claim key */
	uint32_t verdict_count;
	struct prior *priors;
	uint32_t prior_count;
	const struct history_findings **told; /* of claims, by joining */
	uint32_t told_count;
	struct growing found, members, texts;
	struct profile_count counts[PROFILE_COUNTS_MAX]; /* not yet told to profile */
	struct tally tallied[TALLIES_AT_ONCE];           /* ... to tallies */
	uint32_t count_count, tallied_count;
	struct growing ptp_days, ptp_codes, ptp_pairs; /* ptp.c's */
	bool ptp_read;                                 /* ... are this beneficiary's */
	bool others;              /* of its key one beneficiary was there already */
	struct outcome *outcomes; /* of its events, as settled; NULL: nothing was found */
	int err;

	struct scratch told_room, runs_room, run_room, line_room, verdict_room, prior_room,
	        event_room, slot_room, claim_room, by_claim_room, denied_room, outcome_room,
	        provider_room, rule_room, clone_room;
	char detail[DETAIL_ROOM];
	struct hit_view views[HITS_MAX];
};

struct history {
	struct history_options options;
	uint32_t *order; /* partitions, the largest first */
	struct edits *practitioner, *hospital;
	struct concerns concerns;
	atomic_uint next;
	pthread_mutex_t lock; /* of totals; taken once a worker */
	struct history_totals totals;
};

struct history_worker {
	struct window_private own;
};

/* What a walk reads by, but for where it puts what it finds; history_worker_destroy() frees. */
int history_worker_bare(struct history_worker **worker, struct history *history);

/* The beneficiaries of one partition.  0 or a negative errno. */
int history_walk_partition(struct window_private *own, const struct partition_view *view);

/* The beneficiary at hand, of whom lines are read again: before and after its runs are unpacked. */
bool standing_wants(
        const struct window_private *own, const struct record_head *const *records, size_t count);
int standing_tell(struct window_private *own);

/* A line as a finding would tell it; rule, kind and dollars are left. */
struct finding event_finding(const struct event *event);

/* What it leaves to its provider, but for key and kind. */
struct provider_line;
void event_line(const struct event *event, struct provider_line *record);
uint32_t event_line_kind(const struct event *event);

size_t history_rules_count(void);
const struct history_rule *history_rule_at(size_t index);
unsigned history_rule_number(size_t index);

/* The verdict on a claim, or NULL. */
const struct history_verdict *verdict_of(const struct window_private *own, uint64_t claim);

/* Build events, slots and claims from runs, verdicts and priors.  0 or FAIL_MEMORY. */
int window_build(struct window_private *own);

/* DUP-01 comes first: all rules leave its lines out, whether it is active or not. */
void window_mark_duplicates(struct window *window, bool active);

/* What a provider has more, to be told to profile with many others. */
void window_count(struct window_private *own, const struct profile_count *count);

/* Tell profile, and tallies, what is not yet told.  0 or what failed since the walk began. */
int window_flush(struct window_private *own);

/* The claim of a key among the window's, or NULL. */
const struct past_claim *claim_find(const struct window *window, uint64_t key);

/* Tell what was found, and add it up. */
int window_settle(struct window_private *own);

/* Leave the settled lines to their providers. */
int window_emit(struct window_private *own);

/* Numbers of the partitions, the largest first; the caller's.  0 or FAIL_MEMORY. */
int partitions_order(const struct partitions *partitions, uint32_t **order);

#endif
