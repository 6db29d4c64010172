/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Layouts: how the records of files with one and the same header are read.
 *
 * A header is bound once a run, however many files have it; workers find it
 * again by its bytes.
 */
#ifndef FORMAT_LAYOUT_H
#define FORMAT_LAYOUT_H

#include "base/diag.h"
#include "claim.h"
#include "format/cells.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	HEADER_BYTES_MAX = 1 << 20,
	LAYOUTS_MAX = 4096, /* different headers in one run */
	CELL_GROUPS_MAX = FIELD_COUNT,
};

/* What a file is for: whose names its header is read by. */
enum layout_use { USE_CLAIMS, USE_MEMBERS, USE_PROVIDERS };

struct layout {
	uint32_t number; /* of the run's layouts, from 0 */
	uint8_t delimiter;
	uint32_t columns;                /* of the header */
	struct field_set bound;          /* fields that a column gives */
	const char *family;              /* "canonical", "rif", "map" */
	bool claim_level[3];             /* charge, allowed, paid: bound to a claim-level column */
	uint16_t column_of[FIELD_COUNT]; /* 0-based; valid if bound */
	struct cell_group groups[CELL_GROUPS_MAX];
	uint32_t group_count;
	size_t header_bytes; /* where the first record begins, byte order mark included */
	uint8_t *header;     /* the bytes before that */
};

struct layouts;

/* map: the path of a --map file, or NULL. */
int layouts_create(
        struct layouts **layouts, enum layout_use use, const char *map, struct diag *diag);
void layouts_destroy(struct layouts *layouts);

/* How a file begins. */
struct file_head {
	const uint8_t *data;
	size_t size;
	bool whole;                /* these bytes are the whole file */
	const struct layout *last; /* one to try first, or NULL */
	const char *path;          /* for messages */
};

/* No delimited text but a claim pack, which format/pack.h reads: not a failure yet. */
#define LAYOUT_PACK (-ENOEXEC)

/*
 * The layout of a file by its beginning.  Any thread.
 *
 * Returns 1 with *layout set, 0 if the header does not end within the bytes
 * (and they are not the whole), FAIL_DATA with diag set if the file cannot be
 * read by its header, FAIL_ABSENT for a format that is recognised and not built,
 * LAYOUT_PACK, of claims without words in diag, for a claim pack.
 */
int layouts_find(struct layouts *layouts, const struct file_head *head,
        const struct layout **layout, struct diag *diag);

/* What a claim pack says of a layout of its sources. */
struct layout_kept {
	struct field_set bound;
	bool claim_level[3];
	uint8_t delimiter;
	uint32_t columns;
	const char *family;
	const uint8_t *header;
	size_t header_bytes;
};

/*
 * The run's layout for it: that of files with this header, if they are read
 * alike, else one of its own.  Any thread; returns as layouts_find() does.
 */
int layouts_adopt(struct layouts *layouts, const struct layout_kept *kept, const char *path,
        const struct layout **layout, struct diag *diag);

uint32_t layouts_count(const struct layouts *layouts);
const struct layout *layouts_at(const struct layouts *layouts, uint32_t number);

/* The fields bound in any layout. */
struct field_set layouts_bound(const struct layouts *layouts);

#endif
