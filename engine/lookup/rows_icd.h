/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of the sets about diagnoses, ICD procedures and what is made of them: MCE
 * edits, DRGs, HCCs, crosswalks.
 *
 * Each struct is a row of the set that it is named after, or of those that its
 * comment names.  Codes are without dots.  Texts are where set_text() finds them,
 * 0 none.
 */
#ifndef LOOKUP_ROWS_ICD_H
#define LOOKUP_ROWS_ICD_H

#include "lookup/set.h"

#include <stdint.h>

/* Tags of the code systems that a scan does not look up by itself. */
enum icd_tag {
	TAG_ICD9CM = 0x40,
	TAG_ICD9PCS,
	TAG_ICD10_WHO,
	TAG_ICD11,
	TAG_DRG,
	TAG_HCC,
	TAG_DISCHARGE,
	TAG_AGE_CLASS,
};

/* ---- icd10cm, icd10pcs: keys are codes (SYSTEM_ICD10CM, SYSTEM_ICD10PCS) ---- */

/* One of the first two in each row.  The sides are read off the titles of icd10cm. */
enum {
	ICD10_BILLABLE = 1 << 0,
	ICD10_HEADER = 1 << 1, /* in force, but a longer code must be used */
	ICD10_LEFT = 1 << 2,   /* the code says one side of a paired part of the body */
	ICD10_RIGHT = 1 << 3,
};

struct icd10_row {
	struct set_row row;
	uint32_t flags; /* bits ICD10_* */
	uint32_t title; /* long title, text */
	uint32_t pad;
};

/* ---- mce, mce_pcs; mce_lists, mce_lists_pcs ---- */

/*
 * mce and mce_pcs hold every code from 2015-10-01 on, with windows (mce_vNN_*.csv).
 * mce_lists and mce_lists_pcs hold the codes of one version's lists only
 * (MCE_Simple_Code_Edits): a code that is not there has no flags.  Who looks up asks
 * mce first.  Ages are in mce_age.
 */
enum {
	MCE_ADULT = 1 << 0,
	MCE_MATERNITY = 1 << 1,
	MCE_PEDIATRIC = 1 << 2,
	MCE_NEWBORN = 1 << 3,
	MCE_FEMALE = 1 << 4, /* until 2024-09-30: the windows say so */
	MCE_MALE = 1 << 5,
	MCE_MANIFESTATION = 1 << 6,      /* not as principal diagnosis */
	MCE_UNACCEPTABLE = 1 << 7,       /* as principal diagnosis */
	MCE_REQUIRES_SECONDARY = 1 << 8, /* principal only with a secondary diagnosis */
	MCE_EXTERNAL_CAUSE = 1 << 9,     /* not as principal diagnosis */
	MCE_QUESTIONABLE = 1 << 10,      /* admission */
	MCE_UNSPECIFIED = 1 << 11,       /* a side could be told; from 2022-04-01 */
	MCE_WRONG_PROCEDURE = 1 << 12,   /* performed */
	MCE_NONCOVERED = 1 << 13,        /* always */
	MCE_LIMITED_COVERAGE = 1 << 14,  /* and its kinds */
	MCE_NONCOVERED_PARTLY = 1 << 15, /* by age or with other codes: ncov6, ncov_z302 ... */
	MCE_KIDNEY_TRANSPLANT = 1 << 16, /* parts of combination edits from here on */
	MCE_DIABETES_TYPE_1 = 1 << 17,
	MCE_DELIVERY_OUTCOME = 1 << 18,
	MCE_CESAREAN = 1 << 19,
	MCE_VAGINAL_DELIVERY = 1 << 20,
	MCE_CLINICAL_TRIAL = 1 << 21,
	MCE_LENGTH_OF_STAY = 1 << 22, /* over 96 hours */
};

/* Keys are codes (SYSTEM_ICD10CM; SYSTEM_ICD10PCS for ..._pcs). */
struct mce_row {
	struct set_row row;
	uint32_t flags; /* bits MCE_* */
};

/* mce_age: keys are the words ADULT, MATERNITY, NEWBORN, PEDIATRIC (SET_KEY_LONG). */
struct mce_age_row {
	struct set_row row;
	uint8_t age_from, age_to; /* whole years, both inclusive */
	uint8_t pad[2];
};

/* mce_discharge: keys are two digits, in force on the days of the row. */
struct mce_discharge_row {
	struct set_row row;
	uint32_t pad;
};

/* ---- msdrg, msdrg_weights, drg_cc ---- */

enum { DRG_SURGICAL = 1 << 0, DRG_MEDICAL = 1 << 1 }; /* neither: 998, 999 */

/* msdrg: from a list or Appendix A; keys are three digits ("005", SET_KEY_CODE). */
struct msdrg_row {
	struct set_row row;
	uint32_t type;  /* bits DRG_* */
	uint32_t title; /* text */
	uint16_t mdc;   /* two digits, 0 where there is none (pre-MDC, all) */
	uint16_t pad;
};

enum { DRG_POST_ACUTE = 1 << 2, DRG_SPECIAL_PAY = 1 << 3 }; /* in flags, with DRG_SURGICAL ... */

/* msdrg_weights: from Table 5, which has what msdrg has too; keys as there. */
struct msdrg_weights_row {
	struct set_row row;
	uint32_t flags; /* bits DRG_* */
	uint32_t title; /* text */
	uint16_t mdc;
	uint16_t pad;
	int32_t weight, weight_capped;         /* ten-thousandths; capped: 0 before FY2023 */
	int32_t los_geometric, los_arithmetic; /* hundredths of a day; 0 where there is none */
};

enum { DRG_CC = 1 << 0, DRG_MCC = 1 << 1 };

/* drg_cc: keys are codes (SYSTEM_ICD10CM); a code that is not there is neither. */
struct drg_cc_row {
	struct set_row row;
	uint32_t level; /* bits DRG_CC, DRG_MCC: one of them */
};

/* ---- hcc, hcc_hierarchy ---- */

enum hcc_family { HCC_CMS = 1, HCC_ESRD, HCC_RX };

/*
 * hcc: keys are codes (SYSTEM_ICD10CM), a row a category, by model and year together.
 * All rows are open: a model year is chosen by name, not by the day of service.
 */
struct hcc_row {
	struct set_row row;
	uint16_t hcc;
	uint16_t year;   /* as the file's name says: of payment (csv), of the software (F2824...) */
	uint32_t model;  /* text: "CMS-HCC V28", "CMS-HCC ESRD V24", "RxHCC V08" */
	uint8_t family;  /* enum hcc_family */
	uint8_t version; /* 28 */
	uint8_t pad[2];
};

/* hcc_hierarchy: keys are categories (SET_KEY_NUMBER); each row one that it drops. */
struct hcc_hierarchy_row {
	struct set_row row;
	uint16_t dropped; /* the category */
	uint16_t year;    /* 0 where only the software's name stands (V28115H1.TXT) */
	uint32_t model;
	uint8_t family;
	uint8_t version;
	uint8_t pad[2];
};

/* ---- gems, gems_icd9, gems_pcs, gems_icd9_pcs: ICD-10 to ICD-9 and back ---- */

enum { GEM_APPROXIMATE = 1 << 0, GEM_NO_MAP = 1 << 1, GEM_COMBINATION = 1 << 2 };

/* Keys are codes of SYSTEM_ICD10CM, TAG_ICD9CM, SYSTEM_ICD10PCS, TAG_ICD9PCS. */
struct gems_row {
	struct set_row row;
	uint32_t flags;   /* bits GEM_* */
	uint64_t target;  /* code word; 0 with GEM_NO_MAP */
	uint8_t scenario; /* of a combination, 0 none */
	uint8_t choice;   /* the list in the scenario, 0 none */
	uint8_t pad[6];
};

/* ---- icd11, icd10to11 ---- */

enum { ICD11_LEAF = 1 << 0, ICD11_RESIDUAL = 1 << 1, ICD11_PRIMARY = 1 << 2 };

/* icd11: keys are codes (TAG_ICD11), "1A000" for 1A00.0; chapters and blocks have none. */
struct icd11_row {
	struct set_row row;
	uint32_t flags;   /* bits ICD11_* */
	uint32_t title;   /* text */
	uint16_t chapter; /* two characters */
	uint16_t pad;
};

/* icd10to11: keys are WHO's ICD-10 codes (TAG_ICD10_WHO), "A000" for A00.0. */
struct icd10to11_row {
	struct set_row row;
	uint32_t target; /* text: a code, or a cluster such as "1A00&XN8P1" */
	uint32_t title;  /* text, of the target */
	uint32_t pad;
};

#endif
