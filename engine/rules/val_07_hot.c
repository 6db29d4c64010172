/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/detail.h"
#include "rules/judge.h"

enum { ROLE_BILLING, ROLE_RENDERING, ROLE_ORDERING, ROLE_FACILITY, ROLES };

static const char *const role_names[ROLES] = {"billing", "rendering", "ordering", "facility"};

static const uint64_t *role_ids(const struct batch *batch, unsigned role)
{
	switch (role) {
	case ROLE_BILLING:
		return batch->billing;
	case ROLE_RENDERING:
		return batch->rendering;
	case ROLE_ORDERING:
		return batch->ordering;
	default:
		return batch->facility;
	}
}

/* A CCN or TIN in the column is no NPI, nor meant as one. */
static void judge_role(const uint64_t *restrict ids, struct marks *restrict marks)
{
	uint8_t kinds[BATCH_LINES] COLUMN;

	for (uint32_t i = 0; i < BATCH_LINES; i++)
		kinds[i] = (uint8_t)(ids[i] >> ID_KIND_SHIFT);
	for (uint32_t i = 0; i < BATCH_LINES; i++) {
		uint8_t kind = kinds[i];

		marks->hits[i] = (kind == ID_BAD_CHECK) | (kind == ID_PLACEHOLDER) |
		                 (kind == ID_OTHER);
		marks->evaluated[i] = marks->hits[i] | (kind == ID_NPI);
		marks->scope[i] &= marks->evaluated[i];
	}
}

static void judge(struct judging *judging)
{
	const struct batch *batch = judging_batch(judging);
	struct marks marks;

	for (unsigned role = 0; role < ROLES; role++) {
		if (!judging_ready(judging, role))
			continue;
		memcpy(marks.scope, judging_base(judging, role), sizeof(marks.scope));
		judge_role(role_ids(batch, role), &marks);
		judging_mark(judging, role, &marks);
	}
}

/* Ids of providers stay out of the detail: findings.csv has the line's own. */
static void tell(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned k, struct hit *hit)
{
	enum id_kind kind = id_kind(role_ids(batch, k)[line]);

	(void)context;
	hit->severity = SEVERITY_INFO;
	snprintf(hit->kind, sizeof(hit->kind), "%s",
	        kind == ID_PLACEHOLDER ? "placeholder" : "invalid");
	detail_add(hit, "role=%s", role_names[k]);
	if (kind == ID_BAD_CHECK)
		detail_add(hit, "fails=check digit or first digit");
	else if (kind == ID_OTHER)
		detail_add(hit, "fails=not ten digits");
	else
		detail_add(hit, "fails=placeholder list");
}

#define NEEDS(...) ((const enum field[]){__VA_ARGS__, FIELD_COUNT})
static const struct rule_check checks[ROLES] = {
        [ROLE_BILLING] = {"", CHECK_LINE, .needs = NEEDS(FIELD_BILLING_NPI)},
        [ROLE_RENDERING] = {"", CHECK_LINE, .needs = NEEDS(FIELD_RENDERING_NPI)},
        [ROLE_ORDERING] = {"", CHECK_LINE, .needs = NEEDS(FIELD_ORDERING_NPI)},
        [ROLE_FACILITY] = {"", CHECK_LINE, .needs = NEEDS(FIELD_FACILITY_NPI)},
};

const struct rule HOT(rule_val_07) = {
        .id = "VAL-07",
        .name = "Invalid or placeholder NPI",
        .tier = "P1",
        .scope = "line",
        .hit_unit = "line and role",
        .definition = "A billing, rendering, ordering or facility id that is not ten digits, does "
                      "not begin with 1 or 2 or fails the check digit under prefix 80840 "
                      "(invalid), or is on the list of placeholders (placeholder).",
        .traps = "A blank is no id. Organisations may render. Placeholders are kept out of every "
                 "join and key no provider. CCNs and TINs are not judged.",
        .tables = "the placeholder list",
        .parameters = "placeholders: more ids that stand for none",
        .dollars = "none: info",
        .evaluated = "ids present, each role by itself",
        .authority = "45 CFR 162.406",
        .idle = "no id on any line",
        .checks = checks,
        .check_count = ROLES,
        .judge = judge,
        .tell = tell,
};
