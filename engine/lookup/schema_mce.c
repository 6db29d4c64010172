/* SPDX-License-Identifier: Apache-2.0 */
/* The Medicare Code Editor: flags of diagnoses and procedures, by date or by version. */
#include "lookup/mce_flags.h"
#include "lookup/rows_icd.h"

static const struct set_column flag_columns[] = {
        {"edits", SET_FLAGS, offsetof(struct mce_row, flags), mce_flag_names},
};

const struct set_schema schema_mce = {
        .name = "mce",
        .title = "MCE edits of diagnoses, by date",
        .tag = SYSTEM_ICD10CM,
        .key = SET_KEY_CODE,
        .columns = flag_columns,
        .column_count = 1,
        .row_size = sizeof(struct mce_row),
};

const struct set_schema schema_mce_pcs = {
        .name = "mce_pcs",
        .title = "MCE edits of ICD-10-PCS procedures, by date",
        .tag = SYSTEM_ICD10PCS,
        .key = SET_KEY_CODE,
        .columns = flag_columns,
        .column_count = 1,
        .row_size = sizeof(struct mce_row),
};

const struct set_schema schema_mce_lists = {
        .name = "mce_lists",
        .title = "MCE edits of diagnoses, a version's lists",
        .tag = SYSTEM_ICD10CM,
        .key = SET_KEY_CODE,
        .columns = flag_columns,
        .column_count = 1,
        .row_size = sizeof(struct mce_row),
};

const struct set_schema schema_mce_lists_pcs = {
        .name = "mce_lists_pcs",
        .title = "MCE edits of ICD-10-PCS procedures, a version's lists",
        .tag = SYSTEM_ICD10PCS,
        .key = SET_KEY_CODE,
        .columns = flag_columns,
        .column_count = 1,
        .row_size = sizeof(struct mce_row),
};

static const struct set_column age_columns[] = {
        {"age_from", SET_U8, offsetof(struct mce_age_row, age_from), NULL},
        {"age_to", SET_U8, offsetof(struct mce_age_row, age_to), NULL},
};

const struct set_schema schema_mce_age = {
        .name = "mce_age",
        .title = "MCE age classes",
        .tag = TAG_AGE_CLASS,
        .key = SET_KEY_LONG,
        .columns = age_columns,
        .column_count = sizeof(age_columns) / sizeof(age_columns[0]),
        .row_size = sizeof(struct mce_age_row),
};

const struct set_schema schema_mce_discharge = {
        .name = "mce_discharge",
        .title = "MCE discharge status",
        .tag = TAG_DISCHARGE,
        .key = SET_KEY_CODE,
        .row_size = sizeof(struct mce_discharge_row),
};
