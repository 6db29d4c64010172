/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statistics of a run on profiles made by hand: groups, rates, flags, ranks.
 */
#include "profile/profile.h"
#include "stats/groups.h"
#include "stats/stats.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PERSONS = 31, EVALUATED = 100, HIGH = 0, ORGANISATION = PERSONS, NOBODY, ALL };

static struct profile *profile;
static struct stats *stats;
static uint32_t numbers[ALL];
static int rule;

static uint32_t number_of(unsigned i)
{
	char text[16];

	if (i == NOBODY)
		return profile_number(profile, (uint64_t)ID_NONE << ID_KIND_SHIFT, "", 0);
	snprintf(text, sizeof(text), "10030%05u", i);
	uint64_t value = 1003000000 + i;

	return profile_number(
	        profile, (uint64_t)ID_NPI << ID_KIND_SHIFT | value, text, strlen(text));
}

static void add_line(struct profile_worker *worker, unsigned i)
{
	static struct batch batch;

	memset(&batch, 0, sizeof(batch));
	batch.count = 1;
	batch.line_flags[0] = LINE_DUE;
	batch.provider[0] = numbers[i] = number_of(i);
	batch.service_from[0] = 19782;
	batch.specialty[0] = TWO_CHARS('1', '1');
	batch.state[0] = TWO_CHARS('N', 'Y');
	batch.entity_type[0] = i == ORGANISATION ? 2 : 1;
	cr_assert_eq(profile_add(worker, &batch, NULL, NULL), 0);
}

/* Of 100 judged: 50 of the first and of the organisation, of the others 1 and 3 in turn. */
static unsigned hits_of(unsigned i)
{
	if (i == HIGH || i >= ORGANISATION)
		return 50;
	return i % 2 ? 1 : 3;
}

static void make(void)
{
	struct profile_options options = {
	        .keep = PROFILE_CODES | PROFILE_COUNTS | PROFILE_RULES, .workers = 1};
	static struct rule_selection selection;
	struct profile_worker *worker = NULL;
	struct diag diag;

	diag_init(&diag);
	rules_init();
	stats_init();
	rule = rule_find("NCC-04");
	cr_assert_eq(rules_select(&selection, "all", &diag), 0);
	cr_assert_eq(profile_create(&profile, &options, &diag), 0);
	cr_assert_eq(profile_worker_create(&worker, profile, &diag), 0);
	for (unsigned i = 0; i < ALL; i++) {
		add_line(worker, i);
		cr_assert_eq(profile_add_judged(worker, numbers[i], (unsigned)rule, EVALUATED), 0);
		for (unsigned hit = 0; hit < hits_of(i); hit++)
			cr_assert_eq(profile_add_hit(worker, numbers[i], (unsigned)rule, 20000), 0);
		cr_assert_eq(profile_add_flagged(worker, numbers[i], hits_of(i), hits_of(i),
		                     20000 * (int64_t)hits_of(i)),
		        0);
		for (unsigned person = 0; person < 11; person++)
			cr_assert_eq(profile_add_beneficiary(worker, numbers[i]), 0);
	}
	cr_assert_eq(profile_merge(worker), 0);
	profile_worker_destroy(worker);
	struct stats_options made = {
	        .profile = profile, .selection = &selection, .has_beneficiaries = true};

	made.is_on[rule] = true;
	cr_assert_eq(stats_create(&stats, &made, &diag), 0, "%s", diag.text);
}

static void end(void)
{
	stats_destroy(stats);
	profile_destroy(profile);
}

TestSuite(stats_run, .init = make, .fini = end);

static const struct stats_row *row_of(unsigned i)
{
	static struct stats_row row; /* until the next call */

	cr_assert_eq(stats_rows_max(stats), 1);
	size_t count = stats_rows(stats, numbers[i], &row);

	cr_assert_eq(count, 1, "provider %u: %zu rows", i, count);
	return &row;
}

Test(stats_run, a_rate_above_all_peers_is_flagged)
{
	const struct stats_row *row = row_of(HIGH);
	double low = log(1.5 / 99.5), high = log(3.5 / 97.5);
	double z = 0.6744897501960817 * (0 - (low + high) / 2) / ((high - low) / 2);

	cr_assert(row->flag);
	cr_assert_eq(row->direction, DIRECTION_HIGH);
	cr_assert_eq(row->peers, 30);
	cr_assert_float_eq(row->value, 0.5, 1e-12);
	cr_assert_float_eq(row->median, 0.02, 1e-12);
	cr_assert_float_eq(row->mad, 0.01, 1e-12);
	cr_assert_float_eq(row->p80, 0.03, 1e-12);
	cr_assert_float_eq(row->p90, 0.03, 1e-12);
	cr_assert_float_eq(row->wilson_low, 0.403832, 1e-9);  /* 50 of 100 */
	cr_assert_float_eq(row->percentile, 96.774194, 1e-9); /* 30 of 31 are lower */
	cr_assert_float_eq(row->z, z, 1e-6);
	cr_assert_lt(row->q, 0.05);
}

Test(stats_run, the_others_are_not)
{
	for (unsigned i = 1; i < PERSONS; i++)
		cr_assert(!row_of(i)->flag, "provider %u", i);
}

Test(stats_run, an_organisation_is_no_peer_of_persons)
{
	const struct stats_row *row = row_of(ORGANISATION);

	cr_assert_eq(row->peers, 0);
	cr_assert(!row->flag);
	cr_assert(isnan(row->median) && isnan(row->z) && isnan(row->q));
	cr_assert_str_eq(stats_provider(stats, numbers[HIGH])->peer_group, "11/person/unknown/NY");
	cr_assert_str_eq(stats_provider(stats, numbers[ORGANISATION])->peer_group,
	        "11/organisation/unknown/all");
}

/* 50 hits of $200 at 0.3; the score of one family's z. */
Test(stats_run, the_flagged_leads)
{
	const struct stats_provider *high = stats_provider(stats, numbers[HIGH]);
	double severity = 2 / (1 + exp(-(row_of(HIGH)->z - 3.5))) - 1;
	uint32_t leads[4];

	cr_assert_eq(high->expected, 300000);
	cr_assert_eq(high->score, (unsigned)lround(1000 * severity));
	cr_assert_eq(high->families_flagged, 1);
	cr_assert_eq(high->rank, 1);
	cr_assert_eq(stats_leads(stats, leads, 4), 1);
	cr_assert_eq(leads[0], numbers[HIGH]);
	cr_assert_eq(stats_provider(stats, numbers[1])->score, 0);
}

/* As dear, but nothing flagged beside peers: ranked by dollars, no lead; of its class the first. */
Test(stats_run, without_peers_there_is_no_score)
{
	const struct stats_provider *organisation = stats_provider(stats, numbers[ORGANISATION]);

	cr_assert_eq(organisation->score, 0);
	cr_assert_eq(organisation->rank, 2);
	cr_assert_eq(organisation->rank_in_class, 1);
	cr_assert(!organisation->is_lead);
}

Test(stats_run, lines_without_a_provider_have_no_score)
{
	struct stats_row row;

	cr_assert_null(stats_provider(stats, numbers[NOBODY]));
	cr_assert_eq(stats_rows(stats, numbers[NOBODY], &row), 0);
}

Test(stats_run, reasons_are_in_words)
{
	char reasons[REASONS_MAX][REASON_SIZE];

	cr_assert_eq(stats_reasons(stats, numbers[HIGH], reasons), 1);
	cr_assert_str_eq(reasons[0], "NCC-04: 50.00% of 100 against 2.00% of 30 peers (P90 3.00%), "
	                             "$10,000 flagged");
}

/* ---- Groups ---- */

enum { MEMBERS_MAX = 64 };

static struct member members[MEMBERS_MAX];
static uint32_t member_count;

static void add_members(unsigned count, const char *specialty, const char *state)
{
	for (unsigned i = 0; i < count; i++) {
		members[member_count] = (struct member){
		        .place = member_count,
		        .specialty = TWO_CHARS(specialty[0], specialty[1]),
		        .state = TWO_CHARS(state[0], state[1]),
		        .entity_type = 1,
		        .setting = AT_OFFICE,
		};
		member_count++;
	}
}

/* The name and size of the group of the first member of a specialty and state. */
static void assert_group_of(const struct group_choice *choice, const char *specialty,
        const char *state, const char *name, size_t size)
{
	static uint32_t of[MEMBERS_MAX];
	static struct peer_span spans[MEMBERS_MAX];
	char text[PEER_GROUP_SIZE];

	cr_assert_eq(members_sort(members, member_count), 0);
	for (uint32_t i = 0; i < member_count; i++)
		of[i] = i;
	groups_find(members, of, member_count, choice, spans);
	for (uint32_t i = 0; i < member_count; i++) {
		if (members[i].specialty != TWO_CHARS(specialty[0], specialty[1]) ||
		        members[i].state != TWO_CHARS(state[0], state[1]))
			continue;
		group_name(&members[i], spans[i].level, text);
		cr_assert_str_eq(text, name);
		cr_assert_eq(spans[i].to - spans[i].from, size, "%s", name);
		return;
	}
	cr_assert_fail("no member of %s in %s", specialty, state);
}

static void assert_group(const char *specialty, const char *state, const char *name, size_t size)
{
	assert_group_of(NULL, specialty, state, name, size);
}

/* Thirty of a state are a group; four of another are judged among all 34. */
Test(groups, fall_back_to_all_states)
{
	add_members(30, "06", "NY");
	add_members(4, "06", "TX");
	assert_group("06", "NY", "06/person/office/NY", 30);
	assert_group("06", "TX", "06/person/office/all", 34);
}

Test(groups, fall_back_to_the_region_first)
{
	add_members(20, "06", "TX");
	add_members(10, "06", "OK");
	add_members(10, "06", "NY");
	assert_group("06", "OK", "06/person/office/south", 30);
	assert_group("06", "NY", "06/person/office/all", 40);
}

Test(groups, fall_back_to_specialties_of_like_work_last)
{
	add_members(31, "06", "NY");
	add_members(5, "10", "NY");
	add_members(3, "50", "NY");
	assert_group("06", "NY", "06/person/office/NY", 31);
	assert_group("10", "NY", "medical/person/office/all", 36);
	assert_group("50", "NY", "50/person/office/all", 3);
}

/* Whoever has too few of like work: all persons, if they are enough; else as before. */
Test(groups, fall_back_to_the_entity_type_where_asked)
{
	static const struct group_choice wide = {.widest = LEVEL_ENTITY, .narrowest = LEVEL_STATE};

	add_members(31, "06", "NY");
	add_members(3, "50", "NY");
	assert_group_of(&wide, "06", "NY", "06/person/office/NY", 31);
	assert_group_of(&wide, "50", "NY", "all/person/all/all", 34);
	for (unsigned i = 0; i < member_count; i++)
		members[i].entity_type = members[i].specialty == TWO_CHARS('5', '0') ? 2 : 1;
	assert_group_of(&wide, "50", "NY", "50/organisation/office/all", 3);
}

Test(groups, given_ones_stand_alone)
{
	add_members(40, "06", "NY");
	for (unsigned i = 0; i < 3; i++) {
		members[i].given = "wound clinics";
		members[i].given_rank = 1;
		members[i].state = TWO_CHARS('T', 'X');
	}
	assert_group("06", "TX", "wound clinics", 3);
	assert_group("06", "NY", "06/person/office/NY", 37);
}

Test(groups, places_have_settings)
{
	cr_assert_eq(setting_of_place(TWO_CHARS('1', '1')), AT_OFFICE);
	cr_assert_eq(setting_of_place(TWO_CHARS('2', '2')), AT_HOSPITAL);
	cr_assert_eq(setting_of_place(TWO_CHARS('2', '4')), AT_ASC);
	cr_assert_eq(setting_of_place(0), AT_UNKNOWN);
}
