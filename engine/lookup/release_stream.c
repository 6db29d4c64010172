/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/release_private.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct file_stream {
	struct release_stream stream; /* first: the two are one address */
	int file;
	char name[];
};

static ssize_t file_read(struct release_stream *stream, void *bytes, size_t size, struct diag *diag)
{
	struct file_stream *opened = (struct file_stream *)stream;
	ssize_t got;

	do
		got = read(opened->file, bytes, size);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return diag_set(
		        diag, FAIL_IO, "%s: cannot be read: %s", opened->name, strerror(errno));
	stream->taken += (uint64_t)got;
	return got;
}

static void file_close(struct release_stream *stream)
{
	struct file_stream *opened = (struct file_stream *)stream;

	close(opened->file);
	free(opened);
}

int stream_file(struct release_stream **stream, const char *file, struct diag *diag)
{
	size_t size = strlen(file) + 1;
	struct file_stream *opened = malloc(sizeof(*opened) + size);

	*stream = NULL;
	if (!opened)
		return diag_set(diag, FAIL_MEMORY, "no memory to read %s", file);
	memcpy(opened->name, file, size);
	opened->stream = (struct release_stream){.read = file_read, .close = file_close};
	opened->file = open(file, O_RDONLY | O_CLOEXEC);
	if (opened->file < 0) {
		free(opened);
		return diag_set(
		        diag, FAIL_INPUT, "%s: cannot be opened: %s", file, strerror(errno));
	}
	posix_fadvise(opened->file, 0, 0, POSIX_FADV_SEQUENTIAL);
	*stream = &opened->stream;
	return 0;
}

struct bytes_stream {
	struct release_stream stream;
	const char *bytes;
	size_t size;
};

static ssize_t bytes_read(
        struct release_stream *stream, void *bytes, size_t size, struct diag *diag)
{
	struct bytes_stream *opened = (struct bytes_stream *)stream;

	(void)diag;
	if (size > opened->size)
		size = opened->size;
	memcpy(bytes, opened->bytes, size);
	opened->bytes += size;
	opened->size -= size;
	stream->taken += size;
	return (ssize_t)size;
}

static void bytes_close(struct release_stream *stream)
{
	free(stream);
}

int stream_bytes(struct release_stream **stream, const void *bytes, size_t size, struct diag *diag)
{
	struct bytes_stream *opened = malloc(sizeof(*opened));

	*stream = NULL;
	if (!opened)
		return diag_set(diag, FAIL_MEMORY, "no memory to read a text");
	*opened = (struct bytes_stream){
	        .stream = {.read = bytes_read, .close = bytes_close},
	        .bytes = bytes,
	        .size = size,
	};
	*stream = &opened->stream;
	return 0;
}
