/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EM-01 to EM-04: the levels of visits beside the peers' levels.
 *
 * Each family is judged for itself, and by the services before or after its
 * guideline changed: a provider with services on both sides is not judged in it.
 */
#include "stats/private.h"

#include "stats/rates.h"
#include "stats/special.h"

#include <math.h>
#include <stdlib.h>

static const double z_limit = 3.5, index_q = 0.05, mix_q = 0.01, mix_effect = 0.05;
static const double smoothing = 20, flat_bits = 0.2, top_share = 0.95, top_percentile = 99;

enum { VISITS_MIN = 100, FLAT_MIN = 200 };

/* All levels of a provider together, as shares of the families' highest. */
struct em_all {
	double levels; /* sum of level / highest */
	uint64_t n, top2;
	int64_t excess; /* cents above the peers' mix, over its families */
};

/* What a group of one family has in all. */
struct em_sums {
	uint64_t counts[EM_LEVELS], n;
	int64_t amounts[EM_LEVELS];
};

struct em {
	struct stats *stats;
	int rules[4]; /* numbers of EM-01 to EM-04, -1: not wanted */
	unsigned family, levels;
	uint32_t *of;
	const struct em_levels **samples;
	struct peer_span *spans;
	struct group_room room;
	double *mixes, *g; /* Jensen-Shannon and G, of the group */
	unsigned *df;
	struct em_all *all; /* a member each */
	size_t count;
};

static bool is_person(const struct stats *stats, uint32_t member)
{
	const struct member *of = &stats->measures.members[member];
	const char *text;
	enum id_kind kind = id_kind(profile_id(stats->options.profile, of->number, &text));

	return of->entity_type != 2 && (kind == ID_NPI || kind == ID_BAD_CHECK);
}

/* ---- A group ---- */

static struct em_sums sum_group(const struct em *em, const struct peer_span *span)
{
	struct em_sums sums = {0};

	for (uint32_t i = span->from; i < span->to; i++) {
		for (unsigned level = 0; level < em->levels; level++) {
			sums.counts[level] += em->samples[i]->counts[level];
			sums.amounts[level] += em->samples[i]->amounts[level];
		}
		sums.n += em->samples[i]->n;
	}
	return sums;
}

/* The peers' shares of levels and mean amounts in dollars, without the provider. */
struct em_peers {
	double shares[EM_LEVELS], fees[EM_LEVELS], mean, variance;
};

static struct em_peers peers_of(
        const struct em *em, const struct em_sums *sums, const struct em_levels *own)
{
	struct em_peers peers = {0};
	double n = (double)(sums->n - own->n), squares = 0;

	for (unsigned i = 0; i < em->levels && n > 0; i++) {
		double count = (double)(sums->counts[i] - own->counts[i]);

		peers.shares[i] = count / n;
		peers.mean += (i + 1) * count / n;
		squares += (i + 1) * (i + 1) * count / n;
		if (count > 0)
			peers.fees[i] = (double)(sums->amounts[i] - own->amounts[i]) / 100 / count;
	}
	peers.variance = squares - peers.mean * peers.mean;
	return peers;
}

/* Levels that no peer has are dropped, of the provider's too. */
static void find_mix(
        struct em *em, size_t at, const struct em_levels *own, const struct em_peers *peers)
{
	uint64_t counts[EM_LEVELS], n = 0;
	double shares[EM_LEVELS], smooth[EM_LEVELS];
	unsigned kept = 0;

	for (unsigned i = 0; i < em->levels; i++) {
		if (peers->shares[i] <= 0)
			continue;
		counts[kept] = own->counts[i];
		shares[kept++] = peers->shares[i];
		n += own->counts[i];
	}
	em->df[at] = kept > 1 && n > 0 ? kept - 1 : 0;
	em->mixes[at] = em->g[at] = 0;
	if (em->df[at] == 0)
		return;
	shares_smooth(counts, shares, kept, smoothing, smooth);
	em->mixes[at] = jensen_shannon(smooth, shares, kept);
	em->g[at] = g_statistic(n, divergence(smooth, shares, kept));
}

static void measure_group(struct em *em, const struct peer_span *span)
{
	struct em_sums sums = sum_group(em, span);

	for (uint32_t i = span->from; i < span->to; i++) {
		const struct em_levels *own = em->samples[i];
		struct em_peers peers = peers_of(em, &sums, own);
		double spread = sqrt(peers.variance > 0 ? peers.variance / (double)own->n : 0);
		size_t at = i - span->from;

		em->room.values[at] = level_mean(own->counts, em->levels);
		em->room.others[at] = spread > 0 ? (em->room.values[at] - peers.mean) / spread : 0;
		find_mix(em, at, own, &peers);
	}
}

/* ---- Rows ---- */

/* A row with what all rules of a family of visits have. */
static struct stats_row *em_row(struct em *em, unsigned k, uint32_t sample)
{
	struct stats_row *row = row_add(
	        em->stats, em->of[sample], (unsigned)em->rules[k], em_family_text(em->family));

	if (!row)
		return NULL;
	row->evaluated = em->samples[sample]->n;
	row->hits = 1;
	row->direction = DIRECTION_HIGH;
	return row;
}

static int64_t excess_of(
        const struct em *em, const struct em_levels *own, const struct em_peers *peers)
{
	return (int64_t)llround(
	        100 * level_excess(own->counts, peers->shares, peers->fees, em->levels));
}

static int add_index(
        struct em *em, const struct peer_span *span, uint32_t sample, int64_t excess, double phi)
{
	size_t at = sample - span->from;
	struct stats_row *row = em_row(em, 0, sample);

	if (!row)
		return FAIL_MEMORY;
	row->value = rounded(em->room.values[at]);
	row_figures(row, &em->room.figures[at]);
	row->p = funnel_p(em->room.others, span->to - span->from, at, phi);
	row->q_limit = index_q;
	row->gate = row->z > z_limit;
	row->dollars = excess;
	return 0;
}

static int add_mix(struct em *em, const struct peer_span *span, uint32_t sample, int64_t excess,
        bool is_higher)
{
	size_t at = sample - span->from;
	struct stats_row *row = em_row(em, 2, sample);

	if (!row)
		return FAIL_MEMORY;
	row->value = rounded(em->mixes[at]);
	row_figures(row, &em->room.figures[at]);
	if (em->df[at] > 0)
		row->p = rounded_p(chi_square_upper(em->g[at], em->df[at]));
	row->q_limit = mix_q;
	row->gate = row->value >= mix_effect && is_higher;
	row->dollars = excess;
	return 0;
}

/* Low levels, or one level only. */
static int add_low(struct em *em, const struct peer_span *span, uint32_t sample)
{
	size_t at = sample - span->from;
	const struct em_levels *own = em->samples[sample];
	struct stats_row *row = em_row(em, 3, sample);

	if (!row)
		return FAIL_MEMORY;
	row->value = rounded(em->room.values[at]);
	row_figures(row, &em->room.figures[at]);
	bool is_flat = own->n >= FLAT_MIN &&
	               rounded(entropy_bits(own->counts, em->levels)) < flat_bits;

	row->gate = row->z < -z_limit || is_flat;
	row->direction = row->z < 0 ? DIRECTION_LOW : DIRECTION_NONE;
	return 0;
}

/* Those whose group this is, by rule k: figures are of the values at hand. */
static int add_rows(struct em *em, const struct peer_span *span, bool of_mixes)
{
	struct em_sums sums = sum_group(em, span);
	size_t size = span->to - span->from;
	double phi = funnel_phi(em->room.others, size, 0.1, em->room.scratch);
	int err = 0;

	for (uint32_t i = span->from; i < span->to && err == 0; i++) {
		const struct em_levels *own = em->samples[i];

		if (own->n < VISITS_MIN || !peer_span_equal(&em->spans[i], span))
			continue;
		struct em_peers peers = peers_of(em, &sums, own);
		int64_t excess = excess_of(em, own, &peers);
		bool is_higher = rounded(level_mean(own->counts, em->levels)) > rounded(peers.mean);

		if (of_mixes && em->rules[2] >= 0)
			err = add_mix(em, span, i, excess, is_higher);
		if (of_mixes)
			continue;
		em->all[em->of[i]].excess += excess;
		if (em->rules[0] >= 0)
			err = add_index(em, span, i, excess, phi);
		if (err == 0 && em->rules[3] >= 0)
			err = add_low(em, span, i);
	}
	return err;
}

static int take_group(void *context, const struct peer_span *span)
{
	struct em *em = context;
	size_t size = span->to - span->from;

	if (size < GROUP_MIN)
		return 0;
	measure_group(em, span);
	peers_figures(em->room.values, size, em->room.figures, em->room.peers_scratch);
	int err = add_rows(em, span, false);

	peers_figures(em->mixes, size, em->room.figures, em->room.peers_scratch);
	return err < 0 ? err : add_rows(em, span, true);
}

static void add_scope(struct em *em, const struct em_levels *own)
{
	for (unsigned k = 0; k < 4; k++) {
		if (em->rules[k] >= 0)
			em->stats->in_scope[em->rules[k]] += own->n;
	}
}

static void add_all(struct em_all *all, const struct em_levels *own, unsigned levels)
{
	for (unsigned i = 0; i < levels; i++) {
		all->levels += (double)own->counts[i] * (i + 1) / levels;
		all->top2 += i + 2 >= levels ? own->counts[i] : 0;
	}
	all->n += own->n;
}

/* One family on one side of its change. */
static int judge_family(struct em *em, unsigned family, bool after)
{
	const struct measures *measures = &em->stats->measures;

	em->family = family;
	em->levels = em_family_levels(family);
	em->count = 0;
	for (size_t i = 0; i < measures->em_count; i++) {
		const struct em_levels *own = &measures->em[i];

		if (own->family != family || own->after != after ||
		        !is_person(em->stats, own->member))
			continue;
		add_scope(em, own);
		if (own->mixed || own->n == 0)
			continue;
		add_all(&em->all[own->member], own, em->levels);
		if (own->n < DENOMINATOR_MIN)
			continue;
		em->of[em->count] = own->member;
		em->samples[em->count++] = own;
	}
	groups_find(measures->members, em->of, em->count, em->spans);
	return groups_each(em->spans, em->count, take_group, em);
}

/* ---- EM-02 ---- */

static int take_coders(void *context, const struct peer_span *span)
{
	struct em *em = context;
	size_t size = span->to - span->from;

	if (size < GROUP_MIN)
		return 0;
	for (size_t i = 0; i < size; i++) {
		const struct em_all *all = &em->all[em->of[span->from + i]];

		em->room.values[i] = all->levels / (double)all->n;
	}
	peers_figures(em->room.values, size, em->room.figures, em->room.peers_scratch);
	for (uint32_t i = span->from; i < span->to; i++) {
		const struct em_all *all = &em->all[em->of[i]];

		if (all->n < VISITS_MIN || !peer_span_equal(&em->spans[i], span))
			continue;
		struct stats_row *row = row_add(em->stats, em->of[i], (unsigned)em->rules[1], "");

		if (!row)
			return FAIL_MEMORY;
		row->evaluated = all->n;
		row->hits = 1;
		row->direction = DIRECTION_HIGH;
		row->value = rounded(em->room.values[i - span->from]);
		row_figures(row, &em->room.figures[i - span->from]);
		row->gate = row->percentile >= top_percentile && row->z > 0 &&
		            rounded((double)all->top2 / (double)all->n) >= top_share;
		row->dollars = all->excess;
	}
	return 0;
}

static int judge_coders(struct em *em)
{
	const struct measures *measures = &em->stats->measures;

	em->count = 0;
	for (uint32_t i = 0; i < measures->member_count; i++) {
		if (em->all[i].n >= DENOMINATOR_MIN)
			em->of[em->count++] = i;
	}
	groups_find(measures->members, em->of, em->count, em->spans);
	return groups_each(em->spans, em->count, take_coders, em);
}

/* ---- All ---- */

static int em_create(struct em *em, struct stats *stats)
{
	size_t room = stats->measures.member_count + 1;

	*em = (struct em){
	        .stats = stats,
	        .of = calloc(room, sizeof(*em->of)),
	        .samples = calloc(room, sizeof(*em->samples)),
	        .spans = calloc(room, sizeof(*em->spans)),
	        .mixes = calloc(room, sizeof(*em->mixes)),
	        .g = calloc(room, sizeof(*em->g)),
	        .df = calloc(room, sizeof(*em->df)),
	        .all = calloc(room, sizeof(*em->all)),
	        .rules = {rule_wanted(stats, "EM-01"), rule_wanted(stats, "EM-02"),
	                rule_wanted(stats, "EM-03"), rule_wanted(stats, "EM-04")},
	};
	int err = group_room_create(&em->room, room);

	return em->of && em->samples && em->spans && em->mixes && em->g && em->df && em->all
	               ? err
	               : FAIL_MEMORY;
}

static void em_destroy(struct em *em)
{
	free(em->of);
	free(em->samples);
	free(em->spans);
	free(em->mixes);
	free(em->g);
	free(em->df);
	free(em->all);
	group_room_destroy(&em->room);
}

/* All four: they share the groups. */
static int judge(struct stats *stats)
{
	struct em em;
	int err = em_create(&em, stats);

	for (unsigned family = 1; family < EM_FAMILIES && err >= 0; family++) {
		if (em_family_levels(family) == 0)
			continue;
		err = judge_family(&em, family, false);
		if (err >= 0)
			err = judge_family(&em, family, true);
	}
	if (err >= 0 && em.rules[1] >= 0)
		err = judge_coders(&em);
	em_destroy(&em);
	return err;
}

/* ---- Words ---- */

static const enum field needs[] = {FIELD_HCPCS, FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {{"", CHECK_HISTORY, .needs = needs}};
static const struct rule_check watched[] = {{"", CHECK_HISTORY, .watch = true, .needs = needs}};

#define EM_IDLE \
	"no provider with 100 visits of one E/M family, on one side of its guideline change, " \
	"and 29 peers"
#define EM_TRAPS \
	"Counts are gross. A guideline changed on 2021-01-01 (office) and 2023-01-01 (others): a " \
	"provider with services on both sides is not judged. Peers are of the same specialty, " \
	"entity type and setting; the sick are sent to some of them. "

static const struct rule index_rule = {
        .id = "EM-01",
        .name = "E/M level index (upcoding)",
        .tier = "P1",
        .scope = "provider-period",
        .hit_unit = "provider and measure (family)",
        .definition = "The mean level of a provider's visits of one family, beside the mean levels "
                      "of its peers: robust z above 3.5 and q below 0.05.",
        .traps = EM_TRAPS,
        .tables = "E/M families",
        .parameters = "n>=100, z>3.5, q<0.05",
        .dollars = "visits above the peers' shares of levels, at the peers' mean amount of each "
                   "level, the sum floored at 0",
        .evaluated = "E/M services of the family",
        .authority = "OIG OEI-04-10-00180",
        .idle = EM_IDLE,
        .checks = checks,
        .check_count = 1,
};
const struct stats_rule stats_rule_em_01 = {&index_rule, judge};

static const struct rule coder_rule = {
        .id = "EM-02",
        .name = "OIG high-coder definition",
        .tier = "P1",
        .scope = "provider-period",
        .hit_unit = "provider",
        .definition = "Over all families with levels: the mean share of the highest level is in "
                      "the peers' top 1%, and 95% of visits are at the two highest levels.",
        .traps = EM_TRAPS "A group below 100 has no top 1%.",
        .tables = "E/M families",
        .parameters = "top=1%, share=0.95, n>=100",
        .dollars = "as EM-01, over all families",
        .evaluated = "E/M services of families with levels",
        .authority = "OIG OEI-04-10-00180, OEI-04-10-00181",
        .idle = EM_IDLE,
        .checks = checks,
        .check_count = 1,
};
const struct stats_rule stats_rule_em_02 = {&coder_rule, NULL};

static const struct rule mix_rule = {
        .id = "EM-03",
        .name = "E/M level distribution divergence",
        .tier = "P1",
        .scope = "provider-period",
        .hit_unit = "provider and measure (family)",
        .definition = "The levels of a family, smoothed by 20 visits of the peers, differ from "
                      "the peers': q of G below 0.01, Jensen-Shannon at least 0.05 bit, and the "
                      "mean level is above theirs.",
        .traps = EM_TRAPS "With many visits any difference is significant: the effect decides.",
        .tables = "E/M families",
        .parameters = "alpha=20, q<0.01, JS>=0.05, n>=100",
        .dollars = "as EM-01",
        .evaluated = "E/M services of the family",
        .authority = "CMS comparative billing reports",
        .idle = EM_IDLE,
        .checks = checks,
        .check_count = 1,
};
const struct stats_rule stats_rule_em_03 = {&mix_rule, NULL};

static const struct rule low_rule = {
        .id = "EM-04",
        .name = "Downcoding / flat coding",
        .tier = "P2",
        .scope = "provider-period",
        .hit_unit = "provider and measure (family)",
        .definition = "The mean level of a family is far below the peers' (robust z below -3.5), "
                      "or nearly all of 200 visits have one level (entropy below 0.2 bit).",
        .traps = EM_TRAPS "Urgent care, clinics of nurses. The share of levels 1 and 2 is not "
                          "judged by itself: a 95th percentile marks one in twenty.",
        .tables = "E/M families",
        .parameters = "z<-3.5; entropy<0.2, n>=200; watch by default",
        .dollars = "none",
        .evaluated = "E/M services of the family",
        .authority = "OIG OEI-04-10-00181",
        .idle = EM_IDLE,
        .checks = watched,
        .check_count = 1,
};
const struct stats_rule stats_rule_em_04 = {&low_rule, NULL};
