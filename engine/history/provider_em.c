/* SPDX-License-Identifier: Apache-2.0 */
/*
 * E/M services of a provider by family and level, apart those since the family's
 * levels are told by time or decision (AMA's guidelines): office visits from
 * 2021-01-01 on, all others from 2023-01-01 on.
 */
#include "history/provider.h"

#include <string.h>

enum {
	DAY_2021_01_01 = 18628,
	DAY_2023_01_01 = 19358,
	SIDES = 2,
	LEVELS = 6, /* from 1 */
};

struct services {
	uint64_t lines;
	uint64_t amount; /* cents; wraps */
};

struct state {
	struct services levels[SIDES][EM_FAMILIES][LEVELS]; /* of families that were met */
	uint32_t met[SIDES];                                /* families, a bit each */
};
_Static_assert(EM_FAMILIES <= 32, "a family is a bit");

static unsigned side_of(unsigned family, int32_t day)
{
	bool office = family == EM_OFFICE_NEW || family == EM_OFFICE_EST;

	return day >= (office ? DAY_2021_01_01 : DAY_2023_01_01);
}

static bool has_level(const struct procedure_attributes *px)
{
	return px->em_family != EM_NONE && px->em_level > 0 && px->em_level < LEVELS;
}

/* Of a family, or of any. */
static bool counts(const struct provider_window *window, const struct provider_line *line,
        enum tally_measure measure, uint64_t family)
{
	const struct procedure_attributes *px = provider_px(window, line);

	(void)measure;
	return has_level(px) && (family == EM_NONE || px->em_family == family);
}

static void add_line(struct state *state, const struct provider_line *line,
        const struct procedure_attributes *px)
{
	unsigned side = side_of(px->em_family, provider_day_of_key(line->key));
	struct services *levels = state->levels[side][px->em_family];

	if (!(state->met[side] >> px->em_family & 1))
		memset(levels, 0, sizeof(state->levels[0][0]));
	state->met[side] |= 1u << px->em_family;
	levels[px->em_level].lines++;
	levels[px->em_level].amount += line->amount != AMOUNT_ABSENT ? (uint64_t)line->amount : 0;
}

static void tell_family(struct provider_window *window, const struct services levels[LEVELS],
        unsigned side, unsigned family)
{
	for (unsigned level = 1; level < LEVELS; level++) {
		struct tally tally = {
		        .measure = TALLY_EM_LEVEL,
		        .of = TALLY_EM_OF(side, family, level),
		        .n = levels[level].lines,
		        .dollars = (int64_t)levels[level].amount,
		};

		if (tally.n > 0)
			provider_tally(window, tally);
	}
}

static void judge(struct provider_window *window)
{
	struct state state;

	memset(state.met, 0, sizeof(state.met));
	for (size_t i = 0; i < window->line_count; i++) {
		const struct provider_line *line = &window->lines[i];
		const struct procedure_attributes *px = provider_px(window, line);

		if (has_level(px))
			add_line(&state, line, px);
	}
	for (unsigned side = 0; side < SIDES; side++) {
		for (unsigned family = 0; family < EM_FAMILIES; family++) {
			if (state.met[side] >> family & 1)
				tell_family(window, state.levels[side][family], side, family);
		}
	}
}

static const char *const ids[] = {"EM-01", "EM-02", "EM-03", "EM-04", NULL};

const struct provider_rule provider_rule_em = {.counted_for = ids,
        .judge = judge,
        .measures = (uint64_t)1 << TALLY_EM_LEVEL,
        .counts = counts};
