/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts, each once, numbered from 0 in the order in which they came.
 *
 * A text may hold any bytes: keys of several parts are texts too.
 */
#ifndef REPORT_NAMES_H
#define REPORT_NAMES_H

#include "base/diag.h"
#include "regroup/finding.h" /* struct text */

#include <stddef.h>
#include <stdint.h>

struct names;

int names_create(struct names **names, struct diag *diag); /* 0 or FAIL_MEMORY */
void names_destroy(struct names *names);                   /* takes NULL */

/* The number of a text, which is taken up if it is new; FAIL_MEMORY. */
int32_t names_add(struct names *names, const void *text, size_t size);

/* ... and if it may not be taken up: -1 if it is not there. */
int32_t names_find(const struct names *names, const void *text, size_t size);

uint32_t names_count(const struct names *names);
struct text names_at(const struct names *names, uint32_t number); /* until the next names_add() */

#endif
