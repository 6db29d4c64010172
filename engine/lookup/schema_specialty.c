/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/rows_lists.h"

#include <stddef.h>

static const struct set_column specialty_columns[] = {
        {"label", SET_TEXT, offsetof(struct specialty_row, label), NULL},
};

const struct set_schema schema_specialty = {
        .name = "specialty",
        .title = "CMS provider specialty",
        .tag = LIST_TAG,
        .key = SET_KEY_CODE,
        .columns = specialty_columns,
        .column_count = sizeof(specialty_columns) / sizeof(specialty_columns[0]),
        .row_size = sizeof(struct specialty_row),
};
