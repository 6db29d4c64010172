/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The man page and the shell completions, from options.def: what an option is
 * stands there once.
 */
#ifndef MANUAL_H
#define MANUAL_H

#include "base/diag.h"

#include <stdio.h>

/* `claimscan --man`: claimscan.1, for man(1). */
void manual_page(FILE *file);

/* `claimscan --completion SHELL`: bash, zsh, fish; FAIL_USAGE for another. */
int manual_completion(FILE *file, const char *shell, struct diag *diag);

#endif
