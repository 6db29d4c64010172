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
#include "scan.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS_MAX = 32, TOKENS = 12, PATH_SIZE = 64 };

/*
 * Rows: "CLAIM/LINE PERSON CODE FROM UNITS M1 M2 PAID", then what is not usual:
 * freq=, replaces=, denied=, charge=, thru=, type=, dx=.  A - is blank.
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
        "original_claim_id,denied_flag,diagnosis_code_1,entity_type\n";

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
	fprintf(file, "%.*s,%s,%s,%s,%s,%s,11,%s,%s,%s,%s,1003000126,%s,%s,%s,%s,%s,%s,1\n",
	        (int)(line - row.tokens[0]), row.tokens[0], line + 1,
	        named(&row, "type", "professional"), row.tokens[1], row.tokens[3],
	        named(&row, "thru", row.tokens[3]), row.tokens[4], row.tokens[2], row.tokens[5],
	        row.tokens[6], row.tokens[7], named(&row, "charge", "100.00"),
	        named(&row, "freq", ""), named(&row, "replaces", ""), named(&row, "denied", ""),
	        named(&row, "dx", ""));
}

static void scan(const char *path, const char *rule, unsigned threads, struct tallies **tallies)
{
	const char *const inputs[] = {path, NULL};
	struct scan_options options = {
	        .inputs = inputs,
	        .threads = threads,
	        .amount_level = {LEVEL_UNSET, LEVEL_UNSET, LEVEL_UNSET},
	        .rules = rule,
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
	        "STA-04", "STA-09", "STA-10", "STA-03", "STA-08", "EM-01", "DUP-03"};
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
	const struct tally *all = tallies_all(tallies, &count);
	struct tally sum = {0};

	for (size_t i = 0; i < count; i++) {
		if (all[i].measure != counted->measure || all[i].of != counted->of)
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
