/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What differs between two runs: what a change of rules, codes, settings or
 * claims did.
 *
 * Findings are compared one by one where both runs kept them all (--findings
 * all); superseded ones count in nothing and are passed over.  Else hits are
 * compared per provider, rule and measure, and what was gained and what lost of
 * the same provider and rule is told as their difference.
 */
#ifndef DIFF_H
#define DIFF_H

#include "base/diag.h"
#include "diff_join.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DIFF_WORD_SIZE = 24 };

/* A rule of either run.  Counts and cents that a run has not are TABLE_BLANK. */
struct diff_rule {
	char id[DIFF_WORD_SIZE];
	char state[DIFF_SIDES][DIFF_WORD_SIZE]; /* "" where the run does not know the rule */
	int64_t hits[DIFF_SIDES], cents[DIFF_SIDES];
	uint64_t gained, lost, changed; /* findings, or hits; changed: of other dollars */
	int64_t gained_cents, lost_cents, changed_cents;
};

/* A provider that moved.  Blank is TABLE_BLANK. */
struct diff_provider {
	char *npi; /* owned */
	char id_kind[DIFF_WORD_SIZE];
	bool has[DIFF_SIDES];
	int64_t rank[DIFF_SIDES], score[DIFF_SIDES], lead[DIFF_SIDES];
	int64_t expected_cents[DIFF_SIDES], flagged_cents[DIFF_SIDES];
};

/* A thing of the manifests that differs; texts are owned. */
struct diff_change {
	const char *what; /* "setting", "code set", ... */
	char *name, *of[DIFF_SIDES];
};

struct diff {
	const char *paths[DIFF_SIDES];
	char *claims[DIFF_SIDES], *lines[DIFF_SIDES], *findings[DIFF_SIDES]; /* as printed; owned */
	bool is_exact;                                 /* both kept all findings */
	bool is_public[DIFF_SIDES];                    /* hides small counts (--public) */
	uint64_t inputs_same, inputs_only[DIFF_SIDES]; /* by size and hash */

	struct diff_change *changes;
	size_t change_count;
	struct diff_rule *rules; /* by id */
	size_t rule_count;
	struct diff_rule all; /* sums; its id is "all" */

	size_t limit;                    /* of the providers that are kept; 0: none */
	struct diff_provider *providers; /* leads first, then by dollars expected that moved */
	size_t provider_count;
	uint64_t moved;       /* providers whose score, dollars or place among leads changed */
	uint64_t ranked_anew; /* others, of which only the rank did */
	uint64_t leads_gained, leads_lost;
};

/*
 * Compare two runs; limit: providers kept, 0 for all.  stopped may be NULL; not
 * 0 ends with FAIL_STOPPED.  FAIL_INPUT, FAIL_DATA as the runs' tables have it.
 * The caller frees by diff_destroy(), which takes NULL.
 */
int diff_create(struct diff **diff, const char *const paths[DIFF_SIDES], size_t limit,
        int (*stopped)(void), struct diag *diag);
void diff_destroy(struct diff *diff);

/* What B has more than A; blank is 0.  Never the least int64. */
int64_t diff_more(const int64_t of[DIFF_SIDES]);

/* Is there nothing to tell? */
bool diff_is_empty(const struct diff *diff);

int diff_no_memory(struct diag *diag); /* FAIL_MEMORY, told */

/* diff_rows.c: what the tables say. */
struct diff_runs {
	const struct run_folder *folders;   /* two */
	struct json_tree *const *manifests; /* two */
	int (*stopped)(void);
};
int diff_read_rules(struct diff *diff, const struct diff_runs *runs, struct diag *diag);
int diff_read_findings(struct diff *diff, const struct diff_runs *runs, struct diag *diag);
int diff_read_providers(struct diff *diff, const struct diff_runs *runs, struct diag *diag);

#endif
