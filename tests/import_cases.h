/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder of releases that a test lays out, built into images and opened.
 */
#ifndef TESTS_IMPORT_CASES_H
#define TESTS_IMPORT_CASES_H

#include "lookup/build.h"
#include "lookup/sets.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef SOURCE_DIR /* where the header is looked at alone */
#define SOURCE_DIR "."
#endif
#define SHARED SOURCE_DIR "/../shared/codesets"

struct folder {
	char root[64];
	struct build_result result;
	struct sets *sets;
	struct diag diag;
	int err;
};

static inline void folder_begin(struct folder *folder)
{
	char path[96];

	memset(folder, 0, sizeof(*folder));
	diag_init(&folder->diag);
	strcpy(folder->root, "/tmp/claimscan-import-XXXXXX");
	cr_assert_not_null(mkdtemp(folder->root));
	snprintf(path, sizeof(path), "%s/in", folder->root);
	mkdir(path, 0700);
}

static inline FILE *folder_open(const struct folder *folder, const char *name)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/in/%s", folder->root, name);
	file = fopen(path, "w");
	cr_assert_not_null(file);
	return file;
}

static inline void folder_file(const struct folder *folder, const char *name, const char *text)
{
	FILE *file = folder_open(folder, name);

	fputs(text, file);
	fclose(file);
}

/* A file of ../shared/codesets under its name there, or another. */
static inline void folder_link(const struct folder *folder, const char *from, const char *name)
{
	char source[512], path[256];
	const char *slash = strrchr(from, '/');

	snprintf(source, sizeof(source), "%s/%s", SHARED, from);
	if (access(source, R_OK))
		cr_skip_test("no ../shared/codesets here");
	snprintf(path, sizeof(path), "%s/in/%s", folder->root, name ? name : slash + 1);
	cr_assert_eq(symlink(source, path), 0);
}

static inline int folder_build(struct folder *folder)
{
	const struct build_options options = {.threads = 1};
	char in[96], out[96];

	snprintf(in, sizeof(in), "%s/in", folder->root);
	snprintf(out, sizeof(out), "%s/out", folder->root);
	folder->err = codes_build(in, out, &options, &folder->result, &folder->diag);
	if (!folder->err)
		folder->err = sets_open(&folder->sets, out, &folder->diag);
	return folder->err;
}

static inline int folder_remove(
        const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

static inline void folder_end(struct folder *folder)
{
	sets_close(folder->sets);
	build_result_reset(&folder->result);
	nftw(folder->root, folder_remove, 16, FTW_DEPTH | FTW_PHYS);
}

/* A verified set; there must be one. */
static inline const struct set *folder_set(struct folder *folder, const char *name)
{
	const struct set *set = NULL;

	cr_assert_eq(sets_use(folder->sets, name, &set, &folder->diag), 0, "%s", folder->diag.text);
	cr_assert_not_null(set, "no set %s", name);
	return set;
}

static inline uint64_t key_of(const struct set *set, const char *code)
{
	uint64_t key = set_key_of(set->schema, code, strlen(code));

	cr_assert_neq(key, 0, "%s is no key of %s", code, set->schema->name);
	return key;
}

/* The row of a code on a day, as YYYYMMDD; NULL: none. */
static inline const void *row_on(const struct set *set, const char *code, int day)
{
	return set_find_day(
	        set, key_of(set, code), date_from_parts(day / 10000, day / 100 % 100, day % 100));
}

/* The one day as YYYYMMDD, for messages of failed assertions; 0 open or absent. */
static inline int day_number(int32_t day)
{
	struct date_parts parts;

	if (day == INT32_MIN || day == INT32_MAX)
		return 0;
	parts = date_to_parts(day);
	return parts.year * 10000 + parts.month * 100 + parts.day;
}

static inline const struct build_file *file_at(const struct folder *folder, const char *name)
{
	for (size_t i = 0; i < folder->result.file_count; i++)
		if (strcmp(folder->result.files[i].path, name) == 0)
			return &folder->result.files[i];
	cr_assert_fail("no file %s in the result", name);
	return NULL;
}

/* A file alone in a folder is refused with these words (in this order, anything between). */
static inline void refuses(const char *name, const char *text, const char *words)
{
	struct folder folder;

	folder_begin(&folder);
	folder_file(&folder, name, text);
	folder_build(&folder);
	cr_assert_eq(folder.err, FAIL_TABLE, "%s: %d %s", name, folder.err, folder.diag.text);
	cr_assert_not_null(strstr(folder.diag.text, words), "%s: \"%s\" is not in \"%s\"", name,
	        words, folder.diag.text);
	folder_end(&folder);
}

#endif
