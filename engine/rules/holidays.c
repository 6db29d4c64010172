/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/holidays.h"
#include "base/date.h"

#include <stddef.h>

enum { SUNDAY, MONDAY, THURSDAY = 4, FRIDAY = 5, SATURDAY = 6 };

/* The months and days that do not move. */
static const struct fixed_holiday {
	int month, day, since;
} fixed[] = {
        {1, 1, 0},
        {6, 19, 2021}, /* Juneteenth: Public Law 117-17 */
        {7, 4, 0},
        {11, 11, 0},
        {12, 25, 0},
};

/* The nth weekday of a month; nth 5: the last. */
static const struct floating_holiday {
	int month, weekday, nth, since;
} floating[] = {
        {1, MONDAY, 3, 1986}, /* Martin Luther King */
        {2, MONDAY, 3, 0},    /* Washington's birthday */
        {5, MONDAY, 5, 0},    /* Memorial Day */
        {9, MONDAY, 1, 0},    /* Labor Day */
        {10, MONDAY, 2, 0},   /* Columbus Day */
        {11, THURSDAY, 4, 0}, /* Thanksgiving */
};

static bool is_fixed(int32_t date)
{
	struct date_parts parts = date_to_parts(date);

	for (size_t h = 0; h < sizeof(fixed) / sizeof(fixed[0]); h++)
		if (parts.month == fixed[h].month && parts.day == fixed[h].day)
			return parts.year >= fixed[h].since;
	return false;
}

static bool is_floating(int32_t date)
{
	struct date_parts parts = date_to_parts(date);
	int nth = (parts.day + 6) / 7;
	bool last = date_to_parts(date + 7).month != parts.month;

	for (size_t h = 0; h < sizeof(floating) / sizeof(floating[0]); h++) {
		const struct floating_holiday *holiday = &floating[h];
		bool counted = holiday->nth == 5 ? last : holiday->nth == nth;

		if (parts.month == holiday->month && counted && parts.year >= holiday->since &&
		        date_weekday(date) == holiday->weekday)
			return true;
	}
	return false;
}

bool holiday_on(int32_t date)
{
	int weekday = date_weekday(date);

	return is_fixed(date) || is_floating(date) || (weekday == FRIDAY && is_fixed(date + 1)) ||
	       (weekday == MONDAY && is_fixed(date - 1));
}

int32_t working_day_from(int32_t date)
{
	while (date_weekday(date) == SATURDAY || date_weekday(date) == SUNDAY || holiday_on(date))
		date++;
	return date;
}
