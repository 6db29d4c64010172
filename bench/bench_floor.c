/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor: what it costs to read claims and to find their separators, and
 * nothing more.
 *
 *   bench_floor INPUT...         a table: each reader, 1 and 2 threads, GB/s
 *   bench_floor -j 2 INPUT...    one run of pread and index, to be timed whole
 *
 *   -i pread|uring|mmap|memory   one run of this, or only its rows of the table
 *   -c scalar|avx2|avx512        the variant of the index
 *   -s BYTES -v BYTES -q N       span, view, depth; 0 for what the reader takes
 *   -d, -x                       drop the cache behind the reader; O_DIRECT
 *
 * Medians of five interleaved runs.  Read the file before: a warm page cache
 * is what is measured.
 */
#include "input/plan.h"
#include "input/reader.h"
#include "simd/simd.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum {
	RUNS = 5,
	THREADS_MAX = 64,
	JOBS_MAX = 16,
	INDEX_BYTES = 64 << 10, /* the index of so much text stays in L2 beside it */
	MEMORY_BYTES = 1 << 30,
	MEMORY_PIECE = 256 << 10,
};

static struct options {
	const char *only;
	unsigned threads; /* 0: the table */
	size_t span_bytes;
	struct reader_options reader;
	const struct text_scan *scan;
} options;

/* What is measured: a reader (none: memory), and what is done with its views. */
struct job {
	const struct reader_kind *kind;
	bool index;
	double seconds[2][RUNS];
};

struct worker {
	pthread_t thread;
	const struct job *job;
	struct plan *plan;
	const uint8_t *memory;
	size_t memory_bytes;
	struct text_index index;
	uint64_t bytes;
	uint64_t sum; /* so that nothing is left out */
	struct diag diag;
	int err;
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* The cheapest use of each byte; gcc vectorises it. */
static uint64_t sum_bytes(const uint8_t *data, size_t size)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < size / sizeof(sum); i++) {
		uint64_t word;

		memcpy(&word, data + i * sizeof(word), sizeof(word));
		sum += word;
	}
	for (size_t at = size / sizeof(sum) * sizeof(sum); at < size; at++)
		sum += data[at];
	return sum;
}

/* In pieces, as the scan does it: the index of one is used up before the next. */
static uint64_t index_bytes(struct text_index *index, const uint8_t *data, size_t size)
{
	uint64_t rows = 0;

	for (size_t at = 0; at < size; at += INDEX_BYTES) {
		size_t piece = size - at < INDEX_BYTES ? size - at : INDEX_BYTES;

		index->separator_count = index->row_count = index->quote_count = 0;
		options.scan->index(index, data + at, piece, 0, ',');
		rows += index->row_count;
	}
	return rows;
}

static void use(struct worker *worker, const uint8_t *data, size_t size)
{
	worker->bytes += size;
	worker->sum += worker->job->index ? index_bytes(&worker->index, data, size)
	                                  : sum_bytes(data, size);
}

static void read_span(struct worker *worker, struct reader *reader, const struct span *span)
{
	const struct plan_file *file = &worker->plan->files[span->file];
	uint64_t position = span->from;
	struct view view;

	worker->err = worker->job->kind->open(reader, file, span->from, span->to, &worker->diag);
	while (worker->err >= 0 && position < span->to) {
		worker->err = worker->job->kind->next(reader, 0, &view, &worker->diag);
		if (worker->err <= 0)
			return;
		use(worker, view.data, view.size);
		position += view.fresh;
	}
}

static void read_spans(struct worker *worker)
{
	const struct span *span;
	struct reader *reader;

	worker->err = worker->job->kind->create(&reader, &options.reader, &worker->diag);
	if (worker->err < 0)
		return;
	while (worker->err >= 0 && (span = plan_take(worker->plan)))
		read_span(worker, reader, span);
	worker->job->kind->destroy(reader);
}

static void read_memory(struct worker *worker)
{
	for (size_t at = 0; at < worker->memory_bytes; at += MEMORY_PIECE)
		use(worker, worker->memory + at, MEMORY_PIECE);
}

static void *work(void *context)
{
	struct worker *worker = context;

	if (worker->job->kind)
		read_spans(worker);
	else
		read_memory(worker);
	return NULL;
}

static void make_index(struct text_index *index)
{
	size_t room = TEXT_INDEX_ROOM(INDEX_BYTES) * sizeof(uint32_t);

	index->separators = aligned_alloc(64, room);
	index->rows = aligned_alloc(64, room);
	index->quotes = aligned_alloc(64, room);
	if (!index->separators || !index->rows || !index->quotes)
		exit(71);
}

static void free_index(struct text_index *index)
{
	free(index->separators);
	free(index->rows);
	free(index->quotes);
}

/* Memory that is there: written once, before it is timed. */
static const uint8_t *get_memory(void)
{
	static uint8_t *memory;

	if (!memory) {
		memory = mmap(NULL, MEMORY_BYTES, PROT_READ | PROT_WRITE,
		        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (memory == MAP_FAILED)
			exit(71);
		memset(memory, ',', MEMORY_BYTES);
	}
	return memory;
}

/* Returns the bytes that all workers read; *rows is their sum. */
static uint64_t run(const struct job *job, struct plan *plan, unsigned threads, double *seconds)
{
	static struct worker workers[THREADS_MAX];
	uint64_t bytes = 0;
	double began;

	for (unsigned i = 0; i < threads; i++) {
		workers[i] = (struct worker){.job = job, .plan = plan};
		workers[i].memory_bytes = MEMORY_BYTES / threads;
		if (!job->kind)
			workers[i].memory = get_memory() + i * workers[i].memory_bytes;
		make_index(&workers[i].index);
	}
	plan_rewind(plan);
	began = now();
	for (unsigned i = 0; i < threads; i++)
		pthread_create(&workers[i].thread, NULL, work, &workers[i]);
	for (unsigned i = 0; i < threads; i++)
		pthread_join(workers[i].thread, NULL);
	*seconds = now() - began;
	for (unsigned i = 0; i < threads; i++) {
		if (workers[i].err < 0) {
			fprintf(stderr, "bench_floor: %s\n", workers[i].diag.text);
			exit(diag_exit_code(workers[i].err));
		}
		bytes += workers[i].bytes;
		free_index(&workers[i].index);
	}
	return bytes;
}

static bool is_wanted(const struct reader_kind *kind)
{
	const char *name = kind ? kind->name : "memory";

	return !options.only || strstr(name, options.only);
}

static size_t list_jobs(struct job *jobs)
{
	size_t count = 0;

	if (is_wanted(NULL))
		jobs[count++] = (struct job){.kind = NULL};
	for (const struct reader_kind *const *kind = reader_kinds; *kind; kind++) {
		if (!is_wanted(*kind))
			continue;
		jobs[count++] = (struct job){.kind = *kind};
		jobs[count++] = (struct job){.kind = *kind, .index = true};
	}
	return count;
}

static int compare_seconds(const void *left, const void *right)
{
	double a = *(const double *)left;
	double b = *(const double *)right;

	return (a > b) - (a < b);
}

static void print_job(struct job *job, uint64_t bytes)
{
	printf("%-9s %-6s", job->kind ? job->kind->name : "memory", job->index ? "index" : "sum");
	for (int i = 0; i < 2; i++) {
		double *seconds = job->seconds[i];

		qsort(seconds, RUNS, sizeof(seconds[0]), compare_seconds);
		printf("   %6.2f (%.2f to %.2f)", (double)bytes / seconds[RUNS / 2] / 1e9,
		        (double)bytes / seconds[RUNS - 1] / 1e9, (double)bytes / seconds[0] / 1e9);
	}
	putchar('\n');
}

static void print_table(struct plan *plan)
{
	static struct job jobs[JOBS_MAX];
	static uint64_t bytes[JOBS_MAX];
	size_t count = list_jobs(jobs);

	for (int k = 0; k < RUNS; k++) {
		for (size_t i = 0; i < count; i++) {
			for (unsigned threads = 1; threads <= 2; threads++)
				bytes[i] = run(
				        &jobs[i], plan, threads, &jobs[i].seconds[threads - 1][k]);
		}
	}
	printf("%zu files, %llu bytes, index %s; GB/s, median of %d\n", plan->file_count,
	        (unsigned long long)plan->total_bytes, options.scan->name, RUNS);
	printf("reader    use      1 thread                 2 threads\n");
	for (size_t i = 0; i < count; i++)
		print_job(&jobs[i], bytes[i]);
}

static int run_once(struct plan *plan)
{
	const struct job *found = NULL;
	struct job jobs[JOBS_MAX];
	size_t count;
	double seconds;

	if (!options.only)
		options.only = "pread";
	count = list_jobs(jobs);
	for (size_t i = 0; i < count; i++)
		found = jobs[i].index || !jobs[i].kind ? &jobs[i] : found;
	if (!found)
		return 64;
	run(found, plan, options.threads, &seconds);
	printf("seconds %.6f\n", seconds);
	return 0;
}

static const struct text_scan *find_scan(const char *name)
{
	for (int level = 0; level < LEVEL_COUNT; level++) {
		const struct text_scan *scan = text_scan_at((enum level)level);

		if (scan && strcmp(scan->name, name) == 0)
			return scan;
	}
	return NULL;
}

static bool read_options(int count, char **words)
{
	int letter;

	options.scan = text_scan_best();
	while ((letter = getopt(count, words, "j:i:c:s:v:q:dx")) != -1) {
		size_t number = optarg ? strtoul(optarg, NULL, 10) : 0;

		switch (letter) {
		case 'j':
			options.threads = (unsigned)number;
			break;
		case 'i':
			options.only = optarg;
			break;
		case 'c':
			options.scan = find_scan(optarg);
			break;
		case 's':
			options.span_bytes = number;
			break;
		case 'v':
			options.reader.view_bytes = number;
			break;
		case 'q':
			options.reader.depth = (unsigned)number;
			break;
		case 'd':
			options.reader.drop_cache = true;
			break;
		case 'x':
			options.reader.direct = true;
			break;
		default:
			return false;
		}
	}
	return optind < count && options.scan && options.threads <= THREADS_MAX;
}

int main(int count, char **words)
{
	struct plan_options plan_options = {.tmp = "/tmp", .threads = 2};
	struct plan *plan;
	struct diag diag;
	double began;
	int err;

	if (!read_options(count, words)) {
		fprintf(stderr, "usage: bench_floor [-j THREADS] [-i READER] [-c CPU] "
		                "[-s SPAN] [-v VIEW] [-q DEPTH] [-d] [-x] INPUT...\n");
		return 64;
	}
	diag_init(&diag);
	plan_options.inputs = (const char *const *)words + optind;
	plan_options.span_bytes = options.span_bytes;
	began = now();
	err = plan_create(&plan, &plan_options, &diag);
	if (err < 0) {
		fprintf(stderr, "bench_floor: %s\n", diag.text);
		return diag_exit_code(err);
	}
	if (options.threads > 0) {
		err = run_once(plan);
	} else {
		printf("plan %.1f ms\n", (now() - began) * 1e3);
		print_table(plan);
	}
	plan_destroy(plan);
	return err;
}
