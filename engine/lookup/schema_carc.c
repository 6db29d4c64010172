/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/rows_lists.h"

#include <stddef.h>

static const struct set_column carc_columns[] = {
        {"kind", SET_TEXT, offsetof(struct carc_row, kind), NULL},
        {"modified", SET_DAY, offsetof(struct carc_row, modified), NULL},
};

const struct set_schema schema_carc = {
        .name = "carc",
        .title = "Adjustment reasons, remarks and groups",
        .tag = LIST_TAG,
        .key = SET_KEY_CODE,
        .columns = carc_columns,
        .column_count = sizeof(carc_columns) / sizeof(carc_columns[0]),
        .row_size = sizeof(struct carc_row),
};
