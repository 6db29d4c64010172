/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose original is there.
 *
 * MATCH walks the claims.  A claim that is named tells those that name it.  An
 * adjustment that names none leaves a note under its fallback (person, billing
 * provider, dates, type), and each claim whose fallback some adjustment wants
 * leaves itself there as a candidate.
 *
 * RESOLVE walks the fallbacks: each note takes the latest candidate before it,
 * by received, else paid date (none last), claim id and source as bytes, and
 * tells both claims.  A void is no candidate: nothing is left of it that could
 * be replaced or voided.
 */
#include "regroup/claims_private.h"

#include <stdlib.h>
#include <string.h>

/* ---- Records of a claim ---- */

/* Is a's lowest line before b's: lines of service first, then by number and digest. */
static bool is_lower(const struct run_record *a, const struct run_record *b)
{
	const struct run_facts *of_a = run_facts(a), *of_b = run_facts(b);

	if ((a->flags ^ b->flags) & RUN_DUE)
		return a->flags & RUN_DUE;
	if (!of_a || !of_b)
		return of_a && !of_b;
	if (of_a->line != of_b->line)
		return of_a->line < of_b->line;
	return of_a->digest < of_b->digest;
}

static void gather_run(struct claim *claim, const struct run_record *run)
{
	claim->runs++;
	claim->fresh += !(run->flags & RUN_OLD);
	claim->flags |= run->flags;
	if (!claim->lowest || is_lower(run, claim->lowest))
		claim->lowest = run;
	if ((run->flags & RUN_ADJUSTS) && (!claim->adjusts || is_lower(run, claim->adjusts)))
		claim->adjusts = run;
}

void claim_gather(struct claim *claim, const struct record_head **records, size_t count)
{
	*claim = (struct claim){.records = records, .count = count};
	for (size_t i = 0; i < count; i++) {
		if (records[i]->kind == RECORD_RUN)
			gather_run(claim, (const struct run_record *)records[i]);
		claim->names += records[i]->kind == RECORD_NAME;
		claim->lines += records[i]->kind == RECORD_LINE;
	}
}

/* A claim's names by new lines come first. */
static int compare_names(const void *a, const void *b)
{
	const struct name *of_a = a, *of_b = b;

	if (of_a->from != of_b->from)
		return of_a->from < of_b->from ? -1 : 1;
	return (of_a->old > of_b->old) - (of_a->old < of_b->old);
}

/* Each claim once; returns how many. */
static size_t distinct_names(struct name *names, size_t count)
{
	size_t distinct = 0;

	qsort(names, count, sizeof(*names), compare_names);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || names[i].from != names[i - 1].from)
			names[distinct++] = names[i];
	}
	return distinct;
}

int claim_names(struct claims_worker *worker, const struct claim *claim, struct named *named)
{
	struct name *names = scratch_room(&worker->names, claim->names, sizeof(*names));
	size_t count = 0;

	*named = (struct named){.names = names};
	if (!names)
		return FAIL_MEMORY;
	for (size_t i = 0; i < claim->count; i++) {
		const struct name_record *record = (const struct name_record *)claim->records[i];

		if (record->head.kind != RECORD_NAME)
			continue;
		if (record->from != record->head.key)
			names[count++] = (struct name){record->from, record->old};
		else
			named->self |= !record->old;
	}
	named->count = distinct_names(names, count);
	for (size_t i = 0; i < named->count; i++)
		named->fresh += !names[i].old;
	return 0;
}

/* ---- MATCH ---- */

static int tell_named(struct claims_worker *worker, const struct claim *claim)
{
	struct named named;
	int err = claim_names(worker, claim, &named);

	for (size_t i = 0; i < named.count && !err; i++) {
		const struct record_head answer = {0};

		err = claims_forward(worker->answers, &answer, named.names[i].from, RECORD_MATCHED,
		        sizeof(answer));
	}
	return err;
}

static int put_fallback(struct claims_worker *worker, const struct claim *claim,
        const struct run_record *run, enum record_kind kind)
{
	const struct run_facts *facts = run_facts(run);
	const struct run_texts *texts = run_texts(run);
	size_t bytes = (size_t)texts->claim_id_size + texts->data_source_size;
	struct fallback_record *record = partition_reserve(worker->fallback, facts->fallback, kind,
	        (sizeof(*record) + bytes + 7) & ~(size_t)7);

	if (!record)
		return FAIL_IO;
	record->claim = run->head.key;
	record->date = facts->order_date;
	record->claim_id_size = texts->claim_id_size;
	record->data_source_size = texts->data_source_size;
	record->old = claim->fresh == 0;
	memcpy(record->bytes, texts->bytes, bytes);
	return 0;
}

static bool is_wanted(const struct claims *claims, uint64_t fallback)
{
	uint64_t bit = fallback >> (64 - FILTER_BITS);

	return atomic_load_explicit(&claims->filter[bit / 64], memory_order_relaxed) >> (bit % 64) &
	       1;
}

static bool has_fallback(const struct run_record *run)
{
	return run && (run->flags & RUN_TEXTS) && run_facts(run)->fallback;
}

static int match_claim(struct claims_worker *worker, const struct claim *claim)
{
	int err = 0;

	if (claim->runs == 0)
		return 0;
	if (claim->names > 0)
		err = tell_named(worker, claim);
	if (!err && claim->adjusts && !(claim->flags & RUN_NAMED)) {
		if (has_fallback(claim->adjusts))
			err = put_fallback(worker, claim, claim->adjusts, RECORD_NOTE);
		else
			worker->totals.adjustments_unmatched += claim->fresh > 0;
	}
	if (!err && !(claim->flags & RUN_VOID) && has_fallback(claim->lowest) &&
	        is_wanted(worker->claims, run_facts(claim->lowest)->fallback))
		err = put_fallback(worker, claim, claim->lowest, RECORD_CANDIDATE);
	return err;
}

int claims_match(struct claims_worker *worker, const struct partition_view *view)
{
	int err = 0;

	for (size_t from = 0, to; from < view->count && !err; from = to) {
		const struct record_head **records;
		struct claim claim;

		for (to = from + 1; to < view->count; to++) {
			if (view->records[to]->key != view->records[from]->key)
				break;
		}
		records = claims_unpack_runs(worker, view->records + from, to - from);
		if (!records)
			return FAIL_MEMORY;
		claim_gather(&claim, records, to - from);
		err = match_claim(worker, &claim);
	}
	return err;
}

/* ---- RESOLVE ---- */

static int compare_bytes(const char *a, size_t size_a, const char *b, size_t size_b)
{
	int order = memcmp(a, b, size_a < size_b ? size_a : size_b);

	return order ? order : (size_a > size_b) - (size_a < size_b);
}

static int compare_order(const struct fallback_record *a, const struct fallback_record *b)
{
	int order;

	if (a->date != b->date)
		return a->date < b->date ? -1 : 1;
	order = compare_bytes(a->bytes, a->claim_id_size, b->bytes, b->claim_id_size);
	if (order)
		return order;
	return compare_bytes(a->bytes + a->claim_id_size, a->data_source_size,
	        b->bytes + b->claim_id_size, b->data_source_size);
}

static int compare_pointers(const void *a, const void *b)
{
	return compare_order(*(const struct fallback_record *const *)a,
	        *(const struct fallback_record *const *)b);
}

/* The fallback's records of one kind, in order; NULL if there is no memory. */
static const struct fallback_record **in_order(struct scratch *scratch,
        const struct record_head **records, size_t count, enum record_kind kind)
{
	const struct fallback_record **found = scratch_room(scratch, count, sizeof(*found));
	size_t at = 0;

	for (size_t i = 0; found && i < count; i++) {
		if (records[i]->kind == kind)
			found[at++] = (const struct fallback_record *)records[i];
	}
	if (found && at > 1)
		qsort(found, at, sizeof(*found), compare_pointers);
	return found;
}

/* Tell an adjustment and the claim it means. */
static int tell_pair(struct claims_worker *worker, uint64_t adjustment, uint64_t original)
{
	const struct record_head answer = {0};
	int err = claims_forward(
	        worker->answers, &answer, adjustment, RECORD_MATCHED, sizeof(answer));

	if (!err)
		err = claims_forward(
		        worker->answers, &answer, original, RECORD_OUT, sizeof(answer));
	return err;
}

static int resolve_group(
        struct claims_worker *worker, const struct record_head **records, size_t count)
{
	const struct fallback_record **notes = in_order(
	        &worker->notes, records, count, RECORD_NOTE);
	const struct fallback_record **candidates = in_order(
	        &worker->candidates, records, count, RECORD_CANDIDATE);
	size_t note_count = 0, before = 0;
	int err = 0;

	if (!notes || !candidates)
		return FAIL_MEMORY;
	for (size_t i = 0; i < count; i++)
		note_count += records[i]->kind == RECORD_NOTE;
	for (size_t i = 0; i < note_count && !err; i++) {
		while (before < count - note_count &&
		        compare_order(candidates[before], notes[i]) < 0)
			before++;
		size_t last = before;
		while (last > 0 && candidates[last - 1]->claim == notes[i]->claim)
			last--;
		if (last == 0) {
			worker->totals.adjustments_unmatched += !notes[i]->old;
			continue;
		}
		worker->totals.adjustments_matched += !notes[i]->old;
		err = tell_pair(worker, notes[i]->claim, candidates[last - 1]->claim);
	}
	return err;
}

int claims_resolve(struct claims_worker *worker, const struct partition_view *view)
{
	int err = 0;

	for (size_t from = 0, to; from < view->count && !err; from = to) {
		for (to = from + 1; to < view->count; to++) {
			if (view->records[to]->key != view->records[from]->key)
				break;
		}
		err = resolve_group(worker, view->records + from, to - from);
	}
	return err;
}
