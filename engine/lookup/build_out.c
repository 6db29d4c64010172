/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/build_private.h"
#include "lookup/sets.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static bool is_image(const char *name)
{
	size_t size = strlen(name), tail = strlen(SETS_ENDING);

	return size > tail && strcmp(name + size - tail, SETS_ENDING) == 0;
}

int out_check(const char *out, bool replace, struct diag *diag)
{
	const struct dirent *entry;
	DIR *stream = opendir(out);
	struct stat status;
	int err = 0;

	if (!stream && errno == ENOENT && lstat(out, &status) == 0)
		return diag_set(diag, FAIL_OUTPUT, "%s: is a link that leads nowhere", out);
	if (!stream && errno == ENOENT)
		return 0;
	if (!stream)
		return diag_set(diag, FAIL_OUTPUT, "%s: is in the way: %s", out, strerror(errno));
	while (!err && (entry = readdir(stream))) {
		if (is_dot(entry->d_name))
			continue;
		if (!is_image(entry->d_name))
			err = diag_set(diag, FAIL_OUTPUT,
			        "%s: holds %s, which is no code set; choose another folder", out,
			        entry->d_name);
		else if (!replace)
			err = diag_set(diag, FAIL_OUTPUT,
			        "%s: holds code sets already; --force replaces them", out);
	}
	closedir(stream);
	return err;
}

/* OUT without slashes at its end; a link stays, and what it leads to is written. */
static char *plain_name(const char *out)
{
	char *name = realpath(out, NULL);
	size_t size;

	if (name)
		return name;
	name = strdup(out);
	size = name ? strlen(name) : 0;
	while (size > 1 && name[size - 1] == '/')
		name[--size] = '\0';
	return name;
}

/* As mkdir() makes them, while mkdtemp() lets nobody else in. */
static void open_to_others(const char *folder)
{
	mode_t mask = umask(0);

	umask(mask);
	if (chmod(folder, 0777 & ~mask) != 0)
		return; /* it stays closed to others, and whole */
}

int out_begin(char **beside, const char *out, struct diag *diag)
{
	char *name = plain_name(out);
	int err = 0;

	*beside = NULL;
	if (!name || asprintf(beside, "%s.XXXXXX", name) < 0) {
		free(name);
		*beside = NULL;
		return diag_set(diag, FAIL_MEMORY, "no memory to write the code sets");
	}
	if (!mkdtemp(*beside)) {
		err = diag_set(diag, FAIL_OUTPUT, "%s: cannot be made: %s", name, strerror(errno));
		free(*beside);
		*beside = NULL;
	}
	free(name);
	return err;
}

static void remove_folder(const char *folder)
{
	const struct dirent *entry;
	DIR *stream = opendir(folder);

	while (stream && (entry = readdir(stream)))
		if (!is_dot(entry->d_name))
			unlinkat(dirfd(stream), entry->d_name, 0);
	if (stream)
		closedir(stream);
	rmdir(folder);
}

void out_discard(char *beside)
{
	if (!beside)
		return;
	remove_folder(beside);
	free(beside);
}

/* The old images step aside, under the temporary name with .old behind it. */
static int swap_in(const char *beside, const char *out, struct diag *diag)
{
	char *old;
	int err = 0;

	if (renameat2(AT_FDCWD, beside, AT_FDCWD, out, RENAME_EXCHANGE) == 0) {
		remove_folder(beside);
		return 0;
	}
	if (asprintf(&old, "%s.old", beside) < 0)
		return diag_set(diag, FAIL_MEMORY, "no memory to move the code sets");
	if (rename(out, old) != 0 || rename(beside, out) != 0) {
		err = diag_set(
		        diag, FAIL_OUTPUT, "%s: cannot be replaced: %s", out, strerror(errno));
		rename(old, out);
	} else {
		remove_folder(old);
	}
	free(old);
	return err;
}

int out_commit(const char *beside, const char *out, bool replace, struct diag *diag)
{
	char *name = plain_name(out);
	int err = name ? out_check(name, replace, diag)
	               : diag_set(diag, FAIL_MEMORY, "no memory to move the code sets");

	if (!err)
		open_to_others(beside);
	/* rename() replaces an empty folder, and nothing else. */
	if (!err && rename(beside, name) != 0) {
		bool there = errno == ENOTEMPTY || errno == EEXIST;

		if (there && replace)
			err = swap_in(beside, name, diag);
		else if (there)
			err = diag_set(diag, FAIL_OUTPUT,
			        "%s: was filled by another while this was built; --force replaces "
			        "it",
			        name);
		else
			err = diag_set(
			        diag, FAIL_OUTPUT, "%s: cannot be made: %s", name, strerror(errno));
	}
	free(name);
	return err;
}
