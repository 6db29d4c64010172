/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/release_private.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>
#include <zlib.h>

/* Bytes, so many at a time. */
struct dripping {
	struct release_stream stream;
	const char *bytes;
	size_t size, step;
};

static ssize_t drip(struct release_stream *stream, void *bytes, size_t size, struct diag *diag)
{
	struct dripping *dripping = (struct dripping *)stream;
	size_t step = dripping->step < size ? dripping->step : size;

	(void)diag;
	if (step > dripping->size)
		step = dripping->size;
	memcpy(bytes, dripping->bytes, step);
	dripping->bytes += step;
	dripping->size -= step;
	return (ssize_t)step;
}

static void close_dripping(struct release_stream *stream)
{
	free(stream);
}

static struct release *open_dripping(const char *text, size_t size, size_t step)
{
	struct dripping *dripping = malloc(sizeof(*dripping));
	struct release *release;
	struct diag diag;

	diag_init(&diag);
	*dripping = (struct dripping){
	        .stream = {.read = drip, .close = close_dripping},
	        .bytes = text,
	        .size = size,
	        .step = step,
	};
	cr_assert_eq(release_open(&release, &dripping->stream, "folder/name.txt", &diag), 0);
	return release;
}

/* Lines, each with its number, as "1:text|3:text|", or the error behind what was read. */
static void lines_of(const char *text, size_t size, size_t step, char *out)
{
	struct release *release = open_dripping(text, size, step);
	struct cell line;
	struct diag diag;
	int err;

	diag_init(&diag);
	out[0] = '\0';
	while ((err = release_line(release, &line, &diag)) > 0)
		sprintf(out + strlen(out), "%zu:%.*s|", release_line_number(release),
		        (int)line.size, line.text);
	if (err < 0)
		sprintf(out + strlen(out), "%d %s", diag_exit_code(err), diag.text);
	release_close(release);
}

static void records_of(const char *text, size_t size, size_t step, char delimiter, char *out)
{
	struct release *release = open_dripping(text, size, step);
	struct cell cells[RELEASE_CELLS_MAX];
	struct diag diag;
	size_t count;
	int err;

	diag_init(&diag);
	out[0] = '\0';
	while ((err = release_record(release, delimiter, cells, &count, &diag)) > 0) {
		sprintf(out + strlen(out), "%zu:", release_line_number(release));
		for (size_t i = 0; i < count; i++)
			sprintf(out + strlen(out), "[%.*s]", (int)cells[i].size, cells[i].text);
		strcat(out, "|");
	}
	if (err < 0)
		sprintf(out + strlen(out), "%d %s", diag_exit_code(err), diag.text);
	release_close(release);
}

struct text_case {
	const char *text;
	size_t size; /* 0: up to the NUL */
	const char *expected;
};

static size_t case_size(const struct text_case *row)
{
	return row->size ? row->size : strlen(row->text);
}

Test(release, lines)
{
	static const struct text_case rows[] = {
	        {"", 0, ""},
	        {"\n", 0, "1:|"},
	        {"a", 0, "1:a|"},
	        {"a\nb", 0, "1:a|2:b|"},
	        {"a\r\nb\r\n", 0, "1:a|2:b|"},
	        {"a\r\nb\nc\r", 0, "1:a|2:b|3:c|"},
	        {"\xef\xbb\xbf"
	         "a\n\nb\n",
	                0, "1:a|2:|3:b|"},
	        {"caf\xe9\n", 0, "1:caf\xe9|"},
	        {"a\nb\0c\n", 6, "1:a|78 folder/name.txt:2: a NUL byte: this is no text"},
	        {"a\n\0", 3, "1:a|"},
	};
	char out[256];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t step = 1; step < 9; step++) {
			lines_of(rows[i].text, case_size(&rows[i]), step, out);
			if (i == sizeof(rows) / sizeof(rows[0]) - 1)
				cr_assert_str_eq(out,
				        "1:a|78 folder/name.txt:2: a NUL byte: this is no text");
			else
				cr_assert_str_eq(out, rows[i].expected, "row %zu, step %zu: %s", i,
				        step, out);
		}
	}
}

#define BAD_QUOTE "a quote that closes inside a cell, or does not close at all"

Test(release, records)
{
	static const struct text_case rows[] = {
	        {"", 0, ""},
	        {"a,b\n", 0, "1:[a][b]|"},
	        {"a,b,\n\nc", 0, "1:[a][b][]|2:[]|3:[c]|"},
	        {" a , b\xa0,\xc2\xa0"
	         "c\xc3\xa0 \r\n",
	                0, "1:[a][b][c\xc3\xa0]|"},
	        {"\"a\",\"b\"\r\n\"c\"", 0, "1:[a][b]|2:[c]|"},
	        {"\"a,1\",b\n", 0, "1:[a,1][b]|"},
	        {"\"a\r\nb\nc\",d\ne\n", 0, "1:[a\r\nb\nc][d]|4:[e]|"},
	        {"\"say \"\"no\"\"\",\"\"\"\",\"\"\n", 0, "1:[say \"no\"][\"][]|"},
	        {"5\" tube,\"6\"\" tube\"\n", 0, "1:[5\" tube][6\" tube]|"},
	        {" \"a\" ,\t\"b\" \n", 0, "1:[a][\"b\"]|"},
	        {"a,\"\n\",\n", 0, "1:[a][][]|"},
	        {"\"a\",", 0, "1:[a][]|"},
	        {"x\n\"a\nb", 0, "1:[x]|78 folder/name.txt:2: " BAD_QUOTE},
	        {"\"a\"b\",c\n", 0, "78 folder/name.txt:1: " BAD_QUOTE},
	        {"\"a\nb\",\"c\0d\"\n", 12, "78 folder/name.txt:1: a NUL byte: this is no text"},
	};
	char out[256];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t step = 1; step < 9; step++) {
			records_of(rows[i].text, case_size(&rows[i]), step, ',', out);
			cr_assert_str_eq(
			        out, rows[i].expected, "row %zu, step %zu: %s", i, step, out);
		}
	}
	records_of("a b\t\"c\td\"\te\n", 12, 1, '\t', out);
	cr_assert_str_eq(out, "1:[a b][c\td][e]|");
	records_of("A00  B01 10000\n", 15, 1, ' ', out);
	cr_assert_str_eq(out, "1:[A00][][B01][10000]|");
}

/* However it is cut, across the buffer's end too. */
Test(release, cut_anywhere)
{
	static const size_t steps[] = {1000003, RELEASE_READ, 4097, 613};
	size_t size = 3 << 20, used = 0;
	char *text = malloc(size + 256), row[128];
	uint64_t expected = 0;

	for (unsigned i = 0; used < size; i++)
		used += (size_t)sprintf(text + used,
		        i % 3 ? "%u,\"a\n%u\",b\"\"\r\n" : "%u,%u,\"\"\"%u\"\n", i, i * 7, i);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct release *release = open_dripping(text, used, steps[i]);
		struct cell cells[RELEASE_CELLS_MAX];
		struct release_totals totals;
		uint64_t digest = 0;
		struct diag diag;
		size_t count, records = 0;

		diag_init(&diag);
		while (release_record(release, ',', cells, &count, &diag) > 0) {
			cr_assert_eq(count, 3);
			snprintf(row, sizeof(row), "%.*s|%.*s|%.*s", (int)cells[0].size,
			        cells[0].text, (int)cells[1].size, cells[1].text,
			        (int)cells[2].size, cells[2].text);
			digest = hash64_seed(row, strlen(row), digest);
			records++;
		}
		cr_assert_str_eq(diag.text, "");
		cr_assert_eq(release_finish(release, &totals, &diag), 0);
		cr_assert_eq(totals.size, used);
		cr_assert_eq(totals.records, records);
		cr_assert_eq(totals.hash.low, hash128(text, used).low);
		expected = i == 0 ? digest : expected;
		cr_assert_eq(digest, expected);
		release_close(release);
	}
	free(text);
}

Test(release, too_long)
{
	static const char *const words[] = {"folder/name.txt:2: a line of more than 1048576 bytes",
	        "folder/name.txt:2: a line of more than 1048576 bytes"};
	size_t size = 3 << 20;
	char *text = malloc(size), *out = malloc(4096);

	for (size_t step = 1 << 12; step <= 1 << 20; step <<= 4) {
		memset(text, 'x', size);
		memcpy(text, "a\n", 2);
		text[size - 1] = '\n';
		lines_of(text, size, step, out);
		cr_assert_not_null(strstr(out, words[0]), "%s", out);
		memset(text + 2, '"', 1);
		records_of(text, size, step, ',', out);
		cr_assert_not_null(strstr(out, words[1]), "%s", out);
	}
	/* The limit itself is borne, and one byte more is not, however it is cut. */
	for (size_t step = 1 << 12; step <= 1 << 20; step <<= 4) {
		struct release *release = open_dripping(text, 2 + RELEASE_LINE_MAX, step);
		struct cell line;
		struct diag diag;

		diag_init(&diag);
		memset(text + 2, 'x', RELEASE_LINE_MAX);
		cr_assert_eq(release_line(release, &line, &diag), 1);
		cr_assert_eq(release_line(release, &line, &diag), 1);
		cr_assert_eq(line.size, RELEASE_LINE_MAX);
		cr_assert_eq(release_line(release, &line, &diag), 0);
		release_close(release);
		lines_of(text, 3 + RELEASE_LINE_MAX, step, out);
		cr_assert_not_null(strstr(out, words[0]), "%s", out);
	}
	free(text);
	free(out);
}

Test(release, many_cells)
{
	char text[4096] = "", out[16384];
	size_t commas;

	for (int i = 0; i < 400; i++)
		sprintf(text + strlen(text), "%s%d", i ? "," : "", i);
	strcat(text, "\nnext\n");
	for (int quoted = 0; quoted < 2; quoted++) {
		if (quoted)
			memcpy(text, "\"\",", 3); /* 0,1 becomes "", */
		records_of(text, strlen(text), 5, ',', out);
		commas = 0;
		for (const char *at = out; *at != '|'; at++)
			commas += *at == '[';
		cr_assert_eq(commas, RELEASE_CELLS_MAX);
		cr_assert_not_null(strstr(out, "|2:[next]|"));
	}
}

/* ---- What cannot be a text ---- */

static const char *reason_of(const char *text, size_t size, const char *path, bool *wrong)
{
	struct release_stream *stream;
	struct release *release;
	struct diag diag;
	const char *reason;

	diag_init(&diag);
	cr_assert_eq(stream_bytes(&stream, text, size, &diag), 0);
	cr_assert_eq(release_open(&release, stream, path, &diag), 0);
	reason = release_no_text(release, wrong);
	release_close(release);
	return reason;
}

Test(release, no_text)
{
	static const struct {
		const char *text;
		size_t size;
		const char *path, *reason;
		bool wrong;
	} rows[] = {
	        {"A00,x\n", 6, "a.csv", NULL, false},
	        {"", 0, "a.csv", "empty", false},
	        {"\xff\xfe"
	         "A\0,\0",
	                6, "a.csv", "UTF-16", true},
	        {"\xfe\xff\0A\0,", 6, "a.csv", "UTF-16", true},
	        {"A\0"
	         "B\0"
	         "C\0"
	         "D\0"
	         "E\0"
	         "F\0"
	         "G\0"
	         "H\0",
	                16, "a.txt", "UTF-16", true},
	        {"\0A\0B\0C\0D\0E\0F\0G\0H", 16, "a.txt", "UTF-16", true},
	        {"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0", 16, "a.exe", "no text", false},
	        {"\n <!DOCTYPE html><html>", 23, "d/a.zip:icd10cm.txt", "web page", true},
	        {"<HTML>", 6, "icd10cm.txt", "web page", true},
	        {"<html>", 6, "index.HTML", "web page", false},
	        {"<?xml version=\"1.0\"?>\n<!-- saved from url -->\n<html>", 52, "a.txt",
	                "web page", true},
	        {"A,B\rC,D\r", 8, "a.csv", "CR alone", true},
	        {"A,B\r", 4, "a.csv", NULL, false},
	        {"A,B\r\nC,D\r", 9, "a.csv", NULL, false},
	        {"<head><meta>", 12, "a.txt", "web page", true},
	        {"<!-- not closed <html>", 22, "a.txt", NULL, false},
	        {"<?xml version=\"1.0\"?><lcd/>", 27, "a.xml", NULL, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool wrong = false;
		const char *reason = reason_of(rows[i].text, rows[i].size, rows[i].path, &wrong);

		if (rows[i].reason)
			cr_assert(reason && strstr(reason, rows[i].reason), "row %zu", i);
		else
			cr_assert_null(reason);
		cr_assert_eq(wrong, rows[i].wrong, "row %zu", i);
	}
}

Test(release, head)
{
	struct release *release = open_dripping("\xef\xbb\xbf"
	                                        "A\r\nB",
	        7, 1);
	struct release_head head;
	struct cell line;
	struct diag diag;
	char *text = calloc(1, RELEASE_HEAD + 10);

	diag_init(&diag);
	release_head(release, &head);
	cr_assert_eq(head.size, 4);
	cr_assert(memcmp(head.text, "A\r\nB", 4) == 0);
	cr_assert(head.whole);
	cr_assert_str_eq(head.name, "name.txt");
	cr_assert_str_eq(head.path, "folder/name.txt");
	cr_assert_eq(release_line(release, &line, &diag), 1);
	cr_assert_eq(line.size, 1);
	release_close(release);

	memset(text, 'x', RELEASE_HEAD + 1);
	release = open_dripping(text, RELEASE_HEAD + 1, 100);
	release_head(release, &head);
	cr_assert_eq(head.size, RELEASE_HEAD);
	cr_assert_not(head.whole);
	release_close(release);
	free(text);
}

/* ---- Files ---- */

static char *write_file(const char *ending, const void *bytes, size_t size)
{
	char *path;
	FILE *file;
	int fd;

	cr_assert(asprintf(&path, "/tmp/claimscan_release_XXXXXX%s", ending) > 0);
	fd = mkstemps(path, (int)strlen(ending));
	file = fdopen(fd, "w");
	cr_assert(fd >= 0 && file);
	cr_assert_eq(fwrite(bytes, 1, size, file), size);
	fclose(file);
	return path;
}

/* How it ends, and how many lines there were. */
static int count_lines(struct release_stream *stream, size_t *count, struct diag *diag)
{
	struct release *release;
	struct cell line;
	int err = release_open(&release, stream, "x", diag);

	*count = 0;
	if (err)
		return err;
	while ((err = release_line(release, &line, diag)) > 0)
		++*count;
	release_close(release);
	return err;
}

/* Lines that do not pack too well. */
static char *long_text(size_t *size)
{
	char *text = malloc(400000);

	*size = 0;
	for (unsigned i = 0; i < 20000; i++)
		*size += (size_t)sprintf(text + *size, "%u,%u\n", i, i * 2654435761u);
	return text;
}

static char *pack_gz(const char *text, size_t size, size_t *packed)
{
	char path[] = "/tmp/claimscan_pack_XXXXXX", *bytes = malloc(size + 100);
	gzFile file = gzdopen(mkstemp(path), "wb");
	FILE *back;

	/* In two parts, as concatenated .gz files are. */
	cr_assert_eq(gzwrite(file, text, (unsigned)(size / 2)), (int)(size / 2));
	gzclose(file);
	file = gzopen(path, "ab");
	gzwrite(file, text + size / 2, (unsigned)(size - size / 2));
	gzclose(file);
	back = fopen(path, "r");
	*packed = fread(bytes, 1, size + 100, back);
	fclose(back);
	unlink(path);
	return bytes;
}

Test(release, gz)
{
	size_t size, packed, count;
	char *text = long_text(&size), *bytes = pack_gz(text, size, &packed), *path;
	struct release_stream *stream;
	struct diag diag;

	cr_assert_eq(release_kind_of(bytes, packed), RELEASE_GZ);
	for (size_t cut = 0; cut < 8; cut++) {
		path = write_file(".gz", bytes, packed - cut);
		diag_init(&diag);
		cr_assert_eq(stream_gz(&stream, path, &diag), 0);
		cr_assert_eq(count_lines(stream, &count, &diag), cut ? FAIL_TABLE : 0,
		        "cut %zu: %s", cut, diag.text);
		if (cut == 0)
			cr_assert_eq(count, 20000);
		else
			cr_assert(strstr(diag.text, "is damaged or cut"));
		unlink(path);
		free(path);
	}
	bytes[packed / 3] ^= 1;
	path = write_file(".gz", bytes, packed);
	diag_init(&diag);
	cr_assert_eq(stream_gz(&stream, path, &diag), 0);
	cr_assert_eq(count_lines(stream, &count, &diag), FAIL_TABLE);
	unlink(path);
	free(path);
	free(bytes);
	free(text);
	diag_init(&diag);
	cr_assert_eq(stream_gz(&stream, "/nowhere/x.gz", &diag), FAIL_INPUT);
	diag_init(&diag);
	cr_assert_eq(stream_file(&stream, "/nowhere/x", &diag), FAIL_INPUT);
}

static char *make_zip(const char *text, size_t size)
{
	char *path = write_file(".zip", "", 0);
	zip_t *zip = zip_open(path, ZIP_TRUNCATE | ZIP_CREATE, NULL);

	cr_assert_not_null(zip);
	zip_dir_add(zip, "folder", 0);
	zip_file_add(zip, "folder/b.txt", zip_source_buffer(zip, text, size, 0), 0);
	zip_file_add(zip, "a.txt", zip_source_buffer(zip, "one\ntwo\n", 8, 0), 0);
	cr_assert_eq(zip_close(zip), 0);
	return path;
}

Test(release, zip)
{
	static const char *const names[] = {"", "folder/b.txt", "a.txt"};
	static const size_t counts[] = {0, 20000, 2};
	size_t size, count;
	char *text = long_text(&size), *path = make_zip(text, size), *bytes = malloc(size);
	struct release_stream *stream;
	struct archive *archive;
	struct diag diag;
	FILE *file;

	diag_init(&diag);
	cr_assert_eq(archive_open(&archive, path, &diag), 0);
	cr_assert_eq(archive_count(archive), 3);
	for (size_t i = 0; i < 3; i++) {
		cr_assert_str_eq(archive_name(archive, i), names[i]);
		if (!names[i][0])
			continue;
		cr_assert_eq(archive_stream(&stream, archive, i, &diag), 0);
		cr_assert_eq(count_lines(stream, &count, &diag), 0);
		cr_assert_eq(count, counts[i]);
	}
	archive_close(archive);

	/* A byte of the packed text; then an end that is missing. */
	file = fopen(path, "r+");
	size = fread(bytes, 1, size, file);
	cr_assert_eq(release_kind_of(bytes, size), RELEASE_ZIP);
	bytes[size / 2] ^= 1;
	rewind(file);
	fwrite(bytes, 1, size, file);
	fclose(file);
	cr_assert_eq(archive_open(&archive, path, &diag), 0);
	cr_assert_eq(archive_stream(&stream, archive, 1, &diag), 0);
	cr_assert_eq(count_lines(stream, &count, &diag), FAIL_TABLE);
	cr_assert(strstr(diag.text, "folder/b.txt cannot be unpacked"), "%s", diag.text);
	archive_close(archive);
	cr_assert_eq(truncate(path, (off_t)size - 30), 0);
	diag_init(&diag);
	cr_assert_eq(archive_open(&archive, path, &diag), FAIL_TABLE);
	unlink(path);
	diag_init(&diag);
	cr_assert_eq(archive_open(&archive, path, &diag), FAIL_INPUT);
	free(bytes);
	free(path);
	free(text);
}

/* ---- Cells ---- */

static struct cell cell_of(const char *text)
{
	return (struct cell){text, strlen(text)};
}

Test(release, dates)
{
	static const struct {
		const char *text;
		int err;
		int32_t year, month, day; /* 0: absent */
	} dates[] =
	        {
	                {"20240701", 0, 2024, 7, 1},
	                {" 20240229 ", 0, 2024, 2, 29},
	                {"20230229", -1, 0, 0, 0},
	                {"", 0, 0, 0, 0},
	                {"*", 0, 0, 0, 0},
	                {"00000000", 0, 0, 0, 0},
	                {"99991231", 0, 0, 0, 0},
	                {"2024-07-01", 0, 2024, 7, 1},
	                {"07/01/2024", 0, 2024, 7, 1},
	                {"2024070", -1, 0, 0, 0},
	                {"Effective", -1, 0, 0, 0},
	        },
	  julian[] = {
	          {"2013091", 0, 2013, 4, 1},
	          {"2024366", 0, 2024, 12, 31},
	          {"2023366", -1, 0, 0, 0},
	          {"2023000", -1, 0, 0, 0},
	          {"0000000", 0, 0, 0, 0},
	          {"", 0, 0, 0, 0},
	          {"20240701", -1, 0, 0, 0},
	  };
	int32_t date;

	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		cr_assert_eq(cell_date(cell_of(dates[i].text), &date), dates[i].err, "%s",
		        dates[i].text);
		cr_assert_eq(date,
		        dates[i].year ? date_from_parts(dates[i].year, dates[i].month, dates[i].day)
		                      : DATE_ABSENT);
	}
	for (size_t i = 0; i < sizeof(julian) / sizeof(julian[0]); i++) {
		cr_assert_eq(cell_julian(cell_of(julian[i].text), &date), julian[i].err, "%s",
		        julian[i].text);
		cr_assert_eq(date, julian[i].year ? date_from_parts(julian[i].year, julian[i].month,
		                                            julian[i].day)
		                                  : DATE_ABSENT);
	}
	days_of_fiscal_year(2026, &date, &(int32_t){0});
	cr_assert_eq(date, date_from_parts(2025, 10, 1));
	days_of_quarter(2024, 4, &(int32_t){0}, &date);
	cr_assert_eq(date, date_from_parts(2024, 12, 31));
	days_of_quarter(2024, 1, &(int32_t){0}, &date);
	cr_assert_eq(date, date_from_parts(2024, 3, 31));
}

Test(release, numbers)
{
	static const struct {
		const char *text;
		bool good;
		int32_t hundredths, ten_thousandths;
	} rows[] = {
	        {"1.25", true, 125, 12500},
	        {".10", true, 10, 1000},
	        {"-3", true, -300, -30000},
	        {"1,234.5", true, 123450, 12345000},
	        {"$1.005", true, 101, 10050},
	        {"0.0049", true, 0, 49},
	        {"-0.00005", true, 0, -1},
	        {"5.", true, 500, 50000},
	        {"", false, 0, 0},
	        {".", false, 0, 0},
	        {"-", false, 0, 0},
	        {"NA", false, 0, 0},
	        {"1.2.3", false, 0, 0},
	        {"1e5", false, 0, 0},
	        {"99999999999", false, 0, 0},
	};
	uint32_t number;
	int32_t decimal;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cell cell = cell_of(rows[i].text);

		cr_assert_eq(cell_hundredths(cell, &decimal), rows[i].good, "%s", rows[i].text);
		if (rows[i].good)
			cr_assert_eq(decimal, rows[i].hundredths, "%s", rows[i].text);
		cr_assert_eq(cell_ten_thousandths(cell, &decimal), rows[i].good);
		if (rows[i].good)
			cr_assert_eq(decimal, rows[i].ten_thousandths, "%s", rows[i].text);
	}
	cr_assert(cell_number(cell_of(" 4294967295 "), &number) && number == UINT32_MAX);
	cr_assert_not(cell_number(cell_of("4294967296"), &number));
	cr_assert_not(cell_number(cell_of("99999999999999999999999"), &number));
	cr_assert_not(cell_number(cell_of("-1"), &number));
	cr_assert_not(cell_number(cell_of(""), &number));
}

Test(release, cells)
{
	static const char *const names[] = {"code", "End Date", "absent"};
	struct cell header[] = {cell_of("End date"), cell_of(" CODE "), cell_of("code")};
	struct cell line = cell_of("00001 A00     1 Cholera");
	int places[3];

	cr_assert(cell_is(cell_cut(line, 6, 7), "a00"));
	cr_assert(cell_is(cell_cut(line, 16, 100), "Cholera"));
	cr_assert_eq(cell_cut(line, 100, 5).size, 0);
	cr_assert(cell_begins(line, "00001 a"));
	cr_assert_not(cell_begins(cell_of("ab"), "abc"));
	cr_assert_eq(cells_place(header, 3, names, places, 3), 2);
	cr_assert_eq(places[0], 1);
	cr_assert_eq(places[1], 0);
	cr_assert_eq(places[2], -1);
}
