/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/release.h"

#define IMPORTER(symbol) extern const struct importer importer_##symbol;
#include "lookup/importers.def"
#undef IMPORTER

/* The NULL at the end is not counted; it stands there so that an empty table compiles. */
static const struct importer *const importers[] = {
#define IMPORTER(symbol) &importer_##symbol,
#include "lookup/importers.def"
#undef IMPORTER
        NULL};

size_t importers_count(void)
{
	return sizeof(importers) / sizeof(importers[0]) - 1;
}

const struct importer *importer_at(size_t index)
{
	return importers[index];
}
