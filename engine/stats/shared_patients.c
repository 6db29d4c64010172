/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STA-07: providers that share their patients with another, of another TIN.
 *
 *	sketches                      256 smallest hashes of each provider's patients
 *	pairs      one of the 16 smallest is of both, twice: of pairs that share half
 *	           of their patients three in ten thousand are missed
 *	Jaccard    of the sketches of such a pair
 *	shared     a provider's highest, beside its peers': where everybody has a
 *	           partner, as surgeons have, nobody stands out
 *	with ID    the partners of a provider that does
 *
 * Partners are of one entity type: a hospital shares its patients with who works
 * there.  The other measures of the rule are tests of tallies.
 */
#include "base/order.h"
#include "base/budget.h"
#include "stats/tally_tests.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PATIENTS_MIN = 30, /* of a provider that is compared */
	SHARED_MIN = 30,
	LOWEST = 16,       /* hashes that pairs are found by */
	LOWEST_SHARED = 2, /* ... so many of them */
	CROWD_MAX = 256,   /* of providers with one patient: who is seen by more ties nobody */
	PARTNERS_TOLD = 5, /* of a provider: those with most */
	TOLD_SIZE = 32,    /* "with " and an id */
};
static const double jaccard_min = 0.5, z_min = 3.5;

/* A provider with patients enough whose TIN is known. */
struct node {
	const struct sketch *sketch;
	uint64_t tin;
	uint32_t member, links;
	size_t first_link;
	double most; /* the highest Jaccard */
};

/* What one provider shares with another: told to both. */
struct link {
	uint32_t from, to; /* nodes */
	double jaccard;
};

struct pairs {
	struct ordered *items; /* key: the lower node above, the higher below */
	size_t count, room;
};

struct network {
	struct cohort cohort;
	const struct sketches *sketches;
	struct node *nodes; /* by member */
	uint32_t node_count;
	struct pairs pairs;
	struct link *links; /* by from, the highest Jaccard first */
	size_t link_count, link_room;
};

/* ---- Who is compared ---- */

/* Who bills for most of a provider's lines; of equally many the smaller. */
static uint64_t tin_of(const struct tally *of, size_t count)
{
	uint64_t tin = 0, most = 0;

	for (size_t i = 0; i < count; i++) {
		if (of[i].n <= most)
			continue;
		most = of[i].n;
		tin = of[i].of;
	}
	return tin;
}

static const struct sketch *sketch_of(const struct sketches *sketches, uint32_t number)
{
	size_t low = 0, high = sketches->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (sketches->items[middle].provider < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < sketches->count && sketches->items[low].provider == number
	               ? &sketches->items[low]
	               : NULL;
}

static int find_nodes(struct network *network)
{
	struct judging *judging = network->cohort.judging;
	const struct stats *stats = judging->stats;
	const struct measures *measures = &stats->measures;
	struct tally_runs runs = cohort_runs(&network->cohort, TALLY_STA_07_TIN);

	network->nodes = budget_alloc((measures->member_count + 1) * sizeof(*network->nodes));
	if (!network->nodes)
		return FAIL_MEMORY;
	for (size_t i = 0; i < network->sketches->count; i++) {
		const struct sketch *sketch = &network->sketches->items[i];

		if (sketch->persons >= PATIENTS_MIN &&
		        measures_member(measures, sketch->provider) != MEMBER_NONE)
			judging->in_scope[network->cohort.rule] += sketch->persons;
	}
	for (size_t i = 0; i < runs.count; i++) {
		struct tally_run run = tally_run_at(&runs, i);
		struct node node = {.sketch = sketch_of(network->sketches,
		                            measures->members[run.member].number),
		        .tin = tin_of(run.of, run.count),
		        .member = run.member};

		if (node.tin && node.sketch && node.sketch->persons >= PATIENTS_MIN)
			network->nodes[network->node_count++] = node;
	}
	return 0;
}

/* ---- Pairs ---- */

static int pair_add(struct pairs *pairs, uint32_t a, uint32_t b)
{
	if (pairs->count == pairs->room) {
		size_t room = pairs->room ? 2 * pairs->room : 1024;
		struct ordered *items = budget_resize(pairs->items, room * sizeof(*items));

		if (!items)
			return FAIL_MEMORY;
		pairs->items = items;
		pairs->room = room;
	}
	pairs->items[pairs->count++] = (struct ordered){.key = (uint64_t)a << 32 | b};
	return 0;
}

static bool may_be_partners(const struct network *network, uint32_t a, uint32_t b)
{
	const struct member *members = network->cohort.judging->stats->measures.members;
	const struct node *of_a = &network->nodes[a], *of_b = &network->nodes[b];

	return of_a->tin != of_b->tin &&
	       members[of_a->member].entity_type == members[of_b->member].entity_type;
}

/* Providers that one patient is among the lowest of, in their order. */
static int pair_all(struct network *network, const struct ordered *of, size_t count)
{
	int err = 0;

	for (size_t i = 0; count <= CROWD_MAX && i < count; i++) {
		for (size_t k = i + 1; k < count && err == 0; k++)
			if (may_be_partners(network, of[i].index, of[k].index))
				err = pair_add(&network->pairs, of[i].index, of[k].index);
	}
	return err;
}

/* The lowest hashes of all, each with its provider; returns how many. */
static size_t list_lowest(const struct network *network, struct ordered *lowest)
{
	size_t count = 0;

	for (uint32_t n = 0; n < network->node_count; n++) {
		const struct sketch *sketch = network->nodes[n].sketch;

		for (unsigned i = 0; i < LOWEST; i++)
			lowest[count++] = (struct ordered){
			        network->sketches->hashes[sketch->at + i], n};
	}
	return count;
}

static int find_pairs(struct network *network)
{
	size_t room = (size_t)network->node_count * LOWEST + 1;
	struct ordered *lowest = budget_alloc(room * sizeof(*lowest));
	struct ordered *spare = budget_alloc(room * sizeof(*spare));
	int err = lowest && spare ? 0 : FAIL_MEMORY;

	if (err == 0) {
		size_t count = list_lowest(network, lowest);
		const struct ordered *sorted = order_sort(lowest, spare, count);

		for (size_t from = 0, to; from < count && err == 0; from = to) {
			for (to = from + 1; to < count && sorted[to].key == sorted[from].key;)
				to++;
			err = pair_all(network, sorted + from, to - from);
		}
	}
	budget_free(lowest);
	budget_free(spare);
	return err;
}

/* ---- Links ---- */

static int link_add(struct network *network, uint32_t from, uint32_t to, double jaccard)
{
	if (network->link_count == network->link_room) {
		size_t room = network->link_room ? 2 * network->link_room : 64;
		struct link *links = budget_resize(network->links, room * sizeof(*links));

		if (!links)
			return FAIL_MEMORY;
		network->links = links;
		network->link_room = room;
	}
	network->links[network->link_count++] = (struct link){from, to, jaccard};
	network->nodes[from].links++;
	return 0;
}

/* Of two providers with a patients and b, that share a portion of all: how many. */
static double shared_of(double jaccard, double a, double b)
{
	return rint(jaccard / (1 + jaccard) * (a + b));
}

static int compare_pair(struct network *network, uint32_t a, uint32_t b)
{
	struct node *of_a = &network->nodes[a], *of_b = &network->nodes[b];
	struct overlap overlap = sketches_overlap(network->sketches, of_a->sketch, of_b->sketch);
	double jaccard = rounded((double)overlap.matches / (double)overlap.sampled);

	of_a->most = jaccard > of_a->most ? jaccard : of_a->most;
	of_b->most = jaccard > of_b->most ? jaccard : of_b->most;
	if (jaccard < jaccard_min ||
	        shared_of(jaccard, of_a->sketch->persons, of_b->sketch->persons) < SHARED_MIN)
		return 0;
	int err = link_add(network, a, b, jaccard);

	return err ? err : link_add(network, b, a, jaccard);
}

static int compare_links(const void *a, const void *b)
{
	const struct link *of_a = a, *of_b = b;

	if (of_a->from != of_b->from)
		return of_a->from < of_b->from ? -1 : 1;
	if (of_a->jaccard != of_b->jaccard)
		return of_a->jaccard > of_b->jaccard ? -1 : 1;
	return of_a->to < of_b->to ? -1 : of_a->to > of_b->to;
}

static int find_links(struct network *network)
{
	struct pairs *pairs = &network->pairs;
	struct ordered *spare = budget_alloc((pairs->count + 1) * sizeof(*spare));
	int err = spare ? 0 : FAIL_MEMORY;

	if (err == 0 && pairs->count > 0) {
		const struct ordered *sorted = order_sort(pairs->items, spare, pairs->count);

		for (size_t from = 0, to; from < pairs->count && err == 0; from = to) {
			uint64_t key = sorted[from].key;

			for (to = from + 1; to < pairs->count && sorted[to].key == key;)
				to++;
			if (to - from >= LOWEST_SHARED)
				err = compare_pair(network, (uint32_t)(key >> 32), (uint32_t)key);
		}
	}
	budget_free(spare);
	if (network->link_count > 1)
		qsort(network->links, network->link_count, sizeof(*network->links), compare_links);
	for (size_t i = network->link_count; i > 0; i--)
		network->nodes[network->links[i - 1].from].first_link = i - 1;
	return err;
}

/* ---- Rows ---- */

/* A row of the member's, beside the highest Jaccards of its peers. */
static struct stats_row *add_row(
        struct network *network, uint32_t sample, const char *measure, double jaccard, size_t at)
{
	struct cohort *cohort = &network->cohort;
	const struct node *node = &network->nodes[sample];
	struct stats_row *row = row_add(cohort->judging, node->member, cohort->rule, measure);

	if (!row)
		return NULL;
	row->evaluated = node->sketch->persons;
	row->hits = 1;
	row->direction = DIRECTION_HIGH;
	row->value = jaccard;
	row_figures(row, &cohort->room.figures[at]);
	return row;
}

/* The partners of a provider that stands out, each a row of its own. */
static int add_partners(struct network *network, uint32_t sample, size_t at)
{
	struct cohort *cohort = &network->cohort;
	const struct stats *stats = cohort->judging->stats;
	const struct node *node = &network->nodes[sample];

	for (uint32_t i = 0; i < node->links && i < PARTNERS_TOLD; i++) {
		const struct link *link = &network->links[node->first_link + i];
		char text[TOLD_SIZE];
		const char *id;

		profile_id(stats->options.profile,
		        stats->measures.members[network->nodes[link->to].member].number, &id);
		snprintf(text, sizeof(text), "with %s", id);
		const char *name = judging_name(cohort->judging, text);
		struct stats_row *row = name ? add_row(network, sample, name, link->jaccard, at)
		                             : NULL;

		if (!row)
			return FAIL_MEMORY;
		row->gate = true;
		cohort->judging->in_scope[cohort->rule] += row->evaluated;
	}
	return 0;
}

static int add_sample(struct network *network, uint32_t sample, size_t at)
{
	struct cohort *cohort = &network->cohort;
	const struct peer_figures *figures = &cohort->room.figures[at];
	const struct node *node = &network->nodes[sample];
	bool stands_out = figures->scale > 0 ? rounded(figures->z) > z_min
	                                     : node->most > rounded(figures->median);

	if (!add_row(network, sample, "shared", node->most, at))
		return FAIL_MEMORY;
	return cohort->can_flag && node->links > 0 && stands_out ? add_partners(network, sample, at)
	                                                         : 0;
}

static int take_group(void *context, const struct peer_span *span)
{
	struct network *network = context;
	struct cohort *cohort = &network->cohort;
	struct norm norm;
	int err = 0;

	for (uint32_t i = span->from; i < span->to; i++)
		cohort->room.values[i - span->from] = network->nodes[i].most;
	cohort_figures(cohort, span);
	if (!cohort->norm) {
		cohort_norm(cohort, span, &norm);
		err = norm_keep(cohort->judging, &norm);
	}
	for (uint32_t i = span->from; i < span->to && err == 0; i++) {
		if (sample_is_of(cohort, span, i))
			err = add_sample(network, i, i - span->from);
	}
	return err;
}

static int judge_network(struct judging *judging, unsigned rule)
{
	struct network network = {.sketches = tallies_sketches(judging->stats->options.tallies)};
	int err = cohort_create(&network.cohort, judging, rule, "shared");

	if (err == 0)
		err = find_nodes(&network);
	if (err == 0)
		err = find_pairs(&network);
	if (err == 0)
		err = find_links(&network);
	for (uint32_t i = 0; i < network.node_count; i++)
		network.cohort.of[network.cohort.count++] = network.nodes[i].member;
	if (err == 0)
		err = cohort_each(&network.cohort, take_group, &network);
	cohort_free(&network.cohort);
	budget_free(network.nodes);
	budget_free(network.pairs.items);
	budget_free(network.links);
	return err;
}

/* ---- One patient, and many providers of one ---- */

static bool take_top(const struct tally *of, size_t count, struct value_sample *sample)
{
	int64_t all = 0, top = 0;

	for (size_t i = 0; i < count; i++) {
		sample->n += of[i].n;
		all += of[i].dollars;
		top = of[i].sum > top ? of[i].sum : top;
	}
	if (all <= 0)
		return false;
	sample->value = (double)top / (double)all;
	return true;
}

static const struct tally_test tests[] = {
        {
                .tally = TALLY_STA_07_TOP,
                .path = PATH_VALUE,
                .value = {.n_min = PATIENTS_MIN, .z_min = 3.5, .least = 0.5, .q_limit = 0.05},
                .take_value = take_top,
        },
        {
                .tally = TALLY_STA_07_MONTHS,
                .path = PATH_RATE,
                .rate = {.n_min = 100, .k_min = 30, .least = 0.2, .z_min = 3.5, .q_limit = 0.05},
        },
};

static int judge_patients(struct judging *judging)
{
	int rule = rule_wanted(judging->stats, "STA-07");

	if (rule < 0 || !judging->stats->options.tallies)
		return 0;
	int err = judge_network(judging, (unsigned)rule);

	return err ? err
	           : tally_tests_judge(judging, "STA-07", tests, sizeof(tests) / sizeof(tests[0]));
}

/* ---- Words ---- */

static const enum field needs[] = {FIELD_PERSON_ID, FIELD_CLAIM_START, FIELD_COUNT};
static const enum field needs_tin[] = {
        FIELD_PERSON_ID, FIELD_CLAIM_START, FIELD_BILLING_TIN, FIELD_COUNT};
static const struct rule_check checks[] = {
        {"shared", CHECK_HISTORY, .needs = needs_tin}, {"", CHECK_HISTORY, .needs = needs}};

static const struct rule rule_sta_07 = {
        .id = "STA-07",
        .name = "Shared-patient ring / concentration",
        .tier = "P2",
        .scope = "peer/network pass",
        .hit_unit = "provider pair",
        .definition =
                "Two providers of one entity type, who bill by different TINs, share half of all "
                "their patients (Jaccard, by the 256 smallest hashes of each), 30 at least, and "
                "the provider's highest such share stands out from its peers' by a robust z above "
                "3.5 (shared; each partner is a measure: with ID). top_patient: one beneficiary "
                "has half of a provider's dollars, and that stands out. crowded_months: of the "
                "months of its beneficiaries a fifth or more in which four providers of the "
                "specialty billed, Wilson's lower bound above the peers' 90th percentile, robust "
                "z above 3.5, q below 0.05, with 100 months and 30 of them.",
        .traps = "Group practices that bill by several TINs, nursing homes and who visits them, "
                 "call groups, surgeons and their anaesthetists. A beneficiary of over 256 "
                 "providers ties nobody to anybody. Jaccard has a standard error of 0.03 at a "
                 "half, where a provider has more than 256 patients.",
        .tables = "none",
        .parameters = "J>=0.5; shared>=30; n>=30; k=256; z>3.5; 4 providers a month",
        .dollars = "none",
        .evaluated = "beneficiaries of providers with 30 (shared: whose TIN is known)",
        .authority = "CMS Fraud Prevention System (social network models)",
        .idle = "no provider with 30 beneficiaries",
        .checks = checks,
        .check_count = sizeof(checks) / sizeof(checks[0]),
};
const struct stats_rule stats_rule_sta_07 = {&rule_sta_07, judge_patients};
