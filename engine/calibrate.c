/* SPDX-License-Identifier: Apache-2.0 */
#include "calibrate.h"

#include "lookup/payer.h"
#include "report/row.h"
#include "stats/weights.h"

#include <stdlib.h>
#include <string.h>

enum decision { CONFIRMED, PARTIAL, CLEARED, OPEN }; /* as lookup/payer.def lists them */

enum { PATH_BYTES_MAX = 4096 };

/* The columns that name a unit: a line, a claim, or a measure of a provider. */
static const unsigned unit_columns[] = {DISPOSITIONS_RULE, DISPOSITIONS_NPI, DISPOSITIONS_ID_KIND,
        DISPOSITIONS_MEASURE, DISPOSITIONS_CLAIM_ID};

enum { UNIT_COLUMNS = sizeof(unit_columns) / sizeof(unit_columns[0]) };

struct decided {
	const struct payer_cell *cells;
	size_t row;
};

/* ---- One decision a unit ---- */

static int compare_named(const struct payer_cell *a, const struct payer_cell *b)
{
	for (size_t i = 0; i < UNIT_COLUMNS; i++) {
		int order = strcmp(a[unit_columns[i]].text, b[unit_columns[i]].text);

		if (order != 0)
			return order;
	}
	int64_t left = a[DISPOSITIONS_LINE].number, right = b[DISPOSITIONS_LINE].number;

	return (left > right) - (left < right);
}

/* By unit, the latest decision first; of one day, as the rows' texts are ordered. */
static int compare_decided(const void *a, const void *b)
{
	const struct decided *left = a, *right = b;
	int64_t x = left->cells[DISPOSITIONS_DATE].number;
	int64_t y = right->cells[DISPOSITIONS_DATE].number;
	int order = compare_named(left->cells, right->cells);

	if (order == 0)
		order = (x < y) - (x > y);
	return order != 0 ? order : (left->row > right->row) - (left->row < right->row);
}

/* Rows that name nothing but the rule are each a unit. */
static bool names_unit(const struct payer_cell *cells)
{
	return cells[DISPOSITIONS_NPI].text[0] || cells[DISPOSITIONS_MEASURE].text[0] ||
	       cells[DISPOSITIONS_CLAIM_ID].text[0];
}

static bool is_later_of_same(const struct decided *before, const struct decided *decided)
{
	return names_unit(decided->cells) && compare_named(before->cells, decided->cells) == 0;
}

/* ---- Counting ---- */

/* Cents of a cell of dollars, half up. */
static int64_t cents_of(const struct payer_cell *cell)
{
	return (cell->number + 5000) / 10000;
}

static void count_decision(struct decisions *counts, const struct payer_cell *cells)
{
	const struct payer_cell *flagged = &cells[DISPOSITIONS_FLAGGED];
	const struct payer_cell *recovered = &cells[DISPOSITIONS_RECOVERED];
	int64_t decision = cells[DISPOSITIONS_DECISION].number;

	counts->confirmed += decision == CONFIRMED;
	counts->partial += decision == PARTIAL;
	counts->cleared += decision == CLEARED;
	if (decision != CONFIRMED && decision != PARTIAL)
		return;
	if (flagged->number <= 0 || recovered->number < 0)
		return;
	counts->priced++;
	counts->flagged += cents_of(flagged);
	counts->recovered += cents_of(recovered);
}

static int count_all(struct decisions counts[RULES_ALL], const struct payer *payer,
        const char *path, struct diag *diag)
{
	size_t count = payer_count(payer, PAYER_DISPOSITIONS);
	struct decided *decided = calloc(count + 1, sizeof(*decided));
	int err = decided ? 0 : diag_set(diag, FAIL_MEMORY, "no memory for decisions");

	for (size_t i = 0; i < count && err == 0; i++)
		decided[i] = (struct decided){payer_row(payer, PAYER_DISPOSITIONS, i), i};
	if (err == 0)
		qsort(decided, count, sizeof(*decided), compare_decided);
	for (size_t i = 0; i < count && err == 0; i++) {
		int rule = rule_find(decided[i].cells[DISPOSITIONS_RULE].text);

		if (rule < 0)
			err = diag_set(diag, FAIL_TABLE,
			        "%s:%lu: there is no such rule (claimscan rules list)", path,
			        payer_line(payer, PAYER_DISPOSITIONS, decided[i].row));
		else if (i == 0 || !is_later_of_same(&decided[i - 1], &decided[i]))
			count_decision(&counts[rule], decided[i].cells);
	}
	free(decided);
	return err;
}

/* ---- Telling ---- */

static void put_share(FILE *table, uint32_t millionths)
{
	fprintf(table, ",%u.%06u", millionths / MILLION, millionths % MILLION);
}

static uint64_t right_of(const struct decisions *counts)
{
	return counts->confirmed + counts->partial;
}

/* What was not reviewed is worth what its severity is. */
static void write_severities(FILE *table)
{
	static const enum severity all[] = {
	        SEVERITY_HIGH, SEVERITY_MEDIUM, SEVERITY_LOW, SEVERITY_INFO};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		fprintf(table, ",%s", severity_name(all[i]));
		put_share(table, weights_precision(all[i]));
		put_share(table, MILLION);
		fputs(",,\n", table);
	}
}

static void write_rule(FILE *table, unsigned rule, const struct decisions *counts, uint64_t prior)
{
	enum severity severity = weights_severity(rule);
	uint64_t reviewed = right_of(counts) + counts->cleared;

	if (reviewed == 0)
		return;
	fprintf(table, "%s,%s", rule_at(rule)->id, severity_name(severity));
	put_share(table, weights_learn_precision(counts, severity, prior));
	put_share(table, weights_learn_recoverable(counts, prior));
	fprintf(table, ",%llu,%llu\n", (unsigned long long)reviewed,
	        (unsigned long long)right_of(counts));
}

static void tell(FILE *told, const struct decisions counts[RULES_ALL])
{
	unsigned long long reviewed = 0, right = 0, rules = 0;

	for (unsigned rule = 0; rule < RULES_ALL; rule++) {
		uint64_t all = right_of(&counts[rule]) + counts[rule].cleared;

		rules += all > 0;
		reviewed += all;
		right += right_of(&counts[rule]);
	}
	fprintf(told, "%llu decisions on %llu rules, %llu of them confirmed or partial\n", reviewed,
	        rules, right);
}

int calibrate(FILE *table, FILE *told, const char *path, uint64_t prior, struct diag *diag)
{
	struct decisions counts[RULES_ALL] = {{0}};
	struct payer *payer = NULL;
	char given[PATH_BYTES_MAX];
	const char *const tables[] = {given, NULL};

	if (snprintf(given, sizeof(given), "dispositions=%s", path) >= (int)sizeof(given))
		return diag_set(diag, FAIL_INPUT, "%s: the path is too long", path);
	int err = payer_create(&payer, tables, diag);

	if (err == 0)
		err = count_all(counts, payer, path, diag);
	payer_destroy(payer);
	if (err < 0)
		return err;
	fputs("rule,severity,precision,recoverable,reviewed,confirmed\n", table);
	write_severities(table);
	for (unsigned rule = 0; rule < RULES_ALL; rule++)
		write_rule(table, rule, &counts[rule], prior);
	if (told)
		tell(told, counts);
	return 0;
}
