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

/* Fill in the persons; how many. */
static uint32_t add_lines(const struct provider_window *window, struct persons *persons)
{
	uint32_t count = 0;

	for (size_t i = 0; i < window->line_count; i++) {
		const struct provider_line *line = &window->lines[i];
		struct person *person = persons_find(persons, line->person);

		count += person->key == 0;
		person->key = line->person;
		person->amount += line->amount > 0 ? line->amount : 0;
	}
	return count;
}

static void judge(struct provider_window *window)
{
	struct tally top = {.measure = TALLY_STA_07_TOP};
	struct persons persons;
	uint32_t *hashes, count = 0;

	/* No one has fewer than one line. */
	if (window->line_count < PERSONS_MIN ||
	        !persons_open(window, &persons, sizeof(struct person)))
		return;
	top.n = add_lines(window, &persons);
	if (top.n < PERSONS_MIN)
		return;
	hashes = provider_room(window, top.n, sizeof(*hashes));
	if (!hashes)
		return;
	for (size_t at = 0; at <= persons.mask; at++) {
		const struct person *person = (void *)persons_at(&persons, at);

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

const struct provider_rule provider_rule_sta_07 = {.counted_for = ids, .judge = judge};
