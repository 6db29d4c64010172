/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Procedures: hcpcs, cpt, mpfs, the three MUE tables and aoc joined, in one table
 * of their own, for a line has one procedure and knows not whose it is.  What the
 * folder does not have is the starter's.  A code is known if any of them has it;
 * one that neither hcpcs nor cpt nor mpfs has is in force always.
 *
 * The sets lie in the order of their keys, so the codes are found by walking all of
 * them side by side, and hardly any needs more than one row.
 */
#include "lookup/codes_join.h"
#include "lookup/rows_procedures.h"

#include <stdlib.h>
#include <string.h>

enum { MUES = 3, MODIFIER_SHIFT = 40, SHARE_WHOLE = 10000, BLANK_DIGIT = 9, DIAGNOSTIC = 1 };

static const enum codes_part mue_parts[MUES] = {
        PART_MUE_PRACTITIONER, PART_MUE_HOSPITAL, PART_MUE_DME};
static const uint32_t mue_flags[MUES] = {PX_MUE_PRACTITIONER, PX_MUE_OUTPATIENT, PX_MUE_DME};

/* The sets that are walked; the fee schedule twice, for its technical parts are rows of their own.
 */
enum { WALK_HCPCS, WALK_CPT, WALK_MPFS, WALK_MUE, WALK_AOC = WALK_MUE + MUES, WALK_TC, WALKS };

static const enum codes_part walk_parts[WALKS] = {PART_HCPCS, PART_CPT, PART_MPFS,
        PART_MUE_PRACTITIONER, PART_MUE_HOSPITAL, PART_MUE_DME, PART_AOC, PART_MPFS};

static const uint64_t technical = (uint64_t)TWO_CHARS('T', 'C') << MODIFIER_SHIFT;

/* What a set says of a code on the days of a window; of what it says alike, one. */
struct piece {
	struct code_window window;
	uint64_t says;
};

struct pieces {
	unsigned count, next;
	bool full;
	struct piece at[CUTS_MAX / 4];
};
enum { PIECES_MAX = CUTS_MAX / 4 };

/* One code. */
struct procedure {
	uint64_t word;
	const struct procedure_attributes *starter; /* or NULL */
	struct pieces base, mpfs, mues[MUES], aoc;
};

struct walk {
	struct codes *codes;
	struct key_list lists[WALKS];
	struct key_rows rows[WALKS]; /* of the code that the walk stands at; count 0: none */
	struct join_rows join;
	uint64_t *keys; /* of the codes so far, [0] of none */
	uint32_t *refs;
	size_t count;
	struct procedure procedure;
	struct procedure_attributes made[CUTS_MAX];
};

/* ---- What a set says ---- */

static void pieces_begin(struct pieces *pieces)
{
	pieces->count = pieces->next = 0;
	pieces->full = false;
}

/* In order of days; what touches the last and says the same lengthens it. */
static void pieces_add(struct pieces *pieces, struct code_window window, uint64_t says)
{
	struct piece *last = pieces->count ? &pieces->at[pieces->count - 1] : NULL;

	if (last && last->says == says &&
	        (last->window.to == INT32_MAX || last->window.to + 1 >= window.from)) {
		if (window.to > last->window.to)
			last->window.to = window.to;
		return;
	}
	if (pieces->count == PIECES_MAX) {
		pieces->full = true;
		return;
	}
	pieces->at[pieces->count++] = (struct piece){window, says};
}

/* The piece of a day; days are asked for in order. */
static const struct piece *pieces_on(struct pieces *pieces, int32_t day)
{
	while (pieces->next < pieces->count && pieces->at[pieces->next].window.to < day)
		pieces->next++;
	if (pieces->next == pieces->count || pieces->at[pieces->next].window.from > day)
		return NULL;
	return &pieces->at[pieces->next];
}

static void pieces_cut(const struct pieces *pieces, struct cuts *cuts)
{
	for (unsigned i = 0; i < pieces->count; i++)
		cuts_add(cuts, pieces->at[i].window);
}

/* Rows that only say when. */
static void read_days(const struct codes *codes, enum codes_part part, const struct key_rows *rows,
        struct pieces *pieces)
{
	for (unsigned i = 0; i < rows->count; i++)
		pieces_add(pieces, join_window(codes, part, key_rows_at(rows, i)), 1);
}

static void read_mue(const struct codes *codes, enum codes_part part, const struct key_rows *rows,
        struct pieces *pieces)
{
	for (unsigned i = 0; i < rows->count; i++) {
		const struct mue_row *row = (const void *)key_rows_at(rows, i);
		uint64_t units = row->value > UINT16_MAX ? UINT16_MAX : row->value;

		pieces_add(pieces, join_window(codes, part, &row->row),
		        units | (uint64_t)row->mai << 16);
	}
}

static uint8_t global_of(uint64_t word)
{
	static const struct {
		char text[4];
		uint8_t global;
	} globals[] = {{"000", PX_GLOBAL_000}, {"010", PX_GLOBAL_010}, {"090", PX_GLOBAL_090},
	        {"MMM", PX_GLOBAL_MMM}, {"XXX", PX_GLOBAL_XXX}, {"YYY", PX_GLOBAL_YYY},
	        {"ZZZ", PX_GLOBAL_ZZZ}};

	for (size_t i = 0; i < sizeof(globals) / sizeof(globals[0]); i++)
		if (memcmp(&word, globals[i].text, 4) == 0)
			return globals[i].global;
	return PX_GLOBAL_NONE;
}

/* A blank indicator is a concept that does not apply: 9. */
static uint8_t digit_of(uint8_t digit)
{
	return digit == MPFS_BLANK ? BLANK_DIGIT : digit;
}

/* Status B, and P, which is B where it is incident to a service. */
enum { BUNDLED_SHIFT = 48 };

static uint64_t bundled(const struct mpfs_row *row)
{
	return (uint64_t)(row->status == 'B' || row->status == 'P') << BUNDLED_SHIFT;
}

static uint64_t indicators(const struct mpfs_row *row)
{
	return digit_of(row->pctc) | (uint64_t)digit_of(row->bilateral) << 8 |
	       (uint64_t)digit_of(row->assistant) << 16 | (uint64_t)global_of(row->global) << 24 |
	       bundled(row);
}

static uint64_t share_of(const struct mpfs_row *global, const struct mpfs_row *part)
{
	int64_t whole = global->total_nonfacility, share = part->total_nonfacility;

	if (share <= 0 || whole <= 0 || share > whole)
		return 0;
	return (uint64_t)((share * SHARE_WHOLE + whole / 2) / whole) << 32;
}

static struct code_window both(struct code_window a, struct code_window b)
{
	return (struct code_window){a.from > b.from ? a.from : b.from, a.to < b.to ? a.to : b.to};
}

/* A diagnostic code has a technical share, which changes with the relative values. */
static void read_shares(const struct codes *codes, const struct mpfs_row *row,
        const struct key_rows *parts, struct code_window window, struct pieces *pieces)
{
	for (unsigned i = 0; i < parts->count && window.from <= window.to; i++) {
		const struct mpfs_row *part = (const void *)key_rows_at(parts, i);
		struct code_window shared = both(join_window(codes, PART_MPFS, &part->row), window);

		if (shared.from > shared.to)
			continue;
		if (shared.from > window.from)
			pieces_add(pieces, (struct code_window){window.from, shared.from - 1},
			        indicators(row));
		pieces_add(pieces, shared, indicators(row) | share_of(row, part));
		if (shared.to == window.to)
			return;
		window.from = shared.to + 1;
	}
	if (window.from <= window.to)
		pieces_add(pieces, window, indicators(row));
}

static void read_schedule(const struct codes *codes, const struct key_rows *rows,
        const struct key_rows *parts, struct pieces *pieces)
{
	for (unsigned i = 0; i < rows->count; i++) {
		const struct mpfs_row *row = (const void *)key_rows_at(rows, i);
		struct code_window window = join_window(codes, PART_MPFS, &row->row);

		if (row->pctc == DIAGNOSTIC)
			read_shares(codes, row, parts, window, pieces);
		else
			pieces_add(pieces, window, indicators(row));
	}
}

/* A partial list cannot say that a code of the starter's is none. */
static bool starter_tells(const struct codes *codes, uint64_t word)
{
	const struct set *set = codes->parts[codes_procedure_part(word)];

	return !set || set->complete_count == 0;
}

/* When a code is in force is said by the first of these that has it. */
static void read_base(struct walk *walk, struct procedure *px)
{
	static const unsigned bases[] = {WALK_HCPCS, WALK_CPT, WALK_MPFS};
	const struct code_window always = {INT32_MIN, INT32_MAX};

	for (unsigned b = 0; b < 3; b++) {
		if (!walk->rows[bases[b]].count)
			continue;
		read_days(walk->codes, walk_parts[bases[b]], &walk->rows[bases[b]], &px->base);
		return;
	}
	if (px->starter && starter_tells(walk->codes, px->word))
		pieces_add(&px->base, (struct code_window){px->starter->from, px->starter->to}, 1);
	else
		pieces_add(&px->base, always, 1);
}

static int read_code(struct walk *walk, uint64_t word, struct diag *diag)
{
	struct codes *codes = walk->codes;
	struct procedure *px = &walk->procedure;
	uint32_t ref = phash_find(
	        &codes->tables[SYSTEM_PROCEDURE], code_key(SYSTEM_PROCEDURE, word));
	bool full;

	px->word = word;
	px->starter = ref ? &codes->procedures[ref] : NULL;
	pieces_begin(&px->base);
	pieces_begin(&px->mpfs);
	pieces_begin(&px->aoc);
	read_base(walk, px);
	read_schedule(codes, &walk->rows[WALK_MPFS], &walk->rows[WALK_TC], &px->mpfs);
	read_days(codes, PART_AOC, &walk->rows[WALK_AOC], &px->aoc);
	full = px->base.full | px->mpfs.full | px->aoc.full;
	for (unsigned m = 0; m < MUES; m++) {
		pieces_begin(&px->mues[m]);
		read_mue(codes, mue_parts[m], &walk->rows[WALK_MUE + m], &px->mues[m]);
		full |= px->mues[m].full;
	}
	return full ? diag_set(diag, FAIL_TABLE, "a procedure changes over %d times in one set",
	                      PIECES_MAX)
	            : 0;
}

/* ---- Rows by day ---- */

/* Code ranges of CPT that NCCI's and the payers' edits go by. */
static uint32_t flags_by_range(uint64_t word)
{
	unsigned number = 0;

	for (unsigned c = 0; c < 5; c++) {
		unsigned digit = (unsigned)(word >> (8 * c) & 0xff) - '0';

		if (digit > 9)
			return 0;
		number = number * 10 + digit;
	}
	if (number >= 100 && number <= 1999)
		return PX_ANESTHESIA;
	return number >= 80047 && number <= 89398 ? PX_LAB : 0;
}

/* What the starter says in place of the sets that are not there, and beside those that are. */
static void say_starter(
        const struct codes *codes, const struct procedure *px, struct procedure_attributes *row)
{
	uint32_t theirs = codes->parts[PART_AOC] ? PX_ADD_ON : 0;

	if (!px->starter) {
		*row = (struct procedure_attributes){
		        .age_to = UINT8_MAX, .flags = PX_UNCLASSED | flags_by_range(px->word)};
		return;
	}
	*row = *px->starter;
	for (unsigned m = 0; m < MUES; m++)
		theirs |= codes->parts[mue_parts[m]] ? mue_flags[m] : 0;
	if (codes->parts[PART_MPFS]) {
		theirs |= PX_MPFS | PX_BUNDLED;
		row->pctc = row->bilateral = row->assistant = row->global = 0;
		row->technical_share = 0;
	}
	row->flags = (row->flags & ~theirs) | flags_by_range(px->word);
}

static void say_schedule(const struct piece *piece, struct procedure_attributes *row)
{
	row->flags |= PX_MPFS;
	row->pctc = (uint8_t)piece->says;
	row->bilateral = (uint8_t)(piece->says >> 8);
	row->assistant = (uint8_t)(piece->says >> 16);
	row->global = (uint8_t)(piece->says >> 24);
	row->technical_share = (uint16_t)(piece->says >> 32);
	row->flags |= piece->says >> BUNDLED_SHIFT & 1 ? PX_BUNDLED : 0u;
}

static void say_mue(const struct piece *piece, unsigned m, struct procedure_attributes *row)
{
	uint16_t *const units[] = {&row->mue_practitioner, &row->mue_outpatient, &row->mue_dme};
	uint8_t *const indicators_of[] = {
	        &row->mai_practitioner, &row->mai_outpatient, &row->mai_dme};

	row->flags |= mue_flags[m];
	*units[m] = (uint16_t)piece->says;
	*indicators_of[m] = (uint8_t)(piece->says >> 16);
}

static void compose(const struct codes *codes, struct procedure *px, int32_t day, int32_t end,
        struct procedure_attributes *row)
{
	const struct piece *schedule = pieces_on(&px->mpfs, day);
	bool in_force = pieces_on(&px->base, day) != NULL;

	say_starter(codes, px, row);
	if (schedule)
		say_schedule(schedule, row);
	for (unsigned m = 0; m < MUES; m++) {
		const struct piece *mue = pieces_on(&px->mues[m], day);

		if (mue)
			say_mue(mue, m, row);
	}
	if (pieces_on(&px->aoc, day))
		row->flags |= PX_ADD_ON;
	row->from = in_force ? day : INT32_MAX;
	row->to = !in_force && end == INT32_MAX ? INT32_MAX - 1 : end;
}

static bool in_force(const struct procedure_attributes *row)
{
	return row->from <= row->to;
}

/* But for their days. */
static bool same_attributes(
        const struct procedure_attributes *a, const struct procedure_attributes *b)
{
	const size_t days = offsetof(struct procedure_attributes, flags);

	return memcmp((const uint8_t *)a + days, (const uint8_t *)b + days, sizeof(*a) - days) == 0;
}

static void cut(const struct procedure *px, struct cuts *cuts)
{
	cuts_begin(cuts);
	pieces_cut(&px->base, cuts);
	pieces_cut(&px->mpfs, cuts);
	pieces_cut(&px->aoc, cuts);
	for (unsigned m = 0; m < MUES; m++)
		pieces_cut(&px->mues[m], cuts);
}

/* What is not in force comes into force with the next row that is. */
static void link_rows(struct procedure_attributes rows[], unsigned count)
{
	int32_t next = INT32_MAX;

	for (unsigned i = count; i-- > 0;) {
		if (in_force(&rows[i]))
			next = rows[i].from;
		else
			rows[i].from = next;
	}
}

static unsigned make_rows(struct walk *walk, const struct cuts *cuts)
{
	struct procedure_attributes *rows = walk->made;
	unsigned count = 0;

	for (unsigned i = 0; i < cuts->count; i++) {
		struct procedure_attributes *last = count ? &rows[count - 1] : NULL;
		struct procedure_attributes *row = &rows[count];

		compose(walk->codes, &walk->procedure, cuts->days[i], cuts_end(cuts, i), row);
		if (last && in_force(last) == in_force(row) && same_attributes(last, row))
			last->to = row->to;
		else
			count++;
	}
	link_rows(rows, count);
	return count;
}

static int store(struct walk *walk, uint32_t ref, struct diag *diag)
{
	const struct procedure_attributes *rows = walk->made;
	unsigned count, primary, forces = 0;
	struct cuts cuts;
	bool only = true;

	cut(&walk->procedure, &cuts);
	if (cuts.full)
		return diag_set(diag, FAIL_TABLE, "a procedure changes over %d times", CUTS_MAX);
	count = make_rows(walk, &cuts);
	primary = count - 1;
	for (unsigned i = 0; i < count; i++) {
		forces += in_force(&rows[i]);
		primary = in_force(&rows[i]) ? i : primary;
	}
	for (unsigned i = 0; i < count; i++)
		only &= same_attributes(&rows[i], &rows[primary]);
	return join_rows_store(&walk->join, ref,
	        &(struct made_rows){rows, count, primary, only && forces == 1}, diag);
}

/* ---- The walk ---- */

static uint64_t word_of(uint64_t key)
{
	return key & (((uint64_t)1 << 56) - 1);
}

/* The word that a list stands at, as a code without modifier; UINT64_MAX: at none. */
static uint64_t list_word(const struct key_list *list, unsigned place)
{
	uint64_t word;

	if (list->at == list->count)
		return UINT64_MAX;
	word = word_of(list->keys[list->at]);
	if (place == WALK_MPFS)
		return word >> MODIFIER_SHIFT ? UINT64_MAX : word;
	if (place == WALK_TC)
		return word >> MODIFIER_SHIFT == technical >> MODIFIER_SHIFT ? word ^ technical
		                                                             : UINT64_MAX;
	return word;
}

/* The next word that any set has, and its rows in all of them; UINT64_MAX: no more. */
static uint64_t walk_next(struct walk *walk)
{
	uint64_t next = UINT64_MAX, words[WALKS];

	for (unsigned w = 0; w < WALKS; w++) {
		words[w] = list_word(&walk->lists[w], w);
		if (w != WALK_TC && words[w] < next)
			next = words[w];
	}
	while (words[WALK_TC] < next) { /* a part without its whole */
		walk->lists[WALK_TC].at++;
		words[WALK_TC] = list_word(&walk->lists[WALK_TC], WALK_TC);
	}
	for (unsigned w = 0; w < WALKS; w++) {
		walk->rows[w].count = 0;
		if (next == UINT64_MAX || words[w] != next)
			continue;
		walk->rows[w] = key_list_rows(&walk->lists[w], walk->codes->parts[walk_parts[w]]);
		walk->lists[w].at++;
	}
	return next;
}

static int add_code(struct walk *walk, uint64_t word, struct diag *diag)
{
	uint32_t ref = (uint32_t)walk->count++;
	int err = read_code(walk, word, diag);

	walk->keys[ref] = code_key(SYSTEM_PROCEDURE, word);
	walk->refs[ref] = ref;
	return err ? err : store(walk, ref, diag);
}

/* Does any of the sets have the word? */
static bool is_released(const struct codes *codes, uint64_t word)
{
	for (unsigned w = 0; w < WALK_TC; w++) {
		const struct set *set = codes->parts[walk_parts[w]];

		if (set && phash_find(&set->table, (uint64_t)set->schema->tag << 56 | word))
			return true;
	}
	return false;
}

/* The starter's codes that no release has, and none could say are none. */
static int add_starter(struct walk *walk, struct diag *diag)
{
	struct codes *codes = walk->codes;
	int err = 0;

	memset(walk->rows, 0, sizeof(walk->rows));
	for (uint32_t ref = 1; ref < codes->counts[SYSTEM_PROCEDURE] && !err; ref++) {
		uint64_t word = codes->words[SYSTEM_PROCEDURE][ref];

		if (starter_tells(codes, word) && !is_released(codes, word))
			err = add_code(walk, word, diag);
	}
	return err;
}

static int walk_begin(struct walk *walk, struct diag *diag)
{
	const struct codes *codes = walk->codes;
	size_t room = codes->counts[SYSTEM_PROCEDURE] + 1;
	int err = 0;

	for (unsigned w = 0; w < WALKS && !err; w++) {
		err = key_list_make(&walk->lists[w], codes->parts[walk_parts[w]], diag);
		room += w == WALK_TC ? 0 : walk->lists[w].count;
	}
	if (!err)
		(void)key_list_find(&walk->lists[WALK_TC],
		        codes->parts[PART_MPFS]
		                ? (uint64_t)codes->parts[PART_MPFS]->schema->tag << 56 | technical
		                : 0);
	if (!err)
		err = join_rows_begin(&walk->join, sizeof(struct procedure_attributes), room, diag);
	walk->keys = malloc(room * sizeof(*walk->keys));
	walk->refs = malloc(room * sizeof(*walk->refs));
	walk->count = 1;
	if (!err && (!walk->keys || !walk->refs))
		err = diag_set(diag, FAIL_MEMORY, "no memory for the code sets");
	return err;
}

static void walk_end(struct walk *walk)
{
	for (unsigned w = 0; w < WALKS; w++)
		key_list_end(&walk->lists[w]);
	join_rows_end(&walk->join);
	free(walk->keys);
	free(walk->refs);
	free(walk);
}

static void hand_over(struct walk *walk, struct phash *table)
{
	struct codes *codes = walk->codes;

	phash_destroy(&codes->tables[SYSTEM_PROCEDURE]);
	free(codes->words[SYSTEM_PROCEDURE]);
	free(codes->procedures);
	codes->tables[SYSTEM_PROCEDURE] = *table;
	for (size_t ref = 0; ref < walk->count; ref++)
		walk->keys[ref] = ref ? word_of(walk->keys[ref]) : CODE_BLANK;
	codes->words[SYSTEM_PROCEDURE] = walk->keys;
	codes->counts[SYSTEM_PROCEDURE] = walk->count;
	codes->procedures = (struct procedure_attributes *)(void *)walk->join.rows;
	codes->procedures[0] = (struct procedure_attributes){
	        .from = INT32_MAX, .to = INT32_MIN, .age_to = UINT8_MAX};
	codes->others[SYSTEM_PROCEDURE] = walk->join.any ? walk->join.others : NULL;
	walk->keys = NULL;
	walk->join.rows = NULL;
	if (walk->join.any)
		walk->join.others = NULL;
}

int codes_join_procedures(struct codes *codes, struct diag *diag)
{
	struct walk *walk = calloc(1, sizeof(*walk));
	struct phash table = {0};
	uint64_t word;
	int err;

	if (!walk)
		return diag_set(diag, FAIL_MEMORY, "no memory for the code sets");
	walk->codes = codes;
	err = walk_begin(walk, diag);
	while (!err && (word = walk_next(walk)) != UINT64_MAX)
		err = add_code(walk, word, diag);
	if (!err)
		err = add_starter(walk, diag);
	if (!err)
		err = phash_build(&table, walk->keys + 1, walk->refs + 1, walk->count - 1, diag);
	if (!err)
		hand_over(walk, &table);
	walk_end(walk);
	return err;
}
