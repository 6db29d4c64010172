/* SPDX-License-Identifier: Apache-2.0 */
#include "stats/shipped.h"

#include "base/budget.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* codesets.cmake says where; from the root of the sources otherwise. */
#ifndef CODESETS_FOLDER
#define CODESETS_FOLDER "codesets"
#endif

/* The assembler copies the files in. */
#define SHIP(name) \
	__asm__(".pushsection .rodata\n" \
	        "stats_" #name ":\n" \
	        ".incbin \"" CODESETS_FOLDER "/" #name ".csv\"\n" \
	        "stats_" #name "_end:\n" \
	        ".popsection\n"); \
	extern const char stats_##name[] __attribute__((visibility("hidden"))); \
	extern const char stats_##name##_end[] __attribute__((visibility("hidden")))

SHIP(specialty_packs);
SHIP(drg_targets);
SHIP(drg_families);
SHIP(carc_groups);

int shipped_packs(struct payer **table, struct diag *diag)
{
	return payer_create_text(table, PAYER_SPECIALTY_PACKS, stats_specialty_packs,
	        (size_t)(stats_specialty_packs_end - stats_specialty_packs), diag);
}

int shipped_targets(struct payer **table, struct diag *diag)
{
	return payer_create_text(table, PAYER_DRG_TARGETS, stats_drg_targets,
	        (size_t)(stats_drg_targets_end - stats_drg_targets), diag);
}

int shipped_families(struct payer **table, struct diag *diag)
{
	return payer_create_text(table, PAYER_DRG_FAMILIES, stats_drg_families,
	        (size_t)(stats_drg_families_end - stats_drg_families), diag);
}

int shipped_carc_groups(struct payer **table, struct diag *diag)
{
	return payer_create_text(table, PAYER_CARC_GROUPS, stats_carc_groups,
	        (size_t)(stats_carc_groups_end - stats_carc_groups), diag);
}

static int compare_codes(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

/* The table was checked when it was read: letters, digits, dots and blanks. */
int codes_of_cell(const struct payer_cell *cell, uint64_t **codes, size_t *count)
{
	const char *text = cell->text;

	*count = 0;
	*codes = budget_calloc(strlen(text) / 2 + 1, sizeof(**codes));
	if (!*codes)
		return FAIL_MEMORY;
	while (*text) {
		size_t size = 0;
		uint64_t word = 0;

		for (; *text && *text != ' '; text++) {
			if (*text != '.')
				word |= (uint64_t)toupper((unsigned char)*text) << (8 * size++);
		}
		if (word)
			(*codes)[(*count)++] = word;
		text += *text == ' ';
	}
	qsort(*codes, *count, sizeof(**codes), compare_codes);
	return 0;
}

int codes_have(const uint64_t codes[], size_t count, uint64_t code)
{
	return count > 0 && bsearch(&code, codes, count, sizeof(*codes), compare_codes) != NULL;
}
