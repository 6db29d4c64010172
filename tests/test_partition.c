/* SPDX-License-Identifier: Apache-2.0 */
#include "regroup/partition.h"

#include "base/hash.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

struct sample {
	struct record_head head;
	uint64_t number;
};

/* Bytes of record n: 24 to 24 + 8 * 39. */
static size_t sample_size(uint64_t n)
{
	return sizeof(struct sample) + 8 * (n % 40);
}

static uint64_t spread(uint64_t n)
{
	return hash64(&n, sizeof(n));
}

struct job {
	struct partitions *partitions;
	uint64_t from, to;
	uint64_t (*key)(uint64_t n);
	int err;
};

static void *write_records(void *argument)
{
	struct job *job = argument;
	struct partition_writer *writer;
	struct diag diag;

	diag_init(&diag);
	job->err = partition_writer_create(&writer, job->partitions, &diag);
	for (uint64_t n = job->from; !job->err && n < job->to; n++) {
		struct sample *sample = partition_reserve(
		        writer, job->key(n), (uint32_t)n & 7, sample_size(n));

		if (!sample) {
			job->err = partition_writer_error(writer, &diag);
			break;
		}
		sample->number = n;
		memset(sample + 1, (int)(n & 0xff), sample_size(n) - sizeof(*sample));
	}
	int err = partition_writer_finish(writer, &diag);
	if (!job->err)
		job->err = err;
	partition_writer_destroy(writer);
	return NULL;
}

static void check_sample(const struct sample *sample, uint64_t (*key)(uint64_t), uint8_t *seen)
{
	uint64_t n = sample->number;
	const uint8_t *bytes = (const uint8_t *)(sample + 1);

	cr_assert_eq(sample->head.key, key(n));
	cr_assert_eq(sample->head.kind, n & 7);
	cr_assert_eq(sample->head.size, sample_size(n));
	for (size_t i = 0; i < sample_size(n) - sizeof(*sample); i++)
		cr_assert_eq(bytes[i], n & 0xff);
	cr_assert_eq(seen[n], 0, "record %llu twice", (unsigned long long)n);
	seen[n] = 1;
}

/* Each record once, its bytes as written, keys ascending, in the partition of its key. */
static void check_all(struct partitions *partitions, uint64_t count, uint64_t (*key)(uint64_t))
{
	uint8_t *seen = calloc(count + 1, 1);
	unsigned parts = partitions_count(partitions);
	uint64_t found = 0;
	struct diag diag;

	diag_init(&diag);
	for (unsigned i = 0; i < parts; i++) {
		struct partition_view view;
		uint64_t last = 0;

		cr_assert_eq(partition_load(partitions, i, &view, &diag), 0, "%s", diag.text);
		for (size_t k = 0; k < view.count; k++) {
			uint64_t now = view.records[k]->key;

			cr_assert_geq(now, last);
			if (parts > 1)
				cr_assert_eq(now >> (64 - __builtin_ctz(parts)), i);
			last = now;
			check_sample((const struct sample *)view.records[k], key, seen);
		}
		found += view.count;
		partition_release(partitions, &view);
		cr_assert_null(view.owned);
	}
	cr_assert_eq(found, count);
	free(seen);
}

static void write_and_check(const struct partition_options *options, unsigned writers,
        uint64_t count, uint64_t (*key)(uint64_t))
{
	struct partitions *partitions;
	struct partition_stats stats;
	struct job jobs[8];
	pthread_t threads[8];
	uint64_t bytes = 0;
	struct diag diag;

	diag_init(&diag);
	cr_assert_eq(partitions_create(&partitions, options, &diag), 0);
	for (unsigned i = 0; i < writers; i++) {
		jobs[i] = (struct job){
		        partitions, count * i / writers, count * (i + 1) / writers, key, 0};
		pthread_create(&threads[i], NULL, write_records, &jobs[i]);
	}
	for (unsigned i = 0; i < writers; i++) {
		pthread_join(threads[i], NULL);
		cr_assert_eq(jobs[i].err, 0);
	}
	for (uint64_t n = 0; n < count; n++)
		bytes += sample_size(n);
	partitions_stats(partitions, &stats);
	cr_assert_eq(stats.records, count);
	cr_assert_eq(stats.bytes, bytes);
	if (options->memory_bytes < bytes / 2)
		cr_assert_gt(stats.spilled_bytes, 0);
	if (options->memory_bytes > 2 * bytes + writers * (16 << 20))
		cr_assert_eq(stats.spilled_bytes, 0);
	check_all(partitions, count, key);
	check_all(partitions, count, key); /* a partition may be loaded again */
	partitions_destroy(partitions);
}

static uint64_t one_key(uint64_t n)
{
	(void)n;
	return 0x123456789abcdef0;
}

static uint64_t few_keys(uint64_t n)
{
	return (n * 7919) % 3 * ((uint64_t)1 << 40) + n % 2;
}

static uint64_t raw_numbers(uint64_t n)
{
	return n * 2654435761 % 100000;
}

static uint64_t top_bits(uint64_t n)
{
	return (n & 1) << 63 | (n % 1000);
}

/* As providers have them: some dozens or hundreds, close by, few before and many behind them. */
static uint64_t days_of_owners(uint64_t n)
{
	uint64_t owner = n < 12000 ? n / 120 : n / 700, low = 0x80004a00 + spread(n) % 400;

	if (n % 40 == 7)
		low = 0;
	else if (n % 3 == 0)
		low = UINT32_MAX;
	return spread(owner) >> 32 << 32 | low;
}

Test(partition, every_record_comes_back_in_order)
{
	static uint64_t (*const keys[])(uint64_t) = {
	        spread, one_key, few_keys, raw_numbers, top_bits, days_of_owners};
	static const unsigned counts[] = {0, 1, 64, 256};
	static const size_t memory[] = {(size_t)1 << 30, 1 << 20, 0};

	for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
		for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
			for (size_t m = 0; m < sizeof(memory) / sizeof(memory[0]); m++) {
				struct partition_options options = {counts[c], memory[m], "/tmp"};

				write_and_check(&options, m == 0 ? 1 : 3, 30000, keys[k]);
			}
		}
	}
}

/* A chunk's records go, the next one's come: in the same memory, whatever their sizes. */
Test(partition, memory_is_used_again)
{
	struct partition_options options = {.count = 1, .memory_bytes = 1 << 20, .tmp = "/tmp"};
	struct partitions *partitions;
	struct partition_writer *writer;
	struct partition_stats stats;
	struct diag diag;

	diag_init(&diag);
	cr_assert_eq(partitions_create(&partitions, &options, &diag), 0);
	cr_assert_eq(partition_writer_create(&writer, partitions, &diag), 0);
	for (uint64_t round = 0; round < 40; round++) {
		struct partition_view view;

		for (uint64_t n = 0; n < 500; n++) {
			size_t size = n == 250 ? 200 << 10 : sample_size(n);
			struct sample *sample = partition_reserve(
			        writer, spread(n), (uint32_t)round, size);

			cr_assert(sample);
			sample->number = n;
		}
		cr_assert_eq(partition_writer_finish(writer, &diag), 0);
		cr_assert_eq(partition_load(partitions, 0, &view, &diag), 0);
		cr_assert_eq(view.count, 500);
		for (size_t i = 0; i < view.count; i++) {
			const struct sample *sample = (const void *)view.records[i];

			cr_assert_eq(sample->head.kind, round);
			cr_assert_eq(sample->head.key, spread(sample->number));
			cr_assert(i == 0 || view.records[i - 1]->key < sample->head.key);
		}
		partition_release(partitions, &view);
		partition_writer_recycle(writer);
	}
	partitions_stats(partitions, &stats);
	cr_assert_eq(stats.records, 40 * 500);
	cr_assert_eq(stats.spilled_bytes, 0, "forty rounds took more than one");
	partition_writer_destroy(writer);
	partitions_destroy(partitions);
}

Test(partition, no_records)
{
	struct partition_options options = {0, 1 << 20, "/tmp"};

	write_and_check(&options, 2, 0, spread);
}

Test(partition, count_is_chosen_by_memory)
{
	static const struct {
		size_t memory;
		unsigned count;
	} cases[] = {{1 << 20, 64}, {(size_t)256 << 20, 128}, {(size_t)8 << 30, 256}};
	struct diag diag;

	diag_init(&diag);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct partition_options options = {0, cases[i].memory, "/tmp"};
		struct partitions *partitions;

		cr_assert_eq(partitions_create(&partitions, &options, &diag), 0);
		cr_assert_eq(partitions_count(partitions), cases[i].count);
		cr_assert_eq(partitions_options(partitions)->count, cases[i].count);
		cr_assert_str_eq(partitions_options(partitions)->tmp, "/tmp");
		partitions_destroy(partitions);
	}
}

Test(partition, a_record_of_the_largest_size)
{
	struct partition_options options = {0, 1 << 20, "/tmp"};
	struct partitions *partitions;
	struct partition_writer *writer;
	struct partition_view view;
	struct diag diag;

	diag_init(&diag);
	cr_assert_eq(partitions_create(&partitions, &options, &diag), 0);
	cr_assert_eq(partition_writer_create(&writer, partitions, &diag), 0);
	for (unsigned i = 0; i < 6; i++) {
		size_t size = i % 2 ? 24 : RECORD_BYTES_MAX;
		uint8_t *record = partition_reserve(writer, 5, i, size);

		cr_assert_not_null(record);
		memset(record + sizeof(struct record_head), (int)i + 1,
		        size - sizeof(struct record_head));
	}
	cr_assert_eq(partition_writer_finish(writer, &diag), 0);
	cr_assert_eq(partition_load(partitions, 0, &view, &diag), 0, "%s", diag.text);
	cr_assert_eq(view.count, 6);
	for (unsigned i = 0; i < 6; i++) {
		const uint8_t *bytes = (const uint8_t *)view.records[i];

		cr_assert_eq(bytes[view.records[i]->size - 1], view.records[i]->kind + 1);
	}
	partition_release(partitions, &view);
	partition_writer_destroy(writer);
	partitions_destroy(partitions);
}

/* The descriptor of this process's unlinked file in /tmp, or -1. */
static int find_spill_file(void)
{
	DIR *all = opendir("/proc/self/fd");
	int found = -1;

	for (struct dirent *entry; (entry = readdir(all));) {
		char path[300], target[300];

		snprintf(path, sizeof(path), "/proc/self/fd/%s", entry->d_name);
		ssize_t size = readlink(path, target, sizeof(target) - 1);
		if (size <= 0)
			continue;
		target[size] = '\0';
		if (strncmp(target, "/tmp/", 5) == 0 && strstr(target, "(deleted)") &&
		        (strstr(target, "/#") || strstr(target, "/claimscan-")))
			found = atoi(entry->d_name);
	}
	closedir(all);
	return found;
}

static struct partitions *spilled(size_t memory_bytes, const char *tmp, int *err)
{
	struct partition_options options = {64, memory_bytes, tmp};
	struct partitions *partitions;
	struct diag diag;

	diag_init(&diag);
	cr_assert_eq(partitions_create(&partitions, &options, &diag), 0);
	struct job job = {partitions, 0, 100000, spread, 0};
	write_records(&job);
	*err = job.err;
	return partitions;
}

/* What the first spilled it would not have to with the memory of others; these stay countable. */
Test(partition, memory_of_others_is_used_first)
{
	enum { MEMORY = 1 << 20, COUNT = 100000, MEMORY_GIVEN = 64 << 20 };
	int err;

	for (unsigned give = 0; give < 2; give++) {
		struct partitions *others = spilled(MEMORY_GIVEN, "/tmp", &err), *partitions;
		struct partition_options options = {64, MEMORY, "/tmp"};
		struct partition_stats of_others, stats;
		struct job job = {NULL, 0, COUNT, spread, 0};
		struct diag diag;

		diag_init(&diag);
		cr_assert_eq(err, 0);
		cr_assert_eq(partitions_create(&partitions, &options, &diag), 0);
		if (give)
			partitions_give(others, partitions);
		job.partitions = partitions;
		write_records(&job);
		cr_assert_eq(job.err, 0);
		partitions_stats(others, &of_others);
		partitions_stats(partitions, &stats);
		cr_assert_eq(of_others.records, COUNT);
		cr_assert_eq(stats.records, COUNT);
		cr_assert_eq(stats.spilled_bytes > 0, !give);
		partitions_destroy(others); /* what it gave is not its own any more */
		check_all(partitions, COUNT, spread);
		partitions_destroy(partitions);
	}
}

Test(partition, spill_file_is_nobody_elses)
{
	struct stat status;
	int err;
	struct partitions *partitions = spilled(1 << 20, "/tmp", &err);
	int fd = find_spill_file();

	cr_assert_eq(err, 0);
	cr_assert_geq(fd, 0);
	cr_assert_eq(fstat(fd, &status), 0);
	cr_assert_eq(status.st_mode & 07777, 0600);
	cr_assert_eq(status.st_nlink, 0);
	partitions_destroy(partitions);
	cr_assert_eq(find_spill_file(), -1);
}

Test(partition, a_damaged_spill_file_is_told)
{
	int err;
	struct partitions *partitions = spilled(1 << 20, "/tmp", &err);
	struct partition_stats stats;
	int fd = find_spill_file();
	unsigned failed = 0;
	uint8_t byte;

	partitions_stats(partitions, &stats);
	cr_assert_eq(pread(fd, &byte, 1, (off_t)stats.spilled_bytes / 2), 1);
	byte ^= 1;
	cr_assert_eq(pwrite(fd, &byte, 1, (off_t)stats.spilled_bytes / 2), 1);
	for (unsigned i = 0; i < partitions_count(partitions); i++) {
		struct partition_view view;
		struct diag diag;

		diag_init(&diag);
		int loaded = partition_load(partitions, i, &view, &diag);
		if (loaded) {
			cr_assert_eq(loaded, FAIL_IO);
			cr_assert_not_null(strstr(diag.text, "damaged"));
			cr_assert_not_null(strstr(diag.text, "--tmp"));
			failed++;
		}
		partition_release(partitions, &view);
	}
	cr_assert_eq(failed, 1);
	partitions_destroy(partitions);
}

Test(partition, a_spill_file_cut_short_is_told)
{
	int err;
	struct partitions *partitions = spilled(1 << 20, "/tmp", &err);
	unsigned failed = 0;

	cr_assert_eq(ftruncate(find_spill_file(), 0), 0);
	for (unsigned i = 0; i < partitions_count(partitions); i++) {
		struct partition_view view;
		struct diag diag;

		diag_init(&diag);
		failed += partition_load(partitions, i, &view, &diag) == FAIL_IO;
		partition_release(partitions, &view);
	}
	cr_assert_eq(failed, partitions_count(partitions));
	partitions_destroy(partitions);
}

Test(partition, no_room_to_spill)
{
	struct rlimit limit;
	struct diag diag;

	diag_init(&diag);
	signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	rlim_t before = limit.rlim_cur;
	limit.rlim_cur = 1 << 20;
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	int err;
	struct partitions *partitions = spilled(1 << 20, "/tmp", &err);
	limit.rlim_cur = before;
	setrlimit(RLIMIT_FSIZE, &limit);
	cr_assert_eq(err, FAIL_IO);
	cr_assert_eq(diag_exit_code(err), 74);
	partitions_destroy(partitions);
}

Test(partition, no_such_directory_for_spill_files)
{
	struct partition_options options = {64, 0, "/tmp/no/such/directory"};
	struct partitions *partitions;
	struct partition_writer *writer;
	struct diag diag;
	uint64_t n = 0;

	diag_init(&diag);
	cr_assert_eq(partitions_create(&partitions, &options, &diag), 0);
	cr_assert_eq(partition_writer_create(&writer, partitions, &diag), 0);
	while (n < 100000 && partition_reserve(writer, spread(n), 0, 1024))
		n++;
	cr_assert_lt(n, 100000);
	cr_assert_eq(partition_writer_error(writer, &diag), FAIL_IO);
	cr_assert_not_null(strstr(diag.text, "/tmp/no/such/directory"));
	cr_assert_not_null(strstr(diag.text, "--tmp"));
	cr_assert_eq(partition_writer_finish(writer, &diag), FAIL_IO);
	partition_writer_destroy(writer);
	partitions_destroy(partitions);
}
