/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Delimited text: spans of a file into batches of split and parsed records.
 *
 * A span owns the records that begin in (from, to], the first one also those
 * that begin at the end of the header.  Where its first record begins is a
 * guess, as a quoted field may reach over the edge; each span therefore
 * reports where it began and where the next must begin, and the caller
 * compares: all equal proves that the whole was read as one sequence.  If not,
 * the caller asks csv_find_starts() and scans again with certain starts.
 */
#ifndef FORMAT_CSV_H
#define FORMAT_CSV_H

#include "base/diag.h"
#include "base/level.h"
#include "claim.h"
#include "format/cells.h"
#include "format/layout.h"
#include "input/plan.h"
#include "input/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	RECORD_TEXT_MAX = 1 << 20, /* a longer record is bad; a longer quoted field is not quoted */
	BAD_SAMPLES = 5,
};

/* Why a record is quarantined. */
enum bad {
	BAD_FIELDS,   /* not as many fields as the header */
	BAD_QUOTE,    /* a quote where none may stand, or a quoted field without end */
	BAD_LONG,     /* over RECORD_TEXT_MAX */
	BAD_TEXT,     /* NUL or bad UTF-8 in a field in use */
	BAD_CLAIM_ID, /* no claim_id */
	BAD_KINDS
};

const char *bad_name(enum bad bad);

struct bad_sample {
	uint32_t file; /* of the plan */
	uint64_t offset;
};

/* What a worker saw; added up over workers by csv_counts_merge(). */
struct csv_counts {
	uint64_t used, quarantined[BAD_KINDS], bad_bytes;
	struct bad_sample samples[BAD_KINDS][BAD_SAMPLES]; /* smallest first */
	uint32_t sample_count[BAD_KINDS];
	struct cell_counts fields[FIELD_COUNT];
	uint64_t layout_lines[LAYOUTS_MAX];
};

void csv_counts_merge(struct csv_counts *into, const struct csv_counts *from);

struct csv_options {
	enum level level;
	const struct reader_kind *reader;
	struct reader_options reader_options;
	struct layouts *layouts;
	struct plan *plan;
	const struct layout *_Atomic *file_layouts; /* one a file of the plan, NULL at first */
	bool hash;                                  /* fill in the plan's block hashes */
	const struct field_set *wanted; /* fields that are read; NULL: all.  Others stay blank. */

	/* Called with each batch: parsed, not normalised.  0 or a negative errno. */
	int (*batch)(void *context, struct batch *batch, struct diag *diag);
	void *context;
};

/* Where a span's records begin and where the next span's must. */
struct span_edges {
	uint64_t first; /* offset of the first record; UINT64_MAX: none begins in the span */
	uint64_t next;  /* offset of the first record behind the span; the file's size at its end;
	                   undefined (0) if first is UINT64_MAX */
};

struct csv;

int csv_create(struct csv **csv, const struct csv_options *options, struct diag *diag);
void csv_destroy(struct csv *csv); /* takes NULL */
struct csv_counts *csv_counts(struct csv *csv);

/* start: certain offset of the first record, or 0 to guess it. */
int csv_span(struct csv *csv, const struct span *span, uint64_t start, struct span_edges *edges,
        struct diag *diag);

/* The certain first offsets of a file's spans, by reading it as one sequence. */
int csv_find_starts(struct csv *csv, uint32_t file, uint64_t starts[], struct diag *diag);

#endif
