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

static uint64_t map_words(const struct pairs_header *header)
{
	return pairs_map_row(header->code_count + 1);
}

static bool header_sound(const struct pairs_header *header)
{
	return header->version == PAIRS_VERSION && header->code_count > 0 &&
	       header->code_count <= PAIRS_CODES_MAX && header->history_count > 0 &&
	       header->pair_count > 0 && header->pair_count <= UINT32_MAX &&
	       header->cells_count <= map_words(header) * 64;
}

static bool all_there(const struct pairs *pairs)
{
	return pairs->words && pairs->map && pairs->ranks && pairs->cells && pairs->values &&
	       pairs->windows && pairs->rationales;
}

int pairs_open(struct pairs *pairs, const struct set *set, struct diag *diag)
{
	const struct pairs_header *header = section(set, PAIRS_HEADER, sizeof(*header), 1);

	memset(pairs, 0, sizeof(*pairs));
	if (!header || !header_sound(header))
		return damaged(set, diag);
	*pairs = (struct pairs){
	        .set = set,
	        .words = section(
	                set, PAIRS_WORDS, sizeof(uint64_t), (uint64_t)header->code_count + 1),
	        .map = section(set, PAIRS_MAP, sizeof(uint64_t), map_words(header)),
	        .ranks = section(set, PAIRS_RANKS, sizeof(uint32_t), map_words(header)),
	        .cells = section(set, PAIRS_CELLS, sizeof(struct pair_cells), header->cells_count),
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
	return all_there(pairs) ? 0 : damaged(set, diag);
}

/* Are the counts of bits what the bits say? */
static bool counts_sound(const struct pairs *pairs, const struct pairs_header *header)
{
	uint64_t cells = 0, bits = 0;

	for (uint64_t i = 0; i < map_words(header); i++) {
		if (pairs->ranks[i] != cells)
			return false;
		cells += (uint64_t)__builtin_popcountll(pairs->map[i]);
	}
	if (cells != header->cells_count)
		return false;
	for (uint64_t i = 0; i < cells; i++) {
		if (pairs->cells[i].rank != bits)
			return false;
		bits += (uint64_t)__builtin_popcountll(pairs->cells[i].bits);
	}
	return bits == header->pair_count;
}

static bool values_sound(const struct pairs *pairs, size_t histories)
{
	for (size_t i = 0; i < pairs->pair_count; i++)
		if (pairs->values[i] >= histories)
			return false;
	for (size_t i = 0; i < histories; i++)
		if (pairs->windows[i].rationale >= pairs->rationale_count)
			return false;
	for (size_t i = 0; i < pairs->rationale_count; i++)
		if (pairs->rationales[i] >= pairs->set->text_size)
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
	if (!counts_sound(&pairs, header) || !values_sound(&pairs, header->history_count))
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
	id = ((const struct pair_code_row *)row)->number;
	return id <= pairs->code_count ? (uint16_t)id : 0;
}

void pairs_ids(const struct pairs *pairs, const uint64_t words[], size_t count, uint16_t ids[])
{
	for (size_t i = 0; i < count; i++)
		ids[i] = words[i] ? pairs_id(pairs, words[i]) : 0;
}

const struct pair_window *pairs_windows(
        const struct pairs *pairs, uint16_t column1, uint16_t column2)
{
	uint32_t high = column1 > column2 ? column1 : column2;
	uint32_t low = column1 > column2 ? column2 : column1, row;
	unsigned bit = column1 > column2;
	const struct pair_cells *cells;

	if (low == 0 || low == high || high > pairs->code_count)
		return NULL;
	row = pairs_map_row(high);
	if (!pairs_mapped(pairs->map, row, low))
		return NULL;
	cells = &pairs->cells[pairs_cells_at(pairs->map, pairs->ranks, row, low)];
	if (!(cells->bits >> (pairs_shift(low) + bit) & 1))
		return NULL;
	return &pairs->windows[pairs->values[pairs_value_at(cells, low, bit)]];
}

bool pairs_may_be(const struct pairs *pairs, uint16_t a, uint16_t b)
{
	uint32_t high = a > b ? a : b, low = a > b ? b : a;

	return low > 0 && low != high && high <= pairs->code_count &&
	       pairs_mapped(pairs->map, pairs_map_row(high), low);
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

size_t pairs_partners(const struct pairs *pairs, uint16_t id, unsigned column, uint16_t partners[])
{
	size_t count = 0;

	for (uint32_t other = 1; other <= pairs->code_count; other++) {
		uint16_t first = column == PAIR_COLUMN_1 ? id : (uint16_t)other;
		uint16_t second = column == PAIR_COLUMN_1 ? (uint16_t)other : id;

		if (pairs_windows(pairs, first, second))
			partners[count++] = (uint16_t)other;
	}
	return count;
}

/* ---- The lines of days ---- */

enum { SPARE_CODES = 4096 }; /* of short days that are tested together */

struct pairs_test {
	const struct pairs *pairs;
	const struct pairs_hot *hot;
	const struct pair_day *days;
	size_t day_count, next_day;
	uint64_t *seen; /* a bit an id; clear between days */

	/* The different codes of the days under way, one day behind the other. */
	uint16_t *ids;
	uint32_t *rows, *lines, *owners; /* of the map; where each stood first; day */
	size_t code_count, room;

	/* The day whose pieces are tested now; done if piece1 has passed its end. */
	size_t first, end, piece1, piece2;
	size_t found_count;
	struct pair_found found[PAIRS_FOUND_MAX], settled[2 * PAIRS_FOUND_MAX];
};

int pairs_test_create(
        struct pairs_test **test, const struct pairs *pairs, enum level level, struct diag *diag)
{
	static const struct pairs_hot *const levels[LEVEL_COUNT] = {
	        &pairs_hot_scalar, &pairs_hot_avx2, &pairs_hot_avx512};
	struct pairs_test *made = calloc(1, sizeof(*made));
	size_t room = (size_t)pairs->code_count + SPARE_CODES;

	*test = made;
	if (!made)
		return diag_set(diag, FAIL_MEMORY, "no memory to test pairs of procedures");
	made->pairs = pairs;
	made->hot = levels[level];
	made->room = room;
	made->seen = calloc(pairs->code_count / 64 + 1, sizeof(*made->seen));
	made->ids = malloc(room * sizeof(*made->ids));
	made->rows = malloc(room * sizeof(*made->rows));
	made->lines = malloc(room * sizeof(*made->lines));
	made->owners = malloc(room * sizeof(*made->owners));
	if (made->seen && made->ids && made->rows && made->lines && made->owners)
		return 0;
	pairs_test_destroy(made);
	*test = NULL;
	return diag_set(diag, FAIL_MEMORY, "no memory to test pairs of procedures");
}

void pairs_test_destroy(struct pairs_test *test)
{
	if (!test)
		return;
	free(test->seen);
	free(test->ids);
	free(test->rows);
	free(test->lines);
	free(test->owners);
	free(test);
}

void pairs_days_begin(struct pairs_test *test, const struct pair_day days[], size_t count)
{
	test->days = days;
	test->day_count = count;
	test->next_day = 0;
	test->code_count = test->found_count = 0;
	test->first = test->end = test->piece1 = test->piece2 = 0;
}

/* The different codes of the next day, behind those that are there. */
static void take_day(struct pairs_test *test)
{
	const struct pair_day *day = &test->days[test->next_day];
	size_t at = test->code_count;

	for (size_t i = 0; i < day->count; i++) {
		uint16_t id = day->ids[i];
		uint64_t *seen = &test->seen[id / 64], bit = (uint64_t)1 << id % 64;

		if (id == 0 || (*seen & bit))
			continue;
		*seen |= bit;
		test->ids[at] = id;
		test->rows[at] = pairs_map_row(id);
		test->lines[at] = (uint32_t)i;
		test->owners[at++] = (uint32_t)test->next_day;
	}
	for (size_t i = test->code_count; i < at; i++)
		test->seen[test->ids[i] / 64] = 0;
	test->first = test->piece1 = test->piece2 = test->code_count;
	test->end = test->code_count = at;
	test->next_day++;
}

static size_t piece_end(const struct pairs_test *test, size_t first)
{
	return test->end - first < PAIRS_PIECE ? test->end : first + PAIRS_PIECE;
}

static bool under_way(const struct pairs_test *test)
{
	return test->piece1 < test->end;
}

/* Filter the next two pieces of the day, if what may be found has room; false: it has none. */
static bool filter_pieces(struct pairs_test *test)
{
	const struct pair_codes codes = {test->ids, test->rows};
	const uint32_t piece[2][2] = {
	        {(uint32_t)test->piece1, (uint32_t)piece_end(test, test->piece1)},
	        {(uint32_t)test->piece2, (uint32_t)piece_end(test, test->piece2)},
	};
	size_t most = (size_t)(piece[0][1] - piece[0][0]) * (piece[1][1] - piece[1][0]);

	if (test->found_count + most > PAIRS_FOUND_MAX)
		return false;
	test->found_count += test->hot->filter(
	        test->pairs, &codes, piece, test->found + test->found_count);
	test->piece2 += PAIRS_PIECE;
	if (test->piece2 > test->piece1) {
		test->piece1 += PAIRS_PIECE;
		test->piece2 = test->first;
	}
	return true;
}

/* Go on until no more may be found at a time, or all days are done. */
static void filter_days(struct pairs_test *test)
{
	if (!under_way(test))
		test->code_count = 0;
	for (;;) {
		while (under_way(test))
			if (!filter_pieces(test))
				return;
		if (test->next_day == test->day_count)
			return;
		if (test->code_count > SPARE_CODES ||
		        test->days[test->next_day].count > test->room - test->code_count) {
			if (test->code_count > 0)
				return;
		}
		take_day(test);
	}
}

static size_t add_hit(
        const struct pairs_test *test, const struct pair_found *found, struct pair_hit *hit)
{
	const struct pairs *pairs = test->pairs;
	uint32_t day = test->owners[found->high];
	const struct pair_window *window = window_on(
	        pairs, &pairs->windows[pairs->values[found->at]], test->days[day].date);

	if (!window)
		return 0;
	*hit = (struct pair_hit){
	        .day = day,
	        .line1 = test->lines[found->bit ? found->high : found->low],
	        .line2 = test->lines[found->bit ? found->low : found->high],
	        .window = window,
	};
	return 1;
}

size_t pairs_days_next(struct pairs_test *test, struct pair_hit hits[PAIR_HITS_MAX])
{
	const struct pair_codes codes = {test->ids, test->rows};
	size_t count = 0;

	while (count == 0 && (under_way(test) || test->next_day < test->day_count)) {
		size_t settled;

		test->found_count = 0;
		filter_days(test);
		settled = test->hot->settle(
		        test->pairs, &codes, test->found, test->found_count, test->settled);
		for (size_t i = 0; i < settled; i++)
			count += add_hit(test, &test->settled[i], &hits[count]);
	}
	return count;
}
