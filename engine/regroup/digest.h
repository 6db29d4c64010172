/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The digest of a line: of its whole record as it was read.  It breaks the ties
 * of lines that are equal in all that orders them.
 */
#ifndef REGROUP_DIGEST_H
#define REGROUP_DIGEST_H

#include "base/hash.h"
#include "claim.h"

static inline uint64_t line_digest(const struct batch *batch, uint32_t line)
{
	if (batch->kept)
		return batch->digest[line];
	return hash64(batch->text + batch->record[line].at, batch->record[line].size);
}

#endif
