/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules that judge a figure of each member's measures, group by group.
 */
#ifndef STATS_MEMBERS_H
#define STATS_MEMBERS_H

#include "stats/private.h"

static inline const struct member_measures *member_measures_of(
        const struct cohort *cohort, uint32_t sample)
{
	return &cohort->judging->stats->measures.of[cohort->of[sample]];
}

/* Judge a rule, if it is wanted, over the members that is_sample takes, group by group. */
int members_judge(struct judging *judging, const char *id,
        bool (*is_sample)(struct judging *judging, unsigned rule, const struct member_measures *of),
        int (*take)(void *context, const struct peer_span *span));

/*
 * Figures of the group's values (room.values), and a row of the cohort's measure for
 * each sample whose group this is, which fill() ends.  0 or FAIL_MEMORY.
 */
int members_add_rows(struct cohort *cohort, const struct peer_span *span,
        void (*fill)(struct cohort *cohort, const struct peer_span *span, uint32_t sample,
                struct stats_row *row));

#endif
