/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/shared.h"

#include "base/pages.h"
#include "profile/profile.h"

#include <string.h>

bool shared_init(struct shared *shared)
{
	memset(shared, 0, sizeof(*shared));
	shared->chunks = pages_create_apart(SHARED_CHUNKS * sizeof(*shared->chunks));
	shared->cells = pages_create_apart(SHARED_CELL_CHUNKS * sizeof(*shared->cells));
	return shared->chunks && shared->cells && index_init(&shared->index, 4096);
}

/* A chunk of a table of chunks, made by whoever comes first. */
static void *chunk_make(struct shared *shared, void *_Atomic *at, size_t bytes)
{
	void *chunk = atomic_load_explicit(at, memory_order_acquire);

	if (chunk)
		return chunk;
	void *fresh = pages_create(bytes);

	if (!fresh)
		return NULL;
	if (!atomic_compare_exchange_strong_explicit(
	            at, &chunk, fresh, memory_order_acq_rel, memory_order_acquire)) {
		pages_destroy(fresh, bytes);
		return chunk;
	}
	atomic_fetch_add_explicit(&shared->bytes, bytes, memory_order_relaxed);
	return fresh;
}

static void chunks_free(void *_Atomic *chunks, size_t count, size_t bytes)
{
	for (size_t i = 0; chunks && i < count; i++)
		pages_destroy(atomic_load_explicit(&chunks[i], memory_order_relaxed), bytes);
	pages_destroy_apart(chunks, count * sizeof(*chunks));
}

void shared_free(struct shared *shared)
{
	size_t chunks = atomic_load_explicit(&shared->bytes, memory_order_relaxed);

	chunks_free(shared->chunks, chunks ? SHARED_CHUNKS : 0, sizeof(struct shared_chunk));
	chunks_free(shared->cells, chunks ? SHARED_CELL_CHUNKS : 0,
	        SHARED_CELLS * sizeof(struct shared_cell));
	index_free(&shared->index);
}

size_t shared_bytes(const struct shared *shared)
{
	return atomic_load_explicit(&shared->bytes, memory_order_relaxed) +
	       index_bytes(&shared->index);
}

const struct shared_chunk *shared_chunk(const struct shared *shared, uint32_t number)
{
	return atomic_load_explicit(
	        &shared->chunks[number >> SHARED_CHUNK_SHIFT], memory_order_acquire);
}

void collect_main(const struct part *part, uint32_t number, struct totals *totals)
{
	const struct part_chunk *chunk = part_chunk(part, number);

	if (!chunk)
		return;
	const struct hot_block *hot = &chunk->hot[part_at(number)];
	const struct rare_block *rare = &chunk->rare[part_at(number)];
	const struct net_block *net = &chunk->net[part_at(number)];
	struct rare_block dates = {.first = rare->first, .last = rare->last};

	totals->lines += hot->lines;
	for (unsigned k = 0; k < SUMS; k++)
		totals->sum[k] += (uint64_t)hot->sum[k];
	for (unsigned k = 0; k < AMOUNT_COUNT; k++) {
		totals->present[k] += part->usual >> k & 1 ? hot->lines - rare->unusual[k]
		                                           : rare->unusual[k];
		totals->square_low[k] += hot->square[k];
		totals->square_high[k] += rare->square_high[k] +
		                          (totals->square_low[k] < hot->square[k]);
	}
	if (hot->last && dates.last < date_word_last(hot->last - 1))
		dates.last = date_word_last(hot->last - 1);
	if (hot->first && dates.first < date_word_first(UINT16_MAX - hot->first))
		dates.first = date_word_first(UINT16_MAX - hot->first);
	totals->first = totals->first > dates.first ? totals->first : dates.first;
	totals->last = totals->last > dates.last ? totals->last : dates.last;
	totals->claims += net->claims;
	totals->findings += net->findings;
	totals->lines_flagged += net->lines_flagged;
	totals->dollars_flagged += (uint64_t)net->dollars_flagged;
}

void collect_digits(const struct part *part, uint32_t number, struct totals *totals)
{
	const struct part_chunk *chunk = part_chunk(part, number);

	if (!chunk || !(part->keep & PROFILE_DIGITS))
		return;
	for (unsigned digit = 0; digit < DIGITS; digit++) {
		const struct narrow *sums = &chunk->digits[part_at(number)].digit[digit];
		uint64_t *words = totals->digits[digit];

		words[SUM_UNITS] += (uint64_t)sums->units;
		for (unsigned k = 0; k < AMOUNT_COUNT; k++)
			words[SUM_CHARGE + k] += (uint64_t)(int64_t)sums->amount[k];
		words[SUMS] += sums->lines;
	}
}

void collect_checks(const struct part *part, uint32_t number, struct totals *totals)
{
	const struct part_chunk *chunk = part_chunk(part, number);

	if (!chunk || !(part->keep & PROFILE_RULES))
		return;
	for (unsigned check = 0; check < 32; check++) {
		totals->evaluated[check] += chunk->line_checks[part_at(number)].evaluated[check];
		totals->evaluated[check + 32] +=
		        chunk->claim_checks[part_at(number)].evaluated[check];
	}
}

static void raise(_Atomic uint64_t *word, uint64_t value)
{
	uint64_t old = atomic_load_explicit(word, memory_order_relaxed);

	while (old < value && !atomic_compare_exchange_weak_explicit(word, &old, value,
	                              memory_order_relaxed, memory_order_relaxed))
		continue;
}

/* Word by word; a low word of a square carries into its high word, dates are raised. */
static void add_totals(_Atomic uint64_t words[TOTAL_WORDS], const struct totals *totals)
{
	enum {
		LOW = offsetof(struct totals, square_low) / 8,
		HIGH = offsetof(struct totals, square_high) / 8,
		FIRST = offsetof(struct totals, first) / 8,
		LAST = offsetof(struct totals, last) / 8,
	};
	uint64_t values[TOTAL_WORDS];

	memcpy(values, totals, sizeof(values));
	raise(&words[FIRST], values[FIRST]);
	raise(&words[LAST], values[LAST]);
	values[FIRST] = values[LAST] = 0;
	for (unsigned word = 0; word < TOTAL_WORDS; word++) {
		if (values[word] == 0)
			continue;
		uint64_t old = atomic_fetch_add_explicit(
		        &words[word], values[word], memory_order_relaxed);
		bool low = word >= LOW && word < LOW + AMOUNT_COUNT;

		if (low && old + values[word] < old)
			atomic_fetch_add_explicit(
			        &words[word - LOW + HIGH], 1, memory_order_relaxed);
	}
}

struct cell_probe {
	const struct shared *shared;
	uint32_t owner;
	uint64_t key;
};

static bool same_cell(const void *context, uint32_t number)
{
	const struct cell_probe *probe = context;
	const struct shared_cell *cell = shared_cell(probe->shared, number);

	return cell->owner == probe->owner && cell->key == probe->key;
}

static struct shared_chunk *provider_chunk(struct shared *shared, uint32_t number)
{
	return chunk_make(
	        shared, &shared->chunks[number >> SHARED_CHUNK_SHIFT], sizeof(struct shared_chunk));
}

/* Hang a new cell into its provider's list. */
static void link_cell(struct shared_chunk *chunk, struct shared_cell *cell, uint32_t number)
{
	unsigned list = (cell->owner & ((1 << CELL_KIND_BITS) - 1)) >= PROFILE_KIND_SPECIALTY
	                        ? LIST_NOTES
	                        : LIST_WIDE;
	uint32_t provider = cell->owner >> CELL_KIND_BITS;
	_Atomic uint32_t *head = &chunk->lists[provider & (SHARED_CHUNK - 1)][list];
	uint32_t next = atomic_load_explicit(head, memory_order_relaxed);

	do
		cell->next = next;
	while (!atomic_compare_exchange_weak_explicit(
	        head, &next, number + 1, memory_order_release, memory_order_relaxed));
}

static uint32_t cell_number(
        struct shared *shared, const struct index_key *key, const struct cell_probe *probe)
{
	uint32_t number = numbers_take(&shared->numbers);

	if (number == INDEX_NONE)
		return INDEX_NONE;
	struct shared_chunk *chunk = provider_chunk(shared, probe->owner >> CELL_KIND_BITS);
	struct shared_cell *cells = chunk_make(shared, &shared->cells[number >> SHARED_CELLS_SHIFT],
	        SHARED_CELLS * sizeof(struct shared_cell));
	uint32_t stands = INDEX_NONE;

	if (chunk && cells) {
		struct shared_cell *cell = &cells[number & (SHARED_CELLS - 1)];

		cell->owner = probe->owner;
		cell->key = probe->key;
		stands = index_insert(&shared->index, key, number);
		if (stands == number)
			link_cell(chunk, cell, number);
	}
	if (stands != number)
		numbers_return(&shared->numbers, number);
	return stands;
}

static bool add_cell(struct shared *shared, const struct cell *cell)
{
	struct cell_probe probe = {shared, cell->owner, cell->key};
	uint64_t hash = cell_hash(cell->owner, cell->key) * 0x9e3779b97f4a7c15;
	uint64_t check = hash >> (65 - INDEX_CHECK_BITS) | (uint64_t)1 << (INDEX_CHECK_BITS - 1);
	struct index_key key = {check, same_cell, &probe};
	uint32_t number = index_find(&shared->index, &key);

	if (number == INDEX_NONE)
		number = cell_number(shared, &key, &probe);
	if (number == INDEX_NONE)
		return false;
	void *chunk = atomic_load_explicit(
	        &shared->cells[number >> SHARED_CELLS_SHIFT], memory_order_acquire);
	struct shared_cell *into = (struct shared_cell *)chunk + (number & (SHARED_CELLS - 1));

	atomic_fetch_add_explicit(&into->lines, cell->lines, memory_order_relaxed);
	for (unsigned k = 0; k < SUMS; k++)
		atomic_fetch_add_explicit(
		        &into->sum[k], (uint64_t)cell->sum[k], memory_order_relaxed);
	return true;
}

static bool add_cells(struct shared *shared, const struct cells *cells)
{
	for (uint32_t number = 0; number < cells->count; number++) {
		if (!add_cell(shared, cell_at(cells, number)))
			return false;
	}
	return true;
}

/* A drawer's cells. */
static bool add_drawer(struct shared *shared, const struct part *part, uint32_t number)
{
	const struct drawer *drawer = &part_chunk(part, number)->sides[part_at(number)].drawer;

	if (!drawer->bits)
		return true;
	const struct drawer_cell *cells = drawer_cells(&part->drawers, drawer);

	for (uint32_t i = 0; i < 1u << drawer->bits; i++) {
		struct cell cell = unpack_cell(number, cells[i].key, &cells[i].sums);

		if (cells[i].key && !add_cell(shared, &cell))
			return false;
	}
	return true;
}

/* A vote becomes a cell of each kind. */
static bool add_vote(struct shared *shared, const struct side_block *vote, uint32_t number)
{
	uint16_t keys[] = {vote->specialty, vote->state, vote->entity};

	for (unsigned k = 0; k < 3; k++) {
		struct cell cell = {.owner = cell_owner(number, PROFILE_KIND_SPECIALTY + k),
		        .lines = vote->lines,
		        .key = keys[k]};

		if (keys[k] && !add_cell(shared, &cell))
			return false;
	}
	return true;
}

static bool add_count(struct shared *shared, uint32_t owner, uint64_t key, uint32_t count)
{
	struct cell cell = {.owner = owner, .lines = count, .key = key};

	return count == 0 || add_cell(shared, &cell);
}

/* Few of these are not 0: cells hold them. */
static bool add_judged(struct shared *shared, const struct judged_block *block, uint32_t number)
{
	bool added = add_count(
	        shared, cell_owner(number, KIND_BENEFICIARY), 0, block->beneficiaries);

	for (unsigned rule = 0; rule < RULES_ALL && added; rule++)
		added = add_count(
		        shared, cell_owner(number, KIND_JUDGED), rule, block->judged[rule]);
	return added;
}

static bool add_provider(struct shared *shared, const struct part *part, uint32_t number)
{
	const struct totals none = {0};
	struct totals totals = none;
	const struct side_block *vote = &part_chunk(part, number)->sides[part_at(number)];

	collect_main(part, number, &totals);
	collect_digits(part, number, &totals);
	collect_checks(part, number, &totals);
	if (vote->lines && !add_vote(shared, vote, number))
		return false;
	if (!add_drawer(shared, part, number))
		return false;
	if (part->has_judged &&
	        !add_judged(shared, &part_chunk(part, number)->judged[part_at(number)], number))
		return false;
	if (memcmp(&totals, &none, sizeof(totals)) == 0)
		return true;
	struct shared_chunk *chunk = provider_chunk(shared, number);

	if (!chunk)
		return false;
	add_totals(chunk->words[number & (SHARED_CHUNK - 1)], &totals);
	return true;
}

bool shared_add(struct shared *shared, const struct part *part)
{
	for (uint32_t i = 0; i < part->touched_count; i++) {
		if (!add_provider(shared, part, part->touched[i]))
			return false;
	}
	return add_cells(shared, &part->wide) && add_cells(shared, &part->notes);
}
