/* SPDX-License-Identifier: Apache-2.0 */
/* HCCs: diagnosis to category by model and year, and what a category drops. */
#include "lookup/rows_icd.h"

static const struct set_column columns[] = {
        {"hcc", SET_U16, offsetof(struct hcc_row, hcc), NULL},
        {"year", SET_U16, offsetof(struct hcc_row, year), NULL},
        {"model", SET_TEXT, offsetof(struct hcc_row, model), NULL},
        {"family", SET_U8, offsetof(struct hcc_row, family), NULL},
        {"version", SET_U8, offsetof(struct hcc_row, version), NULL},
};

const struct set_schema schema_hcc = {
        .name = "hcc",
        .title = "HCCs of diagnoses, by model and year",
        .tag = SYSTEM_ICD10CM,
        .key = SET_KEY_CODE,
        .many = true,
        .columns = columns,
        .column_count = sizeof(columns) / sizeof(columns[0]),
        .row_size = sizeof(struct hcc_row),
};

static const struct set_column hierarchy_columns[] = {
        {"drops", SET_U16, offsetof(struct hcc_hierarchy_row, dropped), NULL},
        {"year", SET_U16, offsetof(struct hcc_hierarchy_row, year), NULL},
        {"model", SET_TEXT, offsetof(struct hcc_hierarchy_row, model), NULL},
        {"family", SET_U8, offsetof(struct hcc_hierarchy_row, family), NULL},
        {"version", SET_U8, offsetof(struct hcc_hierarchy_row, version), NULL},
};

const struct set_schema schema_hcc_hierarchy = {
        .name = "hcc_hierarchy",
        .title = "HCC hierarchies, by model and year",
        .tag = TAG_HCC,
        .key = SET_KEY_NUMBER,
        .many = true,
        .columns = hierarchy_columns,
        .column_count = sizeof(hierarchy_columns) / sizeof(hierarchy_columns[0]),
        .row_size = sizeof(struct hcc_hierarchy_row),
};
