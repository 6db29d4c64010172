/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/ambulance.h"
#include "rules/detail.h"
#include "rules/judge.h"

static const char *const kinds[] = {"unknown", "repeated"};
enum { KIND_UNKNOWN = 1, KIND_REPEATED = 2 };

/* CPT 00100 to 01999. */
static bool is_anesthesia(uint64_t hcpcs)
{
	unsigned second = code_char(hcpcs, 1);

	return code_char(hcpcs, 0) == '0' && (second == '0' || second == '1') &&
	       code_number(hcpcs) >= 100;
}

/* Is it one of the payer's own on that day?  On a line without a day any day will do. */
static bool is_of_payer(const struct payer *payer, uint16_t modifier, int32_t day)
{
	size_t count;
	const struct payer_cell *row = payer_find(payer, PAYER_MODIFIERS, modifier, &count);

	for (; count > 0; count--, row += payer_columns(PAYER_MODIFIERS))
		if (day == DATE_ABSENT ||
		        (day >= row[MODIFIERS_FROM].number && day <= row[MODIFIERS_TO].number))
			return true;
	return false;
}

static bool is_unknown(const struct codes *codes, const struct batch *batch, uint32_t line,
        uint16_t modifier, bool partial)
{
	uint8_t flags = codes_modifier_on(codes, modifier, batch->service_from[line]);
	uint64_t hcpcs = batch->hcpcs[line];

	if (flags & MODIFIER_ANESTHESIA)
		return hcpcs != CODE_BLANK && !is_anesthesia(hcpcs);
	if (flags || partial)
		return false;
	return !(ambulance_code(hcpcs) && ambulance_pair(modifier));
}

static bool is_repeated(const struct batch *batch, uint32_t line, unsigned m)
{
	for (unsigned n = 0; n < m; n++)
		if (batch->modifiers[n][line] == batch->modifiers[m][line])
			return true;
	return false;
}

/* What is wrong with modifier m: KIND_*. */
static unsigned judge_modifier(const struct rule_context *context, const struct batch *batch,
        uint32_t line, unsigned m, bool partial)
{
	/* partial: the list does not say that a modifier is unknown. */
	uint16_t modifier = batch->modifiers[m][line];
	unsigned mask;

	if (!modifier)
		return 0;
	mask = is_repeated(batch, line, m) ? KIND_REPEATED : 0;
	if (is_unknown(context->codes, batch, line, modifier, partial) &&
	        !is_of_payer(context->payer, modifier, batch->service_from[line]))
		mask |= KIND_UNKNOWN;
	return mask;
}

static void judge(struct judging *judging)
{
	const struct batch *batch = judging_batch(judging);
	const struct rule_context *context = judging_context(judging);
	const struct modified_lines *modified = judging_modified(judging);
	bool partial = codes_partial(context->codes, SYSTEM_MODIFIER);
	const uint8_t *base, *outside;
	struct marks marks;

	if (!modified->count)
		return;
	base = judging_base(judging, 0);
	outside = judging_outside(judging, 0);
	memset(&marks, 0, sizeof(marks));
	for (uint32_t n = 0; n < modified->count; n++) {
		uint32_t i = modified->lines[n];
		unsigned mask = 0;

		for (unsigned m = 0; m < MODIFIERS_MAX; m++)
			mask |= judge_modifier(context, batch, i, m, partial || outside[i]);
		marks.scope[i] = base[i];
		marks.hits[i] = mask != 0;
		marks.evaluated[i] = base[i] & ((outside[i] == 0) | marks.hits[i]);
	}
	judging_mark(judging, 0, &marks);
}

static void tell(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned k, struct hit *hit)
{
	bool partial = codes_partial(context->codes, SYSTEM_MODIFIER) ||
	               line_not_covered(context, batch, line, PART_BIT(PART_MODIFIERS));
	unsigned wrong[MODIFIERS_MAX], mask = 0;
	char text[CODE_TEXT_SIZE];

	(void)k;
	for (unsigned m = 0; m < MODIFIERS_MAX; m++)
		mask |= wrong[m] = judge_modifier(context, batch, line, m, partial);
	hit_name_kinds(hit, kinds, mask);
	hit->severity = SEVERITY_INFO;
	detail_add(hit, "code=%s", code_text(batch->hcpcs[line], text));
	for (unsigned m = 0; m < MODIFIERS_MAX; m++)
		if (wrong[m])
			detail_add(hit, "modifier%u=%s", m + 1,
			        code_text(batch->modifiers[m][line], text));
	hit_tell_also(hit, kinds, mask);
}

static const enum field needs[] = {FIELD_MODIFIER_1, FIELD_COUNT};
static const struct rule_check checks[] = {{"", CHECK_LINE, .watch = true, .needs = needs,
        .parts = PART_BIT(PART_MODIFIERS), .own_days = true}};

const struct rule HOT(rule_val_05) = {
        .id = "VAL-05",
        .name = "Invalid modifier",
        .tier = "P1",
        .scope = "line",
        .hit_unit = "line",
        .definition = "A modifier that is not in the list (unknown), P1 to P6 on a code that is "
                      "no anaesthesia (unknown), or one modifier twice on a line (repeated).",
        .traps = "Ambulance codes A0021 to A0999 take pairs of origin and destination, which are "
                 "never unknown. Modifiers without dates are always in force. A partial list "
                 "calls none unknown.",
        .tables = "HCPCS level II and CPT modifiers",
        .parameters = "payer_modifiers: a payer's own, in force on the line's date",
        .dollars = "none: info",
        .evaluated = "lines with a modifier",
        .authority = "I-OCE edit 22",
        .idle = "no line with a modifier",
        .checks = checks,
        .check_count = 1,
        .judge = judge,
        .tell = tell,
};
