/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A comparison of two runs, told: text for people, a page, JSON.
 */
#ifndef DIFF_TELL_H
#define DIFF_TELL_H

#include "diff.h"
#include "report/run.h"

#include <stdio.h>

int diff_print(FILE *file, const struct diff *diff, struct diag *diag);
int diff_page(struct out *out, const struct diff *diff, struct diag *diag);
void diff_json(struct out *out, const struct diff *diff);

#endif
