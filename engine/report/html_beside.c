/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables shown as they stand of those in full: the claims to pull, and the sheet
 * that compares.  A run may have none: one whose findings are left out, or are
 * for the public, or one made before there was such a table.
 */
#include "report/html_private.h"

/* What is shown of a table: its columns, npi and id_kind the last two. */
struct beside {
	const char *file;
	const char *const *columns;
	unsigned count;  /* of columns, npi and id_kind among them */
	uint32_t quoted; /* of the shown, a bit each: texts */
};

enum { COLUMNS_MAX = 24 };

static const char *const worklist_columns[] = {"frame", "frame_size", "sample_size", "seed",
        "stratum", "order", "claim_id", "line", "amount", "reason", "npi", "id_kind", NULL};

static const struct beside worklist_beside = {
        .file = "worklist.csv",
        .columns = worklist_columns,
        .count = 12,
        .quoted = 1 << 0 | 1 << 3 | 1 << 4 | 1 << 6 | 1 << 9,
};

static const char *const compare_columns[] = {"rule", "measure", "value", "numerator",
        "denominator", "nation_n", "nation_percentile", "nation_p20", "nation_p80",
        "nation_statistic", "nation_verdict", "state_n", "state_percentile", "state_p20",
        "state_p80", "state_statistic", "state_verdict", "peer_n", "peer_percentile", "peer_p80",
        "npi", "id_kind", NULL};

static const struct beside compare_beside = {
        .file = "compare.csv",
        .columns = compare_columns,
        .count = 22,
        .quoted = 1 << 0 | 1 << 1 | 1 << 10 | 1 << 16,
};

static void put_row(const struct beside *beside, const struct table_read *table,
        const unsigned columns[], struct out *out)
{
	for (unsigned column = 0; column + 2 < beside->count; column++) {
		put_words(out, column ? "," : "[");
		if (beside->quoted >> column & 1)
			put_text(out, table_read_text(table, columns[column]));
		else
			put_number(out, table_read_cell(table, columns[column]));
	}
	put_words(out, "]");
}

/* Rows of one provider stand together; if they do not, the first of them are shown. */
static int take_rows(const struct beside *beside, const struct page *page, struct table_read *table,
        struct full_parts *parts, struct diag *diag)
{
	struct full_index index;
	unsigned columns[COLUMNS_MAX];
	int32_t before = -1;
	int got = full_index_create(&index, page, diag);

	if (got == 0)
		got = table_read_columns(table, beside->columns, columns, diag);
	if (got == 0)
		got = 1;
	while (got > 0 && (got = page_next(page, table, diag)) > 0) {
		int32_t full = full_index_find(&index,
		        table_read_text(table, columns[beside->count - 2]),
		        table_read_text(table, columns[beside->count - 1]));

		if (full >= 0 && (full == before || parts->parts[full].size == 0)) {
			full_part_begin(parts, (uint32_t)full);
			put_row(beside, table, columns, parts->text);
			full_part_end(parts, (uint32_t)full);
		}
		before = full;
	}
	full_index_destroy(&index);
	return got;
}

static int make(const struct beside *beside, const struct page *page, struct full_parts *parts,
        struct diag *diag)
{
	struct table_read *table = NULL;

	if (!run_folder_has(page->context->folder, beside->file))
		return 0;
	int err = table_read_create(&table, page->context->folder, beside->file, diag);

	if (err == 0)
		err = take_rows(beside, page, table, parts, diag);
	table_read_destroy(table);
	return err;
}

int html_make_worklist(const struct page *page, struct full_parts *worklist, struct diag *diag)
{
	return make(&worklist_beside, page, worklist, diag);
}

int html_make_compare(const struct page *page, struct full_parts *compare, struct diag *diag)
{
	return make(&compare_beside, page, compare, diag);
}
