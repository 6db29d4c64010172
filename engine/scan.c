/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pipeline.
 *
 *	plan ---> spans ---> [ worker: read, split, parse, normalise, look up,
 *	                       judge, add up, leave records ] x threads
 *	                            |
 *	                     settle what the whole file tells
 *	                            |
 *	                     [ worker: join partitions, net, find ] x threads
 *	                            |
 *	                     merge counters, write the run directory
 *
 * Two things are guessed before the whole input is known: where the records of
 * a span begin (a quoted field may reach over its edge), and whether an amount
 * of institutional claims is the claim's or the line's.  Both are proved
 * afterwards, and where a guess was wrong the scan is done again with what is
 * now known; nothing of the first attempt is kept.
 */
#include "base/budget.h"
#include "base/tasks.h"
#include "lookup/codes_cache.h"
#include "memory.h"
#include "scan_private.h"
#include "scan_tail.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ATTEMPTS_MAX = 6, PROGRESS_MS = 200 };

/* The fixed part of a run's memory, whatever its input. */
#define MEMORY_FIXED ((uint64_t)48 << 20)
#define MEMORY_PER_THREAD ((uint64_t)4 << 20)

/*
 * A worker's counters go to the shared table when they take more, and more than
 * their share of memory.  Beyond that share they are in a file, which is faster
 * all the same: with shares of a MiB the counters of 50,000 providers took 30
 * times as long.
 */
#define COUNTERS_PER_THREAD ((uint64_t)256 << 20)

static _Atomic int stop_signal;

void scan_stop(int signal_number)
{
	atomic_store(&stop_signal, signal_number);
}

int scan_stopped(void)
{
	return atomic_load_explicit(&stop_signal, memory_order_relaxed);
}

/* ---- Threads ---- */

static void show_progress(const struct scan *scan)
{
	uint64_t bytes = 0, lines = 0;
	double seconds = (double)(clock_ns() - scan->began_ns) / 1e9;
	uint64_t all = scan->plan->total_bytes + scan_tail_bytes(scan);

	for (unsigned i = 0; i < scan->options->threads; i++) {
		bytes += atomic_load_explicit(&scan->workers[i].bytes_done, memory_order_relaxed);
		lines += atomic_load_explicit(&scan->workers[i].lines_done, memory_order_relaxed);
	}
	fprintf(stderr, "\r%3.0f %%  %.1f M lines  %.1f M lines/s ",
	        all ? 100.0 * (double)bytes / (double)all : 100.0, (double)lines / 1e6,
	        seconds > 0 ? (double)lines / 1e6 / seconds : 0.0);
}

static void wait_for(struct scan *scan, struct worker *worker)
{
	struct timespec until;

	while (scan->options->progress) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += PROGRESS_MS * 1000000;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		if (pthread_timedjoin_np(worker->id, NULL, &until) == 0)
			return;
		show_progress(scan);
	}
	pthread_join(worker->id, NULL);
}

/* Run one step in all workers, and tell the first failure. */
static int run_all(struct scan *scan, void *(*step)(void *))
{
	unsigned started = 0;
	int err = 0;

	for (; started < scan->options->threads; started++) {
		if (pthread_create(
		            &scan->workers[started].id, NULL, step, &scan->workers[started]) != 0)
			break;
	}
	if (started == 0)
		return diag_set(scan->diag, FAIL_MEMORY, "no thread can be started");
	for (unsigned i = 0; i < started; i++)
		wait_for(scan, &scan->workers[i]);
	for (unsigned i = 0; i < scan->options->threads && !scan->diag->text[0]; i++) {
		const struct worker *worker = &scan->workers[i];

		/* One that gave up for another's failure has no words. */
		if (worker->err < 0)
			err = diag_set(scan->diag, worker->err, "%s", worker->diag.text);
	}
	if (err == 0 && started < scan->options->threads)
		err = diag_set(scan->diag, FAIL_MEMORY,
		        "only %u threads can be started (--threads)", started);
	return err;
}

/* ---- One attempt ---- */

static void end_attempt(struct scan *scan)
{
	for (unsigned i = 0; scan->workers && i < scan->options->threads; i++)
		worker_destroy(&scan->workers[i]);
	free(scan->workers);
	scan->workers = NULL;
	findings_destroy(scan->findings);
	claims_destroy(scan->claims);
	history_destroy(scan->history);
	providers_destroy(scan->provider_days);
	times_destroy(scan->times);
	tallies_destroy(scan->tallies);
	partitions_destroy(scan->days);
	partitions_destroy(scan->past);
	partitions_destroy(scan->partitions);
	profile_destroy(scan->profile);
	scan->findings = NULL;
	scan->claims = NULL;
	scan->history = NULL;
	scan->provider_days = NULL;
	scan->times = NULL;
	scan->tallies = NULL;
	prices_destroy(scan->prices);
	scan->prices = NULL;
	scan->days = NULL;
	scan->past = NULL;
	scan->partitions = NULL;
	scan->profile = NULL;
}

static bool bound_anywhere(const struct scan *scan, enum amount amount)
{
	static const enum field fields[AMOUNTS] = {FIELD_CHARGE, FIELD_ALLOWED, FIELD_PAID};
	struct field_set bound = layouts_bound(scan->layouts);

	return field_set_has(&bound, fields[amount]);
}

/* Paid if the run has that column, else allowed, else charge; one basis a claim type. */
static void settle(struct scan *scan)
{
	for (unsigned type = 0; type < CLAIM_TYPES; type++) {
		for (unsigned amount = 0; amount < AMOUNTS; amount++)
			scan->settled.bound[type][amount] = bound_anywhere(
			        scan, (enum amount)amount);
		scan->settled.basis[type] = scan->settled.bound[type][AMOUNT_PAID] ? AMOUNT_PAID
		                            : scan->settled.bound[type][AMOUNT_ALLOWED]
		                                    ? AMOUNT_ALLOWED
		                                    : AMOUNT_CHARGE;
	}
	claims_settle(scan->claims, &scan->settled);
}

static int create_shared(struct scan *scan)
{
	const struct scan_options *options = scan->options;
	uint64_t counters = COUNTERS_PER_THREAD * options->threads;
	struct profile_options profile = {
	        .keep = options->counters | (scan->any_rules ? PROFILE_RULES : 0),
	        .workers = options->threads,
	        .memory_bytes = scan->memory.profile > counters ? scan->memory.profile : counters,
	        .level = &options->level,
	};
	struct partition_options partitions = {
	        .memory_bytes = scan->memory.partitions, .tmp = options->tmp};
	struct findings_options findings = {.mode = options->findings,
	        .workers = options->threads,
	        .memory_bytes = scan->memory.findings,
	        .tmp = options->tmp,
	        .key_path = options->id_key,
	        .worklist = report_kinds_tables(options->reports) ? &options->worklist : NULL};
	int err = profile_create(&scan->profile, &profile, scan->diag);

	if (err == 0)
		err = partitions_create(&scan->partitions, &partitions, scan->diag);
	partitions.memory_bytes = scan->memory.history;
	if (err == 0 && scan->any_history)
		err = partitions_create(&scan->past, &partitions, scan->diag);
	partitions.memory_bytes = scan->memory.days;
	if (err == 0 && scan->any_providers)
		err = partitions_create(&scan->days, &partitions, scan->diag);
	if (err < 0)
		return err;
	findings.profile = scan->profile;
	err = claims_create(&scan->claims,
	        &(struct claims_options){.partitions = scan->partitions,
	                .profile = scan->profile,
	                .selection = &scan->selection,
	                .codes = scan->codes,
	                .workers = options->threads,
	                .history = scan->past,
	                .adjustments = scan->adjustments},
	        scan->diag);
	if (err == 0)
		settle(scan); /* of a pack's layouts; else again when all are known */
	return err < 0 ? err : findings_create(&scan->findings, &findings, scan->diag);
}

static int begin_attempt(struct scan *scan)
{
	unsigned threads = scan->options->threads;
	struct convert *convert = scan->options->convert;
	int err = convert ? convert_begin(convert, scan, scan->diag) : create_shared(scan);

	if (err < 0)
		return err;
	scan->workers = aligned_alloc(64, threads * sizeof(*scan->workers));
	if (!scan->workers)
		return diag_set(scan->diag, FAIL_MEMORY, "no memory for workers");
	memset(scan->workers, 0, threads * sizeof(*scan->workers));
	for (unsigned i = 0; i < threads && err == 0; i++) {
		err = worker_create(&scan->workers[i], scan, i);
		if (err < 0)
			diag_set(scan->diag, err, "%s", scan->workers[i].diag.text);
	}
	plan_rewind(scan->plan);
	scan_tail_rewind(scan);
	return err;
}

static void add_up(struct scan *scan)
{
	memset(&scan->counts, 0, sizeof(scan->counts));
	memset(scan->scope, 0, sizeof(scan->scope));
	memset(scan->evaluated, 0, sizeof(scan->evaluated));
	memset(&scan->outside, 0, sizeof(scan->outside));
	memset(scan->rule_ns, 0, sizeof(scan->rule_ns));
	memset(scan->stage_ns, 0, sizeof(scan->stage_ns));
	scan->nobody = 0;
	scan->old_lines = 0;
	scan->older_lines = 0;
	normalise_counts_init(&scan->normalise_counts);
	for (unsigned i = 0; i < scan->options->threads; i++) {
		const struct worker *worker = &scan->workers[i];

		csv_counts_merge(&scan->counts, csv_counts(worker->csv));
		if (worker->pack)
			csv_counts_merge(&scan->counts, pack_reader_counts(worker->pack));
		scan->old_lines += worker->tail ? pack_reader_counts(worker->tail)->used : 0;
		scan->older_lines += worker->older;
		normalise_counts_merge(&scan->normalise_counts, &worker->normalise_counts);
		codes_outside_merge(&scan->outside, &worker->outside);
		for (unsigned bit = 0; bit < CHECKS_MAX; bit++) {
			scan->scope[bit] += worker->scope.totals[bit];
			scan->evaluated[bit] += worker->evaluated.totals[bit];
		}
		for (unsigned rule = 0; rule < RULES_ALL; rule++)
			scan->rule_ns[rule] += worker->rule_ns[rule];
		for (unsigned stage = 0; stage < STAGES; stage++)
			scan->stage_ns[stage] += worker->stage_ns[stage];
		scan->nobody += worker->emitter ? history_nobody(worker->emitter) : 0;
	}
	packs_add_counts(scan->packs, &scan->wanted, &scan->counts);
}

/* ---- Proofs ---- */

/* Is a span where the one before it says that it must begin? */
static bool edge_holds(
        const struct span *span, const struct span_edges *edges, uint64_t must, uint64_t size)
{
	if (edges->first == UINT64_MAX)
		return must > span->to || must >= size;
	return edges->first == must;
}

/* Returns true if the file was read as one sequence. */
static bool file_holds(const struct scan *scan, const struct plan_file *file)
{
	const struct span *spans = scan->plan->spans + file->first_span;
	const struct span_edges *edges = scan->edges + file->first_span;
	uint64_t must;

	if (file->span_count == 0 || file->size_bytes == 0)
		return true;
	must = edges[0].next;
	for (uint32_t i = 1; i < file->span_count; i++) {
		if (!edge_holds(&spans[i], &edges[i], must, file->size_bytes))
			return false;
		if (edges[i].first != UINT64_MAX)
			must = edges[i].next;
	}
	return true;
}

/* Find certain starts for the files that need them.  Returns how many, or an error. */
static int mend_starts(struct scan *scan)
{
	int mended = 0;

	for (size_t i = 0; i < scan->plan->file_count; i++) {
		const struct plan_file *file = &scan->plan->files[i];
		int err;

		if (file_holds(scan, file))
			continue;
		if (!scan->starts)
			scan->starts = calloc(scan->plan->span_count, sizeof(*scan->starts));
		if (!scan->starts)
			return diag_set(scan->diag, FAIL_MEMORY, "no memory");
		err = scan_find_starts(scan, (uint32_t)i, scan->starts + file->first_span);
		if (err < 0)
			return err;
		mended++;
	}
	return mended;
}

/* Was an amount taken to be of the wrong level?  Returns how many layouts changed. */
static int mend_levels(struct scan *scan)
{
	int mended = 0;

	for (uint32_t i = 0; i < layouts_count(scan->layouts); i++) {
		struct level_count counts[AMOUNTS];

		claims_levels(scan->claims, i, counts);
		for (unsigned amount = 0; amount < AMOUNTS; amount++) {
			uint8_t is = counts[amount].multi_line > 0 &&
			             counts[amount].repeated * 100 >=
			                     counts[amount].multi_line * 95;

			/* The contract's test is for charge and paid. */
			is &= amount != AMOUNT_ALLOWED;
			if (is != scan->repeated[i][amount] &&
			        !layouts_at(scan->layouts, i)->claim_level[amount] &&
			        scan->options->amount_level[amount] == LEVEL_UNSET) {
				scan->repeated[i][amount] = is;
				mended++;
			}
		}
	}
	return mended;
}

/*
 * An adjustment that names no claim may mean one of a file that carries no
 * adjustments itself; such claims leave more behind only if that can be.
 */
static int mend_adjustments(struct scan *scan)
{
	bool can = false, cannot = false;

	for (uint32_t i = 0; i < layouts_count(scan->layouts); i++) {
		const struct field_set *bound = &layouts_at(scan->layouts, i)->bound;
		bool carries = field_set_has(bound, FIELD_FREQUENCY) ||
		               field_set_has(bound, FIELD_ORIGINAL_CLAIM_ID) ||
		               field_set_has(bound, FIELD_BILL_TYPE) ||
		               field_set_has(bound, FIELD_BILL_FACILITY);

		can |= carries;
		cannot |= !carries;
	}
	if (!can || !cannot || scan->adjustments)
		return 0;
	scan->adjustments = true;
	return 1;
}

/* The lines of a history have the run's amount; files that differ in theirs are read again. */
static int mend_basis(struct scan *scan)
{
	enum amount best = AMOUNT_CHARGE;
	bool differ = false;

	if (!scan->any_history || scan->basis >= 0)
		return 0;
	for (uint32_t i = 0; i < layouts_count(scan->layouts); i++) {
		enum amount own = layout_basis(layouts_at(scan->layouts, i));

		differ |= i > 0 && own != best;
		best = i == 0 || own > best ? own : best;
	}
	if (!differ)
		return 0;
	scan->basis = best;
	return 1;
}

/* ---- Too bad? ---- */

static int check_bad(struct scan *scan)
{
	const struct scan_options *options = scan->options;
	const struct csv_counts *counts = &scan->counts;
	uint64_t bad = 0, records, bytes;
	bool over;
	size_t at;
	char text[DIAG_TEXT_MAX];

	for (unsigned kind = 0; kind < BAD_KINDS; kind++)
		bad += counts->quarantined[kind];
	records = bad + counts->used;
	bytes = (uint64_t)((int64_t)scan->plan->total_bytes + packs_bytes_saved(scan->packs));
	over = bad > options->max_bad;
	if (options->max_bad_ppm)
		over = (double)bad * 1e6 > (double)records * options->max_bad_ppm ||
		       (double)counts->bad_bytes * 1e6 > (double)bytes * options->max_bad_ppm;
	if (bad == 0 || !over)
		return 0;
	at = (size_t)snprintf(text, sizeof(text),
	        "%llu of %llu records are bad, more than --max-bad bears:", (unsigned long long)bad,
	        (unsigned long long)records);
	for (unsigned kind = 0; kind < BAD_KINDS && at < sizeof(text); kind++) {
		const struct bad_sample *first = &counts->samples[kind][0];

		if (counts->quarantined[kind] && counts->sample_count[kind] == 0)
			at += (size_t)snprintf(text + at, sizeof(text) - at,
			        "\n  %s: %llu, in the sources of a claim pack",
			        bad_name((enum bad)kind),
			        (unsigned long long)counts->quarantined[kind]);
		else if (counts->quarantined[kind])
			at += (size_t)snprintf(text + at, sizeof(text) - at,
			        "\n  %s: %llu, first at %s:%llu", bad_name((enum bad)kind),
			        (unsigned long long)counts->quarantined[kind],
			        scan->plan->files[first->file].path,
			        (unsigned long long)first->offset);
	}
	return diag_set(scan->diag, FAIL_DATA, "%s", text);
}

/* ---- Joining ---- */

static int join(struct scan *scan)
{
	int err;

	settle(scan);
	do {
		err = run_all(scan, worker_join);
	} while (err == 0 && claims_next_round(scan->claims));
	if (err == 0)
		claims_totals(scan->claims, &scan->totals);
	return err;
}

/* What workers tallied, in one; measure: of that one alone, TALLY_MEASURES: of all. */
static int join_tallies(struct scan *scan, struct tallies **joined, enum tally_measure measure)
{
	unsigned threads = scan->options->threads;
	struct tallies **parts = calloc(threads, sizeof(*parts));
	int err = parts ? tallies_create(joined, scan->diag) : FAIL_MEMORY;

	for (unsigned i = 0; i < threads && err == 0; i++)
		parts[i] = scan->workers[i].tallies;
	if (err == 0)
		err = measure < TALLY_MEASURES
		              ? tallies_join_measure(*joined, parts, threads, measure)
		              : tallies_join(*joined, parts, threads, threads);
	free(parts);
	return err < 0 ? diag_set(scan->diag, err, "no memory for tallies") : 0;
}

/* What units cost: in an earlier run, else by all lines of this one. */
static int make_prices(struct scan *scan)
{
	struct tallies *all = NULL;
	int err = scan->norms ? norms_prices(scan->norms, &scan->prices, scan->diag) : 0;

	if (err < 0 || scan->prices || !scan->selection.active[rule_find("STA-01")])
		return err;
	err = join_tallies(scan, &all, TALLY_STA_01_PRICES);
	if (err == 0)
		err = prices_create(&scan->prices, all, scan->diag);
	tallies_destroy(all);
	return err;
}

/* Each provider's days, of the lines that beneficiaries' histories have left. */
static int walk_days(struct scan *scan)
{
	int err = make_prices(scan);
	struct providers_options options = {
	        .partitions = scan->days,
	        .selection = &scan->selection,
	        .codes = scan->codes,
	        .times = scan->times,
	        .profile = scan->profile,
	        .history = scan->history,
	        .prices = scan->prices,
	        .timing = !scan->options->no_timing,
	};
	uint64_t from = clock_ns();

	if (err == 0)
		err = providers_create(&scan->provider_days, &options, scan->diag);
	if (err == 0)
		err = run_all(scan, worker_days);
	if (err == 0)
		providers_totals(scan->provider_days, &scan->past_totals);
	scan->days_ns = clock_ns() - from;
	return err;
}

/* Each beneficiary's lines, judged by the rules that look across claims. */
static int walk_past(struct scan *scan)
{
	const struct normalise_counts *counts = &scan->normalise_counts;
	struct history_options options = {
	        .partitions = scan->past,
	        .selection = &scan->selection,
	        .codes = scan->codes,
	        .add_ons = scan->add_ons,
	        .drgs = scan->drgs,
	        .hcc = scan->hcc,
	        .payer = scan->payer,
	        .practitioner = scan->has_pairs[0] ? &scan->pairs[0] : NULL,
	        .hospital = scan->has_pairs[1] ? &scan->pairs[1] : NULL,
	        .first_service = INT32_MAX,
	        .as_of = scan->options->as_of,
	        .timing = !scan->options->no_timing,
	        .providers = scan->days,
	};
	uint64_t from = clock_ns();
	int err = 0;

	for (unsigned type = 0; type < CLAIM_TYPES; type++) {
		if (counts->first_service[type] < options.first_service)
			options.first_service = counts->first_service[type];
		options.last_came[type] = counts->last_received[type];
	}
	options.first_met = options.first_service;
	scan_tail_edges(scan, &options);
	if (scan->any_times)
		err = times_create(&scan->times, scan->codes, scan->minutes, scan->diag);
	options.times = scan->times;
	if (err == 0)
		err = history_create(&scan->history, &options, scan->diag);
	if (err == 0)
		err = run_all(scan, worker_history);
	if (err == 0) {
		history_totals(scan->history, &scan->past_totals);
		codes_outside_merge(&scan->outside, &scan->past_totals.outside);
	}
	scan->history_ns = clock_ns() - from;
	return err;
}

/* What was read is proved: on to the file. */
static int convert_all(struct scan *scan)
{
	int err;

	add_up(scan);
	err = check_bad(scan);
	if (err == 0)
		err = convert_settle(scan->options->convert, scan->diag);
	if (err == 0)
		err = run_all(scan, worker_convert);
	return err == 0 ? convert_commit(scan->options->convert, scan->diag) : err;
}

/* Returns 1 if it must be done again, 0 if it stands, or an error. */
static int attempt(struct scan *scan)
{
	uint64_t from = clock_ns();
	int err = begin_attempt(scan);

	if (err == 0)
		err = run_all(scan, worker_scan);
	scan->read_ns = clock_ns() - from;
	if (err == 0)
		err = plan_check_unchanged(scan->plan, scan->diag);
	if (err == 0)
		err = scan_tail_check(scan, scan->diag);
	if (err == 0)
		err = mend_starts(scan);
	if (err == 0 && scan->options->convert)
		return convert_all(scan);
	if (err == 0)
		err = mend_adjustments(scan);
	if (err == 0)
		err = mend_basis(scan);
	if (err != 0)
		return err;
	add_up(scan);
	err = check_bad(scan);
	from = clock_ns();
	if (err == 0)
		err = join(scan);
	scan->join_ns = clock_ns() - from;
	if (err == 0)
		err = mend_levels(scan);
	if (err == 0 && scan->days)
		partitions_give(scan->partitions, scan->days);
	if (err == 0 && scan->past)
		err = walk_past(scan);
	if (err == 0 && scan->days) {
		err = walk_days(scan);
		partitions_drop(scan->days);
	}
	if (err == 0 && scan->past)
		err = join_tallies(scan, &scan->tallies, TALLY_MEASURES);
	if (err != 0)
		return err;
	from = clock_ns();
	err = run_all(scan, worker_merge);
	scan->merge_ns = clock_ns() - from;
	return err;
}

static int attempt_until_proved(struct scan *scan)
{
	int err;

	do {
		end_attempt(scan);
		if (scan->attempts++ == ATTEMPTS_MAX)
			return diag_set(scan->diag, FAIL_INTERNAL, "%d attempts and no proof",
			        ATTEMPTS_MAX);
		err = attempt(scan);
	} while (err > 0);
	return err;
}

/* ---- A second reading ---- */

/*
 * What only reading and joining needed; what was counted stays, and the
 * beneficiaries' records, of which the worklist reads lines again.
 */
static void let_go(struct scan *scan)
{
	struct partitions *const records[] = {scan->partitions, scan->days};

	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		if (records[i])
			partitions_drop(records[i]);
	}
	for (unsigned i = 0; i < scan->options->threads; i++) {
		struct worker *worker = &scan->workers[i];

		csv_destroy(worker->csv);
		pack_reader_destroy(worker->pack);
		pack_reader_destroy(worker->tail);
		worker->csv = NULL;
		worker->pack = NULL;
		worker->tail = NULL;
	}
}

/* A scan of the same plan, with nothing of its own yet; its memory is the records'. */
static void take_plan(const struct scan *scan, struct scan *again)
{
	const struct scan_memory *memory = &scan->memory;
	uint64_t share = (memory->partitions + memory->days) / 2;

	*again = (struct scan){.diag = scan->diag,
	        .plan = scan->plan,
	        .layouts = scan->layouts,
	        .file_layouts = scan->file_layouts,
	        .reader = scan->reader,
	        .packs = scan->packs,
	        .pack_reader = scan->pack_reader,
	        .tail = scan->tail,
	        .codes = scan->codes,
	        .any_rules = true,
	        .drop_cache = scan->drop_cache,
	        .starts = scan->starts,
	        .edges = scan->edges,
	        .memory = {.profile = share, .partitions = share},
	        .hot = scan->hot,
	        .normalise_hot = scan->normalise_hot,
	        .began_ns = scan->began_ns};
	memset(&again->wanted, 0xff, sizeof(again->wanted));
}

int scan_read_again(struct scan *scan, struct convert *convert)
{
	struct scan_options options = *scan->options;
	struct scan *again = malloc(sizeof(*again));
	int err;

	if (!again)
		return diag_set(scan->diag, FAIL_MEMORY, "no memory");
	let_go(scan);
	take_plan(scan, again);
	options.convert = convert;
	again->options = &options;
	err = attempt(again);
	/* What was proved once holds, or the files are not what they were. */
	if (err > 0)
		err = diag_set(scan->diag, FAIL_DATA, "%s: changed while it was scanned",
		        scan->plan->files[0].path);
	end_attempt(again);
	scan->starts = again->starts;
	free(again);
	return err;
}

/* ---- What is read ---- */

/* Fields that only rules read, or only tables that may be left out. */
static bool only_rules_read(enum field field)
{
	switch (field_type(field)) {
	case CELL_DIAGNOSIS:
	case CELL_PROCEDURE:
	case CELL_POINTER:
	case CELL_CONDITION:
	case CELL_CODE_ADMITTING:
	case CELL_POINTED_CODE:
	case CELL_CODE_TYPE:
	case CELL_SEX:
		return true;
	default:
		return field == FIELD_BIRTH || field == FIELD_DEATH ||
		       field == FIELD_ORDERING_NPI || field == FIELD_DRG ||
		       field == FIELD_DISCHARGE_STATUS;
	}
}

static void settle_wanted(struct scan *scan)
{
	unsigned counters = scan->options->counters;

	for (unsigned i = 0; i < FIELD_COUNT; i++) {
		enum field field = (enum field)i;
		enum cell_type type = field_type(field);
		bool counted = true;

		if (field == FIELD_HCPCS)
			counted = counters != 0;
		else if (type == CELL_MODIFIER)
			counted = counters & PROFILE_MODIFIERS;
		else if (field == FIELD_PLACE)
			counted = counters & PROFILE_PLACES;
		if (scan->options->convert || scan->any_rules ||
		        (counted && !only_rules_read(field)))
			field_set_add(&scan->wanted, field);
	}
}

/* ---- Opening ---- */

static int open_side(struct scan *scan, enum layout_use use, const char *path, struct side **side)
{
	struct side_options options = {
	        .use = use,
	        .path = path,
	        .codes = scan->codes,
	        .reader = scan->reader,
	        .level = scan->options->level,
	        .threads = scan->options->threads,
	        .tmp = scan->options->tmp,
	};
	struct field_set fields;
	int err;

	if (!path)
		return 0;
	err = side_read(side, &options, scan->diag);
	if (err < 0)
		return err;
	if (side_conflicts(*side))
		diag_warn(scan->diag, "%s: rows of one key differ: the smaller value stands", path);
	fields = side_fields(*side);
	for (unsigned word = 0; word < 4; word++)
		scan->side_fields.words[word] |= fields.words[word];
	return 0;
}

/* What side files give is birth, sex, death and a provider's facts; not their own keys. */
static void forget_side_keys(struct scan *scan)
{
	static const enum field keys[] = {FIELD_PERSON_ID, FIELD_RENDERING_NPI, FIELD_BILLING_TIN,
	        FIELD_BILLING_CCN, FIELD_DENIED};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		scan->side_fields.words[keys[i] / 64] &= ~((uint64_t)1 << (keys[i] % 64));
}

/* What --memory has beside the fixed part is the budget's. */
static int open_budget(struct scan *scan)
{
	uint64_t fixed = MEMORY_FIXED + MEMORY_PER_THREAD * scan->options->threads;
	uint64_t all = scan->options->memory_bytes;

	if (all < fixed)
		return diag_set(scan->diag, FAIL_MEMORY,
		        "--memory is below what a run needs: at least %llu MiB here",
		        (unsigned long long)(fixed >> 20));
	budget_open(all - fixed, scan->options->tmp);
	return 0;
}

/* Of what side files have left of the budget; records and findings keep to theirs by spilling. */
static void share_memory(struct scan *scan)
{
	struct scan_memory *memory = &scan->memory;
	uint64_t left = budget_left();

	memory->profile = left / 2;
	memory->partitions = left / 8 * 3;
	if (scan->any_history) {
		/* A line leaves more to its beneficiary than to its claim. */
		memory->history = memory->partitions / 3 * 2;
		memory->partitions -= memory->history;
	}
	if (scan->any_providers) {
		memory->days = memory->history / 2;
		memory->history -= memory->days;
	}
	/* A conversion has none, but keeps as much for what it sorts. */
	memory->findings = scan->options->convert ? 0 : left / 8;
	budget_reserve(memory->findings);
}

static int open_inputs(struct scan *scan)
{
	const struct scan_options *options = scan->options;
	struct plan_options plan = {.inputs = options->inputs,
	        .tmp = options->tmp,
	        .threads = options->threads,
	        .stopped = scan_stopped};
	int err = open_budget(scan);

	if (err == 0)
		err = plan_create(&scan->plan, &plan, scan->diag);
	if (err == 0)
		err = layouts_create(&scan->layouts, USE_CLAIMS, options->map, scan->diag);
	if (err == 0)
		err = packs_create(&scan->packs, scan->plan, scan->layouts, scan->diag);
	if (err < 0)
		return err;
	scan->file_layouts = calloc(scan->plan->file_count + 1, sizeof(*scan->file_layouts));
	scan->edges = calloc(scan->plan->span_count + 1, sizeof(*scan->edges));
	if (!scan->file_layouts || !scan->edges)
		return diag_set(scan->diag, FAIL_MEMORY, "no memory for the plan");
	scan->drop_cache = options->cache == CACHE_DROP ||
	                   (options->cache == CACHE_AUTO &&
	                           scan->plan->total_bytes > memory_usable() / 2);
	for (size_t i = 0; i < scan->plan->file_count; i++) {
		if (scan->plan->files[i].size_bytes == 0)
			diag_warn(scan->diag, "%s: empty file", scan->plan->files[i].path);
	}
	return scan_tail_open(scan);
}

static void tell_compiling(void *context, const char *where)
{
	const struct scan_options *options = context;

	if (!options->quiet)
		fprintf(stderr, "compiling the code sets of %s, to be kept in %s\n", options->codes,
		        where);
}

static int open_codes(struct scan *scan)
{
	const struct scan_options *options = scan->options;
	struct codes_folder_options folder = {
	        .folder = options->codes,
	        .tmp = options->tmp,
	        .parts = rules_parts(&scan->selection),
	        .nearest = options->codes_nearest,
	        .threads = options->threads,
	        .compiling = tell_compiling,
	        .context = (void *)(uintptr_t)options,
	        .stopped = scan_stopped,
	};

	if (!options->codes)
		return codes_open_starter(&scan->codes, scan->diag);
	return codes_open_folder(&scan->codes, &folder, scan->diag);
}

struct pairs_opening {
	struct scan *scan;
	struct diag diags[2];
};

static int open_pair(void *context, size_t at)
{
	static const char *const names[2] = {"ptp_practitioner", "ptp_hospital"};
	struct pairs_opening *opening = context;
	struct scan *scan = opening->scan;
	struct diag *diag = &opening->diags[at];
	const struct set *set = NULL;

	diag_init_beside(diag, scan->diag);
	int err = codes_use_set(scan->codes, names[at], &set, diag);

	if (err == 0 && set)
		err = pairs_open(&scan->pairs[at], set, diag);
	scan->has_pairs[at] = set != NULL;
	return err;
}

/*
 * The tables of pairs, where rules ask for them and the folder has them: the
 * largest of all, and verified at once.
 */
static int open_pairs(struct scan *scan)
{
	struct pairs_opening opening = {.scan = scan};
	int err;

	if (!scan->selection.active[rule_find("NCC-01")] &&
	        !scan->selection.active[rule_find("NCC-02")])
		return 0;
	err = tasks_run(scan->options->threads, 2, open_pair, &opening);
	for (unsigned i = 0; i < 2 && err < 0; i++) {
		if (opening.diags[i].text[0])
			return diag_set(scan->diag, err, "%s", opening.diags[i].text);
	}
	return err;
}

/* By whose titles INP-01 and INP-03 know base DRGs. */
static int open_drg_lists(struct scan *scan)
{
	int err = 0;

	if (!scan->selection.active[rule_find("INP-01")] &&
	        !scan->selection.active[rule_find("INP-03")])
		return 0;
	err = codes_use_set(scan->codes, "msdrg", &scan->drg_lists[0], scan->diag);
	if (err == 0)
		err = codes_use_set(scan->codes, "msdrg_weights", &scan->drg_lists[1], scan->diag);
	return err;
}

/* What diagnoses weigh: categories of risk adjustment, CCs and MCCs. */
static int open_diagnosis_sets(struct scan *scan)
{
	const struct set *hcc = NULL, *hierarchies = NULL;
	int err = 0;

	if (scan->selection.active[rule_find("INP-03")])
		err = codes_use_set(scan->codes, "drg_cc", &scan->severities, scan->diag);
	if (err == 0)
		err = open_drg_lists(scan);
	if (err < 0 || !scan->selection.active[rule_find("INP-06")])
		return err;
	err = codes_use_set(scan->codes, "hcc", &hcc, scan->diag);
	if (err == 0)
		err = codes_use_set(scan->codes, "hcc_hierarchy", &hierarchies, scan->diag);
	return err ? err : hcc_payable_create(&scan->hcc, hcc, hierarchies, scan->diag);
}

/* Coverage policies, where CLN-01 asks for them. */
static int open_coverage(struct scan *scan)
{
	static const char *const names[] = {
	        "payer_coverage", "ncd_lcd", "ncd_lcd_dx", "ncd_lcd_documents"};
	const struct set *sets[4] = {NULL};
	struct coverage_sources sources = {.payer = scan->payer};
	int err = 0;

	if (!scan->selection.active[rule_find("CLN-01")])
		return 0;
	for (unsigned i = 0; i < 4 && err == 0; i++)
		err = codes_use_set(scan->codes, names[i], &sets[i], scan->diag);
	sources.own = sets[0];
	sources.procedures = sets[1];
	sources.diagnoses = sets[2];
	sources.documents = sets[3];
	return err ? err : coverage_create(&scan->coverage, &sources, scan->diag);
}

/* Packs are what mapping is best at: they are used as they lie. */
static int choose_pack_reader(struct scan *scan)
{
	const char *io = scan->options->io;

	return reader_choose(&scan->pack_reader, strcmp(io, "auto") == 0 ? "mmap" : io, scan->diag);
}

/* The tables of the payer; --descriptions is one more. */
static int open_payer(struct scan *scan)
{
	const struct scan_options *options = scan->options;
	size_t count = 0;
	char *own = NULL;

	if (!options->descriptions)
		return payer_create(&scan->payer, options->tables, scan->diag);
	while (options->tables && options->tables[count])
		count++;
	const char **given = calloc(count + 2, sizeof(*given));
	int err = given && asprintf(&own, "descriptions=%s", options->descriptions) >= 0
	                  ? 0
	                  : diag_set(scan->diag, FAIL_MEMORY, "no memory for tables");

	if (err == 0) {
		if (count > 0)
			memcpy(given, options->tables, count * sizeof(*given));
		given[count] = own;
		err = payer_create(&scan->payer, given, scan->diag);
		free(own);
	}
	free(given);
	return err;
}

static int open_scan(struct scan *scan)
{
	static const struct scan_hot *const hot[LEVEL_COUNT] = {
	        &scan_hot_scalar, &scan_hot_avx2, &scan_hot_avx512};
	const struct scan_options *options = scan->options;
	int err;

	rules_set_level(options->level);
	scan->hot = hot[options->level];
	scan->normalise_hot = normalise_hot_at(options->level);
	err = rules_select(&scan->selection, options->rules, scan->diag);
	scan->any_providers = err == 0 && providers_wanted(&scan->selection);
	scan->any_times = err == 0 && (providers_tell(&scan->selection) ||
	                                      scan->selection.active[rule_find("TIM-02")]);
	scan->any_history = scan->any_providers || (err == 0 && history_wanted(&scan->selection));
	scan->any_rules = scan->selection.checks != 0 || scan->any_history;
	scan->basis = -1;
	settle_wanted(scan);
	if (err == 0)
		err = reader_choose(&scan->reader, options->io, scan->diag);
	if (err == 0)
		err = choose_pack_reader(scan);
	if (err == 0)
		err = open_codes(scan);
	if (err == 0 && scan->any_history)
		err = codes_use_set(scan->codes, "aoc", &scan->add_ons, scan->diag);
	if (err == 0 && scan->selection.active[rule_find("INP-05")])
		err = codes_use_set(scan->codes, "msdrg_weights", &scan->drgs, scan->diag);
	if (err == 0)
		err = open_diagnosis_sets(scan);
	if (err == 0 && scan->any_times)
		err = codes_use_set(scan->codes, "phystime", &scan->minutes, scan->diag);
	if (err == 0)
		err = open_pairs(scan);
	if (err == 0)
		err = open_inputs(scan);
	if (err == 0 && !scan->options->convert && !scan->tail)
		err = scan_find_whole(scan, scan->diag);
	if (err == 0)
		err = open_payer(scan);
	if (err == 0)
		err = weights_read(&scan->weights, scan->payer, scan->diag);
	if (err == 0 && options->norms)
		err = norms_read(&scan->norms, options->norms, scan->diag);
	if (err == 0)
		err = open_coverage(scan);
	if (err == 0)
		err = open_side(scan, USE_MEMBERS, options->members, &scan->members);
	if (err == 0)
		err = open_side(scan, USE_PROVIDERS, options->providers, &scan->providers);
	forget_side_keys(scan);
	if (err == 0)
		share_memory(scan);
	if (err == 0 && !options->explain && options->reports != 0)
		err = run_create(&scan->run, options->out, options->force, scan->diag);
	return err;
}

static void close_scan(struct scan *scan)
{
	end_attempt(scan);
	scan_tail_close(scan);
	side_destroy(scan->members);
	side_destroy(scan->providers);
	coverage_destroy(scan->coverage);
	payer_destroy(scan->payer);
	norms_destroy(scan->norms);
	hcc_payable_destroy(scan->hcc);
	codes_destroy(scan->codes);
	packs_destroy(scan->packs);
	layouts_destroy(scan->layouts);
	plan_destroy(scan->plan);
	run_destroy(scan->run); /* what it replaced was removed meanwhile */
	free(scan->file_layouts);
	free(scan->edges);
	free(scan->starts);
	free(scan);
}

/* The run gets its name before the tail: killed between, the month can be given again. */
static int report(struct scan *scan)
{
	int err = scan_tail_write(scan);

	if (err == 0)
		err = scan_report(scan, scan->diag);
	return err == 0 ? scan_tail_commit(scan) : err;
}

int scan_run(const struct scan_options *options, struct diag *diag)
{
	struct scan *scan = calloc(1, sizeof(*scan));
	int err;

	if (!scan)
		return diag_set(diag, FAIL_MEMORY, "no memory");
	scan->options = options;
	scan->diag = diag;
	scan->began_ns = clock_ns();
	err = open_scan(scan);
	if (err == 0 && options->explain) {
		err = scan_explain(scan, diag);
	} else if (err == 0) {
		err = attempt_until_proved(scan);
		if (options->progress)
			fputs("\r\033[K", stderr);
		if (err == 0)
			err = codes_damage(scan->codes, diag);
		if (err == 0)
			plan_warn_equal_files(scan->plan, diag);
		if (err == 0 && options->convert)
			convert_tell(options->convert);
		else if (err == 0)
			err = report(scan);
		if (err == 0 && options->tallies_into) {
			*options->tallies_into = scan->tallies;
			scan->tallies = NULL;
		}
	}
	uint64_t findings = scan->memory.findings;

	close_scan(scan);
	budget_give(findings);
	/* Who was refused memory could not know that it was the disk's fault. */
	if (err == FAIL_MEMORY && budget_failure(diag))
		err = FAIL_IO;
	budget_close();
	return err;
}
