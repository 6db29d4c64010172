/* SPDX-License-Identifier: Apache-2.0 */
#include "codes_view.h"

#include "base/date.h"
#include "lookup/pairs.h"
#include "report/row.h"
#include "report/run.h"

#include <stdio.h>
#include <string.h>

/* Digits that a release leaves blank stand as 255, times as -1. */
enum { DIGIT_BLANK = 255, DECIMAL_BLANK = -1 };

/* ---- Values ---- */

static void put_number(struct view_value *value, int64_t number)
{
	value->kind = VIEW_NUMBER;
	snprintf(value->own, sizeof(value->own), "%lld", (long long)number);
}

static void put_decimal(struct view_value *value, int32_t number, int places)
{
	int64_t scale = places == 2 ? 100 : 10000;
	int64_t size = number < 0 ? -(int64_t)number : number;

	value->kind = VIEW_NUMBER;
	snprintf(value->own, sizeof(value->own), "%s%lld.%0*lld", number < 0 ? "-" : "",
	        (long long)(size / scale), places, (long long)(size % scale));
}

static void put_words(struct view_value *value, uint32_t flags, const char *const words[])
{
	size_t at = 0;

	value->kind = VIEW_WORDS;
	for (unsigned bit = 0; bit < 32 && words && words[bit] && at < VIEW_OWN; bit++)
		if (flags >> bit & 1)
			at += (size_t)snprintf(
			        value->own + at, VIEW_OWN - at, "%s%s", at ? " " : "", words[bit]);
}

static void put_chars(struct view_value *value, uint16_t chars)
{
	value->own[0] = (char)(chars & 0xff);
	value->own[1] = (char)(chars >> 8);
	value->own[2] = '\0';
}

/* Rows are aligned to 8 bytes and columns for their types, yet memcpy asks for
 * neither. */
#define READ(type, row, at) \
	({ \
		type read_; \
		memcpy(&read_, (const uint8_t *)(row) + (at), sizeof(read_)); \
		read_; \
	})

/* Numbers; false for blank. */
static bool put_numeric(
        const struct set_row *row, const struct set_column *column, struct view_value *value)
{
	int32_t number;

	switch (column->type) {
	case SET_U8:
		put_number(value, READ(uint8_t, row, column->at));
		return READ(uint8_t, row, column->at) != DIGIT_BLANK;
	case SET_U16:
		put_number(value, READ(uint16_t, row, column->at));
		return true;
	case SET_U32:
		put_number(value, READ(uint32_t, row, column->at));
		return true;
	case SET_I32:
		put_number(value, READ(int32_t, row, column->at));
		return true;
	default:
		number = READ(int32_t, row, column->at);
		put_decimal(value, number, column->type == SET_HUNDREDTHS ? 2 : 4);
		return number != DECIMAL_BLANK;
	}
}

bool view_column(const struct set *set, const struct set_row *row, const struct set_column *column,
        struct view_value *value)
{
	value->name = column->name;
	value->kind = VIEW_TEXT;
	value->text = value->own;
	value->own[0] = '\0';
	switch (column->type) {
	case SET_CHARS2:
		put_chars(value, READ(uint16_t, row, column->at));
		break;
	case SET_CODE_WORD:
		word_text(READ(uint64_t, row, column->at), value->own);
		break;
	case SET_DAY:
		date_format(READ(int32_t, row, column->at), value->own);
		break;
	case SET_FLAGS:
		put_words(value, READ(uint32_t, row, column->at), column->words);
		break;
	case SET_TEXT:
		value->text = set_text(set, READ(uint32_t, row, column->at));
		break;
	default:
		return put_numeric(row, column, value);
	}
	return value->text[0] != '\0';
}

size_t view_row(
        const struct set *set, const struct set_row *row, struct view_value values[VIEW_VALUES_MAX])
{
	const struct set_schema *schema = set->schema;
	size_t count = 0;

	for (size_t i = 0; i < schema->column_count && count < VIEW_VALUES_MAX; i++)
		count += view_column(set, row, &schema->columns[i], &values[count]);
	return count;
}

bool view_rows_equal(const struct set *a, const struct set_row *a_row, const struct set *b,
        const struct set_row *b_row)
{
	struct view_value a_value, b_value;

	for (size_t i = 0; i < a->schema->column_count; i++) {
		bool a_is = view_column(a, a_row, &a->schema->columns[i], &a_value);
		bool b_is = view_column(b, b_row, &b->schema->columns[i], &b_value);

		if (a_is != b_is || (a_is && strcmp(a_value.text, b_value.text) != 0))
			return false;
	}
	return true;
}

bool view_has_pairs(const struct set *set)
{
	return set->schema->check == pairs_check;
}

bool view_row_has(const struct set *set, const struct set_row *row, const char *flag)
{
	for (size_t i = 0; i < set->schema->column_count; i++) {
		const struct set_column *column = &set->schema->columns[i];

		for (unsigned bit = 0; column->type == SET_FLAGS && column->words[bit]; bit++)
			if (strcmp(column->words[bit], flag) == 0)
				return READ(uint32_t, row, column->at) >> bit & 1;
	}
	return false;
}

/* ---- Days and releases ---- */

const char *view_window(int32_t from, int32_t to, char text[VIEW_WINDOW_MAX])
{
	char first[DATE_TEXT_SIZE], last[DATE_TEXT_SIZE];

	date_format(from, first);
	date_format(to == INT32_MAX ? DATE_ABSENT : to, last);
	if (first[0] && last[0])
		snprintf(text, VIEW_WINDOW_MAX, "%s to %s", first, last);
	else if (first[0])
		snprintf(text, VIEW_WINDOW_MAX, "from %s", first);
	else if (last[0])
		snprintf(text, VIEW_WINDOW_MAX, "to %s", last);
	else
		snprintf(text, VIEW_WINDOW_MAX, "all days");
	return text;
}

/* By the first day, then by name. */
static int compare_sources(const struct set_source *a, const struct set_source *b)
{
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return strcmp(a->release, b->release);
}

/* The release behind another (NULL: the first); false: none. */
static bool next_release(
        const struct set *set, const struct set_source *last, struct set_source *next)
{
	bool found = false;

	for (size_t i = 0; i < set_source_count(set); i++) {
		struct set_source source;

		set_source_at(set, i, &source);
		if ((last && compare_sources(&source, last) <= 0) ||
		        (found && compare_sources(&source, next) >= 0))
			continue;
		*next = source;
		found = true;
	}
	return found;
}

const char *view_releases(const struct set *set, char text[VIEW_RELEASE_MAX])
{
	struct set_source last, next;
	char first[sizeof(last.release)] = "", second[sizeof(last.release)] = "";
	size_t count = 0;

	while (next_release(set, count ? &last : NULL, &next)) {
		bool part = count > 0 && strcmp(next.release, last.release) == 0; /* of the same */

		if (!part && count < 2)
			snprintf(count ? second : first, sizeof(first), "%s", next.release);
		last = next;
		count += !part;
	}
	if (count > 2)
		snprintf(text, VIEW_RELEASE_MAX, "%s .. %s (%zu)", first, last.release, count);
	else
		snprintf(text, VIEW_RELEASE_MAX, "%s%s%s", first, count > 1 ? ", " : "", second);
	return text;
}

/* ---- JSON ---- */

void view_json_day(struct json *json, const char *key, int32_t day)
{
	json_date(json, key, day == INT32_MAX ? DATE_ABSENT : day);
}

static void json_words(struct json *json, const char *key, const char *text)
{
	json_array(json, key, true);
	while (*text) {
		const char *blank = strchrnul(text, ' ');
		char word[VIEW_OWN];

		snprintf(word, sizeof(word), "%.*s", (int)(blank - text), text);
		json_text(json, NULL, word);
		text = *blank ? blank + 1 : blank;
	}
	json_end(json);
}

void view_json_value(struct json *json, const struct view_value *value)
{
	if (value->kind == VIEW_NUMBER)
		json_literal(json, value->name, value->text);
	else if (value->kind == VIEW_WORDS)
		json_words(json, value->name, value->text);
	else
		json_text(json, value->name, value->text);
}

int view_print(struct out *out, struct diag *diag)
{
	size_t size;
	const char *text = out_memory_text(out, &size);

	fwrite(text, 1, size, stdout);
	return out_close(out, diag);
}
