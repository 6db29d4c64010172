/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A scan: claim files in, a run directory out.
 */
#ifndef SCAN_H
#define SCAN_H

#include "base/diag.h"
#include "base/level.h"
#include "claim.h"
#include "lookup/normalise.h"
#include "regroup/claims.h"
#include "report/findings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLAIMSCAN_VERSION "0.1.0" /* as in CMakeLists.txt */

enum { LEVEL_UNSET = -1 };

/* The page cache behind the reader; auto drops inputs of over half of memory. */
enum { CACHE_AUTO, CACHE_KEEP, CACHE_DROP };

struct rules_table; /* report/tables.h */
struct convert;     /* convert.h */
struct tallies;     /* history/tallies.h */

struct scan_options {
	const char *const *inputs; /* NULL-ended */
	const char *out;
	bool force;
	unsigned threads;
	const char *map;
	enum provider_by by;
	int amount_level[AMOUNTS]; /* enum amount_level given by the user, or LEVEL_UNSET */
	bool zero_paid_payable;
	const char *codes;  /* images or releases; NULL: the starter set */
	bool codes_nearest; /* days that a set does not cover: by the nearest that it does */
	const char *members, *providers;
	const char *const *tables; /* NAME=FILE of the payer's own, NULL-ended; NULL: none */
	const char *norms;         /* of an earlier run; NULL: none */
	const char *history;       /* directory of the tail of earlier months; NULL: none */
	uint32_t history_days;     /* how long that tail is to be */
	const char *descriptions;  /* one of these tables by an option of its own; NULL: none */
	const char *rules;
	unsigned counters; /* PROFILE_*, of codes and counts */
	int32_t from, to;
	const char *io;
	enum level level;
	int cache; /* CACHE_* */
	uint64_t memory_bytes;
	const char *tmp;
	enum findings_mode findings;
	struct worklist_plan worklist;
	bool public;          /* counts of 1 to 10 are left out, and findings */
	unsigned reports;     /* bits of report/kinds.h; none: nothing is written */
	uint64_t max_bad;     /* records, if max_bad_ppm is 0 */
	uint32_t max_bad_ppm; /* parts per million of records or bytes */
	const char *id_key;
	bool no_timing;
	int32_t as_of;
	bool explain;
	bool progress;
	bool quiet, verbose;
	struct convert *convert;        /* NULL: a scan; else where what is read goes instead */
	struct rules_table *rules_into; /* the run's, as rules.csv has it; NULL: not asked for */
	struct tallies **tallies_into;  /* the run's, which are the caller's then; NULL: the same */
};

/* Returns 0 or a negative errno with diag set.  Prints the summary to stderr. */
int scan_run(const struct scan_options *options, struct diag *diag);

/* Told to stop: set by a signal handler. */
void scan_stop(int signal_number);
int scan_stopped(void); /* the signal, or 0 */

#endif
