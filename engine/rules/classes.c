/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/classes.h"

/* The words of the column system, in the order of lookup/payer.def. */
enum { OF_DIAGNOSES, OF_PROCEDURES };

void classes_begin(struct classes *walk, const struct rule_context *context,
        const struct batch *batch, uint32_t line, uint32_t slots, int32_t day)
{
	*walk = (struct classes){
	        .payer = context->payer, .batch = batch, .line = line, .slots = slots, .day = day};
}

/* The code behind a slot; 0: none. */
static uint64_t slot_code(const struct classes *walk, unsigned slot)
{
	const struct batch *batch = walk->batch;

	if (slot == CLASS_PROCEDURE)
		return batch->hcpcs[walk->line];
	if (slot >= batch->diagnosis_count[walk->line] || !(walk->slots >> slot & 1))
		return 0;
	return batch->diagnosis[slot][walk->line];
}

static bool applies(const struct classes *walk, const struct payer_cell *cells, unsigned slot)
{
	int system = slot == CLASS_PROCEDURE ? OF_PROCEDURES : OF_DIAGNOSES;

	return cells[CLASSES_SYSTEM].number == system &&
	       (walk->day == DATE_ABSENT || (walk->day >= cells[CLASSES_FROM].number &&
	                                            walk->day <= cells[CLASSES_TO].number));
}

bool classes_next(struct classes *walk, struct class_row *row)
{
	for (;;) {
		const struct payer_cell *cells = walk->rows;
		uint64_t code;

		while (walk->count == 0) {
			if (walk->next_slot > CLASS_PROCEDURE)
				return false;
			code = slot_code(walk, walk->next_slot++);
			if (code)
				cells = walk->rows = payer_find(walk->payer, PAYER_AGE_SEX_CLASSES,
				        (int64_t)code, &walk->count);
		}
		walk->rows += payer_columns(PAYER_AGE_SEX_CLASSES);
		walk->count--;
		if (!applies(walk, cells, walk->next_slot - 1))
			continue;
		*row = (struct class_row){.slot = walk->next_slot - 1,
		        .age_from = (int)cells[CLASSES_AGE_FROM].number,
		        .age_to = (int)cells[CLASSES_AGE_TO].number,
		        .sex = (enum sex)cells[CLASSES_SEX].number};
		return true;
	}
}
