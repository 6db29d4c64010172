/* SPDX-License-Identifier: Apache-2.0 */
#include "report/beside.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	TRIES_MAX = 64,      /* of names; they are random */
	NAME_PART_MAX = 200, /* of the name that the temporary one carries */
};

static int open_one(struct beside *file)
{
	uint32_t noise = 0;

	/* A short read leaves a name that may be taken; the caller tries again. */
	if (getrandom(&noise, sizeof(noise), 0) < 0)
		noise = (uint32_t)getpid();
	snprintf(file->temporary, sizeof(file->temporary), ".%.*s.tmp-%ld-%08x", NAME_PART_MAX,
	        file->name, (long)getpid(), noise);
	file->fd = openat(file->directory, file->temporary,
	        O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	return file->fd < 0 ? errno : 0;
}

int beside_begin(struct beside *file, int directory, const char *name, struct diag *diag)
{
	int err = EEXIST;

	*file = (struct beside){.directory = directory, .fd = -1, .name = name};
	for (int i = 0; i < TRIES_MAX && err == EEXIST; i++)
		err = open_one(file);
	if (err != 0)
		return diag_set(diag, FAIL_OUTPUT, "%s: cannot be made: %s", name, strerror(err));
	if (fchmod(file->fd, 0600) == 0)
		return 0;
	err = diag_set(diag, FAIL_OUTPUT, "%s: cannot be made: %s", name, strerror(errno));
	beside_abandon(file);
	return err;
}

int beside_commit(struct beside *file, struct diag *diag)
{
	bool bad = fsync(file->fd) < 0 && errno != EINVAL && errno != EROFS;

	bad = bad || renameat(file->directory, file->temporary, file->directory, file->name) < 0;
	if (bad) {
		int err = diag_set(
		        diag, FAIL_IO, "%s: cannot write: %s", file->name, strerror(errno));

		beside_abandon(file);
		return err;
	}
	close(file->fd);
	if (fsync(file->directory) < 0)
		diag_warn(diag, "%s: cannot sync its directory", file->name);
	return 0;
}

void beside_abandon(struct beside *file)
{
	close(file->fd);
	unlinkat(file->directory, file->temporary, 0);
}
