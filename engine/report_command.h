/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `claimscan report`: the reports that are made from tables, again, from a
 * finished run.
 */
#ifndef REPORT_COMMAND_H
#define REPORT_COMMAND_H

#include "base/diag.h"

/* The arguments behind `report`.  0, or a negative errno with diag set. */
int report_command(int argc, char **argv, struct diag *diag);

#endif
