/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which rules a line concerns, as a word of bits: of a beneficiary whose lines
 * concern a rule in nothing it is not asked.  Most have a few lines that concern
 * a few rules.
 *
 *   a line         its code, or one of its modifiers; and its claim's type and setting
 *   a beneficiary  what its lines concern together, less what needs several
 *                  lines of a day that it has not
 *
 * What a rule says here (struct concern) may be too wide, never too narrow: a rule
 * that is not asked would have counted and found nothing (tests/test_concern.c).
 */
#ifndef HISTORY_CONCERN_H
#define HISTORY_CONCERN_H

#include "claim.h"
#include "history/edits.h"
#include "history/history.h"
#include "history/marks.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* A code, as rules are asked of it. */
struct coded {
	const struct history_options *options;
	const struct edits *practitioner, *hospital;
	uint64_t code;
	const struct procedure_attributes *px;
};

/* What a beneficiary's days are like. */
enum {
	DAYS_SEVERAL = 1 << 0,  /* a provider's lines stand on several days */
	DAYS_CODES = 1 << 1,    /* a day and provider have several codes */
	DAYS_REPEATED = 1 << 2, /* ... or several lines of one code */
	DAYS_CODE_MET = 1 << 3, /* a day may have several lines of one code, whosever */
	DAYS_BITS = 4,
};

/* Lines that a rule can be about; all zero: any. */
struct concern {
	bool (*code)(const struct coded *coded); /* by their code ... */
	uint16_t marks;                          /* ... or by one of these modifiers (MARK_*) */
	uint8_t types, settings;                 /* bits of enum claim_type, enum setting; 0: all */
	bool diagnoses;                          /* their claim has some of the groups */
	uint8_t days;                            /* DAYS_*, all of them */
};

enum { CONCERN_SETTINGS = SETTING_NONE + 1 };

/* Rules by their place in history.def. */
struct concerns {
	struct coded coded;       /* but for the code */
	uint64_t judged, settled; /* active, with something to do then */
	uint64_t any;             /* whatever a line's code and modifiers are */
	uint64_t undiagnosed;
	uint64_t kinds[CLAIM_TYPES][CONCERN_SETTINGS];
	uint64_t marks[MARKS];
	uint64_t days[1 << DAYS_BITS];

	/* By a code's row, as asked: the rules; CONCERN_KNOWN: it was. */
	_Atomic uint64_t *codes;
	size_t code_count;
};

/* edits: both made.  0 or FAIL_MEMORY; concerns_free() takes half of it too. */
int concerns_init(struct concerns *concerns, const struct history_options *options,
        const struct edits *practitioner, const struct edits *hospital);
void concerns_free(struct concerns *concerns);

/* The rules that a code concerns; ref: its row on the line's day.  Any thread. */
#define CONCERN_KNOWN ((uint64_t)1 << 63)
uint64_t concerns_find_code(const struct concerns *concerns, uint64_t code, uint32_t ref);

static inline uint64_t concerns_of_code(
        const struct concerns *concerns, uint64_t code, uint32_t ref)
{
	uint64_t known = ref > 0 || code == CODE_BLANK
	                         ? atomic_load_explicit(&concerns->codes[ref], memory_order_relaxed)
	                         : 0;

	return known & CONCERN_KNOWN ? known : concerns_find_code(concerns, code, ref);
}

/* ... and its modifiers. */
static inline uint64_t concerns_of_marks(const struct concerns *concerns, uint16_t marks)
{
	uint64_t rules = 0;

	for (unsigned left = marks; left; left &= left - 1)
		rules |= concerns->marks[__builtin_ctz(left)];
	return rules;
}

#endif
