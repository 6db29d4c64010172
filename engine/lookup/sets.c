/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/sets.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct sets {
	size_t count;
	struct set sets[];
};

static int open_set(
        struct sets *sets, const char *folder, const struct set_schema *schema, struct diag *diag)
{
	char *path;
	int err = 0;

	if (asprintf(&path, "%s/%s" SETS_ENDING, folder, schema->name) < 0)
		return diag_set(diag, FAIL_MEMORY, "no memory to open code sets");
	if (access(path, F_OK) == 0)
		err = set_map(&sets->sets[sets->count], path, diag);
	if (!err && sets->sets[sets->count].image && sets->sets[sets->count].schema != schema) {
		set_close(&sets->sets[sets->count]);
		err = diag_set(
		        diag, FAIL_TABLE, "%s: is not the code set that its name says", path);
	}
	if (!err && sets->sets[sets->count].image)
		sets->count++;
	free(path);
	return err;
}

static int open_all(struct sets *sets, const char *folder, struct diag *diag)
{
	int err = 0;

	for (size_t i = 0; i < schemas_count() && !err; i++)
		err = open_set(sets, folder, schema_at(i), diag);
	if (!err && sets->count == 0)
		err = diag_set(diag, FAIL_TABLE, "%s: holds no code sets", folder);
	return err;
}

int sets_open(struct sets **sets, const char *folder, struct diag *diag)
{
	struct sets *opened;
	DIR *stream = opendir(folder);
	int err;

	*sets = NULL;
	if (!stream)
		return diag_set(
		        diag, FAIL_INPUT, "%s: cannot be opened: %s", folder, strerror(errno));
	closedir(stream);
	opened = calloc(1, sizeof(*opened) + (schemas_count() + 1) * sizeof(struct set));
	if (!opened)
		return diag_set(diag, FAIL_MEMORY, "no memory to open code sets");
	err = open_all(opened, folder, diag);
	if (err) {
		sets_close(opened);
		return err;
	}
	*sets = opened;
	return 0;
}

void sets_close(struct sets *sets)
{
	for (size_t i = 0; sets && i < sets->count; i++)
		set_close(&sets->sets[i]);
	free(sets);
}

size_t sets_count(const struct sets *sets)
{
	return sets->count;
}

const struct set *sets_at(const struct sets *sets, size_t index)
{
	return &sets->sets[index];
}

const struct set *sets_find(const struct sets *sets, const char *name)
{
	for (size_t i = 0; i < sets->count; i++)
		if (strcmp(sets->sets[i].schema->name, name) == 0)
			return &sets->sets[i];
	return NULL;
}

static int use(struct sets *sets, const char *name, const struct set **set,
        int (*verify)(struct set *set, struct diag *diag), struct diag *diag)
{
	*set = NULL;
	for (size_t i = 0; i < sets->count; i++) {
		int err;

		if (strcmp(sets->sets[i].schema->name, name) != 0)
			continue;
		err = verify(&sets->sets[i], diag);
		*set = err ? NULL : &sets->sets[i];
		return err;
	}
	return 0;
}

int sets_use(struct sets *sets, const char *name, const struct set **set, struct diag *diag)
{
	return use(sets, name, set, set_verify, diag);
}

int sets_use_lazily(struct sets *sets, const char *name, const struct set **set, struct diag *diag)
{
	return use(sets, name, set, set_verify_lazily, diag);
}

int sets_verify(struct sets *sets, struct diag *diag)
{
	int err = 0;

	for (size_t i = 0; i < sets->count && !err; i++)
		err = set_verify(&sets->sets[i], diag);
	return err;
}
