/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the rules of stats/ share: a run's members and measures, rows as they
 * are judged, and figures of samples beside their groups.
 */
#ifndef STATS_PRIVATE_H
#define STATS_PRIVATE_H

#include "stats/groups.h"
#include "stats/measures.h"
#include "stats/peers.h"
#include "stats/stats.h"

struct stats {
	struct stats_options options;
	struct weights weights;
	struct measures measures;
	struct stats_row *rows;
	size_t row_count, row_room;
	uint64_t in_scope[RULES_ALL];
	struct stats_totals totals[RULES_ALL];
	bool built[RULES_ALL]; /* of stats.def */

	/* By number of the profile; the rows of a provider are rows[first[n], first[n + 1]). */
	uint32_t *first;
	uint32_t *place; /* of its entry in providers, + 1; 0: none */
	size_t number_count;
	struct stats_provider *providers; /* one a member */
	uint32_t *ranked;                 /* members, by rank */
};

/* A rule, or several that one pass judges: what it is, and how it is judged. */
struct stats_rule {
	const struct rule *rule;
	int (*judge)(struct stats *stats); /* NULL: judged with another */
};

/* A new row of a member and rule, its figures blank; NULL: no memory.  Valid until the next. */
struct stats_row *row_add(struct stats *stats, uint32_t member, unsigned rule, const char *measure);

/* The number of a rule that is active, or -1. */
int rule_wanted(const struct stats *stats, const char *id);

/* To six places, as printed, so that no comparison sees more; to seven figures, as p is. */
double rounded(double value);
double rounded_p(double p);

/* Room for the figures of one group. */
struct group_room {
	double *values, *others, *scratch;
	struct peer_figures *figures;
	void *peers_scratch;
};
int group_room_create(struct group_room *room, size_t count); /* FAIL_MEMORY */
void group_room_destroy(struct group_room *room);

/* Of the group's values: what a row prints. */
void row_figures(struct stats_row *row, const struct peer_figures *figures);

/* ... and p, from z values of a group that vary more than chance would have it. */
double funnel_p(const double z[], size_t count, size_t at, double phi);

int rates_judge(struct stats *stats); /* of all rules that count hits */
int score_all(struct stats *stats);   /* after the flags are set */

#endif
