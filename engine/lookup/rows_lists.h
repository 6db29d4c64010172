/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of the small lists, and of the lists of providers.
 *
 * Each struct is a row of the set that it is named after.  Lists without dates are
 * in force on every day.  Texts are where set_text() finds them, 0 none.
 */
#ifndef LOOKUP_ROWS_LISTS_H
#define LOOKUP_ROWS_LISTS_H

#include "lookup/set.h"

#include <stdint.h>

/* The tag of keys that are no code of a claim's code systems. */
enum { LIST_TAG = 0x60 };

enum { POS_FACILITY = 1 << 0, POS_NONFACILITY = 1 << 1 };

/* pos: keys are two digits ("11"). */
struct pos_row {
	struct set_row row;
	uint32_t setting; /* bits POS_*; none where the list does not say */
	uint32_t name;
	uint32_t pad;
};

enum {
	MODIFIER_LEVEL_1 = 1 << 0, /* CPT */
	MODIFIER_LEVEL_2 = 1 << 1, /* HCPCS */
};

/* modifiers: keys are two characters (SYSTEM_MODIFIER).  Texts of level 2 only. */
struct modifiers_row {
	struct set_row row;
	uint32_t level; /* bits MODIFIER_LEVEL_* */
	uint32_t text;
	uint32_t pad;
};

/* revenue: keys are four digits ("0450"). */
struct revenue_row {
	struct set_row row;
	uint32_t label; /* the list's category ("045X") or words */
};

/* tob: keys are three characters ("131"): facility, class, frequency. */
struct tob_row {
	struct set_row row;
	uint16_t facility, class;
};

/* discharge: keys are two digits. */
struct discharge_row {
	struct set_row row;
	uint32_t label;
};

/* specialty: keys are two characters, CMS specialty. */
struct specialty_row {
	struct set_row row;
	uint32_t label;
};

/* taxonomy: keys are ten characters (SET_KEY_LONG). */
struct taxonomy_row {
	struct set_row row;
	uint32_t grouping, classification, specialization, display_name, section;
};

/* carc: keys are adjustment reasons, remarks and groups ("45", "N290", "CO"). */
struct carc_row {
	struct set_row row;
	uint32_t kind; /* "CARC", "RARC", "Group" */
	int32_t modified;
	uint32_t pad;
};

/*
 * leie: keys are NPIs (SET_KEY_NUMBER), a row an exclusion, several at a time.  In
 * force from its day to the day before a reinstatement.
 */
struct leie_row {
	struct set_row row;
	uint32_t type;                /* "1128a1" */
	uint16_t state, waiver_state; /* two letters */
	int32_t waiver_day;
	uint32_t kind; /* "INDIVIDUAL" */
	uint32_t specialty;
};

/*
 * nppes: keys are NPIs (SET_KEY_NUMBER), in force from enumeration to the day before
 * deactivation, and again from reactivation.
 */
struct nppes_row {
	struct set_row row;
	uint8_t entity; /* 1 person, 2 organisation, 0 deactivated and told no more */
	uint8_t pad;
	uint16_t state;       /* of the practice */
	uint32_t taxonomy;    /* ten characters: the primary, else the first; text */
	int32_t deactivation; /* the day, or DATE_ABSENT */
};

#endif
