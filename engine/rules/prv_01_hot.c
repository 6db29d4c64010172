/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/detail.h"
#include "rules/judge.h"

enum { ROLES = 4 };

static const char *const role_names[ROLES] = {"rendering", "billing", "ordering", "facility"};

struct role_columns {
	const uint64_t *ids[ROLES];
};

static struct role_columns find_columns(const struct batch *batch)
{
	return (struct role_columns){
	        {batch->rendering, batch->billing, batch->ordering, batch->facility}};
}

/* 1 on the list, 0 not, -1 nobody can say: no valid NPI, no date, or not covered. */
static int judge_id(const struct codes *codes, uint64_t id, int32_t day)
{
	if (id_kind(id) != ID_NPI || day == DATE_ABSENT)
		return -1;
	return codes_excluded(codes, id & ID_VALUE_MASK, day);
}

/* What an id says of its line. */
enum { SCOPE = 1, EVALUATED = 2, EXCLUDED = 4 };

static uint8_t look_up(const struct codes *codes, uint64_t id, int32_t day)
{
	int found = judge_id(codes, id, day);

	if (id_kind(id) != ID_NPI)
		return 0;
	return (uint8_t)(SCOPE | (found >= 0 ? EVALUATED : 0) | (found == 1 ? EXCLUDED : 0));
}

/* Neighbouring lines share ids and days: what was found last is often found again. */
static void judge_column(const struct codes *codes, const struct batch *batch,
        const uint64_t *restrict ids, uint8_t *restrict said)
{
	uint64_t last_id = 0;
	int32_t last_day = DATE_ABSENT;
	uint8_t last = 0;

	for (uint32_t i = 0; i < batch->count; i++) {
		uint64_t id = ids[i];
		int32_t day = batch->service_from[i];

		if ((id != last_id) | (day != last_day)) {
			last = look_up(codes, id, day);
			last_id = id;
			last_day = day;
		}
		said[i] |= last;
	}
}

static void judge(struct judging *judging)
{
	const struct batch *batch = judging_batch(judging);
	const struct role_columns columns = find_columns(batch);
	const uint8_t *base = judging_base(judging, 0);
	uint8_t said[BATCH_LINES] COLUMN;
	struct marks marks;

	memset(said, 0, sizeof(said));
	for (unsigned role = 0; role < ROLES; role++)
		judge_column(judging_context(judging)->codes, batch, columns.ids[role], said);
	for (uint32_t i = 0; i < batch->count; i++) {
		marks.scope[i] = base[i] & said[i] & SCOPE;
		marks.evaluated[i] = (said[i] & EVALUATED) != 0;
		marks.hits[i] = (said[i] & EXCLUDED) != 0;
	}
	judging_mark(judging, 0, &marks);
}

static void tell(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned k, struct hit *hit)
{
	const struct role_columns columns = find_columns(batch);
	int32_t day = batch->service_from[line];
	char roles[48] = "";
	size_t size = 0;

	(void)k;
	hit->severity = SEVERITY_HIGH;
	hit_whole_line(hit);
	for (unsigned role = 0; role < ROLES; role++)
		if (judge_id(context->codes, columns.ids[role][line], day) == 1)
			size += (size_t)snprintf(roles + size, sizeof(roles) - size, "%s%s",
			        size ? "," : "", role_names[role]);
	detail_add(hit, "role=%s", roles);
	detail_add_days(hit, "excluded_on", day, day);
	detail_add(hit, "match=npi");
}

static const enum field needs[] = {FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {{"excluded", CHECK_LINE, .needs = needs}};

const struct rule HOT(rule_prv_01) = {
        .id = "PRV-01",
        .name = "Excluded, deactivated or opted-out provider",
        .tier = "P1",
        .scope = "line",
        .hit_unit = "line and kind",
        .definition = "The rendering, billing, ordering or facility NPI stands on the exclusion "
                      "list on the day of service (excluded). Deactivated and opted_out wait for "
                      "their lists.",
        .traps = "Only valid NPIs are matched, and exactly: placeholders and ids that fail the "
                 "check digit never are. Reinstated providers vanish from the monthly file, so "
                 "past days need an archived list. A stay admitted before the exclusion has 30 "
                 "days' grace; emergencies are excepted. A name alone is a lead, not a finding.",
        .tables = "LEIE, full and reinstatements (OIG); NPPES; opt-out affidavits",
        .parameters = "match: NPI exactly",
        .dollars = "the line's amount",
        .evaluated = "lines with a valid NPI in any role that the list covers on that day",
        .authority = "42 CFR 1001.1901",
        .idle = "the exclusion list covers none of the NPIs",
        .checks = checks,
        .check_count = 1,
        .judge = judge,
        .tell = tell,
};
