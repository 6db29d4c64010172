/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Look-ups: the perfect-hash table beside open addressing and CHD (libcmph).
 *
 *   bench_lookup             170,000 keys of the shapes of ICD-10-CM, -PCS, HCPCS
 *   bench_lookup KEYS        another number
 *   bench_lookup SET...      those of images that codes build made (icd10cm.set, ...)
 *
 * All verify the key and give its value; one key in a hundred is not there.
 * Two streams: uniform, and Zipf (exponent 1) over the keys in random order.
 * A batch is 256 look-ups, as in the scan.  Medians of five interleaved runs;
 * fixed seeds.  Targets are issue 2's, the answers of all must be equal.
 */
#include "lookup/codes.h"
#include "lookup/phash.h"
#include "lookup/set.h"

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
	KEYS = 170000,
	STREAM = 1 << 20, /* look-ups of a stream, done ROUNDS times a run */
	ROUNDS = 4,
	RUNS = 5,
	BATCH = 256,
	TEXT_CELL = 8, /* most bytes of a code and its comma */
	CONTENDERS = 7,
};

enum stream { UNIFORM, ZIPF, STREAMS };

struct open_slot { /* 16 bytes: key and value come in one line */
	uint64_t key;
	uint32_t value, unused;
};

static struct bench {
	uint64_t *keys;
	size_t count;
	struct phash table;
	struct open_slot *slots;     /* multiply hash */
	struct open_slot *crc_slots; /* CRC32 hash */
	unsigned slot_bits;
	uint64_t *streams[STREAMS];
	char *texts[STREAMS]; /* the same codes as cells of text */
	uint32_t *starts[STREAMS];
	double build_ms, map_ms, open_ms, chd_ms;
#ifdef HAVE_CMPH
	cmph_t *chd;
	uint64_t *chd_keys;
	uint32_t *chd_values;
#endif
} bench;

struct contender {
	const char *name;
	void (*find)(enum stream stream, size_t at, uint32_t values[]); /* BATCH of them */
	double ns[STREAMS][RUNS];
	uint64_t sum[STREAMS];
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

/* ---- Keys ---- */

static uint64_t letters(uint64_t *state, const char *alphabet, unsigned at)
{
	return (uint64_t)(uint8_t)alphabet[next_random(state) % strlen(alphabet)] << (8 * at);
}

/* A code of one of the three systems, in about their proportions. */
static uint64_t random_key(uint64_t *state)
{
	static const char pcs[] = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
	unsigned kind = (unsigned)(next_random(state) % 20), size = 5;
	uint64_t word = 0;

	if (kind < 9) { /* ICD-10-CM: letter, digit, then up to five */
		size = 5 + (unsigned)(next_random(state) % 3);
		word = letters(state, "ABCDEFGHIJKLMNOPQRSTVWXYZ", 0) |
		       letters(state, "0123456789", 1);
		for (unsigned at = 2; at < size; at++)
			word |= letters(state, "0123456789A", at);
		return code_key(SYSTEM_ICD10CM, word);
	}
	if (kind < 18) {
		for (unsigned at = 0; at < 7; at++)
			word |= letters(state, pcs, at);
		return code_key(SYSTEM_ICD10PCS, word);
	}
	word = letters(state, "0123456789AEGJKLQ", 0);
	for (unsigned at = 1; at < size; at++)
		word |= letters(state, "0123456789", at);
	return code_key(SYSTEM_PROCEDURE, word);
}

static int compare_keys(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

static size_t sort_unique(size_t made)
{
	size_t unique = 0;

	qsort(bench.keys, made, sizeof(*bench.keys), compare_keys);
	for (size_t i = 0; i < made; i++)
		if (i == 0 || bench.keys[i] != bench.keys[i - 1])
			bench.keys[unique++] = bench.keys[i];
	return unique;
}

static void shuffle(size_t count, uint64_t *state)
{
	for (size_t i = count - 1; i > 0; i--) {
		size_t j = next_random(state) % (i + 1);
		uint64_t key = bench.keys[i];

		bench.keys[i] = bench.keys[j];
		bench.keys[j] = key;
	}
}

/* count different keys in random order. */
static void make_keys(size_t count)
{
	uint64_t state = 1;
	size_t made = 0;

	bench.keys = malloc(2 * count * sizeof(*bench.keys));
	while (made < count) {
		for (; made < count + count / 8; made++)
			bench.keys[made] = random_key(&state);
		made = sort_unique(made);
	}
	shuffle(made, &state);
	bench.count = count;
}

/* The keys of images, in random order. */
static int read_keys(char *paths[], int count)
{
	uint64_t state = 1;
	size_t made = 0;

	for (int i = 0; i < count; i++) {
		struct diag diag;
		struct set set;

		diag_init(&diag);
		if (set_map(&set, paths[i], &diag) != 0 || set_verify(&set, &diag) != 0) {
			fprintf(stderr, "bench_lookup: %s\n", diag.text);
			return 1;
		}
		bench.keys = realloc(bench.keys, (made + set.key_count) * sizeof(*bench.keys));
		for (uint32_t slot = 0; slot < set.table.slots; slot++)
			if (set.table.keys[slot] != 0)
				bench.keys[made++] = set.table.keys[slot];
		set_close(&set);
	}
	bench.count = sort_unique(made);
	shuffle(bench.count, &state);
	return 0;
}

/* Uniform, or the r-th key about 1/r as often as the first. */
static size_t pick(enum stream stream, const double *cumulative, uint64_t *state)
{
	double at = (double)(next_random(state) >> 11) * 0x1p-53;
	size_t low = 0, high = bench.count - 1;

	if (stream == UNIFORM)
		return next_random(state) % bench.count;
	at *= cumulative[high];
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (cumulative[middle] < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void make_stream(enum stream stream, const double *cumulative)
{
	uint64_t state = 7 + (uint64_t)stream, *words = malloc(STREAM * sizeof(*words));
	char *text = calloc(STREAM + 2, TEXT_CELL);
	uint32_t *starts = malloc((STREAM + 1) * sizeof(*starts)), at = 0;

	for (size_t i = 0; i < STREAM; i++) {
		uint64_t key = bench.keys[pick(stream, cumulative, &state)];

		if (next_random(&state) % 100 == 0)
			key = random_key(&state);
		words[i] = key;
		starts[i] = at;
		/* As text all are of one system: what is timed is the way, not the hits. */
		for (uint64_t rest = key & ~((uint64_t)0xff << 56); rest; rest >>= 8)
			text[at++] = (char)(rest & 0xff);
		text[at++] = ',';
	}
	starts[STREAM] = at;
	bench.streams[stream] = words;
	bench.texts[stream] = text;
	bench.starts[stream] = starts;
}

static void make_streams(void)
{
	double *cumulative = malloc(bench.count * sizeof(*cumulative)), sum = 0;

	for (size_t i = 0; i < bench.count; i++)
		cumulative[i] = sum += 1 / (double)(i + 1);
	for (enum stream stream = 0; stream < STREAMS; stream++)
		make_stream(stream, cumulative);
	free(cumulative);
}

/* ---- Ours ---- */

static void find_ours(enum stream stream, size_t at, uint32_t values[])
{
	phash_find_batch(&bench.table, 0, bench.streams[stream] + at, BATCH, values);
}

static uint64_t upper8(uint64_t word)
{
	uint64_t heptets = word & 0x7f7f7f7f7f7f7f7f;
	uint64_t above = (heptets + 0x1f1f1f1f1f1f1f1f) & ~(heptets + 0x0505050505050505);

	return word ^ ((above & ~word & 0x8080808080808080) >> 2);
}

/* From cells of text: load, cut, upper case, look up; what the scan does. */
static __attribute__((noinline)) void find_text(enum stream stream, size_t at, uint32_t values[])
{
	const char *text = bench.texts[stream];
	const uint32_t *starts = bench.starts[stream] + at;
	uint64_t words[BATCH];

	for (size_t i = 0; i < BATCH; i++) {
		uint32_t size = starts[i + 1] - starts[i] - 1;
		uint64_t word;

		memcpy(&word, text + starts[i], sizeof(word));
		words[i] = upper8(word & (((uint64_t)1 << (8 * size)) - 1));
	}
	phash_find_batch(&bench.table, code_key(SYSTEM_ICD10CM, 0), words, BATCH, values);
}

/* ---- Open addressing ---- */

static inline uint64_t open_hash(uint64_t key)
{
	return key * PHASH_MULTIPLIER >> (64 - bench.slot_bits);
}

#ifdef __x86_64__
static inline __attribute__((target("sse4.2"))) uint64_t crc_hash(uint64_t key)
{
	return __builtin_ia32_crc32di(0, key) & (((uint64_t)1 << bench.slot_bits) - 1);
}
#endif

static inline uint32_t open_probe(
        const struct open_slot *slots, uint64_t mask, uint64_t at, uint64_t key)
{
	for (;; at = (at + 1) & mask) {
		if (slots[at].key == key)
			return slots[at].value;
		if (slots[at].key == 0)
			return 0;
	}
}

static void find_open(enum stream stream, size_t at, uint32_t values[])
{
	const uint64_t *keys = bench.streams[stream] + at;
	uint64_t mask = ((uint64_t)1 << bench.slot_bits) - 1;

	for (size_t i = 0; i < BATCH; i++)
		values[i] = open_probe(bench.slots, mask, open_hash(keys[i]), keys[i]);
}

static void find_open_prefetched(enum stream stream, size_t at, uint32_t values[])
{
	const uint64_t *keys = bench.streams[stream] + at;
	uint64_t mask = ((uint64_t)1 << bench.slot_bits) - 1, places[BATCH];

	for (size_t i = 0; i < BATCH; i++) {
		places[i] = open_hash(keys[i]);
		__builtin_prefetch(&bench.slots[places[i]]);
	}
	for (size_t i = 0; i < BATCH; i++)
		values[i] = open_probe(bench.slots, mask, places[i], keys[i]);
}

#ifdef __x86_64__
static __attribute__((target("sse4.2"))) void find_crc(
        enum stream stream, size_t at, uint32_t values[])
{
	const uint64_t *keys = bench.streams[stream] + at;
	uint64_t mask = ((uint64_t)1 << bench.slot_bits) - 1;

	for (size_t i = 0; i < BATCH; i++)
		values[i] = open_probe(bench.crc_slots, mask, crc_hash(keys[i]), keys[i]);
}

static __attribute__((target("sse4.2"))) void find_crc_prefetched(
        enum stream stream, size_t at, uint32_t values[])
{
	const uint64_t *keys = bench.streams[stream] + at;
	uint64_t mask = ((uint64_t)1 << bench.slot_bits) - 1, places[BATCH];

	for (size_t i = 0; i < BATCH; i++) {
		places[i] = crc_hash(keys[i]);
		__builtin_prefetch(&bench.crc_slots[places[i]]);
	}
	for (size_t i = 0; i < BATCH; i++)
		values[i] = open_probe(bench.crc_slots, mask, places[i], keys[i]);
}
#endif

static struct open_slot *fill_open(bool crc)
{
	size_t size = (size_t)1 << bench.slot_bits;
	struct open_slot *slots = aligned_alloc(64, size * sizeof(*slots));

	memset(slots, 0, size * sizeof(*slots));
	for (size_t i = 0; i < bench.count; i++) {
		uint64_t key = bench.keys[i], at = open_hash(key);

#ifdef __x86_64__
		if (crc)
			at = crc_hash(key);
#else
		(void)crc;
#endif
		while (slots[at].key)
			at = (at + 1) & (size - 1);
		slots[at] = (struct open_slot){.key = key, .value = (uint32_t)i + 1};
	}
	return slots;
}

/* The first power of two that is at most half full. */
static void make_open(void)
{
	double start;

	while (((size_t)1 << bench.slot_bits) < 2 * bench.count)
		bench.slot_bits++;
	start = now_ns();
	bench.slots = fill_open(false);
	bench.open_ms = (now_ns() - start) / 1e6;
#ifdef __x86_64__
	if (__builtin_cpu_supports("sse4.2"))
		bench.crc_slots = fill_open(true);
#endif
}

/* ---- CHD ---- */

#ifdef HAVE_CMPH
static void find_chd(enum stream stream, size_t at, uint32_t values[])
{
	const uint64_t *keys = bench.streams[stream] + at;

	for (size_t i = 0; i < BATCH; i++) {
		uint32_t slot = cmph_search(bench.chd, (const char *)&keys[i], sizeof(keys[i]));

		values[i] = bench.chd_keys[slot] == keys[i] ? bench.chd_values[slot] : 0;
	}
}

static void make_chd(void)
{
	cmph_io_adapter_t *source = cmph_io_struct_vector_adapter(
	        bench.keys, sizeof(*bench.keys), 0, sizeof(*bench.keys), (cmph_uint32)bench.count);
	cmph_config_t *config = cmph_config_new(source);
	double start = now_ns();
	size_t slots;

	cmph_config_set_algo(config, CMPH_CHD);
	bench.chd = cmph_new(config);
	cmph_config_destroy(config);
	cmph_io_struct_vector_adapter_destroy(source);
	if (!bench.chd)
		return;
	slots = cmph_size(bench.chd);
	bench.chd_keys = calloc(slots, sizeof(*bench.chd_keys));
	bench.chd_values = calloc(slots, sizeof(*bench.chd_values));
	for (size_t i = 0; i < bench.count; i++) {
		uint32_t slot = cmph_search(
		        bench.chd, (const char *)&bench.keys[i], sizeof(bench.keys[i]));

		bench.chd_keys[slot] = bench.keys[i];
		bench.chd_values[slot] = (uint32_t)i + 1;
	}
	bench.chd_ms = (now_ns() - start) / 1e6;
}
#endif

/* ---- Measuring ---- */

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

static void run_once(struct contender *contender, enum stream stream, int run)
{
	uint32_t values[BATCH];
	uint64_t sum = 0;
	double start = now_ns();

	for (int round = 0; round < ROUNDS; round++) {
		for (size_t at = 0; at + BATCH <= STREAM; at += BATCH) {
			contender->find(stream, at, values);
			for (size_t i = 0; i < BATCH; i++)
				sum += values[i];
		}
	}
	contender->ns[stream][run] = (now_ns() - start) / ((double)STREAM * ROUNDS);
	contender->sum[stream] = sum;
}

static int build(void)
{
	uint32_t *values = malloc(bench.count * sizeof(*values));
	double start, times[RUNS];
	char path[] = "/tmp/bench_lookup_XXXXXX";
	struct diag diag;
	struct phash mapped;
	int file;

	diag_init(&diag);
	for (size_t i = 0; i < bench.count; i++)
		values[i] = (uint32_t)i + 1;
	for (int run = 0; run < RUNS; run++) {
		phash_destroy(&bench.table);
		start = now_ns();
		if (phash_build(&bench.table, bench.keys, values, bench.count, &diag) != 0)
			goto fail;
		times[run] = (now_ns() - start) / 1e6;
	}
	bench.build_ms = median(times);
	file = mkstemp(path);
	if (file < 0 || close(file) != 0 || phash_image_write(&bench.table, path, &diag) != 0)
		goto fail;
	for (int run = 0; run < RUNS; run++) {
		start = now_ns();
		if (phash_image_map(&mapped, path, &diag) != 0)
			goto fail;
		times[run] = (now_ns() - start) / 1e6;
		phash_destroy(&mapped);
	}
	bench.map_ms = median(times);
	unlink(path);
	free(values);
	return 0;
fail:
	fprintf(stderr, "bench_lookup: %s\n", diag.text);
	return 1;
}

static void print_target(const char *what, double value, const char *sign, double target)
{
	bool met = sign[0] == '>' ? value >= target : value <= target;

	printf("%-52s %8.2f   target %s %-6g %s\n", what, value, sign, target,
	        met ? "met" : "MISSED");
}

static void print_targets(const struct contender *all, size_t count)
{
	double ours[STREAMS], open[STREAMS] = {1e9, 1e9}, chd[STREAMS] = {0, 0}, text[STREAMS];

	for (enum stream stream = 0; stream < STREAMS; stream++) {
		ours[stream] = median(all[0].ns[stream]);
		text[stream] = median(all[1].ns[stream]);
		for (size_t i = 2; i < count; i++) {
			double ns = median(all[i].ns[stream]);

			if (strncmp(all[i].name, "CHD", 3) == 0)
				chd[stream] = ns;
			else if (ns < open[stream])
				open[stream] = ns;
		}
	}
	print_target("uniform: speed over the best open addressing", open[UNIFORM] / ours[UNIFORM],
	        ">=", 1.3);
	print_target(
	        "zipf: time over the best open addressing", ours[ZIPF] / open[ZIPF], "<=", 1.35);
	if (chd[UNIFORM] > 0) {
		print_target("uniform: speed over CHD", chd[UNIFORM] / ours[UNIFORM], ">=", 15);
		print_target("zipf: speed over CHD", chd[ZIPF] / ours[ZIPF], ">=", 15);
	} else {
		printf("CHD: skipped, libcmph is not here\n");
	}
	print_target("bytes a key", (double)bench.table.image_size / (double)bench.count, "<=", 14);
	print_target("built, ms", bench.build_ms, "<=", 100);
	printf("%-52s %8.2f\n", "open addressing built, ms", bench.open_ms);
	if (bench.chd_ms > 0)
		printf("%-52s %8.2f\n", "CHD built, ms", bench.chd_ms);
	print_target("mapped and verified, ms", bench.map_ms, "<=", 1);
	print_target("from text, uniform, ns", text[UNIFORM], "<=", 6);
	print_target("from text, zipf, ns", text[ZIPF], "<=", 6);
}

static size_t list_contenders(struct contender all[CONTENDERS])
{
	size_t count = 0;

	all[count++] = (struct contender){.name = "perfect hash", .find = find_ours};
	all[count++] = (struct contender){.name = "perfect hash, from text", .find = find_text};
	all[count++] = (struct contender){.name = "open, multiply", .find = find_open};
	all[count++] = (struct contender){
	        .name = "open, multiply, prefetched", .find = find_open_prefetched};
#ifdef __x86_64__
	if (bench.crc_slots) {
		all[count++] = (struct contender){.name = "open, CRC32", .find = find_crc};
		all[count++] = (struct contender){
		        .name = "open, CRC32, prefetched", .find = find_crc_prefetched};
	}
#endif
#ifdef HAVE_CMPH
	if (bench.chd)
		all[count++] = (struct contender){.name = "CHD (libcmph)", .find = find_chd};
#endif
	return count;
}

int main(int argc, char *argv[])
{
	struct contender all[CONTENDERS];
	size_t count;
	int wrong = 0;

	if (argc < 2 || strspn(argv[1], "0123456789") == strlen(argv[1]))
		make_keys(argc > 1 ? (size_t)strtoull(argv[1], NULL, 10) : KEYS);
	else if (read_keys(argv + 1, argc - 1) != 0)
		return 1;
	make_streams();
	make_open();
#ifdef HAVE_CMPH
	make_chd();
#endif
	if (build() != 0)
		return 1;
	count = list_contenders(all);
	for (int run = 0; run < RUNS; run++)
		for (size_t i = 0; i < count; i++)
			for (enum stream stream = 0; stream < STREAMS; stream++)
				run_once(&all[i], stream, run);
	printf("%zu keys, 1 %% misses, ns a look-up, medians of %d\n", bench.count, RUNS);
	printf("%-30s %8s %8s\n", "", "uniform", "zipf");
	for (size_t i = 0; i < count; i++) {
		printf("%-30s %8.2f %8.2f\n", all[i].name, median(all[i].ns[UNIFORM]),
		        median(all[i].ns[ZIPF]));
		for (enum stream stream = 0; stream < STREAMS && i != 1; stream++)
			wrong |= all[i].sum[stream] != all[0].sum[stream];
	}
	if (wrong)
		fprintf(stderr, "bench_lookup: the answers differ\n");
	print_targets(all, count);
	return wrong;
}
