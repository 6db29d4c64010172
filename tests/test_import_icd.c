/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Releases of ICD codes, MCE, DRGs, HCCs and crosswalks, built in a folder of their
 * own: made ones, and the publishers' where they lie beside the sources.
 */
#include "lookup/build.h"
#include "lookup/rows_icd.h"
#include "lookup/sets.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHARED SOURCE_DIR "/../shared/codesets/"

static int32_t day(int year, int month, int of_month)
{
	return date_from_parts(year, month, of_month);
}

/* ---- A folder of releases, and what is built of it ---- */

struct trial {
	char folder[64], in[80], out[80];
	struct build_result result;
	struct sets *sets;
	struct diag diag;
};

static void begin(struct trial *trial)
{
	memset(trial, 0, sizeof(*trial));
	diag_init(&trial->diag);
	strcpy(trial->folder, "/tmp/claimscan_icd_XXXXXX");
	cr_assert(mkdtemp(trial->folder));
	snprintf(trial->in, sizeof(trial->in), "%s/in", trial->folder);
	snprintf(trial->out, sizeof(trial->out), "%s/out", trial->folder);
	cr_assert_eq(mkdir(trial->in, 0700), 0);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status;
	(void)kind;
	(void)where;
	return remove(path);
}

static void end(struct trial *trial)
{
	sets_close(trial->sets);
	build_result_reset(&trial->result);
	nftw(trial->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void put_bytes(struct trial *trial, const char *name, const char *text, size_t size)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", trial->in, name);
	file = fopen(path, "wb");
	cr_assert(file);
	cr_assert_eq(fwrite(text, 1, size, file), size);
	fclose(file);
}

static void put(struct trial *trial, const char *name, const char *text)
{
	put_bytes(trial, name, text, strlen(text));
}

/* Link to a file that lies beside the sources. */
static void bring(struct trial *trial, const char *name)
{
	const char *own = strrchr(name, '/') + 1;
	char path[PATH_MAX], link[PATH_MAX], *real;

	snprintf(path, sizeof(path), SHARED "%s", name);
	real = realpath(path, NULL);
	cr_assert(real, "%s", path);
	snprintf(link, sizeof(link), "%s/%s", trial->in, own);
	cr_assert_eq(symlink(real, link), 0);
	free(real);
}

static bool have_shared(const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), SHARED "%s", name);
	return access(path, R_OK) == 0;
}

static int build(struct trial *trial)
{
	struct build_options options = {.replace = true};

	return codes_build(trial->in, trial->out, &options, &trial->result, &trial->diag);
}

static const struct set *use(struct trial *trial, const char *name)
{
	const struct set *set;
	int err = trial->sets ? 0 : sets_open(&trial->sets, trial->out, &trial->diag);

	cr_assert_eq(err, 0, "%s", trial->diag.text);
	cr_assert_eq(sets_use(trial->sets, name, &set, &trial->diag), 0, "%s", trial->diag.text);
	cr_assert(set, "no set %s", name);
	return set;
}

static void build_well(struct trial *trial)
{
	int err = build(trial);

	cr_assert_eq(err, 0, "%s", trial->diag.text);
}

static const struct build_file *file_of(const struct trial *trial, const char *path)
{
	for (size_t i = 0; i < trial->result.file_count; i++)
		if (strcmp(trial->result.files[i].path, path) == 0)
			return &trial->result.files[i];
	cr_assert(false, "no file %s", path);
	return NULL;
}

static uint64_t key_in(const struct set *set, const char *code)
{
	uint64_t key = set_key_of(set->schema, code, strlen(code));

	cr_assert_neq(key, 0, "%s", code);
	return key;
}

static const void *row_on(const struct set *set, const char *code, int32_t on)
{
	return set_find_day(set, key_in(set, code), on);
}

/* ---- ICD-10 by year ---- */

static bool billable_on(const struct set *set, uint64_t key, int32_t on)
{
	const struct icd10_row *row = (const void *)set_find_day(set, key, on);

	return row && row->flags & ICD10_BILLABLE;
}

static size_t count_on(const struct set *set, uint32_t kind, int32_t on)
{
	size_t count = 0;

	for (size_t i = 0; i < set->row_count; i++) {
		const struct icd10_row *row = (const void *)(set->rows + i * sizeof(*row));

		count += row->flags & kind && row->row.from <= on && on <= row->row.to;
	}
	return count;
}

/* yyyymmdd, or other where there is none. */
static int32_t oracle_day(const char *text, int32_t other)
{
	int number = atoi(text);

	return number ? day(number / 10000, number / 100 % 100, number % 100) : other;
}

/*
 * Every code of an oracle is billable on exactly the days that it says, and there is
 * no other.
 */
static void check_validity(const struct set *set, const char *oracle, const int32_t days[])
{
	char path[PATH_MAX], line[128];
	size_t counts[8] = {0};
	FILE *file;

	snprintf(path, sizeof(path), SHARED "%s", oracle);
	file = fopen(path, "r");
	cr_assert(file);
	cr_assert(fgets(line, sizeof(line), file));
	while (fgets(line, sizeof(line), file)) {
		char *code = strtok(line, ","), *dates = code + strlen(code) + 1;
		char *ended = strchr(dates, ',') + 1;
		int32_t from = oracle_day(dates, 0), to = oracle_day(ended, INT32_MAX);
		uint64_t key = key_in(set, code);

		for (size_t i = 0; days[i]; i++) {
			bool valid = from <= days[i] && days[i] <= to;

			cr_assert_eq(billable_on(set, key, days[i]), valid, "%s on day %d", code,
			        days[i]);
			counts[i] += valid;
		}
	}
	fclose(file);
	for (size_t i = 0; days[i]; i++)
		cr_assert_eq(
		        count_on(set, ICD10_BILLABLE, days[i]), counts[i], "on day %d", days[i]);
}

/* Every boundary on which any release of FY2025 and FY2026 began, and the days around. */
static void fill_days(int32_t days[7])
{
	days[0] = day(2024, 10, 1);
	days[1] = day(2025, 3, 31);
	days[2] = day(2025, 4, 1);
	days[3] = day(2025, 9, 30);
	days[4] = day(2025, 10, 1);
	days[5] = day(2026, 9, 30);
	days[6] = 0;
}

static void check_both_years(struct trial *trial)
{
	const struct set *set = use(trial, "icd10cm");
	int32_t days[7];

	fill_days(days);
	check_validity(set, "icd10cm/i10dx_validity.csv", days);
	cr_assert_eq(count_on(set, ICD10_BILLABLE, day(2024, 10, 1)), 74260);
	cr_assert_eq(count_on(set, ICD10_BILLABLE, day(2025, 10, 1)), 74719);
	cr_assert_eq(count_on(set, ICD10_HEADER, day(2024, 10, 1)), 23324);
	cr_assert_eq(count_on(set, ICD10_HEADER, day(2025, 10, 1)), 23467);
	cr_assert(set_covers(set, day(2024, 10, 1)));
	cr_assert(!set_covers(set, day(2024, 9, 30)));
	cr_assert(set_covers(set, day(2026, 9, 30)));
	cr_assert(!set_covers(set, day(2026, 10, 1)));
}

#define NEED(name) \
	if (!have_shared(name)) \
	cr_skip_test(name " is not here")

Test(import_icd, cm_of_two_years_is_valid_when_the_oracle_says)
{
	struct trial trial;

	NEED("icd10cm/i10dx_validity.csv");
	begin(&trial);
	bring(&trial, "icd10cm/icd10cm_order_2025.txt");
	bring(&trial, "icd10cm/icd10cm_order_2026.txt");
	build_well(&trial);
	printf("ICD-10-CM of two years: %.3f s\n", trial.result.seconds);
	cr_assert_lt(trial.result.seconds, 10.0, "a second on an idle machine");
	check_both_years(&trial);
	cr_assert_eq(file_of(&trial, "icd10cm_order_2026.txt")->rows, 98186);
	end(&trial);
}

Test(import_icd, cm_of_a_year_and_its_addenda_gives_the_year_before)
{
	struct trial trial;

	NEED("icd10cm/icd10cm_order_addenda_2026.txt");
	begin(&trial);
	bring(&trial, "icd10cm/icd10cm_order_2026.txt");
	bring(&trial, "icd10cm/icd10cm_order_addenda_2026.txt");
	build_well(&trial);
	check_both_years(&trial);
	end(&trial);
}

Test(import_icd, cm_of_a_year_and_the_addenda_of_the_next_gives_the_next)
{
	struct trial trial;

	NEED("icd10cm/icd10cm_order_addenda_2026.txt");
	begin(&trial);
	bring(&trial, "icd10cm/icd10cm_order_2025.txt");
	bring(&trial, "icd10cm/icd10cm_order_addenda_2026.txt");
	build_well(&trial);
	check_both_years(&trial);
	end(&trial);
}

Test(import_icd, cm_code_files_alone_give_the_same_and_their_headers)
{
	struct trial trial;

	NEED("icd10cm/icd10cm_codes_2025.txt");
	begin(&trial);
	bring(&trial, "icd10cm/icd10cm_codes_2025.txt");
	bring(&trial, "icd10cm/icd10cm_codes_2026.txt");
	build_well(&trial);
	check_both_years(&trial);
	end(&trial);
}

Test(import_icd, all_of_cm_together_is_one)
{
	struct trial trial;

	NEED("icd10cm/icd10cm_order_addenda_2026.txt");
	begin(&trial);
	bring(&trial, "icd10cm/icd10cm_order_2025.txt");
	bring(&trial, "icd10cm/icd10cm_order_2026.txt");
	bring(&trial, "icd10cm/icd10cm_codes_2025.txt");
	bring(&trial, "icd10cm/icd10cm_codes_2026.txt");
	bring(&trial, "icd10cm/icd10cm_order_addenda_2026.txt");
	build_well(&trial);
	check_both_years(&trial);
	end(&trial);
}

Test(import_icd, pcs_is_valid_when_the_oracle_says)
{
	/* The release of October: what began or ended on 2026-04-01 is not in it. */
	int32_t days[] = {day(2025, 10, 1), day(2026, 3, 31), 0};
	struct trial trial;
	const struct set *set;

	NEED("icd10pcs/i10pcs_validity.csv");
	begin(&trial);
	bring(&trial, "icd10pcs/icd10pcs_order_2026.txt");
	build_well(&trial);
	set = use(&trial, "icd10pcs");
	cr_assert_eq(count_on(set, ICD10_BILLABLE, day(2025, 10, 1)), 79115);
	cr_assert_eq(count_on(set, ICD10_HEADER, day(2025, 10, 1)), 914);
	for (size_t i = 0; days[i]; i++)
		cr_assert_eq(count_on(set, ICD10_BILLABLE, days[i]), 79115);
	end(&trial);
}

/* Keys of an oracle that a set of October 2025 does not know are those that were not valid. */
Test(import_icd, pcs_knows_no_other_code)
{
	char path[] = SHARED "icd10pcs/i10pcs_validity.csv", line[128];
	int32_t on = day(2025, 10, 1);
	struct trial trial;
	const struct set *set;
	FILE *file;

	NEED("icd10pcs/i10pcs_validity.csv");
	begin(&trial);
	bring(&trial, "icd10pcs/icd10pcs_order_2026.txt");
	build_well(&trial);
	set = use(&trial, "icd10pcs");
	file = fopen(path, "r");
	cr_assert(file);
	cr_assert(fgets(line, sizeof(line), file));
	while (fgets(line, sizeof(line), file)) {
		char *code = strtok(line, ","), *dates = code + strlen(code) + 1;
		bool valid = oracle_day(dates, 0) <= on &&
		             on <= oracle_day(strchr(dates, ',') + 1, INT32_MAX);

		cr_assert_eq(billable_on(set, key_in(set, code), on), valid, "%s", code);
	}
	fclose(file);
	end(&trial);
}

/* The shape of HCPCS level II, and of nothing else. */
static bool looks_like_hcpcs(const char *code)
{
	return strlen(code) == 5 && code[0] >= 'A' && strspn(code + 1, "0123456789") == 4;
}

Test(import_icd, codes_that_look_like_hcpcs_keep_their_system)
{
	int32_t on = day(2025, 10, 1);
	struct trial trial;
	const struct set *set, *hcpcs;
	size_t count = 0;

	NEED("icd10cm/icd10cm_order_2026.txt");
	begin(&trial);
	bring(&trial, "icd10cm/icd10cm_order_2026.txt");
	bring(&trial, "hcpcs/HCPC2020_ANWEB_w_disclaimer.txt");
	build_well(&trial);
	set = use(&trial, "icd10cm");
	hcpcs = use(&trial, "hcpcs");
	for (uint32_t i = 0; i < set->table.slots; i++) {
		char code[SET_KEY_TEXT_MAX];
		uint64_t key = set->table.keys[i];

		if (key == 0)
			continue;
		set_key_text(set->schema, key, code);
		if (!looks_like_hcpcs(code) || !billable_on(set, key, on))
			continue;
		count++;
		cr_assert_eq(key >> 56, SYSTEM_ICD10CM);
		cr_assert_null(set_find(set, code_key(SYSTEM_PROCEDURE, key << 8 >> 8)));
		cr_assert_null(set_find(set, code_key(SYSTEM_ICD10PCS, key << 8 >> 8)));
		cr_assert_null(set_find(hcpcs, key));
	}
	cr_assert_eq(count, 6761);
	cr_assert(set_find(set, key_in(set, "J1200")) == NULL);
	cr_assert(set_find(hcpcs, key_in(hcpcs, "J1200")));
	cr_assert(billable_on(set, key_in(set, "M54.16"), on));
	end(&trial);
}

Test(import_icd, sides_are_those_of_paired_parts)
{
	static const struct {
		const char *code;
		uint32_t side; /* ICD10_LEFT, ICD10_RIGHT or neither */
	} cases[] = {{"C50911", ICD10_RIGHT}, {"C50912", ICD10_LEFT}, {"C50919", 0},
	        {"H2511", ICD10_RIGHT}, {"H2513", 0}, {"M1711", ICD10_RIGHT}, {"M170", 0},
	        {"S52502A", ICD10_LEFT}, {"I501", 0}, {"I50810", 0}, {"I63512", 0},
	        {"I82402", ICD10_LEFT}, {"T81500A", 0}, {"R1011", 0}, {"K5150", 0},
	        {"E113212", ICD10_LEFT}, {"A000", 0}};
	struct trial trial;
	const struct set *set;

	NEED("icd10cm/icd10cm_order_2026.txt");
	begin(&trial);
	bring(&trial, "icd10cm/icd10cm_order_2026.txt");
	build_well(&trial);
	set = use(&trial, "icd10cm");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct icd10_row *row = row_on(set, cases[i].code, day(2025, 10, 1));

		cr_assert(row, "%s", cases[i].code);
		cr_assert_eq(row->flags & (ICD10_LEFT | ICD10_RIGHT), cases[i].side, "%s: %s",
		        cases[i].code, set_text(set, row->title));
	}
	end(&trial);
}

/* ---- ICD-10 by hand ---- */

enum { TEXT_MAX = 16384 };

/* "A00 0 Cholera|A000 1 Bravo" as the lines of an order file, or of a code file (number 0). */
static void put_lines(struct trial *trial, const char *name, const char *lines, int number)
{
	char text[TEXT_MAX], copy[TEXT_MAX], *rest = copy, *line;
	size_t size = 0;

	snprintf(copy, sizeof(copy), "%s", lines);
	while ((line = strsep(&rest, "|"))) {
		const char *code = strsep(&line, " "), *flag = strsep(&line, " ");

		if (number)
			size += (size_t)snprintf(text + size, sizeof(text) - size,
			        "%05d %-7s %s %-60s %s\r\n", number++, code, flag, line, line);
		else
			size += (size_t)snprintf(
			        text + size, sizeof(text) - size, "%-7s %s\r\n", code, line);
	}
	put(trial, name, text);
}

/* "Add: 1 A000 Bravo|Delete: 1 A001 Charlie" as addenda of order files. */
static void put_addenda(struct trial *trial, const char *name, const char *lines, const char *end)
{
	char text[TEXT_MAX], copy[TEXT_MAX], *rest = copy, *line;
	size_t size = 0;

	snprintf(copy, sizeof(copy), "%s", lines);
	while ((line = strsep(&rest, "|"))) {
		const char *action = strsep(&line, ":"), *flag, *code;

		line++;
		flag = strsep(&line, " ");
		code = strsep(&line, " ");
		size += (size_t)snprintf(text + size, sizeof(text) - size,
		        "%s:%*s%s %-7s %-60s %s\r\n", action, (int)(12 - strlen(action)), "", flag,
		        code, line, line);
	}
	snprintf(text + size, sizeof(text) - size, "%s", end);
	put(trial, name, text);
}

/* The codes of a set on a day: "A00:header A000:billable ", sorted. */
static int by_word(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void list_on(const struct set *set, int32_t on, char *out)
{
	char words[64][32];
	size_t count = 0;

	for (uint32_t i = 0; i < set->table.slots; i++) {
		const struct icd10_row *row;

		if (set->table.keys[i] == 0)
			continue;
		row = (const void *)set_find_day(set, set->table.keys[i], on);
		if (!row)
			continue;
		set_key_text(set->schema, set->table.keys[i], words[count]);
		strcat(words[count++], row->flags & ICD10_BILLABLE ? "+" : "-");
	}
	qsort(words, count, sizeof(words[0]), by_word);
	*out = '\0';
	for (size_t i = 0; i < count; i++)
		strcat(strcat(out, words[i]), " ");
}

static void expect_on(const struct set *set, int32_t on, const char *expected)
{
	char found[2048];

	list_on(set, on, found);
	cr_assert_str_eq(found, expected);
}

Test(import_icd, a_release_of_april_stands_from_april)
{
	struct trial trial;
	const struct set *set;
	const struct icd10_row *row;

	begin(&trial);
	put_lines(&trial, "icd10cm_order_2025.txt", "A00 0 Alfa|A000 1 Bravo|A001 1 Charlie", 1);
	put_lines(&trial, "icd10cm_order_april_2025.txt",
	        "A00 0 Alfa|A000 0 Bravo|A0001 1 Delta|A001 1 Charles", 1);
	put_lines(&trial, "icd10cm_order_2026.txt", "A00 0 Alfa|A000 0 Bravo|A0001 1 Delta", 1);
	build_well(&trial);
	set = use(&trial, "icd10cm");
	expect_on(set, day(2024, 9, 30), "");
	expect_on(set, day(2024, 10, 1), "A00- A000+ A001+ ");
	expect_on(set, day(2025, 3, 31), "A00- A000+ A001+ ");
	expect_on(set, day(2025, 4, 1), "A00- A000- A0001+ A001+ ");
	expect_on(set, day(2025, 10, 1), "A00- A000- A0001+ ");
	expect_on(set, day(2026, 10, 1), "");
	row = row_on(set, "A001", day(2025, 3, 31));
	cr_assert_str_eq(set_text(set, row->title), "Charlie");
	row = row_on(set, "A001", day(2025, 4, 1));
	cr_assert_str_eq(set_text(set, row->title), "Charles");
	end(&trial);
}

static const char order_2026[] = "A00 0 Alfa|A000 1 Bravo|A01 0 Echo|A010 1 Foxtrot|A011 1 Golf";
static const char addenda_2026[] =
        "Delete: 1 A01 Echo|Add: 0 A01 Echo|Add: 1 A010 Foxtrot|Add: 1 A011 Golf|"
        "Delete: 1 A009 Hotel|Revise from: 1 A000 Beta|Revise to: 1 A000 Bravo";
static const char summary_2026[] = "\r\nCodes\r\n     3 codes in icd10cm_order_2025.txt\r\n"
                                   "     3 codes in icd10cm_order_2026.txt\r\n"
                                   "     3 additions\r\n     2 deletions\r\n";

Test(import_icd, addenda_give_the_year_before_by_hand)
{
	struct trial trial;
	const struct set *set;
	const struct icd10_row *row;

	begin(&trial);
	put_lines(&trial, "icd10cm_order_2026.txt", order_2026, 1);
	put_addenda(&trial, "addenda.txt", addenda_2026, summary_2026);
	build_well(&trial);
	set = use(&trial, "icd10cm");
	expect_on(set, day(2025, 9, 30), "A00- A000+ A009+ A01+ ");
	expect_on(set, day(2025, 10, 1), "A00- A000+ A01- A010+ A011+ ");
	row = row_on(set, "A000", day(2025, 9, 30));
	cr_assert_str_eq(set_text(set, row->title), "Beta");
	row = row_on(set, "A000", day(2025, 10, 1));
	cr_assert_str_eq(set_text(set, row->title), "Bravo");
	cr_assert_eq(file_of(&trial, "addenda.txt")->skipped, 6);
	end(&trial);
}

Test(import_icd, addenda_of_code_files_give_the_year_before)
{
	struct trial trial;
	const struct set *set;

	begin(&trial);
	put_lines(&trial, "icd10cm_order_2026.txt", order_2026, 1);
	put(&trial, "icd10cm_codes_addenda_2026.txt",
	        "Delete:      A01     Echo\r\nAdd:         A010    Foxtrot\r\n"
	        "Add:         A011    Golf\r\nDelete:      A009    Hotel\r\n");
	build_well(&trial);
	set = use(&trial, "icd10cm");
	expect_on(set, day(2025, 9, 30), "A00- A000+ A009+ A01+ ");
	expect_on(set, day(2025, 10, 1), "A00- A000+ A01- A010+ A011+ ");
	end(&trial);
}

Test(import_icd, a_code_file_has_the_headers_of_its_codes)
{
	struct trial trial;

	begin(&trial);
	put_lines(&trial, "icd10cm_codes_2026.txt",
	        "A000 1 Bravo|A0100 1 Foxtrot|A0101 1 Golf|B99 1 X", 0);
	put_lines(&trial, "icd10pcs_codes_2026.txt", "0016070 1 Juliett|001607A 1 Kilo", 0);
	build_well(&trial);
	expect_on(use(&trial, "icd10cm"), day(2025, 10, 1),
	        "A00- A000+ A01- A010- A0100+ A0101+ B99+ ");
	expect_on(use(&trial, "icd10pcs"), day(2025, 10, 1), "001- 0016070+ 001607A+ ");
	end(&trial);
}

Test(import_icd, a_row_that_stands_twice_is_one)
{
	struct trial trial;

	begin(&trial);
	put_lines(&trial, "icd10cm_order_2026.txt", "A00 0 Alfa|A000 1 Bravo|A000 1 Bravo", 1);
	build_well(&trial);
	expect_on(use(&trial, "icd10cm"), day(2026, 1, 1), "A00- A000+ ");
	cr_assert_eq(file_of(&trial, "icd10cm_order_2026.txt")->rows, 3);
	end(&trial);
}

/* ---- What is refused ---- */

/* A bad file beside nothing else: the words of the refusal, and no image. */
static void refuse(struct trial *trial, const char *const words[])
{
	int err = build(trial);

	cr_assert_eq(err, FAIL_TABLE, "built: %s", words[0]);
	for (size_t i = 0; words[i]; i++)
		cr_assert(strstr(trial->diag.text, words[i]), "'%s' is not in: %s", words[i],
		        trial->diag.text);
	cr_assert_neq(access(trial->out, F_OK), 0, "an image is left behind");
	end(trial);
}

#define REFUSE(trial, ...) refuse(trial, (const char *const[]){__VA_ARGS__, NULL})

Test(import_icd, addenda_alone_are_refused)
{
	struct trial trial;

	begin(&trial);
	put_addenda(&trial, "addenda.txt", addenda_2026, summary_2026);
	REFUSE(&trial, "addenda.txt", "addenda alone", "order file of FY2026");
}

Test(import_icd, addenda_that_do_not_fit_are_refused)
{
	struct trial trial;

	begin(&trial);
	put_lines(&trial, "icd10cm_order_2026.txt", order_2026, 1);
	put_addenda(&trial, "icd10cm_order_addenda_2026.txt", "Add: 1 A019 India", "");
	REFUSE(&trial, "icd10cm_order_addenda_2026.txt does not fit icd10cm_order_2026.txt",
	        "code A019 is not there");
	begin(&trial);
	put_lines(&trial, "icd10cm_order_2026.txt", order_2026, 1);
	put_addenda(&trial, "icd10cm_order_addenda_2026.txt", "Add: 0 A010 Foxtrot", "");
	REFUSE(&trial, "code A010 is billable in one and a header in the other");
	begin(&trial);
	put_lines(&trial, "icd10cm_order_2026.txt", order_2026, 1);
	put_addenda(&trial, "icd10cm_order_addenda_2026.txt", "Delete: 1 A011 Golf", "");
	REFUSE(&trial, "code A011 is there already");
	begin(&trial);
	put_lines(&trial, "icd10cm_order_2026.txt", "A00 0 Alfa|A000 1 Bravo", 1);
	put_addenda(&trial, "addenda.txt", addenda_2026, summary_2026);
	REFUSE(&trial, "addenda.txt", "icd10cm_order_2026.txt has 1");
}

Test(import_icd, addenda_cut_short_are_refused)
{
	struct trial trial;

	begin(&trial);
	put_lines(&trial, "icd10cm_order_2026.txt", order_2026, 1);
	put_addenda(&trial, "addenda.txt", "Add: 1 A010 Foxtrot|Add: 1 A011 Golf", summary_2026);
	REFUSE(&trial, "addenda.txt:", "the summary says 3 additions and 2 deletions",
	        "there are 2 and 0");
	begin(&trial);
	put_lines(&trial, "icd10cm_order_2026.txt", order_2026, 1);
	put_addenda(&trial, "addenda_2026.txt", "Revise from: 1 A010 Foxtrot", "");
	REFUSE(&trial, "addenda_2026.txt:1", "'Revise from'", "the file is cut");
	begin(&trial);
	put_lines(&trial, "icd10cm_order_2026.txt", order_2026, 1);
	put(&trial, "addenda_2026.txt",
	        "Add:         1 A010    Foxtrot                                                    "
	        "  "
	        "Foxtrot\r\nAdd:         1 A011    Golf");
	REFUSE(&trial, "addenda_2026.txt:2", "cut short");
}

Test(import_icd, two_order_files_of_a_year_that_differ_are_refused)
{
	static const struct {
		const char *other, *words;
	} cases[] = {
	        {"A00 0 Alfa|A000 1 Bravo|A001 1 Charlie", "code A001 is in the"},
	        {"A00 0 Alfa|A000 0 Bravo", "code A000 is billable in one and a header"},
	        {"A00 0 Alfa|A000 1 Bravissimo", "code A000 has two titles"},
	};
	struct trial trial;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(&trial);
		put_lines(&trial, "a_order_2026.txt", "A00 0 Alfa|A000 1 Bravo", 1);
		put_lines(&trial, "b_order_2026.txt", cases[i].other, 1);
		REFUSE(&trial, "a_order_2026.txt", "b_order_2026.txt", "FY2026", cases[i].words);
	}
	begin(&trial);
	put_lines(&trial, "a_order_2026.txt", "A00 0 Alfa|A000 1 Bravo", 1);
	put_lines(&trial, "b_codes_2026.txt", "A000 1 Bravo|A001 1 Charlie", 0);
	REFUSE(&trial, "a_order_2026.txt", "b_codes_2026.txt", "code A001 is in the second only");
}

Test(import_icd, an_order_file_with_a_fault_is_refused_by_line)
{
	static const char good[] = "00001 A00     0 Alfa                                           "
	                           "              Alfa\r\n";
	static const struct {
		const char *name, *line, *words;
	} cases[] = {
	        {"order_2026.txt", "00002 A000    1 Bra",
	                "order_2026.txt:2: the line is cut short"},
	        {"order_2026.txt", "000", "order_2026.txt:2: the line is cut short"},
	        {"order_2026.txt",
	                "00003 A000    1 Bravo                                                     "
	                "   "
	                "Bravo\r\n",
	                "order_2026.txt:2: order number 3 follows 1"},
	        {"order_2026.txt",
	                "00002 A       1 Bravo                                                     "
	                "   "
	                "Bravo\r\n",
	                "order_2026.txt:2: 'A' is no ICD-10-CM code"},
	        {"order_2026.txt",
	                "00002 A00-    1 Bravo                                                     "
	                "   "
	                "Bravo\r\n",
	                "order_2026.txt:2: 'A00-' is no ICD-10-CM code"},
	        {"order_2026.txt",
	                "00002 A000    7 Bravo                                                     "
	                "   "
	                "Bravo\r\n",
	                "order_2026.txt:2: the line is cut short, or not laid out"},
	        {"order.txt", "",
	                "order.txt: neither the text nor the file's name says which fiscal"},
	};
	struct trial trial;
	char text[512];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(&trial);
		snprintf(text, sizeof(text), "%s%s", good, cases[i].line);
		put(&trial, cases[i].name, text);
		REFUSE(&trial, cases[i].words);
	}
}

Test(import_icd, an_order_file_cut_between_lines_is_refused)
{
	struct trial trial;
	char line[256], *text;
	size_t size = 0;

	begin(&trial);
	text = malloc(6000 * 100);
	for (int i = 0; i < 6000; i++) {
		snprintf(line, sizeof(line), "%05d A%02d%c%c%c  1 %-60s %s\r\n", i + 1, i / 1000,
		        "0123456789"[i / 100 % 10], "0123456789"[i / 10 % 10], "0123456789"[i % 10],
		        "Alfa", "Alfa");
		strcpy(text + size, line);
		size += strlen(line);
	}
	put_bytes(&trial, "order_2026.txt", text, size);
	free(text);
	REFUSE(&trial, "order_2026.txt:6000: the file ends in chapter A after 6000 codes");
}

Test(import_icd, web_pages_and_other_texts_are_no_release)
{
	struct trial trial;

	begin(&trial);
	put(&trial, "icd10cm_order_2026.txt",
	        "<!DOCTYPE html>\n<html><body>Access denied</body></html>\n");
	REFUSE(&trial, "icd10cm_order_2026.txt", "web page");
	begin(&trial);
	put_lines(&trial, "icd10cm_order_2026.txt", "A00 0 Alfa|A000 1 Bravo", 1);
	put(&trial, "notes.txt", "Nothing that an importer knows.\n");
	build_well(&trial);
	cr_assert_null(file_of(&trial, "notes.txt")->importer);
	cr_assert_eq(trial.result.unknown_count, 1);
	end(&trial);
}

/* ---- MCE ---- */

static uint32_t flags_on(const struct set *set, const char *code, int32_t on)
{
	const struct mce_row *row = row_on(set, code, on);

	return row ? row->flags : UINT32_MAX;
}

Test(import_icd, mce_flags_have_days)
{
	static const struct {
		const char *code;
		int year;
		uint32_t flags;
	} cases[] = {
	        {"O80", 2020, MCE_FEMALE | MCE_MATERNITY},
	        {"O80", 2025, MCE_MATERNITY},
	        {"A33", 2025, MCE_NEWBORN},
	        {"V0001XA", 2025, MCE_EXTERNAL_CAUSE},
	        {"F0280", 2018, MCE_MANIFESTATION},
	        {"Z5189", 2018, MCE_REQUIRES_SECONDARY | MCE_UNACCEPTABLE},
	        {"M80012A", 2018, MCE_ADULT},
	        {"N80109", 2023, MCE_FEMALE},
	        {"N80109", 2026, 0},
	        {"N80109", 2020, UINT32_MAX},
	        {"A000", 2018, 0},
	};
	struct trial trial;
	const struct set *set, *ages;
	const struct mce_age_row *age;

	NEED("mce/mce_v43_1_i10dx.csv");
	begin(&trial);
	bring(&trial, "mce/mce_v43_1_i10dx.csv");
	bring(&trial, "mce/mce_v43_1_i10pcs.csv");
	bring(&trial, "mce/mce_v43_1_age_ranges.csv");
	bring(&trial, "mce/mce_v43_1_discharge_status.csv");
	bring(&trial, "mce/MCE_Simple_Code_Edits_v37.txt");
	build_well(&trial);
	set = use(&trial, "mce");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_assert_eq(flags_on(set, cases[i].code, day(cases[i].year, 6, 1)), cases[i].flags,
		        "%s in %d", cases[i].code, cases[i].year);
	cr_assert_eq(file_of(&trial, "mce_v43_1_i10dx.csv")->rows, 84932);
	cr_assert_eq(file_of(&trial, "mce_v43_1_i10pcs.csv")->rows, 86809);
	cr_assert_eq(set->key_count, 75719);
	cr_assert_eq(set->row_count, 84932);
	cr_assert_eq(use(&trial, "mce_pcs")->row_count, 86809);
	cr_assert(set_covers(set, day(2015, 10, 1)));
	cr_assert(set_covers(set, day(2026, 9, 30)));
	cr_assert(!set_covers(set, day(2026, 10, 1)));
	ages = use(&trial, "mce_age");
	age = row_on(ages, "MATERNITY", day(2019, 9, 30));
	cr_assert(age->age_from == 12 && age->age_to == 55);
	age = row_on(ages, "MATERNITY", day(2019, 10, 1));
	cr_assert(age->age_from == 9 && age->age_to == 64);
	age = row_on(ages, "ADULT", day(2019, 10, 1));
	cr_assert(age->age_from == 15 && age->age_to == 124);
	cr_assert(row_on(use(&trial, "mce_discharge"), "10", day(2006, 1, 1)));
	cr_assert_null(row_on(use(&trial, "mce_discharge"), "10", day(2007, 1, 1)));
	end(&trial);
}

/* The lists of version 37 say of 2019-10-01 what the dated tables say of it. */
Test(import_icd, mce_lists_and_tables_agree)
{
	uint32_t both = MCE_ADULT | MCE_MATERNITY | MCE_PEDIATRIC | MCE_NEWBORN | MCE_FEMALE |
	                MCE_MALE | MCE_MANIFESTATION | MCE_UNACCEPTABLE | MCE_QUESTIONABLE |
	                MCE_WRONG_PROCEDURE;
	int32_t on = day(2019, 10, 1);
	struct trial trial;
	const struct set *tables, *lists;
	size_t flagged = 0;

	NEED("mce/MCE_Simple_Code_Edits_v37.txt");
	begin(&trial);
	bring(&trial, "mce/mce_v43_1_i10dx.csv");
	bring(&trial, "mce/MCE_Simple_Code_Edits_v37.txt");
	build_well(&trial);
	tables = use(&trial, "mce");
	lists = use(&trial, "mce_lists");
	for (uint32_t i = 0; i < tables->table.slots; i++) {
		uint64_t key = tables->table.keys[i];
		const struct mce_row *one, *two;

		one = key ? (const void *)set_find_day(tables, key, on) : NULL;
		two = key ? (const void *)set_find_day(lists, key, on) : NULL;
		cr_assert_eq(one ? one->flags & both : 0, two ? two->flags & both : 0);
		flagged += two != NULL;
	}
	cr_assert_eq(flagged, lists->key_count);
	end(&trial);
}

#define MCE_HEAD "code,start_date,end_date,flags\r\n"

Test(import_icd, mce_tables_with_a_fault_are_refused_by_line)
{
	static const struct {
		const char *line, *words;
	} cases[] = {
	        {"A001,20251001,20250930,\r\n",
	                "mce.csv:3: the days '20251001' to '20250930' are no"},
	        {"A001,20251301,,\r\n", "mce.csv:3: the days '20251301' to ''"},
	        {"A001,20251001,,adolescent\r\n", "mce.csv:3: the flag 'adolescent' is not known"},
	        {"A001,2025", "mce.csv:3: 2 cells, but 4 columns"},
	        {"A-1,20251001,,\r\n", "mce.csv:3: 'A-1' is no ICD-10-CM code"},
	};
	struct trial trial;
	char text[512];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(&trial);
		snprintf(text, sizeof(text), MCE_HEAD "A000,20151001,99991231,adult\r\n%s",
		        cases[i].line);
		put(&trial, "mce.csv", text);
		REFUSE(&trial, cases[i].words);
	}
	begin(&trial);
	put(&trial, "mce.csv", MCE_HEAD "A000,20151001,,adult\r\nA000,20201001,,male\r\n");
	REFUSE(&trial, "mce", "A000", "contradict");
}

/* ---- DRGs ---- */

Test(import_icd, drgs_are_of_their_version)
{
	struct trial trial;
	const struct set *set;
	const struct msdrg_row *drg;
	const struct drg_cc_row *level;

	NEED("msdrg/msdrg_v41_1_list.csv");
	begin(&trial);
	bring(&trial, "msdrg/msdrg_v41_1_list.csv");
	bring(&trial, "msdrg/v40_appendix_A.txt");
	bring(&trial, "msdrg/msdrg_v41_1_cc.csv");
	bring(&trial, "msdrg/msdrg_v41_1_mcc.csv");
	build_well(&trial);
	cr_assert_eq(file_of(&trial, "msdrg_v41_1_list.csv")->rows, 766);
	cr_assert_eq(file_of(&trial, "v40_appendix_A.txt")->rows, 767);
	set = use(&trial, "msdrg");
	for (int year = 2023; year <= 2024; year++) {
		drg = row_on(set, "470", day(year, 6, 1));
		cr_assert(drg);
		cr_assert_eq(drg->mdc, TWO_CHARS('0', '8'));
		cr_assert_eq(drg->type, DRG_SURGICAL);
		cr_assert(strstr(set_text(set, drg->title), "KNEE JOINT REPLACEMENT"));
	}
	drg = row_on(set, "998", day(2023, 6, 1));
	cr_assert(drg && drg->type == 0 && drg->mdc == 0);
	cr_assert_null(row_on(set, "470", day(2023, 12, 1)));
	set = use(&trial, "drg_cc");
	cr_assert_eq(set->key_count, 14885 + 3330);
	level = row_on(set, "A00.0", day(2024, 6, 1));
	cr_assert_eq(level->level, DRG_CC);
	level = row_on(set, "A021", day(2024, 6, 1));
	cr_assert_eq(level->level, DRG_MCC);
	cr_assert_null(row_on(set, "I10", day(2024, 6, 1)));
	end(&trial);
}

#define CC_HEAD "\"icd_code\",\"icd_description\",\"dx_type\"\n"

Test(import_icd, drg_lists_with_a_fault_are_refused)
{
	struct trial trial;

	begin(&trial);
	put(&trial, "msdrg_v41_1_cc.csv", CC_HEAD "\"A00.0\",\"\",\"CC\"\n");
	REFUSE(&trial, "msdrg_v41_1_cc.csv", "the MCC list of the same version is missing");
	begin(&trial);
	put(&trial, "msdrg_v41_1_cc.csv", CC_HEAD "\"A00.0\",\"\",\"CC\"\n");
	put(&trial, "msdrg_v41_1_mcc.csv", CC_HEAD "\"A00.0\",\"\",\"MCC\"\n");
	REFUSE(&trial, "msdrg_v41_1_cc.csv", "msdrg_v41_1_mcc.csv", "A000", "level");
	begin(&trial);
	put(&trial, "cc.csv", CC_HEAD "\"A00.0\",\"\",\"CC\"\n");
	REFUSE(&trial, "cc.csv", "which version");
	begin(&trial);
	put(&trial, "msdrg_v41_1_cc.csv", CC_HEAD "\"A00.0\",\"\",\"DD\"\n");
	REFUSE(&trial, "msdrg_v41_1_cc.csv:2: 'DD' is neither CC nor MCC");
	begin(&trial);
	put(&trial, "msdrg_v41_1_list.csv", "drg,mdc,drg_abb,drg_description\n470,08,P,KNEE\n47");
	REFUSE(&trial, "msdrg_v41_1_list.csv:3: 1 cells, but 4 columns");
	begin(&trial);
	put(&trial, "a.txt", "Appendix A List of MS-DRGs Version 40.0\n470 08  P  KNEE\n471 08");
	REFUSE(&trial, "a.txt:3: the line is cut short");
}

Test(import_icd, table_5_gives_weights)
{
	struct trial trial;
	const struct set *set;
	const struct msdrg_weights_row *row;

	begin(&trial);
	put(&trial, "table5.txt",
	        "\"TABLE 5.\x97LIST OF MEDICARE SEVERITY\nDIAGNOSIS-RELATED GROUPS FY "
	        "2025\"\t\t\t\r\n"
	        "MS-DRG \tFY 2025 Final Post-Acute DRG\tFY 2025 Final Special Pay DRG\tMDC\tTYPE\t"
	        "MS-DRG Title\tWeights - Before Cap\tWeights - 10% Cap Applied\tGeometric mean "
	        "LOS\t"
	        "Arithmetic mean LOS\r\n"
	        "001\tNo\tNo\tPRE\tSURG\tHEART TRANSPLANT\t28.8541\t27.5\t31.3\t42.7\r\n"
	        "470\tYes\tYes\t08\tSURG\t\"MAJOR HIP, KNEE\"\t1.9115\t1.9115\t1.8\t2.25\r\n"
	        "998\tNo\tNo\t\t**\tINVALID\t0.0000\t0.0000\t0.0\t0.0\r\n"
	        "MS-DRGs 998 and 999 contain cases that could not be assigned.\r\n");
	build_well(&trial);
	cr_assert_eq(file_of(&trial, "table5.txt")->skipped, 3);
	set = use(&trial, "msdrg_weights");
	cr_assert_eq(set->key_count, 3);
	row = row_on(set, "470", day(2024, 10, 1));
	cr_assert(row);
	cr_assert_eq(row->weight, 19115);
	cr_assert_eq(row->los_geometric, 180);
	cr_assert_eq(row->los_arithmetic, 225);
	cr_assert_eq(row->flags, DRG_SURGICAL | DRG_POST_ACUTE | DRG_SPECIAL_PAY);
	cr_assert_eq(row->mdc, TWO_CHARS('0', '8'));
	cr_assert_str_eq(set_text(set, row->title), "MAJOR HIP, KNEE");
	row = row_on(set, "001", day(2025, 9, 30));
	cr_assert(row->weight == 288541 && row->weight_capped == 275000 && row->mdc == 0);
	cr_assert_null(row_on(set, "470", day(2025, 10, 1)));
	end(&trial);
}

/* ---- HCCs ---- */

/* "CMS-HCC V28 2026:36 ..." of a code, in the order of its rows. */
static size_t hcc_of(const struct set *set, const char *code, const char *model, int year)
{
	const struct set_row *row = set_find(set, key_in(set, code));
	size_t hcc = 0;

	for (int more = row ? row->more : -1; more >= 0; more--, row = set_next_row(set, row)) {
		const struct hcc_row *one = (const void *)row;

		if (one->year == year && strcmp(set_text(set, one->model), model) == 0)
			hcc = one->hcc;
	}
	return hcc;
}

static size_t hcc_count(const struct set *set, enum hcc_family family, int version, int year)
{
	size_t count = 0;

	for (size_t i = 0; i < set->row_count; i++) {
		const struct hcc_row *row = (const void *)(set->rows + i * sizeof(*row));

		count += row->family == family && row->version == version && row->year == year;
	}
	return count;
}

static bool drops(const struct set *set, const char *hcc, int dropped, const char *model)
{
	const struct set_row *row = set_find(set, key_in(set, hcc));

	for (int more = row ? row->more : -1; more >= 0; more--, row = set_next_row(set, row)) {
		const struct hcc_hierarchy_row *one = (const void *)row;

		if (one->dropped == dropped && strcmp(set_text(set, one->model), model) == 0)
			return true;
	}
	return false;
}

Test(import_icd, hccs_are_by_model_and_year)
{
	struct trial trial;
	const struct set *set;

	NEED("hcc/hcc_ra_dx_to_cc_2026.csv");
	begin(&trial);
	bring(&trial, "hcc/F2824T1N.TXT");
	bring(&trial, "hcc/V28115H1.TXT");
	bring(&trial, "hcc/hcc_ra_dx_to_cc_2026.csv");
	bring(&trial, "hcc/hcc_ra_hierarchies_2026.csv");
	build_well(&trial);
	set = use(&trial, "hcc");
	cr_assert_eq(hcc_count(set, HCC_CMS, 28, 2024), 8090);
	cr_assert_eq(hcc_count(set, HCC_CMS, 28, 2026), 8183);
	cr_assert_eq(hcc_count(set, HCC_CMS, 24, 2026), 10211);
	cr_assert_eq(hcc_count(set, HCC_CMS, 22, 2026), 9979);
	cr_assert_eq(hcc_count(set, HCC_ESRD, 21, 2026), 10457);
	cr_assert_eq(hcc_count(set, HCC_ESRD, 24, 2026), 10211);
	cr_assert_eq(hcc_count(set, HCC_RX, 5, 2026), 4545);
	cr_assert_eq(hcc_count(set, HCC_RX, 8, 2026), 5399);
	cr_assert_eq(hcc_of(set, "E11.00", "CMS-HCC V28", 2024), 36);
	cr_assert_eq(hcc_of(set, "E1100", "CMS-HCC V28", 2026), 36);
	cr_assert_eq(hcc_of(set, "E1100", "CMS-HCC V24", 2026), 17);
	cr_assert_eq(hcc_of(set, "E1100", "CMS-HCC ESRD V21", 2026), 17);
	cr_assert_eq(hcc_of(set, "E1100", "RxHCC V08", 2026), 30);
	set = use(&trial, "hcc_hierarchy");
	cr_assert(drops(set, "17", 23, "CMS-HCC V28"));
	cr_assert(drops(set, "191", 254, "CMS-HCC V28"));
	cr_assert(drops(set, "192", 254, "CMS-HCC V28"));
	cr_assert(!drops(set, "18", 17, "CMS-HCC V28"));
	cr_assert(drops(set, "8", 9, "CMS-HCC ESRD V21"));
	end(&trial);
}

/* The SAS macro and the csv of V28 say the same. */
Test(import_icd, hcc_hierarchies_agree)
{
	struct trial trial;
	const struct set *set;
	size_t counts[2] = {0};

	NEED("hcc/V28115H1.TXT");
	begin(&trial);
	bring(&trial, "hcc/V28115H1.TXT");
	bring(&trial, "hcc/hcc_ra_hierarchies_2026.csv");
	build_well(&trial);
	set = use(&trial, "hcc_hierarchy");
	for (size_t i = 0; i < set->row_count; i++) {
		const struct hcc_hierarchy_row *row = (const void *)(set->rows + i * sizeof(*row));

		if (row->family == HCC_CMS && row->version == 28)
			counts[row->year == 2026]++;
	}
	cr_assert_eq(counts[0], 149);
	cr_assert_eq(counts[1], 149);
	end(&trial);
}

Test(import_icd, hcc_files_with_a_fault_are_refused)
{
	struct trial trial;

	begin(&trial);
	put(&trial, "map.txt", "A0104\t92\t\nA0105\t92\t\n");
	REFUSE(&trial, "map.txt", "which model and year");
	begin(&trial);
	put(&trial, "F2824T1N.TXT", "A0104\t92\t\nA0105\t92\t\n");
	put(&trial, "V28115H1.TXT", " %MACRO V28115H1;\n %SET0(CC=17, HIER=%STR(18,\n19));\n");
	REFUSE(&trial, "V28115H1.TXT:3", "no %MEND");
	begin(&trial);
	put(&trial, "cc_2026.csv", "diagnosis_code,cc,model_name\nA0104,92,Another Model V28\n");
	REFUSE(&trial, "cc_2026.csv:2: 'Another Model V28' is no model");
}

/* ---- Crosswalks ---- */

Test(import_icd, gems_map_both_ways)
{
	struct trial trial;
	const struct set *set;
	const struct gems_row *row;

	NEED("gems/2018_I10gem.txt");
	begin(&trial);
	bring(&trial, "gems/2018_I10gem.txt");
	bring(&trial, "gems/2018_I9gem.txt");
	build_well(&trial);
	set = use(&trial, "gems");
	cr_assert_eq(set->row_count, 81593);
	row = (const void *)set_find(set, key_in(set, "E1100"));
	cr_assert_eq(row->target, 0x3032303532);
	cr_assert_eq(row->flags, GEM_APPROXIMATE);
	row = (const void *)set_find(set, key_in(set, "R29700"));
	cr_assert(row->target == 0 && row->flags == (GEM_APPROXIMATE | GEM_NO_MAP));
	row = (const void *)set_find(set, key_in(set, "A021"));
	cr_assert_eq(row->row.more, 1);
	cr_assert(row->scenario == 1 && row->flags == (GEM_APPROXIMATE | GEM_COMBINATION));
	set = use(&trial, "gems_icd9");
	cr_assert_eq(set->row_count, 24860);
	row = (const void *)set_find(set, key_in(set, "250.01"));
	cr_assert_eq(row->target, 0x39303145);
	cr_assert_eq(row->flags, GEM_APPROXIMATE);
	end(&trial);
}

Test(import_icd, gems_of_procedures_are_told_apart)
{
	struct trial trial;

	begin(&trial);
	put(&trial, "gem_i10pcs_2018.txt", "0016070 0234  10000\r\n0016071 NoPCS 11000\r\n");
	put(&trial, "gem_i9pcs_2018.txt", "0001  6A750Z4 10000\r\n0002  6A750Z5 10000\r\n");
	build_well(&trial);
	cr_assert_eq(use(&trial, "gems_pcs")->row_count, 2);
	cr_assert_eq(use(&trial, "gems_icd9_pcs")->row_count, 2);
	end(&trial);
	begin(&trial);
	put(&trial, "2018_I10gem.txt", "A000    0010  00000\r\nA001    0011  0");
	build(&trial);
	cr_assert(strstr(trial.diag.text, "2018_I10gem.txt"), "%s", trial.diag.text);
	end(&trial);
	begin(&trial);
	put(&trial, "2018_I10gem.txt", "A000    0010  00000\r\nA001    NoDx  00000\r\n");
	REFUSE(&trial, "2018_I10gem.txt:2: the flag for 'no map'");
}

Test(import_icd, icd_11_and_the_way_there)
{
	struct trial trial;
	const struct set *set;
	const struct icd11_row *code;
	const struct icd10to11_row *row;

	NEED("icd11/10To11MapToOneCategory.txt");
	begin(&trial);
	bring(&trial, "icd11/10To11MapToOneCategory.txt");
	bring(&trial, "icd11/SimpleTabulation-ICD-11-MMS-en.txt");
	build_well(&trial);
	set = use(&trial, "icd11");
	cr_assert_eq(set->key_count, 34663);
	code = (const void *)set_find(set, key_in(set, "1A00"));
	cr_assert_str_eq(set_text(set, code->title), "Cholera");
	cr_assert_eq(code->chapter, TWO_CHARS('0', '1'));
	cr_assert(code->flags & ICD11_LEAF);
	code = (const void *)set_find(set, key_in(set, "1A03.0"));
	cr_assert_str_eq(set_text(set, code->title), "Enteropathogenic Escherichia coli infection");
	set = use(&trial, "icd10to11");
	row = (const void *)set_find(set, key_in(set, "A00.0"));
	cr_assert_str_eq(set_text(set, row->target), "1A00&XN8P1");
	cr_assert_eq(row->row.more, 0);
	end(&trial);
}
