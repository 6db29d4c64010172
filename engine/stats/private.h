/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the rules of stats/ share: a run's members and measures, rows as they
 * are judged, and figures of samples beside their groups.
 */
#ifndef STATS_PRIVATE_H
#define STATS_PRIVATE_H

#include "stats/blocks.h"
#include "stats/columns.h"
#include "stats/discoveries.h"
#include "stats/groups.h"
#include "stats/measures.h"
#include "stats/norms.h"
#include "stats/peers.h"
#include "stats/row_places.h"
#include "stats/stats.h"

/*
 * What cohorts work in, one at a time: memory that is touched anew for each
 * measure costs more than what is reckoned in it.
 */
struct work;
struct work_pool {
	pthread_mutex_t lock;
	struct work *free;
	size_t members;
};
void work_pool_init(struct work_pool *pool, size_t members);
void work_pool_free(struct work_pool *pool);

struct stats {
	struct stats_options options;
	struct weights weights;
	struct payer *packs, *targets, *families, *carc_groups; /* those that ship */
	struct measures measures;
	struct blocks blocks;   /* of columns, and of samples while there are any */
	struct work_pool pool;  /* of cohorts */
	struct column *columns; /* by rule and measure */
	size_t column_count;
	struct row_places row_places;
	struct discoveries discoveries[RULES_ALL]; /* by family of rules */
	uint8_t family_of[RULES_ALL];
	struct measure_name *names;
	struct norm *norms; /* of this run, in order */
	size_t norm_count;
	uint64_t in_scope[RULES_ALL];
	struct stats_totals totals[RULES_ALL];
	bool built[RULES_ALL]; /* of stats.def */

	/* The rows that are flagged, by member, then by column: those of a member are
	 * flagged[flagged_first[m], flagged_first[m + 1]). */
	struct row_place *flagged;
	uint32_t *flagged_first;
	size_t flagged_most; /* of one member */

	struct member_lines *lines;       /* one a member */
	struct stats_provider *providers; /* ... */
	uint32_t *ranked;                 /* members, by rank */
};

/* What the rules of lines and claims found of a member. */
struct member_lines {
	double expected;
	int64_t dollars;
	uint64_t high_hits;
	bool at_once; /* PRV-01, TIM-04 */
};

void flagged_row(const struct stats *stats, uint32_t at, struct stats_row *row);

/* The flagged rows of a member, by rule and measure; room for stats.flagged_most.  How many. */
size_t flagged_rows(const struct stats *stats, uint32_t member, struct stats_row rows[]);

/* ---- Judging: each pass for itself, to what all read ---- */

struct measure_name; /* made by judging_name(); a list */

struct judging {
	const struct stats *stats;
	struct blocks *blocks;  /* all judge with the same */
	struct work_pool *pool; /* ... */
	struct stats_row *rows; /* of the group at hand: rows_keep() empties them */
	size_t row_count, row_room;
	struct column *columns; /* where they are kept; those from column_own on are of a cohort */
	size_t column_count, column_room, column_own, column_last;
	struct norm *norms; /* of the groups that were compared in */
	size_t norm_count, norm_room;
	struct measure_name *names;
	uint64_t in_scope[RULES_ALL];
	bool is_beside; /* its rows stand behind those of the hits of their rule */
};

/* A rule, or several that one pass judges: what it is, and how it is judged. */
struct stats_rule {
	const struct rule *rule;
	int (*judge)(struct judging *judging); /* NULL: judged with another */
};

/* What is compared of providers for a rule that finds things on lines: a line of measures.def. */
struct stats_measure {
	int (*judge)(struct judging *judging);
};

/* Of the rows [from, to) of a provider and rule: dollars of those flagged, one event once. */
int64_t rule_dollars(const struct stats_row *from, const struct stats_row *to);

/* A new row of a member and rule, its figures blank; NULL: no memory.  Valid until the next. */
struct stats_row *row_add(
        struct judging *judging, uint32_t member, unsigned rule, const char *measure);

/* Rows that are whole are kept, and cannot be changed then.  0 or FAIL_MEMORY. */
int rows_keep(struct judging *judging);

/* A measure's name that rows may point to: a copy, as long as the statistics; NULL: no memory. */
const char *judging_name(struct judging *judging, const char *text);

/* Keep a norm for the next run: a copy.  0 or FAIL_MEMORY. */
int norm_keep(struct judging *judging, const struct norm *norm);

/* The prices of units, for the next run. */
int prices_keep(struct judging *judging);

/* The number of a rule that is active, or -1. */
int rule_wanted(const struct stats *stats, const char *id);

/* To six places, as printed, so that no comparison sees more; to seven figures, as p is. */
double rounded(double value);
double rounded_p(double p);

/* ---- A cohort: the members that a measure of a rule judges, its samples ---- */

/* Room for the figures of one group. */
struct group_room {
	double *values, *others, *scratch;
	struct peer_figures *figures;
	void *peers_scratch;
	union {
		struct count *counts;
		struct exposure *exposures;
	};
};

/* A sample of each kind has at most so many bytes. */
enum { SAMPLE_BYTES = 32 };

struct cohort {
	struct work *work;
	void *samples; /* room for a sample of each member, of whatever kind */
	struct judging *judging;
	unsigned rule;
	const char *measure;
	uint8_t widest;    /* enum group_level: of its groups; LEVEL_KIND at first */
	uint8_t narrowest; /* ... LEVEL_STATE at first */
	bool overlaps;     /* its rows do */
	bool like_too;     /* specialties of like work may flag: rules of coding, not of work */
	size_t count;
	uint32_t *of; /* members, ascending */
	struct peer_span *spans;
	struct group_room room;

	/* Of the group at hand. */
	const struct norm *norm; /* of an earlier run; NULL: none is asked */
	bool can_flag;           /* it has peers enough */
};

/* Room for every member, its contents not defined.  cohort_free() also after a failure. */
int cohort_create(
        struct cohort *cohort, struct judging *judging, unsigned rule, const char *measure);
void cohort_free(struct cohort *cohort);

/*
 * Find the groups of the samples, and take each: [span->from, span->to) are its
 * samples, of which those whose own group this is get rows.  With norms, groups
 * are those that the norms know.
 */
int cohort_each(struct cohort *cohort, int (*take)(void *context, const struct peer_span *span),
        void *context);

/* Be in a group, by its norm of the rule and measure at hand: what cohort_each() does. */
void cohort_enter(struct cohort *cohort, const struct peer_span *span);

static inline bool sample_is_of(
        const struct cohort *cohort, const struct peer_span *span, uint32_t sample)
{
	return peer_span_equal(&cohort->spans[sample], span);
}

/* Figures of room.values of a group, by its peers or by its norm, into room.figures. */
void cohort_figures(struct cohort *cohort, const struct peer_span *span);

/* After cohort_figures(): the norm of the group, but for what only rates have. */
void cohort_norm(struct cohort *cohort, const struct peer_span *span, struct norm *norm);

/*
 * The members that have tallies of a measure, ascending.  They stand in the cohort's
 * room: valid until it asks for others.
 */
struct tally_runs {
	const struct tally *entries;
	const uint64_t *words; /* member << 32 | the first of its entries */
	size_t count, entry_count;
};
struct tally_run {
	uint32_t member;
	size_t count; /* > 0 */
	const struct tally *of;
};
struct tally_runs cohort_runs(struct cohort *cohort, enum tally_measure measure);
struct tally_run tally_run_at(const struct tally_runs *runs, size_t at);

/* The key that norms know a group by. */
void cohort_key(const struct cohort *cohort, const struct peer_span *span, struct norm *key);

/* Of the group's values: what a row prints. */
void row_figures(struct stats_row *row, const struct peer_figures *figures);

/* ... and p, of a z that varies more than chance would have it. */
double funnel_p(double z, double phi);

/* ---- One path for each kind of measure ---- */

enum row_dollars {
	DOLLARS_NONE,
	DOLLARS_WHOLE,  /* the amount of the sample */
	DOLLARS_EXCESS, /* ... times (value - peers' median) / value */
};

/* What a sample's dollars come to. */
int64_t dollars_by(unsigned kind, int64_t dollars, double value, double median);

enum rate_above { ABOVE_P90, ABOVE_P95, ABOVE_P80 };

/* What a rate must be to be flagged; Wilson's lower bound is above the peers' quantile. */
struct rate_test {
	uint64_t n_min, k_min;
	uint8_t above;   /* enum rate_above */
	uint8_t dollars; /* enum row_dollars */
	double z_min;    /* robust z of the log odds; 0: not asked */
	double least;    /* of the rate itself */
	double q_limit;
};
int rates_judge(struct cohort *cohort, const struct rate_sample from[], size_t count,
        const struct rate_test *test);

struct value_sample {
	uint32_t member;
	uint64_t n; /* evaluated */
	double value;
	int64_t dollars;
};

/* What a value must be beside its peers' values: by robust z alone. */
struct value_test {
	uint64_t n_min;
	double z_min;
	double least;     /* of the value; with low: the most */
	double times;     /* of the peers' median at least; 0: not asked */
	double scale_min; /* of z: where all peers have much the same; not with is_ln; 0: none */
	bool is_ln;       /* z is of logarithms */
	bool is_low;      /* the lower tail */
	uint8_t dollars;
	double q_limit; /* 0: p is not reckoned */
};
int values_judge(struct cohort *cohort, const struct value_sample from[], size_t count,
        const struct value_test *test);

struct ratio_sample {
	uint32_t member;
	uint64_t observed;
	uint64_t exposure; /* evaluated: what the observed are counted by */
	int64_t dollars;
};

/* Observed by exposure, shrunk, beside the peers' mean and P90. */
struct ratio_test {
	uint64_t exposure_min, observed_min;
	double times, certainty; /* the shrunk ratio above; Pr(ratio > P90) above */
	double z_min;            /* robust z of the ratio */
	uint8_t dollars;
	double q_limit;
};
int ratios_judge(struct cohort *cohort, const struct ratio_sample from[], size_t count,
        const struct ratio_test *test);

/* ---- The whole ---- */

int hits_judge(struct judging *judging, unsigned rule); /* of a rule that counts hits */
int score_lines(struct stats *stats, const struct measures_options *options); /* reads hits */
int score_all(struct stats *stats); /* after the flags are set */

#endif
