/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guard of text cells: an apostrophe before what a spreadsheet would take
 * for a formula.
 *
 * Texts that begin with apostrophes and then such a character get one more, so
 * that the guard can be taken off again without a doubt:
 *
 *     =1+1   is written  '=1+1        '=1+1  is written  ''=1+1
 *     'abc   is written  'abc         -5     is written  -5
 */
#ifndef REPORT_FORMULA_H
#define REPORT_FORMULA_H

#include <stdbool.h>
#include <stddef.h>

/* The same for any text; asked only where the first character leaves a doubt. */
bool formula_is_guarded(const char *text, size_t size);

/* Must the text be guarded?  Nearly all begin with a letter or a digit. */
static inline bool formula_needs_guard(const char *text, size_t size)
{
	return size > 0 && text[0] <= '@' && (text[0] < '0' || text[0] > '9') &&
	       formula_is_guarded(text, size);
}

/* Bytes of the guard that a written cell begins with: 0 or 1. */
size_t formula_guard_size(const char *cell, size_t size);

#endif
