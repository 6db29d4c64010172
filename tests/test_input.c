/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan, and every reader over files whose bytes follow from their place,
 * so that each byte of each view can be checked.
 */
#include "input/plan.h"
#include "input/reader.h"

#include "base/hash.h"
#include "input/kinds.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MIB = 1 << 20, PATH_ROOM = 512, NOBODY = 65534, WARNINGS_KEPT = 16 };

/* Warnings, as they came. */
struct warnings {
	int count;
	char text[WARNINGS_KEPT][DIAG_TEXT_MAX];
};

static void note_warning(void *context, const char *text)
{
	struct warnings *warnings = context;

	if (warnings->count < WARNINGS_KEPT)
		strcpy(warnings->text[warnings->count], text);
	warnings->count++;
}

static struct warnings warnings;
static struct diag diag;
static char directory[PATH_ROOM];

static void set_up(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(directory, sizeof(directory), "%s/claimscan-test-XXXXXX", tmp ? tmp : "/tmp");
	cr_assert_not_null(mkdtemp(directory));
	cr_assert_eq(chdir(directory), 0);
	warnings.count = 0;
	diag_init(&diag);
	diag.warn = note_warning;
	diag.warn_context = &warnings;
}

static void tear_down(void)
{
	char command[PATH_ROOM + 16];

	snprintf(command, sizeof(command), "rm -rf '%s'", directory);
	cr_assert_eq(system(command), 0);
}

TestSuite(input, .init = set_up, .fini = tear_down);

/* The byte at a place of every test file. */
static uint8_t byte_at(uint64_t place)
{
	return (uint8_t)((place / 8 + 1) * 0x9e3779b97f4a7c15 >> (place % 8 * 8));
}

static void write_range(const char *path, uint64_t from, uint64_t to)
{
	static uint8_t bytes[MIB];
	int file = open(path, O_WRONLY | O_CREAT, 0644);

	cr_assert_geq(file, 0);
	while (from < to) {
		size_t size = to - from < MIB ? (size_t)(to - from) : MIB;

		for (size_t i = 0; i < size; i++)
			bytes[i] = byte_at(from + i);
		cr_assert_eq(pwrite(file, bytes, size, (off_t)from), (ssize_t)size);
		from += size;
	}
	close(file);
}

static void write_file(const char *path, uint64_t size)
{
	write_range(path, 0, size);
}

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	cr_assert_not_null(file);
	fputs(text, file);
	fclose(file);
}

static struct plan *make_plan(const char *const inputs[], size_t span_bytes)
{
	struct plan_options options = {
	        .inputs = inputs, .tmp = directory, .span_bytes = span_bytes, .threads = 2};
	struct plan *plan;

	cr_assert_eq(plan_create(&plan, &options, &diag), 0, "%s", diag.text);
	return plan;
}

static struct plan *plan_of(const char *path)
{
	return make_plan((const char *const[]){path, NULL}, 0);
}

/* A plan that fails with err, with words that hold a piece. */
static void refuse_plan(const char *input, int err, const char *words)
{
	struct plan_options options = {
	        .inputs = (const char *const[]){input, NULL}, .tmp = directory, .threads = 1};
	struct plan *plan;

	diag.text[0] = '\0';
	cr_assert_eq(plan_create(&plan, &options, &diag), err, "%s: %s", input, diag.text);
	cr_assert_null(plan);
	cr_assert(strstr(diag.text, words), "%s", diag.text);
}

static void check_paths(const struct plan *plan, const char *const paths[])
{
	size_t count = 0;

	for (; paths[count]; count++) {
		cr_assert_lt(count, plan->file_count);
		cr_assert_str_eq(plan->files[count].path, paths[count]);
	}
	cr_assert_eq(plan->file_count, count);
}

/* Spans cover each file, in order, and start at whole blocks. */
static void check_spans(const struct plan *plan)
{
	size_t next = 0;
	uint64_t blocks = 0;

	for (size_t i = 0; i < plan->file_count; i++) {
		const struct plan_file *file = &plan->files[i];
		uint64_t at = 0;

		cr_assert_eq(file->first_span, next);
		cr_assert_eq(file->first_block, blocks);
		for (uint32_t k = 0; k < file->span_count; k++, next++) {
			const struct span *span = &plan->spans[next];

			cr_assert_eq(span->file, i);
			cr_assert_eq(span->index, k);
			cr_assert_eq(span->from, at);
			cr_assert_eq(span->from % HASH_BLOCK_BYTES, 0);
			cr_assert(span->to > span->from || file->size_bytes == 0);
			at = span->to;
		}
		cr_assert_eq(at, file->size_bytes);
		blocks += (file->size_bytes + MIB - 1) / MIB;
	}
	cr_assert_eq(plan->span_count, next);
	cr_assert_eq(plan->block_count, blocks);
}

Test(input, plan_cuts_files_into_spans)
{
	static const size_t span_sizes[] = {0, 1, MIB, MIB + 1, 3 * MIB, 64 * MIB};

	write_file("a", 0);
	write_file("b", 1);
	write_file("c", MIB);
	write_file("d", MIB + 1);
	write_file("e", 7 * MIB + 5);
	for (size_t i = 0; i < sizeof(span_sizes) / sizeof(span_sizes[0]); i++) {
		struct plan *plan = make_plan(
		        (const char *const[]){"e", "a", "b", "d", "c", NULL}, span_sizes[i]);

		check_paths(plan, (const char *const[]){"a", "b", "c", "d", "e", NULL});
		check_spans(plan);
		cr_assert_eq(plan->total_bytes, 9 * MIB + 7);
		cr_assert_eq(plan->files[0].span_count, 1);
		for (size_t k = 0; k < plan->span_count; k++)
			cr_assert_eq(plan_take(plan), &plan->spans[k]);
		cr_assert_null(plan_take(plan));
		cr_assert_null(plan_take(plan));
		plan_rewind(plan);
		cr_assert_eq(plan_take(plan), &plan->spans[0]);
		plan_destroy(plan);
	}
	plan_destroy(NULL);
}

Test(input, plan_span_size_keeps_threads_busy)
{
	struct plan *plan;

	cr_assert_eq(truncate("big", 0), -1);
	write_file("big", 0);
	cr_assert_eq(truncate("big", (off_t)1 << 30), 0);
	plan = plan_of("big");
	cr_assert_eq(plan->spans[0].to, 4 * MIB);
	plan_destroy(plan);
	cr_assert_eq(truncate("big", 40 * MIB), 0);
	plan = plan_of("big");
	cr_assert_eq(plan->spans[0].to, 2 * MIB);
	plan_destroy(plan);
	cr_assert_eq(truncate("big", 3 * MIB), 0);
	plan = plan_of("big");
	cr_assert_eq(plan->span_count, 3);
	plan_destroy(plan);
}

Test(input, plan_walks_directories)
{
	struct plan *plan;

	mkdir("d", 0755);
	mkdir("d/sub", 0755);
	mkdir("d/sub/empty", 0755);
	mkdir("d/.hidden", 0755);
	write_file("d/b.csv", 1);
	write_file("d/a.csv", 2);
	write_file("d/sub/c.csv", 3);
	write_file("d/sub/.left-out", 4);
	write_file("d/.hidden/x", 5);
	cr_assert_eq(symlink("..", "d/sub/back"), 0);
	cr_assert_eq(symlink("nowhere", "d/dangling"), 0);
	cr_assert_eq(mkfifo("d/pipe", 0600), 0);
	plan = plan_of("d//");
	check_paths(plan, (const char *const[]){"d/a.csv", "d/b.csv", "d/sub/c.csv", NULL});
	cr_assert_eq(warnings.count, 1);
	cr_assert(strstr(warnings.text[0], "d/dangling"));
	plan_destroy(plan);
	plan = plan_of(".");
	check_paths(plan, (const char *const[]){"./d/a.csv", "./d/b.csv", "./d/sub/c.csv", NULL});
	plan_destroy(plan);
	refuse_plan("d/sub/empty", FAIL_INPUT, "d/sub/empty: no files");
}

/* Several threads look at the files of directories; one finds the same. */
Test(input, plan_looks_at_many_files_at_once)
{
	enum { FILES = 3000 };
	struct plan_options options = {
	        .inputs = (const char *const[]){"d", NULL}, .tmp = directory};
	struct plan *plans[3];
	char path[PATH_ROOM];

	mkdir("d", 0755);
	mkdir("d/sub", 0755);
	for (unsigned i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "d/%s%u", i & 1 ? "sub/" : "", i);
		write_file(path, i % 7);
	}
	for (unsigned i = 0; i < 3; i++) {
		options.threads = i * 4;
		cr_assert_eq(plan_create(&plans[i], &options, &diag), 0, "%s", diag.text);
		cr_assert_eq(plans[i]->file_count, FILES);
	}
	for (size_t i = 0; i < FILES; i++) {
		const struct plan_file *one = &plans[0]->files[i];
		unsigned number = (unsigned)strtoul(strrchr(one->path, '/') + 1, NULL, 10);

		cr_assert_eq(one->size_bytes, number % 7, "%s", one->path);
		for (unsigned k = 1; k < 3; k++) {
			const struct plan_file *other = &plans[k]->files[i];

			cr_assert_str_eq(one->path, other->path);
			cr_assert_eq(one->size_bytes, other->size_bytes);
			cr_assert_eq(one->inode, other->inode);
			cr_assert_eq(one->modified_ns, other->modified_ns);
		}
	}
	for (unsigned i = 0; i < 3; i++)
		plan_destroy(plans[i]);
}

Test(input, plan_takes_globs)
{
	struct plan *plan;

	mkdir("d", 0755);
	mkdir("d/two.csv", 0755);
	write_file("d/one.csv", 1);
	write_file("d/two.csv/three", 1);
	write_file("d/four.txt", 1);
	write_file("d/lit[eral]", 1);
	plan = plan_of("d/*.csv");
	check_paths(plan, (const char *const[]){"d/one.csv", "d/two.csv/three", NULL});
	plan_destroy(plan);
	plan = plan_of("d/lit[eral]");
	check_paths(plan, (const char *const[]){"d/lit[eral]", NULL});
	plan_destroy(plan);
	refuse_plan("d/*.none", FAIL_INPUT, "d/*.none: No such file");
}

Test(input, plan_takes_manifests)
{
	struct plan *plan;

	mkdir("d", 0755);
	write_file("a b.csv", 1);
	write_file("d/one", 1);
	write_file("d/two", 1);
	write_text("list", "a b.csv\r\n\r\n\nd\n");
	plan = plan_of("@list");
	check_paths(plan, (const char *const[]){"a b.csv", "d/one", "d/two", NULL});
	plan_destroy(plan);
	write_text("list", "a b.csv\ngone.csv");
	refuse_plan("@list", FAIL_INPUT, "gone.csv: No such file");
	refuse_plan("@no-list", FAIL_INPUT, "no-list: No such file");
	write_text("list", "\n");
	refuse_plan("@list", FAIL_INPUT, "@list: no files");
}

Test(input, plan_refuses_what_is_not_there)
{
	struct plan_options none = {.inputs = (const char *const[]){NULL}, .threads = 1};
	struct plan *plan;

	refuse_plan("gone.csv", FAIL_INPUT, "gone.csv: No such file");
	refuse_plan("", FAIL_INPUT, "No such file");
	write_file("file", 1);
	refuse_plan("file/below", FAIL_INPUT, "file/below: ");
	diag.text[0] = '\0';
	cr_assert_eq(plan_create(&plan, &none, &diag), FAIL_USAGE);
	cr_assert_eq(diag_exit_code(FAIL_INPUT), 66);
}

/* Root may read everything and lock all memory: stop being root for a while. */
static void leave_root(void)
{
	cr_assert_eq(chmod(directory, 0777), 0);
	if (geteuid() == 0)
		cr_assert_eq(seteuid(NOBODY), 0);
}

/* Dumpable again, without which no leak can be looked for. */
static void be_root_again(void)
{
	if (getuid() == 0)
		cr_assert_eq(seteuid(0), 0);
	prctl(PR_SET_DUMPABLE, 1);
}

Test(input, plan_refuses_what_cannot_be_read)
{
	mkdir("locked", 0700);
	mkdir("open", 0755);
	write_file("open/secret", 1);
	cr_assert_eq(chmod("open/secret", 0200), 0);
	cr_assert_eq(chmod("locked", 0), 0);
	leave_root();
	refuse_plan("open/secret", FAIL_INPUT, "open/secret: Permission denied");
	refuse_plan("open", FAIL_INPUT, "open/secret: Permission denied");
	refuse_plan("locked", FAIL_INPUT, "locked: Permission denied");
	be_root_again();
	cr_assert_eq(chmod("locked", 0700), 0);
}

Test(input, plan_scans_a_file_once)
{
	struct plan *plan;

	mkdir("d", 0755);
	write_file("d/a", 10);
	cr_assert_eq(link("d/a", "d/b"), 0);
	cr_assert_eq(symlink("a", "d/c"), 0);
	write_file("d/other", 10);
	plan = make_plan((const char *const[]){"d", "d/other", NULL}, 0);
	check_paths(plan, (const char *const[]){"d/a", "d/other", NULL});
	cr_assert_eq(warnings.count, 3);
	plan_destroy(plan);
}

Test(input, plan_says_in_one_line_that_a_directory_is_named_twice)
{
	struct plan *plan;
	char path[32];

	mkdir("d", 0755);
	for (int i = 0; i < 100; i++) {
		snprintf(path, sizeof(path), "d/%d", i);
		write_file(path, 1);
	}
	plan = make_plan((const char *const[]){"d", "d", NULL}, 0);
	cr_assert_eq(plan->file_count, 100);
	cr_assert_eq(warnings.count, 6);
	cr_assert(strstr(warnings.text[5], "95 more files"));
	plan_destroy(plan);
}

Test(input, plan_sees_that_a_file_changed)
{
	struct plan *plan;

	write_file("a", 100);
	write_file("b", 100);
	plan = make_plan((const char *const[]){"a", "b", NULL}, 0);
	cr_assert_eq(plan_check_unchanged(plan, &diag), 0);
	write_file("b", 101);
	cr_assert_eq(plan_check_unchanged(plan, &diag), -ESTALE);
	cr_assert_str_eq(diag.text, "b: changed while it was scanned");
	cr_assert_eq(diag_exit_code(-ESTALE), 65);
	plan_destroy(plan);

	plan = plan_of("a");
	write_file("new", 100);
	cr_assert_eq(rename("new", "a"), 0);
	cr_assert_eq(plan_check_unchanged(plan, &diag), -ESTALE);
	plan_destroy(plan);

	plan = plan_of("a");
	cr_assert_eq(unlink("a"), 0);
	cr_assert_eq(plan_check_unchanged(plan, &diag), -ESTALE);
	plan_destroy(plan);
}

static void hash_blocks(struct plan *plan)
{
	static uint8_t bytes[MIB];

	for (size_t i = 0; i < plan->file_count; i++) {
		const struct plan_file *of = &plan->files[i];
		int file = open(of->path, O_RDONLY);
		ssize_t size;

		for (uint64_t block = of->first_block; (size = read(file, bytes, MIB)) > 0;
		        block++) {
			struct hash128 hash = hash128(bytes, (size_t)size);

			plan->block_hashes[block][0] = hash.low;
			plan->block_hashes[block][1] = hash.high;
		}
		close(file);
	}
}

Test(input, plan_warns_of_equal_files)
{
	struct plan *plan;

	write_file("a", 3 * MIB);
	write_file("b", 3 * MIB);
	write_file("c", 3 * MIB);
	write_range("c", 1, 2);
	write_text("d", "x");
	write_text("e", "y");
	write_file("f", 0);
	write_file("g", 0);
	cr_assert_eq(truncate("c", 2 * MIB), 0);
	cr_assert_eq(truncate("c", 3 * MIB), 0);
	plan = plan_of(".");
	hash_blocks(plan);
	plan_warn_equal_files(plan, &diag);
	cr_assert_eq(warnings.count, 1);
	cr_assert(strstr(warnings.text[0], "./b: the same bytes as ./a"), "%s", warnings.text[0]);
	plan_destroy(plan);
}

/* Against the definition, over the canonical bytes of the blocks' hashes. */
Test(input, plan_tree_hash)
{
	static uint8_t canonical[70 * 16];
	XXH128_hash_t want;
	uint64_t have[2];
	struct plan *plan;

	write_file("a", 1);
	write_file("b", 69 * (uint64_t)MIB + 1);
	plan = plan_of(".");
	hash_blocks(plan);
	for (size_t i = 0; i < 70; i++) {
		XXH128_hash_t hash = {plan->block_hashes[i + 1][0], plan->block_hashes[i + 1][1]};

		XXH128_canonicalFromHash((XXH128_canonical_t *)(canonical + i * 16), hash);
	}
	want = XXH3_128bits(canonical, sizeof(canonical));
	plan_tree_hash(plan, 1, have);
	cr_assert_eq(have[0], want.low64);
	cr_assert_eq(have[1], want.high64);
	plan_destroy(plan);
}

/* How a file is read in a test. */
struct how {
	const struct reader_kind *kind;
	struct reader_options options;
	int keep; /* 0 nothing, 1 a few bytes, 2 anything up to all */
};

static uint64_t random_next(uint64_t *state)
{
	*state += 0x9e3779b97f4a7c15;
	return hash64(state, sizeof(*state));
}

static size_t choose_keep(int how, const struct view *view, uint64_t *seed)
{
	size_t most = view->size < READER_KEEP_MAX ? view->size : READER_KEEP_MAX;
	uint64_t number = random_next(seed);

	if (how == 0)
		return 0;
	if (how == 1)
		most = most < 300 ? most : 300;
	return number % 7 == 0 ? most : number / 7 % (most + 1);
}

static void check_view(const struct view *view, size_t keep, uint64_t position, uint64_t size)
{
	volatile uint8_t slack;

	cr_assert_gt(view->fresh, 0);
	cr_assert_eq(view->size, keep + view->fresh);
	cr_assert_eq(view->offset, position - keep);
	cr_assert_eq(view->last, view->offset + view->size == size);
	for (size_t i = 0; i < view->size; i++) {
		if (view->data[i] != byte_at(view->offset + i))
			cr_assert_fail("byte %zu of the view at %llu", i,
			        (unsigned long long)view->offset);
	}
	for (size_t i = 0; i < READER_SLACK; i++)
		slack = view->data[view->size + i];
	(void)slack;
}

/* Read from a place to the end of the file, or, with stop, to the first view behind to. */
static void check_range(struct reader *reader, const struct how *how, const struct plan_file *file,
        const uint64_t range[2], bool stop)
{
	uint64_t position = range[0];
	uint64_t seed = file->size_bytes + range[0];
	struct view view = {.size = 0};
	size_t keep = 0;
	int got;

	cr_assert_eq(how->kind->open(reader, file, range[0], range[1], &diag), 0, "%s", diag.text);
	while ((got = how->kind->next(reader, keep, &view, &diag)) > 0) {
		check_view(&view, keep, position, file->size_bytes);
		position += view.fresh;
		keep = choose_keep(how->keep, &view, &seed);
		if (stop && position > range[1])
			return;
	}
	cr_assert_eq(got, 0, "%s", diag.text);
	cr_assert_eq(position, file->size_bytes);
}

static void check_plan(const struct how *how, const struct plan *plan)
{
	struct reader *reader;

	cr_assert_eq(how->kind->create(&reader, &how->options, &diag), 0, "%s", diag.text);
	for (size_t i = 0; i < plan->file_count; i++) {
		const struct plan_file *file = &plan->files[i];

		check_range(reader, how, file, (uint64_t[]){0, file->size_bytes}, false);
		check_range(reader, how, file, (uint64_t[]){0, 0}, false);
	}
	for (size_t i = 0; i < plan->span_count; i++) {
		const struct span *span = &plan->spans[i];

		check_range(reader, how, &plan->files[span->file],
		        (uint64_t[]){span->from, span->to}, true);
	}
	how->kind->destroy(reader);
}

/* Sizes around the edges of pages, views and blocks. */
static void write_sizes(void)
{
	static const int sizes[] = {0, 1, 63, 64, 65, 4032, 4033, 4095, 4096, 4097, 65536, 131071,
	        131072, 131073, 262143, 262144, 262145, 1048575, 1048576, 1048577, 2097152 - 4096,
	        3145729};
	char path[32];

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		snprintf(path, sizeof(path), "%08d", sizes[i]);
		write_file(path, (uint64_t)sizes[i]);
	}
}

Test(input, readers_give_every_byte_however_they_are_cut)
{
	static const size_t views[] = {0, 1000, 4096, 5000, 65536, 131072, 1 << 20};
	struct plan *plan;

	write_sizes();
	plan = make_plan((const char *const[]){".", NULL}, MIB);
	for (const struct reader_kind *const *kind = reader_kinds; *kind; kind++) {
		for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
			struct how how = {*kind, {.view_bytes = views[i]}, (int)(i % 3)};

			check_plan(&how, plan);
		}
	}
	cr_assert_eq(warnings.count, 0);
	plan_destroy(plan);
}

Test(input, readers_give_every_byte_at_each_depth_and_option)
{
	static const struct reader_options options[] = {
	        {.depth = 1},
	        {.depth = 2},
	        {.depth = 4, .view_bytes = 3000},
	        {.depth = 16},
	        {.depth = 1000, .view_bytes = 4096},
	        {.drop_cache = true},
	        {.direct = true},
	        {.direct = true, .view_bytes = 5000},
	        {.direct = true, .drop_cache = true, .depth = 3},
	};
	struct plan *plan;

	write_sizes();
	sync(); /* only clean pages can be dropped */
	plan = make_plan((const char *const[]){".", NULL}, MIB);
	for (const struct reader_kind *const *kind = reader_kinds; *kind; kind++) {
		for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
			for (int keep = 0; keep < 3; keep += 2)
				check_plan(&(struct how){*kind, options[i], keep}, plan);
		}
	}
	plan_destroy(plan);
}

Test(input, readers_give_views_of_a_byte)
{
	struct plan *plan;

	write_file("a", 300);
	write_file("b", 4097);
	plan = plan_of(".");
	for (const struct reader_kind *const *kind = reader_kinds; *kind; kind++) {
		for (int keep = 0; keep < 3; keep++)
			check_plan(&(struct how){*kind, {.view_bytes = 1}, keep}, plan);
	}
	plan_destroy(plan);
}

/* A record as long as may be kept, over many views. */
Test(input, readers_keep_the_longest_tail)
{
	struct plan *plan;

	write_file("a", 6 * MIB + 77);
	plan = plan_of("a");
	for (const struct reader_kind *const *kind = reader_kinds; *kind; kind++) {
		struct reader_options options = {.view_bytes = 100000, .depth = 4};
		struct reader *reader;
		struct view view = {.size = 0};
		uint64_t position = 0;
		size_t keep = 0;

		cr_assert_eq((*kind)->create(&reader, &options, &diag), 0);
		cr_assert_eq((*kind)->open(reader, plan->files, 0, 3 * MIB, &diag), 0);
		while ((*kind)->next(reader, keep, &view, &diag) > 0) {
			check_view(&view, keep, position, plan->files[0].size_bytes);
			position += view.fresh;
			keep = view.size < READER_KEEP_MAX ? view.size : READER_KEEP_MAX;
		}
		cr_assert_eq(position, plan->files[0].size_bytes);
		cr_assert_eq((*kind)->open(reader, plan->files, 0, MIB, &diag), 0);
		cr_assert_eq((*kind)->next(reader, 0, &view, &diag), 1);
		cr_assert_eq(
		        (*kind)->next(reader, READER_KEEP_MAX + 1, &view, &diag), FAIL_INTERNAL);
		diag.text[0] = '\0';
		(*kind)->destroy(reader);
	}
	plan_destroy(plan);
}

/* Beyond the hint a reader gives the rest of a record, not a whole view. */
Test(input, readers_read_little_beyond_the_hint)
{
	struct plan *plan;
	struct view view;

	write_file("a", 3 * MIB);
	plan = plan_of("a");
	for (const struct reader_kind *const *kind = reader_kinds; *kind; kind++) {
		struct reader_options options = {.view_bytes = 0};
		struct reader *reader;
		uint64_t position = 0;

		(*kind)->create(&reader, &options, &diag);
		(*kind)->open(reader, plan->files, 0, MIB, &diag);
		while (position < MIB && (*kind)->next(reader, 0, &view, &diag) == 1)
			position += view.fresh;
		cr_assert_eq(position, MIB);
		cr_assert_eq((*kind)->next(reader, 0, &view, &diag), 1);
		cr_assert_eq(view.offset, MIB);
		cr_assert_leq(view.fresh, 16 << 10);
		(*kind)->destroy(reader);
	}
	plan_destroy(plan);
}

Test(input, readers_open_and_leave_off_anywhere)
{
	struct plan *plan;
	uint64_t seed = 5;

	write_file("a", 5 * MIB + 7);
	write_file("b", 2 * MIB);
	write_file("c", 10);
	plan = plan_of(".");
	for (const struct reader_kind *const *kind = reader_kinds; *kind; kind++) {
		struct reader_options options = {.depth = 8};
		struct reader *reader;

		(*kind)->create(&reader, &options, &diag);
		for (int round = 0; round < 200; round++) {
			const struct plan_file *file = &plan->files[random_next(&seed) % 3];
			uint64_t blocks = file->size_bytes / MIB + 1;
			uint64_t position = random_next(&seed) % blocks * MIB;
			struct view view;

			cr_assert_eq(
			        (*kind)->open(reader, file, position, position + MIB, &diag), 0);
			for (uint64_t i = random_next(&seed) % 12; i > 0; i--) {
				if ((*kind)->next(reader, 0, &view, &diag) == 0)
					break;
				check_view(&view, 0, position, file->size_bytes);
				position += view.fresh;
			}
		}
		(*kind)->destroy(reader);
		(*kind)->destroy(NULL);
	}
	plan_destroy(plan);
}

/* A file read at once is looked at behind the read, and then no more. */
Test(input, readers_settle_small_files)
{
	for (const struct reader_kind *const *kind = reader_kinds; *kind; kind++) {
		struct reader_options options = {.view_bytes = 0};
		struct reader *reader;
		struct plan *plan;
		struct view view;

		write_file("a", 1000);
		write_file("b", 3 * MIB);
		plan = plan_of(".");
		(*kind)->create(&reader, &options, &diag);
		cr_assert_eq((*kind)->open(reader, plan->files, 0, 1000, &diag), 0);
		cr_assert_not(plan->settled[0]);
		write_file("a", 1001);
		cr_assert_eq((*kind)->next(reader, 0, &view, &diag), -ESTALE);
		diag.text[0] = '\0';
		plan_destroy(plan);

		plan = plan_of(".");
		check_range(reader, &(struct how){.kind = *kind}, &plan->files[1],
		        (uint64_t[]){0, 3 * MIB}, false);
		cr_assert_not(plan->settled[1]);
		check_range(reader, &(struct how){.kind = *kind}, plan->files,
		        (uint64_t[]){0, 1001}, false);
		cr_assert(plan->settled[0]);
		write_file("a", 1002);
		cr_assert_eq(plan_check_unchanged(plan, &diag), 0);
		plan_rewind(plan);
		cr_assert_eq(plan_check_unchanged(plan, &diag), -ESTALE);
		diag.text[0] = '\0';
		(*kind)->destroy(reader);
		plan_destroy(plan);
	}
}

/* The failure of a reader that steps through a file to its end. */
static int read_on(const struct reader_kind *kind, struct reader *reader)
{
	volatile uint64_t sum = 0;
	struct view view;
	int got;

	while ((got = kind->next(reader, 0, &view, &diag)) > 0) {
		for (size_t i = 0; i < view.size; i++)
			sum += view.data[i];
	}
	return got;
}

static void check_stale(int got)
{
	cr_assert_eq(got, -ESTALE, "%d %s", got, diag.text);
	cr_assert_str_eq(diag.text, "a: changed while it was scanned");
	diag.text[0] = '\0';
}

Test(input, readers_see_that_a_file_changed_before_they_open_it)
{
	for (const struct reader_kind *const *kind = reader_kinds; *kind; kind++) {
		struct reader_options options = {.view_bytes = 0};
		struct reader *reader;
		struct plan *plan;

		write_file("a", 2 * MIB);
		plan = plan_of("a");
		(*kind)->create(&reader, &options, &diag);
		cr_assert_eq((*kind)->open(reader, plan->files, 0, MIB, &diag), 0);
		write_file("a", 2 * MIB + 1);
		check_stale((*kind)->open(reader, plan->files, MIB, 2 * MIB, &diag));
		plan_destroy(plan);

		plan = plan_of("a");
		write_file("new", 2 * MIB + 1);
		cr_assert_eq(rename("new", "a"), 0);
		check_stale((*kind)->open(reader, plan->files, 0, MIB, &diag));
		cr_assert_eq(unlink("a"), 0);
		check_stale((*kind)->open(reader, plan->files, 0, MIB, &diag));
		plan_destroy(plan);
		(*kind)->destroy(reader);
	}
}

/* Cut inside a page, at a page, and to nothing; before the first view and behind it. */
Test(input, readers_see_that_a_file_is_cut_while_they_read)
{
	static const off_t sizes[] = {3 * MIB - 1, 3 * MIB - 4096, 2 * MIB, 100, 0};

	for (const struct reader_kind *const *kind = reader_kinds; *kind; kind++) {
		for (size_t i = 0; i < 2 * sizeof(sizes) / sizeof(sizes[0]); i++) {
			struct reader_options options = {.view_bytes = 0};
			struct reader *reader;
			struct plan *plan;
			struct view view;

			write_file("a", 3 * MIB);
			plan = plan_of("a");
			(*kind)->create(&reader, &options, &diag);
			cr_assert_eq((*kind)->open(reader, plan->files, 0, 3 * MIB, &diag), 0);
			if (i % 2)
				cr_assert_eq((*kind)->next(reader, 0, &view, &diag), 1);
			cr_assert_eq(truncate("a", sizes[i / 2]), 0);
			check_stale(read_on(*kind, reader));
			(*kind)->destroy(reader);
			plan_destroy(plan);
		}
	}
}

/* The view in hand loses its pages: zeros, and the next step tells. */
Test(input, mmap_survives_that_a_view_is_cut)
{
	struct reader_options options = {.view_bytes = 0};
	struct reader *reader;
	struct plan *plan;
	struct view view;

	write_file("a", 3 * MIB);
	plan = plan_of("a");
	reader_mmap.create(&reader, &options, &diag);
	cr_assert_eq(reader_mmap.open(reader, plan->files, 0, 3 * MIB, &diag), 0);
	cr_assert_eq(reader_mmap.next(reader, 0, &view, &diag), 1);
	cr_assert_eq(truncate("a", 4096), 0);
	cr_assert_eq(view.data[4095], byte_at(4095));
	for (size_t i = 4096; i < view.size; i++)
		cr_assert_eq(view.data[i], 0);
	write_file("a", 3 * MIB);
	check_stale(reader_mmap.next(reader, 0, &view, &diag));
	cr_assert_eq(reader_mmap.open(reader, plan->files, 0, MIB, &diag), -ESTALE);
	reader_mmap.destroy(reader);
	plan_destroy(plan);
}

/* Sanitizers have a handler of their own, and report. */
#ifdef __SANITIZE_ADDRESS__
Test(input, sigbus_elsewhere_still_kills, .disabled = true)
#else
Test(input, sigbus_elsewhere_still_kills, .signal = SIGBUS)
#endif
{
	struct reader_options options = {.view_bytes = 0};
	struct reader *reader;
	struct plan *plan;
	volatile char *other;
	int file;

	write_file("a", 3 * MIB);
	plan = plan_of("a");
	reader_mmap.create(&reader, &options, &diag);
	cr_assert_eq(reader_mmap.open(reader, plan->files, 0, 3 * MIB, &diag), 0);
	file = open("b", O_RDWR | O_CREAT, 0600);
	other = mmap(NULL, 4096, PROT_READ, MAP_SHARED, file, 0);
	tear_down();
	(void)other[0];
}

static void choose(const char *io, int err, const char *name)
{
	const struct reader_kind *kind;

	diag.text[0] = '\0';
	cr_assert_eq(reader_choose(&kind, io, &diag), err, "%s", diag.text);
	if (err == 0)
		cr_assert_str_eq(kind->name, name, "--io %s: %s", io, kind->name);
}

Test(input, reader_choose_knows_its_words)
{
	const char *best = ring_probe() == 0 ? "io_uring" : "pread";

	choose("auto", 0, best);
	choose("pread", 0, "pread");
	choose("mmap", 0, "mmap");
	choose("aio", FAIL_USAGE, NULL);
#ifdef HAVE_URING
	choose("uring", 0, best);
	choose("io_uring", 0, best);
	cr_assert_str_eq(reader_kinds[0]->name, "io_uring");
#else
	choose("uring", FAIL_ABSENT, NULL);
#endif
}

#ifdef HAVE_URING

/* All that a process without a ring does: choose, warn once, read the same. */
static void check_without_ring(void)
{
	struct how how = {&reader_uring, {.view_bytes = 0}, 2};
	struct plan *plan;

	choose("auto", 0, "pread");
	choose("uring", 0, "pread");
	cr_assert_eq(warnings.count, 1);
	cr_assert(strstr(warnings.text[0], "io_uring"), "%s", warnings.text[0]);
	write_sizes();
	plan = plan_of(".");
	check_plan(&how, plan);
	how.kind = &reader_mmap;
	check_plan(&how, plan);
	cr_assert_eq(warnings.count, 1);
	plan_destroy(plan);
}

Test(input, ring_refused_is_one_warning_and_the_same_bytes)
{
	ring_forbid(-ENOMEM);
	check_without_ring();
	ring_forbid(0);
}

/* As containers do it. */
Test(input, ring_refused_by_seccomp)
{
	struct sock_filter filter[] = {
	        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_io_uring_setup, 0, 1),
	        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(filter) / sizeof(filter[0]), filter};

	cr_assert_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		cr_skip_test("no seccomp filters here");
	check_without_ring();
	cr_assert(strstr(warnings.text[0], "Operation not permitted"));
}

Test(input, readers_do_without_locked_memory)
{
	struct rlimit none = {0, 0};
	struct plan *plan;

	write_sizes();
	cr_assert_eq(setrlimit(RLIMIT_MEMLOCK, &none), 0);
	leave_root();
	plan = plan_of(".");
	for (const struct reader_kind *const *kind = reader_kinds; *kind; kind++)
		check_plan(&(struct how){*kind, {.depth = 4}, 2}, plan);
	plan_destroy(plan);
	be_root_again();
}

/* A ring made by one thread is used by another, as the scan does it. */
static void *use_reader(void *context)
{
	struct plan *plan = plan_of("a");
	struct how how = {&reader_uring, {.depth = 4}, 1};

	check_range(context, &how, plan->files, (uint64_t[]){0, 2 * MIB}, false);
	plan_destroy(plan);
	return NULL;
}

Test(input, ring_is_made_in_one_thread_and_used_in_another)
{
	struct reader_options options = {.depth = 4};
	struct reader *reader;
	pthread_t thread;

	write_file("a", 2 * MIB);
	cr_assert_eq(reader_uring.create(&reader, &options, &diag), 0);
	cr_assert_eq(pthread_create(&thread, NULL, use_reader, reader), 0);
	cr_assert_eq(pthread_join(thread, NULL), 0);
	reader_uring.destroy(reader);
}

#endif

struct writer {
	const char *path; /* of the pipe; NULL: descriptor */
	int descriptor;
	uint64_t size;
};

static void *write_pipe(void *context)
{
	const struct writer *writer = context;
	int pipe = writer->path ? open(writer->path, O_WRONLY) : writer->descriptor;

	for (uint64_t at = 0; at < writer->size;) {
		uint8_t bytes[1000];
		size_t size = writer->size - at < sizeof(bytes) ? writer->size - at : sizeof(bytes);

		for (size_t i = 0; i < size; i++)
			bytes[i] = byte_at(at + i);
		if (write(pipe, bytes, size) != (ssize_t)size)
			break;
		at += size;
	}
	close(pipe);
	return NULL;
}

static void check_spooled(const struct plan *plan, const char *path, uint64_t size)
{
	struct stat status;

	check_paths(plan, (const char *const[]){path, NULL});
	cr_assert_eq(plan->files[0].size_bytes, size);
	cr_assert_eq(fstat(plan->files[0].spool, &status), 0);
	cr_assert_eq(status.st_nlink, 0);
	cr_assert_eq(status.st_mode & 07777, 0600);
	for (const struct reader_kind *const *kind = reader_kinds; *kind; kind++) {
		check_plan(&(struct how){*kind, {.view_bytes = 0}, 2}, plan);
		check_plan(&(struct how){*kind, {.direct = true, .drop_cache = true}, 2}, plan);
	}
	cr_assert_eq(plan_check_unchanged(plan, &diag), 0);
}

Test(input, plan_spools_pipes)
{
	struct writer writer = {.path = "pipe", .size = 2 * MIB + 11};
	struct plan *plan;
	pthread_t thread;

	cr_assert_eq(mkfifo("pipe", 0600), 0);
	pthread_create(&thread, NULL, write_pipe, &writer);
	plan = plan_of("pipe");
	pthread_join(thread, NULL);
	check_spooled(plan, "pipe", writer.size);
	plan_destroy(plan);
	plan = plan_of("/dev/null");
	check_spooled(plan, "/dev/null", 0);
	plan_destroy(plan);
}

Test(input, plan_spools_standard_input)
{
	struct writer writer = {.size = 3 * MIB};
	struct plan *plan;
	pthread_t thread;
	int ends[2];

	cr_assert_eq(pipe(ends), 0);
	cr_assert_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	writer.descriptor = ends[1];
	pthread_create(&thread, NULL, write_pipe, &writer);
	plan = make_plan((const char *const[]){"-", "-", NULL}, 0);
	pthread_join(thread, NULL);
	check_spooled(plan, "-", writer.size);
	cr_assert_eq(warnings.count, 1);
	plan_destroy(plan);
}

Test(input, plan_says_where_a_stream_does_not_fit)
{
	struct rlimit small = {MIB, MIB};
	struct writer writer = {.path = "pipe", .size = 3 * MIB};
	pthread_t thread;

	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	cr_assert_eq(mkfifo("pipe", 0600), 0);
	pthread_create(&thread, NULL, write_pipe, &writer);
	refuse_plan("pipe", FAIL_IO, "--tmp");
	pthread_join(thread, NULL);
	cr_assert_eq(diag_exit_code(FAIL_IO), 74);
}

Test(input, plan_says_that_the_disk_is_full)
{
	struct writer writer = {.path = "pipe", .size = 3 * MIB};
	pthread_t thread;

	signal(SIGPIPE, SIG_IGN);
	cr_assert_eq(mkfifo("pipe", 0600), 0);
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		cr_skip_test("no mounts here");
	cr_assert_eq(mkdir("small", 0700), 0);
	if (mount("small", "small", "tmpfs", 0, "size=512k") < 0)
		cr_skip_test("no mounts here");
	pthread_create(&thread, NULL, write_pipe, &writer);
	strcat(directory, "/small");
	refuse_plan("pipe", -ENOSPC, "--tmp");
	*strrchr(directory, '/') = '\0';
	pthread_join(thread, NULL);
	cr_assert_eq(umount("small"), 0);
	cr_assert_eq(diag_exit_code(-ENOSPC), 74);
}

/* Threads that share a plan: every byte of it is read once, and each has its own hash. */
struct worker {
	pthread_t thread;
	struct plan *plan;
	const struct reader_kind *kind;
	uint64_t bytes;
	uint64_t wrong;
	int err;
};

static void read_span(struct worker *worker, struct reader *reader, const struct span *span)
{
	const struct plan_file *file = &worker->plan->files[span->file];
	uint64_t position = span->from;
	struct diag own = {.text = ""};
	struct view view;

	worker->err |= worker->kind->open(reader, file, span->from, span->to, &own);
	while (!worker->err && position < span->to) {
		if (worker->kind->next(reader, 0, &view, &own) != 1) {
			worker->err = 1;
			return;
		}
		for (size_t i = 0; i < view.size; i++)
			worker->wrong += view.data[i] != byte_at(view.offset + i);
		position += view.fresh;
	}
	worker->bytes += position - span->from;
}

static void *work(void *context)
{
	struct worker *worker = context;
	struct reader_options options = {.view_bytes = 0};
	struct diag own = {.text = ""};
	const struct span *span;
	struct reader *reader;

	worker->err = worker->kind->create(&reader, &options, &own);
	while (!worker->err && (span = plan_take(worker->plan)))
		read_span(worker, reader, span);
	worker->kind->destroy(reader);
	return NULL;
}

Test(input, threads_share_a_plan)
{
	enum { THREADS = 5 };
	struct plan *plan;

	write_file("a", 9 * MIB + 1);
	write_file("b", 100);
	write_file("c", 4 * MIB);
	plan = make_plan((const char *const[]){".", NULL}, MIB);
	for (const struct reader_kind *const *kind = reader_kinds; *kind; kind++) {
		struct worker workers[THREADS];
		uint64_t bytes = 0;

		plan_rewind(plan);
		for (int i = 0; i < THREADS; i++) {
			workers[i] = (struct worker){.plan = plan, .kind = *kind};
			pthread_create(&workers[i].thread, NULL, work, &workers[i]);
		}
		for (int i = 0; i < THREADS; i++) {
			pthread_join(workers[i].thread, NULL);
			cr_assert_eq(workers[i].err, 0);
			cr_assert_eq(workers[i].wrong, 0);
			bytes += workers[i].bytes;
		}
		cr_assert_eq(bytes, plan->total_bytes);
	}
	plan_destroy(plan);
}
