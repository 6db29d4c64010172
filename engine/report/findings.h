/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Findings on their way to findings.csv.
 *
 * sample  the evidence of each provider and rule (report/sample.h); watch
 *         findings and superseded ones are left out.
 * all     every finding, watch and superseded ones too, however many: sorted
 *         in memory, spilled, merged (report/spill.h).
 * none    findings.csv has its header only, and providers have no evidence.
 *
 * The rows are the same whatever the workers and their shares.  Modifiers are
 * joined by a blank; a superseded finding's detail ends in superseded_by=RULE.
 */
#ifndef REPORT_FINDINGS_H
#define REPORT_FINDINGS_H

#include "base/diag.h"
#include "profile/profile.h"
#include "regroup/finding.h"
#include "report/run.h"
#include "report/sample.h"
#include "report/worklist.h"

#include <stddef.h>
#include <stdint.h>

enum findings_mode { FINDINGS_SAMPLE, FINDINGS_ALL, FINDINGS_NONE };

struct findings;

struct findings_options {
	enum findings_mode mode;
	unsigned workers;
	size_t memory_bytes;           /* mode all: rows of all workers together, then they spill */
	const char *tmp;               /* directory for spilled rows */
	const char *key_path;          /* --id-key; NULL: no pseudonyms */
	const struct profile *profile; /* names providers */
	const struct worklist_plan *worklist; /* NULL, or mode none: nothing is drawn */
};

/* Returns 0, FAIL_MEMORY or, for the key, FAIL_TABLE.  Frees by findings_destroy(). */
int findings_create(
        struct findings **findings, const struct findings_options *options, struct diag *diag);
void findings_destroy(struct findings *findings); /* takes NULL */

/*
 * Where worker number index puts its findings: one thread at a time each.  add
 * returns 0 or a negative errno, whose words findings_write() tells.
 */
struct finding_sink findings_sink(struct findings *findings, unsigned index);

/* How many there were, whatever the mode; superseded ones are no watch.  As findings_write(). */
struct findings_counts {
	uint64_t standing, watch, superseded;
};
void findings_count(const struct findings *findings, struct findings_counts *counts);

/* Write findings.csv, when no worker adds any more.  *rows: without the header. */
int findings_write(struct findings *findings, struct out *out, uint64_t *rows, struct diag *diag);

/*
 * Write worklist.csv (report/worklist.h), when no worker adds any more; its
 * header only where nothing is drawn.  *rows: without the header.
 */
int findings_write_worklist(struct findings *findings, struct out *out,
        const struct worklist_source *source, uint64_t *rows, struct diag *diag);

/*
 * Distinct claim ids of the evidence by hash, in that order: sample_claims.
 * When no worker adds any more; any thread.
 */
size_t findings_claims(const struct findings *findings, uint32_t provider, unsigned rule,
        struct text claims[SAMPLE_UNITS]);

#endif
