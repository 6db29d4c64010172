/* SPDX-License-Identifier: Apache-2.0 */
/* icd10cm and icd10pcs: the codes of any number of fiscal years. */
#include "lookup/icd10_years.h"

static const char *const flags[] = {"billable", "header", "left", "right", NULL};

static const struct set_column columns[] = {
        {"kind", SET_FLAGS, offsetof(struct icd10_row, flags), flags},
        {"description", SET_TEXT, offsetof(struct icd10_row, title), NULL},
};

const struct set_schema schema_icd10cm = {
        .name = "icd10cm",
        .title = "ICD-10-CM diagnoses",
        .tag = SYSTEM_ICD10CM,
        .key = SET_KEY_CODE,
        .columns = columns,
        .column_count = sizeof(columns) / sizeof(columns[0]),
        .row_size = sizeof(struct icd10_row),
        .finish = icd10_years_finish,
};

const struct set_schema schema_icd10pcs = {
        .name = "icd10pcs",
        .title = "ICD-10-PCS procedures",
        .tag = SYSTEM_ICD10PCS,
        .key = SET_KEY_CODE,
        .columns = columns,
        .column_count = sizeof(columns) / sizeof(columns[0]),
        .row_size = sizeof(struct icd10_row),
        .finish = icd10_years_finish,
};
