/* SPDX-License-Identifier: Apache-2.0 */
#include "scan_private.h"
#include "scan_tail.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void bit_counts_spill(struct bit_counts *counts)
{
	for (unsigned p = 0; p < COUNTER_PLANES; p++) {
		for (unsigned bit = 0; bit < CHECKS_MAX; bit++)
			counts->totals[bit] += (counts->planes[p] >> bit & 1) << p;
		counts->planes[p] = 0;
	}
	counts->pending = 0;
}

enum amount_level scan_level(
        const struct scan *scan, const struct layout *layout, enum amount amount)
{
	if (layout->claim_level[amount])
		return LEVEL_CLAIM;
	if (scan->options->amount_level[amount] != LEVEL_UNSET)
		return (enum amount_level)scan->options->amount_level[amount];
	return scan->repeated[layout->number][amount] ? LEVEL_REPEATED : LEVEL_LINE;
}

enum amount layout_basis(const struct layout *layout)
{
	if (field_set_has(&layout->bound, FIELD_PAID))
		return AMOUNT_PAID;
	return field_set_has(&layout->bound, FIELD_ALLOWED) ? AMOUNT_ALLOWED : AMOUNT_CHARGE;
}

/* What follows from the layout: which columns rules may read, which amounts are the claim's. */
static void set_layout(struct worker *worker, const struct layout *layout)
{
	const struct scan *scan = worker->scan;

	worker->context_layout = layout;
	worker->context = (struct rule_context){
	        .codes = scan->codes,
	        .bound = layout->bound,
	        .as_of = scan->options->as_of,
	        .death_month_level = scan->members && side_death_month_level(scan->members),
	        .payer = scan->payer,
	        .coverage = scan->coverage,
	        .outside = &worker->outside,
	        .ready = &worker->ready,
	};
	for (unsigned word = 0; word < 4; word++)
		worker->context.bound.words[word] |= scan->side_fields.words[word];
	rules_find_ready(&worker->ready, &worker->context.bound);
	for (unsigned amount = 0; amount < AMOUNTS; amount++) {
		worker->levels[amount] = scan_level(scan, layout, (enum amount)amount);
		worker->normalise.claim_level[amount] = worker->levels[amount] != LEVEL_LINE;
	}
}

/* For -v alone: to ask the clock takes one part in two hundred of a scan's time. */
static void ends_stage(struct worker *worker, enum stage stage)
{
	uint64_t now;

	if (!worker->scan->options->verbose)
		return;
	now = clock_ns();

	worker->stage_ns[stage] += now - worker->clock;
	worker->clock = now;
}

/* The amount that a history's lines have: the run's, or as long as that is open the layout's. */
static enum amount history_basis(const struct worker *worker)
{
	return worker->scan->basis >= 0 ? (enum amount)worker->scan->basis
	                                : layout_basis(worker->context_layout);
}

/* New lines from before the tail's first day: what stood beside them then is not there. */
static void count_older(struct worker *worker, const struct batch *batch)
{
	int32_t begins = scan_tail_begins(worker->scan);

	if (begins == DATE_ABSENT)
		return;
	for (uint32_t i = 0; i < batch->count; i++)
		worker->older += batch->service_from[i] != DATE_ABSENT &&
		                 batch->service_from[i] < begins;
}

/* What becomes of claims and of their beneficiaries: the end of the way. */
static int leave_records(struct worker *worker, struct batch *batch,
        const struct verdicts *verdicts, struct diag *diag)
{
	int err;

	if (worker->emitter)
		history_mark(worker->emitter, batch);
	claims_whole(worker->claims, worker->scan->whole && batch->whole);
	err = claims_emit(worker->claims, &worker->context, batch, worker->levels, verdicts);
	ends_stage(worker, STAGE_REGROUP);
	if (err == 0 && worker->emitter) {
		err = history_emit(worker->emitter, batch, history_basis(worker), worker->levels);
		ends_stage(worker, STAGE_HISTORY);
	}
	if (err < 0) {
		claims_emit_finish(worker->claims, diag); /* tells its own words, if it has any */
		if (worker->emitter)
			history_emit_finish(worker->emitter, diag);
		return diag_set(diag, err, "counting failed: %s", strerror(-err));
	}
	return 0;
}

/*
 * Where to add up what rules cost; NULL: not of this batch.  To ask the clock at
 * each rule's end takes a tenth of what rules take: so of one batch in sixteen, by
 * which rule_clock_settle() tells of all.
 */
static uint64_t *rule_clock(struct worker *worker, uint32_t lines)
{
	enum { BATCHES_A_SAMPLE = 16 };
	struct rule_sample *sample = &worker->sample;

	if (worker->scan->options->no_timing)
		return NULL;
	sample->judged_lines += lines;
	if (sample->batches++ % BATCHES_A_SAMPLE != 0)
		return NULL;
	sample->timed_lines += lines;
	return sample->ns;
}

static void rule_clock_settle(struct worker *worker)
{
	struct rule_sample *sample = &worker->sample;
	double share = sample->timed_lines
	                       ? (double)sample->judged_lines / (double)sample->timed_lines
	                       : 0;

	for (unsigned rule = 0; rule < RULES_ALL; rule++)
		worker->rule_ns[rule] += (uint64_t)((double)sample->ns[rule] * share);
	*sample = (struct rule_sample){0};
}

/* A batch on its way through the stages; scan.h draws it. */
static int scan_batch(struct worker *worker, struct batch *batch, struct diag *diag)
{
	struct scan *scan = worker->scan;
	struct verdicts *verdicts = scan->any_rules ? worker->verdicts : NULL;
	int err;

	if (batch->layout != worker->context_layout)
		set_layout(worker, batch->layout);
	scan->normalise_hot->batch(&worker->normalise, batch, &worker->normalise_counts);
	count_older(worker, batch);
	ends_stage(worker, STAGE_NORMALISE);
	if (verdicts || (scan->options->counters & PROFILE_EM))
		codes_find_batch(scan->codes, batch);
	ends_stage(worker, STAGE_LOOKUP);
	if (verdicts) {
		rules_judge(&scan->selection, &worker->context, batch, verdicts,
		        rule_clock(worker, batch->count));
		scan->hot->count_bits(&worker->scope, verdicts->scope, batch->count);
		scan->hot->count_bits(&worker->evaluated, verdicts->evaluated, batch->count);
	}
	ends_stage(worker, STAGE_RULES);
	err = profile_resolve(worker->profile, batch);
	if (err == 0)
		err = profile_add(worker->profile, batch, scan->codes, verdicts);
	ends_stage(worker, STAGE_PROFILE);
	if (err < 0)
		return diag_set(diag, err, "counting failed: %s", strerror(-err));
	return leave_records(worker, batch, verdicts, diag);
}

static void mark_old(struct batch *batch)
{
	for (uint32_t i = 0; i < batch->count; i++)
		batch->line_flags[i] |= LINE_OLD;
}

/*
 * A batch of the tail: evidence beside the new lines.  It is counted nowhere, and
 * judged by those rules only whose claims may have got new lines.
 */
static int scan_old_batch(struct worker *worker, struct batch *batch, struct diag *diag)
{
	struct scan *scan = worker->scan;
	struct verdicts *verdicts = scan->any_rules ? worker->verdicts : NULL;
	int err;

	if (batch->layout != worker->context_layout)
		set_layout(worker, batch->layout);
	scan->normalise_hot->batch(&worker->normalise, batch, &worker->tail_counts);
	mark_old(batch);
	ends_stage(worker, STAGE_NORMALISE);
	if (verdicts) {
		worker->context.outside = &worker->tail_outside;
		codes_find_batch(scan->codes, batch);
		rules_judge(scan_tail_selection(scan), &worker->context, batch, verdicts, NULL);
		worker->context.outside = &worker->outside;
	}
	ends_stage(worker, STAGE_RULES);
	err = profile_resolve(worker->profile, batch);
	ends_stage(worker, STAGE_PROFILE);
	if (err < 0)
		return diag_set(diag, err, "counting failed: %s", strerror(-err));
	return leave_records(worker, batch, verdicts, diag);
}

static int take_old_batch(void *context, struct batch *batch, struct diag *diag)
{
	struct worker *worker = context;
	int err;

	ends_stage(worker, STAGE_READ);
	if (worker->convert)
		mark_old(batch);
	err = worker->convert ? convert_batch(worker->convert, batch, diag)
	                      : scan_old_batch(worker, batch, diag);
	if (err < 0)
		return err;
	return scan_stopped() ? FAIL_STOPPED : 0;
}

static int take_batch(void *context, struct batch *batch, struct diag *diag)
{
	struct worker *worker = context;
	int err;

	ends_stage(worker, STAGE_READ);
	err = worker->convert ? convert_batch(worker->convert, batch, diag)
	                      : scan_batch(worker, batch, diag);
	if (err < 0)
		return err;
	atomic_store_explicit(&worker->lines_done,
	        atomic_load_explicit(&worker->lines_done, memory_order_relaxed) + batch->count,
	        memory_order_relaxed);
	return scan_stopped() ? FAIL_STOPPED : 0;
}

static int create_csv(struct worker *worker, struct csv **made)
{
	struct scan *scan = worker->scan;
	struct csv_options csv = {
	        .level = scan->options->level,
	        .reader = scan->reader,
	        .reader_options = {.drop_cache = scan->drop_cache},
	        .layouts = scan->layouts,
	        .plan = scan->plan,
	        .file_layouts = scan->file_layouts,
	        .hash = true,
	        .wanted = &scan->wanted,
	        .batch = take_batch,
	        .context = worker,
	};

	return csv_create(made, &csv, &worker->diag);
}

/* A reader of its own: a ring belongs to the thread that first used it. */
int scan_find_starts(struct scan *scan, uint32_t file, uint64_t starts[])
{
	struct worker *worker = &scan->workers[0];
	struct csv *csv = NULL;
	int err = create_csv(worker, &csv);

	if (err == 0)
		err = csv_find_starts(csv, file, starts, &worker->diag);
	csv_destroy(csv);
	return err < 0 ? diag_set(scan->diag, err, "%s", worker->diag.text) : 0;
}

static int create_parts(struct worker *worker)
{
	struct scan *scan = worker->scan;
	int err = create_csv(worker, &worker->csv);

	if (err == 0 && scan->options->convert)
		return convert_part_create(
		        &worker->convert, scan->options->convert, worker, &worker->diag);
	if (err == 0)
		err = profile_worker_create(&worker->profile, scan->profile, &worker->diag);
	if (err == 0)
		err = claims_worker_create(
		        &worker->claims, scan->claims, worker->profile, &worker->diag);
	if (err == 0 && scan->whole)
		err = claims_whole_begin(
		        worker->claims, scan->options->level, &worker->sink, &worker->diag);
	if (err == 0 && scan->past)
		err = history_emitter_create(&worker->emitter,
		        &(struct history_emit_options){.partitions = scan->past,
		                .providers = scan->providers,
		                .codes = scan->codes,
		                .severities = scan->severities,
		                .hcc = scan->hcc,
		                .needs = history_needs(&scan->selection) |
		                         providers_needs(&scan->selection) |
		                         (scan->any_providers ? HISTORY_LINES : 0)},
		        &worker->diag);
	if (err < 0)
		return err;
	worker->verdicts = aligned_alloc(64, sizeof(*worker->verdicts));
	return worker->verdicts ? 0
	                        : diag_set(&worker->diag, FAIL_MEMORY, "no memory for a worker");
}

int worker_create(struct worker *worker, struct scan *scan, unsigned number)
{
	const struct scan_options *options = scan->options;

	worker->scan = scan;
	worker->number = number;
	if (scan->findings)
		worker->sink = findings_sink(scan->findings, number);
	worker->normalise = (struct normalise){
	        .by = options->by,
	        .zero_paid_payable = options->zero_paid_payable,
	        .judged = scan->any_rules || scan->adjustments || scan->members,
	        .from = options->from,
	        .to = options->to,
	        .codes = scan->codes,
	        .members = scan->members,
	        .providers = scan->providers,
	        .payer = scan->payer,
	};
	normalise_counts_init(&worker->normalise_counts);
	normalise_counts_init(&worker->tail_counts);
	diag_init_beside(&worker->diag, scan->diag);
	return create_parts(worker);
}

void worker_destroy(struct worker *worker)
{
	csv_destroy(worker->csv);
	pack_reader_destroy(worker->pack);
	pack_reader_destroy(worker->tail);
	convert_part_destroy(worker->convert);
	claims_worker_destroy(worker->claims);
	history_emitter_destroy(worker->emitter);
	history_worker_destroy(worker->history);
	providers_worker_destroy(worker->providers);
	tallies_destroy(worker->tallies);
	profile_worker_destroy(worker->profile);
	free(worker->verdicts);
}

static int end_whole(void *context, struct diag *diag)
{
	struct worker *worker = context;
	int err = claims_join_whole(worker->claims, diag);

	ends_stage(worker, STAGE_REGROUP);
	return err;
}

/* Is some amount the claim's?  Then it goes where the claim's lowest line is. */
static bool any_claim_level(const struct scan *scan)
{
	bool any = false;

	for (uint32_t i = 0; i < layouts_count(scan->layouts); i++) {
		for (unsigned amount = 0; amount < AMOUNTS; amount++)
			any |= scan_level(scan, layouts_at(scan->layouts, i),
			               (enum amount)amount) != LEVEL_LINE;
	}
	return any;
}

/*
 * Does anybody ask who a claim is, and whose, or which of its lines is the lowest,
 * beside which lines are its?
 */
static bool names_claims(const struct scan *scan)
{
	struct field_set bound = layouts_bound(scan->layouts);

	return any_claim_level(scan) || scan->any_rules || scan->adjustments || scan->members ||
	       field_set_has(&bound, FIELD_FREQUENCY) ||
	       field_set_has(&bound, FIELD_ORIGINAL_CLAIM_ID) ||
	       field_set_has(&bound, FIELD_BILL_TYPE) || field_set_has(&bound, FIELD_BILL_FACILITY);
}

static int create_pack_reader(struct worker *worker)
{
	struct scan *scan = worker->scan;
	struct pack_reader_options options = {
	        .level = scan->options->level,
	        .reader = scan->pack_reader,
	        .reader_options = {.drop_cache = scan->drop_cache},
	        .packs = scan->packs,
	        .plan = scan->plan,
	        .wanted = &scan->wanted,
	        .batch = take_batch,
	        .whole = scan->whole ? end_whole : NULL,
	        .context = worker,
	        .numbered = scan->whole && !names_claims(scan),
	};

	return pack_reader_create(&worker->pack, &options, &worker->diag);
}

/* Chunks say themselves where they begin: there is nothing to be proved of edges. */
static int read_pack(struct worker *worker, const struct span *span, struct span_edges *edges)
{
	const struct plan_file *file = &worker->scan->plan->files[span->file];
	int err = worker->pack ? 0 : create_pack_reader(worker);

	*edges = (struct span_edges){.first = span->index > 0 ? UINT64_MAX : 0,
	        .next = span->index > 0 ? 0 : file->size_bytes};
	return err < 0 ? err : pack_reader_span(worker->pack, span, &worker->diag);
}

static int read_span(struct worker *worker, const struct span *span)
{
	struct scan *scan = worker->scan;
	size_t number = (size_t)(span - scan->plan->spans);
	int err = LAYOUT_PACK;

	if (!packs_has(scan->packs, span->file))
		err = csv_span(worker->csv, span, scan->starts ? scan->starts[number] : 0,
		        &scan->edges[number], &worker->diag);
	if (err == LAYOUT_PACK)
		err = read_pack(worker, span, &scan->edges[number]);
	if (err == 0 && worker->convert)
		err = convert_span(worker->convert, number, &worker->diag);
	return err;
}

static int create_tail_reader(struct worker *worker)
{
	struct scan *scan = worker->scan;
	struct pack_reader_options options = {
	        .level = scan->options->level,
	        .reader = scan->pack_reader,
	        .reader_options = {.drop_cache = scan->drop_cache},
	        .wanted = &scan->wanted,
	        .batch = take_old_batch,
	        .context = worker,
	};

	return scan_tail_reader(scan, &options, worker);
}

static int read_tail_span(struct worker *worker, const struct span *span)
{
	int err = worker->tail ? 0 : create_tail_reader(worker);

	return err == 0 ? pack_reader_span(worker->tail, span, &worker->diag) : err;
}

static void add_done(struct worker *worker, const struct span *span)
{
	atomic_store_explicit(&worker->bytes_done,
	        atomic_load_explicit(&worker->bytes_done, memory_order_relaxed) + span->to -
	                span->from,
	        memory_order_relaxed);
}

void *worker_convert(void *context)
{
	struct worker *worker = context;

	if (worker->err == 0)
		worker->err = convert_finish(worker->convert, &worker->diag);
	return NULL;
}

void *worker_scan(void *context)
{
	struct worker *worker = context;
	struct scan *scan = worker->scan;
	const struct span *span;

	worker->clock = clock_ns();
	while (worker->err == 0 && (span = plan_take(scan->plan))) {
		worker->err = read_span(worker, span);
		add_done(worker, span);
		if (worker->err == 0 && scan_stopped())
			worker->err = FAIL_STOPPED;
	}
	while (worker->err == 0 && (span = scan_tail_take(scan))) {
		worker->err = read_tail_span(worker, span);
		add_done(worker, span);
	}
	if (worker->convert) {
		worker->err = convert_read(worker->convert, worker->err, &worker->diag);
		return NULL;
	}
	if (worker->err == 0)
		worker->err = claims_emit_finish(worker->claims, &worker->diag);
	if (worker->err == 0 && worker->emitter)
		worker->err = history_emit_finish(worker->emitter, &worker->diag);
	ends_stage(worker, STAGE_READ);
	bit_counts_spill(&worker->scope);
	bit_counts_spill(&worker->evaluated);
	rule_clock_settle(worker);
	return NULL;
}

void *worker_join(void *context)
{
	struct worker *worker = context;

	if (worker->err == 0)
		worker->err = claims_join(worker->claims, &worker->sink, &worker->diag);
	if (worker->err == 0 && scan_stopped())
		worker->err = FAIL_STOPPED;
	return NULL;
}

void *worker_history(void *context)
{
	struct worker *worker = context;

	if (worker->err == 0)
		worker->err = tallies_create(&worker->tallies, &worker->diag);
	if (worker->err == 0)
		worker->err = history_worker_create(&worker->history, worker->scan->history,
		        worker->profile, worker->tallies, &worker->diag);
	if (worker->err == 0)
		worker->err = history_walk(worker->history, &worker->sink, &worker->diag);
	if (worker->err == 0 && scan_stopped())
		worker->err = FAIL_STOPPED;
	return NULL;
}

void *worker_days(void *context)
{
	struct worker *worker = context;

	if (worker->err == 0)
		worker->err = providers_worker_create(&worker->providers,
		        worker->scan->provider_days, worker->profile, worker->tallies,
		        &worker->diag);
	if (worker->err == 0)
		worker->err = providers_walk(worker->providers, &worker->sink, &worker->diag);
	if (worker->err == 0 && scan_stopped())
		worker->err = FAIL_STOPPED;
	return NULL;
}

void *worker_merge(void *context)
{
	struct worker *worker = context;

	if (worker->err == 0)
		worker->err = profile_merge(worker->profile);
	return NULL;
}
