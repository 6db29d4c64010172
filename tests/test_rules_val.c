/* SPDX-License-Identifier: Apache-2.0 */
#include "rules_cases.h"

enum {
	POS,
	REV,
	DATES,
	BIRTH,
	FUTURE,
	POINTER,
	UNITS,
	PAID,
	ALLOWED,
	TOB,
	CLAIM_DATES,
	LINE_REPEATED
};

static const struct rule_case val_01_cases[] = {
        {"ICD-9 digits", {.dx = "25000", .from = "2024-01-05"}, HIT, "wrong_system", 0, 0, 0,
                "system=ICD-10-CM; date=2024-01-05; dx1=25000", true},
        {"ICD-9 second", {.dx = "E119 4019", .from = "2024-01-05"}, HIT, "wrong_system", 0, 0, 0,
                "system=ICD-10-CM; date=2024-01-05; dx2=4019", true},
        {"a dash", {.dx = "E119 E11-9", .from = "2024-01-05"}, HIT, "wrong_system", 0, 0, 0,
                "system=ICD-10-CM; date=2024-01-05; dx2=E11-9", true},
        {"ICD-11 stem", {.dx = "5A11", .from = "2024-01-05"}, HIT, "wrong_system", 0, 0, 0,
                "system=ICD-10-CM; date=2024-01-05; dx1=5A11", true},
        {"ICD-11 cluster", {.dx = "5A11/X", .from = "2024-01-05"}, HIT, "wrong_system", 0, 0, 0,
                "system=ICD-10-CM; date=2024-01-05; dx1=5A11/X", true},
        {"ICD-11 extension", {.dx = "EA&X", .from = "2024-01-05"}, HIT, "wrong_system", 0, 0, 0,
                "system=ICD-10-CM; date=2024-01-05; dx1=EA&X", true},
        {"too short", {.dx = "E1", .from = "2024-01-05"}, HIT, "wrong_system", 0, 0, 0,
                "system=ICD-10-CM; date=2024-01-05; dx1=E1", true},
        {"unreadable", {.dx = "E1191234567", .from = "2024-01-05"}, HIT, "wrong_system", 0, 0, 0,
                "system=ICD-10-CM; date=2024-01-05; dx1=???????", true},
        {"all slots told", {.dx = "E119 25000 - 4019", .from = "2024-01-05"}, HIT, "wrong_system",
                0, 0, 0, "system=ICD-10-CM; date=2024-01-05; dx2=25000; dx4=4019", true},
        {"pointed", {.dx = "E119 25000", .pointers = "2", .from = "2024-01-05"}, HIT,
                "wrong_system", 0, 0, 0, "system=ICD-10-CM; date=2024-01-05; dx2=25000", true},
        {"first day of ICD-10", {.dx = "25000", .from = "2015-10-01"}, HIT, "wrong_system", 0, 0, 0,
                "system=ICD-10-CM; date=2015-10-01; dx1=25000", true},
        {"inpatient by discharge",
                {.type = 'I',
                        .tob = "111",
                        .dx = "25000",
                        .from = "2015-09-20",
                        .discharge = "2015-10-02"},
                HIT, "wrong_system", 0, 0, 0, "system=ICD-10-CM; date=2015-10-02; dx1=25000", true},
        {"known", {.dx = "E119", .from = "2024-01-05"}, CLEAR},
        {"known of several", {.dx = "E119 I10", .from = "2024-01-05"}, CLEAR},
        {"not pointed", {.dx = "E119 25000", .pointers = "1", .from = "2024-01-05"}, CLEAR},
        {"pointed by code (RIF)", {.dx = "25000 E119", .pointed = "E119", .from = "2024-01-05"},
                CLEAR},
        {"partial set says nothing", {.dx = "E119 Q9988", .from = "2024-01-05"}, CLEAR},
        {"known long ago", {.dx = "E119", .from = "2014-01-05"}, CLEAR},
        {"ICD-9 in its time, beside a known one", {.dx = "I10 25000", .from = "2015-09-30"}, CLEAR},
        {"unknown to a partial set", {.dx = "Q9988", .from = "2024-01-05"}, BLIND},
        {"ICD-9 in its time", {.dx = "25000", .from = "2015-09-30", .icd9 = true}, BLIND},
        {"ICD-9 E code looks like one of ICD-10", {.dx = "E8490", .from = "2024-01-05"}, BLIND},
        {"no date", {.dx = "25000"}, BLIND},
        {"no diagnosis", {.from = "2024-01-05"}, OUT},
        {"pointer to a blank slot", {.dx = "25000", .pointers = "2", .from = "2024-01-05"}, OUT},
        {"a line of totals", {.dx = "25000", .from = "2024-01-05", .without = LINE_DUE}, OUT},
};

Test(rules_val, val_01)
{
	struct case_run *run = case_run_create();

	EXPECT_CASES(run, "VAL-01", 0, val_01_cases);
	case_run_destroy(run);
}

static const struct rule_case val_02_cases[] = {
        {"before its first day", {.dx = "U071", .from = "2020-03-31"}, HIT, "not_in_force", 1, 1, 1,
                "date=2020-03-31; dx1=U071; in_force=2020-04-01.."},
        {"second of two", {.dx = "E119 U071", .from = "2020-03-31"}, HIT, "not_in_force", 1, 0, 0,
                "date=2020-03-31; dx2=U071; in_force=2020-04-01.."},
        {"first pointer", {.dx = "E119 U071", .pointers = "2 1", .from = "2020-03-31"}, HIT,
                "not_in_force", 1, 1, 1, "date=2020-03-31; dx2=U071; in_force=2020-04-01.."},
        {"second pointer", {.dx = "E119 I10 U071", .pointers = "2 3", .from = "2020-03-31"}, HIT,
                "not_in_force", 1, 0, 0, "date=2020-03-31; dx3=U071; in_force=2020-04-01.."},
        {"pointed by code (RIF)", {.dx = "E119 U071", .pointed = "U071", .from = "2020-03-31"}, HIT,
                "not_in_force", 1, 1, 1, "date=2020-03-31; dx2=U071; in_force=2020-04-01.."},
        {"whole span before", {.dx = "U071", .from = "2020-03-01", .thru = "2020-03-31"}, HIT,
                "not_in_force", 1, 1, 1,
                "date=2020-03-01..2020-03-31; dx1=U071; in_force=2020-04-01.."},
        {"inpatient, discharged before",
                {.type = 'I',
                        .tob = "111",
                        .dx = "U071",
                        .from = "2020-03-20",
                        .thru = "2020-04-02",
                        .discharge = "2020-03-31"},
                HIT, "not_in_force", 1, 1, 1, "date=2020-03-31; dx1=U071; in_force=2020-04-01.."},
        {"inpatient without discharge: thru",
                {.type = 'I',
                        .tob = "211",
                        .dx = "U071",
                        .from = "2020-03-20",
                        .thru = "2020-03-30"},
                HIT, "not_in_force", 1, 1, 1, "date=2020-03-30; dx1=U071; in_force=2020-04-01.."},
        {"ended", {.dx = "T781XXA", .from = "2025-10-01"}, HIT, "not_in_force", 1, 1, 1,
                "date=2025-10-01; dx1=T781XXA; in_force=..2025-09-30"},
        {"span after its end", {.dx = "T781XXA", .from = "2025-10-01", .thru = "2025-10-05"}, HIT,
                "not_in_force", 1, 1, 1,
                "date=2025-10-01..2025-10-05; dx1=T781XXA; in_force=..2025-09-30"},
        {"denied lines too",
                {.dx = "U071", .from = "2020-01-01", .flags = LINE_DENIED, .without = LINE_PAYABLE},
                HIT, "not_in_force", 1, 1, 1, "date=2020-01-01; dx1=U071; in_force=2020-04-01.."},
        {"two of them", {.dx = "U071 U099", .from = "2020-01-01"}, HIT, "not_in_force", 1, 1, 1,
                "date=2020-01-01; dx1=U071; in_force=2020-04-01..; dx2=U099; "
                "in_force=2021-10-01.."},
        {"a post-COVID code too early", {.dx = "U099", .from = "2021-09-30"}, HIT, "not_in_force",
                1, 1, 1, "date=2021-09-30; dx1=U099; in_force=2021-10-01.."},
        {"first day", {.dx = "U071", .from = "2020-04-01"}, CLEAR},
        {"valid at thru only", {.dx = "U071", .from = "2020-03-20", .thru = "2020-04-01"}, CLEAR},
        {"inpatient by discharge",
                {.type = 'I',
                        .tob = "111",
                        .dx = "U071",
                        .from = "2020-03-01",
                        .discharge = "2020-04-01"},
                CLEAR},
        {"last day", {.dx = "T781XXA", .from = "2025-09-30"}, CLEAR},
        {"span over its end", {.dx = "T781XXA", .from = "2025-09-30", .thru = "2025-10-05"}, CLEAR},
        {"open window", {.dx = "E119", .from = "2001-01-01"}, CLEAR},
        {"turned header is VAL-03's", {.dx = "M545", .from = "2022-01-01"}, CLEAR},
        {"header is VAL-03's", {.dx = "E11", .from = "2022-01-01"}, CLEAR},
        {"bad one not pointed at", {.dx = "E119 U071", .pointers = "1", .from = "2020-03-31"},
                CLEAR},
        {"unknown beside a known one", {.dx = "E119 25000", .from = "2020-03-31"}, CLEAR},
        {"from after thru", {.dx = "U071", .from = "2020-04-02", .thru = "2020-03-20"}, CLEAR},
        {"dental", {.type = 'D', .dx = "I10", .from = "2020-03-31"}, CLEAR},
        {"undetermined", {.type = 'U', .dx = "I10", .from = "2020-03-31"}, CLEAR},
        {"no date", {.dx = "U071"}, BLIND},
        {"unknown", {.dx = "25000", .from = "2020-03-31"}, BLIND},
        {"no diagnosis", {.from = "2020-03-31"}, OUT},
};

Test(rules_val, val_02)
{
	struct case_run *run = case_run_create();

	EXPECT_CASES(run, "VAL-02", 0, val_02_cases);
	case_run_destroy(run);
}

static const struct rule_case val_03_cases[] = {
        {"header", {.dx = "E11", .from = "2024-01-05"}, HIT, "header", 1, 1, 1,
                "date=2024-01-05; dx1=E11; billable=0"},
        {"second", {.dx = "E119 M17", .from = "2024-01-05"}, HIT, "header", 1, 0, 0,
                "date=2024-01-05; dx2=M17; billable=0"},
        {"two", {.dx = "E11 M17", .from = "2024-01-05"}, HIT, "header", 1, 1, 1,
                "date=2024-01-05; dx1=E11; dx2=M17; billable=0"},
        {"first pointer", {.dx = "E119 M17", .pointers = "2", .from = "2024-01-05"}, HIT, "header",
                1, 1, 1, "date=2024-01-05; dx2=M17; billable=0"},
        {"turned, first day", {.dx = "M545", .from = "2021-10-01"}, HIT, "header", 1, 1, 1,
                "date=2021-10-01; dx1=M545; header_from=2021-10-01; billable=0"},
        {"turned, later", {.dx = "M545", .from = "2023-05-05"}, HIT, "header", 1, 1, 1,
                "date=2023-05-05; dx1=M545; header_from=2021-10-01; billable=0"},
        {"turned in 2025", {.dx = "G35", .from = "2025-10-01"}, HIT, "header", 1, 1, 1,
                "date=2025-10-01; dx1=G35; header_from=2025-10-01; billable=0"},
        {"inpatient discharged after the turn",
                {.type = 'I',
                        .tob = "111",
                        .dx = "M545",
                        .from = "2021-09-28",
                        .discharge = "2021-10-02"},
                HIT, "header", 1, 1, 1,
                "date=2021-10-02; dx1=M545; header_from=2021-10-01; billable=0"},
        {"span after the turn", {.dx = "M545", .from = "2021-10-01", .thru = "2021-10-09"}, HIT,
                "header", 1, 1, 1,
                "date=2021-10-01..2021-10-09; dx1=M545; header_from=2021-10-01; "
                "billable=0"},
        {"beside one that is not in force", {.dx = "E11 U071", .from = "2020-01-01"}, HIT, "header",
                1, 1, 1, "date=2020-01-01; dx1=E11; billable=0"},
        {"billable", {.dx = "E119", .from = "2024-01-05"}, CLEAR},
        {"before the turn", {.dx = "M545", .from = "2021-09-30"}, CLEAR},
        {"before the turn of 2025", {.dx = "G35", .from = "2025-09-30"}, CLEAR},
        {"span over the turn", {.dx = "M545", .from = "2021-09-30", .thru = "2021-10-09"}, CLEAR},
        {"inpatient discharged before the turn",
                {.type = 'I',
                        .tob = "111",
                        .dx = "M545",
                        .from = "2021-09-01",
                        .thru = "2021-10-09",
                        .discharge = "2021-09-30"},
                CLEAR},
        {"header not pointed at", {.dx = "E119 E11", .pointers = "1", .from = "2024-01-05"}, CLEAR},
        {"pointed by code (RIF)", {.dx = "E11 I10", .pointed = "I10", .from = "2024-01-05"}, CLEAR},
        {"not in force is VAL-02's", {.dx = "U071", .from = "2020-01-01"}, CLEAR},
        {"seventh character", {.dx = "W19XXXA", .from = "2024-01-05"}, CLEAR},
        {"two billable", {.dx = "E119 I10", .from = "2024-01-05"}, CLEAR},
        {"unknown", {.dx = "Q9988", .from = "2024-01-05"}, BLIND},
        {"no date", {.dx = "E11"}, BLIND},
        {"no diagnosis", {.from = "2024-01-05"}, OUT},
};

Test(rules_val, val_03)
{
	struct case_run *run = case_run_create();

	EXPECT_CASES(run, "VAL-03", 0, val_03_cases);
	case_run_destroy(run);
}

static const struct rule_case val_04_cases[] = {
        {"99201 after 2020", {.hcpcs = "99201", .from = "2021-01-01"}, HIT, "not_in_force", 2, 1, 1,
                "code=99201; date=2021-01-01; in_force=..2020-12-31"},
        {"99201 years after", {.hcpcs = "99201", .from = "2024-06-01"}, HIT, "not_in_force", 2, 1,
                1, "code=99201; date=2024-06-01; in_force=..2020-12-31"},
        {"observation after 2022", {.hcpcs = "99218", .from = "2023-01-01"}, HIT, "not_in_force", 2,
                1, 1, "code=99218; date=2023-01-01; in_force=..2022-12-31"},
        {"prolonged visit before 2021", {.hcpcs = "G2212", .from = "2020-12-31"}, HIT,
                "not_in_force", 2, 1, 1, "code=G2212; date=2020-12-31; in_force=2021-01-01.."},
        {"99417 before 2021", {.hcpcs = "99417", .from = "2020-12-31"}, HIT, "not_in_force", 2, 1,
                1, "code=99417; date=2020-12-31; in_force=2021-01-01.."},
        {"telephone after 2024", {.hcpcs = "99441", .from = "2025-01-01"}, HIT, "not_in_force", 2,
                1, 1, "code=99441; date=2025-01-01; in_force=..2024-12-31"},
        {"98000 before 2025", {.hcpcs = "98000", .from = "2024-12-31"}, HIT, "not_in_force", 2, 1,
                1, "code=98000; date=2024-12-31; in_force=2025-01-01.."},
        {"whole span after", {.hcpcs = "99201", .from = "2021-01-01", .thru = "2021-01-09"}, HIT,
                "not_in_force", 2, 1, 1,
                "code=99201; date=2021-01-01..2021-01-09; in_force=..2020-12-31"},
        {"inpatient lines too",
                {.type = 'I',
                        .tob = "111",
                        .hcpcs = "99201",
                        .from = "2021-02-01",
                        .discharge = "2020-12-01"},
                HIT, "not_in_force", 2, 1, 1, "code=99201; date=2021-02-01; in_force=..2020-12-31"},
        {"denied lines too", {.hcpcs = "99201", .from = "2021-02-01", .without = LINE_PAYABLE}, HIT,
                "not_in_force", 2, 1, 1, "code=99201; date=2021-02-01; in_force=..2020-12-31"},
        {"99201 in its time", {.hcpcs = "99201", .from = "2020-12-31"}, CLEAR},
        {"open", {.hcpcs = "99213", .from = "2024-01-05"}, CLEAR},
        {"span over New Year", {.hcpcs = "99201", .from = "2020-12-30", .thru = "2021-01-02"},
                CLEAR},
        {"span from the old year", {.hcpcs = "G2212", .from = "2020-12-30", .thru = "2021-01-01"},
                CLEAR},
        {"from after thru", {.hcpcs = "99201", .from = "2021-01-02", .thru = "2020-12-30"}, CLEAR},
        {"first day", {.hcpcs = "98000", .from = "2025-01-01"}, CLEAR},
        {"last day", {.hcpcs = "99441", .from = "2024-12-31"}, CLEAR},
        {"drug", {.hcpcs = "J0171", .from = "2024-01-05"}, CLEAR},
        {"ambulance", {.hcpcs = "A0428", .from = "2024-01-05"}, CLEAR},
        {"institutional", {.type = 'I', .tob = "131", .hcpcs = "99213", .from = "2024-01-05"},
                CLEAR},
        {"unknown to a partial set", {.hcpcs = "99999", .from = "2024-01-05"}, BLIND},
        {"a payer's own", {.hcpcs = "X9001", .from = "2024-01-05"}, BLIND},
        {"CDT", {.type = 'D', .hcpcs = "D0120", .from = "1990-01-05"}, BLIND},
        {"no date", {.hcpcs = "99201"}, BLIND},
        {"revenue code alone", {.type = 'I', .tob = "131", .revenue = 450, .from = "2024-01-05"},
                OUT},
        {"HIPPS under 0022",
                {.type = 'I', .tob = "211", .hcpcs = "99201", .revenue = 22, .from = "2024-01-05"},
                OUT},
        {"HIPPS under 0023",
                {.type = 'I', .tob = "329", .hcpcs = "99201", .revenue = 23, .from = "2024-01-05"},
                OUT},
};

Test(rules_val, val_04)
{
	struct case_run *run = case_run_create();

	EXPECT_CASES(run, "VAL-04", 0, val_04_cases);
	case_run_destroy(run);
}

static const struct rule_case val_04_pcs_cases[] = {
        {"not yet",
                {.type = 'I',
                        .tob = "111",
                        .pcs = "5A1D70Z",
                        .from = "2017-09-01",
                        .discharge = "2017-09-30"},
                HIT, "pcs", 2, 0, 0, "date=2017-09-30; pcs1=5A1D70Z; in_force=2017-10-01.."},
        {"no more, second",
                {.type = 'I',
                        .tob = "111",
                        .pcs = "00HU33Z 5A15223",
                        .from = "2018-09-20",
                        .discharge = "2018-10-01"},
                HIT, "pcs", 2, 0, 0, "date=2018-10-01; pcs2=5A15223; in_force=..2018-09-30"},
        {"by discharge",
                {.type = 'I',
                        .tob = "111",
                        .pcs = "5A1D70Z",
                        .from = "2017-09-01",
                        .discharge = "2017-10-01"},
                CLEAR},
        {"no discharge: thru",
                {.type = 'I',
                        .tob = "181",
                        .pcs = "5A15223",
                        .from = "2018-09-01",
                        .thru = "2018-09-30"},
                CLEAR},
        {"open", {.type = 'I', .tob = "111", .pcs = "00HU33Z", .from = "2024-01-05"}, CLEAR},
        {"one known of two",
                {.type = 'I', .tob = "111", .pcs = "00HU33Z 3E0Z0ZZ", .from = "2024-01-05"}, CLEAR},
        {"unknown to a partial set",
                {.type = 'I', .tob = "111", .pcs = "9999999", .from = "2024-01-05"}, BLIND},
        {"no date", {.type = 'I', .tob = "111", .pcs = "00HU33Z"}, BLIND},
        {"no procedure", {.type = 'I', .tob = "111", .from = "2024-01-05"}, OUT},
        {"outpatient", {.type = 'I', .tob = "131", .pcs = "5A15223", .from = "2024-01-05"}, OUT},
};

Test(rules_val, val_04_pcs)
{
	struct case_run *run = case_run_create();

	EXPECT_CASES(run, "VAL-04", 1, val_04_pcs_cases);
	case_run_destroy(run);
}

static const struct rule_case val_05_cases[] = {
        {"25 twice", {.hcpcs = "99213", .modifiers = "25 25"}, HIT, "repeated", 0, 0, 0,
                "code=99213; modifier2=25", true},
        {"first and third", {.hcpcs = "99213", .modifiers = "59 25 59"}, HIT, "repeated", 0, 0, 0,
                "code=99213; modifier3=59", true},
        {"fourth and fifth", {.hcpcs = "99213", .modifiers = "59 25 24 57 57"}, HIT, "repeated", 0,
                0, 0, "code=99213; modifier5=57", true},
        {"behind a blank", {.hcpcs = "99213", .modifiers = "RT - RT"}, HIT, "repeated", 0, 0, 0,
                "code=99213; modifier3=RT", true},
        {"thrice", {.hcpcs = "99213", .modifiers = "LT LT LT"}, HIT, "repeated", 0, 0, 0,
                "code=99213; modifier2=LT; modifier3=LT", true},
        {"a pair twice", {.hcpcs = "A0428", .modifiers = "RH RH"}, HIT, "repeated", 0, 0, 0,
                "code=A0428; modifier2=RH", true},
        {"P3 off anaesthesia", {.hcpcs = "99213", .modifiers = "P3"}, HIT, "unknown", 0, 0, 0,
                "code=99213; modifier1=P3", true},
        {"P1 on 02000", {.hcpcs = "02000", .modifiers = "P1"}, HIT, "unknown", 0, 0, 0,
                "code=02000; modifier1=P1", true},
        {"P6 on 00099", {.hcpcs = "00099", .modifiers = "P6"}, HIT, "unknown", 0, 0, 0,
                "code=00099; modifier1=P6", true},
        {"P2 on a category III code", {.hcpcs = "0101T", .modifiers = "P2"}, HIT, "unknown", 0, 0,
                0, "code=0101T; modifier1=P2", true},
        {"not in the list", {.hcpcs = "99213", .modifiers = "25 ZZ"}, HIT, "unknown", 0, 0, 0,
                "code=99213; modifier2=ZZ", true},
        {"a pair off ambulances", {.hcpcs = "99213", .modifiers = "RH"}, HIT, "unknown", 0, 0, 0,
                "code=99213; modifier1=RH", true},
        {"no pair on an ambulance", {.hcpcs = "A0428", .modifiers = "YY"}, HIT, "unknown", 0, 0, 0,
                "code=A0428; modifier1=YY", true},
        {"both kinds", {.hcpcs = "99213", .modifiers = "P3 59 59"}, HIT, "unknown", 0, 0, 0,
                "code=99213; modifier1=P3; modifier3=59; also=repeated", true},
        {"institutional too", {.type = 'I', .tob = "131", .hcpcs = "99213", .modifiers = "27 27"},
                HIT, "repeated", 0, 0, 0, "code=99213; modifier2=27", true},
        {"25", {.hcpcs = "99213", .modifiers = "25"}, CLEAR},
        {"two", {.hcpcs = "99213", .modifiers = "25 59"}, CLEAR},
        {"five", {.hcpcs = "99213", .modifiers = "25 59 RT LT 24"}, CLEAR},
        {"ambulance pair", {.hcpcs = "A0428", .modifiers = "RH"}, CLEAR},
        {"ambulance pair on mileage", {.hcpcs = "A0425", .modifiers = "SH QN"}, CLEAR},
        {"pair of X", {.hcpcs = "A0427", .modifiers = "SX"}, CLEAR},
        {"P3 on anaesthesia", {.hcpcs = "00100", .modifiers = "P3"}, CLEAR},
        {"P1 on the last", {.hcpcs = "01999", .modifiers = "P1"}, CLEAR},
        {"P1 without a code", {.modifiers = "P1"}, CLEAR},
        {"X modifier", {.hcpcs = "11042", .modifiers = "XS"}, CLEAR},
        {"none", {.hcpcs = "99213"}, OUT},
        {"totals", {.hcpcs = "99213", .modifiers = "25 25", .without = LINE_DUE}, OUT},
};

Test(rules_val, val_05)
{
	struct case_run *run = case_run_create();

	EXPECT_CASES(run, "VAL-05", 0, val_05_cases);
	case_run_destroy(run);
}

static const struct rule_case val_06_codes_places_cases[] = {
        {"unassigned 28", {.place = "28"}, HIT, "pos", 0, 0, 0, "pos=28", true},
        {"unassigned 88", {.place = "88"}, HIT, "pos", 0, 0, 0, "pos=88", true},
        {"zero", {.place = "00"}, HIT, "pos", 0, 0, 0, "pos=00", true},
        {"letters", {.place = "AB"}, HIT, "pos", 0, 0, 0, "pos=AB", true},
        {"one letter", {.place = "1A"}, HIT, "pos", 0, 0, 0, "pos=1A", true},
        {"unassigned 36", {.place = "36"}, HIT, "pos", 0, 0, 0, "pos=36", true},
        {"unassigned 45", {.place = "45"}, HIT, "pos", 0, 0, 0, "pos=45", true},
        {"unassigned 63", {.place = "63"}, HIT, "pos", 0, 0, 0, "pos=63", true},
        {"unassigned 70", {.place = "70"}, HIT, "pos", 0, 0, 0, "pos=70", true},
        {"unassigned 98", {.place = "98"}, HIT, "pos", 0, 0, 0, "pos=98", true},
        {"unassigned 59", {.place = "59"}, HIT, "pos", 0, 0, 0, "pos=59", true},
        {"office", {.place = "11"}, CLEAR},
        {"telehealth", {.place = "02"}, CLEAR},
        {"home telehealth", {.place = "10"}, CLEAR},
        {"other", {.place = "99"}, CLEAR},
        {"lab", {.place = "81"}, CLEAR},
        {"office again", {.place = "11"}, CLEAR},
        {"blank", {.place = NULL}, BLIND},
        {"institutional", {.type = 'I', .place = "88"}, OUT},
};

static const struct rule_case val_06_codes_bills_cases[] = {
        {"13I", {.type = 'I', .tob = "13I"}, HIT, "tob", 0, 0, 0, "tob=13I", true},
        {"771", {.type = 'I', .tob = "771"}, HIT, "tob", 0, 0, 0, "tob=771", true},
        {"001", {.type = 'I', .tob = "001"}, HIT, "tob", 0, 0, 0, "tob=001", true},
        {"901", {.type = 'I', .tob = "901"}, HIT, "tob", 0, 0, 0, "tob=901", true},
        {"1", {.type = 'I', .tob = "1"}, HIT, "tob", 0, 0, 0, "tob=1", true},
        {"letters", {.type = 'I', .tob = "ABC"}, HIT, "tob", 0, 0, 0, "tob=ABC", true},
        {"131", {.type = 'I', .tob = "131"}, CLEAR},
        {"111", {.type = 'I', .tob = "111"}, CLEAR},
        {"851", {.type = 'I', .tob = "851"}, CLEAR},
        {"a line of totals stands for its claim",
                {.type = 'I', .tob = "901", .without = LINE_DUE, .flags = LINE_TOTAL}, HIT, "tob",
                0, 0, 0, "tob=901", true},
        {"blank", {.type = 'I'}, BLIND},
        {"professional", {.tob = "901"}, OUT},
        {"outside the dates", {.type = 'I', .tob = "901", .flags = LINE_OUTSIDE}, OUT},
};

static const struct rule_case val_06_codes_revenues_cases[] = {
        {"unreadable", {.type = 'I', .revenue = -1}, HIT, "rev", 0, 0, 0, "rev=unreadable", true},
        {"9999", {.type = 'I', .revenue = 9999}, HIT, "rev", 0, 0, 0, "rev=9999", true},
        {"0450", {.type = 'I', .revenue = 450}, CLEAR},
        {"0250", {.type = 'I', .revenue = 250}, CLEAR},
        {"0022", {.type = 'I', .revenue = 22}, CLEAR},
        {"blank", {.type = 'I'}, BLIND},
        {"professional", {.revenue = 9999}, OUT},
};

Test(rules_val, val_06_codes)
{
	struct case_run *run = case_run_create();

	EXPECT_CASES(run, "VAL-06", POS, val_06_codes_places_cases);
	EXPECT_CASES(run, "VAL-06", TOB, val_06_codes_bills_cases);
	EXPECT_CASES(run, "VAL-06", REV, val_06_codes_revenues_cases);
	case_run_destroy(run);
}

static const struct rule_case val_06_dates_lines_cases[] = {
        {"from after thru", {.line_start = "2024-02-02", .line_end = "2024-02-01"}, HIT, "dates", 0,
                0, 0, "from=2024-02-02; thru=2024-02-01"},
        {"one day", {.line_start = "2024-02-02", .line_end = "2024-02-02"}, CLEAR},
        {"span", {.line_start = "2024-02-02", .line_end = "2024-02-09"}, CLEAR},
        {"no thru", {.line_start = "2024-02-02"}, BLIND},
        {"no from", {.line_end = "2024-02-02", .from = "2024-03-01"}, BLIND},
};

static const struct rule_case val_06_dates_claims_cases[] = {
        {"from after thru", {.claim_start = "2024-02-02", .claim_end = "2024-02-01"}, HIT, "dates",
                0, 0, 0, "from=2024-02-02; thru=2024-02-01"},
        {"span", {.claim_start = "2024-02-02", .claim_end = "2024-02-03"}, CLEAR},
        {"no thru", {.claim_start = "2024-02-02"}, BLIND},
};

static const struct rule_case val_06_dates_births_cases[] = {
        {"born after", {.from = "2024-01-05", .birth = "2024-01-06"}, HIT, "birth", 0, 0, 0,
                "date=2024-01-05; birth=after date"},
        {"125 years", {.from = "2024-01-05", .birth = "1899-01-05"}, HIT, "birth", 0, 0, 0,
                "date=2024-01-05; age=125; age_max=124"},
        {"0001-01-01", {.from = "2024-01-05", .birth = "0001-01-01"}, HIT, "birth", 0, 0, 0,
                "date=2024-01-05; age=2023; age_max=124"},
        {"124 years", {.from = "2024-01-05", .birth = "1899-01-06"}, CLEAR},
        {"born that day", {.from = "2024-01-05", .birth = "2024-01-05"}, CLEAR},
        {"default 1900-01-01 is absent", {.from = "2024-01-05", .birth = "1900-01-01"}, BLIND},
        {"no birth", {.from = "2024-01-05"}, BLIND},
        {"no date", {.birth = "2024-01-05"}, BLIND},
};

static const struct rule_case val_06_dates_futures_cases[] = {
        {"after receipt", {.from = "2024-01-05", .received = "2024-01-04"}, HIT, "future", 0, 0, 0,
                "date=2024-01-05; received=2024-01-04", true},
        {"after as-of", {.from = "2024-07-01"}, HIT, "future", 0, 0, 0,
                "date=2024-07-01; as_of=2024-06-30", true},
        {"received later, but after as-of", {.from = "2024-07-01", .received = "2024-07-05"}, HIT,
                "future", 0, 0, 0, "date=2024-07-01; as_of=2024-06-30", true},
        {"received that day", {.from = "2024-01-05", .received = "2024-01-05"}, CLEAR},
        {"on as-of", {.from = "2024-06-30"}, CLEAR},
        {"no date", {.received = "2024-01-05"}, BLIND},
};

Test(rules_val, val_06_dates)
{
	struct case_run *run = case_run_create();

	EXPECT_CASES(run, "VAL-06", DATES, val_06_dates_lines_cases);
	EXPECT_CASES(run, "VAL-06", CLAIM_DATES, val_06_dates_claims_cases);
	EXPECT_CASES(run, "VAL-06", BIRTH, val_06_dates_births_cases);
	run->context.as_of = case_date("2024-06-30");
	EXPECT_CASES(run, "VAL-06", FUTURE, val_06_dates_futures_cases);
	case_run_destroy(run);
}

static const struct rule_case val_06_amounts_and_pointers_units_cases[] = {
        {"none, paid", {.units = "0", .paid = "10"}, HIT, "units", 0, 0, 0,
                "units=0; units_min=above 0; paid=10.00", true},
        {"below, allowed", {.units = "-1.5", .allowed = "3.25", .paid = "0"}, HIT, "units", 0, 0, 0,
                "units=-1.5; units_min=above 0; paid=0.00; allowed=3.25", true},
        {"none, nothing paid", {.units = "0", .paid = "0"}, CLEAR},
        {"one", {.units = "1", .paid = "10"}, CLEAR},
        {"a part", {.units = "0.25", .paid = "10"}, CLEAR},
        {"a reversal", {.units = "-1", .paid = "-10", .flags = LINE_NEGATIVE}, CLEAR},
        {"blank", {.paid = "10"}, BLIND},
        {"no amount", {.units = "0"}, BLIND},
        {"void", {.units = "0", .paid = "10", .flags = LINE_VOID}, OUT},
        {"denied", {.units = "0", .paid = "10", .flags = LINE_DENIED}, OUT},
};

static const struct rule_case val_06_amounts_and_pointers_paid_cases[] = {
        {"above", {.paid = "102", .allowed = "100"}, HIT, "paid_over_allowed", 0, 0, 0,
                "paid=102.00; allowed=100.00; tolerance=1%", true},
        {"a cent above the tolerance", {.paid = "101.01", .allowed = "100"}, HIT,
                "paid_over_allowed", 0, 0, 0, "paid=101.01; allowed=100.00; tolerance=1%", true},
        {"nothing allowed", {.paid = "0.01", .allowed = "0"}, HIT, "paid_over_allowed", 0, 0, 0,
                "paid=0.01; allowed=0.00; tolerance=1%", true},
        {"institutional too", {.type = 'I', .paid = "900", .allowed = "100"}, HIT,
                "paid_over_allowed", 0, 0, 0, "paid=900.00; allowed=100.00; tolerance=1%", true},
        {"at the tolerance", {.paid = "101", .allowed = "100"}, CLEAR},
        {"capitated", {.paid = "0", .allowed = "100"}, CLEAR},
        {"largest", {.paid = "92233720368547758.06", .allowed = "92233720368547758.07"}, CLEAR},
        {"negative", {.paid = "-5", .allowed = "-9", .flags = LINE_NEGATIVE}, BLIND},
        {"no allowed", {.paid = "102"}, BLIND},
};

static const struct rule_case val_06_amounts_and_pointers_allowed_cases[] = {
        {"above", {.allowed = "100.01", .charge = "100"}, HIT, "allowed_over_charge", 0, 0, 0,
                "allowed=100.01; charge=100.00", true},
        {"equal", {.allowed = "100", .charge = "100"}, CLEAR},
        {"institutional", {.type = 'I', .allowed = "900", .charge = "100"}, OUT},
        {"no charge", {.allowed = "100"}, BLIND},
};

static const struct rule_case val_06_amounts_and_pointers_pointers_cases[] = {
        {"blank slot", {.dx = "E119", .pointers = "2"}, HIT, "pointer", 0, 0, 0,
                "pointer=2; diagnoses=1", true},
        {"second of two", {.dx = "E119 I10", .pointers = "1 4"}, HIT, "pointer", 0, 0, 0,
                "pointer=4; diagnoses=2", true},
        {"no diagnosis at all", {.pointers = "1"}, HIT, "pointer", 0, 0, 0,
                "pointer=1; diagnoses=0", true},
        {"beyond all slots", {.dx = "E119", .pointers = "26"}, HIT, "pointer", 0, 0, 0,
                "pointer=26; diagnoses=1", true},
        {"a gap", {.dx = "E119 - I10", .pointers = "2"}, HIT, "pointer", 0, 0, 0,
                "pointer=2; diagnoses=3", true},
        {"right", {.dx = "E119 I10", .pointers = "2 1"}, CLEAR},
        {"unreadable is not blank", {.dx = "E11912345678", .pointers = "1"}, CLEAR},
        {"none", {.dx = "E119"}, BLIND},
        {"given as a code (RIF)", {.dx = "E119", .pointed = "I10"}, BLIND},
        {"institutional", {.type = 'I', .dx = "E119", .pointers = "2"}, OUT},
};

Test(rules_val, val_06_amounts_and_pointers)
{
	struct case_run *run = case_run_create();

	EXPECT_CASES(run, "VAL-06", UNITS, val_06_amounts_and_pointers_units_cases);
	EXPECT_CASES(run, "VAL-06", PAID, val_06_amounts_and_pointers_paid_cases);
	EXPECT_CASES(run, "VAL-06", ALLOWED, val_06_amounts_and_pointers_allowed_cases);
	EXPECT_CASES(run, "VAL-06", POINTER, val_06_amounts_and_pointers_pointers_cases);
	case_run_destroy(run);
}

Test(rules_val, val_06_claim_level_amounts_are_no_lines)
{
	struct case_run *run = case_run_create();
	struct given given = {.units = "0", .paid = "10", .allowed = "5", .charge = "1"};

	case_set(run->batch, 0, &given);
	run->batch->counted_present[0] = 0; /* of claim level */
	run->batch->count = 1;
	case_judge(run);
	cr_expect_eq(case_got(run->verdicts, 0, case_bit("VAL-06", UNITS)), BLIND);
	cr_expect_eq(case_got(run->verdicts, 0, case_bit("VAL-06", PAID)), BLIND);
	cr_expect_eq(case_got(run->verdicts, 0, case_bit("VAL-06", ALLOWED)), BLIND);
	cr_expect_eq(case_got(run->verdicts, 0, case_bit("VAL-06", LINE_REPEATED)), OUT);
	case_run_destroy(run);
}

Test(rules_val, val_07)
{
	static const char *const roles[] = {"billing", "rendering", "ordering", "facility"};
	static const struct {
		uint64_t id;
		enum want want;
		const char *kind, *fails;
	} ids[] = {
	        {NPI(1234567893), CLEAR, NULL, NULL},
	        {NPI(1003000126), CLEAR, NULL, NULL},
	        {NPI(2000000002), CLEAR, NULL, NULL},
	        {0, OUT, NULL, NULL},
	        {ID_OF(ID_CCN, 777), OUT, NULL, NULL},
	        {ID_OF(ID_TIN, 777), OUT, NULL, NULL},
	        {ID_OF(ID_BAD_CHECK, 1234567891), HIT, "invalid",
	                "fails=check digit or first digit"},
	        {ID_OF(ID_BAD_CHECK, 9999999999 - 7), HIT, "invalid",
	                "fails=check digit or first digit"},
	        {ID_OF(ID_OTHER, 42), HIT, "invalid", "fails=not ten digits"},
	        {ID_OF(ID_PLACEHOLDER, 0), HIT, "placeholder", "fails=placeholder list"},
	        {ID_OF(ID_PLACEHOLDER, 9999999999), HIT, "placeholder", "fails=placeholder list"},
	        {ID_OF(ID_PLACEHOLDER, 1234567890), HIT, "placeholder", "fails=placeholder list"},
	};
	struct case_run *run = case_run_create();
	char detail[80];

	for (unsigned role = 0; role < 4; role++)
		for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
			struct rule_case one = {.what = roles[role],
			        .want = ids[i].want,
			        .kind = ids[i].kind,
			        .detail = detail};
			uint64_t *const columns[] = {&one.given.billing, &one.given.rendering,
			        &one.given.ordering, &one.given.facility};

			snprintf(detail, sizeof(detail), "role=%s; %s", roles[role],
			        ids[i].fails ? ids[i].fails : "");
			*columns[role] = ids[i].id;
			expect_cases(run, "VAL-07", role, &one, 1);
		}
	case_run_destroy(run);
}
