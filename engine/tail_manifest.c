/* SPDX-License-Identifier: Apache-2.0 */
#include "tail_manifest.h"

#include "base/hash.h"
#include "report/json.h"
#include "report/json_read.h"
#include "report/number.h"
#include "scan.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	MANIFEST_BYTES_MAX = 1 << 30,
	FILES_ROOM_FIRST = 16,
	HASH_TEXT_SIZE = 33,
	LAST_LINE_SIZE = 64, /* of the hash, and what stands around it */
};

/* How the file begins, whatever its version; the number of the version follows. */
static const char beginning[] = "{\n  \"program\": \"claimscan\",\n  \"tail\": ";

/* What closes the object, and what stands there instead, behind the hash. */
static const char object_end[] = "\n}\n";

static const char *const came_names[CLAIM_TYPES] = {"last_came_undetermined",
        "last_came_professional", "last_came_institutional", "last_came_dental"};

/* ---- Files ---- */

void tail_manifest_reset(struct tail_manifest *manifest)
{
	for (size_t i = 0; i < manifest->file_count; i++)
		free(manifest->files[i].path);
	free(manifest->files);
	*manifest = (struct tail_manifest){.files = NULL};
}

int tail_manifest_add(
        struct tail_manifest *manifest, const struct tail_file *file, struct diag *diag)
{
	if (manifest->file_count == manifest->file_room) {
		size_t room = manifest->file_room ? manifest->file_room * 2 : FILES_ROOM_FIRST;
		struct tail_file *files = realloc(manifest->files, room * sizeof(*files));

		if (!files)
			return diag_set(diag, FAIL_MEMORY, "no memory for the tail's files");
		manifest->files = files;
		manifest->file_room = room;
	}
	struct tail_file *added = &manifest->files[manifest->file_count];

	*added = *file;
	added->path = strdup(file->path);
	if (!added->path)
		return diag_set(diag, FAIL_MEMORY, "no memory for the tail's files");
	manifest->file_count++;
	return 0;
}

uint64_t tail_manifest_lines(const struct tail_manifest *manifest)
{
	uint64_t lines = 0;

	for (size_t i = 0; i < manifest->pack_count; i++)
		lines += manifest->packs[i].facts.lines;
	return lines;
}

uint64_t tail_manifest_bytes(const struct tail_manifest *manifest)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < manifest->pack_count; i++)
		bytes += manifest->packs[i].facts.bytes;
	return bytes;
}

static int compare_files(const void *left, const void *right)
{
	const struct tail_file *a = left, *b = right;

	for (unsigned i = 0; i < 2; i++)
		if (a->hash[i] != b->hash[i])
			return a->hash[i] < b->hash[i] ? -1 : 1;
	return (a->bytes > b->bytes) - (a->bytes < b->bytes);
}

const struct tail_file *tail_manifest_find(
        const struct tail_manifest *manifest, const struct tail_file *file)
{
	return manifest->file_count ? bsearch(file, manifest->files, manifest->file_count,
	                                      sizeof(*file), compare_files)
	                            : NULL;
}

const struct tail_file *tail_manifest_find_run(
        const struct tail_manifest *manifest, const uint64_t run[2])
{
	for (size_t i = 0; i < manifest->file_count && run[1] > 0; i++) {
		const struct tail_file *file = &manifest->files[i];

		if (file->run[0] == run[0] && file->run[1] == run[1])
			return file;
	}
	return NULL;
}

/* ---- Writing ---- */

static void put_hash(struct json *json, const char *key, uint64_t high, uint64_t low)
{
	char text[HASH_TEXT_SIZE];

	*number_hex(number_hex(text, high), low) = '\0';
	json_text(json, key, text);
}

static void put_packs(struct json *json, const struct tail_manifest *manifest)
{
	json_array(json, "packs", false);
	for (size_t i = 0; i < manifest->pack_count; i++) {
		const struct tail_pack *pack = &manifest->packs[i];

		json_object(json, NULL, true);
		put_hash(json, "pack", 0, pack->facts.hash);
		json_unsigned(json, "bytes", pack->facts.bytes);
		json_unsigned(json, "lines", pack->facts.lines);
		json_date(json, "edge", pack->edge);
		json_end(json);
	}
	json_end(json);
}

static void put_files(struct json *json, const struct tail_manifest *manifest)
{
	json_array(json, "files", false);
	for (size_t i = 0; i < manifest->file_count; i++) {
		const struct tail_file *file = &manifest->files[i];

		json_object(json, NULL, true);
		json_text(json, "path", file->path);
		json_unsigned(json, "bytes", file->bytes);
		put_hash(json, "xxh3", file->hash[1], file->hash[0]);
		json_date(json, "edge", file->edge);
		put_hash(json, "run", file->run[1], file->run[0]);
		json_end(json);
	}
	json_end(json);
}

static void put_members(struct json *json, const struct tail_manifest *manifest)
{
	json_object(json, NULL, false);
	json_text(json, "program", "claimscan");
	json_unsigned(json, "tail", TAIL_VERSION);
	json_text(json, "build", CLAIMSCAN_VERSION);
	json_unsigned(json, "history_days", manifest->days);
	json_date(json, "edge", manifest->edge);
	json_date(json, "whole_from", manifest->whole_from);
	json_date(json, "met_from", manifest->met_from);
	json_date(json, "first_service", manifest->first_service);
	json_date(json, "last_service", manifest->last_service);
	for (unsigned type = 0; type < CLAIM_TYPES; type++)
		json_date(json, came_names[type], manifest->last_came[type]);
	put_packs(json, manifest);
	put_files(json, manifest);
	json_end(json);
}

/* The last lines, behind all that they are the hash of.  Returns their bytes. */
static size_t last_line(const char *text, size_t size, char line[LAST_LINE_SIZE])
{
	struct hash128 hash = hash128(text, size);
	char *at = stpcpy(line, ",\n  \"xxh3\": \"");

	at = stpcpy(number_hex(number_hex(at, hash.high), hash.low), "\"");
	return (size_t)(stpcpy(at, object_end) - line);
}

static int write_all(int fd, const char *text, size_t size)
{
	while (size > 0) {
		ssize_t wrote = write(fd, text, size);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return wrote < 0 ? -errno : FAIL_IO;
		text += wrote;
		size -= (size_t)wrote;
	}
	return 0;
}

/* A new file in the directory, synced.  Returns 0 or a negative errno. */
static int put_file(int directory, const char *text, size_t size)
{
	char line[LAST_LINE_SIZE];
	size_t body = size - strlen(object_end), rest = last_line(text, body, line);
	int fd, err;

	unlinkat(directory, TAIL_MANIFEST_NEXT, 0);
	fd = openat(directory, TAIL_MANIFEST_NEXT, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	err = write_all(fd, text, body);
	if (err == 0)
		err = write_all(fd, line, rest);
	if (err == 0 && fsync(fd) < 0)
		err = -errno;
	close(fd);
	return err;
}

int tail_manifest_write(
        const struct tail_manifest *manifest, int directory, const char *folder, struct diag *diag)
{
	struct out *out = NULL;
	struct json json;
	const char *text;
	size_t size;
	int err = out_create_memory(&out, diag);

	if (err < 0)
		return err;
	json_init(&json, out);
	put_members(&json, manifest);
	text = out_memory_text(out, &size);
	err = size > strlen(object_end) ? put_file(directory, text, size) : FAIL_MEMORY;
	if (err == 0 && renameat(directory, TAIL_MANIFEST_NEXT, directory, TAIL_MANIFEST_NAME) < 0)
		err = -errno;
	if (err == 0 && fsync(directory) < 0 && errno != EINVAL)
		err = -errno;
	out_destroy(out);
	return err == 0 ? 0
	                : diag_set(diag, FAIL_IO, "%s/%s: cannot write: %s", folder,
	                          TAIL_MANIFEST_NAME, strerror(-err));
}

/* ---- Reading ---- */

/* A manifest that is being read. */
struct reading {
	struct tail_manifest *manifest;
	struct run_folder folder;
	const struct json_value *root;
	struct diag *diag;
};

static int refuse(const struct reading *reading, const char *what)
{
	return diag_set(reading->diag, FAIL_DATA, "%s/%s:0: %s: " TAIL_ANEW, reading->folder.path,
	        TAIL_MANIFEST_NAME, what);
}

static int read_text(const struct reading *reading, int fd, char **text, size_t *size)
{
	struct stat status;
	size_t used = 0;
	ssize_t got = 1;

	if (fstat(fd, &status) < 0 || status.st_size > MANIFEST_BYTES_MAX)
		return refuse(reading, "not a tail's");
	*text = malloc((size_t)status.st_size + 1);
	if (!*text)
		return diag_set(reading->diag, FAIL_MEMORY, "no memory for the tail");
	while (got > 0 && used < (size_t)status.st_size) {
		got = read(fd, *text + used, (size_t)status.st_size - used);
		used += got > 0 ? (size_t)got : 0;
	}
	(*text)[used] = '\0';
	*size = used;
	return got < 0 ? diag_set(reading->diag, FAIL_IO, "%s/%s: cannot read: %s",
	                         reading->folder.path, TAIL_MANIFEST_NAME, strerror(errno))
	               : 0;
}

/* Is it ours, of this version, and as it was written? */
static int prove(const struct reading *reading, const char *text, size_t size)
{
	char line[LAST_LINE_SIZE], words[96];
	size_t rest = last_line("", 0, line);
	unsigned long version;

	if (size < strlen(beginning) || memcmp(text, beginning, strlen(beginning)) != 0)
		return refuse(reading, "not the manifest of a tail, or damaged");
	version = strtoul(text + strlen(beginning), NULL, 10);
	if (version != TAIL_VERSION) {
		snprintf(words, sizeof(words), "a tail of version %lu, this program reads %d",
		        version, TAIL_VERSION);
		return refuse(reading, words);
	}
	if (size < rest || last_line(text, size - rest, line) != rest ||
	        memcmp(text + size - rest, line, rest) != 0)
		return refuse(reading, "damaged");
	return 0;
}

static const char *text_of(const struct json_value *value, const char *name)
{
	return json_read_text(json_read_member(value, name));
}

static bool take_number(const struct json_value *value, const char *name, uint64_t *number)
{
	const char *text = text_of(value, name);
	char *end;

	*number = strtoull(text, &end, 10);
	return end > text && *end == '\0';
}

static bool take_date(const struct json_value *value, const char *name, int32_t *date)
{
	const struct json_value *member = json_read_member(value, name);
	const char *text = json_read_text(member);

	*date = DATE_ABSENT;
	return text[0] == '\0' || date_parse(text, strlen(text), date) == 0;
}

static bool take_hash(const struct json_value *value, const char *name, uint64_t hash[2])
{
	const char *text = text_of(value, name);
	char half[17] = "";
	char *end;

	if (strlen(text) != HASH_TEXT_SIZE - 1)
		return false;
	memcpy(half, text, 16);
	hash[1] = strtoull(half, &end, 16);
	if (*end)
		return false;
	hash[0] = strtoull(text + 16, &end, 16);
	return *end == '\0';
}

static int take_files(const struct reading *reading)
{
	const struct json_value *files = json_read_member(reading->root, "files");
	size_t count = json_read_count(files);
	int err = 0;

	for (size_t i = 0; i < count && err == 0; i++) {
		const struct json_value *of = json_read_at(files, i);
		struct tail_file file = {.path = (char *)(uintptr_t)text_of(of, "path")};

		if (!take_number(of, "bytes", &file.bytes) || !take_hash(of, "xxh3", file.hash) ||
		        !take_date(of, "edge", &file.edge))
			return refuse(reading, "damaged");
		if (*text_of(of, "run") && !take_hash(of, "run", file.run))
			return refuse(reading, "damaged");
		err = tail_manifest_add(reading->manifest, &file, reading->diag);
	}
	if (reading->manifest->file_count > 1)
		qsort(reading->manifest->files, reading->manifest->file_count,
		        sizeof(struct tail_file), compare_files);
	return err;
}

static bool take_packs(const struct reading *reading)
{
	const struct json_value *packs = json_read_member(reading->root, "packs");
	size_t count = json_read_count(packs);
	bool whole = count <= TAIL_PACKS_MAX;

	for (size_t i = 0; i < count && whole; i++) {
		const struct json_value *of = json_read_at(packs, i);
		struct tail_pack *pack = &reading->manifest->packs[i];
		uint64_t hash[2];

		whole = take_hash(of, "pack", hash) &&
		        take_number(of, "bytes", &pack->facts.bytes) &&
		        take_number(of, "lines", &pack->facts.lines) &&
		        take_date(of, "edge", &pack->edge);
		pack->facts.hash = whole ? hash[0] : 0;
	}
	reading->manifest->pack_count = whole ? count : 0;
	return whole;
}

static int take_members(const struct reading *reading)
{
	struct tail_manifest *manifest = reading->manifest;
	const struct json_value *root = reading->root;
	uint64_t days;
	bool whole = take_packs(reading) && take_number(root, "history_days", &days) &&
	             take_date(root, "edge", &manifest->edge) &&
	             take_date(root, "whole_from", &manifest->whole_from) &&
	             take_date(root, "met_from", &manifest->met_from) &&
	             take_date(root, "first_service", &manifest->first_service) &&
	             take_date(root, "last_service", &manifest->last_service);

	for (unsigned type = 0; type < CLAIM_TYPES && whole; type++)
		whole = take_date(root, came_names[type], &manifest->last_came[type]);
	if (!whole)
		return refuse(reading, "damaged");
	manifest->days = (uint32_t)days;
	return take_files(reading);
}

static int parse(struct reading *reading)
{
	struct json_tree *tree = NULL;
	int err = json_read_create(&tree, &reading->folder, TAIL_MANIFEST_NAME, reading->diag);

	if (err == 0) {
		reading->root = json_read_root(tree);
		err = take_members(reading);
	}
	json_read_destroy(tree);
	return err;
}

int tail_manifest_read(
        struct tail_manifest *manifest, int directory, const char *folder, struct diag *diag)
{
	struct reading reading = {.manifest = manifest,
	        .folder = {.directory = directory, .path = folder},
	        .diag = diag};
	char *text = NULL;
	size_t size = 0;
	int fd, err;

	*manifest = (struct tail_manifest){.files = NULL};
	if (!run_folder_has(&reading.folder, TAIL_MANIFEST_NAME))
		return 0;
	fd = run_folder_open_file(&reading.folder, TAIL_MANIFEST_NAME, diag);
	if (fd < 0)
		return fd;
	err = read_text(&reading, fd, &text, &size);
	close(fd);
	if (err == 0)
		err = prove(&reading, text, size);
	free(text);
	if (err == 0)
		err = parse(&reading);
	if (err < 0)
		tail_manifest_reset(manifest);
	return err < 0 ? err : 1;
}
