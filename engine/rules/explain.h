/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `claimscan rules list`, `rules explain ID` and `rules template NAME`
 * print, to a stream of the caller's.
 */
#ifndef RULES_EXPLAIN_H
#define RULES_EXPLAIN_H

#include "base/diag.h"

#include <stdio.h>

/* One line a rule: id, tier, state as shipped, name.  All three return 0, or as said. */
int rules_print_list(FILE *out);

/* Returns FAIL_USAGE with a suggestion for a wrong id. */
int rules_print_explain(FILE *out, const char *id, struct diag *diag);

/*
 * The table as CSV, header first, so that it can be redirected into a file;
 * without a name (NULL) all templates, with what each is for.  Returns
 * FAIL_USAGE with a suggestion for a wrong name.
 */
int rules_print_template(FILE *out, const char *name, struct diag *diag);

#endif
