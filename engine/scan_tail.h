/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A scan with --history: the tail of earlier months is read beside the inputs,
 * its lines marked LINE_OLD, and the next tail is written when all is judged.
 *
 *	inputs ---------------> batches ------> all stages          run directory
 *	        \              tail's batches > only what joins           |
 *	         second reading, once all is known ----> the lines kept > tail
 *
 * What is not said to need a tail may be called without one, and does nothing.
 */
#ifndef SCAN_TAIL_H
#define SCAN_TAIL_H

#include "history/history.h"
#include "report/quality.h"
#include "scan_private.h"

/* Open the tail, if there is to be one; the scan's inputs and layouts are there. */
int scan_tail_open(struct scan *scan);
void scan_tail_close(struct scan *scan);

/* ---- Reading it: in each attempt ---- */

void scan_tail_rewind(struct scan *scan);
uint64_t scan_tail_bytes(const struct scan *scan); /* of the packs that are read; 0: none */

/* The next span of the tail's packs; NULL: none is left.  Any thread. */
const struct span *scan_tail_take(struct scan *scan);

/* A reader of the tail's packs for a worker; options.packs and plan are filled in. */
int scan_tail_reader(
        const struct scan *scan, struct pack_reader_options *options, struct worker *worker);

/* What old lines are judged by: the rules whose unit is a claim that may be new. */
const struct rule_selection *scan_tail_selection(const struct scan *scan);

/* Lines before this day would have had others beside them; DATE_ABSENT: none. */
int32_t scan_tail_begins(const struct scan *scan);

/* The tail is as it was, and none of the inputs is in it. */
int scan_tail_check(struct scan *scan, struct diag *diag);

/* Without a scan: would one be refused for an input that the tail has already? */
int scan_tail_explain(const struct scan *scan, struct diag *diag);

/* How far the data reach with it. */
void scan_tail_edges(const struct scan *scan, struct history_options *options);

/* ---- Writing the next one ---- */

/* Beside its name, from a second reading: the run can tell of it.  Then its name. */
int scan_tail_write(struct scan *scan);
int scan_tail_commit(struct scan *scan);

/* What there is to tell; false: nothing. */
bool scan_tail_tell(const struct scan *scan, struct quality_tail *told);

#endif
