/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pseudonyms of persons: HMAC-SHA-256 of the id's text under the user's key,
 * the first 128 bits in hexadecimal.  The only file that includes libcrypto.
 */
#ifndef REPORT_PSEUDONYM_H
#define REPORT_PSEUDONYM_H

#include "base/diag.h"

#include <stddef.h>

enum { PSEUDONYM_SIZE = 32, PSEUDONYM_KEY_MIN = 16, PSEUDONYM_KEY_MAX = 64 << 10 };

struct pseudonym; /* one a thread */

/*
 * Take the key from a file: all its bytes, from PSEUDONYM_KEY_MIN to
 * PSEUDONYM_KEY_MAX of them; nobody but the owner may be able to read it.
 * FAIL_TABLE otherwise, also if there is no such file.
 */
int pseudonym_create(struct pseudonym **pseudonym, const char *path, struct diag *diag);
int pseudonym_copy(struct pseudonym **pseudonym, const struct pseudonym *from, struct diag *diag);
void pseudonym_destroy(struct pseudonym *pseudonym); /* takes NULL; wipes the key */

/*
 * The pseudonym of an id: PSEUDONYM_SIZE digits and a NUL, valid until the next
 * call; "" for the empty text, NULL if libcrypto failed.  The last one is kept, since
 * the lines of a person follow each other.
 */
const char *pseudonym_of(struct pseudonym *pseudonym, const char *text, size_t size);

#endif
