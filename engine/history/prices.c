/* SPDX-License-Identifier: Apache-2.0 */
#include "history/prices.h"

#include "base/budget.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BINS = 1038, /* one cent to ten million dollars */
	CODE_BYTES = 5,
	CLASS_BITS = 2,
	SETTING_BITS = 3,
	SLOTS_MIN = 64,
};

/* (1 + alpha) / (1 - alpha), alpha 0.01; the bins by which a price doubles. */
static const double gamma_ratio = 1.01 / 0.99;
static const double doubled = 34.65; /* ln 2 / ln gamma */
static const double mad_of_sd = 0.6744897501960817, z_limit = 5;

struct prices {
	struct price *items; /* by key */
	size_t count;
	uint32_t *slots; /* where to find each, once all are there: number + 1; 0: empty */
	size_t slot_count;
};

/* ---- Lines ---- */

static unsigned class_of(const uint16_t modifiers[MODIFIERS_MAX])
{
	for (unsigned m = 0; m < MODIFIERS_MAX; m++) {
		if (modifiers[m] == TWO_CHARS('2', '6'))
			return 1;
		if (modifiers[m] == TWO_CHARS('T', 'C'))
			return 2;
	}
	return 0;
}

enum { POWERS = 11 }; /* of the ratio: by squares, 2^11 bins */

/* Where to begin to look for a bin: by a price's power of two and a 64th of it. */
enum { GUESS_BITS = 6, GUESSES = 31 << GUESS_BITS, MANTISSA_BITS = 52, EXPONENT_BIAS = 1023 };

static void find_powers(double powers[POWERS])
{
	double power = gamma_ratio;

	for (unsigned i = 0; i < POWERS; i++) {
		powers[i] = power;
		power *= power;
	}
}

/*
 * Upper bounds of the bins: products of the ratio's squares, the largest first.
 * Made once, for a product a line took longer than all else about its price.
 */
static struct {
	pthread_once_t once;
	atomic_bool made;
	double bounds[BINS];
	uint16_t guesses[GUESSES]; /* the bin of the smallest price to begin there */
} table = {.once = PTHREAD_ONCE_INIT};

static unsigned guess_of(double cents)
{
	uint64_t word;

	memcpy(&word, &cents, sizeof(word));
	return (unsigned)((word >> (MANTISSA_BITS - GUESS_BITS)) -
	                  ((uint64_t)EXPONENT_BIAS << GUESS_BITS));
}

static void make_bounds(void)
{
	double powers[POWERS];

	find_powers(powers);
	for (unsigned bin = 0; bin < BINS; bin++) {
		table.bounds[bin] = 1;
		for (unsigned i = POWERS; i-- > 0;)
			table.bounds[bin] *= bin >> i & 1 ? powers[i] : 1;
	}
}

static void make_table(void)
{
	unsigned bin = 0;

	make_bounds();
	for (unsigned guess = 0; guess < GUESSES; guess++) {
		uint64_t word = ((uint64_t)EXPONENT_BIAS << MANTISSA_BITS) +
		                ((uint64_t)guess << (MANTISSA_BITS - GUESS_BITS));
		double least;

		memcpy(&least, &word, sizeof(least));
		while (bin + 1 < BINS && table.bounds[bin] < least)
			bin++;
		table.guesses[guess] = (uint16_t)bin;
	}
	atomic_store_explicit(&table.made, true, memory_order_release);
}

/* The first bin whose upper bound is not below; the last for all above. */
static unsigned bin_of(double cents)
{
	if (!atomic_load_explicit(&table.made, memory_order_acquire))
		pthread_once(&table.once, make_table);
	if (cents <= 1)
		return 0;
	unsigned guess = guess_of(cents);
	unsigned bin = guess < GUESSES ? table.guesses[guess] : BINS - 1;
	while (bin + 1 < BINS && table.bounds[bin] < cents)
		bin++;
	return bin;
}

/* Cents in the middle of a bin: within 1 % of all that is in it. */
static double bin_cents(double of)
{
	double powers[POWERS], bound = 1;
	unsigned bin = of < BINS ? (unsigned)of : BINS - 1;

	find_powers(powers);
	for (unsigned i = 0; i < POWERS; i++)
		bound *= bin >> i & 1 ? powers[i] : 1;
	return bound * 2 / (1 + gamma_ratio);
}

struct price_line price_of(uint64_t code, const uint16_t modifiers[MODIFIERS_MAX], unsigned setting,
        int64_t amount, int64_t units)
{
	struct price_line line = {0};

	if (code == CODE_BLANK || code >> (8 * CODE_BYTES) || amount <= 0 || units <= 0 ||
	        amount == AMOUNT_ABSENT)
		return line;
	line.key = code << CLASS_BITS | class_of(modifiers);
	line.key = line.key << SETTING_BITS | setting;
	line.cents = (double)amount * UNITS_ONE / (double)units;
	line.bin = bin_of(line.cents);
	return line;
}

/* ---- Prices ---- */

static int compare_keys(const void *a, const void *b)
{
	const struct price *left = a, *right = b;

	return (left->key > right->key) - (left->key < right->key);
}

/* The slot that a key has or may take. */
static uint32_t *find_slot(const struct prices *prices, uint64_t key)
{
	size_t at = (size_t)(key * 0x9e3779b97f4a7c15u >> 32) & (prices->slot_count - 1);

	while (prices->slots[at] > 0 && prices->items[prices->slots[at] - 1].key != key)
		at = (at + 1) & (prices->slot_count - 1);
	return &prices->slots[at];
}

/* Each line asks for its key: searching the items took most of judging it. */
static int make_slots(struct prices *prices)
{
	prices->slot_count = SLOTS_MIN;
	while (prices->slot_count < 2 * prices->count)
		prices->slot_count *= 2;
	budget_free(prices->slots);
	prices->slots = budget_calloc(prices->slot_count, sizeof(*prices->slots));
	if (!prices->slots)
		return FAIL_MEMORY;
	for (size_t i = 0; i < prices->count; i++)
		*find_slot(prices, prices->items[i].key) = (uint32_t)i + 1;
	return 0;
}

/* The bin at which a share of the lines is reached. */
static double bin_at(const struct tally *bins, size_t count, uint64_t n, double share)
{
	uint64_t want = (uint64_t)ceil(share * (double)n), sum = 0;

	for (size_t i = 0; i < count; i++) {
		sum += bins[i].n;
		if (sum >= want)
			return (double)(bins[i].of & ((1u << PRICE_BIN_BITS) - 1));
	}
	return 0;
}

/* The median distance from the median, and the mean: from the middle outward. */
static double deviation(
        const struct tally *bins, size_t count, uint64_t n, double median, double *mean)
{
	uint64_t at[BINS] = {0}, sum = 0;
	double all = 0, mad = -1;

	for (size_t i = 0; i < count; i++) {
		double bin = (double)(bins[i].of & ((1u << PRICE_BIN_BITS) - 1));

		at[(unsigned)fabs(bin - median)] += bins[i].n;
	}
	for (unsigned i = 0; i < BINS; i++) {
		sum += at[i];
		all += (double)at[i] * i;
		if (mad < 0 && 2 * sum >= n)
			mad = i;
	}
	*mean = all / (double)n;
	return mad;
}

static struct price price_of_bins(const struct tally *bins, size_t count, uint64_t n)
{
	struct price price = {.key = bins[0].of >> PRICE_BIN_BITS, .n = n};
	double mean, mad;
	double spread = bin_at(bins, count, n, 0.75) - bin_at(bins, count, n, 0.25);

	price.median = bin_at(bins, count, n, 0.5);
	mad = deviation(bins, count, n, price.median, &mean);
	if (mad > 0)
		price.scale = mad / mad_of_sd;
	else
		price.scale = spread > 0 ? spread / 1.34898 : 1.2533 * mean;
	price.p95 = bin_cents(bin_at(bins, count, n, 0.95));
	price.p99 = bin_cents(bin_at(bins, count, n, 0.99));
	return price;
}

int prices_create(struct prices **made, const struct tallies *tallies, struct diag *diag)
{
	size_t count;
	const struct tally *bins = tallies_find(tallies, PRICE_NOBODY, TALLY_STA_01_PRICES, &count);
	struct prices *prices = calloc(1, sizeof(*prices));

	*made = prices;
	if (prices)
		prices->items = budget_alloc((count + 1) * sizeof(*prices->items));
	if (!prices || !prices->items)
		return diag_set(diag, FAIL_MEMORY, "no memory for prices");
	for (size_t from = 0, to; from < count; from = to) {
		uint64_t n = 0;

		for (to = from; to < count &&
		                bins[to].of >> PRICE_BIN_BITS == bins[from].of >> PRICE_BIN_BITS;
		        to++)
			n += bins[to].n;
		if (n >= PRICE_LINES_MIN)
			prices->items[prices->count++] = price_of_bins(bins + from, to - from, n);
	}
	return make_slots(prices) ? diag_set(diag, FAIL_MEMORY, "no memory for prices") : 0;
}

int prices_add(struct prices **into, const struct price *price, struct diag *diag)
{
	struct prices *prices = *into ? *into : calloc(1, sizeof(*prices));
	struct price *items =
	        prices ? budget_resize(prices->items, (prices->count + 1) * sizeof(*items)) : NULL;

	*into = prices;
	if (!items)
		return diag_set(diag, FAIL_MEMORY, "no memory for prices");
	prices->items = items;
	items[prices->count++] = *price;
	return 0;
}

int prices_sort(struct prices *prices)
{
	if (!prices)
		return 0;
	qsort(prices->items, prices->count, sizeof(*prices->items), compare_keys);
	return make_slots(prices);
}

void prices_destroy(struct prices *prices)
{
	if (!prices)
		return;
	budget_free(prices->items);
	budget_free(prices->slots);
	free(prices);
}

const struct price *prices_find(const struct prices *prices, uint64_t key)
{
	if (!prices || key == 0)
		return NULL;
	uint32_t number = *find_slot(prices, key);
	return number > 0 ? &prices->items[number - 1] : NULL;
}

const struct price *prices_all(const struct prices *prices, size_t *count)
{
	*count = prices ? prices->count : 0;
	return *count ? prices->items : NULL;
}

double price_z(const struct price *price, const struct price_line *line)
{
	return price->scale > 0 ? ((double)line->bin - price->median) / price->scale : 0;
}

bool price_is_hit(const struct price *price, const struct price_line *line)
{
	bool is_far = price_z(price, line) > z_limit && line->bin > price->median + doubled;

	return is_far || line->cents > 2 * price->p99;
}

static const char *const classes[] = {"none", "26", "TC", "none"};

void price_text(uint64_t key, char text[PRICE_TEXT_SIZE])
{
	unsigned setting = key & ((1u << SETTING_BITS) - 1);
	unsigned class = key >> SETTING_BITS & ((1u << CLASS_BITS) - 1);
	uint64_t code = key >> (SETTING_BITS + CLASS_BITS);
	char word[CODE_BYTES + 1] = {0};

	for (unsigned i = 0; i < CODE_BYTES; i++)
		word[i] = (char)(code >> (8 * i) & 0xff);
	snprintf(text, PRICE_TEXT_SIZE, "%s/%s/%u", word, classes[class], setting);
}

uint64_t price_key_of(const char *text)
{
	char word[CODE_BYTES + 1], class[8];
	unsigned setting, which = 0;
	uint64_t code = 0;

	if (sscanf(text, "%5[^/]/%7[^/]/%u", word, class, &setting) != 3 ||
	        setting >= 1u << SETTING_BITS)
		return 0;
	for (unsigned i = 0; word[i]; i++)
		code |= (uint64_t)(uint8_t)word[i] << (8 * i);
	which = class[0] == '2' ? 1 : class[0] == 'T' ? 2 : 0;
	return (code << CLASS_BITS | which) << SETTING_BITS | setting;
}
