/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/rows_lists.h"

#include <stddef.h>

static const struct set_column revenue_columns[] = {
        {"label", SET_TEXT, offsetof(struct revenue_row, label), NULL},
};

const struct set_schema schema_revenue = {
        .name = "revenue",
        .title = "Revenue codes",
        .tag = LIST_TAG,
        .key = SET_KEY_CODE,
        .columns = revenue_columns,
        .column_count = sizeof(revenue_columns) / sizeof(revenue_columns[0]),
        .row_size = sizeof(struct revenue_row),
};
