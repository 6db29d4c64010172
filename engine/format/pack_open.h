/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The packs of a run, opened: what the header and the directory say.
 */
#ifndef FORMAT_PACK_OPEN_H
#define FORMAT_PACK_OPEN_H

#include "format/pack_private.h"

/* Const once it is there. */
struct pack {
	struct pack_directory directory;
	const struct layout **layouts;
	struct pack_chunk *chunks; /* in the order of the file */
	uint64_t file_bytes;
};

/*
 * The pack that a file of the plan is; opened by the first thread that comes.
 * Returns 0, or FAIL_DATA with file and offset, FAIL_INPUT, FAIL_MEMORY.
 */
int packs_open(struct packs *packs, uint32_t file, const struct pack **pack, struct diag *diag);

#endif
