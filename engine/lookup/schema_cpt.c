/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/rows_procedures.h"

#include <stddef.h>

static const struct set_column cpt_columns[] = {
        {"category", SET_CODE_WORD, offsetof(struct cpt_row, category), NULL},
};

const struct set_schema schema_cpt = {
        .name = "cpt",
        .title = "CPT and CDT codes, without texts",
        .tag = SYSTEM_PROCEDURE,
        .key = SET_KEY_CODE,
        .columns = cpt_columns,
        .column_count = sizeof(cpt_columns) / sizeof(cpt_columns[0]),
        .row_size = sizeof(struct cpt_row),
};
