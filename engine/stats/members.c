/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/members.h"

int members_judge(struct judging *judging, const char *id,
        bool (*is_sample)(struct judging *judging, unsigned rule, const struct member_measures *of),
        int (*take)(void *context, const struct peer_span *span))
{
	const struct measures *measures = &judging->stats->measures;
	int rule = rule_wanted(judging->stats, id);
	struct cohort cohort;

	if (rule < 0)
		return 0;
	int err = cohort_create(&cohort, judging, (unsigned)rule, "");

	for (uint32_t i = 0; i < measures->member_count && err >= 0; i++) {
		if (is_sample(judging, cohort.rule, &measures->of[i]))
			cohort.of[cohort.count++] = i;
	}
	if (err >= 0)
		err = cohort_each(&cohort, take, &cohort);
	cohort_free(&cohort);
	return err;
}

int members_add_rows(struct cohort *cohort, const struct peer_span *span,
        void (*fill)(struct cohort *cohort, const struct peer_span *span, uint32_t sample,
                struct stats_row *row))
{
	struct norm norm;

	cohort_figures(cohort, span);
	if (!cohort->norm) {
		cohort_norm(cohort, span, &norm);
		if (norm_keep(cohort->judging, &norm) < 0)
			return FAIL_MEMORY;
	}
	for (uint32_t i = span->from; i < span->to; i++) {
		if (!sample_is_of(cohort, span, i))
			continue;
		struct stats_row *row = row_add(
		        cohort->judging, cohort->of[i], cohort->rule, cohort->measure);

		if (!row)
			return FAIL_MEMORY;
		row->hits = 1;
		row->direction = DIRECTION_HIGH;
		row->value = rounded(cohort->room.values[i - span->from]);
		row_figures(row, &cohort->room.figures[i - span->from]);
		fill(cohort, span, i, row);
	}
	return 0;
}
