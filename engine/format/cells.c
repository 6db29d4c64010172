/* SPDX-License-Identifier: Apache-2.0 */
#include "format/cells.h"

#include "base/hash.h"

#include <errno.h>
#include <string.h>

static const struct {
	const char *name;
	enum cell_type type;
} fields[FIELD_COUNT] = {
#define FIELD(symbol, name, type) [FIELD_##symbol] = {name, CELL_##type},
#include "format/fields.def"
#undef FIELD
};

const char *field_name(enum field field)
{
	return fields[field].name;
}

enum cell_type field_type(enum field field)
{
	return fields[field].type;
}

const struct cells_hot *cells_hot_at(enum level level)
{
	static const struct cells_hot *const variants[LEVEL_COUNT] = {
	        &cells_hot_scalar,
	        &cells_hot_avx2,
	        &cells_hot_avx512,
	};

	return variants[level];
}

/*
 * A decimal number, optional sign, into value * 10^places, rounded half away
 * from zero.  -EBADMSG if it is none, or does not fit.
 */
int cells_parse_decimal(const uint8_t *text, size_t size, unsigned places, int64_t *value)
{
	unsigned __int128 sum = 0;
	bool negative = size > 0 && text[0] == '-';
	bool point = false, any = false, round_up = false;
	unsigned taken = 0;

	for (size_t i = size > 0 && (text[0] == '-' || text[0] == '+'); i < size; i++) {
		unsigned digit = text[i] - '0';

		if (text[i] == '.' && !point) {
			point = true;
			continue;
		}
		if (digit > 9)
			return -EBADMSG;
		any = true;
		if (point && taken == places) {
			round_up = digit >= 5;
			taken++;
		}
		if (point && taken > places)
			continue;
		taken += point;
		sum = sum * 10 + digit;
		if (sum > INT64_MAX)
			return -EBADMSG;
	}
	if (!any)
		return -EBADMSG;
	for (; taken < places; taken++) {
		sum *= 10;
		if (sum > INT64_MAX)
			return -EBADMSG;
	}
	sum += round_up;
	if (sum > INT64_MAX)
		return -EBADMSG;
	*value = negative ? -(int64_t)sum : (int64_t)sum;
	return 0;
}

bool npi_check(uint64_t digits)
{
	unsigned sum = 24; /* of the prefix 80840 */

	for (unsigned place = 0; place < 10; place++, digits /= 10) {
		unsigned digit = (unsigned)(digits % 10);

		if (place & 1)
			digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
		sum += digit;
	}
	return sum % 10 == 0;
}

static bool is_placeholder(uint64_t digits)
{
	return digits % 1111111111 == 0 || digits == 1234567890;
}

static uint64_t ten_digits(uint64_t digits)
{
	enum id_kind kind = ID_BAD_CHECK;

	if (is_placeholder(digits))
		kind = ID_PLACEHOLDER;
	else if (digits >= 1000000000 && digits < 3000000000 && npi_check(digits))
		kind = ID_NPI;
	return (uint64_t)kind << ID_KIND_SHIFT | digits;
}

uint64_t cells_provider_id(const uint8_t *text, size_t size, bool *repaired)
{
	uint64_t digits = 0;
	size_t i = 0;

	if (size > 2 && text[size - 2] == '.' && text[size - 1] == '0') {
		size -= 2;
		*repaired = true;
	}
	if (size == 0)
		return 0;
	for (i = 0; i < size && i < 10; i++) {
		unsigned digit = text[i] - '0';

		if (digit > 9)
			break;
		digits = digits * 10 + digit;
	}
	if (i == 10 && size == 10)
		return ten_digits(digits);
	return (uint64_t)ID_OTHER << ID_KIND_SHIFT | (hash64(text, size) & ID_VALUE_MASK);
}

static void fill_dates(int32_t *column)
{
	for (unsigned i = 0; i < BATCH_LINES; i++)
		column[i] = DATE_ABSENT;
}

static void fill_amounts(int64_t *column)
{
	for (unsigned i = 0; i < BATCH_LINES; i++)
		column[i] = AMOUNT_ABSENT;
}

bool cells_may_blank(const struct cell_group *group)
{
	switch (field_type(group->field)) {
	case CELL_TEXT:
	case CELL_DATE:
	case CELL_NUMBER:
	case CELL_CODE_ADMITTING:
	case CELL_POINTER:
	case CELL_CONDITION:
	case CELL_CARC:
	case CELL_DIAGNOSIS:
	case CELL_PROCEDURE:
		return true;
	default:
		return false;
	}
}

void batch_clear(struct batch *batch)
{
	memset(batch, 0, sizeof(*batch));
	fill_dates(batch->claim_start);
	fill_dates(batch->claim_end);
	fill_dates(batch->line_start);
	fill_dates(batch->line_end);
	fill_dates(batch->admission);
	fill_dates(batch->discharge);
	fill_dates(batch->paid_date);
	fill_dates(batch->received);
	fill_dates(batch->birth);
	fill_dates(batch->death);
	fill_amounts(batch->units);
	fill_amounts(batch->charge);
	fill_amounts(batch->allowed);
	fill_amounts(batch->paid);
	for (unsigned i = 0; i < BATCH_LINES; i++) {
		batch->line_number[i] = LINE_ABSENT;
		batch->revenue[i] = NUMBER_BLANK;
		batch->drg[i] = NUMBER_BLANK;
	}
}
