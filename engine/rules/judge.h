/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a rule's judge() works with: the batch, what several rules ask of it,
 * and where the marks go.  For the files of this folder only.
 *
 * A rule fills a struct marks for a check, a byte a line, and hands it over.
 * Bytes, because sixteen of them are judged at once by any CPU; the masks of
 * verdicts are put together once, when all rules have spoken.
 *
 * What several rules need is worked out when the first of them asks, so a run
 * pays only for what its rules read.
 */
#ifndef RULES_JUDGE_H
#define RULES_JUDGE_H

#include "base/level.h"
#include "rules/modifiers.h"
#include "rules/outside.h"
#include "rules/rules.h"

#include <string.h>

/* Rules are compiled once a level, and so is what they call. */
#ifdef HOT
#define judging_base HOT(judging_base)
#define judging_mark HOT(judging_mark)
#define judging_ready HOT(judging_ready)
#define judging_context HOT(judging_context)
#define judging_batch HOT(judging_batch)
#define judging_days HOT(judging_days)
#define judging_diagnoses HOT(judging_diagnoses)
#define judging_procedures HOT(judging_procedures)
#define judging_modified HOT(judging_modified)
#define judging_outside HOT(judging_outside)
#define line_slots HOT(line_slots)
#define line_days HOT(line_days)
#define line_first_slot HOT(line_first_slot)
#define line_age HOT(line_age)
#define code_number HOT(code_number)
#endif

enum { AGE_MAX = 124 }; /* MCE: an age above it is a wrong birth date */

/*
 * 0 or 1 a line.  What is not in scope cannot be evaluated, nor hit what is not.
 * Bytes behind the batch's last line may hold anything, and so may those of its
 * columns: loops that a compiler vectorises run over all BATCH_LINES, which takes
 * it a third of the time that a count does.
 */
struct marks {
	uint8_t scope[BATCH_LINES] COLUMN;
	uint8_t evaluated[BATCH_LINES] COLUMN;
	uint8_t hits[BATCH_LINES] COLUMN;
};

/* Hand over the marks of check k; its scope is within judging_base(k). */
void judging_mark(struct judging *judging, unsigned k, const struct marks *marks);

/* The units that check k is about, by BASE_*: a byte a line, until the rule returns. */
const uint8_t *judging_base(struct judging *judging, unsigned k);

/* Has the layout, or a side file, all that check k needs? */
bool judging_ready(const struct judging *judging, unsigned k);

const struct rule_context *judging_context(const struct judging *judging);
const struct batch *judging_batch(const struct judging *judging);

/*
 * The key days: inpatient the discharge date, else thru; all others from and
 * thru in order.  DATE_ABSENT in low: no date.
 */
struct key_days {
	int32_t low[BATCH_LINES] COLUMN;
	int32_t high[BATCH_LINES] COLUMN;
};
const struct key_days *judging_days(struct judging *judging);

/* The line's diagnoses folded into one: all that are judged on it and known. */
struct diagnosis_fold {
	uint32_t slots[BATCH_LINES] COLUMN;      /* bits: which are judged and not blank */
	uint32_t blank[BATCH_LINES] COLUMN;      /* which would be, but are blank */
	uint32_t unknown[BATCH_LINES] COLUMN;    /* of these, not in the set */
	uint32_t flags[BATCH_LINES] COLUMN;      /* DX_* of any */
	int32_t from[BATCH_LINES] COLUMN;        /* the latest start of a window */
	int32_t to[BATCH_LINES] COLUMN;          /* the earliest end */
	int32_t header_from[BATCH_LINES] COLUMN; /* the earliest turn to a header */
	uint32_t any_flags, any_unknown;         /* of the batch */
};
const struct diagnosis_fold *judging_diagnoses(struct judging *judging);

/* The procedure's attributes, column by column. */
struct procedure_fold {
	uint32_t flags[BATCH_LINES] COLUMN;
	int32_t from[BATCH_LINES] COLUMN;
	int32_t to[BATCH_LINES] COLUMN;
	uint8_t pctc[BATCH_LINES] COLUMN;
	uint8_t aged[BATCH_LINES] COLUMN;     /* the code has an age range */
	uint8_t unlisted[BATCH_LINES] COLUMN; /* a code that is not in the set */
	uint32_t any_flags;
	bool any_aged;
};
const struct procedure_fold *judging_procedures(struct judging *judging);

/* The lines with a modifier, and what they have of those in rules/modifiers.h. */
struct modified_lines {
	uint16_t lines[BATCH_LINES];
	uint32_t has[BATCH_LINES]; /* HAS_* */
	uint32_t has_any;          /* of the batch */
	uint32_t count;
};
const struct modified_lines *judging_modified(struct judging *judging);

/*
 * A byte a line: a day that a set of check k does not cover, so that what the set
 * says of it must not count.  All 0 where the nearest day is to be judged by.  Until
 * the next call.
 */
const uint8_t *judging_outside(struct judging *judging, unsigned k);

/* The same of one line, for tell(). */
static inline bool line_not_covered(const struct rule_context *context, const struct batch *batch,
        uint32_t line, unsigned parts)
{
	return !codes_nearest(context->codes) && line_outside(context->codes, batch, line, parts);
}

/* ---- One line, for tell() and for the rare line that a fold cannot settle. ---- */

/*
 * Which diagnosis slots are judged on a line, blank ones too: those pointed at
 * where the line has pointers, else all.
 */
uint32_t line_slots(const struct batch *batch, uint32_t line);
void line_days(const struct batch *batch, uint32_t line, int32_t *low, int32_t *high);

/* The first slot pointed at (from 0), or 0. */
unsigned line_first_slot(const struct batch *batch, uint32_t line);

/* Whether a slot carries the line: the first diagnosis or the first pointer. */
static inline bool line_slot_leads(const struct batch *batch, uint32_t line, unsigned slot)
{
	return slot == 0 || slot == line_first_slot(batch, line);
}

/* HAS_* of all its modifiers. */
static inline uint32_t line_modifiers(const struct batch *batch, uint32_t line)
{
	uint32_t has = 0;

	for (unsigned m = 0; m < MODIFIERS_MAX; m++)
		has |= modifier_bits(batch->modifiers[m][line]);
	return has;
}

static inline bool line_has_modifier(const struct batch *batch, uint32_t line, uint16_t modifier)
{
	bool has = false;

	for (unsigned m = 0; m < MODIFIERS_MAX; m++)
		has |= batch->modifiers[m][line] == modifier;
	return has;
}

/* The age in whole years for age edits, or -1: unknown or a date that stands for it. */
int line_age(const struct batch *batch, uint32_t line);

/* Is a diagnosis a header on a day? */
static inline bool diagnosis_is_header(const struct diagnosis_attributes *dx, int32_t day)
{
	return dx->header_from != INT32_MAX ? day >= dx->header_from : (dx->flags & DX_HEADER) != 0;
}

/* One character of a code. */
static inline unsigned code_char(uint64_t word, unsigned index)
{
	return (unsigned)(word >> (8 * index) & 0xff);
}

static inline bool char_is_digit(unsigned c)
{
	return c - '0' < 10;
}

/* The number in the last four characters of a code of five (A0425: 425), or -1. */
int code_number(uint64_t word);

/* First two characters of a bill type. */
static inline uint16_t bill_class(uint32_t bill_type)
{
	return (uint16_t)(bill_type & 0xffff);
}

/* The first line from i on that is marked; BATCH_LINES: none. */
static inline uint32_t marks_next(const uint8_t bytes[BATCH_LINES], uint32_t i)
{
	uint64_t word;

	for (; i % sizeof(word) && i < BATCH_LINES; i++)
		if (bytes[i])
			return i;
	for (; i < BATCH_LINES; i += sizeof(word)) {
		memcpy(&word, bytes + i, sizeof(word));
		if (word)
			return i + (uint32_t)__builtin_ctzll(word) / 8;
	}
	return BATCH_LINES;
}

static inline int32_t earlier(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

static inline int32_t later(int32_t a, int32_t b)
{
	return a < b ? b : a;
}

static inline bool marks_any(const uint8_t bytes[BATCH_LINES], uint32_t count)
{
	uint8_t any = 0;

	for (uint32_t i = 0; i < count; i++)
		any |= bytes[i];
	return any != 0;
}

#endif
