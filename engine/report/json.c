/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json.h"

#include "report/public.h"

#include "base/date.h"
#include "report/number.h"

#include <assert.h>
#include <string.h>

static void put(struct out *out, const char *text)
{
	out_raw(out, text, strlen(text));
}

void json_init(struct json *json, struct out *out)
{
	*json = (struct json){.out = out};
}

static void new_line(struct json *json)
{
	static const char blanks[2 * JSON_DEPTH_MAX + 1] = "                                ";

	put(json->out, "\n");
	out_raw(json->out, blanks, (size_t)2 * json->depth);
}

static bool is_flat(const struct json *json)
{
	return json->flat > 0 && json->depth >= json->flat;
}

/* What stands before a member: comma, place, key. */
static void begin_member(struct json *json, const char *key)
{
	if (json->depth > 0) {
		bool *any = &json->any[json->depth];

		if (*any)
			put(json->out, is_flat(json) ? ", " : ",");
		if (!is_flat(json))
			new_line(json);
		*any = true;
	}
	if (key) {
		json_put_string(json->out, key, strlen(key));
		put(json->out, ": ");
	}
}

static void open_level(struct json *json, const char *key, bool flat, char open, char close)
{
	begin_member(json, key);
	out_raw(json->out, &open, 1);
	json->depth++;
	assert(json->depth < JSON_DEPTH_MAX);
	json->any[json->depth] = false;
	json->close[json->depth] = close;
	if (flat && json->flat == 0)
		json->flat = json->depth;
}

void json_object(struct json *json, const char *key, bool flat)
{
	open_level(json, key, flat, '{', '}');
}

void json_array(struct json *json, const char *key, bool flat)
{
	open_level(json, key, flat, '[', ']');
}

void json_end(struct json *json)
{
	bool flat = is_flat(json);
	bool any = json->any[json->depth];
	char close = json->close[json->depth];

	if (json->flat == json->depth)
		json->flat = 0;
	json->depth--;
	if (any && !flat)
		new_line(json);
	out_raw(json->out, &close, 1);
	if (json->depth == 0)
		put(json->out, "\n");
}

void json_text(struct json *json, const char *key, const char *text)
{
	begin_member(json, key);
	json_put_string(json->out, text, strlen(text));
}

void json_unsigned(struct json *json, const char *key, uint64_t value)
{
	char text[NUMBER_TEXT_MAX];

	begin_member(json, key);
	out_raw(json->out, text, (size_t)(number_unsigned(text, value) - text));
}

void json_hidden_count(struct json *json, const char *key, uint64_t count, bool hidden)
{
	if (!json->hides || !hidden) {
		json_unsigned(json, key, count);
		return;
	}
	json->hidden++;
	json_literal(json, key, "null");
}

void json_count(struct json *json, const char *key, uint64_t count)
{
	json_hidden_count(json, key, count, count_is_small(count));
}

void json_bool(struct json *json, const char *key, bool value)
{
	json_literal(json, key, value ? "true" : "false");
}

void json_literal(struct json *json, const char *key, const char *literal)
{
	begin_member(json, key);
	put(json->out, literal);
}

void json_date(struct json *json, const char *key, int32_t date)
{
	char text[DATE_TEXT_SIZE];

	if (date_format(date, text) == 0)
		json_literal(json, key, "null");
	else
		json_text(json, key, text);
}

/* ---- Strings. ---- */

/* The size of the UTF-8 character at text, 0 if it is none. */
static size_t character_size(const unsigned char *text, size_t size)
{
	unsigned lead = text[0];
	size_t wanted = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;

	if (wanted > size || lead > 0xf4)
		return 0;
	for (size_t i = 1; i < wanted; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	}
	/* Overlong, surrogate, beyond U+10FFFF. */
	if ((lead == 0xe0 && text[1] < 0xa0) || (lead == 0xed && text[1] > 0x9f) ||
	        (lead == 0xf0 && text[1] < 0x90) || (lead == 0xf4 && text[1] > 0x8f))
		return 0;
	return wanted;
}

static void put_escaped(struct out *out, unsigned char c)
{
	static const char short_names[] = "\bb\ff\nn\rr\tt\"\"\\\\";
	char text[] = "\\u0000";

	for (size_t i = 0; i + 1 < sizeof(short_names); i += 2) {
		if ((unsigned char)short_names[i] == c) {
			char escaped[2] = {'\\', short_names[i + 1]};

			out_raw(out, escaped, 2);
			return;
		}
	}
	text[4] = "0123456789abcdef"[c >> 4];
	text[5] = "0123456789abcdef"[c & 15];
	put(out, text);
}

void json_put_string(struct out *out, const char *text, size_t size)
{
	const unsigned char *at = (const unsigned char *)text;
	const unsigned char *end = at + size;

	put(out, "\"");
	while (at < end) {
		const unsigned char *from = at;

		while (at < end && *at >= ' ' && *at < 0x7f && *at != '"' && *at != '\\')
			at++;
		out_raw(out, (const char *)from, (size_t)(at - from));
		if (at == end)
			break;
		size_t bytes = character_size(at, (size_t)(end - at));

		if (bytes == 0)
			put(out, "\xef\xbf\xbd");
		else if (bytes == 1)
			put_escaped(out, *at);
		else
			out_raw(out, (const char *)at, bytes);
		at += bytes > 0 ? bytes : 1;
	}
	put(out, "\"");
}
