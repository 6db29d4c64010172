/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/pairs_private.h"

#include <stdlib.h>

/* ---- Opening ---- */

static int damaged(const struct set *set, struct diag *diag)
{
	return diag_set(diag, FAIL_TABLE,
	        "the image of %s holds no pairs that fit together: build it anew with claimscan "
	        "codes build",
	        set->schema->name);
}

/* A section of exactly count things of a size. */
static const void *section(const struct set *set, const char *name, size_t size, uint64_t count)
{
	struct set_section found = {0};

	if (set_section(set, name, &found) != 0 || found.size != size * count)
		return NULL;
	return found.bytes;
}

static bool header_sound(const struct pairs_header *header)
{
	return header->version == PAIRS_VERSION && header->code_count > 0 &&
	       header->code_count <= PAIRS_CODES_MAX && header->history_count > 0 &&
	       header->pair_count <= (uint64_t)header->code_count * header->code_count &&
	       header->blocks == pairs_row_block(header->code_count + 1);
}

int pairs_open(struct pairs *pairs, const struct set *set, struct diag *diag)
{
	const struct pairs_header *header = section(set, PAIRS_HEADER, sizeof(*header), 1);
	uint64_t ids, blocks;

	memset(pairs, 0, sizeof(*pairs));
	if (!header || !header_sound(header))
		return damaged(set, diag);
	ids = (uint64_t)header->code_count + 1;
	blocks = header->blocks;
	*pairs = (struct pairs){
	        .set = set,
	        .words = section(set, PAIRS_WORDS, sizeof(uint64_t), ids),
	        .bits = section(set, PAIRS_BITS, PAIR_BLOCK_WORDS * sizeof(uint64_t), blocks),
	        .starts = section(set, PAIRS_STARTS, sizeof(uint32_t), ids),
	        .ranks = section(set, PAIRS_RANKS, sizeof(uint16_t), blocks),
	        .values = section(set, PAIRS_VALUES, sizeof(uint32_t), header->pair_count),
	        .windows = section(
	                set, PAIRS_WINDOWS, sizeof(struct pair_window), header->history_count),
	        .rationales = section(
	                set, PAIRS_RATIONALES, sizeof(uint32_t), header->rationale_count),
	        .code_count = header->code_count,
	        .rationale_count = header->rationale_count,
	        .pair_count = header->pair_count,
	        .window_count = header->window_count,
	        .bytes = set->image_size,
	};
	if (!pairs->words || !pairs->bits || !pairs->starts || !pairs->ranks || !pairs->values ||
	        !pairs->windows || !pairs->rationales)
		return damaged(set, diag);
	return 0;
}

/* Are the counts of bits what the bits say? */
static bool counts_sound(const struct pairs *pairs)
{
	uint64_t all = 0;

	for (uint32_t id = 1; id <= pairs->code_count; id++) {
		uint32_t block = pairs_row_block(id), row = 0;

		if (pairs->starts[id] != all)
			return false;
		for (; block < pairs_row_block(id + 1); block++) {
			if (pairs->ranks[block] != row)
				return false;
			for (unsigned i = 0; i < PAIR_BLOCK_WORDS; i++)
				row += (uint32_t)__builtin_popcountll(
				        pairs->bits[(size_t)block * PAIR_BLOCK_WORDS + i]);
		}
		all += row;
	}
	return all == pairs->pair_count;
}

static bool values_sound(const struct pairs *pairs, size_t histories)
{
	for (size_t i = 0; i < pairs->pair_count; i++)
		if (pairs->values[i] >= histories)
			return false;
	for (size_t i = 0; i < histories; i++)
		if (pairs->windows[i].rationale >= pairs->rationale_count)
			return false;
	return !pairs->windows[histories - 1].more;
}

int pairs_check(const struct set *set, struct diag *diag)
{
	const struct pairs_header *header = section(set, PAIRS_HEADER, sizeof(*header), 1);
	struct pairs pairs;
	int err = pairs_open(&pairs, set, diag);

	if (err)
		return err;
	if (!counts_sound(&pairs) || !values_sound(&pairs, header->history_count))
		return damaged(set, diag);
	return 0;
}

bool pairs_covers(const struct pairs *pairs, int32_t day)
{
	return set_covers(pairs->set, day);
}

/* The newest of the sources: they reach furthest. */
const char *pairs_release(const struct pairs *pairs, char text[PAIRS_RELEASE_SIZE])
{
	int32_t newest = INT32_MIN;

	text[0] = '\0';
	for (size_t i = 0; i < set_source_count(pairs->set); i++) {
		struct set_source source;

		set_source_at(pairs->set, i, &source);
		if (source.to < newest)
			continue;
		newest = source.to;
		memcpy(text, source.release, PAIRS_RELEASE_SIZE);
	}
	text[PAIRS_RELEASE_SIZE - 1] = '\0';
	return text;
}

/* ---- Single look-ups ---- */

uint16_t pairs_id(const struct pairs *pairs, uint64_t word)
{
	const struct set_row *row = set_find(
	        pairs->set, (uint64_t)pairs->set->schema->tag << 56 | word);
	uint32_t id;

	if (!row)
		return 0;
	id = ((const struct pair_code_row *)row)->rank;
	return id <= pairs->code_count ? (uint16_t)id : 0;
}

void pairs_ids(const struct pairs *pairs, const uint64_t words[], size_t count, uint16_t ids[])
{
	for (size_t i = 0; i < count; i++)
		ids[i] = words[i] ? pairs_id(pairs, words[i]) : 0;
}

/* The windows behind a bit that is set: 0 low is column 1, 1 high is. */
static const struct pair_window *windows_at(
        const struct pairs *pairs, uint32_t high, uint32_t low, unsigned bit)
{
	uint32_t at = pairs->starts[high] + pairs_row_rank(pairs->bits, pairs->ranks, high, low);
	unsigned cell = (unsigned)(pairs->bits[pairs_cell_word(high, low)] >>
	                           pairs_cell_shift(low));

	return &pairs->windows[pairs->values[at + (bit & cell & 1)]];
}

const struct pair_window *pairs_windows(
        const struct pairs *pairs, uint16_t column1, uint16_t column2)
{
	uint32_t high = column1 > column2 ? column1 : column2;
	uint32_t low = column1 > column2 ? column2 : column1;
	unsigned bit = column1 > column2;
	uint64_t cell;

	if (low == 0 || low == high || high > pairs->code_count)
		return NULL;
	cell = pairs->bits[pairs_cell_word(high, low)] >> pairs_cell_shift(low);
	return cell >> bit & 1 ? windows_at(pairs, high, low, bit) : NULL;
}

static const struct pair_window *window_on(
        const struct pairs *pairs, const struct pair_window *window, int32_t day)
{
	for (; !pair_window_holds(pairs, window, day); window++)
		if (!window->more)
			return NULL;
	return window;
}

const struct pair_window *pairs_find(
        const struct pairs *pairs, uint16_t column1, uint16_t column2, int32_t day)
{
	const struct pair_window *window = pairs_windows(pairs, column1, column2);

	return window ? window_on(pairs, window, day) : NULL;
}

const char *pairs_rationale(const struct pairs *pairs, const struct pair_window *window)
{
	return set_text(pairs->set, pairs->rationales[window->rationale]);
}

/* By text: the first byte of a word is its lowest. */
static int compare_words(const void *left, const void *right, void *words)
{
	const uint64_t *by_id = words;
	uint64_t a = __builtin_bswap64(by_id[*(const uint16_t *)left] << 8);
	uint64_t b = __builtin_bswap64(by_id[*(const uint16_t *)right] << 8);

	return a < b ? -1 : a > b;
}

size_t pairs_partners(const struct pairs *pairs, uint16_t id, unsigned column, uint16_t partners[])
{
	size_t count = 0;

	for (uint32_t other = 1; other <= pairs->code_count; other++) {
		uint16_t first = column == PAIR_COLUMN_1 ? id : (uint16_t)other;
		uint16_t second = column == PAIR_COLUMN_1 ? (uint16_t)other : id;

		if (pairs_windows(pairs, first, second))
			partners[count++] = (uint16_t)other;
	}
	qsort_r(partners, count, sizeof(*partners), compare_words, (void *)(uintptr_t)pairs->words);
	return count;
}

/* ---- A day's lines ---- */

struct pairs_day {
	const struct pairs *pairs;
	const struct pairs_hot *hot;
	uint64_t *seen;  /* a bit a code; clear between days */
	uint16_t *codes; /* the different ones of the day */
	uint32_t *lines; /* where each stood first */
	size_t count;
	int32_t date;
	size_t high, low; /* the pieces whose turn it is; low <= high */
	uint32_t found[PAIRS_PIECE * PAIRS_PIECE];
};

int pairs_day_create(
        struct pairs_day **day, const struct pairs *pairs, enum level level, struct diag *diag)
{
	static const struct pairs_hot *const levels[LEVEL_COUNT] = {
	        &pairs_hot_scalar, &pairs_hot_avx2, &pairs_hot_avx512};
	struct pairs_day *made = calloc(1, sizeof(*made));
	size_t ids = (size_t)pairs->code_count + 1;

	*day = made;
	if (!made)
		goto fail;
	made->pairs = pairs;
	made->hot = levels[level];
	made->seen = calloc((ids + 63) / 64, sizeof(*made->seen));
	made->codes = malloc(ids * sizeof(*made->codes));
	made->lines = malloc(ids * sizeof(*made->lines));
	if (made->seen && made->codes && made->lines)
		return 0;
fail:
	pairs_day_destroy(made);
	*day = NULL;
	return diag_set(diag, FAIL_MEMORY, "no memory to test pairs of procedures");
}

void pairs_day_destroy(struct pairs_day *day)
{
	if (!day)
		return;
	free(day->seen);
	free(day->codes);
	free(day->lines);
	free(day);
}

void pairs_day_begin(struct pairs_day *day, const uint16_t ids[], size_t count, int32_t date)
{
	size_t codes = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t *seen = &day->seen[ids[i] / 64], bit = (uint64_t)1 << ids[i] % 64;

		if (ids[i] == 0 || (*seen & bit))
			continue;
		*seen |= bit;
		day->codes[codes] = ids[i];
		day->lines[codes++] = (uint32_t)i;
	}
	for (size_t i = 0; i < codes; i++)
		day->seen[day->codes[i] / 64] = 0;
	day->count = codes;
	day->date = date;
	day->high = day->low = 0;
}

static size_t piece_size(const struct pairs_day *day, size_t piece)
{
	size_t rest = day->count - piece * PAIRS_PIECE;

	return rest < PAIRS_PIECE ? rest : PAIRS_PIECE;
}

/* Add the hit of a bit that is set, if it is in force. */
static size_t add_hit(
        const struct pairs_day *day, size_t high, size_t low, unsigned bit, struct pair_hit *hit)
{
	const struct pair_window *window = window_on(day->pairs,
	        windows_at(day->pairs, day->codes[high], day->codes[low], bit), day->date);

	if (!window)
		return 0;
	*hit = (struct pair_hit){
	        .line1 = day->lines[bit ? high : low],
	        .line2 = day->lines[bit ? low : high],
	        .window = window,
	};
	return 1;
}

/* The hits among what the filter let pass. */
static size_t add_hits(const struct pairs_day *day, const size_t first[2], size_t found_count,
        struct pair_hit hits[])
{
	size_t count = 0;

	for (size_t i = 0; i < found_count; i++) {
		uint32_t found = day->found[i];
		size_t high = first[0] + (found >> 16), low = first[1] + (found >> 2 & 0x3fff);

		if (day->codes[high] < day->codes[low]) {
			size_t other = high;

			high = low;
			low = other;
		}
		if (found & 1)
			count += add_hit(day, high, low, 0, &hits[count]);
		if (found & 2)
			count += add_hit(day, high, low, 1, &hits[count]);
	}
	return count;
}

static size_t test_pieces(struct pairs_day *day, struct pair_hit hits[])
{
	const uint64_t *bits = day->pairs->bits;
	size_t first[2] = {day->high * PAIRS_PIECE, day->low * PAIRS_PIECE}, found;

	if (day->high == day->low)
		found = day->hot->filter_triangle(
		        bits, day->codes + first[0], piece_size(day, day->high), day->found);
	else
		found = day->hot->filter(bits, day->codes + first[0], piece_size(day, day->high),
		        day->codes + first[1], piece_size(day, day->low), day->found);
	return add_hits(day, first, found, hits);
}

size_t pairs_day_next(struct pairs_day *day, struct pair_hit hits[PAIR_HITS_MAX])
{
	size_t count = 0;

	while (count == 0 && day->high * PAIRS_PIECE < day->count) {
		count = test_pieces(day, hits);
		if (day->low == day->high) {
			day->high++;
			day->low = 0;
		} else {
			day->low++;
		}
	}
	return count;
}
