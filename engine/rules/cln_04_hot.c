/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/classes.h"
#include "rules/detail.h"
#include "rules/judge.h"

/* MCE edit 5 was switched off for discharges from 2024-10-01. */
enum { SEX_CLASSES_TO = 19996 };

static uint32_t other_diagnosis(uint8_t sex)
{
	return sex == SEX_MALE ? DX_FEMALE : DX_MALE;
}

static uint32_t other_procedure(uint8_t sex)
{
	return sex == SEX_MALE ? PX_FEMALE : PX_MALE;
}

/* Condition code 45 and modifier KX say that the sex on file is not the whole story. */
static bool is_declared(const struct batch *batch, uint32_t line)
{
	for (unsigned c = 0; c < CONDITIONS_MAX; c++)
		if (batch->condition[c][line] == TWO_CHARS('4', '5'))
			return true;
	return line_has_modifier(batch, line, TWO_CHARS('K', 'X'));
}

static void mark_line(const struct batch *batch, uint32_t i, uint32_t dx_flags, uint32_t px_flags,
        struct marks *marks)
{
	uint8_t sex = batch->sex[i];

	marks->scope[i] = 1;
	if ((sex != SEX_MALE && sex != SEX_FEMALE) || is_declared(batch, i))
		return;
	marks->evaluated[i] = 1;
	marks->hits[i] = (dx_flags & other_diagnosis(sex)) || (px_flags & other_procedure(sex));
}

/* The payer's own sexes go on where the set's have ended. */
static void judge_own(struct judging *judging, const struct key_days *days, struct marks *marks)
{
	const struct rule_context *context = judging_context(judging);
	const struct batch *batch = judging_batch(judging);
	const uint8_t *base = judging_base(judging, 0);

	for (uint32_t i = 0; i < batch->count; i++) {
		uint8_t sex = batch->sex[i];
		bool known = (sex == SEX_MALE || sex == SEX_FEMALE) &&
		             days->low[i] != DATE_ABSENT && base[i] && !is_declared(batch, i);
		struct class_row row;
		struct classes walk;

		classes_begin(&walk, context, batch, i, line_slots(batch, i), days->low[i]);
		while (base[i] && classes_next(&walk, &row)) {
			if (row.sex == SEX_BLANK)
				continue;
			marks->scope[i] = 1;
			marks->evaluated[i] |= known;
			marks->hits[i] |= known && row.sex != sex;
		}
	}
}

static void judge(struct judging *judging)
{
	const struct batch *batch = judging_batch(judging);
	const struct diagnosis_fold *dx = judging_diagnoses(judging);
	const struct procedure_fold *px = judging_procedures(judging);
	const struct key_days *days = judging_days(judging);
	const uint8_t *base = judging_base(judging, 0), *outside = judging_outside(judging, 0);
	uint8_t classed[BATCH_LINES] COLUMN;
	struct marks marks;

	memset(marks.evaluated, 0, sizeof(marks.evaluated));
	memset(marks.hits, 0, sizeof(marks.hits));
	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		uint8_t dated = (days->low[i] <= SEX_CLASSES_TO) & (days->low[i] != DATE_ABSENT);
		uint8_t dx_class = ((dx->flags[i] & (DX_MALE | DX_FEMALE)) != 0) & !outside[i];
		uint8_t px_class = (px->flags[i] & (PX_MALE | PX_FEMALE)) != 0;
		uint8_t unknown = (dx->unknown[i] != 0) | px->unlisted[i] |
		                  (outside[i] & (dx->slots[i] != 0));

		classed[i] = base[i] & dated & (dx_class | px_class);
		marks.scope[i] = base[i] & (unknown | dx_class | px_class);
	}
	if (dx->any_flags & (DX_MALE | DX_FEMALE) || px->any_flags & (PX_MALE | PX_FEMALE))
		for (uint32_t i = 0; (i = marks_next(classed, i)) < batch->count; i++)
			mark_line(batch, i, outside[i] ? 0 : dx->flags[i], px->flags[i], &marks);
	if (classes_given(judging_context(judging)))
		judge_own(judging, days, &marks);
	judging_mark(judging, 0, &marks);
}

static const char *sex_name(bool male)
{
	return male ? "male" : "female";
}

static void tell_own(const struct rule_context *context, const struct batch *batch, uint32_t line,
        struct hit *hit)
{
	struct class_row row;
	struct classes walk;
	char text[CODE_TEXT_SIZE];
	int32_t low, high;

	line_days(batch, line, &low, &high);
	classes_begin(&walk, context, batch, line, line_slots(batch, line), low);
	while (classes_next(&walk, &row)) {
		if (row.sex == SEX_BLANK || row.sex == batch->sex[line])
			continue;
		if (!hit->kind[0])
			snprintf(hit->kind, sizeof(hit->kind), "own_class");
		if (row.slot == CLASS_PROCEDURE)
			detail_add(hit, "code=%s", code_text(batch->hcpcs[line], text));
		else
			detail_add_slot(hit, row.slot, batch->diagnosis[row.slot][line]);
		if (row.slot == CLASS_PROCEDURE || line_slot_leads(batch, line, row.slot))
			hit_whole_line(hit);
	}
}

static void tell_set(const struct rule_context *context, const struct batch *batch, uint32_t line,
        struct hit *hit)
{
	const struct diagnosis_attributes *attributes = codes_diagnoses(context->codes);
	const struct procedure_attributes *px = &codes_procedures(
	        context->codes)[batch->hcpcs_ref[line]];
	bool covered = !line_not_covered(context, batch, line, PART_BIT(PART_MCE));
	uint32_t slots = covered ? line_slots(batch, line) : 0;
	uint8_t sex = batch->sex[line];
	char text[CODE_TEXT_SIZE];

	for (unsigned s = 0; s < batch->diagnosis_count[line]; s++) {
		uint32_t flags = attributes[batch->diagnosis_ref[s][line]].flags;

		if (!(slots >> s & 1) || !(flags & other_diagnosis(sex)))
			continue;
		snprintf(hit->kind, sizeof(hit->kind), "diagnosis");
		detail_add_slot(hit, s, batch->diagnosis[s][line]);
		if (line_slot_leads(batch, line, s))
			hit_whole_line(hit);
	}
	if (px->flags & other_procedure(sex)) {
		if (!hit->kind[0])
			snprintf(hit->kind, sizeof(hit->kind), "procedure");
		detail_add(hit, "code=%s", code_text(batch->hcpcs[line], text));
		hit_whole_line(hit);
	}
}

static void tell(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned k, struct hit *hit)
{
	uint8_t sex = batch->sex[line];
	int32_t low, high;

	(void)k;
	line_days(batch, line, &low, &high);
	hit->severity = SEVERITY_LOW;
	detail_add(hit, "sex=%s", sex_name(sex == SEX_MALE));
	detail_add(hit, "class=%s", sex_name(sex != SEX_MALE));
	if (low <= SEX_CLASSES_TO)
		tell_set(context, batch, line, hit);
	if (classes_given(context))
		tell_own(context, batch, line, hit);
}

static const enum field needs[] = {FIELD_SEX, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {
        {"", CHECK_LINE, .needs = needs, .parts = PART_BIT(PART_MCE), .own_days = true}};

const struct rule HOT(rule_cln_04) = {
        .id = "CLN-04",
        .name = "Sex conflict",
        .tier = "P1",
        .scope = "line",
        .hit_unit = "line",
        .definition = "A diagnosis or procedure of the line is for the other sex, on a key date up "
                      "to 2024-09-30, when the Medicare lists ended; the kind is diagnosis or "
                      "procedure, or own_class for a payer's.",
        .traps = "Sex unknown is not judged, nor is a line with condition code 45 or modifier KX. "
                 "Care that affirms a gender, and slips of the keyboard, are the usual reasons.",
        .tables = "MCE sex lists up to fiscal year 2024",
        .parameters = "age_sex_classes: a payer's own classes may go on",
        .dollars = "the line's amount if the conflict is its first diagnosis, its first pointer's, "
                   "or the procedure, else none",
        .evaluated = "lines with a known sex and a code that has a sex class on that date; in "
                     "scope too where a code is not in the set and might have one",
        .authority = "MCE edit 5 (switched off 2024-10-01); I-OCE edits 3, 8",
        .idle = "no line up to 2024-09-30 with a known sex and a code that has a sex class",
        .checks = checks,
        .check_count = 1,
        .judge = judge,
        .tell = tell,
};
