/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The texts of a set, each kept once.  Publishers write UTF-8 or Windows' latin-1;
 * what is no UTF-8 is read as the latter.
 */
#include "lookup/set_private.h"

#include <stdlib.h>
#include <string.h>

enum { PLACES_FIRST = 1024, BYTES_FIRST = 65536 };

/* 80 to 9F of Windows' latin-1; its five holes are left as they are. */
static const uint16_t windows_80[32] = {0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021,
        0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c,
        0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178};

static size_t put_utf8(char *to, unsigned point)
{
	if (point < 0x80) {
		to[0] = (char)point;
		return 1;
	}
	if (point < 0x800) {
		to[0] = (char)(0xc0 | point >> 6);
		to[1] = (char)(0x80 | (point & 0x3f));
		return 2;
	}
	to[0] = (char)(0xe0 | point >> 12);
	to[1] = (char)(0x80 | (point >> 6 & 0x3f));
	to[2] = (char)(0x80 | (point & 0x3f));
	return 3;
}

/* The bytes of the UTF-8 character that begins here; 0: none does. */
static size_t utf8_size(const unsigned char *at, size_t left)
{
	size_t size = *at < 0x80 ? 1 : *at < 0xc2 ? 0 : *at < 0xe0 ? 2 : *at < 0xf0 ? 3 : 4;

	if (size == 0 || *at > 0xf4 || size > left)
		return 0;
	for (size_t i = 1; i < size; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	if ((*at == 0xe0 && at[1] < 0xa0) || (*at == 0xed && at[1] > 0x9f) ||
	        (*at == 0xf0 && at[1] < 0x90) || (*at == 0xf4 && at[1] > 0x8f))
		return 0;
	return size;
}

static bool is_utf8(const unsigned char *text, size_t size)
{
	for (size_t at = 0; at < size;) {
		size_t step = utf8_size(text + at, size - at);

		if (step == 0)
			return false;
		at += step;
	}
	return true;
}

/* Append as UTF-8, line ends and the like as blanks; there is room for 3 size + 1. */
static size_t put_text(char *to, const char *text, size_t size)
{
	const unsigned char *bytes = (const unsigned char *)text;
	bool utf8 = is_utf8(bytes, size);
	size_t put = 0;

	for (size_t i = 0; i < size; i++) {
		unsigned character = bytes[i];

		if (character < ' ' || character == 0x7f)
			character = ' ';
		if (utf8)
			to[put++] = (char)character;
		else if (character >= 0x80 && character < 0xa0)
			put += put_utf8(to + put, windows_80[character - 0x80]);
		else
			put += put_utf8(to + put, character);
	}
	to[put] = '\0';
	return put;
}

static int reserve(struct set_texts *texts, size_t size, struct diag *diag)
{
	size_t wanted = texts->capacity ? texts->capacity : BYTES_FIRST;
	char *bytes;

	while (wanted < texts->size + size)
		wanted *= 2;
	if (wanted == texts->capacity)
		return 0;
	bytes = realloc(texts->bytes, wanted);
	if (!bytes)
		return diag_set(diag, FAIL_MEMORY, "no memory for the texts of a code set");
	if (texts->size == 0)
		bytes[texts->size++] = '\0';
	texts->bytes = bytes;
	texts->capacity = wanted;
	return 0;
}

/* The place of a text, or the free one where it belongs. */
static size_t place_of(const struct set_texts *texts, const char *text, size_t size)
{
	size_t place = hash64(text, size) & (texts->place_count - 1);

	while (texts->places[place] && strcmp(texts->bytes + texts->places[place], text) != 0)
		place = (place + 1) & (texts->place_count - 1);
	return place;
}

static int grow_places(struct set_texts *texts, struct diag *diag)
{
	struct set_texts grown = *texts;

	if (texts->count * 2 < texts->place_count)
		return 0;
	grown.place_count = texts->place_count ? texts->place_count * 2 : PLACES_FIRST;
	grown.places = calloc(grown.place_count, sizeof(*grown.places));
	if (!grown.places)
		return diag_set(diag, FAIL_MEMORY, "no memory for the texts of a code set");
	for (size_t i = 0; i < texts->place_count; i++) {
		uint32_t at = texts->places[i];

		if (at)
			grown.places[place_of(
			        &grown, texts->bytes + at, strlen(texts->bytes + at))] = at;
	}
	free(texts->places);
	texts->places = grown.places;
	texts->place_count = grown.place_count;
	return 0;
}

int set_texts_add(
        struct set_texts *texts, const char *text, size_t size, uint32_t *at, struct diag *diag)
{
	size_t place, put;
	int err;

	*at = 0;
	if (size == 0)
		return 0;
	err = reserve(texts, 3 * size + 2, diag);
	if (!err)
		err = grow_places(texts, diag);
	if (err)
		return err;
	put = put_text(texts->bytes + texts->size, text, size);
	place = place_of(texts, texts->bytes + texts->size, put);
	if (texts->places[place]) {
		*at = texts->places[place];
		return 0;
	}
	if (texts->size + put >= UINT32_MAX)
		return diag_set(diag, FAIL_TABLE, "the texts of a code set pass 4 GB");
	*at = (uint32_t)texts->size;
	texts->places[place] = *at;
	texts->count++;
	texts->size += put + 1;
	return 0;
}

void set_texts_reset(struct set_texts *texts)
{
	free(texts->bytes);
	free(texts->places);
	*texts = (struct set_texts){0};
}
