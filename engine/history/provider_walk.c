/* SPDX-License-Identifier: Apache-2.0 */
#include "history/provider_private.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	AHEAD = 16,        /* records asked for ahead of the first that reads them */
	TIMED_ONE_IN = 16, /* providers: asking the clock costs as much as a rule does on a day */
	STATE_ALIGN = 64,
};

#define PROVIDER_RULE(symbol) extern const struct provider_rule provider_rule_##symbol;
#include "base/budget.h"
#include "history/provider.def"
#undef PROVIDER_RULE

#define PROVIDER_RULE(symbol) &provider_rule_##symbol,
static const struct provider_rule *const rules[] = {
#include "history/provider.def"
};
#undef PROVIDER_RULE

enum { RULE_COUNT = sizeof(rules) / sizeof(rules[0]) };

void providers_init(void)
{
	for (size_t i = 0; i < RULE_COUNT; i++) {
		if (rules[i]->rule)
			rules_describe(rules[i]->rule);
	}
}

size_t provider_rules_count(void)
{
	return RULE_COUNT;
}

const struct provider_rule *provider_rule_at(size_t index)
{
	return rules[index];
}

int provider_rule_number(const struct provider_rule *rule, const struct rule_selection *selection)
{
	int number = rule->rule ? rule_find(rule->rule->id) : -1;

	if (number >= 0 && selection->active[number])
		return number;
	for (const char *const *id = rule->counted_for; id && *id; id++) {
		number = rule_find(*id);
		if (rule_at((size_t)number)->rule && selection->active[number])
			return number;
	}
	return -1;
}

bool providers_wanted(const struct rule_selection *selection)
{
	bool wanted = false;

	for (size_t i = 0; i < RULE_COUNT; i++)
		wanted |= provider_rule_number(rules[i], selection) >= 0;
	return wanted;
}

bool providers_tell(const struct rule_selection *selection)
{
	bool tell = false;

	for (size_t i = 0; i < RULE_COUNT; i++)
		tell |= rules[i]->rule && provider_rule_number(rules[i], selection) >= 0;
	return tell;
}

unsigned providers_needs(const struct rule_selection *selection)
{
	unsigned needs = 0;

	for (size_t i = 0; i < RULE_COUNT; i++)
		needs |= provider_rule_number(rules[i], selection) >= 0 ? rules[i]->needs : 0;
	return needs;
}

/* ---- One provider ---- */

static uint64_t clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* The records of one provider: its lines by days, then its claims. */
struct provider_records {
	const struct record_head **records;
	size_t count, lines;
	size_t old; /* lines of the tail */
};

/* What its lines say of the provider. */
static void read_facts(struct provider_window *window, struct provider_records *of)
{
	uint64_t entities[4] = {0};

	of->lines = of->old = 0;
	for (size_t i = 0; i < of->count; i++) {
		if (of->records[i]->kind & PROVIDER_CLAIM)
			break;
		entities[of->records[i]->kind >> PROVIDER_ENTITY_SHIFT & 3]++;
		of->old += (of->records[i]->kind & PROVIDER_OLD) != 0;
		of->lines++;
	}
	window->lines = of->lines;
	window->entity = entities[2] > entities[1] ? 2 : entities[1] > 0;
}

/* Run one step of a rule, and add up what it cost. */
static void step(struct provider_private *own, struct running *running,
        const struct provider_records *of, const struct provider_day *day, bool timed)
{
	struct provider_window *window = &own->window;
	const struct provider_rule *rule = running->rule;
	void *state = own->states + running->state_at;
	uint64_t from = timed ? clock_now() : 0;

	window->rule = running->number;
	own->kept = &running->kept;
	if (day && rule->day)
		rule->day(window, day, state);
	if (!day && rule->claims && of->lines < of->count)
		rule->claims(window, of->records + of->lines, of->count - of->lines, state);
	if (!day && rule->end)
		rule->end(window, state);
	if (timed)
		own->totals.ns[running->number] += (clock_now() - from) * TIMED_ONE_IN;
	running->judged += own->judged;
	own->judged = 0;
}

/* The days evaluated, once a provider: adding to its counters costs a miss. */
static int tell_judged(struct provider_private *own)
{
	int err = 0;

	for (size_t i = 0; i < own->running_count && !err; i++) {
		struct running *running = &own->running[i];

		if (running->judged > 0)
			err = profile_add_judged(own->profile, own->window.provider,
			        running->number, running->judged);
		running->judged = 0;
	}
	return err;
}

/* Put a day's lines of the tail behind the others; returns how many others. */
static size_t part_old(const struct record_head **records, size_t count)
{
	size_t fresh = 0;

	for (size_t i = 0; i < count; i++) {
		const struct record_head *record = records[i];

		if (record->kind & PROVIDER_OLD)
			continue;
		records[i] = records[fresh];
		records[fresh++] = record;
	}
	return fresh;
}

/* The lines of a day's records; NULL and failed set: no memory. */
static const struct provider_line *unpack_day(
        struct provider_private *own, const struct record_head *const *records, size_t count)
{
	struct provider_line *lines = scratch_room(&own->line_room, count, sizeof(*lines));

	own->window.failed |= !lines;
	for (size_t i = 0; lines && i < count; i++)
		provider_unpack(records[i], &lines[i]);
	return lines;
}

static void walk_days(struct provider_private *own, const struct provider_records *of, bool timed)
{
	for (size_t from = 0, to; from < of->lines; from = to) {
		uint64_t key = of->records[from]->key;

		for (to = from + 1; to < of->lines && of->records[to]->key == key; to++)
			;
		struct provider_day day = {
		        .day = provider_day_of_key(key),
		        .records = of->records + from,
		        .count = of->old > 0 ? part_old(of->records + from, to - from) : to - from,
		        .all = to - from,
		};
		if (day.count == 0)
			continue;
		day.lines = unpack_day(own, day.records, day.all);
		if (!day.lines)
			return;
		if (day.day != DATE_ABSENT)
			day.parts = date_to_parts(day.day);
		for (size_t i = 0; i < own->running_count; i++)
			step(own, &own->running[i], of, &day, timed);
	}
}

static int walk_provider(struct provider_private *own, struct provider_records *of)
{
	struct provider_window *window = &own->window;
	const struct providers_options *options = &own->providers->options;
	bool timed = options->timing && own->walked++ % TIMED_ONE_IN == 0;
	const char *text;

	window->provider = provider_of_key(of->records[0]->key);
	window->id_kind = id_kind(profile_id(options->profile, window->provider, &text));
	if (!id_is_somebody(window->id_kind))
		return 0;
	read_facts(window, of);
	if (of->old == of->count)
		return 0;
	memset(own->states, 0, own->state_bytes);
	walk_days(own, of, timed);
	for (size_t i = 0; i < own->running_count; i++)
		step(own, &own->running[i], of, NULL, timed);
	if (window->failed)
		return FAIL_MEMORY;
	int err = own->err ? own->err : tell_judged(own);

	return err ? err : provider_settle(own);
}

/* ---- Partitions ---- */

static int walk_partition(struct provider_private *own, const struct partition_view *view)
{
	int err = 0;

	for (size_t from = 0, to; from < view->count && !err; from = to) {
		uint32_t provider = provider_of_key(view->records[from]->key);

		for (to = from + 1; to < view->count; to++) {
			if (to + AHEAD < view->count)
				__builtin_prefetch(view->records[to + AHEAD]);
			if (provider_of_key(view->records[to]->key) != provider)
				break;
		}
		struct provider_records of = {.records = view->records + from, .count = to - from};
		err = walk_provider(own, &of);
	}
	return err;
}

static void merge_totals(struct provider_private *own)
{
	struct providers *providers = own->providers;

	pthread_mutex_lock(&providers->lock);
	history_totals_add(&providers->totals, &own->totals);
	pthread_mutex_unlock(&providers->lock);
	memset(&own->totals, 0, sizeof(own->totals));
}

int providers_walk(
        struct providers_worker *worker, const struct finding_sink *sink, struct diag *diag)
{
	struct provider_private *own = &worker->own;
	struct providers *providers = own->providers;
	struct partitions *partitions = providers->options.partitions;
	int err = 0;

	own->sink = sink;
	while (!err) {
		unsigned at = atomic_fetch_add_explicit(&providers->next, 1, memory_order_relaxed);
		struct partition_view view;

		if (at >= partitions_count(partitions))
			break;
		err = partition_load(partitions, providers->order[at], &view, diag);
		if (err)
			return err;
		err = walk_partition(own, &view);
		partition_release(partitions, &view);
	}
	merge_totals(own);
	return err ? diag_set(diag, err, "providers' days could not be walked") : 0;
}

/* ---- Making ---- */

int providers_create(
        struct providers **providers, const struct providers_options *options, struct diag *diag)
{
	struct providers *made = calloc(1, sizeof(*made));

	if (!made)
		return diag_set(diag, FAIL_MEMORY, "no memory for providers");
	pthread_mutex_init(&made->lock, NULL);
	made->options = *options;
	if (partitions_order(options->partitions, &made->order)) {
		providers_destroy(made);
		return diag_set(diag, FAIL_MEMORY, "no memory for providers");
	}
	*providers = made;
	return 0;
}

void providers_destroy(struct providers *providers)
{
	if (!providers)
		return;
	pthread_mutex_destroy(&providers->lock);
	free(providers->order);
	free(providers);
}

void providers_totals(const struct providers *providers, struct history_totals *totals)
{
	history_totals_add(totals, &providers->totals);
}

/* Which rules run, and where the state of each is. */
static int choose_rules(struct provider_private *own)
{
	own->running = calloc(RULE_COUNT, sizeof(*own->running));
	if (!own->running)
		return FAIL_MEMORY;
	for (size_t i = 0; i < RULE_COUNT; i++) {
		int number = provider_rule_number(rules[i], own->providers->options.selection);

		if (number < 0)
			continue;
		own->running[own->running_count++] = (struct running){
		        .rule = rules[i], .number = (unsigned)number, .state_at = own->state_bytes};
		own->state_bytes += (rules[i]->state_bytes + STATE_ALIGN - 1) &
		                    ~(size_t)(STATE_ALIGN - 1);
	}
	own->states = aligned_alloc(STATE_ALIGN, own->state_bytes + STATE_ALIGN);
	return own->states ? 0 : FAIL_MEMORY;
}

int providers_worker_create(struct providers_worker **worker, struct providers *providers,
        struct profile_worker *profile, struct tallies *tallies, struct diag *diag)
{
	struct providers_worker *made = calloc(1, sizeof(*made));

	if (!made)
		return diag_set(diag, FAIL_MEMORY, "no memory for a worker's providers");
	made->own.providers = providers;
	made->own.profile = profile;
	made->own.tallies = tallies;
	made->own.window.own = &made->own;
	made->own.window.options = &providers->options;
	made->own.window.practitioner = providers->options.history->practitioner;
	made->own.window.hospital = providers->options.history->hospital;
	if (choose_rules(&made->own)) {
		providers_worker_destroy(made);
		return diag_set(diag, FAIL_MEMORY, "no memory for a worker's providers");
	}
	*worker = made;
	return 0;
}

void providers_worker_destroy(struct providers_worker *worker)
{
	if (!worker)
		return;
	for (size_t i = 0; i < worker->own.running_count; i++)
		budget_free(worker->own.running[i].kept.data);
	free(worker->own.running);
	free(worker->own.states);
	budget_free(worker->own.takes.data);
	budget_free(worker->own.rule_room.data);
	budget_free(worker->own.line_room.data);
	free(worker);
}
