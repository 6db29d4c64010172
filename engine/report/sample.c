/* SPDX-License-Identifier: Apache-2.0 */
#include "report/sample.h"

#include "base/hash.h"
#include "report/number.h"
#include "report/row.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
	STRIPES = 256,       /* beyond any number of workers that would meet in one */
	FIRST_PAIRS = 16,    /* of a stripe; a power of two */
	FILTER_PAIRS = 2048, /* 64 KB: the pairs that come often */
	UNIT_TEXT_MAX = 256, /* of a claim id and a line, hashed in one piece */
	TEXT_STEP = 64,      /* bytes by which the rows of a pair grow */
	MARK_BITS = 20,      /* 128 KB: of pairs that there are, while these are few */
};

/*
 * What a row is chosen by.  There are many pairs, and most have few rows: so the
 * rows of a pair stand in one piece of memory, one behind the other, and what
 * can be read off a row (claim id, line) is not kept beside it.
 */
struct choice {
	uint64_t hash;
	int64_t dollars;
	uint64_t digest;
	uint32_t at;   /* of its row in pair.rows */
	uint8_t count; /* equal rows, as many as may be kept */
	uint8_t keep;  /* of these, in the choice at hand */
};

/* The last unit of both choices, once each has all its units. */
struct limit {
	uint64_t key; /* of the pair; 0: not full */
	uint64_t hash;
	int64_t dollars;
	uint64_t head; /* of the claim id of the last unit by dollars */
};

/* The rows of a provider and rule: each four bytes of its size, and its bytes (report/row.h). */
struct pair {
	uint16_t count, capacity; /* of choices */
	uint32_t size, room;      /* bytes of rows */
	struct choice *choices;
	uint8_t *rows;
	struct limit limit; /* its key is 0 while the pair is not full */
};

struct place {        /* in a stripe */
	uint64_t key; /* 0: free */
	struct pair *pair;
};

struct stripe {
	pthread_mutex_t lock;
	struct place *places; /* open addressing */
	size_t count, capacity;
} __attribute__((aligned(64)));

struct samples {
	struct stripe stripes[STRIPES];

	/* A bit of each pair that there is, by hash: most that are asked for are not there. */
	_Atomic uint64_t marks[(1 << MARK_BITS) / 64];
};

/* The limits of full pairs, as they once were. */
struct sample_filter {
	struct limit limits[FILTER_PAIRS];
};

int samples_create(struct samples **samples, struct diag *diag)
{
	struct samples *made = aligned_alloc(64, sizeof(*made));

	if (!made)
		return diag_set(diag, FAIL_MEMORY, "no memory for evidence");
	memset(made, 0, sizeof(*made));
	for (size_t i = 0; i < STRIPES; i++)
		pthread_mutex_init(&made->stripes[i].lock, NULL);
	*samples = made;
	return 0;
}

static void destroy_pair(struct pair *pair)
{
	if (!pair)
		return;
	free(pair->choices);
	free(pair->rows);
	free(pair);
}

void samples_destroy(struct samples *samples)
{
	if (!samples)
		return;
	for (size_t i = 0; i < STRIPES; i++) {
		struct stripe *stripe = &samples->stripes[i];

		for (size_t k = 0; k < stripe->capacity; k++)
			destroy_pair(stripe->places[k].pair);
		free(stripe->places);
		pthread_mutex_destroy(&stripe->lock);
	}
	free(samples);
}

int sample_filter_create(struct sample_filter **filter, struct diag *diag)
{
	*filter = calloc(1, sizeof(**filter));
	return *filter ? 0 : diag_set(diag, FAIL_MEMORY, "no memory for evidence");
}

void sample_filter_destroy(struct sample_filter *filter)
{
	free(filter);
}

/* Most ids are short, and joined here; a hash in pieces costs more than all the rest. */
static uint64_t unit_hash(struct text claim, const char *tail, size_t tail_size)
{
	char text[UNIT_TEXT_MAX];

	if (claim.size + tail_size > sizeof(text))
		return hash64_joined(claim.at, claim.size, tail, tail_size);
	if (claim.size > 0)
		memcpy(text, claim.at, claim.size);
	memcpy(text + claim.size, tail, tail_size);
	return hash64(text, claim.size + tail_size);
}

struct sample_unit sample_unit_of(const struct finding *finding)
{
	char tail[1 + NUMBER_TEXT_MAX];
	char *end = tail;
	struct sample_unit unit = {
	        .provider = finding->provider,
	        .rule = finding->rule,
	        .has_line = !finding->claim_level && finding->line != LINE_ABSENT,
	        .dollars = finding->dollars,
	        .digest = finding->digest,
	        .claim = finding->claim_id,
	};

	*end++ = '\0';
	if (unit.has_line) {
		unit.line = finding->line;
		end = number_signed(end, unit.line);
	}
	unit.hash = unit_hash(unit.claim, tail, (size_t)(end - tail));
	return unit;
}

/* ---- The two orders of units. ---- */

/* Big-endian, so that numbers are in the order of the texts; ends are as zeros. */
static uint64_t claim_head(struct text claim)
{
	uint64_t head = 0;

	if (claim.size > 0)
		memcpy(&head, claim.at, claim.size < sizeof(head) ? claim.size : sizeof(head));
	return __builtin_bswap64(head);
}

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

static uint32_t row_size(const uint8_t *row)
{
	uint32_t size;

	memcpy(&size, row, sizeof(size));
	return size;
}

static const uint8_t *row_bytes(const struct pair *pair, const struct choice *choice)
{
	return pair->rows + choice->at + sizeof(uint32_t);
}

/* By claim id, line: only here rows are looked into. */
static int compare_names(const uint8_t *a, const uint8_t *b)
{
	const char *x = row_claim(a).at, *y = row_claim(b).at;
	int order = strcmp(x, y);

	return order != 0 ? order : row_compare_lines(a, b);
}

enum order { BY_HASH, BY_DOLLARS };

static int compare_units(
        const struct pair *pair, enum order order, const struct choice *a, const struct choice *b)
{
	int first = order == BY_HASH ? COMPARE(a->hash, b->hash) : COMPARE(b->dollars, a->dollars);

	if (first == 0)
		first = compare_names(row_bytes(pair, a), row_bytes(pair, b));
	return first != 0 ? first : COMPARE(a->digest, b->digest);
}

/* The same of a unit that has no row yet. */
static int compare_unit(const struct pair *pair, enum order order, const struct sample_unit *unit,
        const struct choice *choice)
{
	int first = order == BY_HASH ? COMPARE(unit->hash, choice->hash)
	                             : COMPARE(choice->dollars, unit->dollars);
	struct text claim;

	if (first != 0)
		return first;
	claim = row_claim(row_bytes(pair, choice));
	first = sort_compare((const uint8_t *)unit->claim.at, unit->claim.size,
	        (const uint8_t *)claim.at, claim.size);
	if (first == 0)
		first = row_compare_line(unit->has_line, unit->line, row_bytes(pair, choice));
	return first != 0 ? first : COMPARE(unit->digest, choice->digest);
}

/* ---- A pair. ---- */

/* A few, so by insertion. */
static void sort_choices(struct pair *pair, enum order order)
{
	struct choice *choices = pair->choices;

	for (unsigned i = 1; i < pair->count; i++) {
		struct choice moved = choices[i];
		unsigned k = i;

		for (; k > 0 && compare_units(pair, order, &choices[k - 1], &moved) > 0; k--)
			choices[k] = choices[k - 1];
		choices[k] = moved;
	}
}

/* The end of the rows of one unit that begin at first. */
static unsigned unit_end(const struct pair *pair, unsigned first, enum order order)
{
	const struct choice *choices = pair->choices;
	unsigned end = first + 1;

	while (end < pair->count && compare_units(pair, order, &choices[first], &choices[end]) == 0)
		end++;
	return end;
}

/*
 * Mark the rows of the first SAMPLE_UNITS units.  Equal lines are as many units
 * as the most frequent of their rows.  Returns true, with *limit from the last
 * unit, if all units are there.
 */
static bool choose(struct pair *pair, enum order order, struct limit *limit)
{
	uint8_t left = SAMPLE_UNITS;

	sort_choices(pair, order);
	for (unsigned i = 0; i < pair->count && left > 0;) {
		unsigned end = unit_end(pair, i, order);
		uint8_t most = 0;

		if (order == BY_HASH)
			limit->hash = pair->choices[i].hash;
		else
			limit->dollars = pair->choices[i].dollars;
		if (order == BY_DOLLARS)
			limit->head = claim_head(row_claim(row_bytes(pair, &pair->choices[i])));
		for (; i < end; i++) {
			struct choice *choice = &pair->choices[i];
			uint8_t kept = choice->count < left ? choice->count : left;

			choice->keep = choice->keep > kept ? choice->keep : kept;
			most = most > kept ? most : kept;
		}
		left -= most;
	}
	return left == 0;
}

/* Close the gap that a row leaves. */
static void drop_row(struct pair *pair, uint32_t at)
{
	uint32_t size = row_size(pair->rows + at) + (uint32_t)sizeof(uint32_t);

	pair->size -= size;
	memmove(pair->rows + at, pair->rows + at + size, pair->size - at);
	for (unsigned i = 0; i < pair->count; i++)
		pair->choices[i].at -= pair->choices[i].at > at ? size : 0;
}

/* Let go of what neither choice takes. */
static void trim(struct pair *pair, uint64_t key)
{
	struct limit limit = {.key = key};
	unsigned count = 0;

	for (unsigned i = 0; i < pair->count; i++)
		pair->choices[i].keep = 0;
	/* A line whose kinds differ in dollars is one unit by hash and several by dollars. */
	bool full = choose(pair, BY_HASH, &limit);

	full &= choose(pair, BY_DOLLARS, &limit);
	for (unsigned i = 0; i < pair->count; i++) {
		pair->choices[i].count = pair->choices[i].keep;
		if (pair->choices[i].keep == 0)
			drop_row(pair, pair->choices[i].at);
	}
	for (unsigned i = 0; i < pair->count; i++) {
		if (pair->choices[i].keep > 0)
			pair->choices[count++] = pair->choices[i];
	}
	pair->count = (uint16_t)count;
	if (full)
		pair->limit = limit;
}

static struct choice *find_equal(
        const struct pair *pair, const struct sample_unit *unit, const uint8_t *bytes, size_t size)
{
	for (unsigned i = 0; i < pair->count; i++) {
		struct choice *choice = &pair->choices[i];

		if (choice->hash == unit->hash && choice->digest == unit->digest &&
		        row_size(pair->rows + choice->at) == size &&
		        !memcmp(row_bytes(pair, choice), bytes, size))
			return choice;
	}
	return NULL;
}

/* Put a row behind the others; *at is where it stands. */
static int append_row(struct pair *pair, const uint8_t *bytes, size_t size, uint32_t *at)
{
	uint32_t length = (uint32_t)size;
	size_t wanted = pair->size + sizeof(length) + size;

	if (wanted > pair->room) {
		size_t room = (wanted + TEXT_STEP - 1) / TEXT_STEP * TEXT_STEP;
		uint8_t *rows = room > UINT32_MAX ? NULL : realloc(pair->rows, room);

		if (!rows)
			return FAIL_MEMORY;
		pair->rows = rows;
		pair->room = (uint32_t)room;
	}
	*at = pair->size;
	memcpy(pair->rows + pair->size, &length, sizeof(length));
	memcpy(pair->rows + pair->size + sizeof(length), bytes, size);
	pair->size = (uint32_t)wanted;
	return 0;
}

/* Two at a time: most pairs have few rows, and there are many pairs. */
static int append(
        struct pair *pair, const struct sample_unit *unit, const uint8_t *bytes, size_t size)
{
	struct choice choice = {
	        .hash = unit->hash, .dollars = unit->dollars, .digest = unit->digest, .count = 1};

	if (pair->count == pair->capacity) {
		uint16_t capacity = pair->capacity + 2;
		struct choice *choices = realloc(pair->choices, capacity * sizeof(*choices));

		if (!choices)
			return FAIL_MEMORY;
		pair->choices = choices;
		pair->capacity = capacity;
	}
	if (append_row(pair, bytes, size, &choice.at) < 0)
		return FAIL_MEMORY;
	pair->choices[pair->count++] = choice;
	return 0;
}

/* May there be more than each choice takes? */
static bool is_crowded(const struct pair *pair)
{
	unsigned rows = 0;

	for (unsigned i = 0; i < pair->count; i++)
		rows += pair->choices[i].count;
	return rows >= SAMPLE_UNITS;
}

static int add_to_pair(struct pair *pair, uint64_t key, const struct sample_unit *unit,
        const uint8_t *bytes, size_t size)
{
	struct choice *equal = find_equal(pair, unit, bytes, size);

	if (equal && equal->count >= SAMPLE_UNITS)
		return 0;
	if (equal)
		equal->count++;
	else if (append(pair, unit, bytes, size) < 0)
		return FAIL_MEMORY;
	if (is_crowded(pair))
		trim(pair, key);
	return 0;
}

/* ---- Stripes. ---- */

static uint64_t pair_key(uint32_t provider, uint8_t rule)
{
	return ((uint64_t)provider << 8 | rule) + 1;
}

/* Low bits choose the stripe, the others the place in it. */
static uint64_t spread(uint64_t key)
{
	key *= 0x9e3779b97f4a7c15;
	return key ^ key >> 32;
}

static struct place *find_place(const struct stripe *stripe, uint64_t key)
{
	size_t mask = stripe->capacity - 1;
	size_t at = (spread(key) / STRIPES) & mask;

	while (stripe->places[at].key != 0 && stripe->places[at].key != key)
		at = (at + 1) & mask;
	return &stripe->places[at];
}

/* NULL: there is none. */
static const struct pair *find_pair(const struct stripe *stripe, uint64_t key)
{
	return stripe->capacity == 0 ? NULL : find_place(stripe, key)->pair;
}

static int grow_stripe(struct stripe *stripe)
{
	struct stripe grown = {.capacity = stripe->capacity ? 2 * stripe->capacity : FIRST_PAIRS};

	grown.places = calloc(grown.capacity, sizeof(*grown.places));
	if (!grown.places)
		return FAIL_MEMORY;
	for (size_t i = 0; i < stripe->capacity; i++) {
		if (stripe->places[i].key != 0)
			*find_place(&grown, stripe->places[i].key) = stripe->places[i];
	}
	free(stripe->places);
	stripe->places = grown.places;
	stripe->capacity = grown.capacity;
	return 0;
}

static struct pair *take_pair(struct stripe *stripe, uint64_t key)
{
	struct place *place = stripe->capacity ? find_place(stripe, key) : NULL;

	if (place && place->key == key)
		return place->pair;
	/* A quarter stays free. */
	if (4 * (stripe->count + 1) > 3 * stripe->capacity && grow_stripe(stripe) < 0)
		return NULL;
	place = find_place(stripe, key);
	place->pair = calloc(1, sizeof(*place->pair));
	if (!place->pair)
		return NULL;
	place->key = key;
	stripe->count++;
	return place->pair;
}

/* ---- Marks ---- */

static size_t mark_of(uint64_t key)
{
	return spread(key) & ((1 << MARK_BITS) - 1);
}

/* False: there is no such pair for certain. */
static bool is_marked(const struct samples *samples, uint64_t key)
{
	size_t mark = mark_of(key);

	return atomic_load_explicit(&samples->marks[mark / 64], memory_order_relaxed) >> mark % 64 &
	       1;
}

static void set_mark(struct samples *samples, uint64_t key)
{
	size_t mark = mark_of(key);

	if (!is_marked(samples, key))
		atomic_fetch_or_explicit(
		        &samples->marks[mark / 64], (uint64_t)1 << mark % 64, memory_order_relaxed);
}

/* ---- Limits of full pairs. ---- */

static struct limit *limit_of(struct sample_filter *filter, uint64_t key)
{
	return &filter->limits[spread(key) >> 20 & (FILTER_PAIRS - 1)];
}

static void remember_limit(struct sample_filter *filter, const struct pair *pair)
{
	if (pair->limit.key != 0)
		*limit_of(filter, pair->limit.key) = pair->limit;
}

/* Beyond the limit for certain: where the beginnings of claim ids are equal, rows decide. */
static bool is_beyond(const struct limit *limit, const struct sample_unit *unit)
{
	if (unit->hash <= limit->hash || unit->dollars > limit->dollars)
		return false;
	return unit->dollars < limit->dollars || claim_head(unit->claim) > limit->head;
}

/* Is there a unit of its order behind it, or itself? */
static bool is_chosen(const struct pair *pair, enum order order, const struct sample_unit *unit)
{
	const struct limit *limit = &pair->limit;

	if (order == BY_HASH ? unit->hash != limit->hash : unit->dollars != limit->dollars)
		return order == BY_HASH ? unit->hash < limit->hash : unit->dollars > limit->dollars;
	const struct choice *last = NULL;

	/* The last unit of the choice is the last of those that share its limit and stay. */
	for (unsigned i = 0; i < pair->count; i++) {
		const struct choice *choice = &pair->choices[i];
		bool on_limit = order == BY_HASH ? choice->hash == limit->hash
		                                 : choice->dollars == limit->dollars;

		if (on_limit && (!last || compare_units(pair, order, choice, last) > 0))
			last = choice;
	}
	return compare_unit(pair, order, unit, last) <= 0;
}

static bool pair_wants(const struct pair *pair, const struct sample_unit *unit)
{
	if (pair->limit.key == 0)
		return true;
	if (is_beyond(&pair->limit, unit))
		return false;
	return is_chosen(pair, BY_HASH, unit) || is_chosen(pair, BY_DOLLARS, unit);
}

bool samples_want(
        struct samples *samples, struct sample_filter *filter, const struct sample_unit *unit)
{
	uint64_t key = pair_key(unit->provider, unit->rule);
	const struct limit *limit = limit_of(filter, key);

	if (limit->key == key && is_beyond(limit, unit))
		return false;
	struct stripe *stripe = &samples->stripes[spread(key) % STRIPES];
	bool wanted = true;

	pthread_mutex_lock(&stripe->lock);
	const struct pair *pair = find_pair(stripe, key);

	if (pair) {
		wanted = pair_wants(pair, unit);
		remember_limit(filter, pair);
	}
	pthread_mutex_unlock(&stripe->lock);
	return wanted;
}

int samples_add(struct samples *samples, struct sample_filter *filter,
        const struct sample_unit *unit, const uint8_t *row, size_t size)
{
	uint64_t key = pair_key(unit->provider, unit->rule);
	struct stripe *stripe = &samples->stripes[spread(key) % STRIPES];
	int err = FAIL_MEMORY;

	pthread_mutex_lock(&stripe->lock);
	struct pair *pair = take_pair(stripe, key);

	if (pair) {
		set_mark(samples, key);
		err = add_to_pair(pair, key, unit, row, size);
	}
	if (err == 0)
		remember_limit(filter, pair);
	pthread_mutex_unlock(&stripe->lock);
	return err;
}

/* ---- Reading. ---- */

/* The next unit by hash behind `after` (NULL: the first); NULL for none. */
static const struct choice *next_by_hash(const struct pair *pair, const struct choice *after)
{
	const struct choice *next = NULL;

	for (unsigned i = 0; i < pair->count; i++) {
		const struct choice *choice = &pair->choices[i];

		if (after && compare_units(pair, BY_HASH, choice, after) <= 0)
			continue;
		if (!next || compare_units(pair, BY_HASH, choice, next) < 0)
			next = choice;
	}
	return next;
}

/* How often a unit occurs, as far as it is kept. */
static unsigned unit_count(const struct pair *pair, const struct choice *unit)
{
	unsigned most = 0;

	for (unsigned i = 0; i < pair->count; i++) {
		const struct choice *choice = &pair->choices[i];

		if (compare_units(pair, BY_HASH, unit, choice) == 0 && choice->count > most)
			most = choice->count;
	}
	return most;
}

static bool has_claim(const struct text claims[], size_t count, struct text claim)
{
	for (size_t i = 0; i < count; i++) {
		if (claims[i].size == claim.size && !memcmp(claims[i].at, claim.at, claim.size))
			return true;
	}
	return false;
}

size_t samples_claims(const struct samples *samples, uint32_t provider, uint8_t rule,
        struct text claims[SAMPLE_UNITS])
{
	uint64_t key = pair_key(provider, rule);
	const struct choice *unit = NULL;
	size_t count = 0, units = 0;

	if (!is_marked(samples, key))
		return 0;
	const struct pair *pair = find_pair(&samples->stripes[spread(key) % STRIPES], key);

	if (!pair)
		return 0;
	while (units < SAMPLE_UNITS && (unit = next_by_hash(pair, unit))) {
		struct text claim = row_claim(row_bytes(pair, unit));

		if (!has_claim(claims, count, claim))
			claims[count++] = claim;
		units += unit_count(pair, unit);
	}
	return count;
}

static size_t count_rows(const struct samples *samples)
{
	size_t count = 0;

	for (size_t i = 0; i < STRIPES; i++) {
		const struct stripe *stripe = &samples->stripes[i];

		for (size_t k = 0; k < stripe->capacity; k++) {
			const struct pair *pair = stripe->places[k].pair;

			for (unsigned r = 0; pair && r < pair->count; r++)
				count += pair->choices[r].count;
		}
	}
	return count;
}

static size_t list_rows(const struct pair *pair, struct sort_item *items)
{
	size_t count = 0;

	for (unsigned i = 0; i < pair->count; i++) {
		const struct choice *choice = &pair->choices[i];
		struct sort_item item = {
		        .at = row_bytes(pair, choice), .size = row_size(pair->rows + choice->at)};

		for (uint8_t k = 0; k < choice->count; k++)
			items[count++] = item;
	}
	return count;
}

int samples_rows(const struct samples *samples, struct sort_item **items, size_t *count)
{
	size_t wanted = count_rows(samples), listed = 0;

	*count = wanted;
	*items = malloc((wanted + 1) * sizeof(**items));
	if (!*items)
		return FAIL_MEMORY;
	for (size_t i = 0; i < STRIPES; i++) {
		const struct stripe *stripe = &samples->stripes[i];

		for (size_t k = 0; k < stripe->capacity; k++)
			if (stripe->places[k].pair)
				listed += list_rows(stripe->places[k].pair, *items + listed);
	}
	return 0;
}
