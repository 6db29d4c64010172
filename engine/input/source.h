/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An open file of the plan and how far it has been read: what all readers
 * share.  Opening is what many small files cost, so it is an open and an
 * fstat, and a file that is opened again at its next span keeps its descriptor.
 */
#ifndef INPUT_SOURCE_H
#define INPUT_SOURCE_H

#include "base/diag.h"
#include "input/plan.h"
#include "input/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SOURCE_ALIGN = 4096, /* of offsets, sizes and memory, for O_DIRECT on any device */
	SOURCE_VIEW_BYTES_MAX = 64 << 20,
	SOURCE_SMALL_BYTES = 256 << 10, /* up to here a file is read at once */
};

struct source {
	const char *path;      /* of the plan's file; NULL before the first is opened */
	struct plan_file file; /* what it was when the plan was made */
	int descriptor;        /* -1 for none */
	size_t view_bytes;     /* fresh bytes of a view, at most */
	uint64_t position;     /* of the next fresh byte */
	uint64_t wanted_to;    /* the hint: beyond it, only the end of a record is wanted */
	size_t beyond_bytes;   /* so many are read next beyond it */
	uint64_t dropped_to;   /* up to here the page cache was told to forget */
	bool want_direct;
	bool direct; /* the descriptor is O_DIRECT */
	bool drop_cache;
	bool check_after; /* whether the file is the plan's is asked when it has been read */
};

/* Sets the options; view_bytes is used where they name none. */
void source_init(struct source *source, const struct reader_options *options, size_t view_bytes);

/* Close what is open. */
void source_reset(struct source *source);

/* As reader_kind.open says.  -ESTALE with diag set if the file is not the plan's. */
int source_open(struct source *source, const struct plan_file *file, uint64_t from,
        uint64_t hint_to, struct diag *diag);

/* Whether the file is the one that is open. */
bool source_is_open(const struct source *source, const struct plan_file *file);

/* Whether all that is left of the file is read at once. */
bool source_is_small(const struct source *source);

/* Size of the next fresh piece; 0 at the end of the file. */
size_t source_want(const struct source *source);

/*
 * Read exactly size bytes at offset; blocks.  data has room for size rounded
 * up to SOURCE_ALIGN, and is so aligned for O_DIRECT.  Returns 0, or a
 * negative errno with diag set: -ESTALE if the file ends before.
 */
int source_read(
        struct source *source, uint8_t *data, size_t size, uint64_t offset, struct diag *diag);

/* Whether the page cache holds the byte at offset; false too where nobody can tell. */
bool source_is_cached(const struct source *source, uint64_t offset);

/* Size of a read of size bytes: whole blocks with O_DIRECT. */
size_t source_read_size(const struct source *source, size_t size);

/* A view of size fresh bytes, which are read: step behind them. */
void source_show(
        struct source *source, const uint8_t *fresh, size_t size, size_t keep, struct view *view);

/* -ESTALE, with the words for it. */
int source_changed(const struct source *source, struct diag *diag);

/*
 * A piece of memory with a fixed place that is read into, over and over, so
 * that it stays in L2, and room before it for the tail of the last view.
 * Made when it is first used.
 */
struct window {
	uint8_t *memory;
	size_t memory_bytes;
	uint8_t *place; /* aligned by SOURCE_ALIGN */
};

/* Returns 0, or FAIL_MEMORY with diag set. */
int window_make(struct window *window, size_t view_bytes, struct diag *diag);
void window_reset(struct window *window);

/* Put the keep bytes that end at tail_end in front of the place. */
void window_keep(struct window *window, const uint8_t *tail_end, size_t keep);

/*
 * The whole step of a reader that reads with pread: the kept tail, then what
 * source_want() says.  Returns as reader_kind.next does.
 */
int window_next(struct window *window, struct source *source, const uint8_t *tail_end, size_t keep,
        struct view *view, struct diag *diag);

#endif
