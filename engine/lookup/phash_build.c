/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building: bucket the keys by the high bits of their hashes, place the large
 * buckets first, and try pilots for each until all its keys fall on free slots.
 * Where no pilot does, the one that costs least is taken and the buckets in its
 * way are moved out, as a cuckoo does; they find another place at once.
 *
 * The buckets moved last are not moved again for a while: without that memory
 * two of them can push each other out for ever.  Should the moves pass an eighth
 * of the keys, the buckets are doubled (fewer keys a pilot) and all begins anew.
 */
#include "lookup/phash_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BUCKET_KEYS = 3,  /* keys a bucket at most, on average: 4 took ten times as long */
	SPARE_PART = 32,  /* one slot in so many is free: 97 % full */
	RECENT = 16,      /* buckets that may not be moved */
	BUCKET_MAX = 255, /* keys in one bucket; more than 40 do not occur by chance */
	PILOTS = 256,
	ATTEMPTS = 12, /* each with a new seed; the buckets double every second time */
	COUNT_MAX = 1 << 30,
	MOVES_FREE = 1024, /* allowed beside an eighth of the keys: small tables */
};

struct builder {
	const uint64_t *keys;
	const uint32_t *values;
	size_t count;
	uint64_t seed;
	uint32_t slots, shift, buckets;

	uint64_t *hashes;  /* by bucket */
	uint32_t *indexes; /* of the keys, by bucket */
	uint32_t *starts;  /* of the buckets; buckets + 1 */
	uint32_t *order;   /* buckets, largest first */
	uint32_t *owners;  /* of the slots: bucket + 1, 0 free */
	uint8_t *pilots;
	uint32_t *stack; /* buckets to place */
	size_t waiting;
	uint32_t recent[RECENT];
	size_t moves;
};

static uint32_t bucket_size(const struct builder *builder, uint32_t bucket)
{
	return builder->starts[bucket + 1] - builder->starts[bucket];
}

static void builder_free(struct builder *builder)
{
	free(builder->hashes);
	free(builder->indexes);
	free(builder->starts);
	free(builder->order);
	free(builder->owners);
	free(builder->pilots);
	free(builder->stack);
}

static int builder_allocate(struct builder *builder)
{
	size_t keys = builder->count + 1, buckets = builder->buckets;

	builder->hashes = malloc(keys * sizeof(*builder->hashes));
	builder->indexes = malloc(keys * sizeof(*builder->indexes));
	builder->starts = calloc(buckets + 2, sizeof(*builder->starts));
	builder->order = malloc(buckets * sizeof(*builder->order));
	builder->owners = calloc(builder->slots, sizeof(*builder->owners));
	builder->pilots = calloc(buckets, 1);
	builder->stack = malloc(buckets * sizeof(*builder->stack));
	return builder->hashes && builder->indexes && builder->starts && builder->order &&
	                       builder->owners && builder->pilots && builder->stack
	               ? 0
	               : FAIL_MEMORY;
}

/* Sort the keys by bucket. */
static void scatter(struct builder *builder)
{
	uint32_t *ends = builder->starts + 1; /* become the starts of the next bucket */

	for (size_t i = 0; i < builder->count; i++) {
		uint64_t hash = phash_hash(builder->keys[i], builder->seed);

		ends[(hash >> builder->shift) + 1]++;
	}
	for (uint32_t b = 0; b < builder->buckets; b++)
		ends[b + 1] += ends[b];
	for (size_t i = 0; i < builder->count; i++) {
		uint64_t hash = phash_hash(builder->keys[i], builder->seed);
		uint32_t at = ends[hash >> builder->shift]++;

		builder->hashes[at] = hash;
		builder->indexes[at] = (uint32_t)i;
	}
}

/* Largest first, by counting; false if a bucket is too large. */
static bool sort_buckets(struct builder *builder)
{
	uint32_t starts[BUCKET_MAX + 2] = {0};

	for (uint32_t b = 0; b < builder->buckets; b++) {
		if (bucket_size(builder, b) > BUCKET_MAX)
			return false;
		starts[BUCKET_MAX - bucket_size(builder, b) + 1]++;
	}
	for (int i = 0; i < BUCKET_MAX; i++)
		starts[i + 1] += starts[i];
	for (uint32_t b = 0; b < builder->buckets; b++)
		builder->order[starts[BUCKET_MAX - bucket_size(builder, b)]++] = b;
	return true;
}

static bool is_recent(const struct builder *builder, uint32_t bucket)
{
	for (int i = 0; i < RECENT; i++)
		if (builder->recent[i] == bucket + 1)
			return true;
	return false;
}

/* Do two keys of the bucket fall on one slot? */
static bool collides(const uint32_t slots[], uint32_t count)
{
	for (uint32_t i = 1; i < count; i++)
		for (uint32_t j = 0; j < i; j++)
			if (slots[i] == slots[j])
				return true;
	return false;
}

/* What a pilot costs: the squares of the buckets in its way; UINT32_MAX: not to be had. */
static uint32_t pilot_cost(
        const struct builder *builder, uint32_t bucket, uint8_t pilot, uint32_t bound)
{
	const uint64_t *hashes = builder->hashes + builder->starts[bucket];
	uint32_t slots[BUCKET_MAX], count = bucket_size(builder, bucket), cost = 0;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t owner, size;

		slots[i] = phash_slot(hashes[i], pilot, builder->slots);
		owner = builder->owners[slots[i]];
		if (owner == 0)
			continue;
		size = bucket_size(builder, owner - 1);
		cost += size * size;
		if (cost >= bound || is_recent(builder, owner - 1))
			return UINT32_MAX;
	}
	return collides(slots, count) ? UINT32_MAX : cost;
}

/* The cheapest pilot, or -1. */
static int choose_pilot(const struct builder *builder, uint32_t bucket)
{
	uint32_t best_cost = UINT32_MAX;
	int best = -1;
	/* Begin elsewhere each time, so that a bucket that was moved does not come back. */
	uint32_t first = (uint32_t)builder->moves * 41;

	for (uint32_t i = 0; i < PILOTS && best_cost > 0; i++) {
		uint8_t pilot = (uint8_t)(first + i);
		uint32_t cost = pilot_cost(builder, bucket, pilot, best_cost);

		if (cost < best_cost) {
			best_cost = cost;
			best = pilot;
		}
	}
	return best;
}

/* Give back the slots of a bucket and let it wait. */
static void move_out(struct builder *builder, uint32_t bucket)
{
	const uint64_t *hashes = builder->hashes + builder->starts[bucket];
	uint32_t count = bucket_size(builder, bucket);

	for (uint32_t i = 0; i < count; i++)
		builder->owners[phash_slot(hashes[i], builder->pilots[bucket], builder->slots)] = 0;
	builder->stack[builder->waiting++] = bucket;
	builder->moves++;
}

static void settle(struct builder *builder, uint32_t bucket, uint8_t pilot)
{
	const uint64_t *hashes = builder->hashes + builder->starts[bucket];
	uint32_t count = bucket_size(builder, bucket);

	builder->pilots[bucket] = pilot;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t slot = phash_slot(hashes[i], pilot, builder->slots);

		if (builder->owners[slot] != 0)
			move_out(builder, builder->owners[slot] - 1);
		builder->owners[slot] = bucket + 1;
	}
}

/* Place a bucket and all that it moves out. */
static bool place(struct builder *builder, uint32_t bucket)
{
	builder->stack[0] = bucket;
	builder->waiting = 1;
	while (builder->waiting > 0) {
		uint32_t next = builder->stack[--builder->waiting];
		int pilot = choose_pilot(builder, next);
		size_t moves = builder->moves;

		if (pilot < 0 || moves > builder->count / 8 + MOVES_FREE)
			return false;
		settle(builder, next, (uint8_t)pilot);
		if (builder->moves > moves)
			builder->recent[moves % RECENT] = next + 1;
	}
	return true;
}

static bool place_all(struct builder *builder)
{
	for (uint32_t i = 0; i < builder->buckets; i++) {
		uint32_t bucket = builder->order[i];

		if (bucket_size(builder, bucket) == 0)
			return true;
		if (!place(builder, bucket))
			return false;
	}
	return true;
}

enum { KEY_TEXT = 32 };

/* A key as a person reads it: its text and the tag, or hexadecimal. */
static const char *key_text(uint64_t key, char text[KEY_TEXT])
{
	int size = 0;

	snprintf(text, KEY_TEXT, "0x%016llx", (unsigned long long)key);
	for (uint64_t word = key & ~((uint64_t)0xff << 56); word; word >>= 8) {
		if ((word & 0xff) <= ' ' || (word & 0xff) > '~')
			return text;
		size++;
	}
	if (size > 0)
		snprintf(text, KEY_TEXT, "\"%.*s\"", size, (const char *)&key);
	return text;
}

/* The key that equals key number i of the bucket and stands before it? */
static bool seen_before(const struct builder *builder, uint32_t start, uint32_t i)
{
	uint64_t key = builder->keys[builder->indexes[i]];

	for (uint32_t j = start; j < i; j++)
		if (builder->hashes[i] == builder->hashes[j] &&
		        key == builder->keys[builder->indexes[j]])
			return true;
	return false;
}

/* Two equal keys have equal hashes, so they share a bucket. */
static int refuse_duplicates(const struct builder *builder, struct diag *diag)
{
	char text[KEY_TEXT];

	for (uint32_t b = 0; b < builder->buckets; b++)
		for (uint32_t i = builder->starts[b]; i < builder->starts[b + 1]; i++)
			if (seen_before(builder, builder->starts[b], i))
				return diag_set(diag, FAIL_TABLE, "code %s stands twice in a set",
				        key_text(builder->keys[builder->indexes[i]], text));
	return 0;
}

/* What no table holds, whatever its seed. */
static int check_keys(const struct builder *builder, struct diag *diag)
{
	char text[KEY_TEXT];

	if (builder->count > COUNT_MAX)
		return diag_set(diag, FAIL_TABLE, "a code set holds at most %d codes", COUNT_MAX);
	for (size_t i = 0; i < builder->count; i++) {
		if (builder->keys[i] == 0)
			return diag_set(diag, FAIL_TABLE, "an empty code stands in a set");
		if (builder->values[i] == 0)
			return diag_set(diag, FAIL_TABLE,
			        "code %s has the value 0, which means none",
			        key_text(builder->keys[i], text));
	}
	return 0;
}

/* Move what was found into an image. */
static int store(const struct builder *builder, struct phash *table, struct diag *diag)
{
	struct phash_header header = {
	        .magic = PHASH_MAGIC,
	        .version = PHASH_IMAGE_VERSION,
	        .byte_order = PHASH_BYTE_ORDER,
	        .count = builder->count,
	        .seed = builder->seed,
	        .slots = builder->slots,
	        .shift = builder->shift,
	};
	uint64_t *keys;
	uint32_t *values;
	int err;

	phash_layout(&header);
	err = phash_allocate(table, &header, diag);
	if (err)
		return err;
	memcpy((uint8_t *)(uintptr_t)table->pilots, builder->pilots, builder->buckets);
	keys = (uint64_t *)(uintptr_t)table->keys;
	values = (uint32_t *)(uintptr_t)table->values;
	for (size_t i = 0; i < builder->count; i++) {
		uint64_t key = builder->keys[i], hash = phash_hash(key, builder->seed);
		uint32_t slot = phash_slot(
		        hash, builder->pilots[hash >> builder->shift], builder->slots);

		keys[slot] = key;
		values[slot] = builder->values[i];
	}
	phash_seal(table);
	return 0;
}

/* 1: built, 0: another seed may do. */
static int attempt(struct builder *builder, struct phash *table, struct diag *diag)
{
	int err = builder_allocate(builder), built = 0;

	if (err) {
		diag_set(diag, err, "no memory to build a code table");
		goto done;
	}
	scatter(builder);
	err = refuse_duplicates(builder, diag);
	if (err || !sort_buckets(builder) || !place_all(builder))
		goto done;
	err = store(builder, table, diag);
	built = 1;
done:
	builder_free(builder);
	return err ? err : built;
}

/* Buckets of 1.5 to 3 keys; two at least, for a shift by 64 is none. */
static uint32_t first_shift(size_t count)
{
	uint32_t bits = 1;

	while (((uint64_t)1 << bits) * BUCKET_KEYS < count)
		bits++;
	return 64 - bits;
}

int phash_build(struct phash *table, const uint64_t keys[], const uint32_t values[], size_t count,
        struct diag *diag)
{
	struct builder builder = {.keys = keys, .values = values, .count = count};
	int err;

	memset(table, 0, sizeof(*table));
	err = check_keys(&builder, diag);
	if (err)
		return err;
	for (uint32_t i = 0; i < ATTEMPTS; i++) {
		builder = (struct builder){
		        .keys = keys,
		        .values = values,
		        .count = count,
		        .seed = i * PHASH_MULTIPLIER,
		        .slots = (uint32_t)(count + count / SPARE_PART + 1),
		        .shift = first_shift(count) - i / 2,
		};
		builder.buckets = (uint32_t)1 << (64 - builder.shift);
		err = attempt(&builder, table, diag);
		if (err)
			return err < 0 ? err : 0;
	}
	return diag_set(diag, FAIL_INTERNAL, "no perfect hash found for %zu codes", count);
}
