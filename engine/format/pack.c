/* SPDX-License-Identifier: Apache-2.0 */
#include "format/pack_private.h"

#include <string.h>

#define ELEMENT(member) sizeof(((struct batch *)0)->member[0])

const struct pack_column pack_columns[PACK_COLUMNS] = {
#define TEXT(of, member) \
	{FIELD_##of, sizeof(struct slice), sizeof(struct slice), false, \
	        offsetof(struct batch, member), 0},
#define VALUE(of, member, is_blank, is_rewritten) \
	{FIELD_##of, ELEMENT(member), ELEMENT(member), is_rewritten, \
	        offsetof(struct batch, member), is_blank},
#define PLACE(of, member, slot) \
	{FIELD_##of, ELEMENT(member[slot]), ELEMENT(member[slot]), false, \
	        offsetof(struct batch, member[slot]), 0},
#define HALF(of, member, half) \
	{FIELD_##of, sizeof(uint64_t), ELEMENT(member), false, \
	        offsetof(struct batch, member[0][half]), 0},
#include "format/pack_columns.def"
#undef TEXT
#undef VALUE
#undef PLACE
#undef HALF
};

/* Four bytes are days, line numbers and bill types; the last never have the high bit. */
int64_t pack_value(const struct batch *batch, unsigned number, uint32_t line)
{
	const struct pack_column *column = &pack_columns[number];
	const uint8_t *at = (const uint8_t *)batch + column->at + (size_t)line * column->stride;
	uint16_t two;
	int32_t four;
	int64_t eight;

	switch (column->size) {
	case 1:
		return *at;
	case 2:
		memcpy(&two, at, sizeof(two));
		return two;
	case 4:
		memcpy(&four, at, sizeof(four));
		return four;
	default:
		memcpy(&eight, at, sizeof(eight));
		return eight;
	}
}
