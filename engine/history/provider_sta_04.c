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

/* Months from the first day to the last; 0: no line has a day. */
static int32_t months_of(const struct provider_window *window)
{
	const struct provider_day *first = window->days;
	const struct provider_day *last = window->days + window->day_count - 1;

	if (first->day == DATE_ABSENT)
		first++;
	if (first > last)
		return 0;
	return (last->year - first->year) * MONTHS + last->month - first->month + 1;
}

static void judge(struct provider_window *window)
{
	struct state state = {0};

	if (window->line_count == 0 || !persons_open(window, &state.persons, sizeof(struct person)))
		return;
	for (size_t i = 0; i < window->line_count; i++)
		add_line(window, &state, &window->lines[i]);
	for (unsigned group = 0; group < CODE_GROUPS; group++) {
		state.groups[group].of = group;
		provider_tally_as(window, state.groups[group], TALLY_STA_04);
	}
	state.visits.sum = (int64_t)state.visits.n * months_of(window);
	provider_tally_as(window, state.visits, TALLY_STA_04_VISITS);
}

static const char *const ids[] = {"STA-04", NULL};

const struct provider_rule provider_rule_sta_04 = {.counted_for = ids, .judge = judge};
