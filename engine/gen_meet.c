/* SPDX-License-Identifier: Apache-2.0 */
#include "gen_meet.h"

#include "gen_claim.h"

enum {
	TRIES = 512,
	TRIES_RARE = 8192,     /* for the dead and the dying */
	ADMISSION_PHASES = 32, /* a member may be admitted on one day of so many */
	WINDOW_DAYS = 3,       /* before a stay that its payment covers */
	SURGICAL_SHARE = 4,    /* one member of so many is operated on */
	SURGICAL_REST = 1,     /* ... none of the newcomers, who leave no rest */
	OPERATION_PHASES = 96, /* ... on one day of so many, longer than a global period */
	APART_PHASES = 16,     /* longer than a global period of ten days */
	NEWCOMERS = 8,         /* one member of so many is seen by nobody before its day */
	YEAR_KEYS = 12 * 31,   /* a month and a day of it */
	SELDOM_YEARS = 3,
};

struct gen_wish gen_wish_of(const struct gen_world *world, const struct gen_specialty *specialty)
{
	const struct gen_services *list = &world->tables.services[specialty->services];
	struct gen_wish wish = GEN_WISH_ANY;

	wish.sex = specialty->sex;
	wish.age_from = specialty->age_from;
	wish.age_to = specialty->age_to;
	wish.unoperated = list->major;
	wish.apart = list->ten_days;
	return wish;
}

/* ---- A member's calendar ---- */

/* Days since the last on which it could be admitted. */
static uint32_t admission_phase(uint64_t member_hash, int32_t day)
{
	return (uint32_t)(member_hash + (uint64_t)day) % ADMISSION_PHASES;
}

static bool is_surgical(uint64_t member)
{
	return member % SURGICAL_SHARE == SURGICAL_REST;
}

/* At a multiple of OPERATION_PHASES the member is operated on. */
static uint64_t operation_clock(uint64_t member, int32_t day)
{
	return member / SURGICAL_SHARE + (uint64_t)day;
}

uint32_t gen_operation_number(
        const struct gen_world *world, uint64_t member, int32_t day, uint32_t *count)
{
	uint64_t first = operation_clock(member, world->first_day);

	*count = (uint32_t)(world->last_day - world->first_day) / OPERATION_PHASES + 1;
	return (uint32_t)(operation_clock(member, day) / OPERATION_PHASES -
	                  (first + OPERATION_PHASES - 1) / OPERATION_PHASES);
}

/* The days of the calendar. */
static uint64_t days_of(const struct gen_world *world)
{
	return (uint64_t)(world->last_day - world->first_day) + 1;
}

/* The day from which on the member is seen; the first for most. */
static int32_t first_seen(const struct gen_world *world, uint64_t member)
{
	if (member % NEWCOMERS != 0)
		return INT32_MIN;
	return world->first_day + (int32_t)(member / NEWCOMERS % days_of(world));
}

bool gen_is_first_visit(const struct gen_world *world, uint64_t member, int32_t day)
{
	return day == first_seen(world, member);
}

/* ---- Tries ---- */

static bool is_of_slot(const struct gen_world *world, uint64_t member, int32_t day, uint32_t slot)
{
	return (member + (uint64_t)day) % gen_day_slots(world, day) == slot;
}

/* The member of a slot of a day; the first ones come more often. */
static uint64_t slot_member(struct gen_chunk *chunk, int32_t day, uint32_t slot)
{
	uint64_t members = chunk->world->options->members;
	uint64_t slots = gen_day_slots(chunk->world, day);
	uint64_t rest = (slot + slots - (uint64_t)day % slots) % slots;
	uint64_t count = members > rest ? (members - rest + slots - 1) / slots : 0;
	uint64_t one = gen_next(&chunk->random), other = gen_next(&chunk->random);

	if (count == 0)
		return one % members;
	one = (uint64_t)((unsigned __int128)one * count >> 64);
	other = (uint64_t)((unsigned __int128)other * count >> 64);
	return rest + slots * (one < other ? one : other);
}

/* A newcomer of that day and slot, or UINT64_MAX: a try. */
static uint64_t slot_newcomer(struct gen_chunk *chunk, int32_t day, uint32_t slot)
{
	const struct gen_world *world = chunk->world;
	uint64_t count = (world->options->members + NEWCOMERS - 1) / NEWCOMERS;
	uint64_t first = (uint64_t)(day - world->first_day), days = days_of(world);

	if (first >= count)
		return UINT64_MAX;
	uint64_t rounds = (count - first + days - 1) / days;
	uint64_t member = (first + gen_below(&chunk->random, rounds) * days) * NEWCOMERS;

	return is_of_slot(world, member, day, slot) ? member : UINT64_MAX;
}

/* A member to be operated on that day. */
static uint64_t slot_patient(struct gen_chunk *chunk, int32_t day, uint32_t slot)
{
	const struct gen_world *world = chunk->world;
	uint64_t members = world->options->members / SURGICAL_SHARE;
	uint64_t first = (OPERATION_PHASES - (uint64_t)day % OPERATION_PHASES) % OPERATION_PHASES;
	uint64_t rounds, member;

	if (first >= members)
		return UINT64_MAX;
	rounds = (members - first + OPERATION_PHASES - 1) / OPERATION_PHASES;
	member = (first + gen_below(&chunk->random, rounds) * OPERATION_PHASES) * SURGICAL_SHARE +
	         SURGICAL_REST;
	return is_of_slot(world, member, day, slot) ? member : UINT64_MAX;
}

/*
 * One whose day of the year it is: the numbers with the day's key for a rest,
 * of which each third has its turn in a year of three.
 */
static uint64_t slot_annual(
        struct gen_chunk *chunk, int32_t day, uint32_t slot, enum gen_occasion occasion)
{
	const struct gen_world *world = chunk->world;
	struct date_parts parts = date_to_parts(day);
	uint64_t key = (uint64_t)(parts.month - 1) * 31 + (uint64_t)parts.day - 1;
	uint64_t turn = 0, step = YEAR_KEYS, count, member;

	if (occasion == GEN_SELDOM) {
		turn = (uint64_t)parts.year % SELDOM_YEARS;
		step *= SELDOM_YEARS;
	}
	key += turn * YEAR_KEYS;
	if (key >= world->options->members)
		return UINT64_MAX;
	count = (world->options->members - key + step - 1) / step;
	member = key + gen_below(&chunk->random, count) * step;
	return is_of_slot(world, member, day, slot) ? member : UINT64_MAX;
}

static uint64_t slot_any(
        struct gen_chunk *chunk, enum gen_occasion occasion, int32_t day, uint32_t slot)
{
	switch (occasion) {
	case GEN_FIRST_VISIT:
		return slot_newcomer(chunk, day, slot);
	case GEN_OPERATION:
		return slot_patient(chunk, day, slot);
	case GEN_ANNUAL:
	case GEN_SELDOM:
		return slot_annual(chunk, day, slot, occasion);
	default:
		return slot_member(chunk, day, slot);
	}
}

/* Does the member's calendar have such a day? */
static bool calendar_fits(
        const struct gen_world *world, const struct gen_wish *wish, uint64_t member, int32_t day)
{
	uint64_t hash = gen_mix(member);
	uint32_t phase = admission_phase(hash, day);

	if (day <= first_seen(world, member) && wish->occasion != GEN_FIRST_VISIT)
		return false;
	if (wish->occasion == GEN_ADMISSION) {
		if (phase != 0)
			return false;
	} else if (!wish->dead &&
	           (phase <= GEN_STAY_NIGHTS || phase >= ADMISSION_PHASES - WINDOW_DAYS)) {
		return false;
	}
	if (wish->unoperated && wish->occasion != GEN_OPERATION && is_surgical(member))
		return false;
	return !wish->apart || ((hash >> 32) + (uint64_t)day) % APART_PHASES == 0;
}

static bool member_fits(const struct gen_wish *wish, const struct gen_member *member, int32_t day)
{
	if (!(wish->sex & member->sex) || member->birth > day)
		return false;
	if (wish->dead ? member->death >= day : member->death < day)
		return false;
	if (wish->dying && member->death - day >= GEN_DYING_DAYS)
		return false;
	if (wish->occasion == GEN_ADMISSION && member->death <= day + GEN_STAY_NIGHTS)
		return false;
	if (wish->age_from > 0 || wish->age_to < 255) {
		int32_t age = date_age(member->birth, day);

		return age >= wish->age_from && age <= wish->age_to;
	}
	return true;
}

/* The chunk's units of the days wished for: from *low, before *high. */
static void wish_units(
        const struct gen_chunk *chunk, const struct gen_wish *wish, uint64_t *low, uint64_t *high)
{
	const int32_t *days = chunk->world->unit_day;

	*low = chunk->unit_from;
	*high = chunk->unit_to;
	if (wish->day_from <= days[*low] && wish->day_to >= days[*high - 1])
		return;
	while (*low < *high && days[*low] < wish->day_from)
		++*low;
	while (*high > *low && days[*high - 1] > wish->day_to)
		--*high;
}

bool gen_meet(struct gen_chunk *chunk, const struct gen_wish *wish, struct gen_member *member,
        int32_t *day)
{
	const struct gen_world *world = chunk->world;
	unsigned tries = wish->dead || wish->dying ? TRIES_RARE : TRIES;
	uint64_t low, high;

	wish_units(chunk, wish, &low, &high);
	for (unsigned attempt = 0; attempt < tries && low < high; attempt++) {
		uint64_t unit = low + gen_below(&chunk->random, high - low);
		int32_t on = world->unit_day[unit];
		uint64_t index = slot_any(chunk, wish->occasion, on, world->unit_slot[unit]), hash;

		if (index == UINT64_MAX || !calendar_fits(world, wish, index, on))
			continue;
		hash = gen_mix(gen_mix(index) ^ (uint64_t)on) % GEN_SEEN_BITS;
		if (chunk->seen[hash / 64] >> hash % 64 & 1 && !wish->again)
			continue;
		gen_member_get(world, index, member);
		if (!member_fits(wish, member, on))
			continue;
		chunk->seen[hash / 64] |= (uint64_t)1 << hash % 64;
		*day = on;
		return true;
	}
	return false;
}
