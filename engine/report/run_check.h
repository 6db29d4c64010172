/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is a finished run whole?  Asked once before reports are made from it again, so
 * that every kind refuses the same runs.
 */
#ifndef REPORT_RUN_CHECK_H
#define REPORT_RUN_CHECK_H

#include "base/diag.h"
#include "report/run_folder.h"

/*
 * Reads all that reports are made from.  FAIL_INPUT if a table is not there that
 * the run has rows of; FAIL_DATA, with file and line, if a document is no JSON, if
 * a table has another count of rows than the manifest says, or no number where
 * one belongs.  stopped may be NULL; not 0 ends with FAIL_STOPPED.
 */
int run_check(const struct run_folder *folder, int (*stopped)(void), struct diag *diag);

#endif
