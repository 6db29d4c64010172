/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/rows_lists.h"
#include "lookup/import_held.h"

#include <stddef.h>

static const char *const level_words[] = {"cpt", "hcpcs", NULL};

static const struct set_column modifiers_columns[] = {
        {"level", SET_FLAGS, offsetof(struct modifiers_row, level), level_words},
        {"text", SET_TEXT, offsetof(struct modifiers_row, text), NULL},
};

const struct set_schema schema_modifiers = {
        .name = "modifiers",
        .title = "Modifiers",
        .tag = SYSTEM_MODIFIER,
        .key = SET_KEY_CODE,
        .columns = modifiers_columns,
        .column_count = sizeof(modifiers_columns) / sizeof(modifiers_columns[0]),
        .row_size = sizeof(struct modifiers_row),
        .finish = held_finish_releases,
};
