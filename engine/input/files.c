/* SPDX-License-Identifier: Apache-2.0 */
#include "input/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	TWICE_WARNINGS_MAX = 5, /* a directory named twice has one per file */
	FILES_ROOM_FIRST = 64,  /* doubled when it is full */
	READABLE_BY_ALL = S_IRUSR | S_IRGRP | S_IROTH,
	LOOK_FILES = 256, /* looked at by a thread before it asks for more */
	LOOKERS_MAX = 64,
};

/* The size of a file that a directory named and nobody has looked at yet. */
#define SIZE_UNSEEN UINT64_MAX

void file_list_init(struct file_list *list, const char *tmp, struct diag *diag)
{
	*list = (struct file_list){.tmp = tmp, .diag = diag};
}

void file_list_reset(struct file_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free((char *)list->files[i].path);
		if (list->files[i].spool >= 0)
			close(list->files[i].spool);
	}
	free(list->files);
	*list = (struct file_list){.tmp = list->tmp, .stopped = list->stopped, .diag = list->diag};
}

static int64_t modified_ns(const struct stat *status)
{
	return (int64_t)status->st_mtim.tv_sec * 1000000000 + status->st_mtim.tv_nsec;
}

void file_set_stat(struct plan_file *file, const struct stat *status)
{
	file->size_bytes = (uint64_t)status->st_size;
	file->device = status->st_dev;
	file->inode = status->st_ino;
	file->modified_ns = modified_ns(status);
}

bool file_has_stat(const struct plan_file *file, const struct stat *status)
{
	return file->size_bytes == (uint64_t)status->st_size && file->device == status->st_dev &&
	       file->inode == status->st_ino && file->modified_ns == modified_ns(status);
}

static int no_memory(struct diag *diag)
{
	return diag_set(diag, FAIL_MEMORY, "no memory for the list of input files");
}

static int cannot_read(struct file_list *list, const char *path, int err)
{
	return diag_set(list->diag, FAIL_INPUT, "%s: %s", path, strerror(err));
}

/* Add one file.  Takes path and spool over, also when it fails. */
static int append(struct file_list *list, char *path, int spool, const struct stat *status)
{
	if (list->count == list->room) {
		size_t room = list->room ? list->room * 2 : FILES_ROOM_FIRST;
		struct plan_file *files = realloc(list->files, room * sizeof(*files));

		if (!files) {
			free(path);
			if (spool >= 0)
				close(spool);
			return no_memory(list->diag);
		}
		list->files = files;
		list->room = room;
	}
	list->files[list->count] = (struct plan_file){.path = path, .spool = spool};
	file_set_stat(&list->files[list->count++], status);
	return 0;
}

static int add_stream(struct file_list *list, int stream, const char *path)
{
	struct stat status;
	const struct spool_source source = {stream, path, list->stopped};
	int spool = spool_stream(&source, list->tmp, list->diag);
	char *copy;

	if (spool < 0)
		return spool;
	copy = strdup(path);
	if (!copy || fstat(spool, &status) < 0) {
		free(copy);
		close(spool);
		return no_memory(list->diag);
	}
	return append(list, copy, spool, &status);
}

static int add_pipe(struct file_list *list, const char *path)
{
	int stream = open(path, O_RDONLY | O_CLOEXEC);
	int err;

	if (stream < 0)
		return cannot_read(list, path, errno);
	err = add_stream(list, stream, path);
	close(stream);
	return err;
}

static int add_stdin(struct file_list *list)
{
	if (list->stdin_is_in) {
		diag_warn(list->diag, "-: named twice, scanned once");
		return 0;
	}
	list->stdin_is_in = true;
	return add_stream(list, STDIN_FILENO, "-");
}

/*
 * Takes path over.  Whoever all may read, this process may: that saves a call
 * a file.
 */
static int add_regular(
        struct file_list *list, int directory, const char *name, char *path, struct stat *status)
{
	if ((status->st_mode & READABLE_BY_ALL) != READABLE_BY_ALL &&
	        faccessat(directory, name, R_OK, AT_EACCESS) < 0) {
		int err = cannot_read(list, path, errno);

		free(path);
		return err;
	}
	return append(list, path, -1, status);
}

/* A directory that is being walked, and those above it: a link may lead back to one. */
struct walk {
	int directory;
	const char *path;
	dev_t device;
	ino_t inode;
	const struct walk *parent;
};

static int walk_directory(struct file_list *list, int directory, const char *path,
        const struct stat *status, const struct walk *parent);

static bool leads_back(const struct walk *walk, const struct stat *status)
{
	while (walk && (walk->device != status->st_dev || walk->inode != status->st_ino))
		walk = walk->parent;
	return walk != NULL;
}

static int walk_into(struct file_list *list, const struct walk *walk, const char *name,
        const char *path, const struct stat *status)
{
	int directory;

	if (leads_back(walk, status))
		return 0;
	directory = openat(walk->directory, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return cannot_read(list, path, errno);
	return walk_directory(list, directory, path, status, walk);
}

static char *join_path(const char *directory, const char *name)
{
	char *path = malloc(strlen(directory) + 1 + strlen(name) + 1), *end;

	if (!path)
		return NULL;
	end = stpcpy(path, directory);
	*end = '/';
	strcpy(end + 1, name);
	return path;
}

/*
 * type: as the directory tells it.  A regular file is looked at later, by
 * several threads: that is most of what planning many small files costs.
 */
static int walk_entry(
        struct file_list *list, const struct walk *walk, const char *name, unsigned char type)
{
	struct stat status = {.st_size = -1}; /* SIZE_UNSEEN */
	char *path = join_path(walk->path, name);
	int err = 0;

	if (!path)
		return no_memory(list->diag);
	if (type == DT_REG)
		return append(list, path, -1, &status);
	if (fstatat(walk->directory, name, &status, 0) < 0) {
		if (errno == ENOENT)
			diag_warn(list->diag, "%s: leads nowhere, left out", path);
		else
			err = cannot_read(list, path, errno);
		free(path);
		return err;
	}
	if (S_ISREG(status.st_mode))
		return add_regular(list, walk->directory, name, path, &status);
	if (S_ISDIR(status.st_mode))
		err = walk_into(list, walk, name, path, &status);
	free(path);
	return err;
}

/* Takes the descriptor over. */
static int walk_directory(struct file_list *list, int directory, const char *path,
        const struct stat *status, const struct walk *parent)
{
	struct walk walk = {directory, path, status->st_dev, status->st_ino, parent};
	DIR *entries = fdopendir(directory);
	int err = 0;

	if (!entries) {
		close(directory);
		return no_memory(list->diag);
	}
	while (err == 0) {
		const struct dirent *entry;

		errno = 0;
		entry = readdir(entries);
		if (!entry) {
			err = errno ? cannot_read(list, path, errno) : 0;
			break;
		}
		if (entry->d_name[0] != '.')
			err = walk_entry(list, &walk, entry->d_name, entry->d_type);
	}
	closedir(entries);
	return err;
}

/* The name without slashes at its end, so that paths below it have one. */
static int add_directory(struct file_list *list, const char *input, const struct stat *status)
{
	size_t size = strlen(input);
	char *path = strdup(input);
	int directory;
	int err;

	if (!path)
		return no_memory(list->diag);
	while (size > 0 && path[size - 1] == '/')
		path[--size] = '\0';
	directory = open(input, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = directory < 0 ? cannot_read(list, input, errno)
	                    : walk_directory(list, directory, path, status, NULL);
	free(path);
	return err;
}

static int add_path(struct file_list *list, const char *path, struct stat *status)
{
	char *copy;

	if (S_ISDIR(status->st_mode))
		return add_directory(list, path, status);
	if (S_ISFIFO(status->st_mode) || S_ISCHR(status->st_mode))
		return add_pipe(list, path);
	if (!S_ISREG(status->st_mode))
		return diag_set(list->diag, FAIL_INPUT, "%s: neither a file nor a pipe", path);
	copy = strdup(path);
	if (!copy)
		return no_memory(list->diag);
	return add_regular(list, AT_FDCWD, path, copy, status);
}

static int add_glob(struct file_list *list, const char *pattern)
{
	struct stat status;
	glob_t found;
	int err = glob(pattern, GLOB_NOSORT, NULL, &found);

	if (err != 0)
		return err == GLOB_NOSPACE ? no_memory(list->diag)
		                           : cannot_read(list, pattern, ENOENT);
	for (size_t i = 0; err == 0 && i < found.gl_pathc; i++) {
		if (stat(found.gl_pathv[i], &status) < 0)
			err = cannot_read(list, found.gl_pathv[i], errno);
		else
			err = add_path(list, found.gl_pathv[i], &status);
	}
	globfree(&found);
	return err;
}

/* A name that is there is meant as it stands, whatever characters are in it. */
static int add_input(struct file_list *list, const char *input)
{
	struct stat status;

	if (strcmp(input, "-") == 0)
		return add_stdin(list);
	if (stat(input, &status) == 0)
		return add_path(list, input, &status);
	if (errno == ENOENT && strpbrk(input, "*?["))
		return add_glob(list, input);
	return cannot_read(list, input, errno);
}

/* One input a line; blank lines are passed over.  Names are relative to where we stand. */
static int add_manifest(struct file_list *list, const char *path)
{
	FILE *lines = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	int err = 0;

	if (!lines)
		return cannot_read(list, path, errno);
	while (err == 0 && getline(&line, &room, lines) >= 0) {
		line[strcspn(line, "\r\n")] = '\0';
		if (line[0] != '\0')
			err = add_input(list, line);
	}
	if (err == 0 && ferror(lines))
		err = cannot_read(list, path, errno);
	free(line);
	fclose(lines);
	return err;
}

int file_list_add(struct file_list *list, const char *input)
{
	return input[0] == '@' ? add_manifest(list, input + 1) : add_input(list, input);
}

static int compare_paths(const void *left, const void *right)
{
	const struct plan_file *a = left;
	const struct plan_file *b = right;

	return strcmp(a->path, b->path);
}

/* By identity, then by place in the list, which is by path. */
static int compare_identity(const void *left, const void *right)
{
	const struct plan_file *a = *(const struct plan_file *const *)left;
	const struct plan_file *b = *(const struct plan_file *const *)right;

	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	if (a->inode != b->inode)
		return a->inode < b->inode ? -1 : 1;
	return a < b ? -1 : a > b;
}

static void warn_twice(struct file_list *list, size_t count, const struct plan_file *file,
        const struct plan_file *first)
{
	if (count > TWICE_WARNINGS_MAX)
		return;
	if (strcmp(file->path, first->path) == 0)
		diag_warn(list->diag, "%s: named twice, scanned once", file->path);
	else
		diag_warn(list->diag, "%s: the same file as %s, scanned once", file->path,
		        first->path);
}

/* Mark all but the first of each identity, by a path of NULL. */
static void drop_twice(struct file_list *list, struct plan_file **by_identity)
{
	const struct plan_file *first = by_identity[0];
	size_t dropped = 0;

	for (size_t i = 1; i < list->count; i++) {
		struct plan_file *file = by_identity[i];

		if (file->device != first->device || file->inode != first->inode) {
			first = file;
			continue;
		}
		warn_twice(list, ++dropped, file, first);
		free((char *)file->path);
		file->path = NULL;
	}
	if (dropped > TWICE_WARNINGS_MAX)
		diag_warn(list->diag, "%zu more files are reached by two paths, scanned once",
		        dropped - TWICE_WARNINGS_MAX);
}

static void close_gaps(struct file_list *list)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (list->files[i].path)
			list->files[count++] = list->files[i];
	}
	list->count = count;
}

/* ---- Looking at what directories named ---- */

struct look {
	struct file_list *list;
	atomic_size_t next;
};

/* Its facts, or with its size still unseen the errno in place of the inode. */
static void look_at(struct plan_file *file)
{
	struct stat status;
	bool seen = stat(file->path, &status) == 0;

	if (seen && !S_ISREG(status.st_mode)) {
		errno = ENOENT; /* it was a file a moment ago */
		seen = false;
	}
	if (seen && (status.st_mode & READABLE_BY_ALL) != READABLE_BY_ALL)
		seen = faccessat(AT_FDCWD, file->path, R_OK, AT_EACCESS) == 0;
	if (seen)
		file_set_stat(file, &status);
	else
		file->inode = (uint64_t)errno;
}

static void *look_at_some(void *context)
{
	struct look *look = context;
	size_t count = look->list->count;

	for (;;) {
		size_t i = atomic_fetch_add_explicit(&look->next, LOOK_FILES, memory_order_relaxed);
		size_t to = i < count && count - i > LOOK_FILES ? i + LOOK_FILES : count;

		if (i >= count)
			return NULL;
		for (; i < to; i++) {
			if (look->list->files[i].size_bytes == SIZE_UNSEEN)
				look_at(&look->list->files[i]);
		}
	}
}

/* Tell what could not be looked at, and leave out what is gone. */
static int settle_unseen(struct file_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct plan_file *file = &list->files[i];

		if (file->size_bytes != SIZE_UNSEEN)
			continue;
		if (file->inode != ENOENT)
			return cannot_read(list, file->path, (int)file->inode);
		diag_warn(list->diag, "%s: leads nowhere, left out", file->path);
		free((char *)file->path);
		file->path = NULL;
	}
	close_gaps(list);
	return 0;
}

static int look_at_all(struct file_list *list)
{
	struct look look = {.list = list};
	size_t useful = list->count / LOOK_FILES;
	pthread_t ids[LOOKERS_MAX];
	unsigned started = 0;

	while (started + 1 < list->threads && started < LOOKERS_MAX && started < useful) {
		if (pthread_create(&ids[started], NULL, look_at_some, &look) != 0)
			break;
		started++;
	}
	look_at_some(&look);
	while (started > 0)
		pthread_join(ids[--started], NULL);
	return settle_unseen(list);
}

int file_list_settle(struct file_list *list)
{
	struct plan_file **by_identity;
	int err = look_at_all(list);

	if (err < 0 || list->count == 0)
		return err;
	qsort(list->files, list->count, sizeof(list->files[0]), compare_paths);
	by_identity = malloc(list->count * sizeof(by_identity[0]));
	if (!by_identity)
		return no_memory(list->diag);
	for (size_t i = 0; i < list->count; i++)
		by_identity[i] = &list->files[i];
	qsort(by_identity, list->count, sizeof(by_identity[0]), compare_identity);
	drop_twice(list, by_identity);
	free(by_identity);
	close_gaps(list);
	return 0;
}
