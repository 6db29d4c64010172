/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CLN-01: the diagnoses of a line against the coverage policies that name its
 * procedure (lookup/coverage.h).  Lines of codes that no policy names cost one test
 * of a bit.
 */
#include "lookup/coverage.h"
#include "rules/detail.h"
#include "rules/judge.h"

/* A modifier that says that no coverage is expected makes its kind; it has no dollars. */
static const char *const kinds[] = {"ga", "gz", "gy", "unsupported", "excluded"};
enum { GA = 1, GZ = 2, GY = 4, UNSUPPORTED = 8, EXCLUDED = 16 };

static unsigned modifiers_mask(const struct batch *batch, uint32_t line)
{
	return (line_has_modifier(batch, line, TWO_CHARS('G', 'A')) ? GA : 0) |
	       (line_has_modifier(batch, line, TWO_CHARS('G', 'Z')) ? GZ : 0) |
	       (line_has_modifier(batch, line, TWO_CHARS('G', 'Y')) ? GY : 0);
}

/* The line's diagnoses that are judged and not blank; ICD-9 ones are not judged. */
static unsigned diagnoses_of(
        const struct batch *batch, uint32_t line, uint64_t diagnoses[DIAGNOSES_MAX])
{
	uint32_t slots = line_slots(batch, line);
	unsigned count = 0;

	if (batch->diagnosis_type[line] == CODE_TYPE_ICD9)
		return 0;
	for (unsigned s = 0; s < batch->diagnosis_count[line]; s++)
		if ((slots >> s & 1) && batch->diagnosis[s][line] != CODE_BLANK)
			diagnoses[count++] = batch->diagnosis[s][line];
	return count;
}

static void ask(const struct rule_context *context, const struct batch *batch, uint32_t line,
        struct coverage_answer *answer)
{
	uint64_t diagnoses[DIAGNOSES_MAX];
	const struct coverage_line asked = {
	        .procedure = batch->hcpcs[line],
	        .day = batch->service_from[line],
	        .state = batch->state[line],
	        .diagnoses = diagnoses,
	        .count = diagnoses_of(batch, line, diagnoses),
	};

	coverage_judge(context->coverage, &asked, answer);
}

static void judge_line(struct judging *judging, uint32_t line, struct marks *marks)
{
	struct coverage_answer answer;

	ask(judging_context(judging), judging_batch(judging), line, &answer);
	marks->scope[line] = answer.verdict != COVERAGE_NONE;
	marks->evaluated[line] = answer.verdict > COVERAGE_UNKNOWN;
	marks->hits[line] = answer.verdict > COVERAGE_MET;
}

static void judge(struct judging *judging)
{
	const struct batch *batch = judging_batch(judging);
	const struct coverage *coverage = judging_context(judging)->coverage;
	struct marks marks;
	const uint8_t *base;

	if (!coverage)
		return;
	base = judging_base(judging, 0);
	for (uint32_t i = 0; i < batch->count; i++)
		marks.scope[i] = base[i] & coverage_may_have(coverage, batch->hcpcs[i]);
	if (!marks_any(marks.scope, batch->count))
		return;
	memset(marks.evaluated, 0, sizeof(marks.evaluated));
	memset(marks.hits, 0, sizeof(marks.hits));
	for (uint32_t i = 0; i < batch->count; i++)
		if (marks.scope[i])
			judge_line(judging, i, &marks);
	judging_mark(judging, 0, &marks);
}

/* Was the line's own choice of diagnoses judged, or all of the claim's? */
static bool is_pointed(const struct batch *batch, uint32_t line)
{
	bool pointed = batch->pointed_code[line] != 0;

	for (unsigned p = 0; p < POINTERS_MAX; p++)
		pointed |= batch->pointer[p][line] != 0;
	return pointed;
}

/* A name of the user's, without what parts the items of a detail. */
static void tell_policy(struct hit *hit, const struct coverage_answer *answer)
{
	char name[48];
	size_t size = 0;

	if (!answer->policy) {
		detail_add(hit, "policy=%s", code_text(answer->document, name));
		return;
	}
	for (const char *at = answer->policy; *at && size + 1 < sizeof(name); at++)
		name[size++] = *at == ';' || *at == '=' || (uint8_t)*at < ' ' ? ' ' : *at;
	name[size] = '\0';
	detail_add(hit, "policy=%s", name);
}

static void tell(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned k, struct hit *hit)
{
	unsigned mask = modifiers_mask(batch, line);
	struct coverage_answer answer;
	char text[CODE_TEXT_SIZE];

	(void)k;
	ask(context, batch, line, &answer);
	hit->severity = mask                      ? SEVERITY_INFO
	                : is_pointed(batch, line) ? SEVERITY_MEDIUM
	                                          : SEVERITY_LOW;
	if (!mask)
		hit_whole_line(hit);
	mask |= answer.verdict == COVERAGE_EXCLUDED ? EXCLUDED : UNSUPPORTED;
	hit_name_kinds(hit, kinds, mask);
	tell_policy(hit, &answer);
	detail_add(hit, "code=%s", code_text(batch->hcpcs[line], text));
	if (answer.policy && answer.group)
		detail_add(hit, "group=%u", answer.group);
	if (answer.verdict == COVERAGE_EXCLUDED)
		detail_add(hit, "dx=%s; excluded=1; limit=0", code_text(answer.diagnosis, text));
	else
		detail_add(hit, "supporting=0; limit=1");
	detail_add_window(hit, answer.from, answer.to);
	hit_tell_also(hit, kinds, mask);
}

static const enum field needs[] = {FIELD_HCPCS, FIELD_DIAGNOSIS_1, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {{"", CHECK_LINE, .base = BASE_PAYABLE, .needs = needs}};

const struct rule HOT(rule_cln_01) = {
        .id = "CLN-01",
        .name = "Diagnosis does not support procedure (NCD/LCD)",
        .tier = "P1",
        .scope = "line",
        .hit_unit = "line",
        .definition = "A payable line whose code is in a coverage policy in force on its first day "
                      "for the provider's state: none of the diagnoses that it points at (without "
                      "pointers, of the claim's) is in a list that must have one (unsupported), or "
                      "one is in a list that excludes it (excluded). Lists of one policy all "
                      "hold; a category covers what begins with it. With GA, GZ or GY the modifier "
                      "is the kind.",
        .traps =
                "The Medicare Coverage Database's exports do not say whose jurisdiction a document "
                "is of: by them a line is a hit only where every document in force for its code "
                "fails. Diagnoses that a document wants together are told in its text alone; its "
                "groups are one list. A policy for states judges no line whose state is unknown. "
                "ICD-9 diagnoses are not judged. Articles change during a year; commercial and "
                "Medicare Advantage policies differ.",
        .tables = "coverage (--table); payer_coverage; ncd_lcd, ncd_lcd_dx, ncd_lcd_documents. A "
                  "payer's policy in force for a code stands over what is published",
        .parameters = "none",
        .dollars = "the line's amount; with GA, GZ or GY none",
        .evaluated = "payable lines with a diagnosis whose code is in a policy in force on the "
                     "day, and where policies are for states, with the provider's",
        .authority = "Social Security Act 1862(a)(1)(A); 42 CFR 405",
        .idle = "no line of a code that a coverage policy in force names (--table coverage, or a "
                "folder of code sets that has coverage)",
        .checks = checks,
        .check_count = 1,
        .judge = judge,
        .tell = tell,
};
