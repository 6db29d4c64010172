/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/detail.h"
#include "rules/judge.h"

static const char *const kinds[] = {"not_em", "place", "date"};
enum { NOT_EM = 1, PLACE = 2, DATE = 4 };

/* Split visits are billed with FS from 2022-01-01 (42 CFR 415.140). */
enum { FS_FROM = 18993 };

/* Places where a visit may be split: hospitals, nursing facility stays, psychiatric and
 * rehabilitation facilities. */
static bool place_allows(uint16_t place)
{
	switch (place) {
	case TWO_CHARS('1', '9'):
	case TWO_CHARS('2', '1'):
	case TWO_CHARS('2', '2'):
	case TWO_CHARS('2', '3'):
	case TWO_CHARS('3', '1'):
	case TWO_CHARS('5', '1'):
	case TWO_CHARS('5', '2'):
	case TWO_CHARS('6', '1'):
		return true;
	}
	return false;
}

/* Telehealth: lawful if the originating site is a facility, which no field tells. */
static bool is_telehealth(uint16_t place)
{
	return place == TWO_CHARS('0', '2') || place == TWO_CHARS('1', '0');
}

static unsigned judge_line(
        const struct procedure_attributes *attributes, const struct batch *batch, uint32_t line)
{
	uint32_t ref = batch->hcpcs_ref[line];
	uint16_t place = batch->place[line];
	int32_t day = batch->service_from[line];
	unsigned mask = 0;

	if (ref && !(attributes[ref].flags & PX_SPLIT_OK))
		mask |= NOT_EM;
	if (place && !place_allows(place))
		mask |= PLACE;
	if (day != DATE_ABSENT && day < FS_FROM)
		mask |= DATE;
	return mask;
}

static bool can_judge(const struct batch *batch, uint32_t line)
{
	return batch->hcpcs_ref[line] && batch->place[line] &&
	       batch->service_from[line] != DATE_ABSENT;
}

static void judge(struct judging *judging)
{
	const struct batch *batch = judging_batch(judging);
	const struct procedure_attributes *attributes = codes_procedures(
	        judging_context(judging)->codes);
	const struct modified_lines *modified = judging_modified(judging);
	const uint8_t *base;
	struct marks marks;

	if (!(modified->has_any & HAS_FS))
		return;
	base = judging_base(judging, 0);
	memset(&marks, 0, sizeof(marks));
	for (uint32_t n = 0; n < modified->count; n++) {
		uint32_t i = modified->lines[n];

		if (!base[i] || !(modified->has[n] & HAS_FS))
			continue;
		marks.scope[i] = 1;
		marks.hits[i] = judge_line(attributes, batch, i) != 0;
		marks.evaluated[i] = marks.hits[i] || can_judge(batch, i);
	}
	judging_mark(judging, 0, &marks);
}

static void tell(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned k, struct hit *hit)
{
	unsigned mask = judge_line(codes_procedures(context->codes), batch, line);
	unsigned first = hit_name_kinds(hit, kinds, mask);
	char text[CODE_TEXT_SIZE];

	(void)k;
	hit->severity = SEVERITY_MEDIUM;
	detail_add(hit, "code=%s", code_text(batch->hcpcs[line], text));
	if (batch->place[line])
		detail_add(hit, "pos=%s", code_text(batch->place[line], text));
	detail_add_days(hit, "date", batch->service_from[line], batch->service_from[line]);
	if (1u << first == NOT_EM) {
		hit_whole_line(hit);
	} else if (1u << first == PLACE) {
		/* A physician's fee for what a practitioner did: 15 % too much. */
		hit_share(hit, 15, 100);
		hit->watch = is_telehealth(batch->place[line]);
		detail_add(hit, "allowed_pos=19,21,22,23,31,51,52,61");
	} else {
		detail_add_days(hit, "fs_from", FS_FROM, FS_FROM);
	}
	hit_tell_also(hit, kinds, mask);
}

static const enum field needs[] = {FIELD_HCPCS, FIELD_MODIFIER_1, FIELD_COUNT};
static const struct rule_check checks[] = {
        {"", CHECK_LINE, .base = BASE_PROFESSIONAL | BASE_SETTING, .needs = needs}};

const struct rule HOT(rule_mod_09) = {
        .id = "MOD-09",
        .name = "Split/shared modifier FS misuse",
        .tier = "P1",
        .scope = "line",
        .hit_unit = "line and kind",
        .definition = "FS on a professional line whose code is no visit that may be split "
                      "(not_em), whose place is no facility (place), or before 2022-01-01 (date). "
                      "With the beneficiary's history: two FS lines of one TIN and day by two "
                      "providers, one of whom is no physician (both_bill).",
        .traps = "Critical care and skilled nursing visits may be split. Telehealth places 02 and "
                 "10 are watch, for the originating site may be a facility. The two need not be "
                 "of one specialty.",
        .tables = "facility places; visits that may be split",
        .parameters = "allowed_pos 19 21 22 23 31 51 52 61",
        .dollars = "not_em, both_bill: the line's amount; place: 15 % of it; date: none",
        .evaluated = "professional lines with FS, a known code, a place and a date, or where a "
                     "kind is found anyway",
        .authority = "42 CFR 415.140; MCPM ch. 12 s. 30.6.18; Noridian FS",
        .idle = "no professional line with FS",
        .checks = checks,
        .check_count = 1,
        .judge = judge,
        .tell = tell,
};
