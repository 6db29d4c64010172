/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/detail.h"
#include "rules/judge.h"

static const char *const kinds[] = {"not_listed", "audio_only", "two_modifiers"};
enum { NOT_LISTED = 1, AUDIO_ONLY = 2, TWO_MODIFIERS = 4 };

/* From this day on audio alone will do for any service at home (42 CFR 410.78(a)(3)). */
enum { DAY_2025_01_01 = 20089 };

/*
 * What no year's list has, for it takes a hand on the patient or is no service of
 * a practitioner: operations with a global period of 10 or 90 days, and these.
 */
enum {
	NEVER_LISTED = PX_AMBULANCE_BASE | PX_AMBULANCE_AIR | PX_GROUND_MILES | PX_AIR_MILES |
	               PX_DRUG | PX_LAB | PX_ANESTHESIA | PX_DMEPOS,
};

static bool is_telehealth(uint16_t modifier)
{
	return modifier_bits(modifier) & HAS_TELEHEALTH;
}

/* Different ones; one that is given twice counts once. */
static unsigned count_modifiers(const struct batch *batch, uint32_t line)
{
	unsigned count = 0;

	for (unsigned m = 0; m < MODIFIERS_MAX; m++) {
		bool again = false;

		for (unsigned before = 0; before < m; before++)
			again |= batch->modifiers[before][line] == batch->modifiers[m][line];
		count += !again && is_telehealth(batch->modifiers[m][line]);
	}
	return count;
}

static bool is_remote(const struct batch *batch, uint32_t line)
{
	uint16_t place = batch->place[line];

	return (place == TWO_CHARS('0', '2')) | (place == TWO_CHARS('1', '0'));
}

static bool is_never_listed(const struct procedure_attributes *px)
{
	return px->global == PX_GLOBAL_010 || px->global == PX_GLOBAL_090 ||
	       (px->flags & NEVER_LISTED);
}

/* Chapter 5, mental and behavioural disorders, where audio alone has been enough. */
static bool has_mental(const struct batch *batch, uint32_t line)
{
	for (unsigned s = 0; s < batch->diagnosis_count[line]; s++)
		if (code_char(batch->diagnosis[s][line], 0) == 'F')
			return true;
	return false;
}

static bool is_visit(const struct procedure_attributes *px)
{
	return px->em_family != EM_NONE && px->em_family != EM_OTHER;
}

/* Without a list: what none has, and visits that needed video. */
static unsigned judge_by_class(
        const struct rule_context *context, const struct batch *batch, uint32_t line)
{
	const struct procedure_attributes *px = &codes_procedures(
	        context->codes)[batch->hcpcs_ref[line]];
	int32_t day = batch->service_from[line];
	unsigned mask = is_never_listed(px) ? NOT_LISTED : 0;

	if (line_has_modifier(batch, line, TWO_CHARS('9', '3')) && is_visit(px) &&
	        day != DATE_ABSENT && day < DAY_2025_01_01 && !has_mental(batch, line))
		mask |= AUDIO_ONLY;
	return mask;
}

static inline bool has_list(const struct rule_context *context)
{
	return payer_count(context->payer, PAYER_TELEHEALTH) != 0;
}

/* Can the payer's list judge a line at all? */
static bool is_listable(
        const struct rule_context *context, const struct batch *batch, uint32_t line)
{
	return has_list(context) && batch->hcpcs[line] != CODE_BLANK &&
	       batch->service_from[line] != DATE_ABSENT;
}

static unsigned judge_by_list(
        const struct rule_context *context, const struct batch *batch, uint32_t line)
{
	int32_t day = batch->service_from[line];
	bool listed = false, audio = !line_has_modifier(batch, line, TWO_CHARS('9', '3'));
	const struct payer_cell *row;
	size_t count;

	row = payer_find(context->payer, PAYER_TELEHEALTH, (int64_t)batch->hcpcs[line], &count);
	for (; count > 0; count--, row += payer_columns(PAYER_TELEHEALTH)) {
		if (day < row[TELEHEALTH_FROM].number || day > row[TELEHEALTH_TO].number)
			continue;
		listed = true;
		audio |= row[TELEHEALTH_AUDIO_ONLY].number == 1;
	}
	if (!listed)
		return NOT_LISTED;
	return audio ? 0 : AUDIO_ONLY;
}

static unsigned judge_line(
        const struct rule_context *context, const struct batch *batch, uint32_t line)
{
	unsigned mask = count_modifiers(batch, line) > 1 ? TWO_MODIFIERS : 0;

	if (!has_list(context))
		return mask | judge_by_class(context, batch, line);
	return is_listable(context, batch, line) ? mask | judge_by_list(context, batch, line)
	                                         : mask;
}

/* Places are compared all at once; modifiers only of lines that have any. */
static void find_scope(struct judging *judging, uint8_t scope[BATCH_LINES])
{
	const struct batch *batch = judging_batch(judging);
	const struct modified_lines *modified = judging_modified(judging);
	const uint8_t *base = judging_base(judging, 0);

	for (uint32_t i = 0; i < BATCH_LINES; i++)
		scope[i] = base[i] & (uint8_t)is_remote(batch, i);
	for (uint32_t n = 0; modified->has_any & HAS_TELEHEALTH && n < modified->count; n++) {
		uint32_t i = modified->lines[n];

		scope[i] |= base[i] & ((modified->has[n] & HAS_TELEHEALTH) != 0);
	}
}

static void judge(struct judging *judging)
{
	const struct batch *batch = judging_batch(judging);
	const struct rule_context *context = judging_context(judging);
	struct marks marks;

	memset(&marks, 0, sizeof(marks));
	find_scope(judging, marks.scope);
	for (uint32_t i = 0; (i = marks_next(marks.scope, i)) < batch->count; i++) {
		marks.hits[i] = judge_line(context, batch, i) != 0;
		marks.evaluated[i] = marks.hits[i] ||
		                     (has_list(context) ? is_listable(context, batch, i)
		                                        : batch->hcpcs_ref[i] != 0);
	}
	judging_mark(judging, 0, &marks);
}

static void tell(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned k, struct hit *hit)
{
	unsigned mask = judge_line(context, batch, line);
	char text[CODE_TEXT_SIZE];

	(void)k;
	hit_name_kinds(hit, kinds, mask);
	hit->severity = SEVERITY_LOW;
	hit_whole_line(hit);
	detail_add(hit, "code=%s", code_text(batch->hcpcs[line], text));
	if (batch->place[line])
		detail_add(hit, "pos=%s", code_text(batch->place[line], text));
	for (unsigned m = 0; m < MODIFIERS_MAX; m++)
		if (is_telehealth(batch->modifiers[m][line]))
			detail_add(hit, "modifier%u=%s", m + 1,
			        code_text(batch->modifiers[m][line], text));
	if (mask & TWO_MODIFIERS)
		detail_add(hit, "limit=1");
	hit_tell_also(hit, kinds, mask);
}

static const enum field needs[] = {FIELD_HCPCS, FIELD_PLACE, FIELD_COUNT};
static const struct rule_check checks[] = {
        {"", CHECK_LINE, .watch = true, .base = BASE_PAYABLE | BASE_PROFESSIONAL, .needs = needs}};

const struct rule HOT(rule_tim_07) = {
        .id = "TIM-07",
        .name = "Telehealth mismatch",
        .tier = "P2",
        .scope = "line",
        .hit_unit = "line",
        .definition = "A payable professional line of POS 02 or 10, or with 93, 95, GT or GQ: a "
                      "code that the payer's list does not have that day, or without a list "
                      "what no year's has, operations with 10 or 90 global days, anaesthesia, "
                      "laboratory, drugs, DMEPOS, ambulance (not_listed); 93 on a code that the "
                      "list does not let be done by sound alone, or without a list before 2025 on "
                      "a visit, which needed video then (audio_only); two of 93, 95, GT and GQ "
                      "(two_modifiers).",
        .traps = "Audio alone was enough for mental disorders: with a diagnosis of chapter F a "
                 "visit is no audio_only. Waivers of 2020 to 2024 let the in-person POS stand with "
                 "95, so that POS and modifier are not held against each other without a payer's "
                 "rule. Without a list, a code that only a year's list leaves out is not told.",
        .tables = "telehealth (--table); else classes of procedures, global days, E/M families",
        .parameters = "audio_until=2024-12-31",
        .dollars = "the amount of the line",
        .evaluated =
                "such lines with a known code (with a list, any code and a day), or with two of "
                "the modifiers",
        .authority = "42 CFR 410.78; CMS list of telehealth services",
        .idle = "no line of POS 02 or 10, or with 93, 95, GT or GQ",
        .checks = checks,
        .check_count = 1,
        .judge = judge,
        .tell = tell,
};
