/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/detail.h"
#include "rules/judge.h"

/* ICD-10-CM took over from ICD-9-CM on 2015-10-01 (45 CFR 162.1002). */
enum { ICD10_FROM = 16709 };

static const char *const kinds[] = {"unknown", "wrong_system"};
enum { KIND_UNKNOWN = 1, KIND_WRONG_SYSTEM = 2 };

static bool has_icd10_shape(uint64_t word)
{
	unsigned size = 0;

	if (code_char(word, 0) - 'A' >= 26 || !char_is_digit(code_char(word, 1)))
		return false;
	for (; word; word >>= 8, size++)
		if (!char_is_digit(code_char(word, 0)) && code_char(word, 0) - 'A' >= 26)
			return false;
	return size >= 3;
}

/* What is wrong with a code that the set does not have; 0: nobody can say. */
static unsigned judge_unknown(uint64_t word, bool partial)
{
	if (word == CODE_UNREADABLE || !has_icd10_shape(word))
		return KIND_WRONG_SYSTEM;
	return partial ? 0 : KIND_UNKNOWN;
}

/* A set calls a code unknown on days only for which all of it was loaded. */
static bool is_partial(const struct codes *codes, int32_t low, int32_t high)
{
	return !codes_complete(codes, PART_ICD10CM, low, high);
}

static unsigned judge_slots(
        const struct batch *batch, uint32_t line, uint32_t unknown, bool partial)
{
	unsigned mask = 0;

	for (; unknown; unknown &= unknown - 1)
		mask |= judge_unknown(batch->diagnosis[__builtin_ctz(unknown)][line], partial);
	return mask;
}

static void judge(struct judging *judging)
{
	const struct batch *batch = judging_batch(judging);
	const struct diagnosis_fold *dx = judging_diagnoses(judging);
	const struct key_days *days = judging_days(judging);
	const uint8_t *base = judging_base(judging, 0);
	const struct codes *codes = judging_context(judging)->codes;
	struct marks marks;

	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		bool dated = days->low[i] != DATE_ABSENT;

		marks.scope[i] = base[i] & (dx->slots[i] != 0);
		marks.evaluated[i] = dated & ((dx->slots[i] & ~dx->unknown[i]) != 0);
		marks.hits[i] = 0;
	}
	for (uint32_t i = 0; dx->any_unknown && i < batch->count; i++) {
		unsigned mask = dx->unknown[i] && days->low[i] >= ICD10_FROM
		                        ? judge_slots(batch, i, dx->unknown[i],
		                                  is_partial(codes, days->low[i], days->high[i]))
		                        : 0;

		marks.hits[i] = mask != 0;
		marks.evaluated[i] |= marks.hits[i];
	}
	judging_mark(judging, 0, &marks);
}

static void tell(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned k, struct hit *hit)
{
	uint32_t slots = line_slots(batch, line);
	unsigned mask = 0, bad[DIAGNOSES_MAX] = {0};
	int32_t low, high;
	bool partial;

	(void)k;
	line_days(batch, line, &low, &high);
	partial = is_partial(context->codes, low, high);
	for (unsigned s = 0; s < batch->diagnosis_count[line]; s++) {
		uint64_t word = batch->diagnosis[s][line];

		if (slots >> s & 1 && word && !batch->diagnosis_ref[s][line])
			bad[s] = judge_unknown(word, partial);
		mask |= bad[s];
	}
	hit_name_kinds(hit, kinds, mask);
	hit->severity = SEVERITY_INFO;
	detail_add(hit, "system=ICD-10-CM");
	detail_add_days(hit, "date", low, high);
	hit_tell_also(hit, kinds, mask);
	for (unsigned s = 0; s < DIAGNOSES_MAX; s++)
		if (bad[s])
			detail_add_slot(hit, s, batch->diagnosis[s][line]);
}

static const enum field needs[] = {FIELD_DIAGNOSIS_1, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {
        {"", CHECK_LINE, .watch = true, .needs = needs, .parts = PART_BIT(PART_ICD10CM)}};

const struct rule HOT(rule_val_01) = {
        .id = "VAL-01",
        .name = "Unknown diagnosis code",
        .tier = "P1",
        .scope = "line",
        .hit_unit = "line",
        .definition = "A diagnosis of the line is in no release loaded (unknown), or is written in "
                      "another system: ICD-9-CM, ICD-11, or no code at all (wrong_system).",
        .traps = "Dots, blanks and lower case are taken out first. A set that is partial, as the "
                 "starter set is, never calls a code unknown. ICD-9-CM was right before "
                 "2015-10-01 and is not hit there.",
        .tables = "ICD-10-CM order files of all releases",
        .parameters = "none",
        .dollars = "none: info",
        .evaluated = "lines with a judged diagnosis that is known, or that its shape gives away, "
                     "and a date; judged are the diagnoses pointed at, or all where the line has "
                     "no pointer",
        .authority = "MCE edit 1; I-OCE edit 1",
        .idle = "no diagnosis that the code set knows, or whose shape gives it away",
        .checks = checks,
        .check_count = 1,
        .judge = judge,
        .tell = tell,
};
