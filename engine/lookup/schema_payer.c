/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/rows_procedures.h"

#include <stddef.h>

static const char *const settings_words[] = {"practitioner", "hospital", "dme", NULL};
static const char *const per_words[] = {"beneficiary", "provider", NULL};

static const struct set_column payer_pairs_columns[] = {
        {"indicator", SET_U8, offsetof(struct payer_pair_row, indicator), NULL},
        {"settings", SET_FLAGS, offsetof(struct payer_pair_row, settings), settings_words},
        {"reason", SET_TEXT, offsetof(struct payer_pair_row, reason), NULL},
};

const struct set_schema schema_payer_pairs = {
        .name = "payer_pairs",
        .title = "A payer's own pair edits",
        .tag = SYSTEM_PROCEDURE,
        .key = SET_KEY_PAIR,
        .many = true,
        .columns = payer_pairs_columns,
        .column_count = sizeof(payer_pairs_columns) / sizeof(payer_pairs_columns[0]),
        .row_size = sizeof(struct payer_pair_row),
};

static const struct set_column payer_units_columns[] = {
        {"value", SET_U32, offsetof(struct payer_unit_row, value), NULL},
        {"mai", SET_U8, offsetof(struct payer_unit_row, mai), NULL},
        {"settings", SET_FLAGS, offsetof(struct payer_unit_row, settings), settings_words},
        {"reason", SET_TEXT, offsetof(struct payer_unit_row, reason), NULL},
};

const struct set_schema schema_payer_units = {
        .name = "payer_units",
        .title = "A payer's own unit limits",
        .tag = SYSTEM_PROCEDURE,
        .key = SET_KEY_CODE,
        .many = true,
        .columns = payer_units_columns,
        .column_count = sizeof(payer_units_columns) / sizeof(payer_units_columns[0]),
        .row_size = sizeof(struct payer_unit_row),
};

static const struct set_column payer_addons_columns[] = {
        {"primary", SET_CODE_WORD, offsetof(struct payer_addon_row, primary), NULL},
        {"reason", SET_TEXT, offsetof(struct payer_addon_row, reason), NULL},
};

const struct set_schema schema_payer_addons = {
        .name = "payer_addons",
        .title = "A payer's own add-on codes",
        .tag = SYSTEM_PROCEDURE,
        .key = SET_KEY_CODE,
        .many = true,
        .columns = payer_addons_columns,
        .column_count = sizeof(payer_addons_columns) / sizeof(payer_addons_columns[0]),
        .row_size = sizeof(struct payer_addon_row),
};

static const struct set_column payer_coverage_columns[] = {
        {"diagnosis", SET_CODE_WORD, offsetof(struct payer_coverage_row, diagnosis), NULL},
        {"covered", SET_U32, offsetof(struct payer_coverage_row, covered), NULL},
        {"group", SET_U32, offsetof(struct payer_coverage_row, group), NULL},
        {"policy", SET_TEXT, offsetof(struct payer_coverage_row, policy), NULL},
};

const struct set_schema schema_payer_coverage = {
        .name = "payer_coverage",
        .title = "A payer's own coverage",
        .tag = SYSTEM_PROCEDURE,
        .key = SET_KEY_CODE,
        .many = true,
        .columns = payer_coverage_columns,
        .column_count = sizeof(payer_coverage_columns) / sizeof(payer_coverage_columns[0]),
        .row_size = sizeof(struct payer_coverage_row),
};

static const struct set_column payer_frequency_columns[] = {
        {"limit", SET_U32, offsetof(struct payer_frequency_row, limit), NULL},
        {"days", SET_U32, offsetof(struct payer_frequency_row, days), NULL},
        {"per", SET_FLAGS, offsetof(struct payer_frequency_row, per), per_words},
};

const struct set_schema schema_payer_frequency = {
        .name = "payer_frequency",
        .title = "A payer's own frequency limits",
        .tag = SYSTEM_PROCEDURE,
        .key = SET_KEY_CODE,
        .many = true,
        .columns = payer_frequency_columns,
        .column_count = sizeof(payer_frequency_columns) / sizeof(payer_frequency_columns[0]),
        .row_size = sizeof(struct payer_frequency_row),
};
