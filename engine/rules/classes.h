/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ages and sexes that a payer says the codes of a line are for: the table
 * age_sex_classes, beside the classes of the code sets.  For the files of this
 * folder only.
 *
 *	struct classes walk;
 *	struct class_row row;
 *
 *	classes_begin(&walk, context, batch, line, slots, day);
 *	while (classes_next(&walk, &row))
 *		...
 */
#ifndef RULES_CLASSES_H
#define RULES_CLASSES_H

#include "rules/rules.h"

enum { CLASS_PROCEDURE = DIAGNOSES_MAX };

struct class_row {
	unsigned slot;        /* of a diagnosis, from 0, or CLASS_PROCEDURE */
	int age_from, age_to; /* whole years, both inclusive; -1: open */
	enum sex sex;         /* SEX_BLANK: either */
};

struct classes { /* as classes_next() left it */
	const struct payer *payer;
	const struct batch *batch;
	const struct payer_cell *rows;
	size_t count;
	uint32_t line, slots;
	int32_t day;
	unsigned next_slot;
};

static inline bool classes_given(const struct rule_context *context)
{
	return payer_count(context->payer, PAYER_AGE_SEX_CLASSES) != 0;
}

/* slots: bits of the diagnoses that are judged.  day: DATE_ABSENT for any. */
void classes_begin(struct classes *walk, const struct rule_context *context,
        const struct batch *batch, uint32_t line, uint32_t slots, int32_t day);

/* The next row in force on the day that is about a code of the line; false: no more. */
bool classes_next(struct classes *walk, struct class_row *row);

/* Does a row say anything of age?  Is an age outside of it? */
static inline bool class_has_ages(const struct class_row *row)
{
	return row->age_from >= 0 || row->age_to >= 0;
}

static inline bool class_bars_age(const struct class_row *row, int age)
{
	return age < row->age_from || (row->age_to >= 0 && age > row->age_to);
}

#endif
