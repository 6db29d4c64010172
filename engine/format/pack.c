/* SPDX-License-Identifier: Apache-2.0 */
#include "format/pack_private.h"

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
