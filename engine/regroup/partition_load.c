/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a partition: its blocks as they lie, its extents read back, and the
 * records in the order of key.
 *
 * One walk counts records by the key's bits below the partition's, a second
 * places {key, record} pairs into buckets of about four, which are sorted one
 * by one.  A bucket that is large (one key with many records, or keys that
 * are no hashes) is sorted in place by the next eight bits that differ, and so on.  The
 * pairs take 16 bytes a record, and give their room to the pointers.
 */
#include "regroup/partition_private.h"

#include "base/budget.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	RECORD_BYTES_TYPICAL = 32,
	BUCKET_RECORDS = 4,
	BUCKET_BITS_MAX = 18,
	RANKED_MAX = 16,
	INSERTION_MAX = 24,
	RADIX_BITS = 8,
	SOME_MAX = 512,
	SOME_BITS = 6,
	ASK_BYTES = 512,
	ASK_LINES = 3,
};

struct keyed {
	uint64_t key;
	const struct record_head *record;
};

/* What a view owns. */
struct loaded {
	struct keyed *pairs;
	uint8_t *spilled;
};

/* Where the bucket of a key is found. */
struct buckets {
	uint32_t *starts;
	unsigned shift;
	uint64_t mask;
};

/* The walk is a chain of loads; asking ahead saves a quarter of it on large records. */
static inline void ask_ahead(const uint8_t *data)
{
	for (unsigned i = 0; i < ASK_LINES; i++)
		__builtin_prefetch(data + ASK_BYTES + 64 * i);
}

static size_t count_pass(struct buckets *buckets, const uint8_t *data, size_t size)
{
	size_t count = 0;

	for (size_t at = 0; at < size; count++) {
		const struct record_head *head = (const struct record_head *)(data + at);

		ask_ahead(data + at);
		buckets->starts[head->key >> buckets->shift & buckets->mask]++;
		at += head->size;
	}
	return count;
}

static void place_pass(
        struct buckets *buckets, const uint8_t *data, size_t size, struct keyed *pairs)
{
	for (size_t at = 0; at < size;) {
		const struct record_head *head = (const struct record_head *)(data + at);
		uint32_t *start = &buckets->starts[head->key >> buckets->shift & buckets->mask];

		pairs[(*start)++] = (struct keyed){head->key, head};
		at += head->size;
	}
}

/* In order already?  Then nothing is to be done; else *differ has the bits that keys differ in. */
static bool is_sorted(const struct keyed *pairs, size_t count, uint64_t *differ)
{
	uint64_t bits = 0;
	bool sorted = true;

	for (size_t i = 1; i < count; i++) {
		sorted &= pairs[i].key >= pairs[i - 1].key;
		bits |= pairs[i].key ^ pairs[0].key;
	}
	*differ = bits;
	return sorted;
}

/*
 * Small buckets are sorted by counting, for each record, those before it: no
 * branch hangs on a key.  Insertion took twice as long, all of it in
 * mispredicted branches.
 */
static void rank_small(const struct keyed *pairs, size_t count, const struct record_head **records)
{
	struct keyed own[RANKED_MAX];

	memcpy(own, pairs, count * sizeof(*own));
	for (size_t i = 0; i < count; i++) {
		size_t rank = 0;

		for (size_t j = 0; j < i; j++)
			rank += own[j].key <= own[i].key;
		for (size_t j = i + 1; j < count; j++)
			rank += own[j].key < own[i].key;
		records[rank] = own[i].record;
	}
}

static void sort_small(struct keyed *pairs, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct keyed moved = pairs[i];
		size_t at = i;

		for (; at > 0 && pairs[at - 1].key > moved.key; at--)
			pairs[at] = pairs[at - 1];
		pairs[at] = moved;
	}
}

static void sort_large(struct keyed *pairs, size_t count);

/*
 * Some dozens of one owner: days of lines, which lie close to each other, and
 * behind them all that has the greatest key.  These are parted, the others put
 * by their place between the least and the greatest of them, and what is left
 * to do is done by insertion.
 */
static void sort_some(struct keyed *pairs, size_t count)
{
	struct keyed own[SOME_MAX];
	uint16_t starts[1 << SOME_BITS] = {0}, sum = 0, largest = 0;
	uint64_t least = UINT64_MAX, most = 0, last = 0;
	size_t few = 0, tail = count;

	for (size_t i = 0; i < count; i++)
		last = pairs[i].key > last ? pairs[i].key : last;
	for (size_t i = 0; i < count; i++) {
		uint64_t key = pairs[i].key;
		bool is_last = key == last;

		own[is_last ? --tail : few++] = pairs[i];
		least = key < least ? key : least;
		most = key > most && !is_last ? key : most;
	}
	memcpy(pairs + few, own + few, (count - few) * sizeof(*own));
	if (few == 0)
		return;
	unsigned bits = most > least ? 64 - (unsigned)__builtin_clzll(most - least) : 0;
	unsigned shift = bits > SOME_BITS ? bits - SOME_BITS : 0;

	for (size_t i = 0; i < few; i++)
		starts[(own[i].key - least) >> shift]++;
	for (unsigned i = 0; i < 1 << SOME_BITS; i++) {
		uint16_t size = starts[i];

		starts[i] = sum;
		sum += size;
		largest = size > largest ? size : largest;
	}
	for (size_t i = 0; i < few; i++)
		pairs[starts[(own[i].key - least) >> shift]++] = own[i];
	if (shift == 0)
		return;
	if (largest <= INSERTION_MAX) {
		sort_small(pairs, few);
		return;
	}
	for (unsigned i = 0, from = 0; i < 1 << SOME_BITS; from = starts[i++])
		sort_large(pairs + from, starts[i] - from);
}

/*
 * Sort in place by the eight highest bits that keys differ in, and what is equal
 * in these again: keys may have long parts that are the same in all.
 */
static void sort_large(struct keyed *pairs, size_t count)
{
	size_t starts[1 << RADIX_BITS] = {0};
	size_t ends[1 << RADIX_BITS];
	size_t sum = 0;
	uint64_t differ;

	if (count <= INSERTION_MAX) {
		sort_small(pairs, count);
		return;
	}
	if (count <= SOME_MAX) {
		sort_some(pairs, count);
		return;
	}
	if (is_sorted(pairs, count, &differ))
		return;
	unsigned high = 64 - (unsigned)__builtin_clzll(differ);
	unsigned shift = high > RADIX_BITS ? high - RADIX_BITS : 0;
	for (size_t i = 0; i < count; i++)
		starts[(uint8_t)(pairs[i].key >> shift)]++;
	for (unsigned i = 0; i < 1 << RADIX_BITS; i++) {
		size_t size = starts[i];

		starts[i] = sum;
		sum += size;
		ends[i] = sum;
	}
	for (unsigned i = 0; i < 1 << RADIX_BITS; i++) {
		while (starts[i] < ends[i]) {
			struct keyed *here = &pairs[starts[i]];
			unsigned digit = (uint8_t)(here->key >> shift);
			struct keyed moved = pairs[starts[digit]];

			pairs[starts[digit]++] = *here;
			if (digit != i)
				*here = moved;
		}
	}
	size_t from = 0;
	for (unsigned i = 0; shift > 0 && i < 1 << RADIX_BITS; i++) {
		if (ends[i] - from > 1)
			sort_large(pairs + from, ends[i] - from);
		from = ends[i];
	}
}

static int read_extent(
        const struct partitions *partitions, const struct extent *extent, uint8_t *into)
{
	int fd = atomic_load_explicit(&partitions->spill, memory_order_relaxed);
	size_t have = 0;

	while (have < extent->size) {
		ssize_t got = pread(
		        fd, into + have, extent->size - have, (off_t)(extent->offset + have));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? errno : EIO;
		have += (size_t)got;
	}
	struct hash128 hash = hash128(into, extent->size);
	return hash.low == extent->hash.low && hash.high == extent->hash.high ? 0 : EBADMSG;
}

static int read_spilled(const struct partitions *partitions, const struct extent *extent,
        uint8_t *into, struct diag *diag)
{
	for (; extent; extent = extent->next) {
		int error = read_extent(partitions, extent, into);

		if (error)
			return diag_set(diag, FAIL_IO,
			        "%s: the spill file reads back %s at %llu (--tmp names another "
			        "directory)",
			        partitions->tmp, error == EBADMSG ? "damaged" : strerror(error),
			        (unsigned long long)extent->offset);
		into += extent->size;
	}
	return 0;
}

/* Buckets for about size bytes of records. */
static int buckets_init(struct buckets *buckets, const struct partitions *partitions, size_t size)
{
	size_t wanted = size / (RECORD_BYTES_TYPICAL * BUCKET_RECORDS);
	unsigned bits = 0;

	while (bits < BUCKET_BITS_MAX && ((size_t)2 << bits) <= wanted)
		bits++;
	unsigned below = partitions->shift - bits;

	buckets->shift = below < 64 ? below : 0; /* one bucket: any shift will do */
	buckets->mask = ((uint64_t)1 << bits) - 1;
	buckets->starts = calloc(((size_t)1 << bits) + 1, sizeof(*buckets->starts));
	return buckets->starts ? 0 : -ENOMEM;
}

/*
 * Pointers in the order of key, in the room of the pairs: a bucket's pointers
 * never reach the pairs of the next one.
 */
static void sort_pairs(struct buckets *buckets, struct keyed *pairs)
{
	const struct record_head **records = (const struct record_head **)pairs;
	uint32_t from = 0;

	/* After placing, a bucket's start is its end. */
	for (uint64_t i = 0; i <= buckets->mask; i++) {
		uint32_t to = buckets->starts[i];

		if (to - from <= RANKED_MAX) {
			rank_small(pairs + from, to - from, records + from);
			from = to;
			continue;
		}
		sort_large(pairs + from, to - from);
		for (; from < to; from++)
			records[from] = pairs[from].record;
	}
}

static int sort_partition(const struct partition *part, struct loaded *loaded, size_t spilled,
        struct buckets *buckets, struct partition_view *view)
{
	const struct block *blocks = atomic_load_explicit(&part->blocks, memory_order_acquire);
	uint32_t sum = 0;

	for (const struct block *block = blocks; block; block = block->next)
		view->count += count_pass(buckets, block->data, block->used);
	view->count += count_pass(buckets, loaded->spilled, spilled);
	if (view->count > UINT32_MAX)
		return FAIL_MEMORY;
	loaded->pairs = budget_alloc((view->count + 1) * sizeof(*loaded->pairs));
	if (!loaded->pairs)
		return FAIL_MEMORY;
	for (uint64_t i = 0; i <= buckets->mask; i++) {
		uint32_t size = buckets->starts[i];

		buckets->starts[i] = sum;
		sum += size;
	}
	for (const struct block *block = blocks; block; block = block->next)
		place_pass(buckets, block->data, block->used, loaded->pairs);
	place_pass(buckets, loaded->spilled, spilled, loaded->pairs);
	sort_pairs(buckets, loaded->pairs);
	view->records = (const struct record_head **)loaded->pairs;
	return 0;
}

uint64_t partition_bytes(const struct partitions *partitions, unsigned index)
{
	const struct partition *part = &partitions->parts[index];
	const struct extent *extent = atomic_load_explicit(&part->extents, memory_order_acquire);
	uint64_t bytes = atomic_load_explicit(&part->queued, memory_order_relaxed);

	for (; extent; extent = extent->next)
		bytes += extent->size;
	return bytes;
}

int partition_load(struct partitions *partitions, unsigned index, struct partition_view *view,
        struct diag *diag)
{
	const struct partition *part = &partitions->parts[index];
	const struct extent *extents = atomic_load_explicit(&part->extents, memory_order_acquire);
	size_t queued = atomic_load_explicit(&part->queued, memory_order_relaxed);
	size_t spilled = 0;
	struct loaded *loaded = calloc(1, sizeof(*loaded));
	struct buckets buckets = {0};
	int err = FAIL_MEMORY;

	*view = (struct partition_view){.owned = loaded};
	for (const struct extent *extent = extents; extent; extent = extent->next)
		spilled += extent->size;
	if (!loaded || buckets_init(&buckets, partitions, queued + spilled))
		goto fail;
	loaded->spilled = budget_alloc(spilled + 1);
	if (!loaded->spilled)
		goto fail;
	err = read_spilled(partitions, extents, loaded->spilled, diag);
	if (!err)
		err = sort_partition(part, loaded, spilled, &buckets, view);
	if (err)
		goto fail;
	free(buckets.starts);
	return 0;
fail:
	free(buckets.starts);
	partition_release(partitions, view);
	return diag_set(
	        diag, err, "no memory to load %zu bytes of claim records", queued + spilled);
}

void partition_release(struct partitions *partitions, struct partition_view *view)
{
	struct loaded *loaded = view->owned;

	(void)partitions;
	if (loaded) {
		budget_free(loaded->pairs);
		budget_free(loaded->spilled);
		free(loaded);
	}
	*view = (struct partition_view){0};
}
