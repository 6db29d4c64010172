/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/codes_cache.h"

#include "base/hash.h"
#include "lookup/build.h"
#include "lookup/sets.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BUILD_PREFIX "sets-"
#define WORK_PREFIX "claimscan-building-"

enum { PATH_SIZE = PATH_MAX, MODE_DIR = 0700, MODE_FILE = 0600 };

/* Where the images are that a run opens. */
struct place {
	char images[PATH_SIZE];
	char work[PATH_SIZE]; /* to be taken away again, images and all; "" for none */
	bool cached;          /* ours to throw away if it is damaged */
};

/* ---- Folders ---- */

static bool ends_with(const char *text, const char *ending)
{
	size_t size = strlen(text), tail = strlen(ending);

	return size > tail && strcmp(text + size - tail, ending) == 0;
}

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Does a folder hold an image?  FAIL_INPUT: there is no such folder. */
static int holds_images(const char *folder, struct diag *diag)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	int found = 0;

	if (!dir)
		return diag_set(diag, FAIL_INPUT, "%s: %s (--codes)", folder, strerror(errno));
	while (!found && (entry = readdir(dir)))
		found = ends_with(entry->d_name, SETS_ENDING);
	closedir(dir);
	return found;
}

static bool is_there(const char *folder)
{
	struct diag ignored;

	diag_init(&ignored);
	return holds_images(folder, &ignored) == 1;
}

static bool path_join(char path[PATH_SIZE], const char *folder, const char *name)
{
	int size = snprintf(path, PATH_SIZE, "%s/%s", folder, name);

	return size > 0 && size < PATH_SIZE;
}

/* All files of a folder without folders, by one function. */
static void for_each_file(const char *folder, void (*act)(const char *path))
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	char path[PATH_SIZE];

	while (dir && (entry = readdir(dir)))
		if (!is_dots(entry->d_name) && path_join(path, folder, entry->d_name))
			act(path);
	if (dir)
		closedir(dir);
}

static void remove_file(const char *path)
{
	unlink(path);
}

static void remove_images(const char *folder)
{
	for_each_file(folder, remove_file);
	rmdir(folder);
}

static void make_private(const char *path)
{
	chmod(path, MODE_FILE);
}

/* Make a folder and those above it. */
static bool make_folders(const char *folder)
{
	char path[PATH_SIZE];
	int size = snprintf(path, sizeof(path), "%s", folder);

	if (size <= 0 || size >= PATH_SIZE)
		return false;
	for (char *at = path + 1; *at; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		mkdir(path, MODE_DIR);
		*at = '/';
	}
	return mkdir(path, MODE_DIR) == 0 || (errno == EEXIST && access(path, W_OK | X_OK) == 0);
}

/* ---- What the cache keeps ---- */

enum {
	CACHED_MAX = 256, /* looked at; more than that are looked at by later runs */
	BUSY_SECONDS = 3600,
	LEFT_SECONDS = 24 * 3600,
};

struct cached {
	char path[PATH_SIZE];
	int64_t used; /* seconds since 1970 */
};

static uint64_t folder_bytes(const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	char path[PATH_SIZE];
	struct stat stat_of;
	uint64_t bytes = 0;

	while (dir && (entry = readdir(dir)))
		if (path_join(path, folder, entry->d_name) && stat(path, &stat_of) == 0 &&
		        S_ISREG(stat_of.st_mode))
			bytes += (uint64_t)stat_of.st_size;
	if (dir)
		closedir(dir);
	return bytes;
}

/* The last used first. */
static int compare_cached(const void *a, const void *b)
{
	const struct cached *left = a, *right = b;

	if (left->used != right->used)
		return left->used > right->used ? -1 : 1;
	return strcmp(left->path, right->path);
}

/* A build that was stopped: its images, if it came so far, and its folder. */
static void remove_left(const char *work)
{
	char images[PATH_SIZE];

	if (path_join(images, work, "sets"))
		remove_images(images);
	rmdir(work);
}

/* The builds of the cache; what stopped ones left long ago is taken away. */
static size_t list_cached(const char *root, int64_t now, struct cached cached[CACHED_MAX])
{
	DIR *dir = opendir(root);
	const struct dirent *entry;
	size_t count = 0;

	while (dir && count < CACHED_MAX && (entry = readdir(dir))) {
		struct cached *one = &cached[count];
		struct stat stat_of;

		if (!path_join(one->path, root, entry->d_name) || stat(one->path, &stat_of) != 0)
			continue;
		one->used = (int64_t)stat_of.st_mtime;
		if (strncmp(entry->d_name, BUILD_PREFIX, sizeof(BUILD_PREFIX) - 1) == 0)
			count++;
		else if (strncmp(entry->d_name, WORK_PREFIX, sizeof(WORK_PREFIX) - 1) == 0 &&
		         now - one->used > LEFT_SECONDS)
			remove_left(one->path);
	}
	if (dir)
		closedir(dir);
	return count;
}

/* Of the builds those that were used last stay.  That some cannot be removed is no failure. */
static void bound_cache(const char *root)
{
	struct cached *cached = calloc(CACHED_MAX, sizeof(*cached));
	int64_t now = (int64_t)time(NULL);
	size_t count = cached ? list_cached(root, now, cached) : 0, kept = 0;
	uint64_t bytes = 0;

	if (count > 0)
		qsort(cached, count, sizeof(*cached), compare_cached);
	for (size_t i = 0; i < count; i++) {
		bytes += folder_bytes(cached[i].path);
		kept++;
		if ((kept <= CODES_CACHE_BUILDS && bytes <= CODES_CACHE_BYTES) ||
		        now - cached[i].used <= BUSY_SECONDS)
			continue;
		remove_images(cached[i].path);
		kept--;
	}
	free(cached);
}

/* This build is used now. */
static void mark_used(const char *folder)
{
	utimensat(AT_FDCWD, folder, NULL, 0);
}

/* ---- The cache ---- */

/* $XDG_CACHE_HOME counts if it is absolute, as its standard says. */
static bool cache_root(char root[PATH_SIZE])
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	int size = -1;

	if (cache && cache[0] == '/')
		size = snprintf(root, PATH_SIZE, "%s/claimscan", cache);
	else if (home && home[0] == '/')
		size = snprintf(root, PATH_SIZE, "%s/.cache/claimscan", home);
	return size > 0 && size < PATH_SIZE && make_folders(root);
}

static int key_of(const struct codes_folder_options *options, char name[48], struct diag *diag)
{
	struct hash128 key;
	int err = codes_build_key(options->folder, options->stopped, &key, diag);

	snprintf(name, 48, BUILD_PREFIX "%016" PRIx64 "%016" PRIx64, key.high, key.low);
	return err;
}

static int same_key(const struct codes_folder_options *options, const char *name, struct diag *diag)
{
	char again[48];
	int err = key_of(options, again, diag);

	if (err == 0 && strcmp(name, again) != 0)
		err = diag_set(diag, FAIL_DATA, "%s: changed while it was compiled; run it again",
		        options->folder);
	return err;
}

/* Compile into work/sets, work being a folder of our own that is made under a parent. */
static int compile(struct place *place, const struct codes_folder_options *options,
        const char *parent, const char *name, struct diag *diag)
{
	struct build_options build = {.threads = options->threads, .stopped = options->stopped};
	struct build_result result = {0};
	int err;

	if (!path_join(place->work, parent, WORK_PREFIX "XXXXXX") || !mkdtemp(place->work) ||
	        !path_join(place->images, place->work, "sets")) {
		place->work[0] = '\0';
		return diag_set(diag, FAIL_OUTPUT, "%s: %s", parent, strerror(errno));
	}
	if (options->compiling)
		options->compiling(options->context, parent);
	err = codes_build(options->folder, place->images, &build, &result, diag);
	build_result_reset(&result);
	if (err == 0)
		err = same_key(options, name, diag);
	if (err == 0) {
		chmod(place->images, MODE_DIR);
		for_each_file(place->images, make_private);
	}
	return err;
}

static void leave_work(struct place *place)
{
	if (place->work[0])
		remove_left(place->work);
	place->work[0] = '\0';
}

/* Move a build to where it belongs; whoever was sooner has the same. */
static int keep(struct place *place, const char *target, struct diag *diag)
{
	if (rename(place->images, target) != 0 && !is_there(target))
		return diag_set(diag, FAIL_OUTPUT, "%s: %s", target, strerror(errno));
	leave_work(place);
	snprintf(place->images, sizeof(place->images), "%s", target);
	place->cached = true;
	return 0;
}

static int find_place(
        struct place *place, const struct codes_folder_options *options, struct diag *diag)
{
	char root[PATH_SIZE], target[PATH_SIZE], name[48];
	int err = holds_images(options->folder, diag);

	*place = (struct place){.cached = false};
	if (err != 0) {
		snprintf(place->images, sizeof(place->images), "%s", options->folder);
		return err < 0 ? err : 0;
	}
	err = key_of(options, name, diag);
	if (err < 0)
		return err;
	if (!cache_root(root) || !path_join(target, root, name)) {
		diag_warn(diag, "no cache to keep compiled code sets in (XDG_CACHE_HOME or HOME); "
		                "they are compiled for this run only");
		return compile(place, options, options->tmp, name, diag);
	}
	if (is_there(target)) {
		mark_used(target);
		snprintf(place->images, sizeof(place->images), "%s", target);
		place->cached = true;
		return 0;
	}
	err = compile(place, options, root, name, diag);
	if (err == 0)
		err = keep(place, target, diag);
	bound_cache(root);
	return err;
}

static int open_place(struct codes **codes, const struct place *place,
        const struct codes_folder_options *options, struct diag *diag)
{
	return codes_open_sets(codes,
	        &(struct codes_sets_options){.folder = place->images,
	                .parts = options->parts,
	                .nearest = options->nearest},
	        diag);
}

/* A cached build that is damaged is nobody's fault but the disk's: it is made anew, once. */
static int open_again(struct codes **codes, struct place *place,
        const struct codes_folder_options *options, struct diag *diag)
{
	int err;

	diag_warn(diag, "%s: is damaged, and compiled again", place->images);
	diag->text[0] = '\0';
	remove_images(place->images);
	err = find_place(place, options, diag);
	return err < 0 ? err : open_place(codes, place, options, diag);
}

int codes_open_folder(
        struct codes **codes, const struct codes_folder_options *options, struct diag *diag)
{
	struct place place;
	int err = find_place(&place, options, diag);

	*codes = NULL;
	if (err == 0)
		err = open_place(codes, &place, options, diag);
	if (err == FAIL_TABLE && place.cached)
		err = open_again(codes, &place, options, diag);
	leave_work(&place); /* what is mapped stays */
	return err;
}
