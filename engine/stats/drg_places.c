/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The titles of the DRGs of one base differ behind it alone:
 *
 *	HEART FAILURE AND SHOCK WITH MCC          with
 *	... WITH CC, ... WITH CC/MCC              with
 *	... WITHOUT CC/MCC, ... WITHOUT MCC       without
 *
 * W and W/O stand for WITH and WITHOUT in older lists; what follows the words
 * (MCC OR CHEMOTHERAPY IMPLANT) is no part of the base.  A title whose base is worded
 * otherwise than its siblings' (837 of version 41) is left out.
 */
#include "stats/drg_places.h"

#include "base/budget.h"
#include "lookup/rows_icd.h"
#include "stats/shipped.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ---- Families of a table ---- */

/* The number of a code word; DRG_COUNT: it is none. */
static unsigned drg_number(uint64_t word)
{
	unsigned drg = 0;

	for (; word; word >>= 8) {
		unsigned digit = (unsigned)(word & 0xff) - '0';

		if (digit > 9 || drg > DRG_COUNT / 10)
			return DRG_COUNT;
		drg = 10 * drg + digit;
	}
	return drg;
}

static int place_drgs(
        struct drg_places *places, const struct payer_cell *cell, struct drg_place place)
{
	uint64_t *codes;
	size_t count;
	int err = codes_of_cell(cell, &codes, &count);

	for (size_t i = 0; i < count && err == 0; i++) {
		unsigned drg = drg_number(codes[i]);

		if (drg < DRG_COUNT)
			places->of[drg] = place;
	}
	budget_free(codes);
	return err;
}

static int read_table(struct drg_places *places, const struct payer *table)
{
	size_t count = payer_count(table, PAYER_DRG_FAMILIES);
	int err = 0;

	places->family_count = (unsigned)(count < DRG_COUNT ? count : DRG_COUNT);
	for (unsigned i = 0; i < places->family_count && err == 0; i++) {
		const struct payer_cell *row = payer_row(table, PAYER_DRG_FAMILIES, i);
		struct drg_place place = {
		        .family = (uint16_t)(i + 1), .is_surgical = row[FAMILIES_TYPE].number == 1};

		err = place_drgs(places, &row[FAMILIES_WITHOUT], place);
		place.is_high = true;
		if (err == 0)
			err = place_drgs(places, &row[FAMILIES_WITH], place);
	}
	return err;
}

/* ---- Families of a list of DRGs ---- */

/* A DRG whose title says a severity. */
struct titled {
	const char *title;
	size_t base; /* bytes of the title before the severity */
	unsigned drg;
	uint16_t mdc;
	bool is_high, is_surgical;
};

/* Do the words begin here, as a whole?  Returns their size, or 0. */
static size_t words_size(const char *text, const char *words)
{
	size_t size = strlen(words);

	return strncasecmp(text, words, size) == 0 && !isalpha((unsigned char)text[size]) ? size
	                                                                                  : 0;
}

/* Is what follows, behind any blanks, an MCC or a CC? */
static bool is_severity(const char *text)
{
	while (*text == ' ')
		text++;
	return words_size(text, "MCC") || words_size(text, "CC");
}

/* The title up to its severity, without blanks before it. */
static size_t base_size(const char *title, const char *severity)
{
	while (severity > title && severity[-1] == ' ')
		severity--;
	return (size_t)(severity - title);
}

/* Where the words of a severity begin, the last ones of a title; false: it has none. */
static bool find_severity(struct titled *titled)
{
	static const struct {
		const char *words;
		bool is_high;
	} kinds[] = {{" WITHOUT", false}, {" W/O", false}, {" WITH", true}, {" W", true}};

	for (titled->base = strlen(titled->title); titled->base > 0; titled->base--) {
		const char *at = titled->title + titled->base - 1;

		for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
			size_t size = words_size(at, kinds[i].words);

			titled->is_high = kinds[i].is_high;
			if (size > 0 && is_severity(at + size)) {
				titled->base = base_size(titled->title, at);
				return true;
			}
		}
	}
	return false;
}

/* The row of a DRG that is in force in a fiscal year: at its beginning, else later in it. */
static const struct msdrg_row *row_of_year(const struct set *set, unsigned drg, unsigned year)
{
	int32_t first = date_from_parts((int32_t)year - 1, 10, 1);
	int32_t last = date_from_parts((int32_t)year, 9, 30);
	char text[8];
	int size = snprintf(text, sizeof(text), "%03u", drg);
	const struct set_row *row = set_find(set, set_key_of(set->schema, text, (size_t)size));

	for (unsigned left = row ? 1u + row->more : 0; left > 0; left--) {
		if (row->from <= last && row->to >= first)
			return (const void *)row;
		row = set_next_row(set, row);
	}
	return NULL;
}

static size_t list_titles(const struct set *set, unsigned year, struct titled titles[DRG_COUNT])
{
	size_t count = 0;

	for (unsigned drg = 1; drg < DRG_COUNT; drg++) {
		const struct msdrg_row *row = row_of_year(set, drg, year);
		struct titled titled = {.drg = drg};

		if (!row)
			continue;
		titled.title = set_text(set, row->title);
		titled.mdc = row->mdc;
		titled.is_surgical = row->type & DRG_SURGICAL;
		if (find_severity(&titled))
			titles[count++] = titled;
	}
	return count;
}

static bool is_one_base(const struct titled *a, const struct titled *b)
{
	return a->mdc == b->mdc && a->is_surgical == b->is_surgical && a->base == b->base &&
	       strncasecmp(a->title, b->title, a->base) == 0;
}

/* A base with both kinds is a family; from: the first of its titles, the others are behind it. */
static void place_base(
        struct drg_places *places, const struct titled titles[], size_t from, size_t count)
{
	bool has_high = false, has_low = false;

	for (size_t i = from; i < count; i++) {
		if (!is_one_base(&titles[from], &titles[i]))
			continue;
		has_high |= titles[i].is_high;
		has_low |= !titles[i].is_high;
	}
	if (!has_high || !has_low)
		return;
	places->family_count++;
	for (size_t i = from; i < count; i++)
		if (is_one_base(&titles[from], &titles[i]))
			places->of[titles[i].drg] = (struct drg_place){
			        .family = (uint16_t)places->family_count,
			        .is_high = titles[i].is_high,
			        .is_surgical = titles[i].is_surgical};
}

static int read_set(struct drg_places *places, const struct set *set, unsigned year)
{
	struct titled *titles = budget_alloc(DRG_COUNT * sizeof(*titles));
	size_t count = titles ? list_titles(set, year, titles) : 0;

	for (size_t i = 0; i < count; i++)
		if (places->of[titles[i].drg].family == 0)
			place_base(places, titles, i, count);
	budget_free(titles);
	return titles ? 0 : FAIL_MEMORY;
}

static bool covers(const struct set *set, unsigned year)
{
	return set && (set_covers(set, date_from_parts((int32_t)year - 1, 10, 1)) ||
	                      set_covers(set, date_from_parts((int32_t)year, 9, 30)));
}

/* ---- All ---- */

int drg_places_read(struct drg_places *places, const struct stats *stats, unsigned year)
{
	bool is_own = payer_count(stats->options.payer, PAYER_DRG_FAMILIES) > 0;

	*places = (struct drg_places){0};
	for (unsigned i = 0; i < 2 && !is_own; i++)
		if (covers(stats->options.drg_lists[i], year))
			return read_set(places, stats->options.drg_lists[i], year);
	return read_table(places, is_own ? stats->options.payer : stats->families);
}
