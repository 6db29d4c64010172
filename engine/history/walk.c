/* SPDX-License-Identifier: Apache-2.0 */
#include "history/few.h"
#include "history/private.h"
#include "regroup/history_pack.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct text person_of(const struct history_run *run)
{
	return (struct text){
	        run->texts + run->claim_id_size + run->data_source_size, run->person_id_size};
}

static int compare_texts(struct text a, struct text b)
{
	int order = memcmp(a.at, b.at, a.size < b.size ? a.size : b.size);

	return order ? order : (a.size > b.size) - (a.size < b.size);
}

/* ---- Beneficiaries of providers ---- */

static int compare_numbers(const void *a, const void *b)
{
	uint32_t of_a = *(const uint32_t *)a, of_b = *(const uint32_t *)b;

	return (of_a > of_b) - (of_a < of_b);
}

/* Providers, each once; most beneficiaries have few, of which some follow one another. */
static uint32_t distinct(uint32_t *providers, uint32_t count)
{
	uint32_t kept = 0;

	if (count > 1)
		qsort(providers, count, sizeof(*providers), compare_numbers);
	for (uint32_t i = 0; i < count; i++) {
		if (kept == 0 || providers[kept - 1] != providers[i])
			providers[kept++] = providers[i];
	}
	return kept;
}

static bool is_among(const uint32_t *providers, uint32_t count, uint32_t provider)
{
	bool is = false;

	for (uint32_t i = 0; i < count; i++)
		is |= providers[i] == provider;
	return is;
}

/* The beneficiary is one more of each of its providers, whatever became of the new lines. */
static int count_beneficiary(struct window_private *own)
{
	enum { FEW = 16 }; /* looked through one by one */
	uint32_t *providers = scratch_room(&own->provider_room, own->run_count, sizeof(*providers));
	uint32_t count = 0;

	if (!providers)
		return FAIL_MEMORY;
	for (uint32_t i = 0; i < own->run_count; i++) {
		const struct history_run *run = own->runs[i];
		uint32_t from = count > FEW ? count - FEW : 0;

		if (!history_is_old(run) &&
		        !is_among(providers + from, count - from, run->provider))
			providers[count++] = run->provider;
	}
	if (count > FEW)
		count = distinct(providers, count);
	for (uint32_t i = 0; i < count; i++)
		window_count(own, &(struct profile_count){providers[i], PROFILE_BENEFICIARIES, 1});
	return own->err;
}

/* ---- Lines that line rules hit ---- */

static int compare_priors(const void *a, const void *b)
{
	const struct line_record *of_a = ((const struct prior *)a)->line;
	const struct line_record *of_b = ((const struct prior *)b)->line;

	if (of_a->claim != of_b->claim)
		return of_a->claim < of_b->claim ? -1 : 1;
	if (of_a->line != of_b->line)
		return of_a->line < of_b->line ? -1 : 1;
	if (of_a->digest != of_b->digest)
		return of_a->digest < of_b->digest ? -1 : 1;
	return 0;
}

/* The first place in a claim, by line number and digest, that is not before the line's. */
static uint32_t place_in_claim(
        const struct window *window, const struct past_claim *claim, const struct line_record *line)
{
	uint32_t low = claim->from, high = claim->to;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct history_line *there = window->events[window->by_claim[middle]].line;

		if (there->line < line->line ||
		        (there->line == line->line && there->digest < line->digest))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Does an event stand before a line, by claim, line number and digest? */
static bool stands_before(const struct event *event, const struct line_record *line)
{
	if (event->run->claim != line->claim)
		return event->run->claim < line->claim;
	if (event->line->line != line->line)
		return event->line->line < line->line;
	return event->line->digest < line->digest;
}

static uint32_t denied_of(
        const struct window *window, const struct line_record *line, uint32_t again)
{
	uint32_t low = 0, high = window->denied_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (stands_before(&window->events[window->by_denied[middle]], line))
			low = middle + 1;
		else
			high = middle;
	}
	low += again;
	if (low >= window->denied_count)
		return NO_EVENT;
	const struct event *event = &window->events[window->by_denied[low]];
	return event->run->claim == line->claim && event->line->line == line->line &&
	                       event->line->digest == line->digest
	               ? window->by_denied[low]
	               : NO_EVENT;
}

static uint32_t event_of(
        const struct window *window, const struct line_record *line, uint32_t again)
{
	const struct past_claim *claim;

	if (!(line->flags & LINE_PAYABLE))
		return denied_of(window, line, again);
	claim = claim_find(window, line->claim);
	if (!claim)
		return NO_EVENT;
	uint32_t at = place_in_claim(window, claim, line) + again;
	if (at >= claim->to)
		return NO_EVENT;
	const struct history_line *there = window->events[window->by_claim[at]].line;
	return there->line == line->line && there->digest == line->digest ? window->by_claim[at]
	                                                                  : NO_EVENT;
}

/* An event has one at most; those that have none are the last. */
static int compare_prior_events(const void *a, const void *b)
{
	uint32_t of_a = ((const struct prior *)a)->event, of_b = ((const struct prior *)b)->event;

	return (of_a > of_b) - (of_a < of_b);
}

/* Rows that are equal throughout are equally many here and there: one each. */
static void place_priors(struct window_private *own)
{
	uint32_t again = 0;

	few_sort(own->priors, own->prior_count, sizeof(*own->priors), compare_priors);
	for (uint32_t i = 0; i < own->prior_count; i++) {
		bool equal = i > 0 && compare_priors(&own->priors[i - 1], &own->priors[i]) == 0;

		again = equal ? again + 1 : 0;
		own->priors[i].event = event_of(&own->window, own->priors[i].line, again);
	}
	few_sort(own->priors, own->prior_count, sizeof(*own->priors), compare_prior_events);
}

/* ---- One beneficiary ---- */

static uint64_t clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/*
 * How much the time of this beneficiary counts; 0: it is not taken.  Asking the
 * clock costs as much as a rule does on a few lines: one in so many is asked for
 * all, but those of many lines each.
 */
static unsigned timed(const struct window_private *own)
{
	enum { TIMED_ONE_IN = 64, TIMED_LINES = 256 };

	if (!own->history->options.timing)
		return 0;
	if (own->window.count >= TIMED_LINES)
		return 1;
	return own->totals.beneficiaries % TIMED_ONE_IN == 1 ? TIMED_ONE_IN : 0;
}

/* Add what the rule that is judging has cost since a time; returns the time now. */
static uint64_t add_time(struct window_private *own, uint64_t from, unsigned times)
{
	uint64_t now = clock_now();

	own->totals.ns[own->window.rule] += (now - from) * times;
	return now;
}

/* Duplicates are the first of the rules' table, and marked whether that is active or not. */
static void judge(struct window_private *own)
{
	const struct concerns *concerns = &own->history->concerns;
	struct window *window = &own->window;
	uint64_t asked = concerns->judged & window->concerned & concerns->days[window->days];
	unsigned times = timed(own);
	uint64_t from = times ? clock_now() : 0;
	bool active;

	window->rule = history_rule_number(0);
	active = own->history->options.selection->active[window->rule];
	window_mark_duplicates(window, active);
	if (times && active)
		from = add_time(own, from, times);
	for (; asked; asked &= asked - 1) {
		size_t at = (size_t)__builtin_ctzll(asked);

		window->rule = history_rule_number(at);
		window->asked = (uint64_t)1 << at;
		history_rule_at(at)->judge(window);
		if (times)
			from = add_time(own, from, times);
	}
}

/* What is counted of lines when it is known what stands on them. */
static int count_settled(struct window_private *own)
{
	for (uint64_t left = own->history->concerns.settled; left; left &= left - 1) {
		size_t at = (size_t)__builtin_ctzll(left);

		own->window.rule = history_rule_number(at);
		history_rule_at(at)->settled(&own->window);
	}
	return own->window.failed ? FAIL_MEMORY : 0;
}

static uint32_t count_old(const struct window_private *own)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < own->run_count; i++)
		count += history_is_old(own->runs[i]);
	return count;
}

/* Lines that take part, but for those of the tail. */
static uint32_t count_lines(const struct window_private *own)
{
	const struct window *window = &own->window;
	uint32_t count = own->old_count > 0 ? 0 : window->count;

	for (uint32_t i = 0; own->old_count > 0 && i < window->count; i++)
		count += !event_is_old(&window->events[i]);
	return count;
}

static int walk_beneficiary(struct window_private *own)
{
	struct window *window = &own->window;

	own->old_count = count_old(own);
	bool fresh = own->old_count < own->run_count;

	if (own->reading)
		return standing_tell(own);
	/* Of one who has nothing new only providers' hours are asked. */
	if (!fresh && !own->providers && own->told_count + own->prior_count == 0)
		return 0;
	int err = fresh ? count_beneficiary(own) : 0;

	own->found.count = own->members.count = own->texts.count = 0;
	if (!err)
		err = window_build(own);
	if (err)
		return err;
	own->totals.beneficiaries += fresh;
	own->totals.lines += count_lines(own);
	place_priors(own);
	if (!fresh)
		window_mark_duplicates(window, false);
	else if (window->count + window->denied_count > 0)
		judge(own);
	if (window->failed)
		return FAIL_MEMORY;
	err = own->err ? own->err : window_settle(own);
	if (!err)
		err = count_settled(own);
	return err || !own->providers ? err : window_emit(own);
}

/* ---- Records of one key ---- */

/* Room for the runs of records, and for all their lines. */
static int make_room(
        struct window_private *own, const struct record_head *const *records, size_t count)
{
	size_t lines = 0;

	for (size_t i = 0; i < count; i++) {
		if ((records[i]->kind & HISTORY_KIND_MASK) == HISTORY_RUN)
			lines += history_packed_lines(records[i]);
	}
	own->runs = scratch_room(&own->runs_room, count, sizeof(*own->runs));
	own->verdicts = scratch_room(&own->verdict_room, count, sizeof(*own->verdicts));
	own->priors = scratch_room(&own->prior_room, count, sizeof(*own->priors));
	own->told = scratch_room(&own->told_room, count, sizeof(*own->told));
	if (!scratch_room(&own->run_room, count, sizeof(struct history_run)) ||
	        !scratch_room(&own->line_room, lines, sizeof(struct history_line)))
		return FAIL_MEMORY;
	return own->runs && own->verdicts && own->priors && own->told ? 0 : FAIL_MEMORY;
}

static int take_records(
        struct window_private *own, const struct record_head *const *records, size_t count)
{
	int err = make_room(own, records, count);
	struct history_run *run = own->run_room.data;
	struct history_line *lines = own->line_room.data;

	own->run_count = own->verdict_count = own->prior_count = own->told_count = 0;
	for (size_t i = 0; i < count && !err; i++) {
		const void *record = records[i];

		switch (records[i]->kind & HISTORY_KIND_MASK) {
		case HISTORY_RUN:
			history_unpack(records[i], run, lines);
			lines += run->lines;
			own->runs[own->run_count++] = run++;
			break;
		case HISTORY_VERDICT:
			own->verdicts[own->verdict_count++] = record;
			break;
		case HISTORY_FINDINGS:
			own->told[own->told_count++] = record;
			break;
		default:
			own->priors[own->prior_count++] = (struct prior){record, NO_EVENT};
		}
	}
	return err;
}

static int compare_runs(const void *a, const void *b)
{
	return compare_texts(person_of(*(const struct history_run *const *)a),
	        person_of(*(const struct history_run *const *)b));
}

static bool is_one_person(const struct window_private *own)
{
	bool one = true;

	for (uint32_t i = 1; i < own->run_count && one; i++)
		one = compare_runs(&own->runs[0], &own->runs[i]) == 0;
	return one;
}

/*
 * Two persons of one hash: each by itself.  Verdicts and hits are of claims, and
 * find theirs; what stands alone is told with the first.
 */
static int walk_persons(struct window_private *own)
{
	const struct history_run **all = own->runs;
	uint32_t count = own->run_count;
	int err = 0;

	qsort(all, count, sizeof(*all), compare_runs);
	for (uint32_t from = 0, to; from < count && !err; from = to) {
		for (to = from + 1; to < count && compare_runs(&all[from], &all[to]) == 0; to++)
			;
		own->runs = all + from;
		own->run_count = to - from;
		err = walk_beneficiary(own);
		own->others = true;
	}
	return err;
}

static int walk_key(
        struct window_private *own, const struct record_head *const *records, size_t count)
{
	int err;

	own->others = false;
	if (own->reading && !standing_wants(own, records, count))
		return 0;
	err = take_records(own, records, count);
	if (err)
		return err;
	return is_one_person(own) ? walk_beneficiary(own) : walk_persons(own);
}

/*
 * Records of one key lie anywhere in the partition: their first lines are asked
 * for some beneficiaries ahead.
 */
static inline void ask_ahead(const struct partition_view *view, size_t at)
{
	enum { AHEAD = 16, ASK_BYTES = 256, LINE_BYTES = 64 };

	if (at + AHEAD >= view->count)
		return;
	const char *record = (const char *)view->records[at + AHEAD];
	for (unsigned at_byte = 0; at_byte < ASK_BYTES; at_byte += LINE_BYTES)
		__builtin_prefetch(record + at_byte);
}

int history_walk_partition(struct window_private *own, const struct partition_view *view)
{
	int err = 0;

	for (size_t from = 0, to; from < view->count && !err; from = to) {
		uint64_t key = view->records[from]->key;

		ask_ahead(view, from);
		for (to = from + 1; to < view->count && view->records[to]->key == key; to++)
			ask_ahead(view, to);
		err = walk_key(own, view->records + from, to - from);
	}
	return err;
}

void history_totals_add(struct history_totals *into, const struct history_totals *from)
{
	into->beneficiaries += from->beneficiaries;
	into->lines += from->lines;
	for (unsigned i = 0; i < RULES_ALL; i++) {
		into->scope[i] += from->scope[i];
		into->evaluated[i] += from->evaluated[i];
		into->hits[i] += from->hits[i];
		into->dollars[i] += from->dollars[i];
		into->unique_dollars[i] += from->unique_dollars[i];
		into->ns[i] += from->ns[i];
	}
	codes_outside_merge(&into->outside, &from->outside);
}

static void merge_totals(struct window_private *own)
{
	struct history *history = own->history;

	pthread_mutex_lock(&history->lock);
	history_totals_add(&history->totals, &own->totals);
	pthread_mutex_unlock(&history->lock);
	memset(&own->totals, 0, sizeof(own->totals));
}

/* What the writer failed with has its own words. */
static int finish_walk(struct window_private *own, int err, struct diag *diag)
{
	int left = own->providers ? partition_writer_finish(own->providers, diag) : 0;

	if (left)
		return left;
	return err ? diag_set(diag, err, "histories could not be walked") : 0;
}

int history_walk(struct history_worker *worker, const struct finding_sink *sink, struct diag *diag)
{
	struct window_private *own = &worker->own;
	struct history *history = own->history;
	struct partitions *partitions = history->options.partitions;
	int err = growing_add(&own->texts, 1, 1) ? 0 : FAIL_MEMORY;

	own->sink = sink;
	while (!err) {
		unsigned at = atomic_fetch_add_explicit(&history->next, 1, memory_order_relaxed);
		struct partition_view view;

		if (at >= partitions_count(partitions))
			break;
		err = partition_load(partitions, history->order[at], &view, diag);
		if (err)
			return err;
		err = history_walk_partition(own, &view);
		partition_release(partitions, &view);
	}
	int err_told = window_flush(own);
	err = err ? err : err_told;
	merge_totals(own);
	if (!err && own->prices)
		err = price_counts_tally(own->prices, own->tallies);
	return finish_walk(own, err, diag);
}
