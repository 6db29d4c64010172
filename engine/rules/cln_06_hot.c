/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/detail.h"
#include "rules/judge.h"

/* MCE's edit 20 begins with discharges of this day. */
enum { DAY_2022_04_01 = 19083 };

/* Diagnoses of a claim: codes that leave the side open, and codes that have one to tell. */
struct sides {
	unsigned open, told;
	unsigned first; /* slot of the first that leaves it open */
};

static struct sides sides_of(
        const struct diagnosis_attributes *attributes, const struct batch *batch, uint32_t line)
{
	struct sides sides = {0};

	for (unsigned s = 0; s < batch->diagnosis_count[line]; s++) {
		uint32_t flags = attributes[batch->diagnosis_ref[s][line]].flags;

		if (flags & DX_UNSPECIFIED && sides.open++ == 0)
			sides.first = s;
		sides.told += (flags & (DX_LEFT | DX_RIGHT)) != 0;
	}
	return sides;
}

/* By the day of discharge; an absent one is before all. */
static bool is_due(const struct batch *batch, uint32_t line)
{
	int32_t low, high;

	line_days(batch, line, &low, &high);
	return low >= DAY_2022_04_01;
}

static void judge(struct judging *judging)
{
	const struct batch *batch = judging_batch(judging);
	const struct diagnosis_attributes *attributes = codes_diagnoses(
	        judging_context(judging)->codes);
	const uint8_t *base = judging_base(judging, 0), *outside;
	struct marks marks;

	if (marks_next(base, 0) == BATCH_LINES)
		return;
	outside = judging_outside(judging, 0);
	memset(&marks, 0, sizeof(marks));
	for (uint32_t i = 0; (i = marks_next(base, i)) < batch->count; i++) {
		struct sides sides;

		if (!is_due(batch, i))
			continue;
		sides = sides_of(attributes, batch, i);
		marks.scope[i] = sides.open > 0 || sides.told > 0;
		marks.evaluated[i] = marks.scope[i] && !outside[i];
		marks.hits[i] = sides.open > 0 && !outside[i];
	}
	judging_mark(judging, 0, &marks);
}

static void tell(const struct rule_context *context, const struct batch *batch, uint32_t line,
        unsigned k, struct hit *hit)
{
	struct sides sides = sides_of(codes_diagnoses(context->codes), batch, line);

	(void)k;
	hit->severity = SEVERITY_INFO;
	detail_add_slot(hit, sides.first, batch->diagnosis[sides.first][line]);
	detail_add(hit, "unspecified=%u; limit=0", sides.open);
	detail_add(hit, "with_side=%u", sides.told);
}

static const enum field needs[] = {FIELD_DIAGNOSIS_1, FIELD_COUNT};
static const struct rule_check checks[] = {{"unspecified", CHECK_CLAIM, .watch = true,
        .base = BASE_INPATIENT, .needs = needs, .parts = PART_BIT(PART_MCE), .own_days = true}};

const struct rule HOT(rule_cln_06) = {
        .id = "CLN-06",
        .name = "Unspecified or laterality-inconsistent diagnosis",
        .tier = "P3",
        .scope = "line",
        .hit_unit = "provider",
        .definition = "An inpatient claim, discharged on 2022-04-01 or later, with a diagnosis on "
                      "MCE's list of unspecified codes: a code that leaves open which side, where "
                      "a code of the left or the right exists (unspecified).",
        .traps = "The side may truly be unknown, and pathology often has none. Hits over evaluated "
                 "is a provider's share, to be held against its peers; a claim by itself means "
                 "nothing.",
        .tables = "MCE list of unspecified codes; the starter has a few of them",
        .parameters = "since=2022-04-01",
        .dollars = "none: info",
        .evaluated = "inpatient claims with a diagnosis of that list, or with one that says its "
                     "side",
        .authority = "MCE edit 20",
        .idle = "no inpatient claim since 2022-04-01 with a diagnosis of a paired part of the body",
        .checks = checks,
        .check_count = 1,
        .judge = judge,
        .tell = tell,
};
