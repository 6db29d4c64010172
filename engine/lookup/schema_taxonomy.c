/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/rows_lists.h"

#include <stddef.h>

static const struct set_column taxonomy_columns[] = {
        {"grouping", SET_TEXT, offsetof(struct taxonomy_row, grouping), NULL},
        {"classification", SET_TEXT, offsetof(struct taxonomy_row, classification), NULL},
        {"specialization", SET_TEXT, offsetof(struct taxonomy_row, specialization), NULL},
        {"display_name", SET_TEXT, offsetof(struct taxonomy_row, display_name), NULL},
        {"section", SET_TEXT, offsetof(struct taxonomy_row, section), NULL},
};

const struct set_schema schema_taxonomy = {
        .name = "taxonomy",
        .title = "NUCC provider taxonomy",
        .tag = LIST_TAG,
        .key = SET_KEY_LONG,
        .columns = taxonomy_columns,
        .column_count = sizeof(taxonomy_columns) / sizeof(taxonomy_columns[0]),
        .row_size = sizeof(struct taxonomy_row),
};
