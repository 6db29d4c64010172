/* SPDX-License-Identifier: Apache-2.0 */
/*
 * norms.csv: what the peers of a run were like (stats/norms.h), for --norms of
 * the next.  Groups of fewer than 11 are not in it.
 */
#ifndef REPORT_NORMS_TABLE_H
#define REPORT_NORMS_TABLE_H

#include "report/run.h"
#include "stats/stats.h"

/* *rows: without the header.  What fails is told when out is closed. */
void norms_table_write(const struct stats *stats, struct out *out, uint64_t *rows);

#endif
