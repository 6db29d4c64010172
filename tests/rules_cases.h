/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hand-made claim lines for the tests of rules: what a line says, in text, and
 * what a rule must make of it.
 *
 * All cases of a table are judged in one batch, and each again by itself, for
 * a rule may look at the whole batch before it looks at a line.
 */
#ifndef TESTS_RULES_CASES_H
#define TESTS_RULES_CASES_H

#include "base/date.h"
#include "lookup/codes.h"
#include "rules/rules.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Tables of cases leave out what is blank. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

/* One line.  NULL and 0 are blank; type: P (if blank), I, D, U. */
struct given {
	char type, sex;
	const char *tob, *hcpcs, *modifiers, *dx, *pointers, *pointed, *pcs, *place, *specialty;
	const char *condition;
	const char *from, *thru; /* of service; thru defaults to from */
	const char *line_start, *line_end, *claim_start, *claim_end, *admission, *discharge;
	const char *birth, *death, *received;
	const char *units, *charge, *allowed, *paid;
	int revenue; /* -1: unreadable */
	uint64_t billing, rendering, ordering, facility;
	uint16_t flags, without; /* flags beside LINE_DUE and LINE_PAYABLE, and without */
	int setting;             /* 0: by type and bill type */
	bool icd9;
};

enum want {
	OUT,   /* not in scope */
	BLIND, /* in scope, not evaluated */
	CLEAR, /* evaluated, no hit */
	HIT
};

struct rule_case {
	const char *what;
	struct given given;
	enum want want;
	const char *kind;
	int severity;
	uint32_t share, whole; /* 0, 0: none */
	const char *detail;
	bool watch;
	uint32_t excess, excess_whole;
};

#define NPI(digits) ((uint64_t)ID_NPI << ID_KIND_SHIFT | (digits))
#define ID_OF(kind, digits) ((uint64_t)(kind) << ID_KIND_SHIFT | (digits))

static inline uint64_t case_word(const char *text, size_t size)
{
	uint64_t word = 0;

	if (size > 7)
		return CODE_UNREADABLE;
	for (size_t i = 0; i < size; i++)
		word |= (uint64_t)(uint8_t)text[i] << (8 * i);
	return word;
}

static inline uint64_t case_code(const char *text)
{
	return text ? case_word(text, strlen(text)) : 0;
}

static inline int32_t case_date(const char *text)
{
	int32_t date = DATE_ABSENT;

	if (text)
		cr_assert_eq(date_parse(text, strlen(text), &date), 0, "%s", text);
	return date;
}

/* A decimal with up to places decimals, as an integer. */
static inline int64_t case_number(const char *text, int places)
{
	const char *at = text;
	int64_t value = 0;
	bool negative;

	if (!text)
		return AMOUNT_ABSENT;
	negative = *at == '-';
	at += negative;
	for (; *at && *at != '.'; at++)
		value = value * 10 + (*at - '0');
	at += *at == '.';
	for (; places > 0; places--)
		value = value * 10 + (*at ? *at++ - '0' : 0);
	return negative ? -value : value;
}

/* The words of a list, blanks between; an item of "-" is blank. */
static inline size_t case_words(const char *list, uint64_t words[], size_t room)
{
	size_t count = 0;

	while (list && *list && count < room) {
		size_t size = strcspn(list, " ");

		words[count++] = size == 1 && *list == '-' ? 0 : case_word(list, size);
		list += size + (list[size] == ' ');
	}
	return count;
}

static inline enum claim_type case_type(char type)
{
	switch (type) {
	case 'I':
		return CLAIM_INSTITUTIONAL;
	case 'D':
		return CLAIM_DENTAL;
	case 'U':
		return CLAIM_UNDETERMINED;
	}
	return CLAIM_PROFESSIONAL;
}

static inline uint8_t case_setting(const struct given *given, bool inpatient)
{
	switch (case_type(given->type)) {
	case CLAIM_PROFESSIONAL:
		return SETTING_PRACTITIONER;
	case CLAIM_INSTITUTIONAL:
		return inpatient ? SETTING_NONE : SETTING_OUTPATIENT;
	case CLAIM_DENTAL:
		return SETTING_NONE;
	default:
		return SETTING_UNDETERMINED;
	}
}

static inline void case_set_codes(struct batch *batch, uint32_t i, const struct given *given)
{
	uint64_t words[DIAGNOSES_MAX];
	size_t count;

	batch->hcpcs[i] = case_code(given->hcpcs);
	count = case_words(given->modifiers, words, MODIFIERS_MAX);
	for (size_t m = 0; m < MODIFIERS_MAX; m++)
		batch->modifiers[m][i] = m < count ? (uint16_t)words[m] : 0;
	count = case_words(given->dx, words, DIAGNOSES_MAX);
	batch->diagnosis_count[i] = (uint8_t)count;
	for (size_t s = 0; s < DIAGNOSES_MAX; s++)
		batch->diagnosis[s][i] = s < count ? words[s] : 0;
	count = case_words(given->pcs, words, PROCEDURES_MAX);
	batch->procedure_count[i] = (uint8_t)count;
	for (size_t p = 0; p < PROCEDURES_MAX; p++)
		batch->procedure[p][i] = p < count ? words[p] : 0;
	count = case_words(given->pointers, words, POINTERS_MAX);
	for (size_t p = 0; p < POINTERS_MAX; p++) {
		uint64_t word = p < count ? words[p] : 0;

		batch->pointer[p][i] = (uint8_t)(!word       ? 0
		                                 : word >> 8 ? 10 * ((word & 15)) + (word >> 8 & 15)
		                                             : word & 15);
	}
	batch->pointed_code[i] = case_code(given->pointed);
	batch->diagnosis_type[i] = given->icd9 ? CODE_TYPE_ICD9 : CODE_TYPE_BLANK;
	for (size_t c = 0; c < CONDITIONS_MAX; c++)
		batch->condition[c][i] = 0;
	batch->condition[1][i] = (uint16_t)case_code(given->condition);
}

static inline void case_set_dates(struct batch *batch, uint32_t i, const struct given *given)
{
	batch->service_from[i] = case_date(given->from);
	batch->service_thru[i] = case_date(given->thru ? given->thru : given->from);
	batch->line_start[i] = case_date(given->line_start);
	batch->line_end[i] = case_date(given->line_end);
	batch->claim_start[i] = case_date(given->claim_start);
	batch->claim_end[i] = case_date(given->claim_end);
	batch->admission[i] = case_date(given->admission);
	batch->discharge[i] = case_date(given->discharge);
	batch->birth[i] = case_date(given->birth);
	batch->death[i] = case_date(given->death);
	batch->received[i] = case_date(given->received);
	batch->paid_date[i] = DATE_ABSENT;
}

static inline void case_set_amounts(struct batch *batch, uint32_t i, const struct given *given)
{
	batch->units[i] = case_number(given->units, 4);
	batch->charge[i] = case_number(given->charge, 2);
	batch->allowed[i] = case_number(given->allowed, 2);
	batch->paid[i] = case_number(given->paid, 2);
	batch->counted_present[i] = (given->charge ? COUNTED_CHARGE : 0) |
	                            (given->allowed ? COUNTED_ALLOWED : 0) |
	                            (given->paid ? COUNTED_PAID : 0);
}

static inline void case_set(struct batch *batch, uint32_t i, const struct given *given)
{
	uint16_t class;

	case_set_codes(batch, i, given);
	case_set_dates(batch, i, given);
	case_set_amounts(batch, i, given);
	batch->claim_type[i] = (uint8_t)case_type(given->type);
	batch->bill_type[i] = (uint32_t)case_code(given->tob);
	class = (uint16_t)batch->bill_type[i];
	batch->inpatient[i] = class == TWO_CHARS('1', '1') || class == TWO_CHARS('1', '8') ||
	                      class == TWO_CHARS('2', '1') || class == TWO_CHARS('4', '1');
	batch->setting[i] = (uint8_t)given->setting;
	if (!given->setting)
		batch->setting[i] = case_setting(given, batch->inpatient[i]);
	batch->place[i] = (uint16_t)case_code(given->place);
	batch->specialty[i] = (uint16_t)case_code(given->specialty);
	batch->revenue[i] = given->revenue < 0    ? NUMBER_INVALID
	                    : given->revenue == 0 ? NUMBER_BLANK
	                                          : (uint16_t)given->revenue;
	batch->sex[i] = given->sex == 'M'   ? SEX_MALE
	                : given->sex == 'F' ? SEX_FEMALE
	                : given->sex == 'U' ? SEX_UNKNOWN
	                                    : SEX_BLANK;
	batch->billing[i] = given->billing;
	batch->rendering[i] = given->rendering;
	batch->ordering[i] = given->ordering;
	batch->facility[i] = given->facility;
	batch->line_number[i] = (int32_t)i + 1;
	batch->line_flags[i] = (uint16_t)((LINE_DUE | LINE_PAYABLE | given->flags) &
	                                  ~given->without);
}

/* A run over all fields, with the starter set. */
struct case_run {
	struct codes *codes;
	struct batch *batch;
	struct verdicts *verdicts;
	struct rule_context context;
	struct rule_selection selection;
};

static inline struct case_run *case_run_create(void)
{
	struct case_run *run = calloc(1, sizeof(*run));
	struct diag diag;

	rules_init();
	diag_init(&diag);
	cr_assert_eq(codes_open_starter(&run->codes, &diag), 0, "%s", diag.text);
	run->batch = aligned_alloc(64, (sizeof(*run->batch) + 63) / 64 * 64);
	run->verdicts = aligned_alloc(64, sizeof(*run->verdicts));
	memset(run->batch, 0, sizeof(*run->batch));
	run->context.codes = run->codes;
	run->context.as_of = DATE_ABSENT;
	for (unsigned f = 0; f < FIELD_COUNT; f++)
		field_set_add(&run->context.bound, (enum field)f);
	cr_assert_eq(rules_select(&run->selection, "all", &diag), 0);
	return run;
}

static inline void case_run_destroy(struct case_run *run)
{
	codes_destroy(run->codes);
	free(run->batch);
	free(run->verdicts);
	free(run);
}

static inline void case_unbind(struct case_run *run, enum field field)
{
	run->context.bound.words[field / 64] &= ~((uint64_t)1 << (field % 64));
}

static inline void case_judge(struct case_run *run)
{
	codes_find_batch(run->codes, run->batch);
	memset(run->verdicts, 0xa5, sizeof(*run->verdicts));
	rules_judge(&run->selection, &run->context, run->batch, run->verdicts, NULL);
}

static inline enum want case_got(const struct verdicts *verdicts, uint32_t i, unsigned bit)
{
	if (!(verdicts->scope[i] >> bit & 1))
		return OUT;
	if (!(verdicts->evaluated[i] >> bit & 1))
		return BLIND;
	return verdicts->hits[i] >> bit & 1 ? HIT : CLEAR;
}

static inline unsigned case_bit(const char *id, unsigned check)
{
	return rule_at((size_t)rule_find(id))->bits[check];
}

static inline void case_expect_hit(
        struct case_run *run, uint32_t i, unsigned bit, const struct rule_case *expected)
{
	struct hit hit;

	rules_tell(&run->context, run->batch, i, bit, &hit);
	cr_expect_str_eq(hit.kind, expected->kind, "%s: kind %s, want %s", expected->what, hit.kind,
	        expected->kind);
	cr_expect_eq(
	        hit.severity, expected->severity, "%s: severity %u", expected->what, hit.severity);
	cr_expect(hit.share == expected->share &&
	                  hit.whole == (expected->whole ? expected->whole : 1),
	        "%s: dollars %u/%u", expected->what, hit.share, hit.whole);
	cr_expect(
	        hit.excess_share == expected->excess && hit.excess_whole == expected->excess_whole,
	        "%s: excess %u/%u", expected->what, hit.excess_share, hit.excess_whole);
	cr_expect_eq(hit.watch, expected->watch, "%s: watch %u", expected->what, hit.watch);
	cr_expect_eq(hit.check, bit);
	cr_expect_str_eq(hit.detail, expected->detail, "%s:\n  got  %s\n  want %s", expected->what,
	        hit.detail, expected->detail);
}

static inline void case_expect(struct case_run *run, uint32_t i, unsigned bit,
        const struct rule_case *expected, const char *how)
{
	static const char *const names[] = {"OUT", "BLIND", "CLEAR", "HIT"};
	enum want got = case_got(run->verdicts, i, bit);

	cr_expect_eq(got, expected->want, "%s (%s): got %s, want %s", expected->what, how,
	        names[got], names[expected->want]);
	if (got == HIT && expected->want == HIT)
		case_expect_hit(run, i, bit, expected);
}

static inline void expect_cases_now(struct case_run *run, const char *id, unsigned k,
        const struct rule_case *cases, size_t count)
{
	unsigned bit = case_bit(id, k);

	for (size_t c = 0; c < count; c++)
		case_set(run->batch, (uint32_t)c, &cases[c].given);
	run->batch->count = (uint32_t)count;
	case_judge(run);
	for (size_t c = 0; c < count; c++)
		case_expect(run, (uint32_t)c, bit, &cases[c], "together");
	for (size_t c = 0; c < count; c++) {
		case_set(run->batch, 0, &cases[c].given);
		run->batch->count = 1;
		case_judge(run);
		case_expect(run, 0, bit, &cases[c], "alone");
	}
}

/* Judge all cases of check k of a rule, together and one by one, at each level of this CPU. */
static inline void expect_cases(struct case_run *run, const char *id, unsigned k,
        const struct rule_case *cases, size_t count)
{
	cr_assert_leq(count, BATCH_LINES);
	for (int level = LEVEL_SCALAR; level <= (int)level_best(); level++) {
		rules_set_level((enum level)level);
		expect_cases_now(run, id, k, cases, count);
	}
}

#define EXPECT_CASES(run, id, k, cases) \
	expect_cases(run, id, k, cases, sizeof(cases) / sizeof((cases)[0]))

#endif
