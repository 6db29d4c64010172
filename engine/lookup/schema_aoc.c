/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/rows_procedures.h"
#include "lookup/import_held.h"

#include <stddef.h>

static const struct set_column aoc_columns[] = {
        {"type", SET_U8, offsetof(struct aoc_row, type), NULL},
        {"primary", SET_CODE_WORD, offsetof(struct aoc_row, primary), NULL},
        {"add_on_deleted", SET_DAY, offsetof(struct aoc_row, add_on_deleted), NULL},
        {"primary_deleted", SET_DAY, offsetof(struct aoc_row, primary_deleted), NULL},
        {"note", SET_TEXT, offsetof(struct aoc_row, note), NULL},
};

const struct set_schema schema_aoc = {
        .name = "aoc",
        .title = "NCCI add-on codes and their primaries",
        .tag = SYSTEM_PROCEDURE,
        .key = SET_KEY_CODE,
        .many = true,
        .columns = aoc_columns,
        .column_count = sizeof(aoc_columns) / sizeof(aoc_columns[0]),
        .row_size = sizeof(struct aoc_row),
        .finish = held_finish_newest,
};
