/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/rows_procedures.h"

#include <stddef.h>

static const struct set_column phystime_columns[] = {
        {"pre_evaluation", SET_HUNDREDTHS, offsetof(struct phystime_row, pre_evaluation), NULL},
        {"pre_positioning", SET_HUNDREDTHS, offsetof(struct phystime_row, pre_positioning), NULL},
        {"pre_scrub", SET_HUNDREDTHS, offsetof(struct phystime_row, pre_scrub), NULL},
        {"intra_service", SET_HUNDREDTHS, offsetof(struct phystime_row, intra_service), NULL},
        {"post_service", SET_HUNDREDTHS, offsetof(struct phystime_row, post_service), NULL},
        {"total", SET_HUNDREDTHS, offsetof(struct phystime_row, total), NULL},
};

const struct set_schema schema_phystime = {
        .name = "phystime",
        .title = "Physician work time, minutes",
        .tag = SYSTEM_PROCEDURE,
        .key = SET_KEY_CODE_MODIFIER,
        .columns = phystime_columns,
        .column_count = sizeof(phystime_columns) / sizeof(phystime_columns[0]),
        .row_size = sizeof(struct phystime_row),
};
