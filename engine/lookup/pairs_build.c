/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building: sort the rows by pair, settle the windows of each pair, keep equal
 * lists of windows once, number the codes by their texts, and set the bits.
 * All of it is sequential or hashed, so that millions of rows take tenths of a second.
 */
#include "lookup/pairs_build.h"
#include "lookup/pairs_private.h"

#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	CODE_BITS = 16, /* of the table of codes: at most half full */
	DIGIT = 1 << 16,
	EXAMPLE = 256, /* bytes of a path in a message */
};

struct code_slot {
	uint64_t word; /* 0: free */
	uint16_t code;
};

struct source {
	char path[EXAMPLE];
	int32_t from; /* of its release */
	uint16_t set_source, age;
};

struct pairs_build {
	uint64_t *words; /* by number */
	size_t code_count;
	struct code_slot *slots;
	char (*texts)[PAIR_RATIONALE_SIZE];
	size_t text_count;
	struct source *sources;
	size_t source_count;
	struct pair_row *rows;
	size_t row_count, row_room;
};

/* A pair whose windows are settled. */
struct entry {
	uint16_t column1, column2; /* numbers, then ids */
	uint32_t history;
};

/* What finishing makes, in the order in which it is made. */
struct layout {
	struct pairs_build *build;
	struct set_build *set;

	uint16_t *ranks; /* of the codes by text */
	uint32_t *order; /* of the rows by pair */
	struct entry *entries;
	size_t entry_count, window_count;

	struct pair_window *histories;
	size_t history_count, history_room;
	uint32_t *history_slots; /* index + 1 of a list of windows; 0 free */
	size_t history_slot_count, list_count;

	uint16_t *ids; /* of the codes */
	uint32_t (*partners)[2];
	uint64_t *words, *map;
	uint32_t *map_ranks, *values;
	struct pair_cells *cells;
	size_t map_count, cells_count;

	size_t equal, older, changed; /* rows; for the warnings */
	struct pair_row older_row, changed_row;
};

static int no_memory(struct diag *diag)
{
	return diag_set(diag, FAIL_MEMORY, "no memory to build a table of pairs");
}

int pairs_build_create(struct pairs_build **build, struct diag *diag)
{
	struct pairs_build *made = calloc(1, sizeof(*made));

	*build = made;
	if (!made)
		return no_memory(diag);
	made->words = malloc((PAIRS_CODES_MAX + 1) * sizeof(*made->words));
	made->slots = calloc((size_t)1 << CODE_BITS, sizeof(*made->slots));
	made->texts = malloc(PAIR_RATIONALES_MAX * sizeof(*made->texts));
	if (made->words && made->slots && made->texts)
		return 0;
	pairs_build_destroy(made);
	*build = NULL;
	return no_memory(diag);
}

void pairs_build_destroy(struct pairs_build *build)
{
	if (!build)
		return;
	free(build->words);
	free(build->slots);
	free(build->texts);
	free(build->sources);
	free(build->rows);
	free(build);
}

int pairs_build_code(struct pairs_build *build, uint64_t word, uint16_t *code, struct diag *diag)
{
	size_t mask = ((size_t)1 << CODE_BITS) - 1;
	size_t at = word * PHASH_MULTIPLIER >> (64 - CODE_BITS);

	for (; build->slots[at].word; at = (at + 1) & mask) {
		if (build->slots[at].word == word) {
			*code = build->slots[at].code;
			return 0;
		}
	}
	if (build->code_count == PAIRS_CODES_MAX)
		return diag_set(diag, FAIL_TABLE, "a table of pairs holds at most %d codes",
		        PAIRS_CODES_MAX);
	*code = (uint16_t)build->code_count;
	build->slots[at] = (struct code_slot){.word = word, .code = *code};
	build->words[build->code_count++] = word;
	return 0;
}

int pairs_build_rationale(struct pairs_build *build, const char *text, size_t size,
        uint16_t *rationale, struct diag *diag)
{
	char kept[PAIR_RATIONALE_SIZE] = "";

	memcpy(kept, text, size < sizeof(kept) ? size : sizeof(kept) - 1);
	for (size_t i = 0; i < build->text_count; i++) {
		if (strcmp(build->texts[i], kept) == 0) {
			*rationale = (uint16_t)i;
			return 0;
		}
	}
	if (build->text_count == PAIR_RATIONALES_MAX)
		return diag_set(diag, FAIL_TABLE, "a table of pairs holds at most %d rationales",
		        PAIR_RATIONALES_MAX);
	memcpy(build->texts[build->text_count], kept, sizeof(kept));
	*rationale = (uint16_t)build->text_count++;
	return 0;
}

int pairs_build_source(
        struct pairs_build *build, const char *path, uint16_t *source, struct diag *diag)
{
	size_t count = build->source_count + 1;
	struct source *sources = realloc(build->sources, count * sizeof(*sources));

	if (!sources)
		return no_memory(diag);
	build->sources = sources;
	sources[count - 1] = (struct source){.from = INT32_MIN};
	snprintf(sources[count - 1].path, EXAMPLE, "%s", path);
	*source = (uint16_t)build->source_count;
	build->source_count = count;
	return 0;
}

void pairs_build_source_set(struct pairs_build *build, uint16_t source, uint16_t set_source)
{
	build->sources[source].set_source = set_source;
}

void pairs_build_source_age(
        struct pairs_build *build, uint16_t source, uint16_t age, int32_t release_from)
{
	build->sources[source].age = age;
	build->sources[source].from = release_from;
}

void pairs_build_drop(struct pairs_build *build, uint16_t source)
{
	size_t kept = 0;

	for (size_t i = 0; i < build->row_count; i++)
		if (build->rows[i].source != source)
			build->rows[kept++] = build->rows[i];
	build->row_count = kept;
}

int pairs_build_add(struct pairs_build *build, const struct pair_row *row, struct diag *diag)
{
	if (build->row_count == build->row_room) {
		size_t room = build->row_room ? 2 * build->row_room : DIGIT;
		struct pair_row *rows = realloc(build->rows, room * sizeof(*rows));

		if (!rows)
			return no_memory(diag);
		build->rows = rows;
		build->row_room = room;
	}
	build->rows[build->row_count++] = *row;
	return 0;
}

uint64_t pairs_build_word(const struct pairs_build *build, uint16_t code)
{
	return build->words[code];
}

const char *pairs_build_text(const struct pairs_build *build, uint16_t rationale)
{
	return build->texts[rationale];
}

size_t pairs_build_code_count(const struct pairs_build *build)
{
	return build->code_count;
}

size_t pairs_build_rationale_count(const struct pairs_build *build)
{
	return build->text_count;
}

const struct pair_row *pairs_build_rows(const struct pairs_build *build, size_t *count)
{
	*count = build->row_count;
	return build->rows;
}

/* ---- Sorting ---- */

/* By text: the first byte of a word is its lowest. */
static int compare_words(const void *left, const void *right, void *words)
{
	const uint64_t *by_code = words;
	uint64_t a = __builtin_bswap64(by_code[*(const uint16_t *)left]);
	uint64_t b = __builtin_bswap64(by_code[*(const uint16_t *)right]);

	return a < b ? -1 : a > b;
}

static int rank_codes(struct layout *layout)
{
	size_t count = layout->build->code_count;
	uint16_t *codes = malloc(count * sizeof(*codes));

	layout->ranks = malloc(count * sizeof(*layout->ranks));
	if (!codes || !layout->ranks) {
		free(codes);
		return FAIL_MEMORY;
	}
	for (size_t i = 0; i < count; i++)
		codes[i] = (uint16_t)i;
	qsort_r(codes, count, sizeof(*codes), compare_words, layout->build->words);
	for (size_t i = 0; i < count; i++)
		layout->ranks[codes[i]] = (uint16_t)i;
	free(codes);
	return 0;
}

/* The order by one column; stable, so that two passes sort by both. */
static void sort_by(const struct layout *layout, bool column2, const uint32_t from[], uint32_t to[],
        uint32_t counts[])
{
	const struct pair_row *rows = layout->build->rows;
	size_t count = layout->build->row_count, codes = layout->build->code_count;

	memset(counts, 0, (codes + 1) * sizeof(*counts));
	for (size_t i = 0; i < count; i++)
		counts[layout->ranks[column2 ? rows[i].column2 : rows[i].column1] + 1]++;
	for (size_t i = 0; i < codes; i++)
		counts[i + 1] += counts[i];
	for (size_t i = 0; i < count; i++) {
		uint32_t at = from ? from[i] : (uint32_t)i;
		uint16_t code = column2 ? rows[at].column2 : rows[at].column1;

		to[counts[layout->ranks[code]]++] = at;
	}
}

static int sort_rows(struct layout *layout)
{
	size_t count = layout->build->row_count;
	uint32_t *half = malloc(count * sizeof(*half));
	uint32_t *counts = malloc((layout->build->code_count + 1) * sizeof(*counts));
	int err = FAIL_MEMORY;

	layout->order = malloc(count * sizeof(*layout->order));
	if (!half || !counts || !layout->order)
		goto done;
	sort_by(layout, true, NULL, half, counts);
	sort_by(layout, false, half, layout->order, counts);
	err = 0;
done:
	free(half);
	free(counts);
	return err;
}

/* ---- The windows of one pair ---- */

static int compare_rows(const void *left, const void *right)
{
	const struct pair_row *a = left, *b = right;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	if (a->indicator != b->indicator)
		return a->indicator < b->indicator ? -1 : 1;
	return a->source != b->source ? (a->source < b->source ? -1 : 1)
	                              : (a->line > b->line) - (a->line < b->line);
}

static bool same_window(const struct pair_row *a, const struct pair_row *b)
{
	return a->from == b->from && a->to == b->to && a->indicator == b->indicator &&
	       a->rationale == b->rationale && a->before_1996 == b->before_1996;
}

static bool is_live(const struct pair_row *row)
{
	return row->indicator != PAIR_NOT_APPLICABLE && row->from < row->to;
}

static int refuse_contradiction(const struct layout *layout, const struct pair_row *a,
        const struct pair_row *b, struct diag *diag)
{
	const struct pairs_build *build = layout->build;

	return diag_set(diag, FAIL_TABLE,
	        "%s:%u and %s:%u: pair %.7s %.7s has indicator %d and indicator %d on one day",
	        build->sources[a->source].path, a->line, build->sources[b->source].path, b->line,
	        (const char *)&build->words[a->column1], (const char *)&build->words[a->column2],
	        a->indicator, b->indicator);
}

/* Refuse two answers for one day; equal rows become one. */
static int settle_windows(
        struct layout *layout, struct pair_row rows[], size_t *count, struct diag *diag)
{
	const struct pair_row *live = NULL;
	size_t kept = 0;

	for (size_t i = 0; i < *count; i++) {
		if (kept > 0 && same_window(&rows[i], &rows[kept - 1])) {
			layout->equal++;
			continue;
		}
		if (live && is_live(&rows[i]) && rows[i].from < live->to &&
		        rows[i].indicator != live->indicator)
			return refuse_contradiction(layout, live, &rows[i], diag);
		rows[kept] = rows[i];
		if (is_live(&rows[i]) && (!live || live->to < rows[i].to))
			live = &rows[kept];
		kept++;
	}
	*count = kept;
	return 0;
}

/* Does a release have the row of an older one, as it was or with an end? */
static bool carries(const struct pair_row rows[], size_t count, const struct pair_row *older)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].from == older->from &&
		        (rows[i].indicator == older->indicator ||
		                rows[i].indicator == PAIR_NOT_APPLICABLE))
			return true;
	return false;
}

/*
 * The newest release that has the pair stands: deleted edits stay in the files.
 * rows: by age.  Returns how many stand, which are moved to the front.
 */
static size_t newest_only(struct layout *layout, struct pair_row rows[], size_t count)
{
	uint16_t age = rows[0].age;
	size_t newest = 0;

	while (newest < count && rows[newest].age == age)
		newest++;
	for (size_t i = newest; i < count; i++) {
		if (carries(rows, newest, &rows[i]))
			continue;
		if (layout->changed++ == 0)
			layout->changed_row = rows[i];
	}
	return newest;
}

/* What only an older release has ends the day before the next release's first. */
static void end_older(
        struct layout *layout, struct pair_row rows[], size_t count, const int32_t release_from[])
{
	uint16_t age = rows[0].age;

	if (age == 0)
		return;
	if (layout->older++ == 0)
		layout->older_row = rows[0];
	for (size_t i = 0; i < count; i++)
		if (rows[i].to >= release_from[age - 1] && rows[i].from < release_from[age - 1])
			rows[i].to = release_from[age - 1] - 1;
}

static int compare_ages(const void *left, const void *right)
{
	const struct pair_row *a = left, *b = right;

	return a->age != b->age ? (a->age < b->age ? -1 : 1) : compare_rows(left, right);
}

/* ---- Lists of windows, kept once ---- */

static int histories_grow(struct layout *layout)
{
	size_t room = layout->history_room ? 2 * layout->history_room : DIGIT / 16;
	struct pair_window *grown = realloc(layout->histories, room * sizeof(*grown));

	if (!grown)
		return FAIL_MEMORY;
	layout->histories = grown;
	layout->history_room = room;
	return 0;
}

static uint64_t list_hash(const struct pair_window windows[], size_t count)
{
	return hash64(windows, count * sizeof(*windows));
}

static size_t list_size(const struct pair_window *windows)
{
	size_t count = 1;

	while (windows[count - 1].more)
		count++;
	return count;
}

static int slots_grow(struct layout *layout)
{
	size_t count = layout->history_slot_count ? 2 * layout->history_slot_count : DIGIT;
	uint32_t *slots = calloc(count, sizeof(*slots));

	if (!slots)
		return FAIL_MEMORY;
	for (size_t i = 0; i < layout->history_slot_count; i++) {
		const struct pair_window *list;
		size_t at;

		if (layout->history_slots[i] == 0)
			continue;
		list = &layout->histories[layout->history_slots[i] - 1];
		at = list_hash(list, list_size(list)) & (count - 1);
		while (slots[at])
			at = (at + 1) & (count - 1);
		slots[at] = layout->history_slots[i];
	}
	free(layout->history_slots);
	layout->history_slots = slots;
	layout->history_slot_count = count;
	return 0;
}

/* Where the list stands, added if it is new. */
static int intern(
        struct layout *layout, const struct pair_window list[], size_t count, uint32_t *history)
{
	size_t size = count * sizeof(*list), at;
	int err = 0;

	if (2 * layout->list_count >= layout->history_slot_count)
		err = slots_grow(layout);
	while (!err && layout->history_count + count > layout->history_room)
		err = histories_grow(layout);
	if (err)
		return err;
	at = list_hash(list, count) & (layout->history_slot_count - 1);
	for (; layout->history_slots[at]; at = (at + 1) & (layout->history_slot_count - 1)) {
		*history = layout->history_slots[at] - 1;
		if (*history + count <= layout->history_count &&
		        memcmp(&layout->histories[*history], list, size) == 0)
			return 0;
	}
	*history = (uint32_t)layout->history_count;
	layout->history_slots[at] = *history + 1;
	memcpy(&layout->histories[*history], list, size);
	layout->history_count += count;
	layout->list_count++;
	return 0;
}

/* ---- All pairs ---- */

/* The rows of the pair that begins at order[first], at most PAIR_WINDOWS_MAX. */
static int gather(const struct layout *layout, size_t first, struct pair_row rows[], size_t *count,
        struct diag *diag)
{
	const struct pairs_build *build = layout->build;
	const struct pair_row *head = &build->rows[layout->order[first]];

	for (*count = 0; first + *count < build->row_count; ++*count) {
		const struct pair_row *row = &build->rows[layout->order[first + *count]];

		if (row->column1 != head->column1 || row->column2 != head->column2)
			break;
		if (*count == PAIR_WINDOWS_MAX)
			return diag_set(diag, FAIL_TABLE,
			        "%s:%u: pair %.7s %.7s stands here for the %dth time: are "
			        "releases mixed up?",
			        build->sources[row->source].path, row->line,
			        (const char *)&build->words[row->column1],
			        (const char *)&build->words[row->column2], PAIR_WINDOWS_MAX + 1);
		rows[*count] = *row;
		rows[*count].age = build->sources[row->source].age;
	}
	return 0;
}

static void to_windows(const struct pair_row rows[], size_t count, struct pair_window windows[])
{
	memset(windows, 0, count * sizeof(*windows));
	for (size_t i = 0; i < count; i++) {
		windows[i].from = rows[i].from;
		windows[i].to = rows[i].to;
		windows[i].rationale = rows[i].rationale;
		windows[i].indicator = rows[i].indicator;
		windows[i].before_1996 = rows[i].before_1996 & 1;
		windows[i].more = i + 1 < count;
	}
}

static int settle_pair(struct layout *layout, struct pair_row rows[], size_t count,
        const int32_t release_from[], struct diag *diag)
{
	struct pair_window windows[PAIR_WINDOWS_MAX];
	struct entry *entry = &layout->entries[layout->entry_count++];
	int err = 0;

	*entry = (struct entry){.column1 = rows[0].column1, .column2 = rows[0].column2};
	if (count > 1) {
		qsort(rows, count, sizeof(*rows), compare_ages);
		count = newest_only(layout, rows, count);
		err = settle_windows(layout, rows, &count, diag);
	}
	if (err)
		return err;
	end_older(layout, rows, count, release_from);
	layout->window_count += count;
	to_windows(rows, count, windows);
	err = intern(layout, windows, count, &entry->history);
	return err ? no_memory(diag) : 0;
}

/* The first day of each release, by age. */
static int release_days(const struct pairs_build *build, int32_t **days)
{
	*days = calloc(build->source_count + 1, sizeof(**days));
	if (!*days)
		return FAIL_MEMORY;
	for (size_t i = 0; i < build->source_count; i++)
		(*days)[build->sources[i].age] = build->sources[i].from;
	return 0;
}

static int settle_all(struct layout *layout, struct diag *diag)
{
	struct pair_row rows[PAIR_WINDOWS_MAX];
	size_t all = layout->build->row_count, count;
	int32_t *days = NULL;
	int err = release_days(layout->build, &days);

	layout->entries = malloc(all * sizeof(*layout->entries));
	if (err || !layout->entries) {
		err = no_memory(diag);
		goto done;
	}
	for (size_t at = 0; at < all && !err; at += count) {
		err = gather(layout, at, rows, &count, diag);
		if (!err)
			err = settle_pair(layout, rows, count, days, diag);
	}
done:
	free(days);
	return err;
}

static void warn(const struct layout *layout, struct diag *diag)
{
	const struct pairs_build *build = layout->build;
	const char *name = set_build_schema(layout->set)->name;

	if (layout->equal)
		diag_warn(diag, "%s: %zu rows stand twice and count once", name, layout->equal);
	if (layout->changed)
		diag_warn(diag,
		        "%s: %zu rows of an older release are not in the newest, which stands: "
		        "the first is %s:%u",
		        name, layout->changed, build->sources[layout->changed_row.source].path,
		        layout->changed_row.line);
	if (layout->older)
		diag_warn(diag,
		        "%s: %zu pairs are in an older release only, and end with it: the first "
		        "is %s:%u",
		        name, layout->older, build->sources[layout->older_row.source].path,
		        layout->older_row.line);
}

/* ---- Numbering ---- */

/* Ids in the order of texts; who is in which column with how many. */
static int number_codes(struct layout *layout)
{
	const struct pairs_build *build = layout->build;
	size_t count = build->code_count;

	layout->words = calloc(count + 1, sizeof(*layout->words));
	layout->partners = calloc(count + 1, sizeof(*layout->partners));
	if (!layout->words || !layout->partners)
		return FAIL_MEMORY;
	for (size_t i = 0; i < count; i++)
		layout->words[layout->ranks[i] + 1] = build->words[i];
	for (size_t i = 0; i < layout->entry_count; i++) {
		struct entry *entry = &layout->entries[i];

		entry->column1 = layout->ranks[entry->column1] + 1;
		entry->column2 = layout->ranks[entry->column2] + 1;
		layout->partners[entry->column1][0]++;
		layout->partners[entry->column2][1]++;
	}
	for (size_t id = 1; id <= count; id++) {
		uint64_t roles = (layout->partners[id][0] ? PAIR_COLUMN_1 : 0) |
		                 (layout->partners[id][1] ? PAIR_COLUMN_2 : 0);

		layout->words[id] |= roles << 56;
	}
	return 0;
}

/* ---- Map, cells and values ---- */

/* The row, column and bit of a pair: 0 where column 1 is the lower id. */
static unsigned place_of(const struct entry *entry, uint32_t *row, uint32_t *low)
{
	bool turned = entry->column1 > entry->column2;

	*row = pairs_map_row(turned ? entry->column1 : entry->column2);
	*low = turned ? entry->column2 : entry->column1;
	return turned;
}

static int set_map_bits(struct layout *layout)
{
	size_t cells = 0;

	layout->map_count = pairs_map_row((uint32_t)layout->build->code_count + 1);
	layout->map = calloc(layout->map_count, sizeof(*layout->map));
	layout->map_ranks = calloc(layout->map_count, sizeof(*layout->map_ranks));
	if (!layout->map || !layout->map_ranks)
		return FAIL_MEMORY;
	for (size_t i = 0; i < layout->entry_count; i++) {
		uint32_t row, low;

		place_of(&layout->entries[i], &row, &low);
		layout->map[row + low / PAIR_ROW_CELLS] |= (uint64_t)1
		                                           << low / PAIR_WORD_CELLS % 64;
	}
	for (size_t i = 0; i < layout->map_count; i++) {
		layout->map_ranks[i] = (uint32_t)cells;
		cells += (size_t)__builtin_popcountll(layout->map[i]);
	}
	layout->cells_count = cells;
	return 0;
}

static struct pair_cells *cells_of(
        const struct layout *layout, const struct entry *entry, uint32_t *low, unsigned *bit)
{
	uint32_t row;

	*bit = place_of(entry, &row, low);
	return &layout->cells[pairs_cells_at(layout->map, layout->map_ranks, row, *low)];
}

static int set_cells(struct layout *layout)
{
	uint32_t bits = 0, low;
	unsigned bit;

	layout->cells = calloc(layout->cells_count, sizeof(*layout->cells));
	layout->values = calloc(layout->entry_count, sizeof(*layout->values));
	if (!layout->cells || !layout->values)
		return FAIL_MEMORY;
	for (size_t i = 0; i < layout->entry_count; i++) {
		struct pair_cells *cells = cells_of(layout, &layout->entries[i], &low, &bit);

		cells->bits |= (uint64_t)1 << (pairs_shift(low) + bit);
	}
	for (size_t i = 0; i < layout->cells_count; i++) {
		layout->cells[i].rank = bits;
		bits += (uint32_t)__builtin_popcountll(layout->cells[i].bits);
	}
	for (size_t i = 0; i < layout->entry_count; i++) {
		const struct pair_cells *cells = cells_of(layout, &layout->entries[i], &low, &bit);

		layout->values[pairs_value_at(cells, low, bit)] = layout->entries[i].history;
	}
	return 0;
}

/* ---- Into the set ---- */

static int add_rationales(struct layout *layout, struct diag *diag)
{
	const struct pairs_build *build = layout->build;
	uint32_t *places = calloc(build->text_count, sizeof(*places));
	int err = places ? 0 : no_memory(diag);

	for (size_t i = 0; i < build->text_count && !err; i++)
		err = set_build_text(
		        layout->set, build->texts[i], strlen(build->texts[i]), &places[i], diag);
	if (!err)
		err = set_build_section(layout->set, PAIRS_RATIONALES, places,
		        build->text_count * sizeof(*places), diag);
	free(places);
	return err;
}

static int add_sections(struct layout *layout, struct diag *diag)
{
	size_t codes = layout->build->code_count;
	struct pairs_header header = {
	        .version = PAIRS_VERSION,
	        .code_count = (uint32_t)codes,
	        .rationale_count = (uint32_t)layout->build->text_count,
	        .history_count = (uint32_t)layout->history_count,
	        .pair_count = layout->entry_count,
	        .window_count = layout->window_count,
	        .cells_count = layout->cells_count,
	};
	const struct {
		const char *name;
		const void *bytes;
		size_t size;
	} sections[] = {
	        {PAIRS_HEADER, &header, sizeof(header)},
	        {PAIRS_WORDS, layout->words, (codes + 1) * sizeof(*layout->words)},
	        {PAIRS_MAP, layout->map, layout->map_count * sizeof(*layout->map)},
	        {PAIRS_RANKS, layout->map_ranks, layout->map_count * sizeof(*layout->map_ranks)},
	        {PAIRS_CELLS, layout->cells, layout->cells_count * sizeof(*layout->cells)},
	        {PAIRS_VALUES, layout->values, layout->entry_count * sizeof(*layout->values)},
	        {PAIRS_WINDOWS, layout->histories,
	                layout->history_count * sizeof(*layout->histories)},
	};
	int err = 0;

	for (size_t i = 0; i < sizeof(sections) / sizeof(*sections) && !err; i++)
		err = set_build_section(
		        layout->set, sections[i].name, sections[i].bytes, sections[i].size, diag);
	return err;
}

/* The first and the last day on which any row has a word on a code. */
static void widen(struct set_row *days, const struct pair_row *row, uint16_t source)
{
	if (row->from < days->from)
		days->from = row->from;
	if (row->to > days->to)
		days->to = row->to;
	if (days->to < days->from) /* indicator 9 only, which may end before it begins */
		days->to = days->from;
	days->source = source;
}

static void code_days(const struct layout *layout, struct set_row *days)
{
	const struct pairs_build *build = layout->build;

	for (size_t i = 0; i < build->code_count; i++)
		days[i] = (struct set_row){.from = INT32_MAX, .to = INT32_MIN};
	for (size_t i = 0; i < build->row_count; i++) {
		const struct pair_row *row = &build->rows[i];
		uint16_t source = build->sources[row->source].set_source;

		widen(&days[row->column1], row, source);
		widen(&days[row->column2], row, source);
	}
}

static int add_codes(struct layout *layout, struct diag *diag)
{
	const struct pairs_build *build = layout->build;
	uint64_t tag = (uint64_t)set_build_schema(layout->set)->tag << 56;
	struct set_row *days = malloc(build->code_count * sizeof(*days));
	int err = days ? 0 : no_memory(diag);

	if (days)
		code_days(layout, days);
	for (size_t i = 0; i < build->code_count && !err; i++) {
		struct pair_code_row row = {.row = days[i], .number = layout->ranks[i] + 1u};

		memcpy(row.partners, layout->partners[row.number], sizeof(row.partners));
		err = set_build_add(layout->set, tag | build->words[i], &row, diag);
	}
	free(days);
	return err;
}

static void layout_free(struct layout *layout)
{
	free(layout->ranks);
	free(layout->order);
	free(layout->entries);
	free(layout->histories);
	free(layout->history_slots);
	free(layout->partners);
	free(layout->words);
	free(layout->map);
	free(layout->map_ranks);
	free(layout->cells);
	free(layout->values);
}

int pairs_build_finish(struct pairs_build *build, struct set_build *set, struct diag *diag)
{
	struct layout layout = {.build = build, .set = set};
	int err = 0;

	if (build->row_count == 0)
		return diag_set(diag, FAIL_TABLE, "%s has no pair", set_build_schema(set)->name);
	if (rank_codes(&layout) || sort_rows(&layout))
		err = no_memory(diag);
	if (!err)
		err = settle_all(&layout, diag);
	if (!err && (number_codes(&layout) || set_map_bits(&layout) || set_cells(&layout)))
		err = no_memory(diag);
	if (!err)
		err = add_rationales(&layout, diag);
	if (!err)
		err = add_sections(&layout, diag);
	if (!err)
		err = add_codes(&layout, diag);
	if (!err)
		warn(&layout, diag);
	layout_free(&layout);
	return err;
}
