/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Years are counted from 1 March, so that the leap day is the last of its year,
 * and in eras of 400 years, which all have 146,097 days (Howard Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms").
 */
#include "base/date.h"

#include <errno.h>

enum {
	ERA_YEARS = 400,
	ERA_DAYS = 146097,
	EPOCH_DAYS = 719468, /* from 0000-03-01 to 1970-01-01 */
	YEAR_TEXT_MAX = 9999,
};

static bool is_leap(int32_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool date_exists(int32_t year, int32_t month, int32_t day)
{
	static const int8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (month < 1 || month > 12 || day < 1)
		return false;
	return day <= days[month - 1] + (month == 2 && is_leap(year));
}

int32_t date_from_parts(int32_t year, int32_t month, int32_t day)
{
	int32_t march_year = year - (month <= 2);
	int32_t era = (march_year >= 0 ? march_year : march_year - (ERA_YEARS - 1)) / ERA_YEARS;
	int32_t year_of_era = march_year - era * ERA_YEARS;
	int32_t month_from_march = month > 2 ? month - 3 : month + 9;
	int32_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
	int32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * ERA_DAYS + day_of_era - EPOCH_DAYS;
}

struct date_parts date_to_parts(int32_t date)
{
	int64_t days = (int64_t)date + EPOCH_DAYS;
	int64_t era = (days >= 0 ? days : days - (ERA_DAYS - 1)) / ERA_DAYS;
	int32_t day_of_era = (int32_t)(days - era * ERA_DAYS);
	int32_t year_of_era =
	        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int32_t day_of_year = day_of_era -
	                      (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int32_t month_from_march = (5 * day_of_year + 2) / 153;
	int32_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;

	return (struct date_parts){
	        .year = year_of_era + (int32_t)era * ERA_YEARS + (month <= 2),
	        .month = month,
	        .day = day_of_year - (153 * month_from_march + 2) / 5 + 1,
	};
}

int32_t date_month(int32_t date)
{
	struct date_parts parts = date_to_parts(date);

	return (parts.year - 1970) * 12 + parts.month - 1;
}

int32_t date_age(int32_t birth, int32_t date)
{
	struct date_parts born;
	struct date_parts now;

	if (birth == DATE_ABSENT || date < birth)
		return -1;
	born = date_to_parts(birth);
	now = date_to_parts(date);
	return now.year - born.year -
	       (now.month < born.month || (now.month == born.month && now.day < born.day));
}

int32_t date_add_years(int32_t date, int32_t years)
{
	struct date_parts parts = date_to_parts(date);

	parts.year += years;
	if (!date_exists(parts.year, parts.month, parts.day))
		parts.day = 28;
	return date_from_parts(parts.year, parts.month, parts.day);
}

int32_t date_weekday(int32_t date)
{
	int32_t day = (int32_t)(((int64_t)date + 4) % 7); /* 1970-01-01 was a Thursday */

	return day < 0 ? day + 7 : day;
}

static void write_number(char *text, int32_t number, int digits)
{
	for (int i = digits - 1; i >= 0; i--) {
		text[i] = (char)('0' + number % 10);
		number /= 10;
	}
}

size_t date_format(int32_t date, char text[DATE_TEXT_SIZE])
{
	struct date_parts parts = date_to_parts(date);

	text[0] = '\0';
	if (date == DATE_ABSENT || parts.year < 0 || parts.year > YEAR_TEXT_MAX)
		return 0;
	write_number(text, parts.year, 4);
	text[4] = '-';
	write_number(text + 5, parts.month, 2);
	text[7] = '-';
	write_number(text + 8, parts.day, 2);
	text[10] = '\0';
	return 10;
}

/* A text that is read from its front; what cannot be read leaves it as it was. */
struct cursor {
	const char *at;
	const char *end;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Read least to most digits, as many as there are. */
static bool take_digits(struct cursor *cursor, int least, int most, int32_t *number)
{
	int32_t value = 0;
	int count = 0;

	while (count < most && cursor->at + count < cursor->end && is_digit(cursor->at[count]))
		value = value * 10 + (cursor->at[count++] - '0');
	if (count < least)
		return false;
	cursor->at += count;
	*number = value;
	return true;
}

static bool take_char(struct cursor *cursor, char c)
{
	if (cursor->at == cursor->end || *cursor->at != c)
		return false;
	cursor->at++;
	return true;
}

/* Jan to Dec in any case. */
static bool take_month_name(struct cursor *cursor, int32_t *month)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	if (cursor->end - cursor->at < 3)
		return false;
	for (int32_t i = 0; i < 12; i++) {
		const char *name = names + (ptrdiff_t)i * 3;

		/* The letters of a name are lower case: setting the bit folds A to a. */
		if ((cursor->at[0] | 0x20) == name[0] && (cursor->at[1] | 0x20) == name[1] &&
		        (cursor->at[2] | 0x20) == name[2]) {
			cursor->at += 3;
			*month = i + 1;
			return true;
		}
	}
	return false;
}

static bool take_iso(struct cursor *cursor, struct date_parts *parts)
{
	return take_digits(cursor, 4, 4, &parts->year) && take_char(cursor, '-') &&
	       take_digits(cursor, 2, 2, &parts->month) && take_char(cursor, '-') &&
	       take_digits(cursor, 2, 2, &parts->day);
}

static bool take_compact(struct cursor *cursor, struct date_parts *parts)
{
	return take_digits(cursor, 4, 4, &parts->year) &&
	       take_digits(cursor, 2, 2, &parts->month) && take_digits(cursor, 2, 2, &parts->day);
}

static bool take_named(struct cursor *cursor, struct date_parts *parts)
{
	return take_digits(cursor, 1, 2, &parts->day) && take_char(cursor, '-') &&
	       take_month_name(cursor, &parts->month) && take_char(cursor, '-') &&
	       take_digits(cursor, 4, 4, &parts->year);
}

static bool take_slashed(struct cursor *cursor, struct date_parts *parts)
{
	return take_digits(cursor, 1, 2, &parts->month) && take_char(cursor, '/') &&
	       take_digits(cursor, 1, 2, &parts->day) && take_char(cursor, '/') &&
	       take_digits(cursor, 4, 4, &parts->year);
}

/* Which form it is shows in the first bytes that are no digits. */
static bool take_date(struct cursor *cursor, struct date_parts *parts)
{
	const char *text = cursor->at;
	ptrdiff_t size = cursor->end - text;

	if (size < 8)
		return false;
	if (text[1] == '/' || text[2] == '/')
		return take_slashed(cursor, parts);
	if (is_digit(text[2]) && is_digit(text[3]))
		return text[4] == '-' ? take_iso(cursor, parts) : take_compact(cursor, parts);
	return take_named(cursor, parts);
}

static bool all_zeros(const struct cursor *cursor)
{
	for (const char *at = cursor->at; at < cursor->end; at++) {
		if (*at != '0')
			return false;
	}
	return true;
}

/* The dates that feeds write where they have none. */
static bool stands_for_absent(const struct date_parts *parts)
{
	if (parts->year == 0)
		return parts->month == 0 && parts->day == 0;
	if (parts->year == 9999)
		return parts->month == 12 && parts->day == 31;
	return (parts->year == 1000 || parts->year == 1900) && parts->month == 1 && parts->day == 1;
}

int date_parse(const char *text, size_t size, int32_t *date)
{
	struct cursor cursor = {text, text + size};
	struct date_parts parts;

	*date = DATE_ABSENT;
	while (cursor.at < cursor.end && is_blank(*cursor.at))
		cursor.at++;
	while (cursor.at < cursor.end && is_blank(cursor.end[-1]))
		cursor.end--;
	if (all_zeros(&cursor))
		return 0;
	if (!take_date(&cursor, &parts))
		return -EBADMSG;
	if (cursor.at < cursor.end && *cursor.at != 'T' && !is_blank(*cursor.at))
		return -EBADMSG;
	if (stands_for_absent(&parts))
		return 0;
	if (parts.year < 1 || !date_exists(parts.year, parts.month, parts.day))
		return -EBADMSG;
	*date = date_from_parts(parts.year, parts.month, parts.day);
	return 0;
}
