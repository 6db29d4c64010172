/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One claim, and the chunk that it is made for.
 *
 * gen_claim.c builds lawful claims of each kind of provider; gen_schemes.c
 * takes the same parts and bends them; gen_write.c turns them into text.
 */
#ifndef GEN_CLAIM_H
#define GEN_CLAIM_H

#include "gen_meet.h"
#include "gen_world.h"

enum {
	GEN_CLAIM_LINES = 16,
	GEN_CLAIM_DIAGNOSES = 8,
	GEN_CHUNK_LINES = 8192, /* 0.9 MB of narrow text: a chunk's buffer stays in L2 */
	GEN_SEEN_BITS = 1 << 18,
};

/* Absent date. */
#define GEN_NO_DAY DATE_ABSENT

struct gen_line {
	char code[6]; /* "" for none */
	char modifiers[4][3];
	uint8_t modifier_count;
	uint8_t pointer_count; /* to the first diagnoses */
	bool denied;
	uint16_t revenue; /* 0 none */
	int32_t from, thru;
	int32_t units;                 /* INT32_MIN: blank */
	char place[3];                 /* "" for none */
	int64_t charge, allowed, paid; /* cents */
};

/* Whose claims stand beside a claim: gen_company.h. */
enum gen_company {
	GEN_ALONE,
	GEN_RIDE,           /* the hospital's that it went to */
	GEN_EMERGENCY_ROOM, /* a hospital's, of a visit there */
	GEN_SURGEON,        /* of what a surgical centre bills */
	GEN_ORDERER,        /* of equipment */
	GEN_ATTENDING,      /* physicians of a stay */
	GEN_STAY,           /* a hospital's, of a visit in one */
};

enum gen_claim_kind { GEN_PROFESSIONAL, GEN_OUTPATIENT, GEN_INPATIENT };

struct gen_claim {
	uint64_t id;
	uint64_t original; /* the claim replaced or voided; 0 none */
	enum gen_claim_kind kind;
	char frequency;
	char bill_type[4];
	uint16_t drg;
	char discharge_status[3];
	struct gen_member member;
	struct gen_provider provider;
	uint64_t rendering, billing, facility, ordering; /* NPIs; 0 none */
	int32_t from, thru, received, paid_on;
	const char *diagnoses[GEN_CLAIM_DIAGNOSES];
	char side; /* R, L, or 0: of its diagnoses */
	uint8_t diagnosis_count;
	uint8_t age;           /* of the member, whole years */
	const char *procedure; /* ICD-10-PCS, or NULL */
	char condition[3];     /* condition code, or "" */
	uint8_t line_count;
	uint8_t occasion; /* enum gen_occasion: on which the member was met */
	uint8_t company;  /* enum gen_company */
	uint64_t beside;  /* the provider who bills beside it, if any */
	bool exact;       /* planted, decoy, or what other claims stand on: no dirt changes it */
	struct gen_line lines[GEN_CLAIM_LINES];
};

/* What was planted in a slot: lines, and cents paid for them. */
struct gen_label {
	int64_t lines, cents;
};

/* Where a slot's labels stand in gen_chunk.labels, by its part. */
#define GEN_LABEL(slot, part) ((size_t)(slot)*2 + (part))

struct gen_chunk {
	const struct gen_world *world;
	uint64_t number;
	struct gen_random random;
	uint64_t first_line; /* of the file, from 0 */
	uint32_t lines;      /* to be made */
	uint32_t made;
	uint64_t unit_from, unit_to; /* its slots of the calendar */
	struct gen_label *labels;    /* of the worker, by GEN_LABEL() */
	char *text, *end;            /* the buffer, and what is written of it */
	uint32_t *rows;              /* where each record begins; lines + 1 entries */
	uint64_t *seen;              /* GEN_SEEN_BITS: (member, day) had */
	struct gen_random dirt;      /* apart, so that dirt changes nothing else */
};

/* Room for so many lines. */
bool gen_room(const struct gen_chunk *chunk, uint32_t lines);

/* An empty claim of the provider for the member on the day. */
void gen_claim_begin(struct gen_claim *claim, const struct gen_provider *provider,
        const struct gen_member *member, int32_t day);

/* Add count diagnoses of the specialty's list that fit the member. */
void gen_claim_diagnose(struct gen_chunk *chunk, struct gen_claim *claim, unsigned count);
void gen_claim_diagnosis(struct gen_claim *claim, const char *code, char side);

/*
 * Add a line: one unit of the code in the place, at the provider's price for
 * one costing about so many dollars.
 */
struct gen_line *gen_claim_line(struct gen_chunk *chunk, struct gen_claim *claim, const char *code,
        const char *place, unsigned dollars);
void gen_line_modifier(struct gen_line *line, const char *modifier);
void gen_line_units(struct gen_line *line, int32_t units);

/* Records of the claim and of its company, at most. */
uint32_t gen_claim_records(const struct gen_chunk *chunk, const struct gen_claim *claim);

/* Write the claim, and its company; it takes its number from the lines made. */
void gen_claim_emit(struct gen_chunk *chunk, struct gen_claim *claim);

/* Count the claim's lines for the label of its provider's slot; before emitting it. */
void gen_claim_label(struct gen_chunk *chunk, struct gen_claim *claim);

/* An ordinary claim of this provider; false if no member was found. */
bool gen_claim_make(
        struct gen_chunk *chunk, const struct gen_provider *provider, struct gen_claim *claim);

/* What company bills: fill an empty claim of a hospital, or of a physician. */
void gen_claim_hospital(struct gen_claim *claim, enum gen_claim_kind kind);
void gen_claim_outpatient(struct gen_chunk *chunk, struct gen_claim *claim);
void gen_claim_inpatient(struct gen_chunk *chunk, struct gen_claim *claim);
void gen_claim_office_visit(struct gen_chunk *chunk, struct gen_claim *claim);
void gen_claim_hospital_visit(struct gen_chunk *chunk, struct gen_claim *claim);

/* Add up to count services of the list, as they are done in the place; returns all their flags. */
unsigned gen_claim_services(struct gen_chunk *chunk, struct gen_claim *claim,
        const struct gen_services *list, const char *place, unsigned count);

/* An office visit of somebody's, one line: what fills a chunk up.  Cannot fail. */
void gen_claim_visit(struct gen_chunk *chunk, struct gen_claim *claim);

/* One of the providers, with Zipf's law over their numbers: hospital or not. */
uint64_t gen_pick_provider(struct gen_chunk *chunk, bool hospital);

/* A person that orders; never one of a scheme. */
uint64_t gen_pick_ordering(struct gen_chunk *chunk);

#endif
