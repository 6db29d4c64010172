/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NCCI PTP releases: layouts of header and rows, parts that are missing, mixed up
 * or cut short, releases put together.
 */
#include "import_cases.h"
#include "lookup/pairs.h"

#define NOTICE \
	"CPT codes are copyright of the American Medical Association.\t\t\t\t\t\t\n" \
	"\t\t\t\t\t\t\n"
#define HEADER \
	NOTICE "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit " \
	       "Rationale\n" \
	       "\t\tprior to 1996\tDate\tDate\t0=not allowed\t\n" \
	       "\t\t\t\t*=no data\t1=allowed\t\n" \
	       "\t\t\t\t\t9=not applicable\t\n"
#define FLAT \
	"Column 1\tColumn 2\t*=in existence prior to 1996\tEffective Date\tDeletion Date *=no " \
	"data\tModifier 0=not allowed 1=allowed 9=not applicable\tPTP Edit Rationale\n"

static const char *const parts[4] = {
        "0001A\t0591T\t\t20210101\t20231231\t1\tCPT Manual or CMS manual coding instruction\n"
        "10021\t10004\t*\t19960101\t*\t0\tMisuse of Column Two code with Column One code\n",
        "11042\t97597\t\t20050101\t20101231\t0\tMore extensive procedure\n"
        "11042\t97597\t\t20110101\t*\t1\tMore extensive procedure\n"
        "11042\t97602\t\t20120401\t20120401\t9\tMore extensive procedure\n",
        "29881\t29880\t\t20130101\t20130101\t1\tMutually exclusive procedures\n"
        "29881\t29877\t\t20130101\t*\t0\tMutually exclusive procedures\n",
        "97597\t11042\t\t20140101\t*\t1\tMutually exclusive procedures\n"
        "G0463\tQ0091\t\t20140101\t*\t1\tMutually exclusive procedures\n",
};

/* text with every line end made CRLF, if so. */
static void write_part(const struct folder *folder, const char *name, const char *head,
        const char *rows, bool crlf)
{
	FILE *file = folder_open(folder, name);

	for (int i = 0; i < 2; i++)
		for (const char *at = i ? rows : head; *at; at++) {
			if (*at == '\n' && crlf)
				fputc('\r', file);
			fputc(*at, file);
		}
	fclose(file);
}

/* Four parts under the publisher's names; rows other than parts[i] where given. */
static void write_parts(
        const struct folder *folder, const char *stem, const char *const other[4], int leave_out)
{
	for (int i = 0; i < 4; i++) {
		char name[64];

		snprintf(name, sizeof(name), "%s-f%d.txt", stem, i + 1);
		if (i + 1 != leave_out)
			write_part(folder, name, HEADER, other && other[i] ? other[i] : parts[i],
			        true);
	}
}

static void open_pairs(struct folder *folder, const char *set, struct pairs *pairs)
{
	cr_assert_eq(pairs_open(pairs, folder_set(folder, set), &folder->diag), 0, "%s",
	        folder->diag.text);
}

static uint16_t id_of(const struct pairs *pairs, const char *code)
{
	uint64_t word = 0;

	memcpy(&word, code, strlen(code));
	return pairs_id(pairs, word);
}

static const struct pair_window *find(
        const struct pairs *pairs, const char *column1, const char *column2, int day)
{
	return pairs_find(pairs, id_of(pairs, column1), id_of(pairs, column2),
	        date_from_parts(day / 10000, day / 100 % 100, day % 100));
}

/* The indicator on a day; -1: no edit. */
static int indicator(const struct pairs *pairs, const char *column1, const char *column2, int day)
{
	const struct pair_window *window = find(pairs, column1, column2, day);

	return window ? window->indicator : -1;
}

/* ---- What is read ---- */

static void check_values(const struct pairs *pairs)
{
	static const struct {
		const char *column1, *column2;
		int day, indicator;
	} cases[] = {
	        {"0001A", "0591T", 20201231, -1},
	        {"0001A", "0591T", 20210101, 1},
	        {"0001A", "0591T", 20231231, 1},
	        {"0001A", "0591T", 20240101, -1},
	        {"0591T", "0001A", 20220101, -1},
	        {"10021", "10004", 19960101, 0},
	        {"10021", "10004", 20300101, 0},
	        {"11042", "97597", 20041231, -1},
	        {"11042", "97597", 20101231, 0},
	        {"11042", "97597", 20110101, 1},
	        {"11042", "97602", 20120401, -1}, /* indicator 9 */
	        {"29881", "29880", 20130101, -1}, /* deleted on its first day */
	        {"97597", "11042", 20140101, 1},  /* the other order, another window */
	        {"97597", "11042", 20131231, -1},
	        {"G0463", "Q0091", 20240701, 1},
	};

	cr_assert_eq(pairs->pair_count, 8);
	cr_assert_eq(pairs->window_count, 9);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		cr_assert_eq(indicator(pairs, cases[i].column1, cases[i].column2, cases[i].day),
		        cases[i].indicator, "%s %s on %d", cases[i].column1, cases[i].column2,
		        cases[i].day);
	cr_assert(find(pairs, "10021", "10004", 20000101)->before_1996);
	cr_assert_not(find(pairs, "11042", "97597", 20110101)->before_1996);
	cr_assert_str_eq(pairs_rationale(pairs, find(pairs, "11042", "97597", 20110101)),
	        "More extensive procedure");
}

Test(import_ptp, layouts_of_the_publisher)
{
	static const struct {
		const char *head;
		bool crlf;
	} layouts[] = {{HEADER, true}, {HEADER, false}, {FLAT, false}, {NOTICE FLAT, true}};

	for (size_t i = 0; i < sizeof(layouts) / sizeof(*layouts); i++) {
		struct folder folder;
		struct pairs pairs;
		char text[PAIRS_RELEASE_SIZE];

		folder_begin(&folder);
		for (int k = 0; k < 4; k++) {
			char name[64];

			snprintf(name, sizeof(name), "ccipra-v302r0-f%d.TXT", k + 1);
			write_part(&folder, name, layouts[i].head, parts[k], layouts[i].crlf);
		}
		cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
		open_pairs(&folder, "ptp_practitioner", &pairs);
		check_values(&pairs);
		cr_assert_str_eq(pairs_release(&pairs, text), "v30.2");
		cr_assert(pairs_covers(&pairs, date_from_parts(2025, 6, 30)));
		cr_assert_not(pairs_covers(&pairs, date_from_parts(2025, 7, 1)));
		cr_assert_not(pairs_covers(&pairs, date_from_parts(1995, 12, 31)));
		folder_end(&folder);
	}
}

Test(import_ptp, deletion_dates_as_the_first_day_out_of_force)
{
	struct folder folder;
	struct pairs pairs;

	folder_begin(&folder);
	write_parts(&folder, "ccipra-v302r0", NULL, 0);
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	open_pairs(&folder, "ptp_practitioner", &pairs);
	pairs.deletion_exclusive = true;
	cr_assert_eq(indicator(&pairs, "0001A", "0591T", 20231230), 1);
	cr_assert_eq(indicator(&pairs, "0001A", "0591T", 20231231), -1);
	cr_assert_eq(indicator(&pairs, "10021", "10004", 20300101), 0);
	folder_end(&folder);
}

Test(import_ptp, settings_by_their_names)
{
	static const char *const hospital[4] = {NULL, NULL, NULL,
	        "97597\t11042\t\t20140101\t*\t0\tMutually exclusive procedures\n"};
	struct folder folder;
	struct pairs pairs;

	folder_begin(&folder);
	write_parts(&folder, "ccipra-v302r0", NULL, 0);
	write_parts(&folder, "CCIOPH-V302R0", hospital, 0);
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	open_pairs(&folder, "ptp_practitioner", &pairs);
	cr_assert_eq(indicator(&pairs, "97597", "11042", 20240701), 1);
	open_pairs(&folder, "ptp_hospital", &pairs);
	cr_assert_eq(indicator(&pairs, "97597", "11042", 20240701), 0);
	cr_assert_eq(pairs.pair_count, 7);
	folder_end(&folder);
}

/* A word in the folder's name says less than the publisher's in the file's. */
Test(import_ptp, a_folder_that_says_otherwise)
{
	struct folder folder;
	struct pairs pairs;
	char path[96];

	folder_begin(&folder);
	snprintf(path, sizeof(path), "%s/in/hospital claims", folder.root);
	cr_assert_eq(mkdir(path, 0700), 0);
	write_parts(&folder, "hospital claims/ccipra-v302r0", NULL, 0);
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	open_pairs(&folder, "ptp_practitioner", &pairs);
	check_values(&pairs);
	folder_end(&folder);
}

/* Names without a release or a number: the order of the codes tells the parts. */
Test(import_ptp, names_that_say_the_setting_only)
{
	static const char *const names[4] = {
	        "hospital c.txt", "hospital a.txt", "hospital d.txt", "hospital b.txt"};
	struct folder folder;
	struct pairs pairs;

	folder_begin(&folder);
	for (int i = 0; i < 4; i++)
		write_part(&folder, names[i], HEADER, parts[i], true);
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	open_pairs(&folder, "ptp_hospital", &pairs);
	check_values(&pairs);
	cr_assert(pairs_covers(&pairs, date_from_parts(2021, 12, 31))); /* from its latest date */
	cr_assert_not(pairs_covers(&pairs, date_from_parts(2022, 1, 1)));
	folder_end(&folder);
}

Test(import_ptp, equal_rows_are_one)
{
	static const char *const twice[4] = {
	        "10021\t10004\t\t20100101\t*\t0\tOther\n10021\t10004\t\t20100101\t*\t0\tOther\n"};
	struct folder folder;
	struct pairs pairs;

	folder_begin(&folder);
	write_parts(&folder, "ccipra-v302r0", twice, 0);
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	open_pairs(&folder, "ptp_practitioner", &pairs);
	cr_assert_eq(pairs.window_count, 8);
	cr_assert_eq(indicator(&pairs, "10021", "10004", 20240701), 0);
	folder_end(&folder);
}

/* The newest release stands; what only the older one has ends with it. */
Test(import_ptp, releases_put_together)
{
	static const char *const newer[4] = {"0001A\t0591T\t\t20210101\t20231231\t1\tOther\n",
	        "11042\t97597\t\t20050101\t20101231\t0\tMore extensive procedure\n"
	        "11042\t97597\t\t20110101\t20240930\t1\tMore extensive procedure\n"};
	struct folder folder;
	struct pairs pairs;
	char text[PAIRS_RELEASE_SIZE];

	folder_begin(&folder);
	write_parts(&folder, "ccipra-v302r0", NULL, 0);
	write_parts(&folder, "ccipra-v303r0", newer, 0);
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	open_pairs(&folder, "ptp_practitioner", &pairs);
	cr_assert_str_eq(pairs_release(&pairs, text), "v30.3");
	cr_assert_eq(indicator(&pairs, "11042", "97597", 20240930), 1);
	cr_assert_eq(indicator(&pairs, "11042", "97597", 20241001), -1);
	cr_assert_eq(indicator(&pairs, "10021", "10004", 20240930), 0);
	cr_assert_eq(indicator(&pairs, "10021", "10004", 20241001), -1);
	cr_assert_eq(indicator(&pairs, "29881", "29877", 20260101), 0);
	cr_assert(pairs_covers(&pairs, date_from_parts(2025, 9, 30)));
	folder_end(&folder);
}

/* The text beside the archive that it came in: told, and read once. */
Test(import_ptp, the_same_part_twice)
{
	struct folder folder;
	struct pairs pairs;

	folder_begin(&folder);
	write_parts(&folder, "ccipra-v302r0", NULL, 0);
	write_part(&folder, "copy of ccipra-v302r0-f2.txt", HEADER, parts[1], false);
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	open_pairs(&folder, "ptp_practitioner", &pairs);
	check_values(&pairs);
	folder_end(&folder);
}

/* ---- What is refused ---- */

/* The build fails with both words, and leaves nothing behind. */
static void fails_with(struct folder *folder, const char *words, const char *more)
{
	char out[96];

	folder_build(folder);
	cr_assert_eq(folder->err, FAIL_TABLE, "%d: %s", folder->err, folder->diag.text);
	cr_assert_not_null(strstr(folder->diag.text, words), "\"%s\" is not in \"%s\"", words,
	        folder->diag.text);
	cr_assert_not_null(strstr(folder->diag.text, more), "\"%s\" is not in \"%s\"", more,
	        folder->diag.text);
	snprintf(out, sizeof(out), "%s/out", folder->root);
	cr_assert_neq(access(out, F_OK), 0);
	folder_end(folder);
}

Test(import_ptp, a_part_is_missing)
{
	for (int part = 1; part <= 4; part++) {
		struct folder folder;
		char words[64];

		folder_begin(&folder);
		write_parts(&folder, "ccioph-v302r0", NULL, part);
		snprintf(words, sizeof(words), "ccioph-v302r0-f%d is missing", part);
		fails_with(&folder, words, "4 parts");
	}
}

Test(import_ptp, a_web_page_for_a_part)
{
	struct folder folder;

	folder_begin(&folder);
	write_parts(&folder, "ccioph-v302r0", NULL, 2);
	folder_file(&folder, "ccioph-v302r0-f2.txt",
	        "<!DOCTYPE html>\n<html><body>Column 1\tColumn 2</body></html>\n");
	fails_with(&folder, "ccioph-v302r0-f2", "");
}

Test(import_ptp, releases_mixed_up)
{
	struct folder folder;

	folder_begin(&folder);
	write_parts(&folder, "ccipra-v302r0", NULL, 3);
	write_part(&folder, "ccipra-v303r0-f3.txt", HEADER, parts[2], true);
	fails_with(&folder, "ccipra-v303r0-f3.txt", "ccipra-v302r0-f1.txt");
}

/* An edit of a quarter that the release did not know yet. */
Test(import_ptp, a_part_of_a_newer_release_under_an_older_name)
{
	static const char *const newer[4] = {
	        NULL, NULL, "29881\t29880\t\t20241001\t*\t1\tMutually exclusive procedures\n"};
	struct folder folder;

	folder_begin(&folder);
	write_parts(&folder, "ccipra-v302r0", newer, 0);
	fails_with(&folder, "ccipra-v302r0-f3.txt", "2024-10-01");
}

Test(import_ptp, parts_that_overlap)
{
	static const char *const wrong[4] = {NULL, NULL,
	        "10040\t10060\t\t20130101\t*\t1\tOther\n29881\t29880\t\t20130101\t*\t1\tOther\n"};
	struct folder folder;

	folder_begin(&folder);
	write_parts(&folder, "ccipra-v302r0", wrong, 0);
	fails_with(&folder, "ccipra-v302r0-f2.txt ends with 11042 97602",
	        "ccipra-v302r0-f3.txt begins with 10040 10060");
}

Test(import_ptp, two_files_of_one_part)
{
	struct folder folder;

	folder_begin(&folder);
	write_parts(&folder, "ccipra-v302r0", NULL, 0);
	write_part(&folder, "new ccipra-v302r0-f4.txt", HEADER,
	        "97597\t11042\t\t20140101\t*\t0\tOther\n", true);
	fails_with(&folder, "both part 4", "new ccipra-v302r0-f4.txt");
}

Test(import_ptp, rows_that_are_refused)
{
	static const struct {
		const char *rows, *words;
	} cases[] = {
	        {"29881\t29880\t\t20130101\t20121231\t1\tOther\n", "before it was effective"},
	        {"29881\t29880\t\t20130101\t20121231\t1\tOther\n", "ccipra-v302r0-f3.txt:7:"},
	        {"29881\t29880\t\t20131301\t*\t1\tOther\n", "no effective date"},
	        {"29881\t29880\t\t*\t*\t1\tOther\n", "no effective date"},
	        {"29881\t29880\t\t20130101\tnever\t1\tOther\n", "no deletion date"},
	        {"29881\t29880\t\t20130101\t*\t2\tOther\n", "indicator"},
	        {"29881\t2988\t\t20130101\t*\t1\tOther\n", "column 2"},
	        {"29881\t29880\t\t20130101\t*\t1\tOther\n29881\t29882\t\t2013", "cut short"},
	        {"29881\t29880\t\t20130101\t*\t1\tOther\n"
	         "29881\t29882\t\t20130101\t*\t1\tMutually ex",
	                "cut short"},
	        {"29881\t29880\t\t20130101\t*\t1\tOther\n29881\t29880\t\t20140101\t*\t0\tOther\n",
	                "indicator 1 and indicator 0"},
	        {"", "no edit behind the header"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *const rows[4] = {NULL, NULL, cases[i].rows, NULL};
		struct folder folder;

		folder_begin(&folder);
		write_parts(&folder, "ccipra-v302r0", rows, 0);
		fails_with(&folder, cases[i].words, "");
	}
}

/* Indicator 9 is never in force, so its dates may say what they like. */
Test(import_ptp, indicator_9_with_dates_inverted)
{
	static const char *const rows[4] = {
	        NULL, NULL, "29881\t29880\t\t20130101\t20121231\t9\tOther\n"};
	struct folder folder;
	struct pairs pairs;

	folder_begin(&folder);
	write_parts(&folder, "ccipra-v302r0", rows, 0);
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	open_pairs(&folder, "ptp_practitioner", &pairs);
	cr_assert_eq(indicator(&pairs, "29881", "29880", 20130101), -1);
	folder_end(&folder);
}

Test(import_ptp, headers_and_names_that_are_refused)
{
	refuses("edits.txt", HEADER "11042\t97597\t\t20050101\t*\t0\tOther\n", "which setting");
	refuses("ccipra-v302r0-f1.txt",
	        "Column 1\tColumn 2\tEffective\tDeletion\tRationale\n"
	        "11042\t97597\t20050101\t*\tOther\n",
	        "no column \"modifier\"");
}

/* ---- A part that was cut at the end of a row ---- */

enum { ROWS = 3000, PART = ROWS / 4 };

/* Each code with a neighbour, and one with all: as many of column 1 as the check needs. */
static void write_long(const struct folder *folder, int short_part, int rows_left)
{
	for (int part = 0; part < 4; part++) {
		char name[64];
		FILE *file;

		snprintf(name, sizeof(name), "ccipra-v302r0-f%d.txt", part + 1);
		file = folder_open(folder, name);
		fputs(HEADER, file);
		for (int i = 0; i < (part + 1 == short_part ? rows_left : PART); i++) {
			int code = 20000 + part * PART + i;

			fprintf(file, "%d\t%d\t\t20130101\t*\t1\tOther\n", code, code - 2);
		}
		for (int i = 0; i < ROWS && part == 3; i++)
			fprintf(file, "90000\t%d\t\t20130101\t*\t1\tOther\n", 20000 + i);
		fclose(file);
	}
}

Test(import_ptp, a_part_cut_at_the_end_of_a_row)
{
	struct folder folder;

	folder_begin(&folder);
	write_long(&folder, 0, 0);
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	folder_end(&folder);
	for (int part = 1; part <= 3; part++) {
		char words[64];

		folder_begin(&folder);
		write_long(&folder, part, PART - 100);
		snprintf(words, sizeof(words), "ccipra-v302r0-f%d.txt", part);
		fails_with(&folder, words, "cut short");
	}
}
