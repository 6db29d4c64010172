/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Claim packs: what is read from one is what its source's cells said, to the
 * last column; and no byte of one can change without being found out.
 */
#include "base/hash.h"
#include "format/pack_private.h"
#include "input/kinds.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* All that lines say, whatever their order. */
struct sums {
	uint64_t lines, sum, keys;
};

/* A text of a number says nothing more, and a pack does not keep it. */
static bool is_kept_text(const struct batch *batch, unsigned column, uint32_t line)
{
	uint64_t id = column == PACK_rendering_text  ? batch->rendering[line]
	              : column == PACK_billing_text  ? batch->billing[line]
	              : column == PACK_facility_text ? batch->facility[line]
	                                             : 0;

	return id_kind(id) != ID_NPI && id_kind(id) != ID_BAD_CHECK;
}

static uint64_t line_sum(struct batch *batch, uint32_t line)
{
	uint64_t sum = 0;

	for (unsigned column = 0; column < PACK_COLUMNS; column++) {
		if (pack_is_text(column)) {
			struct slice slice = pack_slices(batch, column)[line];

			if (is_kept_text(batch, column, line) && slice.size)
				sum = hash64_seed(batch->text + slice.at, slice.size, sum + column);
		} else if (column != PACK_digest) {
			int64_t value = pack_value(batch, column, line);

			sum = hash64_seed(&value, sizeof(value), sum);
		}
	}
	return sum;
}

static void add_batch(struct sums *sums, struct batch *batch)
{
	for (uint32_t i = 0; i < batch->count; i++) {
		uint64_t keys[3] = {batch->claim_key[i], batch->person_key[i], batch->digest[i]};

		sums->sum += line_sum(batch, i);
		sums->keys += hash64(keys, sizeof(keys));
	}
	sums->lines += batch->count;
}

/* ---- Making one ---- */

struct making {
	struct pack_liner *liner;
	struct pack_builder *builder;
	struct pack_writer *writer;
	struct sums sums;
};

static void end_chunk(struct making *making)
{
	struct diag diag;
	size_t size;
	const uint8_t *chunk;

	diag_init(&diag);
	if (pack_builder_lines(making->builder) == 0)
		return;
	chunk = pack_builder_end(making->builder, 0, &size);
	cr_assert(size <= READER_KEEP_MAX);
	cr_assert(pack_chunk_size(chunk) == size);
	cr_assert(pack_writer_put(making->writer, chunk, size, &diag) == 0, "%s", diag.text);
}

static int take_batch(void *context, struct batch *batch, struct diag *diag)
{
	struct making *making = context;

	(void)diag;
	pack_liner_batch(making->liner, batch);
	add_batch(&making->sums, batch);
	for (uint32_t i = 0; i < batch->count; i++) {
		size_t size = pack_liner_size(making->liner, i);
		struct pack_line *line = malloc(size);

		pack_liner_put(making->liner, i, line);
		cr_assert(line->size == size);
		if (!pack_builder_add(making->builder, line)) {
			end_chunk(making);
			cr_assert(pack_builder_add(making->builder, line));
		}
		free(line);
	}
	return 0;
}

struct input {
	struct plan *plan;
	struct layouts *layouts;
	struct diag diag;
};

static void open_input(struct input *input, const char *path)
{
	const char *inputs[] = {path, NULL};
	struct plan_options options = {.inputs = inputs, .tmp = "/tmp"};

	diag_init(&input->diag);
	cr_assert(plan_create(&input->plan, &options, &input->diag) == 0, "%s", input->diag.text);
	cr_assert(layouts_create(&input->layouts, USE_CLAIMS, NULL, &input->diag) == 0);
}

static void close_input(struct input *input)
{
	plan_destroy(input->plan);
	layouts_destroy(input->layouts);
}

static void read_csv(struct input *input, struct making *making)
{
	const struct layout *_Atomic file_layouts[1] = {NULL};
	struct csv_options options = {
	        .reader = &reader_pread,
	        .layouts = input->layouts,
	        .plan = input->plan,
	        .file_layouts = file_layouts,
	        .batch = take_batch,
	        .context = making,
	};
	struct span_edges edges;
	const struct span *span;
	struct csv *csv;

	cr_assert(csv_create(&csv, &options, &input->diag) == 0);
	while ((span = plan_take(input->plan)))
		cr_assert(
		        csv_span(csv, span, 0, &edges, &input->diag) == 0, "%s", input->diag.text);
	csv_destroy(csv);
}

/* Read a CSV into a pack.  Returns what its lines say. */
static struct sums make_pack(const char *csv, const char *pack)
{
	int descriptor = open(pack, O_RDWR | O_CREAT | O_TRUNC, 0600);
	static struct pack_sources sources;
	const struct layout *layout;
	struct making making = {.sums = {0}};
	struct input input;
	struct file_head head = {.whole = true, .path = csv};
	uint8_t text[4096];
	int file = open(csv, O_RDONLY);

	open_input(&input, csv);
	head.data = text;
	head.size = (size_t)read(file, text, sizeof(text));
	close(file);
	cr_assert(layouts_find(input.layouts, &head, &layout, &input.diag) == 1);
	sources.bytes = input.plan->total_bytes;
	sources.fields[FIELD_HCPCS].present = 12;
	sources.quarantined[BAD_QUOTE] = 3;
	cr_assert(pack_liner_create(&making.liner, &input.diag) == 0);
	cr_assert(pack_builder_create(&making.builder, &input.diag) == 0);
	cr_assert(pack_writer_create(&making.writer,
	                  &(struct pack_write_options){descriptor, pack, &layout, 1, &sources},
	                  &input.diag) == 0);
	read_csv(&input, &making);
	end_chunk(&making);
	cr_assert(pack_writer_finish(making.writer, &input.diag) == 0);
	pack_writer_destroy(making.writer);
	pack_builder_destroy(making.builder);
	pack_liner_destroy(making.liner);
	close(descriptor);
	close_input(&input);
	return making.sums;
}

/* ---- Reading one ---- */

struct taking {
	struct sums sums;
	struct field_set blank; /* fields that must not be there */
	const char *cut;        /* a file to be cut short while it is read */
};

/*
 * What later stages do to the columns of a batch's layout must not be seen in the
 * next; what they do to others they undo themselves, as with any format.
 */
static void write_into(struct batch *batch)
{
	const struct field_set *bound = &batch->layout->bound;

	if (field_set_has(bound, FIELD_FREQUENCY))
		memset(batch->frequency, '9', sizeof(batch->frequency));
	if (field_set_has(bound, FIELD_SPECIALTY))
		memset(batch->specialty, '9', sizeof(batch->specialty));
	if (field_set_has(bound, FIELD_BIRTH))
		memset(batch->birth, 1, sizeof(batch->birth));
	if (field_set_has(bound, FIELD_RENDERING_NPI))
		memset(batch->rendering, 1, sizeof(batch->rendering));
}

static int take_kept(void *context, struct batch *batch, struct diag *diag)
{
	struct taking *taking = context;

	(void)diag;
	cr_assert(batch->kept);
	for (unsigned column = 0; column < PACK_COLUMNS; column++) {
		if (!field_set_has(&taking->blank, pack_columns[column].field) ||
		        pack_is_text(column))
			continue;
		for (uint32_t i = 0; i < batch->count; i++)
			cr_assert(pack_value(batch, column, i) == pack_columns[column].blank);
	}
	add_batch(&taking->sums, batch);
	if (taking->cut)
		cr_assert(truncate(taking->cut, 300000) == 0);
	write_into(batch);
	return 0;
}

struct way {
	const struct reader_kind *reader;
	enum level level;
	const struct field_set *wanted;
};

static int read_pack(const char *path, struct way way, struct taking *taking, struct diag *diag)
{
	struct pack_reader *reader = NULL;
	struct packs *packs = NULL;
	struct input input;
	const struct span *span;
	int err;

	open_input(&input, path);
	err = packs_create(&packs, input.plan, input.layouts, diag);
	cr_assert(err == 0);
	err = pack_reader_create(&reader,
	        &(struct pack_reader_options){
	                .level = way.level,
	                .reader = way.reader,
	                .packs = packs,
	                .plan = input.plan,
	                .wanted = way.wanted,
	                .batch = take_kept,
	                .context = taking,
	        },
	        diag);
	cr_assert(err == 0);
	while (err == 0 && (span = plan_take(input.plan)))
		err = pack_reader_span(reader, span, diag);
	if (err == 0)
		cr_assert(pack_reader_counts(reader)->used == taking->sums.lines);
	pack_reader_destroy(reader);
	packs_destroy(packs);
	close_input(&input);
	return err;
}

/* ---- Sources ---- */

static char folder[] = "/tmp/claimscan_pack_XXXXXX";

static const char *path_of(const char *name)
{
	static char paths[4][64];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

static void set_up(void)
{
	strcpy(folder + sizeof(folder) - 7, "XXXXXX");
	cr_assert(mkdtemp(folder));
}

static void tear_down(void)
{
	const char *const names[] = {"claims.csv", "claims.clm", "other.clm"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(path_of(names[i]));
	rmdir(folder);
}

static const char header[] =
        "claim_id,claim_line_number,claim_type,person_id,claim_line_start_date,"
        "place_of_service_code,revenue_center_code,service_unit_quantity,hcpcs_"
        "code,"
        "hcpcs_modifier_1,rendering_npi,billing_npi,billing_tin,paid_amount,charge_"
        "amount,"
        "diagnosis_code_1,diagnosis_code_2,data_source,original_claim_id,taxonomy_"
        "code,"
        "claim_frequency_code,denied_flag,birth_date,specialty_code,carc_code_1\n";

static uint64_t mix(uint64_t seed, uint64_t line)
{
	uint64_t key[2] = {seed, line};

	return hash64(key, sizeof(key));
}

/* A line: every kind of coding is met, blanks among the values too. */
static void write_line(FILE *file, uint64_t line)
{
	uint64_t random = mix(1, line), claim = line / 3;
	static const char *const types[] = {"professional", "institutional", "", "dental"};

	fprintf(file, "C%llu,%llu,%s,", (unsigned long long)claim * 7919,
	        (unsigned long long)line % 3 + 1, types[claim % 4]);
	if (claim % 5)
		fprintf(file, "P%llu", (unsigned long long)claim / 4);
	fprintf(file, ",2024-%02u-%02u,%s,%s,%u,9921%u,%s,", (unsigned)(random % 12 + 1),
	        (unsigned)(random >> 8) % 28 + 1, random % 3 ? "11" : "", claim % 2 ? "0450" : "",
	        (unsigned)(random >> 16) % 4, (unsigned)(random >> 20) % 5, random % 7 ? "" : "25");
	fprintf(file, "%s,%s,%llu,", random % 4 ? "1234567893" : "ABC-9",
	        random % 2 ? "1003000126" : "", (unsigned long long)(random % 50) + 100000000);
	fprintf(file, "%lld.%02u,%llu.00,E11%u,%s,src%u,", (long long)(random % 2000) - 500,
	        (unsigned)(random >> 32) % 100, (unsigned long long)random % 1000000007,
	        (unsigned)(random >> 24) % 10, random % 9 ? "" : "I10", (unsigned)(random % 2));
	fprintf(file, "%s,%s,%s,%s,%s,%s,%s\n", random % 11 ? "" : "C7919",
	        random % 2 ? "207Q00000X" : "", random % 6 ? "1" : "7", random % 3 ? "" : "1",
	        random % 2 ? "1950-02-03" : "", random % 2 ? "11" : "", random % 13 ? "" : "B7");
}

static void write_csv(const char *path, uint64_t from, uint64_t lines)
{
	FILE *file = fopen(path, "w");

	fputs(header, file);
	for (uint64_t line = from; line < from + lines; line++)
		write_line(file, line);
	fclose(file);
}

static size_t file_size(const char *path)
{
	struct stat status;

	cr_assert(stat(path, &status) == 0);
	return (size_t)status.st_size;
}

/* ---- Tests ---- */

static void expect_same(const struct sums *wanted, const struct sums *got, const char *what)
{
	cr_assert(wanted->lines == got->lines, "%s: %llu lines, got %llu", what,
	        (unsigned long long)wanted->lines, (unsigned long long)got->lines);
	cr_assert(wanted->sum == got->sum, "%s: columns differ", what);
	cr_assert(wanted->keys == got->keys, "%s: keys or digests differ", what);
}

Test(pack, says_what_its_source_said, .init = set_up, .fini = tear_down)
{
	/* One chunk, not full; some, and not of whole batches; a pack of over a MiB.
	 */
	static const uint64_t lines[] = {1, 127, 129, 20011, 70000};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct sums sums;

		write_csv(path_of("claims.csv"), i, lines[i]);
		sums = make_pack(path_of("claims.csv"), path_of("claims.clm"));
		cr_assert(sums.lines == lines[i]);
		for (size_t kind = 0; reader_kinds[kind]; kind++) {
			for (int level = LEVEL_SCALAR; level <= (int)level_best(); level++) {
				struct taking taking = {.sums = {0}};
				struct way way = {reader_kinds[kind], (enum level)level, NULL};
				struct diag diag;

				diag_init(&diag);
				cr_assert(
				        read_pack(path_of("claims.clm"), way, &taking, &diag) == 0,
				        "%s", diag.text);
				expect_same(&sums, &taking.sums, reader_kinds[kind]->name);
			}
		}
	}
}

Test(pack, is_small, .init = set_up, .fini = tear_down)
{
	write_csv(path_of("claims.csv"), 0, 50000);
	make_pack(path_of("claims.csv"), path_of("claims.clm"));
	cr_assert(file_size(path_of("claims.clm")) < 50000 * 28, "%zu bytes",
	        file_size(path_of("claims.clm")));
}

Test(pack, leaves_out_what_is_not_wanted, .init = set_up, .fini = tear_down)
{
	struct taking taking = {.sums = {0}};
	struct field_set wanted;
	struct diag diag;

	diag_init(&diag);
	memset(&wanted, 0xff, sizeof(wanted));
	for (unsigned field = FIELD_DIAGNOSIS_1; field <= FIELD_DIAGNOSIS_25; field++) {
		wanted.words[field / 64] &= ~((uint64_t)1 << field % 64);
		field_set_add(&taking.blank, (enum field)field);
	}
	write_csv(path_of("claims.csv"), 0, 9000);
	make_pack(path_of("claims.csv"), path_of("claims.clm"));
	cr_assert(read_pack(path_of("claims.clm"),
	                  (struct way){&reader_mmap, LEVEL_SCALAR, &wanted}, &taking, &diag) == 0);
	cr_assert(taking.sums.lines == 9000);
}

/* A claim id as long as a record may be goes in, and comes out. */
Test(pack, takes_long_texts, .init = set_up, .fini = tear_down)
{
	struct taking taking = {.sums = {0}};
	FILE *file = fopen(path_of("claims.csv"), "w");
	struct sums sums;
	struct diag diag;

	diag_init(&diag);
	fputs("claim_id,person_id,rendering_npi\n", file);
	for (unsigned line = 0; line < 9; line++) {
		for (unsigned i = 0; i < (line % 3 + 1) * 300000; i++)
			fputc('a' + (int)((i + line) % 26), file);
		fprintf(file, ",P%u,1234567893\n", line);
	}
	fclose(file);
	sums = make_pack(path_of("claims.csv"), path_of("claims.clm"));
	cr_assert(read_pack(path_of("claims.clm"), (struct way){&reader_pread, LEVEL_SCALAR, NULL},
	                  &taking, &diag) == 0,
	        "%s", diag.text);
	expect_same(&sums, &taking.sums, "long texts");
}

static uint8_t *read_whole(const char *path, size_t *size)
{
	FILE *file = fopen(path, "r");
	uint8_t *data;

	*size = file_size(path);
	data = malloc(*size + 1);
	cr_assert(fread(data, 1, *size, file) == *size);
	fclose(file);
	return data;
}

static void write_whole(const char *path, const uint8_t *data, size_t size)
{
	FILE *file = fopen(path, "w");

	fwrite(data, 1, size, file);
	fclose(file);
}

/* Reading fails, and its words name the file and an offset. */
static void expect_refused(const char *path, const char *words, const char *what, size_t at)
{
	struct taking taking = {.sums = {0}};
	struct diag diag;
	int err;

	diag_init(&diag);
	err = read_pack(path, (struct way){&reader_mmap, LEVEL_SCALAR, NULL}, &taking, &diag);
	cr_assert(err == FAIL_DATA, "%s at %zu: %d %s", what, at, err, diag.text);
	cr_assert(strncmp(diag.text, path, strlen(path)) == 0 && diag.text[strlen(path)] == ':',
	        "%s at %zu: %s", what, at, diag.text);
	cr_assert(strstr(diag.text, words), "%s at %zu: %s", what, at, diag.text);
}

Test(pack, every_flipped_byte_is_found, .init = set_up, .fini = tear_down)
{
	size_t size;
	uint8_t *data;

	write_csv(path_of("claims.csv"), 0, 30);
	make_pack(path_of("claims.csv"), path_of("claims.clm"));
	data = read_whole(path_of("claims.clm"), &size);
	for (size_t at = 0; at < size; at++) {
		uint8_t flip = (uint8_t)(1u << at % 8);

		data[at] ^= flip;
		write_whole(path_of("other.clm"), data, size);
		data[at] ^= flip;
		expect_refused(path_of("other.clm"), "", "flipped", at);
	}
	free(data);
}

Test(pack, what_is_cut_or_longer_is_found, .init = set_up, .fini = tear_down)
{
	size_t size;
	uint8_t *data;

	write_csv(path_of("claims.csv"), 0, 30);
	make_pack(path_of("claims.csv"), path_of("claims.clm"));
	data = read_whole(path_of("claims.clm"), &size);
	for (size_t cut = 1; cut < size; cut += 41) {
		write_whole(path_of("other.clm"), data, size - cut);
		expect_refused(path_of("other.clm"), "cut short", "cut", size - cut);
	}
	data[size] = 0;
	write_whole(path_of("other.clm"), data, size + 1);
	expect_refused(path_of("other.clm"), "something behind it", "longer", size);
	free(data);
}

Test(pack, another_version_is_told, .init = set_up, .fini = tear_down)
{
	struct pack_header *head;
	size_t size;
	uint8_t *data;

	write_csv(path_of("claims.csv"), 0, 30);
	make_pack(path_of("claims.csv"), path_of("claims.clm"));
	data = read_whole(path_of("claims.clm"), &size);
	head = (struct pack_header *)(void *)data;
	head->version = 7;
	head->hash = hash64(head, offsetof(struct pack_header, hash));
	write_whole(path_of("other.clm"), data, size);
	expect_refused(
	        path_of("other.clm"), "of version 7, this program reads version 4", "version", 8);
	free(data);
}

/* ---- Packs whose hashes are right and whose numbers are not ---- */

static struct pack_column_head *column_head(uint8_t *chunk, unsigned column)
{
	struct pack_head *head = (struct pack_head *)(void *)chunk;
	struct pack_column_head *heads = (struct pack_column_head *)(void *)(head + 1);

	for (uint32_t i = 0; i < head->columns; i++) {
		if (heads[i].column == column)
			return &heads[i];
	}
	cr_assert_fail("no column %u in the chunk", column);
	return NULL;
}

/* The hashes of a pack of one chunk that was written into. */
static void forge_hashes(uint8_t *data)
{
	struct pack_header *head = (struct pack_header *)(void *)data;
	struct pack_chunk *chunk = (struct pack_chunk *)(void *)(data + head->file_bytes -
	                                                         sizeof(*chunk));

	chunk->hash = hash64(data + chunk->at, chunk->size);
	head->directory_hash = hash64(data + head->directory_at, head->directory_bytes);
	head->hash = hash64(head, offsetof(struct pack_header, hash));
}

/* All lines of a pack have a value of a column that no format gives. */
static void expect_value_refused(const uint8_t *data, size_t size, unsigned column, int64_t value)
{
	uint8_t *forged = malloc(size);
	struct pack_column_head *head;

	memcpy(forged, data, size);
	head = column_head(forged + sizeof(struct pack_header), column);
	head->coding = PACK_SAME;
	head->base = value;
	forge_hashes(forged);
	write_whole(path_of("other.clm"), forged, size);
	expect_refused(path_of("other.clm"), "no chunk of a claim pack", "forged", column);

	/* The same by codes, of which the first says so. */
	memcpy(forged, data, size);
	head = column_head(forged + sizeof(struct pack_header), column);
	head->coding = PACK_DISTANCE;
	head->width = 0;
	head->blank = 0;
	head->base = value;
	head->codes = 0;
	forge_hashes(forged);
	write_whole(path_of("other.clm"), forged, size);
	expect_refused(path_of("other.clm"), "no chunk of a claim pack", "forged codes", column);
	free(forged);
}

Test(pack, forged_numbers_are_refused, .init = set_up, .fini = tear_down)
{
	static const struct {
		unsigned column;
		int64_t value;
	} forged[] = {
	        {PACK_diagnosis_count, DIAGNOSES_MAX + 1},
	        {PACK_diagnosis_count, 255},
	        {PACK_claim_type, CLAIM_TYPES},
	        {PACK_rendering, (int64_t)ID_NPI << ID_KIND_SHIFT | 10000000000},
	        {PACK_rendering, (int64_t)ID_BAD_CHECK << ID_KIND_SHIFT | (int64_t)ID_VALUE_MASK},
	        {PACK_rendering, (int64_t)ID_NONE << ID_KIND_SHIFT},
	        {PACK_rendering, -1},
	        {PACK_line_start, INT32_MAX},
	        {PACK_line_start, 2932897},
	        {PACK_birth, -719529},
	        {PACK_hcpcs, (int64_t)CODE_UNREADABLE + 1},
	        {PACK_diagnosis_0, -1},
	        {PACK_said, 16},
	        {PACK_carc, CARC_OTHER + 1},
	};
	size_t size;
	uint8_t *data;

	write_csv(path_of("claims.csv"), 0, 30);
	make_pack(path_of("claims.csv"), path_of("claims.clm"));
	data = read_whole(path_of("claims.clm"), &size);
	for (size_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++)
		expect_value_refused(data, size, forged[i].column, forged[i].value);
	free(data);
}

/* A chunk whose lines stand whole is told of, behind them. */
struct whole {
	uint32_t lines, told;
};

static int take_whole(void *context, struct batch *batch, struct diag *diag)
{
	struct whole *whole = context;

	(void)diag;
	cr_assert(batch->whole && whole->told == 0);
	whole->lines += batch->count;
	return 0;
}

static int end_whole(void *context, struct diag *diag)
{
	struct whole *whole = context;

	(void)diag;
	whole->told++;
	return 0;
}

Test(pack, lines_that_stand_whole_are_told, .init = set_up, .fini = tear_down)
{
	struct whole whole = {0, 0};
	struct pack_reader_options options = {.reader = &reader_pread,
	        .batch = take_whole,
	        .whole = end_whole,
	        .context = &whole};
	struct pack_reader *reader = NULL;
	const struct span *span;
	struct input input;
	struct pack_head *head;
	size_t size;
	uint8_t *data;

	write_csv(path_of("claims.csv"), 0, 30);
	make_pack(path_of("claims.csv"), path_of("claims.clm"));
	data = read_whole(path_of("claims.clm"), &size);
	head = (struct pack_head *)(void *)(data + sizeof(struct pack_header));
	cr_assert(head->whole == 0);
	head->whole = 1;
	forge_hashes(data);
	write_whole(path_of("other.clm"), data, size);
	open_input(&input, path_of("other.clm"));
	options.plan = input.plan;
	cr_assert(packs_create(&options.packs, input.plan, input.layouts, &input.diag) == 0);
	cr_assert(pack_reader_create(&reader, &options, &input.diag) == 0);
	while ((span = plan_take(input.plan)))
		cr_assert(pack_reader_span(reader, span, &input.diag) == 0, "%s", input.diag.text);
	cr_assert(whole.lines == 30 && whole.told == 1, "%u lines, told %u times", whole.lines,
	        whole.told);
	pack_reader_destroy(reader);
	packs_destroy(options.packs);
	close_input(&input);
	head->whole = 2;
	forge_hashes(data);
	write_whole(path_of("other.clm"), data, size);
	expect_refused(path_of("other.clm"), "no chunk of a claim pack", "forged", 2);
	free(data);
}

/* Sources of 8 EiB, twice, were more than what packs save of them can be. */
Test(pack, forged_sources_are_refused, .init = set_up, .fini = tear_down)
{
	struct pack_directory *directory;
	uint64_t *counts[4], was;
	size_t size;
	uint8_t *data;

	write_csv(path_of("claims.csv"), 0, 30);
	make_pack(path_of("claims.csv"), path_of("claims.clm"));
	data = read_whole(path_of("claims.clm"), &size);
	directory = (void *)(data + ((struct pack_header *)(void *)data)->directory_at);
	counts[0] = &directory->sources.bytes;
	counts[1] = &directory->sources.bad_bytes;
	counts[2] = &directory->sources.quarantined[BAD_KINDS - 1];
	counts[3] = &directory->sources.fields[FIELD_COUNT - 1].repaired;
	for (unsigned i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		was = *counts[i];
		*counts[i] = INT64_MAX;
		forge_hashes(data);
		write_whole(path_of("other.clm"), data, size);
		expect_refused(path_of("other.clm"), "no directory", "sources", i);
		*counts[i] = was;
	}
	free(data);
}

/* A directory that is larger than its file, and begins so far before it. */
Test(pack, forged_headers_are_refused, .init = set_up, .fini = tear_down)
{
	struct pack_header *head;
	size_t size;
	uint8_t *data;

	write_csv(path_of("claims.csv"), 0, 30);
	make_pack(path_of("claims.csv"), path_of("claims.clm"));
	data = read_whole(path_of("claims.clm"), &size);
	head = (struct pack_header *)(void *)data;
	head->directory_bytes = 1 << 20;
	head->directory_at = head->file_bytes - head->directory_bytes;
	head->hash = hash64(head, offsetof(struct pack_header, hash));
	write_whole(path_of("other.clm"), data, size);
	expect_refused(path_of("other.clm"), "makes no sense", "header", 0);
	free(data);
}

/* What stands in the dictionaries of a chunk is held against the same. */
Test(pack, forged_entries_are_refused, .init = set_up, .fini = tear_down)
{
	struct pack_column_head *head;
	uint64_t bad = (uint64_t)ID_NPI << ID_KIND_SHIFT | ID_VALUE_MASK;
	size_t size;
	uint8_t *data;

	write_csv(path_of("claims.csv"), 0, 30);
	make_pack(path_of("claims.csv"), path_of("claims.clm"));
	data = read_whole(path_of("claims.clm"), &size);
	head = column_head(data + sizeof(struct pack_header), PACK_rendering);
	cr_assert(head->coding == PACK_ENTRY);
	memcpy(data + sizeof(struct pack_header) + head->values, &bad, sizeof(bad));
	forge_hashes(data);
	write_whole(path_of("other.clm"), data, size);
	expect_refused(path_of("other.clm"), "no chunk of a claim pack", "entry", 0);
	free(data);
}

/* What is alike on all lines of each claim has a code a claim. */
Test(pack, claims_say_once_what_is_theirs, .init = set_up, .fini = tear_down)
{
	struct pack_column_head *type, *rendering;
	size_t size;
	uint8_t *data;

	write_csv(path_of("claims.csv"), 0, 3000);
	make_pack(path_of("claims.csv"), path_of("claims.clm"));
	data = read_whole(path_of("claims.clm"), &size);
	type = column_head(data + sizeof(struct pack_header), PACK_claim_type);
	rendering = column_head(data + sizeof(struct pack_header), PACK_rendering);
	cr_assert(type->by_claim == 1);
	cr_assert(rendering->by_claim == 0);
	free(data);
}

enum forged_claims {
	CLAIMS_TWICE,
	CLAIMS_FEWER,
	CLAIMS_NUMBERED,
	CLAIMS_BY_CLAIM,
	CLAIMS_FORGERIES
};

static void forge_claims(uint8_t *chunk, enum forged_claims how)
{
	struct pack_column_head *claims = column_head(chunk, PACK_claim_id);
	struct pack_column_head *type = column_head(chunk, PACK_claim_type);

	cr_assert(claims->coding == PACK_NEXT && type->by_claim == 1);
	if (how == CLAIMS_TWICE)
		type->by_claim = 2;
	else if (how == CLAIMS_FEWER)
		claims->entries--;
	else if (how == CLAIMS_NUMBERED)
		claims->coding = PACK_ENTRY;
	else
		claims->by_claim = 1;
}

/* Codes by claim are of claims that the chunk has, and that it tells by a bit a line. */
Test(pack, forged_claims_are_refused, .init = set_up, .fini = tear_down)
{
	size_t size;
	uint8_t *data;

	write_csv(path_of("claims.csv"), 0, 300);
	make_pack(path_of("claims.csv"), path_of("claims.clm"));
	for (enum forged_claims how = 0; how < CLAIMS_FORGERIES; how++) {
		data = read_whole(path_of("claims.clm"), &size);
		forge_claims(data + sizeof(struct pack_header), how);
		forge_hashes(data);
		write_whole(path_of("other.clm"), data, size);
		expect_refused(path_of("other.clm"), "no chunk of a claim pack", "claims", how);
		free(data);
	}
}

/* A pack of the version before has a code a line in all columns. */
Test(pack, the_version_before_is_read, .init = set_up, .fini = tear_down)
{
	struct taking taking = {.sums = {0}};
	struct pack_header *head;
	struct sums sums;
	struct diag diag;
	size_t size;
	uint8_t *data;

	diag_init(&diag);
	write_csv(path_of("claims.csv"), 0, 1);
	sums = make_pack(path_of("claims.csv"), path_of("claims.clm"));
	data = read_whole(path_of("claims.clm"), &size);
	head = (struct pack_header *)(void *)data;
	head->version = 3;
	head->hash = hash64(head, offsetof(struct pack_header, hash));
	write_whole(path_of("other.clm"), data, size);
	cr_assert(read_pack(path_of("other.clm"), (struct way){&reader_mmap, LEVEL_SCALAR, NULL},
	                  &taking, &diag) == 0,
	        "%s", diag.text);
	expect_same(&sums, &taking.sums, "version 3");
	free(data);
}

/* Two columns have the same long text, and a line is longer than a record can be. */
Test(pack, forged_texts_are_refused, .init = set_up, .fini = tear_down)
{
	FILE *file = fopen(path_of("claims.csv"), "w");
	struct pack_column_head *person;
	size_t size;
	uint8_t *data;

	fputs("claim_id,person_id,rendering_npi\n", file);
	for (unsigned i = 0; i < RECORD_TEXT_MAX / 2 + 1; i++)
		fputc('c', file);
	fputs(",P,1234567893\n", file);
	fclose(file);
	make_pack(path_of("claims.csv"), path_of("claims.clm"));
	data = read_whole(path_of("claims.clm"), &size);
	person = column_head(data + sizeof(struct pack_header), PACK_person_id);
	*person = *column_head(data + sizeof(struct pack_header), PACK_claim_id);
	person->column = PACK_person_id;
	forge_hashes(data);
	write_whole(path_of("other.clm"), data, size);
	expect_refused(path_of("other.clm"), "no chunk of a claim pack", "long texts", 0);
	free(data);
}

/* Pages that are gone are zeros, and a signal that nobody dies of. */
Test(pack, cut_while_it_is_read_is_found, .init = set_up, .fini = tear_down)
{
	for (size_t kind = 0; reader_kinds[kind]; kind++) {
		struct taking taking = {.cut = path_of("claims.clm")};
		struct way way = {reader_kinds[kind], LEVEL_SCALAR, NULL};
		struct diag diag;
		int err;

		diag_init(&diag);
		write_csv(path_of("claims.csv"), 0, 70000);
		make_pack(path_of("claims.csv"), path_of("claims.clm"));
		taking.cut = path_of("claims.clm");
		err = read_pack(taking.cut, way, &taking, &diag);
		cr_assert(diag_exit_code(err) == 65, "%s: %d %s", reader_kinds[kind]->name, err,
		        diag.text);
		cr_assert(strstr(diag.text, "claims.clm"), "%s", diag.text);
		cr_assert(taking.sums.lines < 70000);
	}
}

/* Its sources' counts are told again, of fields that are read. */
Test(pack, tells_what_its_sources_were, .init = set_up, .fini = tear_down)
{
	static struct csv_counts counts;
	struct field_set wanted = {{0}};
	struct packs *packs;
	struct input input;

	write_csv(path_of("claims.csv"), 0, 30);
	make_pack(path_of("claims.csv"), path_of("claims.clm"));
	open_input(&input, path_of("claims.clm"));
	cr_assert(packs_create(&packs, input.plan, input.layouts, &input.diag) == 0);
	cr_assert(!packs_has(packs, 0));
	cr_assert(packs_bind(packs, 0, &input.diag) == 0);
	cr_assert(packs_has(packs, 0));
	cr_assert(packs_lines(packs, 0) == 30);
	packs_add_counts(packs, &wanted, &counts);
	cr_assert(counts.quarantined[BAD_QUOTE] == 3);
	cr_assert(counts.fields[FIELD_HCPCS].present == 0);
	field_set_add(&wanted, FIELD_HCPCS);
	packs_add_counts(packs, &wanted, &counts);
	cr_assert(counts.fields[FIELD_HCPCS].present == 12);
	cr_assert(packs_bytes_saved(packs) == (int64_t)file_size(path_of("claims.csv")) -
	                                              (int64_t)file_size(path_of("claims.clm")));
	cr_assert(layouts_count(input.layouts) == 1);
	cr_assert(strcmp(layouts_at(input.layouts, 0)->family, "canonical") == 0);
	packs_destroy(packs);
	close_input(&input);
}
