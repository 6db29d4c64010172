/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Releases as they are downloaded.  The only file that includes libzip, which
 * checks the checksum of a member at its end.
 */
#include "lookup/release_private.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

struct archive {
	zip_t *zip;
	size_t count;
	char name[]; /* of the file */
};

struct member_stream {
	struct release_stream stream; /* first: the two are one address */
	zip_file_t *member;
	uint64_t size, packed, given;
	const struct archive *archive;
	size_t index;
};

int archive_open(struct archive **archive, const char *file, struct diag *diag)
{
	size_t size = strlen(file) + 1;
	struct archive *opened = malloc(sizeof(*opened) + size);
	int code = 0;
	zip_error_t error;

	*archive = NULL;
	if (!opened)
		return diag_set(diag, FAIL_MEMORY, "no memory to read %s", file);
	memcpy(opened->name, file, size);
	opened->zip = zip_open(file, ZIP_RDONLY, &code);
	if (opened->zip) {
		opened->count = (size_t)zip_get_num_entries(opened->zip, 0);
		*archive = opened;
		return 0;
	}
	free(opened);
	zip_error_init_with_code(&error, code);
	diag_set(diag, FAIL_TABLE, "%s: is a damaged or cut archive: %s", file,
	        zip_error_strerror(&error));
	zip_error_fini(&error);
	return code == ZIP_ER_OPEN || code == ZIP_ER_NOENT ? FAIL_INPUT : FAIL_TABLE;
}

void archive_close(struct archive *archive)
{
	if (!archive)
		return;
	zip_discard(archive->zip);
	free(archive);
}

size_t archive_count(const struct archive *archive)
{
	return archive->count;
}

const char *archive_name(const struct archive *archive, size_t index)
{
	const char *name = zip_get_name(archive->zip, index, ZIP_FL_ENC_GUESS);
	size_t size = name ? strlen(name) : 0;

	return size == 0 || name[size - 1] == '/' ? "" : name;
}

uint64_t archive_packed(const struct archive *archive, size_t index)
{
	zip_stat_t status;

	if (zip_stat_index(archive->zip, index, 0, &status) != 0 ||
	        !(status.valid & ZIP_STAT_COMP_SIZE))
		return 0;
	return status.comp_size;
}

static int refuse_member(
        const struct archive *archive, size_t index, const char *words, struct diag *diag)
{
	return diag_set(diag, FAIL_TABLE, "%s: %s cannot be unpacked: %s", archive->name,
	        archive_name(archive, index), words);
}

static ssize_t member_read(
        struct release_stream *stream, void *bytes, size_t size, struct diag *diag)
{
	struct member_stream *opened = (struct member_stream *)stream;
	zip_int64_t got = zip_fread(opened->member, bytes, size);

	if (got < 0)
		return refuse_member(
		        opened->archive, opened->index, zip_file_strerror(opened->member), diag);
	opened->given += (uint64_t)got;
	if (got == 0 && opened->given != opened->size)
		return refuse_member(opened->archive, opened->index, "it is cut", diag);
	stream->taken = opened->size ? (uint64_t)((double)opened->packed * (double)opened->given /
	                                          (double)opened->size)
	                             : 0;
	return got;
}

static void member_close(struct release_stream *stream)
{
	struct member_stream *opened = (struct member_stream *)stream;

	zip_fclose(opened->member);
	free(opened);
}

int archive_stream(
        struct release_stream **stream, struct archive *archive, size_t index, struct diag *diag)
{
	struct member_stream *opened = malloc(sizeof(*opened));
	zip_stat_t status;

	*stream = NULL;
	if (!opened)
		return diag_set(diag, FAIL_MEMORY, "no memory to read %s", archive->name);
	*opened = (struct member_stream){
	        .stream = {.read = member_read, .close = member_close},
	        .archive = archive,
	        .index = index,
	        .packed = archive_packed(archive, index),
	};
	if (zip_stat_index(archive->zip, index, 0, &status) == 0)
		opened->member = zip_fopen_index(archive->zip, index, 0);
	if (!opened->member) {
		free(opened);
		return refuse_member(archive, index, zip_strerror(archive->zip), diag);
	}
	opened->size = status.size;
	*stream = &opened->stream;
	return 0;
}
