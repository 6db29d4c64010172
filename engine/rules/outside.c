/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/outside.h"

#include "base/date.h"

void codes_outside_merge(struct codes_outside *into, const struct codes_outside *from)
{
	for (unsigned part = 0; part < PART_COUNT; part++)
		for (unsigned year = 0; year < OUTSIDE_YEARS; year++)
			into->lines[part][year] += from->lines[part][year];
	for (unsigned pairs = 0; pairs < OUTSIDE_PAIRS; pairs++)
		for (unsigned year = 0; year < OUTSIDE_YEARS; year++)
			into->pairs[pairs][year] += from->pairs[pairs][year];
}

static int32_t outside_year(int32_t day)
{
	int32_t year = date_to_parts(day).year - OUTSIDE_YEAR_FIRST;

	return year < 0 ? 0 : year >= OUTSIDE_YEARS ? OUTSIDE_YEARS - 1 : year;
}

void codes_outside_add(struct codes_outside *outside, enum codes_part part, int32_t day)
{
	outside->lines[part][outside_year(day)]++;
}

/* Neighbours share days, and so years: a year is asked for where the last one does not hold. */
void codes_outside_add_days(
        struct codes_outside *outside, enum codes_part part, const int32_t days[], uint32_t count)
{
	int32_t year = 0, first = 1, last = 0;
	uint32_t added = 0; /* up to which they are */

	for (uint32_t i = 0; i < count; i++) {
		int32_t calendar;

		if (days[i] >= first && days[i] <= last)
			continue;
		outside->lines[part][year] += i - added;
		added = i;
		calendar = date_to_parts(days[i]).year;
		year = outside_year(days[i]);
		first = date_from_parts(calendar, 1, 1);
		last = date_from_parts(calendar, 12, 31);
	}
	outside->lines[part][year] += count - added;
}

void codes_outside_add_pairs(struct codes_outside *outside, enum outside_pairs pairs, int32_t day)
{
	outside->pairs[pairs][outside_year(day)]++;
}

uint64_t codes_outside_sum(const struct codes_outside *outside, enum codes_part part)
{
	uint64_t sum = 0;

	for (unsigned year = 0; year < OUTSIDE_YEARS; year++)
		sum += outside->lines[part][year];
	return sum;
}

void part_days(
        const struct batch *batch, uint32_t line, enum codes_part part, int32_t *low, int32_t *high)
{
	int32_t from = batch->service_from[line], thru = batch->service_thru[line];
	bool whole = part == PART_HCPCS || part == PART_CPT;

	*low = *high = from;
	if (part == PART_ICD10CM || part == PART_ICD10PCS || part == PART_MCE) {
		whole = !batch->inpatient[line];
		*low = *high = batch->discharge[line] != DATE_ABSENT ? batch->discharge[line]
		                                                     : thru;
	}
	if (whole) {
		*low = from < thru ? from : thru;
		*high = from < thru ? thru : from;
	}
}

bool part_applies(const struct batch *batch, uint32_t line, enum codes_part part)
{
	switch (part) {
	case PART_HCPCS:
	case PART_CPT:
		return batch->hcpcs[line] && codes_procedure_part(batch->hcpcs[line]) == part;
	case PART_MUE_PRACTITIONER:
		return batch->setting[line] == SETTING_PRACTITIONER;
	case PART_MUE_HOSPITAL:
		return batch->setting[line] == SETTING_OUTPATIENT;
	case PART_MUE_DME:
		return batch->setting[line] == SETTING_DME;
	default:
		return true;
	}
}

static bool covers_span(const struct codes *codes, enum codes_part part, int32_t low, int32_t high)
{
	return codes_covers(codes, part, low) && codes_covers(codes, part, high);
}

bool line_outside(
        const struct codes *codes, const struct batch *batch, uint32_t line, unsigned parts)
{
	for (parts &= codes_limited(codes); parts; parts &= parts - 1) {
		enum codes_part part = (enum codes_part)__builtin_ctz(parts);
		int32_t low, high;

		part_days(batch, line, part, &low, &high);
		if (low != DATE_ABSENT && part_applies(batch, line, part) &&
		        !covers_span(codes, part, low, high))
			return true;
	}
	return false;
}
