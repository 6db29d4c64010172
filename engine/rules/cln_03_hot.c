/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/classes.h"
#include "rules/detail.h"
#include "rules/judge.h"

enum { AGE_CLASSES = DX_NEWBORN | DX_PEDIATRIC | DX_MATERNITY | DX_ADULT };

/* MCE widened the maternity ages on 2019-10-01. */
enum { MATERNITY_WIDENED = 18170 };

/* Earlier than any birth of a living person, and far from where days overflow. */
enum { DATE_CENTURIES_AGO = -100000 };

struct ages {
	int from, to; /* whole years, both inclusive */
};

static struct ages maternity_ages(int32_t day)
{
	return day < MATERNITY_WIDENED ? (struct ages){12, 55} : (struct ages){9, 64};
}

static bool outside(int age, struct ages ages)
{
	return age < ages.from || age > ages.to;
}

/* The classes that an age contradicts on a day. */
static uint32_t contradicted(int age, int32_t day)
{
	return (outside(age, (struct ages){0, 0}) ? DX_NEWBORN : 0) |
	       (outside(age, (struct ages){0, 17}) ? DX_PEDIATRIC : 0) |
	       (outside(age, maternity_ages(day)) ? DX_MATERNITY : 0) |
	       (outside(age, (struct ages){15, AGE_MAX}) ? DX_ADULT : 0);
}

/*
 * A newborn's first claims come under the mother's id.  Who may be a mother is
 * not held to the newborn's diagnoses, nor to a child's beside them or beside
 * a delivery.  flags: of the line's judged diagnoses.
 */
static uint32_t mothers_leave(const struct batch *batch, uint32_t line, int age, uint32_t flags)
{
	if (batch->sex[line] == SEX_MALE || outside(age, (struct ages){9, 64}))
		return 0;
	return DX_NEWBORN | (flags & (DX_NEWBORN | DX_DELIVERY) ? DX_PEDIATRIC : 0);
}

static uint32_t conflicting(const struct batch *batch, uint32_t line, int age, uint32_t flags)
{
	int32_t low, high;

	line_days(batch, line, &low, &high);
	return flags & AGE_CLASSES & contradicted(age, low) &
	       ~mothers_leave(batch, line, age, flags);
}

static bool procedure_conflicts(const struct procedure_attributes *px, int age)
{
	return outside(age, (struct ages){px->age_from, px->age_to});
}

/*
 * What a number of days can settle without a calendar: so many years are over
 * for certain, or not yet for certain.
 */
static inline int32_t years_over(int years)
{
	return years * 366;
}

static inline int32_t years_not_yet(int years)
{
	return years * 365;
}

/* Lines whose code has an age class, those whose age is sure to be right, and the rest. */
struct age_marks {
	uint32_t flags[BATCH_LINES] COLUMN; /* of diagnoses, on days that the lists have */
	uint8_t classed[BATCH_LINES] COLUMN;
	uint8_t sure[BATCH_LINES] COLUMN; /* an age, and in no conflict */
};

static void sort_by_days(const int32_t *restrict days, struct age_marks *restrict ages)
{
	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		uint32_t flags = ages->flags[i];
		int32_t newborn = flags & DX_NEWBORN ? years_not_yet(1) : INT32_MAX;
		int32_t child = flags & DX_PEDIATRIC ? years_not_yet(18) : INT32_MAX;
		int32_t mother = flags & DX_MATERNITY ? years_not_yet(56) : INT32_MAX;
		int32_t grown = flags & DX_ADULT ? years_over(15) : 1;
		int32_t fertile = flags & DX_MATERNITY ? years_over(12) : 1;
		int32_t below = earlier(
		        earlier(newborn, child), earlier(mother, years_not_yet(AGE_MAX)));

		ages->sure[i] = (days[i] >= later(grown, fertile)) & (days[i] < below);
	}
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		ages->classed[i] = (ages->flags[i] & AGE_CLASSES) != 0;
}

/* Days since birth on the day that counts, at admission for inpatients; 0: unknown. */
static void days_of_life(const struct batch *restrict batch, int32_t *restrict days)
{
	memcpy(days, batch->service_from, BATCH_LINES * sizeof(*days));
	for (uint32_t i = 0; (i = marks_next(batch->inpatient, i)) < batch->count; i++)
		days[i] = batch->admission[i] != DATE_ABSENT ? batch->admission[i] : days[i];
	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		int32_t birth = later(batch->birth[i], DATE_CENTURIES_AGO);
		int32_t lived = later(days[i], birth) - birth;

		days[i] = birth == DATE_CENTURIES_AGO ? 0 : lived;
	}
}

static void sort_ages(struct judging *judging, struct age_marks *ages)
{
	const struct batch *batch = judging_batch(judging);
	const struct diagnosis_fold *dx = judging_diagnoses(judging);
	const struct procedure_fold *px = judging_procedures(judging);
	const uint8_t *outside = judging_outside(judging, 0);
	int32_t days[BATCH_LINES] COLUMN;

	days_of_life(batch, days);
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		ages->flags[i] = outside[i] ? 0 : dx->flags[i];
	sort_by_days(days, ages);
	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		ages->classed[i] |= px->aged[i];
		ages->sure[i] &= px->aged[i] ^ 1;
	}
}

/* Is a line right in age for its procedure, as far as days can tell, with no class beside? */
static bool is_sure(const struct batch *batch, uint32_t i, uint32_t flags,
        const struct procedure_attributes *px)
{
	int32_t birth = batch->birth[i], day = batch->service_from[i];
	int32_t days;

	if (flags & AGE_CLASSES || batch->inpatient[i] || birth < DATE_CENTURIES_AGO ||
	        day <= birth)
		return false;
	days = day - birth;
	return days >= years_over(px->age_from) && days < years_not_yet(px->age_to + 1) &&
	       days < years_not_yet(AGE_MAX);
}

/* The few lines that need the calendar. */
static void judge_line(struct judging *judging, uint32_t i, uint32_t flags, struct marks *marks)
{
	const struct batch *batch = judging_batch(judging);
	const struct procedure_attributes *attributes = codes_procedures(
	        judging_context(judging)->codes);
	const struct procedure_attributes *px = &attributes[batch->hcpcs_ref[i]];
	bool sure = is_sure(batch, i, flags, px);
	int age = sure ? 0 : line_age(batch, i);

	if (age < 0)
		return;
	marks->evaluated[i] = 1;
	marks->hits[i] = !sure &&
	                 (conflicting(batch, i, age, flags) != 0 ||
	                         (batch->hcpcs_ref[i] != 0 && procedure_conflicts(px, age)));
}

/* The payer's own ages stand beside the set's. */
static void judge_own(struct judging *judging, struct marks *marks)
{
	const struct rule_context *context = judging_context(judging);
	const struct batch *batch = judging_batch(judging);
	const uint8_t *base = judging_base(judging, 0);

	for (uint32_t i = 0; i < batch->count; i++) {
		int age = base[i] ? line_age(batch, i) : -1;
		struct classes walk;
		struct class_row row;
		int32_t low, high;

		line_days(batch, i, &low, &high);
		classes_begin(&walk, context, batch, i, line_slots(batch, i), low);
		while (base[i] && classes_next(&walk, &row)) {
			if (!class_has_ages(&row))
				continue;
			marks->scope[i] = 1;
			marks->evaluated[i] |= age >= 0;
			marks->hits[i] |= age >= 0 && class_bars_age(&row, age);
		}
	}
}

/*
 * A line is the rule's business if a code of it has an age class, or is not
 * known and so might have one.
 */
static void judge(struct judging *judging)
{
	const struct batch *batch = judging_batch(judging);
	const struct diagnosis_fold *dx = judging_diagnoses(judging);
	const struct procedure_fold *px = judging_procedures(judging);
	const uint8_t *base = judging_base(judging, 0), *outside;
	struct age_marks ages;
	struct marks marks;

	sort_ages(judging, &ages);
	outside = judging_outside(judging, 0);
	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		uint8_t unknown = (dx->unknown[i] != 0) | px->unlisted[i] |
		                  (outside[i] & (dx->slots[i] != 0));

		ages.classed[i] &= base[i];
		marks.scope[i] = ages.classed[i] | (base[i] & unknown);
		marks.evaluated[i] = ages.classed[i] & ages.sure[i];
		marks.hits[i] = 0;
		ages.classed[i] &= ages.sure[i] ^ 1;
	}
	for (uint32_t i = 0; (i = marks_next(ages.classed, i)) < batch->count; i++)
		judge_line(judging, i, ages.flags[i], &marks);
	if (classes_given(judging_context(judging)))
		judge_own(judging, &marks);
	judging_mark(judging, 0, &marks);
}

static uint32_t line_flags(const struct diagnosis_attributes *attributes, const struct batch *batch,
        uint32_t line, uint32_t slots)
{
	uint32_t flags = 0;

	for (unsigned s = 0; s < batch->diagnosis_count[line]; s++)
		if (slots >> s & 1)
			flags |= attributes[batch->diagnosis_ref[s][line]].flags;
	return flags;
}

static const char *class_ages(uint32_t flags, int32_t day)
{
	if (flags & DX_NEWBORN)
		return "0";
	if (flags & DX_PEDIATRIC)
		return "0-17";
	if (flags & DX_MATERNITY)
		return day < MATERNITY_WIDENED ? "12-55" : "9-64";
	return "15-124";
}

static const char *class_kind(uint32_t flags)
{
	if (flags & DX_NEWBORN)
		return "newborn";
	if (flags & DX_PEDIATRIC)
		return "pediatric";
	return flags & DX_MATERNITY ? "maternity" : "adult";
}

static void tell_diagnoses(const struct rule_context *context, const struct batch *batch,
        uint32_t line, int age, struct hit *hit)
{
	const struct diagnosis_attributes *attributes = codes_diagnoses(context->codes);
	uint32_t slots = line_slots(batch, line);
	bool covered = !line_not_covered(context, batch, line, PART_BIT(PART_MCE));
	uint32_t all = covered ? line_flags(attributes, batch, line, slots) : 0;
	uint32_t bad = conflicting(batch, line, age, all);
	int32_t low, high;

	line_days(batch, line, &low, &high);
	for (unsigned s = 0; s < batch->diagnosis_count[line]; s++) {
		uint32_t flags = attributes[batch->diagnosis_ref[s][line]].flags & bad;

		if (!(slots >> s & 1) || !flags)
			continue;
		if (!hit->kind[0])
			snprintf(hit->kind, sizeof(hit->kind), "%s", class_kind(flags));
		detail_add_slot(hit, s, batch->diagnosis[s][line]);
		detail_add(hit, "ages=%s", class_ages(flags, low));
		if (line_slot_leads(batch, line, s))
			hit_whole_line(hit);
	}
}

static void tell_ages(struct hit *hit, int from, int to)
{
	if (to < 0)
		detail_add(hit, "ages=%d+", from);
	else
		detail_add(hit, "ages=%d-%d", from < 0 ? 0 : from, to);
}

static void tell_own(const struct rule_context *context, const struct batch *batch, uint32_t line,
        int age, struct hit *hit)
{
	struct class_row row;
	struct classes walk;
	char text[CODE_TEXT_SIZE];
	int32_t low, high;

	line_days(batch, line, &low, &high);
	classes_begin(&walk, context, batch, line, line_slots(batch, line), low);
	while (classes_next(&walk, &row)) {
		if (!class_has_ages(&row) || !class_bars_age(&row, age))
			continue;
		if (!hit->kind[0])
			snprintf(hit->kind, sizeof(hit->kind), "own_class");
		if (row.slot == CLASS_PROCEDURE)
			detail_add(hit, "code=%s", code_text(batch->hcpcs[line], text));
		else
			detail_add_slot(hit, row.slot, batch->diagnosis[row.slot][line]);
		tell_ages(hit, row.age_from, row.age_to);
		if (row.slot == CLASS_PROCEDURE || line_slot_leads(batch, line, row.slot))
			hit_whole_line(hit);
	}
}

static void tell(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned k, struct hit *hit)
{
	const struct procedure_attributes *px = &codes_procedures(
	        context->codes)[batch->hcpcs_ref[line]];
	int age = line_age(batch, line);
	char text[CODE_TEXT_SIZE];

	(void)k;
	hit->severity = SEVERITY_MEDIUM;
	detail_add(hit, "age=%d", age);
	tell_diagnoses(context, batch, line, age, hit);
	if (batch->hcpcs_ref[line] && procedure_conflicts(px, age)) {
		if (!hit->kind[0])
			snprintf(hit->kind, sizeof(hit->kind), "procedure");
		detail_add(hit, "code=%s", code_text(batch->hcpcs[line], text));
		tell_ages(hit, px->age_from, px->age_to == 255 ? -1 : px->age_to);
		hit_whole_line(hit);
	}
	if (classes_given(context))
		tell_own(context, batch, line, age, hit);
}

static const enum field needs[] = {FIELD_BIRTH, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {
        {"", CHECK_LINE, .needs = needs, .parts = PART_BIT(PART_MCE), .own_days = true}};

const struct rule HOT(rule_cln_03) = {
        .id = "CLN-03",
        .name = "Age conflict",
        .tier = "P1",
        .scope = "line",
        .hit_unit = "line",
        .definition = "A diagnosis or procedure of the line is for another age than the patient's "
                      "whole years at admission (inpatient) or from: newborn 0, pediatric 0-17, "
                      "maternity 9-64 (12-55 before 2019-10-01), adult 15-124, preventive visits "
                      "by code; the kind is the class, or procedure, or own_class for a payer's.",
        .traps = "A newborn billed under the mother's id: a patient of 9 to 64 who is not male is "
                 "not held to newborn diagnoses, nor to pediatric ones beside them or beside a "
                 "delivery. A birth date on the day itself, or over 124 years back, is no age.",
        .tables = "MCE age lists",
        .parameters = "age_sex_classes: a payer's own, beside the set's",
        .dollars = "the line's amount if the conflict is its first diagnosis, its first pointer's, "
                   "or the procedure, else none",
        .evaluated = "lines with a known age and a code that has an age class; in scope too where "
                     "a code is not in the set and might have one",
        .authority = "MCE edit 4; I-OCE edit 2",
        .idle = "no line with a known age and a code that has an age class",
        .checks = checks,
        .check_count = 1,
        .judge = judge,
        .tell = tell,
};
