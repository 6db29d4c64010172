/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/build_private.h"
#include "lookup/set_private.h"
#include "lookup/sets.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum {
	FILES_FIRST = 64,
	/* In codes_build_key(): raise it when an importer reads the same file in another way. */
	IMPORTERS_VERSION = 1,
};

struct build {
	const struct build_options *options;
	struct build_result *result;
	size_t file_capacity;
	struct folder folder;
	struct set_builds builds;
	size_t *marks; /* of set_builds_mark() */
	uint64_t done; /* bytes of the files before this one */
};

static int no_memory(struct diag *diag)
{
	return diag_set(diag, FAIL_MEMORY, "no memory to read the releases");
}

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void tell_progress(const struct build *build, const char *path, uint64_t taken)
{
	struct build_progress progress = {
	        .path = path,
	        .bytes_done = build->done + taken,
	        .bytes_all = build->folder.size,
	};

	if (build->options->progress)
		build->options->progress(build->options->context, &progress);
}

/* ---- One release ---- */

static int add_file(
        struct build *build, const char *path, struct build_file **file, struct diag *diag)
{
	struct build_result *result = build->result;
	size_t capacity = build->file_capacity ? build->file_capacity * 2 : FILES_FIRST;
	struct build_file *files;

	if (result->file_count == build->file_capacity) {
		files = realloc(result->files, capacity * sizeof(*files));
		if (!files)
			return no_memory(diag);
		result->files = files;
		build->file_capacity = capacity;
	}
	*file = &result->files[result->file_count];
	**file = (struct build_file){.path = strdup(path)};
	if (!(*file)->path)
		return no_memory(diag);
	result->file_count++;
	return 0;
}

static int refuse_two(
        const char *path, const struct importer *one, const struct importer *two, struct diag *diag)
{
	return diag_set(diag, FAIL_TABLE, "%s: looks like two layouts at once: %s, and %s", path,
	        one->layout, two->layout);
}

/* *importer is NULL where none knows it. */
static int recognise(
        const struct release *release, const struct importer **importer, struct diag *diag)
{
	struct release_head head;

	*importer = NULL;
	release_head(release, &head);
	for (size_t i = 0; i < importers_count(); i++) {
		const struct importer *next = importer_at(i);

		if (!next->recognise(&head))
			continue;
		if (*importer)
			return refuse_two(head.path, *importer, next, diag);
		*importer = next;
	}
	return 0;
}

/* An importer's words name the file; those of the sets do not know it. */
static int name_failure(const struct release *release, int err, struct diag *diag)
{
	char text[DIAG_TEXT_MAX];

	if (err != FAIL_TABLE || strstr(diag->text, release_path(release)))
		return err;
	strcpy(text, diag->text);
	snprintf(diag->text, sizeof(diag->text), "%.300s:%zu: %.690s", release_path(release),
	        release_line_number(release), text);
	return err;
}

static int import(
        struct build *build, struct release *release, struct build_file *file, struct diag *diag)
{
	struct release_totals totals;
	int err;

	set_builds_mark(&build->builds, build->marks);
	err = file->importer->read(release, &build->builds, diag);
	if (!err)
		err = release_finish(release, &totals, diag);
	if (err)
		return name_failure(release, err, diag);
	if (totals.line_open) /* some publishers do so, and so does a download that broke off */
		diag_warn(diag, "%s: its last line has no end: was it cut short?", file->path);
	set_builds_name(&build->builds, build->marks, file->path, totals.hash);
	file->size = totals.size;
	file->rows = totals.records - totals.skipped;
	file->skipped = totals.skipped;
	file->hash = totals.hash;
	return 0;
}

static void leave_out(struct build *build, struct build_file *file, const char *reason)
{
	file->reason = reason;
	build->result->unknown_count++;
}

/* Why no importer took it. */
static const char *unknown_reason(const struct release *release, const char *no_text)
{
	struct release_head head;

	release_head(release, &head);
	if (head.size >= strlen(SET_MAGIC) && memcmp(head.text, SET_MAGIC, strlen(SET_MAGIC)) == 0)
		return "is a code set already, and no release";
	if (release_kind_of(head.text, head.size) == RELEASE_GZ)
		return "is packed twice: unpack it once";
	if (release_kind_of(head.text, head.size) == RELEASE_ZIP)
		return "is an archive or a workbook within an archive: unpack it, save a workbook "
		       "as CSV";
	if (no_text)
		return no_text;
	if (strncasecmp(head.name, "AOC_V", 5) == 0)
		return "add-on code edits of fixed width are not read: save the sheet of the "
		       "workbook beside it as CSV, and put that here";
	return "its layout is none that is known";
}

static int read_release(struct build *build, struct release *release, struct diag *diag)
{
	const char *path = release_path(release), *reason;
	struct build_file *file;
	bool wrong;
	int err = add_file(build, path, &file, diag);

	if (err)
		return err;
	reason = release_no_text(release, &wrong);
	if (wrong)
		return diag_set(diag, FAIL_TABLE, "%s: %s", path, reason);
	err = recognise(release, &file->importer, diag);
	if (err)
		return err;
	if (file->importer)
		return import(build, release, file, diag);
	leave_out(build, file, unknown_reason(release, reason));
	return 0;
}

struct watch {
	const struct build *build;
	const char *path;
};

static bool is_stopped(const struct build *build)
{
	return build->options->stopped && build->options->stopped() != 0;
}

static bool watch_release(void *context, uint64_t taken)
{
	const struct watch *watch = context;

	tell_progress(watch->build, watch->path, taken);
	return !is_stopped(watch->build);
}

/* Takes the stream over. */
static int read_stream(
        struct build *build, struct release_stream *stream, const char *path, struct diag *diag)
{
	struct watch watch = {build, path};
	struct release *release;
	int err = release_open(&release, stream, path, diag);

	if (err)
		return err;
	release_watch(release, watch_release, &watch);
	err = read_release(build, release, diag);
	release_close(release);
	return err;
}

/* ---- Files and archives ---- */

struct member {
	const char *name;
	size_t index;
};

static int compare_members(const void *one, const void *two)
{
	const struct member *a = one, *b = two;
	int order = strcmp(a->name, b->name);

	return order ? order : (a->index > b->index) - (a->index < b->index);
}

static int read_member(struct build *build, struct archive *archive, const struct member *member,
        const char *path, struct diag *diag)
{
	struct release_stream *stream;
	char *name;
	int err;

	if (asprintf(&name, "%s:%s", path, member->name) < 0)
		return no_memory(diag);
	err = archive_stream(&stream, archive, member->index, diag);
	if (!err)
		err = read_stream(build, stream, name, diag);
	build->done += archive_packed(archive, member->index);
	free(name);
	return err;
}

/* Members by name; what is hidden is passed over (.DS_Store, __MACOSX/._name). */
static size_t list_members(const struct archive *archive, struct member members[])
{
	size_t count = 0;

	for (size_t i = 0; i < archive_count(archive); i++) {
		const char *name = archive_name(archive, i);

		if (*name && !path_is_hidden(name))
			members[count++] = (struct member){name, i};
	}
	qsort(members, count, sizeof(*members), compare_members);
	return count;
}

/* An office document is an archive too. */
static const char *office_reason(const struct member members[], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(members[i].name, "xl/workbook.xml") == 0)
			return "is a workbook: save its sheet as CSV, and put that here";
		if (strcmp(members[i].name, "word/document.xml") == 0)
			return "is a document, and no table";
	}
	return NULL;
}

static int read_members(
        struct build *build, struct archive *archive, const char *path, struct diag *diag)
{
	struct member *members = malloc((archive_count(archive) + 1) * sizeof(*members));
	struct build_file *file;
	const char *reason;
	size_t count;
	int err = 0;

	if (!members)
		return no_memory(diag);
	count = list_members(archive, members);
	reason = count ? office_reason(members, count) : "is an empty archive";
	if (reason) {
		err = add_file(build, path, &file, diag);
		if (!err)
			leave_out(build, file, reason);
	} else {
		for (size_t i = 0; i < count && !err; i++)
			err = read_member(build, archive, &members[i], path, diag);
	}
	free(members);
	return err;
}

static int read_archive(struct build *build, const struct folder_file *file, struct diag *diag)
{
	struct archive *archive;
	int err = archive_open(&archive, file->file, diag);

	if (err)
		return err;
	err = read_members(build, archive, file->path, diag);
	archive_close(archive);
	return err;
}

static int kind_of_file(const char *file, enum release_kind *kind, struct diag *diag)
{
	struct release_stream *stream;
	unsigned char bytes[8];
	ssize_t got;
	int err = stream_file(&stream, file, diag);

	if (err)
		return err;
	got = stream->read(stream, bytes, sizeof(bytes), diag);
	stream->close(stream);
	if (got < 0)
		return (int)got;
	*kind = release_kind_of(bytes, (size_t)got);
	return 0;
}

static int read_file(struct build *build, const struct folder_file *file, struct diag *diag)
{
	struct release_stream *stream;
	enum release_kind kind = RELEASE_TEXT;
	int err = kind_of_file(file->file, &kind, diag);

	if (err)
		return err;
	if (kind == RELEASE_ZIP)
		return read_archive(build, file, diag);
	err = kind == RELEASE_GZ ? stream_gz(&stream, file->file, diag)
	                         : stream_file(&stream, file->file, diag);
	return err ? err : read_stream(build, stream, file->path, diag);
}

static int read_all(struct build *build, struct diag *diag)
{
	uint64_t done = 0;
	int err = 0;

	for (size_t i = 0; i < build->folder.count && !err; i++) {
		const struct folder_file *file = &build->folder.files[i];

		if (is_stopped(build))
			return diag_set(diag, FAIL_STOPPED, "stopped");
		build->done = done;
		tell_progress(build, file->path, 0);
		err = read_file(build, file, diag);
		done += file->size;
	}
	build->done = done;
	return err;
}

/* ---- What came of it ---- */

static int no_release(const struct build *build, const char *folder, struct diag *diag)
{
	const struct build_result *result = build->result;
	const struct build_file *first = &result->files[0];

	if (result->file_count == 0)
		return diag_set(diag, FAIL_TABLE, "%s: holds no files, so no releases", folder);
	if (result->unknown_count < result->file_count)
		return 0;
	return diag_set(diag, FAIL_TABLE, "%s: none of its %zu files is a known release; %s: %s",
	        folder, result->file_count, first->path, first->reason);
}

static int describe_set(
        struct build_result *result, const char *folder, size_t index, struct diag *diag)
{
	const struct set_schema *schema = schema_at(index);
	struct set set;
	char *path;
	int err;

	if (asprintf(&path, "%s/%s" SETS_ENDING, folder, schema->name) < 0)
		return no_memory(diag);
	err = set_map(&set, path, diag);
	free(path);
	if (err)
		return err;
	result->sets[result->set_count++] = (struct build_set){
	        .schema = schema,
	        .sources = set_source_count(&set),
	        .keys = set.key_count,
	        .rows = set.row_count,
	        .size = set.image_size,
	        .from = set.from,
	        .to = set.to,
	};
	set_close(&set);
	return 0;
}

static int describe_sets(const struct build *build, const char *folder, struct diag *diag)
{
	struct build_result *result = build->result;
	int err = 0;

	result->sets = calloc(build->builds.count + 1, sizeof(*result->sets));
	if (!result->sets)
		return no_memory(diag);
	for (size_t i = 0; i < build->builds.count && !err; i++)
		if (build->builds.builds[i]->source_count > 0)
			err = describe_set(result, folder, i, diag);
	return err;
}

static unsigned thread_count(const struct build_options *options)
{
	cpu_set_t cpus;

	if (options->threads > 0)
		return options->threads;
	return sched_getaffinity(0, sizeof(cpus), &cpus) == 0 ? (unsigned)CPU_COUNT(&cpus) : 1;
}

static int read_folder(struct build *build, const char *folder, struct diag *diag)
{
	int err = folder_list(&build->folder, folder, diag);

	if (!err)
		err = set_builds_create(&build->builds, diag);
	if (!err)
		build->marks = calloc(build->builds.count + 1, sizeof(*build->marks));
	if (!err && !build->marks)
		err = no_memory(diag);
	if (!err)
		err = read_all(build, diag);
	return err ? err : no_release(build, folder, diag);
}

int codes_build(const char *folder, const char *out, const struct build_options *options,
        struct build_result *result, struct diag *diag)
{
	static const struct build_options defaults;
	struct build build = {.options = options ? options : &defaults, .result = result};
	double start = seconds_now();
	char *beside = NULL;
	int err;

	*result = (struct build_result){0};
	err = out_check(out, build.options->replace, diag);
	if (!err)
		err = read_folder(&build, folder, diag);
	if (!err)
		err = out_begin(&beside, out, diag);
	if (err)
		goto done;
	tell_progress(&build, NULL, 0);
	err = set_builds_finish(
	        &build.builds, beside, thread_count(build.options), build.options->stopped, diag);
	if (!err)
		err = describe_sets(&build, beside, diag);
	if (!err)
		err = out_commit(beside, out, build.options->replace, diag);
	if (err)
		out_discard(beside);
	else
		free(beside);
done:
	free(build.marks);
	set_builds_destroy(&build.builds);
	folder_reset(&build.folder);
	result->seconds = seconds_now() - start;
	return err;
}

void build_result_reset(struct build_result *result)
{
	for (size_t i = 0; i < result->file_count; i++)
		free(result->files[i].path);
	free(result->files);
	free(result->sets);
	*result = (struct build_result){0};
}

/* ---- The key of a cache ---- */

static int feed_file(struct hash128_stream *hash, const struct folder_file *file,
        int (*stopped)(void), struct diag *diag)
{
	struct release_stream *stream;
	char *buffer = malloc(RELEASE_READ);
	ssize_t got = 1;
	int err = buffer ? stream_file(&stream, file->file, diag) : no_memory(diag);

	hash128_feed(hash, file->path, strlen(file->path) + 1);
	while (!err && got > 0) {
		if (stopped && stopped()) {
			got = diag_set(diag, FAIL_STOPPED, "stopped");
			break;
		}
		got = stream->read(stream, buffer, RELEASE_READ, diag);
		if (got > 0)
			hash128_feed(hash, buffer, (size_t)got);
	}
	if (!err) {
		hash128_feed(hash, &stream->taken, sizeof(stream->taken));
		stream->close(stream);
	}
	free(buffer);
	return err ? err : (int)got;
}

int codes_build_key(
        const char *folder, int (*stopped)(void), struct hash128 *key, struct diag *diag)
{
	uint32_t versions[] = {SET_IMAGE_VERSION, IMPORTERS_VERSION};
	struct hash128_stream hash;
	struct folder files;
	int err = folder_list(&files, folder, diag);

	hash128_begin(&hash);
	hash128_feed(&hash, versions, sizeof(versions));
	for (size_t i = 0; i < schemas_count(); i++) {
		struct hash128 schema = set_schema_hash(schema_at(i));

		hash128_feed(&hash, &schema, sizeof(schema));
	}
	for (size_t i = 0; i < files.count && !err; i++)
		err = feed_file(&hash, &files.files[i], stopped, diag);
	folder_reset(&files);
	*key = hash128_end(&hash);
	return err;
}
