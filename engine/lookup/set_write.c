/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing an image: beside its path, section behind section, the header last; then
 * it is moved there.  What is at the path is whole, or not there.
 */
#include "lookup/set_private.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WRITE_BYTES = 4 * SET_BLOCK };

#define BESIDE ".new"

struct set_writer {
	struct hash128_stream hash; /* of the section; first, for it is aligned to 64 bytes */
	char *path, *beside;
	int file;
	uint64_t at; /* bytes before the buffer */
	uint8_t *buffer;
	size_t used;
	struct set_section_entry sections[SET_SECTIONS_MAX];
	size_t count;
	uint64_t *blocks; /* hashes */
	size_t block_count, block_capacity;
	bool blocks_done;
};

static int fail_write(const struct set_writer *writer, struct diag *diag)
{
	return diag_set(diag, FAIL_IO, "%s: cannot be written: %s", writer->path, strerror(errno));
}

static int write_at(
        struct set_writer *writer, const void *bytes, size_t size, uint64_t at, struct diag *diag)
{
	const uint8_t *from = bytes;

	while (size > 0) {
		ssize_t written = pwrite(writer->file, from, size, (off_t)at);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return fail_write(writer, diag);
		from += written;
		at += (uint64_t)written;
		size -= (size_t)written;
	}
	return 0;
}

/* The buffer begins with a block, and all but the last are whole. */
static int note_blocks(struct set_writer *writer, struct diag *diag)
{
	size_t count = (writer->used + SET_BLOCK - 1) / SET_BLOCK;

	if (writer->block_count + count > writer->block_capacity) {
		size_t capacity = 2 * (writer->block_count + count);
		uint64_t *blocks = realloc(writer->blocks, capacity * sizeof(*blocks));

		if (!blocks)
			return diag_set(diag, FAIL_MEMORY, "no memory to write %s", writer->path);
		writer->blocks = blocks;
		writer->block_capacity = capacity;
	}
	for (size_t at = 0; at < writer->used; at += SET_BLOCK) {
		size_t left = writer->used - at;

		writer->blocks[writer->block_count++] = hash64(
		        writer->buffer + at, left < SET_BLOCK ? left : SET_BLOCK);
	}
	return 0;
}

static int flush(struct set_writer *writer, struct diag *diag)
{
	int err = writer->blocks_done ? 0 : note_blocks(writer, diag);

	if (!err)
		err = write_at(writer, writer->buffer, writer->used, writer->at, diag);
	writer->at += writer->used;
	writer->used = 0;
	return err;
}

int set_writer_create(struct set_writer **writer, const char *path, struct diag *diag)
{
	size_t size = (sizeof(struct set_writer) + 63) & ~(size_t)63;
	struct set_writer *created = aligned_alloc(64, size);

	*writer = NULL;
	if (!created)
		return diag_set(diag, FAIL_MEMORY, "no memory to write %s", path);
	memset(created, 0, size);
	created->file = -1;
	created->at = sizeof(struct set_header);
	created->buffer = malloc(WRITE_BYTES);
	created->path = strdup(path);
	if (asprintf(&created->beside, "%s" BESIDE, path) < 0)
		created->beside = NULL;
	if (!created->buffer || !created->path || !created->beside) {
		set_writer_destroy(created);
		return diag_set(diag, FAIL_MEMORY, "no memory to write %s", path);
	}
	created->file = open(created->beside, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (created->file < 0) {
		diag_set(diag, FAIL_OUTPUT, "%s: cannot be made: %s", path, strerror(errno));
		set_writer_destroy(created);
		return FAIL_OUTPUT;
	}
	*writer = created;
	return 0;
}

void set_writer_destroy(struct set_writer *writer)
{
	if (!writer)
		return;
	if (writer->file >= 0) {
		close(writer->file);
		unlink(writer->beside);
	}
	free(writer->buffer);
	free(writer->blocks);
	free(writer->path);
	free(writer->beside);
	free(writer);
}

int set_writer_begin(struct set_writer *writer, const char *name, struct diag *diag)
{
	struct set_section_entry *entry = &writer->sections[writer->count];

	if (writer->count == SET_SECTIONS_MAX)
		return diag_set(diag, FAIL_INTERNAL, "%s: too many sections", writer->path);
	*entry = (struct set_section_entry){.offset = writer->at + writer->used};
	strncpy(entry->name, name, sizeof(entry->name) - 1);
	hash128_begin(&writer->hash);
	return 0;
}

int set_writer_put(struct set_writer *writer, const void *bytes, size_t size, struct diag *diag)
{
	const uint8_t *from = bytes;
	int err = 0;

	if (size > 0)
		hash128_feed(&writer->hash, bytes, size);
	writer->sections[writer->count].size += size;
	while (size > 0) {
		size_t room = WRITE_BYTES - writer->used, piece = size < room ? size : room;

		memcpy(writer->buffer + writer->used, from, piece);
		writer->used += piece;
		from += piece;
		size -= piece;
		if (writer->used == WRITE_BYTES)
			err = flush(writer, diag);
		if (err)
			return err;
	}
	return 0;
}

int set_writer_end(struct set_writer *writer, struct diag *diag)
{
	static const uint8_t zeros[SET_ALIGNMENT];
	struct set_section_entry *entry = &writer->sections[writer->count];
	uint64_t size = entry->size;
	int err = set_writer_put(writer, zeros, -size & (SET_ALIGNMENT - 1), diag);

	entry->padded = entry->size;
	entry->size = size;
	entry->hash = hash128_end(&writer->hash);
	writer->count++;
	return err;
}

int set_writer_blocks(struct set_writer *writer, struct diag *diag)
{
	int err = flush(writer, diag);

	writer->blocks_done = true;
	if (!err)
		err = set_writer_begin(writer, "blocks", diag);
	if (!err)
		err = set_writer_put(writer, writer->blocks,
		        writer->block_count * sizeof(*writer->blocks), diag);
	return err ? err : set_writer_end(writer, diag);
}

int set_writer_finish(struct set_writer *writer, struct set_header *header, struct diag *diag)
{
	int err = flush(writer, diag);

	header->size = writer->at;
	header->section_count = (uint32_t)writer->count;
	memcpy(header->sections, writer->sections, sizeof(header->sections));
	header->header_hash = hash128(header, offsetof(struct set_header, header_hash));
	if (!err)
		err = write_at(writer, header, sizeof(*header), 0, diag);
	if (err)
		return err;
	if (rename(writer->beside, writer->path) != 0)
		return fail_write(writer, diag);
	/* From here on there is nothing left to take away. */
	err = close(writer->file) == 0 ? 0 : fail_write(writer, diag);
	writer->file = -1;
	return err;
}
