/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/rows_procedures.h"
#include "lookup/rows_lists.h"

#include <stddef.h>

/* Three relations of one export; rows_procedures.h says how they join. */
static const struct set_column ncd_lcd_columns[] = {
        {"document", SET_CODE_WORD, offsetof(struct ncd_lcd_row, document), NULL},
        {"version", SET_U32, offsetof(struct ncd_lcd_row, version), NULL},
        {"group", SET_U32, offsetof(struct ncd_lcd_row, group), NULL},
};

const struct set_schema schema_ncd_lcd = {
        .name = "ncd_lcd",
        .title = "Coverage documents: procedures by group",
        .tag = SYSTEM_PROCEDURE,
        .key = SET_KEY_CODE,
        .many = true,
        .columns = ncd_lcd_columns,
        .column_count = sizeof(ncd_lcd_columns) / sizeof(ncd_lcd_columns[0]),
        .row_size = sizeof(struct ncd_lcd_row),
};

static const struct set_column ncd_lcd_dx_columns[] = {
        {"document", SET_CODE_WORD, offsetof(struct ncd_lcd_dx_row, document), NULL},
        {"version", SET_U32, offsetof(struct ncd_lcd_dx_row, version), NULL},
        {"group", SET_U32, offsetof(struct ncd_lcd_dx_row, group), NULL},
        {"covered", SET_U32, offsetof(struct ncd_lcd_dx_row, covered), NULL},
};

const struct set_schema schema_ncd_lcd_dx = {
        .name = "ncd_lcd_dx",
        .title = "Coverage documents: diagnoses by group",
        .tag = SYSTEM_ICD10CM,
        .key = SET_KEY_CODE,
        .many = true,
        .columns = ncd_lcd_dx_columns,
        .column_count = sizeof(ncd_lcd_dx_columns) / sizeof(ncd_lcd_dx_columns[0]),
        .row_size = sizeof(struct ncd_lcd_dx_row),
};

static const struct set_column ncd_lcd_documents_columns[] = {
        {"version", SET_U32, offsetof(struct ncd_lcd_document_row, version), NULL},
        {"title", SET_TEXT, offsetof(struct ncd_lcd_document_row, title), NULL},
};

const struct set_schema schema_ncd_lcd_documents = {
        .name = "ncd_lcd_documents",
        .title = "Coverage documents: days and titles",
        .tag = LIST_TAG,
        .key = SET_KEY_CODE,
        .many = true,
        .columns = ncd_lcd_documents_columns,
        .column_count = sizeof(ncd_lcd_documents_columns) / sizeof(ncd_lcd_documents_columns[0]),
        .row_size = sizeof(struct ncd_lcd_document_row),
};
