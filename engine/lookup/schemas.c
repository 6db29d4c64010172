/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/set.h"

#include <string.h>

#define SCHEMA(symbol) extern const struct set_schema schema_##symbol;
#include "lookup/schemas.def"
#undef SCHEMA

/* The NULL at the end is not counted; it stands there so that an empty table compiles. */
static const struct set_schema *const schemas[] = {
#define SCHEMA(symbol) &schema_##symbol,
#include "lookup/schemas.def"
#undef SCHEMA
        NULL};

size_t schemas_count(void)
{
	return sizeof(schemas) / sizeof(schemas[0]) - 1;
}

const struct set_schema *schema_at(size_t index)
{
	return schemas[index];
}

const struct set_schema *schema_find(const char *name)
{
	for (size_t i = 0; i < schemas_count(); i++)
		if (strcmp(schemas[i]->name, name) == 0)
			return schemas[i];
	return NULL;
}
