/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/hcc_payable.h"

#include "lookup/rows_icd.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	MODELS = 2,
	CATEGORIES_MAX = 1000, /* numbers have three digits */
	YEAR_V28 = 2024,       /* the first of service that V28 weighs more in */
	NO_BIT = 0xff,
};

struct model {
	uint8_t version;
	uint16_t year; /* of payment: the newest; 0: the model is not loaded */
	uint8_t bit_of[CATEGORIES_MAX];
	unsigned count;
	struct hcc_bits drops[HCC_BITS]; /* by bit: what it drops */
};

struct hcc_payable {
	const struct set *map;
	struct model models[MODELS];
};

static const struct model *model_of(const struct hcc_payable *payable, unsigned year)
{
	const struct model *model = &payable->models[year >= YEAR_V28];

	return model->year ? model : NULL;
}

static const struct hcc_row *map_row(const struct set *set, size_t index)
{
	return (const struct hcc_row *)(const void *)(set->rows + index * set->schema->row_size);
}

static bool is_of(const struct model *model, const struct hcc_row *row)
{
	return row->family == HCC_CMS && row->version == model->version &&
	       row->hcc < CATEGORIES_MAX;
}

/* The newest year of a model, and a bit for each of its categories. */
static int find_categories(struct model *model, const struct set *map, struct diag *diag)
{
	for (size_t i = 0; i < map->row_count; i++) {
		const struct hcc_row *row = map_row(map, i);

		if (is_of(model, row) && row->year > model->year)
			model->year = row->year;
	}
	for (unsigned hcc = 0; hcc < CATEGORIES_MAX; hcc++)
		model->bit_of[hcc] = NO_BIT;
	for (size_t i = 0; i < map->row_count; i++) {
		const struct hcc_row *row = map_row(map, i);

		if (!is_of(model, row) || row->year != model->year ||
		        model->bit_of[row->hcc] != NO_BIT)
			continue;
		if (model->count == HCC_BITS)
			return diag_set(diag, FAIL_TABLE, "hcc: over %d categories of V%u",
			        HCC_BITS, model->version);
		model->bit_of[row->hcc] = (uint8_t)model->count++;
	}
	return 0;
}

static void drop(struct model *model, unsigned hcc, unsigned dropped)
{
	unsigned bit = dropped < CATEGORIES_MAX ? model->bit_of[dropped] : NO_BIT;

	if (bit != NO_BIT)
		model->drops[model->bit_of[hcc]].words[bit / 64] |= (uint64_t)1 << (bit % 64);
}

/* What a category drops: the rows of its number, of this model. */
static void find_drops(struct model *model, const struct set *hierarchies, unsigned hcc)
{
	char text[8];
	int size = snprintf(text, sizeof(text), "%u", hcc);
	const struct set_row *row = set_find(
	        hierarchies, set_key_of(hierarchies->schema, text, (size_t)size));
	unsigned left = row ? 1u + row->more : 0;

	for (; left > 0; left--, row = set_next_row(hierarchies, row)) {
		const struct hcc_hierarchy_row *of = (const void *)row;

		if (of->family == HCC_CMS && of->version == model->version)
			drop(model, hcc, of->dropped);
	}
}

int hcc_payable_create(struct hcc_payable **made, const struct set *hcc,
        const struct set *hierarchies, struct diag *diag)
{
	static const uint8_t versions[MODELS] = {24, 28};
	struct hcc_payable *payable;
	int err = 0;

	*made = NULL;
	if (!hcc)
		return 0;
	payable = calloc(1, sizeof(*payable));
	if (!payable)
		return diag_set(diag, FAIL_MEMORY, "no memory for categories of diagnoses");
	payable->map = hcc;
	for (unsigned i = 0; i < MODELS && err == 0; i++) {
		struct model *model = &payable->models[i];

		model->version = versions[i];
		err = find_categories(model, hcc, diag);
		for (unsigned n = 0; hierarchies && err == 0 && n < CATEGORIES_MAX; n++)
			if (model->bit_of[n] != NO_BIT)
				find_drops(model, hierarchies, n);
	}
	if (err < 0 || (!payable->models[0].year && !payable->models[1].year)) {
		hcc_payable_destroy(payable);
		return err;
	}
	*made = payable;
	return 0;
}

void hcc_payable_destroy(struct hcc_payable *payable)
{
	free(payable);
}

unsigned hcc_payable_model(const struct hcc_payable *payable, unsigned year)
{
	const struct model *model = model_of(payable, year);

	return model ? model->version : 0;
}

void hcc_payable_add(
        const struct hcc_payable *payable, unsigned year, uint64_t word, struct hcc_bits *bits)
{
	const struct model *model = model_of(payable, year);
	const struct set_row *row;
	unsigned left;

	if (!model || !word)
		return;
	row = set_find(payable->map, code_key(SYSTEM_ICD10CM, word));
	left = row ? 1u + row->more : 0;
	for (; left > 0; left--, row = set_next_row(payable->map, row)) {
		const struct hcc_row *of = (const void *)row;

		if (!is_of(model, of) || of->year != model->year)
			continue;
		unsigned bit = model->bit_of[of->hcc];

		bits->words[bit / 64] |= (uint64_t)1 << (bit % 64);
	}
}

struct hcc_bits hcc_payable_rank(
        const struct hcc_payable *payable, unsigned year, const struct hcc_bits *bits)
{
	const struct model *model = model_of(payable, year);
	struct hcc_bits left = *bits;

	for (unsigned bit = 0; model && bit < model->count; bit++) {
		if (!(bits->words[bit / 64] >> (bit % 64) & 1))
			continue;
		left.words[0] &= ~model->drops[bit].words[0];
		left.words[1] &= ~model->drops[bit].words[1];
	}
	return left;
}
