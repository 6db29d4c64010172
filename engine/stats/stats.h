/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Providers beside their peers: what the merged counters of a run say of each
 * provider, by the rules of stats.def and by the rates of all other rules.
 *
 * Measures are reckoned from integers over providers in one order, each by one
 * thread, and rounded to the printed precision before they are compared: neither
 * threads nor CPU level can show.  Where --norms gives an earlier run's peers,
 * providers are compared with those.
 */
#ifndef STATS_STATS_H
#define STATS_STATS_H

#include "base/diag.h"
#include "history/prices.h"
#include "history/tallies.h"
#include "lookup/payer.h"
#include "lookup/set.h"
#include "lookup/side.h"
#include "profile/profile.h"
#include "rules/rules.h"
#include "stats/groups.h"
#include "stats/norms.h"
#include "stats/weights.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Make the rules of stats.def known to rules/; after rules_init(). */
void stats_init(void);

struct stats; /* const once made; any thread may read */

struct stats_options {
	const struct codes *codes;      /* NULL: nobody says when providers were enumerated */
	const struct profile *profile;  /* merged */
	const struct side *providers;   /* --providers; NULL: none */
	const struct payer *payer;      /* its own tables; NULL: none */
	const struct tallies *tallies;  /* of the walks, sorted; NULL: none walked */
	const struct norms *norms;      /* of an earlier run; NULL: none */
	const struct set *drg_lists[2]; /* msdrg, msdrg_weights; NULL: not loaded */
	const struct prices *prices;    /* that lines were compared with; NULL: none */
	const struct rule_selection *selection;
	unsigned threads;              /* 0: one */
	bool is_on[RULES_ALL];         /* not on: no dollars, no score */
	bool has_beneficiaries;        /* counted; else claims stand in for them */
	bool has_allowed, has_paid;    /* the run has these columns */
	bool no_codes;                 /* codes were not counted: nothing is judged by them */
	const struct weights *weights; /* NULL: by severity */
};

/* Returns 0 or FAIL_MEMORY.  The options are copied, what they point to is not. */
int stats_create(struct stats **stats, const struct stats_options *options, struct diag *diag);
void stats_destroy(struct stats *stats); /* takes NULL */

enum stats_direction { DIRECTION_NONE, DIRECTION_HIGH, DIRECTION_LOW };

/* A row of provider_rules.csv.  NAN: blank. */
struct stats_row {
	uint32_t number, peers; /* of the provider; the others of its group */
	uint32_t member;        /* the provider, as an index of stats_members() */
	uint32_t column;        /* of stats_columns() */
	uint32_t figures;       /* where these are equal in a column, so are peers to p90 */
	uint8_t rule;
	bool flag;
	bool provider_rule;  /* of stats.def: evaluated, hits and dollars are its own */
	bool is_rate;        /* hits are counted of evaluated, flagged or not */
	bool overlaps;       /* dollars of the rule's measures are of one event: the most counts */
	uint8_t direction;   /* enum stats_direction */
	const char *measure; /* "" for none */
	uint64_t evaluated, hits;
	int64_t dollars; /* cents */
	double value, shrunk_rate, wilson_low, median, mad, p80, p90, z, p, q, percentile;

	/* For stats/ alone: all but q says flag; the limit of q, 0 for none. */
	bool gate;
	double q_limit;
};

/*
 * Those of a provider, by rule and measure, into rows, which has room for
 * stats_rows_max() of them; returns how many.  Rules without peers have no row.
 * Rows are kept packed: these are the caller's own.
 */
size_t stats_rows(const struct stats *stats, uint32_t number, struct stats_row rows[]);
size_t stats_rows_max(const struct stats *stats);

/* Have what stats_rows() will read of a provider fetched: it stands far apart. */
void stats_expect(const struct stats *stats, uint32_t number);

enum { FIGURES_OWN = UINT32_MAX }; /* of a row: like no other's */

/*
 * As they are kept (stats/columns.h): a column a measure, by rule and measure;
 * in it rows of members, by their index here.
 */
struct column;
const struct column *stats_columns(const struct stats *stats, size_t *count);
const struct member *stats_members(const struct stats *stats, size_t *count);

struct stats_provider {
	uint32_t number;
	char peer_group[PEER_GROUP_SIZE]; /* specialty/entity type/setting/state or all */
	uint32_t peers;                   /* the others of the group */
	int64_t expected;                 /* dollars, in cents */
	unsigned score;                   /* 0 to 1000 */
	uint32_t rank, rank_in_class;     /* from 1 */
	unsigned families_flagged;
	bool is_lead;
};

/* NULL: it has no score (no id, a placeholder, or nothing read of it). */
const struct stats_provider *stats_provider(const struct stats *stats, uint32_t number);

/* The leads by rank, at most room of them; returns how many. */
size_t stats_leads(const struct stats *stats, uint32_t numbers[], size_t room);

/* Is a first hit of the rule a lead by itself? */
bool stats_leads_at_once(unsigned rule);

/* Up to five reasons, most dollars expected first; each ends with NUL.  Returns how many. */
enum { REASONS_MAX = 5, REASON_SIZE = 200 };
size_t stats_reasons(
        const struct stats *stats, uint32_t number, char reasons[REASONS_MAX][REASON_SIZE]);

/* The same where the provider's hits, by rule, have been read already. */
size_t stats_reasons_of(const struct stats *stats, uint32_t number,
        const struct profile_rule hits[RULES_ALL], char reasons[REASONS_MAX][REASON_SIZE]);

/* Of a rule of stats.def; false: it is none, or is not active. */
struct stats_totals {
	uint64_t in_scope, evaluated, hits, providers;
	int64_t dollars;
};
bool stats_totals(const struct stats *stats, unsigned rule, struct stats_totals *totals);

/* What this run's peers were like, in the order of norms.csv: for --norms of the next. */
const struct norm *stats_norms(const struct stats *stats, size_t *count);

#endif
