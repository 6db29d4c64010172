/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `claimscan calibrate DISPOSITIONS.csv`: what reviewers decided, in; the table
 * precision_weights, out (stats/weights.h), for scan --table.
 */
#ifndef CALIBRATE_H
#define CALIBRATE_H

#include "base/diag.h"

#include <stdint.h>
#include <stdio.h>

enum { CALIBRATE_PRIOR = 20 }; /* made-up decisions a rule begins with */

/*
 * Returns 0, FAIL_INPUT, FAIL_MEMORY, or FAIL_TABLE with the line.  The counts
 * in words go to told; NULL: nowhere.
 */
int calibrate(FILE *table, FILE *told, const char *path, uint64_t prior, struct diag *diag);

#endif
