/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the makers of the page share: providers in the order of the files, the
 * list by rank, those in full, and the groups that these are held against.
 *
 * The tables are read from front to end, some twice; what is kept of a provider
 * is some dozens of bytes, and of the list and of those in full what the page
 * shows.
 */
#ifndef REPORT_HTML_PRIVATE_H
#define REPORT_HTML_PRIVATE_H

#include "report/html.h"
#include "report/names.h"
#include "report/table_read.h"
#include "stats/groups.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	HTML_RULES_MAX = 128,   /* of rules.csv: 77, and room */
	HTML_CODES_MAX = 15,    /* of a provider: those of most dollars */
	HTML_EVIDENCE_MAX = 10, /* rows of a provider and rule: those of most dollars */
	HTML_BINS = 40,         /* of a distribution */
};

/* Whole numbers of the list, as providers.csv has them; money in cents. */
enum list_value {
	LIST_ENTITY,
	LIST_CLAIMS,
	LIST_LINES,
	LIST_BENEFICIARIES,
	LIST_CHARGE,
	LIST_ALLOWED,
	LIST_PAID,
	LIST_FINDINGS,
	LIST_LINES_FLAGGED,
	LIST_FLAGGED,
	LIST_EXPECTED,
	LIST_SCORE,
	LIST_RANK,
	LIST_FAMILIES,
	LIST_LEAD,
	LIST_VALUES
};

struct list_row {
	uint32_t provider;                          /* in the order of the file */
	uint32_t npi, npi_size;                     /* in page->ids */
	int32_t kind, specialty, state, group, top; /* names; top: a rule, -1 none */
	int64_t values[LIST_VALUES];                /* TABLE_BLANK */
};

/* In the order of the files. */
struct page_provider {
	int32_t row, full; /* in the list, and among those in full; -1 */

	/*
	 * The groups that it may be held against, by enum group_level; a measure's
	 * may be wider than the provider's.  -1: none.  own: what is printed of it.
	 */
	int32_t groups[GROUP_LEVELS], own;
};

/* A peer group, by its name's number. */
struct page_group {
	bool wanted; /* one in full has it */
	bool own;    /* ... and is held against it */
	uint64_t providers;
};

struct page {
	const struct report_context *context;
	struct names *rules, *kinds, *specialties, *states, *groups;

	struct page_provider *providers;
	uint32_t provider_count, provider_capacity;
	struct list_row *rows;
	uint32_t row_count, row_capacity;
	struct out *ids; /* texts of the list's providers */
	uint32_t *full;  /* rows of those in full, by rank */
	uint32_t full_count;
	struct page_group *of_groups; /* by number */

	enum list_value amount; /* paid, else allowed, else charge: the first that says anything */
	uint64_t leads, ranked;
	int64_t totals[LIST_VALUES];
	bool has_total[LIST_VALUES]; /* no cell was blank */

	/* Of the list's rows, a bit each: found something; flagged beside peers. */
	uint64_t *hits[HTML_RULES_MAX], *flags[HTML_RULES_MAX];
	uint64_t (*overlap)[HTML_RULES_MAX]; /* providers with hits of both */
};

/*
 * Step to the next row: as table_read_next(), and FAIL_STOPPED if the program
 * was told to stop.
 */
int page_next(const struct page *page, struct table_read *table, struct diag *diag);

/* ---- Reading along: tables whose rows come by provider, in one order. ---- */

struct walk {
	struct table_read *providers, *table;
	unsigned columns[2][2]; /* npi and id_kind, of each */
	uint32_t index;         /* provider that the table's row is of */
	const struct page *page;
};

int walk_create(struct walk *walk, const struct page *page, const char *name, struct diag *diag);
void walk_destroy(struct walk *walk);                /* takes zeros */
int walk_next(struct walk *walk, struct diag *diag); /* as table_read_next() */

/* ---- The makers, in their order; each 0 or a negative errno. ---- */

int html_read_rules(struct page *page, struct diag *diag);     /* rules.csv: names */
int html_read_providers(struct page *page, struct diag *diag); /* and the list, by rank */
int html_choose_full(struct page *page, struct diag *diag);    /* and wanted groups */

/* What is known of those in full: parts[i] of page->full[i], JSON in text. */
struct full_part {
	size_t at, size;
};
struct full_parts {
	struct out *text;
	struct full_part *parts;
};
int full_parts_create(struct full_parts *parts, const struct page *page, struct diag *diag);
void full_part_begin(struct full_parts *parts, uint32_t full);
void full_part_end(struct full_parts *parts, uint32_t full);

/* Which of those in full has an id; for tables that do not come by provider. */
struct full_index {
	struct names *keys; /* id, NUL, kind */
	uint32_t *fulls;    /* by number of the key */
};
int full_index_create(struct full_index *index, const struct page *page, struct diag *diag);
void full_index_destroy(struct full_index *index); /* takes zeros */
int32_t full_index_find(const struct full_index *index, struct text id, struct text kind); /* -1 */

int html_make_facts(const struct page *page, struct full_parts *facts, struct diag *diag);
int html_make_rules(
        struct page *page, struct full_parts *rules, struct out *shapes, struct diag *diag);
/* levels: of visits, from codes, in a run that tells codes and no levels. */
struct made_counts {
	struct full_parts counts, levels;
	struct out *peers, *months;
};
int html_make_counts(const struct page *page, struct made_counts *made, struct diag *diag);
int html_make_codes(
        const struct page *page, struct full_parts *codes, struct out *peers, struct diag *diag);
int html_make_findings(const struct page *page, struct full_parts *findings, struct diag *diag);
int html_make_worklist(const struct page *page, struct full_parts *worklist, struct diag *diag);
int html_make_compare(const struct page *page, struct full_parts *compare, struct diag *diag);

/* ---- JSON, as small as it gets. ---- */

void put_words(struct out *out, const char *text);
void put_text(struct out *out, struct text text);   /* quoted */
void put_number(struct out *out, struct text cell); /* null; quoted if it is none */
void put_integer(struct out *out, int64_t value);   /* TABLE_BLANK: null */

/* The bundled page; size 0: none. */
struct text html_page(void);

#endif
