/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/detail.h"
#include "rules/judge.h"

/*
 * A header in force on the days that count, and billable on none of them: a
 * code that turns inside a span was right on its first day.
 */
static bool is_header(const struct diagnosis_attributes *dx, int32_t low, int32_t high)
{
	return dx->from <= high && dx->to >= low && diagnosis_is_header(dx, low);
}

static uint32_t find_headers(
        const struct rule_context *context, const struct batch *batch, uint32_t line)
{
	const struct diagnosis_attributes *attributes = codes_diagnoses(context->codes);
	uint32_t slots = line_slots(batch, line), headers = 0;
	int32_t low, high;

	line_days(batch, line, &low, &high);
	for (unsigned s = 0; s < batch->diagnosis_count[line]; s++) {
		uint32_t ref = batch->diagnosis_ref[s][line];

		if (slots >> s & 1 && ref && is_header(&attributes[ref], low, high))
			headers |= (uint32_t)1 << s;
	}
	return headers;
}

/* The fold mixes the slots of a line; the few that it suspects are looked at one by one. */
static void look_again(struct judging *judging, struct marks *marks)
{
	const struct batch *batch = judging_batch(judging);

	for (uint32_t i = 0; (i = marks_next(marks->hits, i)) < batch->count; i++)
		marks->hits[i] = find_headers(judging_context(judging), batch, i) != 0;
}

static void judge(struct judging *judging)
{
	const struct diagnosis_fold *dx = judging_diagnoses(judging);
	const struct key_days *days = judging_days(judging);
	const uint8_t *base = judging_base(judging, 0);
	struct marks marks;

	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		marks.scope[i] = base[i] & (dx->slots[i] != 0);
		marks.evaluated[i] = (days->low[i] != DATE_ABSENT) &
		                     ((dx->slots[i] & ~dx->unknown[i]) != 0);
		marks.hits[i] = dx->header_from[i] <= days->low[i];
	}
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		marks.hits[i] |= (uint8_t)(dx->flags[i] / DX_HEADER) & 1;
	look_again(judging, &marks);
	judging_mark(judging, 0, &marks);
}

static void tell(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned k, struct hit *hit)
{
	const struct diagnosis_attributes *attributes = codes_diagnoses(context->codes);
	int32_t low, high;

	(void)k;
	line_days(batch, line, &low, &high);
	hit->severity = SEVERITY_LOW;
	snprintf(hit->kind, sizeof(hit->kind), "header");
	detail_add_days(hit, "date", low, high);
	for (uint32_t slots = find_headers(context, batch, line); slots; slots &= slots - 1) {
		unsigned s = (unsigned)__builtin_ctz(slots);
		int32_t since = attributes[batch->diagnosis_ref[s][line]].header_from;

		detail_add_slot(hit, s, batch->diagnosis[s][line]);
		if (since != INT32_MAX && since != INT32_MIN)
			detail_add_days(hit, "header_from", since, since);
		if (line_slot_leads(batch, line, s))
			hit_whole_line(hit);
	}
	detail_add(hit, "billable=0");
}

static const enum field needs[] = {FIELD_DIAGNOSIS_1, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {
        {"", CHECK_LINE, .needs = needs, .parts = PART_BIT(PART_ICD10CM)}};

const struct rule HOT(rule_val_03) = {
        .id = "VAL-03",
        .name = "Truncated / header (non-billable) diagnosis",
        .tier = "P1",
        .scope = "line",
        .hit_unit = "line",
        .definition = "A diagnosis of the line is in force on the days that count (as VAL-02 has "
                      "them) but is a header then: longer codes below it must be used.",
        .traps = "A code that was billable and became a header is judged by the release in force; "
                 "a span that begins before the change is not hit.",
        .tables = "the billable flag of the ICD-10-CM order files",
        .parameters = "none",
        .dollars = "the line's amount if the code is its first diagnosis or its first pointer's, "
                   "else none",
        .evaluated = "lines with a judged diagnosis that is known, and a date",
        .authority = "ICD-10-CM Guidelines I.B.2; I-OCE edit 1",
        .idle = "no diagnosis that the code set knows",
        .checks = checks,
        .check_count = 1,
        .judge = judge,
        .tell = tell,
};
