/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The three blocks of the page's data, put together from what was read.
 */
#include "report/html_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the makers make, apart from what the page keeps. */
struct made {
	struct full_parts facts, rules, codes, findings, worklist, compare;
	struct made_counts counts;
	struct out *shapes, *peer_codes;
};

/* ---- Pieces of JSON. ---- */

static void put_memory(struct out *out, const struct out *from)
{
	size_t size;
	const char *text = out_memory_text(from, &size);

	out_raw(out, text, size);
}

static void put_names(struct out *out, const char *key, const struct names *names)
{
	put_words(out, key);
	put_words(out, ":[");
	for (uint32_t i = 0; i < names_count(names); i++) {
		put_words(out, i ? "," : "");
		put_text(out, names_at(names, i));
	}
	put_words(out, "]");
}

enum { TEXT_FILE_MAX = 64 << 20 }; /* a manifest of a million inputs */

/* A file of the run as one string; "" if the run has none of the name. */
static int put_file(
        struct out *out, const struct run_folder *folder, const char *name, struct diag *diag)
{
	int fd = -1;
	FILE *file = NULL;
	char *text = malloc(TEXT_FILE_MAX);

	if (!text)
		return diag_set(diag, FAIL_MEMORY, "no memory for %s", name);
	if (run_folder_has(folder, name)) {
		fd = run_folder_open_file(folder, name, diag);
		file = fd < 0 ? NULL : fdopen(fd, "r");
	}
	size_t size = file ? fread(text, 1, TEXT_FILE_MAX, file) : 0;
	int err = file && ferror(file)
	                  ? diag_set(diag, FAIL_IO, "%s/%s: cannot be read", folder->path, name)
	                  : 0;

	if (size == TEXT_FILE_MAX)
		err = diag_set(
		        diag, FAIL_DATA, "%s/%s: too large for the page", folder->path, name);
	if (file)
		fclose(file);
	put_text(out, (struct text){text, (uint32_t)size});
	free(text);
	return err;
}

/* A small table: {"columns": [...], "rows": [[text, ...], ...]} */
static int put_table(
        struct out *out, const struct run_folder *folder, const char *name, struct diag *diag)
{
	struct table_read *table = NULL;
	int got = table_read_create(&table, folder, name, diag);

	if (got < 0)
		return got;
	for (unsigned c = 0; c < table_read_width(table); c++) {
		put_words(out, c ? "," : "{\"columns\":[");
		put_text(out, table_read_name(table, c));
	}
	put_words(out, "],\"rows\":[");
	for (bool any = false; (got = table_read_next(table, diag)) > 0; any = true) {
		for (unsigned c = 0; c < table_read_width(table); c++) {
			put_words(out, c ? "," : any ? ",[" : "[");
			put_text(out, table_read_text(table, c));
		}
		put_words(out, "]");
	}
	put_words(out, "]}");
	table_read_destroy(table);
	return got;
}

/* ---- run ---- */

static void put_total(struct out *out, const struct page *page, const char *key, unsigned value)
{
	put_words(out, key);
	put_integer(out, page->has_total[value] ? page->totals[value] : TABLE_BLANK);
}

static void put_totals(struct out *out, const struct page *page)
{
	put_words(out, "\"totals\":{\"providers\":");
	put_integer(out, page->provider_count);
	put_words(out, ",\"ranked\":");
	put_integer(out, (int64_t)page->ranked);
	put_words(out, ",\"leads\":");
	put_integer(out, (int64_t)page->leads);
	put_total(out, page, ",\"lines\":", LIST_LINES);
	put_total(out, page, ",\"charge\":", LIST_CHARGE);
	put_total(out, page, ",\"allowed\":", LIST_ALLOWED);
	put_total(out, page, ",\"paid\":", LIST_PAID);
	put_total(out, page, ",\"findings\":", LIST_FINDINGS);
	put_total(out, page, ",\"lines_flagged\":", LIST_LINES_FLAGGED);
	put_total(out, page, ",\"dollars_flagged\":", LIST_FLAGGED);
	put_total(out, page, ",\"dollars_expected\":", LIST_EXPECTED);
	put_words(out, "},\"amount\":\"");
	put_words(out, page->amount == LIST_PAID      ? "paid"
	               : page->amount == LIST_ALLOWED ? "allowed"
	                                              : "charge");
	put_words(out, "\"");
}

/* [[rule, rule, providers with hits of both], ...], each with itself too */
static void put_overlap(struct out *out, const struct page *page)
{
	bool any = false;

	put_words(out, "\"overlap\":[");
	for (unsigned a = 0; a < names_count(page->rules); a++) {
		for (unsigned b = a; b < names_count(page->rules); b++) {
			if (page->overlap[a][b] == 0)
				continue;
			put_words(out, any ? ",[" : "[");
			put_integer(out, a);
			put_words(out, ",");
			put_integer(out, b);
			put_words(out, ",");
			put_integer(out, (int64_t)page->overlap[a][b]);
			put_words(out, "]");
			any = true;
		}
	}
	put_words(out, "]");
}

static int make_run(
        struct out *out, const struct page *page, const struct made *made, struct diag *diag)
{
	put_words(out, "{\"manifest\":");
	int err = put_file(out, page->context->folder, "manifest.json", diag);

	put_words(out, ",\"quality\":");
	if (err == 0)
		err = put_file(out, page->context->folder, "quality.json", diag);
	put_words(out, ",\"rules\":");
	if (err == 0)
		err = put_table(out, page->context->folder, "rules.csv", diag);
	put_words(out, ",");
	put_totals(out, page);
	put_words(out, ",\"months\":");
	put_memory(out, made->counts.months);
	put_words(out, ",");
	put_overlap(out, page);
	put_words(out, "}\n");
	return err;
}

/* ---- list ---- */

static void put_column(
        struct out *out, const struct page *page, const char *key, enum list_value value)
{
	put_words(out, key);
	for (uint32_t i = 0; i < page->row_count; i++) {
		put_words(out, i ? "," : "");
		put_integer(out, page->rows[i].values[value]);
	}
	put_words(out, "]");
}

/* Rows come by rank, so each is told by its distance from the one before: nearly all by 1. */
static void put_ranks(struct out *out, const struct page *page)
{
	int64_t before = 0;

	put_words(out, ",\"rank\":[");
	for (uint32_t i = 0; i < page->row_count; i++) {
		int64_t rank = page->rows[i].values[LIST_RANK];

		put_words(out, i ? "," : "");
		put_integer(out, rank == TABLE_BLANK ? rank : rank - before);
		before = rank == TABLE_BLANK ? before : rank;
	}
	put_words(out, "]");
}

/* Numbers of names; at: the place of the number in a row. */
static void put_numbers(struct out *out, const struct page *page, const char *key, size_t at)
{
	put_words(out, key);
	for (uint32_t i = 0; i < page->row_count; i++) {
		int32_t number;

		memcpy(&number, (const char *)&page->rows[i] + at, sizeof(number));
		put_words(out, i ? "," : "");
		put_integer(out, number);
	}
	put_words(out, "]");
}

/* An id that is a number of ten digits stands without quotes: a fifth is saved. */
static void put_ids(struct out *out, const struct page *page)
{
	size_t size;
	const char *ids = out_memory_text(page->ids, &size);

	put_words(out, "\"id\":[");
	for (uint32_t i = 0; i < page->row_count; i++) {
		struct text id = {ids + page->rows[i].npi, page->rows[i].npi_size};
		bool is_plain = id.size == 10 && id.at[0] >= '1';

		for (unsigned k = 0; k < id.size && is_plain; k++)
			is_plain = id.at[k] >= '0' && id.at[k] <= '9';
		put_words(out, i ? "," : "");
		if (is_plain)
			out_raw(out, id.at, id.size);
		else
			put_text(out, id);
	}
	put_words(out, "]");
}

/* [[rows, each as its distance from the one before], ...] by rule */
static void put_marks(
        struct out *out, const struct page *page, const char *key, uint64_t *const marks[])
{
	put_words(out, key);
	for (unsigned rule = 0; rule < names_count(page->rules); rule++) {
		uint32_t before = 0;
		bool any = false;

		put_words(out, rule ? ",[" : "[");
		for (uint32_t i = 0; i < page->row_count; i++) {
			if (!(marks[rule][i / 64] >> (i % 64) & 1))
				continue;
			put_words(out, any ? "," : "");
			put_integer(out, i - before);
			before = i;
			any = true;
		}
		put_words(out, "]");
	}
	put_words(out, "]");
}

static void make_list(struct out *out, const struct page *page)
{
	put_words(out, "{\"rows\":");
	put_integer(out, page->row_count);
	put_words(out, ",");
	put_names(out, "\"kinds\"", page->kinds);
	put_words(out, ",");
	put_names(out, "\"specialties\"", page->specialties);
	put_words(out, ",");
	put_names(out, "\"states\"", page->states);
	put_words(out, ",");
	put_names(out, "\"groups\"", page->groups);
	put_words(out, ",");
	put_ids(out, page);
	put_numbers(out, page, ",\"kind\":[", offsetof(struct list_row, kind));
	put_numbers(out, page, ",\"specialty\":[", offsetof(struct list_row, specialty));
	put_numbers(out, page, ",\"state\":[", offsetof(struct list_row, state));
	put_numbers(out, page, ",\"group\":[", offsetof(struct list_row, group));
	put_numbers(out, page, ",\"top\":[", offsetof(struct list_row, top));
	put_column(out, page, ",\"entity\":[", LIST_ENTITY);
	put_column(out, page, ",\"claims\":[", LIST_CLAIMS);
	put_column(out, page, ",\"lines\":[", LIST_LINES);
	put_column(out, page, ",\"beneficiaries\":[", LIST_BENEFICIARIES);
	put_column(out, page, ",\"amount\":[", page->amount);
	put_column(out, page, ",\"findings\":[", LIST_FINDINGS);
	put_column(out, page, ",\"flagged\":[", LIST_FLAGGED);
	put_column(out, page, ",\"expected\":[", LIST_EXPECTED);
	put_column(out, page, ",\"score\":[", LIST_SCORE);
	put_ranks(out, page);
	put_column(out, page, ",\"families\":[", LIST_FAMILIES);
	put_column(out, page, ",\"lead\":[", LIST_LEAD);
	put_marks(out, page, ",\"hits\":[", page->hits);
	put_marks(out, page, ",\"flags\":[", page->flags);
	put_words(out, "}\n");
}

/* ---- full ---- */

static void put_part(
        struct out *out, const char *key, const struct full_parts *parts, uint32_t full)
{
	size_t size;
	const char *text = out_memory_text(parts->text, &size);

	put_words(out, key);
	out_raw(out, text + parts->parts[full].at, parts->parts[full].size);
	put_words(out, "]");
}

static void make_full(struct out *out, const struct page *page, const struct made *made)
{
	put_words(out, "{\"providers\":[");
	for (uint32_t full = 0; full < page->full_count; full++) {
		put_words(out, full ? ",\n{\"row\":" : "\n{\"row\":");
		put_integer(out, page->full[full]);
		put_part(out, ",\"facts\":[", &made->facts, full);
		put_part(out, ",\"rules\":[", &made->rules, full);
		put_part(out, ",\"counts\":[", &made->counts.counts, full);
		put_part(out, ",\"levels\":[", &made->counts.levels, full);
		put_part(out, ",\"codes\":[", &made->codes, full);
		put_part(out, ",\"findings\":[", &made->findings, full);
		put_part(out, ",\"worklist\":[", &made->worklist, full);
		put_part(out, ",\"compare\":[", &made->compare, full);
		put_words(out, "}");
	}
	put_words(out, "],\n\"shapes\":");
	put_memory(out, made->shapes);
	put_words(out, ",\n\"peers\":");
	put_memory(out, made->counts.peers);
	put_words(out, ",\n\"peer_codes\":");
	put_memory(out, made->peer_codes);
	put_words(out, ",\n\"group_sizes\":[");
	for (uint32_t group = 0; group < names_count(page->groups); group++) {
		put_words(out, group ? "," : "");
		put_integer(out, (int64_t)page->of_groups[group].providers);
	}
	put_words(out, "]}\n");
}

/* ---- All of it. ---- */

static int page_create(struct page *page, const struct report_context *context, struct diag *diag)
{
	struct names **names[] = {
	        &page->rules, &page->kinds, &page->specialties, &page->states, &page->groups};
	int err = 0;

	*page = (struct page){.context = context};
	for (unsigned i = 0; i < 5 && err == 0; i++)
		err = names_create(names[i], diag);
	return err == 0 ? out_create_memory(&page->ids, diag) : err;
}

static void page_destroy(struct page *page)
{
	names_destroy(page->rules);
	names_destroy(page->kinds);
	names_destroy(page->specialties);
	names_destroy(page->states);
	names_destroy(page->groups);
	out_destroy(page->ids);
	for (unsigned rule = 0; rule < HTML_RULES_MAX; rule++) {
		free(page->hits[rule]);
		free(page->flags[rule]);
	}
	free(page->overlap);
	free(page->providers);
	free(page->rows);
	free(page->full);
	free(page->of_groups);
}

/* All that is in parts, and all texts that stand alone. */
enum { PARTS = 8, TEXTS = 4 };

static void list_parts(struct made *made, struct full_parts *parts[PARTS])
{
	struct full_parts *all[PARTS] = {&made->facts, &made->rules, &made->counts.counts,
	        &made->counts.levels, &made->codes, &made->findings, &made->worklist,
	        &made->compare};

	memcpy(parts, all, sizeof(all));
}

static void list_texts(struct made *made, struct out **texts[TEXTS])
{
	struct out **all[TEXTS] = {
	        &made->shapes, &made->counts.peers, &made->peer_codes, &made->counts.months};

	memcpy(texts, all, sizeof(all));
}

static int made_create(struct made *made, const struct page *page, struct diag *diag)
{
	struct full_parts *parts[PARTS];
	struct out **texts[TEXTS];
	int err = 0;

	list_parts(made, parts);
	list_texts(made, texts);
	for (unsigned i = 0; i < PARTS && err == 0; i++)
		err = full_parts_create(parts[i], page, diag);
	for (unsigned i = 0; i < TEXTS && err == 0; i++)
		err = out_create_memory(texts[i], diag);
	return err;
}

static int close_text(struct out *text, int err, struct diag *diag)
{
	int lost = text ? out_close(text, diag) : 0;

	return err < 0 ? err : lost;
}

/* Frees all of it; returns err, or that some text was lost for want of memory. */
static int made_close(struct made *made, int err, struct diag *diag)
{
	struct full_parts *parts[PARTS];
	struct out **texts[TEXTS];

	list_parts(made, parts);
	list_texts(made, texts);
	for (unsigned i = 0; i < TEXTS; i++)
		err = close_text(*texts[i], err, diag);
	for (unsigned i = 0; i < PARTS; i++) {
		err = close_text(parts[i]->text, err, diag);
		free(parts[i]->parts);
	}
	return err;
}

static int make_all(struct page *page, struct made *made, struct diag *diag)
{
	int err = html_make_facts(page, &made->facts, diag);

	if (err == 0)
		err = html_make_rules(page, &made->rules, made->shapes, diag);
	if (err == 0)
		err = html_make_counts(page, &made->counts, diag);
	if (err == 0)
		err = html_make_codes(page, &made->codes, made->peer_codes, diag);
	if (err == 0)
		err = html_make_findings(page, &made->findings, diag);
	if (err == 0)
		err = html_make_worklist(page, &made->worklist, diag);
	if (err == 0)
		err = html_make_compare(page, &made->compare, diag);
	return err;
}

int html_make_blocks(
        const struct report_context *context, struct html_blocks *blocks, struct diag *diag)
{
	struct page page;
	struct made made = {0};
	int err = page_create(&page, context, diag);

	*blocks = (struct html_blocks){0};
	if (err == 0)
		err = out_create_memory(&blocks->run, diag);
	if (err == 0)
		err = out_create_memory(&blocks->list, diag);
	if (err == 0)
		err = out_create_memory(&blocks->full, diag);
	if (err == 0)
		err = html_read_rules(&page, diag);
	if (err == 0)
		err = html_read_providers(&page, diag);
	if (err == 0)
		err = html_choose_full(&page, diag);
	if (err == 0)
		err = made_create(&made, &page, diag);
	if (err == 0)
		err = make_all(&page, &made, diag);
	if (err == 0)
		err = make_run(blocks->run, &page, &made, diag);
	if (err == 0) {
		make_list(blocks->list, &page);
		make_full(blocks->full, &page, &made);
	}
	err = made_close(&made, err, diag);
	page_destroy(&page);
	if (err < 0)
		html_blocks_close(blocks, err, diag);
	return err;
}

int html_blocks_close(struct html_blocks *blocks, int err, struct diag *diag)
{
	struct out *outs[] = {blocks->run, blocks->list, blocks->full};

	for (unsigned i = 0; i < 3; i++) {
		int lost = outs[i] ? out_close(outs[i], diag) : 0;

		err = err < 0 ? err : lost;
	}
	*blocks = (struct html_blocks){0};
	return err;
}
