/* SPDX-License-Identifier: Apache-2.0 */
#include "gen_world.h"

#include "gen_schemes.h"

#include <stdlib.h>
#include <string.h>

/* Tags, so that one number of a member and of a provider are not alike. */
enum { TAG_MEMBER = 1, TAG_PROVIDER, TAG_GROUP };

/* Persons and groups take their nine digits from ranges of their own. */
enum {
	BASE_PERSONS = 100300000,
	BASE_GROUPS = 150000000,
	BASE_RANGE = 49000000,
	BASE_STEP = 48271, /* a prime that does not divide the range */
};

enum { GROUP_SIZE = 6 };

static const struct {
	char state[3];
	uint16_t zip; /* the first three digits */
} places[] = {{"CA", 900}, {"TX", 750}, {"FL", 331}, {"NY", 100}, {"PA", 191}, {"IL", 606},
        {"OH", 432}, {"GA", 303}, {"NC", 276}, {"MI", 482}, {"NJ", 71}, {"VA", 232}, {"WA", 981},
        {"AZ", 850}, {"MA", 21}, {"TN", 372}};

enum { PLACES = sizeof(places) / sizeof(places[0]) };

/* 256 exp(0.3 z) at the 64 quantiles (i + 0.5) / 64 of the normal distribution. */
static const uint16_t spread[64] = {124, 141, 151, 158, 165, 170, 175, 179, 183, 187, 191, 194, 198,
        201, 204, 208, 211, 214, 217, 220, 223, 225, 228, 231, 234, 237, 240, 243, 246, 249, 252,
        255, 258, 261, 264, 267, 270, 273, 277, 280, 283, 287, 291, 294, 298, 302, 307, 311, 316,
        321, 326, 331, 337, 343, 350, 358, 366, 375, 386, 398, 414, 434, 465, 529};

uint32_t gen_spread(uint64_t hash)
{
	return spread[hash & 63];
}

uint64_t gen_npi(uint64_t nine_digits)
{
	uint64_t rest = nine_digits;
	unsigned sum = 24; /* what the prefix 80840 adds */

	for (unsigned i = 0; i < 9; i++) {
		unsigned digit = (unsigned)(rest % 10);

		rest /= 10;
		if (i % 2 == 0)
			digit = 2 * digit > 9 ? 2 * digit - 9 : 2 * digit;
		sum += digit;
	}
	return nine_digits * 10 + (10 - sum % 10) % 10;
}

static uint64_t world_hash(const struct gen_world *world, uint64_t tag, uint64_t index)
{
	return gen_mix(gen_mix(world->options->seed * 0x9e3779b97f4a7c15 + tag) + index);
}

/* Nine days of ten the day of birth is as likely as any; ages as in a mixed population. */
void gen_member_get(const struct gen_world *world, uint64_t index, struct gen_member *member)
{
	uint64_t hash = world_hash(world, TAG_MEMBER, index);
	uint64_t more = gen_mix(hash);
	unsigned band = (unsigned)(hash % 100);
	unsigned place = (unsigned)(hash >> 8) % PLACES;
	uint32_t days = (uint32_t)(hash >> 32);
	int32_t age_days;

	if (band < 22)
		age_days = (int32_t)(days % (18 * 365));
	else if (band < 76)
		age_days = 18 * 365 + (int32_t)(days % (47 * 365));
	else
		age_days = 65 * 365 + (int32_t)(days % (30 * 365));
	member->index = index;
	member->birth = world->last_day - age_days;
	member->sex = hash >> 16 & 1 ? GEN_FEMALE : GEN_MALE;
	memcpy(member->state, places[place].state, 2);
	member->zip = places[place].zip * 100u + (uint32_t)(more % 100);
	member->death = GEN_DAY_NEVER;
	if (band >= 60 && more >> 32 < UINT32_MAX / 100 * (band < 76 ? 2 : 6))
		member->death = world->last_day -
		                (int32_t)(more >> 8 & 0xffffff) %
		                        (world->last_day - world->first_day + 120);
}

static void provider_place(struct gen_provider *provider, uint64_t hash)
{
	unsigned place = (unsigned)(hash >> 20) % PLACES;

	memcpy(provider->state, places[place].state, 2);
	provider->zip = places[place].zip * 100u + (uint32_t)(hash >> 40) % 100;
	provider->tin = 100000000 + (uint32_t)((hash >> 24) % 899999999);
}

static void hospital_get(const struct gen_world *world, struct gen_provider *provider)
{
	uint64_t index = provider->index;

	provider->specialty = &gen_specialties[world->hospital];
	provider->entity_type = 2;
	provider->ccn = (uint32_t)(1 + index % 50) * 10000 + 1 + (uint32_t)(index / 50 % 879);
	provider->teaching = index % 4 == 0;
	provider_place(provider, world_hash(world, TAG_GROUP, ~index));
}

static const struct gen_specialty *rank_specialty(
        const struct gen_world *world, const struct gen_provider *provider, uint64_t hash)
{
	uint64_t rank = provider->index - world->hospitals;

	if (provider->slot != GEN_SLOT_NONE)
		return &gen_specialties[world->scheme_specialty[provider->slot %
		                                                world->schemes_count]];
	if (rank < world->firms_count || hash % 32 == 0)
		return &gen_specialties[world->firms[(rank + (hash >> 8)) % 6]];
	return &gen_specialties[world->persons[hash >> 8 & 255]];
}

/* Five of six persons bill through a group; the sixth and all firms for themselves. */
void gen_provider_get(const struct gen_world *world, uint64_t index, struct gen_provider *provider)
{
	uint64_t hash = world_hash(world, TAG_PROVIDER, index);
	uint64_t rank = index - world->hospitals;

	memset(provider, 0, sizeof(*provider));
	provider->index = index;
	provider->npi = gen_npi(BASE_PERSONS + index * BASE_STEP % BASE_RANGE);
	provider->billing_npi = provider->npi;
	provider->fee = gen_spread(hash >> 50);
	provider->slot = gen_slot_of(world, index, &provider->part);
	if (index < world->hospitals) {
		hospital_get(world, provider);
		return;
	}
	provider->specialty = rank_specialty(world, provider, hash);
	provider->entity_type = provider->specialty->entity_type;
	provider_place(provider, world_hash(world, TAG_GROUP, rank / GROUP_SIZE));
	if (provider->entity_type == 1 && rank % GROUP_SIZE != GROUP_SIZE - 1)
		provider->billing_npi = gen_npi(
		        BASE_GROUPS + rank / GROUP_SIZE * BASE_STEP % BASE_RANGE);
	else
		provider->tin = 100000000 + (uint32_t)(hash >> 24) % 899999999;
	if (provider->slot != GEN_SLOT_NONE)
		gen_slot_adjust(world, provider);
}

void gen_group_get(const struct gen_world *world, uint64_t group, struct gen_provider *provider)
{
	memset(provider, 0, sizeof(*provider));
	provider->index = group;
	provider->npi = gen_npi(BASE_GROUPS + group * BASE_STEP % BASE_RANGE);
	provider->billing_npi = provider->npi;
	provider->slot = GEN_SLOT_NONE;
	provider->entity_type = 2;
	provider_place(provider, world_hash(world, TAG_GROUP, group));
}

static void persons_fill(struct gen_world *world)
{
	size_t at = 0;

	world->hospital = gen_specialty_find("");
	for (unsigned i = 0; i < 6; i++) {
		static const char *const firms[6] = {"69", "69", "69", "49", "59", "54"};

		world->firms[i] = gen_specialty_find(firms[i]);
	}
	for (size_t i = 0; i < gen_specialties_count; i++) {
		size_t share = gen_specialties[i].weight * 256u / world->tables.weights;

		for (size_t n = 0; n < share; n++)
			world->persons[at++] = (uint8_t)i;
	}
	for (unsigned next = gen_specialty_find("08"); at < 256; at++)
		world->persons[at] = (uint8_t)next;
}

/* As many slots a day as leave each chunk at least one. */
static int calendar_fill(struct gen_world *world, uint64_t chunks, struct diag *diag)
{
	uint64_t weights = 0, at = 0;

	for (int32_t day = world->first_day; day <= world->last_day; day++)
		weights += date_weekday(day) % 6 == 0 ? 1 : 5;
	world->slots_weekend = (uint32_t)(chunks / weights + 1);
	world->units = weights * world->slots_weekend;
	world->unit_day = malloc(world->units * sizeof(*world->unit_day));
	world->unit_slot = malloc(world->units * sizeof(*world->unit_slot));
	world->dates_from = world->first_day - 200;
	world->dates_to = world->last_day + GEN_DAYS_AFTER;
	world->dates = malloc(
	        (size_t)(world->dates_to - world->dates_from + 1) * sizeof(*world->dates));
	if (!world->unit_day || !world->unit_slot || !world->dates)
		return diag_set(diag, FAIL_MEMORY, "gen: no memory for the calendar");
	for (int32_t day = world->first_day; day <= world->last_day; day++) {
		uint32_t slots = gen_day_slots(world, day);

		for (uint32_t slot = 0; slot < slots; slot++) {
			world->unit_day[at] = day;
			world->unit_slot[at++] = slot;
		}
	}
	for (int32_t day = world->dates_from; day <= world->dates_to; day++) {
		char text[DATE_TEXT_SIZE];

		date_format(day, text);
		memcpy(world->dates[day - world->dates_from], text, 10);
	}
	return 0;
}

int gen_world_create(struct gen_world *world, const struct gen_options *options, uint64_t chunks,
        struct diag *diag)
{
	uint64_t persons;

	memset(world, 0, sizeof(*world));
	world->options = options;
	gen_tables_init(&world->tables);
	persons_fill(world);
	world->last_day = GEN_LAST_DAY;
	world->first_day = date_from_parts(2025 - (int32_t)(options->months + 11) / 12,
	        12 - (int32_t)(options->months + 11) % 12, 1);
	if (options->providers > 1)
		world->hospitals = options->providers < 48 ? 1 : options->providers / 48;
	persons = options->providers - world->hospitals;
	world->firms_count = persons < 100 ? persons > 8 : persons / 100;
	world->groups = (persons + GROUP_SIZE - 1) / GROUP_SIZE;
	return calendar_fill(world, chunks, diag);
}

void gen_world_destroy(struct gen_world *world)
{
	free(world->unit_day);
	free(world->unit_slot);
	free(world->dates);
	memset(world, 0, sizeof(*world));
}
