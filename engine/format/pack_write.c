/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "format/pack_private.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct pack_writer {
	struct pack_write_options options;
	struct pack_chunk *chunks;
	size_t count, room;
	uint64_t at, lines;
};

static int write_at(
        struct pack_writer *writer, const void *data, size_t size, uint64_t at, struct diag *diag)
{
	const uint8_t *from = data;

	while (size > 0) {
		ssize_t wrote = pwrite(writer->options.descriptor, from, size, (off_t)at);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return diag_set(diag, FAIL_IO, "%s: cannot write: %s", writer->options.path,
			        strerror(wrote < 0 ? errno : EIO));
		from += wrote;
		at += (uint64_t)wrote;
		size -= (size_t)wrote;
	}
	return 0;
}

int pack_writer_create(
        struct pack_writer **writer, const struct pack_write_options *options, struct diag *diag)
{
	struct pack_writer *made = calloc(1, sizeof(*made));

	if (!made)
		return diag_set(diag, FAIL_MEMORY, "no memory for a pack");
	made->options = *options;
	made->at = sizeof(struct pack_header);
	*writer = made;
	return 0;
}

void pack_writer_destroy(struct pack_writer *writer)
{
	if (!writer)
		return;
	free(writer->chunks);
	free(writer);
}

static int make_room(struct pack_writer *writer, struct diag *diag)
{
	size_t room = writer->room ? writer->room * 2 : 64;
	struct pack_chunk *chunks;

	if (writer->count < writer->room)
		return 0;
	chunks = realloc(writer->chunks, room * sizeof(*chunks));
	if (!chunks)
		return diag_set(diag, FAIL_MEMORY, "no memory for a pack");
	writer->chunks = chunks;
	writer->room = room;
	return 0;
}

int pack_writer_put(
        struct pack_writer *writer, const uint8_t *chunk, size_t size, struct diag *diag)
{
	struct pack_head head;
	int err = make_room(writer, diag);

	if (err == 0)
		err = write_at(writer, chunk, size, writer->at, diag);
	if (err < 0)
		return err;
	memcpy(&head, chunk, sizeof(head));
	writer->chunks[writer->count++] = (struct pack_chunk){
	        .at = writer->at,
	        .hash = hash64(chunk, size),
	        .size = (uint32_t)size,
	        .lines = head.lines,
	};
	writer->at += size;
	writer->lines += head.lines;
	return 0;
}

/* ---- The directory ---- */

static size_t padded(size_t size)
{
	return (size + 7) & ~(size_t)7;
}

static size_t directory_size(const struct pack_writer *writer)
{
	size_t size = sizeof(struct pack_directory) + writer->count * sizeof(struct pack_chunk);

	for (uint32_t i = 0; i < writer->options.layout_count; i++)
		size += sizeof(struct pack_layout) +
		        padded(writer->options.layouts[i]->header_bytes);
	return size;
}

static uint8_t *put_layout(uint8_t *to, const struct layout *layout)
{
	struct pack_layout of = {
	        .bound = layout->bound,
	        .columns = layout->columns,
	        .header_bytes = (uint32_t)layout->header_bytes,
	        .delimiter = layout->delimiter,
	};

	for (unsigned i = 0; i < 3; i++)
		of.claim_level[i] = layout->claim_level[i];
	strncpy(of.family, layout->family, sizeof(of.family) - 1);
	memcpy(to, &of, sizeof(of));
	if (layout->header_bytes > 0) /* a layout that another pack kept may have no file */
		memcpy(to + sizeof(of), layout->header, layout->header_bytes);
	return to + sizeof(of) + padded(layout->header_bytes);
}

/* The caller frees it; NULL: no memory. */
static uint8_t *make_directory(const struct pack_writer *writer, size_t size)
{
	uint8_t *directory = calloc(1, size), *at = directory;
	struct pack_directory head = {
	        .sources = *writer->options.sources,
	        .lines = writer->lines,
	        .layouts = writer->options.layout_count,
	        .chunks = (uint32_t)writer->count,
	};

	if (!directory)
		return NULL;
	memcpy(at, &head, sizeof(head));
	at += sizeof(head);
	for (uint32_t i = 0; i < writer->options.layout_count; i++)
		at = put_layout(at, writer->options.layouts[i]);
	if (writer->count)
		memcpy(at, writer->chunks, writer->count * sizeof(struct pack_chunk));
	return directory;
}

int pack_writer_finish(struct pack_writer *writer, struct diag *diag)
{
	size_t size = directory_size(writer);
	uint8_t *directory = make_directory(writer, size);
	struct pack_header header = {
	        .version = PACK_VERSION,
	        .columns = PACK_COLUMNS,
	        .file_bytes = writer->at + size,
	        .directory_at = writer->at,
	        .directory_bytes = size,
	};
	int err;

	if (!directory)
		return diag_set(diag, FAIL_MEMORY, "no memory for a pack");
	memcpy(header.magic, PACK_MAGIC, PACK_MAGIC_BYTES);
	header.directory_hash = hash64(directory, size);
	header.hash = hash64(&header, offsetof(struct pack_header, hash));
	err = write_at(writer, directory, size, writer->at, diag);
	if (err == 0)
		err = write_at(writer, &header, sizeof(header), 0, diag);
	free(directory);
	return err;
}
