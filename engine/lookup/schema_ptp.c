/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NCCI procedure-to-procedure edits, a table a setting.  The pairs themselves are
 * sections (pairs.h); the rows say of each code what it is in the table.
 */
#include "lookup/codes.h"
#include "lookup/pairs.h"
#include "lookup/ptp_parts.h"

static const struct set_column columns[] = {
        {.name = "number", .type = SET_U32, .at = offsetof(struct pair_code_row, number)},
        {.name = "edits_as_column_1",
                .type = SET_U32,
                .at = offsetof(struct pair_code_row, partners)},
        {.name = "edits_as_column_2",
                .type = SET_U32,
                .at = offsetof(struct pair_code_row, partners) + sizeof(uint32_t)},
};

const struct set_schema schema_ptp_practitioner = {
        .name = "ptp_practitioner",
        .title = "NCCI PTP edits, practitioner",
        .tag = SYSTEM_PROCEDURE,
        .key = SET_KEY_CODE,
        .columns = columns,
        .column_count = sizeof(columns) / sizeof(*columns),
        .row_size = sizeof(struct pair_code_row),
        .finish = ptp_finish,
        .check = pairs_check,
};

const struct set_schema schema_ptp_hospital = {
        .name = "ptp_hospital",
        .title = "NCCI PTP edits, outpatient hospital",
        .tag = SYSTEM_PROCEDURE,
        .key = SET_KEY_CODE,
        .columns = columns,
        .column_count = sizeof(columns) / sizeof(*columns),
        .row_size = sizeof(struct pair_code_row),
        .finish = ptp_finish,
        .check = pairs_check,
};
