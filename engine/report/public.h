/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What --public leaves out, so that no count of 1 to 10 can be read from a run
 * or reckoned from it.
 *
 * A count of 1 to 10 is left out, and with it the row that it stands in.  Where
 * the sum over such rows is told elsewhere, subtraction would bring it back: so
 * among the rows that are left out under one sum is a *cover*, a count of at
 * least 20, and together they are 28 and one a row at least.  Then each hidden
 * count may be any of 1 to 10, whatever is told: the cover makes up the
 * difference and is 20 or more all the same.  The cover is the first in the order
 * of a hash among the rows that could be it, so that its being chosen says
 * nothing of its size.  Where there is none, or the sum is too small, the sum is
 * left out as well, or all rows under it.
 *
 * Sums that are told, and the rows under them:
 *
 *	lines, claims, beneficiaries of the run     providers
 *	evaluated, hits, and their difference, of a rule     its row of each provider
 *	lines, units of a provider                  its codes; months; places; modifiers; digits
 *	findings of a provider                      its rules: left out with any of them
 *
 * E/M levels repeat what codes say, sums of squares repeat sums: both are left
 * out always.  Figures of peers may be those of one peer: only the percentile,
 * the flag and the words of the reasons (two decimals) are told.
 */
#ifndef REPORT_PUBLIC_H
#define REPORT_PUBLIC_H

#include "base/diag.h"
#include "profile/profile.h"
#include "rules/rules.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SMALL_MAX = 10, COVER_MIN = 20, COVER_SUM_MIN = COVER_MIN + SMALL_MAX - 2 };

static inline bool count_is_small(uint64_t count)
{
	return count >= 1 && count <= SMALL_MAX;
}

/* Ten-thousandths: 10 units or fewer, but some. */
static inline bool units_are_small(int64_t units)
{
	return units > 0 && units <= SMALL_MAX * INT64_C(10000);
}

/* A row of several counts, each under a sum of its own. */
enum { COVER_COUNTS_MAX = 3 };

struct cover_row {
	uint64_t counts[COVER_COUNTS_MAX];
	uint64_t order; /* a hash of what the row is of */
	bool hidden;    /* at first: has a small count, or goes for another reason */
};

/*
 * Hide more rows until each count that is small in a hidden row is covered.
 * Returns the counts, as bits, that no row can cover: 0 for none.
 */
unsigned cover_rows(struct cover_row rows[], size_t count, unsigned count_kinds);

struct public_view;

struct public_options {
	const struct profile *profile; /* merged */
	const struct rule_selection *selection;
	bool (*judged_by_peers)(const void *context, unsigned rule); /* rows without counts */
	const void *context;
	bool has_beneficiaries;
};

/* Returns 0 or FAIL_MEMORY.  Const but for its counters; any thread may ask. */
int public_create(
        struct public_view **view, const struct public_options *options, struct diag *diag);
void public_destroy(struct public_view *view); /* takes NULL */

/* A view of NULL hides nothing. */
bool public_hides_provider(const struct public_view *view, uint32_t number);
bool public_hides_rule(const struct public_view *view, uint32_t number, unsigned rule);

/* Does a rule with hits stand in no row of this provider?  Then its findings are left out. */
bool public_hides_findings(const struct public_view *view, uint32_t number);

/* Which totals of a rule go: its hits (and what is of them), its evaluated (and in_scope). */
bool public_hides_hits(const struct public_view *view, unsigned rule);
bool public_hides_evaluated(const struct public_view *view, unsigned rule);

/* Of the cells of a provider: kept[i] for each.  Returns 0 or FAIL_MEMORY. */
int public_keep_cells(const struct profile_cell cells[], size_t count, bool kept[]);

/* What was left out: whole rows, and cells of rows that are there.  Any thread. */
void public_count(struct public_view *view, uint64_t rows, uint64_t cells);
uint64_t public_rows(const struct public_view *view);
uint64_t public_cells(const struct public_view *view);

#endif
