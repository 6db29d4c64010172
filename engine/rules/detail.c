/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/detail.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void detail_add(struct hit *hit, const char *format, ...)
{
	size_t size = strlen(hit->detail);
	size_t at = size ? size + 2 : 0;
	va_list values;
	int written;

	if (at >= sizeof(hit->detail))
		return;
	va_start(values, format);
	written = vsnprintf(hit->detail + at, sizeof(hit->detail) - at, format, values);
	va_end(values);
	if (written < 0 || at + (size_t)written >= sizeof(hit->detail))
		hit->detail[size] = '\0';
	else if (size)
		memcpy(hit->detail + size, "; ", 2);
}

void detail_add_days(struct hit *hit, const char *name, int32_t low, int32_t high)
{
	char first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];

	date_format(low, first);
	date_format(high, last);
	if (low == high)
		detail_add(hit, "%s=%s", name, first);
	else
		detail_add(hit, "%s=%s..%s", name, first, last);
}

void detail_add_window(struct hit *hit, int32_t from, int32_t to)
{
	char first[DATE_TEXT_SIZE] = "", last[DATE_TEXT_SIZE] = "";

	if (from > to) {
		detail_add(hit, "in_force=never");
		return;
	}
	if (from != INT32_MIN)
		date_format(from, first);
	if (to != INT32_MAX)
		date_format(to, last);
	detail_add(hit, "in_force=%s..%s", first, last);
}

void detail_add_slot(struct hit *hit, unsigned slot, uint64_t code)
{
	char text[CODE_TEXT_SIZE];

	detail_add(hit, "dx%u=%s", slot + 1, code_text(code, text));
}

/* A fixed-point number with trailing zeros cut. */
void detail_add_units(struct hit *hit, const char *name, int64_t ten_thousandths)
{
	uint64_t value = ten_thousandths < 0 ? -(uint64_t)ten_thousandths
	                                     : (uint64_t)ten_thousandths;
	unsigned part = (unsigned)(value % UNITS_ONE);
	const char *sign = ten_thousandths < 0 ? "-" : "";
	int digits = 4;

	while (part && part % 10 == 0) {
		part /= 10;
		digits--;
	}
	if (part)
		detail_add(
		        hit, "%s=%s%" PRIu64 ".%0*u", name, sign, value / UNITS_ONE, digits, part);
	else
		detail_add(hit, "%s=%s%" PRIu64, name, sign, value / UNITS_ONE);
}

void detail_add_money(struct hit *hit, const char *name, int64_t cents)
{
	uint64_t value = cents < 0 ? -(uint64_t)cents : (uint64_t)cents;

	detail_add(hit, "%s=%s%" PRIu64 ".%02u", name, cents < 0 ? "-" : "", value / 100,
	        (unsigned)(value % 100));
}

const char *code_text(uint64_t code, char text[CODE_TEXT_SIZE])
{
	size_t size = 0;

	for (; size < 7 && code; code >>= 8) {
		uint8_t c = (uint8_t)code;
		bool plain = c > ' ' && c < 0x7f && c != ';' && c != '=' && c != ',';

		text[size++] = plain ? (char)c : '?';
	}
	text[size] = '\0';
	return text;
}

unsigned hit_name_kinds(struct hit *hit, const char *const kinds[], unsigned mask)
{
	unsigned first = mask ? (unsigned)__builtin_ctz(mask) : 0;

	snprintf(hit->kind, sizeof(hit->kind), "%s", kinds[first]);
	return first;
}

void hit_tell_also(struct hit *hit, const char *const kinds[], unsigned mask)
{
	char names[HIT_DETAIL_MAX];
	size_t size = 0;

	for (mask &= mask - 1; mask; mask &= mask - 1) {
		const char *name = kinds[__builtin_ctz(mask)];

		size += (size_t)snprintf(
		        names + size, sizeof(names) - size, "%s%s", size ? "," : "", name);
		if (size >= sizeof(names))
			return;
	}
	if (size)
		detail_add(hit, "also=%s", names);
}

static int64_t common_divisor(int64_t a, int64_t b)
{
	while (b) {
		int64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* Exact wherever the fraction in its lowest terms fits 32 bits. */
static void fraction(uint32_t *into, uint32_t *into_whole, int64_t share, int64_t whole)
{
	int64_t divisor;

	assert(whole > 0);
	if (share < 0)
		share = 0;
	if (share > whole)
		share = whole;
	divisor = common_divisor(whole, share);
	share /= divisor;
	whole /= divisor;
	for (; whole > UINT32_MAX; whole >>= 1)
		share >>= 1;
	*into = (uint32_t)share;
	*into_whole = (uint32_t)whole;
}

void hit_share(struct hit *hit, int64_t share, int64_t whole)
{
	fraction(&hit->share, &hit->whole, share, whole);
}

void hit_excess(struct hit *hit, int64_t share, int64_t whole)
{
	fraction(&hit->excess_share, &hit->excess_whole, share, whole);
}
