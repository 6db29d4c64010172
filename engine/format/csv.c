/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A view is walked in blocks.  The index says where a block's separators, line
 * feeds and quotes stand; whole rows without quotes are split by it alone, and
 * go to the column parsers in batches.  What the index cannot tell goes the
 * slow way, record by record (split.c): records with quotes, records longer
 * than a block, and the last one of a file without a line end.
 *
 *	view   |....row....|....row...|..."row,..|....      |  kept for the next view
 *	block  [---------------------------------]
 *
 * A slow record is written, quotes off, into scratch memory in the same
 * geometry (fields with one byte between them), so that the parsers see no
 * difference.
 */
#include "format/csv.h"

#include "format/split.h"
#include "input/block_hash.h"
#include "simd/simd.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
	BLOCK_BYTES = 48 << 10,  /* with its index in L2; measured */
	BLOCK_BYTES_LEAST = 512, /* where quotes are dense */
	SLOW_BYTES = 2 * RECORD_TEXT_MAX + 4096,
};

struct csv {
	struct csv_options options;
	const struct text_scan *scan;
	const struct cells_hot *hot;
	struct reader *reader;
	struct csv_counts counts;
	struct batch *batch;
	struct cells cells;
	uint64_t offsets[BATCH_LINES]; /* of the batch's records, in the file */
	size_t block_bytes;
	struct text_index index;
	uint32_t *separators_memory; /* one entry in front of index.separators */
	uint8_t *slow_text;          /* slow records of the batch, quotes off */
	size_t slow_used;
	uint32_t *slow_separators;
	size_t slow_separators_used;
	uint32_t filled_diagnoses, filled_procedures; /* slots to be blanked */
	const struct layout *layout;                  /* of the file being read */
	const struct layout *cleared;   /* the batch is blank but for this layout's columns */
	bool may_idle[CELL_GROUPS_MAX]; /* of its groups: cells_may_blank() */
	bool idle[CELL_GROUPS_MAX];     /* ... and nothing was in the last batch */
	const struct layout *last;      /* tried first for the next file */
	struct block_hash hash;

	/* The span being read. */
	const struct plan_file *file;
	uint32_t file_number;
	uint64_t to;
	uint64_t *starts; /* csv_find_starts(): filled in; no batches then */
	uint32_t starts_filled;
	bool done;     /* a record that begins behind the span was met */
	uint64_t next; /* ... here */
	bool skipping; /* inside a record that is too long to keep */
	uint64_t skip_from;
	struct splitter splitter;
};

const char *bad_name(enum bad bad)
{
	static const char *const names[BAD_KINDS] = {
	        "wrong_number_of_fields",
	        "stray_quote",
	        "too_long",
	        "bad_text",
	        "no_claim_id",
	};

	return names[bad];
}

struct csv_counts *csv_counts(struct csv *csv)
{
	return &csv->counts;
}

/* ---- Bad records ---- */

static bool sample_before(const struct bad_sample *a, const struct bad_sample *b)
{
	return a->file != b->file ? a->file < b->file : a->offset < b->offset;
}

static void keep_sample(struct csv_counts *counts, enum bad bad, struct bad_sample sample)
{
	struct bad_sample *samples = counts->samples[bad];
	uint32_t at = counts->sample_count[bad];

	if (at == BAD_SAMPLES) {
		if (!sample_before(&sample, &samples[at - 1]))
			return;
		at--;
	} else {
		counts->sample_count[bad]++;
	}
	for (; at > 0 && sample_before(&sample, &samples[at - 1]); at--)
		samples[at] = samples[at - 1];
	samples[at] = sample;
}

static void quarantine(struct csv *csv, enum bad bad, uint64_t offset, uint64_t bytes)
{
	if (csv->starts)
		return;
	csv->counts.quarantined[bad]++;
	csv->counts.bad_bytes += bytes;
	keep_sample(&csv->counts, bad, (struct bad_sample){csv->file_number, offset});
}

void csv_counts_merge(struct csv_counts *into, const struct csv_counts *from)
{
	into->used += from->used;
	into->bad_bytes += from->bad_bytes;
	for (unsigned bad = 0; bad < BAD_KINDS; bad++) {
		into->quarantined[bad] += from->quarantined[bad];
		for (uint32_t i = 0; i < from->sample_count[bad]; i++)
			keep_sample(into, (enum bad)bad, from->samples[bad][i]);
	}
	for (unsigned field = 0; field < FIELD_COUNT; field++) {
		into->fields[field].present += from->fields[field].present;
		into->fields[field].invalid += from->fields[field].invalid;
		into->fields[field].repaired += from->fields[field].repaired;
	}
	for (unsigned layout = 0; layout < LAYOUTS_MAX; layout++)
		into->layout_lines[layout] += from->layout_lines[layout];
}

/* ---- Making one ---- */

void csv_destroy(struct csv *csv)
{
	if (!csv)
		return;
	if (csv->reader)
		csv->options.reader->destroy(csv->reader);
	free(csv->batch);
	free(csv->separators_memory);
	free(csv->index.rows);
	free(csv->index.quotes);
	free(csv->slow_text);
	free(csv->slow_separators);
	free(csv);
}

static bool allocate(struct csv *csv)
{
	size_t room = TEXT_INDEX_ROOM(BLOCK_BYTES) * sizeof(uint32_t);

	csv->batch = aligned_alloc(64, (sizeof(*csv->batch) + 63) / 64 * 64);
	csv->separators_memory = malloc(room + 64);
	csv->index.rows = malloc(room);
	csv->index.quotes = malloc(room);
	csv->slow_text = malloc(SLOW_BYTES + READER_SLACK);
	csv->slow_separators = malloc((SLOW_BYTES + BATCH_LINES) * sizeof(uint32_t));
	if (!csv->batch || !csv->separators_memory || !csv->index.rows || !csv->index.quotes ||
	        !csv->slow_text || !csv->slow_separators)
		return false;
	csv->index.separators = csv->separators_memory + 16;
	memset(csv->slow_text, 0, SLOW_BYTES + READER_SLACK);
	return true;
}

int csv_create(struct csv **csv, const struct csv_options *options, struct diag *diag)
{
	struct csv *made = aligned_alloc(64, (sizeof(*made) + 63) / 64 * 64);
	int err;

	if (!made)
		return diag_set(diag, FAIL_MEMORY, "no memory for a worker");
	memset(made, 0, sizeof(*made));
	block_hash_init(&made->hash, options->level);
	made->options = *options;
	made->scan = text_scan_at(options->level);
	made->hot = cells_hot_at(options->level);
	if (!allocate(made)) {
		err = diag_set(diag, FAIL_MEMORY, "no memory for a worker");
		goto fail;
	}
	err = options->reader->create(&made->reader, &options->reader_options, diag);
	if (err < 0)
		goto fail;
	*csv = made;
	return 0;
fail:
	csv_destroy(made);
	return err;
}

/* ---- A batch ---- */

static bool is_wanted(const struct csv *csv, const struct cell_group *group)
{
	return !csv->options.wanted || field_set_has(csv->options.wanted, group->field);
}

static void blank_slots(struct batch *batch, uint32_t diagnoses, uint32_t procedures)
{
	memset(batch->diagnosis, 0, diagnoses * sizeof(batch->diagnosis[0]));
	memset(batch->procedure, 0, procedures * sizeof(batch->procedure[0]));
	memset(batch->diagnosis_count, 0, sizeof(batch->diagnosis_count));
	memset(batch->procedure_count, 0, sizeof(batch->procedure_count));
	memset(batch->said, 0, sizeof(batch->said));
	memset(batch->carc, 0, sizeof(batch->carc));
}

static uint32_t largest(const uint8_t *counts, uint32_t count)
{
	uint8_t most = 0;

	for (uint32_t i = 0; i < count; i++)
		most = counts[i] > most ? counts[i] : most;
	return most;
}

static void fill_records(struct batch *batch, const struct cells *cells, uint32_t columns)
{
	for (uint32_t i = 0; i < cells->count; i++) {
		uint32_t from = cells->separators[i][-1] + 1;
		uint32_t to = cells->separators[i][columns - 1];

		if (to > from && cells->text[to - 1] == '\r')
			to--;
		batch->record[i] = (struct slice){from, to - from};
	}
}

/* Records without a claim_id leave the batch before anything is read of them. */
static void drop_without_id(struct csv *csv)
{
	struct cells *cells = &csv->cells;
	uint32_t column = csv->layout->column_of[FIELD_CLAIM_ID];
	uint32_t kept = 0;

	if (!field_set_has(&csv->layout->bound, FIELD_CLAIM_ID))
		return;
	for (uint32_t i = 0; i < cells->count; i++) {
		const uint32_t *separators = cells->separators[i];
		uint32_t from = separators[(int32_t)column - 1] + 1;
		uint32_t to = separators[column];

		while (from < to && cells->text[from] <= ' ')
			from++;
		if (from < to) {
			cells->separators[kept++] = separators;
			continue;
		}
		quarantine(csv, BAD_CLAIM_ID, csv->offsets[i],
		        separators[csv->layout->columns - 1] - separators[-1]);
	}
	cells->count = kept;
}

static uint64_t cells_present(const struct csv *csv, const struct cell_group *group)
{
	uint64_t present = 0;

	for (uint32_t i = 0; i < group->count; i++)
		present += csv->counts.fields[group->field + i].present;
	return present;
}

static void forget_idle(struct csv *csv)
{
	memset(csv->idle, 0, sizeof(csv->idle));
	for (uint32_t i = 0; i < csv->layout->group_count; i++)
		csv->may_idle[i] = cells_may_blank(&csv->layout->groups[i]);
}

static void parse_group(struct csv *csv, uint32_t number)
{
	const struct cell_group *group = &csv->layout->groups[number];
	uint64_t before = csv->may_idle[number] ? cells_present(csv, group) : 0;

	csv->hot->parse(&csv->cells, group, csv->batch, csv->counts.fields);
	csv->idle[number] = csv->may_idle[number] && cells_present(csv, group) == before;
}

/* Groups from this one on, column beside column, that had nothing in the last batch. */
static uint32_t idle_groups(const struct csv *csv, uint32_t first)
{
	const struct cell_group *groups = csv->layout->groups;
	uint32_t end = first;

	while (end < csv->layout->group_count && csv->idle[end] &&
	        (end == first ||
	                groups[end].column == groups[end - 1].column + groups[end - 1].count))
		end++;
	return end - first;
}

/*
 * Wide files have many columns that are hardly ever filled.  Where one was empty in
 * the last batch, it is looked at with its neighbours before it is parsed.
 */
static void parse_groups(struct csv *csv)
{
	const struct layout *layout = csv->layout;
	uint32_t next;

	for (uint32_t i = 0; i < layout->group_count; i = next) {
		uint32_t idle = idle_groups(csv, i);

		next = i + (idle ? idle : 1);
		if (!is_wanted(csv, &layout->groups[i]))
			continue;
		if (idle && csv->hot->blank(&csv->cells, &layout->groups[i], idle, csv->batch))
			continue;
		for (uint32_t g = i; g < next; g++)
			parse_group(csv, g);
	}
}

static int flush(struct csv *csv, struct diag *diag)
{
	struct batch *batch = csv->batch;
	const struct layout *layout = csv->layout;
	int err = 0;

	drop_without_id(csv);
	if (csv->cells.count > 0 && !csv->starts) {
		if (csv->cleared != layout) {
			batch_clear(batch);
			forget_idle(csv);
			csv->cleared = layout;
		}
		blank_slots(batch, csv->filled_diagnoses, csv->filled_procedures);
		batch->count = csv->cells.count;
		batch->layout = layout;
		batch->layout_number = layout->number;
		batch->text = csv->cells.text;
		batch->separators = csv->cells.separators;
		parse_groups(csv);
		fill_records(batch, &csv->cells, layout->columns);
		csv->filled_diagnoses = largest(batch->diagnosis_count, batch->count);
		csv->filled_procedures = largest(batch->procedure_count, batch->count);
		csv->counts.used += batch->count;
		csv->counts.layout_lines[layout->number] += batch->count;
		err = csv->options.batch(csv->options.context, batch, diag);
	}
	csv->cells.count = 0;
	csv->slow_used = 0;
	csv->slow_separators_used = 0;
	return err;
}

/* ---- Records ---- */

/* A record begins here.  True if it is the next span's. */
static bool behind_span(struct csv *csv, uint64_t offset)
{
	if (csv->starts) {
		while (csv->starts_filled < csv->file->span_count &&
		        offset >
		                csv->options.plan->spans[csv->file->first_span + csv->starts_filled]
		                        .from)
			csv->starts[csv->starts_filled++] = offset;
		return false;
	}
	if (offset <= csv->to)
		return false;
	csv->done = true;
	csv->next = offset;
	return true;
}

static bool is_blank(const uint8_t *text, size_t size)
{
	while (size > 0 && text[size - 1] <= ' ' && text[size - 1] != 0)
		size--;
	return size == 0;
}

/*
 * As many fields as the header, or one more that is empty (a delimiter too
 * many at the end of the row).
 */
static bool fits(
        const struct csv *csv, const uint8_t *text, const uint32_t *separators, uint32_t count)
{
	uint32_t columns = csv->layout->columns;

	if (count == columns)
		return true;
	return count == columns + 1 && is_blank(text + separators[columns - 1] + 1,
	                                       separators[columns] - separators[columns - 1] - 1);
}

/* NUL and bad UTF-8 count only in fields that are read. */
static bool good_text(const struct csv *csv, const uint8_t *text, const uint32_t *separators)
{
	const struct layout *layout = csv->layout;

	for (uint32_t i = 0; i < layout->group_count; i++) {
		const struct cell_group *group = &layout->groups[i];
		uint32_t from = separators[(int32_t)group->column - 1] + 1;
		uint32_t to = separators[group->column + group->count - 1];

		if (is_wanted(csv, group) && !csv->scan->valid_text(text + from, to - from))
			return false;
	}
	return true;
}

/* Begin a record in scratch memory, behind those of the batch. */
static void slow_begin(struct csv *csv)
{
	uint32_t *separators = csv->slow_separators + csv->slow_separators_used;

	separators[0] = (uint32_t)csv->slow_used - 1;
	splitter_begin(&csv->splitter, csv->slow_text, SLOW_BYTES, csv->slow_used, separators + 1);
}

/* A record of the splitter into the batch. */
static int slow_keep(struct csv *csv, uint64_t offset, struct diag *diag)
{
	struct splitter *splitter = &csv->splitter;

	csv->cells.text = csv->slow_text;
	csv->offsets[csv->cells.count] = offset;
	csv->cells.separators[csv->cells.count++] = splitter->separators;
	csv->slow_used = splitter->used;
	csv->slow_separators_used += splitter->count + 1;
	if (csv->cells.count == BATCH_LINES || csv->slow_used > RECORD_TEXT_MAX)
		return flush(csv, diag);
	return 0;
}

/* What a whole record is; BAD_KINDS: good. */
static enum bad slow_judge(const struct csv *csv, uint64_t bytes)
{
	const struct splitter *splitter = &csv->splitter;

	if (bytes > RECORD_TEXT_MAX + 1)
		return BAD_LONG;
	if (splitter->bad)
		return BAD_QUOTE;
	if (!fits(csv, csv->slow_text, splitter->separators, splitter->count))
		return BAD_FIELDS;
	if (!good_text(csv, csv->slow_text, splitter->separators))
		return BAD_TEXT;
	return BAD_KINDS;
}

/* One record, the slow way: 1 when it is done with, 0 if more of the file is needed. */
static int slow_record(struct csv *csv, const struct view *view, size_t *at, struct diag *diag)
{
	uint64_t offset = csv->skipping ? csv->skip_from : view->offset + *at;
	size_t from = *at, end;
	enum bad bad;

	if (!csv->skipping)
		slow_begin(csv);
	if (!splitter_step(&csv->splitter, view, csv->layout->delimiter, from, &end)) {
		if (view->size - from <= RECORD_TEXT_MAX && !csv->skipping)
			return 0;
		csv->skip_from = offset;
		csv->skipping = true;
		*at = end; /* up to the field that is open */
		return 0;
	}
	*at = end;
	csv->skipping = false;
	if (is_blank(view->data + from, end - from) && view->offset + from == offset)
		return 1;
	bad = slow_judge(csv, view->offset + end - offset);
	if (bad == BAD_KINDS) {
		int err = slow_keep(csv, offset, diag);

		return err < 0 ? err : 1;
	}
	quarantine(csv, bad, offset, view->offset + end - offset);
	return 1;
}

/*
 * Records with quotes, one after the other, until one begins that has none
 * nearby.  Returns 1 to go on, 0 if more of the file is needed.
 */
static int slow_records(struct csv *csv, const struct view *view, size_t *at, struct diag *diag)
{
	for (;;) {
		int err = slow_record(csv, view, at, diag);
		size_t near;

		if (err <= 0)
			return err;
		near = view->size - *at < BLOCK_BYTES_LEAST ? view->size - *at : BLOCK_BYTES_LEAST;
		if (near == 0 || !memchr(view->data + *at, '"', near))
			return 1;
		if (behind_span(csv, view->offset + *at))
			return 1;
	}
}

/* The rows of an indexed block up to the first with a quote.  Returns 0 or an error. */
static int fast_rows(struct csv *csv, const struct view *view, size_t *at, struct diag *diag)
{
	const struct text_index *index = &csv->index;
	const uint32_t *separators = index->separators;
	uint32_t quote = index->quote_count ? index->quotes[0] : UINT32_MAX;
	uint32_t first = 0;
	bool valid = false;
	int err = 0;

	csv->cells.text = view->data;
	if (index->row_count)
		valid = csv->scan->valid_text(
		        view->data + *at, separators[index->rows[index->row_count - 1]] - *at);
	for (size_t row = 0; row < index->row_count && err == 0; row++) {
		const uint32_t *row_separators = &separators[first];
		uint32_t count = index->rows[row] - first + 1;
		uint32_t from = row_separators[-1] + 1;
		uint32_t end = row_separators[count - 1];

		if (quote < end || behind_span(csv, view->offset + from))
			break;
		*at = end + 1;
		first += count;
		if (__builtin_expect(count != csv->layout->columns, 0)) {
			if (count == 1 && is_blank(view->data + from, end - from))
				continue;
			if (!fits(csv, view->data, row_separators, count)) {
				quarantine(csv, BAD_FIELDS, view->offset + from, end - from + 1);
				continue;
			}
		}
		if (!valid && !good_text(csv, view->data, row_separators)) {
			quarantine(csv, BAD_TEXT, view->offset + from, end - from + 1);
			continue;
		}
		csv->offsets[csv->cells.count] = view->offset + from;
		csv->cells.separators[csv->cells.count++] = row_separators;
		if (csv->cells.count == BATCH_LINES)
			err = flush(csv, diag);
	}
	return err < 0 ? err : flush(csv, diag);
}

static void index_block(struct csv *csv, const struct view *view, size_t at)
{
	struct text_index *index = &csv->index;
	size_t size = view->size - at < csv->block_bytes ? view->size - at : csv->block_bytes;

	index->separator_count = index->row_count = index->quote_count = 0;
	csv->scan->index(index, view->data + at, size, (uint32_t)at, csv->layout->delimiter);
	index->separators[-1] = (uint32_t)at - 1;
}

/* All records of a view from *at on; *at is left at the first that is not whole. */
static int walk(struct csv *csv, const struct view *view, size_t *at, struct diag *diag)
{
	int more = 1;

	while (*at < view->size && !csv->done && more > 0) {
		size_t before = *at;

		if (!csv->skipping) {
			index_block(csv, view, *at);
			more = fast_rows(csv, view, at, diag);
			if (more < 0 || csv->done)
				return more;
			csv->block_bytes = csv->index.quote_count ? BLOCK_BYTES_LEAST
			                                          : csv->block_bytes * 4;
			if (csv->block_bytes > BLOCK_BYTES)
				csv->block_bytes = BLOCK_BYTES;
			more = 1;
			if (*at > before || behind_span(csv, view->offset + *at))
				continue;
		}
		more = slow_records(csv, view, at, diag);
		if (more >= 0 && csv->cells.count > 0) {
			int err = flush(csv, diag);

			more = err < 0 ? err : more;
		}
	}
	return more < 0 ? more : 0;
}

/* ---- Where records begin ---- */

/* Is what begins at at a record of as many fields as the header? */
static bool looks_whole(struct csv *csv, const struct view *view, size_t at)
{
	size_t end;

	slow_begin(csv);
	if (!splitter_step(&csv->splitter, view, csv->layout->delimiter, at, &end))
		return view->size - at < RECORD_TEXT_MAX; /* cannot be told: the view ends */
	return !csv->splitter.bad &&
	       fits(csv, csv->slow_text, csv->splitter.separators, csv->splitter.count);
}

/*
 * Guess: behind the first line feed, unless what follows is no record and
 * taking the span's first bytes for the inside of a quoted field fits better.
 */
static size_t guess_start(struct csv *csv, const struct view *view)
{
	size_t end = csv->scan->find_line_end(view->data, view->size);
	const uint8_t *quote = memchr(view->data, '"', view->size);

	if (end == view->size || !quote || looks_whole(csv, view, end + 1))
		return end + 1;
	for (; quote;
	        quote = memchr(quote + 1, '"', view->size - (size_t)(quote + 1 - view->data))) {
		size_t after = (size_t)(quote + 1 - view->data);
		size_t line;

		if (after >= view->size)
			break;
		if (*(quote + 1) != csv->layout->delimiter && *(quote + 1) != '\n' &&
		        *(quote + 1) != '\r')
			continue;
		line = after + csv->scan->find_line_end(view->data + after, view->size - after);
		if (line < view->size && looks_whole(csv, view, line + 1))
			return line + 1;
		break;
	}
	return end + 1;
}

/* ---- The span ---- */

static int find_by_view(struct csv *csv, const struct view *view, struct diag *diag)
{
	struct file_head head = {.data = view->data,
	        .size = view->size,
	        .whole = view->last,
	        .last = csv->last,
	        .path = csv->file->path};

	return layouts_find(csv->options.layouts, &head, &csv->layout, diag);
}

/* The layout of a file whose beginning is another span's. */
static int find_layout(struct csv *csv, struct diag *diag)
{
	const struct reader_kind *kind = csv->options.reader;
	const struct layout *found = atomic_load_explicit(
	        &csv->options.file_layouts[csv->file_number], memory_order_acquire);
	struct view view = {0};
	int err = 0;

	if (found) {
		csv->layout = found;
		return 0;
	}
	err = kind->open(csv->reader, csv->file, 0, 64 << 10, diag);
	while (err == 0) {
		err = kind->next(csv->reader, view.size, &view, diag);
		if (err <= 0)
			return err < 0 ? err : FAIL_INTERNAL;
		err = find_by_view(csv, &view, diag);
	}
	return err < 0 ? err : 0;
}

static void publish_layout(struct csv *csv)
{
	csv->last = csv->layout;
	atomic_store_explicit(
	        &csv->options.file_layouts[csv->file_number], csv->layout, memory_order_release);
}

/*
 * The first record's offset in the view, from the header or by guess.
 * Returns 1 with *at set, 0 if more of the file is needed.
 */
static int begin_records(struct csv *csv, const struct span *span, uint64_t start,
        const struct view *view, size_t *at, struct diag *diag)
{
	if (span->index == 0) {
		int err = find_by_view(csv, view, diag);

		if (err <= 0)
			return err;
		publish_layout(csv);
		*at = csv->layout->header_bytes;
		return 1;
	}
	if (start) {
		if (start > view->offset + view->size)
			return 0;
		*at = (size_t)(start - view->offset);
		return 1;
	}
	*at = guess_start(csv, view);
	return *at <= view->size;
}

struct progress {
	struct view view;
	size_t at; /* of the view, all before it is done with */
	bool begun;
};

/* Take in one more view.  Returns 1 to go on, 0 at the end of the span. */
static int step(struct csv *csv, const struct span *span, uint64_t start, struct span_edges *edges,
        struct progress *progress, struct diag *diag)
{
	struct view *view = &progress->view;
	int err = csv->options.reader->next(csv->reader, view->size - progress->at, view, diag);

	progress->at = 0;
	if (err <= 0)
		return err;
	if (csv->options.hash)
		block_hash_view(&csv->hash, csv->options.plan, span, view);
	if (!progress->begun) {
		err = begin_records(csv, span, start, view, &progress->at, diag);
		if (err < 0)
			return err;
		if (err == 0) {
			/* A header is kept whole; in search of a line end nothing is. */
			progress->at = span->index == 0 ? 0 : view->size;
			return view->offset + view->size < span->to || span->index == 0;
		}
		progress->begun = true;
		edges->first = view->offset + progress->at;
		if (span->index > 0 && !start && edges->first > span->to) {
			edges->first = UINT64_MAX;
			return view->offset + view->size < span->to;
		}
	}
	if (edges->first != UINT64_MAX)
		err = walk(csv, view, &progress->at, diag);
	else
		progress->at = view->size;
	return err < 0 ? err : !csv->done && !view->last;
}

static int open_span(struct csv *csv, const struct span *span, struct diag *diag)
{
	const struct plan *plan = csv->options.plan;
	int err;

	csv->file = &plan->files[span->file];
	csv->file_number = span->file;
	csv->to = span->to;
	csv->done = csv->skipping = false;
	csv->cells.count = 0;
	csv->block_bytes = BLOCK_BYTES;
	err = span->index > 0 ? find_layout(csv, diag) : 0;
	if (err == 0)
		err = csv->options.reader->open(csv->reader, csv->file, span->from, span->to, diag);
	return err;
}

int csv_span(struct csv *csv, const struct span *span, uint64_t start, struct span_edges *edges,
        struct diag *diag)
{
	struct progress progress = {.at = 0};
	int more = open_span(csv, span, diag);

	edges->first = UINT64_MAX;
	edges->next = 0;
	if (more < 0)
		return more;
	do {
		more = step(csv, span, start, edges, &progress, diag);
	} while (more > 0);
	if (more < 0)
		return more;
	if (edges->first != UINT64_MAX)
		edges->next = csv->done ? csv->next : csv->file->size_bytes;
	return 0;
}

int csv_find_starts(struct csv *csv, uint32_t file, uint64_t starts[], struct diag *diag)
{
	const struct plan_file *of = &csv->options.plan->files[file];
	struct span whole = {.file = file, .index = 0, .from = 0, .to = of->size_bytes};
	struct span_edges edges;
	bool hash = csv->options.hash;
	int err;

	csv->starts = starts;
	csv->starts_filled = 1; /* the first span's start is the header's end */
	starts[0] = 0;
	csv->options.hash = false;
	err = csv_span(csv, &whole, 0, &edges, diag);
	while (csv->starts_filled < of->span_count)
		starts[csv->starts_filled++] = of->size_bytes;
	csv->starts = NULL;
	csv->options.hash = hash;
	return err;
}
