/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shared table under eight threads: an index that grows twenty times while
 * all insert, blocks flushed into the shared counters while others add, and
 * all totals exact in the end.  A plain main, so that it runs under
 * ThreadSanitizer too.
 */
#include "profile/profile.h"
#include "profile/worker.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	THREADS = 8,
	IDS_MANY = 530000, /* 2 slots double twenty times for 524,288 */
	IDS_FEW = 48000,
	SHARES = 2,          /* how many threads see each id */
	TEXT_IDS_EVERY = 16, /* each so many an id that is a hash, two texts to a hash */
};

struct job {
	struct profile *profile;
	uint32_t ids;
	unsigned thread;
	uint32_t *numbers; /* as this thread saw them */
	int err;
};

static void fail(const char *what)
{
	fprintf(stderr, "race_profile: %s\n", what);
	exit(1);
}

static uint64_t id_at(uint32_t index, char text[16])
{
	uint64_t value = 1000000000 + (uint64_t)index * 15485;

	if (index % TEXT_IDS_EVERY == 0) {
		snprintf(text, 16, "T%u", index);
		return (uint64_t)ID_OTHER << ID_KIND_SHIFT | index / TEXT_IDS_EVERY / 2;
	}
	snprintf(text, 16, "%llu", (unsigned long long)value);
	return (uint64_t)ID_NPI << ID_KIND_SHIFT | value;
}

/* Thread t takes the ids of two eighths, the one forwards, the other backwards. */
static uint32_t index_at(uint32_t ids, unsigned thread, uint32_t step)
{
	uint32_t part = ids / THREADS;
	uint32_t half = step / part, at = step % part;
	uint32_t eighth = (thread + half) % THREADS;

	return eighth * part + (half ? part - 1 - at : at);
}

static void fill(struct batch *batch, char *text, const struct job *job, uint32_t step)
{
	uint32_t steps = job->ids / THREADS * SHARES;

	batch->count = steps - step < BATCH_LINES ? steps - step : BATCH_LINES;
	batch->text = (const uint8_t *)text;
	for (uint32_t line = 0; line < batch->count; line++) {
		uint32_t index = index_at(job->ids, job->thread, step + line);

		batch->provider_id[line] = id_at(index, text + line * 16);
		batch->provider_text[line] = (struct slice){
		        line * 16, (uint32_t)strlen(text + line * 16)};
		batch->line_flags[line] = LINE_DUE;
		batch->units[line] = UNITS_ONE;
		batch->charge[line] = batch->counted_charge[line] = index;
		batch->counted_present[line] = COUNTED_CHARGE;
		batch->service_from[line] = 19000 + (int32_t)(index % 60);
		batch->hcpcs[line] = 'A' + index % 3;
		batch->state[line] = TWO_CHARS('A', 'A' + job->thread);
	}
}

static int scan(struct profile_worker *worker, struct job *job)
{
	struct batch *batch = aligned_alloc(64, sizeof(*batch));
	char *text = calloc(BATCH_LINES, 16);
	uint32_t steps = job->ids / THREADS * SHARES;
	int err = batch && text ? 0 : FAIL_MEMORY;

	if (batch)
		memset(batch, 0, sizeof(*batch));
	for (uint32_t step = 0; !err && step < steps; step += BATCH_LINES) {
		fill(batch, text, job, step);
		err = profile_resolve(worker, batch);
		if (!err)
			err = profile_add(worker, batch, NULL, NULL);
		for (uint32_t line = 0; !err && line < batch->count; line++) {
			job->numbers[step + line] = batch->provider[line];
			err = profile_add_hit(worker, batch->provider[line], 5, 100);
		}
	}
	free(batch);
	free(text);
	return err;
}

static void *work(void *context)
{
	struct job *job = context;
	struct profile_worker *worker;
	struct diag diag;

	diag_init(&diag);
	job->err = profile_worker_create(&worker, job->profile, &diag);
	if (job->err)
		return NULL;
	job->err = scan(worker, job);
	if (!job->err)
		job->err = profile_merge(worker);
	profile_worker_destroy(worker);
	return NULL;
}

static void check_sums(const struct profile *profile, uint32_t number, uint32_t index)
{
	struct profile_provider found;
	struct profile_rule rule;
	char text[16];

	profile_read(profile, number, &found);
	if (found.id != id_at(index, text) || strcmp(found.text, text) != 0)
		fail("a number stands for another id");
	if (found.lines != SHARES || found.units != SHARES * UNITS_ONE ||
	        found.charge != (int64_t)index * SHARES || found.n_charge != SHARES ||
	        found.sumsq_charge != (unsigned __int128)index * index * SHARES)
		fail("sums are not exact");
	if (found.first_date != 19000 + (int32_t)(index % 60) ||
	        found.last_date != found.first_date || found.state == 0)
		fail("dates or states are not exact");
	profile_read_rule(profile, number, 5, &rule);
	if (rule.hits != SHARES || rule.dollars != SHARES * 100)
		fail("hits are not exact");
}

static void check_cells(const struct profile *profile, uint32_t number, uint32_t index,
        struct profile_cell **cells, size_t *capacity)
{
	size_t count;

	if (profile_cells(profile, number, cells, capacity, &count) != 0)
		fail("no memory");
	/* A code, a month, and a digit unless the charge is 0. */
	if (count != 2 + (index > 0))
		fail("cells are missing or doubled");
	for (size_t i = 0; i < count; i++) {
		if ((*cells)[i].lines != SHARES || (*cells)[i].charge != (int64_t)index * SHARES)
			fail("cells are not exact");
	}
}

static void check(const struct profile *profile, const struct job jobs[THREADS], unsigned keep)
{
	uint32_t ids = jobs[0].ids;
	uint32_t *of_index = malloc(ids * sizeof(*of_index));
	uint32_t *order;
	struct profile_cell *cells = NULL;
	size_t count, capacity = 0;

	if (!of_index || profile_order(profile, &order, &count) != 0)
		fail("no memory");
	if (count != ids / THREADS * THREADS)
		fail("providers are missing or doubled");
	memset(of_index, 0xff, ids * sizeof(*of_index));
	for (unsigned thread = 0; thread < THREADS; thread++) {
		for (uint32_t step = 0; step < ids / THREADS * SHARES; step++) {
			uint32_t *number = &of_index[index_at(ids, thread, step)];

			if (*number != UINT32_MAX && *number != jobs[thread].numbers[step])
				fail("two threads saw different numbers");
			*number = jobs[thread].numbers[step];
		}
	}
	for (uint32_t index = 0; index < count; index++) {
		check_sums(profile, of_index[index], index);
		if (keep)
			check_cells(profile, of_index[index], index, &cells, &capacity);
	}
	free(cells);
	free(order);
	free(of_index);
}

static unsigned growths(const struct profile *profile)
{
	const struct index_level *level = atomic_load_explicit(
	        &profile->table.index.newest, memory_order_acquire);
	unsigned count = 0;

	for (; level->previous; level = level->previous)
		count++;
	return count;
}

static void run(uint32_t ids, unsigned keep, size_t memory_bytes, unsigned growths_min)
{
	const struct profile_options options = {
	        .keep = keep, .workers = THREADS, .memory_bytes = memory_bytes, .index_slots = 2};
	struct job jobs[THREADS];
	pthread_t threads[THREADS];
	struct profile *profile;
	struct diag diag;

	diag_init(&diag);
	rules_init();
	if (profile_create(&profile, &options, &diag) != 0)
		fail(diag.text);
	for (unsigned i = 0; i < THREADS; i++) {
		jobs[i] = (struct job){.profile = profile,
		        .ids = ids,
		        .thread = i,
		        .numbers = calloc(ids / THREADS * SHARES, sizeof(uint32_t))};
		if (!jobs[i].numbers || pthread_create(&threads[i], NULL, work, &jobs[i]) != 0)
			fail("no thread");
	}
	for (unsigned i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		if (jobs[i].err)
			fail("a worker failed");
	}
	if (growths(profile) < growths_min)
		fail("the index grew too few times");
	check(profile, jobs, keep);
	for (unsigned i = 0; i < THREADS; i++)
		free(jobs[i].numbers);
	profile_destroy(profile);
}

int main(void)
{
	run(IDS_MANY, 0, 0, 20);
	/* These flush into the shared table while others add. */
	run(IDS_FEW, PROFILE_CODES | PROFILE_COUNTS, (size_t)16 << 20, 16);
	return 0;
}
