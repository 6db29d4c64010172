/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Samples and their groups: who is compared, with whom, by whose figures.
 */
#include "stats/private.h"

#include "base/budget.h"
#include "stats/rates.h"
#include "stats/special.h"
#include "stats/words.h"

#include <math.h>
#include <string.h>

/* ---- Room ---- */

struct work {
	struct work *next;
	uint32_t *of;
	struct peer_span *spans;
	struct group_room room;
	void *samples;
	uint64_t *words; /* of tally_runs; and room to order them */
	size_t words_room;
};

_Static_assert(sizeof(struct rate_sample) <= SAMPLE_BYTES, "samples have room");
_Static_assert(sizeof(struct ratio_sample) <= SAMPLE_BYTES, "samples have room");
_Static_assert(sizeof(struct value_sample) <= SAMPLE_BYTES, "samples have room");
_Static_assert(sizeof(struct exposure) == sizeof(struct count), "either stands in the room");

void work_pool_init(struct work_pool *pool, size_t members)
{
	*pool = (struct work_pool){.members = members};
	pthread_mutex_init(&pool->lock, NULL);
}

static void work_destroy(struct work *work)
{
	if (!work)
		return;
	budget_free(work->of);
	budget_free(work->spans);
	budget_free(work->samples);
	budget_free(work->words);
	budget_free(work->room.values);
	budget_free(work->room.others);
	budget_free(work->room.scratch);
	budget_free(work->room.figures);
	budget_free(work->room.counts);
	budget_free(work->room.peers_scratch);
	budget_free(work);
}

void work_pool_free(struct work_pool *pool)
{
	while (pool->free) {
		struct work *next = pool->free->next;

		work_destroy(pool->free);
		pool->free = next;
	}
	pthread_mutex_destroy(&pool->lock);
}

/* Only what is used of it will be touched, so there is room for a group of all. */
static struct work *work_create(size_t members)
{
	struct work *work = budget_calloc(1, sizeof(*work));
	size_t count = members + 1;

	if (!work)
		return NULL;
	work->of = budget_alloc(count * sizeof(*work->of));
	work->spans = budget_alloc(count * sizeof(*work->spans));
	work->samples = budget_alloc(count * SAMPLE_BYTES);
	work->words_room = count;
	work->words = budget_alloc(2 * count * sizeof(*work->words));
	work->room = (struct group_room){
	        .values = budget_alloc(count * sizeof(double)),
	        .others = budget_alloc(count * sizeof(double)),
	        .scratch = budget_alloc(count * sizeof(double)),
	        .figures = budget_alloc(count * sizeof(struct peer_figures)),
	        .peers_scratch = budget_alloc(peers_scratch_bytes(count)),
	        .counts = budget_alloc(count * sizeof(struct count)),
	};
	if (work->of && work->spans && work->samples && work->words && work->room.values &&
	        work->room.others && work->room.scratch && work->room.figures &&
	        work->room.counts && work->room.peers_scratch)
		return work;
	work_destroy(work);
	return NULL;
}

static struct work *work_take(struct work_pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	struct work *work = pool->free;

	if (work)
		pool->free = work->next;
	pthread_mutex_unlock(&pool->lock);
	return work ? work : work_create(pool->members);
}

static void work_give(struct work_pool *pool, struct work *work)
{
	pthread_mutex_lock(&pool->lock);
	work->next = pool->free;
	pool->free = work;
	pthread_mutex_unlock(&pool->lock);
}

int cohort_create(
        struct cohort *cohort, struct judging *judging, unsigned rule, const char *measure)
{
	struct work *work = work_take(judging->pool);

	*cohort = (struct cohort){
	        .judging = judging,
	        .rule = rule,
	        .measure = measure,
	        .widest = LEVEL_KIND,
	        .narrowest = LEVEL_STATE,
	        .like_too = !judging->stats->built[rule],
	        .work = work,
	};
	judging->column_own = judging->column_count;
	if (!work)
		return FAIL_MEMORY;
	cohort->of = work->of;
	cohort->spans = work->spans;
	cohort->room = work->room;
	cohort->samples = work->samples;
	return 0;
}

void cohort_free(struct cohort *cohort)
{
	if (cohort->work)
		work_give(cohort->judging->pool, cohort->work);
	cohort->work = NULL;
}

/* ---- Tallies ---- */

struct tally_runs cohort_runs(struct cohort *cohort, enum tally_measure measure)
{
	const struct stats *stats = cohort->judging->stats;
	struct work *work = cohort->work;
	struct tally_runs runs = {0};

	runs.entries = tallies_of(stats->options.tallies, measure, &runs.entry_count);
	for (size_t i = 0; i < runs.entry_count; i++) {
		uint32_t number = runs.entries[i].provider;

		if (i > 0 && runs.entries[i - 1].provider == number)
			continue;
		uint32_t member = measures_member(&stats->measures, number);

		if (member != MEMBER_NONE)
			work->words[runs.count++] = (uint64_t)member << 32 | i;
	}
	runs.words = words_sort(work->words, work->words + work->words_room, runs.count, 32);
	return runs;
}

/* What is read soon is asked for: entries stand by number, not by member. */
struct tally_run tally_run_at(const struct tally_runs *runs, size_t at)
{
	enum { AHEAD = 16 };
	size_t from = (uint32_t)runs->words[at], to = from + 1;

	if (at + AHEAD < runs->count)
		__builtin_prefetch(&runs->entries[(uint32_t)runs->words[at + AHEAD]]);
	while (to < runs->entry_count && runs->entries[to].provider == runs->entries[from].provider)
		to++;
	return (struct tally_run){
	        (uint32_t)(runs->words[at] >> 32), to - from, &runs->entries[from]};
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
	int err = taking->take(taking->context, span);

	return err < 0 ? err : rows_keep(taking->cohort->judging);
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

/* To the nearest whole number, ties to even, as rint() does, which is a call on the baseline. */
static inline double whole(double value)
{
	static const double first_whole = 0x1.8p52; /* above it doubles are whole */

	return fabs(value) < 0x1p51 ? value + first_whole - first_whole : value;
}

double rounded(double value)
{
	double result = whole(value * 1e6) / 1e6;

	return result == 0 ? 0 : result; /* never -0 */
}

/* Powers of ten that are exact as doubles, or as near as may be. */
static double power_of_ten(int exponent)
{
	static const double small[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

	return exponent < 23 ? small[exponent] : pow(10, exponent);
}

/*
 * The exponent of ten of p, 0 < p < 1, as the logarithm gives it: from that of
 * two where p is not so near a power of ten that the logarithm is rounded to it.
 */
static int exponent_of(double p)
{
	static const double inverse[] = {1e0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9,
	        1e-10, 1e-11, 1e-12, 1e-13, 1e-14, 1e-15};
	enum { LAST = sizeof(inverse) / sizeof(inverse[0]) - 1 };
	static const double near = 1e-12;
	int exponent = 0;

	while (exponent < LAST && p < inverse[exponent] * (1 - near))
		exponent++;
	if (exponent == LAST || p < inverse[exponent] * (1 + near))
		return (int)floor(log10(p));
	return -exponent;
}

double rounded_p(double p)
{
	enum { FIGURES = 6, LEAST = -290 };

	if (!(p > 0) || p >= 1)
		return p;
	int exponent = exponent_of(p);

	if (exponent < LEAST)
		return 0;
	double scale = power_of_ten(FIGURES - exponent);

	return whole(p * scale) / scale;
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
