/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/normalise.h"

const struct normalise_hot *normalise_hot_at(enum level level)
{
	static const struct normalise_hot *const variants[LEVEL_COUNT] = {
	        &normalise_hot_scalar,
	        &normalise_hot_avx2,
	        &normalise_hot_avx512,
	};

	return variants[level];
}

void normalise_counts_init(struct normalise_counts *counts)
{
	*counts = (struct normalise_counts){.totals = 0};
	for (unsigned type = 0; type < CLAIM_TYPES; type++) {
		counts->first_service[type] = INT32_MAX;
		counts->last_service[type] = DATE_ABSENT;
		counts->last_received[type] = DATE_ABSENT;
	}
}

static void latest(int32_t *into, int32_t date)
{
	if (date > *into)
		*into = date;
}

void normalise_counts_merge(struct normalise_counts *into, const struct normalise_counts *from)
{
	into->disagreements.birth += from->disagreements.birth;
	into->disagreements.sex += from->disagreements.sex;
	into->disagreements.death += from->disagreements.death;
	into->disagreements.specialty += from->disagreements.specialty;
	into->disagreements.state += from->disagreements.state;
	into->disagreements.entity_type += from->disagreements.entity_type;
	into->denied_by_flag += from->denied_by_flag;
	into->denied_by_zero += from->denied_by_zero;
	into->totals += from->totals;
	into->outside += from->outside;
	for (unsigned type = 0; type < CLAIM_TYPES; type++) {
		into->lines[type] += from->lines[type];
		if (from->first_service[type] < into->first_service[type])
			into->first_service[type] = from->first_service[type];
		latest(&into->last_service[type], from->last_service[type]);
		latest(&into->last_received[type], from->last_received[type]);
	}
}
