/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SPC-05: more quarter hours of therapy or behaviour services than a patient
 * bears or a therapist has in a day.
 */
#include "history/provider.h"

#include <stdlib.h>

enum {
	QUARTERS_BENEFICIARY = 8, /* two hours */
	QUARTERS_THERAPIST = 32,  /* eight hours */
	QUARTERS_HIGH = 64,
	QUARTER_MINUTES = 15,
	UNITS_TOLD_MAX = 32, /* of a line; more are told as that many */
};

struct state {
	uint64_t lines[UNITS_TOLD_MAX + 1]; /* by units */
};

/* Quarter hours, in ten-thousandths. */
static int64_t quarters_of(const struct provider_window *window, const struct provider_line *line)
{
	unsigned unit = window->options->times->floors[provider_line_ref(line)].unit;
	int64_t units = line->units == PROVIDER_UNITS_ABSENT ? UNITS_ONE : line->units;

	return units * unit / QUARTER_MINUTES;
}

static bool is_therapy(const struct provider_window *window, const struct provider_line *line)
{
	enum { WANTED = PROVIDER_TOLD | PROVIDER_IN_PERSON };

	return (line->kind & WANTED) == WANTED && !(line->kind & PROVIDER_DUPLICATE) &&
	       window->options->times->floors[provider_line_ref(line)].unit > 0;
}

/* Done by an assistant (CQ, CO): an hour of another's. */
static bool is_assistants(const struct provider_line *line)
{
	return provider_line_has(line, 'C', 'Q') || provider_line_has(line, 'C', 'O');
}

static int compare_persons(const void *a, const void *b)
{
	const struct provider_line *of_a = *(const struct provider_line *const *)a;
	const struct provider_line *of_b = *(const struct provider_line *const *)b;

	return (of_a->person > of_b->person) - (of_a->person < of_b->person);
}

static int64_t sum_of(const struct provider_window *window,
        const struct provider_line *const *lines, size_t count)
{
	int64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += quarters_of(window, lines[i]);
	return sum;
}

static void keep(struct provider_window *window, const struct provider_line **lines, size_t count,
        int64_t quarters, bool therapist)
{
	int64_t limit = therapist ? QUARTERS_THERAPIST : QUARTERS_BENEFICIARY;
	bool high = therapist && quarters > (int64_t)QUARTERS_HIGH * UNITS_ONE;
	struct provider_find find;

	provider_find_begin(&find, lines, count, therapist ? "therapist" : "bene",
	        high ? SEVERITY_HIGH : SEVERITY_LOW);
	hit_share(&find.hit, quarters - limit * UNITS_ONE, quarters);
	detail_add_units(&find.hit, "quarter_hours", quarters);
	detail_add(&find.hit, "limit=%lld; lines=%zu", (long long)limit, count);
	provider_find_keep(window, &find);
}

/* Lines of one person at a time. */
static void judge_persons(
        struct provider_window *window, const struct provider_line **lines, size_t count)
{
	qsort(lines, count, sizeof(*lines), compare_persons);
	for (size_t from = 0, to; from < count; from = to) {
		for (to = from + 1; to < count && lines[to]->person == lines[from]->person; to++)
			;
		int64_t quarters = sum_of(window, lines + from, to - from);

		if (!provider_any_new(lines + from, to - from))
			continue;
		provider_scope(window, 1);
		provider_evaluated(window, 1);
		if (quarters > (int64_t)QUARTERS_BENEFICIARY * UNITS_ONE)
			keep(window, lines + from, to - from, quarters, false);
	}
}

/* The therapist's own lines come to the front. */
static void judge_therapist(
        struct provider_window *window, const struct provider_line **lines, size_t count)
{
	size_t own = 0;

	if (window->entity == 2)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct provider_line *line = lines[i];

		if (is_assistants(line))
			continue;
		lines[i] = lines[own];
		lines[own++] = line;
	}
	if (!provider_any_new(lines, own))
		return;
	provider_scope(window, 1);
	if (window->entity != 1)
		return;
	int64_t quarters = sum_of(window, lines, own);

	provider_evaluated(window, 1);
	if (quarters > (int64_t)QUARTERS_THERAPIST * UNITS_ONE)
		keep(window, lines, own, quarters, true);
}

static void judge_day(
        struct provider_window *window, const struct provider_day *day, struct state *state)
{
	const struct provider_line **lines = NULL;
	size_t count = 0;

	for (size_t i = 0; i < day->all; i++) {
		const struct provider_line *line = &day->lines[i];
		int64_t units = line->units / UNITS_ONE;

		if (!is_therapy(window, line) || !(line->kind & PROVIDER_SAME_DAY))
			continue;
		if (!lines)
			lines = provider_room(window, day->all, sizeof(*lines));
		if (!lines)
			return;
		lines[count++] = line;
		if (units >= 1 && i < day->count)
			state->lines[units > UNITS_TOLD_MAX ? UNITS_TOLD_MAX : units]++;
	}
	if (count == 0)
		return;
	judge_persons(window, lines, count);
	judge_therapist(window, lines, count);
}

static void judge(struct provider_window *window)
{
	struct state state = {0};

	for (size_t i = 0; i < window->day_count; i++)
		judge_day(window, &window->days[i], &state);
	for (unsigned units = 1; units <= UNITS_TOLD_MAX; units++) {
		struct tally tally = {
		        .measure = TALLY_SPC_05_UNITS, .of = units, .n = state.lines[units]};

		if (tally.n > 0)
			provider_tally(window, tally);
	}
}

static const enum field needs[] = {FIELD_PERSON_ID, FIELD_HCPCS, FIELD_CLAIM_START,
        FIELD_RENDERING_NPI, FIELD_UNITS, FIELD_COUNT};
static const enum field needs_entity[] = {FIELD_PERSON_ID, FIELD_HCPCS, FIELD_CLAIM_START,
        FIELD_RENDERING_NPI, FIELD_UNITS, FIELD_ENTITY_TYPE, FIELD_COUNT};
static const struct rule_check checks[] = {{"bene", CHECK_HISTORY, .needs = needs},
        {"therapist", CHECK_HISTORY, .needs = needs_entity}};

static const struct rule rule = {
        .id = "SPC-05",
        .name = "Timed-unit therapy/behaviour excess",
        .tier = "P2",
        .scope = "provider-day",
        .hit_unit = "day",
        .definition = "Payable quarter hours of therapy or behaviour services on one day: more "
                      "than eight for one beneficiary by one rendering NPI (bene), or more than "
                      "32 of one NPI of type 1 (therapist; over 64 of severity high). It stands "
                      "on the first line of the day. constant_units: the entropy of the units of "
                      "a provider's lines is at most 0.2 bit, with 100 lines, and below its "
                      "peers' by a robust z of 2, q below 0.05.",
        .traps = "Assistants' lines (CQ, CO) are not the therapist's hours. Therapists who bill "
                 "under an NPI of type 2 are not judged, of unknown type not evaluable. Behaviour "
                 "analysis of many hours a day is ordinary for some children. Lines that DUP-01 "
                 "finds are left out.",
        .tables = "codesets/minutes.csv, column unit",
        .parameters = "bene=8, therapist=32, high=64 quarter hours; entropy<=0.2; n>=100",
        .dollars = "amount of the lines x (quarter hours - limit) / quarter hours; "
                   "constant_units: none",
        .evaluated = "days of a beneficiary and NPI, and days of an NPI of type 1, with such codes",
        .authority = "MCPM ch. 5, s. 20.2 (8-minute rule)",
        .idle = "no professional line of a timed therapy or behaviour code",
        .checks = checks,
        .check_count = sizeof(checks) / sizeof(checks[0]),
};

const struct provider_rule provider_rule_spc_05 = {.rule = &rule, .judge = judge};
