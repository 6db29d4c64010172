/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is counted of a provider for rules that compare, by hand: a case is a few
 * lines of one provider, and what one measure must say of them.
 */
#include "base/level.h"
#include "history/code_groups.h"
#include "history/history.h"
#include "history/providers.h"
#include "history/tallies.h"
#include "lookup/build.h"
#include "scan.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS_MAX = 32, TOKENS = 12, PATH_SIZE = 64 };

/*
 * Rows: "CLAIM/LINE PERSON CODE FROM UNITS M1 M2 PAID", then what is not usual:
 * freq=, replaces=, denied=, charge=, thru=, type=, dx=, carc=, spec=, npi=.  A - is
 * blank.
 */
struct counted {
	const char *name;
	const char *rows[ROWS_MAX];
	enum tally_measure measure;
	uint64_t of, n, k;
	int64_t dollars, sum;
};

static const char header[] =
        "claim_id,claim_line_number,claim_type,person_id,claim_start_date,claim_end_date,"
        "place_of_service_code,service_unit_quantity,hcpcs_code,hcpcs_modifier_1,"
        "hcpcs_modifier_2,rendering_npi,paid_amount,charge_amount,claim_frequency_code,"
        "original_claim_id,denied_flag,diagnosis_code_1,carc_code_1,specialty_code,entity_type\n";

static const char *codes; /* of a folder of releases; NULL: the starter's */

struct row {
	char text[256];
	const char *tokens[TOKENS];
	unsigned count;
};

static void cut_row(struct row *row, const char *from)
{
	char *rest = row->text;

	snprintf(row->text, sizeof(row->text), "%s", from);
	row->count = 0;
	for (char *token; (token = strsep(&rest, " ")) != NULL && row->count < TOKENS;)
		row->tokens[row->count++] = strcmp(token, "-") == 0 ? "" : token;
	cr_assert_geq(row->count, 8, "%s", from);
}

static const char *named(const struct row *row, const char *name, const char *usual)
{
	size_t size = strlen(name);

	for (unsigned i = 8; i < row->count; i++)
		if (strncmp(row->tokens[i], name, size) == 0 && row->tokens[i][size] == '=')
			return row->tokens[i] + size + 1;
	return usual;
}

static void write_row(FILE *file, const char *text)
{
	struct row row;
	char *line;

	cut_row(&row, text);
	line = strchr(row.tokens[0], '/');
	cr_assert_not_null(line);
	fprintf(file, "%.*s,%s,%s,%s,%s,%s,11,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,1\n",
	        (int)(line - row.tokens[0]), row.tokens[0], line + 1,
	        named(&row, "type", "professional"), row.tokens[1], row.tokens[3],
	        named(&row, "thru", row.tokens[3]), row.tokens[4], row.tokens[2], row.tokens[5],
	        row.tokens[6], named(&row, "npi", "1003000126"), row.tokens[7],
	        named(&row, "charge", "100.00"), named(&row, "freq", ""),
	        named(&row, "replaces", ""), named(&row, "denied", ""), named(&row, "dx", ""),
	        named(&row, "carc", ""), named(&row, "spec", ""));
}

static void scan(const char *path, const char *rule, unsigned threads, struct tallies **tallies)
{
	const char *const inputs[] = {path, NULL};
	struct scan_options options = {
	        .inputs = inputs,
	        .threads = threads,
	        .amount_level = {LEVEL_UNSET, LEVEL_UNSET, LEVEL_UNSET},
	        .rules = rule,
	        .codes = codes,
	        .from = DATE_ABSENT,
	        .to = INT32_MAX,
	        .as_of = DATE_ABSENT,
	        .io = "pread",
	        .level = LEVEL_SCALAR,
	        .memory_bytes = (uint64_t)1 << 30,
	        .tmp = "/tmp",
	        .findings = FINDINGS_NONE,
	        .max_bad = UINT64_MAX,
	        .quiet = true,
	        .no_timing = true,
	        .tallies_into = tallies,
	};
	struct diag diag;

	diag_init(&diag);
	cr_assert_eq(scan_run(&options, &diag), 0, "%s", diag.text);
}

static struct tallies *count(const struct counted *counted, const char *rule)
{
	char path[PATH_SIZE] = "/tmp/claimscan-tallies-XXXXXX";
	int fd = mkstemp(path);
	FILE *file = fdopen(fd, "w");
	struct tallies *tallies = NULL;

	cr_assert_not_null(file);
	fputs(header, file);
	for (unsigned i = 0; i < ROWS_MAX && counted->rows[i]; i++)
		write_row(file, counted->rows[i]);
	fclose(file);
	scan(path, rule, 1, &tallies);
	unlink(path);
	return tallies;
}

/* Rules that no folder judges yet: their counts are made all the same. */
static void begin(void)
{
	static const char *const ids[] = {"NCC-03", "NCC-06", "MOD-03", "TIM-03", "STA-02",
	        "STA-04", "STA-09", "STA-10", "STA-03", "STA-08", "EM-01", "DUP-03", "STA-07",
	        "STA-11", "INP-06"};
	static struct rule rules[sizeof(ids) / sizeof(ids[0])];

	rules_init();
	history_init();
	providers_init();
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		rules[i] = (struct rule){.id = ids[i],
		        .name = "",
		        .tier = "",
		        .scope = "",
		        .hit_unit = "",
		        .idle = ""};
		rules_describe(&rules[i]);
	}
}

static struct tally sum_of(const struct tallies *tallies, const struct counted *counted)
{
	size_t count;
	const struct tally *all = tallies_of(tallies, counted->measure, &count);
	struct tally sum = {0};

	for (size_t i = 0; i < count; i++) {
		if (all[i].of != counted->of)
			continue;
		sum.n += all[i].n;
		sum.k += all[i].k;
		sum.dollars += all[i].dollars;
		sum.sum += all[i].sum;
	}
	return sum;
}

static void expect(const struct counted *cases, size_t size, const char *rule)
{
	begin();
	for (size_t i = 0; i < size; i++) {
		struct tallies *tallies = count(&cases[i], rule);
		struct tally sum = sum_of(tallies, &cases[i]);

		cr_expect_eq(
		        sum.n, cases[i].n, "%s: n %llu", cases[i].name, (unsigned long long)sum.n);
		cr_expect_eq(
		        sum.k, cases[i].k, "%s: k %llu", cases[i].name, (unsigned long long)sum.k);
		cr_expect_eq(sum.dollars, cases[i].dollars, "%s: dollars %lld", cases[i].name,
		        (long long)sum.dollars);
		cr_expect_eq(
		        sum.sum, cases[i].sum, "%s: sum %lld", cases[i].name, (long long)sum.sum);
		tallies_destroy(tallies);
	}
}

#define LIST_SIZE(list) (sizeof(list) / sizeof((list)[0]))

/* ---- NCC-03 ---- */

#define COLUMN_1 "a/1 p 11042 2024-03-01 1 - - 80.00"
static const struct counted ncc_03_cases[] = {
        {"59 on column 2", {COLUMN_1, "a/2 p 97597 2024-03-01 1 59 - 40.00"}, TALLY_NCC_03_ALL, 0,
                1, 1, 4000, 0},
        {"... is of its group", {COLUMN_1, "a/2 p 97597 2024-03-01 1 59 - 40.00"}, TALLY_NCC_03_59,
                0, 1, 1, 4000, 0},
        {"XS", {COLUMN_1, "a/2 p 97597 2024-03-01 1 XS - 40.00"}, TALLY_NCC_03_X, 0, 1, 1, 4000, 0},
        {"XU on another claim", {COLUMN_1, "b/1 p 97597 2024-03-01 1 XU - 40.00"}, TALLY_NCC_03_X,
                0, 1, 1, 4000, 0},
        {"a side", {"a/1 p 20610 2024-03-01 1 RT - 80.00", "a/2 p 20600 2024-03-01 1 LT - 40.00"},
                TALLY_NCC_03_ANATOMIC, 0, 1, 1, 4000, 0},
        {"79", {COLUMN_1, "a/2 p 97597 2024-03-01 1 79 - 40.00"}, TALLY_NCC_03_OTHER, 0, 1, 1, 4000,
                0},
        {"59 on column 1",
                {"a/1 p 11042 2024-03-01 1 59 - 80.00", "a/2 p 97597 2024-03-01 1 - - 40.00"},
                TALLY_NCC_03_59, 0, 1, 1, 4000, 0},
        {"the same side on both",
                {"a/1 p 20610 2024-03-01 1 RT - 80.00", "a/2 p 20600 2024-03-01 1 RT - 40.00"},
                TALLY_NCC_03_SAME_ANATOMIC, 0, 1, 1, 4000, 0},
        {"59 and XS on one line", {COLUMN_1, "a/2 p 97597 2024-03-01 1 59 XS 40.00"},
                TALLY_NCC_03_59_AND_X, 0, 1, 1, 4000, 0},
        {"two lines of column 2",
                {COLUMN_1, "a/2 p 97597 2024-03-01 1 59 - 40.00",
                        "a/3 p 97597 2024-03-01 1 XE - 30.00"},
                TALLY_NCC_03_ALL, 0, 2, 2, 7000, 0},
        {"two days",
                {COLUMN_1, "a/2 p 97597 2024-03-01 1 59 - 40.00",
                        "c/1 p 11042 2024-03-02 1 - - 80.00", "c/2 p 97597 2024-03-02 1 - - 40.00"},
                TALLY_NCC_03_ALL, 0, 2, 1, 4000, 0},
        {"no modifier", {COLUMN_1, "a/2 p 97597 2024-03-01 1 - - 40.00"}, TALLY_NCC_03_ALL, 0, 1, 0,
                0, 0},
        {"another modifier", {COLUMN_1, "a/2 p 97597 2024-03-01 1 51 - 40.00"}, TALLY_NCC_03_ALL, 0,
                1, 0, 0, 0},
        {"column 1 is not there", {"a/2 p 97597 2024-03-01 1 59 - 40.00"}, TALLY_NCC_03_ALL, 0, 0,
                0, 0, 0},
        {"another day", {COLUMN_1, "b/1 p 97597 2024-03-02 1 59 - 40.00"}, TALLY_NCC_03_ALL, 0, 0,
                0, 0, 0},
        {"another beneficiary", {COLUMN_1, "b/1 q 97597 2024-03-01 1 59 - 40.00"}, TALLY_NCC_03_ALL,
                0, 0, 0, 0, 0},
        {"indicator 0",
                {"a/1 p 45385 2024-03-01 1 - - 80.00", "a/2 p 45378 2024-03-01 1 59 - 40.00"},
                TALLY_NCC_03_ALL, 0, 0, 0, 0, 0},
        {"no edit", {COLUMN_1, "a/2 p 71046 2024-03-01 1 59 - 40.00"}, TALLY_NCC_03_ALL, 0, 0, 0, 0,
                0},
        {"denied", {COLUMN_1, "a/2 p 97597 2024-03-01 1 59 - 40.00 denied=1"}, TALLY_NCC_03_ALL, 0,
                0, 0, 0, 0},
        {"column 1 denied",
                {"a/1 p 11042 2024-03-01 1 - - 80.00 denied=1",
                        "a/2 p 97597 2024-03-01 1 59 - 40.00"},
                TALLY_NCC_03_ALL, 0, 0, 0, 0, 0},
        {"voided",
                {COLUMN_1, "b/1 p 97597 2024-03-01 1 59 - 40.00",
                        "c/1 p 97597 2024-03-01 1 59 - 40.00 freq=8 replaces=b"},
                TALLY_NCC_03_ALL, 0, 0, 0, 0, 0},
        {"a span of days", {COLUMN_1, "a/2 p 97597 2024-03-01 1 59 - 40.00 thru=2024-03-03"},
                TALLY_NCC_03_ALL, 0, 0, 0, 0, 0},
        {"a duplicate",
                {COLUMN_1, "a/2 p 97597 2024-03-01 1 59 - 40.00",
                        "b/1 p 97597 2024-03-01 1 59 - 40.00"},
                TALLY_NCC_03_ALL, 0, 2, 2, 8000, 0},
        {"no group but its own", {COLUMN_1, "a/2 p 97597 2024-03-01 1 59 - 40.00"}, TALLY_NCC_03_X,
                0, 1, 0, 0, 0},
};

Test(provider_tallies, ncc_03_counts_what_passes_an_edit)
{
	expect(ncc_03_cases, LIST_SIZE(ncc_03_cases), "NCC-03");
}

/* ---- NCC-06: 99486 has an MUE of 4, a line (MAI 1) ---- */

static const struct counted ncc_06_cases[] = {
        {"3 and 3 with 59",
                {"a/1 p 99486 2024-03-01 3 - - 60.00", "a/2 p 99486 2024-03-01 3 59 - 60.00"},
                TALLY_NCC_06, 0, 1, 1, 4000, 0},
        {"4 and 4 with 76",
                {"a/1 p 99486 2024-03-01 4 - - 80.00", "a/2 p 99486 2024-03-01 4 76 - 80.00"},
                TALLY_NCC_06, 0, 1, 1, 8000, 0},
        {"two claims, 77",
                {"a/1 p 99486 2024-03-01 4 - - 80.00", "b/1 p 99486 2024-03-01 1 77 - 20.00"},
                TALLY_NCC_06, 0, 1, 1, 2000, 0},
        {"91", {"a/1 p 99486 2024-03-01 4 91 - 80.00", "b/1 p 99486 2024-03-01 4 - - 80.00"},
                TALLY_NCC_06, 0, 1, 1, 8000, 0},
        {"sides", {"a/1 p 99486 2024-03-01 4 LT - 80.00", "b/1 p 99486 2024-03-01 4 RT - 80.00"},
                TALLY_NCC_06, 0, 1, 1, 8000, 0},
        {"XE", {"a/1 p 99486 2024-03-01 4 - - 80.00", "b/1 p 99486 2024-03-01 2 XE - 40.00"},
                TALLY_NCC_06, 0, 1, 1, 4000, 0},
        {"XP", {"a/1 p 99486 2024-03-01 4 - - 80.00", "b/1 p 99486 2024-03-01 2 XP - 40.00"},
                TALLY_NCC_06, 0, 1, 1, 4000, 0},
        {"XS", {"a/1 p 99486 2024-03-01 4 - - 80.00", "b/1 p 99486 2024-03-01 2 XS - 40.00"},
                TALLY_NCC_06, 0, 1, 1, 4000, 0},
        {"XU", {"a/1 p 99486 2024-03-01 4 - - 80.00", "b/1 p 99486 2024-03-01 2 XU - 40.00"},
                TALLY_NCC_06, 0, 1, 1, 4000, 0},
        {"three lines",
                {"a/1 p 99486 2024-03-01 2 - - 40.00", "a/2 p 99486 2024-03-01 2 59 - 40.00",
                        "a/3 p 99486 2024-03-01 2 XE - 40.00"},
                TALLY_NCC_06, 0, 1, 1, 4000, 0},
        {"two days of two",
                {"a/1 p 99486 2024-03-01 4 - - 80.00", "a/2 p 99486 2024-03-01 4 59 - 80.00",
                        "b/1 p 99486 2024-03-02 4 - - 80.00",
                        "b/2 p 99486 2024-03-02 4 59 - 80.00"},
                TALLY_NCC_06, 0, 2, 2, 16000, 0},
        {"no modifier",
                {"a/1 p 99486 2024-03-01 3 - - 60.00", "a/2 p 99486 2024-03-01 2 - - 40.00"},
                TALLY_NCC_06, 0, 1, 0, 0, 0},
        {"within the MUE",
                {"a/1 p 99486 2024-03-01 2 - - 40.00", "a/2 p 99486 2024-03-01 2 59 - 40.00"},
                TALLY_NCC_06, 0, 1, 0, 0, 0},
        {"a line beyond it",
                {"a/1 p 99486 2024-03-01 5 - - 100.00", "a/2 p 99486 2024-03-01 2 59 - 40.00"},
                TALLY_NCC_06, 0, 1, 0, 0, 0},
        {"one line", {"a/1 p 99486 2024-03-01 4 59 - 80.00"}, TALLY_NCC_06, 0, 0, 0, 0, 0},
        {"two beneficiaries",
                {"a/1 p 99486 2024-03-01 4 - - 80.00", "b/1 q 99486 2024-03-01 4 59 - 80.00"},
                TALLY_NCC_06, 0, 0, 0, 0, 0},
        {"two days", {"a/1 p 99486 2024-03-01 4 - - 80.00", "b/1 p 99486 2024-03-02 4 59 - 80.00"},
                TALLY_NCC_06, 0, 0, 0, 0, 0},
        {"a code held to its day",
                {"a/1 p 97110 2024-03-01 6 - - 80.00", "b/1 p 97110 2024-03-01 6 59 - 80.00"},
                TALLY_NCC_06, 0, 0, 0, 0, 0},
        {"a code without an MUE",
                {"a/1 p 99999 2024-03-01 6 - - 80.00", "b/1 p 99999 2024-03-01 6 59 - 80.00"},
                TALLY_NCC_06, 0, 0, 0, 0, 0},
        {"one denied",
                {"a/1 p 99486 2024-03-01 4 - - 80.00",
                        "b/1 p 99486 2024-03-01 4 59 - 80.00 denied=1"},
                TALLY_NCC_06, 0, 0, 0, 0, 0},
        {"one voided",
                {"a/1 p 99486 2024-03-01 4 - - 80.00", "b/1 p 99486 2024-03-01 3 59 - 80.00",
                        "c/1 p 99486 2024-03-01 3 59 - 80.00 freq=8 replaces=b"},
                TALLY_NCC_06, 0, 0, 0, 0, 0},
        {"an assistant",
                {"a/1 p 99486 2024-03-01 4 - - 80.00", "b/1 p 99486 2024-03-01 4 80 - 80.00"},
                TALLY_NCC_06, 0, 0, 0, 0, 0},
};

Test(provider_tallies, ncc_06_counts_days_that_are_split)
{
	expect(ncc_06_cases, LIST_SIZE(ncc_06_cases), "NCC-06");
}

/* ---- MOD-03: 97597 and 20600 are column 2 of edits of indicator 1, 45330 of 0 ---- */

#define ROW(code, modifier) "a/1 p " code " 2024-03-01 1 " modifier " - 80.00"
static const struct counted mod_03_cases[] = {
        {"59", {ROW("97597", "59")}, TALLY_MOD_03, 0, 1, 1, 8000, 0},
        {"XE", {ROW("97597", "XE")}, TALLY_MOD_03, 0, 1, 1, 8000, 0},
        {"XS", {ROW("97597", "XS")}, TALLY_MOD_03, 0, 1, 1, 8000, 0},
        {"XP", {ROW("97597", "XP")}, TALLY_MOD_03, 0, 1, 1, 8000, 0},
        {"XU", {ROW("97597", "XU")}, TALLY_MOD_03, 0, 1, 1, 8000, 0},
        {"20600", {ROW("20600", "59")}, TALLY_MOD_03, 0, 1, 1, 8000, 0},
        {"in the second place", {"a/1 p 97597 2024-03-01 1 LT 59 80.00"}, TALLY_MOD_03, 0, 1, 1,
                8000, 0},
        {"alone that day", {ROW("11720", "59")}, TALLY_MOD_03, 0, 1, 1, 8000, 0},
        {"one of two", {ROW("97597", "59"), "a/2 p 97597 2024-03-02 1 - - 80.00"}, TALLY_MOD_03, 0,
                2, 1, 8000, 0},
        {"two beneficiaries", {ROW("97597", "59"), "b/1 q 97597 2024-03-01 1 59 - 20.00"},
                TALLY_MOD_03, 0, 2, 2, 10000, 0},
        {"a span", {ROW("97597", "59 - 80.00 thru=2024-03-03") " "}, TALLY_MOD_03, 0, 1, 1, 8000,
                0},
        {"no modifier", {ROW("97597", "-")}, TALLY_MOD_03, 0, 1, 0, 0, 0},
        {"25", {ROW("97597", "25")}, TALLY_MOD_03, 0, 1, 0, 0, 0},
        {"51", {ROW("97597", "51")}, TALLY_MOD_03, 0, 1, 0, 0, 0},
        {"RT", {ROW("20600", "RT")}, TALLY_MOD_03, 0, 1, 0, 0, 0},
        {"column 1 alone", {ROW("11043", "59")}, TALLY_MOD_03, 0, 0, 0, 0, 0},
        {"indicator 0 alone", {ROW("45330", "59")}, TALLY_MOD_03, 0, 0, 0, 0, 0},
        {"in no edit", {ROW("71046", "59")}, TALLY_MOD_03, 0, 0, 0, 0, 0},
        {"denied", {"a/1 p 97597 2024-03-01 1 59 - 80.00 denied=1"}, TALLY_MOD_03, 0, 0, 0, 0, 0},
        {"voided", {ROW("97597", "59"), "b/1 p 97597 2024-03-01 1 59 - 80.00 freq=8 replaces=a"},
                TALLY_MOD_03, 0, 0, 0, 0, 0},
        {"no units", {"a/1 p 97597 2024-03-01 0 59 - 80.00"}, TALLY_MOD_03, 0, 0, 0, 0, 0},
        {"no code", {ROW("-", "59")}, TALLY_MOD_03, 0, 0, 0, 0, 0},
};

Test(provider_tallies, mod_03_counts_distinct_services)
{
	expect(mod_03_cases, LIST_SIZE(mod_03_cases), "MOD-03");
}

/* ---- TIM-03: 2024-03-01 is a Friday, 07-04 a Thursday ---- */

#define DAYS \
	"a/1 p 99213 2024-03-02 1 - - 80.00", "b/1 p 99213 2024-03-03 1 - - 80.00", \
	        "c/1 p 99213 2024-03-01 1 - - 80.00", "d/1 p 99213 2024-03-04 1 - - 80.00", \
	        "d/2 p 80053 2024-03-04 1 - - 80.00", "e/1 p 99213 2024-07-04 1 - - 80.00", \
	        "f/1 p 99213 2024-12-25 1 - - 80.00", "g/1 p 99213 2025-01-01 1 - - 80.00", \
	        "h/1 p 99213 2024-02-29 1 - - 80.00 thru=2024-03-01", \
	        "i/1 p 99213 2024-06-01 1 - - 80.00 denied=1"
Test(provider_tallies, tim_03_counts_days_of_the_calendar)
{
	static const struct counted cases[] = {
	        {"weekends", {DAYS}, TALLY_TIM_03_WEEKEND, 0, 8, 2, 0, 0},
	        {"holidays", {DAYS}, TALLY_TIM_03_HOLIDAY, 0, 8, 3, 0, 0},
	        {"first days of months", {DAYS}, TALLY_TIM_03_FIRST_DAY, 0, 8, 2, 0, 0},
	        {"days of 2024", {DAYS}, TALLY_TIM_03_DAYS, 2024, 7, 6, 0, 0},
	        {"days of 2025", {DAYS}, TALLY_TIM_03_DAYS, 2025, 1, 1, 0, 0},
	        {"days of 2023", {DAYS}, TALLY_TIM_03_DAYS, 2023, 0, 0, 0, 0},
	};

	expect(cases, LIST_SIZE(cases), "TIM-03");
}

/* ---- Amounts and units ---- */

#define PAID(claim, units, paid) claim "/1 p J1885 2024-03-01 " units " - - " paid
#define AMOUNTS_ROWS \
	PAID("a", "4", "5.00"), PAID("b", "8", "10.00"), PAID("c", "3", "50.00"), \
	        PAID("d", "12", "150.00"), PAID("e", "1", "7.00"), PAID("f", "2", "5.01"), \
	        PAID("g", "5", "0.00"), PAID("h", "4", "-5.00"), PAID("i", "1", "52.50"), \
	        "j/1 p 99213 2024-03-01 1 - - 1000.00", "k/1 p 97110 2024-03-01 8 - - 12.34"
Test(provider_tallies, sta_02_counts_round_amounts)
{
	static const struct counted cases[] = {
	        {"fives", {AMOUNTS_ROWS}, TALLY_STA_02_FIVES, 0, 9, 5, 0, 0},
	        {"fifties", {AMOUNTS_ROWS}, TALLY_STA_02_FIFTIES, 0, 9, 3, 0, 0},
	        {"denied", {PAID("a", "1", "5.00 denied=1")}, TALLY_STA_02_FIVES, 0, 0, 0, 0, 0},
	};

	expect(cases, LIST_SIZE(cases), "STA-02");
}

Test(provider_tallies, sta_10_counts_units_that_do_not_vary)
{
	static const struct counted cases[] = {
	        {"multiples of four", {AMOUNTS_ROWS}, TALLY_STA_10_FOURS, 0, 9, 4, 17734, 440000},
	        {"a visit has no units", {"a/1 p 99213 2024-03-01 4 - - 80.00"}, TALLY_STA_10_FOURS,
	                0, 0, 0, 0, 0},
	        {"at the MUE of 97110",
	                {"a/1 p 97110 2024-03-01 6 - - 80.00",
	                        "b/1 p 97110 2024-03-02 4 - - 40.00"},
	                TALLY_STA_10_MAX, 0, 2, 1, 8000, 100000},
	        {"anaesthesia", {"a/1 p 00740 2024-03-01 8 - - 80.00"}, TALLY_STA_10_FOURS, 0, 0, 0,
	                0, 0},
	};

	expect(cases, LIST_SIZE(cases), "STA-10");
}

/* ---- Beneficiaries, days ---- */

#define VISITS \
	"a/1 p 99213 2024-01-15 1 - - 80.00", "a/2 p 80053 2024-01-15 1 - - 10.00", \
	        "b/1 p 99214 2024-03-01 1 - - 120.00", "c/1 q 99213 2024-01-15 1 - - 80.00", \
	        "d/1 r 80053 2024-02-01 2 - - 20.00", "d/2 r 97110 2024-02-01 4 - - 60.00", \
	        "e/1 s 99213 2024-03-01 1 - - 80.00 denied=1"
Test(provider_tallies, sta_04_counts_beneficiaries_and_what_they_got)
{
	static const struct counted cases[] = {
	        {"visits", {VISITS}, TALLY_STA_04, GROUP_VISITS, 2, 3, 28000, 30000},
	        {"laboratory", {VISITS}, TALLY_STA_04, GROUP_LABORATORY, 2, 2, 3000, 30000},
	        {"therapy", {VISITS}, TALLY_STA_04, GROUP_THERAPY, 1, 1, 6000, 40000},
	        {"surgery", {VISITS}, TALLY_STA_04, GROUP_SURGERY, 0, 0, 0, 0},
	        {"days and months", {VISITS}, TALLY_STA_04_VISITS, 0, 3, 4, 0, 9},
	        {"an ambulance and a drug",
	                {"a/1 p A0425 2024-01-15 12 - - 80.00",
	                        "a/2 p J1885 2024-01-15 2 - - 8.00"},
	                TALLY_STA_04, GROUP_AMBULANCE, 1, 1, 8000, 120000},
	};

	expect(cases, LIST_SIZE(cases), "STA-04");
}

Test(provider_tallies, sta_09_counts_the_lines_of_days)
{
	static const struct counted cases[] = {
	        {"all days", {DAYS}, TALLY_STA_09_DAYS, 0, 7, 0, 0, 8},
	        {"working days", {DAYS}, TALLY_STA_09_WORKING_DAYS, 0, 2, 0, 0, 3},
	};

	expect(cases, LIST_SIZE(cases), "STA-09");
}

/* ---- DUP-03 ---- */

#define CLAIM(claim, person, day) \
	claim "/1 " person " 99213 " day " 1 - - 80.00", \
	        claim "/2 " person " 80053 " day " 1 - - 10.00", \
	        claim "/3 " person " 36415 " day " 1 - - 3.00"
static const struct counted dup_03_cases[] = {
        {"three alike",
                {CLAIM("a", "p", "2024-03-01"), CLAIM("b", "q", "2024-03-01"),
                        CLAIM("c", "r", "2024-03-02")},
                TALLY_DUP_03_SHARE, 0, 3, 3, 0, 0},
        {"... two of them on one day",
                {CLAIM("a", "p", "2024-03-01"), CLAIM("b", "q", "2024-03-01"),
                        CLAIM("c", "r", "2024-03-02")},
                TALLY_DUP_03_SAME_DAY, 0, 3, 0, 0, 2},
        {"one beneficiary twice", {CLAIM("a", "p", "2024-03-01"), CLAIM("b", "p", "2024-03-01")},
                TALLY_DUP_03_SAME_DAY, 0, 2, 0, 0, 1},
        {"lines in another order",
                {"a/1 p 99213 2024-03-01 1 - - 80.00", "a/2 p 80053 2024-03-01 1 - - 10.00",
                        "b/1 q 80053 2024-03-01 1 - - 10.00", "b/2 q 99213 2024-03-01 1 - - 80.00"},
                TALLY_DUP_03_SHARE, 0, 2, 2, 0, 0},
        {"modifiers in another order",
                {"a/1 p 20610 2024-03-01 1 59 RT 80.00", "b/1 q 20610 2024-03-01 1 RT 59 80.00"},
                TALLY_DUP_03_SHARE, 0, 2, 2, 0, 0},
        {"of two lines none on one day",
                {"a/1 p 99213 2024-03-01 1 - - 80.00", "b/1 q 99213 2024-03-01 1 - - 80.00"},
                TALLY_DUP_03_SAME_DAY, 0, 2, 0, 0, 0},
        {"other units",
                {"a/1 p 97110 2024-03-01 1 - - 80.00", "b/1 q 97110 2024-03-01 2 - - 80.00"},
                TALLY_DUP_03_SHARE, 0, 2, 1, 0, 0},
        {"another code",
                {"a/1 p 97110 2024-03-01 1 - - 80.00", "b/1 q 97112 2024-03-01 1 - - 80.00"},
                TALLY_DUP_03_SHARE, 0, 2, 1, 0, 0},
        {"another charge",
                {"a/1 p 97110 2024-03-01 1 - - 80.00",
                        "b/1 q 97110 2024-03-01 1 - - 80.00 charge=99.00"},
                TALLY_DUP_03_SHARE, 0, 2, 1, 0, 0},
        {"other diagnoses",
                {"a/1 p 97110 2024-03-01 1 - - 80.00 dx=M545",
                        "b/1 q 97110 2024-03-01 1 - - 80.00 dx=M542"},
                TALLY_DUP_03_SHARE, 0, 2, 1, 0, 0},
        {"the same diagnoses",
                {"a/1 p 97110 2024-03-01 1 - - 80.00 dx=M545",
                        "b/1 q 97110 2024-03-01 1 - - 80.00 dx=M545"},
                TALLY_DUP_03_SHARE, 0, 2, 2, 0, 0},
        {"another modifier",
                {"a/1 p 97110 2024-03-01 1 GP - 80.00", "b/1 q 97110 2024-03-01 1 GO - 80.00"},
                TALLY_DUP_03_SHARE, 0, 2, 1, 0, 0},
        {"a line more",
                {"a/1 p 97110 2024-03-01 1 GP - 80.00", "b/1 q 97110 2024-03-01 1 GP - 80.00",
                        "b/2 q 97110 2024-03-01 1 GP - 80.00"},
                TALLY_DUP_03_SHARE, 0, 2, 1, 0, 0},
        {"one voided",
                {"a/1 p 97110 2024-03-01 1 GP - 80.00", "b/1 q 97110 2024-03-01 1 GP - 80.00",
                        "c/1 q 97110 2024-03-01 1 GP - 80.00 freq=8 replaces=b"},
                TALLY_DUP_03_SHARE, 0, 1, 1, 0, 0},
        {"one denied",
                {"a/1 p 97110 2024-03-01 1 GP - 80.00",
                        "b/1 q 97110 2024-03-01 1 GP - 80.00 denied=1"},
                TALLY_DUP_03_SHARE, 0, 1, 1, 0, 0},
        {"none", {"a/1 p 97110 2024-03-01 1 GP - 80.00 denied=1"}, TALLY_DUP_03_SHARE, 0, 0, 0, 0,
                0},
};

Test(provider_tallies, dup_03_counts_claims_that_are_alike)
{
	expect(dup_03_cases, LIST_SIZE(dup_03_cases), "DUP-03");
}

/* ---- What was gross before ---- */

#define NET \
	"a/1 p 99213 2020-12-31 1 - - 80.00 charge=123.00", \
	        "b/1 p 99213 2021-01-01 1 - - 90.00 charge=200.00", \
	        "c/1 q 99215 2024-03-01 1 - - 150.00 charge=199.99", \
	        "d/1 q 99215 2024-03-02 1 - - 150.00 charge=300.00", \
	        "e/1 q 99215 2024-03-02 1 - - 150.00 charge=300.00 freq=8 replaces=d", \
	        "f/1 r 99285 2022-12-31 1 - - 150.00 charge=", \
	        "g/1 r 99215 2024-03-05 1 - - 150.00 denied=1"
Test(provider_tallies, visits_months_and_digits_are_net)
{
	static const struct counted visits[] = {
	        {"before 2021", {NET}, TALLY_EM_LEVEL, TALLY_EM_OF(0, EM_OFFICE_EST, 3), 1, 0, 8000,
	                0},
	        {"from 2021 on", {NET}, TALLY_EM_LEVEL, TALLY_EM_OF(1, EM_OFFICE_EST, 3), 1, 0,
	                9000, 0},
	        {"voided, denied", {NET}, TALLY_EM_LEVEL, TALLY_EM_OF(1, EM_OFFICE_EST, 5), 1, 0,
	                15000, 0},
	        {"another family's change", {NET}, TALLY_EM_LEVEL, TALLY_EM_OF(0, EM_ED, 5), 1, 0,
	                15000, 0},
	};
	static const struct counted months[] = {
	        {"2024-03", {NET}, TALLY_MONTH, (2024 - 1970) * 12 + 2, 1, 0, 15000, 0},
	        {"2020-12", {NET}, TALLY_MONTH, (2020 - 1970) * 12 + 11, 1, 0, 8000, 0},
	};
	static const struct counted digits[] = {
	        {"1", {NET}, TALLY_DIGIT, 1, 2, 0, 0, 0},
	        {"2", {NET}, TALLY_DIGIT, 2, 1, 0, 0, 0},
	        {"3", {NET}, TALLY_DIGIT, 3, 0, 0, 0, 0},
	};

	expect(visits, LIST_SIZE(visits), "EM-01");
	expect(months, LIST_SIZE(months), "STA-08");
	expect(digits, LIST_SIZE(digits), "STA-03");
}

/* ---- STA-11 ---- */

#define LINE(claim, words) claim "/1 p 80053 2024-03-05 1 - - " words
#define PAID_LINE LINE("a", "40.00")
#define MARCH 650 /* 2024-03, since 1970-01 */
static const struct counted sta_11_cases[] = {
        {"denied", {LINE("a", "40.00 denied=1")}, TALLY_STA_11, 0, 1, 1, 0, 0},
        {"one of two", {PAID_LINE, LINE("b", "40.00 denied=1")}, TALLY_STA_11, 0, 2, 1, 0, 0},
        {"by its reason, unpaid", {LINE("a", "0.00 carc=97")}, TALLY_STA_11, 0, 1, 1, 0, 0},
        {"a visit", {"a/1 p 99213 2024-03-05 1 - - 80.00 denied=1"}, TALLY_STA_11, 0, 1, 1, 0, 0},
        {"of a hospital", {LINE("a", "40.00 denied=1 type=institutional")}, TALLY_STA_11, 0, 1, 1,
                0, 0},
        {"two beneficiaries",
                {LINE("a", "40.00 denied=1"), "b/1 q 80053 2024-03-05 1 - - 40.00 denied=1"},
                TALLY_STA_11, 0, 2, 2, 0, 0},
        {"without units", {"a/1 p 80053 2024-03-05 0 - - 40.00 denied=1"}, TALLY_STA_11, 0, 1, 1, 0,
                0},
        {"sent again, and denied again",
                {LINE("a", "40.00 denied=1"), LINE("b", "40.00 denied=1 freq=7 replaces=a")},
                TALLY_STA_11, 0, 1, 1, 0, 0},
        {"why: bundled", {LINE("a", "0.00 carc=97")}, TALLY_STA_11_REASON, 97, 1, 0, 0, 0},
        {"why: B7", {LINE("a", "0.00 denied=1 carc=B7")}, TALLY_STA_11_REASON,
                CARC_LETTERS + 100 + 7, 1, 0, 0, 0},
        {"why: 18, twice", {LINE("a", "0.00 carc=18"), LINE("b", "0.00 carc=18")},
                TALLY_STA_11_REASON, 18, 2, 0, 0, 0},
        {"why: no reason that is known", {LINE("a", "0.00 denied=1 carc=XYZ1")},
                TALLY_STA_11_REASON, CARC_OTHER, 1, 0, 0, 0},
        {"months of all, and of the denied",
                {PAID_LINE, "b/1 p 80053 2024-05-05 1 - - 40.00 denied=1"}, TALLY_STA_11_MONTHS, 0,
                2, 1, MARCH + MARCH + 2, MARCH + 2},
        {"hit, and denied", {LINE("a", "40.00 denied=1 dx=E11")}, TALLY_STA_11, 0, 1, 1, 0, 1},
        {"hit, and paid", {LINE("a", "40.00 dx=E11")}, TALLY_STA_11, 0, 1, 0, 1, 0},
        {"paid", {PAID_LINE}, TALLY_STA_11, 0, 1, 0, 0, 0},
        {"paid nothing, and not denied", {LINE("a", "0.00")}, TALLY_STA_11, 0, 1, 0, 0, 0},
        {"a price's reason", {LINE("a", "40.00 carc=45")}, TALLY_STA_11, 0, 1, 0, 0, 0},
        {"... of nothing paid", {LINE("a", "0.00 carc=45")}, TALLY_STA_11, 0, 1, 0, 0, 0},
        {"a reason, but paid", {LINE("a", "40.00 carc=97")}, TALLY_STA_11, 0, 1, 0, 0, 0},
        {"... which is told of nothing denied", {LINE("a", "40.00 carc=97")}, TALLY_STA_11_REASON,
                97, 0, 0, 0, 0},
        {"denied, and voided", {LINE("a", "40.00 denied=1"), LINE("b", "40.00 freq=8 replaces=a")},
                TALLY_STA_11, 0, 0, 0, 0, 0},
        {"denied, and replaced",
                {LINE("a", "40.00 denied=1"), LINE("b", "40.00 freq=7 replaces=a")}, TALLY_STA_11,
                0, 1, 0, 0, 0},
        {"replaced, and its reason with it",
                {LINE("a", "0.00 carc=97"), LINE("b", "40.00 freq=7 replaces=a")},
                TALLY_STA_11_REASON, 97, 0, 0, 0, 0},
        {"no units, and not denied", {"a/1 p 80053 2024-03-05 0 - - 40.00"}, TALLY_STA_11, 0, 0, 0,
                0, 0},
        {"a price's reason of a line denied", {LINE("a", "0.00 denied=1 carc=45")},
                TALLY_STA_11_REASON, 45, 0, 0, 0, 0},
        {"another reason", {LINE("a", "0.00 carc=97")}, TALLY_STA_11_REASON, 18, 0, 0, 0, 0},
        {"no day, no month", {"a/1 p 80053 - 1 - - 40.00 denied=1"}, TALLY_STA_11_MONTHS, 0, 0, 0,
                0, 0},
        {"nothing wrong with it", {LINE("a", "40.00 dx=E119")}, TALLY_STA_11, 0, 1, 0, 0, 0},
};

Test(provider_tallies, sta_11_counts_lines_that_were_denied)
{
	expect(sta_11_cases, LIST_SIZE(sta_11_cases), "STA-11,VAL-03");
}

/* ---- STA-07 ---- */

#define BY(claim, npi_, day, words) claim "/1 p 99213 " day " 1 - - 80.00 npi=" npi_ " " words
#define FIRST(words) BY("a", "1003000126", "2024-03-01", words)
#define SECOND(words) BY("b", "1003000134", "2024-03-08", words)
#define THIRD(words) BY("c", "1003000142", "2024-03-15", words)
#define FOURTH(day, words) BY("d", "1003000159", day, words)
#define FIFTH(words) BY("e", "1003000167", "2024-03-29", words)
#define THREE FIRST("spec=11"), SECOND("spec=11"), THIRD("spec=11")
static const struct counted sta_07_cases[] = {
        {"four of a specialty", {THREE, FOURTH("2024-03-22", "spec=11")}, TALLY_STA_07_MONTHS, 0, 4,
                4, 0, 0},
        {"five", {THREE, FOURTH("2024-03-22", "spec=11"), FIFTH("spec=11")}, TALLY_STA_07_MONTHS, 0,
                5, 5, 0, 0},
        {"four on one day",
                {FIRST("spec=11"), BY("b", "1003000134", "2024-03-01", "spec=11"),
                        BY("c", "1003000142", "2024-03-01", "spec=11"),
                        FOURTH("2024-03-01", "spec=11")},
                TALLY_STA_07_MONTHS, 0, 4, 4, 0, 0},
        {"the first and the last of a month",
                {BY("a", "1003000126", "2024-03-01", "spec=11"), SECOND("spec=11"),
                        THIRD("spec=11"), FOURTH("2024-03-31", "spec=11")},
                TALLY_STA_07_MONTHS, 0, 4, 4, 0, 0},
        {"four, and one of another", {THREE, FOURTH("2024-03-22", "spec=11"), FIFTH("spec=08")},
                TALLY_STA_07_MONTHS, 0, 5, 4, 0, 0},
        {"one of them twice",
                {THREE, FOURTH("2024-03-22", "spec=11"),
                        BY("e", "1003000126", "2024-03-30", "spec=11")},
                TALLY_STA_07_MONTHS, 0, 4, 4, 0, 0},
        {"four, and one the month after",
                {THREE, FOURTH("2024-03-22", "spec=11"),
                        BY("e", "1003000126", "2024-04-30", "spec=11")},
                TALLY_STA_07_MONTHS, 0, 5, 4, 0, 0},
        {"suppliers",
                {FIRST("spec=54"), SECOND("spec=54"), THIRD("spec=54"),
                        FOURTH("2024-03-22", "spec=54")},
                TALLY_STA_07_MONTHS, 0, 4, 4, 0, 0},
        {"several lines of a claim",
                {THREE, FOURTH("2024-03-22", "spec=11"),
                        "d/2 p 80053 2024-03-22 1 - - 9.00 npi=1003000159 spec=11"},
                TALLY_STA_07_MONTHS, 0, 4, 4, 0, 0},
        {"of another beneficiary too",
                {THREE, FOURTH("2024-03-22", "spec=11"),
                        "e/1 q 99213 2024-03-29 1 - - 80.00 spec=11"},
                TALLY_STA_07_MONTHS, 0, 5, 4, 0, 0},
        {"three", {THREE}, TALLY_STA_07_MONTHS, 0, 3, 0, 0, 0},
        {"three, and one the month after", {THREE, FOURTH("2024-04-01", "spec=11")},
                TALLY_STA_07_MONTHS, 0, 4, 0, 0, 0},
        {"three, and one the year after", {THREE, FOURTH("2025-03-22", "spec=11")},
                TALLY_STA_07_MONTHS, 0, 4, 0, 0, 0},
        {"three, and one of another specialty", {THREE, FOURTH("2024-03-22", "spec=08")},
                TALLY_STA_07_MONTHS, 0, 4, 0, 0, 0},
        {"three, and one twice", {THREE, BY("d", "1003000126", "2024-03-22", "spec=11")},
                TALLY_STA_07_MONTHS, 0, 3, 0, 0, 0},
        {"the fourth denied", {THREE, FOURTH("2024-03-22", "spec=11 denied=1")},
                TALLY_STA_07_MONTHS, 0, 3, 0, 0, 0},
        {"the fourth voided",
                {THREE, FOURTH("2024-03-22", "spec=11"),
                        BY("e", "1003000159", "2024-03-22", "spec=11 freq=8 replaces=d")},
                TALLY_STA_07_MONTHS, 0, 3, 0, 0, 0},
        {"the fourth of no specialty", {THREE, FOURTH("2024-03-22", "")}, TALLY_STA_07_MONTHS, 0, 3,
                0, 0, 0},
        {"the fourth is a hospital", {THREE, FOURTH("2024-03-22", "spec=11 type=institutional")},
                TALLY_STA_07_MONTHS, 0, 3, 0, 0, 0},
        {"the fourth saw another",
                {THREE, "d/1 q 99213 2024-03-22 1 - - 80.00 npi=1003000159 spec=11"},
                TALLY_STA_07_MONTHS, 0, 4, 0, 0, 0},
        {"the fourth without a day", {THREE, FOURTH("-", "spec=11")}, TALLY_STA_07_MONTHS, 0, 3, 0,
                0, 0},
        {"one", {FIRST("spec=11")}, TALLY_STA_07_MONTHS, 0, 1, 0, 0, 0},
};

Test(provider_tallies, sta_07_counts_months_with_a_crowd)
{
	expect(sta_07_cases, LIST_SIZE(sta_07_cases), "STA-07");
}

/* ---- INP-06: of V28 E119 is 38, E1122 is 37, which drops it, I5022 226; V24 is not loaded ---- */

static void write_file(const char *folder, const char *name, const char *text)
{
	char path[2 * PATH_SIZE];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "w");

	cr_assert_not_null(file);
	fputs(text, file);
	fclose(file);
}

static void begin_categories(char *folder, char *images)
{
	static const struct build_options options = {.threads = 1};
	struct build_result result = {0};
	struct diag diag;

	diag_init(&diag);
	cr_assert_not_null(mkdtemp(folder));
	write_file(folder, "dx_to_cc_2026.csv",
	        "diagnosis_code,cc,model_name\nE119,38,CMS-HCC Model V28\n"
	        "E1122,37,CMS-HCC Model V28\nI5022,226,CMS-HCC Model V28\n"
	        "E119,19,CMS-HCC ESRD Model V24\nJ449,280,RxHCC Model V08\n");
	write_file(folder, "hierarchies_2026.csv",
	        "cc_parent,cc_child,model_domain,model_version,model_fullname\n"
	        "37,38,CMS-HCC,V28,V28115H1\n37,226,CMS-HCC,V24,V24H86L1\n");
	snprintf(images, 2 * PATH_SIZE, "%s/images", folder);
	cr_assert_eq(codes_build(folder, images, &options, &result, &diag), 0, "%s", diag.text);
	build_result_reset(&result);
	codes = images;
}

#define VISIT(claim, day, words) claim "/1 p 99213 " day " 1 - - 80.00 " words
#define OTHER(claim, day, words) VISIT(claim, day, "npi=1003000134 " words)
static const struct counted inp_06_cases[] = {
        {"one category", {VISIT("a", "2024-03-01", "dx=E119")}, TALLY_INP_06, 0, 1, 1, 0, 1},
        {"two", {VISIT("a", "2024-03-01", "dx=E119"), VISIT("b", "2024-04-01", "dx=I5022")},
                TALLY_INP_06, 0, 1, 1, 0, 2},
        {"the same again",
                {VISIT("a", "2024-03-01", "dx=E119"), VISIT("b", "2024-04-01", "dx=E119")},
                TALLY_INP_06, 0, 1, 1, 0, 1},
        {"the graver drops the lesser",
                {VISIT("a", "2024-03-01", "dx=E119"), VISIT("b", "2024-04-01", "dx=E1122")},
                TALLY_INP_06, 0, 1, 1, 0, 1},
        {"two years", {VISIT("a", "2024-03-01", "dx=E119"), VISIT("b", "2025-04-01", "dx=E119")},
                TALLY_INP_06, 0, 2, 2, 0, 2},
        {"said on another line of the claim",
                {VISIT("a", "2024-03-01", ""), "a/2 p 80053 2024-03-01 1 - - 9.00 dx=E119"},
                TALLY_INP_06, 0, 1, 1, 0, 1},
        {"said on a line of the claim that was denied",
                {VISIT("a", "2024-03-01", ""),
                        "a/2 p 80053 2024-03-01 1 - - 9.00 dx=E119 denied=1"},
                TALLY_INP_06, 0, 1, 1, 0, 1},
        {"of whom it saw most",
                {VISIT("a", "2024-03-01", "dx=E119"), VISIT("b", "2024-04-01", "dx=E119"),
                        OTHER("c", "2024-05-01", "dx=I5022")},
                TALLY_INP_06, 0, 1, 1, 0, 1},
        {"of equally often the later",
                {VISIT("a", "2024-03-01", "dx=E119"), OTHER("c", "2024-05-01", "dx=E1122")},
                TALLY_INP_06, 0, 1, 1, 0, 1},
        {"days of visits",
                {VISIT("a", "2024-03-01", "dx=E119"), VISIT("b", "2024-04-01", "dx=I5022"),
                        "b/2 p 80053 2024-04-01 1 - - 9.00 dx=E1122"},
                TALLY_INP_06_ENCOUNTERS, 0, 2, 3, 0, 0},
        {"new this year",
                {VISIT("a", "2024-01-05", "dx=E119"), VISIT("b", "2025-04-01", "dx=E119"),
                        VISIT("c", "2025-05-01", "dx=I5022")},
                TALLY_INP_06_NEW, 0, 2, 1, 0, 0},
        {"met again",
                {VISIT("a", "2024-01-05", "dx=E119"), VISIT("b", "2024-04-01", "dx=I5022"),
                        VISIT("c", "2025-05-01", "dx=I5022")},
                TALLY_INP_06_RECAPTURED, 0, 2, 1, 0, 0},
        {"no category", {VISIT("a", "2024-03-01", "dx=I10")}, TALLY_INP_06, 0, 1, 0, 0, 0},
        {"of another model", {VISIT("a", "2024-03-01", "dx=J449")}, TALLY_INP_06, 0, 1, 0, 0, 0},
        {"no visit", {"a/1 p 80053 2024-03-01 1 - - 9.00 dx=E119"}, TALLY_INP_06, 0, 0, 0, 0, 0},
        {"said on a claim without a visit",
                {VISIT("a", "2024-03-01", ""), "b/1 p 80053 2024-03-01 1 - - 9.00 dx=E119"},
                TALLY_INP_06, 0, 1, 0, 0, 0},
        {"a visit denied", {VISIT("a", "2024-03-01", "dx=E119 denied=1")}, TALLY_INP_06, 0, 0, 0, 0,
                0},
        {"voided",
                {VISIT("a", "2024-03-01", "dx=E119"),
                        VISIT("b", "2024-03-01", "dx=E119 freq=8 replaces=a")},
                TALLY_INP_06, 0, 0, 0, 0, 0},
        {"of a hospital", {VISIT("a", "2024-03-01", "dx=E119 type=institutional")}, TALLY_INP_06, 0,
                0, 0, 0, 0},
        {"a year whose model is not there", {VISIT("a", "2023-03-01", "dx=E119")}, TALLY_INP_06, 0,
                0, 0, 0, 0},
        {"said by another",
                {VISIT("a", "2024-03-01", ""), VISIT("b", "2024-04-01", ""),
                        OTHER("c", "2024-05-01", "dx=I5022")},
                TALLY_INP_06, 0, 1, 0, 0, 0},
        {"the year before is not in the data",
                {VISIT("a", "2024-02-01", "dx=E119"), VISIT("b", "2025-04-01", "dx=I5022")},
                TALLY_INP_06_NEW, 0, 0, 0, 0, 0},
        {"... nor is the beneficiary",
                {"a/1 q 99213 2024-01-02 1 - - 80.00", VISIT("b", "2025-04-01", "dx=I5022")},
                TALLY_INP_06_NEW, 0, 0, 0, 0, 0},
        {"nothing new", {VISIT("a", "2024-01-05", "dx=E119"), VISIT("b", "2025-04-01", "dx=E119")},
                TALLY_INP_06_NEW, 0, 1, 0, 0, 0},
        {"years of two models",
                {VISIT("a", "2023-01-05", "dx=E119"), VISIT("b", "2024-04-01", "dx=I5022")},
                TALLY_INP_06_NEW, 0, 0, 0, 0, 0},
        {"nothing met again",
                {VISIT("a", "2024-01-05", "dx=E119"), VISIT("b", "2025-04-01", "dx=I5022")},
                TALLY_INP_06_RECAPTURED, 0, 1, 0, 0, 0},
};

Test(provider_tallies, inp_06_counts_categories_of_its_own_beneficiaries)
{
	char folder[PATH_SIZE] = "/tmp/claimscan-hcc-XXXXXX", images[2 * PATH_SIZE],
	     command[2 * PATH_SIZE];

	begin_categories(folder, images);
	expect(inp_06_cases, LIST_SIZE(inp_06_cases), "INP-06");
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	cr_assert_eq(system(command), 0);
}
