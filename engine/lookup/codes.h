/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Code sets: perfect-hash tables from a code word to its attributes.
 *
 * A code set is data: a file in codesets/ and a line in codesets/sets.def.
 * The starter set is compiled into the program; it is partial (it cannot call
 * a code unknown) and covers all dates.
 */
#ifndef LOOKUP_CODES_H
#define LOOKUP_CODES_H

#include "base/diag.h"
#include "claim.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The tag of a code system, in the top byte of a key. */
enum code_system {
	SYSTEM_NONE,
	SYSTEM_ICD10CM,
	SYSTEM_ICD10PCS,
	SYSTEM_PROCEDURE, /* CPT, HCPCS level II, CDT: one name space */
	SYSTEM_MODIFIER,
	SYSTEM_COUNT
};

static inline uint64_t code_key(enum code_system system, uint64_t word)
{
	return (uint64_t)system << 56 | word;
}

/* Flags of a diagnosis. */
enum {
	DX_HEADER = 1 << 0, /* not billable: a longer valid child exists */
	DX_MALE = 1 << 1,
	DX_FEMALE = 1 << 2,
	DX_NEWBORN = 1 << 3,   /* age 0 */
	DX_PEDIATRIC = 1 << 4, /* 0-17 */
	DX_MATERNITY = 1 << 5, /* 9-64; 12-55 before 2019-10-01 */
	DX_ADULT = 1 << 6,     /* 15-124 */
	DX_EXTERNAL = 1 << 7,  /* external cause: not principal */
	DX_MANIFESTATION = 1 << 8,
	DX_UNACCEPTABLE = 1 << 9,        /* as principal */
	DX_REQUIRES_SECONDARY = 1 << 10, /* principal only with a secondary diagnosis */
	DX_LEFT = 1 << 11,
	DX_RIGHT = 1 << 12,
	DX_DELIVERY = 1 << 13,    /* marks a mother's delivery */
	DX_UNSPECIFIED = 1 << 14, /* a side could be told and is not; from 2022-04-01 */
};

struct diagnosis_attributes { /* 16 bytes */
	int32_t from, to;     /* in force, both inclusive; INT32_MIN, INT32_MAX: open */
	uint32_t flags;
	int32_t header_from; /* billable before, header from this day on; INT32_MAX: never turns */
};

enum em_family { /* E/M families with levels, and those without */
	EM_NONE,
	EM_OFFICE_NEW,
	EM_OFFICE_EST,
	EM_ED,
	EM_HOSPITAL_INITIAL,
	EM_HOSPITAL_SUBSEQUENT,
	EM_SNF_INITIAL,
	EM_SNF_SUBSEQUENT,
	EM_HOME_NEW,
	EM_HOME_EST,
	EM_CONSULT_OFFICE,
	EM_CONSULT_HOSPITAL,
	EM_DISCHARGE, /* no levels from here on */
	EM_OBSERVATION,
	EM_CRITICAL,
	EM_PREVENTIVE_NEW,
	EM_PREVENTIVE_EST,
	EM_OTHER,
	EM_FAMILIES
};

/* Flags of a procedure. */
enum {
	PX_ADD_ON = 1 << 0,
	PX_AMBULANCE_BASE = 1 << 1, /* A0426-A0429, A0432-A0434: ground */
	PX_AMBULANCE_AIR = 1 << 2,  /* A0430, A0431 */
	PX_GROUND_MILES = 1 << 3,   /* A0425 */
	PX_AIR_MILES = 1 << 4,      /* A0435, A0436 */
	PX_DRUG = 1 << 5,
	PX_LAB = 1 << 6, /* clinical laboratory or pathology */
	PX_ANESTHESIA = 1 << 7,
	PX_DMEPOS = 1 << 8,
	PX_SPLIT_OK = 1 << 9, /* an E/M that may be split or shared (FS) in a facility */
	PX_EYELID = 1 << 10,
	PX_DIGIT = 1 << 11,
	PX_CORONARY = 1 << 12,
	PX_CLIA_WAIVED = 1 << 13,
	PX_EXEMPT_51 = 1 << 14,
	PX_MALE = 1 << 15,
	PX_FEMALE = 1 << 16,
	PX_EYE_EXAM = 1 << 17,         /* 92002-92014 */
	PX_MUE_PRACTITIONER = 1 << 18, /* the MUE below is there */
	PX_MUE_OUTPATIENT = 1 << 19,
	PX_MUE_DME = 1 << 20,
	PX_MPFS = 1 << 21, /* the fee schedule's indicators below are there */
	PX_CDT = 1 << 22,

	/* Known from a release alone: that it lacks a flag of eyelids, digits, coronary vessels
	 * or waived tests says nothing. */
	PX_UNCLASSED = 1 << 23,

	PX_BUNDLED = 1 << 24, /* the fee schedule pays it within others: status B or P */
};

enum {
	PX_GLOBAL_NONE,
	PX_GLOBAL_000,
	PX_GLOBAL_010,
	PX_GLOBAL_090,
	PX_GLOBAL_MMM,
	PX_GLOBAL_XXX,
	PX_GLOBAL_YYY,
	PX_GLOBAL_ZZZ
};

struct procedure_attributes { /* 32 bytes */
	int32_t from, to;     /* in force, both inclusive */
	uint32_t flags;
	uint16_t mue_practitioner, mue_outpatient, mue_dme;
	uint8_t mai_practitioner, mai_outpatient, mai_dme; /* 1 to 3 */
	uint8_t em_family, em_level;                       /* level from 1 */
	uint8_t pctc, bilateral, assistant;                /* the fee schedule's digits */
	uint8_t global;
	uint8_t age_from, age_to; /* whole years; 0 and 255: any age */
	uint8_t pad;
	uint16_t technical_share; /* TC RVU over global RVU, in ten-thousandths */
};

struct code_window {      /* ICD-10-PCS has no other attributes yet */
	int32_t from, to; /* in force, both inclusive */
};

enum { MODIFIER_KNOWN = 1, MODIFIER_ANATOMIC = 2, MODIFIER_ANESTHESIA = 4 };

/* The sets whose days a check is held to, and how a mask of them is written. */
enum codes_part {
	PART_ICD10CM,
	PART_ICD10PCS,
	PART_MCE,
	PART_HCPCS, /* of codes that begin with a letter */
	PART_CPT,   /* of all other procedures */
	PART_MPFS,
	PART_MUE_PRACTITIONER, /* of lines of their setting */
	PART_MUE_HOSPITAL,
	PART_MUE_DME,
	PART_AOC,
	PART_MODIFIERS,
	PART_LEIE,
	PART_NPPES,
	PART_COUNT
};
#define PART_BIT(part) (1u << (part))
#define PARTS_PROCEDURE (PART_BIT(PART_HCPCS) | PART_BIT(PART_CPT))
#define PARTS_MUE \
	(PART_BIT(PART_MUE_PRACTITIONER) | PART_BIT(PART_MUE_HOSPITAL) | PART_BIT(PART_MUE_DME))

/* What stands in a run's tables; const after opening, any thread reads it. */
struct codes;
struct set; /* lookup/set.h */

struct codes_set_info { /* for the manifest */
	const char *name, *release;
	int32_t from, to;
	uint64_t hash[2];
	size_t codes;
	bool partial;
};

/* Open the starter set.  Under 10 ms.  codes_destroy() takes NULL. */
int codes_open_starter(struct codes **codes, struct diag *diag);

struct codes_sets_options {
	const char *folder; /* of images */
	unsigned parts;     /* PART_BIT() of the sets that checks of the run are held to */
	bool nearest;       /* days that a set does not cover are judged by the nearest it does */
};

/*
 * Open the images of a folder over the starter set: what the folder has stands in
 * place of the starter's, save what no release has (E/M families, classes of age
 * and sex of procedures, and the like), which stays on the codes that a release
 * knows, and on those that a partial one cannot deny.  Sets that are read are verified first. Under
 * 10 ms.
 *
 * FAIL_INPUT: no such folder.  FAIL_TABLE: an image that is cut, changed or of
 * another version, or none at all.
 */
int codes_open_sets(
        struct codes **codes, const struct codes_sets_options *options, struct diag *diag);

/*
 * An image of the folder by name, verified: for what is not a table of codes (pairs).
 * *set is NULL where there is none, or no folder.  FAIL_TABLE.  Before the scan.
 */
int codes_use_set(struct codes *codes, const char *name, const struct set **set, struct diag *diag);

/* NPPES is verified as far as it is looked at: FAIL_TABLE at the end of a run that met damage. */
int codes_damage(const struct codes *codes, struct diag *diag);
void codes_destroy(struct codes *codes);
size_t codes_set_count(const struct codes *codes);
const struct codes_set_info *codes_set_at(const struct codes *codes, size_t index);

/*
 * Batched look-up: refs[i] is the index into the system's attributes of
 * words[i] (without tag), 0 where it is not in the set (blank or unknown).
 */
void codes_find(const struct codes *codes, enum code_system system, const uint64_t words[],
        size_t count, uint32_t refs[]);

/*
 * Fill hcpcs_ref, diagnosis_ref, procedure_ref of a batch.  Diagnoses and
 * procedures: the slots below the largest count of any line of the batch, the
 * others are left as they are.
 */
void codes_find_batch(const struct codes *codes, struct batch *batch);

/*
 * A code may have several windows, with attributes of their own.  codes_find()
 * gives the ref that stands for the code; codes_find_batch() resolves each to the
 * row of the line's key day: the row in force then or, where none is, one whose
 * from lies behind the day (INT32_MAX: it never comes back) and whose attributes are
 * those of the day.  For diagnoses and ICD procedures the key day is the first of
 * judging_days(), for procedures the first day of service.
 */

/*
 * The window in force on the day, else the next, else the last; rows that join
 * are one window.  word: without tag, one that the set has.
 */
struct code_window codes_in_force(
        const struct codes *codes, enum code_system system, uint64_t word, int32_t day);

/* ---- The days that sets cover ---- */

/* Bits of the parts that do not cover every day; of those that the run has no set for at all. */
unsigned codes_limited(const struct codes *codes);
unsigned codes_absent(const struct codes *codes);
bool codes_nearest(const struct codes *codes);
const char *codes_part_name(enum codes_part part);

/* The days of a part, in order and apart from one another; one that is not limited has one, open.
 */
size_t codes_covered_count(const struct codes *codes, enum codes_part part);
struct code_window codes_covered_at(const struct codes *codes, enum codes_part part, size_t index);
bool codes_covers(const struct codes *codes, enum codes_part part, int32_t day);

/*
 * Is a code unknown if the part does not have it, on both days?  Never by a
 * partial set.  With nearest, days outside are taken to be the nearest covered.
 */
bool codes_complete(const struct codes *codes, enum codes_part part, int32_t low, int32_t high);

static inline enum codes_part codes_procedure_part(uint64_t word)
{
	unsigned first = (unsigned)(word & 0xff);

	return first >= 'A' && first <= 'Z' ? PART_HCPCS : PART_CPT;
}

/* Attribute arrays, indexed by ref; [0] has no flags and an empty window. */
const struct diagnosis_attributes *codes_diagnoses(const struct codes *codes);
const struct procedure_attributes *codes_procedures(const struct codes *codes);
const struct code_window *codes_icd10pcs(const struct codes *codes);

/* Refs in use of a system, the empty one included: 0 < ref < codes_ref_count(). */
size_t codes_ref_count(const struct codes *codes, enum code_system system);

/*
 * Further rows of a ref's code, which codes_find_batch() gives on other days: how many;
 * *first is the first of them, at or beyond codes_ref_count().
 */
uint32_t codes_other_rows(
        const struct codes *codes, enum code_system system, uint32_t ref, uint32_t *first);

/* Rows of a system, those among them: all refs that codes_find_batch() gives are below. */
size_t codes_row_count(const struct codes *codes, enum code_system system);

/* The word behind a ref (without tag). */
uint64_t codes_word(const struct codes *codes, enum code_system system, uint32_t ref);

/* The least time that CPT's definition of a code asks for; of codes that are defined by one. */
struct code_minutes {
	uint64_t word;
	int32_t from;     /* the first day of which that is so; INT32_MIN: every day */
	uint16_t first;   /* whole minutes of the first unit */
	uint16_t further; /* of each further one; 0: units do not tell time */
	uint16_t unit; /* of therapy and behaviour services: minutes of a unit; 0: none of them */
	uint16_t pad;
};

/* All of them, by word. */
const struct code_minutes *codes_minutes(const struct codes *codes, size_t *count);

/* Small lists.  Bits of MODIFIER_*; 0 for a modifier that is not in the list. */
uint8_t codes_modifier(const struct codes *codes, uint16_t modifier);

/* ... on a day: one that has ended, or is to come, is not in the list. */
uint8_t codes_modifier_on(const struct codes *codes, uint16_t modifier, int32_t day);
bool codes_place_assigned(const struct codes *codes, unsigned place); /* 0 to 99 */
bool codes_revenue_known(const struct codes *codes, unsigned revenue);
bool codes_bill_type_known(const struct codes *codes, uint32_t bill_type);
uint16_t codes_taxonomy_specialty(
        const struct codes *codes, const uint64_t taxonomy[2]); /* 0 unmapped */

/* The set is partial: it cannot call a code unknown. */
bool codes_partial(const struct codes *codes, enum code_system system);

/*
 * Is this valid NPI on the exclusion list on that day?  1 yes, 0 no, -1 the
 * list does not cover it (the starter's list knows only its own fictional
 * range 1000000000 to 1002999999).
 */
int codes_excluded(const struct codes *codes, uint64_t npi, int32_t date);

/*
 * What can be said of NPIs on any day, of many at once: NPI_BY_DAY, the two
 * below must be asked by the day; else codes_deactivated() says -1, and
 * codes_excluded() 0 with NPI_NOT_EXCLUDED, else -1.
 */
enum { NPI_BY_DAY = 1, NPI_NOT_EXCLUDED = 2 };
void codes_npis(const struct codes *codes, const uint64_t npis[], size_t count, uint8_t said[]);

/* ... and which exclusion it was; as codes_excluded(). */
struct code_exclusion {
	int32_t from;
	uint16_t waiver_state; /* two letters, 0 none */
	int32_t waiver_day;
};
int codes_exclusion(
        const struct codes *codes, uint64_t npi, int32_t date, struct code_exclusion *exclusion);

/* The starter's exclusions of an NPI, by day, at from 0 on; false: there are no more. */
bool codes_starter_exclusion(
        const struct codes *codes, uint64_t npi, size_t at, int32_t *from, int32_t *to);

/*
 * Was this NPI deactivated on that day, and not yet active again?  1 yes, with the
 * day since when in *since; 0 no; -1 the run has no NPPES, or it does not know.
 */
int codes_deactivated(const struct codes *codes, uint64_t npi, int32_t date, int32_t *since);

/* The day on which an NPI was given out; DATE_ABSENT: the run has no NPPES, or it does not know. */
int32_t codes_enumerated(const struct codes *codes, uint64_t npi);

#endif
