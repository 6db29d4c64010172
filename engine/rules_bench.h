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

enum { BENCH_ROUNDS = 5, BENCH_ROUNDS_MAX = 99 };

struct rules_bench_options {
	const struct scan_options *scan;
	unsigned rounds; /* 1 to BENCH_ROUNDS_MAX */
	bool json;
};

/*
 * Scan the inputs once by all rules of scan->rules, then once by each that judged
 * anything, and so again, round by round; nothing is written but the table of
 * medians, dearest rule first.
 *
 * Returns 0 or what the scan returns; FAIL_USAGE for standard input, which
 * cannot be read again.
 */
int rules_bench(FILE *file, const struct rules_bench_options *options, struct diag *diag);

#endif
