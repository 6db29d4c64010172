/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Claim packs: lines as columns, as their format left them, so that they are
 * read again without being parsed.
 *
 *	header      256 bytes: magic, version, sizes, where the rest is, its own hash
 *	chunk ...   up to PACK_CHUNK_LINES lines of one layout, sorted by person and claim
 *	directory   what the sources were, layouts, and each chunk's place, lines and hash
 *
 *	chunk:   head | a column head a column that is not blank throughout | codes, values, texts
 *
 * The lines of a chunk may stand whole: then nothing that is settled of a claim or
 * of a person hangs on a line outside of it (pack_builder_whole()).
 *
 * A column is one value for all lines, or codes of few bits: a value's distance
 * from the least one, or the number of an entry in a dictionary of the chunk.
 * Texts are entries too; those of sorted lines (claims, persons) are told by one
 * bit a line: is it the next one?  Where claims are told so, a column that is alike
 * on all lines of each has a code a claim, not a line.
 *
 * Numbers stand as x86-64 has them.  Every byte is under some XXH3-64: the
 * header's, the directory's, a chunk's.
 */
#ifndef FORMAT_PACK_H
#define FORMAT_PACK_H

#include "base/diag.h"
#include "base/level.h"
#include "claim.h"
#include "format/csv.h"
#include "format/layout.h"
#include "input/plan.h"
#include "input/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a file of this format begins: eight bytes that no text file begins with. */
#define PACK_MAGIC \
	"\x89" \
	"CLMPK\r\n"

enum {
	PACK_MAGIC_BYTES = 8,
	PACK_VERSION = 4,
	PACK_VERSION_LEAST = 3,       /* the oldest that is read */
	PACK_CHUNK_LINES = 8192,      /* more gains little room and leaves the cache */
	PACK_CHUNK_BYTES = 768 << 10, /* of lines as they are kept before: a chunk is not larger */
};

/* What was read to make a pack; told again by a scan of it. */
struct pack_sources {
	uint64_t bytes; /* of the input files */
	uint64_t quarantined[BAD_KINDS], bad_bytes;
	struct cell_counts fields[FIELD_COUNT];
};

/* ---- Lines on their way into a pack ---- */

/* A line by itself: this head, then what is not blank. */
struct pack_line {
	uint64_t person_key, claim_key, digest;
	int32_t line_number;
	uint32_t size; /* bytes, head included; a multiple of 8 */
};

struct pack_liner; /* one a thread */

int pack_liner_create(struct pack_liner **liner, struct diag *diag);
void pack_liner_destroy(struct pack_liner *liner); /* takes NULL */

/*
 * Take a batch, not normalised; claim_key, person_key, original_key and digest are
 * worked out.
 * pack_liner_size() and pack_liner_put() are then of its lines.
 */
void pack_liner_batch(struct pack_liner *liner, struct batch *batch);
size_t pack_liner_size(const struct pack_liner *liner, uint32_t line);
void pack_liner_put(const struct pack_liner *liner, uint32_t line, void *to);

/* ---- Chunks ---- */

struct pack_builder; /* one a thread */

int pack_builder_create(struct pack_builder **builder, struct diag *diag);
void pack_builder_destroy(struct pack_builder *builder); /* takes NULL */

/* False if the chunk has no room for it: end the chunk first. */
bool pack_builder_add(struct pack_builder *builder, const struct pack_line *line);
uint32_t pack_builder_lines(const struct pack_builder *builder);

/* Take back what was added since the mark, which is of the same chunk. */
void pack_builder_mark(struct pack_builder *builder);
void pack_builder_undo(struct pack_builder *builder);

/*
 * The lines of this chunk are all that the pack has of their claims, of the claims
 * that these name as their originals or that name them, and of their persons.
 */
void pack_builder_whole(struct pack_builder *builder);

/* The chunk of the lines added, valid until the next one is begun; its lines are gone. */
const uint8_t *pack_builder_end(struct pack_builder *builder, uint32_t layout, size_t *size);

/* The size of a chunk, told by itself. */
size_t pack_chunk_size(const uint8_t *chunk);

/* ---- The file ---- */

struct pack_writer;

/*
 * Write to an open descriptor, from its beginning; it stays the caller's.
 * layouts: of the run, in the order that chunks number them by.
 */
struct pack_write_options {
	int descriptor;
	const char *path; /* for messages */
	const struct layout *const *layouts;
	uint32_t layout_count;
	const struct pack_sources *sources;
};

int pack_writer_create(
        struct pack_writer **writer, const struct pack_write_options *options, struct diag *diag);
void pack_writer_destroy(struct pack_writer *writer); /* takes NULL */

/* Append a chunk, in the order of the file.  layout: its place in options.layouts. */
int pack_writer_put(
        struct pack_writer *writer, const uint8_t *chunk, size_t size, struct diag *diag);

/* Directory and header: after this the file is whole. */
int pack_writer_finish(struct pack_writer *writer, struct diag *diag);

/* ---- Reading ---- */

struct packs; /* those of a run: shared by its threads */
struct pack_reader;

int packs_create(
        struct packs **packs, const struct plan *plan, struct layouts *layouts, struct diag *diag);
void packs_destroy(struct packs *packs); /* takes NULL */

/* Open the pack that a file of the plan is: its layouts are then the run's. */
int packs_bind(struct packs *packs, uint32_t file, struct diag *diag);

/* Is a file of the plan known to be one? */
bool packs_has(const struct packs *packs, uint32_t file);
uint64_t packs_lines(const struct packs *packs, uint32_t file); /* of one that is */

/* What a pack says of itself. */
struct pack_facts {
	uint64_t bytes, lines;
	uint64_t hash; /* the header's, which holds those of all else: it names the pack */
};

/*
 * Look at the pack of a path: its header and directory are proved, its chunks are
 * not.  FAIL_INPUT, or FAIL_DATA with file and offset.
 */
int pack_look(const char *path, struct pack_facts *facts, struct diag *diag);

/* What the sources of all packs met so far were, of fields wanted. */
void packs_add_counts(
        const struct packs *packs, const struct field_set *wanted, struct csv_counts *counts);

/* Bytes that the sources had beyond those of their packs; may be negative. */
int64_t packs_bytes_saved(const struct packs *packs);

struct pack_reader_options {
	enum level level;
	const struct reader_kind *reader;
	struct reader_options reader_options;
	struct packs *packs;
	struct plan *plan;
	const struct field_set *wanted;                                      /* NULL: all */
	int (*batch)(void *context, struct batch *batch, struct diag *diag); /* as of csv_options */

	/* NULL, or told behind the batches of a chunk whose lines stand whole (batch.whole). */
	int (*whole)(void *context, struct diag *diag);
	void *context;

	/*
	 * Where lines stand whole it is enough to tell their claims apart: claim_key
	 * is the number of a claim in its chunk; claims, persons, line numbers and
	 * digests are blank.
	 */
	bool numbered;

	const char *remedy; /* what a damaged chunk asks for; NULL: to convert again */
};

int pack_reader_create(
        struct pack_reader **reader, const struct pack_reader_options *options, struct diag *diag);
void pack_reader_destroy(struct pack_reader *reader); /* takes NULL */
struct csv_counts *pack_reader_counts(struct pack_reader *reader);

/*
 * The chunks that begin in a span of a pack; its blocks are hashed.  FAIL_DATA
 * with file and offset for what is cut, damaged, or of another version.
 */
int pack_reader_span(struct pack_reader *reader, const struct span *span, struct diag *diag);

#endif
