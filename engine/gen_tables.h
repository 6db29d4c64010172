/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is billed by whom: specialties, their procedures and diagnoses, the
 * hospital's services and stays.
 *
 * Written from general knowledge of how such claims look.  Lists stand in the
 * order of their frequency: a pick follows Zipf's law over the list.  Codes of
 * one claim must not edit each other: two of one non-zero group never meet.
 */
#ifndef GEN_TABLES_H
#define GEN_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Flags of a service. */
enum {
	GEN_PROCEDURE = 1 << 0, /* an E/M on the day needs modifier 25 */
	GEN_READING = 1 << 1,   /* two components: 26 in a facility */
	GEN_FACILITY = 1 << 2,  /* may be done in a facility */
	GEN_SIDE = 1 << 3,      /* on one of two sides: RT or LT */
	GEN_PAIRED = 1 << 4,    /* the next of the list comes with it */
	GEN_SECOND = 1 << 5,    /* comes with the one before, never alone */
	GEN_FACILITY_ONLY = 1 << 6,
	GEN_MAJOR = 1 << 7,    /* an operation with a global period of 90 days */
	GEN_TEN_DAYS = 1 << 8, /* one of 10 days */
	GEN_ONCE = 1 << 9,     /* done once in a life, or once a side */
	GEN_RARE = 1 << 10,    /* paid once in some years */
	GEN_ADD_ON = 1 << 11,  /* paid beside what comes with it only */
	GEN_SITES = 1 << 12,   /* some bill the next of the list at another site, with 59 */
};

struct gen_service {
	char code[6]; /* "" for none: a revenue line */
	uint16_t revenue;
	uint8_t group;
	uint16_t flags;
	uint8_t units_max;
	uint16_t price; /* a usual charge for one unit, dollars */
};

enum { GEN_MALE = 1, GEN_FEMALE = 2, GEN_ANY_SEX = 3 };

struct gen_diagnosis {
	char code[8];
	uint8_t sex; /* GEN_MALE, GEN_FEMALE, or both */
	uint8_t age_from, age_to;
	char side; /* R, L, or 0 */
};

/* A list and its Zipf table: pick[a random byte] is an index. */
struct gen_services {
	const struct gen_service *items;
	size_t count;
	bool major, ten_days; /* any is GEN_MAJOR, GEN_TEN_DAYS */
	uint8_t pick[256];
};

struct gen_diagnoses {
	const struct gen_diagnosis *items;
	size_t count;
	uint8_t pick[256];
};

/* How a claim of the specialty is built: gen_claim.c. */
enum gen_kind {
	GEN_OFFICE,
	GEN_PRIMARY, /* office, with preventive visits */
	GEN_EMERGENCY,
	GEN_LABORATORY,
	GEN_IMAGING,
	GEN_THERAPY,
	GEN_MENTAL,
	GEN_SINGLE, /* one service a claim, with the specialty's modifier */
	GEN_AMBULANCE,
	GEN_SURGERY_CENTER,
	GEN_EQUIPMENT,
	GEN_HOSPITAL,
};

struct gen_specialty {
	char code[3]; /* CMS specialty; "" for hospitals */
	char taxonomy[11];
	uint8_t kind;                  /* enum gen_kind */
	uint8_t entity_type;           /* 1 person, 2 organisation */
	uint8_t weight;                /* share of the persons; 0 for organisations */
	uint8_t sex, age_from, age_to; /* of the members it sees */
	uint8_t visit_percent;         /* of claims with an E/M */
	uint8_t facility_percent;      /* of claims in a facility */
	char modifier[3];              /* on each line; "" for none */
	uint8_t services, diagnoses;   /* numbers of lists */
};

/* An inpatient stay. */
struct gen_stay {
	uint16_t drg;
	char principal[8];
	char secondary[2][8];
	char procedure[8]; /* ICD-10-PCS; "" for none */
	uint8_t sex, age_from, age_to;
	uint8_t nights;
	uint16_t price; /* hundreds of dollars */
};

enum { GEN_SPECIALTIES_MAX = 48, GEN_LISTS_MAX = 48 };

extern const struct gen_specialty gen_specialties[];
extern const size_t gen_specialties_count;
extern const struct gen_stay gen_stays[];
extern const size_t gen_stays_count;

/* Lists by number; their pick tables are filled by gen_tables_init(). */
struct gen_tables {
	struct gen_services services[GEN_LISTS_MAX];
	struct gen_diagnoses diagnoses[GEN_LISTS_MAX];
	struct gen_services outpatient;     /* a hospital's, with revenue codes */
	struct gen_services inpatient;      /* revenue lines */
	struct gen_services emergency_room; /* beside the visit */
	uint64_t weights;                   /* the sum of the specialties' */
};

void gen_tables_init(struct gen_tables *tables);

/* The number of a specialty by its CMS code; it must exist. */
unsigned gen_specialty_find(const char *code);

#endif
