/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/rows_lists.h"

#include <stddef.h>

static const char *const setting_words[] = {"facility", "nonfacility", NULL};

static const struct set_column pos_columns[] = {
        {"setting", SET_FLAGS, offsetof(struct pos_row, setting), setting_words},
        {"name", SET_TEXT, offsetof(struct pos_row, name), NULL},
};

const struct set_schema schema_pos = {
        .name = "pos",
        .title = "Places of service",
        .tag = LIST_TAG,
        .key = SET_KEY_CODE,
        .columns = pos_columns,
        .column_count = sizeof(pos_columns) / sizeof(pos_columns[0]),
        .row_size = sizeof(struct pos_row),
};
