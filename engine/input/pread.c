/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads with pread into one place that stays in L2: on files in the page cache
 * nothing is faster, and it works everywhere.
 */
#include "input/kinds.h"
#include "input/source.h"

#include <stdlib.h>

enum { VIEW_BYTES = 256 << 10 };

struct reader {
	struct source source;
	struct window window;
	const uint8_t *end; /* of the last view */
};

static int pread_create(
        struct reader **out, const struct reader_options *options, struct diag *diag)
{
	struct reader *reader = calloc(1, sizeof(*reader));

	*out = reader;
	if (!reader)
		return diag_set(diag, FAIL_MEMORY, "no memory for a reader");
	source_init(&reader->source, options, VIEW_BYTES);
	return 0;
}

static void pread_destroy(struct reader *reader)
{
	if (!reader)
		return;
	source_reset(&reader->source);
	window_reset(&reader->window);
	free(reader);
}

static int pread_open(struct reader *reader, const struct plan_file *file, uint64_t from,
        uint64_t hint_to, struct diag *diag)
{
	return source_open(&reader->source, file, from, hint_to, diag);
}

static int pread_next(struct reader *reader, size_t keep, struct view *view, struct diag *diag)
{
	int got;

	if (keep > READER_KEEP_MAX)
		return reader_keeps_too_much(keep, diag);
	got = window_next(&reader->window, &reader->source, reader->end, keep, view, diag);
	if (got > 0)
		reader->end = view->data + view->size;
	return got;
}

const struct reader_kind reader_pread = {
        .name = "pread",
        .create = pread_create,
        .destroy = pread_destroy,
        .open = pread_open,
        .next = pread_next,
};
