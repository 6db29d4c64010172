/* SPDX-License-Identifier: Apache-2.0 */
/* General equivalence mappings: ICD-10 to ICD-9 and back, diagnoses and procedures. */
#include "lookup/rows_icd.h"

static const char *const flag_names[] = {"approximate", "no_map", "combination", NULL};

static const struct set_column columns[] = {
        {"target", SET_CODE_WORD, offsetof(struct gems_row, target), NULL},
        {"flags", SET_FLAGS, offsetof(struct gems_row, flags), flag_names},
        {"scenario", SET_U8, offsetof(struct gems_row, scenario), NULL},
        {"choice", SET_U8, offsetof(struct gems_row, choice), NULL},
};

#define GEMS(symbol, words, system) \
	const struct set_schema schema_##symbol = { \
	        .name = #symbol, \
	        .title = (words), \
	        .tag = (system), \
	        .key = SET_KEY_CODE, \
	        .many = true, \
	        .columns = columns, \
	        .column_count = sizeof(columns) / sizeof(columns[0]), \
	        .row_size = sizeof(struct gems_row), \
	}

GEMS(gems, "GEMs: ICD-10-CM to ICD-9-CM", SYSTEM_ICD10CM);
GEMS(gems_icd9, "GEMs: ICD-9-CM to ICD-10-CM", TAG_ICD9CM);
GEMS(gems_pcs, "GEMs: ICD-10-PCS to ICD-9-CM procedures", SYSTEM_ICD10PCS);
GEMS(gems_icd9_pcs, "GEMs: ICD-9-CM procedures to ICD-10-PCS", TAG_ICD9PCS);
