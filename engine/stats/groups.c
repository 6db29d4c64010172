/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/groups.h"

#include <stdlib.h>
#include <string.h>

enum setting_kind setting_of_place(uint16_t place)
{
	static const struct {
		char text[3];
		uint8_t setting;
	} places[] = {{"19", AT_HOSPITAL}, {"21", AT_HOSPITAL}, {"22", AT_HOSPITAL},
	        {"23", AT_HOSPITAL}, {"51", AT_HOSPITAL}, {"61", AT_HOSPITAL}, {"24", AT_ASC},
	        {"81", AT_LAB}};

	if (place == 0)
		return AT_UNKNOWN;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (place == TWO_CHARS(places[i].text[0], places[i].text[1]))
			return (enum setting_kind)places[i].setting;
	}
	return AT_OFFICE;
}

const char *setting_kind_name(unsigned setting)
{
	static const char *const names[] = {"unknown", "office", "hospital", "asc", "lab"};

	return names[setting];
}

static int compare(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static uint32_t kind_of(const struct member *member)
{
	return (uint32_t)member->specialty << 16 | (uint32_t)member->entity_type << 8 |
	       member->setting;
}

static int compare_members(const void *a, const void *b)
{
	const struct member *left = a, *right = b;
	int order = compare(kind_of(left), kind_of(right));

	if (order == 0)
		order = compare(left->state, right->state);
	return order != 0 ? order : compare(left->place, right->place);
}

void members_sort(struct member members[], size_t count)
{
	if (count > 0)
		qsort(members, count, sizeof(members[0]), compare_members);
}

/* The state's group for each of [from, to), which are of one kind, where it is large enough. */
static void find_states(const struct member members[], const uint32_t of[], struct peer_span all,
        struct peer_span spans[])
{
	for (uint32_t from = all.from, to; from < all.to; from = to) {
		uint16_t state = members[of[from]].state;

		for (to = from + 1; to < all.to && members[of[to]].state == state;)
			to++;
		bool enough = state != 0 && to - from >= GROUP_MIN;

		for (uint32_t i = from; i < to; i++)
			spans[i] = enough ? (struct peer_span){from, to, false} : all;
	}
}

void groups_find(
        const struct member members[], const uint32_t of[], size_t count, struct peer_span spans[])
{
	for (uint32_t from = 0, to; from < count; from = to) {
		uint32_t kind = kind_of(&members[of[from]]);

		for (to = from + 1; to < count && kind_of(&members[of[to]]) == kind;)
			to++;
		find_states(members, of, (struct peer_span){from, to, true}, spans);
	}
}

int groups_each(const struct peer_span spans[], size_t count,
        int (*take)(void *context, const struct peer_span *span), void *context)
{
	struct peer_span last[2] = {{0}, {0}}; /* of a state, of all states */
	int err = 0;

	for (size_t i = 0; i < count && err >= 0; i++) {
		struct peer_span *seen = &last[spans[i].all_states];

		if (peer_span_equal(seen, &spans[i]))
			continue;
		*seen = spans[i];
		err = take(context, seen);
	}
	return err;
}
