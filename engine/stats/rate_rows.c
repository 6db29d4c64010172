/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rates of rules that count hits: each provider's beside its peers'.
 *
 * z is that of the log odds, for rates lie near 0 and their spread depends on
 * their size; median, P80 and P90 are of the rates as printed.
 */
#include "stats/private.h"

#include "stats/rates.h"

#include <math.h>
#include <stdlib.h>

static const double q_limit = 0.05;

enum { EVALUATED_MIN = 30, HITS_MIN = 5 };

struct rates {
	struct stats *stats;
	unsigned rule;
	uint32_t *of; /* members */
	struct count *counts;
	int64_t *dollars;
	struct peer_span *spans;
	struct group_room room;
	size_t count;
};

static void read_rates(struct rates *rates)
{
	const struct measures *measures = &rates->stats->measures;

	rates->count = 0;
	for (uint32_t i = 0; i < measures->member_count; i++) {
		struct profile_rule read;

		profile_read_rule(rates->stats->options.profile, measures->members[i].number,
		        rates->rule, &read);
		if (read.evaluated < DENOMINATOR_MIN || read.hits > read.evaluated)
			continue;
		rates->of[rates->count] = i;
		rates->dollars[rates->count] = read.dollars;
		rates->counts[rates->count++] = (struct count){read.hits, read.evaluated};
	}
}

static double log_odds(struct count count)
{
	return log(((double)count.k + 0.5) / ((double)(count.n - count.k) + 0.5));
}

/* Each z about the rate of the others; the overdispersion of all. */
static double find_funnel(struct rates *rates, const struct peer_span *span)
{
	const struct count *counts = rates->counts + span->from;
	size_t size = span->to - span->from;
	struct count all = {0, 0};

	for (size_t i = 0; i < size; i++) {
		all.k += counts[i].k;
		all.n += counts[i].n;
	}
	for (size_t i = 0; i < size; i++) {
		double k = (double)(all.k - counts[i].k), n = (double)(all.n - counts[i].n);

		rates->room.others[i] = funnel_z(counts[i], (k + 0.5) / (n + 1));
	}
	return funnel_phi(rates->room.others, size, 0.1, rates->room.scratch);
}

static int add_row(struct rates *rates, const struct peer_span *span, uint32_t sample,
        const struct beta_binomial *fit)
{
	struct count count = rates->counts[sample];
	struct stats_row *row = row_add(rates->stats, rates->of[sample], rates->rule, "");

	if (!row)
		return FAIL_MEMORY;
	row->evaluated = count.n;
	row->hits = count.k;
	row->dollars = rates->dollars[sample];
	row->value = rounded((double)count.k / (double)count.n);
	row->wilson_low = rounded(wilson(count.k, count.n).low);
	row_figures(row, &rates->room.figures[sample - span->from]);
	if (row->peers > 0)
		row->shrunk_rate = rounded(beta_binomial_shrunk(fit, count));
	return 0;
}

static void test_row(struct rates *rates, const struct peer_span *span, uint32_t sample,
        struct stats_row *row, double phi)
{
	size_t size = span->to - span->from;
	const struct peer_figures *odds = &rates->room.figures[sample - span->from];

	row->z = odds->scale > 0 ? rounded(odds->z) : NAN;
	if (size < GROUP_MIN)
		return;
	row->p = funnel_p(rates->room.others, size, sample - span->from, phi);
	row->q_limit = q_limit;
	row->direction = DIRECTION_HIGH;
	row->gate = row->evaluated >= EVALUATED_MIN && row->hits >= HITS_MIN &&
	            row->wilson_low > row->p90;
}

/* Rates first, then log odds, as both take the same room. */
static int take_group(void *context, const struct peer_span *span)
{
	struct rates *rates = context;
	struct group_room *room = &rates->room;
	size_t size = span->to - span->from, first = rates->stats->row_count;
	struct beta_binomial fit = beta_binomial_fit(rates->counts + span->from, size);
	double phi = find_funnel(rates, span);
	int err = 0;

	for (size_t i = 0; i < size; i++)
		room->values[i] = (double)rates->counts[span->from + i].k /
		                  (double)rates->counts[span->from + i].n;
	peers_figures(room->values, size, room->figures, room->peers_scratch);
	for (uint32_t i = span->from; i < span->to && err == 0; i++) {
		if (peer_span_equal(&rates->spans[i], span))
			err = add_row(rates, span, i, &fit);
	}
	for (size_t i = 0; i < size; i++)
		room->values[i] = log_odds(rates->counts[span->from + i]);
	peers_figures(room->values, size, room->figures, room->peers_scratch);
	for (uint32_t i = span->from; i < span->to && err == 0; i++) {
		if (peer_span_equal(&rates->spans[i], span))
			test_row(rates, span, i, &rates->stats->rows[first++], phi);
	}
	return err;
}

int rates_judge(struct stats *stats)
{
	size_t room = stats->measures.member_count + 1;
	struct rates rates = {
	        .stats = stats,
	        .of = calloc(room, sizeof(*rates.of)),
	        .counts = calloc(room, sizeof(*rates.counts)),
	        .dollars = calloc(room, sizeof(*rates.dollars)),
	        .spans = calloc(room, sizeof(*rates.spans)),
	};
	int err = group_room_create(&rates.room, room);

	if (!rates.of || !rates.counts || !rates.dollars || !rates.spans)
		err = FAIL_MEMORY;
	for (rates.rule = 0; rates.rule < RULES_ALL && err >= 0; rates.rule++) {
		if (!stats->options.selection->active[rates.rule] || stats->built[rates.rule] ||
		        !rule_at(rates.rule)->rule)
			continue;
		read_rates(&rates);
		groups_find(stats->measures.members, rates.of, rates.count, rates.spans);
		err = groups_each(rates.spans, rates.count, take_group, &rates);
	}
	free(rates.of);
	free(rates.counts);
	free(rates.dollars);
	free(rates.spans);
	group_room_destroy(&rates.room);
	return err;
}
