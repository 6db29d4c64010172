/* SPDX-License-Identifier: Apache-2.0 */
#include "base/date.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

Test(date, parts_and_back_for_every_day_of_four_centuries)
{
	int32_t date = date_from_parts(1799, 12, 31);
	struct date_parts last = date_to_parts(date);

	while (last.year < 2201) {
		struct date_parts parts = date_to_parts(++date);
		bool next_day = parts.day == last.day + 1 && parts.month == last.month;

		cr_assert(date_exists(parts.year, parts.month, parts.day));
		cr_assert(next_day ||
		          (parts.day == 1 && !date_exists(last.year, last.month, last.day + 1)));
		cr_assert_eq(date_from_parts(parts.year, parts.month, parts.day), date);
		last = parts;
	}
}

Test(date, known_days)
{
	cr_assert_eq(date_from_parts(1970, 1, 1), 0);
	cr_assert_eq(date_from_parts(1969, 12, 31), -1);
	cr_assert_eq(date_from_parts(2000, 3, 1), 11017);
	cr_assert_eq(date_from_parts(2024, 2, 29), 19782);
	cr_assert_eq(date_from_parts(1, 1, 1), -719162);
	cr_assert_eq(date_from_parts(9999, 12, 31), 2932896);
	cr_assert_eq(date_weekday(0), 4);
	cr_assert_eq(date_weekday(date_from_parts(2024, 2, 29)), 4);
	cr_assert_eq(date_weekday(date_from_parts(1969, 12, 28)), 0);
	cr_assert_eq(date_weekday(date_from_parts(1900, 1, 1)), 1);
	cr_assert_eq(date_month(0), 0);
	cr_assert_eq(date_month(-1), -1);
	cr_assert_eq(date_month(date_from_parts(2023, 12, 31)), 647);
}

Test(date, exists)
{
	cr_assert(date_exists(2000, 2, 29));
	cr_assert_not(date_exists(1900, 2, 29));
	cr_assert_not(date_exists(2023, 2, 29));
	cr_assert_not(date_exists(2023, 4, 31));
	cr_assert_not(date_exists(2023, 0, 1));
	cr_assert_not(date_exists(2023, 13, 1));
	cr_assert_not(date_exists(2023, 1, 0));
}

Test(date, age_in_whole_years)
{
	int32_t leap = date_from_parts(2000, 2, 29);
	int32_t born = date_from_parts(1990, 6, 15);

	cr_assert_eq(date_age(born, date_from_parts(2020, 6, 14)), 29);
	cr_assert_eq(date_age(born, date_from_parts(2020, 6, 15)), 30);
	cr_assert_eq(date_age(born, born), 0);
	cr_assert_eq(date_age(born, born - 1), -1);
	cr_assert_eq(date_age(leap, date_from_parts(2001, 2, 28)), 0);
	cr_assert_eq(date_age(leap, date_from_parts(2001, 3, 1)), 1);
	cr_assert_eq(date_age(DATE_ABSENT, born), -1);
	cr_assert_eq(date_age(born, DATE_ABSENT), -1);
}

Test(date, add_years)
{
	cr_assert_eq(date_add_years(date_from_parts(2024, 2, 29), 1), date_from_parts(2025, 2, 28));
	cr_assert_eq(date_add_years(date_from_parts(2024, 2, 29), 4), date_from_parts(2028, 2, 29));
	cr_assert_eq(
	        date_add_years(date_from_parts(2024, 2, 29), -1), date_from_parts(2023, 2, 28));
	cr_assert_eq(
	        date_add_years(date_from_parts(2023, 12, 31), 10), date_from_parts(2033, 12, 31));
}

Test(date, format)
{
	char text[DATE_TEXT_SIZE];

	cr_assert_eq(date_format(19782, text), 10);
	cr_assert_str_eq(text, "2024-02-29");
	date_format(date_from_parts(1, 2, 3), text);
	cr_assert_str_eq(text, "0001-02-03");
	cr_assert_eq(date_format(DATE_ABSENT, text), 0);
	cr_assert_str_eq(text, "");
	cr_assert_eq(date_format(INT32_MAX, text), 0);
	cr_assert_str_eq(text, "");
}

Test(date, parse_every_form)
{
	static const struct {
		const char *text;
		int32_t year, month, day; /* year 0: absent */
	} cases[] = {
	        {"2024-02-29", 2024, 2, 29},
	        {"20240229", 2024, 2, 29},
	        {"29-Feb-2024", 2024, 2, 29},
	        {"27-OCT-1999", 1999, 10, 27},
	        {"7-oct-1999", 1999, 10, 7},
	        {"02/29/2024", 2024, 2, 29},
	        {"2/9/2024", 2024, 2, 9},
	        {"12/9/2024", 2024, 12, 9},
	        {"2/29/2024", 2024, 2, 29},
	        {" \t2024-02-29  ", 2024, 2, 29},
	        {"2024-02-29T13:45:00.000Z", 2024, 2, 29},
	        {"2024-02-29 13:45:00", 2024, 2, 29},
	        {"20240229 00:00", 2024, 2, 29},
	        {"27-OCT-1999T00:00", 1999, 10, 27},
	        {"02/29/2024 0:00", 2024, 2, 29},
	        {"0001-01-01", 1, 1, 1},
	        {"", 0, 0, 0},
	        {"   ", 0, 0, 0},
	        {"0", 0, 0, 0},
	        {"00000000", 0, 0, 0},
	        {"0000000000000", 0, 0, 0},
	        {"0000-00-00", 0, 0, 0},
	        {"00/00/0000", 0, 0, 0},
	        {"1000-01-01", 0, 0, 0},
	        {"19000101", 0, 0, 0},
	        {"01/01/1900", 0, 0, 0},
	        {"31-Dec-9999", 0, 0, 0},
	        {"9999-12-31T00:00:00", 0, 0, 0},
	        {"1900-01-02", 1900, 1, 2},
	        {"9999-12-30", 9999, 12, 30},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int32_t date = 1;
		int32_t wanted = cases[i].year ? date_from_parts(cases[i].year, cases[i].month,
		                                         cases[i].day)
		                               : DATE_ABSENT;

		cr_assert_eq(date_parse(cases[i].text, strlen(cases[i].text), &date), 0, "%s",
		        cases[i].text);
		cr_assert_eq(date, wanted, "%s: %d, not %d", cases[i].text, date, wanted);
	}
}

Test(date, refuse_what_is_no_date)
{
	static const char *const cases[] = {"2023-02-29", "20230229", "2023-13-01", "2023-00-10",
	        "2023-01-00", "2023-1-1", "2023", "202301", "2023-01-011", "2023-01-01x",
	        "32-Jan-2023", "01-Foo-2023", "01-Ja-2023", "13/01/2023", "1/32/2023", "1//2023",
	        "2023/01/01", "0000-01-01", "0000-01-00", "00-00-2024", "-2023-01-01",
	        "2023-01-0:", "abcdefgh",
	        "2023\xe2\x80\x93"
	        "01",
	        "01-Jan-23", "1/1/23", "20230101120000", "99999999", "T", "2023-01-01t00:00"};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int32_t date = 1;

		cr_assert_eq(
		        date_parse(cases[i], strlen(cases[i]), &date), -EBADMSG, "%s", cases[i]);
		cr_assert_eq(date, DATE_ABSENT, "%s", cases[i]);
	}
}

/* Every cut of every text, in a buffer of its own size, so that ASan sees a read beyond. */
Test(date, reads_nothing_beyond_its_end)
{
	static const char *const cases[] = {
	        "2024-02-29T1", "27-OCT-1999", "12/31/2024", "20240229"};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t size = 0; size <= strlen(cases[i]); size++) {
			char *copy = malloc(size ? size : 1);
			int32_t date;

			memcpy(copy, cases[i], size);
			date_parse(copy, size, &date);
			free(copy);
		}
	}
}
