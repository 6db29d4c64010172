/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of the sets about procedures, modifiers aside: hcpcs, cpt, mpfs, mue_*, aoc,
 * phystime, the coverage sets, and a payer's own tables.
 *
 * Each struct is a row of the set that it is named after; a blank day is
 * DATE_ABSENT, a blank character or word 0.  A payer's row stands over the
 * publisher's of the same code or pair: who looks up asks the payer's set first.
 */
#ifndef LOOKUP_ROWS_PROCEDURES_H
#define LOOKUP_ROWS_PROCEDURES_H

#include "lookup/set.h"

#include <stdint.h>

/* Digits of the fee schedule that its file leaves blank. */
enum { MPFS_BLANK = 255 };

/*
 * hcpcs: keys are codes (SYSTEM_PROCEDURE).  In force from the day it was added to
 * the day it ends, as its release says it; a release is complete from its first day to
 * the end of its year.  Texts of D codes (CDT) are not kept.
 */
struct hcpcs_row {
	struct set_row row;
	int32_t added, action_day, terminated;
	uint16_t coverage; /* C, D, I, M, S */
	uint16_t action;   /* A, B, C, D, F, N, P, R, S, T */
	uint16_t pricing;  /* the first pricing indicator */
	uint16_t anesthesia_units;
	uint64_t betos;           /* up to three characters */
	uint64_t service_types;   /* up to five, one each */
	uint64_t cross_reference; /* the first code to see instead */
	uint32_t short_text, long_text;
};

/*
 * cpt: keys are codes (SYSTEM_PROCEDURE), those of CPT and of CDT.  No texts.  From
 * the fee schedule the set is partial: laboratory codes of category PLA are not in it.
 */
struct cpt_row {
	struct set_row row;
	uint64_t category; /* the word I, II, III, PLA, MAAA, ADMIN or CDT */
};

enum { MPFS_NA_NONFACILITY = 1 << 0, MPFS_NA_FACILITY = 1 << 1 };

/*
 * mpfs: keys are SET_KEY_CODE_MODIFIER ("99213", "7104626", "71046TC").  The
 * conversion factor is not kept: from 2026 on there are two a release, and equal
 * rows otherwise.
 */
struct mpfs_row {
	struct set_row row;
	uint16_t status;                                     /* A, B, C, I, J, M, N, P, R, T, X */
	uint8_t pctc, multiple, bilateral, assistant;        /* digits; MPFS_BLANK */
	uint8_t cosurgeon, team;                             /* digits; MPFS_BLANK */
	uint16_t supervision;                                /* 01, 02, 03, 09, ... */
	uint16_t imaging_family;                             /* 88, 99 */
	uint32_t not_applicable;                             /* bits MPFS_NA_* */
	uint64_t global;                                     /* the word 000, 010, 090, MMM, ... */
	uint64_t endoscopic_base;                            /* a code */
	int32_t work, pe_nonfacility, pe_facility, mp;       /* hundredths of an RVU */
	int32_t total_nonfacility, total_facility;           /* ... */
	int32_t preoperative, intraoperative, postoperative; /* ten-thousandths of the whole */
	uint32_t calculation;                                /* flag 0 or 1 */
};

/* mue_practitioner, mue_hospital, mue_dme: keys are codes (SYSTEM_PROCEDURE). */
struct mue_row {
	struct set_row row;
	uint32_t value; /* units; 0: none is payable in that setting */
	uint8_t mai;    /* 1 line, 2 day by policy, 3 day by clinical data */
	uint8_t pad[3];
	uint32_t rationale; /* text */
};

/*
 * aoc: keys are add-on codes (SYSTEM_PROCEDURE), a row a primary, in force together.
 * primary 0: the contractor names it (all of type 2, further ones of type 3).
 */
struct aoc_row {
	struct set_row row;
	uint8_t type; /* 1 fixed list, 2 contractor's, 3 some listed */
	uint8_t pad[3];
	uint64_t primary;
	int32_t add_on_deleted, primary_deleted;
	uint32_t note; /* text */
	uint32_t pad2;
};

/* phystime: keys are SET_KEY_CODE_MODIFIER; hundredths of a minute, -1 where blank. */
struct phystime_row {
	struct set_row row;
	int32_t pre_evaluation, pre_positioning, pre_scrub;
	int32_t intra_service, post_service;
	int32_t total;
	uint32_t pad;
};

/*
 * ncd_lcd: keys are procedures, a row a document and group that names the code.
 * ncd_lcd_dx: keys are ICD-10-CM codes, a row a document and group that names it.
 * ncd_lcd_documents: keys are documents (words like A52353, L33822), their days.
 * A diagnosis supports a procedure where document, version and group are equal.
 */
struct ncd_lcd_row {
	struct set_row row;
	uint32_t version;
	uint64_t document;
	uint32_t group;
	uint32_t pad;
};

struct ncd_lcd_dx_row {
	struct set_row row;
	uint32_t version;
	uint64_t document;
	uint32_t group;
	uint32_t covered; /* 1 supports medical necessity, 0 does not */
};

struct ncd_lcd_document_row {
	struct set_row row;
	uint32_t version;
	uint32_t title; /* text */
	uint32_t pad;
};

/* ---- A payer's own tables ---- */

enum { PAYER_PRACTITIONER = 1 << 0, PAYER_HOSPITAL = 1 << 1, PAYER_DME = 1 << 2 };

/* payer_pairs: keys are pairs (column 1, column 2), in force together by setting. */
struct payer_pair_row {
	struct set_row row;
	uint32_t settings; /* bits PAYER_*; all where the table says none */
	uint32_t reason;   /* text */
	uint8_t indicator; /* 0 never together, 1 with a modifier, 9: no edit (switches one off) */
	uint8_t pad[3];
};

/* payer_units: keys are codes. */
struct payer_unit_row {
	struct set_row row;
	uint32_t settings;
	uint32_t value;
	uint32_t reason;
	uint8_t mai;
	uint8_t pad[7];
};

/* payer_addons: keys are add-on codes; primary 0: any. */
struct payer_addon_row {
	struct set_row row;
	uint32_t reason;
	uint64_t primary;
};

/* payer_coverage: keys are procedures; a row a diagnosis. */
struct payer_coverage_row {
	struct set_row row;
	uint32_t policy;    /* text */
	uint64_t diagnosis; /* code word, without dot; a category covers what begins with it */
	uint32_t group;
	uint32_t covered; /* 1 or 0 */
};

enum { PAYER_PER_BENEFICIARY = 1 << 0, PAYER_PER_PROVIDER = 1 << 1 };

/* payer_frequency: keys are codes: at most limit units in any days (0: ever). */
struct payer_frequency_row {
	struct set_row row;
	uint32_t limit;
	uint32_t days;
	uint32_t per; /* one bit PAYER_PER_* */
};

#endif
