/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STA-08: a provider's months beside one another, and beside its peers'.
 *
 *	""      months that stand out from the others (robust z), and are dear
 *	cusum   a level that rises and stays: S = max(0, S + (x - median) / sigma - 0.5),
 *	        out of control above 5
 *	new     a provider in its first twelve months, three of which cost three times
 *	        what the three before them did
 *
 * Dollars of the three are of much the same months: the most of any counts.
 */
#include "stats/members.h"

#include "base/budget.h"

#include <math.h>

static const double month_z = 5, peers_growth = 1.5;
static const double peers_z =
        5; /* of thirty hospitals one's dearest month is beyond 3.5 by chance */
static const double slack = 0.5, limit = 5;
static const double month_cap = 3;      /* sigmas: so that two months, however dear, are no level */
static const double sigma_least = 0.05; /* of the median: months that are all but equal */
static const double burst_times = 3;    /* growth of 200% */

enum {
	MONTHS_MIN = 6,
	MONTH_CENTS = 10000000,
	YOUNG_MONTHS = 12,
	UNSEEN_MONTHS = 6, /* that the data begin before a provider's first, if no one says more */
	QUARTER = 3,
};

/* What the months of a provider say. */
struct found {
	uint64_t spikes;
	double excess; /* cents */
	double most;   /* dollars of the highest month above the median of the others */

	double sum;   /* highest of the cumulative sums */
	double risen; /* cents above the median while its level was out of control; 0: never */

	double quarter; /* dollars of the highest three months running */
	bool is_new;
	double burst, grown; /* dollars of three months that grew so, cents that they grew by */
};

struct months {
	struct cohort cohort;
	int32_t first;       /* of anybody's */
	struct found *found; /* of the group at hand */
};

/* ---- What a group was paid by month ---- */

struct month_totals {
	int32_t first;
	size_t count;
	int64_t *sums;
};

static int month_totals_create(
        struct month_totals *totals, const struct cohort *cohort, const struct peer_span *span)
{
	const struct month_sum *months = cohort->judging->stats->measures.months;
	int32_t first = INT32_MAX, last = INT32_MIN;

	for (uint32_t i = span->from; i < span->to; i++) {
		const struct member_measures *of = member_measures_of(cohort, i);

		first = months[of->months_from].month < first ? months[of->months_from].month
		                                              : first;
		last = months[of->months_to - 1].month > last ? months[of->months_to - 1].month
		                                              : last;
	}
	*totals = (struct month_totals){.first = first, .count = (size_t)(last - first) + 1};
	totals->sums = budget_calloc(totals->count, sizeof(*totals->sums));
	if (!totals->sums)
		return FAIL_MEMORY;
	for (uint32_t i = span->from; i < span->to; i++) {
		const struct member_measures *of = member_measures_of(cohort, i);

		for (uint32_t m = of->months_from; m < of->months_to; m++)
			totals->sums[months[m].month - first] += months[m].amount;
	}
	return 0;
}

/* ---- A provider's months, and its peers' of the same ---- */

struct own_months {
	double *own, *peers, *sums; /* cents; sums: cumulative */
	struct peer_figures *own_figures, *peer_figures;
	struct peer_spread spread; /* of own */
	void *scratch;
};

static int own_months_create(struct own_months *own, size_t count)
{
	*own = (struct own_months){
	        .own = budget_calloc(count, sizeof(double)),
	        .peers = budget_calloc(count, sizeof(double)),
	        .sums = budget_calloc(count, sizeof(double)),
	        .own_figures = budget_calloc(count, sizeof(struct peer_figures)),
	        .peer_figures = budget_calloc(count, sizeof(struct peer_figures)),
	        .scratch = budget_alloc(peers_scratch_bytes(count)),
	};
	bool has_values = own->own && own->peers && own->sums && own->scratch;

	return has_values && own->own_figures && own->peer_figures ? 0 : FAIL_MEMORY;
}

static void own_months_free(struct own_months *own)
{
	budget_free(own->own);
	budget_free(own->peers);
	budget_free(own->sums);
	budget_free(own->own_figures);
	budget_free(own->peer_figures);
	budget_free(own->scratch);
}

static void read_months(struct own_months *own, const struct months *months,
        const struct month_totals *totals, uint32_t sample)
{
	const struct month_sum *all = months->cohort.judging->stats->measures.months;
	const struct member_measures *of = member_measures_of(&months->cohort, sample);
	size_t count = of->months_to - of->months_from;

	for (uint32_t m = of->months_from; m < of->months_to; m++) {
		size_t at = m - of->months_from;

		own->own[at] = (double)all[m].amount;
		own->peers[at] = (double)(totals->sums[all[m].month - totals->first] -
		                          all[m].amount);
	}
	peers_figures(own->own, count, own->own_figures, own->scratch);
	peers_spread(count, own->scratch, &own->spread);
	peers_figures(own->peers, count, own->peer_figures, own->scratch);
}

/* Did the peers' month grow by less than half over their own median? */
static bool peers_stayed(const struct own_months *own, size_t m)
{
	return rounded(own->peers[m]) < rounded(peers_growth * own->peer_figures[m].median);
}

/* ---- Spikes ---- */

static void find_spikes(const struct own_months *own, size_t count, struct found *found)
{
	for (size_t m = 0; m < count; m++) {
		const struct peer_figures *figures = &own->own_figures[m];
		double above = own->own[m] - figures->median;
		bool is_spike = rounded(figures->z) > month_z && rounded(above) > MONTH_CENTS &&
		                peers_stayed(own, m);

		found->excess += is_spike ? above : 0;
		found->spikes += is_spike;
		found->most = above / 100 > found->most ? above / 100 : found->most;
	}
}

/* ---- Cumulative sums ---- */

/*
 * Is there a level that stays, not a month here and there?  Of months running, each a
 * sigma above, the capped deviations are above the limit: three at least.  Where stays
 * are few and dear, as in a small hospital, single months take the sum past its limit
 * each year; what they have above the others is for the measure of spikes.
 */
static bool stays(const struct own_months *own, size_t count, const struct cusum *cusum)
{
	double sum = 0;

	for (size_t m = 0; m < count && sum <= cusum->limit; m++) {
		double z = (own->own[m] - cusum->mean) / cusum->sigma;

		sum = z > 1 ? sum + fmin(z, month_cap) - cusum->slack : 0;
	}
	return sum > cusum->limit;
}

static void find_rise(struct own_months *own, size_t count, struct found *found)
{
	double least = sigma_least * own->spread.median;
	const struct cusum cusum = {.mean = own->spread.median,
	        .sigma = own->spread.scale > least ? own->spread.scale : least,
	        .slack = slack,
	        .limit = limit};
	size_t from, to;

	if (!(cusum.sigma > 0))
		return;
	size_t alarm = cusum_alarm(&cusum, own->own, count, own->sums);

	for (size_t m = 0; m < count; m++)
		found->sum = own->sums[m] > found->sum ? own->sums[m] : found->sum;
	if (alarm == count || !stays(own, count, &cusum))
		return;
	for (from = alarm; from > 0 && own->sums[from - 1] > 0;)
		from--;
	for (to = alarm; to < count && own->sums[to] > 0; to++)
		;
	for (size_t m = from; m < to; m++)
		found->risen += peers_stayed(own, m) ? own->own[m] - cusum.mean : 0;
}

/* ---- Bursts of new providers ---- */

/* The provider's first month: since it was enumerated, else of services that others had before. */
static bool find_first(const struct months *months, uint32_t sample, int32_t *first)
{
	const struct stats *stats = months->cohort.judging->stats;
	const struct member_measures *of = member_measures_of(&months->cohort, sample);
	uint32_t number = stats->measures.members[months->cohort.of[sample]].number;
	const char *text;
	uint64_t id = profile_id(stats->options.profile, number, &text);
	int32_t day = DATE_ABSENT;

	if (stats->options.codes && id_kind(id) == ID_NPI)
		day = codes_enumerated(stats->options.codes, id);
	*first = stats->measures.months[of->months_from].month;
	if (day == DATE_ABSENT)
		return *first - months->first >= UNSEEN_MONTHS;
	*first = date_month(day);
	return true;
}

/* Dollars of the three calendar months that end with each; from: the provider's first of them. */
static void find_quarters(const struct months *months, uint32_t sample, struct found *found)
{
	const struct month_sum *all = months->cohort.judging->stats->measures.months;
	const struct member_measures *of = member_measures_of(&months->cohort, sample);

	for (uint32_t m = of->months_from; m < of->months_to; m++) {
		double sum = 0;

		for (uint32_t k = m + 1; k-- > of->months_from;) {
			if (all[m].month - all[k].month >= QUARTER)
				break;
			sum += (double)all[k].amount;
		}
		found->quarter = sum / 100 > found->quarter ? sum / 100 : found->quarter;
	}
}

static void find_burst(const struct months *months, uint32_t sample, struct found *found)
{
	const struct month_sum *all = months->cohort.judging->stats->measures.months;
	const struct member_measures *of = member_measures_of(&months->cohort, sample);
	double young[YOUNG_MONTHS] = {0};
	int32_t first;

	find_quarters(months, sample, found);
	if (!find_first(months, sample, &first))
		return;
	for (uint32_t m = of->months_from; m < of->months_to; m++) {
		int32_t age = all[m].month - first;

		found->is_new |= age >= 0 && age < YOUNG_MONTHS;
		if (age >= 0 && age < YOUNG_MONTHS)
			young[age] = (double)all[m].amount;
	}
	for (unsigned m = 2 * QUARTER; m <= YOUNG_MONTHS; m++) {
		double last = young[m - 1] + young[m - 2] + young[m - 3];
		double before = young[m - 4] + young[m - 5] + young[m - 6];

		if (before <= 0 || last <= burst_times * before || last - before <= found->grown)
			continue;
		found->grown = last - before;
		found->burst = last / 100;
	}
}

/* ---- Rows ---- */

static const struct found *found_of(
        const struct cohort *cohort, const struct peer_span *span, uint32_t sample)
{
	return &((const struct months *)(const void *)cohort)->found[sample - span->from];
}

static void fill_row(
        struct cohort *cohort, const struct peer_span *span, uint32_t sample, struct stats_row *row)
{
	const struct member_measures *of = member_measures_of(cohort, sample);

	row->evaluated = of->months_to - of->months_from;
	row->overlaps = true;
	row->z = cohort->room.others[sample - span->from];
}

static void fill_spikes(
        struct cohort *cohort, const struct peer_span *span, uint32_t sample, struct stats_row *row)
{
	const struct found *found = found_of(cohort, span, sample);

	fill_row(cohort, span, sample, row);
	row->hits = found->spikes;
	row->dollars = (int64_t)llround(found->excess);
	row->gate = found->spikes > 0 && row->z > peers_z;
}

static void fill_rise(
        struct cohort *cohort, const struct peer_span *span, uint32_t sample, struct stats_row *row)
{
	const struct found *found = found_of(cohort, span, sample);

	fill_row(cohort, span, sample, row);
	row->dollars = (int64_t)llround(found->risen);
	row->gate = rounded(found->risen) > MONTH_CENTS && row->z > peers_z;
}

/* What is printed into room.values; the z of its logarithm into room.others. */
static void find_z(struct cohort *cohort, size_t size, const struct found found[],
        double (*value)(const struct found *found))
{
	struct group_room *room = &cohort->room;

	for (size_t i = 0; i < size; i++)
		room->values[i] = log1p(value(&found[i]));
	peers_figures(room->values, size, room->figures, room->peers_scratch);
	for (size_t i = 0; i < size; i++) {
		room->others[i] = room->figures[i].scale > 0 ? rounded(room->figures[i].z) : NAN;
		room->values[i] = value(&found[i]);
	}
}

static double most_of(const struct found *found)
{
	return found->most;
}

static double sum_of(const struct found *found)
{
	return found->sum;
}

/*
 * New providers alone have rows; the highest three months of all are what they stand
 * beside.
 */
static int add_bursts(struct cohort *cohort, const struct peer_span *span)
{
	struct group_room *room = &cohort->room;
	struct norm norm;
	int err = 0;

	for (uint32_t i = span->from; i < span->to; i++)
		room->values[i - span->from] = found_of(cohort, span, i)->quarter;
	cohort_figures(cohort, span);
	if (!cohort->norm) {
		cohort_norm(cohort, span, &norm);
		err = norm_keep(cohort->judging, &norm);
	}
	for (uint32_t i = span->from; i < span->to && err == 0; i++) {
		const struct found *found = found_of(cohort, span, i);
		const struct peer_figures *figures = &room->figures[i - span->from];

		if (!sample_is_of(cohort, span, i) || !found->is_new)
			continue;
		struct stats_row *row = row_add(
		        cohort->judging, cohort->of[i], cohort->rule, cohort->measure);

		if (!row)
			return FAIL_MEMORY;
		row->value = rounded(found->grown > 0 ? found->burst : found->quarter);
		row_figures(row, figures);
		room->others[i - span->from] = row->z;
		fill_row(cohort, span, i, row);
		row->hits = 1;
		row->direction = DIRECTION_HIGH;
		row->dollars = (int64_t)llround(found->grown);
		row->gate = rounded(found->grown) > MONTH_CENTS &&
		            row->value > rounded(figures->p95);
	}
	return err;
}

static int add_all(struct cohort *cohort, const struct peer_span *span, const struct found found[])
{
	size_t size = span->to - span->from;

	find_z(cohort, size, found, most_of);
	int err = members_add_rows(cohort, span, fill_spikes);

	cohort->measure = "cusum";
	cohort_enter(cohort, span);
	find_z(cohort, size, found, sum_of);
	if (err == 0 && cohort->can_flag)
		err = members_add_rows(cohort, span, fill_rise);
	cohort->measure = "new";
	cohort_enter(cohort, span);
	if (err == 0 && cohort->can_flag)
		err = add_bursts(cohort, span);
	cohort->measure = "";
	return err;
}

static int take_months(void *context, const struct peer_span *span)
{
	struct months *months = context;
	size_t size = span->to - span->from;
	struct month_totals totals = {0};
	struct own_months own = {0};

	if (!months->cohort.can_flag)
		return 0;
	months->found = budget_calloc(size, sizeof(*months->found));
	int err = months->found ? month_totals_create(&totals, &months->cohort, span) : FAIL_MEMORY;

	if (err == 0)
		err = own_months_create(&own, totals.count);
	for (uint32_t i = span->from; i < span->to && err == 0; i++) {
		const struct member_measures *of = member_measures_of(&months->cohort, i);
		struct found *found = &months->found[i - span->from];

		read_months(&own, months, &totals, i);
		find_spikes(&own, of->months_to - of->months_from, found);
		find_rise(&own, of->months_to - of->months_from, found);
		find_burst(months, i, found);
	}
	if (err == 0)
		err = add_all(&months->cohort, span, months->found);
	own_months_free(&own);
	budget_free(totals.sums);
	budget_free(months->found);
	return err;
}

/* Three measures have the same months, each of them in scope. */
static int judge_months(struct judging *judging)
{
	const struct measures *measures = &judging->stats->measures;
	int rule = rule_wanted(judging->stats, "STA-08");
	struct months months = {.first = INT32_MAX};

	if (rule < 0)
		return 0;
	int err = cohort_create(&months.cohort, judging, (unsigned)rule, "");

	for (uint32_t i = 0; i < measures->member_count && err == 0; i++) {
		const struct member_measures *of = &measures->of[i];
		uint32_t count = of->months_to - of->months_from;

		judging->in_scope[rule] += 3 * (uint64_t)count;
		if (count > 0 && measures->months[of->months_from].month < months.first)
			months.first = measures->months[of->months_from].month;
		if (count >= MONTHS_MIN)
			months.cohort.of[months.cohort.count++] = i;
	}
	if (err == 0)
		err = cohort_each(&months.cohort, take_months, &months);
	cohort_free(&months.cohort);
	return err;
}

/* ---- Words ---- */

static const enum field needs[] = {FIELD_CLAIM_START, FIELD_COUNT};
static const struct rule_check checks[] = {{"spike", CHECK_HISTORY, .needs = needs}};

static const struct rule month_rule = {
        .id = "STA-08",
        .name = "Spike / new-provider burst",
        .tier = "P1",
        .scope = "provider-period",
        .hit_unit = "provider and month",
        .definition =
                "A month's paid amount stands out from the provider's other months (robust z above "
                "5, $100,000 above their median), while the peers' month grew by less than half; "
                "and what the highest month has above that median stands out from what the peers' "
                "highest months have (robust z of the logarithm above 5). cusum: the cumulative "
                "sum of deviations from the median of all months, in robust sigmas less 0.5, is "
                "above 5, as is that of months running which are a sigma above and count for 3 at "
                "most, the months of the rise "
                "have $100,000 above the median while the peers' "
                "grew by less than half, and the sum stands out from the peers' (robust z of the "
                "logarithm above 5). new: in the first twelve months since the provider was "
                "enumerated (else since its first service, if the data begin six months before), "
                "three months cost over three times what the three before them did, $100,000 "
                "more, and more than 95% of the peers' highest three months.",
        .traps = "Late submissions show by the day of service, not by the day paid. Sigma is a "
                 "twentieth of the median at least. Providers without NPPES who were there all the "
                 "time, unseen, look new. Months are net where histories are walked.",
        .tables = "nppes (enumeration)",
        .parameters =
                "months>=6; z>5; $100,000; growth<50%; k=0.5; h=5; 12 months; growth>200%; P95",
        .dollars = "the excess over the median of the other months, or of all; over the three "
                   "months before",
        .evaluated = "months with lines, of providers with six, for each measure",
        .authority = "CMS Fraud Prevention System",
        .idle = "no provider with six months and 29 peers",
        .checks = checks,
        .check_count = 1,
};
const struct stats_rule stats_rule_sta_08 = {&month_rule, judge_months};
