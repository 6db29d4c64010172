/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/codes_kinds.h"

/* codesets.cmake says where; from the root of the sources otherwise. */
#ifndef CODESETS_FOLDER
#define CODESETS_FOLDER "codesets"
#endif

/* Data, so it stands outside of the engine's folders and their order. */
#define CODESETS_LIST "../../codesets/sets.def"

/* The assembler copies the file in; a NUL is not needed, the end is known. */
#define SET(name, kind, release, partial) \
	__asm__(".pushsection .rodata\n" \
	        ".balign 64\n" \
	        "starter_" #name ":\n" \
	        ".incbin \"" CODESETS_FOLDER "/" #name ".csv\"\n" \
	        "starter_end_" #name ":\n" \
	        ".popsection\n"); \
	extern const char starter_##name[] __attribute__((visibility("hidden"))); \
	extern const char starter_end_##name[] __attribute__((visibility("hidden")));
#include CODESETS_LIST
#undef SET

static const struct codes_source sources[] = {
#define SET(name, kind, release, partial) \
	{#name, "codesets/" #name ".csv", KIND_##kind, release, partial, starter_##name, \
	        starter_end_##name},
#include CODESETS_LIST
#undef SET
};

const struct codes_source *starter_sources(size_t *count)
{
	*count = sizeof(sources) / sizeof(sources[0]);
	return sources;
}
