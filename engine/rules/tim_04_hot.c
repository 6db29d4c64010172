/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/detail.h"
#include "rules/judge.h"

/*
 * Is the person in the members file, alive or dead?  A death, a birth or a sex
 * shows it; where the run has neither birth nor sex, the death column of the
 * claim lines itself is what is known.
 */
static void mark_known(
        const struct rule_context *context, const struct batch *batch, struct marks *marks)
{
	bool people = field_set_has(&context->bound, FIELD_BIRTH) ||
	              field_set_has(&context->bound, FIELD_SEX);

	for (uint32_t i = 0; i < BATCH_LINES; i++)
		marks->evaluated[i] = (batch->service_from[i] != DATE_ABSENT) &
		                      (!people | (batch->death[i] != DATE_ABSENT) |
		                              (batch->birth[i] != DATE_ABSENT) |
		                              (batch->sex[i] != SEX_BLANK));
}

static void judge(struct judging *judging)
{
	const struct batch *batch = judging_batch(judging);
	struct marks marks;

	memcpy(marks.scope, judging_base(judging, 0), sizeof(marks.scope));
	mark_known(judging_context(judging), batch, &marks);
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		marks.hits[i] = (batch->death[i] != DATE_ABSENT) &
		                (batch->service_from[i] > batch->death[i]);
	judging_mark(judging, 0, &marks);
}

/* 8xxxx: laboratory and pathology read what was taken before. */
static bool is_laboratory(uint64_t hcpcs, uint32_t flags)
{
	return flags & PX_LAB || (code_char(hcpcs, 0) == '8' && hcpcs >> 32);
}

/* Rentals of the month, supplies sent before: E, K, L and A4 to A9 codes too. */
static bool is_equipment(const struct batch *batch, uint32_t line, uint32_t flags)
{
	uint64_t hcpcs = batch->hcpcs[line];
	unsigned class = code_char(hcpcs, 0), second = code_char(hcpcs, 1);

	if (batch->setting[line] == SETTING_DME || flags & PX_DMEPOS)
		return true;
	return code_number(hcpcs) >= 0 &&
	       (class == 'E' || class == 'K' || class == 'L' || (class == 'A' && second >= '4'));
}

/* Bills that close a home-health episode or a hospice stay: frequency 1, 4 or 9. */
static bool is_final_bill(uint32_t bill_type)
{
	unsigned frequency = code_char(bill_type, 2);

	switch (bill_class(bill_type)) {
	case TWO_CHARS('3', '2'):
	case TWO_CHARS('3', '3'):
	case TWO_CHARS('3', '4'):
	case TWO_CHARS('8', '1'):
	case TWO_CHARS('8', '2'):
		return frequency == '1' || frequency == '4' || frequency == '9';
	}
	return false;
}

static void tell(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned k, struct hit *hit)
{
	uint32_t flags = codes_procedures(context->codes)[batch->hcpcs_ref[line]].flags;
	int32_t day = batch->service_from[line], death = batch->death[line];
	bool reviewable = is_laboratory(batch->hcpcs[line], flags) ||
	                  is_equipment(batch, line, flags) ||
	                  (batch->claim_type[line] == CLAIM_INSTITUTIONAL &&
	                          is_final_bill(batch->bill_type[line]));

	(void)k;
	snprintf(hit->kind, sizeof(hit->kind), "%s", reviewable ? "reviewable" : "after_death");
	hit->severity = reviewable                   ? SEVERITY_LOW
	                : context->death_month_level ? SEVERITY_MEDIUM
	                                             : SEVERITY_HIGH;
	hit_whole_line(hit);
	detail_add_days(hit, "date", day, day);
	detail_add_days(hit, "death", death, death);
	detail_add(hit, "days_after=%lld", (long long)day - death);
	detail_add(hit, "grace=0");
	if (context->death_month_level)
		detail_add(hit, "death_dates=month-level");
}

static const enum field needs[] = {FIELD_DEATH, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {{"", CHECK_LINE, .base = BASE_PAYABLE, .needs = needs}};

const struct rule HOT(rule_tim_04) = {
        .id = "TIM-04",
        .name = "Service after death",
        .tier = "P1",
        .scope = "line",
        .hit_unit = "line",
        .definition = "A payable line begins after the patient's death (after_death). Laboratory "
                      "and pathology, DMEPOS, and final bills of home health and hospice have "
                      "lawful reasons at times (reviewable).",
        .traps = "The day of death itself never counts. Death dates that are a month's last day "
                 "in over a fifth of the members file are of the month only: severity medium.",
        .tables = "death dates of the members file",
        .parameters = "grace 0 days",
        .dollars = "the line's amount",
        .evaluated = "payable lines with a date whose person is in the members file, alive or "
                     "dead; where claim lines alone have death dates, all payable lines",
        .authority = "Social Security Act 1862; OIG OEI-04-12-00130",
        .idle = "no payable line of a person in the members file",
        .checks = checks,
        .check_count = 1,
        .judge = judge,
        .tell = tell,
};
