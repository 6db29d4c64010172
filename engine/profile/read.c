/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading: what the parts of all workers and the shared table hold of a
 * provider, added up.
 */
#include "base/date.h"
#include "base/order.h"
#include "profile/profile.h"
#include "profile/worker.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KIND_MASK = (1 << CELL_KIND_BITS) - 1 };

static const struct part *first_part(const struct profile *profile)
{
	return atomic_load_explicit(&profile->parts, memory_order_acquire);
}

size_t profile_count(const struct profile *profile)
{
	return table_limit(&profile->table);
}

size_t profile_memory(const struct profile *profile)
{
	size_t bytes = table_bytes(&profile->table) + shared_bytes(&profile->shared);

	for (const struct part *part = first_part(profile); part; part = part->next)
		bytes += part_bytes(part);
	return bytes;
}

/* A word of the shared totals, by its offset in struct totals. */
static uint64_t shared_word(const struct shared_chunk *chunk, uint32_t number, size_t word)
{
	return atomic_load_explicit(
	        &chunk->words[number & (SHARED_CHUNK - 1)][word], memory_order_relaxed);
}

/* Copy words [from, to) of the shared totals. */
static void load_shared(const struct profile *profile, uint32_t number, struct totals *totals,
        size_t from, size_t to)
{
	const struct shared_chunk *chunk = shared_chunk(&profile->shared, number);
	uint64_t *words = (uint64_t *)totals;

	for (size_t word = from; word < to; word++)
		words[word] = chunk ? shared_word(chunk, number, word) : 0;
}

enum {
	WORD_DIGITS = offsetof(struct totals, digits) / sizeof(uint64_t),
	WORD_EVALUATED = offsetof(struct totals, evaluated) / sizeof(uint64_t),
};

static void load_main(const struct profile *profile, uint32_t number, struct totals *totals)
{
	load_shared(profile, number, totals, 0, WORD_DIGITS);
	for (const struct part *part = first_part(profile); part; part = part->next)
		collect_main(part, number, totals);
}

/* ---- Cells of one provider, from everywhere ---- */

/* Called for each cell; equal keys may come more than once. */
struct cell_visitor {
	void (*visit)(void *context, const struct cell *cell, uint64_t lines);
	void *context;
};

static void visit_part(const struct cells *cells, uint32_t number, struct cell_visitor visitor)
{
	if (!cells->first || number >= cells->providers)
		return;
	uint32_t from = cells->first[number], to = cells->first[number + 1];

	for (uint32_t i = from; i < to; i++)
		__builtin_prefetch(cell_at(cells, cells->order[i]));
	for (uint32_t i = from; i < to; i++) {
		const struct cell *cell = cell_at(cells, cells->order[i]);

		visitor.visit(visitor.context, cell, cell->lines);
	}
}

static void visit_shared(
        const struct shared *shared, uint32_t number, unsigned list, struct cell_visitor visitor)
{
	const struct shared_chunk *chunk = shared_chunk(shared, number);

	if (!chunk)
		return;
	uint32_t next = atomic_load_explicit(
	        &chunk->lists[number & (SHARED_CHUNK - 1)][list], memory_order_acquire);

	while (next) {
		const struct shared_cell *from = shared_cell(shared, next - 1);
		struct cell cell = {.owner = from->owner, .key = from->key};

		for (unsigned k = 0; k < SUMS; k++)
			cell.sum[k] = (int64_t)atomic_load_explicit(
			        &from->sum[k], memory_order_relaxed);
		visitor.visit(visitor.context, &cell,
		        atomic_load_explicit(&from->lines, memory_order_relaxed));
		next = from->next;
	}
}

/* One step along each chain; false: all are at their end. */
static bool step_chains(const struct shared *shared, uint32_t next[], size_t count)
{
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		if (next[i] == 0)
			continue;
		next[i] = shared_cell(shared, next[i] - 1)->next;
		if (next[i])
			__builtin_prefetch(shared_cell(shared, next[i] - 1));
		any = true;
	}
	return any;
}

void profile_expect(const struct profile *profile, const uint32_t numbers[], size_t count)
{
	const struct shared *shared = &profile->shared;
	uint32_t next[PROFILE_AHEAD * LISTS];
	size_t chains = 0;

	assert(count <= PROFILE_AHEAD);
	for (size_t i = 0; i < count; i++) {
		const struct shared_chunk *chunk = shared_chunk(shared, numbers[i]);

		for (unsigned list = 0; chunk && list < LISTS; list++) {
			uint32_t first = atomic_load_explicit(
			        &chunk->lists[numbers[i] & (SHARED_CHUNK - 1)][list],
			        memory_order_acquire);

			if (first == 0)
				continue;
			__builtin_prefetch(shared_cell(shared, first - 1));
			next[chains++] = first;
		}
	}
	while (step_chains(shared, next, chains))
		;
}

static void visit_cells(
        const struct profile *profile, uint32_t number, unsigned list, struct cell_visitor visitor)
{
	for (const struct part *part = first_part(profile); part; part = part->next) {
		assert(part->sealed || part->wide.count + part->notes.count == 0);
		visit_part(list == LIST_NOTES ? &part->notes : &part->wide, number, visitor);
	}
	visit_shared(&profile->shared, number, list, visitor);
}

/* ---- Specialty, state, entity type: of most lines ---- */

/* Lines by key, for the keys with one high byte; and which high bytes there are. */
struct tally {
	unsigned kind;
	unsigned high;
	uint64_t lines[256];
	uint64_t highs[4];
};

static void tally_key(struct tally *tally, uint64_t key, uint64_t lines)
{
	unsigned high = key >> 8 & 0xff;

	if (key == 0)
		return;
	tally->highs[high / 64] |= (uint64_t)1 << (high % 64);
	if (high == tally->high)
		tally->lines[key & 0xff] += lines;
}

static void tally_cell(void *context, const struct cell *cell, uint64_t lines)
{
	struct tally *tally = context;

	if ((cell->owner & KIND_MASK) == tally->kind)
		tally_key(tally, cell->key, lines);
}

static void tally_votes(const struct profile *profile, uint32_t number, struct tally *tally)
{
	for (const struct part *part = first_part(profile); part; part = part->next) {
		const struct part_chunk *chunk = part_chunk(part, number);

		if (!chunk)
			continue;
		const struct side_block *vote = &chunk->sides[part_at(number)];
		uint16_t keys[] = {vote->specialty, vote->state, vote->entity};

		tally_key(tally, keys[tally->kind - PROFILE_KIND_SPECIALTY], vote->lines);
	}
	visit_cells(profile, number, LIST_NOTES, (struct cell_visitor){tally_cell, tally});
}

static bool text_before(unsigned a, unsigned b)
{
	return (a & 0xff) != (b & 0xff) ? (a & 0xff) < (b & 0xff) : a < b;
}

/*
 * The key of most lines, ties to the smallest as text; keys are two characters,
 * first lowest.  One round a high byte in use, so that no memory is needed
 * however many keys a bad file has.
 */
static uint16_t most_frequent(const struct profile *profile, uint32_t number, unsigned kind)
{
	struct tally tally = {.kind = kind};
	uint64_t best_lines = 0;
	unsigned best = 0;

	for (tally.high = 0; tally.high < 256; tally.high++) {
		if (tally.high && !(tally.highs[tally.high / 64] >> (tally.high % 64) & 1))
			continue;
		memset(tally.lines, 0, sizeof(tally.lines));
		tally_votes(profile, number, &tally);
		for (unsigned low = 0; low < 256; low++) {
			unsigned key = tally.high << 8 | low;
			uint64_t lines = tally.lines[low];

			if (lines > best_lines ||
			        (lines && lines == best_lines && text_before(key, best))) {
				best_lines = lines;
				best = key;
			}
		}
	}
	return (uint16_t)best;
}

/* Notes of a provider that are votes: not what rules have left there. */
static bool has_votes(const struct cells *cells, uint32_t number)
{
	bool any = false;

	for (uint32_t at = cells->first[number]; at < cells->first[number + 1]; at++)
		any |= (cell_at(cells, cells->order[at])->owner & KIND_MASK) < KIND_RULE;
	return any;
}

static bool has_notes(const struct profile *profile, uint32_t number)
{
	const struct shared_chunk *chunk = shared_chunk(&profile->shared, number);

	for (const struct part *part = first_part(profile); part; part = part->next) {
		const struct cells *cells = &part->notes;

		if (cells->first && number < cells->providers && has_votes(cells, number))
			return true;
	}
	return chunk && atomic_load_explicit(&chunk->lists[number & (SHARED_CHUNK - 1)][LIST_NOTES],
	                        memory_order_acquire);
}

/* Nearly all providers have one specialty, state and entity type: no counting then. */
static bool agreed(const struct profile *profile, uint32_t number, struct side_block *vote)
{
	*vote = (struct side_block){0};
	for (const struct part *part = first_part(profile); part; part = part->next) {
		const struct part_chunk *chunk = part_chunk(part, number);

		if (!chunk || !chunk->sides[part_at(number)].lines)
			continue;
		const struct side_block *other = &chunk->sides[part_at(number)];

		if (vote->lines &&
		        (vote->specialty != other->specialty || vote->state != other->state ||
		                vote->entity != other->entity))
			return false;
		*vote = *other;
	}
	return !has_notes(profile, number);
}

static void read_votes(
        const struct profile *profile, uint32_t number, struct profile_provider *provider)
{
	struct side_block vote;

	if (!agreed(profile, number, &vote)) {
		vote.specialty = most_frequent(profile, number, PROFILE_KIND_SPECIALTY);
		vote.state = most_frequent(profile, number, PROFILE_KIND_STATE);
		vote.entity = (uint8_t)most_frequent(profile, number, PROFILE_KIND_ENTITY);
	}
	provider->specialty = vote.specialty;
	provider->state = vote.state;
	provider->entity_type = vote.entity;
}

static void add_beneficiaries(void *context, const struct cell *cell, uint64_t lines)
{
	uint64_t *sum = context;

	if ((cell->owner & KIND_MASK) == KIND_BENEFICIARY)
		*sum += lines;
}

static const struct judged_block *judged_block(const struct part *part, uint32_t number)
{
	const struct part_chunk *chunk = part->has_judged ? part_chunk(part, number) : NULL;

	return chunk ? &chunk->judged[part_at(number)] : NULL;
}

static uint64_t beneficiaries(const struct profile *profile, uint32_t number)
{
	uint64_t count = 0;

	for (const struct part *part = first_part(profile); part; part = part->next) {
		const struct judged_block *block = judged_block(part, number);

		count += block ? block->beneficiaries : 0;
	}
	visit_cells(profile, number, LIST_NOTES, (struct cell_visitor){add_beneficiaries, &count});
	return count;
}

void profile_read(const struct profile *profile, uint32_t number, struct profile_provider *provider)
{
	const struct entry *entry = table_entry(&profile->table, number);
	struct totals totals;

	load_main(profile, number, &totals);
	*provider = (struct profile_provider){
	        .id = entry->id,
	        .text = entry_text(entry),
	        .claims = totals.claims,
	        .lines = totals.lines,
	        .units = (int64_t)totals.sum[SUM_UNITS],
	        .charge = (int64_t)totals.sum[SUM_CHARGE],
	        .allowed = (int64_t)totals.sum[SUM_ALLOWED],
	        .paid = (int64_t)totals.sum[SUM_PAID],
	        .n_charge = totals.present[0],
	        .n_allowed = totals.present[1],
	        .n_paid = totals.present[2],
	        .first_date = DATE_ABSENT,
	        .last_date = DATE_ABSENT,
	        .findings = totals.findings,
	        .lines_flagged = totals.lines_flagged,
	        .dollars_flagged = (int64_t)totals.dollars_flagged,
	};
	provider->beneficiaries = beneficiaries(profile, number);
	read_votes(profile, number, provider);
	unsigned __int128 *const squares[] = {
	        &provider->sumsq_charge, &provider->sumsq_allowed, &provider->sumsq_paid};

	for (unsigned k = 0; k < AMOUNT_COUNT; k++)
		*squares[k] = (unsigned __int128)totals.square_high[k] << 64 | totals.square_low[k];
	if (totals.last) {
		provider->first_date = (int32_t)(~(uint32_t)totals.first ^ 0x80000000);
		provider->last_date = (int32_t)((uint32_t)totals.last ^ 0x80000000);
	}
}

/* ---- Rules ---- */

/* Of a cell that a rule keeps; its key is the rule. */
static void add_rule(struct profile_rule *rule, const struct cell *cell, uint64_t lines)
{
	uint64_t dollars = (uint64_t)cell->sum[SUM_CHARGE];

	if ((cell->owner & KIND_MASK) == KIND_JUDGED) {
		rule->evaluated += lines;
		return;
	}
	rule->hits += lines;
	rule->dollars = (int64_t)((uint64_t)rule->dollars + dollars);
}

static bool is_of_rule(const struct cell *cell)
{
	unsigned kind = cell->owner & KIND_MASK;

	return (kind == KIND_JUDGED || kind == KIND_RULE) && cell->key < RULES_ALL;
}

static void add_any_rule(void *context, const struct cell *cell, uint64_t lines)
{
	if (is_of_rule(cell))
		add_rule((struct profile_rule *)context + cell->key, cell, lines);
}

struct one_rule {
	unsigned rule;
	struct profile_rule *out;
};

static void add_one_rule(void *context, const struct cell *cell, uint64_t lines)
{
	const struct one_rule *one = context;

	if (is_of_rule(cell) && cell->key == one->rule)
		add_rule(one->out, cell, lines);
}

/* By check, of lines and claims. */
static void load_checks(const struct profile *profile, uint32_t number, struct totals *totals)
{
	load_shared(profile, number, totals, WORD_EVALUATED, WORD_EVALUATED + CHECKS_MAX);
	for (const struct part *part = first_part(profile); part; part = part->next)
		collect_checks(part, number, totals);
}

/* By lines, by claims, and by what histories judged. */
static uint64_t evaluated_by(
        const struct profile *profile, uint32_t number, unsigned rule, const struct totals *totals)
{
	uint64_t count = 0;

	for (uint64_t checks = profile->rule_checks[rule]; checks; checks &= checks - 1)
		count += totals->evaluated[__builtin_ctzll(checks)];
	for (const struct part *part = first_part(profile); part; part = part->next) {
		const struct judged_block *block = judged_block(part, number);

		count += block ? block->judged[rule] : 0;
	}
	return count;
}

void profile_read_rule(
        const struct profile *profile, uint32_t number, unsigned rule, struct profile_rule *out)
{
	struct one_rule one = {rule, out};
	struct totals totals;

	*out = (struct profile_rule){0};
	if (rule >= RULES_ALL)
		return;
	load_checks(profile, number, &totals);
	out->evaluated = evaluated_by(profile, number, rule, &totals);
	visit_cells(profile, number, LIST_NOTES, (struct cell_visitor){add_one_rule, &one});
}

void profile_read_rules(const struct profile *profile, uint32_t number, struct profile_rule out[])
{
	struct totals totals;

	load_checks(profile, number, &totals);
	for (unsigned rule = 0; rule < RULES_ALL; rule++)
		out[rule] = (struct profile_rule){
		        evaluated_by(profile, number, rule, &totals), 0, 0};
	visit_cells(profile, number, LIST_NOTES, (struct cell_visitor){add_any_rule, out});
}

/* ---- Rows of provider_codes.csv and provider_counts.csv ---- */

const char *profile_kind_name(enum profile_kind kind)
{
	static const char *const names[] = {
	        "code", "digit", "em", "modifier", "month", "pos", "specialty", "state", "entity"};

	return names[kind];
}

static const char *const family_names[EM_FAMILIES] = {
        [EM_NONE] = "none",
        [EM_OFFICE_NEW] = "office_new",
        [EM_OFFICE_EST] = "office_est",
        [EM_ED] = "ed",
        [EM_HOSPITAL_INITIAL] = "hospital_initial",
        [EM_HOSPITAL_SUBSEQUENT] = "hospital_subsequent",
        [EM_SNF_INITIAL] = "snf_initial",
        [EM_SNF_SUBSEQUENT] = "snf_subsequent",
        [EM_HOME_NEW] = "home_new",
        [EM_HOME_EST] = "home_est",
        [EM_CONSULT_OFFICE] = "consult_office",
        [EM_CONSULT_HOSPITAL] = "consult_hospital",
        [EM_DISCHARGE] = "discharge",
        [EM_OBSERVATION] = "observation",
        [EM_CRITICAL] = "critical",
        [EM_PREVENTIVE_NEW] = "preventive_new",
        [EM_PREVENTIVE_EST] = "preventive_est",
        [EM_OTHER] = "other",
};

/* Bytes of a word, first lowest. */
static size_t word_text(uint64_t word, char *text)
{
	size_t size = 0;

	for (; word; word >>= 8)
		text[size++] = (char)(word & 0xff);
	text[size] = 0;
	return size;
}

size_t profile_key_text(const struct profile_cell *cell, char text[PROFILE_KEY_TEXT_SIZE])
{
	int32_t month = (int32_t)cell->key;
	int32_t year = month >= 0 ? month / 12 : -((11 - month) / 12);
	unsigned family = cell->key >> 8 & 0xff;

	if (cell->kind == PROFILE_KIND_DIGIT || cell->kind == PROFILE_KIND_ENTITY)
		return (size_t)snprintf(text, PROFILE_KEY_TEXT_SIZE, "%u", (unsigned)cell->key);
	if (cell->kind == PROFILE_KIND_EM)
		return (size_t)snprintf(text, PROFILE_KEY_TEXT_SIZE, "%s_%u",
		        family_names[family < EM_FAMILIES ? family : EM_OTHER],
		        (unsigned)cell->key & 0xff);
	if (cell->kind == PROFILE_KIND_MONTH)
		return (size_t)snprintf(text, PROFILE_KEY_TEXT_SIZE, "%04d-%02d", 1970 + year,
		        month - year * 12 + 1);
	return word_text(cell->key, text);
}

/* What is gathered for one provider: rows in any order, some of equal keys. */
struct gathering {
	struct profile_cell *cells;
	size_t count, room;
	unsigned kinds; /* bits 1 << enum profile_kind: of others there are none */
	bool failed;
};

static struct profile_cell *gather(struct gathering *gathering)
{
	if (gathering->count == gathering->room) {
		size_t room = gathering->room ? gathering->room * 2 : 256;
		struct profile_cell *cells = realloc(
		        gathering->cells, room * sizeof(*gathering->cells));

		if (!cells) {
			gathering->failed = true;
			return NULL;
		}
		gathering->cells = cells;
		gathering->room = room;
	}
	return &gathering->cells[gathering->count++];
}

static void gather_row(struct gathering *gathering, enum profile_kind kind, uint64_t key,
        uint64_t lines, const int64_t sum[SUMS])
{
	struct profile_cell *row = gathering->kinds >> kind & 1 ? gather(gathering) : NULL;

	if (row)
		*row = (struct profile_cell){.kind = kind,
		        .key = key,
		        .lines = lines,
		        .units = sum[SUM_UNITS],
		        .charge = sum[SUM_CHARGE],
		        .allowed = sum[SUM_ALLOWED],
		        .paid = sum[SUM_PAID]};
}

/* A code's cell may stand for its E/M level too. */
static void gather_cell(void *context, const struct cell *cell, uint64_t lines)
{
	enum profile_kind kind = (enum profile_kind)(cell->owner & KIND_MASK);
	unsigned em = kind == PROFILE_KIND_CODE ? (unsigned)(cell->key >> 56) : 0;
	uint64_t key = kind == PROFILE_KIND_CODE ? cell->key & PACK_MASK : cell->key;

	gather_row(context, kind, key, lines, cell->sum);
	if (em)
		gather_row(context, PROFILE_KIND_EM, (uint64_t)(em >> 3) << 8 | (em & 7), lines,
		        cell->sum);
}

/* Of the drawers, which need no order to be found. */
static void gather_drawers(
        const struct profile *profile, uint32_t number, struct gathering *gathering)
{
	for (const struct part *part = first_part(profile); part; part = part->next) {
		const struct part_chunk *chunk = part_chunk(part, number);

		if (!chunk || !chunk->sides[part_at(number)].drawer.bits)
			continue;
		const struct drawer *drawer = &chunk->sides[part_at(number)].drawer;
		const struct drawer_cell *cells = drawer_cells(&part->drawers, drawer);

		for (uint32_t i = 0; i < 1u << drawer->bits; i++) {
			struct cell cell = unpack_cell(number, cells[i].key, &cells[i].sums);

			if (cells[i].key)
				gather_cell(gathering, &cell, cell.lines);
		}
	}
}

static void gather_digits(
        const struct profile *profile, uint32_t number, struct gathering *gathering)
{
	struct totals totals;

	load_shared(profile, number, &totals, WORD_DIGITS, WORD_EVALUATED);
	for (const struct part *part = first_part(profile); part; part = part->next)
		collect_digits(part, number, &totals);
	for (unsigned digit = 0; digit < DIGITS; digit++) {
		const uint64_t *words = totals.digits[digit];
		int64_t sum[SUMS];
		uint64_t any = words[SUMS];

		for (unsigned k = 0; k < SUMS; k++) {
			sum[k] = (int64_t)words[k];
			any |= words[k];
		}
		if (any)
			gather_row(gathering, PROFILE_KIND_DIGIT, digit + 1, words[SUMS], sum);
	}
}

void profile_rank_families(uint8_t ranks[EM_FAMILIES])
{
	for (unsigned family = 0; family < EM_FAMILIES; family++) {
		ranks[family] = 0;
		for (unsigned other = 0; other < EM_FAMILIES; other++)
			ranks[family] += strcmp(family_names[other], family_names[family]) < 0;
	}
}

/* A word that orders as kind name and printed key do: enum profile_kind is in that order. */
static uint64_t order_of(const struct profile *profile, const struct profile_cell *cell)
{
	uint64_t key = cell->key;
	unsigned family = key >> 8 & 0xff;

	if (cell->kind == PROFILE_KIND_CODE)
		key = __builtin_bswap64(key) >> 8;
	else if (cell->kind == PROFILE_KIND_EM)
		key = (uint64_t)profile->family_ranks[family < EM_FAMILIES ? family : EM_OTHER]
		              << 8 |
		      (key & 0xff);
	else if (cell->kind == PROFILE_KIND_MONTH)
		key = (uint32_t)key ^ 0x80000000;
	else if (cell->kind != PROFILE_KIND_DIGIT)
		key = __builtin_bswap16((uint16_t)key);
	return (uint64_t)cell->kind << 56 | key;
}

static void add_row(struct profile_cell *into, const struct profile_cell *row)
{
	into->lines += row->lines;
	into->units = (int64_t)((uint64_t)into->units + (uint64_t)row->units);
	into->charge = (int64_t)((uint64_t)into->charge + (uint64_t)row->charge);
	into->allowed = (int64_t)((uint64_t)into->allowed + (uint64_t)row->allowed);
	into->paid = (int64_t)((uint64_t)into->paid + (uint64_t)row->paid);
}

/*
 * Sort the rows and make one of those with equal keys.  Behind them the array
 * has room for as many rows again, where they are put together, and for the
 * places: twice two words a row, which are less than a row.
 */
static size_t settle_rows(const struct profile *profile, struct profile_cell *rows, size_t count)
{
	_Static_assert(2 * sizeof(struct ordered) <= sizeof(struct profile_cell), "places fit");
	struct profile_cell *settled = rows + count;
	struct ordered *places = (struct ordered *)(settled + count);
	uint64_t last = UINT64_MAX; /* no kind is so high */
	size_t found = 0;

	for (uint32_t row = 0; row < count; row++)
		places[row] = (struct ordered){order_of(profile, &rows[row]), row};
	places = order_sort(places, places + count, count);
	for (size_t i = 0; i < count; i++) {
		const struct profile_cell *row = &rows[places[i].index];

		if (places[i].key == last)
			add_row(&settled[found - 1], row);
		else
			settled[found++] = *row;
		last = places[i].key;
	}
	memcpy(rows, settled, found * sizeof(*rows));
	return found;
}

int profile_cells_of(
        const struct profile *profile, uint32_t number, unsigned kinds, struct profile_cells *cells)
{
	struct gathering gathering = {.cells = cells->items, .room = cells->room, .kinds = kinds};

	cells->count = 0;
	visit_cells(profile, number, LIST_WIDE, (struct cell_visitor){gather_cell, &gathering});
	gather_drawers(profile, number, &gathering);
	if (kinds >> PROFILE_KIND_DIGIT & 1)
		gather_digits(profile, number, &gathering);
	size_t gathered = gathering.count;

	if (gathering.room < 3 * gathered) {
		struct profile_cell *larger = realloc(
		        gathering.cells, 3 * gathered * sizeof(*gathering.cells));

		gathering.failed |= !larger;
		if (larger) {
			gathering.cells = larger;
			gathering.room = 3 * gathered;
		}
	}
	cells->items = gathering.cells;
	cells->room = gathering.room;
	if (gathering.failed)
		return FAIL_MEMORY;
	cells->count = gathered ? settle_rows(profile, gathering.cells, gathered) : 0;
	return 0;
}

int profile_cells(const struct profile *profile, uint32_t number, struct profile_cell **cells,
        size_t *capacity, size_t *count)
{
	struct profile_cells all = {.items = *cells, .room = *capacity};
	int err = profile_cells_of(profile, number, UINT_MAX, &all);

	*cells = all.items;
	*capacity = all.room;
	*count = all.count;
	return err;
}
