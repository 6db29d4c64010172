/* SPDX-License-Identifier: Apache-2.0 */
#include "tail.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define NEXT_NAME "next.clm"
#define PACK_BEGINNING "tail-"

struct tail {
	char *path; /* absolute: it is given to others as a path, and has no letters of a glob's */
	char *pack_paths[TAIL_PACKS_MAX + 1], *next_path;
	int directory;
	bool is_there;        /* there is a manifest */
	bool look, absent;    /* absent: looked at, and not there */
	bool made, committed; /* made: the directory was not there before */
	struct tail_manifest manifest;
};

static int fail(const struct tail *tail, int err, const char *what, struct diag *diag)
{
	return diag_set(diag, err, "%s: %s (--history)", tail->path, what);
}

static void pack_name(uint64_t hash, char name[NAME_MAX])
{
	snprintf(name, NAME_MAX, PACK_BEGINNING "%016llx.clm", (unsigned long long)hash);
}

/* ---- What stands in the directory ---- */

static bool begins_with(const char *name, const char *beginning)
{
	return strncmp(name, beginning, strlen(beginning)) == 0;
}

/* A name that only we give: a pack's, or that of what was being written. */
static bool is_ours(const char *name)
{
	char pack[NAME_MAX];

	if (strcmp(name, NEXT_NAME) == 0 || strcmp(name, TAIL_MANIFEST_NEXT) == 0)
		return true;
	if (begins_with(name, NEXT_NAME "."))
		return true; /* before it had its name (convert.c) */
	if (!begins_with(name, PACK_BEGINNING))
		return false;
	pack_name(strtoull(name + strlen(PACK_BEGINNING), NULL, 16), pack);
	return strcmp(name, pack) == 0;
}

static bool names(const struct tail_manifest *manifest, const char *name)
{
	char pack[NAME_MAX];

	for (size_t i = 0; i < manifest->pack_count; i++) {
		pack_name(manifest->packs[i].facts.hash, pack);
		if (strcmp(name, pack) == 0)
			return true;
	}
	return false;
}

/* What stands beside the manifest. */
struct standing {
	bool foreign, packs;
};

static int look_over(
        const struct tail *tail, bool removes, struct standing *standing, struct diag *diag)
{
	int again = openat(tail->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = again >= 0 ? fdopendir(again) : NULL;

	*standing = (struct standing){false, false};
	if (!stream) {
		if (again >= 0)
			close(again);
		return fail(tail, FAIL_INPUT, strerror(errno), diag);
	}
	for (const struct dirent *entry; (entry = readdir(stream));) {
		const char *name = entry->d_name;

		if (!is_ours(name)) {
			standing->foreign |= strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
			continue;
		}
		standing->packs |= begins_with(name, PACK_BEGINNING);
		if (removes && !names(&tail->manifest, name))
			unlinkat(tail->directory, name, 0);
	}
	closedir(stream);
	return 0;
}

/*
 * Remove what the manifest does not name: what a killed run left.  Where there is
 * no manifest nothing else may stand, and no pack: it may have been named by one.
 */
static int clean(const struct tail *tail, struct diag *diag)
{
	struct standing standing;
	int err = look_over(tail, false, &standing, diag);

	if (err == 0 && standing.packs && !tail->is_there)
		return fail(tail, FAIL_OUTPUT,
		        "holds packs (tail-*.clm), but no " TAIL_MANIFEST_NAME
		        ": put it back, or give another directory; if the first run into this one "
		        "was killed, remove them and give its month again. All is left as it is",
		        diag);
	if (err == 0 && standing.foreign && !tail->is_there)
		return fail(tail, FAIL_OUTPUT,
		        "neither empty nor a tail of earlier months; it is left as it is", diag);
	return err == 0 && !tail->look ? look_over(tail, true, &standing, diag) : err;
}

/* ---- Opening ---- */

static int open_directory(struct tail *tail, const char *path, struct diag *diag)
{
	char *real;

	tail->made = !tail->look && mkdir(path, 0700) == 0;
	if (!tail->look && !tail->made && errno != EEXIST)
		return diag_set(diag, FAIL_OUTPUT, "%s: cannot be made: %s (--history)", path,
		        strerror(errno));
	tail->directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	tail->absent = tail->directory < 0 && errno == ENOENT;
	if (tail->absent)
		return 0;
	if (tail->directory < 0)
		return diag_set(diag, errno == ENOTDIR ? FAIL_OUTPUT : FAIL_INPUT,
		        "%s: %s (--history)", path, strerror(errno));
	real = realpath(path, NULL);
	if (!real)
		return fail(tail, FAIL_INPUT, strerror(errno), diag);
	free(tail->path);
	tail->path = real;
	if (!tail->look && faccessat(tail->directory, ".", W_OK | X_OK, AT_EACCESS) < 0)
		return fail(tail, FAIL_OUTPUT, strerror(errno), diag);
	/* Where there are no locks nobody is kept out. */
	if (!tail->look && flock(tail->directory, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		return fail(tail, FAIL_OUTPUT, "another run is writing this tail: try again", diag);
	return 0;
}

static int no_memory(struct diag *diag)
{
	return diag_set(diag, FAIL_MEMORY, "no memory for the tail");
}

/* Is the pack there that the manifest names?  What else is told of packs is of conversions. */
static int prove_pack(const struct tail *tail, size_t number, struct diag *diag)
{
	const struct pack_facts *named = &tail->manifest.packs[number].facts;
	struct pack_facts facts;
	struct diag own;
	int err;

	diag_init(&own);
	err = pack_look(tail->pack_paths[number], &facts, &own);
	if (err < 0 && err != FAIL_DATA)
		return diag_set(diag, err, "%s (%s names it)%s", own.text, TAIL_MANIFEST_NAME,
		        err == FAIL_INPUT ? ": put it back, or " TAIL_ANEW : "");
	if (err == 0 && facts.hash == named->hash && facts.bytes == named->bytes &&
	        facts.lines == named->lines)
		return 0;
	return diag_set(diag, FAIL_DATA,
	        "%s:0: damaged, cut short, or not a pack of this tail: " TAIL_ANEW,
	        tail->pack_paths[number]);
}

static int read_manifest(struct tail *tail, struct diag *diag)
{
	char name[NAME_MAX];
	int err = tail_manifest_read(&tail->manifest, tail->directory, tail->path, diag);

	tail->is_there = err > 0;
	for (size_t i = 0; i < tail->manifest.pack_count && err >= 0; i++) {
		pack_name(tail->manifest.packs[i].facts.hash, name);
		if (asprintf(&tail->pack_paths[i], "%s/%s", tail->path, name) < 0) {
			tail->pack_paths[i] = NULL;
			return no_memory(diag);
		}
		err = prove_pack(tail, i, diag);
	}
	return err < 0 ? err : clean(tail, diag);
}

static void blank(struct tail_manifest *manifest)
{
	*manifest = (struct tail_manifest){.edge = DATE_ABSENT,
	        .whole_from = DATE_ABSENT,
	        .met_from = DATE_ABSENT,
	        .first_service = DATE_ABSENT,
	        .last_service = DATE_ABSENT};
	for (unsigned type = 0; type < CLAIM_TYPES; type++)
		manifest->last_came[type] = DATE_ABSENT;
}

static int open_tail(struct tail *tail, const char *path, struct diag *diag)
{
	int err = 0;

	tail->path = strdup(path);
	if (!tail->path)
		err = no_memory(diag);
	if (err == 0)
		err = open_directory(tail, path, diag);
	if (err == 0 && !tail->absent)
		err = read_manifest(tail, diag);
	if (err < 0)
		return err;
	if (!tail->is_there)
		blank(&tail->manifest);
	if (asprintf(&tail->next_path, "%s/%s", tail->path, NEXT_NAME) < 0) {
		tail->next_path = NULL;
		return no_memory(diag);
	}
	return 0;
}

int tail_open(struct tail **tail, const char *path, bool look, struct diag *diag)
{
	struct tail *made = calloc(1, sizeof(*made));
	int err;

	if (!made)
		return no_memory(diag);
	made->directory = -1;
	made->look = look;
	err = open_tail(made, path, diag);
	if (err < 0)
		tail_destroy(made);
	else
		*tail = made;
	return err;
}

void tail_destroy(struct tail *tail)
{
	if (!tail)
		return;
	if (tail->next_path && tail->directory >= 0 && !tail->look)
		unlinkat(tail->directory, NEXT_NAME, 0);
	if (tail->directory >= 0)
		close(tail->directory);
	if (tail->made && !tail->committed)
		rmdir(tail->path); /* unless there is something in it */
	tail_manifest_reset(&tail->manifest);
	free(tail->path);
	for (size_t i = 0; i < TAIL_PACKS_MAX; i++)
		free(tail->pack_paths[i]);
	free(tail->next_path);
	free(tail);
}

const char *const *tail_pack_paths(const struct tail *tail)
{
	return (const char *const *)tail->pack_paths;
}

bool tail_is_there(const struct tail *tail)
{
	return tail->is_there;
}

const struct tail_manifest *tail_manifest(const struct tail *tail)
{
	return &tail->manifest;
}

const char *tail_next_path(const struct tail *tail)
{
	return tail->next_path;
}

static bool is_file(const struct tail *tail, const char *name, dev_t device, ino_t inode)
{
	struct stat status;

	return fstatat(tail->directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       status.st_dev == device && status.st_ino == inode;
}

bool tail_owns(const struct tail *tail, dev_t device, ino_t inode)
{
	char name[NAME_MAX];
	bool owns;

	if (tail->directory < 0)
		return false;
	owns = is_file(tail, ".", device, inode) ||
	       is_file(tail, TAIL_MANIFEST_NAME, device, inode);
	for (size_t i = 0; i < tail->manifest.pack_count && !owns; i++) {
		pack_name(tail->manifest.packs[i].facts.hash, name);
		owns = is_file(tail, name, device, inode);
	}
	return owns;
}

/* ---- The next one ---- */

int tail_look_next(const struct tail *tail, struct pack_facts *facts, struct diag *diag)
{
	return pack_look(tail->next_path, facts, diag);
}

/* What the old manifest named and the new one does not. */
static void remove_old(const struct tail *tail, const struct tail_manifest *next)
{
	char name[NAME_MAX];

	for (size_t i = 0; i < tail->manifest.pack_count; i++) {
		pack_name(tail->manifest.packs[i].facts.hash, name);
		if (!names(next, name))
			unlinkat(tail->directory, name, 0);
	}
}

/* A first run that fails leaves no pack without a manifest: the next would refuse it. */
static void remove_first(const struct tail *tail, const char *name)
{
	if (!tail->is_there && faccessat(tail->directory, TAIL_MANIFEST_NAME, F_OK, 0) < 0)
		unlinkat(tail->directory, name, 0);
}

int tail_commit(struct tail *tail, const struct tail_manifest *next, bool added, struct diag *diag)
{
	char name[NAME_MAX] = "";
	int err = 0;

	if (added) {
		pack_name(next->packs[next->pack_count - 1].facts.hash, name);
		if (renameat(tail->directory, NEXT_NAME, tail->directory, name) < 0)
			err = fail(tail, FAIL_IO, strerror(errno), diag);
	}
	if (err == 0)
		err = tail_manifest_write(next, tail->directory, tail->path, diag);
	if (err == 0)
		remove_old(tail, next);
	else if (added)
		remove_first(tail, name);
	tail->committed = err == 0;
	return err;
}
