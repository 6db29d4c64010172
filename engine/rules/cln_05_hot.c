/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/detail.h"
#include "rules/judge.h"

static const char *const kinds[] = {
        "external_cause", "manifestation", "unacceptable", "repeated", "supplementary"};
enum { EXTERNAL = 1, MANIFESTATION = 2, UNACCEPTABLE = 4, REPEATED = 8, SUPPLEMENTARY = 16 };

/* ICD-10-CM chapter 20: V00 to Y99, told by the letter. */
static bool is_external(uint64_t word)
{
	unsigned first = code_char(word, 0);

	return first >= 'V' && first <= 'Y' && char_is_digit(code_char(word, 1));
}

/*
 * B95 to B97, the organisms behind diseases classified elsewhere: ICD-10-CM
 * has them "as supplementary or additional codes" only, the words of I-OCE 113.
 */
static bool is_supplementary(uint64_t word)
{
	unsigned third = code_char(word, 2);

	return code_char(word, 0) == 'B' && code_char(word, 1) == '9' && third >= '5' &&
	       third <= '7';
}

static bool has_secondary(const struct batch *batch, uint32_t line)
{
	for (unsigned s = 1; s < batch->diagnosis_count[line]; s++)
		if (batch->diagnosis[s][line])
			return true;
	return false;
}

/* The first secondary diagnosis that repeats the principal one, or 0. */
static unsigned repeated_slot(const struct batch *batch, uint32_t line)
{
	for (unsigned s = 1; s < batch->diagnosis_count[line]; s++)
		if (batch->diagnosis[s][line] == batch->diagnosis[0][line])
			return s;
	return 0;
}

/* ICD-9-CM has V codes too, which are no external causes. */
static bool is_icd10(const struct batch *batch, uint32_t line)
{
	return batch->diagnosis_type[line] != CODE_TYPE_ICD9;
}

/* covered: the lists of MCE have the day. */
static unsigned judge_line(const struct diagnosis_attributes *attributes, const struct batch *batch,
        uint32_t line, bool covered)
{
	uint32_t ref = batch->diagnosis_ref[0][line];
	uint32_t flags = covered ? attributes[ref].flags : 0;
	unsigned mask = 0;

	if (flags & DX_EXTERNAL ||
	        (is_icd10(batch, line) && is_external(batch->diagnosis[0][line])))
		mask |= EXTERNAL;
	if (flags & DX_MANIFESTATION)
		mask |= MANIFESTATION;
	if (!batch->inpatient[line]) {
		if (is_icd10(batch, line) && is_supplementary(batch->diagnosis[0][line]))
			mask |= SUPPLEMENTARY;
		return mask;
	}
	if (flags & (DX_UNACCEPTABLE | DX_REQUIRES_SECONDARY) &&
	        !(flags & DX_REQUIRES_SECONDARY && has_secondary(batch, line)))
		mask |= UNACCEPTABLE;
	if (repeated_slot(batch, line))
		mask |= REPEATED;
	return mask;
}

static void judge(struct judging *judging)
{
	const struct batch *batch = judging_batch(judging);
	const struct diagnosis_attributes *attributes = codes_diagnoses(
	        judging_context(judging)->codes);
	const uint8_t *base = judging_base(judging, 0), *outside;
	struct marks marks;

	if (marks_next(base, 0) == BATCH_LINES)
		return;
	outside = judging_outside(judging, 0);
	memset(&marks, 0, sizeof(marks));
	for (uint32_t i = 0; (i = marks_next(base, i)) < batch->count; i++) {
		if (!batch->diagnosis[0][i])
			continue;
		marks.scope[i] = 1;
		marks.hits[i] = judge_line(attributes, batch, i, !outside[i]) != 0;
		marks.evaluated[i] = marks.hits[i] ||
		                     (batch->diagnosis_ref[0][i] != 0 && !outside[i]);
	}
	judging_mark(judging, 0, &marks);
}

static void tell(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned k, struct hit *hit)
{
	bool covered = !line_not_covered(context, batch, line, PART_BIT(PART_MCE));
	unsigned mask = judge_line(codes_diagnoses(context->codes), batch, line, covered);
	char text[CODE_TEXT_SIZE];

	(void)k;
	hit_name_kinds(hit, kinds, mask);
	hit->severity = SEVERITY_INFO;
	detail_add_slot(hit, 0, batch->diagnosis[0][line]);
	if (batch->bill_type[line])
		detail_add(hit, "tob=%s", code_text(batch->bill_type[line], text));
	if (mask & REPEATED)
		detail_add_slot(hit, repeated_slot(batch, line), batch->diagnosis[0][line]);
	if (mask & UNACCEPTABLE)
		detail_add(hit, "secondary=%s", has_secondary(batch, line) ? "yes" : "none");
	hit_tell_also(hit, kinds, mask);
}

static const enum field needs[] = {FIELD_DIAGNOSIS_1, FIELD_COUNT};
static const struct rule_check checks[] = {{"", CHECK_CLAIM, .watch = true,
        .base = BASE_INSTITUTIONAL, .needs = needs, .parts = PART_BIT(PART_MCE), .own_days = true}};

const struct rule HOT(rule_cln_05) = {
        .id = "CLN-05",
        .name = "Principal-diagnosis conflict",
        .tier = "P1",
        .scope = "claim",
        .hit_unit = "claim and kind",
        .definition = "On institutional claims the first diagnosis is an external cause, V00 to "
                      "Y99 (external_cause), or a manifestation (manifestation); on inpatient ones "
                      "also unacceptable as principal, or only with a secondary that is not there "
                      "(unacceptable), or given again as secondary (repeated); on outpatient ones "
                      "also one of B95 to B97, which are additional codes (supplementary).",
        .traps = "Professional claims have no principal diagnosis. Of the outpatient list of "
                 "supplementary codes (I-OCE 113) only what ICD-10-CM itself says so of is judged. "
                 "A non-specific principal diagnosis is not hit, so the patient's death needs no "
                 "exception.",
        .tables = "MCE lists",
        .parameters = "none",
        .dollars = "none: info",
        .evaluated = "institutional claims whose first diagnosis the set knows, or whose conflict "
                     "its letter or its repetition shows",
        .authority = "MCE edits 2, 3, 6, 9; I-OCE edits 5, 86, 113",
        .idle = "no institutional claim whose first diagnosis the code set knows",
        .checks = checks,
        .check_count = 1,
        .judge = judge,
        .tell = tell,
};
