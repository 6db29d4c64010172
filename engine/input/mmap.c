/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Views that are the file itself, mapped once a file.
 *
 *     reserved  |---------------------------------------|page|
 *     file      |=================================|         |
 *
 * The mapping lies in a reservation one page longer, so that the slack behind
 * the last view can be read wherever the file ends.  Pages are brought in ahead of
 * the caller by a ring, in pieces, else by madvise(2).
 */
#include "input/kinds.h"
#include "input/sigbus.h"
#include "input/source.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22 /* Linux 5.14 */
#endif

enum {
	VIEW_BYTES = 1 << 20,
	MAP_ALIGN = 64 << 10, /* the largest page of any Linux that we build for */
	AHEAD_BYTES = 4 << 20,
	PIECE_BYTES =
	        1 << 20, /* liburing 2.3 cuts lengths at 4 GiB; and progress is to show early */
};

struct reader {
	struct source source;
	struct window window; /* of small files, which pread reads faster; of those that cannot be
	                         mapped */
	const uint8_t *end;   /* of the last view */

	uint8_t *memory; /* the mapping, or NULL */
	size_t memory_bytes;
	struct sigbus_guard *guard;
	struct advisor *advisor; /* NULL: madvise(2) */
	uint64_t advised_to;
	int advice;

	bool drop_cache;
	uint64_t dropped_to;
};

static size_t page_up(uint64_t size)
{
	return (size_t)((size + MAP_ALIGN - 1) / MAP_ALIGN * MAP_ALIGN);
}

static int mmap_create(struct reader **out, const struct reader_options *options, struct diag *diag)
{
	struct reader *reader = calloc(1, sizeof(*reader));

	*out = reader;
	if (!reader)
		return diag_set(diag, FAIL_MEMORY, "no memory for a reader");
	source_init(&reader->source, options, VIEW_BYTES);
	reader->source.want_direct = false;
	reader->source.drop_cache = false; /* pages that are mapped stay: see drop_behind() */
	reader->drop_cache = options->drop_cache;
	reader->advisor = advisor_create();
	return 0;
}

/* Pages leave the cache only when no one maps them. */
static void drop_behind(struct reader *reader, uint64_t to)
{
	uint64_t from = reader->dropped_to;

	to -= to % MAP_ALIGN;
	if (!reader->drop_cache || !reader->memory || to <= from)
		return;
	madvise(reader->memory + from, (size_t)(to - from), MADV_DONTNEED);
	posix_fadvise(
	        reader->source.descriptor, (off_t)from, (off_t)(to - from), POSIX_FADV_DONTNEED);
	reader->dropped_to = to;
}

static void unmap(struct reader *reader)
{
	if (!reader->memory)
		return;
	if (reader->advisor)
		advisor_settle(reader->advisor);
	drop_behind(reader, reader->source.position);
	sigbus_release(reader->guard);
	munmap(reader->memory, reader->memory_bytes);
	reader->memory = NULL;
	reader->guard = NULL;
}

static void mmap_destroy(struct reader *reader)
{
	if (!reader)
		return;
	unmap(reader);
	advisor_destroy(reader->advisor);
	source_reset(&reader->source);
	window_reset(&reader->window);
	free(reader);
}

/* Kernels before 5.14 only know how to begin reading. */
static int choose_advice(uint8_t *memory)
{
	return madvise(memory, MAP_ALIGN, MADV_POPULATE_READ) == 0 || errno != EINVAL
	               ? MADV_POPULATE_READ
	               : MADV_WILLNEED;
}

/* Returns 0, also where the file cannot be mapped and is read; or FAIL_MEMORY. */
static int map(struct reader *reader, struct diag *diag)
{
	size_t file_size = (size_t)reader->source.file.size_bytes;
	size_t size = page_up(file_size);
	uint8_t *memory;

	memory = mmap(NULL, size + MAP_ALIGN, PROT_READ,
	        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		return 0;
	if (mmap(memory, file_size, PROT_READ, MAP_SHARED | MAP_FIXED, reader->source.descriptor,
	            0) == MAP_FAILED) {
		munmap(memory, size + MAP_ALIGN);
		return 0;
	}
	reader->memory = memory;
	reader->memory_bytes = size + MAP_ALIGN;
	reader->guard = sigbus_guard(memory, size);
	if (!reader->guard)
		return diag_set(diag, FAIL_MEMORY, "no memory for a reader");
	reader->advice = choose_advice(memory);
	return 0;
}

static int mmap_open(struct reader *reader, const struct plan_file *file, uint64_t from,
        uint64_t hint_to, struct diag *diag)
{
	int err;

	if (!source_is_open(&reader->source, file))
		unmap(reader);
	drop_behind(reader, reader->source.position);
	err = source_open(&reader->source, file, from, hint_to, diag);
	if (err == 0 && !reader->memory && file->size_bytes > SOURCE_SMALL_BYTES)
		err = map(reader, diag);
	reader->advised_to = from;
	reader->dropped_to = from;
	return err;
}

/*
 * Pieces in the page cache are left to be mapped by use, 16 pages a fault: to
 * populate them is no faster (6.6 GB/s against 7.5 with the index), and in the
 * background takes another thread's time.  One byte tells for its piece.
 *
 * Others are brought in in the background, or, without a ring, only begun to be
 * read.
 */
static void advise_piece(struct reader *reader, size_t size)
{
	uint8_t *piece = reader->memory + reader->advised_to;

	reader->advised_to += size;
	if (source_is_cached(&reader->source, reader->advised_to - 1))
		return;
	if (!reader->advisor || advisor_give(reader->advisor, piece, size, reader->advice) < 0)
		madvise(piece, size, MADV_WILLNEED);
}

static void advise_ahead(struct reader *reader)
{
	const struct source *source = &reader->source;
	uint64_t to = source->position + AHEAD_BYTES;

	to = to < source->wanted_to ? to : source->wanted_to;
	while (reader->advised_to < to) {
		uint64_t left = to - reader->advised_to;

		advise_piece(reader, left < PIECE_BYTES ? (size_t)left : PIECE_BYTES);
	}
}

/* A cut inside the last page shows as zeros, without a signal: so the size is asked for. */
static bool is_cut(const struct reader *reader)
{
	struct stat status;

	return sigbus_was_hit(reader->guard) || fstat(reader->source.descriptor, &status) < 0 ||
	       (uint64_t)status.st_size < reader->source.file.size_bytes;
}

static int next_mapped(struct reader *reader, size_t keep, struct view *view, struct diag *diag)
{
	struct source *source = &reader->source;
	size_t size = source_want(source);

	if (is_cut(reader))
		return source_changed(source, diag);
	if (size == 0)
		return 0;
	advise_ahead(reader);
	drop_behind(reader, source->position - keep);
	source_show(source, reader->memory + source->position, size, keep, view);
	return 1;
}

static int mmap_next(struct reader *reader, size_t keep, struct view *view, struct diag *diag)
{
	int got;

	if (keep > READER_KEEP_MAX)
		return reader_keeps_too_much(keep, diag);
	if (reader->memory)
		got = next_mapped(reader, keep, view, diag);
	else
		got = window_next(&reader->window, &reader->source, reader->end, keep, view, diag);
	if (got > 0)
		reader->end = view->data + view->size;
	return got;
}

const struct reader_kind reader_mmap = {
        .name = "mmap",
        .create = mmap_create,
        .destroy = mmap_destroy,
        .open = mmap_open,
        .next = mmap_next,
};
