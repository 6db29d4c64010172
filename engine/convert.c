/* SPDX-License-Identifier: Apache-2.0 */
#include "convert_private.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Turns ---- */

void turn_reset(struct turn *turn)
{
	turn->next = 0;
	turn->err = 0;
}

int turn_wait(struct turn *turn, uint64_t number)
{
	int err;

	pthread_mutex_lock(&turn->mutex);
	while (turn->next != number && turn->err == 0)
		pthread_cond_wait(&turn->moved, &turn->mutex);
	err = turn->err;
	pthread_mutex_unlock(&turn->mutex);
	return err;
}

void turn_pass(struct turn *turn, uint64_t number)
{
	pthread_mutex_lock(&turn->mutex);
	turn->next = number + 1;
	pthread_cond_broadcast(&turn->moved);
	pthread_mutex_unlock(&turn->mutex);
}

void turn_fail(struct turn *turn, int err)
{
	pthread_mutex_lock(&turn->mutex);
	turn->err = turn->err ? turn->err : err;
	pthread_cond_broadcast(&turn->moved);
	pthread_mutex_unlock(&turn->mutex);
}

/* ---- The file ---- */

static const struct convert_kind *find_kind(const char *path)
{
	static const struct convert_kind *const kinds[] = {&convert_csv, &convert_pack};
	size_t size = strlen(path);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t ending = strlen(kinds[i]->ending);

		if (size > ending && strcmp(path + size - ending, kinds[i]->ending) == 0)
			return kinds[i];
	}
	return NULL;
}

/* mkstemp() makes it 0600. */
static int open_temporary(struct convert *convert, struct diag *diag)
{
	if (asprintf(&convert->temporary, "%s.XXXXXX", convert->path) < 0) {
		convert->temporary = NULL;
		return diag_set(diag, FAIL_MEMORY, "no memory");
	}
	convert->descriptor = mkostemp(convert->temporary, O_CLOEXEC);
	if (convert->descriptor >= 0)
		return 0;
	free(convert->temporary);
	convert->temporary = NULL;
	return diag_set(
	        diag, FAIL_OUTPUT, "%s: cannot be made: %s", convert->path, strerror(errno));
}

static int refuse_existing(const struct convert *convert, struct diag *diag)
{
	struct stat status;

	if (lstat(convert->path, &status) < 0)
		return 0;
	if (!convert->force)
		return diag_set(
		        diag, FAIL_OUTPUT, "%s: exists (--force replaces it)", convert->path);
	return S_ISREG(status.st_mode)
	               ? 0
	               : diag_set(diag, FAIL_OUTPUT, "%s: exists and is no file", convert->path);
}

int convert_create(struct convert **convert, const char *path, bool force, struct diag *diag)
{
	const struct convert_kind *kind = find_kind(path);
	struct convert *made;
	int err;

	if (!kind)
		return diag_set(diag, FAIL_USAGE,
		        "--out %s: ends in neither .csv (canonical CSV) nor .clm (claim pack)",
		        path);
	made = calloc(1, sizeof(*made));
	if (!made)
		return diag_set(diag, FAIL_MEMORY, "no memory");
	made->kind = kind;
	made->force = force;
	made->descriptor = -1;
	pthread_mutex_init(&made->turn.mutex, NULL);
	pthread_cond_init(&made->turn.moved, NULL);
	made->path = strdup(path);
	err = made->path ? refuse_existing(made, diag) : diag_set(diag, FAIL_MEMORY, "no memory");
	if (err == 0)
		err = open_temporary(made, diag);
	if (err < 0)
		convert_destroy(made);
	else
		*convert = made;
	return err;
}

void convert_destroy(struct convert *convert)
{
	if (!convert)
		return;
	if (convert->scan)
		convert->kind->end(convert);
	if (convert->descriptor >= 0)
		close(convert->descriptor);
	if (convert->temporary)
		unlink(convert->temporary);
	pthread_cond_destroy(&convert->turn.moved);
	pthread_mutex_destroy(&convert->turn.mutex);
	free(convert->temporary);
	free(convert->path);
	free(convert);
}

void convert_keep(struct convert *convert,
        void (*keeps)(void *context, const struct batch *batch, bool keep[BATCH_LINES]),
        void *context)
{
	convert->keeps = keeps;
	convert->keeps_context = context;
}

void convert_pick(const struct convert *convert, const struct batch *batch, bool keep[BATCH_LINES])
{
	if (convert->keeps)
		convert->keeps(convert->keeps_context, batch, keep);
	else
		memset(keep, true, BATCH_LINES);
}

int convert_write(struct convert *convert, const void *data, size_t size, struct diag *diag)
{
	const uint8_t *from = data;

	while (size > 0) {
		ssize_t wrote = write(convert->descriptor, from, size);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return diag_set(diag, FAIL_IO, "%s: cannot write: %s", convert->path,
			        strerror(wrote < 0 ? errno : EIO));
		from += wrote;
		size -= (size_t)wrote;
	}
	return 0;
}

/* ---- What scan.c leads through ---- */

/* What is read must be there when it has been written. */
static int refuse_source(const struct convert *convert, const struct plan *plan, struct diag *diag)
{
	struct stat status;

	if (stat(convert->path, &status) < 0)
		return 0;
	for (size_t i = 0; i < plan->file_count; i++) {
		const struct plan_file *file = &plan->files[i];

		if (file->device == status.st_dev && file->inode == status.st_ino)
			return diag_set(diag, FAIL_OUTPUT,
			        "%s: is read from; --out names another file", convert->path);
	}
	return 0;
}

int convert_begin(struct convert *convert, struct scan *scan, struct diag *diag)
{
	int err = refuse_source(convert, scan->plan, diag);

	if (err < 0)
		return err;
	if (convert->scan)
		convert->kind->end(convert);
	convert->scan = scan;
	turn_reset(&convert->turn);
	if (ftruncate(convert->descriptor, 0) < 0 || lseek(convert->descriptor, 0, SEEK_SET) < 0)
		return diag_set(
		        diag, FAIL_IO, "%s: cannot write: %s", convert->path, strerror(errno));
	return convert->kind->begin(convert, diag);
}

int convert_part_create(struct convert_part **part, struct convert *convert, struct worker *worker,
        struct diag *diag)
{
	struct convert_part *made = calloc(1, sizeof(*made));

	if (!made)
		return diag_set(diag, FAIL_MEMORY, "no memory for a worker");
	made->convert = convert;
	made->worker = worker;
	*part = made;
	return convert->kind->part_create(made, diag);
}

void convert_part_destroy(struct convert_part *part)
{
	if (!part)
		return;
	part->convert->kind->part_destroy(part);
	free(part);
}

int convert_batch(struct convert_part *part, struct batch *batch, struct diag *diag)
{
	return part->convert->kind->batch(part, batch, diag);
}

int convert_span(struct convert_part *part, size_t number, struct diag *diag)
{
	const struct convert_kind *kind = part->convert->kind;

	return kind->span ? kind->span(part, number, diag) : 0;
}

int convert_read(struct convert_part *part, int err, struct diag *diag)
{
	const struct convert_kind *kind = part->convert->kind;

	if (err == 0 && kind->read)
		err = kind->read(part, diag);
	if (err < 0)
		turn_fail(&part->convert->turn, err);
	return err;
}

int convert_settle(struct convert *convert, struct diag *diag)
{
	turn_reset(&convert->turn);
	return convert->kind->settle ? convert->kind->settle(convert, diag) : 0;
}

int convert_finish(struct convert_part *part, struct diag *diag)
{
	const struct convert_kind *kind = part->convert->kind;
	int err = kind->finish ? kind->finish(part, diag) : 0;

	if (err < 0)
		turn_fail(&part->convert->turn, err);
	return err;
}

static int give_name(struct convert *convert)
{
	if (convert->force)
		return rename(convert->temporary, convert->path);
	if (renameat2(AT_FDCWD, convert->temporary, AT_FDCWD, convert->path, RENAME_NOREPLACE) == 0)
		return 0;
	/* Not every file system can tell. */
	return errno == EINVAL ? rename(convert->temporary, convert->path) : -1;
}

int convert_commit(struct convert *convert, struct diag *diag)
{
	int err = convert->kind->complete ? convert->kind->complete(convert, diag) : 0;

	if (err == 0 && fsync(convert->descriptor) < 0)
		err = diag_set(
		        diag, FAIL_IO, "%s: cannot write: %s", convert->path, strerror(errno));
	if (err == 0 && give_name(convert) < 0)
		err = diag_set(diag, FAIL_OUTPUT, "%s: %s%s", convert->path, strerror(errno),
		        errno == EEXIST ? " (--force replaces it)" : "");
	if (err == 0) {
		free(convert->temporary);
		convert->temporary = NULL;
	}
	return err;
}

/* ---- Telling ---- */

static void tell_quarantined(const struct scan *scan)
{
	for (unsigned kind = 0; kind < BAD_KINDS; kind++) {
		const struct csv_counts *counts = &scan->counts;
		const struct bad_sample *first = &counts->samples[kind][0];

		if (counts->quarantined[kind] == 0)
			continue;
		fprintf(stderr, "quarantined  %s: %llu", bad_name((enum bad)kind),
		        (unsigned long long)counts->quarantined[kind]);
		if (counts->sample_count[kind] > 0)
			fprintf(stderr, ", first at %s:%llu", scan->plan->files[first->file].path,
			        (unsigned long long)first->offset);
		fputc('\n', stderr);
	}
}

void convert_tell(const struct convert *convert)
{
	const struct scan *scan = convert->scan;
	uint64_t used = scan->counts.used;
	struct stat status;

	if (scan->options->quiet || stat(convert->path, &status) < 0)
		return;
	fprintf(stderr, "%s: %llu lines of %zu files, %lld bytes, %.1f a line, %.2f s\n",
	        convert->path, (unsigned long long)used, scan->plan->file_count,
	        (long long)status.st_size, used ? (double)status.st_size / (double)used : 0.0,
	        (double)(clock_ns() - scan->began_ns) / 1e9);
	tell_quarantined(scan);
}
