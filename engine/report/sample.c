/* SPDX-License-Identifier: Apache-2.0 */
#include "report/sample.h"

#include "base/hash.h"
#include "report/number.h"
#include "report/row.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
	STRIPES = 256,       /* beyond any number of workers that would meet in one */
	FIRST_PAIRS = 16,    /* of a stripe; a power of two */
	FILTER_PAIRS = 2048, /* 80 KB: the pairs that come often */
	UNIT_TEXT_MAX = 256, /* of a claim id and a line, hashed in one piece */
	HEAD_BYTES = 16,     /* of a claim id, in a filter */
};

struct row {
	uint64_t hash;
	int64_t dollars;
	uint64_t digest;
	const char *claim; /* in bytes */
	uint32_t claim_size, size;
	int32_t line;
	bool has_line;
	uint8_t count; /* equal rows, as many as may be kept */
	uint8_t keep;  /* of these, in the choice at hand */
	uint8_t bytes[];
};

/* A provider and rule. */
struct pair {
	uint64_t key; /* 0: free */
	uint32_t count, capacity;
	bool full; /* both choices have all their units: the limits below stand */
	struct row **rows;
	const struct row *last_hash, *last_dollars; /* the last unit of each choice */
};

struct stripe {
	pthread_mutex_t lock;
	struct pair *pairs; /* open addressing */
	size_t count, capacity;
} __attribute__((aligned(64)));

struct samples {
	struct stripe stripes[STRIPES];
};

/* The limits of a full pair, as they once were. */
struct limit {
	uint64_t key;
	uint64_t hash;
	int64_t dollars;
	uint8_t head[HEAD_BYTES]; /* of the claim id of the last unit by dollars */
};

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
	for (uint32_t i = 0; i < pair->count; i++)
		free(pair->rows[i]);
	free(pair->rows);
}

void samples_destroy(struct samples *samples)
{
	if (!samples)
		return;
	for (size_t i = 0; i < STRIPES; i++) {
		struct stripe *stripe = &samples->stripes[i];

		for (size_t k = 0; k < stripe->capacity; k++)
			destroy_pair(&stripe->pairs[k]);
		free(stripe->pairs);
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

static struct sample_unit unit_of_row(const struct row *row)
{
	return (struct sample_unit){
	        .has_line = row->has_line,
	        .line = row->line,
	        .hash = row->hash,
	        .dollars = row->dollars,
	        .digest = row->digest,
	        .claim = {row->claim, row->claim_size},
	};
}

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

static int compare_names(const struct sample_unit *a, const struct sample_unit *b)
{
	int order = sort_compare((const uint8_t *)a->claim.at, a->claim.size,
	        (const uint8_t *)b->claim.at, b->claim.size);

	if (order == 0)
		order = COMPARE(a->has_line, b->has_line);
	if (order == 0)
		order = COMPARE(a->line, b->line);
	return order != 0 ? order : COMPARE(a->digest, b->digest);
}

static int compare_hash(const struct sample_unit *a, const struct sample_unit *b)
{
	int order = COMPARE(a->hash, b->hash);

	return order != 0 ? order : compare_names(a, b);
}

static int compare_dollars(const struct sample_unit *a, const struct sample_unit *b)
{
	int order = COMPARE(b->dollars, a->dollars);

	return order != 0 ? order : compare_names(a, b);
}

enum choice { BY_HASH, BY_DOLLARS };

static int compare_units(
        enum choice choice, const struct sample_unit *a, const struct sample_unit *b)
{
	return choice == BY_HASH ? compare_hash(a, b) : compare_dollars(a, b);
}

/* ---- A pair. ---- */

/* A few rows, so by insertion. */
static void sort_rows(struct pair *pair, enum choice choice)
{
	for (uint32_t i = 1; i < pair->count; i++) {
		struct row *row = pair->rows[i];
		struct sample_unit unit = unit_of_row(row);
		uint32_t k = i;

		for (; k > 0; k--) {
			struct sample_unit before = unit_of_row(pair->rows[k - 1]);

			if (compare_units(choice, &before, &unit) <= 0)
				break;
			pair->rows[k] = pair->rows[k - 1];
		}
		pair->rows[k] = row;
	}
}

/* The end of the rows of one unit that begin at first. */
static uint32_t unit_end(const struct pair *pair, uint32_t first, enum choice choice)
{
	struct sample_unit unit = unit_of_row(pair->rows[first]);
	uint32_t end = first + 1;

	for (; end < pair->count; end++) {
		struct sample_unit next = unit_of_row(pair->rows[end]);

		if (compare_units(choice, &unit, &next) != 0)
			break;
	}
	return end;
}

/*
 * Mark the rows of the first SAMPLE_UNITS units.  Equal lines are as many units
 * as the most frequent of their rows.  Returns the last row chosen if that made
 * all units, else NULL.
 */
static const struct row *choose(struct pair *pair, enum choice choice)
{
	uint8_t left = SAMPLE_UNITS;
	const struct row *last = NULL;

	sort_rows(pair, choice);
	for (uint32_t i = 0; i < pair->count && left > 0;) {
		uint32_t end = unit_end(pair, i, choice);
		uint8_t most = 0;

		for (; i < end; i++) {
			struct row *row = pair->rows[i];
			uint8_t kept = row->count < left ? row->count : left;

			row->keep = row->keep > kept ? row->keep : kept;
			most = most > kept ? most : kept;
			last = row;
		}
		left -= most;
	}
	return left == 0 ? last : NULL;
}

/* Let go of what neither choice takes. */
static void trim(struct pair *pair)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < pair->count; i++)
		pair->rows[i]->keep = 0;
	pair->last_hash = choose(pair, BY_HASH);
	pair->last_dollars = choose(pair, BY_DOLLARS);
	/* A line whose kinds differ in dollars is one unit by hash and several by dollars. */
	pair->full = pair->last_hash && pair->last_dollars;
	for (uint32_t i = 0; i < pair->count; i++) {
		struct row *row = pair->rows[i];

		row->count = row->keep;
		if (row->keep > 0)
			pair->rows[count++] = row;
		else
			free(row);
	}
	pair->count = count;
}

static struct row *find_equal(
        const struct pair *pair, const struct sample_unit *unit, const uint8_t *bytes, size_t size)
{
	for (uint32_t i = 0; i < pair->count; i++) {
		struct row *row = pair->rows[i];

		if (row->digest == unit->digest && row->size == size &&
		        !memcmp(row->bytes, bytes, size))
			return row;
	}
	return NULL;
}

static struct row *make_row(const struct sample_unit *unit, const uint8_t *bytes, size_t size)
{
	struct row *row = malloc(sizeof(*row) + size);

	if (!row)
		return NULL;
	memcpy(row->bytes, bytes, size);
	struct text claim = row_claim(row->bytes);

	row->hash = unit->hash;
	row->dollars = unit->dollars;
	row->digest = unit->digest;
	row->claim = claim.at;
	row->claim_size = claim.size;
	row->size = (uint32_t)size;
	row->line = unit->line;
	row->has_line = unit->has_line;
	row->count = 1;
	return row;
}

static int append_row(struct pair *pair, struct row *row)
{
	if (pair->count == pair->capacity) {
		uint32_t capacity = pair->capacity ? 2 * pair->capacity : 2;
		struct row **rows = realloc(pair->rows, capacity * sizeof(*rows));

		if (!rows)
			return FAIL_MEMORY;
		pair->rows = rows;
		pair->capacity = capacity;
	}
	pair->rows[pair->count++] = row;
	return 0;
}

static int add_to_pair(
        struct pair *pair, const struct sample_unit *unit, const uint8_t *bytes, size_t size)
{
	struct row *row = find_equal(pair, unit, bytes, size);

	if (row && row->count >= SAMPLE_UNITS)
		return 0;
	if (row) {
		row->count++;
	} else {
		row = make_row(unit, bytes, size);
		if (!row || append_row(pair, row) < 0) {
			free(row);
			return FAIL_MEMORY;
		}
	}
	trim(pair);
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

static struct pair *find_pair(const struct stripe *stripe, uint64_t key)
{
	if (stripe->capacity == 0)
		return NULL;
	size_t mask = stripe->capacity - 1;
	size_t at = (spread(key) / STRIPES) & mask;

	while (stripe->pairs[at].key != 0 && stripe->pairs[at].key != key)
		at = (at + 1) & mask;
	return &stripe->pairs[at];
}

static int grow_stripe(struct stripe *stripe)
{
	struct stripe grown = {.capacity = stripe->capacity ? 2 * stripe->capacity : FIRST_PAIRS};

	grown.pairs = calloc(grown.capacity, sizeof(*grown.pairs));
	if (!grown.pairs)
		return FAIL_MEMORY;
	for (size_t i = 0; i < stripe->capacity; i++) {
		if (stripe->pairs[i].key != 0)
			*find_pair(&grown, stripe->pairs[i].key) = stripe->pairs[i];
	}
	free(stripe->pairs);
	stripe->pairs = grown.pairs;
	stripe->capacity = grown.capacity;
	return 0;
}

static struct pair *take_pair(struct stripe *stripe, uint64_t key)
{
	struct pair *pair = find_pair(stripe, key);

	if (pair && pair->key == key)
		return pair;
	/* A quarter stays free. */
	if (4 * (stripe->count + 1) > 3 * stripe->capacity && grow_stripe(stripe) < 0)
		return NULL;
	pair = find_pair(stripe, key);
	pair->key = key;
	stripe->count++;
	return pair;
}

/* ---- Limits of full pairs. ---- */

static void claim_head(struct text claim, uint8_t head[HEAD_BYTES])
{
	memset(head, 0, HEAD_BYTES);
	if (claim.size > 0)
		memcpy(head, claim.at, claim.size < HEAD_BYTES ? claim.size : HEAD_BYTES);
}

static struct limit *limit_of(struct sample_filter *filter, uint64_t key)
{
	return &filter->limits[spread(key) >> 20 & (FILTER_PAIRS - 1)];
}

static void remember_limit(struct sample_filter *filter, const struct pair *pair)
{
	struct limit *limit = limit_of(filter, pair->key);

	if (!pair->full)
		return;
	limit->key = pair->key;
	limit->hash = pair->last_hash->hash;
	limit->dollars = pair->last_dollars->dollars;
	claim_head((struct text){pair->last_dollars->claim, pair->last_dollars->claim_size},
	        limit->head);
}

/* Beyond the limits for certain: equal beginnings of claim ids are left to the pair. */
static bool is_beyond(const struct limit *limit, const struct sample_unit *unit)
{
	uint8_t head[HEAD_BYTES];

	if (unit->hash <= limit->hash || unit->dollars > limit->dollars)
		return false;
	if (unit->dollars < limit->dollars)
		return true;
	claim_head(unit->claim, head);
	return memcmp(head, limit->head, HEAD_BYTES) > 0;
}

static bool pair_wants(const struct pair *pair, const struct sample_unit *unit)
{
	if (!pair->full)
		return true;
	struct sample_unit by_hash = unit_of_row(pair->last_hash);
	struct sample_unit by_dollars = unit_of_row(pair->last_dollars);

	return compare_hash(unit, &by_hash) <= 0 || compare_dollars(unit, &by_dollars) <= 0;
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

	if (pair && pair->key == key) {
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

	if (pair)
		err = add_to_pair(pair, unit, row, size);
	if (err == 0)
		remember_limit(filter, pair);
	pthread_mutex_unlock(&stripe->lock);
	return err;
}

/* ---- Reading. ---- */

/* The row of the next unit by hash behind `after` (NULL: the first); NULL for none. */
static const struct row *next_by_hash(const struct pair *pair, const struct row *after)
{
	const struct row *next = NULL;
	struct sample_unit last = {0}, best = {0};

	if (after)
		last = unit_of_row(after);
	for (uint32_t i = 0; i < pair->count; i++) {
		struct sample_unit unit = unit_of_row(pair->rows[i]);

		if (after && compare_hash(&unit, &last) <= 0)
			continue;
		if (next && compare_hash(&unit, &best) >= 0)
			continue;
		next = pair->rows[i];
		best = unit;
	}
	return next;
}

/* How often the unit of a row occurs, as far as it is kept. */
static unsigned unit_count(const struct pair *pair, const struct row *row)
{
	struct sample_unit wanted = unit_of_row(row);
	unsigned most = 0;

	for (uint32_t i = 0; i < pair->count; i++) {
		struct sample_unit unit = unit_of_row(pair->rows[i]);

		if (compare_hash(&wanted, &unit) == 0 && pair->rows[i]->count > most)
			most = pair->rows[i]->count;
	}
	return most;
}

static bool has_claim(const struct text claims[], size_t count, const struct row *row)
{
	for (size_t i = 0; i < count; i++) {
		if (claims[i].size == row->claim_size &&
		        !memcmp(claims[i].at, row->claim, row->claim_size))
			return true;
	}
	return false;
}

size_t samples_claims(const struct samples *samples, uint32_t provider, uint8_t rule,
        struct text claims[SAMPLE_UNITS])
{
	uint64_t key = pair_key(provider, rule);
	const struct pair *pair = find_pair(&samples->stripes[spread(key) % STRIPES], key);
	const struct row *row = NULL;
	size_t count = 0, units = 0;

	if (!pair || pair->key != key)
		return 0;
	while (units < SAMPLE_UNITS && (row = next_by_hash(pair, row))) {
		if (!has_claim(claims, count, row))
			claims[count++] = (struct text){row->claim, row->claim_size};
		units += unit_count(pair, row);
	}
	return count;
}

static size_t count_rows(const struct samples *samples)
{
	size_t count = 0;

	for (size_t i = 0; i < STRIPES; i++) {
		const struct stripe *stripe = &samples->stripes[i];

		for (size_t k = 0; k < stripe->capacity; k++) {
			const struct pair *pair = &stripe->pairs[k];

			for (uint32_t r = 0; r < pair->count; r++)
				count += pair->rows[r]->count;
		}
	}
	return count;
}

static size_t list_rows(const struct pair *pair, struct sort_item *items)
{
	size_t count = 0;

	for (uint32_t i = 0; i < pair->count; i++) {
		const struct row *row = pair->rows[i];

		for (uint8_t k = 0; k < row->count; k++)
			items[count++] = (struct sort_item){.at = row->bytes, .size = row->size};
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
			listed += list_rows(&stripe->pairs[k], *items + listed);
	}
	return 0;
}
