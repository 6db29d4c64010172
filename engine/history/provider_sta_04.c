/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STA-04's counts: beneficiaries, lines, units and dollars of a provider by
 * group of codes, and visits: days on which a beneficiary has lines.
 *
 * Of each beneficiary it keeps the groups that were counted and the last day that was.
 */
#include "history/code_groups.h"
#include "history/persons.h"

enum { MONTHS = 12 };

struct person {
	uint64_t key;
	int32_t last_day;
	uint32_t groups; /* bits */
};

struct state {
	struct persons persons;
	struct tally groups[CODE_GROUPS];
	struct tally visits;
	int32_t first_month, last_month; /* if dated */
	bool dated;
};

static void add_line(
        struct provider_window *window, struct state *state, const struct provider_line *line)
{
	struct person *person = persons_find(&state->persons, line->person);
	enum code_group group = code_group_of(line->code, provider_px(window, line));
	struct tally *tally = &state->groups[group];
	int32_t day = provider_day_of_key(line->key);

	if (person->key == 0) {
		*person = (struct person){.key = line->person, .last_day = DATE_ABSENT};
		state->visits.n++;
	}
	tally->n += !(person->groups >> group & 1);
	person->groups |= 1u << group;
	state->visits.k += day != person->last_day;
	person->last_day = day;
	tally->k++;
	tally->sum += line->units > 0 ? line->units : 0;
	tally->dollars += line->amount > 0 ? line->amount : 0;
}

static void day(struct provider_window *window, const struct provider_day *day, void *own)
{
	struct state *state = own;

	if (!state->persons.slots && !persons_open(window, &state->persons, sizeof(struct person)))
		return;
	for (size_t i = 0; i < day->count; i++)
		add_line(window, state, day_line(day, i));
	if (day->day == DATE_ABSENT)
		return;
	state->last_month = day->parts.year * MONTHS + day->parts.month;
	if (!state->dated)
		state->first_month = state->last_month;
	state->dated = true;
}

static void end(struct provider_window *window, void *own)
{
	struct state *state = own;

	for (unsigned group = 0; group < CODE_GROUPS; group++) {
		struct tally *tally = &state->groups[group];

		tally->measure = TALLY_STA_04;
		tally->of = group;
		if (tally->n > 0)
			provider_tally(window, *tally);
	}
	state->visits.measure = TALLY_STA_04_VISITS;
	if (state->dated)
		state->visits.sum = (int64_t)state->visits.n *
		                    (state->last_month - state->first_month + 1);
	if (state->visits.n > 0)
		provider_tally(window, state->visits);
}

static const char *const ids[] = {"STA-04", NULL};

const struct provider_rule provider_rule_sta_04 = {
        .counted_for = ids, .state_bytes = sizeof(struct state), .day = day, .end = end};
