/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/release.h"

#include <string.h>
#include <strings.h>

static bool is_blank(char character)
{
	return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

/*
 * The no-break space of latin-1 is a blank too; as a byte of a UTF-8 letter (C3 A0)
 * it is not, and behind C2 it is one again.
 */
static size_t blanks_behind(struct cell cell)
{
	const char *end = cell.text + cell.size;

	if (cell.size >= 1 && is_blank(end[-1]))
		return 1;
	if (cell.size >= 1 && end[-1] == '\xa0') {
		if (cell.size == 1 || (end[-2] & 0x80) == 0)
			return 1;
		return end[-2] == '\xc2' ? 2 : 0;
	}
	return 0;
}

static size_t blanks_before(struct cell cell)
{
	if (cell.size >= 1 && (is_blank(cell.text[0]) || cell.text[0] == '\xa0'))
		return 1;
	if (cell.size >= 2 && cell.text[0] == '\xc2' && cell.text[1] == '\xa0')
		return 2;
	return 0;
}

struct cell cell_trim(struct cell cell)
{
	size_t blanks;

	while ((blanks = blanks_behind(cell)) > 0)
		cell.size -= blanks;
	while ((blanks = blanks_before(cell)) > 0) {
		cell.text += blanks;
		cell.size -= blanks;
	}
	return cell;
}

struct cell cell_cut(struct cell line, size_t at, size_t size)
{
	if (at >= line.size)
		return (struct cell){line.text + line.size, 0};
	if (size > line.size - at)
		size = line.size - at;
	return cell_trim((struct cell){line.text + at, size});
}

bool cell_is(struct cell cell, const char *text)
{
	return strlen(text) == cell.size && strncasecmp(cell.text, text, cell.size) == 0;
}

bool cell_begins(struct cell cell, const char *text)
{
	size_t size = strlen(text);

	return size <= cell.size && strncasecmp(cell.text, text, size) == 0;
}

/* Digits only; false if one is none, or they pass 2^63. */
static bool digits_of(struct cell cell, uint64_t *number)
{
	*number = 0;
	for (size_t i = 0; i < cell.size; i++) {
		unsigned digit = (unsigned char)cell.text[i] - (unsigned)'0';

		if (digit > 9 || *number > (uint64_t)INT64_MAX / 10 - 1)
			return false;
		*number = *number * 10 + digit;
	}
	return cell.size > 0;
}

bool cell_number(struct cell cell, uint32_t *number)
{
	uint64_t wide;

	cell = cell_trim(cell);
	if (!digits_of(cell, &wide) || wide > UINT32_MAX)
		return false;
	*number = (uint32_t)wide;
	return true;
}

/* Blank, '*', or zeros. */
static bool says_none(struct cell cell)
{
	size_t zeros = 0;

	while (zeros < cell.size && cell.text[zeros] == '0')
		zeros++;
	return zeros == cell.size || (cell.size == 1 && cell.text[0] == '*');
}

int cell_date(struct cell cell, int32_t *date)
{
	uint64_t number;
	int32_t year, month, day;

	*date = DATE_ABSENT;
	cell = cell_trim(cell);
	if (says_none(cell))
		return 0;
	if (cell.size != 8 || !digits_of(cell, &number))
		return date_parse(cell.text, cell.size, date) ? -1 : 0;
	year = (int32_t)(number / 10000);
	month = (int32_t)(number / 100 % 100);
	day = (int32_t)(number % 100);
	if (number == 99991231)
		return 0;
	if (!date_exists(year, month, day))
		return -1;
	*date = date_from_parts(year, month, day);
	return 0;
}

int cell_julian(struct cell cell, int32_t *date)
{
	uint64_t number;
	int32_t year, day, first, next;

	*date = DATE_ABSENT;
	cell = cell_trim(cell);
	if (says_none(cell))
		return 0;
	if (cell.size != 7 || !digits_of(cell, &number))
		return -1;
	year = (int32_t)(number / 1000);
	day = (int32_t)(number % 1000);
	if (number == 9999365)
		return 0;
	if (year == 0 || day == 0)
		return -1;
	first = date_from_parts(year, 1, 1);
	next = date_from_parts(year + 1, 1, 1);
	if (first + day - 1 >= next)
		return -1;
	*date = first + day - 1;
	return 0;
}

/* Digits with an optional point and commas between them, as number * 10^places, rounded. */
static bool decimal_of(struct cell cell, unsigned places, int64_t *number)
{
	unsigned seen = 0, after = 0; /* digits; places behind the point */
	bool point = false, up = false;

	*number = 0;
	for (size_t i = 0; i < cell.size; i++) {
		char character = cell.text[i];
		unsigned digit = (unsigned char)character - (unsigned)'0';

		if (character == '.' && !point) {
			point = true;
			continue;
		}
		if (character == ',' && seen > 0 && !point)
			continue;
		if (digit > 9)
			return false;
		seen++;
		if (point && after == places) {
			after++;
			up = digit >= 5; /* the first digit too many decides */
		}
		if (point && after > places)
			continue;
		after += point;
		*number = *number * 10 + digit;
		if (*number > INT32_MAX)
			return false;
	}
	for (; after < places; after++)
		*number *= 10;
	*number += up;
	return seen > 0;
}

static bool decimal(struct cell cell, unsigned places, int32_t *number)
{
	bool negative;
	int64_t wide;

	cell = cell_trim(cell);
	negative = cell.size > 0 && cell.text[0] == '-';
	if (cell.size > 0 && (cell.text[0] == '-' || cell.text[0] == '+'))
		cell = cell_cut(cell, 1, cell.size - 1);
	if (cell.size > 0 && cell.text[0] == '$')
		cell = cell_cut(cell, 1, cell.size - 1);
	if (!decimal_of(cell, places, &wide) || wide > INT32_MAX)
		return false;
	*number = (int32_t)(negative ? -wide : wide);
	return true;
}

bool cell_hundredths(struct cell cell, int32_t *number)
{
	return decimal(cell, 2, number);
}

bool cell_ten_thousandths(struct cell cell, int32_t *number)
{
	return decimal(cell, 4, number);
}

static int place_of(const struct cell cells[], size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (cell_is(cell_trim(cells[i]), name))
			return (int)i;
	return -1;
}

size_t cells_place(const struct cell cells[], size_t count, const char *const names[], int places[],
        size_t name_count)
{
	size_t found = 0;

	for (size_t i = 0; i < name_count; i++) {
		places[i] = place_of(cells, count, names[i]);
		found += places[i] >= 0;
	}
	return found;
}

void days_of_fiscal_year(int year, int32_t *from, int32_t *to)
{
	*from = date_from_parts(year - 1, 10, 1);
	*to = date_from_parts(year, 9, 30);
}

void days_of_quarter(int year, int quarter, int32_t *from, int32_t *to)
{
	*from = date_from_parts(year, 3 * quarter - 2, 1);
	*to = quarter == 4 ? date_from_parts(year, 12, 31)
	                   : date_from_parts(year, 3 * quarter + 1, 1) - 1;
}
