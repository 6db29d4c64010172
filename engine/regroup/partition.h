/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Partitions: records scattered by hash, kept in memory up to a limit, then
 * spilled to unlinked files, and read back a partition at a time.
 */
#ifndef REGROUP_PARTITION_H
#define REGROUP_PARTITION_H

#include "base/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Every record begins so; size includes the head and is a multiple of 8. */
struct record_head {
	uint64_t key;  /* what it is grouped by; the partition is chosen by its high bits */
	uint32_t size; /* bytes */
	uint32_t kind; /* the owner's */
};

/* A line record holds texts of one record of input, which is at most 1 MiB, and its hits. */
enum { RECORD_BYTES_MAX = 2 << 20 };

struct partitions;
struct partition_writer; /* one a thread */

struct partition_options {
	unsigned count;      /* power of two; 0: chosen */
	size_t memory_bytes; /* records kept in memory; beyond it they spill */
	const char *tmp;     /* directory for spill files */
};

int partitions_create(
        struct partitions **partitions, const struct partition_options *options, struct diag *diag);
void partitions_destroy(struct partitions *partitions);
/*
 * All has been read that will be: give the records' memory back.  Nothing but
 * partitions_stats() and partitions_destroy() may follow.
 */
void partitions_drop(struct partitions *partitions);

/*
 * As partitions_drop(), but the memory goes to others, which nobody writes yet:
 * there it is used before any that is fresh, on top of their own share.
 */
void partitions_give(struct partitions *partitions, struct partitions *into);

int partition_writer_create(
        struct partition_writer **writer, struct partitions *partitions, struct diag *diag);
void partition_writer_destroy(struct partition_writer *writer);

/*
 * Room for a record of size bytes, head filled in, valid until the next call
 * with this writer.  NULL if spilling failed: partition_writer_error().
 */
void *partition_reserve(struct partition_writer *writer, uint64_t key, uint32_t kind, size_t size);

/*
 * Put count records of one size, one behind the other, heads filled in: what
 * partition_reserve() does, in one call.  False if spilling failed.
 */
bool partition_put(struct partition_writer *writer, const void *records, size_t count, size_t size);
int partition_writer_error(const struct partition_writer *writer, struct diag *diag);

/* Hand over what the writer still holds; call before reading. */
int partition_writer_finish(struct partition_writer *writer, struct diag *diag);

/*
 * What was handed over has been read: its memory holds the writer's next records.
 * Of partitions that have no other writer.
 */
void partition_writer_recycle(struct partition_writer *writer);

unsigned partitions_count(const struct partitions *partitions);

/* Bytes of a partition's records, when nobody writes any more. */
uint64_t partition_bytes(const struct partitions *partitions, unsigned index);

/* As it was made: count as chosen.  tmp lives as long as partitions. */
const struct partition_options *partitions_options(const struct partitions *partitions);

/*
 * All records of one partition: pointers in *records, in the order of key;
 * equal keys in no promised order.  Any number of threads, each its own
 * partition.  Frees by partition_release().
 */
struct partition_view {
	const struct record_head **records;
	size_t count;
	void *owned;
};
int partition_load(struct partitions *partitions, unsigned index, struct partition_view *view,
        struct diag *diag);
void partition_release(struct partitions *partitions, struct partition_view *view);

/* For summary and bench. */
struct partition_stats {
	uint64_t records, bytes, spilled_bytes;
};
void partitions_stats(const struct partitions *partitions, struct partition_stats *stats);

#endif
