/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rates beside the peers' rates: of rules that count hits, and of tallies.
 *
 * z is that of the log odds, for rates lie near 0 and their spread depends on
 * their size; median, P80 and P90 are of the rates as printed.
 */
#include "stats/private.h"

#include "stats/rates.h"

#include <math.h>
#include <stdlib.h>

static const double trim = 0.1; /* of a side: rules/README 4.2, formula 8 */

struct rates {
	struct cohort *cohort;
	const struct rate_sample *from;
	const struct rate_test *test;

	/* Of the group at hand: what its rates are shrunk and tested by. */
	struct beta_binomial fit;
	double target, phi;
	struct norm norm;
	size_t first; /* of the rows that it adds */
};

static double log_odds(struct count count)
{
	return log(((double)count.k + 0.5) / ((double)(count.n - count.k) + 0.5));
}

/* ---- What a group is like ---- */

/*
 * Hits as the middle rates would have them: each rate pulled in to where a
 * tenth of the group lies beyond it, as z is for phi.  Else the few that break
 * a rule set the rate that they are held to.  Into room.values, after the
 * group's figures, which have the rates in order.
 */
static void find_hits_kept(struct group_room *room, size_t size)
{
	const double *sorted = peers_sorted(room->peers_scratch, size);
	size_t side = (size_t)(trim * (double)size);
	double low = sorted[side], high = sorted[size - side - 1];

	for (size_t i = 0; i < size; i++)
		room->values[i] = fmin(fmax(room->values[i], low), high) *
		                  (double)room->counts[i].n;
}

/* Each z about the rate of the others, into room.others. */
static void find_funnel(struct rates *rates, size_t size)
{
	struct group_room *room = &rates->cohort->room;
	double hits = 0, all = 0;

	find_hits_kept(room, size);
	for (size_t i = 0; i < size; i++) {
		hits += room->values[i];
		all += (double)room->counts[i].n;
	}
	rates->target = hits / all;
	for (size_t i = 0; i < size; i++) {
		double k = fmax(hits - room->values[i], 0), n = all - (double)room->counts[i].n;

		room->others[i] = funnel_z(room->counts[i], (k + 0.5) / (n + 1));
	}
}

static void learn(struct rates *rates, const struct peer_span *span)
{
	struct group_room *room = &rates->cohort->room;
	size_t size = span->to - span->from;

	rates->fit = beta_binomial_fit(room->counts, size);
	find_funnel(rates, size);
	rates->phi = funnel_phi(room->others, size, trim, room->scratch);
}

/* As an earlier run had it. */
static void recall(struct rates *rates, const struct peer_span *span)
{
	struct group_room *room = &rates->cohort->room;
	const double *figures = rates->cohort->norm->figures;
	double mean = figures[NORM_MEAN], prior = figures[NORM_ALPHA] + figures[NORM_BETA];

	rates->fit = (struct beta_binomial){.mean = mean,
	        .rho = prior > 0 ? 1 / (1 + prior) : 0,
	        .alpha = figures[NORM_ALPHA],
	        .beta = figures[NORM_BETA]};
	rates->phi = figures[NORM_PHI];
	for (size_t i = 0; i < span->to - span->from; i++)
		room->others[i] = mean > 0 && mean < 1 ? funnel_z(room->counts[i], mean) : 0;
}

/* ---- Rows ---- */

static double limit_of(const struct rates *rates, const struct peer_figures *figures)
{
	switch (rates->test->above) {
	case ABOVE_P95:
		return figures->p95;
	case ABOVE_P80:
		return figures->p80;
	default:
		return figures->p90;
	}
}

/* By the rates themselves. */
static int add_row(struct rates *rates, const struct peer_span *span, uint32_t sample)
{
	struct cohort *cohort = rates->cohort;
	const struct peer_figures *figures = &cohort->room.figures[sample - span->from];
	struct count count = cohort->room.counts[sample - span->from];
	struct stats_row *row = row_add(
	        cohort->judging, cohort->of[sample], cohort->rule, cohort->measure);

	if (!row)
		return FAIL_MEMORY;
	row->evaluated = count.n;
	row->hits = count.k;
	row->is_rate = true;
	row->overlaps = cohort->overlaps;
	row->value = rounded((double)count.k / (double)count.n);
	row->wilson_low = rounded(wilson(count.k, count.n).low);
	row_figures(row, figures);
	row->dollars = dollars_by(
	        rates->test->dollars, rates->from[sample].dollars, row->value, row->median);
	if (row->peers > 0)
		row->shrunk_rate = rounded(beta_binomial_shrunk(&rates->fit, count));
	row->gate = cohort->can_flag && count.n >= rates->test->n_min &&
	            count.k >= rates->test->k_min && row->value >= rates->test->least &&
	            row->wilson_low > rounded(limit_of(rates, figures));
	return 0;
}

/* ... and by their log odds. */
static void test_row(
        struct rates *rates, const struct peer_span *span, uint32_t sample, struct stats_row *row)
{
	size_t at = sample - span->from;
	const struct peer_figures *odds = &rates->cohort->room.figures[at];

	row->z = odds->scale > 0 ? rounded(odds->z) : NAN;
	if (!rates->cohort->can_flag)
		return;
	row->p = funnel_p(rates->cohort->room.others[at], rates->phi);
	row->q_limit = rates->test->q_limit;
	row->direction = DIRECTION_HIGH;
	if (rates->test->z_min > 0)
		row->gate &= row->z > rates->test->z_min;
}

/* The rates beside one another, and what the group is like by them. */
static void find_rates(struct rates *rates, const struct peer_span *span)
{
	struct group_room *room = &rates->cohort->room;

	for (uint32_t i = span->from; i < span->to; i++)
		room->counts[i - span->from] = (struct count){rates->from[i].k, rates->from[i].n};
	for (size_t i = 0; i < span->to - span->from; i++)
		room->values[i] = (double)room->counts[i].k / (double)room->counts[i].n;
	cohort_figures(rates->cohort, span);
	if (rates->cohort->norm) {
		recall(rates, span);
		return;
	}
	cohort_norm(rates->cohort, span, &rates->norm);
	learn(rates, span);
}

static int judge_rates(struct rates *rates, const struct peer_span *span)
{
	int err = 0;

	rates->first = rates->cohort->judging->row_count;
	for (uint32_t i = span->from; i < span->to && err == 0; i++) {
		if (sample_is_of(rates->cohort, span, i))
			err = add_row(rates, span, i);
	}
	return err;
}

static void judge_odds(struct rates *rates, const struct peer_span *span)
{
	struct cohort *cohort = rates->cohort;
	struct stats_row *row = cohort->judging->rows + rates->first;
	struct norm odds;

	for (size_t i = 0; i < span->to - span->from; i++)
		cohort->room.values[i] = log_odds(cohort->room.counts[i]);
	cohort_figures(cohort, span);
	if (!cohort->norm) {
		cohort_norm(cohort, span, &odds);
		rates->norm.figures[NORM_CENTRE] = odds.figures[NORM_MEDIAN];
		rates->norm.figures[NORM_SCALE] = odds.figures[NORM_SCALE];
	}
	for (uint32_t i = span->from; i < span->to; i++) {
		if (sample_is_of(cohort, span, i))
			test_row(rates, span, i, row++);
	}
}

static int keep(struct rates *rates)
{
	double *figures = rates->norm.figures;

	figures[NORM_MEAN] = rates->target;
	figures[NORM_ALPHA] = rates->fit.alpha;
	figures[NORM_BETA] = rates->fit.beta;
	figures[NORM_PHI] = rates->phi;
	return norm_keep(rates->cohort->judging, &rates->norm);
}

/* Rates first, then log odds, as both take the same room. */
static int take_group(void *context, const struct peer_span *span)
{
	struct rates *rates = context;

	find_rates(rates, span);
	int err = judge_rates(rates, span);

	if (err < 0)
		return err;
	judge_odds(rates, span);
	return rates->cohort->norm ? 0 : keep(rates);
}

int rates_judge(struct cohort *cohort, const struct rate_sample from[], size_t count,
        const struct rate_test *test)
{
	struct rates rates = {.cohort = cohort, .from = from, .test = test};

	cohort->count = count;
	for (size_t i = 0; i < count; i++)
		cohort->of[i] = from[i].member;
	return cohort_each(cohort, take_group, &rates);
}

/* ---- Rules that count hits ---- */

int hits_judge(struct judging *judging, unsigned rule)
{
	static const struct rate_test test = {
	        .n_min = 30, .k_min = 5, .dollars = DOLLARS_WHOLE, .q_limit = 0.05};
	struct cohort cohort;
	int err = cohort_create(&cohort, judging, rule, "");

	cohort.widest = LEVEL_ENTITY;
	if (err == 0) {
		size_t count = measures_take_hits(&judging->stats->measures, rule, cohort.samples);

		err = rates_judge(&cohort, cohort.samples, count, &test);
	}
	cohort_free(&cohort);
	return err;
}
