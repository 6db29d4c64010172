/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files without a name: what they hold is gone when the process is.
 */
#ifndef BASE_UNLINKED_H
#define BASE_UNLINKED_H

/*
 * An empty file of a directory, for reading and writing, that nobody else can
 * open.  Returns its descriptor, or -1 with errno set.
 */
int unlinked_open(const char *directory);

#endif
