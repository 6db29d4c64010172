/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The counters against a naive reckoning of the same lines: at every CPU level,
 * with one and several workers, with and without flushes in between.
 */
#include "base/date.h"
#include "base/level.h"
#include "profile/profile.h"
#include "profile/worker.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PROVIDERS = 240,
	BATCHES = 160 * 256 / BATCH_LINES,
	ROWS_MAX = 400,
	TEXT_BYTES = 1 << 16,
	MANY = 2000000,
};

/* What is expected of a provider. */
struct row {
	enum profile_kind kind;
	uint64_t key;
	uint64_t lines;
	int64_t units, charge, allowed, paid;
};
struct expected {
	struct profile_provider sums;
	struct row rows[ROWS_MAX];
	size_t row_count;
	uint64_t specialties[10], states[10], entities[3];
	uint64_t evaluated[CHECKS_MAX];
	uint64_t hits[RULES_ALL];
	int64_t dollars[RULES_ALL];
};

struct provider {
	uint64_t id;
	char text[64];
};

static uint64_t random_state;

static uint64_t random_word(void)
{
	uint64_t word = (random_state += 0x9e3779b97f4a7c15);

	word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9;
	word = (word ^ word >> 27) * 0x94d049bb133111eb;
	return word ^ word >> 31;
}

static uint64_t below(uint64_t limit)
{
	return random_word() % limit;
}

static uint64_t make_id(enum id_kind kind, uint64_t value)
{
	return (uint64_t)kind << ID_KIND_SHIFT | value;
}

/* NPIs, bad ones, hashed ids of which some share the hash, long texts, and none. */
static struct provider provider_at(unsigned index)
{
	static const enum id_kind hashed[] = {ID_CCN, ID_TIN, ID_OTHER};
	struct provider provider = {0};
	uint64_t value = 1000000000 + (uint64_t)index * 7919 % 1000003 * 8000;

	if (index == 0) {
		provider.id = make_id(ID_NONE, 0);
	} else if (index % 4) {
		provider.id = make_id(index % 8 == 1 ? ID_BAD_CHECK : ID_NPI, value);
		snprintf(provider.text, sizeof(provider.text), "%llu", (unsigned long long)value);
	} else {
		provider.id = make_id(hashed[index / 4 % 3], index / 24); /* collides on purpose */
		snprintf(provider.text, sizeof(provider.text), "%s%u",
		        index % 16 ? "X" : "a-rather-long-identifier-of-some-payer-", index);
	}
	return provider;
}

static uint64_t word_of(const char *text)
{
	uint64_t word = 0;

	memcpy(&word, text, strlen(text));
	return word;
}

static uint16_t two(const char *text)
{
	return TWO_CHARS(text[0], text[1]);
}

static const char *const codes_text[] = {"99213", "99214", "99211", "99285", "99281", "J1100",
        "A0425", "80053", "?", "G0", "D0120", "93000"};
static const char *const modifier_text[] = {"25", "59", "RT", "LT", "GA", "26"};
static const char *const place_text[] = {"11", "22", "23", "81"};
static const char *const state_text[] = {"CA", "NY", "TX", "AK", "AL"};
static const char *const specialty_text[] = {"01", "06", "11", "50", "C0", "69"};

static int64_t random_amount(void)
{
	int64_t amount = (int64_t)below((uint64_t)1 << below(36));

	if (below(400) == 0)
		return (int64_t)(random_word() >> 4) * (below(2) ? 1 : -1);
	return below(20) ? amount : -amount;
}

static void fill_line(struct batch *batch, uint32_t line)
{
	batch->line_flags[line] = below(8) ? LINE_DUE | LINE_PAYABLE : LINE_TOTAL;
	batch->units[line] = below(5) ? (int64_t)below(20) * UNITS_ONE : AMOUNT_ABSENT;
	batch->counted_present[line] = (uint8_t)(below(4) ? 7 : below(8));
	batch->counted_charge[line] = batch->counted_present[line] & 1 ? random_amount() : 0;
	batch->charge[line] = batch->counted_present[line] & 1 ? batch->counted_charge[line]
	                                                       : AMOUNT_ABSENT;
	batch->counted_allowed[line] = batch->counted_present[line] & 2 ? random_amount() : 0;
	batch->counted_paid[line] = batch->counted_present[line] & 4 ? random_amount() : 0;
	batch->hcpcs[line] = below(6) ? word_of(codes_text[below(12)]) : CODE_BLANK;
	if (below(50) == 0)
		batch->hcpcs[line] = CODE_UNREADABLE;
	for (unsigned slot = 0; slot < MODIFIERS_MAX; slot++)
		batch->modifiers[slot][line] = below(4) ? 0 : two(modifier_text[below(6)]);
}

static void fill_claim(struct batch *batch, uint32_t line)
{
	batch->service_from[line] = 18000 + (int32_t)below(900);
	if (below(40) == 0)
		batch->service_from[line] = DATE_ABSENT;
	if (below(200) == 0)
		batch->service_from[line] = (int32_t)below(200000) - 100000;
	batch->place[line] = below(5) ? two(place_text[below(4)]) : 0;
	batch->specialty[line] = below(5) ? two(specialty_text[below(6)]) : 0;
	batch->state[line] = below(5) ? two(state_text[below(5)]) : 0;
	batch->entity_type[line] = (uint8_t)below(3);
}

/* As line before, so that stretches are there to be combined. */
static void repeat_claim(struct batch *batch, uint32_t line)
{
	batch->service_from[line] = batch->service_from[line - 1];
	batch->place[line] = batch->place[line - 1];
	batch->specialty[line] = batch->specialty[line - 1];
	batch->state[line] = batch->state[line - 1];
	batch->entity_type[line] = batch->entity_type[line - 1];
}

static void fill_batch(struct batch *batch, char *text, unsigned providers[BATCH_LINES])
{
	uint32_t used = 0;

	batch->count = (uint32_t)below(BATCH_LINES + 1);
	batch->text = (const uint8_t *)text;
	for (uint32_t line = 0; line < batch->count; line++) {
		bool again = line && below(3);
		unsigned index = again ? providers[line - 1]
		                       : (unsigned)(below(PROVIDERS) * below(PROVIDERS)) /
		                                 PROVIDERS;
		struct provider provider = provider_at(index);
		uint32_t size = (uint32_t)strlen(provider.text);

		providers[line] = index;
		memcpy(text + used, provider.text, size);
		batch->provider_id[line] = provider.id;
		batch->provider_text[line] = (struct slice){used, size};
		used += size;
		fill_line(batch, line);
		if (again && below(4))
			repeat_claim(batch, line);
		else
			fill_claim(batch, line);
	}
}

static void fill_verdicts(struct verdicts *verdicts, uint32_t count)
{
	for (uint32_t line = 0; line < count; line++)
		verdicts->evaluated[line] = line && below(2) ? verdicts->evaluated[line - 1]
		                                             : random_word() & random_word();
}

/* ---- The naive reckoning ---- */

static void expect_row(
        struct expected *expected, enum profile_kind kind, uint64_t key, const struct row *delta)
{
	size_t at = 0;

	while (at < expected->row_count &&
	        (expected->rows[at].kind != kind || expected->rows[at].key != key))
		at++;
	cr_assert_lt(at, ROWS_MAX);
	struct row *row = &expected->rows[at];

	if (at == expected->row_count) {
		expected->row_count++;
		*row = (struct row){.kind = kind, .key = key};
	}
	row->lines += delta->lines;
	row->units = (int64_t)((uint64_t)row->units + (uint64_t)delta->units);
	row->charge = (int64_t)((uint64_t)row->charge + (uint64_t)delta->charge);
	row->allowed = (int64_t)((uint64_t)row->allowed + (uint64_t)delta->allowed);
	row->paid = (int64_t)((uint64_t)row->paid + (uint64_t)delta->paid);
}

static unsigned first_digit(int64_t cents)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)cents);
	return (unsigned)(text[text[0] == '-'] - '0');
}

static void expect_sum(int64_t *sum, unsigned __int128 *square, uint64_t *count, int64_t amount)
{
	__int128 wide = amount;

	*sum = (int64_t)((uint64_t)*sum + (uint64_t)amount);
	*square += (unsigned __int128)(wide * wide);
	++*count;
}

static void expect_amounts(struct expected *expected, unsigned present, const struct row *delta)
{
	struct profile_provider *sums = &expected->sums;

	if (present & COUNTED_CHARGE)
		expect_sum(&sums->charge, &sums->sumsq_charge, &sums->n_charge, delta->charge);
	if (present & COUNTED_ALLOWED)
		expect_sum(&sums->allowed, &sums->sumsq_allowed, &sums->n_allowed, delta->allowed);
	if (present & COUNTED_PAID)
		expect_sum(&sums->paid, &sums->sumsq_paid, &sums->n_paid, delta->paid);
	if (present & COUNTED_CHARGE && delta->charge)
		expect_row(expected, PROFILE_KIND_DIGIT, first_digit(delta->charge), delta);
}

static void expect_modifiers(struct expected *expected, const struct batch *batch, uint32_t line,
        const struct row *delta)
{
	for (unsigned slot = 0; slot < MODIFIERS_MAX; slot++) {
		bool is_new = batch->modifiers[slot][line];

		for (unsigned before = 0; before < slot; before++)
			is_new &= batch->modifiers[before][line] != batch->modifiers[slot][line];
		if (is_new)
			expect_row(expected, PROFILE_KIND_MODIFIER, batch->modifiers[slot][line],
			        delta);
	}
}

static void expect_cells(struct expected *expected, const struct batch *batch, uint32_t line,
        const struct codes *codes, const struct row *delta)
{
	const struct procedure_attributes *procedure = &codes_procedures(
	        codes)[batch->hcpcs_ref[line]];
	uint64_t code = batch->hcpcs[line] == CODE_UNREADABLE ? '?' : batch->hcpcs[line];

	if (code)
		expect_row(expected, PROFILE_KIND_CODE, code, delta);
	if (procedure->em_level)
		expect_row(expected, PROFILE_KIND_EM,
		        (uint64_t)procedure->em_family << 8 | procedure->em_level, delta);
	if (batch->service_from[line] != DATE_ABSENT)
		expect_row(expected, PROFILE_KIND_MONTH,
		        (uint64_t)(int64_t)date_month(batch->service_from[line]), delta);
	if (batch->place[line])
		expect_row(expected, PROFILE_KIND_POS, batch->place[line], delta);
	expect_modifiers(expected, batch, line, delta);
}

static void expect_dates(struct profile_provider *sums, int32_t date)
{
	if (date == DATE_ABSENT)
		return;
	if (sums->first_date == DATE_ABSENT || date < sums->first_date)
		sums->first_date = date;
	if (sums->last_date == DATE_ABSENT || date > sums->last_date)
		sums->last_date = date;
}

static void expect_votes(struct expected *expected, const struct batch *batch, uint32_t line)
{
	for (unsigned k = 0; k < 6; k++)
		expected->specialties[k] += batch->specialty[line] == two(specialty_text[k]);
	for (unsigned k = 0; k < 5; k++)
		expected->states[k] += batch->state[line] == two(state_text[k]);
	expected->entities[batch->entity_type[line]]++;
}

static void expect_line(struct expected *expected, const struct batch *batch, uint32_t line,
        const struct codes *codes, const struct verdicts *verdicts)
{
	struct row delta = {.lines = 1,
	        .units = batch->units[line] == AMOUNT_ABSENT ? 0 : batch->units[line],
	        .charge = batch->counted_charge[line],
	        .allowed = batch->counted_allowed[line],
	        .paid = batch->counted_paid[line]};

	if (!(batch->line_flags[line] & LINE_DUE))
		return;
	expected->sums.lines++;
	expected->sums.units += delta.units;
	expect_dates(&expected->sums, batch->service_from[line]);
	expect_amounts(expected, batch->counted_present[line], &delta);
	expect_cells(expected, batch, line, codes, &delta);
	expect_votes(expected, batch, line);
	for (unsigned check = 0; check < LINE_CHECKS_MAX; check++)
		expected->evaluated[check] += verdicts->evaluated[line] >> check & 1;
}

static void expect_init(struct expected *expected)
{
	memset(expected, 0, PROVIDERS * sizeof(*expected));
	for (unsigned index = 0; index < PROVIDERS; index++) {
		expected[index].sums.first_date = DATE_ABSENT;
		expected[index].sums.last_date = DATE_ABSENT;
	}
}

/* ---- Comparing ---- */

/* Texts whose keys are given, smallest text first among equals. */
static uint16_t winner(const uint64_t counts[], const char *const texts[], unsigned count)
{
	unsigned best = count;

	for (unsigned k = 0; k < count; k++) {
		if (!counts[k])
			continue;
		if (best == count || counts[k] > counts[best] ||
		        (counts[k] == counts[best] && strcmp(texts[k], texts[best]) < 0))
			best = k;
	}
	return best < count ? two(texts[best]) : 0;
}

static void compare_sums(const struct expected *expected, const struct profile_provider *found)
{
	const struct profile_provider *sums = &expected->sums;
	const uint64_t *entities = expected->entities;

	cr_assert_eq(found->lines, sums->lines);
	cr_assert_eq(found->claims, sums->claims);
	cr_assert_eq(found->units, sums->units);
	cr_assert_eq(found->charge, sums->charge);
	cr_assert_eq(found->allowed, sums->allowed);
	cr_assert_eq(found->paid, sums->paid);
	cr_assert(found->sumsq_charge == sums->sumsq_charge);
	cr_assert(found->sumsq_allowed == sums->sumsq_allowed);
	cr_assert(found->sumsq_paid == sums->sumsq_paid);
	cr_assert_eq(found->n_charge, sums->n_charge);
	cr_assert_eq(found->n_allowed, sums->n_allowed);
	cr_assert_eq(found->n_paid, sums->n_paid);
	cr_assert_eq(found->first_date, sums->first_date);
	cr_assert_eq(found->last_date, sums->last_date);
	cr_assert_eq(found->findings, sums->findings);
	cr_assert_eq(found->lines_flagged, sums->lines_flagged);
	cr_assert_eq(found->dollars_flagged, sums->dollars_flagged);
	cr_assert_eq(found->specialty, winner(expected->specialties, specialty_text, 6));
	cr_assert_eq(found->state, winner(expected->states, state_text, 5));
	cr_assert_eq(found->entity_type,
	        entities[1] || entities[2] ? (entities[2] > entities[1] ? 2 : 1) : 0);
}

static void compare_cells(const struct profile *profile, uint32_t number,
        const struct expected *expected, struct profile_cell **cells, size_t *capacity)
{
	char before[64] = "", key[PROFILE_KEY_TEXT_SIZE];
	size_t count;

	cr_assert_eq(profile_cells(profile, number, cells, capacity, &count), 0);
	cr_assert_eq(count, expected->row_count);
	for (size_t i = 0; i < count; i++) {
		const struct profile_cell *cell = &(*cells)[i];
		const struct row *row = expected->rows;
		char text[64];

		while (row < expected->rows + expected->row_count &&
		        (row->kind != cell->kind || row->key != cell->key))
			row++;
		cr_assert_lt(row, expected->rows + expected->row_count);
		cr_assert_eq(cell->lines, row->lines);
		cr_assert_eq(cell->units, row->units);
		cr_assert_eq(cell->charge, row->charge);
		cr_assert_eq(cell->allowed, row->allowed);
		cr_assert_eq(cell->paid, row->paid);
		profile_key_text(cell, key);
		snprintf(text, sizeof(text), "%s\x01%s", profile_kind_name(cell->kind), key);
		cr_assert_lt(strcmp(before, text), 0, "%s then %s", before, text);
		strcpy(before, text);
	}
}

static void compare_rules(
        const struct profile *profile, uint32_t number, const struct expected *expected)
{
	for (unsigned rule = 0; rule < RULES_ALL; rule++) {
		struct profile_rule found;
		uint64_t evaluated = 0;

		profile_read_rule(profile, number, rule, &found);
		for (unsigned check = 0; check < CHECKS_MAX; check++)
			evaluated += check_rule(check) == (int)rule ? expected->evaluated[check]
			                                            : 0;
		cr_assert_eq(found.evaluated, evaluated);
		cr_assert_eq(found.hits, expected->hits[rule]);
		cr_assert_eq(found.dollars, expected->dollars[rule]);
	}
}

static unsigned index_of(const struct profile_provider *provider)
{
	unsigned index = 0;

	while (index < PROVIDERS && (provider_at(index).id != provider->id ||
	                                    strcmp(provider_at(index).text, provider->text) != 0))
		index++;
	cr_assert_lt(index, PROVIDERS);
	return index;
}

static void compare_all(const struct profile *profile, const struct expected *expected)
{
	uint32_t *numbers;
	size_t count, used = 0, capacity = 0;
	struct profile_cell *cells = NULL;
	char before[64] = "";

	cr_assert_eq(profile_order(profile, &numbers, &count), 0);
	for (unsigned index = 0; index < PROVIDERS; index++)
		used += expected[index].sums.lines || expected[index].sums.claims;
	cr_assert_eq(count, used);
	for (size_t i = 0; i < count; i++) {
		struct profile_provider found;

		profile_read(profile, numbers[i], &found);
		const struct expected *right = &expected[index_of(&found)];

		compare_sums(right, &found);
		compare_cells(profile, numbers[i], right, &cells, &capacity);
		compare_rules(profile, numbers[i], right);
		cr_assert(i == 0 || strcmp(before, found.text) < 0);
		snprintf(before, sizeof(before), "%s", found.text);
	}
	free(cells);
	free(numbers);
}

/* ---- The runs ---- */

struct run {
	struct profile *profile;
	struct profile_worker *workers[4];
	unsigned count;
};

static void run_open(struct run *run, const struct profile_options *options)
{
	struct diag diag;

	diag_init(&diag);
	rules_init();
	run->count = options->workers;
	cr_assert_eq(profile_create(&run->profile, options, &diag), 0);
	for (unsigned i = 0; i < run->count; i++)
		cr_assert_eq(profile_worker_create(&run->workers[i], run->profile, &diag), 0);
}

static void run_merge(struct run *run)
{
	for (unsigned i = 0; i < run->count; i++)
		cr_assert_eq(profile_merge(run->workers[i]), 0);
}

/* Workers go first, and what they counted stays. */
static void run_drop_workers(struct run *run)
{
	for (unsigned i = 0; i < run->count; i++)
		profile_worker_destroy(run->workers[i]);
	run->count = 0;
}

static void run_close(struct run *run)
{
	run_drop_workers(run);
	profile_destroy(run->profile);
}

static void add_batches(struct run *run, const struct codes *codes, struct expected *expected)
{
	static struct batch batch;
	static struct verdicts verdicts;
	static char text[TEXT_BYTES];
	unsigned providers[BATCH_LINES];

	for (unsigned i = 0; i < BATCHES; i++) {
		struct profile_worker *worker = run->workers[below(run->count)];

		fill_batch(&batch, text, providers);
		fill_verdicts(&verdicts, batch.count);
		codes_find_batch(codes, &batch);
		cr_assert_eq(profile_resolve(worker, &batch), 0);
		cr_assert_eq(profile_add(worker, &batch, codes, &verdicts), 0);
		for (uint32_t line = 0; line < batch.count; line++)
			expect_line(&expected[providers[line]], &batch, line, codes, &verdicts);
		if (below(40) == 0)
			cr_assert_eq(profile_merge(worker), 0);
	}
}

/* What regroup adds. */
static void add_after(struct run *run, struct expected *expected)
{
	for (unsigned i = 0; i < 4000; i++) {
		struct profile_worker *worker = run->workers[below(run->count)];
		unsigned index = (unsigned)below(PROVIDERS);
		struct provider provider = provider_at(index);
		struct expected *right = &expected[index];
		uint32_t number = profile_number(
		        run->profile, provider.id, provider.text, strlen(provider.text));
		unsigned rule = (unsigned)below(RULES_ALL);
		int64_t dollars = (int64_t)below(100000);
		uint64_t checks = random_word() & 0xffffffff00000000;

		cr_assert_eq(profile_add_claims(worker, &number, 1), 0);
		cr_assert_eq(profile_add_hit(worker, number, rule, dollars), 0);
		cr_assert_eq(profile_add_evaluated(worker, number, checks), 0);
		cr_assert_eq(profile_add_flagged(worker, number, 2, 3, dollars), 0);
		right->sums.claims++;
		right->hits[rule]++;
		right->dollars[rule] += dollars;
		right->sums.lines_flagged += 2;
		right->sums.findings += 3;
		right->sums.dollars_flagged += dollars;
		for (unsigned check = 0; check < CHECKS_MAX; check++)
			right->evaluated[check] += checks >> check & 1;
	}
}

static void check_options(const struct profile_options *options, const struct codes *codes)
{
	struct expected *expected = calloc(PROVIDERS, sizeof(*expected));
	struct run run;

	random_state = 42 + options->workers;
	expect_init(expected);
	run_open(&run, options);
	add_batches(&run, codes, expected);
	run_merge(&run);
	compare_all(run.profile, expected);
	add_after(&run, expected);
	run_merge(&run);
	run_drop_workers(&run);
	compare_all(run.profile, expected);
	/* Flushed where memory was little, and only there. */
	cr_assert_eq(atomic_load(&run.profile->shared.bytes) > 0, options->memory_bytes == 1);
	run_close(&run);
	free(expected);
}

Test(profile, equals_naive_reckoning)
{
	const size_t memories[] = {0, 1, (size_t)1 << 30};
	struct codes *codes;
	struct diag diag;

	diag_init(&diag);
	cr_assert_eq(codes_open_starter(&codes, &diag), 0);
	for (enum level level = LEVEL_SCALAR; level <= level_best(); level++) {
		for (unsigned i = 0; i < 3; i++) {
			struct profile_options options = {
			        .keep = PROFILE_CODES | PROFILE_COUNTS | PROFILE_RULES,
			        .workers = i + 1,
			        .memory_bytes = memories[i],
			        .level = &level,
			        .index_slots = i ? 2 : 0};

			check_options(&options, codes);
		}
	}
	codes_destroy(codes);
}

/* A batch of lines of one provider, each of one unit and the same charge. */
static void plain_batch(struct batch *batch, uint32_t count, int64_t charge)
{
	memset(batch, 0, sizeof(*batch));
	batch->count = count;
	batch->text = (const uint8_t *)"1234567893";
	for (uint32_t line = 0; line < count; line++) {
		batch->provider_id[line] = make_id(ID_NPI, 1234567893);
		batch->provider_text[line] = (struct slice){0, 10};
		batch->line_flags[line] = LINE_DUE;
		batch->service_from[line] = 19000;
		batch->units[line] = UNITS_ONE;
		batch->charge[line] = batch->counted_charge[line] = charge;
		batch->counted_present[line] = COUNTED_CHARGE;
	}
}

static size_t rows_of_kind(
        const struct profile *profile, uint32_t number, enum profile_kind kind, uint64_t *lines)
{
	struct profile_cell *cells = NULL;
	size_t capacity = 0, count, found = 0;

	*lines = 0;
	cr_assert_eq(profile_cells(profile, number, &cells, &capacity, &count), 0);
	for (size_t i = 0; i < count; i++) {
		found += cells[i].kind == kind;
		*lines += cells[i].kind == kind ? cells[i].lines : 0;
	}
	free(cells);
	return found;
}

Test(profile, one_provider_for_all_lines)
{
	const struct profile_options options = {
	        .keep = PROFILE_CODES | PROFILE_COUNTS | PROFILE_RULES, .workers = 2};
	static struct batch batch;
	struct profile_provider found;
	struct run run;
	uint64_t lines;

	run_open(&run, &options);
	plain_batch(&batch, BATCH_LINES, 12345);
	for (unsigned i = 0; i < 2048000 / BATCH_LINES; i++) {
		struct profile_worker *worker = run.workers[i & 1];

		cr_assert_eq(profile_resolve(worker, &batch), 0);
		cr_assert_eq(profile_add(worker, &batch, NULL, NULL), 0);
	}
	run_merge(&run);
	cr_assert_eq(profile_count(run.profile), 1);
	profile_read(run.profile, 0, &found);
	cr_assert_eq(found.lines, 2048000);
	cr_assert_eq(found.charge, 2048000 * 12345ll);
	cr_assert(found.sumsq_charge == (unsigned __int128)2048000 * 12345 * 12345);
	cr_assert_eq(found.n_charge, 2048000);
	cr_assert_eq(found.n_paid, 0);
	cr_assert_str_eq(found.text, "1234567893");
	cr_assert_eq(rows_of_kind(run.profile, 0, PROFILE_KIND_DIGIT, &lines), 1);
	cr_assert_eq(lines, 2048000);
	cr_assert_eq(rows_of_kind(run.profile, 0, PROFILE_KIND_MONTH, &lines), 1);
	cr_assert_eq(lines, 2048000);
	run_close(&run);
}

/* More codes than the largest drawer holds, and amounts that outgrow 32 bits. */
Test(profile, many_codes_of_one_provider)
{
	enum { DISTINCT = 120000 };
	const struct profile_options options = {
	        .keep = PROFILE_CODES | PROFILE_COUNTS, .workers = 1};
	static struct batch batch;
	struct profile_cell *cells = NULL;
	size_t capacity = 0, count;
	struct run run;

	run_open(&run, &options);
	plain_batch(&batch, BATCH_LINES, 3000000000);
	for (uint32_t i = 0; i < 2 * DISTINCT; i += BATCH_LINES) {
		for (uint32_t line = 0; line < BATCH_LINES; line++) {
			char text[8];

			snprintf(text, sizeof(text), "%06u", (i + line) % DISTINCT);
			batch.hcpcs[line] = word_of(text);
		}
		batch.count = 2 * DISTINCT - i < BATCH_LINES ? 2 * DISTINCT - i : BATCH_LINES;
		cr_assert_eq(profile_resolve(run.workers[0], &batch), 0);
		cr_assert_eq(profile_add(run.workers[0], &batch, NULL, NULL), 0);
	}
	run_merge(&run);
	cr_assert_eq(profile_cells(run.profile, 0, &cells, &capacity, &count), 0);
	cr_assert_eq(count, DISTINCT + 2);
	for (uint32_t i = 0; i < DISTINCT; i++) {
		char text[8];

		snprintf(text, sizeof(text), "%06u", i);
		cr_assert_eq(cells[i].key, word_of(text));
		cr_assert_eq(cells[i].lines, 2);
		cr_assert_eq(cells[i].units, 2 * UNITS_ONE);
		cr_assert_eq(cells[i].charge, 6000000000);
	}
	cr_assert_eq(cells[DISTINCT].kind, PROFILE_KIND_DIGIT);
	cr_assert_eq(cells[DISTINCT].key, 3);
	cr_assert_eq(cells[DISTINCT].lines, 2 * DISTINCT);
	cr_assert_eq(cells[DISTINCT].charge, 2 * DISTINCT * 3000000000ll);
	free(cells);
	run_close(&run);
}

/* Each provider has one line a round; numbers, sums and order of all are right. */
Test(profile, two_million_providers, .timeout = 300)
{
	const struct profile_options options = {.keep = PROFILE_COUNTS, .workers = 2};
	static struct batch batch;
	struct profile_provider found;
	uint32_t *numbers;
	struct run run;
	size_t count;

	run_open(&run, &options);
	plain_batch(&batch, BATCH_LINES, 700);
	for (uint64_t first = 0; first < MANY; first += BATCH_LINES) {
		batch.count = MANY - first < BATCH_LINES ? (uint32_t)(MANY - first) : BATCH_LINES;
		for (uint32_t line = 0; line < batch.count; line++) {
			/* 7 has no factor in common with MANY: each comes up once. */
			uint64_t value = 1000000000 + (first + line) * 7 % MANY * 400;

			batch.provider_id[line] = make_id(ID_NPI, value);
			batch.charge[line] = batch.counted_charge[line] = (int64_t)(value / 400);
		}
		for (unsigned i = 0; i < 2; i++) {
			cr_assert_eq(profile_resolve(run.workers[i], &batch), 0);
			cr_assert_eq(profile_add(run.workers[i], &batch, NULL, NULL), 0);
		}
	}
	run_merge(&run);
	cr_assert_eq(profile_order(run.profile, &numbers, &count), 0);
	cr_assert_eq(count, MANY);
	for (size_t i = 0; i < count; i++) {
		uint64_t value = 1000000000 + i * 400;

		profile_read(run.profile, numbers[i], &found);
		cr_assert_eq(found.id, make_id(ID_NPI, value));
		cr_assert_eq(found.lines, 2);
		cr_assert_eq(found.charge, (int64_t)(value / 400) * 2);
	}
	/* A kibibyte a provider, and as much again a worker. */
	cr_assert_leq(profile_memory(run.profile), (size_t)3 * 1024 * MANY);
	free(numbers);
	run_close(&run);
}

/* A claim's amounts go where its lowest line went, adding no line and no units. */
Test(profile, amounts_of_claim_level)
{
	const struct profile_options options = {
	        .keep = PROFILE_CODES | PROFILE_COUNTS, .workers = 1};
	const struct profile_amounts amounts = {.provider = 0,
	        .service_from = 19000,
	        .hcpcs = word_of("99213"),
	        .modifiers = {two("25"), two("25"), two("59")},
	        .place = two("11"),
	        .em_family = EM_OFFICE_EST,
	        .em_level = 3,
	        .has_charge = true,
	        .has_paid = true,
	        .charge = -4200,
	        .allowed = 999,
	        .paid = AMOUNT_ABSENT};
	static const char *const kinds[] = {
	        "code", "digit", "em", "modifier", "modifier", "month", "pos"};
	static const char *const keys[] = {
	        "99213", "4", "office_est_3", "25", "59", "2022-01", "11"};
	struct profile_cell *cells = NULL;
	struct profile_provider found;
	size_t capacity = 0, count;
	struct run run;

	run_open(&run, &options);
	cr_assert_eq(profile_number(run.profile, make_id(ID_NPI, 1234567893), "", 0), 0);
	cr_assert_eq(profile_add_amounts(run.workers[0], &amounts), 0);
	run_merge(&run);
	profile_read(run.profile, 0, &found);
	cr_assert_eq(found.lines, 0);
	cr_assert_eq(found.units, 0);
	cr_assert_eq(found.charge, -4200);
	cr_assert_eq(found.allowed, 0);
	cr_assert_eq(found.n_charge, 1);
	cr_assert_eq(found.n_paid, 0);
	cr_assert(found.sumsq_charge == (unsigned __int128)4200 * 4200);
	cr_assert_eq(profile_cells(run.profile, 0, &cells, &capacity, &count), 0);
	cr_assert_eq(count, 7);
	for (size_t i = 0; i < count; i++) {
		char text[PROFILE_KEY_TEXT_SIZE];

		cr_assert_eq(profile_key_text(&cells[i], text), strlen(keys[i]));
		cr_assert_str_eq(text, keys[i]);
		cr_assert_str_eq(profile_kind_name(cells[i].kind), kinds[i]);
		cr_assert_eq(cells[i].lines, 0);
		cr_assert_eq(cells[i].charge, -4200);
		cr_assert_eq(cells[i].allowed, 0);
	}
	free(cells);
	run_close(&run);
}

Test(profile, empty_run)
{
	const struct profile_options options = {.workers = 1};
	static struct batch batch;
	uint32_t *numbers;
	struct run run;
	size_t count;

	run_open(&run, &options);
	cr_assert_eq(profile_resolve(run.workers[0], &batch), 0);
	cr_assert_eq(profile_add(run.workers[0], &batch, NULL, NULL), 0);
	run_merge(&run);
	cr_assert_eq(profile_order(run.profile, &numbers, &count), 0);
	cr_assert_eq(count, 0);
	cr_assert_eq(profile_count(run.profile), 0);
	free(numbers);
	run_close(&run);
	profile_destroy(NULL);
	profile_worker_destroy(NULL);
}

/* Told many at once, rules and beneficiaries mixed, with and without flushes in between. */
Test(profile, counts_of_histories)
{
	enum { SOME = 300, RULE = RULES_ALL - 1 };
	static const size_t memories[] = {0, 1};

	for (size_t m = 0; m < 2; m++) {
		const struct profile_options options = {.workers = 1, .memory_bytes = memories[m]};
		struct profile_count counts[PROFILE_COUNTS_MAX];
		uint32_t numbers[SOME], count = 0;
		struct run run;

		run_open(&run, &options);
		for (unsigned i = 0; i < SOME; i++) {
			char text[16];
			int size = snprintf(text, sizeof(text), "%u", 1000000000 + i);

			numbers[i] = profile_number(run.profile,
			        (uint64_t)ID_NPI << ID_KIND_SHIFT | (1000000000 + i), text,
			        (size_t)size);
		}
		for (unsigned i = 0; i < 20 * SOME; i++) {
			uint32_t rule = i % 3 ? RULE : PROFILE_BENEFICIARIES;

			counts[count++] = (struct profile_count){numbers[i % SOME], rule, i % 7};
			if (count < PROFILE_COUNTS_MAX && i + 1 < 20 * SOME)
				continue;
			cr_assert_eq(profile_add_counts(run.workers[0], counts, count), 0);
			count = 0;
		}
		cr_assert_eq(profile_add_beneficiary(run.workers[0], numbers[5]), 0);
		cr_assert_eq(profile_add_judged(run.workers[0], numbers[5], 0, 11), 0);
		run_merge(&run);
		for (unsigned i = 0; i < SOME; i++) {
			uint64_t judged = 0, beneficiaries = i == 5;
			struct profile_provider provider;
			struct profile_rule rule;

			for (unsigned k = i; k < 20 * SOME; k += SOME)
				*(k % 3 ? &judged : &beneficiaries) += k % 7;
			profile_read(run.profile, numbers[i], &provider);
			profile_read_rule(run.profile, numbers[i], RULE, &rule);
			cr_assert_eq(provider.beneficiaries, beneficiaries);
			cr_assert_eq(rule.evaluated, judged);
			profile_read_rule(run.profile, numbers[i], 0, &rule);
			cr_assert_eq(rule.evaluated, i == 5 ? 11 : 0);
		}
		run_close(&run);
	}
}

/* By text as bytes, then by the name of the kind. */
Test(profile, order)
{
	static const struct provider ordered[] = {
	        {(uint64_t)ID_NONE << ID_KIND_SHIFT, ""},
	        {(uint64_t)ID_OTHER << ID_KIND_SHIFT | 3, "000000000000000000001"},
	        {(uint64_t)ID_OTHER << ID_KIND_SHIFT | 3, "000000000000000000002"},
	        {(uint64_t)ID_OTHER << ID_KIND_SHIFT | 4, "000000000000000000002a"},
	        {(uint64_t)ID_CCN << ID_KIND_SHIFT | 5, "050001"},
	        {(uint64_t)ID_OTHER << ID_KIND_SHIFT | 5, "050001"},
	        {(uint64_t)ID_TIN << ID_KIND_SHIFT | 5, "050001"},
	        {(uint64_t)ID_NPI << ID_KIND_SHIFT | 1000000004, "1000000004"},
	        {(uint64_t)ID_BAD_CHECK << ID_KIND_SHIFT | 1000000005, "1000000005"},
	        {(uint64_t)ID_TIN << ID_KIND_SHIFT | 6, "10000000051"},
	        {(uint64_t)ID_NPI << ID_KIND_SHIFT | 2000000000, "2000000000"},
	        {(uint64_t)ID_OTHER << ID_KIND_SHIFT | 7, "\xc3\xa9"},
	};
	enum { COUNT = sizeof(ordered) / sizeof(*ordered) };
	const struct profile_options options = {.workers = 1};
	uint32_t *numbers, made[COUNT];
	struct run run;
	size_t count;

	run_open(&run, &options);
	profile_number(run.profile, make_id(ID_OTHER, 99), "unused", 6);
	for (unsigned i = 0; i < COUNT; i++) {
		const struct provider *provider = &ordered[i * 5 % COUNT];

		made[i * 5 % COUNT] = profile_number(
		        run.profile, provider->id, provider->text, strlen(provider->text));
		cr_assert_eq(profile_add_claims(run.workers[0], &made[i * 5 % COUNT], 1), 0);
	}
	run_merge(&run);
	cr_assert_eq(profile_order(run.profile, &numbers, &count), 0);
	cr_assert_eq(count, COUNT);
	for (size_t i = 0; i < count; i++) {
		struct profile_provider found;

		cr_assert_eq(numbers[i], made[i]);
		profile_read(run.profile, numbers[i], &found);
		cr_assert_str_eq(found.text, ordered[i].text);
	}
	free(numbers);
	run_close(&run);
}
