/* SPDX-License-Identifier: Apache-2.0 */
#include "report/table_read.h"

#include "report/json_read.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char home[] = "/tmp/claimscan-table-XXXXXX";
static struct diag diag;
static struct run_folder folder;

static void put_file(const char *path, const char *text, size_t size)
{
	FILE *file = fopen(path, "w");

	cr_assert_not_null(file);
	cr_assert_eq(fwrite(text, 1, size, file), size);
	fclose(file);
}

static void enter(void)
{
	static const char mark[] = "{\"program\": \"claimscan\"}\n";

	cr_assert_not_null(mkdtemp(home));
	cr_assert_eq(chdir(home), 0);
	put_file("manifest.json", mark, strlen(mark));
	diag_init(&diag);
	cr_assert_eq(run_folder_open(&folder, ".", &diag), 0, "%s", diag.text);
}

static void leave(void)
{
	char command[64];

	run_folder_close(&folder);
	snprintf(command, sizeof(command), "rm -rf %s", home);
	cr_assert_eq(chdir("/"), 0);
	cr_assert_eq(system(command), 0);
}

TestSuite(table_read, .init = enter, .fini = leave);

static struct table_read *open_text(const char *text)
{
	struct table_read *table = NULL;

	diag_init(&diag);
	put_file("t.csv", text, strlen(text));
	cr_assert_eq(table_read_create(&table, &folder, "t.csv", &diag), 0, "%s", diag.text);
	return table;
}

static void expect_text(struct text got, const char *expected)
{
	cr_expect_eq(got.size, strlen(expected), "%.*s: %s", (int)got.size, got.at, expected);
	cr_expect(got.size == strlen(expected) && memcmp(got.at, expected, got.size) == 0,
	        "%.*s: %s", (int)got.size, got.at, expected);
}

Test(table_read, rows_of_what_the_writer_quotes)
{
	struct table_read *table = open_text("a,b,c\n"
	                                     "1,,\"x, \"\"y\"\"\"\n"
	                                     "\"\"\"\"\"\",\"two\nlines\",z\n"
	                                     ",,\n");
	unsigned columns[2];
	static const char *const names[] = {"c", "b", NULL};

	cr_assert_eq(table_read_width(table), 3);
	expect_text(table_read_name(table, 2), "c");
	cr_assert_eq(table_read_columns(table, names, columns, &diag), 0);
	cr_assert_eq(columns[0], 2);
	cr_assert_eq(columns[1], 1);
	cr_assert_eq(table_read_next(table, &diag), 1);
	expect_text(table_read_text(table, 0), "1");
	expect_text(table_read_text(table, 1), "");
	expect_text(table_read_text(table, 2), "x, \"y\"");
	cr_assert_eq(table_read_next(table, &diag), 1);
	expect_text(table_read_text(table, 0), "\"\"");
	expect_text(table_read_text(table, 1), "two\nlines");
	expect_text(table_read_text(table, 2), "z");
	cr_assert_eq(table_read_next(table, &diag), 1);
	expect_text(table_read_text(table, 2), "");
	/* The line feed in quotes counts as a line of the file. */
	table_read_fail(table, 2, "no good", &diag);
	cr_expect_str_eq(diag.text, "./t.csv:5: column c: no good");
	cr_assert_eq(table_read_next(table, &diag), 0);
	cr_assert_eq(table_read_next(table, &diag), 0);
	cr_assert_eq(table_read_rows(table), 3);
	table_read_destroy(table);
}

/* What the run writes and what is read back, for texts that look like formulas. */
Test(table_read, the_guard_is_taken_off_without_doubt)
{
	static const char *const texts[] = {"=1+1", "'=1+1", "''=1+1", "'", "''", "'abc", "-5",
	        "-5.", "-5.5.5", "-", "'-5", "'-", "+1", "@x", "\tx", "\rx", "'\t", "a=1", "=,\"\n",
	        "", "0", "99213", "\"=1"};
	struct out *out = NULL;
	struct table_read *table;
	char path[64];
	struct run *run = NULL;

	cr_assert_eq(run_create(&run, "made", false, &diag), 0);
	cr_assert_eq(out_create(&out, run, "texts.csv", &diag), 0);
	out_raw(out, "text,end\n", 9);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		out_word(out, texts[i]);
		out_blank(out);
		out_end_row(out);
	}
	cr_assert_eq(out_close(out, &diag), 0);
	struct run_folder made = run_folder_of(run);

	snprintf(path, sizeof(path), "%s", made.path);
	cr_expect_str_eq(path, "made");
	cr_assert(run_folder_has(&made, "texts.csv"));
	cr_assert_not(run_folder_has(&made, "other.csv"));
	cr_assert_eq(table_read_create(&table, &made, "texts.csv", &diag), 0, "%s", diag.text);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		cr_assert_eq(table_read_next(table, &diag), 1, "%s", diag.text);
		expect_text(table_read_text(table, 0), texts[i]);
		cr_expect_null(
		        memchr("=+@\t\r", table_read_cell(table, 0).at[0], 5 * (texts[i][0] != 0)),
		        "%s is guarded", texts[i]);
	}
	cr_assert_eq(table_read_next(table, &diag), 0);
	table_read_destroy(table);
	run_destroy(run);
}

Test(table_read, numbers)
{
	static const struct {
		const char *cell;
		int integer, cents, units, real; /* is it one? */
		int64_t as_integer, as_cents, as_units;
		double as_real;
	} cases[] = {
	        {"0", 1, 1, 1, 1, 0, 0, 0, 0},
	        {"12", 1, 1, 1, 1, 12, 1200, 120000, 12},
	        {"-12.34", 0, 1, 1, 1, 0, -1234, -123400, -12.34},
	        {"0.5", 0, 1, 1, 1, 0, 50, 5000, 0.5},
	        {"1.2345", 0, 0, 1, 1, 0, 0, 12345, 1.2345},
	        {"1.23456", 0, 0, 0, 1, 0, 0, 0, 1.23456},
	        {"1.500000e-03", 0, 0, 0, 1, 0, 0, 0, 0.0015},
	        {"", 1, 1, 1, 1, TABLE_BLANK, TABLE_BLANK, TABLE_BLANK, NAN},
	        {"9223372036854775807", 1, 0, 0, 1, INT64_MAX, 0, 0, 9223372036854775807.0},
	        {"9223372036854775808", 0, 0, 0, 1, 0, 0, 0, 9223372036854775808.0},
	        {"92233720368547758.07", 0, 1, 0, 1, 0, INT64_MAX, 0, 92233720368547758.07},
	        {"x", 0, 0, 0, 0, 0, 0, 0, 0},
	        {"1x", 0, 0, 0, 0, 0, 0, 0, 0},
	        {"-", 0, 0, 0, 0, 0, 0, 0, 0},
	        {".", 0, 0, 0, 0, 0, 0, 0, 0},
	        {"1e999", 0, 0, 0, 0, 0, 0, 0, 0},
	        {"nan", 0, 0, 0, 0, 0, 0, 0, 0},
	        {"0x10", 0, 0, 0, 0, 0, 0, 0, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[64];
		int64_t value;
		double real;

		snprintf(text, sizeof(text), "n,x\n%s,\n", cases[i].cell);
		struct table_read *table = open_text(text);

		cr_assert_eq(table_read_next(table, &diag), 1);
		cr_expect_eq(table_read_integer(table, 0, &value, &diag),
		        cases[i].integer ? 0 : FAIL_DATA, "%s", cases[i].cell);
		cr_expect(!cases[i].integer || value == cases[i].as_integer, "%s", cases[i].cell);
		cr_expect_eq(table_read_cents(table, 0, &value, &diag),
		        cases[i].cents ? 0 : FAIL_DATA, "%s", cases[i].cell);
		cr_expect(!cases[i].cents || value == cases[i].as_cents, "%s", cases[i].cell);
		cr_expect_eq(table_read_units(table, 0, &value, &diag),
		        cases[i].units ? 0 : FAIL_DATA, "%s", cases[i].cell);
		cr_expect(!cases[i].units || value == cases[i].as_units, "%s", cases[i].cell);
		cr_expect_eq(table_read_double(table, 0, &real, &diag),
		        cases[i].real ? 0 : FAIL_DATA, "%s", cases[i].cell);
		if (cases[i].cell[0] == '\0')
			cr_expect(isnan(real));
		else
			cr_expect(!cases[i].real || real == cases[i].as_real, "%s", cases[i].cell);
		table_read_destroy(table);
	}
}

/* Rows around the size of what is read at a time, and one far beyond it. */
Test(table_read, rows_across_reads)
{
	enum { ROWS = 3000 };
	FILE *file = fopen("t.csv", "w");
	struct table_read *table = NULL;
	uint64_t sum = 0;

	cr_assert_not_null(file);
	fputs("n,text\n", file);
	for (int i = 0; i < ROWS; i++) {
		fprintf(file, "%d,\"", i);
		for (int k = 0; k < (i == 1234 ? 1 << 20 : i % 400); k++)
			fputs(k % 7 ? "a" : "\"\"", file);
		fputs("\"\n", file);
	}
	fclose(file);
	cr_assert_eq(table_read_create(&table, &folder, "t.csv", &diag), 0);
	for (int i = 0; i < ROWS; i++) {
		int64_t number;

		cr_assert_eq(table_read_next(table, &diag), 1, "%d: %s", i, diag.text);
		cr_assert_eq(table_read_integer(table, 0, &number, &diag), 0);
		cr_assert_eq(number, i);
		struct text text = table_read_text(table, 1);

		cr_assert_eq(text.size, i == 1234 ? 1 << 20 : i % 400);
		for (uint32_t k = 0; k < text.size; k++)
			sum += text.at[k] == (k % 7 ? 'a' : '"');
	}
	cr_assert_eq(table_read_next(table, &diag), 0);
	cr_assert_eq(sum, 1048576 + 578500 - 34); /* row 1234 would have had 34 */
	table_read_destroy(table);
}

Test(table_read, damage_is_told_with_file_and_line)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
	        {"a,b\n1,2\n1\n", "./t.csv:3: not as many cells as the header has"},
	        {"a,b\n1,2,3\n", "./t.csv:2: not as many cells as the header has"},
	        {"a,b\n1,2\n1,", "./t.csv:3: the file ends in the middle of it"},
	        {"a,b\n1,\"2", "./t.csv:2: the file ends in the middle of it"},
	        {"a,b\n1,\"2\"", "./t.csv:2: the file ends in the middle of it"},
	        {"a,b\n1,\"2\"3\n", "./t.csv:2: a quote where none can be"},
	        {"a,b\n1,2\"3\n", "./t.csv:2: a quote where none can be"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct table_read *table = open_text(cases[i].text);
		int got;

		while ((got = table_read_next(table, &diag)) == 1)
			;
		cr_expect_eq(got, FAIL_DATA);
		cr_expect_str_eq(diag.text, cases[i].words);
		table_read_destroy(table);
	}
}

static int create_fails(const char *name)
{
	struct table_read *table = NULL;

	diag_init(&diag);
	int err = table_read_create(&table, &folder, name, &diag);

	cr_expect_null(table);
	return err;
}

Test(table_read, what_cannot_be_opened)
{
	static const char wide[] =
	        ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,\n";
	struct run_folder other;
	struct table_read *table;

	cr_expect_eq(create_fails("none.csv"), FAIL_INPUT);
	cr_expect_not_null(strstr(diag.text, "./none.csv: "));
	cr_expect_eq(create_fails("."), FAIL_DATA);
	put_file("empty.csv", "", 0);
	cr_expect_eq(create_fails("empty.csv"), FAIL_DATA);
	cr_expect_str_eq(diag.text, "./empty.csv:1: no header: the file is empty");
	put_file("wide.csv", wide, sizeof(wide) - 1);
	cr_expect_eq(create_fails("wide.csv"), FAIL_DATA);
	table = open_text("a,b\n");
	cr_expect_eq(table_read_column(table, "c", &diag), FAIL_DATA);
	cr_expect_str_eq(diag.text, "./t.csv:1: no column c");
	cr_expect_eq(table_read_next(table, &diag), 0);
	table_read_destroy(table);
	diag_init(&diag);
	cr_expect_eq(run_folder_open(&other, "nowhere", &diag), FAIL_INPUT);
	diag_init(&diag);
	cr_expect_eq(run_folder_open(&other, "/", &diag), FAIL_DATA);
	cr_expect_str_eq(diag.text, "/: not a run directory: it has no manifest.json of claimscan");
}

static struct json_tree *open_json(const char *text)
{
	struct json_tree *tree = NULL;

	put_file("t.json", text, strlen(text));
	cr_assert_eq(json_read_create(&tree, &folder, "t.json", &diag), 0, "%s", diag.text);
	return tree;
}

Test(table_read, json_as_a_tree)
{
	struct json_tree *tree = open_json("{\n  \"b\": {\"x\": \"1\\u00e9\\n\", \"y\": 2, \"z\": "
	                                   "null},\n  \"a\": [true, {\"k\": 1.50}, \"t/u\"]\n}\n");
	const struct json_value *root = json_read_root(tree);
	const struct json_value *a = json_read_member(root, "a"), *b = json_read_member(root, "b");

	cr_expect_eq(json_read_count(root), 2);
	cr_expect_str_eq(json_read_name(root, 0), "b");
	cr_expect_str_eq(json_read_name(root, 1), "a");
	cr_expect_eq(json_read_at(root, 1), a);
	cr_expect_eq(json_read_count(b), 3);
	cr_expect_str_eq(json_read_text(json_read_member(b, "x")), "1\xc3\xa9\n");
	cr_expect_str_eq(json_read_text(json_read_at(b, 1)), "2");
	cr_expect_str_eq(json_read_text(json_read_member(b, "z")), "");
	cr_expect_null(json_read_member(b, "none"));
	cr_expect_null(json_read_member(json_read_member(b, "none"), "k"));
	cr_expect_eq(json_read_count(NULL), 0);
	cr_expect_str_eq(json_read_text(NULL), "");
	cr_expect_eq(json_read_count(a), 3);
	cr_expect_str_eq(json_read_text(json_read_at(a, 0)), "true");
	cr_expect_str_eq(json_read_text(json_read_member(json_read_at(a, 1), "k")), "1.50");
	cr_expect_str_eq(json_read_text(json_read_at(a, 2)), "t/u");
	json_read_destroy(tree);
}

Test(table_read, json_that_is_none)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
	        {"", "./t.json:0: no JSON"},
	        {"{\"a\": 1", "./t.json:7: no JSON"},
	        {"{\"a\": x}", "./t.json:6: no JSON"},
	        {"{\"a\": 1} {", "./t.json:9: no JSON"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json_tree *tree = NULL;

		diag_init(&diag);
		put_file("t.json", cases[i].text, strlen(cases[i].text));
		cr_expect_eq(json_read_create(&tree, &folder, "t.json", &diag), FAIL_DATA);
		cr_expect_str_eq(diag.text, cases[i].words);
		cr_expect_null(tree);
	}
	struct json_tree *tree = NULL;

	diag_init(&diag);
	cr_expect_eq(json_read_create(&tree, &folder, "none.json", &diag), FAIL_INPUT);
}
