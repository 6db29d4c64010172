/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is a table whole?  Its manifest says how many rows were written: a file that
 * was cut between two rows looks whole by itself.
 */
#ifndef REPORT_RUN_ROWS_H
#define REPORT_RUN_ROWS_H

#include "base/diag.h"
#include "report/json_read.h"
#include "report/run_folder.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * FAIL_DATA if the manifest has another count than rows of the table ("findings");
 * 0 if it is the same, or if the manifest has none.
 */
int run_rows_check(const struct run_folder *folder, const struct json_tree *manifest,
        const char *table, uint64_t rows, struct diag *diag);

/* Does the manifest say that the table has rows? */
bool run_rows_has(const struct json_tree *manifest, const char *table);

#endif
