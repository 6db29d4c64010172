/* SPDX-License-Identifier: Apache-2.0 */
#include "history/private.h"
#include "base/budget.h"
#include "history/providers.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define HISTORY_RULE(symbol) extern const struct history_rule history_rule_##symbol;
#include "history/history.def"
#undef HISTORY_RULE

#define HISTORY_RULE(symbol) &history_rule_##symbol,
static const struct history_rule *const rules[] = {
#include "history/history.def"
};
#undef HISTORY_RULE

enum { RULE_COUNT = sizeof(rules) / sizeof(rules[0]) };
_Static_assert(RULE_COUNT < 64, "rules are bits of a word, with one to spare");

static uint8_t numbers[RULE_COUNT];

void history_init(void)
{
	for (size_t i = 0; i < RULE_COUNT; i++) {
		const struct rule *rule = rules[i]->rule;

		if (rule->check_count > 0)
			rules_describe(rule);
		numbers[i] = (uint8_t)rule_find(rule->id);
	}
}

size_t history_rules_count(void)
{
	return RULE_COUNT;
}

const struct history_rule *history_rule_at(size_t index)
{
	return rules[index];
}

unsigned history_rule_number(size_t index)
{
	return numbers[index];
}

bool history_wanted(const struct rule_selection *selection)
{
	bool wanted = false;

	for (size_t i = 0; i < RULE_COUNT; i++)
		wanted |= rule_at(numbers[i])->rule && selection->active[numbers[i]];
	return wanted;
}

unsigned history_needs(const struct rule_selection *selection)
{
	unsigned needs = 0;

	for (size_t i = 0; i < RULE_COUNT; i++) {
		if (!selection->active[numbers[i]])
			continue;
		needs |= rules[i]->needs;
		needs |= rules[i]->needs & ~HISTORY_NEEDS ? 0 : HISTORY_LINES;
	}
	return needs;
}

/* ---- Partitions ---- */

struct sized {
	uint64_t bytes;
	uint32_t index;
};

static int compare_sized(const void *a, const void *b)
{
	const struct sized *of_a = a, *of_b = b;

	if (of_a->bytes != of_b->bytes)
		return of_a->bytes > of_b->bytes ? -1 : 1;
	return of_a->index < of_b->index ? -1 : 1;
}

int partitions_order(const struct partitions *partitions, uint32_t **order)
{
	unsigned count = partitions_count(partitions);
	struct sized *sized = calloc(count, sizeof(*sized));

	*order = calloc(count, sizeof(**order));
	if (!sized || !*order) {
		free(sized);
		return FAIL_MEMORY;
	}
	for (unsigned i = 0; i < count; i++)
		sized[i] = (struct sized){partition_bytes(partitions, i), i};
	qsort(sized, count, sizeof(*sized), compare_sized);
	for (unsigned i = 0; i < count; i++)
		(*order)[i] = sized[i].index;
	free(sized);
	return 0;
}

static int bind_edits(struct history *history)
{
	size_t rows = codes_row_count(history->options.codes, SYSTEM_PROCEDURE);
	int err = edits_bind(history->practitioner, rows);

	return err ? err : edits_bind(history->hospital, rows);
}

int history_create(
        struct history **history, const struct history_options *options, struct diag *diag)
{
	struct history *made = calloc(1, sizeof(*made));
	int err;

	if (!made)
		return diag_set(diag, FAIL_MEMORY, "no memory for histories");
	pthread_mutex_init(&made->lock, NULL);
	made->options = *options;
	err = partitions_order(options->partitions, &made->order);
	if (!err)
		err = edits_create(&made->practitioner, options->practitioner, diag);
	if (!err)
		err = edits_create(&made->hospital, options->hospital, diag);
	if (!err)
		err = bind_edits(made);
	if (!err)
		err = concerns_init(
		        &made->concerns, &made->options, made->practitioner, made->hospital);
	if (err) {
		history_destroy(made);
		return diag_set(diag, err, "no memory for histories");
	}
	*history = made;
	return 0;
}

void history_destroy(struct history *history)
{
	if (!history)
		return;
	pthread_mutex_destroy(&history->lock);
	concerns_free(&history->concerns);
	edits_destroy(history->practitioner);
	edits_destroy(history->hospital);
	free(history->order);
	free(history);
}

void history_totals(const struct history *history, struct history_totals *totals)
{
	*totals = history->totals;
}

/* ---- Workers ---- */

/* Which bits are checks of lines, of those that run. */
static void find_checks(struct window_private *own)
{
	own->check_miles = -1;
	for (unsigned bit = 0; bit < checks_used(); bit++) {
		uint64_t mask = (uint64_t)1 << bit;

		if (check_rule(bit) < 0 || !(own->history->options.selection->checks & mask))
			continue;
		if (check_at(bit)->scope == CHECK_LINE) {
			own->line_checks |= mask;
			own->window.line_parts |= check_at(bit)->parts;
		} else if (strcmp(check_at(bit)->kind, "mileage_alone") == 0)
			own->check_miles = (int)bit;
	}
}

int history_worker_bare(struct history_worker **worker, struct history *history)
{
	struct history_worker *made = calloc(1, sizeof(*made));

	if (!made)
		return FAIL_MEMORY;
	made->own.history = history;
	made->own.window.own = &made->own;
	made->own.window.options = &history->options;
	made->own.window.concerns = &history->concerns;
	made->own.window.practitioner = history->practitioner;
	made->own.window.hospital = history->hospital;
	*worker = made;
	return 0;
}

int history_worker_create(struct history_worker **worker, struct history *history,
        struct profile_worker *profile, struct tallies *tallies, struct diag *diag)
{
	struct history_worker *made = NULL;
	int err = history_worker_bare(&made, history);

	if (err)
		return diag_set(diag, err, "no memory for a worker's histories");
	if (history->options.providers)
		err = partition_writer_create(
		        &made->own.providers, history->options.providers, diag);
	if (err) {
		history_worker_destroy(made);
		return err;
	}
	made->own.tallies = tallies;
	made->own.clones = providers_needs(history->options.selection) & HISTORY_NEEDS_CLONES;
	made->own.profile = profile;
	made->own.denied = history_needs(history->options.selection) &
	                   (HISTORY_DENIED_VISITS | HISTORY_DENIED_LINES);
	find_checks(&made->own);
	if (history->options.selection->active[rule_find("STA-01")]) {
		made->own.prices = price_counts_create();
		err = made->own.prices ? 0 : FAIL_MEMORY;
	}
	if (err) {
		history_worker_destroy(made);
		return diag_set(diag, err, "no memory for a worker's histories");
	}
	*worker = made;
	return 0;
}

void history_worker_destroy(struct history_worker *worker)
{
	if (!worker)
		return;
	struct window_private *own = &worker->own;
	struct scratch *all[] = {&own->told_room, &own->runs_room, &own->run_room, &own->line_room,
	        &own->verdict_room, &own->prior_room, &own->event_room, &own->slot_room,
	        &own->claim_room, &own->by_claim_room, &own->denied_room, &own->outcome_room,
	        &own->provider_room, &own->clone_room, &own->rule_room};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		budget_free(all[i]->data);
	partition_writer_destroy(own->providers);
	price_counts_destroy(own->prices);
	budget_free(own->found.data);
	budget_free(own->members.data);
	budget_free(own->texts.data);
	budget_free(own->ptp_days.data);
	budget_free(own->ptp_codes.data);
	budget_free(own->ptp_pairs.data);
	free(worker);
}
