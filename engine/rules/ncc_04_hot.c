/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/detail.h"
#include "rules/judge.h"

/* An MUE of the line's setting, or none. */
struct mue {
	bool known;
	uint16_t value;
	uint8_t indicator;
};

static struct mue find_mue(
        const struct procedure_attributes *attributes, const struct batch *batch, uint32_t line)
{
	const struct procedure_attributes *px = &attributes[batch->hcpcs_ref[line]];

	switch (batch->setting[line]) {
	case SETTING_PRACTITIONER:
		return (struct mue){px->flags & PX_MUE_PRACTITIONER, px->mue_practitioner,
		        px->mai_practitioner};
	case SETTING_OUTPATIENT:
		return (struct mue){
		        px->flags & PX_MUE_OUTPATIENT, px->mue_outpatient, px->mai_outpatient};
	case SETTING_DME:
		return (struct mue){px->flags & PX_MUE_DME, px->mue_dme, px->mai_dme};
	default:
		return (struct mue){false, 0, 0};
	}
}

static int64_t days_of(const struct batch *batch, uint32_t line)
{
	int64_t days = (int64_t)batch->service_thru[line] - batch->service_from[line] + 1;

	return batch->service_from[line] == DATE_ABSENT || days < 1 ? 1 : days;
}

/* Units a day: those of one day as billed, those of a span to the nearest whole number. */
static int64_t units_a_day(const struct batch *batch, uint32_t line)
{
	int64_t days = days_of(batch, line), units = batch->units[line];
	int64_t per_unit = days * UNITS_ONE;

	if (days == 1)
		return units;
	return (units / per_unit + (units % per_unit * 2 >= per_unit)) * UNITS_ONE;
}

static bool exceeds(const struct batch *batch, uint32_t line, struct mue mue)
{
	if (mue.value == 0)
		return batch->units[line] > 0;
	return units_a_day(batch, line) > (int64_t)mue.value * UNITS_ONE;
}

/* Which flag says that the line's setting has an MUE of the code. */
static const uint32_t mue_flags[] = {
        [SETTING_UNDETERMINED] = 0,
        [SETTING_PRACTITIONER] = PX_MUE_PRACTITIONER,
        [SETTING_OUTPATIENT] = PX_MUE_OUTPATIENT,
        [SETTING_DME] = PX_MUE_DME,
        [SETTING_NONE] = 0,
};

/* Units of a day against the MUE, without a branch; a span is looked at again. */
static void judge_units(struct judging *judging, struct marks *marks)
{
	const struct batch *batch = judging_batch(judging);
	const struct procedure_fold *px = judging_procedures(judging);
	const struct procedure_attributes *attributes = codes_procedures(
	        judging_context(judging)->codes);

	for (uint32_t i = 0; i < batch->count; i++) {
		const struct procedure_attributes *code = &attributes[batch->hcpcs_ref[i]];
		uint8_t setting = batch->setting[i];
		uint32_t limit = setting == SETTING_OUTPATIENT ? code->mue_outpatient
		                 : setting == SETTING_DME      ? code->mue_dme
		                                               : code->mue_practitioner;

		/* Anaesthesia is billed in minutes. */
		marks->evaluated[i] = ((px->flags[i] & mue_flags[setting]) != 0) &
		                      ((px->flags[i] & PX_ANESTHESIA) == 0);
		marks->hits[i] = batch->units[i] > (int64_t)limit * UNITS_ONE;
	}
}

static void judge_spans(struct judging *judging, struct marks *marks)
{
	const struct batch *batch = judging_batch(judging);
	const struct procedure_attributes *attributes = codes_procedures(
	        judging_context(judging)->codes);

	for (uint32_t i = 0; (i = marks_next(marks->hits, i)) < batch->count; i++)
		if (batch->service_thru[i] != batch->service_from[i])
			marks->hits[i] = exceeds(batch, i, find_mue(attributes, batch, i));
}

static void judge(struct judging *judging)
{
	const struct batch *batch = judging_batch(judging);
	const struct modified_lines *modified = judging_modified(judging);
	const uint8_t *base = judging_base(judging, 0);
	struct marks marks;

	for (uint32_t i = 0; i < BATCH_LINES; i++)
		marks.scope[i] = base[i] & (batch->hcpcs[i] != CODE_BLANK);
	judge_units(judging, &marks);
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		marks.evaluated[i] &= (batch->units[i] != AMOUNT_ABSENT) &
		                      (batch->service_from[i] != DATE_ABSENT);
	judge_spans(judging, &marks);
	for (uint32_t n = 0; modified->has_any & HAS_WASTE && n < modified->count; n++)
		if (modified->has[n] & HAS_WASTE)
			marks.evaluated[modified->lines[n]] = 0;
	judging_mark(judging, 0, &marks);
}

static void tell(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned k, struct hit *hit)
{
	struct mue mue = find_mue(codes_procedures(context->codes), batch, line);
	int64_t units = units_a_day(batch, line), limit = (int64_t)mue.value * UNITS_ONE;

	(void)k;
	snprintf(hit->kind, sizeof(hit->kind), "mai%u", mue.indicator);
	hit->severity = mue.indicator == 2 ? SEVERITY_HIGH : SEVERITY_MEDIUM;
	hit_whole_line(hit);
	detail_add(hit, "mue=%u", mue.value);
	detail_add(hit, "mai=%u", mue.indicator);
	detail_add_units(hit, "units_day", units);
	if (days_of(batch, line) > 1) {
		detail_add_units(hit, "units", batch->units[line]);
		detail_add(hit, "days=%lld", (long long)days_of(batch, line));
	}
	if (units > 0)
		hit_excess(hit, units - limit, units);
	else
		hit_excess(hit, 1, 1);
}

static const enum field needs[] = {FIELD_HCPCS, FIELD_UNITS, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {
        {"", CHECK_LINE, .base = BASE_PAYABLE | BASE_SETTING, .needs = needs, .parts = PARTS_MUE}};

const struct rule HOT(rule_ncc_04) = {
        .id = "NCC-04",
        .name = "MUE exceeded on one line",
        .tier = "P1",
        .scope = "line",
        .hit_unit = "line",
        .definition = "The units a day of a payable line pass the medically unlikely edit of its "
                      "code in its setting; kinds mai1, mai2, mai3 by the edit's indicator. A span "
                      "is divided by its days and rounded to a whole number; an MUE of 0 is passed "
                      "by any unit.",
        .traps = "Suppliers of DMEPOS have the DME table, professionals and ASC the "
                 "practitioner's, outpatient bills (85x too) the hospital's; inpatient bills have "
                 "none. Anaesthesia (minutes), JW and JZ lines are not judged. Some MUEs are "
                 "confidential, so no hit proves nothing.",
        .tables = "NCCI MUE of practitioners, hospitals, DME",
        .parameters = "--codes-outside; dollars are the line's",
        .dollars = "the line's amount; the part above the MUE stands in the detail as excess",
        .evaluated = "payable lines with units and a date whose code has an MUE of the setting",
        .authority = "NCCI Policy Manual ch. I (MUE); I-OCE edit 15; CMS Transmittal 617",
        .idle = "no payable line with units whose code has an MUE of its setting",
        .checks = checks,
        .check_count = 1,
        .judge = judge,
        .tell = tell,
};
