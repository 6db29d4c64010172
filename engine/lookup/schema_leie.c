/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/rows_lists.h"
#include "lookup/import_held.h"

#include <stddef.h>

static const struct set_column leie_columns[] = {
        {"type", SET_TEXT, offsetof(struct leie_row, type), NULL},
        {"state", SET_CHARS2, offsetof(struct leie_row, state), NULL},
        {"waiver_day", SET_DAY, offsetof(struct leie_row, waiver_day), NULL},
        {"waiver_state", SET_CHARS2, offsetof(struct leie_row, waiver_state), NULL},
        {"kind", SET_TEXT, offsetof(struct leie_row, kind), NULL},
        {"specialty", SET_TEXT, offsetof(struct leie_row, specialty), NULL},
};

const struct set_schema schema_leie = {
        .name = "leie",
        .title = "OIG list of excluded individuals and entities",
        .tag = LIST_TAG,
        .key = SET_KEY_NUMBER,
        .many = true,
        .columns = leie_columns,
        .column_count = sizeof(leie_columns) / sizeof(leie_columns[0]),
        .row_size = sizeof(struct leie_row),
        .finish = held_finish_ended,
};
