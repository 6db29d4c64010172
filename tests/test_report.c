/* SPDX-License-Identifier: Apache-2.0 */
#include "report/run.h"

#include "claim.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char home[] = "/tmp/claimscan-report-XXXXXX";

static void enter_home(void)
{
	cr_assert_not_null(mkdtemp(home));
	cr_assert_eq(chdir(home), 0);
}

static void leave_home(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", home);
	cr_assert_eq(chdir("/"), 0);
	cr_assert_eq(system(command), 0);
}

static void put_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	cr_assert_not_null(file);
	fputs(text, file);
	fclose(file);
}

/* The text of a file, in a buffer that the next call overwrites; "-" if it is not there. */
static const char *file_text(const char *path)
{
	static char text[1 << 16];
	FILE *file = fopen(path, "r");

	if (!file)
		return "-";
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	return text;
}

static int count_entries(const char *path)
{
	DIR *stream = opendir(path);
	int count = 0;

	cr_assert_not_null(stream);
	while (readdir(stream))
		count++;
	closedir(stream);
	return count - 2;
}

/* ---- Cells. ---- */

static struct out *memory(void)
{
	struct diag diag;
	struct out *out = NULL;

	diag_init(&diag);
	cr_assert_eq(out_create_memory(&out, &diag), 0);
	return out;
}

/* End the row at hand, compare it, and begin anew. */
#define CHECK_ROW(out, expected) \
	do { \
		struct out *checked = (out); \
		size_t got_size; \
		out_end_row(checked); \
		const char *got = out_memory_text(checked, &got_size); \
		cr_assert(got_size == sizeof(expected) - 1 && \
		                  !memcmp(got, expected, sizeof(expected) - 1), \
		        "got %.*s want %s", (int)got_size, got, expected); \
		out_destroy(checked); \
		checked = NULL; \
	} while (0)

Test(cells, numbers)
{
	struct out *out = memory();

	out_unsigned(out, 0);
	out_unsigned(out, 9);
	out_unsigned(out, 10);
	out_unsigned(out, 12345);
	out_unsigned(out, UINT64_MAX);
	out_signed(out, -1);
	out_signed(out, INT64_MIN);
	out_signed(out, INT64_MAX);
	CHECK_ROW(out, "0,9,10,12345,18446744073709551615,-1,-9223372036854775808,"
	               "9223372036854775807\n");
}

Test(cells, money)
{
	struct out *out = memory();

	out_money(out, 0);
	out_money(out, 5);
	out_money(out, -5);
	out_money(out, -100);
	out_money(out, 123456);
	out_money(out, AMOUNT_ABSENT);
	out_money(out, INT64_MIN + 1);
	out_money(out, INT64_MAX);
	CHECK_ROW(out, "0.00,0.05,-0.05,-1.00,1234.56,,-92233720368547758.07,"
	               "92233720368547758.07\n");
}

Test(cells, units)
{
	struct out *out = memory();

	out_units(out, 0);
	out_units(out, UNITS_ONE);
	out_units(out, 10 * UNITS_ONE);
	out_units(out, 15000);
	out_units(out, 1);
	out_units(out, -12500);
	out_units(out, -10);
	out_units(out, AMOUNT_ABSENT);
	out_units(out, INT64_MAX);
	CHECK_ROW(out, "0,1,10,1.5,0.0001,-1.25,-0.001,,922337203685477.5807\n");
}

Test(cells, ratios)
{
	struct out *out = memory();

	out_ratio(out, 1, 8);
	out_ratio(out, 2, 3);
	out_ratio(out, 1, 3);
	out_ratio(out, 0, 7);
	out_ratio(out, 7, 7);
	out_ratio(out, 5, 0);
	out_ratio(out, 1, 2000000);       /* 0.0000005: half, away from zero */
	out_ratio(out, 1999999, 2000000); /* 0.9999995 */
	out_ratio(out, UINT64_MAX - 1, UINT64_MAX);
	out_ratio(out, UINT64_MAX, 1);
	out_ratio(out, 9, 4);
	CHECK_ROW(out, "0.125000,0.666667,0.333333,0.000000,1.000000,,0.000001,1.000000,1.000000,"
	               "18446744073709551615.000000,2.250000\n");
}

Test(cells, squares)
{
	struct out *out = memory();
	const unsigned __int128 wide = (unsigned __int128)INT64_MAX * INT64_MAX;

	out_wide_money_squared(out, 0);
	out_wide_money_squared(out, 1);
	out_wide_money_squared(out, 12345u * 12345u);
	out_wide_money_squared(out, (unsigned __int128)10000000000000000000u * 10000);
	out_wide_money_squared(out, wide);
	out_wide_money_squared(out, ~(unsigned __int128)0);
	CHECK_ROW(out, "0.0000,0.0001,15239.9025,10000000000000000000.0000,"
	               "8507059173023461584739690778423250.1249,"
	               "34028236692093846346337460743176821.1455\n");
}

Test(cells, dates)
{
	struct out *out = memory();

	out_date(out, 0);
	out_date(out, -1);
	out_date(out, DATE_ABSENT);
	out_date(out, 19782); /* a leap day */
	CHECK_ROW(out, "1970-01-01,1969-12-31,,2024-02-29\n");
}

Test(cells, texts_are_quoted_where_needed)
{
	struct out *out = memory();

	out_word(out, "plain text");
	out_word(out, "");
	out_word(out, "a,b");
	out_word(out, "say \"x\"");
	out_word(out, "two\nlines");
	out_word(out, "cr\rhere");
	out_word(out, "\xc3\xa9");
	CHECK_ROW(out,
	        "plain text,,\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",\"cr\rhere\",\xc3\xa9\n");
}

Test(cells, formulas_get_an_apostrophe)
{
	struct out *out = memory();

	out_word(out, "=1+1");
	out_word(out, "+1");
	out_word(out, "@x");
	out_word(out, "\tx");
	out_word(out, "\rx");
	out_word(out, "-x");
	out_word(out, "-");
	out_word(out, "-1.2.3");
	out_word(out, "-12");
	out_word(out, "-1.5");
	out_word(out, "1-2");
	out_word(out, "=a,\"b\"");
	CHECK_ROW(
	        out, "'=1+1,'+1,'@x,'\tx,\"'\rx\",'-x,'-,'-1.2.3,-12,-1.5,1-2,\"'=a,\"\"b\"\"\"\n");
}

Test(cells, rows_of_one_blank_and_of_none_are_a_line)
{
	struct out *out = memory();

	out_blank(out);
	out_end_row(out);
	cr_assert_eq(out_row_count(out), 1);
	out_cells(out, "a,b,", 4);
	out_unsigned(out, 1);
	out_end_row(out);
	CHECK_ROW(out, "\na,b,1\n\n");
}

Test(cells, long_texts_and_many_rows_grow)
{
	struct out *out = memory();
	size_t size = 3 << 20;
	char *text = malloc(size);

	memset(text, '"', size);
	out_text(out, text, size);
	out_end_row(out);
	size_t got_size;
	const char *got = out_memory_text(out, &got_size);

	cr_assert_eq(got_size, 2 * size + 3);
	cr_assert_eq(got[0], '"');
	cr_assert_eq(got[got_size - 2], '"');
	out_destroy(out);
	free(text);
}

/* ---- The run directory. ---- */

TestSuite(run, .init = enter_home, .fini = leave_home);

static const char manifest[] = "{\n  \"program\": \"claimscan\"\n}\n";

/* A run of two files; 0 or the failure of the first step that failed. */
static int make_run(const char *path, bool force, const char *text, struct diag *diag)
{
	struct run *run = NULL;
	struct out *out = NULL;
	int err = run_create(&run, path, force, diag);

	if (err == 0)
		err = out_create(&out, run, "manifest.json", diag);
	if (err == 0) {
		out_raw(out, manifest, strlen(manifest));
		err = out_close(out, diag);
	}
	if (err == 0)
		err = out_create(&out, run, "a.csv", diag);
	if (err == 0) {
		out_word(out, text);
		out_end_row(out);
		err = out_close(out, diag);
	}
	if (err == 0)
		err = run_commit(run, diag);
	run_destroy(run);
	return err;
}

Test(run, is_made_with_its_modes_and_nothing_else)
{
	struct diag diag;
	struct stat status;

	diag_init(&diag);
	umask(0);
	cr_assert_eq(make_run("out/", false, "x", &diag), 0, "%s", diag.text);
	cr_assert_eq(stat("out", &status), 0);
	cr_assert_eq(status.st_mode & 07777, 0700);
	cr_assert_eq(stat("out/a.csv", &status), 0);
	cr_assert_eq(status.st_mode & 07777, 0600);
	cr_assert_str_eq(file_text("out/a.csv"), "x\n");
	cr_assert_eq(count_entries("out"), 2);
	cr_assert_eq(count_entries("."), 1);
}

Test(run, that_exists_is_kept_or_replaced)
{
	struct diag diag;

	diag_init(&diag);
	cr_assert_eq(make_run("out", false, "first", &diag), 0);
	cr_assert_eq(make_run("out", false, "second", &diag), FAIL_OUTPUT);
	cr_assert_eq(diag_exit_code(FAIL_OUTPUT), 73);
	cr_assert_not_null(strstr(diag.text, "--force"));
	cr_assert_str_eq(file_text("out/a.csv"), "first\n");
	put_file("out/notes.txt", "mine");
	diag_init(&diag);
	cr_assert_eq(make_run("out", true, "third", &diag), 0, "%s", diag.text);
	cr_assert_str_eq(file_text("out/a.csv"), "third\n");
	cr_assert_eq(count_entries("out"), 2);
	cr_assert_eq(count_entries("."), 1);
}

Test(run, force_takes_an_empty_directory_and_no_foreign_one)
{
	struct diag diag;

	diag_init(&diag);
	cr_assert_eq(mkdir("empty", 0755), 0);
	cr_assert_eq(make_run("empty", true, "x", &diag), 0, "%s", diag.text);
	cr_assert_eq(mkdir("foreign", 0755), 0);
	put_file("foreign/thesis.txt", "words");
	cr_assert_eq(make_run("foreign", true, "x", &diag), FAIL_OUTPUT);
	/* A manifest.json of something else is no run. */
	put_file("foreign/manifest.json", "{\"name\": \"an extension\"}");
	cr_assert_eq(make_run("foreign", true, "x", &diag), FAIL_OUTPUT);
	/* Nor does a run hold directories. */
	put_file("foreign/manifest.json", manifest);
	cr_assert_eq(mkdir("foreign/deep", 0755), 0);
	cr_assert_eq(make_run("foreign", true, "x", &diag), FAIL_OUTPUT);
	cr_assert_str_eq(file_text("foreign/thesis.txt"), "words");
	put_file("file", "x");
	cr_assert_eq(make_run("file", true, "x", &diag), FAIL_OUTPUT);
	cr_assert_eq(symlink("empty", "link"), 0);
	cr_assert_eq(make_run("link", true, "x", &diag), FAIL_OUTPUT);
	cr_assert_eq(count_entries("."), 4);
}

Test(run, needs_a_name_and_a_parent)
{
	static const char *const paths[] = {"", ".", "..", "/", "a/..", "no/such", "out/./"};
	struct diag diag;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		diag_init(&diag);
		cr_assert_eq(make_run(paths[i], true, "x", &diag), FAIL_OUTPUT, "%s", paths[i]);
		cr_assert_neq(diag.text[0], '\0');
	}
	cr_assert_eq(count_entries("."), 0);
}

Test(run, abandoned_leaves_nothing)
{
	struct diag diag;
	struct run *run = NULL;
	struct out *out = NULL;

	diag_init(&diag);
	cr_assert_eq(run_create(&run, "out", false, &diag), 0);
	cr_assert_eq(out_create(&out, run, "a.csv", &diag), 0);
	out_word(out, "half");
	cr_assert_eq(count_entries("."), 1);
	out_destroy(out);
	run_destroy(run);
	cr_assert_eq(count_entries("."), 0);
	run_destroy(NULL);
	out_destroy(NULL);
}

Test(run, that_another_took_meanwhile_is_not_replaced)
{
	struct diag diag;
	struct run *run = NULL;

	diag_init(&diag);
	cr_assert_eq(run_create(&run, "out", false, &diag), 0);
	cr_assert_eq(mkdir("out", 0755), 0);
	cr_assert_eq(run_commit(run, &diag), FAIL_OUTPUT);
	run_destroy(run);
	cr_assert_eq(count_entries("."), 1);
	cr_assert_eq(count_entries("out"), 0);
}

Test(run, tells_a_full_disk_at_the_close)
{
	struct diag diag;
	struct run *run = NULL;
	struct out *out = NULL;
	struct rlimit limit = {.rlim_cur = 1 << 20, .rlim_max = 1 << 20};

	diag_init(&diag);
	signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	cr_assert_eq(run_create(&run, "out", false, &diag), 0);
	cr_assert_eq(out_create(&out, run, "a.csv", &diag), 0);
	for (int i = 0; i < 1000000; i++) {
		out_unsigned(out, 12345678);
		out_end_row(out);
	}
	cr_assert_eq(out_close(out, &diag), FAIL_IO);
	cr_assert_not_null(strstr(diag.text, "a.csv: cannot write"));
	run_destroy(run);
	cr_assert_eq(count_entries("."), 0);
}

/* Rows of two blocks, appended, stand in the order of the appends. */
Test(run, blocks_are_appended_in_order)
{
	struct diag diag;
	struct run *run = NULL;
	struct out *out = NULL;
	struct out *block = memory();

	diag_init(&diag);
	cr_assert_eq(run_create(&run, "out", false, &diag), 0);
	cr_assert_eq(out_create(&out, run, "a.csv", &diag), 0);
	out_word(out, "head");
	out_end_row(out);
	for (uint64_t i = 0; i < 3; i++) {
		out_unsigned(block, i);
		out_end_row(block);
		out_append(out, block);
	}
	out_word(out, "tail");
	out_end_row(out);
	cr_assert_eq(out_row_count(out), 5);
	cr_assert_eq(out_close(out, &diag), 0);
	cr_assert_eq(run_commit(run, &diag), 0);
	cr_assert_str_eq(file_text("out/a.csv"), "head\n0\n1\n2\ntail\n");
	run_destroy(run);
	out_destroy(block);
}
