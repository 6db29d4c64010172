/* SPDX-License-Identifier: Apache-2.0 */
#include "gen_schemes.h"

#include "gen_company.h"
#include "gen_write.h"

#include <assert.h>
#include <string.h>

/* Sex edits end with September 2024; G2211 is paid from January 2024. */
enum { DAY_2024_01_01 = 19723, DAY_2024_09_30 = 19996 };

/* Cases of many claims on one day. */
enum { BURST_LONG = 30, BURST_CLONES = 12, BURST_SPIKE = 6 };

/*
 * Numbers of codesets/exclusions.csv, all of its fictional range: excluded
 * before 2022 and not taken back by the end of 2024; and taken back before
 * 2022, so lawful again.
 */
static const uint32_t excluded[] = {1000084586, 1000157796, 1000304216, 1000450639, 1000523849,
        1000597058, 1000670269, 1000816680, 1000889893, 1001036312, 1001182736, 1001255946,
        1001329154, 1001402365, 1001548787, 1001621998, 1001695208, 1001768419, 1001914831,
        1002061251, 1002134462, 1002280885, 1002354094, 1002427304, 1002500514, 1002863243,
        1002883423, 1002893513};
static const uint32_t reinstated[] = {1000011373, 1000377428, 1001109523, 1001841620, 1002573727};

/* Meet a member as the wish says, and begin a claim. */
static bool begin(struct gen_chunk *chunk, const struct gen_provider *provider,
        const struct gen_wish *wish, struct gen_claim *claim)
{
	struct gen_member member;
	int32_t day;

	if (!gen_room(chunk, GEN_CLAIM_LINES) || !gen_meet(chunk, wish, &member, &day))
		return false;
	gen_claim_begin(claim, provider, &member, day);
	return true;
}

/* ... as the specialty sees them, with so many diagnoses. */
static bool begin_usual(struct gen_chunk *chunk, const struct gen_provider *provider,
        struct gen_claim *claim, unsigned diagnoses)
{
	struct gen_wish wish = gen_wish_of(chunk->world, provider->specialty);

	if (!begin(chunk, provider, &wish, claim))
		return false;
	gen_claim_diagnose(chunk, claim, diagnoses);
	return true;
}

static bool finish(struct gen_chunk *chunk, struct gen_claim *claim)
{
	if (!gen_company_find(chunk, claim))
		return false;
	gen_claim_label(chunk, claim);
	gen_claim_emit(chunk, claim);
	return true;
}

/* A line with a modifier, or with none: NULL. */
static struct gen_line *line_with(struct gen_chunk *chunk, struct gen_claim *claim,
        const char *code, const char *place, unsigned dollars, const char *modifier)
{
	struct gen_line *line = gen_claim_line(chunk, claim, code, place, dollars);

	if (modifier)
		gen_line_modifier(line, modifier);
	return line;
}

/* ---- Visits ---- */

static bool plant_upcoding(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	struct gen_claim claim;
	bool top = gen_chance(&chunk->random, 85);

	if (!begin_usual(chunk, provider, &claim, 1))
		return false;
	line_with(chunk, &claim, top ? "99215" : "99214", "11", top ? 280 : 205, NULL);
	return finish(chunk, &claim);
}

/* The sick are sent there: high levels, and the diagnoses to go with them. */
static bool plant_referral(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	struct gen_claim claim;
	bool top = gen_chance(&chunk->random, 30);

	if (!begin_usual(chunk, provider, &claim, 4))
		return false;
	line_with(chunk, &claim, top ? "99215" : "99214", "22", top ? 280 : 205, NULL);
	return finish(chunk, &claim);
}

static bool plant_modifier_25(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	struct gen_claim claim;

	if (!begin_usual(chunk, provider, &claim, 2))
		return false;
	line_with(chunk, &claim, "99214", "11", 205, "25");
	return finish(chunk, &claim);
}

static bool plant_preventive_25(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	struct gen_wish wish = GEN_WISH_ANY;
	struct gen_claim claim;

	wish.occasion = GEN_ANNUAL;
	wish.age_from = 66;
	if (!begin(chunk, provider, &wish, &claim))
		return false;
	gen_claim_diagnosis(&claim, "Z0000", 0);
	gen_claim_diagnose(chunk, &claim, 2);
	line_with(chunk, &claim, "G0439", "11", 210, NULL);
	line_with(chunk, &claim, "99213", "11", 140, "25");
	return finish(chunk, &claim);
}

/* A visit of somebody whom nobody has seen: EM-05 has nothing to say of it. */
static bool plant_invalid_code(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	struct gen_wish wish = gen_wish_of(chunk->world, provider->specialty);
	struct gen_claim claim;

	wish.occasion = GEN_FIRST_VISIT;
	if (!begin(chunk, provider, &wish, &claim))
		return false;
	gen_claim_diagnose(chunk, &claim, 1);
	line_with(chunk, &claim, "99201", "11", 90, NULL);
	return finish(chunk, &claim);
}

/* The visits are of the usual levels: what is new is the code beside them. */
static bool plant_new_code(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	struct gen_wish wish = gen_wish_of(chunk->world, provider->specialty);
	struct gen_claim claim;

	wish.day_from = DAY_2024_01_01;
	if (!begin(chunk, provider, &wish, &claim))
		return false;
	gen_claim_diagnose(chunk, &claim, 2);
	gen_claim_office_visit(chunk, &claim);
	line_with(chunk, &claim, "G2211", "11", 35, NULL);
	return finish(chunk, &claim);
}

static bool plant_diagnosis(
        struct gen_chunk *chunk, const struct gen_provider *provider, const char *const codes[4])
{
	struct gen_wish wish = gen_wish_of(chunk->world, provider->specialty);
	struct gen_claim claim;

	wish.age_from = 18;
	if (!begin(chunk, provider, &wish, &claim))
		return false;
	gen_claim_diagnosis(&claim, codes[gen_below(&chunk->random, 4)], 0);
	gen_claim_diagnose(chunk, &claim, 1);
	line_with(chunk, &claim, "99213", "11", 140, NULL);
	return finish(chunk, &claim);
}

static bool plant_header(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	static const char *const codes[4] = {"E11", "I50", "J44", "M17"};

	return plant_diagnosis(chunk, provider, codes);
}

/* Of three characters, and whole. */
static bool plant_short(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	static const char *const codes[4] = {"I10", "B20", "R42", "Z23"};

	return plant_diagnosis(chunk, provider, codes);
}

static bool plant_sex(
        struct gen_chunk *chunk, const struct gen_provider *provider, const char *modifier)
{
	struct gen_wish wish = GEN_WISH_ANY;
	struct gen_claim claim;

	wish.sex = GEN_FEMALE;
	wish.age_from = 30;
	wish.day_to = DAY_2024_09_30;
	if (!begin(chunk, provider, &wish, &claim))
		return false;
	gen_claim_diagnosis(&claim, "N401", 0);
	line_with(chunk, &claim, "99213", "11", 140, modifier);
	return finish(chunk, &claim);
}

static bool plant_sex_conflict(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	return plant_sex(chunk, provider, NULL);
}

/* KX: the requirements for a service that does not go with the sex on file are met. */
static bool plant_sex_attested(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	return plant_sex(chunk, provider, "KX");
}

static bool plant_age(struct gen_chunk *chunk, const struct gen_provider *provider, uint8_t from,
        uint8_t to, const char *code)
{
	struct gen_wish wish = GEN_WISH_ANY;
	struct gen_claim claim;

	wish.age_from = from;
	wish.age_to = to;
	if (!begin(chunk, provider, &wish, &claim))
		return false;
	gen_claim_diagnosis(&claim, code, 0);
	line_with(chunk, &claim, "99213", "11", 140, NULL);
	return finish(chunk, &claim);
}

static bool plant_age_conflict(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	return plant_age(chunk, provider, 25, 90, "Z00129");
}

/* The last years of childhood, which are the first of being grown up too. */
static bool plant_age_boundary(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	return plant_age(
	        chunk, provider, 15, 17, gen_chance(&chunk->random, 50) ? "Z00129" : "Z0000");
}

static bool plant_after_death(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	struct gen_wish wish = GEN_WISH_ANY;
	struct gen_claim claim;

	wish.dead = true;
	if (!begin(chunk, provider, &wish, &claim))
		return false;
	gen_claim_diagnose(chunk, &claim, 2);
	line_with(chunk, &claim, "99213", "11", 140, NULL);
	return finish(chunk, &claim);
}

/* Taken in the last weeks, read and billed after the death: the service is the taking. */
static bool plant_pathology(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	struct gen_wish wish = GEN_WISH_ANY;
	struct gen_claim claim;

	wish.dying = true;
	if (!begin(chunk, provider, &wish, &claim))
		return false;
	gen_claim_diagnose(chunk, &claim, 1);
	claim.received = claim.member.death + 10;
	gen_line_units(line_with(chunk, &claim, "88305", "81", 160, NULL), 2);
	return finish(chunk, &claim);
}

/* All that the provider bills. */
static bool plant_ordinary(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	struct gen_claim claim;

	if (!gen_room(chunk, GEN_CLAIM_LINES) || !gen_claim_make(chunk, provider, &claim))
		return false;
	return finish(chunk, &claim);
}

static bool plant_shared(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	struct gen_claim claim;

	if (!begin_usual(chunk, provider, &claim, 2))
		return false;
	line_with(chunk, &claim, "99214", "11", 205, "FS");
	return finish(chunk, &claim);
}

static bool plant_shared_hospital(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	struct gen_wish wish = gen_wish_of(chunk->world, provider->specialty);
	struct gen_claim claim;

	wish.occasion = GEN_ADMISSION;
	wish.age_from = 18;
	wish.day_to = GEN_LAST_DAY - 1;
	if (!begin(chunk, provider, &wish, &claim))
		return false;
	gen_claim_diagnose(chunk, &claim, 2);
	line_with(chunk, &claim, "99232", "21", 145, "FS");
	return finish(chunk, &claim);
}

/* ---- Procedures, pairs and units ---- */

static bool plant_modifier_59(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	struct gen_claim claim;

	if (!begin_usual(chunk, provider, &claim, 1))
		return false;
	line_with(chunk, &claim, "17110", "11", 190, NULL);
	line_with(chunk, &claim, "11102", "11", 180, "59");
	line_with(chunk, &claim, "17000", "11", 130, "59");
	return finish(chunk, &claim);
}

/* One biopsy among warts, each with its diagnosis. */
static bool plant_two_sites(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	struct gen_claim claim;
	struct gen_wish wish = gen_wish_of(chunk->world, provider->specialty);

	if (!begin(chunk, provider, &wish, &claim))
		return false;
	gen_claim_diagnosis(&claim, "D225", 0);
	gen_claim_diagnosis(&claim, "B079", 0);
	line_with(chunk, &claim, "17110", "11", 190, NULL);
	line_with(chunk, &claim, "11102", "11", 180, "59");
	return finish(chunk, &claim);
}

static bool plant_pair(struct gen_chunk *chunk, const struct gen_provider *provider,
        const char *first, const char *second)
{
	struct gen_claim claim;

	if (!begin_usual(chunk, provider, &claim, 1))
		return false;
	line_with(chunk, &claim, first, "22", 1200, NULL);
	line_with(chunk, &claim, second, "22", 900, NULL);
	return finish(chunk, &claim);
}

static bool plant_unbundled_pair(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	return plant_pair(chunk, provider, "45385", "45380");
}

static bool plant_unbundled_never(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	return plant_pair(chunk, provider, "45385", "45378");
}

static bool plant_units(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	struct gen_claim claim;

	if (!begin_usual(chunk, provider, &claim, 2))
		return false;
	gen_line_units(line_with(chunk, &claim, "97110", "11", 62, "GP"),
	        12 + (int32_t)gen_below(&chunk->random, 9));
	return finish(chunk, &claim);
}

/* Many units are right where a unit is small: 1 mg. */
static bool plant_drug_units(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	struct gen_claim claim;

	if (!begin_usual(chunk, provider, &claim, 2))
		return false;
	line_with(chunk, &claim, "96413", "11", 420, NULL);
	gen_line_units(line_with(chunk, &claim, "J9271", "11", 78, NULL), 200);
	return finish(chunk, &claim);
}

/* A component that the code does not have, or that the hospital was paid for. */
static bool plant_component(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	struct gen_claim claim;

	if (!begin_usual(chunk, provider, &claim, 1))
		return false;
	if (gen_chance(&chunk->random, 50))
		line_with(chunk, &claim, "71046", "22", 75, "TC");
	else
		line_with(chunk, &claim, "99213", "11", 140, "26");
	return finish(chunk, &claim);
}

static bool plant_bilateral(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	struct gen_claim claim;
	struct gen_line *line;

	if (!begin_usual(chunk, provider, &claim, 1))
		return false;
	line = line_with(chunk, &claim, "20610", "11", 190, "50");
	if (gen_chance(&chunk->random, 50))
		gen_line_units(line, 2);
	else
		gen_line_modifier(line, "RT");
	return finish(chunk, &claim);
}

/* Both sides, a line each, the second at half the price. */
static bool plant_two_sides(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	struct gen_wish wish = gen_wish_of(chunk->world, provider->specialty);
	struct gen_claim claim;
	struct gen_line *right, *left;

	if (!begin(chunk, provider, &wish, &claim))
		return false;
	gen_claim_diagnosis(&claim, "M170", 0);
	right = line_with(chunk, &claim, "20610", "11", 190, "RT");
	left = line_with(chunk, &claim, "20610", "11", 190, "LT");
	left->allowed = right->allowed / 2;
	left->paid = right->paid / 2;
	return finish(chunk, &claim);
}

/* No car drives a patient to a doctor's office at the payer's cost, nor miles alone. */
static bool plant_ambulance(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	struct gen_claim claim;
	unsigned kind = (unsigned)gen_below(&chunk->random, 3);

	if (!begin_usual(chunk, provider, &claim, 1))
		return false;
	if (kind == 0)
		line_with(chunk, &claim, "A0428", "41", 520, "RP");
	if (kind == 1)
		line_with(chunk, &claim, "A0427", "41", 960, "HR");
	gen_line_units(line_with(chunk, &claim, "A0425", "41", 18,
	                       kind == 0   ? "RP"
	                       : kind == 1 ? "HR"
	                                   : "RH"),
	        20);
	return finish(chunk, &claim);
}

static bool plant_dialysis_ride(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	struct gen_wish wish = gen_wish_of(chunk->world, provider->specialty);
	struct gen_claim claim;
	const char *ride = gen_chance(&chunk->random, 50) ? "RJ" : "JR";

	wish.age_from = 18;
	if (!begin(chunk, provider, &wish, &claim))
		return false;
	gen_claim_diagnosis(&claim, "N186", 0);
	gen_claim_diagnosis(&claim, "Z992", 0);
	line_with(chunk, &claim, "A0428", "41", 520, ride);
	gen_line_units(line_with(chunk, &claim, "A0425", "41", 18, ride), 9);
	return finish(chunk, &claim);
}

/* ---- Several claims ---- */

/* A service, and how many of a hundred are it. */
struct usual_service {
	const char *code;
	unsigned dollars, percent;
};

static const struct usual_service *pick_service(
        struct gen_chunk *chunk, const struct usual_service *services)
{
	uint32_t left = gen_below(&chunk->random, 100);

	while (left >= services->percent)
		left -= services++->percent;
	return services;
}

/* One line of the services for each of many members, all on one day. */
static bool plant_day(struct gen_chunk *chunk, const struct gen_provider *provider,
        const struct usual_service *services, const char *modifier)
{
	struct gen_wish wish = gen_wish_of(chunk->world, provider->specialty);
	struct gen_claim claim;
	unsigned made = 0;

	while (made < BURST_LONG && begin(chunk, provider, &wish, &claim)) {
		wish.day_from = wish.day_to = claim.from;
		const struct usual_service *service = pick_service(chunk, services);

		gen_claim_diagnose(chunk, &claim, 1);
		line_with(chunk, &claim, service->code, "11", service->dollars, modifier);
		finish(chunk, &claim);
		made++;
	}
	return made > 0;
}

static bool plant_impossible_day(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	static const struct usual_service services[] = {{"90837", 220, 100}};

	return plant_day(chunk, provider, services, NULL);
}

/* A teacher signs for the residents' patients, whose visits are of the usual levels. */
static bool plant_teaching_day(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	static const struct usual_service services[] = {
	        {"99212", 90, 7}, {"99213", 148, 50}, {"99214", 205, 38}, {"99215", 290, 5}};

	return plant_day(chunk, provider, services, "GC");
}

/* An ordinary claim, sent in twice.  The second is the scheme's. */
static bool plant_duplicate(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	struct gen_claim claim;

	if (!gen_room(chunk, 2 * GEN_CLAIM_LINES) || !gen_claim_make(chunk, provider, &claim))
		return false;
	claim.exact = true;
	gen_claim_emit(chunk, &claim);
	claim.received += 9;
	claim.paid_on += 9;
	return finish(chunk, &claim);
}

static bool plant_repeat_test(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	struct gen_claim claim;

	if (!begin_usual(chunk, provider, &claim, 1))
		return false;
	line_with(chunk, &claim, "82947", "81", 24, NULL);
	line_with(chunk, &claim, "82947", "81", 24, "91");
	line_with(chunk, &claim, "82947", "81", 24, "91");
	return finish(chunk, &claim);
}

/* A second operation that the first one planned. */
static bool plant_staged(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	enum { WEEKS_BETWEEN = 4 };
	struct gen_wish wish = gen_wish_of(chunk->world, provider->specialty);
	struct gen_claim claim;

	wish.occasion = GEN_OPERATION;
	wish.day_to = GEN_LAST_DAY - 7 * WEEKS_BETWEEN;
	if (!gen_room(chunk, 2 * GEN_CLAIM_LINES) || !begin(chunk, provider, &wish, &claim))
		return false;
	if (claim.member.death <= claim.from + 7 * WEEKS_BETWEEN)
		return false;
	gen_claim_diagnosis(&claim, "M1711", 'R');
	line_with(chunk, &claim, "29881", "22", 2900, "RT");
	finish(chunk, &claim);
	gen_claim_begin(&claim, provider, &claim.member, claim.from + 7 * WEEKS_BETWEEN);
	gen_claim_diagnosis(&claim, "M1711", 'R');
	gen_line_modifier(line_with(chunk, &claim, "27447", "22", 4200, "58"), "RT");
	return finish(chunk, &claim);
}

/* A service that two share, and what each bills of it. */
struct shared_service {
	const char *code, *place;
	struct {
		const char *modifier;
		unsigned dollars;
	} parts[2];
};

static void bill_part(struct gen_chunk *chunk, struct gen_claim *claim,
        const struct shared_service *service, unsigned part)
{
	claim->line_count = 0;
	line_with(chunk, claim, service->code, service->place, service->parts[part].dollars,
	        service->parts[part].modifier);
}

/* The provider's part, and the partner's on the same day. */
static bool plant_with_partner(struct gen_chunk *chunk, const struct gen_provider *provider,
        enum gen_occasion occasion, const struct shared_service *service)
{
	struct gen_wish wish = gen_wish_of(chunk->world, provider->specialty);
	struct gen_claim claim;
	uint64_t partner = gen_slot_provider(chunk->world, provider->slot, !provider->part);

	wish.occasion = occasion;
	if (!gen_room(chunk, 2 * GEN_CLAIM_LINES) || !begin(chunk, provider, &wish, &claim))
		return false;
	gen_claim_diagnose(chunk, &claim, 2);
	bill_part(chunk, &claim, service, provider->part);
	finish(chunk, &claim);
	gen_provider_get(chunk->world, partner, &claim.provider);
	claim.rendering = claim.provider.npi;
	claim.billing = claim.provider.billing_npi;
	bill_part(chunk, &claim, service, claim.provider.part);
	return finish(chunk, &claim);
}

static bool plant_co_surgeons(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	static const struct shared_service fusion = {"22612", "22", {{"62", 900}, {"62", 900}}};

	return plant_with_partner(chunk, provider, GEN_OPERATION, &fusion);
}

/* At a third and two thirds of what the whole costs. */
static bool plant_component_split(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	static const struct shared_service film = {"71046", "11", {{"26", 32}, {"TC", 63}}};

	return plant_with_partner(chunk, provider, GEN_ORDINARY, &film);
}

/* The same claim for a dozen members on one day. */
static bool plant_clones(struct gen_chunk *chunk, const struct gen_provider *provider,
        const char *diagnosis, const char *const codes[3], const char *place)
{
	struct gen_wish wish = gen_wish_of(chunk->world, provider->specialty);
	struct gen_claim claim;
	unsigned made = 0;

	wish.age_from = 18;
	while (made < BURST_CLONES && begin(chunk, provider, &wish, &claim)) {
		wish.day_from = wish.day_to = claim.from;
		gen_claim_diagnosis(&claim, diagnosis, 0);
		for (unsigned i = 0; i < 3 && codes[i]; i++)
			line_with(chunk, &claim, codes[i], place, 60, NULL);
		finish(chunk, &claim);
		made++;
	}
	return made > 0;
}

static bool plant_cloned(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	static const char *const codes[3] = {"99213", "85025", "80053"};

	return plant_clones(chunk, provider, "R5383", codes, "11");
}

static bool plant_dialysis(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	static const char *const codes[3] = {"90935", "85025", "82728"};

	return plant_clones(chunk, provider, "N186", codes, "65");
}

static bool plant_vaccines(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	static const char *const codes[3] = {"90471", "90686", NULL};

	return plant_clones(chunk, provider, "Z23", codes, "60");
}

/* The month of the slot's spike, counted from the first. */
static bool spike_wish(const struct gen_world *world, uint32_t slot, struct gen_wish *wish)
{
	struct date_parts first = date_to_parts(world->first_day);
	int32_t months = (int32_t)world->options->months;
	int32_t month = first.month - 1 + (months / 2 + (int32_t)(slot % 3)) % months;

	wish->day_from = date_from_parts(first.year + month / 12, month % 12 + 1, 1);
	wish->day_to = wish->day_from + 27;
	return wish->day_from <= world->last_day;
}

static bool plant_spike(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	struct gen_wish wish = gen_wish_of(chunk->world, provider->specialty);
	struct gen_claim claim;
	unsigned made = 0;

	if (!spike_wish(chunk->world, provider->slot, &wish))
		return false;
	while (made < BURST_SPIKE && begin(chunk, provider, &wish, &claim)) {
		gen_claim_diagnose(chunk, &claim, 2);
		line_with(chunk, &claim, "96413", "11", 420, NULL);
		gen_line_units(line_with(chunk, &claim, "J9271", "11", 78, NULL), 200);
		finish(chunk, &claim);
		made++;
	}
	return made > 0;
}

/* Came in the last third of the time, and has more patients each month. */
static bool plant_growing(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	const struct gen_world *world = chunk->world;
	struct gen_wish wish = gen_wish_of(chunk->world, provider->specialty);
	int32_t days = world->last_day - world->first_day + 1;
	int32_t start = world->last_day - days / 3;
	struct gen_claim claim;

	wish.day_from = start;
	if (!begin(chunk, provider, &wish, &claim))
		return false;
	if ((int32_t)gen_below(&chunk->random, (uint64_t)days / 3) > claim.from - start)
		return false;
	gen_claim_diagnose(chunk, &claim, 2);
	line_with(chunk, &claim, "99213", "11", 180, NULL);
	return finish(chunk, &claim);
}

static bool plant_late(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	struct gen_claim claim;

	if (!gen_room(chunk, GEN_CLAIM_LINES) || !gen_claim_make(chunk, provider, &claim))
		return false;
	claim.received = claim.from + 380 + (int32_t)gen_below(&chunk->random, 200);
	return finish(chunk, &claim);
}

static bool plant_last_day(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	struct gen_claim claim;

	if (!gen_room(chunk, GEN_CLAIM_LINES) || !gen_claim_make(chunk, provider, &claim))
		return false;
	claim.received = date_add_years(claim.from, 1);
	return finish(chunk, &claim);
}

/* Sent in again with the same lines, as a replacement (7) or a void (8) of the first. */
static bool plant_adjusted(
        struct gen_chunk *chunk, const struct gen_provider *provider, char frequency)
{
	struct gen_claim claim;

	if (!gen_room(chunk, 2 * GEN_CLAIM_LINES) || !gen_claim_make(chunk, provider, &claim))
		return false;
	finish(chunk, &claim);
	claim.original = claim.id;
	claim.frequency = frequency;
	claim.received += 20;
	claim.paid_on += 20;
	return finish(chunk, &claim);
}

static bool plant_replaced(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	return plant_adjusted(chunk, provider, '7');
}

static bool plant_voided(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	return plant_adjusted(chunk, provider, '8');
}

/* ---- Several days ---- */

/* Written beside what is planted, which stands on it. */
static void write_before(struct gen_chunk *chunk, struct gen_claim *claim)
{
	claim->exact = true;
	gen_claim_emit(chunk, claim);
}

/* Begin the next claim of the same member, so many days later; false if that is too late. */
static bool begin_later(const struct gen_chunk *chunk, const struct gen_provider *provider,
        struct gen_claim *claim, int32_t days)
{
	int32_t day = claim->from + days;

	if (day > chunk->world->last_day || claim->member.death < day)
		return false;
	gen_claim_begin(claim, provider, &claim->member, day);
	return true;
}

/* After an operation that pays for the visits of 90 days. */
static bool plant_visit_after(
        struct gen_chunk *chunk, const struct gen_provider *provider, const char *modifier)
{
	enum { DAYS_AFTER = 14 };
	struct gen_wish wish = gen_wish_of(chunk->world, provider->specialty);
	struct gen_claim claim, visit;

	wish.occasion = GEN_OPERATION;
	if (!gen_room(chunk, 2 * GEN_CLAIM_LINES) || !begin(chunk, provider, &wish, &claim))
		return false;
	visit = claim;
	if (!begin_later(chunk, provider, &visit, DAYS_AFTER))
		return false;
	gen_claim_diagnosis(&claim, "M1711", 'R');
	line_with(chunk, &claim, "29881", "22", 2900, "RT");
	write_before(chunk, &claim);
	gen_claim_diagnosis(&visit, "M5450", 0);
	line_with(chunk, &visit, "99213", "11", 140, modifier);
	return finish(chunk, &visit);
}

static bool plant_global_visit(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	return plant_visit_after(chunk, provider, NULL);
}

/* For something else, says 24. */
static bool plant_unrelated_visit(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	return plant_visit_after(chunk, provider, "24");
}

/* Somebody whom nobody has seen comes, and the next day is a new patient. */
static bool plant_new_after(struct gen_chunk *chunk, const struct gen_provider *provider,
        const char *before, unsigned dollars)
{
	struct gen_wish wish = gen_wish_of(chunk->world, provider->specialty);
	struct gen_claim claim, visit;

	wish.occasion = GEN_FIRST_VISIT;
	if (!gen_room(chunk, 2 * GEN_CLAIM_LINES) || !begin(chunk, provider, &wish, &claim))
		return false;
	visit = claim;
	if (!begin_later(chunk, provider, &visit, 1))
		return false;
	gen_claim_diagnose(chunk, &claim, 2);
	line_with(chunk, &claim, before, "11", dollars, NULL);
	write_before(chunk, &claim);
	gen_claim_diagnose(chunk, &visit, 2);
	line_with(chunk, &visit, "99203", "11", 180, NULL);
	return finish(chunk, &visit);
}

static bool plant_new_again(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	return plant_new_after(chunk, provider, "99213", 120);
}

/* Blood was drawn the day before, which is no meeting. */
static bool plant_drawn_before(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	return plant_new_after(chunk, provider, "36415", 18);
}

/* A day's units on two claims: eight of J1885 are paid. */
static bool plant_units_of_day(
        struct gen_chunk *chunk, const struct gen_provider *provider, int32_t units)
{
	struct gen_claim claim;

	if (!gen_room(chunk, 2 * GEN_CLAIM_LINES) || !begin_usual(chunk, provider, &claim, 1))
		return false;
	line_with(chunk, &claim, "96372", "11", 45, NULL);
	gen_line_units(line_with(chunk, &claim, "J1885", "11", 14, NULL), 4);
	write_before(chunk, &claim);
	gen_claim_begin(&claim, provider, &claim.member, claim.from);
	gen_claim_diagnose(chunk, &claim, 1);
	gen_line_units(line_with(chunk, &claim, "J1885", "11", 14, NULL), units);
	return finish(chunk, &claim);
}

static bool plant_split_units(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	return plant_units_of_day(chunk, provider, 5 + (int32_t)gen_below(&chunk->random, 4));
}

static bool plant_two_doses(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	return plant_units_of_day(chunk, provider, 3);
}

/* A stay after a stroke. */
static void stay_fill(struct gen_chunk *chunk, struct gen_claim *claim, int32_t nights,
        const char *discharge_status)
{
	struct gen_line *room;

	claim->kind = GEN_INPATIENT;
	claim->facility = claim->provider.npi;
	claim->rendering = 0;
	claim->drg = 65;
	claim->thru = claim->from + nights;
	memcpy(claim->bill_type, "111", 4);
	memcpy(claim->discharge_status, discharge_status, 3);
	gen_claim_diagnosis(claim, "I639", 0);
	gen_claim_diagnosis(claim, "I10", 0);
	room = line_with(chunk, claim, "", "", 3000, NULL);
	room->revenue = 120;
	gen_line_units(room, nights);
	line_with(chunk, claim, "", "", 1200, NULL)->revenue = 300;
}

/* Meet somebody who is admitted. */
static bool begin_admission(struct gen_chunk *chunk, const struct gen_provider *provider,
        struct gen_claim *claim, int32_t nights)
{
	struct gen_wish wish = GEN_WISH_ANY;

	wish.occasion = GEN_ADMISSION;
	wish.age_from = 18;
	wish.day_to = GEN_LAST_DAY - nights;
	return gen_room(chunk, 2 * GEN_CLAIM_LINES) && begin(chunk, provider, &wish, claim);
}

/* A laboratory's tests, days after the admission of a stay that some hospital bills. */
static bool plant_tests_in_stay(
        struct gen_chunk *chunk, const struct gen_provider *provider, int32_t days)
{
	enum { NIGHTS = 5 };
	struct gen_provider hospital;
	struct gen_claim claim;

	if (chunk->world->hospitals == 0 || !begin_admission(chunk, provider, &claim, NIGHTS))
		return false;
	gen_provider_get(chunk->world, gen_pick_provider(chunk, true), &hospital);
	gen_claim_begin(&claim, &hospital, &claim.member, claim.from);
	stay_fill(chunk, &claim, NIGHTS, "01");
	write_before(chunk, &claim);
	gen_claim_begin(&claim, provider, &claim.member, claim.from + days);
	claim.ordering = gen_pick_ordering(chunk);
	gen_claim_diagnose(chunk, &claim, 2);
	line_with(chunk, &claim, "83036", "81", 44, NULL);
	line_with(chunk, &claim, "84443", "81", 72, NULL);
	return finish(chunk, &claim);
}

static bool plant_tests_within(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	return plant_tests_in_stay(chunk, provider, 2);
}

/* Taken on the way in. */
static bool plant_tests_before(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	return plant_tests_in_stay(chunk, provider, 0);
}

static void other_hospital(const struct gen_chunk *chunk, const struct gen_provider *provider,
        struct gen_provider *other)
{
	gen_provider_get(chunk->world,
	        gen_slot_provider(chunk->world, provider->slot, !provider->part), other);
}

/* While one hospital has the patient, the other bills for some of its nights. */
static bool plant_overlap(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	enum { NIGHTS = 7, NIGHTS_WITHIN = 3 };
	struct gen_claim claim;
	struct gen_provider other;

	if (!begin_admission(chunk, provider, &claim, NIGHTS))
		return false;
	stay_fill(chunk, &claim, NIGHTS, "01");
	write_before(chunk, &claim);
	other_hospital(chunk, provider, &other);
	gen_claim_begin(&claim, &other, &claim.member, claim.from + 2);
	stay_fill(chunk, &claim, NIGHTS_WITHIN, "01");
	return finish(chunk, &claim);
}

/* Left one hospital and entered the other on one day: no night is shared. */
static bool plant_transfer(struct gen_chunk *chunk, const struct gen_provider *provider)
{
	enum { NIGHTS = 4 };
	struct gen_claim claim;
	struct gen_provider other;

	if (!begin_admission(chunk, provider, &claim, 2 * NIGHTS))
		return false;
	stay_fill(chunk, &claim, NIGHTS, "02");
	finish(chunk, &claim);
	other_hospital(chunk, provider, &other);
	gen_claim_begin(&claim, &other, &claim.member, claim.thru);
	stay_fill(chunk, &claim, NIGHTS, "01");
	return finish(chunk, &claim);
}

/* ---- The table ---- */

#define DECOY GEN_SCHEME_DECOY
#define FULL GEN_SCHEME_FULL
#define PARTNER GEN_SCHEME_PARTNER
#define WHOLE GEN_SCHEME_WHOLE
#define EXCLUDED GEN_SCHEME_EXCLUDED
#define TEACHING GEN_SCHEME_TEACHING
#define SEASON GEN_SCHEME_SEASON
#define BURST GEN_SCHEME_BURST

/*
 * Those that are told by rates stand first: the first slots have the most
 * claims.  name, rule, like which scheme, specialty, flags, percent, first and
 * last day, how.
 */
/* clang-format off */
static const struct gen_scheme schemes[] = {
	{"em_upcoding", "EM-01", NULL, "11", 0, 95, 0, 0, plant_upcoding},
	{"modifier_25", "MOD-01", NULL, "08", 0, 70, 0, 0, plant_modifier_25},
	{"modifier_59", "MOD-03", NULL, "07", 0, 80, 0, 0, plant_modifier_59},
	{"spike", "STA-08", NULL, "83", SEASON, 60, 0, 0, plant_spike},
	{"cloned_claims", "DUP-03", NULL, "11", BURST, 3, 0, 0, plant_cloned},
	{"impossible_day", "TIM-01", NULL, "26", BURST, 2, 0, 0, plant_impossible_day},
	{"unit_inflation", "NCC-04", NULL, "65", 0, 25, 0, 0, plant_units},
	{"duplicate", "DUP-01", NULL, "08", 0, 15, 0, 0, plant_duplicate},
	{"unbundled_pair", "NCC-02", NULL, "10", 0, 25, 0, 0, plant_unbundled_pair},
	{"unbundled_never", "NCC-01", NULL, "10", 0, 25, 0, 0, plant_unbundled_never},
	{"excluded_provider", "PRV-01", NULL, "08", EXCLUDED | WHOLE, 100, 0, 0, plant_ordinary},
	{"invalid_code", "VAL-04", NULL, "08", 0, 25, 0, 0, plant_invalid_code},
	{"header_diagnosis", "VAL-03", NULL, "11", 0, 25, 0, 0, plant_header},
	{"sex_conflict", "CLN-04", NULL, "34", 0, 15, 0, DAY_2024_09_30, plant_sex_conflict},
	{"age_conflict", "CLN-03", NULL, "08", 0, 15, 0, 0, plant_age_conflict},
	{"after_death", "TIM-04", NULL, "11", 0, 10, 0, 0, plant_after_death},
	{"late_filing", "TIM-08", NULL, "08", FULL, 25, 0, 0, plant_late},
	{"ambulance", "SPC-03", NULL, "59", 0, 30, 0, 0, plant_ambulance},
	{"shared_visit", "MOD-09", NULL, "50", 0, 25, 0, 0, plant_shared},
	{"component", "MOD-04", NULL, "30", 0, 25, 0, 0, plant_component},
	{"bilateral", "MOD-05", NULL, "20", 0, 25, 0, 0, plant_bilateral},
	{"global_visit", "GLO-01", NULL, "20", 0, 10, 0, 0, plant_global_visit},
	{"new_again", "EM-05", NULL, "08", 0, 10, 0, 0, plant_new_again},
	{"split_units", "NCC-05", NULL, "08", 0, 10, 0, 0, plant_split_units},
	{"tests_in_stay", "TIM-05", NULL, "69", FULL, 10, 0, 0, plant_tests_within},
	{"overlapping_stays", "INP-04", NULL, "", FULL | GEN_SCHEME_HOSPITAL | PARTNER, 2, 0, 0, plant_overlap},

	{"referral_centre", "EM-01", "em_upcoding", "11", DECOY | TEACHING, 90, 0, 0, plant_referral},
	{"preventive_25", "MOD-01", "modifier_25", "08", DECOY, 25, 0, 0, plant_preventive_25},
	{"two_sites_59", "MOD-03", "modifier_59", "07", DECOY, 8, 0, 0, plant_two_sites},
	{"growing_practice", "STA-08", "spike", "08", DECOY | WHOLE | SEASON, 100, 0, 0, plant_growing},
	{"dialysis_clones", "DUP-03", "cloned_claims", "39", DECOY | BURST, 3, 0, 0, plant_dialysis},
	{"vaccine_clinic", "DUP-03", "cloned_claims", "08", DECOY | BURST, 3, 0, 0, plant_vaccines},
	{"teaching_day", "TIM-01", "impossible_day", "11", DECOY | TEACHING | BURST, 2, 0, 0, plant_teaching_day},
	{"drug_units", "NCC-04", "unit_inflation", "83", DECOY, 25, 0, 0, plant_drug_units},
	{"repeat_test_91", "DUP-01", "duplicate", "69", DECOY, 15, 0, 0, plant_repeat_test},
	{"co_surgeons_62", "DUP-02", "duplicate", "20", DECOY | PARTNER, 10, 0, 0, plant_co_surgeons},
	{"replaced_claim", "DUP-01", "duplicate", "08", DECOY | FULL, 15, 0, 0, plant_replaced},
	{"voided_claim", "DUP-01", "duplicate", "08", DECOY | FULL, 15, 0, 0, plant_voided},
	{"staged_58", "GLO-02", "unbundled_pair", "20", DECOY, 10, 0, 0, plant_staged},
	{"two_procedures_59", "NCC-02", "unbundled_pair", "07", DECOY, 8, 0, 0, plant_two_sites},
	{"reinstated_provider", "PRV-01", "excluded_provider", "08", DECOY | WHOLE | EXCLUDED, 100, 0, 0, plant_ordinary},
	{"new_code", "VAL-04", "invalid_code", "08", DECOY, 25, DAY_2024_01_01, 0, plant_new_code},
	{"short_diagnosis", "VAL-03", "header_diagnosis", "11", DECOY, 25, 0, 0, plant_short},
	{"sex_attested", "CLN-04", "sex_conflict", "34", DECOY, 15, 0, DAY_2024_09_30, plant_sex_attested},
	{"age_boundary", "CLN-03", "age_conflict", "08", DECOY, 15, 0, 0, plant_age_boundary},
	{"late_pathology", "TIM-04", "after_death", "22", DECOY, 5, 0, 0, plant_pathology},
	{"filed_last_day", "TIM-08", "late_filing", "08", DECOY | FULL, 25, 0, 0, plant_last_day},
	{"dialysis_ride", "SPC-03", "ambulance", "59", DECOY, 30, 0, 0, plant_dialysis_ride},
	{"shared_in_hospital", "MOD-09", "shared_visit", "50", DECOY, 15, 0, 0, plant_shared_hospital},
	{"component_split", "MOD-04", "component", "30", DECOY | PARTNER, 15, 0, 0, plant_component_split},
	{"two_sides", "MOD-05", "bilateral", "20", DECOY, 15, 0, 0, plant_two_sides},
	{"unrelated_visit_24", "GLO-01", "global_visit", "20", DECOY, 10, 0, 0, plant_unrelated_visit},
	{"drawn_before", "EM-05", "new_again", "08", DECOY, 10, 0, 0, plant_drawn_before},
	{"two_doses", "NCC-05", "split_units", "08", DECOY, 10, 0, 0, plant_two_doses},
	{"tests_at_admission", "TIM-05", "tests_in_stay", "69", DECOY | FULL, 10, 0, 0, plant_tests_before},
	{"transfer", "INP-04", "overlapping_stays", "", DECOY | FULL | GEN_SCHEME_HOSPITAL | PARTNER, 2, 0, 0, plant_transfer},
};
/* clang-format on */

enum { SCHEMES = sizeof(schemes) / sizeof(schemes[0]) };

_Static_assert(sizeof(schemes) / sizeof(schemes[0]) <= 64, "a scheme is a bit of 64");

const struct gen_scheme *gen_scheme_at(size_t index)
{
	return index < SCHEMES ? &schemes[index] : NULL;
}

/* ---- Slots ---- */

/* Is there room for it in the columns and the months of the run? */
static bool scheme_can_be(const struct gen_world *world, const struct gen_scheme *scheme)
{
	enum { SEASON_MONTHS = 6 };
	const struct gen_options *options = world->options;

	if (scheme->flags & GEN_SCHEME_FULL && options->columns != GEN_FULL)
		return false;
	if (scheme->flags & GEN_SCHEME_SEASON && options->months < SEASON_MONTHS)
		return false;
	if (scheme->flags & GEN_SCHEME_HOSPITAL && world->hospitals < 2)
		return false;
	return scheme->day_to == 0 || scheme->day_to > world->first_day;
}

static int schemes_choose(struct gen_world *world, struct diag *diag)
{
	uint64_t asked = world->options->schemes;

	for (size_t i = 0; i < SCHEMES; i++) {
		const struct gen_scheme *scheme = &schemes[i];

		if (!(asked >> i & 1))
			continue;
		if (scheme_can_be(world, scheme)) {
			world->scheme_specialty[world->schemes_count] = gen_specialty_find(
			        scheme->specialty_code);
			world->schemes[world->schemes_count++] = scheme;
		} else if (asked != GEN_SCHEMES_ALL && !(scheme->flags & GEN_SCHEME_DECOY)) {
			return diag_set(diag, FAIL_USAGE, "gen: scheme %s needs %s", scheme->name,
			        scheme->flags & GEN_SCHEME_FULL ? "--columns full"
			                                        : "more --months");
		}
	}
	return 0;
}

/* How many slots each scheme gets, so that the planted are as many as asked for. */
static uint32_t slots_each(const struct gen_world *world, uint64_t persons)
{
	uint64_t planted = 0, each;

	for (uint32_t i = 0; i < world->schemes_count; i++)
		if (!(world->schemes[i]->flags & GEN_SCHEME_DECOY))
			planted += world->schemes[i]->flags & GEN_SCHEME_PARTNER ? 2 : 1;
	each = persons * world->options->prevalence_ppm / 1000000 /
	       (planted ? planted : world->schemes_count);
	return each > 0 ? (uint32_t)each : 1;
}

/*
 * One provider in a hundred is in a scheme if nothing else is asked for, and
 * each decoy has as many as a scheme.  Their ranks are spread evenly, at least
 * two apart: a partner has the next rank.
 */
int gen_schemes_place(struct gen_world *world, struct diag *diag)
{
	enum { APART = 2 };
	uint64_t persons = world->options->providers - world->hospitals, room;
	int err = schemes_choose(world, diag);

	if (err || world->schemes_count == 0)
		return err;
	world->slot_first = world->firms_count + 1;
	room = persons > world->slot_first ? (persons - world->slot_first) / APART : 0;
	if (room < world->schemes_count && world->options->schemes != GEN_SCHEMES_ALL)
		return diag_set(diag, FAIL_USAGE,
		        "gen: %llu providers are too few for these schemes: raise --providers",
		        (unsigned long long)world->options->providers);
	if (room < world->schemes_count)
		world->schemes_count = (uint32_t)room;
	if (world->schemes_count == 0)
		return 0;
	world->slots_per_scheme = slots_each(world, persons);
	if (gen_slots(world) > room)
		return diag_set(diag, FAIL_USAGE,
		        "gen: %u schemes and decoys at this --prevalence need %llu providers",
		        world->schemes_count,
		        (unsigned long long)(gen_slots(world) * APART + world->slot_first +
		                             world->hospitals));
	world->slot_stride = (persons - world->slot_first) / gen_slots(world);
	return 0;
}

uint32_t gen_slots(const struct gen_world *world)
{
	return world->schemes_count * world->slots_per_scheme;
}

const struct gen_scheme *gen_slot_scheme(const struct gen_world *world, uint32_t slot)
{
	return world->schemes[slot % world->schemes_count];
}

/* Of the run's schemes of hospitals, how many come before this one. */
static uint32_t hospital_schemes(const struct gen_world *world, uint32_t before)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < before; i++)
		count += (world->schemes[i]->flags & GEN_SCHEME_HOSPITAL) != 0;
	return count;
}

/* The pair of hospitals that has a scheme's slot: they take turns. */
static uint64_t hospital_pair(const struct gen_world *world, uint32_t scheme, uint64_t number)
{
	return number * hospital_schemes(world, world->schemes_count) +
	       hospital_schemes(world, scheme);
}

/* How many of its slots a scheme can fill: the numbers of exclusions are few. */
static uint64_t slots_usable(const struct gen_scheme *scheme)
{
	if (scheme->flags & GEN_SCHEME_EXCLUDED)
		return scheme->flags & GEN_SCHEME_DECOY ? sizeof(reinstated) / sizeof(reinstated[0])
		                                        : sizeof(excluded) / sizeof(excluded[0]);
	return UINT64_MAX;
}

uint64_t gen_slot_provider(const struct gen_world *world, uint32_t slot, unsigned part)
{
	const struct gen_scheme *scheme = gen_slot_scheme(world, slot);
	uint64_t number = slot / world->schemes_count;

	if ((part > 0 && !(scheme->flags & GEN_SCHEME_PARTNER)) || number >= slots_usable(scheme))
		return UINT64_MAX;
	if (scheme->flags & GEN_SCHEME_HOSPITAL) {
		uint64_t pair = hospital_pair(world, slot % world->schemes_count, number);

		return pair < world->hospitals / 2 ? 2 * pair + part : UINT64_MAX;
	}
	return world->hospitals + world->slot_first + slot * world->slot_stride + part;
}

/* A hospital's slot: the first two hospitals share one, and so on. */
static uint32_t hospital_slot(const struct gen_world *world, uint64_t index)
{
	uint32_t turns = hospital_schemes(world, world->schemes_count);
	uint64_t pair = index / 2, number;

	if (turns == 0 || pair >= world->hospitals / 2)
		return GEN_SLOT_NONE;
	number = pair / turns;
	for (uint32_t i = 0; i < world->schemes_count; i++) {
		if (world->schemes[i]->flags & GEN_SCHEME_HOSPITAL &&
		        number < world->slots_per_scheme && hospital_pair(world, i, number) == pair)
			return (uint32_t)number * world->schemes_count + i;
	}
	return GEN_SLOT_NONE;
}

uint32_t gen_slot_of(const struct gen_world *world, uint64_t index, uint8_t *part)
{
	uint64_t rank = index - world->hospitals, slot, rest;

	*part = (uint8_t)(index % 2);
	if (world->schemes_count == 0)
		return GEN_SLOT_NONE;
	if (index < world->hospitals)
		return hospital_slot(world, index);
	if (rank < world->slot_first)
		return GEN_SLOT_NONE;
	slot = (rank - world->slot_first) / world->slot_stride;
	rest = (rank - world->slot_first) % world->slot_stride;
	if (rest > 1 || slot >= gen_slots(world) ||
	        gen_slot_provider(world, (uint32_t)slot, (unsigned)rest) != index)
		return GEN_SLOT_NONE;
	*part = (uint8_t)rest;
	return (uint32_t)slot;
}

void gen_slot_adjust(const struct gen_world *world, struct gen_provider *provider)
{
	const struct gen_scheme *scheme = gen_slot_scheme(world, provider->slot);
	uint32_t number = provider->slot / world->schemes_count;
	uint64_t npi;

	if (scheme->flags & GEN_SCHEME_TEACHING)
		provider->teaching = true;
	if (!(scheme->flags & GEN_SCHEME_EXCLUDED))
		return;
	npi = scheme->flags & GEN_SCHEME_DECOY ? reinstated[number] : excluded[number];
	if (provider->billing_npi == provider->npi)
		provider->billing_npi = npi;
	provider->npi = npi;
}

bool gen_slot_plant(struct gen_chunk *chunk, uint32_t slot)
{
	uint64_t index = gen_slot_provider(chunk->world, slot, 0);
	struct gen_provider provider;

	if (index == UINT64_MAX)
		return false;
	gen_provider_get(chunk->world, index, &provider);
	return gen_slot_scheme(chunk->world, slot)->plant(chunk, &provider);
}

/* The chunk that has a day, near enough. */
static uint64_t day_chunk(const struct gen_world *world, int32_t day, uint64_t chunks)
{
	int32_t days = world->last_day - world->first_day + 1;

	if (day <= world->first_day)
		return 0;
	if (day >= world->last_day)
		return chunks - 1;
	return (uint64_t)(day - world->first_day) * chunks / (uint64_t)days;
}

bool gen_slot_due(const struct gen_world *world, uint32_t slot, uint64_t chunk, uint64_t chunks)
{
	const struct gen_scheme *scheme = gen_slot_scheme(world, slot);
	uint64_t number = slot / world->schemes_count;
	uint64_t first = 0, last = chunks - 1;

	if (scheme->day_from)
		first = day_chunk(world, scheme->day_from, chunks);
	if (scheme->day_to)
		last = day_chunk(world, scheme->day_to, chunks);
	if (scheme->flags & GEN_SCHEME_SEASON) {
		/* In the second half, and often: the season is short. */
		first = chunks / 2;
		return chunk >= first;
	}
	if (first > last)
		first = last;
	return chunk == first + number * (last - first + 1) / world->slots_per_scheme;
}
