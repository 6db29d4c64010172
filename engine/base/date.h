/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dates as day numbers: int32_t days since 1970-01-01.
 */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DATE_ABSENT = INT32_MIN, DATE_TEXT_SIZE = 11 };

struct date_parts {
	int32_t year;
	int32_t month; /* 1 to 12 */
	int32_t day;   /* 1 to 31 */
};

/* Day number of a proleptic Gregorian date; the date must exist. */
int32_t date_from_parts(int32_t year, int32_t month, int32_t day);
struct date_parts date_to_parts(int32_t date);
bool date_exists(int32_t year, int32_t month, int32_t day);

/* Months since 1970-01. */
int32_t date_month(int32_t date);

/* Whole years from birth to date; -1 if date is before birth. */
int32_t date_age(int32_t birth, int32_t date);

/* The same day n years later; 29 February becomes 28 February. */
int32_t date_add_years(int32_t date, int32_t years);

/* 0 Sunday to 6 Saturday. */
int32_t date_weekday(int32_t date);

/* Write YYYY-MM-DD and a NUL; "" for DATE_ABSENT.  Returns the length. */
size_t date_format(int32_t date, char text[DATE_TEXT_SIZE]);

/*
 * Read a date in any form that the contract lists: YYYY-MM-DD, YYYYMMDD,
 * DD-Mon-YYYY, MM/DD/YYYY, each with an optional time behind T or a blank.
 * Blanks around it are trimmed.  1000-01-01, 1900-01-01, 9999-12-31 and 0 (any
 * number of zeros) are absent, as is the empty text.
 *
 * Returns 0 with *date set (DATE_ABSENT for absent), or -EBADMSG.
 */
int date_parse(const char *text, size_t size, int32_t *date);

#endif
