/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/detail.h"
#include "rules/judge.h"

static const char *const kinds[] = {"bilat_not_allowed", "units", "both", "laterality"};
enum { NOT_ALLOWED = 1, UNITS = 2, BOTH = 4, LATERALITY = 8 };

enum { SIDES = HAS_50 | HAS_RT | HAS_LT };

/* Ambulatory surgical centres bill two lines, RT and LT, and never 50. */
static bool is_asc(const struct batch *batch, uint32_t line)
{
	return batch->specialty[line] == TWO_CHARS('4', '9');
}

/* Indicators 0, 2, 9: no bilateral pay, priced for both sides, no such concept. */
static bool refuses_50(const struct procedure_attributes *px)
{
	return px->bilateral == 0 || px->bilateral == 2 || px->bilateral == 9;
}

/* What sides the judged diagnoses are of: the flags common to all, 0 if one is not known. */
static uint32_t common_sides(const struct diagnosis_attributes *attributes,
        const struct batch *batch, uint32_t line, bool *known)
{
	uint32_t slots = line_slots(batch, line), common = DX_LEFT | DX_RIGHT;

	*known = false;
	for (unsigned s = 0; s < batch->diagnosis_count[line]; s++) {
		uint32_t ref = batch->diagnosis_ref[s][line];

		if (!(slots >> s & 1) || !batch->diagnosis[s][line])
			continue;
		*known = ref != 0;
		if (!ref)
			return 0;
		common &= attributes[ref].flags;
	}
	return common;
}

struct sides {
	unsigned mask;  /* kinds found */
	bool evaluated; /* nothing more could have been found */
};

static struct sides judge_50(const struct rule_context *context, const struct batch *batch,
        uint32_t line, unsigned marks)
{
	const struct procedure_attributes *px = &codes_procedures(
	        context->codes)[batch->hcpcs_ref[line]];
	bool covered = !line_not_covered(context, batch, line, PART_BIT(PART_MPFS));
	bool known = (covered && px->flags & PX_MPFS) || is_asc(batch, line);
	struct sides found = {0, known};

	if (is_asc(batch, line) || (known && refuses_50(px)))
		found.mask |= NOT_ALLOWED;
	if (batch->units[line] > UNITS_ONE)
		found.mask |= UNITS;
	if (marks & (HAS_RT | HAS_LT))
		found.mask |= BOTH;
	found.evaluated |= found.mask != 0;
	return found;
}

/* marks: of SIDES, those that the line has. */
static struct sides judge_line(const struct rule_context *context, const struct batch *batch,
        uint32_t line, unsigned marks)
{
	struct sides found = {0, false};
	uint32_t common;

	if (marks & HAS_50)
		return judge_50(context, batch, line, marks);
	common = common_sides(codes_diagnoses(context->codes), batch, line, &found.evaluated);
	if ((marks == HAS_RT && common == DX_LEFT) || (marks == HAS_LT && common == DX_RIGHT))
		found.mask = LATERALITY;
	return found;
}

static void judge(struct judging *judging)
{
	const struct batch *batch = judging_batch(judging);
	const struct modified_lines *modified = judging_modified(judging);
	const uint8_t *base;
	struct marks marks;

	if (!(modified->has_any & SIDES))
		return;
	base = judging_base(judging, 0);
	memset(&marks, 0, sizeof(marks));
	for (uint32_t n = 0; n < modified->count; n++) {
		uint32_t i = modified->lines[n];
		struct sides found;

		if (!base[i] || !(modified->has[n] & SIDES))
			continue;
		found = judge_line(judging_context(judging), batch, i, modified->has[n] & SIDES);
		marks.scope[i] = 1;
		marks.evaluated[i] = found.evaluated;
		marks.hits[i] = found.mask != 0;
	}
	judging_mark(judging, 0, &marks);
}

static void tell_laterality(const struct batch *batch, uint32_t line, struct hit *hit)
{
	uint32_t slots = line_slots(batch, line);

	for (unsigned s = 0; s < batch->diagnosis_count[line]; s++)
		if (slots >> s & 1 && batch->diagnosis[s][line])
			detail_add_slot(hit, s, batch->diagnosis[s][line]);
}

static void tell(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned k, struct hit *hit)
{
	const struct procedure_attributes *px = &codes_procedures(
	        context->codes)[batch->hcpcs_ref[line]];
	unsigned marks = line_modifiers(batch, line) & SIDES;
	struct sides found = judge_line(context, batch, line, marks);
	unsigned first = hit_name_kinds(hit, kinds, found.mask);
	char text[CODE_TEXT_SIZE];

	(void)k;
	hit->severity = SEVERITY_INFO;
	detail_add(hit, "code=%s", code_text(batch->hcpcs[line], text));
	detail_add(hit, "modifiers=%s%s%s", marks & HAS_50 ? "50" : "",
	        marks & HAS_RT ? marks & HAS_50 ? ",RT" : "RT" : "",
	        marks & HAS_LT ? marks & ~(unsigned)HAS_LT ? ",LT" : "LT" : "");
	if (1u << first == NOT_ALLOWED) {
		/* 50 pays 150 %: a third of it is the second side. */
		hit->severity = SEVERITY_LOW;
		hit_share(hit, 1, 3);
	}
	if (is_asc(batch, line) && marks & HAS_50)
		detail_add(hit, "specialty=49");
	else if (px->flags & PX_MPFS)
		detail_add(hit, "bilat=%u", px->bilateral);
	if (found.mask & UNITS) {
		detail_add_units(hit, "units", batch->units[line]);
		detail_add(hit, "units_max=1");
	}
	hit_tell_also(hit, kinds, found.mask);
	if (found.mask & LATERALITY)
		tell_laterality(batch, line, hit);
}

static const enum field needs[] = {FIELD_HCPCS, FIELD_MODIFIER_1, FIELD_COUNT};
static const struct rule_check checks[] = {
        {"", CHECK_LINE, .base = BASE_PROFESSIONAL | BASE_SETTING, .needs = needs,
                .parts = PART_BIT(PART_MPFS), .own_days = true}};

const struct rule HOT(rule_mod_05) = {
        .id = "MOD-05",
        .name = "Bilateral / laterality misuse",
        .tier = "P1",
        .scope = "line + bene-day",
        .hit_unit = "line and kind",
        .definition = "On professional lines: 50 on a code of bilateral indicator 0, 2 or 9, or "
                      "on an ASC's line (bilat_not_allowed); 50 with more than one unit (units); "
                      "50 with RT or LT (both); RT where every diagnosis of the line is left, or "
                      "LT where every one is right (laterality). With the beneficiary's history: "
                      "two lines of a code of indicator 2 by one provider on one day (inherent); "
                      "RT and LT of one of indicator 1 on two lines, the second at more than half "
                      "of the dearer (over_150).",
        .traps = "Some payers want RT and LT on two lines instead of 50. Indicator 3 pays each "
                 "side in full. Surgical centres may bill RT and LT. Two units on one line do not "
                 "say what one side costs.",
        .tables = "the fee schedule's bilateral indicator; ICD-10-CM laterality",
        .parameters = "none",
        .dollars = "bilat_not_allowed: the third of the amount that 50 adds to one side; inherent: "
                   "the later line; over_150: what is above half of the dearer side; others none: "
                   "info",
        .evaluated = "professional lines with 50 whose code the schedule has, or with RT or LT "
                     "whose diagnoses are all known; or where a kind is found anyway; and each "
                     "line that is inherent or over_150",
        .authority = "MPFS bilateral indicator (relative value record layout); MCPM ch. 12 s. "
                     "40.7; I-OCE edits 17, 74",
        .idle = "no professional line with 50, RT or LT whose codes are known",
        .checks = checks,
        .check_count = 1,
        .judge = judge,
        .tell = tell,
};
