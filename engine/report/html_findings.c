/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The evidence of those in full.
 *
 * findings.csv comes by rule, so of each provider the rows of one rule are kept
 * until the next rule begins; of more than the page shows, those of most
 * dollars, the superseded ones last.
 */
#include "report/html_private.h"

#include <stdlib.h>
#include <string.h>

enum column {
	RULE,
	KIND,
	SEVERITY,
	CLAIM,
	LINE,
	PERSON,
	DATE,
	CODE,
	MODIFIERS,
	UNITS,
	AMOUNT,
	OTHER_CLAIM,
	OTHER_LINE,
	DETAIL,
	DOLLARS,
	AUTHORITY,
	NPI,
	ID_KIND_COLUMN,
	COLUMNS
};

enum { SHOWN = AUTHORITY + 1 };

static const char *const columns_of[] = {"rule", "kind", "severity", "claim_id", "line", "person",
        "date", "code", "modifiers", "units", "amount", "other_claim_id", "other_line", "detail",
        "dollars", "authority", "npi", "id_kind", NULL};

struct kept {
	int64_t dollars;
	bool superseded;
	uint64_t row;    /* of the file */
	size_t at, size; /* in text */
};

/* The rows of a rule and provider, JSON in maker.settled; chained by provider. */
struct piece {
	size_t at, size;
	int32_t next; /* -1: the last */
};

struct evidence {
	struct kept rows[HTML_EVIDENCE_MAX];
	unsigned count;
	uint64_t seen;       /* of the rule at hand */
	int32_t first, last; /* pieces; -1 */
};

struct maker {
	const struct page *page;
	struct table_read *table;
	unsigned columns[COLUMNS];
	struct full_index index;
	struct evidence *of; /* of those in full */
	struct out *text;    /* of the rule at hand */
	struct out *settled; /* of the rules before */
	struct piece *pieces;
	uint32_t piece_count, piece_capacity;
	int32_t rule; /* a number of page->rules; -1 before the first */
};

static bool is_superseded(struct text detail)
{
	static const char word[] = "superseded_by=";

	return detail.size > 0 && memmem(detail.at, detail.size, word, sizeof(word) - 1);
}

/* What is shown of more: standing ones, then those of most dollars, then as they came. */
static bool is_better(const struct kept *a, const struct kept *b)
{
	if (a->superseded != b->superseded)
		return b->superseded;
	return a->dollars > b->dollars;
}

/* [kind, severity, ...]: the rule stands above its rows. */
static void put_row(const struct maker *maker, struct out *out)
{
	for (unsigned column = KIND; column < SHOWN; column++) {
		bool is_number = column == LINE || column == UNITS || column == AMOUNT ||
		                 column == OTHER_LINE || column == DOLLARS;

		put_words(out, column == KIND ? "[" : ",");
		if (is_number)
			put_number(out, table_read_cell(maker->table, maker->columns[column]));
		else
			put_text(out, table_read_text(maker->table, maker->columns[column]));
	}
	put_words(out, "]");
}

static int keep_row(struct maker *maker, struct evidence *evidence, struct diag *diag)
{
	struct kept kept = {.row = table_read_rows(maker->table)};
	int err = table_read_cents(maker->table, maker->columns[DOLLARS], &kept.dollars, diag);
	unsigned at = evidence->count;

	kept.superseded = is_superseded(table_read_text(maker->table, maker->columns[DETAIL]));
	evidence->seen++;
	while (at > 0 && is_better(&kept, &evidence->rows[at - 1]))
		at--;
	if (err < 0 || at == HTML_EVIDENCE_MAX)
		return err;
	evidence->count += evidence->count < HTML_EVIDENCE_MAX;
	memmove(&evidence->rows[at + 1], &evidence->rows[at],
	        (evidence->count - 1 - at) * sizeof(kept));
	out_memory_text(maker->text, &kept.at);
	put_row(maker, maker->text);
	out_memory_text(maker->text, &kept.size);
	kept.size -= kept.at;
	evidence->rows[at] = kept;
	return 0;
}

static size_t size_of(const struct out *text)
{
	size_t size;

	out_memory_text(text, &size);
	return size;
}

static int add_piece(struct maker *maker, struct evidence *evidence, size_t at)
{
	uint32_t number = maker->piece_count, capacity = maker->piece_capacity;

	if (number == capacity) {
		capacity = capacity ? capacity * 2 : 256;
		struct piece *grown = realloc(maker->pieces, capacity * sizeof(*grown));

		if (!grown)
			return FAIL_MEMORY;
		maker->pieces = grown;
		maker->piece_capacity = capacity;
	}
	maker->pieces[number] = (struct piece){at, size_of(maker->settled) - at, -1};
	maker->piece_count++;
	if (evidence->last >= 0)
		maker->pieces[evidence->last].next = (int32_t)number;
	else
		evidence->first = (int32_t)number;
	evidence->last = (int32_t)number;
	return 0;
}

/* [rule, rows there are, [rows shown]] */
static int settle_evidence(struct maker *maker, struct evidence *evidence)
{
	struct out *out = maker->settled;
	size_t size, at = size_of(out);
	const char *text = out_memory_text(maker->text, &size);

	put_words(out, "[");
	put_integer(out, maker->rule);
	put_words(out, ",");
	put_integer(out, (int64_t)evidence->seen);
	for (unsigned i = 0; i < evidence->count; i++) {
		put_words(out, i ? "," : ",[");
		out_raw(out, text + evidence->rows[i].at, evidence->rows[i].size);
	}
	put_words(out, "]]");
	evidence->count = 0;
	evidence->seen = 0;
	return add_piece(maker, evidence, at);
}

/* The rule at hand has no more rows. */
static int settle_rule(struct maker *maker)
{
	int err = 0;

	for (uint32_t full = 0; full < maker->page->full_count && err == 0; full++) {
		if (maker->of[full].count > 0)
			err = settle_evidence(maker, &maker->of[full]);
	}
	out_memory_reset(maker->text);
	return err;
}

static void join_pieces(const struct maker *maker, struct full_parts *findings)
{
	size_t size;
	const char *text = out_memory_text(maker->settled, &size);

	for (uint32_t full = 0; full < maker->page->full_count; full++) {
		for (int32_t i = maker->of[full].first; i >= 0; i = maker->pieces[i].next) {
			full_part_begin(findings, full);
			out_raw(findings->text, text + maker->pieces[i].at, maker->pieces[i].size);
			full_part_end(findings, full);
		}
	}
}

static int take_row(struct maker *maker, struct diag *diag)
{
	struct text rule = table_read_text(maker->table, maker->columns[RULE]);
	struct text id = table_read_text(maker->table, maker->columns[NPI]);
	struct text kind = table_read_text(maker->table, maker->columns[ID_KIND_COLUMN]);
	int32_t number = names_find(maker->page->rules, rule.at, rule.size);

	if (number < 0)
		return table_read_fail(
		        maker->table, maker->columns[RULE], "no rule of rules.csv", diag);
	if (number != maker->rule && settle_rule(maker) < 0)
		return FAIL_MEMORY;
	maker->rule = number;

	int32_t full = full_index_find(&maker->index, id, kind);

	return full < 0 ? 0 : keep_row(maker, &maker->of[full], diag);
}

static int read_rows(struct maker *maker, struct full_parts *findings, struct diag *diag)
{
	int err = table_read_create(
	        &maker->table, maker->page->context->folder, "findings.csv", diag);
	int got = 1;

	if (err == 0)
		err = table_read_columns(maker->table, columns_of, maker->columns, diag);
	while (err == 0 && (got = page_next(maker->page, maker->table, diag)) > 0)
		err = take_row(maker, diag);
	err = got < 0 ? got : err;
	if (err == 0)
		err = settle_rule(maker);
	if (err == 0)
		join_pieces(maker, findings);
	table_read_destroy(maker->table);
	return err;
}

/* What was lost for want of memory is told when it is closed. */
static int close_text(struct out *text, int err, struct diag *diag)
{
	int lost = text ? out_close(text, diag) : 0;

	return err < 0 ? err : lost;
}

int html_make_findings(const struct page *page, struct full_parts *findings, struct diag *diag)
{
	struct maker maker = {.page = page, .rule = -1};
	int err = full_index_create(&maker.index, page, diag);

	maker.of = calloc(page->full_count + 1, sizeof(*maker.of));
	if (err == 0 && (!maker.of))
		err = FAIL_MEMORY;
	for (uint32_t full = 0; full < page->full_count && err == 0; full++)
		maker.of[full].first = maker.of[full].last = -1;
	if (err == 0)
		err = out_create_memory(&maker.text, diag);
	if (err == 0)
		err = out_create_memory(&maker.settled, diag);
	if (err == 0)
		err = read_rows(&maker, findings, diag);
	err = close_text(maker.text, err, diag);
	err = close_text(maker.settled, err, diag);
	full_index_destroy(&maker.index);
	free(maker.of);
	free(maker.pieces);
	return err == FAIL_MEMORY ? diag_set(diag, err, "no memory for the page's findings") : err;
}
