/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What regrouping costs: records scattered and loaded, and claims emitted and
 * joined, in ns.
 *
 *   bench_regroup [LINES [MEMORY_MB]]
 *
 * Lines come as three a claim, of 50,000 providers.  Below the records' size,
 * MEMORY_MB makes them spill.  One thread.
 */
#include "base/hash.h"
#include "format/layout.h"
#include "profile/profile.h"
#include "regroup/claims.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PROVIDERS = 50000, LINES_OF_CLAIM = 3, RECORD_BYTES = 111 };

static double now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int fail(const struct diag *diag)
{
	fprintf(stderr, "bench_regroup: %s\n", diag->text);
	return 1;
}

/* ---- Records alone ---- */

static int scatter(struct partitions *partitions, uint64_t count, size_t size, struct diag *diag)
{
	struct partition_writer *writer;
	int err = partition_writer_create(&writer, partitions, diag);

	for (uint64_t i = 0; i < count && !err; i++) {
		uint8_t *record = partition_reserve(writer, hash64(&i, sizeof(i)), 0, size);

		if (!record)
			err = FAIL_IO;
		else
			memset(record + sizeof(struct record_head), 1,
			        size - sizeof(struct record_head));
	}
	int err_left = partition_writer_finish(writer, diag);
	partition_writer_destroy(writer);
	return err ? err : err_left;
}

static int bench_records(uint64_t count, size_t size, size_t memory_bytes, struct diag *diag)
{
	struct partition_options options = {.memory_bytes = memory_bytes, .tmp = "/tmp"};
	struct partitions *partitions;
	struct partition_stats stats;
	int err = partitions_create(&partitions, &options, diag);
	double loading = 0;

	if (err)
		return err;
	double from = now_ns();
	err = scatter(partitions, count, size, diag);
	double scattered = now_ns() - from;
	for (unsigned i = 0; i < partitions_count(partitions) && !err; i++) {
		struct partition_view view;

		from = now_ns();
		err = partition_load(partitions, i, &view, diag);
		loading += now_ns() - from;
		partition_release(partitions, &view);
	}
	partitions_stats(partitions, &stats);
	printf("%3zu-byte records: scatter %5.1f  load %5.1f ns a record  (%u partitions, %llu MB "
	       "spilled)\n",
	        size, scattered / (double)count, loading / (double)count,
	        partitions_count(partitions), (unsigned long long)stats.spilled_bytes >> 20);
	partitions_destroy(partitions);
	return err;
}

/* ---- Claims ---- */

struct bench {
	struct batch *batch;
	struct layout *layout;
	struct profile *profile;
	struct profile_worker *counters;
	struct partitions *partitions;
	struct claims *claims;
	struct claims_worker *worker;
	uint32_t providers[PROVIDERS];
};

static void fill_batch(struct bench *bench, uint64_t first)
{
	struct batch *batch = bench->batch;

	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		uint64_t line = first + i, claim = line / LINES_OF_CLAIM;
		uint64_t key = hash64(&claim, sizeof(claim));

		batch->claim_key[i] = key;
		batch->provider[i] = bench->providers[key % PROVIDERS];
		batch->line_number[i] = (int32_t)(line % LINES_OF_CLAIM) + 1;
		batch->record[i] = (struct slice){i * RECORD_BYTES, RECORD_BYTES};
		batch->claim_id[i] = (struct slice){i * RECORD_BYTES, 12};
		batch->person_id[i] = (struct slice){i * RECORD_BYTES + 16, 10};
		batch->person_key[i] = key;
	}
	batch->count = BATCH_LINES;
}

static void prepare_batch(struct bench *bench)
{
	struct batch *batch = bench->batch;
	char *text = malloc(BATCH_LINES * RECORD_BYTES);

	memset(batch, 0, sizeof(*batch));
	memset(text, 'x', BATCH_LINES * RECORD_BYTES);
	batch->text = (const uint8_t *)text;
	batch->layout = bench->layout;
	field_set_add(&bench->layout->bound, FIELD_PAID);
	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		batch->line_flags[i] = LINE_DUE | LINE_PAYABLE;
		batch->claim_type[i] = CLAIM_PROFESSIONAL;
		batch->paid[i] = batch->allowed[i] = batch->charge[i] = 100;
	}
}

static int create(struct bench *bench, uint64_t checks, size_t memory_bytes, struct diag *diag)
{
	static struct rule_selection selection;
	struct partition_options options = {.memory_bytes = memory_bytes, .tmp = "/tmp"};
	int err = profile_create(&bench->profile, &(struct profile_options){.workers = 1}, diag);

	selection.checks = checks;
	if (!err)
		err = profile_worker_create(&bench->counters, bench->profile, diag);
	if (!err)
		err = partitions_create(&bench->partitions, &options, diag);
	if (!err)
		err = claims_create(&bench->claims,
		        &(struct claims_options){.partitions = bench->partitions,
		                .profile = bench->profile,
		                .selection = &selection,
		                .workers = 1},
		        diag);
	if (!err)
		err = claims_worker_create(&bench->worker, bench->claims, bench->counters, diag);
	for (uint32_t i = 0; i < PROVIDERS && !err; i++) {
		char text[16];
		int size = snprintf(text, sizeof(text), "%u", 1000000000 + i);

		bench->providers[i] = profile_number(bench->profile,
		        (uint64_t)ID_NPI << ID_KIND_SHIFT | (1000000000 + i), text, (size_t)size);
	}
	return err;
}

static void destroy(struct bench *bench)
{
	claims_worker_destroy(bench->worker);
	claims_destroy(bench->claims);
	partitions_destroy(bench->partitions);
	profile_worker_destroy(bench->counters);
	profile_destroy(bench->profile);
}

static int no_finding(void *context, const struct finding *finding)
{
	(void)context;
	(void)finding;
	return 0;
}

static int bench_claims(struct bench *bench, const char *name, uint64_t lines, struct diag *diag)
{
	static const enum amount_level levels[AMOUNTS] = {LEVEL_LINE, LEVEL_LINE, LEVEL_LINE};
	static const struct claims_settled settled;
	struct finding_sink sink = {no_finding, NULL};
	struct rule_context context = {.as_of = DATE_ABSENT};
	struct claims_totals totals;
	struct partition_stats stats;
	double emitting = 0, from;
	int err = 0;

	for (uint64_t at = 0; at < lines && !err; at += BATCH_LINES) {
		fill_batch(bench, at);
		from = now_ns();
		err = claims_emit(bench->worker, &context, bench->batch, levels, NULL);
		emitting += now_ns() - from;
	}
	if (!err)
		err = claims_emit_finish(bench->worker, diag);
	from = now_ns();
	claims_settle(bench->claims, &settled);
	do {
		err = err ? err : claims_join(bench->worker, &sink, diag);
	} while (!err && claims_next_round(bench->claims));
	double joining = now_ns() - from;
	claims_totals(bench->claims, &totals);
	partitions_stats(bench->partitions, &stats);
	printf("claims, %s: emit %5.1f  join %5.1f ns a line  (%llu claims, %.0f bytes a record, "
	       "%llu MB spilled)\n",
	        name, emitting / (double)lines, joining / (double)lines,
	        (unsigned long long)totals.claims, (double)stats.bytes / (double)stats.records,
	        (unsigned long long)stats.spilled_bytes >> 20);
	return err;
}

static int run_claims(struct bench *bench, bool checked, uint64_t lines, size_t memory_bytes)
{
	struct diag diag;

	diag_init(&diag);
	int err = create(bench, checked ? ~(uint64_t)0 : 0, memory_bytes, &diag);
	if (!err)
		err = bench_claims(bench, checked ? "all checks" : "no checks ", lines, &diag);
	destroy(bench);
	return err ? fail(&diag) : 0;
}

int main(int argc, char **argv)
{
	uint64_t lines = argc > 1 ? strtoull(argv[1], NULL, 10) : 6000000;
	size_t memory_bytes = (argc > 2 ? strtoull(argv[2], NULL, 10) : 4096) << 20;
	static const size_t sizes[] = {24, 64, 144};
	static struct bench bench;
	static struct layout layout;
	struct diag diag;

	diag_init(&diag);
	rules_init();
	bench.layout = &layout;
	bench.batch = aligned_alloc(64, sizeof(*bench.batch));
	if (!bench.batch)
		return 1;
	prepare_batch(&bench);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (bench_records(lines / LINES_OF_CLAIM, sizes[i], memory_bytes, &diag))
			return fail(&diag);
	}
	return run_claims(&bench, false, lines, memory_bytes) ||
	       run_claims(&bench, true, lines, memory_bytes);
}
