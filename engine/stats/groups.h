/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Peer groups: providers of one specialty, entity type and setting, of one
 * state where that gives enough of them, else of its census region, else of
 * the nation, else of the specialties that do like work; these flag nobody by
 * what rules of stats.def measure, for their work is not the same.  Rates of
 * what lines break have one group more, all of the entity type: an edit asks
 * the same of everyone, and who meets it seldom has few peers who do.
 *
 * Persons, organisations and unknown entity types are never mixed, nor are
 * settings; providers without a specialty are peers of each other alone.  A
 * group that the payer's own table names is that group and no other.
 */
#ifndef STATS_GROUPS_H
#define STATS_GROUPS_H

#include "base/diag.h"
#include "claim.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	GROUP_MIN = 30,       /* members of a group below the widest, and of one that flags */
	DENOMINATOR_MIN = 11, /* of a rate or a mean */
	PEER_GROUP_SIZE = 32, /* of its name, with the NUL */
};

/* Where most lines with a place of service were; suppliers of equipment by
 * their codes. */
enum setting_kind { AT_UNKNOWN, AT_OFFICE, AT_HOSPITAL, AT_ASC, AT_LAB, AT_DME };
enum setting_kind setting_of_place(uint16_t place);
const char *setting_kind_name(unsigned setting);

/* Of CMS specialties that do like work; one of none is a kind of its own. */
unsigned specialty_kind(uint16_t specialty);

/* Census region of a state, from 1; 0: none. */
unsigned region_of_state(uint16_t state);

struct member {
	uint32_t number;     /* of the profile */
	uint32_t place;      /* among all providers, as they are printed */
	const char *given;   /* name of the group that a table gives; NULL: none */
	uint32_t given_rank; /* of that name among all, from 1; 0: none */
	uint16_t specialty, state;
	uint8_t entity_type, setting;
	uint64_t key; /* what its groups are found by: members_sort() */
};

/*
 * So that groups are runs: of the widest kind first, then ever narrower; within
 * the narrowest as they stood.  Returns 0 or FAIL_MEMORY.
 */
int members_sort(struct member members[], size_t count);

/* From the widest to the narrowest; the widest only where a choice says so. */
enum group_level {
	LEVEL_ENTITY,
	LEVEL_KIND,
	LEVEL_NATION,
	LEVEL_REGION,
	LEVEL_STATE,
	GROUP_LEVELS
};

/* The group of a sample: samples [from, to). */
struct peer_span {
	uint32_t from, to;
	uint8_t level; /* enum group_level */
};

/* "11/person/office/NY", ".../south", ".../all", "medical/person/office/all",
 * "all/person/all/all", or the table's. */
void group_name(const struct member *member, unsigned level, char text[PEER_GROUP_SIZE]);

/*
 * Does a group suffice that so many of the run are in?  enough NULL: GROUP_MIN of
 * them do.  One that an earlier run's norms know suffices whoever is in it now.
 */
struct group_choice {
	uint8_t widest, narrowest; /* enum group_level: no group is wider, none narrower */
	bool (*enough)(void *context, const struct member *member, unsigned level, size_t count);
	void *context;
};

/* of[i]: the member of sample i, ascending.  choice NULL: as small as suffices. */
void groups_find(const struct member members[], const uint32_t of[], size_t count,
        const struct group_choice *choice, struct peer_span spans[]);

static inline bool peer_span_equal(const struct peer_span *a, const struct peer_span *b)
{
	return a->from == b->from && a->to == b->to && a->level == b->level;
}

/* Call take once for each group that is anybody's.  Stops at the first negative
 * result. */
int groups_each(const struct peer_span spans[], size_t count,
        int (*take)(void *context, const struct peer_span *span), void *context);

#endif
