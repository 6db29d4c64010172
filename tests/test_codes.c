/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/codes_kinds.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct codes *open_starter(void)
{
	struct codes *codes;
	struct diag diag;

	diag_init(&diag);
	cr_assert_eq(codes_open_starter(&codes, &diag), 0, "%s", diag.text);
	return codes;
}

static uint64_t word_of(const char *text)
{
	uint64_t word = 0;

	memcpy(&word, text, strlen(text));
	return word;
}

static uint32_t find(const struct codes *codes, enum code_system system, const char *text)
{
	uint64_t word = word_of(text);
	uint32_t ref;

	codes_find(codes, system, &word, 1, &ref);
	return ref;
}

static int32_t day(int32_t year, int32_t month, int32_t date)
{
	return date_from_parts(year, month, date);
}

static const struct procedure_attributes *procedure(const struct codes *codes, const char *text)
{
	uint32_t ref = find(codes, SYSTEM_PROCEDURE, text);

	cr_expect(ref, "%s", text);
	return &codes_procedures(codes)[ref];
}

static const struct diagnosis_attributes *diagnosis(const struct codes *codes, const char *text)
{
	uint32_t ref = find(codes, SYSTEM_ICD10CM, text);

	cr_expect(ref, "%s", text);
	return &codes_diagnoses(codes)[ref];
}

static const enum code_system systems[] = {SYSTEM_ICD10CM, SYSTEM_ICD10PCS, SYSTEM_PROCEDURE};
enum { SYSTEMS = 3 };

Test(codes, every_code_of_the_starter_set_is_found)
{
	struct codes *codes = open_starter();

	for (size_t s = 0; s < SYSTEMS; s++) {
		size_t count = codes_ref_count(codes, systems[s]), wrong = 0;

		cr_expect_gt(count, s == 1 ? 100 : 600);
		for (uint32_t ref = 1; ref < count; ref++) {
			uint64_t word = codes_word(codes, systems[s], ref);
			uint32_t found[SYSTEM_COUNT];

			codes_find(codes, systems[s], &word, 1, found);
			wrong += found[0] != ref;
		}
		cr_expect_eq(wrong, 0);
		cr_expect_eq(codes_word(codes, systems[s], (uint32_t)count), CODE_BLANK);
		cr_expect_eq(codes_word(codes, systems[s], 0), CODE_BLANK);
	}
	codes_destroy(codes);
}

/* Random words of code shape: what is found must be the word itself. */
Test(codes, ten_million_others_are_not)
{
	static const char characters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	struct codes *codes = open_starter();
	uint64_t state = 1;
	size_t wrong = 0;

	for (int round = 0; round < 40000; round++) {
		uint64_t words[250];
		uint32_t refs[250];
		enum code_system system = systems[round % SYSTEMS];

		for (int i = 0; i < 250; i++) {
			words[i] = 0;
			for (unsigned at = 0; at < 5; at++) {
				state = state * 6364136223846793005u + 1442695040888963407u;
				words[i] |= (uint64_t)(uint8_t)characters[(state >> 33) % 36]
				            << (8 * at);
			}
		}
		codes_find(codes, system, words, 250, refs);
		for (int i = 0; i < 250; i++)
			wrong += refs[i] && codes_word(codes, system, refs[i]) != words[i];
	}
	cr_expect_eq(wrong, 0);
	cr_expect_eq(find(codes, SYSTEM_PROCEDURE, "9921"), 0);
	cr_expect_eq(find(codes, SYSTEM_ICD10CM, "99213"), 0);
	cr_expect_eq(find(codes, SYSTEM_PROCEDURE, "M5416"), 0);
	codes_destroy(codes);
}

Test(codes, blank_and_unreadable_words_are_not_found)
{
	struct codes *codes = open_starter();
	uint64_t words[] = {CODE_BLANK, CODE_UNREADABLE};
	uint32_t refs[2];

	for (int system = 0; system < SYSTEM_COUNT; system++) {
		codes_find(codes, system, words, 2, refs);
		cr_expect_eq(refs[0] | refs[1], 0);
	}
	cr_expect_gt(codes_diagnoses(codes)[0].from, codes_diagnoses(codes)[0].to);
	cr_expect_eq(codes_diagnoses(codes)[0].flags, 0);
	cr_expect_gt(codes_procedures(codes)[0].from, codes_procedures(codes)[0].to);
	cr_expect_eq(codes_procedures(codes)[0].flags, 0);
	cr_expect_gt(codes_icd10pcs(codes)[0].from, codes_icd10pcs(codes)[0].to);
	codes_destroy(codes);
}

Test(codes, a_batch_gets_the_refs_of_its_words)
{
	struct codes *codes = open_starter();
	struct batch *batch = aligned_alloc(64, (sizeof(*batch) + 63) / 64 * 64);

	memset(batch, 0, sizeof(*batch));
	batch->count = BATCH_LINES;
	for (uint32_t i = 0; i < batch->count; i++) {
		batch->hcpcs[i] = i % 3 ? word_of("99213") : CODE_BLANK;
		batch->diagnosis_count[i] = (uint8_t)(i % 4);
		for (unsigned s = 0; s < i % 4; s++)
			batch->diagnosis[s][i] = word_of(s ? "E119" : "I10");
		batch->procedure_count[i] = i == 7;
		batch->diagnosis_ref[2][i] = 99;
	}
	batch->procedure[0][7] = word_of("0FT44ZZ");
	codes_find_batch(codes, batch);
	for (uint32_t i = 0; i < batch->count; i++) {
		cr_assert_eq(
		        batch->hcpcs_ref[i], i % 3 ? find(codes, SYSTEM_PROCEDURE, "99213") : 0);
		for (unsigned s = 0; s < 3; s++)
			cr_assert_eq(batch->diagnosis_ref[s][i],
			        s < i % 4 ? find(codes, SYSTEM_ICD10CM, s ? "E119" : "I10") : 0);
		cr_assert_eq(batch->procedure_ref[0][i],
		        i == 7 ? find(codes, SYSTEM_ICD10PCS, "0FT44ZZ") : 0);
	}
	free(batch);
	codes_destroy(codes);
}

Test(codes, procedures_carry_what_the_edits_ask)
{
	struct codes *codes = open_starter();
	const struct procedure_attributes *px = procedure(codes, "99213");

	cr_expect_eq(px->em_family, EM_OFFICE_EST);
	cr_expect_eq(px->em_level, 3);
	cr_expect_eq(px->global, PX_GLOBAL_XXX);
	cr_expect(px->flags & PX_SPLIT_OK && px->flags & PX_MPFS);
	cr_expect_eq(px->mue_practitioner, 2);
	cr_expect_eq(px->mai_practitioner, 3);
	px = procedure(codes, "99201");
	cr_expect_eq(px->from, INT32_MIN);
	cr_expect_eq(px->to, day(2020, 12, 31));
	cr_expect_eq(procedure(codes, "99417")->from, day(2021, 1, 1));
	cr_expect_eq(procedure(codes, "99343")->to, day(2022, 12, 31));
	cr_expect_eq(procedure(codes, "71046")->pctc, 1);
	cr_expect_gt(procedure(codes, "71046")->technical_share, 5000);
	cr_expect_eq(procedure(codes, "93010")->pctc, 2);
	cr_expect_eq(procedure(codes, "93005")->pctc, 3);
	cr_expect_eq(procedure(codes, "27447")->global, PX_GLOBAL_090);
	cr_expect_eq(procedure(codes, "27447")->bilateral, 1);
	cr_expect_eq(procedure(codes, "59400")->global, PX_GLOBAL_MMM);
	cr_expect(procedure(codes, "59400")->flags & PX_FEMALE);
	cr_expect(procedure(codes, "55250")->flags & PX_MALE);
	cr_expect(procedure(codes, "11045")->flags & PX_ADD_ON);
	cr_expect(procedure(codes, "15823")->flags & PX_EYELID);
	cr_expect(procedure(codes, "26055")->flags & PX_DIGIT);
	cr_expect(procedure(codes, "92928")->flags & PX_CORONARY);
	cr_expect(procedure(codes, "87880")->flags & PX_CLIA_WAIVED);
	cr_expect(procedure(codes, "00840")->flags & PX_ANESTHESIA);
	cr_expect(procedure(codes, "92014")->flags & PX_EYE_EXAM);
	cr_expect(procedure(codes, "A0425")->flags & PX_GROUND_MILES);
	cr_expect(procedure(codes, "A0429")->flags & PX_AMBULANCE_BASE);
	cr_expect(procedure(codes, "A0430")->flags & PX_AMBULANCE_AIR);
	cr_expect(procedure(codes, "E1390")->flags & PX_DMEPOS);
	cr_expect(procedure(codes, "J1885")->flags & PX_DRUG);
	cr_expect(procedure(codes, "85025")->flags & PX_LAB);
	cr_expect(procedure(codes, "D0120")->flags & PX_CDT);
	cr_expect_eq(procedure(codes, "99396")->age_from, 40);
	cr_expect_eq(procedure(codes, "99396")->age_to, 64);
	cr_expect_eq(procedure(codes, "99213")->age_to, UINT8_MAX);
	codes_destroy(codes);
}

Test(codes, diagnoses_carry_what_the_edits_ask)
{
	struct codes *codes = open_starter();

	cr_expect_eq(diagnosis(codes, "I10")->flags, 0);
	cr_expect_eq(diagnosis(codes, "E11")->flags, DX_HEADER);
	cr_expect_eq(diagnosis(codes, "M545")->header_from, day(2021, 10, 1));
	cr_expect_eq(diagnosis(codes, "M545")->flags & DX_HEADER, 0);
	cr_expect_eq(diagnosis(codes, "M5450")->from, day(2021, 10, 1));
	cr_expect_eq(diagnosis(codes, "G35")->header_from, day(2025, 10, 1));
	cr_expect_eq(diagnosis(codes, "U071")->from, day(2020, 4, 1));
	cr_expect(diagnosis(codes, "C61")->flags & DX_MALE);
	cr_expect(diagnosis(codes, "O80")->flags & DX_FEMALE);
	cr_expect(diagnosis(codes, "O80")->flags & DX_MATERNITY);
	cr_expect(diagnosis(codes, "Z370")->flags & DX_DELIVERY);
	cr_expect(diagnosis(codes, "Z3800")->flags & DX_NEWBORN);
	cr_expect(diagnosis(codes, "Z00129")->flags & DX_PEDIATRIC);
	cr_expect(diagnosis(codes, "N401")->flags & DX_ADULT);
	cr_expect(diagnosis(codes, "W19XXXA")->flags & DX_EXTERNAL);
	cr_expect(diagnosis(codes, "G63")->flags & DX_MANIFESTATION);
	cr_expect(diagnosis(codes, "Z370")->flags & DX_UNACCEPTABLE);
	cr_expect_eq(diagnosis(codes, "M1711")->flags & (DX_LEFT | DX_RIGHT), DX_RIGHT);
	cr_expect_eq(diagnosis(codes, "M1712")->flags & (DX_LEFT | DX_RIGHT), DX_LEFT);
	cr_expect_eq(diagnosis(codes, "M170")->flags & (DX_LEFT | DX_RIGHT), 0);
	codes_destroy(codes);
}

Test(codes, small_lists)
{
	struct codes *codes = open_starter();
	static const struct {
		const char *text;
		bool known;
	} bills[] = {{"131", true}, {"111", true}, {"851", true}, {"13I", false}, {"771", false},
	        {"991", false}, {"13", false}, {"", false}, {"1x1", false}};
	static const struct {
		uint16_t modifier;
		uint8_t flags;
	} modifiers[] = {{TWO_CHARS('2', '5'), MODIFIER_KNOWN},
	        {TWO_CHARS('L', 'T'), MODIFIER_KNOWN | MODIFIER_ANATOMIC},
	        {TWO_CHARS('P', '3'), MODIFIER_KNOWN | MODIFIER_ANESTHESIA},
	        {TWO_CHARS('Z', 'Z'), 0}, {TWO_CHARS('l', 't'), 0}, {0, 0}, {0xffff, 0}};

	for (size_t i = 0; i < sizeof(bills) / sizeof(bills[0]); i++)
		cr_expect_eq(codes_bill_type_known(codes, (uint32_t)word_of(bills[i].text)),
		        bills[i].known, "%s", bills[i].text);
	for (size_t i = 0; i < sizeof(modifiers) / sizeof(modifiers[0]); i++)
		cr_expect_eq(codes_modifier(codes, modifiers[i].modifier), modifiers[i].flags);
	cr_expect(codes_place_assigned(codes, 11) && codes_place_assigned(codes, 99));
	cr_expect_not(codes_place_assigned(codes, 0));
	cr_expect_not(codes_place_assigned(codes, 98));
	cr_expect_not(codes_place_assigned(codes, 100));
	cr_expect(codes_revenue_known(codes, 1) && codes_revenue_known(codes, 450));
	cr_expect_not(codes_revenue_known(codes, 9999));
	cr_expect_not(codes_revenue_known(codes, NUMBER_BLANK));
	codes_destroy(codes);
}

Test(codes, taxonomy_maps_to_specialty)
{
	struct codes *codes = open_starter();
	uint64_t taxonomy[2] = {word_of("207R0000"), word_of("0X")};

	cr_expect_eq(codes_taxonomy_specialty(codes, taxonomy), TWO_CHARS('1', '1'));
	taxonomy[1] = word_of("0Y");
	cr_expect_eq(codes_taxonomy_specialty(codes, taxonomy), 0);
	taxonomy[0] = taxonomy[1] = 0;
	cr_expect_eq(codes_taxonomy_specialty(codes, taxonomy), 0);
	codes_destroy(codes);
}

/* The check digit of an NPI: Luhn over 80840 and the ten digits. */
static bool luhn(uint64_t npi)
{
	unsigned sum = 24;

	for (unsigned place = 0; npi; npi /= 10, place++) {
		unsigned digit = (unsigned)(npi % 10) * (place % 2 + 1);

		sum += digit > 9 ? digit - 9 : digit;
	}
	return sum % 10 == 0;
}

Test(codes, exclusions_hold_from_their_day_to_reinstatement)
{
	struct codes *codes = open_starter();
	size_t count = codes->exclusion_count;

	cr_expect_geq(count, 40);
	for (size_t i = 0; i < count; i++) {
		const struct exclusion *row = &codes->exclusions[i];

		cr_expect(luhn(row->npi), "%llu", (unsigned long long)row->npi);
		cr_expect_eq(codes_excluded(codes, row->npi, row->from), 1);
		cr_expect_eq(codes_excluded(codes, row->npi, row->from - 1), 0);
		cr_expect_eq(codes_excluded(codes, row->npi, row->to), 1);
		if (row->to != INT32_MAX)
			cr_expect_eq(codes_excluded(codes, row->npi, row->to + 1), 0);
		cr_expect_eq(codes_excluded(codes, row->npi, DATE_ABSENT), -1);
	}
	cr_expect_eq(codes_excluded(codes, 1000000004, day(2020, 1, 1)), 0);
	cr_expect_eq(codes_excluded(codes, 1234567893, day(2020, 1, 1)), -1);
	codes_destroy(codes);
}

Test(codes, the_starter_asks_by_day_for_npis_of_its_range)
{
	static const uint64_t npis[] = {999999999, 1000000000, 1000000004, 1002999999, 1003000000};
	static const uint8_t want[] = {0, NPI_BY_DAY, NPI_BY_DAY, NPI_BY_DAY, 0};
	struct codes *codes = open_starter();
	uint8_t said[5];

	codes_npis(codes, npis, 5, said);
	cr_expect_arr_eq(said, want, sizeof(want));
	codes_destroy(codes);
}

Test(codes, sets_tell_what_they_are)
{
	struct codes *codes = open_starter();

	cr_expect_eq(codes_set_count(codes), KIND_COUNT);
	for (size_t i = 0; i < codes_set_count(codes); i++) {
		const struct codes_set_info *set = codes_set_at(codes, i);

		cr_expect(set->name && set->release && set->codes > 0);
		cr_expect(set->hash[0] && set->hash[1]);
	}
	cr_expect_null(codes_set_at(codes, KIND_COUNT));
	cr_expect(codes_partial(codes, SYSTEM_PROCEDURE));
	cr_expect(codes_partial(codes, SYSTEM_ICD10CM));
	cr_expect(codes_partial(codes, SYSTEM_ICD10PCS));
	cr_expect_not(codes_partial(codes, SYSTEM_MODIFIER));
	codes_destroy(codes);
	codes_destroy(NULL);
}

#define DX "code,from,to,header_from,flags\n"
#define PX \
	"code,from,to,flags,family,level,global,pctc,bilateral,assistant,tc_share,age,sex," \
	"mue_practitioner,mue_outpatient,mue_dme\n"

Test(codes, malformed_sets_are_refused_by_file_and_line)
{
	static const struct {
		enum codes_kind kind;
		const char *text, *message;
	} cases[] = {
	        {KIND_DIAGNOSES, "", "set.csv: has no columns"},
	        {KIND_DIAGNOSES, "# none\n\n", "set.csv: has no columns"},
	        {KIND_DIAGNOSES, "code,from\nI10,\n", "set.csv:1: the columns are to be"},
	        {KIND_DIAGNOSES, DX "I10,,,\n", "set.csv:2: a row has 5 cells"},
	        {KIND_DIAGNOSES, DX "I10,,,,,\n", "set.csv:2: a row has 5 cells"},
	        {KIND_DIAGNOSES, DX "# a\n\nI10,,,,sick\n", "set.csv:4: \"sick\" is no flag"},
	        {KIND_DIAGNOSES, DX "I10,,,,male  adult\n", "set.csv:2: \"\" is no flag"},
	        {KIND_DIAGNOSES, DX "i10,,,,\n", "set.csv:2: \"i10\" is no code"},
	        {KIND_DIAGNOSES, DX ",,,,\n", "set.csv:2: \"\" is no code"},
	        {KIND_DIAGNOSES, DX "I1000000,,,,\n", "set.csv:2: \"I1000000\" is no code"},
	        {KIND_DIAGNOSES, DX "I10,2020-13-01,,,\n", "set.csv:2: \"2020-13-01\" is no date"},
	        {KIND_DIAGNOSES, DX "I10,20200101,,,\n", "set.csv:2: \"20200101\" is no date"},
	        {KIND_DIAGNOSES, DX "I10,2020-01-02,2020-01-01,,\n", "set.csv:2: \"2020-01-01\""},
	        {KIND_DIAGNOSES, DX "I10,,,,\nI11,,,,\nI10,,,,\n",
	                "set.csv: code \"I10\" stands twice"},
	        {KIND_PROCEDURES, PX "99213,,,,office,,,,,,,,,,,\n", "\"office\" is no word"},
	        {KIND_PROCEDURES, PX "99213,,,,,x,,,,,,,,,,\n", "\"x\" is no number"},
	        {KIND_PROCEDURES, PX "99213,,,,,,091,,,,,,,,,\n", "\"091\" is no word"},
	        {KIND_PROCEDURES, PX "99213,,,,,,090,12,,,,,,,,\n", "\"12\" is no number that"},
	        {KIND_PROCEDURES, PX "99213,,,,,,090,,,,10001,,,,,\n", "\"10001\" is no number"},
	        {KIND_PROCEDURES, PX "99213,,,,,,,,,,,18,,,,\n", "\"18\" is no range of years"},
	        {KIND_PROCEDURES, PX "99213,,,,,,,,,,,39-18,,,,\n", "\"39-18\" is no range"},
	        {KIND_PROCEDURES, PX "99213,,,,,,,,,,,,X,,,\n", "\"X\" is no word"},
	        {KIND_PROCEDURES, PX "99213,,,,,,,,,,,,,2,,\n", "\"2\" is no value and indicator"},
	        {KIND_PROCEDURES, PX "99213,,,,,,,,,,,,,2/4,,\n", "\"4\" is no number that fits"},
	        {KIND_PROCEDURES, PX "99213,,,,,,,,,,,,,2/0,,\n", "\"2/0\" is no value"},
	        {KIND_MODIFIERS, "modifier,flags\n255,\n", "\"255\" is no modifier"},
	        {KIND_PLACES, "first,last\n100,\n", "\"100\" is no range"},
	        {KIND_PLACES, "first,last\n20,11\n", "\"20\" is no range"},
	        {KIND_REVENUE, "first,last\n450,\n", "\"450\" is no range"},
	        {KIND_REVENUE, "first,last\n0450,99999999999\n", "\"99999999999\" is no number"},
	        {KIND_BILL_TYPES, "prefix,frequencies\n131,1\n", "\"131\" is no number"},
	        {KIND_BILL_TYPES, "prefix,frequencies\n13,\n", "\"13\" is no type of bill"},
	        {KIND_BILL_TYPES, "prefix,frequencies\n13,1?\n", "\"1?\" is no list"},
	        {KIND_TAXONOMY, "taxonomy,specialty\n207R,11\n", "\"207R\" is no taxonomy"},
	        {KIND_EXCLUSIONS, "npi,excluded,reinstated\n1000000004,,\n",
	                "\"1000000004\" is no NPI"},
	};

	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		struct codes_source source = {"set", "set.csv", cases[c].kind, "test", true,
		        cases[c].text, cases[c].text + strlen(cases[c].text)};
		struct codes *codes;
		struct diag diag;

		diag_init(&diag);
		cr_expect_eq(codes_open_sources(&codes, &source, 1, &diag), FAIL_TABLE);
		cr_expect_null(codes);
		cr_expect(strstr(diag.text, cases[c].message), "case %zu: %s", c, diag.text);
	}
}

Test(codes, sets_that_are_not_there_are_empty)
{
	struct codes *codes;
	struct diag diag;

	diag_init(&diag);
	cr_assert_eq(codes_open_sources(&codes, NULL, 0, &diag), 0);
	cr_expect_eq(find(codes, SYSTEM_PROCEDURE, "99213"), 0);
	cr_expect_gt(codes_procedures(codes)[0].from, codes_procedures(codes)[0].to);
	cr_expect_not(codes_place_assigned(codes, 11));
	codes_destroy(codes);
}

Test(codes, line_ends_of_windows_and_a_last_line_without_one)
{
	static const char text[] = DX "I10,,,,\r\nI11,2020-01-01,,,male adult";
	struct codes_source source = {
	        "set", "set.csv", KIND_DIAGNOSES, "test", true, text, text + strlen(text)};
	struct codes *codes;
	struct diag diag;

	diag_init(&diag);
	cr_assert_eq(codes_open_sources(&codes, &source, 1, &diag), 0, "%s", diag.text);
	cr_expect_eq(codes_set_at(codes, 0)->codes, 2);
	cr_expect_eq(diagnosis(codes, "I11")->flags, DX_MALE | DX_ADULT);
	cr_expect_eq(diagnosis(codes, "I11")->from, day(2020, 1, 1));
	codes_destroy(codes);
}
