/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STA-07's counts of a provider: a sketch of its beneficiaries, and what of its
 * dollars the one with most has.
 */
#include "history/persons.h"

enum { PERSONS_MIN = 30 };

struct person {
	uint64_t key;
	int64_t amount;
};

struct state {
	struct persons persons;
	uint32_t count;
};

static void day(struct provider_window *window, const struct provider_day *day, void *own)
{
	struct state *state = own;

	if (!state->persons.slots && !persons_open(window, &state->persons, sizeof(struct person)))
		return;
	for (size_t i = 0; i < day->count; i++) {
		const struct provider_line *line = day_line(day, i);
		struct person *person = persons_find(&state->persons, line->person);

		state->count += person->key == 0;
		person->key = line->person;
		person->amount += line->amount > 0 ? line->amount : 0;
	}
}

static void end(struct provider_window *window, void *own)
{
	struct state *state = own;
	struct tally top = {.measure = TALLY_STA_07_TOP, .n = state->count};
	uint32_t *hashes, count = 0;

	if (state->count < PERSONS_MIN)
		return;
	hashes = provider_room(window, state->count, sizeof(*hashes));
	if (!hashes)
		return;
	for (size_t at = 0; at <= state->persons.mask; at++) {
		const struct person *person = (void *)persons_at(&state->persons, at);

		if (person->key == 0)
			continue;
		hashes[count++] = sketch_hash(person->key);
		top.dollars += person->amount;
		top.sum = person->amount > top.sum ? person->amount : top.sum;
	}
	provider_tally(window, top);
	provider_patients(window, hashes, count);
}

static const char *const ids[] = {"STA-07", NULL};

const struct provider_rule provider_rule_sta_07 = {
        .counted_for = ids, .state_bytes = sizeof(struct state), .day = day, .end = end};
