/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/rows_procedures.h"

#include <stddef.h>

static const char *const na_words[] = {"nonfacility", "facility", NULL};

static const struct set_column mpfs_columns[] = {
        {"status", SET_CHARS2, offsetof(struct mpfs_row, status), NULL},
        {"pctc", SET_U8, offsetof(struct mpfs_row, pctc), NULL},
        {"global", SET_CODE_WORD, offsetof(struct mpfs_row, global), NULL},
        {"multiple", SET_U8, offsetof(struct mpfs_row, multiple), NULL},
        {"bilateral", SET_U8, offsetof(struct mpfs_row, bilateral), NULL},
        {"assistant", SET_U8, offsetof(struct mpfs_row, assistant), NULL},
        {"cosurgeon", SET_U8, offsetof(struct mpfs_row, cosurgeon), NULL},
        {"team", SET_U8, offsetof(struct mpfs_row, team), NULL},
        {"supervision", SET_CHARS2, offsetof(struct mpfs_row, supervision), NULL},
        {"imaging_family", SET_CHARS2, offsetof(struct mpfs_row, imaging_family), NULL},
        {"not_applicable", SET_FLAGS, offsetof(struct mpfs_row, not_applicable), na_words},
        {"endoscopic_base", SET_CODE_WORD, offsetof(struct mpfs_row, endoscopic_base), NULL},
        {"work", SET_HUNDREDTHS, offsetof(struct mpfs_row, work), NULL},
        {"pe_nonfacility", SET_HUNDREDTHS, offsetof(struct mpfs_row, pe_nonfacility), NULL},
        {"pe_facility", SET_HUNDREDTHS, offsetof(struct mpfs_row, pe_facility), NULL},
        {"mp", SET_HUNDREDTHS, offsetof(struct mpfs_row, mp), NULL},
        {"total_nonfacility", SET_HUNDREDTHS, offsetof(struct mpfs_row, total_nonfacility), NULL},
        {"total_facility", SET_HUNDREDTHS, offsetof(struct mpfs_row, total_facility), NULL},
        {"preoperative", SET_TEN_THOUSANDTHS, offsetof(struct mpfs_row, preoperative), NULL},
        {"intraoperative", SET_TEN_THOUSANDTHS, offsetof(struct mpfs_row, intraoperative), NULL},
        {"postoperative", SET_TEN_THOUSANDTHS, offsetof(struct mpfs_row, postoperative), NULL},
        {"calculation", SET_U32, offsetof(struct mpfs_row, calculation), NULL},
};

const struct set_schema schema_mpfs = {
        .name = "mpfs",
        .title = "Medicare physician fee schedule: relative values and indicators",
        .tag = SYSTEM_PROCEDURE,
        .key = SET_KEY_CODE_MODIFIER,
        .columns = mpfs_columns,
        .column_count = sizeof(mpfs_columns) / sizeof(mpfs_columns[0]),
        .row_size = sizeof(struct mpfs_row),
};
