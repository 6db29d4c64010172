/* SPDX-License-Identifier: Apache-2.0 */
#include "report/number.h"
#include "report/run.h"

#include "claim.h"
#include "format/cells.h"
#include "report/json.h"
#include "report/manifest.h"
#include "report/quality.h"
#include "report/summary.h"
#include "report/tables.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <math.h>
#include <stdatomic.h>
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

/* The same however long; the caller frees it. */
static char *whole_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	cr_assert_not_null(file);
	ssize_t got = getdelim(&text, &size, '\0', file);

	cr_assert_gt(got, 0);
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

/* The same text as printf's, and most of all where a rounding could differ. */
static void check_figure(double value)
{
	char want[64], got[NUMBER_TEXT_MAX + 1];

	snprintf(want, sizeof(want), "%.6f", value);
	*number_fixed(got, value) = '\0';
	cr_assert_str_eq(got, want, "%a", value);
	snprintf(want, sizeof(want), "%.6e", value);
	*number_scientific(got, value) = '\0';
	cr_assert_str_eq(got, want, "%a", value);
}

Test(cells, figures_are_as_printf_has_them)
{
	static const double values[] = {0, -0.0, 1, -1, 0.5, 5e-7, 1.5e-6, 2.5e-6, 0.0000005,
	        0.1234565, 0.9999995, 9.9999995, 99.9999995, 999999.5, 1e6, 4194303.9999995,
	        4194304, 1e15, -3.5, -4e-7, 1e-20, 9.9999999e-21, 1e-300, 5e-324, 0x1p-20, 0x1p-40,
	        1.0000005, 1.0000015, 123456.5, 1234565, 0.05, 0.01};
	uint64_t state = 1;

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		check_figure(values[i]);
	for (int i = 0; i < 200000; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		double unit = (double)(state >> 11) * 0x1p-53;

		check_figure(unit);
		check_figure((double)(state >> 40) * 0x1p-7);        /* ends in many halves */
		check_figure((double)(state >> 44) / 2e6 + 0x1p-40); /* just above a half */
		check_figure(ldexp(unit, -(int)(state >> 20 & 63)));
	}
}

/* Where a power of ten, or the half of a last place, is near: by one bit either way. */
Test(cells, figures_on_the_edge_of_another_are_as_printf_has_them)
{
	uint64_t state = 7;

	for (int power = -24; power < 8; power++) {
		double ten = pow(10, power);

		for (int i = 0; i < 2000; i++) {
			state = state * 6364136223846793005u + 1442695040888963407u;
			double half = ((double)(1000000 + (state >> 33) % 9000000) + 0.5) * ten;

			check_figure(half);
			check_figure(nextafter(half, 0));
			check_figure(nextafter(half, HUGE_VAL));
			check_figure(-half);
		}
		check_figure(ten);
		check_figure(nextafter(ten, 0));
		check_figure(nextafter(ten, HUGE_VAL));
		check_figure(9.9999995 * ten);
	}
}

/* The quotient in 128 bits, whatever is reckoned in 64. */
Test(cells, ratios_of_any_size_are_exact)
{
	uint64_t state = 3;

	for (int i = 0; i < 200000; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		uint64_t whole = (state >> (state >> 58)) | 1;
		uint64_t part = (state * 0x9e3779b97f4a7c15 ^ state >> 31) % whole;
		unsigned __int128 twice = (unsigned __int128)part * 2000000 + whole;
		uint64_t millionths = (uint64_t)(twice / ((unsigned __int128)whole * 2));
		char want[64], got[NUMBER_TEXT_MAX + 1];

		snprintf(want, sizeof(want), "%u.%06u", (unsigned)(millionths / 1000000),
		        (unsigned)(millionths % 1000000));
		*number_ratio(got, part, whole) = '\0';
		cr_assert_str_eq(got, want, "%llu of %llu", (unsigned long long)part,
		        (unsigned long long)whole);
	}
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

static const char manifest_text[] = "{\n  \"program\": \"claimscan\"\n}\n";

/* A run of two files; 0 or the failure of the first step that failed. */
static int make_run(const char *path, bool force, const char *text, struct diag *diag)
{
	struct run *run = NULL;
	struct out *out = NULL;
	int err = run_create(&run, path, force, diag);

	if (err == 0)
		err = out_create(&out, run, "manifest.json", diag);
	if (err == 0) {
		out_raw(out, manifest_text, strlen(manifest_text));
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
	put_file("foreign/manifest.json", manifest_text);
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

/* ---- Tables. ---- */

static struct profile *profile;
static struct batch batch;

struct made_line {
	const char *npi;
	enum id_kind kind;
	const char *code, *modifier, *place;
	int32_t date;
	int64_t units, charge, paid; /* AMOUNT_ABSENT: absent */
};

static uint64_t word_of(const char *text)
{
	uint64_t word = 0;

	for (size_t i = 0; text[i]; i++)
		word |= (uint64_t)(uint8_t)text[i] << 8 * i;
	return word;
}

static void put_line(uint32_t line, const struct made_line *made)
{
	uint64_t value = made->kind == ID_NPI ? strtoull(made->npi, NULL, 10) : 7;

	batch.provider[line] = profile_number(profile,
	        (uint64_t)made->kind << ID_KIND_SHIFT | value, made->npi, strlen(made->npi));
	batch.provider_id[line] = (uint64_t)made->kind << ID_KIND_SHIFT | value;
	batch.line_flags[line] = LINE_DUE;
	batch.hcpcs[line] = word_of(made->code);
	batch.modifiers[0][line] = (uint16_t)word_of(made->modifier);
	batch.place[line] = (uint16_t)word_of(made->place);
	batch.service_from[line] = made->date;
	batch.units[line] = made->units;
	batch.charge[line] = made->charge;
	batch.paid[line] = made->paid;
	batch.counted_charge[line] = made->charge == AMOUNT_ABSENT ? 0 : made->charge;
	batch.counted_paid[line] = made->paid == AMOUNT_ABSENT ? 0 : made->paid;
	batch.counted_present[line] = (uint8_t)((made->charge != AMOUNT_ABSENT ? COUNTED_CHARGE
	                                                                       : 0) |
	                                        (made->paid != AMOUNT_ABSENT ? COUNTED_PAID : 0));
	batch.specialty[line] = made->kind == ID_NPI ? TWO_CHARS('1', '1') : 0;
	batch.state[line] = made->kind == ID_NPI ? TWO_CHARS('N', 'Y') : 0;
	batch.entity_type[line] = made->kind == ID_NPI;
}

/* Three providers, the second with one blank line, and hits of NCC-04 on the first. */
static void make_profile(void)
{
	static const struct made_line lines[] = {
	        {"1003000001", ID_NPI, "99213", "25", "11", 19782, 15000, 12345, 10000},
	        {"1003000001", ID_NPI, "99213", "", "11", 19700, 10000, 2000, AMOUNT_ABSENT},
	        {"=cmd", ID_OTHER, "A,B", "", "", 19782, AMOUNT_ABSENT, -150, -100},
	        {"", ID_NONE, "", "", "", DATE_ABSENT, 0, AMOUNT_ABSENT, AMOUNT_ABSENT},
	};
	struct profile_options options = {
	        .keep = PROFILE_CODES | PROFILE_COUNTS | PROFILE_RULES, .workers = 1};
	struct profile_worker *worker = NULL;
	struct diag diag;

	diag_init(&diag);
	rules_init();
	cr_assert_eq(profile_create(&profile, &options, &diag), 0);
	cr_assert_eq(profile_worker_create(&worker, profile, &diag), 0);
	batch_clear(&batch);
	batch.count = 4;
	for (uint32_t i = 0; i < 4; i++)
		put_line(i, &lines[i]);
	static struct verdicts verdicts;
	int rule = rule_find("NCC-04");

	for (unsigned check = 0; check < CHECKS_MAX; check++) {
		if (check_rule(check) != rule)
			continue;
		for (uint32_t i = 0; i < 3; i++)
			verdicts.scope[i] = verdicts.evaluated[i] = (uint64_t)1 << check;
	}
	cr_assert_eq(profile_add(worker, &batch, NULL, &verdicts), 0);
	cr_assert_eq(profile_add_claims(worker, &batch.provider[0], 1), 0);
	cr_assert_eq(profile_add_claims(worker, &batch.provider[2], 1), 0);
	cr_assert_eq(profile_add_claims(worker, &batch.provider[3], 1), 0);
	cr_assert_eq(profile_add_hit(worker, batch.provider[0], (unsigned)rule, 4000), 0);
	cr_assert_eq(profile_add_flagged(worker, batch.provider[0], 1, 1, 4000), 0);
	cr_assert_eq(profile_merge(worker), 0);
	profile_worker_destroy(worker);
}

static void begin_tables(void)
{
	enter_home();
	make_profile();
}

static void end_tables(void)
{
	profile_destroy(profile);
	leave_home();
}

TestSuite(tables, .init = begin_tables, .fini = end_tables);

static void select_all(struct rule_selection *selection)
{
	struct diag diag;

	diag_init(&diag);
	cr_assert_eq(rules_select(selection, "all", &diag), 0);
}

/* Write the provider tables to "out" with evidence of one finding. */
static struct tables_rows write_tables(unsigned threads)
{
	struct findings_options findings_options = {
	        .mode = FINDINGS_SAMPLE, .workers = 1, .tmp = ".", .profile = profile};
	struct finding finding = {.rule = (uint8_t)rule_find("NCC-04"),
	        .provider = batch.provider[0],
	        .line = 1,
	        .kind = {"mai1", 4},
	        .claim_id = {"C\"1", 3}};
	struct rule_selection selection;
	struct findings *findings = NULL;
	struct tables_rows rows;
	struct run *run = NULL;
	struct diag diag;

	diag_init(&diag);
	select_all(&selection);
	cr_assert_eq(findings_create(&findings, &findings_options, &diag), 0);
	struct finding_sink sink = findings_sink(findings, 0);

	cr_assert_eq(sink.add(sink.context, &finding), 0);
	struct tables_options options = {.profile = profile,
	        .findings = findings,
	        .selection = &selection,
	        .threads = threads};

	cr_assert_eq(run_create(&run, "out", false, &diag), 0);
	cr_assert_eq(tables_write(run, &options, &rows, &diag), 0, "%s", diag.text);
	cr_assert_eq(run_commit(run, &diag), 0);
	run_destroy(run);
	findings_destroy(findings);
	return rows;
}

Test(tables, have_the_columns_and_formats_of_the_contract)
{
	struct tables_rows rows = write_tables(2);

	cr_assert_eq(rows.providers, 3);
	cr_assert_eq(rows.rules, 2);
	cr_assert_eq(rows.codes, 2);
	cr_assert_eq(rows.rule_providers[rule_find("NCC-04")], 1);
	cr_assert_eq(rows.rule_providers[rule_find("VAL-01")], 0);
	cr_assert_str_eq(file_text("out/providers.csv"),
	        "npi,id_kind,entity_type,specialty,state,peer_group,peer_n,claims,lines,"
	        "beneficiaries,units,charge,allowed,paid,findings,lines_flagged,dollars_flagged,"
	        "dollars_expected,score,rank,rank_in_class,families_flagged,rules_evaluable,"
	        "top_reasons,first_date,last_date,lead\n"
	        ",none,,,,,,1,1,,0,0.00,0.00,0.00,0,0,0.00,,,,,,0,,,,\n"
	        "1003000001,npi,1,11,NY,,,1,2,,2.5,143.45,0.00,100.00,1,1,40.00,,,,,,1,,"
	        "2023-12-09,2024-02-29,\n"
	        "'=cmd,other,,,,,,1,1,,0,-1.50,0.00,-1.00,0,0,0.00,,,,,,1,,2024-02-29,"
	        "2024-02-29,\n");
	cr_assert_str_eq(file_text("out/provider_rules.csv"),
	        "npi,id_kind,rule,measure,flag,direction,evaluated,hits,rate,value,shrunk_rate,"
	        "wilson_low,peer_n,peer_median,peer_mad,peer_p80,peer_p90,z,p,q,percentile,"
	        "dollars,sample_claims\n"
	        "1003000001,npi,NCC-04,,,none,2,1,0.500000,,,,,,,,,,,,,40.00,"
	        "\"[\"\"C\\\"\"1\"\"]\"\n"
	        "'=cmd,other,NCC-04,,,none,1,0,0.000000,,,,,,,,,,,,,0.00,\n");
	cr_assert_str_eq(file_text("out/provider_codes.csv"),
	        "npi,id_kind,code,lines,units,charge,allowed,paid\n"
	        "1003000001,npi,99213,2,2.5,143.45,0.00,100.00\n"
	        "'=cmd,other,\"A,B\",1,0,-1.50,0.00,-1.00\n");
	cr_assert_str_eq(file_text("out/provider_counts.csv"),
	        "npi,id_kind,kind,key,lines,units,charge,allowed,paid\n"
	        ",none,sumsq,allowed,0,,,0.0000,\n"
	        ",none,sumsq,charge,0,,0.0000,,\n"
	        ",none,sumsq,paid,0,,,,0.0000\n"
	        "1003000001,npi,digit,1,1,1.5,123.45,0.00,100.00\n"
	        "1003000001,npi,digit,2,1,1,20.00,0.00,0.00\n"
	        "1003000001,npi,modifier,25,1,1.5,123.45,0.00,100.00\n"
	        "1003000001,npi,month,2023-12,1,1,20.00,0.00,0.00\n"
	        "1003000001,npi,month,2024-02,1,1.5,123.45,0.00,100.00\n"
	        "1003000001,npi,pos,11,2,2.5,143.45,0.00,100.00\n"
	        "1003000001,npi,sumsq,allowed,0,,,0.0000,\n"
	        "1003000001,npi,sumsq,charge,2,,15639.9025,,\n"
	        "1003000001,npi,sumsq,paid,1,,,,10000.0000\n"
	        "'=cmd,other,digit,1,1,0,-1.50,0.00,-1.00\n"
	        "'=cmd,other,month,2024-02,1,0,-1.50,0.00,-1.00\n"
	        "'=cmd,other,sumsq,allowed,0,,,0.0000,\n"
	        "'=cmd,other,sumsq,charge,1,,2.2500,,\n"
	        "'=cmd,other,sumsq,paid,1,,,,1.0000\n");
}

/* What is done beside the tables: once each, after their files are there. */
struct beside {
	struct run *run;
	atomic_uint done[3];
	size_t fails; /* task */
	bool opened;
};

static int open_beside(void *context, struct diag *diag)
{
	struct beside *beside = context;

	(void)diag;
	beside->opened = true;
	for (size_t files = 0; files < 4; files++)
		cr_assert_not_null(run_files(beside->run)[files]);
	return 0;
}

static int run_beside(void *context, size_t at)
{
	struct beside *beside = context;

	atomic_fetch_add(&beside->done[at], 1);
	return at == beside->fails ? FAIL_IO : 0;
}

static int write_beside(struct beside *beside, unsigned threads)
{
	struct rule_selection selection;
	struct tables_rows rows;
	struct diag diag;

	diag_init(&diag);
	select_all(&selection);
	struct tables_options options = {.profile = profile,
	        .selection = &selection,
	        .threads = threads,
	        .beside = {beside, 3, open_beside, run_beside}};

	cr_assert_eq(run_create(&beside->run, "out", false, &diag), 0);
	int err = tables_write(beside->run, &options, &rows, &diag);

	cr_assert_str_eq(diag.text, "");
	run_destroy(beside->run);
	return err;
}

Test(tables, tasks_beside_them_are_done_once)
{
	for (unsigned threads = 1; threads < 8; threads++) {
		struct beside beside = {.fails = SIZE_MAX};

		cr_assert_eq(write_beside(&beside, threads), 0);
		cr_assert(beside.opened);
		for (size_t at = 0; at < 3; at++)
			cr_assert_eq(beside.done[at], 1, "%u threads, task %zu", threads, at);
	}
}

Test(tables, a_task_beside_them_that_fails_is_their_failure)
{
	for (unsigned threads = 1; threads < 8; threads++) {
		struct beside beside = {.fails = threads % 3};

		cr_assert_eq(write_beside(&beside, threads), FAIL_IO);
	}
}

/* Many providers, so that there are many chunks: the same bytes from any number of threads. */
Test(tables, are_the_same_from_any_number_of_threads)
{
	enum { MANY = 3000 };
	static const unsigned threads[] = {1, 2, 7};
	char npi[16], *first = NULL;
	struct profile_worker *worker = NULL;
	struct diag diag;

	diag_init(&diag);
	cr_assert_eq(profile_worker_create(&worker, profile, &diag), 0);
	for (uint32_t i = 0; i < MANY; i++) {
		snprintf(npi, sizeof(npi), "%u", 1100000000u + i * 7919u % 1000000u);
		uint64_t id = (uint64_t)ID_NPI << ID_KIND_SHIFT | strtoull(npi, NULL, 10);

		cr_assert_eq(profile_add_claims(worker,
		                     &(uint32_t){profile_number(profile, id, npi, strlen(npi))}, 1),
		        0);
	}
	cr_assert_eq(profile_merge(worker), 0);
	profile_worker_destroy(worker);
	for (size_t i = 0; i < sizeof(threads) / sizeof(threads[0]); i++) {
		cr_assert_eq(write_tables(threads[i]).providers, MANY + 3);
		char *text = whole_file("out/providers.csv");

		if (first)
			cr_assert_str_eq(text, first);
		else
			first = strdup(text);
		free(text);
		cr_assert_eq(system("rm -r out"), 0);
	}
	free(first);
}

/* ---- rules.csv, quality.json, manifest.json, the summary. ---- */

static const char *line_of(const char *text, const char *start)
{
	static char line[512];
	const char *at = text;

	while (at && strncmp(at, start, strlen(start)) != 0) {
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	snprintf(line, sizeof(line), "%.*s", at ? (int)strcspn(at, "\n") : 0, at ? at : "");
	return line;
}

/* NCC-04 ran, VAL-01 is on watch, VAL-07 off, TIM-04 could judge nothing, DUP-01 is not built. */
static void make_rules(struct rules_table *table)
{
	struct field_set bound = {0};
	int rule = rule_find("NCC-04");

	memset(table, 0, sizeof(*table));
	for (size_t i = 0; i < RULES_ALL; i++)
		table->state[i] = STATE_OFF;
	table->state[rule] = STATE_ON;
	table->in_scope[rule] = 5;
	table->evaluated[rule] = 3;
	table->hits[rule] = 1;
	table->providers[rule] = 1;
	table->dollars[rule] = 4000;
	table->unique_dollars[rule] = 4000;
	table->ns[rule] = 10;
	table->lines = 4;
	table->timing = true;
	table->state[rule_find("VAL-01")] = STATE_WATCH;
	table->evaluated[rule_find("VAL-01")] = 1;
	table->in_scope[rule_find("VAL-01")] = 1;
	table->state[rule_find("TIM-04")] = STATE_ON;
	table->in_scope[rule_find("TIM-04")] = 4;
	table->has_type[CLAIM_PROFESSIONAL] = true;
	table->basis[CLAIM_PROFESSIONAL] = AMOUNT_PAID;
	rules_table_settle(table, &bound);
}

Test(tables, rules_csv_lists_all_with_their_states)
{
	static struct rules_table table;
	struct run *run = NULL;
	struct diag diag;

	diag_init(&diag);
	make_rules(&table);
	cr_assert_eq(rules_table_count_providers(&table, profile, 2, &diag), 0);
	cr_assert_eq(table.providers[rule_find("NCC-04")], 1);
	cr_assert_eq(run_create(&run, "out", false, &diag), 0);
	cr_assert_eq(rules_table_write(run, &table, &diag), 0);
	cr_assert_eq(run_commit(run, &diag), 0);
	run_destroy(run);
	const char *text = file_text("out/rules.csv");
	size_t lines = 0;

	for (const char *at = text; *at; at++)
		lines += *at == '\n';
	cr_assert_eq(lines, RULES_ALL + 1);
	cr_assert_str_eq(line_of(text, "rule,"),
	        "rule,name,family,tier,scope,hit_unit,state,reason,in_scope,evaluated,"
	        "not_evaluable,hits,providers,dollars,unique_dollars,ns_per_line");
	cr_assert_str_eq(line_of(text, "NCC-04"),
	        "NCC-04,MUE exceeded on one line,NCC,P1,line,line,on,dollars of paid,5,3,2,1,1,"
	        "40.00,40.00,2.500");
	cr_assert_str_eq(line_of(text, "VAL-01"), "VAL-01,Unknown diagnosis code,VAL,P1,line,line,"
	                                          "watch,,1,1,0,0,0,0.00,0.00,0.000");
	cr_assert_str_eq(line_of(text, "DUP-01"),
	        "DUP-01,Exact duplicate,DUP,P1,bene-day-provider,\"line (institutional: claim, "
	        "all its lines)\",not built,,,,,,,,,");
	cr_assert_str_eq(line_of(text, "VAL-03"), "VAL-03,Truncated / header (non-billable) "
	                                          "diagnosis,VAL,P1,line,line,off,,,,,,,,,");
	const char *line = line_of(text, "TIM-04");

	cr_assert_not_null(strstr(line, ",not evaluable,"), "%s", line);
	cr_assert_str_eq(line + strlen(line) - strlen(",4,0,4,,,,,"), ",4,0,4,,,,,");
	cr_assert_neq(table.reason[rule_find("TIM-04")][0], '\0');
}

/* A finished scan of one file, by hand. */
struct made_scan {
	struct plan plan;
	struct plan_file file;
	uint64_t block[1][2];
	struct csv_counts counts;
	struct normalise_counts normalise;
	struct claims_totals totals;
	struct rules_table rules;
	struct quality quality;
};

static struct made_scan *make_scan(void)
{
	struct made_scan *made = calloc(1, sizeof(*made));

	made->file = (struct plan_file){.path = "in/\"a\"\xff.csv", .size_bytes = 1000};
	made->block[0][0] = 1;
	made->plan = (struct plan){.files = &made->file,
	        .file_count = 1,
	        .total_bytes = 1000,
	        .block_hashes = made->block,
	        .block_count = 1};
	made->counts.used = 9;
	made->counts.quarantined[BAD_QUOTE] = 2;
	made->counts.sample_count[BAD_QUOTE] = 2;
	made->counts.samples[BAD_QUOTE][0].offset = 17;
	made->counts.samples[BAD_QUOTE][1].offset = 400;
	made->counts.fields[FIELD_PAID] = (struct cell_counts){7, 0, 1, 0};
	normalise_counts_init(&made->normalise);
	made->normalise.totals = 1;
	made->normalise.lines[CLAIM_PROFESSIONAL] = 8;
	made->normalise.denied_by_zero = 5;
	made->normalise.first_service[CLAIM_PROFESSIONAL] = 0;
	made->normalise.last_service[CLAIM_PROFESSIONAL] = 31;
	made->totals.claims = 4;
	made->totals.adjustments_unmatched = 1;
	make_rules(&made->rules);
	made->quality = (struct quality){.plan = &made->plan,
	        .counts = &made->counts,
	        .normalise = &made->normalise,
	        .totals = &made->totals};
	field_set_add(&made->quality.bound, FIELD_PAID);
	made->quality.amount_levels[AMOUNT_PAID] = "line";
	return made;
}

static void write_jsons(const struct made_scan *made, bool timing)
{
	struct manifest manifest = {.version = "1.2.3",
	        .quality = &made->quality,
	        .rules = &made->rules,
	        .settings_text = "rules=all\nby=billing\n",
	        .rows = {.providers = 3, .rules = 2, .codes = 2, .counts = 17},
	        .findings = 1,
	        .timing = timing,
	        .threads = 2,
	        .ns = 500000000,
	        .reader = "pread",
	        .level = "avx2"};
	struct run *run = NULL;
	struct diag diag;

	diag_init(&diag);
	cr_assert_eq(run_create(&run, "out", true, &diag), 0, "%s", diag.text);
	cr_assert_eq(quality_write(run, &made->quality, &diag), 0);
	cr_assert_eq(manifest_write(run, &manifest, &diag), 0);
	cr_assert_eq(run_commit(run, &diag), 0);
	run_destroy(run);
}

Test(tables, quality_says_what_came_in)
{
	struct made_scan *made = make_scan();

	write_jsons(made, false);
	cr_assert_str_eq(file_text("out/quality.json"),
	        "{\n"
	        "  \"files\": 1,\n"
	        "  \"records\": 11,\n"
	        "  \"claims\": 4,\n"
	        "  \"lines\": 8,\n"
	        "  \"used\": 9,\n"
	        "  \"revenue_totals\": 1,\n"
	        "  \"outside_dates\": 0,\n"
	        "  \"quarantined\": {\n"
	        "    \"stray_quote\": {\n"
	        "      \"count\": 2,\n"
	        "      \"samples\": [\n"
	        "        {\"file\": \"in/\\\"a\\\"\xef\xbf\xbd.csv\", \"offset\": 17},\n"
	        "        {\"file\": \"in/\\\"a\\\"\xef\xbf\xbd.csv\", \"offset\": 400}\n"
	        "      ]\n"
	        "    }\n"
	        "  },\n"
	        "  \"fields\": {\n"
	        "    \"paid_amount\": {\"present\": 7, \"blank\": 2, \"invalid\": 1, "
	        "\"repaired\": 0}\n"
	        "  },\n"
	        "  \"amount_level\": {\"paid_amount\": \"line\", \"claims\": 0},\n"
	        "  \"adjustments\": {\"matched\": 0, \"unmatched\": 1, \"negative\": 0},\n"
	        "  \"denied\": {\"flag\": 0, \"zero_paid\": 5, \"professional_lines\": 8},\n"
	        "  \"disagreements\": {\"birth_date\": 0, \"sex\": 0, \"death_date\": 0, "
	        "\"specialty_code\": 0, \"provider_state\": 0, \"entity_type\": 0},\n"
	        "  \"dates\": {\n"
	        "    \"professional\": {\"first_service\": \"1970-01-01\", \"last_service\": "
	        "\"1970-02-01\", \"last_paid_or_received\": null}\n"
	        "  }\n"
	        "}\n");
	free(made);
}

/* Take out what the compiler and the rules' words decide. */
static void blank_member(char *text, const char *name)
{
	char *at = strstr(text, name);

	cr_assert_not_null(at);
	at += strlen(name);
	memmove(at, at + strcspn(at, "\""), strlen(at + strcspn(at, "\"")) + 1);
}

Test(tables, manifest_says_what_it_was_made_from)
{
	struct made_scan *made = make_scan();

	write_jsons(made, false);
	char *text = whole_file("out/manifest.json");

	blank_member(text, "\"compiler\": \"");
	blank_member(text, "\"rules\": {\n    \"xxh3\": \"");
	blank_member(text, ".csv\", \"size\": 1000, \"xxh3\": \"");
	char *not_built = strstr(text, "    \"not_built\": [");
	char *dollars_of = strstr(text, "    \"dollars_of\"");
	char *off = strstr(text, "    \"off\": [");
	char *not_evaluable = strstr(text, "    \"not_evaluable\": [");

	cr_assert(off && not_evaluable && not_built && dollars_of);
	memmove(not_built, dollars_of, strlen(dollars_of) + 1);
	memmove(off, not_evaluable, strlen(not_evaluable) + 1);
	cr_assert_str_eq(text,
	        "{\n"
	        "  \"program\": \"claimscan\",\n"
	        "  \"build\": {\"version\": \"1.2.3\", \"compiler\": \"\"},\n"
	        "  \"inputs\": [\n"
	        "    {\"path\": \"in/\\\"a\\\"\xef\xbf\xbd.csv\", \"size\": 1000, \"xxh3\": "
	        "\"\"}\n"
	        "  ],\n"
	        "  \"code_sets\": [],\n"
	        "  \"rules\": {\n"
	        "    \"xxh3\": \"\",\n"
	        "    \"on\": [\"NCC-04\"],\n"
	        "    \"watch\": [\"VAL-01\"],\n"
	        "    \"not_evaluable\": [\"TIM-04\"],\n"
	        "    \"dollars_of\": {\"professional\": \"paid\"}\n"
	        "  },\n"
	        "  \"settings\": {\n"
	        "    \"xxh3\": \"3e5b0c26c7ab572ff98d5f698b13cf55\",\n"
	        "    \"rules\": \"all\",\n"
	        "    \"by\": \"billing\"\n"
	        "  },\n"
	        "  \"counts\": {\n"
	        "    \"in\": {\"records\": 11, \"used\": 9, \"quarantined\": 2, \"claims\": 4, "
	        "\"lines\": 8},\n"
	        "    \"out\": {\"providers\": 3, \"provider_rules\": 2, \"provider_codes\": 2, "
	        "\"provider_counts\": 17, \"findings\": 1, "
	        "\"worklist\": 0, \"compare\": 0, \"norms\": 0}\n"
	        "  },\n"
	        "  \"expected_hash_collisions\": 4.336809e-19\n"
	        "}\n");
	free(text);
	write_jsons(made, true);
	text = whole_file("out/manifest.json");
	cr_assert_not_null(strstr(text, "  \"timing\": {\"threads\": 2, \"seconds\": 0.500, "
	                                "\"bytes_per_second\": 2000, \"reader\": "
	                                "\"pread\", \"cpu\": \"avx2\"}\n}\n"));
	free(text);
	free(made);
}

Test(tables, json_escapes_and_mends)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
	        {"", "\"\""},
	        {"plain", "\"plain\""},
	        {"\"\\/", "\"\\\"\\\\/\""},
	        {"\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\""},
	        {"\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\""},
	        {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
	                "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""},
	        {"\xc3", "\"\xef\xbf\xbd\""},
	        {"\xc0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
	        {"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
	        {"\xf4\x90\x80\x80x", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdx\""},
	        {"\xe2\x82", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct out *out = memory();
		size_t size;

		json_put_string(out, cases[i].text, strlen(cases[i].text));
		const char *got = out_memory_text(out, &size);

		cr_assert(size == strlen(cases[i].want) && !memcmp(got, cases[i].want, size),
		        "case %zu: got %.*s", i, (int)size, got);
		out_destroy(out);
	}
}

static const char summary_text[] =
        "\n"
        "What came in\n"
        "  1 file, 1.0 KB: 11 records, 4 claims, 8 lines of service\n"
        "  of these 1 record of revenue code 0001: totals, no lines of service\n"
        "  professional  services 1970-01-01 to 1970-02-01\n"
        "\n"
        "What was bad\n"
        "  2 of 11 records set aside: stray_quote 2\n"
        "  cells that could not be read, taken as blank: paid_amount 1\n"
        "  1 adjustment without the claim to be changed\n"
        "  5 of 8 professional lines are taken as denied because allowed and paid are 0;\n"
        "    if these are capitated encounters, run with --zero-paid payable\n"
        "\n"
        "Rules that ran\n"
        "                                           evaluated       hits        dollars\n"
        "  NCC-04 MUE exceeded on one line                  3          1         $40.00\n"
        "  dollars are reckoned from the amount paid\n"
        "\n"
        "Rules that could not run, and why\n"
        "  no column death_date (or --members): TIM-04\n"
        "  not built yet: \n"
        "\n"
        "Held back as watch\n"
        "  1,234 findings that say little each on their own: counted, without dollars;\n"
        "    --findings all writes them\n"
        "  rules on watch: VAL-01\n"
        "\n"
        "Providers to look at first\n"
        "   1. 1003000001 $40.00 flagged on 1 line\n"
        "      NCC-04 MUE exceeded on one line: 1 hit of 2 judged, $40.00\n"
        "  ordered by dollars flagged\n"
        "\n"
        "Where it is\n"
        "  out\n"
        "    providers.csv provider_rules.csv provider_codes.csv provider_counts.csv\n"
        "    findings.csv rules.csv quality.json manifest.json\n"
        "  persons are left out of findings.csv; --id-key FILE (16 secret bytes or\n"
        "    more, chmod 600) gives each a pseudonym\n";

Test(tables, the_summary_reads)
{
	static const char *const files[] = {"providers.csv", "provider_rules.csv",
	        "provider_codes.csv", "provider_counts.csv", "findings.csv", "rules.csv",
	        "quality.json", "manifest.json", NULL};
	struct made_scan *made = make_scan();
	struct summary_top top;
	struct diag diag;
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);

	diag_init(&diag);
	cr_assert_eq(summary_pick(&top, profile, &made->rules, &diag), 0);
	struct summary summary = {.quality = &made->quality,
	        .rules = &made->rules,
	        .top = &top,
	        .findings = {.standing = 1, .watch = 1234},
	        .out = "out",
	        .files = files};

	/* Words of other stages are theirs to test. */
	strcpy(made->rules.reason[rule_find("TIM-04")], "no column death_date (or --members)");
	summary_write(file, &summary);
	fclose(file);
	char *not_built = strstr(text, "  not built yet: ");

	cr_assert_not_null(not_built);
	memmove(not_built + 17, strchr(not_built, '\n'), strlen(strchr(not_built, '\n')) + 1);
	cr_assert_str_eq(text, summary_text);
	for (const char *at = text; *at; at += strcspn(at, "\n") + 1)
		cr_assert_leq(strcspn(at, "\n"), 80);
	free(text);
	free(made);
}

Test(tables, the_summary_says_which_ranks_are_no_leads)
{
	static const char want[] =
	        "   1. 1003000001 rank 4, score 900, $9,000.00 expected\n"
	        "   2. 1003000002 rank 7, score 800, $6,000.00 expected\n"
	        "  5 providers that rank above the last of these are no leads: no rule flagged\n"
	        "    beside its peers, or less than $5,000 at risk\n"
	        "  ordered by the dollars expected to stand";
	struct made_scan *made = make_scan();
	struct summary_top top = {.count = 2,
	        .is_ranked = true,
	        .providers = {{"1003000001", "npi", .dollars = 900000, .score = 900, .rank = 4},
	                {"1003000002", "npi", .dollars = 600000, .score = 800, .rank = 7}}};
	struct summary summary = {.quality = &made->quality, .rules = &made->rules, .top = &top};
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);

	summary_write(file, &summary);
	fclose(file);
	cr_assert_not_null(strstr(text, want), "%s", text);
	free(text);
	free(made);
}
