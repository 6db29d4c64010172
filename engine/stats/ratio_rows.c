/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Observed by exposure (lines a beneficiary) beside the peers' ratios: gamma and
 * Poisson by moments, so that few beneficiaries prove little.
 */
#include "stats/private.h"

#include "stats/rates.h"

#include <math.h>
#include <stdlib.h>

struct ratios {
	struct cohort *cohort;
	const struct ratio_sample *from;
	const struct ratio_test *test;

	/* Of the group at hand. */
	struct gamma_poisson fit;
	double phi;
};

static double ratio_of(const struct ratio_sample *sample)
{
	return (double)sample->observed / (double)sample->exposure;
}

static struct exposure exposure_of(const struct ratio_sample *sample)
{
	return (struct exposure){sample->observed, (double)sample->exposure};
}

static void set_others(struct ratios *ratios, const struct peer_span *span)
{
	struct group_room *room = &ratios->cohort->room;

	for (uint32_t i = span->from; i < span->to; i++) {
		const struct ratio_sample *own = &ratios->from[i];
		double expected = ratios->fit.mean * (double)own->exposure;

		room->others[i - span->from] =
		        expected > 0 ? ((double)own->observed - expected) / sqrt(expected) : 0;
	}
}

static void learn(struct ratios *ratios, const struct peer_span *span)
{
	struct group_room *room = &ratios->cohort->room;
	size_t size = span->to - span->from;

	for (uint32_t i = span->from; i < span->to; i++)
		room->exposures[i - span->from] = exposure_of(&ratios->from[i]);
	ratios->fit = gamma_poisson_fit(room->exposures, size);
	set_others(ratios, span);
	ratios->phi = funnel_phi(room->others, size, 0.1, room->scratch);
}

static void recall(struct ratios *ratios, const struct peer_span *span)
{
	const double *figures = ratios->cohort->norm->figures;
	double shape = figures[NORM_ALPHA], rate = figures[NORM_BETA];

	ratios->fit = (struct gamma_poisson){.mean = figures[NORM_MEAN],
	        .variance = rate > 0 ? shape / rate / rate : 0,
	        .shape = shape,
	        .rate = rate};
	ratios->phi = figures[NORM_PHI];
	set_others(ratios, span);
}

static int64_t excess_of(const struct ratios *ratios, const struct stats_row *row, int64_t dollars)
{
	double times = ratios->fit.mean > 0 ? row->shrunk_rate / ratios->fit.mean : 0;

	if (ratios->test->dollars == DOLLARS_NONE || dollars <= 0 || times <= 1)
		return 0;
	return (int64_t)llround((double)dollars * (times - 1) / times);
}

static bool is_beyond(
        const struct ratios *ratios, const struct ratio_sample *own, const struct stats_row *row)
{
	const struct ratio_test *test = ratios->test;
	return own->exposure >= test->exposure_min && own->observed >= test->observed_min &&
	       row->z > test->z_min && row->shrunk_rate > rounded(test->times * ratios->fit.mean) &&
	       rounded(gamma_poisson_above(&ratios->fit, exposure_of(own), row->p90)) >
	               test->certainty;
}

static int add_row(struct ratios *ratios, const struct peer_span *span, uint32_t sample)
{
	struct cohort *cohort = ratios->cohort;
	const struct ratio_sample *own = &ratios->from[sample];
	struct stats_row *row = row_add(
	        cohort->judging, cohort->of[sample], cohort->rule, cohort->measure);

	if (!row)
		return FAIL_MEMORY;
	row->evaluated = own->exposure;
	row->hits = 1;
	row->direction = DIRECTION_HIGH;
	row->overlaps = cohort->overlaps;
	row->value = rounded(ratio_of(own));
	row_figures(row, &cohort->room.figures[sample - span->from]);
	if (row->peers > 0)
		row->shrunk_rate = rounded(gamma_poisson_shrunk(&ratios->fit, exposure_of(own)));
	if (!cohort->can_flag)
		return 0;
	row->p = funnel_p(cohort->room.others[sample - span->from], ratios->phi);
	row->q_limit = ratios->test->q_limit;
	row->dollars = excess_of(ratios, row, own->dollars);
	row->gate = is_beyond(ratios, own, row);
	return 0;
}

static int keep(struct ratios *ratios, const struct peer_span *span)
{
	struct norm norm;

	cohort_norm(ratios->cohort, span, &norm);
	norm.figures[NORM_MEAN] = ratios->fit.mean;
	norm.figures[NORM_ALPHA] = ratios->fit.shape;
	norm.figures[NORM_BETA] = ratios->fit.rate;
	norm.figures[NORM_PHI] = ratios->phi;
	return norm_keep(ratios->cohort->judging, &norm);
}

static int take_group(void *context, const struct peer_span *span)
{
	struct ratios *ratios = context;
	struct cohort *cohort = ratios->cohort;
	int err = 0;

	if (cohort->norm)
		recall(ratios, span);
	else
		learn(ratios, span);
	for (uint32_t i = span->from; i < span->to; i++)
		cohort->room.values[i - span->from] = ratio_of(&ratios->from[i]);
	cohort_figures(cohort, span);
	for (uint32_t i = span->from; i < span->to && err == 0; i++) {
		if (sample_is_of(cohort, span, i))
			err = add_row(ratios, span, i);
	}
	return err < 0 || cohort->norm ? err : keep(ratios, span);
}

int ratios_judge(struct cohort *cohort, const struct ratio_sample from[], size_t count,
        const struct ratio_test *test)
{
	struct ratios ratios = {.cohort = cohort, .from = from, .test = test};

	cohort->count = count;
	for (size_t i = 0; i < count; i++)
		cohort->of[i] = from[i].member;
	return cohort_each(cohort, take_group, &ratios);
}
