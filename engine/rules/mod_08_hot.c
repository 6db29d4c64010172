/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/detail.h"
#include "rules/judge.h"

/*
 * Pairs that deny each other.  A modifier on a code that must have one of the
 * flags, or must not have it; or two modifiers.
 */
enum {
	EYELID,
	DIGIT,
	CORONARY,
	EXEMPT_51,
	GA_GZ,
	GX_GA,
	GX_GZ,
	DISTINCT_59,
	NO_EM_24,
	NO_EM_57,
	NO_EM_25,
	BOTH_26_TC,
	NOT_WAIVED,
	PAIRS
};

static const char *const kinds[PAIRS] = {
        [EYELID] = "eyelid",
        [DIGIT] = "digit",
        [CORONARY] = "coronary",
        [EXEMPT_51] = "51",
        [GA_GZ] = "GA+GZ",
        [GX_GA] = "GX+GA",
        [GX_GZ] = "GX+GZ",
        [DISTINCT_59] = "59+X",
        [NO_EM_24] = "24",
        [NO_EM_57] = "57",
        [NO_EM_25] = "25",
        [BOTH_26_TC] = "26+TC",
        [NOT_WAIVED] = "QW",
};

/* Modifiers of the table, and of these those that are judged against the code. */
enum {
	ON_CODE = HAS_EYELID | HAS_DIGIT | HAS_CORONARY | HAS_51 | HAS_24 | HAS_57 | HAS_25 |
	          HAS_QW,
	OF_TABLE = ON_CODE | HAS_GA | HAS_GZ | HAS_GX | HAS_59 | HAS_X | HAS_26 | HAS_TC,
};

static unsigned pair_if(bool holds, unsigned pair)
{
	return holds ? 1u << pair : 0;
}

/* Whether a code is of the eyelids or of a waived test is told of classed codes only. */
static unsigned judge_class(unsigned has, uint32_t flags)
{
	if (flags & PX_UNCLASSED)
		return 0;
	return pair_if(has & HAS_EYELID && !(flags & PX_EYELID), EYELID) |
	       pair_if(has & HAS_DIGIT && !(flags & PX_DIGIT), DIGIT) |
	       pair_if(has & HAS_CORONARY && !(flags & PX_CORONARY), CORONARY) |
	       pair_if(has & HAS_QW && !(flags & PX_CLIA_WAIVED), NOT_WAIVED);
}

static unsigned judge_code(unsigned has, const struct procedure_attributes *px)
{
	uint32_t flags = px->flags;
	bool em = px->em_family != EM_NONE;

	return judge_class(has, flags) |
	       pair_if(has & HAS_51 && flags & (PX_ADD_ON | PX_EXEMPT_51), EXEMPT_51) |
	       pair_if(has & HAS_24 && !em, NO_EM_24) | pair_if(has & HAS_57 && !em, NO_EM_57) |
	       pair_if(has & HAS_25 && !em && !(flags & PX_EYE_EXAM), NO_EM_25);
}

static unsigned judge_modifiers(unsigned has)
{
	return pair_if(has & HAS_GA && has & HAS_GZ, GA_GZ) |
	       pair_if(has & HAS_GX && has & HAS_GA, GX_GA) |
	       pair_if(has & HAS_GX && has & HAS_GZ, GX_GZ) |
	       pair_if(has & HAS_59 && has & HAS_X, DISTINCT_59) |
	       pair_if(has & HAS_26 && has & HAS_TC, BOTH_26_TC);
}

static unsigned judge_line(const struct procedure_attributes *attributes, const struct batch *batch,
        uint32_t line, unsigned has)
{
	uint32_t ref = batch->hcpcs_ref[line];

	return judge_modifiers(has) | (ref ? judge_code(has, &attributes[ref]) : 0);
}

static void judge(struct judging *judging)
{
	const struct batch *batch = judging_batch(judging);
	const struct procedure_attributes *attributes = codes_procedures(
	        judging_context(judging)->codes);
	const struct modified_lines *modified = judging_modified(judging);
	const uint8_t *base;
	struct marks marks;

	if (!(modified->has_any & OF_TABLE))
		return;
	base = judging_base(judging, 0);
	memset(&marks, 0, sizeof(marks));
	for (uint32_t n = 0; n < modified->count; n++) {
		uint32_t i = modified->lines[n];
		unsigned has = base[i] ? modified->has[n] & OF_TABLE : 0;

		marks.scope[i] = has != 0;
		marks.evaluated[i] = batch->hcpcs_ref[i] != 0 || (has & ~(unsigned)ON_CODE) != 0;
		marks.hits[i] = has && judge_line(attributes, batch, i, has) != 0;
	}
	judging_mark(judging, 0, &marks);
}

static void tell(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned k, struct hit *hit)
{
	unsigned mask = judge_line(
	        codes_procedures(context->codes), batch, line, line_modifiers(batch, line));
	char text[CODE_TEXT_SIZE];

	(void)k;
	hit_name_kinds(hit, kinds, mask);
	hit->severity = SEVERITY_INFO;
	detail_add(hit, "code=%s", code_text(batch->hcpcs[line], text));
	for (unsigned m = 0; m < MODIFIERS_MAX; m++)
		if (batch->modifiers[m][line])
			detail_add(hit, "modifier%u=%s", m + 1,
			        code_text(batch->modifiers[m][line], text));
	hit_tell_also(hit, kinds, mask);
}

static const enum field needs[] = {FIELD_HCPCS, FIELD_MODIFIER_1, FIELD_COUNT};
static const struct rule_check checks[] = {
        {"", CHECK_LINE, .watch = true, .base = BASE_SETTING, .needs = needs}};

const struct rule HOT(rule_mod_08) = {
        .id = "MOD-08",
        .name = "Illegal modifier-procedure or modifier-modifier pair",
        .tier = "P2",
        .scope = "line",
        .hit_unit = "line and pair",
        .definition =
                "A modifier that its code or its neighbour forbids, the kind naming it: E1 to E4 "
                "off an eyelid (eyelid), fingers and toes off a digit (digit), LC LD LM RC RI off "
                "the coronaries (coronary), 51 on an add-on or exempt code (51), GA with GZ, GX "
                "with GA or GZ, 59 with XE XP XS XU (59+X), 24 or 57 off an E/M, 25 off an E/M "
                "and the eye visits, 26 with TC, QW off the CLIA-waived list (QW).",
        .traps = "Payers differ, so it is info and watch. 26 with TC is told by MOD-04 too.",
        .tables = "built in; a payer's own file of modifier validity",
        .parameters = "the table",
        .dollars = "none: info",
        .evaluated = "lines with a modifier of the table, and a known code where the code decides",
        .authority = "I-OCE edit 102; NCCI Policy Manual ch. I",
        .idle = "no line with a modifier of the table on a known code",
        .checks = checks,
        .check_count = 1,
        .judge = judge,
        .tell = tell,
};
