/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Peer groups: providers of one specialty, entity type and setting, in one
 * state where that gives enough of them, else in all.
 *
 * Persons, organisations and unknown entity types are never mixed, nor are
 * settings; providers without a specialty are peers of each other alone.
 */
#ifndef STATS_GROUPS_H
#define STATS_GROUPS_H

#include "profile/profile.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	GROUP_MIN = 30,       /* members of a state's group, and of one that flags anybody */
	DENOMINATOR_MIN = 11, /* of a rate or a mean */
};

/* Where most lines with a place of service were. */
enum setting_kind { AT_UNKNOWN, AT_OFFICE, AT_HOSPITAL, AT_ASC, AT_LAB };
enum setting_kind setting_of_place(uint16_t place);
const char *setting_kind_name(unsigned setting);

struct member {
	uint32_t number; /* of the profile */
	uint32_t place;  /* among all providers, as they are printed */
	uint16_t specialty, state;
	uint8_t entity_type, setting;
};

/* So that groups are runs: by specialty, entity type, setting, state, place. */
void members_sort(struct member members[], size_t count);

/* The group of a sample: samples [from, to). */
struct peer_span {
	uint32_t from, to;
	bool all_states;
};

/* of[i]: the member of sample i, ascending. */
void groups_find(
        const struct member members[], const uint32_t of[], size_t count, struct peer_span spans[]);

static inline bool peer_span_equal(const struct peer_span *a, const struct peer_span *b)
{
	return a->from == b->from && a->to == b->to && a->all_states == b->all_states;
}

/* Call take once for each group that is anybody's.  Stops at the first negative result. */
int groups_each(const struct peer_span spans[], size_t count,
        int (*take)(void *context, const struct peer_span *span), void *context);

#endif
