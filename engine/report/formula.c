/* SPDX-License-Identifier: Apache-2.0 */
#include "report/formula.h"

/* "-", digits, and at most one point among them. */
static bool is_negative_number(const char *text, size_t size)
{
	size_t digits = 0, points = 0;

	for (size_t i = 1; i < size; i++) {
		digits += text[i] >= '0' && text[i] <= '9';
		points += text[i] == '.';
	}
	return digits > 0 && points <= 1 && digits + points == size - 1;
}

/* A spreadsheet would take the cell for a formula. */
static bool is_formula(const char *text, size_t size)
{
	switch (size > 0 ? text[0] : '\0') {
	case '=':
	case '+':
	case '@':
	case '\t':
	case '\r':
		return true;
	case '-':
		return !is_negative_number(text, size);
	default:
		return false;
	}
}

bool formula_is_guarded(const char *text, size_t size)
{
	while (size > 0 && *text == '\'') {
		text++;
		size--;
	}
	return is_formula(text, size);
}

size_t formula_guard_size(const char *cell, size_t size)
{
	return size > 0 && *cell == '\'' && formula_needs_guard(cell + 1, size - 1);
}
