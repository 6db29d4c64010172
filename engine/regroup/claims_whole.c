/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Claims that stand whole: the rounds of a join over the records of one chunk.
 *
 * What goes from round to round is by claim, or by person, and these are all in
 * the chunk; so its records are to the rounds what a partition's are, and stay in
 * the cache meanwhile.  Only what is left to histories goes the way of all others.
 */
#include "regroup/claims_private.h"

#include <assert.h>

enum { NEAR_BYTES = 8 << 20 }; /* of one kind of records; more spills */

static struct partition_writer **writer_of(struct claims_worker *worker, unsigned kind)
{
	struct partition_writer **const writers[NEAR_KINDS] = {
	        [NEAR_MAIN] = &worker->main,
	        [NEAR_FALLBACK] = &worker->fallback,
	        [NEAR_ANSWERS] = &worker->answers,
	        [NEAR_TRIPS] = &worker->trips,
	};

	return writers[kind];
}

int claims_whole_begin(struct claims_worker *worker, enum level level,
        const struct finding_sink *sink, struct diag *diag)
{
	static const struct claims_whole_hot *const hots[LEVEL_COUNT] = {
	        &claims_whole_hot_scalar, &claims_whole_hot_avx2, &claims_whole_hot_avx512};
	const struct partition_options options = {
	        .count = 1,
	        .memory_bytes = NEAR_BYTES,
	        .tmp = partitions_options(worker->claims->options.partitions)->tmp,
	};
	int err = 0;

	worker->whole_hot = hots[level];
	worker->sink = sink;
	for (unsigned kind = 0; kind < NEAR_KINDS && err == 0; kind++) {
		struct near *near = &worker->near[kind];

		err = partitions_create(&near->partitions, &options, diag);
		if (err == 0)
			err = partition_writer_create(&near->writer, near->partitions, diag);
	}
	return err;
}

void claims_near_destroy(struct claims_worker *worker)
{
	claims_whole(worker, false);
	for (unsigned kind = 0; kind < NEAR_KINDS; kind++) {
		partition_writer_destroy(worker->near[kind].writer);
		partitions_destroy(worker->near[kind].partitions);
	}
}

void claims_whole(struct claims_worker *worker, bool whole)
{
	if (whole == (worker->far[0] != NULL))
		return;
	for (unsigned kind = 0; kind < NEAR_KINDS; kind++) {
		struct partition_writer **writer = writer_of(worker, kind);

		if (whole) {
			worker->far[kind] = *writer;
			*writer = worker->near[kind].writer;
		} else {
			*writer = worker->far[kind];
			worker->far[kind] = NULL;
		}
	}
}

/* A view of a kind's records, which none are added to any more. */
static int load(
        struct claims_worker *worker, unsigned kind, struct partition_view *view, struct diag *diag)
{
	struct near *near = &worker->near[kind];
	int err = partition_writer_finish(near->writer, diag);

	return err ? err : partition_load(near->partitions, 0, view, diag);
}

static void release(struct claims_worker *worker, unsigned kind, struct partition_view *view)
{
	partition_release(worker->near[kind].partitions, view);
	partition_writer_recycle(worker->near[kind].writer);
}

/* Does it matter whose original is there?  As claims_settle() says of all claims. */
static bool wants_match(const struct partition_view *view)
{
	bool named = false, unnamed = false, negative = false;

	for (size_t i = 0; i < view->count; i++) {
		const struct run_record *run = (const struct run_record *)view->records[i];

		if (run->head.kind != RECORD_RUN)
			continue;
		bool adjusts = run->flags & RUN_ADJUSTS, by_name = run->flags & RUN_NAMED;

		named |= adjusts && by_name;
		unnamed |= adjusts && !by_name;
		negative |= (run->flags & RUN_NEGATIVE) != 0;
	}
	return unnamed || (named && negative);
}

static int match(struct claims_worker *worker, const struct partition_view *view, struct diag *diag)
{
	struct partition_view fallback;
	int err = claims_match(worker, view);

	if (err == 0)
		err = load(worker, NEAR_FALLBACK, &fallback, diag);
	if (err)
		return err;
	err = claims_resolve(worker, &fallback);
	release(worker, NEAR_FALLBACK, &fallback);
	return err;
}

/* A chunk's claims are few enough that what they count lies in the cache when they are joined. */
static void expect_claims(const struct claims_worker *worker, const struct partition_view *view)
{
	for (size_t i = 0; i < view->count; i++) {
		const struct run_record *run = (const struct run_record *)view->records[i];

		if (run->head.kind == RECORD_RUN)
			profile_expect_claim(worker->profile, run->provider);
	}
}

static int join(struct claims_worker *worker, const struct partition_view *view, struct diag *diag)
{
	struct partition_view answers;
	int err = wants_match(view) ? match(worker, view, diag) : 0;

	expect_claims(worker, view);
	if (err == 0)
		err = load(worker, NEAR_ANSWERS, &answers, diag);
	if (err)
		return err;
	err = claims_join_partition(worker, view, &answers);
	release(worker, NEAR_ANSWERS, &answers);
	return err;
}

static int drive(struct claims_worker *worker, struct diag *diag)
{
	struct partition_view trips;
	int err = load(worker, NEAR_TRIPS, &trips, diag);

	if (err)
		return err;
	err = claims_mileage(worker, &trips);
	release(worker, NEAR_TRIPS, &trips);
	return err;
}

/* ---- The claim at hand ---- */

int claims_end_at_hand(struct claims_worker *worker)
{
	struct at_hand *claim = &worker->at_hand;
	const struct record_head *records[AT_HAND_RUNS];
	uint32_t count = claim->count;

	for (uint32_t i = 0; i < count; i++)
		records[i] = &claim->runs[i].run.head;
	claim->count = 0;
	claim->elsewhere = false;
	return count ? claims_join_alone(worker, records, count) : 0;
}

int claims_put_at_hand(struct claims_worker *worker)
{
	struct at_hand *claim = &worker->at_hand;
	bool put = true;

	for (uint32_t i = 0; i < claim->count && put; i++)
		put = partition_put(worker->main, &claim->runs[i], 1, claim->runs[i].run.head.size);
	claim->count = 0;
	claim->elsewhere = true;
	return put ? 0 : FAIL_IO;
}

/* ---- The chunk ---- */

int claims_join_whole(struct claims_worker *worker, struct diag *diag)
{
	struct partition_view view;
	int err = claims_end_at_hand(worker);

	assert(worker->far[0]);
	if (err)
		return diag_set(diag, err, "claims could not be put together");
	err = load(worker, NEAR_MAIN, &view, diag);
	if (err == 0) {
		err = join(worker, &view, diag);
		release(worker, NEAR_MAIN, &view);
	}
	if (err == 0 && worker->claims->check_miles >= 0)
		err = drive(worker, diag);
	return err ? diag_set(diag, err, "claims could not be put together") : 0;
}
