/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The summary of a run for a person at a terminal: plain text in 80 columns.
 */
#ifndef REPORT_SUMMARY_H
#define REPORT_SUMMARY_H

#include "base/diag.h"
#include "profile/profile.h"
#include "report/findings.h"
#include "report/quality.h"
#include "report/tables.h"
#include "rules/outside.h"
#include "stats/stats.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { SUMMARY_PROVIDERS = 10, SUMMARY_REASONS = 3, SUMMARY_ID_SIZE = 32 };

/* A provider to look at, and why: its rules of most dollars. */
struct summary_provider {
	char id[SUMMARY_ID_SIZE]; /* cut if longer */
	const char *id_kind;
	uint64_t findings, lines_flagged;
	int64_t dollars; /* flagged */
	unsigned score;
	uint32_t rank;                      /* among all that have a score, from 1 */
	char why[REASONS_MAX][REASON_SIZE]; /* in words; of providers beside their peers */
	size_t why_count;
	struct {
		uint8_t rule;
		uint64_t hits, evaluated;
		int64_t dollars;
	} reasons[SUMMARY_REASONS];
	size_t reason_count;
};

struct summary_top {
	struct summary_provider providers[SUMMARY_PROVIDERS];
	size_t count;
	bool is_ranked; /* by statistics: those that are leads */
};

/*
 * The providers of most dollars flagged, then most findings, then by id; none
 * without findings, nor the row of lines without a provider.  Only rules whose
 * state is on are reasons.
 */
int summary_pick(struct summary_top *top, const struct profile *profile,
        const struct rules_table *rules, struct diag *diag);

/* The leads, by rank, with their reasons. */
void summary_pick_leads(
        struct summary_top *top, const struct profile *profile, const struct stats *stats);

struct summary {
	const struct quality *quality;
	const struct rules_table *rules;
	const struct summary_top *top;
	const struct codes *codes;
	const struct codes_outside *outside; /* may be NULL */
	struct findings_counts findings;
	enum findings_mode mode;
	const char *out;          /* the run directory; NULL: nothing was written */
	const char *const *files; /* in it, NULL-ended */
	bool has_key;             /* --id-key was given */
	bool colour;
	bool timing; /* print the next two */
	uint64_t ns;
	unsigned threads;
};

void summary_write(FILE *file, const struct summary *summary);

#endif
