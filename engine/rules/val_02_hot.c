/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/detail.h"
#include "rules/judge.h"

static bool in_force(const struct diagnosis_attributes *dx, int32_t low, int32_t high)
{
	return dx->from <= high && dx->to >= low;
}

static void judge(struct judging *judging)
{
	const struct diagnosis_fold *dx = judging_diagnoses(judging);
	const struct key_days *days = judging_days(judging);
	const uint8_t *base = judging_base(judging, 0);
	struct marks marks;

	/* Some window misses the days if the latest start or the earliest end does. */
	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		marks.scope[i] = base[i] & (dx->slots[i] != 0);
		marks.evaluated[i] = (days->low[i] != DATE_ABSENT) &
		                     ((dx->slots[i] & ~dx->unknown[i]) != 0);
		marks.hits[i] = (dx->from[i] > days->high[i]) | (dx->to[i] < days->low[i]);
	}
	judging_mark(judging, 0, &marks);
}

static void tell(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned k, struct hit *hit)
{
	const struct diagnosis_attributes *attributes = codes_diagnoses(context->codes);
	uint32_t slots = line_slots(batch, line);
	struct code_window window;
	int32_t low, high;

	(void)k;
	line_days(batch, line, &low, &high);
	hit->severity = SEVERITY_LOW;
	snprintf(hit->kind, sizeof(hit->kind), "not_in_force");
	detail_add_days(hit, "date", low, high);
	for (unsigned s = 0; s < batch->diagnosis_count[line]; s++) {
		uint32_t ref = batch->diagnosis_ref[s][line];

		if (!(slots >> s & 1) || !ref || in_force(&attributes[ref], low, high))
			continue;
		detail_add_slot(hit, s, batch->diagnosis[s][line]);
		window = codes_in_force(
		        context->codes, SYSTEM_ICD10CM, batch->diagnosis[s][line], low);
		detail_add_window(hit, window.from, window.to);
		if (line_slot_leads(batch, line, s))
			hit_whole_line(hit);
	}
}

static const enum field needs[] = {FIELD_DIAGNOSIS_1, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {
        {"", CHECK_LINE, .needs = needs, .parts = PART_BIT(PART_ICD10CM)}};

const struct rule HOT(rule_val_02) = {
        .id = "VAL-02",
        .name = "Diagnosis not valid on date of service",
        .tier = "P1",
        .scope = "line",
        .hit_unit = "line",
        .definition = "A known diagnosis of the line is in force on no day that counts: for "
                      "inpatient claims the discharge date, else thru; for all others any day "
                      "from from to thru.",
        .traps = "A code that begins or ends within the span is valid. A code that has become a "
                 "header is VAL-03's. Releases of April count from April.",
        .tables = "ICD-10-CM order files of all releases",
        .parameters = "none",
        .dollars = "the line's amount if the code is its first diagnosis or its first pointer's, "
                   "else none",
        .evaluated = "lines with a judged diagnosis that is known, and a date",
        .authority = "MCE edit 1; I-OCE edit 1; 45 CFR 162.1002",
        .idle = "no diagnosis that the code set knows",
        .checks = checks,
        .check_count = 1,
        .judge = judge,
        .tell = tell,
};
