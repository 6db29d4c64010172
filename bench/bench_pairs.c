/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pairs of procedures: the table of pairs.h beside a perfect hash and a hash set.
 *
 *   bench_pairs              a generated table: 13,000 codes, 2.2 million pairs
 *   bench_pairs IMAGE        one that codes build made (ptp_practitioner.set)
 *
 * Streams of claim days: two to sixty different codes each, six on average, drawn
 * uniformly or by Zipf (exponent 1) over the codes in random order.  Every ordered
 * pair of a day's codes is a test; a hit is looked up to its window and date.  All
 * know the codes by dense numbers.  Medians of five interleaved runs; fixed seeds;
 * the answers of all must be equal.
 */
#include "lookup/codes.h"
#include "lookup/pairs.h"
#include "lookup/pairs_build.h"
#include "lookup/phash.h"

#ifdef HAVE_CMPH
#include <cmph.h>
#endif

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	CODES = 13000,
	PARTNERS = 172, /* of a code as column 1, on average */
	TESTS = 8 << 20,
	DAY_CODES = 60,
	RUNS = 5,
	CONTENDERS = 8,
	BATCH = 256,
	DAYS = 64,   /* begun together */
	DAY = 20000, /* the day of service of all */
};

enum stream { UNIFORM, ZIPF, STREAMS };

struct days {
	uint16_t *codes;
	uint8_t *sizes;
	size_t day_count, test_count, hit_count;
};

struct open_slot {
	uint32_t key, value; /* value: of the windows, from 1 */
};

static struct bench {
	struct set set;
	struct pairs pairs;
	struct pairs_test *test;
	struct phash hash;
	struct open_slot *slots;
	unsigned slot_bits;
	struct days days[STREAMS];
	double build_ms;
#ifdef HAVE_CMPH
	cmph_t *chd;
	struct open_slot *chd_slots;
#endif
} bench;

struct contender {
	const char *name;
	void (*run)(const struct days *days, uint64_t sum[2]); /* hits; of what they are */
	double ns[STREAMS][RUNS];
	uint64_t sum[STREAMS][2];
	size_t bytes;
	bool skip;
};

/* This thread's own time: others on the machine do not count. */
static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static double next_share(uint64_t *state)
{
	return ((double)(next_random(state) >> 11) + 0.5) * 0x1p-53;
}

static int compare_doubles(const void *left, const void *right)
{
	const double *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

static double median(const double values[RUNS])
{
	double sorted[RUNS];

	memcpy(sorted, values, sizeof(sorted));
	qsort(sorted, RUNS, sizeof(*sorted), compare_doubles);
	return sorted[RUNS / 2];
}

/* ---- A generated table ---- */

static uint64_t code_word(size_t code)
{
	char text[8];
	uint64_t word = 0;

	snprintf(text, sizeof(text), "%05zu", code * 7 + 100);
	memcpy(&word, text, 5);
	return word;
}

/* Half of a code's partners are its neighbours, half are codes that many have. */
static size_t partner(size_t code, uint64_t *state)
{
	double share = next_share(state);

	if (next_random(state) & 1)
		return (code + 1 + next_random(state) % (4 * PARTNERS)) % CODES;
	return (size_t)(share * share * share * CODES) * 7919 % CODES;
}

static int fill(struct pairs_build *build, struct diag *diag)
{
	static const uint8_t indicators[] = {1, 1, 1, 0, 0, 9};
	uint8_t *taken = malloc(CODES);
	uint64_t state = 3;
	uint16_t source;
	int err = pairs_build_source(build, "generated", &source, diag);

	for (size_t i = 0; i < CODES && !err; i++) {
		uint16_t code;

		err = pairs_build_code(build, code_word(i), &code, diag);
	}
	for (size_t i = 0; i < CODES && !err; i++) {
		size_t count = 2 * PARTNERS * (next_random(&state) % 1000) / 1000;

		memset(taken, 0, CODES);
		taken[i] = 1;
		for (size_t k = 0; k < count && !err; k++) {
			size_t other = partner(i, &state);
			struct pair_row row = {
			        .column1 = (uint16_t)i,
			        .column2 = (uint16_t)other,
			        .indicator = indicators[next_random(&state) % 6],
			        .from = DAY - (int32_t)(next_random(&state) % 80) * 91,
			        .to = INT32_MAX,
			};

			if (taken[other]++)
				continue;
			if (next_random(&state) % 3 == 0)
				row.to = row.from + (int32_t)(next_random(&state) % 40) * 91;
			err = pairs_build_add(build, &row, diag);
		}
	}
	free(taken);
	return err;
}

static int make_image(const char *path, struct diag *diag)
{
	struct set_source source = {.path = "generated", .release = "generated", .to = INT32_MAX};
	struct set_build *set = NULL;
	struct pairs_build *build = NULL;
	int err = set_build_create(&set, schema_find("ptp_practitioner"), diag);
	double start;

	if (!err)
		err = pairs_build_create(&build, diag);
	if (!err)
		err = set_build_source(set, &source, diag);
	if (!err)
		err = fill(build, diag);
	start = now_ns();
	if (!err)
		err = pairs_build_rationale(build, "", 0, &(uint16_t){0}, diag);
	if (!err)
		err = pairs_build_finish(build, set, diag);
	if (!err)
		err = set_build_finish(set, path, diag);
	bench.build_ms = (now_ns() - start) / 1e6;
	pairs_build_destroy(build);
	set_build_destroy(set);
	return err;
}

static int open_table(const char *path, struct diag *diag)
{
	char made[] = "/tmp/bench_pairs_XXXXXX";
	int file, err = 0;

	if (!path) {
		file = mkstemp(made);
		if (file < 0 || close(file) != 0)
			return diag_set(diag, FAIL_OUTPUT, "%s cannot be made", made);
		err = make_image(made, diag);
	}
	if (!err)
		err = set_map(&bench.set, path ? path : made, diag);
	if (!path)
		unlink(made);
	if (!err)
		err = set_verify(&bench.set, diag);
	if (!err)
		err = pairs_open(&bench.pairs, &bench.set, diag);
	return err ? err : pairs_test_create(&bench.test, &bench.pairs, level_best(), diag);
}

/* ---- Days ---- */

/* The codes in random order, so that how often one is drawn says nothing of its partners. */
static uint16_t *shuffled(uint64_t *state)
{
	size_t count = bench.pairs.code_count;
	uint16_t *codes = malloc(count * sizeof(*codes));

	for (size_t i = 0; i < count; i++) {
		size_t j = next_random(state) % (i + 1);

		codes[i] = codes[j];
		codes[j] = (uint16_t)(i + 1);
	}
	return codes;
}

static size_t pick(enum stream stream, uint64_t *state)
{
	size_t count = bench.pairs.code_count;

	if (stream == UNIFORM)
		return next_random(state) % count;
	return (size_t)(exp(next_share(state) * log((double)count + 1)) - 1) % count;
}

static void make_day(
        enum stream stream, const uint16_t codes[], uint64_t *state, uint16_t day[], size_t size)
{
	for (size_t i = 0; i < size; i++) {
		day[i] = codes[pick(stream, state)];
		for (size_t j = 0; j < i; j++)
			if (day[j] == day[i])
				day[i--] = 0, j = i;
	}
}

static void make_days(enum stream stream)
{
	struct days *days = &bench.days[stream];
	uint64_t state = 5 + (uint64_t)stream;
	uint16_t *codes = shuffled(&state);
	size_t at = 0;

	days->codes = malloc(TESTS * sizeof(*days->codes));
	days->sizes = malloc(TESTS);
	while (days->test_count < TESTS) {
		size_t size = 2 + (size_t)(-log(next_share(&state)) * 4.5);

		size = size > DAY_CODES ? DAY_CODES : size;
		make_day(stream, codes, &state, days->codes + at, size);
		days->sizes[days->day_count++] = (uint8_t)size;
		days->test_count += size * (size - 1);
		at += size;
	}
	free(codes);
}

/* ---- Contenders ---- */

/* begin_count: days begun together. */
static void run_days(const struct days *days, size_t begin_count, uint64_t sum[2])
{
	static struct pair_hit hits[PAIR_HITS_MAX];
	const uint16_t *codes = days->codes;
	struct pair_day together[DAYS];

	for (size_t i = 0, n; i < days->day_count; i += n) {
		size_t count;

		for (n = 0; n < begin_count && i + n < days->day_count; n++) {
			together[n] = (struct pair_day){codes, days->sizes[i + n], DAY};
			codes += days->sizes[i + n];
		}
		pairs_days_begin(bench.test, together, n);
		while ((count = pairs_days_next(bench.test, hits)) > 0) {
			sum[0] += count;
			for (size_t k = 0; k < count; k++)
				sum[1] += (uint64_t)(hits[k].line1 + 64 * hits[k].line2 + 1) *
				          (uint64_t)(hits[k].window - bench.pairs.windows + 1);
		}
	}
}

static void run_ours(const struct days *days, uint64_t sum[2])
{
	run_days(days, DAYS, sum);
}

static void run_one_by_one(const struct days *days, uint64_t sum[2])
{
	run_days(days, 1, sum);
}

static inline uint32_t key_of(uint16_t a, uint16_t b)
{
	return (uint32_t)a << 16 | b;
}

/* What all do with a pair that is there. */
static inline void take(uint32_t value, size_t line1, size_t line2, uint64_t sum[2])
{
	const struct pair_window *window = &bench.pairs.windows[value - 1];

	for (;; window++) {
		if (pair_window_holds(&bench.pairs, window, DAY))
			break;
		if (!window->more)
			return;
	}
	sum[0]++;
	sum[1] += (uint64_t)(line1 + 64 * line2 + 1) * (uint64_t)(window - bench.pairs.windows + 1);
}

#define ALL_TESTS(FIND) \
	const uint16_t *codes = days->codes; \
	for (size_t i = 0; i < days->day_count; codes += days->sizes[i++]) \
		for (size_t a = 0; a < days->sizes[i]; a++) \
			for (size_t b = 0; b < days->sizes[i]; b++) { \
				uint32_t value = a == b ? 0 : FIND(key_of(codes[a], codes[b])); \
				if (value) \
					take(value, a, b, sum); \
			}

static inline uint32_t find_hash(uint32_t key)
{
	return phash_find(&bench.hash, key);
}

static void run_hash(const struct days *days, uint64_t sum[2])
{
	ALL_TESTS(find_hash)
}

static inline uint32_t place_open(uint32_t key)
{
	return (uint32_t)(key * PHASH_MULTIPLIER >> (64 - bench.slot_bits));
}

static inline uint32_t probe_open(uint32_t at, uint32_t key)
{
	uint32_t mask = ((uint32_t)1 << bench.slot_bits) - 1;

	for (;; at = (at + 1) & mask) {
		if (bench.slots[at].key == key)
			return bench.slots[at].value;
		if (bench.slots[at].key == 0)
			return 0;
	}
}

static inline uint32_t find_open(uint32_t key)
{
	return probe_open(place_open(key), key);
}

static void run_open(const struct days *days, uint64_t sum[2])
{
	ALL_TESTS(find_open)
}

/* Tests of several days together, so that their misses are under way at once. */
struct queue {
	uint64_t keys[BATCH];
	uint32_t values[BATCH];
	uint8_t lines[BATCH][2];
	size_t count;
};

static void flush_hash(struct queue *queue, uint64_t sum[2])
{
	phash_find_batch(&bench.hash, 0, queue->keys, queue->count, queue->values);
	for (size_t i = 0; i < queue->count; i++)
		if (queue->values[i])
			take(queue->values[i], queue->lines[i][0], queue->lines[i][1], sum);
	queue->count = 0;
}

static void flush_open(struct queue *queue, uint64_t sum[2])
{
	for (size_t i = 0; i < queue->count; i++) {
		queue->values[i] = place_open((uint32_t)queue->keys[i]);
		__builtin_prefetch(&bench.slots[queue->values[i]]);
	}
	for (size_t i = 0; i < queue->count; i++) {
		uint32_t value = probe_open(queue->values[i], (uint32_t)queue->keys[i]);

		if (value)
			take(value, queue->lines[i][0], queue->lines[i][1], sum);
	}
	queue->count = 0;
}

#define ALL_BATCHES(FLUSH) \
	static struct queue queue; \
	const uint16_t *codes = days->codes; \
	for (size_t i = 0; i < days->day_count; codes += days->sizes[i++]) \
		for (size_t a = 0; a < days->sizes[i]; a++) \
			for (size_t b = 0; b < days->sizes[i]; b++) { \
				if (a == b) \
					continue; \
				queue.keys[queue.count] = key_of(codes[a], codes[b]); \
				queue.lines[queue.count][0] = (uint8_t)a; \
				queue.lines[queue.count][1] = (uint8_t)b; \
				if (++queue.count == BATCH) \
					FLUSH(&queue, sum); \
			} \
	FLUSH(&queue, sum);

static void run_hash_batched(const struct days *days, uint64_t sum[2])
{
	ALL_BATCHES(flush_hash)
}

static void run_open_batched(const struct days *days, uint64_t sum[2])
{
	ALL_BATCHES(flush_open)
}

#ifdef HAVE_CMPH
static inline uint32_t find_chd(uint32_t key)
{
	uint32_t at = cmph_search(bench.chd, (const char *)&key, sizeof(key));

	return bench.chd_slots[at].key == key ? bench.chd_slots[at].value : 0;
}

static void run_chd(const struct days *days, uint64_t sum[2])
{
	ALL_TESTS(find_chd)
}

static void make_chd(uint32_t keys[], const uint32_t values[], size_t count)
{
	cmph_io_adapter_t *source = cmph_io_struct_vector_adapter(
	        keys, sizeof(*keys), 0, sizeof(*keys), (cmph_uint32)count);
	cmph_config_t *config = cmph_config_new(source);

	cmph_config_set_algo(config, CMPH_CHD);
	bench.chd = cmph_new(config);
	cmph_config_destroy(config);
	cmph_io_struct_vector_adapter_destroy(source);
	if (!bench.chd)
		return;
	bench.chd_slots = calloc(cmph_size(bench.chd), sizeof(*bench.chd_slots));
	for (size_t i = 0; i < count; i++)
		bench.chd_slots[cmph_search(bench.chd, (const char *)&keys[i], sizeof(keys[i]))] =
		        (struct open_slot){keys[i], values[i]};
}
#endif

static void make_open(const uint32_t keys[], const uint32_t values[], size_t count)
{
	while (((size_t)1 << bench.slot_bits) < 2 * count)
		bench.slot_bits++;
	bench.slots = calloc((size_t)1 << bench.slot_bits, sizeof(*bench.slots));
	for (size_t i = 0; i < count; i++) {
		uint32_t at = place_open(keys[i]), mask = ((uint32_t)1 << bench.slot_bits) - 1;

		while (bench.slots[at].key)
			at = (at + 1) & mask;
		bench.slots[at] = (struct open_slot){keys[i], values[i]};
	}
}

/* Every pair of the table, for those who keep them one by one. */
static size_t list_pairs(uint32_t keys[], uint32_t values[])
{
	const struct pairs *pairs = &bench.pairs;
	size_t count = 0;

	for (uint32_t a = 1; a <= pairs->code_count; a++)
		for (uint32_t b = 1; b <= pairs->code_count; b++) {
			const struct pair_window *window = pairs_windows(
			        pairs, (uint16_t)a, (uint16_t)b);

			if (!window)
				continue;
			keys[count] = key_of((uint16_t)a, (uint16_t)b);
			values[count++] = (uint32_t)(window - pairs->windows) + 1;
		}
	return count;
}

static int make_peers(struct diag *diag)
{
	size_t count = bench.pairs.pair_count;
	uint32_t *keys = malloc(count * sizeof(*keys)), *values = malloc(count * sizeof(*values));
	uint64_t *wide = malloc(count * sizeof(*wide));
	int err;

	list_pairs(keys, values);
	for (size_t i = 0; i < count; i++)
		wide[i] = keys[i];
	err = phash_build(&bench.hash, wide, values, count, diag);
	make_open(keys, values, count);
#ifdef HAVE_CMPH
	make_chd(keys, values, count);
#endif
	free(keys);
	free(values);
	free(wide);
	return err;
}

/* ---- Measuring ---- */

static size_t list_contenders(struct contender all[CONTENDERS])
{
	size_t count = 0, open_bytes = sizeof(*bench.slots) << bench.slot_bits;

	all[count++] = (struct contender){
	        .name = "pairs, 64 days together", .run = run_ours, .bytes = bench.pairs.bytes};
	all[count++] = (struct contender){
	        .name = "pairs, day by day", .run = run_one_by_one, .bytes = bench.pairs.bytes};
	all[count++] = (struct contender){
	        .name = "perfect hash", .run = run_hash, .bytes = bench.hash.image_size};
	all[count++] = (struct contender){.name = "perfect hash, batched",
	        .run = run_hash_batched,
	        .bytes = bench.hash.image_size};
	all[count++] = (struct contender){.name = "hash set", .run = run_open, .bytes = open_bytes};
	all[count++] = (struct contender){
	        .name = "hash set, batched", .run = run_open_batched, .bytes = open_bytes};
#ifdef HAVE_CMPH
	if (bench.chd)
		all[count++] = (struct contender){.name = "CHD (libcmph)",
		        .run = run_chd,
		        .bytes = cmph_packed_size(bench.chd) +
		                 cmph_size(bench.chd) * sizeof(*bench.chd_slots)};
#endif
	return count;
}

static void run_once(struct contender *contender, enum stream stream, int run)
{
	const struct days *days = &bench.days[stream];
	uint64_t sum[2] = {0, 0};
	double start = now_ns();

	contender->run(days, sum);
	contender->ns[stream][run] = (now_ns() - start) / (double)days->test_count;
	memcpy(contender->sum[stream], sum, sizeof(sum));
}

static void print_target(const char *what, double value, const char *sign, double target)
{
	bool met = sign[0] == '>' ? value >= target : value <= target;

	printf("%-52s %8.2f   target %s %-6g %s\n", what, value, sign, target,
	        met ? "met" : "MISSED");
}

static void print_targets(const struct contender all[])
{
	static const char *const names[STREAMS] = {"uniform", "zipf"};

	for (enum stream stream = 0; stream < STREAMS; stream++) {
		double ours = median(all[0].ns[stream]);
		char what[80];

		snprintf(what, sizeof(what), "%s: speed over an unfiltered perfect hash",
		        names[stream]);
		print_target(what, median(all[2].ns[stream]) / ours, ">=", 2.7);
		snprintf(what, sizeof(what), "%s: ... batched", names[stream]);
		print_target(what, median(all[3].ns[stream]) / ours, ">=", 2.7);
		snprintf(what, sizeof(what), "%s: speed over a hash set", names[stream]);
		print_target(what, median(all[4].ns[stream]) / ours, ">=", 1.5);
		snprintf(what, sizeof(what), "%s: ... batched", names[stream]);
		print_target(what, median(all[5].ns[stream]) / ours, ">=", 1.5);
		snprintf(what, sizeof(what), "%s: ns a test", names[stream]);
		print_target(what, ours, "<=", 6);
	}
	print_target("image, MB", (double)bench.pairs.bytes / 1e6, "<=", 48);
	if (bench.build_ms > 0)
		print_target("settled, laid out and written, ms", bench.build_ms, "<=", 1000);
}

static int print_table(const struct contender all[], size_t count)
{
	int wrong = 0;

	printf("%zu pairs of %u codes, %zu windows; %zu tests, %.2f %% and %.2f %% in force\n",
	        bench.pairs.pair_count, bench.pairs.code_count, bench.pairs.window_count,
	        bench.days[UNIFORM].test_count,
	        100.0 * (double)all[0].sum[UNIFORM][0] / (double)bench.days[UNIFORM].test_count,
	        100.0 * (double)all[0].sum[ZIPF][0] / (double)bench.days[ZIPF].test_count);
	printf("ns a test, medians of %d, at level %s\n", RUNS, level_name(level_best()));
	printf("%-30s %8s %8s %8s\n", "", "uniform", "zipf", "MB");
	for (size_t i = 0; i < count; i++) {
		printf("%-30s %8.2f %8.2f %8.1f\n", all[i].name, median(all[i].ns[UNIFORM]),
		        median(all[i].ns[ZIPF]), (double)all[i].bytes / 1e6);
		wrong |= memcmp(all[i].sum, all[0].sum, sizeof(all[i].sum)) != 0;
	}
	if (wrong)
		fprintf(stderr, "bench_pairs: the answers differ\n");
	return wrong;
}

int main(int argc, char *argv[])
{
	struct contender all[CONTENDERS];
	struct diag diag;
	size_t count;
	int wrong;

	diag_init(&diag);
	if (open_table(argc > 1 ? argv[1] : NULL, &diag) || make_peers(&diag)) {
		fprintf(stderr, "bench_pairs: %s\n", diag.text);
		return 1;
	}
	for (enum stream stream = 0; stream < STREAMS; stream++)
		make_days(stream);
	count = list_contenders(all);
	for (int run = 0; run < RUNS; run++)
		for (size_t i = 0; i < count; i++)
			for (enum stream stream = 0; stream < STREAMS; stream++)
				run_once(&all[i], stream, run);
	wrong = print_table(all, count);
	print_targets(all);
	return wrong;
}
