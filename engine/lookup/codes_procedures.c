/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Procedures: hcpcs, cpt, mpfs, the three MUE tables and aoc joined, in one
 * table of their own, for a line has one procedure and knows not whose it is.
 * What the folder does not have is the starter's.  A code is known if any of
 * them has it; one that neither hcpcs nor cpt nor mpfs has is in force always.
 */
#include "lookup/codes_join.h"
#include "lookup/rows_procedures.h"

#include <stdlib.h>
#include <string.h>

enum { MUES = 3, MODIFIER_SHIFT = 40, SHARE_WHOLE = 10000, BLANK_DIGIT = 9 };

static const enum codes_part mue_parts[MUES] = {
        PART_MUE_PRACTITIONER, PART_MUE_HOSPITAL, PART_MUE_DME};
static const uint32_t mue_flags[MUES] = {PX_MUE_PRACTITIONER, PX_MUE_OUTPATIENT, PX_MUE_DME};

/* One code. */
struct procedure {
	uint64_t word;
	struct key_rows base; /* of hcpcs, cpt or mpfs: when it is in force */
	enum codes_part base_part;
	struct key_rows mpfs, technical, mues[MUES], aoc;
	const struct procedure_attributes *starter; /* or NULL */
};

/* Codes of all sets, once each, and their refs. */
struct universe {
	uint64_t *words, *keys;
	uint32_t *refs;
	size_t count, room;
};

/* ---- Which codes ---- */

static uint64_t tagged(const struct set *set, uint64_t word)
{
	return (uint64_t)set->schema->tag << 56 | word;
}

static uint64_t word_of(uint64_t key)
{
	return key & (((uint64_t)1 << 56) - 1);
}

static bool has_word(const struct set *set, uint64_t word)
{
	return set && phash_find(&set->table, tagged(set, word)) != 0;
}

static const enum codes_part part_order[] = {PART_HCPCS, PART_CPT, PART_MPFS, PART_MUE_PRACTITIONER,
        PART_MUE_HOSPITAL, PART_MUE_DME, PART_AOC};
enum { PARTS_OF_PROCEDURES = sizeof(part_order) / sizeof(part_order[0]) };

/* Did a set before this one have the word? */
static bool is_new(const struct codes *codes, unsigned place, uint64_t word)
{
	for (unsigned p = 0; p < place; p++)
		if (has_word(codes->parts[part_order[p]], word))
			return false;
	return true;
}

static void add_word(struct universe *all, uint64_t word)
{
	all->words[all->count] = word;
	all->keys[all->count - 1] = code_key(SYSTEM_PROCEDURE, word);
	all->refs[all->count - 1] = (uint32_t)all->count;
	all->count++;
}

/* Codes under a modifier are no codes of their own. */
static void add_words(const struct codes *codes, unsigned place, struct universe *all)
{
	const struct set *set = codes->parts[part_order[place]];

	for (uint32_t slot = 0; set && slot < set->table.slots; slot++) {
		uint64_t word = word_of(set->table.keys[slot]);

		if (!word || (part_order[place] == PART_MPFS && word >> MODIFIER_SHIFT))
			continue;
		if (is_new(codes, place, word))
			add_word(all, word);
	}
}

/* The starter's codes of a kind that no release tells of. */
static void add_starter(const struct codes *codes, struct universe *all)
{
	for (uint32_t ref = 1; ref < codes->counts[SYSTEM_PROCEDURE]; ref++) {
		uint64_t word = codes->words[SYSTEM_PROCEDURE][ref];

		if (!codes->parts[codes_procedure_part(word)] &&
		        is_new(codes, PARTS_OF_PROCEDURES, word))
			add_word(all, word);
	}
}

static int gather(const struct codes *codes, struct universe *all, struct diag *diag)
{
	all->room = codes->counts[SYSTEM_PROCEDURE] + 1;
	for (unsigned p = 0; p < PARTS_OF_PROCEDURES; p++)
		if (codes->parts[part_order[p]])
			all->room += codes->parts[part_order[p]]->key_count;
	all->words = malloc(all->room * sizeof(*all->words));
	all->keys = malloc(all->room * sizeof(*all->keys));
	all->refs = malloc(all->room * sizeof(*all->refs));
	if (!all->words || !all->keys || !all->refs)
		return diag_set(diag, FAIL_MEMORY, "no memory for the code sets");
	all->words[0] = CODE_BLANK;
	all->count = 1;
	for (unsigned p = 0; p < PARTS_OF_PROCEDURES; p++)
		add_words(codes, p, all);
	add_starter(codes, all);
	return 0;
}

static void universe_end(struct universe *all)
{
	free(all->words);
	free(all->keys);
	free(all->refs);
}

/* ---- What is said of one ---- */

static struct key_rows rows_in(const struct codes *codes, enum codes_part part, uint64_t word)
{
	const struct set *set = codes->parts[part];

	return key_rows_find(set, set ? tagged(set, word) : 0);
}

static void find_base(const struct codes *codes, struct procedure *px)
{
	static const enum codes_part bases[] = {PART_HCPCS, PART_CPT, PART_MPFS};

	for (unsigned b = 0; b < 3 && !px->base.count; b++) {
		px->base_part = bases[b];
		px->base = bases[b] == PART_MPFS ? px->mpfs : rows_in(codes, bases[b], px->word);
	}
}

static void find_rows(const struct codes *codes, uint64_t word, struct procedure *px)
{
	const uint64_t technical = (uint64_t)TWO_CHARS('T', 'C') << MODIFIER_SHIFT;
	uint32_t ref = phash_find(
	        &codes->tables[SYSTEM_PROCEDURE], code_key(SYSTEM_PROCEDURE, word));

	*px = (struct procedure){.word = word};
	px->starter = ref ? &codes->procedures[ref] : NULL;
	if (!(word >> MODIFIER_SHIFT)) {
		px->mpfs = rows_in(codes, PART_MPFS, word);
		if (px->mpfs.count)
			px->technical = rows_in(codes, PART_MPFS, word | technical);
	}
	for (unsigned m = 0; m < MUES; m++)
		px->mues[m] = rows_in(codes, mue_parts[m], word);
	px->aoc = rows_in(codes, PART_AOC, word);
	find_base(codes, px);
}

static uint8_t global_of(uint64_t word)
{
	static const struct {
		const char *text;
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

static uint16_t share_of(const struct mpfs_row *global, const struct mpfs_row *technical)
{
	int64_t part = technical ? technical->total_nonfacility : 0;

	if (part <= 0 || global->total_nonfacility <= 0 || part > global->total_nonfacility)
		return 0;
	return (uint16_t)((part * SHARE_WHOLE + global->total_nonfacility / 2) /
	                  global->total_nonfacility);
}

static void say_schedule(const struct codes *codes, const struct procedure *px, int32_t day,
        struct procedure_attributes *row)
{
	const struct mpfs_row *said = (const void *)key_rows_on(codes, PART_MPFS, &px->mpfs, day);

	if (!said)
		return;
	row->flags |= PX_MPFS;
	row->pctc = digit_of(said->pctc);
	row->bilateral = digit_of(said->bilateral);
	row->assistant = digit_of(said->assistant);
	row->global = global_of(said->global);
	row->technical_share = share_of(
	        said, (const void *)key_rows_on(codes, PART_MPFS, &px->technical, day));
}

static void say_mue(struct procedure_attributes *row, unsigned m, uint32_t value, uint8_t mai)
{
	uint16_t units = value > UINT16_MAX ? UINT16_MAX : (uint16_t)value;

	row->flags |= mue_flags[m];
	*(m == 0 ? &row->mue_practitioner : m == 1 ? &row->mue_outpatient : &row->mue_dme) = units;
	*(m == 0 ? &row->mai_practitioner : m == 1 ? &row->mai_outpatient : &row->mai_dme) = mai;
}

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

/* What the starter says in place of the sets that are not there, and beside
 * those that are. */
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
		theirs |= PX_MPFS;
		row->pctc = row->bilateral = row->assistant = row->global = 0;
		row->technical_share = 0;
	}
	row->flags = (row->flags & ~theirs) | flags_by_range(px->word);
}

static bool base_in_force(const struct codes *codes, const struct procedure *px, int32_t day)
{
	if (px->base.count)
		return key_rows_on(codes, px->base_part, &px->base, day) != NULL;
	if (px->starter && !codes->parts[codes_procedure_part(px->word)])
		return px->starter->from <= day && day <= px->starter->to;
	return true;
}

static struct procedure_attributes compose(
        const struct codes *codes, const struct procedure *px, int32_t day, int32_t end)
{
	struct procedure_attributes row;
	bool in_force = base_in_force(codes, px, day);

	say_starter(codes, px, &row);
	say_schedule(codes, px, day, &row);
	for (unsigned m = 0; m < MUES; m++) {
		const struct mue_row *mue = (const void *)key_rows_on(
		        codes, mue_parts[m], &px->mues[m], day);

		if (mue)
			say_mue(&row, m, mue->value, mue->mai);
	}
	if (key_rows_on(codes, PART_AOC, &px->aoc, day))
		row.flags |= PX_ADD_ON;
	row.from = in_force ? day : INT32_MAX;
	row.to = !in_force && end == INT32_MAX ? INT32_MAX - 1 : end;
	return row;
}

/* ---- Rows by day ---- */

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

/* Only the technical share changes with the relative values, and only where
 * there is one. */
static void cut_schedule(const struct codes *codes, const struct procedure *px, struct cuts *cuts)
{
	cuts_add_rows(cuts, codes, PART_MPFS, &px->mpfs);
	cuts_add_rows(cuts, codes, PART_MPFS, &px->technical);
}

static void cut(const struct codes *codes, const struct procedure *px, struct cuts *cuts)
{
	cuts_begin(cuts);
	cuts_add_rows(cuts, codes, px->base_part, &px->base);
	cut_schedule(codes, px, cuts);
	for (unsigned m = 0; m < MUES; m++)
		cuts_add_rows(cuts, codes, mue_parts[m], &px->mues[m]);
	cuts_add_rows(cuts, codes, PART_AOC, &px->aoc);
	if (px->starter && !px->base.count)
		cuts_add(cuts, (struct code_window){px->starter->from, px->starter->to});
}

static unsigned make_rows(const struct codes *codes, const struct procedure *px,
        const struct cuts *cuts, struct procedure_attributes rows[CUTS_MAX])
{
	int32_t next = INT32_MAX;
	unsigned count = 0;

	for (unsigned i = 0; i < cuts->count; i++) {
		struct procedure_attributes row = compose(
		        codes, px, cuts->days[i], cuts_end(cuts, i));
		struct procedure_attributes *last = count ? &rows[count - 1] : NULL;

		if (last && in_force(last) == in_force(&row) && same_attributes(last, &row))
			last->to = row.to;
		else
			rows[count++] = row;
	}
	for (unsigned i = count; i-- > 0;) {
		if (in_force(&rows[i]))
			next = rows[i].from;
		else
			rows[i].from = next;
	}
	return count;
}

static int store(struct join_rows *join, const struct codes *codes, uint64_t word, uint32_t ref,
        struct diag *diag)
{
	struct procedure_attributes rows[CUTS_MAX];
	unsigned count, primary, forces = 0;
	struct procedure px;
	struct cuts cuts;
	bool only = true;

	find_rows(codes, word, &px);
	cut(codes, &px, &cuts);
	if (cuts.full)
		return diag_set(diag, FAIL_TABLE, "a procedure changes over %d times", CUTS_MAX);
	count = make_rows(codes, &px, &cuts, rows);
	primary = count - 1;
	for (unsigned i = 0; i < count; i++) {
		forces += in_force(&rows[i]);
		primary = in_force(&rows[i]) ? i : primary;
	}
	for (unsigned i = 0; i < count; i++)
		only &= same_attributes(&rows[i], &rows[primary]);
	return join_rows_store(join, ref, rows, count, primary, only && forces == 1, diag);
}

static void hand_over(struct join_rows *join, struct codes *codes, struct universe *all,
        const struct phash *table)
{
	phash_destroy(&codes->tables[SYSTEM_PROCEDURE]);
	free(codes->words[SYSTEM_PROCEDURE]);
	free(codes->procedures);
	codes->tables[SYSTEM_PROCEDURE] = *table;
	codes->words[SYSTEM_PROCEDURE] = all->words;
	codes->counts[SYSTEM_PROCEDURE] = all->count;
	all->words = NULL;
	codes->procedures = (struct procedure_attributes *)(void *)join->rows;
	codes->procedures[0] = (struct procedure_attributes){
	        .from = INT32_MAX, .to = INT32_MIN, .age_to = UINT8_MAX};
	codes->others[SYSTEM_PROCEDURE] = join->any ? join->others : NULL;
	if (!join->any)
		free(join->others);
}

int codes_join_procedures(struct codes *codes, struct diag *diag)
{
	struct universe all = {0};
	struct join_rows join = {0};
	struct phash table = {0};
	int err;

	err = gather(codes, &all, diag);
	if (!err)
		err = phash_build(&table, all.keys, all.refs, all.count - 1, diag);
	if (!err)
		err = join_rows_begin(&join, sizeof(struct procedure_attributes), all.count, diag);
	for (uint32_t ref = 1; ref < all.count && !err; ref++)
		err = store(&join, codes, all.words[ref], ref, diag);
	if (err) {
		phash_destroy(&table);
		join_rows_end(&join);
	} else {
		hand_over(&join, codes, &all, &table);
	}
	universe_end(&all);
	return err;
}
