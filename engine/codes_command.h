/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `claimscan codes build|info|lookup|diff`.
 */
#ifndef CODES_COMMAND_H
#define CODES_COMMAND_H

#include "base/diag.h"

/* The arguments behind `codes`.  0, or a negative errno with diag set. */
int codes_command(int argc, char **argv, struct diag *diag);

#endif
