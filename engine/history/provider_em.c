/* SPDX-License-Identifier: Apache-2.0 */
/*
 * E/M services of a provider by family and level, apart those since the family's
 * levels are told by time or decision (AMA's guidelines): office visits from
 * 2021-01-01 on, all others from 2023-01-01 on.
 */
#include "history/provider.h"

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
	struct services levels[SIDES][EM_FAMILIES][LEVELS];
	bool any;
};

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

static void day(struct provider_window *window, const struct provider_day *day, void *own)
{
	struct state *state = own;

	for (size_t i = 0; i < day->count; i++) {
		const struct provider_line *line = day_line(day, i);
		const struct procedure_attributes *px = provider_px(window, line);

		if (!has_level(px))
			continue;
		struct services *level = &state->levels[side_of(px->em_family, day->day)]
		                                       [px->em_family][px->em_level];

		level->lines++;
		level->amount += line->amount != AMOUNT_ABSENT ? (uint64_t)line->amount : 0;
		state->any = true;
	}
}

static void end(struct provider_window *window, void *own)
{
	const struct state *state = own;

	for (unsigned side = 0; state->any && side < SIDES; side++) {
		for (unsigned family = 0; family < EM_FAMILIES; family++) {
			for (unsigned level = 1; level < LEVELS; level++) {
				const struct services *of = &state->levels[side][family][level];
				struct tally tally = {
				        .measure = TALLY_EM_LEVEL,
				        .of = TALLY_EM_OF(side, family, level),
				        .n = of->lines,
				        .dollars = (int64_t)of->amount,
				};

				if (of->lines > 0)
					provider_tally(window, tally);
			}
		}
	}
}

static const char *const ids[] = {"EM-01", "EM-02", "EM-03", "EM-04", NULL};

const struct provider_rule provider_rule_em = {.counted_for = ids,
        .state_bytes = sizeof(struct state),
        .day = day,
        .end = end,
        .measures = (uint64_t)1 << TALLY_EM_LEVEL,
        .counts = counts};
