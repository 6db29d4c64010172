/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The world that the claims are about: a calendar, members and providers,
 * each a function of the seed and a number, so that nothing need be kept and
 * any thread can ask.
 *
 * The calendar cuts each day into slots, five times as many on a weekday as at
 * the weekend.  A chunk of claims has a stretch of slots, and a slot of a day
 * may use the members m with (m + day) mod slots(day) == slot only: so two
 * chunks never see one member on one day.
 */
#ifndef GEN_WORLD_H
#define GEN_WORLD_H

#include "base/date.h"
#include "gen.h"
#include "gen_tables.h"

struct gen_scheme;

/* The last day of the claims, 2024-12-31: sex edits end and 2025 codes begin about then. */
enum { GEN_LAST_DAY = 20088 };

/* Days behind the last that may be written: payments and late filing. */
enum { GEN_DAYS_AFTER = 1200 };

enum { GEN_DAY_NEVER = INT32_MAX };

/* A stream of pseudo-random numbers: splitmix64. */
struct gen_random {
	uint64_t state;
};

static inline uint64_t gen_mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

static inline uint64_t gen_next(struct gen_random *random)
{
	return gen_mix(random->state += 0x9e3779b97f4a7c15);
}

/* From 0 to limit - 1; limit is not 0. */
static inline uint64_t gen_below(struct gen_random *random, uint64_t limit)
{
	return (uint64_t)((unsigned __int128)gen_next(random) * limit >> 64);
}

static inline bool gen_chance(struct gen_random *random, unsigned percent)
{
	return gen_below(random, 100) < percent;
}

struct gen_member {
	uint64_t index;
	int32_t birth, death; /* GEN_DAY_NEVER: alive */
	uint8_t sex;          /* GEN_MALE, GEN_FEMALE */
	char state[2];
	uint32_t zip;
};

struct gen_provider {
	uint64_t index;
	uint64_t npi, billing_npi;
	const struct gen_specialty *specialty;
	uint32_t fee;  /* of its charges over the usual, in 256ths */
	uint32_t tin;  /* nine digits */
	uint32_t ccn;  /* six digits; 0 none */
	uint32_t slot; /* of the planted, see gen_schemes.h; GEN_SLOT_NONE */
	uint8_t part;  /* 0, or 1 for the partner in a slot */
	uint8_t entity_type;
	bool teaching;
	char state[2];
	uint32_t zip;
};

enum { GEN_SLOT_NONE = UINT32_MAX };

/* Whom a claim's company needs: gen_company.h. */
enum gen_staff {
	GEN_STAFF_EYE,
	GEN_STAFF_DIGESTIVE,
	GEN_STAFF_JOINTS,
	GEN_STAFF_MEDICINE,
	GEN_STAFF_IMAGING,
	GEN_STAFF_KINDS,
};

enum { GEN_STAFF_MAX = 256 };

struct gen_world {
	const struct gen_options *options;
	struct gen_tables tables;
	uint8_t persons[256]; /* specialties by their weights */
	unsigned hospital;    /* specialty numbers */
	unsigned firms[6];

	/* The calendar. */
	int32_t first_day, last_day;
	uint64_t units;         /* slots of all days */
	int32_t *unit_day;      /* by unit */
	uint32_t *unit_slot;    /* by unit */
	uint32_t slots_weekend; /* slots of a weekend day; a weekday has five times as many */
	char (*dates)[10];      /* by day from dates_from */
	int32_t dates_from, dates_to;

	/* Providers: hospitals first, then by volume: firms, then persons. */
	uint64_t hospitals, firms_count, groups;

	/* Of each kind some, by number; none of a scheme. */
	uint64_t staff[GEN_STAFF_KINDS][GEN_STAFF_MAX];
	uint32_t staff_count[GEN_STAFF_KINDS];

	/* The planted: slot s belongs to scheme s mod schemes_count, at its rank. */
	const struct gen_scheme *schemes[64];
	unsigned scheme_specialty[64];
	uint32_t schemes_count;
	uint32_t slots_per_scheme;
	uint64_t slot_first, slot_stride; /* ranks; stride 0: none */
};

/* Returns 0 or FAIL_MEMORY.  world->schemes is filled by gen_schemes_place(). */
int gen_world_create(struct gen_world *world, const struct gen_options *options, uint64_t chunks,
        struct diag *diag);
void gen_world_destroy(struct gen_world *world);

void gen_member_get(const struct gen_world *world, uint64_t index, struct gen_member *member);
void gen_provider_get(const struct gen_world *world, uint64_t index, struct gen_provider *provider);

/* The group that bills for others, group of world->groups, as a provider. */
void gen_group_get(const struct gen_world *world, uint64_t group, struct gen_provider *provider);

/* Slots of a day. */
static inline uint32_t gen_day_slots(const struct gen_world *world, int32_t day)
{
	int32_t weekday = date_weekday(day);

	return world->slots_weekend * (weekday == 0 || weekday == 6 ? 1 : 5);
}

/* A valid NPI from its first nine digits. */
uint64_t gen_npi(uint64_t nine_digits);

/* In 256ths, log-normal with sigma 0.3, from the low 6 bits of some hash. */
uint32_t gen_spread(uint64_t hash);

#endif
