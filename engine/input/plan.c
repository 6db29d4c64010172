/* SPDX-License-Identifier: Apache-2.0 */
#include "input/plan.h"

#include "base/hash.h"
#include "input/files.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	SPAN_BYTES_MAX = 4 << 20, /* more gains nothing: a span costs microseconds to take */
	SPANS_PER_THREAD = 8,     /* so that the last to finish is a small part late */
	TREE_HASH_BATCH = 64,     /* hashes fed at once */
	EQUAL_WARNINGS_MAX = 5,   /* of files of equal content */
};

static uint64_t blocks_of(uint64_t size_bytes)
{
	return (size_bytes + HASH_BLOCK_BYTES - 1) / HASH_BLOCK_BYTES;
}

/* As wanted, or such that each thread has its share of spans; whole blocks. */
static uint64_t settle_span_bytes(const struct plan_options *options, uint64_t total_bytes)
{
	uint64_t threads = options->threads ? options->threads : 1;
	uint64_t span_bytes = options->span_bytes;

	if (span_bytes == 0) {
		span_bytes = total_bytes / (threads * SPANS_PER_THREAD);
		span_bytes -= span_bytes % HASH_BLOCK_BYTES;
		span_bytes = span_bytes < SPAN_BYTES_MAX ? span_bytes : SPAN_BYTES_MAX;
	}
	if (span_bytes == 0)
		return HASH_BLOCK_BYTES;
	return blocks_of(span_bytes) * HASH_BLOCK_BYTES;
}

/* Number the spans and blocks of each file.  An empty file has one span, and no block. */
static void count_spans(struct plan *plan, uint64_t span_bytes)
{
	for (size_t i = 0; i < plan->file_count; i++) {
		struct plan_file *file = &plan->files[i];
		uint64_t spans = (file->size_bytes + span_bytes - 1) / span_bytes;

		file->first_span = (uint32_t)plan->span_count;
		file->span_count = spans ? (uint32_t)spans : 1;
		file->first_block = plan->block_count;
		file->settled = &plan->settled[i];
		plan->span_count += file->span_count;
		plan->block_count += blocks_of(file->size_bytes);
	}
}

static void cut_spans(struct plan *plan, uint64_t span_bytes)
{
	struct span *span = plan->spans;

	for (size_t i = 0; i < plan->file_count; i++) {
		uint64_t size_bytes = plan->files[i].size_bytes;

		for (uint32_t k = 0; k < plan->files[i].span_count; k++) {
			uint64_t from = k * span_bytes;
			uint64_t left = size_bytes - from;

			*span++ = (struct span){.file = (uint32_t)i,
			        .index = k,
			        .from = from,
			        .to = from + (left < span_bytes ? left : span_bytes)};
		}
	}
}

static int collect_files(
        struct file_list *list, const struct plan_options *options, struct diag *diag)
{
	int err = 0;

	if (!options->inputs || !options->inputs[0])
		return diag_set(diag, FAIL_USAGE, "no input: name a file, a directory or -");
	for (const char *const *input = options->inputs; *input && err == 0; input++)
		err = file_list_add(list, *input);
	if (err == 0)
		err = file_list_settle(list);
	if (err == 0 && list->count == 0)
		err = diag_set(diag, FAIL_INPUT, "%s: no files in it", options->inputs[0]);
	return err;
}

static int make_spans(struct plan *plan, const struct plan_options *options, struct diag *diag)
{
	uint64_t span_bytes;

	for (size_t i = 0; i < plan->file_count; i++)
		plan->total_bytes += plan->files[i].size_bytes;
	span_bytes = settle_span_bytes(options, plan->total_bytes);
	plan->settled = calloc(plan->file_count, sizeof(plan->settled[0]));
	if (!plan->settled)
		return diag_set(diag, FAIL_MEMORY, "no memory for the plan");
	count_spans(plan, span_bytes);
	plan->spans = calloc(plan->span_count, sizeof(plan->spans[0]));
	plan->block_hashes = calloc(plan->block_count + 1, sizeof(plan->block_hashes[0]));
	if (!plan->spans || !plan->block_hashes)
		return diag_set(diag, FAIL_MEMORY, "no memory for the plan");
	cut_spans(plan, span_bytes);
	return 0;
}

int plan_create(struct plan **out, const struct plan_options *options, struct diag *diag)
{
	struct plan *plan = calloc(1, sizeof(*plan));
	struct file_list list;
	int err;

	*out = NULL;
	if (!plan)
		return diag_set(diag, FAIL_MEMORY, "no memory for the plan");
	file_list_init(&list, options->tmp ? options->tmp : "/tmp", diag);
	list.stopped = options->stopped;
	list.threads = options->threads;
	err = collect_files(&list, options, diag);
	plan->files = list.files;
	plan->file_count = list.count;
	if (err == 0)
		err = make_spans(plan, options, diag);
	if (err < 0) {
		plan_destroy(plan);
		return err;
	}
	*out = plan;
	return 0;
}

void plan_destroy(struct plan *plan)
{
	struct file_list list;

	if (!plan)
		return;
	list = (struct file_list){.files = plan->files, .count = plan->file_count};
	file_list_reset(&list);
	free(plan->spans);
	free(plan->settled);
	free(plan->block_hashes);
	free(plan);
}

void plan_rewind(struct plan *plan)
{
	for (size_t i = 0; i < plan->file_count; i++)
		atomic_store_explicit(&plan->settled[i], false, memory_order_relaxed);
	atomic_store_explicit(&plan->next, 0, memory_order_relaxed);
}

/* Relaxed: what a span says was written before the threads were started. */
const struct span *plan_take(struct plan *plan)
{
	size_t index = atomic_fetch_add_explicit(&plan->next, 1, memory_order_relaxed);

	return index < plan->span_count ? &plan->spans[index] : NULL;
}

/* By its path, so that a new file in the place of the old one shows. */
static bool is_unchanged(const struct plan_file *file)
{
	struct stat status;
	int err;

	if (file->settled && atomic_load_explicit(file->settled, memory_order_relaxed))
		return true;
	err = file->spool >= 0 ? fstat(file->spool, &status) : stat(file->path, &status);

	return err == 0 && file_has_stat(file, &status);
}

int plan_check_unchanged(const struct plan *plan, struct diag *diag)
{
	for (size_t i = 0; i < plan->file_count; i++) {
		if (!is_unchanged(&plan->files[i]))
			return diag_set(diag, -ESTALE, "%s: changed while it was scanned",
			        plan->files[i].path);
	}
	return 0;
}

/* A file and the hashes of its blocks. */
struct content {
	const struct plan_file *file;
	const uint64_t (*hashes)[2];
};

static int compare_content(const void *left, const void *right)
{
	const struct content *a = left;
	const struct content *b = right;

	if (a->file->size_bytes != b->file->size_bytes)
		return a->file->size_bytes < b->file->size_bytes ? -1 : 1;
	return memcmp(a->hashes, b->hashes, blocks_of(a->file->size_bytes) * sizeof(a->hashes[0]));
}

static int compare_content_and_place(const void *left, const void *right)
{
	const struct content *a = left;
	const struct content *b = right;
	int order = compare_content(left, right);

	return order ? order : (a->file > b->file) - (a->file < b->file);
}

static void warn_equal(const struct content *contents, size_t count, struct diag *diag)
{
	size_t equal = 0;

	for (size_t i = 1; i < count; i++) {
		if (compare_content(&contents[i - 1], &contents[i]) != 0)
			continue;
		if (++equal <= EQUAL_WARNINGS_MAX)
			diag_warn(diag, "%s: the same bytes as %s, both scanned",
			        contents[i].file->path, contents[i - 1].file->path);
	}
	if (equal > EQUAL_WARNINGS_MAX)
		diag_warn(diag, "%zu more files have the same bytes as another, all scanned",
		        equal - EQUAL_WARNINGS_MAX);
}

void plan_warn_equal_files(const struct plan *plan, struct diag *diag)
{
	struct content *contents = malloc(plan->file_count * sizeof(contents[0]));
	size_t count = 0;

	if (!contents) {
		diag_warn(diag, "no memory to look for files of equal content");
		return;
	}
	for (size_t i = 0; i < plan->file_count; i++) {
		const struct plan_file *file = &plan->files[i];

		if (file->size_bytes > 0)
			contents[count++] = (struct content){file,
			        (const uint64_t(*)[2]) & plan->block_hashes[file->first_block]};
	}
	qsort(contents, count, sizeof(contents[0]), compare_content_and_place);
	warn_equal(contents, count, diag);
	free(contents);
}

void plan_tree_hash(const struct plan *plan, size_t file, uint64_t hash[2])
{
	const struct plan_file *of = &plan->files[file];
	uint64_t end = of->first_block + blocks_of(of->size_bytes);
	uint64_t canonical[TREE_HASH_BATCH][2];
	struct hash128_stream stream;
	struct hash128 whole;
	size_t count = 0;

	hash128_begin(&stream);
	for (uint64_t block = of->first_block; block < end; block++) {
		canonical[count][0] = htobe64(plan->block_hashes[block][1]);
		canonical[count][1] = htobe64(plan->block_hashes[block][0]);
		if (++count < TREE_HASH_BATCH && block + 1 < end)
			continue;
		hash128_feed(&stream, canonical, count * sizeof(canonical[0]));
		count = 0;
	}
	whole = hash128_end(&stream);
	hash[0] = whole.low;
	hash[1] = whole.high;
}
