/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/rows_procedures.h"
#include "lookup/import_held.h"

#include <stddef.h>

static const struct set_column hcpcs_columns[] = {
        {"added", SET_DAY, offsetof(struct hcpcs_row, added), NULL},
        {"action_day", SET_DAY, offsetof(struct hcpcs_row, action_day), NULL},
        {"terminated", SET_DAY, offsetof(struct hcpcs_row, terminated), NULL},
        {"coverage", SET_CHARS2, offsetof(struct hcpcs_row, coverage), NULL},
        {"action", SET_CHARS2, offsetof(struct hcpcs_row, action), NULL},
        {"pricing", SET_CHARS2, offsetof(struct hcpcs_row, pricing), NULL},
        {"anesthesia_units", SET_U16, offsetof(struct hcpcs_row, anesthesia_units), NULL},
        {"betos", SET_CODE_WORD, offsetof(struct hcpcs_row, betos), NULL},
        {"service_types", SET_CODE_WORD, offsetof(struct hcpcs_row, service_types), NULL},
        {"cross_reference", SET_CODE_WORD, offsetof(struct hcpcs_row, cross_reference), NULL},
        {"short_text", SET_TEXT, offsetof(struct hcpcs_row, short_text), NULL},
        {"long_text", SET_TEXT, offsetof(struct hcpcs_row, long_text), NULL},
};

const struct set_schema schema_hcpcs = {
        .name = "hcpcs",
        .title = "HCPCS level II codes",
        .tag = SYSTEM_PROCEDURE,
        .key = SET_KEY_CODE,
        .columns = hcpcs_columns,
        .column_count = sizeof(hcpcs_columns) / sizeof(hcpcs_columns[0]),
        .row_size = sizeof(struct hcpcs_row),
        .finish = held_finish_releases,
};
