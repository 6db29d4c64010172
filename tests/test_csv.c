/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Delimited text against a reference that reads the file byte by byte: the
 * same records, the same bad ones, whatever stands at a span's edge.
 */
#include "base/hash.h"
#include "format/csv.h"
#include "input/plan.h"
#include "input/reader.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct text_buffer {
	uint8_t *data;
	size_t size, capacity;
};

static void add(struct text_buffer *buffer, const void *text, size_t size)
{
	if (buffer->size + size > buffer->capacity) {
		buffer->capacity = (buffer->size + size) * 2;
		buffer->data = realloc(buffer->data, buffer->capacity);
	}
	memcpy(buffer->data + buffer->size, text, size);
	buffer->size += size;
}

static void add_text(struct text_buffer *buffer, const char *text)
{
	add(buffer, text, strlen(text));
}

/* What a reading of a file comes to: sums over records, whatever their order. */
struct reading {
	uint64_t used, digest, bad[BAD_KINDS];
};

/* ---- The reference ---- */

struct record {
	struct text_buffer fields[8]; /* quotes off */
	unsigned count;
	bool bad;
	size_t end;
};

/* The place behind a quoted field's closing quote, or 0 if it is not quoted. */
static size_t closing(const uint8_t *data, size_t size, size_t at, struct record *record,
        struct text_buffer *field)
{
	for (size_t i = at + 1; i < size && i - at <= RECORD_TEXT_MAX; i++) {
		bool ends = i + 1 == size || data[i + 1] == ',' || data[i + 1] == '\n' ||
		            (data[i + 1] == '\r' && (i + 2 == size || data[i + 2] == '\n'));

		if (data[i] != '"') {
			add(field, data + i, 1);
			continue;
		}
		if (ends)
			return i + 1;
		add(field, "\"", 1);
		if (data[i + 1] == '"')
			i++;
		else
			record->bad = true;
	}
	return 0;
}

static void read_record(const uint8_t *data, size_t size, size_t at, struct record *record)
{
	memset(record, 0, sizeof(*record));
	for (;;) {
		static struct text_buffer none;
		struct text_buffer *field = record->count < 8 ? &record->fields[record->count]
		                                              : &none;
		size_t open = at;

		none.size = 0;
		record->count++;
		if (at < size && data[at] == '"') {
			at = closing(data, size, at, record, field);
			if (at == 0) {
				const uint8_t *end = memchr(data + open, '\n', size - open);

				record->bad = true;
				record->end = end ? (size_t)(end + 1 - data) : size;
				return;
			}
			if (at < size && data[at] == '\r')
				at++;
		}
		for (; at < size && data[at] != ',' && data[at] != '\n'; at++) {
			record->bad |= data[at] == '"';
			add(field, data + at, 1);
		}
		if (at == size || data[at] == '\n') {
			record->end = at < size ? at + 1 : at;
			return;
		}
		at++;
	}
}

static bool good_utf8(const struct text_buffer *field)
{
	for (size_t i = 0; i < field->size; i++) {
		if (field->data[i] == 0 || field->data[i] >= 0x80)
			return false; /* the cases below use no valid multi-byte text */
	}
	return true;
}

static struct text_buffer trimmed(struct text_buffer field)
{
	while (field.size > 0 && field.data[field.size - 1] <= ' ')
		field.size--;
	while (field.size > 0 && field.data[0] <= ' ') {
		field.data++;
		field.size--;
	}
	return field;
}

static uint64_t record_digest(const struct text_buffer fields[4])
{
	uint64_t digest = 0;

	for (unsigned i = 0; i < 4; i++)
		digest = hash64_seed(fields[i].size ? fields[i].data : (const uint8_t *)"",
		        fields[i].size, digest);
	return digest;
}

static void judge(struct record *record, size_t bytes, struct reading *reading)
{
	struct text_buffer cells[4];
	bool extra = record->count == 5 && trimmed(record->fields[4]).size == 0;
	bool text = true;

	for (unsigned i = 0; i < 4; i++) {
		text &= good_utf8(&record->fields[i]);
		cells[i] = trimmed(record->fields[i]);
	}
	if (bytes > RECORD_TEXT_MAX + 1)
		reading->bad[BAD_LONG]++;
	else if (record->bad)
		reading->bad[BAD_QUOTE]++;
	else if (record->count != 4 && !extra)
		reading->bad[BAD_FIELDS]++;
	else if (!text)
		reading->bad[BAD_TEXT]++;
	else if (cells[0].size == 0)
		reading->bad[BAD_CLAIM_ID]++;
	else {
		reading->used++;
		reading->digest += record_digest(cells);
	}
}

static bool blank(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (data[i] > ' ' || data[i] == 0)
			return false;
	}
	return true;
}

static struct reading reference(const struct text_buffer *file, size_t at)
{
	struct reading reading = {0};

	while (at < file->size) {
		struct record record;

		read_record(file->data, file->size, at, &record);
		if (!blank(file->data + at, record.end - at))
			judge(&record, record.end - at, &reading);
		for (unsigned i = 0; i < 8; i++)
			free(record.fields[i].data);
		at = record.end;
	}
	return reading;
}

/* ---- Ours ---- */

static int take(void *context, struct batch *batch, struct diag *diag)
{
	struct reading *reading = context;
	const struct slice *columns[] = {
	        batch->claim_id, batch->person_id, batch->rendering_text, batch->data_source};

	(void)diag;
	for (uint32_t i = 0; i < batch->count; i++) {
		struct text_buffer cells[4];

		for (unsigned c = 0; c < 4; c++)
			cells[c] = (struct text_buffer){
			        (uint8_t *)(uintptr_t)batch->text + columns[c][i].at,
			        columns[c][i].size, 0};
		reading->used++;
		reading->digest += record_digest(cells);
	}
	return 0;
}

static bool chained(const struct plan *plan, const struct span_edges *edges)
{
	uint64_t must = edges[0].next;

	for (size_t i = 1; i < plan->span_count; i++) {
		if (edges[i].first == UINT64_MAX) {
			if (must <= plan->spans[i].to && must < plan->files[0].size_bytes)
				return false;
			continue;
		}
		if (edges[i].first != must)
			return false;
		must = edges[i].next;
	}
	return true;
}

struct run {
	const struct reader_kind *kind;
	enum level level;
	size_t view_bytes;
	bool was_mended;
};

static struct reading scan_spans(struct run *run, struct plan *plan, struct csv *csv,
        const uint64_t *starts, struct span_edges *edges, struct reading *reading)
{
	struct diag diag;
	const struct csv_counts *counts = csv_counts(csv);

	diag_init(&diag);
	memset(csv_counts(csv), 0, sizeof(struct csv_counts));
	*reading = (struct reading){0};
	for (size_t i = plan->span_count; i-- > 0;) {
		int err = csv_span(csv, &plan->spans[i], starts ? starts[i] : 0, &edges[i], &diag);

		cr_assert_eq(err, 0, "%s %s", run->kind->name, diag.text);
	}
	for (unsigned bad = 0; bad < BAD_KINDS; bad++)
		reading->bad[bad] = counts->quarantined[bad];
	cr_assert_eq(counts->used, reading->used);
	return *reading;
}

static struct reading ours(struct run *run, const char *path)
{
	const char *inputs[] = {path, NULL};
	struct plan_options plan_options = {
	        .inputs = inputs, .tmp = "/tmp", .span_bytes = 1 << 20, .threads = 64};
	struct reading reading;
	struct span_edges edges[64];
	uint64_t starts[64];
	struct layouts *layouts;
	struct plan *plan;
	struct csv *csv;
	struct diag diag;

	diag_init(&diag);
	cr_assert_eq(plan_create(&plan, &plan_options, &diag), 0, "%s", diag.text);
	cr_assert_leq(plan->span_count, 64);
	cr_assert_eq(layouts_create(&layouts, USE_CLAIMS, NULL, &diag), 0);
	const struct layout *_Atomic file_layouts[1] = {NULL};
	struct csv_options options = {.level = run->level,
	        .reader = run->kind,
	        .reader_options = {.view_bytes = run->view_bytes},
	        .layouts = layouts,
	        .plan = plan,
	        .file_layouts = file_layouts,
	        .hash = true,
	        .batch = take,
	        .context = &reading};
	cr_assert_eq(csv_create(&csv, &options, &diag), 0, "%s", diag.text);
	scan_spans(run, plan, csv, NULL, edges, &reading);
	if (!chained(plan, edges)) {
		run->was_mended = true;
		cr_assert_eq(csv_find_starts(csv, 0, starts, &diag), 0, "%s", diag.text);
		scan_spans(run, plan, csv, starts, edges, &reading);
		cr_assert(chained(plan, edges), "starts found are certain");
	}
	csv_destroy(csv);
	layouts_destroy(layouts);
	plan_destroy(plan);
	return reading;
}

static void write_file(const char *path, const struct text_buffer *file)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	cr_assert_geq(fd, 0);
	for (size_t at = 0; at < file->size;) {
		ssize_t wrote = write(fd, file->data + at, file->size - at);

		cr_assert_gt(wrote, 0);
		at += (size_t)wrote;
	}
	close(fd);
}

static void compare(const struct text_buffer *file, size_t header, const char *what, bool *mended)
{
	struct reading expected = reference(file, header);
	char path[] = "/tmp/test_csv_XXXXXX";
	int fd = mkstemp(path);

	close(fd);
	write_file(path, file);
	for (unsigned k = 0; reader_kinds[k]; k++) {
		for (unsigned level = 0; level <= level_best(); level++) {
			struct run run = {reader_kinds[k], (enum level)level, 0, false};
			struct reading got = ours(&run, path);

			for (unsigned bad = 0; bad < BAD_KINDS; bad++)
				cr_expect_eq(got.bad[bad], expected.bad[bad],
				        "%s, %s %s: %s %llu, not %llu", what, run.kind->name,
				        level_name(run.level), bad_name((enum bad)bad),
				        (unsigned long long)got.bad[bad],
				        (unsigned long long)expected.bad[bad]);
			cr_expect_eq(got.used, expected.used, "%s, %s: %llu used, not %llu", what,
			        run.kind->name, (unsigned long long)got.used,
			        (unsigned long long)expected.used);
			cr_expect_eq(got.digest, expected.digest, "%s, %s: digest", what,
			        run.kind->name);
			*mended |= run.was_mended;
		}
	}
	unlink(path);
}

/* ---- Files ---- */

static const char header[] = "claim_id,person_id,rendering_npi,data_source\n";

static uint64_t random_state = 88172645463325252u;

static unsigned random_below(unsigned below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned)(random_state >> 33) % below;
}

static void add_row(struct text_buffer *file, unsigned number, const char *last)
{
	char row[128];

	add(file, row,
	        (size_t)snprintf(row, sizeof(row), "C%u,P%u,1234567893,", number, number % 977));
	add_text(file, last);
}

static void add_long_quoted(struct text_buffer *file, size_t size, const char *end)
{
	static const char piece[] = "line, of a note\n";

	add_text(file, "CQ,PQ,1234567893,\"");
	for (size_t at = 0; at < size; at += sizeof(piece) - 1)
		add(file, piece, sizeof(piece) - 1);
	add_text(file, end);
}

/* One row of some odd kind. */
static void add_odd(struct text_buffer *file, unsigned number)
{
	static const char *const odd[] = {"plain\n", "\"quoted\"\n", "\"with, comma\"\n",
	        "\"with\nnewline\"\n", "\"with \"\"doubled\"\" quotes\"\n", "a\"stray\n",
	        "\"stray\" inside\n", "\"a\"b\",c\"\n", "crlf\r\n", "\"quoted crlf\"\r\n",
	        "extra,\n", "too,many,fields\n", "\"\"\n", "\"\"\"\"\n", "\n", "\"\n\n\n\"\n",
	        "nul\x01\n", "bad\xff utf\n", "\"unclosed\n", "\"bad\"quote\"\n"};
	unsigned kind = random_below(64);

	if (kind < sizeof(odd) / sizeof(odd[0]))
		add_row(file, number, odd[kind]);
	else if (kind == 40)
		add_text(file, "\n");
	else if (kind == 41)
		add_text(file, "  \r\n");
	else if (kind == 42)
		add_text(file, ",P,1234567893,x\n");
	else if (kind == 43)
		add_text(file, "only one field\n");
	else if (kind == 44)
		add(file, "a\0b,c,1234567893,d\n", 19);
	else
		add_row(file, number, "source\n");
}

Test(csv, plain_rows)
{
	struct text_buffer file = {0};
	bool mended = false;

	add_text(&file, header);
	for (unsigned i = 0; i < 120000; i++)
		add_row(&file, i, i % 3 ? "tuva\n" : "feed\r\n");
	add_text(&file, "last,P,1234567893,no line end");
	compare(&file, sizeof(header) - 1, "plain", &mended);
	cr_expect_not(mended, "plain rows need no second reading");
	free(file.data);
}

Test(csv, odd_rows)
{
	struct text_buffer file = {0};
	bool mended = false;

	add_text(&file, header);
	for (unsigned i = 0; i < 60000; i++)
		add_odd(&file, i);
	compare(&file, sizeof(header) - 1, "odd", &mended);
	free(file.data);
}

/* Long quoted fields over the edges of spans, just under and over the limit. */
Test(csv, quotes_over_edges)
{
	static const struct {
		size_t lead, size;
		const char *end;
	} cases[] = {
	        {1 << 20, 300, "\"\n"},
	        {(1 << 20) - 200, 400, "\"\n"},
	        {(1 << 20) - 500000, 1000000, "\"\n"},
	        {100000, RECORD_TEXT_MAX - 200, "\"\n"},
	        {100000, RECORD_TEXT_MAX + 200, "\"\n"},
	        {100000, 3 << 20, "\"\n"},
	        {(2 << 20) - 100, 3 << 20, "x\"y\"\n"},
	        {500000, 40000, ""},
	        {500000, 2 << 20, ""},
	};
	bool mended = false;

	for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		struct text_buffer file = {0};
		char what[32];

		add_text(&file, header);
		for (unsigned i = 0; file.size < cases[c].lead; i++)
			add_row(&file, i, "before\n");
		add_long_quoted(&file, cases[c].size, cases[c].end);
		for (unsigned i = 0; i < 40000; i++)
			add_row(&file, i, i % 5 ? "behind\n" : "\"behind, quoted\"\n");
		snprintf(what, sizeof(what), "edge case %zu", c);
		compare(&file, sizeof(header) - 1, what, &mended);
		free(file.data);
	}
	cr_expect(mended, "some guess must have been wrong, else nothing is tested");
}

/* A record of many quoted fields, each short, too long as a whole; and one of 6 MB without an end.
 */
Test(csv, long_records)
{
	struct text_buffer file = {0};
	bool mended = false;

	add_text(&file, header);
	add_row(&file, 1, "first\n");
	add_text(&file, "L,");
	for (unsigned i = 0; i < 30; i++) {
		add_text(&file, "\"");
		for (unsigned k = 0; k < 6000; k++)
			add_text(&file, "text, \n");
		add_text(&file, "\",");
	}
	add_text(&file, "end\n");
	add_row(&file, 2, "second\n");
	for (unsigned i = 0; i < 600000; i++)
		add_text(&file, "0123456789");
	add_text(&file, "\n");
	for (unsigned i = 0; i < 1000; i++)
		add_row(&file, i, "behind\n");
	compare(&file, sizeof(header) - 1, "long", &mended);
	free(file.data);
}

Test(csv, small_files)
{
	static const char *const texts[] = {"", "A,B,1234567893,C", "A,B,1234567893,C\n", "\n",
	        "\"", "\"\n", "A,B,1234567893,\"", "A,B,1234567893,\"C\"", "A,B,1234567893,\"C\"\r",
	        "\"A\",\"B\",\"1234567893\",\"C\"\n\"D\",E,1234567893,F\n", ",,,\n",
	        " A , B ,1234567893, C \n", "A,B,1234567893,C,\n", "A,B,1234567893,C,D\n"};
	bool mended = false;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct text_buffer file = {0};

		add_text(&file, header);
		add_text(&file, texts[i]);
		compare(&file, sizeof(header) - 1, texts[i], &mended);
		free(file.data);
	}
}
