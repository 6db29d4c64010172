/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `claimscan rules bench`: what each rule costs on given claims, and what it
 * finds there.
 */
#ifndef RULES_BENCH_H
#define RULES_BENCH_H

#include "base/diag.h"
#include "scan.h"

#include <stdbool.h>
#include <stdio.h>

/*
 * Scan the inputs once by all rules of options->rules, then once by each that
 * judged anything; nothing is written but the table, dearest rule first.
 *
 * Returns 0 or what the scan returns; FAIL_USAGE for standard input, which
 * cannot be read again.
 */
int rules_bench(FILE *file, const struct scan_options *options, bool json, struct diag *diag);

#endif
