/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compression of what a report holds: one zlib stream (RFC 1950) of the whole.
 *
 * Equal bytes give equal bytes: for one zlib, whatever the machine.
 */
#ifndef LOOKUP_DEFLATE_H
#define LOOKUP_DEFLATE_H

#include "base/diag.h"

#include <stddef.h>
#include <stdint.h>

/* Returns 0 or FAIL_MEMORY.  The caller frees *packed. */
int deflate_bytes(
        const void *bytes, size_t size, uint8_t **packed, size_t *packed_size, struct diag *diag);

#endif
