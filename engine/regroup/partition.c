/* SPDX-License-Identifier: Apache-2.0 */
#include "regroup/partition.h"

#include "base/budget.h"
#include "base/pages.h"
#include "base/unlinked.h"
#include "regroup/partition_private.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
	BLOCK_BYTES_MIN = 4 << 10,
	BLOCK_BYTES_MAX = 16 << 10, /* 128 open ones a writer are 2 MiB */
	SLAB_BYTES_MAX = 2 << 20,   /* a huge page, where the kernel has one */
	SLAB_BYTES_MIN = 64 << 10,
	SPILL_BLOCKS_MAX = 512, /* blocks of one write: 8 MiB */
};

/* Where the next record of a partition goes. */
struct cursor {
	uint8_t *at, *end;
};

struct partition_writer {
	struct partitions *partitions;
	int error; /* errno of the spill that failed, or ENOMEM */
	const char *failed;
	uint64_t records, bytes;
	struct block *free; /* emptied by a spill of this writer */
	uint8_t *slab_at, *slab_end;
	struct block *open[PARTITIONS_MAX];
	struct cursor cursors[PARTITIONS_MAX];
};

/* Few partitions where memory is small, so that a spilled list is still 1 MiB or so. */
static unsigned choose_count(size_t memory_bytes)
{
	if (memory_bytes >= (size_t)4 << 30)
		return 256;
	return memory_bytes >= (size_t)256 << 20 ? 128 : 64;
}

static size_t clamp(size_t value, size_t low, size_t high)
{
	return value < low ? low : value > high ? high : value;
}

int partitions_create(
        struct partitions **partitions, const struct partition_options *options, struct diag *diag)
{
	unsigned count = options->count ? options->count : choose_count(options->memory_bytes);
	struct partitions *made = aligned_alloc(64, sizeof(*made));

	assert(count <= PARTITIONS_MAX && (count & (count - 1)) == 0);
	if (!made)
		return diag_set(diag, FAIL_MEMORY, "no memory for partitions");
	memset(made, 0, sizeof(*made));
	made->tmp = strdup(options->tmp ? options->tmp : "/tmp");
	if (!made->tmp) {
		free(made);
		return diag_set(diag, FAIL_MEMORY, "no memory for partitions");
	}
	made->options = *options;
	made->options.count = count;
	made->options.tmp = made->tmp;
	made->shift = count > 1 ? 64 - (unsigned)__builtin_ctz(count) : 64;
	made->block_bytes = clamp(options->memory_bytes / (8 * count) & ~(size_t)4095,
	        BLOCK_BYTES_MIN, BLOCK_BYTES_MAX);
	made->slab_bytes = options->memory_bytes >= ((size_t)128 << 20) ? SLAB_BYTES_MAX
	                                                                : SLAB_BYTES_MIN;
	atomic_init(&made->spill, -1);
	made->reserved = options->memory_bytes;
	budget_reserve(made->reserved);
	*partitions = made;
	return 0;
}

static void free_extents(struct partition *part)
{
	struct extent *extent = atomic_exchange_explicit(
	        &part->extents, NULL, memory_order_relaxed);

	while (extent) {
		struct extent *next = extent->next;

		free(extent);
		extent = next;
	}
}

void partitions_drop(struct partitions *partitions)
{
	for (unsigned i = 0; i < partitions->options.count; i++)
		free_extents(&partitions->parts[i]);
	struct slab *slab = atomic_exchange_explicit(
	        &partitions->slabs, NULL, memory_order_relaxed);
	while (slab) {
		struct slab *next = slab->next;

		pages_destroy_apart(slab->memory, slab->bytes);
		free(slab);
		slab = next;
	}
	free(partitions->spares);
	partitions->spares = NULL;
	partitions->spare_count = 0;
	budget_give(partitions->reserved);
	partitions->reserved = 0;
	int spill = atomic_exchange_explicit(&partitions->spill, -1, memory_order_relaxed);
	if (spill >= 0)
		close(spill);
}

static size_t count_slabs(const struct slab *slab)
{
	size_t count = 0;

	for (; slab; slab = slab->next)
		count++;
	return count;
}

void partitions_give(struct partitions *partitions, struct partitions *into)
{
	struct slab *slab = atomic_load_explicit(&partitions->slabs, memory_order_relaxed);
	struct slab *own = atomic_load_explicit(&into->slabs, memory_order_relaxed);

	into->spares = into->spares ? into->spares : calloc(count_slabs(slab) + 1, sizeof(slab));
	if (!into->spares || own) {
		partitions_drop(partitions);
		return;
	}
	atomic_store_explicit(&into->slabs, slab, memory_order_relaxed);
	atomic_store_explicit(&partitions->slabs, NULL, memory_order_relaxed);
	into->reserved += partitions->reserved;
	partitions->reserved = 0;
	for (; slab; slab = slab->next) {
		/* One that was made for a large record may hold no block. */
		if (slab->bytes >= into->slab_bytes)
			into->spares[into->spare_count++] = slab;
	}
	partitions_drop(partitions);
}

void partitions_destroy(struct partitions *partitions)
{
	if (!partitions)
		return;
	partitions_drop(partitions);
	free(partitions->tmp);
	free(partitions);
}

int partition_writer_create(
        struct partition_writer **writer, struct partitions *partitions, struct diag *diag)
{
	*writer = calloc(1, sizeof(**writer));
	if (!*writer)
		return diag_set(diag, FAIL_MEMORY, "no memory for a partition writer");
	(*writer)->partitions = partitions;
	return 0;
}

/* Blocks belong to the partitions' slabs. */
void partition_writer_destroy(struct partition_writer *writer)
{
	free(writer);
}

static void push_block(struct partitions *partitions, unsigned index, struct block *block)
{
	struct partition *part = &partitions->parts[index];
	struct block *head = atomic_load_explicit(&part->blocks, memory_order_relaxed);

	/* Before it can be taken, so that queued never wraps below zero. */
	atomic_fetch_add_explicit(&part->queued, block->used, memory_order_relaxed);
	do {
		block->next = head;
	} while (!atomic_compare_exchange_weak_explicit(
	        &part->blocks, &head, block, memory_order_release, memory_order_relaxed));
}

static int fail(struct partition_writer *writer, int error, const char *what)
{
	if (!writer->error) {
		writer->error = error ? error : EIO;
		writer->failed = what;
	}
	return FAIL_IO;
}

/* The spill file, made by whoever comes first. */
static int spill_file(struct partition_writer *writer)
{
	struct partitions *partitions = writer->partitions;
	int fd = atomic_load_explicit(&partitions->spill, memory_order_acquire);
	int none = -1;

	if (fd >= 0)
		return fd;
	fd = unlinked_open(partitions->tmp);
	if (fd < 0)
		return fail(writer, errno, "make");
	if (!atomic_compare_exchange_strong_explicit(
	            &partitions->spill, &none, fd, memory_order_acq_rel, memory_order_acquire)) {
		close(fd);
		fd = none;
	}
	return fd;
}

static int write_all(int fd, struct iovec *parts, int count, uint64_t offset)
{
	while (count > 0) {
		ssize_t done = pwritev(fd, parts, count, (off_t)offset);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return done < 0 ? errno : EIO;
		offset += (uint64_t)done;
		while (count > 0 && (size_t)done >= parts->iov_len) {
			done -= (ssize_t)parts->iov_len;
			parts++;
			count--;
		}
		if (count > 0) {
			parts->iov_base = (uint8_t *)parts->iov_base + done;
			parts->iov_len -= (size_t)done;
		}
	}
	return 0;
}

/* Append up to SPILL_BLOCKS_MAX blocks as one extent; *blocks steps behind them. */
static int spill_extent(
        struct partition_writer *writer, struct partition *part, struct block **blocks)
{
	struct partitions *partitions = writer->partitions;
	struct iovec parts[SPILL_BLOCKS_MAX];
	struct hash128_stream hash;
	int count = 0;
	int fd = spill_file(writer);
	struct extent *extent = malloc(sizeof(*extent));

	if (fd < 0 || !extent) {
		free(extent);
		return fail(writer, ENOMEM, "write");
	}
	extent->size = 0;
	hash128_begin(&hash);
	for (; *blocks && count < SPILL_BLOCKS_MAX; *blocks = (*blocks)->next, count++) {
		parts[count] = (struct iovec){(*blocks)->data, (*blocks)->used};
		extent->size += (*blocks)->used;
		hash128_feed(&hash, (*blocks)->data, (*blocks)->used);
	}
	extent->hash = hash128_end(&hash);
	extent->offset = atomic_fetch_add_explicit(
	        &partitions->spill_end, extent->size, memory_order_relaxed);
	int error = write_all(fd, parts, count, extent->offset);
	if (error) {
		free(extent);
		return fail(writer, error, "write");
	}
	atomic_fetch_add_explicit(&partitions->spilled, extent->size, memory_order_relaxed);
	struct extent *head = atomic_load_explicit(&part->extents, memory_order_relaxed);
	do {
		extent->next = head;
	} while (!atomic_compare_exchange_weak_explicit(
	        &part->extents, &head, extent, memory_order_release, memory_order_relaxed));
	return 0;
}

/* The partition with most bytes in full blocks, or NULL. */
static struct partition *longest(struct partitions *partitions)
{
	struct partition *best = NULL;
	size_t most = 0;

	for (unsigned i = 0; i < partitions->options.count; i++) {
		size_t queued = atomic_load_explicit(
		        &partitions->parts[i].queued, memory_order_relaxed);

		if (queued > most) {
			most = queued;
			best = &partitions->parts[i];
		}
	}
	return best;
}

static void keep_free(struct partition_writer *writer, struct block *blocks)
{
	while (blocks) {
		struct block *next = blocks->next;

		blocks->next = writer->free;
		writer->free = blocks;
		blocks = next;
	}
}

/* Spill the longest list; its blocks become this writer's.  Nothing to spill is no error. */
static int spill_longest(struct partition_writer *writer)
{
	struct partition *part = longest(writer->partitions);
	struct block *taken;
	size_t bytes = 0;

	if (!part)
		return 0;
	/* None, where another writer is at it, or about to push. */
	taken = atomic_exchange_explicit(&part->blocks, NULL, memory_order_acquire);
	for (struct block *block = taken; block; block = block->next)
		bytes += block->used;
	atomic_fetch_sub_explicit(&part->queued, bytes, memory_order_relaxed);
	for (struct block *block = taken; block;) {
		int err = spill_extent(writer, part, &block);

		if (err)
			return err;
	}
	keep_free(writer, taken);
	return 0;
}

/* Memory that lives until the partitions are destroyed. */
static void *allocate(struct partitions *partitions, size_t bytes)
{
	struct slab *slab = malloc(sizeof(*slab));

	if (!slab)
		return NULL;
	slab->memory = pages_create_apart(bytes);
	if (!slab->memory) {
		free(slab);
		return NULL;
	}
	slab->bytes = bytes;
	if (bytes == SLAB_BYTES_MAX)
		pages_ask_huge(slab->memory, bytes);
	atomic_fetch_add_explicit(&partitions->allocated, bytes, memory_order_relaxed);
	slab->next = atomic_load_explicit(&partitions->slabs, memory_order_relaxed);
	while (!atomic_compare_exchange_weak_explicit(
	        &partitions->slabs, &slab->next, slab, memory_order_release, memory_order_relaxed))
		;
	return slab->memory;
}

/* The next slab that others gave, or NULL. */
static const struct slab *take_spare(struct partitions *partitions)
{
	size_t taken = atomic_load_explicit(&partitions->spares_taken, memory_order_relaxed);

	if (taken >= partitions->spare_count)
		return NULL;
	taken = atomic_fetch_add_explicit(&partitions->spares_taken, 1, memory_order_relaxed);
	return taken < partitions->spare_count ? partitions->spares[taken] : NULL;
}

static struct block *block_at(void *memory, size_t bytes)
{
	struct block *block = memory;

	block->next = NULL;
	block->used = 0;
	block->capacity = bytes - sizeof(*block);
	return block;
}

/* The first is large enough, but where one needs a block of its own. */
static struct block *take_free(struct partition_writer *writer, size_t need)
{
	struct block **at = &writer->free;
	struct block *block;

	while (*at && (*at)->capacity < need)
		at = &(*at)->next;
	block = *at;
	if (!block)
		return NULL;
	*at = block->next;
	block->used = 0;
	return block;
}

/* Fresh memory, or a block that a spill has emptied where there may be none: NULL is an error. */
static struct block *take_fresh(
        struct partition_writer *writer, size_t need, size_t fresh, uint8_t **memory)
{
	struct partitions *partitions = writer->partitions;
	size_t now = atomic_load_explicit(&partitions->allocated, memory_order_relaxed);

	if (now + fresh > partitions->options.memory_bytes && spill_longest(writer))
		return NULL;
	struct block *block = take_free(writer, need);
	if (block)
		return block;
	*memory = allocate(partitions, fresh);
	if (!*memory)
		fail(writer, ENOMEM, "hold");
	return NULL;
}

/* A block of its own for a large record. */
static struct block *take_large(struct partition_writer *writer, size_t need)
{
	size_t bytes = (need + sizeof(struct block) + 63) & ~(size_t)63;
	uint8_t *memory = NULL;
	struct block *block = take_fresh(writer, need, bytes, &memory);

	return memory ? block_at(memory, bytes) : block;
}

/* An empty block with room for need bytes: an old one, a cut of the slab, or new memory. */
static struct block *take_block(struct partition_writer *writer, size_t need)
{
	struct partitions *partitions = writer->partitions;
	size_t bytes = partitions->block_bytes;
	struct block *block = take_free(writer, need);

	if (block)
		return block;
	if (need > bytes - sizeof(*block))
		return take_large(writer, need);
	if (writer->slab_at == writer->slab_end) {
		const struct slab *spare = take_spare(partitions);
		size_t fresh = spare ? spare->bytes : partitions->slab_bytes;
		uint8_t *memory = spare ? spare->memory : NULL;

		block = spare ? NULL : take_fresh(writer, need, fresh, &memory);
		if (!memory)
			return block;
		writer->slab_at = memory;
		writer->slab_end = memory + fresh / bytes * bytes;
	}
	block = block_at(writer->slab_at, bytes);
	writer->slab_at += bytes;
	return block;
}

/* Hand over the open block of a partition. */
static void close_block(struct partition_writer *writer, unsigned index)
{
	struct block *block = writer->open[index];

	if (!block)
		return;
	block->used = (size_t)(writer->cursors[index].at - block->data);
	writer->bytes += block->used;
	push_block(writer->partitions, index, block);
	writer->open[index] = NULL;
	writer->cursors[index] = (struct cursor){NULL, NULL};
}

static bool open_block(struct partition_writer *writer, unsigned index, size_t size)
{
	if (writer->error)
		return false;
	close_block(writer, index);
	struct block *block = take_block(writer, size);
	if (!block)
		return false;
	writer->open[index] = block;
	writer->cursors[index] = (struct cursor){block->data, block->data + block->capacity};
	return true;
}

/* Room for a record, or NULL. */
static inline uint8_t *reserve(struct partition_writer *writer, uint64_t key, size_t size)
{
	unsigned shift = writer->partitions->shift;
	unsigned index = shift < 64 ? (unsigned)(key >> shift) : 0;
	struct cursor *cursor = &writer->cursors[index];

	if ((size_t)(cursor->end - cursor->at) < size && !open_block(writer, index, size))
		return NULL;
	uint8_t *room = cursor->at;
	cursor->at += size;
	writer->records++;
	return room;
}

void *partition_reserve(struct partition_writer *writer, uint64_t key, uint32_t kind, size_t size)
{
	assert(size % 8 == 0 && size <= RECORD_BYTES_MAX);
	struct record_head *head = (struct record_head *)reserve(writer, key, size);

	if (head)
		*head = (struct record_head){key, (uint32_t)size, kind};
	return head;
}

bool partition_put(struct partition_writer *writer, const void *records, size_t count, size_t size)
{
	const uint8_t *from = records;

	assert(size % 8 == 0 && size <= RECORD_BYTES_MAX);
	for (size_t i = 0; i < count; i++, from += size) {
		uint64_t *room = (uint64_t *)reserve(
		        writer, ((const struct record_head *)from)->key, size);

		if (!room)
			return false;
		for (size_t word = 0; word < size / 8; word++)
			memcpy(&room[word], from + 8 * word, 8);
	}
	return true;
}

int partition_writer_error(const struct partition_writer *writer, struct diag *diag)
{
	if (!writer->error)
		return 0;
	if (writer->error == ENOMEM)
		return diag_set(diag, FAIL_MEMORY, "no memory for claim records");
	return diag_set(diag, FAIL_IO,
	        "%s: cannot %s the spill file: %s (--tmp names another directory, --memory keeps "
	        "more in memory)",
	        writer->partitions->tmp, writer->failed, strerror(writer->error));
}

int partition_writer_finish(struct partition_writer *writer, struct diag *diag)
{
	struct partitions *partitions = writer->partitions;

	for (unsigned i = 0; i < partitions->options.count; i++)
		close_block(writer, i);
	atomic_fetch_add_explicit(&partitions->records, writer->records, memory_order_relaxed);
	atomic_fetch_add_explicit(&partitions->bytes, writer->bytes, memory_order_relaxed);
	writer->records = 0;
	writer->bytes = 0;
	return partition_writer_error(writer, diag);
}

void partition_writer_recycle(struct partition_writer *writer)
{
	struct partitions *partitions = writer->partitions;

	for (unsigned i = 0; i < partitions->options.count; i++) {
		struct partition *part = &partitions->parts[i];

		keep_free(writer,
		        atomic_exchange_explicit(&part->blocks, NULL, memory_order_acquire));
		atomic_store_explicit(&part->queued, 0, memory_order_relaxed);
		free_extents(part);
	}
}

unsigned partitions_count(const struct partitions *partitions)
{
	return partitions->options.count;
}

const struct partition_options *partitions_options(const struct partitions *partitions)
{
	return &partitions->options;
}

void partitions_stats(const struct partitions *partitions, struct partition_stats *stats)
{
	stats->records = atomic_load_explicit(&partitions->records, memory_order_relaxed);
	stats->bytes = atomic_load_explicit(&partitions->bytes, memory_order_relaxed);
	stats->spilled_bytes = atomic_load_explicit(&partitions->spilled, memory_order_relaxed);
}
