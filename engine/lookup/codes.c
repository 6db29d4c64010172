/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/codes.h"

#include "base/hash.h"
#include "lookup/codes_kinds.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The fictional NPIs that the starter's list of exclusions knows. */
enum { EXCLUSION_FIRST = 1000000000, EXCLUSION_LAST = 1002999999 };

/* ---- Opening ---- */

/* The tables of the systems: word with its tag to ref. */
static int build_table(struct codes *codes, const struct codes_source *source, struct diag *diag)
{
	enum code_system system = codes_kind_system(source->kind);
	size_t count = codes->counts[system] - 1;
	uint64_t *keys = malloc((count + 1) * sizeof(*keys));
	uint32_t *refs = malloc((count + 1) * sizeof(*refs));
	struct diag inner;
	int err = FAIL_MEMORY;

	diag_init(&inner);
	if (!keys || !refs)
		goto done;
	for (size_t i = 0; i < count; i++) {
		keys[i] = code_key(system, codes->words[system][i + 1]);
		refs[i] = (uint32_t)(i + 1);
	}
	phash_destroy(&codes->tables[system]);
	err = phash_build(&codes->tables[system], keys, refs, count, &inner);
done:
	if (err)
		diag_set(diag, err, "%s: %s", source->file,
		        inner.text[0] ? inner.text : "no memory");
	free(keys);
	free(refs);
	return err;
}

static int build_taxonomy(struct codes *codes, const char *file, struct diag *diag)
{
	size_t count = codes->taxonomy_count;
	uint64_t *keys = malloc((count + 1) * sizeof(*keys));
	uint32_t *indexes = malloc((count + 1) * sizeof(*indexes));
	struct diag inner;
	int err = FAIL_MEMORY;

	diag_init(&inner);
	if (!keys || !indexes)
		goto done;
	for (size_t i = 0; i < count; i++) {
		keys[i] = codes_taxonomy_key(codes->taxonomies[i].words);
		indexes[i] = (uint32_t)(i + 1);
	}
	phash_destroy(&codes->taxonomy);
	err = phash_build(&codes->taxonomy, keys, indexes, count, &inner);
done:
	if (err)
		diag_set(diag, err, "%s: %s", file, inner.text[0] ? inner.text : "no memory");
	free(keys);
	free(indexes);
	return err;
}

static int compare_exclusions(const void *left, const void *right)
{
	const struct exclusion *a = left, *b = right;

	if (a->npi != b->npi)
		return a->npi < b->npi ? -1 : 1;
	return a->from < b->from ? -1 : a->from > b->from;
}

static void describe(struct codes *codes, const struct codes_source *source, size_t rows)
{
	struct hash128 hash = hash128(source->text, (size_t)(source->end - source->text));

	codes->sets[codes->set_count++] = (struct codes_set_info){
	        .name = source->name,
	        .release = source->release,
	        .from = INT32_MIN,
	        .to = INT32_MAX,
	        .hash = {hash.low, hash.high},
	        .codes = rows,
	        .partial = source->partial,
	};
}

static int open_source(struct codes *codes, const struct codes_source *source, struct diag *diag)
{
	enum code_system system = codes_kind_system(source->kind);
	size_t rows;
	int err = codes_read(codes, source, &rows, diag);

	if (err)
		return err;
	describe(codes, source, rows);
	if (source->kind == KIND_MODIFIERS)
		codes->partial[SYSTEM_MODIFIER] = source->partial;
	if (source->kind == KIND_TAXONOMY)
		return build_taxonomy(codes, source->file, diag);
	if (source->kind == KIND_EXCLUSIONS)
		qsort(codes->exclusions, codes->exclusion_count, sizeof(*codes->exclusions),
		        compare_exclusions);
	if (system == SYSTEM_NONE)
		return 0;
	codes->partial[system] = source->partial;
	return build_table(codes, source, diag);
}

/* A table with no keys for what is not there, so that each look-up has one. */
static int open_empty(struct codes *codes, struct diag *diag)
{
	int err = phash_build(&codes->taxonomy, NULL, NULL, 0, diag);

	for (int system = 0; system < SYSTEM_COUNT && !err; system++) {
		codes->partial[system] = true;
		err = phash_build(&codes->tables[system], NULL, NULL, 0, diag);
	}
	return err;
}

/* Ref 0: nothing is known, and no day is in force.  A kind that is not there has just that. */
static bool clear_unknown(struct codes *codes)
{
	if (!codes->diagnoses)
		codes->diagnoses = malloc(sizeof(*codes->diagnoses));
	if (!codes->procedures)
		codes->procedures = malloc(sizeof(*codes->procedures));
	if (!codes->icd10pcs)
		codes->icd10pcs = malloc(sizeof(*codes->icd10pcs));
	if (codes->diagnoses)
		codes->diagnoses[0] = (struct diagnosis_attributes){
		        .from = INT32_MAX, .to = INT32_MIN, .header_from = INT32_MAX};
	if (codes->procedures)
		codes->procedures[0] = (struct procedure_attributes){
		        .from = INT32_MAX, .to = INT32_MIN, .age_to = UINT8_MAX};
	if (codes->icd10pcs)
		codes->icd10pcs[0] = (struct code_window){.from = INT32_MAX, .to = INT32_MIN};
	return codes->diagnoses && codes->procedures && codes->icd10pcs;
}

int codes_open_sources(
        struct codes **codes, const struct codes_source sources[], size_t count, struct diag *diag)
{
	struct codes *made = calloc(1, sizeof(*made));
	int err;

	assert(count <= KIND_COUNT);
	*codes = NULL;
	if (!made)
		return diag_set(diag, FAIL_MEMORY, "no memory for the code sets");
	err = open_empty(made, diag);
	for (size_t i = 0; i < count && !err; i++)
		err = open_source(made, &sources[i], diag);
	if (!err && !clear_unknown(made))
		err = diag_set(diag, FAIL_MEMORY, "no memory for the code sets");
	if (err) {
		codes_destroy(made);
		return err;
	}
	*codes = made;
	return 0;
}

int codes_open_starter(struct codes **codes, struct diag *diag)
{
	size_t count;
	const struct codes_source *sources = starter_sources(&count);

	return codes_open_sources(codes, sources, count, diag);
}

void codes_destroy(struct codes *codes)
{
	if (!codes)
		return;
	for (int system = 0; system < SYSTEM_COUNT; system++) {
		phash_destroy(&codes->tables[system]);
		free(codes->words[system]);
	}
	phash_destroy(&codes->taxonomy);
	free(codes->diagnoses);
	free(codes->procedures);
	free(codes->icd10pcs);
	free(codes->taxonomies);
	free(codes->exclusions);
	free(codes);
}

size_t codes_set_count(const struct codes *codes)
{
	return codes->set_count;
}

const struct codes_set_info *codes_set_at(const struct codes *codes, size_t index)
{
	return index < codes->set_count ? &codes->sets[index] : NULL;
}

bool codes_partial(const struct codes *codes, enum code_system system)
{
	return codes->partial[system];
}

/* ---- Codes ---- */

void codes_find(const struct codes *codes, enum code_system system, const uint64_t words[],
        size_t count, uint32_t refs[])
{
	phash_find_batch(&codes->tables[system], code_key(system, 0), words, count, refs);
}

/* One slot of diagnoses or procedures: its words, how many each line has, its refs. */
struct slot {
	enum code_system system;
	unsigned number;
	const uint64_t *words;
	const uint8_t *counts;
	uint32_t *refs;
};

/* Only the lines of a larger count have a code in the slot. */
static void find_slot(const struct codes *codes, const struct slot *slot, uint32_t count)
{
	uint32_t lines[BATCH_LINES], refs[BATCH_LINES], filled = 0;
	uint64_t words[BATCH_LINES];

	for (uint32_t i = 0; i < count; i++) {
		lines[filled] = i;
		words[filled] = slot->words[i];
		filled += slot->counts[i] > slot->number;
	}
	if (filled == count) {
		codes_find(codes, slot->system, slot->words, count, slot->refs);
		return;
	}
	codes_find(codes, slot->system, words, filled, refs);
	memset(slot->refs, 0, count * sizeof(*slot->refs));
	for (uint32_t i = 0; i < filled; i++)
		slot->refs[lines[i]] = refs[i];
}

static unsigned largest(const uint8_t counts[], uint32_t count)
{
	unsigned most = 0;

	for (uint32_t i = 0; i < count; i++)
		most = counts[i] > most ? counts[i] : most;
	return most;
}

void codes_find_batch(const struct codes *codes, struct batch *batch)
{
	unsigned diagnoses = largest(batch->diagnosis_count, batch->count);
	unsigned procedures = largest(batch->procedure_count, batch->count);

	codes_find(codes, SYSTEM_PROCEDURE, batch->hcpcs, batch->count, batch->hcpcs_ref);
	for (unsigned slot = 0; slot < diagnoses; slot++)
		find_slot(codes,
		        &(struct slot){SYSTEM_ICD10CM, slot, batch->diagnosis[slot],
		                batch->diagnosis_count, batch->diagnosis_ref[slot]},
		        batch->count);
	for (unsigned slot = 0; slot < procedures; slot++)
		find_slot(codes,
		        &(struct slot){SYSTEM_ICD10PCS, slot, batch->procedure[slot],
		                batch->procedure_count, batch->procedure_ref[slot]},
		        batch->count);
}

const struct diagnosis_attributes *codes_diagnoses(const struct codes *codes)
{
	return codes->diagnoses;
}

const struct procedure_attributes *codes_procedures(const struct codes *codes)
{
	return codes->procedures;
}

const struct code_window *codes_icd10pcs(const struct codes *codes)
{
	return codes->icd10pcs;
}

size_t codes_ref_count(const struct codes *codes, enum code_system system)
{
	return codes->counts[system];
}

uint64_t codes_word(const struct codes *codes, enum code_system system, uint32_t ref)
{
	return ref < codes->counts[system] ? codes->words[system][ref] : CODE_BLANK;
}

/* ---- Small lists ---- */

uint8_t codes_modifier(const struct codes *codes, uint16_t modifier)
{
	int first = base36(modifier & 0xff), second = base36(modifier >> 8);

	return first < 0 || second < 0 ? 0 : codes->modifiers[first * BASE36 + second];
}

bool codes_place_assigned(const struct codes *codes, unsigned place)
{
	return place < PLACES && codes->places[place];
}

bool codes_revenue_known(const struct codes *codes, unsigned revenue)
{
	return revenue < REVENUE_CODES && (codes->revenue[revenue / 64] >> (revenue % 64) & 1);
}

bool codes_bill_type_known(const struct codes *codes, uint32_t bill_type)
{
	int first = base36(bill_type & 0xff), second = base36(bill_type >> 8 & 0xff);
	int third = base36(bill_type >> 16 & 0xff);
	unsigned bit;

	if (first < 0 || second < 0 || third < 0 || bill_type >> 24)
		return false;
	bit = (unsigned)((first * BASE36 + second) * BASE36 + third);
	return codes->bill_types[bit / 64] >> (bit % 64) & 1;
}

uint16_t codes_taxonomy_specialty(const struct codes *codes, const uint64_t taxonomy[2])
{
	uint32_t index = phash_find(&codes->taxonomy, codes_taxonomy_key(taxonomy));
	const struct taxonomy_specialty *row;

	if (index == 0)
		return 0;
	row = &codes->taxonomies[index - 1];
	return row->words[0] == taxonomy[0] && row->words[1] == taxonomy[1] ? row->specialty : 0;
}

int codes_excluded(const struct codes *codes, uint64_t npi, int32_t date)
{
	size_t low = 0, high = codes->exclusion_count;

	npi &= ID_VALUE_MASK;
	if (npi < EXCLUSION_FIRST || npi > EXCLUSION_LAST || date == DATE_ABSENT)
		return -1;
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (codes->exclusions[middle].npi < npi)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < codes->exclusion_count && codes->exclusions[low].npi == npi; low++)
		if (codes->exclusions[low].from <= date && date <= codes->exclusions[low].to)
			return 1;
	return 0;
}
