/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams are read to their end before anything is scanned: a pipe cannot be
 * cut into spans, or read again when a guess about its layout was wrong.
 */
#include "input/files.h"

#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	SPOOL_BUFFER_BYTES = 256 << 10, /* stays in L2 between read and write */
	SPOOL_PIPE_BYTES = 1 << 20,     /* what Linux lets anyone ask of a pipe */
	SPOOL_WAIT_MS = 200,
};

/* An unlinked file from the start, or where the file system has no O_TMPFILE, soon. */
static int open_unlinked(const char *tmp)
{
	char path[4096];
	int file = open(tmp, O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);

	if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
		return file >= 0 ? file : -errno;
	if (snprintf(path, sizeof(path), "%s/claimscan-spool-XXXXXX", tmp) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	file = mkostemp(path, O_CLOEXEC);
	if (file < 0)
		return -errno;
	unlink(path);
	return file;
}

/* Returns 0, or a negative errno; a signal that interrupts is -EINTR. */
static int write_all(int file, const uint8_t *data, size_t size)
{
	while (size > 0) {
		ssize_t count = write(file, data, size);

		if (count < 0)
			return -errno;
		data += count;
		size -= (size_t)count;
	}
	return 0;
}

/*
 * Wait until there is something to read.  A signal may come between asking and
 * waiting, and then nothing would interrupt: so never wait for long.
 */
static int wait_for(const struct spool_source *source)
{
	struct pollfd ready = {.fd = source->stream, .events = POLLIN};

	int count;

	do {
		if (source->stopped && source->stopped())
			return -EINTR;
		count = poll(&ready, 1, SPOOL_WAIT_MS);
		if (count < 0 && !source->stopped)
			return -errno;
	} while (count == 0 || (count < 0 && errno == EINTR));
	return 0;
}

/* Returns 0, or the negative errno of the side that failed, told by *reading. */
static int copy(int file, const struct spool_source *source, uint8_t *buffer, bool *reading)
{
	for (;;) {
		int err = wait_for(source);
		ssize_t count;

		if (err < 0)
			return err;
		count = read(source->stream, buffer, SPOOL_BUFFER_BYTES);
		*reading = count < 0;
		if (count < 0)
			return -errno;
		if (count == 0)
			return 0;
		err = write_all(file, buffer, (size_t)count);
		if (err < 0)
			return err;
	}
}

static int copy_failed(int err, bool reading, const char *path, const char *tmp, struct diag *diag)
{
	if (err == -EINTR)
		return diag_set(diag, FAIL_STOPPED, "%s: stopped while it was read", path);
	if (reading)
		return diag_set(diag, FAIL_IO, "%s: %s", path, strerror(-err));
	return diag_set(diag, err == -ENOSPC || err == -EDQUOT ? err : FAIL_IO,
	        "%s: cannot be kept in %s: %s; --tmp names another directory", path, tmp,
	        strerror(-err));
}

int spool_stream(const struct spool_source *source, const char *tmp, struct diag *diag)
{
	const char *path = source->path;
	bool reading = false;
	uint8_t *buffer;
	int file;
	int err;

	file = open_unlinked(tmp);
	if (file < 0)
		return copy_failed(file, false, path, tmp, diag);
	buffer = malloc(SPOOL_BUFFER_BYTES);
	if (!buffer) {
		close(file);
		return diag_set(diag, FAIL_MEMORY, "no memory to read %s", path);
	}
	fcntl(source->stream, F_SETPIPE_SZ, SPOOL_PIPE_BYTES); /* only faster; may be refused */
	err = copy(file, source, buffer, &reading);
	free(buffer);
	if (err == 0)
		return file;
	close(file);
	return copy_failed(err, reading, path, tmp, diag);
}
