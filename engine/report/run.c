/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The run directory's life:
 *
 *     PARENT/.NAME.tmp-PID-xxxxxxxx   made at the start, 0700
 *     PARENT/NAME                     after the commit, by one rename
 *
 * With --force the new and the old change names in one step (RENAME_EXCHANGE),
 * and only then is the old removed: at no time is there no run under the name.
 * Everything is done relative to the parent's descriptor.
 */
#include "report/run.h"

#include "base/tasks.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	TRIES_MAX = 64,       /* of names; they are random */
	NAME_PART_MAX = 200,  /* of the final name that the temporary one carries */
	MARK_BYTES_MAX = 512, /* in which our mark in manifest.json stands */
	FILES_MAX = 64,       /* of one run: a dozen and room */
	SYNC_THREADS = 8,     /* that wait for the disk, not for a CPU */
};

/* What the manifest of every run says near its top (report/manifest.c). */
static const char run_mark[] = "\"claimscan\"";

struct run {
	char *path; /* as the user gave it, for messages */
	char *name; /* its last part */
	char temporary[NAME_MAX + 1];
	int parent, directory; /* descriptors; -1 */
	bool force, committed;
	bool removing; /* what was replaced, by a thread of its own */
	pthread_t remover;
	struct diag *diag; /* the remover's */
	size_t file_count;
	char *files[FILES_MAX + 1]; /* NULL-ended */
};

static int fail_output(struct diag *diag, const char *path, const char *what, int err)
{
	return diag_set(diag, FAIL_OUTPUT, "%s: %s: %s", path, what, strerror(err));
}

/* ---- Names. ---- */

/* Cut path into parent and name.  "." and "/" have no name to rename to. */
static int split_path(struct run *run, const char *path, char **parent, struct diag *diag)
{
	size_t size = strlen(path);

	while (size > 1 && path[size - 1] == '/')
		size--;
	run->path = strndup(path, size);
	*parent = strndup(path, size);
	if (!run->path || !*parent)
		return diag_set(diag, FAIL_MEMORY, "no memory for a path");
	char *slash = strrchr(*parent, '/');

	run->name = strdup(slash ? slash + 1 : *parent);
	if (!run->name)
		return diag_set(diag, FAIL_MEMORY, "no memory for a path");
	if (slash)
		slash[slash == *parent] = '\0';
	else
		strcpy(*parent, path[0] != '\0' ? "." : "");
	if (run->name[0] == '\0' || !strcmp(run->name, ".") || !strcmp(run->name, ".."))
		return diag_set(diag, FAIL_OUTPUT,
		        "%s: not a name that a run directory can be given (-o)", run->path);
	return 0;
}

static void temporary_name(struct run *run, const char *what)
{
	uint32_t noise = 0;

	/* A short read leaves a name that may be taken; the caller tries again. */
	if (getrandom(&noise, sizeof(noise), 0) < 0)
		noise = (uint32_t)getpid();
	snprintf(run->temporary, sizeof(run->temporary), ".%.*s.%s-%ld-%08x", NAME_PART_MAX,
	        run->name, what, (long)getpid(), noise);
}

/* ---- What stands under the name already. ---- */

bool run_is_ours(int directory)
{
	char text[MARK_BYTES_MAX];
	int fd = openat(directory, "manifest.json", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return false;
	ssize_t size = read(fd, text, sizeof(text));

	close(fd);
	return size > 0 && memmem(text, (size_t)size, run_mark, strlen(run_mark));
}

static bool is_dot(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

/* Count the entries; -1 if one is a directory, or on failure. */
static int count_files(DIR *stream)
{
	struct stat status;
	int count = 0;

	for (const struct dirent *entry; (entry = readdir(stream));) {
		if (is_dot(entry->d_name))
			continue;
		if (fstatat(dirfd(stream), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
		        S_ISDIR(status.st_mode))
			return -1;
		count++;
	}
	return count;
}

/* Open a directory of the parent as a stream; NULL with errno. */
static DIR *open_stream(const struct run *run, const char *name)
{
	int fd = openat(run->parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return NULL;
	DIR *stream = fdopendir(fd);

	if (!stream)
		close(fd);
	return stream;
}

/* May what stands under the name be replaced?  1 yes, 0 nothing is there. */
static int check_taken(const struct run *run, struct diag *diag)
{
	struct stat status;

	if (fstatat(run->parent, run->name, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : fail_output(diag, run->path, "cannot look", errno);
	if (!run->force)
		return diag_set(diag, FAIL_OUTPUT,
		        "%s: exists; choose another name (-o) or replace it (--force)", run->path);
	DIR *stream = open_stream(run, run->name);

	if (!stream)
		return diag_set(diag, FAIL_OUTPUT,
		        "%s: not a run directory; --force does not replace it", run->path);
	int count = count_files(stream);
	bool ours = count == 0 || (count > 0 && run_is_ours(dirfd(stream)));

	closedir(stream);
	if (!ours)
		return diag_set(diag, FAIL_OUTPUT,
		        "%s: neither empty nor a run directory; --force does not replace it",
		        run->path);
	return 1;
}

/* ---- Beginning. ---- */

static int make_directory(struct run *run, struct diag *diag)
{
	int err = EEXIST;

	for (int i = 0; i < TRIES_MAX && err == EEXIST; i++) {
		temporary_name(run, "tmp");
		err = mkdirat(run->parent, run->temporary, 0700) < 0 ? errno : 0;
	}
	if (err != 0) {
		run->temporary[0] = '\0';
		return fail_output(diag, run->path, "cannot make the directory", err);
	}
	run->directory = openat(run->parent, run->temporary, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (run->directory < 0 || fchmod(run->directory, 0700) < 0)
		return fail_output(diag, run->path, "cannot make the directory", errno);
	return 0;
}

static int run_begin(struct run *run, const char *path, struct diag *diag)
{
	char *parent = NULL;
	int err = split_path(run, path, &parent, diag);

	if (err == 0) {
		run->parent = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (run->parent < 0)
			err = fail_output(diag, parent, "cannot write a run there", errno);
	}
	free(parent);
	if (err == 0)
		err = check_taken(run, diag);
	return err < 0 ? err : make_directory(run, diag);
}

int run_create(struct run **run, const char *path, bool force, struct diag *diag)
{
	struct run *made = calloc(1, sizeof(*made));

	if (!made)
		return diag_set(diag, FAIL_MEMORY, "no memory for the run directory");
	made->parent = -1;
	made->directory = -1;
	made->force = force;
	int err = run_begin(made, path, diag);

	if (err < 0) {
		run_destroy(made);
		return err;
	}
	*run = made;
	return 0;
}

static bool ends_in(const char *name, const char *ending)
{
	size_t size = strlen(name), end = strlen(ending);

	return size >= end && strcmp(name + size - end, ending) == 0;
}

void run_drop_files(struct run *run, const char *ending)
{
	size_t kept = 0;

	for (size_t i = 0; i < run->file_count; i++) {
		if (ends_in(run->files[i], ending)) {
			unlinkat(run->directory, run->files[i], 0);
			free(run->files[i]);
		} else {
			run->files[kept++] = run->files[i];
		}
	}
	memset(run->files + kept, 0, (run->file_count - kept) * sizeof(*run->files));
	run->file_count = kept;
}

int run_directory(const struct run *run)
{
	return run->directory;
}

const char *const *run_files(const struct run *run)
{
	return (const char *const *)run->files;
}

const char *run_path(const struct run *run)
{
	return run->path;
}

int run_open_file(struct run *run, const char *name, int *fd, struct diag *diag)
{
	if (run->file_count == FILES_MAX)
		return diag_set(diag, FAIL_INTERNAL, "%s: too many files in a run", name);
	char *kept = strdup(name);

	if (!kept)
		return diag_set(diag, FAIL_MEMORY, "no memory for a path");
	int opened = openat(run->directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (opened < 0 || fchmod(opened, 0600) < 0) {
		int err = diag_set(
		        diag, FAIL_IO, "%s/%s: cannot write: %s", run->path, name, strerror(errno));

		if (opened >= 0) {
			close(opened);
			unlinkat(run->directory, name, 0);
		}
		free(kept);
		return err;
	}
	run->files[run->file_count++] = kept;
	*fd = opened;
	return 0;
}

/* ---- The end. ---- */

static int sync_file(int directory, const char *name)
{
	int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	int err = fsync(fd) < 0 && errno != EINVAL && errno != EROFS ? -errno : 0;

	close(fd);
	return err;
}

struct syncing {
	const struct run *run;
	int errors[FILES_MAX];
};

static int sync_one(void *context, size_t at)
{
	struct syncing *syncing = context;

	syncing->errors[at] = sync_file(syncing->run->directory, syncing->run->files[at]);
	return syncing->errors[at];
}

/*
 * A late write error (a quota, a network) shows here and nowhere else.  Each
 * file waits for the disk by itself, so they wait at once.
 */
static int sync_files(const struct run *run, struct diag *diag)
{
	struct syncing syncing = {.run = run};
	int err = tasks_run(SYNC_THREADS, run->file_count, sync_one, &syncing);

	for (size_t i = 0; i < run->file_count && err < 0; i++) {
		if (syncing.errors[i] < 0)
			return diag_set(diag, FAIL_IO, "%s/%s: cannot write: %s", run->path,
			        run->files[i], strerror(-syncing.errors[i]));
	}
	return sync_file(run->directory, ".") < 0
	               ? diag_set(diag, FAIL_IO, "%s: cannot write the directory", run->path)
	               : 0;
}

static bool is_unsupported(int err)
{
	return err == EINVAL || err == ENOSYS || err == EOPNOTSUPP;
}

/* Give the directory a name that nothing has. */
static int rename_new(struct run *run)
{
	if (renameat2(run->parent, run->temporary, run->parent, run->name, RENAME_NOREPLACE) == 0)
		return 0;
	if (!is_unsupported(errno))
		return -errno;
	/* Elsewhere rename() replaces nothing but an empty directory. */
	return renameat(run->parent, run->temporary, run->parent, run->name) < 0 ? -errno : 0;
}

/* Where the file system cannot exchange: the old steps aside, the new steps in. */
static int rename_in_two_steps(struct run *run)
{
	char fresh[sizeof(run->temporary)];

	strcpy(fresh, run->temporary);
	temporary_name(run, "old");
	if (renameat(run->parent, run->name, run->parent, run->temporary) < 0) {
		int err = -errno;

		strcpy(run->temporary, fresh);
		return err;
	}
	if (renameat(run->parent, fresh, run->parent, run->name) == 0)
		return 0;
	int err = -errno;

	renameat(run->parent, run->temporary, run->parent, run->name);
	strcpy(run->temporary, fresh);
	return err;
}

/* Afterwards the old stands under the temporary name. */
static int rename_over(struct run *run)
{
	if (renameat2(run->parent, run->temporary, run->parent, run->name, RENAME_EXCHANGE) == 0)
		return 0;
	return is_unsupported(errno) ? rename_in_two_steps(run) : -errno;
}

/* The old run: files only, as check_taken() saw. */
static void remove_old(struct run *run, struct diag *diag)
{
	DIR *stream = open_stream(run, run->temporary);

	if (stream) {
		for (const struct dirent *entry; (entry = readdir(stream));) {
			if (!is_dot(entry->d_name))
				unlinkat(dirfd(stream), entry->d_name, 0);
		}
		closedir(stream);
	}
	if (unlinkat(run->parent, run->temporary, AT_REMOVEDIR) < 0)
		diag_warn(diag, "%s: the run that was replaced is left as %s: %s", run->path,
		        run->temporary, strerror(errno));
}

static void *run_remover(void *context)
{
	struct run *run = context;

	remove_old(run, run->diag);
	return NULL;
}

/* Files of hundreds of megabytes take their time, and nobody waits for them but the last. */
static void begin_removal(struct run *run, struct diag *diag)
{
	run->diag = diag;
	run->removing = pthread_create(&run->remover, NULL, run_remover, run) == 0;
	if (!run->removing)
		remove_old(run, diag);
}

int run_commit(struct run *run, struct diag *diag)
{
	int err = sync_files(run, diag);

	if (err < 0)
		return err;
	int taken = check_taken(run, diag);

	if (taken < 0)
		return taken;
	err = taken ? rename_over(run) : rename_new(run);
	if (err < 0)
		return fail_output(diag, run->path, "cannot give the run its name", -err);
	run->committed = true;
	if (fsync(run->parent) < 0)
		diag_warn(diag, "%s: cannot sync its directory", run->path);
	if (taken)
		begin_removal(run, diag);
	return 0;
}

void run_destroy(struct run *run)
{
	if (!run)
		return;
	if (run->removing)
		pthread_join(run->remover, NULL);
	for (size_t i = 0; i < run->file_count; i++) {
		if (!run->committed)
			unlinkat(run->directory, run->files[i], 0);
		free(run->files[i]);
	}
	if (run->directory >= 0)
		close(run->directory);
	if (!run->committed && run->temporary[0] != '\0')
		unlinkat(run->parent, run->temporary, AT_REMOVEDIR);
	if (run->parent >= 0)
		close(run->parent);
	free(run->path);
	free(run->name);
	free(run);
}
