/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The image of a set: a header, then sections, each padded to SET_ALIGNMENT and
 * checked by an XXH3 of its own, which covers the padding too.
 *
 *     header | rows | table | blocks | texts | sources | covered | complete | ...
 *
 * Behind these stands what the set adds.  "blocks" has the XXH3-64 of each SET_BLOCK
 * bytes from the end of the header to its own beginning.
 *
 * The table is the image of a perfect hash (phash.h) as it lies.
 */
#ifndef LOOKUP_SET_PRIVATE_H
#define LOOKUP_SET_PRIVATE_H

#include "base/hash.h"
#include "lookup/set.h"

enum {
	SET_IMAGE_VERSION = 2,
	SET_ALIGNMENT = 64,
	SET_SECTION_NAME_MAX = 16, /* the NUL included */
	SET_SECTIONS_MAX = 32,
	SET_SOURCES_MAX = 1 << 16,
};

#define SET_MAGIC "CSCODES"
#define SET_BYTE_ORDER 0x01020304u

struct set_section_entry { /* 56 bytes */
	char name[SET_SECTION_NAME_MAX];
	uint64_t offset;
	uint64_t size;       /* bytes */
	uint64_t padded;     /* ... padding included */
	struct hash128 hash; /* of the padded section */
};

struct set_header { /* 2,048 bytes */
	char magic[8];
	uint32_t version;
	uint32_t byte_order; /* SET_BYTE_ORDER as the writer stores it */
	uint64_t size;       /* of the image */
	char schema[32];
	struct hash128 schema_hash;
	uint64_t row_count, key_count;
	uint32_t row_size, section_count;
	int32_t from, to;
	uint64_t partial;      /* 0, 1 */
	uint64_t reserved[16]; /* 0 */
	struct set_section_entry sections[SET_SECTIONS_MAX];
	struct hash128 header_hash; /* of all before it */
};

_Static_assert(sizeof(struct set_header) % SET_ALIGNMENT == 0, "sections begin aligned");

/* A source as it lies. */
struct set_source_row { /* 352 bytes */
	char path[256];
	char release[64];
	int32_t from, to;
	uint32_t snapshot, partial;
	uint64_t hash[2];
};

/* Of all that makes the rows what they are, so that an image of other columns is refused. */
struct hash128 set_schema_hash(const struct set_schema *schema);
size_t set_type_size(enum set_type type);

/* Texts, once each, one behind the other and NUL-ended; the empty one first. */
struct set_texts {
	char *bytes;
	size_t size, capacity;
	uint32_t *places; /* open addressing; 0 free */
	size_t place_count, count;
};

int set_texts_add(
        struct set_texts *texts, const char *text, size_t size, uint32_t *at, struct diag *diag);
void set_texts_reset(struct set_texts *texts);

/* Sections of an open set; bytes NULL where there is none. */
const struct set_header *set_header_of(const struct set *set);
const void *set_section_bytes(const struct set *set, const char *name, uint64_t *size);
int set_section_check(
        const struct set *set, const struct set_section_entry *entry, struct diag *diag);

/* Of set_close(). */
void set_touched_destroy(struct set_touched *touched);

/* set_map() of an image of this schema, which need not be in the table; NULL: it must be. */
int set_map_as(
        struct set *set, const char *path, const struct set_schema *schema, struct diag *diag);

/* A section that a set adds. */
struct set_extra {
	char name[SET_SECTION_NAME_MAX];
	void *bytes;
	size_t size;
};

struct set_build {
	const struct set_schema *schema;
	struct set_source *sources;
	size_t source_count, source_capacity;

	/* Entries: a key and a row, stride bytes each, in the order they were added. */
	uint8_t *entries;
	size_t stride, count, capacity;
	uint64_t *mask; /* of a row: the bytes that have a meaning */

	struct set_texts texts;
	struct set_extra extras[SET_SECTIONS_MAX];
	size_t extra_count;
	void *state;
	void (*destroy_state)(void *state);
};

static inline uint8_t *set_entry(const struct set_build *build, size_t index)
{
	return build->entries + index * build->stride;
}

static inline uint64_t set_entry_key(const struct set_build *build, size_t index)
{
	return *(const uint64_t *)(const void *)set_entry(build, index);
}

static inline struct set_row *set_entry_row(const struct set_build *build, size_t index)
{
	return (struct set_row *)(void *)(set_entry(build, index) + sizeof(uint64_t));
}

/* Takes the rows of one key, oldest first: how many there are, then each. */
struct set_sink {
	int (*take)(void *context, uint64_t key, const struct set_row *row, struct diag *diag);
	void *context;
};

/*
 * Merge the entries into windows, by key.  Their from and to become what is in
 * force.  FAIL_TABLE for what sources contradict one another in; FAIL_MEMORY.
 */
int set_merge(struct set_build *build, const struct set_sink *sink, struct diag *diag);

/* Writing a file of sections; set_write.c. */
struct set_writer;
int set_writer_create(struct set_writer **writer, const char *path, struct diag *diag);
int set_writer_begin(struct set_writer *writer, const char *name, struct diag *diag);
int set_writer_put(struct set_writer *writer, const void *bytes, size_t size, struct diag *diag);
int set_writer_end(struct set_writer *writer, struct diag *diag);
int set_writer_blocks(struct set_writer *writer, struct diag *diag); /* of all before it */

/* Fill in sections, size and hash of the header, write it, and move the file to its path. */
int set_writer_finish(struct set_writer *writer, struct set_header *header, struct diag *diag);
void set_writer_destroy(struct set_writer *writer); /* takes away what was not finished */

#endif
