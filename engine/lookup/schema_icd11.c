/* SPDX-License-Identifier: Apache-2.0 */
/* ICD-11 and the way there from WHO's ICD-10: to tell codes of the wrong system. */
#include "lookup/rows_icd.h"

static const char *const flag_names[] = {"leaf", "residual", "primary", NULL};

static const struct set_column columns[] = {
        {"chapter", SET_CHARS2, offsetof(struct icd11_row, chapter), NULL},
        {"kind", SET_FLAGS, offsetof(struct icd11_row, flags), flag_names},
        {"description", SET_TEXT, offsetof(struct icd11_row, title), NULL},
};

const struct set_schema schema_icd11 = {
        .name = "icd11",
        .title = "ICD-11 for mortality and morbidity statistics",
        .tag = TAG_ICD11,
        .key = SET_KEY_CODE,
        .columns = columns,
        .column_count = sizeof(columns) / sizeof(columns[0]),
        .row_size = sizeof(struct icd11_row),
};

static const struct set_column map_columns[] = {
        {"target", SET_TEXT, offsetof(struct icd10to11_row, target), NULL},
        {"description", SET_TEXT, offsetof(struct icd10to11_row, title), NULL},
};

const struct set_schema schema_icd10to11 = {
        .name = "icd10to11",
        .title = "WHO's ICD-10 to ICD-11",
        .tag = TAG_ICD10_WHO,
        .key = SET_KEY_CODE,
        .many = true,
        .columns = map_columns,
        .column_count = sizeof(map_columns) / sizeof(map_columns[0]),
        .row_size = sizeof(struct icd10to11_row),
};
