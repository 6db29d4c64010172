/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/rows_lists.h"

#include <stddef.h>

static const struct set_column tob_columns[] = {
        {"facility", SET_CHARS2, offsetof(struct tob_row, facility), NULL},
        {"class", SET_CHARS2, offsetof(struct tob_row, class), NULL},
};

const struct set_schema schema_tob = {
        .name = "tob",
        .title = "Types of bill",
        .tag = LIST_TAG,
        .key = SET_KEY_CODE,
        .columns = tob_columns,
        .column_count = sizeof(tob_columns) / sizeof(tob_columns[0]),
        .row_size = sizeof(struct tob_row),
};
