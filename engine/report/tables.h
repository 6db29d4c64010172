/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables of a run: providers.csv, provider_rules.csv, provider_codes.csv,
 * provider_counts.csv and rules.csv, as the contract lists their columns.
 *
 * provider_codes.csv has a column description, the last, where the payer gave them.
 * What needs peers or beneficiaries is blank where those are not reckoned.
 */
#ifndef REPORT_TABLES_H
#define REPORT_TABLES_H

#include "base/diag.h"
#include "claim.h"
#include "lookup/payer.h"
#include "lookup/side.h"
#include "profile/profile.h"
#include "regroup/claims.h"
#include "report/findings.h"
#include "report/public.h"
#include "report/run.h"
#include "rules/rules.h"
#include "stats/stats.h"

#include <stdbool.h>
#include <stdint.h>

/* Tasks that the threads do first, once the files of providers are open. */
struct tables_beside {
	void *context;
	size_t count;
	int (*open)(void *context, struct diag *diag);
	int (*run)(
	        void *context, size_t at); /* any thread; who asked knows the words of a failure */
};

struct tables_options {
	const struct profile *profile;
	const struct findings *findings; /* for sample_claims; NULL: blank */
	const struct rule_selection *selection;
	const struct side *providers; /* --providers: its word on a provider stands; NULL: none */
	const struct payer *payer;    /* for descriptions of codes; NULL: none */
	const struct stats *stats;    /* NULL: their columns are blank */
	bool beneficiaries;           /* counted: histories were regrouped */
	struct public_view *public;   /* what is left out; NULL: nothing */
	unsigned threads;             /* rows are formatted by so many; their order is one */
	struct tables_beside beside;  /* count 0: none */
};

struct tables_rows { /* without headers */
	uint64_t providers, rules, codes, counts, worklist, compare, norms;
	uint64_t rule_providers[RULES_ALL]; /* providers with hits of a rule, as rules.csv has it */
};

/* Write the four provider tables.  All workers of the profile are merged. */
int tables_write(struct run *run, const struct tables_options *options, struct tables_rows *rows,
        struct diag *diag);

/*
 * What a run knows of each rule, by number.  A rule that is on or watch and
 * evaluated nothing is made not evaluable by rules_table_settle().
 */
struct rules_table {
	enum rule_state state[RULES_ALL];
	char reason[RULES_ALL][160]; /* why not evaluable; "" for none */
	uint64_t in_scope[RULES_ALL], evaluated[RULES_ALL], hits[RULES_ALL];
	uint64_t providers[RULES_ALL]; /* with hits */
	int64_t dollars[RULES_ALL], unique_dollars[RULES_ALL];
	uint64_t ns[RULES_ALL], lines;                        /* cost of a rule; lines judged */
	bool timing;                                          /* print ns_per_line */
	bool hidden_hits[RULES_ALL], hidden_scope[RULES_ALL]; /* --public leaves them out */

	/* The amount that dollars are reckoned from; printed as the reason of rules with hits. */
	bool has_type[CLAIM_TYPES]; /* claims of the type were seen */
	enum amount basis[CLAIM_TYPES];
};

/* Fill in state and reason of rules that judged nothing.  bound: of all files. */
void rules_table_settle(struct rules_table *table, const struct field_set *bound);

/* Count, by rule, the providers with hits; where a rule has any, which the table says by then. */
int rules_table_count_providers(struct rules_table *table, const struct profile *profile,
        unsigned threads, struct diag *diag);

/* Leave out what is not public; counts in the view what it left out. */
void rules_table_hide(struct rules_table *table, struct public_view *view);

int rules_table_write(struct run *run, const struct rules_table *table, struct diag *diag);

/* "on", "watch", "off", "not evaluable", "not built". */
const char *rule_state_name(enum rule_state state);

/* "undetermined", "professional", "institutional", "dental". */
const char *claim_type_name(unsigned claim_type);

/* "charge", "allowed", "paid". */
const char *amount_name(enum amount amount);

/*
 * "paid", or where claim types differ "paid (professional), charge
 * (institutional)"; "" if no claim was seen.
 */
enum { BASIS_TEXT_MAX = 128 };
void basis_text(const struct rules_table *table, char text[BASIS_TEXT_MAX]);

#endif
