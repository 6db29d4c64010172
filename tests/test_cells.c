/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Columns of many records against the same records alone, at every level: how full
 * a column is, and what its neighbours hold, must not show.
 */
#include "format/cells.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 8, CELL_SIZE = 16, SLACK = 64 };

static const struct cells_hot *hots(int level)
{
	return cells_hot_at((enum level)level);
}

/* Records of a batch with their text, a comma behind each cell. */
struct given {
	struct cells cells;
	uint32_t separators[BATCH_LINES][COLUMNS + 1]; /* the first is entry [-1] */
	uint8_t text[1 + BATCH_LINES * COLUMNS * CELL_SIZE + SLACK];
	uint32_t used;
};

static struct given *given_create(void)
{
	struct given *given = calloc(1, sizeof(*given));

	given->text[0] = ',';
	given->used = 1;
	given->cells.text = given->text;
	return given;
}

static void add_record(struct given *given, const char *const texts[COLUMNS])
{
	uint32_t *separators = given->separators[given->cells.count];

	separators[0] = given->used - 1;
	for (unsigned c = 0; c < COLUMNS; c++) {
		size_t size = strlen(texts[c]);

		memcpy(given->text + given->used, texts[c], size);
		given->used += (uint32_t)size;
		separators[c + 1] = given->used;
		given->text[given->used++] = ',';
	}
	given->cells.separators[given->cells.count++] = separators + 1;
}

static uint64_t random_state = 88172645463325252u;

static unsigned random_below(unsigned below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned)(random_state >> 33) % below;
}

/* percent: how many cells are not empty. */
static const char *random_text(unsigned percent)
{
	static const char *const texts[] = {"E119", "I10", "M7989", "99213", "E11.9", "e119", " ",
	        "  A01", "Z00 ", "12345678", "TOOLONGCODE", "A.B.C", ".", "\xc3\xa9", "25", "5",
	        "gt", " X", "ABCDEFG", "@AB", "A\x7f", "2024-01-31", "20240131", "1", "0470",
	        "470"};

	if (random_below(100) >= percent)
		return "";
	return texts[random_below(4) ? random_below(5)
	                             : random_below(sizeof(texts) / sizeof(*texts))];
}

/* The columns of a group in a batch, as bytes: what a test compares. */
struct column {
	size_t at, size;
};

struct group_case {
	struct cell_group group;
	struct column columns[2 + COLUMNS];
	bool adds; /* cells are added to what is there: blank beforehand */
};

#define COLUMN_OF(member) \
	{ \
		offsetof(struct batch, member), sizeof(((struct batch *)0)->member[0]) \
	}
static const struct group_case cases[] = {
        {{FIELD_DIAGNOSIS_1, 1, 6},
                {COLUMN_OF(diagnosis[0]), COLUMN_OF(diagnosis[1]), COLUMN_OF(diagnosis[2]),
                        COLUMN_OF(diagnosis[3]), COLUMN_OF(diagnosis[4]), COLUMN_OF(diagnosis[5]),
                        COLUMN_OF(diagnosis_count)},
                true},
        {{FIELD_PROCEDURE_1 + 3, 2, 2},
                {COLUMN_OF(procedure[3]), COLUMN_OF(procedure[4]), COLUMN_OF(procedure_count)},
                true},
        {{FIELD_MODIFIER_1, 1, 5},
                {COLUMN_OF(modifiers[0]), COLUMN_OF(modifiers[1]), COLUMN_OF(modifiers[2]),
                        COLUMN_OF(modifiers[3]), COLUMN_OF(modifiers[4])},
                false},
        {{FIELD_CONDITION_1, 0, 3},
                {COLUMN_OF(condition[0]), COLUMN_OF(condition[1]), COLUMN_OF(condition[2])}, false},
        {{FIELD_HCPCS, 4, 1}, {COLUMN_OF(hcpcs)}, false},
        {{FIELD_ADMITTING, 7, 1}, {COLUMN_OF(admitting)}, false},
        {{FIELD_ADMISSION, 3, 1}, {COLUMN_OF(admission)}, false},
        {{FIELD_DISCHARGE, 4, 1}, {COLUMN_OF(discharge)}, false},
        {{FIELD_DRG, 5, 1}, {COLUMN_OF(drg)}, false},
        {{FIELD_REVENUE, 6, 1}, {COLUMN_OF(revenue)}, false},
        {{FIELD_POINTER_3, 0, 1}, {COLUMN_OF(pointer[2])}, false},
        {{FIELD_CARC_2, 1, 1}, {COLUMN_OF(carc), COLUMN_OF(said)}, true},
        {{FIELD_PLACE, 2, 1}, {COLUMN_OF(place)}, false},
        {{FIELD_UNITS, 3, 1}, {COLUMN_OF(units)}, false},
        {{FIELD_PAID, 3, 1}, {COLUMN_OF(paid)}, false},
};
enum { CASES = sizeof(cases) / sizeof(cases[0]) };

static struct batch *batch_create(void)
{
	struct batch *batch = aligned_alloc(64, (sizeof(*batch) + 63) / 64 * 64);

	batch_clear(batch);
	return batch;
}

/* Line a of one batch is line b of another. */
static void expect_same(const struct group_case *group, const struct batch *left, uint32_t a,
        const struct batch *right, uint32_t b)
{
	for (const struct column *column = group->columns; column->size; column++) {
		const uint8_t *l = (const uint8_t *)left + column->at + a * column->size;
		const uint8_t *r = (const uint8_t *)right + column->at + b * column->size;

		cr_assert_eq(memcmp(l, r, column->size), 0, "field %d, line %u, column %zu",
		        (int)group->group.field, a, (size_t)(column - group->columns));
	}
}

static void add_counts(struct cell_counts *into, const struct cell_counts *from)
{
	for (unsigned field = 0; field < FIELD_COUNT; field++) {
		into[field].present += from[field].present;
		into[field].invalid += from[field].invalid;
		into[field].repaired += from[field].repaired;
	}
}

/* Each record in a batch of its own must come to the same line and the same counts. */
static void compare_alone(const struct group_case *group, const struct given *given,
        const struct batch *batch, const struct cell_counts counts[FIELD_COUNT])
{
	struct cell_counts sum[FIELD_COUNT] = {0};
	struct batch *alone = batch_create();

	for (uint32_t i = 0; i < given->cells.count; i++) {
		struct cell_counts own[FIELD_COUNT] = {0};
		struct cells one = {.text = given->text, .count = 1};

		batch_clear(alone);
		one.separators[0] = given->cells.separators[i];
		hots(LEVEL_SCALAR)->parse(&one, &group->group, alone, own);
		expect_same(group, batch, i, alone, 0);
		add_counts(sum, own);
	}
	cr_assert_eq(
	        memcmp(sum, counts, sizeof(sum)), 0, "field %d: counts", (int)group->group.field);
	free(alone);
}

static void fill(struct given *given, unsigned count, unsigned percent)
{
	for (unsigned i = 0; i < count; i++) {
		const char *texts[COLUMNS];

		for (unsigned c = 0; c < COLUMNS; c++)
			texts[c] = random_text(c < 3 ? percent : percent / 3);
		add_record(given, texts);
	}
}

Test(cells, records_together_are_as_alone)
{
	static const unsigned percents[] = {100, 90, 50, 20, 2, 0};
	static const unsigned counts[] = {BATCH_LINES, 1, 7, 65};
	struct batch *batch = batch_create();

	for (unsigned round = 0; round < 24; round++) {
		struct given *given = given_create();

		fill(given, counts[round % 4], percents[round / 4]);
		for (size_t g = 0; g < CASES; g++)
			for (int level = LEVEL_SCALAR; level <= (int)level_best(); level++) {
				struct cell_counts seen[FIELD_COUNT] = {0};

				if (cases[g].adds)
					batch_clear(batch); /* else it has what was there before */
				hots(level)->parse(&given->cells, &cases[g].group, batch, seen);
				compare_alone(&cases[g], given, batch, seen);
			}
		free(given);
	}
	free(batch);
}

/* What blank() leaves is what parse() does, and one cell in any column keeps it from all. */
Test(cells, empty_columns_become_blank_and_others_stay)
{
	static const char *const none[COLUMNS] = {"", "", "", "", "", "", "", ""};
	struct batch *batch = batch_create(), *kept = batch_create();

	for (size_t g = 0; g < CASES; g++) {
		const struct cell_group *group = &cases[g].group;
		struct cell_counts counts[FIELD_COUNT] = {0};
		struct given *full, *empty;

		if (!cells_may_blank(group))
			continue;
		full = given_create();
		empty = given_create();
		fill(full, BATCH_LINES, 90);
		for (uint32_t i = 0; i < 100; i++)
			add_record(empty, none);
		batch_clear(batch);
		if (!cases[g].adds)
			hots(LEVEL_SCALAR)->parse(&full->cells, group, batch, counts);
		memcpy(kept, batch, sizeof(*batch));
		cr_expect_not(hots(LEVEL_SCALAR)->blank(&full->cells, group, 1, batch));
		cr_expect_eq(memcmp(kept, batch, sizeof(*batch)), 0, "field %d is left",
		        (int)group->field);
		cr_assert(hots(LEVEL_SCALAR)->blank(&empty->cells, group, 1, batch));
		compare_alone(&cases[g], empty, batch, (struct cell_counts[FIELD_COUNT]){0});
		free(full);
		free(empty);
	}
	free(batch);
	free(kept);
}

Test(cells, groups_side_by_side_are_blank_together_or_not_at_all)
{
	static const struct cell_group groups[] = {
	        {FIELD_ADMISSION, 2, 1}, {FIELD_CONDITION_1, 3, 2}, {FIELD_DRG, 5, 1}};
	struct batch *batch = batch_create();

	for (unsigned column = 0; column <= COLUMNS; column++) {
		struct given *given = given_create();
		const char *texts[COLUMNS];

		for (unsigned c = 0; c < COLUMNS; c++)
			texts[c] = c == column ? "470" : "";
		add_record(given, texts);
		batch_clear(batch);
		batch->admission[0] = 1;
		batch->drg[0] = 470;
		cr_expect_eq(hots(LEVEL_SCALAR)->blank(&given->cells, groups, 3, batch),
		        column < 2 || column > 5, "column %u", column);
		cr_expect_eq(batch->admission[0] == DATE_ABSENT, column < 2 || column > 5);
		cr_expect_eq(batch->drg[0] == NUMBER_BLANK, column < 2 || column > 5);
		free(given);
	}
	free(batch);
}
