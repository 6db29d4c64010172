/* SPDX-License-Identifier: Apache-2.0 */
#include "gen_company.h"

#include <string.h>

enum {
	STAFF_RANKS = 1 << 16, /* looked through for the staff */
	ORDERER_TRIES = 32,    /* about half of all persons may order */
	ATTENDED_PERCENT = 50, /* of stays, with the physicians' claims in the file */
	READ_PERCENT = 40,     /* of those, with a film read */
};

/* The most records of each, a hospital's total among them. */
static const uint8_t lines_most[] = {
        [GEN_ALONE] = 0,
        [GEN_RIDE] = 9,
        [GEN_EMERGENCY_ROOM] = 5,
        [GEN_SURGEON] = 1,
        [GEN_ORDERER] = 1,
        [GEN_ATTENDING] = 2,
        [GEN_STAY] = 10,
};

uint32_t gen_company_lines(const struct gen_claim *claim)
{
	return lines_most[claim->company];
}

/* ---- Who ---- */

static bool staff_fits(const struct gen_world *world, enum gen_staff staff, uint64_t index)
{
	static const char specialties[GEN_STAFF_KINDS][3] = {
	        [GEN_STAFF_EYE] = "18",
	        [GEN_STAFF_DIGESTIVE] = "10",
	        [GEN_STAFF_JOINTS] = "20",
	        [GEN_STAFF_MEDICINE] = "11",
	        [GEN_STAFF_IMAGING] = "30",
	};
	struct gen_provider provider;

	gen_provider_get(world, index, &provider);
	return provider.slot == GEN_SLOT_NONE &&
	       strcmp(provider.specialty->code, specialties[staff]) == 0;
}

void gen_company_init(struct gen_world *world)
{
	uint64_t end = world->options->providers;

	if (end - world->hospitals > STAFF_RANKS)
		end = world->hospitals + STAFF_RANKS;
	for (unsigned staff = 0; staff < GEN_STAFF_KINDS; staff++) {
		uint32_t count = 0;

		for (uint64_t i = world->hospitals; i < end && count < GEN_STAFF_MAX; i++) {
			if (staff_fits(world, (enum gen_staff)staff, i))
				world->staff[staff][count++] = i;
		}
		world->staff_count[staff] = count;
	}
}

static bool find_staff(struct gen_chunk *chunk, enum gen_staff staff, uint64_t *index)
{
	const struct gen_world *world = chunk->world;

	if (world->staff_count[staff] == 0)
		return false;
	*index = world->staff[staff][gen_below(&chunk->random, world->staff_count[staff])];
	return true;
}

static bool find_hospital(struct gen_chunk *chunk, uint64_t *index)
{
	if (chunk->world->hospitals == 0)
		return false;
	*index = gen_pick_provider(chunk, true);
	return true;
}

static bool find_surgeon(struct gen_chunk *chunk, const char *code, uint64_t *index)
{
	static const struct {
		char code[6];
		enum gen_staff staff;
	} operations[] = {{"66984", GEN_STAFF_EYE}, {"45378", GEN_STAFF_DIGESTIVE},
	        {"43239", GEN_STAFF_DIGESTIVE}, {"45385", GEN_STAFF_DIGESTIVE}};

	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
		if (strcmp(operations[i].code, code) == 0)
			return find_staff(chunk, operations[i].staff, index);
	}
	return find_staff(chunk, GEN_STAFF_JOINTS, index);
}

/* Does the provider see members like this one, whatever their operations and sores? */
static bool sees(const struct gen_world *world, const struct gen_provider *provider,
        const struct gen_claim *claim)
{
	const struct gen_specialty *specialty = provider->specialty;
	const struct gen_services *list = &world->tables.services[specialty->services];

	return provider->slot == GEN_SLOT_NONE &&
	       (specialty->kind == GEN_OFFICE || specialty->kind == GEN_PRIMARY) &&
	       specialty->visit_percent > 0 && !list->major && !list->ten_days &&
	       specialty->sex & claim->member.sex && specialty->age_from <= claim->age &&
	       specialty->age_to >= claim->age;
}

static bool find_orderer(struct gen_chunk *chunk, struct gen_claim *claim)
{
	const struct gen_world *world = chunk->world;
	uint64_t persons = world->options->providers - world->hospitals;

	for (unsigned attempt = 0; attempt < ORDERER_TRIES; attempt++) {
		uint64_t index = world->hospitals + gen_below(&chunk->random, persons);
		struct gen_provider provider;

		gen_provider_get(world, index, &provider);
		if (!sees(world, &provider, claim))
			continue;
		claim->beside = index;
		claim->ordering = provider.npi;
		return true;
	}
	return false;
}

/* Half of the stays are visited, if there is anybody to do it. */
static void find_attending(struct gen_chunk *chunk, struct gen_claim *claim)
{
	if (!gen_chance(&chunk->random, ATTENDED_PERCENT) ||
	        !find_staff(chunk, GEN_STAFF_MEDICINE, &claim->beside))
		return;
	claim->company = GEN_ATTENDING;
	claim->exact = true;
}

static enum gen_company company_of(const struct gen_claim *claim)
{
	const char *place = claim->lines[0].place;

	switch (claim->provider.specialty->kind) {
	case GEN_AMBULANCE:
		return GEN_RIDE;
	case GEN_SURGERY_CENTER:
		return GEN_SURGEON;
	case GEN_EQUIPMENT:
		return GEN_ORDERER;
	default:
		return strcmp(place, "23") == 0   ? GEN_EMERGENCY_ROOM
		       : strcmp(place, "21") == 0 ? GEN_STAY
		                                  : GEN_ALONE;
	}
}

bool gen_company_find(struct gen_chunk *chunk, struct gen_claim *claim)
{
	if (claim->kind == GEN_INPATIENT) {
		find_attending(chunk, claim);
		return true;
	}
	claim->company = (uint8_t)company_of(claim);
	switch (claim->company) {
	case GEN_ALONE:
		return true;
	case GEN_SURGEON:
		claim->exact = true; /* each of the two is looked for beside the other */
		return find_surgeon(chunk, claim->lines[0].code, &claim->beside);
	case GEN_ORDERER:
		return find_orderer(chunk, claim);
	default:
		return find_hospital(chunk, &claim->beside);
	}
}

/* ---- What they bill ---- */

/* A claim for the same member and day, with the same diagnoses. */
static void begin_beside(struct gen_chunk *chunk, struct gen_claim *beside,
        const struct gen_claim *claim, uint64_t index)
{
	struct gen_provider provider;

	gen_provider_get(chunk->world, index, &provider);
	gen_claim_begin(beside, &provider, &claim->member, claim->from);
	for (unsigned i = 0; i < claim->diagnosis_count; i++)
		gen_claim_diagnosis(beside, claim->diagnoses[i], i == 0 ? claim->side : 0);
	beside->exact = true;
}

static void make_room(
        struct gen_chunk *chunk, struct gen_claim *beside, const struct gen_claim *claim)
{
	gen_claim_hospital(beside, GEN_OUTPATIENT);
	gen_claim_line(chunk, beside, claim->lines[0].code, "", 900)->revenue = 450;
	gen_claim_services(chunk, beside, &chunk->world->tables.emergency_room, "11",
	        1 + (unsigned)gen_below(&chunk->random, 3));
	for (unsigned i = 0; i < beside->line_count; i++)
		beside->lines[i].place[0] = '\0';
}

static void make_operation(
        struct gen_chunk *chunk, struct gen_claim *beside, const struct gen_claim *claim)
{
	struct gen_line *line = gen_claim_line(chunk, beside, claim->lines[0].code, "24", 950);

	for (unsigned i = 0; i < claim->lines[0].modifier_count; i++)
		gen_line_modifier(line, claim->lines[0].modifiers[i]);
}

static void write_reading(struct gen_chunk *chunk, const struct gen_claim *claim)
{
	struct gen_claim beside;
	uint64_t index;

	if (!gen_chance(&chunk->random, READ_PERCENT) ||
	        !find_staff(chunk, GEN_STAFF_IMAGING, &index))
		return;
	begin_beside(chunk, &beside, claim, index);
	gen_line_modifier(gen_claim_line(chunk, &beside, "71046", "21", 40), "26");
	gen_claim_emit(chunk, &beside);
}

void gen_company_write(struct gen_chunk *chunk, const struct gen_claim *claim)
{
	struct gen_claim beside;

	if (claim->company == GEN_ALONE)
		return;
	begin_beside(chunk, &beside, claim, claim->beside);
	switch (claim->company) {
	case GEN_RIDE:
		gen_claim_outpatient(chunk, &beside);
		break;
	case GEN_EMERGENCY_ROOM:
		make_room(chunk, &beside, claim);
		break;
	case GEN_SURGEON:
		make_operation(chunk, &beside, claim);
		break;
	case GEN_ORDERER:
		gen_claim_office_visit(chunk, &beside);
		break;
	case GEN_ATTENDING:
		gen_claim_hospital_visit(chunk, &beside);
		write_reading(chunk, claim);
		break;
	default:
		beside.diagnosis_count = 0; /* the stay has its own */
		gen_claim_inpatient(chunk, &beside);
		break;
	}
	gen_claim_emit(chunk, &beside);
}
