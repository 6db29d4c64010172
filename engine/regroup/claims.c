/* SPDX-License-Identifier: Apache-2.0 */
#include "regroup/claims.h"

#include "base/budget.h"
#include "regroup/claims_private.h"

#include <stdlib.h>
#include <string.h>

/* The share of the records' memory that each of the later rounds' records may take. */
enum { LATER_SHARE = 16 };

void *scratch_room(struct scratch *scratch, size_t count, size_t size)
{
	size_t wanted = count * size;

	if (wanted <= scratch->capacity && scratch->data)
		return scratch->data;
	wanted = wanted < 4096 ? 4096 : wanted + wanted / 2;
	void *grown = budget_resize(scratch->data, wanted);
	if (!grown)
		return NULL;
	scratch->data = grown;
	scratch->capacity = wanted;
	return grown;
}

static struct level_count *layout_levels(
        struct level_count (**levels)[AMOUNTS], uint32_t *layouts, uint32_t layout)
{
	if (layout >= *layouts) {
		uint32_t count = layout + layout / 2 + 4;
		void *grown = realloc(*levels, count * sizeof(**levels));

		if (!grown)
			return NULL;
		*levels = grown;
		memset(*levels + *layouts, 0, (count - *layouts) * sizeof(**levels));
		*layouts = count;
	}
	return (*levels)[layout];
}

struct level_count *claims_layout_levels(struct claims_worker *worker, uint32_t layout)
{
	return layout_levels(&worker->levels, &worker->layouts, layout);
}

int claims_forward(struct partition_writer *writer, const void *record, uint64_t key,
        enum record_kind kind, size_t size)
{
	uint8_t *room = partition_reserve(writer, key, kind, size);
	const uint8_t *from = record;

	if (!room)
		return FAIL_IO;
	memcpy(room + sizeof(struct record_head), from + sizeof(struct record_head),
	        size - sizeof(struct record_head));
	return 0;
}

/* Which bits are what, of the checks that run. */
static void find_checks(struct claims *claims)
{
	claims->check_repeated = -1;
	claims->check_miles = -1;
	for (unsigned bit = 0; bit < checks_used(); bit++) {
		uint64_t mask = (uint64_t)1 << bit;

		if (check_rule(bit) < 0 || !(claims->options.selection->checks & mask))
			continue;
		const struct rule_check *check = check_at(bit);
		if (check->scope == CHECK_LINE)
			claims->line_checks |= mask;
		else if (check->scope == CHECK_CLAIM)
			claims->claim_checks |= mask;
		else if (strcmp(check->kind, "line_repeated") == 0)
			claims->check_repeated = (int)bit;
		else if (strcmp(check->kind, "mileage_alone") == 0)
			claims->check_miles = (int)bit;
	}
	claims->judged = claims->claim_checks != 0 || claims->check_repeated >= 0;
}

int claims_create(struct claims **claims, const struct claims_options *options, struct diag *diag)
{
	struct partition_options later = *partitions_options(options->partitions);
	struct claims *made = calloc(1, sizeof(*made));
	int err = FAIL_MEMORY;

	if (!made)
		return diag_set(diag, FAIL_MEMORY, "no memory for claims");
	pthread_mutex_init(&made->lock, NULL);
	made->options = *options;
	made->phase = PHASE_JOIN;
	later.memory_bytes /= LATER_SHARE;
	made->filter = calloc((size_t)1 << (FILTER_BITS - 6), sizeof(*made->filter));
	if (!made->filter)
		goto fail;
	find_checks(made);
	err = partitions_create(&made->fallback, &later, diag);
	if (!err)
		err = partitions_create(&made->answers, &later, diag);
	if (!err)
		err = partitions_create(&made->trips, &later, diag);
	if (err)
		goto fail;
	*claims = made;
	return 0;
fail:
	claims_destroy(made);
	return diag_set(diag, err, "no memory for claims");
}

void claims_destroy(struct claims *claims)
{
	if (!claims)
		return;
	partitions_destroy(claims->fallback);
	partitions_destroy(claims->answers);
	partitions_destroy(claims->trips);
	pthread_mutex_destroy(&claims->lock);
	free((void *)claims->filter);
	free(claims->levels);
	free(claims);
}

int claims_worker_create(struct claims_worker **worker, struct claims *claims,
        struct profile_worker *profile, struct diag *diag)
{
	struct claims_worker *made = calloc(1, sizeof(*made));
	int err;

	if (!made)
		return diag_set(diag, FAIL_MEMORY, "no memory for a worker's claims");
	made->claims = claims;
	made->profile = profile;
	err = partition_writer_create(&made->main, claims->options.partitions, diag);
	if (!err && claims->options.history)
		err = partition_writer_create(&made->history, claims->options.history, diag);
	if (!err)
		err = partition_writer_create(&made->fallback, claims->fallback, diag);
	if (!err)
		err = partition_writer_create(&made->answers, claims->answers, diag);
	if (!err)
		err = partition_writer_create(&made->trips, claims->trips, diag);
	if (err) {
		claims_worker_destroy(made);
		return err;
	}
	*worker = made;
	return 0;
}

void claims_worker_destroy(struct claims_worker *worker)
{
	if (!worker)
		return;
	struct scratch *all[] = {&worker->providers, &worker->names, &worker->notes,
	        &worker->candidates, &worker->intervals, &worker->group, &worker->unpacked};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		budget_free(all[i]->data);
	claims_near_destroy(worker);
	partition_writer_destroy(worker->main);
	partition_writer_destroy(worker->fallback);
	partition_writer_destroy(worker->answers);
	partition_writer_destroy(worker->trips);
	partition_writer_destroy(worker->history);
	free(worker->levels);
	free(worker);
}

int claims_emit_finish(struct claims_worker *worker, struct diag *diag)
{
	claims_whole(worker, false);
	return partition_writer_finish(worker->main, diag);
}

void claims_settle(struct claims *claims, const struct claims_settled *settled)
{
	bool named = atomic_load_explicit(&claims->named, memory_order_relaxed);
	bool unnamed = atomic_load_explicit(&claims->unnamed, memory_order_relaxed);
	bool negative = atomic_load_explicit(&claims->negative, memory_order_relaxed);

	claims->settled = *settled;
	claims->phase = unnamed || (named && negative) ? PHASE_MATCH : PHASE_JOIN;
	atomic_store_explicit(&claims->next, 0, memory_order_relaxed);
}

static bool any_records(const struct partitions *partitions)
{
	struct partition_stats stats;

	partitions_stats(partitions, &stats);
	return stats.records > 0;
}

bool claims_next_round(struct claims *claims)
{
	atomic_store_explicit(&claims->next, 0, memory_order_relaxed);
	switch (claims->phase) {
	case PHASE_MATCH:
		claims->phase = any_records(claims->fallback) ? PHASE_RESOLVE : PHASE_JOIN;
		return true;
	case PHASE_RESOLVE:
		claims->phase = PHASE_JOIN;
		return true;
	case PHASE_JOIN:
		claims->phase = any_records(claims->trips) ? PHASE_MILEAGE : PHASE_DONE;
		break;
	default:
		claims->phase = PHASE_DONE;
	}
	return claims->phase != PHASE_DONE;
}

static struct partitions *phase_input(const struct claims *claims)
{
	if (claims->phase == PHASE_RESOLVE)
		return claims->fallback;
	return claims->phase == PHASE_MILEAGE ? claims->trips : claims->options.partitions;
}

static int run_partition(struct claims_worker *worker, unsigned index, struct diag *diag)
{
	struct claims *claims = worker->claims;
	struct partitions *input = phase_input(claims);
	struct partition_view view, answers = {0};
	int err = partition_load(input, index, &view, diag);

	if (err)
		return err;
	if (claims->phase == PHASE_MATCH)
		err = claims_match(worker, &view);
	else if (claims->phase == PHASE_RESOLVE)
		err = claims_resolve(worker, &view);
	else if (claims->phase == PHASE_MILEAGE)
		err = claims_mileage(worker, &view);
	else {
		err = partition_load(claims->answers, index, &answers, diag);
		if (!err)
			err = claims_join_partition(worker, &view, &answers);
		partition_release(claims->answers, &answers);
	}
	partition_release(input, &view);
	return err;
}

/* Hand over what was left for later rounds, and tell of a spill that failed. */
static int finish_round(struct claims_worker *worker, struct diag *diag)
{
	int err = partition_writer_finish(worker->fallback, diag);
	int err_answers = partition_writer_finish(worker->answers, diag);
	int err_trips = partition_writer_finish(worker->trips, diag);
	int err_history = worker->history ? partition_writer_finish(worker->history, diag) : 0;

	err = err ? err : err_answers;
	err = err ? err : err_trips;
	return err ? err : err_history;
}

static void add_totals(struct claims_totals *into, const struct claims_totals *from)
{
	into->claims += from->claims;
	into->again += from->again;
	into->adjustments_matched += from->adjustments_matched;
	into->adjustments_unmatched += from->adjustments_unmatched;
	into->adjustments_negative += from->adjustments_negative;
	for (unsigned i = 0; i < AMOUNTS; i++)
		into->multi_line_claims[i] += from->multi_line_claims[i];
	for (unsigned i = 0; i < CHECKS_MAX; i++) {
		into->scope[i] += from->scope[i];
		into->evaluated[i] += from->evaluated[i];
	}
	for (unsigned i = 0; i < RULES_ALL; i++) {
		into->hits[i] += from->hits[i];
		into->dollars[i] += from->dollars[i];
		into->unique_dollars[i] += from->unique_dollars[i];
	}
}

/* Add a worker's counts of this round to the run's. */
static int merge_totals(struct claims_worker *worker)
{
	struct claims *claims = worker->claims;
	int err = 0;

	pthread_mutex_lock(&claims->lock);
	add_totals(&claims->totals, &worker->totals);
	for (uint32_t layout = 0; layout < worker->layouts && !err; layout++) {
		struct level_count *into = layout_levels(&claims->levels, &claims->layouts, layout);

		for (unsigned i = 0; into && i < AMOUNTS; i++) {
			into[i].multi_line += worker->levels[layout][i].multi_line;
			into[i].repeated += worker->levels[layout][i].repeated;
		}
		err = into ? 0 : FAIL_MEMORY;
	}
	pthread_mutex_unlock(&claims->lock);
	memset(&worker->totals, 0, sizeof(worker->totals));
	if (worker->levels)
		memset(worker->levels, 0, worker->layouts * sizeof(*worker->levels));
	return err;
}

int claims_join(struct claims_worker *worker, const struct finding_sink *sink, struct diag *diag)
{
	struct claims *claims = worker->claims;
	unsigned count = partitions_count(phase_input(claims));
	int err = 0;

	worker->sink = sink;
	while (!err) {
		unsigned index = atomic_fetch_add_explicit(&claims->next, 1, memory_order_relaxed);

		if (index >= count)
			break;
		err = run_partition(worker, index, diag);
	}
	int err_left = finish_round(worker, diag);
	int err_totals = merge_totals(worker);
	err = err ? err : err_left;
	err = err ? err : err_totals;
	return err ? diag_set(diag, err, "claims could not be put together") : 0;
}

void claims_totals(const struct claims *claims, struct claims_totals *totals)
{
	*totals = claims->totals;
}

void claims_levels(
        const struct claims *claims, uint32_t layout_number, struct level_count counts[AMOUNTS])
{
	memset(counts, 0, AMOUNTS * sizeof(counts[0]));
	if (layout_number < claims->layouts)
		memcpy(counts, claims->levels[layout_number], AMOUNTS * sizeof(counts[0]));
}
