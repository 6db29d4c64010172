/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `claimscan diff`: what a change of rules, codes, settings or claims did.
 */
#ifndef DIFF_COMMAND_H
#define DIFF_COMMAND_H

#include "base/diag.h"

/* The arguments behind `diff`.  0, whatever differs, or a negative errno with diag set. */
int diff_command(int argc, char **argv, struct diag *diag);

#endif
