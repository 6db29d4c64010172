/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The starter set as `codes lookup` tells it: the same values under the names
 * that the publishers' sets have.
 */
#include "codes_lookup.h"

#include "history/edits.h"
#include "lookup/codes.h"
#include "report/row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const systems[SYSTEM_COUNT] = {
        NULL, "diagnoses", "icd10pcs", "procedures", "modifiers"};

/* Its pairs are no table of codes, so they are no set of struct codes. */
static const struct codes_set_info ptp_info = {
        .name = "ptp",
        .release = "starter 1",
        .from = INT32_MIN,
        .to = INT32_MAX,
        .partial = true,
};

/* ---- Entries ---- */

static const struct codes_set_info *info_of(const struct codes *codes, const char *name)
{
	if (strcmp(name, ptp_info.name) == 0)
		return &ptp_info;
	for (size_t i = 0; i < codes_set_count(codes); i++)
		if (strcmp(codes_set_at(codes, i)->name, name) == 0)
			return codes_set_at(codes, i);
	return NULL;
}

/* NULL: the set is not asked for, or there is no memory (and *err says so). */
static struct found *add_bare(
        struct lookup *lookup, const struct codes *codes, const char *name, int *err)
{
	const struct codes_set_info *info = info_of(codes, name);
	struct found *found;

	if (!info || (lookup->options->set && strcmp(lookup->options->set, name) != 0))
		return NULL;
	found = lookup_add(lookup);
	if (!found) {
		*err = FAIL_MEMORY;
		return NULL;
	}
	found->name = info->name;
	found->title = "inside the program";
	snprintf(found->release, sizeof(found->release), "%s", info->release);
	found->partial = info->partial;
	found->from = found->in_from = info->from;
	found->to = found->in_to = info->to;
	found->day = lookup->options->day == DATE_ABSENT ? INT32_MAX : lookup->options->day;
	found->covered = true;
	snprintf(found->code, sizeof(found->code), "%s", lookup->options->code);
	return found;
}

/* ... with room for what it says. */
static struct found *add(
        struct lookup *lookup, const struct codes *codes, const char *name, int *err)
{
	struct found *found = add_bare(lookup, codes, name, err);

	if (!found)
		return NULL;
	found->values = calloc(STARTER_VALUES_MAX, sizeof(*found->values));
	*err = found->values ? 0 : FAIL_MEMORY;
	return found->values ? found : NULL;
}

static struct view_value *next_value(struct found *found, const char *name, enum view_kind kind)
{
	struct view_value *value = &found->values[found->value_count++];

	value->name = name;
	value->kind = kind;
	value->text = value->own;
	return value;
}

static void put_number(struct found *found, const char *name, unsigned number)
{
	struct view_value *value = next_value(found, name, VIEW_NUMBER);

	snprintf(value->own, sizeof(value->own), "%u", number);
}

static void put_text(struct found *found, const char *name, const char *text)
{
	struct view_value *value = next_value(found, name, VIEW_TEXT);

	snprintf(value->own, sizeof(value->own), "%s", text);
}

static void put_day(struct found *found, const char *name, int32_t day)
{
	char text[DATE_TEXT_SIZE];

	date_format(day, text);
	put_text(found, name, text);
}

static void put_flags(struct found *found, uint32_t flags, const char *const words[], size_t count)
{
	struct view_value *value = next_value(found, "flags", VIEW_WORDS);
	size_t at = 0;

	for (size_t bit = 0; bit < count; bit++)
		if (words[bit] && flags >> bit & 1)
			at += (size_t)snprintf(value->own + at, sizeof(value->own) - at, "%s%s",
			        at ? " " : "", words[bit]);
	found->value_count -= at == 0;
}

/* ---- Codes ---- */

static void tell_diagnosis(struct found *found, const struct diagnosis_attributes *diagnosis)
{
	static const char *const flags[] = {"header", "male", "female", "newborn", "pediatric",
	        "maternity", "adult", "external_cause", "manifestation", "unacceptable",
	        "requires_secondary", "left", "right", "delivery"};

	found->in_from = diagnosis->from;
	found->in_to = diagnosis->to;
	/* Without a day that is the last day there is, which a code that stays billable is before.
	 */
	found->header = diagnosis->flags & DX_HEADER ||
	                (diagnosis->header_from != INT32_MAX &&
	                        diagnosis->header_from <= found->day);
	put_flags(found, diagnosis->flags, flags, sizeof(flags) / sizeof(flags[0]));
	if (diagnosis->header_from != INT32_MAX)
		put_day(found, "header_from", diagnosis->header_from);
}

static void tell_mue(struct found *found, const struct procedure_attributes *procedure)
{
	if (procedure->flags & PX_MUE_PRACTITIONER) {
		put_number(found, "mue_practitioner", procedure->mue_practitioner);
		put_number(found, "mai_practitioner", procedure->mai_practitioner);
	}
	if (procedure->flags & PX_MUE_OUTPATIENT) {
		put_number(found, "mue_hospital", procedure->mue_outpatient);
		put_number(found, "mai_hospital", procedure->mai_outpatient);
	}
	if (procedure->flags & PX_MUE_DME) {
		put_number(found, "mue_dme", procedure->mue_dme);
		put_number(found, "mai_dme", procedure->mai_dme);
	}
}

static void tell_schedule(struct found *found, const struct procedure_attributes *procedure)
{
	static const char globals[] = {'0', '1', '9', 'M', 'X', 'Y', 'Z'};
	char global[4] = "000";

	if (!(procedure->flags & PX_MPFS))
		return;
	if (procedure->global > PX_GLOBAL_090) /* three letters alike */
		memset(global, globals[procedure->global - PX_GLOBAL_000], 3);
	else /* days: 000, 010, 090 */
		global[1] = globals[procedure->global - PX_GLOBAL_000];
	put_text(found, "global", global);
	put_number(found, "pctc", procedure->pctc);
	put_number(found, "bilateral", procedure->bilateral);
	put_number(found, "assistant", procedure->assistant);
}

static void tell_procedure(struct found *found, const struct procedure_attributes *procedure)
{
	static const char *const flags[] = {"add_on", "ambulance_base", "ambulance_air",
	        "ground_miles", "air_miles", "drug", "lab", "anesthesia", "dmepos", "split_shared",
	        "eyelid", "digit", "coronary", "clia_waived", "exempt_51", "male", "female",
	        "eye_exam", NULL, NULL, NULL, NULL, "cdt"};
	static const char *const families[EM_FAMILIES] = {"", "office_new", "office_est", "ed",
	        "hospital_initial", "hospital_subsequent", "snf_initial", "snf_subsequent",
	        "home_new", "home_est", "consult_office", "consult_hospital", "discharge",
	        "observation", "critical", "preventive_new", "preventive_est", "other"};

	found->in_from = procedure->from;
	found->in_to = procedure->to;
	put_flags(found, procedure->flags, flags, sizeof(flags) / sizeof(flags[0]));
	if (procedure->em_family != EM_NONE)
		put_text(found, "em_family", families[procedure->em_family]);
	if (procedure->em_level > 0)
		put_number(found, "em_level", procedure->em_level);
	tell_schedule(found, procedure);
	tell_mue(found, procedure);
	if (procedure->age_from > 0 || procedure->age_to < UINT8_MAX) {
		put_number(found, "age_from", procedure->age_from);
		put_number(found, "age_to", procedure->age_to);
	}
}

static void tell_ref(
        struct found *found, const struct codes *codes, enum code_system system, uint32_t ref)
{
	if (system == SYSTEM_ICD10CM) {
		tell_diagnosis(found, &codes_diagnoses(codes)[ref]);
	} else if (system == SYSTEM_PROCEDURE) {
		tell_procedure(found, &codes_procedures(codes)[ref]);
	} else {
		found->in_from = codes_icd10pcs(codes)[ref].from;
		found->in_to = codes_icd10pcs(codes)[ref].to;
	}
}

static uint64_t word_of(const char *code)
{
	uint64_t word = 0;
	size_t size = strlen(code);

	for (size_t i = 0; i < size && size <= 7; i++)
		word |= (uint64_t)(uint8_t)code[i] << (8 * i);
	return word;
}

static int find_codes(struct lookup *lookup, const struct codes *codes)
{
	uint64_t word = word_of(lookup->options->code);
	int err = 0;

	for (enum code_system system = SYSTEM_ICD10CM; system < SYSTEM_MODIFIER; system++) {
		struct found *found;
		uint32_t ref = 0;

		if (word)
			codes_find(codes, system, &word, 1, &ref);
		found = ref ? add(lookup, codes, systems[system], &err) : NULL;
		if (found)
			tell_ref(found, codes, system, ref);
	}
	return err;
}

/* ---- Small lists ---- */

static int find_modifier(struct lookup *lookup, const struct codes *codes)
{
	static const char *const words[] = {NULL, "anatomic", "anesthesia"};
	const char *code = lookup->options->code;
	uint8_t bits = codes_modifier(codes, TWO_CHARS(code[0], code[1]));
	int err = 0;
	struct found *found = bits ? add(lookup, codes, "modifiers", &err) : NULL;

	if (found)
		put_flags(found, bits, words, sizeof(words) / sizeof(words[0]));
	return err;
}

static int find_listed(struct lookup *lookup, const struct codes *codes)
{
	const char *code = lookup->options->code;
	size_t size = strlen(code);
	bool number = strspn(code, "0123456789") == size;
	uint64_t taxonomy[2] = {0, 0};
	int err = 0;

	if (size == 2 && number && codes_place_assigned(codes, (unsigned)atoi(code)))
		add(lookup, codes, "places", &err);
	if (size == 4 && number && codes_revenue_known(codes, (unsigned)atoi(code)))
		add(lookup, codes, "revenue", &err);
	if (size == 3 && codes_bill_type_known(codes, (uint32_t)word_of(code)))
		add(lookup, codes, "bill_types", &err);
	if (size == 10) {
		uint16_t specialty;

		memcpy(taxonomy, code, 8);
		memcpy(&taxonomy[1], code + 8, 2);
		specialty = codes_taxonomy_specialty(codes, taxonomy);
		struct found *found = specialty ? add(lookup, codes, "taxonomy", &err) : NULL;

		if (found)
			put_text(found, "specialty",
			        (char[]){(char)(specialty & 0xff), (char)(specialty >> 8), 0});
	}
	return err;
}

/* ---- Exclusions ---- */

/* The one in force on the day, else the newest; and the days of all. */
static int find_exclusions(struct lookup *lookup, const struct codes *codes)
{
	const char *code = lookup->options->code;
	uint64_t npi = strspn(code, "0123456789") == 10 ? strtoull(code, NULL, 10) : 0;
	int32_t from, to;
	int err = 0;
	struct found *found = NULL;

	if (strlen(code) != 10 || !codes_starter_exclusion(codes, npi, 0, &from, &to))
		return 0;
	found = add(lookup, codes, "exclusions", &err);
	for (size_t at = 0; found && codes_starter_exclusion(codes, npi, at, &from, &to); at++) {
		found->in_from = from;
		found->in_to = to;
		if (from <= found->day && found->day <= to)
			break;
	}
	if (!found)
		return err;
	put_day(found, "excluded", found->in_from);
	if (found->in_to != INT32_MAX)
		put_day(found, "reinstated", found->in_to + 1);
	for (size_t at = 0;
	        at < STARTER_WINDOWS_MAX && codes_starter_exclusion(codes, npi, at, &from, &to);
	        at++)
		found->in[found->in_count++] = (struct window){from, to};
	return 0;
}

/* ---- Pairs ---- */

static void add_edit(struct found *found, const struct edit_row *row)
{
	struct partner *partner = &found->partners[found->partner_count++];

	*partner = (struct partner){.from = row->edit.from,
	        .to = row->edit.to,
	        .indicator = row->edit.indicator,
	        .rationale = ""};
	word_text(row->column1, partner->column1);
	word_text(row->column2, partner->column2);
}

/* Edits of codes in column 1 and 2, 0 being any; side: 0, or 1 where the code is in column 2. */
static void add_edits(
        struct found *found, const struct edits *edits, const uint64_t words[2], unsigned side)
{
	struct edit_row row;
	for (size_t at = 0; edits_starter_at(edits, at, &row); at++) {
		bool holds = row.edit.from <= found->day && found->day <= row.edit.to;

		if ((words[0] && words[0] != row.column1) || (words[1] && words[1] != row.column2))
			continue;
		found->in_force[side] += holds;
		if (holds || found->is_pair)
			add_edit(found, &row);
	}
}

static size_t count_edits(const struct edits *edits)
{
	struct edit_row row;
	size_t count = 0;

	while (edits_starter_at(edits, count, &row))
		count++;
	return count;
}

static bool has_edit(const struct edits *edits, uint64_t word, uint64_t other)
{
	struct edit_row row;
	bool has = false;

	for (size_t at = 0; !has && edits_starter_at(edits, at, &row); at++)
		has = other ? (row.column1 == word && row.column2 == other) ||
		                      (row.column1 == other && row.column2 == word)
		            : row.column1 == word || row.column2 == word;
	return has;
}

/* A code, or two with a stroke between them, as tables of pairs are told. */
static int find_edits(struct lookup *lookup, const struct codes *codes, const struct edits *edits)
{
	char code[SET_KEY_TEXT_MAX];
	int err = 0;

	snprintf(code, sizeof(code), "%s", lookup->options->code);
	char *stroke = strchr(code, '/');

	if (stroke)
		*stroke = '\0';
	uint64_t word = word_of(code), other = stroke ? word_of(stroke + 1) : 0;

	if (word == 0 || (stroke && other == 0) || !has_edit(edits, word, other))
		return 0;
	struct found *found = add_bare(lookup, codes, "ptp", &err);

	if (!found)
		return err;
	found->is_pair = stroke != NULL;
	found->partners = calloc(2 * count_edits(edits) + 1, sizeof(*found->partners));
	if (!found->partners)
		return FAIL_MEMORY;
	add_edits(found, edits, (const uint64_t[]){word, other}, 0);
	found->as_column1 = found->partner_count;
	add_edits(found, edits, (const uint64_t[]){other, word}, 1);
	return 0;
}

static int find_pairs(struct lookup *lookup, const struct codes *codes, struct diag *diag)
{
	struct edits *edits = NULL;
	int err = edits_create(&edits, NULL, diag);

	if (err == 0)
		err = find_edits(lookup, codes, edits);
	edits_destroy(edits);
	return err;
}

int lookup_starter(struct lookup *lookup, const struct codes *codes, struct diag *diag)
{
	const char *only = lookup->options->set;
	int err;

	if (only && !info_of(codes, only))
		return diag_set(diag, FAIL_USAGE,
		        "--set: no set \"%s\" in the starter set (codes info lists "
		        "them; -c DIR for others)",
		        only);
	err = find_codes(lookup, codes);
	if (!err && strlen(lookup->options->code) == 2)
		err = find_modifier(lookup, codes);
	if (!err)
		err = find_listed(lookup, codes);
	if (!err)
		err = find_exclusions(lookup, codes);
	return err ? err : find_pairs(lookup, codes, diag);
}

void lookup_near_starter(struct lookup *lookup, const struct codes *codes)
{
	int err = 0;

	for (enum code_system system = SYSTEM_ICD10CM; system < SYSTEM_MODIFIER; system++) {
		struct found *found = add(lookup, codes, systems[system], &err);

		if (!found)
			continue;
		free(found->values); /* nothing is known of it */
		found->values = NULL;
		for (uint32_t ref = 1; ref < codes_ref_count(codes, system); ref++) {
			uint64_t word[2] = {codes_word(codes, system, ref), 0};

			found_near(found, lookup->options->code, (const char *)word);
		}
	}
}
