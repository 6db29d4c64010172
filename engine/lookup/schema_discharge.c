/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/rows_lists.h"

#include <stddef.h>

static const struct set_column discharge_columns[] = {
        {"label", SET_TEXT, offsetof(struct discharge_row, label), NULL},
};

const struct set_schema schema_discharge = {
        .name = "discharge",
        .title = "Patient discharge status",
        .tag = LIST_TAG,
        .key = SET_KEY_CODE,
        .columns = discharge_columns,
        .column_count = sizeof(discharge_columns) / sizeof(discharge_columns[0]),
        .row_size = sizeof(struct discharge_row),
};
