/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/detail.h"
#include "rules/judge.h"

static const char *const kinds[] = {"bad_26", "bad_tc", "both", "tc_in_facility"};
enum { BAD_26 = 1, BAD_TC = 2, BOTH = 4, TC_IN_FACILITY = 8 };

/* The fee schedule's PC/TC indicators that matter here. */
enum { PCTC_DIAGNOSTIC = 1, PCTC_LAB_READING = 6, PCTC_NOT_APPLICABLE = 9 };

/* A global diagnostic code, or its technical part, is the facility's there. */
static bool is_facility(uint16_t place)
{
	return place == TWO_CHARS('1', '9') || place == TWO_CHARS('2', '1') ||
	       place == TWO_CHARS('2', '2') || place == TWO_CHARS('2', '3');
}

/* In an ASC, or a nursing stay under Part A, only at times. */
static bool is_watched(uint16_t place)
{
	return place == TWO_CHARS('2', '4') || place == TWO_CHARS('3', '1');
}

struct component {
	bool has_26, has_tc;
	bool known; /* the fee schedule has the code */
	uint8_t pctc;
};

/* covered: the fee schedule has the day. */
static struct component find_component(const struct procedure_attributes *px,
        const struct batch *batch, uint32_t line, bool covered)
{
	uint32_t has = line_modifiers(batch, line);

	return (struct component){
	        .has_26 = (has & HAS_26) != 0,
	        .has_tc = (has & HAS_TC) != 0,
	        .known = covered && (px->flags & PX_MPFS) != 0,
	        .pctc = px->pctc,
	};
}

static unsigned judge_line(struct component part, uint16_t place)
{
	bool placed = is_facility(place) || is_watched(place);
	unsigned mask = part.has_26 && part.has_tc ? BOTH : 0;

	if (!part.known)
		return mask;
	if (part.has_26 && part.pctc != PCTC_DIAGNOSTIC && part.pctc != PCTC_LAB_READING)
		mask |= BAD_26;
	if (part.has_tc && part.pctc != PCTC_DIAGNOSTIC)
		mask |= BAD_TC;
	if (placed && (part.has_tc || (!part.has_26 && part.pctc == PCTC_DIAGNOSTIC)))
		mask |= TC_IN_FACILITY;
	return mask;
}

/* Without a place of service only the reading (26) is settled. */
static bool can_judge(struct component part, uint16_t place)
{
	return part.known && (place != 0 || (part.has_26 && !part.has_tc));
}

static void judge_one(const struct batch *batch, const struct procedure_attributes *attributes,
        uint32_t i, bool covered, struct marks *marks)
{
	const struct procedure_attributes *px = &attributes[batch->hcpcs_ref[i]];
	struct component part = find_component(px, batch, i, covered);
	bool diagnostic = px->flags & PX_MPFS && px->pctc == PCTC_DIAGNOSTIC;

	marks->scope[i] = part.has_26 || part.has_tc || diagnostic;
	marks->hits[i] = judge_line(part, batch->place[i]) != 0;
	marks->evaluated[i] = marks->hits[i] || can_judge(part, batch->place[i]);
}

static void judge(struct judging *judging)
{
	const struct batch *batch = judging_batch(judging);
	const struct procedure_attributes *attributes = codes_procedures(
	        judging_context(judging)->codes);
	const struct procedure_fold *px = judging_procedures(judging);
	const struct modified_lines *modified = judging_modified(judging);
	const uint8_t *base = judging_base(judging, 0), *outside = judging_outside(judging, 0);
	struct marks marks;
	uint8_t diagnostic[BATCH_LINES] COLUMN;

	memset(&marks, 0, sizeof(marks));
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		diagnostic[i] = base[i] & (px->pctc[i] == PCTC_DIAGNOSTIC) &
		                ((px->flags[i] & PX_MPFS) != 0);
	for (uint32_t i = 0; (i = marks_next(diagnostic, i)) < batch->count; i++)
		judge_one(batch, attributes, i, !outside[i], &marks);
	for (uint32_t n = 0; n < modified->count; n++) {
		uint32_t i = modified->lines[n];

		if (base[i] && !diagnostic[i] && modified->has[n] & (HAS_26 | HAS_TC))
			judge_one(batch, attributes, i, !outside[i], &marks);
	}
	judging_mark(judging, 0, &marks);
}

static void tell_dollars(const struct procedure_attributes *px, struct component part,
        unsigned first, struct hit *hit)
{
	bool global = !part.has_26 && !part.has_tc;

	if (1u << first == TC_IN_FACILITY && global && px->technical_share)
		hit_share(hit, px->technical_share, 10000);
	else if (1u << first != TC_IN_FACILITY || part.has_tc)
		hit_whole_line(hit);
}

static void tell(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned k, struct hit *hit)
{
	const struct procedure_attributes *px = &codes_procedures(
	        context->codes)[batch->hcpcs_ref[line]];
	bool covered = !line_not_covered(context, batch, line, PART_BIT(PART_MPFS));
	struct component part = find_component(px, batch, line, covered);
	unsigned mask = judge_line(part, batch->place[line]);
	unsigned first = hit_name_kinds(hit, kinds, mask);
	char text[CODE_TEXT_SIZE];

	(void)k;
	hit->severity = SEVERITY_MEDIUM;
	tell_dollars(px, part, first, hit);
	detail_add(hit, "code=%s", code_text(batch->hcpcs[line], text));
	if (part.known)
		detail_add(hit, "pctc=%u", part.pctc);
	detail_add(hit, "modifiers=%s",
	        part.has_26   ? part.has_tc ? "26,TC" : "26"
	        : part.has_tc ? "TC"
	                      : "none");
	if (batch->place[line])
		detail_add(hit, "pos=%s", code_text(batch->place[line], text));
	hit_tell_also(hit, kinds, mask);

	/* Commercial payers pay a pathologist's 26 on laboratory codes. */
	if (1u << first == BAD_26)
		hit->watch = part.pctc == PCTC_NOT_APPLICABLE && px->flags & PX_LAB;
	else if (1u << first == TC_IN_FACILITY)
		hit->watch = is_watched(batch->place[line]);
}

static const enum field needs[] = {FIELD_HCPCS, FIELD_MODIFIER_1, FIELD_COUNT};
static const struct rule_check checks[] = {
        {"", CHECK_LINE, .base = BASE_PROFESSIONAL | BASE_SETTING, .needs = needs,
                .parts = PART_BIT(PART_MPFS), .own_days = true}};

const struct rule HOT(rule_mod_04) = {
        .id = "MOD-04",
        .name = "Professional/technical component misuse",
        .tier = "P1",
        .scope = "line + bene-day",
        .hit_unit = "line and kind",
        .definition = "On professional lines: 26 on a code whose PC/TC indicator is not 1 or 6 "
                      "(bad_26), TC on one that is not 1 (bad_tc), 26 and TC together (both), TC "
                      "or a global diagnostic code in a facility (tc_in_facility). With the "
                      "beneficiary's history: a component paid twice on one day, to anyone, or "
                      "beside the whole study (double).",
        .traps =
                "POS 24 and 31 are watch: integral to the ASC's fee, consolidated only within a "
                "Part A stay. 26 on laboratory codes of indicator 9 is watch, for some payers "
                "pay it. Purchased readings, portable X-ray, critical access method II. Studies of "
                "the other side, and with 76, 77, 59 or X{EPSU}, are others.",
        .tables = "the fee schedule's PC/TC indicator and relative values",
        .parameters = "facility_pos 19 21 22 23; pos_watch 24 31",
        .dollars = "the line's amount; tc_in_facility: the technical share of a global line, the "
                   "whole of a TC line",
        .evaluated = "professional lines with 26 or TC, or a code of indicator 1; where the place "
                     "decides, with a place",
        .authority = "MCPM ch. 12, ch. 13; MPFS relative value file",
        .idle = "no professional line with 26, TC or a diagnostic code that the schedule has",
        .checks = checks,
        .check_count = 1,
        .judge = judge,
        .tell = tell,
};
