/* SPDX-License-Identifier: Apache-2.0 */
#include "gen_claim.h"

#include "gen_schemes.h"
#include "gen_write.h"

#include <assert.h>
#include <string.h>

/* Claims are numbered by their first line. */
#define CLAIM_ID_FIRST UINT64_C(100000001)

enum {
	MEET_TRIES = 512,
	MEET_TRIES_RARE = 8192, /* for the dead, the dying, and those admitted that day */
	STAY_PHASES = 32,       /* a member is admitted on one day of 32, for less than that */
	SHORT_STAY_NIGHTS = 14, /* ... no longer than so; nothing else is billed meanwhile */
	SURGICAL_SHARE = 4,     /* one member of so many is operated on */
	NEW_PERCENT = 12,       /* of a physician's claims are for a newcomer, if there is one */
	NEWCOMERS = 8, /* one member of so many is seen by nobody before a day of its own */
	SURGICAL_SEED = 90,
	OPERATION_PHASES = 96,  /* ... on one day of so many */
	OPERATION_PERCENT = 12, /* of a surgeon's claims are for one on that day, if there is one */
};

struct gen_wish gen_wish_of(const struct gen_specialty *specialty)
{
	struct gen_wish wish = GEN_WISH_ANY;

	wish.sex = specialty->sex;
	wish.age_from = specialty->age_from;
	wish.age_to = specialty->age_to;
	return wish;
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

/*
 * A surgeon operates on some members, on days further apart than a global
 * period, and sees the others: so nothing lies in the period of an operation.
 */
static bool is_surgical(uint64_t member)
{
	return gen_mix(member + SURGICAL_SEED) % SURGICAL_SHARE == 0;
}

static bool is_operation_day(uint64_t member, int32_t day)
{
	return is_surgical(member) && (gen_mix(member) + (uint64_t)day) % OPERATION_PHASES == 0;
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
	uint64_t slots = gen_day_slots(world, day);

	return (member + (uint64_t)day) % slots == slot ? member : UINT64_MAX;
}

static bool wish_fits(const struct gen_wish *wish, const struct gen_member *member, int32_t day)
{
	if (!(wish->sex & member->sex) || member->birth > day)
		return false;
	if (wish->dead ? member->death >= day : member->death < day)
		return false;
	if (wish->dying && member->death - day >= GEN_DYING_DAYS)
		return false;
	if (wish->stay && member->death <= day + SHORT_STAY_NIGHTS)
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
	bool rare = wish->dead || wish->dying || wish->stay;
	unsigned tries = rare ? MEET_TRIES_RARE : MEET_TRIES;
	uint64_t low, high;

	wish_units(chunk, wish, &low, &high);
	for (unsigned attempt = 0; attempt < tries && low < high; attempt++) {
		uint64_t unit = low + gen_below(&chunk->random, high - low);
		int32_t on = world->unit_day[unit];
		uint32_t slot = world->unit_slot[unit];
		uint64_t index = wish->newcomer ? slot_newcomer(chunk, on, slot)
		                                : slot_member(chunk, on, slot);
		uint64_t hash = gen_mix(index), phase = (hash + (uint64_t)on) % STAY_PHASES;

		if (index == UINT64_MAX || (on <= first_seen(world, index) && !wish->newcomer))
			continue;
		if (wish->operation && !is_operation_day(index, on))
			continue;
		if (wish->stay ? phase != 0 : phase <= SHORT_STAY_NIGHTS && !wish->dead)
			continue;
		hash = gen_mix(hash ^ (uint64_t)on) % GEN_SEEN_BITS;
		if (chunk->seen[hash / 64] >> hash % 64 & 1 &&
		        (wish->newcomer || wish->operation || attempt < tries - tries / 4))
			continue;
		gen_member_get(world, index, member);
		if (!wish_fits(wish, member, on))
			continue;
		chunk->seen[hash / 64] |= (uint64_t)1 << hash % 64;
		*day = on;
		return true;
	}
	return false;
}

bool gen_room(const struct gen_chunk *chunk, uint32_t lines)
{
	return chunk->lines - chunk->made >= lines;
}

void gen_claim_begin(struct gen_claim *claim, const struct gen_provider *provider,
        const struct gen_member *member, int32_t day)
{
	/* Both may be the last claim's own. */
	struct gen_provider by = *provider;
	struct gen_member of = *member;

	memset(claim, 0, offsetof(struct gen_claim, lines));
	claim->kind = GEN_PROFESSIONAL;
	claim->frequency = '1';
	claim->provider = by;
	claim->member = of;
	claim->age = (uint8_t)date_age(of.birth, day);
	claim->rendering = by.npi;
	claim->billing = by.billing_npi;
	claim->from = claim->thru = day;
	claim->received = claim->paid_on = GEN_NO_DAY;
}

void gen_claim_diagnosis(struct gen_claim *claim, const char *code, char side)
{
	for (unsigned i = 0; i < claim->diagnosis_count; i++) {
		if (strcmp(claim->diagnoses[i], code) == 0)
			return;
	}
	if (claim->diagnosis_count == GEN_CLAIM_DIAGNOSES)
		return;
	claim->diagnoses[claim->diagnosis_count++] = code;
	if (side != 0 && claim->side == 0)
		claim->side = side;
}

/* From the one picked on, the first that fits the member. */
static const struct gen_diagnosis *diagnosis_fit(
        const struct gen_diagnoses *list, unsigned pick, const struct gen_claim *claim)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct gen_diagnosis *item = &list->items[(pick + i) % list->count];

		if (item->sex & claim->member.sex && item->age_from <= claim->age &&
		        item->age_to >= claim->age &&
		        (item->side == 0 || claim->side == 0 || item->side == claim->side))
			return item;
	}
	return NULL;
}

void gen_claim_diagnose(struct gen_chunk *chunk, struct gen_claim *claim, unsigned count)
{
	const struct gen_diagnoses *list =
	        &chunk->world->tables.diagnoses[claim->provider.specialty->diagnoses];
	uint64_t bits = gen_next(&chunk->random);

	for (unsigned i = 0; i < count; i++, bits >>= 8) {
		const struct gen_diagnosis *item = diagnosis_fit(
		        list, list->pick[bits & 255], claim);

		if (item)
			gen_claim_diagnosis(claim, item->code, item->side);
	}
	if (claim->diagnosis_count == 0)
		gen_claim_diagnosis(claim, "R6889", 0);
}

/* What a provider charges for a code is the same each time. */
static int64_t unit_charge(const struct gen_provider *provider, const char *code, unsigned dollars)
{
	uint64_t word = 0;
	int64_t cents;

	for (unsigned i = 0; code[i] != '\0'; i++)
		word = word << 8 | (uint8_t)code[i];
	cents = (int64_t)dollars * 100 * provider->fee / 256 *
	        gen_spread(gen_mix(word ^ provider->npi)) / 256;
	if (cents >= 2000)
		return (cents + 50) / 100 * 100;
	return cents > 0 ? cents : 1;
}

struct gen_line *gen_claim_line(struct gen_chunk *chunk, struct gen_claim *claim, const char *code,
        const char *place, unsigned dollars)
{
	struct gen_line *line = &claim->lines[claim->line_count];
	uint64_t bits = gen_next(&chunk->random);
	unsigned paid = (unsigned)(bits >> 32) % 100;

	assert(claim->line_count < GEN_CLAIM_LINES);
	claim->line_count++;
	memset(line, 0, sizeof(*line));
	memcpy(line->code, code, strlen(code) < 6 ? strlen(code) : 5);
	memcpy(line->place, place, strlen(place) < 3 ? strlen(place) : 2);
	line->pointer_count = claim->diagnosis_count < 2 ? claim->diagnosis_count : 2;
	line->from = claim->from;
	line->thru = claim->thru;
	line->units = 1;
	line->charge = unit_charge(&claim->provider, code, dollars);
	line->allowed = line->charge * (int64_t)(400 + bits % 201) / 1000;
	line->paid = paid < 80 ? line->allowed * 8 / 10 : paid < 96 ? line->allowed : 0;
	if (line->allowed < 2) /* allowed and paid of 0 would mean denied */
		line->allowed = line->paid = line->charge;
	return line;
}

void gen_line_modifier(struct gen_line *line, const char *modifier)
{
	assert(line->modifier_count < 4 && strlen(modifier) == 2);
	memcpy(line->modifiers[line->modifier_count++], modifier, 3);
}

void gen_line_units(struct gen_line *line, int32_t units)
{
	line->units = units;
	line->charge *= units;
	line->allowed *= units;
	line->paid *= units;
}

void gen_claim_emit(struct gen_chunk *chunk, struct gen_claim *claim)
{
	claim->id = CLAIM_ID_FIRST + chunk->first_line + chunk->made;
	if (claim->received == GEN_NO_DAY)
		claim->received = claim->thru + 3 + (int32_t)gen_below(&chunk->random, 28);
	if (claim->paid_on == GEN_NO_DAY)
		claim->paid_on = claim->received + 14 + (int32_t)gen_below(&chunk->random, 20);
	gen_write_claim(chunk, claim);
}

void gen_claim_label(struct gen_chunk *chunk, struct gen_claim *claim)
{
	struct gen_label *label =
	        &chunk->labels[GEN_LABEL(claim->provider.slot, claim->provider.part)];

	claim->exact = true;
	label->lines += claim->line_count;
	for (unsigned i = 0; i < claim->line_count; i++)
		label->cents += claim->lines[i].paid;
}

uint64_t gen_pick_provider(struct gen_chunk *chunk, bool hospital)
{
	const struct gen_world *world = chunk->world;
	uint64_t persons = world->options->providers - world->hospitals;
	uint64_t count = hospital ? world->hospitals : persons;
	double u = (double)(gen_next(&chunk->random) >> 11) * 0x1p-53;
	/* The share of rank r goes with r to the power -2/3. */
	uint64_t rank = (uint64_t)((double)count * (u * u * u));

	return (hospital ? 0 : world->hospitals) + (rank < count ? rank : count - 1);
}

uint64_t gen_pick_ordering(struct gen_chunk *chunk)
{
	const struct gen_world *world = chunk->world;
	uint64_t persons = world->options->providers - world->hospitals;

	for (unsigned attempt = 0; attempt < 8; attempt++) {
		struct gen_provider provider;

		gen_provider_get(
		        world, world->hospitals + gen_below(&chunk->random, persons), &provider);
		if (provider.entity_type == 1 && provider.slot == GEN_SLOT_NONE)
			return provider.npi;
	}
	return 0;
}

/* An E/M of a family by its usual mix of levels. */
struct visit {
	char code[6];
	uint8_t upto; /* percent, cumulated */
	uint16_t dollars;
};

static const struct visit office_est[] = {{"99211", 3, 45}, {"99212", 11, 85}, {"99213", 55, 140},
        {"99214", 93, 205}, {"99215", 100, 280}};
static const struct visit office_new[] = {
        {"99202", 12, 120}, {"99203", 55, 180}, {"99204", 90, 260}, {"99205", 100, 340}};
static const struct visit hospital_initial[] = {
        {"99221", 20, 180}, {"99222", 65, 250}, {"99223", 100, 330}};
static const struct visit hospital_subsequent[] = {
        {"99231", 20, 95}, {"99232", 75, 145}, {"99233", 100, 200}};
static const struct visit emergency_visit[] = {{"99281", 3, 70}, {"99282", 14, 120},
        {"99283", 48, 210}, {"99284", 82, 330}, {"99285", 100, 480}};

static struct gen_line *visit_line(struct gen_chunk *chunk, struct gen_claim *claim,
        const struct visit *visits, const char *place)
{
	unsigned roll = (unsigned)gen_below(&chunk->random, 100);

	while (visits->upto <= roll)
		visits++;
	return gen_claim_line(chunk, claim, visits->code, place, visits->dollars);
}

static struct gen_line *office_visit(
        struct gen_chunk *chunk, struct gen_claim *claim, const char *place)
{
	if (strcmp(place, "21") == 0)
		return visit_line(chunk, claim,
		        gen_chance(&chunk->random, 25) ? hospital_initial : hospital_subsequent,
		        place);
	return visit_line(chunk, claim,
	        claim->from == first_seen(chunk->world, claim->member.index) ? office_new
	                                                                     : office_est,
	        place);
}

/* A wellness visit: those by age, 99381 to 99397, are paid by no edit table we ship. */
static struct gen_line *preventive_visit(struct gen_chunk *chunk, struct gen_claim *claim)
{
	gen_claim_diagnosis(claim, "Z0000", 0);
	return gen_claim_line(
	        chunk, claim, gen_chance(&chunk->random, 15) ? "G0438" : "G0439", "11", 210);
}

static bool in_facility(const char *place)
{
	return strcmp(place, "11") != 0 && strcmp(place, "81") != 0;
}

static void service_line(struct gen_chunk *chunk, struct gen_claim *claim,
        const struct gen_service *service, const char *place)
{
	bool reading = service->flags & GEN_READING && in_facility(place);
	struct gen_line *line = gen_claim_line(chunk, claim, service->code, place,
	        reading ? service->price / 3u + 1 : service->price);

	line->revenue = service->revenue;
	if (reading)
		gen_line_modifier(line, "26");
	if (service->flags & GEN_SIDE)
		gen_line_modifier(line, claim->side == 'L' ? "LT" : "RT");
	if (claim->provider.specialty->modifier[0] != '\0')
		gen_line_modifier(line, claim->provider.specialty->modifier);
	if (service->units_max > 1)
		gen_line_units(line, 1 + (int32_t)gen_below(&chunk->random, service->units_max));
}

static bool service_fits(
        const struct gen_claim *claim, const struct gen_service *service, const char *place)
{
	if (service->flags & GEN_SECOND)
		return false;
	if (service->flags & GEN_MAJOR && !is_operation_day(claim->member.index, claim->from))
		return false;
	if (in_facility(place))
		return service->flags & GEN_FACILITY;
	return !(service->flags & GEN_FACILITY_ONLY);
}

/* Add up to count services of the list; returns the flags of all of them. */
static unsigned services_add(struct gen_chunk *chunk, struct gen_claim *claim,
        const struct gen_services *list, const char *place, unsigned count)
{
	uint64_t had = 0, groups = 0;
	unsigned flags = 0;

	for (unsigned tries = 4 * count; tries > 0 && count > 0; tries--) {
		unsigned pick = list->pick[gen_next(&chunk->random) >> 56];
		const struct gen_service *service = &list->items[pick];

		if (had >> pick & 1 || groups >> service->group & 1 ||
		        !service_fits(claim, service, place))
			continue;
		had |= (uint64_t)1 << pick;
		groups |= service->group ? (uint64_t)1 << service->group : 0;
		flags |= service->flags;
		service_line(chunk, claim, service, place);
		if (service->flags & GEN_PAIRED)
			service_line(chunk, claim, service + 1, place);
		count--;
	}
	return flags;
}

static const struct gen_services *claim_services(
        const struct gen_chunk *chunk, const struct gen_claim *claim)
{
	return &chunk->world->tables.services[claim->provider.specialty->services];
}

/* 1 to 4, about 2.4. */
static unsigned diagnosis_number(struct gen_chunk *chunk)
{
	static const uint8_t numbers[16] = {1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4};

	return numbers[gen_next(&chunk->random) >> 60];
}

static void make_office(struct gen_chunk *chunk, struct gen_claim *claim)
{
	static const uint8_t beside[16] = {0, 0, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5};
	const struct gen_specialty *specialty = claim->provider.specialty;
	bool facility = gen_chance(&chunk->random, specialty->facility_percent);
	const char *place = !facility ? "11" : gen_chance(&chunk->random, 60) ? "22" : "21";
	bool apart = claim_services(chunk, claim)->major && is_surgical(claim->member.index);
	bool visit = gen_chance(&chunk->random, specialty->visit_percent) && !apart;
	unsigned count = beside[gen_next(&chunk->random) >> 60];
	struct gen_line *first = NULL;
	unsigned flags;

	if (visit && !facility && specialty->kind == GEN_PRIMARY && claim->age >= 65 &&
	        gen_chance(&chunk->random, 25))
		first = preventive_visit(chunk, claim);
	gen_claim_diagnose(chunk, claim, diagnosis_number(chunk));
	if (visit && !first)
		first = office_visit(chunk, claim, place);
	if (first && strcmp(first->code, "99211") == 0)
		return; /* a nurse's visit pairs with whatever else the nurse does */
	flags = services_add(
	        chunk, claim, claim_services(chunk, claim), place, first ? count : 1 + count / 2);
	if (first && flags & GEN_PROCEDURE)
		gen_line_modifier(first, "25");
	if (claim->line_count == 0 && !apart)
		office_visit(chunk, claim, place);
}

static void make_emergency(struct gen_chunk *chunk, struct gen_claim *claim)
{
	struct gen_line *first;
	unsigned flags;

	gen_claim_diagnose(chunk, claim, diagnosis_number(chunk));
	first = visit_line(chunk, claim, emergency_visit, "23");
	flags = services_add(chunk, claim, claim_services(chunk, claim), "23",
	        (unsigned)gen_below(&chunk->random, 3));
	if (flags & GEN_PROCEDURE)
		gen_line_modifier(first, "25");
}

static void make_laboratory(struct gen_chunk *chunk, struct gen_claim *claim)
{
	claim->ordering = gen_pick_ordering(chunk);
	gen_claim_diagnose(chunk, claim, diagnosis_number(chunk));
	services_add(chunk, claim, claim_services(chunk, claim), "81",
	        2 + (unsigned)gen_below(&chunk->random, 5));
}

static void make_imaging(struct gen_chunk *chunk, struct gen_claim *claim)
{
	static const char places[4][3] = {"22", "22", "21", "23"};
	bool facility = gen_chance(&chunk->random, claim->provider.specialty->facility_percent);

	claim->ordering = gen_pick_ordering(chunk);
	gen_claim_diagnose(chunk, claim, diagnosis_number(chunk));
	services_add(chunk, claim, claim_services(chunk, claim),
	        facility ? places[gen_below(&chunk->random, 4)] : "11",
	        1 + (unsigned)gen_below(&chunk->random, 2));
}

static void make_therapy(struct gen_chunk *chunk, struct gen_claim *claim)
{
	gen_claim_diagnose(chunk, claim, diagnosis_number(chunk));
	services_add(chunk, claim, claim_services(chunk, claim), "11",
	        2 + (unsigned)gen_below(&chunk->random, 3));
}

/* Talk or a visit, one a day. */
static void make_mental(struct gen_chunk *chunk, struct gen_claim *claim)
{
	gen_claim_diagnose(chunk, claim, diagnosis_number(chunk));
	if (gen_chance(&chunk->random, claim->provider.specialty->visit_percent))
		office_visit(chunk, claim, "11");
	else
		services_add(chunk, claim, claim_services(chunk, claim), "11", 1);
}

static void make_single(struct gen_chunk *chunk, struct gen_claim *claim)
{
	bool facility = gen_chance(&chunk->random, claim->provider.specialty->facility_percent);

	gen_claim_diagnose(chunk, claim, diagnosis_number(chunk));
	services_add(chunk, claim, claim_services(chunk, claim), facility ? "22" : "11", 1);
}

/* A ride and its miles.  An emergency goes to a hospital. */
static void make_ambulance(struct gen_chunk *chunk, struct gen_claim *claim)
{
	static const char planned[4][3] = {"HR", "HN", "NH", "RH"};
	static const char urgent[4][3] = {"RH", "SH", "NH", "RH"};
	uint64_t bits = gen_next(&chunk->random);
	const struct gen_services *list = claim_services(chunk, claim);
	const struct gen_service *base = &list->items[list->pick[bits >> 56]];
	const char *ride = (strcmp(base->code, "A0428") == 0 ? planned : urgent)[bits & 3];
	struct gen_line *miles;

	gen_claim_diagnose(chunk, claim, diagnosis_number(chunk));
	gen_line_modifier(gen_claim_line(chunk, claim, base->code, "41", base->price), ride);
	miles = gen_claim_line(chunk, claim, "A0425", "41", 18);
	gen_line_modifier(miles, ride);
	gen_line_units(miles, 2 + (int32_t)((bits >> 8) % 30));
}

static void make_surgery_center(struct gen_chunk *chunk, struct gen_claim *claim)
{
	const struct gen_services *list = claim_services(chunk, claim);

	gen_claim_diagnose(chunk, claim, diagnosis_number(chunk));
	service_line(chunk, claim, &list->items[list->pick[gen_next(&chunk->random) >> 56]], "24");
}

/* Rented by the month, or bought. */
static void make_equipment(struct gen_chunk *chunk, struct gen_claim *claim)
{
	const struct gen_services *list = claim_services(chunk, claim);
	unsigned count = 1 + (unsigned)gen_below(&chunk->random, 2);
	unsigned pick = list->pick[gen_next(&chunk->random) >> 56];

	claim->ordering = gen_pick_ordering(chunk);
	gen_claim_diagnose(chunk, claim, diagnosis_number(chunk));
	for (unsigned i = 0; i < count; i++) {
		const struct gen_service *item = &list->items[(pick + i) % list->count];
		struct gen_line *line = gen_claim_line(chunk, claim, item->code, "12", item->price);

		gen_line_modifier(line, item->price > 100 ? "RR" : "NU");
	}
}

static void claim_institutional(struct gen_claim *claim, enum gen_claim_kind kind)
{
	claim->kind = kind;
	claim->rendering = 0;
	claim->facility = claim->provider.npi;
	memcpy(claim->bill_type, kind == GEN_INPATIENT ? "111" : "131", 4);
}

static void make_outpatient(struct gen_chunk *chunk, struct gen_claim *claim)
{
	static const uint8_t numbers[8] = {2, 3, 3, 4, 4, 5, 6, 8};

	claim_institutional(claim, GEN_OUTPATIENT);
	gen_claim_diagnose(chunk, claim, 1 + diagnosis_number(chunk));
	services_add(chunk, claim, &chunk->world->tables.outpatient, "11",
	        numbers[gen_next(&chunk->random) >> 61]);
	for (unsigned i = 0; i < claim->line_count; i++)
		claim->lines[i].place[0] = '\0';
}

static const struct gen_stay *stay_pick(struct gen_chunk *chunk, const struct gen_claim *claim)
{
	uint64_t first = gen_below(&chunk->random, gen_stays_count);

	for (size_t i = 0; i < gen_stays_count; i++) {
		const struct gen_stay *stay = &gen_stays[(first + i) % gen_stays_count];

		if (stay->sex & claim->member.sex && stay->age_from <= claim->age &&
		        stay->age_to >= claim->age)
			return stay;
	}
	return &gen_stays[0];
}

/* A stay: the room, then what was used. */
static void make_inpatient(struct gen_chunk *chunk, struct gen_claim *claim)
{
	const struct gen_stay *stay = stay_pick(chunk, claim);
	int32_t nights = stay->nights + (int32_t)gen_below(&chunk->random, 4) - 1;
	struct gen_line *room;

	claim_institutional(claim, GEN_INPATIENT);
	nights = nights < 1 ? 1 : nights;
	if (claim->from + nights > chunk->world->last_day)
		nights = chunk->world->last_day - claim->from;
	claim->thru = claim->from + nights;
	claim->drg = stay->drg;
	memcpy(claim->discharge_status, gen_chance(&chunk->random, 80) ? "01" : "06", 3);
	gen_claim_diagnosis(claim, stay->principal, 0);
	for (unsigned i = 0; i < 2; i++) {
		if (stay->secondary[i][0] != '\0')
			gen_claim_diagnosis(claim, stay->secondary[i], 0);
	}
	if (stay->procedure[0] != '\0')
		claim->procedure = stay->procedure;
	room = gen_claim_line(chunk, claim, "", "", stay->price * 30u);
	room->revenue = 120;
	gen_line_units(room, nights ? nights : 1);
	services_add(chunk, claim, &chunk->world->tables.inpatient, "11",
	        3 + (unsigned)gen_below(&chunk->random, 6));
	for (unsigned i = 0; i < claim->line_count; i++)
		claim->lines[i].place[0] = '\0';
}

static void (*const makers[])(struct gen_chunk *, struct gen_claim *) = {
        [GEN_OFFICE] = make_office,
        [GEN_PRIMARY] = make_office,
        [GEN_EMERGENCY] = make_emergency,
        [GEN_LABORATORY] = make_laboratory,
        [GEN_IMAGING] = make_imaging,
        [GEN_THERAPY] = make_therapy,
        [GEN_MENTAL] = make_mental,
        [GEN_SINGLE] = make_single,
        [GEN_AMBULANCE] = make_ambulance,
        [GEN_SURGERY_CENTER] = make_surgery_center,
        [GEN_EQUIPMENT] = make_equipment,
        [GEN_HOSPITAL] = make_outpatient,
};

/* Of a hospital's claims 13 % are stays: a fifth of its lines. */
bool gen_claim_make(
        struct gen_chunk *chunk, const struct gen_provider *provider, struct gen_claim *claim)
{
	struct gen_wish wish = gen_wish_of(provider->specialty);
	struct gen_member member;
	int32_t day;

	if (provider->specialty->kind == GEN_HOSPITAL && gen_chance(&chunk->random, 13)) {
		wish.stay = true;
		wish.age_from = 18;
		wish.day_to = chunk->world->last_day - 1;
	}
	wish.newcomer = provider->specialty->visit_percent > 0 && !wish.stay &&
	                gen_chance(&chunk->random, NEW_PERCENT);
	wish.operation = chunk->world->tables.services[provider->specialty->services].major &&
	                 !wish.newcomer && gen_chance(&chunk->random, OPERATION_PERCENT);
	if (!gen_meet(chunk, &wish, &member, &day)) {
		if (!wish.newcomer && !wish.operation)
			return false;
		wish.newcomer = wish.operation = false;
		if (!gen_meet(chunk, &wish, &member, &day))
			return false;
	}
	gen_claim_begin(claim, provider, &member, day);
	if (wish.stay)
		make_inpatient(chunk, claim);
	else
		makers[provider->specialty->kind](chunk, claim);
	return claim->line_count > 0;
}

bool gen_claim_care(struct gen_chunk *chunk, struct gen_claim *claim)
{
	const struct gen_world *world = chunk->world;
	struct gen_provider hospital;

	if (claim->provider.specialty->kind != GEN_AMBULANCE || world->hospitals == 0)
		return false;
	hospital.slot = 0;
	for (unsigned attempt = 0; attempt < 64 && hospital.slot != GEN_SLOT_NONE; attempt++)
		gen_provider_get(world, gen_pick_provider(chunk, true), &hospital);
	if (hospital.slot != GEN_SLOT_NONE)
		return false;
	gen_claim_begin(claim, &hospital, &claim->member, claim->from);
	make_outpatient(chunk, claim);
	return claim->line_count > 0;
}

void gen_claim_visit(struct gen_chunk *chunk, struct gen_claim *claim)
{
	const struct gen_world *world = chunk->world;
	struct gen_wish wish = GEN_WISH_ANY;
	struct gen_provider provider;
	struct gen_member member;
	int32_t day;

	for (unsigned attempt = 0; attempt < 64; attempt++) {
		gen_provider_get(world, gen_pick_provider(chunk, false), &provider);
		if (provider.slot == GEN_SLOT_NONE && provider.specialty->visit_percent > 0)
			break;
	}
	if (!gen_meet(chunk, &wish, &member, &day)) {
		/* So few members that none lives on these days: take one as it is. */
		day = world->unit_day[chunk->unit_from];
		gen_member_get(world, gen_below(&chunk->random, world->options->members), &member);
	}
	gen_claim_begin(claim, &provider, &member, day);
	gen_claim_diagnose(chunk, claim, 1);
	visit_line(chunk, claim, office_est, "11");
}
