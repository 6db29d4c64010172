/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a line's modifiers say, as bits: looked up once, when a line becomes an
 * event, for rules ask of each of four modifiers whether it is one of a list.
 */
#ifndef HISTORY_MARKS_H
#define HISTORY_MARKS_H

#include "claim.h"

#include <stdint.h>

enum {
	MARK_25 = 1 << 0,
	MARK_VISIT = 1 << 1,     /* 24, 25, 57 */
	MARK_27 = 1 << 2,        /* a visit of a hospital's */
	MARK_91 = 1 << 3,        /* a test done again */
	MARK_REPEAT = 1 << 4,    /* 76, 77 */
	MARK_REASON = 1 << 5,    /* 58, 78, 79: why it comes later */
	MARK_ASSISTANT = 1 << 6, /* 80, 81, 82, AS */
	MARK_FS = 1 << 7,        /* a visit that two shared */
	MARK_ANATOMIC = 1 << 8,
	MARK_ANYWHERE = 1 << 9, /* of the NCCI PTP-associated ones those that count on any line */
	MARK_59 = 1 << 10,
	MARK_SUBSET = 1 << 11, /* XE, XP, XS, XU */
	MARKS = 12,
};

/* From '0' to 'Z', which all modifiers are of. */
enum { MARKS_FIRST = '0', MARKS_CHARS = 'Z' - MARKS_FIRST + 1 };
extern const uint16_t marks_by_modifier[MARKS_CHARS][MARKS_CHARS];

/* Of all the modifiers of a line. */
static inline uint16_t marks_of(const uint16_t modifiers[MODIFIERS_MAX])
{
	uint16_t marks = 0;

	for (unsigned m = 0; m < MODIFIERS_MAX; m++) {
		unsigned first = (unsigned)(modifiers[m] & 0xff) - MARKS_FIRST;
		unsigned second = (unsigned)(modifiers[m] >> 8) - MARKS_FIRST;

		if (first < MARKS_CHARS && second < MARKS_CHARS)
			marks |= marks_by_modifier[first][second];
	}
	return marks;
}

#endif
