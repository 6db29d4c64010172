/* SPDX-License-Identifier: Apache-2.0 */
#include "base/unlinked.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Not every file system knows files that never had a name. */
static int open_named(const char *directory)
{
	size_t size = strlen(directory) + sizeof("/claimscan-XXXXXX");
	char *path = malloc(size);

	if (!path)
		return -1;
	snprintf(path, size, "%s/claimscan-XXXXXX", directory);
	int fd = mkostemp(path, O_CLOEXEC);

	if (fd >= 0)
		unlink(path);
	free(path);
	return fd;
}

int unlinked_open(const char *directory)
{
	int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);

	return fd >= 0 ? fd : open_named(directory);
}
