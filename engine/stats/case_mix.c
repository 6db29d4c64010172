/* SPDX-License-Identifier: Apache-2.0 */
/*
 * INP-01: how often a hospital's stays are in the DRG with a CC or an MCC, beside
 * what the other hospitals' would give for its own mix of base DRGs.
 *
 * A stratum is a base DRG (stats/drg_places.h) in one version, which a fiscal year
 * stands for: stays that ended in it.
 */
#include "stats/drg_places.h"
#include "base/budget.h"
#include "stats/rates.h"

#include <math.h>
#include <stdio.h>

enum { STAYS_MIN = 30 };
static const double z_min = 3;

/* The stays of a stratum; k and k_dollars of those with a CC or an MCC. */
struct stays {
	uint64_t n, k;
	int64_t dollars, k_dollars;
};

struct cell {
	uint32_t stratum; /* in mix.totals */
	struct stays stays;
};

struct hospital {
	uint32_t from, to; /* of mix.cells */
};

/* What a hospital's strata come to; those without peers enough are left out. */
struct outcome {
	struct observed_expected of;
	uint64_t n;
	double dearer; /* cents: the mean difference that a CC or an MCC makes */
	double percentile;
};

struct mix {
	struct cohort cohort;
	struct drg_places *places; /* by year */
	unsigned family_count;     /* of the year with most */
	uint64_t first_year;
	size_t year_count;
	struct stays *totals; /* years x families, of the group at hand */
	struct cell *cells;
	size_t cell_count;
	struct hospital *hospitals; /* one a sample */
	struct stratum *strata;     /* of the hospital at hand */
	struct outcome *outcomes;   /* of the group at hand, those that are judged */
	uint32_t *judged;           /* their samples */
	double phi;
};

/* ---- Families ---- */

static int read_families(struct mix *mix, const struct stats *stats)
{
	int err = 0;

	mix->places = budget_calloc(mix->year_count + 1, sizeof(*mix->places));
	if (!mix->places)
		return FAIL_MEMORY;
	for (size_t i = 0; i < mix->year_count && err == 0; i++) {
		struct drg_places *places = &mix->places[i];

		err = drg_places_read(places, stats, (unsigned)(mix->first_year + i));
		if (places->family_count > mix->family_count)
			mix->family_count = places->family_count;
	}
	return err;
}

/* ---- Samples ---- */

static void find_years(struct mix *mix, const struct tallies *tallies)
{
	size_t count;
	const struct tally *all = tallies_of(tallies, TALLY_INP_01_DRG, &count);
	uint64_t last = 0;

	mix->first_year = UINT64_MAX;
	for (size_t i = 0; i < count; i++) {
		uint64_t year = all[i].of / DRG_COUNT;

		mix->first_year = year < mix->first_year ? year : mix->first_year;
		last = year > last ? year : last;
		mix->cell_count++;
	}
	mix->year_count = mix->cell_count ? (size_t)(last - mix->first_year + 1) : 0;
}

static void stays_add(struct stays *to, const struct stays *stays)
{
	to->n += stays->n;
	to->k += stays->k;
	to->dollars += stays->dollars;
	to->k_dollars += stays->k_dollars;
}

/* The cell of a stratum, among those of a hospital from a place on. */
static struct stays *cell_of(struct mix *mix, uint32_t from, uint32_t stratum)
{
	for (size_t i = from; i < mix->cell_count; i++) {
		if (mix->cells[i].stratum == stratum)
			return &mix->cells[i].stays;
	}
	mix->cells[mix->cell_count] = (struct cell){.stratum = stratum};
	return &mix->cells[mix->cell_count++].stays;
}

/* The stays of a member in base DRGs of a kind: a sample, if they are enough. */
static uint64_t take_member(struct mix *mix, const struct tally_run *run, bool is_surgical)
{
	uint32_t from = (uint32_t)mix->cell_count;
	const struct tally *of = run->of;
	uint64_t n = 0;

	for (size_t i = 0; i < run->count; i++) {
		size_t year = (size_t)(of[i].of / DRG_COUNT - mix->first_year);
		struct drg_place place = mix->places[year].of[of[i].of % DRG_COUNT];

		if (place.family == 0 || place.is_surgical != is_surgical)
			continue;
		struct stays stays = {.n = of[i].n,
		        .k = place.is_high ? of[i].n : 0,
		        .dollars = of[i].dollars,
		        .k_dollars = place.is_high ? of[i].dollars : 0};

		stays_add(cell_of(mix, from,
		                  (uint32_t)(year * mix->family_count + place.family - 1u)),
		        &stays);
		n += of[i].n;
	}
	if (n < DENOMINATOR_MIN) {
		mix->cell_count = from;
		return n;
	}
	mix->hospitals[mix->cohort.count] = (struct hospital){from, (uint32_t)mix->cell_count};
	mix->cohort.of[mix->cohort.count++] = run->member;
	return n;
}

/* ---- Beside the others ---- */

/* What the others' stays in a stratum are like. */
struct others {
	bool is_known;
	double rate, dearer;
};

static struct others others_of(const struct stays *all, const struct stays *own)
{
	struct stays rest = {all->n - own->n, all->k - own->k, all->dollars - own->dollars,
	        all->k_dollars - own->k_dollars};
	uint64_t base = rest.n - rest.k;

	if (rest.n < DENOMINATOR_MIN)
		return (struct others){0};
	return (struct others){
	        .is_known = true,
	        .rate = ((double)rest.k + 0.5) / ((double)rest.n + 1),
	        .dearer = rest.k == 0 || base == 0
	                          ? 0
	                          : (double)rest.k_dollars / (double)rest.k -
	                                    (double)(rest.dollars - rest.k_dollars) / (double)base,
	};
}

/* A stratum's norm, to be looked for or kept: by the lowest DRG of its family. */
static void stratum_key(
        const struct mix *mix, const struct peer_span *span, uint32_t stratum, struct norm *key)
{
	const struct drg_places *places = &mix->places[stratum / mix->family_count];
	unsigned family = stratum % mix->family_count + 1, drg = 0;
	char group[PEER_GROUP_SIZE];

	cohort_key(&mix->cohort, span, key);
	snprintf(group, sizeof(group), "%s", key->group);
	norm_init(key, NORM_SHARE, "INP-01", mix->cohort.measure);
	snprintf(key->group, sizeof(key->group), "%s", group);
	while (drg < DRG_COUNT && places->of[drg].family != family)
		drg++;
	snprintf(key->key, sizeof(key->key), "%llu/%03u",
	        (unsigned long long)(mix->first_year + stratum / mix->family_count), drg);
}

static struct others others_by_norm(
        const struct mix *mix, const struct peer_span *span, uint32_t stratum)
{
	struct norm key;

	stratum_key(mix, span, stratum, &key);
	const struct norm *norm = norms_find(mix->cohort.judging->stats->options.norms, &key);

	if (!norm)
		return (struct others){0};
	return (struct others){
	        .is_known = true,
	        .rate = norm->figures[NORM_MEAN],
	        .dearer = isnan(norm->figures[NORM_FEE]) ? 0 : 100 * norm->figures[NORM_FEE],
	};
}

static struct outcome outcome_of(
        struct mix *mix, const struct peer_span *span, const struct hospital *hospital)
{
	struct outcome outcome = {0};
	size_t count = 0;

	for (uint32_t i = hospital->from; i < hospital->to; i++) {
		const struct cell *cell = &mix->cells[i];
		struct others others = mix->cohort.norm ? others_by_norm(mix, span, cell->stratum)
		                                        : others_of(&mix->totals[cell->stratum],
		                                                  &cell->stays);

		if (!others.is_known)
			continue;
		mix->strata[count++] = (struct stratum){cell->stays.n, cell->stays.k, others.rate};
		outcome.n += cell->stays.n;
		outcome.dearer += (double)cell->stays.n * others.dearer;
	}
	outcome.of = case_mix(mix->strata, count);
	outcome.dearer /= outcome.n ? (double)outcome.n : 1;
	return outcome;
}

static void sum_group(struct mix *mix, const struct peer_span *span)
{
	for (size_t i = 0; i < mix->year_count * mix->family_count; i++)
		mix->totals[i] = (struct stays){0};
	for (uint32_t i = mix->hospitals[span->from].from; i < mix->hospitals[span->to - 1].to; i++)
		stays_add(&mix->totals[mix->cells[i].stratum], &mix->cells[i].stays);
}

/* Those with stays enough in strata that the others have too; returns how many. */
static uint32_t judge_group(struct mix *mix, const struct peer_span *span)
{
	uint32_t count = 0;

	for (uint32_t i = span->from; i < span->to; i++) {
		mix->outcomes[count] = outcome_of(mix, span, &mix->hospitals[i]);
		mix->judged[count] = i;
		count += mix->outcomes[count].n >= DENOMINATOR_MIN;
	}
	return count;
}

/* ---- Rows ---- */

static int64_t dollars_of(const struct outcome *outcome)
{
	double more = outcome->of.observed - outcome->of.expected;

	return more > 0 && outcome->dearer > 0 ? (int64_t)llround(more * outcome->dearer) : 0;
}

static int add_row(struct mix *mix, size_t at)
{
	struct cohort *cohort = &mix->cohort;
	const struct outcome *outcome = &mix->outcomes[at];
	struct stats_row *row = row_add(
	        cohort->judging, cohort->of[mix->judged[at]], cohort->rule, cohort->measure);

	if (!row)
		return FAIL_MEMORY;
	row->evaluated = outcome->n;
	row->hits = (uint64_t)outcome->of.observed;
	row->is_rate = true;
	row->direction = DIRECTION_HIGH;
	row->value = rounded(outcome->of.ratio);
	row_figures(row, &cohort->room.figures[at]);
	row->percentile = row->peers > 0 ? rounded(outcome->percentile) : NAN;
	row->z = rounded(funnel_adjusted(outcome->of.z, mix->phi));
	row->dollars = dollars_of(outcome);
	if (!cohort->can_flag)
		return 0;
	row->p = funnel_p(outcome->of.z, mix->phi);
	row->q_limit = 0.05;
	row->gate = row->z > z_min && outcome->n >= STAYS_MIN;
	return 0;
}

/* PEPPER ranks the shares as they are, whatever the mix. */
static void rank_shares(struct mix *mix, const struct peer_span *span)
{
	struct group_room *room = &mix->cohort.room;

	for (uint32_t i = 0; i < span->to - span->from; i++)
		room->values[i] = mix->outcomes[i].of.observed / (double)mix->outcomes[i].n;
	cohort_figures(&mix->cohort, span);
	for (uint32_t i = 0; i < span->to - span->from; i++)
		mix->outcomes[i].percentile = room->figures[i].percentile;
}

static void find_figures(struct mix *mix, const struct peer_span *span)
{
	struct cohort *cohort = &mix->cohort;
	size_t count = span->to - span->from;

	for (size_t i = 0; i < count; i++) {
		cohort->room.values[i] = mix->outcomes[i].of.ratio;
		cohort->room.others[i] = mix->outcomes[i].of.z;
	}
	cohort_figures(cohort, span);
	mix->phi = cohort->norm ? cohort->norm->figures[NORM_PHI]
	                        : funnel_phi(cohort->room.others, count, 0.1, cohort->room.scratch);
}

static int keep_norms(struct mix *mix, const struct peer_span *span)
{
	static const struct stays nobody;
	struct norm norm;

	cohort_norm(&mix->cohort, span, &norm);
	norm.figures[NORM_PHI] = mix->phi;
	int err = norm_keep(mix->cohort.judging, &norm);

	for (uint32_t i = 0; i < mix->year_count * mix->family_count && err == 0; i++) {
		struct others all = others_of(&mix->totals[i], &nobody);

		if (!all.is_known)
			continue;
		stratum_key(mix, span, i, &norm);
		norm.n = mix->totals[i].n;
		norm.figures[NORM_MEAN] = all.rate;
		norm.figures[NORM_FEE] = all.dearer / 100;
		err = norm_keep(mix->cohort.judging, &norm);
	}
	return err;
}

static int take_group(void *context, const struct peer_span *span)
{
	struct mix *mix = context;
	struct peer_span judged = *span; /* as many of them as are judged */
	int err = 0;

	sum_group(mix, span);
	judged.to = span->from + judge_group(mix, span);
	if (judged.to == judged.from)
		return 0;
	cohort_enter(&mix->cohort, &judged);
	rank_shares(mix, &judged);
	find_figures(mix, &judged);
	for (uint32_t i = 0; i < judged.to - judged.from && err == 0; i++) {
		if (sample_is_of(&mix->cohort, span, mix->judged[i]))
			err = add_row(mix, i);
	}
	return err == 0 && !mix->cohort.norm ? keep_norms(mix, &judged) : err;
}

/* ---- All ---- */

static int make_room(struct mix *mix, const struct stats *stats)
{
	size_t members = stats->measures.member_count + 1, cells = mix->cell_count + 1;

	mix->totals = budget_calloc(mix->year_count * mix->family_count + 1, sizeof(*mix->totals));
	mix->cells = budget_calloc(cells, sizeof(*mix->cells));
	mix->strata = budget_calloc(cells, sizeof(*mix->strata));
	mix->hospitals = budget_calloc(members, sizeof(*mix->hospitals));
	mix->outcomes = budget_calloc(members, sizeof(*mix->outcomes));
	mix->judged = budget_calloc(members, sizeof(*mix->judged));
	return mix->totals && mix->cells && mix->strata && mix->hospitals && mix->outcomes &&
	                       mix->judged
	               ? 0
	               : FAIL_MEMORY;
}

static void mix_free(struct mix *mix)
{
	budget_free(mix->places);
	budget_free(mix->totals);
	budget_free(mix->cells);
	budget_free(mix->strata);
	budget_free(mix->hospitals);
	budget_free(mix->outcomes);
	budget_free(mix->judged);
	budget_free(mix);
}

static int judge_kind(struct mix *mix, struct judging *judging, unsigned rule, bool is_surgical)
{
	int err = cohort_create(&mix->cohort, judging, rule, is_surgical ? "surgical" : "medical");
	struct tally_runs runs = {0};

	mix->cell_count = 0;
	if (err == 0)
		runs = cohort_runs(&mix->cohort, TALLY_INP_01_DRG);
	for (size_t i = 0; i < runs.count; i++) {
		struct tally_run run = tally_run_at(&runs, i);

		judging->in_scope[rule] += take_member(mix, &run, is_surgical);
	}
	if (err == 0 && mix->cohort.count > 0)
		err = cohort_each(&mix->cohort, take_group, mix);
	cohort_free(&mix->cohort);
	return err;
}

static int judge_mix(struct judging *judging)
{
	const struct stats *stats = judging->stats;
	int rule = rule_wanted(stats, "INP-01");

	if (rule < 0)
		return 0;
	struct mix *mix = budget_calloc(1, sizeof(*mix));

	if (!mix)
		return FAIL_MEMORY;
	find_years(mix, stats->options.tallies);
	int err = read_families(mix, stats);

	if (err == 0)
		err = make_room(mix, stats);
	if (err == 0)
		err = judge_kind(mix, judging, (unsigned)rule, false);
	if (err == 0)
		err = judge_kind(mix, judging, (unsigned)rule, true);
	mix_free(mix);
	return err;
}

/* ---- Words ---- */

static const enum field needs[] = {
        FIELD_PERSON_ID, FIELD_BILL_TYPE, FIELD_CLAIM_START, FIELD_DRG, FIELD_COUNT};
static const struct rule_check checks[] = {{"", CHECK_HISTORY, .needs = needs}};

static const struct rule rule_inp_01 = {
        .id = "INP-01",
        .name = "CC/MCC capture-rate outlier",
        .tier = "P1",
        .scope = "provider-period",
        .hit_unit = "provider and measure (medical, surgical)",
        .definition =
                "Of a hospital's acute stays in base DRGs that are split by severity, those in the "
                "DRG with a CC or an MCC (O), against what the other hospitals' rates give for the "
                "same base DRGs and the same fiscal year, whose DRG version is one (E). Flagged: z "
                "of O - E, less what hospitals vary by anyhow, above 3, q below 0.05, with 30 "
                "stays. PEPPER's percentile of the share is shown and flags nobody. Base DRGs in "
                "which the others have fewer than 11 stays are left out.",
        .traps = "Referral centres have sicker patients. The DRG version changes each October: "
                 "base DRGs are those of the loaded list of DRGs by its titles, where it covers "
                 "the fiscal year, else of the table that ships, which is of version 41.",
        .tables = "msdrg or msdrg_weights; families of DRGs (rules template drg_families)",
        .parameters = "n>=30; z>3; q<0.05; peers' stays of a base DRG>=11",
        .dollars = "(O - E) x the peers' mean difference of amounts with and without a CC or MCC",
        .evaluated = "acute stays in base DRGs with a split",
        .authority = "PEPPER user guide (medical and surgical DRGs with CC or MCC); 42 CFR 412.60",
        .idle = "no hospital with 11 stays in base DRGs with a split that others have too",
        .checks = checks,
        .check_count = 1,
};
const struct stats_rule stats_rule_inp_01 = {&rule_inp_01, judge_mix};
