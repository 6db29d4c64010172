/* SPDX-License-Identifier: Apache-2.0 */
#include "report/kinds.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef HAVE_SQLITE
#include <signal.h>
#include <sqlite3.h>

static char home[] = "/tmp/claimscan-sqlite-XXXXXX";
static struct diag diag;
static struct run_folder folder;

static void put_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	cr_assert_not_null(file);
	fputs(text, file);
	fclose(file);
}

#define PROVIDERS \
	"npi,id_kind,entity_type,specialty,state,peer_group,claims,paid,dollars_flagged," \
	"dollars_expected,lines_flagged,findings,score,rank,top_reasons,lines,lead,odd\n"
#define FINDINGS \
	"rule,kind,severity,claim_id,line,data_source,npi,id_kind,person,date,code,modifiers," \
	"units,amount,other_claim_id,other_line,detail,dollars,authority\n"
#define RULES \
	"rule,name,family,tier,scope,hit_unit,state,reason,in_scope,evaluated,not_evaluable," \
	"hits,providers,dollars,unique_dollars,ns_per_line\n"

static const char manifest[] =
        "{\"program\": \"claimscan\", \"inputs\": [{\"path\": \"a.csv\", \"size\": 9, \"xxh3\": "
        "\"00\"}], \"code_sets\": [{\"set\": \"diagnoses\", \"release\": \"starter 1\", \"from\": "
        "null, \"to\": null, \"codes\": 7, \"partial\": true, \"xxh3\": \"0f\"}], \"settings\": "
        "{\"xxh3\": \"aa\", \"rules\": \"all\"}, \"rules\": {\"on\": [\"DUP-01\", \"VAL-02\"], "
        "\"not_built\": [\"VAL-09\"], \"watch_kinds\": [{\"rule\": \"VAL-02\", \"kind\": "
        "\"kind\"}]}, \"counts\": {\"out\": {\"providers\": 2, "
        "\"findings\": 4}}}\n";

static void put_run(void)
{
	put_file("manifest.json", manifest);
	put_file("quality.json",
	        "{\"files\": 1, \"quarantined\": {\"split\": {\"count\": 3, \"samples\": []}}, "
	        "\"fields\": {\"claim_id\": {\"present\": 4, \"blank\": 0, \"invalid\": 0, "
	        "\"repaired\": 0}}}\n");
	put_file("providers.csv",
	        PROVIDERS ",none,,,,,1,0.10,0.00,0.00,0,0,,,,1,,\n"
	                  "'=1+1,other,2,08,MA,g,3,150.00,70.10,5.30,2,3,900,1,\"a, \"\"b\"\"\","
	                  "3,1,x\n");
	put_file("provider_rules.csv",
	        "npi,id_kind,rule,measure,flag,direction,evaluated,hits,rate,value,peer_n,"
	        "peer_median,peer_p90,z,p,q,dollars,sample_claims\n"
	        "'=1+1,other,DUP-01,,1,high,3,2,0.666667,-1.250000,30,0.1,0.2,4.5,1.500000e-09,"
	        "2.000000e-05,70.10,\"[\"\"C1\"\"]\"\n");
	put_file("provider_codes.csv", "npi,id_kind,code,lines,units,charge,allowed,paid\n"
	                               "'=1+1,other,99213,3,3.5,200.00,170.00,150.00\n");
	put_file("provider_counts.csv", "npi,id_kind,kind,key,lines,units,charge,allowed,paid\n"
	                                "'=1+1,other,em,office_est_3,1,1,0.10,0.10,0.10\n"
	                                "'=1+1,other,em,office_est_4,3,3,0.20,0.20,0.20\n"
	                                "'=1+1,other,month,2024-01,4,4,0.30,0.30,0.30\n");
	put_file("findings.csv",
	        FINDINGS "DUP-01,exact,high,C1,1,A,'=1+1,other,,2024-01-02,99213,25 GT,1.5,70.00,,,"
	                 "\"x=1; y=\"\"2\"\"\",70.00,\"a, b\"\n"
	                 "DUP-01,exact,high,C1,1,A,'=1+1,other,,2024-01-02,99213,25 GT,1.5,70.00,,,"
	                 "\"x=1; y=\"\"2\"\"\",0.10,\"a, b\"\n"
	                 "DUP-01,exact,high,C2,,A,'=1+1,other,,,,,,,C1,7,,0.00,\n"
	                 "VAL-02,kind,low,C1,1,A,'=1+1,other,,,,,,-3.00,,,''+x,0.00,\n");
	put_file("rules.csv",
	        RULES "DUP-01,Duplicate,DUP,P1,line,line,on,,4,4,0,3,1,70.10,70.10,1.250\n"
	              "VAL-02,Values,VAL,P1,line,line,on,,4,4,0,1,1,0.00,0.00,\n"
	              "VAL-09,Other,VAL,P1,line,line,not built,,,,,,,,,\n");
	put_file("worklist.csv",
	        "npi,id_kind,frame,frame_size,sample_size,seed,stratum,order,claim_id,line,amount,"
	        "reason\n"
	        "'=1+1,other,DUP-01,2,2,18446744073709551615,random,1,C1,1,70.00,\n");
}

static void enter(void)
{
	cr_assert_not_null(mkdtemp(home));
	cr_assert_eq(chdir(home), 0);
	put_run();
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

TestSuite(sqlite, .init = enter, .fini = leave);

static int write_to(const char *path, int (*stopped)(void))
{
	struct report_context context = {.folder = &folder, .stopped = stopped};
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	cr_assert_geq(fd, 0);
	diag_init(&diag);
	int err = report_kind_sqlite.write(&context, fd, &diag);

	close(fd);
	return err;
}

/* Rows of a query, cells joined by |, rows by a line feed. */
static const char *query(const char *path, const char *select)
{
	static char text[8192];
	sqlite3 *sqlite;
	sqlite3_stmt *statement;
	size_t size = 0;

	cr_assert_eq(sqlite3_open_v2(path, &sqlite, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	cr_assert_eq(sqlite3_prepare_v2(sqlite, select, -1, &statement, NULL), SQLITE_OK, "%s: %s",
	        select, sqlite3_errmsg(sqlite));
	text[0] = '\0';
	while (sqlite3_step(statement) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(statement); i++) {
			const char *cell = (const char *)sqlite3_column_text(statement, i);

			size += (size_t)snprintf(text + size, sizeof(text) - size, "%s%s",
			        i > 0 ? "|" : "", cell ? cell : "NULL");
		}
		size += (size_t)snprintf(text + size, sizeof(text) - size, "\n");
	}
	cr_assert_eq(sqlite3_finalize(statement), SQLITE_OK, "%s", select);
	sqlite3_close(sqlite);
	return text;
}

static void expect(const char *select, const char *expected)
{
	const char *got = query("t.db", select);

	cr_expect_str_eq(got, expected, "%s:\n%s", select, got);
}

Test(sqlite, cells_have_their_types)
{
	cr_assert_eq(write_to("t.db", NULL), 0, "%s", diag.text);
	expect("PRAGMA integrity_check", "ok\n");
	expect("SELECT npi, id_kind, entity_type, specialty, typeof(specialty), paid, "
	       "typeof(paid), "
	       "claims, top_reasons, odd FROM providers ORDER BY npi",
	        "|none|NULL|NULL|null|0.1|real|1|NULL|NULL\n"
	        "=1+1|other|2|08|text|150.0|real|3|a, \"b\"|x\n");
	expect("SELECT value, p, typeof(hits), measure = '', sample_claims ->> 0 FROM "
	       "provider_rules",
	        "-1.25|1.5e-09|integer|1|C1\n");
	expect("SELECT line, other_line, units, amount, modifiers, detail, authority, dollars, "
	       "other_claim_id FROM findings WHERE claim_id = 'C1'",
	        "1|NULL|1.5|70.0|25 GT|x=1; y=\"2\"|a, b|70.0|\n"
	        "1|NULL|1.5|70.0|25 GT|x=1; y=\"2\"|a, b|0.1|\n"
	        "1|NULL|NULL|-3.0|NULL|'+x|NULL|0.0|\n");
	expect("SELECT seed, \"order\", typeof(\"order\") FROM worklist",
	        "18446744073709551615|1|integer\n");
	expect("SELECT count(*) FROM rules WHERE hits IS NULL", "1\n");
	expect("SELECT body ->> '$.counts.out.findings' FROM documents WHERE name = "
	       "'manifest.json'",
	        "4\n");
}

Test(sqlite, keys_and_indexes_are_used)
{
	static const struct {
		const char *select, *index;
	} cases[] = {
	        {"SELECT * FROM findings WHERE npi = '1'", "USING INDEX findings_npi"},
	        {"SELECT * FROM findings WHERE rule = '1'", "USING INDEX findings_rule"},
	        {"SELECT * FROM findings WHERE claim_id = '1'", "USING INDEX findings_claim_id"},
	        {"SELECT * FROM providers WHERE npi = '1'", "USING PRIMARY KEY"},
	        {"SELECT * FROM provider_rules WHERE npi = '1'", "USING PRIMARY KEY"},
	        {"SELECT * FROM provider_rules WHERE rule = '1'",
	                "USING INDEX provider_rules_rule"},
	        {"SELECT * FROM rules WHERE rule = '1'", "USING PRIMARY KEY"},
	};

	cr_assert_eq(write_to("t.db", NULL), 0, "%s", diag.text);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char select[256];

		snprintf(select, sizeof(select), "EXPLAIN QUERY PLAN %s", cases[i].select);
		cr_expect_not_null(strstr(query("t.db", select), cases[i].index), "%s: %s", select,
		        query("t.db", select));
	}
}

Test(sqlite, views_say_what_a_person_would_ask)
{
	cr_assert_eq(write_to("t.db", NULL), 0, "%s", diag.text);
	expect("SELECT rank, npi, score, dollars_expected FROM leads", "1|=1+1|900|5.3\n");
	expect("SELECT rank, rule, name, claim_id, dollars FROM lead_findings LIMIT 1",
	        "1|DUP-01|Duplicate|C1|70.0\n");
	/* VAL-02's kind is on watch. */
	expect("SELECT rule, claim_id, dollars FROM standing_findings ORDER BY claim_id, dollars",
	        "DUP-01|C1|0.1\nDUP-01|C1|70.0\nDUP-01|C2|0.0\n");
	expect("SELECT rule, kind, findings, claims, providers, dollars FROM findings_by_rule",
	        "DUP-01|exact|3|2|1|70.1\nVAL-02|kind|1|1|1|0.0\n");
	expect("SELECT rule, hits, rate, dollars FROM rules_by_dollars",
	        "DUP-01|3|0.75|70.1\nVAL-02|1|0.25|0.0\n");
	expect("SELECT * FROM rule_overlap", "DUP-01|VAL-02|1\n");
	expect("SELECT npi, rank, rule, name, peer_median FROM flagged_measures",
	        "=1+1|1|DUP-01|Duplicate|0.1\n");
	expect("SELECT npi, month, paid FROM provider_months", "=1+1|2024-01|0.3\n");
	expect("SELECT month, lines, providers, paid FROM months", "2024-01|4|1|0.3\n");
	expect("SELECT family, level, lines, share FROM provider_em",
	        "office_est|3|1|0.25\noffice_est|4|3|0.75\n");
	expect("SELECT count(*) FROM provider_modifiers", "0\n");
	expect("SELECT count(*) FROM provider_places", "0\n");
	expect("SELECT code, providers, charge FROM codes", "99213|1|200.0\n");
	expect("SELECT specialty, providers, leads, paid FROM specialties",
	        "NULL|1|NULL|0.1\n08|1|1|150.0\n");
	expect("SELECT * FROM inputs", "a.csv|9|00\n");
	expect("SELECT * FROM code_sets", "diagnoses|starter 1|NULL|NULL|7|1|0f\n");
	expect("SELECT * FROM settings", "xxh3|aa\nrules|all\n");
	expect("SELECT * FROM fields", "claim_id|4|0|0|0\n");
	expect("SELECT * FROM quarantined", "split|3\n");
	/* None is forgotten above. */
	expect("SELECT count(*) FROM sqlite_schema WHERE type = 'view'", "19\n");
}

Test(sqlite, equal_runs_give_equal_bytes)
{
	cr_assert_eq(write_to("t.db", NULL), 0, "%s", diag.text);
	cr_assert_eq(write_to("u.db", NULL), 0, "%s", diag.text);
	cr_assert_eq(system("cmp t.db u.db"), 0);
}

Test(sqlite, what_is_wrong_with_a_run)
{
	static const struct {
		const char *file, *text, *words;
		int err;
	} cases[] = {
	        {"providers.csv", PROVIDERS,
	                "./providers.csv:1: the table ends here; manifest.json "
	                "has another count of its rows",
	                FAIL_DATA},
	        {"rules.csv", RULES "A,,,,,,,,,,,,,,,\nA,,,,,,,,,,,,,,,\n",
	                "./rules.csv:3: its key stands in an earlier row too", FAIL_DATA},
	        {"rules.csv", RULES "A,,,,,,,,x,,,,,,,\n",
	                "./rules.csv:2: column in_scope: no whole number", FAIL_DATA},
	        {"rules.csv", RULES "A,,,,,,,,,,,,,nan,,\n",
	                "./rules.csv:2: column dollars: no number", FAIL_DATA},
	        {"rules.csv", "rule,a,a\n", "./rules.csv:1: duplicate column name: a", FAIL_DATA},
	        {"rules.csv", "name\n", "./rules.csv:1: ", FAIL_DATA},
	        {"rules.csv", NULL,
	                "./rules.csv: not there: tables are kept by runs with --report csv",
	                FAIL_INPUT},
	        {"quality.json", "{", "./quality.json:1: no JSON", FAIL_DATA},
	        {"manifest.json", "[", "./manifest.json:1: no JSON", FAIL_DATA},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		put_run();
		if (cases[i].text)
			put_file(cases[i].file, cases[i].text);
		else
			unlink(cases[i].file);
		cr_expect_eq(write_to("t.db", NULL), cases[i].err, "%zu", i);
		/* What SQLite says of a table without its key differs by its version. */
		cr_expect_eq(strncmp(diag.text, cases[i].words, strlen(cases[i].words)), 0, "%s",
		        diag.text);
	}
}

/* Runs of versions before there was one. */
Test(sqlite, a_run_without_a_worklist)
{
	unlink("worklist.csv");
	cr_assert_eq(write_to("t.db", NULL), 0, "%s", diag.text);
	expect("SELECT count(*) FROM sqlite_schema WHERE name = 'worklist'", "0\n");
}

/* Names that SQL could take for more than names. */
Test(sqlite, a_hostile_header)
{
	put_file("worklist.csv", "npi,id_kind,\"x\"\" TEXT); DROP TABLE rules; --\"\n1,npi,y\n");
	cr_assert_eq(write_to("t.db", NULL), 0, "%s", diag.text);
	expect("SELECT count(*) FROM rules", "3\n");
	expect("SELECT * FROM worklist", "1|npi|y\n");
}

static int stop(void)
{
	return SIGINT;
}

Test(sqlite, stops_when_told)
{
	cr_assert_eq(write_to("t.db", stop), FAIL_STOPPED);
}

Test(sqlite, a_full_disk)
{
	struct rlimit limit = {20000, 20000};

	signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	int err = write_to("t.db", NULL);

	cr_expect_eq(diag_exit_code(err), 74, "%d", err);
	cr_expect_not_null(strstr(diag.text, "./run.db: "));
}

#endif

Test(kinds, words)
{
	static const struct {
		const char *list;
		int err;
		const char *text;
	} cases[] = {
	        {"csv", 0, "csv"},
	        {"json,csv", 0, "csv, json"},
	        {"none", 0, ""},
	        {"csv,csv", 0, "csv"},
	        {"", FAIL_USAGE, "--report: no \"\""},
	        {"csv,", FAIL_USAGE, "--report: no \"\""},
	        {"none,csv", FAIL_USAGE, "--report: no \"none\""},
	        {"jsno", FAIL_USAGE, "--report: no \"jsno\": did you mean json?"},
	};
	char text[REPORT_KINDS_TEXT_MAX];
	struct diag told;
	unsigned bits;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		diag_init(&told);
		int err = report_kinds_parse(cases[i].list, &bits, &told);

		cr_expect_eq(err, cases[i].err, "%s", cases[i].list);
		if (err == 0)
			cr_expect_str_eq(report_kinds_text(bits, text), cases[i].text);
		else
			cr_expect_eq(strncmp(told.text, cases[i].text, strlen(cases[i].text)), 0,
			        "%s", told.text);
	}
	cr_expect_eq(report_kinds_parse("csv,json", &bits, &told), 0);
	cr_expect(report_kinds_has(bits, &report_kind_csv));
	cr_expect_not(report_kinds_has(bits, &report_kind_sqlite));
	cr_expect(report_kinds_tables(bits));
	cr_expect_eq(report_kinds_parse("json", &bits, &told), 0);
	cr_expect_not(report_kinds_tables(bits));
	cr_expect(report_kinds_has(report_kinds_default(), &report_kind_csv));
	cr_expect(report_kinds_has(report_kinds_default(), &report_kind_json));
	cr_expect_not(report_kinds_has(report_kinds_default(), &report_kind_sqlite));
}
