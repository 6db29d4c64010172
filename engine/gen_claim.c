/* SPDX-License-Identifier: Apache-2.0 */
#include "gen_claim.h"

#include "gen_company.h"
#include "gen_schemes.h"
#include "gen_write.h"

#include <assert.h>
#include <string.h>

/* Claims are numbered by their first line. */
#define CLAIM_ID_FIRST UINT64_C(100000001)

/* Percent of the claims of those who have such occasions, if a member has one. */
enum {
	NEW_PERCENT = 12,
	OPERATION_PERCENT = 12, /* of a surgeon's */
	CENTRE_PERCENT = 50,    /* of a surgical centre's: the others need no days around them */
	WELLNESS_PERCENT = 8,
	SELDOM_PERCENT = 5, /* of imaging: what is paid once in some years */
	STAY_PERCENT = 13,  /* of a hospital's: a fifth of its lines */
};

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

/* The code as a number. */
static uint64_t code_word(const char *code)
{
	uint64_t word = 0;

	for (unsigned i = 0; code[i] != '\0'; i++)
		word = word << 8 | (uint8_t)code[i];
	return word;
}

/* What a provider charges for a code is the same each time. */
static int64_t unit_charge(const struct gen_provider *provider, const char *code, unsigned dollars)
{
	int64_t cents = (int64_t)dollars * 100 * provider->fee / 256 *
	                gen_spread(gen_mix(code_word(code) ^ provider->npi)) / 256;

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

uint32_t gen_claim_records(const struct gen_chunk *chunk, const struct gen_claim *claim)
{
	return gen_write_lines(chunk, claim) + gen_company_lines(claim);
}

void gen_claim_emit(struct gen_chunk *chunk, struct gen_claim *claim)
{
	claim->id = CLAIM_ID_FIRST + chunk->first_line + chunk->made;
	if (claim->received == GEN_NO_DAY)
		claim->received = claim->thru + 3 + (int32_t)gen_below(&chunk->random, 28);
	if (claim->paid_on == GEN_NO_DAY)
		claim->paid_on = claim->received + 14 + (int32_t)gen_below(&chunk->random, 20);
	gen_write_claim(chunk, claim);
	gen_company_write(chunk, claim);
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
	bool first = gen_is_first_visit(chunk->world, claim->member.index, claim->from);

	return visit_line(chunk, claim, first ? office_new : office_est, place);
}

void gen_claim_office_visit(struct gen_chunk *chunk, struct gen_claim *claim)
{
	office_visit(chunk, claim, "11");
}

void gen_claim_hospital_visit(struct gen_chunk *chunk, struct gen_claim *claim)
{
	visit_line(chunk, claim, hospital_initial, "21");
}

/*
 * A wellness visit: those by age, 99381 to 99397, are paid by no edit table we
 * ship.  One member of eight has its first, and only once, within 36 months.
 */
static struct gen_line *preventive_visit(struct gen_chunk *chunk, struct gen_claim *claim)
{
	uint64_t turn = claim->member.index / 8192 + (uint64_t)date_to_parts(claim->from).year;

	gen_claim_diagnosis(claim, "Z0000", 0);
	return gen_claim_line(chunk, claim, turn % 24 == 0 ? "G0438" : "G0439", "11", 210);
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

/*
 * Of the member's operations one is that of the code, or with a side the first
 * of the two, the next that of the other: what is done once in a life.
 */
static uint32_t turn_of(
        const struct gen_chunk *chunk, const struct gen_claim *claim, const char *code)
{
	uint64_t member = claim->member.index;
	uint32_t count, number = gen_operation_number(chunk->world, member, claim->from, &count);
	uint32_t first = (uint32_t)(gen_mix(member ^ code_word(code)) % count);

	return (number + count - first) % count;
}

/* The eye whose turn it is on a day of operation, or 0. */
static char eye_of(const struct gen_chunk *chunk, const struct gen_claim *claim)
{
	uint32_t turn = turn_of(chunk, claim, "66984");

	return turn == 0 ? 'R' : turn == 1 ? 'L' : 0;
}

static bool operation_fits(const struct gen_chunk *chunk, const struct gen_claim *claim,
        const struct gen_service *service)
{
	if (!(service->flags & GEN_MAJOR) || claim->occasion != GEN_OPERATION)
		return !(service->flags & GEN_MAJOR);
	if (service->flags & GEN_ONCE && service->flags & GEN_SIDE)
		return eye_of(chunk, claim) != 0;
	return !(service->flags & GEN_ONCE) || turn_of(chunk, claim, service->code) == 0;
}

static bool service_fits(const struct gen_chunk *chunk, const struct gen_claim *claim,
        const struct gen_service *service, const char *place)
{
	if (service->flags & (GEN_SECOND | GEN_RARE) || !operation_fits(chunk, claim, service))
		return false;
	if (in_facility(place))
		return service->flags & GEN_FACILITY;
	return !(service->flags & GEN_FACILITY_ONLY);
}

/*
 * Lesions at two sites are two services: 59 says so.  One to three in ten of
 * such claims have them, by the habit of the provider.
 */
static bool at_two_sites(struct gen_chunk *chunk, const struct gen_claim *claim)
{
	enum { LEAST_PERCENT = 10, SPREAD_PERCENT = 20 };
	unsigned habit = (unsigned)(gen_mix(claim->provider.npi) % (SPREAD_PERCENT + 1));

	return gen_chance(&chunk->random, LEAST_PERCENT + habit);
}

/* What comes with a service, if anything does. */
static void add_second(struct gen_chunk *chunk, struct gen_claim *claim,
        const struct gen_service *service, const char *place)
{
	if (service->flags & GEN_PAIRED) {
		claim->exact |= (service[1].flags & GEN_ADD_ON) != 0;
		service_line(chunk, claim, service + 1, place);
	}
	if (service->flags & GEN_SITES && at_two_sites(chunk, claim)) {
		service_line(chunk, claim, service + 1, place);
		gen_line_modifier(&claim->lines[claim->line_count - 1], "59");
	}
}

unsigned gen_claim_services(struct gen_chunk *chunk, struct gen_claim *claim,
        const struct gen_services *list, const char *place, unsigned count)
{
	uint64_t had = 0, groups = 0;
	unsigned flags = 0;

	for (unsigned tries = 4 * count; tries > 0 && count > 0; tries--) {
		unsigned pick = list->pick[gen_next(&chunk->random) >> 56];
		const struct gen_service *service = &list->items[pick];

		if (had >> pick & 1 || groups >> service->group & 1 ||
		        !service_fits(chunk, claim, service, place))
			continue;
		had |= (uint64_t)1 << pick;
		groups |= service->group ? (uint64_t)1 << service->group : 0;
		flags |= service->flags;
		service_line(chunk, claim, service, place);
		add_second(chunk, claim, service, place);
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
	bool operation = claim->occasion == GEN_OPERATION;
	bool wellness = claim->occasion == GEN_ANNUAL;
	bool facility = gen_chance(&chunk->random, specialty->facility_percent) || operation;
	const char *place = facility && !wellness ? "22" : "11";
	bool visit = gen_chance(&chunk->random, specialty->visit_percent) && !operation;
	unsigned count = beside[gen_next(&chunk->random) >> 60];
	struct gen_line *first = wellness ? preventive_visit(chunk, claim) : NULL;
	unsigned flags;

	gen_claim_diagnose(chunk, claim, diagnosis_number(chunk));
	if (visit && !first)
		first = office_visit(chunk, claim, place);
	if (first && strcmp(first->code, "99211") == 0)
		return; /* a nurse's visit pairs with whatever else the nurse does */
	flags = gen_claim_services(
	        chunk, claim, claim_services(chunk, claim), place, first ? count : 1 + count / 2);
	if (first && flags & GEN_PROCEDURE)
		gen_line_modifier(first, "25");
	if (claim->line_count == 0 && !operation)
		office_visit(chunk, claim, place);
}

static void make_emergency(struct gen_chunk *chunk, struct gen_claim *claim)
{
	struct gen_line *first;
	unsigned flags;

	gen_claim_diagnose(chunk, claim, diagnosis_number(chunk));
	first = visit_line(chunk, claim, emergency_visit, "23");
	flags = gen_claim_services(chunk, claim, claim_services(chunk, claim), "23",
	        (unsigned)gen_below(&chunk->random, 3));
	if (flags & GEN_PROCEDURE)
		gen_line_modifier(first, "25");
}

static void make_laboratory(struct gen_chunk *chunk, struct gen_claim *claim)
{
	claim->ordering = gen_pick_ordering(chunk);
	gen_claim_diagnose(chunk, claim, diagnosis_number(chunk));
	gen_claim_services(chunk, claim, claim_services(chunk, claim), "81",
	        2 + (unsigned)gen_below(&chunk->random, 5));
}

/* A service of the list that is paid once in some years. */
static const struct gen_service *rare_service(const struct gen_services *list)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i].flags & GEN_RARE)
			return &list->items[i];
	}
	return NULL;
}

static void make_imaging(struct gen_chunk *chunk, struct gen_claim *claim)
{
	bool facility = gen_chance(&chunk->random, claim->provider.specialty->facility_percent);
	const struct gen_services *list = claim_services(chunk, claim);
	const struct gen_service *rare = claim->occasion == GEN_SELDOM ? rare_service(list) : NULL;
	const char *place = facility ? "22" : "11";

	claim->ordering = gen_pick_ordering(chunk);
	gen_claim_diagnose(chunk, claim, diagnosis_number(chunk));
	if (rare)
		service_line(chunk, claim, rare, place);
	else
		gen_claim_services(
		        chunk, claim, list, place, 1 + (unsigned)gen_below(&chunk->random, 2));
}

static void make_therapy(struct gen_chunk *chunk, struct gen_claim *claim)
{
	gen_claim_diagnose(chunk, claim, diagnosis_number(chunk));
	gen_claim_services(chunk, claim, claim_services(chunk, claim), "11",
	        2 + (unsigned)gen_below(&chunk->random, 3));
}

/* Talk or a visit, one a day. */
static void make_mental(struct gen_chunk *chunk, struct gen_claim *claim)
{
	gen_claim_diagnose(chunk, claim, diagnosis_number(chunk));
	if (gen_chance(&chunk->random, claim->provider.specialty->visit_percent))
		office_visit(chunk, claim, "11");
	else
		gen_claim_services(chunk, claim, claim_services(chunk, claim), "11", 1);
}

static void make_single(struct gen_chunk *chunk, struct gen_claim *claim)
{
	bool facility = gen_chance(&chunk->random, claim->provider.specialty->facility_percent);

	gen_claim_diagnose(chunk, claim, diagnosis_number(chunk));
	gen_claim_services(chunk, claim, claim_services(chunk, claim), facility ? "22" : "11", 1);
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

/* An operation on its day, and on other days what needs no days around it. */
static void make_surgery_center(struct gen_chunk *chunk, struct gen_claim *claim)
{
	const struct gen_services *list = claim_services(chunk, claim);
	bool operation = claim->occasion == GEN_OPERATION;
	const struct gen_service *service;

	do {
		service = &list->items[list->pick[gen_next(&chunk->random) >> 56]];
	} while (operation != ((service->flags & GEN_MAJOR) != 0) ||
	         !operation_fits(chunk, claim, service));
	gen_claim_diagnose(chunk, claim, diagnosis_number(chunk));
	service_line(chunk, claim, service, "24");
}

/* Rented by the month, or bought. */
static void make_equipment(struct gen_chunk *chunk, struct gen_claim *claim)
{
	const struct gen_services *list = claim_services(chunk, claim);
	unsigned count = 1 + (unsigned)gen_below(&chunk->random, 2);
	unsigned pick = list->pick[gen_next(&chunk->random) >> 56];

	gen_claim_diagnose(chunk, claim, diagnosis_number(chunk));
	for (unsigned i = 0; i < count; i++) {
		const struct gen_service *item = &list->items[(pick + i) % list->count];
		struct gen_line *line = gen_claim_line(chunk, claim, item->code, "12", item->price);

		gen_line_modifier(line, item->price > 100 ? "RR" : "NU");
	}
}

void gen_claim_hospital(struct gen_claim *claim, enum gen_claim_kind kind)
{
	claim->kind = kind;
	claim->rendering = 0;
	claim->facility = claim->provider.npi;
	memcpy(claim->bill_type, kind == GEN_INPATIENT ? "111" : "131", 4);
}

void gen_claim_outpatient(struct gen_chunk *chunk, struct gen_claim *claim)
{
	static const uint8_t numbers[8] = {2, 3, 3, 4, 4, 5, 6, 8};

	gen_claim_hospital(claim, GEN_OUTPATIENT);
	gen_claim_diagnose(chunk, claim, 1 + diagnosis_number(chunk));
	gen_claim_services(chunk, claim, &chunk->world->tables.outpatient, "11",
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
void gen_claim_inpatient(struct gen_chunk *chunk, struct gen_claim *claim)
{
	const struct gen_stay *stay = stay_pick(chunk, claim);
	int32_t nights = stay->nights + (int32_t)gen_below(&chunk->random, 4) - 1;
	struct gen_line *room;

	gen_claim_hospital(claim, GEN_INPATIENT);
	nights = nights < 1 ? 1 : nights > GEN_STAY_NIGHTS ? GEN_STAY_NIGHTS : nights;
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
	gen_claim_services(chunk, claim, &chunk->world->tables.inpatient, "11",
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
        [GEN_HOSPITAL] = gen_claim_outpatient,
};

/* What a claim of the provider is about, if a member can be met for it. */
static enum gen_occasion pick_occasion(
        struct gen_chunk *chunk, const struct gen_specialty *specialty, bool major)
{
	unsigned roll = (unsigned)gen_below(&chunk->random, 100);

	switch (specialty->kind) {
	case GEN_HOSPITAL:
		return roll < STAY_PERCENT ? GEN_ADMISSION : GEN_ORDINARY;
	case GEN_EQUIPMENT:
		return GEN_SELDOM;
	case GEN_IMAGING:
		return roll < SELDOM_PERCENT ? GEN_SELDOM : GEN_ORDINARY;
	case GEN_SURGERY_CENTER:
		return roll < CENTRE_PERCENT ? GEN_OPERATION : GEN_ORDINARY;
	default:
		break;
	}
	if (specialty->visit_percent > 0 && roll < NEW_PERCENT)
		return GEN_FIRST_VISIT;
	if (major && roll < NEW_PERCENT + OPERATION_PERCENT)
		return GEN_OPERATION;
	if (specialty->kind == GEN_PRIMARY && specialty->age_to >= 65 &&
	        roll < NEW_PERCENT + WELLNESS_PERCENT)
		return GEN_ANNUAL;
	return GEN_ORDINARY;
}

static struct gen_wish wish_on(const struct gen_chunk *chunk, const struct gen_specialty *specialty,
        enum gen_occasion occasion)
{
	struct gen_wish wish = gen_wish_of(chunk->world, specialty);

	wish.occasion = occasion;
	if (occasion == GEN_ADMISSION) {
		wish.age_from = 18;
		wish.day_to = chunk->world->last_day - 1;
	}
	if (occasion == GEN_ANNUAL)
		wish.age_from = 65;
	return wish;
}

bool gen_claim_make(
        struct gen_chunk *chunk, const struct gen_provider *provider, struct gen_claim *claim)
{
	const struct gen_specialty *specialty = provider->specialty;
	bool major = chunk->world->tables.services[specialty->services].major;
	enum gen_occasion occasion = pick_occasion(chunk, specialty, major);
	struct gen_wish wish = wish_on(chunk, specialty, occasion);
	struct gen_member member;
	int32_t day;

	if (!gen_meet(chunk, &wish, &member, &day)) {
		if (occasion == GEN_ORDINARY || specialty->kind == GEN_HOSPITAL ||
		        specialty->kind == GEN_EQUIPMENT)
			return false;
		wish = wish_on(chunk, specialty, GEN_ORDINARY);
		if (!gen_meet(chunk, &wish, &member, &day))
			return false;
	}
	gen_claim_begin(claim, provider, &member, day);
	claim->occasion = (uint8_t)wish.occasion;
	if (wish.occasion == GEN_OPERATION)
		claim->side = eye_of(chunk, claim);
	if (wish.occasion == GEN_ADMISSION)
		gen_claim_inpatient(chunk, claim);
	else
		makers[specialty->kind](chunk, claim);
	return claim->line_count > 0 && gen_company_find(chunk, claim);
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
	wish.again = !gen_meet(chunk, &wish, &member, &day);
	if (wish.again && !gen_meet(chunk, &wish, &member, &day)) {
		/* So few members that none lives on these days: take one as it is. */
		day = world->unit_day[chunk->unit_from];
		gen_member_get(world, gen_below(&chunk->random, world->options->members), &member);
	}
	gen_claim_begin(claim, &provider, &member, day);
	gen_claim_diagnose(chunk, claim, 1);
	visit_line(chunk, claim, office_est, "11");
}
