/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts of keys, packed into 56 bits below the tag, so that different texts never
 * share a key and each key has its text back.
 *
 *     pair   code 1 in bits 26 to 51, code 2 in bits 0 to 25.  A code of five is
 *            its number in base 36, below 36^5; shorter ones stand behind these,
 *            which leaves them room in 26 bits as it is.
 *     long   its number in base 37, where 0 is the end.
 */
#include "lookup/set_private.h"

#include "lookup/codes_kinds.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	TEXT_MAX = 20, /* of letters and digits, of any kind of key */
	PAIR_SIZE = 5,
	PAIR_BITS = 26,
	BASE36_FIVE = 36 * 36 * 36 * 36 * 36,
	BASE37 = 37,
	LONG_SIZE = 10,
};

#define KEY_BITS_MASK (((uint64_t)1 << 56) - 1)

/* Letters and digits in capitals, without blanks and dots. */
struct plain {
	uint8_t text[TEXT_MAX];
	size_t size;
	int cut; /* where the one '-' or '/' stood, -1 for none */
};

static bool plain_of(struct plain *plain, const char *text, size_t size)
{
	*plain = (struct plain){.cut = -1};
	for (size_t i = 0; i < size; i++) {
		uint8_t character = (uint8_t)text[i];

		if (character == ' ' || character == '.')
			continue;
		if ((character == '-' || character == '/') && plain->cut < 0) {
			plain->cut = (int)plain->size;
			continue;
		}
		if (character >= 'a' && character <= 'z')
			character -= 'a' - 'A';
		if (base36(character) < 0 || plain->size == TEXT_MAX)
			return false;
		plain->text[plain->size++] = character;
	}
	return plain->size > 0;
}

static uint64_t word_of(const uint8_t *text, size_t size)
{
	uint64_t word = 0;

	if (size > 7)
		return 0;
	memcpy(&word, text, size);
	return word;
}

/* 26 bits; UINT32_MAX: no code of 1 to 5 letters and digits. */
static uint32_t pair_part(uint64_t word)
{
	uint32_t number = 0, before = 0, power = 1;
	int size = 0;

	for (; word; word >>= 8, size++) {
		int digit = base36((unsigned)(word & 0xff));

		if (digit < 0 || size == PAIR_SIZE)
			return UINT32_MAX;
		number = number * BASE36 + (uint32_t)digit;
		before += size > 0 ? power : 0;
		power *= BASE36;
	}
	if (size == 0)
		return UINT32_MAX;
	return size == PAIR_SIZE ? number : BASE36_FIVE + before + number;
}

static void pair_part_text(uint32_t part, char text[PAIR_SIZE + 1])
{
	int size = PAIR_SIZE;

	if (part >= BASE36_FIVE) {
		uint32_t power = BASE36;

		part -= BASE36_FIVE;
		for (size = 1; part >= power; size++) {
			part -= power;
			power *= BASE36;
		}
	}
	text[size] = '\0';
	for (int i = size - 1; i >= 0; i--) {
		text[i] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[part % BASE36];
		part /= BASE36;
	}
}

static uint64_t tagged(const struct set_schema *schema, uint64_t bits)
{
	return bits ? (uint64_t)schema->tag << 56 | bits : 0;
}

uint64_t set_pair_key(const struct set_schema *schema, uint64_t word1, uint64_t word2)
{
	uint32_t part1 = pair_part(word1), part2 = pair_part(word2);

	if (part1 == UINT32_MAX || part2 == UINT32_MAX)
		return 0;
	return (uint64_t)schema->tag << 56 | (uint64_t)part1 << PAIR_BITS | part2;
}

static uint64_t long_bits(const struct plain *plain)
{
	uint64_t bits = 0;

	if (plain->size > LONG_SIZE)
		return 0;
	for (size_t i = 0; i < LONG_SIZE; i++)
		bits = bits * BASE37 + (i < plain->size ? (uint64_t)base36(plain->text[i]) + 1 : 0);
	return bits;
}

/* 0 is a number too, and its key is the tag alone; 0 for what is none. */
static uint64_t number_key(const struct set_schema *schema, const struct plain *plain)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < plain->size; i++) {
		if (plain->text[i] > '9' || bits > KEY_BITS_MASK / 10)
			return 0;
		bits = bits * 10 + (plain->text[i] - (uint64_t)'0');
	}
	return bits > KEY_BITS_MASK ? 0 : (uint64_t)schema->tag << 56 | bits;
}

/* Five characters, and none or two of a modifier. */
static uint64_t code_modifier_bits(const struct plain *plain)
{
	bool fits = plain->size == PAIR_SIZE || plain->size == PAIR_SIZE + 2;

	if (!fits || (plain->cut >= 0 && plain->cut != PAIR_SIZE))
		return 0;
	return word_of(plain->text, plain->size);
}

static uint64_t pair_key_of(const struct set_schema *schema, const struct plain *plain)
{
	size_t cut = plain->cut >= 0 ? (size_t)plain->cut : PAIR_SIZE;

	if (cut > plain->size)
		return 0;
	return set_pair_key(
	        schema, word_of(plain->text, cut), word_of(plain->text + cut, plain->size - cut));
}

uint64_t set_key_of(const struct set_schema *schema, const char *text, size_t size)
{
	struct plain plain;
	bool cut;

	if (!plain_of(&plain, text, size))
		return 0;
	cut = plain.cut >= 0;
	switch (schema->key) {
	case SET_KEY_CODE:
		return cut ? 0 : tagged(schema, word_of(plain.text, plain.size));
	case SET_KEY_CODE_MODIFIER:
		return tagged(schema, code_modifier_bits(&plain));
	case SET_KEY_LONG:
		return cut ? 0 : tagged(schema, long_bits(&plain));
	case SET_KEY_NUMBER:
		return cut ? 0 : number_key(schema, &plain);
	case SET_KEY_PAIR:
		return pair_key_of(schema, &plain);
	}
	return 0;
}

static void long_text(uint64_t bits, char text[SET_KEY_TEXT_MAX])
{
	for (int i = LONG_SIZE - 1; i >= 0; i--) {
		uint64_t digit = bits % BASE37;

		text[i] = digit ? "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[digit - 1] : '\0';
		bits /= BASE37;
	}
	text[LONG_SIZE] = '\0';
}

static void pair_text(uint64_t bits, char text[SET_KEY_TEXT_MAX])
{
	char part1[PAIR_SIZE + 1], part2[PAIR_SIZE + 1];
	uint32_t mask = ((uint32_t)1 << PAIR_BITS) - 1;

	pair_part_text((uint32_t)(bits >> PAIR_BITS) & mask, part1);
	pair_part_text((uint32_t)bits & mask, part2);
	snprintf(text, SET_KEY_TEXT_MAX, "%s/%s", part1, part2);
}

void set_key_text(const struct set_schema *schema, uint64_t key, char text[SET_KEY_TEXT_MAX])
{
	uint64_t bits = key & KEY_BITS_MASK;
	char word[8] = {0};

	memset(text, 0, SET_KEY_TEXT_MAX);
	memcpy(word, &bits, 7);
	switch (schema->key) {
	case SET_KEY_CODE:
		memcpy(text, word, sizeof(word));
		break;
	case SET_KEY_CODE_MODIFIER:
		snprintf(text, SET_KEY_TEXT_MAX, "%.5s%s%s", word, word[5] ? "-" : "", word + 5);
		break;
	case SET_KEY_LONG:
		long_text(bits, text);
		break;
	case SET_KEY_NUMBER:
		snprintf(text, SET_KEY_TEXT_MAX, "%" PRIu64, bits);
		break;
	case SET_KEY_PAIR:
		pair_text(bits, text);
		break;
	}
}

/* ---- Schemas ---- */

size_t set_type_size(enum set_type type)
{
	switch (type) {
	case SET_U8:
		return 1;
	case SET_U16:
	case SET_CHARS2:
		return 2;
	case SET_CODE_WORD:
		return 8;
	case SET_U32:
	case SET_I32:
	case SET_HUNDREDTHS:
	case SET_TEN_THOUSANDTHS:
	case SET_DAY:
	case SET_FLAGS:
	case SET_TEXT:
		return 4;
	}
	return 0;
}

static void feed_number(struct hash128_stream *stream, uint64_t number)
{
	hash128_feed(stream, &number, sizeof(number));
}

static void feed_text(struct hash128_stream *stream, const char *text)
{
	hash128_feed(stream, text, strlen(text) + 1);
}

struct hash128 set_schema_hash(const struct set_schema *schema)
{
	struct hash128_stream stream;

	hash128_begin(&stream);
	feed_text(&stream, schema->name);
	feed_number(&stream, schema->tag);
	feed_number(&stream, schema->key);
	feed_number(&stream, schema->many);
	feed_number(&stream, schema->row_size);
	for (size_t i = 0; i < schema->column_count; i++) {
		const struct set_column *column = &schema->columns[i];

		feed_text(&stream, column->name);
		feed_number(&stream, column->type);
		feed_number(&stream, column->at);
		for (size_t j = 0; column->words && column->words[j]; j++)
			feed_text(&stream, column->words[j]);
	}
	return hash128_end(&stream);
}
