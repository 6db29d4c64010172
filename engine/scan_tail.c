/* SPDX-License-Identifier: Apache-2.0 */
#include "scan_tail.h"

#include "input/block_hash.h"
#include "tail.h"
#include "tail_keep.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct scan_tail {
	struct tail *tail;
	struct plan *plan; /* of its packs; NULL: there is none yet */
	struct packs *packs;
	uint8_t numbers[TAIL_PACKS_MAX]; /* of the plan's files, in the manifest */
	bool joined[TAIL_PACKS_MAX];     /* packs of the manifest that go into this run's */
	struct rule_selection selection;
	struct convert *convert;               /* into the next pack */
	struct tail_days days;                 /* of what it keeps */
	atomic_bool dropped, dropped_meetings; /* lines before these days did not come along */
	atomic_uint_fast64_t read, lost;       /* lines of the second reading; those not kept */
	atomic_uint_fast64_t given, digest;    /* new lines, and the sum of their digests */
	struct tail_manifest next;
	bool written, added; /* added: this run has lines, and a pack for them */
};

/* ---- Opening ---- */

/* A tail among its own inputs, or in the place of the run, would be read or replaced. */
static int refuse_own(const struct scan *scan, const struct tail *tail, struct diag *diag)
{
	struct stat status;

	for (size_t i = 0; i < scan->plan->file_count; i++) {
		const struct plan_file *file = &scan->plan->files[i];

		if (tail_owns(tail, file->device, file->inode))
			return diag_set(diag, FAIL_USAGE,
			        "%s: is of the tail itself: keep --history %s out of the inputs",
			        file->path, scan->options->history);
	}
	if (stat(scan->options->out, &status) == 0 && tail_owns(tail, status.st_dev, status.st_ino))
		return diag_set(diag, FAIL_USAGE, "--history %s: is the run directory too (--out)",
		        scan->options->history);
	return 0;
}

/* The plan has its own order of files. */
static void number_packs(struct scan_tail *made)
{
	const char *const *paths = tail_pack_paths(made->tail);

	for (size_t i = 0; i < made->plan->file_count; i++)
		for (uint8_t k = 0; paths[k]; k++)
			if (strcmp(paths[k], made->plan->files[i].path) == 0)
				made->numbers[i] = k;
}

static int open_packs(struct scan *scan, struct scan_tail *made)
{
	struct plan_options plan = {.inputs = tail_pack_paths(made->tail),
	        .tmp = scan->options->tmp,
	        .threads = scan->options->threads,
	        .stopped = scan_stopped};
	int err = plan_create(&made->plan, &plan, scan->diag);

	if (err == 0)
		err = packs_create(&made->packs, made->plan, scan->layouts, scan->diag);
	for (uint32_t i = 0; err == 0 && i < made->plan->file_count; i++)
		err = packs_bind(made->packs, i, scan->diag);
	if (err == 0)
		number_packs(made);
	return err;
}

/* Rules of lines have judged old lines before; a claim may have got new ones. */
static void select_claims(const struct rule_selection *all, struct rule_selection *selection)
{
	selection->checks = all->checks & ~((UINT64_C(1) << LINE_CHECKS_MAX) - 1);
	for (unsigned check = LINE_CHECKS_MAX; check < checks_used(); check++) {
		int rule = check_rule(check);

		if (rule >= 0)
			selection->active[rule] = all->active[rule];
	}
}

int scan_tail_open(struct scan *scan)
{
	const struct scan_options *options = scan->options;
	struct scan_tail *made;
	int err;

	if (!options->history)
		return 0;
	made = calloc(1, sizeof(*made));
	if (!made)
		return diag_set(scan->diag, FAIL_MEMORY, "no memory for the tail");
	scan->tail = made;
	select_claims(&scan->selection, &made->selection);
	err = tail_open(&made->tail, options->history, options->explain, scan->diag);
	if (err == 0)
		err = refuse_own(scan, made->tail, scan->diag);
	return err == 0 && tail_pack_paths(made->tail)[0] ? open_packs(scan, made) : err;
}

void scan_tail_close(struct scan *scan)
{
	struct scan_tail *tail = scan->tail;

	if (!tail)
		return;
	convert_destroy(tail->convert);
	packs_destroy(tail->packs);
	plan_destroy(tail->plan);
	tail_manifest_reset(&tail->next);
	tail_destroy(tail->tail);
	free(tail);
	scan->tail = NULL;
}

/* ---- Reading ---- */

void scan_tail_rewind(struct scan *scan)
{
	if (scan->tail && scan->tail->plan)
		plan_rewind(scan->tail->plan);
}

uint64_t scan_tail_bytes(const struct scan *scan)
{
	return scan->tail && scan->tail->plan ? scan->tail->plan->total_bytes : 0;
}

/* All packs are read to be judged, and those once more that are joined. */
const struct span *scan_tail_take(struct scan *scan)
{
	struct scan_tail *tail = scan->tail;
	const struct span *span;

	if (!tail || !tail->plan)
		return NULL;
	do {
		span = plan_take(tail->plan);
	} while (span && scan->options->convert && !tail->joined[tail->numbers[span->file]]);
	return span;
}

int scan_tail_reader(
        const struct scan *scan, struct pack_reader_options *options, struct worker *worker)
{
	options->packs = scan->tail->packs;
	options->plan = scan->tail->plan;
	options->remedy = TAIL_ANEW;
	return pack_reader_create(&worker->tail, options, &worker->diag);
}

const struct rule_selection *scan_tail_selection(const struct scan *scan)
{
	return &scan->tail->selection;
}

int32_t scan_tail_begins(const struct scan *scan)
{
	return scan->tail ? tail_manifest(scan->tail->tail)->whole_from : DATE_ABSENT;
}

/* A file without a record can be given as often as one likes. */
static bool has_records(const struct scan *scan, uint32_t number)
{
	const struct plan_file *file = &scan->plan->files[number];

	/* The edges of a pack's spans are its file's. */
	if (packs_has(scan->packs, number))
		return packs_lines(scan->packs, number) > 0;
	for (uint32_t i = 0; i < file->span_count; i++)
		if (scan->edges[file->first_span + i].first < file->size_bytes)
			return true;
	return false;
}

static struct tail_file input_at(const struct scan *scan, size_t number, int32_t edge)
{
	const struct plan_file *file = &scan->plan->files[number];
	struct tail_file made = {
	        .path = (char *)(uintptr_t)file->path, .bytes = file->size_bytes, .edge = edge};

	plan_tree_hash(scan->plan, number, made.hash);
	return made;
}

static int say_again(const struct scan *scan, const struct tail_file *input,
        const struct tail_file *held, struct diag *diag)
{
	return diag_set(diag, FAIL_DATA,
	        "%s: its lines are in the tail already (--history %s has them from %s): leave it "
	        "out, or give the tail that was before it",
	        input->path, scan->options->history, held->path);
}

/* Read a file for its hashes alone. */
static int hash_file(const struct scan *scan, uint32_t number, struct diag *diag)
{
	const struct plan_file *file = &scan->plan->files[number];
	const struct span span = {.file = number, .to = file->size_bytes};
	const struct reader_options options = {0};
	struct block_hash hash;
	struct reader *reader = NULL;
	struct view view;
	int err = scan->reader->create(&reader, &options, diag);

	block_hash_init(&hash, scan->options->level);
	if (err == 0)
		err = scan->reader->open(reader, file, 0, file->size_bytes, diag);
	while (err == 0 && (err = scan->reader->next(reader, 0, &view, diag)) > 0) {
		block_hash_view(&hash, scan->plan, &span, &view);
		err = scan_stopped() ? FAIL_STOPPED : 0;
	}
	scan->reader->destroy(reader);
	return err;
}

/* Only a file of the size of one that the tail holds is read.  Those had records. */
int scan_tail_explain(const struct scan *scan, struct diag *diag)
{
	const struct tail_manifest *manifest = scan->tail ? tail_manifest(scan->tail->tail) : NULL;

	for (uint32_t i = 0; manifest && i < scan->plan->file_count; i++) {
		bool same = false;

		for (size_t k = 0; k < manifest->file_count; k++)
			same |= manifest->files[k].bytes == scan->plan->files[i].size_bytes;
		int err = same ? hash_file(scan, i, diag) : 0;
		if (err < 0)
			return err;
		const struct tail_file input = input_at(scan, i, DATE_ABSENT);
		const struct tail_file *held = same ? tail_manifest_find(manifest, &input) : NULL;
		if (held)
			return say_again(scan, &input, held, diag);
	}
	return 0;
}

static int refuse_again(const struct scan *scan, struct diag *diag)
{
	const struct tail_manifest *manifest = tail_manifest(scan->tail->tail);

	for (size_t i = 0; i < scan->plan->file_count && manifest->file_count > 0; i++) {
		const struct tail_file input = input_at(scan, i, DATE_ABSENT);
		const struct tail_file *held = tail_manifest_find(manifest, &input);

		if (held && has_records(scan, (uint32_t)i))
			return say_again(scan, &input, held, diag);
	}
	return 0;
}

int scan_tail_check(struct scan *scan, struct diag *diag)
{
	int err = 0;

	if (!scan->tail)
		return 0;
	if (scan->tail->plan)
		err = plan_check_unchanged(scan->tail->plan, diag);
	return err == 0 && !scan->options->convert ? refuse_again(scan, diag) : err;
}

/* ---- Edges ---- */

static int32_t earlier(int32_t a, int32_t b)
{
	if (a == DATE_ABSENT || b == DATE_ABSENT)
		return a == DATE_ABSENT ? b : a;
	return a < b ? a : b;
}

static int32_t later(int32_t a, int32_t b)
{
	return a > b ? a : b; /* DATE_ABSENT is before all */
}

/* Data that lines were left out of begin where nothing is missing any more. */
void scan_tail_edges(const struct scan *scan, struct history_options *options)
{
	const struct tail_manifest *manifest;
	int32_t first = options->first_service;

	if (!scan->tail)
		return;
	manifest = tail_manifest(scan->tail->tail);
	if (manifest->first_service != DATE_ABSENT && manifest->first_service < first)
		first = manifest->first_service;
	options->first_service = manifest->whole_from != DATE_ABSENT ? manifest->whole_from : first;
	options->first_met = manifest->met_from != DATE_ABSENT ? manifest->met_from : first;
	for (unsigned type = 0; type < CLAIM_TYPES; type++)
		options->last_came[type] = later(
		        options->last_came[type], manifest->last_came[type]);
}

/* No later than --as-of: a wrong day to come must not be the edge of the next month. */
static int32_t bounded(const struct scan *scan, int32_t day)
{
	int32_t as_of = scan->options->as_of;

	return as_of != DATE_ABSENT && day > as_of ? as_of : day;
}

/* Of the lines of this run and of all before. */
static void fill_edges(const struct scan *scan, struct tail_manifest *next)
{
	const struct normalise_counts *counts = &scan->normalise_counts;
	const struct tail_manifest *before = tail_manifest(scan->tail->tail);

	next->first_service = before->first_service;
	next->last_service = before->last_service;
	for (unsigned type = 0; type < CLAIM_TYPES; type++) {
		int32_t first = counts->first_service[type];

		next->first_service = earlier(
		        next->first_service, first == INT32_MAX ? DATE_ABSENT : first);
		next->last_service = later(next->last_service, counts->last_service[type]);
		next->last_came[type] = bounded(
		        scan, later(before->last_came[type], counts->last_received[type]));
	}
	next->last_service = bounded(scan, next->last_service);
}

/*
 * The day that the window ends on: --as-of, else the last service, but no day
 * behind the last payment: one date of the year 2205 must not empty the tail.
 */
static int32_t window_end(const struct scan *scan, const struct tail_manifest *next)
{
	int32_t came = DATE_ABSENT;

	if (scan->options->as_of != DATE_ABSENT)
		return scan->options->as_of;
	for (unsigned type = 0; type < CLAIM_TYPES; type++)
		came = later(came, next->last_came[type]);
	return earlier(next->last_service, came);
}

/* ---- Writing ---- */

/* What is told of lines and is to be known again, in whatever order they come. */
static void count_lines(
        struct scan_tail *tail, const struct batch *batch, const bool keep[BATCH_LINES])
{
	uint64_t lost = 0, given = 0, digest = 0;

	for (uint32_t i = 0; i < batch->count; i++) {
		lost += !keep[i];
		if (batch->line_flags[i] & LINE_OLD)
			continue;
		given++;
		digest += batch->digest[i];
	}
	atomic_fetch_add_explicit(&tail->read, batch->count, memory_order_relaxed);
	atomic_fetch_add_explicit(&tail->lost, lost, memory_order_relaxed);
	atomic_fetch_add_explicit(&tail->given, given, memory_order_relaxed);
	atomic_fetch_add_explicit(&tail->digest, digest, memory_order_relaxed);
}

/* The lines that stay; and whether any that was dated did not. */
static void keeps(void *context, const struct batch *batch, bool keep[BATCH_LINES])
{
	struct scan_tail *tail = context;
	bool dropped = false, meetings = false;

	tail_keep(&tail->days, batch, keep);
	count_lines(tail, batch, keep);
	for (uint32_t i = 0; i < batch->count; i++) {
		int32_t day = tail_service_date(batch, i);

		if (keep[i] || day == DATE_ABSENT)
			continue;
		dropped = true;
		meetings |= day < tail->days.met_from;
	}
	if (dropped)
		atomic_store_explicit(&tail->dropped, true, memory_order_relaxed);
	if (meetings)
		atomic_store_explicit(&tail->dropped_meetings, true, memory_order_relaxed);
}

/* The lines that this run was given, as a manifest has them. */
static void given_lines(const struct scan_tail *tail, uint64_t run[2])
{
	run[0] = atomic_load(&tail->digest);
	run[1] = atomic_load(&tail->given);
}

/* Files are never forgotten, also where no line of theirs is left: they may come again. */
static int fill_files(const struct scan *scan, struct tail_manifest *next, struct diag *diag)
{
	const struct tail_manifest *before = tail_manifest(scan->tail->tail);
	int err = 0;

	for (size_t i = 0; i < before->file_count && err == 0; i++)
		err = tail_manifest_add(next, &before->files[i], diag);
	for (size_t i = 0; i < scan->plan->file_count && err == 0; i++) {
		struct tail_file input = input_at(scan, i, next->edge);

		given_lines(scan->tail, input.run);
		if (input.bytes > 0 && has_records(scan, (uint32_t)i))
			err = tail_manifest_add(next, &input, diag);
	}
	return err;
}

static int refuse_lines_again(const struct scan *scan)
{
	const struct tail_file *held;
	uint64_t run[2];

	given_lines(scan->tail, run);
	held = tail_manifest_find_run(tail_manifest(scan->tail->tail), run);
	return held ? diag_set(scan->diag, FAIL_DATA,
	                      "all lines of the inputs are in the tail already, as those of one "
	                      "run (--history %s has them from %s)",
	                      scan->options->history, held->path)
	            : 0;
}

/*
 * A single wrong day would empty the tail: the window does not leap past all of the
 * one before, and a first one does not drop most lines, unless it is asked to.
 */
static int refuse_leap(const struct scan *scan)
{
	const struct scan_tail *tail = scan->tail;
	int32_t before = tail_manifest(tail->tail)->edge, edge = tail->next.edge;
	uint64_t lines = atomic_load(&tail->read), lost = atomic_load(&tail->lost);
	char day[DATE_TEXT_SIZE];
	bool leaps = before == DATE_ABSENT ? lost > lines / 2
	                                   : (int64_t)edge - before > tail->next.days;

	if (scan->options->as_of != DATE_ABSENT || edge == DATE_ABSENT || !leaps)
		return 0;
	date_format(edge, day);
	return diag_set(scan->diag, FAIL_DATA,
	        "--history %s: by the last dates of the inputs its window would end on %s, and "
	        "%llu of %llu lines would be dropped: correct the dates, or say where it ends "
	        "by --as-of DATE",
	        scan->options->history, day, (unsigned long long)lost, (unsigned long long)lines);
}

/* Packs that are before the window have lines that may go; too many are made one. */
static void choose_joined(struct scan_tail *tail)
{
	const struct tail_manifest *before = tail_manifest(tail->tail);
	bool all = before->pack_count == TAIL_PACKS_MAX;

	for (size_t i = 0; i < before->pack_count; i++)
		tail->joined[i] = all || before->packs[i].edge < tail->days.from;
}

/* The packs that stay, and that of this run: the same lines twice would be one file. */
static int fill_packs(struct scan_tail *tail, struct diag *diag)
{
	const struct tail_manifest *before = tail_manifest(tail->tail);
	struct tail_manifest *next = &tail->next;
	struct tail_pack made = {.edge = next->edge};
	int err = tail_look_next(tail->tail, &made.facts, diag);

	for (size_t i = 0; i < before->pack_count && err == 0; i++) {
		if (tail->joined[i])
			continue;
		next->packs[next->pack_count++] = before->packs[i];
		if (made.facts.lines > 0 && before->packs[i].facts.hash == made.facts.hash)
			err = diag_set(diag, FAIL_DATA,
			        "all lines of the inputs are in the tail already, as those of one "
			        "run (--history)");
	}
	tail->added = err == 0 && made.facts.lines > 0;
	if (tail->added)
		next->packs[next->pack_count++] = made;
	return err;
}

/* What the next tail is of, as far as it is known before its lines are. */
static void begin_next(const struct scan *scan, struct scan_tail *tail)
{
	struct tail_manifest *next = &tail->next;

	fill_edges(scan, next);
	next->days = scan->options->history_days;
	next->edge = window_end(scan, next);
	tail->days = tail_days_of(next->edge, next->days);
	choose_joined(tail);
}

static void settle_days(struct scan_tail *tail)
{
	const struct tail_manifest *before = tail_manifest(tail->tail);
	struct tail_manifest *next = &tail->next;

	next->whole_from = before->whole_from;
	next->met_from = before->met_from;
	if (atomic_load(&tail->dropped))
		next->whole_from = later(next->whole_from, tail->days.from);
	if (atomic_load(&tail->dropped_meetings))
		next->met_from = later(next->met_from, tail->days.met_from);
}

int scan_tail_write(struct scan *scan)
{
	struct scan_tail *tail = scan->tail;
	int err;

	if (!tail)
		return 0;
	begin_next(scan, tail);
	err = convert_create(&tail->convert, tail_next_path(tail->tail), true, scan->diag);
	if (err < 0)
		return err;
	convert_keep(tail->convert, keeps, tail);
	err = scan_read_again(scan, tail->convert);
	settle_days(tail);
	if (err == 0)
		err = refuse_lines_again(scan);
	if (err == 0)
		err = refuse_leap(scan);
	if (err == 0)
		err = fill_packs(tail, scan->diag);
	if (err == 0)
		err = fill_files(scan, &tail->next, scan->diag);
	tail->written = err == 0;
	return err;
}

int scan_tail_commit(struct scan *scan)
{
	struct scan_tail *tail = scan->tail;

	return tail ? tail_commit(tail->tail, &tail->next, tail->added, scan->diag) : 0;
}

/* ---- Telling ---- */

static struct quality_tail_of told_of(const struct tail_manifest *manifest)
{
	return (struct quality_tail_of){.lines = tail_manifest_lines(manifest),
	        .bytes = tail_manifest_bytes(manifest),
	        .packs = manifest->pack_count,
	        .files = manifest->file_count,
	        .first_service = manifest->first_service,
	        .last_service = manifest->last_service,
	        .edge = manifest->edge,
	        .whole_from = manifest->whole_from,
	        .met_from = manifest->met_from};
}

bool scan_tail_tell(const struct scan *scan, struct quality_tail *told)
{
	const struct scan_tail *tail = scan->tail;

	if (!tail)
		return false;
	*told = (struct quality_tail){.plan = tail->plan,
	        .is_used = tail_is_there(tail->tail),
	        .lines = scan->old_lines,
	        .older = scan->older_lines,
	        .again = scan->totals.again,
	        .days = scan->options->history_days,
	        .is_written = tail->written,
	        .used = told_of(tail_manifest(tail->tail)),
	        .written = told_of(&tail->next)};
	return true;
}
