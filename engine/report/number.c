/* SPDX-License-Identifier: Apache-2.0 */
#include "report/number.h"

#include "base/date.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { CENTS = 100, TEN_THOUSAND = 10000, MILLION = 1000000, MONTHS = 12 };

static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                            "25262728293031323334353637383940414243444546474849"
                            "50515253545556575859606162636465666768697071727374"
                            "75767778798081828384858687888990919293949596979899";

static char *two_digits(char *to, unsigned value)
{
	memcpy(to, pairs + 2 * (size_t)value, 2);
	return to + 2;
}

static char *four_digits(char *to, unsigned value)
{
	return two_digits(two_digits(to, value / 100), value % 100);
}

static char *six_digits(char *to, unsigned value)
{
	return four_digits(two_digits(to, value / TEN_THOUSAND), value % TEN_THOUSAND);
}

/* How many digits: from the bits, which say it to within one. */
static unsigned digit_count(uint64_t value)
{
	static const uint64_t powers[] = {0, 10u, 100u, 1000u, 10000u, 100000u, 1000000u, 10000000u,
	        100000000u, 1000000000u, 10000000000u, 100000000000u, 1000000000000u,
	        10000000000000u, 100000000000000u, 1000000000000000u, 10000000000000000u,
	        100000000000000000u, 1000000000000000000u, 10000000000000000000u};
	/* 1233 / 4096 is log10(2), near enough for 64 bits. */
	unsigned count = (64 - (unsigned)__builtin_clzll(value | 1)) * 1233 >> 12;

	return count + (value >= powers[count]);
}

static char *put_unsigned(char *to, uint64_t value)
{
	char *end = to + digit_count(value);
	char *at = end;

	while (value >= 100) {
		at -= 2;
		memcpy(at, pairs + 2 * (value % 100), 2);
		value /= 100;
	}
	if (value >= 10)
		memcpy(at - 2, pairs + 2 * value, 2);
	else
		at[-1] = (char)('0' + value);
	return end;
}

/* Most are of one digit. */
char *number_unsigned(char *to, uint64_t value)
{
	if (value >= 10)
		return put_unsigned(to, value);
	*to = (char)('0' + value);
	return to + 1;
}

/* Writes the sign; the magnitude of INT64_MIN fits an unsigned. */
static uint64_t put_sign(char **to, int64_t value)
{
	if (value >= 0)
		return (uint64_t)value;
	*(*to)++ = '-';
	return 0 - (uint64_t)value;
}

char *number_signed(char *to, int64_t value)
{
	uint64_t magnitude = put_sign(&to, value);

	return number_unsigned(to, magnitude);
}

char *number_money(char *to, int64_t cents)
{
	uint64_t magnitude = put_sign(&to, cents);

	to = number_unsigned(to, magnitude / CENTS);
	*to++ = '.';
	return two_digits(to, (unsigned)(magnitude % CENTS));
}

char *number_unsigned_grouped(char *to, uint64_t value)
{
	char text[20];
	size_t size = (size_t)(number_unsigned(text, value) - text);

	for (size_t i = 0; i < size; i++) {
		if (i > 0 && (size - i) % 3 == 0)
			*to++ = ',';
		*to++ = text[i];
	}
	return to;
}

char *number_money_grouped(char *to, int64_t cents)
{
	uint64_t magnitude = put_sign(&to, cents);

	to = number_unsigned_grouped(to, magnitude / CENTS);
	*to++ = '.';
	return two_digits(to, (unsigned)(magnitude % CENTS));
}

char *number_units(char *to, int64_t ten_thousandths)
{
	uint64_t magnitude = put_sign(&to, ten_thousandths);
	unsigned rest = (unsigned)(magnitude % TEN_THOUSAND);

	to = number_unsigned(to, magnitude / TEN_THOUSAND);
	if (rest == 0)
		return to;
	*to++ = '.';
	to = four_digits(to, rest);
	while (to[-1] == '0')
		to--;
	return to;
}

enum { NARROW_BITS = 42 }; /* times two million below 2^64 */

/* part < whole, half away from zero. */
static unsigned millionths_of(uint64_t part, uint64_t whole)
{
	if (whole >> NARROW_BITS == 0)
		return (unsigned)((part * 2 * MILLION + whole) / (whole * 2));
	return (unsigned)(((unsigned __int128)part * 2 * MILLION + whole) /
	                  ((unsigned __int128)whole * 2));
}

char *number_ratio(char *to, uint64_t part, uint64_t whole)
{
	if (whole == 0)
		return to;
	unsigned millionths = millionths_of(part % whole, whole);

	to = number_unsigned(to, part / whole + millionths / MILLION);
	*to++ = '.';
	return six_digits(to, millionths % MILLION);
}

/*
 * printf rounds the binary value exactly.  So does one multiplication, save
 * where its own error could carry the product over a half: those go to printf.
 */
enum { FIXED_PRODUCT_MAX = 1 << 22 }; /* times a million below 2^42: wrong by 2^-11 at most */

/* What does not fit is cut. */
static char *print_figure(char *to, const char *format, double value)
{
	int size = snprintf(to, NUMBER_TEXT_MAX, format, value);

	return to + (size < NUMBER_TEXT_MAX ? size : NUMBER_TEXT_MAX - 1);
}

char *number_fixed(char *to, double value)
{
	double size = fabs(value), product = size * MILLION;

	if (!(size < FIXED_PRODUCT_MAX))
		return print_figure(to, "%.6f", value);
	uint64_t millionths = (uint64_t)product;
	double rest = product - (double)millionths; /* exactly */

	if (fabs(rest - 0.5) <= 0x1p-10)
		return print_figure(to, "%.6f", value);
	millionths += rest > 0.5;
	if (signbit(value))
		*to++ = '-';
	to = number_unsigned(to, millionths / MILLION);
	*to++ = '.';
	return six_digits(to, (unsigned)(millionths % MILLION));
}

static const double powers_of_ten[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22, 1e23, 1e24, 1e25, 1e26,
        1e27};

/*
 * The least power by which a value has seven digits before the point.  2^e <=
 * value < 2^(e+1) says the digits that it has to within one.
 */
static int power_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	int exponent = (int)(bits >> 52) - 1023; /* no sign, and not subnormal */
	/* 1233 / 4096 is log10(2), near enough; rounded down, below zero too. */
	int power = 5 - (exponent * 1233 >> 12);

	return power + (value * powers_of_ten[power] < 1e6);
}

char *number_scientific(char *to, double value)
{
	if (!(value >= 1e-20 && value < 1e6))
		return print_figure(to, "%.6e", value);
	int power = power_of(value);
	double product = value * powers_of_ten[power]; /* below 10^7: wrong by 2^-28 at most */
	uint64_t digits = (uint64_t)product;
	double rest = product - (double)digits; /* exactly */

	digits += rest > 0.5;
	if (fabs(rest - 0.5) <= 0x1p-20 || digits >= 10 * (uint64_t)MILLION)
		return print_figure(to, "%.6e", value);
	*to++ = (char)('0' + digits / MILLION);
	*to++ = '.';
	to = six_digits(to, (unsigned)(digits % MILLION));
	*to++ = 'e';
	*to++ = power > 6 ? '-' : '+';
	return two_digits(to, (unsigned)(power > 6 ? power - 6 : 6 - power));
}

/* 10^19, the largest power of ten in 64 bits: two pieces hold any 128-bit number here. */
static char *number_wide(char *to, unsigned __int128 value)
{
	const uint64_t piece = 10000000000000000000u;
	char text[20];

	if (value < piece)
		return number_unsigned(to, (uint64_t)value);
	to = number_wide(to, value / piece);
	size_t size = (size_t)(number_unsigned(text, (uint64_t)(value % piece)) - text);

	memset(to, '0', 19 - size);
	memcpy(to + 19 - size, text, size);
	return to + 19;
}

char *number_money_squared(char *to, unsigned __int128 cents_squared)
{
	to = number_wide(to, cents_squared / TEN_THOUSAND);
	*to++ = '.';
	return four_digits(to, (unsigned)(cents_squared % TEN_THOUSAND));
}

char *number_month(char *to, int32_t month)
{
	int32_t year = month / MONTHS - (month % MONTHS < 0);
	int32_t rest = month - year * MONTHS;

	year += 1970;
	if (year < 0 || year >= TEN_THOUSAND)
		to = number_signed(to, year);
	else
		to = four_digits(to, (unsigned)year);
	*to++ = '-';
	return two_digits(to, (unsigned)rest + 1);
}

char *number_date(char *to, int32_t date)
{
	char text[DATE_TEXT_SIZE];
	size_t size = date_format(date, text);

	memcpy(to, text, size);
	return to + size;
}

char *number_hex(char *to, uint64_t value)
{
	for (int shift = 60; shift >= 0; shift -= 4)
		*to++ = "0123456789abcdef"[value >> shift & 15];
	return to;
}
