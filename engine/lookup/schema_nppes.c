/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/rows_lists.h"

#include <stddef.h>

static const struct set_column nppes_columns[] = {
        {"entity", SET_U8, offsetof(struct nppes_row, entity), NULL},
        {"state", SET_CHARS2, offsetof(struct nppes_row, state), NULL},
        {"taxonomy", SET_TEXT, offsetof(struct nppes_row, taxonomy), NULL},
        {"deactivation", SET_DAY, offsetof(struct nppes_row, deactivation), NULL},
};

const struct set_schema schema_nppes = {
        .name = "nppes",
        .title = "National provider identifiers",
        .tag = LIST_TAG,
        .key = SET_KEY_NUMBER,
        .columns = nppes_columns,
        .column_count = sizeof(nppes_columns) / sizeof(nppes_columns[0]),
        .row_size = sizeof(struct nppes_row),
};
