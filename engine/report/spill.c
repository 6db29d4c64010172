/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A spill's area, filled from both ends:
 *
 *     | row row row ...            free            ... item item item |
 *
 * When they meet, the items are sorted, the rows written in their order behind
 * what the file holds, and the area is empty again.  In the file a row has its
 * size before it.
 */
#include "report/spill.h"

#include "base/unlinked.h"
#include "report/sort.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { AREA_BYTES_MIN = 4096, WRITE_BYTES = 256 << 10, PIECES_FIRST = 16 };

/* Sorted rows in a file. */
struct piece {
	uint64_t from, to;
};

struct spill {
	uint8_t *area;
	size_t area_bytes;
	size_t used;  /* by rows */
	size_t count; /* of items */
	int fd;       /* -1 until something is spilled */
	int error;
	uint64_t file_bytes;
	struct piece *pieces;
	size_t piece_count, piece_capacity;
	uint64_t pieces_written;
	size_t buffered; /* in buffer, on the way to the file */
	uint8_t *buffer;
	char tmp[];
};

static uint8_t *map_area(size_t bytes)
{
	void *area = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return area == MAP_FAILED ? NULL : area;
}

int spill_create(struct spill **spill, size_t memory_bytes, const char *tmp, struct diag *diag)
{
	size_t tmp_size = strlen(tmp) + 1;
	struct spill *made = calloc(1, sizeof(*made) + tmp_size);

	if (!made)
		return diag_set(diag, FAIL_MEMORY, "no memory for findings");
	memcpy(made->tmp, tmp, tmp_size);
	made->fd = -1;
	made->area_bytes = memory_bytes < AREA_BYTES_MIN ? AREA_BYTES_MIN : memory_bytes;
	made->area_bytes &= ~(sizeof(uint64_t) - 1);
	made->area = map_area(made->area_bytes);
	if (!made->area) {
		spill_destroy(made);
		return diag_set(diag, FAIL_MEMORY, "no memory for findings");
	}
	*spill = made;
	return 0;
}

void spill_destroy(struct spill *spill)
{
	if (!spill)
		return;
	if (spill->area)
		munmap(spill->area, spill->area_bytes);
	if (spill->fd >= 0)
		close(spill->fd);
	free(spill->pieces);
	free(spill->buffer);
	free(spill);
}

/* The items lie at the end of the area, the last one first. */
static struct sort_item *items_of(const struct spill *spill)
{
	return (struct sort_item *)(void *)(spill->area + spill->area_bytes) - spill->count;
}

/* ---- The file. ---- */

static int open_file(struct spill *spill)
{
	spill->fd = unlinked_open(spill->tmp);
	return spill->fd >= 0 ? 0 : -errno;
}

static int write_at(int fd, const uint8_t *from, size_t size, uint64_t offset)
{
	while (size > 0) {
		ssize_t written = pwrite(fd, from, size, (off_t)offset);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return written < 0 ? -errno : FAIL_IO;
		from += written;
		offset += (uint64_t)written;
		size -= (size_t)written;
	}
	return 0;
}

static int flush_buffer(struct spill *spill)
{
	int err = write_at(spill->fd, spill->buffer, spill->buffered, spill->file_bytes);

	spill->file_bytes += spill->buffered;
	spill->buffered = 0;
	return err;
}

static int put_bytes(struct spill *spill, const void *from, size_t size)
{
	const uint8_t *at = from;

	while (size > 0) {
		size_t room = WRITE_BYTES - spill->buffered;
		size_t part = size < room ? size : room;

		memcpy(spill->buffer + spill->buffered, at, part);
		spill->buffered += part;
		at += part;
		size -= part;
		int err = spill->buffered == WRITE_BYTES ? flush_buffer(spill) : 0;

		if (err < 0)
			return err;
	}
	return 0;
}

static int put_row(void *context, const uint8_t *row, size_t size)
{
	struct spill *spill = context;
	uint32_t row_size = (uint32_t)size;
	int err = put_bytes(spill, &row_size, sizeof(row_size));

	return err < 0 ? err : put_bytes(spill, row, size);
}

static int begin_piece(struct spill *spill)
{
	if (!spill->buffer)
		spill->buffer = malloc(WRITE_BYTES);
	if (spill->piece_count == spill->piece_capacity) {
		size_t capacity = spill->piece_capacity ? 2 * spill->piece_capacity : PIECES_FIRST;
		struct piece *pieces = realloc(spill->pieces, capacity * sizeof(*pieces));

		if (!pieces)
			return FAIL_MEMORY;
		spill->pieces = pieces;
		spill->piece_capacity = capacity;
	}
	if (!spill->buffer)
		return FAIL_MEMORY;
	return spill->fd < 0 ? open_file(spill) : 0;
}

static int end_piece(struct spill *spill, uint64_t from)
{
	int err = flush_buffer(spill);

	if (err < 0)
		return err;
	spill->pieces[spill->piece_count++] = (struct piece){from, spill->file_bytes};
	spill->pieces_written++;
	return 0;
}

/* Write what the area holds as a piece. */
static int write_area(struct spill *spill)
{
	struct sort_item *items = items_of(spill);
	int err = begin_piece(spill);
	uint64_t from = spill->file_bytes;

	sort_items(items, spill->count);
	for (size_t i = 0; i < spill->count && err == 0; i++)
		err = put_row(spill, items[i].at, items[i].size);
	if (err == 0)
		err = end_piece(spill, from);
	spill->used = 0;
	spill->count = 0;
	return err;
}

/* ---- Adding. ---- */

static bool has_room(const struct spill *spill, size_t size)
{
	size_t items = (spill->count + 1) * sizeof(struct sort_item);

	return spill->used + size + items <= spill->area_bytes;
}

/* A row that the whole area does not hold. */
static int grow_area(struct spill *spill, size_t size)
{
	size_t bytes = (size + 2 * sizeof(struct sort_item)) & ~(sizeof(uint64_t) - 1);
	uint8_t *area = map_area(bytes);

	if (!area)
		return FAIL_MEMORY;
	munmap(spill->area, spill->area_bytes);
	spill->area = area;
	spill->area_bytes = bytes;
	return 0;
}

uint8_t *spill_reserve(struct spill *spill, size_t size)
{
	if (spill->error == 0 && !has_room(spill, size) && spill->count > 0)
		spill->error = write_area(spill);
	if (spill->error == 0 && !has_room(spill, size))
		spill->error = grow_area(spill, size);
	return spill->error == 0 ? spill->area + spill->used : NULL;
}

void spill_keep(struct spill *spill, size_t size)
{
	const uint8_t *row = spill->area + spill->used;

	spill->used += size;
	spill->count++;
	*items_of(spill) = (struct sort_item){.at = row, .size = size};
}

int spill_error(const struct spill *spill, struct diag *diag)
{
	if (spill->error == FAIL_MEMORY)
		return diag_set(diag, FAIL_MEMORY, "no memory for findings");
	if (spill->error < 0)
		return diag_set(diag, FAIL_IO, "%s: cannot spill findings (--tmp): %s", spill->tmp,
		        strerror(-spill->error));
	return 0;
}

/* ---- Merging. ---- */

/* A stream of sorted rows: items in memory, or a piece of a file. */
struct source {
	const struct sort_item *items;
	size_t item_count;

	int fd;
	uint64_t from, to; /* not read yet */
	uint8_t *buffer;
	size_t capacity, at, end; /* of the buffer: [at, end) is unused */

	const uint8_t *row; /* the row at hand */
	size_t size;
};

struct merge {
	struct source *sources;
	struct source **heap; /* the least on top */
	size_t source_count, heap_count;
};

static int read_at(int fd, uint8_t *to, size_t size, uint64_t offset)
{
	while (size > 0) {
		ssize_t got = pread(fd, to, size, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : FAIL_IO;
		to += got;
		offset += (uint64_t)got;
		size -= (size_t)got;
	}
	return 0;
}

/* Have at least size bytes at hand; the piece holds that many. */
static int fill(struct source *source, size_t size)
{
	size_t held = source->end - source->at;

	if (held >= size)
		return 0;
	if (source->capacity < size) {
		uint8_t *buffer = realloc(source->buffer, size);

		if (!buffer)
			return FAIL_MEMORY;
		source->buffer = buffer;
		source->capacity = size;
	}
	memmove(source->buffer, source->buffer + source->at, held);
	uint64_t left = source->to - source->from;
	size_t room = source->capacity - held;
	size_t part = left < room ? (size_t)left : room;
	int err = read_at(source->fd, source->buffer + held, part, source->from);

	source->from += part;
	source->at = 0;
	source->end = held + part;
	return err < 0 ? err : source->end < size ? FAIL_IO : 0;
}

/* Step to the next row: 1, 0 at the end, or a negative errno. */
static int source_next(struct source *source)
{
	uint32_t size;

	if (source->fd < 0) {
		if (source->item_count == 0)
			return 0;
		source->row = source->items->at;
		source->size = source->items->size;
		source->items++;
		source->item_count--;
		return 1;
	}
	if (source->from == source->to && source->at == source->end)
		return 0;
	int err = fill(source, sizeof(size));

	if (err < 0)
		return err;
	memcpy(&size, source->buffer + source->at, sizeof(size));
	err = fill(source, sizeof(size) + size);
	if (err < 0)
		return err;
	source->row = source->buffer + source->at + sizeof(size);
	source->size = size;
	source->at += sizeof(size) + size;
	return 1;
}

static bool is_less(const struct source *a, const struct source *b)
{
	return sort_compare(a->row, a->size, b->row, b->size) < 0;
}

static void sift_down(struct merge *merge, size_t at)
{
	struct source *moved = merge->heap[at];

	for (size_t child; (child = 2 * at + 1) < merge->heap_count; at = child) {
		if (child + 1 < merge->heap_count &&
		        is_less(merge->heap[child + 1], merge->heap[child]))
			child++;
		if (!is_less(merge->heap[child], moved))
			break;
		merge->heap[at] = merge->heap[child];
	}
	merge->heap[at] = moved;
}

static void merge_destroy(struct merge *merge)
{
	for (size_t i = 0; i < merge->source_count; i++)
		free(merge->sources[i].buffer);
	free(merge->sources);
	free(merge->heap);
}

static int merge_init(struct merge *merge, size_t source_max)
{
	*merge = (struct merge){
	        .sources = calloc(source_max, sizeof(*merge->sources)),
	        .heap = calloc(source_max, sizeof(*merge->heap)),
	};
	return merge->sources && merge->heap ? 0 : FAIL_MEMORY;
}

static int merge_add_piece(struct merge *merge, int fd, const struct piece *piece)
{
	struct source *source = &merge->sources[merge->source_count];

	*source = (struct source){.fd = fd, .from = piece->from, .to = piece->to};
	source->buffer = malloc(MERGE_BUFFER_BYTES);
	if (!source->buffer)
		return FAIL_MEMORY;
	source->capacity = MERGE_BUFFER_BYTES;
	merge->source_count++;
	return 0;
}

static void merge_add_area(struct merge *merge, struct spill *spill)
{
	sort_items(items_of(spill), spill->count);
	merge->sources[merge->source_count++] = (struct source){
	        .fd = -1, .items = items_of(spill), .item_count = spill->count};
}

static int merge_fill_heap(struct merge *merge)
{
	for (size_t i = 0; i < merge->source_count; i++) {
		int got = source_next(&merge->sources[i]);

		if (got < 0)
			return got;
		if (got > 0)
			merge->heap[merge->heap_count++] = &merge->sources[i];
	}
	for (size_t i = merge->heap_count; i-- > 0;)
		sift_down(merge, i);
	return 0;
}

/* All rows in order; a failure of the sources is told in *source_error. */
static int merge_run(struct merge *merge, int (*take)(void *, const uint8_t *, size_t),
        void *context, int *source_error)
{
	*source_error = merge_fill_heap(merge);
	while (*source_error == 0 && merge->heap_count > 0) {
		struct source *least = merge->heap[0];
		int err = take(context, least->row, least->size);

		if (err < 0)
			return err;
		int got = source_next(least);

		if (got < 0)
			*source_error = got;
		else if (got == 0)
			merge->heap[0] = merge->heap[--merge->heap_count];
		if (merge->heap_count > 0)
			sift_down(merge, 0);
	}
	return *source_error;
}

/* Merge the first pieces of a spill into one at the end of its file. */
static int join_pieces(struct spill *spill, size_t count)
{
	struct merge merge;
	int source_error = 0;
	int err = merge_init(&merge, count);

	for (size_t i = 0; i < count && err == 0; i++)
		err = merge_add_piece(&merge, spill->fd, &spill->pieces[i]);
	if (err == 0)
		err = begin_piece(spill);
	uint64_t from = spill->file_bytes;

	if (err == 0)
		err = merge_run(&merge, put_row, spill, &source_error);
	if (err == 0)
		err = end_piece(spill, from);
	merge_destroy(&merge);
	if (err < 0)
		return err;
	/* Give the space back where the file system can; where not, it is held a while longer. */
	for (size_t i = 0; i < count; i++)
		fallocate(spill->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		        (off_t)spill->pieces[i].from,
		        (off_t)(spill->pieces[i].to - spill->pieces[i].from));
	spill->piece_count -= count;
	memmove(spill->pieces, spill->pieces + count, spill->piece_count * sizeof(struct piece));
	return 0;
}

/* Leave at most max pieces. */
static int reduce_pieces(struct spill *spill, size_t max)
{
	int err = spill->error;

	while (err == 0 && spill->piece_count > max) {
		size_t excess = spill->piece_count - max + 1;

		err = join_pieces(spill, excess < MERGE_PIECES_MAX ? excess : MERGE_PIECES_MAX);
	}
	return err;
}

static int add_sources(struct merge *merge, struct spill *spill)
{
	int err = 0;

	for (size_t i = 0; i < spill->piece_count && err == 0; i++)
		err = merge_add_piece(merge, spill->fd, &spill->pieces[i]);
	if (spill->count > 0)
		merge_add_area(merge, spill);
	return err;
}

int spill_merge(struct spill *const spills[], size_t count,
        int (*take)(void *context, const uint8_t *row, size_t size), void *context,
        struct diag *diag)
{
	struct merge merge;
	size_t share = count < MERGE_PIECES_MAX ? MERGE_PIECES_MAX / count : 1;
	size_t sources = count;
	int source_error = 0, err = 0;

	for (size_t i = 0; i < count && err == 0; i++) {
		spills[i]->error = reduce_pieces(spills[i], share);
		err = spill_error(spills[i], diag);
		sources += spills[i]->piece_count;
	}
	if (err < 0)
		return err;
	err = merge_init(&merge, sources);
	for (size_t i = 0; i < count && err == 0; i++)
		err = add_sources(&merge, spills[i]);
	if (err == 0)
		err = merge_run(&merge, take, context, &source_error);
	merge_destroy(&merge);
	if (source_error < 0)
		return diag_set(diag, FAIL_IO, "%s: cannot read findings back (--tmp): %s",
		        spills[0]->tmp, strerror(-source_error));
	return err == FAIL_MEMORY ? diag_set(diag, err, "no memory for findings") : err;
}

/* ---- All rows, in no order. ---- */

static int each_of(struct source *source, int (*take)(void *, const uint8_t *, size_t),
        void *context, int *source_error)
{
	int got = 0, err = 0;

	while (err >= 0 && (got = source_next(source)) > 0)
		err = take(context, source->row, source->size);
	*source_error = got < 0 ? got : 0;
	return err < 0 ? err : *source_error;
}

/* One at a time, so that there is one buffer. */
static int each_of_piece(const struct spill *spill, size_t piece,
        int (*take)(void *, const uint8_t *, size_t), void *context, int *source_error)
{
	struct merge merge;
	int err = merge_init(&merge, 1);

	if (err == 0)
		err = merge_add_piece(&merge, spill->fd, &spill->pieces[piece]);
	if (err == 0)
		err = each_of(&merge.sources[0], take, context, source_error);
	merge_destroy(&merge);
	return err;
}

int spill_each(struct spill *spill, int (*take)(void *context, const uint8_t *row, size_t size),
        void *context, struct diag *diag)
{
	struct source area = {.fd = -1, .items = items_of(spill), .item_count = spill->count};
	int source_error = 0, err = spill_error(spill, diag);

	if (err < 0)
		return err;
	for (size_t i = 0; i < spill->piece_count && err == 0; i++)
		err = each_of_piece(spill, i, take, context, &source_error);
	if (err == 0)
		err = each_of(&area, take, context, &source_error);
	if (source_error < 0)
		return diag_set(diag, FAIL_IO, "%s: cannot read findings back (--tmp): %s",
		        spill->tmp, strerror(-source_error));
	return err == FAIL_MEMORY ? diag_set(diag, err, "no memory for findings") : err;
}
