/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tail of earlier months: which lines it keeps, and that its manifest says
 * again what was written, or is refused.
 */
#include "format/cells.h"
#include "format/layout.h"
#include "tail.h"
#include "tail_keep.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int32_t day(const char *text)
{
	int32_t date = DATE_ABSENT;

	cr_assert_eq(date_parse(text, strlen(text), &date), 0, "%s", text);
	return date;
}

static uint64_t code(const char *text)
{
	uint64_t word = 0;

	memcpy(&word, text, strlen(text));
	return word;
}

/* ---- Days ---- */

Test(tail, days)
{
	static const struct {
		const char *edge;
		uint32_t window;
		const char *from, *met_from;
	} cases[] = {
	        {"2024-12-31", 457, "2023-10-01", "2020-12-31"}, /* 2024 is a leap year */
	        {"2024-12-31", 30, "2024-12-01",
	                "2021-11-30"}, /* nothing comes later than 30 days */
	        {"2024-02-29", 1, "2024-02-28", "2021-02-27"},
	        {"2024-12-31", 3650, "2015-01-03", "2015-01-03"}, /* the window reaches further */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tail_days days = tail_days_of(day(cases[i].edge), cases[i].window);

		cr_expect_eq(days.from, day(cases[i].from), "%zu: from", i);
		cr_expect_eq(days.met_from, day(cases[i].met_from), "%zu: met", i);
	}
	cr_expect_eq(tail_days_of(DATE_ABSENT, 457).from, DATE_ABSENT);
	cr_expect_eq(tail_days_of(DATE_ABSENT, 457).met_from, DATE_ABSENT);
}

/* ---- Lines ---- */

/* A batch whose layout has these fields. */
struct lines {
	struct layout layout;
	struct batch *batch;
};

static void begin(struct lines *lines, const enum field *fields)
{
	lines->batch = aligned_alloc(64, (sizeof(*lines->batch) + 63) / 64 * 64);
	cr_assert(lines->batch);
	memset(&lines->layout, 0, sizeof(lines->layout));
	for (; *fields != FIELD_COUNT; fields++)
		field_set_add(&lines->layout.bound, *fields);
	batch_clear(lines->batch);
	lines->batch->layout = &lines->layout;
	lines->batch->count = 1;
}

/* The window begins on 2024-01-01, meetings on 2021-01-01. */
static bool stays(const struct lines *lines)
{
	struct tail_days days = {day("2024-01-01"), day("2021-01-01")};
	bool keep[BATCH_LINES];

	tail_keep(&days, lines->batch, keep);
	return keep[0];
}

Test(tail, dates)
{
	static const enum field fields[] = {FIELD_CLAIM_TYPE, FIELD_COUNT};
	struct lines lines;
	struct batch *batch;

	begin(&lines, fields);
	batch = lines.batch;
	cr_expect(!stays(&lines), "no date of any kind");
	batch->paid_date[0] = day("2024-02-01");
	cr_expect(stays(&lines), "as old as its payment, if it says no more");
	batch->claim_start[0] = day("2023-12-31");
	cr_expect(!stays(&lines), "a day before the window");
	batch->line_start[0] = day("2024-01-01");
	cr_expect(stays(&lines), "the line's own date is its date");
	batch->line_start[0] = day("2023-12-01");
	cr_expect(!stays(&lines));
	batch->line_end[0] = day("2024-01-01");
	cr_expect(stays(&lines), "it ends in the window");
	batch->line_end[0] = DATE_ABSENT;
	batch->claim_end[0] = day("2024-01-02");
	cr_expect(stays(&lines), "its claim ends in the window");
	cr_expect_eq(tail_service_date(batch, 0), day("2023-12-01"));
	batch->line_start[0] = DATE_ABSENT;
	batch->claim_start[0] = DATE_ABSENT;
	batch->admission[0] = day("2023-11-11");
	cr_expect_eq(tail_service_date(batch, 0), day("2023-11-11"));
	free(batch);
}

Test(tail, meetings)
{
	static const enum field fields[] = {FIELD_CLAIM_TYPE, FIELD_COUNT};
	static const struct {
		const char *code, *modifier, *place;
		bool is;
	} cases[] = {
	        {"99213", "", "11", true},
	        {"99213", "26", "11", false}, /* a reading */
	        {"99213", "TC", "11", false},
	        {"99213", "AS", "11", false},
	        {"99213", "25", "81", false}, /* a laboratory */
	        {"99213", "25", "11", true},
	        {"27447", "", "21", true},
	        {"00142", "", "21", false}, /* anesthesia */
	        {"71046", "", "11", false}, /* an image */
	        {"77427", "", "22", true},  /* treatment by rays */
	        {"80053", "", "11", false}, /* laboratory */
	        {"90837", "", "11", true},
	        {"G0438", "", "11", true},
	        {"0191T", "", "24", true},
	        {"J1100", "", "11", false}, /* a drug */
	        {"E0601", "", "12", false},
	        {"", "", "11", false},
	};
	struct lines lines;
	struct batch *batch;

	begin(&lines, fields);
	batch = lines.batch;
	batch->claim_start[0] = day("2021-01-01");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		batch->claim_type[0] = CLAIM_PROFESSIONAL;
		batch->hcpcs[0] = code(cases[i].code);
		batch->modifiers[3][0] = TWO_CHARS(
		        cases[i].modifier[0], cases[i].modifier[0] ? cases[i].modifier[1] : 0);
		batch->place[0] = TWO_CHARS(cases[i].place[0], cases[i].place[1]);
		cr_expect_eq(stays(&lines), cases[i].is, "%s-%s in %s", cases[i].code,
		        cases[i].modifier, cases[i].place);
		batch->claim_type[0] = CLAIM_INSTITUTIONAL;
		cr_expect(!stays(&lines), "%s of a facility", cases[i].code);
	}
	batch->claim_type[0] = CLAIM_PROFESSIONAL;
	batch->hcpcs[0] = code("99213");
	batch->claim_start[0] = day("2020-12-31");
	cr_expect(!stays(&lines), "too long ago");
	free(batch);
}

/* RIF tells the claim type, and the bill type in two parts, by columns of its own. */
Test(tail, meetings_and_stays_of_rif)
{
	static const enum field fields[] = {
	        FIELD_RIF_TYPE, FIELD_BILL_FACILITY, FIELD_BILL_CLASS, FIELD_COUNT};
	struct lines lines;
	struct batch *batch;

	begin(&lines, fields);
	batch = lines.batch;
	batch->claim_start[0] = day("2022-05-05");
	batch->hcpcs[0] = code("99213");
	batch->rif_type[0] = 71;
	cr_expect(stays(&lines), "a carrier claim");
	batch->rif_type[0] = 60;
	cr_expect(!stays(&lines), "an inpatient claim");
	batch->discharge_status[0] = TWO_CHARS('3', '0');
	batch->bill_part[0][0] = '1';
	batch->bill_part[1][0] = '1';
	cr_expect(stays(&lines), "... whose patient is still in");
	free(batch);
}

Test(tail, open_stays)
{
	static const enum field fields[] = {FIELD_CLAIM_TYPE, FIELD_BILL_TYPE, FIELD_COUNT};
	static const struct {
		const char *bill;
		const char *status;
		bool is;
	} cases[] = {
	        {"112", "30", true}, {"213", "30", true}, {"182", "30", true}, {"412", "30", true},
	        {"111", "01", false}, {"131", "30", false}, /* outpatient: nobody stays */
	        {"322", "30", false},                       /* at home */
	};
	struct lines lines;
	struct batch *batch;

	begin(&lines, fields);
	batch = lines.batch;
	batch->claim_type[0] = CLAIM_INSTITUTIONAL;
	batch->claim_start[0] = day("1999-09-09");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *bill = cases[i].bill;

		batch->bill_type[0] = (uint32_t)code(bill);
		batch->discharge_status[0] = TWO_CHARS(cases[i].status[0], cases[i].status[1]);
		cr_expect_eq(stays(&lines), cases[i].is, "%s, status %s", bill, cases[i].status);
	}
	free(batch);
}

/* ---- The manifest ---- */

static char folder[] = "/tmp/claimscan-tail-XXXXXX";

static int make_folder(void)
{
	int directory;

	cr_assert(mkdtemp(folder));
	directory = open(folder, O_RDONLY | O_DIRECTORY);
	cr_assert(directory >= 0);
	return directory;
}

static void remove_folder(int directory)
{
	unlinkat(directory, TAIL_MANIFEST_NAME, 0);
	close(directory);
	cr_expect_eq(rmdir(folder), 0, "nothing else is left in it");
}

static void fill(struct tail_manifest *manifest, struct diag *diag)
{
	const struct tail_file files[2] = {
	        {(char *)(uintptr_t) "months/\"two\".csv", 77, {5, 6}, 20000, {8, 3}},
	        {(char *)(uintptr_t) "one.csv", 99, {5, 1}, DATE_ABSENT, {0, 0}}};

	*manifest = (struct tail_manifest){
	        .packs = {{{123456789012, 987654321, 0x0123456789abcdef}, 20000},
	                {{9, 1, 7}, DATE_ABSENT}},
	        .pack_count = 2,
	        .days = 457,
	        .edge = day("2024-12-31"),
	        .whole_from = day("2023-10-01"),
	        .met_from = DATE_ABSENT,
	        .first_service = day("1969-07-20"),
	        .last_service = day("2205-01-01"),
	        .last_came = {DATE_ABSENT, day("2025-01-31"), DATE_ABSENT, DATE_ABSENT}};
	for (unsigned i = 0; i < 2; i++)
		cr_assert_eq(tail_manifest_add(manifest, &files[i], diag), 0);
}

Test(tail, manifest_again)
{
	struct tail_manifest made, read;
	struct tail_file input = {.bytes = 77, .hash = {5, 6}};
	struct diag diag;
	int directory = make_folder();

	diag_init(&diag);
	cr_expect_eq(tail_manifest_read(&read, directory, folder, &diag), 0, "there is none");
	fill(&made, &diag);
	cr_assert_eq(tail_manifest_write(&made, directory, folder, &diag), 0, "%s", diag.text);
	cr_assert_eq(tail_manifest_read(&read, directory, folder, &diag), 1, "%s", diag.text);
	cr_assert_eq(read.pack_count, 2);
	for (unsigned i = 0; i < 2; i++) {
		cr_expect_eq(memcmp(&read.packs[i].facts, &made.packs[i].facts,
		                     sizeof(read.packs[i].facts)),
		        0, "pack %u", i);
		cr_expect_eq(read.packs[i].edge, made.packs[i].edge);
	}
	cr_expect_eq(tail_manifest_lines(&read), 987654322);
	cr_expect_eq(tail_manifest_bytes(&read), 123456789021);
	cr_expect_eq(read.days, 457);
	cr_expect_eq(read.edge, made.edge);
	cr_expect_eq(read.whole_from, made.whole_from);
	cr_expect_eq(read.met_from, DATE_ABSENT);
	cr_expect_eq(read.first_service, made.first_service);
	cr_expect_eq(read.last_service, made.last_service);
	cr_expect_eq(memcmp(read.last_came, made.last_came, sizeof(read.last_came)), 0);
	cr_assert_eq(read.file_count, 2);
	cr_expect_str_eq(read.files[0].path, "one.csv", "by hash");
	cr_expect_eq(read.files[0].edge, DATE_ABSENT);
	cr_expect_str_eq(read.files[1].path, "months/\"two\".csv");
	cr_expect_eq(read.files[1].edge, 20000);
	cr_expect_eq(tail_manifest_find(&read, &input), &read.files[1]);
	input.bytes = 78;
	cr_expect_null(tail_manifest_find(&read, &input));
	cr_expect_eq(tail_manifest_find_run(&read, (uint64_t[]){8, 3}), &read.files[1]);
	cr_expect_null(tail_manifest_find_run(&read, (uint64_t[]){8, 2}), "fewer lines");
	cr_expect_null(tail_manifest_find_run(&read, (uint64_t[]){0, 0}), "no lines are no run");
	tail_manifest_reset(&read);
	tail_manifest_reset(&made);
	remove_folder(directory);
}

static void write_text(int directory, const char *text, size_t size)
{
	int fd = openat(directory, TAIL_MANIFEST_NAME, O_WRONLY | O_CREAT, 0600);

	/* Emptied first, ext4 would write it out each time. */
	cr_assert(fd >= 0 && write(fd, text, size) == (ssize_t)size);
	cr_assert_eq(ftruncate(fd, (off_t)size), 0);
	close(fd);
}

static size_t read_text(int directory, char *text, size_t room)
{
	int fd = openat(directory, TAIL_MANIFEST_NAME, O_RDONLY);
	ssize_t size = read(fd, text, room);

	cr_assert(size > 0 && (size_t)size < room);
	close(fd);
	return (size_t)size;
}

/* Is a manifest of this text refused, with words of what to do? */
static bool is_refused(int directory, const char *text, size_t size)
{
	struct tail_manifest read;
	struct diag diag;

	write_text(directory, text, size);
	diag_init(&diag);
	return tail_manifest_read(&read, directory, folder, &diag) == FAIL_DATA &&
	       strstr(diag.text, "scanning the months again");
}

/* Every byte changed, every byte cut off, one added: refused each time. */
Test(tail, manifest_damaged)
{
	struct tail_manifest made, read;
	struct diag diag;
	char text[4096];
	size_t size;
	int directory = make_folder();

	diag_init(&diag);
	fill(&made, &diag);
	cr_assert_eq(tail_manifest_write(&made, directory, folder, &diag), 0);
	size = read_text(directory, text, sizeof(text));
	cr_assert(size > 500);
	for (size_t i = 0; i < size; i++) {
		text[i] ^= 1;
		if (!is_refused(directory, text, size))
			cr_expect_fail("byte %zu changed", i);
		text[i] ^= 1;
		if (!is_refused(directory, text, i))
			cr_expect_fail("cut at %zu", i);
	}
	text[size] = '\n';
	cr_expect(is_refused(directory, text, size + 1), "one byte more");
	write_text(directory, text, size);
	diag_init(&diag);
	cr_expect_eq(tail_manifest_read(&read, directory, folder, &diag), 1, "as it was");
	tail_manifest_reset(&read);
	tail_manifest_reset(&made);
	remove_folder(directory);
}

Test(tail, manifest_of_another_version)
{
	static const char next[] = "{\n  \"program\": \"claimscan\",\n  \"tail\": 2,\n}\n";
	struct tail_manifest read;
	struct diag diag;
	int directory = make_folder();

	diag_init(&diag);
	write_text(directory, next, strlen(next));
	cr_expect_eq(tail_manifest_read(&read, directory, folder, &diag), FAIL_DATA);
	cr_expect(strstr(diag.text, "a tail of version 2, this program reads 1"), "%s", diag.text);
	remove_folder(directory);
}
