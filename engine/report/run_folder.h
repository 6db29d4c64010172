/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run directory to read from: a finished run's, or that of the run at hand
 * before it has its name.
 */
#ifndef REPORT_RUN_FOLDER_H
#define REPORT_RUN_FOLDER_H

#include "base/diag.h"
#include "report/run.h"

#include <stdbool.h>

struct run_folder {
	int directory;    /* descriptor */
	const char *path; /* as the user knows it, for messages; the caller keeps the text */
};

/*
 * Open a finished run.  FAIL_INPUT if there is no such directory or it may not
 * be read, FAIL_DATA if it is none of ours.
 */
int run_folder_open(struct run_folder *folder, const char *path, struct diag *diag);
void run_folder_close(struct run_folder *folder); /* once; of an opened one */

/* The run at hand: valid until run_commit(); not to be closed. */
struct run_folder run_folder_of(const struct run *run);

bool run_folder_has(const struct run_folder *folder, const char *name);

/* Open a file of it for reading.  Returns its descriptor, FAIL_INPUT or FAIL_DATA. */
int run_folder_open_file(const struct run_folder *folder, const char *name, struct diag *diag);

#endif
