/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values beside the peers' values: by robust z, of the values or of their
 * logarithms.
 */
#include "stats/private.h"

#include "stats/special.h"

#include <math.h>

struct values {
	struct cohort *cohort;
	const struct value_sample *from;
	const struct value_test *test;
};

static bool is_beyond(const struct value_test *test, const struct stats_row *row)
{
	double z = test->is_low ? -row->z : row->z;
	bool is = test->is_low ? row->value <= test->least : row->value >= test->least;

	if (test->times > 0)
		is &= row->value >= rounded(test->times * row->median);
	return is && z > test->z_min && row->evaluated >= test->n_min;
}

static int add_row(struct values *values, const struct peer_span *span, uint32_t sample)
{
	struct cohort *cohort = values->cohort;
	const struct value_sample *own = &values->from[sample];
	struct stats_row *row = row_add(
	        cohort->judging, cohort->of[sample], cohort->rule, cohort->measure);

	if (!row)
		return FAIL_MEMORY;
	row->evaluated = own->n;
	row->hits = 1;
	row->direction = values->test->is_low ? DIRECTION_LOW : DIRECTION_HIGH;
	row->overlaps = cohort->overlaps;
	row->value = rounded(own->value);
	row_figures(row, &cohort->room.figures[sample - span->from]);
	row->dollars = dollars_by(values->test->dollars, own->dollars, row->value, row->median);
	return 0;
}

/* Robust z, by a scale that is no smaller than what the test allows. */
static double z_of(const struct value_test *test, const struct peer_figures *figures, double value)
{
	if (figures->scale >= test->scale_min && figures->scale > 0)
		return rounded(figures->z);
	return test->scale_min > 0 && figures->peers > 0
	               ? rounded((value - figures->median) / test->scale_min)
	               : NAN;
}

/* The z that decides, and what it says. */
static void test_row(
        struct values *values, const struct peer_figures *figures, struct stats_row *row)
{
	row->z = z_of(values->test, figures, row->value);
	if (!values->cohort->can_flag)
		return;
	row->q_limit = values->test->q_limit;
	if (row->q_limit > 0 && !isnan(row->z))
		row->p = rounded_p(normal_upper(values->test->is_low ? -row->z : row->z));
	row->gate = is_beyond(values->test, row);
}

static double measured(const struct values *values, uint32_t sample)
{
	double value = values->from[sample].value;

	return values->test->is_ln ? log(value > 0 ? value : 1e-6) : value;
}

static int take_group(void *context, const struct peer_span *span)
{
	struct values *values = context;
	struct cohort *cohort = values->cohort;
	struct norm norm, transformed;
	int err = 0;

	for (uint32_t i = span->from; i < span->to; i++)
		cohort->room.values[i - span->from] = values->from[i].value;
	cohort_figures(cohort, span);
	if (!cohort->norm)
		cohort_norm(cohort, span, &norm);
	size_t first = cohort->judging->row_count;

	for (uint32_t i = span->from; i < span->to && err == 0; i++) {
		if (sample_is_of(cohort, span, i))
			err = add_row(values, span, i);
	}
	if (err < 0)
		return err;
	for (uint32_t i = span->from; i < span->to; i++)
		cohort->room.values[i - span->from] = measured(values, i);
	cohort_figures(cohort, span);
	struct stats_row *row = cohort->judging->rows + first;

	for (uint32_t i = span->from; i < span->to; i++) {
		if (sample_is_of(cohort, span, i))
			test_row(values, &cohort->room.figures[i - span->from], row++);
	}
	if (cohort->norm)
		return 0;
	cohort_norm(cohort, span, &transformed);
	norm.figures[NORM_CENTRE] = transformed.figures[NORM_MEDIAN];
	norm.figures[NORM_SCALE] = transformed.figures[NORM_SCALE];
	return norm_keep(cohort->judging, &norm);
}

int values_judge(struct cohort *cohort, const struct value_sample from[], size_t count,
        const struct value_test *test)
{
	struct values values = {.cohort = cohort, .from = from, .test = test};

	cohort->count = count;
	for (size_t i = 0; i < count; i++)
		cohort->of[i] = from[i].member;
	return cohort_each(cohort, take_group, &values);
}
