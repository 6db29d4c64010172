/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packed rows, sorted and written by several threads: a sample of the rows
 * gives bounds, which cut all of them into ranges; each range is sorted and
 * printed by one thread.
 */
#ifndef REPORT_ROW_RANGES_H
#define REPORT_ROW_RANGES_H

#include "report/run.h"
#include "report/sort.h"

#include <stddef.h>

/*
 * Write rows (report/row.h) to a file in their order.  Returns 0 or
 * FAIL_MEMORY; failures to write are told when out is closed.
 */
int rows_write_sorted(
        struct out *out, const struct sort_item *items, size_t count, unsigned threads);

#endif
