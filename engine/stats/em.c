/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EM-01 to EM-04: the levels of visits beside the peers' levels.
 *
 * Each family is judged for itself, and by the services before or after its
 * guideline changed: a provider with services on both sides is not judged in it.
 */
#include "stats/private.h"

#include "base/budget.h"
#include "stats/rates.h"
#include "stats/special.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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

enum { INDEX, CODERS, MIX, LOW, RULES };

struct em {
	struct cohort cohort; /* of one family on one side of its change, or of all */
	int rules[RULES];     /* numbers of EM-01 to EM-04, -1: not wanted */
	unsigned family, levels;
	const struct em_levels **own;
	double *mixes, *g; /* Jensen-Shannon and G, of the group */
	unsigned *df;
	struct em_all *all; /* a member each */

	/* Of the group at hand. */
	struct em_sums sums;
	double phi;
};

static bool is_person(const struct stats *stats, uint32_t member)
{
	const struct member *of = &stats->measures.members[member];
	const char *text;
	enum id_kind kind = id_kind(profile_id(stats->options.profile, of->number, &text));

	return of->entity_type != 2 && (kind == ID_NPI || kind == ID_BAD_CHECK);
}

/* ---- What the peers of a group are like ---- */

static void sum_group(struct em *em, const struct peer_span *span)
{
	em->sums = (struct em_sums){0};
	for (uint32_t i = span->from; i < span->to; i++) {
		for (unsigned level = 0; level < em->levels; level++) {
			em->sums.counts[level] += em->own[i]->counts[level];
			em->sums.amounts[level] += em->own[i]->amounts[level];
		}
		em->sums.n += em->own[i]->n;
	}
}

/* The peers' shares of levels and mean amounts in dollars. */
struct em_peers {
	double shares[EM_LEVELS], fees[EM_LEVELS], mean, variance;
};

static void find_moments(const struct em *em, struct em_peers *peers)
{
	double squares = 0;

	for (unsigned i = 0; i < em->levels; i++) {
		peers->mean += (i + 1) * peers->shares[i];
		squares += (i + 1) * (i + 1) * peers->shares[i];
	}
	peers->variance = squares - peers->mean * peers->mean;
}

/* The norm of a level, to be looked for or kept. */
static void level_key(const struct em *em, const char *group, unsigned level, struct norm *norm)
{
	norm_init(norm, NORM_SHARE, "EM-01", em->cohort.measure);
	snprintf(norm->group, sizeof(norm->group), "%s", group);
	snprintf(norm->key, sizeof(norm->key), "%u", level + 1);
}

static struct em_peers peers_by_norms(const struct em *em)
{
	struct em_peers peers = {0};

	for (unsigned i = 0; i < em->levels; i++) {
		struct norm key;

		level_key(em, em->cohort.norm->group, i, &key);
		const struct norm *norm = norms_find(
		        em->cohort.judging->stats->options.norms, &key);

		if (!norm)
			continue;
		peers.shares[i] = norm->figures[NORM_MEAN];
		peers.fees[i] = isnan(norm->figures[NORM_FEE]) ? 0 : norm->figures[NORM_FEE];
	}
	find_moments(em, &peers);
	return peers;
}

/* Without the provider: own, or all 0. */
static struct em_peers peers_of(const struct em *em, const struct em_levels *own)
{
	const struct em_sums *sums = &em->sums;
	struct em_peers peers = {0};
	double n = (double)(sums->n - own->n);

	if (em->cohort.norm)
		return peers_by_norms(em);
	for (unsigned i = 0; i < em->levels && n > 0; i++) {
		double count = (double)(sums->counts[i] - own->counts[i]);

		peers.shares[i] = count / n;
		if (count > 0)
			peers.fees[i] = (double)(sums->amounts[i] - own->amounts[i]) / 100 / count;
	}
	find_moments(em, &peers);
	return peers;
}

/* Shares of levels, for the next run. */
static int keep_levels(struct em *em, const char *group)
{
	const struct em_levels none = {0};
	struct em_peers peers = peers_of(em, &none);
	int err = 0;

	for (unsigned i = 0; i < em->levels && err == 0; i++) {
		struct norm norm;

		level_key(em, group, i, &norm);
		norm.n = em->sums.counts[i];
		norm.figures[NORM_MEAN] = peers.shares[i];
		norm.figures[NORM_FEE] = peers.fees[i];
		err = norm_keep(em->cohort.judging, &norm);
	}
	return err;
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
	struct group_room *room = &em->cohort.room;

	for (uint32_t i = span->from; i < span->to; i++) {
		const struct em_levels *own = em->own[i];
		struct em_peers peers = peers_of(em, own);
		double spread = sqrt(peers.variance > 0 ? peers.variance / (double)own->n : 0);
		size_t at = i - span->from;

		room->values[at] = level_mean(own->counts, em->levels);
		room->others[at] = spread > 0 ? (room->values[at] - peers.mean) / spread : 0;
		find_mix(em, at, own, &peers);
	}
	em->phi = em->cohort.norm
	                  ? em->cohort.norm->figures[NORM_PHI]
	                  : funnel_phi(room->others, span->to - span->from, 0.1, room->scratch);
}

/* ---- Rows ---- */

/* A row with what all rules of a family of visits have. */
static struct stats_row *em_row(struct em *em, unsigned k, uint32_t sample, double value, size_t at)
{
	struct cohort *cohort = &em->cohort;
	struct stats_row *row = row_add(
	        cohort->judging, cohort->of[sample], (unsigned)em->rules[k], cohort->measure);

	if (!row)
		return NULL;
	row->evaluated = em->own[sample]->n;
	row->hits = 1;
	row->direction = DIRECTION_HIGH;
	row->value = rounded(value);
	row_figures(row, &cohort->room.figures[at]);
	return row;
}

static int64_t excess_of(
        const struct em *em, const struct em_levels *own, const struct em_peers *peers)
{
	return (int64_t)llround(
	        100 * level_excess(own->counts, peers->shares, peers->fees, em->levels));
}

static int add_index(struct em *em, uint32_t sample, size_t at, const struct em_peers *peers)
{
	struct stats_row *row = em_row(em, INDEX, sample, em->cohort.room.values[at], at);

	if (!row)
		return FAIL_MEMORY;
	row->p = funnel_p(em->cohort.room.others[at], em->phi);
	row->q_limit = index_q;
	row->gate = row->z > z_limit;
	row->dollars = excess_of(em, em->own[sample], peers);
	return 0;
}

static int add_mix(struct em *em, uint32_t sample, size_t at, const struct em_peers *peers)
{
	const struct em_levels *own = em->own[sample];
	struct stats_row *row = em_row(em, MIX, sample, em->mixes[at], at);

	if (!row)
		return FAIL_MEMORY;
	if (em->df[at] > 0)
		row->p = rounded_p(chi_square_upper(em->g[at], em->df[at]));
	row->q_limit = mix_q;
	row->gate = row->value >= mix_effect &&
	            rounded(level_mean(own->counts, em->levels)) > rounded(peers->mean);
	row->dollars = excess_of(em, own, peers);
	return 0;
}

/* Low levels, or one level only. */
static int add_low(struct em *em, uint32_t sample, size_t at)
{
	const struct em_levels *own = em->own[sample];
	struct stats_row *row = em_row(em, LOW, sample, em->cohort.room.values[at], at);

	if (!row)
		return FAIL_MEMORY;
	bool is_flat = own->n >= FLAT_MIN &&
	               rounded(entropy_bits(own->counts, em->levels)) < flat_bits;

	row->gate = row->z < -z_limit || is_flat;
	row->direction = row->z < 0 ? DIRECTION_LOW : DIRECTION_NONE;
	return 0;
}

/* Those whose group this is: by their mean levels, or by their mixes. */
static int add_rows(struct em *em, const struct peer_span *span, bool of_mixes)
{
	int err = 0;

	for (uint32_t i = span->from; i < span->to && err == 0; i++) {
		const struct em_levels *own = em->own[i];

		if (own->n < VISITS_MIN || !sample_is_of(&em->cohort, span, i))
			continue;
		struct em_peers peers = peers_of(em, own);
		size_t at = i - span->from;

		if (of_mixes) {
			err = add_mix(em, i, at, &peers);
			continue;
		}
		em->all[em->cohort.of[i]].excess += excess_of(em, own, &peers);
		if (em->rules[INDEX] >= 0)
			err = add_index(em, i, at, &peers);
		if (err == 0 && em->rules[LOW] >= 0)
			err = add_low(em, i, at);
	}
	return err;
}

/* The norm of the figures at hand, with the overdispersion. */
static int keep_figures(struct em *em, const struct peer_span *span)
{
	struct norm norm;

	if (em->cohort.norm)
		return 0;
	cohort_norm(&em->cohort, span, &norm);
	norm.figures[NORM_PHI] = em->phi;
	int err = norm_keep(em->cohort.judging, &norm);

	return err == 0 && em->cohort.rule == (unsigned)rule_find("EM-01")
	               ? keep_levels(em, norm.group)
	               : err;
}

static int take_mixes(struct em *em, const struct peer_span *span)
{
	struct cohort *cohort = &em->cohort;
	unsigned rule = cohort->rule;

	cohort->rule = (unsigned)em->rules[MIX];
	cohort_enter(cohort, span);
	memcpy(cohort->room.values, em->mixes, (span->to - span->from) * sizeof(double));
	cohort_figures(cohort, span);
	int err = keep_figures(em, span);

	cohort->rule = rule;
	cohort_enter(cohort, span);
	return err < 0 ? err : add_rows(em, span, true);
}

static int take_group(void *context, const struct peer_span *span)
{
	struct em *em = context;

	if (!em->cohort.can_flag)
		return 0;
	sum_group(em, span);
	measure_group(em, span);
	cohort_figures(&em->cohort, span);
	int err = keep_figures(em, span);

	if (err == 0)
		err = add_rows(em, span, false);
	return err == 0 && em->rules[MIX] >= 0 ? take_mixes(em, span) : err;
}

static void add_scope(struct em *em, const struct em_levels *own)
{
	for (unsigned k = 0; k < RULES; k++) {
		if (em->rules[k] >= 0)
			em->cohort.judging->in_scope[em->rules[k]] += own->n;
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

static const struct stats *stats_of(const struct em *em)
{
	return em->cohort.judging->stats;
}

/* Is it of the family and side at hand, and of a person? */
static bool is_own(const struct em *em, const struct em_levels *own, bool after)
{
	return own->family == em->family && own->after == after &&
	       is_person(stats_of(em), own->member);
}

static void take_member(struct em *em, uint32_t member, bool after)
{
	const struct member_measures *of = &stats_of(em)->measures.of[member];

	for (uint32_t i = of->em_from; i < of->em_to; i++) {
		const struct em_levels *own = &stats_of(em)->measures.em[i];

		if (!is_own(em, own, after))
			continue;
		add_scope(em, own);
		if (own->mixed || own->n == 0)
			continue;
		add_all(&em->all[member], own, em->levels);
		if (own->n < DENOMINATOR_MIN)
			continue;
		em->cohort.of[em->cohort.count] = member;
		em->own[em->cohort.count++] = own;
	}
}

/* One family on one side of its change. */
static int judge_family(struct em *em, unsigned family, bool after)
{
	em->family = family;
	em->levels = em_family_levels(family);
	em->cohort.measure = em_family_text(family, after);
	em->cohort.count = 0;
	for (uint32_t i = 0; i < stats_of(em)->measures.member_count; i++)
		take_member(em, i, after);
	return cohort_each(&em->cohort, take_group, em);
}

/* ---- EM-02 ---- */

static int add_coder(struct em *em, const struct peer_span *span, uint32_t sample)
{
	struct cohort *cohort = &em->cohort;
	const struct em_all *all = &em->all[cohort->of[sample]];
	struct stats_row *row = row_add(cohort->judging, cohort->of[sample], cohort->rule, "");

	if (!row)
		return FAIL_MEMORY;
	row->evaluated = all->n;
	row->hits = 1;
	row->direction = DIRECTION_HIGH;
	row->value = rounded(cohort->room.values[sample - span->from]);
	row_figures(row, &cohort->room.figures[sample - span->from]);
	bool is_top = cohort->norm ? row->value >= rounded(cohort->norm->figures[NORM_P99])
	                           : row->percentile >= top_percentile;

	row->gate = is_top && row->z > 0 &&
	            rounded((double)all->top2 / (double)all->n) >= top_share;
	row->dollars = all->excess;
	return 0;
}

static int take_coders(void *context, const struct peer_span *span)
{
	struct em *em = context;
	struct cohort *cohort = &em->cohort;
	int err;

	if (!cohort->can_flag)
		return 0;
	for (uint32_t i = span->from; i < span->to; i++) {
		const struct em_all *all = &em->all[cohort->of[i]];

		cohort->room.values[i - span->from] = all->levels / (double)all->n;
	}
	cohort_figures(cohort, span);
	err = keep_figures(em, span);
	for (uint32_t i = span->from; i < span->to && err == 0; i++) {
		if (em->all[cohort->of[i]].n >= VISITS_MIN && sample_is_of(cohort, span, i))
			err = add_coder(em, span, i);
	}
	return err;
}

static int judge_coders(struct em *em)
{
	struct cohort *cohort = &em->cohort;

	cohort->rule = (unsigned)em->rules[CODERS];
	cohort->measure = "";
	cohort->narrowest = LEVEL_NATION; /* the top 1 % of the specialty */
	cohort->count = 0;
	for (uint32_t i = 0; i < stats_of(em)->measures.member_count; i++) {
		if (em->all[i].n >= DENOMINATOR_MIN)
			cohort->of[cohort->count++] = i;
	}
	return cohort_each(cohort, take_coders, em);
}

/* ---- All ---- */

static int em_create(struct em *em, struct judging *judging)
{
	size_t room = judging->stats->measures.member_count + 1;

	*em = (struct em){
	        .own = budget_calloc(room, sizeof(*em->own)),
	        .mixes = budget_calloc(room, sizeof(*em->mixes)),
	        .g = budget_calloc(room, sizeof(*em->g)),
	        .df = budget_calloc(room, sizeof(*em->df)),
	        .all = budget_calloc(room, sizeof(*em->all)),
	        .rules = {rule_wanted(judging->stats, "EM-01"),
	                rule_wanted(judging->stats, "EM-02"), rule_wanted(judging->stats, "EM-03"),
	                rule_wanted(judging->stats, "EM-04")},
	};
	int err = cohort_create(&em->cohort, judging, (unsigned)rule_find("EM-01"), "");

	return em->own && em->mixes && em->g && em->df && em->all ? err : FAIL_MEMORY;
}

static void em_destroy(struct em *em)
{
	cohort_free(&em->cohort);
	budget_free(em->own);
	budget_free(em->mixes);
	budget_free(em->g);
	budget_free(em->df);
	budget_free(em->all);
}

/* All four: they share the groups. */
static int judge(struct judging *judging)
{
	struct em em;
	bool wanted = false;
	int err = em_create(&em, judging);

	for (unsigned k = 0; k < RULES; k++)
		wanted |= em.rules[k] >= 0;
	for (unsigned family = 1; wanted && family < EM_FAMILIES && err >= 0; family++) {
		if (em_family_levels(family) == 0)
			continue;
		err = judge_family(&em, family, false);
		if (err >= 0)
			err = judge_family(&em, family, true);
	}
	if (err >= 0 && em.rules[CODERS] >= 0)
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
	"Visits are net where histories are walked. A guideline changed on 2021-01-01 (office) " \
	"and 2023-01-01 (others): a " \
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
