/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/mce_flags.h"
#include "lookup/rows_icd.h"

const char *const mce_flag_names[] = {"adult", "maternity", "pediatric", "newborn", "female",
        "male", "manifestation", "unacceptable", "requires_secondary", "external_cause",
        "questionable_admission", "unspecified", "wrong_procedure", "noncovered",
        "limited_coverage", "noncovered_partly", "kidney_transplant", "diabetes_type_1",
        "delivery_outcome", "cesarean", "vaginal_delivery", "clinical_trial", "length_of_stay",
        NULL};

struct word_flag {
	const char *word;
	uint32_t flag;
};

static const struct word_flag exact[] = {
        {"adult", MCE_ADULT},
        {"maternity", MCE_MATERNITY},
        {"pediatric", MCE_PEDIATRIC},
        {"newborn", MCE_NEWBORN},
        {"female", MCE_FEMALE},
        {"male", MCE_MALE},
        {"manifestation", MCE_MANIFESTATION},
        {"unacceptable", MCE_UNACCEPTABLE},
        {"reqsdx", MCE_REQUIRES_SECONDARY},
        {"ecodepdx", MCE_EXTERNAL_CAUSE},
        {"qadm", MCE_QUESTIONABLE},
        {"unspecified", MCE_UNSPECIFIED},
        {"wrngproc", MCE_WRONG_PROCEDURE},
        {"noncovered", MCE_NONCOVERED},
        {"kidneyxp", MCE_KIDNEY_TRANSPLANT},
        {"diabtypeI", MCE_DIABETES_TYPE_1},
        {"delout", MCE_DELIVERY_OUTCOME},
        {"csect", MCE_CESAREAN},
        {"vagdel", MCE_VAGINAL_DELIVERY},
        {"clintrial", MCE_CLINICAL_TRIAL},
        {"los", MCE_LENGTH_OF_STAY},
};

static const struct word_flag beginnings[] = {/* "ncov_z302", "lcov_artheartxpa" */
        {"ncov", MCE_NONCOVERED_PARTLY}, {"lcov", MCE_LIMITED_COVERAGE}};

static const struct word_flag edits[] = {
        {"Adult_Only", MCE_ADULT},
        {"Maternity_Only", MCE_MATERNITY},
        {"Pediatric_Only", MCE_PEDIATRIC},
        {"Newborn_Only", MCE_NEWBORN},
        {"Female_Only", MCE_FEMALE},
        {"Male_Only", MCE_MALE},
        {"Principal_Manifestation", MCE_MANIFESTATION},
        {"Principal_Unacceptable", MCE_UNACCEPTABLE},
        {"Principal_Requires_Secondary", MCE_REQUIRES_SECONDARY},
        {"Principal_External_Cause", MCE_EXTERNAL_CAUSE},
        {"Principal_Questionable_Admit", MCE_QUESTIONABLE},
        {"Unspecified", MCE_UNSPECIFIED},
        {"Wrong_Performed", MCE_WRONG_PROCEDURE},
        {"Noncovered_Always", MCE_NONCOVERED},
        {"Noncovered_LOS_96hr", MCE_LENGTH_OF_STAY},
        {"Noncovered_", MCE_NONCOVERED_PARTLY}, /* and its kinds; after those above */
        {"Limited_Coverage", MCE_LIMITED_COVERAGE},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

uint32_t mce_flag_of_word(struct cell word)
{
	for (size_t i = 0; i < COUNT(exact); i++)
		if (cell_is(word, exact[i].word))
			return exact[i].flag;
	for (size_t i = 0; i < COUNT(beginnings); i++)
		if (cell_begins(word, beginnings[i].word))
			return beginnings[i].flag;
	return 0;
}

uint32_t mce_flag_of_edit(struct cell edit)
{
	for (size_t i = 0; i < COUNT(edits); i++)
		if (cell_begins(edit, edits[i].word))
			return edits[i].flag;
	return 0;
}
