/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/build_private.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	DEPTH_MAX = 32, /* folders in folders; a link that leads back ends here */
	FILES_FIRST = 64,
};

static int no_memory(struct diag *diag)
{
	return diag_set(diag, FAIL_MEMORY, "no memory for the list of releases");
}

bool path_is_hidden(const char *path)
{
	for (const char *at = path; at; at = strchr(at, '/')) {
		at += *at == '/';
		if (*at == '.')
			return true;
	}
	return false;
}

/* Takes path and file over. */
static int add_file(struct folder *folder, char *path, char *file, uint64_t size, struct diag *diag)
{
	struct folder_file *files = folder->files;
	size_t capacity = folder->capacity ? folder->capacity * 2 : FILES_FIRST;

	if (folder->count == folder->capacity) {
		files = realloc(files, capacity * sizeof(*files));
		if (!files) {
			free(path);
			free(file);
			return no_memory(diag);
		}
		folder->files = files;
		folder->capacity = capacity;
	}
	files[folder->count++] = (struct folder_file){path, file, size};
	folder->size += size;
	return 0;
}

static int list(
        struct folder *folder, const char *top, const char *below, int depth, struct diag *diag);

static int take_entry(
        struct folder *folder, const char *top, char *path, int depth, struct diag *diag)
{
	struct stat status;
	char *file;
	int err;

	if (asprintf(&file, "%s/%s", top, path) < 0) {
		free(path);
		return no_memory(diag);
	}
	if (stat(file, &status) != 0)
		err = diag_set(diag, FAIL_INPUT, "%s: cannot be read: %s", file, strerror(errno));
	else if (S_ISREG(status.st_mode))
		return add_file(folder, path, file, (uint64_t)status.st_size, diag);
	else
		err = S_ISDIR(status.st_mode) ? list(folder, top, path, depth + 1, diag) : 0;
	free(path);
	free(file);
	return err;
}

static const char *list_failure(int depth)
{
	if (depth == DEPTH_MAX)
		return "folders within folders, too deep: does a link lead back?";
	return errno == ENOTDIR ? "is no folder: the folder that it lies in is wanted"
	                        : strerror(errno);
}

static int list(
        struct folder *folder, const char *top, const char *below, int depth, struct diag *diag)
{
	const struct dirent *entry;
	char *name = NULL;
	DIR *stream;
	int err = 0;

	if (asprintf(&name, "%s%s%s", top, *below ? "/" : "", below) < 0)
		return no_memory(diag);
	stream = depth < DEPTH_MAX ? opendir(name) : NULL;
	if (!stream)
		err = diag_set(diag, FAIL_INPUT, "%s: %s", name, list_failure(depth));
	while (stream && !err && (entry = readdir(stream))) {
		char *path;

		if (entry->d_name[0] == '.')
			continue;
		if (asprintf(&path, "%s%s%s", below, *below ? "/" : "", entry->d_name) < 0)
			err = no_memory(diag);
		else
			err = take_entry(folder, top, path, depth, diag);
	}
	if (stream)
		closedir(stream);
	free(name);
	return err;
}

static int compare_paths(const void *one, const void *two)
{
	const struct folder_file *a = one, *b = two;

	return strcmp(a->path, b->path);
}

int folder_list(struct folder *folder, const char *path, struct diag *diag)
{
	int err;

	*folder = (struct folder){0};
	err = list(folder, path, "", 0, diag);
	if (err) {
		folder_reset(folder);
		return err;
	}
	if (folder->count > 0)
		qsort(folder->files, folder->count, sizeof(*folder->files), compare_paths);
	return 0;
}

void folder_reset(struct folder *folder)
{
	for (size_t i = 0; i < folder->count; i++) {
		free(folder->files[i].path);
		free(folder->files[i].file);
	}
	free(folder->files);
	*folder = (struct folder){0};
}
