/* SPDX-License-Identifier: Apache-2.0 */
#include "history/sketches.h"

#include "base/budget.h"
#include "base/diag.h"

#include <stdlib.h>
#include <string.h>

enum { SOME_MAX = 4 * SKETCH_HASHES, PLACES = 256 };

/* Room for count more of size bytes each, doubled. */
static int make_room(void **items, size_t *room, size_t count, size_t more, size_t size)
{
	size_t wanted = *room ? *room : 256;

	if (count + more <= *room)
		return 0;
	while (wanted < count + more)
		wanted *= 2;
	void *grown = budget_resize(*items, wanted * size);

	if (!grown)
		return FAIL_MEMORY;
	*items = grown;
	*room = wanted;
	return 0;
}

static int reserve(struct sketches *sketches, size_t count, size_t hash_count)
{
	int err = make_room((void **)&sketches->items, &sketches->room, sketches->count, count,
	        sizeof(*sketches->items));

	if (err == 0)
		err = make_room((void **)&sketches->hashes, &sketches->hash_room,
		        sketches->hash_count, hash_count, sizeof(*sketches->hashes));
	return err;
}

static int compare_hashes(const void *a, const void *b)
{
	uint32_t of_a = *(const uint32_t *)a, of_b = *(const uint32_t *)b;

	return (of_a > of_b) - (of_a < of_b);
}

/*
 * Those below twice the value that the last of the smallest has on average come to
 * the front, if they are enough: few of many are left to be put in order.
 */
static uint32_t keep_small(uint32_t *hashes, uint32_t count)
{
	uint64_t limit = ((uint64_t)SKETCH_HASHES << 33) / count;
	uint32_t kept = 0;

	if (count <= SOME_MAX)
		return count;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t hash = hashes[i];

		if (hash >= limit)
			continue;
		hashes[i] = hashes[kept];
		hashes[kept++] = hash;
	}
	return kept >= SKETCH_HASHES ? kept : count;
}

/* Hashes lie evenly: each is put about where it belongs, and insertion does the rest. */
static void sort_some(uint32_t *hashes, uint32_t count)
{
	uint32_t own[SOME_MAX], most = 1;
	uint16_t starts[PLACES] = {0}, sum = 0;

	for (uint32_t i = 0; i < count; i++) {
		own[i] = hashes[i];
		most = own[i] > most ? own[i] : most;
	}
	uint64_t scale = ((uint64_t)PLACES << 32) / ((uint64_t)most + 1);

	for (uint32_t i = 0; i < count; i++)
		starts[own[i] * scale >> 32]++;
	for (unsigned i = 0; i < PLACES; i++) {
		uint16_t size = starts[i];

		starts[i] = sum;
		sum += size;
	}
	for (uint32_t i = 0; i < count; i++)
		hashes[starts[own[i] * scale >> 32]++] = own[i];
	for (uint32_t i = 1; i < count; i++) {
		uint32_t moved = hashes[i], at = i;

		for (; at > 0 && hashes[at - 1] > moved; at--)
			hashes[at] = hashes[at - 1];
		hashes[at] = moved;
	}
}

static void sort_hashes(uint32_t *hashes, uint32_t count)
{
	if (count <= SOME_MAX)
		sort_some(hashes, count);
	else
		qsort(hashes, count, sizeof(*hashes), compare_hashes);
}

int sketches_add(struct sketches *sketches, uint32_t provider, uint32_t *hashes, uint32_t persons)
{
	struct sketch sketch = {
	        .provider = provider, .persons = persons, .at = sketches->hash_count};
	uint32_t size = sketch_size(&sketch);

	if (reserve(sketches, 1, size))
		return FAIL_MEMORY;
	sort_hashes(hashes, keep_small(hashes, persons));
	memcpy(sketches->hashes + sketch.at, hashes, size * sizeof(*hashes));
	sketches->hash_count += size;
	sketches->items[sketches->count++] = sketch;
	return 0;
}

int sketches_merge(struct sketches *into, const struct sketches *from)
{
	size_t before = into->hash_count;

	if (from->count == 0)
		return 0;
	if (reserve(into, from->count, from->hash_count))
		return FAIL_MEMORY;
	memcpy(into->hashes + before, from->hashes, from->hash_count * sizeof(*from->hashes));
	into->hash_count += from->hash_count;
	for (size_t i = 0; i < from->count; i++) {
		into->items[into->count] = from->items[i];
		into->items[into->count++].at += before;
	}
	return 0;
}

static int compare_sketches(const void *a, const void *b)
{
	const struct sketch *of_a = a, *of_b = b;

	return (of_a->provider > of_b->provider) - (of_a->provider < of_b->provider);
}

void sketches_sort(struct sketches *sketches)
{
	if (sketches->count > 1)
		qsort(sketches->items, sketches->count, sizeof(*sketches->items), compare_sketches);
}

void sketches_free(struct sketches *sketches)
{
	budget_free(sketches->items);
	budget_free(sketches->hashes);
	*sketches = (struct sketches){0};
}

struct overlap sketches_overlap(
        const struct sketches *sketches, const struct sketch *a, const struct sketch *b)
{
	const uint32_t *left = sketches->hashes + a->at, *left_end = left + sketch_size(a);
	const uint32_t *right = sketches->hashes + b->at, *right_end = right + sketch_size(b);
	bool is_whole = a->persons <= SKETCH_HASHES && b->persons <= SKETCH_HASHES;
	struct overlap overlap = {0, 0};

	while ((left < left_end || right < right_end) &&
	        (is_whole || overlap.sampled < SKETCH_HASHES)) {
		bool of_left = right == right_end || (left < left_end && *left <= *right);
		bool of_right = left == left_end || (right < right_end && *right <= *left);

		overlap.matches += of_left && of_right;
		overlap.sampled++;
		left += of_left;
		right += of_right;
	}
	return overlap;
}
