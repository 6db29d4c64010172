/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loops of profile over a batch, compiled once per CPU level.
 *
 *     resolve   check of each id, prefetch of its index slot
 *               number of each new id, prefetch of its hot block
 *     add       digits: found, prefetch of their sums
 *               rows: sums of the lines up to each line
 *               stretches: adjacent lines of one provider, date, place, specialty
 *               hot blocks and votes, a stretch at a time
 *               checks: prefetch; digits and checks, a line at a time
 *               cells: collect, prefetch, add
 *
 * Lines that are not due have all their words zero in the rows, so that no
 * loop but the first asks for them.
 */
#include "profile/worker.h"

enum {
	PREFETCH_AHEAD = 24, /* touches; tried 4 to 128 */
	SQUARE_BITS = 28,    /* below 2^28 cents 256 squares fit 64 bits */
};

/*
 * gcc finds a function that only prefetches to be without effect, and drops
 * the calls, unless it is inlined before that.
 */
#define PREFETCHING static inline __attribute__((always_inline)) void

PREFETCHING prefetch_write(const void *at)
{
	__builtin_prefetch(at, 1, 3);
}

/* ---- Resolve ---- */

/* The first line of each run of equal ids.  Returns how many runs. */
static uint32_t find_id_runs(struct profile_worker *worker, const struct batch *batch)
{
	uint32_t runs = 0;
	uint64_t before = ~batch->provider_id[0];

	for (uint32_t line = 0; line < batch->count; line++) {
		worker->starts[runs] = (uint16_t)line;
		runs += batch->provider_id[line] != before;
		before = batch->provider_id[line];
		worker->ordinals[line] = (uint16_t)(runs - 1);
	}
	worker->starts[runs] = (uint16_t)batch->count;
	return runs;
}

static uint32_t number_of_line(
        struct profile_worker *worker, const struct batch *batch, uint32_t line)
{
	const struct slice *slice = &batch->provider_text[line];

	return worker_number(worker, batch->provider_id[line],
	        (const char *)batch->text + slice->at, slice->size);
}

/* One look at the newest level; what is not there at once takes the long way. */
static uint32_t probe(const struct index_level *level, uint64_t check)
{
	size_t place = index_place(level, check);
	uint64_t word;

	while ((word = atomic_load_explicit(&level->slots[place], memory_order_acquire)) > 1) {
		if (word >> INDEX_NUMBER_BITS == check)
			return (uint32_t)word & (((uint32_t)1 << INDEX_NUMBER_BITS) - 1);
		place = (place + 1) & (level->size - 1);
	}
	return INDEX_NONE;
}

static bool same_text(const struct batch *batch, uint32_t a, uint32_t b)
{
	const struct slice *left = &batch->provider_text[a], *right = &batch->provider_text[b];

	return left->size == right->size &&
	       __builtin_memcmp(batch->text + left->at, batch->text + right->at, left->size) == 0;
}

/* Lines of one hashed id whose texts differ are different providers. */
static bool resolve_texts(struct profile_worker *worker, struct batch *batch, uint32_t run)
{
	uint32_t from = worker->starts[run];

	if (id_kind(batch->provider_id[from]) == ID_NONE)
		return true;
	for (uint32_t line = from; line < worker->starts[run + 1]; line++) {
		if (!same_text(batch, from, line))
			batch->provider[line] = number_of_line(worker, batch, line);
		if (batch->provider[line] == INDEX_NONE)
			return false;
	}
	return true;
}

static int resolve(struct profile_worker *worker, struct batch *batch)
{
	const struct index_level *level = atomic_load_explicit(
	        &worker->profile->table.index.newest, memory_order_acquire);
	const struct part *part = worker->part;
	uint32_t runs = batch->count ? find_id_runs(worker, batch) : 0;
	bool texts = false;

	for (uint32_t run = 0; run < runs; run++)
		worker->checks[run] = id_check(batch->provider_id[worker->starts[run]]);
	for (uint32_t run = 0; run < runs; run++)
		__builtin_prefetch(&level->slots[index_place(level, worker->checks[run])]);
	for (uint32_t run = 0; run < runs; run++) {
		uint32_t line = worker->starts[run];
		bool is_number = id_is_number(batch->provider_id[line]);
		uint32_t number = is_number ? probe(level, worker->checks[run]) : INDEX_NONE;

		if (number == INDEX_NONE)
			number = number_of_line(worker, batch, line);
		if (number == INDEX_NONE)
			return FAIL_MEMORY;
		texts |= !is_number;
		worker->numbers[run] = number;
		const struct part_chunk *chunk = part_chunk(part, number);

		if (chunk) {
			prefetch_write(&chunk->hot[part_at(number)]);
			prefetch_write(&chunk->sides[part_at(number)]);
		}
	}
	for (uint32_t line = 0; line < batch->count; line++)
		batch->provider[line] = worker->numbers[worker->ordinals[line]];
	for (uint32_t run = 0; texts && run < runs; run++) {
		if (!id_is_number(batch->provider_id[worker->starts[run]]) &&
		        !resolve_texts(worker, batch, run))
			return FAIL_MEMORY;
	}
	return 0;
}

/* ---- Rows and stretches ---- */

static uint64_t due_mask(const struct batch *batch, uint32_t line)
{
	return -(uint64_t)(batch->line_flags[line] / LINE_DUE & 1);
}

static bool square_is_small(int64_t cents)
{
	return (uint64_t)cents + ((uint64_t)1 << SQUARE_BITS) < (uint64_t)2 << SQUARE_BITS;
}

static uint64_t small_square(int64_t cents)
{
	return square_is_small(cents) ? (uint64_t)(cents * cents) : 0;
}

/* Returns false if there is an amount whose square does not fit the rows. */
static bool fill_rows(struct profile_worker *worker, const struct batch *batch)
{
	static const uint64_t spread[8] = {0, 1ull << 16, 1ull << 32, 1ull << 32 | 1ull << 16,
	        1ull << 48, 1ull << 48 | 1ull << 16, 1ull << 48 | 1ull << 32,
	        1ull << 48 | 1ull << 32 | 1ull << 16};
	uint64_t sums[ROW_WORDS] = {0};
	bool small = true;

	for (unsigned k = 0; k < ROW_WORDS; k++)
		worker->rows[0][k] = 0;
	for (uint32_t line = 0; line < batch->count; line++) {
		uint64_t due = due_mask(batch, line);
		uint64_t present = batch->counted_present[line] & 7 & due;
		int64_t units = batch->units[line] == AMOUNT_ABSENT ? 0 : batch->units[line];
		int64_t charge = batch->counted_charge[line] & -(int64_t)(present & 1);
		int64_t allowed = batch->counted_allowed[line] & -(int64_t)(present >> 1 & 1);
		int64_t paid = batch->counted_paid[line] & -(int64_t)(present >> 2);
		uint64_t *row = worker->rows[line + 1];

		small &= square_is_small(charge) & square_is_small(allowed) & square_is_small(paid);
		sums[0] += (uint64_t)units & due;
		sums[1] += (uint64_t)charge;
		sums[2] += (uint64_t)allowed;
		sums[3] += (uint64_t)paid;
		sums[4] += small_square(charge);
		sums[5] += small_square(allowed);
		sums[6] += small_square(paid);
		sums[7] += (due & 1) + spread[present];
		for (unsigned k = 0; k < ROW_WORDS; k++)
			row[k] = sums[k];
	}
	return small;
}

/* The few amounts over 2.6 million dollars, one by one. */
static void add_large_squares(struct profile_worker *worker, const struct batch *batch)
{
	const int64_t *const columns[] = {
	        batch->counted_charge, batch->counted_allowed, batch->counted_paid};

	for (uint32_t line = 0; line < batch->count; line++) {
		unsigned present = batch->counted_present[line] & (unsigned)due_mask(batch, line);

		for (unsigned k = 0; k < AMOUNT_COUNT; k++) {
			if (present >> k & 1 && !square_is_small(columns[k][line]))
				part_add_square(
				        worker->part, batch->provider[line], k, columns[k][line]);
		}
	}
}

/* Turn flags[line] (not 0: begins anew) into starts.  Returns how many. */
static uint32_t gather_starts(struct profile_worker *worker, uint32_t count)
{
	uint32_t found = 0;

	worker->flags[0] = 1;
	for (uint32_t line = 0; line < count; line++) {
		worker->starts[found] = (uint16_t)line;
		found += worker->flags[line];
	}
	worker->starts[found] = (uint16_t)count;
	return found;
}

static uint32_t find_stretches(struct profile_worker *worker, const struct batch *batch)
{
	for (uint32_t line = 1; line < batch->count; line++) {
		uint32_t differs =
		        (batch->provider[line] ^ batch->provider[line - 1]) |
		        (uint32_t)(batch->service_from[line] ^ batch->service_from[line - 1]) |
		        (uint32_t)(batch->place[line] ^ batch->place[line - 1]) |
		        (uint32_t)(batch->specialty[line] ^ batch->specialty[line - 1]) |
		        (uint32_t)(batch->state[line] ^ batch->state[line - 1]) |
		        (uint32_t)(batch->entity_type[line] ^ batch->entity_type[line - 1]);

		worker->flags[line] = differs != 0;
	}
	return gather_starts(worker, batch->count);
}

/* ---- Hot blocks ---- */

/* Bits of the amounts that most lines of this first batch have. */
static void learn_usual(struct profile_worker *worker, uint64_t counts)
{
	uint64_t lines = counts & 0xffff;

	worker->part->usual = 0;
	for (unsigned k = 0; k < AMOUNT_COUNT; k++) {
		if ((counts >> (16 * (k + 1)) & 0xffff) * 2 > lines)
			worker->part->usual |= 1u << k;
	}
	worker->part->usual_known = true;
}

static void add_unusual(struct rare_block *rare, unsigned usual, uint64_t counts)
{
	uint32_t lines = counts & 0xffff;

	for (unsigned k = 0; k < AMOUNT_COUNT; k++) {
		uint32_t present = counts >> (16 * (k + 1)) & 0xffff;

		rare->unusual[k] += usual >> k & 1 ? lines - present : present;
	}
}

static void add_date(
        struct profile_worker *worker, struct hot_block *hot, uint32_t number, int32_t date)
{
	if ((uint32_t)date < UINT16_MAX) {
		uint16_t first = (uint16_t)(UINT16_MAX - date);
		uint16_t last = (uint16_t)(date + 1);

		hot->first = hot->first > first ? hot->first : first;
		hot->last = hot->last > last ? hot->last : last;
	} else if (date != DATE_ABSENT) {
		part_add_date(worker->part, number, date);
	}
}

static void add_stretch_hot(
        struct profile_worker *worker, uint32_t number, uint32_t stretch, uint64_t usual_counts)
{
	struct part_chunk *chunk = part_chunk(worker->part, number);
	struct hot_block *hot = &chunk->hot[part_at(number)];
	const uint64_t *from = worker->rows[worker->starts[stretch]];
	const uint64_t *to = worker->rows[worker->starts[stretch + 1]];
	uint64_t sums[ROW_WORDS];
	bool carried = false;

	if (hot->lines == 0)
		part_touch(worker->part, number);
	for (unsigned k = 0; k < ROW_WORDS; k++)
		sums[k] = to[k] - from[k];
	for (unsigned k = 0; k < SUMS; k++)
		hot->sum[k] = (int64_t)((uint64_t)hot->sum[k] + sums[k]);
	for (unsigned k = 0; k < AMOUNT_COUNT; k++) {
		hot->square[k] += sums[ROW_SQUARE + k];
		carried |= hot->square[k] < sums[ROW_SQUARE + k];
	}
	uint64_t lines = sums[ROW_COUNTS] & 0xffff;

	hot->lines += (uint32_t)lines;
	if (__builtin_expect(sums[ROW_COUNTS] != lines * usual_counts, 0))
		add_unusual(&chunk->rare[part_at(number)], worker->part->usual, sums[ROW_COUNTS]);
	for (unsigned k = 0; __builtin_expect(carried, 0) && k < AMOUNT_COUNT; k++)
		chunk->rare[part_at(number)].square_high[k] += hot->square[k] <
		                                               sums[ROW_SQUARE + k];
}

static uint32_t stretch_lines(const struct profile_worker *worker, uint32_t stretch)
{
	return (worker->rows[worker->starts[stretch + 1]][ROW_COUNTS] -
	               worker->rows[worker->starts[stretch]][ROW_COUNTS]) &
	       0xffff;
}

static void add_hot(struct profile_worker *worker, const struct batch *batch, uint32_t stretches)
{
	struct part *part = worker->part;

	if (!part->usual_known)
		learn_usual(worker, worker->rows[batch->count][ROW_COUNTS]);
	uint64_t usual_counts = 1;

	for (unsigned k = 0; k < AMOUNT_COUNT; k++)
		usual_counts |= (uint64_t)(part->usual >> k & 1) << (16 * (k + 1));
	for (uint32_t stretch = 0; stretch < stretches; stretch++) {
		uint32_t line = worker->starts[stretch];
		uint32_t number = batch->provider[line];

		if (stretch_lines(worker, stretch) == 0)
			continue;
		add_stretch_hot(worker, number, stretch, usual_counts);
		add_date(worker, &part_chunk(part, number)->hot[part_at(number)], number,
		        batch->service_from[line]);
	}
}

/* ---- Votes ---- */

static bool has_votes(const struct batch *batch)
{
	uint32_t any = 0;

	for (uint32_t line = 0; line < batch->count; line++)
		any |= (uint32_t)batch->specialty[line] | batch->state[line] |
		       batch->entity_type[line];
	return any;
}

static void add_vote(
        struct profile_worker *worker, const struct batch *batch, uint32_t line, uint32_t lines)
{
	uint32_t number = batch->provider[line];
	struct side_block *vote = &part_chunk(worker->part, number)->sides[part_at(number)];
	uint16_t keys[] = {batch->specialty[line], batch->state[line], batch->entity_type[line]};

	if (!(keys[0] | keys[1] | keys[2]))
		return;
	if (vote->lines == 0) {
		vote->specialty = keys[0];
		vote->state = keys[1];
		vote->entity = (uint8_t)keys[2];
	}
	if (vote->specialty == keys[0] && vote->state == keys[1] && vote->entity == keys[2]) {
		vote->lines += lines;
		return;
	}
	for (unsigned k = 0; k < 3; k++) {
		if (keys[k])
			worker_note(worker, number, PROFILE_KIND_SPECIALTY + k, keys[k], lines);
	}
}

static void add_votes(struct profile_worker *worker, const struct batch *batch, uint32_t stretches)
{
	for (uint32_t stretch = 0; stretch < stretches; stretch++) {
		uint32_t lines = stretch_lines(worker, stretch);

		if (lines)
			add_vote(worker, batch, worker->starts[stretch], lines);
	}
}

/* ---- Digits ---- */

/* The charge as the line says it, also where it is the claim's: 0 where it says none. */
static uint64_t charge_size(const struct batch *batch, uint32_t line)
{
	int64_t charge = batch->charge[line];
	bool counts = (batch->line_flags[line] & LINE_DUE) != 0 && charge != AMOUNT_ABSENT;

	charge = counts ? charge : 0;
	return charge < 0 ? -(uint64_t)charge : (uint64_t)charge;
}

static uint8_t digit_of(uint64_t size)
{
	while (size >= 10)
		size /= 10;
	return (uint8_t)size;
}

/* The largest power of ten up to size, below 10^9; 1 for 0. */
static inline int32_t power_of(int32_t size)
{
	int32_t power = size >= 10 ? 10 : 1;

	power = size >= 100 ? 100 : power;
	power = size >= 1000 ? 1000 : power;
	power = size >= 10000 ? 10000 : power;
	power = size >= 100000 ? 100000 : power;
	power = size >= 1000000 ? 1000000 : power;
	power = size >= 10000000 ? 10000000 : power;
	return size >= 100000000 ? 100000000 : power;
}

/*
 * The first digit of each charge, 0 for none.  By comparing with powers of ten
 * and their multiples in 32 bits, which vectorises; a division does not, nor
 * does a loop over the powers.
 */
static void find_digits(struct profile_worker *worker, const struct batch *batch)
{
	enum { SMALL_MAX = 999999999 };
	uint32_t count = batch->count;
	uint64_t large = 0;

	for (uint32_t line = 0; line < count; line++) {
		uint64_t size = charge_size(batch, line);

		large |= size > SMALL_MAX;
		worker->numbers[line] = (uint32_t)size;
	}
	for (uint32_t line = 0; line < count; line++) {
		int32_t size = (int32_t)worker->numbers[line];
		int32_t power = power_of(size);

		worker->digits[line] =
		        (uint8_t)((size >= power) + (size >= 2 * power) + (size >= 3 * power) +
		                  (size >= 4 * power) + (size >= 5 * power) + (size >= 6 * power) +
		                  (size >= 7 * power) + (size >= 8 * power) + (size >= 9 * power));
	}
	for (uint32_t line = 0; large && line < count; line++)
		worker->digits[line] = digit_of(charge_size(batch, line));
}

static struct narrow *digit_sums(
        const struct profile_worker *worker, const struct batch *batch, uint32_t line)
{
	uint32_t number = batch->provider[line];

	return &part_chunk(worker->part, number)
	                ->digits[part_at(number)]
	                .digit[worker->digits[line] - 1];
}

/*
 * For the whole batch, while there is other work to do.  (Some lines ahead of the
 * adding, the first of a batch came too late, and others still waited.)
 */
PREFETCHING expect_digits(const struct profile_worker *worker, const struct batch *batch)
{
	for (uint32_t line = 0; line < batch->count; line++) {
		if (worker->digits[line]) {
			const struct narrow *sums = digit_sums(worker, batch, line);

			prefetch_write(sums);
			prefetch_write(&sums->amount[2]); /* it may lie in two cache lines */
		}
	}
}

static void add_digits(struct profile_worker *worker, const struct batch *batch)
{
	for (uint32_t line = 0; line < batch->count; line++) {
		if (!worker->digits[line])
			continue;
		const uint64_t *row = worker->rows[line];
		uint64_t delta[SUMS];

		for (unsigned k = 0; k < SUMS; k++)
			delta[k] = row[ROW_WORDS + k] - row[k];
		part_add_sums(worker->part, digit_sums(worker, batch, line), batch->provider[line],
		        pack_key(PROFILE_KIND_DIGIT, worker->digits[line]), 1, delta);
	}
}

/* ---- Checks ---- */

static uint32_t find_check_runs(
        struct profile_worker *worker, const struct batch *batch, const struct verdicts *verdicts)
{
	for (uint32_t line = 0; line < batch->count; line++)
		worker->checks[line] = verdicts->evaluated[line] & due_mask(batch, line) &
		                       UINT32_MAX;
	for (uint32_t line = 1; line < batch->count; line++) {
		uint64_t differs = (worker->checks[line] ^ worker->checks[line - 1]) |
		                   (batch->provider[line] ^ batch->provider[line - 1]);

		worker->flags[line] = differs != 0;
	}
	return gather_starts(worker, batch->count);
}

static struct check_block *check_block(
        const struct profile_worker *worker, const struct batch *batch, uint32_t run)
{
	uint32_t number = batch->provider[worker->starts[run]];

	return &part_chunk(worker->part, number)->line_checks[part_at(number)];
}

PREFETCHING expect_checks(
        const struct profile_worker *worker, const struct batch *batch, uint32_t runs)
{
	for (uint32_t run = 0; run < runs; run++) {
		const struct check_block *block = check_block(worker, batch, run);

		prefetch_write(block);
		prefetch_write(&block->evaluated[16]);
	}
}

static void add_checks(struct profile_worker *worker, const struct batch *batch, uint32_t runs)
{
	for (uint32_t run = 0; run < runs; run++) {
		uint32_t mask = (uint32_t)worker->checks[worker->starts[run]];
		uint32_t lines = (uint32_t)(worker->starts[run + 1] - worker->starts[run]);

		if (!mask)
			continue;
		struct check_block *block = check_block(worker, batch, run);

		for (unsigned check = 0; check < 32; check++)
			block->evaluated[check] += -(mask >> check & 1) & lines;
	}
}

/* ---- Cells ---- */

static void touch(
        struct profile_worker *worker, uint32_t number, uint64_t key, uint32_t from, uint32_t to)
{
	worker->touches[worker->touch_count++] = (struct touch){
	        .key = key, .number = number, .from = (uint16_t)from, .to = (uint16_t)to};
}

static void touch_stretches(
        struct profile_worker *worker, const struct batch *batch, uint32_t stretches)
{
	unsigned keep = worker->part->keep;

	for (uint32_t stretch = 0; stretch < stretches; stretch++) {
		uint32_t from = worker->starts[stretch], to = worker->starts[stretch + 1];
		uint32_t number = batch->provider[from];
		int32_t date = batch->service_from[from];

		if (stretch_lines(worker, stretch) == 0)
			continue;
		if (keep & PROFILE_MONTHS && date != DATE_ABSENT)
			touch(worker, number, pack_month(profile_month(worker->profile, date)),
			        from, to);
		if (keep & PROFILE_PLACES && batch->place[from])
			touch(worker, number, pack_key(PROFILE_KIND_POS, batch->place[from]), from,
			        to);
	}
}

static void touch_codes(struct profile_worker *worker, const struct batch *batch,
        const struct procedure_attributes *procedures)
{
	for (uint32_t line = 0; line < batch->count; line++) {
		uint64_t word = batch->hcpcs[line];
		unsigned em = 0;

		if (word == CODE_BLANK || !due_mask(batch, line))
			continue;
		if (procedures)
			em = em_byte(procedures[batch->hcpcs_ref[line]].em_family,
			        procedures[batch->hcpcs_ref[line]].em_level);
		touch(worker, batch->provider[line],
		        pack_code(word == CODE_UNREADABLE ? CODE_QUESTION : word, em), line,
		        line + 1);
	}
}

/* Without a code mix the E/M levels have cells of their own. */
static void touch_em(struct profile_worker *worker, const struct batch *batch,
        const struct procedure_attributes *procedures)
{
	for (uint32_t line = 0; line < batch->count; line++) {
		const struct procedure_attributes *procedure = &procedures[batch->hcpcs_ref[line]];

		if (procedure->em_level && due_mask(batch, line))
			touch(worker, batch->provider[line],
			        pack_em(procedure->em_family, procedure->em_level), line, line + 1);
	}
}

static bool modifier_is_new(const struct batch *batch, uint32_t line, unsigned slot)
{
	for (unsigned before = 0; before < slot; before++) {
		if (batch->modifiers[before][line] == batch->modifiers[slot][line])
			return false;
	}
	return true;
}

static void touch_line_modifiers(
        struct profile_worker *worker, const struct batch *batch, uint32_t line)
{
	for (unsigned slot = 0; slot < MODIFIERS_MAX; slot++) {
		uint16_t modifier = batch->modifiers[slot][line];

		if (modifier && modifier_is_new(batch, line, slot))
			touch(worker, batch->provider[line],
			        pack_key(PROFILE_KIND_MODIFIER, modifier), line, line + 1);
	}
}

/* Most lines have none: first find those that do, without a branch a line. */
static void touch_modifiers(struct profile_worker *worker, const struct batch *batch)
{
	uint32_t found = 0;

	for (uint32_t line = 0; line < batch->count; line++) {
		uint16_t any = 0;

		for (unsigned slot = 0; slot < MODIFIERS_MAX; slot++)
			any |= batch->modifiers[slot][line];
		worker->flags[line] = any != 0 && batch->line_flags[line] & LINE_DUE;
	}
	for (uint32_t line = 0; line < batch->count; line++) {
		worker->starts[found] = (uint16_t)line;
		found += worker->flags[line];
	}
	for (uint32_t i = 0; i < found; i++)
		touch_line_modifiers(worker, batch, worker->starts[i]);
}

/* Where a key's chain begins it ends, or in the next cache line. */
PREFETCHING prefetch_cell(const struct part *part, const struct touch *at)
{
	const struct drawer *drawer =
	        &part_chunk(part, at->number)->sides[part_at(at->number)].drawer;

	if (!drawer->bits)
		return;
	const struct drawer_cell *cells = drawer_cells(&part->drawers, drawer);
	uint32_t place = drawer_place(drawer, at->key);

	prefetch_write(&cells[place]);
	prefetch_write(&cells[(place + 2) & ((1u << drawer->bits) - 1)]);
}

/*
 * Prefetch while adding: a loop that does nothing but prefetch asks for more
 * lines than the core can wait for, and those beyond are not fetched at all.
 */
static void add_cells(struct profile_worker *worker)
{
	struct part *part = worker->part;
	uint32_t count = worker->touch_count;

	for (uint32_t i = 0; i < count && i < PREFETCH_AHEAD; i++)
		prefetch_cell(part, &worker->touches[i]);
	for (uint32_t i = 0; i < count; i++) {
		const struct touch *at = &worker->touches[i];
		const uint64_t *from = worker->rows[at->from], *to = worker->rows[at->to];
		uint64_t delta[SUMS];

		if (i + PREFETCH_AHEAD < count)
			prefetch_cell(part, &worker->touches[i + PREFETCH_AHEAD]);
		for (unsigned k = 0; k < SUMS; k++)
			delta[k] = to[k] - from[k];
		part_add_cell(part, at->number, at->key,
		        (uint32_t)(to[ROW_COUNTS] - from[ROW_COUNTS]) & 0xffff, delta);
	}
	worker->touch_count = 0;
}

/* ---- Add ---- */

static void add(struct profile_worker *worker, const struct batch *batch,
        const struct procedure_attributes *procedures, const struct verdicts *verdicts)
{
	unsigned keep = worker->part->keep;
	uint32_t runs = 0; /* of checks */

	if (batch->count == 0)
		return;
	if (keep & PROFILE_DIGITS) {
		find_digits(worker, batch);
		expect_digits(worker, batch);
	}
	if (!fill_rows(worker, batch))
		add_large_squares(worker, batch);
	uint32_t stretches = find_stretches(worker, batch);

	add_hot(worker, batch, stretches);
	if (has_votes(batch))
		add_votes(worker, batch, stretches);
	if (keep & (PROFILE_MONTHS | PROFILE_PLACES))
		touch_stretches(worker, batch, stretches);
	if (keep & PROFILE_MODIFIERS)
		touch_modifiers(worker, batch);
	if (keep & PROFILE_CODES)
		touch_codes(worker, batch, keep & PROFILE_EM ? procedures : NULL);
	else if (keep & PROFILE_EM && procedures)
		touch_em(worker, batch, procedures);
	if (keep & PROFILE_RULES && verdicts) {
		runs = find_check_runs(worker, batch, verdicts);
		expect_checks(worker, batch, runs);
	}
	if (keep & PROFILE_DIGITS)
		add_digits(worker, batch);
	add_checks(worker, batch, runs);
	add_cells(worker);
}

const struct profile_hot HOT(profile_hot) = {resolve, add};
