/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Providers: the list by rank, those in full, and the groups to read of.
 */
#include "report/html_private.h"

#include "claim.h"

#include <stdlib.h>
#include <string.h>

/* The cells of providers.csv that are read here, texts first. */
enum column { NPI, KIND, SPECIALTY, STATE, GROUP, REASONS, TEXTS };

static const char *const columns_of[] = {"npi", "id_kind", "specialty", "state", "peer_group",
        "top_reasons", "entity_type", "claims", "lines", "beneficiaries", "charge", "allowed",
        "paid", "findings", "lines_flagged", "dollars_flagged", "dollars_expected", "score", "rank",
        "families_flagged", "lead", NULL};

static bool is_money(enum list_value value)
{
	return (value >= LIST_CHARGE && value <= LIST_PAID) || value == LIST_FLAGGED ||
	       value == LIST_EXPECTED;
}

/* ---- rules.csv ---- */

int html_read_rules(struct page *page, struct diag *diag)
{
	struct table_read *table = NULL;
	int column = -1, got = table_read_create(&table, page->context->folder, "rules.csv", diag);

	if (got == 0)
		got = column = table_read_column(table, "rule", diag);
	if (got >= 0)
		got = 1;
	while (got > 0 && (got = page_next(page, table, diag)) > 0) {
		struct text rule = table_read_text(table, (unsigned)column);
		int32_t number = names_add(page->rules, rule.at, rule.size);

		if (number < 0)
			got = number;
		else if (number >= HTML_RULES_MAX)
			got = table_read_fail(table, (unsigned)column, "too many rules", diag);
	}
	table_read_destroy(table);
	return got == FAIL_MEMORY ? diag_set(diag, got, "no memory for the page") : got;
}

/* ---- providers.csv ---- */

static int grow(void *items, uint32_t count, uint32_t *capacity, size_t size)
{
	void **at = items;
	uint32_t larger = *capacity ? *capacity * 2 : 1024;

	if (count < *capacity)
		return 0;
	void *grown = realloc(*at, larger * size);

	if (!grown)
		return FAIL_MEMORY;
	*at = grown;
	*capacity = larger;
	return 0;
}

/* Setting "office" of a group's name "11/person/office/NJ"; GROUP_LEVELS parts of it or none. */
static int setting_of_group(struct text group)
{
	const char *end = group.at + group.size, *at = group.at;

	for (unsigned i = 0; i < 2 && at; i++)
		at = memchr(at, '/', (size_t)(end - at))
		             ? (const char *)memchr(at, '/', (size_t)(end - at)) + 1
		             : NULL;
	const char *next = at ? memchr(at, '/', (size_t)(end - at)) : NULL;

	for (unsigned kind = AT_UNKNOWN; kind <= AT_DME && next; kind++) {
		const char *name = setting_kind_name(kind);

		if (strlen(name) == (size_t)(next - at) && memcmp(name, at, strlen(name)) == 0)
			return (int)kind;
	}
	return -1;
}

static uint16_t two_chars(struct text text)
{
	return text.size == 2 ? TWO_CHARS(text.at[0], text.at[1]) : 0;
}

static bool is_named(const struct member *member, unsigned level)
{
	return level == LEVEL_KIND     ? specialty_kind(member->specialty) != 0
	       : level == LEVEL_REGION ? region_of_state(member->state) != 0
	       : level == LEVEL_STATE  ? member->state != 0
	                               : true;
}

/*
 * A measure's peers are those of the narrowest group that is large enough for
 * it, so all that a provider may be in are looked at.  A name that is none of
 * these is of the payer's own table, and the only one.
 */
static int find_groups(struct page *page, struct page_provider *provider,
        const struct table_read *table, const unsigned columns[], int64_t entity)
{
	struct text group = table_read_text(table, columns[GROUP]);
	int setting = setting_of_group(group);
	struct member member = {
	        .specialty = two_chars(table_read_text(table, columns[SPECIALTY])),
	        .state = two_chars(table_read_text(table, columns[STATE])),
	        .entity_type = entity > 0 && entity <= 2 ? (uint8_t)entity : 0,
	        .setting = (uint8_t)(setting < 0 ? 0 : setting),
	};
	bool is_own = false;

	*provider = (struct page_provider){.row = -1, .full = -1, .own = -1};
	for (unsigned level = 0; level < GROUP_LEVELS; level++)
		provider->groups[level] = -1;
	if (group.size == 0)
		return 0;
	provider->own = names_add(page->groups, group.at, group.size);
	for (unsigned level = 0; level < GROUP_LEVELS && setting >= 0; level++) {
		char name[PEER_GROUP_SIZE];

		if (!is_named(&member, level))
			continue;
		group_name(&member, level, name);
		provider->groups[level] = names_add(page->groups, name, strlen(name));
		is_own |= provider->groups[level] == provider->own;
	}
	if (!is_own)
		provider->groups[LEVEL_KIND] = provider->own;
	return provider->own < 0 ? FAIL_MEMORY : 0;
}

static int read_values(const struct table_read *table, const unsigned columns[],
        struct list_row *row, struct diag *diag)
{
	int err = 0;

	for (unsigned i = 0; i < LIST_VALUES && err == 0; i++)
		err = is_money(i)
		              ? table_read_cents(table, columns[TEXTS + i], &row->values[i], diag)
		              : table_read_integer(
		                        table, columns[TEXTS + i], &row->values[i], diag);
	return err;
}

static void add_totals(struct page *page, const struct list_row *row)
{
	for (unsigned i = 0; i < LIST_VALUES; i++) {
		if (row->values[i] == TABLE_BLANK)
			page->has_total[i] &= i < LIST_CLAIMS || i >= LIST_EXPECTED;
		else
			page->totals[i] += row->values[i];
	}
	page->leads += row->values[LIST_LEAD] == 1;
	page->ranked += row->values[LIST_RANK] != TABLE_BLANK;
}

/* "EM-01 office_est: ..." begins with the rule of the first reason. */
static int32_t top_rule(const struct page *page, struct text reasons)
{
	uint32_t size = 0;

	while (size < reasons.size && reasons.at[size] != ' ' && reasons.at[size] != ':')
		size++;
	return names_find(page->rules, reasons.at, size);
}

static int32_t add_name(struct names *names, const struct table_read *table, unsigned column)
{
	struct text text = table_read_text(table, column);

	return names_add(names, text.at, text.size);
}

static size_t put_id(struct out *ids, struct text id)
{
	size_t at;

	out_memory_text(ids, &at);
	out_raw(ids, id.at, id.size);
	return at;
}

static int add_row(struct page *page, const struct table_read *table, const unsigned columns[],
        struct list_row *row)
{
	struct text id = table_read_text(table, columns[NPI]);
	int err = grow(&page->rows, page->row_count, &page->row_capacity, sizeof(*row));

	row->npi = (uint32_t)put_id(page->ids, id);
	row->npi_size = id.size;
	row->kind = add_name(page->kinds, table, columns[KIND]);
	row->specialty = add_name(page->specialties, table, columns[SPECIALTY]);
	row->state = add_name(page->states, table, columns[STATE]);
	row->group = page->providers[row->provider].own;
	row->top = top_rule(page, table_read_text(table, columns[REASONS]));
	if (err < 0 || row->kind < 0 || row->specialty < 0 || row->state < 0)
		return FAIL_MEMORY;
	page->rows[page->row_count++] = *row;
	return 0;
}

/* Those without a rank come last, as many as there is room for. */
static bool is_listed(const struct page *page, const struct list_row *row)
{
	int64_t rank = row->values[LIST_RANK];

	return rank == TABLE_BLANK ? page->row_count < HTML_LIST_MAX : rank <= HTML_LIST_MAX;
}

static int read_provider(struct page *page, const struct table_read *table,
        const unsigned columns[], struct diag *diag)
{
	struct list_row row = {.provider = page->provider_count};
	int err = grow(&page->providers, page->provider_count, &page->provider_capacity,
	        sizeof(*page->providers));

	if (err == 0)
		err = read_values(table, columns, &row, diag);
	if (err < 0)
		return err;
	err = find_groups(page, &page->providers[page->provider_count++], table, columns,
	        row.values[LIST_ENTITY]);
	if (err < 0)
		return err;
	add_totals(page, &row);
	return is_listed(page, &row) ? add_row(page, table, columns, &row) : 0;
}

static int compare_rows(const void *a, const void *b)
{
	const struct list_row *left = a, *right = b;
	uint64_t left_rank = (uint64_t)left->values[LIST_RANK]; /* blank is larger than any */
	uint64_t right_rank = (uint64_t)right->values[LIST_RANK];

	if (left_rank != right_rank)
		return left_rank < right_rank ? -1 : 1;
	return left->provider < right->provider ? -1 : 1;
}

static void order_rows(struct page *page)
{
	static const enum list_value amounts[] = {LIST_PAID, LIST_ALLOWED, LIST_CHARGE};

	if (page->row_count > 0)
		qsort(page->rows, page->row_count, sizeof(*page->rows), compare_rows);
	if (page->row_count > HTML_LIST_MAX)
		page->row_count = HTML_LIST_MAX;
	for (uint32_t i = 0; i < page->row_count; i++)
		page->providers[page->rows[i].provider].row = (int32_t)i;
	page->amount = LIST_PAID;
	for (unsigned i = 0; i < 3; i++) {
		page->amount = amounts[i];
		if (page->totals[amounts[i]] != 0)
			break;
	}
}

int html_read_providers(struct page *page, struct diag *diag)
{
	struct table_read *table = NULL;
	unsigned columns[TEXTS + LIST_VALUES];
	int got = table_read_create(&table, page->context->folder, "providers.csv", diag);

	memset(page->has_total, true, sizeof(page->has_total));
	if (got == 0)
		got = table_read_columns(table, columns_of, columns, diag);
	if (got == 0)
		got = 1;
	while (got > 0 && (got = page_next(page, table, diag)) > 0) {
		int err = read_provider(page, table, columns, diag);

		got = err < 0 ? err : 1;
	}
	table_read_destroy(table);
	if (got == FAIL_MEMORY)
		return diag_set(diag, got, "no memory for the page's list of providers");
	if (got == 0)
		order_rows(page);
	return got;
}

/* ---- Those in full. ---- */

static void take_full(struct page *page, uint32_t row)
{
	struct page_provider *provider = &page->providers[page->rows[row].provider];

	if (page->full_count == HTML_FULL_MAX || provider->full >= 0)
		return;
	provider->full = 0;
	page->full_count++;
	for (unsigned i = 0; i < GROUP_LEVELS; i++) {
		if (provider->groups[i] >= 0)
			page->of_groups[provider->groups[i]].wanted = true;
	}
	if (provider->own >= 0) {
		page->of_groups[provider->own].wanted = true;
		page->of_groups[provider->own].own = true;
	}
}

static void count_groups(struct page *page)
{
	for (uint32_t i = 0; i < page->provider_count; i++) {
		const struct page_provider *provider = &page->providers[i];

		for (unsigned g = 0; g < GROUP_LEVELS; g++) {
			if (provider->groups[g] >= 0)
				page->of_groups[provider->groups[g]].providers++;
		}
	}
}

/* Leads first, then as many by rank as there is room for. */
int html_choose_full(struct page *page, struct diag *diag)
{
	page->of_groups = calloc(names_count(page->groups) + 1, sizeof(*page->of_groups));
	page->full = calloc(HTML_FULL_MAX, sizeof(*page->full));
	if (!page->of_groups || !page->full)
		return diag_set(diag, FAIL_MEMORY, "no memory for the page's providers");
	for (uint32_t i = 0; i < page->row_count; i++) {
		if (page->rows[i].values[LIST_LEAD] == 1)
			take_full(page, i);
	}
	for (uint32_t i = 0; i < page->row_count; i++)
		take_full(page, i);
	page->full_count = 0;
	for (uint32_t i = 0; i < page->row_count; i++) {
		struct page_provider *provider = &page->providers[page->rows[i].provider];

		if (provider->full < 0)
			continue;
		provider->full = (int32_t)page->full_count;
		page->full[page->full_count++] = i;
	}
	count_groups(page);
	return 0;
}

/* What the list does not hold of them: units, the amounts, the days, the reasons. */
int html_make_facts(const struct page *page, struct full_parts *facts, struct diag *diag)
{
	static const char *const names[] = {"units", "charge", "allowed", "paid", "rules_evaluable",
	        "peer_n", "rank_in_class", "first_date", "last_date", "top_reasons", NULL};
	enum { COUNT = 10, FIRST_TEXT = 7 };
	struct table_read *table = NULL;
	unsigned columns[COUNT];
	int got = table_read_create(&table, page->context->folder, "providers.csv", diag);

	if (got == 0)
		got = table_read_columns(table, names, columns, diag);
	if (got == 0)
		got = 1;
	for (uint32_t i = 0; got > 0 && (got = page_next(page, table, diag)) > 0; i++) {
		int32_t full = i < page->provider_count ? page->providers[i].full : -1;

		if (full < 0)
			continue;
		full_part_begin(facts, (uint32_t)full);
		for (unsigned c = 0; c < COUNT; c++) {
			put_words(facts->text, c == 0 ? "[" : ",");
			if (c < FIRST_TEXT)
				put_number(facts->text, table_read_cell(table, columns[c]));
			else
				put_text(facts->text, table_read_text(table, columns[c]));
		}
		put_words(facts->text, "]");
		full_part_end(facts, (uint32_t)full);
	}
	table_read_destroy(table);
	return got;
}
