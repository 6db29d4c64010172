/* SPDX-License-Identifier: Apache-2.0 */
#include "history/provider_private.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	AHEAD = 16,        /* records asked for ahead of the first that reads them */
	TIMED_ONE_IN = 16, /* providers: asking the clock costs as much as a rule does */
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

/* Run a rule, and add up what it cost. */
static int judge(struct provider_private *own, const struct running *running, bool timed)
{
	uint64_t from = timed ? clock_now() : 0;

	own->window.rule = running->number;
	own->judged = 0;
	running->rule->judge(&own->window);
	if (timed)
		own->totals.ns[running->number] += (clock_now() - from) * TIMED_ONE_IN;
	return own->judged ? profile_add_judged(own->profile, own->window.provider, running->number,
	                             own->judged)
	                   : 0;
}

static int walk_provider(
        struct provider_private *own, const struct record_head **records, size_t count)
{
	struct provider_window *window = &own->window;
	const struct providers_options *options = &own->providers->options;
	bool timed = options->timing && own->walked++ % TIMED_ONE_IN == 0;
	const char *text;

	window->provider = provider_of_key(records[0]->key);
	window->id_kind = id_kind(profile_id(options->profile, window->provider, &text));
	if (!id_is_somebody(window->id_kind))
		return 0;
	int err = provider_open(own, records, count);

	if (err <= 0)
		return err;
	err = 0;
	for (size_t i = 0; i < own->running_count && !err; i++)
		err = judge(own, &own->running[i], timed);
	if (window->failed)
		return FAIL_MEMORY;
	err = own->err ? own->err : err;
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
		err = walk_provider(own, view->records + from, to - from);
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

/* Which rules run. */
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
		        .rule = rules[i], .number = (unsigned)number};
	}
	return 0;
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
	made->own.window.procedures = codes_procedures(providers->options.codes);
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
	free(worker->own.running);
	budget_free(worker->own.takes.data);
	budget_free(worker->own.day_room.data);
	budget_free(worker->own.line_room.data);
	budget_free(worker->own.fresh_room.data);
	budget_free(worker->own.rule_room.data);
	budget_free(worker->own.zeroed_room.data);
	free(worker);
}
