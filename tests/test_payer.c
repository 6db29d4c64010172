/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/payer.h"

#include "rules/templates.h"
#include "rules_cases.h"

#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A table as text, read as --table NAME=FILE. */
static int read_text(
        struct payer **payer, const char *name, const char *text, size_t size, struct diag *diag)
{
	char path[] = "/tmp/claimscan-payer-XXXXXX", given[128];
	const char *const list[] = {given, NULL};
	int fd = mkstemp(path), err;

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, size), (ssize_t)size);
	close(fd);
	snprintf(given, sizeof(given), "%s=%s", name, path);
	diag_init(diag);
	err = payer_create(payer, list, diag);
	unlink(path);
	return err;
}

static struct payer *read_good(const char *name, const char *text)
{
	struct payer *payer;
	struct diag diag;

	cr_assert_eq(
	        read_text(&payer, name, text, strlen(text), &diag), 0, "%s: %s", name, diag.text);
	return payer;
}

Test(payer, every_table_reads_its_own_template)
{
	for (unsigned t = 0; t < PAYER_TABLES; t++) {
		const char *name = payer_name((enum payer_table)t);
		const struct rule_template *template = template_find(name);
		struct payer *payer;
		size_t rows = 0;
		char text[4096];

		cr_assert_not_null(template, "%s has no template", name);
		cr_expect_not_null(strstr(template->use, name));
		for (const char *at = template->rows; *at; at++)
			rows += *at == '\n';
		snprintf(text, sizeof(text), "%s\n%s", template->header, template->rows);
		payer = read_good(name, text);
		cr_expect_eq(payer_count(payer, (enum payer_table)t), rows, "%s", name);
		cr_expect_neq(payer_hash(payer, (enum payer_table)t), 0);
		payer_destroy(payer);

		/* An empty table is one too. */
		snprintf(text, sizeof(text), "%s\n", template->header);
		payer = read_good(name, text);
		cr_expect_eq(payer_count(payer, (enum payer_table)t), 0);
		payer_destroy(payer);
	}
}

Test(payer, cells_are_read_by_their_column)
{
	struct payer *payer = read_good("age_sex_classes",
	        "\xef\xbb\xbf# mine\r\n\r\nsystem,code, age_from ,AGE_TO,\"sex\",from,to\r\n"
	        "icd10cm,o80.,9,64,F,2019-10-01,\r\n"
	        "procedure,\"99381\",,0,,,20231231\r\n"
	        "# no more\n");
	const struct payer_cell *row;
	size_t count;

	row = payer_find(payer, PAYER_AGE_SEX_CLASSES, (int64_t)case_code("O80"), &count);
	cr_assert_eq(count, 1);
	cr_expect_eq(row[CLASSES_SYSTEM].number, 0);
	cr_expect_str_eq(row[CLASSES_CODE].text, "o80.");
	cr_expect_eq(row[CLASSES_AGE_FROM].number, 9);
	cr_expect_eq(row[CLASSES_AGE_TO].number, 64);
	cr_expect_eq(row[CLASSES_SEX].number, SEX_FEMALE);
	cr_expect_eq(row[CLASSES_FROM].number, case_date("2019-10-01"));
	cr_expect_eq(row[CLASSES_TO].number, INT32_MAX);
	row = payer_find(payer, PAYER_AGE_SEX_CLASSES, (int64_t)case_code("99381"), &count);
	cr_assert_eq(count, 1);
	cr_expect_eq(row[CLASSES_SYSTEM].number, 1);
	cr_expect_eq(row[CLASSES_AGE_FROM].number, -1);
	cr_expect_eq(row[CLASSES_AGE_TO].number, 0);
	cr_expect_eq(row[CLASSES_SEX].number, SEX_BLANK);
	cr_expect_eq(row[CLASSES_FROM].number, INT32_MIN);
	cr_expect_eq(row[CLASSES_TO].number, case_date("2023-12-31"));
	cr_expect_null(payer_find(payer, PAYER_AGE_SEX_CLASSES, 1, &count));
	cr_expect_null(payer_find(payer, PAYER_PANELS, 1, &count));
	cr_expect_eq(payer_count(NULL, PAYER_PANELS), 0);
	payer_destroy(payer);
}

Test(payer, quotes_and_decimals)
{
	struct payer *payer = read_good("ownership",
	        "npi,owner_id,owner_name,share,from,to\n"
	        "1003000126,O1,\"Example, \"\"Holding\"\"\" ,12.5,,\n"
	        "77,O2,,,,\n");
	const struct payer_cell *row;
	size_t count;

	row = payer_find(payer, PAYER_OWNERSHIP, (int64_t)NPI(1003000126), &count);
	cr_assert_eq(count, 1);
	cr_expect_str_eq(row[2].text, "Example, \"Holding\"");
	cr_expect_eq(row[3].number, 12500000);
	row = payer_row(payer, PAYER_OWNERSHIP, 1);
	cr_expect_eq(id_kind((uint64_t)row[0].number), ID_OTHER);
	cr_expect_eq(row[3].number, -1);
	payer_destroy(payer);
}

Test(payer, the_order_of_rows_cannot_show)
{
	struct payer *a = read_good("panels", "panel,component\nP2,A\nP1,C\nP1,B\nP1,B\n");
	struct payer *b = read_good("panels", "panel,component\nP1,B\nP1,C\nP2,A\nP1,B\n");
	struct payer *other = read_good("panels", "panel,component\nP1,B\nP1,C\nP2,A\n");
	size_t count;

	for (size_t i = 0; i < 4; i++)
		cr_expect_str_eq(payer_row(a, PAYER_PANELS, i)[1].text,
		        payer_row(b, PAYER_PANELS, i)[1].text);
	cr_expect_str_eq(
	        payer_find(a, PAYER_PANELS, (int64_t)case_code("P1"), &count)[1].text, "B");
	cr_expect_eq(count, 3);
	cr_expect_eq(payer_hash(a, PAYER_PANELS), payer_hash(b, PAYER_PANELS));
	cr_expect_neq(payer_hash(a, PAYER_PANELS), payer_hash(other, PAYER_PANELS));
	payer_destroy(a);
	payer_destroy(b);
	payer_destroy(other);
}

static const struct {
	const char *name, *text, *words;
} bad[] = {
        {"panels", "", ":1: no header"},
        {"panels", "# nothing\n\n", ":1: no header"},
        {"panels", "panel\nA\n", ":1: column 2 is not \"component\""},
        {"panels", "panel,component,more\nA,B,C\n", ":1: column 2 is not"},
        {"panels", "component,panel\nA,B\n", ":1: column 1 is not \"panel\""},
        {"panels", "panel,component\nA,B\nA\n", ":3: a row has 2 cells"},
        {"panels", "panel,component\nA,B,C\n", ":2: a row has 2 cells"},
        {"panels", "panel,component\nA,\"B\n", ":2: a row has 2 cells"},
        {"panels", "panel,component\nA,\"B\"\"\n", ":2: a row has 2 cells"},
        {"panels", "panel,component\nA,\"B\"x\n", ":2: a row has 2 cells"},
        {"panels", "panel,component\nA,\n", ":2: component is blank"},
        {"panels", "panel,component\n\n\nA,12345678\n", ":4: component is no code"},
        {"panels", "panel,component\nA-,B\n", ":2: panel is no code"},
        {"payer_modifiers", "modifier,from,to\nZ,,\n", ":2: modifier is not two"},
        {"payer_modifiers", "modifier,from,to\nZZZ,,\n", ":2: modifier is not two"},
        {"payer_modifiers", "modifier,from,to\nZZ,2023-02-30,\n", ":2: from is no date"},
        {"payer_modifiers", "modifier,from,to\nZZ,,soon\n", ":2: to is no date"},
        {"frequency_limits", "code,limit,days,per,from,to\nA,-1,9,provider,,\n",
                ":2: limit is no whole number"},
        {"frequency_limits", "code,limit,days,per,from,to\nA,1.5,9,provider,,\n",
                ":2: limit is no whole number"},
        {"frequency_limits", "code,limit,days,per,from,to\nA,1,9999999999,provider,,\n",
                ":2: days is no whole number"},
        {"frequency_limits", "code,limit,days,per,from,to\nA,1,9,month,,\n",
                ":2: per is none of the words"},
        {"age_sex_classes", "system,code,age_from,age_to,sex,from,to\nicd9,A,,,,,\n",
                ":2: system is none of the words"},
        {"age_sex_classes", "system,code,age_from,age_to,sex,from,to\nicd10cm,A,,,x,,\n",
                ":2: sex is neither"},
        {"precision_weights", "rule,severity,precision,recoverable\n,high,lots,1\n",
                ":2: precision is no number"},
        {"drg_targets", "target,numerator_drgs,denominator_drgs,direction\nA,1 2,1 *,high\n",
                ":2: denominator_drgs is no list"},
        {"placeholders", "npi\n\"\"\n", ":2: npi is blank"},
};

Test(payer, what_does_not_parse_is_told_with_its_line)
{
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct payer *payer;
		struct diag diag;

		cr_expect_eq(
		        read_text(&payer, bad[i].name, bad[i].text, strlen(bad[i].text), &diag),
		        FAIL_TABLE, "%s", bad[i].text);
		cr_expect_null(payer);
		cr_expect_not_null(
		        strstr(diag.text, bad[i].words), "%s: %s", bad[i].text, diag.text);
	}
}

Test(payer, nul_is_no_text)
{
	static const char text[] = "panel,component\nA,B\0\n";
	struct payer *payer;
	struct diag diag;

	cr_expect_eq(read_text(&payer, "panels", text, sizeof(text) - 1, &diag), FAIL_TABLE);
	cr_expect_not_null(strstr(diag.text, "NUL"));
}

Test(payer, wrong_names_and_files)
{
	static const struct {
		const char *given[3];
		int err;
		const char *words;
	} cases[] = {
	        {{"modifiers=x", NULL}, FAIL_USAGE, "payer_modifiers"},
	        {{"panels", NULL}, FAIL_USAGE, "NAME=FILE"},
	        {{"=x", NULL}, FAIL_USAGE, "NAME=FILE"},
	        {{"panels=/nowhere/at/all", NULL}, FAIL_INPUT, "/nowhere/at/all"},
	        {{"panels=/tmp", NULL}, FAIL_INPUT, "directory"},
	        {{NULL}, 0, ""},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct payer *payer = NULL;
		struct diag diag;

		diag_init(&diag);
		cr_expect_eq(payer_create(&payer, cases[i].given, &diag), cases[i].err, "%s",
		        cases[i].given[0]);
		cr_expect_null(payer);
		cr_expect_not_null(strstr(diag.text, cases[i].words), "%s", diag.text);
	}
}

/* ---- What rules make of them ---- */

static void expect_with(const char *name, const char *text, const char *id,
        const struct rule_case *cases, size_t count)
{
	struct case_run *run = case_run_create();
	struct payer *payer = read_good(name, text);

	run->context.payer = payer;
	expect_cases(run, id, 0, cases, count);
	case_run_destroy(run);
	payer_destroy(payer);
}

static const struct rule_case code_cases[] = {
        {"before its day", {.hcpcs = "X9001", .from = "2022-12-31"}, HIT, "not_in_force", 2, 1, 1,
                "code=X9001; date=2022-12-31; in_force=2023-01-01..2023-12-31"},
        {"after its last", {.hcpcs = "X9001", .from = "2024-01-01"}, HIT, "not_in_force", 2, 1, 1,
                "code=X9001; date=2024-01-01; in_force=2023-01-01..2023-12-31"},
        {"between two windows", {.hcpcs = "X9002", .from = "2022-06-01"}, HIT, "not_in_force", 2, 1,
                1, "code=X9002; date=2022-06-01; in_force=..2021-12-31; in_force=2023-01-01.."},
        {"not in force by either", {.hcpcs = "99201", .from = "2023-01-01"}, HIT, "not_in_force", 2,
                1, 1, "code=99201; date=2023-01-01; in_force=..2020-12-31"},
        {"first day", {.hcpcs = "X9001", .from = "2023-01-01"}, CLEAR},
        {"last day", {.hcpcs = "X9001", .from = "2023-12-31"}, CLEAR},
        {"a span into it", {.hcpcs = "X9001", .from = "2022-12-30", .thru = "2023-01-01"}, CLEAR},
        {"second window", {.hcpcs = "X9002", .from = "2023-06-01"}, CLEAR},
        {"open", {.hcpcs = "X9003", .from = "1999-01-01"}, CLEAR},
        {"kept on by the payer", {.hcpcs = "99201", .from = "2021-06-01"}, CLEAR},
        {"in force by the set", {.hcpcs = "99201", .from = "2020-06-01"}, CLEAR},
        {"of neither", {.hcpcs = "X9009", .from = "2023-06-01"}, BLIND},
        {"no date", {.hcpcs = "X9001"}, BLIND},
};

Test(payer, codes_of_the_payer)
{
	expect_with("payer_codes",
	        "code,from,to\nx9001,2023-01-01,2023-12-31\nX9002,,2021-12-31\nX9002,2023-01-01,\n"
	        "X9003,,\n99201,2021-01-01,2021-12-31\n",
	        "VAL-04", code_cases, COUNT(code_cases));
}

static const struct rule_case modifier_cases[] = {
        {"before its day", {.hcpcs = "99213", .modifiers = "ZZ", .from = "2022-12-31"}, HIT,
                "unknown", 0, 0, 0, "code=99213; modifier1=ZZ", true},
        {"another", {.hcpcs = "99213", .modifiers = "ZZ ZY", .from = "2023-06-01"}, HIT, "unknown",
                0, 0, 0, "code=99213; modifier2=ZY", true},
        {"twice", {.hcpcs = "99213", .modifiers = "ZZ ZZ", .from = "2023-06-01"}, HIT, "repeated",
                0, 0, 0, "code=99213; modifier2=ZZ", true},
        {"in force", {.hcpcs = "99213", .modifiers = "ZZ", .from = "2023-06-01"}, CLEAR},
        {"no date", {.hcpcs = "99213", .modifiers = "ZZ"}, CLEAR},
        {"beside a known one", {.hcpcs = "99213", .modifiers = "25 ZZ", .from = "2023-06-01"},
                CLEAR},
};

Test(payer, modifiers_of_the_payer)
{
	expect_with("payer_modifiers", "modifier,from,to\nzz,2023-01-01,\n", "VAL-05",
	        modifier_cases, COUNT(modifier_cases));
}

static const char classes[] = "system,code,age_from,age_to,sex,from,to\n"
                              "icd10cm,I10,18,,,,\n"
                              "icd10cm,Q99.88,,5,,2024-01-01,2024-12-31\n"
                              "icd10cm,M1711,,,female,,\n"
                              "procedure,99213,3,90,male,2024-01-01,\n"
                              "procedure,I10,0,0,,,\n";

#define BORN(year) .birth = year "-06-15", .from = "2024-07-01"
static const struct rule_case age_cases[] = {
        {"too young", {.dx = "I10", BORN("2010")}, HIT, "own_class", 2, 1, 1,
                "age=14; dx1=I10; ages=18+"},
        {"too old", {.dx = "Q9988", BORN("2018")}, HIT, "own_class", 2, 1, 1,
                "age=6; dx1=Q9988; ages=0-5"},
        {"second slot", {.dx = "E119 I10", BORN("2010")}, HIT, "own_class", 2, 0, 0,
                "age=14; dx2=I10; ages=18+"},
        {"procedure too young", {.hcpcs = "99213", BORN("2022")}, HIT, "own_class", 2, 1, 1,
                "age=2; code=99213; ages=3-90"},
        {"both", {.dx = "I10", .hcpcs = "99213", BORN("2022")}, HIT, "own_class", 2, 1, 1,
                "age=2; dx1=I10; ages=18+; code=99213; ages=3-90"},
        {"beside the set's", {.dx = "I10", .hcpcs = "99397", BORN("2010")}, HIT, "procedure", 2, 1,
                1, "age=14; code=99397; ages=65+; dx1=I10; ages=18+"},
        {"of age", {.dx = "I10", BORN("2006")}, CLEAR},
        {"old", {.dx = "I10", BORN("1930")}, CLEAR},
        {"five", {.dx = "Q9988", BORN("2019")}, CLEAR},
        {"in the range", {.hcpcs = "99213", BORN("1950")}, CLEAR},
        {"not pointed at", {.dx = "I10 E119", .pointers = "2", .hcpcs = "99213", BORN("2010")},
                CLEAR},
        {"no age", {.dx = "I10", .from = "2024-07-01"}, BLIND},
        {"not in force", {.dx = "Q9988", .birth = "2000-06-15", .from = "2025-07-01"}, BLIND},
        {"sex alone is no age", {.dx = "E119", .hcpcs = NULL, BORN("2010")}, OUT},
};

Test(payer, ages_of_the_payer)
{
	expect_with("age_sex_classes", classes, "CLN-03", age_cases, COUNT(age_cases));
}

static const struct rule_case sex_cases[] = {
        {"after the set's have ended", {.sex = 'M', .dx = "M1711", .from = "2025-07-01"}, HIT,
                "own_class", 1, 1, 1, "sex=male; class=female; dx1=M1711"},
        {"procedure", {.sex = 'F', .hcpcs = "99213", .from = "2025-07-01"}, HIT, "own_class", 1, 1,
                1, "sex=female; class=male; code=99213"},
        {"second slot", {.sex = 'M', .dx = "E119 M1711", .from = "2024-07-01"}, HIT, "own_class", 1,
                0, 0, "sex=male; class=female; dx2=M1711"},
        {"right", {.sex = 'F', .dx = "M1711", .from = "2025-07-01"}, CLEAR},
        {"right procedure", {.sex = 'M', .hcpcs = "99213", .from = "2025-07-01"}, CLEAR},
        {"declared", {.sex = 'F', .hcpcs = "99213", .modifiers = "KX", .from = "2025-07-01"},
                BLIND},
        {"unknown", {.sex = 'U', .hcpcs = "99213", .from = "2025-07-01"}, BLIND},
        {"not in force", {.sex = 'F', .hcpcs = "99213", .from = "2023-07-01"}, OUT},
        {"age alone is no sex", {.sex = 'F', .dx = "I10", .from = "2024-07-01"}, OUT},
};

Test(payer, sexes_of_the_payer)
{
	expect_with("age_sex_classes", classes, "CLN-04", sex_cases, COUNT(sex_cases));
}
