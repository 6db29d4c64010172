/* SPDX-License-Identifier: Apache-2.0 */
/* MS-DRGs by version, with weights where a Table 5 is there, and the CC and MCC lists. */
#include "lookup/drg_lists.h"
#include "lookup/rows_icd.h"

static const char *const type_names[] = {"surgical", "medical", "post_acute", "special_pay", NULL};
static const char *const level_names[] = {"cc", "mcc", NULL};

static const struct set_column list_columns[] = {
        {"mdc", SET_CHARS2, offsetof(struct msdrg_row, mdc), NULL},
        {"type", SET_FLAGS, offsetof(struct msdrg_row, type), type_names},
        {"description", SET_TEXT, offsetof(struct msdrg_row, title), NULL},
};

const struct set_schema schema_msdrg = {
        .name = "msdrg",
        .title = "MS-DRGs, a version's list",
        .tag = TAG_DRG,
        .key = SET_KEY_CODE,
        .columns = list_columns,
        .column_count = sizeof(list_columns) / sizeof(list_columns[0]),
        .row_size = sizeof(struct msdrg_row),
};

static const struct set_column weight_columns[] = {
        {"mdc", SET_CHARS2, offsetof(struct msdrg_weights_row, mdc), NULL},
        {"type", SET_FLAGS, offsetof(struct msdrg_weights_row, flags), type_names},
        {"description", SET_TEXT, offsetof(struct msdrg_weights_row, title), NULL},
        {"weight", SET_TEN_THOUSANDTHS, offsetof(struct msdrg_weights_row, weight), NULL},
        {"weight_capped", SET_TEN_THOUSANDTHS, offsetof(struct msdrg_weights_row, weight_capped),
                NULL},
        {"los_geometric", SET_HUNDREDTHS, offsetof(struct msdrg_weights_row, los_geometric), NULL},
        {"los_arithmetic", SET_HUNDREDTHS, offsetof(struct msdrg_weights_row, los_arithmetic),
                NULL},
};

const struct set_schema schema_msdrg_weights = {
        .name = "msdrg_weights",
        .title = "MS-DRGs with weights (IPPS Table 5)",
        .tag = TAG_DRG,
        .key = SET_KEY_CODE,
        .columns = weight_columns,
        .column_count = sizeof(weight_columns) / sizeof(weight_columns[0]),
        .row_size = sizeof(struct msdrg_weights_row),
};

static const struct set_column level_columns[] = {
        {"level", SET_FLAGS, offsetof(struct drg_cc_row, level), level_names},
};

const struct set_schema schema_drg_cc = {
        .name = "drg_cc",
        .title = "CC and MCC diagnoses of MS-DRGs",
        .tag = SYSTEM_ICD10CM,
        .key = SET_KEY_CODE,
        .columns = level_columns,
        .column_count = 1,
        .row_size = sizeof(struct drg_cc_row),
        .finish = drg_lists_finish,
};
