/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/codes_kinds.h"

static const char *const names[PART_COUNT] = {
        [PART_ICD10CM] = "icd10cm",
        [PART_ICD10PCS] = "icd10pcs",
        [PART_MCE] = "mce",
        [PART_HCPCS] = "hcpcs",
        [PART_CPT] = "cpt",
        [PART_MPFS] = "mpfs",
        [PART_MUE_PRACTITIONER] = "mue_practitioner",
        [PART_MUE_HOSPITAL] = "mue_hospital",
        [PART_MUE_DME] = "mue_dme",
        [PART_AOC] = "aoc",
        [PART_MODIFIERS] = "modifiers",
        [PART_LEIE] = "leie",
        [PART_NPPES] = "nppes",
};

const char *codes_part_name(enum codes_part part)
{
	return names[part];
}

unsigned codes_limited(const struct codes *codes)
{
	return codes->limited;
}

unsigned codes_absent(const struct codes *codes)
{
	return codes->absent;
}

bool codes_nearest(const struct codes *codes)
{
	return codes->nearest;
}

size_t codes_covered_count(const struct codes *codes, enum codes_part part)
{
	return codes->covered[part] ? codes->covered_count[part] : 1;
}

struct code_window codes_covered_at(const struct codes *codes, enum codes_part part, size_t index)
{
	if (!codes->covered[part])
		return (struct code_window){INT32_MIN, INT32_MAX};
	return (struct code_window){
	        codes->covered[part][index].from, codes->covered[part][index].to};
}

bool codes_covers(const struct codes *codes, enum codes_part part, int32_t day)
{
	for (size_t i = 0; i < codes->covered_count[part]; i++)
		if (codes->covered[part][i].from <= day && day <= codes->covered[part][i].to)
			return true;
	return !codes->covered[part];
}

/* The covered day that is nearest, the earlier of two. */
static int32_t nearest_day(const struct codes *codes, enum codes_part part, int32_t day)
{
	int64_t best = INT64_MAX;
	int32_t nearest = day;

	for (size_t i = 0; i < codes->covered_count[part]; i++) {
		const struct set_days *days = &codes->covered[part][i];
		int32_t there = day < days->from ? days->from : day > days->to ? days->to : day;
		int64_t distance = there < day ? (int64_t)day - there : (int64_t)there - day;

		if (distance < best) {
			best = distance;
			nearest = there;
		}
	}
	return nearest;
}

/* The system whose starter set stands in for a part. */
static enum code_system part_system(enum codes_part part)
{
	switch (part) {
	case PART_ICD10CM:
		return SYSTEM_ICD10CM;
	case PART_ICD10PCS:
		return SYSTEM_ICD10PCS;
	case PART_MODIFIERS:
		return SYSTEM_MODIFIER;
	default:
		return SYSTEM_PROCEDURE;
	}
}

bool codes_complete(const struct codes *codes, enum codes_part part, int32_t low, int32_t high)
{
	const struct set *set = codes->parts[part];

	/* Where releases know procedures, codes->partial speaks of them all. */
	if (!set)
		return !codes->images && !codes->partial[part_system(part)];
	if (codes->nearest) {
		low = nearest_day(codes, part, low);
		high = nearest_day(codes, part, high);
	}
	return set_complete(set, low) && set_complete(set, high);
}
