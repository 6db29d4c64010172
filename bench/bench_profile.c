/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What counting costs, in nanoseconds a line and core: the lines of 50,000 and
 * of 1,000,000 providers, Zipf 0.7, claims of one to five lines next to each
 * other, as batches that a format would have filled.
 *
 *     bench_profile [LINES [REPEATS]]
 *
 * Medians of the repeats, each a fresh profile.  Processor time, so that
 * neighbours disturb little: of filling the batches alone, of filling and
 * resolving, and of all three; the table shows the differences.
 */
#include "base/date.h"
#include "profile/profile.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CODES = 9000, CODES_OF_PROVIDER = 24, REPEATS_MAX = 25 };

struct claim_source {
	uint32_t *cumulative; /* of each provider, in 2^32nds */
	uint32_t providers;
	uint64_t state;
};

/* A line before it is spread over a batch's columns: what a file would hold. */
struct draft {
	uint32_t provider;
	uint32_t claim; /* random, the same on each line of a claim */
	uint64_t random;
};

struct measure {
	double resolve_ns, add_ns, merge_ms, read_ms;
	double bytes;
	size_t cells;
};

static uint64_t next_random(uint64_t *state)
{
	uint64_t word = (*state += 0x9e3779b97f4a7c15);

	word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9;
	word = (word ^ word >> 27) * 0x94d049bb133111eb;
	return word ^ word >> 31;
}

static double now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static uint32_t *zipf(uint32_t count, double exponent)
{
	uint32_t *cumulative = malloc(count * sizeof(*cumulative));
	double sum = 0, part = 0;

	if (!cumulative)
		exit(71);
	for (uint32_t i = 0; i < count; i++)
		sum += pow(i + 1, -exponent);
	for (uint32_t i = 0; i < count; i++) {
		part += pow(i + 1, -exponent);
		cumulative[i] = (uint32_t)(part / sum * 4294967295.0);
	}
	return cumulative;
}

static uint32_t draw(struct claim_source *source)
{
	uint32_t wanted = (uint32_t)next_random(&source->state);
	uint32_t low = 0, high = source->providers - 1;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (source->cumulative[middle] < wanted)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct draft *draw_lines(struct claim_source *source, uint64_t count)
{
	struct draft *drafts = malloc(count * sizeof(*drafts));

	if (!drafts)
		exit(71);
	for (uint64_t line = 0; line < count;) {
		uint32_t provider = draw(source);
		uint32_t claim = (uint32_t)next_random(&source->state);

		for (uint32_t i = 0; i < 1 + claim % 5 && line < count; i++)
			drafts[line++] = (struct draft){
			        provider, claim, next_random(&source->state)};
	}
	return drafts;
}

/* The smaller of two draws: a few codes are most of a provider's mix. */
static uint64_t code_of(uint32_t provider, uint64_t random)
{
	uint64_t a = random % CODES_OF_PROVIDER, b = (random >> 20) % CODES_OF_PROVIDER;
	uint64_t code = 10000 + (provider * 7 + (a < b ? a : b) * 131) % CODES;
	uint64_t word = 0;

	for (unsigned i = 0; i < 5; i++, code /= 10)
		word = word << 8 | ('0' + code % 10);
	return word;
}

static void fill_line(struct batch *batch, uint32_t line, const struct draft *draft)
{
	static const uint16_t modifiers[] = {
	        TWO_CHARS('2', '5'), TWO_CHARS('5', '9'), TWO_CHARS('R', 'T'), TWO_CHARS('G', 'A')};
	uint64_t random = draft->random;

	batch->provider_id[line] = (uint64_t)ID_NPI << ID_KIND_SHIFT |
	                           (1000000000 + (uint64_t)draft->provider * 977 % 999999937);
	batch->line_flags[line] = LINE_DUE;
	batch->service_from[line] = 19000 + (int32_t)((draft->claim >> 8) % 365);
	batch->place[line] = draft->claim >> 29 ? TWO_CHARS('1', '1') : TWO_CHARS('2', '2');
	batch->specialty[line] = TWO_CHARS('0' + draft->provider % 5, '0' + draft->provider % 7);
	batch->hcpcs[line] = code_of(draft->provider, random);
	batch->units[line] = UNITS_ONE * (int64_t)(1 + (random >> 40) % 3);
	batch->charge[line] = batch->counted_charge[line] = (int64_t)(2000 +
	                                                              (random >> 32) % 60000);
	batch->counted_allowed[line] = batch->counted_charge[line] / 2;
	batch->counted_paid[line] = batch->counted_charge[line] / 3;
	batch->counted_present[line] = 7;
	batch->modifiers[0][line] = (random >> 50) % 4 ? 0 : modifiers[(random >> 52) % 4];
}

static void read_all(const struct profile *profile, struct measure *measure)
{
	struct profile_cell *cells = NULL;
	size_t capacity = 0, count, found;
	struct profile_provider provider;
	uint32_t *numbers;

	if (profile_order(profile, &numbers, &count) != 0)
		exit(71);
	for (size_t i = 0; i < count; i++) {
		profile_read(profile, numbers[i], &provider);
		if (profile_cells(profile, numbers[i], &cells, &capacity, &found) != 0)
			exit(71);
		measure->cells += found;
	}
	free(cells);
	free(numbers);
}

struct job {
	struct profile *profile;
	const struct draft *drafts;
	const struct verdicts *verdicts;
	uint64_t lines;
	struct measure measure;
};

enum stage { STAGE_FILL, STAGE_RESOLVE, STAGE_ADD };

/* Nanoseconds a line of a pass over the lines up to a stage. */
static double pass_ns(
        struct job *job, struct profile_worker *worker, struct batch *batch, enum stage stage)
{
	double before = now_ns();

	for (uint64_t from = 0; from < job->lines; from += batch->count) {
		batch->count = job->lines - from < BATCH_LINES ? (uint32_t)(job->lines - from)
		                                               : BATCH_LINES;
		for (uint32_t line = 0; line < batch->count; line++)
			fill_line(batch, line, &job->drafts[from + line]);
		if (stage >= STAGE_RESOLVE && profile_resolve(worker, batch) != 0)
			exit(71);
		if (stage >= STAGE_ADD && profile_add(worker, batch, NULL, job->verdicts) != 0)
			exit(71);
	}
	return (now_ns() - before) / (double)job->lines;
}

static void *work(void *context)
{
	struct job *job = context;
	struct batch *batch = aligned_alloc(64, sizeof(*batch));
	struct profile_worker *worker;
	struct diag diag;

	diag_init(&diag);
	if (!batch || profile_worker_create(&worker, job->profile, &diag) != 0)
		exit(71);
	memset(batch, 0, sizeof(*batch));
	batch->text = (const uint8_t *)"1234567893";
	double fill = pass_ns(job, worker, batch, STAGE_FILL);
	double all = pass_ns(job, worker, batch, STAGE_ADD);
	double resolve = pass_ns(job, worker, batch, STAGE_RESOLVE);

	job->measure.resolve_ns = resolve - fill;
	job->measure.add_ns = all - resolve;
	double before = now_ns();

	if (profile_merge(worker) != 0)
		exit(71);
	job->measure.merge_ms = (now_ns() - before) / 1e6;
	profile_worker_destroy(worker);
	free(batch);
	return NULL;
}

static void fill_verdicts(struct verdicts *verdicts)
{
	for (uint32_t line = 0; line < BATCH_LINES; line++)
		verdicts->evaluated[line] = line % 9 ? 0x03f7ffff : 0x00f70fff;
}

static struct measure run(
        const struct draft *drafts, unsigned keep, uint64_t lines, unsigned threads)
{
	const struct profile_options options = {.keep = keep, .workers = threads};
	static struct verdicts verdicts;
	struct job jobs[2];
	pthread_t ids[2];
	struct profile *profile;
	struct diag diag;
	uint64_t share = lines / threads;

	fill_verdicts(&verdicts);
	diag_init(&diag);
	rules_init();
	if (profile_create(&profile, &options, &diag) != 0)
		exit(71);
	for (unsigned i = 0; i < threads; i++) {
		jobs[i] = (struct job){.profile = profile,
		        .drafts = drafts + i * share,
		        .verdicts = &verdicts,
		        .lines = share};
		if (pthread_create(&ids[i], NULL, work, &jobs[i]) != 0)
			exit(71);
	}
	for (unsigned i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	struct measure measure = jobs[0].measure;

	measure.bytes = (double)profile_memory(profile);
	double before = now_ns();

	read_all(profile, &measure);
	measure.read_ms = (now_ns() - before) / 1e6;
	profile_destroy(profile);
	return measure;
}

static int compare_measures(const void *left, const void *right)
{
	const struct measure *a = left, *b = right;
	double x = a->resolve_ns + a->add_ns, y = b->resolve_ns + b->add_ns;

	return (x > y) - (x < y);
}

static void bench(uint32_t providers, uint64_t lines, unsigned repeats, unsigned threads)
{
	static const struct {
		const char *name;
		unsigned keep;
	} kinds[] = {{"hot blocks", 0}, {"+ counts", PROFILE_COUNTS},
	        {"+ codes", PROFILE_COUNTS | PROFILE_CODES},
	        {"+ rules", PROFILE_COUNTS | PROFILE_CODES | PROFILE_RULES}};
	struct claim_source source = {zipf(providers, 0.7), providers, 77};
	struct draft *drafts = draw_lines(&source, lines);

	for (unsigned kind = 0; kind < sizeof(kinds) / sizeof(*kinds); kind++) {
		struct measure measures[REPEATS_MAX];

		for (unsigned i = 0; i < repeats; i++)
			measures[i] = run(drafts, kinds[kind].keep, lines, threads);
		qsort(measures, repeats, sizeof(*measures), compare_measures);
		const struct measure *median = &measures[repeats / 2];

		printf("%9u %7u  %-10s %7.1f %7.1f %7.1f %7.1f - %-7.1f %6.0f %6.0f %9zu %6.0f\n",
		        providers, threads, kinds[kind].name, median->resolve_ns, median->add_ns,
		        median->resolve_ns + median->add_ns,
		        measures[0].resolve_ns + measures[0].add_ns,
		        measures[repeats - 1].resolve_ns + measures[repeats - 1].add_ns,
		        median->merge_ms, median->read_ms, median->cells, median->bytes / 1e6);
		fflush(stdout);
	}
	free(drafts);
	free(source.cumulative);
}

int main(int argc, char **argv)
{
	uint64_t lines = argc > 1 ? strtoull(argv[1], NULL, 10) : 8000000;
	unsigned repeats = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 5;

	if (lines == 0 || repeats == 0 || repeats > REPEATS_MAX)
		return 64;
	printf("providers threads  kept       resolve     add     sum   (spread)         merge   "
	       "read     cells memory\n");
	printf("                              ns/line                                     ms     "
	       "ms                MB\n");
	for (unsigned threads = 1; threads <= 2; threads++) {
		bench(50000, lines, repeats, threads);
		bench(1000000, lines, repeats, threads);
	}
	return 0;
}
