/* SPDX-License-Identifier: Apache-2.0 */
/*
 * manifest.json: what a run was made from and by.  Every run has one: it is
 * how --force knows a run directory.
 *
 * Nothing of it says where or when, save the timing block, which --no-timing
 * leaves out; what cutting the inputs changes stands in `inputs` only.
 */
#ifndef REPORT_MANIFEST_H
#define REPORT_MANIFEST_H

#include "base/diag.h"
#include "input/plan.h"
#include "lookup/codes.h"
#include "report/quality.h"
#include "report/run.h"
#include "report/tables.h"
#include "rules/outside.h"

#include <stdbool.h>
#include <stdint.h>

struct manifest {
	const char *version;
	const struct quality *quality; /* its plan's block hashes are complete */
	const struct codes *codes;
	const struct codes_outside *outside; /* lines on days that no release covers; or NULL */
	const struct rules_table *rules;

	/* Lines "name=value", of settings that can change a result; may be NULL. */
	const char *settings_text;

	struct tables_rows rows;
	uint64_t findings; /* rows of findings.csv */

	/* Left out without timing. */
	bool timing;
	unsigned threads;
	uint64_t ns;
	const char *reader, *level;
};

int manifest_write(struct run *run, const struct manifest *manifest, struct diag *diag);

#endif
