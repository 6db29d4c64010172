/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/rows_procedures.h"

#include <stddef.h>

/* Three settings, one row: the publisher keeps a file each. */
static const struct set_column mue_columns[] = {
        {"value", SET_U32, offsetof(struct mue_row, value), NULL},
        {"mai", SET_U8, offsetof(struct mue_row, mai), NULL},
        {"rationale", SET_TEXT, offsetof(struct mue_row, rationale), NULL},
};

const struct set_schema schema_mue_practitioner = {
        .name = "mue_practitioner",
        .title = "Medically unlikely edits: practitioners and ASC",
        .tag = SYSTEM_PROCEDURE,
        .key = SET_KEY_CODE,
        .columns = mue_columns,
        .column_count = sizeof(mue_columns) / sizeof(mue_columns[0]),
        .row_size = sizeof(struct mue_row),
};

const struct set_schema schema_mue_hospital = {
        .name = "mue_hospital",
        .title = "Medically unlikely edits: outpatient hospital",
        .tag = SYSTEM_PROCEDURE,
        .key = SET_KEY_CODE,
        .columns = mue_columns,
        .column_count = sizeof(mue_columns) / sizeof(mue_columns[0]),
        .row_size = sizeof(struct mue_row),
};

const struct set_schema schema_mue_dme = {
        .name = "mue_dme",
        .title = "Medically unlikely edits: DME suppliers",
        .tag = SYSTEM_PROCEDURE,
        .key = SET_KEY_CODE,
        .columns = mue_columns,
        .column_count = sizeof(mue_columns) / sizeof(mue_columns[0]),
        .row_size = sizeof(struct mue_row),
};
