/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The claims to pull of those in full.  A run may have none: one whose findings
 * are left out, or are for the public.
 */
#include "report/html_private.h"

enum column {
	FRAME,
	FRAME_SIZE,
	SAMPLE_SIZE,
	SEED,
	STRATUM,
	ORDER,
	CLAIM,
	LINE,
	AMOUNT,
	REASON,
	NPI,
	ID_KIND_COLUMN,
	COLUMNS
};

enum { SHOWN = REASON + 1 };

static const char *const columns_of[] = {"frame", "frame_size", "sample_size", "seed", "stratum",
        "order", "claim_id", "line", "amount", "reason", "npi", "id_kind", NULL};

static void put_row(const struct table_read *table, const unsigned columns[], struct out *out)
{
	for (unsigned column = 0; column < SHOWN; column++) {
		bool is_text = column == FRAME || column == SEED || column == STRATUM ||
		               column == CLAIM || column == REASON;

		put_words(out, column ? "," : "[");
		if (is_text)
			put_text(out, table_read_text(table, columns[column]));
		else
			put_number(out, table_read_cell(table, columns[column]));
	}
	put_words(out, "]");
}

/* Rows of one provider stand together; if they do not, the first of them are shown. */
static void take_row(struct table_read *table, const unsigned columns[], int32_t full,
        int32_t before, struct full_parts *worklist)
{
	if (full < 0 || (full != before && worklist->parts[full].size > 0))
		return;
	full_part_begin(worklist, (uint32_t)full);
	put_row(table, columns, worklist->text);
	full_part_end(worklist, (uint32_t)full);
}

int html_make_worklist(const struct page *page, struct full_parts *worklist, struct diag *diag)
{
	struct table_read *table = NULL;
	struct full_index index;
	unsigned columns[COLUMNS];
	int32_t before = -1;

	if (!run_folder_has(page->context->folder, "worklist.csv"))
		return 0;
	int got = full_index_create(&index, page, diag);

	if (got == 0)
		got = table_read_create(&table, page->context->folder, "worklist.csv", diag);
	if (got == 0)
		got = table_read_columns(table, columns_of, columns, diag);
	if (got == 0)
		got = 1;
	while (got > 0 && (got = page_next(page, table, diag)) > 0) {
		int32_t full = full_index_find(&index, table_read_text(table, columns[NPI]),
		        table_read_text(table, columns[ID_KIND_COLUMN]));

		take_row(table, columns, full, before, worklist);
		before = full;
	}
	table_read_destroy(table);
	full_index_destroy(&index);
	return got;
}
