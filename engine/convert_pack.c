/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Into a claim pack: each line, by itself, to the partition of its person (of its
 * claim, if it has none); then each partition is sorted by layout, person, claim and
 * line, coded into chunks, and written in the order of the partitions.
 *
 * The order of lines is that of their keys, numbers and digests, and at last of
 * all that they say; so the bytes of a pack hang on neither threads, memory nor
 * the order of the input.
 */
#include "convert_links.h"
#include "convert_private.h"

#include <stdlib.h>
#include <string.h>

enum {
	PARTITION_BYTES = 16 << 20, /* of input, about: sorted in memory by each thread */
	PARTITIONS_MAX = 256,
	LOADED_TIMES = 3, /* its records, what sorting takes, its chunks: as bytes of records */
};

/*
 * Memory for partitions that are being sorted.  It is given in their order, so that
 * the one whose turn to write is next never waits for it.
 */
struct room {
	pthread_mutex_t mutex;
	pthread_cond_t moved;
	uint64_t used, most;
	unsigned next;
	int err; /* of one who cannot go on */
};

struct packing {
	struct partitions *partitions;
	struct links *links;
	struct pack_sources sources;
	const struct layout *layouts[LAYOUTS_MAX]; /* in the order of the file */
	uint32_t layout_count;
	struct pack_writer *writer;
	atomic_uint next; /* partition to be sorted */
	struct room room;
};

/* Chunks of a partition, waiting for their turn. */
struct chunks {
	uint8_t *data;
	size_t size, room;
};

struct packer {
	struct pack_liner *liner;
	struct partition_writer *lines;
	struct links_writer *links;
	struct pack_builder *builder;
	struct chunks chunks;
};

/* A line as a partition holds it. */
struct line_record {
	struct record_head
	        head; /* key: the person's, else the claim's; kind: the layout's number */
	struct pack_line line;
};

/* One that is larger than all there is has it alone. */
static int room_take(struct room *room, unsigned number, uint64_t bytes)
{
	int err;

	pthread_mutex_lock(&room->mutex);
	while (!room->err &&
	        (room->next != number || (room->used > 0 && room->used + bytes > room->most)))
		pthread_cond_wait(&room->moved, &room->mutex);
	err = room->err;
	room->used += bytes;
	room->next++;
	pthread_cond_broadcast(&room->moved);
	pthread_mutex_unlock(&room->mutex);
	return err;
}

static void room_give(struct room *room, uint64_t bytes)
{
	pthread_mutex_lock(&room->mutex);
	room->used -= bytes;
	pthread_cond_broadcast(&room->moved);
	pthread_mutex_unlock(&room->mutex);
}

static void room_fail(struct room *room, int err)
{
	pthread_mutex_lock(&room->mutex);
	room->err = err;
	pthread_cond_broadcast(&room->moved);
	pthread_mutex_unlock(&room->mutex);
}

static unsigned partitions_for(uint64_t bytes)
{
	unsigned count = 2;

	while (count < PARTITIONS_MAX && (uint64_t)count * PARTITION_BYTES < bytes)
		count *= 2;
	return count;
}

static int begin(struct convert *convert, struct diag *diag)
{
	const struct scan *scan = convert->scan;
	struct packing *packing = calloc(1, sizeof(*packing));
	struct partition_options options = {
	        .count = partitions_for(scan->plan->total_bytes),
	        .memory_bytes = scan->memory.profile,
	        .tmp = scan->options->tmp,
	};
	struct partition_options links = options;
	int err;

	/* Sorting, which this memory is for, comes when the links are settled. */
	links.memory_bytes = scan->memory.partitions;
	convert->own = packing;
	if (!packing)
		return diag_set(diag, FAIL_MEMORY, "no memory");
	pthread_mutex_init(&packing->room.mutex, NULL);
	pthread_cond_init(&packing->room.moved, NULL);
	packing->room.most = scan->memory.partitions;
	err = partitions_create(&packing->partitions, &options, diag);
	return err ? err : links_create(&packing->links, &links, diag);
}

static void end(struct convert *convert)
{
	struct packing *packing = convert->own;

	if (!packing)
		return;
	pack_writer_destroy(packing->writer);
	partitions_destroy(packing->partitions);
	links_destroy(packing->links);
	pthread_cond_destroy(&packing->room.moved);
	pthread_mutex_destroy(&packing->room.mutex);
	free(packing);
	convert->own = NULL;
}

/* ---- Reading ---- */

static int part_create(struct convert_part *part, struct diag *diag)
{
	const struct packing *packing = part->convert->own;
	struct packer *packer = calloc(1, sizeof(*packer));
	int err = packer ? 0 : diag_set(diag, FAIL_MEMORY, "no memory for a worker");

	part->own = packer;
	if (err == 0)
		err = pack_liner_create(&packer->liner, diag);
	if (err == 0)
		err = pack_builder_create(&packer->builder, diag);
	if (err == 0)
		err = partition_writer_create(&packer->lines, packing->partitions, diag);
	return err ? err : links_writer_create(&packer->links, packing->links, diag);
}

static void part_destroy(struct convert_part *part)
{
	struct packer *packer = part->own;

	if (!packer)
		return;
	pack_liner_destroy(packer->liner);
	pack_builder_destroy(packer->builder);
	partition_writer_destroy(packer->lines);
	links_writer_destroy(packer->links);
	free(packer->chunks.data);
	free(packer);
	part->own = NULL;
}

static int take_batch(struct convert_part *part, struct batch *batch, struct diag *diag)
{
	struct packer *packer = part->own;
	bool keep[BATCH_LINES];

	pack_liner_batch(packer->liner, batch);
	convert_pick(part->convert, batch, keep);
	for (uint32_t i = 0; i < batch->count; i++) {
		if (!keep[i])
			continue;
		size_t size = sizeof(struct record_head) + pack_liner_size(packer->liner, i);
		struct line_record *record = partition_reserve(
		        packer->lines, links_group(batch, i), batch->layout_number, size);

		if (!record)
			return partition_writer_error(packer->lines, diag);
		pack_liner_put(packer->liner, i, &record->line);
	}
	return links_add(packer->links, batch, diag);
}

static int read_end(struct convert_part *part, struct diag *diag)
{
	struct packer *packer = part->own;
	int err = partition_writer_finish(packer->lines, diag);

	return err ? err : links_finish(packer->links, diag);
}

/* ---- Between ---- */

/* By what they are: their numbers hang on which thread met them first. */
static int compare_layouts(const void *left, const void *right)
{
	const struct layout *a = *(const struct layout *const *)left;
	const struct layout *b = *(const struct layout *const *)right;
	int order = strcmp(a->family, b->family);
	size_t least = a->header_bytes < b->header_bytes ? a->header_bytes : b->header_bytes;

	if (order == 0 && least > 0)
		order = memcmp(a->header, b->header, least);
	if (order == 0)
		order = (a->header_bytes > b->header_bytes) - (a->header_bytes < b->header_bytes);
	if (order == 0)
		order = memcmp(&a->bound, &b->bound, sizeof(a->bound));
	return order ? order : memcmp(a->claim_level, b->claim_level, sizeof(a->claim_level));
}

static void fill_sources(const struct scan *scan, struct pack_sources *sources)
{
	const struct csv_counts *counts = &scan->counts;

	sources->bytes = (uint64_t)((int64_t)scan->plan->total_bytes +
	                            packs_bytes_saved(scan->packs));
	sources->bad_bytes = counts->bad_bytes;
	memcpy(sources->quarantined, counts->quarantined, sizeof(sources->quarantined));
	memcpy(sources->fields, counts->fields, sizeof(sources->fields));
}

static int settle(struct convert *convert, struct diag *diag)
{
	struct packing *packing = convert->own;
	const struct scan *scan = convert->scan;
	int err = links_settle(packing->links, diag);

	if (err < 0)
		return err;
	packing->layout_count = layouts_count(scan->layouts);
	for (uint32_t i = 0; i < packing->layout_count; i++)
		packing->layouts[i] = layouts_at(scan->layouts, i);
	qsort(packing->layouts, packing->layout_count, sizeof(packing->layouts[0]),
	        compare_layouts);
	/* A part of the lines is nobody's source. */
	if (!convert->keeps)
		fill_sources(scan, &packing->sources);
	atomic_store(&packing->next, 0);
	return pack_writer_create(&packing->writer,
	        &(struct pack_write_options){
	                .descriptor = convert->descriptor,
	                .path = convert->path,
	                .layouts = packing->layouts,
	                .layout_count = packing->layout_count,
	                .sources = &packing->sources,
	        },
	        diag);
}

/* ---- Sorting and coding ---- */

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

static int compare_lines(const void *left, const void *right)
{
	const struct line_record *a = *(const struct line_record *const *)left;
	const struct line_record *b = *(const struct line_record *const *)right;
	int order = COMPARE(a->line.person_key, b->line.person_key);

	if (order == 0)
		order = COMPARE(a->line.claim_key, b->line.claim_key);
	if (order == 0)
		order = COMPARE(a->line.line_number, b->line.line_number);
	if (order == 0)
		order = COMPARE(a->line.digest, b->line.digest);
	if (order == 0)
		order = COMPARE(a->line.size, b->line.size);
	return order ? order : memcmp(&a->line, &b->line, a->line.size);
}

static int keep_chunk(struct packer *packer, uint32_t layout, struct diag *diag)
{
	struct chunks *chunks = &packer->chunks;
	size_t size;
	const uint8_t *chunk;

	if (pack_builder_lines(packer->builder) == 0)
		return 0;
	chunk = pack_builder_end(packer->builder, layout, &size);
	if (chunks->room - chunks->size < size) {
		size_t room = (chunks->room + size) * 2;
		uint8_t *data = realloc(chunks->data, room);

		if (!data)
			return diag_set(diag, FAIL_MEMORY, "no memory for a claim pack (--memory)");
		chunks->data = data;
		chunks->room = room;
	}
	memcpy(chunks->data + chunks->size, chunk, size);
	chunks->size += size;
	return 0;
}

static int keep_whole(struct packer *packer, uint32_t layout, struct diag *diag)
{
	pack_builder_whole(packer->builder);
	return keep_chunk(packer, layout, diag);
}

/* Lines of one layout, in order, that do not stand whole. */
static int add_lines(struct packer *packer, const struct record_head **records, size_t count,
        uint32_t layout, struct diag *diag)
{
	int err = 0;

	for (size_t i = 0; i < count && err == 0; i++) {
		const struct line_record *record = (const void *)records[i];

		if (pack_builder_add(packer->builder, &record->line))
			continue;
		err = keep_chunk(packer, layout, diag);
		pack_builder_add(packer->builder, &record->line);
	}
	return err ? err : keep_chunk(packer, layout, diag);
}

/* False, and nothing is added, if the chunk has no room for all of a group. */
static bool add_group(struct packer *packer, const struct record_head **records, size_t count)
{
	pack_builder_mark(packer->builder);
	for (size_t i = 0; i < count; i++) {
		const struct line_record *record = (const void *)records[i];

		if (pack_builder_add(packer->builder, &record->line))
			continue;
		pack_builder_undo(packer->builder);
		return false;
	}
	return true;
}

/* The records of one group, and where they stand among those of a partition. */
struct group {
	const struct record_head **records;
	size_t count;
	bool whole;
};

/* A group of a partition from a record on: open, or in files of two layouts, is not whole. */
static struct group find_group(
        const struct packing *packing, const struct partition_view *view, size_t from)
{
	struct group group = {.records = view->records + from, .count = 1, .whole = true};
	uint64_t key = group.records[0]->key;

	for (; from + group.count < view->count; group.count++) {
		const struct record_head *record = group.records[group.count];

		if (record->key != key)
			break;
		group.whole &= record->kind == group.records[0]->kind;
	}
	group.whole = group.whole && !links_open(packing->links, key);
	return group;
}

/* A group's lines of a layout, in order, into room.  Returns how many. */
static size_t pick_layout(
        const struct group *group, uint32_t number, const struct record_head **room)
{
	size_t count = 0;

	for (size_t i = 0; i < group->count; i++) {
		if (group->records[i]->kind == number)
			room[count++] = group->records[i];
	}
	if (count > 1)
		qsort(room, count, sizeof(*room), compare_lines);
	return count;
}

/* A group into one chunk.  *added: it is there; else it is larger than a chunk. */
static int add_whole(struct packer *packer, const struct group *group, uint32_t layout, bool *added,
        struct diag *diag)
{
	int err = 0;

	*added = add_group(packer, group->records, group->count);
	if (*added || pack_builder_lines(packer->builder) == 0)
		return 0;
	err = keep_whole(packer, layout, diag);
	*added = err == 0 && add_group(packer, group->records, group->count);
	return err;
}

/*
 * The lines of a layout: first the groups that stand whole, each in one chunk;
 * then the others, which are gathered in room.
 */
static int code_layout(struct convert_part *part, const struct partition_view *view,
        uint32_t layout, const struct record_head **room, struct diag *diag)
{
	const struct packing *packing = part->convert->own;
	struct packer *packer = part->own;
	size_t left = 0;
	int err = 0;

	for (size_t at = 0; at < view->count && err == 0;) {
		struct group group = find_group(packing, view, at);
		bool added = false;

		at += group.count;
		group.count = pick_layout(&group, packing->layouts[layout]->number, room + left);
		group.records = room + left;
		if (group.whole && group.count > 0)
			err = add_whole(packer, &group, layout, &added, diag);
		left += added ? 0 : group.count;
	}
	if (err == 0)
		err = keep_whole(packer, layout, diag);
	return err ? err : add_lines(packer, room, left, layout, diag);
}

static int code_partition(
        struct convert_part *part, const struct partition_view *view, struct diag *diag)
{
	const struct packing *packing = part->convert->own;
	struct packer *packer = part->own;
	const struct record_head **room = malloc((view->count + 1) * sizeof(*room));
	int err = room ? 0 : diag_set(diag, FAIL_MEMORY, "no memory for a claim pack");

	packer->chunks.size = 0;
	for (uint32_t i = 0; i < packing->layout_count && err == 0; i++) {
		err = code_layout(part, view, i, room, diag);
		if (err == 0 && scan_stopped())
			err = FAIL_STOPPED;
	}
	free(room);
	return err;
}

static int write_chunks(struct convert *convert, const struct chunks *chunks, struct diag *diag)
{
	struct packing *packing = convert->own;
	int err = 0;

	for (size_t at = 0; at < chunks->size && err == 0;) {
		size_t size = pack_chunk_size(chunks->data + at);

		err = pack_writer_put(packing->writer, chunks->data + at, size, diag);
		at += size;
	}
	return err;
}

static int load_and_code(struct convert_part *part, unsigned number, struct diag *diag)
{
	struct packing *packing = part->convert->own;
	uint64_t bytes = partition_bytes(packing->partitions, number) * LOADED_TIMES;
	struct partition_view view;
	int err = room_take(&packing->room, number, bytes);

	if (err < 0)
		return err;
	err = partition_load(packing->partitions, number, &view, diag);
	if (err == 0) {
		err = code_partition(part, &view, diag);
		partition_release(packing->partitions, &view);
	}
	room_give(&packing->room, bytes);
	return err;
}

static int finish_partition(struct convert_part *part, unsigned number, struct diag *diag)
{
	struct packer *packer = part->own;
	int err = load_and_code(part, number, diag);

	if (err == 0)
		err = turn_wait(&part->convert->turn, number);
	if (err == 0)
		err = write_chunks(part->convert, &packer->chunks, diag);
	if (err == 0)
		turn_pass(&part->convert->turn, number);
	return err;
}

static int finish(struct convert_part *part, struct diag *diag)
{
	struct packing *packing = part->convert->own;
	unsigned count = partitions_count(packing->partitions);
	int err = 0;

	while (err == 0) {
		unsigned number = atomic_fetch_add_explicit(
		        &packing->next, 1, memory_order_relaxed);

		if (number >= count)
			break;
		err = finish_partition(part, number, diag);
	}
	if (err < 0)
		room_fail(&packing->room, err);
	return err;
}

static int complete(struct convert *convert, struct diag *diag)
{
	struct packing *packing = convert->own;

	return pack_writer_finish(packing->writer, diag);
}

const struct convert_kind convert_pack = {
        .ending = ".clm",
        .begin = begin,
        .end = end,
        .part_create = part_create,
        .part_destroy = part_destroy,
        .batch = take_batch,
        .read = read_end,
        .settle = settle,
        .finish = finish,
        .complete = complete,
};
