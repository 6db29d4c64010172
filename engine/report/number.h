/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers and dates as the contract prints them, without printf: tables of
 * millions of rows go through here.
 *
 * Each writes at most NUMBER_TEXT_MAX bytes at `to`, no NUL, and returns the
 * end of what it wrote.
 */
#ifndef REPORT_NUMBER_H
#define REPORT_NUMBER_H

#include <stdint.h>

enum { NUMBER_TEXT_MAX = 48 };

char *number_unsigned(char *to, uint64_t value);
char *number_signed(char *to, int64_t value);

/* Two places; the same with commas between thousands, for people. */
char *number_money(char *to, int64_t cents);
char *number_money_grouped(char *to, int64_t cents);
char *number_unsigned_grouped(char *to, uint64_t value);

/* Up to four places, trailing zeros cut. */
char *number_units(char *to, int64_t ten_thousandths);

/* part / whole with six places, half away from zero; nothing if whole is 0. */
char *number_ratio(char *to, uint64_t part, uint64_t whole);

/* As printf does by "%.6f" and "%.6e". */
char *number_fixed(char *to, double value);
char *number_scientific(char *to, double value);

/* Exact dollars squared, four places. */
char *number_money_squared(char *to, unsigned __int128 cents_squared);

/* YYYY-MM of months since 1970-01; YYYY-MM-DD of a day, nothing for DATE_ABSENT. */
char *number_month(char *to, int32_t month);
char *number_date(char *to, int32_t date);

/* 16 hexadecimal digits. */
char *number_hex(char *to, uint64_t value);

#endif
