/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How releases are opened: as files, compressed files, members of archives, or
 * bytes in memory.  A stream gives bytes; a release makes lines and records of
 * them, in a buffer of its own, so that 11 GB pass in constant memory.
 */
#ifndef LOOKUP_RELEASE_PRIVATE_H
#define LOOKUP_RELEASE_PRIVATE_H

#include "base/hash.h"
#include "lookup/release.h"

#include <sys/types.h>

enum {
	RELEASE_LINE_MAX = 1 << 20, /* of a line or record: the contract's for claim records */
	RELEASE_READ = 1 << 18,     /* at a time: stays in L2 */
};

struct release_stream {
	/* Bytes read, 0 at the end; FAIL_IO, FAIL_TABLE (damaged) with diag set. */
	ssize_t (*read)(struct release_stream *stream, void *bytes, size_t size, struct diag *diag);
	void (*close)(struct release_stream *stream);
	uint64_t taken; /* bytes of the file that were read for it; for progress */
};

/* A file as it lies.  FAIL_INPUT. */
int stream_file(struct release_stream **stream, const char *file, struct diag *diag);

/* A .gz, of one or more parts: release_gz.c.  FAIL_INPUT. */
int stream_gz(struct release_stream **stream, const char *file, struct diag *diag);

/* Bytes that outlive the stream. */
int stream_bytes(struct release_stream **stream, const void *bytes, size_t size, struct diag *diag);

/* A .zip: release_zip.c.  FAIL_INPUT, FAIL_TABLE (damaged, or locked by a password). */
struct archive;
int archive_open(struct archive **archive, const char *file, struct diag *diag);
void archive_close(struct archive *archive);
size_t archive_count(const struct archive *archive);
const char *archive_name(const struct archive *archive, size_t index); /* "" for a folder */
uint64_t archive_packed(const struct archive *archive, size_t index);  /* bytes, compressed */
int archive_stream(
        struct release_stream **stream, struct archive *archive, size_t index, struct diag *diag);

/* What a file is by its first bytes. */
enum release_kind { RELEASE_TEXT, RELEASE_GZ, RELEASE_ZIP, RELEASE_KINDS };
enum release_kind release_kind_of(const void *bytes, size_t size);

/*
 * A release that reads from a stream, and closes it at its end, or at once on
 * failure.  path is what messages and sources name; it is copied.
 */
int release_open(struct release **release, struct release_stream *stream, const char *path,
        struct diag *diag);
void release_close(struct release *release);

/*
 * Called with stream->taken whenever more was read; release_open() has read the
 * beginning.  Where it says false no more is read: FAIL_STOPPED.
 */
void release_watch(
        struct release *release, bool (*watch)(void *context, uint64_t taken), void *context);

/* Its beginning; lives until the first line is read. */
void release_head(const struct release *release, struct release_head *head);

/*
 * Why the beginning cannot be a release in text, or NULL.  *wrong: it is one that
 * was spoilt on its way (UTF-16, CR for line ends, a web page under the name of a text), which the
 * user will want to know before anything is built.
 */
const char *release_no_text(const struct release *release, bool *wrong);

/* Read what the importer left, and say what passed. */
struct release_totals {
	uint64_t size;
	size_t records, skipped; /* lines and records that were given; of them no data */
	bool line_open;          /* the last line has no end */
	struct hash128 hash;
};
int release_finish(struct release *release, struct release_totals *totals, struct diag *diag);

#endif
