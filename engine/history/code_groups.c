/* SPDX-License-Identifier: Apache-2.0 */
#include "history/code_groups.h"

static const char *const names[CODE_GROUPS] = {
        [GROUP_OTHER] = "other",
        [GROUP_VISITS] = "visits",
        [GROUP_SURGERY] = "surgery",
        [GROUP_IMAGING] = "imaging",
        [GROUP_LABORATORY] = "laboratory",
        [GROUP_THERAPY] = "therapy",
        [GROUP_MEDICINE] = "medicine",
        [GROUP_DRUGS] = "drugs",
        [GROUP_SUPPLIES] = "supplies",
        [GROUP_AMBULANCE] = "ambulance",
};

const char *code_group_name(enum code_group group)
{
	return names[group];
}

/* CPT's sections by their first digits. */
static enum code_group section_of(uint64_t word)
{
	unsigned first = word & 0xff, second = word >> 8 & 0xff;

	switch (first) {
	case '0':
	case '1':
	case '2':
	case '3':
	case '4':
	case '5':
	case '6':
		return GROUP_SURGERY;
	case '7':
		return GROUP_IMAGING;
	case '8':
		return GROUP_LABORATORY;
	case '9':
		return second == '7' ? GROUP_THERAPY : GROUP_MEDICINE;
	case 'J':
	case 'Q':
		return GROUP_DRUGS;
	case 'E':
	case 'K':
	case 'L':
		return GROUP_SUPPLIES;
	default:
		return GROUP_OTHER;
	}
}

enum code_group code_group_of(uint64_t word, const struct procedure_attributes *px)
{
	enum { AMBULANCE = PX_AMBULANCE_BASE | PX_AMBULANCE_AIR | PX_GROUND_MILES | PX_AIR_MILES };

	if (px->em_family != EM_NONE)
		return GROUP_VISITS;
	if (px->flags & PX_LAB)
		return GROUP_LABORATORY;
	if (px->flags & PX_DRUG)
		return GROUP_DRUGS;
	if (px->flags & PX_DMEPOS)
		return GROUP_SUPPLIES;
	if (px->flags & AMBULANCE)
		return GROUP_AMBULANCE;
	return section_of(word);
}
