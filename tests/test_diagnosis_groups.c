/* SPDX-License-Identifier: Apache-2.0 */
#include "regroup/diagnosis_groups.h"

#include <criterion/criterion.h>

#include <string.h>

static uint64_t word(const char *text)
{
	uint64_t code = 0;

	for (size_t i = 0; text[i]; i++)
		code |= (uint64_t)(uint8_t)text[i] << (8 * i);
	return code;
}

Test(diagnosis_groups, ranges_hold_what_begins_so)
{
	static const struct {
		const char *code;
		uint32_t groups;
	} cases[] = {
	        {"I63", GROUP_BIT(GROUP_STROKE)},
	        {"I6399", GROUP_BIT(GROUP_STROKE)},
	        {"I609", GROUP_BIT(GROUP_STROKE)},
	        {"I64", 0},
	        {"I59", 0},
	        {"I2510", 0},
	        {"I21A1", GROUP_BIT(GROUP_AMI)},
	        {"I229", GROUP_BIT(GROUP_AMI)},
	        {"I82401", GROUP_BIT(GROUP_EMBOLISM)},
	        {"I825Z9", 0},
	        {"C50911", GROUP_BIT(GROUP_BREAST)},
	        {"C800", GROUP_BIT(GROUP_METASTASIS)},
	        {"C801", 0},
	        {"C7B09", GROUP_BIT(GROUP_METASTASIS)},
	        {"E1122", GROUP_BIT(GROUP_DIABETES)},
	        {"E14", 0},
	        {"Z6841", GROUP_BIT(GROUP_OBESITY)},
	        {"Z6839", 0},
	        {"F3289", 0},
	        {"F329", 0},
	        {"F325", GROUP_BIT(GROUP_DEPRESSION)},
	        {"", 0},
	        {"9999999", 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_eq(diagnosis_groups_of(word(cases[i].code)), cases[i].groups, "%s",
		        cases[i].code);
}

Test(diagnosis_groups, each_has_a_name_of_its_own)
{
	for (unsigned g = 0; g < DIAGNOSIS_GROUPS; g++) {
		const char *name = diagnosis_group_name((enum diagnosis_group)g);

		cr_expect_eq(strspn(name, "abcdefghijklmnopqrstuvwxyz_"), strlen(name));
		for (unsigned other = 0; other < g; other++)
			cr_expect(strcmp(name, diagnosis_group_name((enum diagnosis_group)other)));
	}
}
