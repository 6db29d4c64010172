/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of the Medicare Code Editor's edits, in both of the files that have them.
 */
#ifndef LOOKUP_MCE_FLAGS_H
#define LOOKUP_MCE_FLAGS_H

#include "lookup/release.h"

#include <stdint.h>

/* Names of bits MCE_*, from 0; NULL-ended. */
extern const char *const mce_flag_names[];

/* The bit of a word of a CSV ("unacceptable"), or of an edit list ("Adult_Only"); 0: none. */
uint32_t mce_flag_of_word(struct cell word);
uint32_t mce_flag_of_edit(struct cell edit);

#endif
