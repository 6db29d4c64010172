/* SPDX-License-Identifier: Apache-2.0 */
#include "regroup/history_pack.h"

#include "base/hash.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MOST = 400 };

struct left {
	struct history_run run;
	struct history_line lines[BATCH_LINES];
	struct record_head *record;
};

/* Put a run into a record, as an emitter does, and read it again. */
static void leave(struct left *left, const struct history_run *run, const char *texts)
{
	size_t bytes = (size_t)run->claim_id_size + run->data_source_size + run->person_id_size;
	uint8_t *packed = malloc(history_pack_most(run->lines));
	uint32_t kind;
	size_t size = history_pack(run, packed, &kind);

	cr_assert_leq(size + sizeof(struct record_head), history_pack_most(run->lines));
	left->record = malloc(sizeof(struct record_head) + size + bytes);
	*left->record = (struct record_head){.key = run->person, .kind = kind};
	memcpy(left->record + 1, packed, size);
	memcpy((uint8_t *)(left->record + 1) + size, texts, bytes);
	history_unpack(left->record, &left->run, left->lines);
	free(packed);
}

static void expect_equal_lines(const struct history_line *a, const struct history_line *b)
{
	cr_assert_eq(a->digest, b->digest);
	cr_assert_eq(a->code, b->code);
	cr_assert_eq(history_ref(a), history_ref(b));
	cr_assert_eq(a->units, b->units);
	cr_assert_eq(a->amount, b->amount);
	cr_assert_eq(a->charge, b->charge);
	cr_assert_eq(a->line, b->line);
	cr_assert_eq(a->from, b->from);
	cr_assert_eq(a->span, b->span);
	cr_assert_eq(a->place, b->place);
	cr_assert_eq(a->flags, b->flags);
	cr_assert_arr_eq(a->modifiers, b->modifiers, sizeof(a->modifiers));
}

static void expect_equal(
        const struct history_run *a, const struct history_run *b, const char *texts)
{
	size_t bytes = (size_t)a->claim_id_size + a->data_source_size + a->person_id_size;

	cr_assert_eq(a->person, b->person);
	cr_assert_eq(a->claim, b->claim);
	cr_assert_eq(a->same, b->same);
	cr_assert_eq(a->tin, b->tin);
	cr_assert_eq(a->provider, b->provider);
	cr_assert_eq(a->order_date, b->order_date);
	cr_assert_eq(a->specialty, b->specialty);
	cr_assert_eq(a->claim_type, b->claim_type);
	cr_assert_eq(a->setting, b->setting);
	cr_assert_eq(a->apart, b->apart);
	cr_assert_eq(a->diagnoses, b->diagnoses);
	cr_assert_eq(a->facts, b->facts);
	cr_assert_eq(a->carc, b->carc);
	cr_assert_eq(a->year, b->year);
	cr_assert_eq(a->ordering, b->ordering);
	cr_assert_eq(a->diagnosis_sum, b->diagnosis_sum);
	cr_assert_arr_eq(a->hcc.words, b->hcc.words, sizeof(a->hcc.words));
	cr_assert_eq(a->claim_id_size, b->claim_id_size);
	cr_assert_eq(a->data_source_size, b->data_source_size);
	cr_assert_eq(a->person_id_size, b->person_id_size);
	cr_assert_arr_eq(a->texts, texts, bytes);
	cr_assert_eq(a->lines, b->lines);
	for (unsigned i = 0; i < a->lines; i++)
		expect_equal_lines(&a->line_list[i], &b->line_list[i]);
}

static void expect_equal_stays(const struct history_run *a, const struct history_run *b)
{
	cr_assert_eq(a->claim_start, b->claim_start);
	cr_assert_eq(a->claim_end, b->claim_end);
	cr_assert_eq(a->admission, b->admission);
	cr_assert_eq(a->discharge, b->discharge);
	cr_assert_eq(a->bill_type, b->bill_type);
	cr_assert_eq(a->status, b->status);
	cr_assert_eq(a->drg, b->drg);
}

/* ---- Samples ---- */

static uint64_t state;

static uint64_t draw(void)
{
	state++;
	return hash64(&state, sizeof(state));
}

/* Mostly what is usual, at times an edge. */
static int64_t draw_amount(void)
{
	static const int64_t edges[] = {AMOUNT_ABSENT, 0, -1, INT32_MAX, INT32_MIN,
	        (int64_t)INT32_MIN + 1, (int64_t)INT32_MAX + 1, AMOUNT_MOST, -AMOUNT_MOST};

	if (draw() % 4)
		return (int64_t)(draw() % 100000);
	return edges[draw() % (sizeof(edges) / sizeof(edges[0]))];
}

static int32_t draw_day(int32_t usual)
{
	static const int32_t edges[] = {DATE_ABSENT, INT32_MAX, 0, -1, -40000, 65535, 65536};

	return draw() % 4 ? usual : edges[draw() % (sizeof(edges) / sizeof(edges[0]))];
}

static int32_t draw_number(int32_t next)
{
	static const int32_t edges[] = {LINE_ABSENT, INT32_MAX, 0, -1, 70000};

	return draw() % 4 ? next : edges[draw() % (sizeof(edges) / sizeof(edges[0]))];
}

static uint64_t draw_code(void)
{
	static const uint64_t codes[] = {
	        CODE_BLANK, 0x3331323939, 0x00ff00ff00ff00ff, CODE_UNREADABLE, 0x414141414141};

	return codes[draw() % (sizeof(codes) / sizeof(codes[0]))] & CODE_UNREADABLE;
}

static void draw_line(struct history_line *line, int32_t number)
{
	*line = (struct history_line){
	        .digest = draw(),
	        .code = draw_code(),
	        .units = draw() % 2 ? UNITS_ONE : draw_amount(),
	        .amount = draw_amount(),
	        .charge = draw_amount(),
	        .line = draw_number(number),
	        .from = draw_day(19800),
	        .span = draw() % 4 ? 0 : (uint16_t)draw(),
	        .place = draw() % 4 ? TWO_CHARS('1', '1') : (uint16_t)draw(),
	        .flags = draw() & 31,
	};
	line->ref_high = draw() & UINT8_MAX;
	line->ref_low = draw() & HISTORY_REF_LOW_MASK;
	for (unsigned m = 0; m < MODIFIERS_MAX; m++)
		line->modifiers[m] = draw() % 8 ? 0 : (uint16_t)draw();
}

static uint32_t draw_size(void)
{
	static const uint32_t sizes[] = {0, 8, 9, 254, 255, 256, TEXT_MOST};

	return sizes[draw() % (sizeof(sizes) / sizeof(sizes[0]))];
}

static uint32_t draw_facts(void)
{
	return (uint32_t)(draw() & 0xff) | (uint32_t)(draw() % 4) << HISTORY_HOSPITAL_SHIFT |
	       (draw() % 2 ? HISTORY_DENIAL_TOLD : 0u) |
	       (uint32_t)(draw() % 4) << HISTORY_SEVERITY_SHIFT | (draw() % 2 ? HISTORY_OLD : 0u);
}

static uint64_t at_times(uint64_t value)
{
	return draw() % 2 ? value : 0;
}

static void draw_run(struct history_run *run, struct history_line *lines)
{
	*run = (struct history_run){
	        .person = draw(),
	        .claim = draw(),
	        .same = at_times(draw()),
	        .tin = at_times(draw()),
	        .provider = (uint32_t)draw(),
	        .order_date = draw_day(19850),
	        .claim_start = draw_day(19800),
	        .claim_end = draw_day(19801),
	        .admission = draw_day(19800),
	        .discharge = draw_day(19801),
	        .bill_type = (uint32_t)(draw() & 0xffffff),
	        .specialty = (uint16_t)draw(),
	        .status = (uint16_t)draw(),
	        .drg = (uint16_t)draw(),
	        .lines = (uint16_t)(draw() % 3 ? draw() % 5 : draw() % (BATCH_LINES + 1)),
	        .claim_type = (uint8_t)(draw() % CLAIM_TYPES),
	        .setting = (uint8_t)(draw() % (SETTING_NONE + 1)),
	        .apart = draw() & 3,
	        .diagnoses = (uint32_t)at_times(draw()),
	        .claim_id_size = draw_size(),
	        .data_source_size = draw_size(),
	        .person_id_size = draw_size(),
	        .facts = draw_facts(),
	        .carc = (uint16_t)at_times(draw()),
	        .year = (uint16_t)at_times(2024),
	        .ordering = at_times(draw()),
	        .diagnosis_sum = at_times(draw()),
	        .hcc = {{at_times(draw()), at_times(draw())}},
	        .line_list = lines,
	};
	for (unsigned i = 0; i < run->lines; i++)
		draw_line(&lines[i], (int32_t)i + 1);
}

/* ---- Tests ---- */

Test(history_pack, reads_back_what_was_left)
{
	enum { ROUNDS = 5000 };
	static struct history_line lines[BATCH_LINES];
	static struct left left;
	static char texts[3 * TEXT_MOST];
	struct history_run run;

	for (size_t i = 0; i < sizeof(texts); i++)
		texts[i] = (char)('a' + i % 26);
	for (uint64_t round = 0; round < ROUNDS; round++) {
		state = round * 1000000;
		draw_run(&run, lines);
		run.bill_type |= 0x100;
		leave(&left, &run, texts);
		expect_equal(&left.run, &run, texts);
		expect_equal_stays(&left.run, &run);
		free(left.record);
	}
}

Test(history_pack, no_stay_stands_on_a_visit)
{
	static struct left left;
	const struct history_run run = {.claim_type = CLAIM_PROFESSIONAL,
	        .claim_start = 19800,
	        .claim_end = 19801,
	        .admission = 19800,
	        .discharge = 19801,
	        .status = TWO_CHARS('0', '1'),
	        .drg = 470};
	const struct history_run none = {.claim_start = DATE_ABSENT,
	        .claim_end = DATE_ABSENT,
	        .admission = DATE_ABSENT,
	        .discharge = DATE_ABSENT,
	        .drg = NUMBER_BLANK};

	leave(&left, &run, "");
	expect_equal(&left.run, &run, "");
	expect_equal_stays(&left.run, &none);
	free(left.record);
}

/* An office visit of one line, and three of a day. */
Test(history_pack, usual_runs_are_small)
{
	struct history_line lines[] = {{.digest = 1,
	                                       .code = 0x3331323939,
	                                       .units = UNITS_ONE,
	                                       .amount = 8085,
	                                       .charge = 14700,
	                                       .line = 1,
	                                       .from = 19723,
	                                       .place = TWO_CHARS('1', '1')},
	        {0}, {0}};
	struct history_run run = {.same = 1, .tin = 2, .lines = 1, .line_list = lines};
	uint8_t *packed = malloc(history_pack_most(3));
	uint32_t kind;

	lines[1] = lines[2] = lines[0];
	lines[1].line = 2;
	lines[2].line = 3;
	cr_assert_eq(history_pack(&run, packed, &kind), 32 + 16 + 26);
	run.lines = 3;
	cr_assert_eq(history_pack(&run, packed, &kind), 32 + 16 + 3 * 26);
	free(packed);
}
