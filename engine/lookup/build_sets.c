/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/build_private.h"
#include "lookup/set_private.h"
#include "lookup/sets.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS_MAX = 64 };

int set_builds_create(struct set_builds *builds, struct diag *diag)
{
	int err = 0;

	builds->count = schemas_count();
	builds->builds = calloc(builds->count + 1, sizeof(struct set_build *));
	if (!builds->builds)
		return diag_set(diag, FAIL_MEMORY, "no memory for the code sets");
	for (size_t i = 0; i < builds->count && !err; i++)
		err = set_build_create(&builds->builds[i], schema_at(i), diag);
	return err;
}

void set_builds_destroy(struct set_builds *builds)
{
	for (size_t i = 0; builds->builds && i < builds->count; i++)
		set_build_destroy(builds->builds[i]);
	free(builds->builds);
	*builds = (struct set_builds){0};
}

struct set_build *set_builds_at(struct set_builds *builds, const char *set)
{
	for (size_t i = 0; i < builds->count; i++)
		if (strcmp(builds->builds[i]->schema->name, set) == 0)
			return builds->builds[i];
	return NULL;
}

void set_builds_mark(const struct set_builds *builds, size_t marks[])
{
	for (size_t i = 0; i < builds->count; i++)
		marks[i] = builds->builds[i]->source_count;
}

void set_builds_name(const struct set_builds *builds, const size_t marks[], const char *path,
        struct hash128 hash)
{
	for (size_t i = 0; i < builds->count; i++) {
		struct set_build *build = builds->builds[i];

		for (size_t j = marks[i]; j < build->source_count; j++) {
			struct set_source *source = &build->sources[j];

			if (source->path[0] == '\0')
				snprintf(source->path, sizeof(source->path), "%s", path);
			if (source->hash[0] == 0 && source->hash[1] == 0) {
				source->hash[0] = hash.low;
				source->hash[1] = hash.high;
			}
		}
	}
}

/* ---- Finishing ---- */

struct finish {
	struct set_builds *builds;
	const char *folder;
	int (*stopped)(void); /* or NULL */
	atomic_size_t next;
	int *errs; /* by schema */
	struct diag *diags;
};

static int finish_one(struct finish *finish, size_t index)
{
	struct set_build *build = finish->builds->builds[index];
	struct diag *diag = &finish->diags[index];
	char *path;
	int err;

	if (build->source_count == 0)
		return 0;
	if (finish->stopped && finish->stopped())
		return diag_set(diag, FAIL_STOPPED, "stopped");
	if (asprintf(&path, "%s/%s" SETS_ENDING, finish->folder, build->schema->name) < 0)
		return diag_set(diag, FAIL_MEMORY, "no memory to write the code sets");
	err = set_build_finish(build, path, diag);
	free(path);
	return err;
}

/* Sets have nothing in common, so each is written by whoever comes first. */
static void *finish_some(void *context)
{
	struct finish *finish = context;
	size_t index;

	while ((index = atomic_fetch_add_explicit(&finish->next, 1, memory_order_relaxed)) <
	        finish->builds->count)
		finish->errs[index] = finish_one(finish, index);
	return NULL;
}

static void run_threads(struct finish *finish, unsigned threads)
{
	pthread_t others[THREADS_MAX];
	unsigned started = 0;

	while (started + 1 < threads && started < THREADS_MAX &&
	        pthread_create(&others[started], NULL, finish_some, finish) == 0)
		started++;
	finish_some(finish);
	for (unsigned i = 0; i < started; i++)
		pthread_join(others[i], NULL);
}

int set_builds_finish(struct set_builds *builds, const char *folder, unsigned threads,
        int (*stopped)(void), struct diag *diag)
{
	struct finish finish = {.builds = builds, .folder = folder, .stopped = stopped};
	int err = 0;

	finish.errs = calloc(builds->count + 1, sizeof(*finish.errs));
	finish.diags = calloc(builds->count + 1, sizeof(*finish.diags));
	if (!finish.errs || !finish.diags) {
		err = diag_set(diag, FAIL_MEMORY, "no memory to write the code sets");
		goto done;
	}
	run_threads(&finish, threads);
	for (size_t i = 0; i < builds->count && !err; i++)
		if (finish.errs[i])
			err = diag_set(diag, finish.errs[i], "%s", finish.diags[i].text);
done:
	free(finish.errs);
	free(finish.diags);
	return err;
}
