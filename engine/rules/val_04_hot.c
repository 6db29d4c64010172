/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/detail.h"
#include "rules/judge.h"

enum { CHECK_CODE, CHECK_PCS };

/* HIPPS codes stand where procedures do, under revenue codes 0022, 0023, 0024. */
static bool revenue_has_hipps(uint16_t revenue)
{
	return revenue >= 22 && revenue <= 24;
}

/* CDT codes: D and four digits. */
static bool is_dental(uint64_t word)
{
	return code_char(word, 0) == 'D' && code_number(word) >= 0;
}

static void judge_unknown(struct judging *judging, struct marks *marks)
{
	const struct batch *batch = judging_batch(judging);
	const uint8_t *unlisted = judging_procedures(judging)->unlisted;

	if (codes_partial(judging_context(judging)->codes, SYSTEM_PROCEDURE))
		return;
	for (uint32_t i = 0; (i = marks_next(unlisted, i)) < batch->count; i++) {
		int32_t from = batch->service_from[i], thru = batch->service_thru[i];

		if (marks->scope[i] && !is_dental(batch->hcpcs[i]))
			marks->evaluated[i] = marks->hits[i] =
			        from != DATE_ABSENT &&
			        codes_complete(judging_context(judging)->codes,
			                codes_procedure_part(batch->hcpcs[i]), from, thru);
	}
}

/* What the sets say stands on days that they cover, what the payer says on all. */
static void leave_outside(struct judging *judging, struct marks *restrict marks)
{
	const uint8_t *outside = judging_outside(judging, CHECK_CODE);

	for (uint32_t i = 0; i < BATCH_LINES; i++)
		marks->evaluated[i] &= outside[i] ^ 1;
}

/* The payer's rows on a code; NULL: it is none of the payer's own. */
static const struct payer_cell *payer_rows(
        const struct rule_context *context, uint64_t hcpcs, size_t *count)
{
	return payer_find(context->payer, PAYER_CODES, (int64_t)hcpcs, count);
}

/* Is one of them in force on any day from low to high? */
static bool payer_covers(const struct payer_cell *row, size_t count, int32_t low, int32_t high)
{
	for (; count > 0; count--, row += payer_columns(PAYER_CODES))
		if (row[CODES_FROM].number <= high && row[CODES_TO].number >= low)
			return true;
	return false;
}

/* What the payer knows is known, and in force if the payer or the set says so. */
static void judge_own(struct judging *judging, struct marks *marks)
{
	const struct rule_context *context = judging_context(judging);
	const struct batch *batch = judging_batch(judging);

	if (!payer_count(context->payer, PAYER_CODES))
		return;
	for (uint32_t i = 0; i < batch->count; i++) {
		int32_t from = batch->service_from[i], thru = batch->service_thru[i];
		bool set_has = marks->evaluated[i] && batch->hcpcs_ref[i] && !marks->hits[i];
		const struct payer_cell *rows;
		size_t count;

		if (!marks->scope[i] || from == DATE_ABSENT)
			continue;
		rows = payer_rows(context, batch->hcpcs[i], &count);
		if (!rows)
			continue;
		marks->evaluated[i] = 1;
		marks->hits[i] = !set_has && !payer_covers(rows, count, from < thru ? from : thru,
		                                     from < thru ? thru : from);
	}
}

static void judge_codes(struct judging *judging)
{
	const struct batch *batch = judging_batch(judging);
	const struct procedure_fold *px = judging_procedures(judging);
	const uint8_t *base = judging_base(judging, CHECK_CODE);
	struct marks marks;

	for (uint32_t i = 0; i < BATCH_LINES; i++)
		marks.scope[i] = base[i] & (batch->hcpcs[i] != CODE_BLANK) &
		                 !revenue_has_hipps(batch->revenue[i]);
	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		int32_t from = batch->service_from[i], thru = batch->service_thru[i];
		int32_t low = from < thru ? from : thru, high = from < thru ? thru : from;

		marks.evaluated[i] = (low != DATE_ABSENT) & (batch->hcpcs_ref[i] != 0) &
		                     ((px->flags[i] & PX_CDT) == 0);
		marks.hits[i] = (px->from[i] > high) | (px->to[i] < low);
	}
	judge_unknown(judging, &marks);
	leave_outside(judging, &marks);
	judge_own(judging, &marks);
	judging_mark(judging, CHECK_CODE, &marks);
}

/* What is wrong with a procedure of an inpatient claim. */
enum pcs_state { PCS_NONE, PCS_UNJUDGED, PCS_VALID, PCS_UNKNOWN, PCS_NOT_IN_FORCE };

static enum pcs_state judge_slot(const struct codes *codes, const struct batch *batch,
        uint32_t line, unsigned slot, int32_t day)
{
	uint32_t ref = batch->procedure_ref[slot][line];
	const struct code_window *window = &codes_icd10pcs(codes)[ref];

	if (!batch->procedure[slot][line])
		return PCS_NONE;
	if (!ref)
		return codes_complete(codes, PART_ICD10PCS, day, day) ? PCS_UNKNOWN : PCS_UNJUDGED;
	return day >= window->from && day <= window->to ? PCS_VALID : PCS_NOT_IN_FORCE;
}

static void judge_procedures(const struct codes *codes, const struct batch *batch, uint32_t i,
        int32_t day, struct marks *marks)
{
	for (unsigned p = 0; p < batch->procedure_count[i]; p++) {
		enum pcs_state state = judge_slot(codes, batch, i, p, day);

		marks->scope[i] |= state != PCS_NONE;
		marks->evaluated[i] |= day != DATE_ABSENT && state >= PCS_VALID;
		marks->hits[i] |= state > PCS_VALID;
	}
}

static void judge_pcs(struct judging *judging)
{
	const struct batch *batch = judging_batch(judging);
	const struct key_days *days;
	const uint8_t *base;
	struct marks marks;

	if (!judging_ready(judging, CHECK_PCS) || !marks_any(batch->procedure_count, batch->count))
		return;
	days = judging_days(judging);
	base = judging_base(judging, CHECK_PCS);
	memset(&marks, 0, sizeof(marks));
	for (uint32_t i = 0; i < batch->count; i++)
		if (base[i])
			judge_procedures(
			        judging_context(judging)->codes, batch, i, days->low[i], &marks);
	judging_mark(judging, CHECK_PCS, &marks);
}

static void judge(struct judging *judging)
{
	if (judging_ready(judging, CHECK_CODE))
		judge_codes(judging);
	judge_pcs(judging);
}

static void tell_pcs(
        const struct codes *codes, const struct batch *batch, uint32_t line, struct hit *hit)
{
	char text[CODE_TEXT_SIZE];
	int32_t low, high;

	line_days(batch, line, &low, &high);
	detail_add_days(hit, "date", low, high);
	for (unsigned p = 0; p < batch->procedure_count[line]; p++) {
		enum pcs_state state = judge_slot(codes, batch, line, p, low);
		struct code_window window;

		if (state <= PCS_VALID)
			continue;
		detail_add(hit, "pcs%u=%s", p + 1, code_text(batch->procedure[p][line], text));
		if (state != PCS_NOT_IN_FORCE)
			continue;
		window = codes_in_force(codes, SYSTEM_ICD10PCS, batch->procedure[p][line], low);
		detail_add_window(hit, window.from, window.to);
	}
}

static void tell(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned k, struct hit *hit)
{
	const struct payer_cell *own;
	struct code_window window;
	char text[CODE_TEXT_SIZE];
	size_t count;

	hit->severity = SEVERITY_MEDIUM;
	if (k == CHECK_PCS) {
		tell_pcs(context->codes, batch, line, hit);
		return;
	}
	hit_whole_line(hit);
	detail_add(hit, "code=%s", code_text(batch->hcpcs[line], text));
	detail_add_days(hit, "date", batch->service_from[line], batch->service_thru[line]);
	if (batch->hcpcs_ref[line]) {
		snprintf(hit->kind, sizeof(hit->kind), "not_in_force");
		window = codes_in_force(context->codes, SYSTEM_PROCEDURE, batch->hcpcs[line],
		        batch->service_from[line]);
		detail_add_window(hit, window.from, window.to);
		return;
	}
	own = payer_rows(context, batch->hcpcs[line], &count);
	snprintf(hit->kind, sizeof(hit->kind), own ? "not_in_force" : "unknown");
	for (; own && count > 0; count--, own += payer_columns(PAYER_CODES))
		detail_add_window(
		        hit, (int32_t)own[CODES_FROM].number, (int32_t)own[CODES_TO].number);
}

static const enum field code_needs[] = {FIELD_HCPCS, FIELD_CLAIM_START, FIELD_COUNT};
static const enum field pcs_needs[] = {FIELD_PROCEDURE_1, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {
        [CHECK_CODE] = {"", CHECK_LINE, .needs = code_needs, .parts = PARTS_PROCEDURE,
                .own_days = true},
        [CHECK_PCS] = {"pcs", CHECK_CLAIM, .base = BASE_INSTITUTIONAL | BASE_INPATIENT,
                .needs = pcs_needs, .parts = PART_BIT(PART_ICD10PCS)},
};

const struct rule HOT(rule_val_04) = {
        .id = "VAL-04",
        .name = "Procedure unknown or not valid on DOS",
        .tier = "P1",
        .scope = "line",
        .hit_unit = "line (pcs: claim)",
        .definition = "A procedure code that no set has (unknown), or that is in force on no day "
                      "from from to thru (not_in_force); on inpatient claims an ICD-10-PCS code "
                      "that is not valid at discharge, once a claim (pcs).",
        .traps = "A partial set says not_in_force only. CDT codes are not judged. Lines of "
                 "revenue codes 0022, 0023, 0024 carry HIPPS codes and are not in scope. A span "
                 "over New Year is valid if one of its days is.",
        .tables = "HCPCS level II releases; a CPT list, or the fee schedule's codes; ICD-10-PCS "
                  "order files",
        .parameters = "payer_codes: a payer's local codes, known beside those of the sets",
        .dollars = "the line's amount; pcs: none",
        .evaluated = "lines with a procedure code of the sets and a date; pcs: inpatient claims "
                     "with a procedure of the set",
        .authority = "I-OCE edits 6, 28, 67-69",
        .idle = "no procedure that the code sets know",
        .checks = checks,
        .check_count = sizeof(checks) / sizeof(checks[0]),
        .judge = judge,
        .tell = tell,
};
