/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Samples and their groups: who is compared, with whom, by whose figures.
 */
#include "stats/private.h"

#include "stats/rates.h"
#include "stats/special.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int group_room_create(struct group_room *room, size_t count)
{
	*room = (struct group_room){
	        .values = calloc(count + 1, sizeof(double)),
	        .others = calloc(count + 1, sizeof(double)),
	        .scratch = calloc(count + 1, sizeof(double)),
	        .figures = calloc(count + 1, sizeof(struct peer_figures)),
	        .peers_scratch = malloc(peers_scratch_bytes(count + 1)),
	};
	return room->values && room->others && room->scratch && room->figures && room->peers_scratch
	               ? 0
	               : FAIL_MEMORY;
}

void group_room_destroy(struct group_room *room)
{
	free(room->values);
	free(room->others);
	free(room->scratch);
	free(room->figures);
	free(room->peers_scratch);
}

int cohort_create(
        struct cohort *cohort, struct judging *judging, unsigned rule, const char *measure)
{
	size_t room = judging->stats->measures.member_count + 1;

	*cohort = (struct cohort){
	        .judging = judging,
	        .rule = rule,
	        .measure = measure,
	        .widest = LEVEL_KIND,
	        .narrowest = LEVEL_STATE,
	        .like_too = !judging->stats->built[rule],
	        .of = calloc(room, sizeof(*cohort->of)),
	        .spans = calloc(room, sizeof(*cohort->spans)),
	};
	int err = group_room_create(&cohort->room, room);

	return cohort->of && cohort->spans ? err : FAIL_MEMORY;
}

void cohort_free(struct cohort *cohort)
{
	free(cohort->of);
	free(cohort->spans);
	group_room_destroy(&cohort->room);
}

/* ---- Groups ---- */

static const struct member *member_of(const struct cohort *cohort, uint32_t sample)
{
	return &cohort->judging->stats->measures.members[cohort->of[sample]];
}

void cohort_key(const struct cohort *cohort, const struct peer_span *span, struct norm *key)
{
	norm_init(key, NORM_PEERS, rule_at(cohort->rule)->id, cohort->measure);
	group_name(member_of(cohort, span->from), span->level, key->group);
}

/* A group of earlier providers suffices if they were enough. */
static bool is_known(void *context, const struct member *member, unsigned level, size_t count)
{
	const struct cohort *cohort = context;
	struct norm key;

	(void)count;
	norm_init(&key, NORM_PEERS, rule_at(cohort->rule)->id, cohort->measure);
	group_name(member, level, key.group);
	const struct norm *norm = norms_find(cohort->judging->stats->options.norms, &key);

	return norm && norm->n >= GROUP_MIN;
}

struct taking {
	struct cohort *cohort;
	int (*take)(void *context, const struct peer_span *span);
	void *context;
};

void cohort_enter(struct cohort *cohort, const struct peer_span *span)
{
	const struct norms *norms = cohort->judging->stats->options.norms;
	struct norm key;

	cohort_key(cohort, span, &key);
	cohort->norm = norms_find(norms, &key);
	cohort->can_flag = cohort->norm ? cohort->norm->n >= GROUP_MIN
	                                : !norms && span->to - span->from >= GROUP_MIN;
	/* Like specialties make like errors, but do not do the same work. */
	if (span->level == LEVEL_KIND && !cohort->like_too && !member_of(cohort, span->from)->given)
		cohort->can_flag = false;
}

static int take_group(void *context, const struct peer_span *span)
{
	const struct taking *taking = context;

	cohort_enter(taking->cohort, span);
	return taking->take(taking->context, span);
}

int cohort_each(struct cohort *cohort, int (*take)(void *context, const struct peer_span *span),
        void *context)
{
	const struct stats *stats = cohort->judging->stats;
	struct taking taking = {cohort, take, context};
	struct group_choice choice = {
	        .widest = cohort->widest, .narrowest = cohort->narrowest, .context = cohort};

	if (stats->options.norms)
		choice.enough = is_known;

	groups_find(stats->measures.members, cohort->of, cohort->count, &choice, cohort->spans);
	return groups_each(cohort->spans, cohort->count, take_group, &taking);
}

/* ---- Figures ---- */

/* Beside peers of an earlier run: nobody is left out, and no rank among them is known. */
static struct peer_figures figures_by(const struct norm *norm, double value)
{
	struct peer_figures figures = {
	        .peers = (uint32_t)norm->n,
	        .median = norm->figures[NORM_MEDIAN],
	        .q1 = norm->figures[NORM_P20], /* near enough for a fence */
	        .q3 = norm->figures[NORM_P80],
	        .mad = norm->figures[NORM_MAD],
	        .p20 = norm->figures[NORM_P20],
	        .p80 = norm->figures[NORM_P80],
	        .p90 = norm->figures[NORM_P90],
	        .p95 = norm->figures[NORM_P95],
	        .scale = norm->figures[NORM_SCALE],
	        .percentile = NAN,
	};

	if (figures.scale > 0)
		figures.z = (value - norm->figures[NORM_CENTRE]) / figures.scale;
	return figures;
}

void cohort_figures(struct cohort *cohort, const struct peer_span *span)
{
	struct group_room *room = &cohort->room;
	size_t size = span->to - span->from;

	if (!cohort->norm) {
		peers_figures(room->values, size, room->figures, room->peers_scratch);
		return;
	}
	for (size_t i = 0; i < size; i++)
		room->figures[i] = figures_by(cohort->norm, room->values[i]);
}

void cohort_norm(struct cohort *cohort, const struct peer_span *span, struct norm *norm)
{
	struct peer_spread spread;

	cohort_key(cohort, span, norm);
	peers_spread(span->to - span->from, cohort->room.peers_scratch, &spread);
	norm->n = spread.count;
	norm->figures[NORM_MEDIAN] = norm->figures[NORM_CENTRE] = spread.median;
	norm->figures[NORM_MAD] = spread.mad;
	norm->figures[NORM_SCALE] = spread.scale;
	norm->figures[NORM_P20] = spread.p20;
	norm->figures[NORM_P80] = spread.p80;
	norm->figures[NORM_P90] = spread.p90;
	norm->figures[NORM_P95] = spread.p95;
	norm->figures[NORM_P99] = spread.p99;
}

/* ---- Rows ---- */

double rounded(double value)
{
	double result = rint(value * 1e6) / 1e6;

	return result == 0 ? 0 : result; /* never -0 */
}

/* Powers of ten that are exact as doubles, or as near as may be. */
static double power_of_ten(int exponent)
{
	static const double small[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

	return exponent < 23 ? small[exponent] : pow(10, exponent);
}

double rounded_p(double p)
{
	enum { FIGURES = 6, LEAST = -290 };

	if (!(p > 0) || p >= 1)
		return p;
	int exponent = (int)floor(log10(p));

	if (exponent < LEAST)
		return 0;
	double scale = power_of_ten(FIGURES - exponent);

	return rint(p * scale) / scale;
}

double funnel_p(double z, double phi)
{
	return rounded_p(normal_upper(funnel_adjusted(z, phi)));
}

int64_t dollars_by(unsigned kind, int64_t dollars, double value, double median)
{
	if (kind == DOLLARS_NONE || dollars <= 0)
		return 0;
	if (kind == DOLLARS_WHOLE)
		return dollars;
	return value > median ? (int64_t)llround((double)dollars * (value - median) / value) : 0;
}

void row_figures(struct stats_row *row, const struct peer_figures *figures)
{
	row->peers = figures->peers;
	if (figures->peers == 0)
		return;
	row->median = rounded(figures->median);
	row->mad = rounded(figures->mad);
	row->p80 = rounded(figures->p80);
	row->p90 = rounded(figures->p90);
	row->percentile = rounded(figures->percentile);
	if (figures->scale > 0)
		row->z = rounded(figures->z);
}
