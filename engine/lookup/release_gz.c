/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compressed releases, and compression of what a report holds.  The only file
 * that includes zlib.
 */
#include "lookup/deflate.h"
#include "lookup/release_private.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

struct gz_stream {
	struct release_stream stream; /* first: the two are one address */
	gzFile file;
	char name[];
};

/* zlib begins its words with the file's name, which ours begin with. */
static const char *without_name(const char *words, const char *name)
{
	size_t size = strlen(name);

	return strncmp(words, name, size) == 0 && strncmp(words + size, ": ", 2) == 0
	               ? words + size + 2
	               : words;
}

static ssize_t gz_read(struct release_stream *stream, void *bytes, size_t size, struct diag *diag)
{
	struct gz_stream *opened = (struct gz_stream *)stream;
	int got = gzread(opened->file, bytes, (unsigned)size), err;
	const char *words = gzerror(opened->file, &err);

	/* One that is cut gives what there is, and then says so. */
	if (got < 0 || (got == 0 && err != Z_OK && err != Z_STREAM_END))
		return diag_set(diag, err == Z_ERRNO ? FAIL_IO : FAIL_TABLE,
		        "%s: is damaged or cut: %s", opened->name,
		        err == Z_ERRNO ? strerror(errno) : without_name(words, opened->name));
	stream->taken = (uint64_t)gzoffset(opened->file);
	return got;
}

static void gz_close(struct release_stream *stream)
{
	struct gz_stream *opened = (struct gz_stream *)stream;

	gzclose(opened->file);
	free(opened);
}

int stream_gz(struct release_stream **stream, const char *file, struct diag *diag)
{
	size_t size = strlen(file) + 1;
	struct gz_stream *opened = malloc(sizeof(*opened) + size);

	*stream = NULL;
	if (!opened)
		return diag_set(diag, FAIL_MEMORY, "no memory to read %s", file);
	memcpy(opened->name, file, size);
	opened->stream = (struct release_stream){.read = gz_read, .close = gz_close};
	opened->file = gzopen(file, "rbe");
	if (!opened->file) {
		free(opened);
		return diag_set(
		        diag, FAIL_INPUT, "%s: cannot be opened: %s", file, strerror(errno));
	}
	gzbuffer(opened->file, RELEASE_READ);
	*stream = &opened->stream;
	return 0;
}

/* ---- Compression of reports. ---- */

int deflate_bytes(
        const void *bytes, size_t size, uint8_t **packed, size_t *packed_size, struct diag *diag)
{
	uLongf bound = compressBound((uLong)size);

	*packed_size = 0;
	*packed = malloc(bound);
	if (!*packed ||
	        compress2(*packed, &bound, bytes, (uLong)size, Z_DEFAULT_COMPRESSION) != Z_OK) {
		free(*packed);
		*packed = NULL;
		return diag_set(diag, FAIL_MEMORY, "no memory to compress %zu bytes", size);
	}
	*packed_size = bound;
	return 0;
}
