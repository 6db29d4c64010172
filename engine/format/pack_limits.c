/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a column's values may be, as a format can have filled it.  Later stages
 * count by them, shift by them and look up by them, so a pack whose numbers are
 * others is damaged, whatever its hashes say.
 */
#include "format/pack_private.h"

enum {
	DAY_FIRST = -719528, /* 0000-01-01 */
	DAY_LAST = 2932896,  /* 9999-12-31 */
	DIGITS_MOST = 99,    /* of cells of two digits */
	SAID_MOST = SAID_DENIED | SAID_CARC | SAID_SUPERSEDED | SAID_UPDATE,
};

#define ID_MOST (((int64_t)ID_NONE << ID_KIND_SHIFT) - 1)
#define TEN_DIGITS ((uint64_t)10000000000)
#define CODE_MOST ((int64_t)CODE_UNREADABLE)

/* Without a range of its own a column may be anything; its blank is always right. */
struct range {
	int64_t least, most;
};

static const struct range ranges[PACK_COLUMNS] = {
        [PACK_claim_type] = {0, CLAIM_TYPES - 1},
        [PACK_rendering... PACK_billing_ccn] = {0, ID_MOST},
        [PACK_entity_type] = {0, 2},
        [PACK_claim_start... PACK_death] = {DAY_FIRST, DAY_LAST},
        [PACK_units... PACK_paid] = {-AMOUNT_MOST, AMOUNT_MOST},
        [PACK_hcpcs] = {0, CODE_MOST},
        [PACK_diagnosis_count] = {0, DIAGNOSES_MAX},
        [PACK_procedure_count] = {0, PROCEDURES_MAX},
        [PACK_admitting... PACK_pointed_code] = {0, CODE_MOST},
        [PACK_diagnosis_type] = {0, CODE_TYPE_OTHER},
        [PACK_sex] = {0, SEX_UNKNOWN},
        [PACK_said] = {0, SAID_MOST},
        [PACK_rif_type] = {0, DIGITS_MOST},
        [PACK_carc] = {0, CARC_OTHER},
        [PACK_pointer_0... PACK_pointer_3] = {0, DIGITS_MOST},
        [PACK_diagnosis_0... PACK_procedure_24] = {0, CODE_MOST},
};

/* Ids of ten digits are written as such. */
static bool id_fits(int64_t id)
{
	enum id_kind kind = id_kind((uint64_t)id);

	return (kind != ID_NPI && kind != ID_BAD_CHECK) ||
	       ((uint64_t)id & ID_VALUE_MASK) < TEN_DIGITS;
}

static bool is_id(unsigned column)
{
	return ranges[column].most == ID_MOST;
}

static bool in_range(unsigned column, int64_t value)
{
	const struct range *range = &ranges[column];

	return value >= range->least && value <= range->most && (!is_id(column) || id_fits(value));
}

bool pack_may_be(unsigned column, int64_t value)
{
	return ranges[column].most == 0 || value == pack_columns[column].blank ||
	       in_range(column, value);
}

/* Without a branch on a value, so that many are looked at at once. */
#define ALL_BETWEEN(type) \
	do { \
		const type *from = (const type *)(const void *)values; \
\
		for (size_t i = 0; i < count; i++) \
			outside |= (from[i] < (type)range->least) | (from[i] > (type)range->most); \
	} while (0)

static bool all_in_range(unsigned column, const uint8_t *values, size_t count)
{
	const struct range *range = &ranges[column];
	unsigned outside = 0;

	switch (pack_columns[column].size) {
	case 1:
		ALL_BETWEEN(uint8_t);
		break;
	case 2:
		ALL_BETWEEN(uint16_t);
		break;
	case 4:
		ALL_BETWEEN(int32_t);
		break;
	default:
		ALL_BETWEEN(int64_t);
	}
	return outside == 0;
}

static bool all_ids_fit(const uint8_t *values, size_t count)
{
	const uint64_t *ids = (const uint64_t *)(const void *)values;
	unsigned outside = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t kind = ids[i] >> ID_KIND_SHIFT;
		unsigned number = (kind == ID_NPI) | (kind == ID_BAD_CHECK);

		outside |= (kind >= ID_NONE) | (number & ((ids[i] & ID_VALUE_MASK) >= TEN_DIGITS));
	}
	return outside == 0;
}

bool pack_may_all(unsigned column, const uint8_t *values, size_t count)
{
	bool may = true;

	if (ranges[column].most == 0)
		return true;
	if (is_id(column))
		return all_ids_fit(values, count);
	if (all_in_range(column, values, count))
		return true;
	for (size_t i = 0; i < count && may; i++)
		may = pack_may_be(
		        column, pack_load(column, values + i * pack_columns[column].size));
	return may;
}

bool pack_may_span(unsigned column, int64_t least, uint64_t distance)
{
	const struct range *range = &ranges[column];

	if (range->most == 0)
		return true;
	return in_range(column, least) && distance <= (uint64_t)(range->most - least) &&
	       in_range(column, least + (int64_t)distance) &&
	       (!is_id(column) || id_kind((uint64_t)least) == id_kind((uint64_t)least + distance));
}
