/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Releases about procedures: counts and single values of the publishers' own files,
 * releases that correct one another, and what is refused.
 */
#include "import_cases.h"
#include "lookup/rows_lists.h"
#include "lookup/rows_procedures.h"

/* ---- HCPCS ---- */

#define HCPCS_2020 "HCPC2020_ANWEB_w_disclaimer.txt"

Test(import_hcpcs, release_of_2020)
{
	struct folder folder;
	const struct set *codes, *modifiers;
	const struct hcpcs_row *row;
	const struct modifiers_row *modifier;

	folder_begin(&folder);
	folder_link(&folder, "hcpcs/" HCPCS_2020, NULL);
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	codes = folder_set(&folder, "hcpcs");
	modifiers = folder_set(&folder, "modifiers");
	cr_assert_eq(codes->key_count, 6710);
	cr_assert_eq(modifiers->key_count, 369);
	cr_assert_eq(file_at(&folder, HCPCS_2020)->skipped, 9);
	cr_assert_eq(day_number(codes->from), 20200101);
	cr_assert_eq(day_number(codes->to), 20201231);
	cr_assert_not(codes->partial);
	cr_assert(modifiers->partial);

	row = row_on(codes, "G0378", 20200615);
	cr_assert_not_null(row);
	cr_assert_eq(day_number(row->added), 20060101);
	cr_assert_eq(row->coverage, 'D');
	cr_assert_str_eq((const char *)&row->betos, "M2A");
	cr_assert_str_eq((const char *)&row->service_types, "1");
	cr_assert_str_eq(set_text(codes, row->long_text), "Hospital observation service, per hour");

	/* A description over two records. */
	modifier = row_on(modifiers, "AD", 20200615);
	cr_assert_str_eq(set_text(modifiers, modifier->text),
	        "Medical supervision by a physician: more than four concurrent anesthesia "
	        "procedures");
	row = row_on(codes, "A0080", 20200615);
	cr_assert_str_eq(set_text(codes, row->long_text),
	        "Non-emergency transportation, per mile - vehicle provided by volunteer "
	        "(individual or organization), with no vested interest");
	folder_end(&folder);
}

#define HCPCS_HEAD \
	"HCPC,SEQNUM,RECID,LONG DESCRIPTION,SHORT DESCRIPTION,PRICE1,XREF1,COV,BETOS,TOS1,TOS2," \
	"TOS3,TOS4,TOS5,ANEST_BU,ADD_DT,ACT_EFF_DT,TERM_DT,ACTION_CD\n"

/* Two releases: what the later says stands from its day on; before, what the earlier said. */
Test(import_hcpcs, releases_follow_one_another)
{
	struct folder folder;
	const struct set *set;
	const struct hcpcs_row *row;

	folder_begin(&folder);
	folder_file(&folder, "a.csv",
	        HCPCS_HEAD
	        "A0001,00100,3,Stays,Stays,00,,C,O1A,D,,,,,,20100101,20100101,,N\n"
	        "A0002,00100,3,Ends within,x,00,,C,O1A,D,,,,,,20100101,20200101,20200331,D\n"
	        "A0003,00100,3,Left out later,x,00,,C,O1A,D,,,,,,20100101,20100101,,N\n"
	        "A0004,00100,3,\"Coverage\nchanges\",x,00,,C,O1A,D,,,,,,20100101,20100101,,N\n"
	        "A0005,00100,3,Ended later in hindsight,x,00,,C,O1A,D,,,,,,20100101,20100101,,N\n");
	folder_file(&folder, "b.csv",
	        HCPCS_HEAD
	        "A0001,00100,3,Stays,Stays,00,,C,O1A,D,,,,,,20100101,20100101,,N\r\n"
	        "A0004,00100,3,Coverage changes,x,00,,I,O1A,D,,,,,,20100101,20200701,,F\r\n"
	        "A0005,00100,3,Ended later in hindsight,x,00,,C,O1A,D,,,,,,20100101,20100101,"
	        "20200515,N\r\n"
	        "A0006,00100,3,New,x,00,,C,O1A,D,,,,,,20200701,20200701,,A\r\n");
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	set = folder_set(&folder, "hcpcs");
	cr_assert_eq(set->key_count, 6);

	row = (const void *)set_find(set, key_of(set, "A0001"));
	cr_assert_eq(row->row.more, 0);
	cr_assert_eq(day_number(row->row.from), 20100101);
	cr_assert_eq(day_number(row->row.to), 0);
	cr_assert_null(row_on(set, "A0002", 20200401));
	cr_assert_not_null(row_on(set, "A0002", 20200331));
	cr_assert_not_null(row_on(set, "A0003", 20200630));
	cr_assert_null(row_on(set, "A0003", 20200701));
	row = row_on(set, "A0004", 20200630);
	cr_assert_eq(row->coverage, 'C');
	row = row_on(set, "A0004", 20200701);
	cr_assert_eq(row->coverage, 'I');
	cr_assert_not_null(row_on(set, "A0005", 20200515));
	cr_assert_null(row_on(set, "A0005", 20200516));
	cr_assert_null(row_on(set, "A0006", 20200630));
	cr_assert_not_null(row_on(set, "A0006", 20200701));
	cr_assert(set_covers(set, date_from_parts(2020, 12, 31)));
	cr_assert_not(set_covers(set, date_from_parts(2021, 1, 1)));
	cr_assert_not(set_covers(set, date_from_parts(2019, 12, 31)));
	folder_end(&folder);
}

/* A record of ANWEB: code in columns 1 to 5, kind in 11, days from 269 on. */
static void anweb(char line[320], const char *code, char kind, const char *text, const char *days)
{
	memset(line, ' ', 294);
	memcpy(line + 5 - strlen(code), code, strlen(code));
	memcpy(line + 5, "00100", 5);
	line[10] = kind;
	memcpy(line + 11, text, strlen(text));
	memcpy(line + 268, days, strlen(days));
	line[292] = 'N';
	line[293] = '\n';
	line[294] = '\0';
}

Test(import_hcpcs, refused)
{
	char lines[960], *second = lines + 294;

	anweb(lines, "A0001", '3', "One", "2010010120100101");
	anweb(second, "A0002", '3', "Two", "2010010120100101");
	strcpy(lines + 294 + 200, "\n");
	refuses("cut.txt", lines, "cut.txt:2: a record of 200 characters where 293 are wanted");

	anweb(second, "A0002", '3', "Two", "201001012010010120090101");
	refuses("inverted.txt", lines, "inverted.txt:2: the code ends before it was added");

	anweb(second, "A0002", '3', "Two", "2010130120100101");
	refuses("day.txt", lines, "day.txt:2: the day added is no date");

	anweb(second, "A0002", '4', "continues another", "");
	refuses("continued.txt", lines, "continued.txt:2: a continuation without the first record");

	refuses("kind.csv", HCPCS_HEAD "A0001,00100,5,x,x,00,,C,O1A,D,,,,,,20100101,,,N\n",
	        "kind.csv:2: the record's kind is none of 3, 4, 7, 8");
	refuses("short.csv", HCPCS_HEAD "A0001,00100,3,x,x,00,,C,O1A,D,,,,,,20100101,,,N\nA0002,00",
	        "short.csv:3: 2 cells where the header has 19: the file is cut short");
	refuses("code.csv", HCPCS_HEAD "A001,00100,3,x,x,00,,C,O1A,D,,,,,,20100101,,,N\n",
	        "code.csv:2: a code that is not");
	refuses("page.txt", "<!DOCTYPE html>\n<html><body>HCPCS</body></html>\n", "page.txt");
}

/* ---- Fee schedule, CPT ---- */

#define GLOBAL_NONE \
	"XX" \
	"X" /* in two pieces: three in a row mark what is unfinished */

static void check_fee_schedule(struct folder *folder)
{
	const struct set *set = folder_set(folder, "mpfs");
	const struct mpfs_row *row;

	cr_assert_eq(set->key_count, 19090);
	cr_assert_eq(set->row_count, 19090);
	cr_assert_eq(day_number(set->from), 20251001);
	cr_assert_eq(day_number(set->to), 20251231);

	row = row_on(set, "99213", 20251105);
	cr_assert_eq(row->status, 'A');
	cr_assert_str_eq((const char *)&row->global, GLOBAL_NONE);
	cr_assert_eq(row->work, 130);
	cr_assert_eq(row->pe_nonfacility, 135);
	cr_assert_eq(row->pe_facility, 57);
	cr_assert_eq(row->mp, 10);
	cr_assert_eq(row->total_nonfacility, 275);
	cr_assert_eq(row->total_facility, 197);
	cr_assert_eq(row->not_applicable, 0);

	row = row_on(set, "27447", 20251105);
	cr_assert_str_eq((const char *)&row->global, "090");
	cr_assert_eq(row->work, 1960);
	cr_assert_eq(row->total_facility, 3888);
	cr_assert_eq(row->multiple, 2);
	cr_assert_eq(row->bilateral, 1);
	cr_assert_eq(row->assistant, 2);
	cr_assert_eq(row->cosurgeon, 1);
	cr_assert_eq(row->team, 0);
	cr_assert_eq(row->pctc, 0);
	cr_assert_eq(row->preoperative, 1000);
	cr_assert_eq(row->intraoperative, 6900);
	cr_assert_eq(row->postoperative, 2100);
	cr_assert_eq(row->not_applicable, MPFS_NA_NONFACILITY);

	/* One code, three keys. */
	row = row_on(set, "71046", 20251105);
	cr_assert_eq(row->total_nonfacility, 101);
	cr_assert_eq(row->pctc, 1);
	row = row_on(set, "7104626", 20251105);
	cr_assert_eq(row->total_nonfacility, 31);
	row = row_on(set, "71046-TC", 20251105);
	cr_assert_eq(row->total_nonfacility, 70);
	cr_assert_eq(row->supervision, TWO_CHARS('0', '1'));
	cr_assert_null(row_on(set, "99213", 20250930));
}

static void check_codes(struct folder *folder)
{
	const struct set *set = folder_set(folder, "cpt");
	const struct cpt_row *row;

	cr_assert_eq(set->key_count, 9726 + 565 + 590 + 822);
	cr_assert(set->partial);
	row = row_on(set, "99213", 20251105);
	cr_assert_str_eq((const char *)&row->category, "I");
	row = row_on(set, "0001F", 20251105);
	cr_assert_str_eq((const char *)&row->category, "II");
	row = row_on(set, "D0120", 20251105);
	cr_assert_str_eq((const char *)&row->category, "CDT");
	cr_assert_null(row_on(set, "G0378", 20251105));
	cr_assert_eq(set->text_size, 1); /* nothing of the AMA's */
}

Test(import_mpfs, text_and_csv_say_the_same)
{
	static const char *const names[] = {"PPRRVU2025_Oct.txt", "PPRRVU2025_Oct.csv"};

	for (int mask = 1; mask < 4; mask++) {
		struct folder folder;

		folder_begin(&folder);
		for (int i = 0; i < 2; i++) {
			char path[64];

			snprintf(path, sizeof(path), "mpfs/%s", names[i]);
			if (mask >> i & 1)
				folder_link(&folder, path, NULL);
		}
		cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
		check_fee_schedule(&folder);
		check_codes(&folder);
		for (int i = 0; i < 2; i++)
			if (mask >> i & 1)
				cr_assert_eq(file_at(&folder, names[i])->rows, 19090);
		folder_end(&folder);
	}
}

#define MPFS_TITLE(year, month) \
	",," year " National Physician Fee Schedule Relative Value File " month \
	" Release,,,,,,,,,,,,,,,,,,,,,,,,,,,,\n" \
	"HCPCS,MOD,DESCRIPTION,CODE,PAYMENT,RVU,PE RVU,INDICATOR,PE RVU,INDICATOR,RVU,TOTAL," \
	"TOTAL,IND,DAYS,OP,OP,OP,PROC,SURG,SURG,SURG,SURG,BASE,FACTOR,PROCEDURES,FLAG,INDICATOR," \
	"AMOUNT,AMOUNT,AMOUNT\n"
#define MPFS_ROW(code, work) \
	code ",,,A,," work ",1.00,,0.50,,0.10,2.40,1.90,0," GLOBAL_NONE \
	     ",0,0,0,0,0,0,0,0,,32.3465,09,0,99," \
	     "0,0,0\n"

Test(import_mpfs, releases_follow_one_another)
{
	struct folder folder;
	const struct set *set;
	const struct mpfs_row *row;

	folder_begin(&folder);
	folder_file(&folder, "jan.csv",
	        MPFS_TITLE("2024", "January") MPFS_ROW("99213", "1.30") MPFS_ROW("99214", "1.92"));
	folder_file(&folder, "PPRRVU2024_Jul.csv",
	        MPFS_TITLE("2024", "July") MPFS_ROW("99213", "1.31") MPFS_ROW("99214", "1.92"));
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	set = folder_set(&folder, "mpfs");
	row = row_on(set, "99213", 20240630);
	cr_assert_eq(row->work, 130);
	cr_assert_eq(row->row.more, 1);
	row = row_on(set, "99213", 20240701);
	cr_assert_eq(row->work, 131);
	row = row_on(set, "99214", 20241231);
	cr_assert_eq(row->row.more, 0);
	cr_assert_eq(day_number(row->row.from), 20240101);
	cr_assert_eq(day_number(row->row.to), 20241231);
	cr_assert_not(set_covers(set, date_from_parts(2025, 1, 1)));
	folder_end(&folder);
}

Test(import_mpfs, contradictions_are_told_with_both_sources)
{
	struct folder folder;

	folder_begin(&folder);
	folder_file(&folder, "one.csv", MPFS_TITLE("2024", "January") MPFS_ROW("99213", "1.30"));
	folder_file(&folder, "two.csv", MPFS_TITLE("2024", "January") MPFS_ROW("99213", "1.40"));
	cr_assert_eq(folder_build(&folder), FAIL_TABLE);
	cr_assert_not_null(strstr(folder.diag.text, "99213"));
	cr_assert_not_null(strstr(folder.diag.text, "work"));
	cr_assert_not_null(strstr(folder.diag.text, "one.csv"));
	cr_assert_not_null(strstr(folder.diag.text, "two.csv"));
	folder_end(&folder);
}

Test(import_mpfs, refused)
{
	refuses("PPRRVU2025_Apr.csv", MPFS_TITLE("2024", "January") MPFS_ROW("99213", "1.30"),
	        "the title says 2024-01, the name 2025-04: a release under another's name");
	refuses("fees.csv", MPFS_TITLE("", "") MPFS_ROW("99213", "1.30"),
	        "neither a title nor the name says which release this is");
	refuses("cut.csv", MPFS_TITLE("2024", "July") MPFS_ROW("99213", "1.30") "99214,,,A,,1.92\n",
	        "cut.csv:4: 6 cells where 31 are wanted: the file is cut short");
	refuses("rvu.csv", MPFS_TITLE("2024", "July") MPFS_ROW("99213", "1.3x"),
	        "rvu.csv:3: the work RVU is no number");
	refuses("empty.csv", MPFS_TITLE("2024", "July"), "a fee schedule without a single row");
}

#define CPT_HEAD "cpt_code,from,to,descriptor\n"

Test(import_cpt, a_licensees_list)
{
	struct folder folder;
	const struct set *set;

	folder_begin(&folder);
	folder_file(&folder, "list.csv",
	        CPT_HEAD "99213,,,never kept\n0001U,2018-02-01,,\n99201,,2020-12-31,\n");
	folder_file(&folder, "rvu.csv", MPFS_TITLE("2024", "July") MPFS_ROW("99213", "1.30"));
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	set = folder_set(&folder, "cpt");
	cr_assert_eq(set->key_count, 3);
	cr_assert_not(set->partial);
	cr_assert_eq(set->text_size, 1);
	cr_assert_null(row_on(set, "0001U", 20180131));
	cr_assert_not_null(row_on(set, "0001U", 20180201));
	cr_assert_not_null(row_on(set, "99201", 20201231));
	cr_assert_null(row_on(set, "99201", 20210101));
	folder_end(&folder);

	refuses("bad.csv", CPT_HEAD "9921,,,\n", "bad.csv:2: cpt_code is no code of CPT or CDT");
	refuses("turned.csv", CPT_HEAD "99213,2024-01-02,2024-01-01,\n",
	        "turned.csv:2: to is before from");
}

/* ---- MUE ---- */

Test(import_mue, three_settings)
{
	static const struct {
		const char *setting, *set;
		size_t count;
	} files[] = {
	        {"PractitionerServices", "mue_practitioner", 14677},
	        {"OutpatientHospitalServices", "mue_hospital", 14628},
	        {"DMESupplierServices", "mue_dme", 2928},
	};
	struct folder folder;
	const struct mue_row *row;

	folder_begin(&folder);
	for (int i = 0; i < 3; i++) {
		char path[128], name[96];

		snprintf(path, sizeof(path), "ncci/MCR_MUE_%s_Eff_07-01-2024.rebuilt.csv",
		        files[i].setting);
		snprintf(name, sizeof(name), "MCR_MUE_%s_Eff_07-01-2024.csv", files[i].setting);
		folder_link(&folder, path, name);
	}
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	for (int i = 0; i < 3; i++) {
		const struct set *set = folder_set(&folder, files[i].set);

		cr_assert_eq(set->key_count, files[i].count);
		cr_assert_eq(set->row_count, files[i].count);
		cr_assert_eq(day_number(set->from), 20240701);
		cr_assert_eq(day_number(set->to), 20240930);
	}
	row = row_on(folder_set(&folder, "mue_practitioner"), "11042", 20240815);
	cr_assert_eq(row->value, 1);
	cr_assert_eq(row->mai, 2);
	row = row_on(folder_set(&folder, "mue_practitioner"), "99213", 20240815);
	cr_assert_eq(row->value, 2);
	cr_assert_eq(row->mai, 3);
	row = row_on(folder_set(&folder, "mue_hospital"), "27447", 20240815);
	cr_assert_eq(row->value, 1);
	row = row_on(folder_set(&folder, "mue_dme"), "A4206", 20240815);
	cr_assert_eq(row->value, 0);
	row = row_on(folder_set(&folder, "mue_dme"), "A4332", 20240815);
	cr_assert_eq(row->value, 600);
	cr_assert_str_eq(set_text(folder_set(&folder, "mue_dme"), row->rationale),
	        "Published Contractor Policy");
	cr_assert_null(row_on(folder_set(&folder, "mue_dme"), "A4332", 20241001));
	folder_end(&folder);
}

#define MUE_HEAD(setting) \
	"\"A notice\nof two lines\",,,\n\"HCPCS/\nCPT Code\"," setting \
	" MUE Values,MUE Adjudication Indicator,MUE Rationale\n"

Test(import_mue, quarters_follow_one_another)
{
	struct folder folder;
	const struct set *set;
	const struct mue_row *row;

	folder_begin(&folder);
	folder_file(&folder, "MCR_MUE_PractitionerServices_Eff_04-01-2024.csv",
	        MUE_HEAD("Practitioner Services") "11042,2,3 Date of Service Edit: Clinical,x\n");
	folder_file(&folder, "MCR_MUE_PractitionerServices_Eff_07-01-2024.csv",
	        MUE_HEAD("Practitioner Services") "11042,1,2 Date of Service Edit: Policy,y\n");
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	set = folder_set(&folder, "mue_practitioner");
	row = row_on(set, "11042", 20240630);
	cr_assert_eq(row->value, 2);
	row = row_on(set, "11042", 20240701);
	cr_assert_eq(row->value, 1);
	cr_assert_null(row_on(set, "11042", 20240331));
	folder_end(&folder);
}

Test(import_mue, refused)
{
	refuses("MUE.csv", MUE_HEAD("Practitioner Services") "11042,2,3 Day,x\n",
	        "the name does not say from when on these edits hold");
	refuses("MUE_Eff_13-01-2024.csv", MUE_HEAD("Practitioner Services") "11042,2,3 Day,x\n",
	        "the name does not say from when on these edits hold");
	refuses("MUE_Eff_07-01-2024.csv", MUE_HEAD("DME Supplier Services"),
	        "a header without a single row");
	refuses("MUE_Eff_07-01-2024.csv", MUE_HEAD("Veterinary") "11042,2,3 Day,x\n",
	        "the header names none of the settings");
	refuses("MUE_Eff_07-01-2024.csv", MUE_HEAD("DME Supplier Services") "11042,2,4 Day,x\n",
	        "07-01-2024.csv:5: the adjudication indicator is none of 1, 2, 3");
	refuses("MUE_Eff_07-01-2024.csv", MUE_HEAD("DME Supplier Services") "11042,many,3 Day,x\n",
	        "07-01-2024.csv:5: the MUE value is no whole number");
	refuses("MUE_Eff_07-01-2024.csv", MUE_HEAD("DME Supplier Services") "11042,2,3 Day,x\n1104",
	        "07-01-2024.csv:6: 1 cells where 4 are wanted: the file is cut short");
}

/* ---- Add-on codes ---- */

Test(import_aoc, release_of_2026)
{
	size_t types[4] = {0};
	struct folder folder;
	const struct set *set;
	const struct aoc_row *row;

	folder_begin(&folder);
	folder_link(&folder, "ncci/ncci_aoc_2026q2.csv", NULL);
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	set = folder_set(&folder, "aoc");
	cr_assert_eq(file_at(&folder, "ncci_aoc_2026q2.csv")->rows, 9000);

	/* Of 8,293 rows of type 1 ten say what another says of the days beside it. */
	for (size_t i = 0; i < set->row_count; i++) {
		row = (const void *)(set->rows + i * sizeof(*row));
		types[row->type]++;
	}
	cr_assert_eq(types[1], 8293 - 10);
	cr_assert_eq(types[2], 47);
	cr_assert_eq(types[3], 660);
	cr_assert_eq(day_number(set->from), 20130401);
	cr_assert_eq(day_number(set->to), 20260630);

	row = (const void *)set_find(set, key_of(set, "0131U"));
	cr_assert_eq(row->row.more, 2);
	cr_assert_eq(day_number(row->row.from), 20191001);
	cr_assert_eq(day_number(row->row.to), 20251231);
	row = row_on(set, "0054T", 20240101);
	cr_assert_eq(row->type, 2);
	cr_assert_eq(row->primary, 0);
	cr_assert_str_eq(set_text(set, row->note), "Contractor Defined Primary Codes");
	row = row_on(set, "0071U", 20240101);
	cr_assert_str_eq((const char *)&row->primary, "0070U");
	cr_assert_eq(row->row.more, 0);
	folder_end(&folder);
}

#define AOC_HEAD \
	"AOC_Edit_Type,Add-On_Code,AOC_DelDT,Primary_Code,Primary_Code_DelDT,AOC_Edit_EffDT," \
	"AOC_Edit_DelDT,Special_Instruction_Notes\n"

/* The newer release ends an edit that the older leaves open, and forgets one. */
Test(import_aoc, the_newest_release_stands)
{
	struct folder folder;
	const struct set *set;
	const struct aoc_row *row;

	folder_begin(&folder);
	folder_file(&folder, "AOC_V2026Q1.csv",
	        AOC_HEAD "1,11045,,11042,,2013091,,\n1,11045,,11043,,2013091,,\n");
	folder_file(&folder, "AOC_V2026Q2.txt",
	        "A "
	        "notice\nAOC_Edit_Type\tAdd-On_Code\tAOC_DelDT\tPrimary_Code\tPrimary_Code_DelDT\t"
	        "AOC_Edit_EffDT\tAOC_Edit_DelDT\tSpecial_Instruction_Notes\n"
	        "1\t11045\t\t11042\t\t2013091\t2026090\t\n");
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	set = folder_set(&folder, "aoc");
	cr_assert_eq(set->row_count, 1);
	row = (const void *)set_find(set, key_of(set, "11045"));
	cr_assert_eq(day_number(row->row.to), 20260331);
	folder_end(&folder);
}

Test(import_aoc, refused)
{
	refuses("a.csv", AOC_HEAD "1,11045,,11042,,20130401,,\n",
	        "a.csv:2: AOC_Edit_EffDT is no date: yyyyddd is wanted");
	refuses("a.csv", AOC_HEAD "1,11045,,11042,,2013366,,\n", "a.csv:2: AOC_Edit_EffDT");
	refuses("a.csv", AOC_HEAD "1,11045,,11042,,2013091,2012091,\n",
	        "a.csv:2: AOC_Edit_DelDT is before AOC_Edit_EffDT");
	refuses("a.csv", AOC_HEAD "4,11045,,11042,,2013091,,\n",
	        "a.csv:2: AOC_Edit_Type is none of 1, 2, 3");
	refuses("a.csv", AOC_HEAD "1,11045,,1104,,2013091,,\n",
	        "a.csv:2: Primary_Code is neither a procedure code nor CCCCC");
	refuses("a.csv", AOC_HEAD "1,11045,,11042,,2013091,,\n1,110", "a.csv:3: 2 cells where");
	refuses("a.csv", AOC_HEAD, "a header without a single row");
}

/* ---- Work time ---- */

Test(import_phystime, sample)
{
	struct folder folder;
	const struct set *set;
	const struct phystime_row *row;

	folder_begin(&folder);
	folder_link(&folder, "lists/physician_time_2025_SAMPLE.csv", NULL);
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	set = folder_set(&folder, "phystime");
	cr_assert_eq(set->key_count, 16);
	row = row_on(set, "77427", 20250701);
	cr_assert_eq(row->total, 10139);
	cr_assert_eq(row->intra_service, 7000);
	row = row_on(set, "27447", 20250701);
	cr_assert_eq(row->pre_evaluation, 4000);
	cr_assert_eq(row->pre_positioning, 1500);
	cr_assert_eq(row->pre_scrub, 1500);
	cr_assert_eq(row->intra_service, 9700);
	cr_assert_eq(row->post_service, 2000);
	cr_assert_eq(row->total, 37400);
	folder_end(&folder);
}

/* The publisher's headings, modifiers, a footnote. */
Test(import_phystime, publishers_headings)
{
	struct folder folder;
	const struct phystime_row *row;

	folder_begin(&folder);
	folder_file(&folder, "CMS_Work_Time_2024.txt",
	        "CPT only copyright\n\n"
	        "HCPCS\tMod\tPre Evaluation Time\tPre Positioning Time\tPre Service Scrub Dress "
	        "and "
	        "Wait Time\tMedian Intra-Service Time\tImmediate Post Service Time\t99211\tTotal "
	        "Time\n"
	        "93000\t26\t\t\t\t5\t2\t0\t7\n* a footnote\n");
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	row = row_on(folder_set(&folder, "phystime"), "9300026", 20240701);
	cr_assert_not_null(row);
	cr_assert_eq(row->pre_evaluation, -1);
	cr_assert_eq(row->intra_service, 500);
	cr_assert_eq(row->total, 700);
	cr_assert_eq(file_at(&folder, "CMS_Work_Time_2024.txt")->skipped, 4);
	folder_end(&folder);

	refuses("time.csv", "HCPCS,Median Intra-Service Time,Total Time\n99213,twenty,30\n",
	        "time.csv:2: cell 2: these are no minutes");
}

/* ---- Coverage ---- */

/* Articles, policies, and what the articles say of codes. */
static void write_export(const struct folder *folder)
{
	folder_file(folder, "article.csv",
	        "\"article_id\",\"article_version\",\"article_type\",\"title\",\"article_eff_"
	        "date\","
	        "\"article_end_date\",\"date_retired\",\"status\"\r\n"
	        "\"52369\",\"7\",\"1\",\"Arthroscopy,\r\nof the knee\",\"2015-10-01 "
	        "00:00:00\",\"\","
	        "\"\",\"A\"\r\n"
	        "\"52370\",\"2\",\"1\",\"Old\",\"2015-10-01\",\"\",\"2019-12-31\",\"R\"\r\n");
	folder_file(folder, "lcd.csv",
	        "lcd_id,lcd_version,title,orig_det_eff_date,ent_det_end_date,rev_eff_date,"
	        "rev_end_date,date_retired,status\n33822,5,Scans,2015-10-01,,2020-01-01,,,A\n"
	        "39999,1,Proposed,2026-01-01,,,,,P\n");
	folder_file(folder, "article_x_hcpc_code.csv",
	        "article_id,article_version,hcpc_code_id,hcpc_code_version,hcpc_code_group,range,"
	        "long_description\n52369,7,29877,3,1,,never kept\n52369,7,XX000,3,1,,\n");
	folder_file(folder, "article_x_icd10_covered.csv",
	        "article_id,article_version,icd10_code_id,icd10_code_version,icd10_covered_group,"
	        "description\n52369,7,M23.203,1,1,x\n");
	folder_file(folder, "article_x_icd10_noncovered.csv",
	        "article_id,article_version,icd10_code_id,icd10_code_version,icd10_noncovered_"
	        "group,"
	        "description\n52369,7,M17.11,1,1,x\n");
}

Test(import_ncd_lcd, export_of_articles)
{
	struct folder folder;
	const struct set *documents, *procedures, *diagnoses;
	const struct ncd_lcd_document_row *document;
	const struct ncd_lcd_row *procedure;
	const struct ncd_lcd_dx_row *diagnosis;

	folder_begin(&folder);
	write_export(&folder);
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);
	documents = folder_set(&folder, "ncd_lcd_documents");
	cr_assert_eq(documents->key_count, 3);
	document = row_on(documents, "A52369", 20200101);
	cr_assert_eq(document->version, 7);
	cr_assert_eq(day_number(document->row.from), 20151001);
	cr_assert_str_eq(set_text(documents, document->title), "Arthroscopy,  of the knee");
	cr_assert_null(row_on(documents, "A52370", 20200101));
	cr_assert_not_null(row_on(documents, "A52370", 20191231));
	cr_assert_null(row_on(documents, "L33822", 20191231));
	cr_assert_not_null(row_on(documents, "L33822", 20200101));

	procedures = folder_set(&folder, "ncd_lcd");
	cr_assert_eq(procedures->key_count, 1);
	cr_assert_eq(procedures->text_size, 1);
	procedure = row_on(procedures, "29877", 20200101);
	cr_assert_str_eq((const char *)&procedure->document, "A52369");
	cr_assert_eq(procedure->group, 1);
	diagnoses = folder_set(&folder, "ncd_lcd_dx");
	diagnosis = row_on(diagnoses, "M23203", 20200101);
	cr_assert_eq(diagnosis->covered, 1);
	cr_assert_eq(diagnosis->document, procedure->document);
	cr_assert_eq(diagnosis->version, procedure->version);
	cr_assert_eq(diagnosis->group, procedure->group);
	diagnosis = row_on(diagnoses, "M1711", 20200101);
	cr_assert_eq(diagnosis->covered, 0);
	folder_end(&folder);
}

Test(import_ncd_lcd, refused)
{
	refuses("article_x_hcpc_code.csv",
	        "article_id,article_version,hcpc_code_id,hcpc_code_group\nA1,7,29877,1\n",
	        "code.csv:2: article_id is no number of a document");
	refuses("article.csv", "article_id,article_version,title,article_eff_date\n1,1,x,soon\n",
	        "article.csv:2: article_eff_date is no date");
}

/* ---- A payer's own ---- */

Test(import_payer, tables)
{
	struct folder folder;
	const struct set *set;
	const struct payer_pair_row *pair;
	const struct payer_unit_row *unit;
	const struct payer_addon_row *addon;
	const struct payer_coverage_row *coverage;
	const struct payer_frequency_row *frequency;

	folder_begin(&folder);
	folder_file(&folder, "pairs.csv",
	        "column1,column2,indicator,setting,from,to,reason\n"
	        "11042,97597,9,practitioner,,,ours are paid apart\n"
	        "99213,W1234,0,,2024-01-01,2024-12-31,\n");
	folder_file(&folder, "units.csv",
	        "code,units,mai,setting,from,to,reason\n97110,6,3,,2024-01-01,,six a day\n");
	folder_file(&folder, "addons.csv", "addon,primary\n11045,11042\n11045,\n");
	folder_file(&folder, "coverage.csv",
	        "procedure,diagnosis,covered,policy,group,from,to\n82306,E55.9,1,Vitamin D,1,,\n"
	        "82306,Z00,0,Vitamin D,1,2024-01-01,\n");
	folder_file(&folder, "frequency.csv",
	        "code,limit,days,per,from,to\n77067,1,365,beneficiary,,\n");
	cr_assert_eq(folder_build(&folder), 0, "%s", folder.diag.text);

	set = folder_set(&folder, "payer_pairs");
	cr_assert(set->partial);
	pair = row_on(set, "11042/97597", 20240615);
	cr_assert_eq(pair->indicator, 9);
	cr_assert_eq(pair->settings, PAYER_PRACTITIONER);
	cr_assert_str_eq(set_text(set, pair->reason), "ours are paid apart");
	pair = row_on(set, "99213/W1234", 20240615);
	cr_assert_eq(pair->indicator, 0);
	cr_assert_eq(pair->settings, PAYER_PRACTITIONER | PAYER_HOSPITAL | PAYER_DME);
	cr_assert_null(row_on(set, "99213/W1234", 20250101));
	unit = row_on(folder_set(&folder, "payer_units"), "97110", 20240615);
	cr_assert_eq(unit->value, 6);
	cr_assert_eq(unit->mai, 3);
	addon = (const void *)set_find(folder_set(&folder, "payer_addons"),
	        key_of(folder_set(&folder, "payer_addons"), "11045"));
	cr_assert_eq(addon->row.more, 1);
	set = folder_set(&folder, "payer_coverage");
	coverage = (const void *)set_find(set, key_of(set, "82306"));
	cr_assert_eq(coverage->row.more, 1);
	cr_assert_str_eq((const char *)&coverage->diagnosis, "E559");
	cr_assert_eq(coverage->covered, 1);
	frequency = row_on(folder_set(&folder, "payer_frequency"), "77067", 20240615);
	cr_assert_eq(frequency->limit, 1);
	cr_assert_eq(frequency->days, 365);
	cr_assert_eq(frequency->per, PAYER_PER_BENEFICIARY);
	folder_end(&folder);
}

Test(import_payer, refused)
{
	refuses("p.csv", "column1,column2,indicator\n11042,11042,0\n",
	        "p.csv:2: column2 is the code of column1");
	refuses("p.csv", "column1,column2,indicator\n11042,97597,2\n",
	        "p.csv:2: indicator is none of the digits 019");
	refuses("p.csv", "column1,column2,indicator,setting\n11042,97597,0,home\n",
	        "p.csv:2: setting is none of practitioner, hospital, dme");
	refuses("p.csv", "column1,column2,indicator,from,to\n11042,97597,0,2024-02-01,2024-01-01\n",
	        "p.csv:2: to is before from");
	refuses("u.csv", "code,units,mai\n97110,six,3\n", "u.csv:2: units is no number");
	refuses("a.csv", "addon,primary\n110456789,\n", "a.csv:2: addon is no code");
	refuses("c.csv", "procedure,diagnosis,covered\n82306,E5,1\n",
	        "c.csv:2: diagnosis is no ICD-10-CM code or category");
	refuses("f.csv", "code,limit,days,per\n77067,1,365,family\n",
	        "f.csv:2: per is neither beneficiary nor provider");
}
