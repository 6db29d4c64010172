/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/groups.h"

#include "base/budget.h"
#include "base/order.h"

#include <stdio.h>
#include <string.h>

/* ---- Settings ---- */

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
	static const char *const names[] = {"unknown", "office", "hospital", "asc", "lab", "dme"};

	return names[setting];
}

/* ---- Specialties and states ---- */

/* A list of two characters each, blank between. */
static bool lists(const char *list, uint16_t of)
{
	for (; list[0] && list[1]; list += list[2] == ' ' ? 3 : 2) {
		if (of == TWO_CHARS(list[0], list[1]))
			return true;
	}
	return false;
}

/*
 * CMS specialty codes (Medicare Claims Processing Manual, chapter 26, 10.8).
 * Nurses, assistants and clinics are left out: they work in any of these.
 */
static const struct {
	const char *name, *specialties;
} kinds[] = {
        {"", ""},
        {"primary", "01 08 11 37 38 84"},
        {"medical", "03 06 07 10 13 29 39 44 46 66 79 81 82 83 90 98"},
        {"surgical", "02 04 14 16 18 20 24 28 33 34 40 48 76 77 78 85 91"},
        {"hospital", "05 22 30 36 43 71 92 93 94 C0 C6"},
        {"therapy", "15 25 65 67 35 64 41"},
        {"mental", "26 27 62 68 80 86"},
        {"supplier", "51 52 53 54 55 56 57 58 87 A5 A6 A7 A8"},
};

unsigned specialty_kind(uint16_t specialty)
{
	for (unsigned i = 1; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (lists(kinds[i].specialties, specialty))
			return i;
	}
	return 0;
}

static const struct {
	const char *name, *states;
} regions[] = {
        {"", ""},
        {"northeast", "CT ME MA NH RI VT NJ NY PA"},
        {"midwest", "IL IN MI OH WI IA KS MN MO NE ND SD"},
        {"south", "DE DC FL GA MD NC SC VA WV AL KY MS TN AR LA OK TX"},
        {"west", "AZ CO ID MT NV NM UT WY AK CA HI OR WA"},
        {"islands", "PR VI GU AS MP"},
};

unsigned region_of_state(uint16_t state)
{
	for (unsigned i = 1; i < sizeof(regions) / sizeof(regions[0]); i++) {
		if (lists(regions[i].states, state))
			return i;
	}
	return 0;
}

/* ---- Order ---- */

/*
 * A member's groups in a word, the widest on top, so that the members of a
 *group of any level have its high bits in common:
 *
 *	1  is the group given?  then 32 bits of its rank, and nothing else
 *	2  entity type    3  setting    17  kind, or the specialty that is a
 *kind of its own 16 specialty      3  region     16  state
 */
enum { STATE_BITS = 16, REGION_BITS = 3, SPECIALTY_BITS = 16, KIND_BITS = 17, SETTING_BITS = 3 };

#define KEY_GIVEN ((uint64_t)1 << 63)

static uint64_t shifted(uint64_t key, unsigned bits, uint64_t value)
{
	return key << bits | value;
}

static uint64_t key_of(const struct member *member)
{
	unsigned kind = specialty_kind(member->specialty);
	uint64_t key = member->entity_type & 3;

	if (member->given)
		return KEY_GIVEN | member->given_rank;
	key = shifted(key, SETTING_BITS, member->setting);
	key = shifted(key, KIND_BITS, kind ? kind << 1 | 1 : (unsigned)member->specialty << 1);
	key = shifted(key, SPECIALTY_BITS, member->specialty);
	key = shifted(key, REGION_BITS, region_of_state(member->state));
	return shifted(key, STATE_BITS, member->state);
}

/* Are two keys of one group at a level? */
static bool is_same(uint64_t a, uint64_t b, unsigned level)
{
	static const unsigned below[GROUP_LEVELS] = {
	        [LEVEL_ENTITY] = STATE_BITS + REGION_BITS + SPECIALTY_BITS + KIND_BITS +
	                         SETTING_BITS,
	        [LEVEL_KIND] = STATE_BITS + REGION_BITS + SPECIALTY_BITS,
	        [LEVEL_NATION] = STATE_BITS + REGION_BITS,
	        [LEVEL_REGION] = STATE_BITS,
	};

	return (a & KEY_GIVEN ? a ^ b : (a ^ b) >> below[level]) == 0;
}

int members_sort(struct member members[], size_t count)
{
	struct ordered *items = budget_alloc(2 * (count + 1) * sizeof(*items));
	struct member *sorted = budget_alloc((count + 1) * sizeof(*sorted));
	int err = items && sorted ? 0 : FAIL_MEMORY;

	for (uint32_t i = 0; i < count && err == 0; i++) {
		members[i].key = key_of(&members[i]);
		items[i] = (struct ordered){members[i].key, i};
	}
	if (err == 0 && count > 0) {
		const struct ordered *in_order = order_sort(items, items + count, count);

		for (size_t i = 0; i < count; i++)
			sorted[i] = members[in_order[i].index];
		memcpy(members, sorted, count * sizeof(*members));
	}
	budget_free(items);
	budget_free(sorted);
	return err;
}

/* ---- Names ---- */

void group_name(const struct member *member, unsigned level, char text[PEER_GROUP_SIZE])
{
	static const char *const entities[] = {"unknown", "person", "organisation"};
	char specialty[3] = {(char)(member->specialty & 0xff), (char)(member->specialty >> 8), 0};
	char state[3] = {(char)(member->state & 0xff), (char)(member->state >> 8), 0};
	const char *entity = entities[member->entity_type < 3 ? member->entity_type : 0];
	const char *who = member->specialty ? specialty : "none", *where = "all";

	if (member->given) {
		snprintf(text, PEER_GROUP_SIZE, "%s", member->given);
		return;
	}
	if (level == LEVEL_ENTITY) {
		snprintf(text, PEER_GROUP_SIZE, "all/%s/all/all", entity);
		return;
	}
	if (level == LEVEL_KIND && specialty_kind(member->specialty))
		who = kinds[specialty_kind(member->specialty)].name;
	if (level == LEVEL_REGION)
		where = regions[region_of_state(member->state)].name;
	if (level == LEVEL_STATE)
		where = state;
	snprintf(text, PEER_GROUP_SIZE, "%s/%s/%s/%s", who, entity,
	        setting_kind_name(member->setting), where);
}

/* ---- Groups ---- */

struct finding_groups {
	const struct member *members;
	const uint32_t *of;
	const struct group_choice *choice;
	struct peer_span *spans;
};

/* Has the level a name for this member: a region, a state? */
static bool is_named(const struct member *member, unsigned level)
{
	if (member->given)
		return level == LEVEL_KIND;
	if (level == LEVEL_ENTITY)
		return member->entity_type == 1 || member->entity_type == 2;
	if (level == LEVEL_KIND)
		return specialty_kind(member->specialty) != 0;
	if (level == LEVEL_REGION)
		return region_of_state(member->state) != 0;
	return level == LEVEL_NATION || member->state != 0;
}

static bool suffices(
        const struct finding_groups *finding, const struct peer_span *span, unsigned level)
{
	const struct member *member = &finding->members[finding->of[span->from]];
	size_t count = span->to - span->from;

	if (!is_named(member, level))
		return false;
	if (finding->choice->enough)
		return finding->choice->enough(finding->choice->context, member, level, count);
	return count >= GROUP_MIN;
}

/* Where the run of a level that begins at from ends: by ever longer steps, then by halves. */
static uint32_t run_end(
        const struct finding_groups *finding, uint32_t from, uint32_t to, unsigned level)
{
	uint64_t key = finding->members[finding->of[from]].key;
	uint32_t low = from, step = 1; /* low is of the run */

	while (step < to - low &&
	        is_same(key, finding->members[finding->of[low + step]].key, level)) {
		low += step;
		step *= 2;
	}
	uint32_t high = step < to - low ? low + step : to; /* not of the run, or the end */

	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (is_same(key, finding->members[finding->of[middle]].key, level))
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* The runs of a level within a group of the level above, which stands where
 * none suffices. */
static void find_level(
        const struct finding_groups *finding, struct peer_span above, struct peer_span chosen)
{
	unsigned level = above.level;

	for (uint32_t from = above.from, to; from < above.to; from = to) {
		to = run_end(finding, from, above.to, level);
		struct peer_span run = {from, to, (uint8_t)level}, own = chosen;

		/* A specialty that is all of its kind is called by its own name. */
		if (suffices(finding, &run, level) ||
		        (level <= LEVEL_NATION && from == chosen.from && to == chosen.to) ||
		        (level >= LEVEL_KIND && chosen.to == 0))
			own = run;
		if (level < finding->choice->narrowest) {
			find_level(
			        finding, (struct peer_span){from, to, (uint8_t)(level + 1)}, own);
			continue;
		}
		for (uint32_t i = from; i < to; i++)
			finding->spans[i] = own;
	}
}

void groups_find(const struct member members[], const uint32_t of[], size_t count,
        const struct group_choice *choice, struct peer_span spans[])
{
	static const struct group_choice any = {.widest = LEVEL_KIND, .narrowest = LEVEL_STATE};
	const struct finding_groups finding = {members, of, choice ? choice : &any, spans};

	if (count > 0)
		find_level(&finding, (struct peer_span){0, (uint32_t)count, finding.choice->widest},
		        (struct peer_span){0});
}

int groups_each(const struct peer_span spans[], size_t count,
        int (*take)(void *context, const struct peer_span *span), void *context)
{
	struct peer_span last[GROUP_LEVELS] = {{0}};
	int err = 0;

	for (size_t i = 0; i < count && err >= 0; i++) {
		struct peer_span *seen = &last[spans[i].level];

		if (seen->to > 0 && peer_span_equal(seen, &spans[i]))
			continue;
		*seen = spans[i];
		err = take(context, seen);
	}
	return err;
}
