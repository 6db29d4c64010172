/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/detail.h"
#include "rules/holidays.h"
#include "rules/judge.h"

enum { CHECK_BILLED_LINE, CHECK_BILLED_CLAIM };

/* No year ends sooner: what came within these days needs no calendar. */
enum { DAYS_SAFE = 365 };

static int32_t last_day(int32_t key)
{
	return working_day_from(date_add_years(key, 1));
}

static int32_t key_day(const struct batch *batch, uint32_t line, unsigned k)
{
	if (k == CHECK_BILLED_LINE)
		return batch->service_from[line];
	if (batch->claim_end[line] != DATE_ABSENT)
		return batch->claim_end[line];
	return batch->service_thru[line];
}

static void key_days_fill(const struct batch *batch, unsigned k, int32_t keys[BATCH_LINES])
{
	if (k == CHECK_BILLED_LINE) {
		memcpy(keys, batch->service_from, BATCH_LINES * sizeof(keys[0]));
		return;
	}
	for (uint32_t i = 0; i < BATCH_LINES; i++)
		keys[i] = batch->claim_end[i] != DATE_ABSENT ? batch->claim_end[i]
		                                             : batch->service_thru[i];
}

static void judge_check(struct judging *judging, unsigned k)
{
	const struct batch *batch = judging_batch(judging);
	int32_t keys[BATCH_LINES] COLUMN;
	struct marks marks;

	memcpy(marks.scope, judging_base(judging, k), sizeof(marks.scope));
	if (!marks_any(marks.scope, batch->count))
		return;
	key_days_fill(batch, k, keys);
	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		int32_t received = batch->received[i];
		int32_t safe = keys[i] < INT32_MAX - DAYS_SAFE ? keys[i] + DAYS_SAFE : INT32_MAX;
		uint8_t dated = (keys[i] != DATE_ABSENT) & (received != DATE_ABSENT);

		/* A replacement keeps the original's receipt, which its line does not have. */
		marks.evaluated[i] = dated & ((batch->line_flags[i] & LINE_ADJUSTMENT) == 0);
		marks.hits[i] = marks.evaluated[i] & marks.scope[i] & (received > safe);
	}
	for (uint32_t i = 0; (i = marks_next(marks.hits, i)) < batch->count; i++)
		marks.hits[i] = batch->received[i] > last_day(keys[i]);
	judging_mark(judging, k, &marks);
}

static void judge(struct judging *judging)
{
	judge_check(judging, CHECK_BILLED_LINE);
	judge_check(judging, CHECK_BILLED_CLAIM);
}

static void tell(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned k, struct hit *hit)
{
	int32_t key = key_day(batch, line, k), last = last_day(key);

	(void)context;
	hit->severity = SEVERITY_MEDIUM;
	hit_whole_line(hit);
	detail_add_days(hit, k == CHECK_BILLED_LINE ? "date" : "thru", key, key);
	detail_add_days(hit, "last_day", last, last);
	detail_add_days(hit, "received", batch->received[line], batch->received[line]);
	detail_add(hit, "days_late=%lld", (long long)batch->received[line] - last);
}

static const enum field needs[] = {FIELD_RECEIVED, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {
        [CHECK_BILLED_LINE] = {"untimely", CHECK_LINE, .base = BASE_PROFESSIONAL, .needs = needs},
        [CHECK_BILLED_CLAIM] = {"untimely", CHECK_CLAIM, .base = BASE_INSTITUTIONAL,
                .needs = needs},
};

const struct rule HOT(rule_tim_08) = {
        .id = "TIM-08",
        .name = "Untimely filing",
        .tier = "P1",
        .scope = "line (professional) / claim (institutional)",
        .hit_unit = "line (institutional: claim)",
        .definition = "Received more than one calendar year after the key date: the from date of a "
                      "professional line, the thru date of an institutional claim. A year from 29 "
                      "February ends on 28 February; a last day on a Saturday, Sunday or federal "
                      "holiday moves to the next working day.",
        .traps = "Late entitlement, coordination of benefits and retractions excuse. Replacements "
                 "keep the original's receipt and are not judged. The paid date is no substitute.",
        .tables = "none; federal holidays are reckoned",
        .parameters = "limit one calendar year (Medicare)",
        .dollars = "the amount of the line, or of the claim",
        .evaluated = "lines or claims with a received date and a key date that replace no other",
        .authority = "42 CFR 424.44",
        .idle = "no line or claim with a received date",
        .checks = checks,
        .check_count = sizeof(checks) / sizeof(checks[0]),
        .judge = judge,
        .tell = tell,
};
